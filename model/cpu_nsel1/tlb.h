/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The TLBs, one for fetches and one for everything else: 4 KiB entries, direct mapped, filled by walks and
 * emptied by TLBI alone, so that a guest which forgets its TLBI sees stale translations for as long as the
 * entry lives. Arm ARM, "Translation Lookaside Buffers (TLBs)".
 *
 * Grants and fetch ways, which spare a translation, go with the entry that they come from. So the contents,
 * and with them the walks that are made, are the same however accesses are served.
 */
#ifndef MODEL_CPU_NSEL1_TLB_H
#define MODEL_CPU_NSEL1_TLB_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cpu;
struct tlb_entry;

enum tlb_side { TLB_DATA, TLB_FETCH };
#define TLB_SIDES 2

/* The entry for `va` in the current regime and ASID, or NULL. */
const struct tlb_entry *tlb_find(const struct cpu *cpu, enum tlb_side side, uint64_t va, bool el2,
                                 uint16_t asid);
/* Flushes what came from the entry that it takes the place of. */
const struct tlb_entry *tlb_insert(struct cpu *cpu, enum tlb_side side, const struct tlb_entry *entry);

/* What a TLBI drops, on both sides. */
struct tlb_scope {
    bool el2;     /* regime */
    bool by_va;   /* only entries of the block or page that holds `va` */
    bool by_asid; /* only entries of `asid`; with by_va global ones too */
    uint64_t va;
    uint16_t asid;
};
void tlb_invalidate(struct cpu *cpu, const struct tlb_scope *scope);

#ifdef __cplusplus
}
#endif

#endif
