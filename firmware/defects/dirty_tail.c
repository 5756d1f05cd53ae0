/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variant dirty-tail: as per-range, and once the message has been cleaned, what follows it in its last line
 * is cleared, so that the partition never sees what an earlier message has left there. It is the line of the
 * message all the same: dirty while the partition answers, and written back late it covers the end of a
 * response. OP-TEE before 9e32f34f2 and Trusted Firmware-A before 2d84b46e9 were wrong about what else stands
 * in a last line.
 */
#include "firmware/maintenance/maintenance.h"

#include "firmware/common/arch.h"
#include "firmware/common/cache.h"

const char maintenance_name[] = "dirty-tail";

/* The loop of flush_dcache_range(): a call that is not the last thing would need the stack. */
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
    invalidate_dcache_range(start, end);
}
