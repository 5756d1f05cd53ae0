/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FFA_MEM_FRAG_TX and FFA_MEM_FRAG_RX: DEN0077, "Transmission of transaction descriptor in fragments", and
 * the bytes of a retrieve response in the generation that its receiver speaks. Offsets count bytes of the
 * caller's own format.
 */
#include <assert.h>
#include <string.h>

#include "model/abi/ffa.h"
#include "model/spmc/memory_internal.h"

#define HEAD_SIZE_MAX                                                                                        \
    (sizeof(struct ffa_memory_transaction_v1_1) +                                                            \
     SPMC_MEMORY_BORROWERS_MAX * sizeof(struct ffa_memory_access_v1_2) +                                     \
     sizeof(struct ffa_memory_composite))

/* The response. */

struct response_head {
    uint32_t size;
    uint8_t bytes[HEAD_SIZE_MAX];
};

static uint32_t access_size_for(const struct spmc_memory *memory,
                                const struct spmc_memory_transaction *transaction)
{
    const uint32_t version = memory->operation.caller.version;
    const bool wide = memory->config.profile == SPMC_PROFILE_HAFNIUM
                          ? version >= FFA_VERSION_1_2
                          : transaction->access_size >= sizeof(struct ffa_memory_access_v1_2);
    return version >= FFA_VERSION_1_1 && wide ? sizeof(struct ffa_memory_access_v1_2)
                                              : sizeof(struct ffa_memory_access_v1_0);
}

/* Callers of 1.0 know no NS bit unless they have asked for it. */
static uint16_t attributes_for(const struct spmc_memory *memory,
                               const struct spmc_memory_transaction *transaction, uint32_t borrower)
{
    const struct spmc_memory_caller *caller = &memory->operation.caller;
    const bool told = caller->version >= FFA_VERSION_1_1 || caller->ns_bit_requested;
    const uint16_t attributes = borrower == MEMORY_NONE
                                    ? transaction->attributes
                                    : transaction->borrowers[borrower].retrieved_attributes;
    return (uint16_t)(attributes | (told && !transaction->secure ? FFA_MEMORY_NON_SECURE : 0));
}

static uint32_t flags_for(const struct spmc_memory_transaction *transaction)
{
    static const uint32_t types[] = {
        [MEMORY_SHARE] = FFA_MEMORY_FLAG_TYPE_SHARE,
        [MEMORY_LEND] = FFA_MEMORY_FLAG_TYPE_LEND,
        [MEMORY_DONATE] = FFA_MEMORY_FLAG_TYPE_DONATE,
    };
    return types[transaction->kind] | (transaction->flags & FFA_MEMORY_FLAG_ZERO);
}

/* Hafnium tells a borrower of itself alone; the others, and a hypervisor's request, are told of all. */
static struct response_head head_of(const struct spmc_memory *memory,
                                    const struct spmc_memory_transaction *transaction, uint32_t borrower)
{
    const bool alone = borrower != MEMORY_NONE && memory->config.profile == SPMC_PROFILE_HAFNIUM;
    const uint32_t version = memory->operation.caller.version;
    const uint32_t first = alone ? borrower : 0;
    const struct memory_descriptor_header header = {
        .sender_id = transaction->sender,
        .attributes = attributes_for(memory, transaction, borrower),
        .flags = flags_for(transaction),
        .handle = transaction->handle,
        .tag = transaction->tag,
        .access_size = access_size_for(memory, transaction),
        .access_count = alone ? 1 : transaction->borrower_count,
        .access_offset = memory_descriptor_header_size(version),
    };
    const uint32_t composite_offset = (uint32_t)memory_descriptor_accesses_end(&header);
    struct response_head head = {.size = composite_offset + (uint32_t)sizeof(struct ffa_memory_composite)};
    assert(head.size <= sizeof(head.bytes));
    memory_descriptor_header_write(&header, version, head.bytes);
    for (uint32_t i = 0; i < header.access_count; i++) {
        const struct spmc_memory_borrower *from = &transaction->borrowers[first + i];
        const struct memory_descriptor_access access = {
            .endpoint_id = from->endpoint_id,
            .permissions = alone ? from->retrieved_permissions : from->permissions,
            .flags = from->flags,
            .composite_offset = composite_offset,
            .implementation_defined = {from->implementation_defined[0], from->implementation_defined[1]},
        };
        memory_descriptor_access_write(&access, header.access_size,
                                       head.bytes + header.access_offset + i * header.access_size);
    }
    const struct ffa_memory_composite composite = {
        .page_count = transaction->page_count,
        .constituent_count = transaction->constituent_count,
    };
    memcpy(head.bytes + composite_offset, &composite, sizeof(composite));
    return head;
}

