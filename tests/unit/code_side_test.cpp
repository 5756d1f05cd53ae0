// SPDX-License-Identifier: BSD-3-Clause
//
// The instruction side, case by case: what right firmware does must be silent, and each of its wrong twins is
// named by the first link that is missing.
#include <gtest/gtest.h>

#include "tests/unit/code_side_world.hpp"

using namespace code_world;

namespace {

struct row {
    const char *steps; // as code_side_world.hpp has them
    int fault;
};

// Each on a line that has been executed, one that has not, and one that is told of for the first time.
void expect_rows(const std::vector<row> &rows, bool idc, bool dic)
{
    for (const row &r : rows) {
        for (const bool executed : {true, false}) {
            world w(idc, dic);
            w.all_executable();
            const uint64_t pa = CODE + 0x40;
            if (executed) {
                ASSERT_EQ(w.fetch(pa), CODE_SIDE_OK);
                w.fetch(CODE + 0x200);
            }
            w.steps(r.steps, pa);
            EXPECT_EQ(w.fetch(pa), r.fault) << r.steps << (executed ? ", executed before" : "");
            EXPECT_EQ(w.fetch(CODE + 0x200), CODE_SIDE_OK);
        }
    }
}

} // namespace

TEST(code_side, a_loaded_image_runs_with_the_mmu_off_and_on)
{
    world w;
    for (uint64_t pa = CODE; pa < CODE + 0x3000; pa += 4) {
        const struct code_side_fetched fetched = w.fetched(pa);
        ASSERT_EQ(fetched.fault, CODE_SIDE_OK);
        ASSERT_TRUE(fetched.keep);
    }
    w.all_executable();
    w.isb();
    for (uint64_t pa = CODE; pa < CODE + 0x3000; pa += 4) {
        ASSERT_EQ(w.fetch(pa), CODE_SIDE_OK);
    }
    w.sctlr(SCTLR_I);
    EXPECT_EQ(w.fetch(CODE), CODE_SIDE_OK);
}

TEST(code_side, code_that_is_stored_through_the_cache)
{
    expect_rows(
        {
            {"suDiDb", CODE_SIDE_OK},
            {"SuDiDb", CODE_SIDE_OK},
            {"scDIDb", CODE_SIDE_OK},
            {"sfDIDb", CODE_SIDE_OK},
            {"spDiDb", CODE_SIDE_OK},
            {"sPDiDb", CODE_SIDE_OK},
            {"ssuDiiDDbb", CODE_SIDE_OK},
            {"suDiDbuDiDb", CODE_SIDE_OK},
            {"SuDIDIDb", CODE_SIDE_OK}, // a second IC does no harm
            {"suDiDbsuDiDb", CODE_SIDE_OK},
            {"siDbuDiDb", CODE_SIDE_OK}, // too early once, then right
            {"s", CODE_SIDE_NOT_CLEANED},
            {"S", CODE_SIDE_NOT_CLEANED},
            {"sDiDb", CODE_SIDE_NOT_CLEANED},
            {"sIDb", CODE_SIDE_NOT_CLEANED},
            {"svDiDb", CODE_SIDE_NOT_CLEANED}, // DC IVAC cleans nothing
            {"usDiDb", CODE_SIDE_NOT_CLEANED}, // the clean before the store
            {"suDsiDb", CODE_SIDE_NOT_CLEANED},
            {"suDSiDb", CODE_SIDE_NOT_CLEANED},
            {"su", CODE_SIDE_CLEAN_INCOMPLETE},
            {"suib", CODE_SIDE_CLEAN_INCOMPLETE},
            {"sutitb", CODE_SIDE_CLEAN_INCOMPLETE}, // DSB ST completes no clean
            {"suD", CODE_SIDE_NOT_INVALIDATED},
            {"suDb", CODE_SIDE_NOT_INVALIDATED},
            {"suDaDb", CODE_SIDE_NOT_INVALIDATED}, // of another line
            {"IDsuDb", CODE_SIDE_NOT_INVALIDATED},
            {"suiDb", CODE_SIDE_INVALIDATED_EARLY},
            {"siuDDb", CODE_SIDE_INVALIDATED_EARLY},
            {"siDuDb", CODE_SIDE_INVALIDATED_EARLY},
            {"SiSuDb", CODE_SIDE_NOT_INVALIDATED}, // early for the first store, none for the second
            {"suDi", CODE_SIDE_IC_INCOMPLETE},
            {"suDib", CODE_SIDE_IC_INCOMPLETE},
            {"suDitb", CODE_SIDE_IC_INCOMPLETE},
            {"suDiD", CODE_SIDE_NOT_SYNCHRONISED},
            {"suDibD", CODE_SIDE_NOT_SYNCHRONISED},
        },
        false, false);
}

