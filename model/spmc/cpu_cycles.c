/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DEN0077, chapters "Partition runtime models" and "CPU cycle management interfaces": who runs, who is
 * preempted by a non-secure interrupt, and FFA_RUN, as Hafnium 21bfbdc1 does it for a partition whose
 * ns-interrupts-action is "signaled". Interrupts come on demand (spmc_arm_interrupts), never by themselves.
 *
 * Not modelled: FFA_YIELD and call chains between partitions. It must not look into messages.
 */
#include <assert.h>
#include <string.h>

#include "model/abi/ffa.h"
#include "model/spmc/spmc_internal.h"

static void state_set(struct spmc *spmc, uint32_t index, enum spmc_partition_state state)
{
    struct spmc_partition *partition = &spmc->partitions[index];
    event_log_append(spmc->log, EVENT_SPMC_PARTITION_STATE, AGENT_SPMC, 0, spmc->config.partitions[index].id,
                     partition->state, (uint64_t)state, 0);
    partition->state = (uint8_t)state;
}

static struct spmc_step partition_run(struct spmc *spmc, uint32_t index)
{
    assert(spmc->partitions[index].state == SPMC_PARTITION_RUNNING);
    spmc->pending = SPMC_CONTINUE_PARTITION;
    spmc->pending_partition = index;
    return (struct spmc_step){
        .need = SPMC_RUN_PARTITION,
        .partition = index,
        .frame = spmc->partitions[index].request,
    };
}

/* w1 names the execution context to resume; w2 = 0: the caller finds the interrupt at its own GIC interface.
 */
static struct spmc_step partition_preempt(struct spmc *spmc, uint32_t index)
{
    struct spmc_partition *partition = &spmc->partitions[index];
    assert(partition->interrupts != 0);
    partition->interrupts--;
    state_set(spmc, index, SPMC_PARTITION_PREEMPTED);
    const struct smc_frame frame = {
        .x = {FFA_INTERRUPT, (uint64_t)spmc->config.partitions[index].id << 16},
    };
    return spmc_done_ffa(spmc, &frame);
}

static struct spmc_step partition_finish(struct spmc *spmc, uint32_t index, const struct smc_frame *frame)
{
    struct spmc_partition *partition = &spmc->partitions[index];
    partition->runtime_model = SPMC_RTM_NONE;
    partition->worked = false;
    state_set(spmc, index, SPMC_PARTITION_WAITING);
    return spmc_done_ffa(spmc, frame);
}

static struct spmc_step partition_abort(struct spmc *spmc, uint32_t index)
{
    state_set(spmc, index, SPMC_PARTITION_ABORTED);
    return spmc_refused(spmc, FFA_ABORTED, 8);
}

/* The partition has cycles again: it meets the next interrupt, or it goes on with what is left to do. */
static struct spmc_step partition_proceed(struct spmc *spmc, uint32_t index)
{
    struct spmc_partition *partition = &spmc->partitions[index];
    if (partition->interrupts != 0 &&
        (partition->worked || spmc->config.preemption == SPMC_PREEMPTED_BEFORE_WORK)) {
        return partition_preempt(spmc, index);
    }
    if (partition->worked) {
        return partition_finish(spmc, index, &partition->response);
    }
    return partition_run(spmc, index);
}

struct spmc_step spmc_partition_request(struct spmc *spmc, uint32_t index, const struct smc_frame *message)
{
    struct spmc_partition *partition = &spmc->partitions[index];
    partition->runtime_model = SPMC_RTM_DIRECT_REQUEST;
    partition->request = *message;
    partition->worked = false;
    partition->interrupts = spmc->interrupts_armed;
    spmc->interrupts_armed = 0;
    state_set(spmc, index, SPMC_PARTITION_RUNNING);
    return partition_proceed(spmc, index);
}

/* What the caller sees of FFA_ERROR: target information is 0 at the non-secure physical instance. */
static struct smc_frame answer_as_returned(const struct smc_frame *answer)
{
    if ((uint32_t)answer->x[0] == FFA_ERROR) {
        return (struct smc_frame){.x = {FFA_ERROR, 0, (uint32_t)answer->x[2]}};
    }
    const bool wide = (answer->x[0] & FFA_FUNCTION_64BIT) != 0;
    struct smc_frame frame = {
        .x = {(uint32_t)answer->x[0], (uint32_t)answer->x[1], (uint32_t)answer->x[2]},
    };
    for (uint32_t i = 3; i < SMC_FRAME_REGISTERS; i++) {
        frame.x[i] = wide ? answer->x[i] : (uint32_t)answer->x[i];
    }
    return frame;
}

