// SPDX-License-Identifier: BSD-3-Clause
//
// Atomics of FEAT_LSE in the A64 core: what they ask of memory, their faults, and that they are not there
// unless the PE is configured to have them. Expected values are written from the Arm ARM ("Atomic
// instructions", "ESR_ELx"); what they compute is compared with QEMU in tests/differential.
#include <gtest/gtest.h>

#include "tests/unit/cpu_world.hpp"

using namespace a64;

namespace {

constexpr uint32_t LDADD_X1_X2_X0 = 0xf8210002;
constexpr uint32_t LDADDAL_X1_X2_X0 = 0xf8e10002;
constexpr uint32_t STADDL_W1_X0 = 0xb861001f;
constexpr uint32_t LDADDA_X1_XZR_X0 = 0xf8a1001f;
constexpr uint32_t SWPB_W1_W2_X0 = 0x38218002;
constexpr uint32_t CASAL_X1_X2_X0 = 0xc8e1fc02;
constexpr uint32_t CASP_X4_X6_X0 = 0x48247c06;
constexpr uint32_t CASP_X5_X6_X0 = 0x48257c06;
constexpr uint32_t CASP_X4_X7_X0 = 0x48247c07;
constexpr uint32_t LDAPR_X1_X0 = 0xf8bfc001;
constexpr uint32_t LDADD_X1_X2_SP = 0xf82103e2;

struct cpu_config config_with_lse(cpu_memory_mode mode)
{
    struct cpu_config config = cpu_world::default_config(mode, 1);
    config.lse = true;
    return config;
}

constexpr uint64_t BLOCK = 1, AF = 1 << 10, ISH = 3 << 8, READ_ONLY = 1 << 7;
constexpr uint64_t TCR_39 = 25 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23 | 2ULL << 32;
constexpr uint64_t READ_ONLY_VA = 0x80000000;
constexpr uint64_t UNMAPPED_VA = 0xc0000000;

// RAM write-back; the same GiB read-only above it; nothing above that. x0 is the address.
program mapped(cpu_world &world, uint64_t x0)
{
    world.put64(cpu_world::TABLES + 8, cpu_world::RAM | BLOCK | AF | ISH);
    world.put64(cpu_world::TABLES + 16, cpu_world::RAM | BLOCK | AF | ISH | READ_ONLY);
    program p;
    p.set(VBAR_EL1, cpu_world::VECTORS).set(MAIR_EL1, 0xff).set(TCR_EL1, TCR_39);
    p.set(TTBR0_EL1, cpu_world::TABLES).set(SCTLR_EL1, 1 | 1 << 2 | 1 << 12)(ISB);
    p.mov(0, x0).mov(1, 5);
    return p;
}

struct data_accesses {
    std::vector<struct access> reads;
    std::vector<struct access> writes;
};

// The accesses to the page of DATA by `word` alone.
data_accesses accesses_by(cpu_world &world, uint32_t word)
{
    program p = mapped(world, cpu_world::DATA);
    p(word)(smc(0));
    EXPECT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_FALSE(world.in_vectors());
    return {world.accesses_of(ACCESS_READ), world.accesses_of(ACCESS_WRITE)};
}

uint64_t syndrome_of(uint32_t word, uint64_t address)
{
    cpu_world world(config_with_lse(CPU_MEMORY_GOLDEN));
    program p = mapped(world, address);
    p(word)(smc(0));
    EXPECT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_TRUE(world.in_vectors());
    EXPECT_EQ(world.sysreg(FAR_EL1), address);
    return world.sysreg(ESR_EL1);
}

} // namespace

TEST(cpu_atomic, without_the_feature_the_id_register_denies_it_and_every_encoding_is_undefined)
{
    cpu_world without;
    EXPECT_EQ(without.sysreg(sys(3, 0, 0, 6, 0)) >> 20 & 15, 0U);
    cpu_world with(config_with_lse(CPU_MEMORY_GOLDEN));
    EXPECT_EQ(with.sysreg(sys(3, 0, 0, 6, 0)) >> 20 & 15, 2U);
    for (uint32_t word : {LDADD_X1_X2_X0, STADDL_W1_X0, SWPB_W1_W2_X0, CASAL_X1_X2_X0, CASP_X4_X6_X0}) {
        cpu_world world;
        program p;
        p.set(VBAR_EL1, cpu_world::VECTORS).mov(0, cpu_world::DATA)(word)(smc(0));
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
        EXPECT_TRUE(world.in_vectors()) << std::hex << word;
        EXPECT_EQ(world.sysreg(ESR_EL1), 0x02000000U) << std::hex << word;
    }
}

TEST(cpu_atomic, with_the_feature_odd_pairs_and_ldapr_stay_undefined)
{
    for (uint32_t word : {CASP_X5_X6_X0, CASP_X4_X7_X0, LDAPR_X1_X0}) {
        cpu_world world(config_with_lse(CPU_MEMORY_GOLDEN));
        program p = mapped(world, cpu_world::DATA);
        p(word)(smc(0));
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
        EXPECT_TRUE(world.in_vectors()) << std::hex << word;
        EXPECT_EQ(world.sysreg(ESR_EL1), 0x02000000U) << std::hex << word;
    }
}

