// SPDX-License-Identifier: BSD-3-Clause
//
// ffa-cosim-bench: runs the guest programs of bench/guest in QEMU, on our core and, where the build has it,
// in Unicorn, round by round, and compares. Run by hand on a quiet machine:
//
//     ffa-cosim-bench --rounds 7 --out bench/RESULTS.md
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

#include "bench/engine.hpp"
#include "bench/report.hpp"
#include "tests/differential/elf_image.hpp"

namespace {

using namespace bench;

const char *const workloads[] = {"w0_memory", "w1_mixed",   "w2_big_code", "w3_alu",
                                 "w4_core",   "w5_records", "w6_pairs"};

struct options {
    uint32_t rounds = 5;
    uint32_t percent = 100;
    bool with_qemu = true;
    bool with_icount = false;
    std::string only;
    std::string engine;
    std::string reference;
    std::string out;
    std::string command;
};

void usage(FILE *to)
{
    fputs(
        "usage: ffa-cosim-bench [--rounds N] [--percent P] [--workload NAME] [--engine ENGINE] [--no-qemu]\n"
        "                       [--icount] [--reference ENGINE] [--out FILE]\n"
        "engines; ratios are those to the first that runs, or to ENGINE:\n",
        to);
    for (size_t i = 0; i < engine_count; i++) {
        const char *built = engine_built(engines[i].kind) ? "" : " (not in this build)";
        fprintf(to, "  %-10s %s%s\n", engines[i].name, engines[i].about, built);
    }
}

bool option_take(options *out, int argc, char **argv, int *at)
{
    const std::string name = argv[*at];
    if (name == "--no-qemu") {
        out->with_qemu = false;
        return true;
    }
    if (name == "--icount") {
        out->with_icount = true;
        return true;
    }
    if (*at + 1 >= argc) {
        return false;
    }
    (*at)++;
    const char *value = argv[*at];
    if (name == "--rounds") {
        out->rounds = static_cast<uint32_t>(strtoul(value, nullptr, 0));
    } else if (name == "--percent") {
        out->percent = static_cast<uint32_t>(strtoul(value, nullptr, 0));
    } else if (name == "--workload") {
        out->only = value;
    } else if (name == "--engine") {
        out->engine = value;
    } else if (name == "--reference") {
        out->reference = value;
    } else if (name == "--out") {
        out->out = value;
    } else {
        return false;
    }
    return true;
}

bool options_parse(options *out, int argc, char **argv)
{
    out->command = "ffa-cosim-bench";
    for (int i = 1; i < argc; i++) {
        out->command += std::string(" ") + argv[i];
    }
    for (int i = 1; i < argc; i++) {
        if (!option_take(out, argc, argv, &i)) {
            return false;
        }
    }
    return out->rounds > 0 && out->percent > 0;
}

std::vector<engine> engines_choose(const options &chosen)
{
    std::vector<engine> out;
    for (size_t i = 0; i < engine_count; i++) {
        const bool is_qemu = engines[i].kind == engine_kind::qemu && !chosen.with_qemu;
        const bool is_icount = engines[i].kind == engine_kind::qemu_icount && !chosen.with_icount;
        const bool wanted = chosen.engine.empty() || chosen.engine == engines[i].name;
        if (wanted && !is_qemu && !is_icount && engine_built(engines[i].kind)) {
            out.push_back(engines[i]);
        }
    }
    return out;
}

// The place of the engine in `from`, or their number. An empty name is the first.
size_t engine_find(const std::vector<engine> &from, const std::string &name)
{
    size_t at = 0;
    while (at < from.size() && !name.empty() && from[at].name != name) {
        at++;
    }
    return at;
}

// The default length stands in the program itself.
uint32_t iterations_default(const std::string &elf)
{
    const differential::elf_image image = differential::elf_image_read(elf);
    const uint64_t address = image.symbols.at("bench_iterations");
    for (const differential::elf_segment &segment : image.segments) {
        if (address >= segment.pa && address - segment.pa + sizeof(uint32_t) <= segment.bytes.size()) {
            uint32_t value;
            memcpy(&value, segment.bytes.data() + (address - segment.pa), sizeof(value));
            return value;
        }
    }
    return 1;
}

// Seconds of the iterations alone. Below 0: the program went wrong.
double seconds_measure(const engine &which, const std::string &elf, uint32_t iterations,
                       uint64_t *instructions)
{
    const run_result empty = engine_run(which.kind, elf, 0);
    const run_result full = engine_run(which.kind, elf, iterations);
    if (!empty.ok || !full.ok) {
        fprintf(stderr, "%s: wrong result or no end: %s%s\n", which.name, empty.console.c_str(),
                full.console.c_str());
        return -1;
    }
    if (full.instructions > 0) {
        *instructions = full.instructions - empty.instructions;
    }
    return full.seconds - empty.seconds;
}

// One round of one workload on every engine.
bool round_run(const std::vector<engine> &chosen, const std::string &elf, uint32_t iterations,
               measurement *out)
{
    for (size_t i = 0; i < chosen.size(); i++) {
        const double seconds = seconds_measure(chosen[i], elf, iterations, &out->instructions);
        if (seconds < 0) {
            return false;
        }
        out->seconds[i].push_back(seconds);
    }
    return true;
}

bool measure(const options &chosen, const std::vector<engine> &compared, std::vector<measurement> *out)
{
    for (const char *workload : workloads) {
        if (chosen.only.empty() || chosen.only == workload) {
            out->push_back({workload, 0, std::vector<std::vector<double>>(compared.size())});
        }
    }
    for (uint32_t round = 0; round < chosen.rounds; round++) {
        for (measurement &of : *out) {
            const std::string elf = std::string(FFA_COSIM_BENCH_GUEST_DIR) + "/" + of.workload + ".elf";
            const uint32_t iterations = iterations_default(elf) * chosen.percent / 100;
            fprintf(stderr, "round %u: %s\n", round + 1, of.workload.c_str());
            if (!round_run(compared, elf, iterations > 0 ? iterations : 1, &of)) {
                return false;
            }
        }
    }
    return true;
}

} // namespace

int main(int argc, char **argv)
{
    options chosen;
    if (argc == 2 && strcmp(argv[1], "--help") == 0) {
        usage(stdout);
        return 0;
    }
    if (!options_parse(&chosen, argc, argv)) {
        usage(stderr);
        return 2;
    }
    const std::vector<engine> compared = engines_choose(chosen);
    const size_t reference = engine_find(compared, chosen.reference);
    if (reference == compared.size()) {
        const std::string &name = compared.empty() ? chosen.engine : chosen.reference;
        fprintf(stderr, "no engine that runs is called %s\n", name.c_str());
        return 2;
    }
    std::vector<measurement> measurements;
    if (!measure(chosen, compared, &measurements)) {
        return 1;
    }
    if (measurements.empty()) {
        fprintf(stderr, "no workload is called %s\n", chosen.only.c_str());
        return 2;
    }
    const std::string text =
        report_text(measurements, {compared, reference, chosen.rounds, chosen.percent, chosen.command});
    fputs(text.c_str(), stdout);
    if (!chosen.out.empty()) {
        std::ofstream(chosen.out) << text;
    }
    return 0;
}
