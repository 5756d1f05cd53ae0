/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Decoder: data processing, immediate. Arm ARM, "Data Processing -- Immediate"; pseudocode function
 * DecodeBitMasks. Pure.
 */
#include "model/cpu_nsel1/arithmetic.h"
#include "model/cpu_nsel1/decode.h"
#include "model/cpu_nsel1/op.h"
#include "model/cpu_nsel1/ops_list.h"

static const struct decoded unallocated = {.code = OP_slow};

static uint8_t source_zero(uint32_t number)
{
    return number == 31 ? X_ZERO : (uint8_t)number;
}

static uint8_t destination_zero(uint32_t number)
{
    return number == 31 ? X_SINK : (uint8_t)number;
}

static struct decoded decode_pc_relative(uint32_t word, uint32_t page_offset)
{
    int32_t imm = (int32_t)((uint32_t)word_bits_signed(word, 5, 19) << 2 | word_bits(word, 29, 2));
    bool pages = word >> 31 != 0;
    return (struct decoded){
        .code = pages ? OP_adrp : OP_adr,
        .a = destination_zero(word_bits(word, 0, 5)),
        .imm = pages ? imm : imm + (int32_t)page_offset,
    };
}

/* ADDS of an immediate is SUBS of its negation, except for 0, whose carry differs. */
static struct decoded decode_add_sub(uint32_t word)
{
    bool wide = word >> 31 != 0;
    bool subtract = word_bits(word, 30, 1) != 0;
    uint32_t rd = word_bits(word, 0, 5);
    int32_t imm = (int32_t)(word_bits(word, 10, 12) << (word_bits(word, 22, 1) != 0 ? 12 : 0));
    struct decoded cell = {.a = (uint8_t)rd, .b = (uint8_t)word_bits(word, 5, 5)};
    if (word_bits(word, 29, 1) == 0) {
        cell.code = wide ? OP_add_imm64 : OP_add_imm32;
        cell.imm = subtract ? -imm : imm;
        return cell;
    }
    cell.a = destination_zero(rd);
    if (!subtract && imm == 0) {
        cell.code = wide ? OP_adds64 : OP_adds32;
        cell.c = X_ZERO;
        return cell;
    }
    cell.imm = subtract ? imm : -imm;
    if (rd == 31) {
        cell.code = wide ? OP_cmp_imm64 : OP_cmp_imm32;
    } else {
        cell.code = wide ? OP_subs_imm64 : OP_subs_imm32;
    }
    return cell;
}

struct bitmask {
    bool valid;
    uint64_t mask; /* replicated to 64 bits */
};

static struct bitmask bitmask_decode(uint32_t n, uint32_t immr, uint32_t imms)
{
    uint32_t combined = n << 6 | (~imms & 0x3F);
    if (combined < 2) {
        return (struct bitmask){0};
    }
    uint32_t size_log2 = 31 - (uint32_t)__builtin_clz(combined);
    uint32_t size = 1U << size_log2;
    uint32_t ones = imms & (size - 1);
    uint32_t rotation = immr & (size - 1);
    if (ones == size - 1) {
        return (struct bitmask){0};
    }
    uint64_t element = UINT64_MAX >> (63 - ones);
    for (uint32_t width = size; width < 64; width *= 2) {
        element |= element << width;
    }
    return (struct bitmask){.valid = true, .mask = rotate_right64(element, rotation)};
}

/* [operation][form]: word, repeated word, rotated run of ones, 32-bit. */
#define LOGICAL_CODES(name)                                                                                  \
    {                                                                                                        \
        OP_##name##_imm64, OP_##name##_replicated64, OP_##name##_rotated64, OP_##name##_imm32                \
    }
static const uint16_t logical_codes[4][4] = {LOGICAL_CODES(and), LOGICAL_CODES(orr), LOGICAL_CODES(eor),
                                             LOGICAL_CODES(ands)};

