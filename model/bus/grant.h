/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Grants: the only struct that a CPU and the memory side share. A grant lets the CPU's fast path read or
 * write one granule of guest memory through a host pointer, without asking anybody.
 *
 * The arrays belong to the CPU, one for reads and one for writes, both indexed by (va >> shift) & (count -
 * 1). The hot path is one compare:
 *
 *     t = va ^ grant->tag;  if (t > granule - size) miss;  value = *(grant->host + t);
 *
 * so a valid tag is the VA of the granule's first byte, `host` points at that byte, and an access that
 * crosses the granule misses by itself. An empty slot holds a tag that belongs to another slot: no va that
 * indexes this slot can be within a granule of it.
 *
 * Golden mode: granule 4096, host points into DRAM; the CPU installs grants from DMI and drops them itself.
 * Cached mode: granule = line size, host points into an L1 data array. The memory side installs and clears:
 * whoever moves, cleans (write grants) or invalidates a line clears its grants first. A write grant exists
 * only for a line that is dirty already. So a hit changes no cache state.
 */
#ifndef MODEL_BUS_GRANT_H
#define MODEL_BUS_GRANT_H

#include <assert.h>
#include <stdint.h>

#define GRANT_SLOT_NONE UINT32_MAX
#define GRANT_TAG_BITS  64

struct grant {
    uint64_t tag;
    uint8_t *host;
};

struct grant_table {
    struct grant *read;
    struct grant *write;
    uint32_t count; /* slots in each array, a power of two >= 2 */
    uint32_t shift; /* log2 of the granule in bytes */
};

static inline uint32_t grant_slot(const struct grant_table *table, uint64_t va)
{
    return (uint32_t)(va >> table->shift) & (table->count - 1);
}

/* The tag of an empty slot. */
static inline uint64_t grant_tag_empty(const struct grant_table *table, uint32_t slot)
{
    return (uint64_t)(slot ^ 1U) << table->shift;
}

static inline void grant_clear_read(struct grant_table *table, uint32_t slot)
{
    assert(slot < table->count);
    table->read[slot].tag = grant_tag_empty(table, slot);
}

static inline void grant_clear_write(struct grant_table *table, uint32_t slot)
{
    assert(slot < table->count);
    table->write[slot].tag = grant_tag_empty(table, slot);
}

static inline void grant_clear_all(struct grant_table *table)
{
    for (uint32_t slot = 0; slot < table->count; slot++) {
        grant_clear_read(table, slot);
        grant_clear_write(table, slot);
    }
}

#endif
