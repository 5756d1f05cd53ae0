/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Entry, system calls and the way into a body and out of it. A body changes every register, SP too, so what the
 * runner needs afterwards is kept in memory that only this file knows.
 */
    .text
    .global _start
_start:
    bl      runner_main
    udf     #0

/* The arguments are where the kernel wants them; the number comes as the eighth. */
    .global system_call
system_call:
    mov     x8, x7
    svc     #0
    ret

/* body_enter(state, slot): to the slot with x30 = state. Returns when the body comes to body_exit. */
    .global body_enter
body_enter:
    adrp    x2, saved
    add     x2, x2, :lo12:saved
    stp     x19, x20, [x2]
    stp     x21, x22, [x2, #16]
    stp     x23, x24, [x2, #32]
    stp     x25, x26, [x2, #48]
    stp     x27, x28, [x2, #64]
    stp     x29, x30, [x2, #80]
    mov     x3, sp
    str     x3, [x2, #96]
    mov     x30, x0
    br      x1

    .global body_exit
body_exit:
    adrp    x2, saved
    add     x2, x2, :lo12:saved
    ldp     x19, x20, [x2]
    ldp     x21, x22, [x2, #16]
    ldp     x23, x24, [x2, #32]
    ldp     x25, x26, [x2, #48]
    ldp     x27, x28, [x2, #64]
    ldp     x29, x30, [x2, #80]
    ldr     x3, [x2, #96]
    mov     sp, x3
    ret

    .bss
    .balign 16
saved:
    .skip   112
