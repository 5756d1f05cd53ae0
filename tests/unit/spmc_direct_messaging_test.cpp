// SPDX-License-Identifier: BSD-3-Clause
//
// DEN0077, "Messaging interfaces": direct requests and responses, and the registers that cross.
#include <gtest/gtest.h>

#include "tests/unit/spmc_world.hpp"

namespace {

const uint64_t MM = spmc_world::MM_ID;

void expect_refused(spmc_world &world, const struct smc_frame &out, int32_t status, uint64_t check)
{
    EXPECT_EQ(out.x[0], FFA_ERROR);
    EXPECT_EQ(ffa_status(out), w(status));
    EXPECT_EQ(world.refused_by(), check);
    EXPECT_TRUE(world.ran.empty());
}

} // namespace

// The order of checks

TEST(spmc_direct_request, sender_with_a_secure_id_is_invalid)
{
    spmc_world world;
    expect_refused(world, world.call({FFA_MSG_SEND_DIRECT_REQ_64, 0x8001ULL << 16 | MM}),
                   FFA_INVALID_PARAMETERS, 1);
    expect_refused(world, world.call({FFA_MSG_SEND_DIRECT_REQ_64, MM << 16 | MM}), FFA_INVALID_PARAMETERS, 1);
}

TEST(spmc_direct_request, to_an_el3_logical_partition_is_invalid)
{
    spmc_world world;
    expect_refused(world, world.call({FFA_MSG_SEND_DIRECT_REQ_64, 0xFFFE}), FFA_INVALID_PARAMETERS, 2);
    expect_refused(world, world.call({FFA_MSG_SEND_DIRECT_REQ_32, 0xFFC0}), FFA_INVALID_PARAMETERS, 2);
}

TEST(spmc_direct_request, flags_that_are_no_framework_message_are_invalid)
{
    spmc_world world;
    expect_refused(world, world.call({FFA_MSG_SEND_DIRECT_REQ_64, MM, 1}), FFA_INVALID_PARAMETERS, 3);
    expect_refused(world, world.call({FFA_MSG_SEND_DIRECT_REQ_32, MM, 0x40000000}), FFA_INVALID_PARAMETERS,
                   3);
}

TEST(spmc_direct_request, framework_message_without_subscription_is_invalid)
{
    spmc_world world;
    for (const uint64_t type : {0, 1, 2, 5, 7, 8, 9}) {
        expect_refused(world, world.call({FFA_MSG_SEND_DIRECT_REQ_32, MM, 0x80000000 | type}),
                       FFA_INVALID_PARAMETERS, 11);
    }
    for (const uint64_t type : {FFA_FRAMEWORK_VM_CREATED, FFA_FRAMEWORK_VM_DESTROYED}) {
        expect_refused(world, world.call({FFA_MSG_SEND_DIRECT_REQ_32, MM, 0x80000000 | type}),
                       FFA_INVALID_PARAMETERS, 4);
    }
}

TEST(spmc_direct_request, framework_message_reaches_a_subscriber_from_the_hypervisor_only)
{
    struct spmc_config config = spmc_world::default_config();
    config.partitions[0].properties |= FFA_PARTITION_VM_CREATED_MESSAGES;
    spmc_world world(config);
    expect_refused(world, world.call({FFA_MSG_SEND_DIRECT_REQ_32, 1ULL << 16 | MM, 0x80000004}),
                   FFA_INVALID_PARAMETERS, 4);
    expect_refused(world, world.call({FFA_MSG_SEND_DIRECT_REQ_32, MM, 0x80000006}), FFA_INVALID_PARAMETERS,
                   4);
    EXPECT_EQ(world.call({FFA_MSG_SEND_DIRECT_REQ_32, MM, 0x80000004}).x[0], FFA_MSG_SEND_DIRECT_RESP_32);
}

TEST(spmc_direct_request, receiver_that_is_no_partition_is_invalid)
{
    spmc_world world;
    for (const uint64_t receiver : {0ULL, 1ULL, 0x7FFFULL, 0x8000ULL, 0x8001ULL, 0x8003ULL}) {
        expect_refused(world, world.call({FFA_MSG_SEND_DIRECT_REQ_64, receiver}), FFA_INVALID_PARAMETERS,
                       receiver == 0 ? 12 : 5);
    }
    expect_refused(world, world.call({FFA_MSG_SEND_DIRECT_REQ_64, 5ULL << 16 | 5}), FFA_INVALID_PARAMETERS,
                   12);
}

TEST(spmc_direct_request, receiver_without_the_receive_property_is_denied)
{
    struct spmc_config config = spmc_world::default_config();
    config.partitions[0].properties = FFA_PARTITION_SENDS_DIRECT_REQUESTS;
    spmc_world world(config);
    expect_refused(world, world.request(0), FFA_DENIED, 6);
}

