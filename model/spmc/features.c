/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DEN0077, "FFA_FEATURES": what a caller may rely on, and the properties of it. Every refusal is
 * NOT_SUPPORTED. Which functions exist is in function_table.c; interrupt numbers of partitions are Hafnium's.
 */
#include "model/abi/ffa.h"
#include "model/abi/ffa_memory.h"
#include "model/spmc/spmc_internal.h"

#define FEATURE_RESERVED 0x7FFFFF00U /* w1[30:8] of a feature identifier */

enum refusal { REFUSED_FUNCTION = 1, REFUSED_PROPERTIES, REFUSED_FEATURE };

static bool is_profile(const struct spmc *spmc, enum spmc_profile profile)
{
    return spmc->config.profile == profile;
}

/* w2 of FFA_RXTX_MAP: callers before 1.2 take bits [31:16] for an unknown page size. */
static uint32_t feature_rxtx_map(const struct spmc *spmc)
{
    const bool tells_maximum =
        is_profile(spmc, SPMC_PROFILE_HAFNIUM) && spmc->callers[spmc->caller].version >= FFA_VERSION_1_2;
    return FFA_RXTX_MAP_4K | (tells_maximum ? spmc->config.rx_pages_max << 16 : 0);
}

/*
 * The caller says in w2 whether it understands the NS bit of attributes. Hafnium expects that of everybody
 * from 1.1 on; the EL3 SPMC has nothing of the kind for the normal world, whose form is the hypervisor's.
 */
static struct spmc_step feature_retrieve(struct spmc *spmc)
{
    const bool asks = ((uint32_t)spmc->call.x[2] & FFA_FEATURES_MEM_NS_BIT) != 0;
    const bool partition = spmc_caller_is_partition(spmc);
    const bool el3 = is_profile(spmc, SPMC_PROFILE_EL3_SPMC);
    const bool must_not = el3 && !partition;
    const bool must_ask = !must_not && spmc_caller(spmc)->version >= FFA_VERSION_1_1;
    const bool op_tee = is_profile(spmc, SPMC_PROFILE_OP_TEE);
    if (!op_tee && ((must_ask && !asks) || (must_not && asks))) {
        return spmc_refused(spmc, FFA_NOT_SUPPORTED, REFUSED_PROPERTIES);
    }
    spmc_caller(spmc)->ns_bit_requested = spmc_caller(spmc)->ns_bit_requested || asks;
    if (must_not) {
        return spmc_success_short(spmc);
    }
    if (!partition) {
        return spmc_success(spmc, FFA_FEATURES_MEM_HYPERVISOR_FORM, 0);
    }
    if (!asks) {
        return spmc_success_short(spmc);
    }
    return spmc_shortened(spmc, spmc_success(spmc, FFA_FEATURES_MEM_NS_BIT, 0), SPMC_REGISTERS_TO_W2);
}

static struct spmc_step feature_function(struct spmc *spmc, uint32_t function_id)
{
    if (!spmc_function_is_feature(spmc, function_id)) {
        return spmc_refused(spmc, FFA_NOT_SUPPORTED, REFUSED_FUNCTION);
    }
    if (function_id == FFA_MEM_RETRIEVE_REQ_32 || function_id == FFA_MEM_RETRIEVE_REQ_64) {
        return feature_retrieve(spmc);
    }
    if ((uint32_t)spmc->call.x[2] != 0 && is_profile(spmc, SPMC_PROFILE_EL3_SPMC)) {
        return spmc_refused(spmc, FFA_NOT_SUPPORTED, REFUSED_PROPERTIES);
    }
    if (function_id == FFA_RXTX_MAP_64 && feature_rxtx_map(spmc) != 0) {
        return spmc_success(spmc, feature_rxtx_map(spmc), 0);
    }
    const bool share = function_id == FFA_MEM_SHARE_32 || function_id == FFA_MEM_SHARE_64;
    if (share && is_profile(spmc, SPMC_PROFILE_OP_TEE)) {
        return spmc_success(spmc, FFA_FEATURES_MEM_BUFFER, 0);
    }
    return spmc_success_short(spmc);
}

/* Feature identifiers: interrupts. 0 where the caller has none. */
static uint32_t feature_interrupt(const struct spmc *spmc, uint32_t feature)
{
    const bool partition = spmc_caller_is_partition(spmc);
    switch (feature) {
    case FFA_FEATURE_SRI:
        return partition ? 0 : spmc->config.sri_interrupt_id;
    case FFA_FEATURE_NPI:
        return partition ? SPMC_NPI_INTERRUPT : 0;
    case FFA_FEATURE_MEI:
        return partition ? SPMC_MEI_INTERRUPT : 0;
    default:
        return 0;
    }
}

struct spmc_step spmc_ffa_features(struct spmc *spmc)
{
    const uint32_t queried = (uint32_t)spmc->call.x[1];
    if ((queried & FFA_FEATURES_FUNCTION) != 0) {
        return feature_function(spmc, queried);
    }
    const bool el3 = is_profile(spmc, SPMC_PROFILE_EL3_SPMC);
    const bool op_tee = is_profile(spmc, SPMC_PROFILE_OP_TEE);
    if (op_tee && queried == FFA_FEATURE_MEI && !spmc_caller_is_partition(spmc)) {
        return spmc_success(spmc, 0, 0); /* OP-TEE takes it for a function that it knows */
    }
    const bool properties = (uint32_t)spmc->call.x[2] != 0 && !op_tee; /* which looks at w1 alone */
    const bool malformed = (queried & FEATURE_RESERVED) != 0 || properties;
    const uint32_t interrupt = feature_interrupt(spmc, queried);
    if (el3 || malformed || interrupt == 0) {
        return spmc_refused(spmc, FFA_NOT_SUPPORTED, REFUSED_FEATURE);
    }
    return spmc_success(spmc, interrupt, 0);
}
