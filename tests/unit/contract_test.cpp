// SPDX-License-Identifier: BSD-3-Clause
//
// The contracts of a shared buffer, each rule broken and, in a twin that differs in one event, kept.
#include <gtest/gtest.h>

#include <string>

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

// The only breach there is.
struct contract_breach only(contract_world &w)
{
    const auto found = w.take();
    EXPECT_EQ(found.size(), 1U);
    return found.empty() ? contract_breach{} : found.front();
}

void expect_rule(const struct contract_breach &breach, enum prove_rule rule, enum prove_severity severity)
{
    EXPECT_EQ(breach.rule, rule);
    EXPECT_EQ(breach.severity, severity);
    EXPECT_EQ(breach.count, 1U);
}

} // namespace

// Foreign maintenance

TEST(contract_foreign_maintenance, is_what_the_other_side_does_to_lines_that_are_not_its_own)
{
    const struct {
        enum access_op op;
        enum prove_severity severity;
    } rows[] = {
        {ACCESS_DC_IVAC, PROVE_WARNING}, {ACCESS_DC_CIVAC, PROVE_NOTE}, {ACCESS_DC_CVAC, PROVE_NOTE},
        {ACCESS_DC_CVAU, PROVE_NOTE},    {ACCESS_DC_CVAP, PROVE_NOTE},  {ACCESS_DC_CVADP, PROVE_NOTE},
    };
    for (const auto &row : rows) {
        for (const struct access &agent : {WB, ALIAS}) {
            const bool secure = agent.agent == AGENT_PARTITION;
            contract_world w;
            if (!secure) {
                w.hand_over(true);
            }
            EXPECT_FALSE(w.quiet(agent, row.op, PA + 0x48));
            const struct contract_breach breach = only(w);
            expect_rule(breach, PROVE_FOREIGN_MAINTENANCE, row.severity);
            EXPECT_EQ(breach.pa, PA + 0x40);
            EXPECT_EQ(breach.bytes, LINE);
            EXPECT_EQ(breach.va, PA + 0x48);
            EXPECT_EQ(breach.space, agent.space);
            EXPECT_EQ(breach.site.op, row.op);
            EXPECT_EQ(breach.by.known, !secure); // the buffer is the non-secure side's from the start
            w.hand_over(secure);
            EXPECT_TRUE(w.quiet(agent, row.op, PA + 0x48)) << access_op_text(row.op);
        }
    }
}

TEST(contract_foreign_maintenance, names_the_hand_over_and_ends_with_the_next)
{
    contract_world w;
    EXPECT_TRUE(w.quiet(WB, ACCESS_DC_IVAC, PA));
    w.hand_over(true);
    EXPECT_TRUE(contract_secure_owns(w.core));
    EXPECT_FALSE(w.quiet(WB, ACCESS_DC_IVAC, PA));
    EXPECT_EQ(only(w).by.pc, 0x3000U);
    w.hand_over(false);
    EXPECT_FALSE(contract_secure_owns(w.core));
    EXPECT_TRUE(w.quiet(WB, ACCESS_DC_IVAC, PA));
    EXPECT_FALSE(w.quiet(ALIAS, ACCESS_DC_IVAC, PA));
    EXPECT_EQ(only(w).by.pc, 0x3004U);
}

TEST(contract_foreign_maintenance, is_of_lines_of_the_buffer_by_address_alone)
{
    contract_world w;
    w.hand_over(true);
    EXPECT_TRUE(w.quiet(WB, ACCESS_DC_IVAC, PA - 1));
    EXPECT_TRUE(w.quiet(WB, ACCESS_DC_IVAC, PA + SIZE));
    EXPECT_TRUE(w.quiet(WB, ACCESS_DC_ISW, PA));
    EXPECT_TRUE(w.quiet(WB, ACCESS_IC_IVAU, PA));
    EXPECT_TRUE(w.quiet(WB, ACCESS_DC_ZVA, PA, LINE)); // a write
    EXPECT_FALSE(w.quiet(WB, ACCESS_DC_IVAC, PA));
    EXPECT_FALSE(w.quiet(WB, ACCESS_DC_IVAC, PA + SIZE - 1));
}

