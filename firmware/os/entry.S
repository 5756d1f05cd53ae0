/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Entry of the OS stub: its own vectors and its own stack, and nothing of the firmware's registers.
 */
    .arch armv8-a

    .equ    OS_STACK_SIZE, 8192

    .section .noinit.os_stack, "aw", %nobits
    .balign 64
    .global os_stack
    .type   os_stack, %object
os_stack:
    .skip   OS_STACK_SIZE
os_stack_end:
    .size   os_stack, . - os_stack

    .section .text.os_entry, "ax"
    .global os_entry
    .type   os_entry, %function
os_entry:
    msr     daifset, #0xf
    adrp    x0, vectors
    add     x0, x0, :lo12:vectors
    mrs     x9, currentel
    cmp     x9, #(2 << 2)
    b.ne    1f
    msr     vbar_el2, x0
    b       2f
1:  msr     vbar_el1, x0
2:  isb
    adrp    x0, os_stack_end
    add     x0, x0, :lo12:os_stack_end
    mov     sp, x0
    mov     x29, xzr
    mov     x30, xzr
    b       os_main
    .size   os_entry, . - os_entry
