// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <vector>

#include "model/device/cfi_flash.h"

namespace {

const uint64_t BANK = 4 * CFI_FLASH_SECTOR_SIZE;
const uint32_t READY = 0x00800080, SEQUENCE_ERROR = 0x00B000B0;

class device_cfi_flash : public testing::Test {
protected:
    device_cfi_flash() { cfi_flash_init(flash.get(), bytes.data(), bytes.size()); }

    uint32_t word(uint64_t offset)
    {
        uint32_t value = 0;
        EXPECT_EQ(CFI_FLASH_OK, cfi_flash_read(flash.get(), offset, reinterpret_cast<uint8_t *>(&value), 4));
        return value;
    }
    void put(uint64_t offset, uint32_t value)
    {
        EXPECT_EQ(CFI_FLASH_OK,
                  cfi_flash_write(flash.get(), offset, reinterpret_cast<const uint8_t *>(&value), 4));
    }
    void command(uint64_t offset, uint32_t code) { put(offset, code * 0x10001); }
    void buffered(uint64_t offset, uint32_t words)
    {
        command(offset, 0xE8);
        command(offset, words - 1);
    }

    std::vector<uint8_t> bytes = std::vector<uint8_t>(BANK, 0x11);
    std::unique_ptr<struct cfi_flash> flash = std::make_unique<struct cfi_flash>();
};

TEST_F(device_cfi_flash, reads_as_an_array_until_a_command_and_again_after_read_array)
{
    EXPECT_TRUE(cfi_flash_is_array(flash.get()));
    EXPECT_EQ(0x11111111U, word(0x40));
    command(0, 0x70);
    EXPECT_FALSE(cfi_flash_is_array(flash.get()));
    EXPECT_EQ(READY, word(0x40));
    command(0, 0xFF);
    EXPECT_TRUE(cfi_flash_is_array(flash.get()));
    EXPECT_EQ(0x11111111U, word(0x40));
    EXPECT_FALSE(flash->dirty);
}

TEST_F(device_cfi_flash, the_query_tells_a_bank_of_this_size)
{
    command(0x55 * 4, 0x98);
    EXPECT_EQ('Q' * 0x10001U, word(0x10 * 4));
    EXPECT_EQ('R' * 0x10001U, word(0x11 * 4));
    EXPECT_EQ('Y' * 0x10001U, word(0x12 * 4));
    EXPECT_EQ(19 * 0x10001U, word(0x27 * 4)); // 2^19: half of the bank's 1 MiB
    EXPECT_EQ(3 * 0x10001U, word(0x2D * 4));  // sectors less one
    EXPECT_EQ(0U, word(0x2E * 4));
    EXPECT_EQ(2 * 0x10001U, word(0x30 * 4)); // 0x200 * 256 bytes of a sector in each chip
}

TEST_F(device_cfi_flash, query_mode_takes_the_next_command)
{
    command(0, 0x98);
    command(0, 0x90);
    EXPECT_EQ(0x00890089U, word(0));
    EXPECT_EQ(0x00180018U, word(4));
}

TEST_F(device_cfi_flash, erases_the_sector_of_the_confirmed_command_and_no_other)
{
    command(CFI_FLASH_SECTOR_SIZE + 0x1234 * 4, 0x20);
    EXPECT_FALSE(flash->dirty);
    command(CFI_FLASH_SECTOR_SIZE + 0x1234 * 4, 0xD0);
    EXPECT_EQ(READY, word(0));
    command(0, 0xFF);
    EXPECT_EQ(0x11111111U, word(CFI_FLASH_SECTOR_SIZE - 4));
    EXPECT_EQ(0xFFFFFFFFU, word(CFI_FLASH_SECTOR_SIZE));
    EXPECT_EQ(0xFFFFFFFFU, word(2 * CFI_FLASH_SECTOR_SIZE - 4));
    EXPECT_EQ(0x11111111U, word(2 * CFI_FLASH_SECTOR_SIZE));
    EXPECT_TRUE(flash->dirty);
}

TEST_F(device_cfi_flash, an_erase_that_is_not_confirmed_erases_nothing)
{
    for (const uint32_t other : {0xFFU, 0x33U}) {
        command(0, 0x20);
        command(0, other);
        EXPECT_TRUE(cfi_flash_is_array(flash.get()));
        EXPECT_EQ(0x11111111U, word(0));
        EXPECT_FALSE(flash->dirty);
    }
}

TEST_F(device_cfi_flash, programs_a_word_with_either_command)
{
    command(0x100, 0x40);
    put(0x100, 0xCAFEF00D);
    EXPECT_EQ(READY, word(0));
    command(0, 0x10);
    put(0x104, 0x12345678);
    command(0, 0xFF);
    EXPECT_EQ(0xCAFEF00DU, word(0x100));
    EXPECT_EQ(0x12345678U, word(0x104));
    EXPECT_EQ(0x11111111U, word(0x108));
    EXPECT_TRUE(flash->dirty);
}

TEST_F(device_cfi_flash, a_buffer_is_programmed_when_it_is_confirmed)
{
    buffered(0x2000, 3);
    put(0x2000, 1);
    put(0x2004, 2);
    put(0x2008, 3);
    EXPECT_EQ(0x11, bytes[0x2000]);
    command(0x2000, 0xD0);
    EXPECT_EQ(READY, word(0));
    command(0, 0xFF);
    EXPECT_EQ(1U, word(0x2000));
    EXPECT_EQ(3U, word(0x2008));
    EXPECT_EQ(0x11111111U, word(0x200C));
}

TEST_F(device_cfi_flash, the_setup_of_a_buffer_may_name_any_address_of_its_sector)
{
    buffered(0, 1); // as U-Boot does
    put(0x21000, 7);
    command(0, 0xD0);
    EXPECT_EQ(READY, word(0));
    command(0, 0xFF);
    EXPECT_EQ(7U, word(0x21000));
}

TEST_F(device_cfi_flash, a_whole_buffer_fits_and_one_word_more_does_not)
{
    const uint32_t words = CFI_FLASH_BUFFER_SIZE / 4;
    buffered(0x3000, words);
    for (uint32_t i = 0; i < words; i++) {
        put(0x3000 + 4 * i, i);
    }
    command(0x3000, 0xD0);
    command(0, 0xFF);
    EXPECT_EQ(words - 1, word(0x3000 + 4 * (words - 1)));
    buffered(0x3000, words + 1);
    EXPECT_EQ(SEQUENCE_ERROR, word(0));
}

TEST_F(device_cfi_flash, a_word_outside_the_block_of_the_buffer_is_an_error_that_programs_nothing)
{
    buffered(0x2000, 2);
    put(0x2FFC, 1);
    put(0x3000, 2);
    EXPECT_EQ(SEQUENCE_ERROR, word(0));
    command(0, 0xFF);
    EXPECT_EQ(0x11111111U, word(0x2FFC));
    EXPECT_FALSE(flash->dirty);
}

TEST_F(device_cfi_flash, a_buffer_without_its_confirmation_programs_nothing)
{
    buffered(0x2000, 1);
    put(0x2000, 1);
    command(0x2000, 0x70);
    EXPECT_EQ(SEQUENCE_ERROR, word(0));
    command(0, 0x50);
    EXPECT_EQ(0x11111111U, word(0x2000));
    command(0, 0x70);
    EXPECT_EQ(0U, word(0));
}

TEST_F(device_cfi_flash, a_wide_access_is_several_of_the_bus)
{
    const uint8_t data[8] = {0x40, 0, 0x40, 0, 9, 8, 7, 6}; // the command, then its data
    EXPECT_EQ(CFI_FLASH_OK, cfi_flash_write(flash.get(), 0x100, data, 8));
    EXPECT_EQ(0x06070809U, *reinterpret_cast<const uint32_t *>(&bytes[0x104]));
    uint8_t status[6];
    EXPECT_EQ(CFI_FLASH_OK, cfi_flash_read(flash.get(), 2, status, 6));
    const uint8_t expected[6] = {0x80, 0, 0x80, 0, 0x80, 0};
    EXPECT_EQ(0, memcmp(expected, status, 6));
}

TEST_F(device_cfi_flash, the_last_byte_is_inside_and_the_next_one_is_not)
{
    uint8_t data[4];
    EXPECT_EQ(CFI_FLASH_OK, cfi_flash_read(flash.get(), BANK - 4, data, 4));
    EXPECT_EQ(CFI_FLASH_ABORT, cfi_flash_read(flash.get(), BANK - 3, data, 4));
    EXPECT_EQ(CFI_FLASH_ABORT, cfi_flash_read(flash.get(), UINT64_MAX, data, 4));
    EXPECT_EQ(CFI_FLASH_ABORT, cfi_flash_write(flash.get(), BANK, data, 1));
    EXPECT_EQ(CFI_FLASH_ABORT, cfi_flash_write(flash.get(), 0, data, 0));
}

} // namespace
