/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The step's SYS instructions: DC, IC, AT and TLBI. What a cache does about them is not decided here: they go
 * out as accesses, with the attributes of the translation that made them. Arm ARM, "Cache maintenance system
 * instructions", "Address translation instructions", "TLB maintenance instructions".
 */
#include <assert.h>
#include <stddef.h>

#include "model/bus/translation.h"
#include "model/cpu_nsel1/cpu_state.h"
#include "model/cpu_nsel1/decode.h"
#include "model/cpu_nsel1/exception.h"
#include "model/cpu_nsel1/memory.h"
#include "model/cpu_nsel1/mmu.h"
#include "model/cpu_nsel1/step.h"
#include "model/cpu_nsel1/tlb.h"

#define SYS(op1, crn, crm, op2) SYSREG_ENCODING(1, op1, crn, crm, op2)

enum dc_ic_form { FORM_VA, FORM_SET_WAY, FORM_ALL };

struct dc_ic_info {
    uint16_t encoding;
    uint8_t op;    /* enum access_op */
    uint8_t form;  /* enum dc_ic_form */
    bool el0;      /* available at EL0, if SCTLR_EL1.UCI (ZVA: DZE) is set */
    uint64_t trap; /* HCR_EL2 bit that traps it from EL1 and EL0 */
};

static const struct dc_ic_info dc_ic_infos[] = {
    {SYS(0, 7, 1, 0), ACCESS_IC_IALLUIS, FORM_ALL, false, HCR_TPU},
    {SYS(0, 7, 5, 0), ACCESS_IC_IALLU, FORM_ALL, false, HCR_TPU},
    {SYS(0, 7, 6, 1), ACCESS_DC_IVAC, FORM_VA, false, HCR_TPC},
    {SYS(0, 7, 6, 2), ACCESS_DC_ISW, FORM_SET_WAY, false, HCR_TSW},
    {SYS(0, 7, 10, 2), ACCESS_DC_CSW, FORM_SET_WAY, false, HCR_TSW},
    {SYS(0, 7, 14, 2), ACCESS_DC_CISW, FORM_SET_WAY, false, HCR_TSW},
    {SYS(3, 7, 4, 1), ACCESS_DC_ZVA, FORM_VA, true, HCR_TDZ},
    {SYS(3, 7, 5, 1), ACCESS_IC_IVAU, FORM_VA, true, HCR_TPU},
    {SYS(3, 7, 10, 1), ACCESS_DC_CVAC, FORM_VA, true, HCR_TPC},
    {SYS(3, 7, 11, 1), ACCESS_DC_CVAU, FORM_VA, true, HCR_TPU},
    {SYS(3, 7, 12, 1), ACCESS_DC_CVAP, FORM_VA, true, HCR_TPC},
    {SYS(3, 7, 13, 1), ACCESS_DC_CVADP, FORM_VA, true, HCR_TPC},
    {SYS(3, 7, 14, 1), ACCESS_DC_CIVAC, FORM_VA, true, HCR_TPC},
};

static const struct dc_ic_info *dc_ic_find(uint32_t encoding)
{
    for (uint32_t i = 0; i < sizeof(dc_ic_infos) / sizeof(dc_ic_infos[0]); i++) {
        if (dc_ic_infos[i].encoding == encoding) {
            return &dc_ic_infos[i];
        }
    }
    return NULL;
}

/*
 * At EL1, a hypervisor's HCR_EL2 turns operations that would destroy data into ones that clean it first. It
 * never acts on EL2 itself.
 */
static enum access_op effective_op(const struct cpu *cpu, enum access_op op)
{
    uint64_t hcr = cpu->sysreg[SYSREG_HCR_EL2];
    bool stage2 = (hcr & (HCR_DC | HCR_VM)) != 0;
    if (cpu->pstate.el == 2) {
        return op;
    }
    if (op == ACCESS_DC_IVAC && stage2) {
        return ACCESS_DC_CIVAC;
    }
    if (op == ACCESS_DC_ISW && (stage2 || (hcr & HCR_SWIO) != 0)) {
        return ACCESS_DC_CISW;
    }
    return op;
}

static uint64_t line_bytes(const struct cpu *cpu, enum access_op op)
{
    if (op == ACCESS_DC_ZVA) {
        return 4ULL << (cpu->config.dczid_el0 & 15);
    }
    return 4ULL << (cpu->config.ctr_el0 >> (op == ACCESS_IC_IVAU ? 0 : 16) & 15);
}

