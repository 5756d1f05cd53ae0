/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DEN0077, chapter "Setup and discovery interfaces": version, features, identifiers, RX/TX buffers and
 * partition information, as Hafnium 21bfbdc1 behind TF-A's SPMD 6a164dda answers them at the non-secure
 * physical instance. It writes no memory: what the RX buffer gets goes out as SPMC_WRITE_RX.
 */
#include <assert.h>
#include <string.h>

#include "model/abi/ffa.h"
#include "model/spmc/spmc_internal.h"

/* FFA_VERSION */

/* The result is w0 itself; a refusal is NOT_SUPPORTED there, never an FFA_ERROR frame. */
static struct spmc_step version_result(const struct spmc *spmc, uint32_t w0)
{
    const struct smc_frame frame = {.x = {w0}};
    struct spmc_step step = spmc_done_ffa(spmc, &frame);
    step.registers = SPMC_REGISTERS_FFA; /* w0 = 0xFFFFFFFF is no 64-bit function identifier */
    return step;
}

static int32_t version_bit_31_clear(uint32_t requested)
{
    return (requested & FFA_VERSION_MBZ) == 0 ? SPMC_CHECK_PASSED : FFA_NOT_SUPPORTED;
}

static int32_t version_compatible(const struct spmc *spmc, uint32_t requested)
{
    const uint32_t own = spmc->config.ffa_version;
    const bool compatible = FFA_VERSION_MAJOR(requested) == FFA_VERSION_MAJOR(own) &&
                            FFA_VERSION_MINOR(requested) <= FFA_VERSION_MINOR(own);
    return compatible ? SPMC_CHECK_PASSED : FFA_NOT_SUPPORTED;
}

static int32_t version_still_open(const struct spmc *spmc, uint32_t requested)
{
    const bool open =
        !spmc->callers[spmc->caller].version_fixed || requested == spmc->callers[spmc->caller].version;
    return open ? SPMC_CHECK_PASSED : FFA_NOT_SUPPORTED;
}

struct spmc_step spmc_ffa_version(struct spmc *spmc)
{
    const uint32_t requested = (uint32_t)spmc->call.x[1];
    const uint32_t own = spmc->config.ffa_version;
    /* The SPMD answers for an SPMC whose manifest says 1.0: there is nothing to negotiate. */
    const bool spmd_answers = own == FFA_VERSION_1_0;
    const int32_t statuses[] = {
        version_bit_31_clear(requested),
        spmd_answers ? SPMC_CHECK_PASSED : version_compatible(spmc, requested),
        spmd_answers ? SPMC_CHECK_PASSED : version_still_open(spmc, requested),
    };
    uint32_t check = 0;
    const int32_t status = spmc_first_refusal(statuses, SPMC_COUNT_OF(statuses), &check);
    if (status != SPMC_CHECK_PASSED) {
        spmc_refused(spmc, status, check);
        return version_result(spmc, (uint32_t)status);
    }
    spmc->callers[spmc->caller].version = spmd_answers ? own : requested;
    return version_result(spmc, own);
}

/* FFA_FEATURES */

/* What the caller may rely on. A function that this model refuses is not claimed here, though Hafnium claims
 * more. */
static const uint32_t features[] = {
    FFA_ERROR,
    FFA_SUCCESS_32,
    FFA_INTERRUPT,
    FFA_VERSION,
    FFA_FEATURES,
    FFA_RX_RELEASE,
    FFA_RXTX_MAP_64,
    FFA_RXTX_UNMAP,
    FFA_PARTITION_INFO_GET,
    FFA_ID_GET,
    FFA_MSG_WAIT,
    FFA_RUN,
    FFA_MSG_SEND_DIRECT_REQ_32,
    FFA_MSG_SEND_DIRECT_REQ_64,
    FFA_MSG_SEND_DIRECT_RESP_32,
    FFA_MSG_SEND_DIRECT_RESP_64,
};

static bool feature_function_known(const struct spmc *spmc, uint32_t function_id)
{
    if (function_id == FFA_SPM_ID_GET) {
        return spmc->config.ffa_version >= FFA_VERSION_1_1;
    }
    for (uint32_t i = 0; i < SPMC_COUNT_OF(features); i++) {
        if (features[i] == function_id) {
            return true;
        }
    }
    return false;
}

