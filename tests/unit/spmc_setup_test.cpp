// SPDX-License-Identifier: BSD-3-Clause
//
// DEN0077, "Setup and discovery interfaces", row by row as the SPMD and Hafnium answer them.
#include <cstring>

#include <gtest/gtest.h>

#include "tests/unit/spmc_world.hpp"

namespace {

const uint32_t UUID[4] = {MM_PARTITION_UUID_WORD0, MM_PARTITION_UUID_WORD1, MM_PARTITION_UUID_WORD2,
                          MM_PARTITION_UUID_WORD3};

struct smc_frame info_get(spmc_world &world, uint64_t flags = 0)
{
    return world.call({FFA_PARTITION_INFO_GET, UUID[0], UUID[1], UUID[2], UUID[3], flags});
}

struct smc_frame info_get_all(spmc_world &world, uint64_t flags = 0)
{
    return world.call({FFA_PARTITION_INFO_GET, 0, 0, 0, 0, flags});
}

void expect_error(const struct smc_frame &frame, int32_t status)
{
    EXPECT_EQ(frame.x[0], FFA_ERROR);
    EXPECT_EQ(frame.x[1], 0U);
    EXPECT_EQ(frame.x[2], w(status));
    for (int i = 3; i < 8; i++) {
        EXPECT_EQ(frame.x[i], 0U) << i;
    }
}

void expect_success(const struct smc_frame &frame, uint64_t w2 = 0, uint64_t w3 = 0)
{
    EXPECT_EQ(frame.x[0], FFA_SUCCESS_32);
    EXPECT_EQ(frame.x[1], 0U);
    EXPECT_EQ(frame.x[2], w2);
    EXPECT_EQ(frame.x[3], w3);
    for (int i = 4; i < 8; i++) {
        EXPECT_EQ(frame.x[i], 0U) << i;
    }
}

template <typename descriptor> descriptor rx_descriptor(const spmc_world &world, uint32_t index)
{
    descriptor result;
    memcpy(&result, world.rx.data() + index * sizeof(result), sizeof(result));
    return result;
}

} // namespace

// FFA_VERSION

TEST(spmc_version, bit_31_set_is_not_supported)
{
    spmc_world world;
    const struct smc_frame out = world.version(0x80010000);
    EXPECT_EQ(out.x[0], 0xFFFFFFFFU);
    EXPECT_EQ(world.refused_by(), 1U);
    EXPECT_EQ(world.registers_written, 8U);
}

TEST(spmc_version, same_major_and_smaller_minor_returns_the_own_version)
{
    spmc_world world;
    const struct smc_frame out = world.version(FFA_VERSION_1_0);
    EXPECT_EQ(out.x[0], FFA_VERSION_1_2);
    for (int i = 1; i < 8; i++) {
        EXPECT_EQ(out.x[i], 0U) << i;
    }
}

TEST(spmc_version, same_major_and_greater_minor_is_not_supported)
{
    spmc_world world;
    EXPECT_EQ(world.version(0x00010003).x[0], 0xFFFFFFFFU);
    EXPECT_EQ(world.refused_by(), 2U);
    EXPECT_EQ(world.version(FFA_VERSION_1_2).x[0], FFA_VERSION_1_2);
}

TEST(spmc_version, different_major_is_not_supported)
{
    spmc_world world;
    EXPECT_EQ(world.version(0x00020000).x[0], 0xFFFFFFFFU);
    EXPECT_EQ(world.version(0x00000009).x[0], 0xFFFFFFFFU);
    EXPECT_EQ(world.version(0x7FFF0000).x[0], 0xFFFFFFFFU);
}

TEST(spmc_version, repeated_before_any_other_call_the_latest_wins)
{
    spmc_world world;
    world.version(FFA_VERSION_1_0);
    world.version(FFA_VERSION_1_2);
    EXPECT_EQ(world.call({FFA_FEATURES, FFA_RXTX_MAP_64}).x[2], 1U << 16);
}

TEST(spmc_version, same_version_after_other_calls_returns_the_own_version)
{
    spmc_world world;
    world.version(FFA_VERSION_1_0);
    world.map();
    EXPECT_EQ(world.version(FFA_VERSION_1_0).x[0], FFA_VERSION_1_2);
}

