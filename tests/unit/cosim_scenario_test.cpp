// SPDX-License-Identifier: BSD-3-Clause
// Scenario files: operands as model/abi/script.h lays them out, modifiers, expectations. Mistakes with
// positions are tested through the command line (tests/scenario/cli_test.py).
#include "cosim/scenario.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>
#include <string>
#include <unistd.h>

#include "model/abi/efi.h"
#include "model/abi/script.h"
#include "model/mm_sp/mm_sp.h"

namespace {

class cosim_scenario : public ::testing::Test {
protected:
    void TearDown() override { scenario_free(&read_); }

    bool read(const std::string &steps, const std::string &expect = "  findings: []\n")
    {
        char path[] = "/tmp/ffa-cosim-scenario-XXXXXX.yaml";
        const int descriptor = mkstemps(path, 5);
        const std::string text =
            "about: a test\nplatform: p\nfirmware: f\nsteps:\n" + steps + "expect:\n" + expect;
        EXPECT_EQ(write(descriptor, text.data(), text.size()), static_cast<ssize_t>(text.size()));
        close(descriptor);
        scenario_free(&read_);
        const bool good = scenario_read(path, &read_);
        unlink(path);
        return good;
    }

    static uint64_t word(const scenario_step &step, uint32_t index)
    {
        uint64_t value = 0;
        memcpy(&value, step.operands + 8 * index, sizeof(value));
        return value;
    }

