/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DEN0077, "FFA_PARTITION_INFO_GET" and "FFA_PARTITION_INFO_GET_REGS": which partitions there are, in the
 * descriptor of the caller's version. It writes no memory: what the RX buffer gets goes out as SPMC_WRITE.
 *
 * Sources: Hafnium 21bfbdc1, TF-A 6a164dda (EL3 SPMC), OP-TEE d5001fe0.
 */
#include <assert.h>
#include <string.h>

#include "model/abi/ffa.h"
#include "model/spmc/spmc_internal.h"

#define REGISTERS_PER_ENTRY 3 /* of FFA_PARTITION_INFO_GET_REGS, 24 bytes */
#define REGISTER_ENTRIES    5 /* in x3-x17 */

struct query {
    uint32_t uuid[SPMC_UUID_WORDS];
    bool nil;
    bool per_uuid; /* a partition is listed once for each of its UUIDs */
};

static_assert(SPMC_PARTITIONS_MAX * SPMC_UUIDS_MAX * sizeof(struct ffa_partition_info_v1_1) <= SPMC_PAGE_SIZE,
              "every answer fits the smallest RX buffer: NO_MEMORY cannot arise");

static void query_complete(const struct spmc *spmc, struct query *query)
{
    const bool new_caller = spmc->callers[spmc->caller].version >= FFA_VERSION_1_2 &&
                            spmc->config.profile == SPMC_PROFILE_HAFNIUM;
    query->nil = (query->uuid[0] | query->uuid[1] | query->uuid[2] | query->uuid[3]) == 0;
    query->per_uuid = query->nil && (new_caller || spmc->config.profile == SPMC_PROFILE_EL3_SPMC);
}

/* How many entries the query gives of a partition. */
static uint32_t entries_of(const struct query *query, const struct spmc_partition_config *partition)
{
    if (query->nil) {
        return query->per_uuid ? partition->uuid_count : 1;
    }
    for (uint32_t i = 0; i < partition->uuid_count; i++) {
        if (memcmp(query->uuid, partition->uuids[i], sizeof(query->uuid)) == 0) {
            return 1;
        }
    }
    return 0;
}

static uint32_t entries_count(const struct spmc *spmc, const struct query *query)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < spmc->config.partition_count; i++) {
        count += entries_of(query, &spmc->config.partitions[i]);
    }
    return count;
}

/* Bits that the caller's version does not define are 0; Hafnium also hides from the normal world that a
 * partition sends requests: it gets none. */
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
    const bool hides = spmc->config.profile == SPMC_PROFILE_HAFNIUM && !spmc_caller_is_partition(spmc);
    const uint32_t hidden =
        hides ? FFA_PARTITION_SENDS_DIRECT_REQUESTS | FFA_PARTITION_SENDS_DIRECT_REQUESTS2 : 0;
    for (uint32_t i = 0; i < SPMC_COUNT_OF(defined); i++) {
        if (spmc->callers[spmc->caller].version >= defined[i].version) {
            return properties & defined[i].mask & ~hidden;
        }
    }
    return 0;
}

/* The UUID tells a caller that asked for all partitions what each one is; who named it knows it. */
static struct ffa_partition_info_v1_1 entry_make(const struct spmc *spmc, const struct query *query,
                                                 const struct spmc_partition_config *partition, uint32_t uuid)
{
    struct ffa_partition_info_v1_1 entry = {
        .partition_id = partition->id,
        .execution_context_count = partition->execution_context_count,
        .properties = properties_as_seen(spmc, partition->properties),
    };
    if (query->nil) {
        memcpy(entry.uuid, partition->uuids[uuid], sizeof(entry.uuid));
    }
    return entry;
}

/* Entry number `wanted` of the answer; it exists. */
static struct ffa_partition_info_v1_1 entry_find(const struct spmc *spmc, const struct query *query,
                                                 uint32_t wanted)
{
    for (uint32_t i = 0; i < spmc->config.partition_count; i++) {
        const uint32_t entries = entries_of(query, &spmc->config.partitions[i]);
        if (wanted < entries) {
            return entry_make(spmc, query, &spmc->config.partitions[i], wanted);
        }
        wanted -= entries;
    }
    assert(false);
    return (struct ffa_partition_info_v1_1){0};
}

