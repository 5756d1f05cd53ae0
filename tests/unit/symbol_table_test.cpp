// SPDX-License-Identifier: BSD-3-Clause
// Names from the project's own firmware: functions, files as the tree names them, inline accessors of
// headers, the virtual alias, owners by section.
#include "model/platform/symbol_table.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

const char *const FIRMWARE = FIRMWARE_DIR "/set-way.elf";

uint64_t symbol_address(const char *name)
{
    const std::string command = std::string("aarch64-linux-gnu-nm ") + FIRMWARE;
    FILE *listing = popen(command.c_str(), "r");
    char line[512];
    uint64_t address = 0;
    while (fgets(line, sizeof(line), listing) != nullptr) {
        char symbol[256];
        unsigned long long value = 0;
        char type = 0;
        if (sscanf(line, "%llx %c %255s", &value, &type, symbol) == 3 && std::string(symbol) == name) {
            address = value;
        }
    }
    pclose(listing);
    EXPECT_NE(address, 0u) << name;
    return address;
}

/* The first instruction of a kind in a function, from the disassembly. */
uint64_t instruction_address(const char *function, const char *pattern)
{
    const std::string command = std::string("aarch64-linux-gnu-objdump --disassemble=") + function + " " +
                                FIRMWARE + " | grep '" + pattern + "' | head -1";
    FILE *listing = popen(command.c_str(), "r");
    unsigned long long address = 0;
    EXPECT_EQ(fscanf(listing, " %llx:", &address), 1) << pattern;
    pclose(listing);
    return address;
}

class symbols : public ::testing::Test {
protected:
    void SetUp() override
    {
        table = symbol_table_open(FIRMWARE);
        ASSERT_NE(table, nullptr) << "build the target `firmware` first";
    }
    void TearDown() override { symbol_table_close(table); }
    symbol_table *table = nullptr;
};

TEST_F(symbols, a_function_has_a_file_of_the_tree_and_a_line)
{
    symbol_code code;
    ASSERT_TRUE(symbol_table_code(table, symbol_address("boot_main"), &code));
    EXPECT_STREQ(code.function, "boot_main");
    EXPECT_STREQ(code.file, "firmware/boot/boot_main.c");
    EXPECT_GT(code.line, 0u);
}

TEST_F(symbols, an_accessor_of_a_header_is_told_as_its_user)
{
    symbol_code code;
    ASSERT_TRUE(symbol_table_code(table, instruction_address("invalidate_dcache_all", "dc.isw"), &code));
    EXPECT_STREQ(code.function, "invalidate_dcache_all");
    EXPECT_STREQ(code.file, "firmware/defects/set_way.c");
    EXPECT_STREQ(code.inlined, "arch_dc_isw");
    EXPECT_GT(code.line, 0u);
}

TEST_F(symbols, assembly_has_labels_and_lines)
{
    symbol_code code;
    ASSERT_TRUE(symbol_table_code(table, symbol_address("_start"), &code));
    EXPECT_STREQ(code.function, "_start");
    EXPECT_STREQ(code.file, "firmware/boot/start.S");
}

TEST_F(symbols, the_virtual_alias_is_tried_after_the_address_itself)
{
    symbol_code physical;
    symbol_code alias;
    const uint64_t pc = symbol_address("mm_communicate");
    ASSERT_TRUE(symbol_table_code(table, pc, &physical));
    ASSERT_TRUE(symbol_table_code(table, pc + symbol_address(SYMBOL_VIRTUAL_OFFSET), &alias));
    EXPECT_STREQ(physical.function, "mm_communicate");
    EXPECT_STREQ(alias.function, physical.function);
    EXPECT_EQ(alias.line, physical.line);
    EXPECT_FALSE(symbol_table_code(table, 0x1234, &alias));
    EXPECT_STREQ(alias.function, "");
}

TEST_F(symbols, data_has_names_and_sections_have_owners)
{
    char name[SYMBOL_NAME_MAX];
    uint64_t offset = 0;
    const uint64_t image = symbol_address("os_image");
    ASSERT_TRUE(symbol_table_data(table, image + 72, name, &offset));
    EXPECT_STREQ(name, "os_image");
    EXPECT_EQ(offset, 72u);
    EXPECT_EQ(symbol_table_owner(table, image), OWNER_OS);
    EXPECT_EQ(symbol_table_owner(table, symbol_address("efi_runtime_context")), OWNER_FIRMWARE);
    EXPECT_EQ(std::string(symbol_table_section(table, symbol_address("efi_runtime_context")))
                  .rfind(".efi_runtime", 0),
              0u);
    EXPECT_EQ(symbol_table_owner(table, 0x90000000), OWNER_UNKNOWN);
    EXPECT_FALSE(symbol_table_data(table, 0x90000000, name, &offset));
}

TEST(no_symbols, everything_is_unknown)
{
    symbol_code code;
    char name[SYMBOL_NAME_MAX];
    uint64_t offset = 0;
    EXPECT_EQ(symbol_table_open("/nonexistent"), nullptr);
    EXPECT_EQ(symbol_table_open("/proc/self/comm"), nullptr);
    EXPECT_FALSE(symbol_table_code(nullptr, 0x80000000, &code));
    EXPECT_FALSE(symbol_table_data(nullptr, 0x80000000, name, &offset));
    EXPECT_EQ(symbol_table_owner(nullptr, 0x80000000), OWNER_UNKNOWN);
    EXPECT_EQ(symbol_table_section(nullptr, 0x80000000), nullptr);
}

TEST_F(symbols, an_image_has_names_where_it_stands_and_nowhere_else)
{
    const uint64_t linked = symbol_address("boot_main");
    uint64_t address = 0;
    uint64_t size = 0;
    ASSERT_TRUE(symbol_table_extent(table, &address, &size));
    EXPECT_LE(address, linked);
    EXPECT_LT(linked - address, size);
    const uint64_t places[] = {0x100000000, 0x200001000};
    for (const uint64_t place : places) {
        symbol_table_place(table, address, size, place);
    }
    symbol_code code;
    for (const uint64_t place : places) {
        ASSERT_TRUE(symbol_table_code(table, place + (linked - address), &code));
        EXPECT_STREQ(code.function, "boot_main");
        EXPECT_NE(symbol_table_section(table, place + (linked - address)), nullptr);
    }
    EXPECT_FALSE(symbol_table_code(table, linked, &code));
    EXPECT_EQ(symbol_table_section(table, linked), nullptr);
    EXPECT_EQ(symbol_table_owner(table, linked), OWNER_UNKNOWN);
    EXPECT_FALSE(symbol_table_code(table, places[0] + size, &code));
    EXPECT_FALSE(symbol_table_code(table, places[0] - 4, &code));
}

TEST_F(symbols, a_place_that_is_told_again_takes_no_room)
{
    uint64_t address = 0;
    uint64_t size = 0;
    ASSERT_TRUE(symbol_table_extent(table, &address, &size));
    for (uint32_t i = 0; i < 4 * SYMBOL_PLACES_MAX; i++) {
        symbol_table_place(table, address, size, 0x100000000);
    }
    symbol_table_place(table, address, size, 0x200000000);
    symbol_code code;
    EXPECT_TRUE(symbol_table_code(table, 0x200000000 + (symbol_address("boot_main") - address), &code));
}

} // namespace
