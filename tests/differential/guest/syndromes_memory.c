/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every kind of access against every kind of mapping, at the guest's level and from EL1 also at EL0. Arm ARM,
 * chapter D8 "The AArch64 Virtual Memory System Architecture", "Fault status codes".
 */
#include "tests/differential/guest/syndrome.h"

/*
 * name, instructions. Stores follow an exclusive load because a store-exclusive that fails anyway need not
 * fault. LDR takes x0 as it is: writeback must not show when it faults.
 */
#define ACCESSES(X)                                                                                          \
    X("ldrb", "ldrb w1, [x0]\n nop")                                                                         \
    X("ldrsbx", "ldrsb x1, [x0]\n nop")                                                                      \
    X("ldrsbw", "ldrsb w1, [x0]\n nop")                                                                      \
    X("ldrh", "ldrh w1, [x0]\n nop")                                                                         \
    X("ldrsh", "ldrsh x1, [x0]\n nop")                                                                       \
    X("ldrsw", "ldrsw x1, [x0]\n nop")                                                                       \
    X("ldrw", "ldr w1, [x0]\n nop")                                                                          \
    X("ldrx", "ldr x1, [x0]\n nop")                                                                          \
    X("ldrxzr", "ldr xzr, [x0]\n nop")                                                                       \
    X("ldrpost", "ldr x1, [x0], #8\n nop")                                                                   \
    X("ldrpre", "ldr x1, [x0, #16]!\n nop")                                                                  \
    X("ldur", "ldur x1, [x0, #16]\n nop")                                                                    \
    X("ldp", "ldp x1, x2, [x0]\n nop")                                                                       \
    X("ldpw", "ldp w1, w2, [x0], #16\n nop")                                                                 \
    X("ldpsw", "ldpsw x1, x2, [x0]\n nop")                                                                   \
    X("ldnp", "ldnp x1, x2, [x0]\n nop")                                                                     \
    X("ldtr", "ldtr x1, [x0]\n nop")                                                                         \
    X("ldtrsb", "ldtrsb w1, [x0]\n nop")                                                                     \
    X("ldar", "ldar x1, [x0]\n nop")                                                                         \
    X("ldarb", "ldarb w1, [x0]\n nop")                                                                       \
    X("ldxr", "ldxr w1, [x0]\n clrex")                                                                       \
    X("ldaxp", "ldaxp x1, x2, [x0]\n clrex")                                                                 \
    X("prfm", "prfm pldl1keep, [x0]\n nop")                                                                  \
    X("strb", "strb w1, [x0]\n nop")                                                                         \
    X("strh", "strh w1, [x0]\n nop")                                                                         \
    X("strw", "str w1, [x0]\n nop")                                                                          \
    X("strx", "str x1, [x0]\n nop")                                                                          \
    X("strxzr", "str xzr, [x0]\n nop")                                                                       \
    X("strpost", "str x1, [x0], #8\n nop")                                                                   \
    X("strpre", "str x1, [x0, #16]!\n nop")                                                                  \
    X("stp", "stp x1, x2, [x0]\n nop")                                                                       \
    X("stppre", "stp w1, w2, [x0, #16]!\n nop")                                                              \
    X("stnp", "stnp x1, x2, [x0]\n nop")                                                                     \
    X("sttr", "sttr x1, [x0]\n nop")                                                                         \
    X("sttrb", "sttrb w1, [x0]\n nop")                                                                       \
    X("stlr", "stlr x1, [x0]\n nop")                                                                         \
    X("stlrh", "stlrh w1, [x0]\n nop")                                                                       \
    X("stxr", "ldxr x1, [x0]\n stxr w3, x1, [x0]")                                                           \
    X("stlxp", "ldaxp w1, w2, [x0]\n stlxp w3, w1, w2, [x0]")                                                \
    X("zva", "dc zva, x0\n nop")                                                                             \
    X("civac", "dc civac, x0\n nop")                                                                         \
    X("cvac", "dc cvac, x0\n nop")                                                                           \
    X("cvau", "dc cvau, x0\n nop")                                                                           \
    X("ivau", "ic ivau, x0\n nop")                                                                           \
    X("fetch", "br x0\n nop")

/* UNDEFINED at EL0. */
#define PRIVILEGED(X)                                                                                        \
    X("ivac", "dc ivac, x0\n nop")                                                                           \
    X("s1e1r", "at s1e1r, x0\n mrs x1, par_el1")                                                             \
    X("s1e1w", "at s1e1w, x0\n mrs x1, par_el1")                                                             \
    X("s1e0r", "at s1e0r, x0\n mrs x1, par_el1")                                                             \
    X("s1e0w", "at s1e0w, x0\n mrs x1, par_el1")

