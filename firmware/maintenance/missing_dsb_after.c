/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variant missing-dsb-after: as per-range, without the DSB after the invalidation of the response. Right all
 * the same: operations by VA and cacheable accesses of one core to one line are ordered among themselves (Arm
 * ARM, "Ordering and completion of data and instruction cache instructions"), and nobody else reads the
 * response.
 */
#include "firmware/maintenance/maintenance.h"

#include "firmware/common/arch.h"
#include "firmware/common/cache.h"

const char maintenance_name[] = "missing-dsb-after";

__attribute__((noinline)) static void invalidate_dcache_range_without_dsb(uint64_t start, uint64_t end)
{
    const uint64_t line_size = arch_data_line_size();

    for (uint64_t va = start & ~(line_size - 1); va < end; va += line_size) {
        arch_dc_ivac(va);
    }
}

void maintenance_before_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    flush_dcache_range(start, end);
}

void maintenance_after_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    invalidate_dcache_range_without_dsb(start, end);
}
