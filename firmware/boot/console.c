/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PL011: registers and bits as the technical reference manual names them.
 */
#include "firmware/boot/console.h"

#include "firmware/board.h"

#define UARTDR   0x00
#define UARTFR   0x18
#define UARTIBRD 0x24
#define UARTFBRD 0x28
#define UARTLCRH 0x2C
#define UARTCR   0x30

#define UARTFR_TXFF   (1U << 5)
#define UARTLCRH_FEN  (1U << 4)
#define UARTLCRH_WLEN (3U << 5) /* 8 bits */
#define UARTCR_ENABLE 1U
#define UARTCR_TXE    (1U << 8)
#define UARTCR_RXE    (1U << 9)

/* 115200 baud from 50 MHz: 27 + 8/64. */
#define BAUD_INTEGER  27U
#define BAUD_FRACTION 8U

static volatile uint32_t *uart_register(uint64_t offset)
{
    return (volatile uint32_t *)(uintptr_t)(BOARD_UART_PL011 + offset);
}

void console_start(void)
{
    *uart_register(UARTCR) = 0;
    *uart_register(UARTIBRD) = BAUD_INTEGER;
    *uart_register(UARTFBRD) = BAUD_FRACTION;
    *uart_register(UARTLCRH) = UARTLCRH_WLEN | UARTLCRH_FEN;
    *uart_register(UARTCR) = UARTCR_ENABLE | UARTCR_TXE | UARTCR_RXE;
}

static void byte_write(uint8_t byte)
{
    while (*uart_register(UARTFR) & UARTFR_TXFF) {
    }
    *uart_register(UARTDR) = byte;
}

void console_write(const char *text)
{
    for (; *text; text++) {
        byte_write((uint8_t)*text);
    }
}

void console_write_hex(uint64_t value)
{
    uint32_t shift = 60;

    while (shift > 0 && (value >> shift) == 0) {
        shift -= 4;
    }
    console_write("0x");
    for (;; shift -= 4) {
        byte_write((uint8_t) "0123456789abcdef"[(value >> shift) & 0xF]);
        if (shift == 0) {
            break;
        }
    }
}
