/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Between handlers and the outer loop: puts the program counter, the flags and the budget back into the
 * state. Evaluates lazy flags (Arm ARM, "Process state, PSTATE", condition flags).
 */
#include "model/cpu_nsel1/cpu_state.h"
#include "model/cpu_nsel1/flags.h"

static void state_put(struct cpu *cpu, enum cpu_leave reason, uint64_t flag_a, uint64_t flag_b,
                      int64_t budget)
{
    cpu->leave = reason;
    cpu->flag_a = flag_a;
    cpu->flag_b = flag_b;
    cpu->budget = budget;
}

static uint64_t cell_pc(const struct cpu *cpu, const struct op *op)
{
    return cpu->page_va + ((uint64_t)(op - cpu->page->ops) << 2);
}

void cpu_leave_next(struct cpu *cpu, const struct op *op, uint64_t flag_a, uint64_t flag_b, int64_t budget)
{
    cpu->op = op;
    state_put(cpu, LEAVE_NEXT, flag_a, flag_b, budget);
}

void cpu_leave_budget(struct cpu *cpu, const struct op *op, uint64_t flag_a, uint64_t flag_b, int64_t budget)
{
    cpu->pc = cell_pc(cpu, op);
    state_put(cpu, LEAVE_BUDGET, flag_a, flag_b, budget);
}

void cpu_leave_branch(struct cpu *cpu, const struct op *op, uint64_t flag_a, uint64_t flag_b, int64_t budget)
{
    (void)op; /* the handler has set cpu->pc */
    state_put(cpu, LEAVE_BRANCH, flag_a, flag_b, budget);
}

void cpu_leave_undecoded(struct cpu *cpu, const struct op *op, uint64_t flag_a, uint64_t flag_b,
                         int64_t budget)
{
    cpu->pc = cell_pc(cpu, op);
    state_put(cpu, LEAVE_UNDECODED, flag_a, flag_b, budget);
}

void cpu_leave_slow(struct cpu *cpu, const struct op *op, uint64_t flag_a, uint64_t flag_b, int64_t budget)
{
    cpu->pc = cell_pc(cpu, op);
    state_put(cpu, LEAVE_SLOW, flag_a, flag_b, budget);
}

void cpu_leave_miss(struct cpu *cpu, const struct op *op, uint64_t flag_a, uint64_t flag_b, int64_t budget)
{
    cpu->pc = cell_pc(cpu, op);
    state_put(cpu, LEAVE_MISS, flag_a, flag_b, budget);
}

uint32_t cpu_nzcv(const struct cpu *cpu)
{
    return flags_nzcv(cpu->flags_kind, cpu->flag_a, cpu->flag_b);
}

void cpu_nzcv_set(struct cpu *cpu, uint64_t nzcv)
{
    cpu->flags_kind = FLAGS_NZCV;
    cpu->flag_a = nzcv & 0xF0000000U;
    cpu->flag_b = 0;
}
