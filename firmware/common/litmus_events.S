/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * uint64_t litmus_events_do(struct litmus *litmus)
 *
 * The events of a litmus program (model/abi/script.h), one function each so that findings name them. From
 * the first event to the last there is neither stack nor data: all operands are in registers that an SMC
 * preserves, and code is never dirty. Before the first event all that this firmware may have left dirty is
 * cleaned and invalidated, so that a sweep by set/way loses what the program has written and nothing else.
 *
 * A sweep does what the Arm ARM asks of one that is to be relied on ("A64 Cache maintenance instructions",
 * operations by set/way): nothing can allocate meanwhile, for SCTLR_ELx.C and .I are off, and it names
 * every set and way of every level up to the level of coherency between two DSBs. A sweep by code that
 * leaves the caches on: firmware/defects.
 *
 * x19 line, x20 its non-cacheable alias, x21 endpoints, x22 handle, x23 number of the event, x24-x29 values
 * read, the newest first, x30 events that are left.
 */
    .arch armv8-a

    .equ    FRAME, 112
    .equ    LITMUS_DIRTY, 40
    .equ    LITMUS_VALUES, 56
    .equ    SCTLR_CACHES, (1 << 12) | (1 << 2)      // I, C
    .equ    REQUEST, 0xC400006F                     // FFA_MSG_SEND_DIRECT_REQ, SMC64
    .equ    RESPONSE, 0xC4000070
    .equ    COMMAND_READ, 2                         // of a borrower: scenarios/README.md
    .equ    COMMAND_WRITE, 3
    .equ    CTYPE_DATA, 2                           // CLIDR_EL1: this and above is a data or unified cache

    .macro  event name
    .type   litmus_\name, %function
litmus_\name:
    .endm

    .macro  event_end name
    b       next
    .size   litmus_\name, . - litmus_\name
    .endm

/* All registers of the calling convention that the request has no value for go out as zero. */
    .macro  request command, value
    movz    w0, #(REQUEST & 0xffff)
    movk    w0, #(REQUEST >> 16), lsl #16
    mov     x1, x21
    mov     x2, xzr
    mov     x3, #\command
    mov     x4, x22
    mov     x5, xzr
    mov     x6, \value
    .irp    n, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17
    mov     x\n, xzr
    .endr
    smc     #0
    movz    w9, #(RESPONSE & 0xffff)
    movk    w9, #(RESPONSE >> 16), lsl #16
    cmp     w0, w9
    b.ne    unanswered
    cbnz    x3, unanswered
    .endm

    .section .text.litmus_events_do, "ax"
    .global litmus_events_do
    .type   litmus_events_do, %function
