// SPDX-License-Identifier: BSD-3-Clause
//
// DEN0077, "Messaging interfaces", direct messages as tables: requests from the normal world and between
// partitions, their responses, REQ2 and RESP2, in every profile.
#include "tests/unit/spmc_rows.hpp"

using namespace spmc_rows;

namespace {

const uint64_t V1_0 = FFA_VERSION_1_0;
const uint64_t V1_1 = FFA_VERSION_1_1;
const uint64_t V1_2 = FFA_VERSION_1_2;
const uint64_t REQ = FFA_MSG_SEND_DIRECT_REQ_64;
const uint64_t REQ_32 = FFA_MSG_SEND_DIRECT_REQ_32;
const uint64_t RESP = FFA_MSG_SEND_DIRECT_RESP_64;
const uint64_t REQ2 = FFA_MSG_SEND_DIRECT_REQ2;
const uint64_t RESP2 = FFA_MSG_SEND_DIRECT_RESP2;
const uint64_t FRAMEWORK = FFA_DIRECT_MESSAGE_FRAMEWORK;
const uint64_t NOBODY = 0x8009;

const std::vector<struct row> request_rows = {
    {"is_answered", ANY_PROFILE, V1_2, {}, {REQ, FIRST_ID, 0, 5}, {RESP, uint64_t{FIRST_ID} << 16, 0, ~5ULL}},
    {"of_32_bits_is_answered",
     ANY_PROFILE,
     V1_0,
     {},
     {REQ_32, FIRST_ID, 0, 5},
     {FFA_MSG_SEND_DIRECT_RESP_32, uint64_t{FIRST_ID} << 16, 0, 0xFFFFFFFA}},
    {"secure_sender",
     ANY_PROFILE,
     V1_2,
     {},
     {REQ, uint64_t{SECOND_ID} << 16 | FIRST_ID},
     error(FFA_INVALID_PARAMETERS)},
    {"el3_logical_receiver", ANY_PROFILE, V1_2, {}, {REQ, 0xFFFE}, error(FFA_INVALID_PARAMETERS)},
    {"flags", ANY_PROFILE, V1_2, {}, {REQ, FIRST_ID, 1}, error(FFA_INVALID_PARAMETERS)},
    {"flags_come_after_the_property", OP_TEE, V1_2, {}, {REQ, MUTE_ID, 1}, error(FFA_NOT_SUPPORTED)},
    {"framework_bits_are_not_looked_at",
     HAFNIUM,
     V1_2,
     {},
     {REQ, FIRST_ID, FRAMEWORK | 0x104},
     {RESP, uint64_t{FIRST_ID} << 16}},
    {"framework_bits_are_invalid",
     EL3,
     V1_2,
     {},
     {REQ, FIRST_ID, FRAMEWORK | 0x104},
     error(FFA_INVALID_PARAMETERS)},
    {"framework_type_unknown_is_invalid",
     HAFNIUM,
     V1_2,
     {},
     {REQ, FIRST_ID, FRAMEWORK | 1},
     error(FFA_INVALID_PARAMETERS)},
    {"framework_type_unknown_is_not_supported",
     OP_TEE,
     V1_2,
     {},
     {REQ, FIRST_ID, FRAMEWORK | 1},
     error(FFA_NOT_SUPPORTED)},
    {"vm_created_reaches_a_subscriber",
     ANY_PROFILE,
     V1_2,
     {},
     {REQ, FIRST_ID, FRAMEWORK | 4},
     {RESP, uint64_t{FIRST_ID} << 16, FRAMEWORK | 4}},
    {"vm_created_from_a_vm",
     HAFNIUM | OP_TEE,
     V1_2,
     {},
     {REQ, 0x10000 | FIRST_ID, FRAMEWORK | 4},
     error(FFA_INVALID_PARAMETERS)},
    {"vm_destroyed_to_nobody_who_subscribed",
     HAFNIUM | OP_TEE,
     V1_2,
     {},
     {REQ, FIRST_ID, FRAMEWORK | 6},
     error(FFA_INVALID_PARAMETERS)},
    {"vm_destroyed_is_forwarded_to_all",
     EL3,
     V1_2,
     {},
     {REQ, FIRST_ID, FRAMEWORK | 6},
     {RESP, uint64_t{FIRST_ID} << 16}},
    {"to_itself", ANY_PROFILE, V1_2, {}, {REQ, 0x10001}, error(FFA_INVALID_PARAMETERS)},
    {"to_the_normal_world_is_invalid", HAFNIUM | EL3, V1_2, {}, {REQ, 5}, error(FFA_INVALID_PARAMETERS)},
    {"to_the_normal_world_is_not_supported", OP_TEE, V1_2, {}, {REQ, 5}, error(FFA_NOT_SUPPORTED)},
    {"receiver_unknown", ANY_PROFILE, V1_2, {}, {REQ, NOBODY}, error(FFA_INVALID_PARAMETERS)},
    {"receiver_lacks_the_property", HAFNIUM | EL3, V1_2, {}, {REQ, MUTE_ID}, error(FFA_DENIED)},
    {"receiver_lacks_the_property_op_tee", OP_TEE, V1_2, {}, {REQ, MUTE_ID}, error(FFA_NOT_SUPPORTED)},
    {"response_from_the_normal_world",
     HAFNIUM | EL3,
     V1_2,
     {},
     {RESP, FIRST_ID},
     error(FFA_INVALID_PARAMETERS)},
    {"response_from_the_normal_world_op_tee", OP_TEE, V1_2, {}, {RESP, FIRST_ID}, error(FFA_NOT_SUPPORTED)},
    {"req2_is_answered",
     ANY_PROFILE,
     V1_2,
     {},
     {REQ2, FIRST_ID, 0, 0, 9},
     {RESP2, uint64_t{FIRST_ID} << 16, 0, 0, ~9ULL}},
    {"req2_of_a_1_1_caller", ANY_PROFILE, V1_1, {}, {REQ2, FIRST_ID}, error(FFA_NOT_SUPPORTED)},
    {"req2_to_a_1_1_partition_is_denied", HAFNIUM, V1_2, {}, {REQ2, OLD_ID}, error(FFA_DENIED)},
    {"req2_to_a_1_1_partition_is_not_supported",
     EL3 | OP_TEE,
     V1_2,
     {},
     {REQ2, OLD_ID},
     error(FFA_NOT_SUPPORTED)},
    {"req2_to_a_service",
     ANY_PROFILE,
     V1_2,
     {},
     {REQ2, FIRST_ID, 0x1211111212111111, 0x1211111412111113},
     {RESP2}},
    {"req2_to_an_unknown_service",
     HAFNIUM | OP_TEE,
     V1_2,
     {},
     {REQ2, FIRST_ID, 1, 2},
     error(FFA_INVALID_PARAMETERS)},
    {"req2_to_an_unknown_service_is_not_looked_at", EL3, V1_2, {}, {REQ2, FIRST_ID, 1, 2}, {RESP2}},
    {"req2_to_a_receiver_without_the_property", HAFNIUM | EL3, V1_2, {}, {REQ2, MUTE_ID}, error(FFA_DENIED)},
};
SPMC_ROWS(spmc_request_rows, request_rows);

// The first partition answers wrongly; it is told, and answers again.
const uint64_t FIRST_TO_NW = uint64_t{FIRST_ID} << 16;
const std::vector<struct row> response_rows = {
    {"of_another_sender",
     ANY_PROFILE,
     V1_2,
     {},
     {RESP, uint64_t{SECOND_ID} << 16},
     error(FFA_INVALID_PARAMETERS)},
    {"to_itself", ANY_PROFILE, V1_2, {}, {RESP, FIRST_TO_NW | FIRST_ID}, error(FFA_INVALID_PARAMETERS)},
    {"with_flags", ANY_PROFILE, V1_2, {}, {RESP, FIRST_TO_NW, 1}, error(FFA_INVALID_PARAMETERS)},
    {"with_x8",
     ANY_PROFILE,
     V1_2,
     {},
     {RESP, FIRST_TO_NW, 0, 0, 0, 0, 0, 0, 1},
     error(FFA_INVALID_PARAMETERS)},
    {"to_somebody_else", ANY_PROFILE, V1_2, {}, {RESP, FIRST_TO_NW | SECOND_ID}, error(FFA_DENIED)},
    {"of_the_framework_to_no_such_request",
     ANY_PROFILE,
     V1_2,
     {},
     {RESP, FIRST_TO_NW, FRAMEWORK | 5},
     error(FFA_DENIED)},
    {"resp2_to_a_first_request", ANY_PROFILE, V1_2, {}, {RESP2, FIRST_TO_NW}, error(FFA_DENIED)},
    {"of_another_width",
     ANY_PROFILE,
     V1_2,
     {},
     {FFA_MSG_SEND_DIRECT_RESP_32, FIRST_TO_NW},
     error(FFA_DENIED)},
    {"msg_wait_instead", ANY_PROFILE, V1_2, {}, {FFA_MSG_WAIT}, error(FFA_DENIED)},
    {"success_instead", ANY_PROFILE, V1_2, {}, {FFA_SUCCESS_32}, error(FFA_NOT_SUPPORTED)},
    {"nonsense_instead", ANY_PROFILE, V1_2, {}, {0x12345678}, {~0ULL}},
};
SPMC_PARTITION_ROWS(spmc_response_rows, response_rows);

// The first partition sends a request to another one while it works on one of the normal world's.
const uint64_t FIRST_TO_SECOND = uint64_t{FIRST_ID} << 16 | SECOND_ID;
const std::vector<struct row> chain_rows = {
    {"is_answered",
     ANY_PROFILE,
     V1_2,
     {},
     {REQ, FIRST_TO_SECOND, 0, 6},
     {RESP, uint64_t{SECOND_ID} << 16 | FIRST_ID, 0, ~6ULL}},
    {"req2_is_answered",
     ANY_PROFILE,
     V1_2,
     {},
     {REQ2, FIRST_TO_SECOND, 0, 0, 6},
     {RESP2, uint64_t{SECOND_ID} << 16 | FIRST_ID, 0, 0, ~6ULL}},
    {"for_somebody_else",
     ANY_PROFILE,
     V1_2,
     {},
     {REQ, uint64_t{OLD_ID} << 16 | SECOND_ID},
     error(FFA_INVALID_PARAMETERS)},
    {"to_itself", ANY_PROFILE, V1_2, {}, {REQ, FIRST_TO_NW | FIRST_ID}, error(FFA_INVALID_PARAMETERS)},
    {"to_the_normal_world", HAFNIUM | EL3, V1_2, {}, {REQ, FIRST_TO_NW}, error(FFA_INVALID_PARAMETERS)},
    {"to_nobody", ANY_PROFILE, V1_2, {}, {REQ, FIRST_TO_NW | NOBODY}, error(FFA_INVALID_PARAMETERS)},
    {"to_one_that_receives_nothing",
     HAFNIUM | EL3,
     V1_2,
     {},
     {REQ, FIRST_TO_NW | MUTE_ID},
     error(FFA_DENIED)},
    {"of_the_framework",
     HAFNIUM | OP_TEE,
     V1_2,
     {},
     {REQ, FIRST_TO_SECOND, FRAMEWORK | 4},
     error(FFA_INVALID_PARAMETERS)},
};
SPMC_PARTITION_ROWS(spmc_chain_rows, chain_rows);

class spmc_receiver_states : public testing::TestWithParam<uint32_t> {};

} // namespace

