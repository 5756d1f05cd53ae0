// SPDX-License-Identifier: BSD-3-Clause
// Token-driven caches: what moves a named line, what is pending on it, and that other lines stay fresh.
#include "model/cache/cache.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace {

const uint64_t DRAM_BASE = 0x8000;
const uint64_t DRAM_SIZE = 0x1000;
const uint64_t LINE = 0x8040;  // named
const uint64_t OTHER = 0x8080; // prompt

const uint64_t SY = 15;
const uint64_t ST = 14;
const uint64_t LD = 13;

class replay_machine {
public:
    explicit replay_machine(const std::vector<uint64_t> &lines = {LINE}) : dram(DRAM_SIZE)
    {
        event_log_init(&log_);
        config_.pe_count = 2;
        config_.line = 64;
        config_.l1d = {1024, 2, true};
        config_.l1i = config_.l1d;
        config_.l2 = {4096, 4, true};
        core = cache_create_replay(&config_, &log_, lines.data(), static_cast<uint32_t>(lines.size()));
        cache_window_add(core, DRAM_BASE, DRAM_SIZE, dram.data());
    }
    ~replay_machine() { cache_destroy(core); }
    replay_machine(const replay_machine &) = delete;
    replay_machine &operator=(const replay_machine &) = delete;

    struct access request(enum access_op op, uint64_t pa, uint32_t size, enum memory_type type) const
    {
        struct access access {};
        access.op = static_cast<uint8_t>(op);
        access.pa = access.va = pa;
        access.size = size;
        access.agent = static_cast<uint8_t>(agent);
        access.pe = pe;
        access.space = static_cast<uint8_t>(space);
        access.type = static_cast<uint8_t>(type);
        access.shareability = SHAREABILITY_INNER;
        return access;
    }
    struct access perform(struct access access, uint8_t *data)
    {
        event_log_clear(&log_);
        EXPECT_EQ(CACHE_DONE, cache_access(core, &access, data));
        return access;
    }
    void write(uint64_t pa, uint8_t value, enum memory_type type = MEMORY_NORMAL_WB)
    {
        perform(request(ACCESS_WRITE, pa, 1, type), &value);
    }
    // LDAR, STLR
    void ordered(enum access_op op, uint64_t pa, enum memory_type type = MEMORY_NORMAL_WB)
    {
        struct access access = request(op, pa, 1, type);
        uint8_t value = 9;
        access.ordered = true;
        perform(access, &value);
    }
    uint8_t read(uint64_t pa, enum memory_type type = MEMORY_NORMAL_WB)
    {
        uint8_t value = 0;
        perform(request(ACCESS_READ, pa, 1, type), &value);
        return value;
    }
    void maintain(enum access_op op, uint64_t pa = LINE)
    {
        perform(request(op, pa, 0, MEMORY_NORMAL_WB), nullptr);
    }
    void barrier(enum access_op op, uint64_t option)
    {
        struct access access = request(op, 0, 0, MEMORY_NORMAL_WB);
        access.operand = option;
        perform(access, nullptr);
    }
    void set_way(enum access_op op, uint64_t operand)
    {
        struct access access = request(op, 0, 0, MEMORY_NORMAL_WB);
        access.operand = operand;
        perform(access, nullptr);
    }
    enum cache_move_result move(enum cache_move move, enum pa_space of = PA_SPACE_NON_SECURE,
                                uint32_t observer = 0)
    {
        return cache_move(core, move, observer, of, LINE);
    }
    uint8_t in_dram(uint64_t pa) const { return dram[pa - DRAM_BASE]; }
    uint32_t stale_reads() const
    {
        uint32_t count = 0;
        for (uint32_t i = 0; i < log_.count; i++) {
            count += log_.events[i].kind == EVENT_GOLDEN_STALE_READ ? 1 : 0;
        }
        return count;
    }

    struct cache *core = nullptr;
    std::vector<uint8_t> dram;
    enum agent_kind agent = AGENT_PE;
    uint8_t pe = 0;
    enum pa_space space = PA_SPACE_NON_SECURE;

private:
    struct event_log log_ {};
    struct cache_config config_ {};
};

