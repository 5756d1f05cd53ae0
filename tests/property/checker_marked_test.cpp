// SPDX-License-Identifier: BSD-3-Clause
//
// What a watcher of a run keeps of a line is one mark: some byte of it was written. Beside a checker that is
// told everything, one is told only of lines that it holds, and holds a line by its mark when more than a
// coherent access happens to it. It may say more, for it does not know which bytes were written, but never
// less: whatever the one finds the other finds at the same event, in the same line.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "model/checker/checker.h"

namespace {

const uint32_t LINES = 3;
const uint32_t EVENTS = 300;
const uint64_t LINE = 16;
const uint64_t BASE = 0x1000;

class marked_law {
public:
    explicit marked_law(uint32_t seed) : random_(seed)
    {
        config_.line = LINE;
        config_.elsewhere = true;
        config_.agent_count = 3;
        config_.agents[0] = {CHECKER_AGENT_WB, 0};
        config_.agents[1] = {CHECKER_AGENT_NC_BUFFERED, 0};
        config_.agents[2] = {random_() % 2 == 0 ? uint8_t(CHECKER_AGENT_WB_ALIAS) : uint8_t(CHECKER_AGENT_NC),
                             0};
        told_ = checker_create(&config_);
        watching_ = checker_create(&config_);
        checker_witnesses(told_, false);
        checker_witnesses(watching_, false);
    }
    ~marked_law()
    {
        checker_destroy(told_);
        checker_destroy(watching_);
    }
    marked_law(const marked_law &) = delete;
    marked_law &operator=(const marked_law &) = delete;

    void run()
    {
        for (uint32_t i = 1; i <= EVENTS && !testing::Test::HasFailure(); i++) {
            take(event(i));
        }
    }

    uint32_t quiet() const { return quiet_; }
    uint32_t findings() const { return findings_; }
    uint32_t more() const { return more_; }

private:
    struct checker_event event(uint32_t position)
    {
        const uint8_t kinds[] = {CHECKER_READ,  CHECKER_WRITE, CHECKER_WRITE, CHECKER_WRITE,   CHECKER_CVAC,
                                 CHECKER_CIVAC, CHECKER_IVAC,  CHECKER_DSB,   CHECKER_DSB,     CHECKER_DSB,
                                 CHECKER_READ,  CHECKER_DMB,   CHECKER_ISW,   CHECKER_READ_NC, CHECKER_READ};
        struct checker_event event {};
        event.position = position;
        event.agent = static_cast<uint8_t>(random_() % 5 < 3 ? 0 : 1 + random_() % 2);
        event.kind = kinds[random_() % (sizeof(kinds) / sizeof(kinds[0]))];
        const bool cacheable = config_.agents[event.agent].kind <= CHECKER_AGENT_WB_ALIAS;
        if (!cacheable && event.kind > CHECKER_WRITE && event.kind < CHECKER_DSB) {
            event.kind = CHECKER_READ;
        }
        event.size = 4;
        event.pa = BASE + random_() % LINES * LINE + random_() % 4 * 4;
        if (event.kind == CHECKER_ISW) {
            event.size = 0;
            event.reach = CHECKER_REACH_NOTHING;
        }
        return event;
    }

    void hold(uint64_t pa)
    {
        const uint64_t line = pa & ~(LINE - 1);
        if (!checker_holds(watching_, line)) {
            checker_hold(watching_, line, marks_[line] ? CHECKER_LINE_MARKED : CHECKER_LINE_CLEAN, true, true,
                         checker_now(watching_));
        }
    }

    // True: the watcher is not told.
    bool hidden(const struct checker_event &event)
    {
        const uint64_t line = event.pa & ~(LINE - 1);
        const bool coherent = event.agent == 0 && event.kind <= CHECKER_WRITE;
        if (!coherent || checker_holds(watching_, line)) {
            return false;
        }
        checker_order(watching_, &event, event.kind == CHECKER_WRITE);
        marks_[line] = marks_[line] || event.kind == CHECKER_WRITE;
        quiet_++;
        return true;
    }

    void release()
    {
        for (uint64_t line = BASE; line < BASE + LINES * LINE; line += LINE) {
            if (!checker_holds(watching_, line)) {
                continue;
            }
            const enum checker_canonical canonical = checker_canonical(watching_, line);
            if (canonical != CHECKER_LINE_OTHER) {
                marks_[line] = canonical != CHECKER_LINE_CLEAN;
                checker_release(watching_, line);
            }
        }
    }

    void take(const struct checker_event &event)
    {
        if (event.kind == CHECKER_ISW) {
            for (uint64_t line = BASE; line < BASE + LINES * LINE; line += LINE) {
                hold(line);
            }
        }
        const struct checker_finding *expected = checker_take(told_, &event);
        if (hidden(event)) {
            ASSERT_EQ(expected, nullptr) << "event " << event.position << " of a line that is not held";
            return;
        }
        if (event.kind < CHECKER_CSW) {
            hold(event.pa);
        }
        const struct checker_finding *found = checker_take(watching_, &event);
        if (expected != nullptr) {
            findings_++;
            ASSERT_NE(found, nullptr) << "event " << event.position;
            ASSERT_LE(found->pa, expected->pa);
            ASSERT_GE(found->bytes, expected->bytes);
        } else if (found != nullptr) {
            more_++;
        }
        release();
    }

    std::mt19937 random_;
    struct checker_config config_ {};
    struct checker *told_ = nullptr;
    struct checker *watching_ = nullptr;
    std::map<uint64_t, bool> marks_;
    uint32_t quiet_ = 0;
    uint32_t findings_ = 0;
    uint32_t more_ = 0;
};

TEST(checker_marked, says_no_less_than_who_is_told_everything)
{
    uint32_t quiet = 0, findings = 0, more = 0;
    for (uint32_t seed = 1; seed <= 400 && !HasFailure(); seed++) {
        SCOPED_TRACE(testing::Message() << "seed " << seed);
        marked_law law(seed);
        law.run();
        quiet += law.quiet();
        findings += law.findings();
        more += law.more();
    }
    EXPECT_GT(quiet, 1000U);
    EXPECT_GT(findings, 1000U);
    EXPECT_GT(more, 0U); // it is a mark and no more
}

} // namespace
