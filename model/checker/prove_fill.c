/* SPDX-License-Identifier: BSD-3-Clause */
/* Which pages a cache may fill of its own accord, as translations come and go (fillable.h). */
#include "model/checker/prove_state.h"

#include <assert.h>
#include <string.h>

#include "model/bus/translation.h"

bool prove_anything_fillable(const struct prove *prove)
{
    uint64_t end = 0;
    return prove->config.secure_coherent || fillable_range(prove->fillable, 0, &end) || end != UINT64_MAX;
}

/* Some of these pages are fillable for the secure side's sake. */
static bool buffer_fillable(const struct prove *prove, uint64_t page_pa, uint64_t pages)
{
    const struct prove_config *config = &prove->config;
    return config->secure_coherent && page_pa + pages * PROVE_PAGE_SIZE > config->buffer_pa &&
           page_pa < config->buffer_pa + config->buffer_size;
}

static void page_change(struct prove *prove, struct prove_memory *memory, uint64_t page_pa, bool fillable)
{
    uint8_t *flags = prove_flags(memory, page_pa);
    if (((*flags & PAGE_FILLABLE) != 0) == fillable) {
        return;
    }
    prove_catch_up(prove, memory,
                   page_pa); /* what sweeps did, they did to lines that were mapped as before */
    for (uint32_t i = 0; i < PAGE_LINES && (*flags & PAGE_HELD) != 0; i++) {
        const uint64_t line_pa = page_pa + ((uint64_t)i << MARK_SHIFT);
        if (prove_held(prove, memory, line_pa)) {
            prove_feed(prove, fillable ? CHECKER_MAP : CHECKER_UNMAP, PROVE_AGENT_COHERENT, line_pa,
                       prove->config.line);
            prove_lines_add(prove, &prove->settled, line_pa);
        }
    }
    *flags = (uint8_t)(fillable ? *flags | PAGE_FILLABLE | PAGE_EVER_CACHED : *flags & ~PAGE_FILLABLE);
}

/*
 * Memory is large, and a change of translation concerns all of it: as many pages as a word has bytes at once,
 * where there is nothing to do but their flags. False: page by page.
 */
#define WORD_PAGES sizeof(uint64_t)

static bool word_change(const struct prove *prove, uint8_t *flags, bool fillable)
{
    const uint64_t each = UINT64_MAX / UINT8_MAX; /* a 1 in every byte */
    uint64_t word;
    memcpy(&word, flags, sizeof(word));
    if ((word & each * PAGE_FILLABLE) == (fillable ? each * PAGE_FILLABLE : 0)) {
        return true;
    }
    if (prove->moment_count != 0 || (word & each * PAGE_HELD) != 0) {
        return false;
    }
    word = fillable ? word | each * (PAGE_FILLABLE | PAGE_EVER_CACHED) : word & ~(each * PAGE_FILLABLE);
    memcpy(flags, &word, sizeof(word));
    return true;
}

static void memory_refresh(struct prove *prove, struct prove_memory *memory, uint64_t first, uint64_t last)
{
    uint64_t known = first; /* the answer holds up to here */
    bool mapped = false;
    uint64_t page_pa = first;
    while (page_pa <= last) {
        if (page_pa >= known) {
            mapped = fillable_range(prove->fillable, page_pa, &known);
        }
        const uint64_t left = (last < known - 1 ? last : known - 1) - page_pa; /* bytes after the first */
        if (left / PROVE_PAGE_SIZE >= WORD_PAGES - 1 &&
            (mapped || !buffer_fillable(prove, page_pa, WORD_PAGES)) &&
            word_change(prove, prove_flags(memory, page_pa), mapped)) {
            page_pa += WORD_PAGES * PROVE_PAGE_SIZE;
            continue;
        }
        page_change(prove, memory, page_pa, mapped || buffer_fillable(prove, page_pa, 1));
        page_pa += PROVE_PAGE_SIZE;
    }
}

void prove_fillable_refresh(struct prove *prove, uint64_t pa, uint64_t size)
{
    const uint64_t last = size > UINT64_MAX - pa ? UINT64_MAX : pa + size - 1;
    for (uint32_t i = 0; i < prove->memory_count && size != 0; i++) {
        struct prove_memory *memory = &prove->memories[i];
        const uint64_t memory_last = memory->window.pa + memory->window.size - 1;
        const uint64_t from = pa > memory->window.pa ? pa : memory->window.pa;
        const uint64_t to = last < memory_last ? last : memory_last;
        if (from <= to) {
            memory_refresh(prove, memory, from & ~(uint64_t)(PROVE_PAGE_SIZE - 1), to);
        }
    }
}

/* Tables' pages may be read quickly, and stores to them are told. */
static void tables_find(struct prove *prove)
{
    uint64_t pa = 0;
    while (fillable_new_table(prove->fillable, &pa)) {
        struct prove_memory *memory = prove_memory_of(prove, pa);
        if (memory != NULL && (*prove_flags(memory, pa) & PAGE_TABLE) == 0) {
            *prove_flags(memory, pa) |= PAGE_TABLE;
            prove_revoke_put(prove, pa & ~(uint64_t)(PROVE_PAGE_SIZE - 1), PROVE_PAGE_SIZE, false);
        }
    }
}

void prove_fillable_update(struct prove *prove)
{
    struct fillable_change changes[FILLABLE_CHANGES_MAX];
    bool all = false;
    tables_find(prove);
    const uint32_t count = fillable_changes(prove->fillable, changes, &all);
    if (all) {
        prove_fillable_refresh(prove, 0, UINT64_MAX);
    }
    for (uint32_t i = 0; i < count && !all; i++) {
        prove_fillable_refresh(prove, changes[i].pa, changes[i].size);
    }
    prove->allocated = prove->allocated || ((all || count != 0) && prove_anything_fillable(prove));
}

void prove_translation(struct prove *prove)
{
    const struct access *access = prove->access;
    assert(prove->data != NULL);
    if (access->op == ACCESS_TRANSLATION_CHANGED) {
        struct translation_regime regime;
        assert(access->size == sizeof(regime));
        memcpy(&regime, prove->data, sizeof(regime));
        fillable_regime(prove->fillable, &regime);
        code_side_regime(prove->code, &regime);
        translation_side_regime(prove->translations, &regime);
    } else {
        uint64_t operand = 0;
        memcpy(&operand, prove->data, sizeof(operand));
        fillable_tlbi(prove->fillable, (uint32_t)access->operand, operand);
        code_side_tlbi(prove->code, (uint32_t)access->operand, operand);
        translation_side_tlbi(prove->translations, (uint32_t)access->operand, operand);
    }
    prove_fillable_update(prove);
}

void prove_table_written(struct prove *prove)
{
    const uint64_t pa = prove->access->pa, size = prove->access->size;
    fillable_table_write(prove->fillable, pa, size);
    code_side_table_write(prove->code, pa, size);
    translation_side_table_write(prove->translations, pa, size);
    prove_fillable_update(prove);
}
