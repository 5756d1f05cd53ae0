/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The system register file: lookup, reset, and the registers whose value is more than what was written. Knows
 * nothing of traps and permissions (system.c). Arm ARM, "AArch64 System Register Descriptions"; "The Generic
 * Timer".
 */
#include "model/cpu_nsel1/sysreg.h"

#include <assert.h>

#include "model/cpu_nsel1/cpu_state.h"
#include "model/cpu_nsel1/exception.h"
#include "model/cpu_nsel1/timer.h"

static const struct sysreg_info infos[SYSREG_COUNT] = {
#define SYSREG_ENTRY(name, op0, op1, crn, crm, op2, access, reset, mask, traits)                             \
    {#name, reset, mask, traits, SYSREG_ENCODING(op0, op1, crn, crm, op2), SYSREG_##access},
    SYSREGS(SYSREG_ENTRY)
#undef SYSREG_ENTRY
};

#define DBGBCR_E   1U
#define MDSCR_SS   1U
#define MDSCR_KDE  (1U << 13)
#define MDSCR_MDE  (1U << 15)
#define OSLSR_OSLK 2U

uint32_t sysreg_find(uint32_t encoding)
{
    uint32_t low = 0;
    uint32_t high = SYSREG_COUNT;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (infos[middle].encoding < encoding) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < SYSREG_COUNT && infos[low].encoding == encoding ? low : (uint32_t)SYSREG_COUNT;
}

const struct sysreg_info *sysreg_describe(uint32_t id)
{
    assert(id < SYSREG_COUNT);
    return &infos[id];
}

/* "op0 == 3, op1 == 0, CRn == 0, CRm in {1..7}": allocated or reserved, RAZ. */
bool sysreg_reserved_id(uint32_t encoding)
{
    uint32_t crm = SYSREG_CRM(encoding);
    return SYSREG_OP0(encoding) == 3 && SYSREG_OP1(encoding) == 0 && SYSREG_CRN(encoding) == 0 && crm >= 1 &&
           crm <= 7;
}

void sysreg_reset(struct cpu *cpu)
{
    const struct cpu_config *config = &cpu->config;
    for (uint32_t id = 0; id < SYSREG_COUNT; id++) {
        cpu->sysreg[id] = infos[id].reset;
    }
    cpu->sysreg[SYSREG_MIDR_EL1] = config->midr_el1;
    cpu->sysreg[SYSREG_MPIDR_EL1] = config->mpidr_el1;
    cpu->sysreg[SYSREG_VPIDR_EL2] = config->midr_el1;
    cpu->sysreg[SYSREG_VMPIDR_EL2] = config->mpidr_el1;
    cpu->sysreg[SYSREG_CTR_EL0] = config->ctr_el0;
    cpu->sysreg[SYSREG_CLIDR_EL1] = config->clidr_el1;
    cpu->sysreg[SYSREG_DCZID_EL0] = config->dczid_el0;
    cpu->sysreg[SYSREG_CNTFRQ_EL0] = config->cntfrq_el0;
    cpu->sysreg[SYSREG_HCR_EL2] |= config->hcr_el2 & HCR_EL2_MASK;
    if (config->ccidx) {
        cpu->sysreg[SYSREG_ID_AA64MMFR2_EL1] |= 1ULL << 20;
    }
    if (config->lse) {
        cpu->sysreg[SYSREG_ID_AA64ISAR0_EL1] |= 2ULL << 20; /* Atomic */
    }
    if (config->entry_el == 1) {
        cpu->sysreg[SYSREG_ID_AA64PFR0_EL1] &= ~0xF00ULL;
    }
}

static uint64_t ccsidr_read(const struct cpu *cpu)
{
    uint64_t selected = cpu->sysreg[SYSREG_CSSELR_EL1];
    uint64_t level = selected >> 1;
    if (level >= CPU_CACHE_LEVELS_MAX) {
        return 0; /* UNKNOWN: the level does not exist */
    }
    return cpu->config.ccsidr_el1[level][selected & 1];
}

/* DZP, bit 4: whether DC ZVA is prohibited where the register is read. */
static uint64_t dczid_read(const struct cpu *cpu)
{
    uint64_t value = cpu->sysreg[SYSREG_DCZID_EL0];
    bool el2_traps =
        cpu->config.entry_el == 2 && cpu->pstate.el < 2 && (cpu->sysreg[SYSREG_HCR_EL2] & HCR_TDZ) != 0;
    bool el0_traps = cpu->pstate.el == 0 && (cpu->sysreg[SYSREG_SCTLR_EL1] & SCTLR_DZE) == 0;
    return value | (el2_traps || el0_traps ? 0x10 : 0);
}

/* The PE of EL1 has the identity that EL2 gave it. */
static uint64_t identity_read(const struct cpu *cpu, uint32_t id, uint32_t virtual_id)
{
    return cpu->pstate.el == 1 && cpu->config.entry_el == 2 ? cpu->sysreg[virtual_id] : cpu->sysreg[id];
}

uint64_t sysreg_read(const struct cpu *cpu, uint32_t id)
{
    switch (id) {
    case SYSREG_MIDR_EL1:
        return identity_read(cpu, id, SYSREG_VPIDR_EL2);
    case SYSREG_MPIDR_EL1:
        return identity_read(cpu, id, SYSREG_VMPIDR_EL2);
    case SYSREG_SP_EL0:
        return cpu->pstate.sp_selected ? cpu->sp[0] : cpu->x[X_SP];
    case SYSREG_SP_EL1:
        return cpu->sp[1];
    case SYSREG_SPSEL:
        return cpu->pstate.sp_selected;
    case SYSREG_CURRENTEL:
        return (uint64_t)cpu->pstate.el << 2;
    case SYSREG_NZCV:
        return cpu_nzcv(cpu);
    case SYSREG_DAIF:
        return (uint64_t)cpu->pstate.daif << 6;
    case SYSREG_CCSIDR_EL1:
        return ccsidr_read(cpu);
    case SYSREG_DCZID_EL0:
        return dczid_read(cpu);
    case SYSREG_CNTPCT_EL0:
    case SYSREG_CNTVCT_EL0:
        return timer_counter(cpu, id == SYSREG_CNTVCT_EL0);
    default:
        return timer_register(id) ? timer_read(cpu, id) : cpu->sysreg[id];
    }
}

static void debug_enable_write(struct cpu *cpu, uint32_t id, uint64_t value, uint64_t enables)
{
    bool locked = (cpu->sysreg[SYSREG_OSLSR_EL1] & OSLSR_OSLK) != 0;
    uint64_t mask = infos[id].mask & (id == SYSREG_MDSCR_EL1 && !locked ? MDSCR_MASK : MASK_ALL);
    cpu->sysreg[id] = (cpu->sysreg[id] & ~mask) | (value & mask);
    if ((value & enables) != 0) {
        cpu_stop_unmodelled(cpu, cpu->step.word, "self-hosted debug (breakpoint, watchpoint or single step)");
    }
}

static void computed_write(struct cpu *cpu, uint32_t id, uint64_t value)
{
    switch (id) {
    case SYSREG_SP_EL0:
        *(cpu->pstate.sp_selected ? &cpu->sp[0] : &cpu->x[X_SP]) = value;
        return;
    case SYSREG_SP_EL1:
        cpu->sp[1] = value;
        return;
    case SYSREG_SPSEL:
        exception_sp_select(cpu, (value & 1) != 0);
        return;
    case SYSREG_NZCV:
        cpu_nzcv_set(cpu, value);
        return;
    case SYSREG_DAIF:
        cpu->pstate.daif = value >> 6 & 15;
        timer_interrupt_check(cpu);
        return;
    case SYSREG_HCR_EL2:
        cpu->sysreg[id] = (value & HCR_EL2_MASK & ~HCR_HCD) | HCR_EL2_RW;
        return;
    case SYSREG_CNTP_CTL_EL0:
    case SYSREG_CNTV_CTL_EL0:
    case SYSREG_CNTHP_CTL_EL2:
    case SYSREG_CNTP_TVAL_EL0:
    case SYSREG_CNTV_TVAL_EL0:
    case SYSREG_CNTHP_TVAL_EL2:
        timer_write(cpu, id, value);
        return;
    case SYSREG_CNTKCTL_EL1:
    case SYSREG_CNTHCTL_EL2:
        timer_event_control_write(cpu, id, value);
        return;
    case SYSREG_MDSCR_EL1:
        debug_enable_write(cpu, id, value, MDSCR_SS | MDSCR_KDE | MDSCR_MDE);
        return;
    case SYSREG_DBGBCR0_EL1:
    case SYSREG_DBGBCR1_EL1:
    case SYSREG_DBGWCR0_EL1:
    case SYSREG_DBGWCR1_EL1:
        debug_enable_write(cpu, id, value, DBGBCR_E);
        return;
    case SYSREG_OSECCR_EL1:
        if ((cpu->sysreg[SYSREG_OSLSR_EL1] & OSLSR_OSLK) != 0) {
            cpu->sysreg[id] = value & OSECCR_LOCKED;
        }
        return;
    case SYSREG_OSLAR_EL1:
        cpu->sysreg[SYSREG_OSLSR_EL1] &= ~(uint64_t)OSLSR_OSLK;
        cpu->sysreg[SYSREG_OSLSR_EL1] |= (value & 1) != 0 ? OSLSR_OSLK : 0;
        return;
    case SYSREG_DBGCLAIMSET_EL1: /* sets tags; reads as all ones */
        cpu->sysreg[SYSREG_DBGCLAIMCLR_EL1] |= value & 0xFF;
        return;
    case SYSREG_DBGCLAIMCLR_EL1:
        cpu->sysreg[SYSREG_DBGCLAIMCLR_EL1] &= ~(value & 0xFF);
        return;
    default:
        assert(!"a computed register without a rule for writes");
    }
}

void sysreg_write(struct cpu *cpu, uint32_t id, uint64_t value)
{
    const struct sysreg_info *info = sysreg_describe(id);
    assert(info->access != SYSREG_RO);
    if ((info->traits & SR_COMPUTED) != 0) {
        computed_write(cpu, id, value);
    } else {
        cpu->sysreg[id] = (cpu->sysreg[id] & ~info->mask) | (value & info->mask);
    }
    if ((info->traits & SR_TRANSLATION) != 0) {
        cpu->translation_dirty = true;
    }
    if ((info->traits & SR_REPORTED) != 0) {
        cpu_event(cpu, EVENT_CPU_SYSREG_WRITE, AGENT_PE, info->encoding, cpu->sysreg[id], 0, 0);
    }
}
