/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The descriptors that a borrower writes to its TX buffer and reads from its RX buffer. FF-A (DEN0077),
 * "Memory transaction descriptor", "FFA_MEM_RETRIEVE_REQ", "FFA_MEM_RELINQUISH". A response is checked like
 * anything that comes from outside. It must not access memory: all of it works on a private copy.
 */
#include <stddef.h>
#include <string.h>

#include "model/abi/ffa_memory.h"
#include "model/partition/partition_internal.h"

/* How the transaction descriptor looks in the version that the partition was written for. */
static bool descriptor_is_v1_0(const struct partition *partition)
{
    return partition->config.ffa_version < FFA_VERSION_1_1;
}

/* Who sends a command to a borrower is who has sent the memory: bit 15 of an endpoint ID tells its world. */
static bool sender_is_secure(const struct partition *partition)
{
    return (partition->request.x[1] >> 31 & 1) != 0;
}

static uint32_t transaction_encode(struct partition *partition, uint64_t handle, uint32_t flags,
                                   uint16_t attributes, uint64_t tag)
{
    const uint16_t sender = (uint16_t)(partition->request.x[1] >> 16);
    if (descriptor_is_v1_0(partition)) {
        const struct ffa_memory_transaction_v1_0 header = {
            .sender_id = sender,
            .attributes = (uint8_t)attributes,
            .flags = flags,
            .handle = handle,
            .tag = tag,
            .access_count = 1,
        };
        memcpy(partition->transfer, &header, sizeof(header));
        return sizeof(header);
    }
    const struct ffa_memory_transaction_v1_1 header = {
        .sender_id = sender,
        .attributes = attributes,
        .flags = flags,
        .handle = handle,
        .tag = tag,
        .access_size = sizeof(struct ffa_memory_access_v1_0),
        .access_count = 1,
        .access_offset = sizeof(header),
    };
    memcpy(partition->transfer, &header, sizeof(header));
    return sizeof(header);
}

uint32_t borrower_retrieve_encode(struct partition *partition, uint64_t handle, uint32_t flags,
                                  uint64_t access, uint64_t tag)
{
    const uint8_t data = (uint8_t)(access & FFA_MEMORY_DATA_ACCESS);
    const struct ffa_memory_access_v1_0 own = {
        .endpoint_id = partition->config.id,
        .permissions = (uint8_t)((data != 0 ? data : FFA_MEMORY_DATA_READ_WRITE) |
                                 (access & FFA_MEMORY_INSTRUCTION_ACCESS)),
    };
    const uint32_t offset = transaction_encode(partition, handle, flags, (uint16_t)(access >> 8), tag);
    memcpy(&partition->transfer[offset], &own, sizeof(own));
    return offset + (uint32_t)sizeof(own);
}

uint32_t borrower_relinquish_encode(struct partition *partition, uint64_t handle, uint32_t flags)
{
    const struct ffa_memory_relinquish header = {.handle = handle, .flags = flags, .endpoint_count = 1};
    memcpy(partition->transfer, &header, sizeof(header));
    memcpy(&partition->transfer[sizeof(header)], &partition->config.id, sizeof(partition->config.id));
    return (uint32_t)(sizeof(header) + sizeof(partition->config.id));
}

/* The response. */

struct response {
    uint64_t handle;
    uint16_t attributes;
    uint32_t access_count;
    uint32_t access_size;
    uint32_t access_offset;
};

static bool transaction_decode(const struct partition *partition, uint32_t size, struct response *response)
{
    if (descriptor_is_v1_0(partition)) {
        struct ffa_memory_transaction_v1_0 header;
        if (size < sizeof(header)) {
            return false;
        }
        memcpy(&header, partition->transfer, sizeof(header));
        *response = (struct response){header.handle, header.attributes, header.access_count,
                                      sizeof(struct ffa_memory_access_v1_0), sizeof(header)};
        return true;
    }
    struct ffa_memory_transaction_v1_1 header;
    if (size < sizeof(header)) {
        return false;
    }
    memcpy(&header, partition->transfer, sizeof(header));
    *response = (struct response){header.handle, header.attributes, header.access_count, header.access_size,
                                  header.access_offset};
    return true;
}

