// SPDX-License-Identifier: BSD-3-Clause
//
// Translation of the A64 core: descriptors to faults and attributes, both regimes, start levels, tags, ASIDs,
// stale entries. Expected values are written from the Arm ARM ("VMSAv8-64 translation table format
// descriptors", "Memory access control", "Access permission attributes"). Nothing is granted, so that every
// access shows its attributes.
#include <gtest/gtest.h>

#include "tests/unit/cpu_world.hpp"

using namespace a64;

namespace {

constexpr uint64_t VALID = 1, TABLE = 3, PAGE = 3, BLOCK = 1;
constexpr uint64_t AF = 1 << 10, NG = 1 << 11, ISH = 3 << 8, OSH = 2 << 8;
constexpr uint64_t EL0 = 1 << 6, RO = 1 << 7;
constexpr uint64_t PXN = 1ULL << 53, UXN = 1ULL << 54;
constexpr uint64_t PXN_TABLE = 1ULL << 59, UXN_TABLE = 1ULL << 60, NO_EL0_TABLE = 1ULL << 61,
                   RO_TABLE = 1ULL << 62;
constexpr uint64_t ATTR(uint64_t index)
{
    return index << 2;
}

// MAIR: WB, NC, nGnRnE, WT, nGnRE, WB inner with NC outer, GRE, NC inner with WB outer
constexpr uint64_t MAIR = 0xf40c4f04bb0044ffULL;

constexpr uint64_t L1 = cpu_world::TABLES, L2 = L1 + 0x1000, L3 = L1 + 0x2000;
constexpr uint64_t PROBE = 0x80005000;
constexpr uint64_t TCR_EL1_39 = 25 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23 | 2ULL << 32; // WB walks, no TTBR1
constexpr uint64_t TCR_EL2_39 = 25 | 1 << 8 | 1 << 10 | 3 << 12 | 2 << 16;
constexpr uint64_t MMU_ON = 1 | 1 << 2 | 1 << 12; // M, C, I

enum class does { READ, WRITE, EXECUTE, EL0_READ, EL0_WRITE, EL0_EXECUTE };

struct registers {
    uint64_t tcr;
    uint64_t sctlr = MMU_ON;
    uint64_t ttbr0 = L1;
};

// The tables map RAM to itself at level 1; the entry of PROBE is the test's.
void tables_put(cpu_world &world, uint64_t l1, uint64_t l2, uint64_t l3)
{
    world.put64(L1 + 8, cpu_world::RAM | BLOCK | AF | ISH | ATTR(0));
    world.put64(L1 + 16, l1);
    world.put64(L2, l2);
    world.put64(L3 + 5 * 8, l3);
    world.words(cpu_world::DATA, {smc(1)});
    world.words(cpu_world::RAM + 0x5000, {smc(1)});
}

program mmu_on(uint32_t el, const registers &regs)
{
    program p;
    const bool el2 = el == 2;
    p.set(el2 ? VBAR_EL2 : VBAR_EL1, cpu_world::VECTORS).set(el2 ? MAIR_EL2 : MAIR_EL1, MAIR);
    p.set(el2 ? TCR_EL2 : TCR_EL1, regs.tcr).set(el2 ? TTBR0_EL2 : TTBR0_EL1, regs.ttbr0);
    p.set(el2 ? SCTLR_EL2 : SCTLR_EL1, regs.sctlr)(ISB);
    return p;
}

program access_program(does what, uint64_t va)
{
    program p;
    p.mov(0, va);
    switch (what) {
    case does::READ:
        p(ldr(1, 0));
        break;
    case does::WRITE:
        p(str(1, 0));
        break;
    case does::EXECUTE:
        p(br(0));
        break;
    case does::EL0_READ:
        p(ldtr(1, 0));
        break;
    case does::EL0_WRITE:
        p(sttr(1, 0));
        break;
    case does::EL0_EXECUTE:
        p(msr(ELR_EL1, 0)).set(SPSR_EL1, 0)(ERET);
        break;
    }
    p(smc(0));
    return p;
}

constexpr int64_t DONE = -1;

// DONE, or the fault status code; the FAR has to be `va`.
int64_t outcome(cpu_world &world, uint32_t el, does what, uint64_t va)
{
    if (!world.in_vectors()) {
        return DONE;
    }
    const uint64_t esr = world.sysreg(el == 2 ? ESR_EL2 : ESR_EL1);
    if (what == does::EL0_EXECUTE && esr >> 26 == 0) {
        EXPECT_EQ(world.sysreg(ELR_EL1), va);
        return DONE; // SMC at EL0 is UNDEFINED: it was executed
    }
    const bool fetch = what == does::EXECUTE || what == does::EL0_EXECUTE;
    const uint64_t same_level = what == does::EL0_EXECUTE ? 0 : 1;
    EXPECT_EQ(esr >> 26, (fetch ? 0x20U : 0x24U) + same_level);
    EXPECT_EQ(esr >> 6 & 1, what == does::WRITE || what == does::EL0_WRITE ? 1U : 0U) << "WnR";
    EXPECT_EQ(world.sysreg(el == 2 ? FAR_EL2 : FAR_EL1), va);
    return static_cast<int64_t>(esr & 0x3f);
}

struct probe_result {
    int64_t outcome;
    std::vector<struct access> accesses; // of the probe
};

probe_result probe(uint32_t el, does what, uint64_t l1, uint64_t l2, uint64_t l3, registers regs,
                   uint64_t va = PROBE)
{
    cpu_world world(CPU_MEMORY_CACHED, static_cast<uint8_t>(el));
    tables_put(world, l1, l2, l3);
    program p = mmu_on(el, regs);
    p.append(access_program(what, va));
    EXPECT_EQ(world.run_program(p), CPU_NEED_SMC);
    probe_result result = {outcome(world, el, what, va), {}};
    const bool fetch = what == does::EXECUTE || what == does::EL0_EXECUTE;
    for (const struct access &access : world.accesses) {
        if (access.va == va && access.agent == (fetch ? AGENT_FETCH : AGENT_PE) && access.size != 0) {
            result.accesses.push_back(access);
        }
    }
    return result;
}

registers default_registers(uint32_t el)
{
    return {el == 2 ? TCR_EL2_39 : TCR_EL1_39};
}

} // namespace

