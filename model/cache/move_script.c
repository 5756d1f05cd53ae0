/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/cache/move_script.h"

#include <assert.h>

#include "model/cache/cache_state.h"

void cache_script_init(struct cache_script *script, const struct cache_script_move *moves, uint32_t count)
{
    *script = (struct cache_script){.moves = moves, .count = count, .armed = count};
}

static bool kind_is_of_access(enum cache_script_kind kind)
{
    return kind == CACHE_SCRIPT_HOLD || kind == CACHE_SCRIPT_MISS;
}

static enum cache_move move_of(enum cache_script_kind kind)
{
    switch (kind) {
    case CACHE_SCRIPT_FILL:
        return CACHE_MOVE_FILL;
    case CACHE_SCRIPT_DROP:
        return CACHE_MOVE_DROP;
    case CACHE_SCRIPT_WRITEBACK:
        return CACHE_MOVE_WRITEBACK;
    case CACHE_SCRIPT_COMPLETE:
        return CACHE_MOVE_COMPLETE;
    case CACHE_SCRIPT_DRAIN:
    case CACHE_SCRIPT_HOLD:
    case CACHE_SCRIPT_MISS:
        break;
    }
    assert(kind == CACHE_SCRIPT_DRAIN);
    return CACHE_MOVE_DRAIN;
}

/* moves[made] is made, or is what the script fails by. */
static void move_make(struct cache_script *script, struct cache *cache)
{
    const struct cache_script_move *move = &script->moves[script->made];
    const enum cache_script_kind kind = (enum cache_script_kind)move->kind;
    if (kind_is_of_access(kind)) {
        const bool armed =
            kind == CACHE_SCRIPT_HOLD ? cache_hold(cache, move->pa) : cache_miss(cache, move->pa);
        script->failure = armed ? CACHE_SCRIPT_OK : CACHE_SCRIPT_IMPOSSIBLE;
        script->armed = armed ? script->made : script->armed;
    } else {
        script->refused =
            cache_move(cache, move_of(kind), move->observer, (enum pa_space)move->space, move->pa);
        const bool made = script->refused == CACHE_MOVE_DONE || script->refused == CACHE_MOVE_ALREADY;
        script->failure = made ? CACHE_SCRIPT_OK : CACHE_SCRIPT_IMPOSSIBLE;
    }
    script->made += script->failure == CACHE_SCRIPT_OK;
}

/* Agents of a PE in the order in which one instruction makes their accesses; of others -1. */
static int rank_of(uint8_t agent)
{
    switch ((enum agent_kind)agent) {
    case AGENT_FETCH:
        return 0;
    case AGENT_WALKER:
        return 1;
    case AGENT_PE:
        return 2;
    case AGENT_SPMC:
    case AGENT_PARTITION:
    case AGENT_DEVICE:
        break;
    }
    return -1;
}

/* An access at `now` stands at `place` or after it. `retired`: by the PE that runs, when another agent acts.
 */
static bool place_is_reached(const struct access_where *place, const struct access_where *now,
                             uint64_t retired)
{
    const bool of_pe = rank_of(now->agent) >= 0;
    const uint64_t count = of_pe ? now->count : retired;
    if (place->agent == now->agent && place->pe == now->pe) {
        return now->count != place->count ? now->count > place->count : now->ordinal >= place->ordinal;
    }
    if (rank_of(place->agent) < 0 || (of_pe && place->pe != now->pe)) {
        return false;
    }
    return count != place->count ? count > place->count : rank_of(now->agent) > rank_of(place->agent);
}

void cache_script_before(struct cache_script *script, struct cache *cache, const struct access *access)
{
    const bool asks = access->op == ACCESS_GRANT_READ || access->op == ACCESS_GRANT_WRITE;
    const struct access_where where = access_where_next(&script->counter, access);
    while (script->failure == CACHE_SCRIPT_OK && script->made < script->count) {
        const struct cache_script_move *move = &script->moves[script->made];
        const bool here = access_where_equal(&move->where, &where);
        if (!place_is_reached(&move->where, &where, cache->log->position)) {
            return;
        }
        if (kind_is_of_access((enum cache_script_kind)move->kind) && here && asks) {
            return; /* the access is yet to come */
        }
        if (kind_is_of_access((enum cache_script_kind)move->kind) && !here) {
            script->failure = CACHE_SCRIPT_NOT_COME;
            return;
        }
        move_make(script, cache);
    }
}

void cache_script_after(struct cache_script *script, struct cache *cache)
{
    if (script->armed == script->count) {
        return;
    }
    if (cache_armed(cache)) {
        cache_disarm(cache);
        script->made = script->armed;
        script->failure = CACHE_SCRIPT_NOT_COME;
    }
    script->armed = script->count;
}

void cache_script_finish(struct cache_script *script, struct cache *cache, uint64_t position)
{
    while (script->failure == CACHE_SCRIPT_OK && script->made < script->count) {
        const struct cache_script_move *move = &script->moves[script->made];
        if (rank_of(move->where.agent) < 0 || move->where.count > position ||
            kind_is_of_access((enum cache_script_kind)move->kind)) {
            return;
        }
        move_make(script, cache);
    }
}

enum cache_script_failure cache_script_end(const struct cache_script *script)
{
    if (script->failure == CACHE_SCRIPT_OK && script->made < script->count) {
        return CACHE_SCRIPT_NOT_COME;
    }
    return script->failure;
}
