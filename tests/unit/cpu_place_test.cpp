// SPDX-License-Identifier: BSD-3-Clause
//
// Where an access stands in the run (position and ordinal) is the same in every mode, whatever windows,
// grants and TLB entries served: a token made in one mode must be found in another. Random programs that
// cross lines and pages, fault, translate anew and order, run in all modes; the modes that are asked
// everything must agree access by access, the others must be asked a part of that.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <tuple>

#include "tests/unit/cpu_world.hpp"

using namespace a64;

namespace {

constexpr uint64_t TABLE = 3, PAGE = 3, BLOCK = 1, AF = 1 << 10, ISH = 3 << 8, RO = 1 << 7, EL0 = 1 << 6;
constexpr uint32_t LSR_X23_26 = 0xd35afef7, ORR_X20_X30 = 0xaa1e03f4, EC_FETCH_ABORT = 0x21;
constexpr uint64_t ATTR(uint64_t index)
{
    return index << 2;
}
constexpr uint64_t MAIR = 0xf40c4f04bb0044ffULL; // WB, NC, nGnRnE, WT, ...
constexpr uint64_t L1 = cpu_world::TABLES, L2 = L1 + 0x1000, L3 = L1 + 0x2000, L3_HANDLERS = L1 + 0x3000,
                   L3_NOWHERE = L1 + 0x4000;
constexpr uint64_t TCR_39 =
    25 | 1 << 8 | 1 << 10 | 3 << 12 | 1 << 23 | 2ULL << 32 | 1ULL << 37; // tags are ignored
constexpr uint64_t MMU_ON = 1 | 1 << 2 | 1 << 12;
constexpr uint64_t PAGES = 0x80000000, ALIAS = 0x400000; // the same pages, where TLB entries collide
constexpr uint64_t PAGE_COUNT = 9, PAGE_SIZE = 4096;
constexpr uint64_t HANDLERS = PAGES + 2 * ALIAS; // VECTORS, where their TLB entry and CODE's collide
constexpr uint64_t NOWHERE = PAGES + 4 * ALIAS;  // likewise; no instruction can be fetched there
constexpr uint64_t NOTHING = 0x20000000;         // no memory answers

// Pages of PAGES: write-back, non-cacheable and others side by side, so that an access can cross into each.
void tables_put(cpu_world &world)
{
    const uint64_t wb = PAGE | AF | ISH | ATTR(0);
    const uint64_t leaves[PAGE_COUNT] = {
        cpu_world::DATA | wb | EL0,
        (cpu_world::DATA + 0x3000) | wb,
        (cpu_world::DATA + 0x1000) | PAGE | AF | ATTR(1),
        (cpu_world::DATA + 0x5000) | PAGE | AF | ISH | ATTR(3),
        0,
        (cpu_world::DATA + 0x2000) | wb,
        NOTHING | wb,
        cpu_world::DEVICE | PAGE | AF | ATTR(2),
        (cpu_world::DATA + 0x4000) | wb | RO,
    };
    world.put64(L1 + 8, cpu_world::RAM | BLOCK | AF | ISH | ATTR(0));
    world.put64(L1 + 16, L2 | TABLE);
    world.put64(L2, L3 | TABLE);
    world.put64(L2 + 16, L3 | TABLE);
    world.put64(L2 + 32, L3_HANDLERS | TABLE);
    world.put64(L3_HANDLERS, cpu_world::VECTORS | wb);
    world.put64(L2 + 64, L3_NOWHERE | TABLE);
    world.put64(L3_NOWHERE, NOTHING | wb);
    for (uint64_t i = 0; i < PAGE_COUNT; i++) {
        world.put64(L3 + i * 8, leaves[i]);
    }
    // Faults skip their instruction, or go back to the caller from where none can be fetched.
    world.words(cpu_world::VECTORS + 0x200,
                {mrs(20, ELR_EL1), add(20, 20, 4), mrs(23, ESR_EL1), LSR_X23_26,
                 subs(XZR, 23, EC_FETCH_ABORT), b_ne(2), ORR_X20_X30, msr(ELR_EL1, 20), ERET});
}

class body {
public:
    explicit body(uint64_t seed) : random_(seed)
    {
        program_.set(VBAR_EL1, seed % 2 == 0 ? HANDLERS : cpu_world::VECTORS)
            .set(MAIR_EL1, MAIR)
            .set(TCR_EL1, TCR_39);
        program_.set(TTBR0_EL1, L1).set(SCTLR_EL1, MMU_ON)(ISB);
        program_.mov(21, 4);
        const size_t loop = program_.words().size();
        for (int i = 0; i < 100; i++) {
            one();
        }
        program_(subs(21, 21, 1));
        program_(b_ne(static_cast<int32_t>(loop) - static_cast<int32_t>(program_.words().size())))(smc(0));
    }
    const program &get() const { return program_; }

private:
    uint64_t below(uint64_t count) { return random_() % count; }