/* w2 of FFA_FEATURES(FFA_RXTX_MAP): callers before 1.2 take bits [31:16] for an unknown page size. */
static uint32_t feature_rxtx_map(const struct spmc *spmc)
{
    const uint32_t pages =
        spmc->callers[spmc->caller].version >= FFA_VERSION_1_2 ? spmc->config.rx_pages_max : 0;
    return FFA_RXTX_MAP_4K | pages << 16;
}

static struct spmc_step features_function(struct spmc *spmc, uint32_t function_id)
{
    if (!feature_function_known(spmc, function_id)) {
        return spmc_refused(spmc, FFA_NOT_SUPPORTED, 1);
    }
    return spmc_success(spmc, function_id == FFA_RXTX_MAP_64 ? feature_rxtx_map(spmc) : 0, 0);
}

struct spmc_step spmc_ffa_features(struct spmc *spmc)
{
    const uint32_t queried = (uint32_t)spmc->call.x[1];
    if ((queried & FFA_FEATURES_FUNCTION) != 0) {
        return features_function(spmc, queried); /* input properties of these functions are ignored */
    }
    if (queried != FFA_FEATURE_SRI || (uint32_t)spmc->call.x[2] != 0) {
        return spmc_refused(spmc, FFA_NOT_SUPPORTED, 2);
    }
    return spmc_success(spmc, spmc->config.sri_interrupt_id, 0);
}

/* FFA_SPM_ID_GET came with 1.1. */
struct spmc_step spmc_ffa_spm_id_get(struct spmc *spmc)
{
    if (spmc->config.ffa_version < FFA_VERSION_1_1) {
        return spmc_refused(spmc, FFA_NOT_SUPPORTED, 1);
    }
    return spmc_success(spmc, spmc->config.spmc_id, 0);
}

/* RX/TX buffers */

static bool range_is_non_secure(const struct spmc *spmc, uint64_t pa, uint64_t size)
{
    for (uint32_t i = 0; i < spmc->config.ns_range_count; i++) {
        const struct spmc_ns_range *range = &spmc->config.ns_ranges[i];
        if (pa >= range->pa && size <= range->size && pa - range->pa <= range->size - size) {
            return true;
        }
    }
    return false;
}

static int32_t buffers_not_mapped_yet(const struct spmc *spmc)
{
    return spmc->callers[spmc->caller].buffers.mapped ? FFA_DENIED : SPMC_CHECK_PASSED;
}

static int32_t buffers_page_count(const struct spmc *spmc, uint32_t pages)
{
    return pages >= 1 && pages <= spmc->config.rx_pages_max ? SPMC_CHECK_PASSED : FFA_INVALID_PARAMETERS;
}

static int32_t buffers_aligned(uint64_t tx_pa, uint64_t rx_pa)
{
    return ((tx_pa | rx_pa) & (SPMC_PAGE_SIZE - 1)) == 0 ? SPMC_CHECK_PASSED : FFA_INVALID_PARAMETERS;
}

static int32_t buffers_disjoint(uint64_t tx_pa, uint64_t rx_pa, uint64_t size)
{
    const uint64_t distance = tx_pa > rx_pa ? tx_pa - rx_pa : rx_pa - tx_pa;
    return distance >= size ? SPMC_CHECK_PASSED : FFA_INVALID_PARAMETERS;
}

static int32_t buffers_non_secure(const struct spmc *spmc, uint64_t tx_pa, uint64_t rx_pa, uint64_t size)
{
    const bool allowed = range_is_non_secure(spmc, tx_pa, size) && range_is_non_secure(spmc, rx_pa, size);
    return allowed ? SPMC_CHECK_PASSED : FFA_DENIED;
}

/*
 * x1 = x2 = w3 = 0 asks to map the buffers of a VM whose descriptor is in the caller's TX buffer. Without a
 * TX buffer that is INVALID_PARAMETERS, and with one the caller's own buffers are meant again (no VM is
 * modelled): the checks below say the same in both cases. Hafnium's last status, NO_MEMORY for page tables,
 * cannot arise: there are none.
 */
