/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The step's system instructions: hints, barriers, PSTATE fields, MSR and MRS with their traps. Arm ARM,
 * "System instruction class encoding overview", "Traps to EL1 of EL0 accesses", "EL2 configurable controls".
 */
#include <stddef.h>

#include "model/bus/translation.h"
#include "model/cpu_nsel1/cpu_state.h"
#include "model/cpu_nsel1/decode.h"
#include "model/cpu_nsel1/exception.h"
#include "model/cpu_nsel1/memory.h"
#include "model/cpu_nsel1/step.h"
#include "model/cpu_nsel1/timer.h"

#define CPTR_TCPAC (1ULL << 31)
#define MDCR_TDA   (1ULL << 9)
#define MDCR_TDOSA (1ULL << 10)
#define MDCR_TDRA  (1ULL << 11)

#define CNTKCTL_EL0PCTEN (1ULL << 0)
#define CNTKCTL_EL0VCTEN (1ULL << 1)
#define CNTKCTL_EL0VTEN  (1ULL << 8)
#define CNTKCTL_EL0PTEN  (1ULL << 9)
#define CNTHCTL_EL1PCTEN (1ULL << 0)
#define CNTHCTL_EL1PCEN  (1ULL << 1)

/* MRS and MSR have op0 of 2 or 3: bit 19 chooses. */
static uint32_t word_encoding(uint32_t word)
{
    return word_bits(word, 5, 16);
}

static bool word_is_read(uint32_t word)
{
    return word_bits(word, 21, 1) != 0;
}

enum step_result step_trap_system(struct cpu *cpu, uint32_t target_el)
{
    uint32_t word = cpu->step.word;
    uint32_t iss = word_bits(word, 19, 2) << 20 | word_bits(word, 5, 3) << 17 | word_bits(word, 16, 3) << 14 |
                   word_bits(word, 12, 4) << 10 | word_bits(word, 0, 5) << 5 | word_bits(word, 8, 4) << 1 |
                   word_is_read(word);
    exception_take(cpu, target_el, EC_SYSTEM_REGISTER, iss, 0, cpu->pc);
    return STEP_ABANDON;
}

/* ---- hints ---- */

/* What is not trapped waits. The caller lets time pass until the event stream signals, if that is waited for.
 */
static enum step_result wait_begin(struct cpu *cpu, bool event)
{
    if (timer_interrupt_enabled(cpu)) {
        cpu_stop_unmodelled(cpu, cpu->step.word, "timer interrupt (that WFI or WFE waits for)");
        return STEP_ABANDON;
    }
    cpu->wakes_at = event ? timer_event_at(cpu) : UINT64_MAX;
    return STEP_WAIT;
}

static enum step_result step_wait(struct cpu *cpu, bool event)
{
    const uint32_t iss = 1U << 24 | 0xEU << 20 | event;
    uint64_t hcr_trap = event ? HCR_TWE : HCR_TWI;
    uint64_t sctlr_allow = event ? SCTLR_NTWE : SCTLR_NTWI;
    if (event && timer_event_take(cpu)) {
        return STEP_RETIRE;
    }
    if (cpu->pstate.el == 0 && (cpu->sysreg[SYSREG_SCTLR_EL1] & sctlr_allow) == 0) {
        exception_take(cpu, exception_target(cpu), EC_WFX, iss, 0, cpu->pc);
        return STEP_ABANDON;
    }
    if ((exception_hcr(cpu) & hcr_trap) != 0) {
        exception_take(cpu, 2, EC_WFX, iss, 0, cpu->pc);
        return STEP_ABANDON;
    }
    return wait_begin(cpu, event);
}

static enum step_result step_hint(struct cpu *cpu, uint32_t hint)
{
    switch (hint) {
    case 2:
        return step_wait(cpu, true);
    case 3:
        return step_wait(cpu, false);
    case 4: /* SEV */
    case 5: /* SEVL */
        cpu->event_register = true;
        return STEP_RETIRE;
    default:
        return STEP_RETIRE;
    }
}

/* ---- barriers ---- */

