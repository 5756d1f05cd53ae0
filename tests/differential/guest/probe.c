/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The trap handler of the lockstep programs. Syndromes follow the Arm ARM, "ESR_ELx, Exception Syndrome
 * Register".
 */
#include "tests/differential/guest/probe.h"

#define EC_SHIFT         26
#define EC_ILLEGAL_STATE 0x0e
#define EC_SVC64         0x15
#define EC_HVC64         0x16
#define SPSR_IL          (1UL << 20)
/* This level with its own stack pointer, DAIF masked. */
#define SPSR_HERE (GUEST_EL == 2 ? 0x3c9UL : 0x3c5UL)

uint64_t probe_resume;
uint64_t probe_traps;

static bool quiet(void)
{
    return *(volatile uint64_t *)GUEST_PARAMETER_ADDRESS == PROBE_QUIET;
}

void probe_show(const char *name, uint64_t value)
{
    if (quiet()) {
        return;
    }
    console_text(name);
    console_byte(' ');
    console_hex(value);
    console_byte('\n');
}

static void trap_show(uint64_t vector, const struct trap_frame *frame)
{
    if (quiet()) {
        return;
    }
    console_text("trap ");
    console_decimal(vector);
    console_text(" esr ");
    console_hex(frame->esr);
    console_text(" far ");
    console_hex(frame->far);
    console_text(" elr ");
    console_hex(frame->elr);
    console_text(" spsr ");
    console_hex(frame->spsr);
    console_byte('\n');
}

void guest_trap(uint64_t vector, struct trap_frame *frame)
{
    const uint64_t class = frame->esr >> EC_SHIFT;
    probe_traps++;
    trap_show(vector, frame);
    if (probe_resume != 0) {
        frame->elr = probe_resume;
        frame->spsr = SPSR_HERE;
        probe_resume = 0;
    } else if (class == EC_ILLEGAL_STATE) {
        frame->spsr &= ~SPSR_IL;
    } else if (class != EC_SVC64 && class != EC_HVC64) {
        frame->elr += 4;
    }
}

uint64_t probe_load(uint64_t va)
{
    uint64_t byte = 1, half = 2, word = 3, pair0 = 4, pair1 = 5, indexed = 6, sign = 7;
    uint64_t post = va, pre = va;
    __asm__ volatile(
        "ldrb %w[byte], [%[va]]\n\t"
        "ldrsh %w[half], [%[va]]\n\t"
        "ldrsw %[sign], [%[va]]\n\t"
        "ldr %w[word], [%[va]]\n\t"
        "ldp %[pair0], %[pair1], [%[va]]\n\t"
        "ldr %[indexed], [%[post]], #8\n\t"
        "ldp xzr, %[half], [%[pre], #-16]!\n\t"
        : [byte] "+r"(byte), [half] "+r"(half), [word] "+r"(word), [pair0] "+r"(pair0), [pair1] "+r"(pair1),
          [indexed] "+r"(indexed), [sign] "+r"(sign), [post] "+r"(post), [pre] "+r"(pre)
        : [va] "r"(va)
        : "memory");
    return byte + half + word + sign + pair0 + pair1 + indexed + post + 3 * pre;
}

uint64_t probe_store(uint64_t va, uint64_t value)
{
    uint64_t post = va, pre = va;
    __asm__ volatile("strb %w[value], [%[va]]\n\t"
                     "strh %w[value], [%[va], #2]\n\t"
                     "str %[value], [%[va]]\n\t"
                     "str %[value], [%[post]], #8\n\t"
                     "stp %[value], xzr, [%[pre], #16]!\n\t"
                     : [post] "+r"(post), [pre] "+r"(pre)
                     : [va] "r"(va), [value] "r"(value)
                     : "memory");
    return post + 3 * pre;
}

void probe_call(uint64_t va)
{
    __asm__ volatile("adr x9, 1f\n\t"
                     "str x9, [%[resume]]\n\t"
                     "blr %[va]\n\t"
                     "str xzr, [%[resume]]\n\t"
                     "1:\n\t"
                     :
                     : [va] "r"(va), [resume] "r"(&probe_resume)
                     : "x0", "x1", "x2", "x9", "x30", "cc", "memory");
}
