/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Writes translation tables. Runs with the MMU off (boot phase) or on (OS stub); all accesses are aligned
 * words. Descriptor fields are named as in the Arm ARM, "VMSAv8-64 Block descriptor and Page descriptor
 * formats".
 */
#include "firmware/common/translation.h"

#define LEVEL_FIRST 1U
#define LEVEL_LAST  3U

#define DESCRIPTOR_VALID    0x1ULL
#define DESCRIPTOR_TABLE    0x2ULL /* at levels 1 and 2; at level 3 the same bit makes a page */
#define DESCRIPTOR_ADDRESS  0x0000FFFFFFFFF000ULL
#define DESCRIPTOR_ATTR(n)  ((uint64_t)(n) << 2)
#define DESCRIPTOR_AP1      (1ULL << 6) /* RES1 in a regime with one exception level */
#define DESCRIPTOR_AP2      (1ULL << 7) /* read-only */
#define DESCRIPTOR_SH_OUTER (2ULL << 8)
#define DESCRIPTOR_SH_INNER (3ULL << 8)
#define DESCRIPTOR_AF       (1ULL << 10)
#define DESCRIPTOR_PXN      (1ULL << 53) /* RES0 in a regime with one exception level */
#define DESCRIPTOR_XN       (1ULL << 54)

/* Indices into the MAIR_ELx that regime.S writes. */
#define MAIR_DEVICE_NGNRNE 0
#define MAIR_NORMAL_WB     1
#define MAIR_NORMAL_NC     2

static uint64_t level_size(uint32_t level)
{
    return 1ULL << (39 - 9 * level);
}

static uint32_t level_index(uint64_t va, uint32_t level)
{
    return (uint32_t)(va >> (39 - 9 * level)) % TRANSLATION_ENTRIES;
}

static struct translation_table *table_take(struct translation *translation)
{
    if (translation->tables_used == translation->tables_max) {
        return 0;
    }
    struct translation_table *table = &translation->tables[translation->tables_used++];
    for (uint32_t index = 0; index < TRANSLATION_ENTRIES; index++) {
        table->entries[index] = 0;
    }
    return table;
}

void translation_init(struct translation *translation, struct translation_table *tables, uint32_t tables_max,
                      bool is_el2)
{
    translation->tables = tables;
    translation->tables_used = 0;
    translation->tables_max = tables_max;
    translation->is_el2 = is_el2;
    table_take(translation);
}

static uint64_t kind_attributes(const struct translation *translation, enum translation_kind kind)
{
    const uint64_t never_executed = translation->is_el2 ? DESCRIPTOR_XN : DESCRIPTOR_XN | DESCRIPTOR_PXN;
    const uint64_t permission = translation->is_el2 ? DESCRIPTOR_AP1 : 0;
    uint64_t attributes = DESCRIPTOR_AF | DESCRIPTOR_VALID | permission;

    switch (kind) {
    case TRANSLATION_CODE:
        attributes |= DESCRIPTOR_ATTR(MAIR_NORMAL_WB) | DESCRIPTOR_SH_INNER | DESCRIPTOR_AP2;
        break;
    case TRANSLATION_IMAGE: /* code and data of a foreign image, such as runtime services */
        attributes |= DESCRIPTOR_ATTR(MAIR_NORMAL_WB) | DESCRIPTOR_SH_INNER;
        break;
    case TRANSLATION_DATA:
        attributes |= DESCRIPTOR_ATTR(MAIR_NORMAL_WB) | DESCRIPTOR_SH_INNER | never_executed;
        break;
    case TRANSLATION_NON_CACHEABLE: /* outer shareable, whatever is written here */
        attributes |= DESCRIPTOR_ATTR(MAIR_NORMAL_NC) | DESCRIPTOR_SH_OUTER | never_executed;
        break;
    case TRANSLATION_DEVICE:
        attributes |= DESCRIPTOR_ATTR(MAIR_DEVICE_NGNRNE) | never_executed;
        break;
    }
    return attributes;
}

/* The entry of `va` at `level`, with the tables above it made where they are missing; NULL if that cannot be.
 */
static uint64_t *entry_make(struct translation *translation, uint64_t va, uint32_t level)
{
    struct translation_table *table = translation->tables;

    for (uint32_t above = LEVEL_FIRST; above < level; above++) {
        uint64_t *entry = &table->entries[level_index(va, above)];
        if (*entry == 0) {
            struct translation_table *next = table_take(translation);
            if (!next) {
                return 0;
            }
            *entry = (uint64_t)(uintptr_t)next | DESCRIPTOR_TABLE | DESCRIPTOR_VALID;
        } else if (!(*entry & DESCRIPTOR_TABLE)) {
            return 0; /* a block is mapped here */
        }
        table = (struct translation_table *)(uintptr_t)(*entry & DESCRIPTOR_ADDRESS);
    }
    return &table->entries[level_index(va, level)];
}

static uint32_t level_largest(uint64_t va, uint64_t pa, uint64_t size)
{
    uint32_t level = LEVEL_FIRST;

    while (level < LEVEL_LAST && (((va | pa) & (level_size(level) - 1)) != 0 || size < level_size(level))) {
        level++;
    }
    return level;
}

bool translation_map(struct translation *translation, uint64_t va, uint64_t pa, uint64_t size,
                     enum translation_kind kind)
{
    const uint64_t attributes = kind_attributes(translation, kind);

    while (size > 0) {
        const uint32_t level = level_largest(va, pa, size);
        uint64_t *entry = entry_make(translation, va, level);

        if (!entry || *entry != 0) {
            return false;
        }
        *entry = pa | attributes | (level == LEVEL_LAST ? DESCRIPTOR_TABLE : 0);
        va += level_size(level);
        pa += level_size(level);
        size -= level_size(level);
    }
    return true;
}

/* The block or page that maps `va`; NULL if there is none. `level` receives where it stands. */
static uint64_t *entry_find(const struct translation *translation, uint64_t va, uint32_t *level)
{
    struct translation_table *table = translation->tables;

    for (*level = LEVEL_FIRST; *level <= LEVEL_LAST; ++*level) {
        uint64_t *entry = &table->entries[level_index(va, *level)];
        if (*entry == 0) {
            return 0;
        }
        if (*level == LEVEL_LAST || !(*entry & DESCRIPTOR_TABLE)) {
            return entry;
        }
        table = (struct translation_table *)(uintptr_t)(*entry & DESCRIPTOR_ADDRESS);
    }
    return 0;
}

void translation_unmap(struct translation *translation, uint64_t va, uint64_t size)
{
    const uint64_t end = va + size;

    while (va < end) {
        uint32_t level = LEVEL_LAST;
        uint64_t *entry = entry_find(translation, va, &level);

        if (entry) {
            *entry = 0;
        }
        va += entry ? level_size(level) : level_size(LEVEL_LAST);
    }
}
