// SPDX-License-Identifier: BSD-3-Clause
//
// System registers of the A64 core: which exist, what they hold, what is UNDEFINED and what ends the run.
#include <gtest/gtest.h>

#include "model/cpu_nsel1/sysreg.h"
#include "tests/unit/cpu_world.hpp"

using namespace a64;

namespace {

// Runs one MRS into x1 with vectors installed; false if it was not allowed.
bool read_allowed(cpu_world &world, uint32_t reg, uint64_t *value)
{
    program p;
    p.set(cpu_current_el(world.cpu) == 2 ? VBAR_EL2 : VBAR_EL1, cpu_world::VECTORS)(mrs(1, reg))(smc(0));
    EXPECT_EQ(world.run_program(p), CPU_NEED_SMC);
    *value = world.x(1);
    return !world.in_vectors();
}

bool write_allowed(cpu_world &world, uint32_t reg, uint64_t value)
{
    program p;
    p.set(cpu_current_el(world.cpu) == 2 ? VBAR_EL2 : VBAR_EL1, cpu_world::VECTORS)
        .mov(1, value)(msr(reg, 1))(smc(0));
    EXPECT_EQ(world.run_program(p), CPU_NEED_SMC);
    return !world.in_vectors();
}

} // namespace

TEST(cpu_sysreg, the_table_is_sorted_and_every_entry_is_found)
{
    for (uint32_t id = 0; id < SYSREG_COUNT; id++) {
        EXPECT_EQ(sysreg_find(sysreg_describe(id)->encoding), id) << sysreg_describe(id)->name;
        if (id > 0) {
            EXPECT_LT(sysreg_describe(id - 1)->encoding, sysreg_describe(id)->encoding)
                << sysreg_describe(id)->name;
        }
    }
    EXPECT_EQ(sysreg_find(0), static_cast<uint32_t>(SYSREG_COUNT));
    EXPECT_EQ(sysreg_find(0xffff), static_cast<uint32_t>(SYSREG_COUNT));
}

TEST(cpu_sysreg, no_register_changes_bits_outside_its_mask)
{
    for (uint32_t id = 0; id < SYSREG_COUNT; id++) {
        const struct sysreg_info *info = sysreg_describe(id);
        EXPECT_TRUE(info->access != SYSREG_RO || info->mask == 0) << info->name;
    }
    cpu_world world;
    EXPECT_TRUE(write_allowed(world, SCTLR_EL1, 0xffffffffff7fe008)); // M, A and C stay 0
    EXPECT_EQ(world.sysreg(SCTLR_EL1), SCTLR_EL1_RES1 | (SCTLR_EL1_MASK & 0xffffffffff7fe008));
    EXPECT_TRUE(write_allowed(world, VBAR_EL1, UINT64_MAX));
    EXPECT_EQ(world.sysreg(VBAR_EL1), 0xfffffffffffff800U);
}

TEST(cpu_sysreg, id_registers_are_truthful_and_reserved_ones_are_zero)
{
    cpu_world world(CPU_MEMORY_GOLDEN, 2);
    uint64_t value = 0;
    ASSERT_TRUE(read_allowed(world, ID_AA64PFR0_EL1, &value));
    EXPECT_EQ(value, 0x00ff1111U) << "no FP, no Advanced SIMD, EL0..EL3 in AArch64";
    ASSERT_TRUE(read_allowed(world, sys(3, 0, 0, 6, 0), &value));
    EXPECT_EQ(value, 0x10000U) << "CRC32 and no LSE";
    ASSERT_TRUE(read_allowed(world, sys(3, 0, 0, 7, 0), &value));
    EXPECT_EQ(value >> 28 & 15, 0U) << "4 KiB granule";
    EXPECT_EQ(value >> 24 & 15, 15U) << "no 64 KiB granule";
    EXPECT_EQ(value >> 20 & 15, 0U) << "no 16 KiB granule";
    ASSERT_TRUE(read_allowed(world, sys(3, 0, 0, 7, 7), &value));
    EXPECT_EQ(value, 0U);
    cpu_world el1(CPU_MEMORY_GOLDEN, 1);
    ASSERT_TRUE(read_allowed(el1, ID_AA64PFR0_EL1, &value));
    EXPECT_EQ(value, 0x00ff1011U) << "no EL2 to enter";
}

