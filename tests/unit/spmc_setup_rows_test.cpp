// SPDX-License-Identifier: BSD-3-Clause
//
// DEN0077, "Setup and discovery interfaces", as tables: FFA_VERSION, FFA_FEATURES, RX/TX buffers and the
// ownership of RX, in every profile. Rows are those of the implementations' behaviour that the chapter files
// name.
#include "tests/unit/spmc_rows.hpp"

using namespace spmc_rows;

namespace {

const uint64_t TX = spmc_world::TX_PA;
const uint64_t RX = spmc_world::RX_PA;
const uint64_t NS_END = spmc_world::DRAM_PA + spmc_world::DRAM_SIZE;
const uint64_t V1_0 = FFA_VERSION_1_0;
const uint64_t V1_1 = FFA_VERSION_1_1;
const uint64_t V1_2 = FFA_VERSION_1_2;
const uint64_t NO_VERSION = 0xFFFFFFFF;
const registers MAP = {FFA_RXTX_MAP_64, TX, RX, 1};
const registers INFO = {FFA_PARTITION_INFO_GET};
const registers RELEASE = {FFA_RX_RELEASE};
const registers FEATURES_OF_VERSION = {FFA_FEATURES, FFA_VERSION};

const std::vector<struct row> version_rows = {
    {"trap_6_bit_31_set_is_told_in_w0", ANY_PROFILE, 0, {}, {FFA_VERSION, 0x80010000}, {NO_VERSION}},
    {"same_major_smaller_minor", ANY_PROFILE, 0, {}, {FFA_VERSION, V1_0}, {V1_2}},
    {"same_major_same_minor", ANY_PROFILE, 0, {}, {FFA_VERSION, V1_2}, {V1_2}},
    {"same_major_greater_minor_is_refused", HAFNIUM, 0, {}, {FFA_VERSION, 0x10003}, {NO_VERSION}},
    {"same_major_greater_minor_is_told_the_own", EL3 | OP_TEE, 0, {}, {FFA_VERSION, 0x10003}, {V1_2}},
    {"greater_minor_stores_nothing",
     EL3,
     0,
     {{FFA_VERSION, 0x10003}},
     {FFA_ID_GET},
     error(FFA_NOT_SUPPORTED)},
    {"greater_minor_stores_the_own",
     OP_TEE,
     0,
     {{FFA_VERSION, V1_0}, {FFA_VERSION, 0x10003}},
     {FFA_FEATURES, FFA_MSG_SEND_DIRECT_REQ2},
     {FFA_SUCCESS_32}},
    {"different_major_is_refused", HAFNIUM, 0, {}, {FFA_VERSION, 0x20000}, {NO_VERSION}},
    {"different_major_is_told_the_own", EL3 | OP_TEE, 0, {}, {FFA_VERSION, 0x20000}, {V1_2}},
    {"different_major_stores_nothing",
     EL3,
     0,
     {{FFA_VERSION, 0x20000}},
     {FFA_ID_GET},
     error(FFA_NOT_SUPPORTED)},
    {"repeated_before_another_call", ANY_PROFILE, 0, {{FFA_VERSION, V1_0}}, {FFA_VERSION, V1_1}, {V1_2}},
    {"same_after_other_calls_is_told_the_own",
     HAFNIUM | OP_TEE,
     V1_0,
     {FEATURES_OF_VERSION},
     {FFA_VERSION, V1_0},
     {V1_2}},
    {"same_after_other_calls_is_told_the_negotiated",
     EL3,
     V1_0,
     {FEATURES_OF_VERSION},
     {FFA_VERSION, V1_0},
     {V1_0}},
    {"trap_5_different_after_other_calls_is_refused",
     HAFNIUM,
     V1_0,
     {FEATURES_OF_VERSION},
     {FFA_VERSION, V1_1},
     {NO_VERSION}},
    {"trap_5_different_after_other_calls_is_told_the_negotiated",
     EL3,
     V1_0,
     {FEATURES_OF_VERSION},
     {FFA_VERSION, V1_1},
     {V1_0}},
    {"trap_5_different_after_other_calls_is_renegotiated",
     OP_TEE,
     V1_0,
     {FEATURES_OF_VERSION},
     {FFA_VERSION, V1_2},
     {V1_2}},
    {"nothing_else_is_served_before_it", EL3, 0, {}, FEATURES_OF_VERSION, error(FFA_NOT_SUPPORTED)},
    {"the_spm_id_too_is_not_told_before_it", EL3, 0, {}, {FFA_SPM_ID_GET}, error(FFA_NOT_SUPPORTED)},
    {"a_client_that_skips_it_works", HAFNIUM | OP_TEE, 0, {}, FEATURES_OF_VERSION, {FFA_SUCCESS_32}},
};
SPMC_ROWS(spmc_version_rows, version_rows);

const std::vector<struct row> features_rows = {
    {"rxtx_map_64_tells_pages_to_1_2",
     HAFNIUM,
     V1_2,
     {},
     {FFA_FEATURES, FFA_RXTX_MAP_64},
     {FFA_SUCCESS_32, 0, 1U << 16, 0}},
    {"trap_1_rxtx_map_w2_is_0_for_1_0",
     ANY_PROFILE,
     V1_0,
     {},
     {FFA_FEATURES, FFA_RXTX_MAP_64, 0},
     {FFA_SUCCESS_32}},
    {"rxtx_map_64_tells_no_pages", EL3 | OP_TEE, V1_2, {}, {FFA_FEATURES, FFA_RXTX_MAP_64}, {FFA_SUCCESS_32}},
    {"rxtx_map_32", EL3 | OP_TEE, V1_2, {}, {FFA_FEATURES, FFA_RXTX_MAP_32}, {FFA_SUCCESS_32}},
    {"rxtx_map_32_is_unknown", HAFNIUM, V1_2, {}, {FFA_FEATURES, FFA_RXTX_MAP_32}, error(FFA_NOT_SUPPORTED)},
    {"mem_share_takes_a_buffer_of_the_callers",
     OP_TEE,
     V1_2,
     {},
     {FFA_FEATURES, FFA_MEM_SHARE_64},
     {FFA_SUCCESS_32, 0, 1, 0}},
    {"mem_share_takes_no_buffer_of_the_callers",
     HAFNIUM,
     V1_2,
     {},
     {FFA_FEATURES, FFA_MEM_SHARE_32},
     {FFA_SUCCESS_32, 0, 0, 0}},
    {"mem_lend", ANY_PROFILE, V1_2, {}, {FFA_FEATURES, FFA_MEM_LEND_32}, {FFA_SUCCESS_32}},
    {"mem_donate", HAFNIUM, V1_2, {}, {FFA_FEATURES, FFA_MEM_DONATE_32}, {FFA_SUCCESS_32}},
    {"mem_donate_is_unknown",
     EL3 | OP_TEE,
     V1_2,
     {},
     {FFA_FEATURES, FFA_MEM_DONATE_32},
     error(FFA_NOT_SUPPORTED)},
    {"retrieve_needs_the_ns_bit_from_1_1_on",
     HAFNIUM,
     V1_1,
     {},
     {FFA_FEATURES, FFA_MEM_RETRIEVE_REQ_32, 0},
     error(FFA_NOT_SUPPORTED)},
    {"retrieve_with_the_ns_bit",
     HAFNIUM,
     V1_1,
     {},
     {FFA_FEATURES, FFA_MEM_RETRIEVE_REQ_32, 2},
     {FFA_SUCCESS_32, 0, 4, 0}},
    {"retrieve_of_1_0_needs_no_ns_bit",
     HAFNIUM,
     V1_0,
     {},
     {FFA_FEATURES, FFA_MEM_RETRIEVE_REQ_32, 0},
     {FFA_SUCCESS_32, 0, 4, 0}},
    {"retrieve_with_the_ns_bit_is_refused",
     EL3,
     V1_2,
     {},
     {FFA_FEATURES, FFA_MEM_RETRIEVE_REQ_32, 2},
     error(FFA_NOT_SUPPORTED)},
    {"retrieve_leaves_x1_alone",
     EL3,
     V1_2,
     {},
     {FFA_FEATURES, FFA_MEM_RETRIEVE_REQ_32, 0},
     {FFA_SUCCESS_32, FFA_MEM_RETRIEVE_REQ_32}},
    {"retrieve_is_unknown",
     OP_TEE,
     V1_2,
     {},
     {FFA_FEATURES, FFA_MEM_RETRIEVE_REQ_32, 2},
     error(FFA_NOT_SUPPORTED)},
    {"properties_of_other_functions_are_ignored",
     HAFNIUM | OP_TEE,
     V1_2,
     {},
     {FFA_FEATURES, FFA_VERSION, 1},
     {FFA_SUCCESS_32, 0, 0, 0}},
    {"properties_of_other_functions_are_refused",
     EL3,
     V1_2,
     {},
     {FFA_FEATURES, FFA_VERSION, 1},
     error(FFA_NOT_SUPPORTED)},
    {"feature_1_npi", ANY_PROFILE, V1_2, {}, {FFA_FEATURES, FFA_FEATURE_NPI}, error(FFA_NOT_SUPPORTED)},
    {"feature_2_sri", HAFNIUM | OP_TEE, V1_2, {}, {FFA_FEATURES, FFA_FEATURE_SRI}, {FFA_SUCCESS_32, 0, 8, 0}},
    {"feature_2_sri_is_unknown", EL3, V1_2, {}, {FFA_FEATURES, FFA_FEATURE_SRI}, error(FFA_NOT_SUPPORTED)},
    {"feature_3_mei", HAFNIUM | EL3, V1_2, {}, {FFA_FEATURES, FFA_FEATURE_MEI}, error(FFA_NOT_SUPPORTED)},
    {"feature_3_mei_by_accident", OP_TEE, V1_2, {}, {FFA_FEATURES, FFA_FEATURE_MEI}, {FFA_SUCCESS_32}},
    {"feature_4_of_1_3", ANY_PROFILE, V1_2, {}, {FFA_FEATURES, 4}, error(FFA_NOT_SUPPORTED)},
    {"feature_with_bits_30_to_8", ANY_PROFILE, V1_2, {}, {FFA_FEATURES, 0x102}, error(FFA_NOT_SUPPORTED)},
    {"feature_with_properties",
     HAFNIUM,
     V1_2,
     {},
     {FFA_FEATURES, FFA_FEATURE_SRI, 1},
     error(FFA_NOT_SUPPORTED)},
    {"feature_with_properties_that_are_not_looked_at",
     OP_TEE,
     V1_2,
     {},
     {FFA_FEATURES, FFA_FEATURE_SRI, 1},
     {FFA_SUCCESS_32, 0, 8, 0}},
    {"unknown_function", ANY_PROFILE, V1_2, {}, {FFA_FEATURES, 0x840000FF}, error(FFA_NOT_SUPPORTED)},
    {"normal_world_resume",
     ANY_PROFILE,
     V1_2,
     {},
     {FFA_FEATURES, FFA_NORMAL_WORLD_RESUME},
     error(FFA_NOT_SUPPORTED)},
    {"req2_for_a_1_1_caller",
     ANY_PROFILE,
     V1_1,
     {},
     {FFA_FEATURES, FFA_MSG_SEND_DIRECT_REQ2},
     error(FFA_NOT_SUPPORTED)},
    {"req2_for_a_1_2_caller",
     ANY_PROFILE,
     V1_2,
     {},
     {FFA_FEATURES, FFA_MSG_SEND_DIRECT_REQ2},
     {FFA_SUCCESS_32}},
    {"notifications", HAFNIUM | OP_TEE, V1_2, {}, {FFA_FEATURES, FFA_NOTIFICATION_SET}, {FFA_SUCCESS_32}},
    {"notifications_are_unknown",
     EL3,
     V1_2,
     {},
     {FFA_FEATURES, FFA_NOTIFICATION_SET},
     error(FFA_NOT_SUPPORTED)},
    {"msg_send2", HAFNIUM, V1_2, {}, {FFA_FEATURES, FFA_MSG_SEND2}, {FFA_SUCCESS_32}},
    {"msg_send2_is_unknown", EL3 | OP_TEE, V1_2, {}, {FFA_FEATURES, FFA_MSG_SEND2}, error(FFA_NOT_SUPPORTED)},
    {"trap_7_a_short_return_echoes_the_inputs",
     EL3,
     V1_2,
     {},
     {FFA_FEATURES, FFA_VERSION, 0, 0x33, 0x44},
     {FFA_SUCCESS_32, FFA_VERSION, 0, 0x33, 0x44}},
    {"trap_7_a_short_return_is_zero",
     HAFNIUM | OP_TEE,
     V1_2,
     {},
     {FFA_FEATURES, FFA_VERSION, 0, 0x33, 0x44},
     {FFA_SUCCESS_32, 0, 0, 0, 0}},
};
SPMC_ROWS(spmc_features_rows, features_rows);

const std::vector<struct row> map_rows = {
    {"maps", ANY_PROFILE, V1_2, {}, MAP, {FFA_SUCCESS_32}},
    {"maps_by_32_bits", EL3 | OP_TEE, V1_2, {}, {FFA_RXTX_MAP_32, 0xF00000000 | TX, RX, 1}, {FFA_SUCCESS_32}},
    {"by_32_bits_is_unknown", HAFNIUM, V1_2, {}, {FFA_RXTX_MAP_32, TX, RX, 1}, error(FFA_NOT_SUPPORTED)},
    {"trap_7_maps_and_echoes", EL3, V1_2, {}, MAP, {FFA_SUCCESS_32, TX, RX, 1}},
    {"twice_is_denied", ANY_PROFILE, V1_2, {MAP}, MAP, error(FFA_DENIED)},
    {"twice_and_wrong_is_denied", HAFNIUM, V1_2, {MAP}, {FFA_RXTX_MAP_64, TX, RX, 0}, error(FFA_DENIED)},
    {"twice_and_wrong_is_invalid",
     EL3 | OP_TEE,
     V1_2,
     {MAP},
     {FFA_RXTX_MAP_64, TX, RX, 0},
     error(FFA_INVALID_PARAMETERS)},
    {"no_pages", ANY_PROFILE, V1_2, {}, {FFA_RXTX_MAP_64, TX, RX, 0}, error(FFA_INVALID_PARAMETERS)},
    {"more_pages_than_the_maximum",
     HAFNIUM,
     V1_2,
     {},
     {FFA_RXTX_MAP_64, TX, RX, 2},
     error(FFA_INVALID_PARAMETERS)},
    {"more_pages_than_fit", EL3 | OP_TEE, V1_2, {}, {FFA_RXTX_MAP_64, TX, RX, 5}, error(FFA_NO_MEMORY)},
    {"thirty_two_pages_are_none",
     EL3,
     V1_2,
     {},
     {FFA_RXTX_MAP_64, TX, RX, 32},
     error(FFA_INVALID_PARAMETERS)},
    {"thirty_three_pages_are_one", EL3, V1_2, {}, {FFA_RXTX_MAP_64, TX, RX, 33}, {FFA_SUCCESS_32}},
    {"reserved_bits_of_w3",
     HAFNIUM | OP_TEE,
     V1_2,
     {},
     {FFA_RXTX_MAP_64, TX, RX, 65},
     error(FFA_INVALID_PARAMETERS)},
    {"tx_zero", EL3, V1_2, {}, {FFA_RXTX_MAP_64, 0, RX, 1}, error(FFA_INVALID_PARAMETERS)},
    {"rx_zero", EL3, V1_2, {}, {FFA_RXTX_MAP_64, TX, 0, 1}, error(FFA_INVALID_PARAMETERS)},
    {"one_address_for_both",
     HAFNIUM | EL3,
     V1_2,
     {},
     {FFA_RXTX_MAP_64, TX, TX, 1},
     error(FFA_INVALID_PARAMETERS)},
    {"one_address_for_both_is_not_looked_at",
     OP_TEE,
     V1_2,
     {},
     {FFA_RXTX_MAP_64, TX, TX, 1},
     {FFA_SUCCESS_32}},
    {"misaligned_tx",
     HAFNIUM | EL3,
     V1_2,
     {},
     {FFA_RXTX_MAP_64, TX + 8, RX, 1},
     error(FFA_INVALID_PARAMETERS)},
    {"misaligned_rx",
     HAFNIUM | EL3,
     V1_2,
     {},
     {FFA_RXTX_MAP_64, TX, RX + 8, 1},
     error(FFA_INVALID_PARAMETERS)},
    {"misaligned_is_not_looked_at", OP_TEE, V1_2, {}, {FFA_RXTX_MAP_64, TX + 8, RX + 8, 1}, {FFA_SUCCESS_32}},
    {"overlap_is_not_looked_at", OP_TEE, V1_2, {}, {FFA_RXTX_MAP_64, TX, TX + 4096, 2}, {FFA_SUCCESS_32}},
    {"sixty_four_pages_are_reserved_bits",
     OP_TEE,
     V1_2,
     {MAP},
     {FFA_RXTX_MAP_64, TX, RX, 64},
     error(FFA_INVALID_PARAMETERS)},
    {"overlap", EL3, V1_2, {}, {FFA_RXTX_MAP_64, TX, TX + 4096, 2}, error(FFA_INVALID_PARAMETERS)},
    {"outside_non_secure_memory_is_denied",
     HAFNIUM,
     V1_2,
     {},
     {FFA_RXTX_MAP_64, TX, NS_END, 1},
     error(FFA_DENIED)},
    {"outside_non_secure_memory_is_invalid",
     EL3 | OP_TEE,
     V1_2,
     {},
     {FFA_RXTX_MAP_64, TX, NS_END, 1},
     error(FFA_INVALID_PARAMETERS)},
    {"of_secure_memory_is_denied", HAFNIUM, V1_2, {}, {FFA_RXTX_MAP_64, SECURE_PA, RX, 1}, error(FFA_DENIED)},
    {"on_behalf_of_a_vm", ANY_PROFILE, V1_2, {}, {FFA_RXTX_MAP_64, 0, 0, 0}, error(FFA_INVALID_PARAMETERS)},
    {"again_after_unmap", ANY_PROFILE, V1_2, {MAP, {FFA_RXTX_UNMAP}}, MAP, {FFA_SUCCESS_32}},
};
SPMC_ROWS(spmc_map_rows, map_rows);

const std::vector<struct row> unmap_rows = {
    {"unmaps", ANY_PROFILE, V1_2, {MAP}, {FFA_RXTX_UNMAP, 0}, {FFA_SUCCESS_32}},
    {"nothing_mapped", ANY_PROFILE, V1_2, {}, {FFA_RXTX_UNMAP}, error(FFA_INVALID_PARAMETERS)},
    {"of_an_unknown_vm",
     HAFNIUM | EL3,
     V1_2,
     {MAP},
     {FFA_RXTX_UNMAP, 1U << 16},
     error(FFA_INVALID_PARAMETERS)},
    {"reserved_bits_of_x1", EL3, V1_2, {MAP}, {FFA_RXTX_UNMAP, 1}, error(FFA_INVALID_PARAMETERS)},
    {"reserved_bits_of_x1_are_not_looked_at", HAFNIUM, V1_2, {MAP}, {FFA_RXTX_UNMAP, 1}, {FFA_SUCCESS_32}},
    {"w1_is_not_looked_at", OP_TEE, V1_2, {MAP}, {FFA_RXTX_UNMAP, 0x10001}, {FFA_SUCCESS_32}},
};
SPMC_ROWS(spmc_unmap_rows, unmap_rows);

const std::vector<struct row> ownership_rows = {
    {"map_leaves_rx_with_the_spmc", ANY_PROFILE, V1_2, {MAP}, RELEASE, error(FFA_DENIED)},
    {"a_write_gives_rx_to_the_caller", ANY_PROFILE, V1_2, {MAP, INFO}, RELEASE, {FFA_SUCCESS_32}},
    {"release_gives_it_back", ANY_PROFILE, V1_2, {MAP, INFO, RELEASE}, RELEASE, error(FFA_DENIED)},
    {"release_of_what_was_never_mapped", ANY_PROFILE, V1_2, {}, RELEASE, error(FFA_DENIED)},
    {"release_of_an_unknown_vm",
     HAFNIUM,
     V1_2,
     {MAP, INFO},
     {FFA_RX_RELEASE, 1},
     error(FFA_INVALID_PARAMETERS)},
    {"release_ignores_w1", EL3 | OP_TEE, V1_2, {MAP, INFO}, {FFA_RX_RELEASE, 1}, {FFA_SUCCESS_32}},
    {"full_is_busy", ANY_PROFILE, V1_2, {MAP, INFO}, INFO, error(FFA_BUSY)},
    {"unmap_drops_the_state",
     HAFNIUM | OP_TEE,
     V1_2,
     {MAP, INFO, {FFA_RXTX_UNMAP}, MAP},
     RELEASE,
     error(FFA_DENIED)},
    {"unmap_keeps_the_state", EL3, V1_2, {MAP, INFO, {FFA_RXTX_UNMAP}, MAP}, INFO, error(FFA_BUSY)},
    {"unmap_keeps_it_until_release",
     EL3,
     V1_2,
     {MAP, INFO, {FFA_RXTX_UNMAP}, MAP, RELEASE},
     INFO,
     {FFA_SUCCESS_32}},
    {"acquire_for_nobody", HAFNIUM, V1_2, {}, {FFA_RX_ACQUIRE, 0}, error(FFA_NOT_SUPPORTED)},
    {"acquire_for_a_partition", HAFNIUM, V1_2, {}, {FFA_RX_ACQUIRE, FIRST_ID}, error(FFA_NOT_SUPPORTED)},
    {"acquire_for_an_unknown_vm", HAFNIUM, V1_2, {}, {FFA_RX_ACQUIRE, 1}, error(FFA_INVALID_PARAMETERS)},
    {"acquire_is_unknown", EL3 | OP_TEE, V1_2, {}, {FFA_RX_ACQUIRE, 1}, error(FFA_NOT_SUPPORTED)},
};
SPMC_ROWS(spmc_rx_rows, ownership_rows);

const std::vector<struct row> id_rows = {
    {"id_get", ANY_PROFILE, V1_2, {}, {FFA_ID_GET, 1, 2, 3}, {FFA_SUCCESS_32, 0, 0}},
    {"spm_id_get", ANY_PROFILE, V1_2, {}, {FFA_SPM_ID_GET}, {FFA_SUCCESS_32, 0, 0x8000}},
    {"sve_hint", ANY_PROFILE, V1_2, {}, {FFA_ID_GET | SMCCC_SVE_HINT}, {FFA_SUCCESS_32}},
    {"upper_half_of_x0", ANY_PROFILE, V1_2, {}, {0xDEAD000000000000 | FFA_ID_GET}, {FFA_SUCCESS_32}},
};
SPMC_ROWS(spmc_id_rows, id_rows);

const std::vector<struct row> partition_rows = {
    {"id_get", ANY_PROFILE, 0x10002, {}, {FFA_ID_GET}, {FFA_SUCCESS_32, 0, FIRST_ID}},
    {"spm_id_get", ANY_PROFILE, 0x10002, {}, {FFA_SPM_ID_GET}, {FFA_SUCCESS_32, 0, 0x8000}},
    {"its_buffers_come_from_the_manifest",
     HAFNIUM | EL3,
     0x10002,
     {},
     {FFA_RXTX_MAP_64, SECURE_PA + 0x2000, SECURE_PA + 0x3000, 1},
     error(FFA_DENIED)},
    {"it_maps_memory_of_its_own",
     ANY_PROFILE,
     0x10002,
     {{FFA_RXTX_UNMAP}},
     {FFA_RXTX_MAP_64, SECURE_PA + 0x2000, SECURE_PA + 0x3000, 1},
     {FFA_SUCCESS_32}},
    {"it_does_not_map_another_ones_memory",
     HAFNIUM,
     0x10002,
     {{FFA_RXTX_UNMAP}},
     {FFA_RXTX_MAP_64, SECURE_PA + 0x10000, SECURE_PA + 0x3000, 1},
     error(FFA_DENIED)},
    {"it_does_not_map_the_normal_worlds_memory",
     EL3 | OP_TEE,
     0x10002,
     {{FFA_RXTX_UNMAP}},
     {FFA_RXTX_MAP_64, TX, RX, 1},
     error(FFA_INVALID_PARAMETERS)},
    {"feature_mei", HAFNIUM | OP_TEE, 0x10002, {}, {FFA_FEATURES, FFA_FEATURE_MEI}, {FFA_SUCCESS_32, 0, 4}},
    {"feature_npi", HAFNIUM | OP_TEE, 0x10002, {}, {FFA_FEATURES, FFA_FEATURE_NPI}, {FFA_SUCCESS_32, 0, 5}},
    {"feature_sri", ANY_PROFILE, 0x10002, {}, {FFA_FEATURES, FFA_FEATURE_SRI}, error(FFA_NOT_SUPPORTED)},
    {"feature_console_log", ANY_PROFILE, 0x10002, {}, {FFA_FEATURES, FFA_CONSOLE_LOG_64}, {FFA_SUCCESS_32}},
    {"feature_retrieve_with_the_ns_bit",
     ANY_PROFILE,
     0x10002,
     {},
     {FFA_FEATURES, FFA_MEM_RETRIEVE_REQ_32, 2},
     {FFA_SUCCESS_32, 0, 2}},
    {"psci_is_not_its_business", ANY_PROFILE, 0x10002, {}, {PSCI_SYSTEM_OFF, 7}, {~0ULL, 7}},
    {"version", HAFNIUM | OP_TEE, 0x10002, {}, {FFA_VERSION, FFA_VERSION_1_1}, {FFA_VERSION_1_2}},
    {"normal_world_resume", ANY_PROFILE, 0x10002, {}, {FFA_NORMAL_WORLD_RESUME}, error(FFA_NOT_SUPPORTED)},
    {"rx_release_when_empty", ANY_PROFILE, 0x10002, {}, {FFA_RX_RELEASE}, error(FFA_DENIED)},
    {"console_log_of_nothing",
     ANY_PROFILE,
     0x10002,
     {},
     {FFA_CONSOLE_LOG_32, 0},
     error(FFA_INVALID_PARAMETERS)},
    {"console_log_of_24", ANY_PROFILE, 0x10002, {}, {FFA_CONSOLE_LOG_32, 24}, {FFA_SUCCESS_32}},
    {"console_log_of_25", ANY_PROFILE, 0x10002, {}, {FFA_CONSOLE_LOG_32, 25}, error(FFA_INVALID_PARAMETERS)},
    {"console_log_of_128", ANY_PROFILE, 0x10002, {}, {FFA_CONSOLE_LOG_64, 128}, {FFA_SUCCESS_32}},
    {"console_log_of_129",
     ANY_PROFILE,
     0x10002,
     {},
     {FFA_CONSOLE_LOG_64, 129},
     error(FFA_INVALID_PARAMETERS)},
};
SPMC_PARTITION_ROWS(spmc_partition_setup_rows, partition_rows);

} // namespace

