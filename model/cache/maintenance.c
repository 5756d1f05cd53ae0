/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Maintenance operations: Arm ARM, "A64 System instructions for cache maintenance" and "Cache maintenance
 * operations". Operations by VA reach every cache before the PoC, in the shareability domain of the VA's
 * attributes; set/way operations reach this PE's view of the levels that CLIDR_EL1 names. Upgrades by HCR_EL2
 * are done by the PE.
 */
#include "model/cache/cache_state.h"

#include <string.h>

static void maintenance_event(struct cache *cache, uint64_t level, uint64_t tag, bool dirty)
{
    event_log_append(cache->log, EVENT_CACHE_INVALIDATE, (enum agent_kind)cache->access->agent,
                     cache->access->pe, level, cache_tag_pa(tag), dirty, 0);
}

/* NSH reaches this PE's private caches only; every wider domain holds all PEs of this cluster. */
static bool reaches_pe(const struct access *access, uint32_t pe)
{
    if (!memory_type_cacheable((enum memory_type)access->type)) {
        return true;
    }
    return access->shareability != SHAREABILITY_NON || access->pe == pe;
}

/* Writes the newest dirty copy to DRAM; every copy that is reached is then clean and equal to it. */
static void line_clean(struct cache *cache, const struct access *access, uint64_t tag)
{
    struct cache_way *ways[CACHE_PE_MAX + CACHE_LOWER_MAX];
    struct cache_array *arrays[CACHE_PE_MAX + CACHE_LOWER_MAX];
    uint32_t count = 0;
    for (uint32_t pe = 0; pe < cache->config.pe_count; pe++) {
        struct cache_way *way = reaches_pe(access, pe) ? cache_array_find(&cache->l1d[pe], tag) : NULL;
        if (way != NULL) {
            cache_way_grants_clear_write(cache, pe, way);
            ways[count] = way;
            arrays[count++] = &cache->l1d[pe];
        }
    }
    for (uint32_t i = 0; i < cache->lower_count; i++) {
        struct cache_way *way = cache_array_find(&cache->lower[i], tag);
        if (way != NULL) {
            ways[count] = way;
            arrays[count++] = &cache->lower[i];
        }
    }
    uint32_t newest = 0;
    while (newest < count && !ways[newest]->dirty) {
        newest++;
    }
    if (newest == count) {
        return;
    }
    uint8_t bytes[LINE_SIZE_MAX];
    memcpy(bytes, cache_array_data(arrays[newest], ways[newest]), cache->config.line);
    for (uint32_t i = newest; i < count; i++) {
        memcpy(cache_array_data(arrays[i], ways[i]), bytes, cache->config.line);
        ways[i]->dirty = false;
    }
    cache_lower_write(cache, cache->lower_count, tag, bytes);
}

static void line_invalidate(struct cache *cache, const struct access *access, uint64_t tag)
{
    for (uint32_t pe = 0; pe < cache->config.pe_count; pe++) {
        struct cache_way *way = reaches_pe(access, pe) ? cache_array_find(&cache->l1d[pe], tag) : NULL;
        if (way != NULL) {
            maintenance_event(cache, 1, tag, way->dirty);
            cache_l1d_drop(cache, pe, way);
        }
    }
    for (uint32_t i = 0; i < cache->lower_count; i++) {
        struct cache_way *way = cache_array_find(&cache->lower[i], tag);
        if (way != NULL) {
            maintenance_event(cache, cache->lower_level[i], tag, way->dirty);
            cache_array_remove(&cache->lower[i], way);
        }
    }
}

/* To the PoU: the unified level below the L1s. */
static void line_clean_to_pou(struct cache *cache, const struct access *access, uint64_t tag)
{
    for (uint32_t pe = 0; pe < cache->config.pe_count; pe++) {
        struct cache_way *way = reaches_pe(access, pe) ? cache_array_find(&cache->l1d[pe], tag) : NULL;
        if (way != NULL && way->dirty) {
            cache_l1d_clean(cache, pe, way);
        }
    }
}

void cache_maintain_va(struct cache *cache, const struct access *access)
{
    const uint64_t line_pa = access->pa & ~(uint64_t)(cache->config.line - 1);
    if (cache_dram(cache, line_pa) == NULL) {
        return; /* nothing outside DRAM is ever cached */
    }
    const uint64_t tag = cache_tag(line_pa, (enum pa_space)access->space);
    const enum access_op op = (enum access_op)access->op;
    const bool drops = op == ACCESS_DC_IVAC && !cache->config.invalidate_cleans;
    uint8_t golden[LINE_SIZE_MAX];
    golden_line(cache, line_pa, golden);
    if (op == ACCESS_DC_CVAU) {
        line_clean_to_pou(cache, access, tag);
    } else if (!drops) {
        line_clean(cache, access, tag);
    }
    if (op == ACCESS_DC_IVAC || op == ACCESS_DC_CIVAC) {
        line_invalidate(cache, access, tag);
    }
    golden_settle(cache, line_pa, golden, drops ? access : NULL);
}