TEST(cpu_sysreg, undefined_are_denied_features_higher_levels_and_wrong_directions)
{
    uint64_t value = 0;
    const struct {
        const char *what;
        uint32_t reg;
        bool write;
    } rows[] = {
        {"FPCR", FPCR, false},
        {"ICC_SRE_EL1", sys(3, 0, 12, 12, 5), false},
        {"PMCR_EL0", sys(3, 3, 9, 12, 0), false},
        {"SCTLR_EL2 at EL1", SCTLR_EL2, false},
        {"SCR_EL3", sys(3, 6, 1, 1, 0), false},
        {"MIDR_EL1 written", MIDR_EL1, true},
        {"CNTFRQ_EL0 written", CNTFRQ_EL0, true},
        {"OSLAR_EL1 read", sys(2, 0, 1, 0, 4), false},
        {"an implementation defined register", sys(3, 0, 11, 0, 0), false},
        {"SCTLR_EL12 (FEAT_VHE)", sys(3, 5, 1, 0, 0), false},
        {"PAN (FEAT_PAN)", sys(3, 0, 4, 2, 3), false},
    };
    for (const auto &row : rows) {
        cpu_world world;
        const bool allowed =
            row.write ? write_allowed(world, row.reg, 0) : read_allowed(world, row.reg, &value);
        EXPECT_FALSE(allowed) << row.what;
        EXPECT_EQ(world.sysreg(ESR_EL1), 0x02000000U) << row.what;
        EXPECT_EQ(world.events_of(EVENT_CPU_UNDEFINED).size(), 1U) << row.what;
    }
    cpu_world own_stack;
    program p;
    p.set(VBAR_EL1, cpu_world::VECTORS)(spsel(0))(mrs(1, SP_EL0))(smc(0));
    ASSERT_EQ(own_stack.run_program(p), CPU_NEED_SMC);
    EXPECT_TRUE(own_stack.in_vectors()) << "SP_EL0 while it is the stack pointer";
}

TEST(cpu_sysreg, what_is_promised_and_missing_ends_the_run_with_its_name)
{
    const struct {
        uint32_t reg;
        uint64_t value;
        const char *name;
    } rows[] = {
        {sys(2, 0, 0, 2, 2), 1, "self-hosted debug (breakpoint, watchpoint or single step)"},
        {sys(2, 0, 0, 0, 5), 1, "self-hosted debug (breakpoint, watchpoint or single step)"},
        {sys(2, 3, 0, 4, 0), 1, "DBGDTR_EL0 (debug communication channel)"},
    };
    for (const auto &row : rows) {
        cpu_world world;
        program p;
        p.set(VBAR_EL1, cpu_world::VECTORS).mov(1, row.value)(msr(row.reg, 1))(smc(0));
        ASSERT_EQ(world.run_program(p), CPU_NEED_STOP) << row.name;
        EXPECT_EQ(cpu_stop_told(world.cpu)->reason, CPU_STOP_UNMODELLED);
        EXPECT_STREQ(cpu_stop_told(world.cpu)->name, row.name);
        EXPECT_EQ(cpu_stop_told(world.cpu)->word, msr(row.reg, 1));
        EXPECT_EQ(cpu_stop_told(world.cpu)->pc, cpu_pc(world.cpu));
        EXPECT_EQ(world.events_of(EVENT_CPU_UNDEFINED).size(), 0U);
        EXPECT_EQ(world.events_of(EVENT_CPU_UNMODELLED).size(), 1U);
    }
}

