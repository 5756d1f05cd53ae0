// SPDX-License-Identifier: BSD-3-Clause
//
// The instruction side against naive enumeration of every state that the adversary can reach: all short
// programs about one word, and random ones about several words, mappings, MMU and instruction cache on and
// off. Zero disagreements up to the first finding of a line; where the header says that it is favourable
// (stores that nobody tells and that need no clean), no finding that the enumeration does not have.
#include <gtest/gtest.h>

#include <iostream>
#include <random>

#include "tests/property/code_side_machine.hpp"

using namespace code_side_machine;

namespace {

struct totals {
    uint64_t programs = 0, findings = 0, kept = 0;
    std::array<uint64_t, CODE_SIDE_FAULT_COUNT> faults{};

    void add(const machine &m)
    {
        programs++;
        findings += static_cast<uint64_t>(m.findings);
        kept += static_cast<uint64_t>(m.kept_fetches);
        for (size_t i = 0; i < faults.size(); i++) {
            faults[i] += static_cast<uint64_t>(m.faults[i]);
        }
    }
    void tell(const char *what) const
    {
        std::cout << what << ": " << programs << " programs, " << findings << " findings, " << kept
                  << " fetches of kept lines;";
        for (const uint64_t count : faults) {
            std::cout << ' ' << count;
        }
        std::cout << std::endl;
    }
};

// The number of the program that disagrees shrinks to the events that matter.
std::vector<happening> shrunk(const options &o, std::vector<happening> program)
{
    for (size_t i = 0; i < program.size();) {
        std::vector<happening> shorter = program;
        shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(i));
        machine m(o);
        if (m.run(shorter).empty()) {
            i++;
        } else {
            program = shorter;
            i = 0;
        }
    }
    return program;
}

::testing::AssertionResult agrees(const options &o, const std::vector<happening> &program, totals &sum)
{
    machine m(o);
    const std::string wrong = m.run(program);
    sum.add(m);
    if (wrong.empty()) {
        return ::testing::AssertionSuccess();
    }
    const std::vector<happening> least = shrunk(o, program);
    return ::testing::AssertionFailure()
           << machine(o).run(least) << "; idc " << o.idc << " dic " << o.dic << " mmu " << o.mmu << " icache "
           << o.icache << " executable " << o.executable << ": " << text(least);
}

#if defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__)
const uint64_t SLOWER = 17; // sanitizers and unoptimised builds do a part of the work: every so many programs
#else
const uint64_t SLOWER = 1;
#endif

// All programs of `length` events, and a fetch.
void exhaust(const options &o, const std::vector<happening> &alphabet, size_t length)
{
    totals sum;
    std::vector<size_t> digits(length, 0);
    uint64_t number = 0;
    for (bool more = true; more;) {
        std::vector<happening> program;
        for (const size_t digit : digits) {
            program.push_back(alphabet[digit]);
        }
        program.push_back({op::FETCH, alphabet[0].spot});
        if (number++ % SLOWER == 0) {
            ASSERT_TRUE(agrees(o, program, sum));
        }
        size_t place = 0;
        while (place < length && ++digits[place] == alphabet.size()) {
            digits[place++] = 0;
        }
        more = place < length;
    }
    sum.tell(o.idc ? (o.dic ? "IDC, DIC" : "IDC") : (o.dic ? "DIC" : "neither"));
    EXPECT_GT(sum.findings, sum.programs / 10);
    EXPECT_GT(sum.faults[CODE_SIDE_OK], sum.programs / 10);
}

options flavour(int number)
{
    options o;
    o.idc = (number & 1) != 0;
    o.dic = (number & 2) != 0;
    return o;
}

