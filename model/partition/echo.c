/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The behaviours that answer with what they were sent: echo at once, preempted after it has given the PE up a
 * few times. FF-A (DEN0077), "Direct messages" and "FFA_YIELD". Neither looks into the payload.
 */
#include <assert.h>

#include "model/partition/partition_internal.h"

struct partition_step partition_echo(struct partition *partition)
{
    return partition_respond(partition, &partition->request.x[partition_payload_first(partition)],
                             partition_payload_count(partition));
}

/* Where yielding is refused (before FF-A 1.2) it works on without a pause. */
struct partition_step partition_preempted_continue(struct partition *partition, const struct smc_frame *frame)
{
    if (partition->slices_left == 0 || partition_frame_is_error(frame)) {
        return partition_echo(partition);
    }
    partition->slices_left--;
    return partition_yield(partition);
}
