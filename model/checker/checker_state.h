/* SPDX-License-Identifier: BSD-3-Clause */
/* The state of the checker, shared by the files of this room and by nobody else. */
#ifndef MODEL_CHECKER_CHECKER_STATE_H
#define MODEL_CHECKER_CHECKER_STATE_H

#include "model/checker/checker.h"
#include "model/checker/reach_set.h"

#define CHECKER_LINES_MAX   (1U << 26) /* lines of one run */
#define CHECKER_HISTORY_MAX 4096 /* events remembered of one line; older ones become its starting point */

/*
 * The machines that run side by side: how it is, the three changes of the rules by which a finding gets its
 * name (they stand at their rule's number), and the one that a replay without moves goes through.
 */
#define CHECKER_MACHINE_REAL  CHECKER_RULE_STALE_READ
#define CHECKER_MACHINE_STILL (CHECKER_RULE_STALE_READ + 1)
#define CHECKER_MACHINES      (CHECKER_RULE_STALE_READ + 2)

/* When something happened: in the checker's count of events, and in the caller's terms. */
struct checker_time {
    uint64_t sequence; /* 0: never */
    uint64_t position;
    struct checker_mark mark;
};

/*
 * Events that concern all lines are not applied line by line: they are remembered here, and a line catches up
 * when it is next touched. Between two sweeps only the last barrier of each kind and PE counts.
 */
struct checker_barriers {
    struct checker_time dsb;
    struct checker_time drain;        /* DSB ST, STLR */
    struct checker_time complete;     /* an access that completed what a DMB had ordered */
    struct checker_time complete_dmb; /* that DMB */
    struct checker_time dmb;
    struct checker_time st_complete, st_complete_dmb, st_dmb; /* likewise for DMB ST */
};

/* A barrier of a stretch of time that is over, as a line meets it. */
struct checker_barrier {
    struct checker_time time;
    uint8_t event; /* enum reach_event */
    uint8_t pe;
};

/* A stretch of time that ends with a sweep or a mapping of many lines; the last epoch has no end yet. */
struct checker_epoch {
    struct checker_time end;
    uint64_t begin;             /* sequence of the end of the epoch before */
    uint64_t dsb;               /* of a sweep: sequence of the last DSB of its PE before it; 0: none */
    uint64_t first_pa, last_pa; /* lines that the end concerns */
    uint32_t barrier;           /* its barriers: the first, by PE, and how many there are */
    uint8_t barrier_count;
    uint8_t event;     /* enum reach_event: REACH_CSW, REACH_ISW, REACH_CISW, REACH_MAP, REACH_UNMAP */
    uint8_t operand;   /* its pair, or its domain */
    uint8_t reach;     /* enum checker_reach, of a sweep */
    uint32_t run;      /* the first epoch of those in a row that do the same to a line that nobody touches */
    uint32_t run_last; /* of a first epoch: the last of them */
};

/* One event in a line's history, in the form in which it is replayed. */
struct checker_past {
    uint64_t position;
    struct checker_mark mark;
    uint8_t event; /* enum reach_event; accesses of a part of the line name the form of that part */
    uint8_t operand;
    uint8_t kind;   /* enum checker_event_kind; of no meaning for barriers */
    uint16_t first; /* bytes of the line that the event is of; all of them for what is of the whole line */
    uint16_t last;
};

/*
 * The barriers of late, one after the other: between two touches of a line only the last of a kind counts for
 * its sets, but a witness needs the first, because the moves that come before it stand there.
 */
#define CHECKER_BARRIERS_MAX 1024
struct checker_barrier_log {
    struct checker_past entries[CHECKER_BARRIERS_MAX]; /* a ring */
    uint64_t count;                                    /* ever; the ring holds the last ones */
    uint64_t sequence;                                 /* of the last one, or of its repetition */
};

