/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variant invalidate-early: clean, then invalidate, both before the SMC. The lines are gone when the
 * partition begins to work and may be back before it has answered. Trusted Firmware-A did so around a
 * device's transfers until 38a5ecb75: a prefetcher brought the lines back.
 */
#include "firmware/maintenance/maintenance.h"

#include "firmware/common/arch.h"

const char maintenance_name[] = "invalidate-early";

/* One function, for two calls would need the stack. */
__attribute__((noinline)) static void clean_then_invalidate_dcache_range(uint64_t start, uint64_t end)
{
    const uint64_t line_size = arch_data_line_size();
    const uint64_t first = start & ~(line_size - 1);

    for (uint64_t va = first; va < end; va += line_size) {
        arch_dc_cvac(va);
    }
    arch_dsb_sy();
    for (uint64_t va = first; va < end; va += line_size) {
        arch_dc_ivac(va);
    }
    arch_dsb_sy();
}

void maintenance_before_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    clean_then_invalidate_dcache_range(start, end);
}

void maintenance_after_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)start;
    (void)end;
    (void)phase;
}
