/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DEN0077, chapter "Messaging interfaces", direct messages: FFA_MSG_SEND_DIRECT_REQ and RESP in both widths,
 * REQ2 and RESP2, and the framework's messages about VMs, from the normal world and between partitions. It
 * must not look into the payload.
 *
 * Sources: TF-A 6a164dda (SPMD, EL3 SPMC), Hafnium 21bfbdc1, OP-TEE d5001fe0.
 */
#include <stddef.h>
#include <string.h>

#include "model/abi/ffa.h"
#include "model/spmc/spmc_internal.h"

#define EL3_LOGICAL_PARTITION_FIRST 0xFFC0U /* TF-A: EL3 logical partitions lie below the SPMD's own ID */
#define SPMD_ENDPOINT_ID            0xFFFEU
#define FRAMEWORK_TYPE_MASK         0xFFU
#define WIDE_REGISTER_FIRST         8 /* x8-x17 exist for 64-bit calls from FF-A 1.2 on */

struct direct_request {
    uint32_t sender;
    uint32_t receiver;
    uint32_t flags;
    uint32_t type;
    bool framework;
    bool second;                                /* FFA_MSG_SEND_DIRECT_REQ2 */
    uint32_t index;                             /* of the receiver, or SPMC_NONE */
    const struct spmc_partition_config *config; /* of the receiver, NULL if there is none */
};

enum request_check {
    REQUEST_SENDER = 1,
    REQUEST_EL3_LOGICAL,
    REQUEST_FLAGS,
    REQUEST_VM_MESSAGE,
    REQUEST_RECEIVER_UNKNOWN,
    REQUEST_RECEIVER_PROPERTY,
    REQUEST_BUSY,
    REQUEST_ABORTED,
    REQUEST_THREADS,
    REQUEST_FRAMEWORK_BITS,
    REQUEST_FRAMEWORK_TYPE,
    REQUEST_TO_ITSELF,
    REQUEST_TO_THE_NORMAL_WORLD,
    REQUEST_VERSION_OF_CALLER,   /* REQ2 */
    REQUEST_VERSION_OF_RECEIVER, /* REQ2 */
    REQUEST_UUID,                /* REQ2 */
    REQUEST_SENDER_PROPERTY,
    REQUEST_TO_AN_ANCESTOR,
};

