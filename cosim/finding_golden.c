/* SPDX-License-Identifier: BSD-3-Clause */
/* Findings from the records of data-carrying caches: what has happened in a run, byte for byte. */
#include <string.h>

#include "cosim/finding.h"
#include "model/bus/access.h"

static struct finding_writer writer_of(const struct finding_names *names, const struct golden_writer *record)
{
    const struct finding_site site = {.known = record->known,
                                      .agent = (enum agent_kind)record->agent,
                                      .op = ACCESS_WRITE,
                                      .pc = record->pc,
                                      .position = record->position};
    return finding_writer_of(names, &site, record->loaded);
}

static struct finding_culprit culprit_of(const struct finding_names *names,
                                         const struct golden_culprit *record)
{
    const struct finding_site site = {.known = record->known,
                                      .agent = (enum agent_kind)record->agent,
                                      .op = (enum access_op)record->op,
                                      .pc = record->pc,
                                      .position = record->position};
    return finding_culprit_of(names, &site);
}

static void finding_fill(const struct finding_names *names, const struct golden_finding *record,
                         struct finding *finding)
{
    const struct finding_facts facts = {
        .rule = record->rule == GOLDEN_RULE_LOST_WRITE ? PROVE_LOST_WRITE : PROVE_STALE_READ,
        .space = record->space,
        .at_end = record->at_end,
        .site = {.known = !record->at_end,
                 .agent = (enum agent_kind)record->agent,
                 .pe = record->pe,
                 .op = ACCESS_READ,
                 .pc = record->pc,
                 .position = record->position},
        .pa = record->pa,
        .va = record->va,
        .count = record->count,
        .size = record->size,
    };
    finding_begin(names, &facts, finding);
    finding->severity =
        record->at_end ? finding_severity_at_end(names, finding->owner, record->pa) : FINDING_ERROR;
    finding->value_size = record->size < GOLDEN_VALUE_MAX ? record->size : GOLDEN_VALUE_MAX;
    memcpy(finding->golden, record->golden, sizeof(finding->golden));
    memcpy(finding->observed, record->observed, sizeof(finding->observed));
    finding->observed_known = true;
    finding->golden_writer = writer_of(names, &record->golden_writer);
    finding->observed_writer = writer_of(names, &record->observed_writer);
    finding->by = culprit_of(names, &record->by);
    finding->copies_count = record->copies_count;
    memcpy(finding->copies, record->copies, sizeof(finding->copies));
}

void findings_collect(const struct finding_names *names, const struct golden_finding *records,
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
