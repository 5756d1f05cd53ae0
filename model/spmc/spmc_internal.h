/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the chapters of the SPMC share: who calls, how a call ends, which functions exist, and how a partition
 * is found and run. Private to model/spmc.
 *
 * A chapter gathers the checks that failed as bits of a set; the order of the profile, a table, decides which
 * of them is answered and how. The event of a refusal names the check by its number, which all profiles have
 * in common; who reads the events (the checker explains refusals by it) relies on the numbers.
 */
#ifndef MODEL_SPMC_SPMC_INTERNAL_H
#define MODEL_SPMC_SPMC_INTERNAL_H

#include "model/spmc/spmc.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SPMC_REGISTERS_SMCCC_1_0 1  /* PSCI and SMCCC queries write x0 alone */
#define SPMC_REGISTERS_TO_W2     3  /* short returns of the EL3 SPMC: results in w2, */
#define SPMC_REGISTERS_TO_W3     4  /* in w2 and w3 */
#define SPMC_REGISTERS_FFA       8  /* x0-x7 */
#define SPMC_REGISTERS_FFA_1_2   18 /* x0-x17 */
#define SPMC_NONE                UINT32_MAX
#define SPMC_CHECK_PASSED        0
#define SPMC_CHECKS_MAX          20              /* in an order, its end included */
#define SPMC_CHECK_BEYOND        SPMC_CHECKS_MAX /* told for what no order holds: memory, a death */
#define SPMC_ENDPOINT_SECURE     0x8000U         /* bit 15 of an endpoint ID */
#define SPMC_ENDPOINT_NS_CALLER  0U              /* of the caller at the non-secure physical instance */
#define SPMC_MEI_INTERRUPT       4U /* virtual interrupts of a partition, as Hafnium numbers them */
#define SPMC_NPI_INTERRUPT       5U

#define SPMC_COUNT_OF(array) ((uint32_t)(sizeof(array) / sizeof((array)[0])))

/* function_table.c: which interface answers an identifier, for whom. */
enum spmc_function {
    SPMC_FUNCTION_UNKNOWN,     /* to the SMC Calling Convention */
    SPMC_FUNCTION_UNSUPPORTED, /* FF-A, refused */
    SPMC_FUNCTION_SMCCC_VERSION,
    SPMC_FUNCTION_SMCCC_ARCH_FEATURES,
    SPMC_FUNCTION_PSCI_VERSION,
    SPMC_FUNCTION_PSCI_FEATURES,
    SPMC_FUNCTION_PSCI_SYSTEM,
    SPMC_FUNCTION_PSCI_SYSTEM_RESET2,
    SPMC_FUNCTION_PSCI_CPU_ON,
    SPMC_FUNCTION_PSCI_CPU_OFF,
    SPMC_FUNCTION_PSCI_AFFINITY_INFO,
    SPMC_FUNCTION_FFA_SETUP, /* the first of FF-A's */
    SPMC_FUNCTION_VERSION = SPMC_FUNCTION_FFA_SETUP,
    SPMC_FUNCTION_FEATURES,
    SPMC_FUNCTION_ID_GET,
    SPMC_FUNCTION_SPM_ID_GET,
    SPMC_FUNCTION_RXTX_MAP,
    SPMC_FUNCTION_RXTX_UNMAP,
    SPMC_FUNCTION_RX_ACQUIRE,
    SPMC_FUNCTION_RX_RELEASE,
    SPMC_FUNCTION_PARTITION_INFO_GET,
    SPMC_FUNCTION_PARTITION_INFO_GET_REGS,
    SPMC_FUNCTION_CONSOLE_LOG,
    SPMC_FUNCTION_FFA_CYCLES,
    SPMC_FUNCTION_DIRECT_REQUEST = SPMC_FUNCTION_FFA_CYCLES,
    SPMC_FUNCTION_DIRECT_RESPONSE,
    SPMC_FUNCTION_ERROR,
    SPMC_FUNCTION_INTERRUPT,
    SPMC_FUNCTION_MSG_WAIT,
    SPMC_FUNCTION_YIELD,
    SPMC_FUNCTION_RUN,
    SPMC_FUNCTION_NORMAL_WORLD_RESUME,
    SPMC_FUNCTION_MSG_SEND2,
    SPMC_FUNCTION_FFA_NOTIFICATIONS,
    SPMC_FUNCTION_NOTIFICATION_BITMAP_CREATE = SPMC_FUNCTION_FFA_NOTIFICATIONS,
    SPMC_FUNCTION_NOTIFICATION_BITMAP_DESTROY,
    SPMC_FUNCTION_NOTIFICATION_BIND,
    SPMC_FUNCTION_NOTIFICATION_UNBIND,
    SPMC_FUNCTION_NOTIFICATION_SET,
    SPMC_FUNCTION_NOTIFICATION_GET,
    SPMC_FUNCTION_NOTIFICATION_INFO_GET,
    SPMC_FUNCTION_FFA_MEMORY,
    SPMC_FUNCTION_MEM_SEND = SPMC_FUNCTION_FFA_MEMORY,
    SPMC_FUNCTION_MEM_RETRIEVE_REQ,
    SPMC_FUNCTION_MEM_RELINQUISH,
    SPMC_FUNCTION_MEM_RECLAIM,
    SPMC_FUNCTION_MEM_FRAG_TX,
    SPMC_FUNCTION_MEM_FRAG_RX,
    SPMC_FUNCTION_MEM_PERM_GET,
    SPMC_FUNCTION_MEM_PERM_SET,
};

