// SPDX-License-Identifier: BSD-3-Clause
// What a replay shows, what it does to the program, and tokens of cases.
#include "cosim/replay_judge.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "cosim/case_token.h"
#include "model/abi/efi.h"
#include "model/abi/script.h"

namespace {

const uint64_t PA = 0x81FFF044;
const uint64_t READER_PC = 0x80001000;

prove_finding proof_at(uint64_t position, agent_kind agent)
{
    prove_finding proof = {};
    proof.pa = PA;
    proof.site.known = true;
    proof.site.pc = READER_PC;
    proof.site.position = position;
    proof.site.where.agent = static_cast<uint8_t>(agent);
    proof.site.where.count = agent == AGENT_PE ? position : 3;
    return proof;
}

class cosim_replay : public ::testing::Test {
protected:
    golden_finding &record(uint64_t pa, uint64_t position, agent_kind agent)
    {
        golden_finding &added = replay->findings[replay->finding_count++];
        added.pa = pa;
        added.position = position;
        added.agent = static_cast<uint8_t>(agent);
        return added;
    }

    std::string consequence()
    {
        char text[FINDING_TEXT_MAX];
        replay_consequence(&run, golden.get(), replay.get(), text, sizeof(text));
        return text;
    }

    void steps(uint32_t count, uint32_t code, const char *word)
    {
        for (uint32_t i = 0; i < count; i++) {
            step[i].code = code;
            step[i].word = word;
            golden->steps[i].finished = replay->steps[i].finished = true;
        }
        run.scenario.steps = step;
        run.scenario.step_count = count;
    }

    static void data(machine_step_result &result, const char *text)
    {
        result.size = static_cast<uint32_t>(16 + strlen(text));
        memcpy(result.data + 16, text, strlen(text));
    }

