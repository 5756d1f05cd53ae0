/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The decoder: one instruction word to one op cell, by encoding group. Arm ARM, "A64 Instruction Set
 * Encoding". What no cell can do alone (system instructions, exclusives, unallocated encodings) becomes the
 * cell `slow`, and the step (step.h) looks at the word again.
 */
#ifndef MODEL_CPU_NSEL1_DECODE_H
#define MODEL_CPU_NSEL1_DECODE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A cell before its handler is looked up. */
struct decoded {
    uint16_t code; /* enum op_code */
    uint8_t a, b, c, d;
    int32_t imm;
};

/* `page_offset` is that of the instruction in its page: branches and PC-relative addresses need it. */
struct decoded decode(uint32_t word, uint32_t page_offset);

/* Groups of `decode`. */
struct decoded decode_data_immediate(uint32_t word, uint32_t page_offset);
struct decoded decode_data_register(uint32_t word);
struct decoded decode_branch(uint32_t word, uint32_t page_offset);
struct decoded decode_memory_cell(uint32_t word, uint32_t page_offset);

/* Loads and stores of general registers, as both the cells and the step see them. */
enum memory_kind {
    MEMORY_UNALLOCATED,
    MEMORY_SINGLE,
    MEMORY_PAIR,
    MEMORY_LITERAL,
    MEMORY_EXCLUSIVE, /* single or pair */
    MEMORY_ORDERED,   /* load-acquire, store-release */
    MEMORY_ATOMIC,    /* FEAT_LSE: LD<op>, SWP */
    MEMORY_COMPARE,   /* FEAT_LSE: CAS, CASP */
    MEMORY_PREFETCH,
};
enum memory_index { INDEX_OFFSET, INDEX_PRE, INDEX_POST, INDEX_REGISTER };
enum memory_extend { EXTEND_LSL, EXTEND_UXTW, EXTEND_SXTW };

struct memory_instruction {
    enum memory_kind kind;
    enum memory_index index;
    enum memory_extend extend;
    bool load;
    bool pair;
    bool sign; /* sign-extended loads; to 64 bits with `wide` */
    bool wide;
    bool unprivileged;       /* LDTR, STTR */
    bool acquire;            /* of the read */
    bool release;            /* of the write */
    uint8_t atomic;          /* enum atomic_operation (atomic.h) */
    uint8_t size_log2;       /* of one register in memory */
    uint8_t shift;           /* of the offset register */
    uint8_t rt, rt2, rn, rm; /* rm: offset register, status of a store-exclusive, Rs of an atomic */
    int32_t imm;
};
void decode_memory(uint32_t word, struct memory_instruction *out);

static inline uint32_t word_bits(uint32_t word, uint32_t low, uint32_t count)
{
    return word >> low & ((1U << count) - 1);
}

static inline int32_t word_bits_signed(uint32_t word, uint32_t low, uint32_t count)
{
    return (int32_t)(word << (32 - low - count)) >> (32 - count);
}

#ifdef __cplusplus
}
#endif

#endif