struct spmc_function_use {
    enum spmc_function function;
    bool reaches_spmc; /* the SPMD passes the call on */
};

struct spmc_function_use spmc_function_find(const struct spmc *spmc, uint32_t function_id);
bool spmc_function_is_feature(const struct spmc *spmc, uint32_t function_id);

/* conduit.c: how a call ends. The step goes to whoever has the PE (spmc->caller). */
struct spmc_step spmc_done_x0(int64_t value);
struct spmc_step spmc_refused_x0(struct spmc *spmc, int32_t status, uint32_t check);
struct spmc_step spmc_done_ffa(const struct spmc *spmc, const struct smc_frame *frame);
struct spmc_step spmc_success(const struct spmc *spmc, uint32_t w2, uint32_t w3);
/* The EL3 SPMC writes as many registers as a success has results, and leaves the caller what it had beyond. */
struct spmc_step spmc_shortened(const struct spmc *spmc, struct spmc_step step, uint32_t registers);
/* FFA_SUCCESS without results: the EL3 SPMC writes x0 alone. */
struct spmc_step spmc_success_short(const struct spmc *spmc);
struct spmc_step spmc_refused(struct spmc *spmc, int32_t status, uint32_t check);
struct spmc_step spmc_dispatch(struct spmc *spmc);

/* The calls again of an endpoint that gets the PE back. */
void spmc_switch_to(struct spmc *spmc, uint32_t caller);

struct spmc_caller *spmc_caller(struct spmc *spmc);
bool spmc_caller_is_partition(const struct spmc *spmc);

/* The configuration of the partition that has the PE. */
const struct spmc_partition_config *spmc_caller_config(const struct spmc *spmc);

uint32_t spmc_partition_find(const struct spmc *spmc, uint32_t endpoint_id);

/* What a call needs before it can go on in the chapter that `continuation` names. */
struct spmc_step spmc_need_read(struct spmc *spmc, enum spmc_continuation continuation, uint8_t space,
                                uint64_t pa, uint8_t *bytes, uint32_t size);
struct spmc_step spmc_need_write(struct spmc *spmc, enum spmc_continuation continuation, uint8_t space,
                                 uint64_t pa, uint8_t *bytes, uint32_t size);

/* One check of an order: `number` is its bit in the set of failed checks, from 1; 0 ends the order. */
struct spmc_check {
    uint8_t number;
    int8_t status;
};

static inline uint64_t spmc_failed(uint32_t number, bool failed)
{
    return (uint64_t)failed << number;
}

/* The status of the first check of the order that failed, SPMC_CHECK_PASSED if none; *check is its number. */
int32_t spmc_first_failed(const struct spmc_check *order, uint64_t failed, uint32_t *check);

