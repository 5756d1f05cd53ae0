/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/checker/reach_state.h"

#include <assert.h>

#define DRAM_FRESH     1ULL
#define FILLABLE_SHIFT 1
#define COPY_SHIFT     5
#define COPY_BITS      3
#define NC_SHIFT       17
#define NC_BITS        4
#define PAIR_BITS      10
#define BEHIND_SHIFT   3
#define SWEEP_SHIFT    6

static bool dram_fresh(struct reach_state s)
{
    return (s.memory & DRAM_FRESH) != 0;
}

static void dram_set(struct reach_state *s, bool fresh)
{
    s->memory = (s->memory & ~DRAM_FRESH) | (fresh ? DRAM_FRESH : 0);
}

static enum reach_copy copy_of(struct reach_state s, uint32_t domain)
{
    return (enum reach_copy)(s.memory >> (COPY_SHIFT + COPY_BITS * domain) & 7);
}

static void copy_set(struct reach_state *s, uint32_t domain, enum reach_copy copy)
{
    const uint32_t shift = COPY_SHIFT + COPY_BITS * domain;
    s->memory = (s->memory & ~(7ULL << shift)) | (uint64_t)copy << shift;
}

static bool copy_fresh(enum reach_copy copy)
{
    return copy == REACH_CLEAN_FRESH || copy == REACH_DIRTY_FRESH;
}

static bool copy_dirty(enum reach_copy copy)
{
    return copy == REACH_DIRTY_STALE || copy == REACH_DIRTY_FRESH;
}

static enum reach_copy copy_made(bool dirty, bool fresh)
{
    if (dirty) {
        return fresh ? REACH_DIRTY_FRESH : REACH_DIRTY_STALE;
    }
    return fresh ? REACH_CLEAN_FRESH : REACH_CLEAN_STALE;
}

static uint32_t nc_of(struct reach_state s, uint32_t pe)
{
    return s.memory >> (NC_SHIFT + NC_BITS * pe) & 15;
}

static void nc_set(struct reach_state *s, uint32_t pe, uint32_t nc)
{
    const uint32_t shift = NC_SHIFT + NC_BITS * pe;
    s->memory = (s->memory & ~(15ULL << shift)) | (uint64_t)nc << shift;
}

static enum reach_pending ahead_of(struct reach_state s, uint32_t pair)
{
    return (enum reach_pending)(s.pending >> (PAIR_BITS * pair) & 7);
}

static enum reach_pending behind_of(struct reach_state s, uint32_t pair)
{
    return (enum reach_pending)(s.pending >> (PAIR_BITS * pair + BEHIND_SHIFT) & 7);
}

static uint32_t sweeps_of(struct reach_state s, uint32_t pair)
{
    return s.pending >> (PAIR_BITS * pair + SWEEP_SHIFT) & 15;
}

static void pending_set(struct reach_state *s, uint32_t pair, enum reach_pending ahead,
                        enum reach_pending behind, uint32_t sweeps)
{
    const uint32_t shift = PAIR_BITS * pair;
    const uint64_t field =
        (uint64_t)ahead | (uint64_t)behind << BEHIND_SHIFT | (uint64_t)sweeps << SWEEP_SHIFT;
    s->pending = (s->pending & ~(0x3FFULL << shift)) | field << shift;
}

struct reach_state reach_state_initial(const struct reach_rules *rules)
{
    const uint64_t fillable = (1ULL << rules->domain_count) - 1;
    return (struct reach_state){.memory = DRAM_FRESH | fillable << FILLABLE_SHIFT};
}

/* Dirty bytes reach DRAM; the copy stays, clean. */
static void copy_clean(const struct reach_rules *rules, struct reach_state *s, uint32_t domain)
{
    const enum reach_copy copy = copy_of(*s, domain);
    if (!copy_dirty(copy)) {
        return;
    }
    dram_set(s, copy_fresh(copy) || (rules->mode.keep_fresh && dram_fresh(*s)));
    copy_set(s, domain, copy_made(false, copy_fresh(copy)));
}

static void copy_invalidate(const struct reach_rules *rules, struct reach_state *s, uint32_t domain)
{
    if (rules->mode.clean_first) {
        copy_clean(rules, s, domain);
    }
    copy_set(s, domain, REACH_ABSENT);
}

