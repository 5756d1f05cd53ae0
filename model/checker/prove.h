/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Prove: the checker beside a running machine. Takes the accesses of a run on golden memory (every read
 * returns the latest write), keeps the reach-set checker (checker.h) supplied with those that concern it, and
 * says which memory may be touched without telling.
 *
 * Every line of memory is covered. Until something non-coherent happens to a line, one byte says all about
 * it: written through a cacheable mapping, or not (`marks`, set by whoever writes: the PE on its fast path,
 * this core for the accesses that it is told). A line on which there is more to know is held by the checker,
 * and its page is slow: it is not granted, and every access to it is told. A line that is canonical again is
 * let go.
 *
 * Speculative fills are allowed where a live translation regime maps the line cacheable (fillable.h). Sweeps
 * by set/way of one kind in a row are one event; memory is not granted again until a line has caught up with
 * it. Instruction fetches are judged by the second copy that they have (code_side.h), the contracts of a
 * shared buffer beside it (contract.h).
 *
 * Two passes: the first finds; the second is told the lines of the findings (prove_track), holds them from
 * the start, and so knows who wrote their values, and the moves by which a replay gets there.
 *
 * Steers nothing: no value, no access depends on it. Must not touch caches and PEs.
 */
#ifndef MODEL_CHECKER_PROVE_H
#define MODEL_CHECKER_PROVE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/bus/access.h"
#include "model/bus/access_where.h"
#include "model/checker/checker.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PROVE_WINDOWS_MAX  16
#define PROVE_LEVELS_MAX   3
#define PROVE_FINDINGS_MAX 1024 /* distinct records of one run; more are counted as dropped */
#define PROVE_VALUE_MAX    16   /* bytes of a value in a finding */
#define PROVE_PAGE_SIZE    4096
#define PROVE_LINES_MAX    4096 /* lines of findings that are remembered for a second pass */

struct prove_window {
    uint64_t pa; /* page aligned, as `size` */
    uint64_t size;
};

struct prove_level {
    uint32_t sets; /* 0: set/way operations do not reach it */
    uint32_t ways;
};

struct prove_config {
    uint32_t line;  /* bytes: 64 */
    bool elsewhere; /* lines may sit where set/way operations cannot reach: a system cache */
    bool idc, dic;  /* CTR_EL0 */
    struct prove_level levels[PROVE_LEVELS_MAX]; /* data and unified caches, level 1 first */
    bool secure_alias;    /* the secure side maps the buffer cacheable in its own PA space */
    bool secure_coherent; /* it maps the buffer cacheable in the non-secure one: its lines may be filled */
    uint64_t buffer_pa, buffer_size; /* shared with the secure side; size 0: none */
    uint32_t window_count;
    struct prove_window windows[PROVE_WINDOWS_MAX];
};

enum prove_rule {
    PROVE_STALE_READ,
    PROVE_LOST_WRITE,
    PROVE_CLOBBER,
    PROVE_MISSING_BARRIER,
    PROVE_DIRTY_AT_HANDOFF,
    PROVE_FOREIGN_MAINTENANCE,
    PROVE_EDGE,
    PROVE_MISMATCHED_ATTRIBUTES,
    PROVE_SET_WAY_AT_RUNTIME,
    PROVE_REDUNDANT_MAINTENANCE,
    PROVE_PROTOCOL,
};
#define PROVE_RULE_COUNT 11

/* What copy may be old: another than data has no token, because the caches of a replay hold no such copies.
 */
enum prove_copy {
    PROVE_COPY_DATA,
    PROVE_COPY_INSTRUCTION, /* `detail`: enum code_side_fault */
    PROVE_COPY_TRANSLATION, /* `detail`: the old output address; `status`: enum translation_side_difference */
};

enum prove_severity { PROVE_NOTE, PROVE_WARNING, PROVE_ERROR };

/* Who did something, and where in the run. */
struct prove_site {
    bool known;
    bool loaded; /* of a writer: nobody, the bytes stand as they were loaded */
    uint8_t op;  /* enum access_op */
    uint64_t pc;
    uint64_t position; /* instructions retired by the PE */
    struct access_where where;
};

struct prove_move {
    struct access_where where;
    uint64_t pc; /* of the instruction that stands there; 0: not known */
    uint64_t pa;
    uint8_t kind;  /* enum checker_move_kind */
    uint8_t space; /* enum pa_space */
    uint8_t pe;    /* whose operation or store */
};

/* What a witness, which is the shortest way to any older version, shows of the bytes. */
enum prove_shows {
    PROVE_SHOWS_PERHAPS, /* an older version differs, the one before the newest does not */
    PROVE_SHOWS_LIKELY,  /* the version before the newest differs, one before it does not */
    PROVE_SHOWS_SURELY,  /* every older version of some byte differs */
};

