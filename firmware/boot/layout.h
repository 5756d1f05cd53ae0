/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where the linker put the parts of the image (firmware.ld). All are page aligned.
 */
#ifndef FIRMWARE_BOOT_LAYOUT_H
#define FIRMWARE_BOOT_LAYOUT_H

#include <stdint.h>

extern uint8_t __boot_code_start[], __boot_code_end[];
extern uint8_t __efi_runtime_code_start[], __efi_runtime_code_end[];
extern uint8_t __os_code_start[], __os_code_end[];
extern uint8_t __efi_runtime_data_start[], __efi_runtime_data_end[];
extern uint8_t __os_data_start[], __os_data_end[];
extern uint8_t __boot_data_start[], __boot_data_end[];

static inline uint64_t layout_address(const uint8_t *symbol)
{
    return (uint64_t)(uintptr_t)symbol;
}

#endif
