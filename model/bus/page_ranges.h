/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A map from addresses to small values, as a sorted array of disjoint ranges that belongs to the caller. An
 * address in no range has the value 0; neighbours with one value are one range. It knows nothing of what the
 * values mean.
 */
#ifndef MODEL_BUS_PAGE_RANGES_H
#define MODEL_BUS_PAGE_RANGES_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct page_range {
    uint64_t start;
    uint64_t last; /* the last byte: a range may end at the top of the address space */
    uint64_t value;
};

/* The range that holds `address`, or its gap with value 0. */
struct page_range page_ranges_find(const struct page_range *ranges, uint32_t count, uint64_t address);

/*
 * [start, last] has `value` from now on. False, and nothing is changed, when that could need more than `max`
 * entries.
 */
bool page_ranges_set(struct page_range *ranges, uint32_t *count, uint32_t max, uint64_t start, uint64_t last,
                     uint64_t value);

#ifdef __cplusplus
}
#endif

#endif
