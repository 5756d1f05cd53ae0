// SPDX-License-Identifier: BSD-3-Clause
//
// What sending, retrieving, relinquishing and reclaiming do: rights, what the bus is told, zeroes, responses
// in each generation, fragments, and several borrowers.
#include <algorithm>

#include <gtest/gtest.h>

#include "tests/unit/spmc_memory_world.hpp"

namespace {

const uint64_t PAGE_PA = 0x80100000;

uint64_t share(memory_world &world, const memory_request &request)
{
    const struct smc_frame out = world.send(FFA_MEM_SHARE_32, 0, request);
    EXPECT_EQ(out.x[0], FFA_SUCCESS_32) << "check " << world.check;
    return memory_handle(out);
}

memory_request lending(uint32_t flags = 0)
{
    memory_request request;
    request.attributes = 0;
    request.flags = flags;
    return request;
}

uint64_t lend(memory_world &world, const memory_request &request)
{
    const struct smc_frame out = world.send(FFA_MEM_LEND_32, 0, request);
    EXPECT_EQ(out.x[0], FFA_SUCCESS_32) << "check " << world.check;
    return memory_handle(out);
}

uint64_t donate(memory_world &world)
{
    memory_request request = lending();
    request.receivers[0].permissions = 0;
    const struct smc_frame out = world.send(FFA_MEM_DONATE_32, 0, request);
    EXPECT_EQ(out.x[0], FFA_SUCCESS_32) << "check " << world.check;
    return memory_handle(out);
}

struct smc_frame retrieve(memory_world &world, uint16_t borrower, uint64_t handle)
{
    const struct smc_frame out = world.retrieve(borrower, memory_world::retrieve_request(handle, borrower));
    world.caller(borrower).rx_full = false;
    return out;
}

uint64_t get(const std::vector<uint8_t> &bytes, size_t at, size_t size)
{
    uint64_t value = 0;
    for (size_t i = 0; i < size; i++) {
        value |= static_cast<uint64_t>(bytes.at(at + i)) << (8 * i);
    }
    return value;
}

std::vector<uint8_t> rx(memory_world &world, uint16_t id, size_t size = 4096)
{
    return world.read(world.caller(id).rx_pa, size);
}

std::vector<uint8_t> filled()
{
    return std::vector<uint8_t>(4096, 0xA5);
}

} // namespace

TEST(spmc_memory_transfer, handles_are_the_spmcs_and_never_the_same)
{
    memory_world world;
    const uint64_t first = share(world, memory_request());
    EXPECT_EQ(first & FFA_MEMORY_HANDLE_HYPERVISOR, 0U);
    EXPECT_EQ(memory_status(world.reclaim(0, first)), 0);
    const uint64_t second = share(world, memory_request());
    EXPECT_NE(first, second);
}

TEST(spmc_memory_transfer, a_share_leaves_the_sender_its_access_and_tells_the_bus_nothing)
{
    memory_world world;
    share(world, memory_request());
    EXPECT_EQ(world.right(0, PAGE_PA), SPMC_MEMORY_READ_WRITE);
    EXPECT_EQ(world.right(0x8001, PAGE_PA), SPMC_MEMORY_NO_ACCESS);
    EXPECT_EQ(world.told(0, PAGE_PA), -1);
}

TEST(spmc_memory_transfer, a_borrower_has_access_from_retrieving_to_relinquishing)
{
    memory_world world;
    const uint64_t handle = share(world, memory_request());
    EXPECT_EQ(retrieve(world, 0x8001, handle).x[0], FFA_MEM_RETRIEVE_RESP);
    EXPECT_EQ(world.right(0x8001, PAGE_PA), SPMC_MEMORY_READ_WRITE);
    EXPECT_EQ(world.told(0x8001, PAGE_PA), SPMC_MEMORY_READ_WRITE);
    EXPECT_EQ(world.right(0x8002, PAGE_PA), SPMC_MEMORY_NO_ACCESS);
    EXPECT_EQ(world.relinquish(0x8001, handle).x[0], FFA_SUCCESS_32);
    EXPECT_EQ(world.told(0x8001, PAGE_PA), SPMC_MEMORY_NO_ACCESS);
    EXPECT_EQ(world.reclaim(0, handle).x[0], FFA_SUCCESS_32);
    EXPECT_EQ(memory_status(world.reclaim(0, handle)), FFA_INVALID_PARAMETERS);
}

TEST(spmc_memory_transfer, a_lender_has_no_access_until_it_reclaims)
{
    memory_world world;
    memory_request request = lending();
    request.constituents = {{PAGE_PA, 2}, {0x80300000, 1}};
    const uint64_t handle = lend(world, request);
    for (uint64_t pa : {PAGE_PA, PAGE_PA + 4096, uint64_t{0x80300000}}) {
        EXPECT_EQ(world.right(0, pa), SPMC_MEMORY_NO_ACCESS);
        EXPECT_EQ(world.told(0, pa), SPMC_MEMORY_NO_ACCESS);
    }
    EXPECT_EQ(world.told(0, PAGE_PA + 8192), -1);
    EXPECT_EQ(world.reclaim(0, handle).x[0], FFA_SUCCESS_32);
    EXPECT_EQ(world.told(0, 0x80300000), SPMC_MEMORY_READ_WRITE);
    EXPECT_EQ(world.right(0, PAGE_PA), SPMC_MEMORY_READ_WRITE);
}

