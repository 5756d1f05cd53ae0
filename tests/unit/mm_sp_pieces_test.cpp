// SPDX-License-Identifier: BSD-3-Clause
//
// How the partition goes through the buffer: in pieces, with maintenance of each or of all, where an
// interrupt may come in; and that what the other side does to the buffer meanwhile never makes it read a byte
// twice.
#include <random>

#include <gtest/gtest.h>

#include "tests/unit/mm_sp_world.hpp"

namespace {

const uint64_t PA = mm_sp_world::BUFFER_PA;

std::vector<int> ops(const mm_sp_world &world)
{
    std::vector<int> result;
    for (const struct access &access : world.accesses) {
        result.push_back(access.op);
    }
    return result;
}

// The payload is 76 bytes, the message behind its header 92: header, then pieces of 40, 40 and 12.
uint64_t set_foo(mm_sp_world &world)
{
    return world
        .invoke(MM_FUNCTION_SET_VARIABLE,
                mm_sp_world::access_payload(utf16("Foo"), NV_BS_RT, bytes(32, 9), 32, guid_of(1)))
        .efi_status;
}

class mm_sp_pieces : public testing::TestWithParam<enum mm_sp_dialect> {
protected:
    struct mm_sp_config config = mm_sp_world::default_config(GetParam());
};

std::string dialect_name(const testing::TestParamInfo<enum mm_sp_dialect> &tested)
{
    return tested.param == MM_SP_STANDALONE_MM ? "standalone_mm" : "smm_gateway";
}

} // namespace

INSTANTIATE_TEST_SUITE_P(dialects, mm_sp_pieces, testing::Values(MM_SP_SMM_GATEWAY, MM_SP_STANDALONE_MM),
                         dialect_name);

TEST_P(mm_sp_pieces, read_every_byte_once_and_write_the_reply_in_order)
{
    config.piece_size = 40;
    mm_sp_world world(config);
    EXPECT_EQ(set_foo(world), EFI_SUCCESS);
    uint64_t read = 0;
    uint64_t written = 0;
    uint64_t largest = 0;
    for (const struct access &access : world.accesses) {
        uint64_t &at = access.op == ACCESS_READ ? read : written;
        if (access.op == ACCESS_READ || access.op == ACCESS_WRITE) {
            EXPECT_EQ(access.pa, PA + at);
            at += access.size;
            largest = std::max<uint64_t>(largest, access.size);
        }
    }
    EXPECT_EQ(world.count(ACCESS_READ), 4U);
    EXPECT_EQ(read, 24U + 92);
    EXPECT_EQ(written, GetParam() == MM_SP_STANDALONE_MM ? 24U + 92 : 24U + 16);
    EXPECT_EQ(largest, 40U);
    EXPECT_EQ(world.get("Foo").data, bytes(32, 9));
}

TEST_P(mm_sp_pieces, maintenance_of_all_at_once)
{
    config.piece_size = 64;
    config.own_maintenance = true;
    mm_sp_world world(config);
    set_foo(world);
    std::vector<int> expected = {ACCESS_DC_IVAC, ACCESS_DSB,  ACCESS_READ, ACCESS_DC_IVAC,
                                 ACCESS_DSB,     ACCESS_READ, ACCESS_READ, ACCESS_WRITE};
    if (GetParam() == MM_SP_STANDALONE_MM) {
        expected.push_back(ACCESS_WRITE);
    }
    expected.insert(expected.end(), {ACCESS_DC_CVAC, ACCESS_DSB});
    EXPECT_EQ(ops(world), expected);
    EXPECT_EQ(world.accesses[3].size, 92U) << "all of the message";
}

TEST_P(mm_sp_pieces, maintenance_of_each)
{
    config.piece_size = 64;
    config.own_maintenance = true;
    config.maintenance_per_piece = true;
    mm_sp_world world(config);
    set_foo(world);
    std::vector<int> expected = {ACCESS_DC_IVAC, ACCESS_DSB,   ACCESS_READ,    ACCESS_DC_IVAC,
                                 ACCESS_DSB,     ACCESS_READ,  ACCESS_DC_IVAC, ACCESS_DSB,
                                 ACCESS_READ,    ACCESS_WRITE, ACCESS_DC_CVAC};
    if (GetParam() == MM_SP_STANDALONE_MM) {
        expected.insert(expected.end(), {ACCESS_WRITE, ACCESS_DC_CVAC});
    }
    expected.push_back(ACCESS_DSB);
    EXPECT_EQ(ops(world), expected);
    for (size_t i = 2; i < world.accesses.size(); i++) {
        const struct access &access = world.accesses[i];
        if (access.op == ACCESS_READ) {
            EXPECT_EQ(world.accesses[i - 2].pa, access.pa);
            EXPECT_EQ(world.accesses[i - 2].size, access.size);
        }
    }
}

