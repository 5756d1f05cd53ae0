/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A benchmark program is a kernel that does the same work in every iteration and returns the same checksum.
 * The checksum was computed by the same C on the host, so that neither QEMU nor our core is the judge.
 */
#ifndef BENCH_GUEST_BENCH_H
#define BENCH_GUEST_BENCH_H

#include <stdint.h>

/* The parameter word: this in the upper half, the iterations in the lower. Anything else: the default. */
#define BENCH_PARAMETER_TAG 0x42454e43U

extern const char bench_name[];
extern const uint32_t bench_iterations; /* sized for about half a second of QEMU */
extern const uint64_t bench_checksum;

void bench_prepare(void);
uint64_t bench_iteration(void);

static inline uint32_t bench_random(uint32_t *state)
{
    uint32_t x = *state;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    *state = x;
    return x;
}

#endif
