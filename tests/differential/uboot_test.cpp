// SPDX-License-Identifier: BSD-3-Clause
// A U-Boot that nobody here built, on the platform `virt`: it says what it says on QEMU's virt machine with
// the same device tree, in every mode, at both exception levels, from flash and from RAM.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <random>
#include <sstream>

#include "model/abi/smccc.h"
#include "tests/differential/uboot_console.hpp"

namespace {

using differential::qemu_outcome;
using differential::qemu_own_tree;
using differential::uboot_here;
using differential::uboot_image;
using differential::uboot_outcome;
using differential::uboot_qemu;
using differential::uboot_session;
using differential::uboot_tree_of_qemu;

const uint64_t IN_RAM = 0x60000000;

// How far the countdown got depends on when a key was typed.
std::string masked(const std::string &console)
{
    static const std::string words = "autoboot: ";
    const size_t begin = console.find(words);
    if (begin == std::string::npos) {
        return console;
    }
    const size_t digits = begin + words.size();
    const size_t end = console.find_first_not_of("0123456789 \b", digits);
    return console.substr(0, digits) + (end == std::string::npos ? "" : console.substr(end));
}

// The tree as QEMU edits it for its guest: addresses under the top of memory depend on its size.
uboot_session with_tree_of_qemu(uboot_session session)
{
    session.tree = uboot_tree_of_qemu(session);
    EXPECT_GT(session.tree.size(), 4096U);
    return session;
}

// QEMU 7.2 sets ISV and ISS[23:14] of every data abort that it takes to EL2; the Arm ARM wants them of stage
// 2 faults alone ("ESR_EL2, ISS encoding for an exception from a Data Abort").
std::string without_isv(const std::string &console)
{
    static const std::string words = "esr 0x";
    const size_t begin = console.find(words);
    if (begin == std::string::npos) {
        return console;
    }
    const size_t digits = begin + words.size();
    size_t end = digits;
    while (end < console.size() && std::isxdigit(static_cast<unsigned char>(console[end])) != 0) {
        end++;
    }
    std::ostringstream text;
    text << console.substr(0, digits) << std::hex
         << (std::stoul(console.substr(digits, end - digits), nullptr, 16) & ~0x01FFC000UL)
         << console.substr(end);
    return text.str();
}

uint32_t count(const std::string &text, const std::string &part)
{
    uint32_t found = 0;
    for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        found++;
    }
    return found;
}

using boot = std::tuple<const char *, enum machine_mode, uint64_t>;

class uboot_boots : public ::testing::TestWithParam<boot> {};

TEST_P(uboot_boots, to_its_prompt_as_on_qemu)
{
    uboot_session session;
    session.platform = std::get<0>(GetParam());
    session.mode = std::get<1>(GetParam());
    session.load = std::get<2>(GetParam());
    const uboot_outcome here = uboot_here(session);
    EXPECT_TRUE(here.ended_well) << here.console << " limit " << here.limit;
    EXPECT_EQ(masked(here.console), masked(uboot_qemu(session).console));
    EXPECT_EQ(count(here.events, "bus.abort"), 0U);
    EXPECT_LT(here.instructions, 60000000U);
    RecordProperty("instructions", std::to_string(here.instructions));
    RecordProperty("milliseconds", std::to_string(static_cast<int>(here.seconds * 1000)));
}

std::string boot_name(const ::testing::TestParamInfo<boot> &info)
{
    static const char *const modes[] = {"golden", "cached", "prove", "token"};
    std::string name = std::get<0>(info.param);
    std::replace(name.begin(), name.end(), '-', '_');
    return name + "_" + modes[std::get<1>(info.param)] + (std::get<2>(info.param) == 0 ? "_flash" : "_ram");
}

INSTANTIATE_TEST_SUITE_P(each, uboot_boots,
                         ::testing::Combine(::testing::Values("virt", "virt-el1"),
                                            ::testing::Values(MACHINE_MODE_GOLDEN, MACHINE_MODE_PROVE,
                                                              MACHINE_MODE_CACHED),
                                            ::testing::Values(0, IN_RAM)),
                         boot_name);

TEST(uboot, two_runs_are_the_same)
{
    uboot_session session;
    session.mode = MACHINE_MODE_PROVE;
    const uboot_outcome one = uboot_here(session), two = uboot_here(session);
    EXPECT_EQ(one.console, two.console);
    EXPECT_EQ(one.events, two.events);
    EXPECT_EQ(one.instructions, two.instructions);
}

TEST(uboot, talks_as_on_qemu)
{
    uboot_session session;
    session.commands = {
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
        "fdt print /",
    };
    const uboot_outcome here = uboot_here(with_tree_of_qemu(session));
    EXPECT_TRUE(here.ended_well) << here.console;
    EXPECT_EQ(masked(here.console), masked(uboot_qemu(session).console));
}

