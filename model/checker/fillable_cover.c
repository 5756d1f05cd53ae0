/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How many leaves map each byte, as sorted boundaries, and what of that has changed since somebody asked.
 * Knows neither tables nor addresses of the guest.
 */
#include "model/checker/fillable_state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is told ---- */

void fillable_change_all(struct fillable *fillable)
{
    fillable->changed_all = true;
    fillable->change_count = 0;
    fillable->generation++;
}

static void change_note(struct fillable *fillable, uint64_t start, uint64_t end)
{
    fillable->generation++;
    if (fillable->changed_all) {
        return;
    }
    if (fillable->change_count > 0) {
        struct fillable_change *last = &fillable->changes[fillable->change_count - 1];
        if (start <= last->pa + last->size && last->pa <= end) {
            uint64_t last_end = last->pa + last->size;
            last->pa = start < last->pa ? start : last->pa;
            last->size = (end > last_end ? end : last_end) - last->pa;
            return;
        }
    }
    if (fillable->change_count == FILLABLE_CHANGES_MAX) {
        fillable_change_all(fillable);
        return;
    }
    fillable->changes[fillable->change_count++] = (struct fillable_change){.pa = start, .size = end - start};
}

bool fillable_regime_fills(const struct fillable_regime *regime)
{
    bool enough = regime->kind != FILLABLE_DATA || (regime->now.sctlr & TRANSLATION_SCTLR_C) != 0;
    return translation_flat_cacheable(&regime->now) || (regime->walking && enough);
}

void fillable_regime_overflow(struct fillable *fillable, struct fillable_regime *regime, uint64_t at)
{
    regime->everything_at = regime->everything && regime->everything_at > at ? regime->everything_at : at;
    if (!regime->everything) {
        regime->everything = true;
        fillable_change_all(fillable);
    }
}

void fillable_exhaust(struct fillable *fillable)
{
    fillable->exhausted = true;
    fillable_change_all(fillable);
}

/* ---- how often each byte is mapped ---- */

uint32_t fillable_cover_find(const struct fillable_cover *cover, uint64_t pa)
{
    uint32_t low = 0;
    uint32_t high = cover->count;
    while (high - low > 1) {
        uint32_t middle = (low + high) / 2;
        if (cover->boundaries[middle].start <= pa) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The index of the boundary at `pa`, made if need be; there is room. */
static uint32_t cover_split(struct fillable_cover *cover, uint64_t pa)
{
    uint32_t index = fillable_cover_find(cover, pa);
    if (cover->boundaries[index].start == pa) {
        return index;
    }
    struct fillable_boundary *after = &cover->boundaries[index + 1];
    memmove(after + 1, after, (cover->count - index - 1) * sizeof(*after));
    *after = (struct fillable_boundary){.start = pa, .count = cover->boundaries[index].count};
    cover->count++;
    return index + 1;
}

static void cover_merge(struct fillable_cover *cover, uint32_t index)
{
    struct fillable_boundary *boundary = &cover->boundaries[index];
    if (index > 0 && boundary->count == boundary[-1].count) {
        memmove(boundary, boundary + 1, (cover->count - index - 1) * sizeof(*boundary));
        cover->count--;
    }
}

bool fillable_cover_room(struct fillable_cover *cover)
{
    if (cover->count + 2 <= cover->capacity) {
        return true;
    }
    uint32_t capacity = cover->capacity * 2 + COVER_GROW;
    struct fillable_boundary *grown = realloc(cover->boundaries, capacity * sizeof(*grown));
    if (grown == NULL) {
        return false;
    }
    cover->boundaries = grown;
    cover->capacity = capacity;
    return true;
}

void fillable_cover_add(struct fillable *fillable, uint32_t number, uint64_t start, uint64_t end, bool more)
{
    struct fillable_regime *regime = &fillable->regimes[number];
    struct fillable_cover *cover = &regime->cover;
    if (start == end || fillable->exhausted) {
        return;
    }
    if (!fillable_cover_room(cover)) {
        fillable_exhaust(fillable);
        return;
    }
    uint32_t first = cover_split(cover, start);
    uint32_t last = cover_split(cover, end);
    for (uint32_t i = first; i < last; i++) {
        struct fillable_boundary *boundary = &cover->boundaries[i];
        assert(more || boundary->count > 0);
        boundary->count += more ? 1U : UINT32_MAX;
        bool edge = boundary->count == (more ? 1U : 0U);
        if (edge && fillable_regime_fills(regime)) {
            change_note(fillable, boundary->start, boundary[1].start);
        }
    }
    cover_merge(cover, last);
    cover_merge(cover, first);
}

void fillable_run_flush(struct fillable *fillable, uint32_t regime, struct fillable_run *run, bool more)
{
    fillable_cover_add(fillable, regime, run->start, run->end, more);
    *run = (struct fillable_run){0};
}

void fillable_run_extend(struct fillable *fillable, uint32_t regime, struct fillable_run *run, uint64_t pa,
                         uint64_t size, bool more)
{
    if (run->end != pa || run->start == run->end) {
        fillable_run_flush(fillable, regime, run, more);
        run->start = pa;
    }
    run->end = pa + size;
}
