/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stage 1 translation as plain data: what the registers of a regime say, how descriptors of the 4 KiB granule
 * are read, and what a TLBI names. Facts only, shared by who translates (the MMU of a PE) and by who watches
 * what may be translated; neither memory nor TLB is here. Arm ARM, "The AArch64 Virtual Memory System
 * Architecture": "VMSAv8-64 translation table format descriptors", "Memory region attributes", "TLB
 * maintenance instructions".
 */
#ifndef MODEL_BUS_TRANSLATION_H
#define MODEL_BUS_TRANSLATION_H

#include <stdbool.h>
#include <stdint.h>

#include "model/bus/access.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TRANSLATION_PAGE_SHIFT     12U
#define TRANSLATION_LEVELS         4U
#define TRANSLATION_ENTRIES        512U /* of a whole table */
#define TRANSLATION_PA_BITS        40U  /* ID_AA64MMFR0_EL1.PARange of our PEs */
#define TRANSLATION_INPUT_BITS_MAX 48U  /* TnSZ 16 */
#define TRANSLATION_INPUT_BITS_MIN 25U  /* TnSZ 39 */

#define TRANSLATION_SCTLR_M (1ULL << 0)
#define TRANSLATION_SCTLR_C (1ULL << 2)
#define TRANSLATION_HCR_DC  (1ULL << 12)

#define DESCRIPTOR_VALID   (1ULL << 0)
#define DESCRIPTOR_TABLE   (1ULL << 1) /* at level 3: a page */
#define DESCRIPTOR_ADDRESS 0x0000FFFFFFFFF000ULL
#define DESCRIPTOR_AF      (1ULL << 10)
#define DESCRIPTOR_NG      (1ULL << 11)

/* The registers of one translation regime. */
struct translation_regime {
    uint64_t sctlr;
    uint64_t tcr;
    uint64_t ttbr0;
    uint64_t ttbr1; /* EL1 only */
    uint64_t mair;
    uint64_t hcr_el2;
    uint8_t el; /* 1: EL1&0; 2: EL2 */
    bool live;  /* M = 1, or HCR_EL2.DC = 1 for EL1&0 */
};

/* HCR_EL2.DC takes stage 1 of EL1&0 away: all memory is write-back, whatever SCTLR_EL1 says. */
static inline bool translation_flat_cacheable(const struct translation_regime *regime)
{
    return regime->el == 1 && (regime->hcr_el2 & TRANSLATION_HCR_DC) != 0;
}

/* Tables are walked. */
static inline bool translation_walks(const struct translation_regime *regime)
{
    return (regime->sctlr & TRANSLATION_SCTLR_M) != 0 && !translation_flat_cacheable(regime);
}

/* What TCR_ELx and TTBRn_ELx say about one half of the address space; EL2 has the lower one only. */
struct translation_half {
    uint64_t ttbr;
    uint32_t size_offset; /* TnSZ */
    uint32_t output_bits; /* (I)PS */
    uint16_t asid;
    uint8_t irgn;
    uint8_t shareability;
    bool upper; /* TTBR1 */
    bool tag_ignored;
    bool walk_disabled; /* EPDn */
};

static inline uint32_t translation_physical_bits(uint64_t encoded)
{
    static const uint8_t bits[8] = {32, 36, 40, 42, 44, 48, 48, 48};
    uint32_t value = bits[encoded & 7];
    return value < TRANSLATION_PA_BITS ? value : TRANSLATION_PA_BITS;
}

/* TCR_EL1.AS: how much of an ASID counts, in TTBRn_EL1 and in the operand of a TLBI. */
static inline uint16_t translation_asid(uint64_t tcr_el1, uint64_t value)
{
    return (uint16_t)((tcr_el1 >> 36 & 1) != 0 ? value >> 48 : value >> 48 & 0xFF);
}

static inline struct translation_half translation_half_of(const struct translation_regime *regime, bool upper)
{
    uint64_t tcr = regime->tcr;
    uint64_t part = upper ? tcr >> 16 : tcr;
    bool el2 = regime->el == 2;
    bool asid_of_ttbr1 = (tcr >> 22 & 1) != 0;
    return (struct translation_half){
        .ttbr = upper ? regime->ttbr1 : regime->ttbr0,
        .size_offset = (uint32_t)(part & 0x3F),
        .output_bits = translation_physical_bits(el2 ? tcr >> 16 : tcr >> 32),
        .asid = el2 ? (uint16_t)0 : translation_asid(tcr, asid_of_ttbr1 ? regime->ttbr1 : regime->ttbr0),
        .irgn = (uint8_t)(part >> 8 & 3),
        .shareability = (uint8_t)(part >> 12 & 3),
        .upper = upper,
        .tag_ignored = (tcr >> (el2     ? 20
                                : upper ? 38
                                        : 37) &
                        1) != 0,
        .walk_disabled = !el2 && (part >> 7 & 1) != 0,
    };
}

/* Log2 of the bytes that an entry of a table of this level stands for. */
static inline uint32_t translation_shift(uint32_t level)
{
    return TRANSLATION_PAGE_SHIFT + 9 * (3 - level);
}

/* The first table of a walk; with few address bits it is not a whole one. */
struct translation_root {
    uint64_t table;
    uint32_t level;
    uint32_t entries;
    uint32_t input_bits;
};

