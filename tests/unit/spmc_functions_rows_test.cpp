// SPDX-License-Identifier: BSD-3-Clause
//
// DEN0077, "Interface overview" and "Conduits and register usage", as tables: who takes which function from
// the normal world, and which registers of it a result fills, in every profile.
#include <cstring>

#include "tests/unit/spmc_rows.hpp"

using namespace spmc_rows;

namespace {

const uint64_t V1_1 = FFA_VERSION_1_1;
const uint64_t V1_2 = FFA_VERSION_1_2;
const uint64_t FIRST_W1 = uint64_t{FIRST_ID} << 16;

// Hafnium, the EL3 SPMC, OP-TEE. y: it looks at what is asked; n: NOT_SUPPORTED; i: INVALID_PARAMETERS;
// d: DENIED. w1 is one that does not end in NOT_SUPPORTED for a reason of its own.
struct function_answer {
    const char *name;
    uint64_t function_id;
    const char *answers;
    uint64_t w1 = 1;
};

const struct function_answer answers[] = {
    {"error", FFA_ERROR, "nnn"},
    {"success_32", FFA_SUCCESS_32, "nnn"},
    {"success_64", FFA_SUCCESS_64, "nnn"},
    {"interrupt", FFA_INTERRUPT, "nnn"},
    {"version", FFA_VERSION, "yyy"},
    {"features", FFA_FEATURES, "yyy", FFA_VERSION},
    {"rx_release", FFA_RX_RELEASE, "yyy"},
    {"rxtx_map_32", FFA_RXTX_MAP_32, "nyy"},
    {"rxtx_map_64", FFA_RXTX_MAP_64, "yyy"},
    {"rxtx_unmap", FFA_RXTX_UNMAP, "yyy"},
    {"partition_info_get", FFA_PARTITION_INFO_GET, "yyy"},
    {"id_get", FFA_ID_GET, "yyy"},
    {"msg_poll", FFA_MSG_POLL, "nnn"},
    {"msg_wait", FFA_MSG_WAIT, "nnn"},
    {"yield", FFA_YIELD, "nnn"},
    {"run", FFA_RUN, "yyy"},
    {"run_64_of_1_3", FFA_RUN | FFA_FUNCTION_64BIT, "nnn"},
    {"msg_send", FFA_MSG_SEND, "nnn"},
    {"direct_req_32", FFA_MSG_SEND_DIRECT_REQ_32, "yyy", FIRST_ID},
    {"direct_req_64", FFA_MSG_SEND_DIRECT_REQ_64, "yyy", FIRST_ID},
    {"direct_resp_32", FFA_MSG_SEND_DIRECT_RESP_32, "iin"},
    {"direct_resp_64", FFA_MSG_SEND_DIRECT_RESP_64, "iin"},
    {"mem_donate_32", FFA_MEM_DONATE_32, "ynn"},
    {"mem_donate_64", FFA_MEM_DONATE_64, "ynn"},
    {"mem_lend_32", FFA_MEM_LEND_32, "yyy"},
    {"mem_lend_64", FFA_MEM_LEND_64, "yyy"},
    {"mem_share_32", FFA_MEM_SHARE_32, "yyy"},
    {"mem_share_64", FFA_MEM_SHARE_64, "yyy"},
    {"mem_retrieve_req_32", FFA_MEM_RETRIEVE_REQ_32, "yyn"},
    {"mem_retrieve_req_64", FFA_MEM_RETRIEVE_REQ_64, "yyn"},
    {"mem_retrieve_resp", FFA_MEM_RETRIEVE_RESP, "nnn"},
    {"mem_relinquish", FFA_MEM_RELINQUISH, "yin"},
    {"mem_reclaim", FFA_MEM_RECLAIM, "yyy"},
    {"mem_op_pause", 0x84000078, "nnn"},
    {"mem_op_resume", 0x84000079, "nnn"},
    {"mem_frag_rx", FFA_MEM_FRAG_RX, "yyn"},
    {"mem_frag_tx", FFA_MEM_FRAG_TX, "yyy"},
    {"normal_world_resume", FFA_NORMAL_WORLD_RESUME, "ddd"},
    {"notification_bitmap_create", FFA_NOTIFICATION_BITMAP_CREATE, "yny"},
    {"notification_bitmap_destroy", FFA_NOTIFICATION_BITMAP_DESTROY, "yny"},
    {"notification_bind", FFA_NOTIFICATION_BIND, "yny"},
    {"notification_unbind", FFA_NOTIFICATION_UNBIND, "yny"},
    {"notification_set", FFA_NOTIFICATION_SET, "ynn"},
    {"notification_get", FFA_NOTIFICATION_GET, "yny"},
    {"notification_info_get_32", FFA_NOTIFICATION_INFO_GET_32, "nny"},
    {"notification_info_get_64", FFA_NOTIFICATION_INFO_GET_64, "yny"},
    {"rx_acquire", FFA_RX_ACQUIRE, "ynn"},
    {"spm_id_get", FFA_SPM_ID_GET, "yyy"},
    {"msg_send2", FFA_MSG_SEND2, "ynn"},
    {"secondary_ep_register", 0xC4000087, "nnn"},
    {"mem_perm_get_32", FFA_MEM_PERM_GET_32, "nnn"},
    {"mem_perm_get_64", FFA_MEM_PERM_GET_64, "nnn"},
    {"mem_perm_set_32", FFA_MEM_PERM_SET_32, "nnn"},
    {"mem_perm_set_64", FFA_MEM_PERM_SET_64, "nnn"},
    {"console_log_32", FFA_CONSOLE_LOG_32, "nnn"},
    {"console_log_64", FFA_CONSOLE_LOG_64, "nnn"},
    {"partition_info_get_regs", FFA_PARTITION_INFO_GET_REGS, "ynn"},
    {"el3_intr_handle", 0x8400008C, "nnn"},
    {"direct_req2", FFA_MSG_SEND_DIRECT_REQ2, "yyy", FIRST_ID},
    {"ns_res_info_get_of_1_3", 0xC400008F, "nnn"},
    {"abort_32_of_1_3", 0x84000090, "nnn"},
    {"abort_64_of_1_3", 0xC4000090, "nnn"},
    {"the_last_of_ffa", 0x840000FF, "nnn"},
};

void PrintTo(const struct function_answer &answer, std::ostream *out)
{
    *out << answer.name;
}

class spmc_functions : public testing::TestWithParam<struct function_answer> {};

TEST_P(spmc_functions, from_the_normal_world)
{
    for (uint32_t profile = 0; profile < SPMC_PROFILE_COUNT; profile++) {
        spmc_world world(config_of(profile));
        world.version(V1_2);
        const struct smc_frame out = world.call({GetParam().function_id, GetParam().w1});
        const bool refused = out.x[0] == FFA_ERROR;
        switch (GetParam().answers[profile]) {
        case 'y':
            EXPECT_FALSE(refused && ffa_status(out) == w(FFA_NOT_SUPPORTED)) << profile;
            EXPECT_NE(out.x[0], ~0ULL) << profile;
            break;
        case 'i':
            EXPECT_EQ(ffa_status(out), w(FFA_INVALID_PARAMETERS)) << profile;
            break;
        case 'd':
            EXPECT_EQ(ffa_status(out), w(FFA_DENIED)) << profile;
            break;
        default:
            EXPECT_TRUE(refused) << profile;
            EXPECT_EQ(ffa_status(out), w(FFA_NOT_SUPPORTED)) << profile;
            break;
        }
    }
}

// "S" of every row: until it has been told a version, the EL3 SPMC serves FFA_VERSION alone.
TEST_P(spmc_functions, before_a_version_with_the_el3_spmc)
{
    spmc_world world(config_of(SPMC_PROFILE_EL3_SPMC));
    const struct smc_frame out = world.call({GetParam().function_id, GetParam().w1});
    if (GetParam().function_id == FFA_VERSION) {
        EXPECT_NE(out.x[0], FFA_ERROR);
        return;
    }
    expect_registers(out, error(FFA_NOT_SUPPORTED));
}

INSTANTIATE_TEST_SUITE_P(interface_overview, spmc_functions, testing::ValuesIn(answers),
                         [](const testing::TestParamInfo<struct function_answer> &of) {
                             return of.param.name;
                         });

// Results of the EL3 SPMC end with the last register that they use; the others write zeroes up to x7.
const uint64_t TX = spmc_world::TX_PA;
const uint64_t RX = spmc_world::RX_PA;
const registers MAP = {FFA_RXTX_MAP_64, TX, RX, 1};
const uint32_t ZEROES = HAFNIUM | OP_TEE;

const std::vector<struct row> short_rows = {
    {"trap_7_id_get_echoes",
     EL3,
     V1_2,
     {},
     {FFA_ID_GET, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77},
     {FFA_SUCCESS_32, 0, 0, 0x33, 0x44, 0x55, 0x66, 0x77}},
    {"trap_7_id_get_is_zero",
     ZEROES,
     V1_2,
     {},
     {FFA_ID_GET, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77},
     {FFA_SUCCESS_32, 0, 0, 0, 0, 0, 0, 0}},
    {"trap_7_spm_id_get_echoes",
     EL3,
     V1_2,
     {},
     {FFA_SPM_ID_GET, 0, 0, 0x33, 0x44},
     {FFA_SUCCESS_32, 0, 0x8000, 0x33, 0x44}},
    {"trap_7_partition_info_get_echoes",
     EL3,
     V1_2,
     {MAP},
     {FFA_PARTITION_INFO_GET, 0x12111111, 0x12111112, 0x12111113, 0x12111114, 0, 0x66, 0x77},
     {FFA_SUCCESS_32, 0, 1, 24, 0x12111114, 0, 0x66, 0x77}},
    {"trap_7_partition_info_get_is_zero",
     ZEROES,
     V1_2,
     {MAP},
     {FFA_PARTITION_INFO_GET, 0x12111111, 0x12111112, 0x12111113, 0x12111114, 0, 0x66, 0x77},
     {FFA_SUCCESS_32, 0, 1, 24, 0, 0, 0, 0}},
    {"trap_7_a_count_echoes",
     EL3,
     V1_2,
     {},
     {FFA_PARTITION_INFO_GET, 0, 0, 0, 0, 1, 0x66, 0x77},
     {FFA_SUCCESS_32, 0, 5, 0, 0, 1, 0x66, 0x77}},
    {"trap_7_a_count_is_zero",
     ZEROES,
     V1_1,
     {},
     {FFA_PARTITION_INFO_GET, 0, 0, 0, 0, 1, 0x66, 0x77},
     {FFA_SUCCESS_32, 0, 4, 0, 0, 0, 0, 0}},
    {"trap_7_unmap_echoes",
     EL3,
     V1_2,
     {MAP},
     {FFA_RXTX_UNMAP, 0, 0x22, 0x33},
     {FFA_SUCCESS_32, 0, 0x22, 0x33}},
    {"trap_7_unmap_is_zero", ZEROES, V1_2, {MAP}, {FFA_RXTX_UNMAP, 0, 0x22, 0x33}, {FFA_SUCCESS_32, 0, 0, 0}},
    {"trap_7_rx_release_echoes",
     EL3,
     V1_2,
     {MAP, {FFA_PARTITION_INFO_GET}},
     {FFA_RX_RELEASE, 0, 0x22, 0x33},
     {FFA_SUCCESS_32, 0, 0x22, 0x33}},
    {"trap_7_rx_release_is_zero",
     ZEROES,
     V1_2,
     {MAP, {FFA_PARTITION_INFO_GET}},
     {FFA_RX_RELEASE, 0, 0x22, 0x33},
     {FFA_SUCCESS_32, 0, 0, 0}},
    {"trap_7_version_echoes", EL3, 0, {}, {FFA_VERSION, V1_2, 0x22}, {V1_2, V1_2, 0x22}},
    {"trap_7_version_is_zero", ZEROES, 0, {}, {FFA_VERSION, V1_2, 0x22}, {V1_2, 0, 0}},
    {"errors_are_whole",
     ANY_PROFILE,
     V1_2,
     {},
     {FFA_RX_RELEASE, 0, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77},
     {FFA_ERROR, 0, w(FFA_DENIED), 0, 0, 0, 0, 0}},
};
SPMC_ROWS(spmc_short_rows, short_rows);

const std::vector<struct row> partition_rows = {
    {"trap_7_retrieve_feature_echoes",
     EL3,
     V1_2,
     {},
     {FFA_FEATURES, FFA_MEM_RETRIEVE_REQ_32, 2, 0x33},
     {FFA_SUCCESS_32, 0, 2, 0x33}},
    {"trap_7_retrieve_feature_is_zero",
     ZEROES,
     V1_2,
     {},
     {FFA_FEATURES, FFA_MEM_RETRIEVE_REQ_32, 2, 0x33},
     {FFA_SUCCESS_32, 0, 2, 0}},
};
SPMC_PARTITION_ROWS(spmc_short_partition_rows, partition_rows);

// What was shared, and then given back: trap 15 on the way, the handle is in w2 and w3, and fragments of it
// in w1 and w2.
class spmc_shares : public testing::TestWithParam<uint32_t> {
protected:
    spmc_world world{config_of(GetParam())};

