/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DEN0077, chapter "Interface overview": which function identifiers exist, and from which instance each
 * implementation takes them. Identifiers that an owner does not know are unknown to the SMC Calling
 * Convention (DEN0028); FF-A's own that nobody serves are refused with FFA_NOT_SUPPORTED.
 *
 * Columns of partitions follow the dispatchers of the implementations as they are known, not a text at hand
 * (CAVEATS.md). The table must not know how a function works.
 */
#include <stddef.h>

#include "model/abi/ffa.h"
#include "model/abi/smccc.h"
#include "model/spmc/spmc_internal.h"

#define H   (1U << SPMC_PROFILE_HAFNIUM)
#define E   (1U << SPMC_PROFILE_EL3_SPMC)
#define O   (1U << SPMC_PROFILE_OP_TEE)
#define ALL (H | E | O)

#define V1_0 FFA_VERSION_1_0
#define V1_1 FFA_VERSION_1_1
#define V1_2 FFA_VERSION_1_2

/*
 * world and partition: profiles that serve a call from there. world_feature and partition_feature: those that
 * say so in FFA_FEATURES. spmd: the SPMD answers the normal world by itself, which leaves the version open.
 */
struct function_row {
    uint32_t function_id;
    uint8_t function; /* enum spmc_function */
    uint8_t world;
    uint8_t partition;
    uint8_t world_feature;
    uint8_t partition_feature;
    bool spmd;
    uint32_t since; /* of the SPMC */
};

