// SPDX-License-Identifier: BSD-3-Clause
//
// DEN0077, "CPU cycle management interfaces" and "Partition runtime models": FFA_RUN, FFA_YIELD,
// FFA_MSG_WAIT, chains of partitions, and non-secure interrupts that fall on them, in every profile.
#include "tests/unit/spmc_rows.hpp"

using namespace spmc_rows;

namespace {

const uint64_t V1_1 = FFA_VERSION_1_1;
const uint64_t V1_2 = FFA_VERSION_1_2;
const uint64_t REQ = FFA_MSG_SEND_DIRECT_REQ_64;
const uint64_t RESP = FFA_MSG_SEND_DIRECT_RESP_64;
const uint64_t FIRST_W1 = uint64_t{FIRST_ID} << 16;
const uint64_t SECOND_W1 = uint64_t{SECOND_ID} << 16;
const uint64_t FIRST_TO_SECOND = FIRST_W1 | SECOND_ID;

const std::vector<struct row> run_rows = {
    {"endpoint_unknown", ANY_PROFILE, V1_2, {}, {FFA_RUN, 0x80090000}, error(FFA_INVALID_PARAMETERS)},
    {"endpoint_in_the_normal_world_is_denied", HAFNIUM, V1_2, {}, {FFA_RUN, 0}, error(FFA_DENIED)},
    {"endpoint_in_the_normal_world_is_invalid",
     EL3 | OP_TEE,
     V1_2,
     {},
     {FFA_RUN, 0},
     error(FFA_INVALID_PARAMETERS)},
    {"vcpu_that_does_not_exist",
     HAFNIUM | EL3,
     V1_2,
     {},
     {FFA_RUN, FIRST_W1 | 1},
     error(FFA_INVALID_PARAMETERS)},
    {"the_bare_id_in_the_vcpu_field",
     ANY_PROFILE,
     V1_2,
     {},
     {FFA_RUN, FIRST_ID},
     error(FFA_INVALID_PARAMETERS)},
    {"wide_registers_must_be_zero",
     HAFNIUM,
     V1_2,
     {},
     {FFA_RUN, FIRST_W1, 0, 0, 0, 0, 0, 0, 1},
     error(FFA_INVALID_PARAMETERS)},
    {"wide_registers_of_a_1_1_caller",
     HAFNIUM,
     V1_1,
     {},
     {FFA_RUN, FIRST_W1, 0, 0, 0, 0, 0, 0, 1},
     {FFA_MSG_WAIT}},
    {"a_waiting_one_runs_and_waits", HAFNIUM | EL3, V1_2, {}, {FFA_RUN, FIRST_W1}, {FFA_MSG_WAIT, 0, 0}},
    {"a_waiting_one_is_denied", OP_TEE, V1_2, {}, {FFA_RUN, FIRST_W1}, error(FFA_DENIED)},
};
SPMC_ROWS(spmc_run_rows, run_rows);

class spmc_interrupts : public testing::TestWithParam<uint32_t> {
protected:
    spmc_world world{config_of(GetParam())};

    void SetUp() override { world.version(FFA_VERSION_1_2); }
};

struct spmc_config config_with_actions(uint8_t first, uint8_t second)
{
    struct spmc_config config = config_of(SPMC_PROFILE_HAFNIUM);
    config.partitions[FIRST].ns_interrupts_action = first;
    config.partitions[SECOND].ns_interrupts_action = second;
    return config;
}

} // namespace

TEST_P(spmc_interrupts, trap_9_name_the_preempted_endpoint_not_the_one_that_was_called)
{
    world.script(FIRST) = {{{REQ, FIRST_TO_SECOND, 0, 0x22}}};
    spmc_arm_interrupts_for(world.spmc.get(), SECOND_ID, 1);
    const struct smc_frame interrupt = world.call({REQ, FIRST_ID, 0, 0x11});
    // OP-TEE: the second partition works on the second thread.
    const uint64_t w1 = SECOND_W1 | (GetParam() == SPMC_PROFILE_OP_TEE ? 1 : 0);
    expect_registers(interrupt, {FFA_INTERRUPT, w1, 0, 0, 0, 0, 0, 0});
    // Running the one that was called is refused; the interrupted one goes on, and the whole chain answers.
    EXPECT_EQ(ffa_status(world.call({FFA_RUN, FIRST_W1})), w(FFA_DENIED));
    expect_registers(world.call({FFA_RUN, w1}), {RESP, FIRST_W1, 0, ~0x11ULL});
}

