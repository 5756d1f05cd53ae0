// SPDX-License-Identifier: BSD-3-Clause
#include "tests/fuzz/fuzz_input.hpp"

#include <cstdio>
#include <cstdlib>

void fuzz_require(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "broken: %s\n", what);
        abort();
    }
}
