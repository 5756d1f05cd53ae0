/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/cache/cache_array.h"

#include <assert.h>
#include <stdlib.h>

#include "model/bus/grant.h"

bool cache_array_init(struct cache_array *array, const struct cache_geometry *geometry, uint32_t line)
{
    *array = (struct cache_array){.line = line, .line_shift = (uint32_t)__builtin_ctz(line)};
    if (geometry->size == 0) {
        return true;
    }
    assert(geometry->ways > 0);
    assert(geometry->size % (geometry->ways * line) == 0);
    array->ways = geometry->ways;
    array->sets = geometry->size / (geometry->ways * line);
    array->set_mask = (array->sets & (array->sets - 1)) == 0 ? array->sets - 1 : 0;
    const size_t ways = (size_t)array->sets * array->ways;
    array->way = calloc(ways, sizeof(*array->way));
    array->data = aligned_alloc(line < 64 ? 64 : line, ways * line);
    array->victim = calloc(array->sets, sizeof(*array->victim));
    if (array->way == NULL || array->data == NULL || array->victim == NULL) {
        cache_array_release(array);
        return false;
    }
    for (size_t i = 0; i < ways; i++) {
        array->way[i] = (struct cache_way){.tag = CACHE_TAG_INVALID, .grant_slot = GRANT_SLOT_NONE};
    }
    return true;
}

void cache_array_release(struct cache_array *array)
{
    free(array->way);
    free(array->data);
    free(array->victim);
    *array = (struct cache_array){.line = array->line, .line_shift = array->line_shift};
}

struct cache_way *cache_array_at(struct cache_array *array, uint32_t set, uint32_t way)
{
    if (set >= array->sets || way >= array->ways) {
        return NULL;
    }
    return &array->way[(size_t)set * array->ways + way];
}
