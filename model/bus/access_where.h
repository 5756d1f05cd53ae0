/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where in a run an access stands, so that two runs of the same program in different modes agree on it: for
 * the agents of a PE (instructions, fetches, walks) by the number of instructions that it had retired and the
 * access's place in its instruction; for all others by the number of bus accesses that they had made,
 * whatever these were. This is what the positions of tokens mean (cosim/token.h).
 *
 * Must not depend on what a cache, a grant or DMI served.
 */
#ifndef MODEL_BUS_ACCESS_WHERE_H
#define MODEL_BUS_ACCESS_WHERE_H

#include "model/bus/access.h"

#ifdef __cplusplus
extern "C" {
#endif

struct access_where {
    uint64_t count;   /* instructions, or bus accesses, before it */
    uint32_t ordinal; /* of the access in its instruction, from 0 */
    uint8_t agent;    /* enum agent_kind */
    uint8_t pe;       /* of agents of a PE, else 0 */
};

/* What has been counted: zero it, and tell it of every access that enters the memory side, in order. */
struct access_counter {
    uint64_t made[AGENT_KIND_COUNT]; /* by agents that are not told by instructions */
};

/* Where this access stands. A request for a grant stands where the access stands for which it is made. */
struct access_where access_where_next(struct access_counter *counter, const struct access *access);

static inline bool access_where_equal(const struct access_where *a, const struct access_where *b)
{
    return a->count == b->count && a->ordinal == b->ordinal && a->agent == b->agent && a->pe == b->pe;
}

#ifdef __cplusplus
}
#endif

#endif
