// SPDX-License-Identifier: BSD-3-Clause
//
// Exceptions of the A64 core: syndromes, saved state, vectors, return, traps, and guests that only fault.
// Expected values are written from the Arm ARM ("ESR_ELx", "Exception entry").
#include <gtest/gtest.h>

#include "tests/unit/cpu_world.hpp"

using namespace a64;

namespace {

constexpr uint64_t EL0T = 0x0, EL1T = 0x4, EL1H = 0x5, EL2H = 0x9;
constexpr uint64_t DAIF_MASKED = 0x3c0;
constexpr uint64_t IL = 1U << 25;

uint64_t esr(uint64_t exception_class, uint64_t iss)
{
    return exception_class << 26 | IL | iss;
}

program with_vectors(uint32_t vbar = VBAR_EL1)
{
    program p;
    p.set(vbar, cpu_world::VECTORS);
    return p;
}

// From EL1 to `target` in the state `spsr`.
program return_to(uint64_t target, uint64_t spsr)
{
    program p;
    p.set(ELR_EL1, target).set(SPSR_EL1, spsr)(ERET);
    return p;
}

constexpr uint64_t EL0_CODE = cpu_world::CODE + 0x1000;

// One instruction at EL0, with SCTLR_EL1 as given (MMU off).
void run_at_el0(cpu_world &world, uint32_t word, uint64_t sctlr = 0)
{
    world.words(EL0_CODE, {word, smc(0)});
    program p = with_vectors();
    p.set(SCTLR_EL1, sctlr).append(return_to(EL0_CODE, EL0T));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
}

} // namespace

TEST(cpu_exception, svc_saves_the_next_instruction_and_the_whole_pstate)
{
    cpu_world world;
    program p = with_vectors();
    p.mov(1, 5)(subs(1, 1, 5))(svc(0x1234));
    const uint64_t svc_at = cpu_world::CODE + 4 * (p.words().size() - 1);
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.vector_offset(), 0x200U);
    EXPECT_EQ(world.sysreg(ESR_EL1), esr(0x15, 0x1234));
    EXPECT_EQ(world.sysreg(ELR_EL1), svc_at + 4);
    EXPECT_EQ(world.sysreg(SPSR_EL1), 0x60000000 | DAIF_MASKED | EL1H);
    ASSERT_EQ(world.events_of(EVENT_CPU_EXCEPTION).size(), 1U);
    EXPECT_EQ(world.events_of(EVENT_CPU_EXCEPTION)[0].args[0], esr(0x15, 0x1234));
    EXPECT_EQ(world.events_of(EVENT_CPU_EXCEPTION)[0].pc, svc_at);
}

TEST(cpu_exception, vectors_tell_where_an_exception_came_from)
{
    cpu_world with_sp_el0;
    program p = with_vectors();
    p(spsel(0))(svc(0));
    ASSERT_EQ(with_sp_el0.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(with_sp_el0.vector_offset(), 0x000U);
    EXPECT_EQ(with_sp_el0.sysreg(SPSR_EL1), DAIF_MASKED | EL1T);

    cpu_world from_el0;
    run_at_el0(from_el0, svc(7));
    EXPECT_EQ(from_el0.vector_offset(), 0x400U);
    EXPECT_EQ(from_el0.sysreg(SPSR_EL1), EL0T);
    EXPECT_EQ(cpu_current_el(from_el0.cpu), 1U);
    EXPECT_EQ(cpu_pstate(from_el0.cpu), DAIF_MASKED | EL1H);
}

TEST(cpu_exception, stack_pointers_are_banked)
{
    cpu_world world;
    program p = with_vectors();
    p.mov(0, 0x1110)(add(SP, 0, 0))(spsel(0)).mov(1, 0x2220)(add(SP, 1, 0))(svc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.x(31), 0x1110U);
    EXPECT_EQ(world.sysreg(SP_EL0), 0x2220U);
}

TEST(cpu_exception, brk_points_at_itself)
{
    cpu_world world;
    program p = with_vectors();
    p(breakpoint(0x77));
    const uint64_t at = cpu_world::CODE + 4 * (p.words().size() - 1);
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.sysreg(ESR_EL1), esr(0x3c, 0x77));
    EXPECT_EQ(world.sysreg(ELR_EL1), at);
}

