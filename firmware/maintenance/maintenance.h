/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The one thing in which the variants of the firmware differ: what is done to the caches around the SMC that
 * hands the shared buffer to the MM partition, and how the OS is to map the buffer. Each .c file beside this
 * header is one variant, but for defaults.c, which completes them; all else is the same object code.
 *
 * Resident. The functions around the SMC may use neither the stack nor any data, and read no memory: what
 * they do may be what loses it. They may write to the buffer.
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

/* Bytes from the start of the buffer to the message. */
extern const uint64_t maintenance_message_offset;

/* How the OS is told to map the buffer: EFI_MEMORY_WB as the boot phase does, or EFI_MEMORY_WC. */
extern const uint64_t maintenance_buffer_attribute;

/*
 * Boot phase, before the OS maps [start, end) otherwise than we do: the boot phase has just cleared it, and
 * never touches it again.
 */
void maintenance_before_remap(uint64_t start, uint64_t end);

#ifdef __cplusplus
}
#endif

#endif
