// SPDX-License-Identifier: BSD-3-Clause
// Partitions as data: what a list of them becomes, and each refusal.
#include "model/platform/platform_partitions.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "model/abi/ffa.h"
#include "model/abi/ffa_memory.h"
#include "model/abi/mm.h"
#include "model/platform/ffa_words.h"
#include "model/platform/platform_file.h"

namespace {

const char UUID[] = "12345678-9abc-def0-1122-334455667788";

std::string platform_text(const std::string &partitions)
{
    return "about: test\n"
           "cores: 1\n"
           "entry-el: 2\n"
           "memory:\n"
           "  - {pa: 0x80000000, size: 256 MiB}\n"
           "cpu: {midr: 0, counter-hz: 1000, ns-per-instruction: 1}\n"
           "cache:\n"
           "  line: 64\n"
           "  l1d: {size: 32 KiB, ways: 4, set-way: true}\n"
           "  l1i: {size: 32 KiB, ways: 2}\n"
           "  replacement: round-robin\n"
           "  invalidate: drops\n"
           "  idc: false\n"
           "  dic: false\n"
           "  ccsidr: short\n"
           "entry-caches: empty\n"
           "secure:\n"
           "  profile: hafnium\n"
           "  ffa-version: \"1.2\"\n"
           "  mm-dialect: smm-gateway\n"
           "  mapping: normal-nc\n"
           "  maintenance: false\n"
           "  secure-barrier: dsb\n"
           "  buffer: {pa: 0x81FFF000, size: 4096, offset: 0}\n"
           "  memory: [{pa: 0x10000000, size: 64 KiB}]\n" +
           partitions;
}

struct reading {
    bool accepted;
    platform_config platform;
    std::string error;
};

reading read(const std::string &partitions, std::vector<const char *> settings = {})
{
    reading result = {};
    char error[YAML_ERROR_MAX];
    result.accepted = platform_text_read("board.yaml", platform_text(partitions).c_str(), settings.data(),
                                         static_cast<uint32_t>(settings.size()), &result.platform, error);
    result.error = error;
    return result;
}

std::string with(const std::string &keys)
{
    return "partitions:\n  - {id: 0x8002, uuid: " + std::string(UUID) + ", " + keys + "}\n";
}

} // namespace

TEST(platform_partitions, a_file_without_a_list_has_the_mm_partition)
{
    const reading result = read("");
    ASSERT_TRUE(result.accepted) << result.error;
    ASSERT_EQ(result.platform.partition_count, 1u);
    const platform_partition &partition = result.platform.partitions[0];
    EXPECT_TRUE(partition.is_mm);
    EXPECT_EQ(partition.framework.id, 0x8003);
    EXPECT_EQ(partition.framework.uuids[0][0], MM_PARTITION_UUID_WORD0);
    EXPECT_EQ(partition.framework.uuids[0][3], MM_PARTITION_UUID_WORD3);
    EXPECT_EQ(partition.framework.ffa_version, FFA_VERSION_1_1);
    EXPECT_EQ(partition.framework.execution_context_count, 1);
}

TEST(platform_partitions, a_list_is_all_there_is)
{
    const reading result = read(with("behaviour: echo"));
    ASSERT_TRUE(result.accepted) << result.error;
    ASSERT_EQ(result.platform.partition_count, 1u);
    const platform_partition &partition = result.platform.partitions[0];
    EXPECT_FALSE(partition.is_mm);
    EXPECT_EQ(partition.behaviour.behaviour, PARTITION_ECHO);
    EXPECT_EQ(partition.behaviour.id, 0x8002);
    EXPECT_EQ(partition.framework.uuids[0][0], 0x78563412u);
    EXPECT_EQ(partition.framework.uuids[0][1], 0xF0DEBC9Au);
    EXPECT_EQ(partition.framework.uuids[0][2], 0x44332211u);
    EXPECT_EQ(partition.framework.uuids[0][3], 0x88776655u);
    EXPECT_EQ(partition.framework.ns_interrupts_action, SPMC_NS_INTERRUPTS_SIGNALED);
    EXPECT_EQ(partition.framework.ffa_version, FFA_VERSION_1_2);
}

