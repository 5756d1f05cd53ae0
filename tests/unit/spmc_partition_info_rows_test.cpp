// SPDX-License-Identifier: BSD-3-Clause
//
// DEN0077, "FFA_PARTITION_INFO_GET" and "FFA_PARTITION_INFO_GET_REGS", as tables, in every profile.
#include <cstring>

#include "tests/unit/spmc_rows.hpp"

using namespace spmc_rows;

namespace {

const uint64_t V1_0 = FFA_VERSION_1_0;
const uint64_t V1_1 = FFA_VERSION_1_1;
const uint64_t V1_2 = FFA_VERSION_1_2;
const registers MAP = {FFA_RXTX_MAP_64, spmc_world::TX_PA, spmc_world::RX_PA, 1};
const registers ALL = {FFA_PARTITION_INFO_GET, 0, 0, 0, 0};
const registers COUNT = {FFA_PARTITION_INFO_GET, 0, 0, 0, 0, 1};
// Second UUID of the first partition; one that nobody has.
const registers NAMED = {FFA_PARTITION_INFO_GET, 0x12111111, 0x12111112, 0x12111113, 0x12111114};
const registers UNKNOWN = {FFA_PARTITION_INFO_GET, 1, 2, 3, 4};
const registers RELEASE = {FFA_RX_RELEASE};

const std::vector<struct row> info_rows = {
    {"reserved_flags_are_invalid",
     HAFNIUM,
     V1_2,
     {MAP},
     {FFA_PARTITION_INFO_GET, 0, 0, 0, 0, 2},
     error(FFA_INVALID_PARAMETERS)},
    {"reserved_flags_are_ignored",
     EL3 | OP_TEE,
     V1_1,
     {MAP},
     {FFA_PARTITION_INFO_GET, 0, 0, 0, 0, 0x80000002},
     {FFA_SUCCESS_32, 0}},
    {"reserved_flags_beside_the_count",
     EL3 | OP_TEE,
     V1_1,
     {},
     {FFA_PARTITION_INFO_GET, 0x33333333, 0x33333334, 0x33333335, 0x33333336, 3},
     {FFA_SUCCESS_32, 0, 1, 0}},
    {"without_rx_is_busy", ANY_PROFILE, V1_2, {}, ALL, error(FFA_BUSY)},
    {"with_a_full_rx_is_busy", ANY_PROFILE, V1_2, {MAP, ALL}, ALL, error(FFA_BUSY)},
    {"busy_comes_after_the_match", HAFNIUM | EL3, V1_2, {}, UNKNOWN, error(FFA_INVALID_PARAMETERS)},
    {"busy_comes_before_the_match", OP_TEE, V1_2, {}, UNKNOWN, error(FFA_BUSY)},
    {"trap_4_an_unknown_uuid_is_invalid", HAFNIUM | EL3, V1_2, {MAP}, UNKNOWN, error(FFA_INVALID_PARAMETERS)},
    {"trap_4_an_unknown_uuid_is_success_of_none", OP_TEE, V1_2, {MAP}, UNKNOWN, {FFA_SUCCESS_32, 0, 0}},
    {"trap_4_and_takes_rx", OP_TEE, V1_2, {MAP, UNKNOWN}, RELEASE, {FFA_SUCCESS_32}},
    {"trap_3_a_refusal_takes_rx", OP_TEE, V1_2, {MAP, ALL, RELEASE, ALL, ALL}, RELEASE, {FFA_SUCCESS_32}},
    {"trap_3_a_refusal_without_buffers_takes_it_too", OP_TEE, V1_2, {ALL}, RELEASE, {FFA_SUCCESS_32}},
    {"trap_3_a_refusal_takes_nothing", HAFNIUM | EL3, V1_2, {MAP, UNKNOWN}, RELEASE, error(FFA_DENIED)},
    {"a_count_takes_nothing", ANY_PROFILE, V1_2, {MAP, COUNT}, RELEASE, error(FFA_DENIED)},
    {"success_tells_count_and_size",
     ANY_PROFILE,
     V1_1,
     {MAP},
     {FFA_PARTITION_INFO_GET, 0x22222222, 0x22222223, 0x22222224, 0x22222225},
     {FFA_SUCCESS_32, 0, 1, 24}},
    {"trap_2_a_1_0_caller_is_told_8", HAFNIUM, V1_0, {MAP}, ALL, {FFA_SUCCESS_32, 0, 4, 8}},
    {"trap_2_a_1_0_caller_is_told_0", OP_TEE, V1_0, {MAP}, ALL, {FFA_SUCCESS_32, 0, 4, 0}},
    {"trap_2_a_1_0_caller_is_told_0_and_each_uuid", EL3, V1_0, {MAP}, ALL, {FFA_SUCCESS_32, 0, 5, 0}},
    {"one_of_each_for_1_1", HAFNIUM | OP_TEE, V1_1, {MAP}, ALL, {FFA_SUCCESS_32, 0, 4, 24}},
    {"one_of_each_uuid_for_1_2", HAFNIUM | EL3, V1_2, {MAP}, ALL, {FFA_SUCCESS_32, 0, 5, 24}},
    {"count_of_each_uuid", HAFNIUM | EL3, V1_2, {}, COUNT, {FFA_SUCCESS_32, 0, 5, 0}},
    {"count_for_1_0_is_honoured", HAFNIUM | OP_TEE, V1_0, {}, COUNT, {FFA_SUCCESS_32, 0, 4, 0}},
    {"any_uuid_of_a_partition_names_it", ANY_PROFILE, V1_2, {MAP}, NAMED, {FFA_SUCCESS_32, 0, 1, 24}},
};
SPMC_ROWS(spmc_partition_info_rows, info_rows);

const uint64_t REGS = FFA_PARTITION_INFO_GET_REGS;

const std::vector<struct row> regs_rows = {
    {"is_unknown", EL3 | OP_TEE, V1_2, {}, {REGS}, error(FFA_NOT_SUPPORTED)},
    {"of_a_1_1_caller_is_not_supported", HAFNIUM, V1_1, {}, {REGS}, error(FFA_NOT_SUPPORTED)},
    {"a_tag_asks_to_begin_again", HAFNIUM, V1_2, {}, {REGS, 0, 0, 0x10000}, error(FFA_RETRY)},
    {"no_match_is_invalid", HAFNIUM, V1_2, {}, {REGS, 1, 2}, error(FFA_INVALID_PARAMETERS)},
    {"a_start_beyond_the_end_is_invalid", HAFNIUM, V1_2, {}, {REGS, 0, 0, 5}, error(FFA_INVALID_PARAMETERS)},
    {"all_need_no_buffer",
     HAFNIUM,
     V1_2,
     {},
     {REGS},
     {FFA_SUCCESS_64, 0, 4 | 4 << 16 | 24ULL << 48, FIRST_ID | 1 << 16 | 0x34DULL << 32, 0x1111111211111111,
      0x1111111411111113, FIRST_ID | 1 << 16 | 0x34DULL << 32, 0x1211111212111111}},
    {"from_an_index_on",
     HAFNIUM,
     V1_2,
     {},
     {REGS, 0, 0, 4},
     {FFA_SUCCESS_64, 0, 4 | 4 << 16 | 24ULL << 48, MUTE_ID | 1 << 16, 0x4444444544444444, 0x4444444744444446,
      0}},
    {"a_named_one_has_no_uuid",
     HAFNIUM,
     V1_2,
     {},
     {REGS, 0x1211111212111111, 0x1211111412111113},
     {FFA_SUCCESS_64, 0, 24ULL << 48, FIRST_ID | 1 << 16 | 0x34DULL << 32, 0, 0, 0}},
};
SPMC_ROWS(spmc_partition_info_regs_rows, regs_rows);

const std::vector<struct row> partition_rows = {
    {"sees_who_sends",
     HAFNIUM,
     V1_2,
     {},
     {REGS},
     {FFA_SUCCESS_64, 0, 4 | 4 << 16 | 24ULL << 48, FIRST_ID | 1 << 16 | 0x74FULL << 32}},
    {"gets_24_bytes", HAFNIUM | EL3, V1_2, {}, ALL, {FFA_SUCCESS_32, 0, 5, 24}},
    {"is_busy_until_it_releases_rx", ANY_PROFILE, V1_2, {ALL}, ALL, error(FFA_BUSY)},
};
SPMC_PARTITION_ROWS(spmc_partition_info_partition_rows, partition_rows);

template <typename descriptor> descriptor descriptor_at(const spmc_world &world, size_t index)
{
    descriptor result;
    memcpy(&result, world.rx.data() + index * sizeof(result), sizeof(result));
    return result;
}

} // namespace

