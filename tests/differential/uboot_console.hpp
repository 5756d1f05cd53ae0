/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One conversation with U-Boot, held twice: on the platform `virt` by machine_run(), and with QEMU's virt
 * machine on the platform's device tree. Knows nothing of what is said.
 */
#ifndef TESTS_DIFFERENTIAL_UBOOT_CONSOLE_HPP
#define TESTS_DIFFERENTIAL_UBOOT_CONSOLE_HPP

#include <cstdint>
#include <string>
#include <vector>

#include "model/platform/machine.h"

namespace differential {

struct uboot_session {
    std::string platform = "virt"; /* of platforms/ */
    std::vector<const char *> settings;
    enum machine_mode mode = MACHINE_MODE_GOLDEN;
    uint64_t load = 0; /* 0: in flash bank 0 */
    std::vector<uint8_t> disk;
    std::vector<uint8_t> flash1;       /* of bank 1; here alone */
    std::vector<uint8_t> tree;         /* empty: the platform's own */
    std::vector<std::string> commands; /* typed one by one at the prompt */
    std::string until = "\n=> ";       /* ends it, after the last command */
    uint64_t instructions_max = 2000000000;
};

struct uboot_outcome {
    std::string console;
    std::string events;
    bool ended_well = false; /* the prompt after the last command came, or the guest powered off */
    machine_limit limit = MACHINE_LIMIT_NONE;
    uint32_t reset = 0;
    uint64_t instructions = 0;
    uint32_t errors = 0; /* findings of prove with that severity */
    uint64_t finding_count = 0;
    double seconds = 0; /* wall time of the run, fork included */
    std::vector<uint8_t> disk;
    std::vector<uint8_t> flash0, flash1; /* as long as their images */
};

std::vector<uint8_t> uboot_image();
struct platform_config uboot_platform(const uboot_session &session);
/* In a process of its own. */
uboot_outcome uboot_here(const uboot_session &session);

struct qemu_outcome {
    std::string console;
    std::vector<uint8_t> disk;
};
/* On the same device tree. */
qemu_outcome uboot_qemu(const uboot_session &session);
/* The tree of a session as QEMU edits it before its guest sees it. */
std::vector<uint8_t> uboot_tree_of_qemu(const uboot_session &session);
/* The tree that QEMU makes when nobody gives it one. */
std::vector<uint8_t> qemu_own_tree(const uboot_session &session);
/* What the platform makes. */
std::vector<uint8_t> uboot_tree(const uboot_session &session);

} // namespace differential

#endif
