/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The first fragment of a memory transaction descriptor: DEN0077, "Memory transaction descriptor", with the
 * rules of each interface and the statuses and the order of each implementation. It looks at the private copy
 * alone, and does not know where the constituents lie.
 */
#include <assert.h>

#include "model/abi/ffa.h"
#include "model/spmc/memory_send.h"

enum descriptor_check {
    CHECK_HEADER_INSIDE,
    CHECK_RESERVED_ZERO,
    CHECK_ACCESS_SIZE,
    CHECK_ACCESS_OFFSET,
    CHECK_ACCESS_COUNT,
    CHECK_ACCESSES_INSIDE,
    CHECK_FLAGS,
    CHECK_DONATE_TO_ONE,
    CHECK_RECEIVERS_KNOWN,
    CHECK_RECEIVERS_SECURE,
    CHECK_LEND_TO_CORE,
    CHECK_OWN_BUFFER_TO_CORE,
    CHECK_ONE_FRAGMENT_TO_PARTITIONS,
    CHECK_LENGTHS_ALIGNED,
    CHECK_COMPOSITE_OFFSET,
    CHECK_SENDER_IS_CALLER,
    CHECK_CONSTITUENT_COUNT,
    CHECK_INSTRUCTION_UNSPECIFIED,
    CHECK_DATA_PERMISSION,
    CHECK_PERMISSION_READ_WRITE,
    CHECK_RECEIVERS_DISTINCT,
    CHECK_NS_BIT_ZERO,
    CHECK_TYPE_UNSPECIFIED,
    CHECK_ATTRIBUTES,
    CHECK_ATTRIBUTES_OP_TEE,
    CHECK_ROOM,
};

static const struct memory_check descriptor_hafnium[] = {
    {CHECK_HEADER_INSIDE, FFA_INVALID_PARAMETERS},
    {CHECK_RESERVED_ZERO, FFA_INVALID_PARAMETERS},
    {CHECK_ACCESS_SIZE, FFA_INVALID_PARAMETERS},
    {CHECK_ACCESS_OFFSET, FFA_INVALID_PARAMETERS},
    {CHECK_ACCESS_COUNT, FFA_INVALID_PARAMETERS},
    {CHECK_ACCESSES_INSIDE, FFA_INVALID_PARAMETERS},
    {CHECK_FLAGS, FFA_INVALID_PARAMETERS},
    {CHECK_DONATE_TO_ONE, FFA_INVALID_PARAMETERS},
    {CHECK_RECEIVERS_KNOWN, FFA_INVALID_PARAMETERS},
    {CHECK_RECEIVERS_SECURE, FFA_DENIED},
    {CHECK_LENGTHS_ALIGNED, FFA_INVALID_PARAMETERS},
    {CHECK_COMPOSITE_OFFSET, FFA_INVALID_PARAMETERS},
    {CHECK_SENDER_IS_CALLER, FFA_DENIED},
    {CHECK_CONSTITUENT_COUNT, FFA_INVALID_PARAMETERS},
    {CHECK_INSTRUCTION_UNSPECIFIED, FFA_INVALID_PARAMETERS},
    {CHECK_DATA_PERMISSION, FFA_INVALID_PARAMETERS},
    {CHECK_RECEIVERS_DISTINCT, FFA_INVALID_PARAMETERS},
    {CHECK_NS_BIT_ZERO, FFA_INVALID_PARAMETERS},
    {CHECK_TYPE_UNSPECIFIED, FFA_INVALID_PARAMETERS},
    {CHECK_ATTRIBUTES, FFA_DENIED},
    {CHECK_ROOM, FFA_NO_MEMORY},
};
static const struct memory_check descriptor_el3_spmc[] = {
    {CHECK_HEADER_INSIDE, FFA_INVALID_PARAMETERS},
    {CHECK_SENDER_IS_CALLER, FFA_DENIED},
    {CHECK_NS_BIT_ZERO, FFA_INVALID_PARAMETERS},
    {CHECK_FLAGS, FFA_INVALID_PARAMETERS},
    {CHECK_ACCESS_COUNT, FFA_INVALID_PARAMETERS},
    {CHECK_ACCESS_OFFSET, FFA_INVALID_PARAMETERS},
    {CHECK_ACCESS_SIZE, FFA_INVALID_PARAMETERS},
    {CHECK_ACCESSES_INSIDE, FFA_INVALID_PARAMETERS},
    {CHECK_RECEIVERS_KNOWN, FFA_INVALID_PARAMETERS},
    {CHECK_RECEIVERS_DISTINCT, FFA_INVALID_PARAMETERS},
    {CHECK_COMPOSITE_OFFSET, FFA_INVALID_PARAMETERS},
    {CHECK_CONSTITUENT_COUNT, FFA_INVALID_PARAMETERS},
    {CHECK_ROOM, FFA_NO_MEMORY},
};
static const struct memory_check descriptor_op_tee[] = {
    {CHECK_HEADER_INSIDE, FFA_INVALID_PARAMETERS},
    {CHECK_ACCESS_SIZE, FFA_INVALID_PARAMETERS},
    {CHECK_ACCESS_OFFSET, FFA_INVALID_PARAMETERS},
    {CHECK_ACCESS_COUNT, FFA_INVALID_PARAMETERS},
    {CHECK_ACCESSES_INSIDE, FFA_INVALID_PARAMETERS},
    {CHECK_RECEIVERS_KNOWN, FFA_INVALID_PARAMETERS},
    {CHECK_LEND_TO_CORE, FFA_DENIED},
    {CHECK_OWN_BUFFER_TO_CORE, FFA_INVALID_PARAMETERS},
    {CHECK_ONE_FRAGMENT_TO_PARTITIONS, FFA_NOT_SUPPORTED},
    {CHECK_COMPOSITE_OFFSET, FFA_INVALID_PARAMETERS},
    {CHECK_CONSTITUENT_COUNT, FFA_INVALID_PARAMETERS},
    {CHECK_PERMISSION_READ_WRITE, FFA_INVALID_PARAMETERS},
    {CHECK_ATTRIBUTES_OP_TEE, FFA_INVALID_PARAMETERS},
    {CHECK_ROOM, FFA_NO_MEMORY},
};

