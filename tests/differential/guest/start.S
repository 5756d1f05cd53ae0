/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Entry at EL2 or EL1, to GUEST_EL. Everything that a reset leaves unknown and that a program could see is set first,
 * so that two machines agree from guest_compare_from on.
 */
    .section .text.start, "ax"
    .weak   guest_early
    .global _start
_start:
    .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
    mov     x\n, xzr
    .endr
    mov     sp, x0
    msr     nzcv, xzr
    msr     daifset, #0xf
    mrs     x0, currentel
    lsr     x0, x0, #2
    cmp     x0, #GUEST_EL
    b.ne    1f
    ldr     x1, =guest_early                /* what a reset leaves can be seen here alone */
    cbz     x1, 1f
    adrp    x0, guest_stack_top
    add     x0, x0, :lo12:guest_stack_top
    mov     sp, x0
    blr     x1
1:  mrs     x0, currentel
#if GUEST_EL == 1
    cmp     x0, #4
    b.eq    1f
    mov     x0, #(1 << 31)                  /* HCR_EL2.RW: EL1 is AArch64 */
    msr     hcr_el2, x0
    msr     cntvoff_el2, xzr
    mov     x0, #3                          /* EL1 may read the physical counter and timer */
    msr     cnthctl_el2, x0
    mov     x0, #0x33ff                     /* no traps of FP to EL2 */
    msr     cptr_el2, x0
    ldr     x0, =0x30d00980                 /* RES1 of an AArch64-only v8.0 PE, everything off */
    msr     sctlr_el1, x0
    mov     x0, #0x3c5                      /* EL1h, DAIF masked */
    msr     spsr_el2, x0
    adr     x0, 1f
    msr     elr_el2, x0
    eret
1:  ldr     x0, =0x30d00980
    msr     sctlr_el1, x0
#else
    msr     hcr_el2, xzr
    ldr     x0, =0x30c50830
    msr     sctlr_el2, x0
#endif
    isb
    adrp    x0, guest_stack_top
    add     x0, x0, :lo12:guest_stack_top
    mov     sp, x0
    adrp    x0, guest_vectors
    add     x0, x0, :lo12:guest_vectors
#if GUEST_EL == 1
    msr     vbar_el1, x0
    msr     esr_el1, xzr
    msr     far_el1, xzr
    msr     elr_el1, xzr
    msr     spsr_el1, xzr
    msr     sp_el0, xzr
    msr     tpidr_el1, xzr
    msr     contextidr_el1, xzr
#else
    msr     vbar_el2, x0
    msr     esr_el2, xzr
    msr     far_el2, xzr
    msr     elr_el2, xzr
    msr     spsr_el2, xzr
    msr     sp_el0, xzr
    msr     tpidr_el2, xzr
#endif
    msr     tpidr_el0, xzr
    isb
    .global guest_compare_from
guest_compare_from:
    bl      mmu_enable
    bl      guest_main
    bl      guest_power_off

/*
 * PSCI SYSTEM_OFF by SMC. A machine without EL2 and EL3 has no SMC: it is UNDEFINED, and guest_trap_common() comes to
 * guest_power_off_hvc.
 */
    .global guest_power_off
guest_power_off:
    ldr     x0, =0x84000008
    .global guest_power_off_smc
guest_power_off_smc:
    smc     #0
    b       .
    .global guest_power_off_hvc
guest_power_off_hvc:
    ldr     x0, =0x84000008
    hvc     #0
    b       .
