/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Maintenance by range: one instruction per line of the smallest size in the system, then DSB SY, which alone
 * completes them. The loops keep everything in registers: no stack, no data.
 */
#include "firmware/common/cache.h"

#include "firmware/common/arch.h"

void clean_dcache_range(uint64_t start, uint64_t end)
{
    const uint64_t line_size = arch_data_line_size();

    for (uint64_t va = start & ~(line_size - 1); va < end; va += line_size) {
        arch_dc_cvac(va);
    }
    arch_dsb_sy();
}

void flush_dcache_range(uint64_t start, uint64_t end)
{
    const uint64_t line_size = arch_data_line_size();

    for (uint64_t va = start & ~(line_size - 1); va < end; va += line_size) {
        arch_dc_civac(va);
    }
    arch_dsb_sy();
}

void invalidate_dcache_range(uint64_t start, uint64_t end)
{
    const uint64_t line_size = arch_data_line_size();

    for (uint64_t va = start & ~(line_size - 1); va < end; va += line_size) {
        arch_dc_ivac(va);
    }
    arch_dsb_sy();
}
