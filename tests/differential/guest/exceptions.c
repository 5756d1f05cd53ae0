/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Synchronous exceptions of every class that both QEMU and our core have, from both stack pointers and, at
 * EL1, from EL0; from EL2 also a visit to EL1. Arm ARM, chapter D1 "The AArch64 System Level Programmers'
 * Model".
 */
#include "tests/differential/guest/probe.h"

#define UNMAPPED_LEVEL1 0x80000000UL
#define UNMAPPED_LEVEL2 0x00001000UL
#define OUTSIDE         0x0100000000000000UL
#define TEST_PAGE       8
#define TEST_VA         (MMU_TEST_BASE + TEST_PAGE * 4096)
#define SCTLR_A         (1UL << 1)

static void exceptions_from_instructions(void)
{
    __asm__ volatile("svc #0x1234\n\t"
                     "brk #0x77\n\t"
                     ".inst 0x00000000\n\t" /* UDF #0 */
                     ".inst 0x0000ffff\n\t"
                     ".inst 0xd5300000\n\t" /* MRS of an unallocated register */
                     ".inst 0xd51e1100\n\t" /* MSR SCR_EL3, x0 */
                     ".inst 0xd5180000\n\t" /* MSR MIDR_EL1, x0: read-only */
                     ".inst 0xd69f07e0\n\t" /* ERET with another op4 */
                     ::
                         : "memory");
#if GUEST_EL == 2
    __asm__ volatile("hvc #0x42" ::: "memory");
#endif
}

static void data_aborts(void)
{
    probe_show("level 1", probe_load(UNMAPPED_LEVEL1 + 0x18));
    probe_show("level 2", probe_load(UNMAPPED_LEVEL2 + 0x18));
    probe_show("level 0", probe_load(OUTSIDE + 0x18));
    probe_show("level 1", probe_store(UNMAPPED_LEVEL1 + 0x18, 5));
    mmu_page_set(TEST_PAGE, 0);
    probe_show("level 3", probe_load(TEST_VA + 0x40));
    probe_show("level 3", probe_store(TEST_VA + 0x40, 6));
    mmu_page_set(TEST_PAGE, TEST_VA | PAGE_DEFAULT | PAGE_READ_ONLY);
    probe_show("read only", probe_store(TEST_VA + 0x40, 7));
    probe_show("read only", probe_load(TEST_VA + 0x40));
    mmu_page_set(TEST_PAGE, TEST_VA | (PAGE_DEFAULT & ~PAGE_ACCESSED));
    probe_show("access flag", probe_load(TEST_VA + 0x40));
    mmu_page_set(TEST_PAGE, TEST_VA | PAGE_DEFAULT);
    probe_show("mapped", probe_store(TEST_VA + 0x40, 8));
    probe_show("mapped", probe_load(TEST_VA + 0x40));
    /* DC ZVA is a write like any other. */
    __asm__ volatile("dc zva, %0" ::"r"(UNMAPPED_LEVEL1 + 0x80) : "memory");
}

static void instruction_aborts(void)
{
    probe_call(UNMAPPED_LEVEL1 + 0x100);
    probe_call(UNMAPPED_LEVEL2 + 0x100);
    probe_call(OUTSIDE + 0x100);
    mmu_page_set(TEST_PAGE, TEST_VA | PAGE_DEFAULT | PAGE_XN | (GUEST_EL == 1 ? PAGE_PXN : 0));
    probe_call(TEST_VA + 0x200);
    mmu_page_set(TEST_PAGE, TEST_VA | PAGE_DEFAULT);
    *(volatile uint32_t *)(TEST_VA + 0x200) = 0xd65f03c0; /* RET */
    __asm__ volatile("dc cvau, %0\n\tdsb ish\n\tic ivau, %0\n\tdsb ish\n\tisb" ::"r"(TEST_VA + 0x200)
                     : "memory");
    probe_call(TEST_VA + 0x200);
    probe_call(TEST_VA + 0x202);
}

