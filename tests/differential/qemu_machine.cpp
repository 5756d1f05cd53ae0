// SPDX-License-Identifier: BSD-3-Clause
//
// QEMU 7.2 options. `-singlestep` makes every translation block one instruction, so that `-d cpu` shows each.
#include "tests/differential/qemu_machine.hpp"

namespace differential {

std::vector<std::string> qemu_command(const qemu_options &options)
{
    std::vector<std::string> argv = {
        options.program, "-M",          options.entry_el == 2 ? "virt,virtualization=on" : "virt",
        "-cpu",          options.cpu,   "-m",
        "128M",          "-display",    "none",
        "-monitor",      "none",        "-serial",
        "stdio",         "-nodefaults", "-kernel",
        options.elf,
    };
    if (options.parameter != 0) {
        argv.push_back("-device");
        argv.push_back("loader,addr=" + std::to_string(GUEST_PARAMETER_ADDRESS) +
                       ",data=" + std::to_string(options.parameter) + ",data-len=8");
    }
    if (!options.trace_path.empty()) {
        argv.insert(argv.end(), {"-singlestep", "-d", "cpu,nochain", "-D", options.trace_path});
    }
    argv.insert(argv.end(), options.more.begin(), options.more.end());
    return argv;
}

} // namespace differential