TEST(spmc_version, different_version_after_other_calls_is_not_supported)
{
    spmc_world world;
    world.version(FFA_VERSION_1_0);
    world.map();
    EXPECT_EQ(world.version(FFA_VERSION_1_1).x[0], 0xFFFFFFFFU);
    EXPECT_EQ(world.refused_by(), 3U);
    info_get(world);
    EXPECT_EQ(world.call({FFA_FEATURES, FFA_RXTX_MAP_64}).x[2], 0U) << "still a 1.0 caller";
}

TEST(spmc_version, a_refused_call_fixes_the_version_too)
{
    spmc_world world;
    world.version(FFA_VERSION_1_0);
    expect_error(world.call({FFA_RX_RELEASE}), FFA_DENIED);
    EXPECT_EQ(world.version(FFA_VERSION_1_1).x[0], 0xFFFFFFFFU);
}

class spmc_version_fixed : public testing::TestWithParam<uint32_t> {};

TEST_P(spmc_version_fixed, by_a_call_that_reaches_the_spmc)
{
    spmc_world world;
    world.version(FFA_VERSION_1_0);
    world.call({GetParam(), 0xFFFF});
    EXPECT_EQ(world.version(FFA_VERSION_1_1).x[0], 0xFFFFFFFFU);
    EXPECT_EQ(world.version(FFA_VERSION_1_0).x[0], FFA_VERSION_1_2);
}

INSTANTIATE_TEST_SUITE_P(functions, spmc_version_fixed,
                         testing::Values(FFA_FEATURES, FFA_RX_RELEASE, FFA_RXTX_MAP_64, FFA_RXTX_UNMAP,
                                         FFA_PARTITION_INFO_GET, FFA_RUN, FFA_MSG_SEND_DIRECT_REQ_32,
                                         FFA_MSG_SEND_DIRECT_REQ_64, FFA_MSG_SEND_DIRECT_RESP_32,
                                         FFA_MSG_SEND_DIRECT_RESP_64));

TEST(spmc_version, calls_that_the_spmd_answers_leave_it_open)
{
    spmc_world world;
    world.version(FFA_VERSION_1_0);
    world.call({FFA_ID_GET});
    world.call({FFA_SPM_ID_GET});
    world.call({FFA_MSG_WAIT});
    world.call({PSCI_VERSION});
    EXPECT_EQ(world.version(FFA_VERSION_1_1).x[0], FFA_VERSION_1_2);
}

TEST(spmc_version, a_refused_request_changes_nothing)
{
    spmc_world world;
    world.version(FFA_VERSION_1_0);
    world.version(0x00010009);
    EXPECT_EQ(world.call({FFA_FEATURES, FFA_RXTX_MAP_64}).x[2], 0U);
}

TEST(spmc_version, an_spmc_of_1_0_is_answered_for_by_the_spmd)
{
    struct spmc_config config = spmc_world::default_config();
    config.ffa_version = FFA_VERSION_1_0;
    spmc_world world(config);
    EXPECT_EQ(world.version(FFA_VERSION_1_2).x[0], FFA_VERSION_1_0);
    EXPECT_EQ(world.version(0x80010000).x[0], 0xFFFFFFFFU);
    world.map();
    EXPECT_EQ(world.version(FFA_VERSION_1_1).x[0], FFA_VERSION_1_0);
    info_get(world);
    EXPECT_EQ(world.call({FFA_PARTITION_INFO_GET, 0, 0, 0, 0, 1}).x[2], 1U);
}

// FFA_FEATURES

class spmc_features : public testing::TestWithParam<uint32_t> {};

TEST_P(spmc_features, mandatory_function_answers_success_with_zero_properties)
{
    spmc_world world;
    world.version(FFA_VERSION_1_0);
    expect_success(world.call({FFA_FEATURES, GetParam()}));
    expect_success(world.call({FFA_FEATURES, GetParam(), 0xFFFFFFFF})); // input properties are ignored
}

INSTANTIATE_TEST_SUITE_P(functions, spmc_features,
                         testing::Values(FFA_ERROR, FFA_SUCCESS_32, FFA_INTERRUPT, FFA_VERSION, FFA_FEATURES,
                                         FFA_RX_RELEASE, FFA_RXTX_MAP_64, FFA_RXTX_UNMAP,
                                         FFA_PARTITION_INFO_GET, FFA_ID_GET, FFA_MSG_WAIT, FFA_RUN,
                                         FFA_MSG_SEND_DIRECT_REQ_32, FFA_MSG_SEND_DIRECT_REQ_64,
                                         FFA_MSG_SEND_DIRECT_RESP_32, FFA_MSG_SEND_DIRECT_RESP_64,
                                         FFA_SPM_ID_GET));