static void alignment_faults(void)
{
    uint64_t x = 0;
    __asm__ volatile("ldxr %0, [%1]\n\t"
                     "ldar %w0, [%1]\n\t"
                     "stlr %w0, [%1]\n\t"
                     "ldaxp %0, xzr, [%2]\n\t"
                     "clrex\n\t"
                     : "+r"(x)
                     : "r"(TEST_VA + 1), "r"(TEST_VA + 8)
                     : "memory");
    const uint64_t sctlr = sysreg_read(GUEST_SYSREG("SCTLR"));
    sysreg_write(GUEST_SYSREG("SCTLR"), sctlr | SCTLR_A);
    __asm__ volatile("isb" ::: "memory");
    probe_show("checked", probe_load(TEST_VA + 0x21));
    probe_show("checked", probe_store(TEST_VA + 0x21, 9));
    sysreg_write(GUEST_SYSREG("SCTLR"), sctlr);
    __asm__ volatile("isb" ::: "memory");
    probe_show("unchecked", probe_load(TEST_VA + 0x21));
}

/* With SPSel 0 the exception uses vectors 0..3 and the other stack. */
static void exception_from_sp0(void)
{
    uint64_t seen = 0;
    __asm__ volatile("mov x9, sp\n\t"
                     "sub x9, x9, #4096\n\t"
                     "msr spsel, #0\n\t"
                     "mov sp, x9\n\t"
                     "svc #2\n\t"
                     "ldr xzr, [%1]\n\t"
                     "mov %0, sp\n\t"
                     "sub %0, %0, x9\n\t"
                     "msr spsel, #1\n\t"
                     : "=&r"(seen)
                     : "r"(UNMAPPED_LEVEL2 + 8)
                     : "x9", "memory");
    probe_show("sp0 moved by", seen);
}

static void illegal_return(void)
{
    __asm__ volatile("adr x9, 1f\n\t"
                     "mov x10, #0x3cd\n\t" /* EL3h: never legal here */
#if GUEST_EL == 2
                     "msr elr_el2, x9\n\tmsr spsr_el2, x10\n\t"
#else
                     "msr elr_el1, x9\n\tmsr spsr_el1, x10\n\t"
#endif
                     "eret\n\t"
                     "udf #1\n\t"
                     "1: nop\n\t" ::
                         : "x9", "x10", "memory");
}

#if GUEST_EL == 1
/* Each is run at EL0 and ends in a trap; the last is the SVC behind all that did not trap. */
static const uint32_t user_instructions[] = {
    0xd4000ba1, /* SVC #0x5d */
    0xd5381000, /* MRS x0, SCTLR_EL1 */
    0xd53b0020, /* MRS x0, CTR_EL0: trapped while SCTLR_EL1.UCT is 0 */
    0xd503407f, /* MSR (immediate) of a field that does not exist */
    0xd50b7420, /* DC ZVA, x0: trapped while SCTLR_EL1.DZE is 0 */
    0xd50b7e20, /* DC CIVAC, x0: trapped while SCTLR_EL1.UCI is 0 */
    0xd53b4220, /* MRS x0, DAIF: trapped while SCTLR_EL1.UMA is 0 (QEMU 7.2 swaps op1 and op2 of DAIFSet in
                   ESR) */
    0xf9400000, /* LDR x0, [x0]: a page of EL1 */
    0xf9000000, /* STR x0, [x0] */
    0xd4000002, /* HVC: UNDEFINED at EL0 */
    0xd4000003, /* SMC: UNDEFINED at EL0 */
    0xd69f03e0, /* ERET: UNDEFINED at EL0 */
    0xd503207f, /* WFI: trapped while SCTLR_EL1.nTWI is 0 */
};

static void user_run(uint64_t pc, uint64_t x0)
{
    __asm__ volatile("adr x9, 1f\n\t"
                     "str x9, [%[resume]]\n\t"
                     "mov x10, #0x3c0\n\t"
                     "msr elr_el1, %[pc]\n\t"
                     "msr spsr_el1, x10\n\t"
                     "mov x0, %[x0]\n\t"
                     "eret\n\t"
                     "1:\n\t" ::[resume] "r"(&probe_resume),
                     [pc] "r"(pc), [x0] "r"(x0)
                     : "x0", "x9", "x10", "memory");
}