TEST(cpu_sysreg, stage_2_is_unmodelled_when_it_would_begin_to_act)
{
    cpu_world world(CPU_MEMORY_GOLDEN, 2);
    program p;
    p.set(HCR_EL2, 1ULL << 31 | 1).set(ELR_EL2, cpu_world::CODE).set(SPSR_EL2, 5)(ERET);
    ASSERT_EQ(world.run_program(p), CPU_NEED_STOP);
    EXPECT_STREQ(cpu_stop_told(world.cpu)->name, "stage 2 translation (HCR_EL2.VM or DC)");
}

TEST(cpu_sysreg, a_masked_timer_can_be_polled)
{
    cpu_world world;
    program p;
    p.mov(0, 1000)(msr(CNTP_TVAL_EL0, 0)).mov(0, 3)(msr(CNTP_CTL_EL0, 0))(mrs(1, CNTP_CTL_EL0))(smc(0));
    p(mrs(2, CNTP_CTL_EL0))(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.x(1), 3U);
    cpu_advance_time(world.cpu, 1000 * 16);
    ASSERT_EQ(world.run(), CPU_NEED_SMC);
    EXPECT_EQ(world.x(2), 7U) << "ISTATUS";
}

TEST(cpu_sysreg, counters_run_with_instructions_and_waiting)
{
    struct cpu_config config = cpu_world::default_config(CPU_MEMORY_GOLDEN, 2);
    config.cntfrq_el0 = 1000000000;
    config.ns_per_instruction = 3;
    config.counter_start = 1000;
    cpu_world world(config);
    program p;
    p.set(CNTVOFF_EL2, 100)(mrs(1, CNTPCT_EL0))(mrs(2, CNTVCT_EL0))(WFI)(mrs(3, CNTPCT_EL0))(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_TIME);
    EXPECT_EQ(world.x(1), 1000U + 3 * 2);
    EXPECT_EQ(world.x(2), 1000U + 3 * 3 - 100);
    cpu_advance_time(world.cpu, 5000);
    ASSERT_EQ(world.run(), CPU_NEED_SMC);
    EXPECT_EQ(world.x(3), 1000U + 3 * 5 + 5000);
}

TEST(cpu_sysreg, ccsidr_is_what_csselr_selects)
{
    cpu_world world;
    program p;
    p.set(CSSELR_EL1, 0)(mrs(1, CCSIDR_EL1)).set(CSSELR_EL1, 1)(mrs(2, CCSIDR_EL1)).set(CSSELR_EL1, 2);
    p(mrs(3, CCSIDR_EL1))(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.x(1), 0x700fe01aU);
    EXPECT_EQ(world.x(2), 0x201fe00aU);
    EXPECT_EQ(world.x(3), 0x707fe07aU);
}

TEST(cpu_sysreg, el1_has_the_identity_that_el2_gives_it)
{
    cpu_world world(CPU_MEMORY_GOLDEN, 2);
    program p;
    p.set(VPIDR_EL2, 0x1234)(mrs(1, MIDR_EL1)).set(ELR_EL2, cpu_world::CODE + 0x1000).set(SPSR_EL2, 5)(ERET);
    world.words(cpu_world::CODE + 0x1000, {mrs(2, MIDR_EL1), smc(0)});
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.x(1), 0x410fd040U);
    EXPECT_EQ(world.x(2), 0x1234U);
}

