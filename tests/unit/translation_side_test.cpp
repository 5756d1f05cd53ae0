// SPDX-License-Identifier: BSD-3-Clause
//
// Old translations, case by case: what makes one, what ends it, and what is different enough to matter.
#include <gtest/gtest.h>

#include "tests/unit/translation_side_world.hpp"

using namespace old_tables;

namespace {

constexpr uint64_t A = 0x80000000, B = 0x90000000;
constexpr uint64_t VA = 0x5000; // entry 5 of T(2)

class mapped : public world {
public:
    explicit mapped(uint64_t leaf = A | PAGE | AF | ISH)
    {
        three_levels();
        put(T(2), 5, leaf);
        tell(el1);
    }
    void leaf(uint64_t descriptor) { write(T(2), 5, descriptor); }
};

} // namespace

TEST(translation_side, nothing_is_old_at_first_or_when_something_becomes_valid)
{
    mapped w;
    EXPECT_FALSE(w.alive());
    EXPECT_EQ(w.ask(VA), TRANSLATION_SIDE_SAME);
    w.write(world::T(2), 6, B | PAGE | AF);
    w.write(world::T(1), 1, B | BLOCK | AF);
    w.write(world::T(0), 2, world::T(3) | TABLE);
    EXPECT_FALSE(w.alive());
    EXPECT_EQ(w.ask(VA + KIB4), TRANSLATION_SIDE_SAME);
}

TEST(translation_side, a_changed_page_is_old_until_tlbi_and_dsb)
{
    mapped w;
    w.leaf(B | PAGE | AF | ISH);
    EXPECT_TRUE(w.alive());
    EXPECT_EQ(w.ask(VA + 0x123), TRANSLATION_SIDE_ADDRESS);
    EXPECT_EQ(w.old.pa, A + 0x123);
    EXPECT_EQ(w.old.type, MEMORY_NORMAL_WB);
    EXPECT_EQ(w.ask(VA - 1), TRANSLATION_SIDE_SAME); // its neighbours are not
    EXPECT_EQ(w.ask(VA + KIB4), TRANSLATION_SIDE_SAME);
    translation_side_tlbi(w.core, VAAE1, VA >> 12);
    EXPECT_EQ(w.ask(VA), TRANSLATION_SIDE_ADDRESS);
    translation_side_dsb(w.core);
    EXPECT_EQ(w.ask(VA), TRANSLATION_SIDE_SAME);
    EXPECT_FALSE(w.alive());
}

TEST(translation_side, what_does_not_invalidate)
{
    const struct {
        uint32_t encoding;
        uint64_t operand;
        bool ends;
    } rows[] = {
        {VMALLE1, 0, true},
        {VMALLE1IS, 0, true},
        {VAE1, VA >> 12, true},
        {VALE1, VA >> 12, true},
        {VAAE1, VA >> 12, true},
        {VAE1, (VA >> 12) + 1, false},
        {ALLE2, 0, false},
        {VAE2, VA >> 12, false},
        {ASIDE1, 0, false},                   // the leaf is global
        {VAE1, 1ULL << 43 | VA >> 12, false}, // the upper half
    };
    for (const auto &row : rows) {
        mapped w;
        w.leaf(B | PAGE | AF);
        w.invalidate(row.encoding, row.operand);
        EXPECT_EQ(w.ask(VA), row.ends ? TRANSLATION_SIDE_SAME : TRANSLATION_SIDE_ADDRESS) << row.encoding;
        EXPECT_EQ(w.alive(), !row.ends);
    }
    mapped w; // before the change
    translation_side_tlbi(w.core, VMALLE1, 0);
    w.leaf(B | PAGE | AF);
    translation_side_dsb(w.core);
    EXPECT_EQ(w.ask(VA), TRANSLATION_SIDE_ADDRESS);
}

TEST(translation_side, break_before_make_is_silent_and_without_it_is_not)
{
    mapped right;
    right.leaf(0);
    right.invalidate(VAAE1, VA >> 12);
    right.leaf(B | PAGE | AF);
    EXPECT_EQ(right.ask(VA), TRANSLATION_SIDE_SAME);
    mapped late;
    late.leaf(0);
    EXPECT_EQ(late.ask(VA), TRANSLATION_SIDE_REMOVED);
    late.leaf(B | PAGE | AF);
    EXPECT_EQ(late.ask(VA), TRANSLATION_SIDE_ADDRESS);
    late.invalidate(VAAE1, VA >> 12); // too late for the architecture, but nothing old is left
    EXPECT_EQ(late.ask(VA), TRANSLATION_SIDE_SAME);
}

