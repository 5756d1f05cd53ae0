// SPDX-License-Identifier: BSD-3-Clause
//
// Law: the culprit makes the difference. Mend a trace's events in the way that the finding's rule speaks of,
// from the first on (a barrier behind what is pending, stores that leave nothing dirty, invalidates that
// clean first): before the culprit is mended the naive enumeration finds the byte stale nevertheless, with
// it no longer. And whatever is not a plain stale read has a culprit.
#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "tests/property/checker_generator.hpp"
#include "tests/property/checker_product.hpp"
#include "tests/property/enumerator.hpp"

namespace {

#if defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__)
const uint64_t SLOWER = 20; // sanitizers and unoptimised builds do a part of the work
#else
const uint64_t SLOWER = 1;
#endif

const uint64_t RANDOM_TRACES = 8000 / SLOWER;

// A byte that may be stale at an event.
struct victim {
    size_t event = 0;
    std::string rule;
    uint64_t pa = 0;
    uint64_t bytes = 0;
};

bool is_sweep(trace_verb verb)
{
    return verb == trace_verb::isw || verb == trace_verb::csw || verb == trace_verb::cisw;
}

bool caches(const trace_program &program, const trace_event &event)
{
    const agent_kind kind = program.agents[event.agent].kind;
    return kind == agent_kind::wb || kind == agent_kind::wb_alias;
}

bool leaves_pending(const trace_program &program, const trace_event &event)
{
    const bool buffers = program.agents[event.agent].kind == agent_kind::nc_buffered;
    return (event.verb >= trace_verb::cvac && event.verb <= trace_verb::ivac) || is_sweep(event.verb) ||
           event.verb == trace_verb::write_nc || (event.verb == trace_verb::write && buffers);
}

bool on_line(const trace_program &program, const trace_event &event, uint64_t pa)
{
    const bool all = trace_verb_operands(event.verb) == trace_operands::none;
    return all || (event.pa ^ pa) < program.line_size;
}

trace_event event_like(const trace_event &event, trace_verb verb)
{
    trace_event made = event;
    made.verb = verb;
    made.size = verb == trace_verb::dsb || verb == trace_verb::cvac ? 0 : event.size;
    made.pa = verb == trace_verb::dsb ? 0 : event.pa;
    made.reach = verb == trace_verb::dsb || verb == trace_verb::cvac ? trace_reach::untouched : event.reach;
    return made;
}

void mend_missing_barrier(const trace_program &program, const trace_event &event, trace_program &mended)
{
    mended.events.push_back(event);
    if (leaves_pending(program, event)) {
        mended.events.push_back(event_like(event, trace_verb::dsb));
    }
}

void mend_clobber(const trace_program &program, const trace_event &event, uint64_t pa, trace_program &mended)
{
    const bool writes =
        event.verb == trace_verb::zva || (event.verb == trace_verb::write && caches(program, event));
    const bool of_victim = event.verb == trace_verb::zva || (pa >= event.pa && pa - event.pa < event.size);
    mended.events.push_back(writes && !of_victim ? event_like(event, trace_verb::read) : event);
    if (writes && of_victim) {
        mended.events.push_back(event_like(event, trace_verb::cvac));
    }
}

void mend_lost_write(const trace_event &event, trace_program &mended)
{
    const trace_verb verb = event.verb == trace_verb::ivac  ? trace_verb::civac
                            : event.verb == trace_verb::isw ? trace_verb::cisw
                                                            : event.verb;
    mended.events.push_back(event_like(event, verb));
}

// The trace with its first `count` events mended; `at`: what has become of the victim's event.
trace_program mend(const trace_program &program, const victim &found, size_t count, size_t &at)
{
    trace_program mended = program;
    mended.events.clear();
    for (size_t i = 0; i < program.events.size(); i++) {
        const trace_event &event = program.events[i];
        at = i == found.event ? mended.events.size() : at;
        if (i >= count || i >= found.event || !on_line(program, event, found.pa)) {
            mended.events.push_back(event);
        } else if (found.rule == "missing-barrier") {
            mend_missing_barrier(program, event, mended);
        } else if (found.rule == "clobber") {
            mend_clobber(program, event, found.pa, mended);
        } else {
            mend_lost_write(event, mended);
        }
    }
    trace_renumber(mended);
    return mended;
}

// The byte may be stale at the event, where the changes of the rules before this one do not help.
bool stale(const trace_program &program, size_t event, const victim &found)
{
    const std::string rules[] = {"missing-barrier", "clobber", "lost-write", "stale-read"};
    const std::string *own = std::find(rules, rules + 4, found.rule);
    for (const enumerator_finding &each : enumerate_granules(program).findings) {
        if (each.event == event && each.pa <= found.pa && found.pa < each.pa + each.bytes) {
            return std::find(rules, rules + 4, each.rule) >= own;
        }
    }
    return false;
}

// A barrier more makes a sweep more certain, which is not what its culprit is blamed for.
bool mending_is_pure(const trace_program &program, const std::string &rule)
{
    return rule != "missing-barrier" || program.elsewhere ||
           std::none_of(program.events.begin(), program.events.end(),
                        [](const trace_event &event) { return is_sweep(event.verb); });
}

struct blame_count {
    uint64_t missing_barrier = 0;
    uint64_t clobber = 0;
    uint64_t lost_write = 0;
};

class checker_culprit_law {
public:
    explicit checker_culprit_law(const trace_program &program) : program_(program) {}

