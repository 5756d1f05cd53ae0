/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Arm ARM, "The AArch64 Virtual Memory System Architecture". The tables are written before the data cache is
 * on; then, in U-Boot's order: IC IALLUIS, TLBI, translation registers, SCTLR.M, the data cache invalidated
 * by set/way, SCTLR.C and SCTLR.I. No table is written afterwards.
 */
#include "firmware/payloads/ffa_regime.h"

#include "firmware/common/arch.h"
#include "firmware/defects/set_way_sweep.h"

#define ENTRIES      512
#define MAIR         0x000000FF440C0400ULL /* nGnRnE, nGnRE, GRE, Normal non-cacheable, Normal write-back */
#define TCR_EL2      0x80823518ULL  /* T0SZ 24, write-back walks, inner shareable, 4 KiB, 40 bits of PA */
#define TCR_EL1      0x200803518ULL /* the same and EPD1, at EL1 */
#define BLOCK_NORMAL 0x711ULL       /* attributes 4, inner shareable, AF, valid */
#define BLOCK_DEVICE 0x0060000000000401ULL /* attributes 0, AF, PXN, UXN, valid */
#define TABLE        3ULL
#define GIB          0x40000000ULL
#define SCTLR_M      (1ULL << 0)
#define SCTLR_C      (1ULL << 2)
#define SCTLR_I      (1ULL << 12)

static uint64_t level0[ENTRIES] __attribute__((aligned(4096)));
static uint64_t level1[ENTRIES] __attribute__((aligned(4096)));

static uint64_t sctlr_read(void)
{
    uint64_t value;

    if (arch_is_el2()) {
        __asm__ volatile("mrs %0, sctlr_el2" : "=r"(value));
    } else {
        __asm__ volatile("mrs %0, sctlr_el1" : "=r"(value));
    }
    return value;
}

static void sctlr_write(uint64_t value)
{
    if (arch_is_el2()) {
        __asm__ volatile("msr sctlr_el2, %0" ::"r"(value) : "memory");
    } else {
        __asm__ volatile("msr sctlr_el1, %0" ::"r"(value) : "memory");
    }
    arch_isb();
}

static void registers_write(void)
{
    if (arch_is_el2()) {
        __asm__ volatile("msr ttbr0_el2, %0\n\tmsr tcr_el2, %1\n\tmsr mair_el2, %2" ::"r"(level0),
                         "r"(TCR_EL2), "r"(MAIR)
                         : "memory");
    } else {
        __asm__ volatile("msr ttbr0_el1, %0\n\tmsr tcr_el1, %1\n\tmsr mair_el1, %2" ::"r"(level0),
                         "r"(TCR_EL1), "r"(MAIR)
                         : "memory");
    }
    arch_isb();
}

void ffa_regime_start(void)
{
    level0[0] = (uint64_t)level1 | TABLE;
    level1[0] = BLOCK_DEVICE;
    level1[1] = GIB | BLOCK_NORMAL;
    __asm__ volatile("ic ialluis" ::: "memory");
    arch_dsb_sy();
    arch_tlbi_all();
    registers_write();
    sctlr_write(sctlr_read() | SCTLR_M);
    all_levels_sweep(SET_WAY_INVALIDATE);
    sctlr_write(sctlr_read() | SCTLR_C | SCTLR_I);
}