TEST(cpu_exception, hvc_goes_to_el2_if_there_is_one)
{
    cpu_world with_el2(CPU_MEMORY_GOLDEN, 2);
    program p = with_vectors(VBAR_EL2);
    p.set(ELR_EL2, EL0_CODE).set(SPSR_EL2, EL1H)(ERET);
    with_el2.words(EL0_CODE, {hvc(0x42)});
    ASSERT_EQ(with_el2.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(with_el2.vector_offset(), 0x400U);
    EXPECT_EQ(with_el2.sysreg(ESR_EL2), esr(0x16, 0x42));
    EXPECT_EQ(with_el2.sysreg(ELR_EL2), EL0_CODE + 4);

    cpu_world without;
    program q = with_vectors();
    q(hvc(0x42));
    ASSERT_EQ(without.run_program(q), CPU_NEED_SMC);
    EXPECT_EQ(without.sysreg(ESR_EL1), esr(0, 0));
}

TEST(cpu_exception, smc_is_retired_before_it_is_asked_and_its_answer_is_written)
{
    cpu_world world;
    program p;
    p.mov(0, 0x84000000).mov(1, 11)(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(cpu_retired(world.cpu), p.words().size());
    EXPECT_EQ(cpu_pc(world.cpu), cpu_world::CODE + 4 * p.words().size());
    struct smc_frame frame = {};
    cpu_smc_frame(world.cpu, &frame);
    EXPECT_EQ(frame.x[0], 0x84000000U);
    EXPECT_EQ(frame.x[1], 11U);
    frame.x[0] = 99;
    frame.x[1] = 98;
    cpu_smc_return(world.cpu, &frame, 1);
    EXPECT_EQ(world.x(0), 99U);
    EXPECT_EQ(world.x(1), 11U) << "beyond registers_written";
    EXPECT_EQ(world.events_of(EVENT_CPU_SMC).size(), 1U);
}

TEST(cpu_exception, hypervisor_may_trap_wfe_that_would_wait)
{
    cpu_world world(CPU_MEMORY_GOLDEN, 2);
    program p = with_vectors(VBAR_EL2);
    p.set(HCR_EL2, 1ULL << 31 | 1 << 14).set(ELR_EL2, EL0_CODE).set(SPSR_EL2, DAIF_MASKED | EL1H)(ERET);
    world.words(EL0_CODE, {WFE, WFE}); // the first one meets the event that ERET leaves
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.vector_offset(), 0x400U);
    EXPECT_EQ(world.sysreg(ESR_EL2), esr(1, 0x1e00001));
    EXPECT_EQ(world.sysreg(ELR_EL2), EL0_CODE + 4);
}

// HCR_EL2.TGE: QEMU 7.2 lets EL1's tables translate for such an EL0.
TEST(cpu_exception, el0_of_el2_is_not_translated_by_el1)
{
    cpu_world world(CPU_MEMORY_GOLDEN, 2);
    program p = with_vectors(VBAR_EL2);
    p.set(SCTLR_EL1, 1).set(TCR_EL1, 25).set(TTBR0_EL1, cpu_world::TABLES); // zeros: nothing is mapped
    p.set(HCR_EL2, 1ULL << 31 | 1 << 27).set(ELR_EL2, EL0_CODE).set(SPSR_EL2, DAIF_MASKED | EL0T);
    p.mov(0, cpu_world::DATA)(ERET);
    world.put64(cpu_world::DATA, 0x1234);
    world.words(EL0_CODE, {ldr(1, 0), svc(7)});
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.sysreg(ESR_EL2), esr(0x15, 7));
    EXPECT_EQ(world.x(1), 0x1234U);
}

TEST(cpu_exception, hypervisor_may_trap_smc)
{
    cpu_world world(CPU_MEMORY_GOLDEN, 2);
    program p = with_vectors(VBAR_EL2);
    p.set(HCR_EL2, 1ULL << 31 | 1ULL << 19).set(ELR_EL2, EL0_CODE).set(SPSR_EL2, EL1H)(ERET);
    world.words(EL0_CODE, {smc(3)});
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC); // the one in the vector
    EXPECT_EQ(world.sysreg(ESR_EL2), esr(0x17, 3));
    EXPECT_EQ(world.sysreg(ELR_EL2), EL0_CODE);
    EXPECT_EQ(world.events_of(EVENT_CPU_SMC).size(), 1U);
}