class spmc_features_refused : public testing::TestWithParam<uint32_t> {};

TEST_P(spmc_features_refused, answers_not_supported)
{
    spmc_world world;
    expect_error(world.call({FFA_FEATURES, GetParam()}), FFA_NOT_SUPPORTED);
}

INSTANTIATE_TEST_SUITE_P(queries, spmc_features_refused,
                         testing::Values(FFA_RXTX_MAP_32, FFA_NORMAL_WORLD_RESUME, FFA_MSG_SEND,
                                         0x8400006BU + 0x40000000U, 0x840000FFU, PSCI_VERSION,
                                         0U /* feature identifiers from here */, 1U /* NPI */, 3U /* MEI */,
                                         4U, 5U, 0xFFU, 0x102U /* bits [30:8] */, 0x40000002U));

TEST(spmc_features_rxtx_map, maximum_size_is_told_to_1_2_callers_only)
{
    struct spmc_config config = spmc_world::default_config();
    config.rx_pages_max = 4;
    for (const uint32_t version : {FFA_VERSION_1_0, FFA_VERSION_1_1}) {
        spmc_world world(config);
        world.version(version);
        expect_success(world.call({FFA_FEATURES, FFA_RXTX_MAP_64}), 0);
    }
    spmc_world world(config);
    world.version(FFA_VERSION_1_2);
    expect_success(world.call({FFA_FEATURES, FFA_RXTX_MAP_64}), 4U << 16);
}

TEST(spmc_features_sri, is_the_donated_sgi_without_input_properties_only)
{
    spmc_world world;
    expect_success(world.call({FFA_FEATURES, FFA_FEATURE_SRI}), 8);
    expect_error(world.call({FFA_FEATURES, FFA_FEATURE_SRI, 1}), FFA_NOT_SUPPORTED);
}

// Identifiers

TEST(spmc_identifiers, id_get_is_zero_for_the_normal_world)
{
    spmc_world world;
    expect_success(world.call({FFA_ID_GET}), 0);
}

TEST(spmc_identifiers, spm_id_get_is_the_id_of_the_manifest)
{
    struct spmc_config config = spmc_world::default_config();
    config.spmc_id = 0x8100;
    spmc_world world(config);
    expect_success(world.call({FFA_SPM_ID_GET}), 0x8100);
}

TEST(spmc_identifiers, spm_id_get_on_a_1_0_framework_is_not_supported)
{
    struct spmc_config config = spmc_world::default_config();
    config.ffa_version = FFA_VERSION_1_0;
    spmc_world world(config);
    expect_error(world.call({FFA_SPM_ID_GET}), FFA_NOT_SUPPORTED);
    expect_error(world.call({FFA_FEATURES, FFA_SPM_ID_GET}), FFA_NOT_SUPPORTED);
}

// FFA_RXTX_MAP

TEST(spmc_rxtx_map, valid_buffers_are_mapped)
{
    spmc_world world;
    expect_success(world.map());
}

TEST(spmc_rxtx_map, the_32_bit_form_is_not_supported)
{
    spmc_world world;
    expect_error(world.call({FFA_RXTX_MAP_32, spmc_world::TX_PA, spmc_world::RX_PA, 1}), FFA_NOT_SUPPORTED);
}

TEST(spmc_rxtx_map, mapped_already_is_denied_before_anything_else_is_looked_at)
{
    spmc_world world;
    world.map();
    expect_error(world.map(), FFA_DENIED);
    expect_error(world.call({FFA_RXTX_MAP_64, 1, 1, 0}), FFA_DENIED);
    EXPECT_EQ(world.refused_by(), 1U);
}

TEST(spmc_rxtx_map, page_count_below_one_or_above_the_maximum_is_invalid)
{
    struct spmc_config config = spmc_world::default_config();
    config.rx_pages_max = 2;
    for (const uint64_t pages : {0ULL, 3ULL, 64ULL, 65ULL, 0xFFFFFFFFULL}) {
        spmc_world world(config);
        expect_error(world.call({FFA_RXTX_MAP_64, spmc_world::TX_PA, spmc_world::RX_PA, pages}),
                     FFA_INVALID_PARAMETERS);
        EXPECT_EQ(world.refused_by(), pages == 0 ? 2U : 6U);
    }
    spmc_world world(config);
    expect_success(world.call({FFA_RXTX_MAP_64, spmc_world::TX_PA, spmc_world::RX_PA, 2}));
}

