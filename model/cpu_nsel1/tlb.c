/* SPDX-License-Identifier: BSD-3-Clause */
/* The TLBs. Touches no memory and no other state. Arm ARM, "TLB maintenance instructions". */
#include "model/cpu_nsel1/tlb.h"

#include <assert.h>
#include <stddef.h>

#include "model/cpu_nsel1/cpu_state.h"
#include "model/cpu_nsel1/memory.h"

#define PAGE_MASK (CPU_PAGE_SIZE - 1)

static uint32_t entry_index(uint64_t va)
{
    return (uint32_t)(va >> CPU_PAGE_SHIFT) & (TLB_ENTRIES - 1);
}

const struct tlb_entry *tlb_find(const struct cpu *cpu, enum tlb_side side, uint64_t va, bool el2,
                                 uint16_t asid)
{
    const struct tlb_entry *entry = &cpu->tlb[side][entry_index(va)];
    if (!entry->valid || entry->el2 != el2 || entry->va != (va & ~PAGE_MASK)) {
        return NULL;
    }
    return entry->global || entry->asid == asid ? entry : NULL;
}

const struct tlb_entry *tlb_insert(struct cpu *cpu, enum tlb_side side, const struct tlb_entry *entry)
{
    assert((entry->va & PAGE_MASK) == 0);
    assert((entry->pa & PAGE_MASK) == 0);
    struct tlb_entry *slot = &cpu->tlb[side][entry_index(entry->va)];
    if (slot->valid && side == TLB_DATA) {
        memory_page_grants_drop(cpu, slot->va);
    } else if (slot->valid) {
        code_fetch_way_flush(cpu, slot->va);
    }
    *slot = *entry;
    slot->valid = true;
    return slot;
}

/* An operation by VA acts on the whole block that the entry is a part of. */
static bool entry_matches(const struct tlb_entry *entry, const struct tlb_scope *scope)
{
    if (entry->el2 != scope->el2) {
        return false;
    }
    if (scope->by_va) {
        uint32_t block_shift = CPU_PAGE_SHIFT + 9 * (3U - entry->level);
        if ((entry->va ^ scope->va) << 16 >> 16 >> block_shift != 0) {
            return false;
        }
        return !scope->by_asid || entry->global || entry->asid == scope->asid;
    }
    return !scope->by_asid || (!entry->global && entry->asid == scope->asid);
}

void tlb_invalidate(struct cpu *cpu, const struct tlb_scope *scope)
{
    for (uint32_t i = 0; i < TLB_SIDES * TLB_ENTRIES; i++) {
        struct tlb_entry *entry = &cpu->tlb[i / TLB_ENTRIES][i % TLB_ENTRIES];
        if (entry->valid && entry_matches(entry, scope)) {
            entry->valid = false;
        }
    }
}
