// SPDX-License-Identifier: BSD-3-Clause
//
// The StandaloneMM endpoint: which requests it takes, its checks in their order, what leaves the partition
// and what stands in the buffer then.
#include <gtest/gtest.h>

#include "tests/unit/mm_sp_world.hpp"

namespace {

const uint64_t PA = mm_sp_world::BUFFER_PA;
const uint32_t SIZE = mm_sp_world::BUFFER_SIZE;
const uint64_t REQ2 = 0xC400008D;
const uint64_t RESP2 = 0xC400008E;
const uint64_t UUID_LOW = 0x46446BF0DCAE8D37;  // 378daedc-f06b-4446-8314-40ab933c87a3, its first 8 bytes
const uint64_t UUID_HIGH = 0xA3873C93AB401483; // and the others

class standalone_world : public mm_sp_world {
public:
    explicit standalone_world(const struct mm_sp_config &config = default_config(MM_SP_STANDALONE_MM))
        : mm_sp_world(config)
    {
    }

    struct smc_frame request(uint64_t address)
    {
        return run({{FFA_MSG_SEND_DIRECT_REQ_64, 0x8002, 0, address}});
    }

    struct smc_frame request2(uint64_t low, uint64_t high, uint64_t address)
    {
        return run({{REQ2, 0x8002, low, high, address}});
    }

    void set_message_length(uint64_t length) { memcpy(buffer.data() + 16, &length, 8); }

    uint64_t return_status() const
    {
        uint64_t status;
        memcpy(&status, buffer.data() + 32, 8);
        return status;
    }
};

void expect_event_complete(const struct smc_frame &frame)
{
    const uint64_t expected[SMC_FRAME_REGISTERS] = {FFA_MSG_SEND_DIRECT_RESP_64, 0x80020000, 0, 0xC4000061};
    for (int i = 0; i < SMC_FRAME_REGISTERS; i++) {
        EXPECT_EQ(frame.x[i], expected[i]) << i;
    }
}

void expect_error(const struct smc_frame &frame, int32_t status)
{
    EXPECT_EQ(frame.x[0], FFA_ERROR);
    EXPECT_EQ(frame.x[1], 0U);
    EXPECT_EQ(frame.x[2], static_cast<uint32_t>(status));
    EXPECT_EQ(frame.x[3], 0U);
}

} // namespace

TEST(mm_sp_standalone, request_has_the_address_in_x3_and_is_event_complete)
{
    standalone_world world;
    world.lay(MM_FUNCTION_EXIT_BOOT_SERVICES, {}, 64, 0x5A5A);
    expect_event_complete(world.request(PA + 64));
    uint64_t status;
    memcpy(&status, world.buffer.data() + 64 + 32, 8);
    EXPECT_EQ(status, EFI_SUCCESS);
}

TEST(mm_sp_standalone, request2_has_the_service_in_x2_and_x3_and_the_address_in_x4)
{
    standalone_world world;
    world.lay(MM_FUNCTION_EXIT_BOOT_SERVICES, {}, 0, 0x5A5A);
    const struct smc_frame out = world.request2(UUID_LOW, UUID_HIGH, PA);
    EXPECT_EQ(out.x[0], RESP2);
    EXPECT_EQ(out.x[1], 0x80020000U);
    for (int i = 2; i < SMC_FRAME_REGISTERS; i++) {
        EXPECT_EQ(out.x[i], 0U) << i;
    }
    EXPECT_EQ(world.return_status(), EFI_SUCCESS);
    expect_error(world.request2(UUID_LOW, UUID_HIGH, PA - 1), FFA_DENIED);
}

TEST(mm_sp_standalone, request2_for_another_service_finds_no_handler_and_keeps_its_arguments)
{
    standalone_world world;
    struct smc_frame frame = {{REQ2, 0x8002, 1, 2}};
    for (uint64_t i = 4; i < SMC_FRAME_REGISTERS; i++) {
        frame.x[i] = 0x1000 + i;
    }
    const struct smc_frame out = world.run(frame);
    EXPECT_EQ(out.x[0], RESP2);
    EXPECT_EQ(out.x[2], 0U);
    EXPECT_EQ(out.x[3], 0U);
    for (uint64_t i = 4; i < SMC_FRAME_REGISTERS; i++) {
        EXPECT_EQ(out.x[i], 0x1000 + i);
    }
    EXPECT_TRUE(world.accesses.empty());
}

