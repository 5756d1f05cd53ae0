/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variant wrong-base: the pointer had been advanced past the message before the range was cleaned, so that
 * what is cleaned is as long as the request and begins where it ends. U-Boot before 29c40bb2a13, OP-TEE
 * before 3a7a97b93.
 */
#include "firmware/maintenance/maintenance.h"

#include "firmware/common/cache.h"

const char maintenance_name[] = "wrong-base";

void maintenance_before_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    flush_dcache_range(end, end + (end - start));
}

void maintenance_after_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    invalidate_dcache_range(start, end);
}
