// SPDX-License-Identifier: BSD-3-Clause
//
// Whose grants stand in a slot of the PE's tables: one line to read, one to write
// (model/cache/cache_grant.c).
#include <gtest/gtest.h>

#include "tests/unit/cache_machine.hpp"

namespace {

constexpr uint32_t SLOTS = 4;

class cache_grants : public testing::Test {
protected:
    static constexpr uint64_t LINE = cache_machine::DRAM_BASE;
    static constexpr uint64_t SAME_SLOT = LINE + SLOTS * 64;

    cache_grants() : machine_(cache_machine::small(false))
    {
        grant_clear_all(&table_);
        cache_grants_set(machine_.core(), 0, &table_);
    }

    bool ask(enum access_op op, uint64_t pa)
    {
        struct access access = machine_.request(op, pa, 64, MEMORY_NORMAL_WB);
        access.grant_slot = grant_slot(&table_, access.va);
        machine_.act(access, nullptr);
        cache_check(machine_.core());
        return machine_.granted();
    }
    void read(uint64_t pa)
    {
        uint8_t byte = 0;
        machine_.act(machine_.request(ACCESS_READ, pa, 1, MEMORY_NORMAL_WB), &byte);
        cache_check(machine_.core());
    }
    bool reads(uint64_t pa) const { return read_[grant_slot(&table_, pa)].tag == pa; }
    bool writes(uint64_t pa) const { return write_[grant_slot(&table_, pa)].tag == pa; }

    cache_machine machine_;
    struct grant read_[SLOTS] = {};
    struct grant write_[SLOTS] = {};
    struct grant_table table_ = {read_, write_, SLOTS, 6};
};

} // namespace

TEST_F(cache_grants, a_line_that_is_written_may_be_read_as_well)
{
    ASSERT_TRUE(ask(ACCESS_GRANT_WRITE, LINE));
    EXPECT_TRUE(writes(LINE));
    EXPECT_TRUE(reads(LINE));
}

TEST_F(cache_grants, source_and_target_of_a_copy_share_a_slot)
{
    ASSERT_TRUE(ask(ACCESS_GRANT_READ, LINE));
    ASSERT_TRUE(ask(ACCESS_GRANT_WRITE, SAME_SLOT));
    EXPECT_TRUE(reads(LINE)) << "not at the price of another line that is read";
    EXPECT_TRUE(writes(SAME_SLOT));
    ASSERT_TRUE(ask(ACCESS_GRANT_READ, SAME_SLOT));
    EXPECT_FALSE(reads(LINE));
    EXPECT_TRUE(reads(SAME_SLOT));
    EXPECT_TRUE(writes(SAME_SLOT));
}

TEST_F(cache_grants, an_operation_takes_the_grants_of_its_own_line_only)
{
    ASSERT_TRUE(ask(ACCESS_GRANT_READ, LINE));
    ASSERT_TRUE(ask(ACCESS_GRANT_WRITE, SAME_SLOT));
    machine_.act(machine_.request(ACCESS_DC_CVAC, SAME_SLOT, 64, MEMORY_NORMAL_WB), nullptr);
    cache_check(machine_.core());
    EXPECT_TRUE(reads(LINE));
    EXPECT_FALSE(writes(SAME_SLOT)) << "its line is clean now";
    ASSERT_TRUE(ask(ACCESS_GRANT_WRITE, SAME_SLOT));
    machine_.act(machine_.request(ACCESS_DC_CIVAC, LINE, 64, MEMORY_NORMAL_WB), nullptr);
    cache_check(machine_.core());
    EXPECT_FALSE(reads(LINE));
    EXPECT_TRUE(writes(SAME_SLOT));
}

TEST_F(cache_grants, a_slot_that_the_pe_has_emptied_is_free)
{
    ASSERT_TRUE(ask(ACCESS_GRANT_READ, LINE));
    grant_clear_all(&table_); /* as the PE does when translations change */
    ASSERT_TRUE(ask(ACCESS_GRANT_WRITE, SAME_SLOT));
    EXPECT_TRUE(reads(SAME_SLOT));
    EXPECT_FALSE(reads(LINE));
}

TEST_F(cache_grants, an_eviction_takes_both_grants)
{
    ASSERT_TRUE(ask(ACCESS_GRANT_WRITE, LINE));
    for (uint64_t other = 1024; other < cache_machine::DRAM_SIZE; other += 1024) {
        read(LINE + other);
    }
    EXPECT_FALSE(writes(LINE));
    EXPECT_FALSE(reads(LINE));
}
