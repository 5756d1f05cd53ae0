// SPDX-License-Identifier: BSD-3-Clause
//
// The product's data-carrying caches behind the bench machine, golden comparison on, without SystemC: what a
// cached run costs on the geometry of the Corstone-1000 platforms.
#ifndef BENCH_CACHED_MEMORY_HPP
#define BENCH_CACHED_MEMORY_HPP

#include <memory>
#include <vector>

#include "model/cache/cache.h"
#include "tests/differential/memory_side.hpp"

namespace bench {

class cached_memory : public differential::memory_side {
public:
    cached_memory(uint64_t base, std::vector<uint8_t> *ram);
    ~cached_memory() override;

    void attach(struct cpu *cpu) override;
    access_status serve(struct access *access, uint8_t *data) override;

    // Findings of the golden comparison: a right program has none.
    uint32_t finding_count() const;

private:
    std::unique_ptr<struct event_log> log_;
    struct cache *cache_;
    struct cpu *cpu_ = nullptr;
};

} // namespace bench

#endif
