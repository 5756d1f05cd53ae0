/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variant missing-dsb: as per-range, without the DSB between the operations and the SMC. An SMC completes
 * nothing: the partition may read the buffer before the clean has got there. EDK2 before 01674afdad, barebox
 * before 7497685b05 and Trusted Firmware-A before 77612b90a.
 */
#include "firmware/maintenance/maintenance.h"

#include "firmware/common/arch.h"
#include "firmware/common/cache.h"

const char maintenance_name[] = "missing-dsb";

__attribute__((noinline)) static void flush_dcache_range_without_dsb(uint64_t start, uint64_t end)
{
    const uint64_t line_size = arch_data_line_size();

    for (uint64_t va = start & ~(line_size - 1); va < end; va += line_size) {
        arch_dc_civac(va);
    }
}

void maintenance_before_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    flush_dcache_range_without_dsb(start, end);
}

void maintenance_after_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    invalidate_dcache_range(start, end);
}