static const struct memory_checks checks_of_descriptor[SPMC_PROFILE_COUNT] = {
    [SPMC_PROFILE_HAFNIUM] = MEMORY_CHECKS(descriptor_hafnium),
    [SPMC_PROFILE_EL3_SPMC] = MEMORY_CHECKS(descriptor_el3_spmc),
    [SPMC_PROFILE_OP_TEE] = MEMORY_CHECKS(descriptor_op_tee),
};
void memory_send_parse(struct send *send, const uint8_t *bytes)
{
    send->header_inside =
        memory_descriptor_header_read(bytes, send->fragment, send->caller->version, &send->header);
    if (!send->header_inside) {
        return;
    }
    send->accesses_inside = memory_descriptor_accesses_end(&send->header) <= send->fragment;
    while (send->access_count < send->header.access_count && send->access_count < SPMC_MEMORY_BORROWERS_MAX &&
           memory_descriptor_access_read(bytes, send->fragment, &send->header, send->access_count,
                                         &send->accesses[send->access_count])) {
        send->access_count++;
    }
    send->composite_inside = memory_descriptor_composite_read(
        bytes, send->fragment, send->accesses[0].composite_offset, &send->composite);
}

static bool reserved_zero(const struct send *send)
{
    bool zero = send->header.reserved_zero;
    zero = zero && (send->header.attributes & ~FFA_MEMORY_ATTRIBUTES_DEFINED) == 0;
    for (uint32_t i = 0; i < send->access_count; i++) {
        zero = zero && send->accesses[i].reserved == 0;
        zero = zero && (send->accesses[i].permissions & FFA_MEMORY_PERMISSIONS_MBZ) == 0;
    }
    return zero;
}

#define ACCESS_SIZE_1_0     16U
#define ACCESS_SIZE_1_2     32U
#define OP_TEE_FIELD_MAX    255U
#define OP_TEE_ACCESS_ALIGN 8U

static bool access_size_allowed(const struct send *send)
{
    const uint32_t size = send->header.access_size;
    switch ((enum spmc_profile)send->memory->config.profile) {
    case SPMC_PROFILE_HAFNIUM:
        return size == ACCESS_SIZE_1_0 ||
               (size == ACCESS_SIZE_1_2 && send->caller->version >= FFA_VERSION_1_2);
    case SPMC_PROFILE_EL3_SPMC:
        return size >= ACCESS_SIZE_1_0 && size % FFA_MEMORY_ALIGNMENT == 0;
    case SPMC_PROFILE_OP_TEE:
        return size >= ACCESS_SIZE_1_0 && size <= OP_TEE_FIELD_MAX && size % OP_TEE_ACCESS_ALIGN == 0;
    }
    assert(false);
    return false;
}

static bool access_offset_allowed(const struct send *send)
{
    const uint32_t offset = send->header.access_offset;
    return offset % FFA_MEMORY_ALIGNMENT == 0 &&
           offset >= memory_descriptor_header_size(send->caller->version) &&
           (send->memory->config.profile != SPMC_PROFILE_OP_TEE || offset <= OP_TEE_FIELD_MAX);
}

static bool access_count_allowed(const struct send *send)
{
    return send->header.access_count >= 1 && send->header.access_count <= SPMC_MEMORY_BORROWERS_MAX;
}