TEST(mm_sp_standalone, other_frames_are_invalid_parameters)
{
    standalone_world world;
    world.lay(MM_FUNCTION_EXIT_BOOT_SERVICES, {});
    expect_error(world.run({{FFA_MSG_SEND_DIRECT_REQ_32, 0x8002, 0, PA}}), FFA_INVALID_PARAMETERS);
    expect_error(world.run({{FFA_FEATURES}}), FFA_INVALID_PARAMETERS);
    EXPECT_EQ(world.run({{FFA_RUN, 0x80020000}}).x[0], FFA_MSG_WAIT);
    EXPECT_TRUE(world.accesses.empty());
}

TEST(mm_sp_standalone, address_outside_the_buffer_is_denied)
{
    standalone_world world;
    for (const uint64_t address : {uint64_t{0}, PA - 1, PA + SIZE, PA + 0x100000000, UINT64_MAX}) {
        expect_error(world.request(address), FFA_DENIED);
        EXPECT_TRUE(world.accesses.empty());
    }
}

TEST(mm_sp_standalone, less_room_than_the_header_is_denied)
{
    standalone_world world;
    expect_error(world.request(PA + SIZE - 23), FFA_DENIED);
    EXPECT_TRUE(world.accesses.empty());
    expect_event_complete(world.request(PA + SIZE - 24)); // a message of length 0 for a GUID of zeros
}

TEST(mm_sp_standalone, length_beyond_the_buffer_is_denied_before_the_guid_is_looked_at)
{
    standalone_world world;
    world.lay(MM_FUNCTION_EXIT_BOOT_SERVICES, {});
    world.buffer[0] ^= 1;
    for (const uint64_t length : {uint64_t{SIZE - 23}, uint64_t{1} << 32, UINT64_MAX, UINT64_MAX - 23}) {
        world.set_message_length(length);
        expect_error(world.request(PA), FFA_DENIED);
        EXPECT_EQ(world.accesses.size(), 1U) << "the header and nothing else";
    }
    world.set_message_length(SIZE - 24);
    expect_event_complete(world.request(PA));
}

class mm_sp_standalone_unknown_header : public testing::TestWithParam<bytes> {};

TEST_P(mm_sp_standalone_unknown_header, is_event_complete_and_goes_back_as_it_came)
{
    standalone_world world;
    const bytes guid = GetParam();
    world.lay(MM_FUNCTION_EXIT_BOOT_SERVICES, bytes(32, 0x77), 0, 0x5A5A);
    std::copy(guid.begin(), guid.end(), world.buffer.begin());
    const bytes before = world.buffer;
    expect_event_complete(world.request(PA));
    EXPECT_EQ(world.buffer, before);
    EXPECT_EQ(world.count(ACCESS_WRITE), 1U) << "it is written back all the same";
    world.set("Boot", BS, {1});
    EXPECT_EQ(world.get("Boot").efi_status, EFI_SUCCESS) << "and nothing was done";
}

INSTANTIATE_TEST_SUITE_P(headers, mm_sp_standalone_unknown_header,
                         testing::Values(bytes(16, 0), bytes(MM_VARIABLE_POLICY_GUID_BYTES),
                                         bytes(MM_COMMUNICATE_HEADER_V3_GUID_BYTES)));

TEST(mm_sp_standalone, the_smm_gateway_knows_neither_header_either)
{
    for (const bytes &guid :
         {bytes(MM_VARIABLE_POLICY_GUID_BYTES), bytes(MM_COMMUNICATE_HEADER_V3_GUID_BYTES)}) {
        mm_sp_world world;
        world.lay(MM_FUNCTION_EXIT_BOOT_SERVICES, bytes(32, 0));
        std::copy(guid.begin(), guid.end(), world.buffer.begin());
        EXPECT_EQ(static_cast<int64_t>(world.doorbell().x[3]), MM_STATUS_NOT_SUPPORTED);
        EXPECT_EQ(world.count(ACCESS_WRITE), 0U);
    }
}