TEST(platform_partitions, every_key_of_the_manifest_arrives)
{
    const reading result = read(
        "partitions:\n"
        "  - id: 0x8004\n"
        "    behaviour: borrower\n"
        "    uuid: [00000000-0000-0000-0000-000000000001, 00000000-0000-0000-0000-000000000002]\n"
        "    properties: [receives-direct-requests, receives-notifications, vm-created-messages]\n"
        "    execution-contexts: 4\n"
        "    ffa-version: \"1.1\"\n"
        "    ns-interrupts-action: managed-exit\n"
        "    exception-level: 0\n"
        "    initialised: false\n"
        "    memory-regions:\n"
        "      - {pa: 0x10008000, size: 4096}\n"
        "      - {pa: 0x80001000, size: 8192, space: non-secure, type: non-cacheable, access: read-only}\n"
        "    rx-tx: {rx: 0x10000000, tx: 0x10002000, pages: 2}\n");
    ASSERT_TRUE(result.accepted) << result.error;
    const spmc_partition_config &framework = result.platform.partitions[0].framework;
    EXPECT_EQ(framework.uuid_count, 2u);
    EXPECT_EQ(framework.uuids[1][3], 0x02000000u);
    EXPECT_EQ(framework.properties,
              FFA_PARTITION_RECEIVES_DIRECT_REQUESTS | 8u | FFA_PARTITION_VM_CREATED_MESSAGES);
    EXPECT_EQ(framework.execution_context_count, 4);
    EXPECT_EQ(framework.ffa_version, FFA_VERSION_1_1);
    EXPECT_EQ(framework.ns_interrupts_action, SPMC_NS_INTERRUPTS_MANAGED_EXIT);
    EXPECT_EQ(framework.exception_level, 0);
    EXPECT_TRUE(framework.not_initialised);
    ASSERT_EQ(framework.memory_region_count, 2u);
    EXPECT_FALSE(framework.memory_regions[0].ns);
    EXPECT_EQ(framework.memory_regions[0].attributes, FFA_MEMORY_NORMAL_WB_INNER);
    EXPECT_TRUE(framework.memory_regions[1].ns);
    EXPECT_EQ(framework.memory_regions[1].attributes, 0x27);
    EXPECT_EQ(framework.memory_regions[1].permissions, FFA_MEMORY_DATA_READ_ONLY | FFA_MEMORY_NOT_EXECUTABLE);
    EXPECT_EQ(framework.rx_pa, 0x10000000u);
    EXPECT_EQ(framework.tx_pa, 0x10002000u);
    EXPECT_EQ(framework.rxtx_pages, 2u);
    EXPECT_EQ(result.platform.partitions[0].behaviour.tx_pa, 0x10002000u);
    EXPECT_EQ(result.platform.partitions[0].behaviour.ffa_version, FFA_VERSION_1_1);
}

TEST(platform_partitions, rules_arrive_in_order)
{
    const reading result =
        read(with("behaviour: scripted, rules: ["
                  "{when: {x0: FFA_MSG_SEND_DIRECT_REQ_64, w3: {mask: 0xF0, value: 0x10}}, times: 2, "
                  "reply: {x3: FFA_DENIED, w4: FFA_DENIED, x5: -1}}, "
                  "{call: {function: FFA_MSG_SEND_DIRECT_REQ_64, w1: 0x80028003}}, "
                  "{ffa_error: BUSY}, {abort: true}]"));
    ASSERT_TRUE(result.accepted) << result.error;
    const partition_config &partition = result.platform.partitions[0].behaviour;
    ASSERT_EQ(partition.rule_count, 4u);
    EXPECT_EQ(partition.rules[0].condition_count, 2u);
    EXPECT_EQ(partition.rules[0].conditions[0].value, FFA_MSG_SEND_DIRECT_REQ_64);
    EXPECT_EQ(partition.rules[0].conditions[0].mask, UINT64_MAX);
    EXPECT_EQ(partition.rules[0].conditions[1].register_index, 3);
    EXPECT_EQ(partition.rules[0].conditions[1].mask, 0xF0u);
    EXPECT_EQ(partition.rules[0].times, 2u);
    EXPECT_EQ(partition.rules[0].action, PARTITION_REPLY);
    EXPECT_EQ(partition.rules[0].given, 0x38u);
    EXPECT_EQ(partition.rules[0].values[3], static_cast<uint64_t>(int64_t{FFA_DENIED}));
    EXPECT_EQ(partition.rules[0].values[4], static_cast<uint32_t>(FFA_DENIED));
    EXPECT_EQ(partition.rules[0].values[5], UINT64_MAX);
    EXPECT_EQ(partition.rules[1].action, PARTITION_SEND);
    EXPECT_EQ(partition.rules[1].values[1], 0x80028003u);
    EXPECT_EQ(partition.rules[2].action, PARTITION_SEND);
    EXPECT_EQ(partition.rules[2].values[0], FFA_ERROR);
    EXPECT_EQ(partition.rules[2].values[2], static_cast<uint32_t>(FFA_BUSY));
    EXPECT_EQ(partition.rules[3].action, PARTITION_DIE);
}

