// SPDX-License-Identifier: BSD-3-Clause
//
// Laws of the secure world whatever the normal world and partitions call, in every profile and version: every
// call ends, in a result that the specification knows; nothing of the secure world runs on when the normal
// world has the PE; who is blocked waits for somebody; same calls, same results. No assert of the core fires.
#include <cstring>
#include <random>

#include <gtest/gtest.h>

#include "tests/unit/spmc_rows.hpp"

using namespace spmc_rows;

namespace {

const int WORLDS = 40; // of one run, one after the other: a partition that has died stays dead
const int CALLS = 60;  // in one world

class caller {
public:
    explicit caller(uint32_t seed) : random_(seed) {}

    uint64_t below(uint64_t bound) { return random_() % bound; }

    // A call of `sender`, most often one that could be meant.
    struct smc_frame frame(uint16_t sender)
    {
        const uint64_t other = FIRST_ID + below(3);
        const uint64_t w1 = uint64_t{sender} << 16 | other;
        switch (below(8)) {
        case 0:
            return {{FFA_MSG_SEND_DIRECT_REQ_64, w1, 0, value()}};
        case 1:
            return {{FFA_MSG_SEND_DIRECT_REQ2, w1, 0, 0, value()}};
        case 2:
            return {{FFA_RUN, other << 16}};
        case 3:
            return {{sender == 0 ? FFA_MSG_SEND_DIRECT_REQ_32 : FFA_YIELD, sender == 0 ? w1 : 0}};
        case 4:
            return {{sender == 0 ? FFA_MSG_SEND_DIRECT_REQ_64 : FFA_INTERRUPT, w1}};
        default:
            return frame_of_anything();
        }
    }

    struct smc_frame frame_of_anything()
    {
        struct smc_frame result = {};
        result.x[0] = function();
        const uint64_t used = 3 + below(6);
        for (uint64_t i = 1; i < used; i++) {
            result.x[i] = value();
        }
        if (below(10) == 0) {
            result.x[8 + below(10)] = value();
        }
        return result;
    }

    uint64_t value()
    {
        static const uint64_t values[] = {
            0,
            0,
            0,
            1,
            2,
            4,
            6,
            0x8001,
            0x8002,
            0x8003,
            0x8009,
            0x80010000,
            0x80020000,
            0x80018002,
            0x80028001,
            0x80038001,
            0x80000004,
            0xFFFE,
            ~0ULL,
            spmc_world::TX_PA,
            spmc_world::RX_PA,
            SECURE_PA + 0x4000,
            SECURE_PA + 0x5000,
            0x10000,
            FFA_VERSION_1_0,
            FFA_VERSION_1_2,
            FFA_FEATURES,
            0x11111111,
            48,
            96,
        };
        const uint64_t which = below(sizeof(values) / sizeof(values[0]) + 1);
        return which < sizeof(values) / sizeof(values[0]) ? values[which] : random_();
    }

    // A message header or memory descriptor that is nearly right, or bytes without a meaning.
    void fill_buffer(spmc_world &world, uint64_t pa, uint16_t sender)
    {
        struct ffa_partition_message_v1_2 header = {};
        header.head.offset = 40;
        header.head.size = static_cast<uint32_t>(below(64));
        header.head.sender = sender;
        header.head.receiver = static_cast<uint16_t>(value());
        std::vector<uint8_t> bytes(96);
        memcpy(bytes.data(), &header, sizeof(header));
        if (below(2) == 0) {
            bytes[below(bytes.size())] = static_cast<uint8_t>(random_());
        }
        world.memory_set(pa, bytes.data(), bytes.size());
    }

private:
    // Mostly functions of FF-A, often those that move the PE.
    uint64_t function()
    {
        static const uint64_t moving[] = {
            FFA_MSG_SEND_DIRECT_REQ_64,
            FFA_MSG_SEND_DIRECT_REQ2,
            FFA_MSG_SEND_DIRECT_RESP_64,
            FFA_RUN,
            FFA_MSG_WAIT,
            FFA_YIELD,
            FFA_ERROR,
            FFA_INTERRUPT,
            FFA_RXTX_MAP_64,
            FFA_MSG_SEND2,
            FFA_PARTITION_INFO_GET,
            FFA_NOTIFICATION_SET,
            FFA_NOTIFICATION_BIND,
        };
        switch (below(4)) {
        case 0:
            return (below(2) == 0 ? 0x84000060 : 0xC4000060) + below(0x40);
        case 1:
            return below(20) == 0 ? random_() : 0x84000060 + below(0x30);
        default:
            return moving[below(sizeof(moving) / sizeof(moving[0]))];
        }
    }

