/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The events of the instruction side: stores, maintenance, barriers; and fetches, which are judged. The parts
 * are in code_side_pages.c (what is known of which page) and code_side_fetchable.c (what may be filled). Arm
 * ARM, as the header says.
 *
 * The adversary's moves are never made one by one. What a pending clean, store or invalidation may do early
 * only makes copies newer, so the worst case is that it does nothing until its DSB; but for an invalidation
 * the worst case is that it takes effect at once, because what is filled behind it stays (`again`).
 */
#include "model/checker/code_side_state.h"

#include <assert.h>
#include <stdlib.h>

/* ---- stores ---- */

/* An older version of these words is now in every copy that there may be. */
static void line_outdate(struct code_page *page, uint32_t line, uint16_t words, bool ahead)
{
    uint64_t bit = 1ULL << line;
    page->early[line] &= (uint16_t)~words;
    page->copy_stale[line] |= (page->copy & bit) != 0 ? words : 0;
    page->again_stale[line] |= (page->invalidating & page->again & bit) != 0 ? words : 0;
    page->ahead_stale[line] |= ahead && (page->ahead & bit) != 0 ? words : 0;
}

static bool line_fresh(const struct code_page *page, uint32_t line)
{
    return (page->stale[line] | page->copy_stale[line] | page->ahead_stale[line]) == 0;
}

static void line_store(struct code_side *code, struct code_page *page, uint32_t line, uint16_t words,
                       enum code_side_store kind)
{
    bool cleans = kind == CODE_SIDE_CACHED && !code->config.idc;
    uint16_t need_clean = page->stale[line] & (uint16_t)~page->stored[line] & words;
    line_outdate(page, line, words, true);
    if (cleans) { /* a pending clean of the line came before this store, if only in the order of its bytes */
        page->stale[line] |= words;
        page->stored[line] &= (uint16_t)~words;
        page->cleaning[line] &= (uint16_t)~words;
    } else if (kind == CODE_SIDE_UNBUFFERED) { /* what is queued of these bytes goes first */
        page->stale[line] &= (uint16_t) ~(page->stored[line] & words);
        page->stored[line] &= (uint16_t)~words;
    } else {
        page->stale[line] |= words;
        page->stored[line] |= words & (uint16_t)~need_clean;
        code_side_list_add(code, CODE_LIST_PENDING, page);
    }
    code_side_list_add(code, CODE_LIST_UNSYNCHRONISED, page);
    code_side_line_close(code, page, line);
}

/*
 * What was stored behind a mark. With IDC nobody knows whether barriers came after it: favourably they did,
 * and only an IC is missing. That is certain: when the copies began to be possible, and at the last IC, older
 * marks were aged.
 */
static void line_store_untold(struct code_side *code, struct code_page *page, uint32_t line, uint16_t words)
{
    if (!code->config.idc) {
        line_store(code, page, line, words, CODE_SIDE_CACHED);
        return;
    }
    line_outdate(page, line, words, false);
    code_side_list_add(code, CODE_LIST_UNSYNCHRONISED, page);
}

static void line_clean(struct code_side *code, struct code_page *page, uint32_t line)
{
    page->cleaning[line] = page->stale[line] & (uint16_t)~page->stored[line];
    if (page->cleaning[line] != 0) {
        code_side_list_add(code, CODE_LIST_PENDING, page);
    }
}

void code_side_line_look(struct code_side *code, struct code_page *page, uint32_t line, uint16_t but)
{
    if (line_fresh(page, line)) {
        page->assumed &= ~(1ULL << line);
    }
    uint16_t words = code_side_line_untold(code, page, line) & (uint16_t)~but;
    if (words != 0) {
        line_store_untold(code, page, line, words);
    }
    code_side_line_seen(code, page, line);
}

static uint32_t line_of(uint64_t pa)
{
    return (uint32_t)(pa % CODE_PAGE_SIZE) / CODE_LINE_SIZE;
}

/* The words that [first, last] touches, offsets in a line. */
static uint16_t words_of(uint64_t first, uint64_t last)
{
    uint32_t below = (1U << (last / 4 + 1)) - 1;
    return (uint16_t)(below & ~((1U << first / 4) - 1));
}

