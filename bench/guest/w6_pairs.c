/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * 8 KiB copied by LDP and STP with post-indexed addresses: every instruction writes its base register.
 */
#include "bench/guest/bench.h"

#define BYTES  8192
#define COPIES 8

const char bench_name[] = "w6_pairs";
const uint32_t bench_iterations = 36000;
const uint64_t bench_checksum = 0xb937f15cd8d53ff0;

static uint64_t from[BYTES / 8];
static uint64_t to[BYTES / 8];

static __attribute__((noinline)) void pairs_copy(uint64_t *out, const uint64_t *in, uint64_t bytes)
{
#ifdef __aarch64__
    __asm__ volatile("1: ldp x9, x10, [%1], #16\n\t"
                     "ldp x11, x12, [%1], #16\n\t"
                     "ldp x13, x14, [%1], #16\n\t"
                     "ldp x15, x16, [%1], #16\n\t"
                     "stp x9, x10, [%0], #16\n\t"
                     "stp x11, x12, [%0], #16\n\t"
                     "stp x13, x14, [%0], #16\n\t"
                     "stp x15, x16, [%0], #16\n\t"
                     "subs %2, %2, #64\n\t"
                     "b.ne 1b"
                     : "+r"(out), "+r"(in), "+r"(bytes)
                     :
                     : "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "cc", "memory");
#else
    for (uint64_t i = 0; i < bytes / 8; i++) {
        out[i] = in[i];
    }
#endif
}

void bench_prepare(void)
{
    uint32_t random = 0x5eed;
    for (uint32_t i = 0; i < BYTES / 8; i++) {
        from[i] = (uint64_t)bench_random(&random) << 20 | i;
    }
}

uint64_t bench_iteration(void)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < COPIES; i++) {
        to[i * 100] = 0;
        pairs_copy(to, from, BYTES);
        sum = sum * 5 + to[i * 100];
    }
    return sum;
}