/* Bytes of a line that have one history: from `first` to the next granule. */
struct checker_granule {
    uint32_t set[CHECKER_MACHINES];   /* by machine */
    uint32_t start[CHECKER_MACHINES]; /* what it was when the history began */
    uint16_t first;
};

struct checker_line {
    uint64_t pa;
    uint64_t touched;                     /* sequence of the last event that was applied */
    uint64_t touched_by[CHECKER_PES_MAX]; /* sequence of the PE's last access or maintenance; 0: none */
    uint32_t epoch;                       /* that was current then */
    uint16_t granule_count;
    uint16_t granule_capacity; /* 0: `one` is the only granule */
    uint32_t past_count;
    uint32_t past_capacity;
    uint32_t
        past_first; /* where the history begins: 1 if before it stands the write that made the line dirty */
    struct checker_granule one;
    struct checker_granule *granules;
    struct checker_past *past;
    bool used;
    bool never_cached; /* held as a line that agent 0's domain never had, and it has not had it since */
};

/* The canonical sets of a line, by how its mapping stands: [0] may be filled, [1] may have a copy, [2] never
 * had one. */
#define CHECKER_CANON_COUNT 3
struct checker_canon {
    uint32_t clean[CHECKER_MACHINES];
    uint32_t marked[CHECKER_MACHINES]; /* like dirty */
    uint32_t dirty[CHECKER_MACHINES];  /* REACH_SET_NONE: a write makes a copy */
};

struct checker {
    struct checker_config config;
    uint8_t agent_domain[CHECKER_AGENTS_MAX];
    uint8_t agent_pair[CHECKER_AGENTS_MAX];
    bool sweep_may_be_certain[CHECKER_DOMAINS_MAX];
    uint32_t line_shift;
    struct reach_sets sets[CHECKER_MACHINES];
    uint32_t set_initial[CHECKER_MACHINES];
    uint32_t set_written[CHECKER_PAIRS_MAX]
                        [CHECKER_MACHINES];                /* what a write of the pair makes of the first */
    struct checker_canon canon[CHECKER_CANON_COUNT];       /* hold.c */
    struct checker_canon canon_apart[CHECKER_CANON_COUNT]; /* of lines that no alias fills */
    bool confined;                                         /* such lines are all but these: */
    uint64_t alias_first_pa, alias_last_pa;
    uint64_t sequence;
    uint64_t global; /* sequence of the last event that concerned all lines */
    struct checker_barriers barriers[CHECKER_PES_MAX]; /* the last ones */
    struct checker_epoch *epochs;
    uint32_t epoch_count;
    uint32_t epoch_capacity;
    struct checker_barrier *epoch_barriers; /* of the epochs that are over, in their order */
    uint32_t epoch_barrier_count;
    uint32_t epoch_barrier_capacity;
    struct checker_barrier_log barrier_log;
    bool dmb_armed[CHECKER_PES_MAX];
    bool dmb_st_armed[CHECKER_PES_MAX];
    struct checker_line untouched; /* what a line is that nobody has touched */
    struct checker_line *lines;    /* open addressing by address */
    uint32_t line_count;
    uint32_t line_capacity;
    struct checker_line *last_line;
    bool unwitnessed; /* findings are told without moves */
    bool found;
    struct checker_finding finding;
    uint64_t *audit_lines; /* ascending */
    uint32_t audit_count;
    uint32_t audit_next;
    uint64_t audit_position;
    bool overflowed;
};

/* line.c: the table. */
bool checker_lines_init(struct checker *checker);
void checker_lines_release(struct checker *checker);
/* The line at this address, made if need be; NULL at a limit (overflowed). */
struct checker_line *checker_line_of(struct checker *checker, uint64_t line_pa);
/* Granules of a line, in ascending order of `first`. */
struct checker_granule *checker_granules(struct checker_line *line);
const struct checker_granule *checker_granule_at(const struct checker_line *line, uint32_t offset);
/* Makes [first, last] consist of whole granules. */
bool checker_granules_split(struct checker *checker, struct checker_line *line, uint32_t first,
                            uint32_t last);
