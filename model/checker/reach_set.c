/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/checker/reach_set.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define INITIAL_CAPACITY 64

static uint64_t states_hash(const struct reach_state *states, uint32_t count)
{
    uint64_t hash = count;
    for (uint32_t i = 0; i < count; i++) {
        hash = (hash ^ states[i].memory) * 0x9E3779B97F4A7C15ULL;
        for (uint32_t pe = 0; pe < CHECKER_PES_MAX; pe++) {
            hash = (hash ^ hash >> 29 ^ states[i].queue[pe]) * 0xBF58476D1CE4E5B9ULL;
        }
    }
    return hash ^ hash >> 31;
}

bool reach_sets_init(struct reach_sets *sets, const struct reach_rules *rules)
{
    *sets = (struct reach_sets){
        .rules = *rules,
        .capacity = INITIAL_CAPACITY,
        .index_capacity = 4 * INITIAL_CAPACITY,
        .work_capacity = INITIAL_CAPACITY,
    };
    sets->sets = calloc(sets->capacity, sizeof(*sets->sets));
    sets->index = malloc(sets->index_capacity * sizeof(*sets->index));
    sets->work = malloc(sets->work_capacity * sizeof(*sets->work));
    sets->work_index = calloc(2ULL * sets->work_capacity, sizeof(*sets->work_index));
    if (sets->sets == NULL || sets->index == NULL || sets->work == NULL || sets->work_index == NULL) {
        reach_sets_release(sets);
        return false;
    }
    memset(sets->index, 0xFF, sets->index_capacity * sizeof(*sets->index));
    return true;
}

void reach_sets_release(struct reach_sets *sets)
{
    for (uint32_t i = 0; sets->sets != NULL && i < sets->count; i++) {
        free(sets->sets[i].states);
        free(sets->sets[i].edge);
    }
    free(sets->sets);
    free(sets->index);
    free(sets->work);
    free(sets->work_index);
    *sets = (struct reach_sets){0};
}

/* The slot of the index that holds this set, or the empty one where it belongs. */
static uint32_t *index_slot(struct reach_sets *sets, const struct reach_state *states, uint32_t count)
{
    uint32_t slot = (uint32_t)states_hash(states, count) & (sets->index_capacity - 1);
    for (;; slot = (slot + 1) & (sets->index_capacity - 1)) {
        const uint32_t number = sets->index[slot];
        if (number == REACH_SET_NONE) {
            return &sets->index[slot];
        }
        const struct reach_set *set = &sets->sets[number];
        if (set->count == count && memcmp(set->states, states, count * sizeof(*states)) == 0) {
            return &sets->index[slot];
        }
    }
}

static bool sets_grow(struct reach_sets *sets)
{
    struct reach_set *grown = realloc(sets->sets, 2ULL * sets->capacity * sizeof(*grown));
    if (grown == NULL) {
        return false;
    }
    sets->sets = grown;
    uint32_t *index = malloc(2ULL * sets->index_capacity * sizeof(*index));
    if (index == NULL) {
        return false;
    }
    free(sets->index);
    sets->index = index;
    sets->capacity *= 2;
    sets->index_capacity *= 2;
    memset(index, 0xFF, sets->index_capacity * sizeof(*index));
    for (uint32_t i = 0; i < sets->count; i++) {
        *index_slot(sets, sets->sets[i].states, sets->sets[i].count) = i;
    }
    return true;
}

static void set_describe(const struct reach_rules *rules, struct reach_set *set)
{
    for (uint32_t i = 0; i < set->count; i++) {
        set->lost = set->lost || reach_state_lost(rules, set->states[i]);
        for (uint32_t d = 0; d < rules->domain_count; d++) {
            set->dirty |= (uint8_t)(reach_state_dirty(set->states[i], d) ? 1U << d : 0);
        }
    }
}

/* The number of this set of sorted states, which is kept if it is new. */
static uint32_t set_intern(struct reach_sets *sets, const struct reach_state *states, uint32_t count)
{
    uint32_t *slot = index_slot(sets, states, count);
    if (*slot != REACH_SET_NONE) {
        return *slot;
    }
    if (sets->count == REACH_SETS_MAX || (sets->count == sets->capacity && !sets_grow(sets))) {
        sets->overflowed = true;
        return 0;
    }
    struct reach_set set = {.count = count, .closure = REACH_SET_NONE};
    set.states = malloc(count * sizeof(*states));
    set.edge = malloc(REACH_LABEL_COUNT * sizeof(*set.edge));
    if (set.states == NULL || set.edge == NULL) {
        free(set.states);
        free(set.edge);
        sets->overflowed = true;
        return 0;
    }
    memcpy(set.states, states, count * sizeof(*states));
    memset(set.edge, 0xFF, REACH_LABEL_COUNT * sizeof(*set.edge));
    set_describe(&sets->rules, &set);
    *index_slot(sets, states, count) = sets->count;
    sets->sets[sets->count] = set;
    return sets->count++;
}

/* The slot of the scratch's index that holds this state, or the empty one where it belongs. */
static uint64_t *work_slot(struct reach_sets *sets, struct reach_state state)
{
    const uint32_t mask = 2 * sets->work_capacity - 1;
    uint32_t slot = (uint32_t)states_hash(&state, 1) & mask;
    for (;; slot = (slot + 1) & mask) {
        const uint64_t entry = sets->work_index[slot];
        if (entry >> 32 != sets->work_generation || reach_state_equal(sets->work[(uint32_t)entry], state)) {
            return &sets->work_index[slot];
        }
    }
}

