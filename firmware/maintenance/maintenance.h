/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The one thing in which the variants of the firmware differ: what is done to the caches around the SMC that
 * hands the shared buffer to the MM partition. Each .c file beside this header is one variant; all else is
 * the same object code.
 *
 * Resident. Neither function may use the stack or any data: what it does may be what loses them.
 */
#ifndef FIRMWARE_MAINTENANCE_MAINTENANCE_H
#define FIRMWARE_MAINTENANCE_MAINTENANCE_H

#include <stdint.h>

#include "firmware/runtime/context.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The variant, for the console of the boot phase. */
extern const char maintenance_name[];

/* The request stands in [start, end) of the shared buffer. */
void maintenance_before_smc(uint64_t start, uint64_t end, enum efi_phase phase);

/* The response may stand anywhere in [start, end). */
void maintenance_after_smc(uint64_t start, uint64_t end, enum efi_phase phase);

#ifdef __cplusplus
}
#endif

#endif