TEST(spmc_direct_request, to_a_preempted_partition_is_busy)
{
    spmc_world world;
    spmc_arm_interrupts(world.spmc.get(), 1);
    world.request(0);
    expect_refused(world, world.request(0), FFA_BUSY, 7);
    expect_refused(world, world.call({FFA_MSG_SEND_DIRECT_REQ_32, 7ULL << 16 | MM}), FFA_BUSY, 7);
}

TEST(spmc_direct_request, to_an_aborted_partition_is_aborted)
{
    spmc_world world;
    world.behaviour = spmc_world::partition_does::BREAKS;
    EXPECT_EQ(ffa_status(world.request(0)), w(FFA_ABORTED));
    world.ran.clear();
    expect_refused(world, world.request(0), FFA_ABORTED, 8);
}

TEST(spmc_direct_request, the_first_failing_check_decides)
{
    spmc_world world;
    // Everything is wrong at once, then one thing less at a time.
    expect_refused(world, world.call({FFA_MSG_SEND_DIRECT_REQ_64, 0x8001FFFEULL, 1}), FFA_INVALID_PARAMETERS,
                   1);
    expect_refused(world, world.call({FFA_MSG_SEND_DIRECT_REQ_64, 0x0001FFFEULL, 1}), FFA_INVALID_PARAMETERS,
                   2);
    expect_refused(world, world.call({FFA_MSG_SEND_DIRECT_REQ_64, 0x00018007ULL, 1}), FFA_INVALID_PARAMETERS,
                   3);
    expect_refused(world, world.call({FFA_MSG_SEND_DIRECT_REQ_64, 0x00018007ULL, 0}), FFA_INVALID_PARAMETERS,
                   5);
}