TEST(spmc_memory_transfer, reclaiming_what_is_retrieved_is_denied_and_changes_nothing)
{
    memory_world world;
    const uint64_t handle = lend(world, lending());
    retrieve(world, 0x8001, handle);
    EXPECT_EQ(memory_status(world.reclaim(0, handle)), FFA_DENIED);
    EXPECT_EQ(world.right(0, PAGE_PA), SPMC_MEMORY_NO_ACCESS);
    EXPECT_EQ(world.right(0x8001, PAGE_PA), SPMC_MEMORY_READ_WRITE);
}

TEST(spmc_memory_transfer, a_donation_changes_the_owner_for_good)
{
    memory_world world;
    const uint64_t handle = donate(world);
    EXPECT_EQ(world.right(0, PAGE_PA), SPMC_MEMORY_NO_ACCESS);
    EXPECT_EQ(retrieve(world, 0x8001, handle).x[0], FFA_MEM_RETRIEVE_RESP);
    EXPECT_EQ(world.right(0x8001, PAGE_PA), SPMC_MEMORY_READ_WRITE);
    EXPECT_EQ(world.right(0, PAGE_PA), SPMC_MEMORY_NO_ACCESS);
    EXPECT_EQ(world.steps.back().owner, 0x8001);
    EXPECT_EQ(memory_status(world.reclaim(0, handle)), FFA_INVALID_PARAMETERS);
    EXPECT_EQ(memory_status(world.relinquish(0x8001, handle)), FFA_INVALID_PARAMETERS);
    EXPECT_EQ(memory_status(world.send(FFA_MEM_SHARE_32, 0, memory_request())), FFA_DENIED);
    memory_request onward; // the new owner may share it
    onward.sender = 0x8001;
    onward.receivers = {{0x8002}};
    EXPECT_EQ(world.send(FFA_MEM_SHARE_32, 0x8001, onward).x[0], FFA_SUCCESS_32);
}

TEST(spmc_memory_transfer, a_donation_that_nobody_retrieved_can_be_reclaimed)
{
    memory_world world;
    const uint64_t handle = donate(world);
    EXPECT_EQ(world.reclaim(0, handle).x[0], FFA_SUCCESS_32);
    EXPECT_EQ(world.right(0, PAGE_PA), SPMC_MEMORY_READ_WRITE);
}

TEST(spmc_memory_transfer, zeroes_are_written_after_the_lender_has_lost_the_page)
{
    memory_world world;
    world.write(PAGE_PA, filled());
    lend(world, lending(FFA_MEMORY_FLAG_ZERO));
    EXPECT_EQ(world.read(PAGE_PA, 4096), std::vector<uint8_t>(4096));
    ASSERT_EQ(world.steps.size(), 3U); // the descriptor, the rights, the zeroes
    EXPECT_EQ(world.steps[1].need, SPMC_MEMORY_OWNERSHIP);
    EXPECT_EQ(world.steps[2].need, SPMC_MEMORY_WRITE);
    EXPECT_EQ(world.steps[2].space, PA_SPACE_NON_SECURE);
    EXPECT_TRUE(world.steps[2].flush);
}

TEST(spmc_memory_transfer, a_lend_whose_zeroes_fail_is_taken_back)
{
    memory_world world;
    world.writes_fail_at = PAGE_PA;
    EXPECT_EQ(memory_status(world.send(FFA_MEM_LEND_32, 0, lending(FFA_MEMORY_FLAG_ZERO))), FFA_ABORTED);
    EXPECT_EQ(world.right(0, PAGE_PA), SPMC_MEMORY_READ_WRITE);
    EXPECT_EQ(world.told(0, PAGE_PA), SPMC_MEMORY_READ_WRITE);
    EXPECT_EQ(world.memory->constituent_count, 0U);
}

TEST(spmc_memory_transfer, zero_after_relinquish_waits_for_the_last_borrower)
{
    memory_world world;
    memory_request request;
    request.receivers = {{0x8001}, {0x8002}};
    const uint64_t handle = lend(world, request);
    for (uint16_t id : {0x8001, 0x8002}) {
        memory_request ask = memory_world::retrieve_request(handle, id);
        ask.receivers = {{0x8001, 0}, {0x8002, 0}};
        ask.flags = id == 0x8001 ? FFA_MEMORY_FLAG_ZERO_AFTER_RELINQUISH : 0;
        EXPECT_EQ(world.retrieve(id, ask).x[0], FFA_MEM_RETRIEVE_RESP) << world.check;
    }
    world.write(PAGE_PA, filled());
    EXPECT_EQ(world.relinquish(0x8001, handle).x[0], FFA_SUCCESS_32);
    EXPECT_EQ(world.read(PAGE_PA, 4096), filled());
    EXPECT_EQ(world.relinquish(0x8002, handle).x[0], FFA_SUCCESS_32);
    EXPECT_EQ(world.read(PAGE_PA, 4096), std::vector<uint8_t>(4096));
}