TEST(cache_replay, a_prompt_line_is_dram)
{
    replay_machine machine;
    machine.write(OTHER, 1);
    EXPECT_EQ(1, machine.in_dram(OTHER));
    machine.write(OTHER, 2, MEMORY_NORMAL_NC);
    EXPECT_EQ(2, machine.read(OTHER));
    machine.space = PA_SPACE_SECURE;
    machine.write(OTHER, 3);
    EXPECT_EQ(3, machine.read(OTHER, MEMORY_DEVICE_NGNRE));
    EXPECT_EQ(CACHE_MOVE_NOT_NAMED, cache_move(machine.core, CACHE_MOVE_FILL, 0, PA_SPACE_NON_SECURE, OTHER));
    EXPECT_FALSE(cache_hold(machine.core, OTHER));
}

TEST(cache_replay, a_named_line_stays_dirty_until_it_is_told_otherwise)
{
    replay_machine machine;
    machine.write(LINE, 1);
    EXPECT_EQ(0, machine.in_dram(LINE));
    EXPECT_EQ(CACHE_MOVE_DIRTY, machine.move(CACHE_MOVE_DROP));
    EXPECT_EQ(CACHE_MOVE_PRESENT, machine.move(CACHE_MOVE_FILL));
    EXPECT_EQ(CACHE_MOVE_DONE, machine.move(CACHE_MOVE_WRITEBACK));
    EXPECT_EQ(1, machine.in_dram(LINE));
    EXPECT_EQ(CACHE_MOVE_CLEAN, machine.move(CACHE_MOVE_WRITEBACK));
    EXPECT_EQ(CACHE_MOVE_ALREADY, machine.move(CACHE_MOVE_FILL));
    EXPECT_EQ(CACHE_MOVE_DONE, machine.move(CACHE_MOVE_DROP));
    EXPECT_EQ(CACHE_MOVE_ALREADY, machine.move(CACHE_MOVE_DROP));
    EXPECT_EQ(CACHE_MOVE_ABSENT, machine.move(CACHE_MOVE_WRITEBACK));
    EXPECT_EQ(CACHE_MOVE_NOTHING_PENDING, machine.move(CACHE_MOVE_COMPLETE));
    EXPECT_EQ(CACHE_MOVE_NOTHING_PENDING, machine.move(CACHE_MOVE_DRAIN));
}

TEST(cache_replay, a_speculative_fill_makes_the_reader_stale)
{
    replay_machine machine;
    EXPECT_EQ(CACHE_MOVE_DONE, machine.move(CACHE_MOVE_FILL));
    machine.agent = AGENT_PARTITION;
    machine.write(LINE, 7, MEMORY_NORMAL_NC);
    machine.agent = AGENT_PE;
    EXPECT_EQ(0, machine.read(LINE));
    EXPECT_EQ(1U, machine.stale_reads());
    EXPECT_EQ(CACHE_MOVE_PRESENT, machine.move(CACHE_MOVE_FILL));
    const struct golden_finding *findings = nullptr;
    uint64_t dropped = 0;
    ASSERT_EQ(1U, cache_findings(machine.core, &findings, &dropped));
    EXPECT_EQ(7, findings[0].golden[0]);
    EXPECT_EQ(0, findings[0].observed[0]);
    machine.maintain(ACCESS_DC_IVAC);
    EXPECT_EQ(7, machine.read(LINE));
    EXPECT_EQ(0U, machine.stale_reads());
}

TEST(cache_replay, a_dirty_line_that_is_invalidated_is_a_lost_write)
{
    replay_machine machine;
    machine.write(LINE, 1);
    machine.maintain(ACCESS_DC_IVAC);
    EXPECT_EQ(0, machine.read(LINE));
    const struct golden_finding *findings = nullptr;
    uint64_t dropped = 0;
    ASSERT_EQ(1U, cache_findings(machine.core, &findings, &dropped));
    EXPECT_EQ(GOLDEN_RULE_LOST_WRITE, findings[0].rule);
    EXPECT_EQ(ACCESS_DC_IVAC, findings[0].by.op);
}

