/* SPDX-License-Identifier: BSD-3-Clause */
/* Findings from the records of data-carrying caches: what has happened in a run, byte for byte. */
#include <string.h>

#include "cosim/finding.h"
#include "model/bus/access.h"
#include "model/event/event_text.h"

static struct finding_writer writer_of(const struct finding_names *names, const struct golden_writer *record)
{
    struct finding_writer writer = {
        .known = record->known, .loaded = record->loaded, .pc = record->pc, .position = record->position};
    if (record->known) {
        writer.agent_kind = (enum agent_kind)record->agent;
        agent_text(writer.agent_kind, 0, writer.agent, sizeof(writer.agent));
        (void)symbol_table_code(names->symbols, record->pc, &writer.code);
    }
    return writer;
}

static struct finding_culprit culprit_of(const struct finding_names *names,
                                         const struct golden_culprit *record)
{
    struct finding_culprit culprit = {.known = record->known};
    if (record->known) {
        culprit.agent_kind = (enum agent_kind)record->agent;
        culprit.op_kind = (enum access_op)record->op;
        culprit.op = access_op_text(culprit.op_kind);
        culprit.pc = record->pc;
        culprit.position = record->position;
        agent_text((enum agent_kind)record->agent, 0, culprit.agent, sizeof(culprit.agent));
        (void)symbol_table_code(names->symbols, record->pc, &culprit.code);
    }
    return culprit;
}

static void finding_fill(const struct finding_names *names, const struct golden_finding *record,
                         struct finding *finding)
{
    memset(finding, 0, sizeof(*finding));
    finding->rule = record->rule == GOLDEN_RULE_LOST_WRITE ? PROVE_LOST_WRITE : PROVE_STALE_READ;
    finding->owner = finding_owner(names, record->pa, record->space);
    finding->severity =
        record->at_end ? finding_severity_at_end(names, finding->owner, record->pa) : FINDING_ERROR;
    finding->at_end = record->at_end;
    finding->agent_kind = (enum agent_kind)record->agent;
    agent_text(finding->agent_kind, record->pe, finding->agent, sizeof(finding->agent));
    finding->pa = record->pa;
    finding->va = record->va;
    finding->pc = record->pc;
    finding->position = record->position;
    finding->count = record->at_end ? 0 : record->count;
    finding->lines_lost = record->at_end ? record->count : 0;
    finding->line = names->platform->cache.line;
    finding->size = record->size;
    finding->value_size = record->size < GOLDEN_VALUE_MAX ? record->size : GOLDEN_VALUE_MAX;
    memcpy(finding->golden, record->golden, sizeof(finding->golden));
    memcpy(finding->observed, record->observed, sizeof(finding->observed));
    finding->observed_known = true;
    finding->golden_writer = writer_of(names, &record->golden_writer);
    finding->observed_writer = writer_of(names, &record->observed_writer);
    finding->by = culprit_of(names, &record->by);
    finding->copies_count = record->copies_count;
    memcpy(finding->copies, record->copies, sizeof(finding->copies));
    if (!record->at_end) {
        (void)symbol_table_code(names->symbols, record->pc, &finding->code);
    }
    finding_place_name(names, finding);
}

void findings_collect(const struct finding_names *names, const struct golden_finding *records,
                      uint32_t record_count, struct findings *findings)
{
    static struct finding finding; /* large */
    findings->count = 0;
    findings->dropped = 0;
    for (uint32_t i = 0; i < record_count; i++) {
        finding_fill(names, &records[i], &finding);
        finding.record = i;
        finding_explain(&finding);
        finding_add(findings, &finding);
    }
    findings_label(findings);
}

/* Bytes that the replay's record tells anew; both start somewhere in the same read. */
static bool bytes_overlay(const struct golden_finding *shown, struct finding *finding)
{
    bool differs = false;
    for (uint32_t i = 0; i < finding->value_size; i++) {
        const uint64_t pa = finding->pa + i;
        if (pa >= shown->pa && pa - shown->pa < shown->size && pa - shown->pa < GOLDEN_VALUE_MAX) {
            finding->observed[i] = shown->observed[pa - shown->pa];
        } else {
            finding->observed[i] = finding->golden[i];
        }
        differs = differs || finding->observed[i] != finding->golden[i];
    }
    return differs;
}

void finding_show(const struct finding_names *names, const struct golden_finding *shown,
                  struct finding *finding)
{
    if (finding->value_size == 0 || !bytes_overlay(shown, finding)) {
        /* What differs lies behind what prove told. */
        finding->pa = shown->pa;
        finding->va = shown->va;
        finding->value_size = shown->size < GOLDEN_VALUE_MAX ? shown->size : GOLDEN_VALUE_MAX;
        memcpy(finding->golden, shown->golden, sizeof(finding->golden));
        memcpy(finding->observed, shown->observed, sizeof(finding->observed));
        finding_place_name(names, finding);
    }
    finding->observed_known = true;
    if (shown->observed_writer.known || shown->observed_writer.loaded) {
        finding->observed_writer = writer_of(names, &shown->observed_writer);
    }
    finding->copies_count = shown->copies_count;
    memcpy(finding->copies, shown->copies, sizeof(finding->copies));
    finding_explain(finding);
}
