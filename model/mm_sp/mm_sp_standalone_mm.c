/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The StandaloneMM dialect of MM communicate over FF-A (DEN0077, "Direct messages"), as EDK2 c5aa7e7d
 * (ArmStandaloneMmCoreEntryPoint, StandaloneMmCpu) has it: the 64-bit direct request with the message's
 * physical address in x3, and FFA_MSG_SEND_DIRECT_REQ2 with a service in x2 and x3 and the address in x4.
 * What is refused leaves as FFA_ERROR; what is not is event-complete, even if no handler knew the message:
 * only the buffer tells. The server knows the first header alone, not the longer one of 2025.
 */
#include <string.h>

#include "model/abi/ffa.h"
#include "model/mm_sp/mm_sp_internal.h"

#define REQ2_PAYLOAD 4U /* the first register of it */

static enum mm_sp_verdict answered(struct mm_sp *mm_sp, int32_t status)
{
    mm_sp->status = status;
    return MM_SP_ANSWERED;
}

static bool request_is_req2(const struct mm_sp *mm_sp)
{
    return (uint32_t)mm_sp->request.x[0] == FFA_MSG_SEND_DIRECT_REQ2;
}

/* A service that is not MM communicate, with registers for arguments: StandaloneMM wraps them for a handler.
 */
static bool request_is_for_other_service(const struct mm_sp *mm_sp)
{
    return request_is_req2(mm_sp) &&
           (mm_sp->request.x[2] != MM_STANDALONE_UUID_LOW || mm_sp->request.x[3] != MM_STANDALONE_UUID_HIGH);
}

enum mm_sp_verdict mm_sp_standalone_mm_locate(struct mm_sp *mm_sp)
{
    const uint32_t function_id = (uint32_t)mm_sp->request.x[0];
    if (function_id != FFA_MSG_SEND_DIRECT_REQ_64 && function_id != FFA_MSG_SEND_DIRECT_REQ2) {
        return answered(mm_sp, FFA_INVALID_PARAMETERS);
    }
    if (request_is_for_other_service(mm_sp)) {
        return answered(mm_sp, 0);
    }
    const uint64_t address = mm_sp->request.x[request_is_req2(mm_sp) ? REQ2_PAYLOAD : 3];
    mm_sp->offset = address - mm_sp->config.buffer_pa; /* below the buffer: beyond its end */
    if (mm_sp->offset >= mm_sp->config.buffer_size) {
        return answered(mm_sp, FFA_DENIED);
    }
    if (mm_sp->config.buffer_size - mm_sp->offset < MM_COMMUNICATE_HEADER_SIZE) {
        return answered(mm_sp, FFA_DENIED);
    }
    return MM_SP_GOES_ON;
}

enum mm_sp_verdict mm_sp_standalone_mm_check(struct mm_sp *mm_sp, const struct mm_communicate_header *header)
{
    const uint64_t room = mm_sp->config.buffer_size - mm_sp->offset - MM_COMMUNICATE_HEADER_SIZE;
    return header->message_length > room ? answered(mm_sp, FFA_DENIED) : MM_SP_GOES_ON;
}

/* All of the message goes back, whatever has become of it: there is no length of a reply. */
void mm_sp_standalone_mm_serve(struct mm_sp *mm_sp)
{
    struct mm_communicate_header header;
    uint32_t reply_size = 0;
    memcpy(&header, mm_sp->copy, sizeof(header));
    mm_sp->reply_size = MM_COMMUNICATE_HEADER_SIZE + mm_sp->message_length;
    if (!mm_sp_names_variables(&header) || mm_sp->message_length < MM_VARIABLE_HEADER_SIZE) {
        return;
    }
    const uint32_t payload_size = mm_sp->message_length - MM_VARIABLE_HEADER_SIZE;
    if (mm_sp_invoke(mm_sp, payload_size, &reply_size) == VARIABLE_SERVED) {
        mm_sp_copy_return_status(mm_sp);
    }
}

struct smc_frame mm_sp_standalone_mm_frame(const struct mm_sp *mm_sp)
{
    if (mm_sp->status != 0) {
        return (struct smc_frame){.x = {FFA_ERROR, 0, (uint32_t)mm_sp->status}};
    }
    const bool req2 = request_is_req2(mm_sp);
    struct smc_frame frame = {
        .x = {req2 ? FFA_MSG_SEND_DIRECT_RESP2 : FFA_MSG_SEND_DIRECT_RESP_64, mm_sp_endpoints_swapped(mm_sp)},
    };
    if (request_is_for_other_service(mm_sp)) { /* no handler has changed the arguments */
        memcpy(&frame.x[REQ2_PAYLOAD], &mm_sp->request.x[REQ2_PAYLOAD],
               (SMC_FRAME_REGISTERS - REQ2_PAYLOAD) * sizeof(frame.x[0]));
    } else if (!req2) {
        frame.x[3] = MM_STANDALONE_EVENT_COMPLETE;
    }
    return frame;
}
