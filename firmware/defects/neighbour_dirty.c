/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variant neighbour-dirty: as per-range, and the word in front of the message is set when the request has
 * been cleaned. The word is none of the partition's business, but its line is now dirty while the partition
 * answers, and covers the answer when it is written back. U-Boot before 6f1e668d964, whose descriptors were
 * smaller than a line.
 */
#include "firmware/maintenance/maintenance.h"

#include "firmware/maintenance/neighbour.h"

const char maintenance_name[] = "neighbour-dirty";
const uint64_t maintenance_message_offset = NEIGHBOUR_MESSAGE_OFFSET;

void maintenance_before_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    neighbour_flush_range(start, end);
    neighbour_set(start, NEIGHBOUR_CALL_UNDER_WAY);
}

void maintenance_after_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    neighbour_invalidate_range(start, end);
    neighbour_set(start, NEIGHBOUR_CALL_OVER);
}
