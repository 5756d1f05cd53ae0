// SPDX-License-Identifier: BSD-3-Clause
//
// The short ways of cached mode: a cell that asks for its line without the step, on a page that is known, and
// a cell that does an access over the end of a line when both lines are granted. Both have to be what the
// step would have been (model/cpu_nsel1/refill.h).
#include <gtest/gtest.h>

#include "tests/unit/cpu_world.hpp"

using namespace a64;

namespace {

constexpr uint64_t TCR = 25 | 1 << 8 | 3 << 12 | 1 << 23 | 2ULL << 32;
constexpr uint64_t BLOCK = 1, READ_ONLY = 1 << 7, AF = 1 << 10, ISH = 3 << 8;
constexpr uint64_t OTHER_TABLES = cpu_world::TABLES + 0x1000;

// RAM to itself as Normal write-back; the tables at OTHER_TABLES allow reads alone. MMU and caches on.
program mapped(cpu_world &world)
{
    world.put64(cpu_world::TABLES + 8, cpu_world::RAM | BLOCK | AF | ISH);
    world.put64(OTHER_TABLES + 8, cpu_world::RAM | BLOCK | READ_ONLY | AF | ISH);
    program p;
    p.set(VBAR_EL1, cpu_world::VECTORS)
        .set(MAIR_EL1, 0x00ff)
        .set(TCR_EL1, TCR)
        .set(TTBR0_EL1, cpu_world::TABLES);
    p.set(SCTLR_EL1, 1 | 1 << 2 | 1 << 12)(ISB);
    return p;
}

} // namespace

