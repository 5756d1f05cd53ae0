/* SPDX-License-Identifier: BSD-3-Clause */
/* What the caches of a platform are, as its platform file says. */
#ifndef MODEL_CACHE_CACHE_CONFIG_H
#define MODEL_CACHE_CACHE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#define CACHE_PE_MAX 4

struct cache_geometry {
    uint32_t size; /* bytes; 0: the cache does not exist */
    uint32_t ways; /* need not be a power of two */
    bool set_way;  /* set/way operations reach it (CLIDR_EL1 names it) */
};

struct cache_config {
    uint32_t pe_count;
    uint32_t line;                      /* bytes, the same in every cache: 16 to 2048, a power of two */
    struct cache_geometry l1d;          /* per PE */
    struct cache_geometry l1i;          /* per PE */
    struct cache_geometry l2;           /* unified, shared by all PEs */
    struct cache_geometry system_cache; /* unified, before the PoC; VA operations reach it, set/way never */
    bool invalidate_cleans; /* DC IVAC and DC ISW write a dirty line back first, as Cortex-A35 class cores do
                             */
    bool idc; /* CTR_EL0.IDC: clean to the PoU is not needed for instruction to data coherence */
    bool dic; /* CTR_EL0.DIC: instruction cache invalidation is not needed */
};

#endif
