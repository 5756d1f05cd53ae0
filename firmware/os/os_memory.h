/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The OS stub's address space. At first everything is where it is physically: memory by the firmware's map,
 * the scenario device. With the virtual address map, what the runtime services use moves up by
 * OS_VIRTUAL_OFFSET and leaves the identity map; so does the scenario device. The stub itself stays where it
 * runs.
 */
#ifndef FIRMWARE_OS_OS_MEMORY_H
#define FIRMWARE_OS_OS_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "firmware/board.h"
#include "firmware/os/os.h"

#define OS_VIRTUAL_OFFSET ((uint64_t)BOARD_OS_VIRTUAL_OFFSET)

/* Builds the tables and makes the CPU use them. False when the tables do not suffice or the map overlaps. */
bool os_memory_start(const struct os_handover *handover);

/* Runtime regions also at their virtual addresses, as the descriptors name them. False as above. */
bool os_memory_map_virtual(const struct efi_memory_descriptor *descriptors, uint32_t count);

/* The identity map of the runtime regions goes; the scenario device has moved. */
void os_memory_drop_identity(const struct efi_memory_descriptor *descriptors, uint32_t count);

#endif
