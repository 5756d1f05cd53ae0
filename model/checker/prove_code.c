/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The copies that are no data: instructions that are fetched (code_side.h) and translations (
 * translation_side.h). Tells them what they must know of each access, and what they say becomes findings.
 */
#include "model/checker/prove_state.h"

#include <assert.h>
#include <string.h>

bool prove_code_init(struct prove *prove)
{
    struct code_side_config code = {.idc = prove->config.idc, .dic = prove->config.dic};
    struct fillable_window windows[PROVE_WINDOWS_MAX];
    code.window_count = prove->memory_count;
    for (uint32_t i = 0; i < prove->memory_count; i++) {
        const struct prove_memory *memory = &prove->memories[i];
        windows[i] = (struct fillable_window){
            .pa = memory->window.pa, .size = memory->window.size, .host = memory->host};
        code.windows[i] = (struct code_side_window){.pa = memory->window.pa,
                                                    .size = memory->window.size,
                                                    .host = memory->host,
                                                    .marks = memory->marks};
    }
    prove->code = code_side_create(&code);
    prove->translations = translation_side_create(windows, prove->memory_count);
    return prove->code != NULL && prove->translations != NULL;
}

static enum code_side_store store_kind(const struct access *access)
{
    if (access->type == MEMORY_NORMAL_WB && access->space == PA_SPACE_NON_SECURE) {
        return CODE_SIDE_CACHED;
    }
    return access->type == MEMORY_DEVICE_NGNRNE ? CODE_SIDE_UNBUFFERED : CODE_SIDE_BUFFERED;
}

static void barrier_tell(struct prove *prove, const struct access *access)
{
    const uint64_t types = access->operand & 3;
    if (types == 2 || types == 3 || (types == 0 && access->operand >= 8)) {
        code_side_dsb(prove->code, types != 2);
    }
    if (types == 3 || (types == 0 && access->operand >= 8)) {
        translation_side_dsb(prove->translations);
    }
}

/* The last of each kind is to blame for what comes too early. */
static void sites_remember(struct prove *prove)
{
    const uint8_t op = prove->access->op;
    if (op >= ACCESS_IC_IALLU && op <= ACCESS_IC_IVAU) {
        prove->last_ic = prove_site_now(prove);
    } else if (op >= ACCESS_DC_CVAC && op <= ACCESS_DC_CIVAC) {
        prove->last_clean = prove_site_now(prove);
    } else if (op == ACCESS_DSB) {
        prove->last_dsb = prove_site_now(prove);
    }
}

void prove_code_tell(struct prove *prove)
{
    const struct access *access = prove->access;
    sites_remember(prove);
    switch (access->op) {
    case ACCESS_WRITE:
    case ACCESS_DC_ZVA:
        code_side_store(prove->code, access->pa, access->size, store_kind(access));
        return;
    case ACCESS_DC_IVAC:
    case ACCESS_DC_CVAC:
    case ACCESS_DC_CVAU:
    case ACCESS_DC_CVAP:
    case ACCESS_DC_CVADP:
    case ACCESS_DC_CIVAC:
    case ACCESS_IC_IVAU:
        code_side_maintain(prove->code, (enum access_op)access->op, access->pa);
        return;
    case ACCESS_IC_IALLU:
    case ACCESS_IC_IALLUIS:
        code_side_ic_all(prove->code);
        return;
    case ACCESS_DSB:
        barrier_tell(prove, access);
        return;
    case ACCESS_ISB:
        code_side_synchronise(prove->code);
        return;
    default:
        return;
    }
}

/* Exceptions and returns synchronise the context; so does an SMC that has come back. */
void prove_code_event(struct prove *prove, const struct event *event)
{
    const bool synchronises = event->kind == EVENT_CPU_EXCEPTION ||
                              event->kind == EVENT_CPU_EXCEPTION_RETURN ||
                              event->kind == EVENT_CPU_SMC_RETURN;
    if (synchronises && prove->code != NULL) {
        code_side_synchronise(prove->code);
    }
}

