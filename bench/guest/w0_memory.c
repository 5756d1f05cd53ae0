/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Streaming: fill, copy and sum two buffers of 64 KiB by words.
 */
#include "bench/guest/bench.h"

#define WORDS (65536 / 8)

const char bench_name[] = "w0_memory";
const uint32_t bench_iterations = 7000;
const uint64_t bench_checksum = 0xbede2cfbbd6f13ff;

static uint64_t from[WORDS];
static uint64_t to[WORDS];

static __attribute__((noinline)) void words_set(uint64_t *words, uint64_t value, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        words[i] = value;
    }
}

static __attribute__((noinline)) void words_copy(uint64_t *out, const uint64_t *in, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        out[i] = in[i];
    }
}

static __attribute__((noinline)) uint64_t words_sum(const uint64_t *words, uint32_t count)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < count; i++) {
        sum = (sum << 1 | sum >> 63) + words[i];
    }
    return sum;
}

void bench_prepare(void) {}

uint64_t bench_iteration(void)
{
    words_set(from, 0x0102030405060708, WORDS);
    for (uint32_t i = 0; i < WORDS; i += 64) {
        from[i] = i;
    }
    words_copy(to, from, WORDS);
    words_set(from, 0, WORDS);
    return words_sum(to, WORDS) + words_sum(from, WORDS);
}
