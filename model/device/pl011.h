/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PL011 UART as polled firmware uses it: Arm PrimeCell UART (PL011) Technical Reference Manual, "Programmers model".
 * Transmission is instant, reception comes from a bounded queue that the platform fills. Interrupt outputs and the
 * baud rate have no effect; the registers keep what is written. Modem control and DMA registers likewise.
 */
#ifndef MODEL_DEVICE_PL011_H
#define MODEL_DEVICE_PL011_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PL011_SIZE        0x1000
#define PL011_RECEIVE_MAX 4096

#define PL011_DR   0x000
#define PL011_RSR  0x004
#define PL011_FR   0x018
#define PL011_IMSC 0x038
#define PL011_RIS  0x03C
#define PL011_MIS  0x040
#define PL011_ICR  0x044

struct pl011 {
    uint32_t registers[0x48 / 4]; /* what plain registers keep, by offset / 4 */
    uint8_t receive[PL011_RECEIVE_MAX];
    uint32_t receive_first;
    uint32_t receive_count;
};

enum pl011_result {
    PL011_OK,
    PL011_TRANSMIT, /* a write to DR: the low byte of the value went out */
    PL011_ABORT,    /* no such register, or not with this size */
};

void pl011_init(struct pl011 *uart);

/* `offset` is relative to the device, `size` in bytes: 1, 2 or 4 (8 is refused). */
enum pl011_result pl011_read(struct pl011 *uart, uint64_t offset, uint32_t size, uint32_t *value);
enum pl011_result pl011_write(struct pl011 *uart, uint64_t offset, uint32_t size, uint32_t value);

/* A byte arrives; false when the queue is full. */
bool pl011_receive(struct pl011 *uart, uint8_t byte);

#ifdef __cplusplus
}
#endif

#endif
