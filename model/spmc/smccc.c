/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SMC Calling Convention (DEN0028), "Arm Architecture Calls". No firmware mitigation is modelled, so that
 * SMCCC_ARCH_FEATURES knows the two discovery calls and nothing else. It must not know FF-A.
 */
#include "model/abi/smccc.h"
#include "model/spmc/spmc_internal.h"

struct spmc_step spmc_smccc_arch_features(struct spmc *spmc)
{
    const uint32_t queried = (uint32_t)spmc->call.x[1];
    if (queried != SMCCC_VERSION && queried != SMCCC_ARCH_FEATURES) {
        return spmc_refused_x0(spmc, SMCCC_NOT_SUPPORTED, 1);
    }
    return spmc_done_x0(0);
}