TEST(cpu_mmu, descriptors_lead_to_pages_blocks_or_faults)
{
    const uint64_t page = cpu_world::DATA | PAGE | AF | ISH;
    const struct {
        const char *what;
        uint64_t l1, l2, l3;
        int64_t outcome;
        uint64_t pa;
    } rows[] = {
        {"level 3 page", L2 | TABLE, L3 | TABLE, page, DONE, cpu_world::DATA},
        {"level 2 block", L2 | TABLE, cpu_world::RAM | BLOCK | AF, 0, DONE, cpu_world::RAM + 0x5000},
        {"level 1 block", cpu_world::RAM | BLOCK | AF, 0, 0, DONE, cpu_world::RAM + 0x5000},
        {"contiguous page", L2 | TABLE, L3 | TABLE, page | 1ULL << 52, DONE, cpu_world::DATA},
        {"invalid level 1", 0, 0, 0, 0x05, 0},
        {"invalid level 2", L2 | TABLE, 0, 0, 0x06, 0},
        {"invalid level 3", L2 | TABLE, L3 | TABLE, 0, 0x07, 0},
        {"invalid level 3, table bit set", L2 | TABLE, L3 | TABLE, page & ~VALID, 0x07, 0},
        {"reserved level 3 (block)", L2 | TABLE, L3 | TABLE, cpu_world::DATA | BLOCK | AF, 0x07, 0},
        {"access flag, level 1", cpu_world::RAM | BLOCK, 0, 0, 0x09, 0},
        {"access flag, level 2", L2 | TABLE, cpu_world::RAM | BLOCK, 0, 0x0a, 0},
        {"access flag, level 3", L2 | TABLE, L3 | TABLE, cpu_world::DATA | PAGE, 0x0b, 0},
        {"output beyond IPS, level 3", L2 | TABLE, L3 | TABLE, 1ULL << 40 | PAGE | AF, 0x03, 0},
        {"output beyond IPS, level 2", L2 | TABLE, 1ULL << 40 | BLOCK | AF, 0, 0x02, 0},
        {"table beyond IPS, level 1", 1ULL << 40 | TABLE, 0, 0, 0x01, 0},
        {"table beyond IPS, level 2", L2 | TABLE, 1ULL << 41 | TABLE, 0, 0x02, 0},
        {"table where nothing answers", 0x20000000 | TABLE, 0, 0, 0x16, 0},
        {"level 3 table where nothing answers", L2 | TABLE, 0x20000000 | TABLE, 0, 0x17, 0},
        {"page where nothing answers", L2 | TABLE, L3 | TABLE, 0x20000000 | PAGE | AF, 0x10, 0},
    };
    for (uint32_t el = 1; el <= 2; el++) {
        for (const does what : {does::READ, does::WRITE, does::EXECUTE}) {
            for (const auto &row : rows) {
                const probe_result result = probe(el, what, row.l1, row.l2, row.l3, default_registers(el));
                EXPECT_EQ(result.outcome, row.outcome)
                    << row.what << " EL" << el << " " << static_cast<int>(what);
                if (row.outcome == DONE) {
                    ASSERT_FALSE(result.accesses.empty()) << row.what;
                    EXPECT_EQ(result.accesses.back().pa, row.pa) << row.what;
                }
            }
        }
    }
}