TEST(contract_foreign_maintenance, has_no_buffer_where_none_is_shared)
{
    contract_world w({LINE, 1, 0, 0});
    w.hand_over(true);
    EXPECT_TRUE(w.quiet(WB, ACCESS_DC_IVAC, 0));
    EXPECT_TRUE(w.quiet(WB, ACCESS_DC_IVAC, UINT64_MAX));
}

TEST(contract_foreign_maintenance, knows_a_buffer_at_the_end_of_memory)
{
    contract_world w({LINE, 1, UINT64_MAX - 4095, 4096});
    w.hand_over(true);
    EXPECT_FALSE(w.quiet(WB, ACCESS_DC_IVAC, UINT64_MAX));
    const struct contract_breach breach = only(w);
    EXPECT_EQ(breach.pa, UINT64_MAX - 63);
    EXPECT_EQ(breach.bytes, LINE);
    EXPECT_TRUE(w.quiet(WB, ACCESS_DC_IVAC, 0));
}

// Edge

TEST(contract_edge, is_a_line_that_holds_more_than_the_buffer)
{
    const uint64_t start = PA + 16, size = 256; // the last line ends 48 bytes behind it
    const struct {
        enum access_op op;
        bool dirty;
        enum prove_severity severity;
    } rows[] = {
        {ACCESS_DC_IVAC, true, PROVE_WARNING}, {ACCESS_DC_IVAC, false, PROVE_NOTE},
        {ACCESS_DC_CIVAC, true, PROVE_NOTE},   {ACCESS_DC_CIVAC, false, PROVE_NOTE},
        {ACCESS_DC_CVAC, true, PROVE_NOTE},
    };
    for (const auto &row : rows) {
        contract_world w({LINE, 1, start, size});
        w.neighbours_dirty = row.dirty;
        EXPECT_FALSE(w.quiet(WB, row.op, start));
        struct contract_breach breach = only(w);
        expect_rule(breach, PROVE_EDGE, row.severity);
        EXPECT_EQ(breach.pa, PA);
        EXPECT_EQ(breach.bytes, 16U);
        EXPECT_EQ(breach.detail, row.dirty);
        EXPECT_TRUE(w.quiet(WB, row.op, start + LINE)); // inside
        EXPECT_FALSE(w.quiet(WB, row.op, start + size - 1));
        breach = only(w);
        expect_rule(breach, PROVE_EDGE, row.severity);
        EXPECT_EQ(breach.pa, start + size);
        EXPECT_EQ(breach.bytes, 48U);
    }
}

TEST(contract_edge, is_not_of_a_buffer_of_whole_lines)
{
    contract_world w;
    w.neighbours_dirty = true;
    for (uint64_t pa = PA; pa < PA + SIZE; pa += LINE) {
        EXPECT_TRUE(w.quiet(WB, ACCESS_DC_IVAC, pa));
    }
    EXPECT_TRUE(w.quiet(WB, ACCESS_DC_IVAC, PA - LINE));
}

TEST(contract_edge, has_two_sides_where_the_buffer_is_smaller_than_a_line)
{
    contract_world w({LINE, 1, PA + 8, 16});
    EXPECT_FALSE(w.quiet(WB, ACCESS_DC_CVAC, PA + 60)); // through a neighbour's address
    const auto found = w.take();
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].pa, PA);
    EXPECT_EQ(found[0].bytes, 8U);
    EXPECT_EQ(found[1].pa, PA + 24);
    EXPECT_EQ(found[1].bytes, 40U);
}

TEST(contract_edge, and_foreign_maintenance_are_told_of_one_operation)
{
    contract_world w({LINE, 1, PA + 16, 4096});
    w.hand_over(true);
    EXPECT_FALSE(w.quiet(WB, ACCESS_DC_IVAC, PA));
    const auto found = w.take();
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].rule, PROVE_FOREIGN_MAINTENANCE);
    EXPECT_EQ(found[0].pa, PA + 16);
    EXPECT_EQ(found[0].bytes, 48U);
    EXPECT_EQ(found[1].rule, PROVE_EDGE);
}

