/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variant clean-only: clean before the SMC, nothing after it. The partition sees the request; our caches
 * still hold the lines of the request, and they hide a response that was written past them.
 */
#include "firmware/maintenance/maintenance.h"

#include "firmware/common/cache.h"

const char maintenance_name[] = "clean-only";

void maintenance_before_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    clean_dcache_range(start, end);
}

void maintenance_after_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)start;
    (void)end;
    (void)phase;
}