TEST_P(spmc_interrupts, come_as_often_as_armed)
{
    spmc_arm_interrupts(world.spmc.get(), 2);
    EXPECT_EQ(world.call({REQ, FIRST_ID, 0, 3}).x[0], FFA_INTERRUPT);
    EXPECT_EQ(world.call({FFA_RUN, FIRST_W1}).x[0], FFA_INTERRUPT);
    EXPECT_EQ(world.call({FFA_RUN, FIRST_W1}).x[3], ~3ULL);
}

TEST_P(spmc_interrupts, in_the_middle_of_work_resume_it_with_ffa_run)
{
    world.script(FIRST) = {{{FFA_INTERRUPT}}, {{RESP, FIRST_W1, 0, 0x99}}};
    EXPECT_EQ(world.call({REQ, FIRST_ID}).x[0], FFA_INTERRUPT);
    EXPECT_EQ(world.call({FFA_RUN, FIRST_W1}).x[3], 0x99U);
    EXPECT_EQ(world.ran.back().x[0], FFA_RUN);
}

TEST_P(spmc_interrupts, leave_other_partitions_usable)
{
    spmc_arm_interrupts(world.spmc.get(), 1);
    world.call({REQ, FIRST_ID});
    EXPECT_EQ(world.call({REQ, SECOND_ID}).x[0], RESP);
    EXPECT_EQ(world.call({FFA_RUN, FIRST_W1}).x[0], RESP);
}

INSTANTIATE_TEST_SUITE_P(profiles, spmc_interrupts, testing::Range(0U, 3U));

TEST(spmc_op_tee_threads, name_the_thread_where_others_name_the_vcpu)
{
    struct spmc_config config = config_of(SPMC_PROFILE_OP_TEE);
    config.op_tee_threads = 4;
    config.op_tee_threads_held = 2;
    spmc_world world(config);
    spmc_arm_interrupts(world.spmc.get(), 1);
    EXPECT_EQ(world.call({REQ, FIRST_ID}).x[1], FIRST_W1 | 2);
    EXPECT_EQ(ffa_status(world.call({FFA_RUN, FIRST_W1})), w(FFA_DENIED)) << "another thread";
    EXPECT_EQ(world.call({FFA_RUN, FIRST_W1 | 2}).x[0], RESP);
}

// The manifest's ns-interrupts-action

TEST(spmc_ns_interrupts_action, queued_lets_the_partition_end_its_work)
{
    spmc_world world(config_with_actions(SPMC_NS_INTERRUPTS_QUEUED, SPMC_NS_INTERRUPTS_SIGNALED));
    spmc_arm_interrupts(world.spmc.get(), 3);
    EXPECT_EQ(world.call({REQ, FIRST_ID}).x[0], RESP);
    EXPECT_FALSE(world.managed_exit);
    EXPECT_EQ(world.events(EVENT_SPMC_INTERRUPT), 1U);
    EXPECT_EQ(world.call({REQ, FIRST_ID}).x[0], RESP);
}

TEST(spmc_ns_interrupts_action, managed_exit_tells_the_partition_to_respond)
{
    spmc_world world(config_with_actions(SPMC_NS_INTERRUPTS_MANAGED_EXIT, SPMC_NS_INTERRUPTS_SIGNALED));
    spmc_arm_interrupts(world.spmc.get(), 1);
    EXPECT_EQ(world.call({REQ, FIRST_ID}).x[0], RESP);
    EXPECT_TRUE(world.managed_exit);
    world.call({REQ, FIRST_ID});
    EXPECT_FALSE(world.managed_exit);
}

