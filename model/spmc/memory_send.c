/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FFA_MEM_SHARE, FFA_MEM_LEND and FFA_MEM_DONATE: DEN0077, "Memory management interfaces". The registers, and
 * how a transaction comes to be; memory_send_descriptor.c and memory_send_pages.c say what may be sent. It
 * must not look at the sender's memory but through the copy in `buffer`.
 *
 * OP-TEE's own endpoint, which takes buffers of the caller's choice and FFA_MEM_LEND, is the SPMC's ID.
 */
#include <assert.h>
#include <string.h>

#include "model/abi/ffa.h"
#include "model/bus/access.h"
#include "model/spmc/memory_send.h"

enum register_check {
    CHECK_SUPPORTED, /* the profile has this interface */
    CHECK_FROM_NORMAL_WORLD,
    CHECK_W5_W7_ZERO,
    CHECK_NO_OWN_BUFFER,
    CHECK_OWN_BUFFER_WHOLE, /* pages only with an address, and the fragment inside */
    CHECK_OWN_BUFFER_NON_SECURE,
    CHECK_OWN_BUFFER_ROOM,
    CHECK_FRAGMENT_WITHIN_TOTAL,
    CHECK_TX_MAPPED,
    CHECK_FRAGMENT_WITHIN_TX,
};

static const struct memory_check registers_hafnium[] = {
    {CHECK_NO_OWN_BUFFER, FFA_INVALID_PARAMETERS},
    {CHECK_FRAGMENT_WITHIN_TOTAL, FFA_INVALID_PARAMETERS},
    {CHECK_TX_MAPPED, FFA_INVALID_PARAMETERS},
    {CHECK_FRAGMENT_WITHIN_TX, FFA_INVALID_PARAMETERS},
};
static const struct memory_check registers_el3_spmc[] = {
    {CHECK_SUPPORTED, FFA_NOT_SUPPORTED},
    {CHECK_NO_OWN_BUFFER, FFA_INVALID_PARAMETERS},
    {CHECK_FROM_NORMAL_WORLD, FFA_INVALID_PARAMETERS},
    {CHECK_TX_MAPPED, FFA_INVALID_PARAMETERS},
    {CHECK_FRAGMENT_WITHIN_TX, FFA_INVALID_PARAMETERS},
    {CHECK_FRAGMENT_WITHIN_TOTAL, FFA_INVALID_PARAMETERS},
};
static const struct memory_check registers_op_tee[] = {
    {CHECK_SUPPORTED, FFA_NOT_SUPPORTED},
    {CHECK_W5_W7_ZERO, FFA_INVALID_PARAMETERS},
    {CHECK_FRAGMENT_WITHIN_TOTAL, FFA_INVALID_PARAMETERS},
    {CHECK_OWN_BUFFER_WHOLE, FFA_INVALID_PARAMETERS},
    {CHECK_OWN_BUFFER_NON_SECURE, FFA_INVALID_PARAMETERS},
    {CHECK_OWN_BUFFER_ROOM, FFA_NO_MEMORY},
    {CHECK_TX_MAPPED, FFA_DENIED},
    {CHECK_FRAGMENT_WITHIN_TX, FFA_DENIED},
};

static const struct memory_checks checks_of_registers[SPMC_PROFILE_COUNT] = {
    [SPMC_PROFILE_HAFNIUM] = MEMORY_CHECKS(registers_hafnium),
    [SPMC_PROFILE_EL3_SPMC] = MEMORY_CHECKS(registers_el3_spmc),
    [SPMC_PROFILE_OP_TEE] = MEMORY_CHECKS(registers_op_tee),
};
static uint8_t kind_of(const struct smc_frame *call)
{
    switch ((uint32_t)call->x[0] & ~FFA_FUNCTION_64BIT) {
    case FFA_MEM_SHARE_32:
        return MEMORY_SHARE;
    case FFA_MEM_LEND_32:
        return MEMORY_LEND;
    default:
        assert(((uint32_t)call->x[0] & ~FFA_FUNCTION_64BIT) == FFA_MEM_DONATE_32);
        return MEMORY_DONATE;
    }
}

