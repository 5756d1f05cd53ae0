/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/checker/reach_state.h"

#include <assert.h>

#define DRAM_FRESH          1ULL
#define FILLABLE_SHIFT      1
#define COPY_SHIFT          5
#define COPY_BITS           3
#define STORE_FRESH_SHIFT   17
#define STORE_ORDERED_SHIFT 21
#define SWEEP_SHIFT         25
#define SWEEP_BITS          4
#define ITEM_BITS           4

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

static uint32_t item_at(uint64_t queue, uint32_t place)
{
    return queue >> (ITEM_BITS * place) & 15;
}

static uint32_t queue_count(uint64_t queue)
{
    return queue == 0 ? 0 : (63U - (uint32_t)__builtin_clzll(queue)) / ITEM_BITS + 1;
}

static uint64_t queue_without(uint64_t queue, uint32_t place)
{
    const uint64_t below = queue & ((1ULL << (ITEM_BITS * place)) - 1);
    const uint64_t above = place + 1 == REACH_QUEUE_MAX ? 0 : queue >> (ITEM_BITS * (place + 1));
    return below | above << (ITEM_BITS * place);
}

/* Marks order something only between items: none leads, none follows another. */
static uint64_t queue_tidy(uint64_t queue)
{
    while (item_at(queue, 0) == REACH_ITEM_MARK) {
        queue >>= ITEM_BITS;
    }
    for (uint32_t i = 1; i < REACH_QUEUE_MAX; i++) {
        while (item_at(queue, i) == REACH_ITEM_MARK && item_at(queue, i - 1) == REACH_ITEM_MARK) {
            queue = queue_without(queue, i);
        }
    }
    return queue;
}

/* The place of an item, REACH_QUEUE_MAX if it is not there. */
static uint32_t queue_find(uint64_t queue, uint32_t item)
{
    uint32_t place = 0;
    while (place < REACH_QUEUE_MAX && item_at(queue, place) != item) {
        place++;
    }
    return place;
}

static bool item_is_op(uint32_t item)
{
    return item >= REACH_ITEM_OPS;
}

static uint32_t item_domain(uint32_t item)
{
    return (item - REACH_ITEM_OPS) / 3;
}

static enum reach_op item_op(uint32_t item)
{
    return (enum reach_op)((item - REACH_ITEM_OPS) % 3);
}

static bool queue_has_ops(uint64_t queue, uint32_t domain)
{
    for (uint32_t i = 0; i < queue_count(queue); i++) {
        if (item_is_op(item_at(queue, i)) && item_domain(item_at(queue, i)) == domain) {
            return true;
        }
    }
    return false;
}

static bool store_pending(struct reach_state s, uint32_t pe)
{
    return queue_find(s.queue[pe], REACH_ITEM_STORE) != REACH_QUEUE_MAX;
}

static bool store_fresh(struct reach_state s, uint32_t pe)
{
    return (s.memory >> (STORE_FRESH_SHIFT + pe) & 1) != 0;
}

static bool store_ordered(struct reach_state s, uint32_t pe)
{
    return (s.memory >> (STORE_ORDERED_SHIFT + pe) & 1) != 0;
}

static void bit_set(struct reach_state *s, uint32_t bit, bool value)
{
    s->memory = (s->memory & ~(1ULL << bit)) | (uint64_t)value << bit;
}

static uint32_t sweeps_of(struct reach_state s, uint32_t pair)
{
    return s.memory >> (SWEEP_SHIFT + SWEEP_BITS * pair) & 15;
}

static void sweeps_set(struct reach_state *s, uint32_t pair, uint32_t sweeps)
{
    const uint32_t shift = SWEEP_SHIFT + SWEEP_BITS * pair;
    s->memory = (s->memory & ~(15ULL << shift)) | (uint64_t)sweeps << shift;
}

struct reach_state reach_state_fillable(const struct reach_rules *rules, uint32_t domains)
{
    assert(domains >> rules->domain_count == 0);
    return (struct reach_state){.memory = DRAM_FRESH | (uint64_t)domains << FILLABLE_SHIFT};
}

