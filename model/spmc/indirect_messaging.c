/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DEN0077, "FFA_MSG_SEND2": a message from the caller's TX buffer to the receiver's RX buffer. The TX buffer
 * is copied once; the copy is validated and delivered. Hafnium 21bfbdc1 is the only one of the three that has
 * it. Messages of VMs, which a hypervisor forwards, are not modelled: a VM has no buffers.
 */
#include <string.h>

#include "model/abi/ffa.h"
#include "model/spmc/spmc_internal.h"

enum send_check {
    SEND_ON_BEHALF = 1, /* w1[31:16] set by another than a hypervisor */
    SEND_NO_BUFFER,
    SEND_SENDER,
    SEND_TO_ITSELF,
    SEND_FLAGS,
    SEND_RECEIVER_UNKNOWN,
    SEND_NOT_CAPABLE,
    SEND_UUID,
    SEND_RX_FULL,
    SEND_PAYLOAD,
};

static const struct spmc_check send_order[SPMC_CHECKS_MAX] = {
    {SEND_ON_BEHALF, FFA_INVALID_PARAMETERS},
    {SEND_NO_BUFFER, FFA_DENIED},
    {SEND_SENDER, FFA_INVALID_PARAMETERS},
    {SEND_TO_ITSELF, FFA_INVALID_PARAMETERS},
    {SEND_FLAGS, FFA_INVALID_PARAMETERS},
    {SEND_RECEIVER_UNKNOWN, FFA_INVALID_PARAMETERS},
    {SEND_NOT_CAPABLE, FFA_DENIED},
    {SEND_UUID, FFA_INVALID_PARAMETERS},
    {SEND_RX_FULL, FFA_BUSY},
    {SEND_PAYLOAD, FFA_INVALID_PARAMETERS},
};
struct indirect_message {
    struct ffa_partition_message_v1_2 header;
    uint32_t header_size;
    uint32_t receiver; /* index in `callers`, or SPMC_NONE */
};

struct spmc_step spmc_ffa_msg_send2(struct spmc *spmc)
{
    const struct spmc_caller *caller = spmc_caller(spmc);
    const uint32_t on_behalf = (uint32_t)spmc->call.x[1] >> 16;
    const bool partition = spmc_caller_is_partition(spmc);
    const uint64_t failed = spmc_failed(SEND_ON_BEHALF, partition && on_behalf != 0) |
                            spmc_failed(SEND_NO_BUFFER, !caller->buffers.mapped || on_behalf != 0);
    uint32_t check = 0;
    const int32_t status = spmc_first_failed(send_order, failed, &check);
    if (status != SPMC_CHECK_PASSED) {
        return spmc_refused(spmc, status, check);
    }
    return spmc_need_read(spmc, SPMC_CONTINUE_INDIRECT_HEADER, caller->space, caller->buffers.tx_pa,
                          spmc->rx_image, caller->buffers.pages * SPMC_PAGE_SIZE);
}

static uint32_t receiver_find(const struct spmc *spmc, uint16_t endpoint_id)
{
    return endpoint_id == SPMC_ENDPOINT_NS_CALLER ? SPMC_NORMAL_WORLD
                                                  : spmc_partition_find(spmc, endpoint_id);
}

static struct indirect_message message_read(const struct spmc *spmc)
{
    const bool with_uuid = spmc->callers[spmc->caller].version >= FFA_VERSION_1_2;
    struct indirect_message message = {
        .header_size =
            with_uuid ? sizeof(struct ffa_partition_message_v1_2) : sizeof(struct ffa_partition_message_v1_1),
    };
    memcpy(&message.header, spmc->rx_image, message.header_size);
    message.receiver = receiver_find(spmc, message.header.head.receiver);
    return message;
}

static bool endpoint_is_capable(const struct spmc *spmc, uint32_t index)
{
    if (spmc->callers[index].version < FFA_VERSION_1_1) {
        return false;
    }
    return index == SPMC_NORMAL_WORLD ||
           (spmc->config.partitions[index].properties & FFA_PARTITION_INDIRECT_MESSAGES) != 0;
}

