/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include <cstring>

#include "firmware/runtime/ffa_bus.h"
#include "firmware/runtime/ffa_status.h"
#include "firmware/runtime/mm_communicate.h"
#include "firmware/runtime/mm_message.h"
#include "model/abi/ffa.h"
#include "tests/unit/firmware_world.hpp"

namespace {

using Order = std::vector<std::string>;
constexpr uint32_t ENDPOINTS = uint32_t{FirmwareWorld::OWN_ID} << 16 | FirmwareWorld::PARTITION_ID;

TEST(ffa_route, needs_a_bus_that_is_ready_for_the_phase)
{
    FirmwareWorld world;
    EXPECT_EQ(ENDPOINTS, ffa_route_to_mm_partition());
    efi_runtime_context.phase = EFI_PHASE_RUNTIME; // ExitBootServices has not prepared it
    EXPECT_EQ(-FIRMWARE_EPERM, ffa_route_to_mm_partition());
    world.runtime_phase();
    EXPECT_EQ(ENDPOINTS, ffa_route_to_mm_partition());
    efi_runtime_context.partition_id = 0;
    EXPECT_EQ(-FIRMWARE_ENOSYS, ffa_route_to_mm_partition());
}

TEST(direct_message, is_smc64_with_the_endpoints_and_one_payload_register)
{
    FirmwareWorld world;
    world.secure = [](const WorldCall &) { return FirmwareWorld::response(0xFFFFFFFFFFFFFFFD); };
    const ffa_response response = ffa_direct_message(ENDPOINTS, 0x40);
    ASSERT_EQ(1U, world.calls.size());
    const std::array<uint64_t, 6> expected = {FFA_MSG_SEND_DIRECT_REQ_64, 0x00038002, 0, 0x40, 0, 0};
    EXPECT_EQ(expected, world.calls[0].x);
    EXPECT_EQ(0, response.error);
    EXPECT_EQ(0xFFFFFFFFFFFFFFFD, response.x3);
}

TEST(direct_message, an_interrupted_partition_is_run_on_with_the_w1_of_the_interrupt)
{
    FirmwareWorld world;
    world.secure = [&](const WorldCall &) -> SmcAnswer {
        switch (world.calls.size()) {
        case 1:
            return {FFA_INTERRUPT, 0x80050001, 0, 0, 0, 0, 0, 0};
        case 2:
            return {FFA_INTERRUPT | FFA_FUNCTION_64BIT, 0x80060002, 0, 0, 0, 0, 0, 0};
        default:
            return FirmwareWorld::response(7);
        }
    };
    const ffa_response response = ffa_direct_message(ENDPOINTS, 0);
    ASSERT_EQ(3U, world.calls.size());
    const std::array<uint64_t, 6> first = {FFA_RUN, 0x80050001, 0, 0, 0, 0};
    const std::array<uint64_t, 6> second = {FFA_RUN, 0x80060002, 0, 0, 0, 0};
    EXPECT_EQ(first, world.calls[1].x);
    EXPECT_EQ(second, world.calls[2].x) << "FFA_RUN is SMC32 even after the 64-bit form";
    EXPECT_EQ(0, response.error);
    EXPECT_EQ(7U, response.x3);
}

TEST(direct_message, gives_up_on_a_manager_that_interrupts_for_ever)
{
    FirmwareWorld world;
    world.secure = [](const WorldCall &) -> SmcAnswer {
        return {FFA_INTERRUPT, 0x80020000, 0, 0, 0, 0, 0, 0};
    };
    EXPECT_EQ(-FIRMWARE_ETIMEDOUT, ffa_direct_message(ENDPOINTS, 0).error);
    EXPECT_EQ(1U + FFA_RUNS_MAX, world.calls.size());
}

TEST(direct_message, an_error_is_its_errno)
{
    FirmwareWorld world;
    world.secure = [](const WorldCall &) -> SmcAnswer {
        return {FFA_ERROR, 0, static_cast<uint32_t>(FFA_BUSY), 0, 0, 0, 0, 0};
    };
    EXPECT_EQ(-FIRMWARE_EBUSY, ffa_direct_message(ENDPOINTS, 0).error);
    EXPECT_EQ(1U, world.calls.size()) << "BUSY is not retried";
}

TEST(direct_message, what_is_no_answer_to_it_breaks_the_protocol)
{
    const uint64_t ids = uint64_t{FirmwareWorld::PARTITION_ID} << 16 | FirmwareWorld::OWN_ID;
    const SmcAnswer answers[] = {
        {FFA_SUCCESS_32, 0, 0, 0, 0, 0, 0, 0},
        {FFA_SUCCESS_64, 0, 0, 0, 0, 0, 0, 0},
        {FFA_MSG_SEND_DIRECT_RESP_32, ids, 0, 0, 0, 0, 0, 0}, // width
        {FFA_MSG_SEND_DIRECT_RESP_64, ENDPOINTS, 0, 0, 0, 0, 0, 0},
        {FFA_MSG_SEND_DIRECT_RESP_64, ids ^ 0x10000, 0, 0, 0, 0, 0, 0},
        {FFA_MSG_SEND_DIRECT_RESP_64, ids, FFA_DIRECT_MESSAGE_FRAMEWORK, 0, 0, 0, 0, 0},
        {FFA_YIELD, 0x80020000, 0, 0, 0, 0, 0, 0},
        {0xFFFFFFFFFFFFFFFF, 0, 0, 0, 0, 0, 0, 0},
    };
    for (const SmcAnswer &answer : answers) {
        FirmwareWorld world;
        world.secure = [&](const WorldCall &) { return answer; };
        EXPECT_EQ(-FIRMWARE_EPROTO, ffa_direct_message(ENDPOINTS, 0).error) << std::hex << answer[0];
    }
}

TEST(mm_message, has_the_layout_of_edk2)
{
    alignas(8) uint8_t message[64];
    std::memset(message, 0xAA, sizeof(message));
    const uint8_t *payload = mm_message_begin(message, MM_FUNCTION_GET_PAYLOAD_SIZE, 8);
    const uint8_t expected[] = MM_VARIABLE_GUID_BYTES;
    EXPECT_EQ(0, std::memcmp(expected, message, 16));
    const uint64_t words[] = {16 + 8, 11, EFI_DEVICE_ERROR, 0}; // silence is no success
    EXPECT_EQ(0, std::memcmp(words, message + 16, sizeof(words)));
    EXPECT_EQ(message + 40, payload);
    EXPECT_EQ(0xAA, message[48]) << "nothing behind the message is written";
    EXPECT_EQ(48U, mm_message_size(8));
}

TEST(mm_message, payload_limit_fits_the_buffer_less_two)
{
    uint64_t limit = 0;
    ASSERT_TRUE(mm_payload_limit(0x100000, 0x1000, &limit));
    EXPECT_EQ(0x1000U - 40 - 2, limit);
    ASSERT_TRUE(mm_payload_limit(1024, 0x1000, &limit));
    EXPECT_EQ(1022U, limit);
    ASSERT_TRUE(mm_payload_limit(74, 0x1000, &limit));
    EXPECT_EQ(72U, limit);
    EXPECT_FALSE(mm_payload_limit(73, 0x1000, &limit));
    EXPECT_FALSE(mm_payload_limit(0, 0x1000, &limit));
    ASSERT_TRUE(mm_payload_limit(0x1000, 40 + 74, &limit));
    EXPECT_FALSE(mm_payload_limit(0x1000, 40 + 73, &limit));
    EXPECT_FALSE(mm_payload_limit(0x1000, 16, &limit));
}

TEST(mm_message, name_size_counts_the_nul_and_needs_it)
{
    const uint16_t name[] = {'F', 'o', 'o', 0, 'x'};
    EXPECT_EQ(8U, mm_name_size(name, 100));
    EXPECT_EQ(8U, mm_name_size(name, 8));
    EXPECT_EQ(0U, mm_name_size(name, 7));
    EXPECT_EQ(0U, mm_name_size(name, 0));
    EXPECT_EQ(2U, mm_name_size(name + 3, 2));
}

class Exchange : public ::testing::Test {
protected:
    FirmwareWorld world;
    mm_reply reply{};