struct reach_state reach_state_initial(const struct reach_rules *rules)
{
    return reach_state_fillable(rules, (1U << rules->domain_count) - 1);
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

static void op_effect(const struct reach_rules *rules, struct reach_state *s, uint32_t domain,
                      enum reach_op op)
{
    switch (op) {
    case REACH_OP_CLEAN:
        copy_clean(rules, s, domain);
        return;
    case REACH_OP_CLEAN_INVALIDATE:
        clean_invalidate(rules, s, domain);
        return;
    case REACH_OP_INVALIDATE:
        copy_invalidate(rules, s, domain);
        return;
    }
}

/* The last item of the domain in the stretch behind the last mark, REACH_QUEUE_MAX if there is none. */
static uint32_t queue_last_op(uint64_t queue, uint32_t domain)
{
    for (uint32_t i = queue_count(queue); i-- > 0 && item_at(queue, i) != REACH_ITEM_MARK;) {
        if (item_is_op(item_at(queue, i)) && item_domain(item_at(queue, i)) == domain) {
            return i;
        }
    }
    return REACH_QUEUE_MAX;
}

static bool queue_append(uint64_t *queue, uint32_t item)
{
    const uint32_t count = queue_count(*queue);
    if (count == REACH_QUEUE_MAX) {
        return false;
    }
    *queue |= (uint64_t)item << (ITEM_BITS * count);
    return true;
}

/* Appends an operation, in the normal form of its stretch. */
static bool queue_append_op(uint64_t *queue, uint32_t domain, enum reach_op op)
{
    const uint32_t last = queue_last_op(*queue, domain);
    const uint32_t item = REACH_ITEM_OPS + 3 * domain + (uint32_t)op;
    if (last == REACH_QUEUE_MAX) {
        return queue_append(queue, item);
    }
    const enum reach_op before = item_op(item_at(*queue, last));
    if (before == REACH_OP_INVALIDATE || op == before) {
        return true; /* satisfied when the one before is */
    }
    if (op == REACH_OP_INVALIDATE) {
        /* Clean, then invalidate: the first may be weaker, the second is what counts. */
        *queue = queue_without(*queue, last);
        return queue_append(queue, REACH_ITEM_OPS + 3 * domain + REACH_OP_CLEAN) && queue_append(queue, item);
    }
    if (op == REACH_OP_CLEAN_INVALIDATE) {
        *queue = queue_without(*queue, last);
        return queue_append(queue, item);
    }
    return true; /* a clean after a clean and invalidate */
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
        bit_set(s, STORE_FRESH_SHIFT + pe, false);
    }
}

/* A cacheable access waits for its PE's operations on the line, then has a copy. */
static enum reach_outcome cacheable_access(const struct reach_rules *rules, enum reach_event event,
                                           uint32_t pair, struct reach_state *s)
{
    const uint32_t domain = rules->pairs[pair].domain;
    if (queue_has_ops(s->queue[rules->pairs[pair].pe], domain)) {
        return REACH_IMPOSSIBLE;
    }
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
    const bool fresh = store_pending(s, pe) ? store_fresh(s, pe) : dram_fresh(s);
    return fresh ? REACH_GOES_ON : REACH_STALE;
}

/* The older store of these bytes no longer matters: it drains before the newer one, and DRAM is stale until
 * then. */
static void store_forget(struct reach_state *s, uint32_t pe)
{
    const uint32_t place = queue_find(s->queue[pe], REACH_ITEM_STORE);
    if (place != REACH_QUEUE_MAX) {
        s->queue[pe] = queue_tidy(queue_without(s->queue[pe], place));
    }
    bit_set(s, STORE_FRESH_SHIFT + pe, false);
    bit_set(s, STORE_ORDERED_SHIFT + pe, false);
}

static enum reach_outcome nc_write(const struct reach_rules *rules, enum reach_event event, uint32_t pe,
                                   struct reach_state *s)
{
    if (event == REACH_WRITE_NC && store_pending(*s, pe)) {
        return REACH_IMPOSSIBLE; /* the PE's own older stores of these bytes drain first */
    }
    all_become_stale(rules, s);
    if (event == REACH_WRITE_NC || rules->mode.prompt) {
        dram_set(s, true);
        return REACH_GOES_ON;
    }
    store_forget(s, pe);
    bit_set(s, STORE_FRESH_SHIFT + pe, true);
    return queue_append(&s->queue[pe], REACH_ITEM_STORE) ? REACH_GOES_ON : REACH_TOO_MUCH;
}

static enum reach_outcome va_op(const struct reach_rules *rules, enum reach_event event, uint32_t pair,
                                struct reach_state *s)
{
    const struct reach_pair who = rules->pairs[pair];
    const enum reach_op op = event == REACH_CVAC    ? REACH_OP_CLEAN
                             : event == REACH_CIVAC ? REACH_OP_CLEAN_INVALIDATE
                                                    : REACH_OP_INVALIDATE;
    if (rules->mode.prompt) {
        op_effect(rules, s, who.domain, op);
        return REACH_GOES_ON;
    }
    return queue_append_op(&s->queue[who.pe], who.domain, op) ? REACH_GOES_ON : REACH_TOO_MUCH;
}

