/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Translation tables of VMSAv8-64, stage 1, 4 KiB granule, 39-bit addresses (so that level 1 is the first
 * level). Arm ARM, "The AArch64 Virtual Memory System Architecture". Compiled once into the boot phase and
 * once into the OS stub: each builds and owns its tables.
 *
 * This code only writes the tables. Making the writes visible to the walker, TLB maintenance and the system
 * registers are the caller's; regime_install() does them for a new set of tables.
 */
#ifndef FIRMWARE_COMMON_TRANSLATION_H
#define FIRMWARE_COMMON_TRANSLATION_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TRANSLATION_ENTRIES 512

struct translation_table {
    uint64_t entries[TRANSLATION_ENTRIES];
} __attribute__((aligned(4096)));

struct translation {
    struct translation_table *tables; /* the first is level 1 */
    uint32_t tables_used;
    uint32_t tables_max;
    bool is_el2; /* the two regimes spell permissions differently */
};

enum translation_kind {
    TRANSLATION_CODE,          /* Normal write-back, read-only, executable */
    TRANSLATION_IMAGE,         /* Normal write-back, writable, executable */
    TRANSLATION_DATA,          /* Normal write-back, writable, never executable */
    TRANSLATION_NON_CACHEABLE, /* Normal non-cacheable, writable, never executable */
    TRANSLATION_DEVICE,        /* Device-nGnRnE, writable, never executable */
};

void translation_init(struct translation *translation, struct translation_table *tables, uint32_t tables_max,
                      bool is_el2);

/*
 * Maps whole pages with the largest blocks that fit. False when the tables are used up or a part of the range
 * is mapped already; what has been mapped before stays.
 */
bool translation_map(struct translation *translation, uint64_t va, uint64_t pa, uint64_t size,
                     enum translation_kind kind);

/* Removes what was mapped with one translation_map() of the same range, or nothing. */
void translation_unmap(struct translation *translation, uint64_t va, uint64_t size);

/*
 * Turns the MMU off if it is on, installs the tables (MAIR, TCR, TTBR0 of the current EL, empty TLB) and
 * turns MMU and caches on. The caller runs identity-mapped in both regimes. regime.S
 */
void regime_install(const struct translation_table *root);

#ifdef __cplusplus
}
#endif

#endif