TEST_P(spmc_receiver_states, not_initialised_is_busy)
{
    struct spmc_config config = config_of(GetParam());
    config.partitions[FIRST].not_initialised = true;
    spmc_world world(config);
    world.version(FFA_VERSION_1_2);
    EXPECT_EQ(ffa_status(world.call({REQ, FIRST_ID})), w(FFA_BUSY));
}

TEST_P(spmc_receiver_states, trap_8_preempted_is_busy)
{
    spmc_world world(config_of(GetParam()));
    world.version(FFA_VERSION_1_2);
    spmc_arm_interrupts(world.spmc.get(), 1);
    EXPECT_EQ(world.call({REQ, FIRST_ID}).x[0], FFA_INTERRUPT);
    EXPECT_EQ(ffa_status(world.call({REQ, FIRST_ID})), w(FFA_BUSY));
}

TEST_P(spmc_receiver_states, blocked_is_busy)
{
    spmc_world world(config_of(GetParam()));
    world.version(FFA_VERSION_1_2);
    world.script(FIRST) = {{{REQ, FIRST_TO_SECOND}}};
    spmc_arm_interrupts_for(world.spmc.get(), SECOND_ID, 1);
    EXPECT_EQ(world.call({REQ, FIRST_ID}).x[0], FFA_INTERRUPT);
    EXPECT_EQ(ffa_status(world.call({REQ, FIRST_ID})), w(FFA_BUSY));
}

