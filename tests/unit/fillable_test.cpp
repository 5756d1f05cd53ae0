// SPDX-License-Identifier: BSD-3-Clause
//
// What may be filled, case by case, as the Arm ARM has it: descriptors at each level, attributes, both halves
// and both regimes, and how long a removed mapping lives.
#include <gtest/gtest.h>

#include <set>

#include "tests/unit/fillable_world.hpp"

using namespace tables;

namespace {

constexpr uint64_t TARGET = 0x80000000;

// Level 1, 2 and 3 tables at T(0), T(1), T(2); VA 0 leads through all of them.
void three_levels(world &w, uint64_t leaf)
{
    w.put(world::T(0), 0, world::T(1) | TABLE);
    w.put(world::T(1), 0, world::T(2) | TABLE);
    w.put(world::T(2), 0, leaf);
}

uint64_t page_end(const world &w, uint64_t pa)
{
    uint64_t end = 0;
    fillable_range(w.core, pa, &end);
    return end;
}

} // namespace

TEST(fillable, a_leaf_of_each_level_maps_its_size)
{
    const struct {
        uint64_t l1, l2, l3;
        uint64_t size; // 0: nothing
    } rows[] = {
        {TARGET | BLOCK | AF, 0, 0, GIB},
        {world::T(1) | TABLE, TARGET | BLOCK | AF, 0, MIB2},
        {world::T(1) | TABLE, world::T(2) | TABLE, TARGET | PAGE | AF, 0x1000},
        {world::T(1) | TABLE, world::T(2) | TABLE, TARGET | BLOCK | AF, 0}, // reserved
        {world::T(1) | TABLE, world::T(2) | TABLE, 0, 0},
        {(TARGET | BLOCK | AF) & ~VALID, 0, 0, 0},
        {(TARGET | 0x3000) | BLOCK | AF, 0, 0, GIB}, // bits below the block's size do not count
        {1ULL << 40 | BLOCK | AF, 0, 0, 0},          // beyond the output size
        {1ULL << 41 | TABLE, 0, 0, 0},
    };
    for (const auto &row : rows) {
        for (const bool el2 : {false, true}) {
            world w;
            w.put(world::T(0), 0, row.l1);
            w.put(world::T(1), 0, row.l2);
            w.put(world::T(2), 0, row.l3);
            el2 ? w.el2_tell() : w.el1_tell();
            EXPECT_EQ(w.line(TARGET), row.size != 0) << std::hex << row.l1;
            EXPECT_FALSE(w.line(TARGET - 64));
            if (row.size != 0) {
                EXPECT_EQ(page_end(w, TARGET), TARGET + row.size);
                EXPECT_TRUE(w.line(TARGET + row.size - 64));
                EXPECT_FALSE(w.line(TARGET + row.size));
            }
        }
    }
}

TEST(fillable, level_0_has_no_blocks_and_tables)
{
    world w;
    w.el1.tcr = tcr_el1(16) | EPD1;
    three_levels(w, TARGET | PAGE | AF); // T(0) is level 0 now
    w.put(world::T(2), 0, world::T(3) | TABLE);
    w.put(world::T(3), 7, TARGET | PAGE | AF);
    w.put(world::T(0), 1, 0xC0000000 | BLOCK | AF);
    w.el1_tell();
    EXPECT_TRUE(w.line(TARGET));
    EXPECT_FALSE(w.line(0xC0000000));
    EXPECT_TRUE(fillable_is_table(w.core, world::T(3) + 0x123));
    EXPECT_FALSE(fillable_is_table(w.core, world::T(4)));
}

TEST(fillable, cacheable_attributes_with_the_access_flag)
{
    const bool cacheable[8] = {true, false, false, true, false, true, false, false};
    for (uint64_t index = 0; index < 8; index++) {
        for (const uint64_t af : {uint64_t{0}, AF}) {
            world w;
            three_levels(w, TARGET | PAGE | af | ATTR(index));
            w.el1_tell();
            EXPECT_EQ(w.line(TARGET), cacheable[index] && af != 0) << index;
        }
    }
}