void code_side_store(struct code_side *code, uint64_t pa, uint64_t size, enum code_side_store kind)
{
    for (uint64_t offset = 0; offset < size;) {
        uint64_t first = (pa + offset) % CODE_LINE_SIZE;
        uint64_t part = CODE_LINE_SIZE - first;
        part = size - offset < part ? size - offset : part;
        struct code_page *page = code_side_page_get(code, pa + offset);
        if (page == NULL) {
            return;
        }
        uint16_t words = words_of(first, first + part - 1);
        code_side_line_look(code, page, line_of(pa + offset), words);
        line_store(code, page, line_of(pa + offset), words, kind);
        offset += part;
    }
}

/* ---- maintenance ---- */

static void line_invalidate(const struct code_side *code, struct code_page *page, uint32_t line)
{
    uint64_t bit = 1ULL << line;
    page->invalidating |= bit;
    page->again &= ~bit;
    page->again_stale[line] = 0;
    page->early[line] = page->stale[line];
    code_side_line_close(code, page, line);
}

void code_side_maintain(struct code_side *code, enum access_op op, uint64_t pa)
{
    bool invalidates = op == ACCESS_IC_IVAU;
    bool cleans = op == ACCESS_DC_CVAU || op == ACCESS_DC_CVAC || op == ACCESS_DC_CVAP ||
                  op == ACCESS_DC_CVADP || op == ACCESS_DC_CIVAC;
    const uint8_t *mark = code_side_mark(code, pa);
    bool untold = mark != NULL && *mark == CODE_SIDE_MARK_UNTOLD;
    bool matters = untold || (invalidates && code->copies) || code_side_page_find(code, pa) != NULL;
    struct code_page *page = matters ? code_side_page_get(code, pa) : NULL;
    if (page == NULL) {
        return;
    }
    code_side_line_look(code, page, line_of(pa), 0);
    if (cleans) {
        line_clean(code, page, line_of(pa));
    } else if (invalidates && code->copies) {
        line_invalidate(code, page, line_of(pa));
        code_side_list_add(code, CODE_LIST_PENDING, page);
    }
}

void code_side_clean_all(struct code_side *code)
{
    code_side_marks_age(code, 0, CODE_PA_END);
    for (uint32_t i = 0; i < code->page_count; i++) {
        for (uint32_t line = 0; line < CODE_LINES; line++) {
            line_clean(code, code_side_page_at(code, i), line);
        }
    }
}

void code_side_ic_all(struct code_side *code)
{
    if (!code->copies) {
        return;
    }
    if (code->config.idc) {
        code_side_marks_age(code, 0, CODE_PA_END);
    }
    code->ic_all_pending = true;
    code->again.count = 0;
    if (code->caching) {
        code_side_intervals_mapped(code, &code->again);
    }
    for (uint32_t i = 0; i < code->page_count; i++) {
        struct code_page *page = code_side_page_at(code, i);
        for (uint32_t line = 0; line < CODE_LINES; line++) {
            line_invalidate(code, page, line);
        }
        code_side_list_add(code, CODE_LIST_PENDING, page);
    }
}

/* ---- barriers ---- */

/* True: something of the page still waits for a DSB of loads and stores. */
static bool page_stores_complete(struct code_page *page)
{
    bool waits = page->invalidating != 0;
    for (uint32_t line = 0; line < CODE_LINES; line++) {
        page->stale[line] &= (uint16_t)~page->stored[line];
        page->stored[line] = 0;
        waits |= page->cleaning[line] != 0;
    }
    return waits;
}

static void page_complete(const struct code_side *code, struct code_page *page)
{
    for (uint32_t line = 0; line < CODE_LINES; line++) {
        page->stale[line] &= (uint16_t) ~(page->stored[line] | page->cleaning[line]);
        page->stored[line] = 0;
        page->cleaning[line] = 0;
        if ((page->invalidating >> line & 1) != 0) {
            page->copy_stale[line] = page->again_stale[line];
            page->again_stale[line] = 0;
        }
    }
    page->copy = (page->copy & ~page->invalidating) | (page->again & page->invalidating);
    page->invalidating = 0;
    page->again = 0;
    code_side_page_close(code, page);
}

static void stores_complete(struct code_side *code)
{
    uint32_t number = code->lists[CODE_LIST_PENDING];
    uint32_t *link = &code->lists[CODE_LIST_PENDING];
    while (number != CODE_PAGE_NONE) {
        struct code_page *page = code_side_page_at(code, number);
        number = page->next[CODE_LIST_PENDING];
        code_side_list_add(code, CODE_LIST_UNSYNCHRONISED, page);
        if (page_stores_complete(page)) {
            link = &page->next[CODE_LIST_PENDING];
        } else {
            *link = number;
            page->listed[CODE_LIST_PENDING] = false;
        }
    }
}

