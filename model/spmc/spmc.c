/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One stay in the secure world: a call of the normal world goes in, partitions run and call in their turn,
 * and a result comes out. Who answers what is in conduit.c; here is only in which order things happen, and
 * what the core is told to begin with.
 */
#include "model/spmc/spmc.h"

#include <assert.h>
#include <string.h>

#include "model/abi/ffa.h"
#include "model/abi/mm.h"
#include "model/abi/smccc.h"
#include "model/bus/access.h"
#include "model/spmc/spmc_internal.h"

void spmc_config_init(struct spmc_config *config)
{
    memset(config, 0, sizeof(*config));
    config->ffa_present = true;
    config->profile = SPMC_PROFILE_HAFNIUM;
    config->ffa_version = FFA_VERSION_1_2;
    config->spmc_id = SPMC_ID_DEFAULT;
    config->preemption = SPMC_PREEMPTED_BEFORE_WORK;
    config->rx_pages_max = 1;
    config->sri_interrupt_id = SPMC_SRI_DEFAULT;
    config->op_tee_threads = 2; /* CFG_NUM_THREADS of most platforms */
}

void spmc_config_add_mm_partition(struct spmc_config *config, uint16_t id)
{
    assert(config->partition_count < SPMC_PARTITIONS_MAX);
    config->partitions[config->partition_count] = (struct spmc_partition_config){
        .id = id,
        .execution_context_count = 1,
        .properties = FFA_PARTITION_RECEIVES_DIRECT_REQUESTS | FFA_PARTITION_SENDS_DIRECT_REQUESTS |
                      FFA_PARTITION_AARCH64,
        .uuid_count = 1,
        .uuids = {{MM_PARTITION_UUID_WORD0, MM_PARTITION_UUID_WORD1, MM_PARTITION_UUID_WORD2,
                   MM_PARTITION_UUID_WORD3}},
        .ffa_version = FFA_VERSION_1_1,
        .ns_interrupts_action = SPMC_NS_INTERRUPTS_SIGNALED,
    };
    config->partition_count++;
}

static void partition_check(const struct spmc_config *config, const struct spmc_partition_config *partition)
{
    assert((partition->id & SPMC_ENDPOINT_SECURE) != 0);
    assert(partition->id != config->spmc_id);
    assert(partition->execution_context_count >= 1);
    assert(partition->execution_context_count <= SPMC_VCPUS_MAX);
    assert(partition->uuid_count >= 1);
    assert(partition->uuid_count <= SPMC_UUIDS_MAX);
    assert(partition->memory_region_count <= SPMC_REGIONS_MAX);
    assert(partition->rxtx_pages <= SPMC_RX_PAGES_MAX);
    assert(partition->ns_interrupts_action <= SPMC_NS_INTERRUPTS_SIGNALED);
}

static void config_check(const struct spmc_config *config)
{
    assert(FFA_VERSION_MAJOR(config->ffa_version) == 1);
    assert(config->ffa_version <= FFA_VERSION_1_2);
    assert(config->profile < SPMC_PROFILE_COUNT);
    assert(config->rx_pages_max >= 1);
    assert(config->rx_pages_max <= SPMC_RX_PAGES_MAX);
    assert(config->op_tee_threads >= 1);
    assert(config->op_tee_threads <= SPMC_THREADS_MAX);
    assert(config->op_tee_threads_held <= config->op_tee_threads);
    assert(config->ns_range_count <= SPMC_NS_RANGES_MAX);
    assert(config->partition_count <= SPMC_PARTITIONS_MAX);
    for (uint32_t i = 0; i < config->partition_count; i++) {
        partition_check(config, &config->partitions[i]);
    }
}

static void partition_init(struct spmc *spmc, uint32_t index)
{
    const struct spmc_partition_config *config = &spmc->config.partitions[index];
    spmc->callers[index] = (struct spmc_caller){
        .id = config->id,
        .space = PA_SPACE_SECURE,
        .version_known = true, /* by its manifest */
        .version = config->ffa_version,
        .width_version = config->ffa_version,
        .buffers = {.mapped = config->rxtx_pages != 0,
                    .tx_pa = config->tx_pa,
                    .rx_pa = config->rx_pa,
                    .pages = config->rxtx_pages},
    };
    spmc->partitions[index].state = config->not_initialised ? SPMC_PARTITION_CREATED : SPMC_PARTITION_WAITING;
    spmc->partitions[index].requester = SPMC_NORMAL_WORLD;
}

void spmc_init(struct spmc *spmc, const struct spmc_config *config, struct event_log *log)
{
    config_check(config);
    memset(spmc, 0, sizeof(*spmc));
    spmc->config = *config;
    spmc->log = log;
    spmc->caller = SPMC_NORMAL_WORLD;
    spmc->callers[SPMC_NORMAL_WORLD] = (struct spmc_caller){
        .id = SPMC_ENDPOINT_NS_CALLER,
        .space = PA_SPACE_NON_SECURE,
        .version = config->ffa_version,
        .width_version = config->ffa_version,
    };
    for (uint32_t i = 0; i < config->partition_count; i++) {
        partition_init(spmc, i);
    }
    spmc_notifications_init(spmc);
    spmc_sharing_init(spmc);
}

