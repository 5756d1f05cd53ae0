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

static void grants_check(const struct cache *cache, uint32_t pe)
{
    const struct grant_table *table = cache->grants[pe];
    for (uint32_t slot = 0; table != NULL && slot < table->count; slot++) {
        const struct cache_way *way = cache->slot_way[pe][slot];
        const bool read = table->read[slot].tag != grant_tag_empty(table, slot);
        const bool write = table->write[slot].tag != grant_tag_empty(table, slot);
        assert(way != NULL || (!read && !write));
        if (way == NULL) {
            continue;
        }
        assert(way->grant_slot == slot);
        const uint8_t *host = cache_array_data(&cache->l1d[pe], way);
        assert(!read || table->read[slot].host == host);
        assert(!write || table->write[slot].host == host);
        assert(!write || way->dirty);
        assert(!write || !cache_is_code(cache, cache_tag_pa(way->tag)));
    }
}

void cache_check(struct cache *cache)
{
    for (uint32_t pe = 0; pe < cache->config.pe_count; pe++) {
        array_check(cache, &cache->l1d[pe]);
        grants_check(cache, pe);
    }
    for (uint32_t i = 0; i < cache->lower_count; i++) {
        array_check(cache, &cache->lower[i]);
    }
}
