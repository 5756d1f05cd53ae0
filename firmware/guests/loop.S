/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A guest that never ends: nothing but the limit on instructions stops it.
 */
    .section .text, "ax"
    .global _start
    .type   _start, %function
_start:
    mov     x0, xzr
0:  add     x0, x0, #1
    b       0b
    .size   _start, . - _start
