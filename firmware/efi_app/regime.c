/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Chooses the values of the system registers; regime.S writes them. An exception after the change is the end:
 * nothing here is meant to fault, so it is told on the console and the machine is switched off.
 */
#include "firmware/efi_app/regime.h"

#include "firmware/common/arch.h"
#include "firmware/common/cache.h"
#include "firmware/efi_app/report.h"
#include "model/abi/smccc.h"

#define SCTLR_M        (1ULL << 0)
#define SCTLR_C        (1ULL << 2)
#define SCTLR_I        (1ULL << 12)
#define SCTLR_RES1_EL2 0x30C50830ULL
#define SCTLR_RES1_EL1 0x30D00800ULL

/* Attributes 0, 1 and 2 as firmware/common/translation.c names them: Device-nGnRnE, write-back,
 * non-cacheable. */
#define MAIR_VALUE 0x44FF00ULL

/* T0SZ for 39 bits; walks inner shareable, write-back; 4 KiB granule. */
#define TCR_COMMON   (25ULL | (1ULL << 8) | (1ULL << 10) | (3ULL << 12))
#define TCR_EL2_RES1 ((1ULL << 23) | (1ULL << 31))
#define TCR_EL2_PS   16
#define TCR_EL1_EPD1 (1ULL << 23)
#define TCR_EL1_IPS  32

#define HCR_E2H     (1ULL << 34)
#define PA_SIZE_MAX 5ULL /* 48 bits: what descriptors of this granule hold */

/* regime.S */
extern const uint8_t regime_switch_start[];
extern const uint8_t regime_switch_end[];
extern const uint8_t regime_vectors[];
void regime_switch_el2(uint64_t root, uint64_t mair, uint64_t tcr, uint64_t sctlr, uint64_t vectors);
void regime_switch_el1(uint64_t root, uint64_t mair, uint64_t tcr, uint64_t sctlr, uint64_t vectors);
void regime_exception(uint64_t vector, uint64_t esr, uint64_t elr, uint64_t far);

static uint64_t physical_address_size(void)
{
    uint64_t features;

    __asm__("mrs %0, id_aa64mmfr0_el1" : "=r"(features));
    return (features & 0xF) < PA_SIZE_MAX ? features & 0xF : PA_SIZE_MAX;
}

static bool hypervisor_is_host(void)
{
    uint64_t hcr;

    __asm__("mrs %0, hcr_el2" : "=r"(hcr));
    return (hcr & HCR_E2H) != 0;
}

bool regime_is_supported(void)
{
    const uint64_t level = (arch_current_el_register() >> 2) & 3;

    return level == 1 || (level == 2 && !hypervisor_is_host());
}

void regime_use(const struct translation_table *root)
{
    const uint64_t enable = SCTLR_M | SCTLR_C | SCTLR_I;
    const uint64_t vectors = (uintptr_t)regime_vectors;

    clean_dcache_range((uintptr_t)regime_switch_start, (uintptr_t)regime_switch_end);
    if (arch_is_el2()) {
        regime_switch_el2((uintptr_t)root, MAIR_VALUE,
                          TCR_COMMON | TCR_EL2_RES1 | physical_address_size() << TCR_EL2_PS,
                          SCTLR_RES1_EL2 | enable, vectors);
    } else {
        regime_switch_el1((uintptr_t)root, MAIR_VALUE,
                          TCR_COMMON | TCR_EL1_EPD1 | physical_address_size() << TCR_EL1_IPS,
                          SCTLR_RES1_EL1 | enable, vectors);
    }
}

void regime_power_off(void)
{
    register uint64_t function __asm__("x0") = PSCI_SYSTEM_OFF;

    __asm__ volatile("smc #0"
                     : "+r"(function)
                     :
                     : "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13",
                       "x14", "x15", "x16", "x17", "memory");
    arch_wait_for_ever();
}

/* Once: an exception while one is told switches off at once. */
void regime_exception(uint64_t vector, uint64_t esr, uint64_t elr, uint64_t far)
{
    static bool told;

    if (!told) {
        told = true;
        report_step("no exception", EFI_DEVICE_ERROR);
        report_value("vector", vector);
        report_value("esr", esr);
        report_value("elr", elr);
        report_value("far", far);
    }
    regime_power_off();
}
