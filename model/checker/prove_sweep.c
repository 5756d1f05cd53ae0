/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Set/way operations. No map from addresses to sets is known, so an operation may hit any line of its PE's
 * caches and may miss it; operations of one kind in a row are one sweep. A sweep is certain only if every set
 * and way of every level that it reaches was named between two DSBs while nothing could allocate (Arm ARM,
 * "A64 Cache maintenance instructions": set/way is for power-down and reset code).
 *
 * A sweep is written down once; marked lines meet it when their page is next touched.
 */
#include "model/checker/prove_state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define MOMENTS_MAX (1U << 20)

static uint32_t ways_total(const struct prove *prove, uint32_t levels)
{
    uint32_t total = 0;
    for (uint32_t level = 0; level < levels; level++) {
        total += prove->config.levels[level].sets * prove->config.levels[level].ways;
    }
    return total;
}

bool prove_sweep_init(struct prove *prove)
{
    const uint32_t total = ways_total(prove, PROVE_LEVELS_MAX);
    prove->sweep.seen = calloc(total / 64 + 1, sizeof(uint64_t));
    return prove->sweep.seen != NULL;
}

static uint32_t bits_for(uint32_t count)
{
    return count <= 1 ? 0 : 32 - (uint32_t)__builtin_clz(count - 1);
}

/* The operation's place in the bitmap; false: it names no set and way of these caches. */
static bool operand_place(const struct prove *prove, uint64_t operand, uint32_t *place)
{
    const uint32_t level = (uint32_t)(operand >> 1) & 7;
    if (level >= PROVE_LEVELS_MAX || prove->config.levels[level].sets == 0) {
        return false;
    }
    const struct prove_level *shape = &prove->config.levels[level];
    const uint32_t way_bits = bits_for(shape->ways);
    const uint32_t way = way_bits == 0 ? 0 : (uint32_t)operand >> (32 - way_bits);
    const uint32_t below_way = way_bits == 0 ? (uint32_t)operand : (uint32_t)operand << way_bits >> way_bits;
    const uint32_t set = below_way >> bits_for(prove->config.line);
    if (way >= shape->ways || set >= shape->sets) {
        return false;
    }
    *place = ways_total(prove, level) + way * shape->sets + set;
    return true;
}

static enum checker_event_kind kind_of(uint8_t op)
{
    return op == ACCESS_DC_ISW ? CHECKER_ISW : op == ACCESS_DC_CSW ? CHECKER_CSW : CHECKER_CISW;
}

/* Lines that are marked must meet what follows, when their page is touched: nothing is quick until then. */
static void sweep_matters(struct prove *prove)
{
    if (prove->moment_count == prove->moment_capacity) {
        const uint32_t capacity = prove->moment_capacity == 0 ? 64 : 2 * prove->moment_capacity;
        struct checker_moment *grown =
            capacity > MOMENTS_MAX ? NULL : realloc(prove->moments, capacity * sizeof(*grown));
        if (grown == NULL) {
            prove->overflowed = true;
            return;
        }
        prove->moments = grown;
        prove->moment_capacity = capacity;
    }
    prove->moments[prove->moment_count++] = checker_now(prove->checker);
    prove_revoke_put(prove, 0, UINT64_MAX, false);
}

static void sweep_begin(struct prove *prove)
{
    const struct access *access = prove->access;
    struct prove_sweep *sweep = &prove->sweep;
    sweep->goes_on = true;
    sweep->quiet = !prove->allocated && !prove_anything_fillable(prove);
    sweep->op = access->op;
    sweep->agent = access->space == PA_SPACE_SECURE && prove->config.secure_alias ? PROVE_AGENT_ALIAS
                                                                                  : PROVE_AGENT_COHERENT;
    sweep->first_operand = access->operand;
    sweep->left = ways_total(prove, PROVE_LEVELS_MAX);
    sweep->touched_count = 0;
    sweep->touched_overflow = false;
    memset(sweep->seen, 0, (sweep->left / 64 + 1) * sizeof(uint64_t));
    if (access->op == ACCESS_DC_ISW && sweep->agent == PROVE_AGENT_COHERENT) {
        if (!prove->sweep_pending) {
            prove->pending_since = checker_now(prove->checker);
        }
        sweep_matters(prove);
        prove->sweep_pending = true;
    }
    prove->issued = true;
    prove_feed_sweep(prove, kind_of(sweep->op), sweep->agent, 0, 0, CHECKER_REACH_NOTHING);
}

/* A line that was touched after an operation of the sweep met it may be met by the next one. */
static void sweep_again(struct prove *prove)
{
    struct prove_sweep *sweep = &prove->sweep;
    if (sweep->touched_overflow) {
        prove_feed_sweep(prove, kind_of(sweep->op), sweep->agent, 0, 0, CHECKER_REACH_NOTHING);
    }
    for (uint32_t i = 0; i < sweep->touched_count && !sweep->touched_overflow; i++) {
        prove_feed_sweep(prove, kind_of(sweep->op), sweep->agent, sweep->touched[i], prove->config.line,
                         CHECKER_REACH_NOTHING);
    }
    sweep->touched_count = 0;
    sweep->touched_overflow = false;
}

static void sweep_cover(struct prove *prove)
{
    struct prove_sweep *sweep = &prove->sweep;
    uint32_t place = 0;
    if (!operand_place(prove, prove->access->operand, &place)) {
        return;
    }
    const uint64_t bit = 1ULL << (place % 64);
    if ((sweep->seen[place / 64] & bit) != 0) {
        return;
    }
    sweep->seen[place / 64] |= bit;
    sweep->left--;
    if (sweep->left == 0 && sweep->quiet && !prove->allocated) {
        sweep_matters(prove);
        prove_feed_sweep(prove, kind_of(sweep->op), sweep->agent, 0, 0, CHECKER_REACH_ALL);
        if (sweep->op != ACCESS_DC_ISW) {
            code_side_clean_all(prove->code);
        }
    }
}

void prove_set_way(struct prove *prove)
{
    const struct access *access = prove->access;
    const struct prove_sweep *sweep = &prove->sweep;
    const uint32_t level = (uint32_t)(access->operand >> 1) & 7;
    if (level >= PROVE_LEVELS_MAX || prove->config.levels[level].sets == 0) {
        return; /* no cache is there */
    }
    if (!sweep->goes_on || sweep->op != access->op || sweep->first_operand == access->operand) {
        sweep_begin(prove);
    } else {
        sweep_again(prove);
    }
    sweep_cover(prove);
}

void prove_sweep_touched(struct prove *prove, uint64_t line_pa)
{
    struct prove_sweep *sweep = &prove->sweep;
    if (!sweep->goes_on) {
        return;
    }
    for (uint32_t i = 0; i < sweep->touched_count; i++) {
        if (sweep->touched[i] == line_pa) {
            return;
        }
    }
    if (sweep->touched_count == SWEEP_TOUCHED_MAX) {
        sweep->touched_overflow = true;
        return;
    }
    sweep->touched[sweep->touched_count++] = line_pa;
}

void prove_sweep_end(struct prove *prove)
{
    prove->sweep.goes_on = false;
    prove->sweep_pending = false;
}