TEST(spmc_version_of_the_spmc, exactly_1_0_is_answered_by_the_spmd)
{
    for (const uint32_t profile : {SPMC_PROFILE_HAFNIUM, SPMC_PROFILE_OP_TEE}) {
        spmc_world world(config_of(profile, FFA_VERSION_1_0));
        EXPECT_EQ(world.version(FFA_VERSION_1_2).x[0], FFA_VERSION_1_0);
        EXPECT_EQ(world.version(0x00020000).x[0], FFA_VERSION_1_0);
        EXPECT_EQ(ffa_status(world.call({FFA_SPM_ID_GET})), w(FFA_NOT_SUPPORTED));
        EXPECT_EQ(ffa_status(world.call({FFA_NOTIFICATION_BITMAP_CREATE})), w(FFA_NOT_SUPPORTED));
        EXPECT_EQ(ffa_status(world.call({FFA_FEATURES, FFA_MSG_SEND2})), w(FFA_NOT_SUPPORTED));
    }
}

TEST(spmc_version_of_the_spmc, of_1_1_knows_nothing_of_1_2)
{
    for (uint32_t profile = 0; profile < SPMC_PROFILE_COUNT; profile++) {
        spmc_world world(config_of(profile, FFA_VERSION_1_1));
        EXPECT_EQ(world.version(FFA_VERSION_1_1).x[0], FFA_VERSION_1_1);
        EXPECT_EQ(ffa_status(world.call({FFA_MSG_SEND_DIRECT_REQ2, FIRST_ID})), w(FFA_NOT_SUPPORTED));
        EXPECT_EQ(ffa_status(world.call({FFA_PARTITION_INFO_GET_REGS})), w(FFA_NOT_SUPPORTED));
        EXPECT_EQ(world.call({FFA_SPM_ID_GET}).x[0], FFA_SUCCESS_32);
    }
}

