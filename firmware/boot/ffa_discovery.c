/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Discovery. The RX and TX buffers get the maintenance that the fixed MM buffer gets in the right variants,
 * in every variant: no dirty line of ours may fall on what the SPMC writes. Descriptors are copied out before
 * RX is released, and nothing is ever written to RX.
 */
#include "firmware/boot/ffa_discovery.h"

#include "firmware/common/cache.h"
#include "firmware/common/memory.h"
#include "firmware/common/smc.h"
#include "firmware/runtime/ffa_status.h"
#include "model/abi/mm.h"
#include "model/abi/smccc.h"

#define FFA_PAGE_SIZE     0x1000U
#define RXTX_SIZE_MAX     0x10000U /* the largest minimum that FFA_FEATURES can report */
#define SMCCC_VERSION_1_1 0x00010001
#define UUID_WORDS        4

static uint8_t tx_buffer[RXTX_SIZE_MAX] __attribute__((aligned(RXTX_SIZE_MAX), section(".noinit.rxtx")));
static uint8_t rx_buffer[RXTX_SIZE_MAX] __attribute__((aligned(RXTX_SIZE_MAX), section(".noinit.rxtx")));

static const uint32_t uuid_nil[UUID_WORDS];
static const uint32_t uuid_mm[UUID_WORDS] = {MM_PARTITION_UUID_WORD0, MM_PARTITION_UUID_WORD1,
                                             MM_PARTITION_UUID_WORD2, MM_PARTITION_UUID_WORD3};

/* Of FFA_SUCCESS 0, of FFA_ERROR its errno; anything else breaks the protocol. */
static int32_t result_errno(const struct smc_result *result)
{
    if ((uint32_t)result->x[0] == FFA_SUCCESS_32) {
        return 0;
    }
    if ((uint32_t)result->x[0] == FFA_ERROR) {
        return ffa_status_to_errno((int32_t)result->x[2]);
    }
    return -FIRMWARE_EPROTO;
}

/* PSCI 1.0 tells through PSCI_FEATURES whether SMCCC_VERSION exists; FF-A needs SMCCC 1.1. */
static int32_t smccc_discover(void)
{
    const struct smc_result psci = smc_call(PSCI_VERSION, 0, 0, 0, 0, 0);
    if ((int32_t)psci.x[0] < 0 || (uint32_t)psci.x[0] >> 16 < 1) {
        return -FIRMWARE_EOPNOTSUPP;
    }
    const struct smc_result features = smc_call(PSCI_FEATURES, SMCCC_VERSION, 0, 0, 0, 0);
    if ((int32_t)features.x[0] < 0) {
        return -FIRMWARE_EOPNOTSUPP;
    }
    const struct smc_result smccc = smc_call(SMCCC_VERSION, 0, 0, 0, 0, 0);
    return (int32_t)smccc.x[0] < SMCCC_VERSION_1_1 ? -FIRMWARE_EOPNOTSUPP : 0;
}

static int32_t version_negotiate(struct ffa_discovery *discovery)
{
    const struct smc_result result = smc_call(FFA_VERSION, FFA_VERSION_1_0, 0, 0, 0, 0);
    const uint32_t version = (uint32_t)result.x[0];

    if (version & FFA_VERSION_MBZ) {
        return -FIRMWARE_EOPNOTSUPP;
    }
    if (FFA_VERSION_MAJOR(version) != FFA_VERSION_MAJOR(FFA_VERSION_1_0)) {
        return -FIRMWARE_EOPNOTSUPP;
    }
    discovery->version = FFA_VERSION_1_0; /* a newer minor version talks 1.0 to who asked for it */
    return 0;
}

static int32_t own_id_get(struct ffa_discovery *discovery)
{
    const struct smc_result result = smc_call(FFA_ID_GET, 0, 0, 0, 0, 0);

    discovery->own_id = (uint16_t)result.x[2];
    return result_errno(&result);
}

/* Only w2[1:0] is the size: newer managers put the largest one into the upper half. */
static int32_t rxtx_size_get(uint32_t *size)
{
    const struct smc_result result = smc_call(FFA_FEATURES, FFA_RXTX_MAP_64, 0, 0, 0, 0);
    const int32_t error = result_errno(&result);

    if (error) {
        return error;
    }
    switch (result.x[2] & 3) {
    case FFA_RXTX_MAP_4K:
        *size = 0x1000;
        return 0;
    case FFA_RXTX_MAP_16K:
        *size = 0x4000;
        return 0;
    case FFA_RXTX_MAP_64K:
        *size = 0x10000;
        return 0;
    default:
        return -FIRMWARE_EINVAL;
    }
}

