/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Why an encoding is UNDEFINED, for events and reports: which feature it belongs to that the ID registers
 * deny, or that it belongs to none. Arm ARM, "A64 Instruction Set Encoding".
 */
#ifndef MODEL_CPU_NSEL1_NAMES_H
#define MODEL_CPU_NSEL1_NAMES_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CPU_NAMES(X)                                                                                         \
    X(UNALLOCATED, "unallocated encoding")                                                                   \
    X(UDF, "UDF")                                                                                            \
    X(FP_SIMD, "floating point or Advanced SIMD (FEAT_FP, FEAT_AdvSIMD)")                                    \
    X(SVE_SME, "SVE or SME")                                                                                 \
    X(LSE, "atomic memory operation (FEAT_LSE)")                                                             \
    X(LSE_CAS, "compare and swap (FEAT_LSE)")                                                                \
    X(LOR, "limited ordering region access (FEAT_LOR)")                                                      \
    X(LRCPC, "load-acquire RCpc (FEAT_LRCPC)")                                                               \
    X(MTE, "memory tagging (FEAT_MTE)")                                                                      \
    X(PAUTH, "pointer authentication (FEAT_PAuth)")                                                          \
    X(FLAGM, "flag manipulation (FEAT_FlagM)")                                                               \
    X(PSTATE_FIELD, "MSR of a PSTATE field that does not exist")                                             \
    X(SYSTEM_REGISTER, "system register that does not exist")                                                \
    X(SYSTEM_REGISTER_ACCESS, "system register not accessible like this at this Exception level")            \
    X(SYSTEM_INSTRUCTION, "system instruction that does not exist")                                          \
    X(SYSTEM_INSTRUCTION_EL, "system instruction not available at this Exception level")                     \
    X(BARRIER, "barrier that does not exist (FEAT_SB, FEAT_XS)")                                             \
    X(HLT, "HLT without halting debug")                                                                      \
    X(DEBUG_STATE, "instruction of Debug state")                                                             \
    X(HVC, "HVC without EL2")                                                                                \
    X(SMC_EL0, "SMC at EL0")                                                                                 \
    X(HVC_EL0, "HVC at EL0")                                                                                 \
    X(ERET_EL0, "ERET at EL0")

enum cpu_name {
#define CPU_NAME_ENUMERATOR(name, text) CPU_NAME_##name,
    CPU_NAMES(CPU_NAME_ENUMERATOR)
#undef CPU_NAME_ENUMERATOR
        CPU_NAME_COUNT
};

/* The name of a word that has no other explanation than its encoding. */
enum cpu_name name_of_word(uint32_t word);

/* cpu_undefined_text (cpu.h) gives the text. */

#ifdef __cplusplus
}
#endif

#endif
