// SPDX-License-Identifier: BSD-3-Clause
//
// A trace of checker.md, "Traces without a CPU", as data for tests: what the generators make, the enumerator
// judges and the text form says. The reader accepts well-formed traces alone; what is refused, and how, is
// the product's parser's subject and has tests of its own. Includes nothing of model/checker.
#ifndef TESTS_PROPERTY_CHECKER_TRACE_HPP
#define TESTS_PROPERTY_CHECKER_TRACE_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

enum class agent_kind { wb, wb_alias, nc, nc_buffered };

enum class trace_verb {
    write,
    read,
    write_nc,
    read_nc,
    cvac,
    civac,
    ivac,
    zva,
    isw,
    csw,
    cisw,
    dsb,
    dmb,
    smc,
    map,
    unmap,
    end
};

// How far a sweep is known to meet a line; the format says `untouched`, whoever watches a machine knows more.
enum class trace_reach { untouched, nothing, all };

struct trace_agent {
    std::string name;
    agent_kind kind = agent_kind::wb;
    unsigned pe = 0;
};

struct trace_event {
    trace_verb verb = trace_verb::end;
    unsigned agent = 0; // index; of no meaning for `end`
    uint64_t pa = 0;
    uint64_t size = 0;      // of a sweep 0: all lines, else those that the range touches
    unsigned text_line = 0; // counted from 1
    trace_reach reach = trace_reach::untouched;
};

struct trace_program {
    uint64_t line_size = 64;
    bool elsewhere = false;
    std::vector<trace_agent> agents;
    std::vector<trace_event> events;
};

// Which operands a verb has in the text.
enum class trace_operands { none, address, range };
trace_operands trace_verb_operands(trace_verb verb);
const char *trace_verb_name(trace_verb verb);

// Gives each event the line on which trace_text() puts it.
void trace_renumber(trace_program &program);
// What the format has no words for, a sweep's reach and range, is told in a comment.
std::string trace_text(const trace_program &program);

// The other way round; a trace that is not well formed fails an assert. Comments are dropped.
trace_program trace_parse(const std::string &text);

#endif
