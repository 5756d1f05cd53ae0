// SPDX-License-Identifier: BSD-3-Clause
//
// Who is to blame for a finding: small stories of one line, of each rule some.
#include <gtest/gtest.h>

#include "tests/unit/checker_run.hpp"

namespace {

// The agents of these stories: a cacheable one and a buffered, non-cacheable one on PE 0, an unbuffered one,
// and another master's PE 1.
const uint8_t NS = 0, NB = 1, SP = 2, DEV = 3;

class checker_culprit_story : public testing::Test, public checker_run {
protected:
    checker_culprit_story()
        : checker_run({{CHECKER_AGENT_WB, 0},
                       {CHECKER_AGENT_NC_BUFFERED, 0},
                       {CHECKER_AGENT_NC, 0},
                       {CHECKER_AGENT_NC, 1}})
    {
    }

    void blames(const std::optional<struct checker_finding> &finding, enum checker_rule rule,
                const struct checker_event &event, uint8_t domain = 0)
    {
        ASSERT_TRUE(finding.has_value());
        EXPECT_STREQ(checker_rule_text(rule),
                     checker_rule_text(static_cast<enum checker_rule>(finding->rule)));
        ASSERT_TRUE(finding->by.known);
        EXPECT_EQ(event.position, finding->by.position);
        EXPECT_EQ(event.mark.pc, finding->by.mark.pc);
        EXPECT_EQ(event.mark.tag, finding->by.mark.tag);
        EXPECT_EQ(event.kind, finding->by.kind);
        EXPECT_EQ(0, finding->by.pe);
        EXPECT_EQ(domain, finding->by.domain);
    }

