/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The boot phase's memory: its translation tables, and the memory map of the image and DRAM.
 */
#ifndef FIRMWARE_BOOT_BOOT_MEMORY_H
#define FIRMWARE_BOOT_BOOT_MEMORY_H

#include <stdbool.h>

#include "firmware/boot/memory_map.h"
#include "firmware/common/translation.h"

/* Called by start.S with the MMU off; the root of the tables. A failure ends in wfi: nothing can be told yet.
 */
const struct translation_table *boot_translation_build(void);

/* Maps pages Normal Non-cacheable at BOARD_ALIAS_OFFSET above their address, beside their own mapping. Caches
 * and MMU are on. False: the tables are used up. */
bool boot_alias_map(uint64_t start, uint64_t size);

/* The map as it is before any reservation. False when it does not fit. */
bool boot_memory_map_build(struct memory_map *map);

#endif
