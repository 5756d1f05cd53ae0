// SPDX-License-Identifier: BSD-3-Clause
//
// The law: whatever a guest writes to the devices and into its queues, they come to rest within a bound, ask
// for nothing that wraps, and touch no byte that is not theirs (the sanitizers see that).
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <vector>

#include "model/device/cfi_flash.h"
#include "model/device/fw_cfg.h"
#include "model/device/pl031.h"
#include "tests/unit/device_virtio_world.hpp"

namespace device_virtio {
namespace {

const uint32_t SEEDS = 40, ACCESSES = 4000;

class chance {
public:
    explicit chance(uint32_t seed) : engine_(seed) {}
    uint64_t below(uint64_t bound) { return engine_() % bound; }
    uint64_t word() { return engine_(); }
    uint32_t size() { return 1U << below(4); }
    // Small numbers, single bits, anything.
    uint64_t value()
    {
        switch (below(3)) {
        case 0:
            return below(16);
        case 1:
            return 1ULL << below(64);
        default:
            return word();
        }
    }

private:
    std::mt19937_64 engine_;
};

TEST(device_random, a_clock_survives_any_register_access)
{
    for (uint32_t seed = 0; seed < SEEDS; seed++) {
        chance c(seed);
        struct pl031 rtc;
        pl031_init(&rtc, static_cast<uint32_t>(c.word()));
        uint64_t now = 0;
        for (uint32_t i = 0; i < ACCESSES; i++) {
            now += c.below(1ULL << c.below(50));
            uint32_t value = 0;
            pl031_write(&rtc, now, c.below(0x24), c.size(), static_cast<uint32_t>(c.value()));
            if (pl031_read(&rtc, now, PL031_MIS, 4, &value) == PL031_OK) {
                ASSERT_LE(value, 1U) << "seed " << seed;
            }
        }
    }
}

TEST(device_random, a_flash_survives_any_command_and_what_it_says_of_its_bytes_is_true)
{
    const uint8_t codes[] = {0x10, 0x20, 0x40, 0x50, 0x60, 0x70, 0x90, 0x98, 0xD0, 0xE8, 0xFF, 0x01};
    for (uint32_t seed = 0; seed < SEEDS; seed++) {
        chance c(seed);
        std::vector<uint8_t> bytes(2 * CFI_FLASH_SECTOR_SIZE, 0x77);
        const std::vector<uint8_t> before = bytes;
        auto flash = std::make_unique<struct cfi_flash>();
        cfi_flash_init(flash.get(), bytes.data(), bytes.size());
        for (uint32_t i = 0; i < ACCESSES; i++) {
            uint8_t data[64];
            memset(data, c.below(4) != 0 ? codes[c.below(sizeof(codes))] : static_cast<int>(c.word()), 64);
            const uint64_t offset = c.below(2) != 0 ? c.below(0x2000) : c.below(bytes.size() + 16);
            const uint32_t size = static_cast<uint32_t>(1 + c.below(c.below(4) != 0 ? 4 : 64));
            cfi_flash_write(flash.get(), offset, data, size);
            cfi_flash_read(flash.get(), c.below(bytes.size() + 16), data, size);
            if (!flash->dirty) {
                ASSERT_EQ(before, bytes) << "seed " << seed << " access " << i;
            }
        }
    }
}

TEST(device_random, fw_cfg_survives_any_access_and_any_request)
{
    for (uint32_t seed = 0; seed < SEEDS; seed++) {
        chance c(seed);
        auto core = std::make_unique<struct fw_cfg>();
        const struct fw_cfg_config config {
        };
        fw_cfg_init(core.get(), &config);
        const std::vector<uint8_t> file(100, 0x42);
        ASSERT_TRUE(fw_cfg_add_file(core.get(), "file", file.data(), 100));
        for (uint32_t i = 0; i < ACCESSES; i++) {
            uint64_t value = c.value();
            uint8_t data[8];
            memcpy(data, &value, 8);
            fw_cfg_read(core.get(), c.below(FW_CFG_SIZE + 2), data, c.size());
            if (fw_cfg_write(core.get(), c.below(FW_CFG_SIZE + 2), data, c.size()) != FW_CFG_WORK) {
                continue;
            }
            struct dma_step step = fw_cfg_start(core.get());
            for (uint32_t steps = 0; step.need != DMA_NOTHING; steps++) {
                ASSERT_LT(steps, 100U) << "seed " << seed;
                ASSERT_LE(step.pa, UINT64_MAX - step.size);
                for (uint64_t k = 0; step.need == DMA_READ && k < step.size; k++) {
                    step.bytes[k] = static_cast<uint8_t>(c.below(3) != 0 ? 0 : c.word());
                }
                step = fw_cfg_continue(core.get(), c.below(8) != 0);
            }
        }
    }
}

// Descriptors, rings and headers: mostly plausible, so that much is reached, and sometimes anything.
void queue_scramble(world &w, chance &c)
{
    for (uint32_t i = 0; i < QUEUE_SIZE; i++) {
        const uint64_t pa = c.below(8) != 0 ? RAM + c.below(RAM_SIZE) : c.value();
        const uint32_t sizes[] = {1, 16, 512, 513, 1024, static_cast<uint32_t>(c.value())};
        const uint16_t flags = static_cast<uint16_t>(c.below(32) != 0 ? c.below(4) : c.value());
        w.descriptor(i, pa, sizes[c.below(6)], flags, static_cast<uint16_t>(c.below(QUEUE_SIZE + (i == 0))));
    }
    w.descriptor(0, HEADER, 16, NEXT, static_cast<uint16_t>(1 + c.below(QUEUE_SIZE - 1)));
    w.header(static_cast<uint32_t>(c.below(10)), c.below(4) != 0 ? c.below(64) : c.value());
}

void register_poke(world &w, chance &c)
{
    const uint32_t value = static_cast<uint32_t>(c.value());
    switch (c.below(4)) {
    case 0:
        w.set(VIRTIO_MMIO_STATUS, c.below(2) != 0 ? 0 : value);
        break;
    case 1:
        w.get(c.below(VIRTIO_MMIO_SIZE / 4) * 4);
        break;
    default:
        w.set(c.below(0x110 / 4) * 4, value);
        break;
    }
}

class device_random_virtio : public testing::TestWithParam<bool> {};

TEST_P(device_random_virtio, a_disk_survives_any_queue_and_comes_to_rest)
{
    // Each entry of the available ring: its head, at most a queue of descriptors, header and data by pieces.
    const uint64_t steps_max = 1 + VIRTIO_QUEUE_SIZE_MAX * (uint64_t(VIRTIO_QUEUE_SIZE_MAX) * 3 + 4);
    uint64_t broken = 0, served = 0;
    for (uint32_t seed = 0; seed < 10 * SEEDS; seed++) {
        chance c(seed);
        world w(GetParam());
        GetParam() ? w.start_legacy() : w.start_modern();
        for (uint32_t i = 0; i < 50; i++) {
            queue_scramble(w, c);
            const uint64_t before = w.steps;
            w.submit(static_cast<uint16_t>(c.below(16) != 0 ? 0 : c.below(QUEUE_SIZE + 2)));
            ASSERT_LE(w.steps - before, steps_max) << "seed " << seed;
            served += w.used_index() != 0;
            if (w.broken()) {
                broken++;
                w.set(VIRTIO_MMIO_STATUS, 0);
                memset(w.at(RAM), 0, 0x2000);
                w.submitted = 0;
                GetParam() ? w.start_legacy() : w.start_modern();
            }
            for (uint64_t poke = c.below(20) == 0 ? c.below(30) : 0; poke > 0; poke--) {
                register_poke(w, c);
            }
        }
    }
    EXPECT_GT(broken, 1000U);
    EXPECT_GT(served, 1000U);
}

INSTANTIATE_TEST_SUITE_P(versions, device_random_virtio, testing::Values(true, false),
                         [](const testing::TestParamInfo<bool> &p) { return p.param ? "legacy" : "modern"; });

} // namespace
} // namespace device_virtio
