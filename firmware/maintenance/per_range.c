/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variant per-range, the 2026 series: clean and invalidate the request before the SMC, invalidate the
 * response area after it. Right when the secure side does not cache the buffer. When it does, coherently, the
 * response may still be dirty in the caches that both worlds share, and the invalidate may discard it.
 */
#include "firmware/maintenance/maintenance.h"

#include "firmware/common/cache.h"

const char maintenance_name[] = "per-range";

void maintenance_before_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    flush_dcache_range(start, end);
}

void maintenance_after_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    invalidate_dcache_range(start, end);
}