TEST(code_side, without_a_need_for_cleans)
{
    expect_rows(
        {
            {"StiDb", CODE_SIDE_OK}, // DSB ST suffices
            {"SDIDb", CODE_SIDE_OK},
            {"SuDiDb", CODE_SIDE_OK},
            {"sDiDb", CODE_SIDE_OK},
            {"sDIDb", CODE_SIDE_OK},
            {"S", CODE_SIDE_STORE_INCOMPLETE},
            {"SiDb", CODE_SIDE_INVALIDATED_EARLY},
            {"SDb", CODE_SIDE_NOT_INVALIDATED},
            {"sDb", CODE_SIDE_NOT_INVALIDATED},
            {"IDsDb", CODE_SIDE_NOT_INVALIDATED},
            {"SDib", CODE_SIDE_IC_INCOMPLETE},
            {"sDib", CODE_SIDE_IC_INCOMPLETE},
            {"SDiD", CODE_SIDE_NOT_SYNCHRONISED},
        },
        true, false);
}

TEST(code_side, without_a_need_for_invalidation)
{
    expect_rows(
        {
            {"suDb", CODE_SIDE_OK},
            {"SuDiDb", CODE_SIDE_OK},
            {"sDb", CODE_SIDE_NOT_CLEANED},
            {"sub", CODE_SIDE_CLEAN_INCOMPLETE},
            {"suD", CODE_SIDE_NOT_SYNCHRONISED},
            {"subD", CODE_SIDE_NOT_SYNCHRONISED},
        },
        false, true);
    expect_rows(
        {
            {"Stb", CODE_SIDE_OK},
            {"SDb", CODE_SIDE_OK},
            {"S", CODE_SIDE_STORE_INCOMPLETE},
            {"Sb", CODE_SIDE_STORE_INCOMPLETE},
            {"SD", CODE_SIDE_NOT_SYNCHRONISED},
            {"SbD", CODE_SIDE_NOT_SYNCHRONISED},
        },
        true, true);
}

TEST(code_side, code_that_is_stored_past_the_caches)
{
    expect_rows(
        {
            {"nDIDb", CODE_SIDE_OK},
            {"ntIDb", CODE_SIDE_OK},
            {"nuDiDb", CODE_SIDE_OK},
            {"dIDb", CODE_SIDE_OK}, // Device-nGnRnE: nothing is buffered
            {"ndIDb", CODE_SIDE_OK},
            {"nDb", CODE_SIDE_NOT_INVALIDATED},
            {"db", CODE_SIDE_NOT_INVALIDATED},
            {"n", CODE_SIDE_STORE_INCOMPLETE},
            {"nIDb", CODE_SIDE_INVALIDATED_EARLY},
            {"dIb", CODE_SIDE_IC_INCOMPLETE},
            {"dID", CODE_SIDE_NOT_SYNCHRONISED},
            {"SnDIDb", CODE_SIDE_NOT_CLEANED}, // the cached store before it is still to be cleaned
            {"SunDIDb", CODE_SIDE_OK},
        },
        false, false);
}

TEST(code_side, with_the_mmu_off_a_block_that_was_never_executed_needs_nothing)
{
    for (const uint64_t sctlr : {uint64_t{0}, SCTLR_I}) {
        world w;
        w.sctlr(sctlr);
        w.fetch(CODE);
        w.steps("d", ELSEWHERE); // U-Boot's relocation with caches off: copied, and jumped to
        EXPECT_EQ(w.fetch(ELSEWHERE), CODE_SIDE_OK);
    }
}

