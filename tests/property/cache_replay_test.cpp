// SPDX-License-Identifier: BSD-3-Clause
//
// Laws of token-driven caches. The first finding of a trace, made into its moves, makes the caches return old
// bytes at that read and nowhere before (for `end`: loses the byte). Without moves a trace in which the
// checker finds nothing reads the newest bytes everywhere, whatever lines are named. A trace that breaks a
// law is printed with its seed, shrunk.
#include <string>

#include <gtest/gtest.h>

#include "cosim/trace_check.h"
#include "tests/property/cache_replay_driver.hpp"
#include "tests/property/checker_generator.hpp"

namespace {

#if defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__)
const uint64_t SLOWER = 20; // sanitizers and unoptimised builds do a part of the work
#else
const uint64_t SLOWER = 1;
#endif

const uint64_t RANDOM_TRACES = 12000 / SLOWER;
const uint64_t RANDOM_PARTS = 4; // tests of their own, so that they run side by side

replay_trace trace_of(const std::string &text)
{
    replay_trace trace;
    struct trace_reader reader;
    trace_reader_init(&reader, text.data(), text.size());
    for (;;) {
        const enum trace_item item = trace_reader_next(&reader);
        if (item == TRACE_EVENT) {
            trace.events.push_back(reader.event);
        } else if (item == TRACE_AUDIT) {
            trace.end = reader.line;
        } else {
            EXPECT_EQ(TRACE_FINISHED, item);
            trace.config = reader.config;
            return trace;
        }
    }
}

struct first_finding {
    bool found = false;
    struct checker_finding finding {};
    std::string moves;
};

first_finding finding_first(const std::string &text)
{
    first_finding first;
    struct trace_check trace;
    trace_check_init(&trace, text.data(), text.size());
    const struct checker_finding *finding = nullptr;
    const enum trace_check_item item = trace_check_next(&trace, &finding);
    first.found = item == TRACE_CHECK_FINDING;
    if (first.found) {
        char moves[1024];
        trace_check_moves(&trace, finding, moves, sizeof(moves));
        first.moves = moves;
        first.finding = *finding;
    } else {
        EXPECT_EQ(TRACE_CHECK_DONE, item);
    }
    trace_check_release(&trace);
    return first;
}

std::string at_line(uint64_t line, const std::string &what)
{
    return "line " + std::to_string(line) + ": " + what + "\n";
}

// Makes the moves of the finding that stand at this event; empty, or what is wrong.
std::string moves_make(cache_replay_driver &driver, const struct checker_finding &finding, uint64_t position,
                       unsigned &made)
{
    for (; made < finding.move_count && finding.moves[made].position == position; made++) {
        const std::string wrong = driver.move(finding.moves[made], finding.pa);
        if (!wrong.empty()) {
            const auto kind = static_cast<enum checker_move_kind>(finding.moves[made].kind);
            return at_line(position, std::string(checker_move_text(kind)) + ": " + wrong);
        }
    }
    return "";
}

// One event of a replay before the finding; empty, or what is wrong.
std::string event_make(cache_replay_driver &driver, const struct checker_event &event, bool may_be_stale)
{
    driver.event(event);
    if (driver.armed()) {
        return at_line(event.position, "nothing was issued that could be held or missed");
    }
    if (driver.recorded() != driver.differs() || !driver.golden_is_newest()) {
        return at_line(event.position, "the golden copy is not the newest memory");
    }
    return driver.differs() && !may_be_stale ? at_line(event.position, "a stale read that nobody found") : "";
}

// Empty if the witness makes the caches stale at its read and nowhere before.
std::string replay(const replay_trace &trace, const struct checker_finding &finding)
{
    cache_replay_driver driver(trace, {finding.pa});
    unsigned made = 0;
    for (const struct checker_event &event : trace.events) {
        const bool last = event.position == finding.position;
        std::string wrong = moves_make(driver, finding, event.position, made);
        wrong += wrong.empty() ? event_make(driver, event, last) : "";
        if (!wrong.empty()) {
            return wrong;
        }
        if (last) {
            return made == finding.move_count && driver.differs(finding.pa)
                       ? ""
                       : at_line(event.position, "the read is not stale");
        }
    }
    const std::string wrong = moves_make(driver, finding, trace.end, made);
    if (!wrong.empty()) {
        return wrong;
    }
    return made == finding.move_count && driver.audit_tells(finding.pa) ? "" : "at the end nothing is lost\n";
}

// Empty if no read is stale without moves, whether no line is named or all are.
std::string stay_fresh(const replay_trace &trace)
{
    std::vector<uint64_t> lines;
    for (const struct checker_event &event : trace.events) {
        lines.push_back(event.pa);
    }
    for (const std::vector<uint64_t> &named : {std::vector<uint64_t>(), lines}) {
        cache_replay_driver driver(trace, named);
        for (const struct checker_event &event : trace.events) {
            const std::string wrong = event_make(driver, event, false);
            if (!wrong.empty()) {
                return wrong;
            }
        }
    }
    return "";
}

// Empty, or how the law is broken.
std::string law_broken(const trace_program &program, bool *found)
{
    const std::string text = trace_text(program);
    const replay_trace trace = trace_of(text);
    const first_finding first = finding_first(text);
    *found = first.found;
    if (!cache_replay_driver::fits(trace)) {
        return "";
    }
    const std::string wrong = first.found ? replay(trace, first.finding) : stay_fresh(trace);
    return wrong.empty() ? "" : wrong + "moves=" + first.moves + "\n";
}

bool law_holds(const trace_program &program, const std::string &origin, bool *found)
{
    if (law_broken(program, found).empty()) {
        return true;
    }
    bool ignored = false;
    const trace_program small = trace_shrink(
        program, [&](const trace_program &candidate) { return !law_broken(candidate, &ignored).empty(); });
    ADD_FAILURE() << origin << "\n" << trace_text(small) << law_broken(small, &ignored);
    return false;
}

class cache_replay_random : public testing::TestWithParam<uint64_t> {};

TEST_P(cache_replay_random, first_witness_makes_the_caches_stale)
{
    uint64_t found_count = 0;
    uint64_t broken = 0;
    const uint64_t part = RANDOM_TRACES / RANDOM_PARTS;
    for (uint64_t seed = GetParam() * part; seed < (GetParam() + 1) * part && broken < 5; seed++) {
        bool found = false;
        broken += law_holds(random_trace(seed), "seed " + std::to_string(seed), &found) ? 0 : 1;
        found_count += found ? 1 : 0;
    }
    // The law would hold of nothing if nothing were found, or nothing were clean.
    EXPECT_GT(found_count, part / 10);
    EXPECT_LT(found_count, part - part / 10);
}

INSTANTIATE_TEST_SUITE_P(parts, cache_replay_random, testing::Range(uint64_t{0}, RANDOM_PARTS));

} // namespace
