// SPDX-License-Identifier: BSD-3-Clause
//
// Every kind of access against every kind of mapping, and every exception class, at EL0, EL1 and EL2, in
// qemu-system-aarch64 and on our core: the same ESR, FAR, ELR, SPSR, PAR_EL1 and registers. Where QEMU is not
// the architecture, syndromes.cpp computes what is, and why; each such reason must be needed.
#include <cstdio>
#include <gtest/gtest.h>
#include <set>

#include "tests/differential/bare_machine.hpp"
#include "tests/differential/process.hpp"
#include "tests/differential/qemu_machine.hpp"
#include "tests/differential/syndromes.hpp"

namespace {

using namespace differential;

constexpr double SECONDS_MAX = 120;
constexpr uint64_t RAM_NEEDED = 16 << 20;
constexpr uint64_t INSTRUCTIONS_MAX = 100000000;
constexpr uint32_t FAILURES_SHOWN_MAX = 20;

struct program {
    const char *name;
    uint8_t entry_el;
    uint32_t lines_min;
    const char *cpu; // QEMU's
    bool lse;
};

constexpr const char *A53 = "cortex-a53,pmu=off";
constexpr const char *A76 = "cortex-a76,pmu=off";

const program programs[] = {
    {"syndromes_memory_el1", 2, 5000, A53, false}, {"syndromes_memory_el1", 1, 5000, A53, false},
    {"syndromes_memory_el2", 2, 3500, A53, false}, {"syndromes_atomic_el1", 2, 2000, A76, true},
    {"syndromes_atomic_el2", 2, 1000, A76, true},  {"syndromes_system_el1", 2, 300, A53, false},
    {"syndromes_system_el1", 1, 300, A53, false},  {"syndromes_system_el2", 2, 120, A53, false},
};

std::string elf_path(const program &which)
{
    return std::string(FFA_COSIM_GUEST_DIR) + "/" + which.name + ".elf";
}

std::string run_qemu(const program &which)
{
    qemu_options qemu;
    qemu.program = FFA_COSIM_QEMU_SYSTEM;
    qemu.cpu = which.cpu;
    qemu.entry_el = which.entry_el;
    qemu.elf = elf_path(which);
    const process_result run = process_run(qemu_command(qemu), "", SECONDS_MAX);
    EXPECT_TRUE(run.exited && run.status == 0) << "QEMU: status " << run.status;
    return run.output;
}

std::string run_core(const program &which, cpu_memory_mode mode, grant_policy policy)
{
    machine_options options;
    options.mode = mode;
    options.policy = policy;
    options.entry_el = which.entry_el;
    options.lse = which.lse;
    options.ram_size = RAM_NEEDED;
    bare_machine machine(options);
    const elf_image image = elf_image_read(elf_path(which));
    machine.load(image);
    machine.start(image.entry);
    EXPECT_EQ(machine.run(INSTRUCTIONS_MAX), machine_end::power_off) << cpu_stop_told(machine.cpu())->name;
    return machine.console();
}

// Returns the reasons that were needed.
std::set<std::string> compare(const program &which, const syndromes &expected, const syndromes &got)
{
    std::set<std::string> needed;
    uint32_t failures = 0;
    EXPECT_GE(expected.size(), which.lines_min);
    EXPECT_EQ(expected.size(), got.size());
    for (const auto &[name, answer] : expected) {
        const auto ours = got.find(name);
        syndrome architecture = answer;
        const char *reason = syndrome_correct(name, expected, &architecture);
        if (reason != nullptr) {
            needed.insert(reason);
        }
        if (ours != got.end() && ours->second == architecture) {
            continue;
        }
        failures++;
        if (failures <= FAILURES_SHOWN_MAX) {
            ADD_FAILURE() << which.name << ": " << name.text() << "\n  QEMU " << syndrome_text(answer)
                          << "\n  meant " << syndrome_text(architecture) << "\n  ours "
                          << (ours == got.end() ? "nothing" : syndrome_text(ours->second));
        }
    }
    EXPECT_EQ(failures, 0U);
    return needed;
}

} // namespace

TEST(syndromes, are_those_of_qemu_where_it_is_the_architecture)
{
    std::set<std::string> needed;
    for (const program &which : programs) {
        const syndromes expected = syndromes_read(run_qemu(which));
        const std::string golden = run_core(which, CPU_MEMORY_GOLDEN, grant_policy::always);
        needed.merge(compare(which, expected, syndromes_read(golden)));
        EXPECT_EQ(run_core(which, CPU_MEMORY_CACHED, grant_policy::erratic), golden) << which.name;
        printf("%s entered at EL%u: %zu accesses and instructions\n", which.name, which.entry_el,
               expected.size());
    }
    for (uint32_t i = 0; i < syndrome_reasons_count; i++) {
        EXPECT_EQ(needed.count(syndrome_reasons[i]), 1U) << "not needed: " << syndrome_reasons[i];
    }
}