/* FFA_PARTITION_INFO_GET */

enum info_check { INFO_FLAGS = 1, INFO_NO_MATCH, INFO_BUFFER };

static const struct spmc_check info_orders[SPMC_PROFILE_COUNT][SPMC_CHECKS_MAX] = {
    [SPMC_PROFILE_HAFNIUM] = {{INFO_FLAGS, FFA_INVALID_PARAMETERS},
                              {INFO_NO_MATCH, FFA_INVALID_PARAMETERS},
                              {INFO_BUFFER, FFA_BUSY}},
    [SPMC_PROFILE_EL3_SPMC] = {{INFO_NO_MATCH, FFA_INVALID_PARAMETERS}, {INFO_BUFFER, FFA_BUSY}},
    [SPMC_PROFILE_OP_TEE] = {{INFO_BUFFER, FFA_BUSY}},
};

static uint32_t descriptor_size_for(uint32_t version)
{
    return version >= FFA_VERSION_1_1 ? sizeof(struct ffa_partition_info_v1_1)
                                      : sizeof(struct ffa_partition_info_v1_0);
}

/* w3 of the result. Hafnium tells a 1.0 caller the size, too. */
static uint32_t descriptor_size_told(const struct spmc *spmc)
{
    const uint32_t version = spmc->callers[spmc->caller].version;
    const bool told = version >= FFA_VERSION_1_1 || spmc->config.profile == SPMC_PROFILE_HAFNIUM;
    return told ? descriptor_size_for(version) : 0;
}

/* The 1.0 descriptor is the head of the 1.1 one. */
static struct spmc_step info_write(struct spmc *spmc, const struct query *query, uint32_t count)
{
    const struct spmc_caller *caller = spmc_caller(spmc);
    const uint32_t size = descriptor_size_for(caller->version);
    memset(spmc->rx_image, 0, sizeof(spmc->rx_image));
    for (uint32_t i = 0; i < count; i++) {
        const struct ffa_partition_info_v1_1 entry = entry_find(spmc, query, i);
        memcpy(&spmc->rx_image[i * size], &entry, size);
    }
    spmc->answer = spmc_success(spmc, count, descriptor_size_told(spmc)).frame;
    const bool zeroes_rest = spmc->config.profile != SPMC_PROFILE_OP_TEE;
    const uint32_t bytes = zeroes_rest ? caller->buffers.pages * SPMC_PAGE_SIZE : count * size;
    return spmc_need_write(spmc, SPMC_CONTINUE_PARTITION_INFO, caller->space, caller->buffers.rx_pa,
                           spmc->rx_image, bytes);
}

struct spmc_step spmc_ffa_partition_info_get(struct spmc *spmc)
{
    const uint32_t flags = (uint32_t)spmc->call.x[5];
    const bool count_only = (flags & FFA_PARTITION_INFO_COUNT_ONLY) != 0;
    struct spmc_buffers *buffers = &spmc_caller(spmc)->buffers;
    struct query query;
    for (uint32_t i = 0; i < SPMC_UUID_WORDS; i++) {
        query.uuid[i] = (uint32_t)spmc->call.x[1 + i];
    }
    query_complete(spmc, &query);
    const uint32_t count = entries_count(spmc, &query);
    const bool rx_free = buffers->mapped && !buffers->rx_full;
    const uint64_t failed = spmc_failed(INFO_FLAGS, (flags & ~FFA_PARTITION_INFO_COUNT_ONLY) != 0) |
                            spmc_failed(INFO_BUFFER, !rx_free && !count_only) |
                            spmc_failed(INFO_NO_MATCH, count == 0);
    uint32_t check = 0;
    const int32_t status = spmc_first_failed(info_orders[spmc->config.profile], failed, &check);
    if (!count_only && spmc->config.profile == SPMC_PROFILE_OP_TEE) {
        buffers->rx_full = true; /* OP-TEE takes the buffer before it looks, and keeps it when it refuses */
    }
    if (status != SPMC_CHECK_PASSED) {
        return spmc_refused(spmc, status, check);
    }
    if (count_only) {
        return spmc_shortened(spmc, spmc_success(spmc, count, 0), SPMC_REGISTERS_TO_W3);
    }
    if (count == 0) {
        return spmc_success(spmc, 0, descriptor_size_told(spmc));
    }
    return info_write(spmc, &query, count);
}

