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

// What the machine does, by the entry of the request: a number that the child sees too.
enum machine_part : uint64_t {
    PART_CLEAN = 1,
    PART_FINDS,
    PART_WAVERS,
    PART_DIES,
    PART_ENDLESS,
    PART_TOO_LARGE,
    // Of prove runs.
    PART_PROVES,
    PART_PROVES_A_NOTE,
    PART_PROVE_WAVERS,
    PART_REPLAY_SHOWS_NOTHING,
    PART_REPLAY_SHOWS_THE_SAME,
    PART_REPLAY_ELSEWHERE,
    PART_REPLAY_CANNOT_MOVE,
    PART_REPLAY_DIES,
    PART_REPLAY_ENDLESS,
    PART_PROVES_TWICE,
};

volatile sig_atomic_t asked_to_stop;

const uint64_t STALE_PA = 0x81FFF044;
const uint64_t STALE_LINE = 0x81FFF040;
const uint64_t READ_POSITION = 500;
const uint64_t PROVED_INSTRUCTIONS = 1000;

// In a child: the case becomes an internal error.
void demand(bool condition)
{
    if (!condition) {
        abort();
    }
}

void wait_for_the_end(struct machine_result *result)
{
    while (asked_to_stop == 0) {
        usleep(1000);
    }
    result->end = MACHINE_END_INTERRUPTED;
}

void golden_record(struct machine_result *result, uint64_t pa, uint64_t position, uint8_t observed)
{
    golden_finding &record = result->findings[result->finding_count++];
    record.pa = pa;
    record.pc = 0x80000000;
    record.position = position;
    record.size = 4;
    record.count = 1;
    record.golden[0] = 1;
    record.observed[0] = observed;
}

bool run_cached(const struct machine_request *request, struct machine_result *result)
{
    const bool second = request->tracked_count > 0;
    demand(!second || request->tracked_lines[0] == STALE_LINE);
    golden_record(result, STALE_PA, READ_POSITION, second && request->entry == PART_WAVERS ? 3 : 2);
    result->findings[0].golden_writer.known = second;
    return true;
}

void proof_record(struct machine_result *result, uint64_t pa, uint64_t position, bool values)
{
    prove_finding &proof = result->proofs[result->proof_count++];
    proof.rule = PROVE_STALE_READ;
    proof.severity = PROVE_ERROR;
    proof.pa = proof.first_pa = pa;
    proof.bytes = 4;
    proof.count = 3;
    proof.site.known = true;
    proof.site.pc = 0x80000000 + position;
    proof.site.position = position;
    proof.site.where.count = position;
    proof.first = proof.site.where;
    result->proof_lines[result->proof_line_count++] = pa & ~63ULL;
    if (values) {
        proof.shows = PROVE_SHOWS_SURELY;
        proof.value_size = 4;
        proof.golden[0] = 1;
        proof.move_count = 1;
        proof.moves[0].pa = pa;
        proof.moves[0].kind = CHECKER_MOVE_FILL;
        proof.moves[0].where.count = position - 100;
    }
}

bool run_prove(const struct machine_request *request, struct machine_result *result)
{
    const bool second = request->tracked_count > 0;
    demand(!second || request->tracked_lines[0] == STALE_LINE);
    proof_record(result, STALE_PA, READ_POSITION, second);
    if (request->entry == PART_PROVE_WAVERS && second) {
        result->proofs[0].pa += 64; // a line that the first pass did not name
    }
    if (request->entry == PART_REPLAY_SHOWS_THE_SAME) {
        result->proofs[0].shows = PROVE_SHOWS_LIKELY;
    }
    if (request->entry == PART_PROVES_A_NOTE) {
        result->proofs[0].at_end = true;
        result->proofs[0].pa = 0xA0000000; // nobody's
    }
    if (request->entry == PART_PROVES_TWICE) {
        proof_record(result, STALE_PA + 64, READ_POSITION + 50, second);
    }
    result->steps[0].finished = true;
    return true;
}

