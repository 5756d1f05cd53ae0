/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Findings from the records of prove: what may happen on some legal cache, and the moves by which it does.
 * What a record says of an instruction is its number and its PC; names come from the image.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cosim/finding.h"

static enum agent_kind site_agent(const struct prove_site *site)
{
    return (enum agent_kind)site->where.agent;
}

static bool where_is_of_pe(const struct access_where *where)
{
    return where->agent == AGENT_PE || where->agent == AGENT_FETCH || where->agent == AGENT_WALKER;
}

/* A site may be what the loader left: nobody's. */
static struct finding_site site_of(const struct prove_site *record)
{
    return (struct finding_site){
        .known = record->known,
        .agent = site_agent(record),
        .pe = record->where.pe,
        .op = (enum access_op)record->op,
        .pc = record->pc,
        .position = record->position,
    };
}

static struct finding_writer writer_of(const struct finding_names *names, const struct prove_site *record)
{
    struct finding_site site = site_of(record);
    site.known = record->known && !record->loaded;
    return finding_writer_of(names, &site, record->loaded);
}

static struct finding_culprit culprit_of(const struct finding_names *names, const struct prove_site *record)
{
    struct finding_site site = site_of(record);
    if (!where_is_of_pe(&record->where)) {
        site.position = record->where.count;
    }
    return finding_culprit_of(names, &site);
}

enum finding_severity finding_proof_severity(const struct finding_names *names,
                                             const struct prove_finding *record)
{
    static const enum finding_severity severities[] = {
        [PROVE_NOTE] = FINDING_NOTE, [PROVE_WARNING] = FINDING_WARNING, [PROVE_ERROR] = FINDING_ERROR};
    if (record->equal_value) {
        return FINDING_NOTE;
    }
    if (record->at_end) {
        return finding_severity_at_end(names, finding_owner(names, record->pa, record->space), record->pa);
    }
    return severities[record->severity];
}

/* Moves. */

#define MOVE_SITES 4 /* the culprit, the reader and the two writers */

/* The instruction at a place in the run, if it is one that the record knows. */
static bool where_is_site(const struct access_where *where, const struct prove_site *site)
{
    if (!site->known || site->loaded) {
        return false;
    }
    return where_is_of_pe(where) ? site->position == where->count && site->where.pe == where->pe
                                 : access_where_equal(&site->where, where);
}

static void move_text(const struct prove_move *move, char text[FINDING_MOVE_MAX])
{
    const struct token_position position = {.count = move->where.count,
                                            .ordinal = move->where.ordinal,
                                            .agent = move->where.agent,
                                            .pe = move->where.pe};
    const size_t size = token_position_print(&position, text, FINDING_MOVE_MAX);
    (void)snprintf(text + size, FINDING_MOVE_MAX - size, ".%s.%s.0x%" PRIx64,
                   checker_move_text((enum checker_move_kind)move->kind),
                   move->space == PA_SPACE_SECURE ? "s" : "ns", move->pa);
}

/* `sites`: the instructions that are known. */
static void moves_fill(const struct finding_names *names, const struct prove_move *moves, uint32_t count,
                       const struct prove_site *const sites[MOVE_SITES], struct finding *finding)
{
    finding->move_count = count;
    for (uint32_t i = 0; i < count; i++) {
        struct finding_move *move = &finding->moves[i];
        *move = (struct finding_move){.move = moves[i]};
        move_text(&move->move, move->text);
        if (moves[i].pc != 0) {
            move->known = true;
            move->pc = moves[i].pc;
            (void)symbol_table_code(names->symbols, move->pc, &move->code);
        }
        for (uint32_t j = 0; j < MOVE_SITES && !move->known; j++) {
            if (where_is_site(&move->move.where, sites[j])) {
                move->known = true;
                move->pc = sites[j]->pc;
                (void)symbol_table_code(names->symbols, move->pc, &move->code);
            }
        }
    }
}

static struct prove_site site_made(bool known, uint64_t pc, uint64_t position)
{
    return (struct prove_site){
        .known = known, .pc = pc, .position = position, .where = {.count = position, .agent = AGENT_PE}};
}

void finding_moves_set(const struct finding_names *names, const struct prove_move *moves, uint32_t count,
                       struct finding *finding)
{
    const struct finding_writer *golden = &finding->golden_writer;
    const struct finding_writer *observed = &finding->observed_writer;
    const struct prove_site by = site_made(finding->by.known, finding->by.pc, finding->by.position);
    const struct prove_site reader = site_made(!finding->at_end, finding->pc, finding->position);
    const struct prove_site newest = site_made(golden->known, golden->pc, golden->position);
    const struct prove_site older = site_made(observed->known, observed->pc, observed->position);
    const struct prove_site *const sites[MOVE_SITES] = {&by, &reader, &newest, &older};
    moves_fill(names, moves, count < FINDING_MOVES_MAX ? count : FINDING_MOVES_MAX, sites, finding);
}

