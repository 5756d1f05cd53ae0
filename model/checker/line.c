/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/checker/checker_state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define INITIAL_LINES 1024

bool checker_lines_init(struct checker *checker)
{
    checker->line_capacity = INITIAL_LINES;
    checker->lines = calloc(INITIAL_LINES, sizeof(*checker->lines));
    checker->untouched = (struct checker_line){.granule_count = 1};
    memcpy(checker->untouched.one.set, checker->set_initial, sizeof(checker->set_initial));
    memcpy(checker->untouched.one.start, checker->set_initial, sizeof(checker->set_initial));
    return checker->lines != NULL;
}

static void line_release(struct checker_line *line)
{
    free(line->granules);
    free(line->past);
}

void checker_lines_release(struct checker *checker)
{
    for (uint32_t i = 0; checker->lines != NULL && i < checker->line_capacity; i++) {
        line_release(&checker->lines[i]);
    }
    line_release(&checker->untouched);
    free(checker->lines);
    checker->lines = NULL;
}

static uint32_t line_home(const struct checker *checker, uint64_t line_pa)
{
    const uint64_t mixed = (line_pa >> checker->line_shift) * 0x9E3779B97F4A7C15ULL;
    return (uint32_t)(mixed >> 32) & (checker->line_capacity - 1);
}

static struct checker_line *line_slot(struct checker *checker, uint64_t line_pa)
{
    uint32_t slot = line_home(checker, line_pa);
    while (checker->lines[slot].used && checker->lines[slot].pa != line_pa) {
        slot = (slot + 1) & (checker->line_capacity - 1);
    }
    return &checker->lines[slot];
}

static bool lines_grow(struct checker *checker)
{
    struct checker_line *old = checker->lines;
    const uint32_t old_capacity = checker->line_capacity;
    struct checker_line *lines = calloc(2ULL * old_capacity, sizeof(*lines));
    if (lines == NULL) {
        return false;
    }
    checker->lines = lines;
    checker->line_capacity = 2 * old_capacity;
    for (uint32_t i = 0; i < old_capacity; i++) {
        if (old[i].used) {
            *line_slot(checker, old[i].pa) = old[i];
        }
    }
    free(old);
    return true;
}

struct checker_line *checker_line_add(struct checker *checker, uint64_t line_pa)
{
    const bool crowded = checker->line_count >= checker->line_capacity / 2;
    if (checker->line_count == CHECKER_LINES_MAX || (crowded && !lines_grow(checker))) {
        checker->overflowed = true;
        return NULL;
    }
    struct checker_line *line = line_slot(checker, line_pa);
    assert(!line->used);
    *line = (struct checker_line){.pa = line_pa, .granule_count = 1, .used = true};
    checker->line_count++;
    checker->last_line = line;
    return line;
}

/* A new line is what an untouched one is by now. Lines that no alias fills go the way from the beginning. */
static bool line_begin(struct checker *checker, struct checker_line *line)
{
    const struct checker_canon *canon = checker_canon_of(checker, line->pa);
    if (canon != checker->canon) {
        memcpy(line->one.set, canon[0].clean, sizeof(line->one.set));
        memcpy(line->one.start, canon[0].clean, sizeof(line->one.start));
        return true;
    }
    checker_line_catch_up(checker, &checker->untouched);
    const struct checker_line *untouched = &checker->untouched;
    const uint64_t line_pa = line->pa;
    *line = *untouched;
    line->pa = line_pa;
    line->used = true;
    line->past = NULL;
    line->past_count = line->past_capacity = 0;
    if (untouched->past_count != 0) {
        line->past = malloc(untouched->past_count * sizeof(*line->past));
        if (line->past == NULL) {
            return false;
        }
        memcpy(line->past, untouched->past, untouched->past_count * sizeof(*line->past));
        line->past_count = line->past_capacity = untouched->past_count;
    }
    return true;
}