TEST(spmc_rxtx_map, misaligned_buffers_are_invalid)
{
    spmc_world world;
    expect_error(world.call({FFA_RXTX_MAP_64, spmc_world::TX_PA + 8, spmc_world::RX_PA, 1}),
                 FFA_INVALID_PARAMETERS);
    EXPECT_EQ(world.refused_by(), 3U);
    expect_error(world.call({FFA_RXTX_MAP_64, spmc_world::TX_PA, spmc_world::RX_PA + 2048, 1}),
                 FFA_INVALID_PARAMETERS);
    EXPECT_EQ(world.refused_by(), 3U);
}

TEST(spmc_rxtx_map, overlapping_buffers_are_invalid)
{
    struct spmc_config config = spmc_world::default_config();
    config.rx_pages_max = 2;
    spmc_world world(config);
    const uint64_t pa = spmc_world::TX_PA;
    expect_error(world.call({FFA_RXTX_MAP_64, pa, pa, 1}), FFA_INVALID_PARAMETERS);
    EXPECT_EQ(world.refused_by(), 4U);
    expect_error(world.call({FFA_RXTX_MAP_64, pa, pa + 4096, 2}), FFA_INVALID_PARAMETERS);
    expect_error(world.call({FFA_RXTX_MAP_64, pa + 4096, pa, 2}), FFA_INVALID_PARAMETERS);
    expect_success(world.call({FFA_RXTX_MAP_64, pa + 4096, pa, 1}));
}

TEST(spmc_rxtx_map, buffers_outside_non_secure_memory_are_denied)
{
    const uint64_t end = spmc_world::DRAM_PA + spmc_world::DRAM_SIZE;
    const uint64_t good = spmc_world::TX_PA;
    for (const uint64_t bad : {uint64_t{0}, spmc_world::DRAM_PA - 4096, end, uint64_t{0xFFFFFFFFFFFFF000}}) {
        spmc_world world;
        expect_error(world.call({FFA_RXTX_MAP_64, bad, good, 1}), FFA_DENIED);
        EXPECT_EQ(world.refused_by(), 5U);
        expect_error(world.call({FFA_RXTX_MAP_64, good, bad, 1}), FFA_DENIED);
    }
    spmc_world world;
    expect_success(world.call({FFA_RXTX_MAP_64, spmc_world::DRAM_PA, end - 4096, 1}));
}

TEST(spmc_rxtx_map, a_buffer_whose_last_page_is_outside_is_denied)
{
    struct spmc_config config = spmc_world::default_config();
    config.rx_pages_max = 2;
    spmc_world world(config);
    const uint64_t end = spmc_world::DRAM_PA + spmc_world::DRAM_SIZE;
    expect_error(world.call({FFA_RXTX_MAP_64, end - 4096, spmc_world::RX_PA, 2}), FFA_DENIED);
}

TEST(spmc_rxtx_map, on_behalf_of_a_vm_without_a_tx_buffer_is_invalid)
{
    spmc_world world;
    expect_error(world.call({FFA_RXTX_MAP_64, 0, 0, 0}), FFA_INVALID_PARAMETERS);
}

// FFA_RXTX_UNMAP

TEST(spmc_rxtx_unmap, unmapped_buffers_can_be_mapped_again)
{
    spmc_world world;
    world.map();
    expect_success(world.call({FFA_RXTX_UNMAP}));
    expect_success(world.map());
}

TEST(spmc_rxtx_unmap, without_buffers_is_invalid)
{
    spmc_world world;
    expect_error(world.call({FFA_RXTX_UNMAP}), FFA_INVALID_PARAMETERS);
    EXPECT_EQ(world.refused_by(), 2U);
}

TEST(spmc_rxtx_unmap, of_an_unknown_vm_is_invalid)
{
    spmc_world world;
    world.map();
    expect_error(world.call({FFA_RXTX_UNMAP, 1ULL << 16}), FFA_INVALID_PARAMETERS);
    expect_error(world.call({FFA_RXTX_UNMAP, 0x8002ULL << 16}), FFA_INVALID_PARAMETERS);
    EXPECT_EQ(world.refused_by(), 1U);
    expect_success(world.call({FFA_RXTX_UNMAP, 0}));
}

TEST(spmc_rxtx_unmap, drops_the_ownership_of_rx)
{
    spmc_world world;
    world.map();
    info_get(world);
    world.call({FFA_RXTX_UNMAP});
    expect_error(world.call({FFA_RX_RELEASE}), FFA_DENIED);
    world.map();
    EXPECT_EQ(info_get(world).x[0], FFA_SUCCESS_32);
}

