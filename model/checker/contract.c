/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who maintains what when: foreign-maintenance, edge, set-way-at-runtime; and what the other contracts
 * (contract_attributes.c, contract_protocol.c) share.
 */
#include "model/checker/contract.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "model/checker/contract_state.h"

struct contract *contract_create(const struct contract_config *config)
{
    assert(config->line >= 16);
    assert(config->line <= LINE_SIZE_MAX);
    assert((config->line & (config->line - 1)) == 0);
    assert(config->pe_count >= 1);
    assert(config->buffer_size == 0 || config->buffer_size - 1 <= UINT64_MAX - config->buffer_pa);
    struct contract *contract = calloc(1, sizeof(*contract));
    if (contract == NULL) {
        return NULL;
    }
    contract->config = *config;
    if (!contract_lines_create(contract)) {
        free(contract);
        return NULL;
    }
    return contract;
}

void contract_destroy(struct contract *contract)
{
    if (contract != NULL) {
        free(contract->lines);
        free(contract);
    }
}

/* ---- breaches ---- */

void contract_breach_put(struct contract *contract, const struct contract_breach *breach)
{
    if (contract->breach_count == CONTRACT_BREACHES_MAX) {
        contract->dropped += breach->count;
        return;
    }
    contract->breaches[contract->breach_count++] = *breach;
}

bool contract_next(struct contract *contract, struct contract_breach *breach)
{
    if (contract->breach_next == contract->breach_count) {
        contract->breach_next = 0;
        contract->breach_count = 0;
        return false;
    }
    *breach = contract->breaches[contract->breach_next++];
    return true;
}

uint64_t contract_dropped(const struct contract *contract)
{
    return contract->dropped;
}

/* ---- maintenance by address ---- */

bool contract_agent_is_secure(const struct access *access)
{
    return access->agent == AGENT_SPMC || access->agent == AGENT_PARTITION;
}

static bool op_cleans(const struct access *access)
{
    return access->op != ACCESS_DC_IVAC;
}

/* The maintained line and the buffer, ends included: no sum of theirs can be too large. */
struct maintained_line {
    uint64_t first, last;
    uint64_t buffer_first, buffer_last;
};

/* False: they have nothing in common. */
static bool line_find(const struct contract *contract, const struct access *access,
                      struct maintained_line *line)
{
    const struct contract_config *config = &contract->config;
    if (config->buffer_size == 0) {
        return false;
    }
    *line = (struct maintained_line){
        .first = access->pa & ~(uint64_t)(config->line - 1),
        .last = access->pa | (config->line - 1),
        .buffer_first = config->buffer_pa,
        .buffer_last = config->buffer_pa + (config->buffer_size - 1),
    };
    return line->first <= line->buffer_last && line->buffer_first <= line->last;
}

static struct contract_breach breach_of(const struct access *access, const struct prove_site *site,
                                        enum prove_rule rule, bool warning)
{
    return (struct contract_breach){
        .rule = (uint8_t)rule,
        .severity = warning ? PROVE_WARNING : PROVE_NOTE,
        .space = access->space,
        .va = access->va,
        .count = 1,
        .site = *site,
    };
}

static void range_set(struct contract_breach *breach, uint64_t first, uint64_t last)
{
    breach->pa = first;
    breach->bytes = (uint32_t)(last - first + 1);
}

static void foreign_check(struct contract *contract, const struct access *access,
                          const struct prove_site *site, const struct maintained_line *line)
{
    if (contract_agent_is_secure(access) == contract->secure_owns) {
        return;
    }
    struct contract_breach breach = breach_of(access, site, PROVE_FOREIGN_MAINTENANCE, !op_cleans(access));
    range_set(&breach, line->first > line->buffer_first ? line->first : line->buffer_first,
              line->last < line->buffer_last ? line->last : line->buffer_last);
    breach.by = contract->handed_over;
    contract_breach_put(contract, &breach);
}

/* A buffer smaller than a line has neighbours on both sides, which may be two. They are told apart. */
static void edge_check(struct contract *contract, const struct access *access, const struct prove_site *site,
                       const struct maintained_line *line, bool outside_may_be_dirty)
{
    const bool warning = outside_may_be_dirty && !op_cleans(access);
    struct contract_breach breach = breach_of(access, site, PROVE_EDGE, warning);
    breach.detail = outside_may_be_dirty;
    if (line->first < line->buffer_first) {
        range_set(&breach, line->first, line->buffer_first - 1);
        contract_breach_put(contract, &breach);
    }
    if (line->last > line->buffer_last) {
        range_set(&breach, line->buffer_last + 1, line->last);
        contract_breach_put(contract, &breach);
    }
}

static void maintenance_check(struct contract *contract, const struct access *access,
                              const struct prove_site *site, bool outside_may_be_dirty)
{
    struct maintained_line line;
    if (line_find(contract, access, &line)) {
        foreign_check(contract, access, site, &line);
        edge_check(contract, access, site, &line, outside_may_be_dirty);
        contract_maintain(contract, access);
    }
    contract_loans_maintained(contract, access, site);
}

