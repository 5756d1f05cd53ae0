/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Exception entry and return, and the watch over guests that only fault. Arm ARM, pseudocode functions
 * AArch64.TakeException, AArch64.ExceptionReturn, SetPSTATEFromPSR, IllegalExceptionReturn.
 */
#include "model/cpu_nsel1/exception.h"

#include <assert.h>
#include <stdio.h>

#include "model/cpu_nsel1/cpu_state.h"
#include "model/cpu_nsel1/timer.h"

#define SPSR_IL      (1ULL << 20)
#define SPSR_AARCH32 (1ULL << 4)
#define ESR_IL       (1U << 25)
#define DAIF_ALL     15U

#define UNPRODUCTIVE_MAX 16U
#define REPEATED_MAX     1000U

static bool el2_exists(const struct cpu *cpu)
{
    return cpu->config.entry_el == 2;
}

uint64_t exception_sctlr(const struct cpu *cpu)
{
    return cpu->sysreg[cpu->pstate.el == 2 ? SYSREG_SCTLR_EL2 : SYSREG_SCTLR_EL1];
}

uint64_t exception_hcr(const struct cpu *cpu)
{
    return cpu->pstate.el == 2 || !el2_exists(cpu) ? 0 : cpu->sysreg[SYSREG_HCR_EL2];
}

bool exception_debug_routed(const struct cpu *cpu)
{
    bool below = cpu->pstate.el < 2 && el2_exists(cpu);
    return below && ((cpu->sysreg[SYSREG_MDCR_EL2] & MDCR_TDE) != 0 || (exception_hcr(cpu) & HCR_TGE) != 0);
}

uint32_t exception_target(const struct cpu *cpu)
{
    if (cpu->pstate.el == 0) {
        return (exception_hcr(cpu) & HCR_TGE) != 0 ? 2 : 1;
    }
    return cpu->pstate.el;
}

/* The stack pointer of the current state moves to its bank, and the one of the new state into x[31]. */
static void stack_switch(struct cpu *cpu, uint8_t el, bool selected)
{
    cpu->sp[cpu->pstate.sp_selected ? cpu->pstate.el : 0] = cpu->x[X_SP];
    cpu->pstate.el = el;
    cpu->pstate.sp_selected = selected;
    cpu->x[X_SP] = cpu->sp[selected ? el : 0];
}

void exception_sp_select(struct cpu *cpu, bool selected)
{
    stack_switch(cpu, cpu->pstate.el, selected);
}

uint64_t exception_spsr(const struct cpu *cpu)
{
    return cpu_nzcv(cpu) | (cpu->pstate.illegal ? SPSR_IL : 0) | (uint64_t)cpu->pstate.daif << 6 |
           (uint64_t)cpu->pstate.el << 2 | cpu->pstate.sp_selected;
}

static void level_change(struct cpu *cpu, uint8_t el, bool sp_selected)
{
    if (el != cpu->pstate.el) {
        cpu->translation_dirty = true;
    }
    stack_switch(cpu, el, sp_selected);
}

static void fault_repeats_stop(struct cpu *cpu, uint64_t esr, uint64_t far, uint64_t elr)
{
    cpu->stop = (struct cpu_stop){
        .reason = CPU_STOP_FAULT_REPEATS, .pc = elr, .word = cpu->step.word, .esr = esr, .far = far};
    (void)snprintf(cpu->stop.name, sizeof(cpu->stop.name), "exception class 0x%02x", (unsigned)(esr >> 26));
    cpu_event(cpu, EVENT_CPU_STOP, AGENT_PE, CPU_STOP_FAULT_REPEATS, elr, 0, 0);
}

/*
 * A handler that cannot even fetch its first instruction faults without retiring any; one that returns to the
 * cause without having removed it faults in the same way again and again.
 */
static void fault_watch_update(struct cpu *cpu, uint64_t esr, uint64_t far, uint64_t elr)
{
    struct fault_watch *watch = &cpu->fault_watch;
    bool same = watch->elr == elr && watch->esr == esr && watch->far == far;
    watch->unproductive = watch->retired == cpu->retired ? watch->unproductive + 1 : 1;
    watch->repeated = same ? watch->repeated + 1 : 1;
    watch->elr = elr;
    watch->esr = esr;
    watch->far = far;
    watch->retired = cpu->retired;
    if (watch->unproductive >= UNPRODUCTIVE_MAX || watch->repeated >= REPEATED_MAX) {
        fault_repeats_stop(cpu, esr, far, elr);
    }
}

static uint64_t vector_offset(const struct cpu *cpu, uint32_t target_el)
{
    if (target_el > cpu->pstate.el) {
        return 0x400; /* from a lower level, which is AArch64 */
    }
    return cpu->pstate.sp_selected ? 0x200 : 0x000;
}

/* The three that are calls, not faults. */
static bool class_is_call(enum exception_class exception_class)
{
    return exception_class == EC_SVC || exception_class == EC_HVC || exception_class == EC_SMC;
}

