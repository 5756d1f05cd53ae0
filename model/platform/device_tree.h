/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The flattened device tree that tells an image what the machine is (Devicetree Specification 0.4, "Flattened
 * Devicetree (DTB) Format"), made from the platform: what is there and nothing else, the same bytes for the
 * same platform. No interrupts: there is no interrupt controller, so that no node has an `interrupts`
 * property. Must not know who reads it.
 *
 * The MM buffer is memory like any other in it. Firmware that uses the buffer describes it to the OS as EFI
 * runtime data; U-Boot replaces that entry of its memory map by each range of /reserved-memory when it hands
 * over the tree (with `no-map` by reserved memory, without by boot services data), and with the entry the
 * mapping of the buffer at run time would go. A firmware that forgets the entry is to be found, not helped.
 */
#ifndef MODEL_PLATFORM_DEVICE_TREE_H
#define MODEL_PLATFORM_DEVICE_TREE_H

#include <stdint.h>

#include "model/platform/platform_config.h"

#ifdef __cplusplus
extern "C" {
#endif

#define DEVICE_TREE_SIZE_MAX 16384

/* Fills `tree` and returns the size of what is in it. */
uint32_t device_tree_make(const struct platform_config *platform, uint8_t tree[DEVICE_TREE_SIZE_MAX]);

#ifdef __cplusplus
}
#endif

#endif
