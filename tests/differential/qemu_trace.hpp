/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The trace of `qemu-system-aarch64 -singlestep -d cpu,nochain`: the state before every instruction that was
 * fetched. An instruction whose fetch aborts leaves no record.
 */
#ifndef TESTS_DIFFERENTIAL_QEMU_TRACE_HPP
#define TESTS_DIFFERENTIAL_QEMU_TRACE_HPP

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace differential {

struct cpu_snapshot {
    uint64_t pc;
    std::array<uint64_t, 31> x;
    uint64_t sp;
    uint64_t pstate; /* in SPSR format */
};

/* Every whole record of the file, in order. */
std::vector<cpu_snapshot> qemu_trace_read(const std::string &path);

} // namespace differential

#endif