#define HYPERVISOR(X)                                                                                        \
    X("s1e2r", "at s1e2r, x0\n mrs x1, par_el1")                                                             \
    X("s1e2w", "at s1e2w, x0\n mrs x1, par_el1")                                                             \
    X("s12e1r", "at s12e1r, x0\n mrs x1, par_el1")                                                           \
    X("s12e1w", "at s12e1w, x0\n mrs x1, par_el1")                                                           \
    X("s12e0r", "at s12e0r, x0\n mrs x1, par_el1")                                                           \
    X("s12e0w", "at s12e0w, x0\n mrs x1, par_el1")

/* FEAT_LSE, and what its faults are measured by. */
#define ATOMICS(X)                                                                                           \
    X("ldrb", "ldrb w1, [x0]\n nop")                                                                         \
    X("ldrx", "ldr x1, [x0]\n nop")                                                                          \
    X("strb", "strb w1, [x0]\n nop")                                                                         \
    X("strx", "str x1, [x0]\n nop")                                                                          \
    X("ldadd", "ldadd x1, x2, [x0]\n nop")                                                                   \
    X("ldaddalb", "ldaddalb w1, w2, [x0]\n nop")                                                             \
    X("ldclrh", "ldclrh w1, w2, [x0]\n nop")                                                                 \
    X("ldsmaxa", "ldsmaxa w1, w2, [x0]\n nop")                                                               \
    X("stadd", "stadd x1, [x0]\n nop")                                                                       \
    X("stumaxlb", "stumaxlb w1, [x0]\n nop")                                                                 \
    X("swp", "swp x1, x2, [x0]\n nop")                                                                       \
    X("swpalh", "swpalh w1, w2, [x0]\n nop")                                                                 \
    X("cas", "cas x1, x2, [x0]\n nop")                                                                       \
    X("casalb", "casalb w1, w2, [x0]\n nop")                                                                 \
    X("caspw", "casp w2, w3, w2, w3, [x0]\n nop")                                                            \
    X("caspalx", "caspal x2, x3, x2, x3, [x0]\n nop")                                                        \
    X("fetch", "br x0\n nop")

#define WORDS_OF(name, text) text "\n"
#define NAME_OF(name, text)  name,

#ifdef SYNDROMES_OF_ATOMICS
#define EVERYWHERE(X) ATOMICS(X)
#define HERE_ALSO(X)
#elif GUEST_EL == 2
#define EVERYWHERE(X) ACCESSES(X)
#define HERE_ALSO(X)  PRIVILEGED(X) HYPERVISOR(X)
#else
#define EVERYWHERE(X) ACCESSES(X)
#define HERE_ALSO(X)  PRIVILEGED(X)
#endif

__asm__(".pushsection .rodata\n.balign 8\naccess_words:\n" EVERYWHERE(WORDS_OF)
            HERE_ALSO(WORDS_OF) ".popsection");
extern const uint32_t access_words[][2];
static const char *const access_names[] = {EVERYWHERE(NAME_OF) HERE_ALSO(NAME_OF)};
static const char *const user_names[] = {EVERYWHERE(NAME_OF)};

/* What neither machine has memory at, between two devices of QEMU's `virt`. */
#define NOWHERE_PA 0x0b000000UL
#define BEYOND_40  (1UL << 40)
#define BEYOND_47  (1UL << 47)
#define BEYOND_32  (1UL << 32)

#define TABLE     3UL
#define TABLE_PXN (1UL << 59)
#define TABLE_XN  (1UL << 60)
#define TABLE_EL1 (1UL << 61) /* APTable[0]: no access at EL0 */
#define TABLE_RO  (1UL << 62)
#define PAGE      PAGE_DEFAULT
#define BLOCK     (PAGE_DEFAULT & ~2UL)

#define BLOCK2_VA    0x40800000UL
#define BLOCK2_INDEX 4
#define BLOCK1_VA    0x80000000UL
#define BLOCK1_INDEX 2
#define TEST_PAGE    8
#define LEVEL0_VA    (1UL << 39)

#define ALIGNED   0x100
#define UNALIGNED 0x103

