// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "model/device/fw_cfg.h"

namespace {

const uint32_t READ = 2, SKIP = 4, SELECT = 8, WRITE = 16, ERROR = 1;
const uint64_t RAM = 0x40000000;

class device_fw_cfg : public testing::Test {
protected:
    device_fw_cfg()
    {
        struct fw_cfg_config config {};
        for (uint8_t i = 0; i < 16; i++) {
            config.uuid[i] = i;
        }
        config.ram_size = 0x123456789AULL;
        config.cpus = 4;
        fw_cfg_init(core.get(), &config);
    }

    void select(uint16_t key)
    {
        const uint8_t data[2] = {static_cast<uint8_t>(key >> 8), static_cast<uint8_t>(key)};
        EXPECT_EQ(FW_CFG_OK, fw_cfg_write(core.get(), FW_CFG_SELECTOR, data, 2));
    }
    std::vector<uint8_t> stream(uint32_t size)
    {
        std::vector<uint8_t> data(size);
        for (uint8_t &byte : data) {
            EXPECT_EQ(FW_CFG_OK, fw_cfg_read(core.get(), FW_CFG_DATA, &byte, 1));
        }
        return data;
    }
    uint64_t number(uint16_t key)
    {
        uint64_t value = 0;
        select(key);
        EXPECT_EQ(FW_CFG_OK, fw_cfg_read(core.get(), FW_CFG_DATA, reinterpret_cast<uint8_t *>(&value), 8));
        return value;
    }
    static void big_endian(uint8_t *to, uint64_t value, uint32_t size)
    {
        for (uint32_t i = 0; i < size; i++) {
            to[i] = static_cast<uint8_t>(value >> (8 * (size - 1 - i)));
        }
    }
    void request(uint64_t pa, uint32_t control, uint32_t length, uint64_t address)
    {
        big_endian(&ram[pa - RAM], control, 4);
        big_endian(&ram[pa - RAM + 4], length, 4);
        big_endian(&ram[pa - RAM + 8], address, 8);
    }
    // Provides what is asked for from `ram`; what is outside fails.
    void serve(uint64_t pa)
    {
        uint8_t data[8];
        big_endian(data, pa, 8);
        ASSERT_EQ(FW_CFG_WORK, fw_cfg_write(core.get(), FW_CFG_DMA, data, 8));
        struct dma_step step = fw_cfg_start(core.get());
        while (step.need != DMA_NOTHING) {
            ASSERT_LE(step.pa, UINT64_MAX - step.size);
            const bool inside = step.pa >= RAM && step.pa + step.size <= RAM + ram.size();
            if (inside && step.need == DMA_READ) {
                memcpy(step.bytes, &ram[step.pa - RAM], step.size);
            } else if (inside) {
                memcpy(&ram[step.pa - RAM], step.bytes, step.size);
            }
            step = fw_cfg_continue(core.get(), inside);
        }
    }
    uint32_t answer(uint64_t pa) const
    {
        const uint8_t *at = &ram[pa - RAM];
        return uint32_t(at[0]) << 24 | uint32_t(at[1]) << 16 | uint32_t(at[2]) << 8 | at[3];
    }

