/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The door of the secure world: which function answers which identifier, and how a call ends. The functions
 * themselves are in the file of their chapter.
 *
 * Sources: DEN0028 (owning entities), DEN0077 ("Interface overview"), TF-A 6a164dda (SPMD) for what an
 * identifier that nobody owns gets.
 */
#include "model/spmc/spmc.h"

#include <assert.h>
#include <string.h>

#include "model/abi/ffa.h"
#include "model/abi/mm.h"
#include "model/abi/smccc.h"
#include "model/bus/access.h"
#include "model/spmc/spmc_internal.h"

enum function {
    FUNCTION_UNKNOWN,
    FUNCTION_SMCCC_VERSION,
    FUNCTION_SMCCC_ARCH_FEATURES,
    FUNCTION_PSCI_VERSION,
    FUNCTION_PSCI_FEATURES,
    FUNCTION_PSCI_SYSTEM,
    FUNCTION_PSCI_SYSTEM_RESET2,
    FUNCTION_PSCI_CPU_ON,
    FUNCTION_PSCI_CPU_OFF,
    FUNCTION_PSCI_AFFINITY_INFO,
    FUNCTION_FFA_VERSION,
    FUNCTION_FFA_FEATURES,
    FUNCTION_FFA_ID_GET,
    FUNCTION_FFA_SPM_ID_GET,
    FUNCTION_FFA_NORMAL_WORLD_RESUME,
    FUNCTION_FFA_RXTX_MAP,
    FUNCTION_FFA_RXTX_UNMAP,
    FUNCTION_FFA_RX_RELEASE,
    FUNCTION_FFA_PARTITION_INFO_GET,
    FUNCTION_FFA_DIRECT_REQUEST,
    FUNCTION_FFA_DIRECT_RESPONSE,
    FUNCTION_FFA_RUN,
    FUNCTION_FFA_UNSUPPORTED,
};

/*
 * reaches_spmc: the SPMD passes the call on, and once one has been passed on Hafnium's version is fixed.
 * Calls that the SPMD answers by itself leave it open.
 */
struct function_row {
    uint32_t function_id;
    uint8_t function; /* enum function */
    bool reaches_spmc;
};

static const struct function_row functions[] = {
    {FFA_MSG_SEND_DIRECT_REQ_64, FUNCTION_FFA_DIRECT_REQUEST, true},
    {FFA_MSG_SEND_DIRECT_REQ_32, FUNCTION_FFA_DIRECT_REQUEST, true},
    {FFA_RUN, FUNCTION_FFA_RUN, true},
    {FFA_VERSION, FUNCTION_FFA_VERSION, false},
    {FFA_FEATURES, FUNCTION_FFA_FEATURES, true},
    {FFA_ID_GET, FUNCTION_FFA_ID_GET, false},
    {FFA_SPM_ID_GET, FUNCTION_FFA_SPM_ID_GET, false},
    {FFA_RXTX_MAP_64, FUNCTION_FFA_RXTX_MAP, true},
    {FFA_RXTX_UNMAP, FUNCTION_FFA_RXTX_UNMAP, true},
    {FFA_RX_RELEASE, FUNCTION_FFA_RX_RELEASE, true},
    {FFA_PARTITION_INFO_GET, FUNCTION_FFA_PARTITION_INFO_GET, true},
    {FFA_MSG_SEND_DIRECT_RESP_32, FUNCTION_FFA_DIRECT_RESPONSE, true},
    {FFA_MSG_SEND_DIRECT_RESP_64, FUNCTION_FFA_DIRECT_RESPONSE, true},
    {FFA_NORMAL_WORLD_RESUME, FUNCTION_FFA_NORMAL_WORLD_RESUME, false},
    {SMCCC_VERSION, FUNCTION_SMCCC_VERSION, false},
    {SMCCC_ARCH_FEATURES, FUNCTION_SMCCC_ARCH_FEATURES, false},
    {PSCI_VERSION, FUNCTION_PSCI_VERSION, false},
    {PSCI_FEATURES, FUNCTION_PSCI_FEATURES, false},
    {PSCI_SYSTEM_OFF, FUNCTION_PSCI_SYSTEM, false},
    {PSCI_SYSTEM_RESET, FUNCTION_PSCI_SYSTEM, false},
    {PSCI_SYSTEM_RESET2_32, FUNCTION_PSCI_SYSTEM_RESET2, false},
    {PSCI_SYSTEM_RESET2_64, FUNCTION_PSCI_SYSTEM_RESET2, false},
    {PSCI_CPU_ON_32, FUNCTION_PSCI_CPU_ON, false},
    {PSCI_CPU_ON_64, FUNCTION_PSCI_CPU_ON, false},
    {PSCI_CPU_OFF, FUNCTION_PSCI_CPU_OFF, false},
    {PSCI_AFFINITY_INFO_32, FUNCTION_PSCI_AFFINITY_INFO, false},
    {PSCI_AFFINITY_INFO_64, FUNCTION_PSCI_AFFINITY_INFO, false},
};

