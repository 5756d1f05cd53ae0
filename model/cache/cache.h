/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The data-carrying caches of one cluster, and the golden copy beside them.
 *
 * L1D and L1I per PE, a unified L2, a system cache before the PoC that set/way operations cannot reach.
 * Write-back, write-allocate, round-robin replacement whose state changes on fills only. The PEs' data caches
 * and everything below them are one coherent domain per PA space; L1I is not coherent with data (Arm ARM,
 * "Caches and memory hierarchy"). Maintenance does what the Arm ARM says in "A64 System instructions for
 * cache maintenance"; an invalidate of a dirty line drops it or cleans it first, as the platform says: both
 * are architecturally legal.
 *
 * DRAM at the PoC is host memory that the shell passes in as windows, because no decision is taken there. An
 * access outside every window is not for the caches: the shell passes it on (CACHE_PASS).
 *
 * Must not touch: the CPU, except for the grants that it was given (grant.h).
 * Created with lines that a token names, the caches behave otherwise: those lines move as the token says
 * (speculative fills, late operations, buffered stores), and every other line is written back and dropped at
 * once.
 *
 * Not modelled here: MTE tags; an instruction side that a token moves.
 */
#ifndef MODEL_CACHE_CACHE_H
#define MODEL_CACHE_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/bus/access.h"
#include "model/bus/grant.h"
#include "model/cache/cache_config.h"
#include "model/cache/golden.h"
#include "model/event/event.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CACHE_WINDOWS_MAX    8
#define CACHE_CODE_LINES_MAX 32 /* instruction lines that one access can take from L1I caches */

enum cache_result {
    CACHE_DONE, /* data, access->granted are filled in */
    CACHE_PASS, /* not cached memory: the shell passes the access on unchanged */
};

struct cache; /* cache_state.h */

/* Empty caches. NULL when the host has no memory. The configuration must be one that cache_config_error()
 * accepts. */
struct cache *cache_create(const struct cache_config *config, struct event_log *log);
/*
 * Token-driven caches: no geometry, `lines` are pinned. On them operations complete and stores drain when
 * issued, unless held; nothing else moves but by cache_move(). Every other line is prompt.
 */
struct cache *cache_create_replay(const struct cache_config *config, struct event_log *log,
                                  const uint64_t *lines, uint32_t line_count);
void cache_destroy(struct cache *cache);

/* What is wrong with a configuration, as a sentence for the user; NULL if nothing is. */
const char *cache_config_error(const struct cache_config *config);

/* [pa, pa + size) is DRAM at `host`. Both aligned to the line. At most CACHE_WINDOWS_MAX. */
void cache_window_add(struct cache *cache, uint64_t pa, uint64_t size, uint8_t *host);

/* The grant arrays of a PE: the caches fill them on ACCESS_GRANT_*. */
void cache_grants_set(struct cache *cache, uint32_t pe, struct grant_table *grants);

/* Lines whose writers are recorded; they are never granted. Before the first access. */
void cache_track(struct cache *cache, uint64_t line_pa);

/*
 * Does one access. `data` holds access->size bytes (reads fill it, writes carry it; NULL for maintenance). A
 * read or write stays within one line. For agent AGENT_FETCH the access is a whole line, and `granted` tells
 * whether the PE may keep what it decodes from it.
 */
enum cache_result cache_access(struct cache *cache, struct access *access, uint8_t *data);

#define CACHE_OBSERVER_DEVICE CACHE_PE_MAX /* beside the PEs' numbers: what devices have pending */

/* A move of the cache between two accesses. */
enum cache_move {
    CACHE_MOVE_FILL,      /* DRAM's bytes become a clean copy of the PA space */
    CACHE_MOVE_DROP,      /* a clean copy goes */
    CACHE_MOVE_WRITEBACK, /* a dirty copy reaches DRAM and stays, clean */
    CACHE_MOVE_COMPLETE,  /* the observer's oldest operation by VA in this PA space takes effect, or its sweep
                           */
    CACHE_MOVE_DRAIN,     /* the observer's buffered store to the byte at `pa` reaches DRAM */
};

/* Other than CACHE_MOVE_DONE: nothing has happened. But for CACHE_MOVE_ALREADY the state does not allow the
 * move. */
enum cache_move_result {
    CACHE_MOVE_DONE,
    CACHE_MOVE_ALREADY, /* a drop without a copy; a fill where a clean copy holds DRAM's bytes */
    CACHE_MOVE_NOT_NAMED,
    CACHE_MOVE_PRESENT,
    CACHE_MOVE_ABSENT,
    CACHE_MOVE_DIRTY,
    CACHE_MOVE_CLEAN,
    CACHE_MOVE_NOTHING_PENDING,
};

/* Token-driven caches only. `pa` is any address of a named line; `observer` matters to COMPLETE and DRAIN. */
enum cache_move_result cache_move(struct cache *cache, enum cache_move move, uint32_t observer,
                                  enum pa_space space, uint64_t pa);
const char *cache_move_result_text(enum cache_move_result result);

/*
 * Of the next access that issues something on this line, right before it: an operation by VA, a buffered
 * store or a sweep stays pending; a sweep escapes the line. False: the line is not named, or something is
 * armed.
 */
bool cache_hold(struct cache *cache, uint64_t pa);
bool cache_miss(struct cache *cache, uint64_t pa);
/* What was armed has not been taken: the access was not one that issues something on the line. */
bool cache_armed(const struct cache *cache);
void cache_disarm(struct cache *cache);

/*
 * Line addresses that left an L1I since the last call, at most CACHE_CODE_LINES_MAX; the shell tells the PE
 * to decode them anew. `*all`: everything.
 */
uint32_t cache_code_lines_taken(struct cache *cache, uint64_t lines[CACHE_CODE_LINES_MAX], bool *all);

/*
 * The end of a run: bytes whose newest version no cache and no memory holds any more become findings that
 * nobody had to read (`at_end`), in ascending order of address.
 */
void cache_audit(struct cache *cache);

/* What was found, in order. `*dropped` counts findings beyond GOLDEN_FINDINGS_MAX. */
uint32_t cache_findings(const struct cache *cache, const struct golden_finding **findings, uint64_t *dropped);

/* The golden copy has outgrown its limit: the run must end. */
bool cache_overflowed(const struct cache *cache);

/*
 * Tests' and reports' view: the newest bytes of a line, whatever the caches hold. false: no DRAM there.
 * `line_pa` is line aligned, `bytes` has room for a line.
 */
bool cache_golden_line(struct cache *cache, uint64_t line_pa, uint8_t *bytes);

/* Checks the invariants of state and grants by brute force; asserts. Slow: for tests. */
void cache_check(struct cache *cache);

/* The ID registers that describe these caches to the PE. CLIDR names the levels that set/way operations
 * reach. */
uint64_t cache_ctr_el0(const struct cache_config *config);
uint64_t cache_clidr_el1(const struct cache_config *config);
uint64_t cache_ccsidr_el1(const struct cache_config *config, uint32_t level, bool instruction, bool ccidx);
uint64_t cache_dczid_el0(const struct cache_config *config);

#ifdef __cplusplus
}
#endif

#endif