TEST(spmc_ns_interrupts_action, managed_exit_in_the_middle_is_an_interrupt_to_the_partition)
{
    spmc_world world(config_with_actions(SPMC_NS_INTERRUPTS_MANAGED_EXIT, SPMC_NS_INTERRUPTS_SIGNALED));
    world.script(FIRST) = {{{FFA_INTERRUPT}}};
    EXPECT_EQ(world.call({REQ, FIRST_ID, 0, 1}).x[3], ~1ULL);
    expect_registers(world.ran.at(1), {FFA_INTERRUPT, 0, 4});
}

TEST(spmc_ns_interrupts_action, queued_in_the_middle_goes_on_at_once)
{
    spmc_world world(config_with_actions(SPMC_NS_INTERRUPTS_QUEUED, SPMC_NS_INTERRUPTS_SIGNALED));
    world.script(FIRST) = {{{FFA_INTERRUPT}}};
    EXPECT_EQ(world.call({REQ, FIRST_ID, 0, 1}).x[3], ~1ULL);
    expect_registers(world.ran.at(1), {FFA_RUN, FIRST_W1});
}

TEST(spmc_ns_interrupts_action, the_least_permissive_of_the_chain_holds)
{
    const struct {
        uint8_t first, second;
        bool preempted, managed;
    } rows[] = {
        {SPMC_NS_INTERRUPTS_SIGNALED, SPMC_NS_INTERRUPTS_SIGNALED, true, false},
        {SPMC_NS_INTERRUPTS_QUEUED, SPMC_NS_INTERRUPTS_SIGNALED, false, false},
        {SPMC_NS_INTERRUPTS_SIGNALED, SPMC_NS_INTERRUPTS_QUEUED, false, false},
        {SPMC_NS_INTERRUPTS_MANAGED_EXIT, SPMC_NS_INTERRUPTS_SIGNALED, false, true},
        {SPMC_NS_INTERRUPTS_MANAGED_EXIT, SPMC_NS_INTERRUPTS_QUEUED, false, false},
    };
    for (const auto &row : rows) {
        spmc_world world(config_with_actions(row.first, row.second));
        world.script(FIRST) = {{{REQ, FIRST_TO_SECOND}}};
        spmc_arm_interrupts_for(world.spmc.get(), SECOND_ID, 1);
        bool managed = false;
        const struct smc_frame out = world.call({REQ, FIRST_ID});
        for (uint32_t i = 0; i < world.log->count; i++) {
            const struct event &event = world.log->events[i];
            managed = managed || (event.kind == EVENT_SPMC_INTERRUPT && event.args[1] == 1);
        }
        EXPECT_EQ(out.x[0], row.preempted ? FFA_INTERRUPT : RESP);
        EXPECT_EQ(managed, row.managed);
    }
}

TEST(spmc_interrupt_that_stays_pending, preempts_at_every_run_until_it_is_taken)
{
    struct spmc_config config = config_of(SPMC_PROFILE_HAFNIUM);
    config.interrupt_stays_pending = true;
    spmc_world world(config);
    spmc_arm_interrupts(world.spmc.get(), 1);
    EXPECT_EQ(world.call({REQ, FIRST_ID}).x[0], FFA_INTERRUPT);
    for (int i = 0; i < 100; i++) {
        ASSERT_EQ(world.call({FFA_RUN, FIRST_W1}).x[0], FFA_INTERRUPT) << "the live-lock";
    }
    spmc_arm_interrupts(world.spmc.get(), 0);
    EXPECT_EQ(world.call({FFA_RUN, FIRST_W1}).x[0], RESP);
}

// FFA_YIELD

TEST(spmc_yield, trap_10_of_a_direct_request_returns_to_the_requester_and_ffa_run_resumes)
{
    spmc_world world(config_of(SPMC_PROFILE_HAFNIUM));
    world.script(FIRST) = {{{FFA_YIELD, 0, 0x1000, 0x2}}};
    expect_registers(world.call({REQ, FIRST_ID, 0, 7}), {FFA_YIELD, FIRST_W1, 0x1000, 0x2, 0, 0, 0, 0});
    EXPECT_EQ(ffa_status(world.call({REQ, FIRST_ID})), w(FFA_BUSY));
    EXPECT_EQ(world.call({FFA_RUN, FIRST_W1}).x[3], ~7ULL);
    EXPECT_EQ(world.ran.back().x[0], FFA_SUCCESS_32);
}