TEST(platform_partitions, a_scenario_replaces_by_id_and_adds)
{
    reading result = read(with("behaviour: echo"));
    ASSERT_TRUE(result.accepted) << result.error;
    const std::string more =
        "- {id: 0x8002, uuid: " + std::string(UUID) + ", behaviour: silent}\n- {id: 0x8003, behaviour: mm}\n";
    struct yaml_document document;
    ASSERT_TRUE(yaml_read_text(&document, "scenario.yaml", more.c_str(), more.size()));
    ASSERT_TRUE(platform_partitions_read(&document, document.root, &result.platform)) << document.error;
    yaml_free(&document);
    ASSERT_EQ(result.platform.partition_count, 2u);
    EXPECT_EQ(result.platform.partitions[0].behaviour.behaviour, PARTITION_SILENT);
    EXPECT_TRUE(result.platform.partitions[1].is_mm);
}

TEST(platform_partitions, profile_is_a_short_form)
{
    for (const char *setting : {"profile=op-tee", "secure.profile=op-tee"}) {
        const reading result = read("", {setting});
        ASSERT_TRUE(result.accepted) << result.error;
        EXPECT_EQ(result.platform.profile, SPMC_PROFILE_OP_TEE);
    }
    EXPECT_EQ(read("", {"profile=el3-spmc"}).platform.profile, SPMC_PROFILE_EL3_SPMC);
}

struct refusal {
    const char *keys;
    const char *error;
};

class partition_refusal : public testing::TestWithParam<refusal> {};

TEST_P(partition_refusal, is_told_with_its_place)
{
    const reading result = read(with(GetParam().keys));
    EXPECT_FALSE(result.accepted) << GetParam().keys;
    EXPECT_EQ(result.error.compare(0, 11, "board.yaml:"), 0) << result.error;
    EXPECT_NE(result.error.find(GetParam().error), std::string::npos) << result.error;
}

INSTANTIATE_TEST_SUITE_P(
    each, partition_refusal,
    testing::Values(
        refusal{"properties: []", "key 'behaviour' is missing"},
        refusal{"behaviour: parrot",
                "'parrot' is wrong, expected mm, echo, borrower, forwarder, silent, preempted or scripted"},
        refusal{"behaviour: echo, colour: red", "colour"},
        refusal{"behaviour: echo, properties: [flies]", "'flies' is wrong"},
        refusal{"behaviour: echo, properties: none", "expected a list of properties"},
        refusal{"behaviour: echo, execution-contexts: 0", "expected a number from 1 to 8"},
        refusal{"behaviour: echo, ffa-version: \"1.3\"", "'1.3' is wrong, expected 1.0, 1.1 or 1.2"},
        refusal{"behaviour: echo, ns-interrupts-action: ignored",
                "expected queued, managed-exit or signaled"},
        refusal{"behaviour: echo, exception-level: 2", "expected a number from 0 to 1"},
        refusal{"behaviour: echo, memory-regions: [{pa: 0x10000000}]", "key 'size' is missing"},
        refusal{"behaviour: echo, memory-regions: [{pa: 0x10000010, size: 4096}]", "not made of pages"},
        refusal{"behaviour: echo, memory-regions: [{pa: 0x20000000, size: 4096}]", "outside secure.memory"},
        refusal{"behaviour: echo, memory-regions: [{pa: 0x10000000, size: 4096, space: non-secure}]",
                "outside memory"},
        refusal{"behaviour: echo, rx-tx: {rx: 0x10000000}", "key 'tx' is missing"},
        refusal{"behaviour: echo, rx-tx: {rx: 0x10000000, tx: 0x10000000}", "RX and TX overlap"},
        refusal{"behaviour: echo, rx-tx: {rx: 0x10000000, tx: 0x1000F000, pages: 2}",
                "outside secure.memory"},
        refusal{"behaviour: borrower", "a borrower without buffers"},
        refusal{"behaviour: forwarder", "key 'forward-to' is missing"},
        refusal{"behaviour: forwarder, forward-to: 0x8009", "0x8009 is no partition"},
        refusal{"behaviour: echo, forward-to: 0x8002", "belongs to behaviour forwarder"},
        refusal{"behaviour: echo, mapping: normal-nc", "belongs to behaviour borrower"},
        refusal{"behaviour: borrower, mapping: normal-wb", "expected as-agreed or normal-nc"},
        refusal{"behaviour: preempted", "key 'yields' is missing"},
        refusal{"behaviour: preempted, yields: 101", "expected a number from 0 to 100"},
        refusal{"behaviour: scripted", "key 'rules' is missing"},
        refusal{"behaviour: scripted, rules: [{when: {y1: 2}, abort: true}]", "'y1' is no register"},
        refusal{"behaviour: scripted, rules: [{when: {x18: 2}, abort: true}]", "'x18' is no register"},
        refusal{"behaviour: scripted, rules: [{when: {x3: {mask: 1, value: 2}}, abort: true}]",
                "bits outside its mask"},
        refusal{"behaviour: scripted, rules: [{when: {x3: 1}}]", "a rule that does nothing"},
        refusal{"behaviour: scripted, rules: [{reply: {x3: 1}, abort: true}]", "'abort' beside 'reply'"},
        refusal{"behaviour: scripted, rules: [{call: {x3: 1}}]", "a call without a function"},
        refusal{"behaviour: scripted, rules: [{reply: {x3: 1, w3: 2}}]", "given twice"},
        refusal{"behaviour: scripted, rules: [{reply: {w3: 0x100000000}}]", "0x100000000"},
        refusal{"behaviour: scripted, rules: [{reply: {x3: FFA_TYPO}}]", "neither a function nor a status"},
        refusal{"behaviour: scripted, rules: [{ffa_error: 3}]", "expected a status like FFA_DENIED"},
        refusal{"behaviour: scripted, rules: [{abort: false}]", "abort: false says nothing"}));