// Not on QEMU 7.2, whose flash lets this U-Boot's buffered writes time out ("Flash buffer write timeout").
TEST(uboot, finds_the_environment_that_it_saved_in_flash)
{
    uboot_session session;
    session.flash1.resize(512 * 1024);
    session.commands = {"setenv told yes", "saveenv"};
    const uboot_outcome first = uboot_here(session);
    EXPECT_NE(first.console.find("Protected 2 sectors\r\nOK"), std::string::npos) << first.console;
    EXPECT_EQ(first.flash0, uboot_image());
    EXPECT_NE(first.flash1, session.flash1);
    session.flash1 = first.flash1;
    session.commands = {"printenv told"};
    const uboot_outcome second = uboot_here(session);
    EXPECT_NE(second.console.find("Loading Environment from Flash... OK"), std::string::npos)
        << second.console;
    EXPECT_NE(second.console.find("told=yes"), std::string::npos) << second.console;
    EXPECT_EQ(second.flash1, first.flash1);
}

std::vector<uint8_t> disk_made()
{
    std::vector<uint8_t> disk(64 * 1024);
    for (size_t i = 0; i < disk.size(); i++) {
        disk[i] = static_cast<uint8_t>(i * 7 + i / 512);
    }
    return disk;
}

uboot_session disk_session()
{
    uboot_session session;
    session.disk = disk_made();
    session.commands = {
        "virtio scan",
        "virtio info",
        "virtio device 0",
        "virtio read 0x50000000 3 2",
        "md.b 0x50000000 20",
        "mw.b 0x50000000 5a 400",
        "virtio write 0x50000000 5 2",
        "virtio read 0x50001000 5 1",
        "md.b 0x50001000 20",
        "virtio read 0x50000000 80 1",
    };
    return session;
}

class uboot_disk : public ::testing::TestWithParam<enum machine_mode> {};

TEST_P(uboot_disk, is_read_and_written_as_on_qemu)
{
    uboot_session session = disk_session();
    session.mode = GetParam();
    const uboot_outcome here = uboot_here(session);
    const qemu_outcome there = uboot_qemu(session);
    EXPECT_TRUE(here.ended_well) << here.console;
    EXPECT_EQ(masked(here.console), masked(there.console));
    EXPECT_EQ(here.disk, there.disk);
    EXPECT_NE(here.disk, session.disk);
    EXPECT_EQ(here.errors, 0U);
}

INSTANTIATE_TEST_SUITE_P(each, uboot_disk,
                         ::testing::Values(MACHINE_MODE_GOLDEN, MACHINE_MODE_PROVE, MACHINE_MODE_CACHED));

// U-Boot does no maintenance for virtio: it holds devices for coherent, and is right where they are.
TEST(uboot, is_convicted_where_dma_is_not_coherent)
{
    uboot_session session = disk_session();
    session.mode = MACHINE_MODE_PROVE;
    session.settings = {"dma-coherent=false"};
    EXPECT_GT(uboot_here(session).errors, 0U);
}

TEST(uboot, powers_off_and_resets_by_psci)
{
    uboot_session session;
    session.commands = {"poweroff"};
    uboot_outcome here = uboot_here(session);
    EXPECT_TRUE(here.ended_well);
    EXPECT_EQ(here.reset, PSCI_SYSTEM_OFF);
    session.commands = {"reset"};
    here = uboot_here(session);
    EXPECT_EQ(here.reset, PSCI_SYSTEM_RESET);
}

// A hole of the memory map: the guest takes the abort, and one event names the address.
TEST(uboot, takes_an_external_abort_as_on_qemu_and_one_event_tells)
{
    for (const char *platform : {"virt", "virt-el1"}) {
        uboot_session session;
        session.platform = platform;
        session.commands = {"md.l 0x0b000010 1"};
        session.until = "Resetting CPU ...";
        const uboot_outcome here = uboot_here(with_tree_of_qemu(session));
        EXPECT_NE(here.console.find("esr 0x96000010"), std::string::npos) << here.console;
        EXPECT_EQ(masked(here.console), without_isv(masked(uboot_qemu(session).console)));
        EXPECT_EQ(count(here.events, "bus.abort"), 1U);
        EXPECT_NE(here.events.find("pa=0xb000010 "), std::string::npos);
    }
}

// It names an interrupt controller, GPIO and a PCI Express host: U-Boot looks for devices on that bus.
TEST(uboot, finds_an_empty_bus_where_the_tree_of_qemu_names_pci_express)
{
    uboot_session session;
    session.tree = qemu_own_tree(session);
    ASSERT_GT(session.tree.size(), 4096U);
    session.commands = {"pci enum", "pci"};
    const uboot_outcome here = uboot_here(session);
    EXPECT_TRUE(here.ended_well) << here.console;
    EXPECT_NE(here.console.find("Sub-Class\r\n" + std::string(61, '_') + "\r\n=> "), std::string::npos)
        << here.console;
}

// Whatever a tree says, the run ends as runs end: uboot_here() expects its process to exit with 0.
TEST(uboot, is_not_crashed_by_trees_that_lie)
{
    std::minstd_rand random(2026);
    uboot_session session;
    session.instructions_max = 20000000;
    const std::vector<uint8_t> honest = differential::uboot_tree(session);
    for (int trial = 0; trial < 12; trial++) {
        session.tree = honest;
        for (int change = 0; change <= 3 * trial; change++) {
            session.tree[random() % session.tree.size()] = static_cast<uint8_t>(random());
        }
        session.mode = trial % 4 == 3 ? MACHINE_MODE_PROVE : MACHINE_MODE_GOLDEN;
        const uboot_outcome here = uboot_here(session);
        EXPECT_LE(here.instructions, session.instructions_max) << "trial " << trial;
    }
}

} // namespace
