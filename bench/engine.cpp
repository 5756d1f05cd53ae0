// SPDX-License-Identifier: BSD-3-Clause
//
// QEMU is timed from fork to exit; the caller takes off the same run with 0 iterations. Our core is timed
// around its run loop, and so is Unicorn.
#include "bench/engine.hpp"

#include <cstring>

#include "bench/cached_memory.hpp"
#include "bench/cpu_seconds.hpp"
#include "bench/proved_memory.hpp"
#include "bench/unicorn_engine.hpp"
#include "tests/differential/bare_machine.hpp"
#include "tests/differential/process.hpp"
#include "tests/differential/qemu_machine.hpp"

namespace bench {

namespace {

using namespace differential;

constexpr uint64_t RAM_NEEDED = 16 << 20;
constexpr double SECONDS_MAX = 300;
constexpr uint64_t INSTRUCTIONS_MAX = 1ULL << 40;
constexpr uint64_t PARAMETER_TAG = 0x42454e43; // guest/bench.h

uint64_t parameter_make(uint32_t iterations)
{
    return PARAMETER_TAG << 32 | iterations;
}

run_result qemu_run(const std::string &elf, uint32_t iterations, const std::vector<std::string> &more)
{
    qemu_options options;
    options.elf = elf;
    options.parameter = parameter_make(iterations);
    options.more = more;
    const process_result run = process_run(qemu_command(options), "", SECONDS_MAX);
    const bool ok = run.exited && run.status == 0 && run.output.find(" ok ") != std::string::npos;
    return {ok, run.cpu_seconds, 0, run.output};
}

run_result core_run(const std::string &elf, uint32_t iterations, const machine_options &options,
                    engine_kind kind)
{
    const elf_image image = elf_image_read(elf);
    const uint64_t parameter = parameter_make(iterations);
    bare_machine machine(options);
    cached_memory cached(RAM_BASE, machine.ram());
    proved_memory proved(RAM_BASE, machine.ram());
    if (kind == engine_kind::cached) {
        machine.memory_side_use(&cached);
    } else if (kind == engine_kind::prove) {
        machine.memory_side_use(&proved);
    }
    machine.load(image);
    memcpy(machine.ram_at(differential::GUEST_PARAMETER_ADDRESS), &parameter, sizeof(parameter));
    machine.start(image.entry);
    const double start = cpu_seconds_now();
    const machine_end end = machine.run(INSTRUCTIONS_MAX);
    const double seconds = cpu_seconds_now() - start;
    const bool ok = end == machine_end::power_off && cached.finding_count() == 0 &&
                    proved.error_count() == 0 && machine.console().find(" ok ") != std::string::npos;
    return {ok, seconds, cpu_retired(machine.cpu()), machine.console()};
}

} // namespace

const engine engines[] = {
    {engine_kind::qemu, "qemu", "qemu-system-aarch64, TCG, one thread"},
    {engine_kind::qemu_icount, "icount", "the same with -icount shift=0"},
    {engine_kind::golden, "golden", "our core, golden memory, stores mark lines that may be dirty"},
    {engine_kind::golden_plain, "plain", "our core, golden memory, no marks"},
    {engine_kind::prove, "prove", "our core, golden memory with the checker beside it"},
    {engine_kind::cached, "cached", "our core, L1D 32 KiB, L1I 32 KiB, L2 1 MiB, golden comparison on"},
    {engine_kind::granted, "granted", "our core, line grants that are always given and never taken back"},
    {engine_kind::unicorn, "unicorn", "Unicorn, data in MMIO callbacks into the caches of `cached`"},
    {engine_kind::unicorn_small, "uni-small", "the same into an L1D of 32 KiB alone, nothing compared"},
};
const size_t engine_count = sizeof(engines) / sizeof(engines[0]);

bool engine_built(engine_kind kind)
{
    const bool is_unicorn = kind == engine_kind::unicorn || kind == engine_kind::unicorn_small;
    return !is_unicorn || unicorn_built();
}

run_result engine_run(engine_kind kind, const std::string &elf, uint32_t iterations)
{
    machine_options options;
    options.ram_size = RAM_NEEDED;
    switch (kind) {
    case engine_kind::qemu:
        return qemu_run(elf, iterations, {});
    case engine_kind::qemu_icount:
        return qemu_run(elf, iterations, {"-icount", "shift=0,sleep=off"});
    case engine_kind::golden:
        break;
    case engine_kind::golden_plain:
        options.marks = false;
        break;
    case engine_kind::prove:
        options.observed = true;
        break;
    case engine_kind::cached:
    case engine_kind::granted:
        options.mode = CPU_MEMORY_CACHED;
        break;
    case engine_kind::unicorn:
        return unicorn_run(elf_image_read(elf), parameter_make(iterations), RAM_NEEDED,
                           unicorn_memory::product_caches);
    case engine_kind::unicorn_small:
        return unicorn_run(elf_image_read(elf), parameter_make(iterations), RAM_NEEDED,
                           unicorn_memory::small_cache);
    }
    return core_run(elf, iterations, options, kind);
}

} // namespace bench
