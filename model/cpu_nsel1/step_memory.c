/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The step's loads and stores: everything that a cell could not do through a grant. Checks first (SP and
 * address alignment, translation of every page), then the accesses, none of which crosses a line, then the
 * registers. Arm ARM, "Loads and stores", "Alignment support", "Synchronization and semaphores"; pseudocode
 * function Mem.
 */
#include <assert.h>
#include <string.h>

#include "model/cpu_nsel1/atomic.h"
#include "model/cpu_nsel1/cpu_state.h"
#include "model/cpu_nsel1/decode.h"
#include "model/cpu_nsel1/exception.h"
#include "model/cpu_nsel1/memory.h"
#include "model/cpu_nsel1/mmu.h"
#include "model/cpu_nsel1/refill.h"
#include "model/cpu_nsel1/step.h"

#define PAGE_MASK (CPU_PAGE_SIZE - 1)

#define ERG_BYTES_MAX 2048ULL

/* The instruction with its addresses. */
struct job {
    struct memory_instruction instruction;
    uint64_t va;
    uint64_t base;               /* written back if the index says so */
    uint32_t size;               /* of one register */
    uint32_t count;              /* of registers */
    struct translation pages[2]; /* of the first byte; of the next page, if the access reaches it */
    uint64_t value[2];
};

static uint64_t register_read(const struct cpu *cpu, uint32_t number)
{
    return number == 31 ? 0 : cpu->x[number];
}

static void register_write(struct cpu *cpu, uint32_t number, uint64_t value)
{
    cpu->x[number == 31 ? X_SINK : number] = value;
}

static uint64_t index_value(const struct cpu *cpu, const struct memory_instruction *instruction)
{
    if (instruction->index != INDEX_REGISTER) {
        return (uint64_t)(int64_t)instruction->imm;
    }
    uint64_t value = register_read(cpu, instruction->rm);
    switch (instruction->extend) {
    case EXTEND_LSL:
        break;
    case EXTEND_UXTW:
        value = (uint32_t)value;
        break;
    case EXTEND_SXTW:
        value = (uint64_t)(int64_t)(int32_t)(uint32_t)value;
        break;
    }
    return value << instruction->shift;
}

/* Fills all but the translations. */
static void job_make(const struct cpu *cpu, struct job *job)
{
    const struct memory_instruction *instruction = &job->instruction;
    decode_memory(cpu->step.word, &job->instruction);
    job->size = 1U << instruction->size_log2;
    job->count = instruction->pair ? 2 : 1;
    job->value[0] = 0;
    job->value[1] = 0;
    if (instruction->kind == MEMORY_LITERAL) {
        job->va = cpu->pc + (uint64_t)(int64_t)instruction->imm;
        job->base = 0;
        return;
    }
    uint64_t base = cpu->x[instruction->rn];
    uint64_t indexed = base + index_value(cpu, instruction);
    job->va = instruction->index == INDEX_POST ? base : indexed;
    job->base = indexed;
}

static bool is_atomic(const struct job *job)
{
    return job->instruction.kind == MEMORY_ATOMIC || job->instruction.kind == MEMORY_COMPARE;
}

static bool is_exclusive_or_ordered(const struct job *job)
{
    return job->instruction.kind == MEMORY_EXCLUSIVE || job->instruction.kind == MEMORY_ORDERED ||
           is_atomic(job);
}

static bool sp_is_misaligned(const struct cpu *cpu, const struct job *job)
{
    uint64_t enable = cpu->pstate.el == 0 ? SCTLR_SA0 : SCTLR_SA;
    return job->instruction.kind != MEMORY_LITERAL && job->instruction.rn == 31 && (cpu->x[X_SP] & 15) != 0 &&
           (exception_sctlr(cpu) & enable) != 0;
}

/* Exclusives, atomics and ordered accesses have to be aligned as a whole, the others by register and if
 * SCTLR_ELx.A says so. */
static bool alignment_faults(const struct cpu *cpu, const struct job *job)
{
    if (is_exclusive_or_ordered(job)) {
        return (job->va & (job->size * job->count - 1)) != 0;
    }
    return (job->va & (job->size - 1)) != 0 && (exception_sctlr(cpu) & SCTLR_A) != 0;
}

