/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which lines the checker holds. A page with such lines is slow; a line is let go when one bit says all about
 * it again. Tracked lines are never let go.
 */
#include "model/checker/prove_state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

bool prove_held(struct prove *prove, const struct prove_memory *memory, uint64_t line_pa)
{
    return (*prove_flags(memory, line_pa) & PAGE_HELD) != 0 && checker_holds(prove->checker, line_pa);
}

static void hold_since(struct prove *prove, struct prove_memory *memory, uint64_t line_pa,
                       struct checker_moment since)
{
    struct prove_page *page = prove_page(memory, line_pa);
    const uint8_t flags = *prove_flags(memory, line_pa);
    const bool marked = *prove_mark(memory, line_pa) != 0;
    const bool cached = marked || (flags & PAGE_EVER_CACHED) != 0;
    checker_hold(prove->checker, line_pa, marked ? CHECKER_LINE_MARKED : CHECKER_LINE_CLEAN,
                 (flags & PAGE_FILLABLE) != 0, cached, since);
    if (page->held == 0) {
        prove_revoke_put(prove, line_pa & ~(uint64_t)(PROVE_PAGE_SIZE - 1), PROVE_PAGE_SIZE, false);
    }
    page->held++;
    *prove_flags(memory, line_pa) |= PAGE_HELD;
    prove->held++;
    prove_lines_add(prove, &prove->settled, line_pa);
}

void prove_hold(struct prove *prove, struct prove_memory *memory, uint64_t line_pa)
{
    hold_since(prove, memory, line_pa,
               prove->sweep_pending ? prove->pending_since : checker_now(prove->checker));
}

bool prove_line_dirty(struct prove *prove, uint64_t line_pa)
{
    struct prove_memory *memory = prove_memory_of(prove, line_pa);
    if (memory == NULL) {
        return false;
    }
    prove_catch_up(prove, memory, line_pa);
    return prove_held(prove, memory, line_pa)
               ? checker_may_be_dirty(prove->checker, PROVE_AGENT_COHERENT, line_pa, prove->config.line)
               : *prove_mark(memory, line_pa) != 0;
}

void prove_settle(struct prove *prove, struct prove_memory *memory, uint64_t line_pa)
{
    const enum checker_canonical canonical = checker_canonical(prove->checker, line_pa);
    if (canonical == CHECKER_LINE_OTHER) {
        return;
    }
    struct prove_page *page = prove_page(memory, line_pa);
    *prove_mark(memory, line_pa) = canonical == CHECKER_LINE_CLEAN ? 0 : MARK_TOLD;
    uint8_t *flags = prove_flags(memory, line_pa);
    *flags |= PAGE_MARKED;
    if ((*flags & PAGE_TRACKED) != 0) {
        struct prove_tracked *tracked = prove_tracked_of(prove, line_pa);
        if (tracked != NULL) {
            if (canonical == CHECKER_LINE_CLEAN) {
                prove_value_settled(tracked);
            }
            return;
        }
    }
    assert(page->held > 0);
    checker_release(prove->checker, line_pa);
    page->held--;
    if (page->held == 0) {
        *flags &= (uint8_t)~PAGE_HELD;
    }
    prove->held--;
}

void prove_settle_all(struct prove *prove)
{
    for (uint32_t i = 0; i < prove->settled.count; i++) {
        const uint64_t line_pa = prove->settled.pas[i];
        struct prove_memory *memory = prove_memory_of(prove, line_pa);
        if (prove_held(prove, memory, line_pa)) {
            prove_settle(prove, memory, line_pa);
        }
    }
    prove->settled.count = 0;
}

/* Some line of the page may be marked. Marks of a page stand in a row. */
static bool page_marked(const struct prove_memory *memory, uint64_t page_pa)
{
    if ((*prove_flags(memory, page_pa) & (PAGE_GIVEN | PAGE_MARKED)) == 0) {
        return false; /* nobody can have written to it unseen */
    }
    uint64_t words[PAGE_LINES / sizeof(uint64_t)];
    uint64_t any = 0;
    memcpy(words, prove_mark(memory, page_pa), sizeof(words));
    for (uint32_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        any |= words[i];
    }
    return any != 0;
}

void prove_catch_up(struct prove *prove, struct prove_memory *memory, uint64_t pa)
{
    if (prove->moment_count == 0) {
        return; /* and pages that nobody asks about stay untouched in the host, too */
    }
    struct prove_page *page = prove_page(memory, pa);
    if (page->swept == prove->moment_count) {
        return;
    }
    const struct checker_moment since = prove->moments[page->swept];
    const uint64_t page_pa = pa & ~(uint64_t)(PROVE_PAGE_SIZE - 1);
    page->swept = prove->moment_count;
    if (!page_marked(memory, page_pa)) {
        return;
    }
    for (uint32_t i = 0; i < PAGE_LINES; i++) {
        const uint64_t line_pa = page_pa + ((uint64_t)i << MARK_SHIFT);
        if (*prove_mark(memory, line_pa) != 0 && !prove_held(prove, memory, line_pa)) {
            hold_since(prove, memory, line_pa, since);
            prove_settle(prove, memory, line_pa);
        }
    }
}

void prove_track(struct prove *prove, uint64_t line_pa)
{
    struct prove_memory *memory = prove_memory_of(prove, line_pa);
    struct prove_tracked *grown =
        realloc(prove->tracked, (prove->tracked_count + 1ULL) * sizeof(*prove->tracked));
    if (memory == NULL || grown == NULL) {
        prove->overflowed = prove->overflowed || grown == NULL;
        return;
    }
    prove->tracked = grown;
    assert(prove->position == 0);
    if (prove_held(prove, memory, line_pa)) {
        return;
    }
    uint32_t place = prove->tracked_count++;
    for (; place > 0 && prove->tracked[place - 1].pa > line_pa; place--) {
        prove->tracked[place] = prove->tracked[place - 1];
    }
    prove->tracked[place] = (struct prove_tracked){.pa = line_pa};
    *prove_flags(memory, line_pa) |= PAGE_TRACKED;
    prove_hold(prove, memory, line_pa);
}
