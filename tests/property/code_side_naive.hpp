// SPDX-License-Identifier: BSD-3-Clause
//
// The instruction side of one word, as naively as it can be said: versions that stand in the data cache, in a
// store buffer, at the PoU, in the instruction cache and in what was fetched ahead, and the set of all states
// that the adversary's moves can reach, one by one. Shares nothing with the code under test.
#ifndef TESTS_PROPERTY_CODE_SIDE_NAIVE_HPP
#define TESTS_PROPERTY_CODE_SIDE_NAIVE_HPP

#include <set>
#include <tuple>

namespace code_side_naive {

constexpr int NONE = -1;

struct state {
    int dirty = NONE;    // in the data cache, not at the PoU
    int buffered = NONE; // on its way to the PoU, needs no clean
    int pou = 0;
    int copy = NONE;  // in the instruction cache
    int ahead = NONE; // fetched ahead
    bool clean_pending = false;
    bool ic_pending = false;

    bool operator<(const state &other) const
    {
        return std::tie(dirty, buffered, pou, copy, ahead, clean_pending, ic_pending) <
               std::tie(other.dirty, other.buffered, other.pou, other.copy, other.ahead, other.clean_pending,
                        other.ic_pending);
    }
};

// What the moves depend on, and does not depend on them.
struct environment {
    bool idc = false, dic = false;
    bool fetchable = false; // now
    bool caching = false;   // SCTLR.I now
};

enum class store { CACHED, BUFFERED, UNBUFFERED };

class word {
public:
    explicit word(const environment &e);

    void environment_set(const environment &e);
    void stored(store kind);
    void cleaned(); // DC by VA, or a sweep that meets the line
    void invalidated();
    void dsb(bool full);
    void synchronised();
    // Some state returns an older version. Goes on with the states that do not. Not judged: DRAM of a
    // non-cacheable fetch while the newest version may be in the data cache.
    bool fetched();

private:
    void close();
    template <typename change> void each(change apply);
    int value(const state &s) const;

    environment now;
    int newest = 0;
    std::set<state> states;
};

} // namespace code_side_naive

#endif