TEST(cpu_exception, a_return_to_an_impossible_state_sets_il_and_keeps_the_level)
{
    const uint64_t impossible[] = {0x10 /* AArch32 */, 0x9 /* EL2 from EL1 */, 0x1 /* EL0 with SP_EL1 */, 0x6,
                                   0xd};
    for (uint64_t spsr : impossible) {
        cpu_world world;
        program p = with_vectors();
        p.append(return_to(EL0_CODE, spsr | 0x80000000));
        world.words(EL0_CODE, {NOP});
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
        EXPECT_EQ(world.sysreg(ESR_EL1), esr(0x0e, 0)) << spsr;
        EXPECT_EQ(world.sysreg(ELR_EL1), EL0_CODE) << spsr;
        EXPECT_EQ(world.sysreg(SPSR_EL1), 0x80000000 | 1 << 20 | EL1H) << spsr;
    }
}

TEST(cpu_exception, an_illegal_state_comes_behind_faults_of_the_fetch)
{
    constexpr uint64_t NOWHERE = 0x20000000; // an external abort
    const struct {
        uint64_t target;
        uint64_t esr;
    } rows[] = {
        {EL0_CODE, esr(0x0e, 0)},
        {EL0_CODE + 2, esr(0x22, 0)},
        {NOWHERE, esr(0x21, 0x10)},
        {NOWHERE + 1, esr(0x22, 0)},
    };
    for (const cpu_memory_mode mode : {CPU_MEMORY_GOLDEN, CPU_MEMORY_CACHED}) {
        for (const auto &row : rows) {
            cpu_world world(mode, 1);
            program p = with_vectors();
            p.append(return_to(row.target, 0xd));
            world.words(EL0_CODE, {NOP});
            ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
            EXPECT_EQ(world.sysreg(ESR_EL1), row.esr) << row.target;
            EXPECT_EQ(world.sysreg(ELR_EL1), row.target);
            EXPECT_EQ(world.sysreg(SPSR_EL1) & 1 << 20, 1U << 20) << "IL is kept";
        }
    }
}

TEST(cpu_exception, a_misaligned_pc_is_reported_at_its_target)
{
    for (const uint64_t target :
         {EL0_CODE + 2, cpu_world::CODE + 2}) { // a new page, and decoded instructions
        cpu_world world;
        program p = with_vectors();
        p.mov(0, target)(br(0));
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
        EXPECT_EQ(world.sysreg(ESR_EL1), esr(0x22, 0));
        EXPECT_EQ(world.sysreg(FAR_EL1), target);
        EXPECT_EQ(world.sysreg(ELR_EL1), target);
    }
}

TEST(cpu_exception, sp_alignment_is_checked_where_sctlr_says_so)
{
    for (const bool enabled : {false, true}) {
        cpu_world world;
        program p = with_vectors();
        p.set(SCTLR_EL1, enabled ? 8 : 0).mov(0, cpu_world::DATA + 8)(add(SP, 0, 0))(ldr(1, SP))(smc(0));
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
        EXPECT_EQ(world.in_vectors(), enabled);
        if (enabled) {
            EXPECT_EQ(world.sysreg(ESR_EL1), esr(0x26, 0));
        }
    }
}

