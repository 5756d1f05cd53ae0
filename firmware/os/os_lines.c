/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The pattern is different in every line and for every seed, so that neither an older pattern nor a
 * neighbour's line passes for the right one.
 */
#include "firmware/os/os_lines.h"

#include "firmware/os/os.h"

#define LINE_WORDS (OS_LINE_SIZE / sizeof(uint64_t))

struct os_line {
    uint64_t words[LINE_WORDS];
} __attribute__((aligned(OS_LINE_SIZE)));

struct os_line os_lines[OS_LINES_MAX] __attribute__((section(".noinit.os_lines")));

static uint64_t lines_written;
static uint64_t lines_seed;

static uint64_t pattern_word(uint64_t seed, uint64_t line, uint64_t word)
{
    const uint64_t position = line * LINE_WORDS + word;

    return os_image.pattern[position % OS_PATTERN_WORDS] + (seed + 1) * 0x9E3779B97F4A7C15ULL + position;
}

bool os_lines_dirty(uint64_t lines, uint64_t seed)
{
    if (lines > OS_LINES_MAX) {
        return false;
    }
    for (uint64_t line = 0; line < lines; line++) {
        for (uint64_t word = 0; word < LINE_WORDS; word++) {
            os_lines[line].words[word] = pattern_word(seed, line, word);
        }
    }
    lines_written = lines;
    lines_seed = seed;
    return true;
}

void os_lines_check(uint64_t *lines, uint64_t *bad_lines)
{
    uint64_t bad = 0;

    for (uint64_t line = 0; line < lines_written; line++) {
        bool differs = false;
        for (uint64_t word = 0; word < LINE_WORDS; word++) {
            differs |= os_lines[line].words[word] != pattern_word(lines_seed, line, word);
        }
        bad += differs;
    }
    *lines = lines_written;
    *bad_lines = bad;
}
