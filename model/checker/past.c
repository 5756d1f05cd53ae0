/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What happens to a line, and its history: the events since it was last in its first state or just written. A
 * history that grows too long begins anew where the still machine is.
 */
#include "model/checker/checker_state.h"

#include <assert.h>
#include <stdlib.h>

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

/* The history begins where the line is now. */
static void past_rebase(struct checker_line *line)
{
    struct checker_granule *granules = checker_granules(line);
    for (uint32_t i = 0; i < line->granule_count; i++) {
        granules[i].start = granules[i].set[CHECKER_MACHINE_STILL];
    }
    line->past_count = 0;
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

/* What the line was before does not matter any more: it is as at the beginning, or as after its first write.
 */
static void line_renew(struct checker *checker, struct checker_line *line, const struct checker_past *past)
{
    if (granules_are(line, checker->set_initial[CHECKER_MACHINE_REAL])) {
        checker_line_forget(checker, line);
        return;
    }
    const bool whole_write =
        past->event == REACH_WRITE && past->first == 0 && past->last + 1U == checker->config.line;
    if (!whole_write || !granules_are(line, checker->set_written[past->operand])) {
        return;
    }
    checker_line_forget(checker, line);
    for (uint32_t machine = 0; machine < CHECKER_MACHINE_STILL; machine++) {
        const uint32_t label = reach_label(REACH_WRITE, past->operand);
        line->one.set[machine] =
            reach_sets_step(&checker->sets[machine], checker->set_initial[machine], label).set;
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
        stale.rule = rule < stale.rule ? rule : stale.rule;
    }
    past_append(checker, line, past);
    if (stale.bytes == 0) {
        line_renew(checker, line, past);
    }
    for (uint32_t machine = 0; machine < CHECKER_MACHINES; machine++) {
        checker->overflowed = checker->overflowed || checker->sets[machine].overflowed;
    }
    return stale;
}