TEST(cpu_exception, data_aborts_tell_reads_writes_and_maintenance)
{
    const struct {
        uint32_t word;
        uint64_t iss;
    } rows[] = {
        {ldr(1, 0), 0x10},
        {str(1, 0), 0x50},
    };
    for (const auto &row : rows) {
        cpu_world world;
        program p = with_vectors();
        p.mov(0, 0x20000000)(row.word);
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
        EXPECT_EQ(world.sysreg(ESR_EL1), esr(0x25, row.iss));
        EXPECT_EQ(world.sysreg(FAR_EL1), 0x20000000U);
    }
    cpu_world world; // beyond the 40 bits of a PA, MMU off
    program p = with_vectors();
    p.mov(0, 1ULL << 40)(msr(DC_CVAC, 0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.sysreg(ESR_EL1), esr(0x25, 0x140)) << "address size fault, CM, WnR";
}

TEST(cpu_exception, an_instruction_abort_has_the_pc_as_its_address)
{
    for (const uint64_t target : {0x20000000ULL, 0ULL, 4ULL}) {
        cpu_world world(CPU_MEMORY_CACHED);
        program p = with_vectors();
        p.mov(0, target)(br(0));
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
        EXPECT_EQ(world.sysreg(ESR_EL1), esr(0x21, 0x10));
        EXPECT_EQ(world.sysreg(FAR_EL1), target);
        EXPECT_EQ(world.sysreg(ELR_EL1), target);
    }
}

// What EL0 may do only if EL1 allows it, and what it may never do.
TEST(cpu_exception, el0_is_trapped_or_undefined)
{
    const uint64_t read = 1;
    const auto trap = [](uint64_t op0, uint64_t op2, uint64_t op1, uint64_t crn, uint64_t rt, uint64_t crm,
                         uint64_t direction) {
        return esr(0x18, op0 << 20 | op2 << 17 | op1 << 14 | crn << 10 | rt << 5 | crm << 1 | direction);
    };
    const struct {
        const char *what;
        uint32_t word;
        uint64_t sctlr_allows; // 0: nothing does
        uint64_t esr;
    } rows[] = {
        {"CTR_EL0", mrs(1, CTR_EL0), 1 << 15, trap(3, 1, 3, 0, 1, 0, read)},
        {"DAIF", mrs(2, DAIF), 1 << 9, trap(3, 1, 3, 4, 2, 2, read)},
        {"DAIFSet", daifset(2), 1 << 9, trap(0, 6, 3, 4, 31, 2, 0)},
        {"DC CIVAC", msr(DC_CIVAC, 3), 1 << 26, trap(1, 1, 3, 7, 3, 14, 0)},
        {"DC ISW", msr(DC_ISW, 3), 0, esr(0, 0)},
        {"DC IVAC", msr(DC_IVAC, 3), 0, esr(0, 0)},
        {"TLBI", msr(TLBI_VMALLE1, 31), 0, esr(0, 0)},
        {"SCTLR_EL1", mrs(1, SCTLR_EL1), 0, esr(0, 0)},
        {"MIDR_EL1", mrs(1, MIDR_EL1), 0, esr(0, 0)},
        {"SMC", smc(1), 0, esr(0, 0)},
        {"HVC", hvc(1), 0, esr(0, 0)},
        {"ERET", ERET, 0, esr(0, 0)},
        {"SPSel", spsel(1), 0, esr(0, 0)},
        {"WFI", WFI, 1 << 16, esr(1, 0x1e00000)},
        {"WFE", 0xd503205f, 1 << 18, esr(1, 0x1e00001)},
        {"CNTVCT_EL0", mrs(1, CNTVCT_EL0), 0, trap(3, 2, 3, 14, 1, 0, read)},
        {"TPIDRRO_EL0", msr(TPIDRRO_EL0, 1), 0, esr(0, 0)},
    };
    for (const auto &row : rows) {
        cpu_world world;
        program p = with_vectors();
        // WFE first meets the event that ERET leaves
        world.words(EL0_CODE, {row.word == WFE ? WFE : NOP, row.word, svc(0)});
        p.append(return_to(EL0_CODE, EL0T));
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC) << row.what;
        EXPECT_EQ(world.sysreg(ESR_EL1), row.esr) << row.what;
        EXPECT_EQ(world.sysreg(ELR_EL1), EL0_CODE + 4) << row.what;
        if (row.sctlr_allows == 0) {
            continue;
        }
        cpu_world allowed;
        program q = with_vectors();
        allowed.words(EL0_CODE, {row.word == WFE ? WFE : NOP, row.word, svc(0)});
        q.set(SCTLR_EL1, row.sctlr_allows).mov(3, cpu_world::DATA).append(return_to(EL0_CODE, EL0T));
        cpu_need need = allowed.run_program(q);
        if (need == CPU_NEED_TIME) {
            need = allowed.run();
        }
        ASSERT_EQ(need, CPU_NEED_SMC) << row.what;
        EXPECT_EQ(allowed.sysreg(ESR_EL1), esr(0x15, 0)) << row.what << " allowed";
    }
}

TEST(cpu_exception, hlt_is_undefined_without_halting_debug)
{
    cpu_world world;
    program p = with_vectors();
    p(hlt(0xf000));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.sysreg(ESR_EL1), esr(0, 0));
    ASSERT_EQ(world.events_of(EVENT_CPU_UNDEFINED).size(), 1U);
    EXPECT_STREQ(cpu_undefined_text(static_cast<uint32_t>(world.events_of(EVENT_CPU_UNDEFINED)[0].args[1])),
                 "HLT without halting debug");
}