/* power.c and smccc.c */
struct spmc_step spmc_psci_features(struct spmc *spmc);
struct spmc_step spmc_psci_system(struct spmc *spmc);
struct spmc_step spmc_psci_system_reset2(struct spmc *spmc);
struct spmc_step spmc_psci_cpu_on(struct spmc *spmc);
struct spmc_step spmc_psci_cpu_off(struct spmc *spmc);
struct spmc_step spmc_psci_affinity_info(struct spmc *spmc);
struct spmc_step spmc_smccc_arch_features(struct spmc *spmc);

/* version.c, features.c, buffers.c, partition_info.c, console_log.c */
struct spmc_step spmc_ffa_version(struct spmc *spmc);
struct spmc_step spmc_ffa_features(struct spmc *spmc);
struct spmc_step spmc_ffa_id_get(struct spmc *spmc);
struct spmc_step spmc_ffa_spm_id_get(struct spmc *spmc);
struct spmc_step spmc_ffa_rxtx_map(struct spmc *spmc);
struct spmc_step spmc_ffa_rxtx_unmap(struct spmc *spmc);
struct spmc_step spmc_ffa_rx_acquire(struct spmc *spmc);
struct spmc_step spmc_ffa_rx_release(struct spmc *spmc);
struct spmc_step spmc_ffa_partition_info_get(struct spmc *spmc);
struct spmc_step spmc_ffa_partition_info_get_regs(struct spmc *spmc);
struct spmc_step spmc_partition_info_written(struct spmc *spmc);
struct spmc_step spmc_ffa_console_log(struct spmc *spmc);

/* direct_messaging.c */
struct spmc_step spmc_ffa_direct_request(struct spmc *spmc);
struct spmc_step spmc_ffa_direct_response(struct spmc *spmc);

/* cpu_cycles.c */
struct spmc_step spmc_ffa_run(struct spmc *spmc);
struct spmc_step spmc_ffa_msg_wait(struct spmc *spmc);
struct spmc_step spmc_ffa_yield(struct spmc *spmc);
struct spmc_step spmc_ffa_error(struct spmc *spmc);
struct spmc_step spmc_ffa_interrupt(struct spmc *spmc);
bool spmc_partition_is_ancestor(const struct spmc *spmc, uint32_t index);
bool spmc_thread_available(const struct spmc *spmc);
struct spmc_step spmc_partition_enter(struct spmc *spmc, uint32_t index, const struct smc_frame *entry);
struct spmc_step spmc_partition_request(struct spmc *spmc, uint32_t index, const struct smc_frame *message);
struct spmc_step spmc_partition_respond(struct spmc *spmc, const struct smc_frame *response);
struct spmc_step spmc_partition_abort(struct spmc *spmc);

/* indirect_messaging.c */
struct spmc_step spmc_ffa_msg_send2(struct spmc *spmc);
struct spmc_step spmc_indirect_header_read(struct spmc *spmc);
struct spmc_step spmc_indirect_message_written(struct spmc *spmc);

/* notifications.c */
struct spmc_step spmc_ffa_notification_bitmap_create(struct spmc *spmc);
struct spmc_step spmc_ffa_notification_bitmap_destroy(struct spmc *spmc);
struct spmc_step spmc_ffa_notification_bind(struct spmc *spmc);
struct spmc_step spmc_ffa_notification_unbind(struct spmc *spmc);
struct spmc_step spmc_ffa_notification_set(struct spmc *spmc);
struct spmc_step spmc_ffa_notification_get(struct spmc *spmc);
struct spmc_step spmc_ffa_notification_info_get(struct spmc *spmc);
void spmc_notifications_init(struct spmc *spmc);
/* The framework's notification that the RX buffer of a caller is full. */
void spmc_notify_rx_full(struct spmc *spmc, uint32_t receiver, bool delay_sri);
bool spmc_rx_full_is_pending(const struct spmc *spmc, uint32_t receiver);
void spmc_schedule_receiver_if_delayed(struct spmc *spmc);

/* sharing.c */
struct spmc_step spmc_ffa_memory(struct spmc *spmc, enum spmc_function function);
struct spmc_step spmc_sharing_accessed(struct spmc *spmc);
void spmc_sharing_init(struct spmc *spmc);

#ifdef __cplusplus
}
#endif

#endif