TEST(cache_replay, the_spaces_have_copies_of_their_own)
{
    replay_machine machine;
    machine.write(LINE, 1);
    machine.space = PA_SPACE_SECURE;
    EXPECT_EQ(0, machine.read(LINE));
    EXPECT_EQ(1U, machine.stale_reads());
    EXPECT_EQ(CACHE_MOVE_DONE, machine.move(CACHE_MOVE_DROP, PA_SPACE_SECURE));
    EXPECT_EQ(CACHE_MOVE_DONE, machine.move(CACHE_MOVE_WRITEBACK, PA_SPACE_NON_SECURE));
    EXPECT_EQ(1, machine.read(LINE));
    EXPECT_EQ(0U, machine.stale_reads());
}

TEST(cache_replay, an_operation_completes_at_issue_unless_held)
{
    replay_machine machine;
    machine.write(LINE, 1);
    machine.maintain(ACCESS_DC_CVAC);
    EXPECT_EQ(1, machine.in_dram(LINE));
    machine.write(LINE, 2);
    ASSERT_TRUE(cache_hold(machine.core, LINE + 5));
    EXPECT_FALSE(cache_hold(machine.core, LINE));
    EXPECT_TRUE(cache_armed(machine.core));
    machine.maintain(ACCESS_DC_CVAC, LINE + 3);
    EXPECT_FALSE(cache_armed(machine.core));
    EXPECT_EQ(1, machine.in_dram(LINE));
    EXPECT_EQ(CACHE_MOVE_NOTHING_PENDING, machine.move(CACHE_MOVE_COMPLETE, PA_SPACE_NON_SECURE, 1));
    EXPECT_EQ(CACHE_MOVE_NOTHING_PENDING, machine.move(CACHE_MOVE_COMPLETE, PA_SPACE_SECURE));
    EXPECT_EQ(CACHE_MOVE_DONE, machine.move(CACHE_MOVE_COMPLETE));
    EXPECT_EQ(2, machine.in_dram(LINE));
}

TEST(cache_replay, what_a_held_operation_waits_for)
{
    struct row {
        const char *name;
        void (*act)(replay_machine &);
        bool completes;
    };
    const row rows[] = {
        {"DSB SY", [](replay_machine &machine) { machine.barrier(ACCESS_DSB, SY); }, true},
        {"DSB ST", [](replay_machine &machine) { machine.barrier(ACCESS_DSB, ST); }, false},
        {"DSB LD", [](replay_machine &machine) { machine.barrier(ACCESS_DSB, LD); }, false},
        {"DMB SY", [](replay_machine &machine) { machine.barrier(ACCESS_DMB, SY); }, false},
        {"ISB", [](replay_machine &machine) { machine.barrier(ACCESS_ISB, SY); }, false},
        {"cacheable read of the line", [](replay_machine &machine) { machine.read(LINE + 8); }, true},
        {"cacheable read of another line", [](replay_machine &machine) { machine.read(OTHER); }, false},
        {"non-cacheable read of the line",
         [](replay_machine &machine) { machine.read(LINE + 8, MEMORY_NORMAL_NC); }, false},
        {"another PE's DSB",
         [](replay_machine &machine) {
             machine.pe = 1;
             machine.barrier(ACCESS_DSB, SY);
         },
         false},
        {"another PE's read",
         [](replay_machine &machine) {
             machine.pe = 1;
             machine.read(LINE + 8);
         },
         false},
        {"DMB, then any read",
         [](replay_machine &machine) {
             machine.barrier(ACCESS_DMB, SY);
             machine.read(OTHER);
         },
         true},
        {"DMB, then a buffered store",
         [](replay_machine &machine) {
             machine.barrier(ACCESS_DMB, SY);
             machine.write(OTHER, 1, MEMORY_NORMAL_NC);
         },
         false},
        {"DMB, then an unbuffered store",
         [](replay_machine &machine) {
             machine.barrier(ACCESS_DMB, SY);
             machine.write(OTHER, 1, MEMORY_DEVICE_NGNRNE);
         },
         true},
        {"DMB ST, then a store",
         [](replay_machine &machine) {
             machine.barrier(ACCESS_DMB, ST);
             machine.write(OTHER, 1);
         },
         false},
    };
    for (const row &each : rows) {
        replay_machine machine;
        machine.write(LINE, 1);
        ASSERT_TRUE(cache_hold(machine.core, LINE));
        machine.maintain(ACCESS_DC_CVAC);
        each.act(machine);
        EXPECT_EQ(each.completes ? 1 : 0, machine.in_dram(LINE)) << each.name;
    }
}

