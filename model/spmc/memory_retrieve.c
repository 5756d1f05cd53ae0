/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FFA_MEM_RETRIEVE_REQ: DEN0077, "Memory management interfaces". A borrower names the transaction and what it
 * wants of it; a hypervisor at the non-secure physical instance names the handle alone, and is told without
 * any right changing hands. It must not look at the request but through the copy in `buffer`.
 */
#include <assert.h>
#include <string.h>

#include "model/abi/ffa.h"
#include "model/spmc/memory_internal.h"

enum retrieve_check {
    CHECK_SECURE_CALLER,
    CHECK_NO_OWN_BUFFER,
    CHECK_LENGTHS_EQUAL,
    CHECK_TX_MAPPED,
    CHECK_WITHIN_TX,
    CHECK_RX_FREE,

    CHECK_HEADER_INSIDE,
    CHECK_NAMED_BY_HANDLE, /* the hypervisor's form */
    CHECK_ACCESSES_INSIDE,
    CHECK_HANDLE,
    CHECK_FULLY_SENT,
    CHECK_SENDER,
    CHECK_TAG,
    CHECK_TYPE,
    CHECK_FLAGS,
    CHECK_FLAGS_TYPE_ALONE,
    CHECK_RECEIVER_COUNT,
    CHECK_RECEIVERS,
    CHECK_CALLER_BORROWS,
    CHECK_NS_BIT_ZERO,
    CHECK_ZERO_SENT,
    CHECK_ZERO_AFTER_NOT_SHARED,
    CHECK_PERMISSION_DEFINED,
    CHECK_PERMISSION_GRANTED,
    CHECK_ZERO_AFTER_WRITABLE,
    CHECK_ATTRIBUTES,
    CHECK_NOT_RETRIEVED,
    CHECK_ROOM,
};

static const struct memory_check registers_hafnium[] = {
    {CHECK_NO_OWN_BUFFER, FFA_INVALID_PARAMETERS},
    {CHECK_LENGTHS_EQUAL, FFA_INVALID_PARAMETERS},
    {CHECK_TX_MAPPED, FFA_INVALID_PARAMETERS},
    {CHECK_WITHIN_TX, FFA_INVALID_PARAMETERS},
    {CHECK_RX_FREE, FFA_BUSY},
};
static const struct memory_check registers_el3_spmc[] = {
    {CHECK_NO_OWN_BUFFER, FFA_INVALID_PARAMETERS},
    {CHECK_TX_MAPPED, FFA_INVALID_PARAMETERS},
    {CHECK_RX_FREE, FFA_DENIED},
    {CHECK_LENGTHS_EQUAL, FFA_INVALID_PARAMETERS},
    {CHECK_WITHIN_TX, FFA_INVALID_PARAMETERS},
};
static const struct memory_check registers_op_tee[] = {
    {CHECK_SECURE_CALLER, FFA_NOT_SUPPORTED},      {CHECK_NO_OWN_BUFFER, FFA_INVALID_PARAMETERS},
    {CHECK_LENGTHS_EQUAL, FFA_INVALID_PARAMETERS}, {CHECK_TX_MAPPED, FFA_INVALID_PARAMETERS},
    {CHECK_WITHIN_TX, FFA_INVALID_PARAMETERS},     {CHECK_RX_FREE, FFA_BUSY},
};

