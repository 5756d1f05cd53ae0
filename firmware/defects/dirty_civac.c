/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variant dirty-civac: as dirty-tail, with clean and invalidate after the SMC instead of invalidate. The tail
 * of the last line was stored to after the clean, so that the line is dirty when the partition answers; the
 * clean behind the call then writes it over the answer for certain. U-Boot before 889239d6b5c.
 */
#include "firmware/maintenance/maintenance.h"

#include "firmware/common/arch.h"
#include "firmware/common/cache.h"

const char maintenance_name[] = "dirty-civac";

void maintenance_before_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    const uint64_t line_size = arch_data_line_size();

    for (uint64_t va = start & ~(line_size - 1); va < end; va += line_size) {
        arch_dc_civac(va);
    }
    arch_dsb_sy();
    for (uint64_t va = end; va % line_size != 0; va++) {
        *(volatile uint8_t *)(uintptr_t)va = 0;
    }
}

void maintenance_after_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    flush_dcache_range(start, end);
}
