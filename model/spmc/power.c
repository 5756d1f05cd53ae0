/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Power State Coordination Interface (DEN0022) 1.1 for one PE: it can end the machine; it can neither be
 * switched off alone nor find a second PE to switch on. CPU_SUSPEND is not modelled, and PSCI_FEATURES says
 * so. It must not know FF-A.
 */
#include "model/abi/smccc.h"
#include "model/spmc/spmc_internal.h"

#define PSCI_AFFINITY_BITS_64 0x000000FF00FFFFFFULL /* Aff3 and Aff2..Aff0 of a target */

static const uint32_t implemented[] = {
    SMCCC_VERSION,         PSCI_VERSION,    PSCI_CPU_OFF,          PSCI_CPU_ON_32,
    PSCI_CPU_ON_64,        PSCI_SYSTEM_OFF, PSCI_SYSTEM_RESET,     PSCI_AFFINITY_INFO_32,
    PSCI_AFFINITY_INFO_64, PSCI_FEATURES,   PSCI_SYSTEM_RESET2_32, PSCI_SYSTEM_RESET2_64,
};

/* "PSCI_FEATURES": 0 where the function has no feature flags. */
struct spmc_step spmc_psci_features(struct spmc *spmc)
{
    const uint32_t queried = (uint32_t)spmc->call.x[1];
    for (uint32_t i = 0; i < SPMC_COUNT_OF(implemented); i++) {
        if (implemented[i] == queried) {
            return spmc_done_x0(0);
        }
    }
    return spmc_refused_x0(spmc, PSCI_NOT_SUPPORTED, 1);
}

struct spmc_step spmc_psci_system(struct spmc *spmc)
{
    const uint32_t function_id = (uint32_t)spmc->call.x[0];
    event_log_append(spmc->log, EVENT_SPMC_POWER, AGENT_SPMC, 0, function_id, 0, 0, 0);
    return (struct spmc_step){.need = SPMC_POWER, .function_id = function_id};
}

/*
 * "SYSTEM_RESET2": type 0 is the one architectural reset, SYSTEM_WARM_RESET; its cookie has no meaning. Bit
 * 31 marks the vendor's own resets, of which this machine has none.
 */
struct spmc_step spmc_psci_system_reset2(struct spmc *spmc)
{
    const uint32_t reset_type = (uint32_t)spmc->call.x[1];
    if (reset_type != PSCI_SYSTEM_WARM_RESET) {
        return spmc_refused_x0(spmc, PSCI_INVALID_PARAMETERS, 1);
    }
    return spmc_psci_system(spmc);
}

/* A target of the 32-bit form is a w register. Bits outside the affinity fields must be zero. */
static bool target_is_this_pe(const struct spmc *spmc)
{
    const bool wide = (spmc->call.x[0] & 0x40000000U) != 0;
    const uint64_t target = wide ? spmc->call.x[1] : (uint32_t)spmc->call.x[1];
    return target == (spmc->config.mpidr & PSCI_AFFINITY_BITS_64);
}

struct spmc_step spmc_psci_cpu_on(struct spmc *spmc)
{
    if (!target_is_this_pe(spmc)) {
        return spmc_refused_x0(spmc, PSCI_INVALID_PARAMETERS, 1);
    }
    return spmc_refused_x0(spmc, PSCI_ALREADY_ON, 2);
}

/* "CPU_OFF": the last PE of the machine may be denied; TF-A does so. */
struct spmc_step spmc_psci_cpu_off(struct spmc *spmc)
{
    return spmc_refused_x0(spmc, PSCI_DENIED, 1);
}

/* "AFFINITY_INFO": from 1.0 on an implementation need know level 0 only. */
struct spmc_step spmc_psci_affinity_info(struct spmc *spmc)
{
    if (!target_is_this_pe(spmc) || (uint32_t)spmc->call.x[2] != 0) {
        return spmc_refused_x0(spmc, PSCI_INVALID_PARAMETERS, 1);
    }
    return spmc_done_x0(PSCI_AFFINITY_ON);
}
