/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which event is to blame. The machine in which the finding's rule still finds it goes through the line's
 * history again, in which the first events are mended, each in the way that its rule speaks of:
 *
 *     missing-barrier   a DSB of its PE follows every operation and every buffered store
 *     clobber           no cacheable store leaves the line dirty: its own bytes are written through, and one
 *                       to other bytes of the line only reads
 *     lost-write        an invalidate, by VA or by sweep, cleans first
 *
 * Nothing mended, the end is stale; all mended, it is not. The culprit is the event with which it ceases to
 * be: the one that must be mended when all before it are. That is, of operations that were not waited for the
 * first after which a barrier is enough; of stores the one whose dirt was written back over something newer,
 * not those before it whose dirt would have been overwritten by its own; of invalidates the one that met the
 * newest version. The place is found by halving: mending more can only help (and where a mended store changes
 * more than it should, what is found is still a place where mending one event makes the difference).
 *
 * When all is mended and the end is stale nevertheless, the cause is older than what is known of the line,
 * and nobody is blamed.
 *
 * It goes by the remembered steps of sets (reach_set.h) and searches no states.
 */
#include "model/checker/checker_state.h"

#include <assert.h>

struct trial {
    struct checker *checker;
    const struct checker_line *line;
    uint32_t offset;
    enum checker_rule rule;
    bool at_end;
};

static struct reach_edge step(struct reach_sets *sets, uint32_t set, enum reach_event event, uint32_t operand)
{
    return reach_sets_step(sets, set, reach_label(event, operand));
}

/* The event, and a DSB behind what it left pending. */
static struct reach_edge step_with_barrier(struct reach_sets *sets, uint32_t set, enum reach_event event,
                                           uint32_t operand)
{
    struct reach_edge edge = step(sets, set, event, operand);
    if (event == REACH_WRITE_NC_BUFFERED) {
        edge.set = step(sets, edge.set, REACH_DSB, operand).set;
    } else if (event >= REACH_CVAC && event <= REACH_CISW_MAY_MISS) {
        edge.set = step(sets, edge.set, REACH_DSB, sets->rules.pairs[operand].pe).set;
    }
    return edge;
}

static struct reach_edge step_left_clean(struct reach_sets *sets, uint32_t set, enum reach_event event,
                                         uint32_t operand)
{
    if (event == REACH_WRITE_NEIGHBOUR) {
        return step(sets, set, REACH_READ_NEIGHBOUR, operand);
    }
    struct reach_edge edge = step(sets, set, event, operand);
    if (event == REACH_WRITE) {
        edge.set = step(sets, edge.set, REACH_CVAC, operand).set;
    }
    return edge;
}

static struct reach_edge step_cleaned_first(struct reach_sets *sets, uint32_t set, enum reach_event event,
                                            uint32_t operand)
{
    switch (event) {
    case REACH_IVAC:
        return step(sets, set, REACH_CIVAC, operand);
    case REACH_ISW:
        return step(sets, set, REACH_CISW, operand);
    case REACH_ISW_MAY_MISS:
        return step(sets, set, REACH_CISW_MAY_MISS, operand);
    default:
        return step(sets, set, event, operand);
    }
}

/* The machine in which the finding is one still, and which differs from the next by what its rule says. */
static uint32_t machine_of(enum checker_rule rule)
{
    return rule == CHECKER_RULE_MISSING_BARRIER ? CHECKER_MACHINE_REAL : (uint32_t)rule - 1;
}

static struct reach_edge step_mended(enum checker_rule rule, struct reach_sets *sets, uint32_t set,
                                     enum reach_event event, uint32_t operand)
{
    switch (rule) {
    case CHECKER_RULE_MISSING_BARRIER:
        return step_with_barrier(sets, set, event, operand);
    case CHECKER_RULE_CLOBBER:
        return step_left_clean(sets, set, event, operand);
    default:
        assert(rule == CHECKER_RULE_LOST_WRITE);
        return step_cleaned_first(sets, set, event, operand);
    }
}

/* What the line was when its history began; `mended`: the store that stands before it left nothing dirty. */
static uint32_t set_start(const struct trial *trial, uint32_t machine, bool mended)
{
    const struct checker_line *line = trial->line;
    const uint32_t set = checker_granule_at(line, trial->offset)->start[machine];
    if (line->past_first == 0 || !mended || trial->rule != CHECKER_RULE_CLOBBER) {
        return set;
    }
    return step(&trial->checker->sets[machine], set, REACH_CVAC, line->past[0].operand).set;
}

/* The byte may be stale (or lost) at the end, though the first `mended` events are so. */
static bool stale_nevertheless(const struct trial *trial, uint32_t mended)
{
    const struct checker_line *line = trial->line;
    const uint32_t machine = machine_of(trial->rule);
    struct reach_sets *sets = &trial->checker->sets[machine];
    struct reach_edge edge = {.set = set_start(trial, machine, mended > 0)};
    for (uint32_t i = line->past_first; i < line->past_count; i++) {
        const enum reach_event event = checker_past_event(&line->past[i], trial->offset);
        if (event == REACH_EVENT_COUNT) {
            edge.stale = false;
            continue;
        }
        edge = i < mended ? step_mended(trial->rule, sets, edge.set, event, line->past[i].operand)
                          : step(sets, edge.set, event, line->past[i].operand);
    }
    return trial->at_end ? sets->sets[edge.set].lost : edge.stale;
}

static struct checker_culprit culprit_of(const struct checker *checker, const struct checker_past *past)
{
    const bool by_pair = past->event != REACH_WRITE_NC_BUFFERED;
    const struct reach_rules *rules = &checker->sets[CHECKER_MACHINE_REAL].rules;
    return (struct checker_culprit){
        .known = true,
        .kind = past->kind,
        .pe = by_pair ? rules->pairs[past->operand].pe : past->operand,
        .domain = by_pair ? rules->pairs[past->operand].domain : UINT8_MAX,
        .position = past->position,
        .mark = past->mark,
    };
}

struct checker_culprit checker_blame(struct checker *checker, const struct checker_line *line,
                                     uint32_t offset, enum checker_rule rule, bool at_end)
{
    const struct trial trial = {
        .checker = checker, .line = line, .offset = offset, .rule = rule, .at_end = at_end};
    uint32_t stale = 0, fresh = line->past_count;
    if (rule == CHECKER_RULE_STALE_READ || checker->overflowed || stale_nevertheless(&trial, fresh)) {
        return (struct checker_culprit){.known = false};
    }
    assert(stale_nevertheless(&trial, stale) || checker->sets[machine_of(rule)].overflowed);
    while (fresh - stale > 1) {
        const uint32_t middle = stale + (fresh - stale) / 2;
        if (stale_nevertheless(&trial, middle)) {
            stale = middle;
        } else {
            fresh = middle;
        }
    }
    return culprit_of(checker, &line->past[stale]);
}