static uint32_t minimum(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

uint32_t memory_response_begin(struct spmc_memory *memory, uint32_t transaction, uint32_t borrower)
{
    struct spmc_memory_response *response = memory_response_of(memory, memory->operation.caller.id);
    if (response->live && memory->transactions[response->transaction].dissolving) {
        memory_transaction_remove(memory, response->transaction); /* its receiver does not ask for the rest */
    }
    const struct spmc_memory_transaction *from = &memory->transactions[transaction];
    const struct response_head head = head_of(memory, from, borrower);
    *response = (struct spmc_memory_response){
        .live = true,
        .transaction = transaction,
        .borrower = borrower,
        .length = head.size + from->constituent_count * (uint32_t)sizeof(struct ffa_memory_constituent),
    };
    return response->length;
}

uint32_t memory_response_fragment(struct spmc_memory *memory, uint32_t offset)
{
    struct spmc_memory_response *response = memory_response_of(memory, memory->operation.caller.id);
    const struct spmc_memory_transaction *from = &memory->transactions[response->transaction];
    const struct response_head head = head_of(memory, from, response->borrower);
    assert(response->live);
    assert(offset < response->length);
    const uint32_t size = minimum(response->length - offset, memory->operation.caller.buffer_size);
    uint32_t done = 0;
    if (offset < head.size) {
        done = minimum(head.size - offset, size);
        memcpy(memory->buffer, head.bytes + offset, done);
    }
    if (done < size) {
        const uint8_t *constituents = (const uint8_t *)memory_constituent(memory, from, 0);
        memcpy(memory->buffer + done, constituents + (offset + done - head.size), size - done);
    }
    response->last = offset;
    response->next = offset + size;
    memory->operation.transaction = response->transaction;
    memory->operation.rx_size = size;
    return size;
}

/* Checks of both calls. */

enum fragment_check {
    CHECK_TX_MAPPED,
    CHECK_WITHIN_TX,
    CHECK_WHOLE_CONSTITUENTS,
    CHECK_HANDLE,
    CHECK_INCOMPLETE,
    CHECK_SENDER,
    CHECK_WITHIN_DESCRIPTOR,
    CHECK_FRAGMENT_COUNT,

    CHECK_RX_FREE,
    CHECK_RX_MAPPED,
    CHECK_RESPONSE_IN_PROGRESS,
    CHECK_RESPONSE_SENDER,
    CHECK_OFFSET_WITHIN,
    CHECK_OFFSET_NEXT,
    CHECK_OFFSET_LAST_OR_NEXT,
};

#define DROPS 0x80 /* beside a check: the transaction is over when it refuses */

static const struct memory_check sent_hafnium[] = {
    {CHECK_TX_MAPPED, FFA_INVALID_PARAMETERS},
    {CHECK_WITHIN_TX, FFA_INVALID_PARAMETERS},
    {CHECK_WHOLE_CONSTITUENTS, FFA_INVALID_PARAMETERS},
    {CHECK_HANDLE, FFA_INVALID_PARAMETERS},
    {CHECK_SENDER, FFA_INVALID_PARAMETERS},
    {CHECK_INCOMPLETE, FFA_INVALID_PARAMETERS},
    {CHECK_FRAGMENT_COUNT | DROPS, FFA_NO_MEMORY},
    {CHECK_WITHIN_DESCRIPTOR, FFA_INVALID_PARAMETERS},
};
static const struct memory_check sent_el3_spmc[] = {
    {CHECK_HANDLE, FFA_INVALID_PARAMETERS},
    {CHECK_SENDER, FFA_INVALID_PARAMETERS},
    {CHECK_INCOMPLETE, FFA_INVALID_PARAMETERS},
    {CHECK_TX_MAPPED | DROPS, FFA_INVALID_PARAMETERS},
    {CHECK_WITHIN_TX | DROPS, FFA_INVALID_PARAMETERS},
    {CHECK_WITHIN_DESCRIPTOR | DROPS, FFA_INVALID_PARAMETERS},
};
static const struct memory_check sent_op_tee[] = {
    {CHECK_TX_MAPPED, FFA_DENIED},
    {CHECK_WITHIN_TX, FFA_DENIED},
    {CHECK_HANDLE, FFA_INVALID_PARAMETERS},
    {CHECK_SENDER, FFA_INVALID_PARAMETERS},
    {CHECK_INCOMPLETE, FFA_INVALID_PARAMETERS},
    {CHECK_WITHIN_DESCRIPTOR | DROPS, FFA_INVALID_PARAMETERS},
};

static const struct memory_check asked_hafnium[] = {
    {CHECK_RX_FREE, FFA_BUSY},
    {CHECK_RESPONSE_IN_PROGRESS, FFA_INVALID_PARAMETERS},
    {CHECK_RESPONSE_SENDER, FFA_INVALID_PARAMETERS},
    {CHECK_OFFSET_NEXT, FFA_INVALID_PARAMETERS},
};
static const struct memory_check asked_el3_spmc[] = {
    {CHECK_RESPONSE_IN_PROGRESS, FFA_INVALID_PARAMETERS},
    {CHECK_RESPONSE_SENDER, FFA_INVALID_PARAMETERS},
    {CHECK_OFFSET_WITHIN, FFA_INVALID_PARAMETERS},
    {CHECK_RX_MAPPED, FFA_INVALID_PARAMETERS},
    {CHECK_RX_FREE, FFA_DENIED},
    {CHECK_OFFSET_LAST_OR_NEXT, FFA_INVALID_PARAMETERS},
};

static const struct memory_checks sent_checks[SPMC_PROFILE_COUNT] = {
    [SPMC_PROFILE_HAFNIUM] = MEMORY_CHECKS(sent_hafnium),
    [SPMC_PROFILE_EL3_SPMC] = MEMORY_CHECKS(sent_el3_spmc),
    [SPMC_PROFILE_OP_TEE] = MEMORY_CHECKS(sent_op_tee),
};
static const struct memory_checks asked_checks[SPMC_PROFILE_COUNT] = {
    [SPMC_PROFILE_HAFNIUM] = MEMORY_CHECKS(asked_hafnium),
    [SPMC_PROFILE_EL3_SPMC] = MEMORY_CHECKS(asked_el3_spmc),
    [SPMC_PROFILE_OP_TEE] = MEMORY_CHECKS(asked_hafnium), /* partitions alone get so far */
};

struct fragment {
    const struct spmc_memory *memory;
    const struct spmc_memory_caller *caller;
    uint32_t index; /* of the transaction, or MEMORY_NONE */
    const struct spmc_memory_transaction *transaction;
    const struct spmc_memory_response *response;
    uint32_t operand; /* w3: length or offset */
    uint16_t sender;  /* w4[31:16] */
};

static struct fragment fragment_of(struct spmc_memory *memory)
{
    const struct smc_frame *call = &memory->operation.call;
    const uint64_t handle = (uint32_t)call->x[1] | call->x[2] << 32;
    struct spmc_memory_response *response = memory_response_of(memory, memory->operation.caller.id);
    const bool asked = (uint32_t)call->x[0] == FFA_MEM_FRAG_RX;
    uint32_t index = memory_transaction_find(memory, handle);
    if (asked) {
        const bool awaited = response->live && memory->transactions[response->transaction].handle == handle;
        index = awaited ? response->transaction : MEMORY_NONE;
    }
    return (struct fragment){
        .memory = memory,
        .caller = &memory->operation.caller,
        .index = index,
        .transaction = index != MEMORY_NONE ? &memory->transactions[index] : NULL,
        .response = response,
        .operand = (uint32_t)call->x[3],
        .sender = (uint16_t)(call->x[4] >> 16),
    };
}

/* The normal world names the VM that sent the first fragment; a partition can only be itself. */
static bool sent_by_caller(const struct fragment *fragment)
{
    if (fragment->caller->secure) {
        return fragment->sender == 0 && fragment->transaction->sender == fragment->caller->id;
    }
    return fragment->sender == fragment->transaction->sender;
}

static bool response_of_sender(const struct fragment *fragment)
{
    return fragment->sender == 0 ||
           (fragment->sender == fragment->transaction->sender &&
            (!fragment->caller->secure || fragment->memory->config.profile == SPMC_PROFILE_EL3_SPMC));
}

static bool whole_constituents(uint32_t length)
{
    return length != 0 && length % sizeof(struct ffa_memory_constituent) == 0;
}

static bool sent_passes(const struct fragment *fragment, enum fragment_check check)
{
    switch ((uint32_t)check) {
    case CHECK_TX_MAPPED:
        return fragment->caller->buffers_mapped;
    case CHECK_WITHIN_TX:
        return fragment->operand <= fragment->caller->buffer_size;
    case CHECK_WHOLE_CONSTITUENTS:
        return whole_constituents(fragment->operand);
    case CHECK_HANDLE:
        return fragment->transaction != NULL;
    case CHECK_INCOMPLETE:
        return fragment->transaction->received < fragment->transaction->length;
    case CHECK_SENDER:
        return sent_by_caller(fragment);
    case CHECK_WITHIN_DESCRIPTOR:
        return fragment->operand <= fragment->transaction->length - fragment->transaction->received;
    case CHECK_FRAGMENT_COUNT:
        return fragment->transaction->fragment_count < SPMC_MEMORY_FRAGMENTS_MAX;
    default:
        assert(false);
        return false;
    }
}

static bool asked_passes(const struct fragment *fragment, enum fragment_check check)
{
    const struct spmc_memory_response *response = fragment->response;
    switch ((uint32_t)check) {
    case CHECK_RX_FREE:
        return fragment->caller->buffers_mapped && !fragment->caller->rx_full;
    case CHECK_RX_MAPPED:
        return fragment->caller->buffers_mapped;
    case CHECK_RESPONSE_IN_PROGRESS:
        return fragment->transaction != NULL;
    case CHECK_RESPONSE_SENDER:
        return response_of_sender(fragment);
    case CHECK_OFFSET_WITHIN:
        return fragment->operand < response->length;
    case CHECK_OFFSET_NEXT:
        return fragment->operand == response->next && fragment->operand < response->length;
    case CHECK_OFFSET_LAST_OR_NEXT:
        return fragment->operand == response->last || fragment->operand == response->next;
    default:
        assert(false);
        return false;
    }
}

/* The row that refuses, or null. */
static const struct memory_check *refusal_find(const struct fragment *fragment,
                                               const struct memory_checks *checks, bool sent)
{
    for (uint32_t i = 0; i < checks->count; i++) {
        const enum fragment_check check = (enum fragment_check)(checks->rows[i].check & ~DROPS);
        if (!(sent ? sent_passes(fragment, check) : asked_passes(fragment, check))) {
            return &checks->rows[i];
        }
    }
    return NULL;
}

struct spmc_memory_step spmc_ffa_mem_frag_tx(struct spmc_memory *memory,
                                             const struct spmc_memory_caller *caller,
                                             const struct smc_frame *call)
{
    memory_begin(memory, caller, call);
    const struct fragment fragment = fragment_of(memory);
    const struct memory_checks *checks = &sent_checks[memory->config.profile];
    const struct memory_check *refusal = refusal_find(&fragment, checks, true);
    if (refusal != NULL) {
        if ((refusal->check & DROPS) != 0) {
            memory_transaction_remove(memory, fragment.index);
        }
        return memory_refused(memory, refusal->status, (uint32_t)(refusal - checks->rows) + 1);
    }
    memory->operation.transaction = fragment.index;
    return memory_read(memory, MEMORY_OPERATION_READ_FRAGMENT, caller->tx_pa, caller->space,
                       fragment.operand);
}

struct spmc_memory_step memory_fragment_read(struct spmc_memory *memory)
{
    const uint32_t index = memory->operation.transaction;
    struct spmc_memory_transaction *transaction = &memory->transactions[index];
    uint8_t *constituents = (uint8_t *)&memory->constituents[transaction->constituent_first];
    memcpy(constituents + (transaction->received - transaction->constituents_offset), memory->buffer,
           memory->operation.fragment_size);
    transaction->received += memory->operation.fragment_size;
    transaction->fragment_count++;
    return memory_send_received(memory, index);
}

/* The normal world of OP-TEE retrieves nothing: SPMD and OP-TEE know this call from partitions alone. */
struct spmc_memory_step spmc_ffa_mem_frag_rx(struct spmc_memory *memory,
                                             const struct spmc_memory_caller *caller,
                                             const struct smc_frame *call)
{
    memory_begin(memory, caller, call);
    if (memory->config.profile == SPMC_PROFILE_OP_TEE && !caller->secure) {
        return memory_refused(memory, FFA_NOT_SUPPORTED, 1);
    }
    const struct fragment fragment = fragment_of(memory);
    const struct memory_checks *checks = &asked_checks[memory->config.profile];
    const struct memory_check *refusal = refusal_find(&fragment, checks, false);
    if (refusal != NULL) {
        return memory_refused(memory, refusal->status, (uint32_t)(refusal - checks->rows) + 1);
    }
    const uint32_t size = memory_response_fragment(memory, fragment.operand);
    memory->operation.result = (struct smc_frame){
        .x = {FFA_MEM_FRAG_TX, (uint32_t)call->x[1], (uint32_t)call->x[2], size,
              (uint64_t)fragment.sender << 16},
    };
    return memory_effect(memory, MEMORY_OPERATION_RESPOND);
}