    std::unique_ptr<machine_result> golden = std::make_unique<machine_result>();
    std::unique_ptr<machine_result> replay = std::make_unique<machine_result>();
    scenario_step step[4] = {};
    run_case run = {};
};

TEST_F(cosim_replay, a_read_is_shown_by_the_same_agent_at_the_same_place_on_the_same_line)
{
    record(PA + 64, 500, AGENT_PE);
    record(PA, 500, AGENT_PARTITION);
    record(PA, 499, AGENT_PE);
    const prove_finding proof = proof_at(500, AGENT_PE);
    EXPECT_EQ(replay_shown(&proof, false, 64, replay.get()).record, nullptr);
    record(PA + 8, 500, AGENT_PE);
    const replay_evidence shown = replay_shown(&proof, false, 64, replay.get());
    EXPECT_EQ(shown.record, &replay->findings[3]);
    EXPECT_TRUE(shown.itself);
    const prove_finding secure = proof_at(500, AGENT_PARTITION); // the position is the PE's
    EXPECT_EQ(replay_shown(&secure, false, 64, replay.get()).record, &replay->findings[1]);
}

TEST_F(cosim_replay, an_earlier_event_of_the_same_instruction_in_the_page_shows_its_record)
{
    const prove_finding proof = proof_at(500, AGENT_PE);
    record(PA + 0x40, 450, AGENT_PE); /* another instruction */
    record(PA + 0x1000, 460, AGENT_PE).pc = READER_PC;
    record(PA + 0x40, 470, AGENT_PARTITION).pc = READER_PC;
    record(PA + 0x40, 510, AGENT_PE).pc = READER_PC;
    EXPECT_EQ(replay_shown(&proof, false, 64, replay.get()).record, nullptr);
    const golden_finding &sibling = record(PA + 0x80, 480, AGENT_PE);
    replay->findings[replay->finding_count - 1].pc = READER_PC;
    const replay_evidence shown = replay_shown(&proof, false, 64, replay.get());
    EXPECT_EQ(shown.record, &sibling);
    EXPECT_FALSE(shown.itself);
}

TEST_F(cosim_replay, nothing_is_shown_when_a_move_was_not_made)
{
    record(PA, 500, AGENT_PE);
    replay->move_failure = MACHINE_MOVE_NOT_COME;
    const prove_finding proof = proof_at(500, AGENT_PE);
    EXPECT_EQ(replay_shown(&proof, false, 64, replay.get()).record, nullptr);
}

TEST_F(cosim_replay, lost_bytes_are_shown_by_any_record_of_their_line)
{
    prove_finding proof = proof_at(9000, AGENT_PE);
    proof.at_end = true;
    record(PA + 64, 10, AGENT_PE);
    EXPECT_EQ(replay_shown(&proof, false, 64, replay.get()).record, nullptr);
    record(PA, 400, AGENT_WALKER);
    EXPECT_EQ(replay_shown(&proof, false, 64, replay.get()).record, &replay->findings[1]);
}

TEST_F(cosim_replay, a_consequence_is_shown_by_any_stale_read_before_it)
{
    const prove_finding proof = proof_at(500, AGENT_PE);
    record(PA + 640, 501, AGENT_PE);
    record(PA + 640, 1, AGENT_PE).at_end = true;
    EXPECT_EQ(replay_shown(&proof, true, 64, replay.get()).record, nullptr);
    record(PA + 640, 100, AGENT_PE);
    replay->move_failure = MACHINE_MOVE_NOT_COME;
    const replay_evidence shown = replay_shown(&proof, true, 64, replay.get());
    EXPECT_EQ(shown.record, &replay->findings[2]);
    EXPECT_FALSE(shown.itself);
    EXPECT_EQ(replay_shown(&proof, false, 64, replay.get()).record, nullptr);
}

TEST_F(cosim_replay, the_first_step_that_differs_is_told)
{
    steps(3, SCRIPT_STEP_GET_VARIABLE, "get_variable");
    EXPECT_EQ(consequence(), REPLAY_UNNOTICED);
    data(golden->steps[1], "bar");
    data(replay->steps[1], "baz");
    replay->steps[2].status = EFI_NOT_FOUND;
    EXPECT_EQ(consequence(), "step 2, get_variable, returned 'baz' instead of 'bar'");
    data(replay->steps[1], "bar");
    EXPECT_EQ(consequence(), "step 3, get_variable, returned EFI_NOT_FOUND instead of EFI_SUCCESS");
}

TEST_F(cosim_replay, data_is_told_as_text_or_bytes_and_cut)
{
    steps(1, SCRIPT_STEP_GET_VARIABLE, "get_variable");
    data(golden->steps[0], "abcdefghijklmnopqrstuvwxyz");
    data(replay->steps[0], "\x01\x02");
    EXPECT_EQ(consequence(),
              "step 1, get_variable, returned '\\x01\\x02' instead of 'abcdefghijklmnopqrst...'");
    data(replay->steps[0], "abcdefghijklmno");
    EXPECT_EQ(consequence(),
              "step 1, get_variable, returned '...hijklmno' instead of '...hijklmnopqrstuvwxyz'");
    replay->steps[0].size = 18;
    replay->steps[0].data[16] = 'a';
    replay->steps[0].data[17] = 0;
    EXPECT_EQ(consequence(), "step 1, get_variable, returned 'a\\0' instead of 'abcdefghijklmnopqrst...'");
    replay->steps[0].size = 16;
    EXPECT_EQ(consequence(), "step 1, get_variable, returned nothing instead of 'abcdefghijklmnopqrst...'");
    data(golden->steps[0], "\x03");
    EXPECT_EQ(consequence(), "step 1, get_variable, returned nothing instead of 03");
}

TEST_F(cosim_replay, lines_of_the_os_are_counted)
{
    steps(1, SCRIPT_STEP_OS_CHECK, "os_check");
    golden->steps[0].size = replay->steps[0].size = 16;
    golden->steps[0].data[0] = replay->steps[0].data[0] = 64;
    replay->steps[0].data[8] = 5;
    EXPECT_EQ(consequence(), "step 1, os_check, found 5 of the OS's 64 lines changed");
}

TEST_F(cosim_replay, other_ends_are_told)
{
    steps(2, SCRIPT_STEP_BOOT, "boot");
    replay->steps[1].finished = false;
    EXPECT_EQ(consequence(), "step 2, boot, did not finish");
    replay->end = MACHINE_END_FAULT;
    replay->fault_esr = 0x96000010;
    EXPECT_NE(consequence().find("ended with an exception in 0x0, ESR 0x96000010"), std::string::npos);
    replay->end = MACHINE_END_LIMIT;
    replay->limit = MACHINE_LIMIT_INSTRUCTIONS;
    EXPECT_NE(consequence().find("the program did not end"), std::string::npos);
    golden->end = MACHINE_END_LIMIT;
    golden->limit = MACHINE_LIMIT_WAITS_FOR_EVER;
    EXPECT_NE(consequence().find("the program did not end"), std::string::npos);
}

TEST_F(cosim_replay, steps_that_neither_run_reached_are_no_difference)
{
    steps(2, SCRIPT_STEP_BOOT, "boot");
    golden->steps[1].finished = replay->steps[1].finished = false;
    EXPECT_EQ(consequence(), REPLAY_UNNOTICED);
    replay->console_matched = 1;
    EXPECT_NE(consequence(), REPLAY_UNNOTICED);
}

// Tokens of cases.

class cosim_case_token : public ::testing::Test {
protected:
    void SetUp() override
    {
        run.options = &options;
        run.scenario.name = const_cast<char *>("flow.variation");
        run.platform.ram_count = 1;
        run.platform.ram[0] = {0x80000000, 0x10000000};
        run.platform.cache.line = 64;
        snprintf(run.platform.name, sizeof(run.platform.name), "board");
        run.request.platform = &run.platform;
        run.request.keyboard_fd = -1;
        run.values_known = true;
        run.result = result.get();
        run.findings = found.get();
        found->count = 1;
        found->entries[0].severity = FINDING_ERROR;
        result->proofs[0] = proof_at(500, AGENT_PARTITION);
        result->proofs[0].move_count = 1;
        result->proofs[0].moves[0].pa = PA;
        result->proofs[0].moves[0].kind = CHECKER_MOVE_HOLD;
        result->proofs[0].moves[0].where.count = 77;
        result->proofs[0].moves[0].where.ordinal = 2;
    }

