/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variant set-way-runtime, the 2022 series in its versions 1 to 9: by range while booting, but the whole data
 * cache by set/way once the operating system runs, when most of what is in it belongs to the operating
 * system. While booting it cleans and invalidates on both sides of the call, which is right on every secure
 * mapping: what is wrong with this variant shows at runtime alone.
 */
#include "firmware/maintenance/maintenance.h"

#include "firmware/common/cache.h"
#include "firmware/defects/set_way_sweep.h"

const char maintenance_name[] = "set-way-runtime";

__attribute__((noinline)) static void invalidate_dcache_all(void)
{
    all_levels_sweep(SET_WAY_INVALIDATE);
}

void maintenance_before_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    if (phase == EFI_PHASE_RUNTIME) {
        invalidate_dcache_all();
        return;
    }
    flush_dcache_range(start, end);
}

void maintenance_after_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    if (phase == EFI_PHASE_BOOT) {
        flush_dcache_range(start, end);
    }
}