static bool accesses_inside(const struct send *send)
{
    return send->accesses_inside && send->access_count == send->header.access_count;
}

static uint32_t type_flag(uint8_t kind)
{
    static const uint32_t flags[] = {
        [MEMORY_SHARE] = FFA_MEMORY_FLAG_TYPE_SHARE,
        [MEMORY_LEND] = FFA_MEMORY_FLAG_TYPE_LEND,
        [MEMORY_DONATE] = FFA_MEMORY_FLAG_TYPE_DONATE,
    };
    return flags[kind];
}

static bool flags_allowed(const struct send *send)
{
    const uint32_t flags = send->header.flags;
    if (send->memory->config.profile == SPMC_PROFILE_EL3_SPMC) {
        return flags == 0 || flags == type_flag(send->kind);
    }
    return send->kind == MEMORY_SHARE ? flags == 0 : (flags & ~FFA_MEMORY_FLAG_ZERO) == 0;
}

static bool to_core(const struct send *send, uint32_t index)
{
    return send->memory->config.profile == SPMC_PROFILE_OP_TEE &&
           send->accesses[index].endpoint_id == send->memory->config.spmc_id;
}

/* VMs are for the hypervisor to know; whether one may receive is another check. */
static bool receivers_known(const struct send *send)
{
    for (uint32_t i = 0; i < send->access_count; i++) {
        const uint16_t id = send->accesses[i].endpoint_id;
        const bool known = (id & MEMORY_SECURE) == 0 || memory_partition_known(send->memory, id);
        if (id == send->header.sender_id || (!known && !to_core(send, i))) {
            return false;
        }
    }
    return true;
}

/* A VM can be among several receivers of a share, never the only one, and is lent and donated nothing. */
static bool receivers_secure(const struct send *send)
{
    uint32_t vms = 0;
    for (uint32_t i = 0; i < send->access_count; i++) {
        vms += (send->accesses[i].endpoint_id & MEMORY_SECURE) == 0;
    }
    return vms == 0 || (send->kind == MEMORY_SHARE && send->access_count > 1 && !send->caller->secure);
}

static bool all_to_core(const struct send *send)
{
    for (uint32_t i = 0; i < send->access_count; i++) {
        if (!to_core(send, i)) {
            return false;
        }
    }
    return true;
}

static bool receivers_distinct(const struct send *send)
{
    for (uint32_t i = 0; i < send->access_count; i++) {
        for (uint32_t j = 0; j < i; j++) {
            if (send->accesses[i].endpoint_id == send->accesses[j].endpoint_id) {
                return false;
            }
        }
    }
    return true;
}

/* All receivers name the one composite; its constituents fill the descriptor to its end. */
static bool composite_offset_allowed(const struct send *send)
{
    const uint32_t offset = send->accesses[0].composite_offset;
    const uint32_t alignment =
        send->memory->config.profile == SPMC_PROFILE_OP_TEE ? OP_TEE_ACCESS_ALIGN : FFA_MEMORY_ALIGNMENT;
    for (uint32_t i = 1; i < send->access_count; i++) {
        if (send->accesses[i].composite_offset != offset) {
            return false;
        }
    }
    return offset % alignment == 0 && offset >= memory_descriptor_accesses_end(&send->header) &&
           send->composite_inside;
}

static bool constituent_count_allowed(const struct send *send)
{
    const uint64_t start = (uint64_t)send->accesses[0].composite_offset + sizeof(struct ffa_memory_composite);
    const uint64_t size = (uint64_t)send->composite.constituent_count * sizeof(struct ffa_memory_constituent);
    return send->composite.constituent_count != 0 && start + size == send->total;
}

static bool sender_is_caller(const struct send *send)
{
    return memory_owner_of(send->header.sender_id) == memory_owner_of(send->caller->id);
}

static bool instruction_unspecified(const struct send *send)
{
    uint8_t permissions = 0;
    for (uint32_t i = 0; i < send->access_count; i++) {
        permissions |= send->accesses[i].permissions;
    }
    return (permissions & FFA_MEMORY_INSTRUCTION_ACCESS) == 0;
}

static bool data_permission_allowed(const struct send *send)
{
    for (uint32_t i = 0; i < send->access_count; i++) {
        const uint32_t data = send->accesses[i].permissions & FFA_MEMORY_DATA_ACCESS;
        const bool specified = data == FFA_MEMORY_DATA_READ_ONLY || data == FFA_MEMORY_DATA_READ_WRITE;
        if (send->kind == MEMORY_DONATE ? data != 0 : !specified) {
            return false;
        }
    }
    return true;
}

static bool permission_read_write(const struct send *send)
{
    for (uint32_t i = 0; i < send->access_count; i++) {
        if (send->accesses[i].permissions != FFA_MEMORY_DATA_READ_WRITE) {
            return false;
        }
    }
    return true;
}