void code_side_dsb(struct code_side *code, bool full)
{
    if (!full) {
        stores_complete(code);
        return;
    }
    for (struct code_page *page = code_side_list_take(code, CODE_LIST_PENDING); page != NULL;
         page = code_side_list_take(code, CODE_LIST_PENDING)) {
        page_complete(code, page);
        code_side_list_add(code, CODE_LIST_UNSYNCHRONISED, page);
    }
    if (code->ic_all_pending) {
        code->ic_all_pending = false;
        code->copied = code->again;
    }
    code_side_mapping_complete(code);
}

static void page_synchronise(const struct code_side *code, struct code_page *page)
{
    page->ahead = 0;
    for (uint32_t line = 0; line < CODE_LINES; line++) {
        page->ahead_stale[line] = 0;
    }
    code_side_page_close(code, page);
}

void code_side_synchronise(struct code_side *code)
{
    for (struct code_page *page = code_side_list_take(code, CODE_LIST_UNSYNCHRONISED); page != NULL;
         page = code_side_list_take(code, CODE_LIST_UNSYNCHRONISED)) {
        page_synchronise(code, page);
    }
    if (code->mapping_changed) {
        code->mapping_changed = false;
        code->ahead.count = 0;
        code_side_intervals_mapped(code, &code->ahead);
    }
}

/* ---- fetches ---- */

static enum code_side_fault fault_cacheable(const struct code_page *page, uint32_t line, uint16_t word)
{
    if ((page->stale[line] & word) != 0) {
        if ((page->stored[line] & word) != 0) {
            return CODE_SIDE_STORE_INCOMPLETE;
        }
        return (page->cleaning[line] & word) != 0 ? CODE_SIDE_CLEAN_INCOMPLETE : CODE_SIDE_NOT_CLEANED;
    }
    if ((page->copy_stale[line] & word) != 0) {
        if ((page->invalidating >> line & 1) != 0 && (page->again_stale[line] & word) == 0) {
            return CODE_SIDE_IC_INCOMPLETE;
        }
        return (page->early[line] & word) != 0 ? CODE_SIDE_INVALIDATED_EARLY : CODE_SIDE_NOT_INVALIDATED;
    }
    return (page->ahead_stale[line] & word) != 0 ? CODE_SIDE_NOT_SYNCHRONISED : CODE_SIDE_OK;
}

/* DRAM is the data side's: here only whether the store can have come there, and what was fetched ahead. */
static enum code_side_fault fault_uncached(const struct code_page *page, uint32_t line, uint16_t word)
{
    if ((page->stale[line] & word) != 0) {
        return (page->stored[line] & word) != 0 ? CODE_SIDE_STORE_INCOMPLETE : CODE_SIDE_OK;
    }
    return (page->ahead_stale[line] & word) != 0 ? CODE_SIDE_NOT_SYNCHRONISED : CODE_SIDE_OK;
}

static bool plane_has(uint16_t plane, uint16_t word)
{
    return (plane & word) != 0;
}

/* The words of which the same is known: they have the same past. */
static uint16_t words_alike(const struct code_page *page, uint32_t line, uint16_t word)
{
    const uint16_t planes[] = {page->stale[line],      page->stored[line],      page->cleaning[line],
                               page->copy_stale[line], page->ahead_stale[line], page->again_stale[line],
                               page->early[line]};
    uint16_t alike = CODE_WORDS_ALL;
    for (uint32_t i = 0; i < sizeof(planes) / sizeof(planes[0]); i++) {
        alike &= plane_has(planes[i], word) ? planes[i] : (uint16_t)~planes[i];
    }
    return alike;
}

/* Where a fetch saw the newest version, the PoU had it, and so had every copy that there was. */
static void line_found(struct code_page *page, uint32_t line, uint16_t words, bool cacheable)
{
    uint16_t rest = (uint16_t)~words;
    page->stale[line] &= rest;
    page->stored[line] &= rest;
    page->cleaning[line] &= rest;
    page->ahead_stale[line] &= rest;
    if (cacheable) { /* else nobody looked into the instruction cache */
        page->copy_stale[line] &= rest;
        page->again_stale[line] &= rest;
        page->early[line] &= rest;
    }
}

