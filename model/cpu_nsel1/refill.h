/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The short way from a cell that misses its grant to the question for a grant (cached mode): no decoding and
 * no translation, for pages whose translation is known from an earlier question. What it asks is what the
 * step (step_memory.c) would ask; whatever it does not know it leaves to the step.
 *
 * A known page lives as long as the grants that were made from it: whoever drops grants because translations
 * change drops known pages too (memory.c). Arm ARM, "TLB maintenance instructions".
 */
#ifndef MODEL_CPU_NSEL1_REFILL_H
#define MODEL_CPU_NSEL1_REFILL_H

#include <stdbool.h>
#include <stdint.h>

#include "model/cpu_nsel1/mmu.h"

#ifdef __cplusplus
extern "C" {
#endif

struct cpu;

/* The step has translated `va` for a plain access whose line may be granted. */
void refill_page_know(struct cpu *cpu, uint64_t va, bool write, const struct translation *page);

/* After LEAVE_MISS. True: the grant has been asked for, with no step begun. */
bool refill_ask(struct cpu *cpu);

/*
 * After LEAVE_MISS, for an access over the end of a line. True: the cell at cpu->pc finds all the bytes and
 * does the instruction, once and alone; then refill_straddle_end(). The grants say that nobody has to know.
 */
bool refill_straddle_begin(struct cpu *cpu);
void refill_straddle_end(struct cpu *cpu);

void refill_pages_forget(struct cpu *cpu);
/* The page that holds `va`, whatever its tag (top byte). */
void refill_page_forget(struct cpu *cpu, uint64_t va);

#ifdef __cplusplus
}
#endif

#endif
