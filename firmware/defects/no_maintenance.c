/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variant no-maintenance: nothing at all. Right only when the secure side caches the buffer coherently; else
 * the request stays in our caches and the response is hidden by them.
 */
#include "firmware/maintenance/maintenance.h"

const char maintenance_name[] = "no-maintenance";

void maintenance_before_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)start;
    (void)end;
    (void)phase;
}

void maintenance_after_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)start;
    (void)end;
    (void)phase;
}