TEST(cpu_atomic, is_one_exclusive_read_and_one_exclusive_write_ordered_as_the_name_says)
{
    const struct {
        uint32_t word;
        bool acquires, releases;
        uint32_t size;
    } rows[] = {
        {LDADD_X1_X2_X0, false, false, 8}, {LDADDAL_X1_X2_X0, true, true, 8},
        {STADDL_W1_X0, false, true, 4},    {LDADDA_X1_XZR_X0, false, false, 8},
        {SWPB_W1_W2_X0, false, false, 1},
    };
    for (const auto &row : rows) {
        cpu_world world(config_with_lse(CPU_MEMORY_CACHED));
        world.grants = true;
        const data_accesses made = accesses_by(world, row.word);
        ASSERT_EQ(made.reads.size(), 1U) << std::hex << row.word;
        ASSERT_EQ(made.writes.size(), 1U) << std::hex << row.word;
        for (const struct access &access : {made.reads[0], made.writes[0]}) {
            EXPECT_TRUE(access.exclusive);
            EXPECT_EQ(access.pa, cpu_world::DATA);
            EXPECT_EQ(access.size, row.size);
            EXPECT_EQ(access.type, MEMORY_NORMAL_WB);
        }
        EXPECT_EQ(made.reads[0].ordered, row.acquires) << std::hex << row.word;
        EXPECT_EQ(made.writes[0].ordered, row.releases) << std::hex << row.word;
        EXPECT_EQ(made.reads[0].ordinal, 0U);
        EXPECT_EQ(made.writes[0].ordinal, 1U);
    }
}

TEST(cpu_atomic, a_comparison_that_fails_writes_nothing)
{
    cpu_world equal(config_with_lse(CPU_MEMORY_CACHED));
    equal.put64(cpu_world::DATA, 5);
    const data_accesses swapped = accesses_by(equal, CASAL_X1_X2_X0);
    ASSERT_EQ(swapped.writes.size(), 1U);
    EXPECT_TRUE(swapped.reads[0].ordered && swapped.writes[0].ordered);
    EXPECT_EQ(equal.get64(cpu_world::DATA), equal.x(2));

    cpu_world other(config_with_lse(CPU_MEMORY_CACHED));
    other.put64(cpu_world::DATA, 6);
    const data_accesses kept = accesses_by(other, CASAL_X1_X2_X0);
    EXPECT_EQ(kept.reads.size(), 1U);
    EXPECT_TRUE(kept.writes.empty());
    EXPECT_EQ(other.x(1), 6U);
}

TEST(cpu_atomic, in_golden_memory_the_store_marks_its_line_and_drops_decoded_instructions)
{
    cpu_world world(config_with_lse(CPU_MEMORY_GOLDEN));
    program p = mapped(world, cpu_world::CODE + 0x800);
    // A subroutine is called, changed by SWP from ADD x3, x3, #1 into ADD x3, x3, #16, and called again.
    world.words(cpu_world::CODE + 0x800, {add(3, 3, 1), RET});
    p.mov(3, 0).mov(1, add(3, 3, 16))(blr(0))(0xb8218002)(blr(0))(smc(0)); // SWP w1, w2, [x0]
    world.words(cpu_world::CODE, p.words());
    cpu_pc_set(world.cpu, cpu_world::CODE);
    ASSERT_EQ(world.run(), CPU_NEED_SMC);
    EXPECT_EQ(world.x(3), 17U);
    EXPECT_EQ(world.x(2), add(3, 3, 1));
    EXPECT_EQ(world.marks[0x800 / 64], 1);
}

TEST(cpu_atomic, a_fault_that_a_read_would_make_is_told_as_one_of_a_read)
{
    EXPECT_EQ(syndrome_of(LDADD_X1_X2_X0, UNMAPPED_VA), 0x96000005U) << "translation, level 1";
    EXPECT_EQ(syndrome_of(LDADD_X1_X2_X0, READ_ONLY_VA), 0x9600004dU) << "permission, level 1, WnR";
    EXPECT_EQ(syndrome_of(CASAL_X1_X2_X0, READ_ONLY_VA), 0x9600004dU) << "whatever the comparison says";
    EXPECT_EQ(syndrome_of(LDADD_X1_X2_X0, cpu_world::DATA + 4), 0x96000021U) << "alignment, SCTLR.A 0";
    EXPECT_EQ(syndrome_of(CASP_X4_X6_X0, cpu_world::DATA + 8), 0x96000021U) << "of the whole pair";
    EXPECT_EQ(syndrome_of(LDADD_X1_X2_X0, cpu_world::RAM + 0x200000), 0x96000010U) << "external";
}

TEST(cpu_atomic, a_misaligned_stack_pointer_comes_first)
{
    cpu_world world(config_with_lse(CPU_MEMORY_GOLDEN));
    program p = mapped(world, cpu_world::DATA + 4);
    p.set(SCTLR_EL1, 1 | 1 << 2 | 1 << 3 | 1 << 12)(add(SP, 0, 0))(LDADD_X1_X2_SP)(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.sysreg(ESR_EL1), 0x9a000000U);
}
