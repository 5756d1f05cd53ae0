/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The witness: the fewest moves of the adversary that lead along a line's history to the stale read at its
 * end. Without moves the cache is prompt: operations complete and stores drain when issued, nothing else
 * happens. So what the adversary does costs a move each: to fill, drop or write back a copy, to hold an
 * operation or a store at its issue, to complete or drain it later of its own will (at a barrier it does so
 * by itself), to let a sweep miss.
 *
 * A shortest path through layers, one layer an event, moves within a layer.
 */
#include "model/checker/checker_state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define STATES_MAX (1U << 16) /* of one layer */
#define NODES_MAX  (1U << 22)
#define NO_PARENT  UINT32_MAX
#define NO_MOVE    UINT8_MAX

/* A state at a place in the history, reached by `moves` moves through `parent`. */
struct node {
    struct reach_state state;
    uint32_t parent;
    uint32_t moves;
    uint32_t event; /* the layer: events of the history that have happened */
    uint32_t at;    /* the event at which the move stands */
    uint8_t move;   /* enum checker_move_kind that led here, NO_MOVE */
    uint8_t domain;
    uint8_t pe;
};

struct search {
    const struct reach_rules *rules;
    struct checker_past *history; /* of the line, with every barrier in its place */
    uint32_t history_count;
    uint32_t offset;
    struct node *nodes;
    uint32_t count;
    uint32_t capacity;
    uint32_t layer; /* first node of the current layer */
    bool failed;    /* out of room: no witness is told */
};

/* Adds a state to the current layer, or improves it; true if it is news. */
static bool node_add(struct search *search, struct node node)
{
    for (uint32_t i = search->layer; i < search->count; i++) {
        if (reach_state_equal(search->nodes[i].state, node.state)) {
            if (search->nodes[i].moves <= node.moves) {
                return false;
            }
            search->nodes[i] = node;
            return true;
        }
    }
    if (search->count == search->capacity) {
        struct node *grown = search->capacity >= NODES_MAX
                                 ? NULL
                                 : realloc(search->nodes, 2ULL * search->capacity * sizeof(*grown));
        if (grown == NULL) {
            search->failed = true;
            return false;
        }
        search->nodes = grown;
        search->capacity *= 2;
    }
    search->nodes[search->count++] = node;
    return true;
}

/*
 * Of the moves that an event waits for the one that it makes first, in the order that a replay keeps: queues
 * in program order, sweeps after them by domain and kind. `count` if the event waits for nothing.
 */
static uint32_t waits_first(const struct reach_rules *rules, uint32_t label, struct reach_state state,
                            const struct reach_move *moves, uint32_t count)
{
    uint32_t first = count;
    for (uint32_t i = 0; i < count; i++) {
        if (!reach_waits_for(rules, label, state, &moves[i])) {
            continue;
        }
        const bool queued = moves[i].item != REACH_ITEM_NONE;
        if (first == count ||
            (moves[first].item == REACH_ITEM_NONE && (queued || moves[i].domain < moves[first].domain))) {
            first = i;
        }
    }
    return first;
}

/* The state after the event has made what it waits for, which is free of charge. */
static struct reach_state state_wait(const struct reach_rules *rules, uint32_t label,
                                     struct reach_state state)
{
    for (;;) {
        struct reach_move moves[REACH_MOVES_MAX];
        const uint32_t count = reach_moves(rules, state, moves);
        const uint32_t first = waits_first(rules, label, state, moves, count);
        if (first == count) {
            return state;
        }
        state = moves[first].state;
    }
}

/* Follows the adversary's moves until nothing improves. */
static void layer_close(struct search *search)
{
    bool improved = true;
    while (improved && !search->failed) {
        improved = false;
        for (uint32_t i = search->layer; i < search->count; i++) {
            struct reach_move moves[REACH_MOVES_MAX];
            const uint32_t count = reach_moves(search->rules, search->nodes[i].state, moves);
            for (uint32_t j = 0; j < count; j++) {
                if (moves[j].behind) {
                    continue; /* a replay would complete something else */
                }
                const struct node node = {
                    .state = moves[j].state,
                    .parent = i,
                    .moves = search->nodes[i].moves + 1,
                    .event = search->nodes[i].event,
                    .at = search->nodes[i].event,
                    .move = moves[j].kind,
                    .domain = moves[j].domain,
                    .pe = moves[j].pe,
                };
                improved = node_add(search, node) || improved;
            }
        }
    }
}

