/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The words of FF-A (DEN0077), and of PSCI and SMCCC where they are called the same way, that platform and
 * scenario files use: functions, statuses, registers. Tables and their look-up; what a word means where it
 * stands is its reader's business.
 */
#ifndef MODEL_PLATFORM_FFA_WORDS_H
#define MODEL_PLATFORM_FFA_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/platform/yaml_reader.h"

#ifdef __cplusplus
extern "C" {
#endif

/* FFA_FEATURES, FFA_MEM_SHARE_64: a name without its width means the 32-bit form, where there is one. */
bool ffa_function_parse(const char *text, uint32_t *function_id);
/* With its width where there are two forms; NULL: not a function. */
const char *ffa_function_text(uint32_t function_id, char *text, size_t size);

/* FFA_DENIED; also DENIED. */
bool ffa_status_parse(const char *text, int64_t *status);
const char *ffa_status_text(int64_t status);

/* x0 to x17 and w0 to w17; *wide tells which. */
bool ffa_register_parse(const char *text, uint32_t *index, bool *wide);

/*
 * What a register holds: a number, perhaps negative, or the name of a function or of a status, which is
 * sign-extended to the width of the register.
 */
bool ffa_value_read(struct yaml_document *document, const struct yaml_node *node, bool wide, uint64_t *value);

#ifdef __cplusplus
}
#endif

#endif
