// SPDX-License-Identifier: BSD-3-Clause
// Passes in child processes, with a machine of this file's own: what a second pass is for, what a child that
// dies means, and that a machine that finds something else the second time is an internal error.
#include "cosim/engine.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

namespace {

// What the machine does, by the instruction limit of the request: a number that the child sees too.
enum machine_part : uint64_t {
    PART_CLEAN = 1,
    PART_FINDS,
    PART_WAVERS,
    PART_DIES,
    PART_ENDLESS,
    PART_TOO_LARGE
};

volatile sig_atomic_t asked_to_stop;

} // namespace

extern "C" bool machine_run(const struct machine_request *request, struct machine_result *result)
{
    const bool second = request->tracked_count > 0;
    result->end = MACHINE_END_CLEAN;
    result->instructions = 1000;
    if (request->events != nullptr) {
        fprintf(request->events, "0 0 0x0 run.end agent=pe0 end=0x0 instructions=0x0\n");
    }
    switch (request->instructions_max) {
    case PART_FINDS:
    case PART_WAVERS:
        result->finding_count = 1;
        result->findings[0].pa = 0x81FFF044;
        result->findings[0].pc = 0x80000000;
        result->findings[0].size = 4;
        result->findings[0].count = 1;
        result->findings[0].golden[0] = 1;
        result->findings[0].observed[0] = second && request->instructions_max == PART_WAVERS ? 3 : 2;
        if (second) {
            if (request->tracked_lines[0] != 0x81FFF040u) {
                abort(); // in a child: the case becomes an internal error
            }
            result->findings[0].golden_writer.known = true;
        }
        return true;
    case PART_DIES:
        raise(SIGKILL);
        return true;
    case PART_ENDLESS:
        while (asked_to_stop == 0) {
            usleep(1000);
        }
        result->end = MACHINE_END_INTERRUPTED;
        return true;
    case PART_TOO_LARGE:
        return false;
    default:
        return true;
    }
}

extern "C" void machine_interrupt(void)
{
    asked_to_stop = 1;
}

namespace {

class cosim_engine : public ::testing::Test {
protected:
    void open(run_case &c, machine_part part)
    {
        memset(&c, 0, sizeof(c));
        c.options = &options;
        c.scenario.path = strdup("dir/a.yaml");
        c.scenario.name = strdup("a");
        c.platform.cache.line = 64;
        c.platform.buffer = {0x81FFF000, 4096};
        c.platform.has_secure = true;
        c.request.platform = &c.platform;
        c.request.instructions_max = part;
        c.request.keyboard_fd = -1;
        c.result = static_cast<machine_result *>(
            mmap(nullptr, sizeof(machine_result), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
        c.findings = static_cast<findings *>(calloc(1, sizeof(findings)));
        c.events = tmpfile();
        c.request.events = c.events;
    }

    static void finish(engine *e)
    {
        while (engine_wait(e)) {
        }
    }

    void run(run_case &c, machine_part part)
    {
        open(c, part);
        engine *e = engine_create(2, 1);
        engine_start(e, &c);
        finish(e);
        engine_destroy(e);
        EXPECT_EQ(c.stage, CASE_DONE);
    }

    case_options options = {};
    run_case one = {};
};

TEST_F(cosim_engine, a_run_without_findings_has_one_pass)
{
    run(one, PART_CLEAN);
    EXPECT_EQ(one.status, EXIT_AS_EXPECTED);
    EXPECT_TRUE(one.passed);
    EXPECT_EQ(one.first, nullptr);
    EXPECT_STREQ(run_case_end_text(&one), "clean");
    run_case_close(&one);
}

TEST_F(cosim_engine, findings_are_reported_from_a_second_pass_that_tracks_their_lines)
{
    run(one, PART_FINDS);
    EXPECT_EQ(one.status, EXIT_NOT_AS_EXPECTED);
    ASSERT_NE(one.first, nullptr);
    ASSERT_EQ(one.findings->count, 1u);
    EXPECT_TRUE(one.findings->entries[0].golden_writer.known);
    EXPECT_EQ(one.request.tracked_count, 1u);
    // The event text is that of one pass, not of two.
    fseek(one.events, 0, SEEK_END);
    EXPECT_EQ(ftell(one.events), 51);
    run_case_close(&one);
}

TEST_F(cosim_engine, passes_that_differ_are_an_internal_error_with_the_line_that_repeats_it)
{
    run(one, PART_WAVERS);
    EXPECT_EQ(one.status, EXIT_INTERNAL);
    EXPECT_NE(std::string(one.text).find("internal error"), std::string::npos) << one.text;
    EXPECT_NE(std::string(one.text).find("ffa-cosim run dir/a.yaml"), std::string::npos) << one.text;
    EXPECT_EQ(run_case_end_text(&one), nullptr);
    run_case_close(&one);
}

TEST_F(cosim_engine, a_child_that_dies_is_an_internal_error_of_its_case_alone)
{
    run_case other = {};
    open(one, PART_DIES);
    open(other, PART_CLEAN);
    engine *e = engine_create(2, 2);
    engine_start(e, &one);
    engine_start(e, &other);
    finish(e);
    engine_destroy(e);
    EXPECT_EQ(one.status, EXIT_INTERNAL);
    EXPECT_NE(std::string(one.text).find("ended by signal 9"), std::string::npos) << one.text;
    EXPECT_EQ(other.status, EXIT_AS_EXPECTED);
    run_case_close(&one);
    run_case_close(&other);
}

TEST_F(cosim_engine, an_image_that_does_not_fit_is_the_users_mistake)
{
    run(one, PART_TOO_LARGE);
    EXPECT_EQ(one.status, EXIT_USER_MISTAKE);
    EXPECT_NE(std::string(one.text).find("expected"), std::string::npos) << one.text;
    run_case_close(&one);
}

TEST_F(cosim_engine, an_interrupt_ends_every_child_and_keeps_what_is_known)
{
    run_case other = {};
    open(one, PART_ENDLESS);
    open(other, PART_ENDLESS);
    engine *e = engine_create(2, 3);
    engine_start(e, &one);
    engine_start(e, &other);
    EXPECT_FALSE(engine_has_place(e));
    kill(getpid(), SIGINT);
    finish(e);
    EXPECT_TRUE(engine_interrupted());
    EXPECT_FALSE(engine_has_place(e));
    engine_destroy(e);
    EXPECT_EQ(one.status, EXIT_INTERRUPTED);
    EXPECT_EQ(other.status, EXIT_INTERRUPTED);
    EXPECT_STREQ(run_case_end_text(&one), "interrupted");
    run_case_close(&one);
    run_case_close(&other);
}

} // namespace
