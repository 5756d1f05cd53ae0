/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A guest whose exception handler returns to the instruction that faulted: instructions retire, but it never gets on.
 */
    .arch armv8-a

    .equ    NO_MEMORY, 0x3ff0000000

    .section .text, "ax"
    .balign 2048
vectors:
    .rept   16
    .balign 128
    eret
    .endr

    .global _start
    .type   _start, %function
_start:
    adr     x0, vectors
    mrs     x9, currentel
    cmp     x9, #(2 << 2)
    b.ne    1f
    msr     vbar_el2, x0
    b       2f
1:  msr     vbar_el1, x0
2:  isb
    ldr     x0, =NO_MEMORY
    ldr     x1, [x0]
3:  b       3b
    .size   _start, . - _start
    .ltorg
