/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One physical cache: tags, states and data of its ways, round-robin replacement. It knows nothing of levels,
 * of other caches or of memory. A line's tag is its address with the PA space in bit 0: lines of different PA
 * spaces never match (Arm ARM, "Physical address spaces").
 */
#ifndef MODEL_CACHE_CACHE_ARRAY_H
#define MODEL_CACHE_CACHE_ARRAY_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/bus/access.h"
#include "model/bus/grant.h"
#include "model/cache/cache_config.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CACHE_TAG_INVALID UINT64_MAX

struct cache_way {
    uint64_t tag;        /* line address | space; CACHE_TAG_INVALID: no line */
    uint32_t grant_slot; /* the CPU's grant slot that points at this way, GRANT_SLOT_NONE */
    bool dirty;
};

struct cache_array {
    uint32_t sets; /* 0: this cache does not exist */
    uint32_t ways;
    uint32_t line;
    uint32_t line_shift;
    uint32_t set_mask;     /* sets - 1 if that is a mask, else 0 */
    uint32_t secure_lines; /* valid lines of the secure PA space */
    struct cache_way *way; /* [set * ways + way] */
    uint8_t *data;         /* line bytes of each way, in the same order */
    uint32_t *victim;      /* round robin, per set; changes on fills only */
};

static inline uint64_t cache_tag(uint64_t line_pa, enum pa_space space)
{
    return line_pa | (uint64_t)space;
}

static inline uint64_t cache_tag_pa(uint64_t tag)
{
    return tag & ~(uint64_t)1;
}

static inline enum pa_space cache_tag_space(uint64_t tag)
{
    return (enum pa_space)(tag & 1);
}

/* Allocates an empty cache. false: the host has no memory. A geometry of size 0 makes a cache that never
 * hits. */
bool cache_array_init(struct cache_array *array, const struct cache_geometry *geometry, uint32_t line);
void cache_array_release(struct cache_array *array);

static inline uint64_t cache_array_set(const struct cache_array *array, uint64_t tag)
{
    const uint64_t number = tag >> array->line_shift;
    return array->set_mask != 0 ? number & array->set_mask : number % array->sets;
}

/* The way that holds the line, or NULL. Changes nothing. */
static inline struct cache_way *cache_array_find(const struct cache_array *array, uint64_t tag)
{
    if (array->sets == 0) {
        return 0;
    }
    struct cache_way *first = &array->way[cache_array_set(array, tag) * array->ways];
    for (uint32_t i = 0; i < array->ways; i++) {
        if (first[i].tag == tag) {
            return &first[i];
        }
    }
    return 0;
}

/* The way that a fill of this line takes: an invalid one, else the next by round robin. The caller empties it
 * first. */
static inline struct cache_way *cache_array_choose(struct cache_array *array, uint64_t tag)
{
    assert(array->sets > 0);
    const uint64_t set = cache_array_set(array, tag);
    struct cache_way *first = &array->way[set * array->ways];
    for (uint32_t i = 0; i < array->ways; i++) {
        if (first[i].tag == CACHE_TAG_INVALID) {
            return &first[i];
        }
    }
    struct cache_way *chosen = &first[array->victim[set]];
    array->victim[set] = array->victim[set] + 1 == array->ways ? 0 : array->victim[set] + 1;
    return chosen;
}

/* The way that a set/way operand names; NULL when out of range. */
struct cache_way *cache_array_at(struct cache_array *array, uint32_t set, uint32_t way);

static inline uint8_t *cache_array_data(const struct cache_array *array, const struct cache_way *way)
{
    return array->data + ((uint64_t)(way - array->way) << array->line_shift);
}

/* Puts a clean line into an empty way; the caller fills the data. */
static inline void cache_array_install(struct cache_array *array, struct cache_way *way, uint64_t tag)
{
    assert(way->tag == CACHE_TAG_INVALID);
    assert(way->grant_slot == GRANT_SLOT_NONE);
    way->tag = tag;
    way->dirty = false;
    array->secure_lines += cache_tag_space(tag) == PA_SPACE_SECURE;
}
/* Empties a way. */
static inline void cache_array_remove(struct cache_array *array, struct cache_way *way)
{
    assert(way->tag != CACHE_TAG_INVALID);
    assert(way->grant_slot == GRANT_SLOT_NONE);
    array->secure_lines -= cache_tag_space(way->tag) == PA_SPACE_SECURE;
    way->tag = CACHE_TAG_INVALID;
    way->dirty = false;
}

#ifdef __cplusplus
}
#endif

#endif