void random_programs(uint64_t seed, int programs, const std::vector<op> &ops, bool after)
{
    std::mt19937_64 chance(seed);
    totals sum;
    for (int i = 0; i < programs / static_cast<int>(SLOWER); i++) {
        options o = flavour(static_cast<int>(chance() % 4));
        o.mmu = chance() % 2 != 0;
        o.icache = chance() % 4 != 0;
        o.executable = chance() % 2 != 0;
        o.after = after;
        if (after) {
            o.mmu = o.icache = o.executable = true;
        }
        std::vector<happening> program;
        const size_t length = 4 + chance() % 24;
        const int spots = after ? 1 : 1 + static_cast<int>(chance() % SPOTS.size());
        for (size_t k = 0; k < length; k++) {
            program.push_back(
                {ops[chance() % ops.size()], static_cast<int>(chance() % static_cast<uint64_t>(spots))});
        }
        ASSERT_TRUE(agrees(o, program, sum)) << "seed " << seed << " program " << i;
    }
    sum.tell("random");
    EXPECT_GT(sum.findings, sum.programs / 10);
}

} // namespace

class code_side_property_of : public ::testing::TestWithParam<int> {};

TEST_P(code_side_property_of, all_short_programs_of_one_cached_word)
{
    const std::vector<happening> alphabet = {{op::STORE, 0},   {op::STORE_UNTOLD, 0}, {op::CLEAN_POU, 0},
                                             {op::IC_LINE, 0}, {op::DSB, 0},          {op::DSB_ST, 0},
                                             {op::ISB, 0},     {op::FETCH, 0}};
    options o = flavour(GetParam());
    o.mmu = o.icache = o.executable = true;
    exhaust(o, alphabet, 5);
}

TEST(code_side_property, the_right_order_and_all_programs_one_event_short_of_it)
{
    // Length 7 from the store on: the chain itself and everything that looks like it.
    const std::vector<happening> alphabet = {
        {op::STORE, 0}, {op::CLEAN_POC, 0}, {op::IC_ALL, 0}, {op::DSB, 0}, {op::ISB, 0}};
    options o;
    o.mmu = o.icache = o.executable = true;
    exhaust(o, alphabet, 6);
}

TEST_P(code_side_property_of, all_short_programs_of_one_word_that_is_not_cached)
{
    const std::vector<happening> alphabet = {{op::STORE, 2}, {op::STORE_OTHER, 2}, {op::IC_ALL, 2},
                                             {op::DSB, 2},   {op::DSB_ST, 2},      {op::ISB, 2},
                                             {op::FETCH, 2}};
    options o = flavour(GetParam());
    o.mmu = o.icache = o.executable = true;
    exhaust(o, alphabet, 5);
}

INSTANTIATE_TEST_SUITE_P(flavours, code_side_property_of, ::testing::Range(0, 4));

TEST(code_side_property, all_short_programs_with_the_mmu_off)
{
    const std::vector<happening> alphabet = {{op::STORE_OTHER, 2}, {op::STORE, 2}, {op::IC_ALL, 2},
                                             {op::DSB, 2},         {op::ISB, 2},   {op::FETCH, 2},
                                             {op::ICACHE, 2}};
    options o;
    exhaust(o, alphabet, 5);
}

TEST(code_side_property, all_short_programs_with_mappings_that_come_and_go)
{
    const std::vector<happening> alphabet = {
        {op::STORE_UNTOLD, 4}, {op::CLEAN_POC, 4},      {op::IC_LINE, 4}, {op::DSB, 4},
        {op::ISB, 4},          {op::MAP_EXECUTABLE, 4}, {op::UNMAP, 4},   {op::TLBI, 4}};
    options o;
    o.mmu = o.icache = true;
    exhaust(o, alphabet, 5);
}

TEST(code_side_property, random_programs)
{
    std::vector<op> ops;
    for (int i = 0; i < OP_COUNT; i++) {
        ops.push_back(static_cast<op>(i));
    }
    for (const op more :
         {op::DSB, op::DSB, op::ISB, op::FETCH, op::FETCH, op::FETCH, op::STORE, op::CLEAN_POU}) {
        ops.push_back(more);
    }
    random_programs(1, 20000, ops, false);
}

TEST(code_side_property, after_a_finding_the_run_goes_on_where_it_went_well)
{
    random_programs(2, 5000,
                    {op::STORE, op::STORE_UNTOLD, op::CLEAN_POU, op::IC_LINE, op::IC_ALL, op::DSB, op::ISB,
                     op::FETCH, op::FETCH},
                    true);
}
