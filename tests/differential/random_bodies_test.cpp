// SPDX-License-Identifier: BSD-3-Clause
//
// The same random instructions under qemu-aarch64 and on our core. ctest runs a small, fixed set; by hand:
//
//     differential_random_bodies --count 100000 --seed 7
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <gtest/gtest.h>
#include <set>
#include <string>

#include "tests/differential/a64_generator.hpp"
#include "tests/differential/body_compare.hpp"
#include "tests/differential/body_qemu.hpp"
#include "tests/differential/disassembly.hpp"

namespace {

using namespace differential;

uint32_t body_count = 2000;
uint64_t first_seed = 1;

constexpr uint32_t FAILURES_SHOWN_MAX = 3;

std::vector<body> bodies_generate(uint64_t seed, uint32_t count, bool lse = false)
{
    body_generator generator(seed, lse);
    std::vector<body> bodies;
    for (uint32_t i = 0; i < count; i++) {
        bodies.push_back(generator.generate(PROLOGUE_WORDS, BODY_SLOT_WORDS - PROLOGUE_WORDS - BODY_WORDS));
    }
    return bodies;
}

// What generate() may produce, by the names of the Arm ARM; capstone prefers aliases where they exist.
const std::set<std::string> mnemonics_promised = {
    "adc",   "adcs",   "add",     "adds",    "adr",     "adrp",    "and",    "ands",   "asr",    "b",
    "b.eq",  "b.ge",   "b.gt",    "b.hi",    "b.hs",    "b.le",    "b.lo",   "b.ls",   "b.lt",   "b.mi",
    "b.ne",  "b.pl",   "b.vc",    "b.vs",    "b.al",    "bfi",     "bfxil",  "bic",    "bics",   "bl",
    "blr",   "br",     "cbnz",    "cbz",     "ccmn",    "ccmp",    "clrex",  "cls",    "clz",    "cmn",
    "cmp",   "crc32b", "crc32cb", "crc32ch", "crc32cw", "crc32cx", "crc32h", "crc32w", "crc32x", "csel",
    "csinc", "csinv",  "csneg",   "dc",      "dmb",     "dsb",     "eon",    "eor",    "extr",   "hint",
    "ic",    "isb",    "ldar",    "ldarb",   "ldarh",   "ldaxp",   "ldaxr",  "ldaxrb", "ldaxrh", "ldnp",
    "ldp",   "ldpsw",  "ldr",     "ldrb",    "ldrh",    "ldrsb",   "ldrsh",  "ldrsw",  "ldtr",   "ldtrb",
    "ldtrh", "ldtrsb", "ldtrsh",  "ldtrsw",  "ldur",    "ldurb",   "ldurh",  "ldursb", "ldursh", "ldursw",
    "ldxp",  "ldxr",   "ldxrb",   "ldxrh",   "lsl",     "lsr",     "madd",   "mov",    "movk",   "movn",
    "movz",  "mrs",    "msr",     "msub",    "mvn",     "neg",     "negs",   "ngc",    "ngcs",   "nop",
    "orn",   "orr",    "prfm",    "rbit",    "ret",     "rev",     "rev16",  "rev32",  "ror",    "sbc",
    "sbcs",  "sbfiz",  "sbfx",    "sdiv",    "smaddl",  "smsubl",  "smulh",  "smull",  "stlr",   "stlrb",
    "stlrh", "stlxp",  "stlxr",   "stlxrb",  "stlxrh",  "stnp",    "stp",    "str",    "strb",   "strh",
    "sttr",  "sttrb",  "sttrh",   "stur",    "sturb",   "sturh",   "stxp",   "stxr",   "stxrb",  "stxrh",
    "sub",   "subs",   "tbnz",    "tbz",     "tst",     "ubfiz",   "ubfx",   "udiv",   "umaddl", "umsubl",
    "umulh",
};

// With sizes and orders; those without a result are aliases of their own.
std::set<std::string> lse_mnemonics()
{
    std::set<std::string> names = {"casp", "caspa", "caspal", "caspl"};
    for (const char *order : {"", "a", "al", "l"}) {
        for (const char *size : {"", "b", "h"}) {
            for (const char *operation :
                 {"cas", "ldadd", "ldclr", "ldeor", "ldset", "ldsmax", "ldsmin", "ldumax", "ldumin", "swp"}) {
                names.insert(std::string(operation) + order + size);
            }
        }
    }
    for (const char *suffix : {"", "b", "h", "l", "lb", "lh"}) {
        for (const char *operation : {"add", "clr", "eor", "set", "smax", "smin", "umax", "umin"}) {
            names.insert(std::string("st") + operation + suffix);
        }
    }
    return names;
}

// Capstone 4 does not know FEAT_LSE. Arm ARM, C4: "Compare and swap", "Atomic memory operations".
std::string lse_mnemonic(uint32_t word)
{
    static const char *const orders[4] = {"", "l", "a", "al"};
    static const char *const sizes[4] = {"b", "h", "", ""};
    static const char *const operations[9] = {"add",  "clr",  "eor",  "set", "smax",
                                              "smin", "umax", "umin", "swp"};
    const char *size = sizes[word >> 30];
    if ((word & 0xbfa07c00) == 0x08207c00) {
        return std::string("casp") + orders[(word >> 22 & 1) << 1 | (word >> 15 & 1)];
    }
    if ((word & 0x3fa07c00) == 0x08a07c00) {
        return std::string("cas") + orders[(word >> 22 & 1) << 1 | (word >> 15 & 1)] + size;
    }
    const uint32_t operation = word >> 12 & 15;
    if ((word & 0x3f200c00) != 0x38200000 || operation > 8) {
        return "";
    }
    const uint32_t order = word >> 22 & 3;
    if (operation == 8) {
        return std::string("swp") + orders[order] + size;
    }
    const bool store = (word & 31) == 31 && order < 2;
    return std::string(store ? "st" : "ld") + operations[operation] + orders[order] + size;
}

std::string mnemonic_of(uint32_t word)
{
    const std::string atomic = lse_mnemonic(word);
    return atomic.empty() ? disassemble(word, BODY_CODE_BASE).mnemonic : atomic;
}

TEST(random_bodies, reach_every_instruction_that_the_generator_promises)
{
    std::set<std::string> missing = mnemonics_promised;
    missing.merge(lse_mnemonics());
    std::vector<body> bodies = bodies_generate(first_seed, 2000);
    for (const body &which : bodies_generate(first_seed, 2000, true)) {
        bodies.push_back(which);
    }
    for (const body &which : bodies) {
        for (uint32_t word : which.words) {
            const std::string mnemonic = mnemonic_of(word);
            ASSERT_FALSE(mnemonic.empty()) << std::hex << word << " is no instruction that capstone knows";
            missing.erase(mnemonic);
        }
    }
    for (const std::string &mnemonic : missing) {
        ADD_FAILURE() << mnemonic << " is never generated";
    }
}

TEST(random_bodies, are_the_same_for_the_same_seed_and_others_for_another)
{
    const std::vector<body> first = bodies_generate(first_seed, 10);
    const std::vector<body> again = bodies_generate(first_seed, 10);
    const std::vector<body> other = bodies_generate(first_seed + 1, 10);
    for (uint32_t i = 0; i < first.size(); i++) {
        EXPECT_EQ(first[i].words, again[i].words);
        EXPECT_EQ(first[i].x, again[i].x);
        EXPECT_NE(first[i].words, other[i].words);
    }
}

// The comparison itself must see a wrong register, wrong flags and a wrong byte.
TEST(random_bodies, a_difference_of_one_bit_is_seen)
{
    batch_result expected;
    std::string why_not;
    ASSERT_TRUE(batch_run_qemu(bodies_generate(first_seed, 1), &expected, &why_not)) << why_not;
    EXPECT_EQ(difference_text(expected, expected, 0), "");
    batch_result got = expected;
    got.states[0].x[30] ^= 1;
    EXPECT_NE(difference_text(expected, got, 0), "");
    got = expected;
    got.states[0].nzcv ^= 1U << 28;
    EXPECT_NE(difference_text(expected, got, 0), "");
    got = expected;
    got.data[0][BODY_DATA_SIZE - 1] ^= 1;
    EXPECT_NE(difference_text(expected, got, 0), "");
}

void failure_add(uint64_t seed, uint32_t number, const body &failing, const core_variant &variant)
{
    const body smallest = body_minimise(failing, variant);
    ADD_FAILURE() << variant.name << ", seed " << seed << ", body " << number << "\n"
                  << body_report(smallest, variant);
}

// Compares one batch; returns how many bodies differ. The first few are made small and printed.
uint32_t batch_compare(uint64_t seed, const std::vector<body> &bodies, const batch_result &expected,
                       const core_variant &variant, uint32_t failures_before)
{
    batch_result got;
    std::string why_not;
    if (!batch_run_core(bodies, variant, &got, &why_not)) {
        const uint32_t number = static_cast<uint32_t>(got.data.size());
        ADD_FAILURE() << variant.name << ", seed " << seed << ": " << why_not;
        failure_add(seed, number, bodies[number], variant);
        return 1;
    }
    uint32_t failures = 0;
    for (uint32_t i = 0; i < bodies.size(); i++) {
        if (difference_text(expected, got, i).empty()) {
            continue;
        }
        failures++;
        if (failures_before + failures <= FAILURES_SHOWN_MAX) {
            failure_add(seed, i, bodies[i], variant);
        }
    }
    return failures;
}

void bodies_compare(bool lse)
{
    std::vector<uint32_t> failures(core_variant_count);
    uint32_t done = 0;
    for (uint64_t seed = first_seed; done < body_count; seed++) {
        const uint32_t count = std::min<uint32_t>(body_count - done, BODIES_PER_BATCH_MAX);
        const std::vector<body> bodies = bodies_generate(seed, count, lse);
        batch_result expected;
        std::string why_not;
        ASSERT_TRUE(batch_run_qemu(bodies, &expected, &why_not)) << "seed " << seed << ": " << why_not;
        for (size_t i = 0; i < core_variant_count; i++) {
            failures[i] += batch_compare(seed, bodies, expected, core_variants[i], failures[i]);
        }
        done += count;
    }
    for (size_t i = 0; i < core_variant_count; i++) {
        EXPECT_EQ(failures[i], 0U) << core_variants[i].name << ": of " << done << " bodies";
    }
    printf("%u bodies of %u instructions, seeds from %llu, %zu ways of running\n", done, BODY_WORDS,
           static_cast<unsigned long long>(first_seed), core_variant_count);
}

TEST(random_bodies, our_core_computes_what_qemu_computes)
{
    bodies_compare(false);
}

TEST(random_bodies, with_atomics_our_core_computes_what_qemu_computes)
{
    bodies_compare(true);
}

} // namespace

int main(int argc, char **argv)
{
    testing::InitGoogleTest(&argc, argv);
    for (int i = 1; i < argc; i += 2) {
        const bool has_value = i + 1 < argc;
        if (has_value && strcmp(argv[i], "--count") == 0) {
            body_count = static_cast<uint32_t>(strtoul(argv[i + 1], nullptr, 0));
        } else if (has_value && strcmp(argv[i], "--seed") == 0) {
            first_seed = strtoull(argv[i + 1], nullptr, 0);
        } else {
            fprintf(stderr, "%s: only --count N and --seed S are known, besides the options of GoogleTest\n",
                    argv[0]);
            return 2;
        }
    }
    return RUN_ALL_TESTS();
}
