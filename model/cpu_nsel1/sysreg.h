/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * System registers: one table, and access by encoding. Arm ARM, "AArch64 System Register Descriptions". What
 * is in the table exists; what is not, the ID registers deny, and it is UNDEFINED.
 */
#ifndef MODEL_CPU_NSEL1_SYSREG_H
#define MODEL_CPU_NSEL1_SYSREG_H

#include <stdbool.h>
#include <stdint.h>

#include "model/cpu_nsel1/sysreg_list.h"

#ifdef __cplusplus
extern "C" {
#endif

struct cpu;

/* Bits [20:5] of MRS, MSR and SYS: op0 is 2 bits, of which an instruction gives only the lower. */
#define SYSREG_ENCODING(op0, op1, crn, crm, op2) ((op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))
#define SYSREG_OP0(encoding)                     ((encoding) >> 14 & 3U)
#define SYSREG_OP1(encoding)                     ((encoding) >> 11 & 7U)
#define SYSREG_CRN(encoding)                     ((encoding) >> 7 & 15U)
#define SYSREG_CRM(encoding)                     ((encoding) >> 3 & 15U)
#define SYSREG_OP2(encoding)                     ((encoding)&7U)

enum sysreg_id {
#define SYSREG_ENUMERATOR(name, op0, op1, crn, crm, op2, access, reset, mask, traits) SYSREG_##name,
    SYSREGS(SYSREG_ENUMERATOR)
#undef SYSREG_ENUMERATOR
        SYSREG_COUNT
};

enum sysreg_access { SYSREG_RO, SYSREG_WO, SYSREG_RW };

struct sysreg_info {
    const char *name;
    uint64_t reset;
    uint64_t mask; /* bits that a write changes */
    uint32_t traits;
    uint16_t encoding;
    uint8_t access; /* enum sysreg_access */
};

/* The register with this encoding, or SYSREG_COUNT. */
uint32_t sysreg_find(uint32_t encoding);
const struct sysreg_info *sysreg_describe(uint32_t id);

/* Reserved encodings of the ID space read as zero instead of being UNDEFINED. */
bool sysreg_reserved_id(uint32_t encoding);

void sysreg_reset(struct cpu *cpu);

/* MRS and MSR after all checks. A write may end the run as unmodelled (cpu->stop). */
uint64_t sysreg_read(const struct cpu *cpu, uint32_t id);
void sysreg_write(struct cpu *cpu, uint32_t id, uint64_t value);

#ifdef __cplusplus
}
#endif

#endif
