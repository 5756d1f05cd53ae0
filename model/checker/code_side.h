/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The instruction side of one PE: whether a fetch may see older bytes than the latest. Three copies stand
 * between a store and the instruction that runs: the Point of Unification (older until the store is cleaned
 * to it), the instruction cache (older until invalidated), and what the PE has fetched ahead (older until a
 * context synchronisation event). Each may be filled at any time from the one before it, wherever the PE is
 * allowed to fetch speculatively, so that after a store only this order makes a fetch certain:
 *
 *     store - clean - DSB - IC - DSB - context synchronisation
 *
 * without the clean for CTR_EL0.IDC and for stores that are not cached, without IC and its DSB for
 * CTR_EL0.DIC, and without IC and context synchronisation where nothing can have been fetched. A fetch that
 * is not cacheable passes the instruction cache by.
 *
 * Speculation is allowed where a regime maps memory executable (fillable.h), and with the MMU off in each
 * 4 KiB block that the program has executed from, and the next one. Nothing is in a copy when the run begins.
 *
 * Words are told apart: a line may hold instructions beside data that is written.
 *
 * Not judged here, but by who holds the data side (checker.h), which is to be asked beside it: whether the
 * bytes at the PoU are older because a data or unified cache holds a copy from before a non-cacheable store
 * (a cacheable fetch reads as a cacheable load does), and whether DRAM is older (a non-cacheable fetch).
 *
 * Stores that nobody is told of are known by the line's mark, so that no page has to be watched. After Arm
 * ARM, "Concurrent modification and execution of instructions", "Ordering and completion of data and
 * instruction cache instructions", "Synchronization and coherency issues between data and instruction
 * accesses", and of "Behavior when stage 1 address translation is disabled" the rule on instruction fetches.
 */
#ifndef MODEL_CHECKER_CODE_SIDE_H
#define MODEL_CHECKER_CODE_SIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/bus/translation.h"
#include "model/checker/fillable.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CODE_SIDE_PAGES_MAX     262144U /* of 4 KiB, of which something is known: 1 KiB each */
#define CODE_SIDE_CODE_MAX      16384U /* executed ones whose bytes are kept to see what a store has changed */
#define CODE_SIDE_INTERVALS_MAX 4096U  /* of memory that has been executable */

/*
 * A PE's fast path sets the mark of a line to 1 and nobody is told. A mark of 1 is made 2 here as soon as the
 * line is looked at; who is told of a store (and tells it here) leaves 2. So 1 always means: stored to, and
 * not told. Both mean dirty; 0 and the rest of a mark's life are not our concern. The calls below look at
 * marks, so they come before whatever else an access does to them.
 *
 * Where CTR_EL0.IDC makes cleans unnecessary, barriers after untold stores are not judged: only an IC, if one
 * is needed, can be missing.
 */
#define CODE_SIDE_MARK_UNTOLD 1U
#define CODE_SIDE_MARK_TOLD   2U

struct code_side_window {
    uint64_t pa; /* page aligned, as `size` */
    uint64_t size;
    const uint8_t *host; /* golden memory */
    uint8_t *marks;      /* one for 64 bytes */
};

struct code_side_config {
    bool idc, dic; /* CTR_EL0 */
    uint32_t window_count;
    struct code_side_window windows[FILLABLE_WINDOWS_MAX];
};

enum code_side_store {
    CODE_SIDE_CACHED,     /* write-back, in the PE's domain */
    CODE_SIDE_BUFFERED,   /* write-through, Non-cacheable, Device but nGnRnE: certain only after a DSB */
    CODE_SIDE_UNBUFFERED, /* Device-nGnRnE, or by an agent whose stores are not buffered */
};

/* Why a fetch may see older bytes: the first link of the chain that is missing. */
enum code_side_fault {
    CODE_SIDE_OK,
    CODE_SIDE_NOT_CLEANED,       /* to the PoU, since the store */
    CODE_SIDE_STORE_INCOMPLETE,  /* the store needs no clean, and there has been no DSB since */
    CODE_SIDE_CLEAN_INCOMPLETE,  /* cleaned, and no DSB since */
    CODE_SIDE_NOT_INVALIDATED,   /* no IC since the store, as far as is known */
    CODE_SIDE_INVALIDATED_EARLY, /* IC since the store, but none after the DSB that completed the clean (or
                                    the store): the wrong order, or no DSB between them */
    CODE_SIDE_IC_INCOMPLETE,     /* IC, and no DSB since */
    CODE_SIDE_NOT_SYNCHRONISED,  /* no context synchronisation event after the last DSB that was needed */
};
#define CODE_SIDE_FAULT_COUNT 8

struct code_side_fetched {
    uint8_t fault; /* enum code_side_fault, of the instruction that is fetched */
    bool assumed;  /* what the untold stores to the line have changed is not known: taken to be all of it */
    bool keep;     /* no fetch of the whole line may see older bytes until the next store to it: those need
                      not be told. Else they must be, one by one */
};

struct code_side;

/* As the run begins: every byte is the same everywhere, nothing in copies. NULL without host memory. */
struct code_side *code_side_create(const struct code_side_config *config);
void code_side_destroy(struct code_side *code);

/* As in fillable.h, and for the same tables. */
void code_side_regime(struct code_side *code, const struct translation_regime *regime);
void code_side_table_write(struct code_side *code, uint64_t pa, uint64_t size);
void code_side_tlbi(struct code_side *code, uint32_t encoding, uint64_t operand);

/* A store that is told, or DC ZVA: [pa, pa + size), by any agent. It has been made on golden memory. */
void code_side_store(struct code_side *code, uint64_t pa, uint64_t size, enum code_side_store kind);

/* DC by VA and IC IVAU, of the line of 64 bytes that holds `pa`. */
void code_side_maintain(struct code_side *code, enum access_op op, uint64_t pa);

/* A sweep by set/way that is certain to clean every line has been issued. Untold stores to a page of which
 * nothing else is known are taken to have been invalidated too: no IC is missed after it. */
void code_side_clean_all(struct code_side *code);

/* IC IALLU and IALLUIS. */
void code_side_ic_all(struct code_side *code);

/* DSB; `full`: for loads and stores, which completes maintenance and TLBI too; else DSB ST. DSB LD is not
 * told. */
void code_side_dsb(struct code_side *code, bool full);

/* ISB, exception entry, exception return: an SMC or HVC that returns is both. */
void code_side_synchronise(struct code_side *code);

/*
 * The PE fetches the instruction at `pa`; `cacheable` is the type of the access. After a fault the run goes
 * on as on caches where it went well: what one store has left is told once for each line.
 */
struct code_side_fetched code_side_fetch(struct code_side *code, uint64_t pa, bool cacheable);

/* What is missing, as a sentence of the report: "no DSB after the clean". */
const char *code_side_fault_text(enum code_side_fault fault);

/* A limit above or the host's memory has been reached: faults are no longer told. */
bool code_side_overflowed(const struct code_side *code);

#ifdef __cplusplus
}
#endif

#endif
