// SPDX-License-Identifier: BSD-3-Clause
//
// DEN0077, "Notifications" and "FFA_MSG_SEND2", as tables, in the profiles that have them.
#include <cstring>

#include "tests/unit/spmc_rows.hpp"

using namespace spmc_rows;

namespace {

const uint64_t V1_0 = FFA_VERSION_1_0;
const uint64_t V1_2 = FFA_VERSION_1_2;
const uint32_t BOTH = HAFNIUM | OP_TEE;
const uint64_t FROM_FIRST = uint64_t{FIRST_ID} << 16; // to the normal world
const uint64_t TO_FIRST = FIRST_ID;                   // from the normal world
const registers CREATE = {FFA_NOTIFICATION_BITMAP_CREATE, 0, 1};
const registers DESTROY = {FFA_NOTIFICATION_BITMAP_DESTROY, 0};
const registers BIND = {FFA_NOTIFICATION_BIND, FROM_FIRST, 0, 6, 0};
const registers UNBIND = {FFA_NOTIFICATION_UNBIND, FROM_FIRST, 0, 6, 0};
const registers GET = {FFA_NOTIFICATION_GET, 0, 1};
const registers INFO = {FFA_NOTIFICATION_INFO_GET_64};

const std::vector<struct row> bitmap_rows = {
    {"create", BOTH, V1_2, {}, CREATE, {FFA_SUCCESS_32}},
    {"create_for_a_vm", HAFNIUM, V1_2, {}, {FFA_NOTIFICATION_BITMAP_CREATE, 5, 1}, {FFA_SUCCESS_32}},
    {"create_for_an_unknown_vm",
     OP_TEE,
     V1_2,
     {},
     {FFA_NOTIFICATION_BITMAP_CREATE, 5, 1},
     error(FFA_INVALID_PARAMETERS)},
    {"create_for_a_partition",
     BOTH,
     V1_2,
     {},
     {FFA_NOTIFICATION_BITMAP_CREATE, FIRST_ID, 1},
     error(FFA_INVALID_PARAMETERS)},
    {"create_twice", BOTH, V1_2, {CREATE}, CREATE, error(FFA_DENIED)},
    {"create_with_reserved_registers",
     OP_TEE,
     V1_2,
     {},
     {FFA_NOTIFICATION_BITMAP_CREATE, 0, 1, 1},
     error(FFA_INVALID_PARAMETERS)},
    {"create_without_room",
     HAFNIUM,
     V1_2,
     {{FFA_NOTIFICATION_BITMAP_CREATE, 1, 1},
      {FFA_NOTIFICATION_BITMAP_CREATE, 2, 1},
      {FFA_NOTIFICATION_BITMAP_CREATE, 3, 1},
      {FFA_NOTIFICATION_BITMAP_CREATE, 4, 1}},
     {FFA_NOTIFICATION_BITMAP_CREATE, 5, 1},
     error(FFA_NO_MEMORY)},
    {"create_with_too_many_vcpus",
     HAFNIUM,
     V1_2,
     {},
     {FFA_NOTIFICATION_BITMAP_CREATE, 0, 9},
     error(FFA_INVALID_PARAMETERS)},
    {"create_is_unknown", EL3, V1_2, {}, CREATE, error(FFA_NOT_SUPPORTED)},
    {"create_with_the_upper_half_of_w1",
     OP_TEE,
     V1_2,
     {},
     {FFA_NOTIFICATION_BITMAP_CREATE, 0x10000, 1},
     error(FFA_INVALID_PARAMETERS)},
    {"destroy", BOTH, V1_2, {CREATE}, DESTROY, {FFA_SUCCESS_32}},
    {"destroy_makes_room", BOTH, V1_2, {CREATE, DESTROY}, CREATE, {FFA_SUCCESS_32}},
    {"destroy_what_was_not_created", BOTH, V1_2, {}, DESTROY, error(FFA_DENIED)},
    {"destroy_for_a_partition",
     BOTH,
     V1_2,
     {},
     {FFA_NOTIFICATION_BITMAP_DESTROY, FIRST_ID},
     error(FFA_INVALID_PARAMETERS)},
    {"destroy_with_bound_ones", HAFNIUM, V1_2, {CREATE, BIND}, DESTROY, {FFA_SUCCESS_32}},
    {"destroy_with_bound_ones_is_denied", OP_TEE, V1_2, {CREATE, BIND}, DESTROY, error(FFA_DENIED)},
};
SPMC_ROWS(spmc_notification_bitmap_rows, bitmap_rows);

const std::vector<struct row> bind_rows = {
    {"bind", BOTH, V1_2, {CREATE}, BIND, {FFA_SUCCESS_32}},
    {"bind_per_vcpu_is_invalid",
     HAFNIUM,
     V1_2,
     {CREATE},
     {FFA_NOTIFICATION_BIND, FROM_FIRST, 1, 6},
     error(FFA_INVALID_PARAMETERS)},
    {"bind_with_flags_is_denied",
     OP_TEE,
     V1_2,
     {CREATE},
     {FFA_NOTIFICATION_BIND, FROM_FIRST, 1, 6},
     error(FFA_DENIED)},
    {"bind_for_a_partition",
     BOTH,
     V1_2,
     {CREATE},
     {FFA_NOTIFICATION_BIND, FROM_FIRST | SECOND_ID, 0, 6},
     error(FFA_INVALID_PARAMETERS)},
    {"bind_to_a_vm",
     BOTH,
     V1_2,
     {CREATE},
     {FFA_NOTIFICATION_BIND, 0x50000, 0, 6},
     error(FFA_INVALID_PARAMETERS)},
    {"bind_nothing",
     HAFNIUM,
     V1_2,
     {CREATE},
     {FFA_NOTIFICATION_BIND, FROM_FIRST, 0, 0, 0},
     error(FFA_INVALID_PARAMETERS)},
    {"bind_to_nobody",
     BOTH,
     V1_2,
     {CREATE},
     {FFA_NOTIFICATION_BIND, 0x80090000, 0, 6},
     error(FFA_INVALID_PARAMETERS)},
    {"bind_without_a_bitmap_is_not_supported", HAFNIUM, V1_2, {}, BIND, error(FFA_NOT_SUPPORTED)},
    {"bind_without_a_bitmap_is_denied", OP_TEE, V1_2, {}, BIND, error(FFA_DENIED)},
    {"bind_of_a_1_0_caller", HAFNIUM, V1_0, {CREATE}, BIND, error(FFA_NOT_SUPPORTED)},
    {"bind_again_to_the_same", HAFNIUM, V1_2, {CREATE, BIND}, BIND, {FFA_SUCCESS_32}},
    {"bind_again_is_denied", OP_TEE, V1_2, {CREATE, BIND}, BIND, error(FFA_DENIED)},
    {"bind_what_is_bound_elsewhere",
     BOTH,
     V1_2,
     {CREATE, BIND},
     {FFA_NOTIFICATION_BIND, uint64_t{SECOND_ID} << 16, 0, 2},
     error(FFA_DENIED)},
    {"bind_with_w5",
     OP_TEE,
     V1_2,
     {CREATE},
     {FFA_NOTIFICATION_BIND, FROM_FIRST, 0, 6, 0, 1},
     error(FFA_INVALID_PARAMETERS)},
    {"unbind", BOTH, V1_2, {CREATE, BIND}, UNBIND, {FFA_SUCCESS_32}},
    {"unbind_makes_free",
     BOTH,
     V1_2,
     {CREATE, BIND, UNBIND},
     {FFA_NOTIFICATION_BIND, uint64_t{SECOND_ID} << 16, 0, 2},
     {FFA_SUCCESS_32}},
    {"unbind_with_flags",
     BOTH,
     V1_2,
     {CREATE, BIND},
     {FFA_NOTIFICATION_UNBIND, FROM_FIRST, 1, 6},
     error(FFA_INVALID_PARAMETERS)},
    {"unbind_what_is_not_bound", HAFNIUM, V1_2, {CREATE}, UNBIND, error(FFA_DENIED)},
    {"unbind_from_another",
     HAFNIUM,
     V1_2,
     {CREATE, BIND},
     {FFA_NOTIFICATION_UNBIND, uint64_t{SECOND_ID} << 16, 0, 2},
     error(FFA_DENIED)},
    {"is_unknown", EL3, V1_2, {}, BIND, error(FFA_NOT_SUPPORTED)},
};
SPMC_ROWS(spmc_notification_bind_rows, bind_rows);

const std::vector<struct row> get_rows = {
    {"get_nothing", BOTH, V1_2, {CREATE}, GET, {FFA_SUCCESS_32, 0, 0, 0, 0, 0, 0, 0}},
    {"get_with_reserved_flags",
     BOTH,
     V1_2,
     {CREATE},
     {FFA_NOTIFICATION_GET, 0, 0x10},
     error(FFA_INVALID_PARAMETERS)},
    {"get_of_vms_at_the_physical_instance",
     HAFNIUM,
     V1_2,
     {CREATE},
     {FFA_NOTIFICATION_GET, 0, 2},
     error(FFA_INVALID_PARAMETERS)},
    {"get_of_everything_has_nothing_of_vms",
     OP_TEE,
     V1_2,
     {CREATE},
     {FFA_NOTIFICATION_GET, 0, 0xF},
     {FFA_SUCCESS_32, 0, 0, 0, 0, 0, 0, 0}},
    {"get_of_the_hypervisor_at_the_physical_instance",
     HAFNIUM,
     V1_2,
     {CREATE},
     {FFA_NOTIFICATION_GET, 0, 8},
     error(FFA_INVALID_PARAMETERS)},
    {"get_for_a_partition",
     BOTH,
     V1_2,
     {CREATE},
     {FFA_NOTIFICATION_GET, FIRST_ID, 1},
     error(FFA_INVALID_PARAMETERS)},
    {"get_for_a_vcpu_out_of_range",
     BOTH,
     V1_2,
     {CREATE},
     {FFA_NOTIFICATION_GET, 0x10000, 1},
     error(FFA_INVALID_PARAMETERS)},
    {"info_get_of_nothing", BOTH, V1_2, {CREATE, BIND}, INFO, error(FFA_NO_DATA)},
    {"info_get_by_32_bits", OP_TEE, V1_2, {}, {FFA_NOTIFICATION_INFO_GET_32}, error(FFA_NO_DATA)},
    {"info_get_by_32_bits_is_unknown",
     HAFNIUM,
     V1_2,
     {},
     {FFA_NOTIFICATION_INFO_GET_32},
     error(FFA_NOT_SUPPORTED)},
    {"set_with_reserved_flags",
     HAFNIUM,
     V1_2,
     {},
     {FFA_NOTIFICATION_SET, TO_FIRST, 4, 1},
     error(FFA_INVALID_PARAMETERS)},
    {"set_per_vcpu",
     HAFNIUM,
     V1_2,
     {},
     {FFA_NOTIFICATION_SET, TO_FIRST, 1, 1},
     error(FFA_INVALID_PARAMETERS)},
    {"set_a_global_one_for_a_vcpu",
     HAFNIUM,
     V1_2,
     {},
     {FFA_NOTIFICATION_SET, TO_FIRST, 0x10000, 1},
     error(FFA_INVALID_PARAMETERS)},
    {"set_with_a_delay_from_the_normal_world",
     HAFNIUM,
     V1_2,
     {},
     {FFA_NOTIFICATION_SET, TO_FIRST, 2, 1},
     error(FFA_INVALID_PARAMETERS)},
    {"set_for_a_partition",
     HAFNIUM,
     V1_2,
     {},
     {FFA_NOTIFICATION_SET, FROM_FIRST | SECOND_ID, 0, 1},
     error(FFA_INVALID_PARAMETERS)},
    {"set_nothing", HAFNIUM, V1_2, {}, {FFA_NOTIFICATION_SET, TO_FIRST, 0, 0}, error(FFA_INVALID_PARAMETERS)},
    {"set_for_one_that_has_none", HAFNIUM, V1_2, {}, {FFA_NOTIFICATION_SET, OLD_ID, 0, 1}, error(FFA_DENIED)},
    {"set_what_is_not_bound", HAFNIUM, V1_2, {}, {FFA_NOTIFICATION_SET, TO_FIRST, 0, 1}, error(FFA_DENIED)},
    {"set_is_not_dispatched",
     OP_TEE,
     V1_2,
     {},
     {FFA_NOTIFICATION_SET, TO_FIRST, 0, 1},
     error(FFA_NOT_SUPPORTED)},
};
SPMC_ROWS(spmc_notification_get_rows, get_rows);

const std::vector<struct row> partition_rows = {
    {"bitmaps_are_not_its_business", BOTH, V1_2, {}, CREATE, error(FFA_NOT_SUPPORTED)},
    {"info_get_is_not_its_business", BOTH, V1_2, {}, INFO, error(FFA_NOT_SUPPORTED)},
    {"binds_to_the_normal_world", BOTH, V1_2, {}, {FFA_NOTIFICATION_BIND, TO_FIRST, 0, 1}, {FFA_SUCCESS_32}},
    {"binds_for_itself_alone",
     BOTH,
     V1_2,
     {},
     {FFA_NOTIFICATION_BIND, SECOND_ID, 0, 1},
     error(FFA_INVALID_PARAMETERS)},
    {"sets_for_itself_alone",
     BOTH,
     V1_2,
     {},
     {FFA_NOTIFICATION_SET, uint64_t{SECOND_ID} << 16, 0, 1},
     error(FFA_INVALID_PARAMETERS)},
    {"gets_for_itself_alone",
     BOTH,
     V1_2,
     {},
     {FFA_NOTIFICATION_GET, SECOND_ID, 1},
     error(FFA_INVALID_PARAMETERS)},
    {"gets_nothing", BOTH, V1_2, {}, {FFA_NOTIFICATION_GET, FIRST_ID, 7}, {FFA_SUCCESS_32, 0, 0, 0, 0, 0}},
};
SPMC_PARTITION_ROWS(spmc_notification_partition_rows, partition_rows);

class spmc_notifications : public testing::TestWithParam<uint32_t> {
protected:
    spmc_world world{config_of(GetParam())};

