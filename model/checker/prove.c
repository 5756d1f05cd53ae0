/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is told, in the order of the run, and whom it concerns: lines (prove_hold.c), sweeps (prove_sweep.c),
 * translation (prove_fill.c). ARCHITECTURE.md, "Prove", tells the whole.
 */
#include "model/checker/prove_state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- creation ---- */

static struct checker_config checker_config_of(const struct prove_config *config)
{
    struct checker_config made = {.line = config->line, .elsewhere = config->elsewhere};
    made.agents[PROVE_AGENT_COHERENT] = (struct checker_agent){.kind = CHECKER_AGENT_WB};
    made.agents[PROVE_AGENT_UNBUFFERED] = (struct checker_agent){.kind = CHECKER_AGENT_NC};
    made.agents[PROVE_AGENT_BUFFERED] = (struct checker_agent){.kind = CHECKER_AGENT_NC_BUFFERED};
    made.agents[PROVE_AGENT_MASTER] = (struct checker_agent){.kind = CHECKER_AGENT_NC_BUFFERED, .pe = 1};
    made.agents[PROVE_AGENT_ALIAS] = (struct checker_agent){.kind = CHECKER_AGENT_WB_ALIAS};
    made.agent_count = config->secure_alias ? PROVE_AGENT_ALIAS + 1 : PROVE_AGENT_ALIAS;
    return made;
}

static bool memories_init(struct prove *prove)
{
    for (uint32_t i = 0; i < prove->config.window_count; i++) {
        struct prove_memory *memory = &prove->memories[i];
        memory->window = prove->config.windows[i];
        assert(memory->window.pa % PROVE_PAGE_SIZE == 0 && memory->window.size % PROVE_PAGE_SIZE == 0);
        /* Large and mostly never touched: a host maps such memory when it is. */
        memory->marks = calloc(memory->window.size >> MARK_SHIFT, 1);
        memory->pages = calloc(memory->window.size / PROVE_PAGE_SIZE, sizeof(*memory->pages));
        memory->flags = calloc(memory->window.size / PROVE_PAGE_SIZE, sizeof(*memory->flags));
        prove->memory_count++;
        if (memory->marks == NULL || memory->pages == NULL || memory->flags == NULL) {
            return false;
        }
    }
    return true;
}

struct prove *prove_create(const struct prove_config *config)
{
    assert(config->line == 1U << MARK_SHIFT);
    assert(config->window_count <= PROVE_WINDOWS_MAX);
    struct prove *prove = calloc(1, sizeof(*prove));
    if (prove == NULL) {
        return NULL;
    }
    prove->config = *config;
    const struct checker_config checker = checker_config_of(config);
    prove->checker = checker_create(&checker);
    prove->findings = calloc(PROVE_FINDINGS_MAX, sizeof(*prove->findings));
    const struct contract_config contract = {.line = config->line,
                                             .pe_count = 1,
                                             .buffer_pa = config->buffer_pa,
                                             .buffer_size = config->buffer_size};
    prove->contract = contract_create(&contract);
    const bool ready = memories_init(prove) && prove_sweep_init(prove);
    if (!ready || prove->contract == NULL || prove->checker == NULL || prove->findings == NULL) {
        prove_destroy(prove);
        return NULL;
    }
    checker_witnesses(prove->checker, false);
    if (config->secure_alias) {
        checker_confine_aliases(prove->checker, config->buffer_pa, config->buffer_size);
    }
    return prove;
}

void prove_destroy(struct prove *prove)
{
    for (uint32_t i = 0; i < prove->memory_count; i++) {
        free(prove->memories[i].marks);
        free(prove->memories[i].pages);
        free(prove->memories[i].flags);
    }
    for (uint32_t i = 0; i < prove->tracked_count; i++) {
        free(prove->tracked[i].versions);
    }
    if (prove->checker != NULL) {
        checker_destroy(prove->checker);
    }
    if (prove->contract != NULL) {
        contract_destroy(prove->contract);
    }
    if (prove->code != NULL) {
        code_side_destroy(prove->code);
    }
    if (prove->translations != NULL) {
        translation_side_destroy(prove->translations);
    }
    if (prove->fillable != NULL) {
        fillable_destroy(prove->fillable);
    }
    free(prove->tracked);
    free(prove->settled.pas);
    free(prove->sweep.seen);
    free(prove->moments);
    free(prove->findings);
    free(prove->finding_lines.pas);
    free(prove);
}

