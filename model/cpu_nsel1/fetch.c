/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Instruction fetch: from the program counter to a decoded cell. Arm ARM, "Instruction fetch", "PC alignment
 * checking". A page in a window is decoded from its bytes (golden mode); any other line is asked for.
 */
#include <assert.h>
#include <string.h>

#include "model/cpu_nsel1/exception.h"
#include "model/cpu_nsel1/memory.h"
#include "model/cpu_nsel1/mmu.h"
#include "model/cpu_nsel1/ops_list.h"

#define PAGE_MASK (CPU_PAGE_SIZE - 1)
#define LINE_SIZE 64U

static uint32_t cell_of(uint64_t address)
{
    return (uint32_t)(address & PAGE_MASK) >> 2;
}

static bool cell_is_decoded(const struct cpu *cpu, const struct code_page *page, uint32_t cell)
{
    return page->ops[cell].handler != cpu->handlers[OP_undecoded];
}

/* Decodes the cells of [pa, pa + size) from `bytes`. */
static void cells_decode(struct cpu *cpu, struct code_page *page, uint64_t pa, const uint8_t *bytes,
                         uint32_t size)
{
    for (uint32_t offset = 0; offset < size; offset += 4) {
        uint32_t word;
        memcpy(&word, bytes + offset, sizeof(word));
        code_cell_set(cpu, page, cell_of(pa + offset), word);
    }
}

static void page_enter(struct cpu *cpu, struct code_page *page)
{
    struct fetch_way *way = &cpu->fetch_ways[(cpu->pc >> CPU_PAGE_SHIFT) & (FETCH_WAYS - 1)];
    way->tag = cpu->pc & ~PAGE_MASK;
    way->page = page;
    cpu->page = page;
    cpu->page_va = way->tag;
}

static enum fetch_result line_ask(struct cpu *cpu, const struct translation *translation)
{
    uint64_t mask = cpu->config.line_size - 1;
    struct access access = {
        .pa = translation->pa & ~mask,
        .va = cpu->pc & ~mask,
        .size = cpu->config.line_size,
        .op = ACCESS_READ,
        .agent = AGENT_FETCH,
        .type = translation->type,
        .shareability = translation->shareability,
    };
    memory_ask(cpu, &access, ASKED_FETCH, 0);
    return FETCH_NEED;
}

/* The line has come: keep its cells, or decode the one instruction alone. */
static enum fetch_result line_take(struct cpu *cpu, struct code_page *page, uint64_t pa)
{
    struct fetch *fetch = &cpu->fetch;
    uint64_t mask = cpu->config.line_size - 1;
    assert(fetch->pa == (pa & ~mask));
    fetch->answered = false;
    if (fetch->status != ACCESS_OK) {
        memory_made(cpu)->by_fetches++;
        exception_instruction_abort(cpu, cpu->pc, FSC_EXTERNAL);
        return FETCH_FAULT;
    }
    page_enter(cpu, page);
    if (cpu->access.granted != 0) {
        cells_decode(cpu, page, pa & ~mask, cpu->data, cpu->config.line_size);
        return FETCH_READY;
    }
    cells_decode(cpu, page, pa, cpu->data + (pa & mask), 4);
    return FETCH_SINGLE;
}

static enum fetch_result fetch_slow(struct cpu *cpu)
{
    struct translation translation;
    cpu->pc = mmu_branch_target(cpu, cpu->pc);
    if ((cpu->pc & 3) != 0) {
        exception_take(cpu, exception_target(cpu), EC_PC_ALIGNMENT, 0, cpu->pc, cpu->pc);
        return FETCH_FAULT;
    }
    struct mmu_request request = {.va = cpu->pc, .purpose = MMU_EXECUTE};
    enum mmu_result result = mmu_translate(cpu, &request, &translation);
    if (result == MMU_NEED) {
        return FETCH_NEED;
    }
    if (result == MMU_FAULT) {
        exception_instruction_abort(cpu, cpu->pc, translation.fsc);
        return FETCH_FAULT;
    }
    struct code_page *page = code_page_get(cpu, translation.pa & ~PAGE_MASK);
    uint32_t cell = cell_of(translation.pa);
    if (cpu->fetch.answered) {
        return line_take(cpu, page, translation.pa);
    }
    if (cell_is_decoded(cpu, page, cell)) {
        page_enter(cpu, page);
        return FETCH_READY;
    }
    if (page->host == NULL || cpu->config.observed) {
        return line_ask(cpu, &translation);
    }
    page_enter(cpu, page);
    uint64_t line = translation.pa & ~(uint64_t)(LINE_SIZE - 1);
    cells_decode(cpu, page, line, page->host + (line & PAGE_MASK), LINE_SIZE);
    return FETCH_READY;
}

static const struct fetch_way *fetch_way_of(const struct cpu *cpu)
{
    return &cpu->fetch_ways[(cpu->pc >> CPU_PAGE_SHIFT) & (FETCH_WAYS - 1)];
}

bool fetch_is_ready(const struct cpu *cpu)
{
    const struct fetch_way *way = fetch_way_of(cpu);
    return way->tag == (cpu->pc & ~PAGE_MASK) && (cpu->pc & 3) == 0 &&
           cell_is_decoded(cpu, way->page, cell_of(cpu->pc));
}

/* What could be fetched is not executed: an illegal state comes behind the faults of the fetch. */
static enum fetch_result illegal_state_take(struct cpu *cpu, enum fetch_result result)
{
    if (result == FETCH_SINGLE) {
        code_cell_drop(cpu, cpu->page, cell_of(cpu->pc));
    }
    memory_made(cpu)->by_fetches++;
    exception_take(cpu, exception_target(cpu), EC_ILLEGAL_STATE, 0, 0, cpu->pc);
    return FETCH_FAULT;
}

enum fetch_result fetch_instruction(struct cpu *cpu)
{
    if (cpu->translation_dirty) {
        memory_translation_flush(cpu);
    }
    if (!cpu->fetch.answered && fetch_is_ready(cpu)) {
        const struct fetch_way *way = fetch_way_of(cpu);
        cpu->page = way->page;
        cpu->page_va = way->tag;
        return cpu->pstate.illegal ? illegal_state_take(cpu, FETCH_READY) : FETCH_READY;
    }
    enum fetch_result result = fetch_slow(cpu);
    bool fetched = result == FETCH_READY || result == FETCH_SINGLE;
    return cpu->pstate.illegal && fetched ? illegal_state_take(cpu, result) : result;
}
