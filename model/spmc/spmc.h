/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The secure world of one PE: the FF-A framework (DEN0077: SPMD and SPMC as one), PSCI (DEN0022) and the
 * SMCCC queries (DEN0028). Calls come from the normal world at the non-secure physical instance and from
 * partitions at the secure virtual instance; the same functions serve both. What is in, row by row: README.md
 * beside this file. Implementations differ; struct spmc_config names the one that is shown (profile.h).
 *
 * It touches no memory, runs no partition and knows no clock: it returns what it needs, the caller provides
 * and asks again.
 *
 *     struct spmc_step step = spmc_call(spmc, &frame);
 *     while (step.need is not SPMC_DONE or SPMC_POWER) {
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
#include "model/spmc/memory.h"
#include "model/spmc/profile.h"

#ifdef __cplusplus
extern "C" {
#endif

#define SPMC_PARTITIONS_MAX 8
#define SPMC_UUIDS_MAX      4 /* of one partition */
#define SPMC_REGIONS_MAX    4 /* of one partition */
#define SPMC_VCPUS_MAX      8 /* whose notifications are told apart */
#define SPMC_VMS_MAX        4 /* of the normal world, that notification bitmaps can be created for */
#define SPMC_THREADS_MAX    8 /* of OP-TEE */
#define SPMC_NS_RANGES_MAX  8
#define SPMC_UUID_WORDS     4
#define SPMC_PAGE_SIZE      4096
#define SPMC_RX_PAGES_MAX   4 /* the largest RX/TX buffers that Hafnium can be built for */
#define SPMC_ID_DEFAULT     0x8000
#define SPMC_SRI_DEFAULT    8       /* the SGI that Hafnium donates for the schedule receiver interrupt */
#define SPMC_INTERRUPTS_MAX 1000000 /* a scenario that asks for more has a mistake */
#define SPMC_CALLS_MAX      256     /* of partitions in one stay in the secure world; then one is aborted */

/* Non-secure memory that the SPMC may map as RX/TX buffers, and that may be shared. */
struct spmc_ns_range {
    uint64_t pa;
    uint64_t size;
};

/* Memory of a partition besides what is sent to it; "Partition manifest", memory regions. */
struct spmc_memory_region {
    uint64_t pa;
    uint64_t size;
    bool ns;             /* in the non-secure PA space */
    uint8_t attributes;  /* as in a memory transaction descriptor */
    uint8_t permissions; /* as in an endpoint memory access descriptor */
};

/* "ns-interrupts-action" of the manifest, least permissive first. */
enum spmc_ns_interrupts_action {
    SPMC_NS_INTERRUPTS_QUEUED,
    SPMC_NS_INTERRUPTS_MANAGED_EXIT,
    SPMC_NS_INTERRUPTS_SIGNALED,
};

struct spmc_partition_config {
    uint16_t id; /* bit 15 set */
    uint16_t execution_context_count;
    uint32_t properties; /* FFA_PARTITION_*, as the manifest claims them; VM messages are among them */
    uint32_t uuid_count; /* 1..SPMC_UUIDS_MAX */
    uint32_t uuids[SPMC_UUIDS_MAX][SPMC_UUID_WORDS]; /* words of FFA_PARTITION_INFO_GET, w1..w4 */
    uint32_t ffa_version;                            /* that the partition was written for */
    uint8_t ns_interrupts_action;                    /* enum spmc_ns_interrupts_action */
    uint8_t exception_level;                         /* 0 or 1; op-tee and el3-spmc: 0 */
    bool not_initialised;                            /* its initialisation never ends: it stays BUSY */
    /* RX/TX buffers in secure memory that the manifest gives it; 0 pages: none until it calls RXTX_MAP. */
    uint64_t rx_pa;
    uint64_t tx_pa;
    uint32_t rxtx_pages;
    uint32_t memory_region_count;
    struct spmc_memory_region memory_regions[SPMC_REGIONS_MAX];
};

/* Where the model lets a non-secure interrupt fall when spmc_arm_interrupts() asked for it. */
enum spmc_preemption {
    SPMC_PREEMPTED_BEFORE_WORK, /* the partition does its work at the last FFA_RUN */
    SPMC_PREEMPTED_AFTER_WORK,  /* it has done its work, its response comes at the last FFA_RUN */
};

struct spmc_config {
    bool ffa_present;   /* false: no SPMD; every FF-A function is unknown to the SMC Calling Convention */
    uint8_t profile;    /* enum spmc_profile */
    uint8_t preemption; /* enum spmc_preemption */
    uint16_t spmc_id;
    uint32_t ffa_version;  /* the SPMC's own, FFA_VERSION encoding: 1.0, 1.1 or 1.2 */
    uint32_t rx_pages_max; /* 1..SPMC_RX_PAGES_MAX; hafnium */
    uint32_t sri_interrupt_id;
    bool per_vcpu_notifications;  /* false: refused, as the newest Hafnium does */
    bool interrupt_stays_pending; /* FFA_RUN does not outrun the interrupt: preempted again at once, for ever
                                   */
    bool lifecycle_support;       /* hafnium: an aborted partition is BUSY instead of ABORTED */
    uint32_t op_tee_threads;      /* 1..SPMC_THREADS_MAX */
    uint32_t op_tee_threads_held; /* by others: IDs below this one are never given to partitions */
    uint64_t mpidr;               /* affinity fields of the only PE */
    uint32_t ns_range_count;
    struct spmc_ns_range ns_ranges[SPMC_NS_RANGES_MAX];
    uint32_t partition_count;
    struct spmc_partition_config partitions[SPMC_PARTITIONS_MAX];
};

/* "Partition runtime states" of the one execution context that this PE can run. */
enum spmc_partition_state {
    SPMC_PARTITION_WAITING,
    SPMC_PARTITION_RUNNING,
    SPMC_PARTITION_PREEMPTED,
    SPMC_PARTITION_ABORTED, /* it died; it is never run again */
    SPMC_PARTITION_BLOCKED, /* it waits for another partition, or has yielded */
    SPMC_PARTITION_CREATED, /* not initialised yet */
};

/* Why the partition was given cycles. */
enum spmc_runtime_model { SPMC_RTM_NONE, SPMC_RTM_DIRECT_REQUEST, SPMC_RTM_RUN };

enum spmc_need {
    SPMC_DONE,          /* the call is over: write `frame`.x[0 .. registers) to the normal world */
    SPMC_RUN_PARTITION, /* run `partition` with `frame`; then spmc_provide_response() */
    SPMC_READ,          /* fill `bytes` from memory; then spmc_provide_accessed() */
    SPMC_WRITE,         /* write `bytes` to memory; then spmc_provide_accessed() */
    SPMC_OWNERSHIP,     /* `endpoint` has `access` to the range from now on; then spmc_provide_accessed() */
    SPMC_POWER,         /* SYSTEM_OFF or SYSTEM_RESET: the call does not return */
};

struct spmc_step {
    enum spmc_need need;
    uint32_t registers;   /* DONE: 1, 3, 4, 8 or 18; the caller's other registers keep their values */
    uint32_t partition;   /* RUN_PARTITION: index in the configuration */
    uint32_t vcpu;        /* RUN_PARTITION: its execution context */
    bool sri;             /* DONE: the schedule receiver interrupt was raised */
    bool managed_exit;    /* RUN_PARTITION: the managed exit interrupt is pending: it is to respond soon */
    uint32_t function_id; /* POWER */
    uint64_t pa;          /* READ, WRITE, OWNERSHIP */
    uint32_t size;        /* READ, WRITE */
    uint8_t space;        /* READ, WRITE, OWNERSHIP: enum pa_space */
    uint8_t *bytes;       /* READ, WRITE */
    bool flush;           /* WRITE: clean and invalidate it to the PoC then */
    uint64_t extent;      /* OWNERSHIP: bytes of the range */
    uint16_t endpoint;    /* OWNERSHIP: whose access changes; 0: the normal world */
    uint16_t owner;       /* OWNERSHIP: of the range, after it */
    uint8_t access;       /* OWNERSHIP: enum spmc_memory_right */
    struct smc_frame frame;
};

/* Private to the core from here on. */

/* RX/TX buffers of a caller. */
struct spmc_buffers {
    bool mapped;
    bool rx_full; /* the RX buffer belongs to the caller */
    uint64_t tx_pa;
    uint64_t rx_pa;
    uint32_t pages;
};

/* Who makes a call: partition i, or at SPMC_NORMAL_WORLD the one caller of the normal world. */
#define SPMC_NORMAL_WORLD  SPMC_PARTITIONS_MAX
#define SPMC_CALLERS_MAX   (SPMC_PARTITIONS_MAX + 1)
#define SPMC_NOTIFICATIONS 64
/* Endpoints with notifications: the partitions, the normal world's caller, VMs. */
#define SPMC_NOTIFIED_MAX (SPMC_CALLERS_MAX + SPMC_VMS_MAX)

struct spmc_caller {
    uint16_t id;
    uint8_t space;          /* enum pa_space of its buffers and descriptors */
    bool version_known;     /* an FFA_VERSION of its has been accepted */
    bool version_fixed;     /* another call has reached the SPMC: hafnium's version cannot change any more */
    bool ns_bit_requested;  /* by FFA_FEATURES(FFA_MEM_RETRIEVE_REQ) */
    uint32_t version;       /* what it asked for; the SPMC's or the partition's own until it asks */
    uint32_t width_version; /* what the SPMD goes by when it writes x8-x17 */
    struct spmc_buffers buffers;
};

struct spmc_partition {
    uint8_t state;             /* enum spmc_partition_state */
    uint8_t runtime_model;     /* enum spmc_runtime_model */
    bool worked;               /* SPMC_PREEMPTED_AFTER_WORK: `response` waits for the last FFA_RUN */
    bool yielded;              /* BLOCKED by FFA_YIELD: its requester may resume it */
    bool managed_exit;         /* a non-secure interrupt waits for it to respond */
    uint32_t interrupts;       /* FFA_INTERRUPTs still to come before the response */
    uint32_t requester;        /* index of the caller that gave it cycles */
    uint32_t thread;           /* of OP-TEE, while it works */
    struct smc_frame request;  /* the message that it is working on */
    struct smc_frame entry;    /* the registers that it is to be run with when it is resumed */
    struct smc_frame call;     /* the registers that it gave up the PE with */
    struct smc_frame response; /* if it has worked */
};

/* Notifications of one kind of sender to one endpoint; a bit is a notification's ID. */
struct spmc_notifications_from {
    uint16_t senders[SPMC_NOTIFICATIONS]; /* of bound notifications */
    uint64_t bound;
    uint64_t per_vcpu; /* of the bound ones */
    uint64_t pending;  /* global ones */
    uint64_t pending_vcpu[SPMC_VCPUS_MAX];
};

struct spmc_notified {
    bool enabled; /* its bitmap has been created */
    uint16_t id;
    uint32_t vcpu_count;
    bool spm_rx_full;   /* the framework notification */
    bool told;          /* by FFA_NOTIFICATION_INFO_GET, since something became pending */
    uint8_t told_vcpus; /* the same for each vCPU, one bit each */
    struct spmc_notifications_from secure;
    struct spmc_notifications_from normal_world;
};

/* Which chapter an access belongs to. */
enum spmc_continuation {
    SPMC_CONTINUE_NONE,
    SPMC_CONTINUE_PARTITION, /* a partition runs */
    SPMC_CONTINUE_PARTITION_INFO,
    SPMC_CONTINUE_INDIRECT_HEADER,  /* the sender's TX buffer has been read */
    SPMC_CONTINUE_INDIRECT_MESSAGE, /* the receiver's RX buffer has been written */
    SPMC_CONTINUE_MEMORY,
};

struct spmc {
    struct spmc_config config;
    struct event_log *log;
    struct spmc_caller callers[SPMC_CALLERS_MAX];
    uint32_t caller;             /* who has the PE and made the call in progress: index in `callers` */
    struct smc_frame call;       /* the call in progress */
    struct smc_frame world_call; /* the normal world's last one */
    uint32_t calls_made;         /* by partitions, since the normal world's call */
    uint32_t interrupts_armed;
    uint16_t interrupts_armed_for; /* the partition that they hit; 0: the next one that gets a request */
    bool sri_delayed;              /* until the normal world has the PE again */
    bool sri_raised;               /* during this call */
    uint8_t pending;               /* enum spmc_continuation */
    bool provided;
    bool provided_well;         /* the access succeeded; the partition answered */
    struct smc_frame answer;    /* what the partition gave up the PE with, or the success after an access */
    uint32_t indirect_receiver; /* index in `callers` */
    struct spmc_partition partitions[SPMC_PARTITIONS_MAX];
    struct spmc_notified notified[SPMC_NOTIFIED_MAX];
    struct spmc_memory memory;
    uint8_t rx_image[SPMC_RX_PAGES_MAX * SPMC_PAGE_SIZE];
};

/* The defaults: profile hafnium, FF-A 1.2, no memory ranges, no partition. */
void spmc_config_init(struct spmc_config *config);

/* Adds the smm-gateway MM partition with its UUID; `id` has bit 15 set. */
void spmc_config_add_mm_partition(struct spmc_config *config, uint16_t id);

void spmc_init(struct spmc *spmc, const struct spmc_config *config, struct event_log *log);

/* Starts a call with the registers of the SMC instruction. One call at a time. */
struct spmc_step spmc_call(struct spmc *spmc, const struct smc_frame *in);

/* The partition has been given a message that it has not answered: what is shared with it is in its hands. */
bool spmc_partition_busy(const struct spmc *spmc, uint32_t index);

/*
 * What the partition did with the PE at last: a response, or any other FF-A call. FFA_INTERRUPT is none that
 * a partition makes: it says that a non-secure interrupt fell here, in the middle of the partition's work.
 * When it is to go on it is run with FFA_RUN; with FFA_INTERRUPT if it is to respond soon (managed exit).
 */
void spmc_provide_response(struct spmc *spmc, const struct smc_frame *response);

/* The partition cannot be run any more. */
void spmc_provide_abort(struct spmc *spmc);

/* Whether all of SPMC_READ, SPMC_WRITE or SPMC_OWNERSHIP was done. */
void spmc_provide_accessed(struct spmc *spmc, bool accessed);

struct spmc_step spmc_continue(struct spmc *spmc);

/*
 * The next direct request that is accepted returns FFA_INTERRUPT `count` times, each answered by FFA_RUN,
 * before its response. Replaces what was armed before; 0 also ends interrupts that stay pending.
 */
void spmc_arm_interrupts(struct spmc *spmc, uint32_t count);

/* The same for the next direct request, of whomever, that the partition `endpoint_id` gets. */
void spmc_arm_interrupts_for(struct spmc *spmc, uint16_t endpoint_id, uint32_t count);

#ifdef __cplusplus
}
#endif

#endif