static int32_t rxtx_map(struct ffa_discovery *discovery)
{
    const uint64_t tx = (uint64_t)(uintptr_t)tx_buffer;
    const uint64_t rx = (uint64_t)(uintptr_t)rx_buffer;
    uint32_t size = 0;
    const int32_t error = rxtx_size_get(&size);

    if (error) {
        return error;
    }
    memset(tx_buffer, 0, size);
    memset(rx_buffer, 0, size);
    flush_dcache_range(tx, tx + size);
    flush_dcache_range(rx, rx + size);
    const struct smc_result result = smc_call(FFA_RXTX_MAP_64, tx, rx, size / FFA_PAGE_SIZE, 0, 0);
    discovery->rxtx_mapped = result_errno(&result) == 0;
    return result_errno(&result);
}

int32_t ffa_rxtx_unmap(struct ffa_discovery *discovery)
{
    if (!discovery->rxtx_mapped) {
        return 0;
    }
    const struct smc_result result = smc_call(FFA_RXTX_UNMAP, (uint64_t)discovery->own_id << 16, 0, 0, 0, 0);
    const int32_t error = result_errno(&result);

    discovery->rxtx_mapped = error != 0;
    return error;
}

void ffa_discovery_buffers(uint8_t **tx, uint8_t **rx)
{
    *tx = tx_buffer;
    *rx = rx_buffer;
}

/*
 * Partitions that match, at most `max` of them copied to `partitions`; `count` receives how many there are.
 * At 1.0 a descriptor has 8 bytes, whatever w3 says. RX is released in every case in which it became ours.
 * What the SPMC wrote may be in memory or, when it caches, still dirty in a shared cache: clean and
 * invalidate serves both.
 */
static int32_t partition_info_get(const uint32_t *uuid, struct ffa_partition_info_v1_0 *partitions,
                                  uint32_t max, uint32_t *count)
{
    const uint64_t rx = (uint64_t)(uintptr_t)rx_buffer;
    const struct smc_result result = smc_call(FFA_PARTITION_INFO_GET, uuid[0], uuid[1], uuid[2], uuid[3], 0);
    int32_t error = result_errno(&result);

    if (error) {
        return error;
    }
    *count = (uint32_t)result.x[2] < max ? (uint32_t)result.x[2] : max;
    flush_dcache_range(rx, rx + *count * sizeof(*partitions));
    memcpy(partitions, rx_buffer, *count * sizeof(*partitions));
    const struct smc_result release = smc_call(FFA_RX_RELEASE, 0, 0, 0, 0, 0);
    return result_errno(&release);
}

static int32_t partitions_discover(struct ffa_discovery *discovery)
{
    struct ffa_partition_info_v1_0 mm_partition;
    uint32_t count = 0;
    int32_t error =
        partition_info_get(uuid_nil, discovery->partitions, FFA_PARTITIONS_MAX, &discovery->partition_count);

    if (error) {
        return error;
    }
    error = partition_info_get(uuid_mm, &mm_partition, 1, &count);
    if (error) {
        return error;
    }
    if (count == 0) {
        return -FIRMWARE_ENOSYS; /* one manager in the field says so instead of refusing the UUID */
    }
    if (!(mm_partition.properties & FFA_PARTITION_RECEIVES_DIRECT_REQUESTS)) {
        return -FIRMWARE_EOPNOTSUPP;
    }
    discovery->mm_partition_id = mm_partition.partition_id;
    return 0;
}

int32_t ffa_discover(struct ffa_discovery *discovery)
{
    *discovery = (struct ffa_discovery){.version = 0};
    int32_t error = smccc_discover();

    if (!error) {
        error = version_negotiate(discovery);
    }
    if (!error) {
        error = own_id_get(discovery);
    }
    if (!error) {
        error = rxtx_map(discovery);
    }
    if (!error) {
        error = partitions_discover(discovery);
    }
    if (error) {
        ffa_rxtx_unmap(discovery);
    }
    return error;
}