    // Near the end of a page, near the end of a line, or anywhere; sometimes aligned.
    uint64_t address()
    {
        const uint64_t page = PAGES + below(2) * ALIAS + below(below(3) == 0 ? PAGE_COUNT : 2) * PAGE_SIZE;
        const uint64_t line = page + below(2) * 64;
        const uint64_t kinds[] = {page + PAGE_SIZE - 1 - below(16), line + 64 - 1 - below(16),
                                  line + below(64), line + below(8) * 8, line};
        const uint64_t tag = below(4) == 0 ? 0xa5ULL << 56 : 0;
        return kinds[below(5)] | tag;
    }

    void one()
    {
        const uint32_t base = 0, rt = static_cast<uint32_t>(1 + below(8)), rt2 = rt == 8 ? 1 : rt + 1;
        if (below(20) == 0) {
            program_.mov(base, NOWHERE)(blr(base));
            return;
        }
        program_.mov(base, address());
        const uint32_t usual[] = {ldr(rt, base),  str(rt, base),  ldp(rt, rt2, base), stp(rt, rt2, base),
                                  ldrb(rt, base), strb(rt, base), ldtr(rt, base),     sttr(rt, base),
                                  ldar(rt, base), stlr(rt, base), ldxr(rt, base),     ldaxr(rt, base)};
        const uint32_t others[] = {msr(DC_ZVA, base),
                                   msr(DC_CIVAC, base),
                                   msr(DC_IVAC, base),
                                   msr(IC_IVAU, base),
                                   msr(AT_S1E1R, base),
                                   msr(TLBI_VMALLE1, 31),
                                   DSB_SY,
                                   DMB_ISH,
                                   msr(TTBR0_EL1, 22),
                                   ISB};
        const uint32_t word =
            below(8) == 0 ? others[below(std::size(others))] : usual[below(std::size(usual))];
        if (word == msr(TTBR0_EL1, 22)) {
            program_.mov(22, L1);
        }
        program_(word);
        if (word == ldxr(rt, base)) {
            program_(stxr(9, rt, base));
        } else if (word == ldaxr(rt, base)) {
            program_(stlxr(9, rt, base));
        }
    }

