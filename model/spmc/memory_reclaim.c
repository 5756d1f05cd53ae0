/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * FFA_MEM_RELINQUISH and FFA_MEM_RECLAIM: DEN0077, "Memory management interfaces": how a borrower gives up
 * what it has retrieved, and how the owner gets it back. It must not look at the descriptor but through the
 * copy in `buffer`.
 */
#include <assert.h>
#include <stddef.h>

#include "model/abi/ffa.h"
#include "model/spmc/memory_internal.h"

#define RELINQUISH_SIZE (sizeof(struct ffa_memory_relinquish) + sizeof(uint16_t)) /* with one endpoint */

enum return_check {
    CHECK_SECURE_CALLER,
    CHECK_NORMAL_WORLD_CALLER,
    CHECK_TX_MAPPED,

    CHECK_ENDPOINTS,
    CHECK_ONE_ENDPOINT,
    CHECK_CALLER_NAMED,
    CHECK_HANDLE,
    CHECK_BORROWER,
    CHECK_RETRIEVED,
    CHECK_FLAGS_ZERO,
    CHECK_FLAGS,
    CHECK_ZERO_NOT_SHARED,
    CHECK_ZERO_WRITABLE,

    CHECK_W4_W7_ZERO,
    CHECK_OWNER,
    CHECK_FULLY_SENT,
    CHECK_NOT_RETRIEVED,
};

static const struct memory_check relinquish_registers[SPMC_PROFILE_COUNT][2] = {
    [SPMC_PROFILE_HAFNIUM] = {{CHECK_TX_MAPPED, FFA_INVALID_PARAMETERS},
                              {CHECK_SECURE_CALLER, FFA_INVALID_PARAMETERS}},
    [SPMC_PROFILE_EL3_SPMC] = {{CHECK_SECURE_CALLER, FFA_INVALID_PARAMETERS},
                               {CHECK_TX_MAPPED, FFA_INVALID_PARAMETERS}},
    [SPMC_PROFILE_OP_TEE] = {{CHECK_SECURE_CALLER, FFA_NOT_SUPPORTED},
                             {CHECK_TX_MAPPED, FFA_INVALID_PARAMETERS}},
};

static const struct memory_check relinquish_hafnium[] = {
    {CHECK_ONE_ENDPOINT, FFA_INVALID_PARAMETERS},    {CHECK_CALLER_NAMED, FFA_INVALID_PARAMETERS},
    {CHECK_HANDLE, FFA_INVALID_PARAMETERS},          {CHECK_BORROWER, FFA_INVALID_PARAMETERS},
    {CHECK_RETRIEVED, FFA_INVALID_PARAMETERS},       {CHECK_FLAGS, FFA_INVALID_PARAMETERS},
    {CHECK_ZERO_NOT_SHARED, FFA_INVALID_PARAMETERS}, {CHECK_ZERO_WRITABLE, FFA_DENIED},
};
static const struct memory_check relinquish_el3_spmc[] = {
    {CHECK_FLAGS_ZERO, FFA_INVALID_PARAMETERS},   {CHECK_ENDPOINTS, FFA_INVALID_PARAMETERS},
    {CHECK_HANDLE, FFA_INVALID_PARAMETERS},       {CHECK_ONE_ENDPOINT, FFA_INVALID_PARAMETERS},
    {CHECK_CALLER_NAMED, FFA_INVALID_PARAMETERS}, {CHECK_BORROWER, FFA_INVALID_PARAMETERS},
    {CHECK_RETRIEVED, FFA_INVALID_PARAMETERS},
};

static const struct memory_check reclaim_hafnium[] = {
    {CHECK_HANDLE, FFA_INVALID_PARAMETERS},
    {CHECK_OWNER, FFA_INVALID_PARAMETERS},
    {CHECK_FULLY_SENT, FFA_INVALID_PARAMETERS},
    {CHECK_NOT_RETRIEVED, FFA_DENIED},
};
static const struct memory_check reclaim_el3_spmc[] = {
    {CHECK_NORMAL_WORLD_CALLER, FFA_INVALID_PARAMETERS},
    {CHECK_FLAGS_ZERO, FFA_INVALID_PARAMETERS},
    {CHECK_HANDLE, FFA_INVALID_PARAMETERS},
    {CHECK_NOT_RETRIEVED, FFA_DENIED},
    {CHECK_FULLY_SENT, FFA_INVALID_PARAMETERS},
};
static const struct memory_check reclaim_op_tee[] = {
    {CHECK_FLAGS_ZERO, FFA_INVALID_PARAMETERS}, {CHECK_W4_W7_ZERO, FFA_INVALID_PARAMETERS},
    {CHECK_HANDLE, FFA_INVALID_PARAMETERS},     {CHECK_OWNER, FFA_INVALID_PARAMETERS},
    {CHECK_FULLY_SENT, FFA_INVALID_PARAMETERS}, {CHECK_NOT_RETRIEVED, FFA_DENIED},
};

