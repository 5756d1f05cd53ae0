// SPDX-License-Identifier: BSD-3-Clause
//
// Small traces for the checker's laws: all words over an alphabet of events, random ones from a seed, and the
// shrinking of a trace that breaks a law. Follows checker.md, "Traces without a CPU"; judges nothing.
#ifndef TESTS_PROPERTY_CHECKER_GENERATOR_HPP
#define TESTS_PROPERTY_CHECKER_GENERATOR_HPP

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/property/checker_trace.hpp"

struct exhaustive_family {
    std::string name;
    trace_program header; // its events are a prefix of every word
    std::vector<trace_event> alphabet;
    size_t length_max = 0;
    bool with_end = false; // the audit after every word
};

const std::vector<exhaustive_family> &exhaustive_families();
const exhaustive_family &exhaustive_family_of(const std::string &name);

// Every word of every length from 1 to length_max; the visit says whether to go on.
void exhaustive_visit(const exhaustive_family &family,
                      const std::function<bool(const trace_program &)> &visit);

// Lines, granules, agents, domains, PEs and events from one seed. Small enough to be enumerated jointly.
trace_program random_trace(uint64_t seed);

// The same with more sweeps, of all reaches, of all lines and of some: more than the text can say.
trace_program random_sweep_trace(uint64_t seed);

// Deletes events, agents and `elsewhere` for as long as the trace still breaks the law.
trace_program trace_shrink(trace_program program, const std::function<bool(const trace_program &)> &breaks);

#endif