TEST_P(mm_sp_pieces, can_be_preempted_where_it_is_told)
{
    config.piece_size = 40;
    config.preemptible = MM_SP_POINTS_ALL;
    mm_sp_world world(config);
    set_foo(world);
    std::vector<uint32_t> expected = {MM_SP_BEFORE_READING, MM_SP_WHILE_READING,  MM_SP_WHILE_READING,
                                      MM_SP_WHILE_READING,  MM_SP_BEFORE_SERVING, MM_SP_BEFORE_REPLYING};
    if (GetParam() == MM_SP_STANDALONE_MM) {
        expected.insert(expected.end(), {MM_SP_WHILE_REPLYING, MM_SP_WHILE_REPLYING});
    }
    expected.push_back(MM_SP_AFTER_REPLYING);
    EXPECT_EQ(world.points, expected);
    for (const uint32_t point : {MM_SP_BEFORE_READING, MM_SP_BEFORE_SERVING, MM_SP_AFTER_REPLYING}) {
        config.preemptible = point;
        mm_sp_world one(config);
        set_foo(one);
        EXPECT_EQ(one.points, std::vector<uint32_t>{point});
    }
    config.preemptible = 0;
    mm_sp_world none(config);
    set_foo(none);
    EXPECT_TRUE(none.points.empty());
}

TEST_P(mm_sp_pieces, an_armed_interrupt_takes_the_pe_and_cycles_bring_it_back)
{
    config.piece_size = 40;
    config.preemptible = MM_SP_WHILE_READING;
    mm_sp_world world(config);
    mm_sp_arm_interrupts(world.core.get(), 2);
    world.lay(MM_FUNCTION_SET_VARIABLE,
              mm_sp_world::access_payload(utf16("Foo"), NV_BS_RT, bytes(32, 9), 32, guid_of(1)));
    EXPECT_EQ(world.doorbell().x[0], FFA_INTERRUPT);
    EXPECT_EQ(ops(world), std::vector<int>{ACCESS_READ}) << "the header";
    EXPECT_EQ(world.run({{FFA_RUN, 0x80020000}}).x[0], FFA_INTERRUPT);
    EXPECT_EQ(ops(world), std::vector<int>{ACCESS_READ}) << "a piece";
    EXPECT_EQ(world.run({{FFA_RUN, 0x80020000}}).x[0], FFA_MSG_SEND_DIRECT_RESP_64);
    EXPECT_EQ(world.points, std::vector<uint32_t>{MM_SP_WHILE_READING}) << "the third, and nothing is armed";
    EXPECT_EQ(world.get("Foo").data, bytes(32, 9));
}

TEST_P(mm_sp_pieces, told_to_respond_soon_it_is_not_preempted_again)
{
    config.piece_size = 8;
    config.preemptible = MM_SP_POINTS_ALL;
    mm_sp_world world(config);
    mm_sp_arm_interrupts(world.core.get(), 1000);
    world.lay(MM_FUNCTION_EXIT_BOOT_SERVICES, bytes(64, 0));
    EXPECT_EQ(world.doorbell().x[0], FFA_INTERRUPT);
    EXPECT_EQ(world.run({{FFA_INTERRUPT, 0, 4}}).x[0], FFA_MSG_SEND_DIRECT_RESP_64);
    EXPECT_EQ(world.doorbell().x[0], FFA_MSG_SEND_DIRECT_RESP_64) << "armed for one request";
}

