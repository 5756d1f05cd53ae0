// SPDX-License-Identifier: BSD-3-Clause
//
// Tokens on whole machines, for every delivered scenario. Without moves a token reproduces the golden run,
// instruction for instruction and event for event: every line is prompt, so that nothing but the moves makes
// a run differ. With the moves of what prove found, the caches can make them, and what first goes stale is
// something that prove found. SystemC elaborates once per process: each run is a child.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "cosim/run_case.h"
#include "model/platform/machine.h"

namespace {

std::vector<std::string> scenario_files()
{
    std::vector<std::string> files;
    for (const auto &entry : std::filesystem::directory_iterator(SCENARIO_DIR)) {
        if (entry.path().extension() == ".yaml") {
            files.push_back(entry.path().string());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::string name_of(const ::testing::TestParamInfo<std::string> &info)
{
    std::string name = std::filesystem::path(info.param).stem().string();
    std::replace_if(
        name.begin(), name.end(), [](char c) { return !isalnum(static_cast<unsigned char>(c)); }, '_');
    return name;
}

// A run in a child, its result in memory that both share, its events and console in files.
class child_run {
public:
    child_run()
        : result(static_cast<machine_result *>(mmap(nullptr, sizeof(machine_result), PROT_READ | PROT_WRITE,
                                                    MAP_SHARED | MAP_ANONYMOUS, -1, 0))),
          events_(tmpfile()), console_(tmpfile())
    {
    }
    ~child_run()
    {
        munmap(result, sizeof(*result));
        fclose(events_);
        fclose(console_);
    }
    child_run(const child_run &) = delete;
    child_run &operator=(const child_run &) = delete;

    void run(machine_request request, machine_mode mode)
    {
        request.mode = mode;
        request.events = events_;
        request.console_out = console_;
        fflush(nullptr);
        const pid_t child = fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
            const bool fits = machine_run(&request, result);
            fflush(events_);
            fflush(console_);
            _exit(fits ? 0 : 1);
        }
        int status = -1;
        ASSERT_EQ(waitpid(child, &status, 0), child);
        ASSERT_EQ(status, 0);
    }
    std::string events() const { return text_of(events_); }
    std::string console() const { return text_of(console_); }

    machine_result *result;

private:
    static std::string text_of(FILE *file)
    {
        std::string text;
        char buffer[65536];
        rewind(file);
        for (size_t read = fread(buffer, 1, sizeof(buffer), file); read != 0;
             read = fread(buffer, 1, sizeof(buffer), file)) {
            text.append(buffer, read);
        }
        return text;
    }

    FILE *events_;
    FILE *console_;
};

class cache_token : public ::testing::TestWithParam<std::string> {
protected:
    void SetUp() override { ASSERT_TRUE(run_case_open(&case_, GetParam().c_str(), &options_)) << case_.text; }
    void TearDown() override { run_case_close(&case_); }

    case_options options_ = {};
    run_case case_ = {};
};

void expect_same_end(const machine_result &a, const machine_result &b)
{
    EXPECT_EQ(a.end, b.end);
    EXPECT_EQ(a.limit, b.limit);
    EXPECT_EQ(a.reset, b.reset);
    EXPECT_EQ(a.instructions, b.instructions);
    EXPECT_EQ(a.pc, b.pc);
    EXPECT_EQ(a.el, b.el);
    EXPECT_EQ(a.console_matched, b.console_matched);
    EXPECT_EQ(a.step_started, b.step_started);
    for (uint32_t i = 0; i < MACHINE_STEPS_MAX; i++) {
        EXPECT_EQ(memcmp(&a.steps[i], &b.steps[i], sizeof(a.steps[i])), 0) << "step " << i;
    }
}

// The events of both runs, up to where they differ.
void expect_same_events(const std::string &a, const std::string &b)
{
    const size_t length = std::min(a.size(), b.size());
    const size_t same = static_cast<size_t>(
        std::mismatch(a.begin(), a.begin() + static_cast<ptrdiff_t>(length), b.begin()).first - a.begin());
    if (same != a.size() || same != b.size()) {
        const size_t line = a.rfind('\n', same) + 1;
        ADD_FAILURE() << "golden: " << a.substr(line, 200) << "\ntoken: " << b.substr(line, 200);
    }
}

TEST_P(cache_token, without_moves_is_the_golden_run)
{
    child_run golden, token;
    golden.run(case_.request, MACHINE_MODE_GOLDEN);
    token.run(case_.request, MACHINE_MODE_TOKEN);
    expect_same_end(*golden.result, *token.result);
    EXPECT_EQ(golden.console(), token.console());
    expect_same_events(golden.events(), token.events());
    EXPECT_GT(golden.result->instructions, 0U);
    EXPECT_EQ(token.result->finding_count, 0U);
    EXPECT_EQ(token.result->moves_made, 0U);
    EXPECT_EQ(token.result->move_failure, MACHINE_MOVE_OK);
}

bool is_of_values(const prove_finding &finding)
{
    return finding.rule <= PROVE_MISSING_BARRIER && !finding.equal_value && finding.copy == PROVE_COPY_DATA;
}

bool is_proven(const machine_result &proof, const golden_finding &found)
{
    return std::any_of(proof.proofs, proof.proofs + proof.proof_count, [&](const prove_finding &finding) {
        return finding.rule <= PROVE_MISSING_BARRIER && finding.site.pc == found.pc &&
               finding.site.where.agent == found.agent &&
               finding.pa / PROVE_PAGE_SIZE == found.pa / PROVE_PAGE_SIZE;
    });
}

// A read that has gone stale may lead the run elsewhere, so that later moves do not come.
void expect_stale(const machine_result &proof, const machine_result &token)
{
    ASSERT_GT(token.finding_count, 0U);
    EXPECT_NE(token.move_failure, MACHINE_MOVE_IMPOSSIBLE);
    const golden_finding &first = token.findings[0];
    EXPECT_TRUE(first.at_end || is_proven(proof, first))
        << "pc 0x" << std::hex << first.pc << " pa 0x" << first.pa << std::dec << " position "
        << first.position;
}

TEST_P(cache_token, the_moves_of_every_proof_make_a_proven_read_stale)
{
    child_run first, second;
    first.run(case_.request, MACHINE_MODE_PROVE);
    machine_request request = case_.request;
    request.tracked_lines = first.result->proof_lines;
    request.tracked_count = first.result->proof_line_count;
    second.run(request, MACHINE_MODE_PROVE);
    for (uint32_t i = 0; i < second.result->proof_count; i++) {
        const prove_finding &finding = second.result->proofs[i];
        if (!is_of_values(finding)) {
            continue;
        }
        SCOPED_TRACE("proof " + std::to_string(i));
        child_run token;
        request = case_.request;
        request.moves = finding.moves;
        request.move_count = finding.move_count;
        token.run(request, MACHINE_MODE_TOKEN);
        expect_stale(*second.result, *token.result);
    }
}

INSTANTIATE_TEST_SUITE_P(scenarios, cache_token, ::testing::ValuesIn(scenario_files()), name_of);

} // namespace
