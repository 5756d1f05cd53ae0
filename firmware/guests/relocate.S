/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A guest that moves: it copies itself 16 MiB further with the MMU off, loses a line where it was loaded, goes on in the
 * copy, loses another one there, and powers off. Position independent: it runs wherever it is put. Each line is lost by a
 * function of its own, so that a report shows whether names are known at both places.
 */
    .arch armv8-a

    .equ    PSCI_SYSTEM_OFF, 0x84000008
    .equ    DISTANCE, 0x1000000
    .equ    TABLE, 0x44001000
    .equ    FIRST_LINE, 0x44002000
    .equ    SECOND_LINE, 0x44003000

    .section .text, "ax"
    .global _start
    .type   _start, %function
_start:
    bl      copy_all
    bl      mmu_on
    bl      lose_before_moving
    adr     x0, moved
    mov     x1, #DISTANCE
    add     x0, x0, x1
    br      x0
moved:
    bl      lose_after_moving
    ldr     x0, =PSCI_SYSTEM_OFF
    smc     #0
1:  b       1b
    .size   _start, . - _start

    .type   copy_all, %function
copy_all:
    adr     x0, _start
    adr     x1, image_end
    mov     x2, #DISTANCE
    add     x2, x0, x2
1:  ldr     x3, [x0], #8
    str     x3, [x2], #8
    cmp     x0, x1
    b.lo    1b
    dsb     sy
    ret
    .size   copy_all, . - copy_all

/* One block of 1 GiB, write-back, where memory is. */
    .type   mmu_on, %function
mmu_on:
    ldr     x0, =TABLE
    ldr     x1, =0x40000701
    str     x1, [x0, #8]
    mov     x2, #0xff
    msr     mair_el2, x2
    ldr     x2, =0x80803520
    msr     tcr_el2, x2
    msr     ttbr0_el2, x0
    dsb     sy
    isb
    mrs     x3, sctlr_el2
    orr     x3, x3, #(1 << 0)
    orr     x3, x3, #(1 << 2)
    msr     sctlr_el2, x3
    isb
    ret
    .size   mmu_on, . - mmu_on

/* A dirty line is invalidated and read. */
    .type   lose_before_moving, %function
lose_before_moving:
    ldr     x4, =FIRST_LINE
    mov     x5, #0x5a
    str     x5, [x4]
    dc      ivac, x4
    dsb     sy
    ldr     x6, [x4]
    ret
    .size   lose_before_moving, . - lose_before_moving

    .type   lose_after_moving, %function
lose_after_moving:
    ldr     x4, =SECOND_LINE
    mov     x5, #0xa5
    str     x5, [x4]
    dc      ivac, x4
    dsb     sy
    ldr     x6, [x4]
    ret
    .size   lose_after_moving, . - lose_after_moving

    .ltorg
    .balign 8
image_end:
