/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Finds the bodies on which our core and QEMU differ, makes a differing body as small as possible, and prints
 * it.
 */
#ifndef TESTS_DIFFERENTIAL_BODY_COMPARE_HPP
#define TESTS_DIFFERENTIAL_BODY_COMPARE_HPP

#include <string>
#include <vector>

#include "tests/differential/body_core.hpp"
#include "tests/differential/body_frame.hpp"

namespace differential {

/* What differs in body `number`, one line each; empty: nothing. */
std::string difference_text(const batch_result &expected, const batch_result &got, uint32_t number);

/* The first instructions only, and of these only what is needed for the difference to stay; the rest is NOP.
 */
body body_minimise(const body &failing, const core_variant &variant);

/* Initial registers that matter, the instructions that are not NOP, and what differs. */
std::string body_report(const body &which, const core_variant &variant);

} // namespace differential

#endif
