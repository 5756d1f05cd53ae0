/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Decoder: loads and stores. Arm ARM, "Loads and Stores". SIMD&FP registers, tags and pointer authentication
 * are denied by the ID registers and so unallocated; whether there are LSE atomics, the step knows. Pure.
 */
#include "model/cpu_nsel1/atomic.h"
#include "model/cpu_nsel1/decode.h"
#include "model/cpu_nsel1/op.h"
#include "model/cpu_nsel1/ops_list.h"

/* Each leaves MEMORY_UNALLOCATED in place if there is no such instruction. */

/* CAS and, without bit 23, CASP, whose register pairs begin with even ones. */
static void decode_compare_and_swap(uint32_t word, struct memory_instruction *out)
{
    bool pair = word_bits(word, 23, 1) == 0;
    uint32_t size = word_bits(word, 30, 2);
    uint32_t rs = word_bits(word, 16, 5);
    uint32_t rt = word_bits(word, 0, 5);
    if (word_bits(word, 10, 5) != 31 || (pair && ((rs | rt) & 1) != 0)) {
        return;
    }
    *out = (struct memory_instruction){
        .kind = MEMORY_COMPARE,
        .load = true,
        .pair = pair,
        .acquire = word_bits(word, 22, 1) != 0,
        .release = word_bits(word, 15, 1) != 0,
        .size_log2 = (uint8_t)(pair ? size + 2 : size),
        .rt = (uint8_t)rt,
        .rn = (uint8_t)word_bits(word, 5, 5),
        .rm = (uint8_t)rs,
    };
}

static void decode_exclusive(uint32_t word, struct memory_instruction *out)
{
    bool ordered = word_bits(word, 23, 1) != 0;
    bool pair = word_bits(word, 21, 1) != 0;
    bool load = word_bits(word, 22, 1) != 0;
    bool acquire_release = word_bits(word, 15, 1) != 0;
    uint32_t size = word_bits(word, 30, 2);
    if (pair && (ordered || size < 2)) {
        decode_compare_and_swap(word, out);
        return;
    }
    if (ordered && !acquire_release) {
        return; /* LDLAR and STLLR (FEAT_LOR) */
    }
    *out = (struct memory_instruction){
        .kind = ordered ? MEMORY_ORDERED : MEMORY_EXCLUSIVE,
        .load = load,
        .pair = pair,
        .acquire = load && acquire_release,
        .release = !load && acquire_release,
        .size_log2 = (uint8_t)size,
        .rt = (uint8_t)word_bits(word, 0, 5),
        .rt2 = (uint8_t)word_bits(word, 10, 5),
        .rn = (uint8_t)word_bits(word, 5, 5),
        .rm = (uint8_t)word_bits(word, 16, 5),
    };
}

static void decode_literal(uint32_t word, struct memory_instruction *out)
{
    uint32_t operation = word_bits(word, 30, 2);
    *out = (struct memory_instruction){
        .kind = operation == 3 ? MEMORY_PREFETCH : MEMORY_LITERAL,
        .load = true,
        .sign = operation == 2,
        .wide = operation == 2,
        .size_log2 = operation == 1 ? 3 : 2,
        .rt = (uint8_t)word_bits(word, 0, 5),
        .imm = word_bits_signed(word, 5, 19) * 4,
    };
}

static void decode_pair(uint32_t word, struct memory_instruction *out)
{
    static const enum memory_index indices[4] = {INDEX_OFFSET, INDEX_POST, INDEX_OFFSET, INDEX_PRE};
    uint32_t operation = word_bits(word, 30, 2);
    uint32_t mode = word_bits(word, 23, 2);
    bool load = word_bits(word, 22, 1) != 0;
    if (operation == 3 || (operation == 1 && (!load || mode == 0))) {
        return; /* 1: LDPSW; the store is STGP (FEAT_MTE) */
    }
    uint8_t size_log2 = operation == 2 ? 3 : 2;
    *out = (struct memory_instruction){
        .kind = MEMORY_PAIR,
        .index = indices[mode],
        .load = load,
        .pair = true,
        .sign = operation == 1,
        .wide = operation == 1,
        .size_log2 = size_log2,
        .rt = (uint8_t)word_bits(word, 0, 5),
        .rt2 = (uint8_t)word_bits(word, 10, 5),
        .rn = (uint8_t)word_bits(word, 5, 5),
        .imm = word_bits_signed(word, 15, 7) * (1 << size_log2),
    };
}

