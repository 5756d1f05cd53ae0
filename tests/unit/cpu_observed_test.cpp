// SPDX-License-Identifier: BSD-3-Clause
//
// What an observed PE asks about golden memory, and pages that come and go: an observer must hear of every
// access that could matter to it and of nothing else, and what it hears must not change what the guest
// computes.
#include <gtest/gtest.h>

#include <random>

#include "model/bus/translation.h"
#include "tests/unit/cpu_world.hpp"

using namespace a64;

namespace {

constexpr uint64_t TABLE = 3, PAGE = 3, BLOCK = 1, AF = 1 << 10, ISH = 3 << 8;
constexpr uint64_t ATTR(uint64_t index)
{
    return index << 2;
}
constexpr uint64_t MAIR = 0xf40c4f04bb0044ffULL; // WB, NC, nGnRnE, WT, ...
constexpr uint64_t L1 = cpu_world::TABLES, L2 = L1 + 0x1000, L3 = L1 + 0x2000;
constexpr uint64_t PROBE = 0x80005000;
constexpr uint64_t TCR_39 = 25 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23 | 2ULL << 32;
constexpr uint64_t MMU_ON = 1 | 1 << 2 | 1 << 12;
constexpr uint64_t HCR_DC_BIT = 1 << 12;

struct cpu_config observed_config(uint8_t entry_el = 1, uint64_t hcr_el2 = 0)
{
    struct cpu_config config = cpu_world::default_config(CPU_MEMORY_GOLDEN, entry_el);
    config.observed = true;
    config.hcr_el2 = hcr_el2;
    return config;
}

// Everything is write-back from the first instruction: HCR_EL2.DC.
class cacheable_world : public cpu_world {
public:
    cacheable_world() : cpu_world(observed_config(1, HCR_DC_BIT)) {}
};

// RAM maps to itself, write-back; PROBE maps to DATA with the attributes given.
program translated(cpu_world &world, uint64_t leaf, uint64_t tcr = TCR_39)
{
    world.put64(L1 + 8, cpu_world::RAM | BLOCK | AF | ISH | ATTR(0));
    world.put64(L1 + 16, L2 | TABLE);
    world.put64(L2, L3 | TABLE);
    world.put64(L3 + 5 * 8, leaf);
    program p;
    p.set(MAIR_EL1, MAIR).set(TCR_EL1, tcr).set(TTBR0_EL1, L1).set(SCTLR_EL1, MMU_ON)(ISB);
    return p;
}

std::vector<struct access> data_accesses(const cpu_world &world)
{
    std::vector<struct access> found;
    for (const struct access &access : world.accesses) {
        if (access.agent == AGENT_PE && (access.op == ACCESS_READ || access.op == ACCESS_WRITE)) {
            found.push_back(access);
        }
    }
    return found;
}

} // namespace

