// SPDX-License-Identifier: BSD-3-Clause
//
// Fragments, FFA_MEM_RETRIEVE_REQ, FFA_MEM_RELINQUISH, FFA_MEM_RECLAIM and FFA_MEM_PERM_*: a test for each
// row of "Fragments" and "Retrieve / relinquish / reclaim" of the reference, per profile.
#include <functional>

#include <gtest/gtest.h>

#include "tests/unit/spmc_memory_world.hpp"

namespace {

const int INVALID = FFA_INVALID_PARAMETERS;
const int DENIED = FFA_DENIED;
const int BUSY = FFA_BUSY;
const int ABSENT = FFA_NOT_SUPPORTED;
const int ACCEPTED = 0;

const uint64_t NO_HANDLE = 0x7777;

struct row {
    const char *name;
    // Makes the world, makes the one mistake, and says what came back.
    std::function<int(memory_world &)> act;
    int hafnium;
    int el3_spmc;
    int op_tee;
};

void PrintTo(const row &row, std::ostream *out)
{
    *out << row.name;
}

uint64_t shared(memory_world &world)
{
    memory_request request;
    request.tag = 5;
    const struct smc_frame out = world.send(FFA_MEM_SHARE_32, 0, request);
    EXPECT_EQ(out.x[0], FFA_SUCCESS_32) << world.check;
    return memory_handle(out);
}

memory_request asking(memory_world &world)
{
    memory_request request = memory_world::retrieve_request(shared(world), 0x8001);
    request.tag = 5;
    return request;
}

int asked(memory_world &world, const std::function<void(memory_request &)> &mistake)
{
    memory_request request = asking(world);
    mistake(request);
    return memory_status(world.retrieve(0x8001, request));
}

// The call with other registers than the right ones.
int asked_with(memory_world &world, const std::function<void(struct smc_frame &)> &mistake)
{
    const std::vector<uint8_t> bytes = asking(world).bytes();
    world.write(world.caller(0x8001).tx_pa, bytes);
    struct smc_frame frame = memory_world::lengths(FFA_MEM_RETRIEVE_REQ_32, bytes.size(), bytes.size());
    mistake(frame);
    return memory_status(world.call(spmc_ffa_mem_retrieve_req, 0x8001, frame));
}

// 0x8001 has retrieved a share.
uint64_t retrieved(memory_world &world)
{
    memory_request request = memory_world::retrieve_request(shared(world), 0x8001);
    request.tag = 5;
    EXPECT_EQ(world.retrieve(0x8001, request).x[0], FFA_MEM_RETRIEVE_RESP) << world.check;
    world.caller(0x8001).rx_full = false;
    return request.handle;
}

uint64_t lent_and_retrieved(memory_world &world, uint8_t permissions)
{
    memory_request request;
    request.attributes = 0;
    request.receivers[0].permissions = permissions;
    const uint64_t handle = memory_handle(world.send(FFA_MEM_LEND_32, 0, request));
    EXPECT_EQ(world.retrieve(0x8001, memory_world::retrieve_request(handle, 0x8001)).x[0],
              FFA_MEM_RETRIEVE_RESP)
        << world.check;
    return handle;
}

// The first fragment of a share of two constituents has come; 16 bytes are to follow.
uint64_t begun(memory_world &world)
{
    memory_request request;
    request.constituents = {{0x80100000, 1}, {0x80200000, 1}};
    if (world.memory->config.profile == SPMC_PROFILE_OP_TEE) {
        request.receivers[0].id = 0x8000; // fragments are for its core
    }
    const std::vector<uint8_t> bytes = request.bytes();
    world.write(world.normal.tx_pa, bytes);
    const struct smc_frame out = world.call(
        spmc_ffa_mem_send, 0, memory_world::lengths(FFA_MEM_SHARE_32, bytes.size(), bytes.size() - 16));
    EXPECT_EQ(out.x[0], FFA_MEM_FRAG_RX) << world.check;
    return memory_handle(out);
}

std::vector<uint8_t> last_constituent()
{
    std::vector<uint8_t> bytes(16);
    memory_request::put(bytes, 0, 0x80200000, 8);
    memory_request::put(bytes, 8, 1, 4);
    return bytes;
}

// 0x8001 has got the first fragment of a response of two.
uint64_t half_told(memory_world &world)
{
    world.normal.buffer_size = 8192;
    memory_request request;
    request.constituents.clear();
    for (uint32_t i = 0; i < 300; i++) {
        request.constituents.push_back({0x80400000 + i * 0x2000, 1});
    }
    const uint64_t handle = memory_handle(world.send(FFA_MEM_SHARE_32, 0, request));
    EXPECT_EQ(world.retrieve(0x8001, memory_world::retrieve_request(handle, 0x8001)).x[2], 4096U);
    world.caller(0x8001).rx_full = false;
    return handle;
}

const row rows[] = {
    // FFA_MEM_FRAG_TX
    {"frag_tx_right", [](memory_world &w) { return memory_status(w.fragment_send(0, begun(w), last_constituent())); },
     ACCEPTED, ACCEPTED, ACCEPTED},
    {"frag_tx_longer_than_tx",
     [](memory_world &w) {
         struct smc_frame frame = memory_world::with_handle(FFA_MEM_FRAG_TX, begun(w), 8192);
         return memory_status(w.call(spmc_ffa_mem_frag_tx, 0, frame));
     },
     INVALID, INVALID, DENIED},
    {"frag_tx_shorter_than_16",
     [](memory_world &w) { return memory_status(w.fragment_send(0, begun(w), std::vector<uint8_t>(8))); }, INVALID,
     ACCEPTED, ACCEPTED},
    {"frag_tx_not_a_multiple_of_16",
     [](memory_world &w) { return memory_status(w.fragment_send(0, begun(w), std::vector<uint8_t>(15))); }, INVALID,
     ACCEPTED, ACCEPTED},
    {"frag_tx_bad_handle",
     [](memory_world &w) { return memory_status(w.fragment_send(0, begun(w) + 1, last_constituent())); }, INVALID,
     INVALID, INVALID},
    {"frag_tx_already_complete",
     [](memory_world &w) { return memory_status(w.fragment_send(0, shared(w), last_constituent())); }, INVALID,
     INVALID, INVALID},
    {"frag_tx_empty_when_complete",
     [](memory_world &w) { return memory_status(w.fragment_send(0, shared(w), std::vector<uint8_t>())); }, INVALID,
     INVALID, INVALID},
    {"frag_tx_wrong_sender",
     [](memory_world &w) { return memory_status(w.fragment_send(0, begun(w), last_constituent(), 1U << 16)); },
     INVALID, INVALID, INVALID},
    {"frag_tx_by_another_endpoint",
     [](memory_world &w) { return memory_status(w.fragment_send(0x8002, begun(w), last_constituent())); }, INVALID,
     INVALID, INVALID},
    {"frag_tx_beyond_the_descriptor",
     [](memory_world &w) { return memory_status(w.fragment_send(0, begun(w), std::vector<uint8_t>(32))); }, INVALID,
     INVALID, INVALID},
    {"frag_tx_no_tx",
     [](memory_world &w) {
         const uint64_t handle = begun(w);
         w.normal.buffers_mapped = false;
         return memory_status(w.fragment_send(0, handle, last_constituent()));
     },
     INVALID, INVALID, DENIED},
    {"first_fragment_without_composite",
     [](memory_world &w) {
         const std::vector<uint8_t> bytes = memory_request().bytes();
         w.write(w.normal.tx_pa, bytes);
         return memory_status(
             w.call(spmc_ffa_mem_send, 0, memory_world::lengths(FFA_MEM_SHARE_32, bytes.size(), 64)));
     },
     INVALID, INVALID, ABSENT},

    // FFA_MEM_FRAG_RX
    {"frag_rx_right", [](memory_world &w) { return memory_status(w.fragment_ask(0x8001, half_told(w), 4096)); },
     ACCEPTED, ACCEPTED, ACCEPTED},
    {"frag_rx_full",
     [](memory_world &w) {
         const uint64_t handle = half_told(w);
         w.caller(0x8001).rx_full = true;
         return memory_status(w.fragment_ask(0x8001, handle, 4096));
     },
     BUSY, DENIED, BUSY},
    {"frag_rx_not_mapped",
     [](memory_world &w) {
         const uint64_t handle = half_told(w);
         w.caller(0x8001).buffers_mapped = false;
         return memory_status(w.fragment_ask(0x8001, handle, 4096));
     },
     BUSY, INVALID, BUSY},
    {"frag_rx_wrong_handle",
     [](memory_world &w) { return memory_status(w.fragment_ask(0x8001, half_told(w) + 1, 4096)); }, INVALID, INVALID,
     INVALID},
    {"frag_rx_wrong_offset",
     [](memory_world &w) { return memory_status(w.fragment_ask(0x8001, half_told(w), 4080)); }, INVALID, INVALID,
     INVALID},
    {"frag_rx_beyond_the_end",
     [](memory_world &w) { return memory_status(w.fragment_ask(0x8001, half_told(w), 8192)); }, INVALID, INVALID,
     INVALID},
    {"frag_rx_wrong_sender",
     [](memory_world &w) { return memory_status(w.fragment_ask(0x8001, half_told(w), 4096, 1U << 16)); }, INVALID,
     INVALID, INVALID},
    {"frag_rx_nothing_in_progress",
     [](memory_world &w) { return memory_status(w.fragment_ask(0x8002, half_told(w), 4096)); }, INVALID, INVALID,
     INVALID},
    {"frag_rx_by_the_normal_world",
     [](memory_world &w) { return memory_status(w.fragment_ask(0, half_told(w), 4096)); }, INVALID, INVALID, ABSENT},

    // FFA_MEM_RETRIEVE_REQ
    {"retrieve_right", [](memory_world &w) { return asked(w, [](memory_request &) {}); }, ACCEPTED, ACCEPTED,
     ACCEPTED},
    {"retrieve_lengths_differ",
     [](memory_world &w) { return asked_with(w, [](struct smc_frame &f) { f.x[2] -= 16; }); }, INVALID, INVALID,
     INVALID},
    {"retrieve_own_buffer",
     [](memory_world &w) { return asked_with(w, [](struct smc_frame &f) { f.x[3] = 0x80400000; }); }, INVALID,
     INVALID, INVALID},
    {"retrieve_upper_half_of_w3",
     [](memory_world &w) { return asked_with(w, [](struct smc_frame &f) { f.x[3] = 0xDEAD00000000; }); }, ACCEPTED,
     ACCEPTED, ACCEPTED},
    {"retrieve_upper_half_of_x3",
     [](memory_world &w) {
         return asked_with(w, [](struct smc_frame &f) {
             f.x[0] = FFA_MEM_RETRIEVE_REQ_64;
             f.x[3] = 0xDEAD00000000;
         });
     },
     INVALID, INVALID, INVALID},
    {"retrieve_longer_than_tx",
     [](memory_world &w) { return asked_with(w, [](struct smc_frame &f) { f.x[1] = f.x[2] = 4112; }); }, INVALID,
     INVALID, INVALID},
    {"retrieve_header_cut",
     [](memory_world &w) { return asked_with(w, [](struct smc_frame &f) { f.x[1] = f.x[2] = 40; }); }, INVALID,
     INVALID, INVALID},
    {"retrieve_access_cut",
     [](memory_world &w) { return asked_with(w, [](struct smc_frame &f) { f.x[1] = f.x[2] = 56; }); }, INVALID,
     INVALID, INVALID},
    {"retrieve_empty",
     [](memory_world &w) { return asked_with(w, [](struct smc_frame &f) { f.x[1] = f.x[2] = 0; }); }, INVALID,
     INVALID, INVALID},
    {"retrieve_rx_full",
     [](memory_world &w) {
         w.caller(0x8001).rx_full = true;
         return asked(w, [](memory_request &) {});
     },
     BUSY, DENIED, BUSY},
    {"retrieve_no_buffers",
     [](memory_world &w) {
         w.caller(0x8001).buffers_mapped = false;
         return asked(w, [](memory_request &) {});
     },
     INVALID, INVALID, INVALID},
    {"retrieve_unknown_handle",
     [](memory_world &w) { return asked(w, [](memory_request &r) { r.handle = NO_HANDLE; }); }, INVALID, INVALID,
     INVALID},
    {"retrieve_not_fully_sent",
     [](memory_world &w) {
         memory_request request = memory_world::retrieve_request(begun(w), 0x8001);
         return memory_status(w.retrieve(0x8001, request));
     },
     DENIED, INVALID, INVALID},
    {"retrieve_wrong_tag", [](memory_world &w) { return asked(w, [](memory_request &r) { r.tag = 6; }); }, INVALID,
     INVALID, INVALID},
    {"retrieve_wrong_sender", [](memory_world &w) { return asked(w, [](memory_request &r) { r.sender = 1; }); },
     INVALID, INVALID, INVALID},
    {"retrieve_type_given",
     [](memory_world &w) { return asked(w, [](memory_request &r) { r.flags = FFA_MEMORY_FLAG_TYPE_SHARE; }); },
     ACCEPTED, ACCEPTED, ACCEPTED},
    {"retrieve_wrong_type",
     [](memory_world &w) { return asked(w, [](memory_request &r) { r.flags = FFA_MEMORY_FLAG_TYPE_LEND; }); },
     INVALID, INVALID, INVALID},
    {"retrieve_flags_undefined",
     [](memory_world &w) { return asked(w, [](memory_request &r) { r.flags = 0x1000; }); }, INVALID, INVALID,
     ACCEPTED},
    {"retrieve_type_and_more",
     [](memory_world &w) {
         return asked(w, [](memory_request &r) { r.flags = FFA_MEMORY_FLAG_TYPE_SHARE | FFA_MEMORY_FLAG_ZERO; });
     },
     DENIED, INVALID, ACCEPTED},
    {"retrieve_wrong_receiver",
     [](memory_world &w) { return asked(w, [](memory_request &r) { r.receivers[0].id = 0x8002; }); }, INVALID,
     INVALID, INVALID},
    {"retrieve_by_no_borrower",
     [](memory_world &w) {
         memory_request request = asking(w);
         return memory_status(w.retrieve(0x8002, request));
     },
     INVALID, INVALID, INVALID},
    {"retrieve_too_many_receivers",
     [](memory_world &w) { return asked(w, [](memory_request &r) { r.receivers.push_back({0x8002, 0}); }); }, INVALID,
     INVALID, INVALID},
    {"retrieve_too_few_receivers",
     [](memory_world &w) {
         memory_request two;
         two.receivers = {{0x8001}, {0x8002}};
         const uint64_t handle = memory_handle(w.send(FFA_MEM_SHARE_32, 0, two));
         return memory_status(w.retrieve(0x8001, memory_world::retrieve_request(handle, 0x8001)));
     },
     INVALID, INVALID, ACCEPTED},
    {"retrieve_as_long_as_tx",
     [](memory_world &w) { return asked_with(w, [](struct smc_frame &f) { f.x[1] = f.x[2] = 4096; }); }, ACCEPTED,
     ACCEPTED, ACCEPTED},
    {"retrieve_more_rights",
     [](memory_world &w) {
         memory_request read_only;
         read_only.receivers[0].permissions = FFA_MEMORY_DATA_READ_ONLY;
         const struct smc_frame sent = w.send(FFA_MEM_SHARE_32, 0, read_only);
         if (memory_status(sent) != 0) {
             return memory_status(sent); // OP-TEE takes nothing but read-write
         }
         memory_request request = memory_world::retrieve_request(memory_handle(sent), 0x8001);
         request.receivers[0].permissions = FFA_MEMORY_DATA_READ_WRITE;
         return memory_status(w.retrieve(0x8001, request));
     },
     DENIED, ACCEPTED, INVALID},
    {"retrieve_executable_share",
     [](memory_world &w) {
         return asked(w, [](memory_request &r) { r.receivers[0].permissions = FFA_MEMORY_EXECUTABLE; });
     },
     DENIED, ACCEPTED, DENIED},
    {"retrieve_reserved_permission",
     [](memory_world &w) { return asked(w, [](memory_request &r) { r.receivers[0].permissions = 3; }); }, INVALID,
     ACCEPTED, INVALID},
    {"retrieve_zero_that_was_not_sent",
     [](memory_world &w) { return asked(w, [](memory_request &r) { r.flags = FFA_MEMORY_FLAG_ZERO; }); }, DENIED,
     INVALID, ACCEPTED},
    {"retrieve_zero_after_share",
     [](memory_world &w) {
         return asked(w, [](memory_request &r) { r.flags = FFA_MEMORY_FLAG_ZERO_AFTER_RELINQUISH; });
     },
     INVALID, INVALID, ACCEPTED},
    {"retrieve_ns_bit",
     [](memory_world &w) { return asked(w, [](memory_request &r) { r.attributes = FFA_MEMORY_NON_SECURE; }); },
     INVALID, INVALID, INVALID},
    {"retrieve_attributes_as_sent",
     [](memory_world &w) { return asked(w, [](memory_request &r) { r.attributes = FFA_MEMORY_NORMAL_WB_INNER; }); },
     ACCEPTED, ACCEPTED, ACCEPTED},
    {"retrieve_attribute_mismatch",
     [](memory_world &w) { return asked(w, [](memory_request &r) { r.attributes = 0x27; }); }, DENIED, ACCEPTED,
     ACCEPTED},
    {"retrieve_twice",
     [](memory_world &w) {
         memory_request request = memory_world::retrieve_request(retrieved(w), 0x8001);
         request.tag = 5;
         return memory_status(w.retrieve(0x8001, request));
     },
     DENIED, ACCEPTED, DENIED},
    {"hypervisor_retrieve",
     [](memory_world &w) {
         memory_request request = memory_world::retrieve_request(shared(w), 0);
         request.receivers.clear();
         return memory_status(w.retrieve(0, request));
     },
     ACCEPTED, ACCEPTED, ABSENT},
    {"hypervisor_retrieve_not_fully_sent",
     [](memory_world &w) {
         memory_request request = memory_world::retrieve_request(begun(w), 0);
         request.receivers.clear();
         return memory_status(w.retrieve(0, request));
     },
     DENIED, INVALID, ABSENT},
    {"hypervisor_retrieve_rx_full",
     [](memory_world &w) {
         memory_request request = memory_world::retrieve_request(shared(w), 0);
         request.receivers.clear();
         w.normal.rx_full = true;
         return memory_status(w.retrieve(0, request));
     },
     BUSY, DENIED, ABSENT},
    {"hypervisor_retrieve_with_more_than_a_handle",
     [](memory_world &w) {
         memory_request request = memory_world::retrieve_request(shared(w), 0);
         request.receivers.clear();
         request.tag = 5;
         return memory_status(w.retrieve(0, request));
     },
     INVALID, INVALID, ABSENT},
    {"normal_world_as_borrower",
     [](memory_world &w) {
         memory_request request = asking(w);
         return memory_status(w.retrieve(0, request));
     },
     INVALID, INVALID, ABSENT},

    // FFA_MEM_RELINQUISH
    {"relinquish_right", [](memory_world &w) { return memory_status(w.relinquish(0x8001, retrieved(w))); }, ACCEPTED,
     ACCEPTED, ACCEPTED},
    {"relinquish_by_the_normal_world",
     [](memory_world &w) { return memory_status(w.relinquish(0, retrieved(w))); }, INVALID, INVALID, ABSENT},
    {"relinquish_wrong_handle",
     [](memory_world &w) { return memory_status(w.relinquish(0x8001, retrieved(w) + 1)); }, INVALID, INVALID,
     INVALID},
    {"relinquish_wrong_endpoint",
     [](memory_world &w) { return memory_status(w.relinquish_as(0x8001, retrieved(w), 0, 1, 0x8002)); }, INVALID,
     INVALID, INVALID},
    {"relinquish_for_another",
     [](memory_world &w) { return memory_status(w.relinquish_as(0x8002, retrieved(w), 0, 1, 0x8001)); }, INVALID,
     INVALID, INVALID},
    {"relinquish_no_endpoint",
     [](memory_world &w) { return memory_status(w.relinquish_as(0x8001, retrieved(w), 0, 0, 0x8001)); }, INVALID,
     INVALID, INVALID},
    {"relinquish_two_endpoints",
     [](memory_world &w) { return memory_status(w.relinquish_as(0x8001, retrieved(w), 0, 2, 0x8001)); }, INVALID,
     INVALID, INVALID},
    {"relinquish_not_retrieved", [](memory_world &w) { return memory_status(w.relinquish(0x8001, shared(w))); },
     INVALID, INVALID, INVALID},
    {"relinquish_no_tx",
     [](memory_world &w) {
         const uint64_t handle = retrieved(w);
         w.caller(0x8001).buffers_mapped = false;
         return memory_status(w.relinquish(0x8001, handle));
     },
     INVALID, INVALID, INVALID},
    {"relinquish_flags_undefined",
     [](memory_world &w) { return memory_status(w.relinquish(0x8001, retrieved(w), 4)); }, INVALID, INVALID, INVALID},
    {"relinquish_zero_of_share",
     [](memory_world &w) { return memory_status(w.relinquish(0x8001, retrieved(w), FFA_MEMORY_FLAG_ZERO)); }, INVALID,
     INVALID, INVALID},

    // FFA_MEM_RECLAIM
    {"reclaim_right", [](memory_world &w) { return memory_status(w.reclaim(0, shared(w))); }, ACCEPTED, ACCEPTED,
     ACCEPTED},
    {"reclaim_unknown_handle", [](memory_world &w) { return memory_status(w.reclaim(0, NO_HANDLE)); }, INVALID,
     INVALID, INVALID},
    {"reclaim_handle_of_a_hypervisor",
     [](memory_world &w) { return memory_status(w.reclaim(0, shared(w) | FFA_MEMORY_HANDLE_HYPERVISOR)); }, INVALID,
     INVALID, INVALID},
    {"reclaim_by_no_owner", [](memory_world &w) { return memory_status(w.reclaim(0x8001, shared(w))); }, INVALID,
     INVALID, INVALID},
    {"reclaim_not_fully_sent", [](memory_world &w) { return memory_status(w.reclaim(0, begun(w))); }, INVALID,
     INVALID, INVALID},
    {"reclaim_still_retrieved", [](memory_world &w) { return memory_status(w.reclaim(0, retrieved(w))); }, DENIED,
     DENIED, DENIED},
    {"reclaim_flags", [](memory_world &w) { return memory_status(w.reclaim(0, shared(w), FFA_MEMORY_FLAG_ZERO)); },
     ACCEPTED, INVALID, INVALID},
    {"reclaim_w5",
     [](memory_world &w) {
         struct smc_frame frame = memory_world::with_handle(FFA_MEM_RECLAIM, shared(w), 0);
         frame.x[5] = 1;
         return memory_status(w.call(spmc_ffa_mem_reclaim, 0, frame));
     },
     ACCEPTED, ACCEPTED, INVALID},
};

class memory_row : public testing::TestWithParam<row> {};

TEST_P(memory_row, hafnium)
{
    memory_world world(SPMC_PROFILE_HAFNIUM);
    EXPECT_EQ(GetParam().act(world), GetParam().hafnium);
}

TEST_P(memory_row, el3_spmc)
{
    memory_world world(SPMC_PROFILE_EL3_SPMC);
    EXPECT_EQ(GetParam().act(world), GetParam().el3_spmc);
}

TEST_P(memory_row, op_tee)
{
    memory_world world(SPMC_PROFILE_OP_TEE);
    EXPECT_EQ(GetParam().act(world), GetParam().op_tee);
}

INSTANTIATE_TEST_SUITE_P(spmc_memory, memory_row, testing::ValuesIn(rows),
                         [](const testing::TestParamInfo<row> &of) { return of.param.name; });

TEST(spmc_memory_relinquish, zero_of_a_read_only_lend_is_denied)
{
    memory_world world;
    const uint64_t handle = lent_and_retrieved(world, FFA_MEMORY_DATA_READ_ONLY);
    EXPECT_EQ(memory_status(world.relinquish(0x8001, handle, FFA_MEMORY_FLAG_ZERO)), DENIED);
    EXPECT_EQ(memory_status(world.relinquish(0x8001, handle)), ACCEPTED);
}

TEST(spmc_memory_fragment_refused, is_dropped_by_the_el3_spmc_and_kept_by_hafnium)
{
    memory_world kept(SPMC_PROFILE_HAFNIUM);
    const uint64_t handle = begun(kept);
    EXPECT_EQ(memory_status(kept.fragment_send(0, handle, std::vector<uint8_t>(32))), INVALID);
    EXPECT_EQ(memory_status(kept.fragment_send(0, handle, last_constituent())), ACCEPTED);
    memory_world dropped(SPMC_PROFILE_EL3_SPMC);
    const uint64_t other = begun(dropped);
    EXPECT_EQ(memory_status(dropped.fragment_send(0, other, std::vector<uint8_t>(32))), INVALID);
    EXPECT_EQ(memory_status(dropped.fragment_send(0, other, last_constituent())), INVALID);
    EXPECT_EQ(dropped.memory->constituent_count, 0U);
}

TEST(spmc_memory_read, that_fails_is_aborted)
{
    memory_world world;
    world.reads_fail = true;
    EXPECT_EQ(memory_status(world.send(FFA_MEM_SHARE_32, 0, memory_request())), FFA_ABORTED);
}

// FFA_MEM_PERM_GET and FFA_MEM_PERM_SET

class permission_world : public memory_world {
public:
    permission_world()
    {
        caller(0x8001).s_el0 = true;
        caller(0x8001).initialising = true;
    }
    struct smc_frame get(uint64_t va, uint16_t from = 0x8001)
    {
        struct smc_frame frame = {};
        frame.x[0] = FFA_MEM_PERM_GET_64;
        frame.x[1] = va;
        return call(spmc_ffa_mem_perm_get, from, frame);
    }
    int set(uint64_t va, uint32_t pages, uint32_t permission, uint16_t from = 0x8001)
    {
        struct smc_frame frame = {};
        frame.x[0] = FFA_MEM_PERM_SET_64;
        frame.x[1] = va;
        frame.x[2] = pages;
        frame.x[3] = permission;
        return memory_status(call(spmc_ffa_mem_perm_set, from, frame));
    }
};

const uint64_t DATA = memory_world::SP_PA + 0x4000;

TEST(spmc_memory_permission, of_homes_and_as_set)
{
    permission_world world;
    EXPECT_EQ(world.get(DATA).x[2], 5U);
    EXPECT_EQ(world.get(memory_world::SP_CODE_PA).x[2], 3U);
    EXPECT_EQ(world.set(DATA + 4096, 2, 7), 0);
    EXPECT_EQ(world.get(DATA).x[2], 5U);
    EXPECT_EQ(world.get(DATA + 8192).x[2], 7U);
    EXPECT_EQ(world.get(DATA + 12288).x[2], 5U);
    EXPECT_EQ(world.told(0x8001, DATA + 4096), SPMC_MEMORY_READ_ONLY);
    EXPECT_EQ(world.right(0x8001, DATA + 4096), SPMC_MEMORY_READ_ONLY);
    EXPECT_EQ(world.set(DATA + 4096, 1, 5), 0);
    EXPECT_EQ(world.right(0x8001, DATA + 4096), SPMC_MEMORY_READ_WRITE);
}

TEST(spmc_memory_permission, misaligned_is_invalid)
{
    permission_world world;
    EXPECT_EQ(memory_status(world.get(DATA + 8)), INVALID);
    EXPECT_EQ(world.set(DATA + 8, 1, 5), INVALID);
}

TEST(spmc_memory_permission, zero_pages_is_invalid)
{
    permission_world world;
    EXPECT_EQ(world.set(DATA, 0, 5), INVALID);
}

TEST(spmc_memory_permission, unmapped_is_invalid)
{
    permission_world world;
    EXPECT_EQ(memory_status(world.get(0x80100000)), INVALID);
    EXPECT_EQ(world.set(DATA, 0xFFFFFFFF, 5), INVALID);
    EXPECT_EQ(world.set(0xFFFFFFFFFFFFF000, 2, 5), INVALID);
}

TEST(spmc_memory_permission, writable_and_executable_and_reserved_are_invalid)
{
    permission_world world;
    for (uint32_t permission : {0U, 1U, 2U, 4U, 6U, 13U}) {
        EXPECT_EQ(world.set(DATA, 1, permission), INVALID) << permission;
    }
}

TEST(spmc_memory_permission, not_at_s_el0_is_denied)
{
    permission_world world;
    EXPECT_EQ(memory_status(world.get(memory_world::SP_PA + memory_world::SP_SIZE, 0x8002)), DENIED);
    EXPECT_EQ(world.set(memory_world::SP_PA + memory_world::SP_SIZE, 1, 5, 0x8002), DENIED);
}

TEST(spmc_memory_permission, after_initialisation_is_denied)
{
    permission_world world;
    world.caller(0x8001).initialising = false;
    EXPECT_EQ(world.set(DATA, 1, 5), DENIED);
}

TEST(spmc_memory_permission, is_not_for_the_normal_world)
{
    permission_world world;
    EXPECT_EQ(memory_status(world.get(DATA, 0)), FFA_NOT_SUPPORTED);
    EXPECT_EQ(world.set(DATA, 1, 5, 0), FFA_NOT_SUPPORTED);
}

} // namespace