static enum step_result job_abort(struct cpu *cpu, uint64_t va, uint32_t fsc, bool write)
{
    exception_data_abort(cpu, va, fsc | (write ? ISS_WNR : 0));
    return STEP_ABANDON;
}

static bool job_crosses_page(const struct job *job)
{
    return (job->va & PAGE_MASK) + job->size * job->count > CPU_PAGE_SIZE;
}

/* Every page of the access. STEP_RETIRE: all may be accessed. */
static enum step_result job_translate(struct cpu *cpu, struct job *job, bool write)
{
    uint32_t pages = job_crosses_page(job) ? 2 : 1;
    for (uint32_t i = 0; i < pages; i++) {
        struct mmu_request request = {
            .va = i == 0 ? job->va : (job->va & ~PAGE_MASK) + CPU_PAGE_SIZE,
            .purpose = write ? MMU_WRITE : MMU_READ,
            .unprivileged = job->instruction.unprivileged,
            .unaligned = (job->va & (job->size - 1)) != 0,
        };
        enum mmu_result result = mmu_translate(cpu, &request, &job->pages[i]);
        if (result == MMU_NEED) {
            return STEP_NEED;
        }
        if (result == MMU_FAULT) {
            return job_abort(cpu, request.va, job->pages[i].fsc, write);
        }
    }
    return STEP_RETIRE;
}

/* ---- grants: what may be repeated without the step ---- */

static bool job_grantable(const struct cpu *cpu, const struct job *job)
{
    return !is_exclusive_or_ordered(job) && !job->instruction.unprivileged &&
           !memory_type_device((enum memory_type)job->pages[0].type) && (exception_sctlr(cpu) & SCTLR_A) == 0;
}

static bool grant_was_asked(const struct cpu *cpu)
{
    return cpu->grant_asked_at == cpu->retired;
}

static uint8_t *granted_host(const struct cpu *cpu, const struct job *job)
{
    uint32_t slot = grant_slot(&cpu->grants, job->va);
    const struct grant *grant = job->instruction.load ? &cpu->read_grants[slot] : &cpu->write_grants[slot];
    uint64_t offset = job->va ^ grant->tag;
    if (offset > (1ULL << cpu->grants.shift) - job->size * job->count) {
        return NULL;
    }
    return grant->host + offset;
}

/* Cached mode: asks for the line once for an instruction. True: the question is open. */
static bool grant_ask(struct cpu *cpu, const struct job *job)
{
    uint64_t mask = cpu->config.line_size - 1;
    enum memory_type type = (enum memory_type)job->pages[0].type;
    if (!cpu->grants_enabled || grant_was_asked(cpu) || !memory_type_cacheable(type) ||
        (job->va & mask) + job->size * job->count > cpu->config.line_size) {
        return false;
    }
    struct access access = {
        .pa = job->pages[0].pa & ~mask,
        .va = job->va & ~mask,
        .size = cpu->config.line_size,
        .grant_slot = grant_slot(&cpu->grants, job->va),
        .op = job->instruction.load ? ACCESS_GRANT_READ : ACCESS_GRANT_WRITE,
        .agent = AGENT_PE,
        .type = (uint8_t)type,
        .shareability = job->pages[0].shareability,
    };
    cpu->grant_asked_at = cpu->retired;
    refill_page_know(cpu, job->va, !job->instruction.load, &job->pages[0]);
    memory_ask(cpu, &access, ASKED_GRANT, cpu->step.cursor);
    return true;
}

static void host_transfer(struct job *job, uint8_t *host)
{
    for (uint32_t i = 0; i < job->count; i++) {
        if (job->instruction.load) {
            memcpy(&job->value[i], host + i * job->size, job->size);
        } else {
            memcpy(host + i * job->size, &job->value[i], job->size);
        }
    }
}

/* ---- accesses ---- */

