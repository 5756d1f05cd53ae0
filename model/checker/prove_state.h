/* SPDX-License-Identifier: BSD-3-Clause */
/* The state of prove, shared by the prove*.c files and by nobody else. */
#ifndef MODEL_CHECKER_PROVE_STATE_H
#define MODEL_CHECKER_PROVE_STATE_H

#include "model/checker/code_side.h"
#include "model/checker/contract.h"
#include "model/checker/fillable.h"
#include "model/checker/prove.h"
#include "model/checker/translation_side.h"

#define MARK_SHIFT 6 /* a mark stands for 64 bytes, which is the line */
#define GRANT_PAGES                                                                                          \
    8192 /* at most so many pages are given at once: only in what was given are marks looked for */
#define MARK_TOLD  2 /* written by a store that was told; a PE's fast path writes 1 */
#define PAGE_LINES (PROVE_PAGE_SIZE >> MARK_SHIFT)

/* The agents as the checker numbers them. */
enum prove_agent {
    PROVE_AGENT_COHERENT,   /* PE 0, what walks for it, and the secure side's coherent mappings */
    PROVE_AGENT_UNBUFFERED, /* PE 0 and what runs on it, Device-nGnRnE */
    PROVE_AGENT_BUFFERED,   /* likewise, other Device and Normal Non-cacheable */
    PROVE_AGENT_MASTER,     /* a bus master outside the coherent domain */
    PROVE_AGENT_ALIAS,      /* the secure side's write-back mapping in its own PA space */
};

enum prove_page_flag {
    PAGE_FILLABLE = 1,    /* a live translation maps it cacheable */
    PAGE_EVER_CACHED = 2, /* it has been fillable, or a cacheable access was made to it */
    PAGE_GIVEN = 4,       /* it has been granted before */
    PAGE_TABLE = 8,       /* translation tables are in it: stores are told */
    PAGE_TRACKED = 16,
    PAGE_MARKED = 32, /* a store that was told has marked a line of it */
    PAGE_HELD = 64,   /* the checker holds a line of it */
};

struct prove_page {
    uint32_t held;  /* lines that the checker holds */
    uint32_t swept; /* sweeps that its marked lines have met */
};

struct prove_memory {
    struct prove_window window;
    const uint8_t *host;      /* golden memory */
    uint8_t *marks;           /* by line */
    struct prove_page *pages; /* by page */
    uint8_t
        *flags; /* by page, enum prove_page_flag: apart, because all of memory's are gone through at once */
};

/* Set/way operations of one kind in a row: one sweep, until an operand comes again or a DSB. */
#define SWEEP_TOUCHED_MAX 64
struct prove_sweep {
    bool goes_on;
    bool quiet; /* nothing could allocate and no line was touched since the last DSB before it */
    uint8_t op; /* enum access_op */
    uint8_t agent;
    uint64_t first_operand;
    uint64_t *seen;         /* bit by (level, way, set): met */
    uint32_t left;          /* how many are not met yet */
    uint32_t touched_count; /* lines touched since the last operation, which meets them once more */
    uint64_t touched[SWEEP_TOUCHED_MAX];
    bool touched_overflow;
};

/* Who wrote bytes of a tracked line, and what. */
#define TRACKED_VERSIONS_MAX 512
struct prove_version {
    struct prove_site site;
    uint64_t of; /* bit: it is a version of this byte of the line */
    uint8_t bytes[1U << MARK_SHIFT];
};

struct prove_tracked {
    uint64_t pa;
    struct prove_version *versions; /* oldest first; the first is what was loaded */
    uint32_t count;
    uint32_t capacity;
    bool forgotten; /* older versions that may still be somewhere are not known any more */
};

struct prove_lines {
    uint64_t *pas;
    uint32_t count;
    uint32_t capacity;
};

#define REVOKES_MAX 256

struct prove {
    struct prove_config config;
    struct checker *checker;
    struct fillable *fillable;
    struct contract *contract;
    struct code_side *code;
    struct translation_side *translations;
    bool translation_alive;                          /* some old one is */
    bool keep;                                       /* the answer to the last fetch */
    struct prove_site last_clean, last_ic, last_dsb; /* what instructions may be waiting for */
    struct access_counter counter;
    uint64_t position; /* counts the events that the checker has been told */
    uint32_t memory_count;
    struct prove_memory memories[PROVE_WINDOWS_MAX];
    bool begun; /* golden memory is known */

    /* the access under way */
    struct access under_way;
    const struct access *access; /* that */
    const uint8_t *data;
    struct access_where where;

    uint64_t held;              /* lines */
    struct prove_lines settled; /* lines that may be canonical after the next DSB */
    bool issued;                /* operations or buffered stores since the last DSB */
    bool ordering;              /* one access is awaited that a DMB holds something back for */
    bool allocated; /* since the last DSB something could allocate, or a line with copies was touched */

    struct prove_sweep sweep;
    bool sweep_pending;                  /* of dirty lines, until a DSB */
    struct checker_moment pending_since; /* before the first of them */
    struct checker_moment *moments;      /* before each sweep that lines must catch up with */
    uint32_t moment_count;
    uint32_t moment_capacity;

