/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The reach-set checker: decides in one run whether any legal cache could have made a read stale.
 *
 * What an adversarial but legal cache can do at any moment touches one line: fill it speculatively, drop it
 * clean, write it back dirty, complete a pending maintenance operation late, drain a buffered store. So for
 * one list of events the reachable states of each granule (bytes of a line with one history) can be computed
 * alone, and the first stale read of any legal execution is in its granule's set (ARCHITECTURE.md, "Why one
 * run is enough").
 *
 * The checker reads events and steers nothing. It knows agents, domains and PEs by number, and no
 * instruction. After Arm ARM, "Caches and memory hierarchy", "Cache maintenance operations", "Barriers"; the
 * reading of each rule is told in CAVEATS.md. It must not touch the caches, the CPU, or any value: freshness
 * is all it knows.
 */
#ifndef MODEL_CHECKER_CHECKER_H
#define MODEL_CHECKER_CHECKER_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CHECKER_AGENTS_MAX  16
#define CHECKER_DOMAINS_MAX 4 /* the coherent domain 0 and the cacheable aliases */
#define CHECKER_PES_MAX     4
#define CHECKER_PAIRS_MAX   8  /* (PE, domain) pairs that issue maintenance */
#define CHECKER_MOVES_MAX   16 /* moves of a witness; no witness needs more */

enum checker_agent_kind {
    CHECKER_AGENT_WB,          /* coherent domain 0 */
    CHECKER_AGENT_WB_ALIAS,    /* a cacheable domain of its own */
    CHECKER_AGENT_NC,          /* non-cacheable, its stores are not buffered */
    CHECKER_AGENT_NC_BUFFERED, /* non-cacheable, its stores go to the PE's queue */
};

struct checker_agent {
    uint8_t kind; /* enum checker_agent_kind */
    uint8_t pe;   /* 0 .. CHECKER_PES_MAX - 1 */
};

struct checker_config {
    uint32_t line;  /* bytes, a power of two from 16 to 2048 */
    bool elsewhere; /* lines may sit where set/way operations cannot reach */
    uint32_t agent_count;
    struct checker_agent agents[CHECKER_AGENTS_MAX];
};

enum checker_event_kind {
    CHECKER_READ,     /* by the agent's own mapping */
    CHECKER_WRITE,    /* likewise */
    CHECKER_READ_NC,  /* a WB agent through a non-cacheable alias */
    CHECKER_WRITE_NC, /* likewise; buffered */
    CHECKER_CVAC,
    CHECKER_CIVAC,
    CHECKER_IVAC,
    CHECKER_ZVA, /* writes the whole line */
    CHECKER_CSW, /* a sweep of all levels */
    CHECKER_ISW,
    CHECKER_CISW,
    CHECKER_DSB,    /* loads and stores, every scope */
    CHECKER_DSB_ST, /* stores only: drains, completes no maintenance */
    CHECKER_DMB,    /* loads and stores */
    CHECKER_DMB_ST,
    CHECKER_RELEASE, /* STLR: what is buffered completes before it */
    CHECKER_MAP,     /* the agent's domain may fill the lines of the range */
    CHECKER_UNMAP,
};
#define CHECKER_EVENT_KIND_COUNT 18

/* How far a sweep is known to meet a line. */
enum checker_reach {
    CHECKER_REACH_UNTOUCHED, /* it is complete: certain for lines that its PE has not touched since its last
                                DSB, if the domain has no agent elsewhere */
    CHECKER_REACH_NOTHING,   /* any line may escape: allocation goes on, or not every set and way was named */
    CHECKER_REACH_ALL,       /* it is complete, and its PE has made no access since its last DSB */
};

/* Who made an event, in the caller's terms: carried to findings, and not looked at. */
struct checker_mark {
    uint64_t pc;
    uint64_t tag;
};

struct checker_event {
    uint64_t position; /* the caller's: a trace line, a count of events; ascending */
    uint64_t pa;
    uint64_t size; /* bytes; a read or write stays within a line. Of a sweep 0: all lines, else those that the
                      range touches */
    uint8_t kind;  /* enum checker_event_kind */
    uint8_t agent;
    uint8_t reach; /* enum checker_reach, of sweeps */
    struct checker_mark mark;
};

enum checker_rule {
    CHECKER_RULE_MISSING_BARRIER, /* goes away if every op completes and every store drains when issued */
    CHECKER_RULE_CLOBBER,         /* goes away if also nothing stale is ever written over fresh DRAM */
    CHECKER_RULE_LOST_WRITE,      /* goes away if also invalidates and sweeps clean first */
    CHECKER_RULE_STALE_READ,
};

enum checker_move_kind {
    CHECKER_MOVE_FILL,
    CHECKER_MOVE_DROP,
    CHECKER_MOVE_WRITEBACK,
    CHECKER_MOVE_HOLD,
    CHECKER_MOVE_COMPLETE,
    CHECKER_MOVE_MISS,
    CHECKER_MOVE_DRAIN,
};

/* One move of the adversary, just before the event at `position` (hold and miss: of it). */
struct checker_move {
    uint64_t position;
    struct checker_mark mark; /* of that event; zero at the end */
    uint8_t kind;             /* enum checker_move_kind */
    uint8_t domain;           /* whose copy: FILL, DROP, WRITEBACK; of the operation: HOLD, COMPLETE, MISS */
    uint8_t pe;               /* whose operation or buffered store */
};