/* One register, cut at lines (which page boundaries are too). */
static enum step_result register_transfer(struct cpu *cpu, struct job *job, uint32_t index, bool write)
{
    uint64_t first_va = job->va + (uint64_t)index * job->size;
    uint64_t loaded = 0;
    for (uint32_t done = 0; done < job->size;) {
        uint64_t va = first_va + done;
        bool second_page = ((va ^ job->va) & ~PAGE_MASK) != 0;
        const struct translation *page = &job->pages[second_page];
        uint64_t pa = (page->pa & ~PAGE_MASK) | (va & PAGE_MASK);
        uint32_t to_line_end = cpu->config.line_size - (uint32_t)(pa & (cpu->config.line_size - 1));
        uint32_t size = job->size - done < to_line_end ? job->size - done : to_line_end;
        struct access access = {
            .pa = pa,
            .va = va,
            .size = size,
            .op = write ? ACCESS_WRITE : ACCESS_READ,
            .agent = AGENT_PE,
            .type = page->type,
            .shareability = page->shareability,
            .exclusive = job->instruction.kind == MEMORY_EXCLUSIVE || is_atomic(job),
            .ordered = write ? job->instruction.release : job->instruction.acquire,
        };
        struct memory_answer answer;
        if (!memory_access(cpu, &access, job->value[index] >> 8 * done, &answer)) {
            return STEP_NEED;
        }
        if (answer.status != ACCESS_OK) {
            return job_abort(cpu, va, FSC_EXTERNAL, write);
        }
        loaded |= answer.value << 8 * done;
        done += size;
    }
    if (!write) {
        job->value[index] = loaded;
    }
    return STEP_RETIRE;
}

static enum step_result registers_transfer(struct cpu *cpu, struct job *job, bool write)
{
    for (uint32_t i = 0; i < job->count; i++) {
        enum step_result result = register_transfer(cpu, job, i, write);
        if (result != STEP_RETIRE) {
            return result;
        }
    }
    return STEP_RETIRE;
}

static enum step_result job_transfer(struct cpu *cpu, struct job *job)
{
    bool grantable = job_grantable(cpu, job);
    if (cpu->config.mode == CPU_MEMORY_CACHED && grantable) {
        if (grant_ask(cpu, job)) {
            return STEP_NEED;
        }
        uint8_t *host = granted_host(cpu, job);
        if (host != NULL && grant_was_asked(cpu)) {
            host_transfer(job, host);
            return STEP_RETIRE;
        }
    }
    enum step_result result = registers_transfer(cpu, job, !job->instruction.load);
    if (result != STEP_RETIRE) {
        return result;
    }
    if (cpu->config.mode == CPU_MEMORY_GOLDEN && grantable && !job_crosses_page(job)) {
        memory_grant_page(cpu, job->va, job->pages[0].pa, !job->instruction.load,
                          memory_type_cacheable((enum memory_type)job->pages[0].type));
    }
    return STEP_RETIRE;
}

/* ---- the local monitor ---- */

static uint64_t monitor_granule(const struct cpu *cpu, uint64_t pa)
{
    uint64_t erg = cpu->config.ctr_el0 >> 20 & 15;
    uint64_t bytes = erg == 0 || (4ULL << erg) > ERG_BYTES_MAX ? ERG_BYTES_MAX : 4ULL << erg;
    return pa & ~(bytes - 1);
}

/* A store-exclusive is done only while the monitor is armed for its granule. */
static bool store_exclusive_passes(const struct cpu *cpu, const struct job *job)
{
    return cpu->monitor_armed && cpu->monitor_pa == monitor_granule(cpu, job->pages[0].pa);
}

static void monitor_update(struct cpu *cpu, const struct job *job, bool passed)
{
    if (job->instruction.kind != MEMORY_EXCLUSIVE) {
        return;
    }
    cpu->monitor_armed = job->instruction.load;
    cpu->monitor_pa = monitor_granule(cpu, job->pages[0].pa);
    if (!job->instruction.load) {
        register_write(cpu, job->instruction.rm, passed ? 0 : 1);
    }
}

/* ---- commit ---- */

static uint64_t loaded_value(const struct memory_instruction *instruction, uint64_t value)
{
    uint32_t unused_bits = 64 - (8U << instruction->size_log2);
    if (!instruction->sign) {
        return value;
    }
    uint64_t extended = (uint64_t)((int64_t)(value << unused_bits) >> unused_bits);
    return instruction->wide ? extended : (uint32_t)extended;
}

