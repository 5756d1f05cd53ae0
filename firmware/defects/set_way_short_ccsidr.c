/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variant set-way-short-ccsidr: set-way-clean with the fields of CCSIDR_EL1 where they are without
 * FEAT_CCIDX. On a core that has it the sweep covers a fraction of the cache. coreboot before 628b8ed549,
 * U-Boot before 95167db37c4.
 */
#include "firmware/maintenance/maintenance.h"

#include "firmware/common/cache.h"
#include "firmware/defects/set_way_sweep.h"

const char maintenance_name[] = "set-way-short-ccsidr";

__attribute__((noinline)) static void set_way_short_ccsidr_sweep(void)
{
    levels_sweep(SET_WAY_CLEAN_INVALIDATE, CLIDR_LOC(arch_clidr_el1()), 0);
}

void maintenance_before_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)start;
    (void)end;
    (void)phase;
    set_way_short_ccsidr_sweep();
}

void maintenance_after_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    invalidate_dcache_range(start, end);
}
