/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One reachable state of a granule, and what an event or a move does to it.
 *
 *     dram      fresh or stale: the copy at the PoC
 *     copy_d    per domain: absent, or clean or dirty, fresh or stale
 *     queue_p   per PE, in program order: operations by VA that were issued and are not known complete, the
 * newest buffered non-cacheable store of these bytes, and marks where a DMB stands between them sweep_p,d per
 * (PE, domain): pending set/way sweeps by kind fillable  per domain: the adversary may fill the line
 *
 * Items of a queue take effect at any time, but none before everything in front of a mark that precedes it,
 * and operations of one domain in their order. Within a stretch between marks the operations of one domain
 * keep a normal form of at most two: a clean, or a clean and invalidate, does nothing that the adversary may
 * not do anyway, so it matters only as an obligation; whatever follows an invalidate is satisfied at the
 * moment the invalidate takes effect, and of cleans in a row the strongest remains. (The brute-force test of
 * the property suite holds this against literal queues.)
 */
#ifndef MODEL_CHECKER_REACH_STATE_H
#define MODEL_CHECKER_REACH_STATE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

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

/* Sweeps of a (PE, domain): bits. A sweep that may miss matters only if it can destroy something. */
#define REACH_SWEEP_CLEAN            1U
#define REACH_SWEEP_INVALIDATE       2U
#define REACH_SWEEP_MAY_INVALIDATE   4U
#define REACH_SWEEP_CLEAN_INVALIDATE 8U
#define REACH_SWEEP_CERTAIN          (REACH_SWEEP_CLEAN | REACH_SWEEP_INVALIDATE | REACH_SWEEP_CLEAN_INVALIDATE)

/* What a place of a queue holds: 4 bits. Operations: REACH_ITEM_OPS + 3 * domain + kind. */
#define REACH_ITEM_NONE  0U
#define REACH_ITEM_MARK  1U
#define REACH_ITEM_STORE 2U
#define REACH_ITEM_OPS   3U

enum reach_op { REACH_OP_CLEAN, REACH_OP_CLEAN_INVALIDATE, REACH_OP_INVALIDATE };

#define REACH_QUEUE_MAX 16 /* items of a PE's queue; no program that makes accesses comes near */

struct reach_state {
    uint64_t
        memory; /* [0] dram fresh, [4:1] fillable by domain, 3 bits a copy from 5, from 17 by PE: its store is
                   fresh, from 21: it stands before a DMB ST, from 25 by pair: 4 bits of sweeps */
    uint64_t queue[CHECKER_PES_MAX]; /* first item lowest */
};

/* Changes of the rules, by which a finding's name is found (checker.h, enum checker_rule). */
struct reach_mode {
    bool prompt;      /* every operation completes and every store drains when issued */
    bool keep_fresh;  /* write-backs and cleans never put stale bytes over fresh DRAM */
    bool clean_first; /* invalidates and sweeps clean first */
    bool still; /* the adversary makes no moves; a stale read changes nothing: what a replay without moves
                   does */
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
    REACH_CSW_MAY_MISS, /* pair; the cleans do nothing that a move does not, but a replay makes them hit */
    REACH_ISW_MAY_MISS,
    REACH_CISW_MAY_MISS,
    REACH_DSB,          /* PE */
    REACH_DRAIN,        /* PE: its buffered stores complete */
    REACH_DMB,          /* PE: orders what is pending */
    REACH_DMB_COMPLETE, /* PE: what a DMB ordered is complete */
    REACH_DMB_ST,       /* PE */
    REACH_DMB_ST_COMPLETE,
    REACH_MAP, /* domain */
    REACH_UNMAP,
};
#define REACH_EVENT_COUNT  24
#define REACH_OPERANDS_MAX 8
#define REACH_LABEL_COUNT  (REACH_EVENT_COUNT * REACH_OPERANDS_MAX)

/* An event with its operand in one number. */
static inline uint32_t reach_label(enum reach_event event, uint32_t operand)
{
    return (uint32_t)event * REACH_OPERANDS_MAX + operand;
}

/* DRAM fresh, nothing cached, nothing pending, every domain fillable. */
struct reach_state reach_state_initial(const struct reach_rules *rules);

/* The same, but only these domains (a bit each) may fill the line. */
struct reach_state reach_state_fillable(const struct reach_rules *rules, uint32_t domains);

enum reach_outcome {
    REACH_GOES_ON,    /* the state is now what the event made of it */
    REACH_IMPOSSIBLE, /* the event cannot happen in this state: something must complete first */
    REACH_STALE,      /* the event read something stale */
    REACH_TOO_MUCH,   /* REACH_QUEUE_MAX */
};

/*
 * What the event makes of a state. At most two states follow: `states[0]` is changed in place, `*count`
 * becomes 2 when a sweep that may miss is resolved at issue (mode prompt).
 */
enum reach_outcome reach_step(const struct reach_rules *rules, uint32_t label, struct reach_state states[2],
                              uint32_t *count);

#define REACH_MOVES_MAX 64 /* moves that one state allows */

struct reach_move {
    struct reach_state state; /* after it */
    uint8_t kind;             /* enum checker_move_kind */
    uint8_t domain;
    uint8_t pe;
    uint8_t item; /* what left the queue; REACH_ITEM_NONE: a sweep, or a move of a copy */
    bool behind;  /* a sweep, and `complete` of its (PE, domain) means something else first */
};

/* The event (with its operand) cannot happen in `before` until moves like this one have been made; of a DSB:
 * it makes them itself. */
bool reach_waits_for(const struct reach_rules *rules, uint32_t label, struct reach_state before,
                     const struct reach_move *move);

/* Every move that the adversary can make in a state; returns how many. */
uint32_t reach_moves(const struct reach_rules *rules, struct reach_state state,
                     struct reach_move moves[REACH_MOVES_MAX]);

/* What the event issues must take effect behind something that is pending: it cannot do so at once. */
bool reach_issue_waits(const struct reach_rules *rules, struct reach_state state, uint32_t label);

/* No DRAM, no copy, no buffered store holds the newest version. */
bool reach_state_lost(const struct reach_rules *rules, struct reach_state state);
bool reach_state_dirty(struct reach_state state, uint32_t domain);

static inline bool reach_state_equal(struct reach_state a, struct reach_state b)
{
    return memcmp(&a, &b, sizeof(a)) == 0;
}

static inline bool reach_state_less(struct reach_state a, struct reach_state b)
{
    return memcmp(&a, &b, sizeof(a)) < 0; /* any order serves, as long as it is one */
}

#ifdef __cplusplus
}
#endif

#endif
