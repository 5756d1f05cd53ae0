/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Makes the accesses of device_virt_accesses.h inside QEMU's virt machine, with the MMU off so that every
 * address is Device memory, and prints a line for each read: its number and the value, or `abort`.
 */
#include "tests/differential/guest/guest.h"
#include "tests/unit/device_virt_accesses.h"

#define SCTLR_M      1UL
#define WAIT_MAX     100000000
#define ABORT_LENGTH 4 /* bytes of the instruction that a handled abort skips */

static volatile bool aborted;

void guest_trap(uint64_t vector, struct trap_frame *frame)
{
    (void)vector;
    aborted = true;
    frame->elr += ABORT_LENGTH;
}

static void mmu_disable(void)
{
    sysreg_write(GUEST_SYSREG("SCTLR"), sysreg_read(GUEST_SYSREG("SCTLR")) & ~SCTLR_M);
    __asm__ volatile("isb" ::: "memory");
}

static uint64_t load(uint64_t pa, uint32_t size)
{
    uint64_t value = 0;
    switch (size) {
    case 1:
        __asm__ volatile("ldrb %w0, [%1]" : "+r"(value) : "r"(pa) : "memory");
        break;
    case 2:
        __asm__ volatile("ldrh %w0, [%1]" : "+r"(value) : "r"(pa) : "memory");
        break;
    case 4:
        __asm__ volatile("ldr %w0, [%1]" : "+r"(value) : "r"(pa) : "memory");
        break;
    default:
        __asm__ volatile("ldr %0, [%1]" : "+r"(value) : "r"(pa) : "memory");
        break;
    }
    return value;
}

static void store(uint64_t pa, uint32_t size, uint64_t value)
{
    switch (size) {
    case 1:
        __asm__ volatile("strb %w0, [%1]" ::"r"(value), "r"(pa) : "memory");
        break;
    case 2:
        __asm__ volatile("strh %w0, [%1]" ::"r"(value), "r"(pa) : "memory");
        break;
    case 4:
        __asm__ volatile("str %w0, [%1]" ::"r"(value), "r"(pa) : "memory");
        break;
    default:
        __asm__ volatile("str %0, [%1]" ::"r"(value), "r"(pa) : "memory");
        break;
    }
}

static void tell(uint64_t number, uint64_t value)
{
    console_decimal(number);
    console_byte(' ');
    if (aborted) {
        console_text("abort");
    } else {
        console_hex(value);
    }
    console_byte('\n');
}

static void access_make(uint64_t number, const struct virt_access *access)
{
    uint64_t value = 0;
    aborted = false;
    switch (access->op) {
    case VIRT_READ:
        value = load(access->pa, access->size);
        tell(number, value);
        break;
    case VIRT_WRITE:
        store(access->pa, access->size, access->value);
        if (aborted) {
            tell(number, 0);
        }
        break;
    default:
        for (uint32_t i = 0; i < WAIT_MAX && load(access->pa, access->size) != access->value; i++) {
        }
        break;
    }
}

void guest_main(void)
{
    mmu_disable();
    for (uint64_t i = 0; i < VIRT_ACCESS_COUNT; i++) {
        access_make(i, &virt_accesses[i]);
    }
}