    void SetUp() override
    {
        world.version(V1_1);
        world.map();
    }

    // One page to the first partition, described in 96 bytes of which the first `fragment` are sent.
    struct smc_frame share(uint32_t fragment)
    {
        struct {
            struct ffa_memory_transaction_v1_1 header;
            struct ffa_memory_access_v1_0 access;
            struct ffa_memory_composite composite;
            struct ffa_memory_constituent constituent;
        } descriptor = {};
        descriptor.header.attributes = FFA_MEMORY_NORMAL_WB_INNER;
        descriptor.header.access_size = sizeof(descriptor.access);
        descriptor.header.access_count = 1;
        descriptor.header.access_offset = sizeof(descriptor.header);
        descriptor.access.endpoint_id = FIRST_ID;
        descriptor.access.permissions = FFA_MEMORY_DATA_READ_WRITE;
        descriptor.access.composite_offset = sizeof(descriptor.header) + sizeof(descriptor.access);
        descriptor.composite.page_count = 1;
        descriptor.composite.constituent_count = 1;
        descriptor.constituent.address = spmc_world::DRAM_PA + 0x40000;
        descriptor.constituent.page_count = 1;
        world.memory_set(TX, &descriptor, sizeof(descriptor));
        return world.call({FFA_MEM_SHARE_32, sizeof(descriptor), fragment});
    }
};

TEST_P(spmc_shares, trap_15_handles_are_in_w2_and_w3)
{
    const struct smc_frame out = share(96);
    expect_registers(out, {FFA_SUCCESS_32, 0});
    EXPECT_EQ(out.x[2] >> 32 | out.x[3] >> 32, 0U);
    const struct smc_frame reclaimed = world.call({FFA_MEM_RECLAIM, out.x[2], out.x[3], 0, 0, 0, 0, 0});
    EXPECT_EQ(reclaimed.x[0], FFA_SUCCESS_32);
    // trap 7: the EL3 SPMC leaves the handle where the caller had it
    const bool echoes = GetParam() == SPMC_PROFILE_EL3_SPMC;
    EXPECT_EQ(reclaimed.x[1], echoes ? out.x[2] : 0U);
    EXPECT_EQ(reclaimed.x[2], echoes ? out.x[3] : 0U);
}

TEST_P(spmc_shares, trap_15_handles_of_fragments_are_in_w1_and_w2)
{
    const struct smc_frame out = share(80);
    if (GetParam() == SPMC_PROFILE_OP_TEE) {
        expect_registers(out, error(FFA_NOT_SUPPORTED)); // no fragments to partitions
        return;
    }
    ASSERT_EQ(out.x[0], FFA_MEM_FRAG_RX);
    EXPECT_EQ(out.x[3], 80U);
    const struct ffa_memory_constituent constituent = {spmc_world::DRAM_PA + 0x40000, 1, 0};
    world.memory_set(TX, &constituent, sizeof(constituent));
    const struct smc_frame sent = world.call({FFA_MEM_FRAG_TX, out.x[1], out.x[2], sizeof(constituent)});
    expect_registers(sent, {FFA_SUCCESS_32, 0, out.x[1], out.x[2]});
}

INSTANTIATE_TEST_SUITE_P(profiles, spmc_shares, testing::Range(0U, 3U));

// x8-x17 of a 64-bit request of a caller that agreed on `first`, made a call, and asked for `then`.
struct smc_frame delivered(spmc_world &world, uint32_t first, uint32_t then)
{
    if (first != 0) {
        world.version(first);
    }
    world.call({FFA_FEATURES, FFA_VERSION});
    world.version(then);
    struct smc_frame in = {{FFA_MSG_SEND_DIRECT_REQ_64, FIRST_ID}};
    in.x[8] = 0x88;
    in.x[17] = 0x1717;
    world.call_frame(in);
    return world.ran.at(0);
}

} // namespace