uint8_t *prove_marks(struct prove *prove, uint32_t window)
{
    assert(window < prove->memory_count);
    return prove->memories[window].marks;
}

void prove_memory_is(struct prove *prove, uint32_t window, const uint8_t *host)
{
    assert(window < prove->memory_count);
    prove->memories[window].host = host;
}

/* Golden memory is known now: what walks tables can be made. */
static void run_begin(struct prove *prove)
{
    struct fillable_window windows[PROVE_WINDOWS_MAX];
    for (uint32_t i = 0; i < prove->memory_count; i++) {
        const struct prove_memory *memory = &prove->memories[i];
        windows[i] = (struct fillable_window){
            .pa = memory->window.pa, .size = memory->window.size, .host = memory->host};
    }
    prove->begun = true;
    prove->fillable = fillable_create(windows, prove->memory_count);
    prove->overflowed = prove->overflowed || prove->fillable == NULL || !prove_code_init(prove);
    for (uint32_t i = 0; i < prove->tracked_count; i++) {
        prove_value_loaded(prove, &prove->tracked[i]); /* a run begins with a fetch: nothing is written yet */
    }
    if (prove->fillable != NULL && prove->config.secure_coherent) {
        prove_fillable_refresh(prove, prove->config.buffer_pa, prove->config.buffer_size);
    }
}

struct prove_memory *prove_memory_of(struct prove *prove, uint64_t pa)
{
    for (uint32_t i = 0; i < prove->memory_count; i++) {
        struct prove_memory *memory = &prove->memories[i];
        if (pa >= memory->window.pa && pa - memory->window.pa < memory->window.size) {
            return memory;
        }
    }
    return NULL;
}

bool prove_lines_add(struct prove *prove, struct prove_lines *lines, uint64_t pa)
{
    if (lines->count != 0 && lines->pas[lines->count - 1] == pa) {
        return true;
    }
    if (lines->count == lines->capacity) {
        const uint32_t capacity = lines->capacity == 0 ? 64 : 2 * lines->capacity;
        uint64_t *grown = realloc(lines->pas, capacity * sizeof(*grown));
        if (grown == NULL) {
            prove->overflowed = true;
            return false;
        }
        lines->pas = grown;
        lines->capacity = capacity;
    }
    lines->pas[lines->count++] = pa;
    return true;
}

/* ---- telling the checker ---- */

struct prove_site prove_site_now(const struct prove *prove)
{
    const struct access *access = prove->access;
    return (struct prove_site){
        .known = true,
        .op = access->op,
        .pc = access->pc,
        .position = access->position,
        .where = prove->where,
    };
}

static struct checker_event event_make(struct prove *prove, enum checker_event_kind kind, uint8_t agent,
                                       uint64_t pa, uint64_t size)
{
    const struct prove_site site = prove_site_now(prove);
    return (struct checker_event){
        .position = ++prove->position,
        .pa = pa,
        .size = size,
        .kind = (uint8_t)kind,
        .agent = agent,
        .mark = prove_mark_make(&site),
    };
}

static void event_take(struct prove *prove, const struct checker_event *event)
{
    const struct checker_finding *found = checker_take(prove->checker, event);
    if (found != NULL) {
        prove_found(prove, found, false);
    }
}

void prove_feed(struct prove *prove, enum checker_event_kind kind, uint8_t agent, uint64_t pa, uint64_t size)
{
    const struct checker_event event = event_make(prove, kind, agent, pa, size);
    event_take(prove, &event);
}