/* The program has executed from this page. */
static void page_executed(struct code_side *code, struct code_page *page)
{
    if (page->fetched) {
        return;
    }
    struct code_page *next = code_side_page_get(code, page->pa + CODE_PAGE_SIZE);
    page->fetched = true;
    page->flat = true;
    code_side_page_watch(code, page);
    if (code->config.idc) {
        code_side_marks_age(code, page->pa, page->pa + 2ULL * CODE_PAGE_SIZE);
    }
    code_side_page_refresh(code, page);
    if (next != NULL) {
        next->flat = true;
        code_side_page_refresh(code, next);
    }
}

struct code_side_fetched code_side_fetch(struct code_side *code, uint64_t pa, bool cacheable)
{
    struct code_side_fetched fetched = {.fault = CODE_SIDE_OK, .keep = true};
    uint32_t line = line_of(pa);
    uint16_t word = (uint16_t)(1U << pa % CODE_LINE_SIZE / 4);
    struct code_page *page = code_side_page_get(code, pa);
    if (page == NULL) {
        return fetched;
    }
    if (cacheable) {
        code_side_caching_seen(code);
    }
    code_side_line_look(code, page, line, 0);
    fetched.fault =
        (uint8_t)(cacheable ? fault_cacheable(page, line, word) : fault_uncached(page, line, word));
    fetched.assumed = (page->assumed >> line & 1) != 0;
    if (fetched.fault != CODE_SIDE_OK) {
        line_found(page, line, words_alike(page, line, word), cacheable);
    }
    page->ahead |= 1ULL << line;
    if (cacheable && code->copies) {
        page->copy |= 1ULL << line;
        page->again |= page->invalidating & 1ULL << line;
    }
    page_executed(code, page);
    code_side_line_close(code, page, line);
    fetched.keep = line_fresh(page, line);
    if (code->overflowed) {
        fetched = (struct code_side_fetched){.fault = CODE_SIDE_OK, .keep = true};
    }
    return fetched;
}

const char *code_side_fault_text(enum code_side_fault fault)
{
    switch (fault) {
    case CODE_SIDE_OK:
        return "nothing is missing";
    case CODE_SIDE_NOT_CLEANED:
        return "the data cache was not cleaned to the PoU after the store";
    case CODE_SIDE_STORE_INCOMPLETE:
        return "no DSB after the store";
    case CODE_SIDE_CLEAN_INCOMPLETE:
        return "no DSB after the clean";
    case CODE_SIDE_NOT_INVALIDATED:
        return "the instruction cache was not invalidated after the new bytes had come to the PoU";
    case CODE_SIDE_INVALIDATED_EARLY:
        return "the instruction cache was invalidated before a DSB had brought the new bytes to the PoU";
    case CODE_SIDE_IC_INCOMPLETE:
        return "no DSB after the invalidation of the instruction cache";
    case CODE_SIDE_NOT_SYNCHRONISED:
        return "no ISB, exception entry or return before the fetch";
    }
    return NULL;
}

/* ---- creation ---- */

bool code_side_overflowed(const struct code_side *code)
{
    return code->overflowed;
}

struct code_side *code_side_create(const struct code_side_config *config)
{
    struct fillable_window windows[FILLABLE_WINDOWS_MAX];
    assert(config->window_count <= FILLABLE_WINDOWS_MAX);
    struct code_side *code = calloc(1, sizeof(*code));
    if (code == NULL) {
        return NULL;
    }
    for (uint32_t i = 0; i < config->window_count; i++) {
        windows[i] = (struct fillable_window){
            .pa = config->windows[i].pa, .size = config->windows[i].size, .host = config->windows[i].host};
    }
    code->config = *config;
    code->copies = !config->dic;
    code->flat_mode = true;
    code->lists[CODE_LIST_PENDING] = CODE_PAGE_NONE;
    code->lists[CODE_LIST_UNSYNCHRONISED] = CODE_PAGE_NONE;
    code->mapped = fillable_create_of(FILLABLE_CODE, windows, config->window_count);
    if (code->mapped == NULL) {
        code_side_destroy(code);
        return NULL;
    }
    return code;
}

void code_side_destroy(struct code_side *code)
{
    if (code == NULL) {
        return;
    }
    for (uint32_t i = 0; i < code->page_count; i++) {
        free(code_side_page_at(code, i)->seen);
    }
    for (uint32_t i = 0; i < CODE_SIDE_PAGES_MAX / CODE_BLOCK; i++) {
        free(code->blocks[i]);
    }
    free(code->buckets);
    fillable_destroy(code->mapped);
    free(code);
}
