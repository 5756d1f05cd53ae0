/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where the random bodies, their register states and their data lie, at the same addresses in the user-mode
 * process under QEMU and in the memory of our core, so that ADR, literal loads and addresses in registers
 * agree.
 *
 * Shared by the guest runner (freestanding C) and the host; nothing of either is in here.
 */
#ifndef TESTS_DIFFERENTIAL_GUEST_BODY_LAYOUT_H
#define TESTS_DIFFERENTIAL_GUEST_BODY_LAYOUT_H

#include <stdint.h>

#define BODY_RAM_BASE  0x40000000U
#define BODY_RAM_SIZE  0x00400000U
#define BODY_CODE_BASE 0x40010000U
/* A second 2 MiB block: the core maps it accessible to EL0 (for LDTR and STTR), which makes it not
 * executable. */
#define BODY_STATE_BASE 0x40200000U
/* The data lie across a page border; the anchor register of every body points at that border. */
#define BODY_DATA_BASE   0x40300800U
#define BODY_DATA_SIZE   4096U
#define BODY_DATA_ANCHOR 0x40301000U

#define BODY_SLOT_WORDS      128
#define BODY_SLOT_SIZE       512U
#define BODIES_PER_BATCH_MAX 512

/* Registers before a body, and after it. Read by the prologue and written by the epilogue of the body itself.
 */
struct body_state {
    uint64_t x[31];
    uint64_t sp;
    uint64_t nzcv; /* as MRS reads it: bits 31..28 */
    uint64_t tpidr;
    uint64_t exit_pc;   /* where the epilogue goes */
    uint64_t data_seed; /* what the data hold before the body: body_data_fill() */
    uint64_t reserved[28];
};

/* What the runner reads first; code slots and states follow, `count` of each. */
struct body_batch_header {
    uint64_t count;
};

static inline void body_data_fill(uint64_t *words, uint64_t seed)
{
    for (uint32_t i = 0; i < BODY_DATA_SIZE / sizeof(uint64_t); i++) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        words[i] = seed ^ (seed >> 29);
    }
}

#endif
