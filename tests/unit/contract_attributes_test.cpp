// SPDX-License-Identifier: BSD-3-Clause
//
// Mismatched attributes: what is owed between two uses of a line with different attributes, and what is not.
#include <gtest/gtest.h>

#include "tests/unit/contract_world.hpp"

namespace {

constexpr uint64_t PA = contract_world::PA;
constexpr uint32_t SIZE = contract_world::SIZE;
constexpr uint32_t LINE = contract_world::LINE;

const struct access WB = contract_world::pe_wb();
const struct access PE_NC = contract_world::pe_nc();
const struct access NC = contract_world::partition(MEMORY_NORMAL_NC);
const struct access DEVICE = contract_world::partition(MEMORY_DEVICE_NGNRNE);
const struct access COHERENT = contract_world::partition(MEMORY_NORMAL_WB);
const struct access ALIAS = contract_world::partition(MEMORY_NORMAL_WB, PA_SPACE_SECURE);

} // namespace

TEST(contract_attributes, a_dirty_line_is_cleaned_and_waited_for_before_a_non_cacheable_use)
{
    const struct {
        const char *what;
        int op;  // -1: none
        int dsb; // option; -1: none
        bool kept;
    } rows[] = {
        {"nothing", -1, -1, false},
        {"a barrier alone", -1, 15, false},
        {"no barrier", ACCESS_DC_CVAC, -1, false},
        {"clean", ACCESS_DC_CVAC, 15, true},
        {"clean and invalidate", ACCESS_DC_CIVAC, 15, true},
        {"to persistence", ACCESS_DC_CVAP, 15, true},
        {"to the Point of Unification", ACCESS_DC_CVAU, 15, false},
        {"inner shareable", ACCESS_DC_CVAC, 11, true},
        {"DSB ST", ACCESS_DC_CVAC, 14, false},
        {"DSB LD", ACCESS_DC_CVAC, 13, false},
        {"SSBB", ACCESS_DC_CVAC, 0, false},
        {"PSSBB", ACCESS_DC_CVAC, 4, false},
        {"reserved, as SY", ACCESS_DC_CVAC, 12, true},
    };
    for (const auto &row : rows) {
        for (const struct access &secure : {NC, DEVICE}) {
            for (const enum access_op use : {ACCESS_READ, ACCESS_WRITE}) {
                contract_world w;
                EXPECT_TRUE(w.quiet(WB, ACCESS_WRITE, PA + 8));
                if (row.op >= 0) {
                    EXPECT_TRUE(w.quiet(WB, static_cast<enum access_op>(row.op), PA));
                }
                if (row.dsb >= 0) {
                    w.dsb(WB, static_cast<uint64_t>(row.dsb));
                }
                EXPECT_EQ(w.quiet(secure, use, PA + 16), row.kept) << row.what;
            }
        }
    }
}

TEST(contract_attributes, are_told_with_both_uses)
{
    contract_world w;
    struct access store = WB;
    store.pc = 0x5000;
    struct access load = NC;
    load.pc = 0x6000;
    w.quiet(store, ACCESS_WRITE, PA + 0x88);
    EXPECT_FALSE(w.quiet(load, ACCESS_READ, PA + 0x90));
    const struct contract_breach breach = only(w);
    EXPECT_EQ(breach.rule, PROVE_MISMATCHED_ATTRIBUTES);
    EXPECT_EQ(breach.severity, PROVE_WARNING);
    EXPECT_EQ(breach.pa, PA + 0x80);
    EXPECT_EQ(breach.bytes, LINE);
    EXPECT_EQ(breach.site.pc, 0x6000U);
    EXPECT_EQ(breach.by.pc, 0x5000U);
    EXPECT_EQ(breach.detail & UINT32_MAX, access_attributes(&NC));
    EXPECT_EQ(breach.detail >> 32, access_attributes(&WB));
    EXPECT_TRUE(w.quiet(load, ACCESS_READ, PA + 0x98)); // once for a write
    EXPECT_TRUE(w.quiet(store, ACCESS_WRITE, PA + 0x88));
    EXPECT_FALSE(w.quiet(load, ACCESS_READ, PA + 0x90));
}

