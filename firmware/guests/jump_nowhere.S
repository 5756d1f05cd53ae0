/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A guest that jumps to where there is no memory. Its vectors are where reset left them, at address 0.
 */
    .arch armv8-a

    .section .text, "ax"
    .global _start
    .type   _start, %function
_start:
    ldr     x0, =0x3ff0000000
    br      x0
    .size   _start, . - _start
    .ltorg