    void SetUp() override
    {
        world.call_frame(frame_of(CREATE));
        world.call_frame(frame_of(BIND));
    }

    // The first partition sets notifications of the normal world.
    struct smc_frame set(uint64_t bitmap, uint64_t flags = 0)
    {
        return world.call_of_partition(FIRST, {{FFA_NOTIFICATION_SET, FROM_FIRST, flags, bitmap}});
    }
};

} // namespace

TEST_P(spmc_notifications, that_are_set_are_told_once_and_got_once)
{
    EXPECT_EQ(set(2).x[0], FFA_SUCCESS_32);
    EXPECT_TRUE(world.sri);
    EXPECT_EQ(world.events(EVENT_SPMC_SCHEDULE_RECEIVER), 1U);
    // One list, of one endpoint and no vCPU.
    expect_registers(world.call_frame(frame_of(INFO)), {FFA_SUCCESS_64, 0, 1U << 7, 0, 0});
    EXPECT_EQ(ffa_status(world.call_frame(frame_of(INFO))), w(FFA_NO_DATA)) << "told already";
    expect_registers(world.call_frame(frame_of(GET)), {FFA_SUCCESS_32, 0, 2, 0, 0, 0, 0, 0});
    expect_registers(world.call_frame(frame_of(GET)), {FFA_SUCCESS_32, 0, 0, 0, 0, 0, 0, 0});
    EXPECT_FALSE(world.sri);
}

