/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What was measured, as a table in Markdown: for the terminal and for RESULTS.md.
 */
#ifndef BENCH_REPORT_HPP
#define BENCH_REPORT_HPP

#include <cstdint>
#include <string>
#include <vector>

#include "bench/engine.hpp"

namespace bench {

struct measurement {
    std::string workload;
    uint64_t instructions;                    /* of the iterations alone */
    std::vector<std::vector<double>> seconds; /* [engine][round] */
};

struct report_options {
    std::vector<engine> engines;
    size_t reference; /* of these: what the others are compared with */
    uint32_t rounds;
    uint32_t percent;
    std::string command;
};

double median(std::vector<double> values);
std::string report_text(const std::vector<measurement> &measurements, const report_options &options);

} // namespace bench

#endif
