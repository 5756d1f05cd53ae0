/* SPDX-License-Identifier: BSD-3-Clause */
/* What prove found: records that merge what one site did to one page by one culprit. */
#include "model/checker/prove_state.h"

#include <assert.h>
#include <string.h>

/* A site in the checker's mark: count 40 bits, ordinal 12, agent 3, PE 3, operation 5. */
#define TAG_COUNT_BITS   40
#define TAG_ORDINAL_BITS 12

struct checker_mark prove_mark_make(const struct prove_site *site)
{
    const struct access_where *where = &site->where;
    const uint64_t ordinal = where->ordinal & ((1U << TAG_ORDINAL_BITS) - 1);
    return (struct checker_mark){
        .pc = site->pc,
        .tag = (where->count & ((1ULL << TAG_COUNT_BITS) - 1)) | ordinal << TAG_COUNT_BITS |
               (uint64_t)where->agent << 52 | (uint64_t)where->pe << 55 | (uint64_t)site->op << 58,
    };
}

static struct prove_site site_of_mark(const struct checker_mark *mark)
{
    struct prove_site site = {
        .known = true,
        .op = (uint8_t)(mark->tag >> 58 & 31),
        .pc = mark->pc,
        .where = {.count = mark->tag & ((1ULL << TAG_COUNT_BITS) - 1),
                  .ordinal = (uint32_t)(mark->tag >> TAG_COUNT_BITS) & ((1U << TAG_ORDINAL_BITS) - 1),
                  .agent = (uint8_t)(mark->tag >> 52 & 7),
                  .pe = (uint8_t)(mark->tag >> 55 & 7)},
    };
    const bool of_pe =
        site.where.agent == AGENT_PE || site.where.agent == AGENT_FETCH || site.where.agent == AGENT_WALKER;
    site.position = of_pe ? site.where.count : 0;
    return site;
}

static bool record_same(const struct prove_finding *a, const struct prove_finding *b)
{
    return a->rule == b->rule && a->severity == b->severity && a->at_end == b->at_end &&
           a->pa / PROVE_PAGE_SIZE == b->pa / PROVE_PAGE_SIZE && a->site.pc == b->site.pc &&
           a->site.where.agent == b->site.where.agent && a->by.known == b->by.known && a->by.pc == b->by.pc &&
           a->by.op == b->by.op && a->copy == b->copy && a->detail == b->detail;
}

/* Of the findings of a record it tells the first that a replay shows, or else that could change something. */
static uint32_t says_more(const struct prove_finding *finding)
{
    return finding->equal_value ? 0 : 1U + finding->shows;
}

struct prove_finding *prove_record(struct prove *prove, const struct prove_finding *finding)
{
    for (uint32_t i = 0; i < prove->finding_count; i++) {
        struct prove_finding *record = &prove->findings[i];
        if (!record_same(record, finding)) {
            continue;
        }
        if (says_more(record) >= says_more(finding)) {
            record->count += finding->count;
            return NULL;
        }
        const struct prove_finding before = *record;
        *record = *finding;
        record->count += before.count;
        record->first_pa = before.first_pa;
        record->first = before.first;
        return record;
    }
    if (prove->finding_count == PROVE_FINDINGS_MAX) {
        prove->findings_dropped++;
        return NULL;
    }
    struct prove_finding *record = &prove->findings[prove->finding_count++];
    *record = *finding;
    record->first_pa = finding->pa;
    record->first = finding->site.where;
    return record;
}

static void line_remember(struct prove *prove, uint64_t line_pa)
{
    struct prove_lines *lines = &prove->finding_lines;
    for (uint32_t i = 0; i < lines->count; i++) {
        if (lines->pas[i] == line_pa) {
            return;
        }
    }
    if (lines->count < PROVE_LINES_MAX) {
        prove_lines_add(prove, lines, line_pa);
    }
}

static const uint8_t rules[] = {
    [CHECKER_RULE_MISSING_BARRIER] = PROVE_MISSING_BARRIER,
    [CHECKER_RULE_CLOBBER] = PROVE_CLOBBER,
    [CHECKER_RULE_LOST_WRITE] = PROVE_LOST_WRITE,
    [CHECKER_RULE_STALE_READ] = PROVE_STALE_READ,
};