TEST_P(mm_sp_pieces, are_done_at_a_point_as_far_as_the_point_says)
{
    config.preemptible = MM_SP_BEFORE_SERVING | MM_SP_BEFORE_REPLYING | MM_SP_AFTER_REPLYING;
    mm_sp_world world(config);
    bytes buffers[3];
    world.disturb = [&world, &buffers] {
        if (!world.points.empty() && buffers[world.points.size() - 1].empty()) {
            buffers[world.points.size() - 1] = world.buffer;
        }
    };
    world.set("Foo", NV_BS_RT, {1});
    world.points.clear();
    world.disturb = nullptr;
    world.set("Foo", BS, {2}); // refused, whatever the server: other attributes
    EXPECT_EQ(world.points.size(), 3U);
    EXPECT_EQ(buffers[0], buffers[1]) << "served, and nothing written";
    EXPECT_FALSE(buffers[2].empty());
}

TEST_P(mm_sp_pieces, a_buffer_that_changes_after_every_access_is_not_read_again)
{
    config.piece_size = 7;
    mm_sp_world world(config);
    world.lay(MM_FUNCTION_SET_VARIABLE,
              mm_sp_world::access_payload(utf16("Foo"), NV_BS_RT, bytes(32, 9), 32, guid_of(1)));
    std::vector<int> reads(world.buffer.size(), 0);
    world.disturb = [&world, &reads] { // what has been read is overwritten at once
        const struct access &access = world.accesses.back();
        if (access.op == ACCESS_READ) {
            for (uint64_t i = access.pa - PA; i < access.pa - PA + access.size; i++) {
                world.buffer[i] = 0xFF;
                reads[i]++;
            }
        }
    };
    world.doorbell();
    EXPECT_EQ(*std::max_element(reads.begin(), reads.end()), 1);
    EXPECT_EQ(std::count(reads.begin(), reads.end(), 1), 24 + 92);
    world.disturb = nullptr;
    EXPECT_EQ(world.get("Foo").data, bytes(32, 9)) << "the message as it was when it was read";
}

TEST_P(mm_sp_pieces, lengths_that_grow_after_they_were_checked_have_no_effect)
{
    config.preemptible = MM_SP_POINTS_ALL;
    config.piece_size = 16;
    mm_sp_world world(config);
    world.set("Foo", NV_BS_RT, bytes(16, 3));
    std::mt19937_64 random(20261120);
    world.disturb = [&world,
                     &random] { // the lengths of header and payload, at every moment from the check on
        const uint64_t huge = random();
        if (world.accesses.empty()) {
            return;
        }
        for (const size_t at : {16, 40 + 16, 40 + 24}) {
            memcpy(world.buffer.data() + at, &huge, 8);
        }
    };
    for (int i = 0; i < 200; i++) {
        world.lay(MM_FUNCTION_GET_VARIABLE,
                  mm_sp_world::access_payload(utf16("Foo"), 0, bytes(32, 0), 32, guid_of(1)));
        const struct smc_frame out = world.doorbell();
        const bool refused = out.x[0] == FFA_ERROR || static_cast<int64_t>(out.x[3]) < 0;
        ASSERT_FALSE(refused) << "the header was read before it changed";
        for (const struct access &access : world.accesses) {
            ASSERT_LE(access.pa + access.size, PA + world.buffer.size());
        }
    }
}

TEST_P(mm_sp_pieces, power_cycle_forgets_the_message_that_was_under_way)
{
    config.preemptible = MM_SP_BEFORE_SERVING;
    mm_sp_world world(config);
    world.lay(MM_FUNCTION_SET_VARIABLE,
              mm_sp_world::access_payload(utf16("Foo"), NV_BS_RT, {1}, 1, guid_of(1)));
    const uint64_t address = world.standalone() ? PA : 0;
    const struct smc_frame request = {{FFA_MSG_SEND_DIRECT_REQ_64, 0x8002, 0, address}};
    struct mm_sp_step step = mm_sp_call(world.core.get(), &request);
    while (step.need == MM_SP_ACCESS) {
        memcpy(step.bytes, world.buffer.data() + (step.access.pa - PA), step.access.size);
        step = mm_sp_continue(world.core.get(), true);
    }
    ASSERT_EQ(step.need, MM_SP_PREEMPTIBLE);
    EXPECT_EQ(step.point, static_cast<uint32_t>(MM_SP_BEFORE_SERVING));
    EXPECT_TRUE(mm_sp_busy(world.core.get()));
    ASSERT_TRUE(mm_sp_power_cycle(world.core.get()));
    EXPECT_FALSE(mm_sp_busy(world.core.get()));
    EXPECT_EQ(world.get("Foo").efi_status, EFI_NOT_FOUND);
}
