// SPDX-License-Identifier: BSD-3-Clause
//
// FFA_MEM_SHARE, FFA_MEM_LEND, FFA_MEM_DONATE: a test for each row of "Send registers" of the reference, per
// profile. Each row is one mistake in a call that is otherwise right.
#include <functional>
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/spmc_memory_world.hpp"

namespace {

const int INVALID = FFA_INVALID_PARAMETERS;
const int DENIED = FFA_DENIED;
const int ACCEPTED = 0;
const int ABSENT = FFA_NOT_SUPPORTED; // the profile does not have the interface
const int LENT = FFA_DENIED;          // OP-TEE lends to its core alone

// A call in the making.
struct sending {
    uint32_t function_id = FFA_MEM_SHARE_32;
    uint16_t from = 0;
    memory_request request;
    std::function<void(std::vector<uint8_t> &)> bytes = [](std::vector<uint8_t> &) {};
    std::function<void(struct smc_frame &)> registers = [](struct smc_frame &) {};
    std::function<void(memory_world &)> before = [](memory_world &) {};

    sending &lend()
    {
        function_id = FFA_MEM_LEND_32;
        request.attributes = 0;
        return *this;
    }
    sending &donate()
    {
        function_id = FFA_MEM_DONATE_32;
        request.attributes = 0;
        request.receivers[0].permissions = 0;
        return *this;
    }
};

struct row {
    const char *name;
    std::function<void(sending &)> mistake;
    int hafnium;
    int el3_spmc;
    int op_tee;
};

void PrintTo(const row &row, std::ostream *out)
{
    *out << row.name;
}

struct smc_frame send(memory_world &world, const sending &sending)
{
    std::vector<uint8_t> bytes = sending.request.bytes();
    sending.bytes(bytes);
    world.write(world.caller(sending.from).tx_pa, bytes);
    struct smc_frame frame = memory_world::lengths(sending.function_id, bytes.size(), bytes.size());
    sending.registers(frame);
    return world.call(spmc_ffa_mem_send, sending.from, frame);
}

int result(enum spmc_profile profile, const row &row)
{
    sending sending;
    row.mistake(sending);
    memory_world world(profile, sending.request.version);
    sending.before(world);
    const uint32_t constituents = world.memory->constituent_count;
    const struct smc_frame out = send(world, sending);
    if (memory_status(out) == 0) {
        EXPECT_EQ(out.x[0], FFA_SUCCESS_32);
    } else {
        EXPECT_NE(world.check, 0U);
        EXPECT_EQ(world.memory->constituent_count, constituents); // nothing is left behind
        EXPECT_EQ(world.right(0, 0x80100000), SPMC_MEMORY_READ_WRITE);
    }
    return memory_status(out);
}

void put(std::vector<uint8_t> &bytes, size_t at, uint64_t value, size_t size)
{
    memory_request::put(bytes, at, value, size);
}

const size_t COMPOSITE = 64; // of the baseline: 48 + 16

const row rows[] = {
    {"nothing_wrong", [](sending &) {}, ACCEPTED, ACCEPTED, ACCEPTED},
    {"nothing_wrong_1_0", [](sending &s) { s.request.version = FFA_VERSION_1_0; }, ACCEPTED, ACCEPTED, ACCEPTED},
    {"nothing_wrong_1_2",
     [](sending &s) {
         s.request.version = FFA_VERSION_1_2;
         s.request.access_size = 32;
     },
     ACCEPTED, ACCEPTED, ACCEPTED},
    {"nothing_wrong_smc64", [](sending &s) { s.function_id = FFA_MEM_SHARE_64; }, ACCEPTED, ACCEPTED, ACCEPTED},
    {"lend", [](sending &s) { s.lend(); }, ACCEPTED, ACCEPTED, LENT},
    {"donate", [](sending &s) { s.donate(); }, ACCEPTED, ABSENT, ABSENT},
    {"w5_w7_not_zero", [](sending &s) { s.registers = [](struct smc_frame &f) { f.x[6] = 1; }; }, ACCEPTED,
     ACCEPTED, INVALID},
    {"x3_not_zero", [](sending &s) { s.registers = [](struct smc_frame &f) { f.x[3] = 0x80400000; }; }, INVALID,
     INVALID, INVALID},
    {"w4_not_zero", [](sending &s) { s.registers = [](struct smc_frame &f) { f.x[4] = 1; }; }, INVALID, INVALID,
     INVALID},
    {"fragment_longer_than_total", [](sending &s) { s.registers = [](struct smc_frame &f) { f.x[1] -= 16; }; },
     INVALID, INVALID, INVALID},
    {"no_tx", [](sending &s) { s.before = [](memory_world &w) { w.normal.buffers_mapped = false; }; }, INVALID,
     INVALID, DENIED},
    {"fragment_longer_than_tx",
     [](sending &s) { s.registers = [](struct smc_frame &f) { f.x[1] = f.x[2] = 4112; }; }, INVALID, INVALID,
     DENIED},
    {"empty_fragment", [](sending &s) { s.registers = [](struct smc_frame &f) { f.x[2] = 0; }; }, INVALID, INVALID,
     INVALID},
    {"header_cut", [](sending &s) { s.registers = [](struct smc_frame &f) { f.x[1] = f.x[2] = 47; }; }, INVALID,
     INVALID, INVALID},
    {"header_cut_1_0",
     [](sending &s) {
         s.request.version = FFA_VERSION_1_0;
         s.registers = [](struct smc_frame &f) { f.x[1] = f.x[2] = 31; };
     },
     INVALID, INVALID, INVALID},
    {"reserved_in_header", [](sending &s) { s.bytes = [](auto &b) { put(b, 44, 1, 4); }; }, INVALID, ACCEPTED,
     ACCEPTED},
    {"reserved_in_access", [](sending &s) { s.bytes = [](auto &b) { put(b, 56, 1, 8); }; }, INVALID, ACCEPTED,
     ACCEPTED},
    {"access_size_8", [](sending &s) { s.bytes = [](auto &b) { put(b, 24, 8, 4); }; }, INVALID, INVALID, INVALID},
    {"access_size_256",
     [](sending &s) { s.request.access_size = 256; }, INVALID, ACCEPTED, INVALID},
    {"access_size_32_at_1_1", [](sending &s) { s.request.access_size = 32; }, INVALID, ACCEPTED, ACCEPTED},
    {"access_offset_not_aligned", [](sending &s) { s.bytes = [](auto &b) { put(b, 32, 56, 4); }; }, INVALID,
     INVALID, INVALID},
    {"access_offset_not_aligned_but_consistent", [](sending &s) { s.request.access_offset = 56; }, INVALID, INVALID,
     INVALID},
    {"access_offset_behind_a_gap", [](sending &s) { s.request.access_offset = 64; }, ACCEPTED, ACCEPTED, ACCEPTED},
    {"fragment_as_long_as_tx",
     [](sending &s) {
         s.request.constituents.clear();
         for (uint32_t i = 0; i < 251; i++) { // 48 + 16 + 16 + 251 * 16
             s.request.constituents.push_back({0x80100000 + i * 0x2000, 1});
         }
     },
     ACCEPTED, ACCEPTED, ACCEPTED},
    {"fragment_one_constituent_longer_than_tx",
     [](sending &s) {
         s.request.constituents.clear();
         for (uint32_t i = 0; i < 252; i++) {
             s.request.constituents.push_back({0x80100000 + i * 0x2000, 1});
         }
     },
     INVALID, INVALID, DENIED},
    {"device_as_device",
     [](sending &s) {
         s.request.constituents = {{memory_world::NS_DEVICE_PA, 1}};
         s.request.attributes = FFA_MEMORY_TYPE_DEVICE;
     },
     ACCEPTED, ACCEPTED, INVALID},
    {"access_offset_in_header", [](sending &s) { s.bytes = [](auto &b) { put(b, 32, 32, 4); }; }, INVALID, INVALID,
     INVALID},
    {"access_offset_far", [](sending &s) { s.bytes = [](auto &b) { put(b, 32, 0xFFFFFFF0, 4); }; }, INVALID,
     INVALID, INVALID},
    {"no_receiver", [](sending &s) { s.bytes = [](auto &b) { put(b, 28, 0, 4); }; }, INVALID, INVALID, INVALID},
    {"too_many_receivers", [](sending &s) { s.bytes = [](auto &b) { put(b, 28, 9, 4); }; }, INVALID, INVALID,
     INVALID},
    {"receivers_overflow", [](sending &s) { s.bytes = [](auto &b) { put(b, 28, 0xFFFFFFFF, 4); }; }, INVALID,
     INVALID, INVALID},
    {"receivers_beyond_fragment", [](sending &s) { s.bytes = [](auto &b) { put(b, 28, 4, 4); }; }, INVALID, INVALID,
     INVALID},
    {"share_with_zero_flag", [](sending &s) { s.request.flags = FFA_MEMORY_FLAG_ZERO; }, INVALID, INVALID,
     ACCEPTED},
    {"lend_with_zero_flag", [](sending &s) { s.lend().request.flags = FFA_MEMORY_FLAG_ZERO; }, ACCEPTED, INVALID,
     LENT},
    {"lend_with_time_slice", [](sending &s) { s.lend().request.flags = FFA_MEMORY_FLAG_TIME_SLICE; }, INVALID,
     INVALID, LENT},
    {"flags_undefined", [](sending &s) { s.request.flags = 0x800; }, INVALID, INVALID, ACCEPTED},
    {"flags_type", [](sending &s) { s.request.flags = FFA_MEMORY_FLAG_TYPE_SHARE; }, INVALID, ACCEPTED, ACCEPTED},
    {"flags_other_type", [](sending &s) { s.request.flags = FFA_MEMORY_FLAG_TYPE_LEND; }, INVALID, INVALID,
     ACCEPTED},
    {"donate_to_two", [](sending &s) { s.donate().request.receivers.push_back({0x8002, 0}); }, INVALID, ABSENT,
     ABSENT},
    {"receiver_unknown", [](sending &s) { s.request.receivers[0].id = 0x8009; }, INVALID, INVALID, INVALID},
    {"receiver_is_sender", [](sending &s) { s.request.receivers[0].id = 0; }, INVALID, INVALID, INVALID},
    {"share_to_a_vm_alone", [](sending &s) { s.request.receivers[0].id = 1; }, DENIED, ACCEPTED, ACCEPTED},
    {"share_to_a_vm_too", [](sending &s) { s.request.receivers.push_back({1}); }, ACCEPTED, ACCEPTED, ACCEPTED},
    {"lend_to_a_vm_too", [](sending &s) { s.lend().request.receivers.push_back({1}); }, DENIED, ACCEPTED, LENT},
    {"total_not_aligned",
     [](sending &s) {
         s.registers = [](struct smc_frame &f) {
             f.x[1] += 8;
             f.x[2] += 8;
         };
     },
     INVALID, INVALID, INVALID},
    {"composite_offset_not_aligned", [](sending &s) { s.request.receivers[0].composite_offset = 68; }, INVALID,
     INVALID, INVALID},
    {"composite_before_accesses", [](sending &s) { s.request.receivers[0].composite_offset = 48; }, INVALID,
     INVALID, INVALID},
    {"composite_beyond_fragment", [](sending &s) { s.request.receivers[0].composite_offset = 96; }, INVALID,
     INVALID, INVALID},
    {"composite_far", [](sending &s) { s.request.receivers[0].composite_offset = 0xFFFFFFF0; }, INVALID, INVALID,
     INVALID},
    {"composites_differ",
     [](sending &s) {
         s.request.receivers.push_back({0x8002});
         s.request.receivers[1].composite_offset = 96;
     },
     INVALID, INVALID, INVALID},
    {"sender_secure", [](sending &s) { s.request.sender = 0x8002; }, DENIED, DENIED, ACCEPTED},
    {"more_constituents_than_length", [](sending &s) { s.bytes = [](auto &b) { put(b, COMPOSITE + 4, 2, 4); }; },
     INVALID, INVALID, INVALID},
    {"constituents_overflow",
     [](sending &s) { s.bytes = [](auto &b) { put(b, COMPOSITE + 4, 0x10000001, 4); }; }, INVALID, INVALID, INVALID},
    {"no_constituent",
     [](sending &s) { s.request.constituents.clear(); }, INVALID, INVALID, INVALID},
    {"instruction_permission",
     [](sending &s) { s.request.receivers[0].permissions |= FFA_MEMORY_NOT_EXECUTABLE; }, INVALID, ACCEPTED,
     INVALID},
    {"share_without_data_permission", [](sending &s) { s.request.receivers[0].permissions = 0; }, INVALID, ACCEPTED,
     INVALID},
    {"share_read_only", [](sending &s) { s.request.receivers[0].permissions = FFA_MEMORY_DATA_READ_ONLY; },
     ACCEPTED, ACCEPTED, INVALID},
    {"data_permission_reserved", [](sending &s) { s.request.receivers[0].permissions = 3; }, INVALID, ACCEPTED,
     INVALID},
    {"donate_with_data_permission",
     [](sending &s) { s.donate().request.receivers[0].permissions = FFA_MEMORY_DATA_READ_WRITE; }, INVALID, ABSENT,
     ABSENT},
    {"receiver_twice", [](sending &s) { s.request.receivers.push_back({0x8001}); }, INVALID, INVALID, ACCEPTED},
    {"ns_bit", [](sending &s) { s.request.attributes |= FFA_MEMORY_NON_SECURE; }, INVALID, INVALID, INVALID},
    {"lend_to_one_with_type", [](sending &s) { s.lend().request.attributes = FFA_MEMORY_NORMAL_WB_INNER; }, INVALID,
     ACCEPTED, LENT},
    {"donate_with_type", [](sending &s) { s.donate().request.attributes = FFA_MEMORY_NORMAL_WB_INNER; }, INVALID,
     ABSENT, ABSENT},
    {"lend_to_two_with_type",
     [](sending &s) {
         s.lend().request.receivers.push_back({0x8002});
         s.request.attributes = FFA_MEMORY_NORMAL_WB_INNER;
     },
     ACCEPTED, ACCEPTED, LENT},
    {"normal_non_cacheable", [](sending &s) { s.request.attributes = 0x27; }, DENIED, ACCEPTED, INVALID},
    {"not_inner_shareable", [](sending &s) { s.request.attributes = 0x2E; }, DENIED, ACCEPTED, INVALID},
    {"type_unspecified", [](sending &s) { s.request.attributes = 0; }, DENIED, ACCEPTED, INVALID},
    {"device_gre", [](sending &s) { s.request.attributes = 0x1C; }, DENIED, ACCEPTED, INVALID},
    {"device_as_normal",
     [](sending &s) { s.request.constituents = {{memory_world::NS_DEVICE_PA, 1}}; }, DENIED, ACCEPTED, ACCEPTED},
    {"normal_as_device", [](sending &s) { s.request.attributes = FFA_MEMORY_TYPE_DEVICE; }, DENIED, ACCEPTED,
     INVALID},
    {"not_non_secure_memory", [](sending &s) { s.request.constituents = {{memory_world::SP_PA + 0x8000, 1}}; },
     DENIED, INVALID, INVALID},
    {"no_memory_there", [](sending &s) { s.request.constituents = {{0x40000000, 1}}; }, DENIED, INVALID, INVALID},
    {"beyond_the_end",
     [](sending &s) { s.request.constituents = {{memory_world::NS_PA + memory_world::NS_SIZE - 4096, 2}}; }, DENIED,
     INVALID, INVALID},
    {"address_wraps", [](sending &s) { s.request.constituents = {{0xFFFFFFFFFFFFF000, 2}}; }, DENIED, INVALID,
     INVALID},
    {"rx_tx_pages", [](sending &s) { s.request.constituents = {{memory_world::NS_TX, 1}}; }, DENIED, ACCEPTED,
     ACCEPTED},
    {"address_not_aligned", [](sending &s) { s.request.constituents = {{0x80100800, 1}}; }, INVALID, INVALID,
     INVALID},
    {"constituents_overlap", [](sending &s) { s.request.constituents = {{0x80100000, 2}, {0x80101000, 1}}; },
     INVALID, INVALID, INVALID},
    {"page_count_mismatch", [](sending &s) { s.bytes = [](auto &b) { put(b, COMPOSITE, 2, 4); }; }, INVALID, INVALID,
     INVALID},
    {"zero_pages", [](sending &s) { s.request.constituents = {{0x80100000, 0}}; }, INVALID, INVALID, INVALID},
    {"already_shared",
     [](sending &s) {
         s.before = [](memory_world &w) {
             memory_request first;
             first.version = w.normal.version;
             first.constituents = {{0x80200000, 4}};
             ASSERT_EQ(memory_status(w.send(FFA_MEM_SHARE_32, 0, first)), 0);
         };
         s.request.constituents = {{0x80203000, 2}};
     },
     DENIED, INVALID, ACCEPTED},
};

class send_row : public testing::TestWithParam<row> {};

TEST_P(send_row, hafnium)
{
    EXPECT_EQ(result(SPMC_PROFILE_HAFNIUM, GetParam()), GetParam().hafnium);
}

TEST_P(send_row, el3_spmc)
{
    EXPECT_EQ(result(SPMC_PROFILE_EL3_SPMC, GetParam()), GetParam().el3_spmc);
}

TEST_P(send_row, op_tee)
{
    EXPECT_EQ(result(SPMC_PROFILE_OP_TEE, GetParam()), GetParam().op_tee);
}

INSTANTIATE_TEST_SUITE_P(spmc_memory, send_row, testing::ValuesIn(rows),
                         [](const testing::TestParamInfo<row> &of) { return of.param.name; });

} // namespace
