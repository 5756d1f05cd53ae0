/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include <cstring>
#include <vector>

#include "firmware/boot/memory_map.h"
#include "firmware/common/translation.h"

namespace {

constexpr uint64_t DRAM = 0x80000000;
constexpr uint64_t BUFFER = 0x81FFF000;

memory_map map_of_dram()
{
    memory_map map;
    memory_map_init(&map);
    EXPECT_TRUE(memory_map_append(&map, EFI_RUNTIME_SERVICES_CODE, DRAM, DRAM + 0x3000));
    EXPECT_TRUE(memory_map_append(&map, EFI_CONVENTIONAL_MEMORY, DRAM + 0x3000, DRAM + 0x80000000));
    return map;
}

TEST(memory_map, a_reservation_cuts_conventional_memory_in_three)
{
    memory_map map = map_of_dram();
    ASSERT_TRUE(memory_map_reserve(&map, EFI_RUNTIME_SERVICES_DATA, BUFFER, 0x1000));
    ASSERT_EQ(4U, map.count);
    EXPECT_EQ(BUFFER - (DRAM + 0x3000), map.descriptors[1].pages * EFI_PAGE_SIZE);
    EXPECT_EQ(static_cast<uint32_t>(EFI_RUNTIME_SERVICES_DATA), map.descriptors[2].type);
    EXPECT_EQ(BUFFER, map.descriptors[2].physical_start);
    EXPECT_EQ(1U, map.descriptors[2].pages);
    EXPECT_EQ(EFI_MEMORY_RUNTIME | EFI_MEMORY_WB, map.descriptors[2].attribute);
    EXPECT_EQ(BUFFER + 0x1000, map.descriptors[3].physical_start);
    EXPECT_EQ(EFI_MEMORY_WB, map.descriptors[3].attribute);
}

TEST(memory_map, releasing_leaves_no_trace)
{
    for (const uint64_t start : {DRAM + 0x3000, BUFFER, DRAM + 0x80000000 - 0x1000}) {
        const memory_map before = map_of_dram();
        memory_map map = before;
        ASSERT_TRUE(memory_map_reserve(&map, EFI_RUNTIME_SERVICES_DATA, start, 0x1000));
        memory_map_release(&map, start);
        ASSERT_EQ(before.count, map.count);
        EXPECT_EQ(
            0, std::memcmp(before.descriptors, map.descriptors, before.count * sizeof(map.descriptors[0])));
    }
}

TEST(memory_map, only_conventional_memory_can_be_reserved)
{
    memory_map map = map_of_dram();
    EXPECT_FALSE(memory_map_reserve(&map, EFI_RUNTIME_SERVICES_DATA, DRAM, 0x1000));
    EXPECT_FALSE(memory_map_reserve(&map, EFI_RUNTIME_SERVICES_DATA, DRAM + 0x2000, 0x2000));
    EXPECT_FALSE(memory_map_reserve(&map, EFI_RUNTIME_SERVICES_DATA, DRAM + 0x80000000 - 0x1000, 0x2000));
    EXPECT_FALSE(memory_map_reserve(&map, EFI_RUNTIME_SERVICES_DATA, 0x1000, 0x1000));
    ASSERT_TRUE(memory_map_reserve(&map, EFI_RUNTIME_SERVICES_DATA, BUFFER, 0x1000));
    EXPECT_FALSE(memory_map_reserve(&map, EFI_RUNTIME_SERVICES_DATA, BUFFER, 0x1000)) << "reserved twice";
}

TEST(memory_map, has_a_limit)
{
    memory_map map = map_of_dram();
    while (map.count + 2 <= MEMORY_MAP_DESCRIPTORS_MAX) {
        ASSERT_TRUE(memory_map_reserve(&map, EFI_LOADER_DATA, BUFFER + 0x10000 * map.count, 0x1000));
    }
    EXPECT_FALSE(memory_map_reserve(&map, EFI_LOADER_DATA, BUFFER, 0x1000));
}

TEST(memory_map, a_reservation_can_be_for_non_cacheable_mapping)
{
    memory_map map = map_of_dram();
    ASSERT_TRUE(memory_map_reserve(&map, EFI_RUNTIME_SERVICES_DATA, BUFFER, 0x1000));
    memory_map_set_cacheability(&map, BUFFER, EFI_MEMORY_WC);
    EXPECT_EQ(EFI_MEMORY_RUNTIME | EFI_MEMORY_WC, map.descriptors[2].attribute);
    EXPECT_EQ(EFI_MEMORY_WB, map.descriptors[1].attribute);
    EXPECT_EQ(EFI_MEMORY_WB, map.descriptors[3].attribute);
    memory_map_set_cacheability(&map, BUFFER + 0x800, EFI_MEMORY_WB); // nothing begins there
    EXPECT_EQ(EFI_MEMORY_RUNTIME | EFI_MEMORY_WC, map.descriptors[2].attribute);
    memory_map_release(&map, BUFFER);
    ASSERT_EQ(2U, map.count);
    EXPECT_EQ(EFI_MEMORY_WB, map.descriptors[1].attribute);
}

class Tables : public ::testing::Test {
protected:
    static constexpr uint32_t COUNT = 8;
    std::vector<translation_table> tables = std::vector<translation_table>(COUNT);
    translation regime{};