static struct send send_of(const struct spmc_memory *memory)
{
    const struct smc_frame *call = &memory->operation.call;
    const bool wide = ((uint32_t)call->x[0] & FFA_FUNCTION_64BIT) != 0;
    return (struct send){
        .memory = memory,
        .caller = &memory->operation.caller,
        .call = call,
        .kind = kind_of(call),
        .total = (uint32_t)call->x[1],
        .fragment = (uint32_t)call->x[2],
        .own_buffer = wide ? call->x[3] : (uint32_t)call->x[3],
        .own_pages = (uint32_t)call->x[4],
    };
}

static bool supported(const struct send *send)
{
    return send->kind != MEMORY_DONATE;
}

static bool fragment_within_own_buffer(const struct send *send)
{
    const uint64_t size = (uint64_t)send->own_pages * SPMC_MEMORY_PAGE_SIZE;
    return send->own_buffer != 0 ? send->fragment <= size : send->own_pages == 0;
}

static bool own_buffer_non_secure(const struct send *send)
{
    const uint64_t size = (uint64_t)send->own_pages * SPMC_MEMORY_PAGE_SIZE;
    if (send->own_buffer == 0) {
        return true;
    }
    return (send->own_buffer & (SPMC_MEMORY_PAGE_SIZE - 1)) == 0 &&
           memory_home_of(send->memory, 0, send->own_buffer, size) != MEMORY_NONE;
}

static bool registers_pass(const struct send *send, enum register_check check)
{
    const uint64_t *x = send->call->x;
    const bool tx_used = send->own_buffer == 0;
    switch (check) {
    case CHECK_SUPPORTED:
        return supported(send);
    case CHECK_FROM_NORMAL_WORLD:
        return !send->caller->secure;
    case CHECK_W5_W7_ZERO:
        return (x[5] | x[6] | x[7]) == 0;
    case CHECK_NO_OWN_BUFFER:
        return send->own_buffer == 0 && send->own_pages == 0;
    case CHECK_OWN_BUFFER_WHOLE:
        return fragment_within_own_buffer(send);
    case CHECK_OWN_BUFFER_NON_SECURE:
        return own_buffer_non_secure(send);
    case CHECK_OWN_BUFFER_ROOM:
        return tx_used || send->fragment <= SPMC_MEMORY_BUFFER_SIZE;
    case CHECK_FRAGMENT_WITHIN_TOTAL:
        return send->fragment <= send->total;
    case CHECK_TX_MAPPED:
        return send->caller->buffers_mapped || !tx_used;
    case CHECK_FRAGMENT_WITHIN_TX:
        return send->fragment <= send->caller->buffer_size || !tx_used;
    }
    assert(false);
    return false;
}

static int32_t registers_check(const struct send *send, uint32_t *check)
{
    const struct memory_checks *checks = &checks_of_registers[send->memory->config.profile];
    for (uint32_t i = 0; i < checks->count; i++) {
        if (!registers_pass(send, (enum register_check)checks->rows[i].check)) {
            *check = i + 1;
            return checks->rows[i].status;
        }
    }
    return MEMORY_PASSED;
}

struct spmc_memory_step spmc_ffa_mem_send(struct spmc_memory *memory, const struct spmc_memory_caller *caller,
                                          const struct smc_frame *call)
{
    memory_begin(memory, caller, call);
    const struct send send = send_of(memory);
    uint32_t check = 0;
    const int32_t status = registers_check(&send, &check);
    if (status != MEMORY_PASSED) {
        return memory_refused(memory, status, check);
    }
    if (send.own_buffer != 0) {
        return memory_read(memory, MEMORY_OPERATION_READ_SEND, send.own_buffer, PA_SPACE_NON_SECURE,
                           send.fragment);
    }
    return memory_read(memory, MEMORY_OPERATION_READ_SEND, caller->tx_pa, caller->space, send.fragment);
}

static struct spmc_memory_borrower borrower_of(const struct memory_descriptor_access *access)
{
    return (struct spmc_memory_borrower){
        .endpoint_id = access->endpoint_id,
        .permissions = access->permissions,
        .flags = access->flags,
        .implementation_defined = {access->implementation_defined[0], access->implementation_defined[1]},
    };
}