TEST(translation_side, what_is_identical_after_all)
{
    const uint64_t leaf = A | PAGE | AF | ISH | NG;
    for (const uint64_t other :
         {leaf, leaf | SOFTWARE, leaf | CONTIGUOUS, leaf & ~AF, leaf & ~NG, leaf | ATTR(5)}) {
        mapped w(leaf);
        w.leaf(other);
        EXPECT_EQ(w.ask(VA), TRANSLATION_SIDE_SAME) << std::hex << other;
        mapped back(other); // and the other way round
        back.leaf(leaf);
        EXPECT_EQ(back.ask(VA), TRANSLATION_SIDE_SAME) << std::hex << other;
    }
    mapped w;
    w.leaf(0);
    w.leaf(A | PAGE | AF | ISH);
    EXPECT_EQ(w.ask(VA), TRANSLATION_SIDE_SAME);
    EXPECT_TRUE(w.alive()); // an old entry is there, but it says the same
}

TEST(translation_side, memory_type_and_shareability)
{
    const struct {
        uint64_t from, to;
        int difference;
    } rows[] = {
        {ATTR(0) | ISH, ATTR(1) | ISH, TRANSLATION_SIDE_ATTRIBUTES},
        {ATTR(1), ATTR(0) | ISH, TRANSLATION_SIDE_ATTRIBUTES},
        {ATTR(2), ATTR(4), TRANSLATION_SIDE_ATTRIBUTES},
        {ATTR(0) | ISH, ATTR(3) | ISH, TRANSLATION_SIDE_ATTRIBUTES},
        {ATTR(0) | ISH, ATTR(0) | OSH, TRANSLATION_SIDE_ATTRIBUTES},
        {ATTR(0), ATTR(0) | ISH, TRANSLATION_SIDE_ATTRIBUTES},
        {ATTR(1), ATTR(1) | ISH, TRANSLATION_SIDE_SAME}, // Non-cacheable is Outer Shareable whatever it says
        {ATTR(2) | OSH, ATTR(2), TRANSLATION_SIDE_SAME},
    };
    for (const auto &row : rows) {
        mapped w(A | PAGE | AF | row.from);
        w.leaf(A | PAGE | AF | row.to);
        EXPECT_EQ(w.ask(VA), row.difference) << std::hex << row.from << " " << row.to;
        EXPECT_EQ(w.alive(), row.difference != TRANSLATION_SIDE_SAME);
        w.invalidate(VALE1, VA >> 12);
        EXPECT_EQ(w.ask(VA), TRANSLATION_SIDE_SAME);
    }
}

TEST(translation_side, with_the_cache_off_cacheability_makes_no_difference)
{
    mapped w(A | PAGE | AF | ISH);
    w.leaf(A | PAGE | AF | ATTR(1));
    EXPECT_EQ(w.ask(VA), TRANSLATION_SIDE_ATTRIBUTES);
    w.el1.sctlr = M | I;
    w.tell(w.el1);
    EXPECT_EQ(w.ask(VA), TRANSLATION_SIDE_SAME);
    EXPECT_EQ(w.ask(VA, 1, TRANSLATION_SIDE_EXECUTE), TRANSLATION_SIDE_ATTRIBUTES);
    w.el1.sctlr = M | C;
    w.tell(w.el1);
    EXPECT_EQ(w.ask(VA), TRANSLATION_SIDE_ATTRIBUTES);
    EXPECT_EQ(w.ask(VA, 1, TRANSLATION_SIDE_EXECUTE), TRANSLATION_SIDE_SAME);
}