TEST_P(spmc_notifications, that_are_set_again_are_told_again)
{
    set(2);
    world.call_frame(frame_of(INFO));
    set(4);
    EXPECT_EQ(world.call_frame(frame_of(INFO)).x[0], FFA_SUCCESS_64);
    EXPECT_EQ(world.call_frame(frame_of(GET)).x[2], 6U);
}

TEST_P(spmc_notifications, with_a_delay_raise_the_interrupt_when_the_normal_world_runs_again)
{
    set(2, FFA_NOTIFICATION_DELAY_SRI);
    EXPECT_TRUE(world.sri);
    for (uint32_t i = 0; i < world.log->count; i++) {
        if (world.log->events[i].kind == EVENT_SPMC_SCHEDULE_RECEIVER) {
            EXPECT_EQ(world.log->events[i].args[1], 1U);
            EXPECT_EQ(i, world.log->count - 1) << "after the result";
        }
    }
}

TEST_P(spmc_notifications, of_the_upper_half_come_in_w3)
{
    world.call({FFA_NOTIFICATION_BIND, FROM_FIRST, 0, 0, 0x80000000});
    world.call_of_partition(FIRST, {{FFA_NOTIFICATION_SET, FROM_FIRST, 0, 0, 0x80000000}});
    expect_registers(world.call_frame(frame_of(GET)), {FFA_SUCCESS_32, 0, 0, 0x80000000});
}