/* The target through its page, through a 2 MiB block or a table in its place, through a 1 GiB block. */
#define TARGET_LEVEL3 (MMU_TEST_BASE + TEST_PAGE * 4096UL)
#define TARGET_LEVEL2 (BLOCK2_VA + (SYNDROME_TARGET_PA - MMU_TEST_BASE))
#define TARGET_LEVEL1 (BLOCK1_VA + (SYNDROME_TARGET_PA - 0x40000000UL))

struct mapping {
    const char *name;
    uint64_t leaf;  /* level 3: of the page */
    uint64_t table; /* level 2 and 1: the entry of that level; 0 in a row of level 3 */
    uint8_t level;
    bool unaligned; /* with unaligned accesses too */
};

static uint64_t spare_table[512] __attribute__((aligned(4096)));
static uint64_t level0[512] __attribute__((aligned(4096)));

#define SPARE(bits) ((uint64_t)&spare_table + (bits) + TABLE)

static const struct mapping mappings[] = {
    {"valid", SYNDROME_TARGET_PA | PAGE, 0, 3, true},
    {"l3-invalid", 0, 0, 3, true},
    {"l3-reserved", SYNDROME_TARGET_PA | BLOCK, 0, 3, false},
    {"l3-flag", SYNDROME_TARGET_PA | (PAGE & ~PAGE_ACCESSED), 0, 3, true},
    {"l3-ro", SYNDROME_TARGET_PA | PAGE | PAGE_READ_ONLY, 0, 3, true},
    {"l3-xn", SYNDROME_TARGET_PA | PAGE | PAGE_XN, 0, 3, false},
    {"l3-size", BEYOND_40 | SYNDROME_TARGET_PA | PAGE, 0, 3, false},
    {"l3-size47", BEYOND_47 | SYNDROME_TARGET_PA | PAGE, 0, 3, false},
    {"l3-size-flag", BEYOND_40 | SYNDROME_TARGET_PA | (PAGE & ~PAGE_ACCESSED), 0, 3, false},
    {"l3-device", SYNDROME_TARGET_PA | PAGE | PAGE_ATTR(MMU_ATTR_DEVICE), 0, 3, true},
    {"l3-device-ro", SYNDROME_TARGET_PA | PAGE | PAGE_ATTR(MMU_ATTR_DEVICE) | PAGE_READ_ONLY, 0, 3, true},
    {"l3-nc", SYNDROME_TARGET_PA | PAGE | PAGE_ATTR(MMU_ATTR_NON_CACHEABLE), 0, 3, true},
    {"l3-wt", SYNDROME_TARGET_PA | PAGE | PAGE_ATTR(MMU_ATTR_WRITE_THROUGH), 0, 3, true},
    {"l3-external", NOWHERE_PA | PAGE, 0, 3, false},
    {"l3-external-device", NOWHERE_PA | PAGE | PAGE_ATTR(MMU_ATTR_DEVICE), 0, 3, false},
#if GUEST_EL == 1
    {"l3-pxn", SYNDROME_TARGET_PA | PAGE | PAGE_PXN, 0, 3, false},
    {"l3-user", SYNDROME_TARGET_PA | PAGE | PAGE_EL0, 0, 3, false},
    {"l3-user-ro", SYNDROME_TARGET_PA | PAGE | PAGE_EL0 | PAGE_READ_ONLY, 0, 3, false},
    {"l3-user-xn", SYNDROME_TARGET_PA | PAGE | PAGE_EL0 | PAGE_XN, 0, 3, false},
    {"l3-user-ro-xn", SYNDROME_TARGET_PA | PAGE | PAGE_EL0 | PAGE_READ_ONLY | PAGE_XN, 0, 3, false},
    {"t2-pxn", SYNDROME_TARGET_PA | PAGE, TABLE_PXN, 2, false},
    {"t2-el1", SYNDROME_TARGET_PA | PAGE | PAGE_EL0, TABLE_EL1, 2, false},
    {"t2-user-ro", SYNDROME_TARGET_PA | PAGE | PAGE_EL0, TABLE_RO, 2, false},
#endif
    {"t2-ro", SYNDROME_TARGET_PA | PAGE, TABLE_RO, 2, false},
    {"t2-xn", SYNDROME_TARGET_PA | PAGE, TABLE_XN, 2, false},
    {"t2-size", 0, BEYOND_40 | TABLE, 2, false},
    {"t2-external", 0, NOWHERE_PA | TABLE, 2, false},
    {"l2-invalid", 0, 0, 2, false},
    {"l2-flag", 0, MMU_TEST_BASE | (BLOCK & ~PAGE_ACCESSED), 2, false},
    {"l2-ro", 0, MMU_TEST_BASE | BLOCK | PAGE_READ_ONLY, 2, false},
    {"l2-xn", 0, MMU_TEST_BASE | BLOCK | PAGE_XN, 2, false},
    {"l2-size", 0, BEYOND_40 | MMU_TEST_BASE | BLOCK, 2, false},
    {"l1-invalid", 0, 0, 1, false},
    {"l1-flag", 0, 0x40000000UL | (BLOCK & ~PAGE_ACCESSED), 1, false},
    {"l1-ro", 0, 0x40000000UL | BLOCK | PAGE_READ_ONLY, 1, false},
    {"l1-xn", 0, 0x40000000UL | BLOCK | PAGE_XN, 1, false},
    {"l1-size", 0, BEYOND_40 | 0x40000000UL | BLOCK, 1, false},
    {"t1-size", 0, BEYOND_40 | TABLE, 1, false},
    {"t1-external", 0, NOWHERE_PA | TABLE, 1, false},
};

