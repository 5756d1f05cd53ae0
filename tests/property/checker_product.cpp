// SPDX-License-Identifier: BSD-3-Clause
//
// check-trace as a function; see checker_product.hpp.
#include "tests/property/checker_product.hpp"

#include "cosim/trace_check.h"

namespace {

// Index of the event on a line of the text; one past the last if there is none.
size_t event_on_line(const trace_program &program, uint64_t text_line)
{
    size_t index = 0;
    while (index < program.events.size() && program.events[index].text_line != text_line) {
        index++;
    }
    return index;
}

struct checker_config config_of(const trace_program &program)
{
    struct checker_config config {};
    config.line = static_cast<uint32_t>(program.line_size);
    config.elsewhere = program.elsewhere;
    for (const trace_agent &agent : program.agents) {
        config.agents[config.agent_count++] = {static_cast<uint8_t>(agent.kind),
                                               static_cast<uint8_t>(agent.pe)};
    }
    return config;
}

const uint8_t NO_EVENT = CHECKER_EVENT_KIND_COUNT;

uint8_t kind_of(trace_verb verb)
{
    switch (verb) {
    case trace_verb::write:
        return CHECKER_WRITE;
    case trace_verb::read:
        return CHECKER_READ;
    case trace_verb::write_nc:
        return CHECKER_WRITE_NC;
    case trace_verb::read_nc:
        return CHECKER_READ_NC;
    case trace_verb::cvac:
        return CHECKER_CVAC;
    case trace_verb::civac:
        return CHECKER_CIVAC;
    case trace_verb::ivac:
        return CHECKER_IVAC;
    case trace_verb::zva:
        return CHECKER_ZVA;
    case trace_verb::isw:
        return CHECKER_ISW;
    case trace_verb::csw:
        return CHECKER_CSW;
    case trace_verb::cisw:
        return CHECKER_CISW;
    case trace_verb::dsb:
        return CHECKER_DSB;
    case trace_verb::dmb:
        return CHECKER_DMB;
    case trace_verb::map:
        return CHECKER_MAP;
    case trace_verb::unmap:
        return CHECKER_UNMAP;
    case trace_verb::smc:
    case trace_verb::end:
        break;
    }
    return NO_EVENT;
}

struct checker_mark mark_of(size_t index)
{
    return {0x1000 + 4 * index, ~uint64_t{index}};
}

struct checker_event event_of(const trace_program &program, size_t index)
{
    const trace_event &from = program.events[index];
    struct checker_event event {};
    event.position = from.text_line;
    event.pa = from.pa;
    event.size = from.size;
    event.kind = kind_of(from.verb);
    event.agent = static_cast<uint8_t>(from.agent);
    event.reach = static_cast<uint8_t>(from.reach);
    event.mark = mark_of(index);
    return event;
}

// The index in the mark, if mark and position are of one event; the end has position and no mark.
size_t event_marked(const trace_program &program, const struct checker_mark &mark, uint64_t position,
                    std::string &error)
{
    const size_t index = event_on_line(program, position);
    const bool end = index < program.events.size() && program.events[index].verb == trace_verb::end;
    const struct checker_mark expected = end ? checker_mark{} : mark_of(index);
    if (index == program.events.size() || mark.pc != expected.pc || mark.tag != expected.tag) {
        error = "the mark at line " + std::to_string(position) + " is not its event's";
    }
    return index;
}

void culprit_check(const trace_program &program, const struct checker *checker,
                   const struct checker_culprit &by, size_t index, std::string &error)
{
    const trace_event &event = program.events[index];
    const bool store = by.domain == UINT8_MAX;
    const uint8_t agent = static_cast<uint8_t>(event.agent);
    if (kind_of(event.verb) != by.kind || program.agents[event.agent].pe != by.pe ||
        (!store && checker_domain(checker, agent) != by.domain) ||
        (store && by.kind != CHECKER_WRITE && by.kind != CHECKER_WRITE_NC)) {
        error = "the culprit of line " + std::to_string(by.position) + " is not told as what it is";
    }
}

void finding_append(const trace_program &program, const struct checker *checker,
                    const struct checker_finding &finding, product_result &result)
{
    result.findings.push_back({event_on_line(program, finding.position),
                               checker_rule_text(static_cast<enum checker_rule>(finding.rule)), finding.pa,
                               finding.bytes});
    product_explanation explanation;
    for (uint32_t i = 0; i < finding.move_count; i++) {
        const struct checker_move &move = finding.moves[i];
        explanation.move_events.push_back(event_marked(program, move.mark, move.position, result.error));
    }
    explanation.culprit_known = finding.by.known;
    if (finding.by.known) {
        const struct checker_culprit &by = finding.by;
        explanation.culprit_event = event_marked(program, by.mark, by.position, result.error);
        if (result.error.empty()) {
            culprit_check(program, checker, by, explanation.culprit_event, result.error);
        }
    }
    result.explanations.push_back(explanation);
}

} // namespace

product_result product_check_events(const trace_program &program)
{
    product_result result;
    const struct checker_config config = config_of(program);
    struct checker *checker = checker_create(&config);
    for (size_t index = 0; index < program.events.size(); index++) {
        const struct checker_event event = event_of(program, index);
        const struct checker_finding *finding = nullptr;
        if (program.events[index].verb == trace_verb::end) {
            checker_audit_begin(checker, event.position);
            while ((finding = checker_audit_next(checker)) != nullptr) {
                finding_append(program, checker, *finding, result);
            }
        } else if (event.kind != NO_EVENT) {
            finding = checker_take(checker, &event);
            if (finding != nullptr) {
                finding_append(program, checker, *finding, result);
            }
        }
    }
    if (checker_overflowed(checker)) {
        result.error = "overflowed";
    }
    checker_destroy(checker);
    return result;
}

product_result product_check(const trace_program &program, const std::string &text)
{
    product_result result;
    struct trace_check trace;
    trace_check_init(&trace, text.data(), text.size());
    const struct checker_finding *finding = nullptr;
    enum trace_check_item item = trace_check_next(&trace, &finding);
    while (item == TRACE_CHECK_FINDING) {
        result.findings.push_back({event_on_line(program, finding->position),
                                   checker_rule_text(static_cast<enum checker_rule>(finding->rule)),
                                   finding->pa, finding->bytes});
        item = trace_check_next(&trace, &finding);
    }
    if (item == TRACE_CHECK_MALFORMED) {
        result.error = "line " + std::to_string(trace.reader.line) + ": " + trace.reader.error;
    } else if (item == TRACE_CHECK_OVERFLOWED) {
        result.error = "overflowed";
    }
    trace_check_release(&trace);
    return result;
}