TEST(spmc_width_of_op_tee, is_the_spmds_business_which_keeps_the_first_version)
{
    spmc_world world(config_of(SPMC_PROFILE_OP_TEE));
    EXPECT_EQ(delivered(world, FFA_VERSION_1_1, FFA_VERSION_1_2).x[8], 0U);
    EXPECT_EQ(world.registers_written, 8U);
    EXPECT_EQ(ffa_status(world.call({FFA_MSG_SEND_DIRECT_REQ2, FIRST_ID})), w(FFA_NOT_SUPPORTED));
    EXPECT_EQ(world.call({FFA_FEATURES, FFA_MSG_SEND_DIRECT_REQ2}).x[0], FFA_SUCCESS_32) << "OP-TEE says so";
}

TEST(spmc_width_of_op_tee, is_kept_when_a_smaller_version_comes_later)
{
    spmc_world world(config_of(SPMC_PROFILE_OP_TEE));
    EXPECT_EQ(delivered(world, FFA_VERSION_1_2, FFA_VERSION_1_1).x[17], 0x1717U);
    EXPECT_EQ(world.registers_written, 18U);
}

TEST(spmc_width_of_op_tee, is_that_of_the_first_version_also_after_other_calls)
{
    spmc_world world(config_of(SPMC_PROFILE_OP_TEE));
    EXPECT_EQ(delivered(world, 0, FFA_VERSION_1_1).x[8], 0U);
    EXPECT_EQ(world.registers_written, 8U);
}

