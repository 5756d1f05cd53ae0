/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A borrower of memory that does what it is told, one command a message (enum partition_command). FF-A
 * (DEN0077), "Memory management interfaces": the descriptor goes to its TX buffer, the call is made, the
 * response is read from its RX buffer and the buffer released.
 *
 * It keeps to what it was granted: what it has not retrieved it does not map, so that reading and writing are
 * refused by itself. Touching and dying are there to show what the platform does with a partition that is
 * broken.
 */
#include <assert.h>
#include <string.h>

#include "model/abi/ffa_memory.h"
#include "model/partition/partition_internal.h"

#define WORD_SIZE  8U
#define BARRIER_SY 15U /* CRm of DSB SY */

static struct partition_step answer(struct partition *partition, int32_t status)
{
    const uint64_t payload[] = {(uint64_t)(int64_t)status};
    return partition_respond(partition, payload, 1);
}

static uint64_t argument(const struct partition *partition, uint32_t index)
{
    return partition_payload(partition, index);
}

/* Accesses */

static struct partition_step access_need(struct partition *partition, enum partition_stage stage,
                                         enum access_op op, uint64_t pa, uint32_t size, uint8_t *bytes)
{
    partition->stage = (uint8_t)stage;
    return (struct partition_step){
        .need = PARTITION_ACCESS,
        .access =
            {
                .pa = pa,
                .va = pa,
                .pc = partition->log->pc,
                .position = partition->log->position,
                .size = size,
                .op = (uint8_t)op,
                .agent = AGENT_PARTITION,
                .space = PA_SPACE_SECURE,
                .type = MEMORY_NORMAL_WB,
                .shareability = SHAREABILITY_INNER,
                .endpoint = partition->config.id,
            },
        .bytes = bytes,
    };
}

static struct partition_step tx_write(struct partition *partition, uint32_t size)
{
    return access_need(partition, PARTITION_WRITING_TX, ACCESS_WRITE, partition->config.tx_pa, size,
                       partition->transfer);
}

/* Loans */

static uint32_t loan_find(const struct partition *partition, uint64_t handle)
{
    for (uint32_t i = 0; i < PARTITION_LOANS_MAX; i++) {
        if (partition->loans[i].mapped && partition->loans[i].handle == handle) {
            return i;
        }
    }
    return PARTITION_LOANS_MAX;
}

static uint32_t loan_unused(const struct partition *partition)
{
    for (uint32_t i = 0; i < PARTITION_LOANS_MAX; i++) {
        if (!partition->loans[i].mapped) {
            return i;
        }
    }
    return PARTITION_LOANS_MAX;
}

static uint64_t loan_size(const struct partition_loan *loan)
{
    uint64_t size = 0;
    for (uint32_t i = 0; i < loan->range_count; i++) {
        size += loan->ranges[i].size;
    }
    return size;
}

/* The address of the word at an offset; ranges are whole pages, so an aligned word lies in one. */
static bool loan_address(const struct partition_loan *loan, uint64_t offset, uint64_t *pa)
{
    for (uint32_t i = 0; i < loan->range_count; i++) {
        if (offset < loan->ranges[i].size) {
            *pa = loan->ranges[i].pa + offset;
            return true;
        }
        offset -= loan->ranges[i].size;
    }
    return false;
}

/* Commands */

static struct partition_step retrieve_command(struct partition *partition)
{
    const uint64_t handle = argument(partition, 1);
    partition->loan = loan_unused(partition);
    if (partition->loan == PARTITION_LOANS_MAX) {
        return answer(partition, FFA_NO_MEMORY);
    }
    partition->loans[partition->loan] = (struct partition_loan){.handle = handle};
    return tx_write(partition, borrower_retrieve_encode(partition, handle, (uint32_t)argument(partition, 2),
                                                        argument(partition, 3), argument(partition, 4)));
}

/* It gives its mapping up before it says so. */
static struct partition_step relinquish_command(struct partition *partition)
{
    const uint64_t handle = argument(partition, 1);
    partition->loan = loan_find(partition, handle);
    return tx_write(partition,
                    borrower_relinquish_encode(partition, handle, (uint32_t)argument(partition, 2)));
}

