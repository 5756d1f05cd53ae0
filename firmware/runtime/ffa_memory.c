/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Header, access descriptors, composite descriptor, ranges, in this order and without gaps: every one of them
 * is a multiple of 16 bytes.
 */
#include "firmware/runtime/ffa_memory.h"

#include "firmware/common/memory.h"
#include "model/abi/ffa.h"
#include "model/abi/ffa_memory.h"

static_assert(sizeof(struct ffa_memory_transaction_v1_1) +
                      FFA_MEMORY_SEND_BORROWERS_MAX * sizeof(struct ffa_memory_access_v1_0) +
                      sizeof(struct ffa_memory_composite) +
                      FFA_MEMORY_SEND_RANGES_MAX * sizeof(struct ffa_memory_constituent) <=
                  FFA_MEMORY_SEND_SIZE_MAX,
              "the largest descriptor has room");

static uint32_t transaction_put(const struct ffa_memory_send *send, uint8_t *descriptor)
{
    if (send->version < FFA_VERSION_1_1) {
        const struct ffa_memory_transaction_v1_0 header = {
            .sender_id = send->sender_id,
            .attributes = (uint8_t)send->attributes,
            .flags = send->flags,
            .tag = send->tag,
            .access_count = send->borrower_count,
        };
        memcpy(descriptor, &header, sizeof(header));
        return sizeof(header);
    }
    const struct ffa_memory_transaction_v1_1 header = {
        .sender_id = send->sender_id,
        .attributes = send->attributes,
        .flags = send->flags,
        .tag = send->tag,
        .access_size = sizeof(struct ffa_memory_access_v1_0),
        .access_count = send->borrower_count,
        .access_offset = sizeof(header),
    };
    memcpy(descriptor, &header, sizeof(header));
    return sizeof(header);
}

static uint32_t accesses_put(const struct ffa_memory_send *send, uint8_t *descriptor, uint32_t at)
{
    const uint32_t composite = at + send->borrower_count * (uint32_t)sizeof(struct ffa_memory_access_v1_0);

    for (uint32_t index = 0; index < send->borrower_count; index++) {
        const struct ffa_memory_access_v1_0 access = {
            .endpoint_id = send->borrowers[index].endpoint_id,
            .permissions = send->borrowers[index].permissions,
            .flags = send->borrowers[index].flags,
            .composite_offset = composite,
        };
        memcpy(descriptor + at, &access, sizeof(access));
        at += (uint32_t)sizeof(access);
    }
    return at;
}

uint32_t ffa_memory_send_build(const struct ffa_memory_send *send, uint8_t *descriptor)
{
    struct ffa_memory_composite composite = {.constituent_count = send->range_count};
    const uint32_t composite_at = accesses_put(send, descriptor, transaction_put(send, descriptor));
    uint32_t at = composite_at + (uint32_t)sizeof(composite);

    for (uint32_t index = 0; index < send->range_count; index++) {
        const struct ffa_memory_constituent range = {.address = send->ranges[index].address,
                                                     .page_count = send->ranges[index].pages};
        memcpy(descriptor + at, &range, sizeof(range));
        at += (uint32_t)sizeof(range);
        composite.page_count += range.page_count;
    }
    memcpy(descriptor + composite_at, &composite, sizeof(composite));
    return at;
}
