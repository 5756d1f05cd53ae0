/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/cache/move_script.h"

#include <assert.h>

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

void cache_script_before(struct cache_script *script, struct cache *cache, const struct access *access)
{
    const bool asks = access->op == ACCESS_GRANT_READ || access->op == ACCESS_GRANT_WRITE;
    const struct access_where where = access_where_next(&script->counter, access);
    while (script->failure == CACHE_SCRIPT_OK && script->made < script->count) {
        const struct cache_script_move *move = &script->moves[script->made];
        if (!access_where_equal(&move->where, &where) ||
            (asks && kind_is_of_access((enum cache_script_kind)move->kind))) {
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

enum cache_script_failure cache_script_end(const struct cache_script *script)
{
    if (script->failure == CACHE_SCRIPT_OK && script->made < script->count) {
        return CACHE_SCRIPT_NOT_COME;
    }
    return script->failure;
}