static void accesses_run(uint64_t va, const char *variant)
{
    for (uint32_t i = 0; i < SYNDROME_COUNT(access_names); i++) {
        const struct syndrome_code code = {access_names[i], {access_words[i][0], access_words[i][1]}};
        syndrome_run(&code, variant, va);
    }
}

#if GUEST_EL == 1
static void user_accesses_run(uint64_t va, const char *variant)
{
    for (uint32_t i = 0; i < SYNDROME_COUNT(user_names); i++) {
        const struct syndrome_code code = {user_names[i], {access_words[i][0], access_words[i][1]}};
        syndrome_run_user(&code, variant, va);
    }
}
#else
static void user_accesses_run(uint64_t va, const char *variant)
{
    (void)user_names;
    (void)va;
    (void)variant;
}
#endif

/* Returns the address that shows the mapping. */
static uint64_t mapping_set(const struct mapping *mapping)
{
    const bool attributes = mapping->table != 0 && (mapping->table & 1) == 0;
    switch (mapping->level) {
    case 3:
        mmu_page_set(TEST_PAGE, mapping->leaf);
        return TARGET_LEVEL3;
    case 2:
        spare_table[SYNDROME_TARGET_PAGE] = mapping->leaf;
        mmu_level2_set(BLOCK2_INDEX, attributes ? SPARE(mapping->table) : mapping->table);
        return TARGET_LEVEL2;
    default:
        mmu_level1_set(BLOCK1_INDEX, mapping->table);
        return TARGET_LEVEL1;
    }
}

static void mappings_run(void)
{
    for (uint32_t i = 0; i < SYNDROME_COUNT(mappings); i++) {
        const uint64_t va = mapping_set(&mappings[i]);
        syndrome_section(mappings[i].name);
        accesses_run(va + ALIGNED, "");
        user_accesses_run(va + ALIGNED, "/user");
        if (mappings[i].unaligned) {
            accesses_run(va + UNALIGNED, "/unaligned");
        }
    }
    mmu_level1_set(BLOCK1_INDEX, 0);
    mmu_level2_set(BLOCK2_INDEX, BLOCK2_VA | BLOCK);
}

/* Accesses that begin in one page and end in the next: each of both faults. */
static void crossings_run(void)
{
    static const struct {
        const char *name;
        uint64_t first, second;
    } pairs[] = {
        {"cross-invalid", SYNDROME_TARGET_PA | PAGE, 0},
        {"cross-ro", SYNDROME_TARGET_PA | PAGE, (SYNDROME_TARGET_PA + 4096) | PAGE | PAGE_READ_ONLY},
        {"cross-flag", SYNDROME_TARGET_PA | PAGE, (SYNDROME_TARGET_PA + 4096) | (PAGE & ~PAGE_ACCESSED)},
        {"cross-external", SYNDROME_TARGET_PA | PAGE, NOWHERE_PA | PAGE},
        {"cross-from-invalid", 0, (SYNDROME_TARGET_PA + 4096) | PAGE},
        {"cross-from-ro", SYNDROME_TARGET_PA | PAGE | PAGE_READ_ONLY, (SYNDROME_TARGET_PA + 4096) | PAGE},
        {"cross-both", 0, 0},
    };
    for (uint32_t i = 0; i < SYNDROME_COUNT(pairs); i++) {
        mmu_page_set(TEST_PAGE, pairs[i].first);
        mmu_page_set(TEST_PAGE + 1, pairs[i].second);
        syndrome_section(pairs[i].name);
        accesses_run(TARGET_LEVEL3 + 0xffd, "");
        accesses_run(TARGET_LEVEL3 + 0xff8, "/half");
    }
    mmu_page_set(TEST_PAGE + 1, MMU_TEST_BASE + (TEST_PAGE + 1) * 4096UL + PAGE);
}