    void SetUp() override { translation_init(&regime, tables.data(), COUNT, true); }

    /* A walk of its own: 39-bit addresses from level 1. 0 for a fault. */
    uint64_t walk(uint64_t va) const
    {
        const translation_table *table = tables.data();
        for (int shift = 30; shift >= 12; shift -= 9) {
            const uint64_t entry = table->entries[(va >> shift) & 511];
            if (!(entry & 1)) {
                return 0;
            }
            if (shift == 12 || !(entry & 2)) {
                return (shift == 12 && !(entry & 2)) ? 0 : entry;
            }
            table = reinterpret_cast<const translation_table *>(entry & 0x0000FFFFFFFFF000);
        }
        return 0;
    }

    static constexpr uint64_t address(uint64_t entry) { return entry & 0x0000FFFFFFFFF000; }
};

TEST_F(Tables, a_gigabyte_a_block_and_a_page_each_take_the_largest_entry)
{
    ASSERT_TRUE(translation_map(&regime, 0x80000000, 0x80000000, 0x40000000, TRANSLATION_DATA));
    EXPECT_EQ(1U, regime.tables_used);
    ASSERT_TRUE(translation_map(&regime, 0xC0000000, 0xC0000000, 0x200000, TRANSLATION_DATA));
    EXPECT_EQ(2U, regime.tables_used);
    ASSERT_TRUE(translation_map(&regime, 0xC0200000, 0x1A300000, 0x1000, TRANSLATION_DEVICE));
    EXPECT_EQ(3U, regime.tables_used);
    EXPECT_EQ(0x80000000U, address(walk(0xBFFFFFFF)));
    EXPECT_EQ(0xC0000000U, address(walk(0xC01FF000)));
    EXPECT_EQ(0x1A300000U, address(walk(0xC0200FF8)));
    EXPECT_EQ(0U, walk(0xC0201000));
    EXPECT_EQ(0U, walk(0x7FFFF000));
}

TEST_F(Tables, kinds_have_their_attributes_at_either_level)
{
    for (const bool is_el2 : {true, false}) {
        translation_init(&regime, tables.data(), COUNT, is_el2);
        ASSERT_TRUE(translation_map(&regime, 0x1000, 0x1000, 0x1000, TRANSLATION_CODE));
        ASSERT_TRUE(translation_map(&regime, 0x2000, 0x2000, 0x1000, TRANSLATION_DATA));
        ASSERT_TRUE(translation_map(&regime, 0x3000, 0x3000, 0x1000, TRANSLATION_DEVICE));
        ASSERT_TRUE(translation_map(&regime, 0x4000, 0x4000, 0x1000, TRANSLATION_NON_CACHEABLE));
        const uint64_t ap1 = is_el2 ? 0x40 : 0;
        const uint64_t never = is_el2 ? UINT64_C(1) << 54 : UINT64_C(3) << 53;
        EXPECT_EQ(0x1787 | ap1, walk(0x1000)); // AF, SH inner, read-only, AttrIndx 1, page
        EXPECT_EQ(0x2707 | ap1 | never, walk(0x2000));
        EXPECT_EQ(0x3403 | ap1 | never, walk(0x3000));
        EXPECT_EQ(0x460B | ap1 | never, walk(0x4000)); // AF, SH outer, AttrIndx 2, page
    }
}

TEST_F(Tables, nothing_is_mapped_twice)
{
    ASSERT_TRUE(translation_map(&regime, 0x80000000, 0x80000000, 0x200000, TRANSLATION_DATA));
    EXPECT_FALSE(translation_map(&regime, 0x80000000, 0x80000000, 0x200000, TRANSLATION_DATA));
    EXPECT_FALSE(translation_map(&regime, 0x80001000, 0x80001000, 0x1000, TRANSLATION_DATA));
}

TEST_F(Tables, unmapping_removes_exactly_the_range)
{
    ASSERT_TRUE(translation_map(&regime, 0x80000000, 0x80000000, 0x203000, TRANSLATION_DATA));
    ASSERT_TRUE(translation_map(&regime, 0x80203000, 0x80203000, 0x1000, TRANSLATION_CODE));
    translation_unmap(&regime, 0x80000000, 0x203000);
    EXPECT_EQ(0U, walk(0x80000000));
    EXPECT_EQ(0U, walk(0x80202000));
    EXPECT_EQ(0x80203000U, address(walk(0x80203000)));
    translation_unmap(&regime, 0x4000000000, 0x3000); // was never mapped
    ASSERT_TRUE(translation_map(&regime, 0x80200000, 0x80200000, 0x3000, TRANSLATION_DATA));
}

TEST_F(Tables, running_out_of_tables_is_said)
{
    for (uint64_t gigabyte = 0; gigabyte < 3; gigabyte++) { // two tables each, beside the first
        ASSERT_TRUE(translation_map(&regime, gigabyte << 30, 0x1000, 0x1000, TRANSLATION_DATA)) << gigabyte;
    }
    EXPECT_FALSE(translation_map(&regime, UINT64_C(3) << 30, 0x1000, 0x1000, TRANSLATION_DATA));
}

} // namespace