struct checker_line *checker_line_of(struct checker *checker, uint64_t line_pa)
{
    struct checker_line *line = checker_line_find(checker, line_pa);
    if (line != NULL) {
        return line;
    }
    line = checker_line_add(checker, line_pa);
    if (line != NULL && !line_begin(checker, line)) {
        checker->overflowed = true;
        return NULL;
    }
    return line;
}

struct checker_line *checker_line_find(struct checker *checker, uint64_t line_pa)
{
    if (checker->last_line != NULL && checker->last_line->pa == line_pa) {
        return checker->last_line;
    }
    struct checker_line *line = line_slot(checker, line_pa);
    if (!line->used) {
        return NULL;
    }
    checker->last_line = line;
    return line;
}

void checker_line_remove(struct checker *checker, struct checker_line *line)
{
    const uint32_t mask = checker->line_capacity - 1;
    line_release(line);
    *line = (struct checker_line){0};
    checker->last_line = NULL;
    checker->line_count--;
    /* Linear probing: lines that were pushed past this slot move back, so that no search stops short. */
    uint32_t hole = (uint32_t)(line - checker->lines);
    for (uint32_t slot = (hole + 1) & mask; checker->lines[slot].used; slot = (slot + 1) & mask) {
        const uint32_t home = line_home(checker, checker->lines[slot].pa);
        if (((slot - home) & mask) >= ((slot - hole) & mask)) {
            checker->lines[hole] = checker->lines[slot];
            checker->lines[slot] = (struct checker_line){0};
            hole = slot;
        }
    }
}

struct checker_granule *checker_granules(struct checker_line *line)
{
    return line->granule_capacity == 0 ? &line->one : line->granules;
}

const struct checker_granule *checker_granule_at(const struct checker_line *line, uint32_t offset)
{
    const struct checker_granule *granules = line->granule_capacity == 0 ? &line->one : line->granules;
    uint32_t i = line->granule_count - 1U;
    while (granules[i].first > offset) {
        i--;
    }
    return &granules[i];
}

/* The granule that holds `offset` becomes two, the second beginning there. */
static bool granule_split(struct checker *checker, struct checker_line *line, uint32_t offset)
{
    const struct checker_granule *holder = checker_granule_at(line, offset);
    if (holder->first == offset) {
        return true;
    }
    const uint32_t place = (uint32_t)(holder - checker_granules(line)) + 1;
    if (line->granule_count >= line->granule_capacity) {
        const uint32_t capacity = line->granule_capacity == 0 ? 4U : 2U * line->granule_capacity;
        struct checker_granule *grown = realloc(line->granules, capacity * sizeof(*grown));
        if (grown == NULL) {
            checker->overflowed = true;
            return false;
        }
        if (line->granule_capacity == 0) {
            grown[0] = line->one;
        }
        line->granules = grown;
        line->granule_capacity = (uint16_t)capacity;
    }
    memmove(&line->granules[place + 1], &line->granules[place],
            (line->granule_count - place) * sizeof(*line->granules));
    line->granules[place] = line->granules[place - 1];
    line->granules[place].first = (uint16_t)offset;
    line->granule_count++;
    return true;
}

bool checker_granules_split(struct checker *checker, struct checker_line *line, uint32_t first, uint32_t last)
{
    if (first != 0 && !granule_split(checker, line, first)) {
        return false;
    }
    return last + 1 == checker->config.line || granule_split(checker, line, last + 1);
}

void checker_line_forget(struct checker_line *line, const uint32_t *sets)
{
    const uint32_t still = checker_granules(line)[0].set[CHECKER_MACHINE_STILL];
    free(line->granules);
    line->granules = NULL;
    line->granule_capacity = 0;
    line->granule_count = 1;
    memcpy(line->one.set, sets, sizeof(line->one.set));
    line->one.set[CHECKER_MACHINE_STILL] = still;
    memcpy(line->one.start, line->one.set, sizeof(line->one.start));
    line->one.first = 0;
    line->past_count = 0;
    line->past_first = 0;
}
