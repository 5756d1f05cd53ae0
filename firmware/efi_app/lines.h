/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The application's own dirty lines: pages of three memory types, full of a pattern that no one else may
 * touch. What the firmware's cache maintenance does to bytes that are none of its business shows here.
 */
#ifndef FIRMWARE_EFI_APP_LINES_H
#define FIRMWARE_EFI_APP_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "firmware/efi_app/app.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Pages of EfiLoaderData, EfiBootServicesData and EfiRuntimeServicesData. */
uint64_t lines_allocate(struct efi_boot_services *boot);

/* Whether the memory map shows every one of these pages with its type; those of runtime services as runtime.
 */
bool lines_in_map(const struct app_map *map);

/* Writes all lines anew, with another pattern each time. */
void lines_dirty(void);

/* EFI_SUCCESS, or EFI_COMPROMISED_DATA when a byte is not what was written last. */
uint64_t lines_check(void);

/* Where the lines of boot services data are: in memory that is ours from ExitBootServices on. */
uint64_t lines_boot_address(void);

/* Where the lines of runtime services data are; moved with the virtual address map. */
uint64_t lines_runtime_address(void);
void lines_runtime_move(uint64_t address);

#ifdef __cplusplus
}
#endif

#endif
