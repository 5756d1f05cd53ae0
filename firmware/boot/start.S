/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Entry of the image: one core, EL2 or EL1, MMU and caches off, contents of the caches unknown. Makes a stack, clears
 * what C expects to be zero, builds the translation tables, invalidates by VA every writable line that was written
 * past the caches (a line that a previous owner left in them would hide it), and turns MMU and caches on.
 */
#include "firmware/board.h"

    .arch armv8-a

/* Clears [x0, x1), 16-byte aligned. */
    .macro  clear_range from, to
    adrp    x0, \from
    add     x0, x0, :lo12:\from
    adrp    x1, \to
    add     x1, x1, :lo12:\to
9:  cmp     x0, x1
    b.hs    8f
    stp     xzr, xzr, [x0], #16
    b       9b
8:
    .endm

    .section .text.start, "ax"
    .global _start
    .type   _start, %function
_start:
    msr     daifset, #0xf
    msr     spsel, #1
    adrp    x0, vectors
    add     x0, x0, :lo12:vectors
    mov     x1, #(BOARD_SCRIPT_PAGE & 0xffff0000)
    mrs     x9, currentel
    cmp     x9, #(2 << 2)
    b.ne    1f
    msr     vbar_el2, x0
    msr     tpidr_el2, x1
    b       2f
1:  msr     vbar_el1, x0
    msr     tpidr_el1, x1
2:  isb
    adrp    x0, __boot_stack_end
    add     x0, x0, :lo12:__boot_stack_end
    mov     sp, x0

    clear_range __boot_bss_start, __boot_bss_end
    clear_range __efi_runtime_bss_start, __efi_runtime_bss_end
    clear_range __os_bss_start, __os_bss_end

    bl      boot_translation_build
    mov     x19, x0

    adrp    x0, __loaded_writable_start
    add     x0, x0, :lo12:__loaded_writable_start
    adrp    x1, __loaded_writable_end
    add     x1, x1, :lo12:__loaded_writable_end
    bl      invalidate_dcache_range
    mov     x0, x19
    bl      regime_install

    mov     x29, xzr
    mov     x30, xzr
    b       boot_main
    .size   _start, . - _start
