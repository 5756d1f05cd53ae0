/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Windows (golden mode): where host memory stands for guest memory, and which pages of it have been taken
 * back. A window is kept when its pages are revoked, one bit a page, so that any number of pages can come and
 * go. Knows nothing of translation and of instructions.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "model/cpu_nsel1/memory.h"

#define PAGE_MASK (CPU_PAGE_SIZE - 1)
#define WORD_BITS 64U

/* A range of more pages than this drops all grants instead of looking for its own. */
#define GRANTS_DROP_PAGES_MAX 16U

/* ---- lookup ---- */

/* The last window that begins at or below `pa`, or NULL. */
static struct cpu_window *window_find(struct cpu *cpu, uint64_t pa)
{
    uint32_t low = 0;
    uint32_t high = cpu->window_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (cpu->windows[middle].pa <= pa) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low == 0 ? NULL : &cpu->windows[low - 1];
}

struct cpu_window *window_holding(struct cpu *cpu, uint64_t pa, uint64_t size)
{
    struct cpu_window *window = window_find(cpu, pa);
    if (window == NULL || pa - window->pa >= window->size || size > window->size - (pa - window->pa)) {
        return NULL;
    }
    return window;
}

static uint64_t words_count(const struct cpu_window *window)
{
    return (window->size / CPU_PAGE_SIZE + WORD_BITS - 1) / WORD_BITS;
}

bool window_page_revoked(const struct cpu_window *window, uint64_t pa, bool write)
{
    if (window->revoked == NULL || window->all_revoked) {
        return window->all_revoked;
    }
    uint64_t page = (pa - window->pa) / CPU_PAGE_SIZE;
    const uint64_t *bits = write ? window->revoked + words_count(window) : window->revoked;
    return (bits[page / WORD_BITS] >> page % WORD_BITS & 1) != 0;
}

/* ---- revocation ---- */

static void bits_put(uint64_t *bits, uint64_t first, uint64_t count, bool value)
{
    for (uint64_t page = first; page < first + count;) {
        uint64_t bit = page % WORD_BITS;
        uint64_t here = WORD_BITS - bit < first + count - page ? WORD_BITS - bit : first + count - page;
        uint64_t mask = (here == WORD_BITS ? UINT64_MAX : (1ULL << here) - 1) << bit;
        bits[page / WORD_BITS] = value ? bits[page / WORD_BITS] | mask : bits[page / WORD_BITS] & ~mask;
        page += here;
    }
}

static bool bits_all(const uint64_t *bits, uint64_t first, uint64_t count)
{
    for (uint64_t page = first; page < first + count; page++) {
        if ((bits[page / WORD_BITS] >> page % WORD_BITS & 1) == 0) {
            return false;
        }
    }
    return true;
}

/* The two bitmaps exist and say what all_revoked said. Without host memory, all of the window is asked about.
 */
static bool bitmaps_ready(struct cpu_window *window)
{
    size_t bytes = 2 * words_count(window) * sizeof(uint64_t);
    if (window->revoked == NULL) {
        window->revoked = malloc(bytes);
        if (window->revoked == NULL) {
            window->all_revoked = true;
            return false;
        }
        memset(window->revoked, window->all_revoked ? 0xFF : 0, bytes);
    } else if (window->all_revoked) {
        memset(window->revoked, 0xFF, bytes);
    }
    window->all_revoked = false;
    return true;
}

static bool window_is(const struct cpu_window *window, uint64_t pa, uint64_t size)
{
    return window->pa == pa && window->size == size;
}

/* Takes [pa, pa + size) of the window back. False: it was taken back before. */
static bool window_revoke(struct cpu_window *window, uint64_t pa, uint64_t size)
{
    if (window->all_revoked) {
        return false;
    }
    if (window_is(window, pa, size)) {
        window->all_revoked = true;
        return true;
    }
    if (!bitmaps_ready(window)) {
        return true;
    }
    uint64_t first = (pa - window->pa) / CPU_PAGE_SIZE;
    uint64_t *no_read = window->revoked;
    uint64_t *no_write = window->revoked + words_count(window);
    if (bits_all(no_read, first, size / CPU_PAGE_SIZE) && bits_all(no_write, first, size / CPU_PAGE_SIZE)) {
        return false;
    }
    bits_put(no_read, first, size / CPU_PAGE_SIZE, true);
    bits_put(no_write, first, size / CPU_PAGE_SIZE, true);
    return true;
}