#define FFA_NUMBER_FIRST 0x60U
#define FFA_NUMBER_LAST  0xFFU

/* Fast calls of the standard secure service owner with a function number that DEN0077 reserves. */
static bool function_is_ffa(uint32_t function_id)
{
    const uint32_t number = function_id & 0xFFFFU;
    const uint32_t owner = function_id & ~(FFA_FUNCTION_64BIT | 0xFFFFU);
    return owner == (FFA_ERROR & ~0xFFFFU) && number >= FFA_NUMBER_FIRST && number <= FFA_NUMBER_LAST;
}

static const struct function_row *function_find(const struct spmc *spmc, uint32_t function_id)
{
    static const struct function_row unknown = {0, FUNCTION_UNKNOWN, false};
    static const struct function_row unsupported = {0, FUNCTION_FFA_UNSUPPORTED, false};
    const bool ffa = function_is_ffa(function_id);
    if (ffa && !spmc->config.ffa_present) {
        return &unknown;
    }
    for (uint32_t i = 0; i < SPMC_COUNT_OF(functions); i++) {
        if (functions[i].function_id == function_id) {
            return &functions[i];
        }
    }
    return ffa ? &unsupported : &unknown;
}

struct spmc_step spmc_done_x0(int64_t value)
{
    return (struct spmc_step){
        .need = SPMC_DONE,
        .registers = SPMC_REGISTERS_SMCCC_1_0,
        .frame = {.x = {(uint64_t)value}},
    };
}

/* PSCI and SMCCC errors fill x0: TF-A sign-extends its int. */
struct spmc_step spmc_refused_x0(struct spmc *spmc, int32_t status, uint32_t check)
{
    event_log_append(spmc->log, EVENT_SPMC_REFUSED, AGENT_SPMC, 0, spmc->call.x[0], (uint64_t)(int64_t)status,
                     check, 0);
    return spmc_done_x0(status);
}

/* The SPMD writes x8-x17 only with a 64-bit result, to a caller that knows FF-A 1.2. */
struct spmc_step spmc_done_ffa(const struct spmc *spmc, const struct smc_frame *frame)
{
    const bool extended =
        (frame->x[0] & FFA_FUNCTION_64BIT) != 0 && spmc->callers[spmc->caller].version >= FFA_VERSION_1_2;
    return (struct spmc_step){
        .need = SPMC_DONE,
        .registers = extended ? SPMC_REGISTERS_FFA_1_2 : SPMC_REGISTERS_FFA,
        .frame = *frame,
    };
}

struct spmc_step spmc_success(const struct spmc *spmc, uint32_t w2, uint32_t w3)
{
    const struct smc_frame frame = {.x = {FFA_SUCCESS_32, 0, w2, w3}};
    return spmc_done_ffa(spmc, &frame);
}

struct spmc_step spmc_refused(struct spmc *spmc, int32_t status, uint32_t check)
{
    event_log_append(spmc->log, EVENT_SPMC_REFUSED, AGENT_SPMC, 0, spmc->call.x[0], (uint64_t)(int64_t)status,
                     check, 0);
    const struct smc_frame frame = {.x = {FFA_ERROR, 0, (uint32_t)status}};
    return spmc_done_ffa(spmc, &frame);
}

struct spmc_caller *spmc_caller(struct spmc *spmc)
{
    return &spmc->callers[spmc->caller];
}

static struct spmc_step need_access(struct spmc *spmc, enum spmc_continuation continuation,
                                    struct spmc_step step)
{
    assert(spmc->pending == SPMC_CONTINUE_NONE);
    spmc->pending = (uint8_t)continuation;
    return step;
}

