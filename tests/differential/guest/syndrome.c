/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The runner of the programs that print syndromes. Whatever traps goes on at x30, at the guest's level. Arm
 * ARM, chapter D1 "The AArch64 System Level Programmers' Model".
 */
#include "tests/differential/guest/syndrome.h"

#define RET      0xd65f03c0U
#define SVC_0    0xd4000001U
#define EC_SHIFT 26
#define EC_SVC64 0x15
/* Where fetches from the target end: at the offsets that the accesses use. */
#define TARGET_FIRST 0x0e0
#define TARGET_LAST  0x140

struct outcome {
    bool trapped;
    uint64_t vector, esr, far, elr, spsr;
    uint64_t x[4];
};

static struct outcome outcome;
static const char *section;

void syndrome_section(const char *name)
{
    section = name;
}

void guest_trap(uint64_t vector, struct trap_frame *frame)
{
    const bool expected = frame->esr >> EC_SHIFT == EC_SVC64 && (frame->esr & 0xffff) == 0;
    if (!expected && !outcome.trapped) {
        outcome.trapped = true;
        outcome.vector = vector;
        outcome.esr = sysreg_read(GUEST_SYSREG("ESR"));
        outcome.far = frame->far;
        outcome.elr = frame->elr;
        outcome.spsr = frame->spsr;
    }
    for (uint32_t i = 0; i < SYNDROME_COUNT(outcome.x); i++) {
        outcome.x[i] = frame->x[i];
    }
    frame->elr = frame->x[30];
    frame->spsr = SYNDROME_SPSR_HERE;
}

static void number_show(const char *name, uint64_t value)
{
    console_text(name);
    console_hex(value);
}

static void outcome_show(const char *name, const char *variant)
{
    console_text(section);
    console_byte(' ');
    console_text(name);
    console_text(variant);
    if (outcome.trapped) {
        number_show(" esr ", outcome.esr);
        number_show(" far ", outcome.far);
        number_show(" elr ", outcome.elr);
        number_show(" spsr ", outcome.spsr);
        number_show(" vector ", outcome.vector);
    }
    console_text(" x");
    for (uint32_t i = 0; i < SYNDROME_COUNT(outcome.x); i++) {
        number_show(" ", outcome.x[i]);
    }
    console_byte('\n');
}

static void code_put(const struct syndrome_code *code, uint32_t last)
{
    volatile uint32_t *words = (volatile uint32_t *)SYNDROME_CODE_VA;
    volatile uint32_t *target = (volatile uint32_t *)SYNDROME_TARGET_PA;
    words[0] = code->words[0];
    words[1] = code->words[1];
    words[2] = last;
    for (uint32_t offset = TARGET_FIRST; offset < TARGET_LAST; offset += 4) {
        target[offset / 4] = last;
    }
    __asm__ volatile("dc cvau, %0\n\tdc cvau, %1\n\tdsb ish\n\tic iallu\n\tdsb ish\n\tisb"
                     :
                     : "r"(words), "r"(&target[TARGET_FIRST / 4])
                     : "memory");
    outcome = (struct outcome){0};
}

/* x0..x3 from and to outcome.x; the instruction that leaves is the caller's. */
#define RUN(leave, ...)                                                                                      \
    do {                                                                                                     \
        register uint64_t x0 __asm__("x0") = outcome.x[0];                                                   \
        register uint64_t x1 __asm__("x1") = outcome.x[1];                                                   \
        register uint64_t x2 __asm__("x2") = outcome.x[2];                                                   \
        register uint64_t x3 __asm__("x3") = outcome.x[3];                                                   \
        __asm__ volatile(leave                                                                               \
                         : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)                                            \
                         : __VA_ARGS__                                                                       \
                         : "x9", "x30", "cc", "memory");                                                     \
        outcome.x[0] = x0;                                                                                   \
        outcome.x[1] = x1;                                                                                   \
        outcome.x[2] = x2;                                                                                   \
        outcome.x[3] = x3;                                                                                   \
    } while (0)

static void registers_set(uint64_t va)
{
    outcome.x[0] = va;
    outcome.x[1] = 0x1111111111111111UL;
    outcome.x[2] = 0x2222222222222222UL;
    outcome.x[3] = 0x3333333333333333UL;
}

void syndrome_run(const struct syndrome_code *code, const char *variant, uint64_t va)
{
    code_put(code, RET);
    registers_set(va);
    RUN("blr %[pc]", [pc] "r"(SYNDROME_USER_VA));
    outcome_show(code->name, variant);
}

static void leave_by_eret(uint64_t pc, uint64_t spsr)
{
    sysreg_write(GUEST_SYSREG("ELR"), pc);
    sysreg_write(GUEST_SYSREG("SPSR"), spsr);
    RUN("adr x30, 1f\n\teret\n1:", "r"(0));
}

void syndrome_run_user(const struct syndrome_code *code, const char *variant, uint64_t va)
{
    code_put(code, SVC_0);
    registers_set(va);
    leave_by_eret(SYNDROME_USER_VA, SYNDROME_SPSR_USER);
    outcome_show(code->name, variant);
}

void syndrome_return(const char *name, const char *variant, uint64_t va, uint64_t spsr)
{
    const struct syndrome_code nothing = {name, {SVC_0, SVC_0}};
    code_put(&nothing, SVC_0);
    registers_set(va);
    leave_by_eret(va, spsr);
    outcome_show(name, variant);
}