TEST(translation_side, permissions_that_the_old_entry_denies)
{
    enum { R = TRANSLATION_SIDE_READ, W = TRANSLATION_SIDE_WRITE, X = TRANSLATION_SIDE_EXECUTE };
    const struct {
        int el;
        uint64_t old, now, sctlr;
        int use;
        bool unprivileged, denied;
    } rows[] = {
        {1, RO, 0, 0, W, false, true},  // made writable: the old entry faults
        {1, RO, 0, 0, R, false, false}, // reads do not mind
        {1, 0, RO, 0, W, false, false}, // less permissive than before: the access is made by nobody
        {1, PXN, 0, 0, X, false, true},       {1, XN, 0, 0, X, false, false},
        {1, XN | EL0, EL0, 0, X, true, true}, {1, EL0, 0, 0, X, false, true}, // EL0 may write it
        {1, 0, EL0, 0, R, true, true},        {1, 0, EL0, 0, W, true, true},
        {1, EL0 | RO, EL0, 0, W, true, true}, {1, 0, EL0, 0, R, false, false},
        {2, XN, 0, 0, X, false, true},        {2, PXN, 0, 0, X, false, false},
        {2, RO, 0, 0, W, false, true},        {2, 0, RO, WXN, X, false, true},
        {2, 0, RO, 0, X, false, false},
    };
    for (const auto &row : rows) {
        world w;
        w.three_levels();
        w.put(world::T(2), 5, A | PAGE | AF | ISH | row.old);
        w.el1.sctlr |= row.sctlr;
        w.el2.sctlr |= row.sctlr;
        w.tell(row.el == 1 ? w.el1 : w.el2);
        w.write(world::T(2), 5, A | PAGE | AF | ISH | row.now);
        EXPECT_EQ(w.ask(VA, row.el, row.use, row.unprivileged),
                  row.denied ? TRANSLATION_SIDE_PERMISSION : TRANSLATION_SIDE_SAME)
            << std::hex << row.old << " " << row.now << " " << row.use;
    }
}

TEST(translation_side, a_block_that_is_split)
{
    world w;
    w.three_levels();
    w.put(world::T(1), 1, A | BLOCK | AF | ISH);
    w.tell(w.el1);
    for (uint64_t i = 0; i < 512; i++) {
        w.put(world::T(3), i, (A + i * KIB4) | PAGE | AF | ISH);
    }
    w.put(world::T(3), 7, B | PAGE | AF | ISH);
    w.write(world::T(1), 1, world::T(3) | TABLE);
    EXPECT_TRUE(w.alive());
    EXPECT_EQ(w.ask(MIB2 + 6 * KIB4), TRANSLATION_SIDE_SAME);
    EXPECT_EQ(w.ask(MIB2 + 7 * KIB4 + 8), TRANSLATION_SIDE_ADDRESS);
    EXPECT_EQ(w.old.pa, A + 7 * KIB4 + 8);
    w.invalidate(VALE1, (MIB2 + 300 * KIB4) >> 12); // any address of the block
    EXPECT_EQ(w.ask(MIB2 + 7 * KIB4), TRANSLATION_SIDE_SAME);
    EXPECT_FALSE(w.alive());
    // And made one again.
    w.write(world::T(1), 1, A | BLOCK | AF | ISH);
    EXPECT_EQ(w.ask(MIB2 + 6 * KIB4), TRANSLATION_SIDE_SAME);
    EXPECT_EQ(w.ask(MIB2 + 7 * KIB4), TRANSLATION_SIDE_ADDRESS);
    EXPECT_EQ(w.old.pa, B);
    w.invalidate(VALE1, (MIB2 + 7 * KIB4) >> 12); // leaves alone: the walker may still know the table
    EXPECT_EQ(w.ask(MIB2 + 7 * KIB4), TRANSLATION_SIDE_ADDRESS);
    w.invalidate(VAE1, (MIB2 + 7 * KIB4) >> 12);
    EXPECT_EQ(w.ask(MIB2 + 7 * KIB4), TRANSLATION_SIDE_SAME);
}

TEST(translation_side, a_table_that_nothing_leads_to_is_still_walked)
{
    mapped w;
    w.write(world::T(1), 0, world::T(3) | TABLE);
    EXPECT_EQ(w.ask(VA), TRANSLATION_SIDE_REMOVED);
    EXPECT_EQ(w.ask(VA + KIB4), TRANSLATION_SIDE_SAME);
    w.leaf(0); // what is left there, and what is written into it, a TLB may know
    w.write(world::T(2), 6, B | PAGE | AF);
    w.write(world::T(3), 6, A | PAGE | AF);
    EXPECT_EQ(w.ask(VA), TRANSLATION_SIDE_REMOVED);
    EXPECT_EQ(w.ask(VA + KIB4), TRANSLATION_SIDE_ADDRESS);
    w.invalidate(VMALLE1);
    EXPECT_EQ(w.ask(VA + KIB4), TRANSLATION_SIDE_SAME);
    EXPECT_FALSE(w.alive());
}

