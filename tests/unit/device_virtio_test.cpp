// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include <vector>

#include "tests/unit/device_virtio_world.hpp"

namespace device_virtio {
namespace {

TEST(device_virtio, an_empty_slot_says_that_it_is_one_and_keeps_nothing)
{
    struct virtio_mmio slot;
    virtio_mmio_init(&slot, true, nullptr);
    uint32_t value = 0;
    EXPECT_EQ(VIRTIO_MMIO_OK, virtio_mmio_read(&slot, VIRTIO_MMIO_MAGIC_VALUE, 4, &value));
    EXPECT_EQ(0x74726976U, value);
    EXPECT_EQ(VIRTIO_MMIO_OK, virtio_mmio_read(&slot, VIRTIO_MMIO_DEVICE_ID, 4, &value));
    EXPECT_EQ(0U, value);
    EXPECT_EQ(VIRTIO_MMIO_OK, virtio_mmio_write(&slot, VIRTIO_MMIO_STATUS, 4, 1));
    EXPECT_EQ(VIRTIO_MMIO_OK, virtio_mmio_write(&slot, VIRTIO_MMIO_QUEUE_NOTIFY, 4, 0));
    EXPECT_EQ(VIRTIO_MMIO_OK, virtio_mmio_read(&slot, VIRTIO_MMIO_STATUS, 4, &value));
    EXPECT_EQ(0U, value);
}

TEST(device_virtio, refuses_what_is_no_access_to_a_slot)
{
    world w(true);
    uint32_t value = 0;
    EXPECT_EQ(VIRTIO_MMIO_ABORT, virtio_mmio_read(&w.slot, VIRTIO_MMIO_SIZE, 4, &value));
    EXPECT_EQ(VIRTIO_MMIO_ABORT, virtio_mmio_read(&w.slot, 0, 8, &value));
    EXPECT_EQ(VIRTIO_MMIO_ABORT, virtio_mmio_write(&w.slot, 2, 4, 0));
}

TEST(device_virtio, the_versions_differ_in_what_they_offer)
{
    world old(true), now(false);
    EXPECT_EQ(1U, old.get(VIRTIO_MMIO_VERSION));
    EXPECT_EQ(2U, now.get(VIRTIO_MMIO_VERSION));
    EXPECT_EQ(VIRTIO_F_ANY_LAYOUT, old.get(VIRTIO_MMIO_DEVICE_FEATURES) & VIRTIO_F_ANY_LAYOUT);
    old.set(VIRTIO_MMIO_DEVICE_FEATURES_SEL, 1);
    now.set(VIRTIO_MMIO_DEVICE_FEATURES_SEL, 1);
    EXPECT_EQ(0U, old.get(VIRTIO_MMIO_DEVICE_FEATURES));
    EXPECT_EQ(1U, now.get(VIRTIO_MMIO_DEVICE_FEATURES));
}

TEST(device_virtio, a_disk_tells_its_capacity_and_whether_it_may_be_written)
{
    world w(true, 0x8000 + 100), read_only(true, 0x8000, true);
    EXPECT_EQ(64U, w.get(VIRTIO_MMIO_CONFIG));
    EXPECT_EQ(512U, w.get(VIRTIO_MMIO_CONFIG + 20));
    EXPECT_EQ(2U, w.get(VIRTIO_MMIO_CONFIG + 21, 1));
    EXPECT_EQ(UINT32_MAX, w.get(VIRTIO_MMIO_CONFIG + VIRTIO_BLK_CONFIG_SIZE));
    EXPECT_EQ(0xFFU, w.get(VIRTIO_MMIO_SIZE - 1, 1));
    EXPECT_EQ(0U, w.get(VIRTIO_MMIO_DEVICE_FEATURES) & VIRTIO_BLK_F_RO);
    EXPECT_EQ(VIRTIO_BLK_F_RO, read_only.get(VIRTIO_MMIO_DEVICE_FEATURES) & VIRTIO_BLK_F_RO);
}

TEST(device_virtio, a_modern_driver_must_accept_version_1_before_features_are_ok)
{
    world w(false);
    w.set(VIRTIO_MMIO_STATUS, 11);
    EXPECT_EQ(3U, w.get(VIRTIO_MMIO_STATUS));
    w.set(VIRTIO_MMIO_DRIVER_FEATURES_SEL, 1);
    w.set(VIRTIO_MMIO_DRIVER_FEATURES, 1);
    w.set(VIRTIO_MMIO_STATUS, 11);
    EXPECT_EQ(11U, w.get(VIRTIO_MMIO_STATUS));
}

class device_virtio_blk : public testing::TestWithParam<bool> {
protected:
    device_virtio_blk() : w(GetParam()) { start(); }
    void start() { GetParam() ? w.start_legacy() : w.start_modern(); }

