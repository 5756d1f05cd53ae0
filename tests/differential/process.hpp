/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs another program (QEMU) to its end: bytes in, bytes out, and a time limit that kills it, so that no
 * test hangs.
 */
#ifndef TESTS_DIFFERENTIAL_PROCESS_HPP
#define TESTS_DIFFERENTIAL_PROCESS_HPP

#include <cstdint>
#include <string>
#include <vector>

namespace differential {

struct process_result {
    bool exited; /* false: killed, by a signal or by the time limit */
    int status;  /* exit status, or the signal */
    bool timed_out;
    double seconds;     /* wall time from fork to reaping */
    double cpu_seconds; /* user and system time of the process */
    std::string output;
};

/* argv[0] is looked up in PATH. Standard error goes where ours goes. */
process_result process_run(const std::vector<std::string> &argv, const std::string &input,
                           double seconds_max);

} // namespace differential

#endif
