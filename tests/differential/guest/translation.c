/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Address translation while it changes: pages remapped with TLB maintenance, tables replaced by blocks,
 * aliases, tagged addresses, at EL1 both halves of the address space and ASIDs. Arm ARM, chapter D8.
 */
#include "tests/differential/guest/probe.h"

#define PAGE_A            16
#define PAGES             8
#define VA(page)          (MMU_TEST_BASE + (uint64_t)(page)*4096)
#define TEST_LEVEL2_INDEX 3

static void pages_number(void)
{
    for (uint32_t i = 0; i < PAGES; i++) {
        volatile uint64_t *page = (volatile uint64_t *)VA(PAGE_A + i);
        for (uint32_t j = 0; j < 512; j += 37) {
            page[j] = i * 1000 + j;
        }
        page[511] = ~(uint64_t)i;
    }
}

static uint64_t pages_sum(void)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < PAGES; i++) {
        const volatile uint64_t *page = (const volatile uint64_t *)VA(PAGE_A + i);
        sum = sum * 31 + page[0] + page[37] + page[511];
    }
    return sum;
}

/* Virtual neighbours that are no physical neighbours: an access across the border is two. */
static void remap(void)
{
    for (uint32_t round = 0; round < PAGES; round++) {
        for (uint32_t i = 0; i < PAGES; i++) {
            mmu_page_set(PAGE_A + i, VA(PAGE_A + (i * 3 + round) % PAGES) | PAGE_DEFAULT);
        }
        probe_show("sum", pages_sum());
        uint64_t across;
        __asm__ volatile("ldur %0, [%1, #-3]\n\tstr %0, [%1, #-5]\n\tldr %0, [%1, #-5]"
                         : "=&r"(across)
                         : "r"(VA(PAGE_A + 1))
                         : "memory");
        probe_show("across", across);
    }
    /* Into a hole: the second half faults, and nothing is loaded. */
    mmu_page_set(PAGE_A + 1, 0);
    probe_show("hole", probe_load(VA(PAGE_A + 1) - 3));
    mmu_page_set(PAGE_A + 1, VA(PAGE_A + 1) | PAGE_DEFAULT);
}

static void attributes(void)
{
    for (uint32_t attr = 0; attr < 4; attr++) {
        mmu_page_set(PAGE_A, VA(PAGE_A) | PAGE_DEFAULT | PAGE_ATTR(attr) | PAGE_XN);
        probe_show("stored", probe_store(VA(PAGE_A) + 0x100, 0x1111111111111111UL * attr));
        probe_show("loaded", probe_load(VA(PAGE_A) + 0x100));
    }
    mmu_page_set(PAGE_A, VA(PAGE_A) | PAGE_DEFAULT);
}

static void block_for_table(void)
{
    mmu_level2_set(TEST_LEVEL2_INDEX, MMU_TEST_BASE | (PAGE_DEFAULT & ~2UL));
    const uint64_t sum = pages_sum();
    probe_show("as a block", sum);
    mmu_level2_set(TEST_LEVEL2_INDEX, (MMU_TEST_BASE + 0x200000) | (PAGE_DEFAULT & ~2UL));
    probe_show("another block", pages_sum());
    mmu_level2_set(TEST_LEVEL2_INDEX, 0);
    probe_show("nothing", probe_load(VA(PAGE_A)));
    mmu_level2_set(TEST_LEVEL2_INDEX, MMU_TEST_BASE | (PAGE_DEFAULT & ~2UL));
    probe_show("again", sum == pages_sum());
    /* A 1 GiB block that maps 0x80000000 to RAM. */
    mmu_level1_set(2, 0x40000000UL | (PAGE_DEFAULT & ~2UL));
    probe_show("1 GiB", *(volatile uint64_t *)(0x80000000UL + (VA(PAGE_A + 1) - 0x40000000UL)));
    mmu_level1_set(2, 0);
    probe_show("gone", probe_load(0x80000000UL));
}

static void tagged_addresses(void)
{
    const uint64_t tcr = sysreg_read(GUEST_SYSREG("TCR"));
    const uint64_t ignore = GUEST_EL == 2 ? 1UL << 20 : 1UL << 37;
    probe_show("tag checked", probe_load(VA(PAGE_A) | 0xa5UL << 56));
    sysreg_write(GUEST_SYSREG("TCR"), tcr | ignore);
    mmu_tlb_invalidate_all();
    probe_show("tag ignored", probe_load(VA(PAGE_A) | 0xa5UL << 56));
    probe_store(VA(PAGE_A) | 0x5aUL << 56, 0x77);
    probe_show("tag in far", probe_load(0x0000000080000000UL | 0x5aUL << 56));
    sysreg_write(GUEST_SYSREG("TCR"), tcr);
    mmu_tlb_invalidate_all();
}

#if GUEST_EL == 1
static void upper_half(void)
{
    const uint64_t upper = 0xffffff8000000000UL;
    *(volatile uint64_t *)(upper | VA(PAGE_A)) = 0xabcdef;
    probe_show("alias", *(volatile uint64_t *)VA(PAGE_A));
    probe_show("hole", probe_load(upper | 0x80000018UL));
    probe_show("below", probe_load(0xffffff0040000000UL));
    sysreg_write("TCR_EL1", sysreg_read("TCR_EL1") | 1UL << 23); /* EPD1 */
    mmu_tlb_invalidate_all();
    probe_show("epd1", probe_load(upper | VA(PAGE_A)));
    sysreg_write("TCR_EL1", sysreg_read("TCR_EL1") & ~(1UL << 23));
    mmu_tlb_invalidate_all();
}

static void address_spaces(void)
{
    const uint64_t ttbr = sysreg_read("TTBR0_EL1");
    for (uint64_t asid = 1; asid < 4; asid++) {
        sysreg_write("TTBR0_EL1", ttbr | asid << 48);
        __asm__ volatile("isb" ::: "memory");
        mmu_page_set(PAGE_A, VA(PAGE_A + asid) | PAGE_DEFAULT | PAGE_NOT_GLOBAL);
        probe_show("asid", *(volatile uint64_t *)VA(PAGE_A));
        __asm__ volatile("dsb ish\n\ttlbi aside1is, %0\n\tdsb ish\n\tisb" ::"r"(asid << 48) : "memory");
    }
    sysreg_write("TTBR0_EL1", ttbr);
    __asm__ volatile("isb" ::: "memory");
    mmu_page_set(PAGE_A, VA(PAGE_A) | PAGE_DEFAULT);
}
#endif

/* The whole regime off and on again; the program runs identity-mapped. */
static void off_and_on(void)
{
    const uint64_t sctlr = sysreg_read(GUEST_SYSREG("SCTLR"));
    sysreg_write(GUEST_SYSREG("SCTLR"), sctlr & ~1UL);
    __asm__ volatile("isb" ::: "memory");
    const uint64_t seen = *(volatile uint64_t *)VA(PAGE_A);
    sysreg_write(GUEST_SYSREG("SCTLR"), sctlr);
    __asm__ volatile("isb" ::: "memory");
    mmu_tlb_invalidate_all();
    probe_show("mmu off", seen);
}

void guest_main(void)
{
    pages_number();
    probe_show("sum", pages_sum());
    remap();
    attributes();
    block_for_table();
    tagged_addresses();
#if GUEST_EL == 1
    upper_half();
    address_spaces();
#endif
    off_and_on();
    probe_show("traps", probe_traps);
}