TEST(spmc_memory_transfer, zero_flags_of_relinquish_and_reclaim)
{
    memory_world world;
    const uint64_t handle = lend(world, lending());
    retrieve(world, 0x8001, handle);
    world.write(PAGE_PA, filled());
    EXPECT_EQ(world.relinquish(0x8001, handle, FFA_MEMORY_FLAG_ZERO).x[0], FFA_SUCCESS_32);
    EXPECT_EQ(world.read(PAGE_PA, 4096), std::vector<uint8_t>(4096));
    world.write(PAGE_PA, filled());
    EXPECT_EQ(world.reclaim(0, handle, FFA_MEMORY_FLAG_ZERO).x[0], FFA_SUCCESS_32);
    EXPECT_EQ(world.read(PAGE_PA, 4096), std::vector<uint8_t>(4096));
}

TEST(spmc_memory_transfer, a_relinquish_whose_zeroes_fail_leaves_the_borrower_its_pages)
{
    memory_world world;
    const uint64_t handle = lend(world, lending());
    retrieve(world, 0x8001, handle);
    world.writes_fail_at = PAGE_PA;
    EXPECT_EQ(memory_status(world.relinquish(0x8001, handle, FFA_MEMORY_FLAG_ZERO)), FFA_ABORTED);
    EXPECT_EQ(world.told(0x8001, PAGE_PA), SPMC_MEMORY_READ_WRITE);
    EXPECT_EQ(memory_status(world.reclaim(0, handle)), FFA_DENIED);
    world.writes_fail_at = UINT64_MAX;
    EXPECT_EQ(memory_status(world.relinquish(0x8001, handle)), 0);
}

TEST(spmc_memory_transfer, each_borrower_gets_its_own_rights)
{
    memory_world world;
    memory_request request;
    request.receivers = {{0x8001, FFA_MEMORY_DATA_READ_WRITE}, {0x8002, FFA_MEMORY_DATA_READ_ONLY}};
    const uint64_t handle = share(world, request);
    for (uint16_t id : {0x8001, 0x8002}) {
        memory_request ask = memory_world::retrieve_request(handle, id);
        ask.receivers = {{0x8002, 0}, {0x8001, 0}}; // in any order
        EXPECT_EQ(world.retrieve(id, ask).x[0], FFA_MEM_RETRIEVE_RESP) << world.check;
    }
    EXPECT_EQ(world.right(0x8001, PAGE_PA), SPMC_MEMORY_READ_WRITE);
    EXPECT_EQ(world.right(0x8002, PAGE_PA), SPMC_MEMORY_READ_ONLY);
    world.relinquish(0x8001, handle);
    EXPECT_EQ(memory_status(world.reclaim(0, handle)), FFA_DENIED);
    world.relinquish(0x8002, handle);
    EXPECT_EQ(memory_status(world.reclaim(0, handle)), 0);
}

TEST(spmc_memory_transfer, the_bypass_flag_names_the_caller_alone)
{
    memory_world world;
    memory_request request;
    request.receivers = {{0x8001}, {0x8002}};
    const uint64_t handle = share(world, request);
    memory_request ask = memory_world::retrieve_request(handle, 0x8001);
    EXPECT_EQ(memory_status(world.retrieve(0x8001, ask)), FFA_INVALID_PARAMETERS);
    ask.flags = FFA_MEMORY_FLAG_BYPASS_BORROWERS;
    EXPECT_EQ(memory_status(world.retrieve(0x8001, ask)), 0);
}

TEST(spmc_memory_transfer, partitions_share_with_each_other)
{
    memory_world world;
    memory_request request;
    request.sender = 0x8001;
    request.receivers = {{0x8002}};
    request.constituents = {{memory_world::SP_PA + 0x10000, 1}};
    request.attributes = 0;
    const struct smc_frame out = world.send(FFA_MEM_LEND_32, 0x8001, request);
    ASSERT_EQ(out.x[0], FFA_SUCCESS_32) << world.check;
    EXPECT_EQ(world.told(0x8001, memory_world::SP_PA + 0x10000), SPMC_MEMORY_NO_ACCESS);
    memory_request ask = memory_world::retrieve_request(memory_handle(out), 0x8002);
    ask.sender = 0x8001;
    EXPECT_EQ(world.retrieve(0x8002, ask).x[0], FFA_MEM_RETRIEVE_RESP);
    EXPECT_EQ(get(rx(world, 0x8002), 2, 2) & FFA_MEMORY_NON_SECURE, 0U);
    EXPECT_EQ(memory_status(world.reclaim(0, memory_handle(out))), FFA_INVALID_PARAMETERS);
    world.relinquish(0x8002, memory_handle(out));
    EXPECT_EQ(memory_status(world.reclaim(0x8001, memory_handle(out))), 0);
}

TEST(spmc_memory_transfer, a_partition_gives_no_more_than_it_has)
{
    memory_world world;
    memory_request request;
    request.sender = 0x8001;
    request.receivers = {{0x8002}};
    request.constituents = {{memory_world::SP_CODE_PA, 1}};
    EXPECT_EQ(memory_status(world.send(FFA_MEM_SHARE_32, 0x8001, request)), FFA_DENIED);
    request.receivers[0].permissions = FFA_MEMORY_DATA_READ_ONLY;
    EXPECT_EQ(memory_status(world.send(FFA_MEM_SHARE_32, 0x8001, request)), 0);
}

