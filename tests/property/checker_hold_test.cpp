// SPDX-License-Identifier: BSD-3-Clause
//
// Law: letting go of canonical lines changes no verdict. Two checkers take the same random events; one holds
// every line from the beginning, the other lets go of each line as soon as it is canonical and holds it
// again, by its one bit and its mapping, when it is next met. Their findings are the same.
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "model/checker/checker.h"

namespace {

const uint32_t LINES = 3;
const uint32_t EVENTS = 120;

// Of 8 bytes.
struct checker_event event_make(uint64_t position, enum checker_event_kind kind, uint8_t agent)
{
    struct checker_event event {};
    event.position = position;
    event.pa = 0x1000;
    event.size = 8;
    event.kind = static_cast<uint8_t>(kind);
    event.agent = agent;
    return event;
}

struct resting_line {
    enum checker_canonical canonical = CHECKER_LINE_CLEAN;
    struct checker_moment since {};
};

class hold_law {
public:
    explicit hold_law(uint64_t seed) : random_(seed)
    {
        config_.line = 16;
        config_.elsewhere = random_() % 2 == 0;
        config_.agent_count = 3;
        config_.agents[0] = {CHECKER_AGENT_WB, 0};
        config_.agents[1] = {CHECKER_AGENT_NC_BUFFERED, 0};
        config_.agents[2] = {random_() % 2 == 0 ? uint8_t(CHECKER_AGENT_WB_ALIAS) : uint8_t(CHECKER_AGENT_NC),
                             0};
        whole_ = checker_create(&config_);
        resting_ = checker_create(&config_);
    }
    ~hold_law()
    {
        checker_destroy(whole_);
        checker_destroy(resting_);
    }
    hold_law(const hold_law &) = delete;
    hold_law &operator=(const hold_law &) = delete;

    void run()
    {
        for (uint32_t i = 1; i <= EVENTS && !testing::Test::HasFailure(); i++) {
            take(event(i));
        }
    }

    uint32_t releases() const { return releases_; }
    uint32_t findings() const { return findings_; }

private:
    struct checker_event event(uint32_t position)
    {
        struct checker_event event {};
        event.position = position;
        event.agent = static_cast<uint8_t>(random_() % 3);
        const uint8_t kinds[] = {CHECKER_READ,  CHECKER_WRITE,   CHECKER_WRITE, CHECKER_CVAC,
                                 CHECKER_CIVAC, CHECKER_IVAC,    CHECKER_DSB,   CHECKER_DSB,
                                 CHECKER_DMB,   CHECKER_READ_NC, CHECKER_ISW,   CHECKER_CISW};
        event.kind = kinds[random_() % 12];
        const bool cacheable = config_.agents[event.agent].kind <= CHECKER_AGENT_WB_ALIAS;
        if (!cacheable && event.kind > CHECKER_WRITE && event.kind < CHECKER_DSB) {
            event.kind = CHECKER_WRITE;
        }
        event.size = random_() % 2 == 0 ? 16 : 8;
        event.pa = 0x1000 + random_() % LINES * 16 + (event.size == 8 ? random_() % 2 * 8 : 0);
        if (event.kind >= CHECKER_CSW && event.kind <= CHECKER_CISW) {
            sweep(event);
        }
        return event;
    }

    // Of all lines, of one, or of some. What a released line's PE did is forgotten: only where no sweep is
    // certain it may be asked for.
    void sweep(struct checker_event &event)
    {
        const uint64_t sizes[] = {0, 0, 1, 17};
        event.size = sizes[random_() % 4];
        const uint8_t reach = random_() % 2 == 0 ? CHECKER_REACH_ALL : CHECKER_REACH_NOTHING;
        event.reach = config_.elsewhere && random_() % 2 == 0 ? uint8_t(CHECKER_REACH_UNTOUCHED) : reach;
    }

