/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Exceptions: entry, return, syndromes; and the bits of SCTLR_ELx and HCR_EL2 that decide. Arm ARM, "The
 * AArch64 System Level Programmers' Model" (exceptions) and "ESR_ELx, Exception Syndrome Register".
 */
#ifndef MODEL_CPU_NSEL1_EXCEPTION_H
#define MODEL_CPU_NSEL1_EXCEPTION_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cpu;

#define SCTLR_M    (1ULL << 0)
#define SCTLR_A    (1ULL << 1)
#define SCTLR_C    (1ULL << 2)
#define SCTLR_SA   (1ULL << 3)
#define SCTLR_SA0  (1ULL << 4)
#define SCTLR_UMA  (1ULL << 9)
#define SCTLR_I    (1ULL << 12)
#define SCTLR_DZE  (1ULL << 14)
#define SCTLR_UCT  (1ULL << 15)
#define SCTLR_NTWI (1ULL << 16)
#define SCTLR_NTWE (1ULL << 18)
#define SCTLR_WXN  (1ULL << 19)
#define SCTLR_UCI  (1ULL << 26)

#define MDCR_TDE (1ULL << 8)

#define HCR_VM    (1ULL << 0)
#define HCR_SWIO  (1ULL << 1)
#define HCR_IMO   (1ULL << 4)
#define HCR_VF    (1ULL << 6)
#define HCR_VI    (1ULL << 7)
#define HCR_VSE   (1ULL << 8)
#define HCR_DC    (1ULL << 12)
#define HCR_TWI   (1ULL << 13)
#define HCR_TWE   (1ULL << 14)
#define HCR_TID1  (1ULL << 16)
#define HCR_TID2  (1ULL << 17)
#define HCR_TID3  (1ULL << 18)
#define HCR_TSC   (1ULL << 19)
#define HCR_TIDCP (1ULL << 20)
#define HCR_TACR  (1ULL << 21)
#define HCR_TSW   (1ULL << 22)
#define HCR_TPC   (1ULL << 23)
#define HCR_TPU   (1ULL << 24)
#define HCR_TTLB  (1ULL << 25)
#define HCR_TVM   (1ULL << 26)
#define HCR_TGE   (1ULL << 27)
#define HCR_TDZ   (1ULL << 28)
#define HCR_HCD   (1ULL << 29)
#define HCR_TRVM  (1ULL << 30)

/* Exception classes, ESR_ELx.EC. */
enum exception_class {
    EC_UNKNOWN = 0x00,
    EC_WFX = 0x01,
    EC_ILLEGAL_STATE = 0x0E,
    EC_SVC = 0x15,
    EC_HVC = 0x16,
    EC_SMC = 0x17,
    EC_SYSTEM_REGISTER = 0x18,
    EC_INSTRUCTION_ABORT = 0x20, /* + 1 without a change of Exception level */
    EC_PC_ALIGNMENT = 0x22,
    EC_DATA_ABORT = 0x24, /* + 1 without a change of Exception level */
    EC_SP_ALIGNMENT = 0x26,
    EC_BRK = 0x3C,
};

/* Fault status codes, ISS[5:0] of aborts; + level for the first four and for walks. */
#define FSC_ADDRESS_SIZE  0x00U
#define FSC_TRANSLATION   0x04U
#define FSC_ACCESS_FLAG   0x08U
#define FSC_PERMISSION    0x0CU
#define FSC_EXTERNAL      0x10U
#define FSC_EXTERNAL_WALK 0x14U
#define FSC_ALIGNMENT     0x21U

#define ISS_WNR (1U << 6)
#define ISS_CM  (1U << 8)

/* The Exception level that a synchronous exception from the current one is taken to, if nothing traps it
 * higher. */
uint32_t exception_target(const struct cpu *cpu);

/* Takes an exception: `return_pc` goes to ELR. Of aborts, the class of one from the same level is one more.
 */
void exception_take(struct cpu *cpu, uint32_t target_el, enum exception_class exception_class, uint32_t iss,
                    uint64_t far, uint64_t return_pc);

/* An abort of a data access or maintenance operation, or of a fetch, at the current instruction. */
void exception_data_abort(struct cpu *cpu, uint64_t va, uint32_t iss);
void exception_instruction_abort(struct cpu *cpu, uint64_t va, uint32_t fsc);

/* ERET. */
void exception_return(struct cpu *cpu);

void exception_sp_select(struct cpu *cpu, bool selected);

/* PSTATE as SPSR_ELx shows it. */
uint64_t exception_spsr(const struct cpu *cpu);

/* SCTLR_ELx of the translation regime that the current Exception level uses. */
uint64_t exception_sctlr(const struct cpu *cpu);

/* Debug exceptions, of which BRK is the one that this PE has, from below EL2 are taken to it. */
bool exception_debug_routed(const struct cpu *cpu);

/* The traps of HCR_EL2 on the current Exception level: 0 at EL2, and where EL2 is not ours to enter. */
uint64_t exception_hcr(const struct cpu *cpu);

#ifdef __cplusplus
}
#endif

#endif
