/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variant neighbour-lost: the word in front of the message is set to "over" when the partition has answered,
 * and then the whole first line is invalidated with the response. The word was dirty: it is back to what
 * memory had. Zephyr 42546, Trusted Firmware-A c5ee8588b: what shares a line with a buffer that is
 * invalidated is lost.
 */
#include "firmware/maintenance/maintenance.h"

#include "firmware/maintenance/neighbour.h"

const char maintenance_name[] = "neighbour-lost";
const uint64_t maintenance_message_offset = NEIGHBOUR_MESSAGE_OFFSET;

void maintenance_before_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    neighbour_flush_range(start, end);
}

void maintenance_after_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    neighbour_set(start, NEIGHBOUR_CALL_UNDER_WAY);
    neighbour_invalidate_range(start, end);
    (void)neighbour_get(start);
}
