// SPDX-License-Identifier: BSD-3-Clause
//
// The generic timer of the A64 core in simulated time: polled timers, event streams that wake WFE, and
// interrupts that do not exist. Expected values are written from the Arm ARM ("The Generic Timer").
#include <gtest/gtest.h>

#include "tests/unit/cpu_world.hpp"

using namespace a64;

namespace {

constexpr uint32_t DAIFCLR_I = 0xd50342ff;
constexpr uint32_t CNTV_TVAL_EL0 = sys(3, 3, 14, 3, 0);
constexpr uint32_t CNTV_CTL_EL0 = sys(3, 3, 14, 3, 1);
constexpr uint32_t CNTHP_TVAL_EL2 = sys(3, 4, 14, 2, 0);
constexpr uint32_t CNTHP_CTL_EL2 = sys(3, 4, 14, 2, 1);
constexpr uint64_t ENABLE = 1, IMASK = 2, ISTATUS = 4;
constexpr uint64_t EVNTEN = 1 << 2, EVNTDIR = 1 << 3;
constexpr uint64_t EVNTI(uint64_t bit)
{
    return bit << 4;
}

// 1 tick is 1 ns is 1 instruction.
struct cpu_config config_of(uint8_t entry_el, uint64_t counter_start = 0)
{
    struct cpu_config config = cpu_world::default_config(CPU_MEMORY_GOLDEN, entry_el);
    config.cntfrq_el0 = 1000000000;
    config.counter_start = counter_start;
    return config;
}

uint64_t counter(const cpu_world &world, bool is_virtual = false)
{
    return world.sysreg(is_virtual ? CNTVCT_EL0 : CNTPCT_EL0);
}

} // namespace

TEST(cpu_timer, that_is_not_masked_can_be_polled_while_the_pe_masks_interrupts)
{
    const struct {
        uint8_t el;
        uint32_t tval, ctl;
    } rows[] = {{1, CNTP_TVAL_EL0, CNTP_CTL_EL0},
                {1, CNTV_TVAL_EL0, CNTV_CTL_EL0},
                {2, CNTHP_TVAL_EL2, CNTHP_CTL_EL2}};
    for (const auto &row : rows) {
        cpu_world world(config_of(row.el));
        program p;
        p.mov(0, 50)(msr(row.tval, 0)).mov(0, ENABLE)(msr(row.ctl, 0))(mrs(1, row.ctl));
        // Until ISTATUS.
        p(mrs(2, row.ctl))(0x37100042)(b(-2)); // TBNZ x2, #2, +8
        p(mrs(3, row.tval))(smc(0));
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
        EXPECT_EQ(world.x(1), ENABLE);
        EXPECT_EQ(world.x(2), ENABLE | ISTATUS);
        EXPECT_EQ(world.x(3) >> 31, 1U) << "TVAL counts on below zero";
        EXPECT_LT(counter(world), 80U);
    }
}

TEST(cpu_timer, whose_interrupt_would_be_taken_ends_the_run_with_its_name)
{
    const char *const taken = "timer interrupt (generic timer enabled and not masked)";
    program unmasked_after;
    unmasked_after.mov(0, ENABLE)(msr(CNTV_CTL_EL0, 0))(DAIFCLR_I)(smc(0));
    program unmasked_before;
    unmasked_before(DAIFCLR_I).mov(0, ENABLE)(msr(CNTV_CTL_EL0, 0))(smc(0));
    program by_register;
    by_register.mov(0, ENABLE)(msr(CNTV_CTL_EL0, 0))(msr(DAIF, XZR))(smc(0));
    program by_return;
    by_return.mov(0, ENABLE)(msr(CNTV_CTL_EL0, 0)).set(SPSR_EL1, 5).set(ELR_EL1, cpu_world::CODE)(ERET);
    for (const program *p : {&unmasked_after, &unmasked_before, &by_register, &by_return}) {
        cpu_world world(config_of(1));
        ASSERT_EQ(world.run_program(*p), CPU_NEED_STOP);
        EXPECT_STREQ(cpu_stop_told(world.cpu)->name, taken);
    }
    cpu_world masked(config_of(1));
    program p;
    p.mov(0, ENABLE | IMASK)(msr(CNTV_CTL_EL0, 0))(DAIFCLR_I)(smc(0));
    EXPECT_EQ(masked.run_program(p), CPU_NEED_SMC);
}

