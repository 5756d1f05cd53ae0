/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where instructions may be fetched without being asked for, and what follows from it: copies are filled with
 * what the PoU holds at that moment. Arm ARM, "Behavior when stage 1 address translation is disabled": with
 * the MMU off only in the 4 KiB blocks from which the program has executed since reset, and in the block
 * after each.
 */
#include "model/checker/code_side_state.h"

#include <assert.h>
#include <stddef.h>

#define SCTLR_I (1ULL << 12)

/* ---- what may have been filled ---- */

void code_side_line_close(const struct code_side *code, struct code_page *page, uint32_t line)
{
    if (!page->fetchable) {
        return;
    }
    uint64_t bit = 1ULL << line;
    uint16_t seen = page->stale[line];
    page->ahead |= bit;
    if (code->copies && code->caching) {
        page->copy |= bit;
        page->copy_stale[line] |= page->stale[line];
        page->again |= page->invalidating & bit;
        page->again_stale[line] |= (page->invalidating & bit) != 0 ? page->stale[line] : 0;
        seen |= page->copy_stale[line];
    }
    page->ahead_stale[line] |= seen;
}

void code_side_page_close(const struct code_side *code, struct code_page *page)
{
    for (uint32_t line = 0; line < CODE_LINES && page->fetchable; line++) {
        code_side_line_close(code, page, line);
    }
}

/* ---- where ---- */

/* A regime at EL1 that is told of with its MMU off counts, though the PE may stay at EL2: more may be fetched
 * than has to. */
bool code_side_page_allowed(const struct code_side *code, const struct code_page *page)
{
    return (code->flat_mode && page->flat) || fillable_line(code->mapped, page->pa);
}

void code_side_page_refresh(struct code_side *code, struct code_page *page)
{
    bool allowed = code_side_page_allowed(code, page);
    if (allowed != page->fetchable) {
        page->fetchable = allowed;
        code_side_list_add(code, CODE_LIST_UNSYNCHRONISED, page);
    }
    code_side_page_close(code, page);
}

static void intervals_mapped_range(struct code_side *code, struct code_intervals *intervals, uint64_t start,
                                   uint64_t end)
{
    for (uint64_t pa = start; pa < end;) {
        uint64_t next = 0;
        bool mapped = fillable_range(code->mapped, pa, &next);
        next = next < end ? next : end;
        if (mapped) {
            code_side_intervals_add(code, intervals, pa, next);
        }
        pa = next;
    }
}

void code_side_intervals_mapped(struct code_side *code, struct code_intervals *intervals)
{
    intervals_mapped_range(code, intervals, 0, CODE_PA_END);
}

/* What is mapped now in a range may have been copied from now on. */
static void intervals_note(struct code_side *code, uint64_t start, uint64_t end)
{
    code->mapping_changed = true;
    if (code->config.idc) {
        code_side_marks_age(code, start, end);
    }
    intervals_mapped_range(code, &code->ahead, start, end);
    if (code->copies && code->caching) {
        intervals_mapped_range(code, &code->copied, start, end);
        if (code->ic_all_pending) {
            intervals_mapped_range(code, &code->again, start, end);
        }
    }
}

static void everything_refresh(struct code_side *code)
{
    intervals_note(code, 0, CODE_PA_END);
    for (uint32_t i = 0; i < code->page_count; i++) {
        code_side_page_refresh(code, code_side_page_at(code, i));
    }
}

static void range_refresh(struct code_side *code, uint64_t start, uint64_t end)
{
    intervals_note(code, start, end);
    if ((end - start) / CODE_PAGE_SIZE > code->page_count) {
        for (uint32_t i = 0; i < code->page_count; i++) {
            struct code_page *page = code_side_page_at(code, i);
            if (page->pa - start < end - start) {
                code_side_page_refresh(code, page);
            }
        }
        return;
    }
    for (uint64_t pa = start; pa < end; pa += CODE_PAGE_SIZE) {
        struct code_page *page = code_side_page_find(code, pa);
        if (page != NULL) {
            code_side_page_refresh(code, page);
        }
    }
}

/* The mapping may have changed; `all`: and more than it says. */
static void mapping_refresh(struct code_side *code, bool all)
{
    struct fillable_change changes[FILLABLE_CHANGES_MAX];
    bool changed_all = false;
    uint32_t count = fillable_changes(code->mapped, changes, &changed_all);
    code->overflowed |= fillable_overflowed(code->mapped);
    if (all || changed_all) {
        everything_refresh(code);
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        range_refresh(code, changes[i].pa, changes[i].pa + changes[i].size);
    }
}

/* ---- what is told ---- */

/* Every page is looked at again; what is fetched ahead may come from another place than before. */
static void modes_set(struct code_side *code, bool flat_mode, bool caching)
{
    bool changed = flat_mode != code->flat_mode || caching != code->caching;
    for (uint32_t i = 0; caching != code->caching && i < code->page_count; i++) {
        code_side_list_add(code, CODE_LIST_UNSYNCHRONISED, code_side_page_at(code, i));
    }
    code->flat_mode = flat_mode;
    code->caching = caching;
    mapping_refresh(code, changed);
}

void code_side_caching_seen(struct code_side *code)
{
    if (!code->caching) {
        modes_set(code, code->flat_mode, true);
    }
}

void code_side_regime(struct code_side *code, const struct translation_regime *regime)
{
    uint32_t number = regime->el - 1U;
    assert(number < 2);
    code->told[number] = true;
    code->walking[number] = translation_walks(regime) || translation_flat_cacheable(regime);
    code->caching_told[number] = (regime->sctlr & SCTLR_I) != 0 || translation_flat_cacheable(regime);
    fillable_regime(code->mapped, regime);
    bool flat_mode = false;
    bool caching = false;
    for (uint32_t i = 0; i < 2; i++) {
        flat_mode |= code->told[i] && !code->walking[i];
        caching |= code->told[i] && code->caching_told[i];
    }
    modes_set(code, flat_mode, caching);
}

void code_side_table_write(struct code_side *code, uint64_t pa, uint64_t size)
{
    fillable_table_write(code->mapped, pa, size);
    mapping_refresh(code, false);
}

void code_side_tlbi(struct code_side *code, uint32_t encoding, uint64_t operand)
{
    fillable_tlbi(code->mapped, encoding, operand);
}

void code_side_mapping_complete(struct code_side *code)
{
    fillable_dsb(code->mapped);
    mapping_refresh(code, false);
}
