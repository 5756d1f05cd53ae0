// SPDX-License-Identifier: BSD-3-Clause
//
// DEN0077, "CPU cycle management interfaces": FFA_INTERRUPT on demand, FFA_RUN, and the states between them.
#include <gtest/gtest.h>

#include "tests/unit/spmc_world.hpp"

namespace {

const uint64_t MM = spmc_world::MM_ID;

void expect_interrupt(const struct smc_frame &out)
{
    EXPECT_EQ(out.x[0], FFA_INTERRUPT);
    EXPECT_EQ(out.x[1], MM << 16);
    for (int i = 2; i < 8; i++) {
        EXPECT_EQ(out.x[i], 0U) << i;
    }
}

// The states that the last call went through, from the events.
std::vector<std::pair<uint64_t, uint64_t>> transitions(const spmc_world &world)
{
    std::vector<std::pair<uint64_t, uint64_t>> result;
    for (uint32_t i = 0; i < world.log->count; i++) {
        const struct event &event = world.log->events[i];
        if (event.kind == EVENT_SPMC_PARTITION_STATE) {
            EXPECT_EQ(event.args[0], MM);
            result.emplace_back(event.args[1], event.args[2]);
        }
    }
    return result;
}

using path = std::vector<std::pair<uint64_t, uint64_t>>;

} // namespace

TEST(spmc_states, an_uninterrupted_request_runs_and_waits)
{
    spmc_world world;
    world.request(0);
    EXPECT_EQ(transitions(world), (path{{SPMC_PARTITION_WAITING, SPMC_PARTITION_RUNNING},
                                        {SPMC_PARTITION_RUNNING, SPMC_PARTITION_WAITING}}));
}

