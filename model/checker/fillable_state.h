/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The state behind fillable.h, for its files only. A node is a table at one place of the address space; a
 * detached node is one that no descriptor leads to any more and that a walker may still know. A leaf counts
 * on the range that it maps, by itself or, once removed, by a stale record.
 */
#ifndef MODEL_CHECKER_FILLABLE_STATE_H
#define MODEL_CHECKER_FILLABLE_STATE_H

#include <assert.h>

#include "model/checker/fillable.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PAGE_SIZE  (1ULL << TRANSLATION_PAGE_SHIFT)
#define PAGE_MASK  (PAGE_SIZE - 1)
#define VA_MASK    ((1ULL << TRANSLATION_INPUT_BITS_MAX) - 1)
#define VA_HALF    (1ULL << 55)
#define REGIMES    2U
#define HALVES     2U
#define BUCKETS    1024U
#define NODE_NONE  UINT16_MAX
#define COVER_GROW 256U

/* Bits of a leaf's `attributes`: those of the descriptor, and the memory type that MAIR makes of it. */
#define LEAF_EL0        (1ULL << 6) /* AP[1] */
#define LEAF_READ_ONLY  (1ULL << 7) /* AP[2] */
#define LEAF_SH         (3ULL << 8)
#define LEAF_PXN        (1ULL << 53)
#define LEAF_XN         (1ULL << 54) /* UXN at EL1&0 */
#define LEAF_TYPE_SHIFT 16U

static_assert(FILLABLE_NODES_MAX < NODE_NONE, "a node's number fits");
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "descriptors are read in place");

/* How a node's descriptors have been read. */
struct fillable_reading {
    uint64_t mair;
    uint32_t output_bits;
};

/* Where a leaf or table is known: what a TLBI is compared with. */
struct fillable_place {
    uint64_t va; /* bits [47:0] of the first address */
    uint16_t asid;
    uint8_t regime; /* el - 1 */
    uint8_t half;   /* 1: the upper one */
    bool global;    /* of leaves: any ASID */
};

struct fillable_node {
    struct fillable_place place;
    uint64_t table; /* address of the first entry */
    uint64_t detached_at;
    struct fillable_reading reading;
    uint16_t entries;
    uint16_t parent; /* NODE_NONE: a root, or detached */
    uint16_t next;   /* of the bucket */
    uint8_t level;
    bool used;
    bool detached;
    bool told;                            /* fillable_new_table() */
    bool held_global;                     /* a global leaf has been in it */
    uint64_t shadow[TRANSLATION_ENTRIES]; /* the descriptors as they were read */
    uint16_t child[TRANSLATION_ENTRIES];  /* NODE_NONE: none */
};

/* Leaves of one size that are no longer there, contiguous in VA and PA. */
struct fillable_stale {
    struct fillable_place place;
    uint64_t attributes;
    uint64_t pa;
    uint64_t size;
    uint64_t at; /* when they were removed */
    uint32_t shift;
};

struct fillable_tlbi {
    struct translation_tlbi what;
    uint64_t va;
    uint8_t half;
    uint16_t asid;
    uint64_t at;
};

/* From `start` to the next boundary, `count` leaves map each byte. The first boundary is at 0. */
struct fillable_boundary {
    uint64_t start;
    uint32_t count;
};

struct fillable_cover {
    struct fillable_boundary *boundaries;
    uint32_t count;
    uint32_t capacity;
};

struct fillable_regime {
    struct translation_regime now;
    struct fillable_reading reading;
    uint16_t root[HALVES];
    struct fillable_cover cover;
    uint8_t kind; /* enum fillable_kind */
    bool walking;
    uint64_t stopped_at; /* walking, last */
    bool everything;     /* a limit has been reached */
    uint64_t everything_at;
};

