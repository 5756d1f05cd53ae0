// SPDX-License-Identifier: BSD-3-Clause
//
// The run loop of the A64 core: it stops before an exact instruction, and how it is cut into runs, in which
// memory mode and with which dispatch it goes makes no difference to the guest.
#include <gtest/gtest.h>

#include "tests/unit/cpu_world.hpp"

using namespace a64;

namespace {

constexpr uint64_t BLOCK = 1, AF = 1 << 10, ISH = 3 << 8;

uint64_t mix(uint64_t hash, uint64_t value)
{
    hash ^= value;
    return hash * 0x100000001b3 ^ hash >> 29;
}

uint64_t state_hash(const cpu_world &world)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (uint32_t i = 0; i < 32; i++) {
        hash = mix(hash, world.x(i));
    }
    hash = mix(hash, cpu_pc(world.cpu));
    hash = mix(hash, cpu_pstate(world.cpu));
    hash = mix(hash, world.sysreg(ESR_EL1));
    hash = mix(hash, world.sysreg(FAR_EL1));
    hash = mix(hash, world.sysreg(ELR_EL1));
    return mix(hash, cpu_retired(world.cpu));
}

// Loads and stores of all kinds, faults that are stepped over, calls between pages, code that writes code.
void program_put(cpu_world &world)
{
    world.put64(cpu_world::TABLES + 8, cpu_world::RAM | BLOCK | AF | ISH);
    program handler;
    handler(mrs(20, ELR_EL1))(add(20, 20, 4))(msr(ELR_EL1, 20))(add(21, 21, 1))(ERET);
    world.words(cpu_world::VECTORS + 0x200, handler.words());
    const uint64_t other_page = cpu_world::CODE + 0x1ff4; // its last instructions lie in the next page
    world.words(other_page, {add(9, 9, 3), NOP, NOP, add(9, 9, 5), RET});

    program p;
    p.set(VBAR_EL1, cpu_world::VECTORS).set(MAIR_EL1, 0xff).set(TCR_EL1, 25 | 1 << 8 | 1 << 23 | 2ULL << 32);
    p.set(TTBR0_EL1, cpu_world::TABLES).set(SCTLR_EL1, 1 | 1 << 2 | 1 << 12)(ISB);
    p.mov(0, cpu_world::DATA)
        .mov(1, 40)
        .mov(2, other_page)
        .mov(3, 0x20000000)
        .mov(11, cpu_world::CODE + 0x1800);
    const size_t top = p.words().size();
    p(str_post(1, 0, 24))(0xf85e8004); // ldur x4, [x0, #-24]
    p(0xb8404405)(0xf81fc005);         // ldr w5, [x0], #4; stur x5, [x0, #-4]
    p(blr(2))(ldr(6, 3))(svc(1))(NOP); // a call, an abort, a call of EL1
    p(stp(4, 9, SP))(ldp(7, 8, SP))(ldxr(7, 2))(DMB_ISH);
    p(0xd37ff827)(0x9ac12068)(0xca0800e9); // lsl x7, x1, #1; lsl x8, x3, x1; eor x9, x7, x8
    p(0xda9f03ea)(0xba0a0129)(0x9b087d2a); // csetm-like, adcs, mul
    p.mov(12, add(13, 13, 1))(str_w(12, 11)).mov(12, RET)(0xb9000000 | 1 << 10 | 11 << 5 | 12)(blr(11));
    p(subs(1, 1, 1));
    p(b_ne(static_cast<int32_t>(top) - static_cast<int32_t>(p.words().size())))(smc(0));
    world.words(cpu_world::CODE, p.words());
}

struct variant {
    const char *name;
    cpu_memory_mode mode;
    bool one_shot;
    bool grants;
    bool code_kept;
};

const variant VARIANTS[] = {
    {"golden", CPU_MEMORY_GOLDEN, false, false, false},
    {"golden, one shot", CPU_MEMORY_GOLDEN, true, false, false},
    {"cached, granted", CPU_MEMORY_CACHED, false, true, false},
    {"cached, declined", CPU_MEMORY_CACHED, false, false, false},
    {"cached, one shot", CPU_MEMORY_CACHED, true, true, false},
};

std::unique_ptr<cpu_world> world_of(const variant &variant, uint32_t line_size = 64)
{
    struct cpu_config config = cpu_world::default_config(variant.mode, 1);
    config.one_shot = variant.one_shot;
    config.line_size = line_size;
    auto world = std::make_unique<cpu_world>(config);
    world->grants = variant.grants;
    world->code_kept = variant.code_kept;
    program_put(*world);
    return world;
}

} // namespace