    std::mt19937_64 random_;
};

bool powers(const struct smc_frame &frame)
{
    const auto function_id = static_cast<uint32_t>(frame.x[0]);
    return function_id == PSCI_SYSTEM_OFF || function_id == PSCI_SYSTEM_RESET ||
           function_id == PSCI_SYSTEM_RESET2_32 || function_id == PSCI_SYSTEM_RESET2_64;
}

// Whoever is blocked has yielded, or somebody works for it.
bool blocked_for_a_reason(const struct spmc &spmc, uint32_t index)
{
    if (spmc.partitions[index].yielded) {
        return true;
    }
    for (uint32_t i = 0; i < spmc.config.partition_count; i++) {
        const struct spmc_partition &other = spmc.partitions[i];
        const bool works = other.state == SPMC_PARTITION_PREEMPTED || other.state == SPMC_PARTITION_BLOCKED;
        if (i != index && works && other.requester == index) {
            return true;
        }
    }
    return false;
}

void expect_at_rest(const spmc_world &world)
{
    const struct spmc &spmc = *world.spmc;
    ASSERT_EQ(spmc.caller, SPMC_NORMAL_WORLD);
    for (uint32_t i = 0; i < spmc.config.partition_count; i++) {
        ASSERT_NE(spmc.partitions[i].state, SPMC_PARTITION_RUNNING) << i;
        if (spmc.partitions[i].state == SPMC_PARTITION_BLOCKED) {
            ASSERT_TRUE(blocked_for_a_reason(spmc, i)) << i;
        }
    }
    const uint32_t registers = world.registers_written;
    const bool shortened = spmc.config.profile == SPMC_PROFILE_EL3_SPMC && (registers == 3 || registers == 4);
    ASSERT_TRUE(registers == 1 || registers == 8 || registers == 18 || shortened) << registers;
    ASSERT_LT(world.log->count, EVENT_LOG_CAPACITY / 2U);
}

struct run {
    uint32_t profile;
    uint32_t version;
    uint32_t seed;
};

uint64_t mix(uint64_t hash, const struct smc_frame &frame)
{
    for (const uint64_t x : frame.x) {
        hash = (hash ^ x) * 0x100000001B3;
    }
    return hash;
}

struct spmc_config config_random(const struct run &run, caller &caller)
{
    struct spmc_config config = config_of(run.profile, run.version);
    config.per_vcpu_notifications = caller.below(2) == 0;
    config.preemption = static_cast<uint8_t>(caller.below(2));
    config.interrupt_stays_pending = caller.below(4) == 0;
    for (uint32_t i = 0; i < config.partition_count; i++) {
        config.partitions[i].ns_interrupts_action =
            static_cast<uint8_t>(caller.below(5) < 3 ? 2 : caller.below(3));
    }
    return config;
}

// What the last call returned is often what the next one goes on with.
struct smc_frame next_call(caller &caller, const struct smc_frame &last)
{
    const bool resumable = last.x[0] == FFA_INTERRUPT || last.x[0] == FFA_YIELD;
    if (resumable && caller.below(3) != 0) {
        return {{FFA_RUN, last.x[1]}};
    }
    struct smc_frame frame = caller.frame(0);
    return powers(frame) ? smc_frame{{FFA_MSG_SEND_DIRECT_REQ_64, FIRST_ID}} : frame;
}

struct tally {
    uint64_t hash = 0;
    uint64_t runs = 0;        // of partitions
    uint64_t results[4] = {}; // direct responses, interrupts, yields, waits
};

void count(struct tally &tally, const spmc_world &world, const struct smc_frame &result)
{
    static const uint32_t functions[] = {FFA_MSG_SEND_DIRECT_RESP_64, FFA_INTERRUPT, FFA_YIELD, FFA_MSG_WAIT};
    tally.hash = mix(tally.hash, result);
    tally.runs += world.ran.size();
    for (size_t i = 0; i < 4; i++) {
        tally.results[i] += result.x[0] == functions[i];
    }
}

void play_world(const struct run &run, caller &caller, struct tally &tally)
{
    spmc_world world(config_random(run, caller));
    world.version(run.version);
    struct smc_frame result = {};
    for (int i = 0; i < CALLS; i++) {
        for (uint32_t partition = 0; partition < 3; partition++) {
            if (world.script(partition).size() < 4 && caller.below(2) == 0) {
                world.script(partition).push_back(caller.frame(static_cast<uint16_t>(FIRST_ID + partition)));
            }
        }
        if (caller.below(8) == 0) {
            spmc_arm_interrupts_for(world.spmc.get(), static_cast<uint16_t>(caller.below(2) * 0x8001),
                                    static_cast<uint32_t>(caller.below(3)));
        }
        caller.fill_buffer(world, spmc_world::TX_PA, 0);
        caller.fill_buffer(world, SECURE_PA, FIRST_ID);
        world.ran.clear();
        world.ran_by.clear();
        result = world.call_frame(next_call(caller, result));
        count(tally, world, result);
        ASSERT_NO_FATAL_FAILURE(expect_at_rest(world)) << "call " << i << " of seed " << run.seed;
    }
}

struct tally play(const struct run &run)
{
    caller caller(run.seed);
    struct tally tally;
    for (int i = 0; i < WORLDS && !testing::Test::HasFatalFailure(); i++) {
        play_world(run, caller, tally);
    }
    return tally;
}

class spmc_random : public testing::TestWithParam<struct run> {};

std::vector<struct run> runs()
{
    std::vector<struct run> result;
    uint32_t seed = 1;
    for (uint32_t profile = 0; profile < SPMC_PROFILE_COUNT; profile++) {
        for (const uint32_t version : {FFA_VERSION_1_0, FFA_VERSION_1_1, FFA_VERSION_1_2}) {
            for (int i = 0; i < 4; i++) {
                result.push_back({profile, version, seed++});
            }
        }
    }
    return result;
}

std::string name_of_run(const testing::TestParamInfo<struct run> &info)
{
    static const char *const profiles[] = {"hafnium", "el3_spmc", "op_tee"};
    return std::string(profiles[info.param.profile]) + "_1_" + std::to_string(info.param.version & 0xFFFF) +
           "_seed_" + std::to_string(info.param.seed);
}

} // namespace

TEST_P(spmc_random, every_call_ends_and_leaves_the_secure_world_at_rest)
{
    const struct tally first = play(GetParam());
    EXPECT_EQ(play(GetParam()).hash, first.hash) << "same calls, same results";
    // What the law is about has happened.
    EXPECT_GT(first.runs, 500U);
    EXPECT_GT(first.results[0], 20U) << "direct responses";
    EXPECT_GT(first.results[1], 20U) << "interrupts";
    if (GetParam().profile == SPMC_PROFILE_HAFNIUM) {
        EXPECT_GT(first.results[2], 5U) << "yields";
        EXPECT_GT(first.results[3], 20U) << "waits";
    }
}

INSTANTIATE_TEST_SUITE_P(runs, spmc_random, testing::ValuesIn(runs()), name_of_run);