TEST(cpu_observed, cacheable_accesses_to_a_window_are_not_asked)
{
    cacheable_world world;
    world.put64(cpu_world::DATA, 0x1234);
    program p;
    p.mov(0, cpu_world::DATA)(ldr(1, 0))(str(1, 0, 8))(ldxr(2, 0))(stxr(3, 1, 0))(ldar(4, 0))(ldaxr(5, 0))(
        smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_TRUE(data_accesses(world).empty());
    EXPECT_EQ(world.get64(cpu_world::DATA + 8), 0x1234U);
    EXPECT_EQ(world.marks[(cpu_world::DATA - cpu_world::RAM) / 64], 1);
}

// Buffered stores wait for it, so the observer has to hear of it wherever it goes.
TEST(cpu_observed, a_store_release_is_always_asked)
{
    cacheable_world world;
    program p;
    p.mov(0, cpu_world::DATA)
        .mov(1, 77)(str(1, 0))(stlr(1, 0))(ldaxr(2, 0))(stlxr(3, 1, 0))(stlr(1, 0))(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    const std::vector<struct access> asked = data_accesses(world);
    ASSERT_EQ(asked.size(), 3U);
    for (const struct access &access : asked) {
        EXPECT_EQ(access.op, ACCESS_WRITE);
        EXPECT_TRUE(access.ordered);
    }
    EXPECT_TRUE(asked[1].exclusive);
    EXPECT_FALSE(asked[2].exclusive);
    EXPECT_EQ(world.get64(cpu_world::DATA), 77U);
}

TEST(cpu_observed, uncached_accesses_are_all_asked_and_marks_stay_clear)
{
    for (const uint64_t index : {1, 2, 0, 3}) {
        cpu_world world(observed_config());
        program p = translated(world, cpu_world::DATA | PAGE | AF | ISH | ATTR(index));
        p.mov(0, PROBE)(ldr(1, 0))(ldr(1, 0))(str(1, 0))(str(1, 0))(stp(1, 2, 0))(smc(0));
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
        const bool cacheable = index == 0 || index == 3;
        EXPECT_EQ(data_accesses(world).size(), cacheable ? 0U : 6U) << index;
        EXPECT_EQ(world.marks[(cpu_world::DATA - cpu_world::RAM) / 64], cacheable ? 1 : 0) << index;
    }
}

TEST(cpu_observed, without_translation_data_is_device_memory_and_asked)
{
    cpu_world world(observed_config());
    world.put64(cpu_world::DATA, 77);
    program p;
    p.mov(0, cpu_world::DATA)(ldr(1, 0))(str(1, 0, 8))(smc(0));
    EXPECT_EQ(world.run_program(p), CPU_NEED_SMC);
    ASSERT_EQ(data_accesses(world).size(), 2U);
    EXPECT_EQ(data_accesses(world)[0].type, MEMORY_DEVICE_NGNRNE);
    EXPECT_EQ(world.get64(cpu_world::DATA + 8), 77U);
}

TEST(cpu_observed, instructions_are_asked_by_line_and_kept)
{
    cacheable_world world;
    program p;
    p.mov(0, 0x1000);
    const size_t loop = p.words().size();
    p(0xd1000400); // sub x0, x0, #1
    p(0xf100001f); // cmp x0, #0
    p(b_ne(static_cast<int32_t>(loop) - static_cast<int32_t>(p.words().size())))(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    const auto fetches = world.accesses_of(ACCESS_READ, AGENT_FETCH);
    ASSERT_EQ(fetches.size(), 1U);
    EXPECT_EQ(fetches[0].pa, cpu_world::CODE);
    EXPECT_EQ(fetches[0].size, 64U);
    EXPECT_EQ(fetches[0].type, MEMORY_NORMAL_WB);

    cpu_code_line_invalidate(world.cpu, cpu_world::CODE + 0x20);
    cpu_pc_set(world.cpu, cpu_world::CODE);
    ASSERT_EQ(world.run(), CPU_NEED_SMC);
    EXPECT_EQ(world.accesses_of(ACCESS_READ, AGENT_FETCH).size(), 2U);
}

TEST(cpu_observed, a_line_that_is_not_kept_is_asked_for_every_instruction)
{
    cacheable_world world;
    world.code_kept = false;
    ASSERT_EQ(world.run_program({NOP, NOP, NOP, smc(0)}), CPU_NEED_SMC);
    const auto fetches = world.accesses_of(ACCESS_READ, AGENT_FETCH);
    ASSERT_EQ(fetches.size(), 4U);
    EXPECT_EQ(fetches[3].position, 3U);
}

TEST(cpu_observed, a_store_to_decoded_instructions_is_asked_and_what_follows_is_fetched_again)
{
    cacheable_world world;
    const uint64_t patched = cpu_world::CODE + 0x100;
    world.words(patched, {movz(5, 1), RET});
    program p;
    p.mov(0, patched).mov(1, movz(5, 2))(blr(0))(str_w(1, 0))(blr(0))(str_w(1, 0))(str_w(1, 0))(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(world.x(5), 2U);
    // The second store meets the decoded line again, the third one does not: it has been dropped.
    ASSERT_EQ(data_accesses(world).size(), 2U);
    EXPECT_EQ(data_accesses(world)[0].pa, patched);
    uint32_t fetched = 0;
    for (const struct access &access : world.accesses_of(ACCESS_READ, AGENT_FETCH)) {
        fetched += access.pa == patched;
    }
    EXPECT_EQ(fetched, 2U);
}

TEST(cpu_observed, dc_zva_on_decoded_instructions_or_a_revoked_page_is_asked)
{
    cacheable_world world;
    const uint64_t other = cpu_world::CODE + 0x1000;
    world.words(other, {RET});
    memset(world.at(cpu_world::DATA), 0xAB, 128);
    program p;
    p.mov(0, other)(blr(0))(msr(DC_ZVA, 0))
        .mov(0, cpu_world::DATA)(msr(DC_ZVA, 0))
        .mov(0, cpu_world::DATA + 0x1000)(msr(DC_ZVA, 0))(smc(0));
    cpu_window_remove(world.cpu, cpu_world::DATA + 0x1000, 1);
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    const auto zeroed = world.accesses_of(ACCESS_DC_ZVA);
    ASSERT_EQ(zeroed.size(), 2U);
    EXPECT_EQ(zeroed[0].pa, other);
    EXPECT_EQ(zeroed[1].pa, cpu_world::DATA + 0x1000);
    EXPECT_EQ(world.get64(cpu_world::DATA), 0U);
    EXPECT_EQ(world.get64(cpu_world::DATA + 64), 0xABABABABABABABABU);
}

TEST(cpu_observed, walks_are_asked_if_uncached_or_through_a_revoked_page)
{
    for (const bool uncached : {false, true}) {
        for (const uint64_t revoked : {uint64_t{0}, L2, L3}) {
            cpu_world world(observed_config());
            program p = translated(world, cpu_world::DATA | PAGE | AF | ISH | ATTR(0),
                                   uncached ? TCR_39 & ~0xf00ULL : TCR_39);
            p.mov(0, PROBE)(ldr(1, 0))(smc(0));
            if (revoked != 0) {
                cpu_window_remove(world.cpu, revoked, 8);
            }
            world.put64(cpu_world::DATA, 99);
            ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
            EXPECT_EQ(world.x(1), 99U);
            const auto walks = world.accesses_of(ACCESS_READ, AGENT_WALKER);
            if (uncached) {
                EXPECT_EQ(walks.size(), 4U);
            } else if (revoked == 0) {
                EXPECT_TRUE(walks.empty());
            } else {
                ASSERT_EQ(walks.size(), 1U);
                EXPECT_EQ(walks[0].pa & ~0xfffULL, revoked);
            }
        }
    }
}

TEST(cpu_observed, changes_of_translation_are_told_with_the_regime_as_it_is_now)
{
    const struct {
        uint32_t reg;
        uint64_t value;
        uint8_t el;
    } rows[] = {
        {MAIR_EL1, MAIR, 1}, {TCR_EL1, TCR_39, 1},   {TTBR0_EL1, L1, 1},  {TTBR1_EL1, L2, 1},
        {SCTLR_EL1, 4, 1},   {HCR_EL2, 1U << 12, 1}, {MAIR_EL2, MAIR, 2}, {TCR_EL2, 25, 2},
        {TTBR0_EL2, L1, 2},  {SCTLR_EL2, 4, 2},
    };
    for (const auto &row : rows) {
        cpu_world world(observed_config(2));
        program p;
        p.set(row.reg, row.value)(smc(0));
        world.words(cpu_world::CODE, p.words());
        cpu_need need = CPU_NEED_NOTHING;
        uint32_t told = 0;
        while ((need = cpu_run(world.cpu, 100)) == CPU_NEED_ACCESS) {
            struct access *access = cpu_access(world.cpu);
            if (access->op == ACCESS_TRANSLATION_CHANGED) {
                struct translation_regime regime {};
                struct translation_regime now {};
                ASSERT_EQ(access->size, sizeof(regime));
                memcpy(&regime, cpu_access_data(world.cpu), sizeof(regime));
                cpu_translation_regime(world.cpu, row.el, &now);
                EXPECT_EQ(memcmp(&regime, &now, sizeof(now)), 0) << row.el;
                EXPECT_EQ(regime.el, row.el);
                EXPECT_EQ(regime.live, row.reg == HCR_EL2);
                told++;
            } else if (access->agent == AGENT_FETCH) {
                memcpy(cpu_access_data(world.cpu), world.at(access->pa), access->size);
                access->granted = 1;
            }
            cpu_provide(world.cpu, ACCESS_OK);
        }
        EXPECT_EQ(need, CPU_NEED_SMC);
        EXPECT_EQ(told, 1U) << std::hex << row.reg;
        uint32_t reported = 0;
        for (uint32_t i = 0; i < world.log->count; i++) {
            reported += world.log->events[i].kind == EVENT_CPU_SYSREG_WRITE;
        }
        EXPECT_EQ(reported, 1U) << "the write happens once";
    }
}

TEST(cpu_observed, the_regime_shows_every_register)
{
    cpu_world world(observed_config(2));
    program p;
    p.set(MAIR_EL1, 0x11).set(TCR_EL1, 0x19).set(TTBR0_EL1, 0x1000).set(TTBR1_EL1, 0x2000).set(SCTLR_EL1, 5);
    p.set(MAIR_EL2, 0x22).set(TCR_EL2, 0x1a).set(TTBR0_EL2, 0x3000)(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    struct translation_regime regime {};
    cpu_translation_regime(world.cpu, 1, &regime);
    EXPECT_EQ(regime.el, 1);
    EXPECT_TRUE(regime.live);
    EXPECT_EQ(regime.mair, 0x11U);
    EXPECT_EQ(regime.tcr, 0x19U);
    EXPECT_EQ(regime.ttbr0, 0x1000U);
    EXPECT_EQ(regime.ttbr1, 0x2000U);
    EXPECT_EQ(regime.sctlr & 5, 5U);
    EXPECT_EQ(regime.hcr_el2, 1ULL << 31);
    cpu_translation_regime(world.cpu, 2, &regime);
    EXPECT_EQ(regime.el, 2);
    EXPECT_FALSE(regime.live);
    EXPECT_EQ(regime.mair, 0x22U);
    EXPECT_EQ(regime.tcr & 0x3f, 0x1aU);
    EXPECT_EQ(regime.ttbr0, 0x3000U);
    EXPECT_EQ(regime.ttbr1, 0U);
}

TEST(cpu_observed, tlbi_is_told_with_its_encoding_and_operand)
{
    cpu_world world(observed_config(2));
    program p;
    p.mov(3, 0x0001000000080005)(msr(TLBI_VAE1IS, 3))(msr(TLBI_ALLE2, XZR))(smc(0));
    world.words(cpu_world::CODE, p.words());
    std::vector<std::pair<uint64_t, uint64_t>> told;
    while (cpu_run(world.cpu, 100) == CPU_NEED_ACCESS) {
        struct access *access = cpu_access(world.cpu);
        if (access->op == ACCESS_TLBI) {
            uint64_t operand = 1;
            memcpy(&operand, cpu_access_data(world.cpu), sizeof(operand));
            told.emplace_back(access->operand, operand);
        } else if (access->agent == AGENT_FETCH) {
            memcpy(cpu_access_data(world.cpu), world.at(access->pa), access->size);
            access->granted = 1;
        }
        cpu_provide(world.cpu, ACCESS_OK);
    }
    ASSERT_EQ(told.size(), 2U);
    EXPECT_EQ(told[0], std::make_pair(uint64_t{TLBI_VAE1IS >> 5 & 0xffff}, uint64_t{0x0001000000080005}));
    EXPECT_EQ(told[1], std::make_pair(uint64_t{TLBI_ALLE2 >> 5 & 0xffff}, uint64_t{0}));
    EXPECT_STREQ(access_op_text(static_cast<access_op>(ACCESS_TLBI)), "TLBI");
}

TEST(cpu_observed, nobody_is_told_anything_when_nobody_observes)
{
    cpu_world world(CPU_MEMORY_GOLDEN, 1);
    program p = translated(world, cpu_world::DATA | PAGE | AF | ISH | ATTR(1));
    p.mov(0, PROBE)(str(0, 0))(ldr(1, 0))(msr(TLBI_VMALLE1, XZR))(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    ASSERT_EQ(world.accesses.size(), 1U) << "the ISB";
    EXPECT_EQ(world.accesses[0].op, ACCESS_ISB);
}

// ---- pages that come and go ----

TEST(cpu_observed, a_revoked_page_is_asked_until_it_is_given_again)
{
    for (const bool observed : {false, true}) {
        struct cpu_config config = observed_config(1, HCR_DC_BIT);
        config.observed = observed;
        cpu_world world(config);
        program p;
        p.mov(0, cpu_world::DATA)(str(0, 0))(ldr(1, 0)).mov(0, cpu_world::DATA + 0x1000)(str(0, 0))(smc(0));
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
        EXPECT_TRUE(data_accesses(world).empty());

        cpu_window_remove(world.cpu, cpu_world::DATA + 8, 4);
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
        ASSERT_EQ(data_accesses(world).size(), 2U);
        EXPECT_EQ(data_accesses(world)[1].pa, cpu_world::DATA);
        EXPECT_NE(cpu_window_mark(world.cpu, cpu_world::DATA), nullptr);

        ASSERT_TRUE(
            cpu_window_add(world.cpu, cpu_world::DATA, 0x1000, world.at(cpu_world::DATA), true, nullptr));
        world.accesses.clear();
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
        EXPECT_TRUE(data_accesses(world).empty());
    }
}

TEST(cpu_observed, a_page_given_for_reads_alone_asks_for_stores)
{
    cacheable_world world;
    program p;
    p.mov(0, cpu_world::DATA)(str(0, 0))(ldr(1, 0))(str(0, 0))(ldr(2, 0))(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    // from a page that may be written, and from one that may not even be read
    for (const bool removed : {false, true}) {
        if (removed) {
            cpu_window_remove(world.cpu, cpu_world::DATA, 0x1000);
        }
        cpu_window_add(world.cpu, cpu_world::DATA, 0x1000, world.at(cpu_world::DATA), false, nullptr);
        world.accesses.clear();
        ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
        EXPECT_EQ(world.accesses_of(ACCESS_WRITE).size(), 2U) << removed;
        EXPECT_TRUE(world.accesses_of(ACCESS_READ).empty()) << removed;
    }
}

TEST(cpu_observed, the_whole_range_comes_back_page_by_page)
{
    cacheable_world world;
    program p;
    p.mov(0, cpu_world::DATA)(str(0, 0)).mov(1, cpu_world::DATA + 0x1000)(str(0, 1))(smc(0));
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    cpu_window_remove(world.cpu, 0, UINT64_MAX);
    cpu_window_remove(world.cpu, 0, UINT64_MAX);
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    EXPECT_EQ(data_accesses(world).size(), 2U);
    cpu_window_add(world.cpu, cpu_world::DATA, 0x1000, world.at(cpu_world::DATA), true, nullptr);
    world.accesses.clear();
    ASSERT_EQ(world.run_program(p), CPU_NEED_SMC);
    ASSERT_EQ(data_accesses(world).size(), 1U);
    EXPECT_EQ(data_accesses(world)[0].pa, cpu_world::DATA + 0x1000);
    EXPECT_EQ(cpu_window_mark(world.cpu, cpu_world::DATA), &world.marks[0x20000 / 64]) << "the marks stay";
}

TEST(cpu_observed, revocation_of_data_keeps_decoded_instructions)
{
    cacheable_world world;
    ASSERT_EQ(world.run_program({NOP, smc(0)}), CPU_NEED_SMC);
    cpu_window_remove(world.cpu, 0, UINT64_MAX);
    cpu_pc_set(world.cpu, cpu_world::CODE);
    ASSERT_EQ(world.run(), CPU_NEED_SMC);
    EXPECT_EQ(world.accesses_of(ACCESS_READ, AGENT_FETCH).size(), 1U);
}

// Random revocations and grants of many pages against a plain list of what may be used.
TEST(cpu_observed, thousands_of_revoked_pages_are_exact)
{
    constexpr uint64_t PAGES = 4096, BASE = 0x100000000;
    for (uint32_t seed = 1; seed <= 4; seed++) {
        SCOPED_TRACE(seed);
        std::mt19937 random(seed);
        cacheable_world world;
        std::vector<uint8_t> host(PAGES * 0x1000);
        std::vector<uint8_t> marks(PAGES * 64);
        ASSERT_TRUE(cpu_window_add(world.cpu, BASE, host.size(), host.data(), true, marks.data()));
        program vectors;
        ASSERT_EQ(world.run_program(vectors.set(VBAR_EL1, cpu_world::VECTORS)(smc(0))), CPU_NEED_SMC);
        std::vector<uint8_t> state(PAGES, 3); // bit 0: may be read; bit 1: may be written
        for (uint32_t round = 0; round < 3000; round++) {
            const uint64_t first = random() % PAGES;
            const uint64_t count =
                1 + (random() % 8 == 0 ? random() % (PAGES - first) : random() % 3 % (PAGES - first));
            const uint32_t what = random() % 4;
            if (what == 0 && random() % 64 == 0) {
                cpu_window_remove(world.cpu, 0, UINT64_MAX);
                std::fill(state.begin(), state.end(), 0);
                cpu_window_add(world.cpu, cpu_world::RAM, cpu_world::RAM_SIZE, world.ram.data(), true,
                               nullptr);
            } else if (what <= 1) {
                cpu_window_remove(world.cpu, BASE + first * 0x1000 + random() % 0x1000,
                                  (count - 1) * 0x1000 + 1);
                std::fill_n(state.begin() + static_cast<ptrdiff_t>(first), count, 0);
            } else {
                const bool writable = what == 2;
                ASSERT_TRUE(cpu_window_add(world.cpu, BASE + first * 0x1000, count * 0x1000,
                                           host.data() + first * 0x1000, writable, nullptr));
                std::fill_n(state.begin() + static_cast<ptrdiff_t>(first), count, writable ? 3 : 1);
            }
            if (round % 8 != 0) {
                continue;
            }
            for (uint32_t i = 0; i < 4; i++) {
                const uint64_t page = random() % PAGES;
                world.accesses.clear();
                const uint64_t pa = BASE + page * 0x1000 + random() % 0x1ff * 8;
                cpu_register_set(world.cpu, 7, pa);
                // the world has no memory there: what is asked aborts, what is not asked goes on
                world.words(cpu_world::CODE, {ldr(1, 7), smc(0)});
                cpu_code_invalidate_all(world.cpu);
                cpu_pc_set(world.cpu, cpu_world::CODE);
                world.run(2);
                EXPECT_EQ(world.accesses_of(ACCESS_READ).empty(), (state[page] & 1) != 0) << page;
                world.words(cpu_world::CODE, {str(1, 7), smc(0)});
                cpu_code_invalidate_all(world.cpu);
                cpu_pc_set(world.cpu, cpu_world::CODE);
                world.run(2);
                EXPECT_EQ(world.accesses_of(ACCESS_WRITE).empty(), (state[page] & 2) != 0) << page;
            }
        }
    }
}
