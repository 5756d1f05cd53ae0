/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Integer arithmetic as A64 defines it, free of what C leaves undefined. Arm ARM, shared pseudocode functions
 * (ASR, ROR, Poly32Mod2, BitReverse, CountLeadingSignBits).
 */
#ifndef MODEL_CPU_NSEL1_ARITHMETIC_H
#define MODEL_CPU_NSEL1_ARITHMETIC_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CRC32_IEEE       0xEDB88320U /* polynomials, bits reversed */
#define CRC32_CASTAGNOLI 0x82F63B78U

static inline uint64_t shift_right_signed64(uint64_t value, uint32_t count)
{
    return (uint64_t)((int64_t)value >> count);
}

static inline uint32_t shift_right_signed32(uint32_t value, uint32_t count)
{
    return (uint32_t)((int32_t)value >> count);
}

static inline uint64_t rotate_right64(uint64_t value, uint32_t count)
{
    return value >> (count & 63) | value << (-count & 63);
}

static inline uint32_t rotate_right32(uint32_t value, uint32_t count)
{
    return value >> (count & 31) | value << (-count & 31);
}

/* Division by 0 gives 0; the smallest number divided by -1 gives itself. */
static inline uint64_t divide_signed64(uint64_t dividend, uint64_t divisor)
{
    if (divisor == 0) {
        return 0;
    }
    if (divisor == UINT64_MAX) {
        return 0 - dividend;
    }
    return (uint64_t)((int64_t)dividend / (int64_t)divisor);
}

static inline uint32_t divide_signed32(uint32_t dividend, uint32_t divisor)
{
    if (divisor == 0) {
        return 0;
    }
    if (divisor == UINT32_MAX) {
        return 0 - dividend;
    }
    return (uint32_t)((int32_t)dividend / (int32_t)divisor);
}

static inline uint64_t multiply_signed32(uint64_t first, uint64_t second)
{
    return (uint64_t)((int64_t)(int32_t)(uint32_t)first * (int32_t)(uint32_t)second);
}

static inline uint64_t multiply_high(uint64_t first, uint64_t second)
{
    __extension__ typedef unsigned __int128 wide;
    return (uint64_t)((wide)first * second >> 64);
}

static inline uint64_t multiply_high_signed(uint64_t first, uint64_t second)
{
    return multiply_high(first, second) - (first >> 63 ? second : 0) - (second >> 63 ? first : 0);
}

static inline uint64_t count_leading_zeros64(uint64_t value)
{
    return value == 0 ? 64 : (uint64_t)__builtin_clzll(value);
}

static inline uint64_t reverse_halfwords(uint64_t value)
{
    return (value & 0x00FF00FF00FF00FFULL) << 8 | (value >> 8 & 0x00FF00FF00FF00FFULL);
}

static inline uint64_t reverse_bits64(uint64_t value)
{
    value = (value & 0x5555555555555555ULL) << 1 | (value >> 1 & 0x5555555555555555ULL);
    value = (value & 0x3333333333333333ULL) << 2 | (value >> 2 & 0x3333333333333333ULL);
    value = (value & 0x0F0F0F0F0F0F0F0FULL) << 4 | (value >> 4 & 0x0F0F0F0F0F0F0F0FULL);
    return __builtin_bswap64(value);
}

/* The low `size` bytes of `data` enter `crc`, lowest bit first. */
static inline uint32_t crc32_update(uint32_t crc, uint64_t data, uint32_t size, uint32_t polynomial)
{
    uint64_t state = crc ^ (size == 8 ? data : data & ((1ULL << 8 * size) - 1));
    for (uint32_t bit = 0; bit < 8 * size; bit++) {
        state = state >> 1 ^ (state & 1 ? polynomial : 0);
    }
    return (uint32_t)state;
}

#ifdef __cplusplus
}
#endif

#endif
