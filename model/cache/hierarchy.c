/* SPDX-License-Identifier: BSD-3-Clause */
/* Lines between levels: fills, evictions, write-backs. No golden copy here: golden.c is told which lines
 * moved. */
#include "model/cache/cache_state.h"

#include <assert.h>
#include <string.h>

#define LEVEL_L1D  1
#define LEVEL_DRAM 0

static void hierarchy_event(struct cache *cache, enum event_kind kind, uint64_t level, uint64_t tag,
                            uint64_t arg2)
{
    event_log_append(cache->log, kind, (enum agent_kind)cache->access->agent, cache->access->pe, level,
                     cache_tag_pa(tag), arg2, 0);
}

uint8_t *cache_dram(const struct cache *cache, uint64_t line_pa)
{
    for (uint32_t i = 0; i < cache->window_count; i++) {
        const struct cache_window *window = &cache->windows[i];
        if (line_pa - window->pa < window->size) {
            return window->host + (line_pa - window->pa);
        }
    }
    return NULL;
}

static void lower_remove(struct cache *cache, uint32_t index, struct cache_way *way)
{
    golden_line_moved(cache, cache_tag_pa(way->tag));
    cache_array_remove(&cache->lower[index], way);
}

void cache_lower_write(struct cache *cache, uint32_t index, uint64_t tag, const uint8_t *bytes)
{
    uint8_t carried[LINE_SIZE_MAX];
    cache_line_copy(cache, carried, bytes);
    for (uint32_t i = index; i < cache->lower_count; i++) {
        struct cache_array *array = &cache->lower[i];
        hierarchy_event(cache, EVENT_CACHE_WRITEBACK, cache->lower_level[i], tag, 0);
        struct cache_way *way = cache_array_find(array, tag);
        if (way != NULL) {
            cache_line_copy(cache, cache_array_data(array, way), carried);
            way->dirty = true;
            return;
        }
        way = cache_array_choose(array, tag);
        const uint64_t victim_tag = way->tag;
        const bool victim_dirty = victim_tag != CACHE_TAG_INVALID && way->dirty;
        uint8_t victim[LINE_SIZE_MAX];
        if (victim_tag != CACHE_TAG_INVALID) {
            cache_line_copy(cache, victim, cache_array_data(array, way));
            hierarchy_event(cache, EVENT_CACHE_EVICT, cache->lower_level[i], victim_tag, 0);
            lower_remove(cache, i, way);
        }
        cache_array_install(array, way, tag);
        cache_line_copy(cache, cache_array_data(array, way), carried);
        way->dirty = true;
        if (!victim_dirty) {
            return;
        }
        tag = victim_tag;
        cache_line_copy(cache, carried, victim);
    }
    hierarchy_event(cache, EVENT_CACHE_WRITEBACK, LEVEL_DRAM, tag, 0);
    golden_line_moved(cache, cache_tag_pa(tag));
    cache_decoded_take(cache, cache_tag_pa(tag));
    uint8_t *dram = cache_dram(cache, cache_tag_pa(tag));
    assert(dram != NULL);
    cache_line_copy(cache, dram, carried);
}

/* Puts a clean line into a lower level that does not hold it. */
static void lower_install(struct cache *cache, uint32_t index, uint64_t tag, const uint8_t *bytes,
                          uint64_t from)
{
    struct cache_array *array = &cache->lower[index];
    struct cache_way *way = cache_array_choose(array, tag);
    if (way->tag != CACHE_TAG_INVALID) {
        hierarchy_event(cache, EVENT_CACHE_EVICT, cache->lower_level[index], way->tag, 0);
        const uint64_t victim_tag = way->tag;
        const bool victim_dirty = way->dirty;
        uint8_t victim[LINE_SIZE_MAX];
        cache_line_copy(cache, victim, cache_array_data(array, way));
        lower_remove(cache, index, way);
        if (victim_dirty) {
            cache_lower_write(cache, index + 1, victim_tag, victim);
        }
    }
    cache_array_install(array, way, tag);
    cache_line_copy(cache, cache_array_data(array, way), bytes);
    hierarchy_event(cache, EVENT_CACHE_FILL, cache->lower_level[index], tag, from);
}

void cache_lower_read(struct cache *cache, uint64_t tag, uint8_t *bytes)
{
    uint32_t hit = 0;
    const struct cache_way *way = NULL;
    while (hit < cache->lower_count) {
        way = cache_array_find(&cache->lower[hit], tag);
        if (way != NULL) {
            break;
        }
        hit++;
    }
    const uint8_t *source =
        way != NULL ? cache_array_data(&cache->lower[hit], way) : cache_dram(cache, cache_tag_pa(tag));
    assert(source != NULL);
    cache_line_copy(cache, bytes, source);
    const uint64_t from = way != NULL ? cache->lower_level[hit] : LEVEL_DRAM;
    for (uint32_t i = hit; i-- > 0;) {
        lower_install(cache, i, tag, bytes, from);
    }
}

void cache_l1d_clean(struct cache *cache, uint32_t pe, struct cache_way *way)
{
    assert(way->dirty);
    cache_way_grants_clear_write(cache, pe, way);
    golden_line_moved(cache, cache_tag_pa(way->tag));
    way->dirty = false;
    cache_lower_write(cache, 0, way->tag, cache_array_data(&cache->l1d[pe], way));
}

