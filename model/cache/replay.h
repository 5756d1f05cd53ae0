/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The other behaviour of the caches: lines that a token names move as the token says, and every other line is
 * prompt (written back and dropped at once, so that DRAM is all there is of it). Shared by replay*.c and the
 * golden copy; nobody outside the room includes it.
 *
 * A named line has one copy per PA space, which is what a coherent domain is here, and per observer a queue
 * of what it issued and what need not have taken effect: operations by VA (Arm ARM, "Cache maintenance
 * operations"), the bytes of buffered non-cacheable stores, and marks where a DMB stands between them. Sweeps
 * wait beside the queue, because nothing but a DSB orders them. The instruction side is prompt: a fetch sees
 * the copy of its PA space if there is one, else DRAM, and leaves no copy behind.
 *
 * Within a stretch between marks the operations of one space keep a normal form of at most two, so that
 * `complete` means one thing: a clean does nothing that the cache may not do anyway, so of cleans in a row
 * the strongest remains, and what follows an invalidate is complete when that has taken effect.
 */
#ifndef MODEL_CACHE_REPLAY_H
#define MODEL_CACHE_REPLAY_H

#include "model/cache/cache_state.h"

#ifdef __cplusplus
extern "C" {
#endif

#define REPLAY_SPACES     2
#define REPLAY_OBSERVERS  (CACHE_PE_MAX + 1) /* the PEs, and what is no PE (CACHE_OBSERVER_DEVICE) */
#define REPLAY_QUEUE_MAX  16                 /* items of a queue; a full one lets its first take effect */
#define REPLAY_STORES_MAX 4                  /* buffered stores of a queue; likewise */

enum replay_effect { REPLAY_CLEAN, REPLAY_CLEAN_INVALIDATE, REPLAY_INVALIDATE };
#define REPLAY_EFFECTS 3

enum replay_item_kind { REPLAY_ITEM_MARK, REPLAY_ITEM_STORE, REPLAY_ITEM_OPERATION };

struct replay_item {
    uint8_t kind;       /* enum replay_item_kind */
    uint8_t effect;     /* enum replay_effect, of operations */
    uint8_t store;      /* place in replay_queue.stores, of stores */
    bool store_ordered; /* stands before a DMB ST */
    struct access by;   /* who issued it: the space of an operation, the culprit of what it destroys */
};

/* Bytes of a line in a store buffer, where `held` is not zero. Stores of one queue have no byte in common. */
struct replay_store {
    uint8_t *bytes;
    uint8_t *held;
    bool used;
};

/* What one observer has pending on one line. */
struct replay_queue {
    struct replay_item items[REPLAY_QUEUE_MAX];
    uint32_t count;
    struct replay_store stores[REPLAY_STORES_MAX];
    uint8_t sweeps[REPLAY_SPACES]; /* bit effect: a sweep of that kind is pending */
    struct access swept_by[REPLAY_SPACES][REPLAY_EFFECTS];
    uint64_t sweep_seen; /* number of the sweep that has been applied to the line; 0: touched since */
};

struct replay_copy {
    uint8_t *bytes;
    bool present;
    bool dirty;
};

struct replay_line {
    uint64_t pa;
    struct replay_copy copies[REPLAY_SPACES]; /* by enum pa_space */
    struct replay_queue queues[REPLAY_OBSERVERS];
};

/* Set/way operations of one kind in a row are one sweep, until an operand comes again or a DSB. */
struct replay_sweep {
    uint64_t number; /* 0: none goes on */
    uint64_t first_operand;
    uint8_t op;
    uint8_t space;
};

enum replay_armed { REPLAY_ARMED_NONE, REPLAY_ARMED_HOLD, REPLAY_ARMED_MISS };

struct replay {
    struct replay_line *lines; /* ascending */
    uint32_t line_count;
    uint8_t *memory; /* of all copies and store buffers */
    struct replay_sweep sweeps[REPLAY_OBSERVERS];
    uint64_t sweep_count;
    uint32_t sweep_levels;        /* that set/way operations reach */
    bool waits[REPLAY_OBSERVERS]; /* a DMB or DMB ST has ordered something: the next access must look */
    enum replay_armed armed;
    uint64_t armed_line;
};

/* replay.c */
bool replay_init(struct cache *cache, const uint64_t *lines, uint32_t count);
void replay_release(struct cache *cache);
/* The named line at this address, NULL if the line is prompt. */
struct replay_line *replay_find(const struct cache *cache, uint64_t line_pa);
/* What cache_access() does on these caches; cache.c chooses. */
void replay_read(struct cache *cache, const struct access *access, uint8_t *data);
void replay_write(struct cache *cache, const struct access *access, const uint8_t *data);
void replay_fetch(struct cache *cache, struct access *access, uint8_t *data);
bool replay_grant(struct cache *cache, const struct access *access, bool write);
void replay_maintain_va(struct cache *cache, const struct access *access);
void replay_maintain_set_way(struct cache *cache, const struct access *access);
/* A store buffer holds this value of the byte: for the golden copy. */
bool replay_buffers(const struct cache *cache, uint64_t line_pa, uint32_t offset, uint8_t value);

/* replay_copy.c: the copies of a named line, kept beside the golden bytes. */
void replay_copy_fill(struct cache *cache, struct replay_line *line, enum pa_space space);
void replay_copy_drop(struct cache *cache, struct replay_line *line, enum pa_space space);
void replay_copy_clean(struct cache *cache, struct replay_line *line, enum pa_space space);
/* A maintenance operation takes effect. */
void replay_copy_maintain(struct cache *cache, struct replay_line *line, enum replay_effect effect,
                          const struct access *by);

/* replay_pending.c: what is pending on a named line. */
uint32_t replay_observer(const struct access *access);
/* An operation by VA is issued: done, or put behind what must precede it; `hold`: put in any case. */
void replay_operation_issue(struct cache *cache, struct replay_line *line, const struct access *access,
                            enum replay_effect effect, bool hold);
/* Likewise a non-cacheable store that may be buffered. False: it goes to DRAM now, which the caller does. */
bool replay_store_issue(struct cache *cache, struct replay_line *line, const struct access *access,
                        const uint8_t *data, bool hold);
void replay_sweep_issue(struct cache *cache, struct replay_line *line, const struct access *access,
                        enum replay_effect effect, bool hold);
/* A cacheable access of the observer to the line is about to be made. */
void replay_wait_operations(struct cache *cache, struct replay_line *line, uint32_t observer,
                            enum pa_space space);
/* The observer's buffered stores to the line drain. */
void replay_wait_stores(struct cache *cache, struct replay_line *line, uint32_t observer);
/* An unbuffered store of the observer is about to be made: older ones to the same bytes drain. */
void replay_wait_bytes(struct cache *cache, struct replay_line *line, const struct access *access);
/* The observer makes a load, or a store that is not buffered, to any line: what a DMB ordered is complete. */
void replay_wait_ordered(struct cache *cache, uint32_t observer, bool store);
void replay_barrier(struct cache *cache, const struct access *access);
/* What the observer reads of the line by a non-cacheable load: `bytes` holds DRAM's. */
void replay_forward(const struct cache *cache, const struct replay_line *line, uint32_t observer,
                    uint8_t *bytes);
/* The moves `complete` and `drain`; false if there is nothing that may take effect. */
bool replay_complete(struct cache *cache, struct replay_line *line, uint32_t observer, enum pa_space space);
bool replay_drain(struct cache *cache, struct replay_line *line, uint32_t observer, uint64_t pa);

#ifdef __cplusplus
}
#endif

#endif
