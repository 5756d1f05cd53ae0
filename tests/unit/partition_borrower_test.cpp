// SPDX-License-Identifier: BSD-3-Clause
// The borrower, the core alone: its descriptors, what it maps, what it refuses by itself.
#include "model/abi/ffa_memory.h"
#include "tests/unit/partition_world.hpp"

using namespace partition_test;

namespace {

const uint64_t HANDLE = 0x1234;

struct range {
    uint64_t pa;
    uint32_t pages;
};

class borrower : public world {
public:
    explicit borrower(uint32_t version = FFA_VERSION_1_2) : world(PARTITION_BORROWER)
    {
        config.ffa_version = version;
        start();
    }

    // Puts a response into RX as the framework would. Returns its size.
    uint32_t lay_response(const std::vector<range> &ranges, uint64_t handle = HANDLE,
                          uint8_t permissions = FFA_MEMORY_DATA_READ_WRITE | FFA_MEMORY_NOT_EXECUTABLE,
                          uint16_t attributes = FFA_MEMORY_NORMAL_WB_INNER | FFA_MEMORY_NON_SECURE)
    {
        uint32_t at = 0;
        if (config.ffa_version < FFA_VERSION_1_1) {
            ffa_memory_transaction_v1_0 header = {};
            header.handle = handle;
            header.attributes = static_cast<uint8_t>(attributes);
            header.access_count = 1;
            at = put(0, &header, sizeof(header));
        } else {
            ffa_memory_transaction_v1_1 header = {};
            header.handle = handle;
            header.attributes = attributes;
            header.access_count = 2;
            header.access_size = sizeof(ffa_memory_access_v1_2);
            header.access_offset = sizeof(header);
            at = put(0, &header, sizeof(header));
            ffa_memory_access_v1_2 other = {};
            other.endpoint_id = OTHER_ID;
            at = put(at, &other, sizeof(other));
        }
        ffa_memory_access_v1_2 own = {};
        const uint32_t size = config.ffa_version < FFA_VERSION_1_1 ? 16 : 32;
        own.endpoint_id = OWN_ID;
        own.permissions = permissions;
        own.composite_offset = at + size;
        at = put(at, &own, size);
        ffa_memory_composite composite = {};
        composite.constituent_count = static_cast<uint32_t>(ranges.size());
        at = put(at, &composite, sizeof(composite));
        for (const range &range : ranges) {
            ffa_memory_constituent constituent = {range.pa, range.pages, 0};
            at = put(at, &constituent, sizeof(constituent));
        }
        return at;
    }

    struct partition_step retrieve(const std::vector<range> &ranges, uint64_t handle = HANDLE,
                                   uint8_t permissions = FFA_MEMORY_DATA_READ_WRITE)
    {
        request({PARTITION_COMMAND_RETRIEVE, handle, FFA_MEMORY_FLAG_TYPE_SHARE});
        const uint32_t size = lay_response(ranges, handle, permissions);
        const struct partition_step release = run({{FFA_MEM_RETRIEVE_RESP, size, size}});
        EXPECT_EQ(release.frame.x[0], FFA_RX_RELEASE);
        return success();
    }

private:
    uint32_t put(uint32_t at, const void *bytes, size_t size)
    {
        memcpy(rx + at, bytes, size);
        return at + static_cast<uint32_t>(size);
    }
};

int64_t status_of(const struct partition_step &step)
{
    EXPECT_EQ(step.need, PARTITION_DONE);
    EXPECT_EQ(step.frame.x[0], FFA_MSG_SEND_DIRECT_RESP_64);
    return static_cast<int64_t>(step.frame.x[3]);
}

} // namespace

TEST(partition_borrower, asks_with_the_descriptor_of_version_1_1)
{
    borrower borrower;
    const struct partition_step step =
        borrower.request({PARTITION_COMMAND_RETRIEVE, HANDLE, FFA_MEMORY_FLAG_TYPE_LEND,
                          0x2F00 | FFA_MEMORY_DATA_READ_ONLY, 0x99});
    ffa_memory_transaction_v1_1 header;
    memcpy(&header, borrower.tx, sizeof(header));
    ffa_memory_access_v1_0 own;
    memcpy(&own, borrower.tx + header.access_offset, sizeof(own));
    EXPECT_EQ(step.frame.x[0], FFA_MEM_RETRIEVE_REQ_32);
    EXPECT_EQ(step.frame.x[1], sizeof(header) + sizeof(own));
    EXPECT_EQ(step.frame.x[2], step.frame.x[1]);
    EXPECT_EQ(header.sender_id, 0);
    EXPECT_EQ(header.handle, HANDLE);
    EXPECT_EQ(header.tag, 0x99U);
    EXPECT_EQ(header.flags, FFA_MEMORY_FLAG_TYPE_LEND);
    EXPECT_EQ(header.attributes, 0x2F);
    EXPECT_EQ(header.access_count, 1U);
    EXPECT_EQ(header.access_size, 16U);
    EXPECT_EQ(own.endpoint_id, OWN_ID);
    EXPECT_EQ(own.permissions, FFA_MEMORY_DATA_READ_ONLY);
    EXPECT_EQ(own.composite_offset, 0U);
}

