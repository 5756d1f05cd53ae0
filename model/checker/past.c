/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What happens to a line, and its history: the events since it was last canonical (hold.c), or as after a
 * first write. A history that grows too long begins anew where the line is then.
 */
#include "model/checker/checker_state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum reach_event checker_past_event(const struct checker_past *past, uint32_t offset)
{
    const enum reach_event event = (enum reach_event)past->event;
    if (offset >= past->first && offset <= past->last) {
        return event;
    }
    switch (event) {
    case REACH_READ:
        return REACH_READ_NEIGHBOUR;
    case REACH_WRITE:
        return REACH_WRITE_NEIGHBOUR;
    default:
        return REACH_EVENT_COUNT; /* a non-cacheable access of other bytes does nothing to these */
    }
}

/* Before the history, which is empty, stands this write. */
static void past_begin_with(struct checker_line *line, const struct checker_past *write)
{
    if (line->past_capacity != 0) {
        line->past[0] = *write;
        line->past_count = line->past_first = 1;
    }
}

/* The history begins where the line is now, after its last write. */
static void past_rebase(struct checker_line *line)
{
    struct checker_granule *granules = checker_granules(line);
    for (uint32_t i = 0; i < line->granule_count; i++) {
        memcpy(granules[i].start, granules[i].set, sizeof(granules[i].start));
    }
    uint32_t write = line->past_count;
    while (write > 0 && line->past[write - 1].event != REACH_WRITE) {
        write--;
    }
    line->past_count = line->past_first = 0;
    if (write != 0) {
        past_begin_with(line, &line->past[write - 1]);
    }
}

static void past_append(struct checker *checker, struct checker_line *line, const struct checker_past *past)
{
    if (line->past_count == line->past_capacity) {
        const uint32_t capacity = line->past_capacity < 4 ? 4 : 2 * line->past_capacity;
        struct checker_past *grown = realloc(line->past, capacity * sizeof(*grown));
        if (grown == NULL) {
            checker->overflowed = true;
            return;
        }
        line->past = grown;
        line->past_capacity = capacity;
    }
    line->past[line->past_count++] = *past;
}

static bool granules_are(struct checker_line *line, uint32_t set)
{
    const struct checker_granule *granules = checker_granules(line);
    for (uint32_t i = 0; i < line->granule_count; i++) {
        if (checker_granule_set(&granules[i]) != set) {
            return false;
        }
    }
    return true;
}

/*
 * A witness that begins where the still machine is gets everywhere in the set. It does not if, say, the line
 * may not be filled any more, and in the still machine it never was.
 */
static bool still_suffices(struct checker *checker, struct checker_line *line, uint32_t set)
{
    struct reach_sets *still = &checker->sets[CHECKER_MACHINE_STILL];
    const struct checker_granule *granules = checker_granules(line);
    for (uint32_t i = 0; i < line->granule_count; i++) {
        struct reach_set *at = &still->sets[granules[i].set[CHECKER_MACHINE_STILL]];
        if (at->closure == REACH_SET_NONE) {
            at->closure = reach_sets_of(&checker->sets[CHECKER_MACHINE_REAL], at->states[0]);
        }
        if (at->closure != set) {
            return false;
        }
    }
    return true;
}

/*
 * The sets by machine that the real machine's set implies, just after `past`; NULL: they are not known.
 * `still`: whether they are depends on the still machine.
 */
static const uint32_t *sets_implied(const struct checker *checker, const struct checker_canon *canon,
                                    uint32_t set, const struct checker_past *past, bool *still)
{
    const bool whole_write =
        past->event == REACH_WRITE && past->first == 0 && past->last + 1U == checker->config.line;
    *still = false;
    if (set == canon[0].clean[CHECKER_MACHINE_REAL]) {
        return canon[0].clean;
    }
    if (whole_write && set == checker->set_written[past->operand][CHECKER_MACHINE_REAL]) {
        return checker->set_written[past->operand];
    }
    *still = true;
    for (uint32_t i = 0; i < CHECKER_CANON_COUNT; i++) {
        if (set == canon[i].clean[CHECKER_MACHINE_REAL]) {
            return canon[i].clean;
        }
        if (whole_write && set == canon[i].dirty[CHECKER_MACHINE_REAL]) {
            return canon[i].dirty;
        }
    }
    return NULL;
}

/* What the line was before does not matter any more: only who made it dirty. */
static void line_renew(struct checker *checker, struct checker_line *line, const struct checker_past *past)
{
    bool still = false;
    const uint32_t set = checker_granule_set(checker_granules(line));
    const uint32_t *sets = sets_implied(checker, checker_canon_of(checker, line->pa), set, past, &still);
    if (sets == NULL || !granules_are(line, set) || (still && !still_suffices(checker, line, set))) {
        return;
    }
    checker_line_forget(line, sets);
    if (past->event == REACH_WRITE) {
        past_begin_with(line, past);
    }
}

/* Steps every machine of a granule; the rule by which a stale read is told, or false. */
static bool granule_step(struct checker *checker, struct checker_granule *granule, uint32_t label,
                         enum checker_rule *rule)
{
    bool stale[CHECKER_MACHINES];
    for (uint32_t machine = 0; machine < CHECKER_MACHINES; machine++) {
        const struct reach_edge edge = reach_sets_step(&checker->sets[machine], granule->set[machine], label);
        granule->set[machine] = edge.set;
        stale[machine] = edge.stale;
    }
    *rule = CHECKER_RULE_MISSING_BARRIER;
    while (*rule < CHECKER_RULE_STALE_READ && stale[*rule]) {
        *rule = (enum checker_rule)(*rule + 1);
    }
    return stale[CHECKER_MACHINE_REAL];
}

struct checker_stale checker_line_apply(struct checker *checker, struct checker_line *line,
                                        const struct checker_past *past)
{
    struct checker_granule *granules = checker_granules(line);
    struct checker_stale stale = {.rule = CHECKER_RULE_STALE_READ};
    if (line->past_count >= CHECKER_HISTORY_MAX) {
        past_rebase(line);
    }
    for (uint32_t i = 0; i < line->granule_count; i++) {
        const enum reach_event event = checker_past_event(past, granules[i].first);
        enum checker_rule rule;
        if (event == REACH_EVENT_COUNT ||
            !granule_step(checker, &granules[i], reach_label(event, past->operand), &rule)) {
            continue;
        }
        const uint32_t end = i + 1U < line->granule_count ? granules[i + 1].first : checker->config.line;
        stale.first = stale.bytes == 0 ? granules[i].first : stale.first;
        stale.bytes += end - granules[i].first;
        if (stale.bytes == end - granules[i].first || rule < stale.rule) {
            stale.rule = rule;
            stale.rule_first = granules[i].first;
        }
    }
    line->never_cached =
        line->never_cached && past->event > REACH_WRITE_NEIGHBOUR && past->event != REACH_MAP;
    past_append(checker, line, past);
    if (stale.bytes == 0) {
        line_renew(checker, line, past);
    }
    for (uint32_t machine = 0; machine < CHECKER_MACHINES; machine++) {
        checker->overflowed = checker->overflowed || checker->sets[machine].overflowed;
    }
    return stale;
}