/* A read that returns the same bytes whatever it meets: no state is ruled out by its having gone well. */
static void feed_equal(struct prove *prove, uint8_t agent)
{
    const struct checker_event event =
        event_make(prove, CHECKER_READ, agent, prove->access->pa, prove->access->size);
    const struct checker_finding *found = checker_take_equal(prove->checker, &event);
    if (found != NULL) {
        prove_found(prove, found, false);
    }
}

void prove_feed_sweep(struct prove *prove, enum checker_event_kind kind, uint8_t agent, uint64_t line_pa,
                      uint64_t size, enum checker_reach reach)
{
    struct checker_event event = event_make(prove, kind, agent, line_pa, size);
    event.reach = (uint8_t)reach;
    event_take(prove, &event);
}

/* ---- accesses ---- */

enum prove_agent prove_agent_of(const struct access *access)
{
    const enum memory_type type = (enum memory_type)access->type;
    if (access->agent == AGENT_DEVICE) {
        return memory_type_cacheable(type) ? PROVE_AGENT_COHERENT : PROVE_AGENT_MASTER;
    }
    if (memory_type_cacheable(type)) {
        return access->space == PA_SPACE_SECURE ? PROVE_AGENT_ALIAS : PROVE_AGENT_COHERENT;
    }
    return type == MEMORY_DEVICE_NGNRNE ? PROVE_AGENT_UNBUFFERED : PROVE_AGENT_BUFFERED;
}

static bool store_is_buffered(enum prove_agent agent)
{
    return agent == PROVE_AGENT_BUFFERED || agent == PROVE_AGENT_MASTER;
}

/* An access that concerns no held line: what a DMB holds back for it completes. */
static void order(struct prove *prove, enum prove_agent agent)
{
    const bool write = prove_is_write(prove->access);
    if ((write && store_is_buffered(agent)) || !checker_ordering(prove->checker, agent)) {
        return;
    }
    const enum checker_event_kind kind = write ? CHECKER_WRITE : CHECKER_READ;
    const struct checker_event event = event_make(prove, kind, agent, prove->access->pa, prove->access->size);
    checker_order(prove->checker, &event, write);
}

static bool buffer_holds(const struct prove *prove, uint64_t pa)
{
    return pa >= prove->config.buffer_pa && pa - prove->config.buffer_pa < prove->config.buffer_size;
}

/* More than its mark will be known of the line by this access. */
static bool must_hold(const struct prove *prove, const struct prove_memory *memory, enum prove_agent agent)
{
    const uint64_t pa = prove->access->pa;
    const bool write = prove_is_write(prove->access);
    const bool marked = *prove_mark(memory, pa) != 0;
    switch (agent) {
    case PROVE_AGENT_COHERENT:
        return write && prove->sweep_pending;
    case PROVE_AGENT_ALIAS:
        return true;
    case PROVE_AGENT_UNBUFFERED:
    case PROVE_AGENT_BUFFERED:
    case PROVE_AGENT_MASTER:
        break;
    }
    if (!write) {
        return marked;
    }
    const bool copies = marked || (*prove_flags(memory, pa) & PAGE_EVER_CACHED) != 0 ||
                        (prove->config.secure_alias && buffer_holds(prove, pa));
    return copies || store_is_buffered(agent);
}

/* One access within one line of memory. */
static void line_access(struct prove *prove, struct prove_memory *memory, enum prove_agent agent)
{
    const struct access *access = prove->access;
    const uint64_t line_pa = prove_line_of(prove, access->pa);
    uint8_t *flags = prove_flags(memory, access->pa);
    const bool write = prove_is_write(access);
    const bool cacheable = agent == PROVE_AGENT_COHERENT;
    prove_catch_up(prove, memory, line_pa);
    if (cacheable) {
        *flags |= PAGE_EVER_CACHED;
    }
    /* What reads past the caches, such as code that runs with them off, neither makes a copy nor changes one.
     */
    const bool passes = !write && !cacheable && agent != PROVE_AGENT_ALIAS;
    prove->allocated = prove->allocated || cacheable || (!passes && (*flags & PAGE_EVER_CACHED) != 0);
    if (!prove_held(prove, memory, line_pa) && must_hold(prove, memory, agent)) {
        prove_hold(prove, memory, line_pa);
    }
    if (!prove_held(prove, memory, line_pa)) {
        order(prove, agent);
        if (cacheable && write) {
            *prove_mark(memory, line_pa) = MARK_TOLD;
            *flags |= PAGE_MARKED;
        }
        return;
    }
    struct prove_tracked *tracked = prove_tracked_of(prove, line_pa);
    if (write && tracked != NULL) {
        prove_value_written(prove, tracked);
    }
    if (!write && tracked != NULL && prove_value_equal(prove, tracked)) {
        feed_equal(prove, agent);
    } else {
        prove_feed(prove, write ? CHECKER_WRITE : CHECKER_READ, agent, access->pa, access->size);
    }
    if (write && store_is_buffered(agent)) {
        prove->issued = true;
        prove_lines_add(prove, &prove->settled, line_pa);
    }
    prove_sweep_touched(prove, line_pa);
    prove_settle(prove, memory, line_pa);
}

