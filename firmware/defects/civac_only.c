/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variant civac-only: clean and invalidate before the SMC, nothing after it, as the merged 2022 series would
 * be with a range in the place of the whole cache. While the partition works, the core may fetch any line of
 * the buffer again, for it is mapped cacheable: the response is hidden by what stood there before. U-Boot's
 * dwc3 driver before 3e47302dd71.
 */
#include "firmware/maintenance/maintenance.h"

#include "firmware/common/cache.h"

const char maintenance_name[] = "civac-only";

void maintenance_before_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    flush_dcache_range(start, end);
}

void maintenance_after_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)start;
    (void)end;
    (void)phase;
}
