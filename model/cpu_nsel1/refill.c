/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Known pages: one set for reads and one for writes, because permissions differ, direct mapped. Touches no
 * guest memory and takes no decision that mmu.c has not taken before.
 */
#include "model/cpu_nsel1/refill.h"

#include <assert.h>
#include <string.h>

#include "model/cpu_nsel1/cpu_state.h"
#include "model/cpu_nsel1/memory.h"

#define PAGE_MASK       (CPU_PAGE_SIZE - 1)
#define KNOWN_PAGE_NONE 1 /* not the address of a page */

static struct known_page *place_of(struct cpu *cpu, uint64_t va, bool write)
{
    return &cpu->known_pages[write][va >> CPU_PAGE_SHIFT & (KNOWN_PAGES - 1)];
}

void refill_page_know(struct cpu *cpu, uint64_t va, bool write, const struct translation *page)
{
    *place_of(cpu, va, write) = (struct known_page){
        .va = va & ~PAGE_MASK,
        .pa = page->pa & ~PAGE_MASK,
        .type = page->type,
        .shareability = page->shareability,
    };
}

void refill_pages_forget(struct cpu *cpu)
{
    for (uint32_t i = 0; i < KNOWN_PAGES; i++) {
        cpu->known_pages[false][i].va = KNOWN_PAGE_NONE;
        cpu->known_pages[true][i].va = KNOWN_PAGE_NONE;
    }
}

/* The top byte takes no part in the place of a page. */
void refill_page_forget(struct cpu *cpu, uint64_t va)
{
    place_of(cpu, va, false)->va = KNOWN_PAGE_NONE;
    place_of(cpu, va, true)->va = KNOWN_PAGE_NONE;
}

/* Within a line; and a grant is asked for once for an instruction, as the step does. */
static bool miss_is_plain(const struct cpu *cpu, const struct cell_miss *miss)
{
    const uint64_t line = cpu->config.line_size;
    return (miss->va & (line - 1)) + miss->size <= line && cpu->grant_asked_at != cpu->retired;
}

/* What memory_ask() makes of the step's question, in place: this is where a copy would be felt. */
static void question_put(struct cpu *cpu, const struct known_page *page)
{
    const uint64_t va = cpu->miss.va & ~(uint64_t)(cpu->config.line_size - 1);
    struct access *access = &cpu->access;
    access->pa = page->pa | (va & PAGE_MASK);
    access->va = va;
    access->pc = cpu->pc;
    access->position = cpu->retired;
    access->operand = 0;
    access->size = cpu->config.line_size;
    access->grant_slot = grant_slot(&cpu->grants, va);
    access->ordinal = memory_made(cpu)->by_instructions;
    access->op = cpu->miss.write ? ACCESS_GRANT_WRITE : ACCESS_GRANT_READ;
    access->agent = AGENT_PE;
    access->pe = cpu->config.pe;
    access->space = PA_SPACE_NON_SECURE;
    access->type = page->type;
    access->shareability = page->shareability;
    access->exclusive = false;
    access->ordered = false;
    access->el = cpu->pstate.el;
    access->granted = 0;
    cpu->asked = ASKED_GRANT;
}

bool refill_ask(struct cpu *cpu)
{
    const struct cell_miss *miss = &cpu->miss;
    const struct known_page *page = place_of(cpu, miss->va, miss->write);
    if (page->va != (miss->va & ~PAGE_MASK) || !miss_is_plain(cpu, miss)) {
        return false;
    }
    question_put(cpu, page);
    cpu->grant_asked_at = cpu->retired;
    cpu->step.word = cpu->page->words[(cpu->pc & PAGE_MASK) >> 2];
    return true;
}

static struct grant *grants_of(struct cpu *cpu, bool write)
{
    return write ? cpu->write_grants : cpu->read_grants;
}

/* The host's address of `va`, whose line is granted, or NULL. */
static uint8_t *granted_byte(struct cpu *cpu, uint64_t va, bool write)
{
    const struct grant *grant = &grants_of(cpu, write)[grant_slot(&cpu->grants, va)];
    const uint64_t offset = va ^ grant->tag;
    return offset < cpu->config.line_size ? grant->host + offset : NULL;
}

bool refill_straddle_begin(struct cpu *cpu)
{
    const struct cell_miss *miss = &cpu->miss;
    struct straddle *straddle = &cpu->straddle;
    const uint64_t line = cpu->config.line_size;
    straddle->head = (uint32_t)(line - (miss->va & (line - 1)));
    if (straddle->head >= miss->size) {
        return false;
    }
    straddle->host[0] = granted_byte(cpu, miss->va, miss->write);
    straddle->host[1] = granted_byte(cpu, miss->va + straddle->head, miss->write);
    if (straddle->host[0] == NULL || straddle->host[1] == NULL) {
        return false;
    }
    assert(miss->size <= sizeof(straddle->bytes));
    memcpy(straddle->bytes, straddle->host[0], straddle->head);
    memcpy(straddle->bytes + straddle->head, straddle->host[1], miss->size - straddle->head);
    straddle->slot = grant_slot(&cpu->grants, miss->va);
    struct grant *grant = &grants_of(cpu, miss->write)[straddle->slot];
    straddle->grant = *grant;
    *grant = (struct grant){.tag = miss->va, .host = straddle->bytes};
    return true;
}

void refill_straddle_end(struct cpu *cpu)
{
    const struct cell_miss *miss = &cpu->miss;
    const struct straddle *straddle = &cpu->straddle;
    grants_of(cpu, miss->write)[straddle->slot] = straddle->grant;
    if (miss->write) {
        memcpy(straddle->host[0], straddle->bytes, straddle->head);
        memcpy(straddle->host[1], straddle->bytes + straddle->head, miss->size - straddle->head);
    }
}