static void clean_invalidate(const struct reach_rules *rules, struct reach_state *s, uint32_t domain)
{
    copy_clean(rules, s, domain);
    copy_set(s, domain, REACH_ABSENT);
}

/* The first operation of a normal form takes effect; what remains. */
static enum reach_pending pending_effect(const struct reach_rules *rules, struct reach_state *s,
                                         uint32_t domain, enum reach_pending pending)
{
    switch (pending) {
    case REACH_PENDING_NONE:
        break;
    case REACH_PENDING_CLEAN:
        copy_clean(rules, s, domain);
        break;
    case REACH_PENDING_CLEAN_INVALIDATE:
        clean_invalidate(rules, s, domain);
        break;
    case REACH_PENDING_INVALIDATE:
        copy_invalidate(rules, s, domain);
        break;
    case REACH_PENDING_CLEAN_THEN_INVALIDATE:
        copy_clean(rules, s, domain);
        return REACH_PENDING_INVALIDATE;
    }
    return REACH_PENDING_NONE;
}

/* `then` is one operation. */
static enum reach_pending pending_append(enum reach_pending first, enum reach_pending then)
{
    if (first == REACH_PENDING_NONE || then == REACH_PENDING_NONE) {
        return first == REACH_PENDING_NONE ? then : first;
    }
    if (first == REACH_PENDING_INVALIDATE || first == REACH_PENDING_CLEAN_THEN_INVALIDATE) {
        return first;
    }
    if (then == REACH_PENDING_INVALIDATE) {
        return REACH_PENDING_CLEAN_THEN_INVALIDATE;
    }
    return then == REACH_PENDING_CLEAN ? first : then;
}

static enum reach_pending pending_join(enum reach_pending first, enum reach_pending second)
{
    if (second == REACH_PENDING_CLEAN_THEN_INVALIDATE) {
        return pending_append(pending_append(first, REACH_PENDING_CLEAN), REACH_PENDING_INVALIDATE);
    }
    return pending_append(first, second);
}

static bool pair_ops_done(struct reach_state s, uint32_t pair)
{
    return ahead_of(s, pair) == REACH_PENDING_NONE && behind_of(s, pair) == REACH_PENDING_NONE;
}

/* A newer version exists: everything that is not this copy is stale, and so is every buffered store. */
static void all_become_stale(const struct reach_rules *rules, struct reach_state *s)
{
    dram_set(s, false);
    for (uint32_t d = 0; d < rules->domain_count; d++) {
        const enum reach_copy copy = copy_of(*s, d);
        if (copy != REACH_ABSENT) {
            copy_set(s, d, copy_made(copy_dirty(copy), false));
        }
    }
    for (uint32_t pe = 0; pe < rules->pe_count; pe++) {
        nc_set(s, pe, nc_of(*s, pe) & ~REACH_NC_FRESH);
    }
}

/* A cacheable access waits for its PE's operations on the line, then has a copy. */
static enum reach_outcome cacheable_access(const struct reach_rules *rules, enum reach_event event,
                                           uint32_t pair, struct reach_state *s)
{
    if (!pair_ops_done(*s, pair)) {
        return REACH_IMPOSSIBLE;
    }
    const uint32_t domain = rules->pairs[pair].domain;
    enum reach_copy copy = copy_of(*s, domain);
    if (copy == REACH_ABSENT) {
        copy = copy_made(false, dram_fresh(*s));
    }
    if (event == REACH_WRITE) {
        all_become_stale(rules, s);
        copy = REACH_DIRTY_FRESH;
    } else if (event == REACH_WRITE_NEIGHBOUR) {
        copy = copy_made(true, copy_fresh(copy));
    }
    copy_set(s, domain, copy);
    return event == REACH_READ && !copy_fresh(copy) ? REACH_STALE : REACH_GOES_ON;
}

static enum reach_outcome nc_read(struct reach_state s, uint32_t pe)
{
    const uint32_t nc = nc_of(s, pe);
    const bool fresh = (nc & REACH_NC_PENDING) != 0 ? (nc & REACH_NC_FRESH) != 0 : dram_fresh(s);
    return fresh ? REACH_GOES_ON : REACH_STALE;
}

