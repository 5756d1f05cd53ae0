/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a dialect of the MM partition decides: where a message is, whether its header is good, what of it is
 * answered, and with which frame the partition gives up the PE. mm_sp.c does everything else. Nobody else
 * includes it.
 */
#ifndef MODEL_MM_SP_MM_SP_INTERNAL_H
#define MODEL_MM_SP_MM_SP_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "model/abi/mm.h"
#include "model/mm_sp/mm_sp.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What becomes of a request at a check. */
enum mm_sp_verdict {
    MM_SP_GOES_ON,
    MM_SP_ANSWERED,        /* with mm_sp->status; the buffer is not touched */
    MM_SP_ANSWERED_HEADER, /* with mm_sp->status, after the header is written back from the copy */
};

/* Is the frame a request that this dialect takes? Sets mm_sp->offset, or mm_sp->status. */
enum mm_sp_verdict mm_sp_smm_gateway_locate(struct mm_sp *mm_sp);
enum mm_sp_verdict mm_sp_standalone_mm_locate(struct mm_sp *mm_sp);

/* The header is in the copy, `header` too. Sets mm_sp->status unless the message goes on. */
enum mm_sp_verdict mm_sp_smm_gateway_check(struct mm_sp *mm_sp, const struct mm_communicate_header *header);
enum mm_sp_verdict mm_sp_standalone_mm_check(struct mm_sp *mm_sp, const struct mm_communicate_header *header);

/* The message is in the copy: makes the reply of it there, and sets mm_sp->reply_size. */
void mm_sp_smm_gateway_serve(struct mm_sp *mm_sp);
void mm_sp_standalone_mm_serve(struct mm_sp *mm_sp);

/* The frame for mm_sp->status. */
struct smc_frame mm_sp_smm_gateway_frame(const struct mm_sp *mm_sp);
struct smc_frame mm_sp_standalone_mm_frame(const struct mm_sp *mm_sp);

/* What both dialects do with the copy. */

bool mm_sp_names_variables(const struct mm_communicate_header *header);

/* Lets the variable service answer the payload in the copy, or the fault that stands in its place. The reply
 * may take `capacity` bytes. */
enum variable_outcome mm_sp_invoke(struct mm_sp *mm_sp, uint32_t capacity, uint32_t *reply_size);

void mm_sp_copy_message_length(struct mm_sp *mm_sp, uint64_t message_length);
void mm_sp_copy_return_status(struct mm_sp *mm_sp);

/* w1 of a response: the request's endpoints, swapped. */
uint64_t mm_sp_endpoints_swapped(const struct mm_sp *mm_sp);

#ifdef __cplusplus
}
#endif

#endif
