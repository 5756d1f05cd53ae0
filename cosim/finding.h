/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Findings as people and CI see them: what prove or the golden comparison recorded, with names from DWARF, an
 * owner, a severity, the contract that failed and the repair, merged by (rule, severity, owner, culprit call
 * site). Reads the result of a run; decides nothing about caches.
 */
#ifndef COSIM_FINDING_H
#define COSIM_FINDING_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cosim/scenario.h"
#include "cosim/token.h"
#include "model/cache/golden.h"
#include "model/checker/prove.h"
#include "model/platform/machine.h"
#include "model/platform/platform_config.h"
#include "model/platform/symbol_table.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FINDING_TEXT_MAX  640
#define FINDINGS_MAX      128 /* merged findings of one run; more are counted */
#define FINDING_MOVES_MAX CHECKER_MOVES_MAX
#define FINDING_MOVE_MAX  80   /* bytes of a move as a token has it */
#define FINDING_TOKEN_MAX 2048 /* bytes of the token of a finding: names, that many moves and one more */
#define AGENT_TEXT_MAX    16

static_assert(GOLDEN_VALUE_MAX == PROVE_VALUE_MAX, "one size of values in findings");
static_assert(FINDING_MOVES_MAX < TOKEN_MOVES_MAX, "the moves of a finding, and one more, fit a token");
static_assert(2 * TOKEN_NAME_MAX + (FINDING_MOVES_MAX + 2) * FINDING_MOVE_MAX + 32 <= FINDING_TOKEN_MAX,
              "the token of a finding fits");

enum finding_severity { FINDING_NOTE, FINDING_WARNING, FINDING_ERROR };

/* Who wrote a value. */
struct finding_writer {
    bool known;  /* false: nobody knows, or the bytes stand as they were loaded */
    bool loaded; /* the bytes stand as the loader left them */
    char agent[AGENT_TEXT_MAX];
    enum agent_kind agent_kind;
    uint64_t pc;
    uint64_t position;
    struct symbol_code code;
};

/* What is to blame: the operation that destroyed the only fresh copy or was not waited for, the store that
 * left the line dirty. */
struct finding_culprit {
    bool known;
    enum access_op op_kind;
    const char *op; /* "DC ISW"; "write" for a store */
    enum agent_kind agent_kind;
    char agent[AGENT_TEXT_MAX];
    uint64_t pc;
    uint64_t position; /* of a PE: instructions; of other agents: accesses */
    struct symbol_code code;
};

/* A move of the cache that leads to the finding. */
struct finding_move {
    struct prove_move move;
    bool known; /* which instruction stands there */
    uint64_t pc;
    struct symbol_code code;
    char text[FINDING_MOVE_MAX]; /* as a token has it */
};

struct finding {
    enum prove_rule rule;
    enum prove_copy copy; /* what may be old */
    enum finding_severity severity;
    enum byte_owner owner;
    bool proved;      /* by prove: of every legal cache; else it has happened in the platform's own */
    bool equal_value; /* whatever the read returns, the bytes are the same */
    bool at_end;      /* nobody read the bytes: there is no reader, no VA */
    uint32_t record;  /* its first record in the result of the run */
    enum agent_kind agent_kind;
    char agent[AGENT_TEXT_MAX];
    enum access_op op; /* of the reader or of who acted */
    uint64_t pa;
    uint64_t va;
    uint64_t pc;
    uint64_t position;
    uint64_t count;      /* reading events, or actions */
    uint64_t lines_lost; /* told at the end: lines that nobody read */
    uint32_t line;       /* bytes of a cache line */
    uint32_t size;       /* bytes that are concerned */
    uint32_t value_size; /* bytes of golden and observed; 0: not known */
    bool observed_known; /* an older version that differs is known */
    uint8_t golden[GOLDEN_VALUE_MAX];
    uint8_t observed[GOLDEN_VALUE_MAX];
    struct symbol_code code;          /* of the reader, or of who acted */
    char place[SYMBOL_NAME_MAX + 32]; /* the bytes by name: "os_lines+0x40", "the shared buffer+0x18" */
    struct finding_writer golden_writer;
    struct finding_writer observed_writer;
    struct finding_culprit by;
    struct finding_culprit before; /* of contracts: what makes the act a breach, as the hand-over */
    uint64_t detail; /* of contracts and of copies that are no data: model/checker/contract.h, prove.h */
    int64_t status;
    uint32_t move_count;
    struct finding_move moves[FINDING_MOVES_MAX];
    uint32_t copies_count;
    struct golden_copy copies[GOLDEN_COPIES_MAX];
    char after[FINDING_TEXT_MAX];   /* the first finding of the run, that this one may be a consequence of */
    char message[FINDING_TEXT_MAX]; /* what happened, one sentence */
    const char *contract;           /* what failed, one sentence */
    char repair[FINDING_TEXT_MAX];  /* one sentence */
    char token[FINDING_TOKEN_MAX];  /* empty: none */
    bool replay_wanted;             /* the token has not been replayed yet */
    char replay[FINDING_TEXT_MAX];  /* what the replay showed, or why there was none */
};