/* From 1.2 on the sender may name a service of the receiver; nil names none. */
static bool uuid_is_wrong(const struct spmc *spmc, const struct indirect_message *message)
{
    static const uint32_t nil[SPMC_UUID_WORDS];
    const uint32_t *uuid = message->header.uuid;
    if (memcmp(uuid, nil, sizeof(nil)) == 0 || message->receiver == SPMC_NORMAL_WORLD) {
        return false;
    }
    const struct spmc_partition_config *receiver = &spmc->config.partitions[message->receiver];
    for (uint32_t i = 0; i < receiver->uuid_count; i++) {
        if (memcmp(uuid, receiver->uuids[i], sizeof(nil)) == 0) {
            return false;
        }
    }
    return true;
}

static uint64_t receiver_failures(const struct spmc *spmc, const struct indirect_message *message)
{
    if (message->receiver == SPMC_NONE) {
        return spmc_failed(SEND_RECEIVER_UNKNOWN, true);
    }
    const struct spmc_buffers *to = &spmc->callers[message->receiver].buffers;
    const struct ffa_partition_message_v1_1 *head = &message->header.head;
    const uint64_t end = (uint64_t)head->offset + head->size;
    const uint64_t sent = (uint64_t)spmc->callers[spmc->caller].buffers.pages * SPMC_PAGE_SIZE;
    const uint64_t room = (uint64_t)to->pages * SPMC_PAGE_SIZE;
    const bool capable =
        endpoint_is_capable(spmc, spmc->caller) && endpoint_is_capable(spmc, message->receiver);
    return spmc_failed(SEND_NOT_CAPABLE, !capable) | spmc_failed(SEND_UUID, uuid_is_wrong(spmc, message)) |
           spmc_failed(SEND_RX_FULL, !to->mapped || to->rx_full) |
           spmc_failed(SEND_PAYLOAD, head->offset < message->header_size || end > sent || end > room);
}

/* The SPMC has its own copy of the sender's TX buffer. */
struct spmc_step spmc_indirect_header_read(struct spmc *spmc)
{
    if (!spmc->provided_well) {
        return spmc_refused(spmc, FFA_ABORTED, SPMC_CHECK_BEYOND);
    }
    const struct indirect_message message = message_read(spmc);
    const struct ffa_partition_message_v1_1 *head = &message.header.head;
    const uint32_t flags = (uint32_t)spmc->call.x[2];
    const uint32_t allowed = spmc_caller_is_partition(spmc) ? FFA_MSG_SEND2_DELAY_SRI : 0;
    const uint64_t failed = spmc_failed(SEND_SENDER, head->sender != spmc_caller(spmc)->id) |
                            spmc_failed(SEND_TO_ITSELF, head->sender == head->receiver) |
                            spmc_failed(SEND_FLAGS, (flags & ~allowed) != 0) |
                            receiver_failures(spmc, &message);
    uint32_t check = 0;
    const int32_t status = spmc_first_failed(send_order, failed, &check);
    if (status != SPMC_CHECK_PASSED) {
        return spmc_refused(spmc, status, check);
    }
    spmc->indirect_receiver = message.receiver;
    const struct spmc_caller *receiver = &spmc->callers[message.receiver];
    return spmc_need_write(spmc, SPMC_CONTINUE_INDIRECT_MESSAGE, receiver->space, receiver->buffers.rx_pa,
                           spmc->rx_image, head->offset + head->size);
}

/* The RX buffer belongs to the receiver, who is notified of it. */
struct spmc_step spmc_indirect_message_written(struct spmc *spmc)
{
    if (!spmc->provided_well) {
        return spmc_refused(spmc, FFA_ABORTED, SPMC_CHECK_BEYOND);
    }
    spmc->callers[spmc->indirect_receiver].buffers.rx_full = true;
    const bool delay = ((uint32_t)spmc->call.x[2] & FFA_MSG_SEND2_DELAY_SRI) != 0;
    spmc_notify_rx_full(spmc, spmc->indirect_receiver, delay);
    return spmc_success(spmc, 0, 0);
}