/* The event that is to blame: the operation that destroyed or was not waited for, the store that left the
 * line dirty. */
struct checker_culprit {
    bool known;
    uint8_t kind; /* enum checker_event_kind */
    uint8_t pe;
    uint8_t domain; /* UINT8_MAX: a non-cacheable store */
    uint64_t position;
    struct checker_mark mark;
};

struct checker_finding {
    uint64_t position; /* of the reading event, or of the end */
    uint64_t pa;       /* first stale byte */
    uint32_t bytes;    /* how many bytes of the read may be stale */
    uint8_t rule;      /* enum checker_rule */
    uint8_t agent;     /* who read; meaningless at the end */
    struct checker_culprit by;
    uint8_t move_count;
    struct checker_move moves[CHECKER_MOVES_MAX];
};

struct checker;

/* What is wrong with a configuration, as a sentence; NULL if nothing is. */
const char *checker_config_error(const struct checker_config *config);

/* Every byte fresh in DRAM, no cache holds any line, nothing pending, every line fillable. NULL without host
 * memory. */
struct checker *checker_create(const struct checker_config *config);
void checker_destroy(struct checker *checker);

/*
 * Findings are told without moves from here on (or with them again): a witness is a search, and a caller that
 * runs twice needs it once.
 */
void checker_witnesses(struct checker *checker, bool wanted);

/* The finding that was told last, with its moves, though witnesses are off. */
const struct checker_finding *checker_explain(struct checker *checker);

/*
 * The agent is about to make an access to a line that is not held: what a DMB ordered before it completes.
 * `store`: a store that is not buffered. checker_ordering(): there is something that such an access
 * completes.
 */
void checker_order(struct checker *checker, const struct checker_event *event, bool store);
bool checker_ordering(const struct checker *checker, uint8_t agent);

/* Takes the next event. Returns the finding that it makes, valid until the next call, or NULL. */
const struct checker_finding *checker_take(struct checker *checker, const struct checker_event *event);

/*
 * The same for a read that returns the same bytes whichever version it meets: whether it may meet an older one
 * is told as by checker_take(), but no state is dropped for it, because the program goes on alike in all.
 */
const struct checker_finding *checker_take_equal(struct checker *checker, const struct checker_event *event);

/*
 * The end: lines of which some reachable state holds the newest version of some byte nowhere, in ascending
 * order. checker_audit_next() returns one finding a line, then NULL. Nothing may be taken afterwards.
 */
void checker_audit_begin(struct checker *checker, uint64_t position);
const struct checker_finding *checker_audit_next(struct checker *checker);

/*
 * For a run that is watched as it goes: a line is held only while its set is not canonical, that is, while
 * more than one bit is known of it: written through the coherent domain, or not.
 */
enum checker_canonical {
    CHECKER_LINE_OTHER,  /* not canonical */
    CHECKER_LINE_MARKED, /* of each byte no more is known than that agent 0 has written some byte of the line
                            since it was clean: the states in which this byte was written, and the others */
    CHECKER_LINE_CLEAN,  /* DRAM is fresh, and so is every copy that there may be */
    CHECKER_LINE_DIRTY,  /* the same, then written by agent 0 */
};

/* A moment of the run, to which a line's past reaches back. */
struct checker_moment {
    uint64_t sequence;
    uint32_t epoch;
};

struct checker_moment checker_now(const struct checker *checker);
bool checker_holds(struct checker *checker, uint64_t line_pa);

/*
 * Holds a line that was canonical until `since` and that nothing but sweeps and barriers has met after it;
 * since the first of these sweeps, if there were any, its mapping has been the same. `fillable`: agent 0's
 * domain may fill it. `cached`: a copy may exist, though it cannot be filled now.
 */
void checker_hold(struct checker *checker, uint64_t line_pa, enum checker_canonical canonical, bool fillable,
                  bool cached, struct checker_moment since);

/* What a held line is by now. */
enum checker_canonical checker_canonical(struct checker *checker, uint64_t line_pa);

/*
 * Only lines that this range touches are, and have ever been, filled by aliases: what these may hold keeps no
 * other line from being canonical. Before anything is held or taken.
 */
void checker_confine_aliases(struct checker *checker, uint64_t pa, uint64_t size);

/* Lets go of a held line. */
void checker_release(struct checker *checker, uint64_t line_pa);

/* The host's memory ran out, or a named limit was reached: what was said so far holds, the rest does not. */
bool checker_overflowed(const struct checker *checker);

/* Some reachable state of these bytes is dirty in the agent's domain (the handoff rule). */
bool checker_may_be_dirty(struct checker *checker, uint8_t agent, uint64_t pa, uint64_t size);

/* The domain of an agent: 0, or the number of its alias; agents without a cacheable mapping have none
 * (UINT8_MAX). */
uint8_t checker_domain(const struct checker *checker, uint8_t agent);

const char *checker_rule_text(enum checker_rule rule);
const char *checker_move_text(enum checker_move_kind kind);

#ifdef __cplusplus
}
#endif

#endif