TEST(cpu_refill, the_cell_asks_what_the_step_asks)
{
    cpu_world world(CPU_MEMORY_CACHED);
    world.grants = true;
    program p = mapped(world);
    p.mov(0, cpu_world::DATA)(str(1, 0))(str(1, 0, 64 + 8))(NOP)(ldr(1, 0, 128))(ldr(1, 0, 192))(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    for (const access_op op : {ACCESS_GRANT_WRITE, ACCESS_GRANT_READ}) {
        const std::vector<struct access> asked = world.accesses_of(op);
        ASSERT_EQ(asked.size(), 2U) << "one by the step, one by the cell";
        EXPECT_EQ(asked[1].pa, asked[0].pa + 64);
        EXPECT_EQ(asked[1].va, asked[0].va + 64);
        EXPECT_EQ(asked[1].pc, asked[0].pc + 4);
        EXPECT_EQ(asked[1].position, asked[0].position + 1);
        EXPECT_EQ(asked[1].size, asked[0].size);
        EXPECT_EQ(asked[1].ordinal, asked[0].ordinal);
        EXPECT_EQ(asked[1].type, asked[0].type);
        EXPECT_EQ(asked[1].shareability, asked[0].shareability);
        EXPECT_EQ(asked[1].el, asked[0].el);
        EXPECT_EQ(asked[1].grant_slot, grant_slot(cpu_grants(world.cpu), asked[1].va));
    }
}

TEST(cpu_refill, a_question_that_is_declined_goes_on_as_an_access)
{
    cpu_world world(CPU_MEMORY_CACHED);
    program p = mapped(world);
    p.mov(0, cpu_world::DATA).mov(1, 0x55)(str(1, 0))(str(1, 0, 64))(ldr(2, 0, 64))(ldr(3, 0))(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.x(2), 0x55U);
    EXPECT_EQ(world.x(3), 0x55U);
    EXPECT_EQ(world.get64(cpu_world::DATA + 64), 0x55U);
    EXPECT_EQ(world.accesses_of(ACCESS_GRANT_WRITE).size(), 2U);
    EXPECT_EQ(world.accesses_of(ACCESS_GRANT_READ).size(), 2U);
    ASSERT_EQ(world.accesses_of(ACCESS_WRITE).size(), 2U);
    EXPECT_EQ(world.accesses_of(ACCESS_READ).size(), 2U);
    EXPECT_EQ(world.accesses_of(ACCESS_WRITE)[1].ordinal, world.accesses_of(ACCESS_WRITE)[0].ordinal);
}

TEST(cpu_refill, a_known_page_is_forgotten_with_its_translation)
{
    cpu_world world(CPU_MEMORY_CACHED);
    world.grants = true;
    program p = mapped(world);
    p.mov(0, cpu_world::DATA)(str(1, 0))(str(1, 0, 64));
    p.set(TTBR0_EL1, OTHER_TABLES)(msr(TLBI_VMALLE1, 31))(str(1, 0, 128))(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.accesses_of(ACCESS_GRANT_WRITE).size(), 2U);
    EXPECT_EQ(world.sysreg(ESR_EL1), 0x9600004DU) << "a permission fault of level 1, on a write";
    EXPECT_EQ(world.sysreg(FAR_EL1), cpu_world::DATA + 128);
}

TEST(cpu_refill, a_page_known_for_reads_is_not_known_for_writes)
{
    cpu_world world(CPU_MEMORY_CACHED);
    world.grants = true;
    program p = mapped(world);
    p.set(TTBR0_EL1, OTHER_TABLES)(msr(TLBI_VMALLE1, 31));
    p.mov(0, cpu_world::DATA)(ldr(1, 0))(ldr(1, 0, 64))(str(1, 0))(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_TRUE(world.accesses_of(ACCESS_GRANT_WRITE).empty());
    EXPECT_EQ(world.sysreg(ESR_EL1), 0x9600004DU);
}

TEST(cpu_refill, an_access_over_two_granted_lines_asks_nobody)
{
    for (const bool one_shot : {false, true}) {
        struct cpu_config config = cpu_world::default_config(CPU_MEMORY_CACHED, 1);
        config.one_shot = one_shot;
        cpu_world world(config);
        world.grants = true;
        program p = mapped(world);
        p.mov(0, cpu_world::DATA).mov(1, 0x1122334455667788).mov(2, 0x99aabbccddeeff00);
        p(str(31, 0))(str(31, 0, 64))(ldr(3, 0))(ldr(3, 0, 64)); // the grants
        p.mov(4, cpu_world::DATA + 56)(stp(1, 2, 4))(ldp(5, 6, 4));
        p.mov(4, cpu_world::DATA + 61)(ldr(7, 4))(str_post(1, 4, 8))(smc(0));
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
        EXPECT_EQ(world.x(5), 0x1122334455667788U);
        EXPECT_EQ(world.x(6), 0x99aabbccddeeff00U);
        EXPECT_EQ(world.x(7), 0xccddeeff00112233U);
        EXPECT_EQ(world.x(4), cpu_world::DATA + 69);
        EXPECT_EQ(world.get64(cpu_world::DATA + 56), 0x6677884455667788U);
        EXPECT_EQ(world.get64(cpu_world::DATA + 61), 0x1122334455667788U);
        EXPECT_TRUE(world.accesses_of(ACCESS_READ).empty());
        EXPECT_TRUE(world.accesses_of(ACCESS_WRITE).empty());
        EXPECT_EQ(world.accesses_of(ACCESS_GRANT_READ).size(), 2U);
        EXPECT_EQ(world.accesses_of(ACCESS_GRANT_WRITE).size(), 2U);
    }
}

TEST(cpu_refill, an_access_over_two_lines_of_which_one_is_granted_is_the_steps)
{
    cpu_world world(CPU_MEMORY_CACHED);
    world.grants = true;
    program p = mapped(world);
    p.mov(0, cpu_world::DATA).mov(1, 0x1122334455667788)(str(31, 0));
    p.mov(4, cpu_world::DATA + 60)(str(1, 4))(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.get64(cpu_world::DATA + 60), 0x1122334455667788U);
    ASSERT_EQ(world.accesses_of(ACCESS_WRITE).size(), 1U) << "the half whose line is not granted";
    EXPECT_EQ(world.accesses_of(ACCESS_WRITE)[0].pa, cpu_world::DATA + 64);
    EXPECT_EQ(world.accesses_of(ACCESS_WRITE)[0].size, 4U);
}
