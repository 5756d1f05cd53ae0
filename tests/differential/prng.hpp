/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The random numbers of the differential tests: the same on every host, from a seed that a failure prints.
 * Not for anything but tests.
 */
#ifndef TESTS_DIFFERENTIAL_PRNG_HPP
#define TESTS_DIFFERENTIAL_PRNG_HPP

#include <cassert>
#include <cstdint>

namespace differential {

/* A Weyl sequence with a mixing function: any seed is good, also 0. */
class prng {
public:
    explicit prng(uint64_t seed) : state(seed) {}

    uint64_t next()
    {
        state += 0x9e3779b97f4a7c15U;
        uint64_t z = state;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31);
    }

    /* 0 .. bound - 1 */
    uint32_t below(uint32_t bound)
    {
        assert(bound > 0);
        return static_cast<uint32_t>(next() >> 32) % bound;
    }

    /* low .. high, both possible */
    int32_t between(int32_t low, int32_t high)
    {
        assert(low <= high);
        return low + static_cast<int32_t>(below(static_cast<uint32_t>(high - low) + 1));
    }

    bool one_in(uint32_t bound) { return below(bound) == 0; }

private:
    uint64_t state;
};

} // namespace differential

#endif
