// SPDX-License-Identifier: BSD-3-Clause
// A U-Boot that nobody here built, on the platform `virt`: it says what it says on QEMU's virt machine with
// the same device tree, in every mode, at both exception levels, from flash and from RAM.
#include <gtest/gtest.h>

#include <regex>

#include "model/abi/smccc.h"
#include "tests/differential/uboot_console.hpp"

namespace {

using differential::uboot_here;
using differential::uboot_outcome;
using differential::uboot_qemu;
using differential::uboot_session;

const uint64_t IN_RAM = 0x60000000;

const std::vector<std::string> TALK = {
    "version",
    "flinfo",
    "md.b 0x20000 10",
    "mw.l 0x50000000 0xdeadbeef 8",
    "md.l 0x50000000 8",
    "crc32 0x50000000 0x1000",
    "virtio scan",
    "virtio info",
    "bdinfo",
    "fdt addr ${fdtcontroladdr}",
    "fdt print /psci",
    "printenv",
};

// The countdown before a key is seen: how far it got depends on when it was typed.
std::string masked(std::string console)
{
    return std::regex_replace(console, std::regex("autoboot: +[0-9]+( |\b)*[0-9]*"), "autoboot: #");
}

class uboot_boots : public ::testing::TestWithParam<std::tuple<const char *, enum machine_mode, uint64_t>> {};

TEST_P(uboot_boots, to_its_prompt_as_on_qemu)
{
    uboot_session session;
    session.platform = std::get<0>(GetParam());
    session.mode = std::get<1>(GetParam());
    session.load = std::get<2>(GetParam());
    const uboot_outcome here = uboot_here(session);
    EXPECT_TRUE(here.ended_well) << here.console << " limit " << here.limit;
    EXPECT_EQ(masked(here.console), masked(uboot_qemu(session)));
    EXPECT_EQ(here.events.find("bus.abort"), std::string::npos);
    RecordProperty("instructions", std::to_string(here.instructions));
    RecordProperty("seconds", std::to_string(here.seconds));
    RecordProperty("findings", std::to_string(here.finding_count));
    printf("%s: %llu instructions, %.2f s, %llu findings, %u errors\n", session.platform.c_str(),
           static_cast<unsigned long long>(here.instructions), here.seconds,
           static_cast<unsigned long long>(here.finding_count), here.errors);
}

INSTANTIATE_TEST_SUITE_P(each, uboot_boots,
                         ::testing::Combine(::testing::Values("virt", "virt-el1"),
                                            ::testing::Values(MACHINE_MODE_GOLDEN, MACHINE_MODE_PROVE,
                                                              MACHINE_MODE_CACHED),
                                            ::testing::Values(0, IN_RAM)));

TEST(uboot, says_what_it_says_on_qemu)
{
    uboot_session session;
    session.commands = TALK;
    const uboot_outcome here = uboot_here(session);
    EXPECT_TRUE(here.ended_well) << here.console;
    EXPECT_EQ(masked(here.console), masked(uboot_qemu(session)));
}

} // namespace

