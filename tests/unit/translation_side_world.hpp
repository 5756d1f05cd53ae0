// SPDX-License-Identifier: BSD-3-Clause
//
// Memory with page tables and a `translation_side` that is told of every write to it, for tests. Numbers are
// those of the Arm ARM: "VMSAv8-64 translation table format descriptors", "TCR_EL1", "MAIR_EL1".
#ifndef TESTS_UNIT_TRANSLATION_SIDE_WORLD_HPP
#define TESTS_UNIT_TRANSLATION_SIDE_WORLD_HPP

#include <cstdint>
#include <cstring>
#include <vector>

#include "model/checker/translation_side.h"

namespace old_tables {

constexpr uint64_t VALID = 1, BLOCK = 1, PAGE = 3, TABLE = 3, EL0 = 1 << 6, RO = 1 << 7, AF = 1 << 10;
constexpr uint64_t OSH = 2 << 8, ISH = 3 << 8, NG = 1 << 11, CONTIGUOUS = 1ULL << 52, PXN = 1ULL << 53;
constexpr uint64_t XN = 1ULL << 54, SOFTWARE = 15ULL << 55;
constexpr uint64_t ATTR(uint64_t index)
{
    return index << 2;
}
// 0 WB, 1 NC, 2 nGnRnE, 3 WT, 4 nGnRE, 5 WB without write-allocation
constexpr uint64_t MAIR = 0xee04bb0044ffULL;
constexpr uint64_t M = 1, C = 1 << 2, I = 1 << 12, WXN = 1 << 19;
constexpr uint64_t GIB = 1ULL << 30, MIB2 = 1ULL << 21, KIB4 = 0x1000;

constexpr uint32_t tlbi(uint32_t op1, uint32_t crm, uint32_t op2)
{
    return 1U << 14 | op1 << 11 | 8U << 7 | crm << 3 | op2;
}
constexpr uint32_t VMALLE1 = tlbi(0, 7, 0), VAE1 = tlbi(0, 7, 1), ASIDE1 = tlbi(0, 7, 2),
                   VAAE1 = tlbi(0, 7, 3), VALE1 = tlbi(0, 7, 5), VMALLE1IS = tlbi(0, 3, 0),
                   ALLE2 = tlbi(4, 7, 0), VAE2 = tlbi(4, 7, 1);

class world {
public:
    static constexpr uint64_t RAM = 0x40000000, PAGES = 64;
    static constexpr uint64_t T(uint64_t number) { return RAM + number * 0x1000; }

    world() : bytes(PAGES * 0x1000)
    {
        const struct fillable_window window = {RAM, bytes.size(), bytes.data()};
        core = translation_side_create(&window, 1);
        el1.el = 1;
        el1.tcr = 25 | 25 << 16 | 2ULL << 32;
        el1.mair = MAIR;
        el1.ttbr0 = T(0);
        el1.ttbr1 = T(40); // empty
        el1.sctlr = M | C | I;
        el2 = el1;
        el2.el = 2;
        el2.tcr = 25 | 2 << 16;
    }
    ~world() { translation_side_destroy(core); }
    world(const world &) = delete;
    world &operator=(const world &) = delete;

    void put(uint64_t table, uint64_t index, uint64_t descriptor)
    {
        memcpy(bytes.data() + (table - RAM) + 8 * index, &descriptor, 8);
    }
    void write(uint64_t table, uint64_t index, uint64_t descriptor)
    {
        put(table, index, descriptor);
        translation_side_table_write(core, table + 8 * index, 8);
    }
    uint64_t get(uint64_t pa) const
    {
        uint64_t value;
        memcpy(&value, bytes.data() + (pa - RAM), 8);
        return value;
    }
    // Level 1, 2 and 3 at T(0), T(1), T(2); VA 0x0000 to 0x1fffff lead through all of them.
    void three_levels()
    {
        put(T(0), 0, T(1) | TABLE);
        put(T(1), 0, T(2) | TABLE);
    }
    void tell(const struct translation_regime &regime) { translation_side_regime(core, &regime); }
    void invalidate(uint32_t encoding, uint64_t operand = 0)
    {
        translation_side_tlbi(core, encoding, operand);
        translation_side_dsb(core);
    }
    bool alive() const { return translation_side_alive(core); }
    int ask(uint64_t va, int el = 1, int use = TRANSLATION_SIDE_READ, bool unprivileged = false)
    {
        struct translation_side_request request = {};
        request.va = va;
        request.el = static_cast<uint8_t>(el);
        request.use = static_cast<uint8_t>(use);
        request.unprivileged = unprivileged;
        const bool differs = translation_side_differs(core, &request, &old);
        return differs ? old.difference : static_cast<int>(TRANSLATION_SIDE_SAME);
    }

    std::vector<uint8_t> bytes;
    struct translation_side *core;
    struct translation_regime el1 {};
    struct translation_regime el2 {};
    struct translation_side_old old {};
};

} // namespace old_tables

#endif
