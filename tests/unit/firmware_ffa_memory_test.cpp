// SPDX-License-Identifier: BSD-3-Clause
// The descriptors that the firmware builds, read by the framework's own reader: both generations.
#include "firmware/runtime/ffa_memory.h"

#include <cstring>
#include <vector>

#include <gtest/gtest.h>

#include "model/abi/ffa.h"
#include "model/abi/ffa_memory.h"
#include "model/spmc/memory_descriptor.h"

namespace {

const uint32_t VERSIONS[] = {FFA_VERSION_1_0, FFA_VERSION_1_1, FFA_VERSION_1_2};

struct ffa_memory_send send_of(uint32_t version, uint32_t borrowers, uint32_t ranges)
{
    struct ffa_memory_send send = {};
    send.version = version;
    send.attributes = FFA_MEMORY_NORMAL_WB_INNER;
    send.flags = FFA_MEMORY_FLAG_ZERO;
    send.tag = 0x1122334455667788;
    send.borrower_count = borrowers;
    send.range_count = ranges;
    for (uint32_t i = 0; i < borrowers; i++) {
        send.borrowers[i] = {static_cast<uint16_t>(0x8001 + i), FFA_MEMORY_DATA_READ_WRITE,
                             static_cast<uint8_t>(i & 1)};
    }
    for (uint32_t i = 0; i < ranges; i++) {
        send.ranges[i] = {0x80000000 + 0x10000ULL * i, i + 1};
    }
    return send;
}

std::vector<uint8_t> build(const struct ffa_memory_send &send)
{
    std::vector<uint8_t> bytes(FFA_MEMORY_SEND_SIZE_MAX, 0xEE);
    bytes.resize(ffa_memory_send_build(&send, bytes.data()));
    return bytes;
}

} // namespace

TEST(firmware_ffa_memory, the_example_of_one_range_for_one_partition_at_1_0)
{
    const std::vector<uint8_t> bytes = build(send_of(FFA_VERSION_1_0, 1, 1));
    EXPECT_EQ(bytes.size(), 80u);
    EXPECT_EQ(bytes[2], FFA_MEMORY_NORMAL_WB_INNER);
    EXPECT_EQ(bytes[3], 0) << "reserved";
    EXPECT_EQ(bytes[28], 1) << "access descriptors";
    EXPECT_EQ(bytes[36], 48) << "offset of the composite descriptor";
    EXPECT_EQ(bytes[48], 1) << "pages";
    EXPECT_EQ(bytes[67], 0x80) << "address";
}

TEST(firmware_ffa_memory, the_framework_reads_what_was_meant)
{
    for (const uint32_t version : VERSIONS) {
        for (uint32_t borrowers = 1; borrowers <= FFA_MEMORY_SEND_BORROWERS_MAX; borrowers++) {
            for (uint32_t ranges = 1; ranges <= FFA_MEMORY_SEND_RANGES_MAX; ranges++) {
                const struct ffa_memory_send send = send_of(version, borrowers, ranges);
                const std::vector<uint8_t> bytes = build(send);
                struct memory_descriptor_header header;
                ASSERT_TRUE(memory_descriptor_header_read(bytes.data(), bytes.size(), version, &header));
                ASSERT_TRUE(header.reserved_zero);
                ASSERT_EQ(header.sender_id, 0);
                ASSERT_EQ(header.attributes, send.attributes);
                ASSERT_EQ(header.flags, send.flags);
                ASSERT_EQ(header.handle, 0u);
                ASSERT_EQ(header.tag, send.tag);
                ASSERT_EQ(header.access_count, borrowers);
                struct memory_descriptor_access access = {};
                for (uint32_t i = 0; i < borrowers; i++) {
                    ASSERT_TRUE(
                        memory_descriptor_access_read(bytes.data(), bytes.size(), &header, i, &access));
                    ASSERT_EQ(access.endpoint_id, send.borrowers[i].endpoint_id);
                    ASSERT_EQ(access.permissions, send.borrowers[i].permissions);
                    ASSERT_EQ(access.flags, send.borrowers[i].flags);
                    ASSERT_EQ(access.reserved, 0u);
                }
                ASSERT_EQ(access.composite_offset, memory_descriptor_accesses_end(&header));
                struct ffa_memory_composite composite;
                ASSERT_TRUE(memory_descriptor_composite_read(bytes.data(), bytes.size(),
                                                             access.composite_offset, &composite));
                ASSERT_EQ(composite.constituent_count, ranges);
                ASSERT_EQ(composite.page_count, ranges * (ranges + 1) / 2);
                uint64_t at = access.composite_offset + sizeof(composite);
                for (uint32_t i = 0; i < ranges; i++) {
                    struct ffa_memory_constituent range;
                    ASSERT_TRUE(memory_descriptor_constituent_read(bytes.data(), bytes.size(), at, &range));
                    ASSERT_EQ(range.address, send.ranges[i].address);
                    ASSERT_EQ(range.page_count, send.ranges[i].pages);
                    at += sizeof(range);
                }
                ASSERT_EQ(at, bytes.size());
            }
        }
    }
}

TEST(firmware_ffa_memory, nothing_at_all_is_a_header_and_an_empty_composite)
{
    for (const uint32_t version : VERSIONS) {
        const std::vector<uint8_t> bytes = build(send_of(version, 0, 0));
        EXPECT_EQ(bytes.size(), memory_descriptor_header_size(version) + sizeof(struct ffa_memory_composite));
    }
}
