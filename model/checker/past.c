/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What happens to a line, and its history: the events since it was last in its first state that changed any
 * of its sets. A history that grows too long begins anew at the sets that it has reached.
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
        granules[i].start = granules[i].set;
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

static bool line_is_initial(struct checker *checker, struct checker_line *line)
{
    const struct checker_granule *granules = checker_granules(line);
    for (uint32_t i = 0; i < line->granule_count; i++) {
        if (granules[i].set != checker->set_initial) {
            return false;
        }
    }
    return true;
}

/* What the line was before does not matter any more. */
static void line_renew(struct checker *checker, struct checker_line *line, const struct checker_past *past)
{
    if (line_is_initial(checker, line)) {
        checker_line_forget(checker, line);
        return;
    }
    const bool whole_write =
        past->event == REACH_WRITE && past->first == 0 && past->last + 1U == checker->config.line;
    if (whole_write && checker_granules(line)[0].set == checker->set_written[past->operand] &&
        line->past_count > 1) {
        const uint32_t written = checker->set_written[past->operand];
        checker_line_forget(checker, line);
        line->one.set = written;
        past_append(checker, line, past);
    }
}

struct checker_stale checker_line_apply(struct checker *checker, struct checker_line *line,
                                        const struct checker_past *past)
{
    struct reach_sets *sets = &checker->sets[CHECKER_RULE_STALE_READ];
    struct checker_granule *granules = checker_granules(line);
    struct checker_stale stale = {0};
    bool changed = false;
    if (line->past_count >= CHECKER_HISTORY_MAX) {
        past_rebase(line);
    }
    for (uint32_t i = 0; i < line->granule_count; i++) {
        const enum reach_event event = checker_past_event(past, granules[i].first);
        if (event == REACH_EVENT_COUNT) {
            continue;
        }
        const struct reach_edge edge =
            reach_sets_step(sets, granules[i].set, reach_label(event, past->operand));
        if (edge.stale) {
            const uint32_t end = i + 1U < line->granule_count ? granules[i + 1].first : checker->config.line;
            stale.first = stale.bytes == 0 ? granules[i].first : stale.first;
            stale.bytes += end - granules[i].first;
        }
        changed = changed || edge.set != granules[i].set;
        granules[i].set = edge.set;
    }
    if (changed || stale.bytes != 0) {
        past_append(checker, line, past);
        if (stale.bytes == 0) {
            line_renew(checker, line, past);
        }
    }
    checker->overflowed = checker->overflowed || sets->overflowed;
    return stale;
}

/* Whether the last event of the history is stale in this granule under changed rules. */
static bool past_is_stale(struct reach_sets *sets, const struct reach_sets *real,
                          const struct checker_line *line, uint32_t offset)
{
    const struct reach_set *start = &real->sets[checker_granule_at(line, offset)->start];
    uint32_t set = reach_sets_of_states(sets, start->states, start->count);
    bool stale = false;
    for (uint32_t i = 0; i < line->past_count; i++) {
        const enum reach_event event = checker_past_event(&line->past[i], offset);
        if (event != REACH_EVENT_COUNT) {
            const struct reach_edge edge =
                reach_sets_step(sets, set, reach_label(event, line->past[i].operand));
            set = edge.set;
            stale = edge.stale;
        }
    }
    return stale;
}

enum checker_rule checker_line_rule(struct checker *checker, const struct checker_line *line, uint32_t offset)
{
    const struct reach_sets *real = &checker->sets[CHECKER_RULE_STALE_READ];
    for (uint32_t rule = CHECKER_RULE_MISSING_BARRIER; rule < CHECKER_RULE_STALE_READ; rule++) {
        struct reach_sets *sets = &checker->sets[rule];
        const bool stale = past_is_stale(sets, real, line, offset);
        checker->overflowed = checker->overflowed || sets->overflowed;
        if (!stale) {
            return (enum checker_rule)rule;
        }
    }
    return CHECKER_RULE_STALE_READ;
}