litmus_events_do:
    stp     x29, x30, [sp, #-FRAME]!
    stp     x19, x20, [sp, #16]
    stp     x21, x22, [sp, #32]
    stp     x23, x24, [sp, #48]
    stp     x25, x26, [sp, #64]
    stp     x27, x28, [sp, #80]
    str     x0, [sp, #96]
    ldp     x19, x20, [x0]
    ldp     x21, x22, [x0, #16]
    ldr     x30, [x0, #32]
    mov     x23, xzr
    .irp    n, 24, 25, 26, 27, 28, 29
    mov     x\n, xzr
    .endr
    ldp     x10, x11, [x0, #LITMUS_DIRTY]
    mrs     x9, ctr_el0
    ubfx    x9, x9, #16, #4
    mov     x12, #4
    lsl     x12, x12, x9
1:  dc      civac, x10
    add     x10, x10, x12
    cmp     x10, x11
    b.lo    1b
    dsb     sy
    b       next
    .size   litmus_events_do, . - litmus_events_do

/* The next event, in the order of enum script_litmus_event; every branch is one instruction. */
    .type   litmus_next, %function
litmus_next:
unanswered:
    sub     x23, x23, #1            // the event that was begun is not done
    b       done
next:
    and     x9, x30, #0xf
    lsr     x30, x30, #4
    cbz     x9, done
    add     x23, x23, #1
    adr     x10, 2f
    add     x10, x10, x9, lsl #2
    br      x10
2:  b       done
    b       litmus_writes
    b       litmus_reads
    b       litmus_writes_neighbour
    b       litmus_reads_neighbour
    b       litmus_writes_alias
    b       litmus_reads_alias
    b       litmus_cleans_and_invalidates
    b       litmus_cleans
    b       litmus_invalidates
    b       litmus_barrier
    b       litmus_invalidates_all
    b       litmus_cleans_and_invalidates_all
    b       litmus_partition_reads
    b       litmus_partition_writes
    .size   litmus_next, . - litmus_next

    event   writes
    str     x23, [x19]
    event_end writes

    event   reads
    ldr     x9, [x19]
    b       keep
    .size   litmus_reads, . - litmus_reads

    event   writes_neighbour
    str     x23, [x19, #8]
    event_end writes_neighbour

    event   reads_neighbour
    ldr     x9, [x19, #8]
    b       keep
    .size   litmus_reads_neighbour, . - litmus_reads_neighbour

    event   writes_alias
    str     x23, [x20]
    event_end writes_alias

    event   reads_alias
    ldr     x9, [x20]
    b       keep
    .size   litmus_reads_alias, . - litmus_reads_alias

    event   cleans_and_invalidates
    dc      civac, x19
    event_end cleans_and_invalidates

    event   cleans
    dc      cvac, x19
    event_end cleans

    event   invalidates
    dc      ivac, x19
    event_end invalidates

    event   barrier
    dsb     sy
    event_end barrier

    event   invalidates_all
    mov     x17, xzr
    b       sweep
    .size   litmus_invalidates_all, . - litmus_invalidates_all

    event   cleans_and_invalidates_all
    mov     x17, #1
    b       sweep
    .size   litmus_cleans_and_invalidates_all, . - litmus_cleans_and_invalidates_all

    event   partition_reads
    request COMMAND_READ, xzr
    mov     x9, x4
    b       keep
    .size   litmus_partition_reads, . - litmus_partition_reads

    event   partition_writes
    request COMMAND_WRITE, x23
    event_end partition_writes

    .type   litmus_keep, %function
litmus_keep:
keep:
    mov     x29, x28
    mov     x28, x27
    mov     x27, x26
    mov     x26, x25
    mov     x25, x24
    mov     x24, x9
    b       next
    .size   litmus_keep, . - litmus_keep

/* The line is cleared and leaves the caches. This frame was written to memory before the first event. */
    .type   litmus_done, %function
litmus_done:
done:
    dsb     sy
    stp     xzr, xzr, [x19]         // what the program has done to the line ends here
    dc      civac, x19
    dsb     sy
    ldr     x9, [sp, #96]
    stp     x24, x25, [x9, #LITMUS_VALUES]
    stp     x26, x27, [x9, #(LITMUS_VALUES + 16)]
    stp     x28, x29, [x9, #(LITMUS_VALUES + 32)]
    mov     x0, x23
    ldp     x19, x20, [sp, #16]
    ldp     x21, x22, [sp, #32]
    ldp     x23, x24, [sp, #48]
    ldp     x25, x26, [sp, #64]
    ldp     x27, x28, [sp, #80]
    ldp     x29, x30, [sp], #FRAME
    ret
    .size   litmus_done, . - litmus_done

/*
 * Caches off, every set and way of every level (x17: 0 invalidates, 1 cleans as well), caches on. Of
 * CCSIDR_EL1 both formats; sizes need not be powers of two. x7 format, x8 levels, x9 level, x10 CCSIDR, x11
 * log2 of the line, x12 last way, x13 last set, x14 shift of the way, x15 set, x16 operand.
 */
    .type   litmus_sweep, %function
litmus_sweep:
sweep:
    mov     x6, #SCTLR_CACHES
    mrs     x9, currentel
    cmp     x9, #(2 << 2)
    b.ne    3f
    mrs     x5, sctlr_el2
    bic     x9, x5, x6
    msr     sctlr_el2, x9
    b       4f
3:  mrs     x5, sctlr_el1
    bic     x9, x5, x6
    msr     sctlr_el1, x9
4:  isb
    dsb     sy
    mrs     x7, s3_0_c0_c7_2                // ID_AA64MMFR2_EL1.CCIDX
    ubfx    x7, x7, #20, #4
    mrs     x4, clidr_el1
    ubfx    x8, x4, #24, #3                 // LoC
    mov     x9, xzr
level:
    cmp     x9, x8
    b.hs    swept
    and     x10, x4, #7
    lsr     x4, x4, #3
    cmp     x10, #CTYPE_DATA
    b.lo    level_next
    lsl     x10, x9, #1
    msr     csselr_el1, x10
    isb
    mrs     x10, ccsidr_el1
    and     x11, x10, #7
    add     x11, x11, #4
    ubfx    x12, x10, #3, #10
    ubfx    x13, x10, #13, #15
    cbz     x7, 5f
    ubfx    x12, x10, #3, #21
    ubfx    x13, x10, #32, #24
5:  clz     w14, w12                        // of one way 32: way 0 is shifted out, whatever the shift
way:
    mov     x15, x13
set:
    lsl     x16, x12, x14
    lsl     x3, x15, x11
    orr     x16, x16, x3
    add     x16, x16, x9, lsl #1
    cbnz    x17, 6f
    dc      isw, x16
    b       7f
6:  dc      cisw, x16
7:  subs    x15, x15, #1
    b.pl    set
    subs    x12, x12, #1
    b.pl    way
level_next:
    add     x9, x9, #1
    b       level
swept:
    msr     csselr_el1, xzr
    dsb     sy
    mrs     x9, currentel
    cmp     x9, #(2 << 2)
    b.ne    8f
    msr     sctlr_el2, x5
    b       9f
8:  msr     sctlr_el1, x5
9:  isb
    b       next
    .size   litmus_sweep, . - litmus_sweep
