/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the chapters of the SPMC share: how a call ends, and how a partition is found and run. Private to
 * model/spmc.
 *
 * A refusal is found from a table of statuses, one per check in the order of the reference; 0 means that the
 * check passed. Its event names the first check that failed, counted from 1.
 */
#ifndef MODEL_SPMC_SPMC_INTERNAL_H
#define MODEL_SPMC_SPMC_INTERNAL_H

#include "model/spmc/spmc.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SPMC_REGISTERS_SMCCC_1_0 1  /* PSCI and SMCCC queries write x0 alone */
#define SPMC_REGISTERS_FFA       8  /* x0-x7 */
#define SPMC_REGISTERS_FFA_1_2   18 /* x0-x17 */
#define SPMC_PARTITION_NONE      UINT32_MAX
#define SPMC_CHECK_PASSED        0
#define SPMC_ENDPOINT_SECURE     0x8000U /* bit 15 of an endpoint ID */
#define SPMC_ENDPOINT_NS_CALLER  0U      /* of the caller at the non-secure physical instance */

#define SPMC_COUNT_OF(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

/* spmc.c: how a call ends. */
struct spmc_step spmc_done_x0(int64_t value);
struct spmc_step spmc_refused_x0(struct spmc *spmc, int32_t status, uint32_t check);
struct spmc_step spmc_done_ffa(const struct spmc *spmc, const struct smc_frame *frame);
struct spmc_step spmc_success(const struct spmc *spmc, uint32_t w2, uint32_t w3);
struct spmc_step spmc_refused(struct spmc *spmc, int32_t status, uint32_t check);

/* Who made the call in progress. */
struct spmc_caller *spmc_caller(struct spmc *spmc);

/* spmc.c: what a call needs before it can go on in the chapter that `continuation` names. */
struct spmc_step spmc_need_read(struct spmc *spmc, enum spmc_continuation continuation, uint8_t space,
                                uint64_t pa, uint8_t *bytes, uint32_t size);
struct spmc_step spmc_need_write(struct spmc *spmc, enum spmc_continuation continuation, uint8_t space,
                                 uint64_t pa, uint8_t *bytes, uint32_t size);

/*
 * The checks of a function, in the order and with the statuses of one implementation. `number` is the bit of
 * the check in a set of failed checks, from 1; 0 ends the list.
 */
struct spmc_check {
    uint8_t number;
    int8_t status;
};

/* The status of the first check of the order that failed, SPMC_CHECK_PASSED if none; *check counts from 1. */
int32_t spmc_first_failed(const struct spmc_check *order, uint64_t failed, uint32_t *check);

/* The first status that is not SPMC_CHECK_PASSED; *check counts from 1. */
int32_t spmc_first_refusal(const int32_t *statuses, uint32_t count, uint32_t *check);

uint32_t spmc_partition_find(const struct spmc *spmc, uint32_t endpoint_id);

/* power.c and smccc.c */
struct spmc_step spmc_psci_features(struct spmc *spmc);
struct spmc_step spmc_psci_system(struct spmc *spmc);
struct spmc_step spmc_psci_system_reset2(struct spmc *spmc);
struct spmc_step spmc_psci_cpu_on(struct spmc *spmc);
struct spmc_step spmc_psci_cpu_off(struct spmc *spmc);
struct spmc_step spmc_psci_affinity_info(struct spmc *spmc);
struct spmc_step spmc_smccc_arch_features(struct spmc *spmc);

/* setup_and_discovery.c */
struct spmc_step spmc_ffa_version(struct spmc *spmc);
struct spmc_step spmc_ffa_features(struct spmc *spmc);
struct spmc_step spmc_ffa_spm_id_get(struct spmc *spmc);
struct spmc_step spmc_ffa_rxtx_map(struct spmc *spmc);
struct spmc_step spmc_ffa_rxtx_unmap(struct spmc *spmc);
struct spmc_step spmc_ffa_rx_release(struct spmc *spmc);
struct spmc_step spmc_ffa_partition_info_get(struct spmc *spmc);
struct spmc_step spmc_rx_written(struct spmc *spmc);

/* direct_messaging.c */
struct spmc_step spmc_ffa_direct_request(struct spmc *spmc);
bool spmc_direct_response_valid(const struct spmc_partition *partition, const struct smc_frame *response);

/* cpu_cycles.c */
struct spmc_step spmc_ffa_run(struct spmc *spmc);
struct spmc_step spmc_partition_request(struct spmc *spmc, uint32_t index, const struct smc_frame *message);
struct spmc_step spmc_partition_answered(struct spmc *spmc);

#ifdef __cplusplus
}
#endif

#endif