/* What the event leaves pending may take effect at once, which is how a prompt cache does it. */
static bool event_issues(enum reach_event event)
{
    return event == REACH_WRITE_NC_BUFFERED || (event >= REACH_CVAC && event <= REACH_CISW_MAY_MISS);
}

/* The state after an operation was issued: done at once (free), or held; a sweep may also miss. */
static void issue_follow(struct search *search, struct node held, const struct reach_state before,
                         enum reach_event event, uint32_t operand)
{
    const struct reach_pair store = {.pe = (uint8_t)operand};
    const struct reach_pair who = event == REACH_WRITE_NC_BUFFERED ? store : search->rules->pairs[operand];
    struct reach_rules prompt = *search->rules;
    prompt.mode.prompt = true;
    const bool at_once = !reach_issue_waits(search->rules, before, reach_label(event, operand));
    struct reach_state states[2] = {before};
    uint32_t count = 0;
    reach_step(&prompt, reach_label(event, operand), states, &count);
    if (at_once) {
        struct node done = held;
        done.state = states[0];
        node_add(search, done);
    }
    held.domain = who.domain;
    held.pe = who.pe;
    if (count == 2) {
        struct node missed = held;
        missed.state = states[1];
        missed.move = CHECKER_MOVE_MISS;
        missed.moves++;
        node_add(search, missed);
    }
    if (at_once) {
        held.move = CHECKER_MOVE_HOLD;
        held.moves++;
    }
    node_add(search, held);
}

/* The layer after the event. `stale_best`: the cheapest node in which the event read something stale. */
static void layer_step(struct search *search, enum reach_event event, uint32_t operand, uint32_t number,
                       uint32_t *stale_best)
{
    const uint32_t label = reach_label(event, operand);
    const uint32_t begin = search->layer, end = search->count;
    search->layer = end;
    *stale_best = NO_PARENT;
    for (uint32_t i = begin; i < end && !search->failed; i++) {
        const struct reach_state before = state_wait(search->rules, label, search->nodes[i].state);
        struct reach_state states[2] = {before};
        uint32_t count = 0;
        const enum reach_outcome outcome = reach_step(search->rules, label, states, &count);
        if (outcome == REACH_STALE &&
            (*stale_best == NO_PARENT || search->nodes[i].moves < search->nodes[*stale_best].moves)) {
            *stale_best = i;
        }
        if (outcome != REACH_GOES_ON) {
            continue;
        }
        const struct node next = {.state = states[0],
                                  .parent = i,
                                  .moves = search->nodes[i].moves,
                                  .event = number + 1,
                                  .at = number,
                                  .move = NO_MOVE};
        if (event_issues(event)) {
            issue_follow(search, next, before, event, operand);
        } else {
            node_add(search, next);
        }
    }
}

static void moves_tell(const struct search *search, uint32_t node, uint64_t end_position,
                       struct checker_finding *finding)
{
    /* Counted anew: a node on the way may have become cheaper since this one was reached through it. */
    uint32_t count = 0;
    for (uint32_t i = node; i != NO_PARENT; i = search->nodes[i].parent) {
        count += search->nodes[i].move != NO_MOVE ? 1 : 0;
    }
    finding->move_count = (uint8_t)(count < CHECKER_MOVES_MAX ? count : CHECKER_MOVES_MAX);
    for (; node != NO_PARENT; node = search->nodes[node].parent) {
        const struct node *here = &search->nodes[node];
        if (here->move == NO_MOVE || --count >= CHECKER_MOVES_MAX) {
            continue;
        }
        const bool at_end = here->at >= search->history_count;
        finding->moves[count] = (struct checker_move){
            .position = at_end ? end_position : search->history[here->at].position,
            .mark = at_end ? (struct checker_mark){0} : search->history[here->at].mark,
            .kind = here->move,
            .domain = here->domain,
            .pe = here->pe,
        };
    }
}

