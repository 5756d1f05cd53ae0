/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What every bare-metal test and benchmark program stands on: entry, vectors, MMU, console, power-off. The
 * programs run on QEMU's `virt` machine and on bare_machine; GUEST_EL (1 or 2) is the exception level they
 * run at.
 *
 * A program defines guest_main() and may define guest_trap().
 */
#ifndef TESTS_DIFFERENTIAL_GUEST_GUEST_H
#define TESTS_DIFFERENTIAL_GUEST_GUEST_H

#include <stdbool.h>
#include <stdint.h>

/* The build gives it; the default is for whoever reads this header alone. */
#ifndef GUEST_EL
#define GUEST_EL 1
#endif

/* A parameter for the program: the loader of QEMU and the host of our core write it before the start. 0:
 * none. */
#define GUEST_PARAMETER_ADDRESS 0x4007f000UL

#if GUEST_EL == 2
#define GUEST_SYSREG(name) name "_EL2"
#else
#define GUEST_SYSREG(name) name "_EL1"
#endif

#define sysreg_read(name)                                                                                    \
    ({                                                                                                       \
        uint64_t read_;                                                                                      \
        __asm__ volatile("mrs %0, " name : "=r"(read_)::"memory");                                           \
        read_;                                                                                               \
    })
#define sysreg_write(name, value)                                                                            \
    do {                                                                                                     \
        uint64_t written_ = (value);                                                                         \
        __asm__ volatile("msr " name ", %0" ::"r"(written_) : "memory");                                     \
    } while (0)

/* What an exception interrupted. Offsets are known to vectors.S. */
struct trap_frame {
    uint64_t x[31];
    uint64_t sp; /* of the level that took the exception, before it */
    uint64_t elr;
    uint64_t spsr;
    uint64_t esr;
    uint64_t far;
};

void guest_main(void);
/* Optional: called first of all where the entry is at GUEST_EL, with the MMU off and no vectors. */
void guest_early(void);
/* `vector`: 0..15, offset / 0x80. Changes to the frame's x, elr and spsr take effect on return. */
void guest_trap(uint64_t vector, struct trap_frame *frame);
__attribute__((noreturn)) void guest_power_off(void);

void console_byte(char byte);
void console_text(const char *text);
void console_hex(uint64_t value);
void console_decimal(uint64_t value);

/*
 * mmu.c. Identity: 0x40000000..0x7fffffff Normal write-back in 2 MiB blocks, 0x09000000 Device. The 2 MiB at
 * MMU_TEST_BASE are mapped by pages that a program may change; nothing else is mapped.
 */
#define MMU_TEST_BASE  0x40600000UL
#define MMU_TEST_PAGES 512

#define PAGE_VALID      3UL
#define PAGE_ATTR(n)    ((uint64_t)(n) << 2)
#define PAGE_EL0        (1UL << 6) /* EL1&0 regime: accessible to EL0; RES1 at EL2 */
#define PAGE_READ_ONLY  (1UL << 7)
#define PAGE_INNER      (3UL << 8)
#define PAGE_ACCESSED   (1UL << 10)
#define PAGE_NOT_GLOBAL (1UL << 11)
#define PAGE_PXN        (1UL << 53)
#define PAGE_XN         (1UL << 54) /* UXN in the EL1&0 regime */

#define MMU_ATTR_WRITE_BACK    0
#define MMU_ATTR_DEVICE        1
#define MMU_ATTR_NON_CACHEABLE 2
#define MMU_ATTR_WRITE_THROUGH 3

/* Read and write, Normal write-back, for the current level; executable where that is not denied. */
#if GUEST_EL == 2
#define PAGE_DEFAULT (PAGE_VALID | PAGE_INNER | PAGE_ACCESSED | PAGE_EL0)
#else
#define PAGE_DEFAULT (PAGE_VALID | PAGE_INNER | PAGE_ACCESSED)
#endif

void mmu_enable(void);
/* Writes one descriptor of the test region and does the TLB maintenance for its page. */
void mmu_page_set(uint32_t index, uint64_t descriptor);
/* The descriptor alone, without TLB maintenance. */
void mmu_page_write(uint32_t index, uint64_t descriptor);
/* A level 1 or level 2 descriptor of the identity map, for the faults of those levels. */
void mmu_level1_set(uint32_t index, uint64_t descriptor);
void mmu_level2_set(uint32_t index, uint64_t descriptor);
void mmu_tlb_invalidate_all(void);

#endif