TEST_P(spmc_receiver_states, aborted_is_aborted_or_busy)
{
    spmc_world world(config_of(GetParam()));
    world.version(FFA_VERSION_1_2);
    world.behaviour = spmc_world::partition_does::BREAKS;
    EXPECT_EQ(ffa_status(world.call({REQ, FIRST_ID})), w(FFA_ABORTED));
    EXPECT_EQ(ffa_status(world.call({REQ, FIRST_ID})),
              w(GetParam() == SPMC_PROFILE_EL3_SPMC ? FFA_BUSY : FFA_ABORTED));
}

TEST_P(spmc_receiver_states, an_ancestor_is_no_receiver)
{
    spmc_world world(config_of(GetParam()));
    world.version(FFA_VERSION_1_2);
    world.script(FIRST) = {{{REQ, FIRST_TO_SECOND}}};
    world.script(SECOND) = {{{REQ, uint64_t{SECOND_ID} << 16 | FIRST_ID}}};
    EXPECT_EQ(world.call({REQ, FIRST_ID, 0, 1}).x[3], ~1ULL) << "everybody goes on";
    EXPECT_EQ(ffa_status(world.ran.at(2)), w(GetParam() == SPMC_PROFILE_HAFNIUM ? FFA_DENIED : FFA_BUSY));
    EXPECT_EQ(world.ran_by.at(2), SECOND);
}

