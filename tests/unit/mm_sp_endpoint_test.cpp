// SPDX-License-Identifier: BSD-3-Clause
//
// The MM communicate endpoint: checks in their order, what is read and written, maintenance, barriers,
// faults.
#include <gtest/gtest.h>

#include "tests/unit/mm_sp_world.hpp"

namespace {

const uint64_t PA = mm_sp_world::BUFFER_PA;
const uint32_t SIZE = mm_sp_world::BUFFER_SIZE;

void expect_response(const struct smc_frame &frame, int64_t mm_status)
{
    EXPECT_EQ(frame.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
    EXPECT_EQ(frame.x[1], 0x80020000U);
    EXPECT_EQ(frame.x[2], 0U);
    EXPECT_EQ(frame.x[3], static_cast<uint64_t>(mm_status));
    for (int i = 4; i < SMC_FRAME_REGISTERS; i++) {
        EXPECT_EQ(frame.x[i], 0U) << i;
    }
}

void set_message_length(mm_sp_world &world, uint64_t length, uint64_t offset = 0)
{
    memcpy(world.buffer.data() + offset + 16, &length, 8);
}

uint64_t message_length(const mm_sp_world &world)
{
    uint64_t length;
    memcpy(&length, world.buffer.data() + 16, 8);
    return length;
}

std::vector<int> ops(const mm_sp_world &world)
{
    std::vector<int> result;
    for (const struct access &access : world.accesses) {
        result.push_back(access.op);
    }
    return result;
}

} // namespace

// The order of checks

TEST(mm_sp_endpoint, a_32_bit_request_is_not_supported_in_a_32_bit_response)
{
    mm_sp_world world;
    world.lay(MM_FUNCTION_EXIT_BOOT_SERVICES, {});
    const struct smc_frame out = world.run({{FFA_MSG_SEND_DIRECT_REQ_32, 0x8002}});
    EXPECT_EQ(out.x[0], FFA_MSG_SEND_DIRECT_RESP_32);
    EXPECT_EQ(out.x[1], 0x80020000U);
    EXPECT_EQ(out.x[3], 0xFFFFFFFFU);
    EXPECT_TRUE(world.accesses.empty());
}

TEST(mm_sp_endpoint, offset_without_room_for_the_header_is_an_invalid_parameter)
{
    mm_sp_world world;
    for (const uint64_t offset : {uint64_t{SIZE - 23}, uint64_t{SIZE}, uint64_t{0x100000000}, UINT64_MAX}) {
        expect_response(world.doorbell(offset), MM_STATUS_INVALID_PARAMETER);
        EXPECT_TRUE(world.accesses.empty());
    }
}

TEST(mm_sp_endpoint, the_last_offset_with_room_for_the_header_is_read)
{
    mm_sp_world world;
    expect_response(world.doorbell(SIZE - 24), MM_STATUS_NOT_SUPPORTED); // GUID of zeros, length 0
    EXPECT_EQ(world.accesses.at(0).pa, PA + SIZE - 24);
}

TEST(mm_sp_endpoint, message_length_beyond_the_buffer_is_an_invalid_parameter)
{
    mm_sp_world world;
    world.lay(MM_FUNCTION_EXIT_BOOT_SERVICES, {});
    for (const uint64_t length : {uint64_t{SIZE - 23}, uint64_t{1} << 32, UINT64_MAX, UINT64_MAX - 23}) {
        set_message_length(world, length);
        expect_response(world.doorbell(), MM_STATUS_INVALID_PARAMETER);
        EXPECT_EQ(ops(world), (std::vector<int>{ACCESS_READ})) << "the header and nothing else";
        EXPECT_EQ(message_length(world), length);
    }
    set_message_length(world, SIZE - 24);
    expect_response(world.doorbell(), MM_STATUS_SUCCESS);
}

TEST(mm_sp_endpoint, unknown_header_guid_is_not_supported)
{
    mm_sp_world world;
    world.lay(MM_FUNCTION_EXIT_BOOT_SERVICES, {});
    world.buffer[15] ^= 1;
    expect_response(world.doorbell(), MM_STATUS_NOT_SUPPORTED);
    EXPECT_EQ(ops(world), (std::vector<int>{ACCESS_READ}));
}

TEST(mm_sp_endpoint, message_without_room_for_the_variable_header_is_denied_and_its_length_zeroed)
{
    mm_sp_world world;
    world.lay(MM_FUNCTION_EXIT_BOOT_SERVICES, {});
    set_message_length(world, 15);
    expect_response(world.doorbell(), MM_STATUS_DENIED);
    EXPECT_EQ(message_length(world), 0U);
}

TEST(mm_sp_endpoint, the_length_is_checked_before_the_guid)
{
    mm_sp_world world;
    world.lay(0, {});
    world.buffer[0] ^= 1;
    set_message_length(world, SIZE);
    expect_response(world.doorbell(), MM_STATUS_INVALID_PARAMETER);
    set_message_length(world, 3);
    expect_response(world.doorbell(), MM_STATUS_NOT_SUPPORTED);
}

class mm_sp_unknown_function : public testing::TestWithParam<uint64_t> {};

TEST_P(mm_sp_unknown_function, is_an_invalid_parameter_with_an_empty_reply)
{
    mm_sp_world world;
    const mm_sp_world::reply reply = world.invoke(GetParam(), bytes(64, 0xEE));
    EXPECT_EQ(world.mm_status, MM_STATUS_INVALID_PARAMETER);
    EXPECT_EQ(reply.message_length, 16U);
    EXPECT_EQ(reply.efi_status, EFI_SUCCESS);
}

INSTANTIATE_TEST_SUITE_P(functions, mm_sp_unknown_function,
                         testing::Values(0, MM_FUNCTION_READY_TO_BOOT, MM_FUNCTION_GET_STATISTICS,
                                         MM_FUNCTION_LOCK_VARIABLE, 12, 13, 14, 15, 0xFFFFFFFF,
                                         0x8000000000000000));

TEST(mm_sp_endpoint, the_function_is_the_low_word_as_in_the_rpc_layer)
{
    mm_sp_world world;
    world.invoke(0x100000000ULL | MM_FUNCTION_EXIT_BOOT_SERVICES, {});
    EXPECT_EQ(world.mm_status, MM_STATUS_SUCCESS);
}

TEST(mm_sp_endpoint, works_at_any_offset)
{
    mm_sp_world world;
    const mm_sp_world::reply reply = world.invoke(MM_FUNCTION_GET_PAYLOAD_SIZE, bytes(8, 0), 100);
    EXPECT_EQ(reply.efi_status, EFI_SUCCESS);
    uint64_t size;
    memcpy(&size, reply.payload.data(), 8);
    EXPECT_EQ(size, SIZE - 100 - 24 - 16 - 36);
}

// Frames that are no direct request

TEST(mm_sp_frames, run_is_answered_with_msg_wait)
{
    mm_sp_world world;
    EXPECT_EQ(world.run({{FFA_RUN, 0x80020000}}).x[0], FFA_MSG_WAIT);
}

TEST(mm_sp_frames, anything_else_is_not_supported)
{
    mm_sp_world world;
    const struct smc_frame out = world.run({{0xC400008D}});
    EXPECT_EQ(out.x[0], FFA_ERROR);
    EXPECT_EQ(out.x[2], static_cast<uint32_t>(FFA_NOT_SUPPORTED));
}

// Accesses

TEST(mm_sp_accesses, every_byte_is_read_once_then_the_reply_is_written)
{
    mm_sp_world world;
    world.invoke(MM_FUNCTION_GET_PAYLOAD_SIZE, bytes(8, 0));
    EXPECT_EQ(ops(world), (std::vector<int>{ACCESS_READ, ACCESS_READ, ACCESS_WRITE, ACCESS_DSB}));
    EXPECT_EQ(world.accesses[0].pa, PA);
    EXPECT_EQ(world.accesses[0].size, 24U);
    EXPECT_EQ(world.accesses[1].pa, PA + 24);
    EXPECT_EQ(world.accesses[1].size, 24U);
    EXPECT_EQ(world.accesses[2].pa, PA);
    EXPECT_EQ(world.accesses[2].size, 48U);
    EXPECT_EQ(world.accesses[3].operand, 15U) << "SY";
    EXPECT_EQ(world.accesses[3].size, 0U);
}

TEST(mm_sp_accesses, carry_the_partitions_mapping)
{
    struct mm_sp_config config = mm_sp_world::default_config();
    config.memory_type = MEMORY_NORMAL_NC;
    config.shareability = SHAREABILITY_OUTER;
    config.pa_space = PA_SPACE_SECURE;
    mm_sp_world world(config);
    world.log->pc = 0x1234;
    world.log->position = 77;
    world.exit_boot_services();
    for (const struct access &access : world.accesses) {
        EXPECT_EQ(access.type, MEMORY_NORMAL_NC);
        EXPECT_EQ(access.shareability, SHAREABILITY_OUTER);
        EXPECT_EQ(access.space, PA_SPACE_SECURE);
        EXPECT_EQ(access.agent, AGENT_PARTITION);
        EXPECT_EQ(access.pc, 0x1234U);
        EXPECT_EQ(access.position, 77U);
        EXPECT_EQ(access.va, access.pa);
    }
}

TEST(mm_sp_accesses, without_the_secure_barrier_the_write_is_the_last)
{
    struct mm_sp_config config = mm_sp_world::default_config();
    config.secure_barrier = false;
    mm_sp_world world(config);
    world.exit_boot_services();
    EXPECT_EQ(ops(world), (std::vector<int>{ACCESS_READ, ACCESS_READ, ACCESS_WRITE}));
}

TEST(mm_sp_accesses, own_maintenance_invalidates_before_reading_and_cleans_after_writing)
{
    struct mm_sp_config config = mm_sp_world::default_config();
    config.own_maintenance = true;
    mm_sp_world world(config);
    world.exit_boot_services();
    EXPECT_EQ(ops(world),
              (std::vector<int>{ACCESS_DC_IVAC, ACCESS_DSB, ACCESS_READ, ACCESS_DC_IVAC, ACCESS_DSB,
                                ACCESS_READ, ACCESS_WRITE, ACCESS_DC_CVAC, ACCESS_DSB}));
    EXPECT_EQ(world.accesses[0].size, 24U);
    EXPECT_EQ(world.accesses[3].pa, PA + 24);
    EXPECT_EQ(world.accesses[7].size, 40U);
    config.secure_barrier = false;
    mm_sp_world quiet(config);
    quiet.exit_boot_services();
    EXPECT_EQ(quiet.accesses.back().op, ACCESS_DC_CVAC);
}

TEST(mm_sp_accesses, any_access_that_the_bus_refuses_is_no_memory)
{
    struct mm_sp_config config = mm_sp_world::default_config();
    config.own_maintenance = true;
    for (int refused = 0; refused < 9; refused++) {
        mm_sp_world world(config);
        world.lay(MM_FUNCTION_EXIT_BOOT_SERVICES, {});
        world.refuse_access = refused;
        expect_response(world.doorbell(), MM_STATUS_NO_MEMORY);
        EXPECT_EQ(world.accesses.size(), static_cast<size_t>(refused) + 1) << "nothing follows";
        world.refuse_access = -1;
        world.lay(MM_FUNCTION_EXIT_BOOT_SERVICES, {});
        expect_response(world.doorbell(), MM_STATUS_SUCCESS);
    }
}

// Faults

TEST(mm_sp_fault, mm_status_answers_without_touching_the_buffer)
{
    mm_sp_world world;
    for (const int64_t status : {-1, -2, -3, -4, -5, -77, 5}) {
        mm_sp_arm_fault(world.core.get(), MM_SP_FAULT_MM_STATUS, status);
        expect_response(world.doorbell(), status);
        EXPECT_TRUE(world.accesses.empty());
        EXPECT_EQ(world.log->events[0].kind, EVENT_MM_FAULT_INJECTED);
    }
}

TEST(mm_sp_fault, ffa_error_gives_up_the_pe_with_that_status)
{
    mm_sp_world world;
    mm_sp_arm_fault(world.core.get(), MM_SP_FAULT_FFA_ERROR, FFA_BUSY);
    const struct smc_frame out = world.doorbell();
    EXPECT_EQ(out.x[0], FFA_ERROR);
    EXPECT_EQ(out.x[1], 0U);
    EXPECT_EQ(out.x[2], 0xFFFFFFFCU);
    EXPECT_TRUE(world.accesses.empty());
}

TEST(mm_sp_fault, efi_status_is_written_and_nothing_is_done)
{
    mm_sp_world world;
    mm_sp_arm_fault(world.core.get(), MM_SP_FAULT_EFI_STATUS, static_cast<int64_t>(EFI_DEVICE_ERROR));
    EXPECT_EQ(world.set("Foo", NV_BS_RT, data_of("bar")), EFI_DEVICE_ERROR);
    EXPECT_EQ(world.mm_status, 0);
    EXPECT_EQ(message_length(world), 16U);
    EXPECT_EQ(world.get("Foo").efi_status, EFI_NOT_FOUND);
}

TEST(mm_sp_fault, silence_reads_the_message_and_writes_nothing)
{
    mm_sp_world world;
    mm_sp_arm_fault(world.core.get(), MM_SP_FAULT_SILENT, 0);
    world.lay(MM_FUNCTION_GET_PAYLOAD_SIZE, bytes(8, 0xAB));
    const bytes before = world.buffer;
    expect_response(world.doorbell(), MM_STATUS_SUCCESS);
    EXPECT_EQ(ops(world), (std::vector<int>{ACCESS_READ, ACCESS_READ}));
    EXPECT_EQ(world.buffer, before);
}

TEST(mm_sp_fault, message_length_is_the_value_or_one_byte_beyond_the_buffer)
{
    mm_sp_world world;
    mm_sp_arm_fault(world.core.get(), MM_SP_FAULT_MESSAGE_LENGTH, 0x100000);
    world.exit_boot_services();
    EXPECT_EQ(message_length(world), 0x100000U);
    mm_sp_arm_fault(world.core.get(), MM_SP_FAULT_MESSAGE_LENGTH, 0);
    world.exit_boot_services();
    EXPECT_EQ(message_length(world), SIZE - 24 + 1);
}

TEST(mm_sp_fault, guid_and_function_of_the_reply_are_wrong)
{
    const uint8_t guid[] = MM_VARIABLE_GUID_BYTES;
    mm_sp_world world;
    mm_sp_arm_fault(world.core.get(), MM_SP_FAULT_GUID, 0);
    world.exit_boot_services();
    EXPECT_NE(memcmp(world.buffer.data(), guid, 16), 0);
    mm_sp_arm_fault(world.core.get(), MM_SP_FAULT_FUNCTION, 9);
    world.exit_boot_services();
    EXPECT_EQ(memcmp(world.buffer.data(), guid, 16), 0);
    EXPECT_EQ(world.buffer[24], 9);
}

TEST(mm_sp_fault, hits_one_request_and_waits_through_ffa_run)
{
    mm_sp_world world;
    mm_sp_arm_fault(world.core.get(), MM_SP_FAULT_MM_STATUS, -3);
    world.run({{FFA_RUN, 0x80020000}});
    world.lay(MM_FUNCTION_EXIT_BOOT_SERVICES, {});
    expect_response(world.doorbell(), -3);
    expect_response(world.doorbell(), 0);
}

TEST(mm_sp_fault, is_spent_by_a_request_that_fails_by_itself)
{
    mm_sp_world world;
    mm_sp_arm_fault(world.core.get(), MM_SP_FAULT_EFI_STATUS, static_cast<int64_t>(EFI_DEVICE_ERROR));
    expect_response(world.doorbell(UINT64_MAX), MM_STATUS_INVALID_PARAMETER);
    EXPECT_EQ(world.exit_boot_services(), EFI_SUCCESS);
}

// Events

TEST(mm_sp_events, request_and_reply_are_told)
{
    mm_sp_world world;
    world.get("Missing");
    ASSERT_EQ(world.log->count, 2U);
    const struct event &request = world.log->events[0];
    const struct event &reply = world.log->events[1];
    EXPECT_EQ(request.kind, EVENT_MM_REQUEST);
    EXPECT_EQ(request.args[0], static_cast<uint64_t>(MM_FUNCTION_GET_VARIABLE));
    EXPECT_EQ(request.args[1], 16U + 36 + 16);
    EXPECT_EQ(reply.kind, EVENT_MM_REPLY);
    EXPECT_EQ(reply.args[1], EFI_NOT_FOUND);
    EXPECT_EQ(reply.args[2], 0U);
    EXPECT_EQ(reply.agent, AGENT_PARTITION);
    world.doorbell(UINT64_MAX);
    const struct event &refused = world.log->events[world.log->count - 1];
    EXPECT_EQ(refused.kind, EVENT_MM_REPLY);
    EXPECT_EQ(static_cast<int64_t>(refused.args[2]), MM_STATUS_INVALID_PARAMETER);
    EXPECT_EQ(refused.args[3], 0U) << "no FF-A status";
}
