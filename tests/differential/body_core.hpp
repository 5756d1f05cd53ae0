/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs a batch of bodies on our core, at EL1 with the MMU on, in one of several ways that must all agree.
 */
#ifndef TESTS_DIFFERENTIAL_BODY_CORE_HPP
#define TESTS_DIFFERENTIAL_BODY_CORE_HPP

#include <string>
#include <vector>

#include "tests/differential/bare_machine.hpp"
#include "tests/differential/body_frame.hpp"

namespace differential {

struct core_variant {
    const char *name;
    cpu_memory_mode mode;
    grant_policy policy;
    bool marks;
    uint64_t chunk; /* instructions per cpu_run() */
};

extern const core_variant core_variants[];
extern const size_t core_variant_count;

/* False when a body did not come to its end: `why_not` says which and what the core said. */
bool batch_run_core(const std::vector<body> &bodies, const core_variant &variant, batch_result *out,
                    std::string *why_not);

} // namespace differential

#endif
