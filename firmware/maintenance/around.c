/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variants BEFORE-AFTER (none-ivac, cvac-civac and so on): one operation over the request before the SMC, one
 * over the buffer after it, both waited for, and nothing else. With the variants that have names of their own
 * they are the rows of the two-domain table, which says for each what a secure side must not do.
 *
 * The build defines MAINTENANCE_NAME, and MAINTENANCE_BEFORE and MAINTENANCE_AFTER as functions over a range.
 */
#include "firmware/maintenance/maintenance.h"

#include "firmware/common/cache.h"

const char maintenance_name[] = MAINTENANCE_NAME;

__attribute__((unused)) static void no_dcache_range(uint64_t start, uint64_t end)
{
    (void)start;
    (void)end;
}

void maintenance_before_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    MAINTENANCE_BEFORE(start, end);
}

void maintenance_after_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    MAINTENANCE_AFTER(start, end);
}
