/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Accesses to windows (window.c), grants of golden mode, and questions to the caller. Knows nothing of
 * translation. The rule that keeps golden mode coherent: a page with decoded instructions has no write grant,
 * so that every store to it passes memory_window_write.
 */
#include "model/cpu_nsel1/memory.h"

#include <assert.h>
#include <string.h>

#include "model/cpu_nsel1/refill.h"

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "guest memory is used in place");

#define PAGE_MASK (CPU_PAGE_SIZE - 1)

/* ---- windows ---- */

uint8_t *memory_window(struct cpu *cpu, uint64_t pa, uint64_t size, bool write)
{
    const struct cpu_window *window = window_holding(cpu, pa, size);
    if (window == NULL || (write && !window->writable) || window_page_revoked(window, pa, write)) {
        return NULL;
    }
    return window->host + (pa - window->pa);
}

/* ---- grants ---- */

void memory_translation_flush(struct cpu *cpu)
{
    grant_clear_all(&cpu->grants);
    refill_pages_forget(cpu);
    code_fetch_ways_flush(cpu);
    cpu->translation_dirty = false;
}

/* An address may carry a tag, in its top byte. */
static bool same_page(uint64_t tag, uint64_t va)
{
    return ((tag ^ va) & ~PAGE_MASK) << 8 == 0;
}

void memory_page_grants_drop(struct cpu *cpu, uint64_t va)
{
    uint64_t granule = 1ULL << cpu->grants.shift;
    refill_page_forget(cpu, va);
    for (uint64_t offset = 0; offset < CPU_PAGE_SIZE; offset += granule) {
        uint32_t slot = grant_slot(&cpu->grants, (va & ~PAGE_MASK) + offset);
        if (same_page(cpu->read_grants[slot].tag, va)) {
            grant_clear_read(&cpu->grants, slot);
        }
        if (same_page(cpu->write_grants[slot].tag, va)) {
            grant_clear_write(&cpu->grants, slot);
        }
    }
}

void memory_grant_page(struct cpu *cpu, uint64_t va, uint64_t pa, bool write, bool cacheable)
{
    uint64_t page_pa = pa & ~PAGE_MASK;
    const struct cpu_window *window = window_holding(cpu, page_pa, CPU_PAGE_SIZE);
    if (window == NULL || (write && (!window->writable || code_page_has_cells(cpu, page_pa))) ||
        window_page_revoked(window, page_pa, write) || (cpu->config.observed && !cacheable)) {
        return;
    }
    uint32_t slot = grant_slot(&cpu->grants, va);
    struct grant *grant = write ? &cpu->write_grants[slot] : &cpu->read_grants[slot];
    grant->tag = va & ~PAGE_MASK;
    grant->host = window->host + (page_pa - window->pa);
    if (write) {
        bool marked = cacheable && window->marks != NULL;
        cpu->marks[slot] = marked ? window->marks + ((page_pa - window->pa) >> MARK_SHIFT) : cpu->marks_sink;
    }
}

void memory_writes_revoke(struct cpu *cpu, const uint8_t *page_host)
{
    for (uint32_t slot = 0; slot < cpu->grants.count; slot++) {
        if (cpu->write_grants[slot].host == page_host) {
            grant_clear_write(&cpu->grants, slot);
        }
    }
}

/* ---- stores into windows ---- */

static void marks_set(struct cpu *cpu, const struct access *access)
{
    const struct cpu_window *window = window_holding(cpu, access->pa, access->size);
    assert(window != NULL);
    if (window->marks == NULL || !memory_type_cacheable((enum memory_type)access->type)) {
        return;
    }
    uint64_t first = (access->pa - window->pa) >> MARK_SHIFT;
    uint64_t last = (access->pa - window->pa + access->size - 1) >> MARK_SHIFT;
    memset(window->marks + first, 1, last - first + 1);
}

void memory_window_write(struct cpu *cpu, const struct access *access, uint8_t *host, uint64_t value)
{
    assert(access->size <= sizeof(value));
    memcpy(host, &value, access->size);
    marks_set(cpu, access);
    code_range_drop(cpu, access->pa, access->size);
}

void memory_window_zero(struct cpu *cpu, const struct access *access, uint8_t *host)
{
    memset(host, 0, access->size);
    marks_set(cpu, access);
    code_range_drop(cpu, access->pa, access->size);
}

/* ---- questions ---- */

struct accesses_made *memory_made(struct cpu *cpu)
{
    if (cpu->made.retired != cpu->retired) {
        cpu->made = (struct accesses_made){.retired = cpu->retired};
    }
    return &cpu->made;
}

static uint32_t made_before(struct cpu *cpu, enum asked what)
{
    const struct accesses_made *made = memory_made(cpu);
    switch (what) {
    case ASKED_WALK:
        return made->by_walks;
    case ASKED_FETCH:
        return made->by_fetches;
    case ASKED_STEP:
    case ASKED_GRANT:
    case ASKED_NONE:
        break;
    }
    return made->by_instructions;
}

