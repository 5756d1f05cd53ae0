/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The step: does one instruction that no cell can do alone, from its word, at cpu->pc. It can be begun again
 * any number of times: until the last of its accesses has been answered it commits nothing.
 */
#ifndef MODEL_CPU_NSEL1_STEP_H
#define MODEL_CPU_NSEL1_STEP_H

#include <stdint.h>

#include "model/cpu_nsel1/names.h"

#ifdef __cplusplus
extern "C" {
#endif

struct cpu;

enum step_result {
    STEP_RETIRE,  /* done: on to the next instruction */
    STEP_JUMP,    /* done, and cpu->pc is where it goes on */
    STEP_ABANDON, /* an exception has been taken, or the run ends: the instruction is not retired */
    STEP_NEED,    /* cpu->access has to be done first */
    STEP_WAIT,    /* done: WFI or WFE with nothing pending */
    STEP_SMC,     /* done: the caller is the other side of the call */
};

/* Does cpu->step.word. */
enum step_result step_execute(struct cpu *cpu);

/* By encoding group. */
enum step_result step_memory(struct cpu *cpu); /* loads and stores */
enum step_result step_branch(struct cpu *cpu); /* exception generation, ERET, system instructions */
enum step_result step_system(struct cpu *cpu); /* MSR, MRS, SYS, hints, barriers */
enum step_result step_maintenance(struct cpu *cpu, uint32_t encoding,
                                  uint32_t rt); /* SYS: DC, IC, AT, TLBI */
enum step_result step_dc_ic(struct cpu *cpu, uint32_t encoding, uint64_t operand);
enum step_result step_at(struct cpu *cpu, uint32_t encoding, uint64_t va);
enum step_result step_tlbi(struct cpu *cpu, uint32_t encoding, uint64_t operand);

/* The encoding is not there: an UNDEFINED exception and an event that names it. */
enum step_result step_undefined(struct cpu *cpu, enum cpu_name name);

/* A system instruction or register is trapped: EC 0x18, to the given level. */
enum step_result step_trap_system(struct cpu *cpu, uint32_t target_el);

#ifdef __cplusplus
}
#endif

#endif