TEST(code_side, with_the_mmu_off_an_executed_block_and_the_next_one_may_have_been_fetched)
{
    const struct {
        uint64_t sctlr;
        const char *steps;
        int fault;
    } rows[] = {
        {SCTLR_I, "dIDb", CODE_SIDE_OK},
        {SCTLR_I, "dib", CODE_SIDE_IC_INCOMPLETE}, // ISB completes no IC
        {SCTLR_I, "db", CODE_SIDE_NOT_INVALIDATED},
        {SCTLR_I, "d", CODE_SIDE_NOT_INVALIDATED},
        {0, "db", CODE_SIDE_OK},
        {0, "d", CODE_SIDE_NOT_SYNCHRONISED},
        {0, "n", CODE_SIDE_STORE_INCOMPLETE},
        {0, "nb", CODE_SIDE_STORE_INCOMPLETE},
        {0, "nDb", CODE_SIDE_OK},
    };
    for (const auto &row : rows) {
        for (const uint64_t pa : {CODE + 0xF00, CODE + 0x1000, CODE + 0x1FC0}) {
            world w;
            w.sctlr(row.sctlr);
            w.fetch(CODE);
            w.steps(row.steps, pa);
            EXPECT_EQ(w.fetch(pa), row.fault) << row.steps;
        }
        world w;
        w.sctlr(row.sctlr);
        w.fetch(CODE);
        w.steps(row.steps, CODE + 0x2000);
        const bool incomplete = row.fault == CODE_SIDE_STORE_INCOMPLETE;
        EXPECT_EQ(w.fetch(CODE + 0x2000), incomplete ? row.fault : CODE_SIDE_OK) << row.steps;
    }
}

TEST(code_side, the_order_of_u_boot_is_wrong_where_it_is_wrong)
{
    world w;
    w.all_executable();
    w.steps("sfDIb", CODE); // flush_cache() and invalidate_icache_all(), which has no DSB
    EXPECT_EQ(w.fetch(CODE), CODE_SIDE_IC_INCOMPLETE);
    w.steps("SIbfD", ELSEWHERE); // relocate_code() with caches on
    EXPECT_EQ(w.fetch(ELSEWHERE), CODE_SIDE_INVALIDATED_EARLY);
    w.steps("sIbfD", ELSEWHERE + 64); // not told, so not known whether the IC came after the store
    EXPECT_EQ(w.fetch(ELSEWHERE + 64), CODE_SIDE_NOT_INVALIDATED);
}

TEST(code_side, enabling_the_instruction_cache_shows_no_copies_from_before)
{
    world w;
    w.sctlr(0);
    w.fetch(CODE);
    w.steps("db", CODE);
    EXPECT_EQ(w.fetch(CODE), CODE_SIDE_OK);
    w.sctlr(SCTLR_I);
    EXPECT_EQ(w.fetch(CODE), CODE_SIDE_OK);
    // But a copy from before it was off is still there.
    w.sctlr(0);
    w.steps("db", CODE);
    const struct code_side_fetched fetched = w.fetched(CODE);
    EXPECT_EQ(fetched.fault, CODE_SIDE_OK);
    EXPECT_FALSE(fetched.keep); // it has to be asked again when the cache is on
    w.sctlr(SCTLR_I);
    EXPECT_EQ(w.fetch(CODE), CODE_SIDE_NOT_INVALIDATED);
}

TEST(code_side, a_fetch_from_dram_says_nothing_of_the_instruction_cache)
{
    world w;
    w.sctlr(SCTLR_I);
    w.fetch(CODE);
    w.sctlr(0);
    w.steps("d", CODE);
    EXPECT_EQ(w.fetch(CODE), CODE_SIDE_NOT_SYNCHRONISED);
    w.sctlr(SCTLR_I);
    EXPECT_EQ(w.fetch(CODE), CODE_SIDE_NOT_INVALIDATED);
}

TEST(code_side, with_the_cache_off_nothing_is_fetched_ahead_from_it)
{
    world w;
    w.all_executable();
    w.fetch(CODE);
    w.steps("SuDb", CODE);
    w.sctlr(SCTLR_M | SCTLR_C);
    w.isb();
    EXPECT_EQ(w.fetch(CODE), CODE_SIDE_OK);
    w.sctlr(SCTLR_M | SCTLR_C | SCTLR_I);
    EXPECT_EQ(w.fetch(CODE), CODE_SIDE_NOT_INVALIDATED);
}