TEST(cache_replay, pending_operations_keep_a_normal_form)
{
    replay_machine machine;
    machine.write(LINE, 1);
    ASSERT_TRUE(cache_hold(machine.core, LINE));
    machine.maintain(ACCESS_DC_CIVAC);
    machine.maintain(ACCESS_DC_IVAC);                              // joins: something pending must come first
    EXPECT_EQ(CACHE_MOVE_DONE, machine.move(CACHE_MOVE_COMPLETE)); // the clean
    EXPECT_EQ(1, machine.in_dram(LINE));
    EXPECT_EQ(CACHE_MOVE_ALREADY, machine.move(CACHE_MOVE_FILL));  // the copy is still there
    EXPECT_EQ(CACHE_MOVE_DONE, machine.move(CACHE_MOVE_COMPLETE)); // the invalidate
    EXPECT_EQ(CACHE_MOVE_ALREADY, machine.move(CACHE_MOVE_DROP));
    EXPECT_EQ(CACHE_MOVE_NOTHING_PENDING, machine.move(CACHE_MOVE_COMPLETE));
}

TEST(cache_replay, a_buffered_store_is_seen_by_its_pe_alone)
{
    replay_machine machine;
    ASSERT_TRUE(cache_hold(machine.core, LINE));
    machine.write(LINE, 1, MEMORY_NORMAL_NC);
    EXPECT_EQ(0, machine.in_dram(LINE));
    EXPECT_EQ(1, machine.read(LINE, MEMORY_NORMAL_NC));
    EXPECT_EQ(0U, machine.stale_reads());
    machine.pe = 1;
    EXPECT_EQ(0, machine.read(LINE, MEMORY_NORMAL_NC));
    EXPECT_EQ(1U, machine.stale_reads());
    machine.pe = 0;
    EXPECT_EQ(0, machine.read(LINE)); // cacheable: not forwarded
    EXPECT_EQ(1U, machine.stale_reads());
    EXPECT_EQ(CACHE_MOVE_DONE, machine.move(CACHE_MOVE_DRAIN));
    EXPECT_EQ(1, machine.in_dram(LINE));
}

TEST(cache_replay, older_stores_to_the_same_bytes_drain_first)
{
    replay_machine machine;
    ASSERT_TRUE(cache_hold(machine.core, LINE));
    machine.write(LINE, 1, MEMORY_NORMAL_NC);
    machine.write(LINE, 2, MEMORY_NORMAL_NC); // not held, but the older one is in its way
    machine.write(LINE + 8, 3, MEMORY_NORMAL_NC);
    EXPECT_EQ(0, machine.in_dram(LINE));
    EXPECT_EQ(3, machine.in_dram(LINE + 8));
    machine.write(LINE, 4, MEMORY_DEVICE_NGNRNE); // unbuffered
    EXPECT_EQ(4, machine.in_dram(LINE));
    EXPECT_EQ(CACHE_MOVE_NOTHING_PENDING, machine.move(CACHE_MOVE_DRAIN));
}

