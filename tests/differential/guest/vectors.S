/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The vector table: every entry saves a struct trap_frame and calls guest_trap_common(vector, frame).
 */
    .text
    .balign 2048
    .global guest_vectors
guest_vectors:
    .set    vector, 0
    .rept   16
    .balign 128
    msr     nzcv, xzr                       /* QEMU clears the flags here, our core keeps them: both may */
    sub     sp, sp, #288
    stp     x0, x1, [sp]
    mov     x0, #vector
    b       guest_vector_common
    .set    vector, vector + 1
    .endr

    .balign 128
guest_vector_common:
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    stp     x18, x19, [sp, #144]
    stp     x20, x21, [sp, #160]
    stp     x22, x23, [sp, #176]
    stp     x24, x25, [sp, #192]
    stp     x26, x27, [sp, #208]
    stp     x28, x29, [sp, #224]
    add     x1, sp, #288
    stp     x30, x1, [sp, #240]
#if GUEST_EL == 1
    mrs     x2, elr_el1
    mrs     x3, spsr_el1
    mrs     x4, esr_el1
    mrs     x5, far_el1
#else
    mrs     x2, elr_el2
    mrs     x3, spsr_el2
    /*
     * ISV of a data abort and the fields that it covers: zero for one of stage 1, but QEMU 7.2 fills them in at EL2.
     * The host allows the difference for the MRS alone.
     */
    mrs     x4, esr_el2
    ubfx    x4, x4, #27, #5
    mov     x5, #~(0x7ff << 14)
    sub     x4, x4, #0x12
    cbz     x4, 1f
    mov     x5, #-1
1:  mrs     x4, esr_el2
    and     x4, x4, x5
    mrs     x5, far_el2
#endif
    stp     x2, x3, [sp, #256]
    stp     x4, x5, [sp, #272]
    mov     x1, sp
    bl      guest_trap_common
    ldp     x2, x3, [sp, #256]
#if GUEST_EL == 1
    msr     elr_el1, x2
    msr     spsr_el1, x3
#else
    msr     elr_el2, x2
    msr     spsr_el2, x3
#endif
    ldp     x2, x3, [sp, #16]
    ldp     x4, x5, [sp, #32]
    ldp     x6, x7, [sp, #48]
    ldp     x8, x9, [sp, #64]
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x16, x17, [sp, #128]
    ldp     x18, x19, [sp, #144]
    ldp     x20, x21, [sp, #160]
    ldp     x22, x23, [sp, #176]
    ldp     x24, x25, [sp, #192]
    ldp     x26, x27, [sp, #208]
    ldp     x28, x29, [sp, #224]
    ldr     x30, [sp, #240]
    ldp     x0, x1, [sp]
    add     sp, sp, #288
    eret