TEST(code_side, where_a_hypervisor_makes_all_memory_cacheable_everything_may_be_fetched)
{
    world w;
    w.regime.el = 1;
    w.regime.hcr_el2 = TRANSLATION_HCR_DC;
    w.sctlr(0);
    w.steps("SuDb", CODE);
    EXPECT_EQ(code_side_fetch(w.core, CODE, true).fault, CODE_SIDE_NOT_INVALIDATED);
}

TEST(code_side, a_cacheable_fetch_shows_that_the_cache_is_on)
{
    world w; // no register has been written yet
    EXPECT_EQ(code_side_fetch(w.core, CODE, true).fault, CODE_SIDE_OK);
    w.steps("db", CODE + 0x100);
    EXPECT_EQ(code_side_fetch(w.core, CODE + 0x100, true).fault, CODE_SIDE_NOT_INVALIDATED);
}

TEST(code_side, what_is_fetched_may_be_held_whatever_the_tables_say)
{
    constexpr uint64_t UNKNOWN_TABLES = 0x900000000;
    const struct {
        uint64_t sctlr;
        const char *before, *steps; // the fetch is between them
        int fault;
    } rows[] = {
        {SCTLR_M | SCTLR_C | SCTLR_I, "", "SuDb", CODE_SIDE_NOT_INVALIDATED},
        {SCTLR_M | SCTLR_C | SCTLR_I, "i", "DSuDb", CODE_SIDE_NOT_INVALIDATED}, // while the IC is pending
        {SCTLR_M | SCTLR_C, "", "d", CODE_SIDE_NOT_SYNCHRONISED},
    };
    for (const auto &row : rows) {
        world w;
        w.regime.ttbr0 = UNKNOWN_TABLES;
        w.sctlr(row.sctlr);
        w.steps(row.before, CODE);
        w.fetch(CODE);
        w.steps(row.steps, CODE);
        EXPECT_EQ(w.fetch(CODE), row.fault) << row.steps;
    }
}

TEST(code_side, the_newest_ic_counts)
{
    for (const std::string &ic : {std::string("i"), std::string("I")}) {
        world w;
        w.all_executable();
        w.steps(ic, ELSEWHERE);
        w.sctlr(SCTLR_I); // never executed from: nothing is copied there from now on
        w.steps(ic + "Ddb", ELSEWHERE);
        EXPECT_EQ(w.fetch(ELSEWHERE), CODE_SIDE_OK) << ic;
    }
}

TEST(code_side, pages_that_are_first_told_of_late)
{
    const struct {
        const char *mapped, *flat; // before and after the MMU goes off
        int fault;
    } rows[] = {
        {"I", "scDb", CODE_SIDE_NOT_INVALIDATED}, // copied again between the IC and the MMU's going off
        {"", "IscDb", CODE_SIDE_OK},              // what was copied before the IC goes with it
        {"", "ibdD", CODE_SIDE_OK},               // and what was fetched ahead goes with the ISB
        {"", "idD", CODE_SIDE_NOT_SYNCHRONISED},
    };
    for (const auto &row : rows) {
        world w;
        w.all_executable();
        w.steps(row.mapped, ELSEWHERE);
        w.sctlr(SCTLR_I);
        w.steps(row.flat, ELSEWHERE);
        EXPECT_EQ(w.fetch(ELSEWHERE), row.fault) << row.mapped << " " << row.flat;
    }
}

TEST(code_side, a_block_executed_with_the_mmu_off_is_nothing_special_with_it_on)
{
    world w;
    w.sctlr(SCTLR_I);
    w.fetch(CODE);
    w.put(TABLES + 8, RAM | BLOCK | AF | XN);
    w.sctlr(SCTLR_M | SCTLR_C | SCTLR_I);
    w.steps("iDbscD", CODE);
    w.table_write(TABLES + 8, RAM | BLOCK | AF);
    w.steps("Db", CODE);
    EXPECT_EQ(w.fetch(CODE), CODE_SIDE_OK);
}

TEST(code_side, memory_that_is_not_executable_meanwhile_needs_no_invalidation)
{
    constexpr uint64_t LEAF = TABLES + 0x2000 + 8 * ((CODE - RAM) >> 12);
    for (const bool executable : {false, true}) {
        world w;
        w.put(TABLES + 8, (TABLES + 0x1000) | TABLE);
        w.put(TABLES + 0x1000, (TABLES + 0x2000) | TABLE);
        w.put(LEAF, CODE | PAGE | AF | (executable ? 0 : XN));
        w.sctlr(SCTLR_M | SCTLR_C | SCTLR_I);
        w.isb();
        w.steps("scD", CODE);
        w.table_write(LEAF, 0);
        code_side_tlbi(w.core, ALLE2, 0);
        w.dsb();
        w.table_write(LEAF, CODE | PAGE | AF);
        w.dsb();
        w.isb();
        EXPECT_EQ(w.fetch(CODE), executable ? CODE_SIDE_NOT_INVALIDATED : CODE_SIDE_OK);
    }
}

