/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Exception vectors of the boot phase and, in a copy of its own, of the OS stub. No exception is expected: interrupts
 * are masked, and an abort is a mistake that nobody survives. The handler tells the scenario device the syndrome and
 * stops. It uses no stack and no data, because a lost stack may be what brought it here: the device's page is in
 * TPIDR_ELx. Arm ARM, "Exception vectors".
 */
#include "model/abi/script.h"

    .arch armv8-a

    .section .text.vectors, "ax"
    .balign 2048
    .global vectors
    .type   vectors, %object
vectors:
    .rept   16
    .balign 128
    b       exception_report
    .endr
    .size   vectors, . - vectors

    .global exception_report
    .type   exception_report, %function
exception_report:
    mrs     x9, currentel
    cmp     x9, #(2 << 2)
    b.ne    1f
    mrs     x0, tpidr_el2
    mrs     x1, esr_el2
    mrs     x2, far_el2
    mrs     x3, elr_el2
    b       2f
1:  mrs     x0, tpidr_el1
    mrs     x1, esr_el1
    mrs     x2, far_el1
    mrs     x3, elr_el1
2:  str     x1, [x0, #SCRIPT_FAULT_ESR]
    str     x2, [x0, #SCRIPT_FAULT_FAR]
    str     x3, [x0, #SCRIPT_FAULT_ELR]
    dsb     sy
3:  wfi
    b       3b
    .size   exception_report, . - exception_report