static const struct memory_checks relinquish_checks[SPMC_PROFILE_COUNT] = {
    [SPMC_PROFILE_HAFNIUM] = MEMORY_CHECKS(relinquish_hafnium),
    [SPMC_PROFILE_EL3_SPMC] = MEMORY_CHECKS(relinquish_el3_spmc),
    [SPMC_PROFILE_OP_TEE] = MEMORY_CHECKS(relinquish_hafnium),
};
static const struct memory_checks reclaim_checks[SPMC_PROFILE_COUNT] = {
    [SPMC_PROFILE_HAFNIUM] = MEMORY_CHECKS(reclaim_hafnium),
    [SPMC_PROFILE_EL3_SPMC] = MEMORY_CHECKS(reclaim_el3_spmc),
    [SPMC_PROFILE_OP_TEE] = MEMORY_CHECKS(reclaim_op_tee),
};

/* Either call, and what it names. */
struct giving_back {
    const struct spmc_memory_caller *caller;
    const struct smc_frame *call;
    uint32_t flags;
    uint32_t endpoint_count; /* relinquish */
    uint16_t endpoint_id;
    uint32_t index; /* of the transaction, or MEMORY_NONE */
    const struct spmc_memory_transaction *transaction;
    uint32_t borrower; /* the caller, or MEMORY_NONE */
};

static struct giving_back giving_back_of(const struct spmc_memory *memory, uint64_t handle, uint32_t flags)
{
    const uint32_t index = memory_transaction_find(memory, handle);
    const struct spmc_memory_caller *caller = &memory->operation.caller;
    const struct spmc_memory_transaction *transaction =
        index != MEMORY_NONE ? &memory->transactions[index] : NULL;
    return (struct giving_back){
        .caller = caller,
        .call = &memory->operation.call,
        .flags = flags,
        .index = index,
        .transaction = transaction,
        .borrower = transaction != NULL ? memory_borrower_find(transaction, caller->id) : MEMORY_NONE,
    };
}

static bool zero_writable(const struct giving_back *giving_back)
{
    const struct spmc_memory_borrower *borrower = &giving_back->transaction->borrowers[giving_back->borrower];
    return (giving_back->flags & FFA_MEMORY_FLAG_ZERO) == 0 ||
           (borrower->retrieved_permissions & FFA_MEMORY_DATA_ACCESS) == FFA_MEMORY_DATA_READ_WRITE;
}

static bool reclaim_passes(const struct giving_back *giving_back, enum return_check check)
{
    const uint64_t *x = giving_back->call->x;
    const struct spmc_memory_transaction *transaction = giving_back->transaction;
    switch ((uint32_t)check) {
    case CHECK_SECURE_CALLER:
        return giving_back->caller->secure;
    case CHECK_NORMAL_WORLD_CALLER:
        return !giving_back->caller->secure;
    case CHECK_TX_MAPPED:
        return giving_back->caller->buffers_mapped;
    case CHECK_W4_W7_ZERO:
        return (x[4] | x[5] | x[6] | x[7]) == 0;
    case CHECK_OWNER:
        return memory_owner_of(transaction->sender) == memory_owner_of(giving_back->caller->id);
    case CHECK_FULLY_SENT:
        return transaction->in_force;
    case CHECK_NOT_RETRIEVED:
        return !memory_retrieved(transaction);
    default:
        assert(false);
        return false;
    }
}

static bool return_passes(const struct giving_back *giving_back, enum return_check check)
{
    const struct spmc_memory_transaction *transaction = giving_back->transaction;
    switch ((uint32_t)check) {
    case CHECK_ENDPOINTS:
        return giving_back->endpoint_count != 0;
    case CHECK_ONE_ENDPOINT:
        return giving_back->endpoint_count == 1;
    case CHECK_CALLER_NAMED:
        return giving_back->endpoint_id == giving_back->caller->id;
    case CHECK_HANDLE:
        return transaction != NULL;
    case CHECK_BORROWER:
        return giving_back->borrower != MEMORY_NONE;
    case CHECK_RETRIEVED:
        return transaction->borrowers[giving_back->borrower].retrievals != 0;
    case CHECK_FLAGS_ZERO:
        return giving_back->flags == 0;
    case CHECK_FLAGS:
        return (giving_back->flags & ~FFA_MEMORY_FLAG_ZERO) == 0;
    case CHECK_ZERO_NOT_SHARED:
        return (giving_back->flags & FFA_MEMORY_FLAG_ZERO) == 0 || transaction->kind != MEMORY_SHARE;
    case CHECK_ZERO_WRITABLE:
        return zero_writable(giving_back);
    default:
        return reclaim_passes(giving_back, check);
    }
}