TEST(partition_borrower, asks_with_the_descriptor_of_version_1_0)
{
    borrower borrower(FFA_VERSION_1_0);
    const struct partition_step step = borrower.request({PARTITION_COMMAND_RETRIEVE, HANDLE, 0, 0x2F00});
    ffa_memory_transaction_v1_0 header;
    memcpy(&header, borrower.tx, sizeof(header));
    EXPECT_EQ(step.frame.x[1], 48U);
    EXPECT_EQ(header.handle, HANDLE);
    EXPECT_EQ(header.attributes, 0x2F);
    EXPECT_EQ(header.access_count, 1U);
    EXPECT_EQ(borrower.tx[32] | borrower.tx[33] << 8, OWN_ID);
}

TEST(partition_borrower, buffers_are_secure_and_coherent)
{
    borrower borrower;
    borrower.retrieve({{SHARED_PA, 1}});
    ASSERT_EQ(borrower.accesses.size(), 2U);
    for (const struct access &access : borrower.accesses) {
        EXPECT_EQ(access.space, PA_SPACE_SECURE);
        EXPECT_EQ(access.type, MEMORY_NORMAL_WB);
        EXPECT_EQ(access.agent, AGENT_PARTITION);
    }
    EXPECT_EQ(borrower.accesses[0].pa, TX_PA);
    EXPECT_EQ(borrower.accesses[1].pa, RX_PA);
}

TEST(partition_borrower, tells_what_it_was_given)
{
    for (const uint32_t version : {FFA_VERSION_1_0, FFA_VERSION_1_1, FFA_VERSION_1_2}) {
        borrower borrower(version);
        const struct partition_step step = borrower.retrieve({{SHARED_PA + 0x1000, 2}, {SHARED_PA, 1}});
        EXPECT_EQ(status_of(step), 0);
        EXPECT_EQ(step.frame.x[4], 3U);
        EXPECT_EQ(step.frame.x[5], 2U);
        EXPECT_EQ(step.frame.x[6], SHARED_PA + 0x1000);
        EXPECT_EQ(step.frame.x[7], 0x6F00U | FFA_MEMORY_DATA_READ_WRITE);
    }
}

TEST(partition_borrower, reads_and_writes_at_offsets_over_the_ranges)
{
    borrower borrower;
    borrower.retrieve({{SHARED_PA + 0x1000, 1}, {SHARED_PA, 1}});
    EXPECT_EQ(status_of(borrower.request({PARTITION_COMMAND_WRITE, HANDLE, 0x1008, 0xABCD})), 0);
    EXPECT_EQ(borrower.shared[8] | borrower.shared[9] << 8, 0xABCD);
    borrower.shared[0x1000] = 0x5A;
    const struct partition_step read = borrower.request({PARTITION_COMMAND_READ, HANDLE, 0});
    EXPECT_EQ(status_of(read), 0);
    EXPECT_EQ(read.frame.x[4], 0x5AU);
    EXPECT_EQ(borrower.accesses.back().space, PA_SPACE_NON_SECURE);
    EXPECT_EQ(borrower.accesses.back().type, MEMORY_NORMAL_WB);
}

TEST(partition_borrower, maps_as_the_response_says)
{
    const struct {
        uint16_t attributes;
        enum memory_type type;
    } rows[] = {{0x2F, MEMORY_NORMAL_WB},    {0x27, MEMORY_NORMAL_NC},  {0x10, MEMORY_DEVICE_NGNRNE},
                {0x14, MEMORY_DEVICE_NGNRE}, {0x1C, MEMORY_DEVICE_GRE}, {0x00, MEMORY_NORMAL_WB}};
    for (const auto &row : rows) {
        borrower borrower;
        borrower.request({PARTITION_COMMAND_RETRIEVE, HANDLE});
        const uint32_t size =
            borrower.lay_response({{SHARED_PA, 1}}, HANDLE, FFA_MEMORY_DATA_READ_WRITE, row.attributes);
        borrower.run({{FFA_MEM_RETRIEVE_RESP, size, size}});
        borrower.success();
        borrower.request({PARTITION_COMMAND_READ, HANDLE, 0});
        EXPECT_EQ(borrower.accesses.back().type, row.type) << row.attributes;
    }
}