TEST(contract_attributes, the_barrier_comes_after_the_operation_and_from_its_pe)
{
    contract_world early;
    early.quiet(WB, ACCESS_WRITE, PA);
    early.dsb();
    early.quiet(WB, ACCESS_DC_CVAC, PA);
    EXPECT_FALSE(early.quiet(NC, ACCESS_READ, PA));

    for (const uint8_t pe : {0, 1}) {
        contract_world w({LINE, 2, PA, SIZE});
        struct access other = WB;
        other.pe = pe;
        w.quiet(WB, ACCESS_WRITE, PA);
        w.quiet(WB, ACCESS_DC_CVAC, PA);
        w.dsb(other);
        EXPECT_EQ(w.quiet(NC, ACCESS_READ, PA), pe == 0);
    }
}

// More than two pending operations of two PEs are not kept apart: the first is taken for complete.
TEST(contract_attributes, two_pes_that_maintain_one_line_are_not_blamed)
{
    contract_world w({LINE, 2, PA, SIZE});
    struct access other = WB;
    other.pe = 1;
    w.quiet(WB, ACCESS_WRITE, PA);
    w.quiet(WB, ACCESS_DC_CVAC, PA);
    w.quiet(other, ACCESS_DC_CVAC, PA);
    w.dsb();
    EXPECT_TRUE(w.quiet(NC, ACCESS_READ, PA));
}

TEST(contract_attributes, the_operation_comes_after_the_write_and_hits_its_line_and_space)
{
    contract_world early;
    early.quiet(WB, ACCESS_DC_CIVAC, PA);
    early.quiet(WB, ACCESS_WRITE, PA);
    early.dsb();
    EXPECT_FALSE(early.quiet(NC, ACCESS_READ, PA));

    for (const uint64_t pa : {PA, PA + LINE}) {
        contract_world w;
        w.quiet(WB, ACCESS_WRITE, PA + 60, 4);
        w.quiet(WB, ACCESS_DC_CVAC, pa);
        w.dsb();
        EXPECT_EQ(w.quiet(NC, ACCESS_READ, PA), pa == PA);
    }

    contract_world space;
    space.quiet(WB, ACCESS_WRITE, PA);
    space.hand_over(true);
    space.quiet(ALIAS, ACCESS_DC_CIVAC, PA);
    space.dsb();
    EXPECT_FALSE(space.quiet(NC, ACCESS_READ, PA));
}

TEST(contract_attributes, what_was_written_past_the_cache_is_invalidated_before_a_cacheable_use)
{
    const struct {
        const char *what;
        int op;
        bool barrier;
        bool kept;
    } rows[] = {
        {"nothing", -1, true, false},
        {"invalidate", ACCESS_DC_IVAC, true, true},
        {"clean and invalidate", ACCESS_DC_CIVAC, true, true},
        {"a clean leaves the old copy", ACCESS_DC_CVAC, true, false},
        {"a PE's access to the line waits for its operation", ACCESS_DC_IVAC, false, true},
    };
    for (const auto &row : rows) {
        for (const enum access_op use : {ACCESS_READ, ACCESS_WRITE}) {
            contract_world w;
            EXPECT_TRUE(w.quiet(NC, ACCESS_WRITE, PA));
            if (row.op >= 0) {
                w.quiet(WB, static_cast<enum access_op>(row.op), PA);
            }
            if (row.barrier) {
                w.dsb();
            }
            EXPECT_EQ(w.quiet(WB, use, PA), row.kept) << row.what;
        }
    }
}

TEST(contract_attributes, another_pe_does_not_wait_for_this_ones_operation)
{
    for (const bool barrier : {false, true}) {
        contract_world w({LINE, 2, PA, SIZE});
        struct access other = WB;
        other.pe = 1;
        w.quiet(NC, ACCESS_WRITE, PA);
        w.quiet(WB, ACCESS_DC_IVAC, PA);
        if (barrier) {
            w.dsb();
        }
        EXPECT_EQ(w.quiet(other, ACCESS_READ, PA), barrier);
    }
}

TEST(contract_attributes, a_use_of_another_space_does_not_wait_for_a_clean)
{
    struct access outer = WB;
    outer.shareability = SHAREABILITY_OUTER;
    for (const struct access &second : {outer, ALIAS}) {
        contract_world w;
        w.quiet(WB, ACCESS_WRITE, PA);
        w.quiet(WB, ACCESS_DC_CIVAC, PA);
        w.hand_over(true);
        w.quiet(ALIAS, ACCESS_DC_IVAC, PA);
        EXPECT_EQ(w.quiet(second, ACCESS_READ, PA), second.space == PA_SPACE_NON_SECURE);
    }
}

