/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the variants neighbour-* share: a word of the firmware's in front of the
 * message, in its first line, that tells whoever looks at memory after a hang that a call is under way; and
 * the operations of common/cache.h as inline functions, because two calls in a row would need the stack.
 */
#ifndef FIRMWARE_MAINTENANCE_NEIGHBOUR_H
#define FIRMWARE_MAINTENANCE_NEIGHBOUR_H

#include <stdint.h>

#include "firmware/common/arch.h"

#define NEIGHBOUR_MESSAGE_OFFSET 16U

enum neighbour_mark { NEIGHBOUR_CALL_OVER, NEIGHBOUR_CALL_UNDER_WAY };

static inline void neighbour_set(uint64_t message, enum neighbour_mark mark)
{
    *(volatile uint64_t *)(uintptr_t)(message - NEIGHBOUR_MESSAGE_OFFSET) = mark;
}

static inline enum neighbour_mark neighbour_get(uint64_t message)
{
    return (enum neighbour_mark) * (volatile uint64_t *)(uintptr_t)(message - NEIGHBOUR_MESSAGE_OFFSET);
}

static inline void neighbour_flush_range(uint64_t start, uint64_t end)
{
    const uint64_t line_size = arch_data_line_size();

    for (uint64_t va = start & ~(line_size - 1); va < end; va += line_size) {
        arch_dc_civac(va);
    }
    arch_dsb_sy();
}

static inline void neighbour_invalidate_range(uint64_t start, uint64_t end)
{
    const uint64_t line_size = arch_data_line_size();

    for (uint64_t va = start & ~(line_size - 1); va < end; va += line_size) {
        arch_dc_ivac(va);
    }
    arch_dsb_sy();
}

#endif
