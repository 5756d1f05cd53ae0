/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/checker/checker.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "model/checker/checker_state.h"

static bool agent_cacheable(const struct checker_agent *agent)
{
    return agent->kind == CHECKER_AGENT_WB || agent->kind == CHECKER_AGENT_WB_ALIAS;
}

/* Gives agents their domains and (PE, domain) pairs numbers; false when there are too many. */
static bool topology_number(const struct checker_config *config, struct checker *checker,
                            struct reach_rules *rules)
{
    bool coherent = false;
    uint32_t domains = 0;
    for (uint32_t i = 0; i < config->agent_count; i++) {
        coherent = coherent || config->agents[i].kind == CHECKER_AGENT_WB;
    }
    domains = coherent ? 1 : 0;
    *rules = (struct reach_rules){0};
    for (uint32_t i = 0; i < config->agent_count; i++) {
        const struct checker_agent *agent = &config->agents[i];
        checker->agent_domain[i] = UINT8_MAX;
        checker->agent_pair[i] = UINT8_MAX;
        rules->pe_count = rules->pe_count > agent->pe ? rules->pe_count : agent->pe + 1U;
        if (!agent_cacheable(agent)) {
            continue;
        }
        const uint32_t domain = agent->kind == CHECKER_AGENT_WB ? 0 : domains++;
        uint32_t pair = 0;
        while (pair < rules->pair_count &&
               (rules->pairs[pair].pe != agent->pe || rules->pairs[pair].domain != domain)) {
            pair++;
        }
        if (domain >= CHECKER_DOMAINS_MAX || pair == CHECKER_PAIRS_MAX) {
            return false;
        }
        rules->pairs[pair] = (struct reach_pair){.pe = agent->pe, .domain = (uint8_t)domain};
        rules->pair_count = rules->pair_count > pair ? rules->pair_count : pair + 1;
        checker->agent_domain[i] = (uint8_t)domain;
        checker->agent_pair[i] = (uint8_t)pair;
    }
    rules->domain_count = domains;
    return true;
}

const char *checker_config_error(const struct checker_config *config)
{
    if (config->line < 16 || config->line > 2048 || (config->line & (config->line - 1)) != 0) {
        return "a line is a power of two from 16 to 2048 bytes";
    }
    if (config->agent_count > CHECKER_AGENTS_MAX) {
        return "there are more agents than the checker has room for (16)";
    }
    for (uint32_t i = 0; i < config->agent_count; i++) {
        if (config->agents[i].pe >= CHECKER_PES_MAX) {
            return "a PE's number is from 0 to 3";
        }
    }
    struct checker scratch;
    struct reach_rules rules;
    if (!topology_number(config, &scratch, &rules)) {
        return "there are more cacheable domains (4) or pairs of PE and domain (8) than the checker has room "
               "for";
    }
    return NULL;
}

/* A sweep reaches one PE's caches: it can be certain only of a domain that has no agent elsewhere. */
static void sweeps_judge(struct checker *checker)
{
    const struct checker_config *config = &checker->config;
    for (uint32_t domain = 0; domain < CHECKER_DOMAINS_MAX; domain++) {
        int32_t pe = -1;
        bool one_pe = true;
        for (uint32_t i = 0; i < config->agent_count; i++) {
            if (checker->agent_domain[i] == domain) {
                one_pe = one_pe && (pe < 0 || pe == config->agents[i].pe);
                pe = config->agents[i].pe;
            }
        }
        checker->sweep_may_be_certain[domain] = one_pe && !config->elsewhere;
    }
}

static bool sets_init(struct checker *checker, struct reach_rules *rules)
{
    static const struct reach_mode modes[CHECKER_MACHINES] = {
        [CHECKER_RULE_MISSING_BARRIER] = {.prompt = true},
        [CHECKER_RULE_CLOBBER] = {.prompt = true, .keep_fresh = true},
        [CHECKER_RULE_LOST_WRITE] = {.prompt = true, .keep_fresh = true, .clean_first = true},
        [CHECKER_MACHINE_REAL] = {.prompt = false},
        [CHECKER_MACHINE_STILL] = {.prompt = true, .still = true},
    };
    for (uint32_t machine = 0; machine < CHECKER_MACHINES; machine++) {
        rules->mode = modes[machine];
        if (!reach_sets_init(&checker->sets[machine], rules)) {
            return false;
        }
        checker->set_initial[machine] = reach_sets_of(&checker->sets[machine], reach_state_initial(rules));
    }
    for (uint32_t pair = 0; pair < rules->pair_count; pair++) {
        const uint32_t label = reach_label(REACH_WRITE, pair);
        for (uint32_t machine = 0; machine < CHECKER_MACHINES; machine++) {
            checker->set_written[pair][machine] =
                reach_sets_step(&checker->sets[machine], checker->set_initial[machine], label).set;
        }
    }
    checker_canon_init(checker);
    return !checker->sets[CHECKER_MACHINE_REAL].overflowed;
}