static const struct memory_check borrower_hafnium[] = {
    {CHECK_HEADER_INSIDE, FFA_INVALID_PARAMETERS},
    {CHECK_ACCESSES_INSIDE, FFA_INVALID_PARAMETERS},
    {CHECK_HANDLE, FFA_INVALID_PARAMETERS},
    {CHECK_FULLY_SENT, FFA_DENIED},
    {CHECK_TAG, FFA_INVALID_PARAMETERS},
    {CHECK_SENDER, FFA_INVALID_PARAMETERS},
    {CHECK_FLAGS, FFA_INVALID_PARAMETERS},
    {CHECK_TYPE, FFA_INVALID_PARAMETERS},
    {CHECK_RECEIVER_COUNT, FFA_INVALID_PARAMETERS},
    {CHECK_RECEIVERS, FFA_INVALID_PARAMETERS},
    {CHECK_CALLER_BORROWS, FFA_INVALID_PARAMETERS},
    {CHECK_NS_BIT_ZERO, FFA_INVALID_PARAMETERS},
    {CHECK_NOT_RETRIEVED, FFA_DENIED},
    {CHECK_PERMISSION_DEFINED, FFA_INVALID_PARAMETERS},
    {CHECK_PERMISSION_GRANTED, FFA_DENIED},
    {CHECK_ZERO_SENT, FFA_DENIED},
    {CHECK_ZERO_AFTER_NOT_SHARED, FFA_INVALID_PARAMETERS},
    {CHECK_ZERO_AFTER_WRITABLE, FFA_DENIED},
    {CHECK_ATTRIBUTES, FFA_DENIED},
    {CHECK_ROOM, FFA_NO_MEMORY},
};
static const struct memory_check borrower_el3_spmc[] = {
    {CHECK_HEADER_INSIDE, FFA_INVALID_PARAMETERS},
    {CHECK_HANDLE, FFA_INVALID_PARAMETERS},
    {CHECK_FULLY_SENT, FFA_INVALID_PARAMETERS},
    {CHECK_SENDER, FFA_INVALID_PARAMETERS},
    {CHECK_TAG, FFA_INVALID_PARAMETERS},
    {CHECK_RECEIVER_COUNT, FFA_INVALID_PARAMETERS},
    {CHECK_NS_BIT_ZERO, FFA_INVALID_PARAMETERS},
    {CHECK_TYPE, FFA_INVALID_PARAMETERS},
    {CHECK_FLAGS_TYPE_ALONE, FFA_INVALID_PARAMETERS},
    {CHECK_ACCESSES_INSIDE, FFA_INVALID_PARAMETERS},
    {CHECK_RECEIVERS, FFA_INVALID_PARAMETERS},
    {CHECK_CALLER_BORROWS, FFA_INVALID_PARAMETERS},
};
static const struct memory_check borrower_op_tee[] = {
    {CHECK_HEADER_INSIDE, FFA_INVALID_PARAMETERS}, {CHECK_ACCESSES_INSIDE, FFA_INVALID_PARAMETERS},
    {CHECK_HANDLE, FFA_INVALID_PARAMETERS},        {CHECK_SENDER, FFA_INVALID_PARAMETERS},
    {CHECK_TAG, FFA_INVALID_PARAMETERS},           {CHECK_TYPE, FFA_INVALID_PARAMETERS},
    {CHECK_RECEIVERS, FFA_INVALID_PARAMETERS},     {CHECK_CALLER_BORROWS, FFA_INVALID_PARAMETERS},
    {CHECK_NS_BIT_ZERO, FFA_INVALID_PARAMETERS},   {CHECK_PERMISSION_DEFINED, FFA_INVALID_PARAMETERS},
    {CHECK_PERMISSION_GRANTED, FFA_DENIED},        {CHECK_NOT_RETRIEVED, FFA_DENIED},
};
/* OP-TEE does not know this form. */
static const struct memory_check hypervisor_hafnium[] = {
    {CHECK_HEADER_INSIDE, FFA_INVALID_PARAMETERS},
    {CHECK_NAMED_BY_HANDLE, FFA_INVALID_PARAMETERS},
    {CHECK_HANDLE, FFA_INVALID_PARAMETERS},
    {CHECK_FULLY_SENT, FFA_DENIED},
};
static const struct memory_check hypervisor_el3_spmc[] = {
    {CHECK_HEADER_INSIDE, FFA_INVALID_PARAMETERS},
    {CHECK_NAMED_BY_HANDLE, FFA_INVALID_PARAMETERS},
    {CHECK_HANDLE, FFA_INVALID_PARAMETERS},
    {CHECK_FULLY_SENT, FFA_INVALID_PARAMETERS},
};