TEST(fillable, the_upper_half_and_epd)
{
    for (const uint64_t epd : {uint64_t{0}, EPD0, EPD1}) {
        world w;
        w.el1.tcr = tcr_el1(25, 25) | epd;
        w.el1.ttbr1 = world::T(4);
        w.put(world::T(0), 0, TARGET | BLOCK | AF);
        w.put(world::T(4), 3, (TARGET + GIB) | BLOCK | AF);
        w.el1_tell();
        EXPECT_EQ(w.line(TARGET), epd != EPD0);
        EXPECT_EQ(w.line(TARGET + GIB), epd != EPD1);
    }
}

TEST(fillable, a_small_root_does_not_end_at_the_page)
{
    world w;
    w.el1.tcr = tcr_el1(33) | EPD1; // 31 bits: level 1 with 2 entries
    w.el1.ttbr0 = world::T(0) + 0x40;
    w.put(world::T(0), 8, TARGET | BLOCK | AF);
    w.put(world::T(0), 10, (TARGET + GIB) | BLOCK | AF); // beyond the two
    w.el1_tell();
    EXPECT_TRUE(w.line(TARGET));
    EXPECT_FALSE(w.line(TARGET + GIB));
    w.write(world::T(0), 10, (TARGET + 2 * GIB) | BLOCK | AF);
    EXPECT_FALSE(w.line(TARGET + 2 * GIB));
    w.write(world::T(0), 9, (TARGET + 2 * GIB) | BLOCK | AF);
    EXPECT_TRUE(w.line(TARGET + 2 * GIB));
}

TEST(fillable, sizes_that_are_not_allowed_map_nothing)
{
    for (const uint64_t size : {0, 15, 40, 63}) {
        world w;
        w.el1.tcr = tcr_el1(size) | EPD1;
        w.put(world::T(0), 0, TARGET | BLOCK | AF);
        w.el1_tell();
        EXPECT_FALSE(w.line(TARGET)) << size;
    }
}

TEST(fillable, the_mmu_and_the_cache_have_to_be_on)
{
    for (const uint64_t sctlr : {uint64_t{0}, M, C, M | C}) {
        world w;
        w.put(world::T(0), 0, TARGET | BLOCK | AF);
        w.el1.sctlr = sctlr;
        w.el1_tell();
        EXPECT_EQ(w.line(TARGET), sctlr == (M | C));
        // off again: dead at once, without any TLBI
        w.el1.sctlr = M | C;
        w.el1_tell();
        EXPECT_TRUE(w.line(TARGET));
        w.el1.sctlr = sctlr;
        w.el1_tell();
        EXPECT_EQ(w.line(TARGET), sctlr == (M | C));
    }
}

TEST(fillable, hcr_dc_makes_all_of_el1_cacheable_whatever_sctlr_says)
{
    world w;
    w.el1.sctlr = 0;
    w.el1.hcr_el2 = HCR_DC;
    w.el1_tell();
    EXPECT_TRUE(w.line(TARGET));
    EXPECT_EQ(page_end(w, 0), UINT64_MAX);
    w.el1.hcr_el2 = 0;
    w.el1_tell();
    EXPECT_FALSE(w.line(TARGET));
    // at EL2 the bit means nothing
    w.el2.sctlr = 0;
    w.el2.hcr_el2 = HCR_DC;
    w.el2_tell();
    EXPECT_FALSE(w.line(TARGET));
}

TEST(fillable, a_mapping_is_fillable_from_the_write_of_its_descriptor)
{
    world w;
    three_levels(w, 0);
    w.el1_tell();
    EXPECT_FALSE(w.line(TARGET));
    w.write(world::T(2), 5, TARGET | PAGE | AF);
    EXPECT_TRUE(w.line(TARGET));
    // a whole new table, in parts, from the leaf up
    w.put(world::T(6), 9, (TARGET + GIB) | PAGE | AF);
    EXPECT_FALSE(w.line(TARGET + GIB));
    w.write(world::T(1), 3, world::T(6) | TABLE);
    EXPECT_TRUE(w.line(TARGET + GIB));
    // four bytes of a descriptor are a write of it
    w.put(world::T(6), 10, (TARGET + 2 * GIB) | PAGE | AF);
    fillable_table_write(w.core, world::T(6) + 80 + 4, 4);
    EXPECT_TRUE(w.line(TARGET + 2 * GIB));
}