struct findings {
    uint32_t count;
    uint64_t dropped; /* that did not fit */
    struct finding entries[FINDINGS_MAX];
};

/* What is needed to give addresses names. */
struct finding_names {
    const struct platform_config *platform;
    struct symbol_table *symbols; /* NULL: none */
    bool own_firmware;            /* sections tell owners */
};

/* An instruction, or an access of another agent, that a record names. */
struct finding_site {
    bool known;
    enum agent_kind agent;
    uint32_t pe;
    enum access_op op;
    uint64_t pc;
    uint64_t position;
};

/* What every record has. */
struct finding_facts {
    enum prove_rule rule;
    uint8_t space;
    bool at_end;
    struct finding_site site; /* who reads, or acts */
    uint64_t pa;
    uint64_t va;
    uint64_t count;
    uint32_t size;
};

/* finding_fill.c: a finding with what every record has; then its writers and culprit; then it is one of many.
 */
void finding_begin(const struct finding_names *names, const struct finding_facts *facts,
                   struct finding *finding);
struct finding_writer finding_writer_of(const struct finding_names *names, const struct finding_site *site,
                                        bool loaded);
struct finding_culprit finding_culprit_of(const struct finding_names *names, const struct finding_site *site);
void findings_clear(struct findings *findings);
void finding_finish(struct finding *finding, uint32_t record, struct findings *findings);

/* finding_golden.c: from the data-carrying caches. finding_proof.c: from prove. */
void findings_collect(const struct finding_names *names, const struct golden_finding *records,
                      uint32_t record_count, struct findings *findings);
void findings_collect_proofs(const struct finding_names *names, const struct prove_finding *records,
                             uint32_t record_count, struct findings *findings);
/* The severity that a proof has here: at the end of a run it depends on the owner. */
enum finding_severity finding_proof_severity(const struct finding_names *names,
                                             const struct prove_finding *record);
/* What a replay of a proved finding showed: the bytes that were read, who wrote them, where the copies were.
 */
void finding_show(const struct finding_names *names, const struct golden_finding *shown,
                  struct finding *finding);
/* Moves that a token told, for a finding of the run that made them. */
void finding_moves_set(const struct finding_names *names, const struct prove_move *moves, uint32_t count,
                       struct finding *finding);
/* The move in words: "before pe0@1234 in f (file:line): the cache fills the line speculatively". */
void finding_move_words(const struct finding *finding, uint32_t index, char *text, size_t size);

/* A read that may be, or was, stale, or bytes that may be lost; the other rules are contracts, which an
 * instruction breaks. */
bool finding_is_data(const struct finding *finding);
bool finding_rule_is_data(enum prove_rule rule);

/* Adds a finding, or merges it into one that is the same; then labels consequences. */
void finding_add(struct findings *findings, const struct finding *finding);
void findings_label(struct findings *findings);
/* The same place in code, by function and file where they are known. */
bool finding_site_equal(const struct symbol_code *a, uint64_t pc_a, const struct symbol_code *b,
                        uint64_t pc_b);

const char *finding_severity_text(enum finding_severity severity);
/* "l1d0", "l2", "dram"; lines of the secure space end in "-secure". */
void finding_copy_name(const struct golden_copy *copy, char *text, size_t size);
/* "dirty fresh", "clean stale"; in DRAM "fresh" or "stale". */
const char *finding_copy_state(const struct golden_copy *copy);

/* finding_sentence.c: fills message, contract and repair. */
void finding_explain(struct finding *finding);
/* "function (file:line)" as far as known, else the address. */
void finding_code_text(const struct symbol_code *code, uint64_t pc, char *text, size_t size);
/* finding_contract.c: the same for the rules that are contracts. finding_copy.c: for copies of instructions
 * and translations. */
void finding_explain_contract(struct finding *finding);
void finding_explain_copy(struct finding *finding);

/* finding_names.c: owners and names of bytes. */
enum byte_owner finding_owner(const struct finding_names *names, uint64_t pa, uint8_t space);
enum finding_severity finding_severity_at_end(const struct finding_names *names, enum byte_owner owner,
                                              uint64_t pa);
void finding_place_name(const struct finding_names *names, struct finding *finding);

/*
 * Compares with what is expected: every error needs an entry that matches it, every entry a finding. Appends
 * one line per difference to `text`; true when there is none.
 */
bool findings_match(const struct findings *findings, const struct scenario_findings *expected, char *text,
                    size_t size);
/* One line about a finding: "lost-write os by set_way_sweep". */
void finding_label(const struct finding *finding, char *text, size_t size);
uint32_t findings_errors(const struct findings *findings);

#ifdef __cplusplus
}
#endif

#endif
