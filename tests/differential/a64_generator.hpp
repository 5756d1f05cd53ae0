/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Deterministic random bodies of A64 base integer instructions, as the core promises them: no FP, LSE if
 * asked, nothing UNPREDICTABLE. Arm ARM, chapter C4 "A64 Instruction Set Encoding" and C6 for the
 * constraints.
 *
 * Every address is kept inside the data buffer of body_layout.h: x28 is the anchor and never written,
 * x24..x27 and SP are pointers whose possible offsets from the anchor are tracked; everything else is free.
 * Branches go forward, and only to the first instruction of a group, so that every instruction executes at
 * most once and no group is entered in its middle.
 *
 * Knows nothing of who executes the bodies.
 */
#ifndef TESTS_DIFFERENTIAL_A64_GENERATOR_HPP
#define TESTS_DIFFERENTIAL_A64_GENERATOR_HPP

#include <array>
#include <cstdint>
#include <vector>

#include "tests/differential/prng.hpp"

namespace differential {

constexpr uint32_t BODY_WORDS = 64;

struct body {
    std::array<uint32_t, BODY_WORDS> words;
    std::array<uint64_t, 31> x;
    uint64_t sp;
    uint64_t nzcv;
    uint64_t tpidr;
    uint64_t data_seed;
    bool lse; /* may hold atomics of FEAT_LSE */
};

class body_generator {
public:
    explicit body_generator(uint64_t seed, bool with_lse = false) : random(seed), lse(with_lse) {}

    /* `literals_before` and `literals_after`: words around the body that LDR (literal) may read. */
    body generate(uint32_t literals_before, uint32_t literals_after);

private:
    /* Offsets from the anchor that a pointer register may have. */
    struct pointer {
        int32_t low;
        int32_t high;
        bool valid;
    };
    struct pending_branch {
        uint32_t index;
        uint32_t groups_left;
    };
    struct form {
        uint32_t weight;
        void (body_generator::*emit)();
    };
    static const form forms[];

    /* a64_generator.cpp: groups, branches, registers */
    void registers_choose(body *out);
    uint64_t value_interesting();
    bool group_begin(uint32_t words);
    void put(uint32_t word);
    void branch_patch(uint32_t index, uint32_t target);
    void branches_advance();
    bool skippable() const { return !pending.empty(); }
    uint32_t source();
    uint32_t destination();
    uint32_t destination_not_31();
    uint32_t width() { return random.below(2); }
    uint32_t logical_immediate(uint32_t sf);

    /* a64_generator.cpp: data processing, branches, system */
    void add_sub_immediate();
    void add_sub_shifted();
    void add_sub_extended();
    void logical_immediate_form();
    void logical_shifted();
    void move_wide();
    void bitfield();
    void extract();
    void pc_relative();
    void add_sub_carry();
    void conditional_compare();
    void conditional_select();
    void multiply();
    void two_sources();
    void crc();
    void one_source();
    void flags_move();
    void thread_register_move();
    void stack_pointer_adjust();
    void stack_pointer_spoil();
    void branch_unconditional();
    void branch_conditional();
    void branch_compare();
    void branch_test();
    void branch_register();
    void hint_or_barrier();

    /* a64_generator_memory.cpp: loads and stores */
    void pointer_changed(uint32_t index, int32_t low, int32_t high);
    void pointer_spoiled(uint32_t index);
    void pointer_refresh();
    void pointer_put_aligned(uint32_t index, uint32_t alignment, uint32_t size);
    uint32_t pointer_choose(bool writes_back, pointer *where);
    bool offset_choose(const pointer &where, uint32_t size, int32_t low, int32_t high, int32_t scale,
                       int32_t *out);
    void writeback(uint32_t base, int32_t delta);
    bool writeback_offset_choose(const pointer &where, uint32_t base, int32_t limit, int32_t scale,
                                 int32_t *out);
    uint32_t load_store_opcode(uint32_t size);
    void load_store_unsigned();
    void load_store_unscaled();
    void load_store_unprivileged();
    void load_store_indexed();
    void load_store_register();
    void load_literal();
    void load_store_pair();
    void load_store_pair_indexed();
    void load_store_exclusive();
    void load_store_ordered();
    void atomic();
    void atomic_modify(uint32_t size, uint32_t base);
    void atomic_compare(uint32_t size, uint32_t base);
    void atomic_compare_pair(uint32_t size, uint32_t base);
    void prefetch();
    void cache_block();

    prng random;
    bool lse;
    std::vector<uint32_t> words;
    std::vector<pending_branch> pending;
    std::array<pointer, 5> pointers; /* x24..x27, SP */
    uint32_t literals_before_count = 0;
    uint32_t literals_after_count = 0;
};

} // namespace differential

#endif