TEST(fillable, removed_mappings_live_until_tlbi_and_dsb)
{
    world w;
    three_levels(w, TARGET | PAGE | AF);
    w.el1_tell();
    w.write(world::T(2), 0, 0);
    EXPECT_TRUE(w.line(TARGET)) << "no TLBI";
    fillable_dsb(w.core);
    EXPECT_TRUE(w.line(TARGET)) << "a DSB alone does nothing";
    fillable_tlbi(w.core, VMALLE1, 0);
    EXPECT_TRUE(w.line(TARGET)) << "no DSB";
    fillable_dsb(w.core);
    EXPECT_FALSE(w.line(TARGET));
}

TEST(fillable, a_tlbi_before_the_removal_does_not_count)
{
    world w;
    three_levels(w, TARGET | PAGE | AF);
    w.el1_tell();
    fillable_tlbi(w.core, VMALLE1, 0);
    w.write(world::T(2), 0, 0);
    fillable_dsb(w.core);
    EXPECT_TRUE(w.line(TARGET));
    w.invalidate(VMALLE1);
    EXPECT_FALSE(w.line(TARGET));
}

TEST(fillable, a_tlbi_between_two_removals_tells_them_apart)
{
    world w;
    three_levels(w, TARGET | PAGE | AF);
    w.put(world::T(2), 1, (TARGET + 0x1000) | PAGE | AF);
    w.el1_tell();
    w.write(world::T(2), 0, 0);
    fillable_tlbi(w.core, VMALLE1, 0);
    w.write(world::T(2), 1, 0);
    fillable_dsb(w.core);
    EXPECT_FALSE(w.line(TARGET));
    EXPECT_TRUE(w.line(TARGET + 0x1000));
}

TEST(fillable, a_mapping_that_came_back_after_the_tlbi_needs_another_one)
{
    world w;
    three_levels(w, TARGET | PAGE | AF);
    w.el1_tell();
    w.write(world::T(2), 0, 0);
    fillable_tlbi(w.core, VMALLE1, 0);
    w.write(world::T(2), 0, TARGET | PAGE | AF);
    w.write(world::T(2), 0, 0);
    fillable_dsb(w.core);
    EXPECT_TRUE(w.line(TARGET));
    w.invalidate(VMALLE1);
    EXPECT_FALSE(w.line(TARGET));
}

TEST(fillable, a_global_mapping_made_local_is_still_known_as_global)
{
    world w;
    three_levels(w, TARGET | PAGE | AF);
    w.el1_tell();
    w.write(world::T(2), 0, TARGET | PAGE | AF | NG);
    w.write(world::T(2), 0, 0);
    w.invalidate(ASIDE1);
    EXPECT_TRUE(w.line(TARGET));
    w.invalidate(VMALLE1);
    EXPECT_FALSE(w.line(TARGET));
}

TEST(fillable, pages_removed_together_are_forgotten_one_by_one)
{
    const uint64_t orders[][4] = {{1, 0, 3, 2}, {0, 1, 2, 3}, {3, 2, 1, 0}, {2, 1, 3, 0}};
    for (const auto &order : orders) {
        world w;
        three_levels(w, 0);
        for (uint64_t i = 0; i < 4; i++) {
            w.put(world::T(2), i, (TARGET + i * 0x1000) | PAGE | AF);
        }
        w.el1_tell();
        memset(w.bytes.data() + 0x2000, 0, 0x1000);
        fillable_table_write(w.core, world::T(2), 0x1000);
        std::set<uint64_t> left = {0, 1, 2, 3};
        for (const uint64_t page : order) {
            w.invalidate(VAE1, page);
            left.erase(page);
            for (uint64_t i = 0; i < 4; i++) {
                EXPECT_EQ(w.line(TARGET + i * 0x1000), left.count(i) == 1) << page << " " << i;
            }
        }
    }
}