TEST(cpu_timer, wfi_that_a_timer_would_end_is_unmodelled_and_others_wait_for_ever)
{
    for (uint32_t wait : {WFI, WFE}) {
        cpu_world world(config_of(1));
        program p;
        p.mov(0, ENABLE)(msr(CNTP_CTL_EL0, 0))(wait)(smc(0));
        ASSERT_EQ(world.run_program(p), CPU_NEED_STOP);
        EXPECT_STREQ(cpu_stop_told(world.cpu)->name, "timer interrupt (that WFI or WFE waits for)");

        cpu_world alone(config_of(1));
        ASSERT_EQ(alone.run_program({wait, smc(0)}), CPU_NEED_TIME);
        EXPECT_EQ(cpu_wakes_in(alone.cpu), UINT64_MAX);
    }
    cpu_world stream(config_of(1));
    program p;
    p.set(CNTKCTL_EL1, EVNTEN | EVNTI(4))(WFI)(smc(0));
    ASSERT_EQ(stream.run_program(p), CPU_NEED_TIME);
    EXPECT_EQ(cpu_wakes_in(stream.cpu), UINT64_MAX) << "WFI does not wake at events";
}

TEST(cpu_timer, event_stream_wakes_wfe_at_the_transition_that_it_names)
{
    const struct {
        uint8_t el;
        uint32_t control;
        uint64_t value;
        uint64_t period, phase;
    } rows[] = {
        {1, CNTKCTL_EL1, EVNTEN | EVNTI(9), 1024, 512},
        {1, CNTKCTL_EL1, EVNTEN | EVNTDIR | EVNTI(9), 1024, 0},
        {2, CNTHCTL_EL2, EVNTEN | EVNTI(15), 65536, 32768},
    };
    for (const auto &row : rows) {
        cpu_world world(config_of(row.el, 77));
        program p;
        p.set(row.control, row.value)(WFE)(smc(1))(WFE)(WFE)(smc(2));
        ASSERT_EQ(world.run_program(p), CPU_NEED_TIME);
        const uint64_t before = counter(world);
        const uint64_t first = cpu_wakes_in(world.cpu);
        EXPECT_LE(first, row.period);
        EXPECT_EQ((before + first) % row.period, row.phase);
        cpu_advance_time(world.cpu, first);
        ASSERT_EQ(world.run(), CPU_NEED_SMC) << "it goes on";
        ASSERT_EQ(world.run(), CPU_NEED_TIME) << "the first WFE took the event, the second one waits";
        EXPECT_EQ((counter(world) + cpu_wakes_in(world.cpu)) % row.period, row.phase);
        EXPECT_GT(cpu_wakes_in(world.cpu), row.period - 100);
    }
}

TEST(cpu_timer, events_that_passed_since_the_last_wfe_make_the_next_one_complete)
{
    cpu_world world(config_of(1));
    program p;
    p.set(CNTKCTL_EL1, EVNTEN | EVNTI(3)); // every 16 ticks
    for (uint32_t i = 0; i < 40; i++) {
        p(NOP);
    }
    p(WFE)(smc(1))(msr(CNTKCTL_EL1, XZR))(smc(2))(WFE)(WFE)(smc(3));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    for (uint32_t i = 0; i < 2; i++) {
        cpu_advance_time(world.cpu, 100);
        ASSERT_EQ(world.run(), i == 0 ? CPU_NEED_SMC : CPU_NEED_TIME) << i;
    }
    EXPECT_EQ(cpu_wakes_in(world.cpu), UINT64_MAX) << "the stream is off; one event was left of it";
}

TEST(cpu_timer, the_virtual_offset_moves_the_stream_of_el1)
{
    cpu_world world(config_of(2));
    program p;
    p.set(CNTVOFF_EL2, 100).set(CNTKCTL_EL1, EVNTEN | EVNTI(9))(WFE)(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_TIME);
    EXPECT_EQ((counter(world, true) + cpu_wakes_in(world.cpu)) % 1024, 512U);
    EXPECT_EQ((counter(world) + cpu_wakes_in(world.cpu)) % 1024, 612U);
}

TEST(cpu_timer, a_slow_counter_has_gone_on_when_wfe_wakes_and_not_before)
{
    struct cpu_config config = config_of(1);
    config.cntfrq_el0 = 62500001;
    cpu_world world(config);
    program p;
    p.set(CNTKCTL_EL1, EVNTEN | EVNTI(5))(WFE)(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_TIME);
    cpu_advance_time(world.cpu, cpu_wakes_in(world.cpu) - 1);
    EXPECT_EQ(counter(world), 31U);
    cpu_advance_time(world.cpu, 1);
    EXPECT_EQ(counter(world), 32U);
}
