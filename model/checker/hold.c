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

/* The canonical sets of a machine where only these domains, and agent 0's, fill lines. */
static void canon_of_machine(const struct checker *checker, struct reach_sets *sets, uint32_t machine,
                             uint32_t others, struct checker_canon *canon)
{
    const uint32_t pair = checker->agent_pair[0], domain = checker->agent_domain[0];
    const bool cacheable = pair != UINT8_MAX;
    const uint32_t fillable = cacheable ? others | 1U << domain : others;
    const uint32_t clean = reach_sets_of(sets, reach_state_fillable(&sets->rules, fillable));
    for (uint32_t mapping = 0; mapping < CHECKER_CANON_COUNT; mapping++) {
        canon[mapping].clean[machine] = clean;
        canon[mapping].dirty[machine] = REACH_SET_NONE;
        canon[mapping].marked[machine] = REACH_SET_NONE;
    }
    if (!cacheable) {
        return;
    }
    const uint32_t dirty = set_after(sets, clean, REACH_WRITE, pair);
    /* A byte of a written line has been written, or has not: the one is part of what follows the other. */
    const uint32_t marked = set_after(sets, dirty, REACH_WRITE_NEIGHBOUR, pair);
    canon[MAPPING_FILLABLE].dirty[machine] = dirty;
    canon[MAPPING_FILLABLE].marked[machine] = marked;
    canon[MAPPING_CACHED].marked[machine] = set_after(sets, marked, REACH_UNMAP, domain);
    canon[MAPPING_CACHED].clean[machine] = set_after(sets, clean, REACH_UNMAP, domain);
    canon[MAPPING_CACHED].dirty[machine] = set_after(sets, dirty, REACH_UNMAP, domain);
    canon[MAPPING_NEVER].clean[machine] =
        reach_sets_of(sets, reach_state_fillable(&sets->rules, fillable & ~(1U << domain)));
}

/* The canonical sets of agent 0's domain. Without a cacheable agent 0 there are only lines that are clean. */
void checker_canon_init(struct checker *checker)
{
    for (uint32_t machine = 0; machine < CHECKER_MACHINES; machine++) {
        struct reach_sets *sets = &checker->sets[machine];
        const uint32_t all = (1U << sets->rules.domain_count) - 1;
        canon_of_machine(checker, sets, machine, all, checker->canon);
        canon_of_machine(checker, sets, machine, 0, checker->canon_apart);
    }
}

void checker_confine_aliases(struct checker *checker, uint64_t pa, uint64_t size)
{
    const uint64_t line = checker->config.line;
    assert(checker->line_count == 0 && checker->sequence == 0);
    checker->confined = true;
    checker->alias_first_pa = size == 0 ? UINT64_MAX : pa & ~(line - 1);
    checker->alias_last_pa = size == 0 ? 0 : (pa + (size - 1)) & ~(line - 1);
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
    const struct checker_canon *canon = &checker_canon_of(checker, line_pa)[mapping];
    const uint32_t *sets = canonical == CHECKER_LINE_DIRTY    ? canon->dirty
                           : canonical == CHECKER_LINE_MARKED ? canon->marked
                                                              : canon->clean;
    assert(sets[CHECKER_MACHINE_REAL] != REACH_SET_NONE);
    struct checker_line *line = checker_line_add(checker, line_pa);
    if (line == NULL) {
        return; /* told by checker_overflowed() */
    }
    memcpy(line->one.set, sets, sizeof(line->one.set));
    memcpy(line->one.start, sets, sizeof(line->one.start));
    line->never_cached = mapping == MAPPING_NEVER;
    line->touched = since.sequence;
    line->epoch = since.epoch;
    for (uint32_t pe = 0; pe < CHECKER_PES_MAX; pe++) {
        line->touched_by[pe] = UINT64_MAX; /* unknown: no sweep since then was certain to meet it */
    }
}

/*
 * Whether the set is part of what a marked line is, in one of the mappings, and says no more than that it is
 * marked: where nothing is dirty, only what an alias holds keeps the line from being clean. Found once for
 * each set.
 */
#define WITHIN_KNOWN  1U
#define WITHIN_MARKED 2U
#define WITHIN_BITS   2 /* for each kind of line */
static bool within_marked(struct checker *checker, const struct checker_canon *canon, uint32_t number)
{
    struct reach_sets *sets = &checker->sets[CHECKER_MACHINE_REAL];
    struct reach_set *set = &sets->sets[number];
    const uint32_t shift = canon == checker->canon ? 0 : WITHIN_BITS;
    if ((set->within >> shift & WITHIN_KNOWN) == 0) {
        uint32_t within = WITHIN_KNOWN;
        for (uint32_t mapping = 0; mapping < CHECKER_CANON_COUNT; mapping++) {
            const uint32_t marked = canon[mapping].marked[CHECKER_MACHINE_REAL];
            if (marked != REACH_SET_NONE && (set->dirty >> checker->agent_domain[0] & 1) != 0 &&
                reach_sets_within(sets, number, marked)) {
                within |= WITHIN_MARKED;
            }
        }
        set->within |= (uint8_t)(within << shift);
    }
    return (set->within >> shift & WITHIN_MARKED) != 0;
}

/* What a line is of which every byte is in this set. */
static enum checker_canonical set_canonical(struct checker *checker, const struct checker_line *line,
                                            const struct checker_canon *canon, uint32_t set)
{
    for (uint32_t mapping = 0; mapping < CHECKER_CANON_COUNT; mapping++) {
        if (set == canon[mapping].clean[CHECKER_MACHINE_REAL]) {
            /* That there is no copy now is more than whoever holds it again by its bit would know. */
            return mapping != MAPPING_NEVER || line->never_cached ? CHECKER_LINE_CLEAN : CHECKER_LINE_OTHER;
        }
        if (set == canon[mapping].dirty[CHECKER_MACHINE_REAL]) {
            return CHECKER_LINE_DIRTY;
        }
    }
    return within_marked(checker, canon, set) ? CHECKER_LINE_MARKED : CHECKER_LINE_OTHER;
}

enum checker_canonical checker_canonical(struct checker *checker, uint64_t line_pa)
{
    struct checker_line *line = checker_line_find(checker, line_pa);
    assert(line != NULL);
    checker_line_catch_up(checker, line);
    const struct checker_canon *canon = checker_canon_of(checker, line_pa);
    const struct checker_granule *granules = checker_granules(line);
    const uint32_t first = checker_granule_set(&granules[0]);
    bool alike = true;
    for (uint32_t i = 1; i < line->granule_count; i++) {
        const uint32_t set = checker_granule_set(&granules[i]);
        if (set != first && !within_marked(checker, canon, set)) {
            return CHECKER_LINE_OTHER;
        }
        alike = alike && set == first;
    }
    if (alike) {
        return set_canonical(checker, line, canon, first);
    }
    return within_marked(checker, canon, first) ? CHECKER_LINE_MARKED : CHECKER_LINE_OTHER;
}

void checker_release(struct checker *checker, uint64_t line_pa)
{
    struct checker_line *line = checker_line_find(checker, line_pa);
    assert(line != NULL);
    checker_line_remove(checker, line);
}