TEST(fillable, tlbis_cover_what_they_name)
{
    const uint64_t asid1 = 1ULL << 48, asid2 = 2ULL << 48;
    const struct {
        const char *what;
        uint64_t leaf; // at VA 0x5000, ASID 1
        uint32_t encoding;
        uint64_t operand;
        bool gone;
    } rows[] = {
        {"VMALLE1", NG, VMALLE1, 0, true},
        {"VMALLE1IS", NG, VMALLE1IS, 0, true},
        {"ALLE1", 0, ALLE1, 0, true},
        {"VMALLS12E1", 0, VMALLS12E1, 0, true},
        {"ALLE2", 0, ALLE2, 0, false},
        {"VAE2", 0, VAE2, 5, false},
        {"IPAS2E1", 0, IPAS2E1, 5, false},
        {"VAE1, its ASID", NG, VAE1, asid1 | 5, true},
        {"VAE1IS, its ASID", NG, VAE1IS, asid1 | 5, true},
        {"VAE1, another ASID", NG, VAE1, asid2 | 5, false},
        {"VAE1, another ASID, global", 0, VAE1, asid2 | 5, true},
        {"VAE1, another page", NG, VAE1, asid1 | 4, false},
        {"VAE1, the other half", NG, VAE1, asid1 | 1ULL << 43 | 5, false},
        {"VALE1", NG, VALE1, asid1 | 5, true},
        {"VAAE1", NG, VAAE1, asid2 | 5, true},
        {"VAALE1", NG, VAALE1, 5, true},
        {"ASIDE1", NG, ASIDE1, asid1, true},
        {"ASIDE1, another", NG, ASIDE1, asid2, false},
        {"ASIDE1, global", 0, ASIDE1, asid1, false},
        {"ASIDE1, 8 bits count", NG, ASIDE1, asid1 | 1ULL << 56, true},
    };
    for (const auto &row : rows) {
        world w;
        three_levels(w, 0);
        w.put(world::T(2), 5, TARGET | PAGE | AF | row.leaf);
        w.el1.ttbr0 = world::T(0) | asid1;
        w.el1_tell();
        w.write(world::T(2), 5, 0);
        w.invalidate(row.encoding, row.operand);
        EXPECT_EQ(w.line(TARGET), !row.gone) << row.what;
    }
}

TEST(fillable, el2_has_no_asid_and_its_own_tlbis)
{
    for (const uint32_t encoding : {ALLE2, VAE2, VALE2, VMALLE1, VAE1}) {
        world w;
        three_levels(w, TARGET | PAGE | AF | NG);
        w.el2_tell();
        w.write(world::T(2), 0, 0);
        w.invalidate(encoding, 3ULL << 48);
        EXPECT_EQ(w.line(TARGET), encoding == VMALLE1 || encoding == VAE1);
    }
}

TEST(fillable, an_operation_by_va_forgets_the_whole_block)
{
    world w;
    w.put(world::T(0), 0, world::T(1) | TABLE);
    w.put(world::T(1), 3, TARGET | BLOCK | AF);
    w.el1_tell();
    w.write(world::T(1), 3, 0);
    w.invalidate(VAE1, (3 * MIB2 - 0x1000) >> 12);
    EXPECT_TRUE(w.line(TARGET));
    w.invalidate(VAE1, (4 * MIB2 - 0x1000) >> 12);
    EXPECT_FALSE(w.line(TARGET));
}

TEST(fillable, what_two_mappings_map_takes_two_removals)
{
    world w;
    three_levels(w, TARGET | PAGE | AF);
    w.put(world::T(2), 9, TARGET | PAGE | AF);
    w.el1_tell();
    w.write(world::T(2), 0, 0);
    w.invalidate(VMALLE1);
    EXPECT_TRUE(w.line(TARGET));
    w.write(world::T(2), 9, 0);
    w.invalidate(VAE1, 9);
    EXPECT_FALSE(w.line(TARGET));
}

TEST(fillable, two_regimes_count_each_for_itself)
{
    world w;
    w.put(world::T(0), 0, TARGET | BLOCK | AF);
    w.put(world::T(3), 1, TARGET | BLOCK | AF);
    w.el2.ttbr0 = world::T(3);
    w.el1_tell();
    w.el2_tell();
    w.el1.sctlr = 0;
    w.el1_tell();
    EXPECT_TRUE(w.line(TARGET)) << "EL2 maps it";
    w.write(world::T(3), 1, 0);
    w.invalidate(VMALLE1);
    EXPECT_TRUE(w.line(TARGET)) << "EL1's TLBI is none of EL2's";
    w.invalidate(ALLE2);
    EXPECT_FALSE(w.line(TARGET));
    w.el1.sctlr = M | C;
    w.el1_tell();
    EXPECT_TRUE(w.line(TARGET)) << "EL1's tables map it still";
}