TEST(spmc_yield, of_a_1_1_partition_in_a_direct_request_is_denied)
{
    spmc_world world(config_of(SPMC_PROFILE_HAFNIUM));
    EXPECT_EQ(ffa_status(world.call_of_partition(OLD, {{FFA_YIELD}})), w(FFA_DENIED));
}

TEST(spmc_yield, of_a_1_1_partition_that_was_run_is_allowed)
{
    spmc_world world(config_of(SPMC_PROFILE_HAFNIUM));
    world.script(OLD) = {{{FFA_YIELD}}};
    EXPECT_EQ(world.call({FFA_RUN, uint64_t{OLD_ID} << 16}).x[0], FFA_YIELD);
    EXPECT_EQ(world.call({FFA_RUN, uint64_t{OLD_ID} << 16}).x[0], FFA_MSG_WAIT);
}

TEST(spmc_yield, is_unknown_to_the_others)
{
    for (const uint32_t profile : {SPMC_PROFILE_EL3_SPMC, SPMC_PROFILE_OP_TEE}) {
        spmc_world world(config_of(profile));
        world.version(FFA_VERSION_1_2);
        EXPECT_EQ(ffa_status(world.call_of_partition(FIRST, {{FFA_YIELD}})), w(FFA_NOT_SUPPORTED));
    }
}

TEST(spmc_yield, to_a_partition_lets_that_one_resume_it_and_nobody_else)
{
    spmc_world world(config_of(SPMC_PROFILE_HAFNIUM));
    world.script(FIRST) = {{{REQ, FIRST_TO_SECOND, 0, 5}}, {{FFA_RUN, SECOND_W1}}};
    world.script(SECOND) = {{{FFA_YIELD}}};
    EXPECT_EQ(world.call({REQ, FIRST_ID, 0, 6}).x[3], ~6ULL);
    // first, second, first with the yield, second again, first with the answer
    ASSERT_EQ(world.ran.size(), 5U);
    expect_registers(world.ran[2], {FFA_YIELD, SECOND_W1});
    expect_registers(world.ran[4], {RESP, SECOND_W1 | FIRST_ID, 0, ~5ULL});
}

TEST(spmc_yield, that_the_requester_ignores_leaves_the_partition_blocked)
{
    spmc_world world(config_of(SPMC_PROFILE_HAFNIUM));
    world.script(FIRST) = {{{REQ, FIRST_TO_SECOND, 0, 5}}};
    world.script(SECOND) = {{{FFA_YIELD}}};
    EXPECT_EQ(world.call({REQ, FIRST_ID, 0, 6}).x[3], ~6ULL);
    EXPECT_EQ(ffa_status(world.call({FFA_RUN, SECOND_W1})), w(FFA_DENIED));
    EXPECT_EQ(ffa_status(world.call({REQ, SECOND_ID})), w(FFA_BUSY));
}

// FFA_MSG_WAIT and FFA_RUN of partitions

TEST(spmc_msg_wait, gives_the_rx_buffer_back_unless_it_is_to_be_kept)
{
    for (const bool keep : {false, true}) {
        spmc_world world(config_of(SPMC_PROFILE_HAFNIUM));
        world.script(FIRST) = {{{FFA_PARTITION_INFO_GET}}, {{FFA_MSG_WAIT, 0, keep ? 1ULL : 0ULL}}};
        EXPECT_EQ(world.call({FFA_RUN, FIRST_W1}).x[0], FFA_MSG_WAIT);
        const struct smc_frame again = world.call_of_partition(FIRST, {{FFA_PARTITION_INFO_GET}});
        EXPECT_EQ(again.x[0], keep ? FFA_ERROR : FFA_SUCCESS_32);
    }
}