/* clang-format off */
static const struct function_row functions[] = {
    {FFA_MSG_SEND_DIRECT_REQ_64, SPMC_FUNCTION_DIRECT_REQUEST, ALL, ALL, ALL, ALL, false, V1_0},
    {FFA_MSG_SEND_DIRECT_REQ_32, SPMC_FUNCTION_DIRECT_REQUEST, ALL, ALL, ALL, ALL, false, V1_0},
    {FFA_MSG_SEND_DIRECT_RESP_64, SPMC_FUNCTION_DIRECT_RESPONSE, H | E, ALL, H | O, ALL, false, V1_0},
    {FFA_MSG_SEND_DIRECT_RESP_32, SPMC_FUNCTION_DIRECT_RESPONSE, H | E, ALL, H | O, ALL, false, V1_0},
    {FFA_RUN, SPMC_FUNCTION_RUN, ALL, H | E, ALL, H, false, V1_0},
    {FFA_ERROR, SPMC_FUNCTION_ERROR, 0, ALL, ALL, ALL, true, V1_0},
    {FFA_SUCCESS_32, SPMC_FUNCTION_UNSUPPORTED, 0, 0, ALL, ALL, true, V1_0},
    {FFA_SUCCESS_64, SPMC_FUNCTION_UNSUPPORTED, 0, 0, E | O, E | O, true, V1_0},
    {FFA_INTERRUPT, SPMC_FUNCTION_INTERRUPT, 0, ALL, H | E, ALL, true, V1_0},
    {FFA_VERSION, SPMC_FUNCTION_VERSION, ALL, ALL, ALL, ALL, true, V1_0},
    {FFA_FEATURES, SPMC_FUNCTION_FEATURES, ALL, ALL, ALL, ALL, false, V1_0},
    {FFA_RX_RELEASE, SPMC_FUNCTION_RX_RELEASE, ALL, ALL, ALL, ALL, false, V1_0},
    {FFA_RXTX_MAP_32, SPMC_FUNCTION_RXTX_MAP, E | O, E | O, E | O, E | O, false, V1_0},
    {FFA_RXTX_MAP_64, SPMC_FUNCTION_RXTX_MAP, ALL, ALL, ALL, ALL, false, V1_0},
    {FFA_RXTX_UNMAP, SPMC_FUNCTION_RXTX_UNMAP, ALL, ALL, ALL, ALL, false, V1_0},
    {FFA_PARTITION_INFO_GET, SPMC_FUNCTION_PARTITION_INFO_GET, ALL, ALL, ALL, ALL, false, V1_0},
    {FFA_ID_GET, SPMC_FUNCTION_ID_GET, ALL, ALL, ALL, ALL, true, V1_0},
    {FFA_MSG_WAIT, SPMC_FUNCTION_MSG_WAIT, 0, ALL, H, ALL, true, V1_0},
    {FFA_YIELD, SPMC_FUNCTION_YIELD, 0, H, 0, H, true, V1_0},
    {FFA_NORMAL_WORLD_RESUME, SPMC_FUNCTION_NORMAL_WORLD_RESUME, ALL, 0, 0, 0, true, V1_0},
    {FFA_MEM_DONATE_32, SPMC_FUNCTION_MEM_SEND, H, H, H, H, false, V1_0},
    {FFA_MEM_DONATE_64, SPMC_FUNCTION_MEM_SEND, H, H, H, H, false, V1_0},
    {FFA_MEM_LEND_32, SPMC_FUNCTION_MEM_SEND, ALL, H | O, ALL, H | O, false, V1_0},
    {FFA_MEM_LEND_64, SPMC_FUNCTION_MEM_SEND, ALL, H | O, ALL, H | O, false, V1_0},
    {FFA_MEM_SHARE_32, SPMC_FUNCTION_MEM_SEND, ALL, H | O, ALL, H | O, false, V1_0},
    {FFA_MEM_SHARE_64, SPMC_FUNCTION_MEM_SEND, ALL, H | O, ALL, H | O, false, V1_0},
    {FFA_MEM_RETRIEVE_REQ_32, SPMC_FUNCTION_MEM_RETRIEVE_REQ, H | E, ALL, H | E, ALL, false, V1_0},
    {FFA_MEM_RETRIEVE_REQ_64, SPMC_FUNCTION_MEM_RETRIEVE_REQ, H | E, ALL, H | E, ALL, false, V1_0},
    {FFA_MEM_RETRIEVE_RESP, SPMC_FUNCTION_UNSUPPORTED, 0, 0, H, H | E, true, V1_0},
    {FFA_MEM_RELINQUISH, SPMC_FUNCTION_MEM_RELINQUISH, H | E, ALL, H, ALL, false, V1_0},
    {FFA_MEM_RECLAIM, SPMC_FUNCTION_MEM_RECLAIM, ALL, H | O, ALL, H | O, false, V1_0},
    {FFA_MEM_FRAG_RX, SPMC_FUNCTION_MEM_FRAG_RX, H | E, H | E, H | E, H | E, false, V1_0},
    {FFA_MEM_FRAG_TX, SPMC_FUNCTION_MEM_FRAG_TX, ALL, H, ALL, H, false, V1_0},
    {FFA_MEM_PERM_GET_32, SPMC_FUNCTION_MEM_PERM_GET, 0, ALL, 0, ALL, true, V1_1},
    {FFA_MEM_PERM_GET_64, SPMC_FUNCTION_MEM_PERM_GET, 0, ALL, 0, ALL, true, V1_1},
    {FFA_MEM_PERM_SET_32, SPMC_FUNCTION_MEM_PERM_SET, 0, ALL, 0, ALL, true, V1_1},
    {FFA_MEM_PERM_SET_64, SPMC_FUNCTION_MEM_PERM_SET, 0, ALL, 0, ALL, true, V1_1},
    {FFA_NOTIFICATION_BITMAP_CREATE, SPMC_FUNCTION_NOTIFICATION_BITMAP_CREATE,
     H | O, 0, H | O, 0, false, V1_1},
    {FFA_NOTIFICATION_BITMAP_DESTROY, SPMC_FUNCTION_NOTIFICATION_BITMAP_DESTROY,
     H | O, 0, H | O, 0, false, V1_1},
    {FFA_NOTIFICATION_BIND, SPMC_FUNCTION_NOTIFICATION_BIND, H | O, H | O, H | O, H | O, false, V1_1},
    {FFA_NOTIFICATION_UNBIND, SPMC_FUNCTION_NOTIFICATION_UNBIND, H | O, H | O, H | O, H | O, false, V1_1},
    {FFA_NOTIFICATION_SET, SPMC_FUNCTION_NOTIFICATION_SET, H, H | O, H | O, H | O, false, V1_1},
    {FFA_NOTIFICATION_GET, SPMC_FUNCTION_NOTIFICATION_GET, H | O, H | O, H | O, H | O, false, V1_1},
    {FFA_NOTIFICATION_INFO_GET_32, SPMC_FUNCTION_NOTIFICATION_INFO_GET, O, 0, O, 0, false, V1_1},
    {FFA_NOTIFICATION_INFO_GET_64, SPMC_FUNCTION_NOTIFICATION_INFO_GET, H | O, 0, H | O, 0, false, V1_1},
    {FFA_RX_ACQUIRE, SPMC_FUNCTION_RX_ACQUIRE, H, 0, H, 0, false, V1_1},
    {FFA_SPM_ID_GET, SPMC_FUNCTION_SPM_ID_GET, ALL, ALL, ALL, ALL, true, V1_1},
    {FFA_MSG_SEND2, SPMC_FUNCTION_MSG_SEND2, H, H, H, H, false, V1_1},
    {FFA_CONSOLE_LOG_32, SPMC_FUNCTION_CONSOLE_LOG, 0, ALL, 0, ALL, true, V1_0},
    {FFA_CONSOLE_LOG_64, SPMC_FUNCTION_CONSOLE_LOG, 0, ALL, 0, ALL, true, V1_0},
    {FFA_PARTITION_INFO_GET_REGS, SPMC_FUNCTION_PARTITION_INFO_GET_REGS, H, H, H, H, false, V1_2},
    {FFA_MSG_SEND_DIRECT_REQ2, SPMC_FUNCTION_DIRECT_REQUEST, ALL, ALL, ALL, ALL, false, V1_2},
    {FFA_MSG_SEND_DIRECT_RESP2, SPMC_FUNCTION_DIRECT_RESPONSE, H | E, ALL, H | O, ALL, false, V1_2},
    {SMCCC_VERSION, SPMC_FUNCTION_SMCCC_VERSION, ALL, ALL, 0, 0, true, 0},
    {SMCCC_ARCH_FEATURES, SPMC_FUNCTION_SMCCC_ARCH_FEATURES, ALL, ALL, 0, 0, true, 0},
    {PSCI_VERSION, SPMC_FUNCTION_PSCI_VERSION, ALL, 0, 0, 0, true, 0},
    {PSCI_FEATURES, SPMC_FUNCTION_PSCI_FEATURES, ALL, 0, 0, 0, true, 0},
    {PSCI_SYSTEM_OFF, SPMC_FUNCTION_PSCI_SYSTEM, ALL, 0, 0, 0, true, 0},
    {PSCI_SYSTEM_RESET, SPMC_FUNCTION_PSCI_SYSTEM, ALL, 0, 0, 0, true, 0},
    {PSCI_SYSTEM_RESET2_32, SPMC_FUNCTION_PSCI_SYSTEM_RESET2, ALL, 0, 0, 0, true, 0},
    {PSCI_SYSTEM_RESET2_64, SPMC_FUNCTION_PSCI_SYSTEM_RESET2, ALL, 0, 0, 0, true, 0},
    {PSCI_CPU_ON_32, SPMC_FUNCTION_PSCI_CPU_ON, ALL, 0, 0, 0, true, 0},
    {PSCI_CPU_ON_64, SPMC_FUNCTION_PSCI_CPU_ON, ALL, 0, 0, 0, true, 0},
    {PSCI_CPU_OFF, SPMC_FUNCTION_PSCI_CPU_OFF, ALL, 0, 0, 0, true, 0},
    {PSCI_AFFINITY_INFO_32, SPMC_FUNCTION_PSCI_AFFINITY_INFO, ALL, 0, 0, 0, true, 0},
    {PSCI_AFFINITY_INFO_64, SPMC_FUNCTION_PSCI_AFFINITY_INFO, ALL, 0, 0, 0, true, 0},
};
/* clang-format on */