TEST(cpu_exception, features_that_the_id_registers_deny_are_undefined_and_named)
{
    const struct {
        uint32_t word;
        const char *text;
    } rows[] = {
        {0x1e604020, "floating point or Advanced SIMD (FEAT_FP, FEAT_AdvSIMD)"}, // fmov d0, d1
        {0x4ea01c00, "floating point or Advanced SIMD (FEAT_FP, FEAT_AdvSIMD)"}, // mov v0.16b, v0.16b
        {0xfd400000, "floating point or Advanced SIMD (FEAT_FP, FEAT_AdvSIMD)"}, // ldr d0, [x0]
        {0xad400400, "floating point or Advanced SIMD (FEAT_FP, FEAT_AdvSIMD)"}, // ldp q0, q1, [x0]
        {0xf8200041, "atomic memory operation (FEAT_LSE)"},                      // ldadd x0, x1, [x2]
        {0xf8208041, "atomic memory operation (FEAT_LSE)"},                      // swp x0, x1, [x2]
        {0xc8a07c41, "compare and swap (FEAT_LSE)"},                             // cas x0, x1, [x2]
        {0x48207c82, "compare and swap (FEAT_LSE)"},                             // casp x0, x1, x2, x3, [x4]
        {0xc8df7c41, "limited ordering region access (FEAT_LOR)"},               // ldlar x1, [x2]
        {0xf8bfc041, "load-acquire RCpc (FEAT_LRCPC)"},                          // ldapr x1, [x2]
        {0x9ac01000, "memory tagging (FEAT_MTE)"},                               // irg x0, x0
        {0xdac10000, "pointer authentication (FEAT_PAuth)"},                     // pacia x0, x0
        {0xba000400, "flag manipulation (FEAT_FlagM)"},                          // rmif x0, #0, #0
        {0x04200000, "SVE or SME"},                                              // add z0.b, z0.b, z0.b
        {0x00000007, "UDF"},                                                     // udf #7
        {0xd50330ff, "barrier that does not exist (FEAT_SB, FEAT_XS)"},          // sb
    };
    for (const auto &row : rows) {
        cpu_world world;
        program p = with_vectors();
        p(row.word);
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
        EXPECT_EQ(world.sysreg(ESR_EL1), esr(0, 0)) << std::hex << row.word;
        const auto events = world.events_of(EVENT_CPU_UNDEFINED);
        ASSERT_EQ(events.size(), 1U);
        EXPECT_EQ(events[0].args[0], row.word);
        EXPECT_STREQ(cpu_undefined_text(static_cast<uint32_t>(events[0].args[1])), row.text)
            << std::hex << row.word;
    }
}

TEST(cpu_exception, a_handler_that_cannot_be_fetched_ends_the_run)
{
    cpu_world world;
    program p;
    p.set(VBAR_EL1, 0x20000000)(breakpoint(1));
    ASSERT_EQ(world.run_program(p), CPU_NEED_STOP);
    EXPECT_EQ(cpu_stop_told(world.cpu)->reason, CPU_STOP_FAULT_REPEATS);
    EXPECT_EQ(world.events_of(EVENT_CPU_EXCEPTION).size(), 16U);
    EXPECT_EQ(cpu_stop_told(world.cpu)->far, 0x20000200U);
    EXPECT_EQ(world.run(), CPU_NEED_STOP) << "it stays over";
}

TEST(cpu_exception, a_handler_that_returns_to_the_cause_for_ever_ends_the_run)
{
    cpu_world world;
    world.words(cpu_world::VECTORS + 0x200, {NOP, ERET});
    program p = with_vectors();
    p.mov(0, 0x20000000)(ldr(1, 0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_STOP);
    EXPECT_EQ(cpu_stop_told(world.cpu)->reason, CPU_STOP_FAULT_REPEATS);
    EXPECT_EQ(world.events_of(EVENT_CPU_EXCEPTION).size(), 1000U);
}

// An emulated instruction faults at the same place for ever, and the guest still gets on.
TEST(cpu_exception, a_handler_that_steps_over_the_cause_does_not)
{
    cpu_world world;
    program handler;
    handler(mrs(9, ELR_EL1))(add(9, 9, 4))(msr(ELR_EL1, 9))(ERET);
    world.words(cpu_world::VECTORS + 0x200, handler.words());
    program p = with_vectors();
    p.mov(1, 3000)(breakpoint(0))(subs(1, 1, 1))(b_ne(-2))(smc(0));
    EXPECT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.events_of(EVENT_CPU_EXCEPTION).size(), 3000U);
}

TEST(cpu_exception, two_thousand_calls_from_one_place_are_no_fault_loop)
{
    cpu_world world;
    world.words(cpu_world::VECTORS + 0x200, {ERET});
    program p = with_vectors();
    p.mov(1, 2000)(svc(0))(subs(1, 1, 1))(b_ne(-2))(smc(0));
    EXPECT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_FALSE(world.in_vectors());
}