struct prove_finding {
    uint8_t rule;     /* enum prove_rule */
    uint8_t severity; /* enum prove_severity; of bytes told at the end it depends on their owner: error */
    uint8_t space;    /* enum pa_space */
    uint8_t copy;     /* enum prove_copy, of stale-read */
    bool at_end;      /* nobody read the bytes */
    bool equal_value; /* known from the second pass: whatever the read returns, the bytes are the same */
    uint8_t shows;    /* likewise: enum prove_shows */
    uint32_t bytes;   /* how many may be stale, or are concerned */
    uint64_t pa;      /* the first of them */
    uint64_t va;
    uint64_t count;    /* events merged into this record; lines, for `at_end` */
    uint64_t first_pa; /* of the first of them: this record is of it, unless its values were equal and */
    struct access_where first; /* those of a later one are not */
    struct prove_site site;    /* the reader, or who acted; unknown for `at_end` */
    struct prove_site by;      /* the culprit */
    uint64_t detail;           /* protocol: the function ID; contracts: see contract.h */
    int64_t status;            /* protocol: the status returned */
    /* Second pass, of the bytes from `pa` on. */
    uint32_t value_size;
    uint8_t golden[PROVE_VALUE_MAX];
    uint8_t superseded[PROVE_VALUE_MAX]; /* the newest older version that may be read instead */
    struct prove_site golden_writer;
    struct prove_site superseded_writer;
    uint32_t move_count;
    struct prove_move moves[CHECKER_MOVES_MAX];
};

struct prove;

/* NULL when the host has no memory. */
struct prove *prove_create(const struct prove_config *config);
void prove_destroy(struct prove *prove);

/* Golden memory of a window; for every window, before everything else. */
void prove_memory_is(struct prove *prove, uint32_t window, const uint8_t *host);

/* A line that is held from the start. Before the first access. */
void prove_track(struct prove *prove, uint64_t line_pa);

/* The marks of a window: a byte for each 64 bytes from its first on, set to 1 by stores through WB or WT
 * mappings. Lives as long as `prove`. */
uint8_t *prove_marks(struct prove *prove, uint32_t window);

/*
 * An access that has been made on golden memory, in the order of the run. `data`: the bytes read or written;
 * for ACCESS_TRANSLATION_CHANGED and ACCESS_TLBI as access.h says; else NULL. Reads and writes stay within a
 * line. What is outside the windows concerns only barriers.
 */
void prove_take(struct prove *prove, const struct access *access, const uint8_t *data);

/* An access that nothing answered: it only counts. */
void prove_failed(struct prove *prove, const struct access *access);

/* After the fetch of a line: it may be kept decoded until it is written or invalidated. */
bool prove_keep(const struct prove *prove);

/* The shared buffer changes hands by the call `function_id` that `by` makes. */
void prove_hand_over(struct prove *prove, uint32_t function_id, bool to_secure, const struct access *by);

/* Events of the secure side and of the scenario, in the order of the run (contract.h). */
void prove_event(struct prove *prove, const struct event *event);
/* ExitBootServices was called, as known from elsewhere than the secure side's events. */
void prove_exit_boot_services(struct prove *prove);

/*
 * What may be touched without telling: `*first` to `*last` around `pa` (whole pages). False: nothing, ask
 * again after the next access there. `*writable` false: reads only. Outside the windows reads are all that is
 * given, as far as the owner of what is there gives them.
 */
bool prove_grant(struct prove *prove, uint64_t pa, uint64_t *first, uint64_t *last, bool *writable);

/* Pages of non-secure memory are the secure side's alone by the call of the PE `by`, or come back. */
void prove_lend(struct prove *prove, uint64_t pa, uint64_t size, bool lent, const struct access *by);

/* What must be taken back now: call until it returns false, after each prove_take() and prove_hand_over(). */
struct prove_revoke {
    uint64_t pa;
    uint64_t size; /* UINT64_MAX: everything, and pa is 0 */
    bool code;     /* decoded instructions of these lines, instead of data */
};
bool prove_revoked(struct prove *prove, struct prove_revoke *revoke);

/* The end of the run: what no reachable state may have kept becomes findings. Nothing may be taken
 * afterwards. */
void prove_audit(struct prove *prove, uint64_t position);

uint32_t prove_findings(const struct prove *prove, const struct prove_finding **findings, uint64_t *dropped);

/* Set/way operations were made and nobody told of ExitBootServices: set-way-at-runtime had nothing to go by.
 */
bool prove_set_way_unjudged(const struct prove *prove);

/* The lines of which stale or lost bytes were found, each once, in the order in which they were: what a
 * second pass tracks. The first PROVE_LINES_MAX of them. */
uint32_t prove_finding_lines(const struct prove *prove, const uint64_t **lines);

/* The host's memory ran out, or a named limit was reached: what was found holds, the rest is not known. */
bool prove_overflowed(const struct prove *prove);

const char *prove_rule_text(enum prove_rule rule);

#ifdef __cplusplus
}
#endif

#endif
