// SPDX-License-Identifier: BSD-3-Clause
//
// Medians, ratios and their geometric mean; commit and machine beside them, without which figures say
// nothing.
#include "bench/report.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <thread>

#include "tests/differential/process.hpp"

namespace bench {

namespace {

std::string command_output(const std::vector<std::string> &argv)
{
    const differential::process_result run = differential::process_run(argv, "", 10);
    return run.output.substr(0, run.output.find('\n'));
}

std::string processor_name()
{
    std::ifstream stream("/proc/cpuinfo");
    std::string line;
    while (std::getline(stream, line)) {
        if (line.rfind("model name", 0) == 0) {
            return line.substr(line.find(':') + 2);
        }
    }
    return "unknown processor";
}

std::string cell(const char *format, double value)
{
    char text[40];
    snprintf(text, sizeof(text), format, value);
    return text;
}

double mips(const measurement &of, size_t engine_index)
{
    return static_cast<double>(of.instructions) / median(of.seconds[engine_index]) / 1e6;
}

double ratio_mean(const std::vector<measurement> &measurements, size_t engine_index, size_t reference)
{
    double logarithms = 0;
    for (const measurement &of : measurements) {
        logarithms += std::log(mips(of, engine_index) / mips(of, reference));
    }
    return std::exp(logarithms / static_cast<double>(measurements.size()));
}

std::string table_row(const std::vector<measurement> &measurements, const report_options &options,
                      size_t index)
{
    std::string row = std::string("| ") + options.engines[index].name + " |";
    for (const measurement &of : measurements) {
        row +=
            cell(" %.0f", mips(of, index)) + cell(" (%.2f) |", mips(of, index) / mips(of, options.reference));
    }
    return row + cell(" **%.2f** |\n", ratio_mean(measurements, index, options.reference));
}

} // namespace

double median(std::vector<double> values)
{
    assert(!values.empty());
    std::sort(values.begin(), values.end());
    const size_t half = values.size() / 2;
    return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

std::string report_text(const std::vector<measurement> &measurements, const report_options &options)
{
    const std::string source = FFA_COSIM_SOURCE_DIR;
    std::string text =
        "# Speed of the A64 core\n\nMillions of guest instructions per second; in brackets the ratio to " +
        std::string(options.engines[options.reference].name) + ". Median of " +
        std::to_string(options.rounds) + " interleaved rounds at " + std::to_string(options.percent) +
        " % of the default length.\n\n";
    text += "- commit: " + command_output({"git", "-C", source, "describe", "--always", "--dirty"}) + "\n";
    text += "- build: " FFA_COSIM_BUILD "\n";
    text += "- machine: " + processor_name() + ", " + std::to_string(std::thread::hardware_concurrency()) +
            " processors\n";
    text += "- QEMU: " + command_output({"qemu-system-aarch64", "--version"}) + "\n";
    text += "- command: `" + options.command + "`\n\n| engine |";
    for (const measurement &of : measurements) {
        text += " " + of.workload + " |";
    }
    text += " geometric mean |\n| --- |";
    for (size_t i = 0; i <= measurements.size(); i++) {
        text += " --- |";
    }
    text += "\n";
    for (size_t i = 0; i < options.engines.size(); i++) {
        text += table_row(measurements, options, i);
    }
    text += "\n";
    for (const engine &which : options.engines) {
        text += std::string("- ") + which.name + ": " + which.about + "\n";
    }
    return text;
}

} // namespace bench
