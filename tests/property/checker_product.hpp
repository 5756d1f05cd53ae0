// SPDX-License-Identifier: BSD-3-Clause
//
// The product as the laws see it: a trace's text goes through the reader of check-trace and model/checker,
// and findings come out in the enumerator's words. The only file of these tests that includes the product.
#ifndef TESTS_PROPERTY_CHECKER_PRODUCT_HPP
#define TESTS_PROPERTY_CHECKER_PRODUCT_HPP

#include <string>
#include <vector>

#include "tests/property/enumerator.hpp"

struct product_result {
    std::vector<enumerator_finding> findings;
    std::string error; // a trace that it refuses, or a limit that it met
};

// `text` is trace_text(program), or the file that the program was read from: findings name lines.
product_result product_check(const trace_program &program, const std::string &text);

#endif
