/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Op cells and decoded pages: what the A64 decoder produces and what the interpreter runs. One cell stands
 * for one instruction; a page of them mirrors 4 KiB of guest memory and is named by its physical address, so
 * that all virtual aliases of a page share it and no TLB maintenance touches it. Cells hold no guest state
 * and no virtual address: they can be thrown away at any time.
 */
#ifndef MODEL_CPU_NSEL1_OP_H
#define MODEL_CPU_NSEL1_OP_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CPU_PAGE_SHIFT 12
#define CPU_PAGE_SIZE  4096ULL
#define CODE_CELLS     1024U

/* Cells name registers as indices into cpu->x; these three are beyond the general registers. */
#define X_SP    31 /* SP of the current Exception level */
#define X_ZERO  32 /* always 0: XZR as a source */
#define X_SINK  33 /* never read: XZR as a destination */
#define X_COUNT 34

struct cpu;

/* A cell. The handler names the operation; the meaning of the fields is the handler's. */
struct op {
    void (*handler)(struct cpu *cpu, const struct op *op, uint64_t flag_a, uint64_t flag_b, int64_t budget);
    uint8_t a; /* destination */
    uint8_t b; /* first source or base */
    uint8_t c; /* second source */
    uint8_t d; /* shift, third source, NZCV: what is left */
    int32_t imm;
};
static_assert(sizeof(struct op) <= 16, "a cell is four times its instruction");

/* How handlers tell the outer loop why they came back. */
enum cpu_leave {
    LEAVE_NEXT,      /* one-shot only: cpu->op is the next cell */
    LEAVE_BUDGET,    /* the budget is used up; cpu->pc is the next instruction */
    LEAVE_BRANCH,    /* cpu->pc is the target, and no decoded page of it is at hand */
    LEAVE_UNDECODED, /* cpu->pc is an instruction without a cell */
    LEAVE_SLOW,      /* cpu->pc is an instruction that the step has to do (step.h) */
    LEAVE_MISS,      /* likewise, or the cell itself with a grant of the line (refill.h) */
};

struct code_page {
    struct op ops[CODE_CELLS + 1]; /* the last one leads to the next page */
    uint32_t words[CODE_CELLS];    /* the encodings of decoded cells */
    uint64_t pa;
    bool used;           /* false: the slot is empty; memory that has never been used looks like that */
    uint64_t lines;      /* bit n: some cell of bytes [64 n, 64 n + 64) is decoded */
    const uint8_t *host; /* golden mode: the bytes, if a window holds the page */
    uint32_t next;       /* chain of the hash table, index + 1; 0 ends it */
};

#ifdef __cplusplus
}
#endif

#endif