    struct prove_tracked *tracked; /* ascending */
    uint32_t tracked_count;

    struct prove_revoke revokes[REVOKES_MAX];
    uint32_t revoke_count;
    uint32_t revoke_next;

    struct prove_finding *findings;
    uint32_t finding_count;
    uint64_t findings_dropped;
    struct prove_lines finding_lines; /* in the order of finding */
    bool overflowed;
};

static inline uint64_t prove_line_of(const struct prove *prove, uint64_t pa)
{
    return pa & ~(uint64_t)(prove->config.line - 1);
}

/* prove.c */
struct prove_memory *prove_memory_of(struct prove *prove, uint64_t pa);
static inline uint8_t *prove_mark(const struct prove_memory *memory, uint64_t pa)
{
    return &memory->marks[(pa - memory->window.pa) >> MARK_SHIFT];
}
static inline struct prove_page *prove_page(const struct prove_memory *memory, uint64_t pa)
{
    return &memory->pages[(pa - memory->window.pa) / PROVE_PAGE_SIZE];
}
static inline uint8_t *prove_flags(const struct prove_memory *memory, uint64_t pa)
{
    return &memory->flags[(pa - memory->window.pa) / PROVE_PAGE_SIZE];
}
/* Tells the checker of the access under way; a finding is recorded. */
void prove_feed(struct prove *prove, enum checker_event_kind kind, uint8_t agent, uint64_t pa, uint64_t size);
void prove_feed_sweep(struct prove *prove, enum checker_event_kind kind, uint8_t agent, uint64_t line_pa,
                      uint64_t size, enum checker_reach reach);
struct prove_site prove_site_now(const struct prove *prove);
void prove_revoke_put(struct prove *prove, uint64_t pa, uint64_t size, bool code);
bool prove_lines_add(struct prove *prove, struct prove_lines *lines, uint64_t pa);

/* The agent of the checker that an access belongs to. */
enum prove_agent prove_agent_of(const struct access *access);
static inline bool prove_is_write(const struct access *access)
{
    return access->op == ACCESS_WRITE || access->op == ACCESS_DC_ZVA;
}

/* prove_hold.c: lines that the checker holds, and when it lets go. */
bool prove_held(struct prove *prove, const struct prove_memory *memory, uint64_t line_pa);
void prove_hold(struct prove *prove, struct prove_memory *memory, uint64_t line_pa);
/* Some reachable state of the line is dirty in the coherent domain. */
bool prove_line_dirty(struct prove *prove, uint64_t line_pa);
/* After an event on a held line: lets go if it is canonical again. */
void prove_settle(struct prove *prove, struct prove_memory *memory, uint64_t line_pa);
/* After a DSB: the lines that had something pending. */
void prove_settle_all(struct prove *prove);
/* The marked lines of the page of `pa` meet the sweeps that they have not met yet. */
void prove_catch_up(struct prove *prove, struct prove_memory *memory, uint64_t pa);

/* prove_sweep.c */
bool prove_sweep_init(struct prove *prove);
void prove_set_way(struct prove *prove);
void prove_sweep_touched(struct prove *prove, uint64_t line_pa);
void prove_sweep_end(struct prove *prove); /* a DSB */

/* prove_fill.c: which lines may be filled. */
void prove_translation(struct prove *prove);
void prove_table_written(struct prove *prove);
void prove_fillable_update(struct prove *prove);
bool prove_anything_fillable(const struct prove *prove);
/* Looks at the pages of a range anew. */
void prove_fillable_refresh(struct prove *prove, uint64_t pa, uint64_t size);

/* prove_code.c: instructions and translations that are copies. */
bool prove_code_init(struct prove *prove);
void prove_code_tell(struct prove *prove);
void prove_code_event(struct prove *prove, const struct event *event);
void prove_fetch(struct prove *prove);
void prove_translation_judge(struct prove *prove);
void prove_translation_watch(struct prove *prove);

/* prove_value.c: the values of tracked lines. */
struct prove_tracked *prove_tracked_of(struct prove *prove, uint64_t line_pa);
void prove_value_loaded(struct prove *prove, struct prove_tracked *tracked);
void prove_value_written(struct prove *prove, struct prove_tracked *tracked);
void prove_value_settled(struct prove_tracked *tracked);
/* The read under way returns the same bytes, whichever version it meets. */
bool prove_value_equal(struct prove *prove, const struct prove_tracked *tracked);
void prove_value_tell(struct prove *prove, uint64_t end, struct prove_finding *finding);

/* prove_finding.c */
/* Maintenance under way of a line that no reachable state has anything to do for. */
void prove_redundant(struct prove *prove, uint64_t line_pa);
/* Merges it with what is there, or adds it; the record that now tells of it, NULL: it adds only to a count.
 */
struct prove_finding *prove_record(struct prove *prove, const struct prove_finding *finding);
void prove_found(struct prove *prove, const struct checker_finding *found, bool at_end);
/* What the contracts found becomes findings. */
void prove_breaches_take(struct prove *prove);
struct checker_mark prove_mark_make(const struct prove_site *site);

#endif