static void data_access(struct prove *prove)
{
    const struct access *access = prove->access;
    const enum prove_agent agent = prove_agent_of(access);
    const bool write = prove_is_write(access);
    if (write && access->ordered && prove->issued) {
        prove_feed(prove, CHECKER_RELEASE, PROVE_AGENT_COHERENT, 0, 0);
    }
    struct prove_memory *memory = prove_memory_of(prove, access->pa);
    if (memory == NULL) { /* what only the secure PA space shows is nobody's alias */
        order(prove, agent == PROVE_AGENT_ALIAS ? PROVE_AGENT_COHERENT : agent);
        return;
    }
    assert(agent != PROVE_AGENT_ALIAS || prove->config.secure_alias);
    line_access(prove, memory, agent);
    if (write && (*prove_flags(memory, access->pa) & PAGE_TABLE) != 0) {
        prove_table_written(prove);
    }
    if (write && access->agent != AGENT_PE) {
        prove_revoke_put(prove, prove_line_of(prove, access->pa), prove->config.line, true);
    }
}

static void access_take(struct prove *prove)
{
    struct prove_memory *memory = prove_memory_of(prove, prove->access->pa);
    if (prove->access->agent != AGENT_FETCH) {
        data_access(prove);
        return;
    }
    prove->keep = true;
    if (memory == NULL) {
        return; /* a device: what it answers is not memory's */
    }
    prove_fetch(prove);
    data_access(prove);
    /* With the MMU off the next block may be fetched ahead, through the same caches. */
    const uint64_t next = prove->access->pa + PROVE_PAGE_SIZE;
    if (memory_type_cacheable((enum memory_type)prove->access->type) &&
        prove_memory_of(prove, next) == memory) {
        *prove_flags(memory, next) |= PAGE_EVER_CACHED;
    }
}

/* DC ZVA writes a block, which may be several lines. */
static void zero_access(struct prove *prove)
{
    struct access *piece = &prove->under_way;
    const uint64_t end = piece->pa + piece->size;
    while (piece->pa < end) {
        const uint64_t left = end - piece->pa;
        piece->size = prove->config.line < left ? prove->config.line : (uint32_t)left;
        data_access(prove);
        piece->pa += piece->size;
    }
}

/* ---- maintenance and barriers ---- */

static void maintain(struct prove *prove)
{
    const struct access *access = prove->access;
    struct prove_memory *memory = prove_memory_of(prove, access->pa);
    if (memory == NULL) {
        return;
    }
    const uint64_t line_pa = prove_line_of(prove, access->pa);
    const bool alias = access->space == PA_SPACE_SECURE && prove->config.secure_alias;
    prove_catch_up(prove, memory, line_pa);
    const bool held = prove_held(prove, memory, line_pa);
    const bool marked = *prove_mark(memory, line_pa) != 0;
    if (!held && !marked && !alias) {
        prove_redundant(prove, line_pa);
        if ((*prove_flags(memory, line_pa) & PAGE_EVER_CACHED) == 0) {
            return; /* there is no copy, and an operation makes none */
        }
    }
    if (!held) {
        prove_hold(prove, memory, line_pa);
    }
    const enum checker_event_kind kind = access->op == ACCESS_DC_IVAC    ? CHECKER_IVAC
                                         : access->op == ACCESS_DC_CIVAC ? CHECKER_CIVAC
                                                                         : CHECKER_CVAC;
    prove->issued = true;
    prove->allocated = true; /* a line with copies was touched: no sweep before the next DSB is sure of it */
    prove_feed(prove, kind, alias ? PROVE_AGENT_ALIAS : PROVE_AGENT_COHERENT, line_pa, prove->config.line);
    prove_sweep_touched(prove, line_pa);
    prove_lines_add(prove, &prove->settled, line_pa);
}

