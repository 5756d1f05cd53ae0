// SPDX-License-Identifier: BSD-3-Clause
//
// The system registers at EL1 and EL2 in qemu-system-aarch64 (a Cortex-A53) and on our core: which ones can
// be read, what they hold after a reset, and which bits of theirs can be written.
// registers_differences.hpp has what differs, and why.
#include <cstdio>
#include <cstring>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <sstream>

#include "model/cpu_nsel1/sysreg.h"
#include "tests/differential/bare_machine.hpp"
#include "tests/differential/process.hpp"
#include "tests/differential/qemu_machine.hpp"
#include "tests/differential/registers_differences.hpp"

namespace {

using namespace differential;

constexpr double SECONDS_MAX = 120;
constexpr uint64_t RAM_NEEDED = 16 << 20;
constexpr uint64_t INSTRUCTIONS_MAX = 100000000;

// What one machine says of one register, by what was done: reset, read, ones, zeros, bits0...
using deeds = std::map<std::string, std::string>;
using registers = std::map<std::string, deeds>;

struct setup {
    const char *name;
    uint32_t where;
    const char *elf;
    uint8_t entry_el;
};

const setup setups[] = {
    {"at_el2", AT_EL2, "registers_el2", 2},
    {"at_el1_below_el2", BELOW_EL2, "registers_el1", 2},
    {"at_el1_alone", ALONE, "registers_el1", 1},
};

void PrintTo(const setup &which, std::ostream *out)
{
    *out << which.name;
}

// 3_0_1_0_0 is SCTLR_EL1; what our table does not have keeps its numbers.
std::string register_name(const std::string &numbers)
{
    uint32_t op0 = 0, op1 = 0, crn = 0, crm = 0, op2 = 0;
    if (sscanf(numbers.c_str(), "%u_%u_%u_%u_%u", &op0, &op1, &crn, &crm, &op2) != 5) {
        return numbers;
    }
    const uint32_t id = sysreg_find(SYSREG_ENCODING(op0, op1, crn, crm, op2));
    return id == SYSREG_COUNT ? numbers : sysreg_describe(id)->name;
}

registers registers_read(const std::string &text)
{
    registers out;
    std::istringstream lines(text);
    std::string numbers;
    std::string deed;
    std::string value;
    while (lines >> numbers >> deed && std::getline(lines, value)) {
        out[register_name(numbers)][deed] = value.substr(1);
    }
    return out;
}

std::string run_qemu(const setup &which)
{
    qemu_options qemu;
    qemu.program = FFA_COSIM_QEMU_SYSTEM;
    qemu.cpu = "cortex-a53,pmu=off";
    qemu.entry_el = which.entry_el;
    qemu.elf = std::string(FFA_COSIM_GUEST_DIR) + "/" + which.elf + ".elf";
    const process_result run = process_run(qemu_command(qemu), "", SECONDS_MAX);
    EXPECT_TRUE(run.exited && run.status == 0) << "QEMU: status " << run.status;
    return run.output;
}

std::string run_core(const setup &which)
{
    machine_options options;
    options.entry_el = which.entry_el;
    options.ram_size = RAM_NEEDED;
    bare_machine machine(options);
    const elf_image image = elf_image_read(std::string(FFA_COSIM_GUEST_DIR) + "/" + which.elf + ".elf");
    machine.load(image);
    machine.start(image.entry);
    EXPECT_EQ(machine.run(INSTRUCTIONS_MAX), machine_end::power_off) << cpu_stop_told(machine.cpu())->name;
    return machine.console();
}

// Holds what was seen against the table.
class review {
public:
    explicit review(uint32_t current) : where(current) {}

    void compare(const registers &expected, const registers &got)
    {
        for (const auto &[name, theirs] : expected) {
            const auto ours = got.find(name);
            if (ours == got.end()) {
                seen(difference::only_qemu, name, 1, "");
            } else if (!row_of(difference::time, name)) {
                deeds_compare(name, theirs, ours->second);
            } else {
                seen(difference::time, name, 1, "");
            }
        }
        for (const auto &[name, ours] : got) {
            if (expected.count(name) == 0) {
                seen(difference::only_ours, name, 1, ours.begin()->second);
            }
        }
    }

