// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include "model/device/pl031.h"

namespace {

const uint64_t SECOND = 1000000000;
const uint32_t START = 1000;

struct pl031 clock_at(uint32_t start)
{
    struct pl031 rtc;
    pl031_init(&rtc, start);
    return rtc;
}

uint32_t value_at(struct pl031 *rtc, uint64_t now_ns, uint64_t offset)
{
    uint32_t value = 0xDEADBEEF;
    EXPECT_EQ(PL031_OK, pl031_read(rtc, now_ns, offset, 4, &value));
    return value;
}

void put(struct pl031 *rtc, uint64_t now_ns, uint64_t offset, uint32_t value)
{
    EXPECT_EQ(PL031_OK, pl031_write(rtc, now_ns, offset, 4, value));
}

TEST(device_pl031, counts_whole_seconds_of_simulated_time_from_its_start)
{
    struct pl031 rtc = clock_at(START);
    EXPECT_EQ(START, value_at(&rtc, 0, PL031_DR));
    EXPECT_EQ(START, value_at(&rtc, SECOND - 1, PL031_DR));
    EXPECT_EQ(START + 1, value_at(&rtc, SECOND, PL031_DR));
    EXPECT_EQ(START + 3600, value_at(&rtc, 3600 * SECOND, PL031_DR));
}

TEST(device_pl031, a_load_sets_the_counter_and_can_be_read_back)
{
    struct pl031 rtc = clock_at(START);
    put(&rtc, 5 * SECOND, PL031_LR, 77);
    EXPECT_EQ(77U, value_at(&rtc, 5 * SECOND, PL031_DR));
    EXPECT_EQ(87U, value_at(&rtc, 15 * SECOND, PL031_DR));
    EXPECT_EQ(77U, value_at(&rtc, 15 * SECOND, PL031_LR));
}

TEST(device_pl031, the_counter_wraps)
{
    struct pl031 rtc = clock_at(UINT32_MAX);
    EXPECT_EQ(0U, value_at(&rtc, SECOND, PL031_DR));
}

TEST(device_pl031, a_match_raises_the_interrupt_when_its_second_comes_and_the_mask_hides_it)
{
    struct pl031 rtc = clock_at(START);
    put(&rtc, 0, PL031_MR, START + 2);
    EXPECT_EQ(0U, value_at(&rtc, 2 * SECOND - 1, PL031_RIS));
    EXPECT_EQ(1U, value_at(&rtc, 9 * SECOND, PL031_RIS));
    EXPECT_EQ(0U, value_at(&rtc, 9 * SECOND, PL031_MIS));
    put(&rtc, 9 * SECOND, PL031_IMSC, 1);
    EXPECT_EQ(1U, value_at(&rtc, 9 * SECOND, PL031_MIS));
    put(&rtc, 9 * SECOND, PL031_ICR, 1);
    EXPECT_EQ(0U, value_at(&rtc, 9 * SECOND, PL031_RIS));
}

TEST(device_pl031, a_match_that_was_taken_comes_again_after_a_wrap_only)
{
    struct pl031 rtc = clock_at(START);
    put(&rtc, 0, PL031_MR, START + 1);
    put(&rtc, SECOND, PL031_ICR, 1);
    EXPECT_EQ(0U, value_at(&rtc, SECOND << 32, PL031_RIS));
    EXPECT_EQ(1U, value_at(&rtc, (SECOND << 32) + SECOND, PL031_RIS));
}

TEST(device_pl031, nothing_is_raised_before_a_match_was_ever_set)
{
    struct pl031 rtc = clock_at(0);
    EXPECT_EQ(0U, value_at(&rtc, SECOND << 33, PL031_RIS));
}

TEST(device_pl031, the_clock_cannot_be_stopped)
{
    struct pl031 rtc = clock_at(START);
    put(&rtc, 0, PL031_CR, 0);
    EXPECT_EQ(1U, value_at(&rtc, 0, PL031_CR));
    EXPECT_EQ(START + 1, value_at(&rtc, SECOND, PL031_DR));
}

TEST(device_pl031, identifies_itself)
{
    struct pl031 rtc = clock_at(START);
    const uint32_t expected[] = {0x31, 0x10, 0x14, 0x00, 0x0D, 0xF0, 0x05, 0xB1};
    for (uint32_t i = 0; i < 8; i++) {
        EXPECT_EQ(expected[i], value_at(&rtc, 0, 0xFE0 + 4 * i));
    }
}

TEST(device_pl031, refuses_what_is_no_register)
{
    struct pl031 rtc = clock_at(START);
    uint32_t value = 0;
    EXPECT_EQ(PL031_ABORT, pl031_read(&rtc, 0, PL031_SIZE, 4, &value));
    EXPECT_EQ(PL031_ABORT, pl031_read(&rtc, 0, 2, 2, &value));
    EXPECT_EQ(PL031_ABORT, pl031_read(&rtc, 0, 0, 8, &value));
    EXPECT_EQ(PL031_ABORT, pl031_write(&rtc, 0, PL031_SIZE, 4, 0));
}

} // namespace
