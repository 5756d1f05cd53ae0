/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One reachable state of a granule, and what an event or a move does to it.
 *
 *     dram      fresh or stale: the copy at the PoC
 *     copy_d    per domain: absent, or clean or dirty, fresh or stale
 *     nc_p      per PE: its newest buffered non-cacheable store of these bytes, fresh or stale, if any;
 * whether a DMB (or DMB ST) that its next access must wait for came after it va_p,d    per (PE, domain): the
 * operations by VA, issued and not known complete, in issue order, those before the last DMB apart from those
 * behind it sweep_p,d per (PE, domain): pending set/way sweeps by kind fillable  per domain: the adversary
 * may fill the line
 *
 * Pending operations by VA keep one of five normal forms. Each takes effect at any time, in order, and a
 * clean or a clean and invalidate does nothing that the adversary may not do anyway, so it matters only as an
 * obligation: whatever follows a pending invalidate is satisfied at the moment the invalidate takes effect,
 * and of cleans in a row the strongest remains. (The brute-force test of the property suite holds this
 * against literal queues.)
 */
#ifndef MODEL_CHECKER_REACH_STATE_H
#define MODEL_CHECKER_REACH_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/checker/checker.h"

#ifdef __cplusplus
extern "C" {
#endif

enum reach_copy {
    REACH_ABSENT,
    REACH_CLEAN_STALE,
    REACH_CLEAN_FRESH,
    REACH_DIRTY_STALE,
    REACH_DIRTY_FRESH,
};

enum reach_pending {
    REACH_PENDING_NONE,
    REACH_PENDING_CLEAN,
    REACH_PENDING_CLEAN_INVALIDATE,
    REACH_PENDING_INVALIDATE,
    REACH_PENDING_CLEAN_THEN_INVALIDATE,
};

/* Sweeps of a (PE, domain): bits. A sweep that may miss matters only if it can destroy something. */
#define REACH_SWEEP_CLEAN            1U
#define REACH_SWEEP_INVALIDATE       2U
#define REACH_SWEEP_CLEAN_INVALIDATE 4U
#define REACH_SWEEP_MAY_INVALIDATE   8U
#define REACH_SWEEP_CERTAIN          (REACH_SWEEP_CLEAN | REACH_SWEEP_INVALIDATE | REACH_SWEEP_CLEAN_INVALIDATE)

/* A buffered store. */
#define REACH_NC_PENDING    1U
#define REACH_NC_FRESH      2U
#define REACH_NC_ORDERED    4U /* before a DMB */
#define REACH_NC_ORDERED_ST 8U /* before a DMB ST */

/* Packed, so that sets are sorted vectors of two words. */
struct reach_state {
    uint64_t memory;  /* [0] dram fresh, [4:1] fillable by domain, 3 bits a copy from 5, 4 bits a buffered
                         store from 17 */
    uint64_t pending; /* 10 bits a pair: before the DMB [2:0], behind it [5:3], sweeps [9:6] */
};

/* Changes of the rules, by which a finding's name is found (checker.h, enum checker_rule). */
struct reach_mode {
    bool prompt;      /* every operation completes and every store drains when issued */
    bool keep_fresh;  /* write-backs and cleans never put stale bytes over fresh DRAM */
    bool clean_first; /* invalidates and sweeps clean first */
};

struct reach_pair {
    uint8_t pe;
    uint8_t domain;
};

struct reach_rules {
    struct reach_mode mode;
    uint32_t domain_count;
    uint32_t pe_count;
    uint32_t pair_count;
    struct reach_pair pairs[CHECKER_PAIRS_MAX];
};

/* What happens to a granule. `operand` is a PE, a domain or a pair, as said. */
enum reach_event {
    REACH_READ,           /* pair: cacheable, of this granule */
    REACH_READ_NEIGHBOUR, /* pair: cacheable, of another granule of the line */
    REACH_WRITE,          /* pair */
    REACH_WRITE_NEIGHBOUR,
    REACH_READ_NC,           /* PE */
    REACH_WRITE_NC,          /* PE, unbuffered */
    REACH_WRITE_NC_BUFFERED, /* PE */
    REACH_CVAC,              /* pair */
    REACH_CIVAC,
    REACH_IVAC,
    REACH_CSW, /* pair: certain sweeps */
    REACH_ISW,
    REACH_CISW,
    REACH_ISW_MAY_MISS, /* pair; the other sweeps that may miss do nothing that a move does not */
    REACH_DSB,          /* PE */
    REACH_DRAIN,        /* PE: its buffered stores complete */
    REACH_DMB,          /* PE: orders what is pending */
    REACH_DMB_COMPLETE, /* PE: what a DMB ordered is complete */
    REACH_DMB_ST,       /* PE */
    REACH_DMB_ST_COMPLETE,
    REACH_MAP, /* domain */
    REACH_UNMAP,
};
#define REACH_EVENT_COUNT  22
#define REACH_OPERANDS_MAX 6
#define REACH_LABEL_COUNT  (REACH_EVENT_COUNT * REACH_OPERANDS_MAX)

/* An event with its operand in one number. */
static inline uint32_t reach_label(enum reach_event event, uint32_t operand)
{
    return (uint32_t)event * REACH_OPERANDS_MAX + operand;
}

/* DRAM fresh, nothing cached, nothing pending, every domain fillable. */
struct reach_state reach_state_initial(const struct reach_rules *rules);

enum reach_outcome {
    REACH_GOES_ON,    /* the state is now what the event made of it */
    REACH_IMPOSSIBLE, /* the event cannot happen in this state: something must complete first */
    REACH_STALE,      /* the event read something stale */
};

/*
 * What the event makes of a state. At most two states follow: `states[0]` is changed in place, `*count`
 * becomes 2 when a sweep that may miss is resolved at issue (mode prompt).
 */
enum reach_outcome reach_step(const struct reach_rules *rules, uint32_t label, struct reach_state states[2],
                              uint32_t *count);

#define REACH_MOVES_MAX 64 /* moves that one state allows */

/* What a move is made of: barriers and accesses wait for some of it. */
enum reach_source {
    REACH_SOURCE_COPY,
    REACH_SOURCE_OP_AHEAD,  /* an operation by VA before the last DMB */
    REACH_SOURCE_OP_BEHIND, /* behind it */
    REACH_SOURCE_SWEEP,
    REACH_SOURCE_STORE,
};

struct reach_move {
    struct reach_state state; /* after it */
    uint8_t kind;             /* enum checker_move_kind */
    uint8_t source;           /* enum reach_source */
    uint8_t domain;
    uint8_t pe;
    uint8_t store; /* REACH_SOURCE_STORE: the REACH_NC_* bits of the store that drained */
};

/* The event (with its operand) cannot happen before this move has been made, or one like it. */
bool reach_waits_for(const struct reach_rules *rules, uint32_t label, const struct reach_move *move);

/* Every move that the adversary can make in a state; returns how many. */
uint32_t reach_moves(const struct reach_rules *rules, struct reach_state state,
                     struct reach_move moves[REACH_MOVES_MAX]);

/* No DRAM, no copy, no buffered store holds the newest version. */
bool reach_state_lost(const struct reach_rules *rules, struct reach_state state);
bool reach_state_dirty(struct reach_state state, uint32_t domain);

static inline bool reach_state_equal(struct reach_state a, struct reach_state b)
{
    return a.memory == b.memory && a.pending == b.pending;
}

static inline bool reach_state_less(struct reach_state a, struct reach_state b)
{
    return a.memory != b.memory ? a.memory < b.memory : a.pending < b.pending;
}

#ifdef __cplusplus
}
#endif

#endif
