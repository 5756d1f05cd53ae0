/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Findings as people and CI see them: what the golden comparison recorded, with names from DWARF, an owner, a
 * severity, the contract that failed and the repair, merged by (rule, severity, owner, culprit call site).
 * Reads the result of a run; decides nothing about caches.
 */
#ifndef COSIM_FINDING_H
#define COSIM_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cosim/scenario.h"
#include "model/cache/golden.h"
#include "model/platform/machine.h"
#include "model/platform/platform_config.h"
#include "model/platform/symbol_table.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FINDING_TEXT_MAX 512
#define FINDINGS_MAX     128 /* merged findings of one run; more are counted */
#define AGENT_TEXT_MAX   16

enum finding_severity { FINDING_NOTE, FINDING_WARNING, FINDING_ERROR };

/* Who wrote a value. */
struct finding_writer {
    bool known;  /* false: nobody knows, or the bytes stand as they were loaded */
    bool loaded; /* the bytes stand as the loader left them */
    char agent[AGENT_TEXT_MAX];
    uint64_t pc;
    uint64_t position;
    struct symbol_code code;
};

/* The operation that destroyed the only fresh copy. */
struct finding_culprit {
    bool known;
    const char *op; /* "DC ISW" */
    char agent[AGENT_TEXT_MAX];
    uint64_t pc;
    uint64_t position;
    struct symbol_code code;
};

struct finding {
    const char *rule;
    enum finding_severity severity;
    enum byte_owner owner;
    bool at_end; /* nobody read the bytes: there is no reader, no VA */
    enum agent_kind agent_kind;
    char agent[AGENT_TEXT_MAX];
    uint64_t pa;
    uint64_t va;
    uint64_t pc;
    uint64_t position;
    uint64_t count;      /* reading events */
    uint64_t lines_lost; /* told at the end: lines that nobody read */
    uint32_t size;
    uint8_t golden[GOLDEN_VALUE_MAX];
    uint8_t observed[GOLDEN_VALUE_MAX];
    struct symbol_code code;          /* of the reader */
    char place[SYMBOL_NAME_MAX + 32]; /* the bytes by name: "os_lines+0x40", "the shared buffer+0x18" */
    struct finding_writer golden_writer;
    struct finding_writer observed_writer;
    struct finding_culprit by;
    uint32_t copies_count;
    struct golden_copy copies[GOLDEN_COPIES_MAX];
    char after[FINDING_TEXT_MAX];   /* the first finding of the run, that this one may be a consequence of */
    char message[FINDING_TEXT_MAX]; /* what happened, one sentence */
    const char *contract;           /* what failed, one sentence */
    const char *repair;             /* one sentence */
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

void findings_collect(const struct finding_names *names, const struct golden_finding *records,
                      uint32_t record_count, struct findings *findings);

const char *finding_severity_text(enum finding_severity severity);
/* "l1d0", "l2", "dram"; lines of the secure space end in "-secure". */
void finding_copy_name(const struct golden_copy *copy, char *text, size_t size);
/* "dirty fresh", "clean stale"; in DRAM "fresh" or "stale". */
const char *finding_copy_state(const struct golden_copy *copy);

/* finding_sentence.c: fills message, contract and repair. */
void finding_explain(struct finding *finding);
/* "function (file:line)" as far as known, else the address. */
void finding_code_text(const struct symbol_code *code, uint64_t pc, char *text, size_t size);

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
