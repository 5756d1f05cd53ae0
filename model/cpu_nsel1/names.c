/* SPDX-License-Identifier: BSD-3-Clause */
/* Names of what is UNDEFINED. Pure. Arm ARM, "A64 Instruction Set Encoding". */
#include "model/cpu_nsel1/names.h"

#include <stddef.h>

#include "model/cpu_nsel1/cpu.h"

struct name_pattern {
    uint32_t mask;
    uint32_t value;
    enum cpu_name name;
};

/* The first match counts. */
static const struct name_pattern patterns[] = {
    {0xFFFF0000, 0x00000000, CPU_NAME_UDF},     {0x1E000000, 0x04000000, CPU_NAME_SVE_SME},
    {0x9E000000, 0x80000000, CPU_NAME_SVE_SME}, {0x0E000000, 0x0E000000, CPU_NAME_FP_SIMD},
    {0x5FE0FC00, 0x1AC01000, CPU_NAME_MTE},   /* IRG, GMI, SUBP */
    {0x1FE00000, 0x1AC00000, CPU_NAME_PAUTH}, /* PACGA and the one-source forms */
    {0x1FE07C00, 0x1A000400, CPU_NAME_FLAGM},   {0x1FE03C00, 0x1A000800, CPU_NAME_FLAGM},
};

static const struct name_pattern memory_patterns[] = {
    {0x04000000, 0x04000000, CPU_NAME_FP_SIMD},
    {0x3FA08000, 0x08808000, CPU_NAME_UNALLOCATED},
    {0x3F200000, 0x08200000, CPU_NAME_LSE_CAS}, /* CASP, CAS */
    {0x3F808000, 0x08800000, CPU_NAME_LOR},
    {0x3F000000, 0x19000000, CPU_NAME_LRCPC}, /* LDAPUR, STLUR; and tags */
    {0x3B20FC00, 0x3820C000, CPU_NAME_LRCPC}, /* LDAPR */
    {0x3B200C00, 0x38200000, CPU_NAME_LSE},
    {0x3B200400, 0x38200400, CPU_NAME_PAUTH}, /* LDRAA, LDRAB */
    {0x3A000000, 0x28000000, CPU_NAME_MTE},   /* STGP */
};

static enum cpu_name name_find(const struct name_pattern *table, size_t count, uint32_t word)
{
    for (size_t i = 0; i < count; i++) {
        if ((word & table[i].mask) == table[i].value) {
            return table[i].name;
        }
    }
    return CPU_NAME_UNALLOCATED;
}

enum cpu_name name_of_word(uint32_t word)
{
    if ((word & 0x0A000000) == 0x08000000) {
        return name_find(memory_patterns, sizeof(memory_patterns) / sizeof(memory_patterns[0]), word);
    }
    if ((word & 0x1F800000) == 0x11800000) {
        return CPU_NAME_MTE; /* ADDG, SUBG */
    }
    if ((word & 0xFE000000) == 0xD6000000) {
        return (word & 0x0000F800) == 0x00000800 ? CPU_NAME_PAUTH
                                                 : CPU_NAME_UNALLOCATED; /* BRAA and its like */
    }
    return name_find(patterns, sizeof(patterns) / sizeof(patterns[0]), word);
}

const char *cpu_undefined_text(uint32_t name)
{
    static const char *const texts[CPU_NAME_COUNT] = {
#define CPU_NAME_TEXT(name, text) text,
        CPU_NAMES(CPU_NAME_TEXT)
#undef CPU_NAME_TEXT
    };
    return name < CPU_NAME_COUNT ? texts[name] : NULL;
}