    // Empty, or what is wrong.
    std::string check(blame_count &count)
    {
        const product_result product = product_check_events(program_);
        std::string wrong = product.error;
        for (size_t i = 0; i < product.findings.size() && wrong.empty(); i++) {
            const enumerator_finding &finding = product.findings[i];
            const product_explanation &explanation = product.explanations[i];
            if ((finding.rule != "stale-read" && !explanation.culprit_known) ||
                (finding.rule == "stale-read" && explanation.culprit_known)) {
                wrong = "a culprit is " + std::string(explanation.culprit_known ? "" : "not ") + "known";
            } else if (explanation.culprit_known && of_one_granule(finding)) {
                wrong = difference(finding, explanation.culprit_event, count);
            }
            wrong += wrong.empty() ? "" : ": " + enumerator_finding_text(program_, finding) + "\n";
        }
        return wrong;
    }

private:
    // Of several granules the first may not be the one that has the rule.
    bool of_one_granule(const enumerator_finding &finding) const
    {
        const std::vector<enumerator_granule> granules = enumerator_granules(program_);
        return program_.events[finding.event].verb != trace_verb::end &&
               std::count(granules.begin(), granules.end(), enumerator_granule{finding.pa, finding.bytes}) !=
                   0;
    }

    std::string difference(const enumerator_finding &finding, size_t culprit, blame_count &count)
    {
        const victim found = {finding.event, finding.rule, finding.pa, finding.bytes};
        if (!mending_is_pure(program_, found.rule)) {
            return "";
        }
        count.missing_barrier += found.rule == "missing-barrier" ? 1 : 0;
        count.clobber += found.rule == "clobber" ? 1 : 0;
        count.lost_write += found.rule == "lost-write" ? 1 : 0;
        size_t at = 0;
        const trace_program without = mend(program_, found, culprit, at);
        if (!stale(without, at, found)) {
            return "not stale, and the culprit of line " +
                   std::to_string(program_.events[culprit].text_line) + " is not mended";
        }
        const trace_program with = mend(program_, found, culprit + 1, at);
        return !stale(with, at, found)
                   ? ""
                   : "stale, though the culprit of line " +
                         std::to_string(program_.events[culprit].text_line) + " is mended";
    }

    const trace_program &program_;
};

TEST(checker_culprit, makes_the_difference)
{
    blame_count count;
    for (uint64_t seed = 1; seed <= RANDOM_TRACES; seed++) {
        const trace_program program = seed % 2 == 0 ? random_trace(seed) : random_sweep_trace(seed);
        if (checker_culprit_law(program).check(count).empty()) {
            continue;
        }
        blame_count ignored;
        const trace_program small = trace_shrink(program, [&](const trace_program &candidate) {
            return !checker_culprit_law(candidate).check(ignored).empty();
        });
        ADD_FAILURE() << "seed " << seed << "\n"
                      << trace_text(small) << checker_culprit_law(small).check(ignored);
        return;
    }
    // The law would hold of nothing if nobody were blamed.
    EXPECT_GT(count.missing_barrier, RANDOM_TRACES / 100);
    EXPECT_GT(count.clobber, RANDOM_TRACES / 100);
    EXPECT_GT(count.lost_write, RANDOM_TRACES / 100);
}

} // namespace
