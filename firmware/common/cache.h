/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Cache maintenance by range to the point of coherency, under the names the field uses. Compiled once into
 * each part that needs it, so that the runtime services have a resident copy of their own. Arm ARM, "A64
 * Cache maintenance instructions".
 *
 * A range is rounded outwards to whole lines: the caller owns every line that it names a byte of.
 */
#ifndef FIRMWARE_COMMON_CACHE_H
#define FIRMWARE_COMMON_CACHE_H

#include <stdint.h>

/* Cleans: what the caches hold is in memory. */
void clean_dcache_range(uint64_t start, uint64_t end);

/* Cleans and invalidates ("flushes"). */
void flush_dcache_range(uint64_t start, uint64_t end);

/* Invalidates: dirty bytes may be lost. */
void invalidate_dcache_range(uint64_t start, uint64_t end);

#endif
