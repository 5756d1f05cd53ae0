/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variant stride-128: the loop steps by the line of another core, 128 bytes, over lines of 64: it misses
 * every second one. EDK2 before fbf658ebc8, coreboot before 01dde90eb9, Trusted Firmware-A before 53ff5c79b.
 */
#include "firmware/maintenance/maintenance.h"

#include "firmware/common/arch.h"

const char maintenance_name[] = "stride-128";

#define STRIDE 128U

__attribute__((noinline)) static void stride_flush_range(uint64_t start, uint64_t end)
{
    for (uint64_t va = start & ~(uint64_t)(STRIDE - 1); va < end; va += STRIDE) {
        arch_dc_civac(va);
    }
    arch_dsb_sy();
}

void maintenance_before_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    stride_flush_range(start, end);
}

void maintenance_after_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    stride_flush_range(start, end);
}
