/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A partition that has another one do the work: the request goes on to it, the answer back. FF-A (DEN0077),
 * "Direct messages" between partitions and "FFA_RUN". When the other partition gives the PE up without an
 * answer it is run on. It must not look into the payload.
 *
 * Where there is no answer, its own has the status in the first payload register, sign-extended, and the
 * function identifier that came back in the second.
 */
#include "model/partition/partition_internal.h"

struct partition_step partition_forwarder_request(struct partition *partition)
{
    struct smc_frame frame = partition->request;
    frame.x[1] = (uint64_t)partition->config.id << 16 | partition->config.forward_to;
    return partition_make_call(partition, PARTITION_CALLING, &frame);
}

static bool frame_gives_up(const struct smc_frame *frame)
{
    const uint32_t function = (uint32_t)frame->x[0];
    return function == FFA_YIELD || function == FFA_INTERRUPT;
}

struct partition_step partition_forwarder_result(struct partition *partition, const struct smc_frame *frame)
{
    if ((uint32_t)frame->x[0] == (uint32_t)partition_response(partition).x[0]) {
        return partition_respond(partition, &frame->x[partition_payload_first(partition)],
                                 partition_payload_count(partition));
    }
    if (frame_gives_up(frame)) {
        const struct smc_frame run = {.x = {FFA_RUN, (uint32_t)frame->x[1]}};
        return partition_make_call(partition, PARTITION_CALLING, &run);
    }
    const int32_t status = partition_frame_is_error(frame) ? (int32_t)frame->x[2] : FFA_ABORTED;
    const uint64_t payload[] = {(uint64_t)(int64_t)status, (uint32_t)frame->x[0]};
    return partition_respond(partition, payload, 2);
}