struct checker *checker_create(const struct checker_config *config)
{
    assert(checker_config_error(config) == NULL);
    struct checker *checker = calloc(1, sizeof(*checker));
    if (checker == NULL) {
        return NULL;
    }
    checker->config = *config;
    checker->line_shift = (uint32_t)__builtin_ctz(config->line);
    struct reach_rules rules;
    const bool numbered = topology_number(config, checker, &rules);
    assert(numbered);
    sweeps_judge(checker);
    if (!sets_init(checker, &rules) || !checker_lines_init(checker) || !checker_epochs_init(checker)) {
        checker_destroy(checker);
        return NULL;
    }
    return checker;
}

void checker_destroy(struct checker *checker)
{
    checker_lines_release(checker);
    for (uint32_t machine = 0; machine < CHECKER_MACHINES; machine++) {
        reach_sets_release(&checker->sets[machine]);
    }
    checker_epochs_release(checker);
    free(checker->audit_lines);
    free(checker);
}

bool checker_overflowed(const struct checker *checker)
{
    return checker->overflowed;
}

uint8_t checker_domain(const struct checker *checker, uint8_t agent)
{
    return checker->agent_domain[agent];
}

/* Who is to blame, and the moves that lead there. */
static void finding_explain(struct checker *checker, const struct checker_line *line, uint32_t rule_offset,
                            enum checker_rule rule, bool at_end)
{
    struct checker_finding *finding = &checker->finding;
    finding->by = checker_blame(checker, line, rule_offset, rule, at_end);
    if (!checker->unwitnessed) {
        checker_witness(checker, line, (uint32_t)(finding->pa - line->pa), at_end, finding);
    }
}

/* One event on (part of) one line. */
static void line_event(struct checker *checker, const struct checker_event *event, uint64_t line_pa,
                       enum reach_event what, uint32_t operand, uint32_t first, uint32_t last)
{
    struct checker_line *line = checker_line_of(checker, line_pa);
    if (line == NULL) {
        return;
    }
    checker_line_catch_up(checker, line);
    const bool part = first != 0 || last + 1 != checker->config.line;
    if (part && !checker_granules_split(checker, line, first, last)) {
        return;
    }
    const bool sweep = what >= REACH_CSW && what <= REACH_CISW;
    if (sweep) {
        what = checker_sweep_as_met(checker, line, event, what, operand);
    }
    const struct checker_past past = {
        .position = event->position,
        .mark = event->mark,
        .event = (uint8_t)what,
        .operand = (uint8_t)operand,
        .kind = event->kind,
        .first = (uint16_t)first,
        .last = (uint16_t)last,
    };
    const struct checker_stale stale = checker_line_apply(checker, line, &past);
    line->touched = ++checker->sequence;
    if (what < REACH_CSW) {
        line->touched_by[checker->config.agents[event->agent].pe] = line->touched;
    }
    if (stale.bytes == 0) {
        return;
    }
    checker->found = true;
    checker->finding = (struct checker_finding){
        .position = event->position,
        .pa = line_pa + stale.first,
        .bytes = stale.bytes,
        .agent = event->agent,
        .rule = (uint8_t)stale.rule,
    };
    finding_explain(checker, line, stale.rule_first, stale.rule, false);
}

