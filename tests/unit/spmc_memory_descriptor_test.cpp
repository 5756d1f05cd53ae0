// SPDX-License-Identifier: BSD-3-Clause
//
// Descriptors to bytes and back, at every length that cuts them, and with offsets that would wrap.
#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "model/abi/ffa.h"
#include "model/spmc/memory_descriptor.h"

namespace {

const uint32_t VERSIONS[] = {FFA_VERSION_1_0, FFA_VERSION_1_1, FFA_VERSION_1_2};

struct memory_descriptor_header header_for(uint32_t version)
{
    const bool first = version == FFA_VERSION_1_0;
    struct memory_descriptor_header header = {};
    header.sender_id = 0x1234;
    header.attributes = first ? 0x2F : 0x12F;
    header.flags = 0x89ABCDEF;
    header.handle = 0x0123456789ABCDEF;
    header.tag = 0xFEDCBA9876543210;
    header.access_size = version == FFA_VERSION_1_2 ? 32 : 16;
    header.access_count = 3;
    header.access_offset = first ? 32 : 64;
    header.reserved_zero = true;
    return header;
}

void expect_equal(const struct memory_descriptor_header &a, const struct memory_descriptor_header &b)
{
    EXPECT_EQ(a.sender_id, b.sender_id);
    EXPECT_EQ(a.attributes, b.attributes);
    EXPECT_EQ(a.flags, b.flags);
    EXPECT_EQ(a.handle, b.handle);
    EXPECT_EQ(a.tag, b.tag);
    EXPECT_EQ(a.access_size, b.access_size);
    EXPECT_EQ(a.access_count, b.access_count);
    EXPECT_EQ(a.access_offset, b.access_offset);
    EXPECT_EQ(a.reserved_zero, b.reserved_zero);
}

} // namespace

TEST(memory_descriptor, headers_come_back_as_they_went_and_are_never_read_in_part)
{
    for (uint32_t version : VERSIONS) {
        const struct memory_descriptor_header header = header_for(version);
        std::vector<uint8_t> bytes(memory_descriptor_header_size(version));
        memory_descriptor_header_write(&header, version, bytes.data());
        struct memory_descriptor_header back = {};
        for (size_t size = 0; size < bytes.size(); size++) {
            EXPECT_FALSE(memory_descriptor_header_read(bytes.data(), size, version, &back));
        }
        ASSERT_TRUE(memory_descriptor_header_read(bytes.data(), bytes.size(), version, &back));
        expect_equal(header, back);
    }
}

TEST(memory_descriptor, each_reserved_byte_of_a_header_is_seen)
{
    const std::pair<uint32_t, std::vector<size_t>> reserved[] = {
        {FFA_VERSION_1_0, {3, 24, 25, 26, 27}},
        {FFA_VERSION_1_1, {36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47}},
    };
    for (const auto &[version, offsets] : reserved) {
        const struct memory_descriptor_header header = header_for(version);
        for (size_t offset = 0; offset < memory_descriptor_header_size(version); offset++) {
            std::vector<uint8_t> bytes(memory_descriptor_header_size(version));
            memory_descriptor_header_write(&header, version, bytes.data());
            bytes[offset] ^= 0xFF;
            struct memory_descriptor_header back = {};
            ASSERT_TRUE(memory_descriptor_header_read(bytes.data(), bytes.size(), version, &back));
            const bool is_reserved = std::find(offsets.begin(), offsets.end(), offset) != offsets.end();
            EXPECT_EQ(back.reserved_zero, !is_reserved) << offset;
        }
    }
}

TEST(memory_descriptor, accesses_of_both_forms_come_back)
{
    for (uint32_t size : {16U, 32U}) {
        struct memory_descriptor_header header = header_for(FFA_VERSION_1_1);
        header.access_size = size;
        std::vector<uint8_t> bytes(header.access_offset + 3 * size);
        for (uint16_t i = 0; i < 3; i++) {
            const struct memory_descriptor_access access = {
                static_cast<uint16_t>(0x8001 + i), 2, 1, 0x12345678U + i, {0x1111U + i, 0x2222U + i}, 0};
            memory_descriptor_access_write(&access, size, bytes.data() + header.access_offset + i * size);
        }
        for (uint16_t i = 0; i < 3; i++) {
            struct memory_descriptor_access back = {};
            const size_t end = header.access_offset + (i + 1) * size;
            EXPECT_FALSE(memory_descriptor_access_read(bytes.data(), end - 1, &header, i, &back));
            ASSERT_TRUE(memory_descriptor_access_read(bytes.data(), end, &header, i, &back));
            EXPECT_EQ(back.endpoint_id, 0x8001 + i);
            EXPECT_EQ(back.permissions, 2);
            EXPECT_EQ(back.flags, 1);
            EXPECT_EQ(back.composite_offset, 0x12345678U + i);
            EXPECT_EQ(back.implementation_defined[0], size == 32 ? 0x1111U + i : 0U);
            EXPECT_EQ(back.implementation_defined[1], size == 32 ? 0x2222U + i : 0U);
            EXPECT_EQ(back.reserved, 0U);
        }
    }
}

