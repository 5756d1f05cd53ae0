/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One access as everything below an agent sees it: who, where, with which attributes, to do what.
 *
 * Attributes come from the translation that made the access (Arm ARM, "Memory types and attributes"); nothing
 * below the agent guesses them. The struct travels on TLM-2.0 sockets in one ignorable extension
 * (access_extension.hpp).
 */
#ifndef MODEL_BUS_ACCESS_H
#define MODEL_BUS_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/event/event.h"

#ifdef __cplusplus
extern "C" {
#endif

#define LINE_SIZE_MAX 2048 /* bytes; CTR_EL0.CWG allows no more */

enum pa_space { PA_SPACE_NON_SECURE, PA_SPACE_SECURE };

/*
 * The inner attributes decide: this platform has no outer cache that treats them differently. Write-through
 * is told apart from write-back because its lines are never dirty.
 */
enum memory_type {
    MEMORY_DEVICE_NGNRNE,
    MEMORY_DEVICE_NGNRE,
    MEMORY_DEVICE_NGRE,
    MEMORY_DEVICE_GRE,
    MEMORY_NORMAL_NC,
    MEMORY_NORMAL_WT,
    MEMORY_NORMAL_WB,
};

/* The encoding of SH[1:0] in descriptors. */
enum shareability { SHAREABILITY_NON = 0, SHAREABILITY_OUTER = 2, SHAREABILITY_INNER = 3 };

enum access_op {
    ACCESS_READ,
    ACCESS_WRITE,
    /*
     * The CPU asks for host pointers to a whole line (grant.h) before it does the access itself. GRANT_WRITE
     * makes the line present and dirty, as the store that follows at once would. Both may be declined: then
     * the CPU makes the access as ACCESS_READ or ACCESS_WRITE.
     */
    ACCESS_GRANT_READ,
    ACCESS_GRANT_WRITE,
    /* Maintenance by VA, to the PoC unless named otherwise. `pa` is the translated address. */
    ACCESS_DC_IVAC,
    ACCESS_DC_CVAC,
    ACCESS_DC_CVAU, /* to the PoU */
    ACCESS_DC_CVAP,
    ACCESS_DC_CVADP,
    ACCESS_DC_CIVAC,
    /* Maintenance by set/way: `operand` is the register operand. */
    ACCESS_DC_ISW,
    ACCESS_DC_CSW,
    ACCESS_DC_CISW,
    /* DC ZVA: writes zeros to the block; a write for every other purpose. `size` is the block. */
    ACCESS_DC_ZVA,
    ACCESS_IC_IALLU,
    ACCESS_IC_IALLUIS,
    ACCESS_IC_IVAU,
    /* Barriers: `operand` is CRm, which holds the domain [3:2] and the types [1:0]. */
    ACCESS_DSB,
    ACCESS_DMB,
    ACCESS_ISB,
};

/*
 * What only an observer of golden memory is asked (cpu_config.observed), after it has happened: further
 * values of access.op, apart because caches are never asked them.
 */
enum access_observed_op {
    ACCESS_TRANSLATION_CHANGED = ACCESS_ISB + 1, /* data: struct translation_regime, as it is now */
    ACCESS_TLBI,                                 /* operand: the encoding; data: its register operand */
};
#define ACCESS_OP_COUNT 22

enum access_status {
    ACCESS_OK,
    ACCESS_EXTERNAL_ABORT, /* nothing answers at this address, or not to this access */
};

struct access {
    uint64_t pa;
    uint64_t va;         /* as the instruction computed it; equals pa for agents without translation */
    uint64_t pc;         /* of the instruction of PE `pe` that made or caused the access */
    uint64_t position;   /* instructions retired by PE `pe` before it */
    uint64_t operand;    /* set/way operand or barrier option, else 0 */
    uint32_t size;       /* bytes; a read or write never crosses a line */
    uint32_t grant_slot; /* GRANT_*: the slot of the PE's grant tables that this va uses */
    uint32_t ordinal;    /* among the accesses of this instruction by the same agent, from 0, however served;
                            agents of a PE only */
    uint8_t op;          /* enum access_op */
    uint8_t agent;       /* enum agent_kind */
    uint8_t pe;
    uint8_t space;        /* enum pa_space */
    uint8_t type;         /* enum memory_type */
    uint8_t shareability; /* enum shareability */
    bool exclusive;       /* load- or store-exclusive, or atomic */
    bool ordered;         /* load-acquire or store-release */
    uint8_t el;           /* exception level of the PE, of agents of a PE */
    uint8_t granted;      /* answer to GRANT_*: 1 if the grant has been installed */
    uint16_t endpoint;    /* FF-A ID of the partition, of AGENT_PARTITION */
};

/* Normal write-back and write-through memory may be cached. */
static inline bool memory_type_cacheable(enum memory_type type)
{
    return type == MEMORY_NORMAL_WT || type == MEMORY_NORMAL_WB;
}

static inline bool memory_type_device(enum memory_type type)
{
    return type <= MEMORY_DEVICE_GRE;
}

/* The mnemonic, as the Arm ARM spells it: "DC IVAC"; "read" and "write" for the rest. */
const char *access_op_text(enum access_op op);
const char *memory_type_text(enum memory_type type);

/* Type, shareability and space in one word for events: type [7:0], shareability [15:8], space [23:16]. */
uint64_t access_attributes(const struct access *access);

#ifdef __cplusplus
}
#endif

#endif