static void register_with(const char *name, uint64_t va, const char *variant)
{
    __asm__ volatile("isb" ::: "memory");
    mmu_tlb_invalidate_all();
    syndrome_section(name);
    accesses_run(va, variant);
}

static void alignment_checked(void)
{
    const uint64_t sctlr = sysreg_read(GUEST_SYSREG("SCTLR"));
    mmu_page_set(TEST_PAGE, SYNDROME_TARGET_PA | PAGE);
    sysreg_write(GUEST_SYSREG("SCTLR"), sctlr | 1UL << 1);
    register_with("checked", TARGET_LEVEL3 + UNALIGNED, "/unaligned");
    register_with("checked", TARGET_LEVEL3 + ALIGNED + 4, "/by4");
    mmu_page_set(TEST_PAGE, 0);
    register_with("checked-invalid", TARGET_LEVEL3 + UNALIGNED, "/unaligned");
    sysreg_write(GUEST_SYSREG("SCTLR"), sctlr);
}

/* TCR_ELx: sizes of addresses and of outputs, tags. */
static void sizes_run(void)
{
    const uint64_t tcr = sysreg_read(GUEST_SYSREG("TCR"));
    const uint64_t outputs = GUEST_EL == 2 ? 7UL << 16 : 7UL << 32;
    const uint64_t tags = GUEST_EL == 2 ? 1UL << 20 : 1UL << 37;
    register_with("outside", LEVEL0_VA + ALIGNED, "");
    register_with("outside", 0x0100000000000000UL + ALIGNED, "/tag");
    mmu_page_set(TEST_PAGE, BEYOND_32 | PAGE);
    sysreg_write(GUEST_SYSREG("TCR"), tcr & ~outputs);
    register_with("outputs32", TARGET_LEVEL3 + ALIGNED, "");
    mmu_page_set(TEST_PAGE, 0);
    sysreg_write(GUEST_SYSREG("TCR"), tcr | tags);
    register_with("tagged", (0x5aUL << 56) + TARGET_LEVEL3 + ALIGNED, "");
    sysreg_write(GUEST_SYSREG("TCR"), tcr);
    __asm__ volatile("isb" ::: "memory");
}

/* Nothing of one half of the change must meet the other: the MMU is off meanwhile. */
static void regime_change(uint64_t tcr, uint64_t ttbr)
{
    const uint64_t sctlr = sysreg_read(GUEST_SYSREG("SCTLR"));
#if GUEST_EL == 2
    __asm__ volatile("msr sctlr_el2, %0\n\tisb\n\tmsr tcr_el2, %1\n\tmsr ttbr0_el2, %2\n\tisb\n\t"
                     "tlbi alle2\n\tdsb ish\n\tisb\n\tmsr sctlr_el2, %3\n\tisb" ::"r"(sctlr & ~1UL),
                     "r"(tcr), "r"(ttbr), "r"(sctlr)
                     : "memory");
#else
    __asm__ volatile("msr sctlr_el1, %0\n\tisb\n\tmsr tcr_el1, %1\n\tmsr ttbr0_el1, %2\n\tisb\n\t"
                     "tlbi vmalle1\n\tdsb ish\n\tisb\n\tmsr sctlr_el1, %3\n\tisb" ::"r"(sctlr & ~1UL),
                     "r"(tcr), "r"(ttbr), "r"(sctlr)
                     : "memory");
#endif
}

static void four_levels_run(void)
{
    const uint64_t tcr = sysreg_read(GUEST_SYSREG("TCR"));
    const uint64_t ttbr = sysreg_read(GUEST_SYSREG("TTBR0"));
    static const struct {
        const char *name;
        uint64_t entry;
    } entries[] = {
        {"l0-invalid", 0},
        {"l0-reserved", 1},
        {"t0-size", BEYOND_40 | TABLE},
        {"t0-external", NOWHERE_PA | TABLE},
    };
    level0[0] = ttbr | TABLE;
    regime_change((tcr & ~0x3fUL) | 16, (uint64_t)level0);
    for (uint32_t i = 0; i < SYNDROME_COUNT(entries); i++) {
        *(volatile uint64_t *)&level0[1] = entries[i].entry;
        register_with(entries[i].name, LEVEL0_VA + ALIGNED, "");
    }
    regime_change(tcr, ttbr);
}

