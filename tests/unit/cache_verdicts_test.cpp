// SPDX-License-Identifier: BSD-3-Clause
//
// The one-byte programs whose verdicts on deterministic caches were reproduced by independent enumerations:
// what a deterministic cache shows of them, with invalidates that drop and with invalidates that clean first.
// The data-carrying caches must show exactly that: no more, no less.
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/cache_machine.hpp"

namespace {

struct program {
    const char *name;
    const char *events;
    const char *drops;
    const char *cleans;
};

const program programs[] = {
    {"correct: W CI D / SR SW / IV D R", "ns w; ns civac; ns dsb; sp r; sp w; ns ivac; ns dsb; ns r", "ok",
     "ok"},
    {"correct: clean-only before", "ns w; ns cvac; ns dsb; sp r; sp w; ns ivac; ns dsb; ns r", "ok", "ok"},
    {"no clean", "ns w; sp r", "S stale", "S stale"},
    {"mainline U-Boot (ISW)", "ns w; ns dsb; ns isw; ns dsb; sp r; sp w; ns r", "S stale", "ok"},
    {"same, ISW=CISW", "ns w; ns dsb; ns cisw; ns dsb; sp r; sp w; ns r", "ok", "ok"},
    {"flush before, nothing after", "ns w; ns civac; ns dsb; sp r; sp w; ns r", "ok", "ok"},
    {"only IV after, dirty left", "ns w; sp w; ns ivac; ns dsb; ns r", "ok", "NS stale"},
    {"CI after, dirty left", "ns w; sp w; ns civac; ns dsb; ns r", "NS stale", "NS stale"},
    {"IV before only", "ns w; ns ivac; ns dsb; sp w; ns r", "ok", "ok"},
    {"IV before + after (dead buffer)", "ns w; ns ivac; ns dsb; sp w; ns ivac; ns dsb; ns r", "ok", "ok"},
    {"neighbour dirtied during ownership", "ns w; ns civac; ns dsb; ns wn; sp w; ns ivac; ns dsb; ns r", "ok",
     "NS stale"},
    {"neighbour's byte under IV", "ns w; ns civac; ns dsb; ns wn; ns ivac; ns dsb; ns rn", "NS stale", "ok"},
    {"edge CI, neighbour dirty", "ns w; ns civac; ns dsb; ns wn; sp w; ns civac; ns dsb; ns r", "NS stale",
     "NS stale"},
    {"missing DSB", "ns w; ns civac; sp r", "ok", "ok"},
    {"missing DSB after final IV", "ns w; ns civac; ns dsb; sp r; sp w; ns ivac; ns r", "ok", "ok"},
    {"write after clean", "ns w; ns civac; ns dsb; ns w; sp r", "S stale", "S stale"},
    {"tail outside range", "ns w; sp r", "S stale", "S stale"},
    {"dirty WB alias then NC write", "ns w; ns wnc; ns rnc", "ok", "ok"},
    {"OS dirty line vs inv-all", "ns w; ns dsb; ns isw; ns dsb; ns r", "NS stale", "ok"},
    {"OS dirty line vs clean+inv-all", "ns w; ns dsb; ns cisw; ns dsb; ns r", "ok", "ok"},
    {"IVAC (range) before SMC", "ns w; ns ivac; ns dsb; sp r", "S stale", "ok"},
    {"2nd call clear not flushed",
     "ns w; ns civac; ns dsb; sp r; sp w; ns ivac; ns dsb; ns r; ns w; sp w; ns ivac; ns dsb; ns r", "ok",
     "NS stale"},
    {"IV too early, none after", "ns ivac; ns dsb; sp w; ns r", "ok", "ok"},
    {"NS read during S ownership, then IV", "ns w; ns civac; ns dsb; ns r; sp w; ns ivac; ns dsb; ns r", "ok",
     "ok"},
    {"NS read during S ownership, no IV", "ns w; ns civac; ns dsb; ns r; sp w; ns r", "NS stale", "NS stale"},
};

const uint64_t BYTE = 0x8000, NEIGHBOUR = 0x8001;

class verdict_run {
  public:
    explicit verdict_run(bool cleans) : machine_(cache_machine::small(cleans)) {}

    // "ok", or who read stale first.
    std::string run(const std::string &events)
    {
        std::stringstream words(events);
        std::string event, verdict = "ok";
        while (std::getline(words, event, ';')) {
            std::stringstream word(event);
            std::string agent, what;
            word >> agent >> what;
            if (step(agent, what) && verdict == "ok") {
                verdict = agent == "sp" ? "S stale" : "NS stale";
            }
            cache_check(machine_.core());
        }
        return verdict;
    }

  private:
    bool access(enum access_op op, uint64_t pa, enum memory_type type, enum agent_kind agent)
    {
        uint8_t byte = static_cast<uint8_t>(++version_);
        struct access access = machine_.request(op, pa, 1, type);
        access.agent = static_cast<uint8_t>(agent);
        return machine_.act(access, &byte);
    }

    bool step(const std::string &agent, const std::string &what)
    {
        if (agent == "sp") {
            return access(what == "r" ? ACCESS_READ : ACCESS_WRITE, BYTE, MEMORY_NORMAL_NC, AGENT_PARTITION);
        }
        if (what == "isw" || what == "cisw") {
            machine_.sweep(what == "isw" ? ACCESS_DC_ISW : ACCESS_DC_CISW);
            return false;
        }
        const enum memory_type type =
            what.size() == 3 && what.substr(1) == "nc" ? MEMORY_NORMAL_NC : MEMORY_NORMAL_WB;
        const uint64_t pa = what.size() == 2 && what[1] == 'n' ? NEIGHBOUR : BYTE;
        if (what[0] == 'w') {
            return access(ACCESS_WRITE, pa, type, AGENT_PE);
        }
        if (what[0] == 'r') {
            return access(ACCESS_READ, pa, type, AGENT_PE);
        }
        const enum access_op op = what == "civac"  ? ACCESS_DC_CIVAC
                                  : what == "cvac" ? ACCESS_DC_CVAC
                                  : what == "ivac" ? ACCESS_DC_IVAC
                                                   : ACCESS_DSB;
        EXPECT_TRUE(op != ACCESS_DSB || what == "dsb") << what;
        return machine_.act(machine_.request(op, BYTE, 0, MEMORY_NORMAL_WB), nullptr);
    }

    cache_machine machine_;
    uint32_t version_ = 0;
};

class cache_verdicts : public testing::TestWithParam<program> {};

TEST_P(cache_verdicts, dropping_invalidates)
{
    EXPECT_EQ(GetParam().drops, verdict_run(false).run(GetParam().events)) << GetParam().events;
}

TEST_P(cache_verdicts, cleaning_invalidates)
{
    EXPECT_EQ(GetParam().cleans, verdict_run(true).run(GetParam().events)) << GetParam().events;
}

std::string parameter_name(const testing::TestParamInfo<program> &info)
{
    std::string name = std::to_string(info.index) + "_";
    for (const char *c = info.param.name; *c != '\0'; c++) {
        name += isalnum(static_cast<unsigned char>(*c)) ? *c : '_';
    }
    return name;
}

INSTANTIATE_TEST_SUITE_P(table, cache_verdicts, testing::ValuesIn(programs), parameter_name);

} // namespace