TEST(spmc_memory_transfer, zeroing_needs_write_access)
{
    memory_world world;
    memory_request request = lending(FFA_MEMORY_FLAG_ZERO);
    request.sender = 0x8001;
    request.receivers = {{0x8002, FFA_MEMORY_DATA_READ_ONLY}};
    request.constituents = {{memory_world::SP_CODE_PA, 1}};
    EXPECT_EQ(memory_status(world.send(FFA_MEM_LEND_32, 0x8001, request)), FFA_DENIED);
}

TEST(spmc_memory_transfer, the_el3_spmc_takes_nothing_from_partitions)
{
    memory_world world(SPMC_PROFILE_EL3_SPMC);
    memory_request request;
    request.sender = 0x8001;
    request.receivers = {{0x8002}};
    EXPECT_EQ(memory_status(world.send(FFA_MEM_SHARE_32, 0x8001, request)), FFA_INVALID_PARAMETERS);
}

TEST(spmc_memory_transfer, the_el3_spmc_counts_retrievals_of_one_borrower)
{
    memory_world world(SPMC_PROFILE_EL3_SPMC);
    const uint64_t handle = share(world, memory_request());
    EXPECT_EQ(memory_status(retrieve(world, 0x8001, handle)), 0);
    EXPECT_EQ(memory_status(retrieve(world, 0x8001, handle)), 0);
    EXPECT_EQ(memory_status(world.relinquish(0x8001, handle)), 0);
    EXPECT_EQ(memory_status(world.reclaim(0, handle)), FFA_DENIED);
    EXPECT_EQ(world.right(0x8001, PAGE_PA), SPMC_MEMORY_READ_WRITE);
    EXPECT_EQ(memory_status(world.relinquish(0x8001, handle)), 0);
    EXPECT_EQ(world.right(0x8001, PAGE_PA), SPMC_MEMORY_NO_ACCESS);
    EXPECT_EQ(memory_status(world.reclaim(0, handle)), 0);
}

TEST(spmc_memory_transfer, op_tee_takes_buffers_of_the_callers_choice_for_its_core)
{
    memory_world world(SPMC_PROFILE_OP_TEE);
    memory_request request = lending();
    request.receivers[0].id = 0x8000;
    const std::vector<uint8_t> bytes = request.bytes();
    world.write(0x80400000, bytes);
    struct smc_frame frame = memory_world::lengths(FFA_MEM_LEND_64, bytes.size(), bytes.size());
    frame.x[3] = 0x80400000;
    frame.x[4] = 1;
    world.normal.buffers_mapped = false;
    const struct smc_frame out = world.call(spmc_ffa_mem_send, 0, frame);
    ASSERT_EQ(out.x[0], FFA_SUCCESS_32) << world.check;
    EXPECT_EQ(world.steps[0].pa, 0x80400000U);
    EXPECT_EQ(world.right(0, PAGE_PA), SPMC_MEMORY_NO_ACCESS);
    EXPECT_EQ(memory_status(world.reclaim(0, memory_handle(out))), 0);
    frame.x[3] = 0x80400008;
    EXPECT_EQ(memory_status(world.call(spmc_ffa_mem_send, 0, frame)), FFA_INVALID_PARAMETERS);
    frame.x[3] = memory_world::SP_PA;
    EXPECT_EQ(memory_status(world.call(spmc_ffa_mem_send, 0, frame)), FFA_INVALID_PARAMETERS);
}

TEST(spmc_memory_transfer, op_tee_shares_a_page_twice_and_the_borrower_keeps_it_until_both_are_given_up)
{
    memory_world world(SPMC_PROFILE_OP_TEE);
    memory_request request;
    request.constituents = {{PAGE_PA, 2}};
    const uint64_t first = share(world, request);
    request.constituents = {{PAGE_PA + 4096, 2}};
    const uint64_t second = share(world, request);
    EXPECT_EQ(memory_status(retrieve(world, 0x8001, first)), 0);
    EXPECT_EQ(memory_status(retrieve(world, 0x8001, second)), 0);
    EXPECT_EQ(memory_status(world.relinquish(0x8001, first)), 0);
    EXPECT_EQ(world.told(0x8001, PAGE_PA), SPMC_MEMORY_NO_ACCESS);
    EXPECT_EQ(world.told(0x8001, PAGE_PA + 4096), SPMC_MEMORY_READ_WRITE);
    EXPECT_EQ(memory_status(world.relinquish(0x8001, second)), 0);
    EXPECT_EQ(world.told(0x8001, PAGE_PA + 4096), SPMC_MEMORY_NO_ACCESS);
}

// Responses.

