/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Random instruction words, each run alone at EL0 with random registers: what becomes of it is printed. EL0
 * may read and execute the page of the word and nothing else, so no word can do harm, and all that it does
 * ends in an exception of its own or in the SVC that stands everywhere around it. Arm ARM, chapter C4 "A64
 * Instruction Set Encoding".
 *
 * The parameter of the machine: the seed in bits [31:0], the number of words above it.
 */
#include "tests/differential/guest/guest.h"

#define CODE_PAGE   8
#define CODE_VA     (MMU_TEST_BASE + CODE_PAGE * 4096)
#define CODE_WORD   512 /* in the middle of the page, so that short branches stay inside */
#define PAGE_WORDS  1024
#define SVC_0       0xd4000001
#define WFE         0xd503205f
#define BLOCK_SIZE  0x200000UL
#define BLOCK_COUNT 512

#define SCTLR_UMA (1UL << 9)
#define SCTLR_DZE (1UL << 14)
#define SCTLR_UCT (1UL << 15)

#define EC_SHIFT             26
#define EC_INSTRUCTION_ABORT 0x20
#define EC_DATA_ABORT        0x24

static uint64_t state;
static struct trap_frame seen;
uint64_t encodings_resume;

/* Runs at EL0 from x1 with x0..x30 from x0 and SP from x0[31]; returns when guest_trap() resumes here. */
void encodings_user_run(const uint64_t *registers, uint64_t pc);
__asm__(".text\n"
        "encodings_user_run:\n\t"
        "stp x19, x20, [sp, #-96]!\n\t"
        "stp x21, x22, [sp, #16]\n\t"
        "stp x23, x24, [sp, #32]\n\t"
        "stp x25, x26, [sp, #48]\n\t"
        "stp x27, x28, [sp, #64]\n\t"
        "stp x29, x30, [sp, #80]\n\t"
        "adr x2, 1f\n\t"
        "adrp x3, encodings_resume\n\t"
        "str x2, [x3, :lo12:encodings_resume]\n\t"
        "ldr x2, [x0, #248]\n\t"
        "msr sp_el0, x2\n\t"
        "msr elr_el1, x1\n\t"
        "mov x2, #0x3c0\n\t"
        "msr spsr_el1, x2\n\t"
        "ldp x2, x3, [x0, #16]\n\t"
        "ldp x4, x5, [x0, #32]\n\t"
        "ldp x6, x7, [x0, #48]\n\t"
        "ldp x8, x9, [x0, #64]\n\t"
        "ldp x10, x11, [x0, #80]\n\t"
        "ldp x12, x13, [x0, #96]\n\t"
        "ldp x14, x15, [x0, #112]\n\t"
        "ldp x16, x17, [x0, #128]\n\t"
        "ldp x18, x19, [x0, #144]\n\t"
        "ldp x20, x21, [x0, #160]\n\t"
        "ldp x22, x23, [x0, #176]\n\t"
        "ldp x24, x25, [x0, #192]\n\t"
        "ldp x26, x27, [x0, #208]\n\t"
        "ldp x28, x29, [x0, #224]\n\t"
        "ldr x30, [x0, #240]\n\t"
        "ldp x0, x1, [x0]\n\t"
        "eret\n"
        "1:\n\t"
        "ldp x21, x22, [sp, #16]\n\t"
        "ldp x23, x24, [sp, #32]\n\t"
        "ldp x25, x26, [sp, #48]\n\t"
        "ldp x27, x28, [sp, #64]\n\t"
        "ldp x29, x30, [sp, #80]\n\t"
        "ldp x19, x20, [sp], #96\n\t"
        "ret\n");

void guest_trap(uint64_t vector, struct trap_frame *frame)
{
    seen = *frame;
    if (vector != 8) {
        console_text("a trap of this program itself, elr ");
        console_hex(frame->elr);
        console_text(" esr ");
        console_hex(frame->esr);
        console_byte('\n');
        guest_power_off();
    }
    frame->elr = encodings_resume;
    frame->spsr = 0x3c5; /* EL1h */
}

static uint64_t random_next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state * 0x2545f4914f6cdd1dUL;
}

/* The groups of the main encoding table, FP and SIMD left out; those with many small classes more often. */
static uint32_t word_random(void)
{
    const uint32_t word = (uint32_t)(random_next() >> 32);
    const uint32_t group = word & ~(15U << 25);
    switch (random_next() >> 60) {
    case 0:
        return word & ~(3U << 27); /* reserved, SME, SVE */
    case 1:
    case 2:
        return group | (uint32_t)(8 + (word >> 25 & 1)) << 25;
    case 3:
        return group | (uint32_t)(10 + (word >> 25 & 1)) << 25;
    case 4:
    case 5:
        return (word & 0x003fffff) | 0xd5000000; /* system */
    case 6:
        return (word & 0x00ffffff) | (0xd4000000 + ((word >> 24 & 1) << 25)); /* exceptions, branches */
    case 7:
    case 8:
    case 9:
        return (word & 0xc0ffffff) | 0x08000000; /* exclusive, ordered, compare and swap */
    case 10:
    case 11:
        return (word & 0xc0ffffff) | 0x38000000; /* one register, all but the unsigned offset */
    case 12:
        return (word & 0xc1ffffff) | 0x28000000; /* pairs */
    case 13:
        return group | 4U << 25 | (word & 1U << 28);
    default:
        return group | 5U << 25 | (word & 1U << 28);
    }
}

