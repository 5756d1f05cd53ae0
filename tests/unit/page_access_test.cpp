// SPDX-License-Identifier: BSD-3-Clause
//
// Ranges against an array, and the rights of endpoints.
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "model/bus/page_access.h"

TEST(page_ranges, are_an_array_under_random_settings)
{
    const uint32_t SIZE = 64;
    for (uint32_t seed = 1; seed <= 20; seed++) {
        std::mt19937 random(seed);
        std::vector<struct page_range> ranges(SIZE + 2);
        std::vector<uint64_t> naive(SIZE);
        uint32_t count = 0;
        for (int i = 0; i < 500; i++) {
            const uint64_t start = random() % SIZE;
            const uint64_t last = start + random() % (SIZE - start);
            const uint64_t value = random() % 3;
            ASSERT_TRUE(page_ranges_set(ranges.data(), &count, SIZE + 2, start, last, value));
            for (uint64_t at = start; at <= last; at++) {
                naive[at] = value;
            }
            for (uint64_t at = 0; at < SIZE; at++) {
                const struct page_range found = page_ranges_find(ranges.data(), count, at);
                ASSERT_EQ(found.value, naive[at]) << "seed " << seed << " step " << i;
                ASSERT_LE(found.start, at);
                ASSERT_GE(found.last, at);
            }
            for (uint32_t at = 1; at < count; at++) { // sorted, disjoint, merged
                ASSERT_LT(ranges[at - 1].last, ranges[at].start);
                ASSERT_FALSE(ranges[at - 1].last + 1 == ranges[at].start &&
                             ranges[at - 1].value == ranges[at].value);
            }
        }
    }
}

TEST(page_ranges, reach_both_ends_of_the_address_space)
{
    struct page_range ranges[4];
    uint32_t count = 0;
    ASSERT_TRUE(page_ranges_set(ranges, &count, 4, 0, UINT64_MAX, 7));
    ASSERT_TRUE(page_ranges_set(ranges, &count, 4, UINT64_MAX - 1, UINT64_MAX, 0));
    EXPECT_EQ(page_ranges_find(ranges, count, 0).value, 7U);
    EXPECT_EQ(page_ranges_find(ranges, count, UINT64_MAX).value, 0U);
    EXPECT_EQ(page_ranges_find(ranges, count, UINT64_MAX).start, UINT64_MAX - 1);
}

TEST(page_ranges, refuse_what_may_not_fit_and_change_nothing)
{
    struct page_range ranges[3];
    uint32_t count = 0;
    ASSERT_TRUE(page_ranges_set(ranges, &count, 3, 0, 9, 1));
    ASSERT_TRUE(page_ranges_set(ranges, &count, 3, 20, 29, 2));
    EXPECT_FALSE(page_ranges_set(ranges, &count, 3, 4, 5, 3));
    EXPECT_EQ(page_ranges_find(ranges, count, 4).value, 1U);
}

class page_access_world : public testing::Test {
protected:
    page_access_world() : access(std::make_unique<struct page_access>())
    {
        page_access_init(access.get());
        page_access_add(access.get(), 0x8001);
    }
    bool reads(uint16_t endpoint, uint64_t pa, uint64_t size = 8)
    {
        return page_access_allows(access.get(), endpoint, pa, size, false);
    }
    bool writes(uint16_t endpoint, uint64_t pa, uint64_t size = 8)
    {
        return page_access_allows(access.get(), endpoint, pa, size, true);
    }
    std::unique_ptr<struct page_access> access;
};

TEST_F(page_access_world, the_normal_world_has_everything_and_an_added_endpoint_nothing)
{
    EXPECT_TRUE(writes(0, 0x80000000));
    EXPECT_FALSE(reads(0x8001, 0x80000000));
    EXPECT_TRUE(writes(0x8002, 0x80000000)); // not known
}

TEST_F(page_access_world, rights_of_one_endpoint_leave_the_others_alone)
{
    page_access_set(access.get(), 0, 0x80000000, 0x3000, PAGE_NO_ACCESS);
    page_access_set(access.get(), 0x8001, 0x80001000, 0x1000, PAGE_READ_ONLY);
    EXPECT_FALSE(reads(0, 0x80001000));
    EXPECT_TRUE(reads(0x8001, 0x80001000));
    EXPECT_FALSE(writes(0x8001, 0x80001000));
    EXPECT_FALSE(reads(0x8001, 0x80000000));
    page_access_set(access.get(), 0, 0x80000000, 0x3000, PAGE_READ_WRITE);
    EXPECT_TRUE(writes(0, 0x80000000, 0x3000));
    EXPECT_TRUE(reads(0x8001, 0x80001000));
    page_access_set(access.get(), 0x8001, 0x80001000, 0x1000, PAGE_NO_ACCESS);
    EXPECT_EQ(access->range_count, 0U); // nothing is left of it
}

TEST_F(page_access_world, an_access_needs_all_its_bytes)
{
    page_access_set(access.get(), 0, 0x80001000, 0x1000, PAGE_NO_ACCESS);
    EXPECT_TRUE(reads(0, 0x80000FF8));
    EXPECT_FALSE(reads(0, 0x80000FFC));
    EXPECT_FALSE(reads(0, 0x80001FFC));
    EXPECT_FALSE(reads(0, 0x80000000, 0x3000));
    EXPECT_TRUE(reads(0, UINT64_MAX - 7));
}

TEST_F(page_access_world, tells_how_far_a_right_reaches)
{
    page_access_set(access.get(), 0, 0x80001000, 0x2000, PAGE_READ_ONLY);
    uint64_t first = 0;
    uint64_t last = 0;
    EXPECT_EQ(page_access_at(access.get(), 0, 0x80001800, &first, &last), PAGE_READ_ONLY);
    EXPECT_EQ(first, 0x80001000U);
    EXPECT_EQ(last, 0x80002FFFU);
    EXPECT_EQ(page_access_at(access.get(), 0, 0x80000000, &first, &last), PAGE_READ_WRITE);
    EXPECT_EQ(last, 0x80000FFFU);
}
