// SPDX-License-Identifier: BSD-3-Clause
//
// When prove takes a sweep by set/way for certain: every set and way of every level between two DSBs, while
// nothing could allocate. A dirty line is swept; whether the partition, which reads past the caches, may
// still miss the write tells. Arm ARM, "A64 Cache maintenance instructions".
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <vector>

#include "model/bus/translation.h"
#include "model/checker/prove.h"

namespace {

const uint64_t BASE = 0x40000000;
const uint64_t OTHER = BASE + 0x800; // another line of the page
const uint32_t LINE = 64;
const uint32_t SETS = 4, WAYS = 2;

class sweep_run {
public:
    sweep_run() : memory_(PROVE_PAGE_SIZE)
    {
        struct prove_config config {};
        config.line = LINE;
        config.levels[0] = {SETS, WAYS};
        config.window_count = 1;
        config.windows[0] = {BASE, PROVE_PAGE_SIZE};
        prove_ = prove_create(&config);
        prove_memory_is(prove_, 0, memory_.data());
        caches(true);
    }
    ~sweep_run() { prove_destroy(prove_); }
    sweep_run(const sweep_run &) = delete;
    sweep_run &operator=(const sweep_run &) = delete;

    // All memory may be filled, or none.
    void caches(bool on)
    {
        struct translation_regime regime {};
        regime.el = 1;
        regime.hcr_el2 = on ? TRANSLATION_HCR_DC : 0;
        regime.live = on;
        struct access access {};
        access.op = ACCESS_TRANSLATION_CHANGED;
        access.size = sizeof(regime);
        uint8_t data[sizeof(regime)];
        memcpy(data, &regime, sizeof(regime));
        prove_take(prove_, &access, data);
    }

    void access(uint8_t op, uint8_t agent, uint8_t type, uint64_t pa, uint64_t operand = 0)
    {
        struct access access {};
        access.op = op;
        access.agent = agent;
        access.type = type;
        access.pa = access.va = pa;
        access.operand = operand;
        access.size = op == ACCESS_READ || op == ACCESS_WRITE ? 8 : op >= ACCESS_DSB ? 0 : LINE;
        access.position = ++position_;
        access.pc = 4 * position_;
        if (op == ACCESS_WRITE) {
            memset(&memory_[pa - BASE], static_cast<int>(position_), 8);
        }
        prove_take(prove_, &access, memory_.data() + (pa >= BASE ? pa - BASE : 0));
        struct prove_revoke revoke {};
        while (prove_revoked(prove_, &revoke)) {
        }
    }

    void dsb() { access(ACCESS_DSB, AGENT_PE, MEMORY_NORMAL_WB, 0, 15); }

    // Every set and way; `meanwhile` comes after the first operation.
    void sweep(const std::function<void()> &meanwhile, uint32_t left_out)
    {
        for (uint32_t i = 0; i < SETS * WAYS - left_out; i++) {
            const uint64_t way = i / SETS, set = i % SETS;
            access(ACCESS_DC_CISW, AGENT_PE, MEMORY_NORMAL_WB, 0, way << 31 | set << 6);
            if (i == 0) {
                meanwhile();
            }
        }
    }

    size_t stale_reads() const
    {
        const struct prove_finding *findings = nullptr;
        uint64_t dropped = 0;
        const uint32_t count = prove_findings(prove_, &findings, &dropped);
        size_t stale = 0;
        for (uint32_t i = 0; i < count; i++) {
            stale += findings[i].rule <= PROVE_MISSING_BARRIER ? 1 : 0;
        }
        return stale;
    }

private:
    std::vector<uint8_t> memory_;
    struct prove *prove_ = nullptr;
    uint64_t position_ = 0;
};

// A dirty line, caches off unless they stay on, the sweep, caches on, a read past them: was the sweep
// certain?
bool certain(const std::function<void(sweep_run &)> &meanwhile = {}, bool caches_stay_on = false,
             uint32_t left_out = 0)
{
    sweep_run run;
    run.access(ACCESS_WRITE, AGENT_PE, MEMORY_NORMAL_WB, BASE);
    run.access(ACCESS_READ, AGENT_PE, MEMORY_NORMAL_WB, OTHER);
    run.caches(caches_stay_on);
    run.dsb();
    run.sweep([&] { meanwhile ? meanwhile(run) : void(); }, left_out);
    run.dsb();
    run.caches(true);
    run.access(ACCESS_READ, AGENT_PARTITION, MEMORY_NORMAL_NC, BASE);
    return run.stale_reads() == 0;
}

} // namespace

TEST(prove_sweep, of_all_sets_and_ways_is_certain_with_the_caches_off)
{
    EXPECT_TRUE(certain());
    EXPECT_FALSE(certain({}, true));
    EXPECT_FALSE(certain({}, false, 1));
}

TEST(prove_sweep, stays_certain_when_code_or_data_is_read_past_the_caches_meanwhile)
{
    EXPECT_TRUE(
        certain([](sweep_run &run) { run.access(ACCESS_READ, AGENT_FETCH, MEMORY_NORMAL_NC, OTHER); }));
    EXPECT_TRUE(
        certain([](sweep_run &run) { run.access(ACCESS_READ, AGENT_PE, MEMORY_DEVICE_NGNRNE, OTHER); }));
    EXPECT_TRUE(certain([](sweep_run &run) { run.access(ACCESS_READ, AGENT_PE, MEMORY_NORMAL_NC, OTHER); }));
}

TEST(prove_sweep, is_not_certain_when_copies_are_made_or_changed_meanwhile)
{
    EXPECT_FALSE(certain([](sweep_run &run) { run.access(ACCESS_READ, AGENT_PE, MEMORY_NORMAL_WB, OTHER); }));
    EXPECT_FALSE(
        certain([](sweep_run &run) { run.access(ACCESS_READ, AGENT_FETCH, MEMORY_NORMAL_WB, OTHER); }));
    EXPECT_FALSE(
        certain([](sweep_run &run) { run.access(ACCESS_WRITE, AGENT_PE, MEMORY_NORMAL_NC, OTHER); }));
    EXPECT_FALSE(
        certain([](sweep_run &run) { run.access(ACCESS_DC_CIVAC, AGENT_PE, MEMORY_NORMAL_WB, OTHER); }));
    EXPECT_FALSE(certain([](sweep_run &run) { run.caches(true); }));
}
