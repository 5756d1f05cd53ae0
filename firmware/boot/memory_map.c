/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The memory map: a small sorted array.
 */
#include "firmware/boot/memory_map.h"

static uint64_t descriptor_end(const struct efi_memory_descriptor *descriptor)
{
    return descriptor->physical_start + descriptor->pages * EFI_PAGE_SIZE;
}

static struct efi_memory_descriptor descriptor_of(enum efi_memory_type type, uint64_t start, uint64_t end)
{
    const bool is_runtime = type == EFI_RUNTIME_SERVICES_CODE || type == EFI_RUNTIME_SERVICES_DATA;

    return (struct efi_memory_descriptor){
        .type = type,
        .physical_start = start,
        .pages = (end - start) / EFI_PAGE_SIZE,
        .attribute = EFI_MEMORY_WB | (is_runtime ? EFI_MEMORY_RUNTIME : 0),
    };
}

static bool descriptor_insert(struct memory_map *map, uint32_t index, struct efi_memory_descriptor descriptor)
{
    if (map->count == MEMORY_MAP_DESCRIPTORS_MAX) {
        return false;
    }
    for (uint32_t at = map->count; at > index; at--) {
        map->descriptors[at] = map->descriptors[at - 1];
    }
    map->descriptors[index] = descriptor;
    map->count++;
    return true;
}

static void descriptor_remove(struct memory_map *map, uint32_t index)
{
    for (uint32_t at = index; at + 1 < map->count; at++) {
        map->descriptors[at] = map->descriptors[at + 1];
    }
    map->count--;
}

void memory_map_init(struct memory_map *map)
{
    map->count = 0;
}

bool memory_map_append(struct memory_map *map, enum efi_memory_type type, uint64_t start, uint64_t end)
{
    if (start >= end) {
        return start == end; /* nothing to describe */
    }
    return descriptor_insert(map, map->count, descriptor_of(type, start, end));
}

bool memory_map_reserve(struct memory_map *map, enum efi_memory_type type, uint64_t start, uint64_t size)
{
    const uint64_t end = start + size;
    uint32_t index = 0;

    while (index < map->count && descriptor_end(&map->descriptors[index]) <= start) {
        index++;
    }
    if (index == map->count || map->count + 2 > MEMORY_MAP_DESCRIPTORS_MAX) {
        return false;
    }
    const struct efi_memory_descriptor around = map->descriptors[index];
    if (around.type != EFI_CONVENTIONAL_MEMORY || start < around.physical_start ||
        end > descriptor_end(&around)) {
        return false;
    }
    map->descriptors[index] = descriptor_of(type, start, end);
    if (end < descriptor_end(&around)) {
        descriptor_insert(map, index + 1,
                          descriptor_of(EFI_CONVENTIONAL_MEMORY, end, descriptor_end(&around)));
    }
    if (start > around.physical_start) {
        descriptor_insert(map, index, descriptor_of(EFI_CONVENTIONAL_MEMORY, around.physical_start, start));
    }
    return true;
}

void memory_map_set_cacheability(struct memory_map *map, uint64_t start, uint64_t cacheability)
{
    for (uint32_t index = 0; index < map->count; index++) {
        struct efi_memory_descriptor *descriptor = &map->descriptors[index];
        if (descriptor->physical_start == start) {
            descriptor->attribute = (descriptor->attribute & EFI_MEMORY_RUNTIME) | cacheability;
            return;
        }
    }
}

/* Joins the region with the next one if both are conventional and adjacent. */
static void conventional_join(struct memory_map *map, uint32_t index)
{
    if (index + 1 >= map->count) {
        return;
    }
    struct efi_memory_descriptor *first = &map->descriptors[index];
    const struct efi_memory_descriptor *second = &map->descriptors[index + 1];

    if (first->type == EFI_CONVENTIONAL_MEMORY && second->type == EFI_CONVENTIONAL_MEMORY &&
        descriptor_end(first) == second->physical_start) {
        first->pages += second->pages;
        descriptor_remove(map, index + 1);
    }
}

void memory_map_release(struct memory_map *map, uint64_t start)
{
    for (uint32_t index = 0; index < map->count; index++) {
        struct efi_memory_descriptor *descriptor = &map->descriptors[index];
        if (descriptor->physical_start == start) {
            *descriptor = descriptor_of(EFI_CONVENTIONAL_MEMORY, start, descriptor_end(descriptor));
            conventional_join(map, index);
            if (index > 0) {
                conventional_join(map, index - 1);
            }
            return;
        }
    }
}
