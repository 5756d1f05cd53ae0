/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DEN0077, "RX/TX buffers": mapping, unmapping, and who owns the RX buffer. Buffers of VMs, which a
 * hypervisor maps for them, are not modelled: no VM has any. It must not know what goes through the buffers.
 *
 * Sources: Hafnium 21bfbdc1, TF-A 6a164dda (EL3 SPMC), OP-TEE d5001fe0.
 */
#include "model/abi/ffa.h"
#include "model/spmc/spmc_internal.h"

#define EL3_PAGES_MASK    0x1FU /* the EL3 SPMC looks at five bits of the page count */
#define OP_TEE_PAGES_MASK 0x3FU

enum map_check {
    MAP_TWICE = 1,
    MAP_NO_PAGES,
    MAP_MISALIGNED,
    MAP_OVERLAP,
    MAP_NOT_THE_CALLERS, /* memory that the caller may not give */
    MAP_TOO_MANY_PAGES,
    MAP_RESERVED, /* w3[31:6] */
    MAP_ADDRESS_ZERO,
    MAP_SAME_ADDRESS,
};

/*
 * Hafnium's NO_MEMORY for page tables cannot arise: there are none. The mapping functions of the EL3 SPMC
 * find misaligned and overlapping buffers themselves; OP-TEE's pool of virtual addresses is what this model
 * can hold of RX buffers.
 */
static const struct spmc_check map_orders[SPMC_PROFILE_COUNT][SPMC_CHECKS_MAX] = {
    [SPMC_PROFILE_HAFNIUM] = {{MAP_TWICE, FFA_DENIED},
                              {MAP_NO_PAGES, FFA_INVALID_PARAMETERS},
                              {MAP_TOO_MANY_PAGES, FFA_INVALID_PARAMETERS},
                              {MAP_MISALIGNED, FFA_INVALID_PARAMETERS},
                              {MAP_OVERLAP, FFA_INVALID_PARAMETERS},
                              {MAP_NOT_THE_CALLERS, FFA_DENIED}},
    [SPMC_PROFILE_EL3_SPMC] = {{MAP_ADDRESS_ZERO, FFA_INVALID_PARAMETERS},
                               {MAP_SAME_ADDRESS, FFA_INVALID_PARAMETERS},
                               {MAP_NO_PAGES, FFA_INVALID_PARAMETERS},
                               {MAP_TWICE, FFA_DENIED},
                               {MAP_TOO_MANY_PAGES, FFA_NO_MEMORY},
                               {MAP_MISALIGNED, FFA_INVALID_PARAMETERS},
                               {MAP_OVERLAP, FFA_INVALID_PARAMETERS},
                               {MAP_NOT_THE_CALLERS, FFA_INVALID_PARAMETERS}},
    [SPMC_PROFILE_OP_TEE] = {{MAP_RESERVED, FFA_INVALID_PARAMETERS},
                             {MAP_NO_PAGES, FFA_INVALID_PARAMETERS},
                             {MAP_TWICE, FFA_DENIED},
                             {MAP_NOT_THE_CALLERS, FFA_INVALID_PARAMETERS},
                             {MAP_TOO_MANY_PAGES, FFA_NO_MEMORY}},
};

/* Which of the requested pages count, by profile. */
static uint32_t pages_seen(const struct spmc *spmc)
{
    const uint32_t w3 = (uint32_t)spmc->call.x[3];
    static const uint32_t masks[SPMC_PROFILE_COUNT] = {
        [SPMC_PROFILE_HAFNIUM] = UINT32_MAX,
        [SPMC_PROFILE_EL3_SPMC] = EL3_PAGES_MASK,
        [SPMC_PROFILE_OP_TEE] = OP_TEE_PAGES_MASK,
    };
    return w3 & masks[spmc->config.profile];
}

static bool range_holds(uint64_t range_pa, uint64_t range_size, uint64_t pa, uint64_t size)
{
    return pa >= range_pa && size <= range_size && pa - range_pa <= range_size - size;
}