TEST_P(spmc_notifications, that_are_not_bound_are_denied)
{
    EXPECT_EQ(ffa_status(set(1)), w(FFA_DENIED));
    EXPECT_EQ(ffa_status(set(3)), w(FFA_DENIED)) << "one of them is not";
    EXPECT_EQ(ffa_status(
                  world.call_of_partition(SECOND, {{FFA_NOTIFICATION_SET, uint64_t{SECOND_ID} << 16, 0, 2}})),
              w(FFA_DENIED))
        << "bound to another";
}

TEST_P(spmc_notifications, that_are_pending_keep_their_bitmap)
{
    set(2);
    EXPECT_EQ(ffa_status(world.call_frame(frame_of(DESTROY))), w(FFA_DENIED));
    EXPECT_EQ(ffa_status(world.call_frame(frame_of(UNBIND))), w(FFA_DENIED));
    EXPECT_EQ(ffa_status(world.call_frame(frame_of(BIND))), w(FFA_DENIED));
}

TEST_P(spmc_notifications, between_partitions)
{
    const uint64_t from_second = uint64_t{SECOND_ID} << 16 | FIRST_ID;
    EXPECT_EQ(world.call_of_partition(FIRST, {{FFA_NOTIFICATION_BIND, from_second, 0, 8}}).x[0],
              FFA_SUCCESS_32);
    EXPECT_EQ(world.call_of_partition(SECOND, {{FFA_NOTIFICATION_SET, from_second, 0, 8}}).x[0],
              FFA_SUCCESS_32);
    expect_registers(world.call_frame(frame_of(INFO)), {FFA_SUCCESS_64, 0, 1U << 7, FIRST_ID});
    expect_registers(world.call_of_partition(FIRST, {{FFA_NOTIFICATION_GET, FIRST_ID, 3}}),
                     {FFA_SUCCESS_32, 0, 8, 0, 0, 0});
}