static enum reach_outcome nc_write(const struct reach_rules *rules, enum reach_event event, uint32_t pe,
                                   struct reach_state *s)
{
    const bool buffered = event == REACH_WRITE_NC_BUFFERED && !rules->mode.prompt;
    all_become_stale(rules, s);
    nc_set(s, pe, buffered ? REACH_NC_PENDING | REACH_NC_FRESH : 0);
    if (!buffered) {
        dram_set(s, true); /* its own older stores of these bytes have drained before it */
    }
    return REACH_GOES_ON;
}

static enum reach_outcome va_op(const struct reach_rules *rules, enum reach_event event, uint32_t pair,
                                struct reach_state *s)
{
    const enum reach_pending op = event == REACH_CVAC    ? REACH_PENDING_CLEAN
                                  : event == REACH_CIVAC ? REACH_PENDING_CLEAN_INVALIDATE
                                                         : REACH_PENDING_INVALIDATE;
    if (rules->mode.prompt) {
        pending_effect(rules, s, rules->pairs[pair].domain, op);
        return REACH_GOES_ON;
    }
    pending_set(s, pair, ahead_of(*s, pair), pending_append(behind_of(*s, pair), op), sweeps_of(*s, pair));
    return REACH_GOES_ON;
}

static uint32_t sweep_bit(enum reach_event event)
{
    switch (event) {
    case REACH_CSW:
        return REACH_SWEEP_CLEAN;
    case REACH_ISW:
        return REACH_SWEEP_INVALIDATE;
    case REACH_CISW:
        return REACH_SWEEP_CLEAN_INVALIDATE;
    default:
        assert(event == REACH_ISW_MAY_MISS);
        return REACH_SWEEP_MAY_INVALIDATE;
    }
}

static void sweep_effect(const struct reach_rules *rules, struct reach_state *s, uint32_t domain,
                         uint32_t bit)
{
    if (bit == REACH_SWEEP_CLEAN) {
        copy_clean(rules, s, domain);
    } else if (bit == REACH_SWEEP_CLEAN_INVALIDATE) {
        clean_invalidate(rules, s, domain);
    } else {
        copy_invalidate(rules, s, domain);
    }
}

static enum reach_outcome sweep(const struct reach_rules *rules, enum reach_event event, uint32_t pair,
                                struct reach_state states[2], uint32_t *count)
{
    const uint32_t bit = sweep_bit(event);
    if (!rules->mode.prompt) {
        pending_set(&states[0], pair, ahead_of(states[0], pair), behind_of(states[0], pair),
                    sweeps_of(states[0], pair) | bit);
        return REACH_GOES_ON;
    }
    if (bit == REACH_SWEEP_MAY_INVALIDATE) {
        states[1] = states[0];
        *count = 2;
    }
    sweep_effect(rules, &states[0], rules->pairs[pair].domain, bit);
    return REACH_GOES_ON;
}

/* Everything of the PE is complete: a state where something is not cannot be here. A sweep that missed is
 * over. */
static enum reach_outcome dsb(const struct reach_rules *rules, uint32_t pe, struct reach_state *s)
{
    if (nc_of(*s, pe) != 0) {
        return REACH_IMPOSSIBLE;
    }
    for (uint32_t pair = 0; pair < rules->pair_count; pair++) {
        if (rules->pairs[pair].pe != pe) {
            continue;
        }
        if (!pair_ops_done(*s, pair) || (sweeps_of(*s, pair) & REACH_SWEEP_CERTAIN) != 0) {
            return REACH_IMPOSSIBLE;
        }
        pending_set(s, pair, REACH_PENDING_NONE, REACH_PENDING_NONE, 0);
    }
    return REACH_GOES_ON;
}

static enum reach_outcome dmb(const struct reach_rules *rules, uint32_t pe, struct reach_state *s)
{
    for (uint32_t pair = 0; pair < rules->pair_count; pair++) {
        if (rules->pairs[pair].pe == pe) {
            pending_set(s, pair, pending_join(ahead_of(*s, pair), behind_of(*s, pair)), REACH_PENDING_NONE,
                        sweeps_of(*s, pair));
        }
    }
    if (nc_of(*s, pe) != 0) {
        nc_set(s, pe, nc_of(*s, pe) | REACH_NC_ORDERED);
    }
    return REACH_GOES_ON;
}

