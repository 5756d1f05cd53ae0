// SPDX-License-Identifier: BSD-3-Clause
//
// Traces to text and back; see checker_trace.hpp. Grammar: checker.md, "Traces without a CPU".
#include "tests/property/checker_trace.hpp"

#include <array>
#include <cassert>
#include <sstream>

namespace {

struct verb_row {
    trace_verb verb;
    const char *name;
    trace_operands operands;
};

const std::array<verb_row, 17> VERBS = {{{trace_verb::write, "w", trace_operands::range},
                                         {trace_verb::read, "r", trace_operands::range},
                                         {trace_verb::write_nc, "w.nc", trace_operands::range},
                                         {trace_verb::read_nc, "r.nc", trace_operands::range},
                                         {trace_verb::cvac, "cvac", trace_operands::address},
                                         {trace_verb::civac, "civac", trace_operands::address},
                                         {trace_verb::ivac, "ivac", trace_operands::address},
                                         {trace_verb::zva, "zva", trace_operands::address},
                                         {trace_verb::isw, "isw", trace_operands::none},
                                         {trace_verb::csw, "csw", trace_operands::none},
                                         {trace_verb::cisw, "cisw", trace_operands::none},
                                         {trace_verb::dsb, "dsb", trace_operands::none},
                                         {trace_verb::dmb, "dmb", trace_operands::none},
                                         {trace_verb::smc, "smc", trace_operands::none},
                                         {trace_verb::map, "map", trace_operands::range},
                                         {trace_verb::unmap, "unmap", trace_operands::range},
                                         {trace_verb::end, "end", trace_operands::none}}};

const std::array<const char *, 4> KINDS = {"wb", "wb-alias", "nc", "nc-buffered"};

const verb_row &verb_row_of(trace_verb verb)
{
    const verb_row &row = VERBS.at(static_cast<size_t>(verb));
    assert(row.verb == verb);
    return row;
}

trace_verb verb_parse(const std::string &word)
{
    for (const verb_row &row : VERBS) {
        if (word == row.name) {
            return row.verb;
        }
    }
    assert(!"a verb of the trace format");
    return trace_verb::end;
}

unsigned agent_find(const trace_program &program, const std::string &name)
{
    for (unsigned i = 0; i < program.agents.size(); i++) {
        if (program.agents[i].name == name) {
            return i;
        }
    }
    assert(!"a declared agent");
    return 0;
}

trace_agent agent_parse(std::istringstream &words)
{
    trace_agent agent;
    std::string kind;
    std::string pe;
    words >> agent.name >> kind >> pe;
    size_t index = 0;
    while (index < KINDS.size() && kind != KINDS.at(index)) {
        index++;
    }
    assert(index < KINDS.size());
    agent.kind = static_cast<agent_kind>(index);
    if (!pe.empty()) {
        assert(pe.compare(0, 3, "pe=") == 0);
        agent.pe = static_cast<unsigned>(std::stoul(pe.substr(3)));
    }
    return agent;
}

trace_event event_parse(const trace_program &program, const std::string &first, std::istringstream &words)
{
    trace_event event;
    if (first == "end") {
        return event;
    }
    std::string verb;
    std::string pa;
    std::string size;
    words >> verb >> pa >> size;
    event.agent = agent_find(program, first);
    event.verb = verb_parse(verb);
    const trace_operands operands = trace_verb_operands(event.verb);
    assert(pa.empty() == (operands == trace_operands::none));
    assert(size.empty() == (operands != trace_operands::range));
    event.pa = pa.empty() ? 0 : std::stoull(pa, nullptr, 0);
    event.size = size.empty() ? 0 : std::stoull(size, nullptr, 0);
    return event;
}

// Before the events stand the line size, `elsewhere` if so, and the agents.
unsigned header_lines(const trace_program &program)
{
    return 1U + (program.elsewhere ? 1U : 0U) + static_cast<unsigned>(program.agents.size());
}

std::string sweep_comment(const trace_event &event)
{
    std::ostringstream text;
    if (event.reach != trace_reach::untouched) {
        text << (event.reach == trace_reach::all ? " # all" : " # nothing");
    }
    if (trace_verb_operands(event.verb) == trace_operands::none && event.size != 0) {
        text << " # 0x" << std::hex << event.pa << std::dec << " " << event.size;
    }
    return text.str();
}

} // namespace

trace_operands trace_verb_operands(trace_verb verb)
{
    return verb_row_of(verb).operands;
}

const char *trace_verb_name(trace_verb verb)
{
    return verb_row_of(verb).name;
}

void trace_renumber(trace_program &program)
{
    unsigned text_line = header_lines(program);
    for (trace_event &event : program.events) {
        text_line++;
        event.text_line = text_line;
    }
}

std::string trace_text(const trace_program &program)
{
    std::ostringstream text;
    text << "line " << program.line_size << "\n" << (program.elsewhere ? "elsewhere\n" : "");
    for (const trace_agent &agent : program.agents) {
        text << "agent " << agent.name << " " << KINDS.at(static_cast<size_t>(agent.kind));
        if (agent.pe != 0) {
            text << " pe=" << agent.pe;
        }
        text << "\n";
    }
    for (const trace_event &event : program.events) {
        const trace_operands operands = trace_verb_operands(event.verb);
        if (event.verb != trace_verb::end) {
            text << program.agents.at(event.agent).name << " ";
        }
        text << trace_verb_name(event.verb);
        if (operands != trace_operands::none) {
            text << " 0x" << std::hex << event.pa << std::dec;
        }
        if (operands == trace_operands::range) {
            text << " " << event.size;
        }
        text << sweep_comment(event) << "\n";
    }
    return text.str();
}

trace_program trace_parse(const std::string &text)
{
    trace_program program;
    std::istringstream lines(text);
    std::string line;
    for (unsigned number = 1; std::getline(lines, line); number++) {
        std::istringstream words(line.substr(0, line.find('#')));
        std::string first;
        if (!(words >> first)) {
            continue;
        }
        if (first == "line") {
            words >> program.line_size;
        } else if (first == "elsewhere") {
            program.elsewhere = true;
        } else if (first == "agent") {
            program.agents.push_back(agent_parse(words));
        } else {
            program.events.push_back(event_parse(program, first, words));
            program.events.back().text_line = number;
        }
    }
    return program;
}