TEST(cpu_mmu, el1_and_el0_permissions)
{
    const int64_t P = 0x0f; // permission fault, level 3
    const struct {
        const char *what;
        uint64_t tables; // of the level 1 descriptor
        uint64_t leaf;
        uint64_t sctlr;
        int64_t outcome[6]; // READ WRITE EXECUTE EL0_READ EL0_WRITE EL0_EXECUTE
    } rows[] = {
        {"EL1 only", 0, 0, 0, {DONE, DONE, DONE, P, P, DONE}},
        {"both", 0, EL0, 0, {DONE, DONE, P, DONE, DONE, DONE}},
        {"EL1 only, read only", 0, RO, 0, {DONE, P, DONE, P, P, DONE}},
        {"both, read only", 0, EL0 | RO, 0, {DONE, P, DONE, DONE, P, DONE}},
        {"UXN", 0, EL0 | RO | UXN, 0, {DONE, P, DONE, DONE, P, P}},
        {"PXN", 0, EL0 | RO | PXN, 0, {DONE, P, P, DONE, P, DONE}},
        {"WXN, writable by EL1", 0, 0, 1 << 19, {DONE, DONE, P, P, P, DONE}},
        {"WXN, writable by both", 0, EL0, 1 << 19, {DONE, DONE, P, DONE, DONE, P}},
        {"WXN, read only", 0, EL0 | RO, 1 << 19, {DONE, P, DONE, DONE, P, DONE}},
        {"tables deny writes", RO_TABLE, EL0, 0, {DONE, P, DONE, DONE, P, DONE}},
        {"tables deny EL0", NO_EL0_TABLE, EL0, 0, {DONE, DONE, DONE, P, P, DONE}},
        {"tables deny execution at EL1", PXN_TABLE, RO, 0, {DONE, P, P, P, P, DONE}},
        {"tables deny execution at EL0", UXN_TABLE, RO, 0, {DONE, P, DONE, P, P, P}},
    };
    for (const auto &row : rows) {
        for (int i = 0; i < 6; i++) {
            registers regs = default_registers(1);
            // with WXN, the code and vectors below have to be read only: their block is
            regs.sctlr |= row.sctlr;
            cpu_world world(CPU_MEMORY_CACHED, 1);
            tables_put(world, L2 | TABLE | row.tables, L3 | TABLE,
                       cpu_world::DATA | PAGE | AF | ISH | row.leaf);
            world.put64(L1 + 8, cpu_world::RAM | BLOCK | AF | ISH | ATTR(0) | RO);
            program p = mmu_on(1, regs);
            p.append(access_program(static_cast<does>(i), PROBE));
            ASSERT_EQ(world.run_program(p), CPU_NEED_SMC) << row.what;
            EXPECT_EQ(outcome(world, 1, static_cast<does>(i), PROBE), row.outcome[i]) << row.what << " " << i;
        }
    }
}