bool spmc_partition_busy(const struct spmc *spmc, uint32_t index)
{
    assert(index < spmc->config.partition_count);
    const uint8_t state = spmc->partitions[index].state;
    return state == SPMC_PARTITION_RUNNING || state == SPMC_PARTITION_PREEMPTED ||
           state == SPMC_PARTITION_BLOCKED;
}

static void call_record(struct spmc *spmc, enum event_kind kind, const struct smc_frame *frame)
{
    const enum agent_kind agent = spmc_caller_is_partition(spmc) ? AGENT_PARTITION : AGENT_SPMC;
    const uint64_t x0 = kind == EVENT_SPMC_CALL ? (uint32_t)frame->x[0] : frame->x[0];
    event_log_append(spmc->log, kind, agent, 0, x0, frame->x[1], frame->x[2], frame->x[3]);
}

/* A result of a partition's call: the registers that it does not write keep the partition's values. */
static struct spmc_step partition_resume(struct spmc *spmc, const struct spmc_step *step)
{
    struct smc_frame entry = spmc->partitions[spmc->caller].call;
    memcpy(entry.x, step->frame.x, step->registers * sizeof(entry.x[0]));
    return spmc_partition_enter(spmc, spmc->caller, &entry);
}

/* A call is over: its result goes to whoever has the PE. */
static struct spmc_step step_deliver(struct spmc *spmc, struct spmc_step step)
{
    if (step.need != SPMC_DONE) {
        return step;
    }
    call_record(spmc, EVENT_SPMC_RESULT, &step.frame);
    if (spmc_caller_is_partition(spmc)) {
        return partition_resume(spmc, &step);
    }
    spmc_schedule_receiver_if_delayed(spmc);
    step.sri = spmc->sri_raised;
    return step;
}

static struct spmc_step call_serve(struct spmc *spmc, const struct smc_frame *in)
{
    spmc->call = *in;
    spmc->call.x[0] = (uint32_t)in->x[0] & ~SMCCC_SVE_HINT;
    call_record(spmc, EVENT_SPMC_CALL, in);
    return step_deliver(spmc, spmc_dispatch(spmc));
}

struct spmc_step spmc_call(struct spmc *spmc, const struct smc_frame *in)
{
    assert(spmc->pending == SPMC_CONTINUE_NONE);
    assert(!spmc_caller_is_partition(spmc));
    spmc->world_call = *in;
    spmc->world_call.x[0] = (uint32_t)in->x[0] & ~SMCCC_SVE_HINT;
    spmc->calls_made = 0;
    spmc->sri_raised = false;
    return call_serve(spmc, in);
}

static void provide(struct spmc *spmc, bool partition, bool well)
{
    assert(spmc->pending != SPMC_CONTINUE_NONE);
    assert((spmc->pending == SPMC_CONTINUE_PARTITION) == partition);
    assert(!spmc->provided);
    spmc->provided = true;
    spmc->provided_well = well;
}

void spmc_provide_response(struct spmc *spmc, const struct smc_frame *response)
{
    provide(spmc, true, true);
    spmc->answer = *response;
}

void spmc_provide_abort(struct spmc *spmc)
{
    provide(spmc, true, false);
}

void spmc_provide_accessed(struct spmc *spmc, bool accessed)
{
    provide(spmc, false, accessed);
}

/* A partition that calls and calls is stopped, as a watchdog would. */
static struct spmc_step partition_called(struct spmc *spmc)
{
    spmc->partitions[spmc->caller].call = spmc->answer;
    spmc->calls_made++;
    if (!spmc->provided_well || spmc->calls_made > SPMC_CALLS_MAX) {
        return step_deliver(spmc, spmc_partition_abort(spmc));
    }
    const struct smc_frame call = spmc->answer;
    return call_serve(spmc, &call);
}

struct spmc_step spmc_continue(struct spmc *spmc)
{
    assert(spmc->provided);
    const enum spmc_continuation pending = (enum spmc_continuation)spmc->pending;
    spmc->pending = SPMC_CONTINUE_NONE;
    spmc->provided = false;
    switch (pending) {
    case SPMC_CONTINUE_PARTITION:
        return partition_called(spmc);
    case SPMC_CONTINUE_PARTITION_INFO:
        return step_deliver(spmc, spmc_partition_info_written(spmc));
    case SPMC_CONTINUE_INDIRECT_HEADER:
        return step_deliver(spmc, spmc_indirect_header_read(spmc));
    case SPMC_CONTINUE_INDIRECT_MESSAGE:
        return step_deliver(spmc, spmc_indirect_message_written(spmc));
    case SPMC_CONTINUE_MEMORY:
        return step_deliver(spmc, spmc_sharing_accessed(spmc));
    case SPMC_CONTINUE_NONE:
        break;
    }
    assert(false);
    return (struct spmc_step){.need = SPMC_DONE};
}

void spmc_arm_interrupts_for(struct spmc *spmc, uint16_t endpoint_id, uint32_t count)
{
    assert(count <= SPMC_INTERRUPTS_MAX);
    spmc->interrupts_armed = count;
    spmc->interrupts_armed_for = endpoint_id;
    for (uint32_t i = 0; count == 0 && spmc->config.interrupt_stays_pending && i < SPMC_PARTITIONS_MAX; i++) {
        spmc->partitions[i].interrupts = 0;
    }
}

void spmc_arm_interrupts(struct spmc *spmc, uint32_t count)
{
    spmc_arm_interrupts_for(spmc, SPMC_ENDPOINT_NS_CALLER, count);
}