    scenario read_ = {};
};

TEST_F(cosim_scenario, set_variable_is_guid_attributes_sizes_name_data_each_padded)
{
    ASSERT_TRUE(read("  - set_variable: {name: Foo, attributes: [NV, BS, RT], data: \"bar\"}\n"))
        << read_.document.error;
    ASSERT_EQ(read_.step_count, 1u);
    const scenario_step &step = read_.steps[0];
    EXPECT_EQ(step.code, static_cast<uint32_t>(SCRIPT_STEP_SET_VARIABLE));
    ASSERT_EQ(step.operands_size, 16u + 8 + 8 + 8 + 8 + 8);
    // EFI_GLOBAL_VARIABLE 8be4df61-93ca-11d2-aa0d-00e098032b8c, as EFI stores it.
    const uint8_t guid[16] = {0x61, 0xdf, 0xe4, 0x8b, 0xca, 0x93, 0xd2, 0x11,
                              0xaa, 0x0d, 0,    0xe0, 0x98, 0x03, 0x2b, 0x8c};
    EXPECT_EQ(memcmp(step.operands, guid, 16), 0);
    EXPECT_EQ(word(step, 2),
              EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS);
    EXPECT_EQ(word(step, 3), 3u); // bytes of data
    EXPECT_EQ(word(step, 4), 8u); // bytes of the name, NUL included
    EXPECT_EQ(memcmp(step.operands + 40, "F\0o\0o\0\0\0", 8), 0);
    EXPECT_EQ(memcmp(step.operands + 48, "bar\0\0\0\0\0", 8), 0);
    EXPECT_FALSE(step.status_given);
    EXPECT_EQ(step.status, EFI_SUCCESS);
}

TEST_F(cosim_scenario, get_variable_carries_room_name_and_expected_data)
{
    ASSERT_TRUE(read(
        "  - get_variable: {name: Fo, guid: 00112233-4455-6677-8899-aabbccddeeff, size_max: 7, expect: x,\n"
        "                   interrupts: 2, expect_status: EFI_NOT_FOUND}\n"))
        << read_.document.error;
    const scenario_step &step = read_.steps[0];
    const uint8_t guid[16] = {0x33, 0x22, 0x11, 0,    0x55, 0x44, 0x77, 0x66,
                              0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};
    EXPECT_EQ(memcmp(step.operands, guid, 16), 0);
    EXPECT_EQ(word(step, 2), 7u);
    EXPECT_EQ(word(step, 3), 6u);
    ASSERT_EQ(step.operands_size, 40u);
    EXPECT_STREQ(step.expect, "x");
    EXPECT_EQ(step.interrupts, 2u);
    EXPECT_TRUE(step.status_given);
    EXPECT_EQ(step.status, EFI_NOT_FOUND);
}

TEST_F(cosim_scenario, names_are_utf_16_with_surrogates)
{
    ASSERT_TRUE(read("  - get_variable: {name: \"é€😀\"}\n")) << read_.document.error;
    const scenario_step &step = read_.steps[0];
    EXPECT_EQ(word(step, 3), 10u);
    const uint8_t name[10] = {0xe9, 0, 0xac, 0x20, 0x3d, 0xd8, 0x00, 0xde, 0, 0};
    EXPECT_EQ(memcmp(step.operands + 32, name, sizeof(name)), 0);
}

TEST_F(cosim_scenario, each_fault_of_the_partition_has_its_kind_and_value)
{
    const struct {
        const char *text;
        uint32_t kind;
        int64_t value;
    } faults[] = {
        {"silent", MM_SP_FAULT_SILENT, 0},
        {"{mm_status: -5}", MM_SP_FAULT_MM_STATUS, -5},
        {"{efi_status: EFI_WRITE_PROTECTED}", MM_SP_FAULT_EFI_STATUS,
         static_cast<int64_t>(EFI_WRITE_PROTECTED)},
        {"{ffa_error: FFA_DENIED}", MM_SP_FAULT_FFA_ERROR, -6},
        {"{ffa_error: BUSY}", MM_SP_FAULT_FFA_ERROR, -4},
        {"{malformed: message_length}", MM_SP_FAULT_MESSAGE_LENGTH, 0},
        {"{malformed: guid}", MM_SP_FAULT_GUID, 0},
    };
    for (const auto &fault : faults) {
        ASSERT_TRUE(read(std::string("  - boot: {sp_fault: ") + fault.text + "}\n")) << read_.document.error;
        EXPECT_EQ(read_.steps[0].fault_kind, fault.kind) << fault.text;
        EXPECT_EQ(read_.steps[0].fault_value, fault.value) << fault.text;
    }
    ASSERT_TRUE(read("  - boot: {sp_fault: {malformed: function}}\n"));
    EXPECT_EQ(read_.steps[0].fault_kind, static_cast<uint32_t>(MM_SP_FAULT_FUNCTION));
    EXPECT_GT(read_.steps[0].fault_value, 14); // no function of the protocol
}

TEST_F(cosim_scenario, words_without_operands_and_os_steps)
{
    ASSERT_TRUE(read(
        "  - boot\n  - exit_boot_services\n  - set_virtual_address_map\n  - os_dirty: {lines: 9, seed: 3}\n"
        "  - os_check\n"))
        << read_.document.error;
    const uint32_t codes[] = {SCRIPT_STEP_BOOT, SCRIPT_STEP_EXIT_BOOT_SERVICES,
                              SCRIPT_STEP_SET_VIRTUAL_ADDRESS_MAP, SCRIPT_STEP_OS_DIRTY,
                              SCRIPT_STEP_OS_CHECK};
    ASSERT_EQ(read_.step_count, 5u);
    for (uint32_t i = 0; i < 5; i++) {
        EXPECT_EQ(read_.steps[i].code, codes[i]);
        EXPECT_EQ(read_.steps[i].line, 5 + i);
    }
    EXPECT_EQ(word(read_.steps[3], 0), 9u);
    EXPECT_EQ(word(read_.steps[3], 1), 3u);
}

TEST_F(cosim_scenario, expectations_are_kept_apart_for_the_cached_run)
{
    ASSERT_TRUE(
        read("  - boot\n",
             "  findings: [{rule: lost-write, owner: os, by: f}]\n  replay_findings: []\n  end: any\n"))
        << read_.document.error;
    EXPECT_EQ(read_.findings.count, 1u);
    EXPECT_STREQ(read_.findings.entries[0].by, "f");
    EXPECT_EQ(read_.findings.entries[0].function, nullptr);
    EXPECT_TRUE(read_.replay_findings.given);
    EXPECT_EQ(read_.replay_findings.count, 0u);
    EXPECT_EQ(read_.end, SCENARIO_END_ANY);
}

TEST(cosim_words, statuses_and_attributes_translate_both_ways)
{
    uint64_t status = 1;
    EXPECT_TRUE(efi_status_parse("EFI_SUCCESS", &status));
    EXPECT_EQ(status, 0u);
    EXPECT_TRUE(efi_status_parse("EFI_ACCESS_DENIED", &status));
    EXPECT_EQ(status, EFI_ACCESS_DENIED);
    EXPECT_STREQ(efi_status_text(EFI_ACCESS_DENIED), "EFI_ACCESS_DENIED");
    EXPECT_EQ(efi_status_text(0x1234), nullptr);
    EXPECT_FALSE(efi_status_parse("ACCESS_DENIED", &status));
    int64_t ffa = 0;
    EXPECT_FALSE(ffa_status_parse("FFA_", &ffa));
    uint8_t bytes[16];
    EXPECT_FALSE(efi_guid_parse("8be4df61-93ca-11d2-aa0d-00e098032b8", bytes));
    EXPECT_FALSE(efi_guid_parse("8be4df61-93ca-11d2-aa0d-00e098032b8g", bytes));
    EXPECT_FALSE(efi_guid_parse("8be4df61x93ca-11d2-aa0d-00e098032b8c", bytes));
}

} // namespace
