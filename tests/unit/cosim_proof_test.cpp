// SPDX-License-Identifier: BSD-3-Clause
// From records of prove to findings: severities, labels, merging, moves in words, a contract and a repair for
// each situation.
#include "cosim/finding.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "model/bus/access.h"
#include "model/checker/code_side.h"
#include "model/checker/translation_side.h"

namespace {

const uint64_t BUFFER = 0x81FFF000;

platform_config board()
{
    platform_config platform = {};
    platform.has_secure = true;
    platform.buffer = {BUFFER, 4096};
    platform.cache.line = 64;
    platform.owners[0] = {{0x90000000, 0x1000}, OWNER_OS};
    platform.owner_count = 1;
    return platform;
}

prove_site site(agent_kind agent, uint64_t pc, uint64_t position, access_op op = ACCESS_READ)
{
    prove_site result = {};
    result.known = true;
    result.op = static_cast<uint8_t>(op);
    result.pc = pc;
    result.position = position;
    result.where.count = agent == AGENT_PARTITION ? 7 : position;
    result.where.agent = static_cast<uint8_t>(agent);
    return result;
}

prove_finding proof(prove_rule rule, uint64_t pa, const prove_site &reader)
{
    prove_finding record = {};
    record.rule = static_cast<uint8_t>(rule);
    record.severity = PROVE_ERROR;
    record.pa = record.va = pa;
    record.bytes = 8;
    record.count = 1;
    record.site = reader;
    return record;
}

prove_finding stale(uint64_t pa, uint64_t pc, agent_kind agent = AGENT_PE)
{
    return proof(PROVE_STALE_READ, pa, site(agent, pc, 500));
}

prove_finding blamed(prove_rule rule, access_op op, uint64_t pa = BUFFER, agent_kind reader = AGENT_PE)
{
    prove_finding record = proof(rule, pa, site(reader, 0x10, 500));
    record.by = site(AGENT_PE, 0x100, 300, op);
    return record;
}

void move_add(prove_finding &record, checker_move_kind kind, agent_kind agent, uint64_t count,
              pa_space space = PA_SPACE_NON_SECURE)
{
    prove_move &move = record.moves[record.move_count++];
    move.kind = static_cast<uint8_t>(kind);
    move.space = static_cast<uint8_t>(space);
    move.where.agent = static_cast<uint8_t>(agent);
    move.where.count = count;
    move.pa = record.pa;
}

std::unique_ptr<findings> collect(const std::vector<prove_finding> &records)
{
    static const platform_config platform = board();
    const finding_names names = {&platform, nullptr, false};
    auto result = std::make_unique<findings>();
    findings_collect_proofs(&names, records.data(), static_cast<uint32_t>(records.size()), result.get());
    return result;
}

bool holds(const char *text, const char *part)
{
    return std::string(text).find(part) != std::string::npos;
}

TEST(cosim_proof, severities_follow_rule_value_and_owner)
{
    std::vector<prove_finding> records = {stale(BUFFER, 0x10), stale(BUFFER, 0x14), stale(BUFFER, 0x18)};
    records[1].equal_value = true;
    records[2].severity = PROVE_WARNING;
    for (const uint64_t pa : {BUFFER, uint64_t{0x90000000}, uint64_t{0xA0000000}}) {
        prove_finding record = blamed(PROVE_LOST_WRITE, ACCESS_DC_ISW, pa);
        record.at_end = true;
        record.count = 5;
        records.push_back(record);
    }
    const auto found = collect(records);
    const finding_severity severities[] = {FINDING_ERROR, FINDING_NOTE,  FINDING_WARNING,
                                           FINDING_ERROR, FINDING_ERROR, FINDING_NOTE};
    ASSERT_EQ(found->count, 6u);
    for (uint32_t i = 0; i < 6; i++) {
        EXPECT_EQ(found->entries[i].severity, severities[i]) << i;
    }
    EXPECT_TRUE(holds(found->entries[1].message, "(equal value)")) << found->entries[1].message;
    EXPECT_FALSE(holds(found->entries[0].message, "(equal value)"));
    EXPECT_EQ(found->entries[3].lines_lost, 5u);
    EXPECT_EQ(found->entries[3].count, 0u);
    EXPECT_TRUE(holds(found->entries[0].message, "may read 8 bytes")) << found->entries[0].message;
}

TEST(cosim_proof, only_what_follows_a_stale_read_is_labelled)
{
    prove_finding note = proof(PROVE_REDUNDANT_MAINTENANCE, BUFFER, site(AGENT_PE, 0x8, 10, ACCESS_DC_CVAC));
    note.severity = PROVE_NOTE;
    prove_finding equal = stale(BUFFER, 0xC);
    equal.equal_value = true;
    const auto found = collect({note, equal, stale(BUFFER, 0x10), stale(BUFFER, 0x14)});
    ASSERT_EQ(found->count, 4u);
    for (uint32_t i = 0; i < 3; i++) {
        EXPECT_STREQ(found->entries[i].after, "") << i;
    }
    EXPECT_STREQ(found->entries[3].after, "stale-read buffer read by pe0 at 0x10");
}

TEST(cosim_proof, losses_at_the_end_are_no_consequences_of_each_other)
{
    prove_finding first = blamed(PROVE_LOST_WRITE, ACCESS_DC_ISW, BUFFER);
    prove_finding second = blamed(PROVE_LOST_WRITE, ACCESS_DC_ISW, 0x90000000);
    first.at_end = second.at_end = true;
    const auto found = collect({first, second});
    ASSERT_EQ(found->count, 2u);
    EXPECT_STREQ(found->entries[1].after, "");
}

TEST(cosim_proof, findings_merge_by_rule_severity_owner_and_culprit)
{
    prove_finding other = blamed(PROVE_LOST_WRITE, ACCESS_DC_ISW);
    other.site.pc = 0x99;
    other.count = 4;
    prove_finding equal = other;
    equal.equal_value = true;
    const auto found =
        collect({blamed(PROVE_LOST_WRITE, ACCESS_DC_ISW), other, blamed(PROVE_CLOBBER, ACCESS_DC_ISW), equal,
                 blamed(PROVE_LOST_WRITE, ACCESS_DC_ISW, 0x90000000)});
    ASSERT_EQ(found->count, 4u);
    EXPECT_EQ(found->entries[0].count, 5u);
    EXPECT_EQ(found->entries[0].record, 0u);
    EXPECT_EQ(found->entries[3].record, 4u);
}

TEST(cosim_proof, who_acts_against_a_contract_is_its_culprit)
{
    prove_finding edge = proof(PROVE_EDGE, BUFFER, site(AGENT_PE, 0x10, 100, ACCESS_DC_CIVAC));
    edge.severity = PROVE_WARNING;
    prove_finding foreign =
        proof(PROVE_FOREIGN_MAINTENANCE, BUFFER, site(AGENT_PE, 0x20, 200, ACCESS_DC_IVAC));
    foreign.by = site(AGENT_PE, 0x30, 150);
    const auto found = collect({edge, foreign});
    ASSERT_EQ(found->count, 2u);
    EXPECT_EQ(found->entries[0].by.pc, 0x10u);
    EXPECT_STREQ(found->entries[0].by.op, "DC CIVAC");
    EXPECT_EQ(found->entries[1].by.pc, 0x20u);
    EXPECT_EQ(found->entries[1].before.pc, 0x30u);
    EXPECT_TRUE(holds(found->entries[1].message, "since 0x30")) << found->entries[1].message;
}

// Moves.

TEST(cosim_proof, moves_are_told_as_in_a_token_and_in_words)
{
    prove_finding record = blamed(PROVE_MISSING_BARRIER, ACCESS_DC_CVAC, BUFFER, AGENT_PARTITION);
    move_add(record, CHECKER_MOVE_HOLD, AGENT_PE, 300);
    move_add(record, CHECKER_MOVE_FILL, AGENT_PARTITION, 7, PA_SPACE_SECURE);
    move_add(record, CHECKER_MOVE_COMPLETE, AGENT_PE, 12345);
    move_add(record, CHECKER_MOVE_WRITEBACK, AGENT_WALKER, 500);
    const auto found = collect({record});
    const finding &f = found->entries[0];
    ASSERT_EQ(f.move_count, 4u);
    EXPECT_STREQ(f.moves[0].text, "pe0@300.hold.ns.0x81fff000");
    EXPECT_STREQ(f.moves[1].text, "partition@7.fill.s.0x81fff000");
    const char *const words[] = {
        "at pe0@300 in 0x100: DC CVAC stays pending",
        "before partition@7 in 0x10: the secure side's cache fills the line speculatively",
        "before pe0@12345: the pending operation takes effect",
        "before walker0@500 in 0x10: the cache writes the dirty line back to memory"};
    for (uint32_t i = 0; i < 4; i++) {
        char text[FINDING_TEXT_MAX];
        finding_move_words(&f, i, text, sizeof(text));
        EXPECT_STREQ(text, words[i]);
    }
}

TEST(cosim_proof, the_move_that_names_a_line_is_told_as_none)
{
    prove_finding record = stale(BUFFER, 0x10);
    move_add(record, CHECKER_MOVE_DROP, AGENT_FETCH, 0);
    const auto found = collect({record});
    char text[FINDING_TEXT_MAX];
    finding_move_words(&found->entries[0], 0, text, sizeof(text));
    EXPECT_TRUE(holds(text, "none but that")) << text;
}

TEST(cosim_proof, a_run_of_a_token_tells_its_moves_too)
{
    const platform_config platform = board();
    const finding_names names = {&platform, nullptr, false};
    const auto found = collect({stale(BUFFER, 0x10)});
    prove_move move = {};
    move.kind = CHECKER_MOVE_DRAIN;
    move.where.count = 500;
    move.pa = BUFFER;
    finding_moves_set(&names, &move, 1, &found->entries[0]);
    char text[FINDING_TEXT_MAX];
    finding_move_words(&found->entries[0], 0, text, sizeof(text));
    EXPECT_STREQ(text, "before pe0@500 in 0x10: the buffered store reaches memory");
}

// What a replay showed.

TEST(cosim_proof, a_replay_tells_what_was_read_and_where_the_copies_were)
{
    const platform_config platform = board();
    const finding_names names = {&platform, nullptr, false};
    prove_finding record = stale(BUFFER, 0x10);
    record.value_size = 8;
    memcpy(record.golden, "abcdefgh", 8);
    memcpy(record.superseded, "zzzzzzzz", 8);
    const auto found = collect({record});
    golden_finding shown = {};
    shown.pa = BUFFER + 2;
    shown.size = 6;
    memcpy(shown.golden, "cdefgh", 6);
    memcpy(shown.observed, "CDefgh", 6);
    shown.observed_writer.known = true;
    shown.observed_writer.pc = 0x77;
    shown.copies_count = 1;
    finding &f = found->entries[0];
    finding_show(&names, &shown, &f);
    EXPECT_EQ(0, memcmp(f.observed, "abCDefgh", 8));
    EXPECT_EQ(0, memcmp(f.golden, "abcdefgh", 8));
    EXPECT_EQ(f.pa, BUFFER);
    EXPECT_EQ(f.observed_writer.pc, 0x77u);
    EXPECT_EQ(f.copies_count, 1u);
    // Bytes that differ behind those that prove told are told instead of them.
    shown.pa = BUFFER + 0x20;
    finding_show(&names, &shown, &f);
    EXPECT_EQ(f.pa, BUFFER + 0x20);
    EXPECT_EQ(f.value_size, 6u);
    EXPECT_STREQ(f.place, "the shared buffer+0x20");
}

// Situations.

struct situation {
    prove_finding record;
    const char *repair;
};

std::vector<situation> situations()
{
    std::vector<situation> all;
    all.push_back({blamed(PROVE_LOST_WRITE, ACCESS_DC_ISW), "leave the rest of the cache alone"});
    all.push_back({blamed(PROVE_MISSING_BARRIER, ACCESS_DC_CISW), "by address instead"});
    all.push_back({blamed(PROVE_LOST_WRITE, ACCESS_DC_IVAC), "DC CIVAC instead of DC IVAC after the call"});
    all.push_back({blamed(PROVE_LOST_WRITE, ACCESS_DC_IVAC), "Before the SMC clean the range"});
    all.back().record.golden_writer = site(AGENT_PE, 0x50, 50, ACCESS_WRITE);
    all.push_back({blamed(PROVE_LOST_WRITE, ACCESS_DC_IVAC, 0x90000000), "whole cache lines"});
    all.push_back({blamed(PROVE_CLOBBER, ACCESS_WRITE), "that the store in 0x100 leaves dirty"});
    all.back().record.superseded_writer = site(AGENT_PE, 0x100, 290, ACCESS_WRITE);
    all.push_back(
        {blamed(PROVE_CLOBBER, ACCESS_WRITE, 0x90000000), "through another mapping or by another observer"});
    all.back().record.superseded_writer = site(AGENT_PE, 0x100, 290, ACCESS_WRITE);
    all.push_back({blamed(PROVE_CLOBBER, ACCESS_WRITE), "align the buffer and pad it"});
    all.back().record.superseded_writer = site(AGENT_PE, 0x60, 200, ACCESS_WRITE);
    all.push_back(
        {blamed(PROVE_MISSING_BARRIER, ACCESS_DC_CVAC, BUFFER, AGENT_PARTITION),
         "Issue DSB SY after DC CVAC in 0x100 on the shared buffer+0x0 (the line 0x81fff000), before the "
         "SMC in 0x10."});
    all.push_back({blamed(PROVE_MISSING_BARRIER, ACCESS_WRITE), "Issue DSB ST"});
    all.push_back(
        {stale(BUFFER, 0x10, AGENT_PARTITION), "between the last store to it in 0x50 and the SMC in 0x10"});
    all.back().record.golden_writer = site(AGENT_PE, 0x50, 50, ACCESS_WRITE);
    all.push_back({stale(BUFFER, 0x10), "an invalidate before the SMC does not replace it"});
    move_add(all.back().record, CHECKER_MOVE_FILL, AGENT_PARTITION, 3);
    all.push_back({stale(BUFFER, 0x10), "before the first read of it in 0x10."});
    all.push_back({stale(BUFFER, 0x10, AGENT_FETCH), "IC IVAU"});
    all.push_back({stale(BUFFER, 0x10, AGENT_WALKER), "translation tables"});
    all.push_back({stale(0x90000000, 0x10), "to the Point of Coherency after writing them"});
    return all;
}

TEST(cosim_proof, each_situation_has_a_contract_and_a_repair_of_its_own)
{
    std::vector<const char *> contracts;
    for (const situation &s : situations()) {
        const auto found = collect({s.record});
        ASSERT_EQ(found->count, 1u);
        const finding &f = found->entries[0];
        EXPECT_TRUE(holds(f.repair, s.repair)) << f.repair;
        EXPECT_FALSE(holds(f.repair, "%")) << f.repair;
        EXPECT_NE(f.message[0], '\0');
        for (const char *other : contracts) {
            EXPECT_STRNE(f.contract, other) << s.repair;
        }
        contracts.push_back(f.contract);
    }
}

TEST(cosim_proof, a_stale_copy_of_the_secure_side_is_its_own_business)
{
    const platform_config platform = board();
    const finding_names names = {&platform, nullptr, false};
    const auto found = collect({stale(BUFFER, 0x10, AGENT_PARTITION)});
    golden_finding shown = {};
    shown.pa = BUFFER;
    shown.size = 8;
    shown.observed[0] = 1;
    shown.copies_count = 1;
    shown.copies[0].place = GOLDEN_PLACE_L2;
    shown.copies[0].space = PA_SPACE_SECURE;
    finding_show(&names, &shown, &found->entries[0]);
    EXPECT_TRUE(holds(found->entries[0].repair, "Let the secure side map")) << found->entries[0].repair;
}

TEST(cosim_proof, what_a_store_lost_at_the_end_is_told_as_a_clobber)
{
    prove_finding record = blamed(PROVE_LOST_WRITE, ACCESS_WRITE);
    record.at_end = true;
    record.superseded_writer = site(AGENT_PE, 0x100, 290, ACCESS_WRITE);
    const auto found = collect({record});
    const finding &f = found->entries[0];
    EXPECT_TRUE(holds(f.message, "over which the line that the store in 0x100 left dirty")) << f.message;
    EXPECT_TRUE(holds(f.repair, "leaves dirty")) << f.repair;
}

TEST(cosim_proof, each_contract_is_told_in_its_own_words)
{
    const struct {
        prove_rule rule;
        prove_severity severity;
        access_op op;
        const char *message;
    } cases[] = {
        {PROVE_DIRTY_AT_HANDOFF, PROVE_WARNING, ACCESS_READ,
         "8 bytes from the shared buffer+0x0 on may be dirty"},
        {PROVE_FOREIGN_MAINTENANCE, PROVE_WARNING, ACCESS_DC_IVAC, "DC IVAC in 0x10 maintains 8 bytes"},
        {PROVE_EDGE, PROVE_WARNING, ACCESS_DC_IVAC, "which may be dirty"},
        {PROVE_EDGE, PROVE_NOTE, ACCESS_DC_CIVAC, "DC CIVAC in 0x10 also reaches 8 bytes beside the buffer"},
        {PROVE_MISMATCHED_ATTRIBUTES, PROVE_WARNING, ACCESS_READ, "an exclusive on non-cacheable memory"},
        {PROVE_SET_WAY_AT_RUNTIME, PROVE_ERROR, ACCESS_DC_ISW, "DC ISW in 0x10 after ExitBootServices"},
        {PROVE_SET_WAY_AT_RUNTIME, PROVE_WARNING, ACCESS_DC_ISW, "while more than one PE is on"},
        {PROVE_REDUNDANT_MAINTENANCE, PROVE_NOTE, ACCESS_DC_CVAC, "DC CVAC in 0x10 changes nothing"},
    };
    for (const auto &c : cases) {
        prove_finding record = proof(c.rule, BUFFER, site(AGENT_PE, 0x10, 100, c.op));
        record.severity = static_cast<uint8_t>(c.severity);
        const auto found = collect({record});
        const finding &f = found->entries[0];
        EXPECT_TRUE(holds(f.message, c.message)) << f.message;
        EXPECT_NE(f.contract[0], '\0');
        EXPECT_NE(f.repair[0], '\0');
        EXPECT_FALSE(finding_is_data(&f));
    }
}

TEST(cosim_proof, a_refused_call_is_told_with_its_status)
{
    prove_finding record = proof(PROVE_PROTOCOL, 0, site(AGENT_PE, 0x10, 100));
    record.severity = PROVE_WARNING;
    record.detail = 0x8400006F;
    record.status = -2;
    const auto warned = collect({record});
    EXPECT_TRUE(
        holds(warned->entries[0].message, "refused the call 0x8400006f of 0x10 with FFA_INVALID_PARAMETERS"))
        << warned->entries[0].message;
    EXPECT_FALSE(holds(warned->entries[0].message, "went on"));
    record.severity = PROVE_ERROR;
    const auto convicted = collect({record});
    EXPECT_TRUE(holds(convicted->entries[0].message, "the firmware went on as if it had succeeded"));
    EXPECT_EQ(convicted->entries[0].severity, FINDING_ERROR);
}

TEST(cosim_proof, copies_of_instructions_and_translations_have_their_own_words)
{
    prove_finding code = stale(0x90000000, 0x10, AGENT_FETCH);
    code.copy = PROVE_COPY_INSTRUCTION;
    code.detail = CODE_SIDE_NOT_CLEANED;
    prove_finding translation = stale(0x90000100, 0x14, AGENT_WALKER);
    translation.copy = PROVE_COPY_TRANSLATION;
    translation.detail = 0x80001000;
    translation.status = TRANSLATION_SIDE_ADDRESS;
    const auto found = collect({code, translation});
    ASSERT_EQ(found->count, 2u);
    EXPECT_TRUE(holds(found->entries[0].message, code_side_fault_text(CODE_SIDE_NOT_CLEANED)));
    EXPECT_TRUE(holds(found->entries[0].repair, "IC IVAU"));
    EXPECT_TRUE(holds(found->entries[1].message, "to pa 0x80001000: another physical address"))
        << found->entries[1].message;
    EXPECT_TRUE(holds(found->entries[1].repair, "TLBI"));
}

TEST(cosim_proof, the_repair_of_an_instruction_names_the_link_that_is_missing)
{
    const struct {
        enum code_side_fault fault;
        const char *repair;
    } rows[] = {
        {CODE_SIDE_NOT_CLEANED, "Clean the line 0x90000000 to the PoU (DC CVAU) after the last store to it."},
        {CODE_SIDE_STORE_INCOMPLETE, "Put a DSB between the last store to the line 0x90000000 and the "},
        {CODE_SIDE_CLEAN_INCOMPLETE, "Put a DSB behind DC CVAU in 0x44, before "},
        {CODE_SIDE_NOT_INVALIDATED, "Invalidate the instruction cache for the line 0x90000000 "},
        {CODE_SIDE_INVALIDATED_EARLY, "Move DC CVAU in 0x44 behind the DSB that brings the line 0x90000000 "},
        {CODE_SIDE_IC_INCOMPLETE, "Put a DSB between DC CVAU in 0x44 and the context synchronisation (ISB) "},
        {CODE_SIDE_NOT_SYNCHRONISED, "Put an ISB behind DC CVAU in 0x44 and before the line 0x90000000 is "},
    };
    static_assert(sizeof(rows) / sizeof(rows[0]) == CODE_SIDE_FAULT_COUNT - 1, "each fault has its sentence");
    for (const auto &row : rows) {
        prove_finding record = stale(0x90000004, 0x10, AGENT_FETCH);
        record.copy = PROVE_COPY_INSTRUCTION;
        record.detail = row.fault;
        record.by = site(AGENT_PE, 0x44, 90);
        record.by.op = ACCESS_DC_CVAU;
        const auto found = collect({record});
        ASSERT_EQ(found->count, 1u);
        EXPECT_EQ(std::string(found->entries[0].repair).find(row.repair), 0u) << found->entries[0].repair;
        EXPECT_TRUE(holds(found->entries[0].repair, "store, DC CVAU, DSB ISH, IC IVAU, DSB ISH, ISB, jump"));
        record.by.known = false;
        EXPECT_FALSE(holds(collect({record})->entries[0].repair, "null"));
    }
}

TEST(cosim_proof, a_warning_of_an_instruction_says_what_is_not_known)
{
    prove_finding record = stale(0x90000000, 0x10, AGENT_FETCH);
    record.copy = PROVE_COPY_INSTRUCTION;
    record.detail = CODE_SIDE_IC_INCOMPLETE;
    EXPECT_FALSE(holds(collect({record})->entries[0].message, "is not known"));
    record.severity = PROVE_WARNING;
    EXPECT_TRUE(holds(collect({record})->entries[0].message, "whether this instruction was is not known"));
}

} // namespace