bool run_token(const struct machine_request *request, struct machine_result *result)
{
    demand(request->move_count == 1);
    demand(request->instructions_max == 4 * PROVED_INSTRUCTIONS + 1000000);
    demand(request->events == nullptr);
    const prove_move &move = request->moves[0];
    demand(move.kind == CHECKER_MOVE_FILL);
    const uint64_t position = move.where.count + 100;
    demand(position == READ_POSITION || request->entry == PART_PROVES_TWICE);
    result->moves_made = 1;
    result->steps[0].finished = true;
    result->steps[0].status = 0x800000000000000EULL;
    switch (request->entry) {
    case PART_REPLAY_SHOWS_NOTHING:
    case PART_REPLAY_SHOWS_THE_SAME:
        return true;
    case PART_REPLAY_ELSEWHERE:
        golden_record(result, STALE_PA, position + 1, 9);
        golden_record(result, STALE_PA + 64, position, 9);
        return true;
    case PART_REPLAY_CANNOT_MOVE:
        result->moves_made = 0;
        result->move_failure = MACHINE_MOVE_IMPOSSIBLE;
        return true;
    case PART_REPLAY_DIES:
        raise(SIGKILL);
        return true;
    case PART_REPLAY_ENDLESS:
        wait_for_the_end(result);
        return true;
    default:
        // The second of two does not come any more: the first one leads the program elsewhere.
        golden_record(result, STALE_PA, READ_POSITION, 9);
        return true;
    }
}

} // namespace