static const struct spmc_check request_orders[SPMC_PROFILE_COUNT][SPMC_CHECKS_MAX] = {
    [SPMC_PROFILE_HAFNIUM] = {{REQUEST_VERSION_OF_CALLER, FFA_NOT_SUPPORTED},
                              {REQUEST_SENDER, FFA_INVALID_PARAMETERS},
                              {REQUEST_EL3_LOGICAL, FFA_INVALID_PARAMETERS},
                              {REQUEST_FLAGS, FFA_INVALID_PARAMETERS},
                              {REQUEST_FRAMEWORK_TYPE, FFA_INVALID_PARAMETERS},
                              {REQUEST_VM_MESSAGE, FFA_INVALID_PARAMETERS},
                              {REQUEST_TO_ITSELF, FFA_INVALID_PARAMETERS},
                              {REQUEST_RECEIVER_UNKNOWN, FFA_INVALID_PARAMETERS},
                              {REQUEST_VERSION_OF_RECEIVER, FFA_DENIED},
                              {REQUEST_UUID, FFA_INVALID_PARAMETERS},
                              {REQUEST_SENDER_PROPERTY, FFA_DENIED},
                              {REQUEST_RECEIVER_PROPERTY, FFA_DENIED},
                              {REQUEST_TO_AN_ANCESTOR, FFA_DENIED},
                              {REQUEST_BUSY, FFA_BUSY},
                              {REQUEST_ABORTED, FFA_ABORTED}},
    [SPMC_PROFILE_EL3_SPMC] = {{REQUEST_VERSION_OF_CALLER, FFA_NOT_SUPPORTED},
                               {REQUEST_SENDER, FFA_INVALID_PARAMETERS},
                               {REQUEST_FLAGS, FFA_INVALID_PARAMETERS},
                               {REQUEST_FRAMEWORK_BITS, FFA_INVALID_PARAMETERS},
                               {REQUEST_TO_ITSELF, FFA_INVALID_PARAMETERS},
                               {REQUEST_RECEIVER_UNKNOWN, FFA_INVALID_PARAMETERS},
                               {REQUEST_VERSION_OF_RECEIVER, FFA_NOT_SUPPORTED},
                               {REQUEST_SENDER_PROPERTY, FFA_DENIED},
                               {REQUEST_RECEIVER_PROPERTY, FFA_DENIED},
                               {REQUEST_BUSY, FFA_BUSY},
                               {REQUEST_ABORTED, FFA_BUSY}},
    [SPMC_PROFILE_OP_TEE] = {{REQUEST_VERSION_OF_CALLER, FFA_NOT_SUPPORTED},
                             {REQUEST_SENDER, FFA_INVALID_PARAMETERS},
                             {REQUEST_EL3_LOGICAL, FFA_INVALID_PARAMETERS},
                             {REQUEST_TO_ITSELF, FFA_INVALID_PARAMETERS},
                             {REQUEST_TO_THE_NORMAL_WORLD, FFA_NOT_SUPPORTED},
                             {REQUEST_RECEIVER_UNKNOWN, FFA_INVALID_PARAMETERS},
                             {REQUEST_VERSION_OF_RECEIVER, FFA_NOT_SUPPORTED},
                             {REQUEST_SENDER_PROPERTY, FFA_NOT_SUPPORTED},
                             {REQUEST_RECEIVER_PROPERTY, FFA_NOT_SUPPORTED},
                             {REQUEST_FLAGS, FFA_INVALID_PARAMETERS},
                             {REQUEST_FRAMEWORK_TYPE, FFA_NOT_SUPPORTED},
                             {REQUEST_VM_MESSAGE, FFA_INVALID_PARAMETERS},
                             {REQUEST_UUID, FFA_INVALID_PARAMETERS},
                             {REQUEST_TO_AN_ANCESTOR, FFA_BUSY},
                             {REQUEST_BUSY, FFA_BUSY},
                             {REQUEST_ABORTED, FFA_ABORTED},
                             {REQUEST_THREADS, FFA_BUSY}},
};

static struct direct_request request_read(const struct spmc *spmc)
{
    const uint32_t w1 = (uint32_t)spmc->call.x[1];
    const bool second = (uint32_t)spmc->call.x[0] == FFA_MSG_SEND_DIRECT_REQ2;
    const uint32_t flags = second ? 0 : (uint32_t)spmc->call.x[2];
    struct direct_request request = {
        .sender = w1 >> 16,
        .receiver = w1 & 0xFFFFU,
        .flags = flags,
        .type = flags & FRAMEWORK_TYPE_MASK,
        .framework = (flags & FFA_DIRECT_MESSAGE_FRAMEWORK) != 0,
        .second = second,
        .index = spmc_partition_find(spmc, w1 & 0xFFFFU),
    };
    if (request.index != SPMC_NONE) {
        request.config = &spmc->config.partitions[request.index];
    }
    return request;
}

static bool endpoint_is_el3_logical(uint32_t endpoint_id)
{
    return endpoint_id >= EL3_LOGICAL_PARTITION_FIRST && endpoint_id <= SPMD_ENDPOINT_ID;
}

/* A partition speaks for itself; the normal world's caller may be a hypervisor that speaks for a VM. */
static bool sender_is_wrong(const struct spmc *spmc, const struct direct_request *request)
{
    if (spmc_caller_is_partition(spmc)) {
        return request->sender != spmc->callers[spmc->caller].id;
    }
    return (request->sender & SPMC_ENDPOINT_SECURE) != 0;
}

static bool type_is_of_vms(const struct direct_request *request)
{
    return request->type == FFA_FRAMEWORK_VM_CREATED || request->type == FFA_FRAMEWORK_VM_DESTROYED;
}

