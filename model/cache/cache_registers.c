/* SPDX-License-Identifier: BSD-3-Clause */
/* The ID registers of the caches: Arm ARM, "CTR_EL0", "CLIDR_EL1", "CCSIDR_EL1", "DCZID_EL0". */
#include "model/cache/cache.h"

#include <assert.h>

#define CTYPE_SPLIT   3U
#define CTYPE_UNIFIED 4U

static uint32_t log2_words(uint32_t bytes)
{
    return (uint32_t)__builtin_ctz(bytes) - 2;
}

static bool l2_is_named(const struct cache_config *config)
{
    return config->l2.size != 0 && config->l2.set_way;
}

uint64_t cache_ctr_el0(const struct cache_config *config)
{
    const uint64_t words = log2_words(config->line);
    const uint64_t res1 = 1ULL << 31;
    const uint64_t l1ip_pipt = 3ULL << 14;
    return res1 | words | l1ip_pipt | words << 16 | words << 20 | words << 24 | (uint64_t)config->idc << 28 |
           (uint64_t)config->dic << 29;
}

uint64_t cache_clidr_el1(const struct cache_config *config)
{
    const uint64_t levels = l2_is_named(config) ? 2 : 1;
    /* LoUU and LoUIS: the level below the L1s is the PoU; 0 when no clean to the PoU is needed. */
    const uint64_t pou = config->idc ? 0 : 1;
    return CTYPE_SPLIT | (levels == 2 ? CTYPE_UNIFIED << 3 : 0) | pou << 21 | levels << 24 | pou << 27;
}

uint64_t cache_ccsidr_el1(const struct cache_config *config, uint32_t level, bool instruction, bool ccidx)
{
    const struct cache_geometry *geometry = instruction ? &config->l1i : &config->l1d;
    if (level == 2) {
        geometry = &config->l2;
    }
    if (level == 0 || level > (l2_is_named(config) ? 2U : 1U)) {
        return 0; /* CSSELR_EL1 names no cache: UNKNOWN */
    }
    const uint64_t sets = geometry->size / (geometry->ways * config->line);
    const uint64_t line = (uint64_t)__builtin_ctz(config->line) - 4;
    if (ccidx) {
        return line | (uint64_t)(geometry->ways - 1) << 3 | (sets - 1) << 32;
    }
    return line | (uint64_t)(geometry->ways - 1) << 3 | (sets - 1) << 13;
}

uint64_t cache_dczid_el0(const struct cache_config *config)
{
    const uint32_t words = log2_words(config->line);
    return words > 9 ? 9 : words;
}