enum barrier_types { BARRIER_NONE = 0, BARRIER_LOADS = 1, BARRIER_STORES = 2, BARRIER_ALL = 3 };

static void dsb(struct prove *prove)
{
    const enum barrier_types types = (enum barrier_types)(prove->access->operand & 3);
    const bool speculation_only = types == BARRIER_NONE && prove->access->operand < 8; /* SSBB, PSSBB */
    if (types == BARRIER_LOADS || speculation_only) {
        return;
    }
    if (types == BARRIER_STORES) {
        prove_feed(prove, CHECKER_DSB_ST, PROVE_AGENT_COHERENT, 0, 0);
        return;
    }
    prove_feed(prove, CHECKER_DSB, PROVE_AGENT_COHERENT, 0, 0);
    fillable_dsb(prove->fillable);
    prove_fillable_update(prove);
    prove_sweep_end(prove);
    prove->issued = false;
    prove->ordering = false;
    prove->allocated = prove_anything_fillable(prove);
    prove_settle_all(prove);
}

/* What is pending waits for the next access: that one must be told, wherever it goes. */
static void dmb(struct prove *prove)
{
    const enum barrier_types types = (enum barrier_types)(prove->access->operand & 3);
    if (types == BARRIER_LOADS) {
        return;
    }
    prove_feed(prove, types == BARRIER_STORES ? CHECKER_DMB_ST : CHECKER_DMB, PROVE_AGENT_COHERENT, 0, 0);
    if (prove->issued) {
        prove->ordering = true;
        prove_revoke_put(prove, 0, UINT64_MAX, false);
    }
}

/* Bytes beside the buffer in one of its lines are what the edge rule asks about. */
static void contract_tell(struct prove *prove)
{
    const struct access *access = prove->access;
    const uint64_t line_pa = prove_line_of(prove, access->pa);
    const bool inside = line_pa >= prove->config.buffer_pa &&
                        line_pa + prove->config.line <= prove->config.buffer_pa + prove->config.buffer_size;
    const bool touches = line_pa + prove->config.line > prove->config.buffer_pa &&
                         line_pa < prove->config.buffer_pa + prove->config.buffer_size;
    const struct prove_site site = prove_site_now(prove);
    contract_access(prove->contract, access, &site, touches && !inside && prove_line_dirty(prove, line_pa));
    prove_breaches_take(prove);
}

void prove_take(struct prove *prove, const struct access *access, const uint8_t *data)
{
    prove->under_way = *access;
    prove->access = &prove->under_way;
    prove->data = data;
    prove->where = access_where_next(&prove->counter, access);
    if (!prove->begun) {
        run_begin(prove);
    }
    if (prove->overflowed) {
        return;
    }
    contract_tell(prove);
    prove_code_tell(prove);
    prove_translation_judge(prove);
    switch (access->op) {
    case ACCESS_READ:
    case ACCESS_WRITE:
        access_take(prove);
        break;
    case ACCESS_DC_ZVA:
        zero_access(prove);
        break;
    case ACCESS_DC_IVAC:
    case ACCESS_DC_CVAC:
    case ACCESS_DC_CVAP:
    case ACCESS_DC_CVADP:
    case ACCESS_DC_CIVAC:
        maintain(prove);
        break;
    case ACCESS_DC_ISW:
    case ACCESS_DC_CSW:
    case ACCESS_DC_CISW:
        prove_set_way(prove);
        break;
    case ACCESS_DSB:
        dsb(prove);
        break;
    case ACCESS_DMB:
        dmb(prove);
        break;
    case ACCESS_TRANSLATION_CHANGED:
    case ACCESS_TLBI:
        prove_translation(prove);
        break;
    default:
        break;
    }
    prove->ordering = prove->ordering && checker_ordering(prove->checker, PROVE_AGENT_COHERENT);
    prove_translation_watch(prove);
    prove->overflowed = prove->overflowed || checker_overflowed(prove->checker) ||
                        code_side_overflowed(prove->code) || translation_side_overflowed(prove->translations);
}