TEST(cpu_sysreg, el2_sees_the_accesses_that_it_asked_to_see)
{
    const struct {
        const char *what;
        uint64_t hcr;
        uint64_t cnthctl;
        uint32_t word;
        bool trapped;
    } rows[] = {
        {"TVM, write", 1ULL << 26, 3, msr(TCR_EL1, 0), true},
        {"TVM, read", 1ULL << 26, 3, mrs(0, TCR_EL1), false},
        {"TRVM, read", 1ULL << 30, 3, mrs(0, TCR_EL1), true},
        {"TID2, CTR_EL0", 1ULL << 17, 3, mrs(0, CTR_EL0), true},
        {"TID3", 1ULL << 18, 3, mrs(0, ID_AA64PFR0_EL1), true},
        {"TID3, a reserved ID register", 1ULL << 18, 3, mrs(0, sys(3, 0, 0, 7, 7)), true},
        {"TSW", 1ULL << 22, 3, msr(DC_ISW, 0), true},
        {"TPC", 1ULL << 23, 3, msr(DC_CIVAC, 0), true},
        {"TIDCP", 1ULL << 20, 3, mrs(0, sys(3, 1, 15, 2, 0)), true},
        {"TTLB", 1ULL << 25, 3, msr(TLBI_VMALLE1, 31), true},
        {"nothing", 0, 3, msr(DC_ISW, 0), false},
        {"EL1PCTEN = 0", 0, 2, mrs(0, CNTPCT_EL0), true},
        {"EL1PCTEN = 1", 0, 1, mrs(0, CNTPCT_EL0), false},
        {"EL1PCEN = 0", 0, 1, mrs(0, CNTP_CTL_EL0), true},
        {"virtual counter", 0, 0, mrs(0, CNTVCT_EL0), false},
    };
    for (const auto &row : rows) {
        cpu_world world(CPU_MEMORY_GOLDEN, 2);
        program p;
        p.set(VBAR_EL2, cpu_world::VECTORS).set(CNTHCTL_EL2, row.cnthctl).set(HCR_EL2, 1ULL << 31 | row.hcr);
        p.mov(0, cpu_world::DATA).set(ELR_EL2, cpu_world::CODE + 0x1000).set(SPSR_EL2, 5)(ERET);
        world.words(cpu_world::CODE + 0x1000, {row.word, smc(0)});
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC) << row.what;
        EXPECT_EQ(world.in_vectors(), row.trapped) << row.what;
        if (row.trapped) {
            EXPECT_EQ(world.sysreg(ESR_EL2) >> 26, 0x18U) << row.what;
        }
    }
}

TEST(cpu_sysreg, the_os_lock_opens_what_stands_for_an_external_debugger)
{
    const uint32_t oslar = sys(2, 0, 1, 0, 4);
    const uint32_t oseccr = sys(2, 0, 0, 6, 2);
    const uint32_t mdscr = sys(2, 0, 0, 2, 2);
    const uint64_t enables = MDSCR_MASK & ~0x1000ULL; // those that would end the run
    cpu_world world;
    EXPECT_TRUE(write_allowed(world, oslar, 1));
    EXPECT_TRUE(write_allowed(world, mdscr, UINT64_MAX & ~enables));
    EXPECT_EQ(world.sysreg(mdscr), MDSCR_LOCKED | 0x1000U);
    EXPECT_TRUE(write_allowed(world, oseccr, UINT64_MAX));
    EXPECT_EQ(world.sysreg(oseccr), 0xffU);
    EXPECT_TRUE(write_allowed(world, oslar, 0));
    EXPECT_TRUE(write_allowed(world, mdscr, 0));
    EXPECT_EQ(world.sysreg(mdscr), MDSCR_LOCKED) << "kept: the lock is open";
    EXPECT_TRUE(write_allowed(world, oseccr, 0));
    EXPECT_EQ(world.sysreg(oseccr), 0xffU);
}

TEST(cpu_sysreg, nzcv_and_daif_are_pstate)
{
    cpu_world world;
    program p;
    p.set(NZCV, 0xa0000000)(mrs(1, NZCV))(daifset(15)).set(DAIF, 0x140)(mrs(2, DAIF))(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.x(1), 0xa0000000U);
    EXPECT_EQ(world.x(2), 0x140U);
    EXPECT_EQ(cpu_pstate(world.cpu), 0xa0000145U);
}