/* Memory of the caller's own, in its PA space. */
static bool range_is_the_callers(const struct spmc *spmc, uint64_t pa, uint64_t size)
{
    if (spmc_caller_is_partition(spmc)) {
        const struct spmc_partition_config *partition = spmc_caller_config(spmc);
        for (uint32_t i = 0; i < partition->memory_region_count; i++) {
            const struct spmc_memory_region *region = &partition->memory_regions[i];
            if (!region->ns && range_holds(region->pa, region->size, pa, size)) {
                return true;
            }
        }
        return false;
    }
    for (uint32_t i = 0; i < spmc->config.ns_range_count; i++) {
        const struct spmc_ns_range *range = &spmc->config.ns_ranges[i];
        if (range_holds(range->pa, range->size, pa, size)) {
            return true;
        }
    }
    return false;
}

static bool buffer_is_allowed(const struct spmc *spmc, uint64_t pa, uint64_t size)
{
    return range_is_the_callers(spmc, pa, size) &&
           spmc_memory_exclusive(&spmc->memory, spmc->callers[spmc->caller].id, pa, size);
}

static uint64_t map_failures(const struct spmc *spmc, uint64_t tx_pa, uint64_t rx_pa)
{
    const uint32_t pages = pages_seen(spmc);
    const uint64_t size = (uint64_t)pages * SPMC_PAGE_SIZE;
    const uint64_t distance = tx_pa > rx_pa ? tx_pa - rx_pa : rx_pa - tx_pa;
    const bool hafnium = spmc->config.profile == SPMC_PROFILE_HAFNIUM;
    const uint32_t pages_max = hafnium ? spmc->config.rx_pages_max : SPMC_RX_PAGES_MAX;
    const bool misaligned = ((tx_pa | rx_pa) & (SPMC_PAGE_SIZE - 1)) != 0;
    const bool in_bounds = size <= (uint64_t)SPMC_RX_PAGES_MAX * SPMC_PAGE_SIZE;
    const bool allowed =
        in_bounds && buffer_is_allowed(spmc, tx_pa, size) && buffer_is_allowed(spmc, rx_pa, size);
    return spmc_failed(MAP_RESERVED, ((uint32_t)spmc->call.x[3] & ~OP_TEE_PAGES_MASK) != 0) |
           spmc_failed(MAP_ADDRESS_ZERO, tx_pa == 0 || rx_pa == 0) |
           spmc_failed(MAP_SAME_ADDRESS, tx_pa == rx_pa) | spmc_failed(MAP_NO_PAGES, pages == 0) |
           spmc_failed(MAP_TOO_MANY_PAGES, pages > pages_max) | spmc_failed(MAP_MISALIGNED, misaligned) |
           spmc_failed(MAP_OVERLAP, distance < size) |
           spmc_failed(MAP_TWICE, spmc->callers[spmc->caller].buffers.mapped) |
           spmc_failed(MAP_NOT_THE_CALLERS, in_bounds && !allowed);
}

/*
 * x1 = x2 = w3 = 0 asks to map the buffers of a VM whose descriptor is in the caller's TX buffer. No VM is
 * modelled, and all profiles refuse the registers as buffers of the caller's own.
 */
struct spmc_step spmc_ffa_rxtx_map(struct spmc *spmc)
{
    const bool wide = (spmc->call.x[0] & FFA_FUNCTION_64BIT) != 0;
    const uint64_t tx_pa = wide ? spmc->call.x[1] : (uint32_t)spmc->call.x[1];
    const uint64_t rx_pa = wide ? spmc->call.x[2] : (uint32_t)spmc->call.x[2];
    const uint64_t failed = map_failures(spmc, tx_pa, rx_pa);
    uint32_t check = 0;
    const int32_t status = spmc_first_failed(map_orders[spmc->config.profile], failed, &check);
    if (status != SPMC_CHECK_PASSED) {
        return spmc_refused(spmc, status, check);
    }
    struct spmc_buffers *buffers = &spmc_caller(spmc)->buffers;
    const bool keeps_full = spmc->config.profile == SPMC_PROFILE_EL3_SPMC && buffers->rx_full;
    *buffers = (struct spmc_buffers){
        .mapped = true, .rx_full = keeps_full, .tx_pa = tx_pa, .rx_pa = rx_pa, .pages = pages_seen(spmc)};
    return spmc_success_short(spmc);
}

/* FFA_RXTX_UNMAP */

