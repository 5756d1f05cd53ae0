/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where things are on the corstone1000 platforms (platforms/corstone1000-*.yaml). Plain numbers, because C,
 * assembly and the linker script all read this file. Addresses are physical.
 *
 * The shared buffer stands where the Corstone-1000 integration puts it: the last 4 KiB below 0x82000000.
 */
#ifndef FIRMWARE_BOARD_H
#define FIRMWARE_BOARD_H

#define BOARD_DRAM_START 0x80000000
#define BOARD_DRAM_END   0x100000000

#define BOARD_UART_PL011  0x1A510000
#define BOARD_SCRIPT_PAGE 0x1A300000

#define BOARD_MM_BUFFER        0x81FFF000
#define BOARD_MM_BUFFER_SIZE   0x1000
#define BOARD_MM_BUFFER_OFFSET 0 /* of the message in the buffer */

#define BOARD_PAGE_SIZE 0x1000

/* Where the OS stub maps what runtime services use, above the physical address, once it may. */
#define BOARD_OS_VIRTUAL_OFFSET 0x4000000000

/* Where the boot phase maps pages a second time, Normal Non-cacheable, above their address. */
#define BOARD_ALIAS_OFFSET 0x2000000000

#endif