static enum reach_event event_of_access(const struct checker *checker, const struct checker_event *event)
{
    const struct checker_agent *agent = &checker->config.agents[event->agent];
    switch ((enum checker_event_kind)event->kind) {
    case CHECKER_READ:
        return agent_cacheable(agent) ? REACH_READ : REACH_READ_NC;
    case CHECKER_WRITE:
        if (agent_cacheable(agent)) {
            return REACH_WRITE;
        }
        return agent->kind == CHECKER_AGENT_NC ? REACH_WRITE_NC : REACH_WRITE_NC_BUFFERED;
    case CHECKER_READ_NC:
        return REACH_READ_NC;
    default:
        assert(event->kind == CHECKER_WRITE_NC);
        return REACH_WRITE_NC_BUFFERED;
    }
}

static void access_take(struct checker *checker, const struct checker_event *event)
{
    const enum reach_event what = event_of_access(checker, event);
    const uint32_t pe = checker->config.agents[event->agent].pe;
    const uint64_t line_pa = event->pa & ~(uint64_t)(checker->config.line - 1);
    const uint32_t first = (uint32_t)(event->pa - line_pa);
    assert(event->size > 0);
    assert(first + event->size <= checker->config.line);
    if (what != REACH_WRITE_NC_BUFFERED) {
        checker_dmb_wait(checker, event, pe, what == REACH_WRITE || what == REACH_WRITE_NC);
    }
    const uint32_t operand = what <= REACH_WRITE_NEIGHBOUR ? checker->agent_pair[event->agent] : pe;
    line_event(checker, event, line_pa, what, operand, first, (uint32_t)(first + event->size - 1));
}

/* Of the bytes [first, last] those that the read may find older. */
static struct checker_stale stale_of(struct checker *checker, struct checker_line *line, uint32_t label,
                                     uint32_t first, uint32_t last)
{
    struct reach_sets *real = &checker->sets[CHECKER_MACHINE_REAL];
    struct checker_stale stale = {.rule = CHECKER_RULE_STALE_READ};
    const struct checker_granule *granules = checker_granules(line);
    for (uint32_t i = 0; i < line->granule_count; i++) {
        const uint32_t granule_end =
            i + 1U < line->granule_count ? granules[i + 1].first : checker->config.line;
        const uint32_t from = granules[i].first > first ? granules[i].first : first;
        const uint32_t to = granule_end < last + 1 ? granule_end : last + 1;
        if (from < to && reach_sets_step(real, checker_granule_set(&granules[i]), label).stale) {
            stale.first = stale.bytes == 0 ? from : stale.first;
            stale.bytes += to - from;
        }
    }
    return stale;
}

const struct checker_finding *checker_take_equal(struct checker *checker, const struct checker_event *event)
{
    const enum reach_event what = event_of_access(checker, event);
    assert(what == REACH_READ || what == REACH_READ_NC);
    const uint32_t pe = checker->config.agents[event->agent].pe;
    const uint32_t operand = what == REACH_READ ? checker->agent_pair[event->agent] : pe;
    const uint64_t line_pa = event->pa & ~(uint64_t)(checker->config.line - 1);
    const uint32_t first = (uint32_t)(event->pa - line_pa);
    checker->found = false;
    checker_dmb_wait(checker, event, pe, false);
    struct checker_line *line = checker_line_of(checker, line_pa);
    if (line == NULL) {
        return NULL;
    }
    checker_line_catch_up(checker, line);
    const struct checker_stale stale =
        stale_of(checker, line, reach_label(what, operand), first, (uint32_t)(first + event->size - 1));
    if (what == REACH_READ) {
        /* Every byte of the line is read as a neighbour: copies and what is pending are as after any read. */
        line_event(checker, event, line_pa, REACH_READ_NEIGHBOUR, operand, 0, checker->config.line - 1);
    }
    if (stale.bytes == 0) {
        return NULL;
    }
    checker->finding = (struct checker_finding){
        .position = event->position,
        .pa = line_pa + stale.first,
        .bytes = stale.bytes,
        .agent = event->agent,
        .rule = (uint8_t)stale.rule,
    };
    return &checker->finding;
}

#define LINES_AT_ONCE 64 /* what is of more lines is written down once for all of them */

