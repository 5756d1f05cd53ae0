// SPDX-License-Identifier: BSD-3-Clause
//
// Who maintains a shared buffer when, and set/way operations: each rule broken and, in a twin that differs in
// one event, kept.
#include <gtest/gtest.h>

#include "tests/unit/contract_world.hpp"

namespace {

constexpr uint64_t PA = contract_world::PA;
constexpr uint32_t SIZE = contract_world::SIZE;
constexpr uint32_t LINE = contract_world::LINE;

const struct access WB = contract_world::pe_wb();
const struct access NC = contract_world::partition(MEMORY_NORMAL_NC);
const struct access ALIAS = contract_world::partition(MEMORY_NORMAL_WB, PA_SPACE_SECURE);

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

// Memory that was lent: pages of PA + PAGE and behind.

const uint64_t PAGE = 0x1000;

static struct prove_site lender()
{
    struct prove_site site = {};
    site.known = true;
    site.pc = 0x4000;
    return site;
}

TEST(contract_foreign_maintenance, is_the_lenders_of_pages_that_it_has_lent)
{
    const struct prove_site by = lender();
    contract_world w;
    EXPECT_TRUE(w.quiet(WB, ACCESS_DC_IVAC, PA + PAGE + 0x48));
    contract_lend(w.core, PA + PAGE, 2 * PAGE, true, &by);
    EXPECT_FALSE(w.quiet(WB, ACCESS_DC_IVAC, PA + PAGE + 0x48));
    const struct contract_breach breach = only(w);
    expect_rule(breach, PROVE_FOREIGN_MAINTENANCE, PROVE_WARNING);
    EXPECT_EQ(breach.pa, PA + PAGE + 0x40);
    EXPECT_EQ(breach.bytes, LINE);
    EXPECT_EQ(breach.by.pc, 0x4000U);
    EXPECT_FALSE(w.quiet(WB, ACCESS_DC_CIVAC, PA + 3 * PAGE - 1));
    expect_rule(only(w), PROVE_FOREIGN_MAINTENANCE, PROVE_NOTE);
    EXPECT_TRUE(w.quiet(WB, ACCESS_DC_IVAC, PA + PAGE - LINE)); // the buffer's own, and what is not lent
    EXPECT_TRUE(w.quiet(WB, ACCESS_DC_IVAC, PA + 3 * PAGE));
}

TEST(contract_foreign_maintenance, is_not_the_borrowers_nor_of_another_space)
{
    const struct prove_site by = lender();
    contract_world w;
    contract_lend(w.core, PA + PAGE, PAGE, true, &by);
    EXPECT_TRUE(w.quiet(NC, ACCESS_DC_IVAC, PA + PAGE));
    EXPECT_TRUE(w.quiet(ALIAS, ACCESS_DC_IVAC, PA + PAGE));
    struct access secure = WB;
    secure.space = PA_SPACE_SECURE;
    EXPECT_TRUE(w.quiet(secure, ACCESS_DC_IVAC, PA + PAGE));
}

TEST(contract_foreign_maintenance, ends_with_the_part_of_a_loan_that_comes_back)
{
    const struct prove_site by = lender();
    contract_world w;
    contract_lend(w.core, PA + PAGE, 3 * PAGE, true, &by);
    contract_lend(w.core, PA + 2 * PAGE, PAGE, false, &by);
    EXPECT_FALSE(w.quiet(WB, ACCESS_DC_IVAC, PA + PAGE));
    EXPECT_TRUE(w.quiet(WB, ACCESS_DC_IVAC, PA + 2 * PAGE));
    EXPECT_FALSE(w.quiet(WB, ACCESS_DC_IVAC, PA + 3 * PAGE));
    contract_lend(w.core, PA, 8 * PAGE, false, &by);
    EXPECT_TRUE(w.quiet(WB, ACCESS_DC_IVAC, PA + PAGE));
    EXPECT_TRUE(w.quiet(WB, ACCESS_DC_IVAC, PA + 3 * PAGE));
}

TEST(contract_foreign_maintenance, of_more_loans_than_there_is_room_for_is_silent)
{
    const struct prove_site by = lender();
    contract_world w;
    for (uint64_t i = 1; i <= CONTRACT_LOANS_MAX + 1; i++) {
        contract_lend(w.core, PA + i * 2 * PAGE, PAGE, true, &by);
    }
    EXPECT_FALSE(w.quiet(WB, ACCESS_DC_IVAC, PA + CONTRACT_LOANS_MAX * 2 * PAGE));
    EXPECT_TRUE(w.quiet(WB, ACCESS_DC_IVAC, PA + (CONTRACT_LOANS_MAX + 1) * 2 * PAGE));
    contract_lend(w.core, PA, UINT64_MAX - PA, false, &by);
    EXPECT_TRUE(w.quiet(WB, ACCESS_DC_IVAC, PA + 2 * PAGE));
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

TEST(contract_edge, is_found_where_one_byte_of_the_line_is_the_buffers)
{
    contract_world w({LINE, 1, PA + 63, 66});
    for (const uint64_t pa : {PA, PA + 2 * LINE}) {
        EXPECT_FALSE(w.quiet(WB, ACCESS_DC_CVAC, pa));
        const struct contract_breach breach = only(w);
        EXPECT_EQ(breach.bytes, 63U);
        EXPECT_EQ(breach.pa, pa == PA ? PA : pa + 1);
    }
    EXPECT_TRUE(w.quiet(WB, ACCESS_DC_CVAC, PA + 3 * LINE));
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
        {PSCI_CPU_OFF | SMCCC_SVE_HINT, true},
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
