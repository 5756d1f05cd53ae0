/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines that PEs decoded from DRAM without an instruction cache (SCTLR_ELx.I = 0): as long as nothing writes
 * the line, what was decoded is what a fetch would read again. A set of line addresses with a bound; what
 * does not fit is fetched anew each time.
 */
#ifndef MODEL_CACHE_CODE_LINES_H
#define MODEL_CACHE_CODE_LINES_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CODE_LINES_MAX 4096 /* a power of two; one place for all lines that share their low bits */

struct code_lines {
    uint64_t line[CODE_LINES_MAX]; /* line number + 1; 0: none */
    uint32_t count;
};

/* Remembers the line; false if another one has its place. */
static inline bool code_lines_add(struct code_lines *lines, uint64_t number)
{
    uint64_t *place = &lines->line[number & (CODE_LINES_MAX - 1)];
    if (*place != 0 && *place != number + 1) {
        return false;
    }
    lines->count += *place == 0;
    *place = number + 1;
    return true;
}

static inline bool code_lines_hold(const struct code_lines *lines, uint64_t number)
{
    return lines->count != 0 && lines->line[number & (CODE_LINES_MAX - 1)] == number + 1;
}

/* Forgets the line; true if it was there. */
static inline bool code_lines_take(struct code_lines *lines, uint64_t number)
{
    if (!code_lines_hold(lines, number)) {
        return false;
    }
    lines->line[number & (CODE_LINES_MAX - 1)] = 0;
    lines->count--;
    return true;
}

#ifdef __cplusplus
}
#endif

#endif
