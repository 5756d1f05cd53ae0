/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Descriptors of DEN0077, "Memory management interfaces": memory_descriptor.h.
 */
#include "model/spmc/memory_descriptor.h"

#include <assert.h>
#include <string.h>

#include "model/abi/ffa.h"

static bool version_is_1_0(uint32_t version)
{
    return version < FFA_VERSION_1_1;
}

/* No sum is made: neither can overflow. */
static bool inside(uint64_t size, uint64_t offset, uint64_t length)
{
    return offset <= size && length <= size - offset;
}

uint32_t memory_descriptor_header_size(uint32_t version)
{
    return version_is_1_0(version) ? sizeof(struct ffa_memory_transaction_v1_0)
                                   : sizeof(struct ffa_memory_transaction_v1_1);
}

static struct memory_descriptor_header header_of_1_0(const uint8_t *bytes)
{
    struct ffa_memory_transaction_v1_0 wire;
    memcpy(&wire, bytes, sizeof(wire));
    return (struct memory_descriptor_header){
        .sender_id = wire.sender_id,
        .attributes = wire.attributes,
        .flags = wire.flags,
        .handle = wire.handle,
        .tag = wire.tag,
        .access_size = sizeof(struct ffa_memory_access_v1_0),
        .access_count = wire.access_count,
        .access_offset = sizeof(wire),
        .reserved_zero = wire.reserved0 == 0 && wire.reserved1 == 0,
    };
}

static struct memory_descriptor_header header_of_1_1(const uint8_t *bytes)
{
    struct ffa_memory_transaction_v1_1 wire;
    memcpy(&wire, bytes, sizeof(wire));
    return (struct memory_descriptor_header){
        .sender_id = wire.sender_id,
        .attributes = wire.attributes,
        .flags = wire.flags,
        .handle = wire.handle,
        .tag = wire.tag,
        .access_size = wire.access_size,
        .access_count = wire.access_count,
        .access_offset = wire.access_offset,
        .reserved_zero = (wire.reserved[0] | wire.reserved[1] | wire.reserved[2]) == 0,
    };
}

bool memory_descriptor_header_read(const uint8_t *bytes, uint64_t size, uint32_t version,
                                   struct memory_descriptor_header *header)
{
    if (size < memory_descriptor_header_size(version)) {
        return false;
    }
    *header = version_is_1_0(version) ? header_of_1_0(bytes) : header_of_1_1(bytes);
    return true;
}

static void header_write_1_0(const struct memory_descriptor_header *header, uint8_t *bytes)
{
    const struct ffa_memory_transaction_v1_0 wire = {
        .sender_id = header->sender_id,
        .attributes = (uint8_t)header->attributes,
        .flags = header->flags,
        .handle = header->handle,
        .tag = header->tag,
        .access_count = header->access_count,
    };
    memcpy(bytes, &wire, sizeof(wire));
}

void memory_descriptor_header_write(const struct memory_descriptor_header *header, uint32_t version,
                                    uint8_t *bytes)
{
    if (version_is_1_0(version)) {
        header_write_1_0(header, bytes);
        return;
    }
    const struct ffa_memory_transaction_v1_1 wire = {
        .sender_id = header->sender_id,
        .attributes = header->attributes,
        .flags = header->flags,
        .handle = header->handle,
        .tag = header->tag,
        .access_size = header->access_size,
        .access_count = header->access_count,
        .access_offset = header->access_offset,
    };
    memcpy(bytes, &wire, sizeof(wire));
}

/* Three 32-bit operands: count * size + offset is at most 2^64 - 2^32. */
uint64_t memory_descriptor_accesses_end(const struct memory_descriptor_header *header)
{
    return (uint64_t)header->access_count * header->access_size + header->access_offset;
}

bool memory_descriptor_access_read(const uint8_t *bytes, uint64_t size,
                                   const struct memory_descriptor_header *header, uint32_t index,
                                   struct memory_descriptor_access *access)
{
    const uint64_t offset = (uint64_t)index * header->access_size + header->access_offset;
    struct ffa_memory_access_v1_0 head;
    if (header->access_size < sizeof(head) || !inside(size, offset, header->access_size)) {
        return false;
    }
    memcpy(&head, bytes + offset, sizeof(head));
    *access = (struct memory_descriptor_access){
        .endpoint_id = head.endpoint_id,
        .permissions = head.permissions,
        .flags = head.flags,
        .composite_offset = head.composite_offset,
        .reserved = head.reserved,
    };
    struct ffa_memory_access_v1_2 wide;
    if (header->access_size >= sizeof(wide)) {
        memcpy(&wide, bytes + offset, sizeof(wide));
        memcpy(access->implementation_defined, wide.implementation_defined,
               sizeof(access->implementation_defined));
        access->reserved = wide.reserved;
    }
    return true;
}

void memory_descriptor_access_write(const struct memory_descriptor_access *access, uint32_t access_size,
                                    uint8_t *bytes)
{
    struct ffa_memory_access_v1_2 wire = {
        .endpoint_id = access->endpoint_id,
        .permissions = access->permissions,
        .flags = access->flags,
        .composite_offset = access->composite_offset,
    };
    if (access_size == sizeof(struct ffa_memory_access_v1_0)) {
        memcpy(bytes, &wire, access_size); /* its reserved word is where the 1.2 form has the first own one */
        return;
    }
    assert(access_size == sizeof(wire));
    memcpy(wire.implementation_defined, access->implementation_defined, sizeof(wire.implementation_defined));
    memcpy(bytes, &wire, sizeof(wire));
}

bool memory_descriptor_composite_read(const uint8_t *bytes, uint64_t size, uint64_t offset,
                                      struct ffa_memory_composite *composite)
{
    if (!inside(size, offset, sizeof(*composite))) {
        return false;
    }
    memcpy(composite, bytes + offset, sizeof(*composite));
    return true;
}

bool memory_descriptor_constituent_read(const uint8_t *bytes, uint64_t size, uint64_t offset,
                                        struct ffa_memory_constituent *constituent)
{
    if (!inside(size, offset, sizeof(*constituent))) {
        return false;
    }
    memcpy(constituent, bytes + offset, sizeof(*constituent));
    return true;
}

bool memory_descriptor_relinquish_read(const uint8_t *bytes, uint64_t size,
                                       struct ffa_memory_relinquish *relinquish)
{
    if (!inside(size, 0, sizeof(*relinquish))) {
        return false;
    }
    memcpy(relinquish, bytes, sizeof(*relinquish));
    return true;
}

bool memory_descriptor_relinquish_endpoint(const uint8_t *bytes, uint64_t size, uint32_t index,
                                           uint16_t *endpoint_id)
{
    const uint64_t offset = sizeof(struct ffa_memory_relinquish) + (uint64_t)index * sizeof(*endpoint_id);
    if (!inside(size, offset, sizeof(*endpoint_id))) {
        return false;
    }
    memcpy(endpoint_id, bytes + offset, sizeof(*endpoint_id));
    return true;
}