TEST(translation_side, another_table_of_the_same_asid_or_of_another)
{
    const struct {
        uint64_t leaf, ttbr0;
        int difference;
    } rows[] = {
        {NG, world::T(8), TRANSLATION_SIDE_ADDRESS},             // the ASID stays: TLBI is missing
        {NG, world::T(8) | 1ULL << 48, TRANSLATION_SIDE_SAME},   // entries are told apart
        {0, world::T(8) | 1ULL << 48, TRANSLATION_SIDE_ADDRESS}, // but for global ones
    };
    for (const auto &row : rows) {
        mapped w(A | PAGE | AF | ISH | row.leaf);
        w.put(world::T(8), 0, world::T(9) | TABLE);
        w.put(world::T(9), 0, world::T(10) | TABLE);
        w.put(world::T(10), 5, B | PAGE | AF | ISH | NG);
        w.el1.ttbr0 = row.ttbr0;
        w.tell(w.el1);
        EXPECT_EQ(w.ask(VA), row.difference) << std::hex << row.ttbr0;
        EXPECT_EQ(w.alive(), row.difference != TRANSLATION_SIDE_SAME);
        w.el1.ttbr0 = world::T(0); // and back
        w.tell(w.el1);
        EXPECT_EQ(w.ask(VA), row.ttbr0 == world::T(8) ? TRANSLATION_SIDE_ADDRESS : TRANSLATION_SIDE_SAME);
        w.el1.ttbr0 = row.ttbr0;
        w.tell(w.el1);
        w.invalidate(VMALLE1);
        EXPECT_EQ(w.ask(VA), TRANSLATION_SIDE_SAME);
        EXPECT_FALSE(w.alive());
    }
}

TEST(translation_side, new_attributes_for_all)
{
    mapped w;
    w.el1.mair = MAIR & ~0xFFULL;
    w.tell(w.el1);
    EXPECT_EQ(w.ask(VA), TRANSLATION_SIDE_ATTRIBUTES);
    w.invalidate(VMALLE1);
    EXPECT_EQ(w.ask(VA), TRANSLATION_SIDE_SAME);
}

TEST(translation_side, both_halves_and_tags)
{
    constexpr uint64_t UPPER = 0xFFFFFF8000000000ULL;
    world w;
    w.three_levels();
    w.put(world::T(2), 5, A | PAGE | AF);
    w.el1.ttbr1 = world::T(0);
    w.tell(w.el1);
    w.write(world::T(2), 5, B | PAGE | AF);
    EXPECT_EQ(w.ask(UPPER | VA), TRANSLATION_SIDE_ADDRESS);
    EXPECT_EQ(w.ask(VA), TRANSLATION_SIDE_ADDRESS);
    EXPECT_EQ(w.ask(VA | 0xAB00000000000000ULL), TRANSLATION_SIDE_ADDRESS);
    w.invalidate(VAAE1, (UPPER | VA) >> 12 & ((1ULL << 44) - 1));
    EXPECT_EQ(w.ask(UPPER | VA), TRANSLATION_SIDE_SAME);
    EXPECT_EQ(w.ask(VA), TRANSLATION_SIDE_ADDRESS);
}

TEST(translation_side, the_regimes_are_apart)
{
    world w;
    w.three_levels();
    w.put(world::T(2), 5, A | PAGE | AF | ISH);
    w.el2.ttbr0 = world::T(0);
    w.tell(w.el1);
    w.tell(w.el2);
    w.write(world::T(2), 5, B | PAGE | AF | ISH);
    w.invalidate(ALLE2);
    EXPECT_EQ(w.ask(VA, 2), TRANSLATION_SIDE_SAME);
    EXPECT_EQ(w.ask(VA, 1), TRANSLATION_SIDE_ADDRESS);
}

TEST(translation_side, with_the_mmu_off_nothing_is_old_and_on_again_it_is)
{
    mapped w;
    w.leaf(B | PAGE | AF | ISH);
    w.el1.sctlr = 0;
    w.tell(w.el1);
    EXPECT_FALSE(w.alive());
    EXPECT_EQ(w.ask(VA), TRANSLATION_SIDE_SAME);
    w.leaf((B + KIB4) | PAGE | AF | ISH);
    w.el1.sctlr = M | C;
    w.tell(w.el1);
    EXPECT_TRUE(w.alive());
    EXPECT_EQ(w.ask(VA), TRANSLATION_SIDE_ADDRESS);
    w.el1.sctlr = 0;
    w.tell(w.el1);
    w.invalidate(VMALLE1);
    w.el1.sctlr = M | C;
    w.tell(w.el1);
    EXPECT_FALSE(w.alive());
}