// What a caller sees by negotiated version

class spmc_descriptors : public testing::TestWithParam<uint32_t> {};

TEST_P(spmc_descriptors, of_a_1_0_caller_are_8_bytes_and_bits_2_to_0)
{
    spmc_world world(config_of(GetParam()));
    world.version(FFA_VERSION_1_0);
    world.map();
    world.call_frame(frame_of(ALL));
    const auto second =
        descriptor_at<struct ffa_partition_info_v1_0>(world, GetParam() == SPMC_PROFILE_EL3_SPMC ? 2 : 1);
    EXPECT_EQ(second.partition_id, SECOND_ID);
    EXPECT_EQ(second.properties, GetParam() == SPMC_PROFILE_HAFNIUM ? 5U : 7U);
}

TEST_P(spmc_descriptors, of_a_1_1_caller_have_bits_8_to_0)
{
    spmc_world world(config_of(GetParam()));
    world.version(FFA_VERSION_1_1);
    world.map();
    world.call_frame(frame_of(ALL));
    const auto first = descriptor_at<struct ffa_partition_info_v1_1>(world, 0);
    EXPECT_EQ(first.properties, GetParam() == SPMC_PROFILE_HAFNIUM ? 0x14DU : 0x14FU);
    EXPECT_EQ(first.uuid[0], 0x11111111U);
}

