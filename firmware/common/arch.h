/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The few system registers, barriers and maintenance instructions of the Arm ARM (DDI 0487) that the firmware
 * and the OS stub use. The code runs at EL2 or at EL1, whichever it was entered at: registers that exist once
 * per exception level are read and written for the current one.
 *
 * Only for AArch64 objects. What has to be tested on the host does not include it.
 */
#ifndef FIRMWARE_COMMON_ARCH_H
#define FIRMWARE_COMMON_ARCH_H

#include <stdbool.h>
#include <stdint.h>

#define ARCH_READ(name, encoding)                                                                            \
    static inline uint64_t name(void)                                                                        \
    {                                                                                                        \
        uint64_t value;                                                                                      \
        __asm__ volatile("mrs %0, " encoding : "=r"(value));                                                 \
        return value;                                                                                        \
    }

ARCH_READ(arch_current_el_register, "currentel")
ARCH_READ(arch_ctr_el0, "ctr_el0")
ARCH_READ(arch_clidr_el1, "clidr_el1")
ARCH_READ(arch_ccsidr_el1, "ccsidr_el1")
ARCH_READ(arch_id_aa64mmfr2_el1, "s3_0_c0_c7_2")
ARCH_READ(arch_tpidr_el1, "tpidr_el1")
ARCH_READ(arch_tpidr_el2, "tpidr_el2")
#undef ARCH_READ

static inline bool arch_is_el2(void)
{
    return arch_current_el_register() == 2U << 2;
}

/* The thread pointer holds the scenario device's page: the vectors find it there without touching memory. */
static inline uint64_t arch_tpidr(void)
{
    return arch_is_el2() ? arch_tpidr_el2() : arch_tpidr_el1();
}

static inline void arch_tpidr_write(uint64_t value)
{
    if (arch_is_el2()) {
        __asm__ volatile("msr tpidr_el2, %0" ::"r"(value) : "memory");
    } else {
        __asm__ volatile("msr tpidr_el1, %0" ::"r"(value) : "memory");
    }
}

static inline void arch_csselr_write(uint64_t value)
{
    __asm__ volatile("msr csselr_el1, %0" ::"r"(value));
}

static inline void arch_dsb_sy(void)
{
    __asm__ volatile("dsb sy" ::: "memory");
}

static inline void arch_isb(void)
{
    __asm__ volatile("isb" ::: "memory");
}

/* Everything that this exception level has in the TLB. The caller has made its table writes visible with a
 * DSB. */
static inline void arch_tlbi_all(void)
{
    if (arch_is_el2()) {
        __asm__ volatile("tlbi alle2" ::: "memory");
    } else {
        __asm__ volatile("tlbi vmalle1" ::: "memory");
    }
    arch_dsb_sy();
    arch_isb();
}

static inline void arch_dc_civac(uint64_t va)
{
    __asm__ volatile("dc civac, %0" ::"r"(va) : "memory");
}

static inline void arch_dc_cvac(uint64_t va)
{
    __asm__ volatile("dc cvac, %0" ::"r"(va) : "memory");
}

static inline void arch_dc_ivac(uint64_t va)
{
    __asm__ volatile("dc ivac, %0" ::"r"(va) : "memory");
}

static inline void arch_dc_isw(uint64_t operand)
{
    __asm__ volatile("dc isw, %0" ::"r"(operand) : "memory");
}

static inline void arch_dc_cisw(uint64_t operand)
{
    __asm__ volatile("dc cisw, %0" ::"r"(operand) : "memory");
}

static inline void arch_wait_for_ever(void)
{
    for (;;) {
        __asm__ volatile("wfi" ::: "memory");
    }
}

/* CTR_EL0.DminLine: log2 of the words in the smallest data cache line of the system. */
static inline uint64_t arch_data_line_size(void)
{
    return 4U << ((arch_ctr_el0() >> 16) & 0xF);
}

#endif
