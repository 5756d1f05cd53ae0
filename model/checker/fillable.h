/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which physical lines a cache may fill without being asked: those that some live translation regime maps as
 * Normal write-back or write-through memory, with the access flag set, from the moment a walker may see the
 * descriptor until a TLBI that covers it, issued after its removal, has been completed by a DSB. A regime is
 * live for fills while its MMU and data cache are on, or while HCR_EL2.DC makes all of EL1&0's memory
 * write-back.
 *
 * What may be cached of a translation is a leaf (a block or page) or a table descriptor, so a table that is
 * no longer pointed to is still walked until it has been invalidated: what is written into it counts, and so
 * do its leaves. Entries of any ASID count, because an ASID can be made current again without maintenance.
 *
 * Reads tables through host memory, as it is when it is told of a change; it touches nothing and knows no PE:
 * one of these stands for the TLBs of all PEs that share maintenance, or for those of one. After Arm ARM,
 * "The AArch64 Virtual Memory System Architecture": "Translation Lookaside Buffers (TLBs)", "TLB maintenance
 * requirements and the TLB maintenance instructions", "Prefetching" of "Caches and memory hierarchy".
 */
#ifndef MODEL_CHECKER_FILLABLE_H
#define MODEL_CHECKER_FILLABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/bus/translation.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FILLABLE_WINDOWS_MAX 16U
#define FILLABLE_NODES_MAX                                                                                   \
    4096U /* tables by place in the tree; more: all of the regime's memory may be filled */
#define FILLABLE_STALE_MAX   16384U /* removed and not invalidated ranges of leaves; more: likewise */
#define FILLABLE_TLBIS_MAX   1024U  /* waiting for their DSB; more have no effect */
#define FILLABLE_CHANGES_MAX 64U

struct fillable_window {
    uint64_t pa;
    uint64_t size;
    const uint8_t *host;
};

/* Lines of [pa, pa + size) may have become fillable or have ceased to be. */
struct fillable_change {
    uint64_t pa;
    uint64_t size;
};

/*
 * Which leaves count, and when. What else is asked of their tables is asked with another object of its kind.
 */
enum fillable_kind {
    FILLABLE_DATA, /* as above */
    FILLABLE_CODE, /* may be fetched speculatively: executable at some exception level; while the MMU is
                      on. WXN and what table descriptors deny are not looked at: more counts than has to */
    FILLABLE_TRANSLATION, /* every valid leaf with the access flag set (translation_side.h); while the MMU is
                             on */
};

struct fillable;

/* No regime is live. Page tables outside the windows are not walked: nothing would answer. NULL without host
 * memory. */
struct fillable *fillable_create(const struct fillable_window *windows, uint32_t window_count);
struct fillable *fillable_create_of(enum fillable_kind kind, const struct fillable_window *windows,
                                    uint32_t window_count);
void fillable_destroy(struct fillable *fillable);

/* The registers of a regime have been written; the first call for a regime scans its tables. */
void fillable_regime(struct fillable *fillable, const struct translation_regime *regime);

/* [pa, pa + size) has been written: to be told of every write to a page that fillable_is_table(). */
void fillable_table_write(struct fillable *fillable, uint64_t pa, uint64_t size);
bool fillable_is_table(const struct fillable *fillable, uint64_t pa);
/* A page that has become one since this was last asked. False: no more. */
bool fillable_new_table(struct fillable *fillable, uint64_t *pa);

/* A TLBI by its encoding and register operand; it takes effect at the next DSB. */
void fillable_tlbi(struct fillable *fillable, uint32_t encoding, uint64_t operand);
void fillable_dsb(struct fillable *fillable);

bool fillable_line(const struct fillable *fillable, uint64_t pa);
/* The same, and that it is so up to `*end` at least (exclusive; UINT64_MAX: to the end of memory). */
bool fillable_range(const struct fillable *fillable, uint64_t pa, uint64_t *end);

/* Counts changes of what is fillable. */
uint64_t fillable_generation(const struct fillable *fillable);
/* The changes since this was last asked, and how many; `*all`: anything may have changed. */
uint32_t fillable_changes(struct fillable *fillable, struct fillable_change changes[FILLABLE_CHANGES_MAX],
                          bool *all);

/* A limit above has been reached: more is told to be fillable than is. */
bool fillable_overflowed(const struct fillable *fillable);

#ifdef __cplusplus
}
#endif

#endif
