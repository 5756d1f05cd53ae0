// SPDX-License-Identifier: BSD-3-Clause
//
// What a request brings along has its place on the platform, or is refused with the reason before anything
// runs. Each run is a process of its own, because SystemC elaborates once per process.
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model/platform/machine.h"
#include "model/platform/platform_file.h"

namespace {

const uint64_t RAM = 0x40000000;
const uint64_t RAM_SIZE = 0x40000000;

struct refusal {
    bool fits;
    enum machine_misfit misfit;
    uint32_t index;
    uint64_t instructions;
};

class machine_load : public ::testing::Test {
protected:
    void SetUp() override
    {
        result_ = static_cast<machine_result *>(
            mmap(nullptr, sizeof(machine_result), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
        ASSERT_NE(static_cast<void *>(result_), MAP_FAILED);
        platform_ = platform_of("virt");
        request_.platform = &platform_;
        request_.keyboard_fd = -1;
        request_.entry = RAM;
        request_.instructions_max = 1;
    }
    void TearDown() override { munmap(result_, sizeof(*result_)); }

    static struct platform_config platform_of(const std::string &name)
    {
        struct platform_config platform {};
        char error[YAML_ERROR_MAX];
        const std::string path = std::string(SOURCE_DIR) + "/platforms/" + name + ".yaml";
        EXPECT_TRUE(platform_file_read(path.c_str(), nullptr, 0, &platform, error)) << error;
        return platform;
    }

    refusal run()
    {
        const pid_t child = fork();
        if (child == 0) {
            setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
            _exit(machine_run(&request_, result_) ? 0 : 1);
        }
        int status = -1;
        EXPECT_EQ(waitpid(child, &status, 0), child);
        EXPECT_TRUE(WIFEXITED(status)) << status;
        return {status == 0, result_->misfit, result_->misfit_index, result_->instructions};
    }
    void expect_misfit(enum machine_misfit misfit, uint32_t index)
    {
        const refusal refused = run();
        EXPECT_FALSE(refused.fits);
        EXPECT_EQ(refused.misfit, misfit);
        EXPECT_EQ(refused.index, index);
        EXPECT_EQ(refused.instructions, 0U);
    }
    void expect_fits()
    {
        const refusal taken = run();
        EXPECT_TRUE(taken.fits);
        EXPECT_EQ(taken.misfit, MACHINE_FITS);
    }

    struct platform_config platform_ {};
    struct machine_request request_ {};
    machine_result *result_ = nullptr;
    std::vector<uint8_t> bytes_ = std::vector<uint8_t>(8192, 0x1F);
};

TEST_F(machine_load, nothing_at_all_fits)
{
    expect_fits();
}

TEST_F(machine_load, a_segment_ends_with_memory_and_no_further)
{
    struct machine_segment segments[2] = {{RAM + 0x100000, bytes_.data(), 4096, 4096},
                                          {RAM + RAM_SIZE - 4096, bytes_.data(), 4096, 4096}};
    request_.segments = segments;
    request_.segment_count = 2;
    expect_fits();
    segments[1].size_memory = 4097;
    expect_misfit(MACHINE_MISFIT_SEGMENT, 1);
}

TEST_F(machine_load, a_flash_image_is_at_most_as_large_as_its_bank)
{
    std::vector<uint8_t> image(platform_.flash[1].size + 1);
    request_.flashes[1] = {image.data(), image.size() - 1, nullptr};
    expect_fits();
    request_.flashes[1].size = image.size();
    expect_misfit(MACHINE_MISFIT_FLASH, 1);
    platform_ = platform_of("bench");
    request_.flashes[1] = {};
    request_.flashes[0] = {bytes_.data(), 1, nullptr};
    expect_misfit(MACHINE_MISFIT_FLASH, 0);
}

TEST_F(machine_load, a_disk_is_made_of_sectors_and_needs_a_slot)
{
    request_.disk = {bytes_.data(), 512, true, nullptr};
    expect_fits();
    for (const uint64_t size : {0U, 511U, 513U}) {
        request_.disk.size = size;
        expect_misfit(MACHINE_MISFIT_DISK, 0);
    }
    platform_ = platform_of("bench");
    request_.disk.size = 512;
    expect_misfit(MACHINE_MISFIT_DISK, 0);
}

TEST_F(machine_load, a_device_tree_of_the_user_has_its_place_in_memory)
{
    request_.device_tree = bytes_.data();
    request_.device_tree_size = bytes_.size();
    expect_fits();
    request_.device_tree_pa = RAM + RAM_SIZE - bytes_.size();
    expect_fits();
    for (const uint64_t pa :
         {RAM + RAM_SIZE - bytes_.size() + 1, RAM - 1, UINT64_MAX - 4095, uint64_t{0x09000000}}) {
        request_.device_tree_pa = pa;
        expect_misfit(MACHINE_MISFIT_DEVICE_TREE, 0);
    }
    platform_ = platform_of("bench");
    request_.device_tree_pa = 0;
    expect_misfit(MACHINE_MISFIT_DEVICE_TREE, 0);
    request_.device_tree_pa = RAM;
    expect_fits();
}

TEST_F(machine_load, an_image_at_the_place_of_the_made_tree_wins_and_over_that_of_the_user_is_refused)
{
    const struct machine_segment segment = {RAM, bytes_.data(), 4096, 4096};
    request_.segments = &segment;
    request_.segment_count = 1;
    expect_fits();
    request_.device_tree = bytes_.data();
    request_.device_tree_size = 64;
    expect_misfit(MACHINE_MISFIT_DEVICE_TREE, 0);
    request_.device_tree_pa = RAM + 4096;
    expect_fits();
}

} // namespace
