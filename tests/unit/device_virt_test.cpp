// SPDX-License-Identifier: BSD-3-Clause
//
// Our devices against those of QEMU's virt machine: the same accesses (device_virt_accesses.h) on both.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <unistd.h>

#include "model/device/cfi_flash.h"
#include "model/device/fw_cfg.h"
#include "model/device/pl031.h"
#include "model/device/virtio_mmio.h"
#include "tests/differential/process.hpp"
#include "tests/differential/qemu_machine.hpp"
#include "tests/unit/device_virt_accesses.h"

namespace {

const double QEMU_SECONDS_MAX = 60;

std::vector<uint8_t> disk_image()
{
    std::vector<uint8_t> bytes(VIRT_DISK_SIZE);
    for (size_t i = 0; i < bytes.size(); i++) {
        bytes[i] = VIRT_DISK_BYTE(i);
    }
    return bytes;
}

// The cores behind the addresses of the virt machine, and RAM for queues.
class virt_devices {
public:
    virt_devices()
    {
        pl031_init(&rtc_, PL031_START_DEFAULT);
        for (size_t bank = 0; bank < 2; bank++) {
            cfi_flash_init(&flash_[bank], flash_bytes_[bank].data(), CFI_FLASH_BANK_SIZE);
        }
        struct fw_cfg_config config {};
        config.cpus = 1;
        fw_cfg_init(fw_cfg_.get(), &config);
        struct virtio_blk_config disk {};
        disk.bytes = disk_.data();
        disk.size = disk_.size();
        memcpy(disk.id, "ffa", 3);
        virtio_blk_init(blk_.get(), &disk);
        for (size_t i = 0; i < VIRTIO_MMIO_SLOTS; i++) {
            virtio_mmio_init(&slots_[i], true, i == VIRTIO_MMIO_SLOTS - 1 ? blk_.get() : nullptr);
        }
    }

    // False: an abort.
    bool read(uint64_t pa, uint32_t size, uint64_t *value)
    {
        uint8_t data[8] = {};
        bool ok = false;
        if (uint8_t *ram = ram_at(pa, size)) {
            memcpy(data, ram, size);
            ok = true;
        } else if (pa < 2 * uint64_t(CFI_FLASH_BANK_SIZE)) {
            ok = cfi_flash_read(&flash_[pa / CFI_FLASH_BANK_SIZE], pa % CFI_FLASH_BANK_SIZE, data, size) ==
                 CFI_FLASH_OK;
        } else if (pa >= VIRT_FW_CFG && pa - VIRT_FW_CFG < FW_CFG_SIZE) {
            ok = fw_cfg_read(fw_cfg_.get(), pa - VIRT_FW_CFG, data, size) == FW_CFG_OK;
        } else {
            uint32_t word = 0;
            ok = word_read(pa, size, &word);
            memcpy(data, &word, sizeof(word));
        }
        memcpy(value, data, sizeof(data));
        return ok;
    }

    bool write(uint64_t pa, uint32_t size, uint64_t value)
    {
        uint8_t data[8];
        memcpy(data, &value, sizeof(data));
        if (uint8_t *ram = ram_at(pa, size)) {
            memcpy(ram, data, size);
            return true;
        }
        if (pa < 2 * uint64_t(CFI_FLASH_BANK_SIZE)) {
            return cfi_flash_write(&flash_[pa / CFI_FLASH_BANK_SIZE], pa % CFI_FLASH_BANK_SIZE, data, size) ==
                   CFI_FLASH_OK;
        }
        if (pa >= VIRT_FW_CFG && pa - VIRT_FW_CFG < FW_CFG_SIZE) {
            return fw_cfg_serve(fw_cfg_write(fw_cfg_.get(), pa - VIRT_FW_CFG, data, size));
        }
        return word_write(pa, size, static_cast<uint32_t>(value));
    }

private:
    uint8_t *ram_at(uint64_t pa, uint64_t size)
    {
        const bool inside = pa >= VIRT_RAM && size <= VIRT_RAM_SIZE && pa - VIRT_RAM <= VIRT_RAM_SIZE - size;
        return inside ? ram_.data() + (pa - VIRT_RAM) : nullptr;
    }

    bool word_read(uint64_t pa, uint32_t size, uint32_t *value)
    {
        if (pa >= VIRT_RTC && pa - VIRT_RTC < PL031_SIZE) {
            return pl031_read(&rtc_, 0, pa - VIRT_RTC, size, value) == PL031_OK;
        }
        return virtio_mmio_read(slot(pa), (pa - VIRT_VIRTIO) % VIRTIO_MMIO_SIZE, size, value) ==
               VIRTIO_MMIO_OK;
    }

    bool word_write(uint64_t pa, uint32_t size, uint32_t value)
    {
        if (pa >= VIRT_RTC && pa - VIRT_RTC < PL031_SIZE) {
            return pl031_write(&rtc_, 0, pa - VIRT_RTC, size, value) == PL031_OK;
        }
        const enum virtio_mmio_result result =
            virtio_mmio_write(slot(pa), (pa - VIRT_VIRTIO) % VIRTIO_MMIO_SIZE, size, value);
        if (result == VIRTIO_MMIO_WORK) {
            struct dma_step step = virtio_mmio_start(slot(pa));
            while (step.need != DMA_NOTHING) {
                step = virtio_mmio_continue(slot(pa), provide(step));
            }
        }
        return result != VIRTIO_MMIO_ABORT;
    }

