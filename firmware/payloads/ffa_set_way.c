/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * U-Boot's maintenance today: the whole data cache is invalidated by set/way between the copy of the request
 * and the SMC, and nothing is done after it.
 */
#include "firmware/payloads/ffa_maintenance.h"

#include "firmware/defects/set_way_sweep.h"

__attribute__((noinline)) static void invalidate_dcache_all(void)
{
    all_levels_sweep(SET_WAY_INVALIDATE);
}

void ffa_maintain_before(uint64_t start, uint64_t size)
{
    (void)start;
    (void)size;
    invalidate_dcache_all();
}

void ffa_maintain_after(uint64_t start, uint64_t size)
{
    (void)start;
    (void)size;
}
