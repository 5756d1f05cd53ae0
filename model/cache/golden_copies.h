/* SPDX-License-Identifier: BSD-3-Clause */
/* Where the copies of a line stand: used by the two files of the golden copy, golden.c and golden_find.c. */
#ifndef MODEL_CACHE_GOLDEN_COPIES_H
#define MODEL_CACHE_GOLDEN_COPIES_H

#include "model/cache/replay.h"

#define GOLDEN_HELD_MAX (CACHE_PE_MAX + CACHE_LOWER_MAX) /* copies of a line in one PA space */

struct golden_held {
    const uint8_t *bytes;
    uint8_t place; /* enum golden_place */
    uint8_t pe;
    bool dirty;
};

static inline void golden_held_add(struct golden_held *copies, uint32_t *count,
                                   const struct cache_array *array, uint64_t tag, enum golden_place place,
                                   uint32_t pe)
{
    const struct cache_way *way = cache_array_find(array, tag);
    if (way != 0) {
        copies[(*count)++] = (struct golden_held){
            .bytes = cache_array_data(array, way),
            .place = (uint8_t)place,
            .pe = (uint8_t)pe,
            .dirty = way->dirty,
        };
    }
}

/* The copy of a named line; a prompt line has none. */
static inline uint32_t golden_replay_copies(const struct cache *cache, uint64_t tag,
                                            struct golden_held *copies)
{
    const struct replay_line *line = replay_find(cache, cache_tag_pa(tag));
    const struct replay_copy *copy = line != 0 ? &line->copies[cache_tag_space(tag)] : 0;
    if (copy == 0 || !copy->present) {
        return 0;
    }
    copies[0] =
        (struct golden_held){.bytes = copy->bytes, .place = GOLDEN_PLACE_L1D, .pe = 0, .dirty = copy->dirty};
    return 1;
}

/* The data copies of a line in the PA space of `tag`, topmost first; at most GOLDEN_HELD_MAX. */
static inline uint32_t golden_space_copies(const struct cache *cache, uint64_t tag,
                                           struct golden_held *copies)
{
    static const enum golden_place places[] = {GOLDEN_PLACE_L2, GOLDEN_PLACE_SYSTEM_CACHE};
    uint32_t count = 0;
    if (cache->replay != 0) {
        return golden_replay_copies(cache, tag, copies);
    }
    for (uint32_t pe = 0; pe < cache->config.pe_count; pe++) {
        golden_held_add(copies, &count, &cache->l1d[pe], tag, GOLDEN_PLACE_L1D, pe);
    }
    for (uint32_t i = 0; i < cache->lower_count; i++) {
        golden_held_add(copies, &count, &cache->lower[i], tag, places[cache->lower_level[i] - 2], 0);
    }
    return count;
}

/* No cache and no memory holds this byte's newest value. */
bool golden_byte_is_gone(const struct cache *cache, uint64_t line_pa, uint32_t offset, uint8_t golden);

/* Every copy agrees with the newest bytes, except what a dirty copy of the same PA space supersedes. */
bool golden_copies_agree(const struct cache *cache, uint64_t line_pa, const uint8_t *golden);

#endif
