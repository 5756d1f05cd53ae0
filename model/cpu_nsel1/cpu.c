/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The PE as its caller sees it: creation, the run loop, needs and answers, state for reports. The loop joins
 * three things that never overlap: fetching a decoded cell, running cells, and the step of one instruction.
 */
#include "model/cpu_nsel1/cpu.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/cpu_nsel1/cpu_state.h"
#include "model/cpu_nsel1/exception.h"
#include "model/cpu_nsel1/memory.h"
#include "model/cpu_nsel1/ops_list.h"
#include "model/cpu_nsel1/refill.h"
#include "model/cpu_nsel1/step.h"
#include "model/cpu_nsel1/timer.h"

/* The caller reads events after each run: leave room for those of one instruction and of its answer. */
#define EVENTS_PER_RUN_MAX (EVENT_LOG_CAPACITY / 2)

void cpu_event(struct cpu *cpu, enum event_kind kind, enum agent_kind agent, uint64_t arg0, uint64_t arg1,
               uint64_t arg2, uint64_t arg3)
{
    cpu->log->position = cpu->retired;
    cpu->log->pc = cpu->pc;
    event_log_append(cpu->log, kind, agent, cpu->config.pe, arg0, arg1, arg2, arg3);
}

void cpu_stop_unmodelled(struct cpu *cpu, uint32_t word, const char *name)
{
    cpu->stop = (struct cpu_stop){.reason = CPU_STOP_UNMODELLED, .pc = cpu->pc, .word = word};
    (void)snprintf(cpu->stop.name, sizeof(cpu->stop.name), "%s", name);
    cpu_event(cpu, EVENT_CPU_UNMODELLED, AGENT_PE, word, 0, 0, 0);
    cpu_event(cpu, EVENT_CPU_STOP, AGENT_PE, CPU_STOP_UNMODELLED, cpu->pc, 0, 0);
}

/* ---- creation ---- */

