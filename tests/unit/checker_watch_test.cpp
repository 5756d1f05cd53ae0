// SPDX-License-Identifier: BSD-3-Clause
//
// What a caller uses that watches a run as it goes: how far sweeps reach, what accesses to other lines
// complete, lines that are canonical again.
#include <gtest/gtest.h>

#include "tests/unit/checker_run.hpp"

namespace {

const uint8_t NS = 0, SP = 1, DEV = 2;

const std::vector<struct checker_agent> AGENTS = {
    {CHECKER_AGENT_WB, 0}, {CHECKER_AGENT_NC, 0}, {CHECKER_AGENT_NC, 1}};

// A dirty line, a sweep, a read of DRAM.
bool stale_after_sweep(enum checker_reach reach, bool barrier, bool elsewhere = false, uint64_t pa = 0,
                       uint64_t size = 0)
{
    checker_run run(AGENTS, elsewhere);
    run.tell(NS, CHECKER_WRITE);
    if (barrier) {
        run.tell(NS, CHECKER_DSB);
    }
    run.sweep(NS, CHECKER_CISW, reach, pa, size);
    run.tell(NS, CHECKER_DSB);
    return run.tell(SP, CHECKER_READ).has_value();
}

TEST(checker_sweep, reaches_what_it_is_said_to_reach)
{
    EXPECT_FALSE(stale_after_sweep(CHECKER_REACH_UNTOUCHED, true));
    EXPECT_TRUE(stale_after_sweep(CHECKER_REACH_UNTOUCHED, false));
    EXPECT_TRUE(stale_after_sweep(CHECKER_REACH_NOTHING, true));
    EXPECT_FALSE(stale_after_sweep(CHECKER_REACH_ALL, true));
    EXPECT_FALSE(stale_after_sweep(CHECKER_REACH_ALL, false));
    EXPECT_TRUE(stale_after_sweep(CHECKER_REACH_ALL, true, true));
}

TEST(checker_sweep, is_of_the_lines_of_its_range)
{
    const uint64_t pa = checker_run::PA, line = checker_run::LINE;
    EXPECT_FALSE(stale_after_sweep(CHECKER_REACH_ALL, true, false, pa + 63, 1));
    EXPECT_TRUE(stale_after_sweep(CHECKER_REACH_ALL, true, false, pa + line, line));
    EXPECT_FALSE(stale_after_sweep(CHECKER_REACH_ALL, true, false, pa - 200 * line, 200 * line + 1));
    EXPECT_TRUE(stale_after_sweep(CHECKER_REACH_ALL, true, false, pa - 200 * line, 200 * line));
    EXPECT_FALSE(stale_after_sweep(CHECKER_REACH_ALL, true, false, pa + line - 1, 200 * line));
    EXPECT_TRUE(stale_after_sweep(CHECKER_REACH_ALL, true, false, pa + line, 200 * line));
    EXPECT_FALSE(stale_after_sweep(CHECKER_REACH_UNTOUCHED, true, false, pa, 1));
    EXPECT_TRUE(stale_after_sweep(CHECKER_REACH_UNTOUCHED, false, false, pa, 1));
}

TEST(checker_sweep, of_one_line_is_no_touch)
{
    checker_run run(AGENTS);
    run.tell(NS, CHECKER_WRITE);
    run.tell(NS, CHECKER_DSB);
    run.sweep(NS, CHECKER_CSW, CHECKER_REACH_NOTHING, checker_run::PA, 1);
    run.sweep(NS, CHECKER_CISW, CHECKER_REACH_UNTOUCHED, checker_run::PA, 1);
    run.tell(NS, CHECKER_DSB);
    EXPECT_FALSE(run.tell(SP, CHECKER_READ).has_value());
}

// A clean that a DMB orders is complete when its PE has made an access, to whatever line.
TEST(checker_order, an_access_elsewhere_completes_what_a_dmb_ordered)
{
    for (const bool access : {false, true}) {
        checker_run run(AGENTS);
        run.tell(NS, CHECKER_WRITE);
        run.tell(NS, CHECKER_CVAC);
        EXPECT_FALSE(checker_ordering(run.checker(), NS));
        run.tell(NS, CHECKER_DMB);
        EXPECT_TRUE(checker_ordering(run.checker(), NS));
        EXPECT_TRUE(checker_ordering(run.checker(), SP)); // of the same PE
        EXPECT_FALSE(checker_ordering(run.checker(), DEV));
        if (access) {
            const struct checker_event event = run.next(NS, CHECKER_READ, 0x10000);
            checker_order(run.checker(), &event, false);
            EXPECT_FALSE(checker_ordering(run.checker(), NS));
        }
        EXPECT_EQ(!access, run.tell(DEV, CHECKER_READ).has_value());
    }
}

TEST(checker_order, only_a_store_waits_for_what_a_dmb_st_ordered)
{
    for (const bool store : {false, true}) {
        checker_run run(AGENTS);
        run.tell(NS, CHECKER_WRITE_NC);
        run.tell(NS, CHECKER_DMB_ST);
        EXPECT_TRUE(checker_ordering(run.checker(), NS));
        const struct checker_event event = run.next(NS, store ? CHECKER_WRITE : CHECKER_READ, 0x10000);
        checker_order(run.checker(), &event, store);
        EXPECT_EQ(!store, checker_ordering(run.checker(), NS));
        EXPECT_EQ(!store, run.tell(DEV, CHECKER_READ).has_value());
    }
}

TEST(checker_order, a_witness_stands_where_the_wait_was)
{
    checker_run run(AGENTS);
    run.tell(NS, CHECKER_WRITE);
    run.tell(NS, CHECKER_CVAC);
    run.tell(NS, CHECKER_DMB);
    const struct checker_event event = run.next(NS, CHECKER_READ, 0x10000);
    checker_order(run.checker(), &event, false);
    run.tell(SP, CHECKER_WRITE);
    // The copy was there, clean, and still is: nothing happened between.
    const auto finding = run.tell(NS, CHECKER_READ);
    ASSERT_TRUE(finding.has_value());
    EXPECT_EQ(CHECKER_RULE_STALE_READ, finding->rule);
    EXPECT_EQ(0, finding->move_count);
}

enum checker_canonical held(checker_run &run, enum checker_canonical canonical, bool fillable, bool cached)
{
    checker_hold(run.checker(), checker_run::PA, canonical, fillable, cached, checker_now(run.checker()));
    return checker_canonical(run.checker(), checker_run::PA);
}

TEST(checker_canonical, is_what_was_held)
{
    for (const bool fillable : {false, true}) {
        for (const bool alias : {false, true}) {
            std::vector<struct checker_agent> agents = AGENTS;
            agents.push_back({static_cast<uint8_t>(alias ? CHECKER_AGENT_WB_ALIAS : CHECKER_AGENT_WB), 0});
            checker_run clean(agents), dirty(agents), never(agents);
            EXPECT_EQ(CHECKER_LINE_CLEAN, held(clean, CHECKER_LINE_CLEAN, fillable, true));
            EXPECT_EQ(CHECKER_LINE_DIRTY, held(dirty, CHECKER_LINE_DIRTY, fillable, true));
            EXPECT_EQ(CHECKER_LINE_CLEAN, held(never, CHECKER_LINE_CLEAN, false, false));
        }
    }
}

// A store, a clean and a barrier, in each mapping.
TEST(checker_canonical, comes_back)
{
    for (const bool fillable : {false, true}) {
        checker_run run(AGENTS);
        EXPECT_EQ(CHECKER_LINE_CLEAN, held(run, CHECKER_LINE_CLEAN, fillable, true));
        run.tell(NS, CHECKER_ZVA);
        EXPECT_EQ(CHECKER_LINE_DIRTY, checker_canonical(run.checker(), checker_run::PA));
        run.tell(NS, CHECKER_CVAC);
        EXPECT_EQ(CHECKER_LINE_OTHER, checker_canonical(run.checker(), checker_run::PA));
        run.tell(NS, CHECKER_DSB);
        EXPECT_EQ(CHECKER_LINE_CLEAN, checker_canonical(run.checker(), checker_run::PA));
        checker_release(run.checker(), checker_run::PA);
        EXPECT_FALSE(checker_holds(run.checker(), checker_run::PA));
    }
}

// That no copy can exist is more than its bit says of a line that was cacheable once.
TEST(checker_canonical, does_not_forget_that_a_copy_is_gone)
{
    checker_run run(AGENTS);
    EXPECT_EQ(CHECKER_LINE_CLEAN, held(run, CHECKER_LINE_CLEAN, false, true));
    run.tell(NS, CHECKER_CIVAC);
    run.tell(NS, CHECKER_DSB);
    EXPECT_EQ(CHECKER_LINE_OTHER, checker_canonical(run.checker(), checker_run::PA));
    run.tell(SP, CHECKER_WRITE);
    EXPECT_FALSE(run.tell(NS, CHECKER_READ).has_value());
    run.tell(NS, CHECKER_CIVAC);
    run.tell(NS, CHECKER_DSB);
    run.tell(NS, CHECKER_MAP);
    EXPECT_EQ(CHECKER_LINE_CLEAN, checker_canonical(run.checker(), checker_run::PA));
}

// Where an alias may hold an old copy a cleaned line is neither clean nor merely written.
TEST(checker_canonical, heeds_what_an_alias_may_hold)
{
    std::vector<struct checker_agent> agents = AGENTS;
    agents.push_back({CHECKER_AGENT_WB_ALIAS, 0});
    const uint8_t alias = 3;
    const uint64_t elsewhere = checker_run::PA + checker_run::LINE;
    for (const uint64_t aliased : {uint64_t{checker_run::PA}, elsewhere}) {
        checker_run run(agents);
        checker_confine_aliases(run.checker(), aliased + 8, 8);
        EXPECT_EQ(CHECKER_LINE_CLEAN, held(run, CHECKER_LINE_CLEAN, true, true));
        run.tell(NS, CHECKER_WRITE);
        EXPECT_EQ(CHECKER_LINE_MARKED, checker_canonical(run.checker(), checker_run::PA));
        run.tell(NS, CHECKER_ZVA);
        EXPECT_EQ(CHECKER_LINE_DIRTY, checker_canonical(run.checker(), checker_run::PA));
        run.tell(NS, CHECKER_CIVAC);
        run.tell(NS, CHECKER_DSB);
        if (aliased != elsewhere) {
            EXPECT_EQ(CHECKER_LINE_OTHER, checker_canonical(run.checker(), checker_run::PA));
            run.tell(alias, CHECKER_IVAC);
            run.tell(alias, CHECKER_DSB);
        }
        EXPECT_EQ(CHECKER_LINE_CLEAN, checker_canonical(run.checker(), checker_run::PA));
    }
}

TEST(checker_canonical, is_of_all_bytes)
{
    checker_run run(AGENTS);
    EXPECT_EQ(CHECKER_LINE_CLEAN, held(run, CHECKER_LINE_CLEAN, true, true));
    run.tell(SP, CHECKER_WRITE, checker_run::PA + 8);
    EXPECT_EQ(CHECKER_LINE_OTHER, checker_canonical(run.checker(), checker_run::PA));
    run.tell(NS, CHECKER_CIVAC);
    run.tell(NS, CHECKER_DSB);
    EXPECT_EQ(CHECKER_LINE_CLEAN, checker_canonical(run.checker(), checker_run::PA));
}

// An alias that is confined never had a copy elsewhere, though the line was never held.
TEST(checker_canonical, an_alias_fills_its_range_alone)
{
    std::vector<struct checker_agent> agents = AGENTS;
    agents.push_back({CHECKER_AGENT_WB_ALIAS, 0});
    const uint8_t alias = 3;
    for (const bool confined : {false, true}) {
        checker_run run(agents);
        if (confined) {
            checker_confine_aliases(run.checker(), 0x10000, 0x1000);
        }
        run.tell(SP, CHECKER_WRITE);
        EXPECT_EQ(!confined, run.tell(alias, CHECKER_READ).has_value());
    }
}

TEST(checker_canonical, is_a_line_that_never_was_cacheable)
{
    checker_run run(AGENTS);
    EXPECT_EQ(CHECKER_LINE_CLEAN, held(run, CHECKER_LINE_CLEAN, false, false));
    for (uint32_t i = 0; i < 10000; i++) {
        run.tell(SP, CHECKER_WRITE);
        run.tell(NS, CHECKER_WRITE_NC);
        run.tell(NS, CHECKER_IVAC);
        EXPECT_EQ(CHECKER_LINE_OTHER, checker_canonical(run.checker(), checker_run::PA));
        run.tell(NS, CHECKER_DSB);
        ASSERT_EQ(CHECKER_LINE_CLEAN, checker_canonical(run.checker(), checker_run::PA));
    }
    EXPECT_FALSE(checker_overflowed(run.checker()));
}

// However often a line that cannot be filled is as it was, its history stays short: moves are found at once.
TEST(checker_canonical, a_line_that_cannot_be_filled_is_renewed)
{
    checker_run run(AGENTS);
    EXPECT_EQ(CHECKER_LINE_CLEAN, held(run, CHECKER_LINE_CLEAN, false, true));
    for (uint32_t i = 0; i < 20000; i++) {
        run.tell(NS, CHECKER_WRITE);
        const auto finding = run.tell(SP, CHECKER_READ);
        ASSERT_TRUE(finding.has_value());
        EXPECT_EQ(CHECKER_RULE_STALE_READ, finding->rule);
        EXPECT_EQ(0, finding->move_count);
        run.tell(NS, CHECKER_CIVAC);
        run.tell(NS, CHECKER_DSB);
    }
}

TEST(checker_epochs, a_hundred_thousand_sweeps_are_met_by_a_line_that_was_held_late)
{
    checker_run run(AGENTS, true);
    const struct checker_moment begin = checker_now(run.checker());
    for (uint32_t i = 0; i < 100000; i++) {
        run.sweep(NS, CHECKER_ISW, CHECKER_REACH_NOTHING);
        run.tell(NS, CHECKER_DSB);
    }
    EXPECT_FALSE(checker_overflowed(run.checker()));
    checker_hold(run.checker(), checker_run::PA, CHECKER_LINE_DIRTY, true, true, begin);
    const auto finding = run.tell(NS, CHECKER_READ);
    ASSERT_TRUE(finding.has_value());
    EXPECT_EQ(CHECKER_RULE_LOST_WRITE, finding->rule);
    EXPECT_TRUE(finding->by.known);
    EXPECT_EQ(CHECKER_ISW, finding->by.kind);
}

} // namespace
