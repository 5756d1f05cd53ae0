/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Buffers get the maintenance that discovery gives them: what the framework reads is cleaned before, what it
 * writes is cleaned and invalidated before it is read, which serves frameworks that cache and those that do
 * not. Shared memory gets none: it is mapped write-back by both sides, as FF-A says.
 */
#include "firmware/common/ffa_step.h"

#include "firmware/common/cache.h"
#include "firmware/common/memory.h"
#include "firmware/runtime/ffa_memory.h"
#include "model/abi/ffa.h"
#include "model/abi/ffa_memory.h"

#define KIND_BITS 3U
#define KIND_MASK 7U

/* common/smc_registers.S */
void smc_registers(uint64_t registers[SCRIPT_REGISTERS]);

struct ffa_results {
    uint64_t registers[SCRIPT_REGISTERS];
    uint64_t interrupts;
    uint64_t yields;
};

void ffa_workspace_init(struct ffa_workspace *workspace)
{
    workspace->version = FFA_VERSION_1_2;
    workspace->boot_tx = 0;
    workspace->boot_rx = 0;
    for (uint32_t slot = 0; slot < SCRIPT_SLOTS_MAX; slot++) {
        workspace->handles[slot] = FFA_MEMORY_HANDLE_INVALID;
    }
}

bool step_is_ffa(const struct step *step)
{
    return step->code >= SCRIPT_STEP_SMC && step->code <= SCRIPT_STEP_MEM_READ;
}

/* The word at `index`, or 0: operands that are not there were refused before. */
static uint64_t word(const struct step *step, uint64_t index)
{
    return index * sizeof(uint64_t) < step->length ? step->operands[index] : 0;
}

static uint8_t *tx_of(struct ffa_workspace *workspace)
{
    return workspace->boot_tx ? workspace->boot_tx : workspace->tx;
}

static uint8_t *rx_of(struct ffa_workspace *workspace)
{
    return workspace->boot_rx ? workspace->boot_rx : workspace->rx;
}

static void buffer_flush(const uint8_t *buffer)
{
    const uint64_t start = (uint64_t)(uintptr_t)buffer;

    flush_dcache_range(start, start + FFA_WORKSPACE_PAGE);
}

/* Calls */

static uint64_t value_of(struct ffa_workspace *workspace, uint64_t kind, uint64_t value)
{
    const uint64_t handle = workspace->handles[value % SCRIPT_SLOTS_MAX];

    switch (kind) {
    case SCRIPT_VALUE_HANDLE:
        return handle;
    case SCRIPT_VALUE_HANDLE_LOW:
        return (uint32_t)handle;
    case SCRIPT_VALUE_HANDLE_HIGH:
        return handle >> 32;
    case SCRIPT_VALUE_TX:
        return (uint64_t)(uintptr_t)tx_of(workspace);
    case SCRIPT_VALUE_RX:
        return (uint64_t)(uintptr_t)rx_of(workspace);
    case SCRIPT_VALUE_PAGE:
        return (uint64_t)(uintptr_t)workspace->pool + value * FFA_WORKSPACE_PAGE;
    default:
        return value;
    }
}

static void registers_take(struct ffa_workspace *workspace, const struct step *step,
                           uint64_t registers[SCRIPT_REGISTERS])
{
    const uint64_t kinds = word(step, 0);

    for (uint32_t index = 0; index < SCRIPT_REGISTERS; index++) {
        registers[index] =
            value_of(workspace, kinds >> (KIND_BITS * index) & KIND_MASK, word(step, 1 + index));
    }
}

/* What the framework speaks with us from now on: descriptors follow. */
static void version_note(struct ffa_workspace *workspace, uint64_t asked, uint64_t answer)
{
    if (!((uint32_t)answer & FFA_VERSION_MBZ)) {
        workspace->version = (uint32_t)(asked < answer ? asked : answer);
    }
}

static void buffers_publish(struct ffa_workspace *workspace)
{
    memset(workspace->tx, 0, sizeof(workspace->tx));
    memset(workspace->rx, 0, sizeof(workspace->rx));
    buffer_flush(workspace->tx);
    buffer_flush(workspace->rx);
}

static void smc_do(struct ffa_workspace *workspace, const struct step *step)
{
    uint64_t registers[SCRIPT_REGISTERS];

    registers_take(workspace, step, registers);
    const uint32_t function = (uint32_t)registers[0];
    const uint64_t asked = registers[1];
    if (function == FFA_RXTX_MAP_32 || function == FFA_RXTX_MAP_64) {
        buffers_publish(workspace);
    }
    smc_registers(registers);
    if (function == FFA_VERSION) {
        version_note(workspace, asked, registers[0]);
    }
    step_finish_with(0, registers, sizeof(registers));
}

