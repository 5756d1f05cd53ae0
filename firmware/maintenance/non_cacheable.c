/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variant non-cacheable: as per-range while booting, but the OS is told to map the buffer non-cacheable, and
 * from then on there is nothing to maintain. Right on a secure side that does not cache, because the boot
 * phase leaves none of its own lines of the buffer behind.
 */
#include "firmware/maintenance/maintenance.h"

#include "firmware/common/arch.h"
#include "firmware/common/cache.h"
#include "firmware/efi_tables.h"

const char maintenance_name[] = "non-cacheable";
const uint64_t maintenance_buffer_attribute = EFI_MEMORY_WC;

void maintenance_before_remap(uint64_t start, uint64_t end)
{
    flush_dcache_range(start, end);
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
