/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The four variable services of UEFI ("Variable Services"), each one exchange with the MM partition. The same
 * functions serve boot and runtime; the signatures are those of the runtime services table.
 */
#ifndef FIRMWARE_RUNTIME_VARIABLE_H
#define FIRMWARE_RUNTIME_VARIABLE_H

#include <stdint.h>

#include "model/abi/efi.h"

#ifdef __cplusplus
extern "C" {
#endif

uint64_t efi_get_variable(const uint16_t *name, const struct efi_guid *vendor, uint32_t *attributes,
                          uint64_t *data_size, void *data);
uint64_t efi_get_next_variable_name(uint64_t *name_size, uint16_t *name, struct efi_guid *vendor);
uint64_t efi_set_variable(const uint16_t *name, const struct efi_guid *vendor, uint32_t attributes,
                          uint64_t data_size, const void *data);
uint64_t efi_query_variable_info(uint32_t attributes, uint64_t *maximum_storage, uint64_t *remaining_storage,
                                 uint64_t *maximum_size);

#ifdef __cplusplus
}
#endif

#endif
