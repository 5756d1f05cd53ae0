// SPDX-License-Identifier: BSD-3-Clause
// Moves of a token are made where they stand or before whatever is seen next, once and in order; one that
// cannot be made is told.
#include "model/cache/move_script.h"

#include <gtest/gtest.h>

#include <vector>

namespace {

const uint64_t DRAM_BASE = 0x8000;
const uint64_t DRAM_SIZE = 0x1000;
const uint64_t LINE = 0x8040;   // named
const uint64_t SECOND = 0x80C0; // named
const uint64_t OTHER = 0x8080;  // prompt
const uint64_t SY = 15;

struct access_where of_pe(uint64_t position, uint32_t ordinal = 0)
{
    return {position, ordinal, AGENT_PE, 0};
}

struct access_where of_partition(uint64_t count)
{
    return {count, 0, AGENT_PARTITION, 0};
}

struct cache_script_move move(struct access_where where, enum cache_script_kind kind, uint64_t pa = LINE,
                              uint8_t observer = 0)
{
    return {where, pa, static_cast<uint8_t>(kind), PA_SPACE_NON_SECURE, observer};
}

// Token-driven caches with a script, and one PE that makes its accesses where the test says.
class scripted {
public:
    explicit scripted(std::vector<struct cache_script_move> moves) : dram(DRAM_SIZE), moves_(std::move(moves))
    {
        const uint64_t lines[] = {LINE, SECOND};
        event_log_init(&log);
        config_.pe_count = 1;
        config_.line = 64;
        config_.l1d = {1024, 2, true};
        config_.l1i = config_.l1d;
        core_ = cache_create_replay(&config_, &log, lines, 2);
        cache_window_add(core_, DRAM_BASE, DRAM_SIZE, dram.data());
        cache_script_init(&script, moves_.data(), static_cast<uint32_t>(moves_.size()));
    }
    ~scripted() { cache_destroy(core_); }
    scripted(const scripted &) = delete;
    scripted &operator=(const scripted &) = delete;

    uint8_t act(enum access_op op, uint64_t pa, uint64_t position, uint32_t ordinal = 0, uint8_t value = 0,
                enum memory_type type = MEMORY_NORMAL_WB)
    {
        struct access access {};
        access.op = static_cast<uint8_t>(op);
        access.pa = access.va = pa;
        access.size = (op == ACCESS_READ || op == ACCESS_WRITE) && agent != AGENT_FETCH ? 1 : 64;
        access.operand = op == ACCESS_DSB ? SY : 0;
        access.position = position;
        access.ordinal = ordinal;
        access.agent = static_cast<uint8_t>(agent);
        access.type = static_cast<uint8_t>(type);
        uint8_t data[64] = {value};
        event_log_clear(&log);
        cache_script_before(&script, core_, &access);
        cache_access(core_, &access, data);
        cache_script_after(&script, core_);
        return data[0];
    }
    uint8_t read(uint64_t pa, uint64_t position, uint32_t ordinal = 0)
    {
        return act(ACCESS_READ, pa, position, ordinal);
    }
    void write(uint64_t pa, uint64_t position, uint8_t value) { act(ACCESS_WRITE, pa, position, 0, value); }
    void write_nc(uint64_t pa, uint64_t position, uint8_t value)
    {
        act(ACCESS_WRITE, pa, position, 0, value, MEMORY_NORMAL_NC);
    }
    void finish(uint64_t position) { cache_script_finish(&script, core_, position); }
    uint8_t in_dram(uint64_t pa) const { return dram[pa - DRAM_BASE]; }