/* size and opc of single-register forms. */
static void single_base(uint32_t word, struct memory_instruction *out)
{
    uint32_t size = word_bits(word, 30, 2);
    uint32_t operation = word_bits(word, 22, 2);
    if (operation >= 2 && size == 3) {
        out->kind = operation == 2 ? MEMORY_PREFETCH : MEMORY_UNALLOCATED;
        return;
    }
    if (operation == 3 && size == 2) {
        return;
    }
    *out = (struct memory_instruction){
        .kind = MEMORY_SINGLE,
        .load = operation != 0,
        .sign = operation >= 2,
        .wide = operation == 2,
        .size_log2 = (uint8_t)size,
        .rt = (uint8_t)word_bits(word, 0, 5),
        .rn = (uint8_t)word_bits(word, 5, 5),
    };
}

/* An atomic whose result nobody takes does not acquire. */
static void decode_atomic(uint32_t word, struct memory_instruction *out)
{
    uint32_t operation = word_bits(word, 12, 4);
    uint32_t rt = word_bits(word, 0, 5);
    if (operation > ATOMIC_SWP) {
        return; /* LDAPR (FEAT_LRCPC), and FEAT_LS64 */
    }
    *out = (struct memory_instruction){
        .kind = MEMORY_ATOMIC,
        .load = true,
        .acquire = word_bits(word, 23, 1) != 0 && rt != 31,
        .release = word_bits(word, 22, 1) != 0,
        .atomic = (uint8_t)operation,
        .size_log2 = (uint8_t)word_bits(word, 30, 2),
        .rt = (uint8_t)rt,
        .rn = (uint8_t)word_bits(word, 5, 5),
        .rm = (uint8_t)word_bits(word, 16, 5),
    };
}

static void decode_register_offset(uint32_t word, struct memory_instruction *out)
{
    uint32_t option = word_bits(word, 13, 3);
    if ((option & 2) == 0) {
        return;
    }
    single_base(word, out);
    out->index = INDEX_REGISTER;
    out->extend = option == 2 ? EXTEND_UXTW : option == 6 ? EXTEND_SXTW : EXTEND_LSL;
    out->shift = word_bits(word, 12, 1) != 0 ? out->size_log2 : 0;
    out->rm = (uint8_t)word_bits(word, 16, 5);
}

/* Unscaled, post-indexed, unprivileged, pre-indexed. Prefetch exists only unscaled. */
static void decode_unscaled(uint32_t word, struct memory_instruction *out)
{
    static const enum memory_index indices[4] = {INDEX_OFFSET, INDEX_POST, INDEX_OFFSET, INDEX_PRE};
    uint32_t mode = word_bits(word, 10, 2);
    single_base(word, out);
    if (out->kind == MEMORY_PREFETCH && mode != 0) {
        out->kind = MEMORY_UNALLOCATED;
        return;
    }
    out->index = indices[mode];
    out->unprivileged = mode == 2;
    out->imm = word_bits_signed(word, 12, 9);
}

void decode_memory(uint32_t word, struct memory_instruction *out)
{
    *out = (struct memory_instruction){.kind = MEMORY_UNALLOCATED};
    if (word_bits(word, 26, 1) != 0) {
        return; /* SIMD&FP */
    }
    if (word_bits(word, 24, 6) == 0x08) {
        decode_exclusive(word, out);
        return;
    }
    if (word_bits(word, 27, 3) == 3 && word_bits(word, 24, 1) == 0) {
        decode_literal(word, out);
        return;
    }
    if (word_bits(word, 27, 3) == 5) {
        decode_pair(word, out);
        return;
    }
    if (word_bits(word, 27, 3) != 7) {
        return;
    }
    if (word_bits(word, 24, 2) == 1) {
        single_base(word, out);
        out->imm = (int32_t)(word_bits(word, 10, 12) << out->size_log2);
        return;
    }
    if (word_bits(word, 24, 2) != 0) {
        return;
    }
    if (word_bits(word, 21, 1) == 0) {
        decode_unscaled(word, out);
        return;
    }
    if (word_bits(word, 10, 2) == 2) {
        decode_register_offset(word, out);
    } else if (word_bits(word, 10, 2) == 0) {
        decode_atomic(word, out);
    }
}

