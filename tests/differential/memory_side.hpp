/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What stands behind the core's accesses to RAM. The seam of the tests and of the benchmark: the flat memory
 * here has no caches; a cache model plugs in by implementing the same interface.
 */
#ifndef TESTS_DIFFERENTIAL_MEMORY_SIDE_HPP
#define TESTS_DIFFERENTIAL_MEMORY_SIDE_HPP

#include <cstdint>
#include <vector>

#include "model/bus/access.h"
#include "model/bus/grant.h"
#include "model/cpu_nsel1/cpu.h"
#include "tests/differential/prng.hpp"

namespace differential {

class memory_side {
public:
    virtual ~memory_side() = default;

    /* Before the first instruction: the core whose grant table may be filled (cached mode). */
    virtual void attach(struct cpu *cpu) = 0;

    /* Serves every op of access.h on RAM, and barriers and operations without an address. Reads fill `data`.
     */
    virtual access_status serve(struct access *access, uint8_t *data) = 0;
};

/* How the flat memory answers requests for grants. */
enum class grant_policy {
    always,  /* every line, and never taken back: the fast path at its best */
    never,   /* each access is made one by one */
    erratic, /* at random granted, declined and taken back again, instructions too */
};

/* Memory without caches: every access sees every earlier one, so maintenance has nothing to do but DC ZVA. */
class flat_memory : public memory_side {
public:
    flat_memory(uint64_t base, std::vector<uint8_t> *ram, uint32_t line_size, grant_policy policy,
                uint64_t seed);

    void attach(struct cpu *cpu) override;
    access_status serve(struct access *access, uint8_t *data) override;

private:
    uint8_t *host(uint64_t pa, uint64_t size);
    bool allows();
    void grant(struct access *access);
    void disturb(uint64_t pa);

    uint64_t base;
    std::vector<uint8_t> *ram;
    uint32_t line_size;
    grant_policy policy;
    prng random;
    struct cpu *cpu = nullptr;
    struct grant_table *table = nullptr;
};

} // namespace differential

#endif
