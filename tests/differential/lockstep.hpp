/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs a program on our core, one instruction at a time, beside the trace that QEMU made of it.
 *
 * Compared before every instruction: PC, x0..x30, SP, PSTATE. The comparison begins at the symbol
 * guest_compare_from, behind the code that sets what a reset leaves unknown.
 */
#ifndef TESTS_DIFFERENTIAL_LOCKSTEP_HPP
#define TESTS_DIFFERENTIAL_LOCKSTEP_HPP

#include <cstdint>
#include <string>
#include <vector>

#include "tests/differential/bare_machine.hpp"
#include "tests/differential/qemu_trace.hpp"

namespace differential {

struct lockstep_result {
    uint64_t compared; /* states that were equal */
    uint64_t
        through_vectors; /* of these: behind an instruction that faulted, and the first one of the vector */
    uint64_t unfetched;  /* states of ours before a fetch that aborted; QEMU does not show them */
    uint64_t left;       /* records of QEMU after our power-off */
    std::string failure; /* empty: none */
};

lockstep_result lockstep_run(const elf_image &image, const machine_options &options, uint64_t parameter,
                             const std::vector<cpu_snapshot> &expected);

} // namespace differential

#endif
