// SPDX-License-Identifier: BSD-3-Clause
//
// Law: letting go of canonical lines changes no verdict. Two checkers take the same random events; one holds
// every line from the beginning, the other lets go of each line as soon as it is canonical and holds it
// again, by its one bit and its mapping, when it is next met. Their findings are the same. Where lines are
// let go of that are no more than marked, nothing that is found without is missed.
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
    bool fillable = true;
    bool cached = true; // or was once
};

class hold_law {
public:
    hold_law(uint64_t seed, bool marks) : random_(seed), marks_(marks)
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
        for (uint64_t pa = 0x1000; pa < 0x1000 + (LINES + 1) * 16; pa += 16) {
            resting_line &line = rest_[pa];
            line.fillable = line.cached = random_() % 3 != 0;
            hold(whole_, pa);
        }
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
    uint32_t extra() const { return extra_; } // findings that holding from the beginning does not make

private:
    struct checker_event event(uint32_t position)
    {
        struct checker_event event {};
        event.position = position;
        event.agent = static_cast<uint8_t>(random_() % 3);
        const uint8_t kinds[] = {CHECKER_READ, CHECKER_WRITE, CHECKER_WRITE, CHECKER_CVAC, CHECKER_CIVAC,
                                 CHECKER_IVAC, CHECKER_DSB,   CHECKER_DSB,   CHECKER_DMB,  CHECKER_READ_NC,
                                 CHECKER_ISW,  CHECKER_CISW,  CHECKER_UNMAP, CHECKER_MAP};
        event.kind = kinds[random_() % 14];
        if (event.kind >= CHECKER_MAP) {
            event.agent = 0;
        }
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

    void hold(struct checker *checker, uint64_t pa)
    {
        const resting_line &line = rest_[pa];
        checker_hold(checker, pa, line.canonical, line.fillable, line.cached, line.since);
    }

    // A mapping is told of when the line is next held, if no sweep has come between.
    bool may_wait(const struct checker_event &event, const resting_line &line)
    {
        return event.kind >= CHECKER_MAP && checker_now(resting_).epoch == line.since.epoch;
    }

    // The lines that the event is of must be held.
    void hold_lines(const struct checker_event &event)
    {
        const bool barrier = event.kind >= CHECKER_DSB && event.kind <= CHECKER_RELEASE;
        const bool all = event.kind >= CHECKER_CSW && event.kind <= CHECKER_CISW && event.size == 0;
        const uint64_t last = event.pa + event.size - 1;
        for (uint64_t pa = event.pa & ~uint64_t{15}; !barrier && !all && pa <= last; pa += 16) {
            resting_line &line = rest_[pa];
            if (!checker_holds(resting_, pa) && !may_wait(event, line)) {
                hold(resting_, pa);
            }
            line.fillable = event.kind >= CHECKER_MAP ? event.kind == CHECKER_MAP : line.fillable;
            line.cached = line.cached || line.fillable || (event.kind <= CHECKER_WRITE && event.agent == 0);
        }
    }

    bool told_to_resting(const struct checker_event &event)
    {
        return event.kind < CHECKER_MAP || checker_holds(resting_, event.pa & ~uint64_t{15});
    }

    void compare(const struct checker_finding *expected, const struct checker_finding *found)
    {
        if (marks_) {
            ASSERT_TRUE(expected == nullptr || found != nullptr);
            extra_ += expected == nullptr && found != nullptr ? 1 : 0;
        } else {
            ASSERT_EQ(expected != nullptr, found != nullptr);
        }
        if (expected == nullptr) {
            return;
        }
        findings_++;
        if (marks_) {
            ASSERT_GE(expected->pa, found->pa);
            ASSERT_LE(expected->bytes, found->bytes);
        } else {
            ASSERT_EQ(expected->pa, found->pa);
            ASSERT_EQ(expected->bytes, found->bytes);
            ASSERT_EQ(expected->rule, found->rule);
        }
    }

    void take(const struct checker_event &event)
    {
        SCOPED_TRACE("event " + std::to_string(event.position));
        hold_lines(event);
        const struct checker_finding *expected = checker_take(whole_, &event);
        const struct checker_finding *found =
            told_to_resting(event) ? checker_take(resting_, &event) : nullptr;
        compare(expected, found);
        for (auto &[pa, line] : rest_) {
            const enum checker_canonical canonical =
                checker_holds(resting_, pa) ? checker_canonical(resting_, pa) : CHECKER_LINE_OTHER;
            if (canonical == CHECKER_LINE_OTHER || (canonical == CHECKER_LINE_MARKED && !marks_)) {
                continue;
            }
            checker_release(resting_, pa);
            line.canonical = canonical;
            line.since = checker_now(resting_);
            releases_++;
        }
    }

    std::mt19937_64 random_;
    bool marks_;
    struct checker_config config_ {};
    struct checker *whole_;
    struct checker *resting_;
    std::map<uint64_t, resting_line> rest_;
    uint32_t releases_ = 0;
    uint32_t findings_ = 0;
    uint32_t extra_ = 0;
};

void let_go(bool marks)
{
    uint32_t releases = 0, findings = 0, extra = 0;
    for (uint64_t seed = 0; seed < 250 && !testing::Test::HasFailure(); seed++) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        hold_law law(seed, marks);
        law.run();
        releases += law.releases();
        findings += law.findings();
        extra += law.extra();
    }
    EXPECT_GT(releases, 1000U);
    EXPECT_GT(findings, 500U);
    EXPECT_EQ(marks, extra != 0);
}

TEST(checker_hold, letting_go_of_canonical_lines_changes_no_verdict)
{
    let_go(false);
}

TEST(checker_hold, letting_go_of_marked_lines_misses_nothing)
{
    let_go(true);
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