TEST(memory_descriptor, accesses_far_away_are_outside)
{
    struct memory_descriptor_header header = header_for(FFA_VERSION_1_1);
    std::vector<uint8_t> bytes(256);
    struct memory_descriptor_access access = {};
    header.access_offset = 0xFFFFFFF0;
    EXPECT_FALSE(memory_descriptor_access_read(bytes.data(), bytes.size(), &header, 1, &access));
    header.access_offset = 48;
    header.access_size = 0xFFFFFFF0;
    EXPECT_FALSE(memory_descriptor_access_read(bytes.data(), bytes.size(), &header, 0, &access));
    EXPECT_FALSE(memory_descriptor_access_read(bytes.data(), bytes.size(), &header, 0xFFFFFFFF, &access));
    header.access_size = 15;
    EXPECT_FALSE(memory_descriptor_access_read(bytes.data(), bytes.size(), &header, 0, &access));
    header.access_count = header.access_size = header.access_offset = 0xFFFFFFFF;
    EXPECT_EQ(memory_descriptor_accesses_end(&header), 0xFFFFFFFF00000000U); // no wrap
}

TEST(memory_descriptor, composites_and_constituents_are_read_where_they_are_whole)
{
    const struct ffa_memory_composite composite = {7, 3, 0};
    const struct ffa_memory_constituent constituent = {0x80100000, 7, 0};
    std::vector<uint8_t> bytes(64);
    memcpy(bytes.data() + 32, &composite, sizeof(composite));
    memcpy(bytes.data() + 48, &constituent, sizeof(constituent));
    struct ffa_memory_composite composite_back = {};
    struct ffa_memory_constituent constituent_back = {};
    ASSERT_TRUE(memory_descriptor_composite_read(bytes.data(), 48, 32, &composite_back));
    EXPECT_EQ(composite_back.page_count, 7U);
    EXPECT_EQ(composite_back.constituent_count, 3U);
    EXPECT_FALSE(memory_descriptor_composite_read(bytes.data(), 47, 32, &composite_back));
    EXPECT_FALSE(memory_descriptor_composite_read(bytes.data(), 64, UINT64_MAX, &composite_back));
    ASSERT_TRUE(memory_descriptor_constituent_read(bytes.data(), 64, 48, &constituent_back));
    EXPECT_EQ(constituent_back.address, 0x80100000U);
    EXPECT_FALSE(memory_descriptor_constituent_read(bytes.data(), 64, 49, &constituent_back));
    EXPECT_FALSE(memory_descriptor_constituent_read(bytes.data(), 64, UINT64_MAX - 8, &constituent_back));
}

TEST(memory_descriptor, relinquish_and_its_endpoints)
{
    const struct ffa_memory_relinquish relinquish = {0x1122334455667788, 1, 2};
    const uint16_t ids[] = {0x8001, 0x8002};
    std::vector<uint8_t> bytes(20);
    memcpy(bytes.data(), &relinquish, sizeof(relinquish));
    memcpy(bytes.data() + 16, ids, sizeof(ids));
    struct ffa_memory_relinquish back = {};
    uint16_t id = 0;
    EXPECT_FALSE(memory_descriptor_relinquish_read(bytes.data(), 15, &back));
    ASSERT_TRUE(memory_descriptor_relinquish_read(bytes.data(), 16, &back));
    EXPECT_EQ(back.handle, relinquish.handle);
    EXPECT_EQ(back.flags, 1U);
    EXPECT_EQ(back.endpoint_count, 2U);
    ASSERT_TRUE(memory_descriptor_relinquish_endpoint(bytes.data(), 20, 1, &id));
    EXPECT_EQ(id, 0x8002);
    EXPECT_FALSE(memory_descriptor_relinquish_endpoint(bytes.data(), 19, 1, &id));
    EXPECT_FALSE(memory_descriptor_relinquish_endpoint(bytes.data(), 20, 0xFFFFFFFF, &id));
}
