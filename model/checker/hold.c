/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines that are held only while they are not canonical. A canonical line is one of a few sets, so that one
 * bit and its mapping say all about it; whoever watches a run keeps that bit and lets go of the line.
 */
#include "model/checker/checker_state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum mapping { MAPPING_FILLABLE, MAPPING_CACHED, MAPPING_NEVER };

static uint32_t set_after(struct reach_sets *sets, uint32_t set, enum reach_event event, uint32_t operand)
{
    return reach_sets_step(sets, set, reach_label(event, operand)).set;
}

/* The canonical sets of agent 0's domain. Without a cacheable agent 0 there are only lines that are clean. */
void checker_canon_init(struct checker *checker)
{
    const uint32_t pair = checker->agent_pair[0], domain = checker->agent_domain[0];
    struct checker_canon *canon = checker->canon;
    for (uint32_t machine = 0; machine < CHECKER_MACHINES; machine++) {
        struct reach_sets *sets = &checker->sets[machine];
        const uint32_t clean = checker->set_initial[machine];
        for (uint32_t mapping = 0; mapping < CHECKER_CANON_COUNT; mapping++) {
            canon[mapping].clean[machine] = clean;
            canon[mapping].dirty[machine] = REACH_SET_NONE;
        }
        if (pair == UINT8_MAX) {
            continue;
        }
        const uint32_t dirty = set_after(sets, clean, REACH_WRITE, pair);
        canon[MAPPING_FILLABLE].dirty[machine] = dirty;
        canon[MAPPING_CACHED].clean[machine] = set_after(sets, clean, REACH_UNMAP, domain);
        canon[MAPPING_CACHED].dirty[machine] = set_after(sets, dirty, REACH_UNMAP, domain);
        canon[MAPPING_NEVER].clean[machine] =
            reach_sets_of(sets, reach_state_unfillable(&sets->rules, domain));
    }
}

struct checker_moment checker_now(const struct checker *checker)
{
    return (struct checker_moment){.sequence = checker->sequence, .epoch = checker->epoch_count - 1};
}

bool checker_holds(struct checker *checker, uint64_t line_pa)
{
    return checker_line_find(checker, line_pa) != NULL;
}

void checker_hold(struct checker *checker, uint64_t line_pa, enum checker_canonical canonical, bool fillable,
                  bool cached, struct checker_moment since)
{
    assert(canonical != CHECKER_LINE_OTHER);
    assert(!checker_holds(checker, line_pa));
    const enum mapping mapping = fillable ? MAPPING_FILLABLE : cached ? MAPPING_CACHED : MAPPING_NEVER;
    const struct checker_canon *canon = &checker->canon[mapping];
    const uint32_t *sets = canonical == CHECKER_LINE_DIRTY ? canon->dirty : canon->clean;
    assert(sets[CHECKER_MACHINE_REAL] != REACH_SET_NONE);
    struct checker_line *line = checker_line_add(checker, line_pa);
    if (line == NULL) {
        return; /* told by checker_overflowed() */
    }
    memcpy(line->one.set, sets, sizeof(line->one.set));
    memcpy(line->one.start, sets, sizeof(line->one.start));
    line->touched = since.sequence;
    line->epoch = since.epoch;
    for (uint32_t pe = 0; pe < CHECKER_PES_MAX; pe++) {
        line->touched_by[pe] = UINT64_MAX; /* unknown: no sweep since then was certain to meet it */
    }
}

enum checker_canonical checker_canonical(struct checker *checker, uint64_t line_pa)
{
    struct checker_line *line = checker_line_find(checker, line_pa);
    assert(line != NULL);
    checker_line_catch_up(checker, line);
    const struct checker_granule *granules = checker_granules(line);
    const uint32_t set = checker_granule_set(&granules[0]);
    for (uint32_t i = 1; i < line->granule_count; i++) {
        if (checker_granule_set(&granules[i]) != set) {
            return CHECKER_LINE_OTHER;
        }
    }
    for (uint32_t mapping = 0; mapping < CHECKER_CANON_COUNT; mapping++) {
        if (set == checker->canon[mapping].clean[CHECKER_MACHINE_REAL]) {
            return CHECKER_LINE_CLEAN;
        }
        if (set == checker->canon[mapping].dirty[CHECKER_MACHINE_REAL]) {
            return CHECKER_LINE_DIRTY;
        }
    }
    return CHECKER_LINE_OTHER;
}

void checker_release(struct checker *checker, uint64_t line_pa)
{
    struct checker_line *line = checker_line_find(checker, line_pa);
    assert(line != NULL);
    checker_line_remove(checker, line);
}
