// SPDX-License-Identifier: BSD-3-Clause
//
// Random bodies: pointers, and the loads and stores through them. Arm ARM, chapter C4 "Loads and Stores";
// what C6 calls CONSTRAINED UNPREDICTABLE (write-back into a transferred register, LDP of one register twice,
// ...) is not made.
#include <algorithm>
#include <cassert>

#include "tests/differential/a64_encode.hpp"
#include "tests/differential/a64_generator.hpp"
#include "tests/differential/guest/body_layout.h"

namespace differential {

namespace {

constexpr uint32_t ANCHOR_REGISTER = 28;
constexpr uint32_t POINTER_SP = 4;
constexpr uint32_t NO_BASE = 99;
constexpr int32_t DATA_HALF = BODY_DATA_SIZE / 2;
// No pointer comes nearer than this to the end of the data, so that any access at offset 0 stays inside.
constexpr uint32_t POINTER_MARGIN = 160;
constexpr int32_t POINTER_SPREAD_MAX = 600;

uint32_t pointer_register(uint32_t index)
{
    return index == POINTER_SP ? a64::SP_OR_ZR : 24 + index;
}

uint32_t field_imm9(int32_t offset)
{
    return (static_cast<uint32_t>(offset) & 0x1ff) << 12;
}

} // namespace

void body_generator::pointer_changed(uint32_t index, int32_t low, int32_t high)
{
    pointer &which = pointers[index];
    if (!skippable()) {
        which = {low, high, true};
        return;
    }
    // A pending branch may jump over this: both values are possible.
    which = {std::min(which.low, low), std::max(which.high, high), which.valid};
}

void body_generator::pointer_spoiled(uint32_t index)
{
    pointers[index].valid = false;
}

void body_generator::pointer_refresh()
{
    const uint32_t index = random.below(POINTER_SP + 1);
    if (!group_begin(1)) {
        return;
    }
    pointer_put_aligned(index, index == POINTER_SP ? 16 : 1, POINTER_MARGIN);
}

// One ADD or SUB from the anchor: a pointer to `size` bytes within the data.
void body_generator::pointer_put_aligned(uint32_t index, uint32_t alignment, uint32_t size)
{
    const int32_t step = static_cast<int32_t>(alignment);
    const int32_t high = DATA_HALF - static_cast<int32_t>(std::max(size, POINTER_MARGIN));
    const int32_t offset = step * random.between(-DATA_HALF / step, high / step);
    const uint32_t rd = pointer_register(index);
    if (offset < 0) {
        put(a64::sub_immediate(rd, ANCHOR_REGISTER, static_cast<uint32_t>(-offset)));
    } else {
        put(a64::add_immediate(rd, ANCHOR_REGISTER, static_cast<uint32_t>(offset)));
    }
    pointer_changed(index, offset, offset);
}

// A register that surely points into the data. The anchor serves where nothing is written back.
uint32_t body_generator::pointer_choose(bool writes_back, pointer *where)
{
    const uint32_t first = random.below(POINTER_SP + 1);
    for (uint32_t i = 0; i <= POINTER_SP; i++) {
        const uint32_t index = (first + i) % (POINTER_SP + 1);
        const pointer &candidate = pointers[index];
        if (candidate.valid && candidate.high - candidate.low <= POINTER_SPREAD_MAX) {
            *where = candidate;
            return pointer_register(index);
        }
    }
    *where = {0, 0, true};
    return writes_back ? NO_BASE : ANCHOR_REGISTER;
}

// An offset in [low, high], a multiple of scale, that keeps `size` bytes within the data wherever the pointer
// is.
bool body_generator::offset_choose(const pointer &where, uint32_t size, int32_t low, int32_t high,
                                   int32_t scale, int32_t *out)
{
    const int32_t first = std::max(low, -DATA_HALF - where.low);
    const int32_t last = std::min(high, DATA_HALF - static_cast<int32_t>(size) - where.high);
    const int32_t first_multiple = first >= 0 ? (first + scale - 1) / scale : -(-first / scale);
    const int32_t last_multiple = last >= 0 ? last / scale : -((-last + scale - 1) / scale);
    if (first_multiple > last_multiple) {
        return false;
    }
    *out = scale * random.between(first_multiple, last_multiple);
    return true;
}

void body_generator::writeback(uint32_t base, int32_t delta)
{
    const uint32_t index = base == a64::SP_OR_ZR ? POINTER_SP : base - 24;
    assert(index <= POINTER_SP);
    pointer_changed(index, pointers[index].low + delta, pointers[index].high + delta);
}

// Before or after the access: the pointer keeps its margin, so both the old and the new address are good.
bool body_generator::writeback_offset_choose(const pointer &where, uint32_t base, int32_t limit,
                                             int32_t scale, int32_t *out)
{
    const int32_t step = base == a64::SP_OR_ZR ? 16 : scale;
    return offset_choose(where, POINTER_MARGIN, -limit * scale, (limit - 1) * scale, step, out);
}

// opc: store, load, load sign-extended to 64 bits, to 32 bits.
uint32_t body_generator::load_store_opcode(uint32_t size)
{
    static const uint32_t opcodes[] = {4, 4, 3, 2};
    return random.below(opcodes[size]);
}

void body_generator::load_store_unsigned()
{
    pointer where;
    int32_t offset;
    const uint32_t size = random.below(4);
    const uint32_t base = pointer_choose(false, &where);
    if (!offset_choose(where, 1U << size, 0, 4095 << size, 1 << size, &offset) || !group_begin(1)) {
        return;
    }
    const uint32_t opc = load_store_opcode(size);
    const uint32_t rt = opc == 0 ? source() : destination();
    put(0x39000000 | (size << 30) | (opc << 22) | ((static_cast<uint32_t>(offset) >> size) << 10) |
        (base << 5) | rt);
}

void body_generator::load_store_unscaled()
{
    pointer where;
    int32_t offset;
    const uint32_t size = random.below(4);
    const uint32_t base = pointer_choose(false, &where);
    if (!offset_choose(where, 1U << size, -256, 255, 1, &offset) || !group_begin(1)) {
        return;
    }
    const uint32_t opc = load_store_opcode(size);
    const uint32_t rt = opc == 0 ? source() : destination();
    put(0x38000000 | (size << 30) | (opc << 22) | field_imm9(offset) | (base << 5) | rt);
}

void body_generator::load_store_unprivileged()
{
    pointer where;
    int32_t offset;
    const uint32_t size = random.below(4);
    const uint32_t base = pointer_choose(false, &where);
    if (!offset_choose(where, 1U << size, -256, 255, 1, &offset) || !group_begin(1)) {
        return;
    }
    const uint32_t opc = load_store_opcode(size);
    const uint32_t rt = opc == 0 ? source() : destination();
    put(0x38000800 | (size << 30) | (opc << 22) | field_imm9(offset) | (base << 5) | rt);
}

void body_generator::load_store_indexed()
{
    pointer where;
    int32_t offset;
    const uint32_t size = random.below(4);
    const uint32_t base = pointer_choose(true, &where);
    if (base == NO_BASE || !writeback_offset_choose(where, base, 256, 1, &offset) || !group_begin(1)) {
        return;
    }
    const uint32_t pre = width() ? 0x800 : 0;
    put(0x38000400 | (size << 30) | (load_store_opcode(size) << 22) | field_imm9(offset) | pre | (base << 5) |
        destination());
    writeback(base, offset);
}

// The index register is made right before, with bits above the low word that an extend of a word must not
// see.
void body_generator::load_store_register()
{
    static const uint32_t extends[] = {2, 3, 6, 7}; // UXTW, LSL, SXTW, SXTX
    const uint32_t extend = extends[random.below(4)];
    const uint32_t size = random.below(4);
    const uint32_t scaled = width();
    const uint32_t shift = scaled ? size : 0;
    pointer where;
    int32_t offset;
    const uint32_t base = pointer_choose(false, &where);
    const int32_t low = extend == 2 ? 0 : -DATA_HALF * 2;
    if (!offset_choose(where, 1U << size, low, DATA_HALF * 2, 1 << shift, &offset) || !group_begin(3)) {
        return;
    }
    const int32_t index = offset / (1 << shift);
    const uint32_t rm = destination_not_31();
    put(index < 0 ? 0x92800000 | (static_cast<uint32_t>(-index - 1) << 5) | rm // MOVN
                  : a64::movz(rm, static_cast<uint16_t>(index), 0));
    const bool word = extend == 2 || extend == 6;
    put(word ? a64::movk(rm, static_cast<uint16_t>(random.below(0x10000)), 2 + width()) : a64::NOP);
    const uint32_t opc = load_store_opcode(size);
    const uint32_t rt = opc == 0 ? source() : destination();
    put(0x38200800 | (size << 30) | (opc << 22) | (rm << 16) | (extend << 13) | (scaled << 12) | (base << 5) |
        rt);
}

// Reads instruction words: those of the body and of what stands around it.
void body_generator::load_literal()
{
    if (!group_begin(1)) {
        return;
    }
    const int32_t here = static_cast<int32_t>(words.size());
    const int32_t last = static_cast<int32_t>(BODY_WORDS + literals_after_count) - 2;
    const int32_t target = random.between(-static_cast<int32_t>(literals_before_count), last);
    const uint32_t imm19 = static_cast<uint32_t>(target - here) & 0x7ffff;
    put(0x18000000 | (random.below(3) << 30) | (imm19 << 5) | destination());
}

void body_generator::load_store_pair()
{
    const uint32_t opc = random.below(3); // words, LDPSW, doublewords
    const uint32_t load = opc == 1 ? 1 : width();
    const int32_t scale = opc == 2 ? 8 : 4;
    const bool non_temporal = opc != 1 && random.one_in(4);
    pointer where;
    int32_t offset;
    const uint32_t base = pointer_choose(false, &where);
    if (!offset_choose(where, static_cast<uint32_t>(2 * scale), -64 * scale, 63 * scale, scale, &offset) ||
        !group_begin(1)) {
        return;
    }
    const uint32_t rt = load ? destination() : source();
    uint32_t rt2 = load ? destination() : source();
    while (load && rt2 == rt) {
        rt2 = destination();
    }
    const uint32_t imm7 = static_cast<uint32_t>(offset / scale) & 0x7f;
    put((non_temporal ? 0x28000000 : 0x29000000) | (opc << 30) | (load << 22) | (imm7 << 15) | (rt2 << 10) |
        (base << 5) | rt);
}

void body_generator::load_store_pair_indexed()
{
    const uint32_t opc = random.below(3);
    const uint32_t load = opc == 1 ? 1 : width();
    const int32_t scale = opc == 2 ? 8 : 4;
    pointer where;
    int32_t offset;
    const uint32_t base = pointer_choose(true, &where);
    if (base == NO_BASE || !writeback_offset_choose(where, base, 64, scale, &offset) || !group_begin(1)) {
        return;
    }
    const uint32_t rt = destination();
    uint32_t rt2 = destination();
    while (rt2 == rt) {
        rt2 = destination();
    }
    const uint32_t pre = width() ? 0x01000000 : 0;
    const uint32_t imm7 = static_cast<uint32_t>(offset / scale) & 0x7f;
    put(0x28800000 | pre | (opc << 30) | (load << 22) | (imm7 << 15) | (rt2 << 10) | (base << 5) | rt);
    writeback(base, offset);
}

// A load-exclusive and its store-exclusive, with one instruction between that may be CLREX. Anything else
// between them (another address, a plain store) is the implementation's choice.
void body_generator::load_store_exclusive()
{
    const bool pair = random.one_in(3);
    const uint32_t size = pair ? 2 + width() : random.below(4);
    const uint32_t bytes = (1U << size) << (pair ? 1 : 0);
    const uint32_t index = random.below(POINTER_SP);
    if (!group_begin(4)) {
        return;
    }
    pointer_put_aligned(index, bytes, bytes);
    const uint32_t base = pointer_register(index) << 5;
    const uint32_t common = 0x08000000 | (size << 30) | (pair ? 1U << 21 : 0) | base;
    const uint32_t rt = destination();
    uint32_t rt2 = pair ? destination() : 31;
    while (pair && rt2 == rt) {
        rt2 = destination();
    }
    put(common | (1U << 22) | (31U << 16) | (width() << 15) | (rt2 << 10) | rt);
    put(random.one_in(4) ? a64::CLREX
                         : 0x8b000000 | (source() << 16) | (source() << 5) | destination_not_31());
    const uint32_t stored = source();
    const uint32_t stored2 = pair ? source() : 31;
    uint32_t status = destination_not_31();
    while (status == stored || status == stored2) {
        status = destination_not_31();
    }
    put(common | (status << 16) | (width() << 15) | (stored2 << 10) | stored);
}

void body_generator::load_store_ordered()
{
    const uint32_t size = random.below(4);
    const uint32_t index = random.below(POINTER_SP);
    if (!group_begin(2)) {
        return;
    }
    pointer_put_aligned(index, 1U << size, 1U << size);
    const uint32_t load = width();
    const uint32_t rt = load ? destination() : source();
    put(0x089ffc00 | (size << 30) | (load << 22) | (pointer_register(index) << 5) | rt);
}

// Atomics of FEAT_LSE at an aligned address, the ST<op> aliases (Rt 31) among them.
void body_generator::atomic()
{
    const uint32_t shape = random.below(6);
    const bool pair = shape == 0;
    const uint32_t size = pair ? 2 + width() : random.below(4);
    const uint32_t bytes = (1U << size) << (pair ? 1 : 0);
    const uint32_t index = random.below(POINTER_SP);
    if (!group_begin(pair ? 5 : 3)) {
        return;
    }
    pointer_put_aligned(index, bytes, bytes);
    const uint32_t base = pointer_register(index);
    if (pair) {
        atomic_compare_pair(size, base);
    } else if (shape == 1) {
        atomic_compare(size, base);
    } else {
        atomic_modify(size, base);
    }
}

void body_generator::atomic_modify(uint32_t size, uint32_t base)
{
    const uint32_t operation = random.below(9); // the last is SWP
    const uint32_t acquire_release = random.below(4);
    put(0x38200000 | (size << 30) | (acquire_release << 22) | (source() << 16) | (operation << 12) |
        (base << 5) | (random.one_in(4) ? 31 : destination()));
}

// Half of the comparisons are with what is there.
void body_generator::atomic_compare(uint32_t size, uint32_t base)
{
    const uint32_t compared = destination_not_31();
    put(width() ? 0x39400000 | (size << 30) | (base << 5) | compared : a64::NOP);
    put(0x08a07c00 | (size << 30) | (width() << 22) | (compared << 16) | (width() << 15) | (base << 5) |
        source());
}

void body_generator::atomic_compare_pair(uint32_t size, uint32_t base)
{
    const uint32_t compared = 2 * random.below(12); // below the pointers
    const bool equal = width() != 0;
    put(equal ? 0xb9400000 | ((size & 1) << 30) | (base << 5) | compared : a64::NOP);
    put(equal ? 0xb9400400 | ((size & 1) << 30) | (base << 5) | (compared + 1) : a64::NOP);
    put(0x08207c00 | ((size & 1) << 30) | (width() << 22) | (compared << 16) | (width() << 15) | (base << 5) |
        (source() & ~1U));
}

// PRFM never faults: its base may be anything.
void body_generator::prefetch()
{
    if (!group_begin(1)) {
        return;
    }
    const uint32_t base = random.below(31) << 5;
    switch (random.below(4)) {
    case 0:
        put(0xf9800000 | (random.below(4096) << 10) | base | random.below(24));
        break;
    case 1:
        put(0xf8800000 | (random.below(512) << 12) | base | random.below(24));
        break;
    case 2:
        put(0xf8a06800 | (source() << 16) | (width() << 12) | base | random.below(24));
        break;
    case 3:
        put(0xd8000000 | (random.below(1U << 19) << 5) | random.below(24));
        break;
    }
}

// DC ZVA writes its block; the other operations change nothing where there are no caches.
void body_generator::cache_block()
{
    static const uint32_t operations[] = {0xd50b7420, 0xd50b7420, 0xd50b7420, 0xd50b7a20,
                                          0xd50b7b20, 0xd50b7e20, 0xd50b7520};
    const uint32_t index = random.below(POINTER_SP);
    if (!group_begin(2)) {
        return;
    }
    pointer_put_aligned(index, 1, 64);
    put(operations[random.below(7)] | pointer_register(index));
}

} // namespace differential