// RX ownership

TEST(spmc_rx_release, when_never_mapped_or_empty_is_denied)
{
    spmc_world world;
    expect_error(world.call({FFA_RX_RELEASE}), FFA_DENIED);
    world.map();
    expect_error(world.call({FFA_RX_RELEASE}), FFA_DENIED);
    EXPECT_EQ(world.refused_by(), 2U);
}

TEST(spmc_rx_release, gives_a_full_buffer_back_once)
{
    spmc_world world;
    world.map();
    info_get(world);
    expect_success(world.call({FFA_RX_RELEASE}));
    expect_error(world.call({FFA_RX_RELEASE}), FFA_DENIED);
}

TEST(spmc_rx_release, of_a_vm_is_invalid)
{
    spmc_world world;
    world.map();
    info_get(world);
    expect_error(world.call({FFA_RX_RELEASE, 3}), FFA_INVALID_PARAMETERS);
    expect_success(world.call({FFA_RX_RELEASE, 0}));
}

// FFA_PARTITION_INFO_GET

TEST(spmc_partition_info, reserved_flags_are_invalid)
{
    spmc_world world;
    world.map();
    expect_error(info_get(world, 2), FFA_INVALID_PARAMETERS);
    EXPECT_EQ(world.refused_by(), 1U);
    expect_error(info_get(world, 0x80000001), FFA_INVALID_PARAMETERS);
}

TEST(spmc_partition_info, unknown_uuid_is_invalid_even_without_buffers)
{
    spmc_world world;
    const struct smc_frame out = world.call({FFA_PARTITION_INFO_GET, UUID[0], UUID[1], UUID[2], UUID[3] + 1});
    expect_error(out, FFA_INVALID_PARAMETERS);
    EXPECT_EQ(world.refused_by(), 2U);
}

TEST(spmc_partition_info, without_buffers_is_busy)
{
    spmc_world world;
    expect_error(info_get(world), FFA_BUSY);
    EXPECT_EQ(world.refused_by(), 3U);
}

TEST(spmc_partition_info, before_the_release_of_rx_is_busy)
{
    spmc_world world;
    world.map();
    info_get(world);
    expect_error(info_get(world), FFA_BUSY);
    world.call({FFA_RX_RELEASE});
    EXPECT_EQ(info_get(world).x[0], FFA_SUCCESS_32);
}

TEST(spmc_partition_info, a_refusal_does_not_take_rx)
{
    spmc_world world;
    world.map();
    info_get(world, 2);
    world.call({FFA_PARTITION_INFO_GET, 1, 2, 3, 4});
    expect_error(world.call({FFA_RX_RELEASE}), FFA_DENIED);
}

TEST(spmc_partition_info, a_1_0_caller_gets_8_byte_descriptors_with_property_bits_2_to_0)
{
    spmc_world world;
    world.version(FFA_VERSION_1_0);
    world.map();
    expect_success(info_get_all(world), 1, 8);
    EXPECT_EQ(world.rx_written_pa, spmc_world::RX_PA);
    ASSERT_EQ(world.rx.size(), 4096U);
    const auto descriptor = rx_descriptor<struct ffa_partition_info_v1_0>(world, 0);
    EXPECT_EQ(descriptor.partition_id, spmc_world::MM_ID);
    EXPECT_EQ(descriptor.execution_context_count, 1);
    EXPECT_EQ(descriptor.properties, FFA_PARTITION_RECEIVES_DIRECT_REQUESTS);
    EXPECT_EQ(std::vector<uint8_t>(4096 - 8, 0), std::vector<uint8_t>(world.rx.begin() + 8, world.rx.end()));
}

TEST(spmc_partition_info, a_1_1_caller_gets_24_byte_descriptors_with_the_uuid_only_for_a_nil_query)
{
    spmc_world world;
    world.version(FFA_VERSION_1_1);
    world.map();
    expect_success(info_get_all(world), 1, 24);
    auto descriptor = rx_descriptor<struct ffa_partition_info_v1_1>(world, 0);
    EXPECT_EQ(descriptor.properties, FFA_PARTITION_RECEIVES_DIRECT_REQUESTS | FFA_PARTITION_AARCH64);
    EXPECT_EQ(memcmp(descriptor.uuid, UUID, sizeof(UUID)), 0);
    world.call({FFA_RX_RELEASE});
    expect_success(info_get(world), 1, 24);
    descriptor = rx_descriptor<struct ffa_partition_info_v1_1>(world, 0);
    EXPECT_EQ(descriptor.partition_id, spmc_world::MM_ID);
    const uint32_t nil[4] = {};
    EXPECT_EQ(memcmp(descriptor.uuid, nil, sizeof(nil)), 0);
}

