/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The smallest guest: says at which exception level it runs, on the PL011 of platform `bench`, and powers the machine
 * off with PSCI over SMC. The same ELF runs in
 *     qemu-system-aarch64 -M virt,virtualization=on -cpu cortex-a53 -nographic -kernel hello.elf
 */
#include "model/abi/smccc.h"

    .arch armv8-a

    .equ    UART_PL011, 0x09000000
    .equ    UARTDR, 0x00
    .equ    UARTFR, 0x18
    .equ    UARTFR_TXFF_BIT, 5

    .section .text, "ax"
    .global _start
    .type   _start, %function
_start:
    mrs     x0, currentel
    adr     x1, text_el2
    adr     x2, text_el1
    cmp     x0, #(2 << 2)
    csel    x1, x1, x2, eq
    ldr     x2, =UART_PL011
next_byte:
    ldrb    w3, [x1], #1
    cbz     w3, power_off
wait_for_room:
    ldr     w4, [x2, #UARTFR]
    tbnz    w4, #UARTFR_TXFF_BIT, wait_for_room
    str     w3, [x2, #UARTDR]
    b       next_byte
power_off:
    ldr     x0, =PSCI_SYSTEM_OFF
    smc     #0
0:  wfi
    b       0b
    .size   _start, . - _start

    .type   text_el2, %object
text_el2:
    .asciz  "hello from EL2\n"
    .size   text_el2, . - text_el2
    .type   text_el1, %object
text_el1:
    .asciz  "hello from EL1\n"
    .size   text_el1, . - text_el1
    .balign 8
    .ltorg
