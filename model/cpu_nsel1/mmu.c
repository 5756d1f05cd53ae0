/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stage 1 translation. Decides from registers, TLB and descriptors alone; the memory that holds the
 * descriptors is reached through memory_walk_read. Arm ARM, "VMSAv8-64 translation table format descriptors",
 * "Memory access control", pseudocode functions AArch64.FirstStageTranslate and AArch64.TranslationTableWalk.
 */
#include "model/cpu_nsel1/mmu.h"

#include <assert.h>
#include <string.h>

#include "model/bus/translation.h"
#include "model/cpu_nsel1/cpu_state.h"
#include "model/cpu_nsel1/exception.h"
#include "model/cpu_nsel1/memory.h"
#include "model/cpu_nsel1/tlb.h"

/* Bits of descriptors that decide permissions; the others are in model/bus/translation.h. */
#define LEAF_AP1      (1ULL << 6) /* EL0 may access */
#define LEAF_AP2      (1ULL << 7) /* read only */
#define LEAF_PXN      (1ULL << 53)
#define LEAF_UXN      (1ULL << 54) /* XN at EL2 */
#define TABLE_PXN     (1ULL << 59)
#define TABLE_UXN     (1ULL << 60)
#define TABLE_AP0     (1ULL << 61) /* no access at EL0 */
#define TABLE_AP1     (1ULL << 62) /* no writes */
#define LEAF_SH(leaf) ((leaf) >> 8 & 3)

/* What the registers say about one address. */
struct regime {
    struct translation_half half;
    uint64_t sctlr; /* without M where HCR_EL2.DC takes it away */
    uint64_t mair;
    bool el2;
};

void cpu_translation_regime(const struct cpu *cpu, uint32_t el, struct translation_regime *regime)
{
    assert(el == 1 || el == 2);
    bool el2 = el == 2;
    *regime = (struct translation_regime){
        .sctlr = cpu->sysreg[el2 ? SYSREG_SCTLR_EL2 : SYSREG_SCTLR_EL1],
        .tcr = cpu->sysreg[el2 ? SYSREG_TCR_EL2 : SYSREG_TCR_EL1],
        .ttbr0 = cpu->sysreg[el2 ? SYSREG_TTBR0_EL2 : SYSREG_TTBR0_EL1],
        .ttbr1 = el2 ? 0 : cpu->sysreg[SYSREG_TTBR1_EL1],
        .mair = cpu->sysreg[el2 ? SYSREG_MAIR_EL2 : SYSREG_MAIR_EL1],
        .hcr_el2 = cpu->sysreg[SYSREG_HCR_EL2],
        .el = (uint8_t)el,
    };
    if (!el2 && cpu->config.entry_el == 2 && (regime->hcr_el2 & HCR_TGE) != 0) {
        regime->sctlr &= ~SCTLR_M; /* EL0 is EL2's: nothing of EL1 translates for it */
    }
    regime->live = translation_walks(regime) || translation_flat_cacheable(regime);
}

static struct regime regime_of(const struct cpu *cpu, const struct mmu_request *request)
{
    struct translation_regime registers;
    bool el2 = cpu->pstate.el == 2 && !request->other_regime;
    cpu_translation_regime(cpu, el2 ? 2 : 1, &registers);
    return (struct regime){
        .half = translation_half_of(&registers, !el2 && (request->va >> 55 & 1) != 0),
        .sctlr = translation_flat_cacheable(&registers) ? registers.sctlr & ~SCTLR_M : registers.sctlr,
        .mair = registers.mair,
        .el2 = el2,
    };
}

/* The address without its tag: sign-extended from bit 55, or for EL2 zero-extended, where TBI says so. */
static uint64_t untagged(const struct regime *regime, uint64_t va)
{
    if (!regime->half.tag_ignored) {
        return va;
    }
    return regime->half.upper ? va | 0xFF00000000000000ULL : va & 0x00FFFFFFFFFFFFFFULL;
}

uint64_t mmu_branch_target(const struct cpu *cpu, uint64_t va)
{
    struct mmu_request request = {.va = va};
    struct regime regime = regime_of(cpu, &request);
    return untagged(&regime, va);
}

/* Device and Non-cacheable memory is Outer Shareable whatever the descriptor says. */
static uint8_t effective_shareability(enum memory_type type, uint64_t shareability)
{
    if (!memory_type_cacheable(type)) {
        return SHAREABILITY_OUTER;
    }
    return shareability == 1 ? SHAREABILITY_NON : (uint8_t)shareability;
}