static enum step_result step_barrier_access(struct cpu *cpu, enum access_op op, uint32_t option)
{
    struct access access = {.op = (uint8_t)op, .agent = AGENT_PE, .operand = option};
    struct memory_answer answer;
    if (!cpu->step.announced) {
        cpu->step.announced = true;
        cpu_event(cpu, EVENT_CPU_BARRIER, AGENT_PE, op, option, 0, 0);
    }
    return memory_access(cpu, &access, 0, &answer) ? STEP_RETIRE : STEP_NEED;
}

static enum step_result step_barrier(struct cpu *cpu)
{
    uint32_t option = word_bits(cpu->step.word, 8, 4);
    switch (word_bits(cpu->step.word, 5, 3)) {
    case 2:
        cpu->monitor_armed = false; /* CLREX */
        return STEP_RETIRE;
    case 4:
        return step_barrier_access(cpu, ACCESS_DSB, option);
    case 5:
        return step_barrier_access(cpu, ACCESS_DMB, option);
    case 6:
        return step_barrier_access(cpu, ACCESS_ISB, option);
    default:
        return step_undefined(cpu, CPU_NAME_BARRIER);
    }
}

/* ---- MSR (immediate) ---- */

static enum step_result step_pstate(struct cpu *cpu)
{
    uint32_t word = cpu->step.word;
    uint32_t field = word_bits(word, 16, 3) << 3 | word_bits(word, 5, 3);
    uint8_t imm = (uint8_t)word_bits(word, 8, 4);
    bool daif = field == 036 || field == 037;
    if (daif && cpu->pstate.el == 0 && (cpu->sysreg[SYSREG_SCTLR_EL1] & SCTLR_UMA) == 0) {
        return step_trap_system(cpu, exception_target(cpu));
    }
    switch (field) {
    case 005: /* SPSel */
        if (cpu->pstate.el == 0) {
            return step_undefined(cpu, CPU_NAME_SYSTEM_REGISTER_ACCESS);
        }
        exception_sp_select(cpu, (imm & 1) != 0);
        return STEP_RETIRE;
    case 036: /* DAIFSet */
        cpu->pstate.daif |= imm;
        return STEP_RETIRE;
    case 037: /* DAIFClr */
        cpu->pstate.daif &= (uint8_t)~imm;
        timer_interrupt_check(cpu);
        return cpu->stop.reason == CPU_STOP_NONE ? STEP_RETIRE : STEP_ABANDON;
    default:
        return step_undefined(cpu, CPU_NAME_PSTATE_FIELD);
    }
}

/* ---- MRS and MSR (register) ---- */

static uint32_t minimum_el(uint32_t encoding)
{
    static const uint8_t minimum[8] = {1, 1, 1, 0, 2, 3, 3, 3};
    return minimum[SYSREG_OP1(encoding)];
}

static bool el0_counter_allowed(const struct cpu *cpu, uint32_t id)
{
    uint64_t control = cpu->sysreg[SYSREG_CNTKCTL_EL1];
    switch (id) {
    case SYSREG_CNTFRQ_EL0:
        return (control & (CNTKCTL_EL0PCTEN | CNTKCTL_EL0VCTEN)) != 0;
    case SYSREG_CNTPCT_EL0:
        return (control & CNTKCTL_EL0PCTEN) != 0;
    case SYSREG_CNTVCT_EL0:
        return (control & CNTKCTL_EL0VCTEN) != 0;
    case SYSREG_CNTP_TVAL_EL0:
    case SYSREG_CNTP_CTL_EL0:
    case SYSREG_CNTP_CVAL_EL0:
        return (control & CNTKCTL_EL0PTEN) != 0;
    default:
        return (control & CNTKCTL_EL0VTEN) != 0;
    }
}

static bool el0_allowed(const struct cpu *cpu, uint32_t id, uint32_t traits)
{
    uint64_t sctlr = cpu->sysreg[SYSREG_SCTLR_EL1];
    if ((traits & SR_COUNTER) != 0) {
        return el0_counter_allowed(cpu, id);
    }
    if ((traits & SR_EL0_CTR) != 0) {
        return (sctlr & SCTLR_UCT) != 0;
    }
    return (traits & SR_EL0_DAIF) == 0 || (sctlr & SCTLR_UMA) != 0;
}

