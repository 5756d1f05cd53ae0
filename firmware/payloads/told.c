/* SPDX-License-Identifier: BSD-3-Clause */
#include "firmware/payloads/told.h"

#include "firmware/payloads/ffa_calls.h"
#include "model/abi/smccc.h"

#define UART_PL011  0x09000000UL
#define UARTDR      0x00
#define UARTFR      0x18
#define UARTFR_RXFE (1U << 4)
#define UARTFR_TXFF (1U << 5)

static volatile uint32_t *uart_register(uint64_t offset)
{
    return (volatile uint32_t *)(UART_PL011 + offset);
}

static void byte_write(char byte)
{
    while ((*uart_register(UARTFR) & UARTFR_TXFF) != 0) {
    }
    *uart_register(UARTDR) = (uint8_t)byte;
}

void told_text(const char *text)
{
    for (; *text != '\0'; text++) {
        byte_write(*text);
    }
}

char told_key(void)
{
    while ((*uart_register(UARTFR) & UARTFR_RXFE) != 0) {
    }
    return (char)*uart_register(UARTDR);
}

static void hex_write(uint64_t value)
{
    told_text("0x");
    for (uint32_t shift = 64; shift != 0; shift -= 4) {
        byte_write("0123456789abcdef"[(value >> (shift - 4)) & 0xF]);
    }
}

void told_step(const char *step, bool ok, uint64_t value)
{
    told_text("ffa: ");
    told_text(step);
    if (ok) {
        told_text(": ok\n");
        return;
    }
    told_text(": FAILED, got ");
    hex_write(value);
    told_text("\n");
    struct ffa_registers result;
    ffa_call_old(PSCI_SYSTEM_OFF, 0, &result);
    for (;;) {
    }
}
