/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The door of the secure world: whose call it is, which function answers it, and how a call ends. The
 * functions themselves are in the file of their chapter.
 *
 * Sources: DEN0028 and DEN0077 ("Conduits and register usage"), TF-A 6a164dda (SPMD) for the registers that
 * the normal world gets back.
 */
#include <assert.h>

#include "model/abi/ffa.h"
#include "model/abi/smccc.h"
#include "model/bus/access.h"
#include "model/spmc/spmc_internal.h"

struct spmc_caller *spmc_caller(struct spmc *spmc)
{
    return &spmc->callers[spmc->caller];
}

bool spmc_caller_is_partition(const struct spmc *spmc)
{
    return spmc->caller != SPMC_NORMAL_WORLD;
}

const struct spmc_partition_config *spmc_caller_config(const struct spmc *spmc)
{
    assert(spmc_caller_is_partition(spmc));
    return &spmc->config.partitions[spmc->caller];
}

uint32_t spmc_partition_find(const struct spmc *spmc, uint32_t endpoint_id)
{
    for (uint32_t i = 0; i < spmc->config.partition_count; i++) {
        if (spmc->config.partitions[i].id == endpoint_id) {
            return i;
        }
    }
    return SPMC_NONE;
}

void spmc_switch_to(struct spmc *spmc, uint32_t caller)
{
    spmc->caller = caller;
    spmc->call = caller == SPMC_NORMAL_WORLD ? spmc->world_call : spmc->partitions[caller].call;
}

/* How a call ends */

struct spmc_step spmc_done_x0(int64_t value)
{
    return (struct spmc_step){
        .need = SPMC_DONE,
        .registers = SPMC_REGISTERS_SMCCC_1_0,
        .frame = {.x = {(uint64_t)value}},
    };
}

static void refusal_record(struct spmc *spmc, int32_t status, uint32_t check)
{
    const enum agent_kind agent = spmc_caller_is_partition(spmc) ? AGENT_PARTITION : AGENT_SPMC;
    event_log_append(spmc->log, EVENT_SPMC_REFUSED, agent, 0, spmc->call.x[0], (uint64_t)(int64_t)status,
                     check, 0);
}

/* PSCI and SMCCC errors fill x0: TF-A sign-extends its int. */
struct spmc_step spmc_refused_x0(struct spmc *spmc, int32_t status, uint32_t check)
{
    refusal_record(spmc, status, check);
    return spmc_done_x0(status);
}

