/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * void regime_switch_el2(root, mair, tcr, sctlr, vectors), the same for EL1, and the vectors.
 *
 * The MMU goes off first, so that no walk ever mixes two sets of tables or control registers (Arm ARM, "Using
 * break-before-make when updating translation table entries": a change of TCR needs no less). Between off and on
 * nothing touches memory, not even a literal pool: the stack and the tables may be dirty in the caches, which accesses
 * with the MMU off would not see. Written for the assembler of COFF objects.
 */
    .text

    .macro switch_regime el
    dsb     sy
    mrs     x9, sctlr_\el
    bic     x9, x9, #(1 << 0)       // M
    bic     x9, x9, #(1 << 2)       // C
    bic     x9, x9, #(1 << 12)      // I
    msr     sctlr_\el, x9
    isb
    msr     vbar_\el, x4
    msr     mair_\el, x1
    msr     tcr_\el, x2
    msr     ttbr0_\el, x0
    isb
    .endm

    .p2align 6
    .globl  regime_switch_start
regime_switch_start:

    .globl  regime_switch_el2
regime_switch_el2:
    switch_regime el2
    tlbi    alle2
    dsb     sy
    isb
    msr     sctlr_el2, x3
    isb
    ret

    .globl  regime_switch_el1
regime_switch_el1:
    switch_regime el1
    tlbi    vmalle1
    dsb     sy
    isb
    msr     sctlr_el1, x3
    isb
    ret

    .globl  regime_switch_end
regime_switch_end:

/* void regime_run(function, stack_end) */
    .globl  regime_run
regime_run:
    mov     sp, x1
    mov     x29, xzr
    mov     x30, xzr
    br      x0

/* All sixteen say who they are and go on below; none returns. */
    .macro vector number
    .p2align 7
    mov     x0, #\number
    b       exception
    .endm

    .p2align 11
    .globl  regime_vectors
regime_vectors:
    .irp    number, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    vector  \number
    .endr
    .p2align 7

exception:
    mrs     x9, currentel
    cmp     x9, #(2 << 2)
    b.ne    1f
    mrs     x1, esr_el2
    mrs     x2, elr_el2
    mrs     x3, far_el2
    b       regime_exception
1:  mrs     x1, esr_el1
    mrs     x2, elr_el1
    mrs     x3, far_el1
    b       regime_exception
