/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DEN0077, "FFA_CONSOLE_LOG": characters of a partition, which become events of up to 16 each. It must not
 * look at them.
 */
#include "model/abi/ffa.h"
#include "model/spmc/spmc_internal.h"

#define CHARACTERS_MAX_32     24U
#define CHARACTERS_MAX_64_1_1 48U
#define CHARACTERS_MAX_64     128U
#define BYTES_OF_REGISTER_32  4U
#define BYTES_OF_REGISTER_64  8U
#define CHARACTERS_OF_EVENT   16U

static uint32_t characters_max(const struct spmc *spmc)
{
    if ((spmc->call.x[0] & FFA_FUNCTION_64BIT) == 0) {
        return CHARACTERS_MAX_32;
    }
    const bool extended = spmc->callers[spmc->caller].version >= FFA_VERSION_1_2;
    return extended ? CHARACTERS_MAX_64 : CHARACTERS_MAX_64_1_1;
}

/* Character `i` is a byte of a register from x2 on: four in each of a 32-bit call, eight of a 64-bit one. */
static uint64_t character_at(const struct smc_frame *call, uint32_t i)
{
    const bool wide = (call->x[0] & FFA_FUNCTION_64BIT) != 0;
    const uint32_t bytes = wide ? BYTES_OF_REGISTER_64 : BYTES_OF_REGISTER_32;
    return call->x[2 + i / bytes] >> (i % bytes * 8) & 0xFFU;
}

static void characters_record(struct spmc *spmc, uint32_t first, uint32_t count)
{
    uint64_t words[2] = {0, 0};
    for (uint32_t i = 0; i < count; i++) {
        words[i / 8] |= character_at(&spmc->call, first + i) << (i % 8 * 8);
    }
    event_log_append(spmc->log, EVENT_SPMC_CONSOLE, AGENT_PARTITION, 0, spmc_caller(spmc)->id, count,
                     words[0], words[1]);
}

struct spmc_step spmc_ffa_console_log(struct spmc *spmc)
{
    const uint32_t count = (uint32_t)spmc->call.x[1];
    if (count == 0 || count > characters_max(spmc)) {
        return spmc_refused(spmc, FFA_INVALID_PARAMETERS, 1);
    }
    for (uint32_t first = 0; first < count; first += CHARACTERS_OF_EVENT) {
        const uint32_t left = count - first;
        characters_record(spmc, first, left < CHARACTERS_OF_EVENT ? left : CHARACTERS_OF_EVENT);
    }
    return spmc_success(spmc, 0, 0);
}