/* Its own access descriptor among those of all borrowers. */
static bool access_decode(const struct partition *partition, uint32_t size, const struct response *response,
                          struct ffa_memory_access_v1_0 *access)
{
    if (response->access_size < sizeof(*access)) {
        return false;
    }
    for (uint32_t i = 0; i < response->access_count; i++) {
        const uint64_t offset = response->access_offset + (uint64_t)i * response->access_size;
        if (offset + sizeof(*access) > size) {
            return false;
        }
        memcpy(access, &partition->transfer[offset], sizeof(*access));
        if (access->endpoint_id == partition->config.id) {
            return true;
        }
    }
    return false;
}

static bool ranges_decode(const struct partition *partition, uint32_t size, uint64_t offset,
                          struct partition_loan *loan)
{
    struct ffa_memory_composite composite;
    if (offset + sizeof(composite) > size) {
        return false;
    }
    memcpy(&composite, &partition->transfer[offset], sizeof(composite));
    offset += sizeof(composite);
    if (composite.constituent_count == 0 || composite.constituent_count > PARTITION_RANGES_MAX) {
        return false;
    }
    for (uint32_t i = 0; i < composite.constituent_count; i++) {
        struct ffa_memory_constituent range;
        if (offset + sizeof(range) > size) {
            return false;
        }
        memcpy(&range, &partition->transfer[offset], sizeof(range));
        offset += sizeof(range);
        loan->ranges[i] =
            (struct partition_range){range.address, (uint64_t)range.page_count * PARTITION_PAGE_SIZE};
    }
    loan->range_count = composite.constituent_count;
    return true;
}

/*
 * How it maps the memory: as the response says, and as Normal write-back where that says nothing. Stage 1 is
 * its own, and the less cacheable of two stages holds (Arm ARM, "Combining stage 1 and stage 2 memory type
 * attributes").
 */
static void mapping_choose(const struct partition *partition, struct partition_loan *loan,
                           uint16_t attributes)
{
    const uint32_t type = attributes & FFA_MEMORY_TYPE;
    const bool non_cacheable = partition->config.maps_non_cacheable ||
                               (attributes & FFA_MEMORY_CACHEABILITY) == FFA_MEMORY_NON_CACHEABLE;
    loan->memory_type = MEMORY_NORMAL_WB;
    loan->shareability = SHAREABILITY_INNER;
    if (type == FFA_MEMORY_TYPE_DEVICE) {
        loan->memory_type = (uint8_t)(MEMORY_DEVICE_NGNRNE + ((attributes & FFA_MEMORY_DEVICE_TYPE) >> 2));
        loan->shareability = SHAREABILITY_OUTER;
    } else if (non_cacheable && (type == FFA_MEMORY_TYPE_NORMAL || partition->config.maps_non_cacheable)) {
        loan->memory_type = MEMORY_NORMAL_NC;
        loan->shareability = SHAREABILITY_OUTER;
    }
}

bool borrower_response_decode(const struct partition *partition, uint32_t size, struct partition_loan *loan)
{
    struct response response;
    struct ffa_memory_access_v1_0 access;
    if (!transaction_decode(partition, size, &response) || response.handle != loan->handle ||
        !access_decode(partition, size, &response, &access) ||
        !ranges_decode(partition, size, access.composite_offset, loan)) {
        return false;
    }
    loan->attributes = response.attributes;
    loan->permissions = access.permissions;
    loan->pa_space = sender_is_secure(partition) ? PA_SPACE_SECURE : PA_SPACE_NON_SECURE;
    mapping_choose(partition, loan, response.attributes);
    return true;
}