void exception_take(struct cpu *cpu, uint32_t target_el, enum exception_class exception_class, uint32_t iss,
                    uint64_t far, uint64_t return_pc)
{
    assert(target_el == 1 || target_el == 2);
    assert(target_el >= cpu->pstate.el);
    bool el2 = target_el == 2;
    uint64_t esr = (uint64_t)exception_class << 26 | ESR_IL | iss;
    bool has_far = exception_class == EC_PC_ALIGNMENT || exception_class == EC_INSTRUCTION_ABORT ||
                   exception_class == EC_DATA_ABORT || exception_class == EC_INSTRUCTION_ABORT + 1 ||
                   exception_class == EC_DATA_ABORT + 1;
    cpu_event(cpu, EVENT_CPU_EXCEPTION, AGENT_PE, esr, has_far ? far : 0, return_pc, target_el);
    if (!class_is_call(exception_class)) {
        fault_watch_update(cpu, esr, far, return_pc);
    }
    cpu->sysreg[el2 ? SYSREG_SPSR_EL2 : SYSREG_SPSR_EL1] = exception_spsr(cpu);
    cpu->sysreg[el2 ? SYSREG_ELR_EL2 : SYSREG_ELR_EL1] = return_pc;
    cpu->sysreg[el2 ? SYSREG_ESR_EL2 : SYSREG_ESR_EL1] = esr;
    if (has_far) {
        cpu->sysreg[el2 ? SYSREG_FAR_EL2 : SYSREG_FAR_EL1] = far;
    }
    cpu->pc = cpu->sysreg[el2 ? SYSREG_VBAR_EL2 : SYSREG_VBAR_EL1] + vector_offset(cpu, target_el);
    level_change(cpu, (uint8_t)target_el, true);
    cpu->pstate.daif = DAIF_ALL;
    cpu->pstate.illegal = false;
}

void exception_data_abort(struct cpu *cpu, uint64_t va, uint32_t iss)
{
    uint32_t target = exception_target(cpu);
    uint32_t same_level = target == cpu->pstate.el;
    exception_take(cpu, target, (enum exception_class)(EC_DATA_ABORT + same_level), iss, va, cpu->pc);
}

void exception_instruction_abort(struct cpu *cpu, uint64_t va, uint32_t fsc)
{
    uint32_t target = exception_target(cpu);
    uint32_t same_level = target == cpu->pstate.el;
    exception_take(cpu, target, (enum exception_class)(EC_INSTRUCTION_ABORT + same_level), fsc, va, cpu->pc);
}

static bool return_is_illegal(const struct cpu *cpu, uint64_t spsr)
{
    uint32_t el = spsr >> 2 & 3;
    if ((spsr & SPSR_AARCH32) != 0 || el > cpu->pstate.el) {
        return true;
    }
    if ((spsr & 2) != 0 || (el == 0 && (spsr & 1) != 0)) {
        return true;
    }
    return el == 1 && el2_exists(cpu) && (cpu->sysreg[SYSREG_HCR_EL2] & HCR_TGE) != 0;
}

/* What EL2 asked for below it, and what this PE cannot do there. */
static void lower_level_check(struct cpu *cpu)
{
    uint64_t hcr = cpu->sysreg[SYSREG_HCR_EL2];
    if ((hcr & (HCR_VM | HCR_DC)) != 0) {
        cpu_stop_unmodelled(cpu, cpu->step.word, "stage 2 translation (HCR_EL2.VM or DC)");
    } else if ((hcr & (HCR_VF | HCR_VI | HCR_VSE)) != 0) {
        cpu_stop_unmodelled(cpu, cpu->step.word, "virtual interrupt (HCR_EL2.VF, VI or VSE)");
    }
}

void exception_return(struct cpu *cpu)
{
    bool el2 = cpu->pstate.el == 2;
    uint64_t spsr = cpu->sysreg[el2 ? SYSREG_SPSR_EL2 : SYSREG_SPSR_EL1];
    uint64_t elr = cpu->sysreg[el2 ? SYSREG_ELR_EL2 : SYSREG_ELR_EL1];
    bool illegal = return_is_illegal(cpu, spsr);
    cpu_event(cpu, EVENT_CPU_EXCEPTION_RETURN, AGENT_PE, elr, spsr, 0, 0);
    if (elr != cpu->fault_watch.elr) {
        cpu->fault_watch.repeated = 0;
    }
    cpu->monitor_armed = false;
    cpu->event_register = true;
    cpu_nzcv_set(cpu, spsr);
    cpu->pstate.daif = spsr >> 6 & 15;
    cpu->pstate.illegal = illegal || (spsr & SPSR_IL) != 0;
    if (!illegal) {
        if (el2 && (spsr >> 2 & 3) < 2) {
            lower_level_check(cpu);
        }
        level_change(cpu, spsr >> 2 & 3, (spsr & 1) != 0);
    }
    timer_interrupt_check(cpu);
    cpu->pc = elr;
}
