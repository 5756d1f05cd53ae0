/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variant neighbour-civac: as neighbour-dirty, with clean and invalidate after the SMC. The line of the word
 * is dirty while the partition answers, and the clean writes all of it, what it held of the message included,
 * over the answer. OP-TEE before 9e32f34f2.
 */
#include "firmware/maintenance/maintenance.h"

#include "firmware/maintenance/neighbour.h"

const char maintenance_name[] = "neighbour-civac";
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
    neighbour_flush_range(start, end);
    neighbour_set(start, NEIGHBOUR_CALL_OVER);
}
