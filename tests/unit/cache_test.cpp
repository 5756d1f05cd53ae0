// SPDX-License-Identifier: BSD-3-Clause
//
// Each operation does what the Arm ARM says, seen from outside: what DRAM holds, what a read returns, what is
// reported.
#include <gtest/gtest.h>

#include "tests/unit/cache_machine.hpp"

namespace {

const uint64_t LINE = 0x8000;

class cache_ops : public testing::Test {
protected:
    explicit cache_ops(bool cleans = false) : machine_(cache_machine::small(cleans)) {}

    void write(uint64_t pa, uint8_t value, enum memory_type type = MEMORY_NORMAL_WB)
    {
        EXPECT_FALSE(machine_.act(machine_.request(ACCESS_WRITE, pa, 1, type), &value));
    }
    uint8_t read(uint64_t pa, enum memory_type type = MEMORY_NORMAL_WB)
    {
        uint8_t value = 0;
        stale_ = machine_.act(machine_.request(ACCESS_READ, pa, 1, type), &value);
        return value;
    }
    void maintain(enum access_op op, uint64_t pa, enum shareability shareability = SHAREABILITY_INNER)
    {
        struct access access = machine_.request(op, pa, 0, MEMORY_NORMAL_WB);
        access.shareability = static_cast<uint8_t>(shareability);
        machine_.act(access, nullptr);
    }
    uint8_t dram(uint64_t pa) { return machine_.dram()[pa - cache_machine::DRAM_BASE]; }
    const struct golden_finding &only_finding()
    {
        const struct golden_finding *findings = nullptr;
        uint64_t dropped = 0;
        EXPECT_EQ(1U, cache_findings(machine_.core(), &findings, &dropped));
        return findings[0];
    }