TEST(cache_replay, what_a_buffered_store_waits_for)
{
    struct row {
        const char *name;
        void (*act)(replay_machine &);
        bool drains;
    };
    const row rows[] = {
        {"DSB SY", [](replay_machine &machine) { machine.barrier(ACCESS_DSB, SY); }, true},
        {"DSB ST", [](replay_machine &machine) { machine.barrier(ACCESS_DSB, ST); }, true},
        {"DSB LD", [](replay_machine &machine) { machine.barrier(ACCESS_DSB, LD); }, false},
        {"DMB ST, then a read",
         [](replay_machine &machine) {
             machine.barrier(ACCESS_DMB, ST);
             machine.read(OTHER);
         },
         false},
        {"DMB ST, then a cacheable store",
         [](replay_machine &machine) {
             machine.barrier(ACCESS_DMB, ST);
             machine.write(OTHER, 1);
         },
         true},
        {"DMB SY, then a read",
         [](replay_machine &machine) {
             machine.barrier(ACCESS_DMB, SY);
             machine.read(OTHER);
         },
         true},
        {"cacheable read of the line", [](replay_machine &machine) { machine.read(LINE); }, false},
        {"STLR", [](replay_machine &machine) { machine.ordered(ACCESS_WRITE, OTHER); }, true},
        {"STLR to the line", [](replay_machine &machine) { machine.ordered(ACCESS_WRITE, LINE + 8); }, true},
        {"STLR to non-cacheable memory",
         [](replay_machine &machine) { machine.ordered(ACCESS_WRITE, OTHER, MEMORY_NORMAL_NC); }, true},
        {"LDAR", [](replay_machine &machine) { machine.ordered(ACCESS_READ, OTHER); }, false},
        {"STLR by another PE",
         [](replay_machine &machine) {
             machine.pe = 1;
             machine.ordered(ACCESS_WRITE, OTHER);
         },
         false},
    };
    for (const row &each : rows) {
        replay_machine machine;
        ASSERT_TRUE(cache_hold(machine.core, LINE));
        machine.write(LINE, 1, MEMORY_NORMAL_NC);
        each.act(machine);
        EXPECT_EQ(each.drains ? 1 : 0, machine.in_dram(LINE)) << each.name;
    }
}

TEST(cache_replay, a_device_has_stores_of_its_own)
{
    replay_machine machine;
    machine.agent = AGENT_DEVICE;
    ASSERT_TRUE(cache_hold(machine.core, LINE));
    machine.write(LINE, 1, MEMORY_NORMAL_NC);
    machine.agent = AGENT_PE;
    machine.barrier(ACCESS_DSB, SY);
    EXPECT_EQ(0, machine.in_dram(LINE));
    EXPECT_EQ(CACHE_MOVE_NOTHING_PENDING, machine.move(CACHE_MOVE_DRAIN));
    EXPECT_EQ(CACHE_MOVE_DONE, machine.move(CACHE_MOVE_DRAIN, PA_SPACE_NON_SECURE, CACHE_OBSERVER_DEVICE));
    EXPECT_EQ(1, machine.in_dram(LINE));
}

TEST(cache_replay, a_full_store_buffer_drains_its_oldest)
{
    replay_machine machine;
    for (uint8_t i = 0; i < 20; i++) {
        ASSERT_TRUE(cache_hold(machine.core, LINE));
        machine.write(LINE + i, static_cast<uint8_t>(i + 1), MEMORY_NORMAL_NC);
        EXPECT_EQ(i + 1, machine.read(LINE + i, MEMORY_NORMAL_NC));
    }
    EXPECT_EQ(1, machine.in_dram(LINE));
    EXPECT_EQ(0, machine.in_dram(LINE + 19));
    machine.barrier(ACCESS_DSB, SY);
    EXPECT_EQ(20, machine.in_dram(LINE + 19));
}

TEST(cache_replay, a_sweep_hits_a_line_once)
{
    replay_machine machine;
    machine.write(LINE, 1);
    machine.set_way(ACCESS_DC_CISW, 0);
    EXPECT_EQ(1, machine.in_dram(LINE));
    machine.write(LINE, 2); // touched: what follows is another sweep
    machine.set_way(ACCESS_DC_CISW, 64);
    EXPECT_EQ(2, machine.in_dram(LINE));
    EXPECT_EQ(CACHE_MOVE_DONE, machine.move(CACHE_MOVE_FILL));
    machine.set_way(ACCESS_DC_CISW, 128); // the same sweep: it has been here
    EXPECT_EQ(CACHE_MOVE_ALREADY, machine.move(CACHE_MOVE_FILL));
    machine.set_way(ACCESS_DC_CISW, 0); // it begins anew
    EXPECT_EQ(CACHE_MOVE_ALREADY, machine.move(CACHE_MOVE_DROP));
}

