/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A guest that executes what this machine does not have: first a floating-point instruction, which its ID registers
 * deny, then a permanently undefined encoding. The handler skips either and counts in x20, and the guest powers off
 * with the count as its last x20.
 */
#include "model/abi/smccc.h"

    .arch armv8-a+fp

    .section .text, "ax"
    .balign 2048
vectors:
    .rept   16
    .balign 128
    b       skip
    .endr

skip:
    add     x20, x20, #1
    mrs     x9, currentel
    cmp     x9, #(2 << 2)
    b.ne    1f
    mrs     x10, elr_el2
    add     x10, x10, #4
    msr     elr_el2, x10
    eret
1:  mrs     x10, elr_el1
    add     x10, x10, #4
    msr     elr_el1, x10
    eret

    .global _start
    .type   _start, %function
_start:
    mov     x20, xzr
    adr     x0, vectors
    mrs     x9, currentel
    cmp     x9, #(2 << 2)
    b.ne    1f
    msr     vbar_el2, x0
    b       2f
1:  msr     vbar_el1, x0
2:  isb
    fmov    d0, x0
    udf     #0
    ldr     x0, =PSCI_SYSTEM_OFF
    smc     #0
3:  wfi
    b       3b
    .size   _start, . - _start
    .ltorg
