/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DEN0077, chapters "Partition runtime models" and "CPU cycle management interfaces": who runs, who waits for
 * whom, who is preempted by a non-secure interrupt, and FFA_RUN, FFA_YIELD and FFA_MSG_WAIT, as Hafnium
 * 21bfbdc1, TF-A 6a164dda (EL3 SPMC) and OP-TEE d5001fe0 have them.
 *
 * A partition that is given cycles remembers who gave them (its requester), so that the requesters of the
 * running partition are the call chain, which ends in the normal world. Interrupts come on demand
 * (spmc_arm_interrupts, FFA_INTERRUPT of a partition's core), never by themselves. It must not look into
 * messages.
 */
#include <assert.h>

#include "model/abi/ffa.h"
#include "model/spmc/spmc_internal.h"

static uint16_t partition_id(const struct spmc *spmc, uint32_t index)
{
    return spmc->config.partitions[index].id;
}

static void state_set(struct spmc *spmc, uint32_t index, enum spmc_partition_state state)
{
    struct spmc_partition *partition = &spmc->partitions[index];
    event_log_append(spmc->log, EVENT_SPMC_PARTITION_STATE, AGENT_SPMC, 0, partition_id(spmc, index),
                     partition->state, (uint64_t)state, 0);
    partition->state = (uint8_t)state;
}

/* OP-TEE lends a partition one of its threads for the time of its work, the lowest that is free. */

static bool thread_is_free(const struct spmc *spmc, uint32_t thread)
{
    for (uint32_t i = 0; i < spmc->config.partition_count; i++) {
        const struct spmc_partition *partition = &spmc->partitions[i];
        if (partition->runtime_model != SPMC_RTM_NONE && partition->thread == thread) {
            return false;
        }
    }
    return true;
}

static uint32_t thread_find(const struct spmc *spmc)
{
    for (uint32_t thread = spmc->config.op_tee_threads_held; thread < spmc->config.op_tee_threads; thread++) {
        if (thread_is_free(spmc, thread)) {
            return thread;
        }
    }
    return SPMC_NONE;
}

bool spmc_thread_available(const struct spmc *spmc)
{
    return thread_find(spmc) != SPMC_NONE;
}

/* w1 of FFA_INTERRUPT, FFA_YIELD and FFA_RUN: the endpoint and its vCPU, or OP-TEE's thread. */
static uint64_t target_of(const struct spmc *spmc, uint32_t index)
{
    const bool op_tee = spmc->config.profile == SPMC_PROFILE_OP_TEE;
    const uint32_t vcpu = op_tee ? spmc->partitions[index].thread : 0;
    return (uint64_t)partition_id(spmc, index) << 16 | vcpu;
}

/* The partition's chain up to the normal world; its length is bounded by the number of partitions. */
bool spmc_partition_is_ancestor(const struct spmc *spmc, uint32_t index)
{
    uint32_t endpoint = spmc->caller;
    for (uint32_t i = 0; endpoint != SPMC_NORMAL_WORLD; i++) {
        assert(i < SPMC_PARTITIONS_MAX);
        if (endpoint == index) {
            return true;
        }
        endpoint = spmc->partitions[endpoint].requester;
    }
    return false;
}

/* "Least permissive action along the call chain" */
static enum spmc_ns_interrupts_action effective_action(const struct spmc *spmc, uint32_t index)
{
    uint8_t action = SPMC_NS_INTERRUPTS_SIGNALED;
    for (uint32_t i = 0; index != SPMC_NORMAL_WORLD; i++) {
        assert(i < SPMC_PARTITIONS_MAX);
        const uint8_t own = spmc->config.partitions[index].ns_interrupts_action;
        action = own < action ? own : action;
        index = spmc->partitions[index].requester;
    }
    return (enum spmc_ns_interrupts_action)action;
}

struct spmc_step spmc_partition_enter(struct spmc *spmc, uint32_t index, const struct smc_frame *entry)
{
    assert(spmc->partitions[index].state == SPMC_PARTITION_RUNNING);
    spmc->caller = index;
    spmc->pending = SPMC_CONTINUE_PARTITION;
    return (struct spmc_step){
        .need = SPMC_RUN_PARTITION,
        .partition = index,
        .managed_exit = spmc->partitions[index].managed_exit,
        .frame = *entry,
    };
}

/* The partition stops where it is, and the normal world has the PE. w2 = 0: it finds the interrupt at its own
 * GIC interface. */
static struct spmc_step partition_preempt(struct spmc *spmc, uint32_t index)
{
    state_set(spmc, index, SPMC_PARTITION_PREEMPTED);
    const struct smc_frame frame = {.x = {FFA_INTERRUPT, target_of(spmc, index)}};
    spmc_switch_to(spmc, SPMC_NORMAL_WORLD);
    return spmc_done_ffa(spmc, &frame);
}

/* The partition gives up the PE, in `state`, to its requester. */
static void requester_resume(struct spmc *spmc, uint32_t index, enum spmc_partition_state state)
{
    state_set(spmc, index, state);
    spmc_switch_to(spmc, spmc->partitions[index].requester);
    if (spmc_caller_is_partition(spmc)) {
        state_set(spmc, spmc->caller, SPMC_PARTITION_RUNNING);
    }
}

/* The partition's work is over; its requester has the PE. */
static void partition_leave(struct spmc *spmc, uint32_t index, enum spmc_partition_state state)
{
    struct spmc_partition *partition = &spmc->partitions[index];
    partition->runtime_model = SPMC_RTM_NONE;
    partition->worked = false;
    partition->yielded = false;
    partition->managed_exit = false;
    partition->interrupts = 0;
    requester_resume(spmc, index, state);
}

static struct spmc_step partition_finish(struct spmc *spmc, uint32_t index, const struct smc_frame *frame)
{
    partition_leave(spmc, index, SPMC_PARTITION_WAITING);
    return spmc_done_ffa(spmc, frame);
}

/* An interrupt that was asked for falls now. True if it takes the PE from the partition. */
static bool interrupt_falls(struct spmc *spmc, uint32_t index)
{
    struct spmc_partition *partition = &spmc->partitions[index];
    const enum spmc_ns_interrupts_action action = effective_action(spmc, index);
    if (!spmc->config.interrupt_stays_pending) {
        partition->interrupts--;
    }
    event_log_append(spmc->log, EVENT_SPMC_INTERRUPT, AGENT_SPMC, 0, partition_id(spmc, index), action,
                     partition->interrupts, 0);
    if (action == SPMC_NS_INTERRUPTS_SIGNALED) {
        return true;
    }
    partition->interrupts = 0; /* it stays pending until the partition gives up the PE by itself */
    partition->managed_exit = action == SPMC_NS_INTERRUPTS_MANAGED_EXIT;
    return false;
}

/* The partition has cycles again: it meets the next interrupt, or it goes on with what is left to do. */
static struct spmc_step partition_proceed(struct spmc *spmc, uint32_t index)
{
    struct spmc_partition *partition = &spmc->partitions[index];
    const bool here = partition->worked || spmc->config.preemption == SPMC_PREEMPTED_BEFORE_WORK;
    if (partition->interrupts != 0 && here && interrupt_falls(spmc, index)) {
        return partition_preempt(spmc, index);
    }
    if (partition->worked) {
        return partition_finish(spmc, index, &partition->response);
    }
    return spmc_partition_enter(spmc, index, &partition->entry);
}

/* Whoever has the PE waits for the partition from now on. */
static void partition_start(struct spmc *spmc, uint32_t index, enum spmc_runtime_model model,
                            const struct smc_frame *message)
{
    struct spmc_partition *partition = &spmc->partitions[index];
    const uint32_t thread = thread_find(spmc);
    partition->requester = spmc->caller;
    partition->runtime_model = (uint8_t)model;
    partition->thread = thread == SPMC_NONE ? 0 : thread;
    partition->request = *message;
    partition->entry = *message;
    if (spmc_caller_is_partition(spmc)) {
        state_set(spmc, spmc->caller, SPMC_PARTITION_BLOCKED);
    }
    state_set(spmc, index, SPMC_PARTITION_RUNNING);
}

struct spmc_step spmc_partition_request(struct spmc *spmc, uint32_t index, const struct smc_frame *message)
{
    partition_start(spmc, index, SPMC_RTM_DIRECT_REQUEST, message);
    const uint16_t wanted = spmc->interrupts_armed_for;
    if (wanted == SPMC_ENDPOINT_NS_CALLER || wanted == partition_id(spmc, index)) {
        spmc->partitions[index].interrupts = spmc->interrupts_armed;
        spmc->interrupts_armed = 0;
    }
    return partition_proceed(spmc, index);
}

/* The partition that has the PE has done its work. */
struct spmc_step spmc_partition_respond(struct spmc *spmc, const struct smc_frame *response)
{
    const uint32_t index = spmc->caller;
    spmc->partitions[index].response = *response;
    spmc->partitions[index].worked = true;
    return partition_proceed(spmc, index);
}

/* The partition that has the PE dies; its requester is told. */
struct spmc_step spmc_partition_abort(struct spmc *spmc)
{
    partition_leave(spmc, spmc->caller, SPMC_PARTITION_ABORTED);
    return spmc_refused(spmc, FFA_ABORTED, SPMC_CHECK_BEYOND);
}

/* FFA_ERROR ends the work on a direct request; no other runtime model has it. */
struct spmc_step spmc_ffa_error(struct spmc *spmc)
{
    if (spmc->partitions[spmc->caller].runtime_model != SPMC_RTM_DIRECT_REQUEST) {
        return spmc_refused(spmc, FFA_NOT_SUPPORTED, 1);
    }
    const struct smc_frame error = {.x = {FFA_ERROR, 0, (uint32_t)spmc->call.x[2]}};
    return spmc_partition_respond(spmc, &error);
}

/* A non-secure interrupt fell in the middle of the partition's work: its core says where. */
struct spmc_step spmc_ffa_interrupt(struct spmc *spmc)
{
    const uint32_t index = spmc->caller;
    struct spmc_partition *partition = &spmc->partitions[index];
    partition->entry = (struct smc_frame){.x = {FFA_RUN, target_of(spmc, index)}};
    partition->interrupts++;
    if (interrupt_falls(spmc, index)) {
        return partition_preempt(spmc, index);
    }
    if (partition->managed_exit) {
        partition->entry = (struct smc_frame){.x = {FFA_INTERRUPT, 0, SPMC_MEI_INTERRUPT}};
    }
    return spmc_partition_enter(spmc, index, &partition->entry);
}

/* FFA_MSG_WAIT and FFA_YIELD */

enum wait_check { WAIT_PARAMETERS = 1, WAIT_RUNTIME_MODEL };

static const struct spmc_check wait_order[SPMC_CHECKS_MAX] = {
    {WAIT_PARAMETERS, FFA_INVALID_PARAMETERS},
    {WAIT_RUNTIME_MODEL, FFA_DENIED},
};

static bool registers_used(const struct spmc *spmc, uint32_t first, uint32_t last)
{
    uint64_t any = 0;
    for (uint32_t i = first; i <= last; i++) {
        any |= (uint32_t)spmc->call.x[i];
    }
    return any != 0;
}

/* The partition has nothing to do. Its RX buffer goes back with it, unless it asks to keep it (1.2). */
struct spmc_step spmc_ffa_msg_wait(struct spmc *spmc)
{
    struct spmc_caller *caller = spmc_caller(spmc);
    const struct spmc_partition *partition = &spmc->partitions[spmc->caller];
    const uint32_t flags = (uint32_t)spmc->call.x[2];
    const uint32_t allowed = caller->version >= FFA_VERSION_1_2 ? FFA_MSG_WAIT_RETAIN_RX : 0;
    const bool wrong = registers_used(spmc, 1, 1) || (flags & ~allowed) != 0 || registers_used(spmc, 3, 7);
    const uint64_t failed = spmc_failed(WAIT_PARAMETERS, wrong) |
                            spmc_failed(WAIT_RUNTIME_MODEL, partition->runtime_model != SPMC_RTM_RUN);
    uint32_t check = 0;
    const int32_t status = spmc_first_failed(wait_order, failed, &check);
    if (status != SPMC_CHECK_PASSED) {
        return spmc_refused(spmc, status, check);
    }
    caller->buffers.rx_full = caller->buffers.rx_full && flags != 0;
    const struct smc_frame wait = {.x = {FFA_MSG_WAIT}};
    return partition_finish(spmc, spmc->caller, &wait);
}

/*
 * The partition lets its requester run until that gives it cycles again. Work on a direct request could not
 * be interrupted so before 1.2. w2 and w3 are the time that it wants to sleep.
 */
struct spmc_step spmc_ffa_yield(struct spmc *spmc)
{
    const uint32_t index = spmc->caller;
    struct spmc_partition *partition = &spmc->partitions[index];
    const bool old = spmc_caller(spmc)->version < FFA_VERSION_1_2;
    if (old && partition->runtime_model == SPMC_RTM_DIRECT_REQUEST) {
        return spmc_refused(spmc, FFA_DENIED, 1);
    }
    const struct smc_frame frame = {
        .x = {FFA_YIELD, target_of(spmc, index), (uint32_t)spmc->call.x[2], (uint32_t)spmc->call.x[3]}};
    partition->yielded = true;
    partition->entry = (struct smc_frame){.x = {FFA_SUCCESS_32}};
    requester_resume(spmc, index, SPMC_PARTITION_BLOCKED);
    return spmc_done_ffa(spmc, &frame);
}

/* FFA_RUN */

enum run_check {
    RUN_WIDE_REGISTERS = 1,
    RUN_UNKNOWN,
    RUN_VCPU,
    RUN_NORMAL_WORLD,
    RUN_ABORTED,
    RUN_BUSY,
    RUN_NOT_PREEMPTED,
    RUN_NOT_TO_BE_RESUMED, /* blocked by a request of its own, or not by the caller to resume */
    RUN_FROM_PARTITION,
};

static const struct spmc_check run_orders[SPMC_PROFILE_COUNT][SPMC_CHECKS_MAX] = {
    [SPMC_PROFILE_HAFNIUM] = {{RUN_WIDE_REGISTERS, FFA_INVALID_PARAMETERS},
                              {RUN_UNKNOWN, FFA_INVALID_PARAMETERS},
                              {RUN_VCPU, FFA_INVALID_PARAMETERS},
                              {RUN_NORMAL_WORLD, FFA_DENIED},
                              {RUN_BUSY, FFA_BUSY},
                              {RUN_NOT_TO_BE_RESUMED, FFA_DENIED},
                              {RUN_ABORTED, FFA_ABORTED}},
    [SPMC_PROFILE_EL3_SPMC] = {{RUN_FROM_PARTITION, FFA_INVALID_PARAMETERS},
                               {RUN_UNKNOWN, FFA_INVALID_PARAMETERS},
                               {RUN_NORMAL_WORLD, FFA_INVALID_PARAMETERS},
                               {RUN_VCPU, FFA_INVALID_PARAMETERS},
                               {RUN_BUSY, FFA_BUSY},
                               {RUN_ABORTED, FFA_BUSY},
                               {RUN_NOT_TO_BE_RESUMED, FFA_DENIED}},
    [SPMC_PROFILE_OP_TEE] = {{RUN_UNKNOWN, FFA_INVALID_PARAMETERS},
                             {RUN_NORMAL_WORLD, FFA_INVALID_PARAMETERS},
                             {RUN_NOT_PREEMPTED, FFA_DENIED},
                             {RUN_VCPU, FFA_DENIED}},
};

static bool wide_registers_used(const struct spmc *spmc)
{
    uint64_t any = 0;
    for (uint32_t i = 8; i < SMC_FRAME_REGISTERS; i++) {
        any |= spmc->call.x[i];
    }
    return any != 0 && spmc->callers[spmc->caller].version >= FFA_VERSION_1_2;
}

/*
 * A partition with one context has vCPU 0; of one with a context per PE only this PE's, which is 0 too.
 * OP-TEE wants the thread that it told.
 */
static bool vcpu_is_wrong(const struct spmc *spmc, uint32_t index, uint32_t vcpu)
{
    const bool op_tee = spmc->config.profile == SPMC_PROFILE_OP_TEE;
    return vcpu != (op_tee && index != SPMC_NONE ? spmc->partitions[index].thread : 0);
}

/*
 * Who yielded goes on when its requester says so; who was preempted when the normal world does; nobody while
 * it waits for another partition's answer.
 */
static bool resumption_is_wrong(const struct spmc *spmc, const struct spmc_partition *partition)
{
    if (partition->state == SPMC_PARTITION_BLOCKED) {
        return !partition->yielded || partition->requester != spmc->caller;
    }
    return partition->state == SPMC_PARTITION_PREEMPTED && spmc_caller_is_partition(spmc);
}

static uint64_t run_failures(const struct spmc *spmc, uint32_t endpoint_id, uint32_t index)
{
    const uint32_t vcpu = (uint32_t)spmc->call.x[1] & 0xFFFFU;
    const bool normal_world = endpoint_id == SPMC_ENDPOINT_NS_CALLER;
    uint64_t failed = spmc_failed(RUN_FROM_PARTITION, spmc_caller_is_partition(spmc)) |
                      spmc_failed(RUN_WIDE_REGISTERS, wide_registers_used(spmc)) |
                      spmc_failed(RUN_UNKNOWN, !normal_world && index == SPMC_NONE) |
                      spmc_failed(RUN_NORMAL_WORLD, normal_world) |
                      spmc_failed(RUN_VCPU, vcpu_is_wrong(spmc, index, vcpu));
    if (index == SPMC_NONE) {
        return failed;
    }
    const struct spmc_partition *partition = &spmc->partitions[index];
    const uint8_t state = partition->state;
    const bool aborted = state == SPMC_PARTITION_ABORTED;
    const bool busy = state == SPMC_PARTITION_RUNNING || state == SPMC_PARTITION_CREATED ||
                      (aborted && spmc->config.lifecycle_support);
    return failed | spmc_failed(RUN_NOT_PREEMPTED, state != SPMC_PARTITION_PREEMPTED) |
           spmc_failed(RUN_NOT_TO_BE_RESUMED, resumption_is_wrong(spmc, partition)) |
           spmc_failed(RUN_BUSY, busy) | spmc_failed(RUN_ABORTED, aborted);
}

static struct spmc_step partition_resume(struct spmc *spmc, uint32_t index)
{
    struct spmc_partition *partition = &spmc->partitions[index];
    partition->yielded = false;
    if (spmc_caller_is_partition(spmc)) {
        state_set(spmc, spmc->caller, SPMC_PARTITION_BLOCKED);
    }
    state_set(spmc, index, SPMC_PARTITION_RUNNING);
    return partition_proceed(spmc, index);
}

struct spmc_step spmc_ffa_run(struct spmc *spmc)
{
    const uint32_t endpoint_id = (uint32_t)spmc->call.x[1] >> 16;
    const uint32_t index = spmc_partition_find(spmc, endpoint_id);
    uint32_t check = 0;
    const int32_t status =
        spmc_first_failed(run_orders[spmc->config.profile], run_failures(spmc, endpoint_id, index), &check);
    if (status != SPMC_CHECK_PASSED) {
        return spmc_refused(spmc, status, check);
    }
    if (spmc->partitions[index].state != SPMC_PARTITION_WAITING) {
        return partition_resume(spmc, index);
    }
    const struct smc_frame run = {.x = {FFA_RUN, (uint32_t)spmc->call.x[1]}};
    partition_start(spmc, index, SPMC_RTM_RUN, &run);
    return partition_proceed(spmc, index);
}
