/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A guest that faults for ever: its first load goes where there is no memory, and so do its exception vectors, so that
 * taking the exception faults again and no instruction retires any more.
 */
    .arch armv8-a

    .equ    NO_MEMORY, 0x3ff0000000

    .section .text, "ax"
    .global _start
    .type   _start, %function
_start:
    ldr     x0, =NO_MEMORY
    mrs     x9, currentel
    cmp     x9, #(2 << 2)
    b.ne    1f
    msr     vbar_el2, x0
    b       2f
1:  msr     vbar_el1, x0
2:  isb
    ldr     x1, [x0]
3:  b       3b
    .size   _start, . - _start
    .ltorg
