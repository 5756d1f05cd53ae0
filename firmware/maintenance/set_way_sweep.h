/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The whole-cache invalidation of the 2022 series: DC ISW over every set and way of every level up to the
 * level of coherency. Arm ARM, "CLIDR_EL1", "CSSELR_EL1", "CCSIDR_EL1", "DC ISW".
 *
 * The loop is written as it ought to be written (sizes that are no power of two, both formats of CCSIDR_EL1):
 * what is wrong with it is that it is there. It drops the dirty lines of the request, of its caller's stack
 * and of everybody else, and reaches neither other cores nor a system cache.
 */
#ifndef FIRMWARE_MAINTENANCE_SET_WAY_SWEEP_H
#define FIRMWARE_MAINTENANCE_SET_WAY_SWEEP_H

#include <stdint.h>

#include "firmware/common/arch.h"

#define CLIDR_LOC(clidr)          (((clidr) >> 24) & 7U)
#define CLIDR_CTYPE(clidr, level) (((clidr) >> (3 * (level))) & 7U)
#define CLIDR_CTYPE_DATA          2U /* this and above: there is a data or unified cache */
#define CSSELR_LEVEL(level)       ((uint64_t)(level) << 1)
#define MMFR2_CCIDX(mmfr2)        (((mmfr2) >> 20) & 0xFU)

/* One level: the geometry of CCSIDR_EL1 is for exactly this purpose and says nothing else about the cache. */
static inline void level_invalidate(uint64_t level, uint64_t ccsidr, uint64_t ccidx)
{
    const uint64_t line_shift = (ccsidr & 7U) + 4;
    const uint64_t last_way = ccidx ? (ccsidr >> 3) & 0x1FFFFFU : (ccsidr >> 3) & 0x3FFU;
    const uint64_t last_set = ccidx ? (ccsidr >> 32) & 0xFFFFFFU : (ccsidr >> 13) & 0x7FFFU;
    /* Way at [31:32-A], A = log2(ways) rounded up. One way only: it is way 0, whatever the shift. */
    const uint64_t way_shift = last_way ? (uint64_t)__builtin_clz((uint32_t)last_way) : 0;

    for (uint64_t way = 0; way <= last_way; way++) {
        for (uint64_t set = 0; set <= last_set; set++) {
            arch_dc_isw(way << way_shift | set << line_shift | CSSELR_LEVEL(level));
        }
    }
}

static inline void all_levels_invalidate(void)
{
    const uint64_t clidr = arch_clidr_el1();
    const uint64_t ccidx = MMFR2_CCIDX(arch_id_aa64mmfr2_el1());

    arch_dsb_sy();
    for (uint64_t level = 0; level < CLIDR_LOC(clidr); level++) {
        if (CLIDR_CTYPE(clidr, level) >= CLIDR_CTYPE_DATA) {
            arch_csselr_write(CSSELR_LEVEL(level));
            arch_isb();
            level_invalidate(level, arch_ccsidr_el1(), ccidx);
        }
    }
    arch_csselr_write(0);
    arch_dsb_sy();
    arch_isb();
}

#endif