TEST(cache_replay, a_line_escapes_the_whole_sweep)
{
    replay_machine machine;
    machine.write(LINE, 1);
    ASSERT_TRUE(cache_miss(machine.core, LINE));
    for (uint64_t operand = 0; operand < 1024; operand += 64) {
        machine.set_way(ACCESS_DC_CISW, operand);
    }
    EXPECT_EQ(0, machine.in_dram(LINE));
    machine.barrier(ACCESS_DSB, SY);
    EXPECT_EQ(0, machine.in_dram(LINE));
    machine.set_way(ACCESS_DC_CISW, 64); // another sweep
    EXPECT_EQ(1, machine.in_dram(LINE));
}

TEST(cache_replay, nothing_but_a_dsb_completes_a_held_sweep)
{
    replay_machine machine;
    machine.write(LINE, 1);
    ASSERT_TRUE(cache_hold(machine.core, LINE));
    machine.set_way(ACCESS_DC_CSW, 0);
    machine.barrier(ACCESS_DMB, SY);
    machine.read(LINE);
    EXPECT_EQ(0, machine.in_dram(LINE));
    machine.barrier(ACCESS_DSB, SY);
    EXPECT_EQ(1, machine.in_dram(LINE));
}

TEST(cache_replay, set_way_operations_on_levels_out_of_reach_do_nothing)
{
    replay_machine machine;
    machine.write(LINE, 1);
    machine.set_way(ACCESS_DC_CISW, 2U << 1); // level 3
    EXPECT_EQ(0, machine.in_dram(LINE));
    machine.set_way(ACCESS_DC_CISW, 1U << 1);
    EXPECT_EQ(1, machine.in_dram(LINE));
}

TEST(cache_replay, dc_zva_writes_lines_of_both_kinds)
{
    replay_machine machine;
    memset(machine.dram.data(), 0xFF, machine.dram.size());
    machine.perform(machine.request(ACCESS_DC_ZVA, LINE, 128, MEMORY_NORMAL_WB), nullptr);
    EXPECT_EQ(0xFF, machine.in_dram(LINE));
    EXPECT_EQ(0, machine.in_dram(OTHER));
    EXPECT_EQ(0, machine.read(LINE));
    EXPECT_EQ(0U, machine.stale_reads());
}

TEST(cache_replay, write_through_is_never_dirty)
{
    replay_machine machine;
    machine.write(LINE, 1, MEMORY_NORMAL_WT);
    EXPECT_EQ(1, machine.in_dram(LINE));
    EXPECT_EQ(CACHE_MOVE_ALREADY, machine.move(CACHE_MOVE_DROP));
    EXPECT_EQ(CACHE_MOVE_DONE, machine.move(CACHE_MOVE_FILL));
    machine.write(LINE, 2, MEMORY_NORMAL_WT);
    EXPECT_EQ(CACHE_MOVE_CLEAN, machine.move(CACHE_MOVE_WRITEBACK));
    EXPECT_EQ(2, machine.read(LINE));
}

TEST(cache_replay, a_fetch_sees_the_copy_and_leaves_none)
{
    replay_machine machine;
    uint8_t bytes[64];
    machine.agent = AGENT_FETCH;
    struct access access = machine.perform(machine.request(ACCESS_READ, LINE, 64, MEMORY_NORMAL_WB), bytes);
    EXPECT_EQ(0, access.granted); // nothing of a named line may be kept
    EXPECT_EQ(CACHE_MOVE_ALREADY, machine.move(CACHE_MOVE_DROP));
    machine.agent = AGENT_PE;
    machine.write(LINE, 9);
    machine.agent = AGENT_FETCH;
    machine.perform(machine.request(ACCESS_READ, LINE, 64, MEMORY_NORMAL_WB), bytes);
    EXPECT_EQ(9, bytes[0]);
    machine.perform(machine.request(ACCESS_READ, LINE, 64, MEMORY_NORMAL_NC), bytes);
    EXPECT_EQ(0, bytes[0]);
    EXPECT_EQ(1U, machine.stale_reads());
}

class cache_replay_grants : public testing::Test {
protected:
    cache_replay_grants() : table_{read_, write_, 16, 6}
    {
        grant_clear_all(&table_);
        cache_grants_set(machine_.core, 0, &table_);
    }
    bool ask(enum access_op op, uint64_t pa)
    {
        struct access access = machine_.request(op, pa, 1, MEMORY_NORMAL_WB);
        access.grant_slot = grant_slot(&table_, access.va);
        return machine_.perform(access, nullptr).granted != 0;
    }
    bool open(const struct grant *grants, uint64_t pa) const
    {
        return grants[grant_slot(&table_, pa)].tag == (pa & ~uint64_t{63});
    }