/* The SPMD writes x8-x17 only with a 64-bit result, to a caller that knows FF-A 1.2. */
struct spmc_step spmc_done_ffa(const struct spmc *spmc, const struct smc_frame *frame)
{
    const bool extended = (frame->x[0] & FFA_FUNCTION_64BIT) != 0 &&
                          spmc->callers[spmc->caller].width_version >= FFA_VERSION_1_2;
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

struct spmc_step spmc_shortened(const struct spmc *spmc, struct spmc_step step, uint32_t registers)
{
    if (spmc->config.profile == SPMC_PROFILE_EL3_SPMC) {
        step.registers = registers;
    }
    return step;
}

struct spmc_step spmc_success_short(const struct spmc *spmc)
{
    return spmc_shortened(spmc, spmc_success(spmc, 0, 0), SPMC_REGISTERS_SMCCC_1_0);
}

/* FFA_SUCCESS with one result, in w2. */
static struct spmc_step success_of_id(const struct spmc *spmc, uint32_t id)
{
    return spmc_shortened(spmc, spmc_success(spmc, id, 0), SPMC_REGISTERS_TO_W2);
}

/* Target information in w1 is 0 at the non-secure physical instance; no partition is given any either. */
struct spmc_step spmc_refused(struct spmc *spmc, int32_t status, uint32_t check)
{
    refusal_record(spmc, status, check);
    const struct smc_frame frame = {.x = {FFA_ERROR, 0, (uint32_t)status}};
    return spmc_done_ffa(spmc, &frame);
}

int32_t spmc_first_failed(const struct spmc_check *order, uint64_t failed, uint32_t *check)
{
    for (uint32_t i = 0; order[i].number != 0; i++) {
        assert(i < SPMC_CHECKS_MAX);
        if ((failed >> order[i].number & 1) != 0) {
            *check = order[i].number;
            return order[i].status;
        }
    }
    return SPMC_CHECK_PASSED;
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

/* Which function answers */

static struct spmc_step dispatch_power(struct spmc *spmc, enum spmc_function function)
{
    switch (function) {
    case SPMC_FUNCTION_SMCCC_VERSION:
        return spmc_done_x0(SMCCC_VERSION_1_2);
    case SPMC_FUNCTION_SMCCC_ARCH_FEATURES:
        return spmc_smccc_arch_features(spmc);
    case SPMC_FUNCTION_PSCI_VERSION:
        return spmc_done_x0(PSCI_VERSION_1_1);
    case SPMC_FUNCTION_PSCI_FEATURES:
        return spmc_psci_features(spmc);
    case SPMC_FUNCTION_PSCI_SYSTEM:
        return spmc_psci_system(spmc);
    case SPMC_FUNCTION_PSCI_SYSTEM_RESET2:
        return spmc_psci_system_reset2(spmc);
    case SPMC_FUNCTION_PSCI_CPU_ON:
        return spmc_psci_cpu_on(spmc);
    case SPMC_FUNCTION_PSCI_CPU_OFF:
        return spmc_psci_cpu_off(spmc);
    case SPMC_FUNCTION_PSCI_AFFINITY_INFO:
        return spmc_psci_affinity_info(spmc);
    case SPMC_FUNCTION_UNSUPPORTED:
        return spmc_refused(spmc, FFA_NOT_SUPPORTED, 1);
    default:
        return spmc_refused_x0(spmc, SMCCC_NOT_SUPPORTED, 1);
    }
}

static struct spmc_step dispatch_setup(struct spmc *spmc, enum spmc_function function)
{
    switch (function) {
    case SPMC_FUNCTION_VERSION:
        return spmc_ffa_version(spmc);
    case SPMC_FUNCTION_FEATURES:
        return spmc_ffa_features(spmc);
    case SPMC_FUNCTION_ID_GET:
        return success_of_id(spmc, spmc_caller(spmc)->id);
    case SPMC_FUNCTION_SPM_ID_GET:
        return success_of_id(spmc, spmc->config.spmc_id);
    case SPMC_FUNCTION_RXTX_MAP:
        return spmc_ffa_rxtx_map(spmc);
    case SPMC_FUNCTION_RXTX_UNMAP:
        return spmc_ffa_rxtx_unmap(spmc);
    case SPMC_FUNCTION_RX_ACQUIRE:
        return spmc_ffa_rx_acquire(spmc);
    case SPMC_FUNCTION_RX_RELEASE:
        return spmc_ffa_rx_release(spmc);
    case SPMC_FUNCTION_PARTITION_INFO_GET:
        return spmc_ffa_partition_info_get(spmc);
    case SPMC_FUNCTION_PARTITION_INFO_GET_REGS:
        return spmc_ffa_partition_info_get_regs(spmc);
    default:
        assert(function == SPMC_FUNCTION_CONSOLE_LOG);
        return spmc_ffa_console_log(spmc);
    }
}

static struct spmc_step dispatch_cycles(struct spmc *spmc, enum spmc_function function)
{
    switch (function) {
    case SPMC_FUNCTION_DIRECT_REQUEST:
        return spmc_ffa_direct_request(spmc);
    case SPMC_FUNCTION_DIRECT_RESPONSE:
        return spmc_ffa_direct_response(spmc);
    case SPMC_FUNCTION_ERROR:
        return spmc_ffa_error(spmc);
    case SPMC_FUNCTION_INTERRUPT:
        return spmc_ffa_interrupt(spmc);
    case SPMC_FUNCTION_MSG_WAIT:
        return spmc_ffa_msg_wait(spmc);
    case SPMC_FUNCTION_YIELD:
        return spmc_ffa_yield(spmc);
    case SPMC_FUNCTION_RUN:
        return spmc_ffa_run(spmc);
    case SPMC_FUNCTION_NORMAL_WORLD_RESUME: /* the SPMD takes it from the secure world alone */
        return spmc_refused(spmc, FFA_DENIED, 1);
    default:
        assert(function == SPMC_FUNCTION_MSG_SEND2);
        return spmc_ffa_msg_send2(spmc);
    }
}

static struct spmc_step dispatch_notifications(struct spmc *spmc, enum spmc_function function)
{
    switch (function) {
    case SPMC_FUNCTION_NOTIFICATION_BITMAP_CREATE:
        return spmc_ffa_notification_bitmap_create(spmc);
    case SPMC_FUNCTION_NOTIFICATION_BITMAP_DESTROY:
        return spmc_ffa_notification_bitmap_destroy(spmc);
    case SPMC_FUNCTION_NOTIFICATION_BIND:
        return spmc_ffa_notification_bind(spmc);
    case SPMC_FUNCTION_NOTIFICATION_UNBIND:
        return spmc_ffa_notification_unbind(spmc);
    case SPMC_FUNCTION_NOTIFICATION_SET:
        return spmc_ffa_notification_set(spmc);
    case SPMC_FUNCTION_NOTIFICATION_GET:
        return spmc_ffa_notification_get(spmc);
    default:
        assert(function == SPMC_FUNCTION_NOTIFICATION_INFO_GET);
        return spmc_ffa_notification_info_get(spmc);
    }
}

/* The EL3 SPMC knows nobody who has not told it his version. */
static bool version_is_missing(struct spmc *spmc, enum spmc_function function)
{
    return spmc->config.profile == SPMC_PROFILE_EL3_SPMC && !spmc_caller(spmc)->version_known &&
           function >= SPMC_FUNCTION_FFA_SETUP && function != SPMC_FUNCTION_VERSION;
}

struct spmc_step spmc_dispatch(struct spmc *spmc)
{
    const struct spmc_function_use use = spmc_function_find(spmc, (uint32_t)spmc->call.x[0]);
    if (version_is_missing(spmc, use.function)) {
        return spmc_refused(spmc, FFA_NOT_SUPPORTED, 1);
    }
    struct spmc_caller *caller = spmc_caller(spmc);
    caller->version_fixed = caller->version_fixed || use.reaches_spmc;
    if (use.function < SPMC_FUNCTION_FFA_SETUP) {
        return dispatch_power(spmc, use.function);
    }
    if (use.function < SPMC_FUNCTION_FFA_CYCLES) {
        return dispatch_setup(spmc, use.function);
    }
    if (use.function < SPMC_FUNCTION_FFA_NOTIFICATIONS) {
        return dispatch_cycles(spmc, use.function);
    }
    if (use.function < SPMC_FUNCTION_FFA_MEMORY) {
        return dispatch_notifications(spmc, use.function);
    }
    return spmc_ffa_memory(spmc, use.function);
}