TEST(partition_borrower, maps_normal_memory_non_cacheable_where_its_stage_1_does)
{
    const struct {
        uint16_t attributes;
        enum memory_type type;
    } rows[] = {{0x2F, MEMORY_NORMAL_NC},
                {0x27, MEMORY_NORMAL_NC},
                {0x10, MEMORY_DEVICE_NGNRNE},
                {0x00, MEMORY_NORMAL_NC}};
    for (const auto &row : rows) {
        borrower borrower;
        borrower.config.maps_non_cacheable = true;
        borrower.start();
        borrower.request({PARTITION_COMMAND_RETRIEVE, HANDLE});
        const uint32_t size =
            borrower.lay_response({{SHARED_PA, 1}}, HANDLE, FFA_MEMORY_DATA_READ_WRITE, row.attributes);
        borrower.run({{FFA_MEM_RETRIEVE_RESP, size, size}});
        borrower.success();
        borrower.request({PARTITION_COMMAND_READ, HANDLE, 0});
        EXPECT_EQ(borrower.accesses.back().type, row.type) << row.attributes;
    }
}

TEST(partition_borrower, completes_its_writes_where_it_has_a_barrier)
{
    for (const bool barrier : {false, true}) {
        borrower borrower;
        borrower.config.barrier = barrier;
        borrower.start();
        borrower.retrieve({{SHARED_PA, 1}});
        EXPECT_EQ(status_of(borrower.request({PARTITION_COMMAND_WRITE, HANDLE, 8, 0xABCD})), 0);
        EXPECT_EQ(borrower.accesses.back().op, barrier ? ACCESS_DSB : ACCESS_WRITE);
        EXPECT_EQ(borrower.accesses.back().agent, AGENT_PARTITION);
        const struct partition_step read = borrower.request({PARTITION_COMMAND_READ, HANDLE, 8});
        EXPECT_EQ(status_of(read), 0);
        EXPECT_EQ(read.frame.x[4], 0xABCDU);
        EXPECT_EQ(borrower.accesses.back().op, ACCESS_READ);
    }
}

TEST(partition_borrower, keeps_to_what_it_has)
{
    borrower borrower;
    EXPECT_EQ(status_of(borrower.request({PARTITION_COMMAND_READ, HANDLE, 0})), FFA_INVALID_PARAMETERS);
    borrower.retrieve({{SHARED_PA, 1}}, HANDLE, FFA_MEMORY_DATA_READ_ONLY);
    EXPECT_EQ(status_of(borrower.request({PARTITION_COMMAND_READ, HANDLE + 1, 0})), FFA_INVALID_PARAMETERS);
    EXPECT_EQ(status_of(borrower.request({PARTITION_COMMAND_READ, HANDLE, 0x1000})), FFA_INVALID_PARAMETERS);
    EXPECT_EQ(status_of(borrower.request({PARTITION_COMMAND_READ, HANDLE, 4})), FFA_INVALID_PARAMETERS);
    EXPECT_EQ(status_of(borrower.request({PARTITION_COMMAND_WRITE, HANDLE, 0, 1})), FFA_DENIED);
    EXPECT_EQ(status_of(borrower.request({PARTITION_COMMAND_READ, HANDLE, 0xFF8})), 0);
}

TEST(partition_borrower, relinquishes_and_has_it_no_more)
{
    borrower borrower;
    borrower.retrieve({{SHARED_PA, 1}});
    const struct partition_step step = borrower.request({PARTITION_COMMAND_RELINQUISH, HANDLE, 1});
    EXPECT_EQ(step.frame.x[0], FFA_MEM_RELINQUISH);
    ffa_memory_relinquish header;
    memcpy(&header, borrower.tx, sizeof(header));
    EXPECT_EQ(header.handle, HANDLE);
    EXPECT_EQ(header.flags, 1U);
    EXPECT_EQ(header.endpoint_count, 1U);
    EXPECT_EQ(borrower.tx[16] | borrower.tx[17] << 8, OWN_ID);
    EXPECT_EQ(status_of(borrower.success()), 0);
    EXPECT_EQ(status_of(borrower.request({PARTITION_COMMAND_READ, HANDLE, 0})), FFA_INVALID_PARAMETERS);
}

TEST(partition_borrower, passes_refusals_on)
{
    borrower borrower;
    borrower.request({PARTITION_COMMAND_RETRIEVE, HANDLE});
    EXPECT_EQ(status_of(borrower.error(FFA_DENIED)), FFA_DENIED);
    borrower.request({PARTITION_COMMAND_RELINQUISH, HANDLE});
    EXPECT_EQ(status_of(borrower.error(FFA_INVALID_PARAMETERS)), FFA_INVALID_PARAMETERS);
    EXPECT_EQ(status_of(borrower.request({99})), FFA_NOT_SUPPORTED);
}