TEST(mm_sp_standalone, message_without_the_variable_header_is_event_complete_without_a_status)
{
    standalone_world world;
    for (const uint64_t length : {0, 8, 15}) {
        world.lay(MM_FUNCTION_EXIT_BOOT_SERVICES, {}, 0, 0x5A5A);
        world.set_message_length(length);
        expect_event_complete(world.request(PA));
        EXPECT_EQ(world.return_status(), 0x5A5AU);
    }
    EXPECT_EQ(world.set("Boot", BS, {1}), EFI_SUCCESS);
    EXPECT_EQ(world.get("Boot").efi_status, EFI_SUCCESS);
}

TEST(mm_sp_standalone, the_original_size_goes_back)
{
    standalone_world world;
    world.invoke(MM_FUNCTION_QUERY_VARIABLE_INFO, bytes(100, 7));
    EXPECT_EQ(world.accesses.at(2).op, ACCESS_WRITE);
    EXPECT_EQ(world.accesses.at(2).pa, PA);
    EXPECT_EQ(world.accesses.at(2).size, 24U + 16 + 100);
    uint64_t length;
    memcpy(&length, world.buffer.data() + 16, 8);
    EXPECT_EQ(length, 116U) << "MessageLength is the request's";
}

TEST(mm_sp_standalone, an_access_that_the_bus_refuses_is_no_memory)
{
    for (int refused = 0; refused < 4; refused++) {
        standalone_world world;
        world.lay(MM_FUNCTION_EXIT_BOOT_SERVICES, {});
        world.refuse_access = refused;
        expect_error(world.request(PA), FFA_NO_MEMORY);
        EXPECT_EQ(world.accesses.size(), static_cast<size_t>(refused) + 1);
    }
}

TEST(mm_sp_standalone, replies_are_told_with_an_ffa_status)
{
    standalone_world world;
    world.lay(MM_FUNCTION_EXIT_BOOT_SERVICES, {});
    for (const uint64_t address : {PA, PA - 1}) {
        world.request(address);
        ASSERT_EQ(world.log->count, 2U);
        const struct event &reply = world.log->events[1];
        EXPECT_EQ(reply.kind, EVENT_MM_REPLY);
        EXPECT_EQ(reply.args[2], 0U) << "no MM status";
        EXPECT_EQ(static_cast<int64_t>(reply.args[3]), address == PA ? 0 : FFA_DENIED);
    }
}

TEST(mm_sp_standalone, faults)
{
    standalone_world world;
    world.lay(MM_FUNCTION_EXIT_BOOT_SERVICES, {});
    mm_sp_arm_fault(world.core.get(), MM_SP_FAULT_MM_STATUS, -3);
    EXPECT_EQ(static_cast<int64_t>(world.request(PA).x[3]), -3);
    EXPECT_EQ(static_cast<int64_t>(world.log->events[world.log->count - 1].args[2]), -3) << "no success";
    EXPECT_TRUE(world.accesses.empty());
    mm_sp_arm_fault(world.core.get(), MM_SP_FAULT_FFA_ERROR, FFA_BUSY);
    expect_error(world.request(PA), FFA_BUSY);
    mm_sp_arm_fault(world.core.get(), MM_SP_FAULT_EFI_STATUS, static_cast<int64_t>(EFI_DEVICE_ERROR));
    expect_event_complete(world.request(PA));
    EXPECT_EQ(world.return_status(), EFI_DEVICE_ERROR);
    mm_sp_arm_fault(world.core.get(), MM_SP_FAULT_SILENT, 0);
    expect_event_complete(world.request(PA));
    EXPECT_EQ(world.count(ACCESS_WRITE), 0U);
}