extern "C" bool machine_run(const struct machine_request *request, struct machine_result *result)
{
    result->end = MACHINE_END_CLEAN;
    result->instructions = PROVED_INSTRUCTIONS;
    if (request->events != nullptr) {
        fprintf(request->events, "0 0 0x0 run.end agent=pe0 end=0x0 instructions=0x0\n");
    }
    switch (request->entry) {
    case PART_FINDS:
    case PART_WAVERS:
        return run_cached(request, result);
    case PART_DIES:
        raise(SIGKILL);
        return true;
    case PART_ENDLESS:
        wait_for_the_end(result);
        return true;
    case PART_TOO_LARGE:
        result->misfit = MACHINE_MISFIT_SEGMENT;
        return false;
    case PART_CLEAN:
        return true;
    default:
        break;
    }
    if (request->mode == MACHINE_MODE_CACHED) {
        return true;
    }
    return request->mode == MACHINE_MODE_TOKEN ? run_token(request, result) : run_prove(request, result);
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
        c.platform.ram_count = 1;
        c.platform.ram[0] = {0x80000000, 0x80000000};
        snprintf(c.platform.name, sizeof(c.platform.name), "board");
        c.request.entry = part;
        c.request.mode = options.mode;
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

    void prove(run_case &c, machine_part part)
    {
        options.mode = MACHINE_MODE_PROVE;
        open(c, part);
        step = {};
        step.word = "get_variable";
        c.scenario.steps = &step;
        c.scenario.step_count = 1;
        engine *e = engine_create(1, 1);
        engine_start(e, &c);
        finish(e);
        engine_destroy(e);
        EXPECT_EQ(c.stage, CASE_DONE);
        c.scenario.steps = nullptr;
        c.scenario.step_count = 0;
    }

    case_options options = {};
    scenario_step step = {};
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

TEST_F(cosim_engine, what_prove_found_is_replayed_by_its_token)
{
    prove(one, PART_PROVES);
    EXPECT_EQ(one.status, EXIT_NOT_AS_EXPECTED) << one.text;
    ASSERT_EQ(one.findings->count, 1u);
    const finding &found = one.findings->entries[0];
    EXPECT_EQ(std::string(found.token).rfind("v1:a:board:", 0), 0u) << found.token;
    EXPECT_NE(std::string(found.token).find(":pe0@400.fill.ns.0x81fff044;pe0@500.read"), std::string::npos)
        << found.token;
    EXPECT_STREQ(found.replay, "step 1, get_variable, returned EFI_NOT_FOUND instead of EFI_SUCCESS");
    EXPECT_EQ(found.observed[0], 9); // the replay's, not the guess of prove
    EXPECT_EQ(found.count, 3u);
    EXPECT_EQ(one.own_caches, CASE_OWN_CACHES_UNKNOWN);
    // The event text is that of the prove run.
    fseek(one.events, 0, SEEK_END);
    EXPECT_EQ(ftell(one.events), 51);
    run_case_close(&one);
}

TEST_F(cosim_engine, a_detailed_run_asks_the_platforms_own_caches_too)
{
    options.detailed = true;
    prove(one, PART_PROVES);
    EXPECT_EQ(one.own_caches, CASE_OWN_CACHES_HIDE);
    run_case_close(&one);
}

TEST_F(cosim_engine, notes_need_no_second_pass)
{
    prove(one, PART_PROVES_A_NOTE);
    EXPECT_EQ(one.status, EXIT_AS_EXPECTED) << one.text;
    EXPECT_EQ(one.first, nullptr);
    ASSERT_EQ(one.findings->count, 1u);
    EXPECT_EQ(one.findings->entries[0].severity, FINDING_NOTE);
    EXPECT_STREQ(one.findings->entries[0].token, "");
    run_case_close(&one);
}

TEST_F(cosim_engine, what_was_typed_is_not_repeated)
{
    options.mode = MACHINE_MODE_PROVE;
    open(one, PART_PROVES);
    one.request.keyboard_fd = 0;
    engine *e = engine_create(1, 1);
    engine_start(e, &one);
    finish(e);
    engine_destroy(e);
    EXPECT_EQ(one.status, EXIT_NOT_AS_EXPECTED);
    EXPECT_EQ(one.first, nullptr);
    ASSERT_EQ(one.findings->count, 1u);
    EXPECT_STREQ(one.findings->entries[0].token, "");
    EXPECT_STREQ(one.findings->entries[0].replay, "not replayed: what was typed cannot be repeated");
    run_case_close(&one);
}

TEST_F(cosim_engine, a_second_pass_that_finds_elsewhere_is_an_internal_error)
{
    prove(one, PART_PROVE_WAVERS);
    EXPECT_EQ(one.status, EXIT_INTERNAL);
    EXPECT_NE(std::string(one.text).find("stale-read pa 0x81fff084, in a line that the first did not name"),
              std::string::npos)
        << one.text;
    run_case_close(&one);
}

TEST_F(cosim_engine, a_replay_that_does_not_show_the_finding_is_an_internal_error_with_its_token)
{
    const struct {
        machine_part part;
        const char *told;
    } cases[] = {
        {PART_REPLAY_SHOWS_NOTHING, "its moves were made and nothing was stale"},
        {PART_REPLAY_ELSEWHERE, "its moves were made and nothing was stale"},
        {PART_REPLAY_CANNOT_MOVE, "move 1 of 1 was not made: the caches were in no state that allows it"},
        {PART_REPLAY_DIES, "ended by signal 9"},
    };
    for (const auto &c : cases) {
        prove(one, c.part);
        EXPECT_EQ(one.status, EXIT_INTERNAL) << c.told;
        EXPECT_FALSE(one.passed);
        EXPECT_NE(std::string(one.text).find(c.told), std::string::npos) << one.text;
        EXPECT_NE(std::string(one.text).find("ffa-cosim replay --scenario dir/a.yaml 'v1:a:board:"),
                  std::string::npos)
            << one.text;
        run_case_close(&one);
    }
}

TEST_F(cosim_engine, a_witness_that_reads_equal_bytes_need_not_show_anything)
{
    prove(one, PART_REPLAY_SHOWS_THE_SAME);
    EXPECT_EQ(one.status, EXIT_NOT_AS_EXPECTED) << one.text;
    ASSERT_EQ(one.findings->count, 1u);
    EXPECT_NE(std::string(one.findings->entries[0].replay).find("the bytes are the same"), std::string::npos);
    run_case_close(&one);
}

TEST_F(cosim_engine, a_finding_behind_the_first_is_shown_by_the_first_as_well)
{
    prove(one, PART_PROVES_TWICE);
    EXPECT_EQ(one.status, EXIT_NOT_AS_EXPECTED) << one.text;
    ASSERT_EQ(one.findings->count, 2u);
    EXPECT_STREQ(one.findings->entries[0].after, "");
    EXPECT_NE(one.findings->entries[1].after[0], '\0');
    EXPECT_EQ(std::string(one.findings->entries[1].replay).rfind("an earlier stale read came first: ", 0),
              0u);
    run_case_close(&one);
}

TEST_F(cosim_engine, an_interrupt_during_a_replay_keeps_the_findings)
{
    options.mode = MACHINE_MODE_PROVE;
    open(one, PART_REPLAY_ENDLESS);
    engine *e = engine_create(1, 1);
    engine_start(e, &one);
    for (int i = 0; one.stage != CASE_REPLAY && i < 100; i++) {
        engine_wait(e);
    }
    ASSERT_EQ(one.stage, CASE_REPLAY);
    kill(getpid(), SIGINT);
    finish(e);
    EXPECT_TRUE(engine_interrupted());
    engine_destroy(e);
    ASSERT_EQ(one.findings->count, 1u);
    EXPECT_NE(one.findings->entries[0].token[0], '\0');
    EXPECT_STREQ(one.findings->entries[0].replay, "not replayed: interrupted");
    run_case_close(&one);
}

} // namespace
