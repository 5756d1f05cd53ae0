/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Decoded pages: found by physical address, recycled in the order of their making. Nothing here is guest
 * state; a cell that is dropped is decoded again when the guest comes by. Never called while a handler runs.
 */
#include <assert.h>
#include <stddef.h>

#include "model/cpu_nsel1/decode.h"
#include "model/cpu_nsel1/memory.h"
#include "model/cpu_nsel1/ops_list.h"

#define PAGE_MASK (CPU_PAGE_SIZE - 1)

/* Up to so many pages are looked up one by one. */
#define FORGET_BY_PAGE_MAX 64U

static uint32_t bucket_of(uint64_t pa)
{
    uint64_t hash = (pa >> CPU_PAGE_SHIFT) * 0x9E3779B97F4A7C15ULL;
    return (uint32_t)(hash >> 32) & (CODE_BUCKETS - 1);
}

void code_fetch_ways_flush(struct cpu *cpu)
{
    for (uint32_t slot = 0; slot < FETCH_WAYS; slot++) {
        cpu->fetch_ways[slot].tag = FETCH_TAG_EMPTY(slot);
    }
}

void code_fetch_way_flush(struct cpu *cpu, uint64_t va)
{
    uint32_t slot = (uint32_t)(va >> CPU_PAGE_SHIFT) & (FETCH_WAYS - 1);
    if (cpu->fetch_ways[slot].tag == (va & ~PAGE_MASK)) {
        cpu->fetch_ways[slot].tag = FETCH_TAG_EMPTY(slot);
    }
}

void code_cell_drop(struct cpu *cpu, struct code_page *page, uint32_t cell)
{
    assert(cell < CODE_CELLS);
    page->ops[cell].handler = cpu->handlers[OP_undecoded];
}

static void page_cells_drop(struct cpu *cpu, struct code_page *page, uint32_t first, uint32_t count)
{
    for (uint32_t cell = first; cell < first + count; cell++) {
        code_cell_drop(cpu, page, cell);
    }
}

void code_reset(struct cpu *cpu)
{
    for (uint32_t i = 0; i < CODE_BUCKETS; i++) {
        cpu->code_buckets[i] = 0;
    }
    cpu->code_page_next = 0;
    cpu->code_page_count = 0;
    code_fetch_ways_flush(cpu);
}

struct code_page *code_page_find(const struct cpu *cpu, uint64_t pa)
{
    uint32_t next = cpu->code_buckets[bucket_of(pa)];
    while (next != 0) {
        struct code_page *page = &cpu->code_pages[next - 1];
        if (page->pa == pa) {
            return page;
        }
        next = page->next;
    }
    return NULL;
}

bool code_page_has_cells(const struct cpu *cpu, uint64_t pa)
{
    const struct code_page *page = code_page_find(cpu, pa);
    return page != NULL && page->lines != 0;
}

bool code_range_has_cells(const struct cpu *cpu, uint64_t pa, uint64_t size)
{
    const struct code_page *page = code_page_find(cpu, pa & ~PAGE_MASK);
    uint32_t first = (uint32_t)(pa & PAGE_MASK) >> MARK_SHIFT;
    uint32_t last = (uint32_t)((pa + size - 1) & PAGE_MASK) >> MARK_SHIFT;
    for (uint32_t line = first; page != NULL && line <= last; line++) {
        if ((page->lines >> line & 1) != 0) {
            return true;
        }
    }
    return false;
}

static void page_unlink(struct cpu *cpu, struct code_page *page)
{
    uint32_t number = (uint32_t)(page - cpu->code_pages) + 1;
    uint32_t *link = &cpu->code_buckets[bucket_of(page->pa)];
    while (*link != number) {
        assert(*link != 0);
        link = &cpu->code_pages[*link - 1].next;
    }
    *link = page->next;
    page->used = false;
    code_fetch_ways_flush(cpu);
}

/*
 * The bytes of a page. Observed, no instruction is decoded from them: they say whose write grants go when the
 * first one is (code_cell_set), and outlive a revocation.
 */
static const uint8_t *page_host(struct cpu *cpu, uint64_t pa)
{
    if (!cpu->config.observed) {
        return memory_window(cpu, pa, CPU_PAGE_SIZE, false);
    }
    const struct cpu_window *window = window_holding(cpu, pa, CPU_PAGE_SIZE);
    return window == NULL ? NULL : window->host + (pa - window->pa);
}

