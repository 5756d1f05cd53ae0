// SPDX-License-Identifier: BSD-3-Clause
//
// A trace of checker.md, "Traces without a CPU", made into accesses of token-driven caches, with the moves of
// a witness at their events. Every write writes bytes that nobody wrote before, so that a stale byte differs.
#ifndef TESTS_PROPERTY_CACHE_REPLAY_DRIVER_HPP
#define TESTS_PROPERTY_CACHE_REPLAY_DRIVER_HPP

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/checker/checker.h"

// What trace_reader makes of the text of a trace. The line `end` is no event: `end` is where it stands, or 0.
struct replay_trace {
    struct checker_config config {};
    std::vector<struct checker_event> events;
    uint64_t end = 0;
};

class cache_replay_driver {
public:
    // `named`: addresses of the lines that the token names.
    cache_replay_driver(const replay_trace &trace, const std::vector<uint64_t> &named);
    ~cache_replay_driver();
    cache_replay_driver(const cache_replay_driver &) = delete;
    cache_replay_driver &operator=(const cache_replay_driver &) = delete;

    // The caches have two PA spaces: a trace of more cacheable domains does not fit.
    static bool fits(const replay_trace &trace);

    // One move, right before the event at its position; `pa` is the finding's. Empty, or what is wrong.
    std::string move(const struct checker_move &move, uint64_t pa);
    // Makes the event. A read is kept until the next event.
    void event(const struct checker_event &event);

    // Of the last event: it read other bytes than the newest ones, anywhere or at this address.
    bool differs() const;
    bool differs(uint64_t pa) const;
    // Of the last event: the caches recorded a stale read.
    bool recorded() const;
    // A hold or miss that the last event did not take.
    bool armed() const;
    // Copies, buffers and golden bytes obey their invariants, and the golden bytes are the newest ones.
    bool golden_is_newest() const;
    // After the last event: the audit tells that the newest value of this byte is gone.
    bool audit_tells(uint64_t pa);

private:
    struct machine;
    std::unique_ptr<machine> machine_;
};

#endif
