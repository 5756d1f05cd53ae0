/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/device/pl011.h"

#include <assert.h>

#define FR_RXFE (1U << 4)
#define FR_RXFF (1U << 6)
#define FR_TXFE (1U << 7)

#define RIS_RX (1U << 4)
#define RIS_TX (1U << 5)

#define CR      0x030
#define CR_RESET 0x300
#define IFLS    0x034
#define IFLS_RESET 0x12

#define ID_FIRST 0xFE0

/* PeriphID0-3 and PCellID0-3, "UARTPeriphID0" ff. */
static const uint8_t identification[8] = {0x11, 0x10, 0x14, 0x00, 0x0D, 0xF0, 0x05, 0xB1};

void pl011_init(struct pl011 *uart)
{
    *uart = (struct pl011){0};
    uart->registers[CR / 4] = CR_RESET;
    uart->registers[IFLS / 4] = IFLS_RESET;
}

bool pl011_receive(struct pl011 *uart, uint8_t byte)
{
    if (uart->receive_count == PL011_RECEIVE_MAX) {
        return false;
    }
    uart->receive[(uart->receive_first + uart->receive_count++) % PL011_RECEIVE_MAX] = byte;
    return true;
}

static uint32_t receive_take(struct pl011 *uart)
{
    if (uart->receive_count == 0) {
        return 0;
    }
    const uint8_t byte = uart->receive[uart->receive_first];
    uart->receive_first = (uart->receive_first + 1) % PL011_RECEIVE_MAX;
    uart->receive_count--;
    return byte;
}

static uint32_t flags(const struct pl011 *uart)
{
    return FR_TXFE | (uart->receive_count == 0 ? FR_RXFE : 0) |
           (uart->receive_count == PL011_RECEIVE_MAX ? FR_RXFF : 0);
}

static uint32_t interrupts(const struct pl011 *uart)
{
    return RIS_TX | (uart->receive_count != 0 ? RIS_RX : 0);
}

static bool access_fits(uint64_t offset, uint32_t size)
{
    return offset < PL011_SIZE && offset % 4 == 0 && (size == 1 || size == 2 || size == 4);
}

enum pl011_result pl011_read(struct pl011 *uart, uint64_t offset, uint32_t size, uint32_t *value)
{
    if (!access_fits(offset, size)) {
        return PL011_ABORT;
    }
    *value = 0;
    if (offset == PL011_DR) {
        *value = receive_take(uart);
    } else if (offset == PL011_FR) {
        *value = flags(uart);
    } else if (offset == PL011_RIS) {
        *value = interrupts(uart);
    } else if (offset == PL011_MIS) {
        *value = interrupts(uart) & uart->registers[PL011_IMSC / 4];
    } else if (offset >= ID_FIRST) {
        *value = identification[(offset - ID_FIRST) / 4];
    } else if (offset < sizeof(uart->registers)) {
        *value = uart->registers[offset / 4];
    }
    return PL011_OK;
}

enum pl011_result pl011_write(struct pl011 *uart, uint64_t offset, uint32_t size, uint32_t value)
{
    if (!access_fits(offset, size)) {
        return PL011_ABORT;
    }
    if (offset == PL011_DR) {
        return PL011_TRANSMIT;
    }
    const bool read_only = offset == PL011_FR || offset == PL011_RIS || offset == PL011_MIS;
    const bool command = offset == PL011_ICR || offset == PL011_RSR; /* clear what is never latched here */
    if (!read_only && !command && offset < sizeof(uart->registers)) {
        uart->registers[offset / 4] = value;
    }
    return PL011_OK;
}