#if GUEST_EL == 1
/* The upper half of the address space, whose tables need not be there. */
static void upper_half_run(void)
{
    const uint64_t upper = 0xffffff8000000000UL;
    const uint64_t tcr = sysreg_read("TCR_EL1");
    const uint64_t ttbr = sysreg_read("TTBR1_EL1");
    register_with("upper-valid", upper + SYNDROME_TARGET_PA + ALIGNED, "");
    register_with("upper-invalid", upper + TARGET_LEVEL3 + ALIGNED, "");
    register_with("upper-below", 0xffff000000000000UL + ALIGNED, "");
    sysreg_write("TCR_EL1", tcr | 1UL << 23);
    register_with("upper-epd1", upper + SYNDROME_TARGET_PA + ALIGNED, "");
    sysreg_write("TCR_EL1", tcr);
    sysreg_write("TTBR1_EL1", ttbr | BEYOND_40);
    register_with("ttbr-size", upper + SYNDROME_TARGET_PA + ALIGNED, "");
    sysreg_write("TTBR1_EL1", NOWHERE_PA);
    register_with("ttbr-external", upper + SYNDROME_TARGET_PA + ALIGNED, "");
    sysreg_write("TTBR1_EL1", ttbr);
    __asm__ volatile("isb" ::: "memory");
    mmu_tlb_invalidate_all();
}
#else
static void upper_half_run(void) {}
#endif

/* SCTLR_ELx.WXN: the program's own code has to be read-only then. */
static void write_implies_no_execution(void)
{
    extern const char guest_data_start[];
    const uint64_t sctlr = sysreg_read(GUEST_SYSREG("SCTLR"));
    for (uint64_t i = 0; i < SYNDROME_COUNT(spare_table); i++) {
        const uint64_t pa = 0x40000000UL + i * 4096;
        spare_table[i] = pa | PAGE | (pa < (uint64_t)guest_data_start ? PAGE_READ_ONLY : 0);
    }
    mmu_level2_set(0, SPARE(0));
    mmu_page_set(TEST_PAGE, SYNDROME_TARGET_PA | PAGE);
    sysreg_write(GUEST_SYSREG("SCTLR"), sctlr | 1UL << 19);
    register_with("wxn", TARGET_LEVEL3 + ALIGNED, "");
    mmu_page_set(TEST_PAGE, SYNDROME_TARGET_PA | PAGE | PAGE_READ_ONLY);
    register_with("wxn-ro", TARGET_LEVEL3 + ALIGNED, "");
    sysreg_write(GUEST_SYSREG("SCTLR"), sctlr);
    __asm__ volatile("isb" ::: "memory");
    mmu_tlb_invalidate_all();
    mmu_level2_set(0, 0x40000000UL | BLOCK);
}

/* The code runs from a page that EL0 may execute; EL1 writes it through another. */
static void pages_prepare(void)
{
    const uint64_t user = GUEST_EL == 1 ? PAGE_EL0 | PAGE_NOT_GLOBAL : 0;
    mmu_page_set(SYNDROME_USER_PAGE, SYNDROME_CODE_VA | PAGE | PAGE_READ_ONLY | user);
#if GUEST_EL == 1
    /* UCI, DZE: maintenance at EL0 is not trapped. */
    sysreg_write("SCTLR_EL1", sysreg_read("SCTLR_EL1") | 1UL << 26 | 1UL << 14);
#else
    /* EL1's regime, for AT: the same tables. */
    sysreg_write("MAIR_EL1", sysreg_read("MAIR_EL2"));
    sysreg_write("TTBR0_EL1", sysreg_read("TTBR0_EL2"));
    sysreg_write("TTBR1_EL1", sysreg_read("TTBR0_EL2"));
    sysreg_write("TCR_EL1", 25 | 1UL << 8 | 1UL << 10 | 3UL << 12 | 25UL << 16 | 2UL << 30 | 2UL << 32);
    sysreg_write("SCTLR_EL1", 0x30d00981UL | 1UL << 2);
    sysreg_write("HCR_EL2", 1UL << 31);
#endif
    sysreg_write("PAR_EL1", 0);
    __asm__ volatile("isb" ::: "memory");
}

void guest_main(void)
{
    pages_prepare();
    mappings_run();
    crossings_run();
    alignment_checked();
    sizes_run();
    four_levels_run();
    upper_half_run();
    write_implies_no_execution();
}