TEST(cpu_run, any_number_of_instructions_at_a_time_gives_the_same_states)
{
    constexpr uint64_t TOTAL = 997 * 7;
    auto reference = world_of(VARIANTS[1]);
    std::vector<uint64_t> hashes;
    uint64_t length = 0;
    while (length < TOTAL && reference->run(1) == CPU_NEED_NOTHING) {
        length++;
        ASSERT_EQ(cpu_retired(reference->cpu), length);
        hashes.push_back(state_hash(*reference));
    }
    ASSERT_GT(length, 1500U) << "the program has to be long enough to mean something";
    EXPECT_EQ(reference->x(21), 120U) << "40 aborts, 40 calls, 40 misaligned exclusives";
    EXPECT_EQ(reference->x(13), 40U) << "the code that was written was executed";
    for (const variant &variant : VARIANTS) {
        for (const uint64_t chunk : {uint64_t{1}, uint64_t{7}, uint64_t{997}, length}) {
            auto world = world_of(variant);
            for (uint64_t at = chunk; at <= length; at += chunk) {
                ASSERT_EQ(world->run(chunk), CPU_NEED_NOTHING) << variant.name << " " << chunk;
                ASSERT_EQ(cpu_retired(world->cpu), at) << variant.name << " " << chunk;
                ASSERT_EQ(state_hash(*world), hashes[at - 1]) << variant.name << " " << chunk << " at " << at;
            }
        }
    }
}

TEST(cpu_run, lines_of_another_size_are_slow_and_right)
{
    auto reference = world_of(VARIANTS[0]);
    ASSERT_EQ(reference->run(100000), CPU_NEED_SMC);
    for (const uint32_t line_size : {16U, 32U, 128U, 2048U}) {
        auto world = world_of(VARIANTS[2], line_size);
        ASSERT_EQ(world->run(100000), CPU_NEED_SMC);
        EXPECT_EQ(state_hash(*world), state_hash(*reference)) << line_size;
        EXPECT_EQ(memcmp(world->ram.data(), reference->ram.data(), world->ram.size()), 0) << line_size;
    }
}

TEST(cpu_run, no_budget_no_instruction)
{
    cpu_world world;
    world.words(cpu_world::CODE, {NOP, NOP});
    EXPECT_EQ(cpu_run(world.cpu, 0), CPU_NEED_NOTHING);
    EXPECT_EQ(cpu_retired(world.cpu), 0U);
    EXPECT_EQ(cpu_pc(world.cpu), cpu_world::CODE);
}

TEST(cpu_run, a_waiting_instruction_is_retired_and_an_event_ends_wfe_at_once)
{
    cpu_world world;
    program p = {WFI, SEV, WFE, WFE, smc(0)};
    ASSERT_EQ(world.run_program(p), CPU_NEED_TIME);
    EXPECT_EQ(cpu_retired(world.cpu), 1U);
    ASSERT_EQ(world.run(), CPU_NEED_TIME) << "the second WFE";
    EXPECT_EQ(cpu_retired(world.cpu), 4U);
    ASSERT_EQ(world.run(), CPU_NEED_SMC);
}

TEST(cpu_run, a_guest_that_makes_many_events_is_cut_into_runs)
{
    cpu_world world;
    world.words(cpu_world::VECTORS + 0x200, {ERET});
    program p;
    p.set(VBAR_EL1, cpu_world::VECTORS).mov(1, 20000)(svc(0))(subs(1, 1, 1))(b_ne(-2))(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC); // the world empties the log after each run
    EXPECT_EQ(world.events_of(EVENT_CPU_EXCEPTION).size(), 20000U);
}

TEST(cpu_run, conditions_agree_with_the_flags_they_read)
{
    // NZCV = n for each n, then CSET-like for each condition, against the definition
    for (uint32_t nzcv = 0; nzcv < 16; nzcv++) {
        cpu_world world;
        program p;
        p.set(NZCV, static_cast<uint64_t>(nzcv) << 28);
        for (uint32_t condition = 0; condition < 14; condition++) {
            p(0x9a9f07e0 | (condition ^ 1) << 12 | condition); // cset x<condition>, <condition>
        }
        p(smc(0));
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
        const bool n = (nzcv & 8) != 0, z = (nzcv & 4) != 0, c = (nzcv & 2) != 0, v = (nzcv & 1) != 0;
        const bool even[7] = {z, c, n, v, c && !z, n == v, n == v && !z};
        for (uint32_t condition = 0; condition < 14; condition++) {
            EXPECT_EQ(world.x(condition), even[condition / 2] != ((condition & 1) != 0) ? 1U : 0U)
                << "nzcv " << nzcv << " condition " << condition;
        }
    }
}
