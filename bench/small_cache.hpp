/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A data cache as small as one can be and still carry data: one level of 32 KiB, 4 ways, 64-byte lines,
 * write-back, write-allocate, round-robin. No coherence, no maintenance, no observation. It gives Unicorn the
 * cheapest cache model that somebody would hang into its callbacks, so that the comparison does not charge
 * Unicorn for what the product's caches do beyond that.
 */
#ifndef BENCH_SMALL_CACHE_HPP
#define BENCH_SMALL_CACHE_HPP

#include <cstdint>
#include <vector>

#include "tests/differential/memory_side.hpp"

namespace bench {

class small_cache : public differential::memory_side {
public:
    small_cache(uint64_t base, std::vector<uint8_t> *ram);

    /* Gives no grants: nothing to do. */
    void attach(struct cpu *cpu) override;

    /* Reads and writes within one line; everything else is an external abort. */
    access_status serve(struct access *access, uint8_t *data) override;

private:
    static constexpr uint64_t LINE = 64;
    static constexpr uint64_t WAYS = 4;
    static constexpr uint64_t SETS = 32 * 1024 / LINE / WAYS;
    static constexpr uint64_t TAG_NONE = UINT64_MAX;

    struct line {
        uint64_t pa = TAG_NONE;
        bool dirty = false;
        uint8_t bytes[LINE] = {};
    };

    line *lookup(uint64_t pa);
    line *fill(uint64_t pa);

    uint64_t base_;
    std::vector<uint8_t> *ram_;
    std::vector<line> lines_; /* way after way of a set */
    std::vector<uint8_t> next_;
};

} // namespace bench

#endif