static void move_what(const struct finding *finding, const struct finding_move *move, char *text, size_t size)
{
    const char *whose = move->move.space == PA_SPACE_SECURE ? "the secure side's cache" : "the cache";
    const bool of_culprit = finding->by.known && finding->by.position == move->move.where.count &&
                            finding->by.op_kind != ACCESS_WRITE;
    const bool of_store = finding->by.known && finding->by.position == move->move.where.count;
    const char *what = of_culprit ? finding->by.op : of_store ? "the store" : "what is issued here";
    switch ((enum checker_move_kind)move->move.kind) {
    case CHECKER_MOVE_FILL:
        (void)snprintf(text, size, "%s fills the line speculatively", whose);
        return;
    case CHECKER_MOVE_DROP:
        (void)snprintf(text, size, "%s drops its clean copy", whose);
        return;
    case CHECKER_MOVE_WRITEBACK:
        (void)snprintf(text, size, "%s writes the dirty line back to memory", whose);
        return;
    case CHECKER_MOVE_HOLD:
        (void)snprintf(text, size, "%s stays pending", what);
        return;
    case CHECKER_MOVE_COMPLETE:
        (void)snprintf(text, size, "the pending operation takes effect");
        return;
    case CHECKER_MOVE_MISS:
        (void)snprintf(text, size, "the sweep misses the line");
        return;
    case CHECKER_MOVE_DRAIN:
        (void)snprintf(text, size, "the buffered store reaches memory");
        return;
    }
}

void finding_move_words(const struct finding *finding, uint32_t index, char *text, size_t size)
{
    const struct finding_move *move = &finding->moves[index];
    if (move->move.kind == CHECKER_MOVE_DROP && move->move.where.agent == AGENT_FETCH &&
        move->move.where.count == 0) {
        (void)snprintf(text, size,
                       "none but that the caches write nothing back and drop nothing by themselves");
        return;
    }
    const bool of_access = move->move.kind == CHECKER_MOVE_HOLD || move->move.kind == CHECKER_MOVE_MISS;
    char what[128];
    char code[FINDING_TEXT_MAX] = "";
    move_what(finding, move, what, sizeof(what));
    if (move->known) {
        finding_code_text(&move->code, move->pc, code, sizeof(code));
    }
    (void)snprintf(text, size, "%s %.*s%s%s: %s", of_access ? "at" : "before", (int)strcspn(move->text, "."),
                   move->text, move->known ? " in " : "", code, what);
}

/* The whole. */

static void finding_fill(const struct finding_names *names, const struct prove_finding *record,
                         struct finding *finding)
{
    const struct finding_facts facts = {
        .rule = (enum prove_rule)record->rule,
        .space = record->space,
        .at_end = record->at_end,
        .site = site_of(&record->site),
        .pa = record->pa,
        .va = record->va,
        .count = record->count,
        .size = record->bytes,
    };
    finding_begin(names, &facts, finding);
    finding->copy = (enum prove_copy)record->copy;
    finding->proved = true;
    finding->severity = finding_proof_severity(names, record);
    finding->equal_value = record->equal_value;
    finding->value_size = record->value_size;
    memcpy(finding->golden, record->golden, sizeof(finding->golden));
    memcpy(finding->observed, record->superseded, sizeof(finding->observed));
    finding->observed_known = memcmp(record->golden, record->superseded, record->value_size) != 0;
    finding->golden_writer = writer_of(names, &record->golden_writer);
    finding->observed_writer = writer_of(names, &record->superseded_writer);
    finding->by = culprit_of(names, &record->by);
    if (!finding_is_data(finding)) {
        finding->before = finding->by;
        finding->by = culprit_of(names, &record->site); /* who acts against a contract is to blame */
    }
    finding->detail = record->detail;
    finding->status = record->status;
    const struct prove_site *const sites[MOVE_SITES] = {&record->by, &record->site, &record->golden_writer,
                                                        &record->superseded_writer};
    moves_fill(names, record->moves, record->move_count, sites, finding);
}

void findings_collect_proofs(const struct finding_names *names, const struct prove_finding *records,
                             uint32_t record_count, struct findings *findings)
{
    static struct finding finding; /* large */
    findings_clear(findings);
    for (uint32_t i = 0; i < record_count; i++) {
        finding_fill(names, &records[i], &finding);
        finding_finish(&finding, i, findings);
    }
    findings_label(findings);
}
