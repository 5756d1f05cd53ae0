// SPDX-License-Identifier: BSD-3-Clause
//
// Exhaustive and random traces, and shrinking; see checker_generator.hpp.
#include "tests/property/checker_generator.hpp"

#include <algorithm>
#include <cassert>
#include <random>

namespace {

const uint64_t BASE = 0x8000;
const uint64_t LINE = 16; // the smallest of the format: few bytes, same semantics

trace_program agents_parse(const std::string &text)
{
    trace_program program = trace_parse(text);
    program.line_size = LINE;
    return program;
}

exhaustive_family family(const char *name, const char *header, const char *alphabet, size_t length_max)
{
    exhaustive_family made;
    made.name = name;
    made.header = agents_parse(header);
    made.alphabet = trace_parse(std::string(header) + alphabet).events;
    made.length_max = length_max;
    return made;
}

// One line of one granule each unless said otherwise; every alphabet has the events that its subject needs to
// go wrong and to be repaired.
std::vector<exhaustive_family> families_make()
{
    const char *two = "agent ns wb\nagent sp nc\n";
    std::vector<exhaustive_family> made;
    made.push_back(family("one line", two,
                          "ns w 0x8000 8\nns r 0x8000 8\nsp w 0x8000 8\nsp r 0x8000 8\n"
                          "ns cvac 0x8000\nns civac 0x8000\nns ivac 0x8000\nns dsb\n",
                          6));
    made.push_back(family("two lines", two,
                          "ns w 0x8000 8\nns r 0x8000 8\nsp w 0x8000 8\nsp r 0x8000 8\n"
                          "ns cvac 0x8000\nns civac 0x8000\nns ivac 0x8000\n"
                          "ns w 0x8010 8\nns r 0x8010 8\nsp w 0x8010 8\nsp r 0x8010 8\n"
                          "ns cvac 0x8010\nns civac 0x8010\nns ivac 0x8010\nns dsb\n",
                          4));
    made.push_back(family("two granules", two,
                          "ns w 0x8000 8\nns w 0x8008 8\nsp w 0x8000 8\nsp r 0x8008 8\nns r 0x8000 16\n"
                          "ns cvac 0x8000\nns ivac 0x8000\nns zva 0x8000\nns dsb\n",
                          5));
    made.push_back(family("buffered stores", "agent ns wb\nagent sp nc-buffered\nagent dev nc pe=1\n",
                          "ns w 0x8000 8\nns w.nc 0x8000 8\nns r.nc 0x8000 8\nsp w 0x8000 8\ndev r 0x8000 8\n"
                          "dev w 0x8000 8\nns civac 0x8000\nns dmb\nns dsb\n",
                          5));
    made.push_back(family("barriers", "agent ns wb\nagent sp nc\n",
                          "ns w 0x8000 8\nns w.nc 0x8010 8\nns cvac 0x8000\nns civac 0x8010\nns dmb\n"
                          "sp r 0x8000 8\nns r.nc 0x8010 8\nns r 0x8010 8\nns dsb\n",
                          5));
    made.push_back(family("sweeps", two,
                          "ns w 0x8000 8\nns r 0x8000 8\nsp w 0x8000 8\nsp r 0x8000 8\n"
                          "ns isw\nns csw\nns cisw\nns ivac 0x8000\nns dsb\n",
                          5));
    made.push_back(family("two domains", "agent ns wb\nagent sp wb-alias\n",
                          "ns w 0x8000 8\nns r 0x8000 8\nns civac 0x8000\nns ivac 0x8000\n"
                          "sp w 0x8000 8\nsp r 0x8000 8\nsp cvac 0x8000\nsp ivac 0x8000\nns dsb\n",
                          5));
    made.push_back(family("two PEs", "agent ns wb\nagent os wb pe=1\nagent sp nc\n",
                          "ns w 0x8000 8\nos w 0x8000 8\nos r 0x8000 8\nsp r 0x8000 8\n"
                          "ns civac 0x8000\nos ivac 0x8000\nns dsb\nos dsb\nns cisw\n",
                          5));
    made.push_back(family("mapping", two,
                          "ns w 0x8000 8\nns r 0x8000 8\nsp w 0x8000 8\nsp r 0x8000 8\n"
                          "ns civac 0x8000\nns unmap 0x8000 16\nns map 0x8000 8\nns dsb\n",
                          5));
    for (exhaustive_family &each : made) {
        each.with_end =
            each.name != "one line" && each.name != "two lines"; // those two have published counts
    }
    return made;
}

// Counts up in the base of the alphabet's size; false after the last word of this length.
bool word_next(std::vector<size_t> &word, size_t letters)
{
    for (size_t &letter : word) {
        letter++;
        if (letter < letters) {
            return true;
        }
        letter = 0;
    }
    return false;
}

class random_maker {
public:
    explicit random_maker(uint64_t seed) : random_(seed) {}