static void exceptions_from_user(void)
{
    const uint32_t count = sizeof(user_instructions) / sizeof(user_instructions[0]);
    volatile uint32_t *code = (volatile uint32_t *)(MMU_TEST_BASE + (TEST_PAGE + 1) * 4096);
    mmu_page_set(TEST_PAGE, (uint64_t)code | PAGE_DEFAULT | PAGE_EL0 | PAGE_READ_ONLY | PAGE_NOT_GLOBAL);
    for (uint32_t i = 0; i < count; i++) {
        code[0] = user_instructions[i];
        code[1] = 0xd4000001; /* SVC #0 */
        __asm__ volatile("dc cvau, %0\n\tdsb ish\n\tic ivau, %1\n\tdsb ish\n\tisb" ::"r"(code), "r"(TEST_VA)
                         : "memory");
        user_run(TEST_VA, MMU_TEST_BASE + 0x5000);
    }
    user_run(MMU_TEST_BASE + 0x5000, 0); /* zeros, which EL0 may execute and not read */
    user_run(UNMAPPED_LEVEL1, 0);
}
#else
/* EL1 with its MMU off, and back by HVC: the registers of both levels are apart. */
static void visit_el1(void)
{
    sysreg_write("HCR_EL2", 1UL << 31);
    sysreg_write("SCTLR_EL1", 0x30d00980);
    sysreg_write("SP_EL1", 0x40700000);
    __asm__ volatile("adr x9, 2f\n\t"
                     "str x9, [%[resume]]\n\t"
                     "adr x9, 1f\n\t"
                     "mov x10, #0x3c5\n\t"
                     "msr elr_el2, x9\n\t"
                     "msr spsr_el2, x10\n\t"
                     "eret\n\t"
                     "1: mrs x9, currentel\n\t"
                     "mov x10, sp\n\t"
                     "mov x11, #0x1230\n\t"
                     "msr tpidr_el1, x11\n\t"
                     "mrs x12, tpidr_el1\n\t"
                     "mrs x13, sctlr_el1\n\t"
                     "hvc #3\n\t"
                     "2:\n\t" ::[resume] "r"(&probe_resume)
                     : "x9", "x10", "x11", "x12", "x13", "memory");
    sysreg_write("HCR_EL2", 0);
    probe_show("tpidr_el1", sysreg_read("TPIDR_EL1"));
}
#endif

static void state_registers(void)
{
    probe_show("currentel", sysreg_read("CurrentEL"));
    probe_show("daif", sysreg_read("DAIF"));
    probe_show("spsel", sysreg_read("SPSel"));
    __asm__ volatile("msr daifclr, #3\n\tmsr daifset, #1" ::: "memory");
    probe_show("daif", sysreg_read("DAIF"));
    __asm__ volatile("msr daifset, #15" ::: "memory");
    probe_show("midr", sysreg_read("MIDR_EL1"));
    probe_show("mpidr", sysreg_read("MPIDR_EL1"));
    probe_show("ctr", sysreg_read("CTR_EL0"));
    probe_show("dczid", sysreg_read("DCZID_EL0"));
    probe_show("clidr", sysreg_read("CLIDR_EL1"));
    for (uint64_t level = 0; level < 3; level++) {
        sysreg_write("CSSELR_EL1", level);
        __asm__ volatile("isb" ::: "memory");
        probe_show("ccsidr", sysreg_read("CCSIDR_EL1"));
    }
    sysreg_write("TPIDR_EL0", 0x123456789abcdefUL);
    sysreg_write("TPIDRRO_EL0", 0xfedcba987654321UL);
    sysreg_write("TPIDR_EL1", ~0UL);
    probe_show("tpidr", sysreg_read("TPIDR_EL0") + sysreg_read("TPIDRRO_EL0") + sysreg_read("TPIDR_EL1"));
    probe_show("tcr", sysreg_read(GUEST_SYSREG("TCR")));
    probe_show("mair", sysreg_read(GUEST_SYSREG("MAIR")));
    probe_show("sctlr", sysreg_read(GUEST_SYSREG("SCTLR")));
    probe_show("vbar", sysreg_read(GUEST_SYSREG("VBAR")));
}

void guest_main(void)
{
    state_registers();
    exceptions_from_instructions();
    data_aborts();
    instruction_aborts();
    alignment_faults();
    exception_from_sp0();
    illegal_return();
#if GUEST_EL == 1
    exceptions_from_user();
#else
    visit_el1();
#endif
    probe_show("traps", probe_traps);
}