struct spmc_step spmc_ffa_rxtx_map(struct spmc *spmc)
{
    const uint64_t tx_pa = spmc->call.x[1];
    const uint64_t rx_pa = spmc->call.x[2];
    const uint32_t pages = (uint32_t)spmc->call.x[3];
    const uint64_t size = (uint64_t)pages * SPMC_PAGE_SIZE;
    const int32_t statuses[] = {
        buffers_not_mapped_yet(spmc),
        buffers_page_count(spmc, pages),
        buffers_aligned(tx_pa, rx_pa),
        buffers_disjoint(tx_pa, rx_pa, size),
        buffers_non_secure(spmc, tx_pa, rx_pa, size),
    };
    uint32_t check = 0;
    const int32_t status = spmc_first_refusal(statuses, SPMC_COUNT_OF(statuses), &check);
    if (status != SPMC_CHECK_PASSED) {
        return spmc_refused(spmc, status, check);
    }
    spmc->callers[spmc->caller].buffers.mapped = true;
    spmc->callers[spmc->caller].buffers.rx_full = false;
    spmc->callers[spmc->caller].buffers.tx_pa = tx_pa;
    spmc->callers[spmc->caller].buffers.rx_pa = rx_pa;
    spmc->callers[spmc->caller].buffers.pages = pages;
    return spmc_success(spmc, 0, 0);
}

/* w1[31:16] is the ID of a VM, 0 when the caller owns the buffers. No VM is known. */
struct spmc_step spmc_ffa_rxtx_unmap(struct spmc *spmc)
{
    const uint32_t owner = (uint32_t)spmc->call.x[1] >> 16;
    if (owner != SPMC_ENDPOINT_NS_CALLER) {
        return spmc_refused(spmc, FFA_INVALID_PARAMETERS, 1);
    }
    if (!spmc->callers[spmc->caller].buffers.mapped) {
        return spmc_refused(spmc, FFA_INVALID_PARAMETERS, 2);
    }
    spmc->callers[spmc->caller].buffers.mapped = false;
    spmc->callers[spmc->caller].buffers.rx_full = false;
    return spmc_success(spmc, 0, 0);
}

/* w1[15:0] is the ID of a VM, 0 for the caller's own buffer. No VM is known. */
struct spmc_step spmc_ffa_rx_release(struct spmc *spmc)
{
    if ((spmc->call.x[1] & 0xFFFFU) != SPMC_ENDPOINT_NS_CALLER) {
        return spmc_refused(spmc, FFA_INVALID_PARAMETERS, 1);
    }
    if (!spmc->callers[spmc->caller].buffers.rx_full) {
        return spmc_refused(spmc, FFA_DENIED, 2);
    }
    spmc->callers[spmc->caller].buffers.rx_full = false;
    return spmc_success(spmc, 0, 0);
}

/* FFA_PARTITION_INFO_GET */

static bool query_is_nil(const struct spmc *spmc)
{
    uint32_t any = 0;
    for (uint32_t i = 0; i < SPMC_UUID_WORDS; i++) {
        any |= (uint32_t)spmc->call.x[1 + i];
    }
    return any == 0;
}

static bool query_matches(const struct spmc *spmc, const struct spmc_partition_config *partition)
{
    for (uint32_t i = 0; i < SPMC_UUID_WORDS; i++) {
        if ((uint32_t)spmc->call.x[1 + i] != partition->uuids[0][i]) {
            return query_is_nil(spmc);
        }
    }
    return true;
}

/* Bits that the caller's version does not define are 0, and so is what a partition can do to secure endpoints
 * only. */
static uint32_t properties_as_seen(const struct spmc *spmc, uint32_t properties)
{
    static const struct {
        uint32_t version;
        uint32_t mask;
    } defined[] = {
        {FFA_VERSION_1_2, 0x7FF},
        {FFA_VERSION_1_1, 0x1FF},
        {FFA_VERSION_1_0, 0x007},
    };
    const uint32_t hidden = FFA_PARTITION_SENDS_DIRECT_REQUESTS | FFA_PARTITION_SENDS_DIRECT_REQUESTS2;
    for (uint32_t i = 0; i < SPMC_COUNT_OF(defined); i++) {
        if (spmc->callers[spmc->caller].version >= defined[i].version) {
            return properties & defined[i].mask & ~hidden;
        }
    }
    return 0;
}

