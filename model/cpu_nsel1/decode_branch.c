/* SPDX-License-Identifier: BSD-3-Clause */
/* Decoder: branches, hints. Arm ARM, "Branches, Exception Generating and System instructions". Pure. */
#include "model/cpu_nsel1/decode.h"
#include "model/cpu_nsel1/op.h"
#include "model/cpu_nsel1/ops_list.h"

#define CONDITION_TABLE(name)                                                                                \
    {                                                                                                        \
        OP_##name##_eq, OP_##name##_ne, OP_##name##_cs, OP_##name##_cc, OP_##name##_mi, OP_##name##_pl,      \
            OP_##name##_vs, OP_##name##_vc, OP_##name##_hi, OP_##name##_ls, OP_##name##_ge, OP_##name##_lt,  \
            OP_##name##_gt, OP_##name##_le, OP_##name##_al, OP_##name##_al                                   \
    }

static const uint16_t near_conditions[16] = CONDITION_TABLE(b_near);
static const uint16_t far_conditions[16] = CONDITION_TABLE(b_far);

/* Fills the target: cells from here if it is in the same page, else bytes from the start of the page. */
static void target_set(struct decoded *cell, uint32_t page_offset, int32_t displacement, uint16_t near_code,
                       uint16_t far_code)
{
    int32_t target = (int32_t)page_offset + displacement;
    if (target >= 0 && target < (int32_t)CPU_PAGE_SIZE) {
        cell->code = near_code;
        cell->imm = displacement / 4;
    } else {
        cell->code = far_code;
        cell->imm = target;
    }
}

static struct decoded decode_immediate(uint32_t word, uint32_t page_offset)
{
    struct decoded cell = {0};
    int32_t displacement = word_bits_signed(word, 0, 26) * 4;
    if (word >> 31 != 0) {
        target_set(&cell, page_offset, displacement, OP_bl_near, OP_bl_far);
    } else {
        target_set(&cell, page_offset, displacement, OP_b_near, OP_b_far);
    }
    return cell;
}

static uint8_t source(uint32_t number)
{
    return number == 31 ? X_ZERO : (uint8_t)number;
}

static struct decoded decode_compare(uint32_t word, uint32_t page_offset)
{
    static const uint16_t codes[2][2][2] = {
        {{OP_cbz32_near, OP_cbz32_far}, {OP_cbnz32_near, OP_cbnz32_far}},
        {{OP_cbz64_near, OP_cbz64_far}, {OP_cbnz64_near, OP_cbnz64_far}},
    };
    const uint16_t *pair = codes[word >> 31][word_bits(word, 24, 1)];
    struct decoded cell = {.a = source(word_bits(word, 0, 5))};
    target_set(&cell, page_offset, word_bits_signed(word, 5, 19) * 4, pair[0], pair[1]);
    return cell;
}

static struct decoded decode_test(uint32_t word, uint32_t page_offset)
{
    static const uint16_t codes[2][2] = {{OP_tbz_near, OP_tbz_far}, {OP_tbnz_near, OP_tbnz_far}};
    const uint16_t *pair = codes[word_bits(word, 24, 1)];
    struct decoded cell = {.a = source(word_bits(word, 0, 5)),
                           .d = (uint8_t)(word >> 31 << 5 | word_bits(word, 19, 5))};
    target_set(&cell, page_offset, word_bits_signed(word, 5, 14) * 4, pair[0], pair[1]);
    return cell;
}

static struct decoded decode_condition(uint32_t word, uint32_t page_offset)
{
    struct decoded cell = {0};
    uint32_t condition = word_bits(word, 0, 4);
    target_set(&cell, page_offset, word_bits_signed(word, 5, 19) * 4, near_conditions[condition],
               far_conditions[condition]);
    return cell;
}

/* BR, BLR, RET; ERET and DRPS are the step's. */
static struct decoded decode_register(uint32_t word)
{
    struct decoded cell = {.code = OP_slow, .b = source(word_bits(word, 5, 5))};
    switch (word & 0xFFFFFC1F) {
    case 0xD61F0000:
    case 0xD65F0000:
        cell.code = OP_br;
        break;
    case 0xD63F0000:
        cell.code = OP_blr;
        break;
    default:
        break;
    }
    return cell;
}

/* The hint space executes as NOP but for the four that wait or signal. */
static bool hint_is_nop(uint32_t word)
{
    uint32_t hint = word_bits(word, 5, 7);
    return (word & 0xFFFFF01F) == 0xD503201F && (hint < 2 || hint > 5);
}

struct decoded decode_branch(uint32_t word, uint32_t page_offset)
{
    if ((word & 0x7C000000) == 0x14000000) {
        return decode_immediate(word, page_offset);
    }
    if ((word & 0x7E000000) == 0x34000000) {
        return decode_compare(word, page_offset);
    }
    if ((word & 0x7E000000) == 0x36000000) {
        return decode_test(word, page_offset);
    }
    if ((word & 0xFF000010) == 0x54000000) {
        return decode_condition(word, page_offset);
    }
    if ((word & 0xFE000000) == 0xD6000000) {
        return decode_register(word);
    }
    return (struct decoded){.code = hint_is_nop(word) ? OP_nop : OP_slow};
}