struct spmc_step spmc_need_read(struct spmc *spmc, enum spmc_continuation continuation, uint8_t space,
                                uint64_t pa, uint8_t *bytes, uint32_t size)
{
    return need_access(
        spmc, continuation,
        (struct spmc_step){.need = SPMC_READ, .space = space, .pa = pa, .bytes = bytes, .size = size});
}

struct spmc_step spmc_need_write(struct spmc *spmc, enum spmc_continuation continuation, uint8_t space,
                                 uint64_t pa, uint8_t *bytes, uint32_t size)
{
    return need_access(
        spmc, continuation,
        (struct spmc_step){.need = SPMC_WRITE, .space = space, .pa = pa, .bytes = bytes, .size = size});
}

int32_t spmc_first_failed(const struct spmc_check *order, uint64_t failed, uint32_t *check)
{
    for (uint32_t i = 0; order[i].number != 0; i++) {
        if ((failed >> order[i].number & 1) != 0) {
            *check = i + 1;
            return order[i].status;
        }
    }
    return SPMC_CHECK_PASSED;
}

int32_t spmc_first_refusal(const int32_t *statuses, uint32_t count, uint32_t *check)
{
    for (uint32_t i = 0; i < count; i++) {
        if (statuses[i] != SPMC_CHECK_PASSED) {
            *check = i + 1;
            return statuses[i];
        }
    }
    return SPMC_CHECK_PASSED;
}

uint32_t spmc_partition_find(const struct spmc *spmc, uint32_t endpoint_id)
{
    for (uint32_t i = 0; i < spmc->config.partition_count; i++) {
        if (spmc->config.partitions[i].id == endpoint_id) {
            return i;
        }
    }
    return SPMC_PARTITION_NONE;
}

static struct spmc_step call_dispatch(struct spmc *spmc)
{
    const struct function_row *row = function_find(spmc, (uint32_t)spmc->call.x[0]);
    spmc_caller(spmc)->version_fixed = spmc_caller(spmc)->version_fixed || row->reaches_spmc;
    switch ((enum function)row->function) {
    case FUNCTION_SMCCC_VERSION:
        return spmc_done_x0(SMCCC_VERSION_1_2);
    case FUNCTION_SMCCC_ARCH_FEATURES:
        return spmc_smccc_arch_features(spmc);
    case FUNCTION_PSCI_VERSION:
        return spmc_done_x0(PSCI_VERSION_1_1);
    case FUNCTION_PSCI_FEATURES:
        return spmc_psci_features(spmc);
    case FUNCTION_PSCI_SYSTEM:
        return spmc_psci_system(spmc);
    case FUNCTION_PSCI_SYSTEM_RESET2:
        return spmc_psci_system_reset2(spmc);
    case FUNCTION_PSCI_CPU_ON:
        return spmc_psci_cpu_on(spmc);
    case FUNCTION_PSCI_CPU_OFF:
        return spmc_psci_cpu_off(spmc);
    case FUNCTION_PSCI_AFFINITY_INFO:
        return spmc_psci_affinity_info(spmc);
    case FUNCTION_FFA_VERSION:
        return spmc_ffa_version(spmc);
    case FUNCTION_FFA_FEATURES:
        return spmc_ffa_features(spmc);
    case FUNCTION_FFA_ID_GET:
        return spmc_success(spmc, SPMC_ENDPOINT_NS_CALLER, 0);
    case FUNCTION_FFA_SPM_ID_GET:
        return spmc_ffa_spm_id_get(spmc);
    case FUNCTION_FFA_NORMAL_WORLD_RESUME: /* the SPMD takes it from the secure world alone */
        return spmc_refused(spmc, FFA_DENIED, 1);
    case FUNCTION_FFA_RXTX_MAP:
        return spmc_ffa_rxtx_map(spmc);
    case FUNCTION_FFA_RXTX_UNMAP:
        return spmc_ffa_rxtx_unmap(spmc);
    case FUNCTION_FFA_RX_RELEASE:
        return spmc_ffa_rx_release(spmc);
    case FUNCTION_FFA_PARTITION_INFO_GET:
        return spmc_ffa_partition_info_get(spmc);
    case FUNCTION_FFA_DIRECT_REQUEST:
        return spmc_ffa_direct_request(spmc);
    case FUNCTION_FFA_DIRECT_RESPONSE: /* the normal world has no request open that it could answer */
        return spmc_refused(spmc, FFA_INVALID_PARAMETERS, 1);
    case FUNCTION_FFA_RUN:
        return spmc_ffa_run(spmc);
    case FUNCTION_FFA_UNSUPPORTED:
        return spmc_refused(spmc, FFA_NOT_SUPPORTED, 1);
    case FUNCTION_UNKNOWN:
        return spmc_refused_x0(spmc, SMCCC_NOT_SUPPORTED, 1);
    }
    assert(false);
    return (struct spmc_step){0};
}