INSTANTIATE_TEST_SUITE_P(profiles, spmc_notifications,
                         testing::Values(uint32_t{SPMC_PROFILE_HAFNIUM}, uint32_t{SPMC_PROFILE_OP_TEE}));

TEST(spmc_notifications_of_the_normal_world, reach_a_partition_in_the_bitmap_of_vms)
{
    spmc_world world(config_of(SPMC_PROFILE_HAFNIUM));
    world.call_of_partition(FIRST, {{FFA_NOTIFICATION_BIND, TO_FIRST, 0, 1}});
    EXPECT_EQ(world.call({FFA_NOTIFICATION_SET, TO_FIRST, 0, 1}).x[0], FFA_SUCCESS_32);
    expect_registers(world.call_of_partition(FIRST, {{FFA_NOTIFICATION_GET, FIRST_ID, 7}}),
                     {FFA_SUCCESS_32, 0, 0, 0, 1, 0, 0});
}

TEST(spmc_notifications_per_vcpu, are_listed_with_their_vcpus_where_they_are_allowed)
{
    struct spmc_config config = config_of(SPMC_PROFILE_HAFNIUM);
    config.per_vcpu_notifications = true;
    spmc_world world(config);
    world.call({FFA_NOTIFICATION_BITMAP_CREATE, 0, 8});
    EXPECT_EQ(world.call({FFA_NOTIFICATION_BIND, FROM_FIRST, 1, 1}).x[0], FFA_SUCCESS_32);
    for (const uint64_t vcpu : {0, 2, 5, 7}) {
        const struct smc_frame out =
            world.call_of_partition(FIRST, {{FFA_NOTIFICATION_SET, FROM_FIRST, vcpu << 16 | 1, 1}});
        EXPECT_EQ(out.x[0], FFA_SUCCESS_32);
    }
    EXPECT_EQ(
        ffa_status(world.call_of_partition(FIRST, {{FFA_NOTIFICATION_SET, FROM_FIRST, 8U << 16 | 1, 1}})),
        w(FFA_INVALID_PARAMETERS));
    // Two lists: endpoint 0 with vCPUs 0, 2, 5, and endpoint 0 with vCPU 7.
    expect_registers(world.call_frame(frame_of(INFO)),
                     {FFA_SUCCESS_64, 0, 2U << 7 | 3U << 12 | 1U << 14, 0x0005000200000000, 0x00070000});
    EXPECT_EQ(world.call({FFA_NOTIFICATION_GET, 5U << 16, 1}).x[2], 1U);
    EXPECT_EQ(world.call({FFA_NOTIFICATION_GET, 5U << 16, 1}).x[2], 0U);
    EXPECT_EQ(world.call({FFA_NOTIFICATION_GET, 7U << 16, 1}).x[2], 1U);
}