TEST(cpu_mmu, el2_permissions)
{
    const int64_t P = 0x0f;
    const struct {
        const char *what;
        uint64_t tables;
        uint64_t leaf;
        int64_t outcome[3];
    } rows[] = {
        {"read and write", 0, EL0, {DONE, DONE, DONE}},
        {"AP[1] is ignored", 0, 0, {DONE, DONE, DONE}},
        {"read only", 0, RO | EL0, {DONE, P, DONE}},
        {"XN", 0, UXN | EL0, {DONE, DONE, P}},
        {"PXN does not exist", 0, PXN | EL0, {DONE, DONE, DONE}},
        {"XNTable", UXN_TABLE, EL0, {DONE, DONE, P}},
        {"APTable[1]", RO_TABLE, EL0, {DONE, P, DONE}},
        {"APTable[0] does not exist", NO_EL0_TABLE, EL0, {DONE, DONE, DONE}},
    };
    for (const auto &row : rows) {
        for (int i = 0; i < 3; i++) {
            const probe_result result = probe(2, static_cast<does>(i), L2 | TABLE | row.tables, L3 | TABLE,
                                              cpu_world::DATA | PAGE | AF | row.leaf, default_registers(2));
            EXPECT_EQ(result.outcome, row.outcome[i]) << row.what << " " << i;
        }
    }
}

TEST(cpu_mmu, attributes_come_from_mair_descriptor_and_sctlr)
{
    const uint64_t cached = MMU_ON, uncached = MMU_ON & ~(1ULL << 2), no_icache = MMU_ON & ~(1ULL << 12);
    const struct {
        uint64_t leaf;
        uint64_t sctlr;
        does what;
        memory_type type;
        shareability sh;
    } rows[] = {
        {ATTR(0) | ISH, cached, does::READ, MEMORY_NORMAL_WB, SHAREABILITY_INNER},
        {ATTR(0) | OSH, cached, does::READ, MEMORY_NORMAL_WB, SHAREABILITY_OUTER},
        {ATTR(0), cached, does::WRITE, MEMORY_NORMAL_WB, SHAREABILITY_NON},
        {ATTR(1) | ISH, cached, does::READ, MEMORY_NORMAL_NC, SHAREABILITY_OUTER},
        {ATTR(2) | ISH, cached, does::READ, MEMORY_DEVICE_NGNRNE, SHAREABILITY_OUTER},
        {ATTR(3) | ISH, cached, does::WRITE, MEMORY_NORMAL_WT, SHAREABILITY_INNER},
        {ATTR(4), cached, does::READ, MEMORY_DEVICE_NGNRE, SHAREABILITY_OUTER},
        {ATTR(5) | ISH, cached, does::READ, MEMORY_NORMAL_WB, SHAREABILITY_INNER},
        {ATTR(6), cached, does::READ, MEMORY_DEVICE_GRE, SHAREABILITY_OUTER},
        {ATTR(7) | ISH, cached, does::READ, MEMORY_NORMAL_NC, SHAREABILITY_OUTER},
        {ATTR(0) | ISH, uncached, does::READ, MEMORY_NORMAL_NC, SHAREABILITY_OUTER},
        {ATTR(2) | ISH, uncached, does::READ, MEMORY_DEVICE_NGNRNE, SHAREABILITY_OUTER},
        {ATTR(0) | ISH, uncached, does::EXECUTE, MEMORY_NORMAL_WB, SHAREABILITY_INNER},
        {ATTR(0) | ISH, no_icache, does::EXECUTE, MEMORY_NORMAL_NC, SHAREABILITY_OUTER},
        {ATTR(0) | ISH, no_icache, does::READ, MEMORY_NORMAL_WB, SHAREABILITY_INNER},
        {ATTR(2) | ISH, cached, does::EXECUTE, MEMORY_NORMAL_NC, SHAREABILITY_OUTER},
    };
    for (uint32_t el = 1; el <= 2; el++) {
        for (const auto &row : rows) {
            registers regs = default_registers(el);
            regs.sctlr = row.sctlr;
            const probe_result result =
                probe(el, row.what, L2 | TABLE, L3 | TABLE, cpu_world::DATA | PAGE | AF | row.leaf, regs);
            EXPECT_EQ(result.outcome, DONE);
            ASSERT_FALSE(result.accesses.empty());
            EXPECT_EQ(result.accesses.back().type, row.type) << std::hex << row.leaf << " " << row.sctlr;
            EXPECT_EQ(result.accesses.back().shareability, row.sh)
                << std::hex << row.leaf << " " << row.sctlr;
        }
    }
}

