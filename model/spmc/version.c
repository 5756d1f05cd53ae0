/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DEN0077, "FFA_VERSION", "FFA_ID_GET" and "FFA_SPM_ID_GET": what caller and SPMC agree on. Hafnium 21bfbdc1
 * and the SPMD refuse what does not fit, TF-A's EL3 SPMC 6a164dda and OP-TEE d5001fe0 answer their own
 * version and let the caller decide. It must not know what a version changes.
 */
#include "model/abi/ffa.h"
#include "model/spmc/spmc_internal.h"

enum version_check { CHECK_BIT_31 = 1, CHECK_COMPATIBLE, CHECK_OPEN };

static const struct spmc_check orders[SPMC_PROFILE_COUNT][SPMC_CHECKS_MAX] = {
    [SPMC_PROFILE_HAFNIUM] = {{CHECK_BIT_31, FFA_NOT_SUPPORTED},
                              {CHECK_COMPATIBLE, FFA_NOT_SUPPORTED},
                              {CHECK_OPEN, FFA_NOT_SUPPORTED}},
    [SPMC_PROFILE_EL3_SPMC] = {{CHECK_BIT_31, FFA_NOT_SUPPORTED}},
    [SPMC_PROFILE_OP_TEE] = {{CHECK_BIT_31, FFA_NOT_SUPPORTED}},
};

/* The result is w0 itself; a refusal is NOT_SUPPORTED there, never an FFA_ERROR frame. */
static struct spmc_step version_result(const struct spmc *spmc, uint32_t w0)
{
    const bool short_return = spmc->config.profile == SPMC_PROFILE_EL3_SPMC;
    return (struct spmc_step){
        .need = SPMC_DONE,
        .registers = short_return ? SPMC_REGISTERS_SMCCC_1_0 : SPMC_REGISTERS_FFA,
        .frame = {.x = {w0}},
    };
}

/* The SPMD decides on widths by the version that was agreed on first, or last before any other call. */
static void version_store(struct spmc_caller *caller, uint32_t version)
{
    if (!caller->version_known || !caller->version_fixed) {
        caller->width_version = version;
    }
    caller->version = version;
    caller->version_known = true;
}

static struct spmc_step version_of_hafnium(struct spmc *spmc, uint32_t requested)
{
    version_store(spmc_caller(spmc), requested);
    return version_result(spmc, spmc->config.ffa_version);
}

/* A version that does not fit is answered and not stored; after another call the agreed one stands. */
static struct spmc_step version_of_el3_spmc(struct spmc *spmc, uint32_t requested, bool compatible)
{
    struct spmc_caller *caller = spmc_caller(spmc);
    if (caller->version_fixed) {
        return version_result(spmc, caller->version);
    }
    if (compatible) {
        version_store(caller, requested);
    }
    return version_result(spmc, spmc->config.ffa_version);
}

static struct spmc_step version_of_op_tee(struct spmc *spmc, uint32_t requested)
{
    const uint32_t own = spmc->config.ffa_version;
    if (FFA_VERSION_MAJOR(requested) == FFA_VERSION_MAJOR(own)) {
        version_store(spmc_caller(spmc), requested < own ? requested : own);
    }
    return version_result(spmc, own);
}

struct spmc_step spmc_ffa_version(struct spmc *spmc)
{
    const uint32_t requested = (uint32_t)spmc->call.x[1];
    const uint32_t own = spmc->config.ffa_version;
    const struct spmc_caller *caller = spmc_caller(spmc);
    /* The SPMD answers the normal world for an SPMC whose manifest says 1.0: nothing is negotiated. */
    const bool spmd_answers = own == FFA_VERSION_1_0 && !spmc_caller_is_partition(spmc) &&
                              spmc->config.profile != SPMC_PROFILE_EL3_SPMC;
    const bool compatible = FFA_VERSION_MAJOR(requested) == FFA_VERSION_MAJOR(own) && requested <= own;
    const uint64_t failed =
        spmc_failed(CHECK_BIT_31, (requested & FFA_VERSION_MBZ) != 0) |
        spmc_failed(CHECK_COMPATIBLE, !compatible && !spmd_answers) |
        spmc_failed(CHECK_OPEN, caller->version_fixed && requested != caller->version && !spmd_answers);
    uint32_t check = 0;
    const int32_t status = spmc_first_failed(orders[spmc->config.profile], failed, &check);
    if (status != SPMC_CHECK_PASSED) {
        spmc_refused(spmc, status, check);
        return version_result(spmc, (uint32_t)status);
    }
    if (spmd_answers) {
        version_store(spmc_caller(spmc), own);
        return version_result(spmc, own);
    }
    switch ((enum spmc_profile)spmc->config.profile) {
    case SPMC_PROFILE_HAFNIUM:
        return version_of_hafnium(spmc, requested);
    case SPMC_PROFILE_EL3_SPMC:
        return version_of_el3_spmc(spmc, requested, compatible);
    case SPMC_PROFILE_OP_TEE:
        break;
    }
    return version_of_op_tee(spmc, requested);
}