/* Walks the history; returns the node from which the end is stale (or lost), NO_PARENT if there is none. */
static uint32_t history_walk(struct search *search, bool at_end)
{
    uint32_t best = NO_PARENT;
    for (uint32_t i = 0; i < search->history_count && !search->failed; i++) {
        const enum reach_event event = checker_past_event(&search->history[i], search->offset);
        /* No move has a place between what an access waits for and the access itself. */
        if (i == 0 || search->history[i].position != search->history[i - 1].position) {
            layer_close(search);
        }
        if (event != REACH_EVENT_COUNT) {
            layer_step(search, event, search->history[i].operand, i, &best);
        } else {
            for (uint32_t j = search->layer; j < search->count; j++) {
                search->nodes[j].event = i + 1; /* moves that follow stand before the next event */
            }
        }
    }
    if (at_end && !search->failed) {
        best = NO_PARENT;
        layer_close(search);
        for (uint32_t i = search->layer; i < search->count; i++) {
            const bool lost = reach_state_lost(search->rules, search->nodes[i].state);
            if (lost && (best == NO_PARENT || search->nodes[i].moves < search->nodes[best].moves)) {
                best = i;
            }
        }
    }
    return search->failed ? NO_PARENT : best;
}

static bool event_is_barrier(uint32_t event)
{
    return event >= REACH_DSB && event <= REACH_DMB_ST_COMPLETE;
}

/* Which barriers of a PE have been met since the line was last touched: those again change nothing. */
struct barriers_met {
    uint32_t events[CHECKER_PES_MAX]; /* bit: an event from REACH_DSB on */
};

static bool barrier_counts(struct barriers_met *met, const struct checker_past *barrier)
{
    uint32_t *events = &met->events[barrier->operand];
    const uint32_t bit = 1U << (barrier->event - REACH_DSB);
    if ((*events & (1U << (REACH_DSB - REACH_DSB))) != 0 || (*events & bit) != 0) {
        return false;
    }
    *events |= bit;
    if (barrier->event == REACH_DMB || barrier->event == REACH_DMB_ST) {
        *events &= ~(bit << 1); /* what completes it follows it in enum reach_event */
    }
    return true;
}

/* The line's history, in which barriers stand where they were as far back as they are remembered. */
static bool history_make(const struct checker *checker, const struct checker_line *line,
                         struct search *search)
{
    const uint64_t begin =
        line->past_count != line->past_first ? line->past[line->past_first].position : UINT64_MAX;
    const uint64_t end = checker->barrier_log.count;
    uint64_t barrier = checker_barriers_since(checker, begin);
    const uint64_t known = barrier < end ? checker_barrier_logged(checker, barrier)->position : UINT64_MAX;
    const uint64_t room = line->past_count + (end - barrier);
    search->history = malloc((room + 1) * sizeof(*search->history));
    if (search->history == NULL) {
        return false;
    }
    struct barriers_met met = {{0}};
    for (uint32_t i = line->past_first; i <= line->past_count; i++) {
        const struct checker_past *past = i < line->past_count ? &line->past[i] : NULL;
        const bool replaced = past != NULL && event_is_barrier(past->event) && past->position >= known;
        const uint64_t until = past != NULL ? past->position : UINT64_MAX;
        for (; !replaced && barrier < end; barrier++) {
            const struct checker_past *logged = checker_barrier_logged(checker, barrier);
            if (logged->position > until) {
                break;
            }
            if (barrier_counts(&met, logged)) {
                search->history[search->history_count++] = *logged;
            }
        }
        if (past != NULL && !replaced) {
            search->history[search->history_count++] = *past;
            met = event_is_barrier(past->event) ? met : (struct barriers_met){{0}};
        }
    }
    return true;
}

void checker_witness(struct checker *checker, const struct checker_line *line, uint32_t offset, bool at_end,
                     struct checker_finding *finding)
{
    const struct reach_sets *sets = &checker->sets[CHECKER_MACHINE_REAL];
    struct search search = {
        .rules = &sets->rules,
        .offset = offset,
        .capacity = 256,
        .nodes = malloc(256 * sizeof(*search.nodes)),
    };
    if (search.nodes == NULL || !history_make(checker, line, &search)) {
        free(search.nodes);
        checker->overflowed = true;
        return;
    }
    const struct reach_set *start =
        &checker->sets[CHECKER_MACHINE_STILL]
             .sets[checker_granule_at(line, offset)->start[CHECKER_MACHINE_STILL]];
    assert(start->count == 1);
    node_add(&search, (struct node){.state = start->states[0], .parent = NO_PARENT, .move = NO_MOVE});
    const uint32_t best = history_walk(&search, at_end);
    if (best != NO_PARENT) {
        moves_tell(&search, best, finding->position, finding);
    }
    free(search.history);
    free(search.nodes);
}
