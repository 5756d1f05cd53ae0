/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Between the dispatch and memory management (memory.h): tells it who calls, and turns its needs into steps
 * of the SPMC. It decides nothing.
 */
#include <assert.h>

#include "model/abi/ffa.h"
#include "model/abi/ffa_memory.h"
#include "model/bus/access.h"
#include "model/spmc/spmc_internal.h"

static void home_add(struct spmc_memory_config *config, struct spmc_memory_home home)
{
    assert(config->home_count < SPMC_MEMORY_HOMES_MAX);
    config->homes[config->home_count] = home;
    config->home_count++;
}

static void homes_of_partition(struct spmc_memory_config *config,
                               const struct spmc_partition_config *partition)
{
    for (uint32_t i = 0; i < partition->memory_region_count; i++) {
        const struct spmc_memory_region *region = &partition->memory_regions[i];
        if (region->ns) {
            continue; /* the normal world's, lent for good by the manifest */
        }
        const bool device = (region->attributes & FFA_MEMORY_TYPE) == FFA_MEMORY_TYPE_DEVICE;
        home_add(config, (struct spmc_memory_home){.pa = region->pa,
                                                   .size = region->size,
                                                   .owner = partition->id,
                                                   .secure = true,
                                                   .device = device,
                                                   .permissions = region->permissions});
    }
}

void spmc_sharing_init(struct spmc *spmc)
{
    const struct spmc_config *config = &spmc->config;
    struct spmc_memory_config memory = {
        .profile = config->profile,
        .spmc_id = config->spmc_id,
        .partition_count = config->partition_count,
    };
    for (uint32_t i = 0; i < config->ns_range_count; i++) {
        home_add(&memory, (struct spmc_memory_home){.pa = config->ns_ranges[i].pa,
                                                    .size = config->ns_ranges[i].size,
                                                    .owner = SPMC_ENDPOINT_NS_CALLER,
                                                    .permissions =
                                                        FFA_MEMORY_DATA_READ_WRITE | FFA_MEMORY_EXECUTABLE});
    }
    for (uint32_t i = 0; i < config->partition_count; i++) {
        memory.partitions[i] = config->partitions[i].id;
        homes_of_partition(&memory, &config->partitions[i]);
    }
    spmc_memory_init(&spmc->memory, &memory);
}

/* Partitions are modelled from the end of their initialisation on. */
static struct spmc_memory_caller caller_of(struct spmc *spmc)
{
    const struct spmc_caller *caller = spmc_caller(spmc);
    const bool partition = spmc_caller_is_partition(spmc);
    return (struct spmc_memory_caller){
        .id = caller->id,
        .secure = partition,
        .version = caller->version,
        .buffers_mapped = caller->buffers.mapped,
        .rx_full = caller->buffers.rx_full,
        .tx_pa = caller->buffers.tx_pa,
        .rx_pa = caller->buffers.rx_pa,
        .buffer_size = caller->buffers.pages * SPMC_PAGE_SIZE,
        .space = caller->space,
        .ns_bit_requested = caller->ns_bit_requested,
        .s_el0 = partition && spmc_caller_config(spmc)->exception_level == 0,
        .initialising = false,
    };
}

static struct spmc_step step_access(const struct spmc_memory_step *step)
{
    static const enum spmc_need needs[] = {
        [SPMC_MEMORY_READ] = SPMC_READ,
        [SPMC_MEMORY_WRITE] = SPMC_WRITE,
        [SPMC_MEMORY_OWNERSHIP] = SPMC_OWNERSHIP,
    };
    const bool ownership = step->need == SPMC_MEMORY_OWNERSHIP;
    return (struct spmc_step){
        .need = needs[step->need],
        .pa = step->pa,
        .size = ownership ? 0 : (uint32_t)step->size,
        .extent = step->size,
        .space = step->space,
        /* what SPMC_WRITE names is only read */
        .bytes = step->need == SPMC_MEMORY_READ ? step->buffer : (uint8_t *)(uintptr_t)step->bytes,
        .flush = step->flush,
        .endpoint = step->endpoint,
        .owner = step->owner,
        .access = step->access,
    };
}

/* What has been given back is told with x0 alone, by the EL3 SPMC; other results fill x0-x7. */
static struct spmc_step step_done(struct spmc *spmc, const struct smc_frame *frame)
{
    const struct spmc_step step = spmc_done_ffa(spmc, frame);
    const uint32_t function_id = (uint32_t)spmc->call.x[0];
    const bool gives_back = function_id == FFA_MEM_RECLAIM || function_id == FFA_MEM_RELINQUISH;
    return gives_back ? spmc_shortened(spmc, step, SPMC_REGISTERS_SMCCC_1_0) : step;
}

static struct spmc_step step_of(struct spmc *spmc, const struct spmc_memory_step *step)
{
    switch ((enum spmc_memory_need)step->need) {
    case SPMC_MEMORY_DONE:
        spmc_caller(spmc)->buffers.rx_full = spmc_caller(spmc)->buffers.rx_full || step->fills_rx;
        return step_done(spmc, &step->frame);
    case SPMC_MEMORY_REFUSED:
        return spmc_refused(spmc, step->status, step->check);
    case SPMC_MEMORY_READ:
    case SPMC_MEMORY_WRITE:
    case SPMC_MEMORY_OWNERSHIP:
        break;
    }
    spmc->pending = SPMC_CONTINUE_MEMORY;
    return step_access(step);
}

struct spmc_step spmc_ffa_memory(struct spmc *spmc, enum spmc_function function)
{
    const struct spmc_memory_caller caller = caller_of(spmc);
    struct spmc_memory_step step;
    switch (function) {
    case SPMC_FUNCTION_MEM_SEND:
        step = spmc_ffa_mem_send(&spmc->memory, &caller, &spmc->call);
        break;
    case SPMC_FUNCTION_MEM_RETRIEVE_REQ:
        step = spmc_ffa_mem_retrieve_req(&spmc->memory, &caller, &spmc->call);
        break;
    case SPMC_FUNCTION_MEM_RELINQUISH:
        step = spmc_ffa_mem_relinquish(&spmc->memory, &caller, &spmc->call);
        break;
    case SPMC_FUNCTION_MEM_RECLAIM:
        step = spmc_ffa_mem_reclaim(&spmc->memory, &caller, &spmc->call);
        break;
    case SPMC_FUNCTION_MEM_FRAG_TX:
        step = spmc_ffa_mem_frag_tx(&spmc->memory, &caller, &spmc->call);
        break;
    case SPMC_FUNCTION_MEM_FRAG_RX:
        step = spmc_ffa_mem_frag_rx(&spmc->memory, &caller, &spmc->call);
        break;
    case SPMC_FUNCTION_MEM_PERM_GET:
        step = spmc_ffa_mem_perm_get(&spmc->memory, &caller, &spmc->call);
        break;
    default:
        assert(function == SPMC_FUNCTION_MEM_PERM_SET);
        step = spmc_ffa_mem_perm_set(&spmc->memory, &caller, &spmc->call);
        break;
    }
    return step_of(spmc, &step);
}

struct spmc_step spmc_sharing_accessed(struct spmc *spmc)
{
    const struct spmc_memory_step step = spmc_memory_accessed(&spmc->memory, spmc->provided_well);
    return step_of(spmc, &step);
}
