/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Registers only: xorshift generators, a multiply and rotations, in one loop.
 */
#include "bench/guest/bench.h"

#define ROUNDS 100000

const char bench_name[] = "w3_alu";
const uint32_t bench_iterations = 1500;
const uint64_t bench_checksum = 0x3b589c66fc62d024;

void bench_prepare(void) {}

uint64_t bench_iteration(void)
{
    uint64_t a = 0x9e3779b97f4a7c15;
    uint64_t b = 0x2545f4914f6cdd1d;
    uint32_t c = 0x12345678;
    for (uint32_t i = 0; i < ROUNDS; i++) {
        a ^= a << 13;
        a ^= a >> 7;
        a ^= a << 17;
        b = (b << 23 | b >> 41) + a;
        c = c * 69069 + (uint32_t)(b >> 32);
        b ^= c;
        a += i;
    }
    return a ^ b ^ c;
}
