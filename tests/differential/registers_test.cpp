// SPDX-License-Identifier: BSD-3-Clause
//
// Which system registers can be read at EL1 and EL2, and what they hold early in a program, in
// qemu-system-aarch64 (a Cortex-A53) and on our core: the table of registers is complete but for the features
// that the ID registers deny.
#include <cstdio>
#include <cstring>
#include <gtest/gtest.h>
#include <map>
#include <sstream>

#include "tests/differential/bare_machine.hpp"
#include "tests/differential/process.hpp"
#include "tests/differential/qemu_machine.hpp"

namespace {

using namespace differential;

constexpr double SECONDS_MAX = 120;
constexpr uint64_t RAM_NEEDED = 16 << 20;
constexpr uint64_t INSTRUCTIONS_MAX = 100000000;

using values = std::map<std::string, std::string>;

values values_read(const std::string &text)
{
    values out;
    std::istringstream lines(text);
    std::string name;
    std::string value;
    while (lines >> name && std::getline(lines, value)) {
        out[name] = value;
    }
    return out;
}

// Beginnings of names, and why.
struct exception_row {
    const char *begins;
    const char *why;
};

bool is_listed(const exception_row *rows, size_t count, const std::string &name)
{
    for (size_t i = 0; i < count; i++) {
        if (name.compare(0, strlen(rows[i].begins), rows[i].begins) == 0) {
            return true;
        }
    }
    return false;
}

const exception_row only_in_qemu[] = {
    {"s2_0_c0_c2_", "ID_AA64DFR0_EL1: two breakpoints and two watchpoints"},
    {"s2_0_c0_c3_", "likewise"},
    {"s2_0_c0_c4_", "likewise"},
    {"s2_0_c0_c5_", "likewise"},
    {"s2_4_c0_c7_0", "DBGVCR32_EL2: no AArch32"},
    {"s3_0_c9_c14_", "FEAT_PMUv3"},
    {"s3_3_c9_c1", "FEAT_PMUv3"},
    {"s3_3_c14_c8_", "FEAT_PMUv3"},
    {"s3_3_c14_c12_", "FEAT_PMUv3"},
    {"s3_3_c14_c15_7", "FEAT_PMUv3"},
    {"s3_1_c11_", "IMPLEMENTATION DEFINED: of the Cortex-A53"},
    {"s3_1_c15_", "IMPLEMENTATION DEFINED: of the Cortex-A53"},
    {"s3_3_c4_c4_", "FPCR, FPSR: no floating point"},
    {"s3_4_c3_c0_0", "DACR32_EL2: no AArch32"},
    {"s3_4_c4_c3_", "SPSR_irq, _abt, _und, _fiq: no AArch32"},
    {"s3_4_c5_c0_1", "IFSR32_EL2: no AArch32"},
    {"s3_4_c5_c3_0", "FPEXC32_EL2: no AArch32"},
    {"s3_4_c12_c0_1", "RVBAR_EL2: EL3 is implemented"},
};

const exception_row only_in_ours[] = {
    {"s2_0_c0_c0_2", "OSDTRRX_EL1"},        {"s2_0_c0_c3_2", "OSDTRTX_EL1"},
    {"s2_0_c0_c6_2", "OSECCR_EL1"},         {"s2_0_c1_c4_4", "DBGPRCR_EL1"},
    {"s2_0_c7_c8_6", "DBGCLAIMSET_EL1"},    {"s2_0_c7_c9_6", "DBGCLAIMCLR_EL1"},
    {"s2_0_c7_c14_6", "DBGAUTHSTATUS_EL1"},
};

const exception_row other_value[] = {
    {"s3_0_c0_c1_", "AArch32 identification: none"},
    {"s3_0_c0_c2_", "AArch32 identification: none"},
    {"s3_0_c0_c3_", "AArch32 identification: none"},
    {"s3_0_c0_c4_0", "ID_AA64PFR0_EL1: no AArch32, no FP; EL3"},
    {"s3_0_c0_c5_0", "ID_AA64DFR0_EL1: fewer breakpoints, no PMU"},
    {"s3_0_c0_c6_0", "ID_AA64ISAR0_EL1: no cryptography"},
    {"s3_0_c0_c6_1", "ID_AA64ISAR1_EL1: DC CVAP and CVADP"},
    {"s3_0_c0_c7_0", "ID_AA64MMFR0_EL1: no 64 KiB granule, one endianness"},
    {"s3_0_c1_c0_0", "SCTLR_EL1 at EL2: SED and ITD are RES1 without AArch32, nTWI and nTWE reset to 0"},
    {"s3_3_c14_c0_1", "CNTPCT_EL0"},
    {"s3_3_c14_c0_2", "CNTVCT_EL0"},
    {"s3_3_c14_c2_0", "CNTP_TVAL_EL0"},
    {"s3_3_c14_c3_0", "CNTV_TVAL_EL0"},
    {"s3_4_c14_c2_0", "CNTHP_TVAL_EL2"},
    {"s3_4_c1_c1_0", "HCR_EL2.RW: RAO without AArch32"},
    {"s3_4_c1_c1_1", "MDCR_EL2.HPMN: no PMU"},
    {"s3_4_c1_c1_2", "CPTR_EL2: RES1 bits"},
    {"s3_4_c2_c1_2", "VTCR_EL2: bit 31 is RES1"},
};

template <size_t COUNT> bool listed(const exception_row (&rows)[COUNT], const std::string &name)
{
    return is_listed(rows, COUNT, name);
}

void values_compare(const values &expected, const values &got)
{
    for (const auto &[name, value] : expected) {
        const auto ours = got.find(name);
        if (ours == got.end()) {
            EXPECT_TRUE(listed(only_in_qemu, name)) << name << value << " is missing";
        } else if (ours->second != value) {
            EXPECT_TRUE(listed(other_value, name)) << name << value << ", ours" << ours->second;
        }
    }
    for (const auto &[name, value] : got) {
        if (expected.count(name) == 0) {
            EXPECT_TRUE(listed(only_in_ours, name)) << name << value << " is only ours";
        }
    }
}

} // namespace

TEST(registers, that_can_be_read_are_those_of_qemu)
{
    for (uint32_t el : {1, 2}) {
        qemu_options qemu;
        qemu.program = FFA_COSIM_QEMU_SYSTEM;
        qemu.cpu = "cortex-a53,pmu=off";
        qemu.elf = std::string(FFA_COSIM_GUEST_DIR) + "/registers_el" + std::to_string(el) + ".elf";
        const process_result run = process_run(qemu_command(qemu), "", SECONDS_MAX);
        ASSERT_TRUE(run.exited && run.status == 0) << "QEMU: status " << run.status;
        machine_options options;
        options.ram_size = RAM_NEEDED;
        bare_machine machine(options);
        const elf_image image = elf_image_read(qemu.elf);
        machine.load(image);
        machine.start(image.entry);
        ASSERT_EQ(machine.run(INSTRUCTIONS_MAX), machine_end::power_off)
            << cpu_stop_told(machine.cpu())->name;
        const values expected = values_read(run.output);
        const values got = values_read(machine.console());
        EXPECT_GT(expected.size(), 100U);
        values_compare(expected, got);
    }
}
