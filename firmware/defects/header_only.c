/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variant header-only: after the SMC the headers are invalidated, not the payload behind them. The payload of
 * the response is read through the lines of the request. U-Boot before 38bfdf0a770: the size of the header in
 * the place of the size of the message.
 */
#include "firmware/maintenance/maintenance.h"

#include "firmware/common/cache.h"
#include "model/abi/mm.h"

const char maintenance_name[] = "header-only";

void maintenance_before_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    flush_dcache_range(start, end);
}

void maintenance_after_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)end;
    (void)phase;
    invalidate_dcache_range(start, start + MM_PAYLOAD_OFFSET);
}