static bool el2_counter_traps(const struct cpu *cpu, uint32_t id)
{
    uint64_t control = cpu->sysreg[SYSREG_CNTHCTL_EL2];
    switch (id) {
    case SYSREG_CNTPCT_EL0:
        return (control & CNTHCTL_EL1PCTEN) == 0;
    case SYSREG_CNTP_TVAL_EL0:
    case SYSREG_CNTP_CTL_EL0:
    case SYSREG_CNTP_CVAL_EL0:
        return (control & CNTHCTL_EL1PCEN) == 0;
    default:
        return false;
    }
}

/* Where EL2 takes the debug exceptions, it takes the accesses to the debug registers too. */
static bool el2_debug_traps(const struct cpu *cpu, uint32_t traits)
{
    uint64_t control = cpu->sysreg[SYSREG_MDCR_EL2];
    bool all = exception_debug_routed(cpu);
    return ((traits & SR_DEBUG) != 0 && (all || (control & MDCR_TDA) != 0)) ||
           ((traits & SR_DEBUG_OS) != 0 && (all || (control & MDCR_TDOSA) != 0)) ||
           ((traits & SR_DEBUG_ROM) != 0 && (all || (control & MDCR_TDRA) != 0));
}

/* Whether EL2 wants to see this access from below it. */
static bool el2_traps(const struct cpu *cpu, uint32_t id, uint32_t traits, bool read)
{
    uint64_t hcr = exception_hcr(cpu);
    if (cpu->pstate.el == 2 || cpu->config.entry_el < 2) {
        return false;
    }
    bool virtual_memory = (traits & SR_TVM) != 0 && (hcr & (read ? HCR_TRVM : HCR_TVM)) != 0;
    bool identity = ((traits & SR_TID1) != 0 && (hcr & HCR_TID1) != 0) ||
                    ((traits & SR_TID2) != 0 && (hcr & HCR_TID2) != 0) ||
                    ((traits & SR_TID3) != 0 && (hcr & HCR_TID3) != 0);
    bool auxiliary = (traits & SR_TACR) != 0 && (hcr & HCR_TACR) != 0;
    bool architectural = (traits & SR_TCPAC) != 0 && (cpu->sysreg[SYSREG_CPTR_EL2] & CPTR_TCPAC) != 0;
    bool counter = (traits & SR_COUNTER) != 0 && el2_counter_traps(cpu, id);
    return virtual_memory || identity || auxiliary || architectural || counter ||
           el2_debug_traps(cpu, traits);
}

/* Registers that exist, and that are no part of this model. */
static const char *unmodelled_register(uint32_t encoding)
{
    switch (encoding) {
    case SYSREG_ENCODING(2, 3, 0, 4, 0):
        return "DBGDTR_EL0 (debug communication channel)";
    case SYSREG_ENCODING(2, 3, 0, 5, 0):
        return "DBGDTRRX_EL0, DBGDTRTX_EL0 (debug communication channel)";
    default:
        return NULL;
    }
}

static bool encoding_implementation_defined(uint32_t encoding)
{
    return SYSREG_OP0(encoding) == 3 && (SYSREG_CRN(encoding) == 11 || SYSREG_CRN(encoding) == 15);
}

static enum step_result step_register_missing(struct cpu *cpu, uint32_t encoding)
{
    const char *unmodelled = unmodelled_register(encoding);
    uint32_t rt = word_bits(cpu->step.word, 0, 5);
    if (unmodelled != NULL) {
        cpu_stop_unmodelled(cpu, cpu->step.word, unmodelled);
        return STEP_ABANDON;
    }
    if (encoding_implementation_defined(encoding) && (exception_hcr(cpu) & HCR_TIDCP) != 0) {
        return step_trap_system(cpu, 2);
    }
    if (!sysreg_reserved_id(encoding) || cpu->pstate.el == 0 || !word_is_read(cpu->step.word)) {
        return step_undefined(cpu, CPU_NAME_SYSTEM_REGISTER);
    }
    if ((exception_hcr(cpu) & HCR_TID3) != 0) {
        return step_trap_system(cpu, 2);
    }
    cpu->x[rt == 31 ? X_SINK : rt] = 0;
    return STEP_RETIRE;
}

