// SPDX-License-Identifier: BSD-3-Clause
#include "tests/property/code_side_naive.hpp"

#include <vector>

namespace code_side_naive {

namespace {

void writeback(state &s)
{
    if (s.dirty != NONE) {
        s.pou = s.dirty;
        s.dirty = NONE;
    }
}

void drain(state &s)
{
    if (s.buffered != NONE) {
        s.pou = s.buffered;
        s.buffered = NONE;
    }
}

// Every single move from one state.
std::vector<state> moves(const state &from, const environment &now)
{
    std::vector<state> to;
    const auto add = [&](auto change) {
        state s = from;
        change(s);
        to.push_back(s);
    };
    const bool copies = now.caching && !now.dic;
    add(writeback);
    add(drain);
    if (from.clean_pending) {
        add([](state &s) {
            writeback(s);
            s.clean_pending = false;
        });
    }
    if (from.ic_pending) {
        add([](state &s) {
            s.copy = NONE;
            s.ic_pending = false;
        });
    }
    add([](state &s) { s.copy = NONE; });
    add([](state &s) { s.ahead = NONE; });
    if (now.fetchable && copies && from.copy == NONE) {
        add([](state &s) { s.copy = s.pou; });
    }
    if (now.fetchable && from.ahead == NONE) {
        add([&](state &s) { s.ahead = copies && s.copy != NONE ? s.copy : s.pou; });
    }
    return to;
}

} // namespace

word::word(const environment &e) : now(e)
{
    states.insert(state{});
    close();
}

void word::close()
{
    std::vector<state> open(states.begin(), states.end());
    while (!open.empty()) {
        const state from = open.back();
        open.pop_back();
        for (const state &s : moves(from, now)) {
            if (states.insert(s).second) {
                open.push_back(s);
            }
        }
    }
}

template <typename change> void word::each(change apply)
{
    std::set<state> after;
    for (state s : states) {
        apply(s);
        after.insert(s);
    }
    states = after;
    close();
}

void word::environment_set(const environment &e)
{
    now = e;
    close();
}

void word::stored(store kind)
{
    newest++;
    each([&](state &s) {
        if (kind == store::CACHED && !now.idc) {
            s.dirty = newest;
            s.clean_pending = false; // what is pending of the line came before the store
        } else if (kind == store::UNBUFFERED) {
            s.buffered = NONE; // what is queued of these bytes goes first
            s.pou = newest;
        } else {
            s.buffered = newest;
        }
    });
}

void word::cleaned()
{
    each([](state &s) { s.clean_pending = s.dirty != NONE; });
}

void word::invalidated()
{
    each([](state &s) { s.ic_pending = true; });
}

void word::dsb(bool full)
{
    each([&](state &s) {
        drain(s);
        if (full && s.clean_pending) {
            writeback(s);
            s.clean_pending = false;
        }
        if (full && s.ic_pending) {
            s.copy = NONE;
            s.ic_pending = false;
        }
    });
}

void word::synchronised()
{
    each([](state &s) { s.ahead = NONE; });
}

int word::value(const state &s) const
{
    if (s.ahead != NONE) {
        return s.ahead;
    }
    return now.caching && !now.dic && s.copy != NONE ? s.copy : s.pou;
}

bool word::fetched()
{
    bool stale = false;
    bool in_data_cache = false;
    std::set<state> after;
    for (state s : states) {
        in_data_cache |= s.dirty != NONE;
        stale |= value(s) != newest;
        if (value(s) == newest) {
            s.ahead = newest;
            after.insert(s);
            s.copy = now.caching && !now.dic && s.copy == NONE ? newest : s.copy;
            after.insert(s);
        }
    }
    if (!now.caching && in_data_cache) {
        return false;
    }
    states = after;
    close();
    return stale;
}

} // namespace code_side_naive
