/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variant per-range-civac: clean and invalidate on both sides of the SMC. Right for a secure side that caches
 * the buffer and for one that does not, because no dirty line of ours is left when the partition writes, and
 * a dirty line of the partition is written back rather than dropped.
 */
#include "firmware/maintenance/maintenance.h"

#include "firmware/common/cache.h"

const char maintenance_name[] = "per-range-civac";

void maintenance_before_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    flush_dcache_range(start, end);
}

void maintenance_after_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    flush_dcache_range(start, end);
}
