/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A partition that never answers, as far as the framework lets it. FF-A (DEN0077), "Partition runtime
 * models": it waits for the next message instead of answering this one; where that is refused, it yields
 * whenever it is run; where that is refused too, it has no way left to give the PE up without an answer, and
 * dies.
 */
#include "model/partition/partition_internal.h"

struct partition_step partition_silent_request(struct partition *partition)
{
    const struct smc_frame frame = {.x = {FFA_MSG_WAIT}};
    return partition_make_call(partition, PARTITION_CALLING, &frame);
}

struct partition_step partition_silent_result(struct partition *partition, const struct smc_frame *frame)
{
    if (!partition_frame_is_error(frame)) {
        /* Its wait was accepted and somebody runs it, or it was run on after it had yielded. */
        const bool waited = partition->calls == 1;
        return waited ? partition_wait(partition) : partition_yield(partition);
    }
    if (partition->calls == 1) { /* the wait was refused */
        partition->calls++;
        return partition_yield(partition);
    }
    return partition_die(partition);
}