void memory_ask(struct cpu *cpu, const struct access *access, enum asked what, uint32_t ordinal)
{
    assert(cpu->asked == ASKED_NONE);
    assert(access->size <= sizeof(cpu->data));
    cpu->access = *access;
    cpu->access.pe = cpu->config.pe;
    cpu->access.el = (uint8_t)cpu->pstate.el;
    cpu->access.pc = cpu->pc;
    cpu->access.position = cpu->retired;
    cpu->access.ordinal = made_before(cpu, what) + ordinal;
    cpu->access.space = PA_SPACE_NON_SECURE;
    cpu->access.granted = 0;
    cpu->asked = what;
}

/* A store-release: what is buffered anywhere waits for it, so somebody has to hear of it. */
static bool is_release(const struct access *access)
{
    return access->ordered && access->op == ACCESS_WRITE;
}

bool memory_observed(struct cpu *cpu, const struct access *access)
{
    if (!cpu->config.observed) {
        return false;
    }
    return !memory_type_cacheable((enum memory_type)access->type) || is_release(access) ||
           (access->op != ACCESS_READ && code_range_has_cells(cpu, access->pa, access->size));
}

/* Plain reads and writes that a window can serve; the rest has somebody to tell. */
static bool window_serve(struct cpu *cpu, const struct access *access, uint64_t value,
                         struct memory_answer *answer)
{
    bool write = access->op == ACCESS_WRITE;
    if (cpu->window_count == 0 || (!write && access->op != ACCESS_READ)) {
        return false;
    }
    uint8_t *host = memory_window(cpu, access->pa, access->size, write);
    if (host == NULL || memory_observed(cpu, access)) {
        return false;
    }
    *answer = (struct memory_answer){.status = ACCESS_OK};
    if (write) {
        memory_window_write(cpu, access, host, value);
    } else {
        memcpy(&answer->value, host, access->size);
    }
    return true;
}

/*
 * Cached mode: a piece of an access that no cell could do (it crosses a line, or is ordered or unprivileged)
 * whose own line is granted. The grant says that nobody has to know; but a release concerns other lines too.
 */
static bool grant_serve(struct cpu *cpu, const struct access *access, uint64_t value,
                        struct memory_answer *answer)
{
    bool write = access->op == ACCESS_WRITE;
    if (!cpu->grants_enabled || access->exclusive || is_release(access) ||
        (!write && access->op != ACCESS_READ) || !memory_type_cacheable((enum memory_type)access->type)) {
        return false;
    }
    uint32_t slot = grant_slot(&cpu->grants, access->va);
    const struct grant *grant = write ? &cpu->write_grants[slot] : &cpu->read_grants[slot];
    uint64_t offset = access->va ^ grant->tag;
    if (offset > (1ULL << cpu->grants.shift) - access->size) {
        return false;
    }
    *answer = (struct memory_answer){.status = ACCESS_OK};
    if (write) {
        memcpy(grant->host + offset, &value, access->size);
    } else {
        memcpy(&answer->value, grant->host + offset, access->size);
    }
    return true;
}

bool memory_access(struct cpu *cpu, const struct access *access, uint64_t value, struct memory_answer *answer)
{
    struct step *step = &cpu->step;
    uint32_t ordinal = step->cursor++;
    assert(ordinal < STEP_ACCESSES_MAX);
    if (ordinal < step->answered) {
        *answer = (struct memory_answer){.value = step->value[ordinal], .status = step->status[ordinal]};
        return true;
    }
    if (window_serve(cpu, access, value, answer) || grant_serve(cpu, access, value, answer)) {
        step->value[ordinal] = answer->value;
        step->status[ordinal] = answer->status;
        step->answered++;
        return true;
    }
    memory_ask(cpu, access, ASKED_STEP, ordinal);
    if (access->op == ACCESS_WRITE) {
        memcpy(cpu->data, &value, sizeof(value));
    }
    return false;
}

bool memory_tell(struct cpu *cpu, const struct access *access, const void *data)
{
    struct memory_answer answer;
    if (!cpu->config.observed || memory_access(cpu, access, 0, &answer)) {
        return true;
    }
    memcpy(cpu->data, data, access->size);
    return false;
}

bool memory_walk_read(struct cpu *cpu, const struct access *access, uint32_t ordinal,
                      struct memory_answer *answer)
{
    struct walk *walk = &cpu->walk;
    assert(ordinal < WALK_LEVELS);
    if (ordinal < walk->answered) {
        *answer = (struct memory_answer){.value = walk->descriptor[ordinal], .status = walk->status[ordinal]};
        return true;
    }
    assert(ordinal == walk->answered);
    if (window_serve(cpu, access, 0, answer)) {
        walk->descriptor[ordinal] = answer->value;
        walk->status[ordinal] = answer->status;
        walk->answered++;
        return true;
    }
    memory_ask(cpu, access, ASKED_WALK, ordinal);
    return false;
}