TEST(code_side, a_removed_mapping_counts_until_it_has_been_invalidated)
{
    constexpr uint64_t LEAF = TABLES + 0x2000 + 8 * ((CODE - RAM) >> 12);
    const struct {
        const char *between; // T: TLBI; the rest as ever
        int fault;
    } rows[] = {{"TDIDb", CODE_SIDE_OK},              // then nothing can be copied any more
                {"IDb", CODE_SIDE_NOT_INVALIDATED},   // nobody said so
                {"TIDb", CODE_SIDE_NOT_INVALIDATED}}; // IC and TLBI in one DSB: the copy may come between
    for (const auto &row : rows) {
        world w;
        w.put(TABLES + 8, (TABLES + 0x1000) | TABLE);
        w.put(TABLES + 0x1000, (TABLES + 0x2000) | TABLE);
        w.put(LEAF, CODE | PAGE | AF);
        w.sctlr(SCTLR_M | SCTLR_C | SCTLR_I);
        w.table_write(LEAF, CODE | PAGE | AF | XN);
        for (const char *step = row.between; *step != 0; step++) {
            if (*step == 'T') {
                code_side_tlbi(w.core, ALLE2, 0);
            } else {
                w.steps(std::string(1, *step), CODE);
            }
        }
        w.steps("scD", CODE);
        w.table_write(LEAF, CODE | PAGE | AF);
        w.steps("Db", CODE);
        EXPECT_EQ(w.fetch(CODE), row.fault) << row.between;
    }
}

TEST(code_side, what_was_fetched_ahead_goes_when_the_mapping_has_gone)
{
    constexpr uint64_t LEAF = TABLES + 0x2000 + 8 * ((CODE - RAM) >> 12);
    world w(false, true);
    w.put(TABLES + 8, (TABLES + 0x1000) | TABLE);
    w.put(TABLES + 0x1000, (TABLES + 0x2000) | TABLE);
    w.put(LEAF, CODE | PAGE | AF);
    w.sctlr(SCTLR_M | SCTLR_C | SCTLR_I);
    w.fetch(CODE);
    w.isb();
    w.table_write(LEAF, 0);
    code_side_tlbi(w.core, ALLE2, 0);
    w.steps("DbscD", CODE);
    w.table_write(LEAF, CODE | PAGE | AF);
    EXPECT_EQ(w.fetch(CODE), CODE_SIDE_OK);
}

TEST(code_side, a_mapping_that_comes_while_an_ic_is_pending)
{
    constexpr uint64_t LEAF = TABLES + 0x2000 + 8 * ((CODE - RAM) >> 12);
    world w;
    w.put(TABLES + 8, (TABLES + 0x1000) | TABLE);
    w.put(TABLES + 0x1000, (TABLES + 0x2000) | TABLE);
    w.sctlr(SCTLR_M | SCTLR_C | SCTLR_I);
    code_side_ic_all(w.core);
    w.table_write(LEAF, CODE | PAGE | AF);
    w.dsb();
    w.table_write(LEAF, 0);
    code_side_tlbi(w.core, ALLE2, 0);
    w.steps("DbscD", CODE);
    w.table_write(LEAF, CODE | PAGE | AF);
    w.steps("Db", CODE);
    EXPECT_EQ(w.fetch(CODE), CODE_SIDE_NOT_INVALIDATED);
}

