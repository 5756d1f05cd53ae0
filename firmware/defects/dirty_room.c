/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variant dirty-room: at runtime it cleans the two lines in which the headers and the name of a request
 * stand, and not what follows: that is room for the response, and the partition does not look at it. But the
 * room has been filled with zeros, so its lines are dirty, and one that is written back late covers the
 * response. U-Boot before 38bfdf0a770 took the size of the header for that of the message.
 */
#include "firmware/maintenance/maintenance.h"

#include "firmware/common/cache.h"

#define REQUEST_SIZE_MAX 128U /* headers and a name of up to 26 characters */

const char maintenance_name[] = "dirty-room";

void maintenance_before_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    if (phase == EFI_PHASE_RUNTIME && end - start > REQUEST_SIZE_MAX) {
        end = start + REQUEST_SIZE_MAX;
    }
    flush_dcache_range(start, end);
}

void maintenance_after_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    invalidate_dcache_range(start, end);
}
