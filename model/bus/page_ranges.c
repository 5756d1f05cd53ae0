/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Ranges with values: page_ranges.h. Cutting out comes first, so that setting is one insertion into a gap and
 * at most two merges.
 */
#include "model/bus/page_ranges.h"

#include <assert.h>
#include <string.h>

/* The first range that ends at `address` or behind it. */
static uint32_t range_from(const struct page_range *ranges, uint32_t count, uint64_t address)
{
    uint32_t low = 0;
    uint32_t high = count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (ranges[middle].last < address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

struct page_range page_ranges_find(const struct page_range *ranges, uint32_t count, uint64_t address)
{
    const uint32_t index = range_from(ranges, count, address);
    if (index < count && ranges[index].start <= address) {
        return ranges[index];
    }
    const uint64_t start = index == 0 ? 0 : ranges[index - 1].last + 1;
    const uint64_t last = index == count ? UINT64_MAX : ranges[index].start - 1;
    return (struct page_range){start, last, 0};
}

static void range_insert(struct page_range *ranges, uint32_t *count, uint32_t index, struct page_range range)
{
    memmove(&ranges[index + 1], &ranges[index], (*count - index) * sizeof(ranges[0]));
    ranges[index] = range;
    (*count)++;
}

static void range_remove(struct page_range *ranges, uint32_t *count, uint32_t index)
{
    (*count)--;
    memmove(&ranges[index], &ranges[index + 1], (*count - index) * sizeof(ranges[0]));
}

/* Makes [start, last] a gap. */
static void range_cut(struct page_range *ranges, uint32_t *count, uint64_t start, uint64_t last)
{
    uint32_t index = range_from(ranges, *count, start);
    if (index < *count && ranges[index].start < start) {
        const struct page_range behind = {start, ranges[index].last, ranges[index].value};
        ranges[index].last = start - 1;
        index++;
        range_insert(ranges, count, index, behind);
    }
    while (index < *count && ranges[index].last <= last) {
        range_remove(ranges, count, index);
    }
    if (index < *count && ranges[index].start <= last) {
        ranges[index].start = last + 1;
    }
}

static void range_merge(struct page_range *ranges, uint32_t *count, uint32_t index)
{
    if (index + 1 < *count && ranges[index].last + 1 == ranges[index + 1].start &&
        ranges[index].value == ranges[index + 1].value) {
        ranges[index].last = ranges[index + 1].last;
        range_remove(ranges, count, index + 1);
    }
}

bool page_ranges_set(struct page_range *ranges, uint32_t *count, uint32_t max, uint64_t start, uint64_t last,
                     uint64_t value)
{
    assert(start <= last);
    if (*count + 2 > max) { /* one is cut in two and one comes between */
        return false;
    }
    range_cut(ranges, count, start, last);
    if (value == 0) {
        return true;
    }
    const uint32_t index = range_from(ranges, *count, start);
    range_insert(ranges, count, index, (struct page_range){start, last, value});
    range_merge(ranges, count, index);
    if (index != 0) {
        range_merge(ranges, count, index - 1);
    }
    return true;
}