struct code_page *code_page_get(struct cpu *cpu, uint64_t pa)
{
    assert((pa & PAGE_MASK) == 0);
    struct code_page *page = code_page_find(cpu, pa);
    if (page != NULL) {
        return page;
    }
    page = &cpu->code_pages[cpu->code_page_next];
    if (page->used) {
        page_unlink(cpu, page);
    }
    uint32_t *bucket = &cpu->code_buckets[bucket_of(pa)];
    page->pa = pa;
    page->used = true;
    page->lines = 0;
    page->next = *bucket;
    *bucket = cpu->code_page_next + 1;
    if (cpu->code_page_count < CODE_PAGES) {
        cpu->code_page_count++;
    }
    cpu->code_page_next = (cpu->code_page_next + 1) % CODE_PAGES;
    page_cells_drop(cpu, page, 0, CODE_CELLS);
    page->ops[CODE_CELLS].handler = cpu->handlers[OP_page_end];
    page->host = page_host(cpu, pa);
    return page;
}

void code_cell_set(struct cpu *cpu, struct code_page *page, uint32_t cell, uint32_t word)
{
    struct decoded decoded = decode(word, cell * 4);
    if (page->lines == 0 && page->host != NULL) {
        memory_writes_revoke(cpu, page->host);
    }
    page->ops[cell] = (struct op){
        .handler = cpu->handlers[decoded.code],
        .a = decoded.a,
        .b = decoded.b,
        .c = decoded.c,
        .d = decoded.d,
        .imm = decoded.imm,
    };
    page->words[cell] = word;
    page->lines |= 1ULL << (cell * 4 >> MARK_SHIFT);
}

/* [pa, pa + size) within one page. */
static void page_range_drop(struct cpu *cpu, uint64_t pa, uint64_t size)
{
    struct code_page *page = code_page_find(cpu, pa & ~PAGE_MASK);
    if (page == NULL) {
        return;
    }
    uint32_t first = (uint32_t)(pa & PAGE_MASK) >> MARK_SHIFT;
    uint32_t last = (uint32_t)((pa + size - 1) & PAGE_MASK) >> MARK_SHIFT;
    for (uint32_t line = first; line <= last; line++) {
        if ((page->lines >> line & 1) != 0) {
            page_cells_drop(cpu, page, line * 16, 16);
            page->lines &= ~(1ULL << line);
        }
    }
}

void code_range_drop(struct cpu *cpu, uint64_t pa, uint64_t size)
{
    while (size > 0) {
        uint64_t in_page = CPU_PAGE_SIZE - (pa & PAGE_MASK);
        uint64_t part = size < in_page ? size : in_page;
        page_range_drop(cpu, pa, part);
        pa += part;
        size -= part;
    }
}

void code_pages_drop(struct cpu *cpu, uint64_t pa, uint64_t size)
{
    for (uint32_t i = 0; i < cpu->code_page_count; i++) {
        struct code_page *page = &cpu->code_pages[i];
        if (page->used && page->pa - pa < size) {
            page_unlink(cpu, page);
        }
    }
}

void code_range_forget(struct cpu *cpu, uint64_t pa, uint64_t size)
{
    if (size > FORGET_BY_PAGE_MAX * CPU_PAGE_SIZE) {
        code_pages_drop(cpu, pa, size);
        return;
    }
    for (uint64_t offset = 0; offset < size; offset += CPU_PAGE_SIZE) {
        struct code_page *page = code_page_find(cpu, pa + offset);
        if (page != NULL) {
            page_unlink(cpu, page);
        }
    }
}

void code_all_drop(struct cpu *cpu)
{
    for (uint32_t i = 0; i < cpu->code_page_count; i++) {
        if (cpu->code_pages[i].used) {
            page_cells_drop(cpu, &cpu->code_pages[i], 0, CODE_CELLS);
            cpu->code_pages[i].lines = 0;
        }
    }
}

void cpu_code_line_invalidate(struct cpu *cpu, uint64_t pa)
{
    uint64_t line_size = cpu->config.line_size;
    code_range_drop(cpu, pa & ~(line_size - 1), line_size);
}

void cpu_code_invalidate_all(struct cpu *cpu)
{
    code_all_drop(cpu);
}