/* Gives [pa, pa + size) of the window again. */
static void window_allow(struct cpu_window *window, uint64_t pa, uint64_t size, bool writable)
{
    if (window_is(window, pa, size) && writable) {
        free(window->revoked);
        window->revoked = NULL;
        window->all_revoked = false;
        return;
    }
    if (bitmaps_ready(window)) {
        uint64_t first = (pa - window->pa) / CPU_PAGE_SIZE;
        bits_put(window->revoked, first, size / CPU_PAGE_SIZE, false);
        bits_put(window->revoked + words_count(window), first, size / CPU_PAGE_SIZE, !writable);
    }
}

/* No grant reaches these pages any more. */
static void grants_drop(struct cpu *cpu, const uint8_t *host, uint64_t size)
{
    if (size > GRANTS_DROP_PAGES_MAX * CPU_PAGE_SIZE) {
        grant_clear_all(&cpu->grants);
        return;
    }
    for (uint32_t slot = 0; slot < cpu->grants.count; slot++) {
        if ((uintptr_t)cpu->read_grants[slot].host - (uintptr_t)host < size) {
            grant_clear_read(&cpu->grants, slot);
        }
        if ((uintptr_t)cpu->write_grants[slot].host - (uintptr_t)host < size) {
            grant_clear_write(&cpu->grants, slot);
        }
    }
}

/* ---- the table of windows ---- */

static void window_insert(struct cpu *cpu, struct cpu_window window)
{
    assert(cpu->window_count < WINDOWS_MAX);
    uint32_t index = cpu->window_count;
    while (index > 0 && cpu->windows[index - 1].pa > window.pa) {
        cpu->windows[index] = cpu->windows[index - 1];
        index--;
    }
    cpu->windows[index] = window;
    cpu->window_count++;
}

static bool windows_mergeable(const struct cpu_window *low, const struct cpu_window *high)
{
    bool marks =
        low->marks == NULL ? high->marks == NULL : high->marks == low->marks + (low->size >> MARK_SHIFT);
    bool whole = low->revoked == NULL && high->revoked == NULL && low->all_revoked == high->all_revoked;
    return low->pa + low->size == high->pa && low->host + low->size == high->host &&
           low->writable == high->writable && marks && whole;
}

static void windows_merge(struct cpu *cpu)
{
    uint32_t kept = 0;
    for (uint32_t i = 1; i < cpu->window_count; i++) {
        if (windows_mergeable(&cpu->windows[kept], &cpu->windows[i])) {
            cpu->windows[kept].size += cpu->windows[i].size;
        } else {
            cpu->windows[++kept] = cpu->windows[i];
        }
    }
    cpu->window_count = cpu->window_count == 0 ? 0 : kept + 1;
}

/* What of `window` lies in [from, to), with the revoked pages of that part. */
static struct cpu_window window_part(const struct cpu_window *window, uint64_t from, uint64_t to)
{
    uint64_t offset = from - window->pa;
    struct cpu_window part = {
        .pa = from,
        .size = to - from,
        .host = window->host + offset,
        .marks = window->marks == NULL ? NULL : window->marks + (offset >> MARK_SHIFT),
        .writable = window->writable,
        .all_revoked = window->all_revoked,
    };
    if (window->revoked == NULL || window->all_revoked || !bitmaps_ready(&part)) {
        return part;
    }
    for (uint64_t page = 0; page < part.size / CPU_PAGE_SIZE; page++) {
        uint64_t pa = from + page * CPU_PAGE_SIZE;
        bits_put(part.revoked, page, 1, window_page_revoked(window, pa, false));
        bits_put(part.revoked + words_count(&part), page, 1, window_page_revoked(window, pa, true));
    }
    return part;
}

/* No window holds anything of [start, end). A window that cannot be kept in two pieces keeps the lower one:
 * asking is always right, only slow. */