static void attributes_set(struct translation *result, const struct regime *regime, uint64_t leaf,
                           enum mmu_purpose purpose)
{
    uint8_t attribute = translation_attribute(regime->mair, leaf);
    enum memory_type type = translation_memory_type(attribute);
    uint64_t cache_enable = purpose == MMU_EXECUTE ? SCTLR_I : SCTLR_C;
    if (!memory_type_device(type) && (regime->sctlr & cache_enable) == 0) {
        type = MEMORY_NORMAL_NC;
    }
    if (memory_type_device(type) && purpose == MMU_EXECUTE) {
        type = MEMORY_NORMAL_NC; /* CONSTRAINED UNPREDICTABLE: fetched as if Non-cacheable */
    }
    result->type = (uint8_t)type;
    result->mair = attribute;
    result->shareability = effective_shareability(type, LEAF_SH(leaf));
}

static enum mmu_result fault(struct translation *result, uint32_t fsc)
{
    result->fsc = fsc;
    return MMU_FAULT;
}

static bool writable(uint64_t leaf, bool el0)
{
    return (leaf & LEAF_AP2) == 0 && (!el0 || (leaf & LEAF_AP1) != 0);
}

static bool executable(const struct regime *regime, uint64_t leaf, bool el0)
{
    if ((regime->sctlr & SCTLR_WXN) != 0 && writable(leaf, el0)) {
        return false;
    }
    if (el0 || regime->el2) {
        return (leaf & LEAF_UXN) == 0;
    }
    return (leaf & LEAF_PXN) == 0 && !writable(leaf, true); /* what EL0 may write, EL1 may not execute */
}

static bool permitted(const struct cpu *cpu, const struct regime *regime, uint64_t leaf,
                      const struct mmu_request *request)
{
    bool el0 = !regime->el2 && (cpu->pstate.el == 0 || request->unprivileged);
    switch (request->purpose) {
    case MMU_READ:
        return !el0 || (leaf & LEAF_AP1) != 0;
    case MMU_WRITE:
        return writable(leaf, el0);
    case MMU_EXECUTE:
        return executable(regime, leaf, el0);
    }
    return false;
}

/* M = 0: VA is PA. Data is Device-nGnRnE, or write-back where HCR_EL2.DC says so; fetches follow SCTLR_ELx.I.
 */
static enum mmu_result translate_flat(const struct cpu *cpu, const struct regime *regime,
                                      const struct mmu_request *request, struct translation *result)
{
    uint64_t pa = untagged(regime, request->va);
    if (pa >> TRANSLATION_PA_BITS != 0) {
        return fault(result, FSC_ADDRESS_SIZE);
    }
    bool default_cacheable = !regime->el2 && (cpu->sysreg[SYSREG_HCR_EL2] & HCR_DC) != 0;
    result->pa = pa;
    if (default_cacheable) {
        result->type = MEMORY_NORMAL_WB;
        result->mair = 0xFF;
        result->shareability = SHAREABILITY_NON;
    } else if (request->purpose == MMU_EXECUTE) {
        result->type = (regime->sctlr & SCTLR_I) != 0 ? MEMORY_NORMAL_WT : MEMORY_NORMAL_NC;
        result->mair = (regime->sctlr & SCTLR_I) != 0 ? 0xAA : 0x44;
        result->shareability = SHAREABILITY_OUTER;
    } else {
        result->type = MEMORY_DEVICE_NGNRNE;
        result->mair = 0;
        result->shareability = SHAREABILITY_OUTER;
        if (request->unaligned && !request->maintenance) {
            return fault(result, FSC_ALIGNMENT);
        }
    }
    return MMU_OK;
}

/* Descriptor reads are inner (non-)cacheable as TCR_ELx.IRGNx says, and SCTLR_ELx.C allows. */
static enum memory_type walk_type(const struct regime *regime)
{
    static const enum memory_type types[4] = {MEMORY_NORMAL_NC, MEMORY_NORMAL_WB, MEMORY_NORMAL_WT,
                                              MEMORY_NORMAL_WB};
    return (regime->sctlr & SCTLR_C) != 0 ? types[regime->half.irgn] : MEMORY_NORMAL_NC;
}

static bool descriptor_read(struct cpu *cpu, const struct regime *regime, uint64_t va, uint64_t pa,
                            uint32_t ordinal, struct memory_answer *answer)
{
    enum memory_type type = walk_type(regime);
    struct access access = {
        .pa = pa,
        .va = va,
        .size = 8,
        .op = ACCESS_READ,
        .agent = AGENT_WALKER,
        .type = (uint8_t)type,
        .shareability = effective_shareability(type, regime->half.shareability),
    };
    return memory_walk_read(cpu, &access, ordinal, answer);
}

/* The attributes of table descriptors restrict those of the leaf. At EL2 only APTable[1] and XNTable exist.
 */
static uint64_t leaf_restricted(uint64_t leaf, uint64_t tables, bool el2)
{
    if ((tables & TABLE_AP1) != 0) {
        leaf |= LEAF_AP2;
    }
    if ((tables & TABLE_UXN) != 0) {
        leaf |= LEAF_UXN;
    }
    if (!el2 && (tables & TABLE_AP0) != 0) {
        leaf &= ~LEAF_AP1;
    }
    if (!el2 && (tables & TABLE_PXN) != 0) {
        leaf |= LEAF_PXN;
    }
    return leaf;
}