#define FFA_NUMBER_FIRST 0x60U
#define FFA_NUMBER_LAST  0xFFU

/* Fast calls of the standard secure service owner with a function number that DEN0077 reserves. */
static bool function_is_ffa(uint32_t function_id)
{
    const uint32_t number = function_id & 0xFFFFU;
    const uint32_t owner = function_id & ~(FFA_FUNCTION_64BIT | 0xFFFFU);
    return owner == (FFA_ERROR & ~0xFFFFU) && number >= FFA_NUMBER_FIRST && number <= FFA_NUMBER_LAST;
}

static const struct function_row *row_find(const struct spmc *spmc, uint32_t function_id)
{
    if (function_is_ffa(function_id) && !spmc->config.ffa_present) {
        return NULL;
    }
    for (uint32_t i = 0; i < SPMC_COUNT_OF(functions); i++) {
        if (functions[i].function_id == function_id && functions[i].since <= spmc->config.ffa_version) {
            return &functions[i];
        }
    }
    return NULL;
}

struct spmc_function_use spmc_function_find(const struct spmc *spmc, uint32_t function_id)
{
    const struct function_row *row = row_find(spmc, function_id);
    const bool ffa = function_is_ffa(function_id) && spmc->config.ffa_present;
    const uint32_t profile = 1U << spmc->config.profile;
    const bool partition = spmc_caller_is_partition(spmc);
    if (row == NULL || ((partition ? row->partition : row->world) & profile) == 0) {
        return (struct spmc_function_use){ffa ? SPMC_FUNCTION_UNSUPPORTED : SPMC_FUNCTION_UNKNOWN, false};
    }
    return (struct spmc_function_use){(enum spmc_function)row->function, !row->spmd};
}

bool spmc_function_is_feature(const struct spmc *spmc, uint32_t function_id)
{
    const struct function_row *row = row_find(spmc, function_id);
    if (row == NULL) {
        return false;
    }
    const bool partition = spmc_caller_is_partition(spmc);
    const uint32_t profiles = partition ? row->partition_feature : row->world_feature;
    /* What came with 1.2 is also closed to older callers. */
    const uint32_t version = spmc->callers[spmc->caller].version;
    return (profiles >> spmc->config.profile & 1) != 0 && (row->since < V1_2 || version >= V1_2);
}