TEST(translation_side, more_invalidations_than_are_remembered_count_as_complete)
{
    world w;
    w.three_levels();
    for (uint64_t i = 0; i < 512; i++) {
        w.put(world::T(2), i, (A + i * KIB4) | PAGE | AF);
    }
    w.tell(w.el1);
    for (uint64_t i = 0; i < 512; i++) {
        w.write(world::T(2), i, 0);
    }
    for (uint32_t i = 0; i < FILLABLE_TLBIS_MAX; i++) {
        translation_side_tlbi(w.core, VAAE1, 512 + i); // of other addresses
    }
    for (uint64_t i = 0; i < 512; i++) {
        translation_side_tlbi(w.core, VAAE1, i);
    }
    translation_side_dsb(w.core);
    EXPECT_FALSE(w.alive());
}

TEST(translation_side, more_removed_pages_than_are_remembered_are_not_told_wrongly)
{
    world w; // every second page of 34 tables: no two make one record
    constexpr uint64_t tables = FILLABLE_STALE_MAX / 256 / 2 + 2;
    w.put(world::T(0), 0, world::T(1) | TABLE);
    for (uint64_t table = 0; table < tables; table++) {
        w.put(world::T(1), table, world::T(2 + table) | TABLE);
        for (uint64_t i = 0; i < 512; i++) {
            w.put(world::T(2 + table), i, (A + (i * 7 + table * 4096) * KIB4) | PAGE | AF);
        }
    }
    w.tell(w.el1);
    for (uint64_t table = 0; table < tables; table++) {
        for (uint64_t i = 0; i < 512; i++) {
            w.write(world::T(2 + table), i, 0);
        }
    }
    EXPECT_TRUE(translation_side_overflowed(w.core));
    for (uint64_t table = 0; table < tables; table++) {
        for (uint64_t i = 0; i < 512; i++) {
            translation_side_tlbi(w.core, VAAE1, table * 512 + i);
            translation_side_dsb(w.core);
            ASSERT_EQ(w.ask((table * 512 + i) * KIB4), TRANSLATION_SIDE_SAME);
        }
    }
    w.invalidate(VMALLE1);
    EXPECT_FALSE(w.alive());
    EXPECT_FALSE(translation_side_overflowed(w.core));
}

TEST(translation_side, a_page_out_of_the_middle_of_many_when_there_is_no_room)
{
    world w;
    constexpr uint64_t singles = FILLABLE_STALE_MAX - 1; // beside one record of 512 pages
    w.put(world::T(0), 0, world::T(1) | TABLE);
    for (uint64_t i = 0; i < 512; i++) {
        w.put(world::T(2), i, (B + i * KIB4) | PAGE | AF);
    }
    w.put(world::T(1), 0, world::T(2) | TABLE);
    for (uint64_t i = 0; i < singles; i++) {
        const uint64_t table = 1 + i / 512;
        w.put(world::T(1), table, world::T(2 + table) | TABLE);
        w.put(world::T(2 + table), i % 512, (A + i * 7 * KIB4) | PAGE | AF);
    }
    w.tell(w.el1);
    for (uint64_t i = 0; i < 512 + singles; i++) {
        w.write(world::T(2 + i / 512), i % 512, 0);
    }
    EXPECT_FALSE(translation_side_overflowed(w.core));
    EXPECT_EQ(w.ask(200 * KIB4), TRANSLATION_SIDE_REMOVED);
    w.invalidate(VAAE1, 200);
    EXPECT_EQ(w.ask(200 * KIB4), TRANSLATION_SIDE_SAME);
}

TEST(translation_side, a_table_found_again_below_one_that_was_removed_before_it)
{
    world w;
    w.put(world::T(0), 0, world::T(4) | TABLE);
    w.put(world::T(1), 0, world::T(2) | TABLE);
    w.put(world::T(2), 5, A | PAGE | AF | ISH);
    w.put(world::T(3), 5, B | PAGE | AF | ISH);
    w.tell(w.el1);
    w.write(world::T(0), 0, world::T(1) | TABLE); // T(4) has been removed
    translation_side_tlbi(w.core, VMALLE1, 0);
    w.write(world::T(1), 0, world::T(3) | TABLE); // T(2) has, after the TLBI
    w.write(world::T(4), 0, world::T(2) | TABLE);
    translation_side_dsb(w.core);
    EXPECT_EQ(w.ask(VA), TRANSLATION_SIDE_ADDRESS);
    w.invalidate(VMALLE1);
    EXPECT_EQ(w.ask(VA), TRANSLATION_SIDE_SAME);
}

TEST(translation_side, every_difference_has_a_text)
{
    for (int difference = TRANSLATION_SIDE_SAME; difference <= TRANSLATION_SIDE_REMOVED; difference++) {
        EXPECT_NE(translation_side_difference_text(static_cast<enum translation_side_difference>(difference)),
                  nullptr);
    }
}
