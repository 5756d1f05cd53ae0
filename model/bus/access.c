/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/bus/access.h"

#include <assert.h>

const char *access_op_text(enum access_op op)
{
    static const char *const texts[ACCESS_OP_COUNT] = {
        [ACCESS_READ] = "read",
        [ACCESS_WRITE] = "write",
        [ACCESS_GRANT_READ] = "grant read",
        [ACCESS_GRANT_WRITE] = "grant write",
        [ACCESS_DC_IVAC] = "DC IVAC",
        [ACCESS_DC_CVAC] = "DC CVAC",
        [ACCESS_DC_CVAU] = "DC CVAU",
        [ACCESS_DC_CVAP] = "DC CVAP",
        [ACCESS_DC_CVADP] = "DC CVADP",
        [ACCESS_DC_CIVAC] = "DC CIVAC",
        [ACCESS_DC_ISW] = "DC ISW",
        [ACCESS_DC_CSW] = "DC CSW",
        [ACCESS_DC_CISW] = "DC CISW",
        [ACCESS_DC_ZVA] = "DC ZVA",
        [ACCESS_IC_IALLU] = "IC IALLU",
        [ACCESS_IC_IALLUIS] = "IC IALLUIS",
        [ACCESS_IC_IVAU] = "IC IVAU",
        [ACCESS_DSB] = "DSB",
        [ACCESS_DMB] = "DMB",
        [ACCESS_ISB] = "ISB",
        [ACCESS_TRANSLATION_CHANGED] = "translation changed",
        [ACCESS_TLBI] = "TLBI",
    };
    assert((unsigned)op < ACCESS_OP_COUNT);
    return texts[op];
}

const char *memory_type_text(enum memory_type type)
{
    static const char *const texts[] = {
        [MEMORY_DEVICE_NGNRNE] = "Device-nGnRnE", [MEMORY_DEVICE_NGNRE] = "Device-nGnRE",
        [MEMORY_DEVICE_NGRE] = "Device-nGRE",     [MEMORY_DEVICE_GRE] = "Device-GRE",
        [MEMORY_NORMAL_NC] = "Normal-NC",         [MEMORY_NORMAL_WT] = "Normal-WT",
        [MEMORY_NORMAL_WB] = "Normal-WB",
    };
    assert((unsigned)type <= MEMORY_NORMAL_WB);
    return texts[type];
}

uint64_t access_attributes(const struct access *access)
{
    return (uint64_t)access->type | (uint64_t)access->shareability << 8 | (uint64_t)access->space << 16;
}
