// SPDX-License-Identifier: BSD-3-Clause
//
// The batch on the runner's standard input, the results from its standard output. cortex-a53: v8.0 with
// CRC32, no LSE, DC ZVA of 64 bytes, as our core is configured; cortex-a76 for bodies with LSE.
#include "tests/differential/body_qemu.hpp"

#include <cassert>
#include <cstring>

#include "tests/differential/process.hpp"

namespace differential {

namespace {

constexpr double SECONDS_MAX = 120;

template <typename T> void append(std::string *out, const T &value)
{
    out->append(reinterpret_cast<const char *>(&value), sizeof(value));
}

std::string batch_input(const std::vector<body> &bodies)
{
    std::string input;
    append(&input, body_batch_header{bodies.size()});
    for (uint32_t i = 0; i < bodies.size(); i++) {
        append(&input, body_slot_make(bodies[i], i));
    }
    for (const body &which : bodies) {
        append(&input, body_state_make(which));
    }
    return input;
}

} // namespace

bool batch_run_qemu(const std::vector<body> &bodies, batch_result *out, std::string *why_not)
{
    assert(bodies.size() <= BODIES_PER_BATCH_MAX);
    const char *cpu = bodies.front().lse ? "cortex-a76" : "cortex-a53";
    const process_result run = process_run({FFA_COSIM_QEMU_USER, "-cpu", cpu, FFA_COSIM_BODY_RUNNER},
                                           batch_input(bodies), SECONDS_MAX);
    const size_t count = bodies.size();
    const size_t expected = count * (sizeof(body_state) + sizeof(body_data));
    if (!run.exited || run.status != 0 || run.output.size() != expected) {
        *why_not = "qemu-aarch64 " + std::string(run.exited ? "exited with " : "died by signal ") +
                   std::to_string(run.status) + (run.timed_out ? " (time limit)" : "") + " after " +
                   std::to_string(run.output.size()) + " of " + std::to_string(expected) + " bytes";
        return false;
    }
    out->states.resize(count);
    out->data.resize(count);
    memcpy(out->states.data(), run.output.data(), count * sizeof(body_state));
    memcpy(out->data.data(), run.output.data() + count * sizeof(body_state), count * sizeof(body_data));
    return true;
}

} // namespace differential
