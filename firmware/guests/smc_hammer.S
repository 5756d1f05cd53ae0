/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A guest that hammers the secure monitor for ever with random registers (xorshift64, a fixed seed). Three calls of
 * four have a function identifier of FF-A's range, 32 or 64 bits; in half of all calls the arguments are small, so
 * that they get past the first checks. It never asks for power-off: the limit on instructions ends it.
 */
    .arch armv8-a

    .equ    SEED, 0x9e3779b97f4a7c15

/* \to = next random word; x19 is the state. */
    .macro  random to
    eor     x19, x19, x19, lsl #13
    eor     x19, x19, x19, lsr #7
    eor     x19, x19, x19, lsl #17
    mov     \to, x19
    .endm

    .section .text, "ax"
    .global _start
    .type   _start, %function
_start:
    ldr     x19, =SEED
hammer:
    .irp    n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17
    random  x\n
    .endr
    random  x20
    tbz     x20, #2, full_words
    .irp    n, 1, 2, 3, 4, 5, 6, 7
    and     x\n, x\n, #0xffff
    .endr
full_words:
    random  x0
    tst     x20, #3
    b.eq    any_function
    and     x0, x0, #0x40000000         // the SMC64 bit
    and     x21, x20, #0x3f0
    lsr     x21, x21, #4
    add     x21, x21, #0x60
    orr     x0, x0, x21
    movz    x21, #0x8400, lsl #16
    orr     x0, x0, x21
any_function:
    smc     #0
    b       hammer
    .size   _start, . - _start
    .ltorg