static uint32_t sweep_bit(enum reach_event event)
{
    switch (event) {
    case REACH_CSW:
    case REACH_CSW_MAY_MISS:
        return REACH_SWEEP_CLEAN;
    case REACH_ISW:
        return REACH_SWEEP_INVALIDATE;
    case REACH_CISW:
    case REACH_CISW_MAY_MISS:
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
    const bool cleans = event == REACH_CSW_MAY_MISS || event == REACH_CISW_MAY_MISS;
    if (!rules->mode.prompt) {
        sweeps_set(&states[0], pair, sweeps_of(states[0], pair) | (cleans ? 0 : bit));
        return REACH_GOES_ON;
    }
    if (event >= REACH_CSW_MAY_MISS && !rules->mode.still) {
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
    if (s->queue[pe] != 0) {
        return REACH_IMPOSSIBLE;
    }
    for (uint32_t pair = 0; pair < rules->pair_count; pair++) {
        if (rules->pairs[pair].pe == pe) {
            if ((sweeps_of(*s, pair) & REACH_SWEEP_CERTAIN) != 0) {
                return REACH_IMPOSSIBLE;
            }
            sweeps_set(s, pair, 0);
        }
    }
    return REACH_GOES_ON;
}

static enum reach_outcome dmb(uint32_t pe, struct reach_state *s)
{
    if (s->queue[pe] == 0) {
        return REACH_GOES_ON;
    }
    if (!queue_append(&s->queue[pe], REACH_ITEM_MARK)) {
        return REACH_TOO_MUCH;
    }
    s->queue[pe] = queue_tidy(s->queue[pe]);
    return REACH_GOES_ON;
}

static enum reach_outcome barrier(const struct reach_rules *rules, enum reach_event event, uint32_t pe,
                                  struct reach_state *s)
{
    switch (event) {
    case REACH_DSB:
        return dsb(rules, pe, s);
    case REACH_DRAIN:
        return store_pending(*s, pe) ? REACH_IMPOSSIBLE : REACH_GOES_ON;
    case REACH_DMB:
        return dmb(pe, s);
    case REACH_DMB_COMPLETE:
        return queue_find(s->queue[pe], REACH_ITEM_MARK) != REACH_QUEUE_MAX ? REACH_IMPOSSIBLE
                                                                            : REACH_GOES_ON;
    case REACH_DMB_ST:
        bit_set(s, STORE_ORDERED_SHIFT + pe, store_pending(*s, pe));
        return REACH_GOES_ON;
    default:
        assert(event == REACH_DMB_ST_COMPLETE);
        return store_ordered(*s, pe) ? REACH_IMPOSSIBLE : REACH_GOES_ON;
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
    if (event <= REACH_CISW_MAY_MISS) {
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
                     enum checker_move_kind kind, uint32_t item, struct reach_pair who)
{
    assert(*count < REACH_MOVES_MAX);
    moves[(*count)++] = (struct reach_move){
        .state = state, .kind = (uint8_t)kind, .item = (uint8_t)item, .domain = who.domain, .pe = who.pe};
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
            move_add(moves, count, next, CHECKER_MOVE_FILL, REACH_ITEM_NONE, who);
        }
    } else if (copy_dirty(copy)) {
        copy_clean(rules, &next, domain);
        move_add(moves, count, next, CHECKER_MOVE_WRITEBACK, REACH_ITEM_NONE, who);
    } else {
        copy_set(&next, domain, REACH_ABSENT);
        move_add(moves, count, next, CHECKER_MOVE_DROP, REACH_ITEM_NONE, who);
    }
}

static void sweep_moves(const struct reach_rules *rules, struct reach_state state, uint32_t pair,
                        struct reach_move *moves, uint32_t *count)
{
    const struct reach_pair who = rules->pairs[pair];
    const uint32_t sweeps = sweeps_of(state, pair);
    bool behind = queue_has_ops(state.queue[who.pe], who.domain);
    for (uint32_t bit = REACH_SWEEP_CLEAN; bit <= REACH_SWEEP_CLEAN_INVALIDATE; bit <<= 1) {
        if ((sweeps & bit) != 0) {
            struct reach_state next = state;
            sweep_effect(rules, &next, who.domain, bit);
            sweeps_set(&next, pair, sweeps & ~bit);
            move_add(moves, count, next, CHECKER_MOVE_COMPLETE, REACH_ITEM_NONE, who);
            moves[*count - 1].behind = behind;
            behind = true;
        }
    }
}

/* What stands before the first mark may take effect, operations of one domain in their order. */
static void queue_moves(const struct reach_rules *rules, struct reach_state state, uint32_t pe,
                        struct reach_move *moves, uint32_t *count)
{
    uint32_t domains_met = 0;
    for (uint32_t i = 0; i < queue_count(state.queue[pe]); i++) {
        const uint32_t item = item_at(state.queue[pe], i);
        struct reach_state next = state;
        if (item == REACH_ITEM_MARK) {
            return;
        }
        next.queue[pe] = queue_tidy(queue_without(state.queue[pe], i));
        if (item == REACH_ITEM_STORE) {
            dram_set(&next, store_fresh(state, pe));
            bit_set(&next, STORE_FRESH_SHIFT + pe, false);
            bit_set(&next, STORE_ORDERED_SHIFT + pe, false);
            move_add(moves, count, next, CHECKER_MOVE_DRAIN, item, (struct reach_pair){.pe = (uint8_t)pe});
            continue;
        }
        const uint32_t domain = item_domain(item);
        if ((domains_met >> domain & 1) == 0) {
            op_effect(rules, &next, domain, item_op(item));
            move_add(moves, count, next, CHECKER_MOVE_COMPLETE, item,
                     (struct reach_pair){.pe = (uint8_t)pe, .domain = (uint8_t)domain});
        }
        domains_met |= 1U << domain;
    }
}

uint32_t reach_moves(const struct reach_rules *rules, struct reach_state state,
                     struct reach_move moves[REACH_MOVES_MAX])
{
    uint32_t count = 0;
    if (rules->mode.still) {
        return 0;
    }
    for (uint32_t domain = 0; domain < rules->domain_count; domain++) {
        copy_moves(rules, state, domain, moves, &count);
    }
    for (uint32_t pair = 0; pair < rules->pair_count; pair++) {
        sweep_moves(rules, state, pair, moves, &count);
    }
    for (uint32_t pe = 0; pe < rules->pe_count; pe++) {
        queue_moves(rules, state, pe, moves, &count);
    }
    return count;
}

bool reach_waits_for(const struct reach_rules *rules, uint32_t label, struct reach_state before,
                     const struct reach_move *move)
{
    const enum reach_event event = (enum reach_event)(label / REACH_OPERANDS_MAX);
    const uint32_t operand = label % REACH_OPERANDS_MAX;
    const bool access = event <= REACH_WRITE_NEIGHBOUR;
    const uint32_t pe = access ? rules->pairs[operand].pe : operand;
    struct reach_state states[2] = {before};
    uint32_t count = 0;
    if (move->kind != CHECKER_MOVE_COMPLETE && move->kind != CHECKER_MOVE_DRAIN) {
        return false;
    }
    if (event >= REACH_WRITE_NC_BUFFERED && (event < REACH_DSB || event > REACH_DMB_ST_COMPLETE)) {
        return false;
    }
    if (move->pe != pe || event == REACH_DSB) {
        return move->pe == pe;
    }
    if (reach_step(rules, label, states, &count) != REACH_IMPOSSIBLE) {
        return false;
    }
    if (move->item == REACH_ITEM_NONE) {
        return false; /* nothing but a DSB waits for a sweep */
    }
    /* What is waited for, or what stands in its way: everything before a mark. */
    if (queue_find(before.queue[pe], REACH_ITEM_MARK) != REACH_QUEUE_MAX) {
        return true;
    }
    return access ? item_is_op(move->item) && move->domain == rules->pairs[operand].domain
                  : move->item == REACH_ITEM_STORE;
}

bool reach_issue_waits(const struct reach_rules *rules, struct reach_state state, uint32_t label)
{
    const enum reach_event event = (enum reach_event)(label / REACH_OPERANDS_MAX);
    const uint32_t operand = label % REACH_OPERANDS_MAX;
    if (event >= REACH_CSW) {
        return false; /* a sweep waits for nothing */
    }
    const bool store = event == REACH_WRITE_NC_BUFFERED;
    const uint32_t pe = store ? operand : rules->pairs[operand].pe;
    const bool marked = queue_find(state.queue[pe], REACH_ITEM_MARK) != REACH_QUEUE_MAX;
    return marked ||
           (store ? store_pending(state, pe) : queue_has_ops(state.queue[pe], rules->pairs[operand].domain));
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
        if (store_fresh(state, pe)) {
            return false;
        }
    }
    return true;
}

bool reach_state_dirty(struct reach_state state, uint32_t domain)
{
    return copy_dirty(copy_of(state, domain));
}
