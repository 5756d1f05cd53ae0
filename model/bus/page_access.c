/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rights per endpoint and page: page_access.h. A range's value has two bits for each endpoint, its right; of
 * the normal world what it lacks, so that a range that nobody has spoken of has the value 0.
 */
#include "model/bus/page_access.h"

#include <assert.h>

#define BITS_PER_ENDPOINT 2U
#define ENDPOINT_MASK     3U

void page_access_init(struct page_access *access)
{
    access->endpoint_count = 1;
    access->endpoints[0] = PAGE_ACCESS_NORMAL_WORLD;
    access->range_count = 0;
}

/* endpoint_count: not known. */
static uint32_t endpoint_find(const struct page_access *access, uint16_t endpoint)
{
    uint32_t slot = 0;
    while (slot < access->endpoint_count && access->endpoints[slot] != endpoint) {
        slot++;
    }
    return slot;
}

void page_access_add(struct page_access *access, uint16_t endpoint)
{
    assert(endpoint_find(access, endpoint) == access->endpoint_count);
    assert(access->endpoint_count < PAGE_ACCESS_ENDPOINTS_MAX);
    access->endpoints[access->endpoint_count] = endpoint;
    access->endpoint_count++;
}

static uint64_t right_encode(uint32_t slot, enum page_right right)
{
    const uint64_t code = slot == 0 ? PAGE_READ_WRITE - right : right;
    return code << (BITS_PER_ENDPOINT * slot);
}

static enum page_right right_decode(uint32_t slot, uint64_t value)
{
    const uint64_t code = value >> (BITS_PER_ENDPOINT * slot) & ENDPOINT_MASK;
    return (enum page_right)(slot == 0 ? PAGE_READ_WRITE - code : code);
}

void page_access_set(struct page_access *access, uint16_t endpoint, uint64_t pa, uint64_t size,
                     enum page_right right)
{
    const uint32_t slot = endpoint_find(access, endpoint);
    assert(size != 0);
    assert(pa <= UINT64_MAX - (size - 1));
    if (slot == access->endpoint_count) {
        return;
    }
    const uint64_t mask = (uint64_t)ENDPOINT_MASK << (BITS_PER_ENDPOINT * slot);
    const uint64_t end = pa + (size - 1);
    uint64_t start = pa;
    for (;;) {
        const struct page_range old = page_ranges_find(access->ranges, access->range_count, start);
        const uint64_t last = old.last < end ? old.last : end;
        const bool fits = page_ranges_set(access->ranges, &access->range_count, PAGE_ACCESS_RANGES_MAX, start,
                                          last, (old.value & ~mask) | right_encode(slot, right));
        assert(fits); /* whoever tells has fewer ranges */
        (void)fits;
        if (last == end) {
            return;
        }
        start = last + 1;
    }
}

enum page_right page_access_at(const struct page_access *access, uint16_t endpoint, uint64_t pa,
                               uint64_t *first, uint64_t *last)
{
    const uint32_t slot = endpoint_find(access, endpoint);
    if (slot == access->endpoint_count) {
        *first = 0;
        *last = UINT64_MAX;
        return PAGE_READ_WRITE;
    }
    const struct page_range range = page_ranges_find(access->ranges, access->range_count, pa);
    *first = range.start;
    *last = range.last;
    return right_decode(slot, range.value);
}

bool page_access_allows(const struct page_access *access, uint16_t endpoint, uint64_t pa, uint64_t size,
                        bool write)
{
    assert(size != 0);
    const enum page_right wanted = write ? PAGE_READ_WRITE : PAGE_READ_ONLY;
    uint64_t at = pa;
    for (;;) {
        uint64_t first;
        uint64_t last;
        if (page_access_at(access, endpoint, at, &first, &last) < wanted) {
            return false;
        }
        if (size - 1 <= last - pa) {
            return true;
        }
        at = last + 1;
    }
}