static void descriptor_write(const struct spmc *spmc, const struct spmc_partition_config *partition,
                             uint32_t descriptor_size, uint8_t *bytes)
{
    struct ffa_partition_info_v1_1 descriptor = {
        .partition_id = partition->id,
        .execution_context_count = partition->execution_context_count,
        .properties = properties_as_seen(spmc, partition->properties),
    };
    /* The UUID tells a caller that asked for all partitions what each one is; who named it knows it. */
    if (query_is_nil(spmc)) {
        memcpy(descriptor.uuid, partition->uuids[0], sizeof(descriptor.uuid));
    }
    memcpy(bytes, &descriptor, descriptor_size); /* the 1.0 descriptor is the head of the 1.1 one */
}

static uint32_t descriptor_size_for(uint32_t version)
{
    return version >= FFA_VERSION_1_1 ? sizeof(struct ffa_partition_info_v1_1)
                                      : sizeof(struct ffa_partition_info_v1_0);
}

/* One descriptor per matching partition; returns their number. The rest of the buffer is zero. */
static uint32_t descriptors_write(struct spmc *spmc, uint32_t descriptor_size)
{
    static_assert(SPMC_PARTITIONS_MAX * sizeof(struct ffa_partition_info_v1_1) <= SPMC_PAGE_SIZE,
                  "every answer fits the smallest RX buffer: NO_MEMORY cannot arise");
    memset(spmc->rx_image, 0, sizeof(spmc->rx_image));
    uint32_t count = 0;
    for (uint32_t i = 0; i < spmc->config.partition_count; i++) {
        const struct spmc_partition_config *partition = &spmc->config.partitions[i];
        if (query_matches(spmc, partition)) {
            descriptor_write(spmc, partition, descriptor_size, &spmc->rx_image[count * descriptor_size]);
            count++;
        }
    }
    return count;
}

struct spmc_step spmc_ffa_partition_info_get(struct spmc *spmc)
{
    const uint32_t flags = (uint32_t)spmc->call.x[5];
    const bool count_only = flags == FFA_PARTITION_INFO_COUNT_ONLY;
    const uint32_t descriptor_size = descriptor_size_for(spmc->callers[spmc->caller].version);
    const uint32_t count = descriptors_write(spmc, descriptor_size);
    const bool rx_free =
        spmc->callers[spmc->caller].buffers.mapped && !spmc->callers[spmc->caller].buffers.rx_full;
    const int32_t statuses[] = {
        (flags & ~FFA_PARTITION_INFO_COUNT_ONLY) == 0 ? SPMC_CHECK_PASSED : FFA_INVALID_PARAMETERS,
        count != 0 ? SPMC_CHECK_PASSED : FFA_INVALID_PARAMETERS,
        rx_free || count_only ? SPMC_CHECK_PASSED : FFA_BUSY,
    };
    uint32_t check = 0;
    const int32_t status = spmc_first_refusal(statuses, SPMC_COUNT_OF(statuses), &check);
    if (status != SPMC_CHECK_PASSED) {
        return spmc_refused(spmc, status, check);
    }
    if (count_only) {
        return spmc_success(spmc, count, 0);
    }
    spmc->answer = spmc_success(spmc, count, descriptor_size).frame;
    const struct spmc_buffers *buffers = &spmc_caller(spmc)->buffers;
    return spmc_need_write(spmc, SPMC_CONTINUE_PARTITION_INFO, spmc_caller(spmc)->space, buffers->rx_pa,
                           spmc->rx_image, buffers->pages * SPMC_PAGE_SIZE);
}

/* The RX buffer belongs to the caller once it holds the answer. A write that failed leaves it with the SPMC.
 */
struct spmc_step spmc_rx_written(struct spmc *spmc)
{
    if (!spmc->provided_well) {
        return spmc_refused(spmc, FFA_ABORTED, 4);
    }
    spmc->callers[spmc->caller].buffers.rx_full = true;
    return spmc_done_ffa(spmc, &spmc->answer);
}