/*
 * The moves of a witness. One without moves names its line all the same, by a move that changes nothing: at
 * the first fetch of a run no cache holds anything.
 */
static void moves_tell(const struct checker_finding *found, struct prove_finding *finding)
{
    finding->move_count = found->move_count;
    if (found->move_count == 0) {
        finding->move_count = 1;
        finding->moves[0] = (struct prove_move){
            .where = {.agent = AGENT_FETCH}, .pa = finding->pa, .kind = CHECKER_MOVE_DROP};
        return;
    }
    for (uint32_t i = 0; i < found->move_count; i++) {
        const struct checker_move *move = &found->moves[i];
        const bool at_end = move->mark.pc == 0 && move->mark.tag == 0;
        const struct prove_site site = site_of_mark(&move->mark);
        finding->moves[i] = (struct prove_move){
            .where = at_end ? finding->site.where : site.where,
            .pc = at_end ? 0 : site.pc,
            .pa = finding->pa,
            .kind = move->kind,
            .space = move->domain != UINT8_MAX && move->domain != 0 ? PA_SPACE_SECURE : PA_SPACE_NON_SECURE,
            .pe = move->pe,
        };
    }
}

void prove_found(struct prove *prove, const struct checker_finding *found, bool at_end)
{
    struct prove_finding finding = {
        .rule = rules[found->rule],
        .severity = PROVE_ERROR,
        .at_end = at_end,
        .pa = found->pa,
        .bytes = found->bytes,
        .count = 1,
    };
    uint64_t end = found->pa + found->bytes;
    if (!at_end) {
        const struct access *access = prove->access;
        finding.site = prove_site_now(prove);
        finding.va = access->va + (found->pa - access->pa);
        finding.space = access->space;
        end = access->pa + access->size; /* stale bytes need not follow each other */
    } else {
        finding.site.where = prove->where; /* where a token's read stands, and moves without an event */
        end = prove_line_of(prove, found->pa) + prove->config.line;
    }
    if (found->by.known) {
        finding.by = site_of_mark(&found->by.mark);
    }
    prove_value_tell(prove, end, &finding);
    line_remember(prove, prove_line_of(prove, found->pa));
    struct prove_finding *record = prove_record(prove, &finding);
    if (record != NULL && prove->tracked_count != 0 && !finding.equal_value) {
        moves_tell(checker_explain(prove->checker), record);
    }
}

void prove_redundant(struct prove *prove, uint64_t line_pa)
{
    const struct prove_finding finding = {
        .rule = PROVE_REDUNDANT_MAINTENANCE,
        .severity = PROVE_NOTE,
        .pa = line_pa,
        .va = prove->access->va,
        .bytes = prove->config.line,
        .count = 1,
        .site = prove_site_now(prove),
        .space = prove->access->space,
    };
    (void)prove_record(prove, &finding);
}

/* The lines of a page that sweeps may have emptied are met before they are asked. */
static void memory_catch_up(struct prove *prove, struct prove_memory *memory)
{
    for (uint64_t offset = 0; offset < memory->window.size; offset += PROVE_PAGE_SIZE) {
        const uint64_t page_pa = memory->window.pa + offset;
        if ((*prove_flags(memory, page_pa) & (PAGE_GIVEN | PAGE_MARKED)) != 0) {
            prove_catch_up(prove, memory, page_pa);
        }
    }
}

void prove_audit(struct prove *prove, uint64_t position)
{
    prove->under_way = (struct access){.agent = AGENT_PE, .position = position};
    prove->access = &prove->under_way;
    prove->where = (struct access_where){.count = position, .agent = AGENT_PE};
    contract_finish(prove->contract);
    prove_breaches_take(prove);
    for (uint32_t i = 0; i < prove->memory_count && prove->moment_count != 0; i++) {
        memory_catch_up(prove, &prove->memories[i]);
    }
    checker_audit_begin(prove->checker, ++prove->position);
    for (;;) {
        const struct checker_finding *found = checker_audit_next(prove->checker);
        if (found == NULL) {
            return;
        }
        prove_found(prove, found, true);
    }
}

