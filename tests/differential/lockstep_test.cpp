// SPDX-License-Identifier: BSD-3-Clause
//
// Bare-metal programs in qemu-system-aarch64 and on our core: the same state before every instruction, and
// the same console output.
#include <cstdlib>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/differential/lockstep.hpp"
#include "tests/differential/process.hpp"
#include "tests/differential/qemu_machine.hpp"

namespace {

using namespace differential;

constexpr double SECONDS_MAX = 120;
// Less than QEMU's: the programs stay below, and address what lies above neither.
constexpr uint64_t RAM_NEEDED = 16 << 20;
constexpr uint64_t INSTRUCTIONS_MAX = 50000000;

struct program {
    const char *name;
    uint8_t entry_el;
};

// The programs of EL1 are entered at EL2, which they leave by ERET, and at EL1.
const program programs[] = {
    {"exceptions_el1", 2},    {"exceptions_el1", 1},  {"exceptions_el2", 2},    {"translation_el1", 2},
    {"translation_el1", 1},   {"translation_el2", 2}, {"memory_access_el1", 2}, {"memory_access_el1", 1},
    {"memory_access_el2", 2}, {"traps_el2", 2},
};

void PrintTo(const program &which, std::ostream *out)
{
    *out << which.name << " entered at EL" << static_cast<int>(which.entry_el);
}

struct variant {
    const char *name;
    cpu_memory_mode mode;
    grant_policy policy;
};

const variant variants[] = {
    {"golden", CPU_MEMORY_GOLDEN, grant_policy::always},
    {"cached, always granted", CPU_MEMORY_CACHED, grant_policy::always},
    {"cached, erratic grants", CPU_MEMORY_CACHED, grant_policy::erratic},
};

machine_options machine_options_make(const variant &chosen, const program &which)
{
    machine_options options;
    options.mode = chosen.mode;
    options.policy = chosen.policy;
    options.entry_el = which.entry_el;
    options.ram_size = RAM_NEEDED;
    return options;
}

std::string elf_path(const program &which)
{
    return std::string(FFA_COSIM_GUEST_DIR) + "/" + which.name + ".elf";
}

// A file of its own that goes when the test ends.
class temporary_file {
public:
    temporary_file() : path("/tmp/ffa-cosim-trace-XXXXXX") { close(mkstemp(&path[0])); }
    ~temporary_file() { unlink(path.c_str()); }
    temporary_file(const temporary_file &) = delete;
    temporary_file &operator=(const temporary_file &) = delete;

    std::string path;
};

class bare_metal : public testing::TestWithParam<program> {};

TEST_P(bare_metal, has_the_same_state_before_every_instruction)
{
    const program &which = GetParam();
    const temporary_file trace;
    qemu_options qemu;
    qemu.program = FFA_COSIM_QEMU_SYSTEM;
    qemu.elf = elf_path(which);
    qemu.entry_el = which.entry_el;
    qemu.parameter = GUEST_PARAMETER_QUIET;
    qemu.trace_path = trace.path;
    const process_result run = process_run(qemu_command(qemu), "", SECONDS_MAX);
    ASSERT_TRUE(run.exited && run.status == 0) << "QEMU: status " << run.status;
    const std::vector<cpu_snapshot> expected = qemu_trace_read(trace.path);
    const elf_image image = elf_image_read(qemu.elf);
    for (const variant &chosen : variants) {
        const lockstep_result result =
            lockstep_run(image, machine_options_make(chosen, which), GUEST_PARAMETER_QUIET, expected);
        EXPECT_EQ(result.failure, "") << chosen.name;
        EXPECT_GT(result.compared, 1000U) << chosen.name;
        // Without EL2 QEMU has no SMC: it takes the exception and goes off by HVC.
        EXPECT_LE(result.left, which.entry_el == 2 ? 0U : 200U) << chosen.name;
        printf(
            "%s: %llu states equal, %llu of them behind a fault; %llu before an aborted fetch, %llu left\n",
            chosen.name, static_cast<unsigned long long>(result.compared),
            static_cast<unsigned long long>(result.through_vectors),
            static_cast<unsigned long long>(result.unfetched), static_cast<unsigned long long>(result.left));
    }
}

TEST_P(bare_metal, prints_the_same)
{
    const program &which = GetParam();
    qemu_options qemu;
    qemu.program = FFA_COSIM_QEMU_SYSTEM;
    qemu.elf = elf_path(which);
    qemu.entry_el = which.entry_el;
    const process_result run = process_run(qemu_command(qemu), "", SECONDS_MAX);
    ASSERT_TRUE(run.exited && run.status == 0) << "QEMU: status " << run.status;
    ASSERT_FALSE(run.output.empty());
    const elf_image image = elf_image_read(qemu.elf);
    for (const variant &chosen : variants) {
        bare_machine machine(machine_options_make(chosen, which));
        machine.load(image);
        machine.start(image.entry);
        EXPECT_EQ(machine.run(INSTRUCTIONS_MAX), machine_end::power_off) << chosen.name;
        EXPECT_EQ(machine.console(), run.output) << chosen.name;
    }
}

std::string parameter_name(const testing::TestParamInfo<program> &info)
{
    return std::string(info.param.name) + "_entered_at_el" + std::to_string(info.param.entry_el);
}

INSTANTIATE_TEST_SUITE_P(programs, bare_metal, testing::ValuesIn(programs), parameter_name);

} // namespace