TEST(spmc_memory_response, of_1_1_has_one_access_of_16_bytes_and_the_ns_bit)
{
    memory_world world;
    memory_request request;
    request.tag = 0x1234567890ABCDEF;
    request.constituents = {{PAGE_PA, 2}, {0x80300000, 3}};
    const uint64_t handle = share(world, request);
    memory_request ask = memory_world::retrieve_request(handle, 0x8001);
    ask.tag = request.tag;
    const struct smc_frame out = world.retrieve(0x8001, ask);
    EXPECT_EQ(out.x[1], 48U + 16 + 16 + 32);
    EXPECT_EQ(out.x[2], out.x[1]);
    EXPECT_TRUE(world.caller(0x8001).rx_full);
    const std::vector<uint8_t> bytes = rx(world, 0x8001);
    EXPECT_EQ(get(bytes, 0, 2), 0U);
    EXPECT_EQ(get(bytes, 2, 2), FFA_MEMORY_NORMAL_WB_INNER | FFA_MEMORY_NON_SECURE);
    EXPECT_EQ(get(bytes, 4, 4), FFA_MEMORY_FLAG_TYPE_SHARE);
    EXPECT_EQ(get(bytes, 8, 8), handle);
    EXPECT_EQ(get(bytes, 16, 8), request.tag);
    EXPECT_EQ(get(bytes, 24, 4), 16U);
    EXPECT_EQ(get(bytes, 28, 4), 1U);
    EXPECT_EQ(get(bytes, 32, 4), 48U);
    EXPECT_EQ(get(bytes, 48, 2), 0x8001U);
    EXPECT_EQ(get(bytes, 50, 1), FFA_MEMORY_DATA_READ_WRITE | FFA_MEMORY_NOT_EXECUTABLE);
    EXPECT_EQ(get(bytes, 52, 4), 64U);
    EXPECT_EQ(get(bytes, 64, 4), 5U);
    EXPECT_EQ(get(bytes, 68, 4), 2U);
    EXPECT_EQ(get(bytes, 80, 8), PAGE_PA);
    EXPECT_EQ(get(bytes, 88, 4), 2U);
    EXPECT_EQ(get(bytes, 96, 8), 0x80300000U);
}

TEST(spmc_memory_response, of_1_0_is_that_generations_and_knows_no_ns_bit)
{
    memory_world world;
    const uint64_t handle = share(world, memory_request());
    world.caller(0x8001).version = FFA_VERSION_1_0;
    const struct smc_frame out =
        world.retrieve(0x8001, memory_world::retrieve_request(handle, 0x8001, FFA_VERSION_1_0));
    EXPECT_EQ(out.x[1], 32U + 16 + 16 + 16);
    const std::vector<uint8_t> bytes = rx(world, 0x8001);
    EXPECT_EQ(get(bytes, 2, 2), FFA_MEMORY_NORMAL_WB_INNER);
    EXPECT_EQ(get(bytes, 24, 4), 0U);
    EXPECT_EQ(get(bytes, 32, 2), 0x8001U);
    EXPECT_EQ(get(bytes, 36, 4), 48U);
    EXPECT_EQ(get(bytes, 64, 8), PAGE_PA);
}

TEST(spmc_memory_response, of_1_0_has_the_ns_bit_when_it_was_asked_for)
{
    memory_world world;
    const uint64_t handle = share(world, memory_request());
    world.caller(0x8001).version = FFA_VERSION_1_0;
    world.caller(0x8001).ns_bit_requested = true;
    world.retrieve(0x8001, memory_world::retrieve_request(handle, 0x8001, FFA_VERSION_1_0));
    EXPECT_EQ(get(rx(world, 0x8001), 2, 1), FFA_MEMORY_NORMAL_WB_INNER | FFA_MEMORY_NON_SECURE);
}

TEST(spmc_memory_response, of_1_2_has_accesses_of_32_bytes_with_what_the_sender_put_there)
{
    memory_world world(SPMC_PROFILE_HAFNIUM, FFA_VERSION_1_2);
    memory_request request;
    request.version = FFA_VERSION_1_2;
    request.access_size = 32;
    std::vector<uint8_t> bytes = request.bytes();
    memory_request::put(bytes, 56, 0x1122334455667788, 8);
    world.write(world.normal.tx_pa, bytes);
    const struct smc_frame sent =
        world.call(spmc_ffa_mem_send, 0, memory_world::lengths(FFA_MEM_SHARE_32, bytes.size(), bytes.size()));
    world.retrieve(0x8001, memory_world::retrieve_request(memory_handle(sent), 0x8001, FFA_VERSION_1_2));
    const std::vector<uint8_t> response = rx(world, 0x8001);
    EXPECT_EQ(get(response, 24, 4), 32U);
    EXPECT_EQ(get(response, 56, 8), 0x1122334455667788U);
    EXPECT_EQ(get(response, 52, 4), 80U);
}

TEST(spmc_memory_response, of_the_el3_spmc_has_accesses_as_wide_as_they_were_sent)
{
    memory_world world(SPMC_PROFILE_EL3_SPMC);
    memory_request request;
    request.access_size = 32;
    const uint64_t handle = share(world, request);
    world.retrieve(0x8001, memory_world::retrieve_request(handle, 0x8001));
    EXPECT_EQ(get(rx(world, 0x8001), 24, 4), 32U);
    EXPECT_EQ(get(rx(world, 0x8001), 52, 4), 80U);
}

