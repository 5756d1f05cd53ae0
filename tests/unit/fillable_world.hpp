// SPDX-License-Identifier: BSD-3-Clause
//
// Memory with page tables and a `fillable` that is told of every write to it, for tests. Numbers are those of
// the Arm ARM: "VMSAv8-64 translation table format descriptors", "TCR_EL1", "MAIR_EL1".
#ifndef TESTS_UNIT_FILLABLE_WORLD_HPP
#define TESTS_UNIT_FILLABLE_WORLD_HPP

#include <cstdint>
#include <cstring>
#include <vector>

#include "model/checker/fillable.h"

namespace tables {

constexpr uint64_t VALID = 1, BLOCK = 1, PAGE = 3, TABLE = 3, AF = 1 << 10, NG = 1 << 11;
constexpr uint64_t ATTR(uint64_t index)
{
    return index << 2;
}
// 0 WB, 1 NC, 2 nGnRnE, 3 WT, 4 nGnRE, 5 WB inner with NC outer, 6 GRE, 7 NC inner with WB outer
constexpr uint64_t MAIR = 0xf40c4f04bb0044ffULL;
constexpr uint64_t M = 1, C = 1 << 2;
constexpr uint64_t HCR_DC = 1 << 12;
constexpr uint64_t GIB = 1ULL << 30, MIB2 = 1ULL << 21;

constexpr uint32_t tlbi(uint32_t op1, uint32_t crm, uint32_t op2)
{
    return 1U << 14 | op1 << 11 | 8U << 7 | crm << 3 | op2;
}
constexpr uint32_t VMALLE1 = tlbi(0, 7, 0), VAE1 = tlbi(0, 7, 1), ASIDE1 = tlbi(0, 7, 2),
                   VAAE1 = tlbi(0, 7, 3), VALE1 = tlbi(0, 7, 5), VAALE1 = tlbi(0, 7, 7),
                   VMALLE1IS = tlbi(0, 3, 0), VAE1IS = tlbi(0, 3, 1), IPAS2E1 = tlbi(4, 4, 1),
                   ALLE2 = tlbi(4, 7, 0), VAE2 = tlbi(4, 7, 1), ALLE1 = tlbi(4, 7, 4), VALE2 = tlbi(4, 7, 5),
                   VMALLS12E1 = tlbi(4, 7, 6);

// TCR_EL1 with T0SZ and T1SZ, 40-bit output.
constexpr uint64_t tcr_el1(uint64_t t0sz, uint64_t t1sz = 25)
{
    return t0sz | t1sz << 16 | 2ULL << 32;
}
constexpr uint64_t EPD0 = 1 << 7, EPD1 = 1 << 23, A1 = 1 << 22, AS = 1ULL << 36;
constexpr uint64_t tcr_el2(uint64_t t0sz)
{
    return t0sz | 2 << 16;
}

class world {
public:
    static constexpr uint64_t RAM = 0x40000000, PAGES = 64;
    static constexpr uint64_t T(uint64_t number) { return RAM + number * 0x1000; }

    world() : bytes(PAGES * 0x1000)
    {
        const struct fillable_window window = {RAM, bytes.size(), bytes.data()};
        core = fillable_create(&window, 1);
        el1.el = 1;
        el1.tcr = tcr_el1(25) | EPD1;
        el1.mair = MAIR;
        el1.ttbr0 = T(0);
        el1.sctlr = M | C;
        el2 = el1;
        el2.el = 2;
        el2.tcr = tcr_el2(25);
    }
    ~world() { fillable_destroy(core); }
    world(const world &) = delete;
    world &operator=(const world &) = delete;

    // Without telling: as before anybody walks.
    void put(uint64_t table, uint64_t index, uint64_t descriptor)
    {
        memcpy(bytes.data() + (table - RAM) + 8 * index, &descriptor, 8);
    }
    void write(uint64_t table, uint64_t index, uint64_t descriptor)
    {
        put(table, index, descriptor);
        if (fillable_is_table(core, table)) {
            fillable_table_write(core, table + 8 * index, 8);
        }
    }
    uint64_t get(uint64_t pa) const
    {
        uint64_t value;
        memcpy(&value, bytes.data() + (pa - RAM), 8);
        return value;
    }
    void el1_tell()
    {
        el1.live = true;
        fillable_regime(core, &el1);
    }
    void el2_tell()
    {
        el2.live = true;
        fillable_regime(core, &el2);
    }
    bool line(uint64_t pa) const { return fillable_line(core, pa); }
    void invalidate(uint32_t encoding, uint64_t operand = 0)
    {
        fillable_tlbi(core, encoding, operand);
        fillable_dsb(core);
    }

    std::vector<uint8_t> bytes;
    struct fillable *core;
    struct translation_regime el1 {};
    struct translation_regime el2 {};
};

} // namespace tables

#endif