// A 64-bit result has room for twenty lists, which thirteen endpoints do not fill.
TEST(spmc_notifications_of_all, are_listed_at_once)
{
    for (const uint32_t profile : {SPMC_PROFILE_HAFNIUM, SPMC_PROFILE_OP_TEE}) {
        struct spmc_config config = config_of(profile);
        config.partition_count = SPMC_PARTITIONS_MAX;
        for (uint32_t i = 1; i < SPMC_PARTITIONS_MAX; i++) {
            config.partitions[i] = partition_config(FIRST);
            config.partitions[i].id = static_cast<uint16_t>(FIRST_ID + i);
            config.partitions[i].rxtx_pages = 0;
        }
        spmc_world world(config);
        const uint64_t last = FIRST_ID + SPMC_PARTITIONS_MAX - 1;
        std::vector<uint64_t> expected;
        for (uint64_t id = FIRST_ID; id <= last; id++) { // each from its neighbour
            const uint64_t sender = id == last ? FIRST_ID : id + 1;
            const uint32_t index = static_cast<uint32_t>(id - FIRST_ID);
            const uint32_t from = static_cast<uint32_t>(sender - FIRST_ID);
            world.call_of_partition(index, {{FFA_NOTIFICATION_BIND, sender << 16 | id, 0, 1}});
            ASSERT_EQ(world.call_of_partition(from, {{FFA_NOTIFICATION_SET, sender << 16 | id, 0, 1}}).x[0],
                      FFA_SUCCESS_32);
            expected.push_back(id);
        }
        const uint64_t vms = profile == SPMC_PROFILE_HAFNIUM ? SPMC_VMS_MAX : 0;
        for (uint64_t vm = 0; vm <= vms; vm++) {
            world.call({FFA_NOTIFICATION_BITMAP_CREATE, vm, 1});
            world.call({FFA_NOTIFICATION_BIND, FROM_FIRST | vm, 0, 1});
            ASSERT_EQ(world.call_of_partition(FIRST, {{FFA_NOTIFICATION_SET, FROM_FIRST | vm, 0, 1}}).x[0],
                      FFA_SUCCESS_32);
            expected.push_back(vm);
        }
        const struct smc_frame out = world.call_frame(frame_of(INFO));
        EXPECT_EQ(out.x[0], FFA_SUCCESS_64);
        EXPECT_EQ(out.x[2], uint64_t{expected.size()} << 7) << "no more, and no list with a vCPU";
        for (size_t i = 0; i < expected.size(); i++) {
            EXPECT_EQ(out.x[3 + i / 4] >> (i % 4 * 16) & 0xFFFF, expected[i]) << i;
        }
        EXPECT_EQ(ffa_status(world.call_frame(frame_of(INFO))), w(FFA_NO_DATA));
    }
}

// FFA_MSG_SEND2

namespace {

struct ffa_partition_message_v1_2 header(uint16_t receiver, uint16_t sender, uint32_t offset = 40,
                                         uint32_t size = 8)
{
    struct ffa_partition_message_v1_2 result = {};
    result.head.offset = offset;
    result.head.receiver = receiver;
    result.head.sender = sender;
    result.head.size = size;
    return result;
}

class spmc_send2 : public testing::Test {
protected:
    spmc_world world{config_of(SPMC_PROFILE_HAFNIUM)};

    void SetUp() override
    {
        world.version(FFA_VERSION_1_2);
        world.map();
    }