/* ---- maintenance by set and way ---- */

void contract_exit_boot_services(struct contract *contract)
{
    contract->runtime = true;
    contract->exit_boot_services_told = true;
}

bool contract_set_way_unjudged(const struct contract *contract)
{
    return contract->set_way_seen && !contract->exit_boot_services_told;
}

static void sweep_tell(struct contract *contract, uint32_t index)
{
    contract_breach_put(contract, &contract->sweeps[index].breach);
}

/* The oldest makes room: it is told, whatever the PE does next. */
static struct contract_sweep *sweep_add(struct contract *contract)
{
    if (contract->sweep_count == CONTRACT_SWEEPS_MAX) {
        sweep_tell(contract, 0);
        memmove(&contract->sweeps[0], &contract->sweeps[1],
                (CONTRACT_SWEEPS_MAX - 1) * sizeof(contract->sweeps[0]));
        contract->sweep_count--;
    }
    return &contract->sweeps[contract->sweep_count++];
}

static struct contract_sweep *sweep_find(struct contract *contract, uint8_t pe, const struct prove_site *site,
                                         enum prove_severity severity)
{
    for (uint32_t i = 0; i < contract->sweep_count; i++) {
        struct contract_sweep *sweep = &contract->sweeps[i];
        if (sweep->pe == pe && sweep->breach.site.pc == site->pc && sweep->breach.site.op == site->op &&
            sweep->breach.severity == severity) {
            return sweep;
        }
    }
    return NULL;
}

/*
 * What a PE does to its own caches before it is powered down is what set/way is for, and only its next SMC
 * tells whether that is what it does.
 */
static void set_way_check(struct contract *contract, const struct access *access,
                          const struct prove_site *site)
{
    contract->set_way_seen = true;
    if (!contract->runtime && contract->config.pe_count == 1) {
        return;
    }
    const enum prove_severity severity = contract->runtime ? PROVE_ERROR : PROVE_WARNING;
    struct contract_sweep *sweep = sweep_find(contract, access->pe, site, severity);
    if (sweep != NULL) {
        sweep->breach.count++;
        return;
    }
    sweep = sweep_add(contract);
    sweep->pe = access->pe;
    sweep->breach = breach_of(access, site, PROVE_SET_WAY_AT_RUNTIME, true);
    sweep->breach.severity = (uint8_t)severity;
    sweep->breach.va = 0;
    sweep->breach.detail = access->operand;
}

void contract_sweeps_end(struct contract *contract, uint8_t pe, bool excused)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < contract->sweep_count; i++) {
        if (contract->sweeps[i].pe != pe) {
            contract->sweeps[kept++] = contract->sweeps[i];
        } else if (!excused) {
            sweep_tell(contract, i);
        }
    }
    contract->sweep_count = kept;
}

/* ---- accesses, hand-overs, the end ---- */

void contract_access(struct contract *contract, const struct access *access, const struct prove_site *site,
                     bool outside_may_be_dirty)
{
    contract->sequence++;
    switch (access->op) {
    case ACCESS_READ:
    case ACCESS_WRITE:
    case ACCESS_DC_ZVA:
        contract_exclusive(contract, access, site);
        contract_use(contract, access, site);
        return;
    case ACCESS_DC_IVAC:
    case ACCESS_DC_CVAC:
    case ACCESS_DC_CVAU:
    case ACCESS_DC_CVAP:
    case ACCESS_DC_CVADP:
    case ACCESS_DC_CIVAC:
        maintenance_check(contract, access, site, outside_may_be_dirty);
        return;
    case ACCESS_DC_ISW:
    case ACCESS_DC_CSW:
    case ACCESS_DC_CISW:
        set_way_check(contract, access, site);
        contract_maintain(contract, access);
        return;
    case ACCESS_DSB:
        contract_barrier(contract, access);
        return;
    case ACCESS_TRANSLATION_CHANGED:
        contract->translated[access->pe] = contract->sequence;
        return;
    default:
        return;
    }
}

void contract_hand_over(struct contract *contract, bool to_secure, const struct prove_site *by)
{
    contract->secure_owns = to_secure;
    contract->handed_over = *by;
}

bool contract_secure_owns(const struct contract *contract)
{
    return contract->secure_owns;
}

void contract_reset(struct contract *contract)
{
    contract_finish(contract);
    contract->secure_owns = false;
    contract->handed_over = (struct prove_site){0};
    contract->loan_count = 0;
    contract->runtime = false;
    contract_lines_forget(contract);
}

void contract_finish(struct contract *contract)
{
    for (uint32_t i = 0; i < contract->sweep_count; i++) {
        sweep_tell(contract, i);
    }
    contract->sweep_count = 0;
    contract_failures_end(contract, false);
}