// Mismatched attributes

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
    expect_rule(breach, PROVE_MISMATCHED_ATTRIBUTES, PROVE_WARNING);
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
    expect_rule(breach, PROVE_MISMATCHED_ATTRIBUTES, PROVE_WARNING);
    EXPECT_EQ(breach.pa, 0x80001004U);
    EXPECT_EQ(breach.bytes, 4U);
    EXPECT_EQ(breach.detail, access_attributes(&PE_NC));
    EXPECT_FALSE(breach.by.known);
}

// Set/way

TEST(contract_set_way, after_exit_boot_services_is_an_error)
{
    for (const enum access_op op : {ACCESS_DC_ISW, ACCESS_DC_CSW, ACCESS_DC_CISW}) {
        contract_world w;
        w.sweep(op);
        w.finish();
        EXPECT_TRUE(w.take().empty()); // the firmware still owns the machine
        contract_exit_boot_services(w.core);
        w.sweep(op);
        w.finish();
        const struct contract_breach breach = only(w);
        EXPECT_EQ(breach.rule, PROVE_SET_WAY_AT_RUNTIME);
        EXPECT_EQ(breach.severity, PROVE_ERROR);
        EXPECT_EQ(breach.count, 3U);
        EXPECT_EQ(breach.detail, 0x40U);
        EXPECT_EQ(breach.site.pc, 0x2000U);
        EXPECT_EQ(breach.site.op, op);
    }
}

TEST(contract_set_way, with_more_than_one_pe_on_is_a_warning_before)
{
    for (const uint32_t pe_count : {1U, 2U}) {
        contract_world w({LINE, pe_count, PA, SIZE});
        w.sweep(ACCESS_DC_CISW);
        w.finish();
        const auto found = w.take();
        ASSERT_EQ(found.size(), pe_count - 1);
        if (pe_count == 2) {
            EXPECT_EQ(found[0].severity, PROVE_WARNING);
        }
        contract_exit_boot_services(w.core);
        w.sweep(ACCESS_DC_CISW);
        w.finish();
        EXPECT_EQ(only(w).severity, PROVE_ERROR);
    }
}

TEST(contract_set_way, exit_boot_services_is_heard_of_when_the_partition_is_told)
{
    for (const enum mm_variable_function function :
         {MM_FUNCTION_EXIT_BOOT_SERVICES, MM_FUNCTION_READY_TO_BOOT}) {
        contract_world w;
        w.event(EVENT_MM_REQUEST, function, 16, 0);
        w.sweep(ACCESS_DC_ISW);
        w.finish();
        EXPECT_EQ(w.take().size(), function == MM_FUNCTION_EXIT_BOOT_SERVICES ? 1U : 0U);
        EXPECT_EQ(contract_set_way_unjudged(w.core), function != MM_FUNCTION_EXIT_BOOT_SERVICES);
    }
    contract_world w;
    EXPECT_FALSE(contract_set_way_unjudged(w.core)); // there were none
}

TEST(contract_set_way, before_a_power_down_is_its_business)
{
    const struct {
        uint32_t function_id;
        bool excused;
    } rows[] = {
        {PSCI_CPU_OFF, true},
        {PSCI_CPU_SUSPEND_32, true},
        {PSCI_CPU_SUSPEND_32 | FFA_FUNCTION_64BIT, true},
        {PSCI_DEFAULT_SUSPEND_32, true},
        {PSCI_SYSTEM_SUSPEND_32, true},
        {PSCI_SYSTEM_OFF, true},
        {PSCI_SYSTEM_RESET, true},
        {PSCI_SYSTEM_RESET2_64, true},
        {PSCI_CPU_ON_64, false},
        {PSCI_VERSION, false},
        {FFA_MSG_SEND_DIRECT_REQ_64, false},
    };
    for (const auto &row : rows) {
        contract_world w;
        contract_exit_boot_services(w.core);
        w.sweep(ACCESS_DC_CISW, 0x2000);
        w.sweep(ACCESS_DC_CISW, 0x2100);
        EXPECT_TRUE(w.take().empty()); // not known yet
        w.event(EVENT_SPMC_CALL, row.function_id);
        EXPECT_EQ(w.take().size(), row.excused ? 0U : 2U) << std::hex << row.function_id;
        w.finish();
        EXPECT_TRUE(w.take().empty());
    }
}