    trace_program make()
    {
        trace_program program;
        program.line_size = LINE;
        program.elsewhere = one_in(12);
        // Joint states multiply by line: more lines, fewer events.
        lines_ = one_in(4) ? 2 : 1;
        granule_ = one_in(3) ? 4 : 8;
        agents(program);
        const uint64_t length = lines_ == 1 ? 5 + pick(12) : 5 + pick(7);
        while (program.events.size() < length) {
            event(program);
        }
        if (one_in(2)) {
            program.events.emplace_back();
        }
        trace_renumber(program);
        return program;
    }

private:
    uint64_t pick(uint64_t below) { return random_() % below; }
    bool one_in(uint64_t times) { return pick(times) == 0; }

    void agents(trace_program &program)
    {
        const char *names[] = {"ns", "sp", "os", "dev"};
        const uint64_t count = 2 + pick(2) + (one_in(4) ? 1 : 0);
        const uint64_t pe_count = one_in(3) ? 2 : 1;
        const uint64_t alias_count = lines_ == 1 && one_in(4) ? 2 : 1; // three domains at most
        uint64_t aliases = 0;
        for (uint64_t i = 0; i < count; i++) {
            trace_agent agent;
            agent.name = names[i];
            agent.kind = i == 0 ? agent_kind::wb : static_cast<agent_kind>(pick(4));
            if (agent.kind == agent_kind::wb_alias && ++aliases > alias_count) {
                agent.kind = agent_kind::nc;
            }
            agent.pe = static_cast<unsigned>(pick(pe_count));
            program.agents.push_back(agent);
        }
    }

    // Half of all writes and reads take a whole half line, so that programs meet on the same bytes.
    void range(trace_event &event)
    {
        event.size = one_in(2) ? 8 : granule_ << pick(2);
        event.pa = BASE + pick(lines_) * LINE + pick(LINE / event.size) * event.size;
    }

    trace_verb verb_cacheable()
    {
        const trace_verb verbs[] = {
            trace_verb::write,    trace_verb::write,   trace_verb::write, trace_verb::read,
            trace_verb::read,     trace_verb::read,    trace_verb::cvac,  trace_verb::cvac,
            trace_verb::civac,    trace_verb::civac,   trace_verb::ivac,  trace_verb::ivac,
            trace_verb::dsb,      trace_verb::dsb,     trace_verb::dsb,   trace_verb::dmb,
            trace_verb::write_nc, trace_verb::read_nc, trace_verb::zva,   trace_verb::isw,
            trace_verb::csw,      trace_verb::cisw,    trace_verb::map,   trace_verb::unmap,
            trace_verb::unmap,    trace_verb::smc};
        return verbs[pick(sizeof verbs / sizeof *verbs)];
    }

    trace_verb verb_uncached()
    {
        const trace_verb verbs[] = {trace_verb::write, trace_verb::write, trace_verb::write, trace_verb::read,
                                    trace_verb::read,  trace_verb::read,  trace_verb::dsb,   trace_verb::dmb};
        return verbs[pick(sizeof verbs / sizeof *verbs)];
    }

    void event(trace_program &program)
    {
        trace_event event;
        event.agent = static_cast<unsigned>(pick(program.agents.size()));
        const agent_kind kind = program.agents[event.agent].kind;
        const bool caches = kind == agent_kind::wb || kind == agent_kind::wb_alias;
        event.verb = caches ? verb_cacheable() : verb_uncached();
        switch (trace_verb_operands(event.verb)) {
        case trace_operands::range:
            range(event);
            break;
        case trace_operands::address:
            event.pa = BASE + pick(lines_) * LINE + pick(LINE);
            break;
        case trace_operands::none:
            break;
        }
        program.events.push_back(event);
    }