TEST(spmc_interrupt, comes_as_often_as_armed_and_the_partition_works_at_the_last_run)
{
    spmc_world world;
    spmc_arm_interrupts(world.spmc.get(), 3);
    expect_interrupt(world.request(0x77));
    EXPECT_EQ(transitions(world), (path{{SPMC_PARTITION_WAITING, SPMC_PARTITION_RUNNING},
                                        {SPMC_PARTITION_RUNNING, SPMC_PARTITION_PREEMPTED}}));
    expect_interrupt(world.run());
    expect_interrupt(world.run());
    EXPECT_TRUE(world.ran.empty());
    const struct smc_frame out = world.run();
    EXPECT_EQ(transitions(world), (path{{SPMC_PARTITION_PREEMPTED, SPMC_PARTITION_RUNNING},
                                        {SPMC_PARTITION_RUNNING, SPMC_PARTITION_WAITING}}));
    ASSERT_EQ(world.ran.size(), 1U);
    EXPECT_EQ(world.ran[0].x[3], 0x77U) << "the request of the first call, not the registers of FFA_RUN";
    EXPECT_EQ(out.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
    EXPECT_EQ(out.x[3], ~0x77ULL);
}

TEST(spmc_interrupt, can_fall_after_the_work_by_configuration)
{
    struct spmc_config config = spmc_world::default_config();
    config.preemption = SPMC_PREEMPTED_AFTER_WORK;
    spmc_world world(config);
    spmc_arm_interrupts(world.spmc.get(), 2);
    expect_interrupt(world.request(0x55));
    EXPECT_EQ(world.ran.size(), 1U);
    expect_interrupt(world.run());
    const struct smc_frame out = world.run();
    EXPECT_EQ(out.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
    EXPECT_EQ(out.x[3], ~0x55ULL);
    EXPECT_EQ(world.ran.size(), 1U) << "one run in all";
    EXPECT_EQ(world.request(1).x[3], ~1ULL);
}

TEST(spmc_interrupt, hits_one_request_only)
{
    spmc_world world;
    spmc_arm_interrupts(world.spmc.get(), 1);
    expect_interrupt(world.request(0));
    world.run();
    EXPECT_EQ(world.request(0).x[0], FFA_MSG_SEND_DIRECT_RESP_64);
}

TEST(spmc_interrupt, waits_for_a_request_that_is_accepted)
{
    spmc_world world;
    spmc_arm_interrupts(world.spmc.get(), 1);
    EXPECT_EQ(ffa_status(world.call({FFA_MSG_SEND_DIRECT_REQ_64, 0x8009})), w(FFA_INVALID_PARAMETERS));
    EXPECT_EQ(world.call({FFA_RUN, MM << 16}).x[0], FFA_MSG_WAIT);
    expect_interrupt(world.request(0));
}

TEST(spmc_interrupt, hits_32_bit_requests_and_returns_their_width)
{
    spmc_world world;
    spmc_arm_interrupts(world.spmc.get(), 1);
    expect_interrupt(world.call({FFA_MSG_SEND_DIRECT_REQ_32, MM, 0, 6}));
    EXPECT_EQ(world.run().x[0], FFA_MSG_SEND_DIRECT_RESP_32);
}

TEST(spmc_interrupt, arming_again_replaces)
{
    spmc_world world;
    spmc_arm_interrupts(world.spmc.get(), 5);
    spmc_arm_interrupts(world.spmc.get(), 0);
    EXPECT_EQ(world.request(0).x[0], FFA_MSG_SEND_DIRECT_RESP_64);
}

TEST(spmc_interrupt, other_calls_work_while_the_partition_is_preempted)
{
    spmc_world world;
    spmc_arm_interrupts(world.spmc.get(), 1);
    world.request(0);
    EXPECT_EQ(world.map().x[0], FFA_SUCCESS_32);
    EXPECT_EQ(world.call({FFA_ID_GET}).x[0], FFA_SUCCESS_32);
    EXPECT_EQ(world.call({PSCI_VERSION}).x[0], PSCI_VERSION_1_1);
    EXPECT_EQ(world.run().x[0], FFA_MSG_SEND_DIRECT_RESP_64);
}

TEST(spmc_interrupt, a_result_of_run_is_64_bit_for_a_1_2_caller)
{
    spmc_world world;
    spmc_arm_interrupts(world.spmc.get(), 1);
    world.request(0);
    EXPECT_EQ(world.registers_written, 8U);
    world.run();
    EXPECT_EQ(world.registers_written, 18U);
}

// FFA_RUN

TEST(spmc_run, unknown_endpoint_is_invalid)
{
    spmc_world world;
    for (const uint64_t id : {1ULL, 0x7FFFULL, 0x8000ULL, 0x8001ULL, 0xFFFFULL}) {
        EXPECT_EQ(ffa_status(world.call({FFA_RUN, id << 16})), w(FFA_INVALID_PARAMETERS));
        EXPECT_EQ(world.refused_by(), 2U);
    }
    // The bare ID in the vCPU field: the ACS test of a wrong encoding.
    EXPECT_EQ(ffa_status(world.call({FFA_RUN, MM})), w(FFA_INVALID_PARAMETERS));
}

TEST(spmc_run, vcpu_that_does_not_exist_is_invalid)
{
    struct spmc_config config = spmc_world::default_config();
    config.partitions[0].execution_context_count = 4;
    for (const uint64_t vcpu : {1ULL, 0xFFFFULL}) {
        spmc_world world;
        EXPECT_EQ(ffa_status(world.call({FFA_RUN, MM << 16 | vcpu})), w(FFA_INVALID_PARAMETERS));
        EXPECT_EQ(world.refused_by(), 3U);
    }
    spmc_world world(config);
    EXPECT_EQ(ffa_status(world.call({FFA_RUN, MM << 16 | 1})), w(FFA_INVALID_PARAMETERS)) << "not this PE's";
}

TEST(spmc_run, the_normal_world_is_denied)
{
    spmc_world world;
    EXPECT_EQ(ffa_status(world.call({FFA_RUN, 0})), w(FFA_DENIED));
    EXPECT_EQ(world.refused_by(), 4U);
}

TEST(spmc_run, wide_registers_must_be_zero_from_1_2_on)
{
    struct smc_frame in = {{FFA_RUN, MM << 16}};
    in.x[9] = 1;
    spmc_world world;
    EXPECT_EQ(ffa_status(world.call_frame(in)), w(FFA_INVALID_PARAMETERS));
    EXPECT_EQ(world.refused_by(), 1U);
    spmc_world older;
    older.version(FFA_VERSION_1_1);
    EXPECT_EQ(older.call_frame(in).x[0], FFA_MSG_WAIT);
}

TEST(spmc_run, a_waiting_partition_gets_cycles_and_waits_again)
{
    spmc_world world;
    const struct smc_frame out = world.run();
    EXPECT_EQ(out.x[0], FFA_MSG_WAIT);
    EXPECT_EQ(out.x[1], 0U);
    ASSERT_EQ(world.ran.size(), 1U);
    EXPECT_EQ(world.ran[0].x[0], FFA_RUN);
    EXPECT_EQ(world.request(0).x[0], FFA_MSG_SEND_DIRECT_RESP_64);
}

TEST(spmc_run, an_aborted_partition_is_aborted)
{
    spmc_world world;
    world.behaviour = spmc_world::partition_does::BREAKS;
    world.request(0);
    EXPECT_EQ(ffa_status(world.run()), w(FFA_ABORTED));
    EXPECT_EQ(world.refused_by(), 5U);
}

TEST(spmc_run, of_another_partition_leaves_the_preempted_one_alone)
{
    struct spmc_config config = spmc_world::default_config();
    spmc_config_add_mm_partition(&config, 0x8003);
    spmc_world world(config);
    spmc_arm_interrupts(world.spmc.get(), 1);
    world.request(0x11);
    EXPECT_EQ(world.call({FFA_RUN, 0x8003ULL << 16}).x[0], FFA_MSG_WAIT);
    EXPECT_EQ(world.call({FFA_MSG_SEND_DIRECT_REQ_64, 0x8003, 0, 0x22}).x[3], ~0x22ULL);
    EXPECT_EQ(world.run().x[3], ~0x11ULL);
}

// Events

TEST(spmc_events, a_call_is_told_first_and_its_result_last)
{
    spmc_world world;
    world.call({FFA_MSG_SEND_DIRECT_REQ_64, MM, 0, 0x33});
    ASSERT_GE(world.log->count, 2U);
    const struct event &first = world.log->events[0];
    const struct event &last = world.log->events[world.log->count - 1];
    EXPECT_EQ(first.kind, EVENT_SPMC_CALL);
    EXPECT_EQ(first.args[0], FFA_MSG_SEND_DIRECT_REQ_64);
    EXPECT_EQ(first.args[3], 0x33U);
    EXPECT_EQ(last.kind, EVENT_SPMC_RESULT);
    EXPECT_EQ(last.args[0], FFA_MSG_SEND_DIRECT_RESP_64);
    EXPECT_EQ(last.agent, AGENT_SPMC);
}
