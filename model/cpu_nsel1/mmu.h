/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stage 1 translation of the EL1&0 and EL2 regimes, VMSAv8-64, 4 KiB granule. Arm ARM, "The AArch64 Virtual
 * Memory System Architecture". Reads descriptors through access_do (memory.h) and so may have to wait for the
 * caller.
 */
#ifndef MODEL_CPU_NSEL1_MMU_H
#define MODEL_CPU_NSEL1_MMU_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cpu;

enum mmu_result {
    MMU_OK,
    MMU_NEED,  /* a descriptor has been asked for: begin again when it is there */
    MMU_FAULT, /* translation.fsc tells */
};

enum mmu_purpose { MMU_READ, MMU_WRITE, MMU_EXECUTE };

struct mmu_request {
    uint64_t va;
    enum mmu_purpose purpose;
    bool unprivileged; /* with the permissions of EL0 */
    bool unaligned;    /* faults on Device memory */
    bool maintenance;  /* Device memory is as good as any other */
    bool address_only; /* AT: no TLB, all of the walk */
    bool other_regime; /* AT S1E1x and S1E0x at EL2: the EL1&0 regime */
};

struct translation {
    uint64_t pa;
    uint32_t fsc;         /* MMU_FAULT: ISS[5:0] */
    uint8_t type;         /* enum memory_type, SCTLR_ELx.C and I taken into account */
    uint8_t shareability; /* enum shareability */
    uint8_t mair;         /* the attribute byte, for PAR_EL1 */
};

enum mmu_result mmu_translate(struct cpu *cpu, const struct mmu_request *request, struct translation *result);

/* What a branch to `va` puts into the PC: a tag that is ignored becomes a sign extension. */
uint64_t mmu_branch_target(const struct cpu *cpu, uint64_t va);

#ifdef __cplusplus
}
#endif

#endif