TEST(code_side, data_beside_code_in_a_line)
{
    world w;
    w.all_executable();
    EXPECT_TRUE(w.fetched(CODE).keep);
    w.store_told(CODE + 32);
    const struct code_side_fetched beside = w.fetched(CODE);
    EXPECT_EQ(beside.fault, CODE_SIDE_OK);
    EXPECT_FALSE(beside.keep);
    w.store(CODE + 36); // nobody keeps it, so nobody is told; but what the line was is known
    EXPECT_EQ(w.fetch(CODE + 4), CODE_SIDE_OK);
    EXPECT_EQ(w.fetch(CODE + 28), CODE_SIDE_OK);
    EXPECT_EQ(w.fetch(CODE + 40), CODE_SIDE_OK);
    EXPECT_EQ(w.fetch(CODE + 36), CODE_SIDE_NOT_CLEANED);
    EXPECT_FALSE(w.fetched(CODE + 36).assumed);
}

TEST(code_side, a_told_store_beside_an_untold_one_is_of_its_own_kind)
{
    world w;
    w.all_executable();
    w.fetch(CODE);
    w.store(CODE + 4);
    w.steps("nDIDb", CODE);
    EXPECT_EQ(w.fetch(CODE), CODE_SIDE_OK);
    EXPECT_EQ(w.fetch(CODE + 4), CODE_SIDE_NOT_CLEANED);
}

TEST(code_side, words_of_one_line_with_different_pasts)
{
    world w;
    w.all_executable();
    w.fetch(CODE);
    w.steps("SuD", CODE);
    w.store_told(CODE + 8);
    w.steps("iDb", CODE);
    EXPECT_EQ(w.fetch(CODE), CODE_SIDE_OK);
    EXPECT_EQ(w.fetch(CODE + 8), CODE_SIDE_NOT_CLEANED);
    w.store_told(CODE + 12);
    w.steps("u", CODE);
    w.store_told(CODE + 16);
    w.steps("DiDb", CODE);
    EXPECT_EQ(w.fetch(CODE + 12), CODE_SIDE_OK);
    EXPECT_EQ(w.fetch(CODE + 16), CODE_SIDE_NOT_CLEANED);
}

TEST(code_side, what_nobody_has_seen_is_assumed_to_have_changed_and_says_so)
{
    world w;
    w.all_executable();
    w.store(CODE + 32);
    const struct code_side_fetched fetched = w.fetched(CODE);
    EXPECT_EQ(fetched.fault, CODE_SIDE_NOT_CLEANED);
    EXPECT_TRUE(fetched.assumed);
    EXPECT_EQ(w.mark(CODE), CODE_SIDE_MARK_TOLD);
    // The rest of the page is known from now on.
    w.store(CODE + 0x100);
    EXPECT_EQ(w.fetch(CODE + 0x104), CODE_SIDE_OK);
    const struct code_side_fetched known = w.fetched(CODE + 0x100);
    EXPECT_EQ(known.fault, CODE_SIDE_NOT_CLEANED);
    EXPECT_FALSE(known.assumed);
}

TEST(code_side, one_store_makes_one_fault_of_a_line)
{
    world w;
    w.all_executable();
    w.fetch(CODE);
    code_side_store(w.core, CODE, 256, CODE_SIDE_CACHED);
    for (uint64_t pa = CODE; pa < CODE + 256; pa += 4) {
        EXPECT_EQ(w.fetch(pa), pa % 64 == 0 ? CODE_SIDE_NOT_CLEANED : CODE_SIDE_OK);
    }
    EXPECT_TRUE(w.fetched(CODE).keep);
    w.store_told(CODE);
    EXPECT_EQ(w.fetch(CODE), CODE_SIDE_NOT_CLEANED);
}

TEST(code_side, stores_of_every_size_and_place)
{
    for (uint64_t first = 0; first < 72; first++) {
        for (const uint64_t size : {1, 2, 4, 8, 16, 64}) {
            world w;
            w.all_executable();
            w.fetch(CODE);
            code_side_store(w.core, CODE + first, size, CODE_SIDE_CACHED);
            for (uint64_t pa = CODE; pa < CODE + 192; pa += 4) {
                const bool touched = pa + 4 > CODE + first && pa < CODE + first + size;
                // of each line the first word alone: the others are alike
                const bool told = touched && (pa % 64 == 0 || pa <= CODE + first);
                EXPECT_EQ(w.fetch(pa) != CODE_SIDE_OK, told) << first << " " << size << " " << pa - CODE;
            }
        }
        if (HasFailure()) {
            return;
        }
    }
}