static const struct memory_checks checks_of_registers[SPMC_PROFILE_COUNT] = {
    [SPMC_PROFILE_HAFNIUM] = MEMORY_CHECKS(registers_hafnium),
    [SPMC_PROFILE_EL3_SPMC] = MEMORY_CHECKS(registers_el3_spmc),
    [SPMC_PROFILE_OP_TEE] = MEMORY_CHECKS(registers_op_tee),
};
static const struct memory_checks checks_of_borrower[SPMC_PROFILE_COUNT] = {
    [SPMC_PROFILE_HAFNIUM] = MEMORY_CHECKS(borrower_hafnium),
    [SPMC_PROFILE_EL3_SPMC] = MEMORY_CHECKS(borrower_el3_spmc),
    [SPMC_PROFILE_OP_TEE] = MEMORY_CHECKS(borrower_op_tee),
};
static const struct memory_checks checks_of_hypervisor[SPMC_PROFILE_COUNT] = {
    [SPMC_PROFILE_HAFNIUM] = MEMORY_CHECKS(hypervisor_hafnium),
    [SPMC_PROFILE_EL3_SPMC] = MEMORY_CHECKS(hypervisor_el3_spmc),
};

/* The request, what it names, and what it would get. */
struct retrieve {
    const struct spmc_memory *memory;
    const struct spmc_memory_caller *caller;
    const struct smc_frame *call;
    bool header_inside;
    struct memory_descriptor_header header;
    uint32_t access_count; /* that have been read */
    struct memory_descriptor_access accesses[SPMC_MEMORY_BORROWERS_MAX];
    uint32_t index; /* of the transaction, or MEMORY_NONE */
    const struct spmc_memory_transaction *transaction;
    uint32_t borrower; /* the caller, or MEMORY_NONE */
    uint32_t own;      /* the caller's access descriptor, or MEMORY_NONE */
};

static void request_parse(struct retrieve *retrieve, const uint8_t *bytes, uint32_t size)
{
    const uint32_t version = retrieve->caller->version;
    retrieve->header_inside = memory_descriptor_header_read(bytes, size, version, &retrieve->header);
    while (retrieve->header_inside && retrieve->access_count < retrieve->header.access_count &&
           retrieve->access_count < SPMC_MEMORY_BORROWERS_MAX &&
           retrieve->header.access_offset >= memory_descriptor_header_size(version) &&
           memory_descriptor_access_read(bytes, size, &retrieve->header, retrieve->access_count,
                                         &retrieve->accesses[retrieve->access_count])) {
        if (retrieve->accesses[retrieve->access_count].endpoint_id == retrieve->caller->id) {
            retrieve->own = retrieve->access_count;
        }
        retrieve->access_count++;
    }
}

static struct retrieve retrieve_of(const struct spmc_memory *memory)
{
    struct retrieve retrieve = {
        .memory = memory,
        .caller = &memory->operation.caller,
        .call = &memory->operation.call,
        .index = MEMORY_NONE,
        .borrower = MEMORY_NONE,
        .own = MEMORY_NONE,
    };
    if (memory->operation.kind != MEMORY_OPERATION_READ_RETRIEVE) {
        return retrieve;
    }
    request_parse(&retrieve, memory->buffer, memory->operation.fragment_size);
    retrieve.index = memory_transaction_find(memory, retrieve.header.handle);
    if (retrieve.index != MEMORY_NONE) {
        retrieve.transaction = &memory->transactions[retrieve.index];
        retrieve.borrower = memory_borrower_find(retrieve.transaction, retrieve.caller->id);
    }
    return retrieve;
}

static bool named_by_handle(const struct memory_descriptor_header *header)
{
    return header->access_count == 0 && header->sender_id == 0 && header->attributes == 0 &&
           header->flags == 0 && header->tag == 0;
}

static uint32_t type_of(const struct spmc_memory_transaction *transaction)
{
    static const uint32_t types[] = {
        [MEMORY_SHARE] = FFA_MEMORY_FLAG_TYPE_SHARE,
        [MEMORY_LEND] = FFA_MEMORY_FLAG_TYPE_LEND,
        [MEMORY_DONATE] = FFA_MEMORY_FLAG_TYPE_DONATE,
    };
    return types[transaction->kind];
}

/* A request that leaves the type open takes what there is. */
static bool type_matches(const struct retrieve *retrieve)
{
    const uint32_t type = retrieve->header.flags & FFA_MEMORY_FLAG_TYPE;
    const bool open =
        retrieve->memory->config.profile == SPMC_PROFILE_EL3_SPMC ? retrieve->header.flags == 0 : type == 0;
    return open || type == type_of(retrieve->transaction);
}

