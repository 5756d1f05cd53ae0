/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DEN0077, chapter "Messaging interfaces", direct messages: FFA_MSG_SEND_DIRECT_REQ and RESP in both widths.
 * Checks in the order of TF-A's SPMD 6a164dda, then Hafnium 21bfbdc1. It must not look into the payload.
 */
#include <string.h>

#include "model/abi/ffa.h"
#include "model/spmc/spmc_internal.h"

#define EL3_LOGICAL_PARTITION_FIRST 0xFFC0U /* TF-A: EL3 logical partitions lie below the SPMD's own ID */
#define SPMD_ENDPOINT_ID            0xFFFEU
#define FRAMEWORK_TYPE_MASK         0xFFU
#define WIDE_REGISTER_FIRST         8 /* x8-x17 exist for 64-bit calls from FF-A 1.2 on */

struct direct_message {
    uint32_t sender;
    uint32_t receiver;
    uint32_t flags;
    uint32_t partition; /* index of the receiver, or SPMC_PARTITION_NONE */
};

static bool endpoint_is_el3_logical(uint32_t endpoint_id)
{
    return endpoint_id >= EL3_LOGICAL_PARTITION_FIRST && endpoint_id <= SPMD_ENDPOINT_ID;
}

static int32_t sender_in_normal_world(const struct direct_message *message)
{
    return (message->sender & SPMC_ENDPOINT_SECURE) == 0 ? SPMC_CHECK_PASSED : FFA_INVALID_PARAMETERS;
}

static int32_t endpoints_not_in_el3(const struct direct_message *message)
{
    const bool el3 = endpoint_is_el3_logical(message->sender) || endpoint_is_el3_logical(message->receiver);
    return el3 ? FFA_INVALID_PARAMETERS : SPMC_CHECK_PASSED;
}

static int32_t flags_zero_or_framework(const struct direct_message *message)
{
    const bool framework = (message->flags & FFA_DIRECT_MESSAGE_FRAMEWORK) != 0;
    return message->flags == 0 || framework ? SPMC_CHECK_PASSED : FFA_INVALID_PARAMETERS;
}

/* The normal world's framework messages tell of VMs: from the hypervisor, to a partition that subscribed. */
static int32_t framework_message_subscribed(const struct spmc *spmc, const struct direct_message *message)
{
    if ((message->flags & FFA_DIRECT_MESSAGE_FRAMEWORK) == 0 || message->partition == SPMC_PARTITION_NONE) {
        return SPMC_CHECK_PASSED; /* an unknown receiver fails further down, with the same status */
    }
    const uint32_t type = message->flags & FRAMEWORK_TYPE_MASK;
    const uint32_t properties = spmc->config.partitions[message->partition].properties;
    const bool subscribed =
        (type == FFA_FRAMEWORK_VM_CREATED && (properties & FFA_PARTITION_VM_CREATED_MESSAGES) != 0) ||
        (type == FFA_FRAMEWORK_VM_DESTROYED && (properties & FFA_PARTITION_VM_DESTROYED_MESSAGES) != 0);
    const bool allowed = subscribed && message->sender == SPMC_ENDPOINT_NS_CALLER;
    return allowed ? SPMC_CHECK_PASSED : FFA_INVALID_PARAMETERS;
}

static int32_t receiver_known(const struct direct_message *message)
{
    return message->partition != SPMC_PARTITION_NONE ? SPMC_CHECK_PASSED : FFA_INVALID_PARAMETERS;
}

static int32_t receiver_takes_requests(const struct spmc *spmc, const struct direct_message *message)
{
    if (message->partition == SPMC_PARTITION_NONE) {
        return SPMC_CHECK_PASSED;
    }
    const uint32_t properties = spmc->config.partitions[message->partition].properties;
    return (properties & FFA_PARTITION_RECEIVES_DIRECT_REQUESTS) != 0 ? SPMC_CHECK_PASSED : FFA_DENIED;
}

