// SPDX-License-Identifier: BSD-3-Clause
//
// Verdicts from the naive machine: the joint run, the runs of single granules, and the rules; see
// enumerator.hpp.
#include "tests/property/enumerator.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <sstream>

#include "tests/property/enumerator_machine.hpp"

namespace {

using enumerator::machine;

struct stale_granule {
    enumerator_granule granule;
    std::string rule;
};

const std::array<const char *, 4> RULES = {"missing-barrier", "clobber", "lost-write", "stale-read"};

size_t rule_rank(const std::string &rule)
{
    return static_cast<size_t>(std::find(RULES.begin(), RULES.end(), rule) - RULES.begin());
}

// One finding per reading event; for `end` one per line.
void findings_append(const trace_program &program, size_t event, std::vector<stale_granule> stale,
                     std::vector<enumerator_finding> &findings)
{
    std::sort(stale.begin(), stale.end(), [](const stale_granule &left, const stale_granule &right) {
        return left.granule.pa < right.granule.pa;
    });
    const size_t before = findings.size();
    for (const stale_granule &part : stale) {
        const bool same_line =
            findings.size() > before && (findings.back().pa ^ part.granule.pa) < program.line_size;
        if (!same_line) {
            findings.push_back({event, part.rule, part.granule.pa, 0});
        }
        enumerator_finding &finding = findings.back();
        finding.bytes += part.granule.size;
        finding.rule = rule_rank(part.rule) < rule_rank(finding.rule) ? part.rule : finding.rule;
    }
}

// The first change under which the granule's read is no longer stale names the rule; `end` has one rule only.
std::string rule_of(const std::array<bool, 4> &stale_under, trace_verb verb)
{
    if (verb == trace_verb::end) {
        return "lost-write";
    }
    for (size_t change = 1; change < stale_under.size(); change++) {
        if (!stale_under.at(change)) {
            return RULES.at(change - 1);
        }
    }
    return "stale-read";
}

} // namespace

std::vector<enumerator_granule> enumerator_granules(const trace_program &program)
{
    std::vector<std::pair<uint64_t, uint64_t>> ranges;
    std::set<uint64_t> borders;
    for (const trace_event &event : program.events) {
        const bool zva = event.verb == trace_verb::zva;
        const bool mapping = event.verb == trace_verb::map || event.verb == trace_verb::unmap;
        if (!zva && (mapping || trace_verb_operands(event.verb) != trace_operands::range)) {
            continue;
        }
        const uint64_t first = zva ? event.pa & ~(program.line_size - 1) : event.pa;
        const uint64_t size = zva ? program.line_size : event.size;
        ranges.emplace_back(first, size);
        borders.insert({first, first + size});
    }
    std::vector<enumerator_granule> granules;
    for (auto border = borders.begin(); border != borders.end() && std::next(border) != borders.end();
         border++) {
        const bool accessed = std::any_of(ranges.begin(), ranges.end(), [&](const auto &range) {
            return *border >= range.first && *border - range.first < range.second;
        });
        if (accessed) {
            granules.push_back({*border, *std::next(border) - *border});
        }
    }
    return granules;
}

enumerator_result enumerate_joint(const trace_program &program, size_t states_max)
{
    enumerator_result result;
    machine joint(program, enumerator_granules(program), machine_change::none, states_max);
    for (size_t event = 0; event < program.events.size() && result.findings.empty() && joint.complete();
         event++) {
        std::vector<stale_granule> stale;
        for (const enumerator_granule &granule : joint.step(program.events[event])) {
            stale.push_back({granule, ""});
        }
        findings_append(program, event, stale, result.findings);
    }
    result.states_peak = joint.states_peak();
    result.complete = joint.complete();
    return result;
}

enumerator_result enumerate_granules(const trace_program &program)
{
    enumerator_result result;
    std::vector<std::vector<stale_granule>> stale(program.events.size());
    for (const enumerator_granule &granule : enumerator_granules(program)) {
        std::vector<std::array<bool, 4>> stale_under(program.events.size());
        for (size_t change = 0; change < 4; change++) {
            machine alone(program, {granule}, static_cast<machine_change>(change), SIZE_MAX);
            for (size_t event = 0; event < program.events.size(); event++) {
                stale_under[event].at(change) = !alone.step(program.events[event]).empty();
            }
            result.states_peak = std::max(result.states_peak, alone.states_peak());
        }
        for (size_t event = 0; event < program.events.size(); event++) {
            if (stale_under[event][0]) {
                stale[event].push_back({granule, rule_of(stale_under[event], program.events[event].verb)});
            }
        }
    }
    for (size_t event = 0; event < program.events.size(); event++) {
        findings_append(program, event, stale[event], result.findings);
    }
    return result;
}

std::string enumerator_finding_text(const trace_program &program, const enumerator_finding &finding)
{
    const trace_event &event = program.events.at(finding.event);
    std::ostringstream text;
    text << event.text_line << ": " << (finding.rule.empty() ? "stale" : finding.rule);
    if (event.verb != trace_verb::end) {
        text << " agent=" << program.agents.at(event.agent).name;
    }
    text << " pa=0x" << std::hex << finding.pa << std::dec << " bytes=" << finding.bytes;
    return text.str();
}