/* The RX buffer belongs to the caller once it holds the answer. A write that failed leaves it with the SPMC.
 */
struct spmc_step spmc_partition_info_written(struct spmc *spmc)
{
    if (!spmc->provided_well) {
        return spmc_refused(spmc, FFA_ABORTED, SPMC_CHECK_BEYOND);
    }
    spmc_caller(spmc)->buffers.rx_full = true;
    return spmc_shortened(spmc, spmc_done_ffa(spmc, &spmc->answer), SPMC_REGISTERS_TO_W3);
}

/* FFA_PARTITION_INFO_GET_REGS, which Hafnium alone has */

enum regs_check { REGS_VERSION = 1, REGS_TAG, REGS_NO_MATCH, REGS_START };

static const struct spmc_check regs_order[SPMC_CHECKS_MAX] = {
    {REGS_VERSION, FFA_NOT_SUPPORTED},
    {REGS_TAG, FFA_RETRY},
    {REGS_NO_MATCH, FFA_INVALID_PARAMETERS},
    {REGS_START, FFA_INVALID_PARAMETERS},
};

static struct spmc_step regs_result(struct spmc *spmc, const struct query *query, uint32_t start,
                                    uint32_t count)
{
    const uint32_t left = count - start;
    const uint32_t entries = left < REGISTER_ENTRIES ? left : REGISTER_ENTRIES;
    struct smc_frame frame = {.x = {FFA_SUCCESS_64}};
    frame.x[2] = (uint64_t)(count - 1) | (uint64_t)(start + entries - 1) << 16 |
                 (uint64_t)sizeof(struct ffa_partition_info_v1_1) << 48;
    for (uint32_t i = 0; i < entries; i++) {
        const struct ffa_partition_info_v1_1 entry = entry_find(spmc, query, start + i);
        uint64_t *x = &frame.x[3 + i * REGISTERS_PER_ENTRY];
        x[0] = entry.partition_id | (uint64_t)entry.execution_context_count << 16 |
               (uint64_t)entry.properties << 32;
        x[1] = entry.uuid[0] | (uint64_t)entry.uuid[1] << 32;
        x[2] = entry.uuid[2] | (uint64_t)entry.uuid[3] << 32;
    }
    return spmc_done_ffa(spmc, &frame);
}

struct spmc_step spmc_ffa_partition_info_get_regs(struct spmc *spmc)
{
    const uint64_t *x = spmc->call.x;
    const uint32_t start = x[3] & 0xFFFFU;
    struct query query = {
        .uuid = {(uint32_t)x[1], (uint32_t)(x[1] >> 32), (uint32_t)x[2], (uint32_t)(x[2] >> 32)},
    };
    query_complete(spmc, &query);
    const uint32_t count = entries_count(spmc, &query);
    const uint64_t failed = spmc_failed(REGS_VERSION, spmc_caller(spmc)->version < FFA_VERSION_1_2) |
                            spmc_failed(REGS_TAG, (x[3] >> 16 & 0xFFFFU) != 0) |
                            spmc_failed(REGS_NO_MATCH, count == 0) | spmc_failed(REGS_START, start >= count);
    uint32_t check = 0;
    const int32_t status = spmc_first_failed(regs_order, failed, &check);
    if (status != SPMC_CHECK_PASSED) {
        return spmc_refused(spmc, status, check);
    }
    return regs_result(spmc, &query, start, count);
}