static void announce(struct cpu *cpu, const struct dc_ic_info *info, const struct access *access)
{
    if (cpu->step.announced) {
        return;
    }
    cpu->step.announced = true;
    if (access->op >= ACCESS_IC_IALLU && access->op <= ACCESS_IC_IVAU) {
        cpu_event(cpu, EVENT_CPU_IC, AGENT_PE, access->op, access->va, access->pa, 0);
    } else if (info->form == FORM_SET_WAY) {
        cpu_event(cpu, EVENT_CPU_DC_SET_WAY, AGENT_PE, access->op, access->operand, 0, 0);
    } else {
        cpu_event(cpu, EVENT_CPU_DC_VA, AGENT_PE, access->op, access->va, access->pa,
                  access_attributes(access));
    }
}

static enum step_result access_finish(struct cpu *cpu, const struct access *access, uint32_t abort_iss)
{
    struct memory_answer answer;
    if (!memory_access(cpu, access, 0, &answer)) {
        return STEP_NEED;
    }
    if (answer.status != ACCESS_OK) {
        exception_data_abort(cpu, access->va, FSC_EXTERNAL | abort_iss);
        return STEP_ABANDON;
    }
    return STEP_RETIRE;
}

/* DC ZVA is a store in every respect but its size. */
static enum step_result zero_block(struct cpu *cpu, struct access *access)
{
    uint8_t *host = cpu->window_count == 0 ? NULL : memory_window(cpu, access->pa, access->size, true);
    if (host != NULL && !memory_observed(cpu, access)) {
        memory_window_zero(cpu, access, host);
        return STEP_RETIRE;
    }
    return access_finish(cpu, access, ISS_WNR);
}

static enum step_result maintenance_by_va(struct cpu *cpu, const struct dc_ic_info *info, uint64_t va)
{
    bool zero = info->op == ACCESS_DC_ZVA;
    bool write = zero || info->op == ACCESS_DC_IVAC;
    struct translation translation;
    struct mmu_request request = {
        .va = va,
        .purpose = write ? MMU_WRITE : MMU_READ,
        .unaligned = zero, /* faults on Device memory, whatever its address */
        .maintenance = !zero,
    };
    uint32_t abort_iss = ISS_WNR | (zero ? 0 : ISS_CM);
    enum mmu_result result = mmu_translate(cpu, &request, &translation);
    if (result == MMU_NEED) {
        return STEP_NEED;
    }
    if (result == MMU_FAULT) {
        exception_data_abort(cpu, va, translation.fsc | abort_iss);
        return STEP_ABANDON;
    }
    enum access_op op = effective_op(cpu, (enum access_op)info->op);
    uint64_t size = line_bytes(cpu, op);
    struct access access = {
        .pa = translation.pa & ~(size - 1),
        .va = va,
        .size = (uint32_t)size,
        .op = (uint8_t)op,
        .agent = AGENT_PE,
        .type = translation.type,
        .shareability = translation.shareability,
    };
    if (zero) {
        return zero_block(cpu, &access);
    }
    announce(cpu, info, &access);
    return access_finish(cpu, &access, abort_iss);
}

enum step_result step_dc_ic(struct cpu *cpu, uint32_t encoding, uint64_t operand)
{
    const struct dc_ic_info *info = dc_ic_find(encoding);
    if (info == NULL) {
        return step_undefined(cpu, CPU_NAME_SYSTEM_INSTRUCTION);
    }
    uint64_t sctlr = cpu->sysreg[SYSREG_SCTLR_EL1];
    uint64_t el0_enable = info->op == ACCESS_DC_ZVA ? SCTLR_DZE : SCTLR_UCI;
    if (cpu->pstate.el == 0 && !info->el0) {
        return step_undefined(cpu, CPU_NAME_SYSTEM_INSTRUCTION_EL);
    }
    if (cpu->pstate.el == 0 && (sctlr & el0_enable) == 0) {
        return step_trap_system(cpu, exception_target(cpu));
    }
    if ((exception_hcr(cpu) & info->trap) != 0) {
        return step_trap_system(cpu, 2);
    }
    if (info->form == FORM_VA) {
        return maintenance_by_va(cpu, info, operand);
    }
    struct access access = {
        .op = (uint8_t)effective_op(cpu, (enum access_op)info->op),
        .agent = AGENT_PE,
        .operand = info->form == FORM_SET_WAY ? operand : 0,
    };
    announce(cpu, info, &access);
    return access_finish(cpu, &access, 0);
}

/* ---- AT ---- */

#define PAR_F    1ULL
#define PAR_RES1 (1ULL << 11)
#define PAR_NS   (1ULL << 9)

static uint64_t par_of(enum mmu_result result, const struct translation *translation)
{
    if (result == MMU_FAULT) {
        return (uint64_t)translation->fsc << 1 | PAR_RES1 | PAR_F;
    }
    return (uint64_t)translation->mair << 56 | (translation->pa & 0x0000FFFFFFFFF000ULL) | PAR_RES1 | PAR_NS |
           (uint64_t)translation->shareability << 7;
}

