/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every SMC that U-Boot 2026.10-rc2 makes on QEMU's virt machine with FF-A and the MM partition, in its order
 * and with its register habits: PSCI and FF-A discovery with the MMU off and once more with caches, RX and TX
 * buffers, partitions, variables, the ping of `armffa ping`, ExitBootServices, and the way out: `p` at the
 * prompt switches off, any other key resets. What U-Boot insists on is insisted on here. It is no U-Boot: no
 * line of its code is in it.
 */
#include <stdint.h>

#include "firmware/common/memory.h"
#include "firmware/payloads/ffa_calls.h"
#include "firmware/payloads/ffa_regime.h"
#include "firmware/payloads/ffa_tree.h"
#include "firmware/payloads/ffa_variables.h"
#include "firmware/payloads/told.h"
#include "model/abi/ffa.h"
#include "model/abi/mm.h"
#include "model/abi/smccc.h"

#define TREE_PA        0x40000000UL /* fixed, whatever is in x0 */
#define TX_PA          0x7E4B9000UL
#define RX_PA          0x7E4B7000UL
#define PAGE           4096UL
#define SMCCC_LEAST    0x10001
#define PSCI_MAJOR(v)  ((uint32_t)(v) >> 16)
#define PARTITIONS_MAX (PAGE / sizeof(struct ffa_partition_info_v1_0))

void ffa_main(uint64_t x0);

static void tree_check(uint64_t x0)
{
    const uint8_t *tree = (const uint8_t *)TREE_PA;
    const char *method;

    told_step("device tree at 0x40000000", ffa_tree_present(tree), *(const volatile uint32_t *)TREE_PA);
    told_step("device tree in x0", x0 == TREE_PA, x0);
    method = ffa_tree_property(tree, "psci", "method");
    told_step("psci method smc", method != NULL && ffa_text_equal(method, "smc"), 0);
    told_step("stdout-path", ffa_tree_property(tree, "chosen", "stdout-path") != NULL, 0);
}

static void discover(void)
{
    struct ffa_registers out;
    const uint64_t version[4] = {FFA_VERSION_1_0};

    ffa_call_old(PSCI_VERSION, 0, &out);
    told_step("PSCI_VERSION", PSCI_MAJOR(out.x[0]) >= 1 && ffa_garbage_kept(&out), out.x[0]);
    ffa_call_old(PSCI_FEATURES, SMCCC_VERSION, &out);
    told_step("PSCI_FEATURES", (int32_t)out.x[0] != PSCI_NOT_SUPPORTED && ffa_garbage_kept(&out), out.x[0]);
    ffa_call_old(SMCCC_VERSION, 0, &out);
    told_step("SMCCC_VERSION", (int32_t)out.x[0] >= SMCCC_LEAST && ffa_garbage_kept(&out), out.x[0]);
    ffa_call(FFA_VERSION, version, &out);
    told_step("FFA_VERSION", (out.x[0] & FFA_VERSION_MBZ) == 0 && FFA_VERSION_MAJOR(out.x[0]) == 1, out.x[0]);
}

static void buffers_map(void)
{
    static const uint64_t nothing[4];
    const uint64_t version[4] = {FFA_VERSION_1_0};
    const uint64_t feature[4] = {FFA_RXTX_MAP_64};
    const uint64_t buffers[4] = {TX_PA, RX_PA, 1};
    struct ffa_registers out;

    ffa_call(FFA_VERSION, version, &out);
    told_step("FFA_VERSION", FFA_VERSION_MAJOR(out.x[0]) == 1, out.x[0]);
    ffa_call(FFA_ID_GET, nothing, &out);
    told_step("FFA_ID_GET", out.x[0] == FFA_SUCCESS_32 && (uint16_t)out.x[2] == 0, out.x[2]);
    ffa_call(FFA_FEATURES, feature, &out);
    told_step("FFA_FEATURES", out.x[0] == FFA_SUCCESS_32 && out.x[2] == FFA_RXTX_MAP_4K, out.x[2]);
    memset((void *)TX_PA, 0, PAGE);
    memset((void *)RX_PA, 0, PAGE);
    ffa_call(FFA_RXTX_MAP_64, buffers, &out);
    told_step("FFA_RXTX_MAP", out.x[0] == FFA_SUCCESS_32, out.x[2]);
}

/* The first of the partitions that have the UUID. */
static uint16_t partition_find(const char *step, const uint64_t uuid[4])
{
    static const uint64_t nothing[4];
    struct ffa_partition_info_v1_0 first;
    struct ffa_registers out;

    ffa_call(FFA_PARTITION_INFO_GET, uuid, &out);
    told_step(step, out.x[0] == FFA_SUCCESS_32 && out.x[2] >= 1 && out.x[2] <= PARTITIONS_MAX, out.x[2]);
    memcpy(&first, (const void *)RX_PA, sizeof(first));
    ffa_call(FFA_RX_RELEASE, nothing, &out);
    told_step("FFA_RX_RELEASE", out.x[0] == FFA_SUCCESS_32, out.x[2]);
    told_step("a partition that takes direct requests",
              (first.partition_id & 0x8000U) != 0 && first.execution_context_count == 1 &&
                  (first.properties & FFA_PARTITION_RECEIVES_DIRECT_REQUESTS) != 0,
              first.partition_id);
    return first.partition_id;
}

/* The partition cannot read this as a message; what counts is that it answers. */
static void ping(uint16_t partition)
{
    const uint64_t data[5] = {0xAAAAAAAA, 0xBBBBBBBB, 0xCCCCCCCC, 0xDDDDDDDD, 0xEEEEEEEE};
    struct ffa_registers out;

    ffa_direct_request(0, partition, data, &out);
    told_step("ping", out.x[0] == FFA_MSG_SEND_DIRECT_RESP_64 && out.x[1] == (uint64_t)partition << 16,
              out.x[0]);
}

static void buffers_unmap(void)
{
    static const uint64_t own[4];
    struct ffa_registers out;

    ffa_call(FFA_RXTX_UNMAP, own, &out);
    told_step("FFA_RXTX_UNMAP", out.x[0] == FFA_SUCCESS_32, out.x[2]);
}

static void leave(void)
{
    struct ffa_registers out;

    told_text("=> ");
    if (told_key() == 'p') {
        ffa_call_old(PSCI_SYSTEM_OFF, 0, &out);
    }
    ffa_call_old(PSCI_VERSION, 0, &out);
    told_step("PSCI_VERSION", PSCI_MAJOR(out.x[0]) >= 1, out.x[0]);
    ffa_call_old(PSCI_FEATURES, PSCI_SYSTEM_RESET2_64, &out);
    told_step("SYSTEM_RESET2 is told of", (int32_t)out.x[0] != PSCI_NOT_SUPPORTED, out.x[0]);
    ffa_call_old(PSCI_SYSTEM_RESET, 0, &out);
    told_step("end", false, out.x[0]);
}

void ffa_main(uint64_t x0)
{
    static const uint64_t everybody[4];
    static const uint64_t mm[4] = {MM_PARTITION_UUID_WORD0, MM_PARTITION_UUID_WORD1, MM_PARTITION_UUID_WORD2,
                                   MM_PARTITION_UUID_WORD3};
    uint16_t partition;

    tree_check(x0);
    discover();
    ffa_regime_start();
    discover();
    buffers_map();
    (void)partition_find("all partitions", everybody);
    partition = partition_find("the MM partition", mm);
    ping(partition);
    ffa_variables_exercise(0, partition);
    buffers_unmap();
    leave();
}