struct fillable {
    struct fillable_window windows[FILLABLE_WINDOWS_MAX];
    uint32_t window_count;
    enum fillable_kind kind;
    struct fillable_regime regimes[REGIMES];
    struct fillable_node *nodes[FILLABLE_NODES_MAX];
    uint32_t node_count; /* used ones */
    uint32_t node_slots; /* that have ever been used */
    uint32_t detached_count;
    uint32_t untold_count;
    uint16_t buckets[BUCKETS];
    uint16_t queue[FILLABLE_NODES_MAX]; /* nodes to be read, or to be looked at by a TLBI */
    uint32_t queue_count;
    struct fillable_stale stale[FILLABLE_STALE_MAX];
    uint32_t stale_count;
    struct fillable_tlbi tlbis[FILLABLE_TLBIS_MAX];
    uint32_t tlbi_count;
    struct fillable_change changes[FILLABLE_CHANGES_MAX];
    uint32_t change_count;
    bool changed_all;
    bool exhausted; /* the host's memory: everything of a live regime is fillable for ever */
    uint64_t generation;
    uint64_t sequence; /* of the call */
    uint64_t last_tlbi_at;
};

/* What a descriptor means to us. */
struct fillable_entry {
    bool leaf;  /* it counts: Normal cacheable, access flag set, or what the kind says */
    bool table; /* where memory answers */
    bool global;
    uint64_t pa;         /* of either */
    uint64_t attributes; /* where leaves are told apart by them, else 0 */
};

/* Ranges that follow each other are added as one. */
struct fillable_run {
    uint64_t start;
    uint64_t end;
};

void fillable_change_all(struct fillable *fillable);
bool fillable_regime_fills(const struct fillable_regime *regime);
/* What was dropped was current until `at`. */
void fillable_regime_overflow(struct fillable *fillable, struct fillable_regime *regime, uint64_t at);
void fillable_exhaust(struct fillable *fillable);
uint32_t fillable_cover_find(const struct fillable_cover *cover, uint64_t pa);
bool fillable_cover_room(struct fillable_cover *cover);
void fillable_cover_add(struct fillable *fillable, uint32_t number, uint64_t start, uint64_t end, bool more);
void fillable_run_flush(struct fillable *fillable, uint32_t regime, struct fillable_run *run, bool more);
void fillable_run_extend(struct fillable *fillable, uint32_t regime, struct fillable_run *run, uint64_t pa,
                         uint64_t size, bool more);
const uint8_t *fillable_window_host(const struct fillable *fillable, uint64_t pa, uint64_t size);
/* What is kept of a leaf for FILLABLE_TRANSLATION. */
uint64_t fillable_leaf_attributes(uint64_t mair, uint64_t descriptor);
struct fillable_entry fillable_entry_of(const struct fillable *fillable, const struct fillable_node *node,
                                        const struct fillable_reading *reading, uint64_t descriptor);
struct fillable_place fillable_entry_place(const struct fillable_node *node, uint32_t index, bool global);
bool fillable_place_tags_equal(const struct fillable_place *a, const struct fillable_place *b);
void fillable_stale_add(struct fillable *fillable, const struct fillable_stale *leaf);
struct fillable_stale fillable_stale_of(const struct fillable_node *node, uint32_t index,
                                        const struct fillable_entry *entry, uint64_t at);
void fillable_node_free(struct fillable *fillable, uint16_t number);
uint16_t fillable_node_attach(struct fillable *fillable, const struct fillable_node *model);
void fillable_node_detach(struct fillable *fillable, uint16_t number, uint64_t at);
void fillable_child_attach(struct fillable *fillable, uint16_t number, uint32_t index, uint64_t table);
uint16_t fillable_node_in_page(const struct fillable *fillable, uint16_t number, uint64_t pa);
void fillable_node_read(struct fillable *fillable, uint16_t number, uint32_t first, uint32_t last);
void fillable_queue_read(struct fillable *fillable);
bool fillable_node_alike(const struct fillable_node *node, const struct fillable_node *model);
uint16_t *fillable_bucket_of(struct fillable *fillable, uint64_t pa);
bool fillable_root_model(const struct fillable *fillable, uint32_t number, uint32_t half,
                         struct fillable_node *model);

#ifdef __cplusplus
}
#endif

#endif
