/* SPDX-License-Identifier: BSD-3-Clause */
/* Who may hold a host pointer into an L1D line: the PE, while nothing about the line needs an opinion of
 * ours. */
#include "model/cache/cache_state.h"

#include <assert.h>
#include <stddef.h>

static void reader_clear(struct cache *cache, uint32_t pe, uint32_t slot)
{
    grant_clear_read(cache->grants[pe], slot);
    cache->slots[pe][slot].reader = NULL;
}

static void writer_clear(struct cache *cache, uint32_t pe, uint32_t slot)
{
    grant_clear_write(cache->grants[pe], slot);
    cache->slots[pe][slot].writer = NULL;
}

void cache_way_grants_clear(struct cache *cache, uint32_t pe, struct cache_way *way)
{
    const uint32_t slot = way->grant_slot;
    if (slot == GRANT_SLOT_NONE) {
        return;
    }
    if (cache->slots[pe][slot].reader == way) {
        reader_clear(cache, pe, slot);
    }
    if (cache->slots[pe][slot].writer == way) {
        writer_clear(cache, pe, slot);
    }
    way->grant_slot = GRANT_SLOT_NONE;
}

/* The slot is the way's as long as one of its two sides is. */
static void way_slot_settle(struct cache *cache, uint32_t pe, struct cache_way *way)
{
    const struct cache_slot *slot = &cache->slots[pe][way->grant_slot];
    if (slot->reader != way && slot->writer != way) {
        way->grant_slot = GRANT_SLOT_NONE;
    }
}

void cache_way_grants_clear_write(struct cache *cache, uint32_t pe, struct cache_way *way)
{
    if (way->grant_slot != GRANT_SLOT_NONE && cache->slots[pe][way->grant_slot].writer == way) {
        writer_clear(cache, pe, way->grant_slot);
        way_slot_settle(cache, pe, way);
    }
}

void cache_line_grants_clear(struct cache *cache, uint64_t line_pa)
{
    for (uint32_t pe = 0; pe < cache->config.pe_count; pe++) {
        for (uint64_t space = PA_SPACE_NON_SECURE; space <= PA_SPACE_SECURE; space++) {
            struct cache_way *way = cache_array_find(&cache->l1d[pe], line_pa | space);
            if (way != NULL) {
                cache_way_grants_clear(cache, pe, way);
            }
        }
    }
}

/* A way has one slot: an alias of the line takes the grants along. */
static void slot_enter(struct cache *cache, uint32_t pe, uint32_t slot, struct cache_way *way)
{
    if (way->grant_slot != slot) {
        cache_way_grants_clear(cache, pe, way);
        way->grant_slot = slot;
    }
}

static void reader_set(struct cache *cache, uint32_t pe, struct cache_way *way, const struct grant *grant)
{
    const uint32_t slot = way->grant_slot;
    struct cache_way *previous = cache->slots[pe][slot].reader;
    cache->slots[pe][slot].reader = way;
    cache->grants[pe]->read[slot] = *grant;
    if (previous != NULL && previous != way) {
        way_slot_settle(cache, pe, previous);
    }
}

static void writer_set(struct cache *cache, uint32_t pe, struct cache_way *way, const struct grant *grant)
{
    const uint32_t slot = way->grant_slot;
    struct cache_way *previous = cache->slots[pe][slot].writer;
    cache->slots[pe][slot].writer = way;
    cache->grants[pe]->write[slot] = *grant;
    if (previous != NULL && previous != way) {
        way_slot_settle(cache, pe, previous);
    }
}

/* A line that is written is mostly read as well, but not at the price of another that is. */
static bool reader_is_free(const struct cache *cache, uint32_t pe, const struct cache_way *way)
{
    const uint32_t slot = way->grant_slot;
    const struct cache_way *reader = cache->slots[pe][slot].reader;
    const struct grant_table *table = cache->grants[pe];
    return reader == NULL || reader == way || table->read[slot].tag == grant_tag_empty(table, slot);
}

static bool other_space_holds(const struct cache *cache, uint64_t line_pa, enum pa_space space)
{
    const enum pa_space other = space == PA_SPACE_SECURE ? PA_SPACE_NON_SECURE : PA_SPACE_SECURE;
    if (other == PA_SPACE_SECURE && !cache_has_secure_lines(cache)) {
        return false;
    }
    return cache_holds(cache, cache_tag(line_pa, other));
}

bool cache_grant(struct cache *cache, struct access *access, bool write)
{
    const uint32_t pe = access->pe;
    struct grant_table *table = cache->grants[pe];
    const uint64_t line_pa = access->pa & ~(uint64_t)(cache->config.line - 1);
    const uint64_t line_va = access->va & ~(uint64_t)(cache->config.line - 1);
    const enum pa_space space = (enum pa_space)access->space;
    if (table == NULL || access->type != MEMORY_NORMAL_WB || golden_suspect(cache, line_pa)) {
        return false;
    }
    assert(access->grant_slot == grant_slot(table, access->va));
    /* Two PA spaces with a copy each, or an instruction cache that a store leaves behind: every access is
     * looked at. */
    if (other_space_holds(cache, line_pa, space) || (write && cache_is_code(cache, line_pa))) {
        return false;
    }
    if (write) {
        cache_l1d_own(cache, pe, cache_tag(line_pa, space));
    }
    struct cache_way *way = cache_l1d_fill(cache, pe, cache_tag(line_pa, space));
    slot_enter(cache, pe, access->grant_slot, way);
    const struct grant given = {.tag = line_va, .host = cache_array_data(&cache->l1d[pe], way)};
    if (write) {
        way->dirty = true;
        writer_set(cache, pe, way, &given);
    }
    if (!write || reader_is_free(cache, pe, way)) {
        reader_set(cache, pe, way, &given);
    }
    return true;
}