TEST(spmc_msg_wait, with_other_registers_is_invalid)
{
    const struct smc_frame wrong[] = {{{FFA_MSG_WAIT, 1}}, {{FFA_MSG_WAIT, 0, 2}}, {{FFA_MSG_WAIT, 0, 0, 1}}};
    for (const struct smc_frame &call : wrong) {
        spmc_world world(config_of(SPMC_PROFILE_HAFNIUM));
        world.script(FIRST) = {call};
        EXPECT_EQ(world.call({FFA_RUN, FIRST_W1}).x[0], FFA_MSG_WAIT);
        EXPECT_EQ(ffa_status(world.ran.at(1)), w(FFA_INVALID_PARAMETERS));
    }
}

TEST(spmc_runtime_model_run, a_direct_response_is_denied)
{
    spmc_world world(config_of(SPMC_PROFILE_HAFNIUM));
    world.script(FIRST) = {{{RESP, FIRST_W1}}};
    EXPECT_EQ(world.call({FFA_RUN, FIRST_W1}).x[0], FFA_MSG_WAIT);
    EXPECT_EQ(ffa_status(world.ran.at(1)), w(FFA_DENIED));
}

TEST(spmc_runtime_model_run, an_error_is_not_supported)
{
    spmc_world world(config_of(SPMC_PROFILE_HAFNIUM));
    world.script(FIRST) = {{{FFA_ERROR, 0, w(FFA_DENIED)}}};
    EXPECT_EQ(world.call({FFA_RUN, FIRST_W1}).x[0], FFA_MSG_WAIT);
    EXPECT_EQ(ffa_status(world.ran.at(1)), w(FFA_NOT_SUPPORTED));
}

TEST(spmc_runtime_model_run, a_request_to_another_partition_blocks)
{
    spmc_world world(config_of(SPMC_PROFILE_HAFNIUM));
    world.script(FIRST) = {{{REQ, FIRST_TO_SECOND, 0, 3}}};
    EXPECT_EQ(world.call({FFA_RUN, FIRST_W1}).x[0], FFA_MSG_WAIT);
    expect_registers(world.ran.at(2), {RESP, SECOND_W1 | FIRST_ID, 0, ~3ULL});
}

TEST(spmc_run_of_partitions, lets_a_waiting_one_run_and_wait)
{
    spmc_world world(config_of(SPMC_PROFILE_HAFNIUM));
    expect_registers(world.call_of_partition(FIRST, {{FFA_RUN, SECOND_W1}}), {FFA_MSG_WAIT});
}

TEST(spmc_run_of_partitions, does_not_run_itself_nor_the_normal_world)
{
    spmc_world world(config_of(SPMC_PROFILE_HAFNIUM));
    EXPECT_EQ(ffa_status(world.call_of_partition(FIRST, {{FFA_RUN, FIRST_W1}})), w(FFA_BUSY));
    EXPECT_EQ(ffa_status(world.call_of_partition(FIRST, {{FFA_RUN, 0}})), w(FFA_DENIED));
}

TEST(spmc_run_of_partitions, is_refused_by_the_others)
{
    spmc_world el3(config_of(SPMC_PROFILE_EL3_SPMC));
    el3.version(FFA_VERSION_1_2);
    EXPECT_EQ(ffa_status(el3.call_of_partition(FIRST, {{FFA_RUN, SECOND_W1}})), w(FFA_INVALID_PARAMETERS));
    spmc_world op_tee(config_of(SPMC_PROFILE_OP_TEE));
    EXPECT_EQ(ffa_status(op_tee.call_of_partition(FIRST, {{FFA_RUN, SECOND_W1}})), w(FFA_NOT_SUPPORTED));
}

TEST(spmc_run_of_partitions, that_are_not_initialised_is_busy)
{
    struct spmc_config config = config_of(SPMC_PROFILE_HAFNIUM);
    config.partitions[FIRST].not_initialised = true;
    spmc_world world(config);
    EXPECT_EQ(ffa_status(world.call({FFA_RUN, FIRST_W1})), w(FFA_BUSY));
}
