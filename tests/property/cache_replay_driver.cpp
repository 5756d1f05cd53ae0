// SPDX-License-Identifier: BSD-3-Clause
//
// Traces and witnesses into the caches; see cache_replay_driver.hpp.
#include "tests/property/cache_replay_driver.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "model/cache/cache.h"

namespace {

const uint64_t DRAM_SIZE = 0x1000;
const uint64_t BARRIER_SY = 15;
const uint8_t LOADED = 0xEE; // no version: a trace has fewer writes

bool agent_caches(const struct checker_agent &agent)
{
    return agent.kind == CHECKER_AGENT_WB || agent.kind == CHECKER_AGENT_WB_ALIAS;
}

// Domains as the checker counts them: 0 is the coherent one, each alias has one of its own.
std::vector<unsigned> domains_of(const struct checker_config &config)
{
    const struct checker_agent *end = config.agents + config.agent_count;
    unsigned next =
        std::any_of(config.agents, end,
                    [](const struct checker_agent &agent) { return agent.kind == CHECKER_AGENT_WB; })
            ? 1
            : 0;
    std::vector<unsigned> domains;
    for (uint32_t i = 0; i < config.agent_count; i++) {
        domains.push_back(config.agents[i].kind == CHECKER_AGENT_WB_ALIAS ? next++ : 0);
    }
    return domains;
}

bool event_located(const struct checker_event &event)
{
    return event.kind <= CHECKER_ZVA || event.kind >= CHECKER_MAP;
}

} // namespace

struct cache_replay_driver::machine {
    struct checker_config config {};
    std::vector<unsigned> domains; // of each agent
    uint64_t base = 0;
    std::vector<uint8_t> dram = std::vector<uint8_t>(DRAM_SIZE, LOADED);
    std::vector<uint8_t> newest = std::vector<uint8_t>(DRAM_SIZE, LOADED);
    std::vector<uint8_t> observed; // by the last event
    uint64_t observed_pa = 0;
    struct event_log log {};
    struct cache *core = nullptr;
    uint8_t version = 0;

    struct access access_of(const struct checker_event &event) const;
    void perform(struct access access, enum access_op op, uint8_t *data);
    void write(const struct access &access);
    void read(const struct access &access);
    void sweep(struct access access, enum access_op op);
};

struct access cache_replay_driver::machine::access_of(const struct checker_event &event) const
{
    const struct checker_agent &agent = config.agents[event.agent];
    struct access access {};
    access.pa = access.va = event.pa;
    access.size = static_cast<uint32_t>(event.size);
    access.agent = AGENT_PE;
    access.pe = agent.pe;
    access.position = event.position;
    access.shareability = SHAREABILITY_INNER;
    access.type = MEMORY_NORMAL_WB;
    if (agent.kind == CHECKER_AGENT_NC) {
        access.type = MEMORY_DEVICE_NGNRNE; // nothing else is unbuffered
    } else if (agent.kind == CHECKER_AGENT_NC_BUFFERED || event.kind == CHECKER_READ_NC ||
               event.kind == CHECKER_WRITE_NC) {
        access.type = MEMORY_NORMAL_NC;
    }
    if (agent_caches(agent)) {
        access.space = static_cast<uint8_t>(domains[event.agent]);
    }
    if (event.kind == CHECKER_ZVA) { // a write of the whole line, with a value that tells it apart
        access.pa = access.va = event.pa - event.pa % config.line;
        access.size = config.line;
    }
    return access;
}

void cache_replay_driver::machine::perform(struct access access, enum access_op op, uint8_t *data)
{
    access.op = static_cast<uint8_t>(op);
    const enum cache_result result = cache_access(core, &access, data);
    assert(result == CACHE_DONE);
}

void cache_replay_driver::machine::write(const struct access &access)
{
    std::vector<uint8_t> bytes(access.size, ++version);
    assert(version < LOADED);
    std::copy(bytes.begin(), bytes.end(), newest.begin() + static_cast<std::ptrdiff_t>(access.pa - base));
    perform(access, ACCESS_WRITE, bytes.data());
}

void cache_replay_driver::machine::read(const struct access &access)
{
    observed.resize(access.size);
    observed_pa = access.pa;
    perform(access, ACCESS_READ, observed.data());
}

// Three operations of one sweep; which set and way a line has, nobody knows.
void cache_replay_driver::machine::sweep(struct access access, enum access_op op)
{
    access.pa = access.va = access.size = 0;
    for (const uint64_t operand : {uint64_t{0}, uint64_t{config.line}, uint64_t{2}}) {
        access.operand = operand;
        perform(access, op, nullptr);
    }
}

bool cache_replay_driver::fits(const replay_trace &trace)
{
    const std::vector<unsigned> domains = domains_of(trace.config);
    return std::all_of(domains.begin(), domains.end(), [](unsigned domain) { return domain < 2; });
}

