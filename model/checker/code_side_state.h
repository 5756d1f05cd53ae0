/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The state behind code_side.h, for its files only. Of each word of a page it keeps where an older version
 * may be: a bit says that some reachable state has one there. The bits of a page are always closed under what
 * may happen at any moment (fills, where fetches are allowed), so that an event only has to follow them.
 */
#ifndef MODEL_CHECKER_CODE_SIDE_STATE_H
#define MODEL_CHECKER_CODE_SIDE_STATE_H

#include "model/checker/code_side.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CODE_PAGE_SIZE 4096U
#define CODE_LINE_SIZE 64U
#define CODE_LINES     (CODE_PAGE_SIZE / CODE_LINE_SIZE) /* bits of a uint64_t */
#define CODE_WORDS     (CODE_LINE_SIZE / 4U)             /* of a line: bits of a uint16_t */
#define CODE_BLOCK     64U                               /* pages that come together */
#define CODE_PAGE_NONE UINT32_MAX
#define CODE_LINES_ALL UINT64_MAX
#define CODE_WORDS_ALL UINT16_MAX
#define CODE_BUCKETS   1024U /* at first; a power of two */
#define CODE_PA_END    (1ULL << TRANSLATION_PA_BITS)

enum code_list { CODE_LIST_PENDING, CODE_LIST_UNSYNCHRONISED };
#define CODE_LISTS 2U

struct code_page {
    uint64_t pa;
    uint8_t *seen;       /* its bytes when each line was last looked at; NULL: not kept */
    uint64_t seen_valid; /* lines of it */

    /* by line: bit n */
    uint64_t copy;         /* the instruction cache may hold something of it */
    uint64_t ahead;        /* it may have been fetched ahead */
    uint64_t invalidating; /* IC issued, DSB missing */
    uint64_t again;        /* of these: as `copy`, had the IC taken effect when it was issued */
    uint64_t assumed;      /* which words were written is not known: all */

    /* by line and word: an older version may be, or an operation is pending */
    uint16_t stale[CODE_LINES];       /* at the PoU */
    uint16_t stored[CODE_LINES];      /* of these: the store needs no clean, only a DSB */
    uint16_t cleaning[CODE_LINES];    /* of the others: clean issued, DSB missing */
    uint16_t copy_stale[CODE_LINES];  /* in the instruction cache */
    uint16_t ahead_stale[CODE_LINES]; /* in what has been fetched ahead */
    uint16_t again_stale[CODE_LINES]; /* as `again` */
    uint16_t early[CODE_LINES];       /* IC since the store, issued while `stale` */

    uint32_t number; /* of the page */
    uint32_t next[CODE_LISTS];
    bool listed[CODE_LISTS];
    bool fetched;   /* the program has executed from it */
    bool flat;      /* may be fetched ahead with the MMU off: it or the page before has been executed from */
    bool fetchable; /* may be fetched ahead now */
};

struct code_interval {
    uint64_t start;
    uint64_t end;
};

/* Ascending, apart from each other. */
struct code_intervals {
    uint32_t count;
    struct code_interval at[CODE_SIDE_INTERVALS_MAX];
};

struct code_side {
    struct code_side_config config;
    struct fillable *mapped; /* executable */
    bool told[2];            /* regimes by el - 1 */
    bool walking[2];
    bool caching_told[2]; /* SCTLR_ELx.I, or HCR_EL2.DC */
    bool flat_mode;       /* the MMU may be off */
    bool caching;         /* fetches may be cached */
    bool copies;          /* that matters: no CTR_EL0.DIC */
    bool ic_all_pending;
    bool mapping_changed; /* since the last context synchronisation */
    bool overflowed;

    struct code_page *blocks[CODE_SIDE_PAGES_MAX / CODE_BLOCK];
    uint32_t page_count;
    uint32_t seen_count;
    uint32_t *buckets; /* page numbers, open addressing */
    uint32_t bucket_count;
    uint32_t lists[CODE_LISTS];

    /* Of pages of which nothing else is known. */
    struct code_intervals copied; /* the instruction cache may hold something */
    struct code_intervals again;  /* likewise, had the pending IC of everything taken effect when issued */
    struct code_intervals ahead;  /* may have been fetched ahead */
};

static inline struct code_page *code_side_page_at(const struct code_side *code, uint32_t number)
{
    return &code->blocks[number / CODE_BLOCK][number % CODE_BLOCK];
}

/* code_side.c */
/* Catches up with stores to the line that nobody was told of, but for those to `but`. */
void code_side_line_look(struct code_side *code, struct code_page *page, uint32_t line, uint16_t but);

/* code_side_pages.c */
struct code_page *code_side_page_find(const struct code_side *code, uint64_t pa);
/* Made if need be, as the intervals have it; NULL: overflowed. */
struct code_page *code_side_page_get(struct code_side *code, uint64_t pa);
void code_side_list_add(struct code_side *code, enum code_list list, struct code_page *page);
/* Takes the first page off the list; NULL: it is empty. */
struct code_page *code_side_list_take(struct code_side *code, enum code_list list);
void code_side_intervals_add(struct code_side *code, struct code_intervals *intervals, uint64_t start,
                             uint64_t end);
uint8_t *code_side_mark(const struct code_side *code, uint64_t pa); /* NULL: no window has it */
/* The words of a line that untold stores have changed, none if there are none. The line has been looked at.
 */
uint16_t code_side_line_untold(struct code_side *code, struct code_page *page, uint32_t line);
/* Its bytes are as they are. */
void code_side_line_seen(struct code_side *code, struct code_page *page, uint32_t line);
/*
 * Of untold stores in [start, end) it is known from now on that they came before this moment. Of pages of
 * which nothing is known they are forgotten: where nothing could be copied before, that is right, else it is
 * favourable.
 */
void code_side_marks_age(struct code_side *code, uint64_t start, uint64_t end);
/* From now on the bytes of the page are kept, if there is room. */
void code_side_page_watch(struct code_side *code, struct code_page *page);

/* code_side_fetchable.c: where fetches are allowed. */
/* The bits of a line, or of all, follow what may have been filled by now. */
void code_side_line_close(const struct code_side *code, struct code_page *page, uint32_t line);
void code_side_page_close(const struct code_side *code, struct code_page *page);
bool code_side_page_allowed(const struct code_side *code, const struct code_page *page);
/* Fetches of this page may be allowed that were not, or the other way round. */
void code_side_page_refresh(struct code_side *code, struct code_page *page);
/* A cacheable fetch has been seen. */
void code_side_caching_seen(struct code_side *code);
/* A DSB completes TLBIs. */
void code_side_mapping_complete(struct code_side *code);
/* Adds what may be fetched ahead now and by a mapping. */
void code_side_intervals_mapped(struct code_side *code, struct code_intervals *intervals);

#ifdef __cplusplus
}
#endif

#endif