TEST(spmc_version_of_a_caller, op_tee_renegotiates_but_the_spmd_keeps_the_width)
{
    spmc_world world(config_of(SPMC_PROFILE_OP_TEE));
    world.version(FFA_VERSION_1_1);
    world.call({FFA_FEATURES, FFA_VERSION});
    world.version(FFA_VERSION_1_2);
    EXPECT_EQ(world.call({FFA_MSG_SEND_DIRECT_REQ_64, FIRST_ID}).x[0], FFA_MSG_SEND_DIRECT_RESP_64);
    EXPECT_EQ(world.registers_written, 8U);
}

TEST(spmc_console_log, becomes_events_of_sixteen_characters)
{
    spmc_world world(config_of(SPMC_PROFILE_HAFNIUM));
    world.call_of_partition(FIRST,
                            {{FFA_CONSOLE_LOG_64, 18, 0x4847464544434241, 0x504F4E4D4C4B4A49, 0x5251}});
    std::string text;
    for (uint32_t i = 0; i < world.log->count; i++) {
        const struct event &event = world.log->events[i];
        if (event.kind == EVENT_SPMC_CONSOLE) {
            EXPECT_EQ(event.args[0], FIRST_ID);
            for (uint64_t c = 0; c < event.args[1]; c++) {
                text += static_cast<char>(event.args[2 + c / 8] >> (c % 8 * 8));
            }
        }
    }
    EXPECT_EQ(text, "ABCDEFGHIJKLMNOPQR");
}

TEST(spmc_console_log, of_a_1_1_partition_ends_at_48)
{
    spmc_world world(config_of(SPMC_PROFILE_HAFNIUM));
    EXPECT_EQ(world.call_of_partition(OLD, {{FFA_CONSOLE_LOG_64, 48}}).x[0], FFA_SUCCESS_32);
    EXPECT_EQ(ffa_status(world.call_of_partition(OLD, {{FFA_CONSOLE_LOG_64, 49}})),
              w(FFA_INVALID_PARAMETERS));
}
