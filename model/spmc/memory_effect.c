/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How a memory call takes effect: DEN0077, "Memory management", in an order in which nobody sees what is not
 * its to see. The rights change in our tables first, then whoever enforces them is told, run by run; zeroes
 * are written after the one who must not see them appear has lost the pages and before another one gets them.
 * When zeroes cannot be written, the change is taken back and the call is ABORTED.
 */
#include <assert.h>
#include <string.h>

#include "model/abi/ffa.h"
#include "model/bus/access.h"
#include "model/spmc/memory_internal.h"

enum memory_phase {
    PHASE_RX,     /* the response goes to the caller's RX buffer */
    PHASE_CHANGE, /* of our tables */
    PHASE_TELL,   /* the new rights of one endpoint */
    PHASE_ZERO,
    PHASE_FREE, /* the transaction, where it is over */
    PHASE_END,
};

#define PHASES_MAX 6

static const uint8_t phases[MEMORY_OPERATION_COUNT][PHASES_MAX] = {
    [MEMORY_OPERATION_SEND] = {PHASE_CHANGE, PHASE_TELL, PHASE_ZERO, PHASE_END},
    [MEMORY_OPERATION_RETRIEVE] = {PHASE_RX, PHASE_CHANGE, PHASE_TELL, PHASE_FREE, PHASE_END},
    [MEMORY_OPERATION_RESPOND] = {PHASE_RX, PHASE_FREE, PHASE_END},
    [MEMORY_OPERATION_RELINQUISH] = {PHASE_CHANGE, PHASE_TELL, PHASE_ZERO, PHASE_END},
    [MEMORY_OPERATION_RECLAIM] = {PHASE_ZERO, PHASE_CHANGE, PHASE_TELL, PHASE_FREE, PHASE_END},
};

/* The number of the check that stands for an access of the framework's that failed. */
#define CHECK_ACCESSED 255

static const uint8_t zeroes[SPMC_MEMORY_PAGE_SIZE];

struct spmc_memory_step memory_refused(struct spmc_memory *memory, int32_t status, uint32_t check)
{
    memory->operation.kind = MEMORY_OPERATION_NONE;
    return (struct spmc_memory_step){.need = SPMC_MEMORY_REFUSED, .status = status, .check = check};
}

struct spmc_memory_step memory_done(struct spmc_memory *memory, const struct smc_frame *frame)
{
    const bool fills_rx = memory->operation.rx_size != 0;
    memory->operation.kind = MEMORY_OPERATION_NONE;
    return (struct spmc_memory_step){.need = SPMC_MEMORY_DONE, .fills_rx = fills_rx, .frame = *frame};
}

void memory_begin(struct spmc_memory *memory, const struct spmc_memory_caller *caller,
                  const struct smc_frame *call)
{
    assert(memory->operation.kind == MEMORY_OPERATION_NONE);
    assert(caller->buffer_size <= SPMC_MEMORY_BUFFER_SIZE);
    memory->operation = (struct spmc_memory_operation){
        .caller = *caller,
        .call = *call,
        .transaction = MEMORY_NONE,
        .borrower = MEMORY_NONE,
    };
}

struct spmc_memory_step memory_read(struct spmc_memory *memory, enum memory_operation_kind kind, uint64_t pa,
                                    uint8_t space, uint32_t size)
{
    assert(size <= SPMC_MEMORY_BUFFER_SIZE);
    memory->operation.kind = (uint8_t)kind;
    memory->operation.fragment_size = size;
    if (size == 0) {
        return spmc_memory_accessed(memory, true);
    }
    return (struct spmc_memory_step){
        .need = SPMC_MEMORY_READ,
        .pa = pa,
        .size = size,
        .space = space,
        .buffer = memory->buffer,
    };
}

static struct spmc_memory_transaction *transaction_of(struct spmc_memory *memory)
{
    assert(memory->operation.transaction < SPMC_MEMORY_TRANSACTIONS_MAX);
    return &memory->transactions[memory->operation.transaction];
}

/* Walks the constituents: true while [*pa, *last] is a part of one that has not been done. */
static bool constituents_next(struct spmc_memory *memory, uint64_t *pa, uint64_t *last)
{
    struct spmc_memory_operation *operation = &memory->operation;
    const struct spmc_memory_transaction *transaction = transaction_of(memory);
    while (operation->constituent < transaction->constituent_count) {
        const struct ffa_memory_constituent *constituent =
            memory_constituent(memory, transaction, operation->constituent);
        const uint64_t size = (uint64_t)constituent->page_count * SPMC_MEMORY_PAGE_SIZE;
        if (operation->done < size) {
            *pa = constituent->address + operation->done;
            *last = constituent->address + (size - 1);
            return true;
        }
        operation->constituent++;
        operation->done = 0;
    }
    return false;
}

