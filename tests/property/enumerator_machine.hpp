// SPDX-License-Identifier: BSD-3-Clause
//
// The machine of the naive enumerator: the set of all joint states of a trace, stepped event by event. Read
// it beside checker.md, "Events", "Moves" and "Traces without a CPU". It must stay plain: nothing here may
// know what model/checker knows about sets of states. See enumerator.hpp for what it is for.
#ifndef TESTS_PROPERTY_ENUMERATOR_MACHINE_HPP
#define TESTS_PROPERTY_ENUMERATOR_MACHINE_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <set>
#include <type_traits>
#include <unordered_set>
#include <utility>
#include <vector>

#include "tests/property/enumerator.hpp"

namespace enumerator {

const size_t LINES_MAX = 4;
const size_t CELLS_MAX = 4; // granules per line
const size_t DOMAINS_MAX = 3;
const size_t ITEMS_MAX = 64; // operations and stores issued in one trace, each once per line it may act on

using cell_versions = std::array<uint8_t, CELLS_MAX>;

struct line_copy {
    uint8_t present;
    uint8_t dirty;
    cell_versions version;
};

struct line_state {
    cell_versions dram;
    std::array<line_copy, DOMAINS_MAX> copies;
};

// One bit of `pending` for each item that was issued and has not taken effect.
struct joint_state {
    std::array<line_state, LINES_MAX> lines;
    uint64_t pending;

    bool operator==(const joint_state &other) const { return std::memcmp(this, &other, sizeof *this) == 0; }
};
static_assert(std::has_unique_object_representations_v<joint_state>, "compared and hashed as bytes");

struct joint_state_hash {
    size_t operator()(const joint_state &state) const
    {
        static_assert(sizeof(joint_state) % sizeof(uint64_t) == 0, "hashed in words");
        std::array<uint64_t, sizeof(joint_state) / sizeof(uint64_t)> words;
        std::memcpy(words.data(), &state, sizeof state);
        uint64_t hash = 0;
        for (const uint64_t word : words) {
            hash = (hash ^ word) * 0x9E3779B97F4A7C15ULL;
            hash ^= hash >> 29;
        }
        return hash;
    }
};

enum class item_kind { va_op, sweep, store };

// What a PE issued and what need not take effect at once: a VA operation or a sweep on one line of one
// domain, or a buffered store to one cell.
struct pending_item {
    item_kind kind = item_kind::va_op;
    unsigned pe = 0;
    unsigned domain = 0;
    size_t line = 0;
    size_t cell = 0;
    uint8_t version = 0;
    bool cleans = false;
    bool invalidates = false;
    bool may_miss = false;
    unsigned dmb_epoch = 0; // how many DMBs the PE had done
};

class machine {
public:
    machine(const trace_program &program, const std::vector<enumerator_granule> &tracked,
            machine_change change, size_t states_max);

    // Does the event; returns the tracked granules that it may read stale (for `end`: that are lost in some
    // state). The states in which the read was stale are dropped.
    std::vector<enumerator_granule> step(const trace_event &event);

    size_t states_peak() const { return states_peak_; }
    bool complete() const { return complete_; }

private:
    void layout(const std::vector<enumerator_granule> &tracked);
    size_t line_find(uint64_t pa) const;
    std::vector<size_t> cells_of(const trace_event &event, size_t line) const;
    bool cached_access(const trace_event &event) const;
    bool buffered_write(const trace_event &event) const;

    void close();
    void moves(const joint_state &state, std::vector<joint_state> &next) const;
    void line_moves(const joint_state &state, size_t line, std::vector<joint_state> &next) const;
    void item_moves(const joint_state &state, size_t index, std::vector<joint_state> &next) const;
    void write_back(line_state &line, line_copy &copy, size_t index) const;
    void keep_completed(uint64_t items);

    // Masks of what was ever issued; what of it is pending is in the state.
    uint64_t items_of_pe(unsigned pe) const;
    uint64_t items_before_dmb(unsigned pe) const;
    uint64_t items_of_line(unsigned pe, unsigned domain, size_t line) const;
    uint64_t stores_of_cells(unsigned pe, size_t line, const std::vector<size_t> &cells) const;

    void issue(pending_item item);
    void cached_line(const trace_event &event, size_t line, const std::vector<size_t> &cells, bool writes);
    void uncached_write(const trace_event &event, size_t line, const std::vector<size_t> &cells);
    void maintain(const trace_event &event, size_t line);
    void sweep(const trace_event &event);
    bool sweep_may_miss(const trace_event &event, size_t line) const;
    bool concerns(const trace_event &event, size_t line) const; // its range touches the line
    void map(const trace_event &event);
    std::vector<enumerator_granule> read(const trace_event &event, size_t line,
                                         const std::vector<size_t> &cells);
    uint8_t value_read(const joint_state &state, const trace_event &event, size_t line, size_t cell) const;
    std::vector<enumerator_granule> audit() const;
    bool newest_exists(const joint_state &state, size_t line, size_t cell) const;
    void access(const trace_event &event, std::vector<enumerator_granule> &stale);

    const trace_agent &agent_of(const trace_event &event) const { return program_.agents.at(event.agent); }
    unsigned domain_of(const trace_event &event) const { return domains_.at(event.agent); }

    const trace_program &program_;
    const machine_change change_;
    const size_t states_max_;

    // The trace's own facts, the same in every state.
    std::vector<unsigned> domains_; // of each agent; non-cacheable agents never use theirs
    unsigned domain_count_ = 1;
    std::vector<uint64_t> line_pa_;
    std::vector<std::vector<enumerator_granule>> cells_; // of each line
    std::array<cell_versions, LINES_MAX> newest_{};
    std::array<std::array<bool, DOMAINS_MAX>, LINES_MAX> fillable_{};
    std::vector<pending_item> items_;               // in the order of issue
    std::set<std::pair<unsigned, size_t>> touched_; // (PE, line) since the PE's last DSB
    std::vector<unsigned> dmb_count_;               // of each PE

    std::unordered_set<joint_state, joint_state_hash> states_;
    size_t states_peak_ = 1;
    bool complete_ = true;
};

} // namespace enumerator

#endif