/* S1E1R W, S1E0R W for EL1 and EL2; S1E2R W, S12E1R W, S12E0R W for EL2. There is no stage 2. */
enum step_result step_at(struct cpu *cpu, uint32_t encoding, uint64_t va)
{
    uint32_t op1 = SYSREG_OP1(encoding);
    uint32_t op2 = SYSREG_OP2(encoding);
    bool el2_regime = op1 == 4 && op2 < 2;
    if (SYSREG_CRM(encoding) != 8 || (op1 == 0 && op2 > 3) || (op1 == 4 && (op2 == 2 || op2 == 3))) {
        return step_undefined(cpu, CPU_NAME_SYSTEM_INSTRUCTION);
    }
    if (cpu->pstate.el < (op1 == 4 ? 2 : 1)) {
        return step_undefined(cpu, CPU_NAME_SYSTEM_INSTRUCTION_EL);
    }
    struct translation translation;
    struct mmu_request request = {
        .va = va,
        .purpose = (op2 & 1) != 0 ? MMU_WRITE : MMU_READ,
        .unprivileged = !el2_regime && (op2 & 2) != 0,
        .maintenance = true,
        .address_only = true,
        .other_regime = !el2_regime,
    };
    enum mmu_result result = mmu_translate(cpu, &request, &translation);
    if (result == MMU_NEED) {
        return STEP_NEED;
    }
    if (result == MMU_FAULT && translation.fsc >= FSC_EXTERNAL && translation.fsc < FSC_EXTERNAL_WALK + 4) {
        exception_data_abort(cpu, va, translation.fsc | ISS_CM | ISS_WNR);
        return STEP_ABANDON;
    }
    cpu->sysreg[SYSREG_PAR_EL1] = par_of(result, &translation);
    return STEP_RETIRE;
}

/* ---- TLBI ---- */

static void tlb_forget(struct cpu *cpu, const struct translation_tlbi *tlbi, uint64_t operand)
{
    struct tlb_scope scope = {
        .el2 = tlbi->el == 2,
        .by_va = tlbi->kind == TLBI_VA || tlbi->kind == TLBI_VA_ALL_ASIDS,
        .by_asid = tlbi->kind == TLBI_VA || tlbi->kind == TLBI_ASID,
        .va = translation_tlbi_va(operand),
        .asid = translation_asid(cpu->sysreg[SYSREG_TCR_EL1], operand),
    };
    tlb_invalidate(cpu, &scope);
    cpu->translation_dirty = true;
}

/* Done when it is asked; an observer hears of it, whoever else shares the translation. */
enum step_result step_tlbi(struct cpu *cpu, uint32_t encoding, uint64_t operand)
{
    struct translation_tlbi tlbi;
    if (!translation_tlbi_of(encoding, &tlbi)) {
        return step_undefined(cpu, CPU_NAME_SYSTEM_INSTRUCTION);
    }
    if (cpu->pstate.el < (tlbi.op1 == 4 ? 2 : 1)) {
        return step_undefined(cpu, CPU_NAME_SYSTEM_INSTRUCTION_EL);
    }
    if ((exception_hcr(cpu) & HCR_TTLB) != 0) {
        return step_trap_system(cpu, 2);
    }
    if (!cpu->step.announced) {
        cpu->step.announced = true;
        cpu_event(cpu, EVENT_CPU_TLBI, AGENT_PE, encoding, operand, 0, 0);
        if (tlbi.kind != TLBI_STAGE2) {
            tlb_forget(cpu, &tlbi, operand);
        }
    }
    struct access access = {
        .op = ACCESS_TLBI, .agent = AGENT_PE, .operand = encoding, .size = sizeof(operand)};
    return memory_tell(cpu, &access, &operand) ? STEP_RETIRE : STEP_NEED;
}

enum step_result step_maintenance(struct cpu *cpu, uint32_t encoding, uint32_t rt)
{
    uint64_t operand = rt == 31 ? 0 : cpu->x[rt];
    bool returns_value = word_bits(cpu->step.word, 21, 1) != 0; /* SYSL */
    uint32_t crn = SYSREG_CRN(encoding);
    uint32_t crm = SYSREG_CRM(encoding);
    uint32_t op1 = SYSREG_OP1(encoding);
    if (!returns_value && crn == 7 && crm == 8 && (op1 == 0 || op1 == 4)) {
        return step_at(cpu, encoding, operand);
    }
    if (!returns_value && crn == 7) {
        return step_dc_ic(cpu, encoding, operand);
    }
    if (!returns_value && crn == 8) {
        return step_tlbi(cpu, encoding, operand);
    }
    return step_undefined(cpu, CPU_NAME_SYSTEM_INSTRUCTION);
}
