/* SPDX-License-Identifier: BSD-3-Clause */
/* The first level of decoding. Arm ARM, "A64 instruction set encoding", main encoding table. Pure. */
#include "model/cpu_nsel1/decode.h"

#include "model/cpu_nsel1/ops_list.h"

struct decoded decode(uint32_t word, uint32_t page_offset)
{
    switch (word_bits(word, 25, 4)) {
    case 0x8:
    case 0x9:
        return decode_data_immediate(word, page_offset);
    case 0xA:
    case 0xB:
        return decode_branch(word, page_offset);
    case 0x4:
    case 0x6:
    case 0xC:
    case 0xE:
        return decode_memory_cell(word, page_offset);
    case 0x5:
    case 0xD:
        return decode_data_register(word);
    default:
        return (struct decoded){.code = OP_slow};
    }
}
