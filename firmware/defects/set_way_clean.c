/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variant set-way-clean: a sweep that cleans and invalidates by set and way before the SMC, the response area
 * invalidated by range after it. Nothing is lost, but the sweep reaches no system cache, and a line may move
 * past it while the caches are on. Trusted Firmware-A before 54dc71e7e, EDK2 before 6ea34e3a45.
 */
#include "firmware/maintenance/maintenance.h"

#include "firmware/common/cache.h"
#include "firmware/defects/set_way_sweep.h"

const char maintenance_name[] = "set-way-clean";

__attribute__((noinline)) static void set_way_clean_sweep(void)
{
    all_levels_sweep(SET_WAY_CLEAN_INVALIDATE);
}

void maintenance_before_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)start;
    (void)end;
    (void)phase;
    set_way_clean_sweep();
}

void maintenance_after_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    invalidate_dcache_range(start, end);
}