static struct partition_step word_command(struct partition *partition, enum access_op op)
{
    const uint32_t index = loan_find(partition, argument(partition, 1));
    const uint64_t offset = argument(partition, 2);
    uint64_t pa = 0;
    if (index == PARTITION_LOANS_MAX || offset % WORD_SIZE != 0 ||
        !loan_address(&partition->loans[index], offset, &pa)) {
        return answer(partition, FFA_INVALID_PARAMETERS);
    }
    const struct partition_loan *loan = &partition->loans[index];
    if (op == ACCESS_WRITE && (loan->permissions & FFA_MEMORY_DATA_ACCESS) != FFA_MEMORY_DATA_READ_WRITE) {
        return answer(partition, FFA_DENIED);
    }
    partition->word = op == ACCESS_WRITE ? argument(partition, 3) : 0;
    struct partition_step step =
        access_need(partition, PARTITION_TOUCHING, op, pa, WORD_SIZE, (uint8_t *)&partition->word);
    step.access.space = loan->pa_space;
    step.access.type = loan->memory_type;
    step.access.shareability = loan->shareability;
    return step;
}

static struct partition_step touch_command(struct partition *partition)
{
    const bool write = argument(partition, 2) != 0;
    partition->word = write ? argument(partition, 3) : 0;
    struct partition_step step = access_need(
        partition, PARTITION_TOUCHING, write ? ACCESS_WRITE : ACCESS_READ,
        argument(partition, 1) & ~(uint64_t)(WORD_SIZE - 1), WORD_SIZE, (uint8_t *)&partition->word);
    step.access.space = PA_SPACE_NON_SECURE;
    return step;
}

struct partition_step partition_borrower_command(struct partition *partition)
{
    partition->status = 0;
    switch (argument(partition, 0)) {
    case PARTITION_COMMAND_RETRIEVE:
        return retrieve_command(partition);
    case PARTITION_COMMAND_READ:
        return word_command(partition, ACCESS_READ);
    case PARTITION_COMMAND_WRITE:
        return word_command(partition, ACCESS_WRITE);
    case PARTITION_COMMAND_RELINQUISH:
        return relinquish_command(partition);
    case PARTITION_COMMAND_TOUCH:
        return touch_command(partition);
    case PARTITION_COMMAND_PANIC:
        return partition_die(partition);
    default:
        return answer(partition, FFA_NOT_SUPPORTED);
    }
}

/* What has been provided. */

/* The descriptor is in TX. What it has retrieved and cannot map goes back, too. */
static struct partition_step tx_written(struct partition *partition)
{
    if (argument(partition, 0) == PARTITION_COMMAND_RELINQUISH || partition->status != 0) {
        if (partition->loan < PARTITION_LOANS_MAX) {
            partition->loans[partition->loan].mapped = false;
        }
        const struct smc_frame relinquish = {.x = {FFA_MEM_RELINQUISH}};
        return partition_make_call(partition, PARTITION_RELINQUISHING, &relinquish);
    }
    const uint32_t size =
        borrower_retrieve_encode(partition, argument(partition, 1), (uint32_t)argument(partition, 2),
                                 argument(partition, 3), argument(partition, 4));
    const struct smc_frame retrieve = {.x = {FFA_MEM_RETRIEVE_REQ_32, size, size}};
    return partition_make_call(partition, PARTITION_RETRIEVING, &retrieve);
}

static struct partition_step rx_read(struct partition *partition)
{
    struct partition_loan *loan = &partition->loans[partition->loan];
    loan->mapped = borrower_response_decode(partition, (uint32_t)partition->word, loan);
    partition->status = loan->mapped ? 0 : FFA_INVALID_PARAMETERS;
    const struct smc_frame release = {.x = {FFA_RX_RELEASE}};
    return partition_make_call(partition, PARTITION_RELEASING_RX, &release);
}

