// SPDX-License-Identifier: BSD-3-Clause
//
// Law: prove watches a run as exactly as a checker that is told everything. Random accesses to a few lines go
// to both. A prove that tracks every line finds the same at the same access; one that tracks none finds it
// too (it may find more, for a mark does not say which bytes were written).
#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

#include "model/bus/translation.h"
#include "model/checker/prove.h"

namespace {

const uint64_t BASE = 0x40000000;
const uint64_t LINES = 3;
const uint64_t LINE = 64;
const uint32_t EVENTS = 250;

// What the checker is told for an access; prove must come to the same.
struct told_event {
    struct access access {};
    struct checker_event event {};
};

struct prove_config prove_config_make()
{
    struct prove_config config {};
    config.line = LINE;
    config.elsewhere = true;
    config.levels[0] = {4, 2};
    config.window_count = 1;
    config.windows[0] = {BASE, PROVE_PAGE_SIZE};
    return config;
}

struct checker_config checker_config_make()
{
    struct checker_config config {};
    config.line = LINE;
    config.elsewhere = true;
    config.agent_count = 4;
    config.agents[0] = {CHECKER_AGENT_WB, 0};
    config.agents[1] = {CHECKER_AGENT_NC, 0};
    config.agents[2] = {CHECKER_AGENT_NC_BUFFERED, 0};
    config.agents[3] = {CHECKER_AGENT_NC_BUFFERED, 1};
    return config;
}

class prove_run {
public:
    explicit prove_run(bool tracks) : memory_(PROVE_PAGE_SIZE)
    {
        const struct prove_config config = prove_config_make();
        prove_ = prove_create(&config);
        prove_memory_is(prove_, 0, memory_.data());
        for (uint64_t line = 0; tracks && line < LINES; line++) {
            prove_track(prove_, BASE + line * LINE);
        }
        struct translation_regime regime {};
        regime.el = 1;
        regime.hcr_el2 = TRANSLATION_HCR_DC; // all memory may be filled
        regime.live = true;
        struct access access {};
        access.op = ACCESS_TRANSLATION_CHANGED;
        access.size = sizeof(regime);
        uint8_t data[sizeof(regime)];
        memcpy(data, &regime, sizeof(regime));
        prove_take(prove_, &access, data);
    }
    ~prove_run() { prove_destroy(prove_); }
    prove_run(const prove_run &) = delete;
    prove_run &operator=(const prove_run &) = delete;

    // How many stale reads, and of which rules, the access makes.
    std::vector<uint64_t> take(const struct access &access)
    {
        const std::vector<uint64_t> before = counts();
        if (access.op == ACCESS_WRITE) { // no two versions of a byte are the same
            memset(&memory_[access.pa - BASE], static_cast<int>(access.position), access.size);
        }
        prove_take(prove_, &access, memory_.data());
        struct prove_revoke revoke {};
        while (prove_revoked(prove_, &revoke)) {
            revokes_++;
        }
        uint64_t first = 0, last = 0;
        bool writable = false;
        granted_ += access.pa >= BASE && prove_grant(prove_, access.pa, &first, &last, &writable) ? 1 : 0;
        std::vector<uint64_t> after = counts();
        for (size_t rule = 0; rule < after.size(); rule++) {
            after[rule] -= before[rule];
        }
        return after;
    }

    uint64_t granted() const { return granted_; }

private:
    std::vector<uint64_t> counts() const
    {
        std::vector<uint64_t> made(PROVE_MISSING_BARRIER + 1);
        const struct prove_finding *findings = nullptr;
        uint64_t dropped = 0;
        const uint32_t count = prove_findings(prove_, &findings, &dropped);
        for (uint32_t i = 0; i < count; i++) {
            if (findings[i].rule <= PROVE_MISSING_BARRIER) {
                made[findings[i].rule] += findings[i].count;
            }
        }
        return made;
    }

    std::vector<uint8_t> memory_;
    struct prove *prove_ = nullptr;
    uint64_t revokes_ = 0;
    uint64_t granted_ = 0;
};

class random_accesses {
public:
    explicit random_accesses(uint32_t seed) : random_(seed) {}

    struct told_event next()
    {
        struct told_event told;
        told.event.position = ++position_;
        told.access.pc = 4 * position_;
        told.access.position = position_;
        const uint32_t choice = random_() % 16;
        if (choice < 9) {
            data(told);
        } else if (choice < 12) {
            maintenance(told);
        } else if (choice == 12) {
            sweep(told);
        } else {
            barrier(told);
        }
        return told;
    }

private:
    void place(struct told_event &told, uint64_t size)
    {
        told.access.size = static_cast<uint32_t>(size);
        told.access.pa = told.access.va = BASE + random_() % LINES * LINE + random_() % 4 * 16;
        told.event.pa = told.access.pa;
        told.event.size = size;
    }