static bool flags_allowed(uint32_t flags)
{
    const uint32_t allowed = FFA_MEMORY_FLAG_ZERO | FFA_MEMORY_FLAG_ZERO_AFTER_RELINQUISH |
                             FFA_MEMORY_FLAG_TYPE | FFA_MEMORY_FLAG_BYPASS_BORROWERS;
    return (flags & ~allowed) == 0;
}

static bool flags_type_alone(uint32_t flags)
{
    return flags == 0 || flags == FFA_MEMORY_FLAG_TYPE_SHARE || flags == FFA_MEMORY_FLAG_TYPE_LEND;
}

static bool receiver_count_matches(const struct retrieve *retrieve)
{
    const bool bypassed = retrieve->memory->config.profile == SPMC_PROFILE_HAFNIUM &&
                          (retrieve->header.flags & FFA_MEMORY_FLAG_BYPASS_BORROWERS) != 0;
    return bypassed || retrieve->header.access_count == retrieve->transaction->borrower_count;
}

/* In any order, each at most once: with as many as were sent to, that is all of them. */
static bool receivers_match(const struct retrieve *retrieve)
{
    for (uint32_t i = 0; i < retrieve->access_count; i++) {
        const uint16_t id = retrieve->accesses[i].endpoint_id;
        if (memory_borrower_find(retrieve->transaction, id) == MEMORY_NONE) {
            return false;
        }
        for (uint32_t j = 0; j < i; j++) {
            if (retrieve->accesses[j].endpoint_id == id) {
                return false;
            }
        }
    }
    return true;
}

/* What the sender gave the caller: a donation leaves it open, and gives everything. */
static uint32_t data_given(const struct retrieve *retrieve)
{
    const uint32_t data =
        retrieve->transaction->borrowers[retrieve->borrower].permissions & FFA_MEMORY_DATA_ACCESS;
    return data == 0 ? FFA_MEMORY_DATA_READ_WRITE : data;
}

static uint32_t permissions_asked(const struct retrieve *retrieve)
{
    return retrieve->own == MEMORY_NONE ? 0 : retrieve->accesses[retrieve->own].permissions;
}

static bool permission_defined(uint32_t asked)
{
    return (asked & FFA_MEMORY_DATA_ACCESS) != FFA_MEMORY_DATA_ACCESS &&
           (asked & FFA_MEMORY_INSTRUCTION_ACCESS) != FFA_MEMORY_INSTRUCTION_ACCESS &&
           (asked & FFA_MEMORY_PERMISSIONS_MBZ) == 0;
}

static bool permission_granted(const struct retrieve *retrieve)
{
    const uint32_t asked = permissions_asked(retrieve);
    const bool executes = (asked & FFA_MEMORY_INSTRUCTION_ACCESS) == FFA_MEMORY_EXECUTABLE;
    return (asked & FFA_MEMORY_DATA_ACCESS) <= data_given(retrieve) &&
           (!executes || retrieve->transaction->kind != MEMORY_SHARE);
}

static uint8_t permissions_given(const struct retrieve *retrieve)
{
    const uint32_t asked = permissions_asked(retrieve);
    const uint32_t data = asked & FFA_MEMORY_DATA_ACCESS;
    const uint32_t instruction = asked & FFA_MEMORY_INSTRUCTION_ACCESS;
    const uint32_t by_kind =
        retrieve->transaction->kind == MEMORY_SHARE ? FFA_MEMORY_NOT_EXECUTABLE : FFA_MEMORY_EXECUTABLE;
    return (uint8_t)((data != 0 ? data : data_given(retrieve)) | (instruction != 0 ? instruction : by_kind));
}

/* What the pages are when nobody has said it. */
static uint8_t attributes_of_home(const struct retrieve *retrieve)
{
    const struct spmc_memory *memory = retrieve->memory;
    const struct ffa_memory_constituent *first = memory_constituent(memory, retrieve->transaction, 0);
    const uint32_t home =
        memory_home_of(memory, memory_owner_of(retrieve->transaction->sender), first->address, 1);
    const bool device = home != MEMORY_NONE && memory->config.homes[home].device;
    return device ? FFA_MEMORY_TYPE_DEVICE : FFA_MEMORY_NORMAL_WB_INNER;
}

