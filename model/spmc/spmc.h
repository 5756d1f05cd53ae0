/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The secure world as the normal world's SMC instruction sees it on one PE: the FF-A framework (SPMD at EL3
 * with an S-EL2 SPMC, DEN0077, chapters "Setup and discovery", "Messaging", "CPU cycle management"), PSCI
 * (DEN0022) and the SMCCC queries (DEN0028).
 *
 * Modelled: discovery, RX/TX buffers, direct messages, FFA_INTERRUPT and FFA_RUN, with the statuses and the
 * order of checks of TF-A 6a164dda (SPMD) and Hafnium 21bfbdc1. Not modelled, and answered NOT_SUPPORTED:
 * memory management, indirect messages, notifications, FFA_PARTITION_INFO_GET_REGS, FFA_MSG_SEND_DIRECT_REQ2.
 * It touches no guest memory, runs no partition and knows no clock: it returns what it needs, the caller
 * provides and asks again.
 *
 *     struct spmc_step step = spmc_call(spmc, &frame);
 *     while (step.need is SPMC_WRITE_RX or SPMC_RUN_PARTITION) {
 *         spmc_provide_...(spmc, ...);
 *         step = spmc_continue(spmc);
 *     }
 */
#ifndef MODEL_SPMC_SPMC_H
#define MODEL_SPMC_SPMC_H

#include <stdbool.h>
#include <stdint.h>

#include "model/bus/smc_frame.h"
#include "model/event/event.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SPMC_PARTITIONS_MAX 4
#define SPMC_NS_RANGES_MAX  8
#define SPMC_UUID_WORDS     4
#define SPMC_PAGE_SIZE      4096
#define SPMC_RX_PAGES_MAX   4 /* the largest RX/TX buffers that Hafnium can be built for */
#define SPMC_ID_DEFAULT     0x8000
#define SPMC_SRI_DEFAULT    8       /* the SGI that Hafnium donates for the schedule receiver interrupt */
#define SPMC_INTERRUPTS_MAX 1000000 /* a scenario that asks for more has a mistake */

/* Non-secure memory that the SPMC may map as RX/TX buffers. */
struct spmc_ns_range {
    uint64_t pa;
    uint64_t size;
};

struct spmc_partition_config {
    uint16_t id; /* bit 15 set */
    uint16_t execution_context_count;
    uint32_t properties;            /* FFA_PARTITION_*, as the manifest claims them */
    uint32_t uuid[SPMC_UUID_WORDS]; /* the words of FFA_PARTITION_INFO_GET, w1..w4 */
    uint32_t ffa_version;           /* that the partition was written for */
};

/* Where the model lets a non-secure interrupt fall when spmc_arm_interrupts() asked for it. */
enum spmc_preemption {
    SPMC_PREEMPTED_BEFORE_WORK, /* the partition does its work at the last FFA_RUN */
    SPMC_PREEMPTED_AFTER_WORK,  /* it has done its work, its response comes at the last FFA_RUN */
};

struct spmc_config {
    bool ffa_present;     /* false: no SPMD; every FF-A function is unknown to the SMC Calling Convention */
    uint32_t ffa_version; /* the SPMC's own, FFA_VERSION encoding */
    uint16_t spmc_id;
    uint8_t preemption;    /* enum spmc_preemption */
    uint32_t rx_pages_max; /* 1..SPMC_RX_PAGES_MAX */
    uint32_t sri_interrupt_id;
    uint64_t mpidr; /* affinity fields of the only PE */
    uint32_t ns_range_count;
    struct spmc_ns_range ns_ranges[SPMC_NS_RANGES_MAX];
    uint32_t partition_count;
    struct spmc_partition_config partitions[SPMC_PARTITIONS_MAX];
};

/* "Partition runtime states" that a partition on one PE can be seen in. */
enum spmc_partition_state {
    SPMC_PARTITION_WAITING,
    SPMC_PARTITION_RUNNING,
    SPMC_PARTITION_PREEMPTED,
    SPMC_PARTITION_ABORTED, /* broke a rule of the framework; it is never run again */
};

