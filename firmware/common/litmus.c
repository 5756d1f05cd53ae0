/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Prepares a litmus program and tells its results; the events themselves are litmus_events.S. It judges
 * nothing: a value that is not the newest one is for the checker to find.
 */
#include "firmware/common/litmus.h"

#include "firmware/common/cache.h"
#include "model/abi/ffa_memory.h"

#define EVENT_BITS 4U
#define EVENT_MASK 0xFU

enum { OPERAND_SLOT, OPERAND_OFFSET, OPERAND_PARTITION, OPERAND_PROGRAM, OPERANDS };

/* litmus_events.S knows the offsets. */
struct litmus {
    uint64_t line;       /* of the word a, mapped Normal write-back */
    uint64_t alias;      /* of the same word, mapped Normal Non-cacheable */
    uint64_t endpoints;  /* x1 of a direct request to the partition */
    uint64_t handle;     /* under which it knows the line's page; the word a is at offset 0 */
    uint64_t program;    /* four bits an event */
    uint64_t dirty_from; /* all that may be dirty: it is not the program's */
    uint64_t dirty_to;
    uint64_t values[SCRIPT_LITMUS_READS]; /* what was read, the newest first */
};

/* Returns how many events were done: fewer than there are when the partition did not answer. */
uint64_t litmus_events_do(struct litmus *litmus);

static bool is_read(uint64_t code)
{
    return code == SCRIPT_LITMUS_READ || code == SCRIPT_LITMUS_READ_NEIGHBOUR ||
           code == SCRIPT_LITMUS_READ_ALIAS || code == SCRIPT_LITMUS_PARTITION_READ;
}

static uint64_t events_count(uint64_t program)
{
    uint64_t count = 0;

    for (; program != 0; program >>= EVENT_BITS) {
        count++;
    }
    return count;
}

static uint64_t reads_count(uint64_t program)
{
    uint64_t count = 0;

    for (; program != 0; program >>= EVENT_BITS) {
        count += is_read(program & EVENT_MASK);
    }
    return count;
}

static bool program_is_known(uint64_t program)
{
    for (; program != 0; program >>= EVENT_BITS) {
        const uint64_t code = program & EVENT_MASK;
        if (code == SCRIPT_LITMUS_END || code > SCRIPT_LITMUS_PARTITION_WRITE) {
            return false;
        }
    }
    return true;
}

/* False: there is no such step; nothing was touched. */
static bool litmus_take(const struct ffa_workspace *workspace, uint64_t alias, const struct step *step,
                        struct litmus *litmus)
{
    const uint64_t *operands = step->operands;

    if (step->truncated || step->length < OPERANDS * sizeof(uint64_t) ||
        operands[OPERAND_SLOT] >= SCRIPT_SLOTS_MAX || operands[OPERAND_OFFSET] % FFA_WORKSPACE_PAGE != 0 ||
        operands[OPERAND_OFFSET] >= sizeof(workspace->pool) || operands[OPERAND_PARTITION] > UINT16_MAX ||
        !program_is_known(operands[OPERAND_PROGRAM]) ||
        reads_count(operands[OPERAND_PROGRAM]) > SCRIPT_LITMUS_READS) {
        return false;
    }
    litmus->line = (uint64_t)(uintptr_t)workspace->pool + operands[OPERAND_OFFSET];
    litmus->alias = alias + operands[OPERAND_OFFSET];
    litmus->endpoints = operands[OPERAND_PARTITION];
    litmus->handle = workspace->handles[operands[OPERAND_SLOT]];
    litmus->program = operands[OPERAND_PROGRAM];
    return litmus->handle != FFA_MEMORY_HANDLE_INVALID;
}

/* Both words are 0 in memory, and no cache has the line. */
static void line_clear(uint64_t line)
{
    volatile uint64_t *words = (volatile uint64_t *)(uintptr_t)line;

    words[0] = 0;
    words[1] = 0;
    flush_dcache_range(line, line + 2 * sizeof(uint64_t));
}

void step_do_litmus(const struct ffa_workspace *workspace, uint64_t alias, uint64_t image_start,
                    uint64_t image_end, const struct step *step)
{
    struct litmus litmus;
    uint64_t values[SCRIPT_LITMUS_READS];

    if (!litmus_take(workspace, alias, step, &litmus)) {
        step_finish(EFI_INVALID_PARAMETER);
        return;
    }
    const uint64_t reads = reads_count(litmus.program);
    const uint64_t events = events_count(litmus.program);
    litmus.dirty_from = image_start;
    litmus.dirty_to = image_end;
    line_clear(litmus.line);
    if (litmus_events_do(&litmus) != events) {
        step_finish(EFI_DEVICE_ERROR); /* the partition has refused, or does not answer */
        return;
    }
    for (uint64_t index = 0; index < reads; index++) {
        values[index] = litmus.values[reads - 1 - index];
    }
    step_finish_with(EFI_SUCCESS, values, reads * sizeof(values[0]));
}