static enum reach_outcome dmb_complete(const struct reach_rules *rules, uint32_t pe, struct reach_state s)
{
    for (uint32_t pair = 0; pair < rules->pair_count; pair++) {
        if (rules->pairs[pair].pe == pe && ahead_of(s, pair) != REACH_PENDING_NONE) {
            return REACH_IMPOSSIBLE;
        }
    }
    return (nc_of(s, pe) & REACH_NC_ORDERED) != 0 ? REACH_IMPOSSIBLE : REACH_GOES_ON;
}

static enum reach_outcome barrier(const struct reach_rules *rules, enum reach_event event, uint32_t pe,
                                  struct reach_state *s)
{
    const uint32_t nc = nc_of(*s, pe);
    switch (event) {
    case REACH_DSB:
        return dsb(rules, pe, s);
    case REACH_DRAIN:
        return nc != 0 ? REACH_IMPOSSIBLE : REACH_GOES_ON;
    case REACH_DMB:
        return dmb(rules, pe, s);
    case REACH_DMB_COMPLETE:
        return dmb_complete(rules, pe, *s);
    case REACH_DMB_ST:
        nc_set(s, pe, nc != 0 ? nc | REACH_NC_ORDERED_ST : 0);
        return REACH_GOES_ON;
    default:
        assert(event == REACH_DMB_ST_COMPLETE);
        return (nc & REACH_NC_ORDERED_ST) != 0 ? REACH_IMPOSSIBLE : REACH_GOES_ON;
    }
}

enum reach_outcome reach_step(const struct reach_rules *rules, uint32_t label, struct reach_state states[2],
                              uint32_t *count)
{
    const enum reach_event event = (enum reach_event)(label / REACH_OPERANDS_MAX);
    const uint32_t operand = label % REACH_OPERANDS_MAX;
    struct reach_state *s = &states[0];
    *count = 1;
    if (event <= REACH_WRITE_NEIGHBOUR) {
        return cacheable_access(rules, event, operand, s);
    }
    if (event == REACH_READ_NC) {
        return nc_read(*s, operand);
    }
    if (event <= REACH_WRITE_NC_BUFFERED) {
        return nc_write(rules, event, operand, s);
    }
    if (event <= REACH_IVAC) {
        return va_op(rules, event, operand, s);
    }
    if (event <= REACH_ISW_MAY_MISS) {
        return sweep(rules, event, operand, states, count);
    }
    if (event <= REACH_DMB_ST_COMPLETE) {
        return barrier(rules, event, operand, s);
    }
    const uint64_t fillable = 1ULL << (FILLABLE_SHIFT + operand);
    s->memory = event == REACH_MAP ? s->memory | fillable : s->memory & ~fillable;
    return REACH_GOES_ON;
}

static void move_add(struct reach_move *moves, uint32_t *count, struct reach_state state,
                     enum checker_move_kind kind, enum reach_source source, struct reach_pair who)
{
    assert(*count < REACH_MOVES_MAX);
    moves[(*count)++] = (struct reach_move){
        .state = state, .kind = (uint8_t)kind, .source = (uint8_t)source, .domain = who.domain, .pe = who.pe};
}

static void copy_moves(const struct reach_rules *rules, struct reach_state state, uint32_t domain,
                       struct reach_move *moves, uint32_t *count)
{
    const enum reach_copy copy = copy_of(state, domain);
    const struct reach_pair who = {.domain = (uint8_t)domain};
    struct reach_state next = state;
    if (copy == REACH_ABSENT) {
        if ((state.memory >> (FILLABLE_SHIFT + domain) & 1) != 0) {
            copy_set(&next, domain, copy_made(false, dram_fresh(state)));
            move_add(moves, count, next, CHECKER_MOVE_FILL, REACH_SOURCE_COPY, who);
        }
    } else if (copy_dirty(copy)) {
        copy_clean(rules, &next, domain);
        move_add(moves, count, next, CHECKER_MOVE_WRITEBACK, REACH_SOURCE_COPY, who);
    } else {
        copy_set(&next, domain, REACH_ABSENT);
        move_add(moves, count, next, CHECKER_MOVE_DROP, REACH_SOURCE_COPY, who);
    }
}

