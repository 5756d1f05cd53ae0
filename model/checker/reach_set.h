/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Sets of reachable states, closed under the adversary's moves, each kept once and known by a number; and
 * what an event makes of a set, computed once and remembered. So an event on a granule costs one look at a
 * table.
 */
#ifndef MODEL_CHECKER_REACH_SET_H
#define MODEL_CHECKER_REACH_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "model/checker/reach_state.h"

#ifdef __cplusplus
extern "C" {
#endif

#define REACH_SETS_MAX (1U << 20) /* distinct sets of one run */
#define REACH_SET_NONE UINT32_MAX

/* What became of a set: its number and whether the event may have read something stale. */
struct reach_edge {
    uint32_t set;
    bool stale; /* the states in which it was stale are not in `set` */
};

struct reach_set {
    struct reach_state *states; /* ascending */
    uint32_t count;
    bool lost;        /* some state holds the newest version nowhere */
    uint8_t dirty;    /* bit d: some state is dirty in domain d */
    uint32_t closure; /* for the owner, of a set of one state: what another machine makes of that state;
                         REACH_SET_NONE: not asked yet */
    uint8_t within;   /* for the owner: what it knows this set to be part of */
    uint32_t *edge;   /* [label]: set << 1 | stale, REACH_SET_NONE: not computed yet */
};

struct reach_sets {
    struct reach_rules rules;
    struct reach_set *sets;
    uint32_t count;
    uint32_t capacity;
    uint32_t *index; /* open addressing over the contents of the sets */
    uint32_t index_capacity;
    struct reach_state *work; /* scratch for closures */
    uint32_t work_capacity;
    uint64_t *work_index; /* open addressing over the scratch: generation << 32 | place; twice its capacity */
    uint32_t work_generation;
    bool overflowed; /* REACH_SETS_MAX or the host's memory: results are no longer right */
};

bool reach_sets_init(struct reach_sets *sets, const struct reach_rules *rules);
void reach_sets_release(struct reach_sets *sets);

/* The set of all that follows from one state. */
uint32_t reach_sets_of(struct reach_sets *sets, struct reach_state state);
/* The same from several states. */
uint32_t reach_sets_of_states(struct reach_sets *sets, const struct reach_state *states, uint32_t count);

/* Every state of the one is in the other. */
bool reach_sets_within(const struct reach_sets *sets, uint32_t inner, uint32_t outer);

/* Computes an edge; see reach_sets_step(). */
uint32_t reach_sets_edge(struct reach_sets *sets, uint32_t set, uint32_t label);

static inline struct reach_edge reach_sets_step(struct reach_sets *sets, uint32_t set, uint32_t label)
{
    uint32_t edge = sets->sets[set].edge[label];
    if (edge == REACH_SET_NONE) {
        edge = reach_sets_edge(sets, set, label);
    }
    return (struct reach_edge){.set = edge >> 1, .stale = (edge & 1) != 0};
}

#ifdef __cplusplus
}
#endif

#endif