    // From the normal world, with the header in its TX buffer.
    struct smc_frame send(const struct ffa_partition_message_v1_2 &message, uint64_t w1 = 0,
                          uint64_t flags = 0)
    {
        world.memory_set(spmc_world::TX_PA, &message, sizeof(message));
        return world.call({FFA_MSG_SEND2, w1, flags});
    }

    struct smc_frame send_of_first(const struct ffa_partition_message_v1_2 &message, uint64_t flags = 0)
    {
        world.memory_set(secure_pa(FIRST), &message, sizeof(message));
        return world.call_of_partition(FIRST, {{FFA_MSG_SEND2, 0, flags}});
    }
};

} // namespace

TEST_F(spmc_send2, delivers_header_and_payload_and_notifies)
{
    const uint64_t payload = 0x1122334455667788;
    world.memory_set(spmc_world::TX_PA + 40, &payload, sizeof(payload));
    EXPECT_EQ(send(header(FIRST_ID, 0)).x[0], FFA_SUCCESS_32);
    EXPECT_TRUE(world.sri);
    EXPECT_EQ(world.rx_written_pa, secure_pa(FIRST) + 0x1000);
    EXPECT_EQ(world.rx_written_space, PA_SPACE_SECURE);
    ASSERT_EQ(world.rx.size(), 48U);
    EXPECT_EQ(memcmp(world.rx.data() + 40, &payload, 8), 0);
    // RX-full: the release waits until the notification has been got.
    EXPECT_EQ(ffa_status(world.call_of_partition(FIRST, {{FFA_RX_RELEASE}})), w(FFA_DENIED));
    EXPECT_EQ(world.call_of_partition(FIRST, {{FFA_NOTIFICATION_GET, FIRST_ID, 4}}).x[6], 1U);
    EXPECT_EQ(world.call_of_partition(FIRST, {{FFA_RX_RELEASE}}).x[0], FFA_SUCCESS_32);
}

TEST_F(spmc_send2, on_behalf_of_a_vm_without_buffers_is_denied)
{
    EXPECT_EQ(ffa_status(send(header(FIRST_ID, 1), 0x10000)), w(FFA_DENIED));
}

TEST_F(spmc_send2, with_w1_from_a_partition_is_invalid)
{
    EXPECT_EQ(ffa_status(world.call_of_partition(FIRST, {{FFA_MSG_SEND2, FROM_FIRST}})),
              w(FFA_INVALID_PARAMETERS));
}

TEST_F(spmc_send2, without_tx_is_denied)
{
    world.call({FFA_RXTX_UNMAP});
    EXPECT_EQ(ffa_status(send(header(FIRST_ID, 0))), w(FFA_DENIED));
}

TEST_F(spmc_send2, of_another_sender_is_invalid)
{
    EXPECT_EQ(ffa_status(send(header(FIRST_ID, SECOND_ID))), w(FFA_INVALID_PARAMETERS));
}

TEST_F(spmc_send2, to_itself_is_invalid)
{
    EXPECT_EQ(ffa_status(send(header(0, 0))), w(FFA_INVALID_PARAMETERS));
}

TEST_F(spmc_send2, with_flags_is_invalid)
{
    EXPECT_EQ(ffa_status(send(header(FIRST_ID, 0), 0, FFA_MSG_SEND2_DELAY_SRI)), w(FFA_INVALID_PARAMETERS));
    EXPECT_EQ(ffa_status(send_of_first(header(SECOND_ID, FIRST_ID), 4)), w(FFA_INVALID_PARAMETERS));
    EXPECT_EQ(send_of_first(header(SECOND_ID, FIRST_ID), FFA_MSG_SEND2_DELAY_SRI).x[0], FFA_SUCCESS_32);
}

TEST_F(spmc_send2, to_nobody_is_invalid)
{
    EXPECT_EQ(ffa_status(send(header(0x8009, 0))), w(FFA_INVALID_PARAMETERS));
}

TEST_F(spmc_send2, to_one_without_the_property_is_denied)
{
    EXPECT_EQ(ffa_status(send(header(OLD_ID, 0))), w(FFA_DENIED));
}

