// SPDX-License-Identifier: BSD-3-Clause
#include <string>

#include <gtest/gtest.h>

#include "model/platform/console_script.h"

namespace {

// Prints a text; returns how many awaited texts it completed.
int print(struct console_script *script, const std::string &text)
{
    int completed = 0;
    for (const char c : text) {
        completed += console_script_feed(script, static_cast<uint8_t>(c));
    }
    return completed;
}

TEST(console_script, answers_when_the_awaited_text_is_complete)
{
    const struct machine_console_line lines[] = {{"key", " ", 0}, {"=> ", "boot\n", 0}};
    struct console_script script;
    console_script_init(&script, lines, 2, nullptr);
    EXPECT_EQ(nullptr, console_script_send(&script, 0));
    EXPECT_EQ(0, print(&script, "Hit any ke"));
    EXPECT_EQ(nullptr, console_script_send(&script, 10));
    EXPECT_EQ(1, print(&script, "y"));
    EXPECT_STREQ(" ", console_script_send(&script, 11));
    EXPECT_EQ(nullptr, console_script_send(&script, 12));
    EXPECT_EQ(1, print(&script, "\n=> "));
    EXPECT_STREQ("boot\n", console_script_send(&script, 13));
    EXPECT_EQ(2U, script.matched);
}

TEST(console_script, what_was_printed_before_a_match_does_not_count_for_the_next)
{
    const struct machine_console_line lines[] = {{"=> ", "a", 0}, {"=> ", "b", 0}};
    struct console_script script;
    console_script_init(&script, lines, 2, nullptr);
    EXPECT_EQ(1, print(&script, "=> "));
    EXPECT_STREQ("a", console_script_send(&script, 0));
    EXPECT_EQ(nullptr, console_script_send(&script, 0));
    EXPECT_EQ(1U, script.matched);
}

TEST(console_script, lines_without_a_text_are_sent_at_once)
{
    const struct machine_console_line lines[] = {{nullptr, "x", 0}, {nullptr, "y", 0}, {"z", "w", 0}};
    struct console_script script;
    console_script_init(&script, lines, 3, nullptr);
    EXPECT_STREQ("x", console_script_send(&script, 0));
    EXPECT_STREQ("y", console_script_send(&script, 0));
    EXPECT_EQ(nullptr, console_script_send(&script, 0));
}

TEST(console_script, the_stop_text_counts_only_after_the_last_line)
{
    const struct machine_console_line lines[] = {{"a", nullptr, 0}};
    struct console_script script;
    console_script_init(&script, lines, 1, "stop");
    print(&script, "stop");
    EXPECT_FALSE(script.stopped);
    print(&script, "a");
    EXPECT_EQ(nullptr, console_script_send(&script, 0));
    print(&script, "sto");
    EXPECT_FALSE(script.stopped);
    print(&script, "p");
    EXPECT_TRUE(script.stopped);
}

TEST(console_script, a_line_gives_up_after_its_own_instructions)
{
    const struct machine_console_line lines[] = {{"a", "1", 100}, {"b", "2", 0}};
    struct console_script script;
    console_script_init(&script, lines, 2, nullptr);
    EXPECT_EQ(100U, console_script_deadline(&script));
    print(&script, "a");
    console_script_send(&script, 70);
    EXPECT_EQ(0U, console_script_deadline(&script));
}

TEST(console_script, finds_a_text_across_a_long_output)
{
    struct console_script script;
    console_script_init(&script, nullptr, 0, "needle");
    EXPECT_EQ(0, print(&script, std::string(3 * CONSOLE_WINDOW_MAX + 5, '.') + "need"));
    EXPECT_EQ(1, print(&script, "le"));
}

} // namespace