TEST(fillable, a_removed_table_is_walked_until_it_is_invalidated)
{
    world w;
    three_levels(w, TARGET | PAGE | AF);
    w.el1_tell();
    w.write(world::T(1), 0, 0);
    EXPECT_TRUE(w.line(TARGET));
    EXPECT_TRUE(fillable_is_table(w.core, world::T(2)));
    // what is written into it is seen
    w.write(world::T(2), 1, (TARGET + GIB) | PAGE | AF);
    EXPECT_TRUE(w.line(TARGET + GIB));
    // the leaf-only form leaves the table, and so the leaf
    w.invalidate(VALE1, 1);
    EXPECT_TRUE(w.line(TARGET + GIB));
    // by VA the table is forgotten, and of its leaves the one that is named
    w.invalidate(VAE1, 1);
    EXPECT_FALSE(fillable_is_table(w.core, world::T(2)));
    EXPECT_FALSE(w.line(TARGET + GIB));
    EXPECT_TRUE(w.line(TARGET));
    w.put(world::T(2), 2, (TARGET + 2 * GIB) | PAGE | AF);
    fillable_table_write(w.core, world::T(2) + 16, 8);
    EXPECT_FALSE(w.line(TARGET + 2 * GIB));
    w.invalidate(VALE1, 0);
    EXPECT_FALSE(w.line(TARGET));
}

TEST(fillable, a_table_descriptor_removed_with_its_tlbi_takes_the_subtree_along)
{
    world w;
    w.el1.tcr = tcr_el1(16) | EPD1;
    three_levels(w, world::T(3) | TABLE);
    w.put(world::T(3), 0, TARGET | PAGE | AF);
    w.put(world::T(3), 1, (TARGET + 0x1000) | PAGE | AF);
    w.el1_tell();
    w.write(world::T(0), 0, 0);
    fillable_tlbi(w.core, VMALLE1, 0);
    EXPECT_TRUE(w.line(TARGET));
    fillable_dsb(w.core);
    EXPECT_FALSE(w.line(TARGET));
    EXPECT_FALSE(w.line(TARGET + 0x1000));
    for (uint64_t table = 1; table < 4; table++) {
        EXPECT_FALSE(fillable_is_table(w.core, world::T(table)));
    }
}

TEST(fillable, tables_written_while_the_mmu_was_off_are_read_when_it_comes_on)
{
    world w;
    three_levels(w, TARGET | PAGE | AF);
    w.el1_tell();
    w.el1.sctlr = C;
    w.el1_tell();
    w.write(world::T(2), 0, (TARGET + 0x1000) | PAGE | AF);
    w.write(world::T(2), 1, (TARGET + 0x2000) | PAGE | AF);
    EXPECT_FALSE(w.line(TARGET + 0x1000));
    w.el1.sctlr = M | C;
    w.el1_tell();
    EXPECT_TRUE(w.line(TARGET)) << "a TLB keeps entries while the MMU is off";
    EXPECT_TRUE(w.line(TARGET + 0x1000));
    EXPECT_TRUE(w.line(TARGET + 0x2000));
    w.invalidate(VMALLE1);
    EXPECT_FALSE(w.line(TARGET));
    EXPECT_TRUE(w.line(TARGET + 0x1000));
}

TEST(fillable, another_ttbr_or_asid_leaves_the_old_mappings)
{
    world w;
    w.put(world::T(0), 0, TARGET | BLOCK | AF | NG);
    w.put(world::T(3), 0, (TARGET + GIB) | BLOCK | AF | NG);
    w.el1.ttbr0 = world::T(0) | 1ULL << 48;
    w.el1_tell();
    w.el1.ttbr0 = world::T(3) | 2ULL << 48;
    w.el1_tell();
    EXPECT_TRUE(w.line(TARGET));
    EXPECT_TRUE(w.line(TARGET + GIB));
    w.invalidate(ASIDE1, 2ULL << 48);
    EXPECT_TRUE(w.line(TARGET));
    EXPECT_TRUE(w.line(TARGET + GIB)) << "it is current";
    w.invalidate(ASIDE1, 1ULL << 48);
    EXPECT_FALSE(w.line(TARGET));
    EXPECT_TRUE(w.line(TARGET + GIB));
}