TEST(spmc_direct_request, upper_halves_of_w1_and_w2_are_not_looked_at)
{
    spmc_world world;
    const struct smc_frame out =
        world.call({FFA_MSG_SEND_DIRECT_REQ_64, 0xABCD00000000ULL | MM, 0x100000000ULL});
    EXPECT_EQ(out.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
}

// What crosses

TEST(spmc_direct_request, response_has_the_width_of_the_request_and_swapped_endpoints)
{
    spmc_world world;
    struct smc_frame out = world.call({FFA_MSG_SEND_DIRECT_REQ_64, 9ULL << 16 | MM, 0, 1, 2, 3, 4, 5});
    EXPECT_EQ(out.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
    EXPECT_EQ(out.x[1], MM << 16 | 9);
    EXPECT_EQ(out.x[2], 0U);
    for (uint64_t i = 3; i < 8; i++) {
        EXPECT_EQ(out.x[i], ~(i - 2)) << i;
    }
    out = world.call({FFA_MSG_SEND_DIRECT_REQ_32, MM, 0, 1});
    EXPECT_EQ(out.x[0], FFA_MSG_SEND_DIRECT_RESP_32);
    EXPECT_EQ(out.x[3], 0xFFFFFFFEU);
}

TEST(spmc_direct_request, a_32_bit_request_carries_w_registers)
{
    spmc_world world;
    world.call({FFA_MSG_SEND_DIRECT_REQ_32, MM, 0, 0x1122334455667788});
    ASSERT_EQ(world.ran.size(), 1U);
    EXPECT_EQ(world.ran[0].x[3], 0x55667788U);
}

TEST(spmc_direct_request, wide_registers_reach_the_partition_only_when_both_sides_know_1_2)
{
    const struct {
        uint32_t caller, partition, function_id;
        bool delivered;
    } rows[] = {
        {FFA_VERSION_1_2, FFA_VERSION_1_2, FFA_MSG_SEND_DIRECT_REQ_64, true},
        {FFA_VERSION_1_1, FFA_VERSION_1_2, FFA_MSG_SEND_DIRECT_REQ_64, false},
        {FFA_VERSION_1_2, FFA_VERSION_1_1, FFA_MSG_SEND_DIRECT_REQ_64, false},
        {FFA_VERSION_1_2, FFA_VERSION_1_2, FFA_MSG_SEND_DIRECT_REQ_32, false},
    };
    for (const auto &row : rows) {
        struct spmc_config config = spmc_world::default_config();
        config.partitions[0].ffa_version = row.partition;
        spmc_world world(config);
        world.version(row.caller);
        struct smc_frame in = {{row.function_id, MM}};
        in.x[8] = 0x88;
        in.x[17] = 0x1717;
        world.call_frame(in);
        EXPECT_EQ(world.ran.at(0).x[8], row.delivered ? 0x88U : 0U);
        EXPECT_EQ(world.ran.at(0).x[17], row.delivered ? 0x1717U : 0U);
    }
}

TEST(spmc_registers, x8_to_x17_are_written_for_a_64_bit_result_to_a_1_2_caller_only)
{
    const struct {
        uint32_t version, function_id, registers;
    } rows[] = {
        {FFA_VERSION_1_2, FFA_MSG_SEND_DIRECT_REQ_64, 18},
        {FFA_VERSION_1_2, FFA_MSG_SEND_DIRECT_REQ_32, 8},
        {FFA_VERSION_1_1, FFA_MSG_SEND_DIRECT_REQ_64, 8},
        {FFA_VERSION_1_0, FFA_MSG_SEND_DIRECT_REQ_64, 8},
        {FFA_VERSION_1_2, FFA_FEATURES, 8},
        {FFA_VERSION_1_2, FFA_MSG_WAIT, 8},
    };
    for (const auto &row : rows) {
        spmc_world world;
        world.version(row.version);
        struct smc_frame in = {{row.function_id, MM}};
        for (int i = 8; i < SMC_FRAME_REGISTERS; i++) {
            in.x[i] = 0xA0 + static_cast<uint64_t>(i);
        }
        const struct smc_frame out = world.call_frame(in);
        EXPECT_EQ(world.registers_written, row.registers);
        EXPECT_EQ(out.x[17], row.registers == 18 ? 0U : 0xB1U);
    }
}

TEST(spmc_registers, the_sve_hint_is_no_part_of_the_function_identifier)
{
    spmc_world world;
    EXPECT_EQ(world.call({FFA_ID_GET | SMCCC_SVE_HINT}).x[0], FFA_SUCCESS_32);
    EXPECT_EQ(world.call({FFA_MSG_SEND_DIRECT_REQ_64 | SMCCC_SVE_HINT, MM}).x[0],
              FFA_MSG_SEND_DIRECT_RESP_64);
}

TEST(spmc_registers, only_w0_names_the_function)
{
    spmc_world world;
    EXPECT_EQ(world.call({0xDEAD000000000000ULL | FFA_ID_GET}).x[0], FFA_SUCCESS_32);
}

// What the partition may answer

TEST(spmc_direct_response, ffa_error_of_the_partition_reaches_the_caller_without_target_information)
{
    spmc_world world;
    world.script(0) = {{{FFA_ERROR, 0x80020000, w(FFA_DENIED), 3, 4}}};
    const struct smc_frame out = world.request(0);
    EXPECT_EQ(out.x[0], FFA_ERROR);
    EXPECT_EQ(out.x[1], 0U);
    EXPECT_EQ(out.x[2], w(FFA_DENIED));
    EXPECT_EQ(out.x[3], 0U);
    EXPECT_EQ(world.request(0).x[0], FFA_MSG_SEND_DIRECT_RESP_64) << "it waits for the next one";
}

TEST(spmc_direct_response, from_the_normal_world_is_invalid)
{
    spmc_world world;
    EXPECT_EQ(ffa_status(world.call({FFA_MSG_SEND_DIRECT_RESP_32, MM})), w(FFA_INVALID_PARAMETERS));
    EXPECT_EQ(ffa_status(world.call({FFA_MSG_SEND_DIRECT_RESP_64, MM})), w(FFA_INVALID_PARAMETERS));
}

// What the normal world may not call

class spmc_not_supported : public testing::TestWithParam<uint32_t> {};

TEST_P(spmc_not_supported, from_the_normal_world)
{
    spmc_world world;
    const struct smc_frame out = world.call({GetParam(), 1, 2, 3});
    EXPECT_EQ(out.x[0], FFA_ERROR);
    EXPECT_EQ(out.x[1], 0U);
    EXPECT_EQ(out.x[2], w(FFA_NOT_SUPPORTED));
    EXPECT_EQ(out.x[3], 0U);
    EXPECT_EQ(world.events(EVENT_SPMC_REFUSED), 1U);
}

INSTANTIATE_TEST_SUITE_P(functions, spmc_not_supported,
                         testing::Values(FFA_ERROR, FFA_SUCCESS_32, FFA_SUCCESS_64, FFA_INTERRUPT,
                                         FFA_MSG_POLL, FFA_MSG_WAIT, FFA_YIELD, FFA_MSG_SEND,
                                         0xC400006DU /* RUN, 64-bit */, FFA_RXTX_MAP_32,
                                         FFA_NOTIFICATION_INFO_GET_32, FFA_SECONDARY_EP_REGISTER, 0x84000088U,
                                         0x84000089U, FFA_CONSOLE_LOG_32, FFA_CONSOLE_LOG_64,
                                         FFA_EL3_INTR_HANDLE, 0x84000078U /* MEM_OP_PAUSE */, 0x84000079U,
                                         0xC400008FU, 0x84000090U, 0xC4000063U /* VERSION, 64-bit */,
                                         0x840000FFU, 0xC40000FFU));

TEST(spmc_normal_world_resume, is_denied)
{
    spmc_world world;
    EXPECT_EQ(ffa_status(world.call({FFA_NORMAL_WORLD_RESUME})), w(FFA_DENIED));
}