    std::vector<uint8_t> dram;
    struct cache_script script {};
    struct event_log log {};
    enum agent_kind agent = AGENT_PE;

private:
    std::vector<struct cache_script_move> moves_;
    struct cache_config config_ {};
    struct cache *core_ = nullptr;
};

TEST(cache_script, without_moves_all_are_made)
{
    scripted machine({});
    machine.write(LINE, 1, 5);
    EXPECT_EQ(5, machine.read(LINE, 2));
    EXPECT_EQ(CACHE_SCRIPT_OK, cache_script_end(&machine.script));
}

TEST(cache_script, a_move_is_made_before_its_access_and_no_other)
{
    scripted machine({move(of_pe(2), CACHE_SCRIPT_WRITEBACK)});
    machine.write(LINE, 1, 5);
    EXPECT_EQ(0, machine.in_dram(LINE));
    machine.write(LINE, 2, 6); // after the write-back
    EXPECT_EQ(5, machine.in_dram(LINE));
    EXPECT_EQ(1U, machine.script.made);
    EXPECT_EQ(CACHE_SCRIPT_OK, cache_script_end(&machine.script));
}

TEST(cache_script, accesses_of_one_instruction_are_told_apart)
{
    scripted machine({move(of_pe(2, 1), CACHE_SCRIPT_WRITEBACK)});
    machine.write(LINE, 1, 5);
    machine.read(OTHER, 2, 0);
    EXPECT_EQ(0, machine.in_dram(LINE));
    machine.read(OTHER, 2, 1);
    EXPECT_EQ(5, machine.in_dram(LINE));
}

// An instruction is fetched first, then translates, then accesses.
TEST(cache_script, agents_of_a_pe_are_told_apart)
{
    scripted machine(
        {move({2, 0, AGENT_WALKER, 0}, CACHE_SCRIPT_WRITEBACK), move(of_pe(2), CACHE_SCRIPT_DROP)});
    machine.write(LINE, 1, 5);
    machine.agent = AGENT_FETCH;
    machine.read(OTHER, 2);
    EXPECT_EQ(0U, machine.script.made);
    machine.agent = AGENT_WALKER;
    machine.read(OTHER, 2);
    EXPECT_EQ(1U, machine.script.made);
    machine.agent = AGENT_PE;
    machine.read(OTHER, 2);
    EXPECT_EQ(2U, machine.script.made);
}

TEST(cache_script, other_agents_are_told_by_their_accesses)
{
    scripted machine({move(of_partition(1), CACHE_SCRIPT_FILL)});
    machine.agent = AGENT_PARTITION;
    machine.write_nc(LINE, 7, 1);
    machine.agent = AGENT_PE;
    machine.read(OTHER, 1);
    machine.agent = AGENT_PARTITION;
    machine.write_nc(LINE, 7, 2); // the second one: the fill precedes it
    machine.agent = AGENT_PE;
    EXPECT_EQ(1, machine.read(LINE, 2));
}

TEST(cache_script, moves_of_one_place_are_made_in_order_and_once)
{
    scripted machine({move(of_pe(2), CACHE_SCRIPT_WRITEBACK), move(of_pe(2), CACHE_SCRIPT_DROP),
                      move(of_pe(2), CACHE_SCRIPT_FILL, SECOND)});
    machine.write(LINE, 1, 5);
    machine.act(ACCESS_GRANT_READ, OTHER, 2); // stands where its access stands
    EXPECT_EQ(3U, machine.script.made);
    machine.dram[LINE - DRAM_BASE] = 9; // the copy has gone: a read sees this
    machine.read(OTHER, 2);
    EXPECT_EQ(9, machine.read(LINE, 3));
    EXPECT_EQ(CACHE_SCRIPT_OK, cache_script_end(&machine.script));
}

TEST(cache_script, a_hold_is_of_the_access_and_not_of_its_grant)
{
    scripted machine({move(of_pe(2), CACHE_SCRIPT_HOLD), move(of_pe(4), CACHE_SCRIPT_COMPLETE)});
    machine.write(LINE, 1, 5);
    machine.act(ACCESS_GRANT_WRITE, LINE, 2);
    EXPECT_EQ(0U, machine.script.made);
    machine.act(ACCESS_DC_CVAC, LINE, 2);
    EXPECT_EQ(1U, machine.script.made);
    EXPECT_EQ(0, machine.in_dram(LINE));
    machine.read(OTHER, 3);
    EXPECT_EQ(0, machine.in_dram(LINE));
    machine.read(OTHER, 4);
    EXPECT_EQ(5, machine.in_dram(LINE));
    EXPECT_EQ(CACHE_SCRIPT_OK, cache_script_end(&machine.script));
}

TEST(cache_script, a_held_store_drains_where_it_is_told)
{
    scripted machine({move(of_pe(1), CACHE_SCRIPT_HOLD), move(of_pe(3), CACHE_SCRIPT_DRAIN)});
    machine.write_nc(LINE, 1, 5);
    machine.read(OTHER, 2);
    EXPECT_EQ(0, machine.in_dram(LINE));
    machine.read(OTHER, 3);
    EXPECT_EQ(5, machine.in_dram(LINE));
    EXPECT_EQ(CACHE_SCRIPT_OK, cache_script_end(&machine.script));
}

TEST(cache_script, a_line_escapes_a_sweep)
{
    scripted machine({move(of_pe(2), CACHE_SCRIPT_MISS)});
    machine.write(LINE, 1, 5);
    machine.write(SECOND, 1, 6);
    machine.act(ACCESS_DC_CISW, 0, 2);
    EXPECT_EQ(0, machine.in_dram(LINE));
    EXPECT_EQ(6, machine.in_dram(SECOND));
    EXPECT_EQ(CACHE_SCRIPT_OK, cache_script_end(&machine.script));
}

TEST(cache_script, what_is_so_already_counts_as_made)
{
    scripted machine({move(of_pe(1), CACHE_SCRIPT_DROP)});
    machine.read(OTHER, 1);
    EXPECT_EQ(1U, machine.script.made);
    EXPECT_EQ(CACHE_SCRIPT_OK, cache_script_end(&machine.script));
}

TEST(cache_script, a_move_that_the_state_refuses_ends_the_script)
{
    scripted machine({move(of_pe(1), CACHE_SCRIPT_FILL), move(of_pe(2), CACHE_SCRIPT_WRITEBACK),
                      move(of_pe(3), CACHE_SCRIPT_DROP)});
    machine.read(OTHER, 1);
    machine.read(OTHER, 2); // the copy is clean
    machine.dram[LINE - DRAM_BASE] = 9;
    machine.read(OTHER, 3);
    EXPECT_EQ(0, machine.read(LINE, 4)) << "nothing is made after a failure";
    EXPECT_EQ(1U, machine.script.made);
    EXPECT_EQ(CACHE_SCRIPT_IMPOSSIBLE, cache_script_end(&machine.script));
    EXPECT_EQ(CACHE_MOVE_CLEAN, machine.script.refused);
}

// A store to another line that a grant served, a change of translation.
TEST(cache_script, a_move_whose_access_is_not_seen_is_made_before_the_next_that_is)
{
    const struct access_where places[] = {
        of_pe(2), of_pe(2, 3), {2, 0, AGENT_FETCH, 0}, {3, 0, AGENT_FETCH, 0}, {3, 1, AGENT_WALKER, 0}};
    for (const struct access_where &place : places) {
        scripted machine({move(place, CACHE_SCRIPT_WRITEBACK)});
        machine.write(LINE, 1, 5);
        EXPECT_EQ(0, machine.in_dram(LINE));
        machine.write(LINE, 3, 6);
        EXPECT_EQ(5, machine.in_dram(LINE));
        EXPECT_EQ(CACHE_SCRIPT_OK, cache_script_end(&machine.script));
    }
}

TEST(cache_script, what_stands_later_in_the_instruction_is_not_reached)
{
    const struct access_where places[] = {of_pe(3, 1), {3, 5, AGENT_PE, 0}, of_pe(4), {4, 0, AGENT_FETCH, 0}};
    for (const struct access_where &place : places) {
        scripted machine({move(place, CACHE_SCRIPT_WRITEBACK)});
        machine.write(LINE, 1, 5);
        machine.write(LINE, 3, 6);
        EXPECT_EQ(0U, machine.script.made);
        machine.agent = AGENT_FETCH;
        machine.read(OTHER, 3);
        machine.agent = AGENT_WALKER;
        machine.read(OTHER, 3);
        EXPECT_EQ(0U, machine.script.made);
    }
}

// The partition runs when the PE has retired the SMC.
TEST(cache_script, accesses_of_others_show_how_far_the_pe_has_come)
{
    scripted machine({move(of_pe(2), CACHE_SCRIPT_WRITEBACK), move(of_pe(7), CACHE_SCRIPT_DROP)});
    machine.write(LINE, 1, 5);
    machine.agent = AGENT_PARTITION;
    machine.log.position = 7;
    machine.read(OTHER, 7);
    EXPECT_EQ(5, machine.in_dram(LINE));
    EXPECT_EQ(1U, machine.script.made);
    machine.agent = AGENT_PE;
    machine.read(OTHER, 7);
    EXPECT_EQ(2U, machine.script.made);
}

TEST(cache_script, the_place_of_another_agent_is_reached_by_its_own_accesses_alone)
{
    scripted machine({move(of_partition(1), CACHE_SCRIPT_WRITEBACK)});
    machine.write(LINE, 1, 5);
    machine.agent = AGENT_PARTITION;
    machine.read(OTHER, 2);
    machine.agent = AGENT_PE;
    machine.read(OTHER, 100);
    EXPECT_EQ(0U, machine.script.made);
    EXPECT_EQ(CACHE_SCRIPT_NOT_COME, cache_script_end(&machine.script));
}

TEST(cache_script, the_place_of_another_pe_is_not_reached)
{
    for (const uint8_t agent : {AGENT_PE, AGENT_FETCH}) {
        scripted machine({move({1, 0, agent, 1}, CACHE_SCRIPT_FILL)});
        machine.read(OTHER, 5);
        EXPECT_EQ(0U, machine.script.made);
    }
}

TEST(cache_script, a_hold_waits_for_its_own_access)
{
    scripted machine({move(of_pe(2), CACHE_SCRIPT_HOLD), move(of_pe(3), CACHE_SCRIPT_DROP)});
    machine.write(LINE, 1, 5);
    machine.act(ACCESS_DC_CVAC, LINE, 3); // not the one that is meant
    EXPECT_EQ(5, machine.in_dram(LINE));
    EXPECT_EQ(0U, machine.script.made);
    EXPECT_EQ(CACHE_SCRIPT_NOT_COME, cache_script_end(&machine.script));
}

TEST(cache_script, a_run_that_ends_before_a_place_has_not_come_there)
{
    scripted machine({move(of_pe(9), CACHE_SCRIPT_FILL), move(of_pe(10), CACHE_SCRIPT_FILL, SECOND)});
    machine.read(OTHER, 1);
    machine.finish(8);
    EXPECT_EQ(0U, machine.script.made);
    EXPECT_EQ(CACHE_SCRIPT_NOT_COME, cache_script_end(&machine.script));
}

TEST(cache_script, moves_that_stand_at_the_end_are_made_there)
{
    scripted machine({move(of_pe(1), CACHE_SCRIPT_HOLD), move(of_pe(9), CACHE_SCRIPT_COMPLETE)});
    machine.write(LINE, 0, 5);
    machine.act(ACCESS_DC_CVAC, LINE, 1);
    EXPECT_EQ(0, machine.in_dram(LINE));
    machine.finish(9);
    EXPECT_EQ(5, machine.in_dram(LINE));
    EXPECT_EQ(CACHE_SCRIPT_OK, cache_script_end(&machine.script));
}

TEST(cache_script, neither_a_hold_nor_another_agents_move_is_made_at_the_end)
{
    for (const struct cache_script_move &last :
         {move(of_pe(9), CACHE_SCRIPT_HOLD), move(of_partition(0), CACHE_SCRIPT_FILL)}) {
        scripted machine({last});
        machine.finish(9);
        EXPECT_EQ(CACHE_SCRIPT_NOT_COME, cache_script_end(&machine.script));
    }
}

TEST(cache_script, a_hold_of_an_access_that_issues_nothing_has_not_come)
{
    for (const enum cache_script_kind kind : {CACHE_SCRIPT_HOLD, CACHE_SCRIPT_MISS}) {
        scripted machine({move(of_pe(1), CACHE_SCRIPT_WRITEBACK), move(of_pe(1), kind)});
        machine.write(LINE, 0, 5);
        machine.read(LINE, 1);
        EXPECT_EQ(1U, machine.script.made);
        EXPECT_EQ(CACHE_SCRIPT_NOT_COME, cache_script_end(&machine.script));
        // Nothing stays armed for an access that the move does not belong to.
        machine.write(LINE, 2, 6);
        machine.act(ACCESS_DC_CVAC, LINE, 3);
        EXPECT_EQ(6, machine.in_dram(LINE));
    }
}

TEST(cache_script, two_holds_of_one_access_are_impossible)
{
    scripted machine({move(of_pe(1), CACHE_SCRIPT_HOLD), move(of_pe(1), CACHE_SCRIPT_HOLD, SECOND)});
    machine.write(LINE, 0, 5);
    machine.act(ACCESS_DC_CVAC, LINE, 1);
    EXPECT_EQ(CACHE_SCRIPT_IMPOSSIBLE, cache_script_end(&machine.script));
    EXPECT_EQ(1U, machine.script.made);
}

} // namespace