INSTANTIATE_TEST_SUITE_P(profiles, spmc_receiver_states, testing::Range(0U, 3U));

TEST(spmc_receiver_states_by_option, with_lifecycle_support_an_aborted_partition_is_busy)
{
    struct spmc_config config = config_of(SPMC_PROFILE_HAFNIUM);
    config.lifecycle_support = true;
    spmc_world world(config);
    world.behaviour = spmc_world::partition_does::BREAKS;
    EXPECT_EQ(ffa_status(world.call({REQ, FIRST_ID})), w(FFA_ABORTED));
    EXPECT_EQ(ffa_status(world.call({REQ, FIRST_ID})), w(FFA_BUSY));
    EXPECT_EQ(ffa_status(world.call({FFA_RUN, FIRST_TO_NW})), w(FFA_BUSY));
}

TEST(spmc_op_tee_threads, none_left_is_busy)
{
    struct spmc_config config = config_of(SPMC_PROFILE_OP_TEE);
    config.op_tee_threads = 1;
    spmc_world world(config);
    spmc_arm_interrupts(world.spmc.get(), 1);
    EXPECT_EQ(world.call({REQ, FIRST_ID}).x[1], FIRST_TO_NW);
    EXPECT_EQ(ffa_status(world.call({REQ, SECOND_ID})), w(FFA_BUSY));
    EXPECT_EQ(world.call({FFA_RUN, FIRST_TO_NW}).x[0], RESP);
    EXPECT_EQ(world.call({REQ, SECOND_ID}).x[0], RESP);
}

