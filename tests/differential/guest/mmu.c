/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One translation regime: 39-bit addresses (T0SZ 25), 4 KiB granule. Arm ARM, chapter D8 "The AArch64 Virtual
 * Memory System Architecture". At EL1 TTBR1 uses the same tables, so the top of the address space is an
 * alias.
 */
#include "tests/differential/guest/guest.h"

#define TABLE_ENTRIES    512
#define BLOCK_SIZE       0x200000UL
#define DESCRIPTOR_BLOCK 1UL
#define DESCRIPTOR_TABLE 3UL

/* MAIR: write-back, Device-nGnRE, Normal non-cacheable, write-through; the order of MMU_ATTR_*. */
#define MAIR 0xbb4404ffUL

static uint64_t level1[TABLE_ENTRIES] __attribute__((aligned(4096)));
static uint64_t level2_devices[TABLE_ENTRIES] __attribute__((aligned(4096)));
static uint64_t level2_ram[TABLE_ENTRIES] __attribute__((aligned(4096)));
static uint64_t level3_test[TABLE_ENTRIES] __attribute__((aligned(4096)));

static void tables_fill(void)
{
    const uint64_t block = (PAGE_DEFAULT & ~PAGE_VALID) | DESCRIPTOR_BLOCK;
    level1[0] = (uint64_t)level2_devices | DESCRIPTOR_TABLE;
    level1[1] = (uint64_t)level2_ram | DESCRIPTOR_TABLE;
    level2_devices[0x09000000UL / BLOCK_SIZE] = (0x09000000UL & ~(BLOCK_SIZE - 1)) | block |
                                                PAGE_ATTR(MMU_ATTR_DEVICE) | PAGE_XN |
                                                (GUEST_EL == 1 ? PAGE_PXN : 0);
    for (uint64_t i = 0; i < TABLE_ENTRIES; i++) {
        level2_ram[i] = (0x40000000UL + i * BLOCK_SIZE) | block;
        level3_test[i] = (MMU_TEST_BASE + i * 4096) | PAGE_DEFAULT;
    }
    level2_ram[(MMU_TEST_BASE - 0x40000000UL) / BLOCK_SIZE] = (uint64_t)level3_test | DESCRIPTOR_TABLE;
}

void mmu_enable(void)
{
    /* Size, inner and outer write-back walks, inner shareable. */
    const uint64_t half = 25 | (1UL << 8) | (1UL << 10) | (3UL << 12);
    tables_fill();
    sysreg_write(GUEST_SYSREG("MAIR"), MAIR);
    sysreg_write(GUEST_SYSREG("TTBR0"), (uint64_t)level1);
#if GUEST_EL == 2
    sysreg_write("TCR_EL2", half | (2UL << 16) | (1UL << 23) | (1UL << 31));
#else
    sysreg_write("TTBR1_EL1", (uint64_t)level1);
    sysreg_write("TCR_EL1", half | (half << 16) | (2UL << 30) | (2UL << 32));
#endif
    mmu_tlb_invalidate_all();
    sysreg_write(GUEST_SYSREG("SCTLR"),
                 sysreg_read(GUEST_SYSREG("SCTLR")) | (1UL << 0) | (1UL << 2) | (1UL << 12));
    __asm__ volatile("isb" ::: "memory");
}

void mmu_tlb_invalidate_all(void)
{
    __asm__ volatile("dsb ishst" ::: "memory");
#if GUEST_EL == 2
    __asm__ volatile("tlbi alle2" ::: "memory");
#else
    __asm__ volatile("tlbi vmalle1" ::: "memory");
#endif
    __asm__ volatile("dsb ish\n\tisb" ::: "memory");
}

void mmu_page_write(uint32_t index, uint64_t descriptor)
{
    *(volatile uint64_t *)&level3_test[index] = descriptor;
}

void mmu_page_set(uint32_t index, uint64_t descriptor)
{
    const uint64_t operand = (MMU_TEST_BASE + index * 4096UL) >> 12;
    mmu_page_write(index, descriptor);
    __asm__ volatile("dsb ishst" ::: "memory");
#if GUEST_EL == 2
    __asm__ volatile("tlbi vae2is, %0" ::"r"(operand) : "memory");
#else
    __asm__ volatile("tlbi vaae1is, %0" ::"r"(operand) : "memory");
#endif
    __asm__ volatile("dsb ish\n\tisb" ::: "memory");
}

void mmu_level1_set(uint32_t index, uint64_t descriptor)
{
    *(volatile uint64_t *)&level1[index] = descriptor;
    mmu_tlb_invalidate_all();
}

void mmu_level2_set(uint32_t index, uint64_t descriptor)
{
    *(volatile uint64_t *)&level2_ram[index] = descriptor;
    mmu_tlb_invalidate_all();
}