static uint8_t attributes_given(const struct retrieve *retrieve)
{
    const uint8_t sent = (uint8_t)(retrieve->transaction->attributes & ~FFA_MEMORY_NON_SECURE);
    return (sent & FFA_MEMORY_TYPE) != 0 ? sent : attributes_of_home(retrieve);
}

static bool attributes_match(const struct retrieve *retrieve)
{
    const uint32_t asked = retrieve->header.attributes & ~FFA_MEMORY_NON_SECURE;
    return (asked & FFA_MEMORY_TYPE) == 0 || asked == attributes_given(retrieve);
}

static bool zero_after_writable(const struct retrieve *retrieve)
{
    return (retrieve->header.flags & FFA_MEMORY_FLAG_ZERO_AFTER_RELINQUISH) == 0 ||
           (permissions_given(retrieve) & FFA_MEMORY_DATA_ACCESS) == FFA_MEMORY_DATA_READ_WRITE;
}

static bool registers_pass(const struct retrieve *retrieve, enum retrieve_check check)
{
    const uint64_t *x = retrieve->call->x;
    const bool wide = ((uint32_t)x[0] & FFA_FUNCTION_64BIT) != 0;
    switch ((uint32_t)check) {
    case CHECK_SECURE_CALLER:
        return retrieve->caller->secure;
    case CHECK_NO_OWN_BUFFER:
        return (wide ? x[3] : (uint32_t)x[3]) == 0 && (uint32_t)x[4] == 0;
    case CHECK_LENGTHS_EQUAL:
        return (uint32_t)x[1] == (uint32_t)x[2];
    case CHECK_TX_MAPPED:
        return retrieve->caller->buffers_mapped;
    case CHECK_WITHIN_TX:
        return (uint32_t)x[1] <= retrieve->caller->buffer_size;
    case CHECK_RX_FREE:
        return !retrieve->caller->rx_full;
    default:
        assert(false);
        return false;
    }
}

static bool terms_pass(const struct retrieve *retrieve, enum retrieve_check check)
{
    const uint32_t flags = retrieve->header.flags;
    switch ((uint32_t)check) {
    case CHECK_NS_BIT_ZERO:
        return (retrieve->header.attributes & FFA_MEMORY_NON_SECURE) == 0;
    case CHECK_ZERO_SENT:
        return (flags & FFA_MEMORY_FLAG_ZERO & ~retrieve->transaction->flags) == 0;
    case CHECK_ZERO_AFTER_NOT_SHARED:
        return (flags & FFA_MEMORY_FLAG_ZERO_AFTER_RELINQUISH) == 0 ||
               retrieve->transaction->kind != MEMORY_SHARE;
    case CHECK_PERMISSION_DEFINED:
        return permission_defined(permissions_asked(retrieve));
    case CHECK_PERMISSION_GRANTED:
        return permission_granted(retrieve);
    case CHECK_ZERO_AFTER_WRITABLE:
        return zero_after_writable(retrieve);
    case CHECK_ATTRIBUTES:
        return attributes_match(retrieve);
    case CHECK_NOT_RETRIEVED:
        return retrieve->transaction->borrowers[retrieve->borrower].retrievals == 0;
    case CHECK_ROOM:
        return retrieve->transaction->kind != MEMORY_DONATE ||
               memory_donate_fits(retrieve->memory, retrieve->transaction);
    default:
        return registers_pass(retrieve, check);
    }
}