static void windows_cut(struct cpu *cpu, uint64_t start, uint64_t end)
{
    struct cpu_window old[WINDOWS_MAX];
    uint32_t old_count = cpu->window_count;
    memcpy(old, cpu->windows, sizeof(old));
    cpu->window_count = 0;
    for (uint32_t i = 0; i < old_count; i++) {
        uint64_t old_end = old[i].pa + old[i].size;
        if (old_end <= start || old[i].pa >= end) {
            window_insert(cpu, old[i]);
            continue;
        }
        if (old[i].pa < start) {
            window_insert(cpu, window_part(&old[i], old[i].pa, start));
        }
        if (old_end > end && cpu->window_count + (old_count - 1 - i) < WINDOWS_MAX) {
            window_insert(cpu, window_part(&old[i], end, old_end));
        }
        free(old[i].revoked);
    }
}

/* Makes room by forgetting windows of which nothing is left. */
static void windows_reclaim(struct cpu *cpu)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < cpu->window_count; i++) {
        if (cpu->windows[i].all_revoked) {
            free(cpu->windows[i].revoked);
        } else {
            cpu->windows[kept++] = cpu->windows[i];
        }
    }
    cpu->window_count = kept;
}

bool cpu_window_add(struct cpu *cpu, uint64_t pa, uint64_t size, uint8_t *host, bool writable,
                    uint8_t *may_be_dirty)
{
    assert(cpu->config.mode == CPU_MEMORY_GOLDEN);
    assert((pa & PAGE_MASK) == 0);
    assert((size & PAGE_MASK) == 0 && size > 0);
    assert(host != NULL);
    struct cpu_window *known = window_holding(cpu, pa, size);
    if (known != NULL && known->host + (pa - known->pa) == host && (known->writable || !writable)) {
        window_allow(known, pa, size, writable);
        if (!writable) {
            grants_drop(cpu, host, size);
        }
        if (!cpu->config.observed) {
            code_range_forget(cpu, pa, size);
        }
        return true;
    }
    windows_cut(cpu, pa, pa + size);
    code_pages_drop(cpu, pa, size);
    memory_translation_flush(cpu);
    if (cpu->window_count == WINDOWS_MAX) {
        windows_reclaim(cpu);
    }
    if (cpu->window_count == WINDOWS_MAX) {
        return false;
    }
    struct cpu_window window = {
        .pa = pa, .size = size, .host = host, .marks = may_be_dirty, .writable = writable};
    window_insert(cpu, window);
    windows_merge(cpu);
    return true;
}

void cpu_window_remove(struct cpu *cpu, uint64_t pa, uint64_t size)
{
    if (size == 0) {
        return;
    }
    uint64_t start = pa & ~PAGE_MASK;
    uint64_t last = (size - 1 > UINT64_MAX - pa ? UINT64_MAX : pa + size - 1) | PAGE_MASK;
    for (uint32_t i = 0; i < cpu->window_count; i++) {
        struct cpu_window *window = &cpu->windows[i];
        uint64_t window_last = window->pa + window->size - 1;
        if (window_last < start || window->pa > last) {
            continue;
        }
        uint64_t from = window->pa > start ? window->pa : start;
        uint64_t to = window_last < last ? window_last : last;
        if (window_revoke(window, from, to - from + 1)) {
            grants_drop(cpu, window->host + (from - window->pa), to - from + 1);
        }
    }
    if (!cpu->config.observed) {
        code_range_forget(cpu, start, last - start + 1 == 0 ? UINT64_MAX : last - start + 1);
    }
}

void windows_release(struct cpu *cpu)
{
    for (uint32_t i = 0; i < cpu->window_count; i++) {
        free(cpu->windows[i].revoked);
    }
    cpu->window_count = 0;
}

uint8_t *cpu_window_mark(struct cpu *cpu, uint64_t pa)
{
    const struct cpu_window *window = window_holding(cpu, pa, 1);
    return window == NULL || window->marks == NULL ? NULL : window->marks + ((pa - window->pa) >> MARK_SHIFT);
}