/* False: every address of the half is a translation fault, level 0. */
static inline bool translation_root_of(const struct translation_half *half, struct translation_root *root)
{
    uint32_t input_bits = 64 - half->size_offset;
    if (input_bits > TRANSLATION_INPUT_BITS_MAX || input_bits < TRANSLATION_INPUT_BITS_MIN ||
        half->walk_disabled) {
        return false;
    }
    root->input_bits = input_bits;
    root->level = 4 - (input_bits - TRANSLATION_PAGE_SHIFT + 8) / 9;
    root->entries = 1U << (input_bits - translation_shift(root->level));
    root->table = half->ttbr & 0x0000FFFFFFFFFFC0ULL & ~(8ULL * root->entries - 1);
    return true;
}

enum translation_entry {
    TRANSLATION_INVALID, /* a translation fault */
    TRANSLATION_TABLE,   /* DESCRIPTOR_ADDRESS is the next level's table */
    TRANSLATION_LEAF,    /* a block or a page */
};

static inline enum translation_entry translation_entry_of(uint64_t descriptor, uint32_t level)
{
    bool table = (descriptor & DESCRIPTOR_TABLE) != 0;
    if ((descriptor & DESCRIPTOR_VALID) == 0 || (!table && (level == 0 || level == 3))) {
        return TRANSLATION_INVALID;
    }
    return table && level != 3 ? TRANSLATION_TABLE : TRANSLATION_LEAF;
}

/* The output address of a leaf. */
static inline uint64_t translation_leaf_pa(uint64_t descriptor, uint32_t level)
{
    return descriptor & DESCRIPTOR_ADDRESS & ~((1ULL << translation_shift(level)) - 1);
}

/* MAIR attribute byte of a leaf. */
static inline uint8_t translation_attribute(uint64_t mair, uint64_t descriptor)
{
    return (uint8_t)(mair >> 8 * (descriptor >> 2 & 7));
}

/* MAIR attribute byte to type: the inner attributes, and the outer ones only to tell Device memory. */
static inline enum memory_type translation_memory_type(uint8_t attribute)
{
    if ((attribute & 0xF0) == 0) {
        return (enum memory_type)(attribute >> 2 & 3); /* nGnRnE, nGnRE, nGRE, GRE */
    }
    uint8_t inner = attribute & 0x0F;
    if (inner == 0x4) {
        return MEMORY_NORMAL_NC;
    }
    return (inner & 0x4) != 0 ? MEMORY_NORMAL_WB : MEMORY_NORMAL_WT;
}

enum translation_tlbi_kind {
    TLBI_ALL,
    TLBI_VA,
    TLBI_ASID,
    TLBI_VA_ALL_ASIDS,
    TLBI_STAGE2, /* there is no stage 2 to forget */
};

struct translation_tlbi {
    uint8_t kind; /* enum translation_tlbi_kind */
    uint8_t op1;
    uint8_t el;      /* of the regime: 1 or 2 */
    bool last_level; /* leaves only: what is cached of tables stays */
};

/* By encoding, bits [20:5] of SYS; the Inner Shareable form of an operation is the same as the local one. */
static inline bool translation_tlbi_of(uint32_t encoding, struct translation_tlbi *tlbi)
{
    static const struct {
        uint8_t op1;
        uint8_t crm_local; /* CRm of the local form; the Inner Shareable one is 4 less */
        uint8_t op2;
        uint8_t kind;
        uint8_t el;
        bool last_level;
    } table[] = {
        {0, 7, 0, TLBI_ALL, 1, false},          /* VMALLE1 */
        {0, 7, 1, TLBI_VA, 1, false},           /* VAE1 */
        {0, 7, 2, TLBI_ASID, 1, false},         /* ASIDE1 */
        {0, 7, 3, TLBI_VA_ALL_ASIDS, 1, false}, /* VAAE1 */
        {0, 7, 5, TLBI_VA, 1, true},            /* VALE1 */
        {0, 7, 7, TLBI_VA_ALL_ASIDS, 1, true},  /* VAALE1 */
        {4, 4, 1, TLBI_STAGE2, 1, false},       /* IPAS2E1 */
        {4, 4, 5, TLBI_STAGE2, 1, true},        /* IPAS2LE1 */
        {4, 7, 0, TLBI_ALL, 2, false},          /* ALLE2 */
        {4, 7, 1, TLBI_VA_ALL_ASIDS, 2, false}, /* VAE2 */
        {4, 7, 4, TLBI_ALL, 1, false},          /* ALLE1 */
        {4, 7, 5, TLBI_VA_ALL_ASIDS, 2, true},  /* VALE2 */
        {4, 7, 6, TLBI_ALL, 1, false},          /* VMALLS12E1 */
    };
    uint32_t op1 = encoding >> 11 & 7;
    uint32_t crm = encoding >> 3 & 15;
    uint32_t op2 = encoding & 7;
    for (uint32_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (table[i].op1 == op1 && table[i].op2 == op2 &&
            (table[i].crm_local == crm || table[i].crm_local == crm + 4)) {
            tlbi->kind = table[i].kind;
            tlbi->op1 = table[i].op1;
            tlbi->el = table[i].el;
            tlbi->last_level = table[i].last_level;
            return true;
        }
    }
    return false;
}

/* The address in the operand of a TLBI by VA: bits [55:0], of which bit 55 tells the half. */
static inline uint64_t translation_tlbi_va(uint64_t operand)
{
    return operand << TRANSLATION_PAGE_SHIFT & 0x00FFFFFFFFFFFFFFULL;
}

#ifdef __cplusplus
}
#endif

#endif
