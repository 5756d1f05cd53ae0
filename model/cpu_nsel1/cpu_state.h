/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The whole state of a PE, for the files of this room only. Architectural state first; then what is derived
 * from it and from memory (grants, fetch ways, TLB, decoded pages); then the instruction or fetch that waits
 * for an answer.
 *
 * At rest the program counter is cpu->pc. While handlers run, it is the cell pointer, and flags and budget
 * are in their arguments; the leave functions (leave.c) put all of it back.
 */
#ifndef MODEL_CPU_NSEL1_CPU_STATE_H
#define MODEL_CPU_NSEL1_CPU_STATE_H

#include "model/cpu_nsel1/cpu.h"
#include "model/cpu_nsel1/op.h"
#include "model/cpu_nsel1/sysreg.h"
#include "model/cpu_nsel1/tlb.h"

#ifdef __cplusplus
extern "C" {
#endif

#define GRANTS_GOLDEN 256U  /* slots of 4 KiB */
#define GRANTS_CACHED 1024U /* slots of a line */
#define GRANTS_MAX    1024U
#define FETCH_WAYS    1024U
#define TLB_ENTRIES   1024U /* of each side */
#define KNOWN_PAGES   64U   /* for reads, and for writes */
#define CODE_PAGES    1024U
#define CODE_BUCKETS  2048U
#define WINDOWS_MAX   128U /* CPU_WINDOWS_MAX, and the pieces that windows with other bytes leave */

#define LINE_SHIFT_COMPILED 6 /* log2 of the granule that cached-mode handlers are compiled for */

#define MARK_SHIFT     6 /* one mark for 64 bytes */
#define MARKS_PER_PAGE 64U
#define WALK_LEVELS    4U
#define STEP_ACCESSES_MAX                                                                                    \
    8U /* two registers, each cut by a line; with lines of 4 bytes and more that is enough */

/* Kinds of lazily evaluated flags. flag_a and flag_b of 32-bit operations are shifted left by 32. */
enum flags_kind {
    FLAGS_SUB,   /* NZCV of flag_a - flag_b */
    FLAGS_LOGIC, /* N and Z of flag_a, C = V = 0; flag_b is 0, so that a comparison with it works as for SUB
                  */
    FLAGS_ADD,   /* NZCV of flag_a + flag_b */
    FLAGS_NZCV,  /* flag_a is NZCV in bits [31:28] */
};

struct pstate {
    uint8_t el;       /* 0, 1 or 2 */
    bool sp_selected; /* SPSel */
    bool illegal;     /* IL */
    uint8_t daif;     /* D A I F in bits [3:0] */
};

struct fetch_way {
    uint64_t tag; /* VA of the page; FETCH_TAG_EMPTY + slot can match nothing */
    struct code_page *page;
};

struct tlb_entry {
    uint64_t va;   /* of the 4 KiB page, sign-extended */
    uint64_t pa;   /* of the 4 KiB page */
    uint64_t leaf; /* the descriptor's attributes, those of the tables merged in */
    uint16_t asid;
    uint8_t level;
    bool valid;
    bool el2;    /* of the EL2 regime */
    bool global; /* any ASID */
};

/* A page that plain accesses may reach, for refill.c. */
struct known_page {
    uint64_t va; /* KNOWN_PAGE_NONE matches nothing */
    uint64_t pa;
    uint8_t type;         /* enum memory_type, a cacheable one */
    uint8_t shareability; /* enum shareability */
};

/* What a cell wanted that no grant serves. */
struct cell_miss {
    uint64_t va;
    uint32_t size;
    bool write;
};

/* An access over the end of a line, both of whose lines are granted: a cell does it on a copy (refill.h). */
struct straddle {
    uint8_t bytes[16];
    uint32_t slot;      /* whose grant leads to the copy meanwhile */
    struct grant grant; /* what stands there otherwise */
    uint8_t *host[2];
    uint32_t head; /* bytes in the first line */
};

struct cpu_window {
    uint64_t pa;
    uint64_t size;
    uint8_t *host;
    uint8_t *marks; /* may_be_dirty of the first byte, or NULL */
    bool writable;
    bool all_revoked;  /* nothing of it may be used; the bitmaps do not count */
    uint64_t *revoked; /* two bitmaps, one bit a page: not to be read, then not to be written; NULL: none */
};

/* What the access that the caller is doing belongs to. */
enum asked { ASKED_NONE, ASKED_WALK, ASKED_STEP, ASKED_GRANT, ASKED_FETCH };

/* A table walk in progress: answers by level. It starts over after each, so that it has no other state. */
struct walk {
    uint32_t answered;
    uint64_t descriptor[WALK_LEVELS];
    uint8_t status[WALK_LEVELS];
};

/*
 * An instruction in progress that cannot be done by a cell alone. It starts over after each answer and finds
 * the earlier ones here, in their order; nothing is committed before all are there.
 */
struct step {
    bool active;
    uint32_t word;
    uint32_t cursor;   /* accesses met in this attempt */
    uint32_t answered; /* accesses that have been done */
    uint64_t value[STEP_ACCESSES_MAX];
    uint8_t status[STEP_ACCESSES_MAX];
    bool announced; /* the event of a maintenance operation has been appended */
};

/*
 * How many accesses each agent of the PE has made since the last instruction retired, those of the attempt or
 * walk that goes on not counted: walks that are over, and instructions that ended in an exception. However
 * they were served, so that an access has the same number in all modes.
 */
struct accesses_made {
    uint64_t retired; /* with another count than cpu->retired, nothing has been made */
    uint32_t by_instructions;
    uint32_t by_fetches;
    uint32_t by_walks;
};

struct fetch {
    bool answered;
    uint8_t status;
    uint64_t pa; /* of the line */
};

/* To tell a guest that faults for ever from one that works. */
struct fault_watch {
    uint64_t elr, esr, far;
    uint64_t retired;      /* at the last exception */
    uint32_t unproductive; /* exceptions with no instruction retired in between */
    uint32_t repeated;     /* the same exception, each after a return to its own address or none */
};

struct cpu {
    uint64_t x[X_COUNT];
    uint64_t page_va;       /* of the page that the cell pointer is in */
    struct code_page *page; /* likewise */
    uint32_t flags_kind;    /* enum flags_kind */
    uint32_t leave;         /* enum cpu_leave */

    /* At rest, and across a leave. */
    uint64_t pc;
    uint64_t flag_a, flag_b;
    int64_t budget;
    const struct op *op; /* one-shot: the next cell */
    struct cell_miss miss;
    struct straddle straddle;

    struct fetch_way fetch_ways[FETCH_WAYS];
    struct grant read_grants[GRANTS_MAX];
    struct grant write_grants[GRANTS_MAX];
    uint8_t *marks[GRANTS_GOLDEN];          /* golden mode: marks of the page of a write grant */
    uint8_t marks_sink[MARKS_PER_PAGE + 1]; /* for pages without marks */

    struct pstate pstate;
    uint64_t sp[3]; /* SP_EL0..2; the selected one is in x[X_SP] */
    uint64_t sysreg[SYSREG_COUNT];
    uint64_t limit;          /* retired count at which cpu_run returns */
    uint64_t retired;        /* current while no handler runs */
    uint64_t waited_ns;      /* time added by cpu_advance_time */
    uint64_t wakes_at;       /* ns; of the last WFI or WFE that waited. UINT64_MAX: never */
    uint64_t events_seen_at; /* physical counter up to which event streams are in the event register */
    bool event_register;     /* of WFE and SEV */
    bool monitor_armed;      /* local exclusive monitor */
    uint64_t monitor_pa;     /* of the granule */
    bool translation_dirty;  /* grants and fetch ways have to be dropped before the next instruction */

    struct cpu_config config;
    struct event_log *log;
    void (*const *handlers)(struct cpu *cpu, const struct op *op, uint64_t flag_a, uint64_t flag_b,
                            int64_t budget);
    struct grant_table grants;
    uint64_t grant_asked_at; /* retired count of the instruction that last asked for a grant */
    bool grants_enabled;     /* cached mode: the line size fits the compiled granule */

    struct known_page known_pages[2][KNOWN_PAGES]; /* [write]; cached mode */
    struct tlb_entry tlb[TLB_SIDES][TLB_ENTRIES];
    uint32_t window_count;
    struct cpu_window windows[WINDOWS_MAX]; /* sorted by pa, disjoint */
    struct code_page *code_pages;           /* CODE_PAGES of them */
    uint32_t code_page_next;                /* the slot that is taken next */
    uint32_t code_page_count;            /* slots that have been taken: the others are as calloc left them */
    uint32_t code_buckets[CODE_BUCKETS]; /* index + 1 */

    enum asked asked;
    struct access access;
    uint8_t data[CPU_ACCESS_SIZE_MAX];
    struct walk walk;
    struct step step;
    struct fetch fetch;
    struct accesses_made made;
    struct fault_watch fault_watch;
    struct cpu_stop stop;
};

/* Slots of tables whose tags must never match start with a tag that no address with this index can come near.
 */
#define FETCH_TAG_EMPTY(slot) ((uint64_t)((slot) ^ 1U) << CPU_PAGE_SHIFT)

/* ---- leave.c: how handlers come back, and flags ---- */
void cpu_leave_next(struct cpu *cpu, const struct op *op, uint64_t flag_a, uint64_t flag_b, int64_t budget);
void cpu_leave_budget(struct cpu *cpu, const struct op *op, uint64_t flag_a, uint64_t flag_b, int64_t budget);
void cpu_leave_branch(struct cpu *cpu, const struct op *op, uint64_t flag_a, uint64_t flag_b, int64_t budget);
void cpu_leave_undecoded(struct cpu *cpu, const struct op *op, uint64_t flag_a, uint64_t flag_b,
                         int64_t budget);
void cpu_leave_slow(struct cpu *cpu, const struct op *op, uint64_t flag_a, uint64_t flag_b, int64_t budget);
/* Cached mode: cpu->miss tells what for. */
void cpu_leave_miss(struct cpu *cpu, const struct op *op, uint64_t flag_a, uint64_t flag_b, int64_t budget);
uint32_t cpu_nzcv(const struct cpu *cpu); /* in bits [31:28] */
void cpu_nzcv_set(struct cpu *cpu, uint64_t nzcv);

/* Handler tables, one per instantiation of ops.inc. */
extern void (*const cpu_ops_golden[])(struct cpu *, const struct op *, uint64_t, uint64_t, int64_t);
extern void (*const cpu_ops_cached[])(struct cpu *, const struct op *, uint64_t, uint64_t, int64_t);
extern void (*const cpu_ops_golden_one_shot[])(struct cpu *, const struct op *, uint64_t, uint64_t, int64_t);
extern void (*const cpu_ops_cached_one_shot[])(struct cpu *, const struct op *, uint64_t, uint64_t, int64_t);

/* ---- cpu.c ---- */
/* Appends an event that belongs to the current instruction. */
void cpu_event(struct cpu *cpu, enum event_kind kind, enum agent_kind agent, uint64_t arg0, uint64_t arg1,
               uint64_t arg2, uint64_t arg3);
/* Ends the run: the guest needs `name`, which the ID registers promise and which is not modelled. */
void cpu_stop_unmodelled(struct cpu *cpu, uint32_t word, const char *name);

#ifdef __cplusplus
}
#endif

#endif