/*
 * Allowed exits by runtime model. Hafnium answers a forbidden one to the partition, which could try again; a
 * partition of this model does one thing at a time, so that a wrong exit is its end.
 */
static bool answer_allowed(const struct spmc *spmc, const struct spmc_partition *partition)
{
    const uint32_t function_id = (uint32_t)spmc->answer.x[0];
    if (partition->runtime_model == SPMC_RTM_RUN) {
        return function_id == FFA_MSG_WAIT;
    }
    return function_id == FFA_ERROR || spmc_direct_response_valid(partition, &spmc->answer);
}

struct spmc_step spmc_partition_answered(struct spmc *spmc)
{
    const uint32_t index = spmc->pending_partition;
    struct spmc_partition *partition = &spmc->partitions[index];
    if (!spmc->provided_well || !answer_allowed(spmc, partition)) {
        return partition_abort(spmc, index);
    }
    if (partition->runtime_model == SPMC_RTM_RUN) {
        const struct smc_frame wait = {.x = {FFA_MSG_WAIT}};
        return partition_finish(spmc, index, &wait);
    }
    partition->response = answer_as_returned(&spmc->answer);
    partition->worked = true;
    return partition_proceed(spmc, index);
}

/* FFA_RUN */

static int32_t extended_registers_zero(const struct spmc *spmc)
{
    uint64_t any = 0;
    for (uint32_t i = 8; i < SMC_FRAME_REGISTERS; i++) {
        any |= spmc->call.x[i];
    }
    return any == 0 || spmc->callers[spmc->caller].version < FFA_VERSION_1_2 ? SPMC_CHECK_PASSED
                                                                             : FFA_INVALID_PARAMETERS;
}

/* The normal world as a whole is an endpoint that Hafnium knows; VMs are not modelled. */
static int32_t target_known(uint32_t endpoint_id, uint32_t index)
{
    const bool known = endpoint_id == SPMC_ENDPOINT_NS_CALLER || index != SPMC_PARTITION_NONE;
    return known ? SPMC_CHECK_PASSED : FFA_INVALID_PARAMETERS;
}

/* A partition with one context has vCPU 0; of one with a context per PE only this PE's, which is 0 too. */
static int32_t target_vcpu_of_this_pe(uint32_t vcpu)
{
    return vcpu == 0 ? SPMC_CHECK_PASSED : FFA_INVALID_PARAMETERS;
}

static int32_t target_secure(uint32_t endpoint_id)
{
    return endpoint_id != SPMC_ENDPOINT_NS_CALLER ? SPMC_CHECK_PASSED : FFA_DENIED;
}

static int32_t target_alive(const struct spmc *spmc, uint32_t index)
{
    const bool aborted =
        index != SPMC_PARTITION_NONE && spmc->partitions[index].state == SPMC_PARTITION_ABORTED;
    return aborted ? FFA_ABORTED : SPMC_CHECK_PASSED;
}

/* A waiting partition is given cycles of its own. */
static struct spmc_step partition_run_waiting(struct spmc *spmc, uint32_t index)
{
    struct spmc_partition *partition = &spmc->partitions[index];
    partition->runtime_model = SPMC_RTM_RUN;
    partition->request = (struct smc_frame){.x = {FFA_RUN, (uint32_t)spmc->call.x[1]}};
    partition->worked = false;
    state_set(spmc, index, SPMC_PARTITION_RUNNING);
    return partition_run(spmc, index);
}

struct spmc_step spmc_ffa_run(struct spmc *spmc)
{
    const uint32_t w1 = (uint32_t)spmc->call.x[1];
    const uint32_t index = spmc_partition_find(spmc, w1 >> 16);
    const int32_t statuses[] = {
        extended_registers_zero(spmc), target_known(w1 >> 16, index), target_vcpu_of_this_pe(w1 & 0xFFFFU),
        target_secure(w1 >> 16),       target_alive(spmc, index),
    };
    uint32_t check = 0;
    const int32_t status = spmc_first_refusal(statuses, SPMC_COUNT_OF(statuses), &check);
    if (status != SPMC_CHECK_PASSED) {
        return spmc_refused(spmc, status, check);
    }
    assert(spmc->partitions[index].state != SPMC_PARTITION_RUNNING); /* one PE: it cannot run elsewhere */
    if (spmc->partitions[index].state == SPMC_PARTITION_WAITING) {
        return partition_run_waiting(spmc, index);
    }
    state_set(spmc, index, SPMC_PARTITION_RUNNING);
    return partition_proceed(spmc, index);
}
