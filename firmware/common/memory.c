/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * memcpy and its kin, 8 bytes at a time where both sides are aligned (unaligned accesses fault while the MMU
 * is off). Built with -fno-tree-loop-distribute-patterns, or the compiler would turn the loops into calls of
 * themselves.
 */
#include "firmware/common/memory.h"

#include <stdbool.h>
#include <stdint.h>

typedef uint64_t __attribute__((may_alias)) word_type;

static bool words_aligned(const void *left, const void *right)
{
    return (((uintptr_t)left | (uintptr_t)right) & (sizeof(word_type) - 1)) == 0;
}

void *memcpy(void *to, const void *from, size_t size)
{
    uint8_t *destination = to;
    const uint8_t *source = from;

    if (words_aligned(to, from)) {
        for (; size >= sizeof(word_type); size -= sizeof(word_type)) {
            *(word_type *)(void *)destination = *(const word_type *)(const void *)source;
            destination += sizeof(word_type);
            source += sizeof(word_type);
        }
    }
    for (; size > 0; size--) {
        *destination++ = *source++;
    }
    return to;
}

void *memmove(void *to, const void *from, size_t size)
{
    uint8_t *destination = to;
    const uint8_t *source = from;

    if (destination <= source || destination >= source + size) {
        return memcpy(to, from, size);
    }
    while (size > 0) {
        size--;
        destination[size] = source[size];
    }
    return to;
}

void *memset(void *to, int value, size_t size)
{
    uint8_t *destination = to;
    const word_type word = 0x0101010101010101ULL * (uint8_t)value;

    if (words_aligned(to, to)) {
        for (; size >= sizeof(word_type); size -= sizeof(word_type)) {
            *(word_type *)(void *)destination = word;
            destination += sizeof(word_type);
        }
    }
    for (; size > 0; size--) {
        *destination++ = (uint8_t)value;
    }
    return to;
}

int memcmp(const void *left, const void *right, size_t size)
{
    const uint8_t *a = left;
    const uint8_t *b = right;

    for (; size > 0; size--, a++, b++) {
        if (*a != *b) {
            return *a < *b ? -1 : 1;
        }
    }
    return 0;
}