TEST(spmc_memory_response, tells_the_attributes_that_the_lender_left_open)
{
    memory_world world;
    const uint64_t handle = lend(world, lending());
    EXPECT_EQ(retrieve(world, 0x8001, handle).x[0], FFA_MEM_RETRIEVE_RESP);
    EXPECT_EQ(get(rx(world, 0x8001), 2, 2), FFA_MEMORY_NORMAL_WB_INNER | FFA_MEMORY_NON_SECURE);
    EXPECT_EQ(get(rx(world, 0x8001), 50, 1), FFA_MEMORY_DATA_READ_WRITE | FFA_MEMORY_EXECUTABLE);
    memory_request device = lending();
    device.constituents = {{memory_world::NS_DEVICE_PA, 1}};
    retrieve(world, 0x8001, lend(world, device));
    EXPECT_EQ(get(rx(world, 0x8001), 2, 2), FFA_MEMORY_TYPE_DEVICE | FFA_MEMORY_NON_SECURE);
}

TEST(spmc_memory_response, the_hypervisors_form_tells_of_all_and_gives_nothing)
{
    memory_world world;
    memory_request request;
    request.receivers = {{0x8001}, {0x8002}};
    const uint64_t handle = share(world, request);
    memory_request ask = memory_world::retrieve_request(handle, 0);
    ask.receivers.clear();
    const struct smc_frame out = world.retrieve(0, ask);
    EXPECT_EQ(out.x[0], FFA_MEM_RETRIEVE_RESP) << world.check;
    EXPECT_EQ(get(rx(world, 0), 28, 4), 2U);
    EXPECT_EQ(memory_status(world.reclaim(0, handle)), 0);
}

TEST(spmc_memory_response, that_cannot_be_written_gives_nothing)
{
    memory_world world;
    const uint64_t handle = share(world, memory_request());
    world.writes_fail_at = world.caller(0x8001).rx_pa;
    const struct smc_frame out = world.retrieve(0x8001, memory_world::retrieve_request(handle, 0x8001));
    EXPECT_EQ(memory_status(out), FFA_ABORTED);
    EXPECT_FALSE(world.caller(0x8001).rx_full);
    EXPECT_EQ(world.right(0x8001, PAGE_PA), SPMC_MEMORY_NO_ACCESS);
}

TEST(spmc_memory_response, of_one_borrower_in_hafnium_and_of_all_in_the_others)
{
    for (enum spmc_profile profile : {SPMC_PROFILE_HAFNIUM, SPMC_PROFILE_EL3_SPMC, SPMC_PROFILE_OP_TEE}) {
        memory_world world(profile);
        memory_request request;
        request.receivers = {{0x8001}, {0x8002}};
        const uint64_t handle = share(world, request);
        memory_request ask = memory_world::retrieve_request(handle, 0x8002);
        ask.receivers = {{0x8001, 0}, {0x8002, 0}};
        EXPECT_EQ(world.retrieve(0x8002, ask).x[0], FFA_MEM_RETRIEVE_RESP) << world.check;
        EXPECT_EQ(get(rx(world, 0x8002), 28, 4), profile == SPMC_PROFILE_HAFNIUM ? 1U : 2U);
        EXPECT_EQ(get(rx(world, 0x8002), 48, 2), profile == SPMC_PROFILE_HAFNIUM ? 0x8002U : 0x8001U);
    }
}

// Fragments.

namespace {

memory_request scattered(uint32_t count)
{
    memory_request request;
    request.constituents.clear();
    for (uint32_t i = 0; i < count; i++) {
        request.constituents.push_back({0x80400000 + i * 0x2000, 1});
    }
    return request;
}

// The first `size` bytes by FFA_MEM_SHARE, the rest in pieces of `piece`.
struct smc_frame send_in_pieces(memory_world &world, const memory_request &request, size_t size, size_t piece)
{
    const std::vector<uint8_t> bytes = request.bytes();
    world.write(world.normal.tx_pa,
                std::vector<uint8_t>(bytes.begin(), bytes.begin() + static_cast<long>(size)));
    struct smc_frame out =
        world.call(spmc_ffa_mem_send, 0, memory_world::lengths(FFA_MEM_SHARE_32, bytes.size(), size));
    size_t done = size;
    while (out.x[0] == FFA_MEM_FRAG_RX) {
        EXPECT_EQ(out.x[3], done);
        const size_t next = std::min(piece, bytes.size() - done);
        const std::vector<uint8_t> part(bytes.begin() + static_cast<long>(done),
                                        bytes.begin() + static_cast<long>(done + next));
        out = world.fragment_send(0, memory_handle(out), part, static_cast<uint32_t>(out.x[4]));
        done += next;
    }
    return out;
}

} // namespace

