/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * More code than fits a small translation cache: 400 functions with four branches each that follow random
 * data, called through a table in random order.
 */
#include "bench/guest/bench.h"

const char bench_name[] = "w2_big_code";
const uint32_t bench_iterations = 1200;
const uint64_t bench_checksum = 0x334eb6b4a6e1cff3;

#define FUNCTION(n)                                                                                          \
    static __attribute__((noinline)) uint32_t function_##n(uint32_t x, uint32_t *memory)                     \
    {                                                                                                        \
        uint32_t y = x * (2654435761U + 2 * n) ^ memory[n & 63];                                             \
        if (y & 1) {                                                                                         \
            memory[(y >> 5) & 63] += x ^ n;                                                                  \
            y = (y >> 3 | y << 29) + memory[(n * 7) & 63];                                                   \
        } else {                                                                                             \
            y ^= (x << (n & 15)) - memory[(y >> 9) & 63];                                                    \
        }                                                                                                    \
        if ((y ^ n) & 4) {                                                                                   \
            memory[(y >> 7) & 63] ^= y + 3 * n;                                                              \
            y += memory[(x >> 4) & 63] * 5;                                                                  \
        }                                                                                                    \
        if ((y & 0x30) == (n & 0x30)) {                                                                      \
            y = y * 33 + (memory[(y >> 11) & 63] >> 2);                                                      \
        } else {                                                                                             \
            memory[(n * 13) & 63] = y - x;                                                                   \
        }                                                                                                    \
        if (y > 0x80000000U - n * 4096U) {                                                                   \
            y = ~y + memory[(y >> 13) & 63];                                                                 \
        }                                                                                                    \
        return y ^ y >> 15;                                                                                  \
    }

#define FIVE(f, a, b, c, d, e) f(a) f(b) f(c) f(d) f(e)
#define TEN(f, n)                                                                                            \
    FIVE(f, n##0, n##1, n##2, n##3, n##4)                                                                    \
    FIVE(f, n##5, n##6, n##7, n##8, n##9)
#define HUNDRED(f, n)                                                                                        \
    TEN(f, n##0)                                                                                             \
    TEN(f, n##1)                                                                                             \
    TEN(f, n##2)                                                                                             \
    TEN(f, n##3)                                                                                             \
    TEN(f, n##4)                                                                                             \
    TEN(f, n##5)                                                                                             \
    TEN(f, n##6)                                                                                             \
    TEN(f, n##7)                                                                                             \
    TEN(f, n##8)                                                                                             \
    TEN(f, n##9)
/* The leading 1 keeps the numbers from being octal. */
#define ALL(f) HUNDRED(f, 10) HUNDRED(f, 11) HUNDRED(f, 12) HUNDRED(f, 13)

ALL(FUNCTION)

#define ENTRY(n) function_##n,
static uint32_t (*const functions[])(uint32_t, uint32_t *) = {ALL(ENTRY)};
#define FUNCTION_COUNT (sizeof(functions) / sizeof(functions[0]))
#define CALLS          3000

static uint32_t memory[64];

void bench_prepare(void) {}

uint64_t bench_iteration(void)
{
    uint32_t value = 0x2545f491;
    uint32_t random = 0x9e3779b9;
    for (uint32_t i = 0; i < 64; i++) {
        memory[i] = bench_random(&random);
    }
    for (uint32_t i = 0; i < CALLS; i++) {
        value = functions[(value ^ bench_random(&random)) % FUNCTION_COUNT](value, memory);
    }
    return (uint64_t)memory[value & 63] << 32 | value;
}