void prove_breaches_take(struct prove *prove)
{
    struct contract_breach breach;
    while (contract_next(prove->contract, &breach)) {
        const struct prove_finding finding = {
            .rule = breach.rule,
            .severity = breach.severity,
            .space = breach.space,
            .bytes = breach.bytes,
            .pa = breach.pa,
            .va = breach.va,
            .count = breach.count,
            .site = breach.site,
            .by = breach.by,
            .detail = breach.detail,
            .status = breach.status,
        };
        (void)prove_record(prove, &finding);
    }
}

void prove_event(struct prove *prove, const struct event *event)
{
    prove_code_event(prove, event);
    contract_event(prove->contract, event);
    prove_breaches_take(prove);
}

void prove_exit_boot_services(struct prove *prove)
{
    contract_exit_boot_services(prove->contract);
}

/* The contract that makes every kind of secure mapping right: nothing of the buffer is dirty. */
static void handoff_judge(struct prove *prove, uint32_t function_id, const struct prove_site *site)
{
    const struct prove_config *config = &prove->config;
    struct prove_finding finding = {.rule = PROVE_DIRTY_AT_HANDOFF,
                                    .severity = PROVE_WARNING,
                                    .count = 1,
                                    .site = *site,
                                    .detail = function_id};
    const uint64_t end = config->buffer_pa + config->buffer_size;
    for (uint64_t line_pa = prove_line_of(prove, config->buffer_pa); line_pa < end; line_pa += config->line) {
        if (prove_line_dirty(prove, line_pa)) {
            finding.pa = finding.bytes == 0 ? line_pa : finding.pa;
            finding.bytes += config->line;
        }
    }
    if (finding.bytes != 0) {
        finding.va = finding.pa;
        (void)prove_record(prove, &finding);
    }
}

void prove_hand_over(struct prove *prove, uint32_t function_id, bool to_secure, const struct access *by)
{
    prove->under_way = *by;
    prove->access = &prove->under_way;
    prove->where = (struct access_where){.count = by->position, .agent = by->agent, .pe = by->pe};
    const struct prove_site site = prove_site_now(prove);
    contract_hand_over(prove->contract, to_secure, &site);
    prove_breaches_take(prove);
    if (to_secure) {
        handoff_judge(prove, function_id, &site);
    }
}

void prove_lend(struct prove *prove, uint64_t pa, uint64_t size, bool lent, const struct access *by)
{
    prove->under_way = *by;
    prove->access = &prove->under_way;
    prove->where = (struct access_where){.count = by->position, .agent = by->agent, .pe = by->pe};
    const struct prove_site site = prove_site_now(prove);
    contract_lend(prove->contract, pa, size, lent, &site);
}

uint32_t prove_findings(const struct prove *prove, const struct prove_finding **findings, uint64_t *dropped)
{
    *findings = prove->findings;
    *dropped = prove->findings_dropped + contract_dropped(prove->contract);
    return prove->finding_count;
}

bool prove_set_way_unjudged(const struct prove *prove)
{
    return contract_set_way_unjudged(prove->contract);
}

uint32_t prove_finding_lines(const struct prove *prove, const uint64_t **lines)
{
    *lines = prove->finding_lines.pas;
    return prove->finding_lines.count;
}

const char *prove_rule_text(enum prove_rule rule)
{
    static const char *const texts[PROVE_RULE_COUNT] = {
        [PROVE_STALE_READ] = "stale-read",
        [PROVE_LOST_WRITE] = "lost-write",
        [PROVE_CLOBBER] = "clobber",
        [PROVE_MISSING_BARRIER] = "missing-barrier",
        [PROVE_DIRTY_AT_HANDOFF] = "dirty-at-handoff",
        [PROVE_FOREIGN_MAINTENANCE] = "foreign-maintenance",
        [PROVE_EDGE] = "edge",
        [PROVE_MISMATCHED_ATTRIBUTES] = "mismatched-attributes",
        [PROVE_SET_WAY_AT_RUNTIME] = "set-way-at-runtime",
        [PROVE_REDUNDANT_MAINTENANCE] = "redundant-maintenance",
        [PROVE_PROTOCOL] = "protocol",
    };
    assert((unsigned)rule < PROVE_RULE_COUNT);
    return texts[rule];
}
