/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * void regime_install(const struct translation_table *root)
 *
 * Replaces the translation regime of the current exception level. The MMU goes off first, so that no walk ever mixes
 * two sets of tables or control registers (Arm ARM, "Using break-before-make when updating translation table
 * entries": a change of TCR needs no less). Between off and on nothing touches memory: the stack and the tables may
 * be dirty in the caches, which accesses with the MMU off would not see.
 *
 * MAIR: attribute 0 Device-nGnRnE, 1 Normal write-back, read and write allocate, 2 Normal non-cacheable
 * (translation.c).
 * TCR: 39-bit addresses, 4 KiB granule, walks inner shareable write-back, 40-bit physical addresses.
 */
    .arch armv8-a

    .equ    SCTLR_M, 1 << 0
    .equ    SCTLR_C, 1 << 2
    .equ    SCTLR_I, 1 << 12
    .equ    SCTLR_RES1_EL2, 0x30C50830
    .equ    SCTLR_RES1_EL1, 0x30D00800
    .equ    TCR_COMMON, 25 | (1 << 8) | (1 << 10) | (3 << 12)   // T0SZ, IRGN0, ORGN0, SH0
    .equ    TCR_EL2_VALUE, TCR_COMMON | (2 << 16) | (1 << 23) | (1 << 31)
    .equ    TCR_EL1_VALUE, TCR_COMMON | (1 << 23)               // EPD1: no walks with TTBR1; IPS comes below

    .section .text.regime_install, "ax"
    .global regime_install
    .type   regime_install, %function
regime_install:
    mov     x1, #0xff00
    movk    x1, #0x0044, lsl #16
    mrs     x9, currentel
    cmp     x9, #(2 << 2)
    b.ne    1f

    dsb     sy
    ldr     x2, =SCTLR_RES1_EL2
    msr     sctlr_el2, x2
    isb
    msr     mair_el2, x1
    ldr     x3, =TCR_EL2_VALUE
    msr     tcr_el2, x3
    msr     ttbr0_el2, x0
    isb
    tlbi    alle2
    ic      iallu
    dsb     sy
    isb
    ldr     x4, =(SCTLR_RES1_EL2 | SCTLR_M | SCTLR_C | SCTLR_I)
    msr     sctlr_el2, x4
    isb
    ret

1:  dsb     sy
    ldr     x2, =SCTLR_RES1_EL1
    msr     sctlr_el1, x2
    isb
    msr     mair_el1, x1
    ldr     x3, =TCR_EL1_VALUE
    orr     x3, x3, #(2 << 32)
    msr     tcr_el1, x3
    msr     ttbr0_el1, x0
    isb
    tlbi    vmalle1
    ic      iallu
    dsb     sy
    isb
    ldr     x4, =(SCTLR_RES1_EL1 | SCTLR_M | SCTLR_C | SCTLR_I)
    msr     sctlr_el1, x4
    isb
    ret
    .size   regime_install, . - regime_install