TEST(cpu_mmu, without_translation_data_is_device_and_fetches_follow_the_i_bit)
{
    for (const uint64_t i_bit : {0ULL, 1ULL << 12}) {
        cpu_world world(CPU_MEMORY_CACHED, 1);
        program p;
        p.set(SCTLR_EL1, i_bit).mov(0, cpu_world::DATA)(ldr(1, 0)).mov(0, cpu_world::CODE + 0x400)(br(0));
        world.words(cpu_world::CODE + 0x400, {smc(0)});
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
        EXPECT_EQ(world.accesses_of(ACCESS_READ).back().type, MEMORY_DEVICE_NGNRNE);
        const struct access fetch = world.accesses_of(ACCESS_READ, AGENT_FETCH).back();
        EXPECT_EQ(fetch.type, i_bit != 0 ? MEMORY_NORMAL_WT : MEMORY_NORMAL_NC);
        EXPECT_EQ(fetch.size, 64U);
        EXPECT_EQ(fetch.pa % 64, 0U);
    }
    struct cpu_config config = cpu_world::default_config(CPU_MEMORY_CACHED, 1);
    config.hcr_el2 = 1 << 12; // DC
    cpu_world world(config);
    program p;
    p.set(SCTLR_EL1, MMU_ON);                         // DC takes M away
    p.mov(0, cpu_world::DATA + 1)(ldr(1, 0))(smc(0)); // unaligned: this is Normal memory
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.accesses_of(ACCESS_READ).back().type, MEMORY_NORMAL_WB);
}

TEST(cpu_mmu, walks_have_the_attributes_of_tcr_and_are_uncached_without_c)
{
    const struct {
        uint64_t irgn;
        uint64_t sctlr;
        memory_type type;
    } rows[] = {
        {0, MMU_ON, MEMORY_NORMAL_NC},
        {1, MMU_ON, MEMORY_NORMAL_WB},
        {2, MMU_ON, MEMORY_NORMAL_WT},
        {3, MMU_ON, MEMORY_NORMAL_WB},
        {1, MMU_ON & ~(1ULL << 2), MEMORY_NORMAL_NC},
    };
    for (const auto &row : rows) {
        cpu_world world(CPU_MEMORY_CACHED, 1);
        tables_put(world, L2 | TABLE, L3 | TABLE, cpu_world::DATA | PAGE | AF);
        registers regs = {(TCR_EL1_39 & ~(3ULL << 8)) | row.irgn << 8, row.sctlr};
        program p = mmu_on(1, regs);
        p.append(access_program(does::READ, PROBE));
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
        const auto walks = world.accesses_of(ACCESS_READ, AGENT_WALKER);
        ASSERT_EQ(walks.size(), 4U) << "one for the code, three for the page";
        EXPECT_EQ(walks[1].pa, L1 + 16);
        EXPECT_EQ(walks[2].pa, L2);
        EXPECT_EQ(walks[3].pa, L3 + 40);
        for (const struct access &walk : walks) {
            EXPECT_EQ(walk.type, row.type);
            EXPECT_EQ(walk.size, 8U);
        }
    }
}