TEST(contract_attributes, zeroing_a_line_is_writing_it)
{
    contract_world w;
    w.quiet(WB, ACCESS_DC_ZVA, PA, LINE);
    EXPECT_FALSE(w.quiet(NC, ACCESS_READ, PA));
}

TEST(contract_attributes, reads_owe_nothing)
{
    contract_world w;
    EXPECT_TRUE(w.quiet(WB, ACCESS_READ, PA));
    EXPECT_TRUE(w.quiet(NC, ACCESS_READ, PA));
    EXPECT_TRUE(w.quiet(WB, ACCESS_READ, PA));
    EXPECT_TRUE(w.quiet(NC, ACCESS_WRITE, PA)); // a clean copy is the next cacheable use's business
    EXPECT_FALSE(w.quiet(WB, ACCESS_READ, PA));
}

TEST(contract_attributes, of_one_kind_need_no_maintenance)
{
    struct access pe1 = WB;
    pe1.pe = 1;
    struct access nc_secure = NC;
    nc_secure.space = PA_SPACE_SECURE;
    const struct {
        struct access first, second;
        bool alike;
    } rows[] = {
        {WB, COHERENT, true}, {WB, pe1, true},       {PE_NC, NC, true},
        {NC, DEVICE, true},   {NC, nc_secure, true}, // nothing of either is in a cache
        {WB, ALIAS, false},   {WB, PE_NC, false},
    };
    for (const auto &row : rows) {
        contract_world w({LINE, 2, PA, SIZE});
        w.quiet(row.first, ACCESS_WRITE, PA);
        EXPECT_EQ(w.quiet(row.second, ACCESS_READ, PA), row.alike);
    }
}

TEST(contract_attributes, differ_in_shareability_and_in_write_back_or_write_through)
{
    struct access outer = COHERENT;
    outer.shareability = SHAREABILITY_OUTER;
    struct access through = COHERENT;
    through.type = MEMORY_NORMAL_WT;
    for (const struct access &other : {outer, through}) {
        for (const bool maintained : {false, true}) {
            contract_world w;
            w.quiet(WB, ACCESS_WRITE, PA);
            if (maintained) {
                w.quiet(WB, ACCESS_DC_CIVAC, PA);
                w.dsb();
            }
            EXPECT_EQ(w.quiet(other, ACCESS_READ, PA), maintained);
        }
    }
}

// The two columns of the two-domain table in which nobody else's maintenance can help.
TEST(contract_attributes, a_cacheable_alias_in_another_space_is_maintained_by_both_sides)
{
    for (int missing = 0; missing < 5; missing++) {
        contract_world w;
        w.quiet(WB, ACCESS_WRITE, PA);
        if (missing != 1) {
            w.quiet(WB, ACCESS_DC_CVAC, PA);
        }
        w.dsb();
        w.hand_over(true);
        if (missing != 2) {
            w.quiet(ALIAS, ACCESS_DC_IVAC, PA);
        }
        w.dsb(ALIAS);
        EXPECT_EQ(w.quiet(ALIAS, ACCESS_READ, PA), missing != 1 && missing != 2) << missing;
        EXPECT_TRUE(w.quiet(ALIAS, ACCESS_WRITE, PA)); // that pair has been told
        if (missing != 3) {
            w.quiet(ALIAS, ACCESS_DC_CVAC, PA);
        }
        w.dsb(ALIAS);
        w.hand_over(false);
        if (missing != 4) {
            w.quiet(WB, ACCESS_DC_IVAC, PA);
        }
        w.dsb();
        EXPECT_EQ(w.quiet(WB, ACCESS_READ, PA), missing != 3 && missing != 4) << missing;
    }
}