static bool step_tell(struct spmc_memory *memory, struct spmc_memory_step *step)
{
    struct spmc_memory_operation *operation = &memory->operation;
    uint64_t pa;
    uint64_t last;
    if (!operation->tell || !constituents_next(memory, &pa, &last)) {
        return false;
    }
    uint64_t run_last;
    uint16_t owner;
    const enum spmc_memory_right right = memory_right_run(memory, operation->endpoint, pa, &run_last, &owner);
    const uint64_t size = (run_last < last ? run_last : last) - pa + 1;
    operation->done += size;
    *step = (struct spmc_memory_step){
        .need = SPMC_MEMORY_OWNERSHIP,
        .pa = pa,
        .size = size,
        .space = transaction_of(memory)->secure ? PA_SPACE_SECURE : PA_SPACE_NON_SECURE,
        .endpoint = operation->endpoint,
        .owner = owner,
        .access = (uint8_t)right,
    };
    return true;
}

static bool step_zero(struct spmc_memory *memory, struct spmc_memory_step *step)
{
    struct spmc_memory_operation *operation = &memory->operation;
    uint64_t pa;
    uint64_t last;
    if (!operation->zero || !constituents_next(memory, &pa, &last)) {
        return false;
    }
    operation->done += SPMC_MEMORY_PAGE_SIZE;
    *step = (struct spmc_memory_step){
        .need = SPMC_MEMORY_WRITE,
        .pa = pa,
        .size = SPMC_MEMORY_PAGE_SIZE,
        .space = transaction_of(memory)->secure ? PA_SPACE_SECURE : PA_SPACE_NON_SECURE,
        .bytes = zeroes,
        .flush = true,
    };
    return true;
}

static bool step_rx(struct spmc_memory *memory, struct spmc_memory_step *step)
{
    struct spmc_memory_operation *operation = &memory->operation;
    if (operation->done != 0) {
        return false;
    }
    assert(operation->rx_size != 0);
    operation->done = operation->rx_size;
    *step = (struct spmc_memory_step){
        .need = SPMC_MEMORY_WRITE,
        .pa = operation->caller.rx_pa,
        .size = operation->rx_size,
        .space = operation->caller.space,
        .bytes = memory->buffer,
    };
    return true;
}

static void change_retrieved(struct spmc_memory *memory)
{
    struct spmc_memory_transaction *transaction = transaction_of(memory);
    if (transaction->kind == MEMORY_DONATE) {
        memory_donate(memory, transaction, memory->operation.endpoint);
        transaction->in_force = false;
        return;
    }
    transaction->borrowers[memory->operation.borrower].retrievals++;
}

static void change_relinquished(struct spmc_memory_borrower *borrower, bool back)
{
    if (back) {
        borrower->retrievals++;
    } else {
        borrower->retrievals--;
    }
}

/* Taking it back is the same with the other sign. */
static void change(struct spmc_memory *memory)
{
    const bool back = memory->operation.rolling_back;
    struct spmc_memory_transaction *transaction = transaction_of(memory);
    switch ((enum memory_operation_kind)memory->operation.kind) {
    case MEMORY_OPERATION_SEND:
        transaction->in_force = !back;
        return;
    case MEMORY_OPERATION_RETRIEVE:
        change_retrieved(memory);
        return;
    case MEMORY_OPERATION_RELINQUISH:
        change_relinquished(&transaction->borrowers[memory->operation.borrower], back);
        return;
    case MEMORY_OPERATION_RECLAIM:
        transaction->in_force = false;
        return;
    case MEMORY_OPERATION_NONE:
    case MEMORY_OPERATION_READ_SEND:
    case MEMORY_OPERATION_READ_FRAGMENT:
    case MEMORY_OPERATION_READ_RETRIEVE:
    case MEMORY_OPERATION_READ_RELINQUISH:
    case MEMORY_OPERATION_RESPOND:
    case MEMORY_OPERATION_PERMISSION:
        break;
    }
    assert(false);
}