    struct virtio_mmio *slot(uint64_t pa)
    {
        EXPECT_GE(pa, VIRT_VIRTIO);
        return &slots_.at((pa - VIRT_VIRTIO) / VIRTIO_MMIO_SIZE);
    }

    bool fw_cfg_serve(enum fw_cfg_result result)
    {
        if (result == FW_CFG_WORK) {
            struct dma_step step = fw_cfg_start(fw_cfg_.get());
            while (step.need != DMA_NOTHING) {
                step = fw_cfg_continue(fw_cfg_.get(), provide(step));
            }
        }
        return result != FW_CFG_ABORT;
    }

    bool provide(const struct dma_step &step)
    {
        uint8_t *ram = ram_at(step.pa, step.size);
        if (ram == nullptr) {
            return false;
        }
        if (step.need == DMA_READ) {
            memcpy(step.bytes, ram, step.size);
        } else {
            memcpy(ram, step.bytes, step.size);
        }
        return true;
    }

    std::vector<uint8_t> ram_ = std::vector<uint8_t>(VIRT_RAM_SIZE);
    std::vector<uint8_t> disk_ = disk_image();
    std::vector<uint8_t> flash_bytes_[2] = {std::vector<uint8_t>(CFI_FLASH_BANK_SIZE),
                                            std::vector<uint8_t>(CFI_FLASH_BANK_SIZE)};
    struct pl031 rtc_ {};
    struct cfi_flash flash_[2] = {};
    std::unique_ptr<struct fw_cfg> fw_cfg_ = std::make_unique<struct fw_cfg>();
    std::unique_ptr<struct virtio_blk> blk_ = std::make_unique<struct virtio_blk>();
    std::vector<struct virtio_mmio> slots_ = std::vector<struct virtio_mmio>(VIRTIO_MMIO_SLOTS);
};

std::string told(size_t number, bool ok, uint64_t value)
{
    std::ostringstream line;
    line << number << ' ';
    if (ok) {
        line << std::hex << value;
    } else {
        line << "abort";
    }
    return line.str();
}

// A line for each read, and for each write that aborts, as the guest prints them.
std::vector<std::string> ours()
{
    virt_devices devices;
    std::vector<std::string> lines;
    for (size_t i = 0; i < VIRT_ACCESS_COUNT; i++) {
        const struct virt_access &access = virt_accesses[i];
        uint64_t value = 0;
        if (access.op == VIRT_WRITE) {
            if (!devices.write(access.pa, access.size, access.value)) {
                lines.push_back(told(i, false, 0));
            }
            continue;
        }
        const bool ok = devices.read(access.pa, access.size, &value);
        if (access.op == VIRT_READ) {
            lines.push_back(told(i, ok, value));
        } else {
            EXPECT_EQ(access.value, value) << "access " << i;
        }
    }
    return lines;
}

std::vector<std::string> qemus()
{
    char path[] = "/tmp/ffa-cosim-disk-XXXXXX";
    const int file = mkstemp(path);
    EXPECT_GE(file, 0);
    const std::vector<uint8_t> disk = disk_image();
    EXPECT_EQ(static_cast<ssize_t>(disk.size()), ::write(file, disk.data(), disk.size()));
    close(file);
    differential::qemu_options options;
    options.program = FFA_COSIM_QEMU_SYSTEM;
    options.elf = FFA_COSIM_GUEST_DIR "/device_virt.elf";
    options.entry_el = 1;
    options.more = {"-drive", std::string("if=none,format=raw,id=disk,file=") + path, "-device",
                    "virtio-blk-device,drive=disk,serial=ffa"};
    const differential::process_result result =
        differential::process_run(differential::qemu_command(options), "", QEMU_SECONDS_MAX);
    unlink(path);
    EXPECT_TRUE(result.exited && result.status == 0) << result.output;
    std::vector<std::string> lines;
    std::istringstream output(result.output);
    for (std::string line; std::getline(output, line);) {
        if (!line.empty() && line.back() == '\r') {
            line.pop_back();
        }
        lines.push_back(line);
    }
    return lines;
}

TEST(device_virt, every_access_is_answered_as_by_qemu)
{
    const std::vector<std::string> expected = qemus();
    const std::vector<std::string> actual = ours();
    ASSERT_FALSE(expected.empty());
    EXPECT_EQ(expected.size(), actual.size());
    for (size_t i = 0; i < expected.size() && i < actual.size(); i++) {
        const size_t number = strtoul(expected[i].c_str(), nullptr, 10);
        ASSERT_LT(number, VIRT_ACCESS_COUNT) << expected[i];
        EXPECT_EQ(expected[i], actual[i]) << std::hex << "at 0x" << virt_accesses[number].pa << ", "
                                          << virt_accesses[number].size << " bytes";
    }
}

} // namespace
