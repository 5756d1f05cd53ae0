// SPDX-License-Identifier: BSD-3-Clause
//
// The checker's independent oracle: a naive enumeration of every legal execution of a trace, written from
// checker.md alone and kept apart from model/checker (it includes nothing of it).
//
// It models what "Traces without a CPU" describes, with whole lines and concrete version numbers: DRAM, one
// copy per line and domain, and every maintenance operation, sweep and buffered store that was issued and has
// not taken effect. A joint state is all of that at once; the machine carries the set of all joint states
// and, before each event, closes it under every move of the adversary, breadth first. Waiting needs no rule
// of its own: an event that waits for something to complete keeps the states in which it has completed.
//
// Two ways to run it. Jointly, over all lines and bytes, up to and including the first finding. Per granule,
// one line and one run of bytes at a time, each dropping its own stale states after a finding ("After a
// finding"), with rules. That both agree on the first finding is the theorem, and a test.
//
// Left out, as the trace format leaves it out: instruction side, walks, barrier kinds and scopes, DMA, reset.
#ifndef TESTS_PROPERTY_ENUMERATOR_HPP
#define TESTS_PROPERTY_ENUMERATOR_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/property/checker_trace.hpp"

// The cumulative changes that tell the rule of a stale read (checker.md, "Rules").
enum class machine_change {
    none,
    prompt,     // (a) every op completes and every store drains when issued
    no_clobber, // (b) also, write-backs and cleans never put stale bytes over fresh DRAM
    no_loss     // (c) also, invalidates and sweeps clean first
};

// Bytes of one line that every event of the trace treats alike.
struct enumerator_granule {
    uint64_t pa = 0;
    uint64_t size = 0;

    bool operator==(const enumerator_granule &other) const { return pa == other.pa && size == other.size; }
};

// The static partition of all bytes that the trace accesses; what it only maintains or maps is never stale.
std::vector<enumerator_granule> enumerator_granules(const trace_program &program);

struct enumerator_finding {
    size_t event = 0; // index in the trace's events
    std::string rule; // empty in joint runs, which do not tell rules
    uint64_t pa = 0;  // first stale (for `end`: lost) byte
    uint64_t bytes = 0;

    bool operator==(const enumerator_finding &other) const
    {
        return event == other.event && rule == other.rule && pa == other.pa && bytes == other.bytes;
    }
};

struct enumerator_result {
    std::vector<enumerator_finding> findings;
    size_t states_peak = 0; // the largest set that was carried
    bool complete = true;   // false: more than states_max states, and no verdict
};

// The findings of the first event that has any: one, or for `end` one per line.
enumerator_result enumerate_joint(const trace_program &program, size_t states_max);

// All findings, each granule by itself, with rules.
enumerator_result enumerate_granules(const trace_program &program);

// "LINE: RULE agent=NAME pa=0x... bytes=N", as check-trace prints it without file and moves.
std::string enumerator_finding_text(const trace_program &program, const enumerator_finding &finding);

#endif
