// SPDX-License-Identifier: BSD-3-Clause
//
// Random bodies: groups and branches, data processing, system instructions. Loads and stores are in
// a64_generator_memory.cpp. Encodings follow the Arm ARM, chapter C4, in its order.
#include "tests/differential/a64_generator.hpp"

#include <algorithm>
#include <cassert>

#include "tests/differential/a64_encode.hpp"
#include "tests/differential/guest/body_layout.h"

namespace differential {

namespace {

constexpr uint32_t ANCHOR_REGISTER = 28;
constexpr uint32_t POINTER_SP = 4;

constexpr uint32_t ADR_MASK = 0x9f000000;
constexpr uint32_t ADR = 0x10000000;
constexpr uint32_t B_MASK = 0x7c000000;
constexpr uint32_t B = 0x14000000;
constexpr uint32_t TBZ_MASK = 0x7e000000;
constexpr uint32_t TBZ = 0x36000000;

} // namespace

const body_generator::form body_generator::forms[] = {
    {10, &body_generator::add_sub_immediate},
    {10, &body_generator::add_sub_shifted},
    {8, &body_generator::add_sub_extended},
    {8, &body_generator::logical_immediate_form},
    {10, &body_generator::logical_shifted},
    {8, &body_generator::move_wide},
    {10, &body_generator::bitfield},
    {5, &body_generator::extract},
    {3, &body_generator::pc_relative},
    {8, &body_generator::add_sub_carry},
    {8, &body_generator::conditional_compare},
    {10, &body_generator::conditional_select},
    {8, &body_generator::multiply},
    {8, &body_generator::two_sources},
    {5, &body_generator::crc},
    {6, &body_generator::one_source},
    {4, &body_generator::flags_move},
    {2, &body_generator::thread_register_move},
    {2, &body_generator::stack_pointer_adjust},
    {1, &body_generator::stack_pointer_spoil},
    {2, &body_generator::branch_unconditional},
    {6, &body_generator::branch_conditional},
    {4, &body_generator::branch_compare},
    {4, &body_generator::branch_test},
    {2, &body_generator::branch_register},
    {2, &body_generator::hint_or_barrier},
    {6, &body_generator::pointer_refresh},
    {8, &body_generator::load_store_unsigned},
    {8, &body_generator::load_store_unscaled},
    {3, &body_generator::load_store_unprivileged},
    {10, &body_generator::load_store_indexed},
    {8, &body_generator::load_store_register},
    {4, &body_generator::load_literal},
    {8, &body_generator::load_store_pair},
    {8, &body_generator::load_store_pair_indexed},
    {4, &body_generator::load_store_exclusive},
    {4, &body_generator::load_store_ordered},
    {1, &body_generator::prefetch},
    {2, &body_generator::cache_block},
    {20, &body_generator::atomic}, // the last: only with LSE
};

body body_generator::generate(uint32_t literals_before, uint32_t literals_after)
{
    uint32_t weight_sum = 0;
    for (const form &candidate : forms) {
        weight_sum += candidate.emit == &body_generator::atomic && !lse ? 0 : candidate.weight;
    }
    literals_before_count = literals_before;
    literals_after_count = literals_after;
    words.clear();
    pending.clear();
    body out = {};
    out.lse = lse;
    registers_choose(&out);
    while (words.size() < BODY_WORDS) {
        uint32_t pick = random.below(weight_sum);
        const form *chosen = forms;
        while (pick >= chosen->weight) {
            pick -= chosen->weight;
            chosen++;
        }
        (this->*chosen->emit)();
    }
    for (const pending_branch &branch : pending) {
        branch_patch(branch.index, BODY_WORDS);
    }
    std::copy(words.begin(), words.end(), out.words.begin());
    return out;
}

void body_generator::registers_choose(body *out)
{
    for (uint64_t &x : out->x) {
        x = value_interesting();
    }
    for (uint32_t i = 0; i < POINTER_SP; i++) {
        const int32_t offset = random.between(-1500, 1500);
        pointers[i] = {offset, offset, true};
        out->x[24 + i] = BODY_DATA_ANCHOR + static_cast<int64_t>(offset);
    }
    const int32_t offset = 16 * random.between(-90, 90);
    pointers[POINTER_SP] = {offset, offset, true};
    out->sp = BODY_DATA_ANCHOR + static_cast<int64_t>(offset);
    out->x[ANCHOR_REGISTER] = BODY_DATA_ANCHOR;
    out->nzcv = uint64_t{random.below(16)} << 28;
    out->tpidr = random.next();
    out->data_seed = random.next();
}

uint64_t body_generator::value_interesting()
{
    static const uint64_t corners[] = {
        0,
        1,
        2,
        31,
        32,
        63,
        64,
        0x7f,
        0x80,
        0xff,
        0x7fff,
        0x8000,
        0xffff,
        0x7fffffff,
        0x80000000,
        0xffffffff,
        0x100000000,
        0x7fffffffffffffff,
        0x8000000000000000,
        0xffffffff80000000,
        0xffffffff7fffffff,
        0xffffffffffffffff,
        0xfffffffffffffffe,
        0x5555555555555555,
        0xaaaaaaaaaaaaaaaa,
    };
    if (random.one_in(2)) {
        return corners[random.below(sizeof(corners) / sizeof(corners[0]))];
    }
    return random.next() >> random.below(64);
}

// Starts a group of `count` words, if it still fits. Branches that end here are resolved.
bool body_generator::group_begin(uint32_t count)
{
    if (words.size() + count > BODY_WORDS) {
        return false;
    }
    branches_advance();
    return true;
}

void body_generator::put(uint32_t word)
{
    assert(words.size() < BODY_WORDS);
    words.push_back(word);
}

void body_generator::branch_patch(uint32_t index, uint32_t target)
{
    const uint32_t distance = target - index;
    uint32_t &word = words[index];
    if ((word & ADR_MASK) == ADR) {
        const uint32_t bytes = distance * 4;
        word |= ((bytes & 3) << 29) | ((bytes >> 2) << 5);
    } else if ((word & B_MASK) == B) {
        word |= distance;
    } else if ((word & TBZ_MASK) == TBZ) {
        word |= distance << 5;
    } else {
        word |= distance << 5; // B.cond, CBZ and CBNZ: imm19 at the same place
    }
}

void body_generator::branches_advance()
{
    const uint32_t here = static_cast<uint32_t>(words.size());
    std::vector<pending_branch> open;
    for (pending_branch &branch : pending) {
        if (branch.groups_left == 0) {
            branch_patch(branch.index, here);
            continue;
        }
        branch.groups_left--;
        open.push_back(branch);
    }
    pending = open;
}

uint32_t body_generator::source()
{
    return random.below(32);
}

// x0..x23, x29, x30, and now and then the zero register: never a pointer.
uint32_t body_generator::destination()
{
    return random.one_in(24) ? a64::SP_OR_ZR : destination_not_31();
}

uint32_t body_generator::destination_not_31()
{
    const uint32_t pick = random.below(26);
    return pick < 24 ? pick : pick + 5;
}

// N:immr:imms at bits 22..10. Arm ARM, DecodeBitMasks: some combinations are UNDEFINED.
uint32_t body_generator::logical_immediate(uint32_t sf)
{
    for (;;) {
        const uint32_t n = sf ? width() : 0;
        const uint32_t immr = random.below(64);
        const uint32_t imms = random.below(64);
        const uint32_t length_bits = (n << 6) | (~imms & 0x3f);
        if (length_bits < 2) {
            continue;
        }
        const uint32_t length = 31 - static_cast<uint32_t>(__builtin_clz(length_bits));
        const uint32_t levels = (1U << length) - 1;
        if ((imms & levels) != levels) {
            return (n << 22) | (immr << 16) | (imms << 10);
        }
    }
}

void body_generator::add_sub_immediate()
{
    if (!group_begin(1)) {
        return;
    }
    const uint32_t sets_flags = width();
    const uint32_t rd = sets_flags ? destination() : destination_not_31();
    const uint32_t imm = random.one_in(5) ? 0 : random.below(4096);
    put(0x11000000 | (width() << 31) | (width() << 30) | (sets_flags << 29) | (width() << 22) | (imm << 10) |
        (source() << 5) | rd);
}

void body_generator::add_sub_shifted()
{
    if (!group_begin(1)) {
        return;
    }
    const uint32_t sf = width();
    const uint32_t amount = random.one_in(3) ? 0 : random.below(sf ? 64 : 32);
    put(0x0b000000 | (sf << 31) | (width() << 30) | (width() << 29) | (random.below(3) << 22) |
        (source() << 16) | (amount << 10) | (source() << 5) | destination());
}

void body_generator::add_sub_extended()
{
    if (!group_begin(1)) {
        return;
    }
    const uint32_t sets_flags = width();
    const uint32_t rd = sets_flags ? destination() : destination_not_31();
    put(0x0b200000 | (width() << 31) | (width() << 30) | (sets_flags << 29) | (source() << 16) |
        (random.below(8) << 13) | (random.below(5) << 10) | (source() << 5) | rd);
}

void body_generator::logical_immediate_form()
{
    if (!group_begin(1)) {
        return;
    }
    const uint32_t sf = width();
    const uint32_t opc = random.below(4);
    const uint32_t rd = opc == 3 ? destination() : destination_not_31();
    put(0x12000000 | (sf << 31) | (opc << 29) | logical_immediate(sf) | (source() << 5) | rd);
}

void body_generator::logical_shifted()
{
    if (!group_begin(1)) {
        return;
    }
    const uint32_t sf = width();
    const uint32_t amount = random.one_in(3) ? 0 : random.below(sf ? 64 : 32);
    put(0x0a000000 | (sf << 31) | (random.below(4) << 29) | (random.below(4) << 22) | (width() << 21) |
        (source() << 16) | (amount << 10) | (source() << 5) | destination());
}

void body_generator::move_wide()
{
    if (!group_begin(1)) {
        return;
    }
    static const uint32_t opcodes[] = {0, 2, 3}; // MOVN, MOVZ, MOVK
    const uint32_t sf = width();
    const uint32_t imm = random.one_in(4) ? (width() ? 0xffff : 0) : random.below(0x10000);
    put(0x12800000 | (sf << 31) | (opcodes[random.below(3)] << 29) | (random.below(sf ? 4 : 2) << 21) |
        (imm << 5) | destination());
}

void body_generator::bitfield()
{
    if (!group_begin(1)) {
        return;
    }
    const uint32_t sf = width();
    const uint32_t bits = sf ? 64 : 32;
    const uint32_t immr = random.one_in(5) ? (width() ? bits - 1 : 0) : random.below(bits);
    const uint32_t imms = random.one_in(5) ? (width() ? bits - 1 : 0) : random.below(bits);
    put(0x13000000 | (sf << 31) | (random.below(3) << 29) | (sf << 22) | (immr << 16) | (imms << 10) |
        (source() << 5) | destination());
}

void body_generator::extract()
{
    if (!group_begin(1)) {
        return;
    }
    const uint32_t sf = width();
    const uint32_t lsb = random.one_in(4) ? 0 : random.below(sf ? 64 : 32);
    const uint32_t rn = source();
    const uint32_t rm = random.one_in(3) ? rn : source(); // the same twice is ROR
    put(0x13800000 | (sf << 31) | (sf << 22) | (rm << 16) | (lsb << 10) | (rn << 5) | destination());
}

void body_generator::pc_relative()
{
    if (!group_begin(1)) {
        return;
    }
    put(ADR | (width() << 31) | (random.below(4) << 29) | (random.below(1U << 19) << 5) | destination());
}

void body_generator::add_sub_carry()
{
    if (!group_begin(1)) {
        return;
    }
    put(0x1a000000 | (width() << 31) | (width() << 30) | (width() << 29) | (source() << 16) |
        (source() << 5) | destination());
}

void body_generator::conditional_compare()
{
    if (!group_begin(1)) {
        return;
    }
    put(0x3a400000 | (width() << 31) | (width() << 30) | (source() << 16) | (random.below(16) << 12) |
        (width() << 11) | (source() << 5) | random.below(16));
}

void body_generator::conditional_select()
{
    if (!group_begin(1)) {
        return;
    }
    put(0x1a800000 | (width() << 31) | (width() << 30) | (source() << 16) | (random.below(16) << 12) |
        (width() << 10) | (source() << 5) | destination());
}

void body_generator::multiply()
{
    if (!group_begin(1)) {
        return;
    }
    static const uint32_t long_forms[] = {0x00200000, 0x00208000, 0x00a00000, 0x00a08000}; // [SU]M(ADD|SUB)L
    static const uint32_t high_forms[] = {0x00407c00, 0x00c07c00}; // [SU]MULH, Ra = 31
    const uint32_t registers = (source() << 16) | (source() << 5) | destination();
    switch (random.below(3)) {
    case 0:
        put(0x1b000000 | (width() << 31) | (width() << 15) | (source() << 10) | registers);
        break;
    case 1:
        put(0x9b000000 | long_forms[random.below(4)] | (source() << 10) | registers);
        break;
    case 2:
        put(0x9b000000 | high_forms[random.below(2)] | registers);
        break;
    }
}

void body_generator::two_sources()
{
    if (!group_begin(1)) {
        return;
    }
    static const uint32_t opcodes[] = {2, 3, 8, 9, 10, 11}; // UDIV SDIV LSLV LSRV ASRV RORV
    put(0x1ac00000 | (width() << 31) | (source() << 16) | (opcodes[random.below(6)] << 10) | (source() << 5) |
        destination());
}

void body_generator::crc()
{
    if (!group_begin(1)) {
        return;
    }
    const uint32_t size = random.below(4);
    const uint32_t sf = size == 3 ? 1 : 0;
    put(0x1ac04000 | (sf << 31) | (source() << 16) | (width() << 12) | (size << 10) | (source() << 5) |
        destination());
}

void body_generator::one_source()
{
    if (!group_begin(1)) {
        return;
    }
    const uint32_t sf = width();
    static const uint32_t opcodes_32[] = {0, 1, 2, 4, 5};    // RBIT REV16 REV CLZ CLS
    static const uint32_t opcodes_64[] = {0, 1, 2, 3, 4, 5}; // and REV32
    const uint32_t opcode = sf ? opcodes_64[random.below(6)] : opcodes_32[random.below(5)];
    put(0x5ac00000 | (sf << 31) | (opcode << 10) | (source() << 5) | destination());
}

void body_generator::flags_move()
{
    if (!group_begin(1)) {
        return;
    }
    put(width() ? a64::mrs(destination(), a64::NZCV) : a64::msr(a64::NZCV, source()));
}

void body_generator::thread_register_move()
{
    if (!group_begin(1)) {
        return;
    }
    put(width() ? a64::mrs(destination(), a64::TPIDR_EL0) : a64::msr(a64::TPIDR_EL0, source()));
}

// ADD or SUB SP, SP, #16k, or back to the anchor: SP stays a pointer.
void body_generator::stack_pointer_adjust()
{
    if (!group_begin(1)) {
        return;
    }
    const pointer sp = pointers[POINTER_SP];
    const int32_t delta = 16 * random.between(-20, 20);
    const uint32_t imm = static_cast<uint32_t>(delta < 0 ? -delta : delta);
    const bool from_anchor = !sp.valid || sp.low + delta < -1800 || sp.high + delta > 1800;
    const uint32_t rn = from_anchor ? ANCHOR_REGISTER : a64::SP_OR_ZR;
    put(delta < 0 ? a64::sub_immediate(31, rn, imm) : a64::add_immediate(31, rn, imm));
    if (from_anchor) {
        pointer_changed(POINTER_SP, delta, delta);
    } else {
        pointer_changed(POINTER_SP, sp.low + delta, sp.high + delta);
    }
}

// SP as the destination of everything that may write it; it is no pointer until it is made one again.
void body_generator::stack_pointer_spoil()
{
    if (!group_begin(1)) {
        return;
    }
    const uint32_t sf = width();
    const uint32_t common = (sf << 31) | (source() << 5) | a64::SP_OR_ZR;
    switch (random.below(3)) {
    case 0:
        put(0x11000000 | (width() << 30) | (width() << 22) | (random.below(4096) << 10) | common);
        break;
    case 1:
        put(0x0b200000 | (width() << 30) | (source() << 16) | (random.below(8) << 13) |
            (random.below(5) << 10) | common);
        break;
    case 2:
        put(0x12000000 | (random.below(3) << 29) | logical_immediate(sf) | common);
        break;
    }
    pointer_spoiled(POINTER_SP);
}

void body_generator::branch_unconditional()
{
    if (!group_begin(1)) {
        return;
    }
    put(B | (width() << 31)); // B or BL
    pending.push_back({static_cast<uint32_t>(words.size()) - 1, random.below(3)});
}

void body_generator::branch_conditional()
{
    if (!group_begin(1)) {
        return;
    }
    put(0x54000000 | random.below(16));
    pending.push_back({static_cast<uint32_t>(words.size()) - 1, random.below(5)});
}

void body_generator::branch_compare()
{
    if (!group_begin(1)) {
        return;
    }
    put(0x34000000 | (width() << 31) | (width() << 24) | source());
    pending.push_back({static_cast<uint32_t>(words.size()) - 1, random.below(5)});
}

void body_generator::branch_test()
{
    if (!group_begin(1)) {
        return;
    }
    put(TBZ | (width() << 31) | (width() << 24) | (random.below(32) << 19) | source());
    pending.push_back({static_cast<uint32_t>(words.size()) - 1, random.below(5)});
}

// ADR Xn, target; BR, BLR or RET Xn.
void body_generator::branch_register()
{
    if (!group_begin(2)) {
        return;
    }
    const uint32_t rn = destination_not_31();
    put(ADR | rn);
    put(a64::br(rn) | (random.below(3) << 21));
    pending.push_back({static_cast<uint32_t>(words.size()) - 2, random.below(3)});
}

void body_generator::hint_or_barrier()
{
    if (!group_begin(1)) {
        return;
    }
    static const uint32_t options[] = {1, 2, 3, 5, 6, 7, 9, 10, 11, 13, 14, 15};
    const uint32_t option = options[random.below(12)] << 8;
    switch (random.below(5)) {
    case 0:
        put(0xd503309f | option); // DSB
        break;
    case 1:
        put(0xd50330bf | option); // DMB
        break;
    case 2:
        put(a64::ISB);
        break;
    case 3:
        put(a64::CLREX);
        break;
    case 4:
        put(random.one_in(3) ? a64::NOP
                             : a64::NOP | ((6 + random.below(122)) << 5)); // not WFE, WFI, SEV, SEVL
        break;
    }
}

} // namespace differential