TEST(spmc_memory_fragment, a_descriptor_comes_in_pieces_and_goes_in_pieces)
{
    for (uint32_t version : {FFA_VERSION_1_0, FFA_VERSION_1_1}) {
        memory_world world(SPMC_PROFILE_HAFNIUM, version);
        memory_request request = scattered(400);
        request.version = version;
        const struct smc_frame sent = send_in_pieces(world, request, 1024, 2048);
        ASSERT_EQ(sent.x[0], FFA_SUCCESS_32) << world.check;
        world.caller(0x8001).version = version;
        const uint64_t handle = memory_handle(sent);
        struct smc_frame out =
            world.retrieve(0x8001, memory_world::retrieve_request(handle, 0x8001, version));
        const uint64_t total = out.x[1];
        ASSERT_EQ(out.x[2], 4096U);
        std::vector<uint8_t> response = rx(world, 0x8001, out.x[2]);
        while (response.size() < total) {
            EXPECT_EQ(memory_status(world.fragment_ask(0x8001, handle, 4096)), FFA_BUSY); // RX is full
            world.caller(0x8001).rx_full = false;
            out = world.fragment_ask(0x8001, handle, static_cast<uint32_t>(response.size()));
            ASSERT_EQ(out.x[0], FFA_MEM_FRAG_TX) << world.check;
            EXPECT_EQ(memory_handle(out), handle);
            const std::vector<uint8_t> part = rx(world, 0x8001, out.x[3]);
            response.insert(response.end(), part.begin(), part.end());
        }
        EXPECT_EQ(response.size(), total);
        for (uint32_t i = 0; i < 400; i++) {
            EXPECT_EQ(get(response, total - 16 * (400 - i), 8), request.constituents[i].first);
        }
        EXPECT_EQ(world.right(0x8001, request.constituents[399].first), SPMC_MEMORY_READ_WRITE);
    }
}

TEST(spmc_memory_fragment, nothing_is_in_force_before_the_last_piece)
{
    memory_world world;
    memory_request request = scattered(8);
    const std::vector<uint8_t> bytes = request.bytes();
    world.write(world.normal.tx_pa, std::vector<uint8_t>(bytes.begin(), bytes.begin() + 96));
    const struct smc_frame out =
        world.call(spmc_ffa_mem_send, 0, memory_world::lengths(FFA_MEM_LEND_32, bytes.size(), 96));
    EXPECT_EQ(memory_status(out), FFA_INVALID_PARAMETERS); // a type with one borrower
    memory_request lent = request;
    lent.attributes = 0;
    world.write(world.normal.tx_pa, lent.bytes());
    const struct smc_frame part =
        world.call(spmc_ffa_mem_send, 0, memory_world::lengths(FFA_MEM_LEND_32, bytes.size(), 96));
    ASSERT_EQ(part.x[0], FFA_MEM_FRAG_RX);
    const uint64_t handle = memory_handle(part);
    EXPECT_EQ(world.right(0, 0x80400000), SPMC_MEMORY_READ_WRITE);
    EXPECT_EQ(memory_status(world.reclaim(0, handle)), FFA_INVALID_PARAMETERS);
    EXPECT_EQ(memory_status(world.retrieve(0x8001, memory_world::retrieve_request(handle, 0x8001))),
              FFA_DENIED);
    EXPECT_NE(share(world, scattered(1)), 0U); // the pages are free to send meanwhile
}

TEST(spmc_memory_fragment, too_many_pieces_drop_the_transaction_in_hafnium)
{
    memory_world world;
    EXPECT_EQ(memory_status(send_in_pieces(world, scattered(40), 96, 16)), FFA_NO_MEMORY);
    EXPECT_EQ(world.memory->constituent_count, 0U);
}

TEST(spmc_memory_fragment, the_el3_spmc_takes_pieces_of_any_size)
{
    memory_world world(SPMC_PROFILE_EL3_SPMC);
    EXPECT_EQ(send_in_pieces(world, scattered(40), 100, 7).x[0], FFA_SUCCESS_32);
}

TEST(spmc_memory_fragment, op_tee_takes_no_pieces_for_partitions)
{
    memory_world world(SPMC_PROFILE_OP_TEE);
    EXPECT_EQ(memory_status(send_in_pieces(world, scattered(40), 96, 16)), FFA_NOT_SUPPORTED);
}

TEST(spmc_memory_fragment, the_el3_spmc_gives_the_last_piece_again)
{
    memory_world world(SPMC_PROFILE_EL3_SPMC);
    world.normal.buffer_size = 8192;
    const uint64_t handle = share(world, scattered(300));
    EXPECT_EQ(retrieve(world, 0x8001, handle).x[2], 4096U);
    for (uint32_t offset : {0U, 4096U, 4096U}) {
        EXPECT_EQ(world.fragment_ask(0x8001, handle, offset).x[0], FFA_MEM_FRAG_TX) << offset;
        EXPECT_EQ(memory_status(world.fragment_ask(0x8001, handle, offset)), FFA_DENIED);
        world.caller(0x8001).rx_full = false;
    }
    EXPECT_EQ(memory_status(world.fragment_ask(0x8001, handle, 16)), FFA_INVALID_PARAMETERS);
}

TEST(spmc_memory_fragment, of_a_vm_is_asked_for_by_its_id)
{
    memory_request request = scattered(2);
    request.sender = 3;
    const std::vector<uint8_t> bytes = request.bytes();
    for (enum spmc_profile profile : {SPMC_PROFILE_HAFNIUM, SPMC_PROFILE_EL3_SPMC}) {
        memory_world world(profile);
        world.write(world.normal.tx_pa, bytes);
        const struct smc_frame out = world.call(
            spmc_ffa_mem_send, 0, memory_world::lengths(FFA_MEM_SHARE_32, bytes.size(), bytes.size() - 16));
        EXPECT_EQ(out.x[0], FFA_MEM_FRAG_RX);
        EXPECT_EQ(out.x[4], 3U << 16);
        const std::vector<uint8_t> rest(bytes.end() - 16, bytes.end());
        EXPECT_EQ(memory_status(world.fragment_send(0, memory_handle(out), rest)), FFA_INVALID_PARAMETERS);
        EXPECT_EQ(memory_status(world.fragment_send(0, memory_handle(out), rest, 3U << 16)), 0);
    }
}

