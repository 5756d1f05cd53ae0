/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variant last-line-missed: the loop ends with the last whole line, so that a request which ends within a
 * line keeps its tail in the cache. U-Boot before c64d22b57d8 and 502a50ab1f7, Xen before caf053fb54.
 */
#include "firmware/maintenance/maintenance.h"

#include "firmware/common/arch.h"
#include "firmware/common/cache.h"

const char maintenance_name[] = "last-line-missed";

void maintenance_before_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    const uint64_t line_size = arch_data_line_size();

    for (uint64_t va = start & ~(line_size - 1); va + line_size <= end; va += line_size) {
        arch_dc_civac(va);
    }
    arch_dsb_sy();
}

void maintenance_after_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    invalidate_dcache_range(start, end);
}
