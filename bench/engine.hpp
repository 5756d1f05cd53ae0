/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The engines that are compared: QEMU as a process, our core in its memory modes, Unicorn where the build has
 * it. An engine runs one guest program with a number of iterations and says how long that took.
 */
#ifndef BENCH_ENGINE_HPP
#define BENCH_ENGINE_HPP

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

enum class engine_kind {
    qemu,          /* qemu-system-aarch64, TCG: the reference */
    qemu_icount,   /* the same with -icount shift=0: deterministic, as our core is */
    golden,        /* our core on windows, stores mark may_be_dirty */
    golden_plain,  /* without marks */
    prove,         /* the checker beside golden memory */
    cached,        /* the data-carrying caches with the golden comparison on */
    granted,       /* line grants from a memory without caches: the fast path at its best */
    unicorn,       /* Unicorn, every data access a callback into the caches of `cached` */
    unicorn_small, /* the same into small_cache */
};

struct engine {
    engine_kind kind;
    const char *name;
    const char *about;
};

extern const engine engines[];
extern const size_t engine_count;

/* False: left out of this build; must not be run. */
bool engine_built(engine_kind kind);

struct run_result {
    bool ok;               /* the program ended itself and its checksums were right */
    double seconds;        /* of CPU time */
    uint64_t instructions; /* our core only */
    std::string console;
};

run_result engine_run(engine_kind kind, const std::string &elf, uint32_t iterations);

} // namespace bench

#endif