TEST(cpu_mmu, device_memory_takes_no_unaligned_access_and_reports_it_before_permission)
{
    for (const does what : {does::READ, does::WRITE}) {
        const probe_result result =
            probe(1, what, L2 | TABLE, L3 | TABLE, cpu_world::DATA | PAGE | AF | ATTR(2) | RO,
                  default_registers(1), PROBE + 4);
        EXPECT_EQ(result.outcome, 0x21);
    }
    const probe_result normal = probe(1, does::READ, L2 | TABLE, L3 | TABLE, cpu_world::DATA | PAGE | AF,
                                      default_registers(1), PROBE + 4);
    EXPECT_EQ(normal.outcome, DONE);
    registers checked = default_registers(1);
    checked.sctlr |= 2; // A
    const probe_result with_a =
        probe(1, does::READ, L2 | TABLE, L3 | TABLE, cpu_world::DATA | PAGE, checked, PROBE + 4);
    EXPECT_EQ(with_a.outcome, 0x21) << "before the access flag fault";
}

// The number of address bits chooses the level that the walk starts at, and how much of the table it uses.
TEST(cpu_mmu, the_walk_starts_where_txsz_says)
{
    const struct {
        uint32_t size_offset;
        uint32_t levels;
    } rows[] = {{16, 4}, {24, 4}, {25, 3}, {33, 3}, {34, 2}, {39, 2}};
    for (const auto &row : rows) {
        cpu_world world(CPU_MEMORY_CACHED, 2); // the code of EL2 runs flat, AT walks the tables of EL1
        const uint32_t bits = 64 - row.size_offset;
        // one table for each level, every walked entry leading to the next
        uint64_t table = cpu_world::TABLES;
        const uint64_t va = (1ULL << (bits - 1)) | 0x7000; // the highest address bit is used
        for (uint32_t level = 4 - row.levels; level < 4; level++) {
            const uint64_t index = va >> (12 + 9 * (3 - level)) & 511;
            world.put64(table + 8 * index,
                        level == 3 ? cpu_world::DATA | PAGE | AF : (table + 0x1000) | TABLE);
            table += 0x1000;
        }
        program p;
        p.set(MAIR_EL1, MAIR).set(TCR_EL1, row.size_offset | 2ULL << 32).set(TTBR0_EL1, cpu_world::TABLES);
        p.set(SCTLR_EL1, MMU_ON).mov(0, va)(msr(AT_S1E1R, 0))(mrs(1, PAR_EL1));
        p.mov(0, va << 1)(msr(AT_S1E1R, 0))(mrs(2, PAR_EL1))(smc(0));
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
        EXPECT_EQ(world.x(1), 0xff00000000000000 | cpu_world::DATA | 1 << 11 | 1 << 9) << row.size_offset;
        EXPECT_EQ(world.accesses_of(ACCESS_READ, AGENT_WALKER).size(), row.levels);
        EXPECT_EQ(world.x(2), 0x809U) << "beyond the range: translation fault, level 0";
    }
}

TEST(cpu_mmu, at_tells_what_each_level_may_do_and_fills_no_tlb)
{
    cpu_world world(CPU_MEMORY_CACHED, 2);
    tables_put(world, L2 | TABLE, L3 | TABLE, cpu_world::DATA | PAGE | AF | ISH | RO | ATTR(1));
    program p;
    p.set(MAIR_EL1, MAIR).set(TCR_EL1, TCR_EL1_39).set(TTBR0_EL1, L1).set(SCTLR_EL1, MMU_ON).mov(0, PROBE);
    p(msr(AT_S1E1R, 0))(mrs(1, PAR_EL1))(msr(AT_S1E1W, 0))(mrs(2, PAR_EL1))(msr(AT_S1E0R, 0))(
        mrs(3, PAR_EL1))(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.x(1), 0x4400000000000000 | cpu_world::DATA | 1 << 11 | 1 << 9 | 2 << 7);
    EXPECT_EQ(world.x(2), 0x800U | 0x0f << 1 | 1);
    EXPECT_EQ(world.x(3), 0x800U | 0x0f << 1 | 1);
    EXPECT_EQ(world.accesses_of(ACCESS_READ, AGENT_WALKER).size(), 9U);
}