TEST(code_side, a_certain_sweep_cleans_what_is_known_to_be_stored)
{
    expect_rows({{"SwDIDb", CODE_SIDE_OK},
                 {"SwDb", CODE_SIDE_NOT_INVALIDATED},
                 {"SwIDb", CODE_SIDE_INVALIDATED_EARLY},
                 {"Swb", CODE_SIDE_CLEAN_INCOMPLETE},
                 {"wSDIDb", CODE_SIDE_NOT_CLEANED},
                 {"swiDiDb", CODE_SIDE_OK},
                 {"swuDIDb", CODE_SIDE_OK},
                 {"swDIDb", CODE_SIDE_OK},
                 {"wsDIDb", CODE_SIDE_NOT_CLEANED},
                 {"swsDIDb", CODE_SIDE_NOT_CLEANED}},
                false, false);
    for (const bool known : {true, false}) {
        world w;
        w.all_executable();
        if (known) {
            w.fetch(CODE);
        }
        w.steps("swD", CODE);
        EXPECT_EQ(w.mark(CODE), CODE_SIDE_MARK_TOLD);
        EXPECT_EQ(w.fetch(CODE), known ? CODE_SIDE_NOT_INVALIDATED : CODE_SIDE_OK); // favourable
    }
}

TEST(code_side, cleaned_memory_that_nobody_wrote_costs_nothing)
{
    world w;
    w.all_executable();
    for (uint64_t pa = RAM; pa < RAM + SIZE; pa += 64) {
        w.maintain(ACCESS_DC_CIVAC, pa);
    }
    w.dsb();
    EXPECT_EQ(w.fetch(CODE), CODE_SIDE_OK);
    EXPECT_FALSE(code_side_overflowed(w.core));
}

TEST(code_side, stores_behind_marks_with_idc_are_as_old_as_is_favourable)
{
    world w(true, false);
    w.store(CODE); // before anything could be copied: DSB or not, nobody knows
    w.all_executable();
    w.isb();
    EXPECT_EQ(w.fetch(CODE), CODE_SIDE_OK);
    w.store(ELSEWHERE); // after that
    w.isb();
    EXPECT_EQ(w.fetch(ELSEWHERE), CODE_SIDE_NOT_INVALIDATED);
    w.store(ELSEWHERE + 0x1000);
    code_side_ic_all(w.core);
    EXPECT_EQ(w.mark(ELSEWHERE + 0x1000), CODE_SIDE_MARK_TOLD);
    w.steps("Db", CODE);
    EXPECT_EQ(w.fetch(ELSEWHERE + 0x1000), CODE_SIDE_OK);
}

TEST(code_side, stores_behind_marks_with_idc_before_a_block_could_be_fetched)
{
    for (const bool known : {true, false}) {
        world w(true, false);
        w.sctlr(SCTLR_I);
        if (known) {
            w.maintain(ACCESS_IC_IVAU, CODE + 0x1100);
        }
        w.store(CODE + 0x1000);
        w.fetch(CODE); // from now on the next block may be fetched ahead
        w.steps("Db", CODE);
        EXPECT_EQ(w.fetch(CODE + 0x1000), CODE_SIDE_OK);
    }
}

TEST(code_side, a_limit_ends_the_verdicts)
{
    world w;
    constexpr uint64_t tables = CODE_SIDE_INTERVALS_MAX * 2 / 512 + 1;
    w.put(TABLES + 8, (TABLES + 0x1000) | TABLE);
    for (uint64_t table = 0; table < tables; table++) {
        const uint64_t at = TABLES + 0x2000 + table * 0x1000;
        w.put(TABLES + 0x1000 + 8 * table, at | TABLE);
        for (uint64_t index = 0; index < 512; index += 2) {
            w.put(at + 8 * index, (RAM + (table * 512 + index) * 0x1000) | PAGE | AF);
        }
    }
    w.sctlr(SCTLR_M | SCTLR_C | SCTLR_I);
    EXPECT_TRUE(code_side_overflowed(w.core));
    w.steps("S", CODE);
    const struct code_side_fetched fetched = w.fetched(CODE);
    EXPECT_EQ(fetched.fault, CODE_SIDE_OK);
    EXPECT_TRUE(fetched.keep);
}

TEST(code_side, every_fault_has_a_sentence)
{
    for (int fault = 0; fault < CODE_SIDE_FAULT_COUNT; fault++) {
        EXPECT_NE(code_side_fault_text(static_cast<enum code_side_fault>(fault)), nullptr);
    }
}