static bool has_read(const struct partition *partition)
{
    const uint64_t command = argument(partition, 0);
    return command == PARTITION_COMMAND_READ ||
           (command == PARTITION_COMMAND_TOUCH && argument(partition, 2) == 0);
}

/* A return to the normal world is no barrier: what is written waits for one (Arm ARM, "Data Synchronization
 * Barrier"). */
static struct partition_step drain(struct partition *partition)
{
    struct partition_step step = access_need(partition, PARTITION_DRAINING, ACCESS_DSB, 0, 0, NULL);
    step.access.operand = BARRIER_SY;
    return step;
}

static struct partition_step answer_word(struct partition *partition)
{
    const uint64_t payload[] = {0, partition->word};
    return partition_respond(partition, payload, has_read(partition) ? 2 : 1);
}

struct partition_step partition_borrower_accessed(struct partition *partition)
{
    switch ((enum partition_stage)partition->stage) {
    case PARTITION_WRITING_TX:
        return tx_written(partition);
    case PARTITION_READING_RX:
        return rx_read(partition);
    case PARTITION_TOUCHING:
        return partition->config.barrier && !has_read(partition) ? drain(partition) : answer_word(partition);
    case PARTITION_DRAINING:
        return answer_word(partition);
    case PARTITION_IDLE:
    case PARTITION_RETRIEVING:
    case PARTITION_RELEASING_RX:
    case PARTITION_RELINQUISHING:
    case PARTITION_CALLING:
        break;
    }
    assert(false);
    return partition_die(partition);
}

/* What the framework has said. */

/* A response that does not come in one piece, or is larger than its room, is more than it can map. */
static struct partition_step retrieved(struct partition *partition, const struct smc_frame *frame)
{
    const uint32_t total = (uint32_t)frame->x[1];
    const uint32_t fragment = (uint32_t)frame->x[2];
    if (partition_frame_is_error(frame)) {
        return answer(partition, (int32_t)frame->x[2]);
    }
    if ((uint32_t)frame->x[0] != FFA_MEM_RETRIEVE_RESP) {
        return answer(partition, FFA_ABORTED);
    }
    if (total != fragment || fragment > PARTITION_TRANSFER_MAX) {
        const struct smc_frame release = {.x = {FFA_RX_RELEASE}};
        partition->status = FFA_NO_MEMORY;
        return partition_make_call(partition, PARTITION_RELEASING_RX, &release);
    }
    partition->word = fragment;
    return access_need(partition, PARTITION_READING_RX, ACCESS_READ, partition->config.rx_pa, fragment,
                       partition->transfer);
}

static struct partition_step released(struct partition *partition, const struct smc_frame *frame)
{
    const struct partition_loan *loan = &partition->loans[partition->loan];
    if (partition_frame_is_error(frame)) {
        return answer(partition, (int32_t)frame->x[2]);
    }
    if (partition->status != 0) {
        return tx_write(partition, borrower_relinquish_encode(partition, argument(partition, 1), 0));
    }
    const uint64_t payload[] = {0, loan_size(loan) / PARTITION_PAGE_SIZE, loan->range_count,
                                loan->ranges[0].pa, loan->permissions | (uint64_t)loan->attributes << 8};
    return partition_respond(partition, payload, 5);
}

static struct partition_step relinquished(struct partition *partition, const struct smc_frame *frame)
{
    const int32_t status = partition_frame_is_error(frame) ? (int32_t)frame->x[2] : 0;
    return answer(partition, partition->status != 0 ? partition->status : status);
}

struct partition_step partition_borrower_result(struct partition *partition, const struct smc_frame *frame)
{
    switch ((enum partition_stage)partition->stage) {
    case PARTITION_RETRIEVING:
        return retrieved(partition, frame);
    case PARTITION_RELEASING_RX:
        return released(partition, frame);
    case PARTITION_RELINQUISHING:
        return relinquished(partition, frame);
    case PARTITION_IDLE:
    case PARTITION_WRITING_TX:
    case PARTITION_READING_RX:
    case PARTITION_TOUCHING:
    case PARTITION_DRAINING:
    case PARTITION_CALLING:
        break;
    }
    return partition_die(partition);
}
