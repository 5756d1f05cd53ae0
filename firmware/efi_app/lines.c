/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every word of the pattern depends on its place and on how often the lines have been written, so that
 * neither an older pattern nor a neighbour's line passes for the right one.
 */
#include "firmware/efi_app/lines.h"

#include "firmware/efi_app/config.h"

#define LINES_WORDS (CONFIG_LINES_PAGES * EFI_PAGE_SIZE / sizeof(uint64_t))

struct lines_block {
    enum efi_memory_type type;
    uint64_t *words;
};

static struct lines_block blocks[] = {
    {.type = EFI_LOADER_DATA},
    {.type = EFI_BOOT_SERVICES_DATA},
    {.type = EFI_RUNTIME_SERVICES_DATA},
};

#define BLOCKS        (sizeof(blocks) / sizeof(blocks[0]))
#define BLOCK_BOOT    1
#define BLOCK_RUNTIME 2

static uint64_t seed;

static uint64_t pattern_word(uint64_t block, uint64_t word)
{
    return (seed + 1) * 0x9E3779B97F4A7C15ULL + (block + 1) * 0xC2B2AE3D27D4EB4FULL +
           word * 0x165667B19E3779F9ULL;
}

uint64_t lines_allocate(struct efi_boot_services *boot)
{
    for (uint64_t block = 0; block < BLOCKS; block++) {
        uint64_t address = 0;
        const uint64_t status =
            boot->allocate_pages(EFI_ALLOCATE_ANY_PAGES, blocks[block].type, CONFIG_LINES_PAGES, &address);
        if (status != EFI_SUCCESS) {
            return status;
        }
        if (address == 0 || address % EFI_PAGE_SIZE != 0) {
            return EFI_COMPROMISED_DATA;
        }
        blocks[block].words = (uint64_t *)(uintptr_t)address;
    }
    return EFI_SUCCESS;
}

static bool block_in_map(const struct lines_block *block, const struct app_map *map)
{
    const uint64_t start = (uintptr_t)block->words;
    const uint64_t end = start + CONFIG_LINES_PAGES * EFI_PAGE_SIZE;
    const uint64_t attribute = block->type == EFI_RUNTIME_SERVICES_DATA ? EFI_MEMORY_RUNTIME : 0;

    for (uint64_t index = 0; index < app_map_count(map); index++) {
        const struct efi_memory_descriptor *found = app_map_descriptor(map, index);
        const uint64_t found_end = found->physical_start + found->pages * EFI_PAGE_SIZE;
        if (start >= found->physical_start && end <= found_end) {
            return found->type == (uint32_t)block->type &&
                   (found->attribute & EFI_MEMORY_RUNTIME) == attribute;
        }
    }
    return false;
}

bool lines_in_map(const struct app_map *map)
{
    bool found = true;

    for (uint64_t block = 0; block < BLOCKS; block++) {
        found = found && block_in_map(&blocks[block], map);
    }
    return found;
}

void lines_dirty(void)
{
    seed++;
    for (uint64_t block = 0; block < BLOCKS; block++) {
        for (uint64_t word = 0; word < LINES_WORDS; word++) {
            blocks[block].words[word] = pattern_word(block, word);
        }
    }
}

uint64_t lines_check(void)
{
    bool differs = false;

    for (uint64_t block = 0; block < BLOCKS; block++) {
        for (uint64_t word = 0; word < LINES_WORDS; word++) {
            differs |= blocks[block].words[word] != pattern_word(block, word);
        }
    }
    return differs ? EFI_COMPROMISED_DATA : EFI_SUCCESS;
}

uint64_t lines_boot_address(void)
{
    return (uintptr_t)blocks[BLOCK_BOOT].words;
}

uint64_t lines_runtime_address(void)
{
    return (uintptr_t)blocks[BLOCK_RUNTIME].words;
}

void lines_runtime_move(uint64_t address)
{
    blocks[BLOCK_RUNTIME].words = (uint64_t *)(uintptr_t)address;
}