    // By the PE: write-back three times of four, or by one of the mappings that are not.
    void data(struct told_event &told)
    {
        static const struct {
            uint8_t agent;
            uint8_t type;
            uint8_t checker_agent;
        } ways[] = {
            {AGENT_PE, MEMORY_NORMAL_WB, 0},        {AGENT_PE, MEMORY_NORMAL_WB, 0},
            {AGENT_PE, MEMORY_NORMAL_WB, 0},        {AGENT_PARTITION, MEMORY_NORMAL_NC, 2},
            {AGENT_PE, MEMORY_DEVICE_NGNRNE, 1},    {AGENT_PE, MEMORY_DEVICE_NGNRE, 2},
            {AGENT_PARTITION, MEMORY_NORMAL_WB, 0}, {AGENT_DEVICE, MEMORY_NORMAL_NC, 3},
        };
        const auto &way = ways[random_() % 8];
        const bool write = random_() % 2 == 0;
        place(told, 16);
        told.access.agent = way.agent;
        told.access.type = way.type;
        told.access.op = write ? ACCESS_WRITE : ACCESS_READ;
        told.event.kind = write ? CHECKER_WRITE : CHECKER_READ;
        told.event.agent = way.checker_agent;
    }

    void maintenance(struct told_event &told)
    {
        static const uint8_t ops[] = {ACCESS_DC_IVAC, ACCESS_DC_CVAC, ACCESS_DC_CIVAC};
        static const uint8_t kinds[] = {CHECKER_IVAC, CHECKER_CVAC, CHECKER_CIVAC};
        const uint32_t choice = random_() % 3;
        place(told, LINE);
        told.event.pa &= ~(LINE - 1);
        told.access.type = MEMORY_NORMAL_WB;
        told.access.op = ops[choice];
        told.event.kind = kinds[choice];
    }

    // The same operand every time: each operation is a sweep of its own.
    void sweep(struct told_event &told)
    {
        static const uint8_t ops[] = {ACCESS_DC_ISW, ACCESS_DC_CISW};
        static const uint8_t kinds[] = {CHECKER_ISW, CHECKER_CISW};
        const uint32_t choice = random_() % 2;
        told.access.op = ops[choice];
        told.event.kind = kinds[choice];
        told.event.reach = CHECKER_REACH_NOTHING;
    }

    void barrier(struct told_event &told)
    {
        static const uint8_t ops[] = {ACCESS_DSB, ACCESS_DSB, ACCESS_DSB, ACCESS_DSB, ACCESS_DMB, ACCESS_DMB};
        static const uint8_t kinds[] = {CHECKER_DSB,    CHECKER_DSB, CHECKER_DSB,
                                        CHECKER_DSB_ST, CHECKER_DMB, CHECKER_DMB_ST};
        static const uint8_t options[] = {15, 11, 7, 14, 11, 14};
        const uint32_t choice = random_() % 6;
        told.access.op = ops[choice];
        told.access.operand = options[choice];
        told.event.kind = kinds[choice];
    }

    std::mt19937 random_;
    uint64_t position_ = 0;
};

void both_agree(uint32_t seed, bool tracks, uint64_t *findings, uint64_t *granted)
{
    const struct checker_config config = checker_config_make();
    struct checker *checker = checker_create(&config);
    checker_witnesses(checker, false);
    prove_run run(tracks);
    random_accesses accesses(seed);
    for (uint32_t i = 0; i < EVENTS && !testing::Test::HasFailure(); i++) {
        const struct told_event told = accesses.next();
        const struct checker_finding *expected = checker_take(checker, &told.event);
        const std::vector<uint64_t> found = run.take(told.access);
        const uint64_t total = found[0] + found[1] + found[2] + found[3];
        *findings += expected != nullptr ? 1 : 0;
        EXPECT_LE(total, 1U);
        if (tracks) {
            EXPECT_EQ(total, expected != nullptr ? 1U : 0U) << "access " << i;
        } else if (expected != nullptr) {
            EXPECT_EQ(total, 1U) << "access " << i;
        }
    }
    *granted += run.granted();
    checker_destroy(checker);
}

TEST(prove_law, tracked_lines_are_watched_exactly)
{
    uint64_t findings = 0, granted = 0;
    for (uint32_t seed = 1; seed <= 300 && !HasFailure(); seed++) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        both_agree(seed, true, &findings, &granted);
    }
    EXPECT_GT(findings, 1000U);
    EXPECT_EQ(granted, 0U);
}

TEST(prove_law, lines_that_are_let_go_hide_nothing)
{
    uint64_t findings = 0, granted = 0;
    for (uint32_t seed = 1; seed <= 300 && !HasFailure(); seed++) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        both_agree(seed, false, &findings, &granted);
    }
    EXPECT_GT(findings, 1000U);
    EXPECT_GT(granted, 300U);
}

} // namespace