    std::unique_ptr<struct fw_cfg> core = std::make_unique<struct fw_cfg>();
    std::vector<uint8_t> ram = std::vector<uint8_t>(0x4000, 0xEE);
};

TEST_F(device_fw_cfg, tells_its_signature_and_that_it_has_dma)
{
    select(FW_CFG_SIGNATURE);
    EXPECT_EQ((std::vector<uint8_t>{'Q', 'E', 'M', 'U', 0, 0}), stream(6));
    EXPECT_EQ(3U, number(FW_CFG_ID));
    uint8_t data[8];
    EXPECT_EQ(FW_CFG_OK, fw_cfg_read(core.get(), FW_CFG_DMA, data, 8));
    EXPECT_EQ(0, memcmp(data, "QEMU CFG", 8));
}

TEST_F(device_fw_cfg, tells_what_it_was_configured_with)
{
    EXPECT_EQ(0x123456789AULL, number(FW_CFG_RAM_SIZE));
    EXPECT_EQ(4U, number(FW_CFG_NB_CPUS));
    EXPECT_EQ(0U, number(FW_CFG_KERNEL_SIZE));
    EXPECT_EQ(0U, number(FW_CFG_INITRD_SIZE));
    EXPECT_EQ(0x0706050403020100ULL, number(FW_CFG_UUID));
}

TEST_F(device_fw_cfg, a_selection_starts_anew_and_an_unknown_key_reads_as_zeros)
{
    select(FW_CFG_SIGNATURE);
    stream(2);
    select(FW_CFG_SIGNATURE);
    EXPECT_EQ('Q', stream(1)[0]);
    select(0x1F);
    EXPECT_EQ((std::vector<uint8_t>{0, 0, 0, 0}), stream(4));
    select(FW_CFG_KEYS);
    EXPECT_EQ((std::vector<uint8_t>{0, 0, 0, 0}), stream(4));
}

TEST_F(device_fw_cfg, files_stand_in_the_directory_and_are_read_by_their_key)
{
    const std::vector<uint8_t> first{1, 2, 3}, second{4};
    ASSERT_TRUE(fw_cfg_add_file(core.get(), "etc/first", first.data(), 3));
    ASSERT_TRUE(fw_cfg_add_file(core.get(), "opt/second", second.data(), 1));
    select(FW_CFG_FILE_DIR);
    const std::vector<uint8_t> directory = stream(4 + 2 * 64);
    EXPECT_EQ(2, directory[3]);
    EXPECT_EQ(3, directory[4 + 3]);
    EXPECT_EQ(0x20, directory[4 + 5]);
    EXPECT_STREQ("etc/first", reinterpret_cast<const char *>(&directory[4 + 8]));
    EXPECT_EQ(0x21, directory[4 + 64 + 5]);
    EXPECT_STREQ("opt/second", reinterpret_cast<const char *>(&directory[4 + 64 + 8]));
    select(0x20);
    EXPECT_EQ((std::vector<uint8_t>{1, 2, 3, 0}), stream(4));
    select(0x21);
    EXPECT_EQ((std::vector<uint8_t>{4, 0}), stream(2));
}

TEST_F(device_fw_cfg, refuses_files_without_room_or_name)
{
    EXPECT_FALSE(fw_cfg_add_file(core.get(), "", nullptr, 0));
    EXPECT_FALSE(fw_cfg_add_file(core.get(), std::string(FW_CFG_NAME_SIZE, 'x').c_str(), nullptr, 0));
    EXPECT_TRUE(fw_cfg_add_file(core.get(), std::string(FW_CFG_NAME_SIZE - 1, 'x').c_str(), nullptr, 0));
    EXPECT_FALSE(fw_cfg_add_file(core.get(), std::string(FW_CFG_NAME_SIZE - 1, 'x').c_str(), nullptr, 0));
    for (uint32_t i = 1; i < FW_CFG_FILES_MAX; i++) {
        EXPECT_TRUE(fw_cfg_add_file(core.get(), std::to_string(i).c_str(), nullptr, 0));
    }
    EXPECT_FALSE(fw_cfg_add_file(core.get(), "one more", nullptr, 0));
}

TEST_F(device_fw_cfg, dma_selects_and_reads_with_zeros_behind_the_end)
{
    request(RAM + 0x40, SELECT | READ, 6, RAM + 0x100);
    serve(RAM + 0x40);
    EXPECT_EQ(0U, answer(RAM + 0x40));
    EXPECT_EQ(0, memcmp(&ram[0x100], "QEMU\0\0\xEE", 7));
}

TEST_F(device_fw_cfg, dma_skips_and_goes_on_where_it_was)
{
    request(RAM, SELECT | SKIP, 2, 0);
    serve(RAM);
    EXPECT_EQ(0U, answer(RAM));
    request(RAM, READ, 1, RAM + 0x100);
    serve(RAM);
    EXPECT_EQ('M', ram[0x100]);
    EXPECT_EQ('U', stream(1)[0]);
}

TEST_F(device_fw_cfg, dma_reads_more_than_one_need_can_move)
{
    std::vector<uint8_t> file(2 * FW_CFG_CHUNK_MAX + 5);
    for (size_t i = 0; i < file.size(); i++) {
        file[i] = static_cast<uint8_t>(i * 31);
    }
    ASSERT_TRUE(fw_cfg_add_file(core.get(), "big", file.data(), static_cast<uint32_t>(file.size())));
    request(RAM, SELECT | READ | FW_CFG_FILE_FIRST << 16, static_cast<uint32_t>(file.size()), RAM + 0x100);
    serve(RAM);
    EXPECT_EQ(0U, answer(RAM));
    EXPECT_EQ(0, memcmp(file.data(), &ram[0x100], file.size()));
}

TEST_F(device_fw_cfg, dma_does_not_write_items)
{
    request(RAM, SELECT | WRITE, 4, RAM + 0x100);
    serve(RAM);
    EXPECT_EQ(ERROR, answer(RAM));
    EXPECT_EQ('Q', static_cast<char>(number(FW_CFG_SIGNATURE)));
}

TEST_F(device_fw_cfg, dma_to_what_is_no_memory_is_told_as_an_error)
{
    request(RAM, SELECT | READ, 4, 0x1000);
    serve(RAM);
    EXPECT_EQ(ERROR, answer(RAM));
    request(RAM, READ, 16, UINT64_MAX - 4);
    serve(RAM);
    EXPECT_EQ(ERROR, answer(RAM));
}

TEST_F(device_fw_cfg, a_request_that_cannot_be_read_ends_quietly)
{
    serve(0x1000);
    serve(UINT64_MAX - 3);
    request(RAM, SELECT | READ, 4, RAM + 0x100);
    serve(RAM);
    EXPECT_EQ(0, memcmp(&ram[0x100], "QEMU", 4));
}

TEST_F(device_fw_cfg, refuses_what_is_no_register)
{
    uint8_t data[8] = {};
    EXPECT_EQ(FW_CFG_ABORT, fw_cfg_read(core.get(), FW_CFG_SELECTOR, data, 2));
    EXPECT_EQ(FW_CFG_ABORT, fw_cfg_read(core.get(), 1, data, 1));
    EXPECT_EQ(FW_CFG_ABORT, fw_cfg_read(core.get(), FW_CFG_SIZE, data, 1));
    EXPECT_EQ(FW_CFG_ABORT, fw_cfg_read(core.get(), 0, data, 3));
    EXPECT_EQ(FW_CFG_ABORT, fw_cfg_write(core.get(), FW_CFG_SELECTOR, data, 4));
    EXPECT_EQ(FW_CFG_ABORT, fw_cfg_write(core.get(), FW_CFG_DMA, data, 2));
}

} // namespace
