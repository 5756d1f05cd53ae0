// SPDX-License-Identifier: BSD-3-Clause
//
// Runs a program of events on the instruction side under test and on the naive one side by side: memory with
// marks and translation tables, kept as whoever uses code_side.h keeps them, and a few words that are judged.
#ifndef TESTS_PROPERTY_CODE_SIDE_MACHINE_HPP
#define TESTS_PROPERTY_CODE_SIDE_MACHINE_HPP

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "model/checker/code_side.h"
#include "tests/property/code_side_naive.hpp"

namespace code_side_machine {

enum class op {
    STORE,        // of the spot's kind, told
    STORE_OTHER,  // unbuffered where STORE is buffered; told
    STORE_UNTOLD, // cached
    CLEAN_POU,    // DC CVAU
    CLEAN_POC,    // DC CVAC
    CLEAN_ALL,    // a certain sweep
    IC_LINE,
    IC_ALL,
    DSB,
    DSB_ST,
    ISB,
    FETCH,
    MAP_EXECUTABLE, // of the spot's page
    MAP_XN,
    UNMAP,
    TLBI,
    MMU,    // on or off
    ICACHE, // on or off
};
constexpr int OP_COUNT = 18;

struct happening {
    op what;
    int spot; // where; for the events of one place
};

// Words that are judged. Page 1 follows page 0, page 2 stands apart.
struct spot {
    int page;
    uint32_t line;
    uint32_t word;
    bool cached;
};
constexpr std::array<spot, 6> SPOTS = {{
    {0, 0, 0, true},
    {0, 0, 1, true},
    {0, 0, 2, false},
    {1, 5, 3, true},
    {2, 9, 15, true},
    {2, 9, 0, false},
}};
constexpr int PAGES = 3;

struct options {
    bool idc = false, dic = false;
    bool mmu = false, icache = false; // at the start
    bool executable = false;          // all pages, at the start
    bool after = false;               // goes on comparing a word after its first finding
};

class machine {
public:
    explicit machine(const options &o);
    ~machine();
    machine(const machine &) = delete;
    machine &operator=(const machine &) = delete;

    // Empty, or what disagrees.
    std::string run(const std::vector<happening> &program);

    int findings = 0;
    int kept_fetches = 0;
    std::array<int, CODE_SIDE_FAULT_COUNT> faults{};

private:
    enum class judged { EXACT, SOUND, NOT };
    struct line_state {
        bool kept = false;
        bool cvac = false; // by VA or sweep, pending, not stored to since
        judged how = judged::EXACT;
    };

    bool possible(const happening &e) const;
    std::string apply(const happening &e);
    void store(int number, op how);
    void clean(const spot &at, bool to_poc);
    void clean_all();
    void dsb(bool full);
    std::string fetch(int number);
    void descriptor_write(int page, uint64_t descriptor);
    void regime_tell();
    void environments_set();
    bool page_fetchable(int page) const;
    uint64_t pa(const spot &at) const;
    uint8_t *mark(const spot &at);
    line_state &line(const spot &at) { return lines[at.page == 2 ? 2 : at.page]; }

    options chosen;
    std::vector<uint8_t> bytes, marks;
    struct code_side *code;
    std::vector<code_side_naive::word> words;
    std::array<line_state, 3> lines; // a line with spots in each page
    struct translation_regime regime {};
    std::array<bool, PAGES> executable{}, executed_near{};
    std::array<bool, PAGES> walked{};                // executable, and a TLB may know it
    std::array<bool, PAGES> old{}, old_since_tlbi{}; // no longer, and a TLB may know it
    bool tlbi_pending = false;
};

std::string text(const std::vector<happening> &program);

} // namespace code_side_machine

#endif