    std::mt19937_64 random_;
    program program_;
};

struct place {
    uint8_t agent;
    uint64_t position;
    uint32_t ordinal;
    bool operator==(const place &other) const
    {
        return agent == other.agent && position == other.position && ordinal == other.ordinal;
    }
    bool operator<(const place &other) const
    {
        return std::tie(agent, position, ordinal) < std::tie(other.agent, other.position, other.ordinal);
    }
};

place place_of(const struct access &access)
{
    return {access.agent, access.position, access.ordinal};
}

bool same(const struct access &a, const struct access &b)
{
    return place_of(a) == place_of(b) && a.pa == b.pa && a.va == b.va && a.pc == b.pc && a.op == b.op &&
           a.size == b.size && a.type == b.type && a.shareability == b.shareability &&
           a.exclusive == b.exclusive && a.ordered == b.ordered && a.operand == b.operand;
}

std::string text(const struct access &access)
{
    std::ostringstream out;
    out << "agent " << +access.agent << " position " << access.position << "." << access.ordinal << " op "
        << +access.op << " pa 0x" << std::hex << access.pa << " va 0x" << access.va << std::dec << " size "
        << access.size;
    return out.str();
}

bool is_grant(const struct access &access)
{
    return access.op == ACCESS_GRANT_READ || access.op == ACCESS_GRANT_WRITE;
}

// What was asked of memory, without what only an observer is told.
std::vector<struct access> asked(const cpu_world &world)
{
    std::vector<struct access> list;
    std::copy_if(world.accesses.begin(), world.accesses.end(), std::back_inserter(list),
                 [](const struct access &access) { return access.op <= ACCESS_ISB; });
    return list;
}

std::vector<struct access> asked_without_grants(const cpu_world &world)
{
    std::vector<struct access> list = asked(world);
    list.erase(std::remove_if(list.begin(), list.end(), is_grant), list.end());
    return list;
}

struct cpu_config config_of(bool observed, cpu_memory_mode mode)
{
    struct cpu_config config = cpu_world::default_config(mode, 1);
    config.observed = observed;
    return config;
}

// One world with a program in it. `rest` is told after each few instructions.
class runner {
public:
    runner(bool observed, cpu_memory_mode mode, const program &program) : world(config_of(observed, mode))
    {
        tables_put(world);
        world.words(cpu_world::CODE, program.words());
    }
    template <typename rest_type> void run(uint64_t slice, rest_type rest)
    {
        cpu_need need = CPU_NEED_NOTHING;
        for (int i = 0; i < 100000 && need == CPU_NEED_NOTHING; i++) {
            need = world.run(slice);
            rest(world);
        }
        ASSERT_EQ(need, CPU_NEED_SMC);
    }
    void run()
    {
        run(1000000, [](cpu_world &) {});
    }

