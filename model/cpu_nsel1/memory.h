/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How the core reaches memory: host windows (golden mode), grants, or a question to the caller. A question is
 * asked once; the instruction or walk that asked begins again when the answer is there and finds it here.
 */
#ifndef MODEL_CPU_NSEL1_MEMORY_H
#define MODEL_CPU_NSEL1_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "model/bus/access.h"
#include "model/cpu_nsel1/cpu_state.h"

#ifdef __cplusplus
extern "C" {
#endif

struct memory_answer {
    uint64_t value; /* of reads of up to 8 bytes */
    uint8_t status; /* enum access_status */
};

/*
 * One access of the instruction in progress; the n-th call of an attempt is the n-th access. False: not
 * answered yet, the caller of cpu_run has to do cpu->access. `value` is what a write writes.
 */
bool memory_access(struct cpu *cpu, const struct access *access, uint64_t value,
                   struct memory_answer *answer);

/* Observed: an access that only tells, with its access->size bytes of data. True at once if nobody observes.
 */
bool memory_tell(struct cpu *cpu, const struct access *access, const void *data);

/* As memory_access() for the descriptor of a walk; `ordinal` counts its levels. */
bool memory_walk_read(struct cpu *cpu, const struct access *access, uint32_t ordinal,
                      struct memory_answer *answer);

/* Asks the caller; `what` finds the answer again. `ordinal`: of the access in its attempt or walk. */
void memory_ask(struct cpu *cpu, const struct access *access, enum asked what, uint32_t ordinal);

/* What has been made since the last instruction retired. */
struct accesses_made *memory_made(struct cpu *cpu);

/* Host pointer to [pa, pa + size), within a page, of a window that may be used without asking, or NULL. */
uint8_t *memory_window(struct cpu *cpu, uint64_t pa, uint64_t size, bool write);

/* Observed: the access has to be asked for although a window holds it. */
bool memory_observed(struct cpu *cpu, const struct access *access);

/* Golden mode: lets cells of this VA's page work on the window without the step, if the page may be granted.
 */
void memory_grant_page(struct cpu *cpu, uint64_t va, uint64_t pa, bool write, bool cacheable);

/* Golden mode: no store may reach this page unseen any more, because instructions of it are decoded. */
void memory_writes_revoke(struct cpu *cpu, const uint8_t *page_host);

/* Golden mode: a store of ours into a window, with its marks and the decoded instructions it overwrites. */
void memory_window_write(struct cpu *cpu, const struct access *access, uint8_t *host, uint64_t value);

/* Golden mode: zeroes a block (DC ZVA). */
void memory_window_zero(struct cpu *cpu, const struct access *access, uint8_t *host);

/* Drops what was derived from the translation: grants and fetch ways. */
void memory_translation_flush(struct cpu *cpu);
/* Drops the grants of the page that holds `va`. */
void memory_page_grants_drop(struct cpu *cpu, uint64_t va);

/* ---- window.c ---- */
/* The window that holds all of [pa, pa + size), revoked or not, or NULL. */
struct cpu_window *window_holding(struct cpu *cpu, uint64_t pa, uint64_t size);
/* The page of `pa` has been taken back, for reads or for writes. */
bool window_page_revoked(const struct cpu_window *window, uint64_t pa, bool write);
void windows_release(struct cpu *cpu);

/* ---- code.c: decoded pages ---- */
void code_reset(struct cpu *cpu);
/* The decoded page of `pa` (page aligned), made if there is none. May recycle another. */
struct code_page *code_page_get(struct cpu *cpu, uint64_t pa);
struct code_page *code_page_find(const struct cpu *cpu, uint64_t pa);
bool code_page_has_cells(const struct cpu *cpu, uint64_t pa);
/* Some instruction of the 64-byte blocks that [pa, pa + size) touches, within a page, is decoded. */
bool code_range_has_cells(const struct cpu *cpu, uint64_t pa, uint64_t size);
/* Forgets the cells of [pa, pa + size) if any are decoded. */
void code_range_drop(struct cpu *cpu, uint64_t pa, uint64_t size);
/* Forgets the pages of [pa, pa + size), whole pages; the first form is for any size, the second for few pages
 * too. */
void code_pages_drop(struct cpu *cpu, uint64_t pa, uint64_t size);
void code_range_forget(struct cpu *cpu, uint64_t pa, uint64_t size);
void code_all_drop(struct cpu *cpu);
void code_cell_drop(struct cpu *cpu, struct code_page *page, uint32_t cell);
/* Decodes one instruction. */
void code_cell_set(struct cpu *cpu, struct code_page *page, uint32_t cell, uint32_t word);
void code_fetch_ways_flush(struct cpu *cpu);
void code_fetch_way_flush(struct cpu *cpu, uint64_t va); /* of one page */

/* ---- fetch.c ---- */
enum fetch_result {
    FETCH_READY,  /* cpu->page and cpu->page_va are those of cpu->pc, whose cell is decoded */
    FETCH_SINGLE, /* likewise, but the cell may be run once only */
    FETCH_NEED,
    FETCH_FAULT, /* an exception has been taken */
};
enum fetch_result fetch_instruction(struct cpu *cpu);
/* The cell of cpu->pc is decoded, and found without translation. */
bool fetch_is_ready(const struct cpu *cpu);

#ifdef __cplusplus
}
#endif

#endif