TEST(fillable, switching_to_and_fro_does_not_grow)
{
    world w;
    w.put(world::T(0), 0, TARGET | BLOCK | AF);
    w.put(world::T(3), 0, (TARGET + GIB) | BLOCK | AF);
    for (uint32_t i = 0; i < 100000; i++) {
        w.el1.ttbr0 = world::T(i % 2 == 0 ? 3 : 0);
        w.el1_tell();
        w.write(world::T(3), 1, i % 4 < 2 ? 0 : (TARGET + 2 * GIB) | BLOCK | AF);
    }
    EXPECT_FALSE(fillable_overflowed(w.core));
    w.invalidate(VMALLE1);
    EXPECT_TRUE(w.line(TARGET));
    EXPECT_FALSE(w.line(TARGET + GIB));
}

TEST(fillable, another_mair_reads_descriptors_anew_and_keeps_what_was)
{
    world w;
    three_levels(w, TARGET | PAGE | AF | ATTR(0));
    w.put(world::T(2), 1, (TARGET + 0x1000) | PAGE | AF | ATTR(1));
    w.el1_tell();
    EXPECT_FALSE(w.line(TARGET + 0x1000));
    w.el1.mair = 0xff44; // 0: NC; 1: WB
    w.el1_tell();
    EXPECT_TRUE(w.line(TARGET));
    EXPECT_TRUE(w.line(TARGET + 0x1000));
    w.invalidate(VMALLE1);
    EXPECT_FALSE(w.line(TARGET));
    EXPECT_TRUE(w.line(TARGET + 0x1000));
}

TEST(fillable, tables_outside_memory_and_in_circles_are_bounded)
{
    world outside;
    outside.put(world::T(0), 0, 0x10000000 | TABLE);
    outside.put(world::T(0), 1, world::T(world::PAGES) | TABLE);
    outside.el1.ttbr1 = 0x20000000;
    outside.el1.tcr = tcr_el1(25, 25);
    outside.el1_tell();
    EXPECT_FALSE(outside.line(TARGET));
    EXPECT_FALSE(fillable_overflowed(outside.core));

    // one entry that leads to its own table: at level 3 it maps the table itself
    world self;
    self.put(world::T(0), 511, world::T(0) | TABLE | AF);
    self.el1_tell();
    EXPECT_TRUE(self.line(world::T(0)));
    EXPECT_FALSE(self.line(world::T(1)));
    EXPECT_FALSE(fillable_overflowed(self.core));

    // all of them: more places than anybody can know
    world circle;
    circle.el1.tcr = tcr_el1(16) | EPD1;
    for (uint64_t index = 0; index < 512; index++) {
        circle.put(world::T(0), index, world::T(0) | TABLE | AF);
    }
    circle.el1_tell();
    EXPECT_TRUE(fillable_overflowed(circle.core));
    EXPECT_TRUE(circle.line(TARGET)) << "what is not known may be";
    // a sane table and a TLBI: exact again
    for (uint64_t index = 0; index < 512; index++) {
        circle.put(world::T(0), index, 0);
    }
    fillable_table_write(circle.core, world::T(0), 4096);
    circle.write(world::T(0), 0, world::T(1) | TABLE);
    circle.write(world::T(1), 0, TARGET | BLOCK | AF);
    EXPECT_TRUE(circle.line(TARGET + GIB));
    circle.invalidate(VAE1, 0);
    EXPECT_TRUE(fillable_overflowed(circle.core)) << "not all of it";
    circle.invalidate(VMALLE1);
    EXPECT_FALSE(fillable_overflowed(circle.core));
    EXPECT_TRUE(circle.line(TARGET));
    EXPECT_FALSE(circle.line(TARGET + GIB));
}