void prove_failed(struct prove *prove, const struct access *access)
{
    (void)access_where_next(&prove->counter, access);
}

bool prove_keep(const struct prove *prove)
{
    return prove->keep;
}

bool prove_overflowed(const struct prove *prove)
{
    return prove->overflowed;
}

/* ---- what may be touched without telling ---- */

/* The queue is as long as one access can make it; a longer one takes everything back instead. */
void prove_revoke_put(struct prove *prove, uint64_t pa, uint64_t size, bool code)
{
    if (prove->revoke_count == REVOKES_MAX) {
        prove->revoke_next = 0;
        prove->revoke_count = 2;
        prove->revokes[0] = (struct prove_revoke){.size = UINT64_MAX};
        prove->revokes[1] = (struct prove_revoke){.size = UINT64_MAX, .code = true};
        return;
    }
    prove->revokes[prove->revoke_count++] = (struct prove_revoke){.pa = pa, .size = size, .code = code};
}

bool prove_revoked(struct prove *prove, struct prove_revoke *revoke)
{
    if (prove->revoke_next == prove->revoke_count) {
        prove->revoke_next = 0;
        prove->revoke_count = 0;
        return false;
    }
    *revoke = prove->revokes[prove->revoke_next++];
    return true;
}

static bool page_quick(const struct prove *prove, const struct prove_memory *memory, uint64_t page)
{
    return (memory->flags[page] & (PAGE_HELD | PAGE_TRACKED)) == 0 &&
           (prove->moment_count == 0 || memory->pages[page].swept == prove->moment_count);
}

/*
 * Memory that was never given is given in a long run of pages that allow it, so that whoever is given it has
 * few pieces; a page that was taken back comes back alone.
 */
bool prove_grant(struct prove *prove, uint64_t pa, uint64_t *first, uint64_t *last, bool *writable)
{
    struct prove_memory *memory = prove_memory_of(prove, pa);
    if (prove->ordering || prove->sweep_pending || prove->translation_alive || prove->overflowed) {
        return false;
    }
    if (memory == NULL) { /* nothing is known of it, and writes order what is pending */
        *first = 0;
        *last = UINT64_MAX;
        *writable = false;
        return true;
    }
    uint8_t *flags = memory->flags;
    uint64_t begin = (pa - memory->window.pa) / PROVE_PAGE_SIZE, end = begin + 1;
    const uint64_t count = memory->window.size / PROVE_PAGE_SIZE;
    const uint64_t from = begin - begin % GRANT_PAGES;
    const uint64_t to = count - from < GRANT_PAGES ? count : from + GRANT_PAGES;
    if (!page_quick(prove, memory, begin)) {
        return false;
    }
    *writable = (flags[begin] & PAGE_TABLE) == 0;
    const uint8_t alone = PAGE_GIVEN | PAGE_TABLE;
    if ((flags[begin] & alone) == 0) {
        while (begin > from && (flags[begin - 1] & alone) == 0 && page_quick(prove, memory, begin - 1)) {
            begin--;
        }
        while (end < to && (flags[end] & alone) == 0 && page_quick(prove, memory, end)) {
            end++;
        }
    }
    for (uint64_t page = begin; page < end; page++) {
        flags[page] |= PAGE_GIVEN;
    }
    *first = memory->window.pa + begin * PROVE_PAGE_SIZE;
    *last = memory->window.pa + end * PROVE_PAGE_SIZE - 1;
    return true;
}