/* Operations on the whole line of an address; mappings and sweeps of every line that a range touches. */
static void lines_take(struct checker *checker, const struct checker_event *event, enum reach_event what,
                       uint32_t operand)
{
    const uint64_t line = checker->config.line;
    const uint64_t size = event->size > 0 ? event->size : 1;
    uint64_t line_pa = event->pa & ~(line - 1);
    const uint64_t last_pa = (event->pa + size - 1) & ~(line - 1);
    if ((last_pa - line_pa) / line >= LINES_AT_ONCE) {
        checker_epoch_end(checker, event, what, operand, line_pa, last_pa);
        return;
    }
    for (;; line_pa += line) {
        line_event(checker, event, line_pa, what, operand, 0, (uint32_t)line - 1);
        if (line_pa == last_pa || checker->overflowed) {
            return;
        }
    }
}

static void sweep_take(struct checker *checker, const struct checker_event *event, enum reach_event what,
                       uint32_t pair)
{
    assert(event->reach <= CHECKER_REACH_ALL);
    if (event->size != 0) {
        lines_take(checker, event, what, pair);
    } else {
        checker_epoch_end(checker, event, what, pair, 0, UINT64_MAX);
    }
}

const struct checker_finding *checker_take(struct checker *checker, const struct checker_event *event)
{
    assert(event->agent < checker->config.agent_count);
    checker->found = false;
    const uint32_t pair = checker->agent_pair[event->agent];
    const uint32_t pe = checker->config.agents[event->agent].pe;
    const enum checker_event_kind kind = (enum checker_event_kind)event->kind;
    assert(kind <= CHECKER_WRITE || (kind >= CHECKER_DSB && kind <= CHECKER_RELEASE) || pair != UINT8_MAX);
    switch (kind) {
    case CHECKER_READ:
    case CHECKER_WRITE:
    case CHECKER_READ_NC:
    case CHECKER_WRITE_NC:
        access_take(checker, event);
        break;
    case CHECKER_CVAC:
        lines_take(checker, event, REACH_CVAC, pair);
        break;
    case CHECKER_CIVAC:
        lines_take(checker, event, REACH_CIVAC, pair);
        break;
    case CHECKER_IVAC:
        lines_take(checker, event, REACH_IVAC, pair);
        break;
    case CHECKER_ZVA:
        checker_dmb_wait(checker, event, pe, true);
        lines_take(checker, event, REACH_WRITE, pair);
        break;
    case CHECKER_CSW:
        sweep_take(checker, event, REACH_CSW, pair);
        break;
    case CHECKER_ISW:
        sweep_take(checker, event, REACH_ISW, pair);
        break;
    case CHECKER_CISW:
        sweep_take(checker, event, REACH_CISW, pair);
        break;
    case CHECKER_DSB:
    case CHECKER_DSB_ST:
    case CHECKER_DMB:
    case CHECKER_DMB_ST:
    case CHECKER_RELEASE:
        checker_barrier(checker, event, pe);
        break;
    case CHECKER_MAP:
        lines_take(checker, event, REACH_MAP, checker->agent_domain[event->agent]);
        break;
    case CHECKER_UNMAP:
        lines_take(checker, event, REACH_UNMAP, checker->agent_domain[event->agent]);
        break;
    }
    return checker->found ? &checker->finding : NULL;
}

void checker_order(struct checker *checker, const struct checker_event *event, bool store)
{
    checker_dmb_wait(checker, event, checker->config.agents[event->agent].pe, store);
}

bool checker_ordering(const struct checker *checker, uint8_t agent)
{
    const uint32_t pe = checker->config.agents[agent].pe;
    return checker->dmb_armed[pe] || checker->dmb_st_armed[pe];
}

void checker_witnesses(struct checker *checker, bool wanted)
{
    checker->unwitnessed = !wanted;
}

bool checker_may_be_dirty(struct checker *checker, uint8_t agent, uint64_t pa, uint64_t size)
{
    const uint64_t line_size = checker->config.line;
    const uint32_t bit = 1U << checker->agent_domain[agent];
    for (uint64_t line_pa = pa & ~(line_size - 1); line_pa < pa + size; line_pa += line_size) {
        struct checker_line *line = checker_line_of(checker, line_pa);
        if (line == NULL) {
            return false;
        }
        checker_line_catch_up(checker, line);
        const struct checker_granule *granules = checker_granules(line);
        for (uint32_t i = 0; i < line->granule_count; i++) {
            if ((checker->sets[CHECKER_MACHINE_REAL].sets[checker_granule_set(&granules[i])].dirty & bit) !=
                0) {
                return true;
            }
        }
    }
    return false;
}

