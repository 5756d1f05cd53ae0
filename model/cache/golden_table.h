/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The lines of the golden copy that are kept: a hash table from line address to the newest bytes, with what
 * is known of lost bytes and, for tracked lines, of writers. The table grows with the guest, up to a named
 * limit.
 */
#ifndef MODEL_CACHE_GOLDEN_TABLE_H
#define MODEL_CACHE_GOLDEN_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/cache/golden.h"

#ifdef __cplusplus
extern "C" {
#endif

#define GOLDEN_LINES_MAX    (1U << 22) /* suspect lines of one run */
#define GOLDEN_CULPRITS_MAX 4096       /* distinct operations that destroyed bytes */
#define GOLDEN_HISTORY_MAX  128        /* writes remembered per tracked line, the newest */

/* One write to a tracked line; its bytes are in golden_history.bytes. */
struct golden_write {
    struct golden_writer writer;
    uint32_t offset;
    uint32_t size;
};

struct golden_history {
    uint64_t count; /* writes ever; the ring holds the last GOLDEN_HISTORY_MAX */
    struct golden_write ring[GOLDEN_HISTORY_MAX];
    uint8_t *bytes; /* a line for each place in the ring, written bytes at their offset */
};

struct golden_entry {
    uint64_t line_pa;
    uint8_t *bytes;                 /* the newest bytes of the line */
    uint16_t *lost_by;              /* per byte: index into culprits + 1; 0: not lost to an operation */
    struct golden_history *history; /* tracked lines only */
    bool used;
    bool suspect; /* false: present because it is tracked */
};

struct golden {
    uint32_t line;
    struct golden_entry *entries; /* open addressing, capacity a power of two */
    uint32_t capacity;
    uint32_t count;
    bool overflowed; /* GOLDEN_LINES_MAX or the host's memory was reached: the run must end */
    struct golden_culprit culprits[GOLDEN_CULPRITS_MAX];
    uint32_t culprit_count;
    struct golden_finding findings[GOLDEN_FINDINGS_MAX];
    uint32_t finding_count;
    uint64_t findings_dropped;
};

bool golden_table_init(struct golden *golden, uint32_t line);
void golden_table_release(struct golden *golden);

struct golden_entry *golden_table_search(const struct golden *golden, uint64_t line_pa);
/* The entry of a line, or NULL. Every line that moves is looked up, and mostly there are none. */
static inline struct golden_entry *golden_table_find(const struct golden *golden, uint64_t line_pa)
{
    return golden->count == 0 ? 0 : golden_table_search(golden, line_pa);
}
/* The entry of a line, made if there is none (bytes zero, nothing lost). NULL at GOLDEN_LINES_MAX or without
 * memory, which is then told by `overflowed`. */
struct golden_entry *golden_table_add(struct golden *golden, uint64_t line_pa);
void golden_table_remove(struct golden *golden, struct golden_entry *entry);
/* Remembers writes to this entry from now on. */
bool golden_table_track(struct golden *golden, struct golden_entry *entry);
/* The index + 1 of this culprit, made if there is none; the last one stands for all beyond the limit. */
uint16_t golden_table_culprit(struct golden *golden, const struct golden_culprit *culprit);

#ifdef __cplusplus
}
#endif

#endif
