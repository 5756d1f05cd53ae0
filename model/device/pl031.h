/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PL031 real time clock: Arm PrimeCell Real Time Clock (PL031) Technical Reference Manual, "Programmer's
 * model". Counts whole seconds of simulated time from a start value, so that a run tells the same date on
 * every host. The clock always runs, as on QEMU's virt machine: RTCCR reads 1 and ignores writes. The
 * interrupt output has no effect; its registers say when it would be raised.
 *
 * Must not read a clock: the caller says how much simulated time has passed since pl031_init().
 */
#ifndef MODEL_DEVICE_PL031_H
#define MODEL_DEVICE_PL031_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PL031_SIZE          0x1000
#define PL031_START_DEFAULT 1767225600U /* 2026-01-01 00:00:00 UTC, in seconds since 1970 */

#define PL031_DR   0x000
#define PL031_MR   0x004
#define PL031_LR   0x008
#define PL031_CR   0x00C
#define PL031_IMSC 0x010
#define PL031_RIS  0x014
#define PL031_MIS  0x018
#define PL031_ICR  0x01C

struct pl031 {
    uint32_t base;  /* seconds shown at time 0, modulo 2^32 */
    uint32_t load;  /* what was written to LR last */
    uint32_t match; /* MR */
    uint64_t
        match_at; /* seconds of simulated time at which the counter next equals MR; UINT64_MAX: never set */
    bool mask;    /* IMSC: 1 lets the interrupt out */
    bool raised;  /* RIS */
};

enum pl031_result {
    PL031_OK,
    PL031_ABORT, /* no such register, or not with this size */
};

/* `start`: what DR shows at time 0. */
void pl031_init(struct pl031 *rtc, uint32_t start);

/* `offset` is relative to the device, `size` in bytes: 1, 2 or 4. `now_ns` never goes back. */
enum pl031_result pl031_read(struct pl031 *rtc, uint64_t now_ns, uint64_t offset, uint32_t size,
                             uint32_t *value);
enum pl031_result pl031_write(struct pl031 *rtc, uint64_t now_ns, uint64_t offset, uint32_t size,
                              uint32_t value);

#ifdef __cplusplus
}
#endif

#endif