static int32_t receiver_waits(const struct spmc *spmc, const struct direct_message *message)
{
    static const int32_t statuses[] = {
        [SPMC_PARTITION_WAITING] = SPMC_CHECK_PASSED, [SPMC_PARTITION_RUNNING] = FFA_BUSY,
        [SPMC_PARTITION_PREEMPTED] = FFA_BUSY,        [SPMC_PARTITION_ABORTED] = FFA_ABORTED,
        [SPMC_PARTITION_BLOCKED] = FFA_BUSY,          [SPMC_PARTITION_CREATED] = FFA_BUSY,
    };
    if (message->partition == SPMC_PARTITION_NONE) {
        return SPMC_CHECK_PASSED;
    }
    return statuses[spmc->partitions[message->partition].state];
}

/*
 * The registers as the receiver gets them: w registers of a 32-bit call, and x8-x17 only between two sides
 * that both know FF-A 1.2.
 */
static struct smc_frame request_as_delivered(const struct spmc *spmc, uint32_t partition)
{
    const bool wide = (spmc->call.x[0] & FFA_FUNCTION_64BIT) != 0;
    const bool extended = wide && spmc->callers[spmc->caller].version >= FFA_VERSION_1_2 &&
                          spmc->config.partitions[partition].ffa_version >= FFA_VERSION_1_2;
    struct smc_frame frame = {.x = {spmc->call.x[0], (uint32_t)spmc->call.x[1], (uint32_t)spmc->call.x[2]}};
    for (uint32_t i = 3; i < (extended ? SMC_FRAME_REGISTERS : WIDE_REGISTER_FIRST); i++) {
        frame.x[i] = wide ? spmc->call.x[i] : (uint32_t)spmc->call.x[i];
    }
    return frame;
}

struct spmc_step spmc_ffa_direct_request(struct spmc *spmc)
{
    const uint32_t w1 = (uint32_t)spmc->call.x[1];
    const struct direct_message message = {
        .sender = w1 >> 16,
        .receiver = w1 & 0xFFFFU,
        .flags = (uint32_t)spmc->call.x[2],
        .partition = spmc_partition_find(spmc, w1 & 0xFFFFU),
    };
    /* sender == receiver needs no check of its own: the one is non-secure, the other a partition. */
    const int32_t statuses[] = {
        sender_in_normal_world(&message),  endpoints_not_in_el3(&message),
        flags_zero_or_framework(&message), framework_message_subscribed(spmc, &message),
        receiver_known(&message),          receiver_takes_requests(spmc, &message),
        receiver_waits(spmc, &message),
    };
    uint32_t check = 0;
    const int32_t status = spmc_first_refusal(statuses, SPMC_COUNT_OF(statuses), &check);
    if (status != SPMC_CHECK_PASSED) {
        return spmc_refused(spmc, status, check);
    }
    const struct smc_frame request = request_as_delivered(spmc, message.partition);
    return spmc_partition_request(spmc, message.partition, &request);
}

/*
 * "FFA_MSG_SEND_DIRECT_RESP": endpoints swapped, the width of the request, w2 zero or a framework response to
 * a framework request, and x8-x17 zero from a partition that knows them.
 */
bool spmc_direct_response_valid(const struct spmc_partition *partition, const struct smc_frame *response)
{
    const uint64_t *request = partition->request.x;
    const bool wide = (request[0] & FFA_FUNCTION_64BIT) != 0;
    const uint32_t expected = wide ? FFA_MSG_SEND_DIRECT_RESP_64 : FFA_MSG_SEND_DIRECT_RESP_32;
    const uint32_t endpoints = (uint32_t)request[1] << 16 | (uint32_t)request[1] >> 16;
    const bool framework = (request[2] & FFA_DIRECT_MESSAGE_FRAMEWORK) != 0;
    const uint32_t w2 = (uint32_t)response->x[2];
    if ((uint32_t)response->x[0] != expected || (uint32_t)response->x[1] != endpoints) {
        return false;
    }
    if (framework ? (w2 & FFA_DIRECT_MESSAGE_FRAMEWORK) == 0 : w2 != 0) {
        return false;
    }
    uint64_t any = 0;
    for (uint32_t i = WIDE_REGISTER_FIRST; i < SMC_FRAME_REGISTERS; i++) {
        any |= response->x[i];
    }
    return any == 0;
}
