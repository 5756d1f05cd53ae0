/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Pages of which the instruction side knows something, found by address; what is known of all others, as
 * intervals; and marks, with the bytes that say what has changed behind a mark.
 */
#include "model/checker/code_side_state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- intervals ---- */

/* The first interval that ends at or after `pa`. */
static uint32_t interval_find(const struct code_intervals *intervals, uint64_t pa)
{
    uint32_t low = 0;
    uint32_t high = intervals->count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (intervals->at[middle].end < pa) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool intervals_hold(const struct code_intervals *intervals, uint64_t pa)
{
    uint32_t index = interval_find(intervals, pa + 1);
    return index < intervals->count && intervals->at[index].start <= pa;
}

void code_side_intervals_add(struct code_side *code, struct code_intervals *intervals, uint64_t start,
                             uint64_t end)
{
    uint32_t first = interval_find(intervals, start);
    uint32_t after = first;
    struct code_interval joined = {.start = start, .end = end};
    while (after < intervals->count && intervals->at[after].start <= end) {
        const struct code_interval *old = &intervals->at[after++];
        joined.start = old->start < joined.start ? old->start : joined.start;
        joined.end = old->end > joined.end ? old->end : joined.end;
    }
    if (after == first && intervals->count == CODE_SIDE_INTERVALS_MAX) {
        code->overflowed = true;
        return;
    }
    memmove(&intervals->at[first + 1], &intervals->at[after],
            (intervals->count - after) * sizeof(intervals->at[0]));
    intervals->at[first] = joined;
    intervals->count = intervals->count - (after - first) + 1;
}

/* ---- pages ---- */

static uint32_t bucket_of(const struct code_side *code, uint64_t pa)
{
    uint64_t hash = (pa / CODE_PAGE_SIZE) * 0x9E3779B97F4A7C15ULL;
    return (uint32_t)(hash >> 32) & (code->bucket_count - 1);
}

static uint64_t page_base(uint64_t pa)
{
    return pa & ~(uint64_t)(CODE_PAGE_SIZE - 1);
}

struct code_page *code_side_page_find(const struct code_side *code, uint64_t pa)
{
    uint32_t bucket = bucket_of(code, pa);
    while (code->bucket_count > 0 && code->buckets[bucket] != CODE_PAGE_NONE) {
        struct code_page *page = code_side_page_at(code, code->buckets[bucket]);
        if (page->pa == page_base(pa)) {
            return page;
        }
        bucket = (bucket + 1) & (code->bucket_count - 1);
    }
    return NULL;
}

static void bucket_put(struct code_side *code, uint32_t number)
{
    uint32_t bucket = bucket_of(code, code_side_page_at(code, number)->pa);
    while (code->buckets[bucket] != CODE_PAGE_NONE) {
        bucket = (bucket + 1) & (code->bucket_count - 1);
    }
    code->buckets[bucket] = number;
}

/* At most half of the buckets are used. */
static bool buckets_room(struct code_side *code)
{
    if (2 * (code->page_count + 1) <= code->bucket_count) {
        return true;
    }
    uint32_t count = code->bucket_count == 0 ? CODE_BUCKETS : 2 * code->bucket_count;
    uint32_t *buckets = malloc(count * sizeof(buckets[0]));
    if (buckets == NULL) {
        return false;
    }
    memset(buckets, 0xFF, count * sizeof(buckets[0]));
    free(code->buckets);
    code->buckets = buckets;
    code->bucket_count = count;
    for (uint32_t i = 0; i < code->page_count; i++) {
        bucket_put(code, i);
    }
    return true;
}

static bool block_room(struct code_side *code)
{
    struct code_page **block = &code->blocks[code->page_count / CODE_BLOCK];
    if (*block == NULL) {
        *block = calloc(CODE_BLOCK, sizeof(struct code_page));
    }
    return *block != NULL;
}

struct code_page *code_side_page_get(struct code_side *code, uint64_t pa)
{
    struct code_page *page = code_side_page_find(code, pa);
    if (page != NULL) {
        return page;
    }
    if (code->page_count == CODE_SIDE_PAGES_MAX || !buckets_room(code) || !block_room(code)) {
        code->overflowed = true;
        return NULL;
    }
    uint32_t number = code->page_count++;
    page = code_side_page_at(code, number);
    page->pa = page_base(pa);
    page->number = number;
    bucket_put(code, number);
    bool copied = code->copies && intervals_hold(&code->copied, page->pa);
    page->copy = copied ? CODE_LINES_ALL : 0;
    page->ahead = intervals_hold(&code->ahead, page->pa) ? CODE_LINES_ALL : 0;
    if (code->ic_all_pending) {
        page->invalidating = CODE_LINES_ALL;
        page->again = intervals_hold(&code->again, page->pa) ? CODE_LINES_ALL : 0;
        code_side_list_add(code, CODE_LIST_PENDING, page);
    }
    page->fetchable = code_side_page_allowed(code, page);
    code_side_page_close(code, page);
    code_side_list_add(code, CODE_LIST_UNSYNCHRONISED, page);
    return page;
}

/* ---- lists ---- */

void code_side_list_add(struct code_side *code, enum code_list list, struct code_page *page)
{
    if (page->listed[list]) {
        return;
    }
    page->listed[list] = true;
    page->next[list] = code->lists[list];
    code->lists[list] = page->number;
}

struct code_page *code_side_list_take(struct code_side *code, enum code_list list)
{
    if (code->lists[list] == CODE_PAGE_NONE) {
        return NULL;
    }
    struct code_page *page = code_side_page_at(code, code->lists[list]);
    code->lists[list] = page->next[list];
    page->listed[list] = false;
    return page;
}

/* ---- marks ---- */

static const struct code_side_window *window_of(const struct code_side *code, uint64_t pa)
{
    for (uint32_t i = 0; i < code->config.window_count; i++) {
        const struct code_side_window *window = &code->config.windows[i];
        if (pa - window->pa < window->size) {
            return window;
        }
    }
    return NULL;
}

uint8_t *code_side_mark(const struct code_side *code, uint64_t pa)
{
    const struct code_side_window *window = window_of(code, pa);
    return window == NULL ? NULL : &window->marks[(pa - window->pa) / CODE_LINE_SIZE];
}

void code_side_line_seen(struct code_side *code, struct code_page *page, uint32_t line)
{
    if (page->seen == NULL) {
        return;
    }
    const struct code_side_window *window = window_of(code, page->pa);
    assert(window != NULL);
    memcpy(page->seen + line * CODE_LINE_SIZE, window->host + (page->pa - window->pa) + line * CODE_LINE_SIZE,
           CODE_LINE_SIZE);
    page->seen_valid |= 1ULL << line;
}

/* The words of a line that are no longer as they were seen. */
static uint16_t line_changed(const struct code_side *code, const struct code_page *page, uint32_t line)
{
    const struct code_side_window *window = window_of(code, page->pa);
    const uint8_t *now = window->host + (page->pa - window->pa) + line * CODE_LINE_SIZE;
    const uint8_t *seen = page->seen + line * CODE_LINE_SIZE;
    uint16_t changed = 0;
    for (uint32_t word = 0; word < CODE_WORDS; word++) {
        if (memcmp(now + 4 * word, seen + 4 * word, 4) != 0) {
            changed |= (uint16_t)(1U << word);
        }
    }
    return changed;
}

uint16_t code_side_line_untold(struct code_side *code, struct code_page *page, uint32_t line)
{
    uint8_t *mark = code_side_mark(code, page->pa + line * CODE_LINE_SIZE);
    if (mark == NULL || *mark != CODE_SIDE_MARK_UNTOLD) {
        return 0;
    }
    *mark = CODE_SIDE_MARK_TOLD;
    if (page->seen != NULL && (page->seen_valid >> line & 1) != 0) {
        return line_changed(code, page, line);
    }
    page->assumed |= 1ULL << line;
    return CODE_WORDS_ALL;
}

/* The marks of one page, which are in `window`. */
static void page_marks_age(struct code_side *code, const struct code_side_window *window, uint64_t pa)
{
    uint8_t *marks = &window->marks[(pa - window->pa) / CODE_LINE_SIZE];
    struct code_page *page = NULL;
    if (memchr(marks, CODE_SIDE_MARK_UNTOLD, CODE_LINES) == NULL) {
        return;
    }
    page = code_side_page_find(code, pa);
    for (uint32_t line = 0; line < CODE_LINES; line++) {
        if (marks[line] == CODE_SIDE_MARK_UNTOLD && page != NULL) {
            code_side_line_look(code, page, line, 0);
        } else if (marks[line] == CODE_SIDE_MARK_UNTOLD) {
            marks[line] = CODE_SIDE_MARK_TOLD;
        }
    }
}

void code_side_marks_age(struct code_side *code, uint64_t start, uint64_t end)
{
    for (uint32_t i = 0; i < code->config.window_count; i++) {
        const struct code_side_window *window = &code->config.windows[i];
        uint64_t first = start > window->pa ? start : window->pa;
        uint64_t window_end = window->pa + window->size;
        uint64_t last = end < window_end ? end : window_end;
        for (uint64_t pa = first & ~(uint64_t)(CODE_PAGE_SIZE - 1); pa < last; pa += CODE_PAGE_SIZE) {
            page_marks_age(code, window, pa);
        }
    }
}

void code_side_page_watch(struct code_side *code, struct code_page *page)
{
    const struct code_side_window *window = window_of(code, page->pa);
    if (page->seen != NULL || window == NULL || code->seen_count == CODE_SIDE_CODE_MAX) {
        return;
    }
    page->seen = malloc(CODE_PAGE_SIZE);
    if (page->seen == NULL) {
        return; /* then it is assumed that every word was written */
    }
    code->seen_count++;
    for (uint32_t line = 0; line < CODE_LINES; line++) {
        if (*code_side_mark(code, page->pa + line * CODE_LINE_SIZE) != CODE_SIDE_MARK_UNTOLD) {
            code_side_line_seen(code, page, line);
        }
    }
}