    world w;
};

TEST_P(device_virtio_blk, reads_sectors)
{
    w.request(VIRTIO_BLK_T_IN, 3, 1024);
    EXPECT_EQ(1U, w.used_index());
    EXPECT_EQ(1025U, w.used_length(0));
    EXPECT_EQ(VIRTIO_BLK_S_OK, *w.at(STATUS));
    EXPECT_EQ(0, memcmp(w.at(DATA), &w.disk[3 * 512], 1024));
    EXPECT_EQ(0, *w.at(DATA + 1024));
    EXPECT_FALSE(w.blk->dirty);
}

TEST_P(device_virtio_blk, writes_sectors_to_its_copy_and_says_so)
{
    const std::vector<uint8_t> before = w.disk;
    memset(w.at(DATA), 0x5A, 512);
    w.request(VIRTIO_BLK_T_OUT, 7, 512);
    EXPECT_EQ(VIRTIO_BLK_S_OK, *w.at(STATUS));
    EXPECT_EQ(1U, w.used_length(0));
    EXPECT_TRUE(w.blk->dirty);
    for (size_t i = 0; i < w.disk.size(); i++) {
        ASSERT_EQ(i / 512 == 7 ? 0x5A : before[i], w.disk[i]) << i;
    }
}

TEST_P(device_virtio_blk, the_last_sector_can_be_read_and_the_next_one_not)
{
    w.request(VIRTIO_BLK_T_IN, 63, 512);
    EXPECT_EQ(VIRTIO_BLK_S_OK, *w.at(STATUS));
    w.request(VIRTIO_BLK_T_IN, 64, 512);
    EXPECT_EQ(VIRTIO_BLK_S_IOERR, *w.at(STATUS));
    w.request(VIRTIO_BLK_T_IN, 63, 1024);
    EXPECT_EQ(VIRTIO_BLK_S_IOERR, *w.at(STATUS));
    w.request(VIRTIO_BLK_T_IN, UINT64_MAX, 512);
    EXPECT_EQ(VIRTIO_BLK_S_IOERR, *w.at(STATUS));
    w.request(VIRTIO_BLK_T_OUT, 64, 512);
    EXPECT_EQ(VIRTIO_BLK_S_IOERR, *w.at(STATUS));
    EXPECT_EQ(5U, w.used_index());
    EXPECT_FALSE(w.broken());
    EXPECT_FALSE(w.blk->dirty);
}

TEST_P(device_virtio_blk, part_of_a_sector_is_refused)
{
    w.request(VIRTIO_BLK_T_IN, 0, 511);
    EXPECT_EQ(VIRTIO_BLK_S_IOERR, *w.at(STATUS));
    EXPECT_EQ(1U, w.used_length(0));
    EXPECT_EQ(0, *w.at(DATA));
}

TEST_P(device_virtio_blk, flushes_identifies_and_refuses_what_it_does_not_know)
{
    w.request(VIRTIO_BLK_T_FLUSH, 0, 0);
    EXPECT_EQ(VIRTIO_BLK_S_OK, *w.at(STATUS));
    w.request(VIRTIO_BLK_T_GET_ID, 0, 20);
    EXPECT_EQ(VIRTIO_BLK_S_OK, *w.at(STATUS));
    EXPECT_EQ(0, memcmp(w.at(DATA), "a-disk-of-20-letters\0", 21));
    w.request(VIRTIO_BLK_T_GET_ID, 0, 6);
    EXPECT_EQ(7U, w.used_length(2));
    w.request(11, 0, 512);
    EXPECT_EQ(VIRTIO_BLK_S_UNSUPP, *w.at(STATUS));
}

TEST_P(device_virtio_blk, a_request_may_lie_in_its_descriptors_in_any_way)
{
    w.header(VIRTIO_BLK_T_IN, 1);
    w.descriptor(4, HEADER, 5, NEXT, 6);
    w.descriptor(6, HEADER + 5, 11, NEXT, 1);
    w.descriptor(1, DATA, 100, NEXT | WRITE, 0);
    w.descriptor(0, DATA + 0x1000, 413, WRITE, 0);
    w.submit(4);
    EXPECT_EQ(1U, w.used_index());
    EXPECT_EQ(4U, w.word(USED + 4, 4));
    EXPECT_EQ(VIRTIO_BLK_S_OK, *w.at(DATA + 0x1000 + 412));
    EXPECT_EQ(0, memcmp(w.at(DATA), &w.disk[512], 100));
    EXPECT_EQ(0, memcmp(w.at(DATA + 0x1000), &w.disk[612], 412));
}

TEST_P(device_virtio_blk, the_rings_wrap_with_their_size)
{
    for (uint32_t i = 0; i < 3 * QUEUE_SIZE; i++) {
        w.request(VIRTIO_BLK_T_IN, i, 512);
        ASSERT_EQ(i + 1, w.used_index());
        ASSERT_EQ(0, memcmp(w.at(DATA), &w.disk[i * 512], 512)) << i;
    }
}

TEST_P(device_virtio_blk, the_interrupt_status_follows_unless_the_driver_does_not_want_it)
{
    w.request(VIRTIO_BLK_T_IN, 0, 512);
    EXPECT_EQ(1U, w.get(VIRTIO_MMIO_INTERRUPT_STATUS));
    w.set(VIRTIO_MMIO_INTERRUPT_ACK, 1);
    EXPECT_EQ(0U, w.get(VIRTIO_MMIO_INTERRUPT_STATUS));
    w.put(AVAILABLE, 1, 2);
    w.request(VIRTIO_BLK_T_IN, 0, 512);
    EXPECT_EQ(2U, w.used_index());
    EXPECT_EQ(0U, w.get(VIRTIO_MMIO_INTERRUPT_STATUS));
}

TEST_P(device_virtio_blk, nothing_is_served_twice)
{
    w.request(VIRTIO_BLK_T_IN, 0, 512);
    w.set(VIRTIO_MMIO_QUEUE_NOTIFY, 0);
    EXPECT_EQ(1U, w.used_index());
}

// What a driver can get wrong in the queue, and what is known of the device then.
struct mistake {
    const char *name;
    void (*make)(world &);
};

void after_header(world &w, uint64_t pa, uint32_t size, uint16_t flags, uint16_t next)
{
    w.header(VIRTIO_BLK_T_IN, 0);
    w.descriptor(0, HEADER, 16, NEXT, 1);
    w.descriptor(1, pa, size, flags, next);
    w.descriptor(2, STATUS, 1, WRITE, 0);
    w.submit(0);
}

const mistake mistakes[] = {
    {"a chain that loops", [](world &w) { after_header(w, DATA, 512, WRITE | NEXT, 1); }},
    {"data outside memory", [](world &w) { after_header(w, 0x1000, 512, WRITE | NEXT, 2); }},
    {"data across the end of memory",
     [](world &w) { after_header(w, RAM + RAM_SIZE - 256, 512, WRITE | NEXT, 2); }},
    {"an address that wraps", [](world &w) { after_header(w, UINT64_MAX - 10, 512, WRITE | NEXT, 2); }},
    {"an empty buffer", [](world &w) { after_header(w, DATA, 0, WRITE | NEXT, 2); }},
    {"a next descriptor that is none",
     [](world &w) { after_header(w, DATA, 512, WRITE | NEXT, QUEUE_SIZE); }},
    {"indirect descriptors", [](world &w) { after_header(w, DATA, 512, INDIRECT, 0); }},
    {"a readable buffer behind a writable one",
     [](world &w) {
         w.descriptor(2, STATUS, 1, WRITE, 0);
         w.descriptor(0, STATUS, 1, WRITE | NEXT, 1);
         w.descriptor(1, HEADER, 16, 0, 0);
         w.submit(0);
     }},
    {"no room for the status", [](world &w) { after_header(w, DATA, 512, 0, 0); }},
    {"a header that is too short",
     [](world &w) {
         w.descriptor(0, HEADER, 15, NEXT, 1);
         w.descriptor(1, STATUS, 1, WRITE, 0);
         w.submit(0);
     }},
    {"a header outside memory",
     [](world &w) {
         w.descriptor(0, 0x1000, 16, NEXT, 1);
         w.descriptor(1, STATUS, 1, WRITE, 0);
         w.submit(0);
     }},
    {"a head that is none", [](world &w) { w.submit(QUEUE_SIZE); }},
    {"more available than the queue holds",
     [](world &w) {
         w.put(AVAILABLE + 2, QUEUE_SIZE + 1, 2);
         w.set(VIRTIO_MMIO_QUEUE_NOTIFY, 0);
     }},
};

TEST_P(device_virtio_blk, a_mistake_in_the_queue_breaks_the_device_until_a_reset)
{
    for (const mistake &m : mistakes) {
        SCOPED_TRACE(m.name);
        m.make(w);
        EXPECT_TRUE(w.broken());
        EXPECT_EQ(0U, w.used_index());
        EXPECT_EQ(2U, w.get(VIRTIO_MMIO_INTERRUPT_STATUS));
        w.set(VIRTIO_MMIO_STATUS, 15);
        EXPECT_TRUE(w.broken());
        const uint64_t steps = w.steps;
        w.set(VIRTIO_MMIO_QUEUE_NOTIFY, 0);
        EXPECT_EQ(steps, w.steps);
        w.set(VIRTIO_MMIO_STATUS, 0);
        EXPECT_EQ(0U, w.get(VIRTIO_MMIO_STATUS));
        w.submitted = 0;
        memset(w.at(RAM), 0, 0x2000);
        start();
        w.request(VIRTIO_BLK_T_IN, 0, 512);
        EXPECT_EQ(1U, w.used_index());
        EXPECT_EQ(VIRTIO_BLK_S_OK, *w.at(STATUS));
        w.set(VIRTIO_MMIO_STATUS, 0);
        w.submitted = 0;
        memset(w.at(RAM), 0, 0x2000);
        start();
    }
}

TEST_P(device_virtio_blk, a_giant_length_is_an_error_of_the_request)
{
    w.header(VIRTIO_BLK_T_IN, 0);
    w.descriptor(0, HEADER, 16, NEXT, 1);
    w.descriptor(1, DATA, 0xFFFFFE00, WRITE | NEXT, 2);
    w.descriptor(2, STATUS, 1, WRITE, 0);
    w.submit(0);
    EXPECT_EQ(VIRTIO_BLK_S_IOERR, *w.at(STATUS));
    EXPECT_FALSE(w.broken());
    EXPECT_EQ(0, *w.at(DATA));
}

TEST_P(device_virtio_blk, a_read_only_disk_is_not_written)
{
    world r(GetParam(), 0x8000, true);
    GetParam() ? r.start_legacy() : r.start_modern();
    const std::vector<uint8_t> before = r.disk;
    r.request(VIRTIO_BLK_T_OUT, 0, 512);
    EXPECT_EQ(VIRTIO_BLK_S_IOERR, *r.at(STATUS));
    EXPECT_EQ(before, r.disk);
    EXPECT_FALSE(r.blk->dirty);
}

INSTANTIATE_TEST_SUITE_P(versions, device_virtio_blk, testing::Values(true, false),
                         [](const testing::TestParamInfo<bool> &p) { return p.param ? "legacy" : "modern"; });

TEST(device_virtio, a_modern_device_waits_for_driver_ok)
{
    world w(false);
    w.start_modern();
    w.set(VIRTIO_MMIO_STATUS, 11);
    w.request(VIRTIO_BLK_T_IN, 0, 512);
    EXPECT_EQ(0U, w.used_index());
    w.set(VIRTIO_MMIO_STATUS, 15);
    w.set(VIRTIO_MMIO_QUEUE_NOTIFY, 0);
    EXPECT_EQ(1U, w.used_index());
}

TEST(device_virtio, the_legacy_queue_follows_page_size_alignment_and_size)
{
    world w(true);
    w.set(VIRTIO_MMIO_GUEST_PAGE_SIZE, 4096);
    w.set(VIRTIO_MMIO_QUEUE_ALIGN, 64);
    w.set(VIRTIO_MMIO_QUEUE_PFN, 0x40010);
    w.set(VIRTIO_MMIO_QUEUE_NUM, 16);
    EXPECT_EQ(0x40010U, w.get(VIRTIO_MMIO_QUEUE_PFN));
    EXPECT_EQ(0x40010000U, w.blk->queue.descriptor_pa);
    EXPECT_EQ(0x40010100U, w.blk->queue.available_pa);
    EXPECT_EQ(0x40010140U, w.blk->queue.used_pa); // 0x100 + 4 + 32, up to the next 64
    w.set(VIRTIO_MMIO_QUEUE_NUM, 0);
    w.set(VIRTIO_MMIO_QUEUE_NUM, VIRTIO_QUEUE_SIZE_MAX + 1);
    EXPECT_EQ(16U, w.blk->queue.size);
    w.set(VIRTIO_MMIO_QUEUE_PFN, 0);
    EXPECT_EQ(0U, w.get(VIRTIO_MMIO_QUEUE_PFN));
}

TEST(device_virtio, only_queue_0_exists)
{
    world w(true);
    EXPECT_EQ(uint32_t(VIRTIO_QUEUE_SIZE_MAX), w.get(VIRTIO_MMIO_QUEUE_NUM_MAX));
    w.set(VIRTIO_MMIO_QUEUE_SEL, 1);
    EXPECT_EQ(0U, w.get(VIRTIO_MMIO_QUEUE_NUM_MAX));
    w.set(VIRTIO_MMIO_QUEUE_PFN, 5);
    EXPECT_EQ(0U, w.blk->queue.descriptor_pa);
    w.set(VIRTIO_MMIO_QUEUE_NOTIFY, 1);
    EXPECT_EQ(0U, w.steps);
}

} // namespace
} // namespace device_virtio
