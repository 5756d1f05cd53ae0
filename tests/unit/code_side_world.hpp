// SPDX-License-Identifier: BSD-3-Clause
//
// Memory with marks, and an instruction side that is told of it as prove tells it: for tests. One GiB from
// RAM on is mapped by EL2 tables in its first pages; only the first 4 MiB of it hold bytes.
#ifndef TESTS_UNIT_CODE_SIDE_WORLD_HPP
#define TESTS_UNIT_CODE_SIDE_WORLD_HPP

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "model/checker/code_side.h"

namespace code_world {

constexpr uint64_t RAM = 0x40000000, SIZE = 4 << 20;
constexpr uint64_t TABLES = RAM;          // of level 1, and behind it as many as a test needs
constexpr uint64_t CODE = RAM + 0x100000; // where tests put code
constexpr uint64_t ELSEWHERE = RAM + 0x200000;
constexpr uint64_t BLOCK = 1, PAGE = 3, TABLE = 3, AF = 1 << 10, XN = 1ULL << 54;
constexpr uint64_t SCTLR_M = 1, SCTLR_C = 1 << 2, SCTLR_I = 1 << 12;

constexpr uint32_t tlbi(uint32_t op1, uint32_t crm, uint32_t op2)
{
    return 1U << 14 | op1 << 11 | 8U << 7 | crm << 3 | op2;
}
constexpr uint32_t ALLE2 = tlbi(4, 7, 0);

class world {
public:
    explicit world(bool idc = false, bool dic = false) : bytes(SIZE), marks(SIZE / 64)
    {
        struct code_side_config config = {};
        config.idc = idc;
        config.dic = dic;
        config.window_count = 1;
        config.windows[0] = {RAM, SIZE, bytes.data(), marks.data()};
        core = code_side_create(&config);
        regime.el = 2;
        regime.tcr = 25 | 2 << 16;
        regime.mair = 0xFF;
        regime.ttbr0 = TABLES;
    }
    ~world() { code_side_destroy(core); }
    world(const world &) = delete;
    world &operator=(const world &) = delete;

    void sctlr(uint64_t value)
    {
        regime.sctlr = value;
        code_side_regime(core, &regime);
    }
    // All of RAM by one block, MMU and both caches on.
    void all_executable()
    {
        put(TABLES + 8, RAM | BLOCK | AF);
        sctlr(SCTLR_M | SCTLR_C | SCTLR_I);
    }
    void put(uint64_t pa, uint64_t value) { memcpy(bytes.data() + (pa - RAM), &value, 8); }
    void table_write(uint64_t pa, uint64_t value)
    {
        put(pa, value);
        code_side_table_write(core, pa, 8);
    }
    void change(uint64_t pa) { bytes[pa - RAM]++; }
    uint8_t &mark(uint64_t pa) { return marks[(pa - RAM) / 64]; }

    // A store that the fast path makes.
    void store(uint64_t pa)
    {
        change(pa);
        mark(pa) = CODE_SIDE_MARK_UNTOLD;
    }
    void store_told(uint64_t pa, enum code_side_store kind = CODE_SIDE_CACHED)
    {
        change(pa);
        code_side_store(core, pa, 4, kind);
        if (kind == CODE_SIDE_CACHED) {
            mark(pa) = CODE_SIDE_MARK_TOLD;
        }
    }
    void maintain(enum access_op op, uint64_t pa) { code_side_maintain(core, op, pa); }
    void dsb() { code_side_dsb(core, true); }
    void isb() { code_side_synchronise(core); }
    struct code_side_fetched fetched(uint64_t pa)
    {
        return code_side_fetch(core, pa, (regime.sctlr & SCTLR_I) != 0);
    }
    int fetch(uint64_t pa) { return fetched(pa).fault; }

    /*
     * Steps, one letter each, on the line of `pa`: s store, S the same, told, n a buffered store, d an
     * unbuffered one, u CVAU, c CVAC, f CIVAC, p CVAP, P CVADP, v DC IVAC, w a certain sweep, i IC IVAU,
     * I IC IALLU, a IC IVAU of the next line, D DSB, t DSB ST, b ISB.
     */
    void steps(const std::string &all, uint64_t pa)
    {
        for (const char step : all) {
            one(step, pa);
        }
    }

    std::vector<uint8_t> bytes, marks;
    struct code_side *core;
    struct translation_regime regime {};

private:
    void one(char step, uint64_t pa)
    {
        switch (step) {
        case 's':
            return store(pa);
        case 'S':
            return store_told(pa);
        case 'n':
            return store_told(pa, CODE_SIDE_BUFFERED);
        case 'd':
            return store_told(pa, CODE_SIDE_UNBUFFERED);
        case 'u':
            return maintain(ACCESS_DC_CVAU, pa);
        case 'c':
            return maintain(ACCESS_DC_CVAC, pa);
        case 'f':
            return maintain(ACCESS_DC_CIVAC, pa);
        case 'p':
            return maintain(ACCESS_DC_CVAP, pa);
        case 'P':
            return maintain(ACCESS_DC_CVADP, pa);
        case 'v':
            return maintain(ACCESS_DC_IVAC, pa);
        case 'w':
            return code_side_clean_all(core);
        case 'i':
            return maintain(ACCESS_IC_IVAU, pa);
        case 'a':
            return maintain(ACCESS_IC_IVAU, pa + 64);
        case 'I':
            return code_side_ic_all(core);
        case 'D':
            return dsb();
        case 't':
            return code_side_dsb(core, false);
        case 'b':
            return isb();
        default:
            abort();
        }
    }
};

} // namespace code_world

#endif
