/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which endpoint may touch which page: what the stage 2 translations of a hypervisor and of the SPMC, and the
 * SMMU of a master, would let through (DEN0077, "Memory management", ownership and access rules). It is asked
 * before an access reaches the caches: a copy that a cache holds from before stays there, and its write-back
 * is nobody's access and is never refused. So who gives a page away without cleaning it is not saved by this.
 *
 * The normal world (endpoint 0) may touch everything until told otherwise; an endpoint that has been added
 * may touch nothing until told so; one that is not known is not held to anything. It knows neither
 * transactions nor who owns what.
 */
#ifndef MODEL_BUS_PAGE_ACCESS_H
#define MODEL_BUS_PAGE_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "model/bus/page_ranges.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PAGE_ACCESS_ENDPOINTS_MAX 32 /* two bits each in the value of a range */
/* Neighbours that differ: both ends of each constituent of the SPMC's live transactions and donated ranges.
 */
#define PAGE_ACCESS_RANGES_MAX   8192
#define PAGE_ACCESS_NORMAL_WORLD 0

enum page_right { PAGE_NO_ACCESS, PAGE_READ_ONLY, PAGE_READ_WRITE };

struct page_access {
    uint32_t endpoint_count;
    uint16_t endpoints[PAGE_ACCESS_ENDPOINTS_MAX]; /* the normal world is the first */
    uint32_t range_count;
    struct page_range ranges[PAGE_ACCESS_RANGES_MAX];
};

void page_access_init(struct page_access *access);

/* `endpoint` has no access to anything from now on; it is not known yet. */
void page_access_add(struct page_access *access, uint16_t endpoint);

/* Of an endpoint that is not known nothing is noted. */
void page_access_set(struct page_access *access, uint16_t endpoint, uint64_t pa, uint64_t size,
                     enum page_right right);

/* The right of `endpoint` at `pa`, which is the same from *first to *last. */
enum page_right page_access_at(const struct page_access *access, uint16_t endpoint, uint64_t pa,
                               uint64_t *first, uint64_t *last);

/* All of [pa, pa + size) may be read, or written. */
bool page_access_allows(const struct page_access *access, uint16_t endpoint, uint64_t pa, uint64_t size,
                        bool write);

#ifdef __cplusplus
}
#endif

#endif
