/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Entry and the two ways in which U-Boot issues SMC (SMC Calling Convention, DEN0028, 1.0 and 1.2).
 */
    .arch armv8-a

    .equ    STACK_TOP, 0x40200000

    .section .text.start, "ax"
    .global _start
    .type   _start, %function
_start:                                 // x0: the device tree, as a boot loader hands it over
    ldr     x1, =STACK_TOP
    mov     sp, x1
    mov     x29, xzr
    mov     x30, xzr
    b       ffa_main
    .size   _start, . - _start
    .ltorg

/* The call itself and the way back: x0 to x17 go to [x19]. */
    .macro  call_and_return
    smc     #0
    stp     x0, x1, [x19]
    stp     x2, x3, [x19, #16]
    stp     x4, x5, [x19, #32]
    stp     x6, x7, [x19, #48]
    stp     x8, x9, [x19, #64]
    stp     x10, x11, [x19, #80]
    stp     x12, x13, [x19, #96]
    stp     x14, x15, [x19, #112]
    stp     x16, x17, [x19, #128]
    ldp     x19, x30, [sp], #16
    ret
    .endm

    .text
/* void ffa_smc_zeroed(const uint64_t in[18], uint64_t out[18]): all of x0 to x17 are what `in` says. */
    .global ffa_smc_zeroed
    .type   ffa_smc_zeroed, %function
ffa_smc_zeroed:
    stp     x19, x30, [sp, #-16]!
    mov     x19, x1
    ldp     x2, x3, [x0, #16]
    ldp     x4, x5, [x0, #32]
    ldp     x6, x7, [x0, #48]
    ldp     x8, x9, [x0, #64]
    ldp     x10, x11, [x0, #80]
    ldp     x12, x13, [x0, #96]
    ldp     x14, x15, [x0, #112]
    ldp     x16, x17, [x0, #128]
    ldp     x0, x1, [x0]
    call_and_return
    .size   ffa_smc_zeroed, . - ffa_smc_zeroed

/* void ffa_smc_dirty(const uint64_t in[8], uint64_t out[18]): x8 to x17 hold what happens to be there. */
    .global ffa_smc_dirty
    .type   ffa_smc_dirty, %function
ffa_smc_dirty:
    stp     x19, x30, [sp, #-16]!
    mov     x19, x1
    .irp    n, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17
    movz    x\n, #0xdea0 + \n
    movk    x\n, #0xbadc, lsl #48
    .endr
    ldp     x2, x3, [x0, #16]
    ldp     x4, x5, [x0, #32]
    ldp     x6, x7, [x0, #48]
    ldp     x0, x1, [x0]
    call_and_return
    .size   ffa_smc_dirty, . - ffa_smc_dirty
