// SPDX-License-Identifier: BSD-3-Clause
//
// The product as the laws see it: a trace's text goes through the reader of check-trace and model/checker,
// and findings come out in the enumerator's words. The only file of these tests that includes the product.
#ifndef TESTS_PROPERTY_CHECKER_PRODUCT_HPP
#define TESTS_PROPERTY_CHECKER_PRODUCT_HPP

#include <string>
#include <vector>

#include "tests/property/enumerator.hpp"

// What stands beside a finding: events by their index, one past the last if the event bears no mark.
struct product_explanation {
    std::vector<size_t> move_events;
    bool culprit_known = false;
    size_t culprit_event = 0;
};

struct product_result {
    std::vector<enumerator_finding> findings;
    std::vector<product_explanation> explanations; // of product_check_events(), one for each finding
    std::string error; // a trace that it refuses, a limit that it met, or an explanation that is none
};

// `text` is trace_text(program), or the file that the program was read from: findings name lines.
product_result product_check(const trace_program &program, const std::string &text);

// The events without the text, each with a mark of its own.
product_result product_check_events(const trace_program &program);

#endif
