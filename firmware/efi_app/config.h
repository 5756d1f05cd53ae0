/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the application takes for granted: the console of QEMU's virt machine (and of platform `virt`) once
 * the firmware's is gone, and where runtime services go in the virtual address map. Everything else it is
 * told by the firmware.
 */
#ifndef FIRMWARE_EFI_APP_CONFIG_H
#define FIRMWARE_EFI_APP_CONFIG_H

#define CONFIG_UART_PL011      0x09000000ULL
#define CONFIG_UART_PL011_SIZE 0x1000ULL

/*
 * Addresses have 39 bits (firmware/common/translation.h): the lower half is the identity map, the upper half
 * belongs to runtime services. Regions are packed there one behind the other, as Linux does it, so that each
 * moves by another offset. UEFI specification, "AArch64 Platforms": 64 KiB is the granularity of attributes.
 */
#define CONFIG_IDENTITY_END    0x4000000000ULL
#define CONFIG_VIRTUAL_START   0x4000000000ULL
#define CONFIG_VIRTUAL_ALIGN   0x10000ULL
#define CONFIG_TABLES_MAX      64U
#define CONFIG_MAP_PAGES       8U /* for the firmware's memory map, and as much for the virtual one */
#define CONFIG_LINES_PAGES     4U /* of dirty lines, per memory type */
#define CONFIG_STACK_SIZE      0x4000U
#define CONFIG_NAMES_MAX       1024U
#define CONFIG_NAME_LENGTH_MAX 256U

#endif
