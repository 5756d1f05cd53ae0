/* SPDX-License-Identifier: BSD-3-Clause */
/* The clock of the engines that run inside this process: its CPU time, which other load does not change. */
#ifndef BENCH_CPU_SECONDS_HPP
#define BENCH_CPU_SECONDS_HPP

#include <ctime>

namespace bench {

inline double cpu_seconds_now()
{
    timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

} // namespace bench

#endif