cache_replay_driver::cache_replay_driver(const replay_trace &trace, const std::vector<uint64_t> &named)
    : machine_(std::make_unique<machine>())
{
    assert(fits(trace));
    machine_->config = trace.config;
    machine_->domains = domains_of(trace.config);
    event_log_init(&machine_->log);
    const auto first = std::find_if(trace.events.begin(), trace.events.end(), event_located);
    machine_->base = first == trace.events.end() ? 0 : first->pa & ~(DRAM_SIZE - 1);
    struct cache_config config {};
    config.pe_count = CACHE_PE_MAX;
    config.line = trace.config.line;
    config.l1d = {16 * config.line, 4, true};
    config.l1i = config.l1d;
    config.l2 = {64 * config.line, 4, true};
    machine_->core =
        cache_create_replay(&config, &machine_->log, named.data(), static_cast<uint32_t>(named.size()));
    assert(machine_->core != nullptr);
    cache_window_add(machine_->core, machine_->base, DRAM_SIZE, machine_->dram.data());
}

cache_replay_driver::~cache_replay_driver()
{
    cache_destroy(machine_->core);
}

std::string cache_replay_driver::move(const struct checker_move &move, uint64_t pa)
{
    enum cache_move made = CACHE_MOVE_FILL;
    bool armed = false;
    switch (static_cast<enum checker_move_kind>(move.kind)) {
    case CHECKER_MOVE_HOLD:
        armed = cache_hold(machine_->core, pa);
        return armed ? "" : "something is armed already";
    case CHECKER_MOVE_MISS:
        armed = cache_miss(machine_->core, pa);
        return armed ? "" : "something is armed already";
    case CHECKER_MOVE_FILL:
        break;
    case CHECKER_MOVE_DROP:
        made = CACHE_MOVE_DROP;
        break;
    case CHECKER_MOVE_WRITEBACK:
        made = CACHE_MOVE_WRITEBACK;
        break;
    case CHECKER_MOVE_COMPLETE:
        made = CACHE_MOVE_COMPLETE;
        break;
    case CHECKER_MOVE_DRAIN:
        made = CACHE_MOVE_DRAIN;
        break;
    }
    event_log_clear(&machine_->log);
    const enum cache_move_result result =
        cache_move(machine_->core, made, move.pe, static_cast<enum pa_space>(move.domain), pa);
    return result == CACHE_MOVE_DONE ? "" : cache_move_result_text(result);
}

void cache_replay_driver::event(const struct checker_event &event)
{
    event_log_clear(&machine_->log);
    machine_->observed.clear();
    struct access access = machine_->access_of(event);
    switch (static_cast<enum checker_event_kind>(event.kind)) {
    case CHECKER_READ:
    case CHECKER_READ_NC:
        return machine_->read(access);
    case CHECKER_WRITE:
    case CHECKER_WRITE_NC:
    case CHECKER_ZVA:
        return machine_->write(access);
    case CHECKER_CVAC:
        return machine_->perform(access, ACCESS_DC_CVAC, nullptr);
    case CHECKER_CIVAC:
        return machine_->perform(access, ACCESS_DC_CIVAC, nullptr);
    case CHECKER_IVAC:
        return machine_->perform(access, ACCESS_DC_IVAC, nullptr);
    case CHECKER_CSW:
        return machine_->sweep(access, ACCESS_DC_CSW);
    case CHECKER_ISW:
        return machine_->sweep(access, ACCESS_DC_ISW);
    case CHECKER_CISW:
        return machine_->sweep(access, ACCESS_DC_CISW);
    case CHECKER_DSB:
    case CHECKER_DMB:
        access.operand = BARRIER_SY;
        return machine_->perform(access, event.kind == CHECKER_DSB ? ACCESS_DSB : ACCESS_DMB, nullptr);
    default:
        assert(event.kind == CHECKER_MAP || event.kind == CHECKER_UNMAP); // the token says what is filled
    }
}

bool cache_replay_driver::differs(uint64_t pa) const
{
    const uint64_t offset = pa - machine_->observed_pa;
    return offset < machine_->observed.size() &&
           machine_->observed[offset] != machine_->newest.at(pa - machine_->base);
}

bool cache_replay_driver::differs() const
{
    bool any = false;
    for (uint64_t i = 0; i < machine_->observed.size(); i++) {
        any = any || differs(machine_->observed_pa + i);
    }
    return any;
}

bool cache_replay_driver::recorded() const
{
    const struct event *events = machine_->log.events;
    return std::any_of(events, events + machine_->log.count,
                       [](const struct event &each) { return each.kind == EVENT_GOLDEN_STALE_READ; });
}

bool cache_replay_driver::armed() const
{
    return cache_armed(machine_->core);
}

bool cache_replay_driver::golden_is_newest() const
{
    cache_check(machine_->core);
    std::vector<uint8_t> bytes(machine_->config.line);
    for (uint64_t offset = 0; offset < DRAM_SIZE; offset += bytes.size()) {
        const bool known = cache_golden_line(machine_->core, machine_->base + offset, bytes.data());
        if (!known || memcmp(bytes.data(), &machine_->newest[offset], bytes.size()) != 0) {
            return false;
        }
    }
    return true;
}

bool cache_replay_driver::audit_tells(uint64_t pa)
{
    cache_audit(machine_->core);
    const struct golden_finding *findings = nullptr;
    uint64_t dropped = 0;
    const uint32_t count = cache_findings(machine_->core, &findings, &dropped);
    const uint64_t line = machine_->config.line;
    return std::any_of(findings, findings + count, [&](const struct golden_finding &finding) {
        return finding.at_end && finding.pa <= pa && finding.pa / line == pa / line;
    });
}
