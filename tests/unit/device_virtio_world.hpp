// SPDX-License-Identifier: BSD-3-Clause
//
// Guest memory, a disk, a slot, and a driver that talks to it: for tests of the virtio cores.
#ifndef TESTS_UNIT_DEVICE_VIRTIO_WORLD_HPP
#define TESTS_UNIT_DEVICE_VIRTIO_WORLD_HPP

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <vector>

#include "model/device/virtio_mmio.h"

namespace device_virtio {

constexpr uint64_t RAM = 0x40000000;
constexpr uint64_t RAM_SIZE = 0x20000;
constexpr uint32_t QUEUE_SIZE = 8;
constexpr uint64_t DESCRIPTORS = RAM, AVAILABLE = RAM + 0x80, USED = RAM + 0x1000;
constexpr uint64_t HEADER = RAM + 0x2000, STATUS = RAM + 0x2100, DATA = RAM + 0x4000;
constexpr uint16_t NEXT = 1, WRITE = 2, INDIRECT = 4;

class world {
public:
    explicit world(bool legacy, uint64_t disk_size = 0x8000, bool read_only = false) : disk(disk_size)
    {
        for (size_t i = 0; i < disk.size(); i++) {
            disk[i] = static_cast<uint8_t>(i * 13 + i / 512);
        }
        struct virtio_blk_config config {};
        config.bytes = disk.data();
        config.size = disk.size();
        config.read_only = read_only;
        memcpy(config.id, "a-disk-of-20-letters", VIRTIO_BLK_ID_SIZE);
        virtio_blk_init(blk.get(), &config);
        virtio_mmio_init(&slot, legacy, blk.get());
    }

    uint32_t get(uint64_t offset, uint32_t size = 4)
    {
        uint32_t value = 0;
        EXPECT_EQ(VIRTIO_MMIO_OK, virtio_mmio_read(&slot, offset, size, &value));
        return value;
    }
    // Serves what a notification asks for, and counts the needs.
    void set(uint64_t offset, uint32_t value)
    {
        const enum virtio_mmio_result result = virtio_mmio_write(&slot, offset, 4, value);
        EXPECT_NE(VIRTIO_MMIO_ABORT, result);
        if (result != VIRTIO_MMIO_WORK) {
            return;
        }
        struct dma_step step = virtio_mmio_start(&slot);
        while (step.need != DMA_NOTHING) {
            steps++;
            step = virtio_mmio_continue(&slot, provide(step));
        }
    }

    uint8_t *at(uint64_t pa) { return &ram.at(pa - RAM); }
    void put(uint64_t pa, uint64_t value, uint32_t size) { memcpy(at(pa), &value, size); }
    uint64_t word(uint64_t pa, uint32_t size)
    {
        uint64_t value = 0;
        memcpy(&value, at(pa), size);
        return value;
    }

    // The queue as a legacy driver, or a modern one, places it.
    void start_legacy()
    {
        set(VIRTIO_MMIO_STATUS, 3);
        set(VIRTIO_MMIO_GUEST_PAGE_SIZE, 4096);
        set(VIRTIO_MMIO_QUEUE_NUM, QUEUE_SIZE);
        set(VIRTIO_MMIO_QUEUE_ALIGN, 4096);
        set(VIRTIO_MMIO_QUEUE_PFN, RAM / 4096);
        set(VIRTIO_MMIO_STATUS, 7);
    }
    void start_modern()
    {
        set(VIRTIO_MMIO_STATUS, 3);
        set(VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
        set(VIRTIO_MMIO_DRIVER_FEATURES, VIRTIO_F_VERSION_1 >> 32);
        set(VIRTIO_MMIO_STATUS, 11);
        set(VIRTIO_MMIO_QUEUE_NUM, QUEUE_SIZE);
        set(VIRTIO_MMIO_QUEUE_DESC_LOW, DESCRIPTORS);
        set(VIRTIO_MMIO_QUEUE_DRIVER_LOW, AVAILABLE);
        set(VIRTIO_MMIO_QUEUE_DEVICE_LOW, USED);
        set(VIRTIO_MMIO_QUEUE_READY, 1);
        set(VIRTIO_MMIO_STATUS, 15);
    }

    void descriptor(uint32_t index, uint64_t pa, uint32_t size, uint16_t flags, uint16_t next)
    {
        const uint64_t to = DESCRIPTORS + 16ULL * index;
        put(to, pa, 8);
        put(to + 8, size, 4);
        put(to + 12, flags, 2);
        put(to + 14, next, 2);
    }
    void header(uint32_t type, uint64_t sector)
    {
        put(HEADER, type, 8);
        put(HEADER + 8, sector, 8);
        *at(STATUS) = 0xEE;
    }
    // Header, one buffer of data, status: what drivers do.
    void request(uint32_t type, uint64_t sector, uint32_t size)
    {
        header(type, sector);
        const uint16_t direction = type == VIRTIO_BLK_T_OUT ? 0 : WRITE;
        descriptor(0, HEADER, 16, NEXT, size != 0 ? 1 : 2);
        descriptor(1, DATA, size, NEXT | direction, 2);
        descriptor(2, STATUS, 1, WRITE, 0);
        submit(0);
    }
    void submit(uint16_t head)
    {
        put(AVAILABLE + 4 + 2 * (submitted % QUEUE_SIZE), head, 2);
        submitted++;
        put(AVAILABLE + 2, submitted, 2);
        set(VIRTIO_MMIO_QUEUE_NOTIFY, 0);
    }
    uint32_t used_index() { return static_cast<uint32_t>(word(USED + 2, 2)); }
    uint32_t used_length(uint32_t entry) { return static_cast<uint32_t>(word(USED + 8 + 8 * entry, 4)); }
    bool broken() { return (get(VIRTIO_MMIO_STATUS) & VIRTIO_STATUS_NEEDS_RESET) != 0; }

    bool provide(const struct dma_step &step)
    {
        const bool inside =
            step.pa >= RAM && step.size <= ram.size() && step.pa - RAM <= ram.size() - step.size;
        if (inside && step.need == DMA_READ) {
            memcpy(step.bytes, at(step.pa), step.size);
        } else if (inside) {
            memcpy(at(step.pa), step.bytes, step.size);
        }
        return inside;
    }

    std::vector<uint8_t> ram = std::vector<uint8_t>(RAM_SIZE);
    std::vector<uint8_t> disk;
    std::unique_ptr<struct virtio_blk> blk = std::make_unique<struct virtio_blk>();
    struct virtio_mmio slot {};
    uint16_t submitted = 0;
    uint64_t steps = 0;
};

} // namespace device_virtio

#endif
