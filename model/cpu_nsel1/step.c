/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The step's first level: exception-generating instructions, ERET, and what is UNDEFINED. Arm ARM, "Branches,
 * Exception Generating and System instructions".
 */
#include "model/cpu_nsel1/step.h"

#include "model/cpu_nsel1/cpu_state.h"
#include "model/cpu_nsel1/decode.h"
#include "model/cpu_nsel1/exception.h"

enum step_result step_undefined(struct cpu *cpu, enum cpu_name name)
{
    cpu_event(cpu, EVENT_CPU_UNDEFINED, AGENT_PE, cpu->step.word, name, 0, 0);
    exception_take(cpu, exception_target(cpu), EC_UNKNOWN, 0, 0, cpu->pc);
    return STEP_ABANDON;
}

static enum step_result step_svc(struct cpu *cpu, uint32_t imm)
{
    exception_take(cpu, exception_target(cpu), EC_SVC, imm, 0, cpu->pc + 4);
    return STEP_JUMP;
}

static enum step_result step_hvc(struct cpu *cpu, uint32_t imm)
{
    if (cpu->pstate.el == 0) {
        return step_undefined(cpu, CPU_NAME_HVC_EL0);
    }
    if (cpu->config.entry_el < 2) {
        return step_undefined(cpu, CPU_NAME_HVC);
    }
    exception_take(cpu, 2, EC_HVC, imm, 0, cpu->pc + 4);
    return STEP_JUMP;
}

static enum step_result step_smc(struct cpu *cpu, uint32_t imm)
{
    if (cpu->pstate.el == 0) {
        return step_undefined(cpu, CPU_NAME_SMC_EL0);
    }
    if ((exception_hcr(cpu) & HCR_TSC) != 0) {
        exception_take(cpu, 2, EC_SMC, imm, 0, cpu->pc);
        return STEP_ABANDON;
    }
    cpu_event(cpu, EVENT_CPU_SMC, AGENT_PE, cpu->x[0], cpu->x[1], cpu->x[2], cpu->x[3]);
    return STEP_SMC;
}

static enum step_result step_exception_generation(struct cpu *cpu)
{
    uint32_t word = cpu->step.word;
    uint32_t imm = word_bits(word, 5, 16);
    switch (word & 0xFFE0001F) {
    case 0xD4000001:
        return step_svc(cpu, imm);
    case 0xD4000002:
        return step_hvc(cpu, imm);
    case 0xD4000003:
        return step_smc(cpu, imm);
    case 0xD4200000:
        exception_take(cpu, exception_debug_routed(cpu) ? 2 : exception_target(cpu), EC_BRK, imm, 0, cpu->pc);
        return STEP_ABANDON;
    case 0xD4400000:
        return step_undefined(cpu, CPU_NAME_HLT);
    case 0xD4A00001:
    case 0xD4A00002:
    case 0xD4A00003:
        return step_undefined(cpu, CPU_NAME_DEBUG_STATE);
    default:
        return step_undefined(cpu, CPU_NAME_UNALLOCATED);
    }
}

static enum step_result step_eret(struct cpu *cpu)
{
    if (cpu->pstate.el == 0) {
        return step_undefined(cpu, CPU_NAME_ERET_EL0);
    }
    exception_return(cpu);
    return STEP_JUMP;
}

enum step_result step_branch(struct cpu *cpu)
{
    uint32_t word = cpu->step.word;
    if ((word & 0xFF000000) == 0xD4000000) {
        return step_exception_generation(cpu);
    }
    if ((word & 0xFFC00000) == 0xD5000000) {
        return step_system(cpu);
    }
    if (word == 0xD69F03E0) {
        return step_eret(cpu);
    }
    if (word == 0xD6BF03E0) {
        return step_undefined(cpu, CPU_NAME_DEBUG_STATE); /* DRPS */
    }
    return step_undefined(cpu, name_of_word(word));
}

enum step_result step_execute(struct cpu *cpu)
{
    cpu->step.cursor = 0;
    switch (word_bits(cpu->step.word, 25, 4)) {
    case 0xA:
    case 0xB:
        return step_branch(cpu);
    case 0x4:
    case 0x6:
    case 0xC:
    case 0xE:
        return step_memory(cpu);
    default:
        return step_undefined(cpu, name_of_word(cpu->step.word));
    }
}
