// SPDX-License-Identifier: BSD-3-Clause
//
// In place of unicorn_engine.cpp in a build without the library.
#include <cassert>

#include "bench/unicorn_engine.hpp"

namespace bench {

bool unicorn_built()
{
    return false;
}

run_result unicorn_run(const differential::elf_image &, uint64_t, uint64_t, unicorn_memory)
{
    assert(!"an engine that this build does not have");
    return {};
}

} // namespace bench
