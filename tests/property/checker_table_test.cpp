// SPDX-License-Identifier: BSD-3-Clause
//
// The verdict tables of cache.md, 3.2, and of checker.md (two domains), as files under tests/checker. Each
// trace carries its expectation in comments: "# verdict:" is the cell of the table, written from the
// document, and one "# finding:" for each finding, in order. Here the enumerator must reproduce both.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/property/checker_product.hpp"
#include "tests/property/enumerator.hpp"

namespace {

const size_t STATES_MAX = 1U << 20;

struct table_entry {
    std::string path;
    std::string text;
    std::string verdict; // "ok", "stale" or "AGENT stale"
    std::vector<std::string> findings;
    trace_program program;
};

table_entry entry_read(const std::filesystem::path &path)
{
    table_entry entry;
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    entry.path = path.string();
    entry.text = text.str();
    entry.program = trace_parse(text.str());
    const std::string verdict = "# verdict: ";
    const std::string finding = "# finding: ";
    for (std::string line; std::getline(text, line);) {
        if (line.compare(0, verdict.size(), verdict) == 0) {
            entry.verdict = line.substr(verdict.size());
        } else if (line.compare(0, finding.size(), finding) == 0) {
            entry.findings.push_back(line.substr(finding.size()));
        }
    }
    return entry;
}

std::vector<table_entry> table_read(const std::string &folder)
{
    std::vector<table_entry> entries;
    for (const auto &file : std::filesystem::directory_iterator(std::string(CHECKER_TABLES) + "/" + folder)) {
        if (file.path().extension() == ".trace") {
            entries.push_back(entry_read(file.path()));
        }
    }
    std::sort(entries.begin(), entries.end(),
              [](const table_entry &left, const table_entry &right) { return left.path < right.path; });
    return entries;
}

// "sp stale" names the reader; the two-domain table says "stale" alone.
std::string verdict_of(const table_entry &entry, const std::vector<enumerator_finding> &findings)
{
    if (findings.empty()) {
        return "ok";
    }
    const unsigned agent = entry.program.events.at(findings.front().event).agent;
    return entry.verdict == "stale" ? "stale" : entry.program.agents.at(agent).name + " stale";
}

std::vector<std::string> findings_texts(const table_entry &entry,
                                        const std::vector<enumerator_finding> &findings)
{
    std::vector<std::string> texts;
    for (const enumerator_finding &finding : findings) {
        texts.push_back(enumerator_finding_text(entry.program, finding));
    }
    return texts;
}

void entry_check(const table_entry &entry)
{
    SCOPED_TRACE(entry.path);
    const enumerator_result joint = enumerate_joint(entry.program, STATES_MAX);
    EXPECT_TRUE(joint.complete);
    EXPECT_EQ(entry.verdict, verdict_of(entry, joint.findings));
    EXPECT_EQ(entry.findings, findings_texts(entry, enumerate_granules(entry.program).findings));
    const product_result product = product_check(entry.program, entry.text);
    EXPECT_EQ("", product.error);
    EXPECT_EQ(entry.verdict, verdict_of(entry, product.findings));
    EXPECT_EQ(entry.findings, findings_texts(entry, product.findings));
}

TEST(checker_table, twenty_five_programs_adversarial_and_elsewhere)
{
    const std::vector<table_entry> entries = table_read("zoo");
    EXPECT_EQ(50U, entries.size());
    for (const table_entry &entry : entries) {
        entry_check(entry);
    }
}

TEST(checker_table, two_domains_one_call_and_two)
{
    const std::vector<table_entry> entries = table_read("two_domain");
    EXPECT_EQ(104U, entries.size()); // nine rows, and four for "anything"; four mappings; one call or two
    for (const table_entry &entry : entries) {
        entry_check(entry);
    }
}

// A second call in a row never changes the verdict of the first: the table says so for both.
TEST(checker_table, two_calls_start_with_the_finding_of_one)
{
    for (const table_entry &entry : table_read("two_domain")) {
        const size_t at = entry.path.find("one-call");
        if (at == std::string::npos) {
            continue;
        }
        SCOPED_TRACE(entry.path);
        const table_entry twice = entry_read(entry.path.substr(0, at) + "two-calls.trace");
        EXPECT_EQ(entry.verdict, twice.verdict);
        ASSERT_LE(entry.findings.size(), twice.findings.size());
        EXPECT_TRUE(std::equal(entry.findings.begin(), entry.findings.end(), twice.findings.begin()));
    }
}

} // namespace
