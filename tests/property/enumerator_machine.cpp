// SPDX-License-Identifier: BSD-3-Clause
//
// The machine of the naive enumerator; see enumerator_machine.hpp.
#include "tests/property/enumerator_machine.hpp"

#include <algorithm>
#include <cassert>

namespace enumerator {

namespace {

const size_t NO_LINE = SIZE_MAX;
const unsigned DOMAIN_COHERENT = 0;

// The order in which a PE's items must take effect, checker.md, "Events".
bool must_precede(const pending_item &earlier, const pending_item &later)
{
    if (earlier.pe != later.pe || earlier.kind == item_kind::sweep || later.kind == item_kind::sweep) {
        return false; // nothing but a DSB orders a sweep
    }
    if (earlier.dmb_epoch < later.dmb_epoch) {
        return true;
    }
    if (earlier.kind != later.kind || earlier.line != later.line) {
        return false;
    }
    return earlier.kind == item_kind::va_op ? earlier.domain == later.domain : earlier.cell == later.cell;
}

bool agent_caches(const trace_agent &agent)
{
    return agent.kind == agent_kind::wb || agent.kind == agent_kind::wb_alias;
}

// The items that are so, as a mask.
template <typename claim> uint64_t items_that(const std::vector<pending_item> &items, claim is_so)
{
    uint64_t mask = 0;
    for (size_t i = 0; i < items.size(); i++) {
        mask |= static_cast<uint64_t>(is_so(items[i])) << i;
    }
    return mask;
}

} // namespace

machine::machine(const trace_program &program, const std::vector<enumerator_granule> &tracked,
                 machine_change change, size_t states_max)
    : program_(program), change_(change), states_max_(states_max)
{
    unsigned pe_count = 0;
    for (const trace_agent &agent : program.agents) {
        domains_.push_back(agent.kind == agent_kind::wb_alias ? domain_count_++ : DOMAIN_COHERENT);
        pe_count = std::max(pe_count, agent.pe + 1);
    }
    assert(domain_count_ <= DOMAINS_MAX);
    dmb_count_.resize(pe_count);
    layout(tracked);
    states_.insert(joint_state{}); // every byte fresh in DRAM, no copies, nothing pending
}

void machine::layout(const std::vector<enumerator_granule> &tracked)
{
    for (const enumerator_granule &granule : tracked) {
        const uint64_t line_pa = granule.pa & ~(program_.line_size - 1);
        size_t line = line_find(line_pa);
        if (line == NO_LINE) {
            line = line_pa_.size();
            line_pa_.push_back(line_pa);
            cells_.emplace_back();
            fillable_.at(line).fill(true);
        }
        cells_.at(line).push_back(granule);
        assert(cells_.at(line).size() <= CELLS_MAX);
    }
}

size_t machine::line_find(uint64_t pa) const
{
    for (size_t line = 0; line < line_pa_.size(); line++) {
        if (pa >= line_pa_[line] && pa - line_pa_[line] < program_.line_size) {
            return line;
        }
    }
    return NO_LINE;
}

// The tracked cells that an access acts on: those inside its range, the whole line for zva.
std::vector<size_t> machine::cells_of(const trace_event &event, size_t line) const
{
    std::vector<size_t> found;
    for (size_t cell = 0; line != NO_LINE && cell < cells_.at(line).size(); cell++) {
        const uint64_t pa = cells_[line][cell].pa;
        if (event.verb == trace_verb::zva || (pa >= event.pa && pa - event.pa < event.size)) {
            found.push_back(cell);
        }
    }
    return found;
}

bool machine::cached_access(const trace_event &event) const
{
    const bool plain = event.verb == trace_verb::write || event.verb == trace_verb::read;
    return event.verb == trace_verb::zva || (plain && agent_caches(agent_of(event)));
}

bool machine::buffered_write(const trace_event &event) const
{
    return event.verb == trace_verb::write_nc ||
           (event.verb == trace_verb::write && agent_of(event).kind == agent_kind::nc_buffered);
}

// A write-back is of the whole line. Change (b): bytes that are newest in DRAM keep their place against
// older.
void machine::write_back(line_state &line, line_copy &copy, size_t index) const
{
    for (size_t cell = 0; cell < cells_[index].size(); cell++) {
        const uint8_t newest = newest_[index][cell];
        const bool clobbers = line.dram[cell] == newest && copy.version[cell] != newest;
        if (change_ < machine_change::no_clobber || !clobbers) {
            line.dram[cell] = copy.version[cell];
        }
    }
    copy.dirty = 0;
}

void machine::line_moves(const joint_state &state, size_t index, std::vector<joint_state> &next) const
{
    for (unsigned domain = 0; domain < domain_count_; domain++) {
        joint_state moved = state;
        line_state &line = moved.lines[index];
        line_copy &copy = line.copies[domain];
        if (copy.present == 0) {
            if (!fillable_[index][domain]) {
                continue;
            }
            copy = {1, 0, line.dram};
        } else if (copy.dirty == 0) {
            copy = {};
        } else {
            write_back(line, copy, index);
        }
        next.push_back(moved);
    }
}

// The item takes effect; a sweep that may miss also takes none.
void machine::item_moves(const joint_state &state, size_t index, std::vector<joint_state> &next) const
{
    const pending_item &item = items_.at(index);
    joint_state moved = state;
    moved.pending &= ~(1ULL << index);
    if (item.may_miss) {
        next.push_back(moved);
    }
    line_state &line = moved.lines[item.line];
    if (item.kind == item_kind::store) {
        line.dram[item.cell] = item.version;
        next.push_back(moved);
        return;
    }
    line_copy &copy = line.copies[item.domain];
    const bool cleans = item.cleans || change_ >= machine_change::no_loss;
    if (copy.present != 0 && copy.dirty != 0 && cleans) {
        write_back(line, copy, item.line);
    }
    if (item.invalidates) {
        copy = {};
    }
    next.push_back(moved);
}

void machine::moves(const joint_state &state, std::vector<joint_state> &next) const
{
    for (size_t line = 0; line < line_pa_.size(); line++) {
        line_moves(state, line, next);
    }
    for (size_t later = 0; later < items_.size(); later++) {
        if ((state.pending >> later & 1) == 0) {
            continue;
        }
        bool waits = false;
        for (size_t earlier = 0; earlier < later; earlier++) {
            waits = waits ||
                    ((state.pending >> earlier & 1) != 0 && must_precede(items_[earlier], items_[later]));
        }
        if (!waits) {
            item_moves(state, later, next);
        }
    }
}

void machine::close()
{
    std::vector<joint_state> frontier(states_.begin(), states_.end());
    std::vector<joint_state> next;
    while (!frontier.empty() && complete_) {
        next.clear();
        for (const joint_state &state : frontier) {
            moves(state, next);
        }
        frontier.clear();
        for (const joint_state &state : next) {
            if (states_.insert(state).second) {
                frontier.push_back(state);
            }
        }
        complete_ = states_.size() <= states_max_;
    }
    states_peak_ = std::max(states_peak_, states_.size());
}

// An event that waits for items to complete is legal in the states in which they have completed.
void machine::keep_completed(uint64_t items)
{
    for (auto state = states_.begin(); items != 0 && state != states_.end();) {
        state = (state->pending & items) != 0 ? states_.erase(state) : std::next(state);
    }
    assert(!states_.empty());
}

uint64_t machine::items_of_pe(unsigned pe) const
{
    return items_that(items_, [&](const pending_item &item) { return item.pe == pe; });
}

uint64_t machine::items_before_dmb(unsigned pe) const
{
    return items_that(items_, [&](const pending_item &item) {
        return item.pe == pe && item.kind != item_kind::sweep && item.dmb_epoch < dmb_count_.at(pe);
    });
}

uint64_t machine::items_of_line(unsigned pe, unsigned domain, size_t line) const
{
    return items_that(items_, [&](const pending_item &item) {
        return item.pe == pe && item.kind == item_kind::va_op && item.domain == domain && item.line == line;
    });
}

uint64_t machine::stores_of_cells(unsigned pe, size_t line, const std::vector<size_t> &cells) const
{
    return items_that(items_, [&](const pending_item &item) {
        return item.pe == pe && item.kind == item_kind::store && item.line == line &&
               std::count(cells.begin(), cells.end(), item.cell) != 0;
    });
}

// Change (a): what is issued takes effect at once.
void machine::issue(pending_item item)
{
    item.dmb_epoch = dmb_count_.at(item.pe);
    const size_t index = items_.size();
    assert(index < ITEMS_MAX);
    items_.push_back(item);
    std::vector<joint_state> next;
    for (joint_state state : states_) {
        state.pending |= 1ULL << index;
        if (change_ == machine_change::none) {
            next.push_back(state);
        } else {
            item_moves(state, index, next);
        }
    }
    states_.clear();
    states_.insert(next.begin(), next.end());
}

// The copy that a cacheable access leaves behind: filled if absent, and with the newest bytes if it writes.
void machine::cached_line(const trace_event &event, size_t line, const std::vector<size_t> &cells,
                          bool writes)
{
    std::vector<joint_state> next;
    for (joint_state state : states_) {
        line_copy &copy = state.lines[line].copies[domain_of(event)];
        if (copy.present == 0) {
            copy = {1, 0, state.lines[line].dram};
        }
        if (writes) {
            copy.dirty = 1;
            for (const size_t cell : cells) {
                copy.version[cell] = newest_[line][cell];
            }
        }
        next.push_back(state);
    }
    states_.clear();
    states_.insert(next.begin(), next.end());
}

void machine::uncached_write(const trace_event &event, size_t line, const std::vector<size_t> &cells)
{
    const unsigned pe = agent_of(event).pe;
    if (buffered_write(event)) {
        for (const size_t cell : cells) {
            pending_item store;
            store.kind = item_kind::store;
            store.pe = pe;
            store.line = line;
            store.cell = cell;
            store.version = newest_[line][cell];
            issue(store);
        }
        return;
    }
    keep_completed(stores_of_cells(pe, line, cells));
    std::vector<joint_state> next;
    for (joint_state state : states_) {
        for (const size_t cell : cells) {
            state.lines[line].dram[cell] = newest_[line][cell];
        }
        next.push_back(state);
    }
    states_.clear();
    states_.insert(next.begin(), next.end());
}

void machine::maintain(const trace_event &event, size_t line)
{
    pending_item op;
    op.kind = item_kind::va_op;
    op.pe = agent_of(event).pe;
    op.domain = domain_of(event);
    op.line = line;
    op.cleans = event.verb != trace_verb::ivac;
    op.invalidates = event.verb != trace_verb::cvac;
    issue(op);
}

bool machine::sweep_may_miss(const trace_event &event, size_t line) const
{
    const unsigned pe = agent_of(event).pe;
    bool domain_alone = true;
    for (size_t i = 0; i < program_.agents.size(); i++) {
        const bool member = agent_caches(program_.agents[i]) && domains_[i] == domain_of(event);
        domain_alone = domain_alone && (!member || program_.agents[i].pe == pe);
    }
    const bool escapes = event.reach == trace_reach::nothing ||
                         (event.reach == trace_reach::untouched && touched_.count({pe, line}) != 0);
    return !domain_alone || program_.elsewhere || escapes;
}

bool machine::concerns(const trace_event &event, size_t line) const
{
    const uint64_t first = line_pa_[line];
    return event.pa < first + program_.line_size && first < event.pa + event.size;
}

void machine::sweep(const trace_event &event)
{
    for (size_t line = 0; line < line_pa_.size(); line++) {
        if (event.size != 0 && !concerns(event, line)) {
            continue;
        }
        pending_item op;
        op.kind = item_kind::sweep;
        op.pe = agent_of(event).pe;
        op.domain = domain_of(event);
        op.line = line;
        op.cleans = event.verb != trace_verb::isw;
        op.invalidates = event.verb != trace_verb::csw;
        op.may_miss = sweep_may_miss(event, line);
        issue(op);
    }
}

void machine::map(const trace_event &event)
{
    for (size_t line = 0; line < line_pa_.size(); line++) {
        if (concerns(event, line)) {
            fillable_[line][domain_of(event)] = event.verb == trace_verb::map;
        }
    }
}

uint8_t machine::value_read(const joint_state &state, const trace_event &event, size_t line,
                            size_t cell) const
{
    if (cached_access(event)) {
        return state.lines[line].copies[domain_of(event)].version[cell];
    }
    uint8_t version = state.lines[line].dram[cell];
    for (size_t i = 0; i < items_.size(); i++) {
        const pending_item &item = items_[i];
        const bool own = item.kind == item_kind::store && item.pe == agent_of(event).pe;
        if ((state.pending >> i & 1) != 0 && own && item.line == line && item.cell == cell) {
            version = item.version; // the last of them is the newest
        }
    }
    return version;
}

std::vector<enumerator_granule> machine::read(const trace_event &event, size_t line,
                                              const std::vector<size_t> &cells)
{
    std::set<size_t> stale;
    for (auto state = states_.begin(); state != states_.end();) {
        bool drop = false;
        for (const size_t cell : cells) {
            if (value_read(*state, event, line, cell) != newest_[line][cell]) {
                stale.insert(cell);
                drop = true;
            }
        }
        state = drop ? states_.erase(state) : std::next(state);
    }
    assert(!states_.empty()); // the state in which everything was prompt survives every event
    std::vector<enumerator_granule> found;
    for (const size_t cell : stale) {
        found.push_back(cells_[line][cell]);
    }
    return found;
}

bool machine::newest_exists(const joint_state &state, size_t line, size_t cell) const
{
    const uint8_t newest = newest_[line][cell];
    bool exists = state.lines[line].dram[cell] == newest;
    for (const line_copy &copy : state.lines[line].copies) {
        exists = exists || (copy.present != 0 && copy.version[cell] == newest);
    }
    for (size_t i = 0; i < items_.size(); i++) {
        const pending_item &item = items_[i];
        const bool here = item.kind == item_kind::store && item.line == line && item.cell == cell;
        exists = exists || ((state.pending >> i & 1) != 0 && here && item.version == newest);
    }
    return exists;
}

std::vector<enumerator_granule> machine::audit() const
{
    std::vector<enumerator_granule> lost;
    for (size_t line = 0; line < line_pa_.size(); line++) {
        for (size_t cell = 0; cell < cells_[line].size(); cell++) {
            const bool everywhere =
                std::all_of(states_.begin(), states_.end(),
                            [&](const joint_state &state) { return newest_exists(state, line, cell); });
            if (!everywhere) {
                lost.push_back(cells_[line][cell]);
            }
        }
    }
    return lost;
}

// r, w, zva, r.nc and w.nc. Lines that are not tracked still make the PE wait for what a DMB ordered.
void machine::access(const trace_event &event, std::vector<enumerator_granule> &stale)
{
    const unsigned pe = agent_of(event).pe;
    const size_t line = line_find(event.pa);
    const std::vector<size_t> cells = cells_of(event, line);
    const bool writes = event.verb != trace_verb::read && event.verb != trace_verb::read_nc;
    if (!buffered_write(event)) {
        keep_completed(items_before_dmb(pe));
    }
    if (line == NO_LINE) {
        return;
    }
    touched_.insert({pe, line});
    if (cached_access(event)) {
        keep_completed(items_of_line(pe, domain_of(event), line));
    }
    for (const size_t cell : cells) {
        newest_[line][cell] = static_cast<uint8_t>(newest_[line][cell] + (writes ? 1 : 0));
    }
    if (cached_access(event)) {
        cached_line(event, line, cells, writes);
    } else if (writes) {
        uncached_write(event, line, cells);
    }
    if (!writes) {
        stale = read(event, line, cells);
    }
}

std::vector<enumerator_granule> machine::step(const trace_event &event)
{
    std::vector<enumerator_granule> found;
    close();
    if (!complete_) {
        return found;
    }
    switch (event.verb) {
    case trace_verb::write:
    case trace_verb::read:
    case trace_verb::write_nc:
    case trace_verb::read_nc:
    case trace_verb::zva:
        access(event, found);
        break;
    case trace_verb::cvac:
    case trace_verb::civac:
    case trace_verb::ivac:
        if (const size_t line = line_find(event.pa); line != NO_LINE) {
            touched_.insert({agent_of(event).pe, line});
            maintain(event, line);
        }
        break;
    case trace_verb::isw:
    case trace_verb::csw:
    case trace_verb::cisw:
        sweep(event);
        break;
    case trace_verb::dsb:
        keep_completed(items_of_pe(agent_of(event).pe));
        for (size_t line = 0; line < line_pa_.size(); line++) {
            touched_.erase({agent_of(event).pe, line});
        }
        break;
    case trace_verb::dmb:
        dmb_count_.at(agent_of(event).pe)++;
        break;
    case trace_verb::smc:
        break;
    case trace_verb::map:
    case trace_verb::unmap:
        map(event);
        break;
    case trace_verb::end:
        found = audit();
        break;
    }
    return found;
}

} // namespace enumerator