static bool branch_to_itself(uint32_t word)
{
    if ((word & 0x7c000000) == 0x14000000) {
        return (word & 0x03ffffff) == 0; /* B, BL */
    }
    if ((word & 0x7e000000) == 0x34000000 || (word & 0xff000010) == 0x54000000) {
        return (word & 0x00ffffe0) == 0; /* CBZ, CBNZ, B.cond */
    }
    return (word & 0x7e000000) == 0x36000000 && (word & 0x0007ffe0) == 0; /* TBZ, TBNZ */
}

/* Waits for ever; or WFE, which QEMU 7.2 does not trap; or the debug communication channel. */
static bool word_is_left_out(uint32_t word)
{
    return branch_to_itself(word) || word == WFE || (word & 0xffdffec0) == 0xd5130400;
}

/* Addresses of several kinds, and any numbers. */
static uint64_t register_random(void)
{
    const uint64_t value = random_next();
    switch (value >> 61) {
    case 0:
        return 0x80000000UL + (value & 0xfff8);
    case 1:
        return CODE_VA + (value & 0xff8);
    case 2:
        return CODE_VA + (value & 0xfff);
    case 3:
        return 0x40000000UL + (value & 0xfffff0);
    case 4:
        return value & 0xff;
    case 5:
        return -(value & 0xffff);
    case 6:
        return value & 0x7fffffffffUL;
    default:
        return value;
    }
}

static void show(const char *name, uint64_t value)
{
    console_text(name);
    console_hex(value);
}

static void word_run(uint32_t word)
{
    static uint64_t registers[32];
    volatile uint32_t *code = (volatile uint32_t *)(MMU_TEST_BASE + (CODE_PAGE + 1) * 4096);
    for (uint32_t i = 0; i < 32; i++) {
        registers[i] = register_random();
    }
    code[CODE_WORD] = word;
    __asm__ volatile("dc cvau, %0\n\tdsb ish\n\tic ivau, %1\n\tdsb ish\n\tisb" ::"r"(&code[CODE_WORD]),
                     "r"(CODE_VA + CODE_WORD * 4)
                     : "memory");
    encodings_user_run(registers, CODE_VA + CODE_WORD * 4);
    const uint64_t class = seen.esr >> EC_SHIFT;
    show("", word);
    show(" esr ", seen.esr);
    show(" elr ", seen.elr);
    if (class == EC_DATA_ABORT || class == EC_INSTRUCTION_ABORT) {
        show(" far ", seen.far);
    }
    console_byte('\n');
}

/* EL0 may execute and read one page, which EL1 writes through its neighbour. */
static void memory_prepare(void)
{
    const uint64_t alias = MMU_TEST_BASE + (CODE_PAGE + 1) * 4096;
    for (uint32_t i = 0; i < BLOCK_COUNT; i++) {
        const uint64_t pa = 0x40000000UL + i * BLOCK_SIZE;
        if (pa != MMU_TEST_BASE) {
            mmu_level2_set(i, pa | (PAGE_DEFAULT & ~2UL) | PAGE_XN);
        }
    }
    for (uint32_t i = 0; i < MMU_TEST_PAGES; i++) {
        mmu_page_write(i, (MMU_TEST_BASE + i * 4096) | PAGE_DEFAULT | PAGE_XN);
    }
    mmu_page_set(CODE_PAGE, alias | PAGE_DEFAULT | PAGE_EL0 | PAGE_READ_ONLY);
    for (uint32_t i = 0; i < PAGE_WORDS; i++) {
        ((volatile uint32_t *)alias)[i] = SVC_0;
    }
    mmu_tlb_invalidate_all();
}

void guest_main(void)
{
    const uint64_t parameter = *(volatile uint64_t *)GUEST_PARAMETER_ADDRESS;
    const uint64_t count = parameter >> 32;
    state = (parameter & 0xffffffff) + 0x9e3779b97f4a7c15UL;
    memory_prepare();
    for (uint64_t i = 0; i < count; i++) {
        const uint64_t sctlr = sysreg_read("SCTLR_EL1") & ~(SCTLR_UMA | SCTLR_DZE | SCTLR_UCT);
        const uint64_t allowed = i % 2 == 0 ? 0 : SCTLR_UMA | SCTLR_DZE | SCTLR_UCT;
        uint32_t word = word_random();
        while (word_is_left_out(word)) {
            word = word_random();
        }
        sysreg_write("SCTLR_EL1", sctlr | allowed);
        __asm__ volatile("isb" ::: "memory");
        word_run(word);
    }
}