TEST(partition_borrower, has_room_for_four_loans)
{
    borrower borrower;
    for (uint64_t handle = 0; handle < PARTITION_LOANS_MAX; handle++) {
        EXPECT_EQ(status_of(borrower.retrieve({{SHARED_PA + handle * 0x1000, 1}}, handle)), 0);
    }
    EXPECT_EQ(status_of(borrower.request({PARTITION_COMMAND_RETRIEVE, HANDLE})), FFA_NO_MEMORY);
}

TEST(partition_borrower, gives_back_what_comes_in_pieces)
{
    borrower borrower;
    borrower.request({PARTITION_COMMAND_RETRIEVE, HANDLE});
    EXPECT_EQ(borrower.run({{FFA_MEM_RETRIEVE_RESP, 8192, 4096}}).frame.x[0], FFA_RX_RELEASE);
    EXPECT_EQ(borrower.success().frame.x[0], FFA_MEM_RELINQUISH);
    EXPECT_EQ(status_of(borrower.success()), FFA_NO_MEMORY);
    EXPECT_EQ(status_of(borrower.request({PARTITION_COMMAND_READ, HANDLE, 0})), FFA_INVALID_PARAMETERS);
}

TEST(partition_borrower, a_response_cut_anywhere_maps_nothing)
{
    for (const uint32_t version : {FFA_VERSION_1_0, FFA_VERSION_1_2}) {
        borrower whole(version);
        const uint32_t size = whole.lay_response({{SHARED_PA, 1}, {SHARED_PA + 0x2000, 1}});
        for (uint32_t cut = 0; cut < size; cut++) {
            borrower borrower(version);
            borrower.request({PARTITION_COMMAND_RETRIEVE, HANDLE});
            borrower.lay_response({{SHARED_PA, 1}, {SHARED_PA + 0x2000, 1}});
            ASSERT_EQ(borrower.run({{FFA_MEM_RETRIEVE_RESP, cut, cut}}).frame.x[0], FFA_RX_RELEASE) << cut;
            ASSERT_EQ(borrower.success().frame.x[0], FFA_MEM_RELINQUISH) << cut;
            ASSERT_EQ(status_of(borrower.success()), FFA_INVALID_PARAMETERS) << cut;
        }
    }
}

TEST(partition_borrower, a_response_of_random_bytes_reads_nothing_outside)
{
    uint64_t state = 0x9E3779B97F4A7C15;
    for (int round = 0; round < 2000; round++) {
        borrower borrower;
        borrower.request({PARTITION_COMMAND_RETRIEVE, HANDLE});
        const uint32_t size = borrower.lay_response({{SHARED_PA, 1}});
        for (int i = 0; i < 4; i++) {
            state = state * 6364136223846793005ULL + 1442695040888963407ULL;
            borrower.rx[(state >> 33) % size] = static_cast<uint8_t>(state >> 56);
        }
        const struct partition_step step = borrower.run({{FFA_MEM_RETRIEVE_RESP, size, size}});
        ASSERT_EQ(step.frame.x[0], FFA_RX_RELEASE);
    }
}

TEST(partition_borrower, dies_of_an_access_that_the_bus_refuses)
{
    borrower borrower;
    EXPECT_EQ(borrower.request({PARTITION_COMMAND_TOUCH, 0x40000000, 0}).need, PARTITION_ABORTED);
    EXPECT_EQ(borrower.accesses.back().space, PA_SPACE_NON_SECURE);
}

TEST(partition_borrower, touches_what_it_is_told_to)
{
    borrower borrower;
    EXPECT_EQ(status_of(borrower.request({PARTITION_COMMAND_TOUCH, SHARED_PA + 16, 1, 7})), 0);
    EXPECT_EQ(borrower.shared[16], 7);
    const struct partition_step read = borrower.request({PARTITION_COMMAND_TOUCH, SHARED_PA + 16, 0});
    EXPECT_EQ(read.frame.x[4], 7U);
}

TEST(partition_borrower, panics_when_told_to)
{
    borrower borrower;
    EXPECT_EQ(borrower.request({PARTITION_COMMAND_PANIC}).need, PARTITION_ABORTED);
}

TEST(partition_borrower, answers_32_bit_requests_in_32_bits)
{
    borrower borrower;
    const struct partition_step step =
        borrower.request({PARTITION_COMMAND_READ, HANDLE, 0}, FFA_MSG_SEND_DIRECT_REQ_32);
    EXPECT_EQ(step.frame.x[0], FFA_MSG_SEND_DIRECT_RESP_32);
    EXPECT_EQ(step.frame.x[3], static_cast<uint32_t>(FFA_INVALID_PARAMETERS));
}