    // Rows of the table that nothing came under, or less than they say.
    void finish() const
    {
        for (const difference_row &row : differences) {
            const bool counts = row.kind != difference::read_bits && row.kind != difference::write_bits;
            const auto times = used.find(&row);
            const uint64_t met = times == used.end() ? 0 : times->second;
            if ((row.where & where) != 0) {
                EXPECT_TRUE(counts ? met == row.amount : met > 0)
                    << row.name << " (" << row.why << ") was met " << met << " times";
            }
        }
    }

private:
    const difference_row *row_of(difference kind, const std::string &name) const
    {
        for (const difference_row &row : differences) {
            if (row.kind == kind && (row.where & where) != 0 &&
                name.compare(0, strlen(row.name), row.name) == 0) {
                return &row;
            }
        }
        return nullptr;
    }

    void seen(difference kind, const std::string &name, uint64_t amount, const std::string &text)
    {
        static const char *const kinds[] = {"only in QEMU",       "only ours", "other when read",
                                            "other when written", "zero",      "time",
                                            "not to be written"};
        const bool exact = kind == difference::read_bits || kind == difference::write_bits;
        const difference_row *row = row_of(kind, name);
        if (row == nullptr || (exact && row->amount != amount)) {
            ADD_FAILURE() << name << ": " << kinds[static_cast<int>(kind)] << ", bits or count 0x" << std::hex
                          << amount << " " << text;
            return;
        }
        used[row]++;
    }

    void deeds_compare(const std::string &name, const deeds &theirs, const deeds &ours)
    {
        uint64_t written = 0;
        for (const auto &[deed, value] : theirs) {
            const auto mine = ours.find(deed);
            const bool reads = deed == "read" || deed == "reset";
            const std::string told = mine == ours.end() ? "nothing" : mine->second;
            if (told == value) {
                continue;
            }
            const bool traps =
                value.find("esr") != std::string::npos || told.find("esr") != std::string::npos;
            if (traps || mine == ours.end()) {
                EXPECT_EQ(told, "esr 2000000") << name << " " << deed;
                seen(difference::write_trap, name, 1, value + ", ours " + told);
                continue;
            }
            const uint64_t bits = std::stoull(value, nullptr, 16) ^ std::stoull(told, nullptr, 16);
            if (!reads) {
                written |= bits;
            } else if (told == "0" && row_of(difference::zero_ours, name) != nullptr) {
                seen(difference::zero_ours, name, 1, "");
            } else {
                seen(difference::read_bits, name, bits, value + ", ours " + told);
            }
        }
        if (written != 0) {
            seen(difference::write_bits, name, written, "");
        }
    }

    uint32_t where;
    std::map<const difference_row *, uint64_t> used;
};

// Nothing of the table may escape the comparison.
void coverage_check(const registers &got, uint32_t where)
{
    for (uint32_t id = 0; id < SYSREG_COUNT; id++) {
        const struct sysreg_info *info = sysreg_describe(id);
        const bool of_el2 = SYSREG_OP1(info->encoding) == 4;
        const auto found = got.find(info->name);
        if (of_el2 && (where & AT_EL2) == 0) {
            EXPECT_EQ(found, got.end()) << info->name;
            continue;
        }
        ASSERT_NE(found, got.end()) << info->name;
        EXPECT_EQ(found->second.count("read"), info->access == SYSREG_WO ? 0U : 1U) << info->name;
        EXPECT_EQ(found->second.count("ones"), 1U) << info->name;
        EXPECT_EQ(found->second.count("bits2"), info->access == SYSREG_RW ? 1U : 0U) << info->name;
    }
}

class registers_of_a_pe : public testing::TestWithParam<setup> {};

TEST_P(registers_of_a_pe, differ_from_those_of_qemu_as_the_table_says)
{
    const setup &which = GetParam();
    const registers expected = registers_read(run_qemu(which));
    const registers got = registers_read(run_core(which));
    coverage_check(got, which.where);
    review reviewed(which.where);
    reviewed.compare(expected, got);
    reviewed.finish();
    printf("%zu registers, QEMU %zu\n", got.size(), expected.size());
}

std::string setup_name(const testing::TestParamInfo<setup> &info)
{
    return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(setups, registers_of_a_pe, testing::ValuesIn(setups), setup_name);

} // namespace
