// SPDX-License-Identifier: BSD-3-Clause
// From records of the golden comparison to findings: owners, severities, merging, matching, sentences.
#include "cosim/finding.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "model/bus/access.h"

namespace {

platform_config board()
{
    platform_config platform = {};
    platform.has_secure = true;
    platform.buffer = {0x81FFF000, 4096};
    platform.cache.line = 64;
    platform.owners[0] = {{0x90000000, 0x1000}, OWNER_OS};
    platform.owners[1] = {{0x91000000, 0x1000}, OWNER_FIRMWARE};
    platform.owner_count = 2;
    return platform;
}

golden_finding stale(uint64_t pa, uint64_t pc, agent_kind agent)
{
    golden_finding record = {};
    record.pa = pa;
    record.va = pa;
    record.pc = pc;
    record.count = 1;
    record.size = 4;
    record.rule = GOLDEN_RULE_STALE_READ;
    record.agent = static_cast<uint8_t>(agent);
    record.golden[0] = 1;
    return record;
}

golden_finding lost(uint64_t pa, uint64_t pc, access_op op, uint64_t culprit_pc)
{
    golden_finding record = stale(pa, pc, AGENT_PE);
    record.rule = GOLDEN_RULE_LOST_WRITE;
    record.by.known = true;
    record.by.op = static_cast<uint8_t>(op);
    record.by.pc = culprit_pc;
    return record;
}

std::unique_ptr<findings> collect(const std::vector<golden_finding> &records)
{
    static const platform_config platform = board();
    const finding_names names = {&platform, nullptr, false};
    auto result = std::make_unique<findings>();
    findings_collect(&names, records.data(), static_cast<uint32_t>(records.size()), result.get());
    return result;
}

TEST(cosim_finding, owners_come_from_the_platform_file_and_the_buffer)
{
    golden_finding secure = stale(0x92000000, 0x30, AGENT_PARTITION);
    secure.space = PA_SPACE_SECURE;
    const auto result = collect({stale(0x81FFF010, 0x10, AGENT_PE), stale(0x90000FFF, 0x20, AGENT_PE), secure,
                                 stale(0x90001000, 0x40, AGENT_PE)});
    ASSERT_EQ(result->count, 4u);
    EXPECT_EQ(result->entries[0].owner, OWNER_BUFFER);
    EXPECT_EQ(result->entries[1].owner, OWNER_OS);
    EXPECT_EQ(result->entries[2].owner, OWNER_SECURE);
    EXPECT_EQ(result->entries[3].owner, OWNER_UNKNOWN);
    EXPECT_STREQ(result->entries[0].place, "the shared buffer+0x10");
}

TEST(cosim_finding, findings_merge_by_rule_owner_and_culprit_whoever_reads)
{
    golden_finding repeated = lost(0x81FFF040, 0x20, ACCESS_DC_ISW, 0x100);
    repeated.count = 5;
    const auto result =
        collect({lost(0x81FFF000, 0x10, ACCESS_DC_ISW, 0x100), repeated,
                 lost(0x81FFF080, 0x10, ACCESS_DC_ISW, 0x104), lost(0x90000000, 0x10, ACCESS_DC_ISW, 0x100)});
    ASSERT_EQ(result->count, 3u);
    EXPECT_EQ(result->entries[0].count, 6u);
    EXPECT_EQ(result->entries[0].pa, 0x81FFF000u);
    EXPECT_EQ(result->entries[1].by.pc, 0x104u);
    EXPECT_EQ(result->entries[2].owner, OWNER_OS);
}

TEST(cosim_finding, without_a_culprit_they_merge_by_the_readers_call_site)
{
    const auto result =
        collect({stale(0x81FFF000, 0x10, AGENT_PE), stale(0x81FFF040, 0x10, AGENT_PE),
                 stale(0x81FFF040, 0x14, AGENT_PE), stale(0x81FFF040, 0x10, AGENT_PARTITION)});
    ASSERT_EQ(result->count, 3u);
    EXPECT_EQ(result->entries[0].count, 2u);
}

TEST(cosim_finding, later_findings_name_the_first)
{
    const auto result = collect({stale(0x81FFF000, 0x10, AGENT_PE), stale(0x90000000, 0x14, AGENT_PE)});
    ASSERT_EQ(result->count, 2u);
    EXPECT_STREQ(result->entries[0].after, "");
    EXPECT_STREQ(result->entries[1].after, "stale-read buffer read by pe0 at 0x10");
}

TEST(cosim_finding, what_nobody_read_is_an_error_for_the_os_and_the_buffer_only)
{
    std::vector<golden_finding> records = {
        lost(0x90000000, 0, ACCESS_DC_ISW, 1), lost(0x81FFF000, 0, ACCESS_DC_ISW, 1),
        lost(0x91000000, 0, ACCESS_DC_ISW, 1), lost(0xA0000000, 0, ACCESS_DC_ISW, 1)};
    for (golden_finding &record : records) {
        record.at_end = true;
        record.count = 7;
    }
    const auto result = collect(records);
    ASSERT_EQ(result->count, 4u);
    const finding_severity severities[] = {FINDING_ERROR, FINDING_ERROR, FINDING_NOTE, FINDING_NOTE};
    for (uint32_t i = 0; i < 4; i++) {
        EXPECT_EQ(result->entries[i].severity, severities[i]) << i;
        EXPECT_EQ(result->entries[i].count, 0u);
        EXPECT_EQ(result->entries[i].lines_lost, 7u);
    }
    EXPECT_EQ(findings_errors(result.get()), 2u);
}

TEST(cosim_finding, more_findings_than_a_report_holds_are_counted)
{
    std::vector<golden_finding> records;
    for (uint64_t i = 0; i < FINDINGS_MAX + 5; i++) {
        records.push_back(stale(0x81FFF000, 0x1000 + 4 * i, AGENT_PE));
    }
    const auto result = collect(records);
    EXPECT_EQ(result->count, static_cast<uint32_t>(FINDINGS_MAX));
    EXPECT_EQ(result->dropped, 5u);
}

TEST(cosim_finding, each_situation_has_its_own_contract)
{
    golden_finding other_line = lost(0x90000000, 0x20, ACCESS_DC_IVAC, 0x200);
    const auto result =
        collect({lost(0x81FFF000, 0x10, ACCESS_DC_ISW, 0x100), lost(0x81FFF000, 0x10, ACCESS_DC_IVAC, 0x104),
                 other_line, stale(0x81FFF000, 0x10, AGENT_PARTITION), stale(0x81FFF000, 0x14, AGENT_PE),
                 stale(0x81FFF000, 0x18, AGENT_FETCH), stale(0x81FFF000, 0x1C, AGENT_WALKER),
                 stale(0x90000000, 0x20, AGENT_PE)});
    ASSERT_EQ(result->count, 8u);
    const char *const repairs[] = {"DC CIVAC, then DSB", "DC CIVAC instead of DC IVAC",
                                   "whole cache lines",  "between the last store",
                                   "after the SMC",      "IC IVAU",
                                   "translation tables", "by address"};
    for (uint32_t i = 0; i < 8; i++) {
        const finding &f = result->entries[i];
        EXPECT_NE(std::string(f.repair).find(repairs[i]), std::string::npos) << i << ": " << f.repair;
        for (uint32_t j = 0; j < i; j++) {
            EXPECT_NE(f.contract, result->entries[j].contract) << i << " and " << j;
        }
        EXPECT_NE(f.message[0], '\0');
    }
}

// Matching.

scenario_findings expected(std::vector<scenario_finding> entries)
{
    static const yaml_node node = {};
    scenario_findings result = {};
    result.given = true;
    for (scenario_finding &entry : entries) {
        entry.node = &node;
        result.entries[result.count++] = entry;
    }
    return result;
}

bool match(const findings &found, const scenario_findings &wanted)
{
    char text[4096] = "";
    const bool equal = findings_match(&found, &wanted, text, sizeof(text));
    EXPECT_EQ(equal, text[0] == '\0') << text;
    return equal;
}

TEST(cosim_match, each_error_needs_an_entry_and_each_entry_a_finding)
{
    const auto found =
        collect({lost(0x81FFF000, 0x10, ACCESS_DC_ISW, 0x100), stale(0x90000000, 0x14, AGENT_PE)});
    scenario_finding buffer = {};
    buffer.owner = "buffer";
    scenario_finding os = {};
    os.rule = "stale-read";
    os.owner = "os";
    scenario_finding secure = {};
    secure.owner = "secure";
    EXPECT_TRUE(match(*found, expected({buffer, os})));
    EXPECT_FALSE(match(*found, expected({buffer})));
    EXPECT_FALSE(match(*found, expected({os})));
    EXPECT_FALSE(match(*found, expected({})));
    EXPECT_FALSE(match(*found, expected({buffer, os, secure})));
    EXPECT_TRUE(match(*collect({}), expected({})));
    EXPECT_FALSE(match(*collect({}), expected({buffer})));
}

TEST(cosim_match, by_names_the_operation_or_the_function)
{
    const auto found = collect({lost(0x81FFF000, 0x10, ACCESS_DC_ISW, 0x100)});
    scenario_finding entry = {};
    entry.by = "DC ISW";
    EXPECT_TRUE(match(*found, expected({entry})));
    entry.by = "DC IVAC";
    EXPECT_FALSE(match(*found, expected({entry})));
    found->entries[0].by.known = false;
    entry.by = "";
    EXPECT_FALSE(match(*found, expected({entry})));
}

TEST(cosim_match, notes_are_compared_only_where_listed)
{
    golden_finding record = lost(0xA0000000, 0, ACCESS_DC_ISW, 1);
    record.at_end = true;
    const auto found = collect({record});
    scenario_finding note = {};
    note.severity = "note";
    EXPECT_TRUE(match(*found, expected({})));
    EXPECT_TRUE(match(*found, expected({note})));
    note.owner = "os";
    EXPECT_FALSE(match(*found, expected({note})));
}

TEST(cosim_copies, names_and_states)
{
    char name[32];
    golden_copy copy = {};
    copy.place = GOLDEN_PLACE_L1D;
    copy.pe = 1;
    copy.dirty = true;
    finding_copy_name(&copy, name, sizeof(name));
    EXPECT_STREQ(name, "l1d1");
    EXPECT_STREQ(finding_copy_state(&copy), "dirty stale");
    copy.place = GOLDEN_PLACE_L2;
    copy.space = PA_SPACE_SECURE;
    copy.dirty = false;
    copy.fresh = true;
    finding_copy_name(&copy, name, sizeof(name));
    EXPECT_STREQ(name, "l2-secure");
    EXPECT_STREQ(finding_copy_state(&copy), "clean fresh");
    copy.place = GOLDEN_PLACE_DRAM;
    EXPECT_STREQ(finding_copy_state(&copy), "fresh");
}

} // namespace
