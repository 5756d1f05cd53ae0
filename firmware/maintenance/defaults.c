/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the variants have in common unless they say otherwise: the message stands where the board has it, and
 * the OS is to map the buffer as the boot phase does, so that lines which that phase leaves behind are lines
 * that the runtime services find again.
 */
#include "firmware/maintenance/maintenance.h"

#include "firmware/board.h"
#include "firmware/efi_tables.h"

#define DEFAULT __attribute__((weak))

DEFAULT const uint64_t maintenance_message_offset = BOARD_MM_BUFFER_OFFSET;
DEFAULT const uint64_t maintenance_buffer_attribute = EFI_MEMORY_WB;

DEFAULT void maintenance_before_remap(uint64_t start, uint64_t end)
{
    (void)start;
    (void)end;
}