    cpu_world world;
};

void expect_equal(const std::vector<struct access> &a, const std::vector<struct access> &b)
{
    for (size_t i = 0; i < std::min(a.size(), b.size()); i++) {
        ASSERT_TRUE(same(a[i], b[i])) << i << ": " << text(a[i]) << " and " << text(b[i]);
    }
    ASSERT_EQ(a.size(), b.size());
}

// Each access of `part` is in `all`, in the same order; a question for a grant stands where its access does.
void expect_part(const std::vector<struct access> &part, const std::vector<struct access> &all)
{
    std::map<place, size_t> index;
    for (size_t i = 0; i < all.size(); i++) {
        index[place_of(all[i])] = i;
    }
    size_t last = 0;
    for (const struct access &access : part) {
        const auto found = index.find(place_of(access));
        ASSERT_NE(found, index.end()) << text(access);
        const struct access &known = all[found->second];
        if (is_grant(access)) {
            EXPECT_EQ(access.pa, known.pa & ~63ULL) << text(access);
            EXPECT_EQ(access.op == ACCESS_GRANT_WRITE, known.op == ACCESS_WRITE) << text(access);
        } else {
            EXPECT_TRUE(same(access, known)) << text(access) << " and " << text(known);
        }
        EXPECT_GE(found->second, last) << text(access);
        last = found->second;
    }
}

size_t releases(const std::vector<struct access> &list)
{
    return static_cast<size_t>(std::count_if(list.begin(), list.end(), [](const struct access &access) {
        return access.ordered && access.op == ACCESS_WRITE;
    }));
}

void expect_same_state(const cpu_world &a, const cpu_world &b)
{
    for (uint32_t i = 0; i < 31; i++) {
        EXPECT_EQ(a.x(i), b.x(i)) << "x" << i;
    }
    EXPECT_EQ(cpu_retired(a.cpu), cpu_retired(b.cpu));
    EXPECT_TRUE(a.ram == b.ram);
}

class cpu_place : public ::testing::TestWithParam<uint64_t> {};

TEST_P(cpu_place, is_the_same_in_all_modes)
{
    const body body(GetParam());
    runner revoked(true, CPU_MEMORY_GOLDEN, body.get());
    cpu_window_remove(revoked.world.cpu, cpu_world::RAM, cpu_world::RAM_SIZE);
    revoked.world.code_kept = false;
    revoked.run();
    const std::vector<struct access> all = asked(revoked.world);
    std::set<place> places;
    for (const struct access &access : all) {
        EXPECT_TRUE(places.insert(place_of(access)).second) << text(access);
    }

    runner cached(false, CPU_MEMORY_CACHED, body.get());
    cached.world.code_kept = false;
    cached.run();
    expect_equal(all, asked_without_grants(cached.world));
    expect_part(asked(cached.world), all);
    expect_same_state(revoked.world, cached.world);

    runner granted(false, CPU_MEMORY_CACHED, body.get());
    granted.world.grants = true;
    granted.run();
    expect_part(asked(granted.world), all);
    EXPECT_EQ(releases(asked(granted.world)), releases(all));
    expect_same_state(revoked.world, granted.world);

    runner fetching(false, CPU_MEMORY_CACHED, body.get());
    fetching.world.grants = true;
    fetching.world.code_kept = false;
    fetching.run();
    expect_part(asked(fetching.world), all);
    expect_same_state(revoked.world, fetching.world);

    runner observed(true, CPU_MEMORY_GOLDEN, body.get());
    observed.run();
    expect_part(asked(observed.world), all);
    EXPECT_EQ(releases(asked(observed.world)), releases(all));
    expect_same_state(revoked.world, observed.world);

    runner golden(false, CPU_MEMORY_GOLDEN, body.get());
    golden.run();
    expect_part(asked(golden.world), all);
    expect_same_state(revoked.world, golden.world);

    // Pages and lines of code come and go.
    runner changing(true, CPU_MEMORY_GOLDEN, body.get());
    std::mt19937_64 random(GetParam());
    changing.run(7, [&](cpu_world &world) {
        const uint64_t offset = (0x10 + random() % 0x18) * PAGE_SIZE;
        const uint64_t pa = cpu_world::RAM + offset;
        if (random() % 2 == 0) {
            cpu_window_remove(world.cpu, pa, PAGE_SIZE);
        } else {
            cpu_window_add(world.cpu, pa, PAGE_SIZE, world.at(pa), random() % 2 == 0,
                           world.marks.data() + offset / 64);
        }
        cpu_code_line_invalidate(world.cpu, cpu_world::CODE + random() % 16 * 64);
    });
    expect_part(asked(changing.world), all);
    expect_same_state(revoked.world, changing.world);
}

INSTANTIATE_TEST_SUITE_P(random_bodies, cpu_place, ::testing::Range<uint64_t>(0, 60));

// The accesses of one instruction at VA `va` of PAGES, everything asked.
std::vector<struct access> instruction_accesses(uint64_t va, uint32_t word)
{
    program p;
    p.set(VBAR_EL1, cpu_world::VECTORS).set(MAIR_EL1, MAIR).set(TCR_EL1, TCR_39);
    p.set(TTBR0_EL1, L1).set(SCTLR_EL1, MMU_ON)(ISB).mov(0, va);
    const uint64_t pc = cpu_world::CODE + p.words().size() * 4;
    p(word)(smc(0));
    runner runner(false, CPU_MEMORY_CACHED, p);
    runner.world.code_kept = false;
    runner.run();
    std::vector<struct access> list;
    for (const struct access &access : runner.world.accesses) {
        if (access.pc == pc && access.agent != AGENT_FETCH && !is_grant(access)) {
            list.push_back(access);
        }
    }
    return list;
}

std::vector<uint32_t> ordinals(const std::vector<struct access> &list, agent_kind agent)
{
    std::vector<uint32_t> found;
    for (const struct access &access : list) {
        if (access.agent == agent) {
            found.push_back(access.ordinal);
        }
    }
    return found;
}

// The ordinals of one agent's accesses.
using list = std::vector<uint32_t>;

TEST(cpu_place_of, one_register_is_one_access)
{
    EXPECT_EQ(ordinals(instruction_accesses(PAGES, ldr(1, 0)), AGENT_PE), list({0}));
    EXPECT_EQ(ordinals(instruction_accesses(PAGES, msr(DC_ZVA, 0)), AGENT_PE), list({0}));
    EXPECT_EQ(ordinals(instruction_accesses(PAGES, msr(DC_IVAC, 0)), AGENT_PE), list({0}));
    EXPECT_EQ(ordinals(instruction_accesses(PAGES, DSB_SY), AGENT_PE), list({0}));
}

TEST(cpu_place_of, a_pair_and_a_line_crossing_count_on)
{
    EXPECT_EQ(ordinals(instruction_accesses(PAGES, ldp(1, 2, 0)), AGENT_PE), list({0, 1}));
    EXPECT_EQ(ordinals(instruction_accesses(PAGES + 60, ldr(1, 0)), AGENT_PE), list({0, 1}));
    EXPECT_EQ(ordinals(instruction_accesses(PAGES + 60, stp(1, 2, 0)), AGENT_PE), list({0, 1, 2}));
}

TEST(cpu_place_of, the_walks_of_an_instruction_count_on)
{
    const std::vector<struct access> accesses = instruction_accesses(PAGES + 0xffc, ldr(1, 0));
    EXPECT_EQ(ordinals(accesses, AGENT_WALKER), list({0, 1, 2, 3, 4, 5}));
    EXPECT_EQ(ordinals(accesses, AGENT_PE), list({0, 1}));
}

TEST(cpu_place_of, acquire_and_release_are_told)
{
    const struct {
        uint32_t word;
        bool ordered, exclusive;
    } cases[] = {{ldr(1, 0), false, false},   {str(1, 0), false, false}, {ldar(1, 0), true, false},
                 {stlr(1, 0), true, false},   {ldxr(1, 0), false, true}, {ldaxr(1, 0), true, true},
                 {ldp(1, 2, 0), false, false}};
    for (const auto &c : cases) {
        for (const struct access &access : instruction_accesses(PAGES, c.word)) {
            EXPECT_EQ(access.ordered, c.ordered && access.agent == AGENT_PE) << std::hex << c.word;
            EXPECT_EQ(access.exclusive, c.exclusive && access.agent == AGENT_PE) << std::hex << c.word;
        }
    }
}

// An exception retires nothing: its handler's first instruction has the position of what faulted.
TEST(cpu_place_of, what_follows_a_fault_counts_on)
{
    program p;
    p.set(VBAR_EL1, cpu_world::VECTORS).set(MAIR_EL1, MAIR).set(TCR_EL1, TCR_39);
    p.set(TTBR0_EL1, L1)
        .set(SCTLR_EL1, MMU_ON)(ISB)
        .mov(0, PAGES + 6 * PAGE_SIZE - 4)
        .mov(2, cpu_world::DATA);
    const uint64_t pc = cpu_world::CODE + p.words().size() * 4;
    p(ldr(1, 0))(smc(0));
    runner runner(false, CPU_MEMORY_CACHED, p);
    runner.world.words(cpu_world::VECTORS + 0x200, {ldr(3, 2), smc(1)});
    runner.world.code_kept = false;
    runner.run();
    uint64_t position = 0;
    std::vector<place> seen;
    for (const struct access &access : runner.world.accesses) {
        position = access.pc == pc ? access.position : position;
        if (position != 0 && access.position == position && access.agent != AGENT_WALKER &&
            !is_grant(access)) {
            seen.push_back(place_of(access));
        }
    }
    const std::vector<place> expected = {{AGENT_FETCH, position, 0},
                                         {AGENT_PE, position, 0},
                                         {AGENT_PE, position, 1},
                                         {AGENT_FETCH, position, 1},
                                         {AGENT_PE, position, 2}};
    EXPECT_TRUE(seen == expected) << seen.size();
    EXPECT_TRUE(runner.world.in_vectors());
}

} // namespace