void cache_l1d_drop(struct cache *cache, uint32_t pe, struct cache_way *way)
{
    cache_way_grants_clear(cache, pe, way);
    golden_line_moved(cache, cache_tag_pa(way->tag));
    cache_array_remove(&cache->l1d[pe], way);
}

/* The other PEs' dirty copy goes to the level below, where everybody sees it. */
static void others_clean(struct cache *cache, uint32_t pe, uint64_t tag)
{
    for (uint32_t other = 0; other < cache->config.pe_count; other++) {
        struct cache_way *way = other == pe ? NULL : cache_array_find(&cache->l1d[other], tag);
        if (way != NULL && way->dirty) {
            cache_l1d_clean(cache, other, way);
        } else if (way != NULL) {
            cache_way_grants_clear_write(cache, other, way);
        }
    }
}

struct cache_way *cache_l1d_fill(struct cache *cache, uint32_t pe, uint64_t tag)
{
    struct cache_array *array = &cache->l1d[pe];
    struct cache_way *way = cache_array_find(array, tag);
    if (way != NULL) {
        return way;
    }
    others_clean(cache, pe, tag);
    uint8_t bytes[LINE_SIZE_MAX];
    cache_lower_read(cache, tag, bytes);
    way = cache_array_choose(array, tag);
    if (way->tag != CACHE_TAG_INVALID) {
        hierarchy_event(cache, EVENT_CACHE_EVICT, LEVEL_L1D, way->tag, 0);
        if (way->dirty) {
            cache_l1d_clean(cache, pe, way);
        }
        cache_l1d_drop(cache, pe, way);
    }
    cache_array_install(array, way, tag);
    cache_line_copy(cache, cache_array_data(array, way), bytes);
    hierarchy_event(cache, EVENT_CACHE_FILL, LEVEL_L1D, tag, 2);
    golden_line_moved(cache, cache_tag_pa(tag));
    return way;
}

void cache_l1d_own(struct cache *cache, uint32_t pe, uint64_t tag)
{
    if (cache->config.pe_count == 1) {
        return;
    }
    others_clean(cache, pe, tag);
    for (uint32_t other = 0; other < cache->config.pe_count; other++) {
        struct cache_way *way = other == pe ? NULL : cache_array_find(&cache->l1d[other], tag);
        if (way != NULL) {
            cache_l1d_drop(cache, other, way);
        }
    }
}

void cache_code_line_take(struct cache *cache, uint64_t line_pa)
{
    if (cache->code_line_count == CACHE_CODE_LINES_MAX) {
        cache->code_all = true;
        return;
    }
    cache->code_lines[cache->code_line_count++] = line_pa;
}

void cache_fetch_line(struct cache *cache, uint32_t pe, uint64_t tag, uint8_t *bytes)
{
    struct cache_array *array = &cache->l1i[pe];
    struct cache_way *way = cache_array_find(array, tag);
    if (way != NULL && !cache->config.dic) {
        cache_line_copy(cache, bytes, cache_array_data(array, way));
        return;
    }
    /* With IDC the PoU sees what data writes, so that nothing needs a clean first. */
    for (uint32_t i = 0; cache->config.idc && i < cache->config.pe_count; i++) {
        struct cache_way *data = cache_array_find(&cache->l1d[i], tag);
        if (data != NULL && data->dirty) {
            cache_l1d_clean(cache, i, data);
        }
    }
    cache_lower_read(cache, tag, bytes);
    if (way == NULL) {
        way = cache_array_choose(array, tag);
        if (way->tag != CACHE_TAG_INVALID) {
            hierarchy_event(cache, EVENT_CACHE_EVICT, LEVEL_L1D, way->tag, 1);
            cache_array_remove(array, way);
        }
        cache_array_install(array, way, tag);
        hierarchy_event(cache, EVENT_CACHE_FILL, LEVEL_L1D, tag, 2);
    }
    cache_line_copy(cache, cache_array_data(array, way), bytes);
}

bool cache_is_code(const struct cache *cache, uint64_t line_pa)
{
    return code_lines_hold(&cache->decoded, line_pa >> cache->l1d[0].line_shift);
}

void cache_decoded_put(struct cache *cache, uint64_t line_pa)
{
    const uint32_t shift = cache->l1d[0].line_shift;
    uint64_t other = 0;
    if (code_lines_put(&cache->decoded, line_pa >> shift, &other)) {
        cache_code_line_take(cache, other << shift);
    }
}

void cache_decoded_take(struct cache *cache, uint64_t line_pa)
{
    if (code_lines_take(&cache->decoded, line_pa >> cache->l1d[0].line_shift)) {
        cache_code_line_take(cache, line_pa);
    }
}

bool cache_has_secure_lines(const struct cache *cache)
{
    uint32_t lines = 0;
    for (uint32_t pe = 0; pe < cache->config.pe_count; pe++) {
        lines += cache->l1d[pe].secure_lines;
    }
    for (uint32_t i = 0; i < cache->lower_count; i++) {
        lines += cache->lower[i].secure_lines;
    }
    return lines != 0;
}

bool cache_holds(const struct cache *cache, uint64_t tag)
{
    for (uint32_t pe = 0; pe < cache->config.pe_count; pe++) {
        if (cache_array_find(&cache->l1d[pe], tag) != NULL) {
            return true;
        }
    }
    for (uint32_t i = 0; i < cache->lower_count; i++) {
        if (cache_array_find(&cache->lower[i], tag) != NULL) {
            return true;
        }
    }
    return false;
}
