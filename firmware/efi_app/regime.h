/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The change from the firmware's translation regime to ours, at EL2 or EL1, and what happens on an exception.
 * Arm ARM, "The AArch64 Virtual Memory System Architecture".
 */
#ifndef FIRMWARE_EFI_APP_REGIME_H
#define FIRMWARE_EFI_APP_REGIME_H

#include <stdbool.h>
#include <stdint.h>

#include "firmware/common/translation.h"

#ifdef __cplusplus
extern "C" {
#endif

/* False at an exception level, or in a mode of it, whose registers regime_use() does not write. */
bool regime_is_supported(void);

/* The caller has built the tables, runs identity-mapped in both regimes, and so does its stack. */
void regime_use(const struct translation_table *root);

/* Goes on in `function`, which does not return, on a stack of our own. */
void regime_run(void (*function)(void), uint64_t stack_end);

/* PSCI SYSTEM_OFF by SMC, as platform `virt` offers it. Does not return. */
void regime_power_off(void);

#ifdef __cplusplus
}
#endif

#endif