const struct checker_finding *checker_explain(struct checker *checker)
{
    struct checker_finding *finding = &checker->finding;
    const uint64_t line_pa = finding->pa & ~(uint64_t)(checker->config.line - 1);
    const struct checker_line *line = checker_line_find(checker, line_pa);
    assert(line != NULL);
    finding->move_count = 0;
    checker_witness(checker, line, (uint32_t)(finding->pa - line_pa), !checker->found, finding);
    return finding;
}

static int addresses_compare(const void *a, const void *b)
{
    const uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

void checker_audit_begin(struct checker *checker, uint64_t position)
{
    assert(checker->audit_lines == NULL);
    checker->found = false;
    checker->audit_position = position;
    checker->found = false;
    checker->audit_lines = malloc((checker->line_count + 1ULL) * sizeof(*checker->audit_lines));
    if (checker->audit_lines == NULL) {
        checker->overflowed = true;
        return;
    }
    for (uint32_t i = 0; i < checker->line_capacity; i++) {
        if (checker->lines[i].used) {
            checker->audit_lines[checker->audit_count++] = checker->lines[i].pa;
        }
    }
    qsort(checker->audit_lines, checker->audit_count, sizeof(*checker->audit_lines), addresses_compare);
}

/* The rule that a read of this byte at the end would be told by. */
static enum checker_rule rule_of_loss(const struct checker *checker, const struct checker_granule *granule)
{
    enum checker_rule rule = CHECKER_RULE_MISSING_BARRIER;
    while (rule < CHECKER_RULE_STALE_READ && checker->sets[rule].sets[granule->set[rule]].lost) {
        rule = (enum checker_rule)(rule + 1);
    }
    return rule;
}

static bool line_audit(struct checker *checker, struct checker_line *line)
{
    const struct checker_granule *granules = checker_granules(line);
    enum checker_rule rule = CHECKER_RULE_STALE_READ;
    checker->finding =
        (struct checker_finding){.position = checker->audit_position, .rule = CHECKER_RULE_LOST_WRITE};
    for (uint32_t i = 0; i < line->granule_count; i++) {
        if (checker->sets[CHECKER_MACHINE_REAL].sets[checker_granule_set(&granules[i])].lost) {
            const uint32_t end = i + 1U < line->granule_count ? granules[i + 1].first : checker->config.line;
            if (checker->finding.bytes == 0) {
                checker->finding.pa = line->pa + granules[i].first;
                rule = rule_of_loss(checker, &granules[i]);
            }
            checker->finding.bytes += end - granules[i].first;
        }
    }
    if (checker->finding.bytes == 0) {
        return false;
    }
    finding_explain(checker, line, (uint32_t)(checker->finding.pa - line->pa), rule, true);
    return true;
}

const struct checker_finding *checker_audit_next(struct checker *checker)
{
    while (checker->audit_next < checker->audit_count) {
        struct checker_line *line = checker_line_of(checker, checker->audit_lines[checker->audit_next++]);
        checker_line_catch_up(checker, line);
        if (line_audit(checker, line)) {
            return &checker->finding;
        }
    }
    return NULL;
}

const char *checker_rule_text(enum checker_rule rule)
{
    static const char *const texts[] = {
        [CHECKER_RULE_MISSING_BARRIER] = "missing-barrier",
        [CHECKER_RULE_CLOBBER] = "clobber",
        [CHECKER_RULE_LOST_WRITE] = "lost-write",
        [CHECKER_RULE_STALE_READ] = "stale-read",
    };
    assert((unsigned)rule <= CHECKER_RULE_STALE_READ);
    return texts[rule];
}

const char *checker_move_text(enum checker_move_kind kind)
{
    static const char *const texts[] = {
        [CHECKER_MOVE_FILL] = "fill",           [CHECKER_MOVE_DROP] = "drop",
        [CHECKER_MOVE_WRITEBACK] = "writeback", [CHECKER_MOVE_HOLD] = "hold",
        [CHECKER_MOVE_COMPLETE] = "complete",   [CHECKER_MOVE_MISS] = "miss",
        [CHECKER_MOVE_DRAIN] = "drain",
    };
    assert((unsigned)kind <= CHECKER_MOVE_DRAIN);
    return texts[kind];
}