static void transaction_fill(struct spmc_memory_transaction *transaction, const struct send *send)
{
    transaction->kind = send->kind;
    /* OP-TEE does not look at the field: the memory is the caller's all the same. */
    const bool honest = memory_owner_of(send->header.sender_id) == memory_owner_of(send->caller->id);
    transaction->sender = honest ? send->header.sender_id : send->caller->id;
    transaction->attributes = send->header.attributes;
    transaction->flags = send->header.flags;
    transaction->tag = send->header.tag;
    transaction->access_size = send->header.access_size;
    transaction->length = send->total;
    transaction->fragment_count = 1;
    transaction->received = send->fragment;
    transaction->page_count = send->composite.page_count;
    transaction->constituents_offset =
        send->accesses[0].composite_offset + (uint32_t)sizeof(struct ffa_memory_composite);
    transaction->borrower_count = send->access_count;
    for (uint32_t i = 0; i < send->access_count; i++) {
        transaction->borrowers[i] = borrower_of(&send->accesses[i]);
    }
}

struct spmc_memory_step memory_send_read(struct spmc_memory *memory)
{
    struct send send = send_of(memory);
    memory_send_parse(&send, memory->buffer);
    uint32_t check = 0;
    const int32_t status = memory_send_check_descriptor(&send, &check);
    if (status != MEMORY_PASSED) {
        return memory_refused(memory, status, check);
    }
    const uint32_t index = memory_transaction_add(memory, send.composite.constituent_count);
    assert(index != MEMORY_NONE); /* there was room */
    struct spmc_memory_transaction *transaction = &memory->transactions[index];
    transaction_fill(transaction, &send);
    memcpy(&memory->constituents[transaction->constituent_first],
           memory->buffer + transaction->constituents_offset,
           transaction->received - transaction->constituents_offset);
    return memory_send_received(memory, index);
}

/* w4[31:16] tells a hypervisor which of its VMs the fragment is of. */
static struct spmc_memory_step next_fragment(struct spmc_memory *memory,
                                             const struct spmc_memory_transaction *transaction)
{
    const bool named =
        memory->config.profile != SPMC_PROFILE_OP_TEE && (transaction->sender & MEMORY_SECURE) == 0;
    const struct smc_frame frame = {
        .x = {FFA_MEM_FRAG_RX, (uint32_t)transaction->handle, transaction->handle >> 32,
              transaction->received, named ? (uint64_t)transaction->sender << 16 : 0},
    };
    return memory_done(memory, &frame);
}

struct spmc_memory_step memory_send_received(struct spmc_memory *memory, uint32_t index)
{
    struct spmc_memory_transaction *transaction = &memory->transactions[index];
    if (transaction->received < transaction->length) {
        return next_fragment(memory, transaction);
    }
    const struct ffa_memory_constituent *first = memory_constituent(memory, transaction, 0);
    const uint32_t home = memory_home_of(memory, memory_owner_of(transaction->sender), first->address, 1);
    transaction->secure = home != MEMORY_NONE && memory->config.homes[home].secure;
    uint32_t check = 0;
    const int32_t status = memory_send_check_pages(memory, transaction, &check);
    if (status != MEMORY_PASSED) {
        memory_transaction_remove(memory, index);
        return memory_refused(memory, status, check);
    }
    struct spmc_memory_operation *operation = &memory->operation;
    operation->transaction = index;
    operation->endpoint = memory_owner_of(transaction->sender);
    operation->tell = transaction->kind != MEMORY_SHARE;
    /* OP-TEE ignores the flags; with the EL3 SPMC there is none that could come here. */
    operation->zero = memory->config.profile == SPMC_PROFILE_HAFNIUM && transaction->kind != MEMORY_SHARE &&
                      (transaction->flags & FFA_MEMORY_FLAG_ZERO) != 0;
    operation->result = (struct smc_frame){
        .x = {FFA_SUCCESS_32, 0, (uint32_t)transaction->handle, transaction->handle >> 32},
    };
    return memory_effect(memory, MEMORY_OPERATION_SEND);
}
