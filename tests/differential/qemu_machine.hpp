/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The command line that makes qemu-system-aarch64 the same machine as bare_machine: `virt`, a Cortex-A53, the
 * PL011 on standard output, PSCI by SMC when there is EL2.
 */
#ifndef TESTS_DIFFERENTIAL_QEMU_MACHINE_HPP
#define TESTS_DIFFERENTIAL_QEMU_MACHINE_HPP

#include <cstdint>
#include <string>
#include <vector>

namespace differential {

/* Where a program finds a number that the host chose; guest/guest.h has the same. */
constexpr uint64_t GUEST_PARAMETER_ADDRESS = 0x4007f000;
/* guest/probe.h: print nothing. */
constexpr uint64_t GUEST_PARAMETER_QUIET = 0x5155494554;

struct qemu_options {
    std::string program = "qemu-system-aarch64";
    std::string elf;
    std::string cpu = "cortex-a53";
    uint8_t entry_el = 2;
    uint64_t parameter = 0; /* 0: not written */
    std::string trace_path; /* empty: no trace; else one record per instruction */
    std::vector<std::string> more;
};

std::vector<std::string> qemu_command(const qemu_options &options);

} // namespace differential

#endif