TEST_P(spmc_descriptors, of_a_1_2_caller_have_bits_10_to_0)
{
    spmc_world world(config_of(GetParam()));
    world.version(FFA_VERSION_1_2);
    world.map();
    world.call_frame(frame_of(ALL));
    const auto first = descriptor_at<struct ffa_partition_info_v1_1>(world, 0);
    EXPECT_EQ(first.properties, GetParam() == SPMC_PROFILE_HAFNIUM ? 0x34DU : 0x74FU);
    const auto next = descriptor_at<struct ffa_partition_info_v1_1>(world, 1);
    EXPECT_EQ(next.partition_id, GetParam() == SPMC_PROFILE_OP_TEE ? SECOND_ID : FIRST_ID);
}

TEST_P(spmc_descriptors, of_a_named_uuid_carry_none)
{
    spmc_world world(config_of(GetParam()));
    world.version(FFA_VERSION_1_2);
    world.map();
    world.call_frame(frame_of(NAMED));
    const auto first = descriptor_at<struct ffa_partition_info_v1_1>(world, 0);
    EXPECT_EQ(first.partition_id, FIRST_ID);
    EXPECT_EQ(first.uuid[0] | first.uuid[1] | first.uuid[2] | first.uuid[3], 0U);
}

TEST_P(spmc_descriptors, zero_the_rest_of_rx_but_for_op_tee)
{
    spmc_world world(config_of(GetParam()));
    world.version(FFA_VERSION_1_1);
    world.map();
    world.call_frame(frame_of(NAMED));
    EXPECT_EQ(world.rx.size(), GetParam() == SPMC_PROFILE_OP_TEE ? 24U : 4096U);
}

INSTANTIATE_TEST_SUITE_P(profiles, spmc_descriptors, testing::Range(0U, 3U));

TEST(spmc_descriptors_of_a_partition, go_to_its_secure_rx_buffer)
{
    spmc_world world(config_of(SPMC_PROFILE_HAFNIUM));
    world.call_of_partition(FIRST, frame_of(ALL));
    EXPECT_EQ(world.rx_written_pa, secure_pa(FIRST) + 0x1000);
    EXPECT_EQ(world.rx_written_space, PA_SPACE_SECURE);
    EXPECT_EQ(descriptor_at<struct ffa_partition_info_v1_1>(world, 0).properties, 0x74FU);
}

TEST(spmc_descriptors_of_a_partition, abort_when_its_buffer_cannot_be_written)
{
    spmc_world world(config_of(SPMC_PROFILE_HAFNIUM));
    world.rx_writable = false;
    EXPECT_EQ(ffa_status(world.call_of_partition(FIRST, frame_of(ALL))), w(FFA_ABORTED));
}
