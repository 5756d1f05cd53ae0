/* SPDX-License-Identifier: BSD-3-Clause */
/* Decoder: data processing, register. Arm ARM, "Data Processing -- Register". Pure. */
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

/* Rd, Rn and Rm with 31 as XZR. */
static struct decoded operands(uint32_t word)
{
    return (struct decoded){
        .code = OP_slow,
        .a = destination_zero(word_bits(word, 0, 5)),
        .b = source_zero(word_bits(word, 5, 5)),
        .c = source_zero(word_bits(word, 16, 5)),
    };
}

/* [shift type]; the first is also that of a shift by 0 (which is no shift at all). */
#define SHIFT3_CODES(name)                                                                                   \
    {                                                                                                        \
        OP_##name, OP_##name##_lsl, OP_##name##_lsr, OP_##name##_asr, OP_slow                                \
    }
#define SHIFT4_CODES(name)                                                                                   \
    {                                                                                                        \
        OP_##name, OP_##name##_lsl, OP_##name##_lsr, OP_##name##_asr, OP_##name##_ror                        \
    }
#define SHIFT4_PAIR(name)                                                                                    \
    {                                                                                                        \
        SHIFT4_CODES(name##32), SHIFT4_CODES(name##64)                                                       \
    }
#define SHIFT3_PAIR(name)                                                                                    \
    {                                                                                                        \
        SHIFT3_CODES(name##32), SHIFT3_CODES(name##64)                                                       \
    }
#define EXTEND_CODES(name)                                                                                   \
    {                                                                                                        \
        OP_##name##_uxtb, OP_##name##_uxth, OP_##name##_uxtw, OP_##name##_uxtx, OP_##name##_sxtb,            \
            OP_##name##_sxth, OP_##name##_sxtw, OP_##name##_sxtx                                             \
    }
#define EXTEND_PAIR(name)                                                                                    \
    {                                                                                                        \
        EXTEND_CODES(name##32), EXTEND_CODES(name##64)                                                       \
    }

/* [opc:N][width] */
static const uint16_t logical_codes[8][2][5] = {
    SHIFT4_PAIR(and), SHIFT4_PAIR(bic), SHIFT4_PAIR(orr),  SHIFT4_PAIR(orn),
    SHIFT4_PAIR(eor), SHIFT4_PAIR(eon), SHIFT4_PAIR(ands), SHIFT4_PAIR(bics),
};
/* [op:S][width] */
static const uint16_t shifted_codes[4][2][5] = {SHIFT3_PAIR(add), SHIFT3_PAIR(adds), SHIFT3_PAIR(sub),
                                                SHIFT3_PAIR(subs)};
static const uint16_t extended_codes[4][2][8] = {EXTEND_PAIR(add), EXTEND_PAIR(adds), EXTEND_PAIR(sub),
                                                 EXTEND_PAIR(subs)};
static const uint16_t carry_codes[4][2] = {
    {OP_adc32, OP_adc64}, {OP_adcs32, OP_adcs64}, {OP_sbc32, OP_sbc64}, {OP_sbcs32, OP_sbcs64}};

#define CONDITION_CODES(name)                                                                                \
    {                                                                                                        \
        OP_##name##_eq, OP_##name##_ne, OP_##name##_cs, OP_##name##_cc, OP_##name##_mi, OP_##name##_pl,      \
            OP_##name##_vs, OP_##name##_vc, OP_##name##_hi, OP_##name##_ls, OP_##name##_ge, OP_##name##_lt,  \
            OP_##name##_gt, OP_##name##_le, OP_##name##_al, OP_##name##_al                                   \
    }
#define CONDITION_PAIR(name)                                                                                 \
    {                                                                                                        \
        CONDITION_CODES(name##32), CONDITION_CODES(name##64)                                                 \
    }

/* [op:op2] */
static const uint16_t select_codes[4][2][16] = {CONDITION_PAIR(csel), CONDITION_PAIR(csinc),
                                                CONDITION_PAIR(csinv), CONDITION_PAIR(csneg)};
/* [op][immediate] */
static const uint16_t compare_codes[2][2][2][16] = {
    {CONDITION_PAIR(ccmn), CONDITION_PAIR(ccmn_imm)},
    {CONDITION_PAIR(ccmp), CONDITION_PAIR(ccmp_imm)},
};

static struct decoded decode_logical(uint32_t word, uint32_t wide)
{
    struct decoded cell = operands(word);
    uint32_t amount = word_bits(word, 10, 6);
    uint32_t operation = word_bits(word, 29, 2) << 1 | word_bits(word, 21, 1);
    if (wide == 0 && amount >= 32) {
        return unallocated;
    }
    cell.d = (uint8_t)amount;
    cell.code = logical_codes[operation][wide][amount == 0 ? 0 : 1 + word_bits(word, 22, 2)];
    if (operation == 2 && amount == 0 && cell.b == X_ZERO) {
        cell.code = wide != 0 ? OP_mov64 : OP_mov32;
        cell.b = cell.c;
    }
    return cell;
}

static struct decoded decode_shifted(uint32_t word, uint32_t wide)
{
    struct decoded cell = operands(word);
    uint32_t amount = word_bits(word, 10, 6);
    uint32_t type = word_bits(word, 22, 2);
    if (type == 3 || (wide == 0 && amount >= 32)) {
        return unallocated;
    }
    cell.d = (uint8_t)amount;
    cell.code = shifted_codes[word_bits(word, 29, 2)][wide][amount == 0 ? 0 : 1 + type];
    return cell;
}

/* Rn is SP, and so is Rd unless flags are set. */
static struct decoded decode_extended(uint32_t word, uint32_t wide)
{
    struct decoded cell = operands(word);
    uint32_t amount = word_bits(word, 10, 3);
    if (word_bits(word, 22, 2) != 0 || amount > 4) {
        return unallocated;
    }
    cell.b = (uint8_t)word_bits(word, 5, 5);
    if (word_bits(word, 29, 1) == 0) {
        cell.a = (uint8_t)word_bits(word, 0, 5);
    }
    cell.d = (uint8_t)amount;
    cell.code = extended_codes[word_bits(word, 29, 2)][wide][word_bits(word, 13, 3)];
    return cell;
}

static struct decoded decode_carry(uint32_t word, uint32_t wide)
{
    struct decoded cell = operands(word);
    if (word_bits(word, 10, 6) != 0) {
        return unallocated;
    }
    cell.code = carry_codes[word_bits(word, 29, 2)][wide];
    return cell;
}

static struct decoded decode_conditional_compare(uint32_t word, uint32_t wide)
{
    struct decoded cell = operands(word);
    uint32_t immediate = word_bits(word, 11, 1);
    if (word_bits(word, 29, 1) != 1 || word_bits(word, 10, 1) != 0 || word_bits(word, 4, 1) != 0) {
        return unallocated;
    }
    cell.imm = (int32_t)word_bits(word, 16, 5);
    cell.d = (uint8_t)word_bits(word, 0, 4);
    cell.code = compare_codes[word_bits(word, 30, 1)][immediate][wide][word_bits(word, 12, 4)];
    return cell;
}

static struct decoded decode_conditional_select(uint32_t word, uint32_t wide)
{
    struct decoded cell = operands(word);
    if (word_bits(word, 29, 1) != 0 || word_bits(word, 11, 1) != 0) {
        return unallocated;
    }
    cell.code =
        select_codes[word_bits(word, 30, 1) << 1 | word_bits(word, 10, 1)][wide][word_bits(word, 12, 4)];
    return cell;
}

static struct decoded decode_two_sources(uint32_t word, uint32_t wide)
{
    static const uint16_t shift_codes[4][2] = {
        {OP_lslv32, OP_lslv64}, {OP_lsrv32, OP_lsrv64}, {OP_asrv32, OP_asrv64}, {OP_rorv32, OP_rorv64}};
    static const uint16_t crc_codes[8] = {OP_crc32b,  OP_crc32h,  OP_crc32w,  OP_crc32x,
                                          OP_crc32cb, OP_crc32ch, OP_crc32cw, OP_crc32cx};
    struct decoded cell = operands(word);
    uint32_t operation = word_bits(word, 10, 6);
    if (word_bits(word, 29, 1) != 0) {
        return unallocated;
    }
    if (operation == 2) {
        cell.code = wide != 0 ? OP_udiv64 : OP_udiv32;
    } else if (operation == 3) {
        cell.code = wide != 0 ? OP_sdiv64 : OP_sdiv32;
    } else if (operation >= 8 && operation < 12) {
        cell.code = shift_codes[operation - 8][wide];
    } else if (operation >= 16 && operation < 24 && ((operation & 3) == 3) == (wide != 0)) {
        cell.code = crc_codes[operation - 16];
    }
    return cell;
}

static struct decoded decode_one_source(uint32_t word, uint32_t wide)
{
    static const uint16_t codes[6][2] = {{OP_rbit32, OP_rbit64},  {OP_rev16_32, OP_rev16_64},
                                         {OP_rev32, OP_rev32_64}, {OP_slow, OP_rev64},
                                         {OP_clz32, OP_clz64},    {OP_cls32, OP_cls64}};
    struct decoded cell = operands(word);
    uint32_t operation = word_bits(word, 10, 6);
    if (word_bits(word, 29, 1) == 0 && word_bits(word, 16, 5) == 0 && operation < 6) {
        cell.code = codes[operation][wide];
    }
    return cell;
}

static struct decoded decode_three_sources(uint32_t word, uint32_t wide)
{
    /* [op31:o0]; the long and high forms exist for 64 bits only */
    static const uint16_t codes[16] = {
        OP_madd64, OP_msub64, OP_smaddl, OP_smsubl, OP_smulh, OP_slow, OP_slow, OP_slow,
        OP_slow,   OP_slow,   OP_umaddl, OP_umsubl, OP_umulh, OP_slow, OP_slow, OP_slow,
    };
    struct decoded cell = operands(word);
    uint32_t operation = word_bits(word, 21, 3) << 1 | word_bits(word, 15, 1);
    if (word_bits(word, 29, 2) != 0) {
        return unallocated;
    }
    cell.d = source_zero(word_bits(word, 10, 5));
    if (wide != 0) {
        cell.code = codes[operation];
    } else if (operation < 2) {
        cell.code = operation == 0 ? OP_madd32 : OP_msub32;
    }
    return cell;
}

struct decoded decode_data_register(uint32_t word)
{
    uint32_t wide = word >> 31;
    uint32_t group = word_bits(word, 21, 4);
    if (word_bits(word, 28, 1) == 0) {
        if (group < 8) {
            return decode_logical(word, wide);
        }
        return (group & 1) == 0 ? decode_shifted(word, wide) : decode_extended(word, wide);
    }
    if (group >= 8) {
        return decode_three_sources(word, wide);
    }
    switch (group) {
    case 0:
        return decode_carry(word, wide);
    case 2:
        return decode_conditional_compare(word, wide);
    case 4:
        return decode_conditional_select(word, wide);
    case 6:
        return word_bits(word, 30, 1) == 0 ? decode_two_sources(word, wide) : decode_one_source(word, wide);
    default:
        return unallocated;
    }
}