TEST(spmc_partition_info, uuid_bytes_come_in_rfc_4122_order)
{
    spmc_world world;
    world.map();
    info_get_all(world);
    const uint8_t rfc[16] = {0xed, 0x32, 0xd5, 0x33, 0x99, 0xe6, 0x42, 0x09,
                             0x9c, 0xc0, 0x2d, 0x72, 0xcd, 0xd9, 0x98, 0xa7};
    EXPECT_EQ(memcmp(world.rx.data() + 8, rfc, sizeof(rfc)), 0);
}

TEST(spmc_partition_info, property_bits_are_masked_by_the_callers_version)
{
    struct spmc_config config = spmc_world::default_config();
    config.partitions[0].properties = 0xFFFFFFFF;
    const struct {
        uint32_t version;
        uint32_t properties;
    } rows[] = {{FFA_VERSION_1_0, 0x005}, {FFA_VERSION_1_1, 0x1FD}, {FFA_VERSION_1_2, 0x3FD}};
    for (const auto &row : rows) {
        spmc_world world(config);
        world.version(row.version);
        world.map();
        info_get_all(world);
        EXPECT_EQ(rx_descriptor<struct ffa_partition_info_v1_0>(world, 0).properties, row.properties)
            << std::hex << row.version;
    }
}

TEST(spmc_partition_info, count_needs_no_buffer_and_takes_none)
{
    spmc_world world;
    expect_success(info_get(world, 1), 1, 0);
    expect_success(info_get_all(world, 1), 1, 0);
    world.map();
    expect_success(info_get(world, 1), 1, 0);
    EXPECT_TRUE(world.rx.empty());
    expect_error(world.call({FFA_RX_RELEASE}), FFA_DENIED);
}

TEST(spmc_partition_info, several_partitions_are_listed_in_the_order_of_the_configuration)
{
    struct spmc_config config = spmc_world::default_config();
    spmc_config_add_mm_partition(&config, 0x8005);
    spmc_config_add_mm_partition(&config, 0x8003);
    config.partitions[1].uuids[0][0] ^= 1;
    spmc_world world(config);
    world.map();
    expect_success(info_get_all(world), 3, 24);
    EXPECT_EQ(rx_descriptor<struct ffa_partition_info_v1_1>(world, 0).partition_id, 0x8002);
    EXPECT_EQ(rx_descriptor<struct ffa_partition_info_v1_1>(world, 1).partition_id, 0x8005);
    EXPECT_EQ(rx_descriptor<struct ffa_partition_info_v1_1>(world, 2).partition_id, 0x8003);
    world.call({FFA_RX_RELEASE});
    expect_success(info_get(world), 2, 24);
    EXPECT_EQ(rx_descriptor<struct ffa_partition_info_v1_1>(world, 1).partition_id, 0x8003);
}

TEST(spmc_partition_info, an_rx_buffer_that_cannot_be_written_aborts_and_stays_empty)
{
    spmc_world world;
    world.map();
    world.rx_writable = false;
    expect_error(info_get(world), FFA_ABORTED);
    expect_error(world.call({FFA_RX_RELEASE}), FFA_DENIED);
    world.rx_writable = true;
    EXPECT_EQ(info_get(world).x[0], FFA_SUCCESS_32);
}

TEST(spmc_partition_info, the_first_uboot_sequence_finds_the_partition)
{
    spmc_world world;
    EXPECT_EQ(world.version(FFA_VERSION_1_0).x[0] >> 16, 1U);
    EXPECT_EQ(world.call({FFA_ID_GET}).x[2], 0U);
    EXPECT_EQ(world.call({FFA_FEATURES, FFA_RXTX_MAP_64}).x[2], 0U);
    expect_success(world.map());
    EXPECT_EQ(info_get_all(world).x[2], 1U);
    expect_success(world.call({FFA_RX_RELEASE}));
    const struct smc_frame found =
        world.call({FFA_PARTITION_INFO_GET, 0x33d532ed, 0x0942e699, 0x722dc09c, 0xa798d9cd});
    EXPECT_EQ(found.x[2], 1U);
    expect_success(world.call({FFA_RX_RELEASE}));
    expect_success(world.call({FFA_RXTX_UNMAP, 0}));
}