    // The lines that the event is of must be held.
    void hold_lines(const struct checker_event &event)
    {
        const bool of_all = event.kind >= CHECKER_DSB || (event.kind >= CHECKER_CSW && event.size == 0);
        const uint64_t last = event.pa + event.size - 1;
        for (uint64_t pa = event.pa & ~uint64_t{15}; !of_all && pa <= last; pa += 16) {
            if (!checker_holds(resting_, pa)) {
                const resting_line &line = rest_[pa];
                checker_hold(resting_, pa, line.canonical, true, true, line.since);
            }
        }
    }

    void take(const struct checker_event &event)
    {
        hold_lines(event);
        const struct checker_finding *expected = checker_take(whole_, &event);
        const struct checker_finding *found = checker_take(resting_, &event);
        ASSERT_EQ(expected != nullptr, found != nullptr) << "event " << event.position;
        if (expected != nullptr) {
            findings_++;
            ASSERT_EQ(expected->pa, found->pa);
            ASSERT_EQ(expected->bytes, found->bytes);
            ASSERT_EQ(expected->rule, found->rule);
        }
        for (uint64_t pa = 0x1000; pa < 0x1000 + (LINES + 1) * 16; pa += 16) {
            const enum checker_canonical canonical =
                checker_holds(resting_, pa) ? checker_canonical(resting_, pa) : CHECKER_LINE_OTHER;
            if (canonical == CHECKER_LINE_CLEAN || canonical == CHECKER_LINE_DIRTY) {
                checker_release(resting_, pa);
                rest_[pa] = {canonical, checker_now(resting_)};
                releases_++;
            }
        }
    }

    std::mt19937_64 random_;
    struct checker_config config_ {};
    struct checker *whole_;
    struct checker *resting_;
    std::map<uint64_t, resting_line> rest_;
    uint32_t releases_ = 0;
    uint32_t findings_ = 0;
};

TEST(checker_hold, letting_go_of_canonical_lines_changes_no_verdict)
{
    uint32_t releases = 0, findings = 0;
    for (uint64_t seed = 0; seed < 250 && !HasFailure(); seed++) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        hold_law law(seed);
        law.run();
        releases += law.releases();
        findings += law.findings();
    }
    EXPECT_GT(releases, 1000U);
    EXPECT_GT(findings, 500U);
}

TEST(checker_hold, a_line_that_was_never_cacheable_cannot_go_stale)
{
    struct checker_config config {};
    config.line = 64;
    config.agent_count = 2;
    config.agents[0] = {CHECKER_AGENT_WB, 0};
    config.agents[1] = {CHECKER_AGENT_NC, 0};
    struct checker *checker = checker_create(&config);
    checker_hold(checker, 0x1000, CHECKER_LINE_CLEAN, false, false, checker_now(checker));
    const struct checker_event write = event_make(1, CHECKER_WRITE, 1);
    const struct checker_event read = event_make(2, CHECKER_READ, 0);
    EXPECT_EQ(nullptr, checker_take(checker, &write));
    EXPECT_EQ(CHECKER_LINE_CLEAN, checker_canonical(checker, 0x1000));
    EXPECT_EQ(nullptr, checker_take(checker, &read));
    checker_destroy(checker);
}

TEST(checker_hold, a_copy_that_may_have_stayed_goes_stale)
{
    struct checker_config config {};
    config.line = 64;
    config.agent_count = 2;
    config.agents[0] = {CHECKER_AGENT_WB, 0};
    config.agents[1] = {CHECKER_AGENT_NC, 0};
    struct checker *checker = checker_create(&config);
    checker_hold(checker, 0x1000, CHECKER_LINE_CLEAN, false, true, checker_now(checker));
    const struct checker_event write = event_make(1, CHECKER_WRITE, 1);
    const struct checker_event read = event_make(2, CHECKER_READ, 0);
    EXPECT_EQ(nullptr, checker_take(checker, &write));
    EXPECT_NE(nullptr, checker_take(checker, &read));
    checker_destroy(checker);
}

} // namespace
