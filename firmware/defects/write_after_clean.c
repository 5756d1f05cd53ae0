/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variant write-after-clean: the status field of the request is set once the request has been cleaned, so
 * that nobody takes an old status for the answer. The partition copies the whole message and may read the old
 * field. The 2022 series with the order swapped.
 */
#include "firmware/maintenance/maintenance.h"

#include "firmware/common/arch.h"
#include "firmware/common/cache.h"
#include "model/abi/efi.h"
#include "model/abi/mm.h"

const char maintenance_name[] = "write-after-clean";

void maintenance_before_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    const uint64_t line_size = arch_data_line_size();

    for (uint64_t va = start & ~(line_size - 1); va < end; va += line_size) {
        arch_dc_civac(va);
    }
    arch_dsb_sy();
    *(volatile uint64_t *)(uintptr_t)(start + MM_COMMUNICATE_HEADER_SIZE + 8) = EFI_NOT_READY;
}

void maintenance_after_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    flush_dcache_range(start, end);
}
