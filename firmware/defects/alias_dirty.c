/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variant alias-dirty: as non-cacheable, but the lines that the boot phase dirtied through its own, cacheable
 * mapping of the buffer are forgotten. Non-cacheable accesses pass them by; each of them may be written back,
 * at any time, over a request or a response. EDK2 before e266db592b, barebox before 24bf58796d and
 * b8454cae3b.
 */
#include "firmware/maintenance/maintenance.h"

#include "firmware/common/arch.h"
#include "firmware/common/cache.h"
#include "firmware/efi_tables.h"

const char maintenance_name[] = "alias-dirty";
const uint64_t maintenance_buffer_attribute = EFI_MEMORY_WC;

void maintenance_before_remap(uint64_t start, uint64_t end)
{
    (void)start;
    (void)end;
}

void maintenance_before_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    if (phase == EFI_PHASE_BOOT) {
        flush_dcache_range(start, end);
        return;
    }
    arch_dsb_sy(); /* the stores of the request may wait in a buffer */
}

void maintenance_after_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    if (phase == EFI_PHASE_BOOT) {
        invalidate_dcache_range(start, end);
    }
}