    std::mt19937_64 random_;
    uint64_t lines_ = 1;
    uint64_t granule_ = 8;
};

bool agent_used(const trace_program &program, unsigned agent)
{
    return std::any_of(program.events.begin(), program.events.end(), [&](const trace_event &event) {
        return event.verb != trace_verb::end && event.agent == agent;
    });
}

trace_program without_event(trace_program program, size_t index)
{
    program.events.erase(program.events.begin() + static_cast<std::ptrdiff_t>(index));
    trace_renumber(program);
    return program;
}

trace_program without_agent(trace_program program, unsigned agent)
{
    program.agents.erase(program.agents.begin() + agent);
    for (trace_event &event : program.events) {
        event.agent -= event.agent > agent ? 1 : 0;
    }
    trace_renumber(program);
    return program;
}

} // namespace

const std::vector<exhaustive_family> &exhaustive_families()
{
    static const std::vector<exhaustive_family> families = families_make();
    return families;
}

const exhaustive_family &exhaustive_family_of(const std::string &name)
{
    const std::vector<exhaustive_family> &families = exhaustive_families();
    const auto found = std::find_if(families.begin(), families.end(),
                                    [&](const exhaustive_family &each) { return each.name == name; });
    assert(found != families.end());
    return *found;
}

void exhaustive_visit(const exhaustive_family &family,
                      const std::function<bool(const trace_program &)> &visit)
{
    for (size_t length = 1; length <= family.length_max; length++) {
        std::vector<size_t> word(length);
        do {
            trace_program program = family.header;
            for (const size_t letter : word) {
                program.events.push_back(family.alphabet[letter]);
            }
            if (family.with_end) {
                program.events.emplace_back();
            }
            trace_renumber(program);
            if (!visit(program)) {
                return;
            }
        } while (word_next(word, family.alphabet.size()));
    }
}

trace_program random_trace(uint64_t seed)
{
    return random_maker(seed).make();
}

trace_program random_sweep_trace(uint64_t seed)
{
    trace_program program = random_trace(seed);
    std::mt19937_64 random(~seed);
    const auto one_in = [&](uint64_t times) { return random() % times == 0; };
    for (trace_event &event : program.events) {
        const bool spare = event.verb == trace_verb::smc || event.verb == trace_verb::map ||
                           event.verb == trace_verb::zva || event.verb == trace_verb::read_nc;
        const bool sweep = event.verb >= trace_verb::isw && event.verb <= trace_verb::cisw;
        if (!sweep && !spare) {
            continue;
        }
        const trace_verb verbs[] = {trace_verb::isw, trace_verb::isw, trace_verb::csw, trace_verb::cisw};
        const agent_kind kind = program.agents[event.agent].kind;
        const bool caches = kind == agent_kind::wb || kind == agent_kind::wb_alias;
        const uint64_t sizes[] = {1, LINE / 2 + 1, LINE + 1, 100 * LINE};
        event.verb = sweep ? event.verb : verbs[random() % 4];
        event.reach = static_cast<trace_reach>(random() % 3);
        event.size = one_in(2) ? 0 : sizes[random() % 4];
        event.pa = BASE + random() % 2 * LINE - (event.size > 2 * LINE ? random() % 3 * 50 * LINE : 0);
        event.verb = caches ? event.verb : trace_verb::dsb;
        event.reach = caches ? event.reach : trace_reach::untouched;
        event.pa = event.size == 0 || !caches ? 0 : event.pa;
        event.size = caches ? event.size : 0;
    }
    return program;
}

trace_program trace_shrink(trace_program program, const std::function<bool(const trace_program &)> &breaks)
{
    for (bool smaller = true; smaller;) {
        smaller = false;
        for (size_t index = program.events.size(); index-- > 0;) {
            const trace_program candidate = without_event(program, index);
            if (breaks(candidate)) {
                program = candidate;
                smaller = true;
            }
        }
    }
    for (auto agent = static_cast<unsigned>(program.agents.size()); agent-- > 0;) {
        if (!agent_used(program, agent)) {
            const trace_program candidate = without_agent(program, agent);
            program = breaks(candidate) ? candidate : program;
        }
    }
    if (program.elsewhere) {
        trace_program candidate = program;
        candidate.elsewhere = false;
        trace_renumber(candidate);
        program = breaks(candidate) ? candidate : program;
    }
    return program;
}