TEST(fillable, more_removed_leaves_than_can_be_remembered_are_all_fillable)
{
    world w;
    three_levels(w, 0);
    w.el1_tell();
    for (uint64_t i = 0; i <= FILLABLE_STALE_MAX; i++) {
        w.write(world::T(2), 0, (TARGET + i * 0x2000) | PAGE | AF);
    }
    fillable_tlbi(w.core, VMALLE1, 0);
    w.write(world::T(2), 0, 0);
    fillable_dsb(w.core);
    EXPECT_TRUE(fillable_overflowed(w.core)) << "the last one was removed after the TLBI";
    EXPECT_TRUE(w.line(TARGET - GIB));
    w.invalidate(VAE1, 0);
    EXPECT_TRUE(fillable_overflowed(w.core)) << "one address is not all";
    w.invalidate(VMALLE1);
    EXPECT_FALSE(fillable_overflowed(w.core));
    EXPECT_FALSE(w.line(TARGET));
    EXPECT_FALSE(w.line(TARGET - GIB));
}

TEST(fillable, more_tlbis_than_can_wait_leave_mappings_alive)
{
    world w;
    three_levels(w, TARGET | PAGE | AF);
    w.el1_tell();
    w.write(world::T(2), 0, 0);
    for (uint32_t i = 0; i < FILLABLE_TLBIS_MAX; i++) {
        fillable_tlbi(w.core, VAE1, 0x100 + i);
    }
    fillable_tlbi(w.core, VAE1, 0);
    fillable_dsb(w.core);
    EXPECT_TRUE(w.line(TARGET));
    w.invalidate(VAE1, 0);
    EXPECT_FALSE(w.line(TARGET));
}

TEST(fillable, new_tables_and_changes_are_told_once)
{
    world w;
    three_levels(w, 0);
    w.el1_tell();
    std::set<uint64_t> pages;
    for (uint64_t pa = 0; fillable_new_table(w.core, &pa);) {
        EXPECT_TRUE(pages.insert(pa).second);
    }
    EXPECT_EQ(pages, (std::set<uint64_t>{world::T(0), world::T(1), world::T(2)}));

    struct fillable_change changes[FILLABLE_CHANGES_MAX];
    bool all = false;
    fillable_changes(w.core, changes, &all);
    EXPECT_TRUE(all) << "a regime came to life";
    const uint64_t before = fillable_generation(w.core);
    EXPECT_EQ(fillable_changes(w.core, changes, &all), 0U);
    EXPECT_FALSE(all);
    w.write(world::T(2), 0, TARGET | PAGE | AF);
    w.write(world::T(2), 1, (TARGET + 0x1000) | PAGE | AF);
    w.write(world::T(2), 2, (TARGET + 0x1000) | PAGE | AF); // again: nothing new
    EXPECT_GT(fillable_generation(w.core), before);
    ASSERT_EQ(fillable_changes(w.core, changes, &all), 1U);
    EXPECT_EQ(changes[0].pa, TARGET);
    EXPECT_EQ(changes[0].size, 0x2000U);
    for (uint64_t i = 0; i <= FILLABLE_CHANGES_MAX; i++) {
        w.write(world::T(2), 8 + i, (TARGET + GIB + i * 0x2000) | PAGE | AF);
    }
    fillable_changes(w.core, changes, &all);
    EXPECT_TRUE(all);
    w.write(world::T(1), 1, world::T(9) | TABLE);
    uint64_t pa = 0;
    w.write(world::T(1), 2, world::T(9) | TABLE); // from a second place
    ASSERT_TRUE(fillable_new_table(w.core, &pa));
    EXPECT_EQ(pa, world::T(9));
    EXPECT_FALSE(fillable_new_table(w.core, &pa));
}

TEST(fillable, pages_in_a_row_are_one_range)
{
    world w;
    three_levels(w, 0);
    for (uint64_t i = 0; i < 512; i++) {
        w.put(world::T(2), i, (TARGET + i * 0x1000) | PAGE | AF);
    }
    w.put(world::T(1), 1, (TARGET + MIB2) | BLOCK | AF);
    w.el1_tell();
    EXPECT_EQ(page_end(w, TARGET), TARGET + 2 * MIB2);
    EXPECT_EQ(page_end(w, 0), TARGET);

    world single;
    three_levels(single, 0);
    single.el1_tell();
    for (const uint64_t i : {4, 2, 3, 0, 1}) {
        single.write(world::T(2), i, (TARGET + i * 0x1000) | PAGE | AF);
    }
    EXPECT_EQ(page_end(single, TARGET), TARGET + 0x5000);
}