/* Messages about VMs come from the hypervisor, to a partition that subscribed. */
static bool vm_message_is_wrong(const struct spmc *spmc, const struct direct_request *request)
{
    if (!request->framework || !type_is_of_vms(request) || request->config == NULL) {
        return false;
    }
    const uint32_t subscription = request->type == FFA_FRAMEWORK_VM_CREATED
                                      ? FFA_PARTITION_VM_CREATED_MESSAGES
                                      : FFA_PARTITION_VM_DESTROYED_MESSAGES;
    return spmc_caller_is_partition(spmc) || request->sender != SPMC_ENDPOINT_NS_CALLER ||
           (request->config->properties & subscription) == 0;
}

/* x2 and x3 of REQ2: the receiver's service, nil for none in particular. */
static bool uuid_is_wrong(const struct spmc *spmc, const struct direct_request *request)
{
    const uint64_t low = spmc->call.x[2];
    const uint64_t high = spmc->call.x[3];
    if (!request->second || request->config == NULL || (low | high) == 0) {
        return false;
    }
    for (uint32_t i = 0; i < request->config->uuid_count; i++) {
        const uint32_t *words = request->config->uuids[i];
        if (low == (words[0] | (uint64_t)words[1] << 32) && high == (words[2] | (uint64_t)words[3] << 32)) {
            return false;
        }
    }
    return true;
}

static bool sender_lacks_property(const struct spmc *spmc, const struct direct_request *request)
{
    const uint32_t wanted =
        request->second ? FFA_PARTITION_SENDS_DIRECT_REQUESTS2 : FFA_PARTITION_SENDS_DIRECT_REQUESTS;
    return spmc_caller_is_partition(spmc) && (spmc_caller_config(spmc)->properties & wanted) == 0;
}

static bool receiver_lacks_property(const struct direct_request *request)
{
    const uint32_t wanted =
        request->second ? FFA_PARTITION_RECEIVES_DIRECT_REQUESTS2 : FFA_PARTITION_RECEIVES_DIRECT_REQUESTS;
    return request->config != NULL && (request->config->properties & wanted) == 0;
}

static uint64_t receiver_failures(const struct spmc *spmc, const struct direct_request *request)
{
    if (request->index == SPMC_NONE) {
        return spmc_failed(REQUEST_RECEIVER_UNKNOWN, true);
    }
    const uint8_t state = spmc->partitions[request->index].state;
    const bool aborted = state == SPMC_PARTITION_ABORTED && !spmc->config.lifecycle_support;
    const bool old = spmc->callers[request->index].version < FFA_VERSION_1_2;
    return spmc_failed(REQUEST_VERSION_OF_RECEIVER, request->second && old) |
           spmc_failed(REQUEST_TO_AN_ANCESTOR, spmc_partition_is_ancestor(spmc, request->index)) |
           spmc_failed(REQUEST_BUSY, state != SPMC_PARTITION_WAITING && !aborted) |
           spmc_failed(REQUEST_ABORTED, aborted);
}