static bool is_power_of_two(uint64_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

static void config_assert(const struct cpu_config *config)
{
    assert(config->entry_el == 1 || config->entry_el == 2);
    assert(is_power_of_two(config->line_size));
    assert(config->line_size >= 16);
    assert(config->line_size <= LINE_SIZE_MAX);
    assert(config->ns_per_instruction >= 1);
    assert(config->cntfrq_el0 >= 1);
    assert((config->dczid_el0 & 15) <= 9);
    assert(!config->observed || config->mode == CPU_MEMORY_GOLDEN);
}

static void handlers_choose(struct cpu *cpu)
{
    bool golden = cpu->config.mode == CPU_MEMORY_GOLDEN;
    if (cpu->config.one_shot) {
        cpu->handlers = golden ? cpu_ops_golden_one_shot : cpu_ops_cached_one_shot;
    } else {
        cpu->handlers = golden ? cpu_ops_golden : cpu_ops_cached;
    }
}

/* Lines of another size than the cells are compiled for are never granted: the step does all accesses. */
static void grants_init(struct cpu *cpu)
{
    bool golden = cpu->config.mode == CPU_MEMORY_GOLDEN;
    cpu->grants = (struct grant_table){
        .read = cpu->read_grants,
        .write = cpu->write_grants,
        .count = golden ? GRANTS_GOLDEN : GRANTS_CACHED,
        .shift = golden ? CPU_PAGE_SHIFT : LINE_SHIFT_COMPILED,
    };
    cpu->grant_asked_at = UINT64_MAX;
    cpu->grants_enabled = !golden && cpu->config.line_size == 1U << LINE_SHIFT_COMPILED;
    for (uint32_t slot = 0; slot < GRANTS_MAX; slot++) {
        cpu->read_grants[slot].host = NULL;
        cpu->write_grants[slot].host = NULL;
    }
    grant_clear_all(&cpu->grants);
    refill_pages_forget(cpu);
}

static void state_reset(struct cpu *cpu)
{
    const struct cpu_config *config = &cpu->config;
    cpu->pstate = (struct pstate){.el = config->entry_el, .sp_selected = true, .daif = 15};
    cpu->pc = config->entry_pc;
    for (uint32_t i = 0; i < 4; i++) {
        cpu->x[i] = config->entry_x[i];
    }
    cpu_nzcv_set(cpu, 0);
    sysreg_reset(cpu);
}

struct cpu *cpu_create(const struct cpu_config *config, struct event_log *log)
{
    config_assert(config);
    assert(log != NULL);
    struct cpu *cpu = calloc(1, sizeof(*cpu));
    struct code_page *pages = calloc(CODE_PAGES, sizeof(*pages));
    if (cpu == NULL || pages == NULL) {
        free(pages);
        free(cpu);
        return NULL;
    }
    cpu->config = *config;
    cpu->log = log;
    cpu->code_pages = pages;
    handlers_choose(cpu);
    grants_init(cpu);
    code_reset(cpu);
    state_reset(cpu);
    return cpu;
}

void cpu_destroy(struct cpu *cpu)
{
    if (cpu != NULL) {
        windows_release(cpu);
        free(cpu->code_pages);
        free(cpu);
    }
}

/* ---- the run loop ---- */

static void step_begin(struct cpu *cpu, uint32_t word)
{
    struct step *step = &cpu->step;
    step->active = true;
    step->announced = false;
    step->word = word;
    step->cursor = 0;
    step->answered = 0;
}

static enum cpu_need step_run(struct cpu *cpu)
{
    enum step_result result = step_execute(cpu);
    if (result == STEP_NEED) {
        return CPU_NEED_ACCESS;
    }
    cpu->step.active = false;
    switch (result) {
    case STEP_RETIRE:
        cpu->pc += 4;
        cpu->retired++;
        return CPU_NEED_NOTHING;
    case STEP_JUMP:
        cpu->retired++;
        return CPU_NEED_NOTHING;
    case STEP_WAIT:
        cpu->pc += 4;
        cpu->retired++;
        return CPU_NEED_TIME;
    case STEP_SMC:
        cpu->pc += 4;
        cpu->retired++;
        return CPU_NEED_SMC;
    case STEP_ABANDON: {
        struct accesses_made *made = memory_made(cpu);
        made->by_fetches++;
        made->by_instructions += cpu->step.cursor;
        break;
    }
    case STEP_NEED:
        break;
    }
    return CPU_NEED_NOTHING;
}

/* Runs cells from cpu->pc, whose page is cpu->page, until one of them cannot go on. */
static void cells_start(struct cpu *cpu, uint64_t instructions_max)
{
    uint32_t cell = (uint32_t)(cpu->pc & (CPU_PAGE_SIZE - 1)) >> 2;
    int64_t budget = instructions_max > INT64_MAX ? INT64_MAX : (int64_t)instructions_max;
    const struct op *op = &cpu->page->ops[cell];
    op->handler(cpu, op, cpu->flag_a, cpu->flag_b, budget);
    while (cpu->leave == LEAVE_NEXT) {
        cpu->op->handler(cpu, cpu->op, cpu->flag_a, cpu->flag_b, cpu->budget);
    }
    cpu->retired += (uint64_t)(budget - cpu->budget);
}

/* Runs cells as far as they go without anybody else, and sees to the one that cannot go on. */
static enum cpu_need cells_run(struct cpu *cpu, uint64_t instructions_max)
{
    cells_start(cpu, instructions_max);
    if (cpu->leave == LEAVE_MISS && refill_ask(cpu)) {
        return CPU_NEED_ACCESS;
    }
    if (cpu->leave == LEAVE_MISS && refill_straddle_begin(cpu)) {
        cells_start(cpu, 1);
        assert(cpu->leave == LEAVE_BUDGET);
        refill_straddle_end(cpu);
        return CPU_NEED_NOTHING;
    }
    if (cpu->leave == LEAVE_SLOW || cpu->leave == LEAVE_MISS) {
        step_begin(cpu, cpu->page->words[(cpu->pc & (CPU_PAGE_SIZE - 1)) >> 2]);
    }
    return CPU_NEED_NOTHING;
}

static enum cpu_need advance(struct cpu *cpu)
{
    if (cpu->step.active) {
        return step_run(cpu);
    }
    switch (fetch_instruction(cpu)) {
    case FETCH_NEED:
        return CPU_NEED_ACCESS;
    case FETCH_FAULT:
        return CPU_NEED_NOTHING;
    case FETCH_READY:
        return cells_run(cpu, cpu->limit - cpu->retired);
    case FETCH_SINGLE: {
        struct code_page *page = cpu->page;
        uint32_t cell = (uint32_t)(cpu->pc & (CPU_PAGE_SIZE - 1)) >> 2;
        enum cpu_need need = cells_run(cpu, 1);
        code_cell_drop(cpu, page, cell);
        return need;
    }
    }
    return CPU_NEED_NOTHING;
}

enum cpu_need cpu_run(struct cpu *cpu, uint64_t instructions_max)
{
    assert(cpu->asked == ASKED_NONE);
    uint64_t events_before = cpu->log->appended;
    cpu->limit = instructions_max > UINT64_MAX - cpu->retired ? UINT64_MAX : cpu->retired + instructions_max;
    while (cpu->stop.reason == CPU_STOP_NONE) {
        if (cpu->retired >= cpu->limit) {
            return CPU_NEED_NOTHING;
        }
        if (cpu->log->count >= EVENTS_PER_RUN_MAX && cpu->log->appended != events_before) {
            return CPU_NEED_NOTHING;
        }
        enum cpu_need need = advance(cpu);
        if (need != CPU_NEED_NOTHING) {
            return need;
        }
    }
    return CPU_NEED_STOP;
}

/* ---- needs ---- */

struct access *cpu_access(struct cpu *cpu)
{
    assert(cpu->asked != ASKED_NONE);
    return &cpu->access;
}

uint8_t *cpu_access_data(struct cpu *cpu)
{
    assert(cpu->asked != ASKED_NONE);
    return cpu->data;
}

static void step_answer(struct cpu *cpu, enum access_status status)
{
    struct step *step = &cpu->step;
    uint64_t value = 0;
    assert(step->answered < STEP_ACCESSES_MAX);
    if (cpu->access.op == ACCESS_READ) {
        memcpy(&value, cpu->data, cpu->access.size);
    }
    if (cpu->config.observed && (cpu->access.op == ACCESS_WRITE || cpu->access.op == ACCESS_DC_ZVA)) {
        code_range_drop(cpu, cpu->access.pa, cpu->access.size);
    }
    step->value[step->answered] = value;
    step->status[step->answered] = (uint8_t)status;
    step->answered++;
}

/*
 * The grant itself is the answer. Given one, the cell of the instruction can do it, if it is still there and
 * needs no new translation; if not, the step goes on, or begins if the cell itself has asked. It does so too
 * if the cell misses again, because a grant is asked once only.
 */
static void grant_answer(struct cpu *cpu)
{
    if (cpu->access.granted != 0 && fetch_is_ready(cpu)) {
        cpu->step.active = false;
    } else if (!cpu->step.active) {
        step_begin(cpu, cpu->step.word);
    }
}

void cpu_provide(struct cpu *cpu, enum access_status status)
{
    enum asked asked = cpu->asked;
    cpu->asked = ASKED_NONE;
    switch (asked) {
    case ASKED_NONE:
        assert(!"nothing was asked");
        return;
    case ASKED_WALK:
        assert(cpu->walk.answered < WALK_LEVELS);
        memcpy(&cpu->walk.descriptor[cpu->walk.answered], cpu->data, sizeof(uint64_t));
        cpu->walk.status[cpu->walk.answered] = (uint8_t)status;
        cpu->walk.answered++;
        return;
    case ASKED_STEP:
        step_answer(cpu, status);
        return;
    case ASKED_GRANT:
        grant_answer(cpu);
        return;
    case ASKED_FETCH:
        cpu->fetch = (struct fetch){.answered = true, .status = (uint8_t)status, .pa = cpu->access.pa};
        return;
    }
}

void cpu_smc_frame(const struct cpu *cpu, struct smc_frame *frame)
{
    memcpy(frame->x, cpu->x, sizeof(frame->x));
}

void cpu_smc_return(struct cpu *cpu, const struct smc_frame *frame, uint32_t registers_written)
{
    assert(registers_written <= SMC_FRAME_REGISTERS);
    memcpy(cpu->x, frame->x, registers_written * sizeof(frame->x[0]));
    cpu_event(cpu, EVENT_CPU_SMC_RETURN, AGENT_PE, cpu->x[0], cpu->x[1], cpu->x[2], cpu->x[3]);
}

uint64_t cpu_wakes_in(const struct cpu *cpu)
{
    uint64_t now = timer_now(cpu);
    if (cpu->wakes_at == UINT64_MAX) {
        return UINT64_MAX;
    }
    return cpu->wakes_at > now ? cpu->wakes_at - now : 0;
}

void cpu_advance_time(struct cpu *cpu, uint64_t ns)
{
    cpu->waited_ns += ns;
}

const struct cpu_stop *cpu_stop_told(const struct cpu *cpu)
{
    return &cpu->stop;
}

struct grant_table *cpu_grants(struct cpu *cpu)
{
    return &cpu->grants;
}

/* ---- state ---- */

uint64_t cpu_register(const struct cpu *cpu, uint32_t index)
{
    assert(index <= X_SP);
    return cpu->x[index];
}

void cpu_register_set(struct cpu *cpu, uint32_t index, uint64_t value)
{
    assert(index <= X_SP);
    cpu->x[index] = value;
}

uint64_t cpu_pc(const struct cpu *cpu)
{
    return cpu->pc;
}

/* An instruction in progress is forgotten. */
void cpu_pc_set(struct cpu *cpu, uint64_t pc)
{
    cpu->pc = pc;
    cpu->step.active = false;
    cpu->fetch.answered = false;
    cpu->walk.answered = 0;
    cpu->asked = ASKED_NONE;
}

uint64_t cpu_pstate(const struct cpu *cpu)
{
    return exception_spsr(cpu);
}

uint32_t cpu_current_el(const struct cpu *cpu)
{
    return cpu->pstate.el;
}

uint64_t cpu_retired(const struct cpu *cpu)
{
    return cpu->retired;
}

bool cpu_system_register(const struct cpu *cpu, uint32_t encoding, uint64_t *value)
{
    uint32_t id = sysreg_find(encoding);
    if (id == SYSREG_COUNT) {
        return false;
    }
    *value = sysreg_read(cpu, id);
    return true;
}