TEST(cpu_mmu, ttbr1_serves_the_upper_half_and_epd_closes_either)
{
    const uint64_t upper = 0xffffff8000000000 | PROBE;
    const uint64_t tcr_both = (TCR_EL1_39 & ~(1ULL << 23)) | 25ULL << 16 | 2ULL << 30;
    const struct {
        const char *what;
        uint64_t tcr;
        uint64_t va;
        int64_t outcome;
    } rows[] = {
        {"lower", tcr_both, PROBE, DONE},
        {"upper", tcr_both, upper, DONE},
        {"EPD1", tcr_both | 1 << 23, upper, 0x04},
        {"neither half", tcr_both, 0x0000008000000000, 0x04},
        {"neither half, from above", tcr_both, 0xffffff7fffffffff & ~7ULL, 0x04},
        {"a tag without TBI0", tcr_both, PROBE | 0xab00000000000000, 0x04},
        {"a tag with TBI0", tcr_both | 1ULL << 37, PROBE | 0xab00000000000000, DONE},
        {"a tag with TBI1", tcr_both | 1ULL << 38, upper & 0x12ffffffffffffff, DONE},
        {"T0SZ out of range", (tcr_both & ~0x3fULL) | 40, PROBE, 0x04},
    };
    for (const auto &row : rows) {
        cpu_world world(CPU_MEMORY_CACHED, 2);
        tables_put(world, L2 | TABLE, L3 | TABLE, cpu_world::DATA | PAGE | AF);
        program p;
        p.set(MAIR_EL1, MAIR)
            .set(TCR_EL1, row.tcr)
            .set(TTBR0_EL1, L1)
            .set(TTBR1_EL1, L1)
            .set(SCTLR_EL1, MMU_ON);
        p.mov(0, row.va)(msr(AT_S1E1R, 0))(mrs(1, PAR_EL1))(smc(0));
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
        const uint64_t par = world.x(1);
        EXPECT_EQ((par & 1) != 0 ? static_cast<int64_t>(par >> 1 & 0x3f) : DONE, row.outcome) << row.what;
    }
}

