/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What every record of a finding has, whoever made it: places, agents and instructions, which get their names
 * here. finding_golden.c and finding_proof.c add what only theirs have.
 */
#include <string.h>

#include "cosim/finding.h"
#include "model/bus/access.h"
#include "model/event/event_text.h"

struct finding_writer finding_writer_of(const struct finding_names *names, const struct finding_site *site,
                                        bool loaded)
{
    struct finding_writer writer = {.known = site->known,
                                    .loaded = loaded,
                                    .agent_kind = site->agent,
                                    .pc = site->pc,
                                    .position = site->position};
    if (writer.known) {
        agent_text(site->agent, site->pe, writer.agent, sizeof(writer.agent));
        (void)symbol_table_code(names->symbols, site->pc, &writer.code);
    }
    return writer;
}

struct finding_culprit finding_culprit_of(const struct finding_names *names, const struct finding_site *site)
{
    struct finding_culprit culprit = {.known = site->known};
    if (culprit.known) {
        culprit.op_kind = site->op;
        culprit.op = access_op_text(site->op);
        culprit.agent_kind = site->agent;
        culprit.pc = site->pc;
        culprit.position = site->position;
        agent_text(site->agent, site->pe, culprit.agent, sizeof(culprit.agent));
        (void)symbol_table_code(names->symbols, site->pc, &culprit.code);
    }
    return culprit;
}

void finding_begin(const struct finding_names *names, const struct finding_facts *facts,
                   struct finding *finding)
{
    memset(finding, 0, sizeof(*finding));
    finding->rule = facts->rule;
    finding->owner = finding_owner(names, facts->pa, facts->space);
    finding->at_end = facts->at_end;
    finding->agent_kind = facts->site.agent;
    agent_text(facts->site.agent, facts->site.pe, finding->agent, sizeof(finding->agent));
    finding->op = facts->site.op;
    finding->pa = facts->pa;
    finding->va = facts->va;
    finding->pc = facts->site.pc;
    finding->position = facts->site.position;
    finding->count = facts->at_end ? 0 : facts->count;
    finding->lines_lost = facts->at_end ? facts->count : 0;
    finding->line = names->platform->cache.line;
    finding->size = facts->size;
    if (!facts->at_end) {
        (void)symbol_table_code(names->symbols, facts->site.pc, &finding->code);
    }
    finding_place_name(names, finding);
}

void findings_clear(struct findings *findings)
{
    findings->count = 0;
    findings->dropped = 0;
}

void finding_finish(struct finding *finding, uint32_t record, struct findings *findings)
{
    finding->record = record;
    finding_explain(finding);
    finding_add(findings, finding);
}
