/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The scenario device (model/abi/script.h) as the boot phase and the OS stub see it. Its page stands in
 * TPIDR_ELx, where the exception vectors look for it too.
 */
#ifndef FIRMWARE_COMMON_SCRIPT_H
#define FIRMWARE_COMMON_SCRIPT_H

#include <stdint.h>

#include "firmware/common/arch.h"
#include "model/abi/script.h"

static inline uint64_t script_read(uint64_t offset)
{
    return *(volatile const uint64_t *)(uintptr_t)(arch_tpidr() + offset);
}

static inline void script_write(uint64_t offset, uint64_t value)
{
    *(volatile uint64_t *)(uintptr_t)(arch_tpidr() + offset) = value;
}

#endif