// Calls of differing lengths: the response may reach further than the request and the one before.
TEST(contract_attributes, the_right_firmware_keeps_on_each_platform)
{
    for (const struct access &secure : {NC, DEVICE, COHERENT}) {
        for (const enum access_op after : {ACCESS_DC_IVAC, ACCESS_DC_CIVAC}) {
            contract_world w;
            const uint32_t lengths[][2] = {{1, 5}, {3, 1}, {2, 64}, {64, 2}, {1, 64}, {1, 1}};
            for (const auto &length : lengths) {
                for (uint32_t i = 0; i < length[0]; i++) {
                    w.quiet(WB, ACCESS_WRITE, PA + i * LINE);
                }
                for (uint32_t i = 0; i < length[0]; i++) {
                    w.quiet(WB, ACCESS_DC_CIVAC, PA + i * LINE);
                }
                w.dsb();
                w.hand_over(true);
                for (uint32_t i = 0; i < length[0]; i++) {
                    w.quiet(secure, ACCESS_READ, PA + i * LINE);
                }
                for (uint32_t i = 0; i < length[1]; i++) {
                    w.quiet(secure, ACCESS_WRITE, PA + i * LINE);
                }
                w.dsb(secure);
                w.hand_over(false);
                for (uint32_t i = 0; i < 64; i++) {
                    w.quiet(WB, after, PA + i * LINE);
                }
                w.dsb();
                for (uint32_t i = 0; i < length[1]; i++) {
                    w.quiet(WB, ACCESS_READ, PA + i * LINE);
                }
            }
            EXPECT_TRUE(w.take().empty());
        }
    }
}

TEST(contract_attributes, a_dirty_tail_beyond_what_was_cleaned_is_told_when_the_response_comes_over_it)
{
    for (const uint32_t cleaned : {1U, 2U}) {
        contract_world w;
        w.quiet(WB, ACCESS_WRITE, PA);
        w.quiet(WB, ACCESS_WRITE, PA + LINE); // room for the response
        for (uint32_t i = 0; i < cleaned; i++) {
            w.quiet(WB, ACCESS_DC_CIVAC, PA + i * LINE);
        }
        w.dsb();
        w.hand_over(true);
        EXPECT_TRUE(w.quiet(NC, ACCESS_WRITE, PA));
        EXPECT_EQ(w.quiet(NC, ACCESS_WRITE, PA + LINE), cleaned == 2);
    }
}

TEST(contract_attributes, a_sweep_counts_once_it_is_waited_for)
{
    for (const bool barrier : {false, true}) {
        contract_world w;
        w.quiet(WB, ACCESS_WRITE, PA);
        w.sweep(ACCESS_DC_CISW);
        if (barrier) {
            w.dsb();
        }
        EXPECT_EQ(w.quiet(NC, ACCESS_READ, PA), barrier);
    }
}

TEST(contract_attributes, memory_written_before_the_mmu_is_on_is_not_expected_in_a_cache)
{
    struct access mmu_off = WB;
    mmu_off.type = MEMORY_DEVICE_NGNRNE;
    mmu_off.shareability = SHAREABILITY_OUTER;
    for (const bool changed : {false, true}) {
        contract_world w;
        w.quiet(mmu_off, ACCESS_WRITE, PA);
        if (changed) {
            w.quiet(WB, static_cast<enum access_op>(ACCESS_TRANSLATION_CHANGED), 0);
        }
        EXPECT_EQ(w.quiet(WB, ACCESS_READ, PA), changed);
    }
    contract_world dirty; // what a cache holds stays in it
    dirty.quiet(WB, ACCESS_WRITE, PA);
    dirty.quiet(WB, static_cast<enum access_op>(ACCESS_TRANSLATION_CHANGED), 0);
    EXPECT_FALSE(dirty.quiet(mmu_off, ACCESS_READ, PA));
    contract_world alias; // nor does what another agent's cache holds change
    alias.quiet(mmu_off, ACCESS_WRITE, PA);
    alias.quiet(WB, static_cast<enum access_op>(ACCESS_TRANSLATION_CHANGED), 0);
    EXPECT_FALSE(alias.quiet(ALIAS, ACCESS_READ, PA));
    contract_world other; // the partition's mapping lives on
    other.quiet(NC, ACCESS_WRITE, PA);
    other.quiet(WB, static_cast<enum access_op>(ACCESS_TRANSLATION_CHANGED), 0);
    EXPECT_FALSE(other.quiet(WB, ACCESS_READ, PA));
}

TEST(contract_attributes, one_zeroing_of_many_lines_is_one_breach)
{
    contract_world w({16, 1, PA, SIZE});
    for (uint64_t i = 0; i < 128; i++) {
        w.quiet(WB, ACCESS_WRITE, PA + 16 * i);
    }
    EXPECT_FALSE(w.quiet(PE_NC, ACCESS_DC_ZVA, PA, 2048));
    const struct contract_breach breach = only(w);
    EXPECT_EQ(breach.rule, PROVE_MISMATCHED_ATTRIBUTES);
    EXPECT_EQ(breach.pa, PA);
    EXPECT_EQ(breach.bytes, 2048U);
    EXPECT_EQ(breach.count, 128U);
    EXPECT_EQ(contract_dropped(w.core), 0U);
}