/* A donation is forgotten when its receiver has got all of the response, a reclaimed transaction at once. */
static void transaction_free(struct spmc_memory *memory)
{
    struct spmc_memory_transaction *transaction = transaction_of(memory);
    const struct spmc_memory_response *response = memory_response_of(memory, memory->operation.caller.id);
    const bool awaited = memory->operation.kind != MEMORY_OPERATION_RECLAIM && response->live &&
                         response->next < response->length;
    if (awaited && !transaction->in_force) {
        transaction->dissolving = true;
    } else if (!transaction->in_force) {
        memory_transaction_remove(memory, memory->operation.transaction);
    }
}

static struct spmc_memory_step phase_end(struct spmc_memory *memory)
{
    struct spmc_memory_operation *operation = &memory->operation;
    if (operation->rolling_back) {
        if (operation->kind == MEMORY_OPERATION_SEND) {
            memory_transaction_remove(memory, operation->transaction);
        }
        return memory_refused(memory, FFA_ABORTED, CHECK_ACCESSED);
    }
    return memory_done(memory, &operation->result);
}

/* Runs phases until one needs somebody or the call is over. A rollback skips the zeroes. */
static struct spmc_memory_step phases_run(struct spmc_memory *memory)
{
    struct spmc_memory_operation *operation = &memory->operation;
    struct spmc_memory_step step;
    for (;;) {
        bool needs = false;
        switch ((enum memory_phase)phases[operation->kind][operation->phase]) {
        case PHASE_RX:
            needs = step_rx(memory, &step);
            break;
        case PHASE_CHANGE:
            change(memory);
            break;
        case PHASE_TELL:
            needs = step_tell(memory, &step);
            break;
        case PHASE_ZERO:
            needs = !operation->rolling_back && step_zero(memory, &step);
            break;
        case PHASE_FREE:
            transaction_free(memory);
            break;
        case PHASE_END:
            return phase_end(memory);
        }
        if (needs) {
            return step;
        }
        operation->phase++;
        operation->constituent = 0;
        operation->done = 0;
    }
}

struct spmc_memory_step memory_effect(struct spmc_memory *memory, enum memory_operation_kind kind)
{
    struct spmc_memory_operation *operation = &memory->operation;
    operation->kind = (uint8_t)kind;
    operation->phase = 0;
    operation->constituent = 0;
    operation->done = 0;
    return phases_run(memory);
}

/* A send and a relinquish have changed the tables before the zeroes; the others have not. */
static struct spmc_memory_step effect_failed(struct spmc_memory *memory)
{
    struct spmc_memory_operation *operation = &memory->operation;
    if (operation->kind == MEMORY_OPERATION_SEND || operation->kind == MEMORY_OPERATION_RELINQUISH) {
        assert(!operation->rolling_back); /* it tells the bus alone, which cannot fail */
        operation->rolling_back = true;
        return memory_effect(memory, (enum memory_operation_kind)operation->kind);
    }
    return memory_refused(memory, FFA_ABORTED, CHECK_ACCESSED);
}

struct spmc_memory_step spmc_memory_accessed(struct spmc_memory *memory, bool well)
{
    switch ((enum memory_operation_kind)memory->operation.kind) {
    case MEMORY_OPERATION_READ_SEND:
        return well ? memory_send_read(memory) : memory_refused(memory, FFA_ABORTED, CHECK_ACCESSED);
    case MEMORY_OPERATION_READ_FRAGMENT:
        return well ? memory_fragment_read(memory) : memory_refused(memory, FFA_ABORTED, CHECK_ACCESSED);
    case MEMORY_OPERATION_READ_RETRIEVE:
        return well ? memory_retrieve_read(memory) : memory_refused(memory, FFA_ABORTED, CHECK_ACCESSED);
    case MEMORY_OPERATION_READ_RELINQUISH:
        return well ? memory_relinquish_read(memory) : memory_refused(memory, FFA_ABORTED, CHECK_ACCESSED);
    case MEMORY_OPERATION_SEND:
    case MEMORY_OPERATION_RETRIEVE:
    case MEMORY_OPERATION_RESPOND:
    case MEMORY_OPERATION_RELINQUISH:
    case MEMORY_OPERATION_RECLAIM:
        return well ? phases_run(memory) : effect_failed(memory);
    case MEMORY_OPERATION_PERMISSION:
        assert(well); /* the bus cannot fail to be told */
        return memory_done(memory, &memory->operation.result);
    case MEMORY_OPERATION_NONE:
        break;
    }
    assert(false); /* nothing was asked for */
    return (struct spmc_memory_step){0};
}