/* Why the partition was given cycles. */
enum spmc_runtime_model { SPMC_RTM_NONE, SPMC_RTM_DIRECT_REQUEST, SPMC_RTM_RUN };

enum spmc_need {
    SPMC_DONE,          /* the call is over: write `frame`.x[0 .. registers) to the caller */
    SPMC_RUN_PARTITION, /* run `partition` with `frame`; then spmc_provide_response() */
    SPMC_WRITE_RX,      /* write `bytes` to non-secure memory; then spmc_provide_written() */
    SPMC_POWER,         /* SYSTEM_OFF or SYSTEM_RESET: the call does not return */
};

struct spmc_step {
    enum spmc_need need;
    uint32_t registers;   /* DONE: 1, 8 or 18; the caller's other registers keep their values */
    uint32_t partition;   /* RUN_PARTITION: index in the configuration */
    uint32_t function_id; /* POWER */
    uint64_t pa;          /* WRITE_RX */
    uint32_t size;
    const uint8_t *bytes;
    struct smc_frame frame;
};

/* Private to the core from here on. */

struct spmc_partition {
    uint8_t state;         /* enum spmc_partition_state */
    uint8_t runtime_model; /* enum spmc_runtime_model */
    bool responded;        /* SPMC_PREEMPTED_AFTER_WORK: `response` waits for the last FFA_RUN */
    uint32_t interrupts;   /* FFA_INTERRUPTs still to come before the response */
    struct smc_frame request;
    struct smc_frame response;
};

/* What the core waits for. */
enum spmc_pending { SPMC_PENDING_NONE, SPMC_PENDING_RX, SPMC_PENDING_PARTITION };

struct spmc {
    struct spmc_config config;
    struct event_log *log;
    uint32_t caller_version; /* what the normal world asked for; the SPMC's own until it asks */
    bool version_fixed;      /* another call has reached the SPMC: the version cannot change any more */
    bool buffers_mapped;
    bool rx_full; /* the RX buffer belongs to the caller */
    uint64_t tx_pa;
    uint64_t rx_pa;
    uint32_t buffer_pages;
    uint32_t interrupts_armed;
    uint8_t pending; /* enum spmc_pending */
    bool provided;
    bool provided_well; /* the write succeeded; the partition answered */
    uint32_t pending_partition;
    struct smc_frame call;   /* the call in progress */
    struct smc_frame answer; /* the partition's, or the success that follows the RX write */
    struct spmc_partition partitions[SPMC_PARTITIONS_MAX];
    uint8_t rx_image[SPMC_RX_PAGES_MAX * SPMC_PAGE_SIZE];
};

/* The defaults: FF-A 1.2 as Hafnium builds it, no memory ranges, no partition. */
void spmc_config_init(struct spmc_config *config);

/* Adds the smm-gateway MM partition with its UUID; `id` has bit 15 set. */
void spmc_config_add_mm_partition(struct spmc_config *config, uint16_t id);

void spmc_init(struct spmc *spmc, const struct spmc_config *config, struct event_log *log);

/* Starts a call with the registers of the SMC instruction. One call at a time. */
struct spmc_step spmc_call(struct spmc *spmc, const struct smc_frame *in);

/* A partition has been given a message that it has not answered: what is shared with it is in its hands. */
bool spmc_partition_busy(const struct spmc *spmc);

/* What the partition handed to the SPMC when it gave up the PE. */
void spmc_provide_response(struct spmc *spmc, const struct smc_frame *response);

/* The partition cannot be run any more. */
void spmc_provide_abort(struct spmc *spmc);

/* Whether all bytes of SPMC_WRITE_RX reached memory. */
void spmc_provide_written(struct spmc *spmc, bool written);

struct spmc_step spmc_continue(struct spmc *spmc);

/*
 * The next direct request that is accepted returns FFA_INTERRUPT `count` times, each answered by FFA_RUN,
 * before its response. Replaces what was armed before.
 */
void spmc_arm_interrupts(struct spmc *spmc, uint32_t count);

#ifdef __cplusplus
}
#endif

#endif