static int32_t first_refusal(const struct giving_back *giving_back, const struct memory_check *rows,
                             uint32_t count, uint32_t *check)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!return_passes(giving_back, (enum return_check)rows[i].check)) {
            *check = i + 1;
            return rows[i].status;
        }
    }
    return MEMORY_PASSED;
}

struct spmc_memory_step spmc_ffa_mem_relinquish(struct spmc_memory *memory,
                                                const struct spmc_memory_caller *caller,
                                                const struct smc_frame *call)
{
    memory_begin(memory, caller, call);
    const struct giving_back giving_back = giving_back_of(memory, FFA_MEMORY_HANDLE_INVALID, 0);
    const struct memory_check *rows = relinquish_registers[memory->config.profile];
    uint32_t check = 0;
    const int32_t status = first_refusal(&giving_back, rows, 2, &check);
    if (status != MEMORY_PASSED) {
        return memory_refused(memory, status, check);
    }
    return memory_read(memory, MEMORY_OPERATION_READ_RELINQUISH, caller->tx_pa, caller->space,
                       RELINQUISH_SIZE);
}

/* Zeroes come when the last of several borrowers has given the pages up. */
static bool zero_now(const struct spmc_memory_transaction *transaction, uint32_t borrower)
{
    uint32_t retrievals = 0;
    for (uint32_t i = 0; i < transaction->borrower_count; i++) {
        retrievals += transaction->borrowers[i].retrievals;
    }
    return transaction->zero_pending && retrievals == transaction->borrowers[borrower].retrievals;
}

struct spmc_memory_step memory_relinquish_read(struct spmc_memory *memory)
{
    struct ffa_memory_relinquish descriptor;
    uint16_t endpoint_id;
    bool inside = memory_descriptor_relinquish_read(memory->buffer, RELINQUISH_SIZE, &descriptor);
    inside =
        inside && memory_descriptor_relinquish_endpoint(memory->buffer, RELINQUISH_SIZE, 0, &endpoint_id);
    assert(inside); /* so much has been read */
    (void)inside;
    struct giving_back giving_back = giving_back_of(memory, descriptor.handle, descriptor.flags);
    giving_back.endpoint_count = descriptor.endpoint_count;
    giving_back.endpoint_id = endpoint_id;
    const struct memory_checks *checks = &relinquish_checks[memory->config.profile];
    uint32_t check = 0;
    const int32_t status = first_refusal(&giving_back, checks->rows, checks->count, &check);
    if (status != MEMORY_PASSED) {
        return memory_refused(memory, status, check);
    }
    struct spmc_memory_transaction *transaction = &memory->transactions[giving_back.index];
    const struct spmc_memory_borrower *borrower = &transaction->borrowers[giving_back.borrower];
    const bool zero = (giving_back.flags & FFA_MEMORY_FLAG_ZERO) != 0 || borrower->zero_after_relinquish;
    transaction->zero_pending = transaction->zero_pending || zero;
    memory->operation.transaction = giving_back.index;
    memory->operation.borrower = giving_back.borrower;
    memory->operation.endpoint = giving_back.caller->id;
    memory->operation.tell = true;
    memory->operation.zero = zero_now(transaction, giving_back.borrower);
    transaction->zero_pending = transaction->zero_pending && !memory->operation.zero;
    memory->operation.result = (struct smc_frame){.x = {FFA_SUCCESS_32}};
    return memory_effect(memory, MEMORY_OPERATION_RELINQUISH);
}

/* The flag asks for zeroes before the owner has access again; profiles that do not know it refuse it. */
struct spmc_memory_step spmc_ffa_mem_reclaim(struct spmc_memory *memory,
                                             const struct spmc_memory_caller *caller,
                                             const struct smc_frame *call)
{
    memory_begin(memory, caller, call);
    const uint64_t handle = (uint32_t)call->x[1] | call->x[2] << 32;
    const struct giving_back giving_back = giving_back_of(memory, handle, (uint32_t)call->x[3]);
    const struct memory_checks *checks = &reclaim_checks[memory->config.profile];
    uint32_t check = 0;
    const int32_t status = first_refusal(&giving_back, checks->rows, checks->count, &check);
    if (status != MEMORY_PASSED) {
        return memory_refused(memory, status, check);
    }
    const struct spmc_memory_transaction *transaction = giving_back.transaction;
    memory->operation.transaction = giving_back.index;
    memory->operation.endpoint = memory_owner_of(transaction->sender);
    memory->operation.tell = transaction->kind != MEMORY_SHARE;
    memory->operation.zero = (giving_back.flags & FFA_MEMORY_FLAG_ZERO) != 0;
    memory->operation.result = (struct smc_frame){.x = {FFA_SUCCESS_32}};
    return memory_effect(memory, MEMORY_OPERATION_RECLAIM);
}