static uint64_t request_failures(const struct spmc *spmc, const struct direct_request *request)
{
    const uint32_t framework_bits = FFA_DIRECT_MESSAGE_FRAMEWORK | FRAMEWORK_TYPE_MASK;
    /* the SPMD asks what was agreed on first, whatever OP-TEE has agreed on since */
    const bool old = spmc->callers[spmc->caller].width_version < FFA_VERSION_1_2;
    const bool el3 = endpoint_is_el3_logical(request->sender) || endpoint_is_el3_logical(request->receiver);
    const bool normal_world = (request->receiver & SPMC_ENDPOINT_SECURE) == 0;
    return spmc_failed(REQUEST_VERSION_OF_CALLER, request->second && old) |
           spmc_failed(REQUEST_SENDER, sender_is_wrong(spmc, request)) |
           spmc_failed(REQUEST_EL3_LOGICAL, el3) |
           spmc_failed(REQUEST_FLAGS, request->flags != 0 && !request->framework) |
           spmc_failed(REQUEST_FRAMEWORK_BITS,
                       request->framework && (request->flags & ~framework_bits) != 0) |
           spmc_failed(REQUEST_FRAMEWORK_TYPE, request->framework && !type_is_of_vms(request)) |
           spmc_failed(REQUEST_VM_MESSAGE, vm_message_is_wrong(spmc, request)) |
           spmc_failed(REQUEST_TO_ITSELF, request->sender == request->receiver) |
           spmc_failed(REQUEST_TO_THE_NORMAL_WORLD, normal_world) |
           spmc_failed(REQUEST_UUID, uuid_is_wrong(spmc, request)) |
           spmc_failed(REQUEST_SENDER_PROPERTY, sender_lacks_property(spmc, request)) |
           spmc_failed(REQUEST_RECEIVER_PROPERTY, receiver_lacks_property(request)) |
           spmc_failed(REQUEST_THREADS, !spmc_thread_available(spmc)) | receiver_failures(spmc, request);
}

/*
 * The registers as the other side gets them: w registers of a 32-bit call, and x8-x17 only between two sides
 * that both know FF-A 1.2.
 */
static struct smc_frame message_as_delivered(const struct spmc *spmc, uint32_t receiver)
{
    const bool wide = (spmc->call.x[0] & FFA_FUNCTION_64BIT) != 0;
    const bool second = (uint32_t)spmc->call.x[0] == FFA_MSG_SEND_DIRECT_REQ2 ||
                        (uint32_t)spmc->call.x[0] == FFA_MSG_SEND_DIRECT_RESP2;
    const bool extended = wide && spmc->callers[spmc->caller].width_version >= FFA_VERSION_1_2 &&
                          spmc->callers[receiver].width_version >= FFA_VERSION_1_2;
    struct smc_frame frame = {.x = {spmc->call.x[0], (uint32_t)spmc->call.x[1],
                                    second ? spmc->call.x[2] : (uint32_t)spmc->call.x[2]}};
    for (uint32_t i = 3; i < (extended ? SMC_FRAME_REGISTERS : WIDE_REGISTER_FIRST); i++) {
        frame.x[i] = wide ? spmc->call.x[i] : (uint32_t)spmc->call.x[i];
    }
    return frame;
}

struct spmc_step spmc_ffa_direct_request(struct spmc *spmc)
{
    const struct direct_request request = request_read(spmc);
    uint32_t check = 0;
    const int32_t status =
        spmc_first_failed(request_orders[spmc->config.profile], request_failures(spmc, &request), &check);
    if (status != SPMC_CHECK_PASSED) {
        return spmc_refused(spmc, status, check);
    }
    const struct smc_frame message = message_as_delivered(spmc, request.index);
    return spmc_partition_request(spmc, request.index, &message);
}

/* Responses */

enum response_check {
    RESPONSE_FROM_NORMAL_WORLD = 1, /* which has no request open that it could answer */
    RESPONSE_SENDER,
    RESPONSE_TO_ITSELF,
    RESPONSE_FLAGS,
    RESPONSE_WIDE_REGISTERS,
    RESPONSE_RUNTIME_MODEL,
    RESPONSE_RECEIVER,
    RESPONSE_FRAMEWORK,
    RESPONSE_FUNCTION,
};

/* All three split their statuses alike. */
static const struct spmc_check response_order[SPMC_CHECKS_MAX] = {
    {RESPONSE_FROM_NORMAL_WORLD, FFA_INVALID_PARAMETERS},
    {RESPONSE_SENDER, FFA_INVALID_PARAMETERS},
    {RESPONSE_TO_ITSELF, FFA_INVALID_PARAMETERS},
    {RESPONSE_FLAGS, FFA_INVALID_PARAMETERS},
    {RESPONSE_WIDE_REGISTERS, FFA_INVALID_PARAMETERS},
    {RESPONSE_RUNTIME_MODEL, FFA_DENIED},
    {RESPONSE_RECEIVER, FFA_DENIED},
    {RESPONSE_FRAMEWORK, FFA_DENIED},
    {RESPONSE_FUNCTION, FFA_DENIED},
};