static void direct_request_do(struct ffa_workspace *workspace, const struct step *step)
{
    struct ffa_results results;
    const uint64_t runs_max = word(step, 1 + SCRIPT_REGISTERS);

    results.interrupts = 0;
    results.yields = 0;
    registers_take(workspace, step, results.registers);
    smc_registers(results.registers);
    while (results.interrupts + results.yields < runs_max) {
        const uint32_t function = (uint32_t)results.registers[0];
        if (function != FFA_INTERRUPT && function != FFA_YIELD) {
            break;
        }
        results.interrupts += function == FFA_INTERRUPT;
        results.yields += function == FFA_YIELD;
        const uint64_t target = (uint32_t)results.registers[1];
        memset(results.registers, 0, sizeof(results.registers));
        results.registers[0] = FFA_RUN;
        results.registers[1] = target;
        smc_registers(results.registers);
    }
    step_finish_with(0, results.registers, sizeof(results));
}

/* Buffers */

static void tx_write_do(struct ffa_workspace *workspace, const struct step *step)
{
    const uint64_t offset = word(step, 0);
    const uint64_t size = word(step, 1);
    uint8_t *tx = tx_of(workspace);

    if (offset > FFA_WORKSPACE_PAGE || size > FFA_WORKSPACE_PAGE - offset ||
        size > step->length - 2 * sizeof(uint64_t)) {
        step_finish(EFI_INVALID_PARAMETER);
        return;
    }
    memcpy(tx + offset, &step->operands[2], size);
    buffer_flush(tx);
    step_finish(0);
}

static void rx_read_do(struct ffa_workspace *workspace, const struct step *step)
{
    const uint64_t offset = word(step, 0);
    const uint64_t size = word(step, 1);
    const uint8_t *rx = rx_of(workspace);
    static uint64_t bytes[FFA_WORKSPACE_PAGE / sizeof(uint64_t)] __attribute__((section(".noinit")));

    if (offset > FFA_WORKSPACE_PAGE || size > FFA_WORKSPACE_PAGE - offset) {
        step_finish(EFI_INVALID_PARAMETER);
        return;
    }
    buffer_flush(rx);
    memcpy(bytes, rx + offset, size);
    step_finish_with(0, bytes, size);
}

/* Memory that is sent */

static uint64_t range_start(const struct ffa_workspace *workspace, uint64_t start, uint64_t pages)
{
    return pages & SCRIPT_RANGE_POOL ? (uint64_t)(uintptr_t)workspace->pool + start * FFA_WORKSPACE_PAGE
                                     : start;
}

static bool send_take(const struct ffa_workspace *workspace, const struct step *step,
                      struct ffa_memory_send *send)
{
    enum { HEADER_WORDS = 8 };
    uint64_t at = HEADER_WORDS;

    *send = (struct ffa_memory_send){
        .version = workspace->version,
        .attributes = (uint16_t)word(step, 3),
        .flags = (uint32_t)word(step, 2),
        .tag = word(step, 4),
        .borrower_count = (uint32_t)word(step, 6),
        .range_count = (uint32_t)word(step, 7),
    };
    if (send->borrower_count > FFA_MEMORY_SEND_BORROWERS_MAX ||
        send->range_count > FFA_MEMORY_SEND_RANGES_MAX) {
        return false;
    }
    for (uint32_t index = 0; index < send->borrower_count; index++, at++) {
        const uint64_t borrower = word(step, at);
        send->borrowers[index] = (struct ffa_memory_borrower){(uint16_t)borrower, (uint8_t)(borrower >> 16),
                                                              (uint8_t)(borrower >> 24)};
    }
    for (uint32_t index = 0; index < send->range_count; index++, at += 2) {
        const uint64_t pages = word(step, at + 1);
        send->ranges[index] =
            (struct ffa_memory_range){range_start(workspace, word(step, at), pages), (uint32_t)pages};
    }
    return true;
}

static void tx_put(struct ffa_workspace *workspace, const uint8_t *bytes, uint64_t size)
{
    uint8_t *tx = tx_of(workspace);

    memcpy(tx, bytes, size);
    buffer_flush(tx);
}