TEST(contract_set_way, of_another_pe_is_not_excused)
{
    contract_world w({LINE, 2, PA, SIZE});
    contract_exit_boot_services(w.core);
    w.sweep(ACCESS_DC_CISW, 0x2000, 3, 0);
    w.sweep(ACCESS_DC_CISW, 0x2000, 3, 1);
    w.event(EVENT_SPMC_CALL, PSCI_CPU_OFF); // of PE 0
    EXPECT_TRUE(w.take().empty());
    w.finish();
    EXPECT_EQ(only(w).site.where.pe, 1U);
}

TEST(contract_set_way, a_call_site_is_told_once_until_the_next_smc)
{
    contract_world w;
    contract_exit_boot_services(w.core);
    w.sweep(ACCESS_DC_ISW, 0x2000, 1000);
    w.sweep(ACCESS_DC_CISW, 0x2000, 10); // another operation
    w.sweep(ACCESS_DC_ISW, 0x2000, 1000);
    w.event(EVENT_SPMC_CALL, FFA_MSG_SEND_DIRECT_REQ_64);
    auto found = w.take();
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].count, 2000U);
    EXPECT_EQ(found[1].count, 10U);
    w.sweep(ACCESS_DC_ISW, 0x2000, 5);
    w.event(EVENT_SPMC_CALL, FFA_MSG_SEND_DIRECT_REQ_64);
    EXPECT_EQ(only(w).count, 5U);
}

TEST(contract_set_way, more_call_sites_than_are_kept_are_told_at_once)
{
    contract_world w;
    contract_exit_boot_services(w.core);
    for (uint64_t i = 0; i < CONTRACT_SWEEPS_MAX + 2; i++) {
        w.sweep(ACCESS_DC_ISW, 0x2000 + 4 * i);
    }
    auto found = w.take();
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].site.pc, 0x2000U);
    EXPECT_EQ(found[1].site.pc, 0x2004U);
    w.event(EVENT_SPMC_CALL, PSCI_CPU_OFF);
    EXPECT_TRUE(w.take().empty());
}

TEST(contract_set_way, a_reset_ends_the_run_time_and_all_that_was_known)
{
    for (const bool reset : {false, true}) {
        contract_world w;
        contract_exit_boot_services(w.core);
        w.quiet(WB, ACCESS_WRITE, PA);
        w.hand_over(true);
        if (reset) {
            w.event(EVENT_SPMC_POWER, PSCI_SYSTEM_RESET);
        }
        EXPECT_EQ(contract_secure_owns(w.core), !reset);
        EXPECT_EQ(w.quiet(NC, ACCESS_READ, PA), reset);
        w.take();
        w.sweep(ACCESS_DC_ISW);
        w.finish();
        EXPECT_EQ(w.take().size(), reset ? 0U : 1U);
    }
}

// The queue

TEST(contract_queue, counts_what_it_has_no_room_for)
{
    contract_world w;
    w.hand_over(true);
    struct access access = WB;
    access.op = ACCESS_DC_IVAC;
    const struct prove_site site {
    };
    for (uint32_t i = 0; i < CONTRACT_BREACHES_MAX + 3; i++) {
        access.pa = PA + i * LINE;
        contract_access(w.core, &access, &site, false);
    }
    EXPECT_EQ(contract_dropped(w.core), 3U);
    struct contract_breach breach {};
    uint32_t count = 0;
    while (contract_next(w.core, &breach)) {
        EXPECT_EQ(breach.pa, PA + count * LINE);
        count++;
    }
    EXPECT_EQ(count, CONTRACT_BREACHES_MAX + 0U);
}