TEST(cpu_mmu, a_tagged_branch_target_becomes_a_canonical_pc)
{
    cpu_world world(CPU_MEMORY_CACHED, 1);
    tables_put(world, L2 | TABLE, L3 | TABLE, cpu_world::DATA | PAGE | AF);
    program p = mmu_on(1, {TCR_EL1_39 | 1ULL << 37});
    p.mov(0, PROBE | 0x5a00000000000000)(br(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(cpu_pc(world.cpu), PROBE + 4);
}

// Without TLBI the old translation lives on: that is what a guest that forgets it has to see.
TEST(cpu_mmu, the_tlb_is_stale_until_tlbi)
{
    const struct {
        const char *what;
        program tlbi;
        bool fresh;
    } rows[] = {
        {"nothing", {}, false},
        {"TLBI VMALLE1", {msr(TLBI_VMALLE1, 31)}, true},
        {"TLBI VAE1IS", program().mov(5, PROBE >> 12)(msr(TLBI_VAE1IS, 5)), true},
        {"TLBI VAE1IS of another page", program().mov(5, (PROBE >> 12) + 1)(msr(TLBI_VAE1IS, 5)), false},
        {"TLBI VAE1IS of another ASID", program().mov(5, 7ULL << 48 | PROBE >> 12)(msr(TLBI_VAE1IS, 5)),
         false},
        {"TLBI VAAE1", program().mov(5, 7ULL << 48 | PROBE >> 12)(msr(TLBI_VAAE1, 5)), true},
        {"TLBI ASIDE1", program().mov(5, 0)(msr(TLBI_ASIDE1, 5)), true},
        {"TLBI ASIDE1 of another", program().mov(5, 7ULL << 48)(msr(TLBI_ASIDE1, 5)), false},
        {"DSB and ISB alone", {DSB_SY, ISB}, false},
    };
    for (const auto &row : rows) {
        cpu_world world(CPU_MEMORY_GOLDEN, 1);
        tables_put(world, L2 | TABLE, L3 | TABLE, cpu_world::DATA | PAGE | AF | NG);
        world.put64(cpu_world::DATA, 111);
        world.put64(cpu_world::DATA + 0x1000, 222);
        program p = mmu_on(1, default_registers(1));
        p.mov(0, PROBE)(ldr(1, 0))
            .mov(2, L3 + 40)
            .mov(3, (cpu_world::DATA + 0x1000) | PAGE | AF | NG)(str(3, 2));
        p.append(row.tlbi)(ldr(4, 0))(smc(0));
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC) << row.what;
        EXPECT_EQ(world.x(1), 111U);
        EXPECT_EQ(world.x(4), row.fresh ? 222U : 111U) << row.what;
    }
}

TEST(cpu_mmu, tlbi_by_va_drops_all_of_a_block)
{
    cpu_world world(CPU_MEMORY_GOLDEN, 1);
    tables_put(world, L2 | TABLE, cpu_world::RAM | BLOCK | AF, 0);
    world.put64(cpu_world::RAM + 0x5000, 111);
    program p = mmu_on(1, default_registers(1));
    p.mov(0, PROBE)(ldr(1, 0))
        .mov(2, L2)(str(31, 2))
        .mov(5, (PROBE + 0x100000) >> 12)(msr(TLBI_VAE1IS, 5))(ldr(4, 0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(outcome(world, 1, does::READ, PROBE), 0x06);
}

TEST(cpu_mmu, an_asid_hides_the_pages_of_another_but_not_global_ones)
{
    for (const bool global : {false, true}) {
        cpu_world world(CPU_MEMORY_GOLDEN, 1);
        const uint64_t flags = PAGE | AF | (global ? 0 : NG);
        tables_put(world, L2 | TABLE, L3 | TABLE, cpu_world::DATA | flags);
        world.put64(cpu_world::DATA, 111);
        world.put64(cpu_world::DATA + 0x1000, 222);
        program p = mmu_on(1, {TCR_EL1_39 | 1ULL << 36, MMU_ON, L1 | 0x101ULL << 48});
        p.mov(0, PROBE)(ldr(1, 0)).mov(2, L3 + 40).mov(3, (cpu_world::DATA + 0x1000) | flags)(str(3, 2));
        p.set(TTBR0_EL1, L1 | 0x201ULL << 48)(ldr(4, 0))(smc(0));
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
        EXPECT_EQ(world.x(1), 111U);
        EXPECT_EQ(world.x(4), global ? 111U : 222U);
    }
}

TEST(cpu_mmu, regimes_do_not_share_entries)
{
    cpu_world world(CPU_MEMORY_GOLDEN, 2);
    tables_put(world, L2 | TABLE, L3 | TABLE, cpu_world::DATA | PAGE | AF);
    world.put64(cpu_world::DATA, 111);
    world.put64(cpu_world::DATA + 0x1000, 222);
    world.put64(L1 + 0x4000 + 8, cpu_world::RAM | BLOCK | AF);
    world.put64(L1 + 0x4000 + 16, (L1 + 0x5000) | TABLE);
    world.put64(L1 + 0x5000, (L1 + 0x6000) | TABLE);
    world.put64(L1 + 0x6000 + 40, (cpu_world::DATA + 0x1000) | PAGE | AF);
    program p = mmu_on(2, default_registers(2));
    p.mov(0, PROBE)(ldr(1, 0)).set(MAIR_EL1, MAIR).set(TCR_EL1, TCR_EL1_39).set(TTBR0_EL1, L1 + 0x4000);
    p.set(SCTLR_EL1, MMU_ON).set(ELR_EL2, cpu_world::CODE + 0x1000).set(SPSR_EL2, 5)(ERET);
    world.words(cpu_world::CODE + 0x1000, {ldr(2, 0), hvc(0)});
    world.words(cpu_world::VECTORS + 0x400, {ldr(3, 0), smc(0)});
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.x(1), 111U);
    EXPECT_EQ(world.x(2), 222U);
    EXPECT_EQ(world.x(3), 111U);
}
