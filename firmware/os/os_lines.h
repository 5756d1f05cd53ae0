/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines of memory that the OS leaves dirty in the caches and reads back later. What the firmware's
 * maintenance does to bytes that are none of its business shows here.
 */
#ifndef FIRMWARE_OS_OS_LINES_H
#define FIRMWARE_OS_OS_LINES_H

#include <stdbool.h>
#include <stdint.h>

/* Writes the first `lines` lines with a pattern of `seed`. False if there are not so many. */
bool os_lines_dirty(uint64_t lines, uint64_t seed);

/* Reads them back: how many there are, and in how many of them a byte is not what was written last. */
void os_lines_check(uint64_t *lines, uint64_t *bad_lines);

#endif