/* Takes a line out of the table. */
void checker_line_remove(struct checker *checker, struct checker_line *line);
/* The line at this address, or NULL. */
struct checker_line *checker_line_find(struct checker *checker, uint64_t line_pa);
/* A line without any past, at this address, which is in the table not yet; NULL at a limit (overflowed). */
struct checker_line *checker_line_add(struct checker *checker, uint64_t line_pa);
/* One granule, with these sets by machine (the still one stays where it is), and no history. */
void checker_line_forget(struct checker_line *line, const uint32_t *sets);
/* The set of the real machine. */
static inline uint32_t checker_granule_set(const struct checker_granule *granule)
{
    return granule->set[CHECKER_MACHINE_REAL];
}

/* hold.c */
void checker_canon_init(struct checker *checker);
/* The canonical sets of the line at this address, by mapping. */
static inline const struct checker_canon *checker_canon_of(const struct checker *checker, uint64_t line_pa)
{
    const bool apart =
        checker->confined && (line_pa < checker->alias_first_pa || line_pa > checker->alias_last_pa);
    return apart ? checker->canon_apart : checker->canon;
}

/* epoch.c: what concerns all lines. */
bool checker_epochs_init(struct checker *checker);
void checker_epochs_release(struct checker *checker);
void checker_barrier(struct checker *checker, const struct checker_event *event, uint32_t pe);
/* A sweep, REACH_MAP or REACH_UNMAP of the lines from first_pa to last_pa. */
void checker_epoch_end(struct checker *checker, const struct checker_event *event, enum reach_event what,
                       uint32_t operand, uint64_t first_pa, uint64_t last_pa);
/* The PE is about to make an access that must wait for what a DMB ordered; `store`: a DMB ST too. */
void checker_dmb_wait(struct checker *checker, const struct checker_event *event, uint32_t pe, bool store);
/* How a sweep of a pair meets the line now. */
enum reach_event checker_sweep_as_met(const struct checker *checker, const struct checker_line *line,
                                      const struct checker_event *event, enum reach_event sweep,
                                      uint32_t pair);
/* Applies to a line what has happened to all lines since it was last touched. */
void checker_line_catch_up(struct checker *checker, struct checker_line *line);

/* The barriers of [first, count) of the log are those since the position; the ones before are forgotten, or
 * no longer of interest. */
const struct checker_past *checker_barrier_logged(const struct checker *checker, uint64_t number);
uint64_t checker_barriers_since(const struct checker *checker, uint64_t position);

/* past.c: what happens to a line, and its history. */
struct checker_stale {
    uint32_t first;         /* offset of the first stale byte */
    uint32_t bytes;         /* 0: nothing stale */
    enum checker_rule rule; /* the first that applies to any of them */
    uint32_t rule_first;    /* offset of the first byte that it applies to */
};
/* Applies an event to the bytes [past->first, past->last]; the rest of the line sees the neighbour's form of
 * it. */
struct checker_stale checker_line_apply(struct checker *checker, struct checker_line *line,
                                        const struct checker_past *past);
/* The event as the granule of byte `offset` sees it; REACH_EVENT_COUNT: not at all. */
enum reach_event checker_past_event(const struct checker_past *past, uint32_t offset);
/* culprit.c: which event of the history is to blame for what the rule says of this byte, as checker_witness()
 * is told. */
struct checker_culprit checker_blame(struct checker *checker, const struct checker_line *line,
                                     uint32_t offset, enum checker_rule rule, bool at_end);
/* witness.c: the fewest moves that make the last event of the history stale (at_end: that lose the byte). */
void checker_witness(struct checker *checker, const struct checker_line *line, uint32_t offset, bool at_end,
                     struct checker_finding *finding);

#endif
