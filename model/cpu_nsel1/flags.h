/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Evaluation of lazy flags into N, Z, C and V. Arm ARM, pseudocode function AddWithCarry and "Condition
 * flags".
 */
#ifndef MODEL_CPU_NSEL1_FLAGS_H
#define MODEL_CPU_NSEL1_FLAGS_H

#include <stdint.h>

#include "model/cpu_nsel1/cpu_state.h"

#ifdef __cplusplus
extern "C" {
#endif

#define NZCV_N 0x80000000U
#define NZCV_Z 0x40000000U
#define NZCV_C 0x20000000U
#define NZCV_V 0x10000000U

static inline uint32_t flags_pack(uint64_t negative, uint64_t zero, uint64_t carry, uint64_t overflow)
{
    return (uint32_t)(negative << 31 | zero << 30 | carry << 29 | overflow << 28);
}

static inline uint32_t flags_nzcv(uint32_t kind, uint64_t flag_a, uint64_t flag_b)
{
    if (kind == FLAGS_NZCV) {
        return (uint32_t)flag_a;
    }
    if (kind == FLAGS_LOGIC) {
        return flags_pack(flag_a >> 63, flag_a == 0, 0, 0);
    }
    if (kind == FLAGS_ADD) {
        uint64_t sum = flag_a + flag_b;
        return flags_pack(sum >> 63, sum == 0, sum < flag_a, (~(flag_a ^ flag_b) & (flag_a ^ sum)) >> 63);
    }
    uint64_t difference = flag_a - flag_b;
    return flags_pack(difference >> 63, difference == 0, flag_a >= flag_b,
                      ((flag_a ^ flag_b) & (flag_a ^ difference)) >> 63);
}

#ifdef __cplusplus
}
#endif

#endif