    replay_machine machine_;
    struct grant read_[16];
    struct grant write_[16];
    struct grant_table table_;
};

TEST_F(cache_replay_grants, prompt_lines_are_dram_itself_and_named_ones_are_not_granted)
{
    EXPECT_FALSE(ask(ACCESS_GRANT_READ, LINE));
    EXPECT_FALSE(ask(ACCESS_GRANT_WRITE, LINE));
    ASSERT_TRUE(ask(ACCESS_GRANT_READ, OTHER));
    EXPECT_FALSE(open(write_, OTHER));
    ASSERT_TRUE(ask(ACCESS_GRANT_WRITE, OTHER));
    *write_[grant_slot(&table_, OTHER)].host = 5;
    EXPECT_EQ(5, machine_.read(OTHER, MEMORY_NORMAL_NC));
}

TEST_F(cache_replay_grants, code_is_not_written_by_a_grant)
{
    uint8_t bytes[64];
    ASSERT_TRUE(ask(ACCESS_GRANT_WRITE, OTHER));
    machine_.agent = AGENT_FETCH;
    const struct access fetch =
        machine_.perform(machine_.request(ACCESS_READ, OTHER, 64, MEMORY_NORMAL_WB), bytes);
    EXPECT_EQ(1, fetch.granted);
    EXPECT_FALSE(open(write_, OTHER));
    EXPECT_TRUE(open(read_, OTHER));
    machine_.agent = AGENT_PE;
    EXPECT_FALSE(ask(ACCESS_GRANT_WRITE, OTHER));
    machine_.write(OTHER, 1);
    uint64_t lines[CACHE_CODE_LINES_MAX];
    bool all = false;
    ASSERT_EQ(1U, cache_code_lines_taken(machine_.core, lines, &all));
    EXPECT_EQ(OTHER, lines[0]);
    EXPECT_TRUE(ask(ACCESS_GRANT_WRITE, OTHER));
}

// The next access has to be seen, because what a DMB ordered must be complete before it.
TEST_F(cache_replay_grants, a_dmb_with_something_pending_takes_grants_back)
{
    machine_.write(LINE, 1);
    ASSERT_TRUE(ask(ACCESS_GRANT_WRITE, OTHER));
    machine_.barrier(ACCESS_DMB, SY); // nothing pending: nothing happens
    EXPECT_TRUE(open(read_, OTHER));
    ASSERT_TRUE(cache_hold(machine_.core, LINE));
    machine_.maintain(ACCESS_DC_CVAC);
    EXPECT_TRUE(open(read_, OTHER));
    machine_.barrier(ACCESS_DMB, SY);
    EXPECT_FALSE(open(read_, OTHER));
    EXPECT_FALSE(open(write_, OTHER));
    EXPECT_FALSE(ask(ACCESS_GRANT_READ, OTHER));
    EXPECT_EQ(0, machine_.in_dram(LINE));
    machine_.read(OTHER);
    EXPECT_EQ(1, machine_.in_dram(LINE));
    EXPECT_TRUE(ask(ACCESS_GRANT_READ, OTHER));
}

TEST(cache_replay, lines_may_be_named_twice_or_not_at_all)
{
    replay_machine twice({LINE, LINE + 4, OTHER});
    twice.write(LINE, 1);
    twice.write(OTHER, 2);
    EXPECT_EQ(0, twice.in_dram(LINE));
    EXPECT_EQ(0, twice.in_dram(OTHER));
    replay_machine none(std::vector<uint64_t>{});
    none.write(LINE, 1);
    EXPECT_EQ(1, none.in_dram(LINE));
}

TEST(cache_replay, every_result_has_a_text)
{
    for (int result = CACHE_MOVE_DONE; result <= CACHE_MOVE_NOTHING_PENDING; result++) {
        EXPECT_GT(strlen(cache_move_result_text(static_cast<enum cache_move_result>(result))), 3U);
    }
}

} // namespace
