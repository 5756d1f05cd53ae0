/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The parts of the EFI application that judge: its lines, its reports, what it expects of variable services.
 * That it says FAILED is what these tests are about; that right firmware passes is shown under U-Boot, too.
 */
#include <gtest/gtest.h>

#include <cstring>

#include "firmware/common/translation.h"
#include "firmware/efi_app/config.h"
#include "firmware/efi_app/lines.h"
#include "firmware/efi_app/report.h"
#include "firmware/efi_app/variables.h"
#include "tests/unit/efi_app_firmware.hpp"

namespace {

constexpr uint64_t BLOCK_SIZE = CONFIG_LINES_PAGES * EFI_PAGE_SIZE;
constexpr uint64_t LINE_SIZE = 64;
const std::string COMPROMISED = ": FAILED 0x8000000000000021";

using lines_type = std::vector<std::string>;

uint8_t *bytes_at(uint64_t address)
{
    return reinterpret_cast<uint8_t *>(static_cast<uintptr_t>(address));
}

lines_type boot_lines(efi_app_firmware &firmware)
{
    firmware.lines.clear();
    variables_boot_steps(&firmware.app);
    return firmware.lines;
}

lines_type runtime_lines(efi_app_firmware &firmware, uint32_t supported)
{
    firmware.at_runtime = true;
    firmware.supported = supported;
    firmware.app.runtime_supported = supported;
    firmware.lines.clear();
    variables_runtime_steps(&firmware.app);
    return firmware.lines;
}

TEST(efi_app_lines, any_byte_that_changes_is_noticed)
{
    efi_app_firmware firmware;
    ASSERT_EQ(EFI_SUCCESS, lines_allocate(&firmware.boot));
    lines_dirty();
    for (const uint64_t block : {lines_boot_address(), lines_runtime_address()}) {
        for (uint64_t offset = 0; offset < BLOCK_SIZE; offset += LINE_SIZE + 1) {
            bytes_at(block)[offset] ^= 1;
            EXPECT_EQ(EFI_COMPROMISED_DATA, lines_check()) << offset;
            bytes_at(block)[offset] ^= 1;
        }
    }
    EXPECT_EQ(EFI_SUCCESS, lines_check());
}

TEST(efi_app_lines, neither_an_older_line_nor_a_neighbour_passes)
{
    efi_app_firmware firmware;
    ASSERT_EQ(EFI_SUCCESS, lines_allocate(&firmware.boot));
    lines_dirty();
    uint8_t *line = bytes_at(lines_boot_address()) + 5 * LINE_SIZE;
    uint8_t older[LINE_SIZE];
    std::memcpy(older, line, LINE_SIZE);
    lines_dirty();
    EXPECT_EQ(EFI_SUCCESS, lines_check());
    std::memcpy(line, older, LINE_SIZE);
    EXPECT_EQ(EFI_COMPROMISED_DATA, lines_check());
    lines_dirty();
    std::memcpy(line, line + LINE_SIZE, LINE_SIZE);
    EXPECT_EQ(EFI_COMPROMISED_DATA, lines_check());
}

TEST(efi_app_lines, they_are_found_where_runtime_data_has_moved_to)
{
    efi_app_firmware firmware;
    ASSERT_EQ(EFI_SUCCESS, lines_allocate(&firmware.boot));
    lines_dirty();
    std::vector<uint64_t> moved(BLOCK_SIZE / sizeof(uint64_t));
    std::memcpy(moved.data(), bytes_at(lines_runtime_address()), BLOCK_SIZE);
    lines_runtime_move(reinterpret_cast<uintptr_t>(moved.data()));
    EXPECT_EQ(EFI_SUCCESS, lines_check());
    moved.back()++;
    EXPECT_EQ(EFI_COMPROMISED_DATA, lines_check());
}

TEST(efi_app_lines, a_map_must_show_all_pages_with_their_type)
{
    struct described {
        efi_memory_descriptor descriptor;
        uint64_t more; /* firmware may have longer descriptors than the specification's first */
    };
    efi_app_firmware firmware;
    ASSERT_EQ(EFI_SUCCESS, lines_allocate(&firmware.boot));
    described all[] = {
        {{EFI_CONVENTIONAL_MEMORY, 0, 0, 0, 1, EFI_MEMORY_WB}, 0},
        {{EFI_BOOT_SERVICES_DATA, 0, lines_boot_address(), 0, CONFIG_LINES_PAGES, EFI_MEMORY_WB}, 0},
        {{EFI_RUNTIME_SERVICES_DATA, 0, lines_runtime_address(), 0, CONFIG_LINES_PAGES,
          EFI_MEMORY_WB | EFI_MEMORY_RUNTIME},
         0},
        {{EFI_LOADER_DATA, 0, 0, 0, 1ULL << 51, EFI_MEMORY_WB}, 0}, /* everything else */
    };
    app_map map = {};
    map.descriptors = reinterpret_cast<uint8_t *>(all);
    map.size = sizeof(all);
    map.descriptor_size = sizeof(all[0]);
    EXPECT_TRUE(lines_in_map(&map));
    all[2].descriptor.attribute = EFI_MEMORY_WB;
    EXPECT_FALSE(lines_in_map(&map));
    all[2].descriptor.attribute |= EFI_MEMORY_RUNTIME;
    all[1].descriptor.type = EFI_CONVENTIONAL_MEMORY;
    EXPECT_FALSE(lines_in_map(&map));
    all[1].descriptor.type = EFI_BOOT_SERVICES_DATA;
    all[1].descriptor.pages--; /* then it is the last one that holds them */
    EXPECT_FALSE(lines_in_map(&map));
}

TEST(efi_app_report, a_step_is_one_line_and_failures_are_counted)
{
    efi_app_firmware firmware;
    const uint64_t before = report_failures();
    EXPECT_TRUE(report_step("a", EFI_SUCCESS));
    EXPECT_TRUE(report_optional_step("b", EFI_UNSUPPORTED));
    EXPECT_FALSE(report_optional_step("c", EFI_NOT_FOUND));
    EXPECT_FALSE(report_step("d", EFI_UNSUPPORTED));
    report_value("e", 0x123456789ABCDEF0);
    const lines_type expected = {"a: ok", "b: unsupported", "c: FAILED 0x800000000000000e",
                                 "d: FAILED 0x8000000000000003", "e: 0x123456789abcdef0"};
    EXPECT_EQ(expected, firmware.lines);
    EXPECT_EQ(before + 2, report_failures());
}

TEST(efi_app_report, a_promise_counts_in_both_directions)
{
    efi_app_firmware firmware;
    EXPECT_TRUE(report_promised_step("a", EFI_SUCCESS, true));
    EXPECT_FALSE(report_promised_step("b", EFI_UNSUPPORTED, true));
    EXPECT_TRUE(report_promised_step("c", EFI_UNSUPPORTED, false));
    EXPECT_FALSE(report_promised_step("d", EFI_SUCCESS, false));
    const lines_type expected = {"a: ok", "b: FAILED 0x8000000000000003", "c: unsupported",
                                 "d: FAILED 0x0000000000000000"};
    EXPECT_EQ(expected, firmware.lines);
}

TEST(efi_app_report, a_console_that_refuses_is_a_failure)
{
    efi_app_firmware firmware;
    firmware.console_status = EFI_DEVICE_ERROR;
    const uint64_t before = report_failures();
    report_step("a", EFI_SUCCESS);
    EXPECT_EQ(before + 1, report_failures());
}

TEST(efi_app_report, a_line_too_long_is_cut)
{
    efi_app_firmware firmware;
    report_step(std::string(1000, 'x').c_str(), EFI_NOT_FOUND);
    EXPECT_EQ(1U, firmware.lines.size());
}

TEST(efi_app_variables, right_firmware_passes_in_both_phases)
{
    efi_app_firmware firmware;
    firmware.variables.push_back({u"SecureBoot", EFI_VARIABLE_BOOTSERVICE_ACCESS, "0"});
    const uint64_t before = report_failures();
    for (const std::string &line : boot_lines(firmware)) {
        EXPECT_EQ(": ok", line.substr(line.size() - 4)) << line;
    }
    const lines_type lines = runtime_lines(firmware, UINT32_MAX);
    EXPECT_EQ(8U, lines.size());
    for (const std::string &line : lines) {
        EXPECT_EQ(": ok", line.substr(line.size() - 4)) << line;
    }
    EXPECT_EQ(before, report_failures());
    EXPECT_EQ(nullptr, firmware.find(u"EfiAppRuntime"));
    ASSERT_NE(nullptr, firmware.find(u"EfiAppShared"));
    EXPECT_EQ(EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS,
              firmware.find(u"EfiAppShared")->attributes);
}

TEST(efi_app_variables, what_was_not_promised_is_unsupported)
{
    efi_app_firmware firmware;
    boot_lines(firmware);
    for (const std::string &line : runtime_lines(firmware, 0)) {
        EXPECT_NE(std::string::npos, line.find(": unsupported")) << line;
    }
}

TEST(efi_app_variables, a_service_that_works_without_a_promise_is_told)
{
    efi_app_firmware firmware;
    boot_lines(firmware);
    firmware.at_runtime = true;
    firmware.app.runtime_supported = 0;
    firmware.lines.clear();
    variables_runtime_steps(&firmware.app);
    for (const std::string &line : firmware.lines) {
        EXPECT_NE(std::string::npos, line.find(": FAILED 0x0000000000000000")) << line;
    }
}

TEST(efi_app_variables, boot_variables_seen_at_runtime_are_told)
{
    efi_app_firmware firmware;
    firmware.shows_boot_variables = true;
    boot_lines(firmware);
    const lines_type lines = runtime_lines(firmware, UINT32_MAX);
    EXPECT_EQ("runtime get variable: ok", lines[0]);
    EXPECT_EQ("runtime get boot variable" + COMPROMISED, lines[1]);
    EXPECT_EQ("runtime next variable name" + COMPROMISED, lines[2]);
}

TEST(efi_app_variables, lost_attributes_are_told)
{
    efi_app_firmware firmware;
    firmware.loses_attributes = true;
    const lines_type lines = boot_lines(firmware);
    EXPECT_EQ("get variable" + COMPROMISED, lines[3]);
    EXPECT_EQ("get boot variable" + COMPROMISED, lines[4]);
}

TEST(efi_app_variables, a_write_that_does_nothing_is_told)
{
    efi_app_firmware firmware;
    boot_lines(firmware);
    firmware.ignores_writes = true;
    const lines_type lines = runtime_lines(firmware, UINT32_MAX);
    EXPECT_EQ("runtime set variable: FAILED 0x800000000000000e", lines[3]);
}

TEST(efi_app_variables, an_enumeration_without_an_end_ends)
{
    efi_app_firmware firmware;
    firmware.repeats_names = true;
    EXPECT_EQ("next variable name" + COMPROMISED, boot_lines(firmware)[5]);
}

TEST(efi_app_variables, a_month_that_does_not_exist_is_told)
{
    efi_app_firmware firmware;
    firmware.month = 13;
    EXPECT_EQ("get time" + COMPROMISED, boot_lines(firmware)[6]);
}

/* Arm ARM, "VMSAv8-64 Block descriptor and Page descriptor formats": AP[2] forbids writes, bits 53 and 54
 * forbid execution. */
TEST(efi_app_translation, a_foreign_image_may_be_written_and_executed)
{
    static translation_table tables[4];
    for (const bool is_el2 : {true, false}) {
        translation regime;
        translation_init(&regime, tables, 4, is_el2);
        ASSERT_TRUE(translation_map(&regime, 0x7DE92000, 0x7DE92000, EFI_PAGE_SIZE, TRANSLATION_IMAGE));
        const uint64_t entry = tables[2].entries[0x92];
        EXPECT_EQ(0x7DE92000ULL, entry & 0xFFFFFFFFF000);
        EXPECT_EQ(0ULL, entry & ((1ULL << 7) | (3ULL << 53)));
        EXPECT_EQ(1ULL << 2 | 3ULL << 8, entry & (7ULL << 2 | 3ULL << 8)) << "write-back, inner shareable";
    }
}

} // namespace
