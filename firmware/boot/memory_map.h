/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The memory map that the firmware gives to the OS. UEFI specification, "EFI_BOOT_SERVICES.GetMemoryMap()".
 * Regions are whole pages, sorted, without overlap. A reservation that is not needed after all is given back,
 * so that the OS never loses memory to something that failed.
 */
#ifndef FIRMWARE_BOOT_MEMORY_MAP_H
#define FIRMWARE_BOOT_MEMORY_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "firmware/efi_tables.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MEMORY_MAP_DESCRIPTORS_MAX 16

struct memory_map {
    struct efi_memory_descriptor descriptors[MEMORY_MAP_DESCRIPTORS_MAX];
    uint32_t count;
};

void memory_map_init(struct memory_map *map);

/* Appends [start, end), which begins where the map ends or later. False when the map is full. */
bool memory_map_append(struct memory_map *map, enum efi_memory_type type, uint64_t start, uint64_t end);

/* Cuts [start, start + size) out of conventional memory. False if it is not all that, or the map is full. */
bool memory_map_reserve(struct memory_map *map, enum efi_memory_type type, uint64_t start, uint64_t size);

/* How the OS is to map what was reserved at `start`: EFI_MEMORY_WB, EFI_MEMORY_WC. */
void memory_map_set_cacheability(struct memory_map *map, uint64_t start, uint64_t cacheability);

/* Gives back what memory_map_reserve() cut out at `start`. */
void memory_map_release(struct memory_map *map, uint64_t start);

#ifdef __cplusplus
}
#endif

#endif