static void job_commit(struct cpu *cpu, const struct job *job)
{
    const struct memory_instruction *instruction = &job->instruction;
    if (instruction->index == INDEX_PRE || instruction->index == INDEX_POST) {
        cpu->x[instruction->rn] = job->base;
    }
    if (!instruction->load) {
        return;
    }
    register_write(cpu, instruction->rt, loaded_value(instruction, job->value[0]));
    if (job->count == 2) {
        register_write(cpu, instruction->rt2, loaded_value(instruction, job->value[1]));
    }
}

/* ---- atomics ---- */

/* CASP takes Rs and Rs + 1, Rt and Rt + 1. */
static bool compare_and_swap(const struct cpu *cpu, struct job *job)
{
    uint64_t mask = UINT64_MAX >> (64 - 8 * job->size);
    bool equal = true;
    for (uint32_t i = 0; i < job->count; i++) {
        equal = equal && job->value[i] == (register_read(cpu, job->instruction.rm + i) & mask);
        job->value[i] = register_read(cpu, job->instruction.rt + i);
    }
    return equal;
}

/* What was read becomes what is written. False: nothing is written. */
static bool job_modify(const struct cpu *cpu, struct job *job)
{
    const struct memory_instruction *instruction = &job->instruction;
    if (instruction->kind == MEMORY_COMPARE) {
        return compare_and_swap(cpu, job);
    }
    uint64_t mask = UINT64_MAX >> (64 - 8 * job->size);
    job->value[0] = atomic_result((enum atomic_operation)instruction->atomic, instruction->size_log2,
                                  job->value[0], register_read(cpu, instruction->rm) & mask);
    return true;
}

/*
 * One read, one write. A fault that the read would have made too is told as that of a read (WnR 0). Memory
 * that is not write-back is no exception: whether atomics work there is IMPLEMENTATION DEFINED.
 */
static enum step_result step_atomic(struct cpu *cpu, struct job *job)
{
    enum step_result result = job_translate(cpu, job, false);
    if (result == STEP_RETIRE) {
        result = job_translate(cpu, job, true);
    }
    if (result == STEP_RETIRE) {
        result = registers_transfer(cpu, job, false);
    }
    if (result != STEP_RETIRE) {
        return result;
    }
    const uint64_t old[2] = {job->value[0], job->value[1]};
    if (job_modify(cpu, job)) {
        result = registers_transfer(cpu, job, true);
        if (result != STEP_RETIRE) {
            return result;
        }
    }
    bool compares = job->instruction.kind == MEMORY_COMPARE;
    for (uint32_t i = 0; i < job->count; i++) {
        register_write(cpu, (compares ? job->instruction.rm : job->instruction.rt) + i, old[i]);
    }
    return STEP_RETIRE;
}

static enum step_result step_load_store(struct cpu *cpu, struct job *job)
{
    const struct memory_instruction *instruction = &job->instruction;
    enum step_result result = job_translate(cpu, job, !instruction->load);
    if (result != STEP_RETIRE) {
        return result;
    }
    if (!instruction->load) {
        job->value[0] = register_read(cpu, instruction->rt);
        job->value[1] = register_read(cpu, instruction->rt2);
    }
    bool passed =
        instruction->kind != MEMORY_EXCLUSIVE || instruction->load || store_exclusive_passes(cpu, job);
    if (passed) {
        result = job_transfer(cpu, job);
        if (result != STEP_RETIRE) {
            return result;
        }
    }
    job_commit(cpu, job);
    monitor_update(cpu, job, passed);
    return STEP_RETIRE;
}

enum step_result step_memory(struct cpu *cpu)
{
    struct job job;
    job_make(cpu, &job);
    if (job.instruction.kind == MEMORY_UNALLOCATED || (is_atomic(&job) && !cpu->config.lse)) {
        return step_undefined(cpu, name_of_word(cpu->step.word));
    }
    assert(job.instruction.kind != MEMORY_PREFETCH);
    if (sp_is_misaligned(cpu, &job)) {
        exception_take(cpu, exception_target(cpu), EC_SP_ALIGNMENT, 0, 0, cpu->pc);
        return STEP_ABANDON;
    }
    if (alignment_faults(cpu, &job)) {
        return job_abort(cpu, job.va, FSC_ALIGNMENT, !job.instruction.load);
    }
    return is_atomic(&job) ? step_atomic(cpu, &job) : step_load_store(cpu, &job);
}
