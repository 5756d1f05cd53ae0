/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The smm-gateway dialect of MM communicate over FF-A direct messages (DEN0077, "Direct messages"): checks in
 * the order of the mm_communicate endpoint of Trusted Services 0d55b4c7. Only the 64-bit direct request is
 * served; an MM status goes back in x3, sign-extended.
 */
#include <assert.h>

#include "model/abi/ffa.h"
#include "model/mm_sp/mm_sp_internal.h"

static enum mm_sp_verdict answered(struct mm_sp *mm_sp, int32_t mm_status)
{
    mm_sp->status = mm_status;
    return MM_SP_ANSWERED;
}

enum mm_sp_verdict mm_sp_smm_gateway_locate(struct mm_sp *mm_sp)
{
    if ((uint32_t)mm_sp->request.x[0] == FFA_MSG_SEND_DIRECT_REQ_32) {
        return answered(mm_sp, MM_STATUS_NOT_SUPPORTED);
    }
    mm_sp->offset = mm_sp->request.x[3];
    if (mm_sp->offset > mm_sp->config.buffer_size - MM_COMMUNICATE_HEADER_SIZE) {
        return answered(mm_sp, MM_STATUS_INVALID_PARAMETER);
    }
    return MM_SP_GOES_ON;
}

/* The length is the guest's 64 bits. */
enum mm_sp_verdict mm_sp_smm_gateway_check(struct mm_sp *mm_sp, const struct mm_communicate_header *header)
{
    const uint64_t room = mm_sp->config.buffer_size - mm_sp->offset - MM_COMMUNICATE_HEADER_SIZE;
    if (header->message_length > room) { /* also where the end would overflow */
        return answered(mm_sp, MM_STATUS_INVALID_PARAMETER);
    }
    if (!mm_sp_names_variables(header)) {
        return answered(mm_sp, MM_STATUS_NOT_SUPPORTED);
    }
    if (header->message_length < MM_VARIABLE_HEADER_SIZE) {
        /* The service was found but refused: the endpoint stores the length of its reply, which is empty. */
        mm_sp_copy_message_length(mm_sp, 0);
        mm_sp->status = MM_STATUS_DENIED;
        return MM_SP_ANSWERED_HEADER;
    }
    return MM_SP_GOES_ON;
}

/* The reply is as long as it must be, up to the end of the buffer. */
void mm_sp_smm_gateway_serve(struct mm_sp *mm_sp)
{
    const uint32_t capacity = mm_sp->config.buffer_size - (uint32_t)mm_sp->offset - MM_PAYLOAD_OFFSET;
    uint32_t reply_size = 0;
    if (mm_sp_invoke(mm_sp, capacity, &reply_size) == VARIABLE_UNKNOWN_FUNCTION) {
        mm_sp->status = MM_STATUS_INVALID_PARAMETER; /* RPC_ERROR_INVALID_VALUE: no such opcode */
    }
    assert(reply_size <= capacity); /* the endpoint's "reply longer than buffer" cannot arise */
    mm_sp->reply_size = MM_PAYLOAD_OFFSET + reply_size;
    mm_sp_copy_message_length(mm_sp, mm_sp->reply_size - MM_COMMUNICATE_HEADER_SIZE);
    mm_sp_copy_return_status(mm_sp);
}

struct smc_frame mm_sp_smm_gateway_frame(const struct mm_sp *mm_sp)
{
    const bool wide = (uint32_t)mm_sp->request.x[0] == FFA_MSG_SEND_DIRECT_REQ_64;
    const uint64_t status = (uint64_t)(int64_t)mm_sp->status;
    return (struct smc_frame){
        .x = {wide ? FFA_MSG_SEND_DIRECT_RESP_64 : FFA_MSG_SEND_DIRECT_RESP_32,
              mm_sp_endpoints_swapped(mm_sp), 0, wide ? status : (uint32_t)status},
    };
}