    uint64_t send(uint64_t payload_size, uint64_t size)
    {
        uint8_t *message = mm_message_memory();
        mm_message_begin(message, MM_FUNCTION_QUERY_VARIABLE_INFO, payload_size);
        return mm_communicate(message, size, &reply);
    }
    uint64_t send(uint64_t payload_size) { return send(payload_size, mm_message_size(payload_size)); }
    uint64_t buffer() const { return reinterpret_cast<uint64_t>(world.shared.data()); }
};

TEST_F(Exchange, maintains_the_request_before_and_the_whole_buffer_after_the_smc)
{
    EXPECT_EQ(EFI_SUCCESS, send(32));
    ASSERT_EQ((Order{"before", "smc", "after"}), world.order());
    EXPECT_EQ(buffer(), world.calls[0].start);
    EXPECT_EQ(buffer() + 72, world.calls[0].end);
    EXPECT_EQ(buffer(), world.calls[2].start);
    EXPECT_EQ(buffer() + FirmwareWorld::BUFFER_SIZE, world.calls[2].end);
    EXPECT_EQ(EFI_PHASE_BOOT, world.calls[0].phase);
    world.runtime_phase();
    EXPECT_EQ(EFI_SUCCESS, send(32));
    EXPECT_EQ(EFI_PHASE_RUNTIME, world.calls[3].phase);
}

TEST_F(Exchange, at_boot_the_request_is_copied_and_the_response_copied_back)
{
    world.secure = [&](const WorldCall &) {
        EXPECT_EQ(16U + 32, world.header().message_length);
        EXPECT_EQ(uint64_t{MM_FUNCTION_QUERY_VARIABLE_INFO}, world.variable_header().function);
        world.answer_headers(16, EFI_NOT_FOUND);
        world.shared[MM_PAYLOAD_OFFSET] = 0x5A;
        world.shared[MM_PAYLOAD_OFFSET + 16] = 0x77; // behind the response
        return FirmwareWorld::response();
    };
    EXPECT_EQ(EFI_SUCCESS, send(32));
    EXPECT_EQ(EFI_NOT_FOUND, reply.return_status);
    EXPECT_EQ(16U, reply.payload_size);
    EXPECT_EQ(0x5A, world.private_message[MM_PAYLOAD_OFFSET]);
    EXPECT_EQ(0, world.private_message[MM_PAYLOAD_OFFSET + 16]);
}

TEST_F(Exchange, at_runtime_it_happens_in_place)
{
    world.runtime_phase();
    EXPECT_EQ(world.shared.data(), mm_message_memory());
    EXPECT_EQ(EFI_SUCCESS, send(32));
    EXPECT_EQ((std::array<uint8_t, FirmwareWorld::BUFFER_SIZE>{}), world.private_message);
}

TEST_F(Exchange, x3_says_where_the_message_is)
{
    efi_runtime_context.shared_message = world.shared.data() + 0x100;
    efi_runtime_context.shared_size = FirmwareWorld::BUFFER_SIZE - 0x100;
    efi_runtime_context.shared_offset = 0x100;
    world.secure = [&](const WorldCall &call) {
        EXPECT_EQ(0x100U, call.x[3]);
        return FirmwareWorld::response();
    };
    EXPECT_EQ(EFI_SUCCESS, send(32));
    EXPECT_EQ(buffer() + 0x100, world.calls[0].start);
    EXPECT_EQ(buffer() + 0x1000, world.calls[2].end);
}

TEST_F(Exchange, a_request_of_the_wrong_length_never_reaches_the_partition)
{
    const uint64_t payload_max = FirmwareWorld::BUFFER_SIZE - MM_PAYLOAD_OFFSET;
    EXPECT_EQ(EFI_INVALID_PARAMETER, send(32, mm_message_size(32) - 1));
    EXPECT_EQ(EFI_INVALID_PARAMETER, send(32, mm_message_size(32) + 1));
    EXPECT_EQ(EFI_INVALID_PARAMETER, send(0, MM_PAYLOAD_OFFSET - 1));
    efi_runtime_context.shared_size -= 1;
    EXPECT_EQ(EFI_INVALID_PARAMETER, send(payload_max));
    EXPECT_TRUE(world.calls.empty());
    efi_runtime_context.shared_size += 1;
    EXPECT_EQ(EFI_SUCCESS, send(payload_max)) << "exactly the buffer fits";
}

TEST_F(Exchange, a_response_longer_than_the_request_is_refused)
{
    uint64_t length = 16 + 32;
    world.secure = [&](const WorldCall &) {
        std::memcpy(world.shared.data() + 16, &length, sizeof(length));
        return FirmwareWorld::response();
    };
    EXPECT_EQ(EFI_SUCCESS, send(32));
    for (length = 16 + 33; length != 0; length = length == UINT64_MAX ? 0 : UINT64_MAX) {
        EXPECT_EQ(EFI_OUT_OF_RESOURCES, send(32)) << length;
    }
    length = 15; // no room for its own status
    EXPECT_EQ(EFI_DEVICE_ERROR, send(32));
}

TEST_F(Exchange, a_response_to_something_else_is_refused)
{
    uint64_t function = MM_FUNCTION_QUERY_VARIABLE_INFO;
    uint8_t guid_byte = 0;
    world.secure = [&](const WorldCall &) {
        std::memcpy(world.shared.data() + MM_COMMUNICATE_HEADER_SIZE, &function, sizeof(function));
        world.shared[15] ^= guid_byte;
        return FirmwareWorld::response();
    };
    EXPECT_EQ(EFI_SUCCESS, send(32));
    guid_byte = 1;
    EXPECT_EQ(EFI_DEVICE_ERROR, send(32)) << "another protocol's GUID";
    guid_byte = 0;
    function = MM_FUNCTION_GET_VARIABLE;
    EXPECT_EQ(EFI_DEVICE_ERROR, send(32)) << "another function";
}

TEST_F(Exchange, statuses_of_partition_and_transport_keep_apart)
{
    world.secure = [](const WorldCall &) { return FirmwareWorld::response(static_cast<uint64_t>(-2)); };
    EXPECT_EQ(EFI_INVALID_PARAMETER, send(32));
    world.secure = [](const WorldCall &) -> SmcAnswer {
        return {FFA_ERROR, 0, static_cast<uint32_t>(FFA_INVALID_PARAMETERS), 0, 0, 0, 0, 0};
    };
    EXPECT_EQ(EFI_DEVICE_ERROR, send(32));
    EXPECT_EQ((Order{"before", "smc", "after", "before", "smc", "after"}), world.order());
    efi_runtime_context.ffa_ready = false;
    EXPECT_EQ(EFI_UNSUPPORTED, send(32));
    EXPECT_EQ(6U, world.calls.size());
}

} // namespace