static bool retrieve_passes(const struct retrieve *retrieve, enum retrieve_check check)
{
    switch ((uint32_t)check) {
    case CHECK_HEADER_INSIDE:
        return retrieve->header_inside;
    case CHECK_NAMED_BY_HANDLE:
        return named_by_handle(&retrieve->header);
    case CHECK_ACCESSES_INSIDE:
        return retrieve->access_count != 0 && retrieve->access_count == retrieve->header.access_count;
    case CHECK_HANDLE:
        return retrieve->transaction != NULL;
    case CHECK_FULLY_SENT:
        return retrieve->transaction->in_force;
    case CHECK_SENDER:
        return retrieve->header.sender_id == retrieve->transaction->sender;
    case CHECK_TAG:
        return retrieve->header.tag == retrieve->transaction->tag;
    case CHECK_TYPE:
        return type_matches(retrieve);
    case CHECK_FLAGS:
        return flags_allowed(retrieve->header.flags);
    case CHECK_FLAGS_TYPE_ALONE:
        return flags_type_alone(retrieve->header.flags);
    case CHECK_RECEIVER_COUNT:
        return receiver_count_matches(retrieve);
    case CHECK_RECEIVERS:
        return receivers_match(retrieve);
    case CHECK_CALLER_BORROWS:
        return retrieve->borrower != MEMORY_NONE && retrieve->own != MEMORY_NONE;
    default:
        return terms_pass(retrieve, check);
    }
}

static int32_t first_refusal(const struct retrieve *retrieve, const struct memory_checks *checks,
                             uint32_t *check)
{
    for (uint32_t i = 0; i < checks->count; i++) {
        if (!retrieve_passes(retrieve, (enum retrieve_check)checks->rows[i].check)) {
            *check = i + 1;
            return checks->rows[i].status;
        }
    }
    return MEMORY_PASSED;
}

struct spmc_memory_step spmc_ffa_mem_retrieve_req(struct spmc_memory *memory,
                                                  const struct spmc_memory_caller *caller,
                                                  const struct smc_frame *call)
{
    memory_begin(memory, caller, call);
    const struct retrieve retrieve = retrieve_of(memory);
    uint32_t check = 0;
    const int32_t status = first_refusal(&retrieve, &checks_of_registers[memory->config.profile], &check);
    if (status != MEMORY_PASSED) {
        return memory_refused(memory, status, check);
    }
    return memory_read(memory, MEMORY_OPERATION_READ_RETRIEVE, caller->tx_pa, caller->space,
                       (uint32_t)call->x[1]);
}

static void borrower_fill(struct spmc_memory *memory, const struct retrieve *retrieve)
{
    struct spmc_memory_borrower *borrower =
        &memory->transactions[retrieve->index].borrowers[retrieve->borrower];
    borrower->zero_after_relinquish = memory->config.profile == SPMC_PROFILE_HAFNIUM &&
                                      (retrieve->header.flags & FFA_MEMORY_FLAG_ZERO_AFTER_RELINQUISH) != 0;
    /* The EL3 SPMC passes on what was sent; mapping it is the partition's affair. */
    borrower->retrieved_permissions = memory->config.profile == SPMC_PROFILE_EL3_SPMC
                                          ? (uint8_t)data_given(retrieve)
                                          : permissions_given(retrieve);
    borrower->retrieved_attributes = attributes_given(retrieve);
    memory->operation.borrower = retrieve->borrower;
    memory->operation.endpoint = retrieve->caller->id;
    memory->operation.tell = true;
}

/* The rights are told of before the caller learns that it has them; the response is written first. */
struct spmc_memory_step memory_retrieve_read(struct spmc_memory *memory)
{
    const struct retrieve retrieve = retrieve_of(memory);
    const bool borrows = retrieve.caller->secure;
    const struct memory_checks *checks = borrows ? checks_of_borrower : checks_of_hypervisor;
    uint32_t check = 0;
    const int32_t status = first_refusal(&retrieve, &checks[memory->config.profile], &check);
    if (status != MEMORY_PASSED) {
        return memory_refused(memory, status, check);
    }
    if (borrows) {
        borrower_fill(memory, &retrieve);
    }
    const uint32_t length =
        memory_response_begin(memory, retrieve.index, borrows ? retrieve.borrower : MEMORY_NONE);
    const uint32_t size = memory_response_fragment(memory, 0);
    memory->operation.result = (struct smc_frame){.x = {FFA_MEM_RETRIEVE_RESP, length, size}};
    return memory_effect(memory, borrows ? MEMORY_OPERATION_RETRIEVE : MEMORY_OPERATION_RESPOND);
}