/* One borrower chooses the attributes itself when the sender loses its access. */
static bool borrower_chooses_type(const struct send *send)
{
    return send->kind == MEMORY_DONATE || (send->kind == MEMORY_LEND && send->access_count == 1);
}

static bool attributes_allowed(const struct send *send)
{
    const uint32_t attributes = send->header.attributes;
    if (borrower_chooses_type(send)) {
        return true;
    }
    if ((attributes & FFA_MEMORY_TYPE) == FFA_MEMORY_TYPE_DEVICE) {
        return (attributes & FFA_MEMORY_DEVICE_TYPE) == 0;
    }
    return (attributes & ~FFA_MEMORY_NON_SECURE) == FFA_MEMORY_NORMAL_WB_INNER;
}

static bool attributes_allowed_op_tee(const struct send *send)
{
    return send->header.attributes == (send->kind == MEMORY_SHARE ? FFA_MEMORY_NORMAL_WB_INNER : 0);
}

static bool room(const struct send *send)
{
    const struct spmc_memory *memory = send->memory;
    uint32_t live = 0;
    for (uint32_t i = 0; i < SPMC_MEMORY_TRANSACTIONS_MAX; i++) {
        live += memory->transactions[i].live;
    }
    return live < SPMC_MEMORY_TRANSACTIONS_MAX &&
           send->composite.constituent_count <= SPMC_MEMORY_CONSTITUENTS_MAX - memory->constituent_count;
}

static bool access_pass(const struct send *send, enum descriptor_check check)
{
    switch (check) {
    case CHECK_ACCESS_SIZE:
        return access_size_allowed(send);
    case CHECK_ACCESS_OFFSET:
        return access_offset_allowed(send);
    case CHECK_ACCESS_COUNT:
        return access_count_allowed(send);
    case CHECK_ACCESSES_INSIDE:
        return accesses_inside(send);
    case CHECK_INSTRUCTION_UNSPECIFIED:
        return instruction_unspecified(send);
    case CHECK_DATA_PERMISSION:
        return data_permission_allowed(send);
    case CHECK_PERMISSION_READ_WRITE:
        return permission_read_write(send);
    case CHECK_RECEIVERS_KNOWN:
        return receivers_known(send);
    case CHECK_RECEIVERS_SECURE:
        return receivers_secure(send);
    case CHECK_RECEIVERS_DISTINCT:
        return receivers_distinct(send);
    case CHECK_LEND_TO_CORE:
        return send->kind != MEMORY_LEND || all_to_core(send);
    case CHECK_OWN_BUFFER_TO_CORE:
        return send->own_buffer == 0 || all_to_core(send);
    case CHECK_ONE_FRAGMENT_TO_PARTITIONS:
        return send->fragment == send->total || all_to_core(send);
    default:
        assert(false);
        return false;
    }
}

static bool descriptor_pass(const struct send *send, enum descriptor_check check)
{
    switch (check) {
    case CHECK_HEADER_INSIDE:
        return send->header_inside;
    case CHECK_RESERVED_ZERO:
        return reserved_zero(send);
    case CHECK_FLAGS:
        return flags_allowed(send);
    case CHECK_DONATE_TO_ONE:
        return send->kind != MEMORY_DONATE || send->access_count == 1;
    case CHECK_LENGTHS_ALIGNED:
        return (send->total | send->fragment) % FFA_MEMORY_ALIGNMENT == 0;
    case CHECK_COMPOSITE_OFFSET:
        return composite_offset_allowed(send);
    case CHECK_SENDER_IS_CALLER:
        return sender_is_caller(send);
    case CHECK_CONSTITUENT_COUNT:
        return constituent_count_allowed(send);
    case CHECK_NS_BIT_ZERO:
        return (send->header.attributes & FFA_MEMORY_NON_SECURE) == 0;
    case CHECK_TYPE_UNSPECIFIED:
        return !borrower_chooses_type(send) || (send->header.attributes & FFA_MEMORY_TYPE) == 0;
    case CHECK_ATTRIBUTES:
        return attributes_allowed(send);
    case CHECK_ATTRIBUTES_OP_TEE:
        return attributes_allowed_op_tee(send);
    case CHECK_ROOM:
        return room(send);
    default:
        return access_pass(send, check);
    }
}

int32_t memory_send_check_descriptor(const struct send *send, uint32_t *check)
{
    const struct memory_checks *checks = &checks_of_descriptor[send->memory->config.profile];
    for (uint32_t i = 0; i < checks->count; i++) {
        if (!descriptor_pass(send, (enum descriptor_check)checks->rows[i].check)) {
            *check = i + 1;
            return checks->rows[i].status;
        }
    }
    return MEMORY_PASSED;
}