TEST(spmc_retrieve_feature, of_a_1_0_partition_need_not_ask_for_the_ns_bit)
{
    for (uint32_t profile : {SPMC_PROFILE_HAFNIUM, SPMC_PROFILE_EL3_SPMC}) {
        struct spmc_config config = config_of(profile);
        config.partitions[FIRST].ffa_version = FFA_VERSION_1_0;
        spmc_world world(config);
        world.version(V1_2);
        world.script(FIRST) = {{{FFA_VERSION, FFA_VERSION_1_0}}};
        world.call({FFA_MSG_SEND_DIRECT_REQ_64, FIRST_ID});
        const struct smc_frame asked = {{FFA_FEATURES, FFA_MEM_RETRIEVE_REQ_32, 2, 0x33}};
        const struct smc_frame open = {{FFA_FEATURES, FFA_MEM_RETRIEVE_REQ_32, 0, 0x33}};
        const bool echoes = profile == SPMC_PROFILE_EL3_SPMC;
        const uint64_t w1 = echoes ? uint64_t{FFA_MEM_RETRIEVE_REQ_32} : 0;
        const uint64_t w3 = echoes ? 0x33 : 0;
        expect_registers(world.call_of_partition(FIRST, open), {FFA_SUCCESS_32, w1, 0, w3});
        expect_registers(world.call_of_partition(FIRST, asked), {FFA_SUCCESS_32, 0, 2, w3});
    }
}

// Before anything else is looked at: the SPMD in front of Hafnium and OP-TEE knows versions but no receivers.
TEST(spmc_req2_of_a_1_1_caller, is_not_supported_whoever_it_is_for)
{
    for (uint32_t profile = 0; profile < SPMC_PROFILE_COUNT; profile++) {
        for (const uint64_t w1 : {uint64_t{0x8009}, uint64_t{5}, FIRST_W1 | SECOND_ID}) {
            spmc_world world(config_of(profile));
            world.version(V1_1);
            EXPECT_EQ(ffa_status(world.call({FFA_MSG_SEND_DIRECT_REQ2, w1})), w(FFA_NOT_SUPPORTED)) << w1;
        }
    }
}
