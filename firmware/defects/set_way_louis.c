/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variant set-way-louis: set-way-clean up to the level of unification of CLIDR_EL1 instead of the level of
 * coherency: the levels between them keep the request. Xen before 2fca0ebcd1, Trusted Firmware-A before
 * ef430ff49.
 */
#include "firmware/maintenance/maintenance.h"

#include "firmware/common/cache.h"
#include "firmware/defects/set_way_sweep.h"

const char maintenance_name[] = "set-way-louis";

__attribute__((noinline)) static void set_way_louis_sweep(void)
{
    levels_sweep(SET_WAY_CLEAN_INVALIDATE, CLIDR_LOUIS(arch_clidr_el1()),
                 MMFR2_CCIDX(arch_id_aa64mmfr2_el1()));
}

void maintenance_before_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)start;
    (void)end;
    (void)phase;
    set_way_louis_sweep();
}

void maintenance_after_smc(uint64_t start, uint64_t end, enum efi_phase phase)
{
    (void)phase;
    invalidate_dcache_range(start, end);
}