static uint32_t function_of_response(uint32_t request_function)
{
    static const uint32_t pairs[][2] = {
        {FFA_MSG_SEND_DIRECT_REQ_32, FFA_MSG_SEND_DIRECT_RESP_32},
        {FFA_MSG_SEND_DIRECT_REQ_64, FFA_MSG_SEND_DIRECT_RESP_64},
        {FFA_MSG_SEND_DIRECT_REQ2, FFA_MSG_SEND_DIRECT_RESP2},
    };
    for (uint32_t i = 0; i < SPMC_COUNT_OF(pairs); i++) {
        if (pairs[i][0] == request_function) {
            return pairs[i][1];
        }
    }
    return 0;
}

/* x8-x17 of a response of 32 or 64 bits must be zero from a partition that knows them. */
static bool wide_registers_used(const struct spmc *spmc)
{
    uint64_t any = 0;
    for (uint32_t i = WIDE_REGISTER_FIRST; i < SMC_FRAME_REGISTERS; i++) {
        any |= spmc->call.x[i];
    }
    return any != 0 && spmc->callers[spmc->caller].version >= FFA_VERSION_1_2 &&
           (uint32_t)spmc->call.x[0] != FFA_MSG_SEND_DIRECT_RESP2;
}

static uint64_t response_failures(const struct spmc *spmc)
{
    if (!spmc_caller_is_partition(spmc)) {
        return spmc_failed(RESPONSE_FROM_NORMAL_WORLD, true);
    }
    const struct spmc_partition *partition = &spmc->partitions[spmc->caller];
    const uint64_t *request = partition->request.x;
    const uint32_t w1 = (uint32_t)spmc->call.x[1];
    const bool second = (uint32_t)spmc->call.x[0] == FFA_MSG_SEND_DIRECT_RESP2;
    const bool asked_second = (uint32_t)request[0] == FFA_MSG_SEND_DIRECT_REQ2;
    const uint32_t w2 = (uint32_t)spmc->call.x[2];
    const bool reserved = second && (spmc->call.x[2] | spmc->call.x[3]) != 0;
    const bool framework = !second && (w2 & FFA_DIRECT_MESSAGE_FRAMEWORK) != 0;
    const bool asked_framework = !asked_second && (request[2] & FFA_DIRECT_MESSAGE_FRAMEWORK) != 0;
    return spmc_failed(RESPONSE_SENDER, w1 >> 16 != spmc->callers[spmc->caller].id) |
           spmc_failed(RESPONSE_TO_ITSELF, w1 >> 16 == (w1 & 0xFFFFU)) |
           spmc_failed(RESPONSE_FLAGS, reserved || (!second && w2 != 0 && !framework)) |
           spmc_failed(RESPONSE_WIDE_REGISTERS, wide_registers_used(spmc)) |
           spmc_failed(RESPONSE_RUNTIME_MODEL, partition->runtime_model != SPMC_RTM_DIRECT_REQUEST) |
           spmc_failed(RESPONSE_RECEIVER, (w1 & 0xFFFFU) != (uint32_t)request[1] >> 16) |
           spmc_failed(RESPONSE_FRAMEWORK, framework != asked_framework) |
           spmc_failed(RESPONSE_FUNCTION,
                       (uint32_t)spmc->call.x[0] != function_of_response((uint32_t)request[0]));
}

struct spmc_step spmc_ffa_direct_response(struct spmc *spmc)
{
    uint32_t check = 0;
    const int32_t status = spmc_first_failed(response_order, response_failures(spmc), &check);
    if (status != SPMC_CHECK_PASSED) {
        return spmc_refused(spmc, status, check);
    }
    const struct smc_frame message = message_as_delivered(spmc, spmc->partitions[spmc->caller].requester);
    return spmc_partition_respond(spmc, &message);
}
