/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variant set-way, the 2022 series from its version 10 on and what was merged: invalidate the whole data
 * cache between writing the request and the SMC, at boot and at runtime alike, and do nothing afterwards.
 */
#include "firmware/maintenance/maintenance.h"

#include "firmware/defects/set_way_sweep.h"

const char maintenance_name[] = "set-way";

__attribute__((noinline)) static void invalidate_dcache_all(void)
{
    all_levels_sweep(SET_WAY_INVALIDATE);
}

void maintenance_before_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)start;
    (void)end;
    (void)phase;
    invalidate_dcache_all();
}

void maintenance_after_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)start;
    (void)end;
    (void)phase;
}