    token made()
    {
        token read;
        token_error token_error;
        case_tokens_make(&run);
        EXPECT_TRUE(token_parse(found->entries[0].token, &read, &token_error)) << found->entries[0].token;
        return read;
    }

    void refused(const char *reason)
    {
        found->entries[0].replay[0] = '\0';
        case_tokens_make(&run);
        EXPECT_STREQ(found->entries[0].token, "");
        EXPECT_FALSE(found->entries[0].replay_wanted);
        EXPECT_NE(std::string(found->entries[0].replay).find(reason), std::string::npos)
            << found->entries[0].replay;
    }

    case_options options = {};
    run_case run = {};
    std::unique_ptr<machine_result> result = std::make_unique<machine_result>();
    std::unique_ptr<findings> found = std::make_unique<findings>();
    char error[FINDING_TEXT_MAX] = "";
};

TEST_F(cosim_case_token, an_error_gets_a_token_that_says_all)
{
    const token read = made();
    EXPECT_TRUE(found->entries[0].replay_wanted);
    EXPECT_NE(std::string(found->entries[0].token).find(":pe0@77.2.hold.ns.0x81fff044;partition@3.read"),
              std::string::npos)
        << found->entries[0].token;
    EXPECT_TRUE(case_token_fits(&run, &read, error, sizeof(error))) << error;
    ASSERT_TRUE(case_token_take(&run, &read, error, sizeof(error)));
    ASSERT_EQ(run.request.move_count, 1u);
    EXPECT_EQ(run.request.moves[0].where.ordinal, 2u);
    EXPECT_EQ(run.request.moves[0].pa, PA);
}

TEST_F(cosim_case_token, notes_and_warnings_get_none)
{
    found->entries[0].severity = FINDING_WARNING;
    case_tokens_make(&run);
    EXPECT_STREQ(found->entries[0].token, "");
    EXPECT_STREQ(found->entries[0].replay, "");
}

TEST_F(cosim_case_token, what_cannot_be_replayed_says_why)
{
    result->proofs[0].site.where.agent = AGENT_FETCH;
    refused("the instruction side");
    result->proofs[0].site.where.agent = AGENT_WALKER;
    refused("the instruction side");
    result->proofs[0].site.where.agent = AGENT_PE;
    result->proofs[0].copy = PROVE_COPY_TRANSLATION;
    refused("the instruction side");
    result->proofs[0].copy = PROVE_COPY_DATA;
    result->proofs[0].rule = PROVE_PROTOCOL;
    refused("a contract");
    result->proofs[0].rule = PROVE_CLOBBER;
    run.request.keyboard_fd = 0;
    refused("what was typed");
    run.request.keyboard_fd = -1;
    run.values_known = false;
    refused("interrupted");
    run.values_known = true;
    result->proofs[0].move_count = 0;
    refused("its moves are not known");
    result->proofs[0].move_count = 1;
    run.scenario.name = const_cast<char *>("two words");
    refused("does not fit a token");
    run.scenario.name = const_cast<char *>("boot");
    refused("called boot");
    options.boot_line = "";
    (void)made();
}

TEST_F(cosim_case_token, another_run_is_refused_and_says_so)
{
    token read = made();
    read.hash ^= 1;
    EXPECT_FALSE(case_token_fits(&run, &read, error, sizeof(error)));
    for (const char *part : {"image, platform, scenario or input differ", "--platform", "expected"}) {
        EXPECT_NE(std::string(error).find(part), std::string::npos) << error;
    }
    snprintf(read.platform, sizeof(read.platform), "other");
    EXPECT_FALSE(case_token_fits(&run, &read, error, sizeof(error)));
    EXPECT_NE(std::string(error).find("expected --platform other"), std::string::npos) << error;
}

TEST_F(cosim_case_token, a_move_outside_memory_is_refused)
{
    token read = made();
    read.moves[0].pa = 0x90000000;
    EXPECT_FALSE(case_token_take(&run, &read, error, sizeof(error)));
    EXPECT_NE(std::string(error).find("move 1 is at 0x90000000, expected"), std::string::npos) << error;
}

TEST_F(cosim_case_token, the_command_line_is_quoted_for_a_shell)
{
    char line[CASE_LINE_MAX];
    run.scenario.path = const_cast<char *>("a dir/it's.yaml");
    options.settings[0] = "cache.invalidate=cleans";
    options.setting_count = 1;
    run_case_line(&run, "v1:a;b", line);
    EXPECT_STREQ(line,
                 "ffa-cosim replay --set cache.invalidate=cleans --scenario 'a dir/it'\\''s.yaml' 'v1:a;b'");
    run_case_line(&run, nullptr, line);
    EXPECT_STREQ(line, "ffa-cosim run --set cache.invalidate=cleans 'a dir/it'\\''s.yaml'");
    options.boot_line = " --platform bench x.elf";
    run_case_line(&run, "v1:a;b", line);
    EXPECT_STREQ(line, "ffa-cosim replay 'v1:a;b' -- --platform bench x.elf");
    run_case_line(&run, nullptr, line);
    EXPECT_STREQ(line, "ffa-cosim boot --platform bench x.elf");
}

} // namespace