TEST(spmc_memory_fragment, of_a_response_is_over_when_its_transaction_is)
{
    memory_world world;
    world.normal.buffer_size = 8192;
    const uint64_t handle = share(world, scattered(300));
    retrieve(world, 0x8001, handle);
    EXPECT_EQ(memory_status(world.relinquish(0x8001, handle)), 0);
    EXPECT_EQ(memory_status(world.reclaim(0, handle)), 0);
    EXPECT_EQ(memory_status(world.fragment_ask(0x8001, handle, 4096)), FFA_INVALID_PARAMETERS);
    const uint64_t other = share(world, scattered(300));
    EXPECT_EQ(memory_status(world.fragment_ask(0x8001, other, 0)), FFA_INVALID_PARAMETERS);
    EXPECT_EQ(memory_status(world.fragment_ask(0x8002, other, 0)), FFA_INVALID_PARAMETERS);
}

TEST(spmc_memory_fragment, a_donation_is_forgotten_with_its_last_piece)
{
    memory_world world;
    world.normal.buffer_size = 8192;
    memory_request request = scattered(300);
    request.attributes = 0;
    request.receivers[0].permissions = 0;
    const uint64_t handle = memory_handle(world.send(FFA_MEM_DONATE_32, 0, request));
    EXPECT_EQ(retrieve(world, 0x8001, handle).x[2], 4096U);
    EXPECT_EQ(world.right(0x8001, 0x80400000), SPMC_MEMORY_READ_WRITE);
    EXPECT_EQ(memory_status(world.reclaim(0, handle)), FFA_INVALID_PARAMETERS);
    EXPECT_EQ(world.memory->constituent_count, 300U);
    EXPECT_EQ(world.fragment_ask(0x8001, handle, 4096).x[0], FFA_MEM_FRAG_TX);
    EXPECT_EQ(world.memory->constituent_count, 0U);
}

TEST(spmc_memory_fragment, a_donation_whose_receiver_turns_to_another_is_forgotten)
{
    memory_world world;
    world.normal.buffer_size = 8192;
    memory_request request = scattered(300);
    request.attributes = 0;
    request.receivers[0].permissions = 0;
    const uint64_t handle = memory_handle(world.send(FFA_MEM_DONATE_32, 0, request));
    retrieve(world, 0x8001, handle);
    const uint64_t other = share(world, memory_request());
    EXPECT_EQ(memory_status(retrieve(world, 0x8001, other)), 0);
    EXPECT_EQ(world.memory->constituent_count, 1U);
    EXPECT_EQ(memory_status(world.fragment_ask(0x8001, handle, 4096)), FFA_INVALID_PARAMETERS);
}

// Limits.

TEST(spmc_memory_limit, transactions_and_constituents_run_out_as_no_memory)
{
    memory_world world;
    for (uint32_t i = 0; i < SPMC_MEMORY_TRANSACTIONS_MAX; i++) {
        memory_request request;
        request.constituents = {{PAGE_PA + i * 4096, 1}};
        share(world, request);
    }
    memory_request request;
    request.constituents = {{0x80900000, 1}};
    EXPECT_EQ(memory_status(world.send(FFA_MEM_SHARE_32, 0, request)), FFA_NO_MEMORY);
    memory_world other;
    other.normal.buffer_size = SPMC_MEMORY_BUFFER_SIZE;
    share(other, scattered(1000));
    memory_request more;
    more.constituents.clear();
    for (uint32_t i = 0; i < 25; i++) {
        more.constituents.push_back({0x80C00000 + i * 0x2000, 1});
    }
    EXPECT_EQ(memory_status(other.send(FFA_MEM_SHARE_32, 0, more)), FFA_NO_MEMORY);
    more.constituents.pop_back();
    EXPECT_EQ(memory_status(other.send(FFA_MEM_SHARE_32, 0, more)), 0);
}

TEST(spmc_memory_limit, donated_ranges_run_out_as_no_memory)
{
    memory_world world;
    world.normal.buffer_size = SPMC_MEMORY_BUFFER_SIZE;
    memory_request request = scattered(500);
    request.attributes = 0;
    request.receivers[0].permissions = 0;
    const uint64_t first = memory_handle(world.send(FFA_MEM_DONATE_32, 0, request));
    EXPECT_EQ(memory_status(retrieve(world, 0x8001, first)), 0);
    request.constituents = {{0x80900000, 1}, {0x80902000, 1}, {0x80904000, 1}, {0x80906000, 1},
                            {0x80908000, 1}, {0x8090A000, 1}, {0x8090C000, 1}, {0x8090E000, 1},
                            {0x80910000, 1}, {0x80912000, 1}};
    const uint64_t second = memory_handle(world.send(FFA_MEM_DONATE_32, 0, request));
    EXPECT_EQ(memory_status(retrieve(world, 0x8001, second)), FFA_NO_MEMORY);
    EXPECT_EQ(world.right(0x8001, 0x80900000), SPMC_MEMORY_NO_ACCESS);
    EXPECT_EQ(memory_status(world.reclaim(0, second)), 0);
}