/* [base is SP][mode] */
#define INDEXED_CODES(name)                                                                                  \
    {                                                                                                        \
        OP_##name##_imm, OP_##name##_pre, OP_##name##_post, OP_##name##_lsl, OP_##name##_uxtw,               \
            OP_##name##_sxtw                                                                                 \
    }
#define SINGLE_CODES(name)                                                                                   \
    {                                                                                                        \
        INDEXED_CODES(name), INDEXED_CODES(name##_sp)                                                        \
    }
#define WRITEBACK_CODES(name)                                                                                \
    {                                                                                                        \
        OP_##name##_imm, OP_##name##_pre, OP_##name##_post                                                   \
    }
#define PAIR_CODES(name)                                                                                     \
    {                                                                                                        \
        WRITEBACK_CODES(name), WRITEBACK_CODES(name##_sp)                                                    \
    }

static const uint16_t store_codes[4][2][6] = {SINGLE_CODES(strb), SINGLE_CODES(strh), SINGLE_CODES(strw),
                                              SINGLE_CODES(strx)};
static const uint16_t load_codes[4][2][6] = {SINGLE_CODES(ldrb), SINGLE_CODES(ldrh), SINGLE_CODES(ldrw),
                                             SINGLE_CODES(ldrx)};
static const uint16_t load_sign64_codes[3][2][6] = {SINGLE_CODES(ldrsb64), SINGLE_CODES(ldrsh64),
                                                    SINGLE_CODES(ldrsw)};
static const uint16_t load_sign32_codes[2][2][6] = {SINGLE_CODES(ldrsb32), SINGLE_CODES(ldrsh32)};
static const uint16_t pair_codes[5][2][3] = {PAIR_CODES(stpw), PAIR_CODES(stpx), PAIR_CODES(ldpw),
                                             PAIR_CODES(ldpx), PAIR_CODES(ldpsw)};

static uint16_t single_code(const struct memory_instruction *instruction)
{
    uint32_t base_sp = instruction->rn == 31;
    uint32_t mode = (uint32_t)instruction->index;
    if (instruction->index == INDEX_REGISTER) {
        mode += (uint32_t)instruction->extend;
    }
    if (!instruction->load) {
        return store_codes[instruction->size_log2][base_sp][mode];
    }
    if (!instruction->sign) {
        return load_codes[instruction->size_log2][base_sp][mode];
    }
    return instruction->wide ? load_sign64_codes[instruction->size_log2][base_sp][mode]
                             : load_sign32_codes[instruction->size_log2][base_sp][mode];
}

static uint16_t pair_code(const struct memory_instruction *instruction)
{
    uint32_t row = instruction->sign ? 4 : (instruction->load ? 2U : 0U) + (instruction->size_log2 == 3);
    return pair_codes[row][instruction->rn == 31][instruction->index];
}

static uint8_t data_register(uint32_t number, bool load)
{
    if (number != 31) {
        return (uint8_t)number;
    }
    return load ? X_SINK : X_ZERO;
}

struct decoded decode_memory_cell(uint32_t word, uint32_t page_offset)
{
    struct memory_instruction instruction;
    decode_memory(word, &instruction);
    struct decoded cell = {
        .code = OP_slow,
        .a = data_register(instruction.rt, instruction.load),
        .b = instruction.rn,
        .d = instruction.shift,
        .imm = instruction.imm,
    };
    if (instruction.unprivileged) {
        return cell;
    }
    switch (instruction.kind) {
    case MEMORY_SINGLE:
        cell.c = instruction.rm == 31 ? X_ZERO : instruction.rm;
        cell.code = single_code(&instruction);
        break;
    case MEMORY_PAIR:
        cell.c = data_register(instruction.rt2, instruction.load);
        cell.code = pair_code(&instruction);
        break;
    case MEMORY_LITERAL:
        cell.imm += (int32_t)page_offset;
        cell.code = instruction.sign             ? OP_ldrsw_literal
                    : instruction.size_log2 == 3 ? OP_ldrx_literal
                                                 : OP_ldrw_literal;
        break;
    case MEMORY_PREFETCH:
        cell.code = OP_nop;
        break;
    case MEMORY_EXCLUSIVE:
    case MEMORY_ORDERED:
    case MEMORY_ATOMIC:
    case MEMORY_COMPARE:
    case MEMORY_UNALLOCATED:
        break;
    }
    return cell;
}
