/* SPDX-License-Identifier: BSD-3-Clause */
/* The state of the caches, shared by the files of this room and by nobody else. */
#ifndef MODEL_CACHE_CACHE_STATE_H
#define MODEL_CACHE_CACHE_STATE_H

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "model/cache/cache.h"
#include "model/cache/cache_array.h"
#include "model/cache/code_lines.h"
#include "model/cache/golden_table.h"

#define CACHE_LOWER_MAX 2  /* L2, system cache */
#define CACHE_MOVED_MAX 16 /* lines that one access can move between levels */

struct cache_window {
    uint64_t pa;
    uint64_t size;
    uint8_t *host;
};

/*
 * The L1D ways whose grants stand in a slot. A way reads and writes through one slot; a slot serves two ways
 * if one is read and the other written, as the source and the target of a copy are.
 */
struct cache_slot {
    struct cache_way *reader;
    struct cache_way *writer;
};

struct replay; /* replay.h */

struct cache {
    struct cache_config config;
    struct replay *replay; /* token-driven caches; NULL: the arrays below */
    struct event_log *log;
    struct cache_array l1d[CACHE_PE_MAX];
    struct cache_array l1i[CACHE_PE_MAX];
    struct cache_array lower[CACHE_LOWER_MAX]; /* nearest first; those that exist */
    uint8_t lower_level[CACHE_LOWER_MAX];      /* number in events: 2 for L2, 3 for the system cache */
    bool lower_set_way[CACHE_LOWER_MAX];
    uint32_t lower_count;
    struct grant_table *grants[CACHE_PE_MAX];
    struct cache_slot *slots[CACHE_PE_MAX]; /* of the PE's grant table */
    struct cache_window windows[CACHE_WINDOWS_MAX];
    uint32_t window_count;
    const struct access *access; /* the one being done: agent, pc and op of what follows from it */
    uint64_t moved[CACHE_MOVED_MAX];
    uint32_t moved_count;
    uint64_t code_lines[CACHE_CODE_LINES_MAX];
    uint32_t code_line_count;
    bool code_all;
    struct code_lines decoded;
    struct golden golden;
};

/* Copies a line. The common size is one that the compiler knows. */
static inline void cache_line_copy(const struct cache *cache, uint8_t *to, const uint8_t *from)
{
    if (cache->config.line == 64) {
        memcpy(to, from, 64);
    } else {
        memcpy(to, from, cache->config.line);
    }
}

/* hierarchy.c: lines between levels. A tag is a line address with its PA space (cache_array.h). */

/* Host bytes of a DRAM line, NULL outside every window. */
uint8_t *cache_dram(const struct cache *cache, uint64_t line_pa);

/* Makes the line present in the PE's L1D, coherently; returns its way. */
struct cache_way *cache_l1d_fill(struct cache *cache, uint32_t pe, uint64_t tag);
/* Makes the PE's L1D the only one that holds the line. */
void cache_l1d_own(struct cache *cache, uint32_t pe, uint64_t tag);
/* Copies the line as seen from below the L1Ds into `bytes`, allocating in the levels passed. */
void cache_lower_read(struct cache *cache, uint64_t tag, uint8_t *bytes);
/* Writes a dirty line into lower level `index` (cache->lower_count: DRAM), allocating there. */
void cache_lower_write(struct cache *cache, uint32_t index, uint64_t tag, const uint8_t *bytes);
/* Writes a dirty L1D line into the level below and leaves it clean. */
void cache_l1d_clean(struct cache *cache, uint32_t pe, struct cache_way *way);
/* Takes a line out of an L1D, whatever its state. */
void cache_l1d_drop(struct cache *cache, uint32_t pe, struct cache_way *way);
/* The line as an instruction cache sees it: through L1I. */
void cache_fetch_line(struct cache *cache, uint32_t pe, uint64_t tag, uint8_t *bytes);
/* The PE must decode this line anew. */
void cache_code_line_take(struct cache *cache, uint64_t line_pa);
/* A PE was given the newest bytes of this line to decode, and may keep them. */
void cache_decoded_put(struct cache *cache, uint64_t line_pa);
/* A PE may keep what it decoded from this line. */
bool cache_is_code(const struct cache *cache, uint64_t line_pa);
/* What was decoded from the line is not to be used any more. */
void cache_decoded_take(struct cache *cache, uint64_t line_pa);
bool cache_has_secure_lines(const struct cache *cache);
/* Some cache holds the line in this PA space (L1I does not count). */
bool cache_holds(const struct cache *cache, uint64_t tag);

/* cache_grant.c */
bool cache_grant(struct cache *cache, struct access *access, bool write);
void cache_way_grants_clear(struct cache *cache, uint32_t pe, struct cache_way *way);
void cache_way_grants_clear_write(struct cache *cache, uint32_t pe, struct cache_way *way);
/* No fast path to this line any more, through either PA space. */
void cache_line_grants_clear(struct cache *cache, uint64_t line_pa);

/* maintenance.c */
void cache_maintain_va(struct cache *cache, const struct access *access);
void cache_maintain_set_way(struct cache *cache, const struct access *access);
void cache_maintain_instruction(struct cache *cache, const struct access *access);

/* golden.c */

/* The newest bytes of the line. */
void golden_line(struct cache *cache, uint64_t line_pa, uint8_t *bytes);
/* True when reads of the line must be compared: some copy differs, or its writers are recorded. */
bool golden_suspect(const struct cache *cache, uint64_t line_pa);
/* Decides anew whether the line is suspect, its newest bytes being `bytes`. `lost_by`: an operation that may
 * have destroyed the only fresh copy, NULL otherwise. */
void golden_settle(struct cache *cache, uint64_t line_pa, const uint8_t *bytes, const struct access *lost_by);
/* Settles suspect lines that moved between levels during the access. */
void golden_settle_moved(struct cache *cache);
static inline void golden_line_moved(struct cache *cache, uint64_t line_pa)
{
    if (golden_table_find(&cache->golden, line_pa) != NULL) {
        assert(cache->moved_count < CACHE_MOVED_MAX);
        cache->moved[cache->moved_count++] = line_pa;
    }
}
/* The access wrote these bytes: who wrote what, and nothing of it is lost any more. */
void golden_written(struct cache *cache, const struct access *access, const uint8_t *data);
/* Compares what the access read with the newest bytes; records a finding if they differ. */
void golden_compare(struct cache *cache, const struct access *access, const uint8_t *observed);

#endif