TEST(spmc_rules, a_partition_that_breaks_them_is_told_and_goes_on)
{
    spmc_world world(config_of(SPMC_PROFILE_HAFNIUM));
    world.script(FIRST) = {{{RESP, FIRST_TO_NW, 1}}, {{FFA_MSG_WAIT}}};
    EXPECT_EQ(world.call({REQ, FIRST_ID, 0, 4}).x[3], ~4ULL);
    ASSERT_EQ(world.ran.size(), 3U);
    EXPECT_EQ(ffa_status(world.ran[1]), w(FFA_INVALID_PARAMETERS));
    EXPECT_EQ(ffa_status(world.ran[2]), w(FFA_DENIED));
}

TEST(spmc_rules, a_partition_that_never_gives_up_the_pe_is_aborted)
{
    spmc_world world(config_of(SPMC_PROFILE_HAFNIUM));
    for (uint32_t i = 0; i < SPMC_CALLS_MAX + 10; i++) {
        world.script(FIRST).push_back({{FFA_ID_GET}});
    }
    EXPECT_EQ(ffa_status(world.call({REQ, FIRST_ID})), w(FFA_ABORTED));
    EXPECT_EQ(world.ran.size(), SPMC_CALLS_MAX + 1U);
}

TEST(spmc_rules, a_partition_that_dies_in_a_chain_is_told_to_its_requester)
{
    spmc_world world(config_of(SPMC_PROFILE_HAFNIUM));
    world.script(FIRST) = {{{REQ, FIRST_TO_SECOND}}};
    for (uint32_t i = 0; i < SPMC_CALLS_MAX + 10; i++) {
        world.script(SECOND).push_back({{FFA_ID_GET}});
    }
    // The watchdog stops the second; the first has no calls left, either, and is stopped with its next one.
    EXPECT_EQ(ffa_status(world.call({REQ, FIRST_ID})), w(FFA_ABORTED));
    EXPECT_EQ(ffa_status(world.ran.back()), w(FFA_ABORTED));
    EXPECT_EQ(world.ran_by.back(), FIRST);
}

TEST(spmc_registers_of_partitions, keep_what_a_result_does_not_write)
{
    spmc_world world(config_of(SPMC_PROFILE_EL3_SPMC));
    world.version(FFA_VERSION_1_2);
    struct smc_frame call = {{FFA_RX_RELEASE, 1, 2, 3, 4, 5, 6, 7, 8, 9}};
    world.script(FIRST) = {{{FFA_PARTITION_INFO_GET}}, call};
    world.call({REQ, FIRST_ID});
    ASSERT_GE(world.ran.size(), 3U);
    EXPECT_EQ(world.ran[2].x[0], FFA_SUCCESS_32);
    EXPECT_EQ(world.ran[2].x[1], 1U);
    EXPECT_EQ(world.ran[2].x[9], 9U);
}

TEST(spmc_registers_of_partitions, x8_to_x17_of_req2_cross_in_both_directions)
{
    spmc_world world(config_of(SPMC_PROFILE_HAFNIUM));
    struct smc_frame in = {{REQ2, FIRST_ID}};
    in.x[17] = 0x1717;
    struct smc_frame answer = {{RESP2, FIRST_TO_NW}};
    answer.x[17] = 0x7171;
    world.script(FIRST) = {answer};
    EXPECT_EQ(world.call_frame(in).x[17], 0x7171U);
    EXPECT_EQ(world.ran[0].x[17], 0x1717U);
}
