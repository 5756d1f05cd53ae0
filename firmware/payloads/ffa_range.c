/* SPDX-License-Identifier: BSD-3-Clause */
/* Maintenance by range to the point of coherency, right for every mapping of the secure side. */
#include "firmware/payloads/ffa_maintenance.h"

#include "firmware/common/cache.h"

void ffa_maintain_before(uint64_t start, uint64_t size)
{
    flush_dcache_range(start, start + size);
}

void ffa_maintain_after(uint64_t start, uint64_t size)
{
    invalidate_dcache_range(start, start + size);
}
