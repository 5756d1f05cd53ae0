/* SPDX-License-Identifier: BSD-3-Clause */
/* Who may hold a host pointer into an L1D line: the PE, while nothing about the line needs an opinion of
 * ours. */
#include "model/cache/cache_state.h"

#include <assert.h>
#include <stddef.h>

void cache_way_grants_clear(struct cache *cache, uint32_t pe, struct cache_way *way)
{
    if (way->grant_slot == GRANT_SLOT_NONE) {
        return;
    }
    grant_clear_read(cache->grants[pe], way->grant_slot);
    grant_clear_write(cache->grants[pe], way->grant_slot);
    assert(cache->slot_way[pe][way->grant_slot] == way);
    cache->slot_way[pe][way->grant_slot] = NULL;
    way->grant_slot = GRANT_SLOT_NONE;
}

void cache_way_grants_clear_write(struct cache *cache, uint32_t pe, struct cache_way *way)
{
    if (way->grant_slot != GRANT_SLOT_NONE) {
        grant_clear_write(cache->grants[pe], way->grant_slot);
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

/* A slot serves one way, a way one slot: an alias of the line takes the grant along. */
static void slot_take(struct cache *cache, uint32_t pe, uint32_t slot, struct cache_way *way)
{
    if (way->grant_slot != slot) {
        cache_way_grants_clear(cache, pe, way);
    }
    struct cache_way *previous = cache->slot_way[pe][slot];
    if (previous != NULL && previous != way) {
        cache_way_grants_clear(cache, pe, previous);
    }
    cache->slot_way[pe][slot] = way;
    way->grant_slot = slot;
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
    slot_take(cache, pe, access->grant_slot, way);
    uint8_t *host = cache_array_data(&cache->l1d[pe], way);
    if (write) {
        way->dirty = true;
        table->write[access->grant_slot] = (struct grant){.tag = line_va, .host = host};
    } else if (table->write[access->grant_slot].tag != line_va) {
        grant_clear_write(table, access->grant_slot);
    }
    table->read[access->grant_slot] = (struct grant){.tag = line_va, .host = host};
    return true;
}