/* Empties the scratch. */
static void work_begin(struct reach_sets *sets)
{
    sets->work_generation++;
}

static bool work_grow(struct reach_sets *sets, uint32_t count)
{
    struct reach_state *grown = realloc(sets->work, 2ULL * sets->work_capacity * sizeof(*grown));
    uint64_t *index = calloc(4ULL * sets->work_capacity, sizeof(*index));
    sets->work = grown != NULL ? grown : sets->work;
    if (grown == NULL || index == NULL) {
        free(index);
        sets->overflowed = true;
        return false;
    }
    free(sets->work_index);
    sets->work_index = index;
    sets->work_capacity *= 2;
    for (uint32_t i = 0; i < count; i++) {
        *work_slot(sets, sets->work[i]) = (uint64_t)sets->work_generation << 32 | i;
    }
    return true;
}

/* Adds a state to the `*count` of the scratch, once. */
static bool work_add(struct reach_sets *sets, uint32_t *count, struct reach_state state)
{
    if (*work_slot(sets, state) >> 32 == sets->work_generation) {
        return true;
    }
    if (*count == sets->work_capacity && !work_grow(sets, *count)) {
        return false;
    }
    *work_slot(sets, state) = (uint64_t)sets->work_generation << 32 | *count;
    sets->work[(*count)++] = state;
    return true;
}

static int states_compare(const void *a, const void *b)
{
    const struct reach_state *left = a, *right = b;
    if (reach_state_equal(*left, *right)) {
        return 0;
    }
    return reach_state_less(*left, *right) ? -1 : 1;
}

/*
 * Every state keeps a fresh copy until something destroys it: a move that writes back, completes, drains or
 * drops; an event that lets something take effect. A fill, a store, a mapping destroys nothing.
 */
static bool may_destroy(uint32_t label)
{
    switch ((enum reach_event)(label / REACH_OPERANDS_MAX)) {
    case REACH_WRITE:
    case REACH_READ_NC:
    case REACH_WRITE_NC:
    case REACH_WRITE_NC_BUFFERED:
    case REACH_DMB:
    case REACH_DMB_ST:
    case REACH_MAP:
    case REACH_UNMAP:
        return false;
    default:
        return true;
    }
}

static void keeps_fresh(const struct reach_sets *sets, struct reach_state before, struct reach_state after,
                        bool destroys)
{
    assert(destroys || reach_state_lost(&sets->rules, before) || !reach_state_lost(&sets->rules, after));
}

/* Closes the first `count` states of the scratch under the moves, and interns what comes out. */
static uint32_t work_close(struct reach_sets *sets, uint32_t count)
{
    for (uint32_t done = 0; done < count; done++) {
        struct reach_move moves[REACH_MOVES_MAX];
        const uint32_t move_count = reach_moves(&sets->rules, sets->work[done], moves);
        const struct reach_state before = sets->work[done];
        for (uint32_t i = 0; i < move_count; i++) {
            keeps_fresh(sets, before, moves[i].state, moves[i].kind != CHECKER_MOVE_FILL);
            if (!work_add(sets, &count, moves[i].state)) {
                return 0;
            }
        }
    }
    qsort(sets->work, count, sizeof(*sets->work), states_compare);
    return set_intern(sets, sets->work, count);
}

uint32_t reach_sets_of_states(struct reach_sets *sets, const struct reach_state *states, uint32_t count)
{
    uint32_t work_count = 0;
    work_begin(sets);
    for (uint32_t i = 0; i < count; i++) {
        if (!work_add(sets, &work_count, states[i])) {
            return 0;
        }
    }
    return work_close(sets, work_count);
}

uint32_t reach_sets_of(struct reach_sets *sets, struct reach_state state)
{
    return reach_sets_of_states(sets, &state, 1);
}

uint32_t reach_sets_edge(struct reach_sets *sets, uint32_t set, uint32_t label)
{
    uint32_t count = 0;
    bool stale = false;
    work_begin(sets);
    for (uint32_t i = 0; i < sets->sets[set].count; i++) {
        struct reach_state states[2] = {sets->sets[set].states[i]};
        uint32_t followers = 0;
        const enum reach_outcome outcome = reach_step(&sets->rules, label, states, &followers);
        stale = stale || outcome == REACH_STALE;
        sets->overflowed = sets->overflowed || outcome == REACH_TOO_MUCH;
        const bool goes_on = outcome == REACH_GOES_ON || (outcome == REACH_STALE && sets->rules.mode.still);
        for (uint32_t j = 0; goes_on && j < followers; j++) {
            keeps_fresh(sets, sets->sets[set].states[i], states[j], may_destroy(label));
            if (!work_add(sets, &count, states[j])) {
                return 0;
            }
        }
    }
    /* The state in which everything was prompt survives every event. */
    assert(count > 0 || sets->overflowed);
    const uint32_t next = count > 0 ? work_close(sets, count) : 0;
    const uint32_t edge = next << 1 | stale;
    sets->sets[set].edge[label] = edge;
    return edge;
}

bool reach_sets_within(const struct reach_sets *sets, uint32_t inner, uint32_t outer)
{
    const struct reach_set *part = &sets->sets[inner], *whole = &sets->sets[outer];
    uint32_t place = 0;
    for (uint32_t i = 0; i < part->count; i++) {
        while (place < whole->count && reach_state_less(whole->states[place], part->states[i])) {
            place++;
        }
        if (place == whole->count || !reach_state_equal(whole->states[place], part->states[i])) {
            return false;
        }
    }
    return true;
}
