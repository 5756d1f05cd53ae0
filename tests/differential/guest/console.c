/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The PL011 as it comes out of reset: the data register, and the flag that its FIFO is full. PL011 TRM,
 * "UARTDR" and "UARTFR".
 */
#include "tests/differential/guest/guest.h"

#define UART_DR      ((volatile uint32_t *)0x09000000UL)
#define UART_FR      ((volatile uint32_t *)0x09000018UL)
#define UART_FR_TXFF (1U << 5)

void console_byte(char byte)
{
    while ((*UART_FR & UART_FR_TXFF) != 0) {
    }
    *UART_DR = (uint8_t)byte;
}

void console_text(const char *text)
{
    for (; *text != '\0'; text++) {
        console_byte(*text);
    }
}

void console_hex(uint64_t value)
{
    int shift = 60;
    while (shift > 0 && (value >> shift) == 0) {
        shift -= 4;
    }
    for (; shift >= 0; shift -= 4) {
        console_byte("0123456789abcdef"[(value >> shift) & 15]);
    }
}

void console_decimal(uint64_t value)
{
    char digits[20];
    uint32_t count = 0;
    do {
        digits[count] = (char)('0' + value % 10);
        count++;
        value /= 10;
    } while (value != 0);
    while (count > 0) {
        count--;
        console_byte(digits[count]);
    }
}