enum unmap_check { UNMAP_OWNER = 1, UNMAP_NOTHING };

static const struct spmc_check unmap_orders[SPMC_PROFILE_COUNT][SPMC_CHECKS_MAX] = {
    [SPMC_PROFILE_HAFNIUM] = {{UNMAP_OWNER, FFA_INVALID_PARAMETERS}, {UNMAP_NOTHING, FFA_INVALID_PARAMETERS}},
    [SPMC_PROFILE_EL3_SPMC] = {{UNMAP_OWNER, FFA_INVALID_PARAMETERS},
                               {UNMAP_NOTHING, FFA_INVALID_PARAMETERS}},
    [SPMC_PROFILE_OP_TEE] = {{UNMAP_NOTHING, FFA_INVALID_PARAMETERS}},
};

/* w1[31:16] is the ID of a VM, 0 when the caller owns the buffers. */
struct spmc_step spmc_ffa_rxtx_unmap(struct spmc *spmc)
{
    struct spmc_buffers *buffers = &spmc_caller(spmc)->buffers;
    const bool el3 = spmc->config.profile == SPMC_PROFILE_EL3_SPMC;
    const bool of_another = el3 ? spmc->call.x[1] != 0 : (uint32_t)spmc->call.x[1] >> 16 != 0;
    const uint64_t failed =
        spmc_failed(UNMAP_OWNER, of_another) | spmc_failed(UNMAP_NOTHING, !buffers->mapped);
    uint32_t check = 0;
    const int32_t status = spmc_first_failed(unmap_orders[spmc->config.profile], failed, &check);
    if (status != SPMC_CHECK_PASSED) {
        return spmc_refused(spmc, status, check);
    }
    buffers->mapped = false;
    buffers->rx_full = buffers->rx_full && el3; /* the EL3 SPMC keeps the state of the mailbox */
    return spmc_success_short(spmc);
}

/* FFA_RX_RELEASE */

enum release_check { RELEASE_OWNER = 1, RELEASE_EMPTY, RELEASE_NOTIFIED };

static const struct spmc_check release_orders[SPMC_PROFILE_COUNT][SPMC_CHECKS_MAX] = {
    [SPMC_PROFILE_HAFNIUM] = {{RELEASE_OWNER, FFA_INVALID_PARAMETERS},
                              {RELEASE_EMPTY, FFA_DENIED},
                              {RELEASE_NOTIFIED, FFA_DENIED}},
    [SPMC_PROFILE_EL3_SPMC] = {{RELEASE_EMPTY, FFA_DENIED}},
    [SPMC_PROFILE_OP_TEE] = {{RELEASE_EMPTY, FFA_DENIED}},
};

/* w1[15:0] is the ID of a VM, 0 for the caller's own buffer. */
struct spmc_step spmc_ffa_rx_release(struct spmc *spmc)
{
    struct spmc_buffers *buffers = &spmc_caller(spmc)->buffers;
    const uint64_t failed = spmc_failed(RELEASE_OWNER, (spmc->call.x[1] & 0xFFFFU) != 0) |
                            spmc_failed(RELEASE_EMPTY, !buffers->rx_full) |
                            spmc_failed(RELEASE_NOTIFIED, spmc_rx_full_is_pending(spmc, spmc->caller));
    uint32_t check = 0;
    const int32_t status = spmc_first_failed(release_orders[spmc->config.profile], failed, &check);
    if (status != SPMC_CHECK_PASSED) {
        return spmc_refused(spmc, status, check);
    }
    buffers->rx_full = false;
    return spmc_success_short(spmc);
}

/* FFA_RX_ACQUIRE: a hypervisor takes the RX buffer of a VM. No VM has one. */
struct spmc_step spmc_ffa_rx_acquire(struct spmc *spmc)
{
    const uint32_t vm = (uint32_t)spmc->call.x[1] & 0xFFFFU;
    if (vm == SPMC_ENDPOINT_NS_CALLER || (vm & SPMC_ENDPOINT_SECURE) != 0) {
        return spmc_refused(spmc, FFA_NOT_SUPPORTED, 1);
    }
    return spmc_refused(spmc, FFA_INVALID_PARAMETERS, 2);
}