static void pair_moves(const struct reach_rules *rules, struct reach_state state, uint32_t pair,
                       struct reach_move *moves, uint32_t *count)
{
    const struct reach_pair who = rules->pairs[pair];
    const enum reach_pending ahead = ahead_of(state, pair), behind = behind_of(state, pair);
    const uint32_t sweeps = sweeps_of(state, pair);
    struct reach_state next = state;
    if (ahead != REACH_PENDING_NONE) {
        const enum reach_pending rest = pending_effect(rules, &next, who.domain, ahead);
        pending_set(&next, pair, rest, behind, sweeps);
        move_add(moves, count, next, CHECKER_MOVE_COMPLETE, REACH_SOURCE_OP_AHEAD, who);
    } else if (behind != REACH_PENDING_NONE) {
        const enum reach_pending rest = pending_effect(rules, &next, who.domain, behind);
        pending_set(&next, pair, ahead, rest, sweeps);
        move_add(moves, count, next, CHECKER_MOVE_COMPLETE, REACH_SOURCE_OP_BEHIND, who);
    }
    for (uint32_t bit = 1; bit <= REACH_SWEEP_MAY_INVALIDATE; bit <<= 1) {
        if ((sweeps & bit) != 0) {
            next = state;
            sweep_effect(rules, &next, who.domain, bit);
            pending_set(&next, pair, ahead, behind, sweeps & ~bit);
            move_add(moves, count, next, CHECKER_MOVE_COMPLETE, REACH_SOURCE_SWEEP, who);
        }
    }
}

uint32_t reach_moves(const struct reach_rules *rules, struct reach_state state,
                     struct reach_move moves[REACH_MOVES_MAX])
{
    uint32_t count = 0;
    for (uint32_t domain = 0; domain < rules->domain_count; domain++) {
        copy_moves(rules, state, domain, moves, &count);
    }
    for (uint32_t pair = 0; pair < rules->pair_count; pair++) {
        pair_moves(rules, state, pair, moves, &count);
    }
    for (uint32_t pe = 0; pe < rules->pe_count; pe++) {
        const uint32_t nc = nc_of(state, pe);
        if (nc != 0) {
            struct reach_state next = state;
            dram_set(&next, (nc & REACH_NC_FRESH) != 0);
            nc_set(&next, pe, 0);
            const struct reach_pair who = {.pe = (uint8_t)pe};
            move_add(moves, &count, next, CHECKER_MOVE_DRAIN, REACH_SOURCE_STORE, who);
            moves[count - 1].store = (uint8_t)nc;
        }
    }
    return count;
}

bool reach_waits_for(const struct reach_rules *rules, uint32_t label, const struct reach_move *move)
{
    const enum reach_event event = (enum reach_event)(label / REACH_OPERANDS_MAX);
    const uint32_t operand = label % REACH_OPERANDS_MAX;
    const bool op = move->source == REACH_SOURCE_OP_AHEAD || move->source == REACH_SOURCE_OP_BEHIND;
    if (event <= REACH_WRITE_NEIGHBOUR) {
        return op && move->pe == rules->pairs[operand].pe && move->domain == rules->pairs[operand].domain;
    }
    if (event < REACH_DSB || event > REACH_DMB_ST_COMPLETE || move->source == REACH_SOURCE_COPY ||
        move->pe != operand) {
        return false;
    }
    const bool store = move->source == REACH_SOURCE_STORE;
    switch (event) {
    case REACH_DSB:
        return true;
    case REACH_DRAIN:
        return store;
    case REACH_DMB_COMPLETE:
        return move->source == REACH_SOURCE_OP_AHEAD || (store && (move->store & REACH_NC_ORDERED) != 0);
    case REACH_DMB_ST_COMPLETE:
        return store && (move->store & REACH_NC_ORDERED_ST) != 0;
    default:
        return false;
    }
}

bool reach_state_lost(const struct reach_rules *rules, struct reach_state state)
{
    if (dram_fresh(state)) {
        return false;
    }
    for (uint32_t domain = 0; domain < rules->domain_count; domain++) {
        if (copy_fresh(copy_of(state, domain))) {
            return false;
        }
    }
    for (uint32_t pe = 0; pe < rules->pe_count; pe++) {
        if ((nc_of(state, pe) & REACH_NC_FRESH) != 0) {
            return false;
        }
    }
    return true;
}

bool reach_state_dirty(struct reach_state state, uint32_t domain)
{
    return copy_dirty(copy_of(state, domain));
}