TEST_F(spmc_send2, of_a_1_0_caller_is_denied)
{
    spmc_world old(config_of(SPMC_PROFILE_HAFNIUM));
    old.version(FFA_VERSION_1_0);
    old.map();
    const struct ffa_partition_message_v1_2 message = header(FIRST_ID, 0, 20);
    old.memory_set(spmc_world::TX_PA, &message, sizeof(message));
    EXPECT_EQ(ffa_status(old.call({FFA_MSG_SEND2})), w(FFA_DENIED));
}

TEST_F(spmc_send2, of_a_1_1_caller_has_a_header_of_20_bytes)
{
    spmc_world older(config_of(SPMC_PROFILE_HAFNIUM));
    older.version(FFA_VERSION_1_1);
    older.map();
    const struct ffa_partition_message_v1_2 message = header(FIRST_ID, 0, 20);
    older.memory_set(spmc_world::TX_PA, &message, sizeof(message.head));
    EXPECT_EQ(older.call({FFA_MSG_SEND2}).x[0], FFA_SUCCESS_32);
    EXPECT_EQ(older.rx.size(), 28U);
}

TEST_F(spmc_send2, to_a_service_the_receiver_does_not_have_is_invalid)
{
    struct ffa_partition_message_v1_2 message = header(FIRST_ID, 0);
    message.uuid[3] = 1;
    EXPECT_EQ(ffa_status(send(message)), w(FFA_INVALID_PARAMETERS));
    const uint32_t uuid[4] = {0x12111111, 0x12111112, 0x12111113, 0x12111114};
    memcpy(message.uuid, uuid, sizeof(uuid));
    EXPECT_EQ(send(message).x[0], FFA_SUCCESS_32);
}

TEST_F(spmc_send2, to_a_full_rx_is_busy)
{
    send(header(FIRST_ID, 0));
    EXPECT_EQ(ffa_status(send(header(FIRST_ID, 0))), w(FFA_BUSY));
}

TEST_F(spmc_send2, with_a_payload_outside_the_buffer_is_invalid)
{
    EXPECT_EQ(ffa_status(send(header(FIRST_ID, 0, 39, 8))), w(FFA_INVALID_PARAMETERS));
    EXPECT_EQ(ffa_status(send(header(FIRST_ID, 0, 40, 4057))), w(FFA_INVALID_PARAMETERS));
    EXPECT_EQ(ffa_status(send(header(FIRST_ID, 0, 0xFFFFFFFF, 0xFFFFFFFF))), w(FFA_INVALID_PARAMETERS));
    EXPECT_EQ(send(header(FIRST_ID, 0, 40, 4056)).x[0], FFA_SUCCESS_32);
}

TEST_F(spmc_send2, from_a_partition_to_the_normal_world_fills_its_rx)
{
    EXPECT_EQ(send_of_first(header(0, FIRST_ID)).x[0], FFA_SUCCESS_32);
    EXPECT_EQ(world.rx_written_pa, spmc_world::RX_PA);
    EXPECT_EQ(world.rx_written_space, PA_SPACE_NON_SECURE);
    EXPECT_EQ(world.call({FFA_RX_RELEASE}).x[0], FFA_SUCCESS_32) << "no bitmap: nothing to get first";
}

TEST_F(spmc_send2, whose_buffers_cannot_be_accessed_is_aborted)
{
    world.tx_readable = false;
    EXPECT_EQ(ffa_status(send(header(FIRST_ID, 0))), w(FFA_ABORTED));
    world.tx_readable = true;
    world.rx_writable = false;
    EXPECT_EQ(ffa_status(send(header(FIRST_ID, 0))), w(FFA_ABORTED));
    world.rx_writable = true;
    EXPECT_EQ(send(header(FIRST_ID, 0)).x[0], FFA_SUCCESS_32) << "RX stayed empty";
}

TEST(spmc_send2_profiles, is_unknown_to_the_others)
{
    for (const uint32_t profile : {SPMC_PROFILE_EL3_SPMC, SPMC_PROFILE_OP_TEE}) {
        spmc_world world(config_of(profile));
        world.version(FFA_VERSION_1_2);
        EXPECT_EQ(ffa_status(world.call({FFA_MSG_SEND2})), w(FFA_NOT_SUPPORTED));
    }
}
