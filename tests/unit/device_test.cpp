// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include "model/device/pl011.h"
#include "model/device/script.h"

namespace {

const uint32_t FR_RXFE = 1U << 4, FR_TXFF = 1U << 5;

uint32_t pl011_value(struct pl011 *uart, uint64_t offset)
{
    uint32_t value = 0;
    EXPECT_EQ(PL011_OK, pl011_read(uart, offset, 4, &value));
    return value;
}

TEST(pl011, a_written_byte_goes_out_at_once_and_the_transmitter_is_never_full)
{
    struct pl011 uart;
    pl011_init(&uart);
    EXPECT_EQ(PL011_TRANSMIT, pl011_write(&uart, PL011_DR, 1, 'x'));
    EXPECT_EQ(0U, pl011_value(&uart, PL011_FR) & FR_TXFF);
}

TEST(pl011, received_bytes_come_in_order_and_the_flag_follows)
{
    struct pl011 uart;
    pl011_init(&uart);
    EXPECT_NE(0U, pl011_value(&uart, PL011_FR) & FR_RXFE);
    EXPECT_TRUE(pl011_receive(&uart, 'a'));
    EXPECT_TRUE(pl011_receive(&uart, 'b'));
    EXPECT_EQ(0U, pl011_value(&uart, PL011_FR) & FR_RXFE);
    EXPECT_EQ(uint32_t('a'), pl011_value(&uart, PL011_DR));
    EXPECT_EQ(uint32_t('b'), pl011_value(&uart, PL011_DR));
    EXPECT_NE(0U, pl011_value(&uart, PL011_FR) & FR_RXFE);
    EXPECT_EQ(0U, pl011_value(&uart, PL011_DR));
}

TEST(pl011, a_full_queue_refuses_the_next_byte)
{
    struct pl011 uart;
    pl011_init(&uart);
    for (uint32_t i = 0; i < PL011_RECEIVE_MAX; i++) {
        ASSERT_TRUE(pl011_receive(&uart, 'x'));
    }
    EXPECT_FALSE(pl011_receive(&uart, 'y'));
}

TEST(pl011, identifies_itself_and_keeps_plain_registers)
{
    struct pl011 uart;
    pl011_init(&uart);
    EXPECT_EQ(0x11U, pl011_value(&uart, 0xFE0));
    EXPECT_EQ(0xB1U, pl011_value(&uart, 0xFFC));
    EXPECT_EQ(PL011_OK, pl011_write(&uart, 0x024, 4, 27)); // IBRD
    EXPECT_EQ(27U, pl011_value(&uart, 0x024));
    EXPECT_EQ(PL011_OK, pl011_write(&uart, PL011_FR, 4, 0));
    EXPECT_NE(0U, pl011_value(&uart, PL011_FR));
}

TEST(pl011, refuses_what_is_no_register_access)
{
    struct pl011 uart;
    pl011_init(&uart);
    uint32_t value = 0;
    EXPECT_EQ(PL011_ABORT, pl011_read(&uart, 0x1000, 4, &value));
    EXPECT_EQ(PL011_ABORT, pl011_read(&uart, 0x002, 2, &value));
    EXPECT_EQ(PL011_ABORT, pl011_write(&uart, PL011_DR, 8, 'x'));
}

const uint8_t OPERANDS[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
const struct script_step STEPS[] = {{SCRIPT_STEP_GET_VARIABLE, sizeof(OPERANDS), OPERANDS},
                                    {SCRIPT_STEP_BOOT, 0, nullptr}};

class script_device : public testing::Test {
protected:
    script_device() { script_init(&script_, STEPS, 2, results_, sizeof(results_)); }

    enum script_outcome read(uint64_t offset) { return script_read(&script_, offset, 8, &value_); }
    enum script_outcome write(uint64_t offset, uint64_t value)
    {
        return script_write(&script_, offset, 8, value);
    }

    struct script script_;
    uint8_t results_[12] = {};
    uint64_t value_ = 0;
};

TEST_F(script_device, gives_a_step_with_its_operands_and_takes_its_result)
{
    ASSERT_EQ(SCRIPT_STEP_STARTED, read(SCRIPT_NEXT));
    EXPECT_EQ(SCRIPT_STEP_GET_VARIABLE | 10ULL << 32, value_);
    ASSERT_EQ(SCRIPT_OK, read(SCRIPT_DATA));
    EXPECT_EQ(0x0807060504030201ULL, value_);
    ASSERT_EQ(SCRIPT_OK, read(SCRIPT_DATA));
    EXPECT_EQ(0x0A09ULL, value_);
    EXPECT_EQ(SCRIPT_ABORT, read(SCRIPT_DATA));
    EXPECT_EQ(SCRIPT_OK, write(SCRIPT_RESULT_STATUS, 14));
    EXPECT_EQ(SCRIPT_OK, write(SCRIPT_RESULT_LENGTH, 9));
    EXPECT_EQ(SCRIPT_OK, write(SCRIPT_RESULT_DATA, 0x1122334455667788ULL));
    EXPECT_EQ(SCRIPT_STEP_FINISHED, write(SCRIPT_RESULT_DATA, 0x99));
    EXPECT_EQ(14U, script_.result.status);
    EXPECT_EQ(9U, script_.result.size);
    EXPECT_EQ(0x88, results_[0]);
    EXPECT_EQ(0x99, results_[8]);
}

TEST_F(script_device, a_step_without_data_ends_at_its_length)
{
    read(SCRIPT_NEXT);
    write(SCRIPT_RESULT_STATUS, 0);
    EXPECT_EQ(SCRIPT_STEP_FINISHED, write(SCRIPT_RESULT_LENGTH, 0));
    EXPECT_EQ(SCRIPT_STEP_STARTED, read(SCRIPT_NEXT));
    EXPECT_EQ(1U, script_current(&script_));
}

TEST_F(script_device, gives_the_end_after_the_last_step_as_often_as_asked)
{
    for (int i = 0; i < 2; i++) {
        read(SCRIPT_NEXT);
        write(SCRIPT_RESULT_STATUS, 0);
        write(SCRIPT_RESULT_LENGTH, 0);
    }
    for (int i = 0; i < 3; i++) {
        ASSERT_EQ(SCRIPT_STEP_STARTED, read(SCRIPT_NEXT));
        EXPECT_EQ(uint64_t(SCRIPT_STEP_END), value_);
        EXPECT_EQ(2U, script_current(&script_));
    }
    EXPECT_EQ(SCRIPT_ABORT, read(SCRIPT_DATA));
}

TEST_F(script_device, refuses_what_is_out_of_order)
{
    EXPECT_EQ(SCRIPT_ABORT, read(SCRIPT_DATA));
    EXPECT_EQ(SCRIPT_ABORT, write(SCRIPT_RESULT_STATUS, 0));
    EXPECT_EQ(SCRIPT_ABORT, write(SCRIPT_RESULT_DATA, 0));
    read(SCRIPT_NEXT);
    EXPECT_EQ(SCRIPT_ABORT, read(SCRIPT_NEXT));
    EXPECT_EQ(SCRIPT_ABORT, write(SCRIPT_RESULT_LENGTH, 0));
    write(SCRIPT_RESULT_STATUS, 0);
    EXPECT_EQ(SCRIPT_ABORT, write(SCRIPT_RESULT_STATUS, 0));
    EXPECT_EQ(SCRIPT_ABORT, write(SCRIPT_RESULT_LENGTH, SCRIPT_RESULTS_MAX + 1ULL));
    EXPECT_EQ(SCRIPT_ABORT, script_write(&script_, SCRIPT_RESULT_LENGTH, 4, 0));
    EXPECT_EQ(SCRIPT_ABORT, read(SCRIPT_RESULT_STATUS));
    EXPECT_EQ(SCRIPT_ABORT, write(0x800, 0));
}

TEST_F(script_device, announces_more_results_than_it_keeps)
{
    read(SCRIPT_NEXT);
    write(SCRIPT_RESULT_STATUS, 0);
    write(SCRIPT_RESULT_LENGTH, 24);
    write(SCRIPT_RESULT_DATA, 1);
    write(SCRIPT_RESULT_DATA, 2);
    EXPECT_EQ(SCRIPT_STEP_FINISHED, write(SCRIPT_RESULT_DATA, 3));
    EXPECT_EQ(24U, script_.result.size);
    EXPECT_EQ(2, results_[8]);
}

TEST_F(script_device, tells_a_fault_when_its_last_register_is_written)
{
    EXPECT_EQ(SCRIPT_OK, write(SCRIPT_FAULT_ESR, 0x96000045));
    EXPECT_EQ(SCRIPT_OK, write(SCRIPT_FAULT_FAR, 0x1234));
    EXPECT_EQ(SCRIPT_FAULT_TOLD, write(SCRIPT_FAULT_ELR, 0x80000100));
    EXPECT_EQ(0x96000045U, script_.fault_esr);
    EXPECT_EQ(0x1234U, script_.fault_far);
    EXPECT_EQ(0x80000100U, script_.fault_elr);
}

} // namespace