TEST(platform_partitions, ids_and_uuids_that_cannot_be)
{
    const struct {
        std::string list;
        std::string error;
    } rows[] = {
        {"partitions: {}\n", "expected a list of at most 8 partitions"},
        {"partitions: [{behaviour: echo}]\n", "key 'id' is missing"},
        {"partitions: [{id: 0x8000, behaviour: mm}]\n", "0x8000"},
        {"partitions: [{id: 2, behaviour: mm}]\n", "2"},
        {"partitions: [{id: 0x8002, behaviour: echo}]\n", "key 'uuid' is missing"},
        {"partitions: [{id: 0x8002, behaviour: echo, uuid: 1234}]\n", "'1234' is no UUID"},
        {"partitions: [{id: 0x8002, behaviour: echo, uuid: []}]\n", "expected a UUID, or a list of 1 to 4"},
        {"partitions: [{id: 0x8002, behaviour: echo, uuid: 12345678-9abc-def0-1122-33445566778g}]\n",
         "is no UUID"},
        {"partitions: [{id: 0x8002, behaviour: mm}, {id: 0x8003, behaviour: mm}]\n", "expected at most one"},
        {"partitions: [{id: 0x8002, behaviour: mm}, {id: 0x8002, behaviour: mm}]\n",
         "the ID of another partition"},
    };
    for (const auto &row : rows) {
        const reading result = read(row.list);
        EXPECT_FALSE(result.accepted) << row.list;
        EXPECT_NE(result.error.find(row.error), std::string::npos) << result.error;
    }
}

TEST(ffa_words, names_have_the_width_that_they_say)
{
    uint32_t id = 0;
    EXPECT_TRUE(ffa_function_parse("FFA_MEM_SHARE", &id) && id == FFA_MEM_SHARE_32);
    EXPECT_TRUE(ffa_function_parse("FFA_MEM_SHARE_64", &id) && id == FFA_MEM_SHARE_64);
    EXPECT_TRUE(ffa_function_parse("FFA_MSG_SEND_DIRECT_REQ2", &id) && id == 0xC400008DU);
    EXPECT_FALSE(ffa_function_parse("FFA_VERSION_64", &id));
    EXPECT_FALSE(ffa_function_parse("FFA_MSG_SEND_DIRECT_REQ2_32", &id));
    EXPECT_FALSE(ffa_function_parse("FFA_", &id));
    char text[64];
    EXPECT_STREQ(ffa_function_text(FFA_MEM_SHARE_64, text, sizeof(text)), "FFA_MEM_SHARE_64");
    EXPECT_STREQ(ffa_function_text(FFA_VERSION, text, sizeof(text)), "FFA_VERSION");
    EXPECT_EQ(ffa_function_text(0xC4000063U, text, sizeof(text)), nullptr);
}

TEST(ffa_words, registers_are_x0_to_x17_and_w0_to_w17)
{
    uint32_t index = 99;
    bool wide = false;
    EXPECT_TRUE(ffa_register_parse("x17", &index, &wide) && index == 17 && wide);
    EXPECT_TRUE(ffa_register_parse("w0", &index, &wide) && index == 0 && !wide);
    for (const char *text : {"x18", "x", "y1", "x01", "x1 ", "x-1", "", "w99999999999999999999"}) {
        EXPECT_FALSE(ffa_register_parse(text, &index, &wide)) << text;
    }
}