/* What is told of a copy that is no data: there is no token, because no cache of ours holds such a copy. */
static void copy_found(struct prove *prove, enum agent_kind agent, enum prove_severity severity,
                       uint64_t detail, int64_t status, const struct prove_site *by)
{
    struct prove_finding finding = {
        .rule = PROVE_STALE_READ,
        .severity = (uint8_t)severity,
        .pa = prove->access->pa,
        .va = prove->access->va,
        .bytes = prove->access->size,
        .count = 1,
        .site = prove_site_now(prove),
        .space = prove->access->space,
        .copy = agent == AGENT_FETCH ? PROVE_COPY_INSTRUCTION : PROVE_COPY_TRANSLATION,
        .detail = detail,
        .status = status,
    };
    finding.site.where.agent = (uint8_t)agent;
    if (by != NULL) {
        finding.by = *by;
    }
    (void)prove_record(prove, &finding);
}

/* The operation that was made and not waited for; NULL: none was made. */
static const struct prove_site *fault_site(const struct prove *prove, enum code_side_fault fault)
{
    switch (fault) {
    case CODE_SIDE_CLEAN_INCOMPLETE:
        return &prove->last_clean;
    case CODE_SIDE_INVALIDATED_EARLY:
    case CODE_SIDE_IC_INCOMPLETE:
        return &prove->last_ic;
    case CODE_SIDE_NOT_SYNCHRONISED:
        return &prove->last_dsb;
    default:
        return NULL;
    }
}

/* The fetch of a line that is decoded is the fetch of the instruction that is wanted first. */
void prove_fetch(struct prove *prove)
{
    struct access *access = &prove->under_way;
    access->pa = prove_line_of(prove, access->pa) | (access->pc & (prove->config.line - 1));
    access->va = access->pc;
    access->size = 4;
    const bool cacheable = memory_type_cacheable((enum memory_type)access->type);
    const struct code_side_fetched fetched = code_side_fetch(prove->code, access->pa, cacheable);
    if (fetched.fault != CODE_SIDE_OK) {
        /* Where nobody was told of the store, what it changed is taken to be everything: that convicts
         * nobody. */
        copy_found(prove, AGENT_FETCH, fetched.assumed ? PROVE_WARNING : PROVE_ERROR, fetched.fault, 0,
                   fault_site(prove, (enum code_side_fault)fetched.fault));
    }
    const struct prove_memory *memory = prove_memory_of(prove, access->pa);
    prove->keep = fetched.keep && !prove_held(prove, memory, prove_line_of(prove, access->pa));
}

static enum translation_side_use use_of(const struct access *access)
{
    if (access->agent == AGENT_FETCH) {
        return TRANSLATION_SIDE_EXECUTE;
    }
    return prove_is_write(access) || access->op == ACCESS_DC_IVAC ? TRANSLATION_SIDE_WRITE
                                                                  : TRANSLATION_SIDE_READ;
}

void prove_translation_judge(struct prove *prove)
{
    const struct access *access = prove->access;
    const bool translated = access->agent == AGENT_PE || access->agent == AGENT_FETCH;
    const bool by_address = access->op == ACCESS_READ || access->op == ACCESS_WRITE ||
                            (access->op >= ACCESS_DC_IVAC && access->op <= ACCESS_DC_CIVAC) ||
                            access->op == ACCESS_DC_ZVA || access->op == ACCESS_IC_IVAU;
    if (!translated || !by_address || !translation_side_alive(prove->translations)) {
        return;
    }
    const struct translation_side_request request = {
        .va = access->agent == AGENT_FETCH ? access->pc : access->va,
        .el = access->el == 2 ? 2 : 1,
        .unprivileged = access->el == 0,
        .use = (uint8_t)use_of(access),
    };
    struct translation_side_old old;
    if (translation_side_differs(prove->translations, &request, &old)) {
        copy_found(prove, AGENT_WALKER, PROVE_ERROR, old.pa, old.difference, NULL);
    }
}

/* While an old translation is alive every access is asked about. */
void prove_translation_watch(struct prove *prove)
{
    const bool alive = translation_side_alive(prove->translations);
    if (alive && !prove->translation_alive) {
        prove_revoke_put(prove, 0, UINT64_MAX, false);
    }
    prove->translation_alive = alive;
}
