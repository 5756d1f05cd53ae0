/* SPDX-License-Identifier: BSD-3-Clause */
/* The invariants of the caches, checked by brute force. For tests: no run calls this. */
#include "model/cache/cache_state.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "model/cache/golden_copies.h"

static void array_check(const struct cache *cache, const struct cache_array *array)
{
    uint32_t secure_lines = 0;
    for (uint64_t i = 0; i < (uint64_t)array->sets * array->ways; i++) {
        const struct cache_way *way = &array->way[i];
        if (way->tag == CACHE_TAG_INVALID) {
            assert(way->grant_slot == GRANT_SLOT_NONE);
            continue;
        }
        secure_lines += cache_tag_space(way->tag) == PA_SPACE_SECURE;
        assert(cache_array_find(array, way->tag) == way); /* held once */
        const uint64_t line_pa = cache_tag_pa(way->tag);
        const struct golden_entry *entry = golden_table_find(&cache->golden, line_pa);
        if (entry == NULL) {
            uint8_t golden[LINE_SIZE_MAX];
            golden_line((struct cache *)(uintptr_t)cache, line_pa, golden);
            assert(golden_copies_agree(cache, line_pa, golden));
        } else {
            assert(way->grant_slot == GRANT_SLOT_NONE);
        }
    }
    assert(array->secure_lines == secure_lines);
}

/* The grant stands in the slot of its way and points at the way's bytes, or there is none. */
static void grant_check(const struct cache *cache, uint32_t pe, uint32_t slot, const struct grant *grant,
                        const struct cache_way *way)
{
    const bool given = grant->tag != grant_tag_empty(cache->grants[pe], slot);
    assert(way != NULL || !given);
    assert(way == NULL || way->grant_slot == slot);
    assert(!given || grant->host == cache_array_data(&cache->l1d[pe], way));
}

static void grants_check(const struct cache *cache, uint32_t pe)
{
    const struct grant_table *table = cache->grants[pe];
    for (uint32_t slot = 0; table != NULL && slot < table->count; slot++) {
        const struct cache_way *writer = cache->slots[pe][slot].writer;
        grant_check(cache, pe, slot, &table->read[slot], cache->slots[pe][slot].reader);
        grant_check(cache, pe, slot, &table->write[slot], writer);
        if (table->write[slot].tag != grant_tag_empty(table, slot)) {
            assert(writer->dirty);
            assert(!cache_is_code(cache, cache_tag_pa(writer->tag)));
        }
    }
}

/* A way that has a slot is the reader or the writer there. */
static void slot_check(const struct cache *cache, uint32_t pe, const struct cache_way *way)
{
    if (way->grant_slot != GRANT_SLOT_NONE) {
        const struct cache_slot *slot = &cache->slots[pe][way->grant_slot];
        assert(slot->reader == way || slot->writer == way);
    }
}

void cache_check(struct cache *cache)
{
    for (uint32_t pe = 0; pe < cache->config.pe_count; pe++) {
        array_check(cache, &cache->l1d[pe]);
        grants_check(cache, pe);
        for (uint64_t i = 0; i < (uint64_t)cache->l1d[pe].sets * cache->l1d[pe].ways; i++) {
            slot_check(cache, pe, &cache->l1d[pe].way[i]);
        }
    }
    for (uint32_t i = 0; i < cache->lower_count; i++) {
        array_check(cache, &cache->lower[i]);
    }
}