static bool register_accessible(const struct cpu *cpu, uint32_t id, const struct sysreg_info *info, bool read)
{
    if (cpu->pstate.el < minimum_el(info->encoding) || info->access == (read ? SYSREG_WO : SYSREG_RO)) {
        return false;
    }
    if (!read && cpu->pstate.el == 0 && (info->traits & SR_EL0_RO) != 0) {
        return false;
    }
    return id != SYSREG_SP_EL0 || cpu->pstate.sp_selected;
}

/* SCTLR_ELx, TCR_ELx, TTBRn_ELx, MAIR_ELx and HCR_EL2, which is EL1's: told when they have changed. */
static bool translation_tell(struct cpu *cpu, uint32_t id)
{
    uint32_t op1 = SYSREG_OP1(sysreg_describe(id)->encoding);
    struct translation_regime regime;
    struct access access = {.op = ACCESS_TRANSLATION_CHANGED, .agent = AGENT_PE, .size = sizeof(regime)};
    cpu_translation_regime(cpu, id == SYSREG_HCR_EL2 || op1 == 0 ? 1 : 2, &regime);
    return memory_tell(cpu, &access, &regime);
}

static enum step_result register_write(struct cpu *cpu, uint32_t id, uint64_t value)
{
    if (!cpu->step.announced) {
        cpu->step.announced = true;
        sysreg_write(cpu, id, value);
    }
    if (cpu->stop.reason != CPU_STOP_NONE) {
        return STEP_ABANDON;
    }
    if ((sysreg_describe(id)->traits & SR_TRANSLATION) != 0 && !translation_tell(cpu, id)) {
        return STEP_NEED;
    }
    return STEP_RETIRE;
}

static enum step_result step_register(struct cpu *cpu)
{
    uint32_t word = cpu->step.word;
    uint32_t encoding = word_encoding(word);
    uint32_t rt = word_bits(word, 0, 5);
    bool read = word_is_read(word);
    uint32_t id = sysreg_find(encoding);
    if (id == SYSREG_COUNT) {
        return step_register_missing(cpu, encoding);
    }
    const struct sysreg_info *info = sysreg_describe(id);
    if (!register_accessible(cpu, id, info, read)) {
        return step_undefined(cpu, CPU_NAME_SYSTEM_REGISTER_ACCESS);
    }
    if (cpu->pstate.el == 0 && !el0_allowed(cpu, id, info->traits)) {
        return step_trap_system(cpu, exception_target(cpu));
    }
    if (el2_traps(cpu, id, info->traits, read)) {
        return step_trap_system(cpu, 2);
    }
    if (read) {
        cpu->x[rt == 31 ? X_SINK : rt] = sysreg_read(cpu, id);
        return STEP_RETIRE;
    }
    return register_write(cpu, id, rt == 31 ? 0 : cpu->x[rt]);
}

enum step_result step_system(struct cpu *cpu)
{
    uint32_t word = cpu->step.word;
    uint32_t op1 = word_bits(word, 16, 3);
    uint32_t crn = word_bits(word, 12, 4);
    if (word_bits(word, 20, 1) != 0) {
        return step_register(cpu);
    }
    if (word_bits(word, 19, 1) != 0) {
        return step_maintenance(cpu, word_encoding(word), word_bits(word, 0, 5));
    }
    if (word_is_read(word) || word_bits(word, 0, 5) != 31) {
        return step_undefined(cpu, CPU_NAME_UNALLOCATED);
    }
    if (crn == 2 && op1 == 3) {
        return step_hint(cpu, word_bits(word, 5, 7));
    }
    if (crn == 3 && op1 == 3) {
        return step_barrier(cpu);
    }
    if (crn == 4) {
        return step_pstate(cpu);
    }
    return step_undefined(cpu, CPU_NAME_UNALLOCATED);
}
