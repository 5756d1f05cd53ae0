/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the atomic memory operations of FEAT_LSE write, from what they read. Arm ARM, "Atomic instructions";
 * shared pseudocode function MemAtomic. Pure.
 */
#ifndef MODEL_CPU_NSEL1_ATOMIC_H
#define MODEL_CPU_NSEL1_ATOMIC_H

#include <assert.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* In the order of the field opc; SWP has that of ADD, and o3 set. */
enum atomic_operation {
    ATOMIC_ADD,
    ATOMIC_CLR,
    ATOMIC_EOR,
    ATOMIC_SET,
    ATOMIC_SMAX,
    ATOMIC_SMIN,
    ATOMIC_UMAX,
    ATOMIC_UMIN,
    ATOMIC_SWP,
};

/* `value` of 2^size_log2 bytes as a signed number, its sign at bit 63 and the order of numbers kept. */
static inline int64_t atomic_signed(uint64_t value, uint32_t size_log2)
{
    return (int64_t)(value << (64 - (8U << size_log2)));
}

/* Both are zero-extended from 2^size_log2 bytes; bits above that do not count in the result. */
static inline uint64_t atomic_result(enum atomic_operation operation, uint32_t size_log2, uint64_t old,
                                     uint64_t operand)
{
    switch (operation) {
    case ATOMIC_ADD:
        return old + operand;
    case ATOMIC_CLR:
        return old & ~operand;
    case ATOMIC_EOR:
        return old ^ operand;
    case ATOMIC_SET:
        return old | operand;
    case ATOMIC_SMAX:
        return atomic_signed(old, size_log2) > atomic_signed(operand, size_log2) ? old : operand;
    case ATOMIC_SMIN:
        return atomic_signed(old, size_log2) > atomic_signed(operand, size_log2) ? operand : old;
    case ATOMIC_UMAX:
        return old > operand ? old : operand;
    case ATOMIC_UMIN:
        return old > operand ? operand : old;
    case ATOMIC_SWP:
        return operand;
    }
    assert(!"no such operation");
    return 0;
}

#ifdef __cplusplus
}
#endif

#endif
