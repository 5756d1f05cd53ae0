/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sweeps of the data caches: one operation over every set and way of the levels below a bound. Arm ARM,
 * "CLIDR_EL1", "CSSELR_EL1", "CCSIDR_EL1", "DC ISW", "DC CISW".
 *
 * The loop is written as it ought to be written (sizes that are no power of two, both formats of CCSIDR_EL1):
 * what is wrong with it is that it is there. An invalidate drops the dirty lines of the request, of its
 * caller's stack and of everybody else; neither operation reaches other cores or a system cache, and while
 * the caches are on a line may move past the sweep.
 */
#ifndef FIRMWARE_DEFECTS_SET_WAY_SWEEP_H
#define FIRMWARE_DEFECTS_SET_WAY_SWEEP_H

#include <stdint.h>

#include "firmware/common/arch.h"

#define CLIDR_LOC(clidr)          (((clidr) >> 24) & 7U)
#define CLIDR_LOUIS(clidr)        (((clidr) >> 21) & 7U)
#define CLIDR_CTYPE(clidr, level) (((clidr) >> (3 * (level))) & 7U)
#define CLIDR_CTYPE_DATA          2U /* this and above: there is a data or unified cache */
#define CSSELR_LEVEL(level)       ((uint64_t)(level) << 1)
#define MMFR2_CCIDX(mmfr2)        (((mmfr2) >> 20) & 0xFU)

enum set_way_operation { SET_WAY_INVALIDATE, SET_WAY_CLEAN_INVALIDATE };

static inline void set_way_operate(enum set_way_operation operation, uint64_t operand)
{
    if (operation == SET_WAY_INVALIDATE) {
        arch_dc_isw(operand);
    } else {
        arch_dc_cisw(operand);
    }
}

/* One level: the geometry of CCSIDR_EL1 is for exactly this purpose and says nothing else about the cache. */
static inline void level_sweep(enum set_way_operation operation, uint64_t level, uint64_t ccsidr,
                               uint64_t ccidx)
{
    const uint64_t line_shift = (ccsidr & 7U) + 4;
    const uint64_t last_way = ccidx ? (ccsidr >> 3) & 0x1FFFFFU : (ccsidr >> 3) & 0x3FFU;
    const uint64_t last_set = ccidx ? (ccsidr >> 32) & 0xFFFFFFU : (ccsidr >> 13) & 0x7FFFU;
    /* Way at [31:32-A], A = log2(ways) rounded up. One way only: it is way 0, whatever the shift. */
    const uint64_t way_shift = last_way ? (uint64_t)__builtin_clz((uint32_t)last_way) : 0;

    for (uint64_t way = 0; way <= last_way; way++) {
        for (uint64_t set = 0; set <= last_set; set++) {
            set_way_operate(operation, way << way_shift | set << line_shift | CSSELR_LEVEL(level));
        }
    }
}

static inline void levels_sweep(enum set_way_operation operation, uint64_t levels, uint64_t ccidx)
{
    const uint64_t clidr = arch_clidr_el1();

    arch_dsb_sy();
    for (uint64_t level = 0; level < levels; level++) {
        if (CLIDR_CTYPE(clidr, level) >= CLIDR_CTYPE_DATA) {
            arch_csselr_write(CSSELR_LEVEL(level));
            arch_isb();
            level_sweep(operation, level, arch_ccsidr_el1(), ccidx);
        }
    }
    arch_csselr_write(0);
    arch_dsb_sy();
    arch_isb();
}

/* Up to the level of coherency. */
static inline void all_levels_sweep(enum set_way_operation operation)
{
    levels_sweep(operation, CLIDR_LOC(arch_clidr_el1()), MMFR2_CCIDX(arch_id_aa64mmfr2_el1()));
}

#endif
