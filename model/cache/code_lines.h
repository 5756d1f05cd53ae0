/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines that PEs keep decoded instructions of, as a micro-op cache beside L1I would: as long as nothing
 * writes the line and no instruction cache operation names it, what was decoded is what a fetch would read
 * again. So L1I's capacity decides what a stale fetch returns, and not how often a line is decoded. A set of
 * line numbers, direct mapped: a line that takes another one's place ends that one's stay.
 */
#ifndef MODEL_CACHE_CODE_LINES_H
#define MODEL_CACHE_CODE_LINES_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CODE_LINES_MAX 32768 /* a power of two */

struct code_lines {
    uint64_t line[CODE_LINES_MAX]; /* line number + 1; 0: none */
};

/* Remembers the line. True if it takes the place of another, `*other`. */
static inline bool code_lines_put(struct code_lines *lines, uint64_t number, uint64_t *other)
{
    uint64_t *place = &lines->line[number & (CODE_LINES_MAX - 1)];
    const bool taken = *place != 0 && *place != number + 1;
    *other = *place - 1;
    *place = number + 1;
    return taken;
}

static inline bool code_lines_hold(const struct code_lines *lines, uint64_t number)
{
    return lines->line[number & (CODE_LINES_MAX - 1)] == number + 1;
}

/* Forgets the line; true if it was there. */
static inline bool code_lines_take(struct code_lines *lines, uint64_t number)
{
    if (!code_lines_hold(lines, number)) {
        return false;
    }
    lines->line[number & (CODE_LINES_MAX - 1)] = 0;
    return true;
}

#ifdef __cplusplus
}
#endif

#endif