/* The way that the operand names: Level [3:1], Way [31:32-A], Set [B-1:L] (Arm ARM, "DC ISW"). */
static struct cache_way *set_way_find(struct cache *cache, const struct access *access, uint32_t *level)
{
    const uint32_t operand = (uint32_t)access->operand;
    *level = ((operand >> 1) & 7) + 1;
    struct cache_array *array = NULL;
    if (*level == 1) {
        array = &cache->l1d[access->pe];
    } else if (*level - 2 < cache->lower_count && cache->lower_set_way[*level - 2]) {
        array = &cache->lower[*level - 2];
    }
    if (array == NULL || array->sets == 0) {
        return NULL;
    }
    const uint32_t way_bits = array->ways > 1 ? 32 - (uint32_t)__builtin_clz(array->ways - 1) : 0;
    const uint32_t way = way_bits != 0 ? operand >> (32 - way_bits) : 0;
    const uint32_t set =
        (uint32_t)(((uint64_t)operand & ((1ULL << (32 - way_bits)) - 1)) >> array->line_shift);
    return cache_array_at(array, set, way);
}

static void l1d_way_maintain(struct cache *cache, const struct access *access, struct cache_way *way,
                             bool clean, bool invalidate)
{
    if (clean && way->dirty) {
        cache_l1d_clean(cache, access->pe, way);
    }
    if (invalidate) {
        maintenance_event(cache, 1, way->tag, way->dirty);
        cache_l1d_drop(cache, access->pe, way);
    }
}

static void lower_way_maintain(struct cache *cache, uint32_t index, struct cache_way *way, bool clean,
                               bool invalidate)
{
    struct cache_array *array = &cache->lower[index];
    if (clean && way->dirty) {
        way->dirty = false;
        cache_lower_write(cache, index + 1, way->tag, cache_array_data(array, way));
    }
    if (invalidate) {
        maintenance_event(cache, cache->lower_level[index], way->tag, way->dirty);
        cache_array_remove(array, way);
    }
}

void cache_maintain_set_way(struct cache *cache, const struct access *access)
{
    uint32_t level = 0;
    struct cache_way *way = set_way_find(cache, access, &level);
    /* Out of range is CONSTRAINED UNPREDICTABLE; NOP is one of the permitted behaviours. */
    if (way == NULL || way->tag == CACHE_TAG_INVALID) {
        return;
    }
    const enum access_op op = (enum access_op)access->op;
    const bool drops = op == ACCESS_DC_ISW && !cache->config.invalidate_cleans;
    const uint64_t line_pa = cache_tag_pa(way->tag);
    uint8_t golden[LINE_SIZE_MAX];
    golden_line(cache, line_pa, golden);
    if (level == 1) {
        l1d_way_maintain(cache, access, way, !drops, op != ACCESS_DC_CSW);
    } else {
        lower_way_maintain(cache, level - 2, way, !drops, op != ACCESS_DC_CSW);
    }
    golden_settle(cache, line_pa, golden, drops ? access : NULL);
}

static void l1i_invalidate_all(struct cache *cache, uint32_t pe)
{
    struct cache_array *array = &cache->l1i[pe];
    for (uint64_t i = 0; i < (uint64_t)array->sets * array->ways; i++) {
        if (array->way[i].tag != CACHE_TAG_INVALID) {
            cache_array_remove(array, &array->way[i]);
        }
    }
    cache->code_all = true;
    memset(&cache->decoded, 0, sizeof(cache->decoded));
}

void cache_maintain_instruction(struct cache *cache, const struct access *access)
{
    const uint64_t line_pa = access->pa & ~(uint64_t)(cache->config.line - 1);
    if (access->op == ACCESS_IC_IVAU) {
        cache_decoded_take(cache, line_pa);
    }
    for (uint32_t pe = 0; pe < cache->config.pe_count; pe++) {
        if (access->op == ACCESS_IC_IALLUIS || (access->op == ACCESS_IC_IALLU && pe == access->pe)) {
            l1i_invalidate_all(cache, pe);
        }
        struct cache_way *way = NULL;
        if (access->op == ACCESS_IC_IVAU && reaches_pe(access, pe)) {
            way = cache_array_find(&cache->l1i[pe], cache_tag(line_pa, (enum pa_space)access->space));
        }
        if (way != NULL) {
            cache_array_remove(&cache->l1i[pe], way);
        }
    }
}
