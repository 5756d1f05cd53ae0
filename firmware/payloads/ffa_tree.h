/* SPDX-License-Identifier: BSD-3-Clause */
/* What U-Boot must find in the device tree before it looks for FF-A. */
#ifndef FIRMWARE_PAYLOADS_FFA_TREE_H
#define FIRMWARE_PAYLOADS_FFA_TREE_H

#include <stdbool.h>
#include <stdint.h>

/* There is a device tree at `tree`. */
bool ffa_tree_present(const uint8_t *tree);

/* The value of a property of a node below the root, by the node's whole name; NULL: none. */
const char *ffa_tree_property(const uint8_t *tree, const char *node, const char *property);

bool ffa_text_equal(const char *a, const char *b);

#endif
