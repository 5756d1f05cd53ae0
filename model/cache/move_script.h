/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The moves of a token, made at the accesses before which they stand (model/bus/access_where.h).
 *
 * The moves come one after the other. Accesses to the lines that they name are all told here, as are
 * operations and barriers; others may be served by a grant or, like a change of translation, be told to an
 * observer alone. So a move is made before the first access that is told and that stands where the move
 * stands, or later: no named line has met anything in between. A request for a grant stands where its access
 * stands. A hold or miss is of what one access issues: it waits for that very access, and fails if it has
 * passed.
 *
 * Decides nothing: what a move does, and whether the caches allow it, is cache.h's.
 */
#ifndef MODEL_CACHE_MOVE_SCRIPT_H
#define MODEL_CACHE_MOVE_SCRIPT_H

#include <stdint.h>

#include "model/bus/access.h"
#include "model/bus/access_where.h"
#include "model/cache/cache.h"

#ifdef __cplusplus
extern "C" {
#endif

enum cache_script_kind {
    CACHE_SCRIPT_FILL,
    CACHE_SCRIPT_DROP,
    CACHE_SCRIPT_WRITEBACK,
    CACHE_SCRIPT_COMPLETE,
    CACHE_SCRIPT_DRAIN,
    CACHE_SCRIPT_HOLD, /* of what the access issues on the line: it stays pending */
    CACHE_SCRIPT_MISS, /* of a sweep: it escapes the line */
};

struct cache_script_move {
    struct access_where where;
    uint64_t pa;      /* any address of the line; of DRAIN, a byte of the store */
    uint8_t kind;     /* enum cache_script_kind */
    uint8_t space;    /* enum pa_space */
    uint8_t observer; /* of COMPLETE and DRAIN: a PE's number, or CACHE_OBSERVER_DEVICE */
};

enum cache_script_failure {
    CACHE_SCRIPT_OK,
    CACHE_SCRIPT_NOT_COME,   /* the run ended before it, or its access was none that such a move belongs to */
    CACHE_SCRIPT_IMPOSSIBLE, /* the caches were in no state that allows it */
};

struct cache_script {
    const struct cache_script_move *moves; /* the caller's, in the order in which they are made */
    uint32_t count;
    uint32_t made;  /* of them, from the first on; the next one is moves[made] */
    uint32_t armed; /* the hold or miss that the access under way must take; `count`: none */
    enum cache_script_failure failure;
    enum cache_move_result refused; /* IMPOSSIBLE: what cache_move() said; CACHE_MOVE_DONE: hold or miss */
    struct access_counter counter;
};

void cache_script_init(struct cache_script *script, const struct cache_script_move *moves, uint32_t count);

/* Around every access that enters the memory side, in order, whether or not caches will serve it. `cache`:
 * token-driven caches that have the lines of all moves named. */
void cache_script_before(struct cache_script *script, struct cache *cache, const struct access *access);
void cache_script_after(struct cache_script *script, struct cache *cache);

/* The PE has retired `position` instructions and will make no access any more: moves that stand there, or
 * before. */
void cache_script_finish(struct cache_script *script, struct cache *cache, uint64_t position);

/* Why moves[made] was not made, now that the run is over; OK: all were made. */
enum cache_script_failure cache_script_end(const struct cache_script *script);

#ifdef __cplusplus
}
#endif

#endif
