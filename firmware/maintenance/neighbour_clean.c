/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variant neighbour-clean: neighbour-dirty as it ought to be. The word is set before the line that it shares
 * with the message is cleaned, and nothing touches the line again until the partition has answered.
 */
#include "firmware/maintenance/maintenance.h"

#include "firmware/maintenance/neighbour.h"

const char maintenance_name[] = "neighbour-clean";
const uint64_t maintenance_message_offset = NEIGHBOUR_MESSAGE_OFFSET;

void maintenance_before_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    neighbour_set(start, NEIGHBOUR_CALL_UNDER_WAY);
    neighbour_flush_range(start, end);
}

void maintenance_after_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    neighbour_invalidate_range(start, end);
    neighbour_set(start, NEIGHBOUR_CALL_OVER);
}