    cache_machine machine_;
    bool stale_ = false;
};

class cache_ops_cleaning : public cache_ops {
protected:
    cache_ops_cleaning() : cache_ops(true) {}
};

TEST_F(cache_ops, a_write_back_store_stays_in_the_cache)
{
    write(LINE, 1);
    EXPECT_EQ(0, dram(LINE));
    EXPECT_EQ(1, read(LINE));
    EXPECT_FALSE(stale_);
}

TEST_F(cache_ops, a_write_through_store_reaches_dram_and_leaves_no_dirty_line)
{
    write(LINE, 1, MEMORY_NORMAL_WT);
    EXPECT_EQ(1, dram(LINE));
    maintain(ACCESS_DC_IVAC, LINE);
    EXPECT_EQ(1, read(LINE));
    EXPECT_FALSE(stale_);
}

TEST_F(cache_ops, cvac_writes_back_and_keeps_the_line)
{
    write(LINE, 1);
    maintain(ACCESS_DC_CVAC, LINE);
    EXPECT_EQ(1, dram(LINE));
    machine_.dram()[0] = 9; // behind the caches' back: only a line that was kept still answers 1
    EXPECT_EQ(1, read(LINE));
}

TEST_F(cache_ops, civac_writes_back_and_drops_the_line)
{
    write(LINE, 1);
    maintain(ACCESS_DC_CIVAC, LINE);
    EXPECT_EQ(1, dram(LINE));
    EXPECT_EQ(1, read(LINE));
    EXPECT_FALSE(stale_);
}

TEST_F(cache_ops, ivac_drops_dirty_bytes_and_the_read_names_it)
{
    write(LINE, 1);
    maintain(ACCESS_DC_IVAC, LINE);
    EXPECT_EQ(0, read(LINE));
    EXPECT_TRUE(stale_);
    EXPECT_EQ(GOLDEN_RULE_LOST_WRITE, only_finding().rule);
    EXPECT_TRUE(only_finding().by.known);
    EXPECT_EQ(ACCESS_DC_IVAC, only_finding().by.op);
    EXPECT_EQ(1, only_finding().golden[0]);
    EXPECT_EQ(0, only_finding().observed[0]);
}

TEST_F(cache_ops_cleaning, ivac_cleans_first_where_the_platform_says_so)
{
    write(LINE, 1);
    maintain(ACCESS_DC_IVAC, LINE);
    EXPECT_EQ(1, dram(LINE));
    EXPECT_EQ(1, read(LINE));
    EXPECT_FALSE(stale_);
}

TEST_F(cache_ops, cvau_cleans_to_the_unified_level_only)
{
    write(LINE, 1);
    maintain(ACCESS_DC_CVAU, LINE);
    EXPECT_EQ(0, dram(LINE));
    struct access access = machine_.request(ACCESS_READ, LINE, 64, MEMORY_NORMAL_WB);
    access.agent = AGENT_FETCH;
    access.pc = access.va = LINE;
    uint8_t line[64];
    EXPECT_FALSE(machine_.act(access, line));
    EXPECT_EQ(1, line[0]);
}

TEST_F(cache_ops, a_fetch_does_not_see_what_is_dirty_in_the_data_cache)
{
    struct access access = machine_.request(ACCESS_READ, LINE, 64, MEMORY_NORMAL_WB);
    access.agent = AGENT_FETCH;
    access.pc = access.va = LINE;
    uint8_t line[64];
    EXPECT_FALSE(machine_.act(access, line));
    EXPECT_TRUE(machine_.granted());
    write(LINE, 1);
    maintain(ACCESS_DC_CVAU, LINE);
    EXPECT_TRUE(machine_.act(access, line)) << "L1I still holds the old line";
    EXPECT_FALSE(machine_.granted());
    EXPECT_EQ(AGENT_FETCH, only_finding().agent);
    maintain(ACCESS_IC_IVAU, LINE);
    EXPECT_FALSE(machine_.act(access, line));
    EXPECT_EQ(1, line[0]);
}

TEST_F(cache_ops, an_uncached_read_ignores_a_dirty_line_and_is_stale)
{
    write(LINE, 1);
    EXPECT_EQ(0, read(LINE, MEMORY_NORMAL_NC));
    EXPECT_TRUE(stale_);
    EXPECT_EQ(GOLDEN_RULE_STALE_READ, only_finding().rule);
}

TEST_F(cache_ops, errors_are_per_byte_never_per_line)
{
    write(LINE, 1);
    EXPECT_EQ(0, read(LINE + 1, MEMORY_NORMAL_NC));
    EXPECT_FALSE(stale_);
}

TEST_F(cache_ops, lost_bytes_that_are_overwritten_before_anyone_reads_them_are_no_finding)
{
    write(LINE, 1);
    maintain(ACCESS_DC_IVAC, LINE);
    write(LINE, 2);
    EXPECT_EQ(2, read(LINE));
    EXPECT_FALSE(stale_);
    cache_audit(machine_.core());
    const struct golden_finding *findings = nullptr;
    uint64_t dropped = 0;
    EXPECT_EQ(0U, cache_findings(machine_.core(), &findings, &dropped));
}

TEST_F(cache_ops, lost_bytes_that_nobody_read_are_told_at_the_end)
{
    write(LINE + 3, 1);
    machine_.sweep(ACCESS_DC_ISW);
    cache_audit(machine_.core());
    EXPECT_TRUE(only_finding().at_end);
    EXPECT_EQ(LINE + 3, only_finding().pa);
    EXPECT_EQ(ACCESS_DC_ISW, only_finding().by.op);
}

TEST_F(cache_ops, an_operand_out_of_range_does_nothing)
{
    write(LINE, 1);
    struct access access = machine_.request(ACCESS_DC_ISW, 0, 0, MEMORY_NORMAL_WB);
    for (uint64_t level = 2; level < 7; level++) {
        access.operand = level << 1;
        machine_.act(access, nullptr);
    }
    access.operand = 0x1FFFFFF0; // a set that L1D does not have
    machine_.act(access, nullptr);
    EXPECT_EQ(1, read(LINE));
    EXPECT_FALSE(stale_);
}

TEST_F(cache_ops, lines_of_the_two_pa_spaces_never_meet)
{
    write(LINE, 1);
    struct access access = machine_.request(ACCESS_READ, LINE, 1, MEMORY_NORMAL_WB);
    access.space = PA_SPACE_SECURE;
    uint8_t value = 0xFF;
    EXPECT_TRUE(machine_.act(access, &value));
    EXPECT_EQ(0, value);
    access.op = ACCESS_DC_IVAC;
    machine_.act(access, nullptr);
    EXPECT_EQ(1, read(LINE)) << "maintenance of the secure line reached the non-secure one";
}

TEST_F(cache_ops, a_tracked_line_tells_who_wrote_both_values)
{
    cache_track(machine_.core(), LINE);
    write(LINE, 1);
    maintain(ACCESS_DC_CVAC, LINE);
    write(LINE, 2);
    read(LINE, MEMORY_NORMAL_NC);
    EXPECT_TRUE(stale_);
    EXPECT_TRUE(only_finding().golden_writer.known);
    EXPECT_TRUE(only_finding().observed_writer.known);
    EXPECT_EQ(only_finding().golden_writer.position, only_finding().observed_writer.position + 2);
}

TEST_F(cache_ops, memory_outside_dram_is_passed_on)
{
    uint8_t value = 0;
    machine_.act(machine_.request(ACCESS_READ, 0x100000, 1, MEMORY_DEVICE_NGNRNE), &value);
    EXPECT_EQ(CACHE_PASS, machine_.result());
}

TEST(cache_registers, describe_the_geometry_in_both_formats)
{
    struct cache_config config = cache_machine::small(false);
    config.l1d = {48 * 1024, 3, true}; // 256 sets of 3 ways
    EXPECT_EQ(2ULL | 2 << 3 | 255 << 13, cache_ccsidr_el1(&config, 1, false, false));
    EXPECT_EQ(2ULL | 2 << 3 | 255ULL << 32, cache_ccsidr_el1(&config, 1, false, true));
    EXPECT_EQ(0U, cache_ccsidr_el1(&config, 3, false, false));
    EXPECT_EQ(0x8444C004ULL, cache_ctr_el0(&config));
    EXPECT_EQ(4U, cache_dczid_el0(&config));
}

TEST(cache_registers, clidr_names_what_set_way_reaches)
{
    struct cache_config config = cache_machine::small(false);
    EXPECT_EQ(3ULL | 4 << 3 | 1 << 21 | 2 << 24 | 1 << 27, cache_clidr_el1(&config));
    config.l2.set_way = false;
    EXPECT_EQ(3ULL | 1 << 21 | 1 << 24 | 1 << 27, cache_clidr_el1(&config));
}

TEST(cache_configuration, refuses_what_no_cache_can_be)
{
    struct cache_config config = cache_machine::small(false);
    EXPECT_EQ(nullptr, cache_config_error(&config));
    config.line = 48;
    EXPECT_NE(nullptr, cache_config_error(&config));
    config = cache_machine::small(false);
    config.l1d.ways = 3; // 1024 bytes are no multiple of 3 lines
    EXPECT_NE(nullptr, cache_config_error(&config));
    config = cache_machine::small(false);
    config.l1i.size = 0;
    EXPECT_NE(nullptr, cache_config_error(&config));
    config = cache_machine::small(false);
    config.pe_count = CACHE_PE_MAX + 1;
    EXPECT_NE(nullptr, cache_config_error(&config));
}

} // namespace