static struct decoded decode_logical(uint32_t word)
{
    bool wide = word >> 31 != 0;
    uint32_t n = word_bits(word, 22, 1);
    uint32_t operation = word_bits(word, 29, 2);
    uint32_t rd = word_bits(word, 0, 5);
    struct bitmask bitmask = bitmask_decode(n, word_bits(word, 16, 6), word_bits(word, 10, 6));
    if (!bitmask.valid || (!wide && n != 0)) {
        return unallocated;
    }
    const uint16_t *codes = logical_codes[operation];
    struct decoded cell = {
        .a = operation == 3 ? destination_zero(rd) : (uint8_t)rd,
        .b = source_zero(word_bits(word, 5, 5)),
        .imm = (int32_t)(uint32_t)bitmask.mask,
    };
    if (!wide) {
        cell.code = codes[3];
    } else if ((uint64_t)(int64_t)cell.imm == bitmask.mask) {
        cell.code = codes[0];
    } else if (n == 0) {
        cell.code = codes[1];
    } else {
        cell.code = codes[2];
        cell.c = (uint8_t)word_bits(word, 10, 6);
        cell.d = (uint8_t)word_bits(word, 16, 6);
    }
    return cell;
}

static struct decoded decode_move_wide(uint32_t word)
{
    bool wide = word >> 31 != 0;
    uint32_t half = word_bits(word, 21, 2);
    struct decoded cell = {
        .a = destination_zero(word_bits(word, 0, 5)),
        .d = (uint8_t)(half * 16),
        .imm = (int32_t)word_bits(word, 5, 16),
    };
    if (!wide && half >= 2) {
        return unallocated;
    }
    switch (word_bits(word, 29, 2)) {
    case 0:
        cell.code = wide ? OP_movn64 : OP_movn32;
        return cell;
    case 2:
        cell.code = OP_movz;
        return cell;
    case 3:
        cell.code = wide ? OP_movk64 : OP_movk32;
        return cell;
    default:
        return unallocated;
    }
}

/*
 * SBFM, BFM and UBFM move bits [imms:immr] down to 0, or bits [imms:0] up to where immr says. Both are a
 * shift left that drops what is above imms, then a shift right to the place, in 64 bits also for the 32-bit
 * forms.
 */
static struct decoded decode_bitfield(uint32_t word)
{
    bool wide = word >> 31 != 0;
    uint32_t immr = word_bits(word, 16, 6);
    uint32_t imms = word_bits(word, 10, 6);
    uint32_t operation = word_bits(word, 29, 2);
    if (operation == 3 || word_bits(word, 22, 1) != (uint32_t)wide || (!wide && (immr >= 32 || imms >= 32))) {
        return unallocated;
    }
    uint32_t left = 63 - imms;
    uint32_t right = imms >= immr ? left + immr : left + immr - (wide ? 64 : 32);
    struct decoded cell = {
        .a = destination_zero(word_bits(word, 0, 5)),
        .b = source_zero(word_bits(word, 5, 5)),
        .c = (uint8_t)left,
        .d = (uint8_t)right,
    };
    if (operation == 0) {
        cell.code = wide ? OP_sbfm64 : OP_sbfm32;
    } else if (operation == 1) {
        cell.code = wide ? OP_bfm64 : OP_bfm32;
    } else if (right == 0) {
        cell.code = OP_lsl_imm64;
    } else if (left == 0) {
        cell.code = OP_lsr_imm64;
    } else {
        cell.code = OP_ubfm;
    }
    return cell;
}

static struct decoded decode_extract(uint32_t word)
{
    bool wide = word >> 31 != 0;
    uint32_t shift = word_bits(word, 10, 6);
    if (word_bits(word, 29, 2) != 0 || word_bits(word, 21, 1) != 0 ||
        word_bits(word, 22, 1) != (uint32_t)wide || (!wide && shift >= 32)) {
        return unallocated;
    }
    struct decoded cell = {
        .code = wide ? OP_extr64 : OP_extr32,
        .a = destination_zero(word_bits(word, 0, 5)),
        .b = source_zero(word_bits(word, 5, 5)),
        .c = source_zero(word_bits(word, 16, 5)),
        .d = (uint8_t)shift,
    };
    if (shift == 0) {
        cell.code = wide ? OP_mov64 : OP_mov32;
        cell.b = cell.c;
    }
    return cell;
}

struct decoded decode_data_immediate(uint32_t word, uint32_t page_offset)
{
    switch (word_bits(word, 23, 3)) {
    case 0:
    case 1:
        return decode_pc_relative(word, page_offset);
    case 2:
        return decode_add_sub(word);
    case 4:
        return decode_logical(word);
    case 5:
        return decode_move_wide(word);
    case 6:
        return decode_bitfield(word);
    case 7:
        return decode_extract(word);
    default:
        return unallocated; /* 3: tags (FEAT_MTE) */
    }
}