    void blames_nobody(const std::optional<struct checker_finding> &finding, enum checker_rule rule)
    {
        ASSERT_TRUE(finding.has_value());
        EXPECT_EQ(rule, finding->rule);
        EXPECT_FALSE(finding->by.known);
    }
};

TEST_F(checker_culprit_story, missing_barrier_is_of_the_operation_that_nobody_waited_for)
{
    tell(NS, CHECKER_WRITE);
    tell(NS, CHECKER_CIVAC);
    tell(NS, CHECKER_DSB);
    tell(NS, CHECKER_WRITE);
    const struct checker_event clean = next(NS, CHECKER_CVAC);
    take(clean);
    tell(NS, CHECKER_CVAC); // a barrier behind the first is enough
    blames(tell(SP, CHECKER_READ), CHECKER_RULE_MISSING_BARRIER, clean);
}

TEST_F(checker_culprit_story, missing_barrier_may_have_come_too_late)
{
    tell(NS, CHECKER_WRITE);
    const struct checker_event clean = next(NS, CHECKER_CIVAC);
    take(clean);
    tell(SP, CHECKER_WRITE); // and the line is written back over it
    tell(NS, CHECKER_IVAC);
    tell(NS, CHECKER_DSB);
    blames(tell(NS, CHECKER_READ), CHECKER_RULE_MISSING_BARRIER, clean);
}

TEST_F(checker_culprit_story, missing_barrier_is_of_a_buffered_store)
{
    tell(NS, CHECKER_CIVAC);
    const struct checker_event store = next(NS, CHECKER_WRITE_NC);
    take(store);
    tell(NS, CHECKER_CVAC); // has nothing to do with it
    blames(tell(DEV, CHECKER_READ), CHECKER_RULE_MISSING_BARRIER, store, UINT8_MAX);
}

TEST_F(checker_culprit_story, missing_barrier_is_of_an_agent_whose_stores_are_buffered)
{
    tell(NB, CHECKER_WRITE, PA + 8);
    const struct checker_event store = next(NB, CHECKER_WRITE);
    take(store);
    tell(NS, CHECKER_DMB); // orders, and completes nothing for others
    blames(tell(DEV, CHECKER_READ), CHECKER_RULE_MISSING_BARRIER, store, UINT8_MAX);
}

TEST_F(checker_culprit_story, missing_barrier_is_of_a_sweep)
{
    tell(NS, CHECKER_WRITE);
    tell(NS, CHECKER_DSB);
    const struct checker_event sweep = next(NS, CHECKER_CISW);
    take(sweep);
    blames(tell(SP, CHECKER_READ), CHECKER_RULE_MISSING_BARRIER, sweep);
}

TEST_F(checker_culprit_story, clobber_is_of_the_last_store_that_left_the_line_dirty)
{
    tell(NS, CHECKER_WRITE);
    const struct checker_event store = next(NS, CHECKER_WRITE, PA + 8);
    take(store);
    tell(SP, CHECKER_WRITE, PA + 8);
    blames(tell(SP, CHECKER_READ, PA + 8), CHECKER_RULE_CLOBBER, store);
}

TEST_F(checker_culprit_story, clobber_is_of_a_store_to_other_bytes)
{
    tell(NS, CHECKER_WRITE);
    tell(NS, CHECKER_CVAC);
    tell(NS, CHECKER_DSB);
    tell(SP, CHECKER_WRITE); // the copy is stale and clean
    const struct checker_event store = next(NS, CHECKER_WRITE, PA + 32);
    take(store);
    tell(NS, CHECKER_CIVAC);
    tell(NS, CHECKER_DSB);
    blames(tell(SP, CHECKER_READ), CHECKER_RULE_CLOBBER, store);
}

TEST_F(checker_culprit_story, clobber_is_of_a_store_with_which_the_history_begins)
{
    tell(NS, CHECKER_WRITE);
    const struct checker_event zero = next(NS, CHECKER_ZVA);
    take(zero);
    tell(SP, CHECKER_WRITE);
    blames(tell(SP, CHECKER_READ), CHECKER_RULE_CLOBBER, zero);
}

TEST_F(checker_culprit_story, clobber_is_of_nobody_known_where_a_line_was_dirty_when_it_was_held)
{
    checker_hold(checker(), PA, CHECKER_LINE_DIRTY, true, true, checker_now(checker()));
    tell(SP, CHECKER_WRITE);
    blames_nobody(tell(SP, CHECKER_READ), CHECKER_RULE_CLOBBER);
    const struct checker_event store = next(NS, CHECKER_WRITE);
    take(store);
    tell(SP, CHECKER_WRITE);
    blames(tell(SP, CHECKER_READ), CHECKER_RULE_CLOBBER, store);
}

TEST_F(checker_culprit_story, clobber_is_told_though_the_history_is_long)
{
    const struct checker_event store = next(NS, CHECKER_WRITE);
    take(store);
    for (uint32_t i = 0; i < 5000; i++) {
        tell(NS, CHECKER_READ, PA + 8);
    }
    tell(SP, CHECKER_WRITE);
    blames(tell(SP, CHECKER_READ), CHECKER_RULE_CLOBBER, store);
}

TEST_F(checker_culprit_story, lost_write_is_of_the_invalidate_that_met_it)
{
    tell(NS, CHECKER_WRITE);
    tell(NS, CHECKER_IVAC);
    tell(NS, CHECKER_DSB);
    tell(NS, CHECKER_WRITE);
    const struct checker_event invalidate = next(NS, CHECKER_IVAC, PA + 40);
    take(invalidate);
    tell(NS, CHECKER_IVAC); // finds nothing left to destroy
    tell(NS, CHECKER_DSB);
    blames(tell(NS, CHECKER_READ), CHECKER_RULE_LOST_WRITE, invalidate);
}

TEST_F(checker_culprit_story, lost_write_is_of_a_sweep_that_nobody_has_applied_yet)
{
    tell(NS, CHECKER_WRITE);
    tell(NS, CHECKER_DSB);
    const struct checker_event sweep = next(NS, CHECKER_ISW);
    take(sweep);
    tell(NS, CHECKER_DSB);
    tell(NS, CHECKER_CISW);
    tell(NS, CHECKER_DSB);
    blames(tell(NS, CHECKER_READ), CHECKER_RULE_LOST_WRITE, sweep);
}

TEST_F(checker_culprit_story, lost_write_is_of_a_sweep_that_may_miss)
{
    tell(NS, CHECKER_WRITE);
    struct checker_event sweep = next(NS, CHECKER_ISW);
    sweep.reach = CHECKER_REACH_NOTHING;
    take(sweep);
    tell(NS, CHECKER_DSB);
    blames(tell(NS, CHECKER_READ), CHECKER_RULE_LOST_WRITE, sweep);
}

TEST_F(checker_culprit_story, stale_read_is_of_nobody)
{
    tell(NS, CHECKER_WRITE);
    blames_nobody(tell(SP, CHECKER_READ), CHECKER_RULE_STALE_READ);
}

TEST_F(checker_culprit_story, bytes_of_one_read_have_the_culprit_of_the_rule_that_is_told)
{
    tell(NS, CHECKER_WRITE); // never cleaned: a stale read
    const struct checker_event store = next(NS, CHECKER_WRITE, PA + 16);
    take(store);
    tell(SP, CHECKER_WRITE, PA + 8); // and this one may be overwritten
    const auto finding = tell(SP, CHECKER_READ, PA, 16);
    blames(finding, CHECKER_RULE_CLOBBER, store);
    EXPECT_EQ(PA, finding->pa);
    EXPECT_EQ(16U, finding->bytes);
}

TEST_F(checker_culprit_story, the_audit_blames_an_invalidate)
{
    tell(NS, CHECKER_WRITE);
    const struct checker_event invalidate = next(NS, CHECKER_IVAC);
    take(invalidate);
    blames(audit(), CHECKER_RULE_LOST_WRITE, invalidate);
}

TEST_F(checker_culprit_story, the_audit_blames_a_store_that_was_written_back_over_a_newer_one)
{
    const struct checker_event store = next(NS, CHECKER_WRITE);
    take(store);
    tell(SP, CHECKER_WRITE);
    blames(audit(), CHECKER_RULE_LOST_WRITE, store);
}

TEST_F(checker_culprit_story, without_witnesses_the_culprit_is_known_and_moves_are_told_when_asked_for)
{
    checker_witnesses(checker(), false);
    tell(NS, CHECKER_WRITE);
    tell(NS, CHECKER_DSB);
    const struct checker_event clean = next(NS, CHECKER_CVAC);
    take(clean);
    const auto finding = tell(SP, CHECKER_READ);
    blames(finding, CHECKER_RULE_MISSING_BARRIER, clean);
    EXPECT_EQ(0, finding->move_count);
    const struct checker_finding *explained = checker_explain(checker());
    ASSERT_EQ(1, explained->move_count);
    EXPECT_EQ(CHECKER_MOVE_HOLD, explained->moves[0].kind);
    EXPECT_EQ(clean.position, explained->moves[0].position);
    EXPECT_EQ(clean.mark.pc, explained->moves[0].mark.pc);
    EXPECT_EQ(clean.mark.tag, explained->moves[0].mark.tag);
}

} // namespace