/* A block or page descriptor to a TLB entry, or a fault. */
static enum mmu_result leaf_finish(const struct regime *regime, uint64_t va, uint64_t leaf, uint64_t tables,
                                   uint32_t level, struct tlb_entry *entry, struct translation *result)
{
    uint64_t block_mask = (1ULL << translation_shift(level)) - 1;
    uint64_t output = translation_leaf_pa(leaf, level) | (va & block_mask);
    if (translation_leaf_pa(leaf, level) >> regime->half.output_bits != 0) {
        return fault(result, FSC_ADDRESS_SIZE + level);
    }
    if ((leaf & DESCRIPTOR_AF) == 0) {
        return fault(result, FSC_ACCESS_FLAG + level);
    }
    *entry = (struct tlb_entry){
        .va = va & ~(CPU_PAGE_SIZE - 1),
        .pa = output & ~(CPU_PAGE_SIZE - 1),
        .leaf = leaf_restricted(leaf, tables, regime->el2),
        .asid = regime->half.asid,
        .level = (uint8_t)level,
        .el2 = regime->el2,
        .global = regime->el2 || (leaf & DESCRIPTOR_NG) == 0,
    };
    return MMU_OK;
}

static enum mmu_result walk_levels(struct cpu *cpu, const struct regime *regime, uint64_t va,
                                   const struct translation_root *root, struct tlb_entry *entry,
                                   struct translation *result)
{
    uint64_t table = root->table;
    uint64_t index_mask = root->entries - 1;
    uint64_t tables = 0;
    if (table >> regime->half.output_bits != 0) {
        return fault(result, FSC_ADDRESS_SIZE);
    }
    for (uint32_t level = root->level; level < WALK_LEVELS; level++) {
        uint64_t index = va >> translation_shift(level) & index_mask;
        struct memory_answer answer;
        if (!descriptor_read(cpu, regime, va, table + 8 * index, level - root->level, &answer)) {
            return MMU_NEED;
        }
        if (answer.status != ACCESS_OK) {
            return fault(result, FSC_EXTERNAL_WALK + level);
        }
        switch (translation_entry_of(answer.value, level)) {
        case TRANSLATION_INVALID:
            return fault(result, FSC_TRANSLATION + level);
        case TRANSLATION_LEAF:
            return leaf_finish(regime, va, answer.value, tables, level, entry, result);
        case TRANSLATION_TABLE:
            break;
        }
        tables |= answer.value;
        table = answer.value & DESCRIPTOR_ADDRESS;
        if (table >> regime->half.output_bits != 0) {
            return fault(result, FSC_ADDRESS_SIZE + level);
        }
        index_mask = TRANSLATION_ENTRIES - 1;
    }
    assert(!"level 3 has no tables");
    return MMU_FAULT;
}

static enum mmu_result walk(struct cpu *cpu, const struct regime *regime, uint64_t va,
                            struct tlb_entry *entry, struct translation *result)
{
    struct translation_root root;
    if (!translation_root_of(&regime->half, &root)) {
        return fault(result, FSC_TRANSLATION);
    }
    uint64_t beyond = (regime->half.upper ? ~va : va) >> root.input_bits;
    if (beyond != 0) {
        return fault(result, FSC_TRANSLATION);
    }
    enum mmu_result status = walk_levels(cpu, regime, va, &root, entry, result);
    if (status != MMU_NEED) {
        memory_made(cpu)->by_walks += cpu->walk.answered;
        cpu->walk.answered = 0;
    }
    return status;
}

enum mmu_result mmu_translate(struct cpu *cpu, const struct mmu_request *request, struct translation *result)
{
    struct regime regime = regime_of(cpu, request);
    *result = (struct translation){0};
    if ((regime.sctlr & SCTLR_M) == 0) {
        return translate_flat(cpu, &regime, request, result);
    }
    uint64_t va = untagged(&regime, request->va);
    const enum tlb_side side = request->purpose == MMU_EXECUTE ? TLB_FETCH : TLB_DATA;
    struct tlb_entry walked;
    const struct tlb_entry *entry =
        request->address_only ? NULL : tlb_find(cpu, side, va, regime.el2, regime.half.asid);
    if (entry == NULL) {
        enum mmu_result status = walk(cpu, &regime, va, &walked, result);
        if (status != MMU_OK) {
            return status;
        }
        entry = request->address_only ? &walked : tlb_insert(cpu, side, &walked);
    }
    result->pa = entry->pa | (va & (CPU_PAGE_SIZE - 1));
    attributes_set(result, &regime, entry->leaf, request->purpose);
    if (request->unaligned && !request->maintenance && memory_type_device((enum memory_type)result->type)) {
        return fault(result, FSC_ALIGNMENT);
    }
    if (!permitted(cpu, &regime, entry->leaf, request)) {
        return fault(result, FSC_PERMISSION + entry->level);
    }
    return MMU_OK;
}