static struct spmc_step step_record(struct spmc *spmc, struct spmc_step step)
{
    if (step.need == SPMC_DONE) {
        event_log_append(spmc->log, EVENT_SPMC_RESULT, AGENT_SPMC, 0, step.frame.x[0], step.frame.x[1],
                         step.frame.x[2], step.frame.x[3]);
    }
    return step;
}

void spmc_config_init(struct spmc_config *config)
{
    memset(config, 0, sizeof(*config));
    config->ffa_present = true;
    config->ffa_version = FFA_VERSION_1_2;
    config->spmc_id = SPMC_ID_DEFAULT;
    config->preemption = SPMC_PREEMPTED_BEFORE_WORK;
    config->rx_pages_max = 1;
    config->sri_interrupt_id = SPMC_SRI_DEFAULT;
    config->op_tee_threads = 2;
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

static void config_check(const struct spmc_config *config)
{
    assert(FFA_VERSION_MAJOR(config->ffa_version) == 1);
    assert(config->ffa_version <= FFA_VERSION_1_2);
    assert(config->rx_pages_max >= 1);
    assert(config->rx_pages_max <= SPMC_RX_PAGES_MAX);
    assert(config->ns_range_count <= SPMC_NS_RANGES_MAX);
    assert(config->partition_count <= SPMC_PARTITIONS_MAX);
    for (uint32_t i = 0; i < config->partition_count; i++) {
        assert((config->partitions[i].id & SPMC_ENDPOINT_SECURE) != 0);
        assert(config->partitions[i].id != config->spmc_id);
        assert(config->partitions[i].execution_context_count >= 1);
    }
}

void spmc_init(struct spmc *spmc, const struct spmc_config *config, struct event_log *log)
{
    config_check(config);
    memset(spmc, 0, sizeof(*spmc));
    spmc->config = *config;
    spmc->log = log;
    spmc->caller = SPMC_NORMAL_WORLD;
    spmc->callers[SPMC_NORMAL_WORLD] = (struct spmc_caller){
        .id = SPMC_ENDPOINT_NS_CALLER, .space = PA_SPACE_NON_SECURE, .version = config->ffa_version};
    for (uint32_t i = 0; i < config->partition_count; i++) {
        const struct spmc_partition_config *partition = &config->partitions[i];
        spmc->callers[i] = (struct spmc_caller){
            .id = partition->id, .space = PA_SPACE_SECURE, .version = partition->ffa_version};
    }
}

bool spmc_partition_busy(const struct spmc *spmc)
{
    for (uint32_t i = 0; i < spmc->config.partition_count; i++) {
        const uint8_t state = spmc->partitions[i].state;
        if (state == SPMC_PARTITION_RUNNING || state == SPMC_PARTITION_PREEMPTED) {
            return true;
        }
    }
    return false;
}

struct spmc_step spmc_call(struct spmc *spmc, const struct smc_frame *in)
{
    assert(spmc->pending == SPMC_CONTINUE_NONE);
    spmc->call = *in;
    spmc->call.x[0] = (uint32_t)in->x[0] & ~SMCCC_SVE_HINT;
    event_log_append(spmc->log, EVENT_SPMC_CALL, AGENT_SPMC, 0, (uint32_t)in->x[0], in->x[1], in->x[2],
                     in->x[3]);
    return step_record(spmc, call_dispatch(spmc));
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

struct spmc_step spmc_continue(struct spmc *spmc)
{
    assert(spmc->pending != SPMC_CONTINUE_NONE);
    assert(spmc->provided);
    const bool partition = spmc->pending == SPMC_CONTINUE_PARTITION;
    spmc->pending = SPMC_CONTINUE_NONE;
    spmc->provided = false;
    return step_record(spmc, partition ? spmc_partition_answered(spmc) : spmc_rx_written(spmc));
}

void spmc_arm_interrupts(struct spmc *spmc, uint32_t count)
{
    assert(count <= SPMC_INTERRUPTS_MAX);
    spmc->interrupts_armed = count;
}
