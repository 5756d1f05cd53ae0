// SPDX-License-Identifier: BSD-3-Clause
//
// A checker and the events that it is told, numbered from 1, for tests of one finding at a time.
#ifndef TESTS_UNIT_CHECKER_RUN_HPP
#define TESTS_UNIT_CHECKER_RUN_HPP

#include <memory>
#include <optional>
#include <vector>

#include "model/checker/checker.h"

class checker_run {
public:
    static constexpr uint64_t PA = 0x8000;
    static constexpr uint32_t LINE = 64;

    explicit checker_run(const std::vector<struct checker_agent> &agents, bool elsewhere = false)
    {
        struct checker_config config {};
        config.line = LINE;
        config.elsewhere = elsewhere;
        for (const struct checker_agent &agent : agents) {
            config.agents[config.agent_count++] = agent;
        }
        checker_.reset(checker_create(&config));
    }

    struct checker *checker() { return checker_.get(); }

    // The next event, of 8 bytes, or of what it is said to be.
    struct checker_event next(uint8_t agent, enum checker_event_kind kind, uint64_t pa = PA,
                              uint64_t size = 8)
    {
        struct checker_event event {};
        event.position = ++position_;
        event.pa = pa;
        event.size = kind >= CHECKER_CSW && kind <= CHECKER_RELEASE ? 0 : size;
        event.kind = static_cast<uint8_t>(kind);
        event.agent = agent;
        event.mark = {0x40000000 + position_, position_ << 32};
        return event;
    }

    // Tells it; the finding that it makes.
    std::optional<struct checker_finding> take(const struct checker_event &event)
    {
        const struct checker_finding *finding = checker_take(checker_.get(), &event);
        return finding == nullptr ? std::nullopt : std::optional<struct checker_finding>(*finding);
    }
    std::optional<struct checker_finding> tell(uint8_t agent, enum checker_event_kind kind, uint64_t pa = PA,
                                               uint64_t size = 8)
    {
        return take(next(agent, kind, pa, size));
    }

    std::optional<struct checker_finding> sweep(uint8_t agent, enum checker_event_kind kind,
                                                enum checker_reach reach, uint64_t pa = 0, uint64_t size = 0)
    {
        struct checker_event event = next(agent, kind, pa);
        event.size = size;
        event.reach = static_cast<uint8_t>(reach);
        return take(event);
    }

    // The first finding of the audit.
    std::optional<struct checker_finding> audit()
    {
        checker_audit_begin(checker_.get(), ++position_);
        const struct checker_finding *finding = checker_audit_next(checker_.get());
        return finding == nullptr ? std::nullopt : std::optional<struct checker_finding>(*finding);
    }

private:
    struct release {
        void operator()(struct checker *checker) const { checker_destroy(checker); }
    };
    std::unique_ptr<struct checker, release> checker_;
    uint64_t position_ = 0;
};

#endif
