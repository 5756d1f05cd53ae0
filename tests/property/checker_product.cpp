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

} // namespace

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
