/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Unicorn as an engine: what a co-simulation gets that takes a ready-made CPU emulator and hangs a cache
 * model into its MMIO callbacks. Only a build with FFA_COSIM_BENCH_UNICORN has it, because the library is
 * GPL-2; nothing but ffa-cosim-bench may link it.
 *
 * The guest is the one of the other engines, from its first instruction and with its MMU on. What differs:
 * the code segment, constants included, is plain memory, because Unicorn fetches from nothing else. So only
 * data accesses and table walks reach the cache model, which is less work for Unicorn, never more.
 */
#ifndef BENCH_UNICORN_ENGINE_HPP
#define BENCH_UNICORN_ENGINE_HPP

#include <cstdint>
#include <string>

#include "bench/engine.hpp"
#include "tests/differential/elf_image.hpp"

namespace bench {

enum class unicorn_memory {
    product_caches, /* cached_memory: the product's caches with the golden comparison */
    small_cache,    /* small_cache: one level and nothing else */
};

/* False: this build has no Unicorn, and unicorn_run() must not be called. */
bool unicorn_built();

/* Runs the image to its PSCI SYSTEM_OFF. CPU seconds are those of the emulation loop. */
run_result unicorn_run(const differential::elf_image &image, uint64_t parameter, uint64_t ram_size,
                       unicorn_memory memory);

} // namespace bench

#endif
