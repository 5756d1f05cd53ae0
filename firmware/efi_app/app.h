/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the parts of the application share: the firmware's tables, what the firmware promised, the memory map.
 *
 * The application behaves as an operating system's loader and then as the operating system: it calls boot
 * services and runtime services, leaves the boot phase, moves the runtime services to another virtual address
 * and calls them there. It writes no code and no memory that others read without caches, so it needs no cache
 * maintenance of its own but for the one function that runs while the MMU is off (address_space.c).
 */
#ifndef FIRMWARE_EFI_APP_APP_H
#define FIRMWARE_EFI_APP_APP_H

#include <stdbool.h>
#include <stdint.h>

#include "firmware/efi_tables.h"

#ifdef __cplusplus
extern "C" {
#endif

/* GetMemoryMap()'s answer. Descriptors stand `descriptor_size` bytes apart, which may be more than they have.
 */
struct app_map {
    uint8_t *descriptors;
    uint64_t capacity;
    uint64_t size;
    uint64_t key;
    uint64_t descriptor_size;
    uint32_t descriptor_version;
};

struct app {
    void *image;
    struct efi_system_table *system;
    struct efi_boot_services *boot;
    struct efi_runtime_services *runtime; /* at its present address */
    uint32_t runtime_supported;           /* EFI_RT_SUPPORTED_* */
    uint64_t tables;                      /* physical address of pages for translation tables */
    uint8_t *virtual_map;                 /* as large as the memory map */
    struct app_map map;
};

static inline struct efi_memory_descriptor *app_map_descriptor(const struct app_map *map, uint64_t index)
{
    return (struct efi_memory_descriptor *)(void *)(map->descriptors + index * map->descriptor_size);
}

static inline uint64_t app_map_count(const struct app_map *map)
{
    return map->descriptor_size == 0 ? 0 : map->size / map->descriptor_size;
}

static inline bool app_promises(const struct app *app, uint32_t service)
{
    return (app->runtime_supported & service) != 0;
}

#ifdef __cplusplus
}
#endif

#endif