/* FFA_MEM_FRAG_RX asks for the rest, from an offset on; as often as it makes sense. */
static void fragments_send(struct ffa_workspace *workspace, const uint8_t *descriptor, uint32_t size,
                           uint32_t fragment_size, uint64_t registers[SCRIPT_REGISTERS])
{
    for (uint32_t turns = 0; turns < FFA_MEMORY_SEND_SIZE_MAX; turns++) {
        const uint64_t offset = (uint32_t)registers[3];
        if ((uint32_t)registers[0] != FFA_MEM_FRAG_RX || offset >= size) {
            return;
        }
        const uint64_t low = registers[1];
        const uint64_t high = registers[2];
        const uint64_t rest = size - offset < fragment_size ? size - offset : fragment_size;
        tx_put(workspace, descriptor + offset, rest);
        memset(registers, 0, SCRIPT_REGISTERS * sizeof(registers[0]));
        registers[0] = FFA_MEM_FRAG_TX;
        registers[1] = low;
        registers[2] = high;
        registers[3] = rest;
        smc_registers(registers);
    }
}

static void mem_send_do(struct ffa_workspace *workspace, const struct step *step)
{
    static struct ffa_memory_send send __attribute__((section(".noinit")));
    static uint8_t descriptor[FFA_MEMORY_SEND_SIZE_MAX] __attribute__((section(".noinit")));
    uint64_t registers[SCRIPT_REGISTERS] = {word(step, 0)};
    const uint64_t slot = word(step, 1);

    if (!send_take(workspace, step, &send) || slot >= SCRIPT_SLOTS_MAX) {
        step_finish(EFI_INVALID_PARAMETER);
        return;
    }
    const uint32_t size = ffa_memory_send_build(&send, descriptor);
    const uint64_t asked = word(step, 5);
    const uint32_t fragment_size = asked != 0 && asked < size ? (uint32_t)asked : size;
    tx_put(workspace, descriptor, fragment_size);
    registers[1] = size;
    registers[2] = fragment_size;
    smc_registers(registers);
    fragments_send(workspace, descriptor, size, fragment_size, registers);
    if ((uint32_t)registers[0] == FFA_SUCCESS_32) {
        workspace->handles[slot] = (uint32_t)registers[2] | registers[3] << 32;
    }
    step_finish_with(0, registers, sizeof(registers));
}

static void mem_reclaim_do(struct ffa_workspace *workspace, const struct step *step)
{
    const uint64_t slot = word(step, 0);
    const uint64_t handle = slot < SCRIPT_SLOTS_MAX ? workspace->handles[slot] : FFA_MEMORY_HANDLE_INVALID;
    uint64_t registers[SCRIPT_REGISTERS] = {FFA_MEM_RECLAIM, (uint32_t)handle, handle >> 32, word(step, 1)};

    smc_registers(registers);
    step_finish_with(0, registers, sizeof(registers));
}

/* Functions of their own, so that a fault in them has their names. */
__attribute__((noinline)) static void lender_writes(volatile uint64_t *at, uint64_t value)
{
    *at = value;
}

__attribute__((noinline)) static uint64_t lender_reads(const volatile uint64_t *at)
{
    return *at;
}

static void mem_touch_do(struct ffa_workspace *workspace, const struct step *step)
{
    const uint64_t offset = word(step, 0);

    if (offset % sizeof(uint64_t) != 0 || offset >= sizeof(workspace->pool)) {
        step_finish(EFI_INVALID_PARAMETER);
        return;
    }
    volatile uint64_t *at = (volatile uint64_t *)(void *)(workspace->pool + offset);
    if (step->code == SCRIPT_STEP_MEM_WRITE) {
        lender_writes(at, word(step, 1));
        step_finish(0);
        return;
    }
    const uint64_t value = lender_reads(at);
    step_finish_with(0, &value, sizeof(value));
}

void step_do_ffa(struct ffa_workspace *workspace, const struct step *step)
{
    if (step->truncated) {
        step_finish(EFI_INVALID_PARAMETER);
        return;
    }
    switch (step->code) {
    case SCRIPT_STEP_SMC:
        smc_do(workspace, step);
        break;
    case SCRIPT_STEP_DIRECT_REQUEST:
        direct_request_do(workspace, step);
        break;
    case SCRIPT_STEP_TX_WRITE:
        tx_write_do(workspace, step);
        break;
    case SCRIPT_STEP_RX_READ:
        rx_read_do(workspace, step);
        break;
    case SCRIPT_STEP_MEM_SEND:
        mem_send_do(workspace, step);
        break;
    case SCRIPT_STEP_MEM_RECLAIM:
        mem_reclaim_do(workspace, step);
        break;
    default:
        mem_touch_do(workspace, step);
        break;
    }
}
