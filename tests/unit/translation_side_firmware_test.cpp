// SPDX-License-Identifier: BSD-3-Clause
//
// The firmware's own translation tables, written by firmware/common/translation.c at an address that a page
// table can hold, as the boot phase and the OS stub use them: right, and without the TLBI at the end.
#include <gtest/gtest.h>

#include <sys/mman.h>

#include "firmware/common/translation.h"
// Both sides of the machine count a table's entries by this name.
#undef TRANSLATION_ENTRIES
#include "model/checker/translation_side.h"
#include "tests/unit/translation_side_world.hpp"

namespace {

constexpr uint64_t TABLES = 0x10000000; // fits a descriptor, and is nobody's on the hosts that we know
constexpr uint32_t TABLES_MAX = 16;
constexpr uint64_t CODE = 0x40200000, DATA = 0x40400000, VIRTUAL = 0x2000000000;

class stub {
public:
    stub()
    {
        void *at = mmap(reinterpret_cast<void *>(TABLES), 2 * SIZE, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        usable = at == reinterpret_cast<void *>(TABLES);
        if (!usable) {
            return;
        }
        const struct fillable_window window = {TABLES, 2 * SIZE, static_cast<const uint8_t *>(at)};
        core = translation_side_create(&window, 1);
        regime.el = 2;
        regime.mair = 0xff00;
        regime.tcr = 25 | 1 << 8 | 1 << 10 | 3 << 12 | 2 << 16 | 1 << 23 | 1U << 31;
    }
    ~stub()
    {
        translation_side_destroy(core);
        munmap(reinterpret_cast<void *>(TABLES), 2 * SIZE);
    }
    stub(const stub &) = delete;
    stub &operator=(const stub &) = delete;

    struct translation_table *tables(uint32_t set) const
    {
        return reinterpret_cast<struct translation_table *>(TABLES + set * SIZE);
    }
    // As prove hears of it: the page's writes, one after another.
    void written()
    {
        for (uint64_t pa = TABLES; pa < TABLES + 2 * SIZE; pa += 8) {
            translation_side_table_write(core, pa, 8);
        }
    }
    // regime.S
    void install(uint32_t set)
    {
        sctlr(0);
        regime.ttbr0 = TABLES + set * SIZE;
        translation_side_regime(core, &regime);
        translation_side_tlbi(core, old_tables::ALLE2, 0);
        translation_side_dsb(core);
        sctlr(old_tables::M | old_tables::C | old_tables::I);
    }
    int ask(uint64_t va, int use = TRANSLATION_SIDE_READ)
    {
        struct translation_side_request request = {};
        struct translation_side_old old;
        request.va = va;
        request.el = 2;
        request.use = static_cast<uint8_t>(use);
        return translation_side_differs(core, &request, &old) ? old.difference
                                                              : static_cast<int>(TRANSLATION_SIDE_SAME);
    }

    bool usable = false;
    struct translation_side *core = nullptr;

private:
    static constexpr uint64_t SIZE = TABLES_MAX * sizeof(struct translation_table);

    void sctlr(uint64_t value)
    {
        regime.sctlr = value;
        translation_side_regime(core, &regime);
    }
    struct translation_regime regime {};
};

void map_identity(struct translation *translation, struct translation_table *tables, bool split)
{
    translation_init(translation, tables, TABLES_MAX, true);
    ASSERT_TRUE(translation_map(translation, CODE, CODE, 0x200000, TRANSLATION_CODE));
    ASSERT_TRUE(translation_map(translation, DATA, DATA, 0x10000, TRANSLATION_DATA));
    if (split) {
        ASSERT_TRUE(translation_map(translation, DATA + 0x10000, DATA + 0x10000, 0x1f0000,
                                    TRANSLATION_NON_CACHEABLE));
    }
}

} // namespace

TEST(translation_side_firmware, installing_tables_and_switching_to_others_is_silent)
{
    stub s;
    if (!s.usable) {
        GTEST_SKIP() << "the host uses the address of the tables";
    }
    struct translation boot, os;
    map_identity(&boot, s.tables(0), false);
    s.install(0);
    EXPECT_FALSE(translation_side_alive(s.core));
    map_identity(&os, s.tables(1), true);
    s.install(1);
    EXPECT_FALSE(translation_side_alive(s.core));
    for (const uint64_t va : {CODE, DATA, DATA + 0x10000}) {
        EXPECT_EQ(s.ask(va), TRANSLATION_SIDE_SAME);
    }
}

TEST(translation_side_firmware, a_virtual_map_beside_the_identity_and_the_identity_dropped)
{
    for (const bool invalidates : {true, false}) {
        stub s;
        if (!s.usable) {
            GTEST_SKIP() << "the host uses the address of the tables";
        }
        struct translation os;
        map_identity(&os, s.tables(0), true);
        s.install(0);
        ASSERT_TRUE(translation_map(&os, VIRTUAL + CODE, CODE, 0x200000, TRANSLATION_CODE));
        ASSERT_TRUE(translation_map(&os, VIRTUAL + DATA, DATA, 0x10000, TRANSLATION_DATA));
        s.written();
        EXPECT_FALSE(translation_side_alive(s.core)); // all of it was invalid before
        translation_unmap(&os, CODE, 0x200000);
        translation_unmap(&os, DATA, 0x10000);
        s.written();
        EXPECT_TRUE(translation_side_alive(s.core));
        EXPECT_EQ(s.ask(VIRTUAL + CODE, TRANSLATION_SIDE_EXECUTE), TRANSLATION_SIDE_SAME);
        EXPECT_EQ(s.ask(VIRTUAL + DATA, TRANSLATION_SIDE_WRITE), TRANSLATION_SIDE_SAME);
        EXPECT_EQ(s.ask(DATA + 0x10000), TRANSLATION_SIDE_SAME);
        if (invalidates) {
            translation_side_tlbi(s.core, old_tables::ALLE2, 0);
            translation_side_dsb(s.core);
        }
        EXPECT_EQ(translation_side_alive(s.core), !invalidates);
        EXPECT_EQ(s.ask(CODE), invalidates ? TRANSLATION_SIDE_SAME : TRANSLATION_SIDE_REMOVED);
        ASSERT_TRUE(translation_map(&os, DATA, DATA + 0x20000, 0x1000, TRANSLATION_DATA));
        s.written();
        EXPECT_EQ(s.ask(DATA), invalidates ? TRANSLATION_SIDE_SAME : TRANSLATION_SIDE_ADDRESS);
    }
}