TEST(contract_attributes, are_compared_in_the_buffer_alone_up_to_the_limit)
{
    contract_world w({LINE, 1, PA + 0x20, CONTRACT_TRACKED_MAX + SIZE});
    const struct {
        uint64_t pa;
        bool tracked;
    } rows[] = {
        {PA - 8, false},
        {PA, true}, // in the buffer's first line
        {PA + CONTRACT_TRACKED_MAX, true},
        {PA + CONTRACT_TRACKED_MAX + LINE, false},
    };
    for (const auto &row : rows) {
        w.quiet(WB, ACCESS_WRITE, row.pa);
        EXPECT_EQ(!w.quiet(NC, ACCESS_READ, row.pa), row.tracked) << std::hex << row.pa;
    }
}

TEST(contract_attributes, more_of_them_than_are_told_apart_are_not_judged)
{
    contract_world w;
    struct access agent = WB;
    for (const uint8_t type : {MEMORY_NORMAL_WB, MEMORY_NORMAL_WT}) {
        for (const uint8_t shareability : {SHAREABILITY_INNER, SHAREABILITY_OUTER}) {
            agent.type = type;
            agent.shareability = shareability;
            w.quiet(agent, ACCESS_READ, PA);
        }
    }
    w.quiet(WB, ACCESS_WRITE, PA);
    EXPECT_TRUE(w.quiet(NC, ACCESS_READ, PA));
    EXPECT_FALSE(w.quiet(agent, ACCESS_READ, PA));
}

TEST(contract_attributes, memory_that_is_not_cached_is_told_apart_by_space_alone)
{
    contract_world w;
    struct access through = WB;
    through.type = MEMORY_NORMAL_WT;
    w.quiet(through, ACCESS_READ, PA);
    for (const uint8_t type : {MEMORY_NORMAL_NC, MEMORY_DEVICE_NGNRE, MEMORY_DEVICE_GRE}) {
        for (const uint8_t shareability : {SHAREABILITY_NON, SHAREABILITY_OUTER, SHAREABILITY_INNER}) {
            struct access agent = NC;
            agent.type = type;
            agent.shareability = shareability;
            EXPECT_TRUE(w.quiet(agent, ACCESS_READ, PA));
        }
    }
    w.quiet(WB, ACCESS_WRITE, PA);
    EXPECT_FALSE(w.quiet(NC, ACCESS_READ, PA));
}

TEST(contract_attributes, exclusives_need_shareable_write_back_memory)
{
    struct access non_shareable = WB;
    non_shareable.shareability = SHAREABILITY_NON;
    struct access through = WB;
    through.type = MEMORY_NORMAL_WT;
    struct access device = WB;
    device.type = MEMORY_DEVICE_NGNRE;
    const struct {
        struct access agent;
        uint32_t pe_count;
        bool kept;
    } rows[] = {
        {WB, 1, true},     {WB, 2, true},       {non_shareable, 1, true}, {non_shareable, 2, false},
        {PE_NC, 1, false}, {through, 1, false}, {device, 1, false},
    };
    for (const auto &row : rows) {
        for (const bool exclusive : {false, true}) {
            contract_world w({LINE, row.pe_count, PA, SIZE});
            struct access access = row.agent;
            access.exclusive = exclusive;
            EXPECT_EQ(w.quiet(access, ACCESS_READ, 0x80001000), row.kept || !exclusive);
        }
    }
    contract_world w;
    struct access lock = PE_NC;
    lock.exclusive = true;
    w.quiet(lock, ACCESS_WRITE, 0x80001004, 4);
    const struct contract_breach breach = only(w);
    EXPECT_EQ(breach.rule, PROVE_MISMATCHED_ATTRIBUTES);
    EXPECT_EQ(breach.severity, PROVE_WARNING);
    EXPECT_EQ(breach.pa, 0x80001004U);
    EXPECT_EQ(breach.bytes, 4U);
    EXPECT_EQ(breach.detail, access_attributes(&PE_NC));
    EXPECT_FALSE(breach.by.known);
}
