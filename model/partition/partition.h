/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A secure partition whose behaviour is data: which FF-A calls it makes when it is run, and what it does to
 * memory. FF-A (DEN0077), "Partition messaging", "CPU cycle management", "Memory management", seen from the
 * partition's side: how a message is answered, which calls end its run, what a borrower does.
 *
 * The framework runs the partition with a frame (a message, or the result of the call that it has made last)
 * and gets a frame back: a response, or any other call. The core touches no memory: every access goes out as
 * a need with the attributes of the partition's own mapping. It must not know who else there is, nor what the
 * framework makes of its calls; whether a call is allowed is not its business.
 *
 *     struct partition_step step = partition_call(partition, &frame);
 *     while (step.need == PARTITION_ACCESS) {
 *         step = partition_continue(partition, provide(&step));
 *     }
 */
#ifndef MODEL_PARTITION_PARTITION_H
#define MODEL_PARTITION_PARTITION_H

#include <stdbool.h>
#include <stdint.h>

#include "model/bus/access.h"
#include "model/bus/smc_frame.h"
#include "model/event/event.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PARTITION_PAGE_SIZE      4096U
#define PARTITION_RULES_MAX      16  /* of a scripted partition */
#define PARTITION_CONDITIONS_MAX 8   /* registers that one rule looks at */
#define PARTITION_CALLS_MAX      256 /* calls that one message may make it make; one more is its end */
#define PARTITION_SLICES_MAX     100
#define PARTITION_LOANS_MAX      4    /* memory that a borrower has retrieved at the same time */
#define PARTITION_RANGES_MAX     16   /* address ranges of one of them */
#define PARTITION_TRANSFER_MAX   1024 /* bytes of a descriptor in its TX or RX buffer */

enum partition_behaviour {
    PARTITION_ECHO,      /* answers with the payload of the request */
    PARTITION_BORROWER,  /* retrieves, reads, writes, relinquishes on command: enum partition_command */
    PARTITION_FORWARDER, /* sends the request on to another partition and the answer back */
    PARTITION_SILENT,    /* does not answer: it waits, and where that is refused yields for ever */
    PARTITION_PREEMPTED, /* gives the PE up `slices` times before it answers as echo does */
    PARTITION_SCRIPTED,  /* `rules`, of which the first that matches a frame says what it does */
};
#define PARTITION_BEHAVIOUR_COUNT 6

/*
 * What a borrower understands: p0 of the payload (x3-x7 of a direct request, x4-x17 of
 * FFA_MSG_SEND_DIRECT_REQ2). It answers with a status in p0: 0, or an FF-A status, sign-extended.
 */
enum partition_command {
    /* p1 handle, p2 transaction flags, p3 access: data permission [1:0] (0: read-write), instruction
     * permission [3:2], memory attributes [23:8], p4 tag -> p1 pages, p2 address ranges, p3 address of the
     * first one, p4 permissions [7:0] and attributes [23:8] that it was given. It asks for memory of who sent
     * the command. */
    PARTITION_COMMAND_RETRIEVE = 1,
    PARTITION_COMMAND_READ = 2,       /* p1 handle, p2 offset -> p1 the 8 bytes there */
    PARTITION_COMMAND_WRITE = 3,      /* p1 handle, p2 offset, p3 value: 8 bytes -> - */
    PARTITION_COMMAND_RELINQUISH = 4, /* p1 handle, p2 flags -> - */
    PARTITION_COMMAND_TOUCH = 5, /* p1 physical address in the non-secure PA space, p2 0 read, 1 write, p3
                                    value: whether or not that memory was ever lent to it -> p1 the 8 bytes */
    PARTITION_COMMAND_PANIC = 6, /* it dies */
};

/* What a scripted partition does with a frame that a rule matches. */
enum partition_action {
    PARTITION_REPLY, /* a proper response to the last request, but for the registers that are given */
    PARTITION_SEND,  /* any call: the registers that are given, zeros elsewhere */
    PARTITION_DIE,
};

struct partition_condition {
    uint8_t register_index; /* 0..17 */
    uint64_t mask;
    uint64_t value; /* the frame's register and `mask` is this */
};

struct partition_rule {
    uint32_t condition_count; /* 0: matches every frame */
    struct partition_condition conditions[PARTITION_CONDITIONS_MAX];
    uint32_t times; /* that it can be used; 0: always */
    uint8_t action; /* enum partition_action */
    uint32_t given; /* bit i: register i is given */
    uint64_t values[SMC_FRAME_REGISTERS];
};

struct partition_config {
    uint16_t id;
    uint8_t behaviour;    /* enum partition_behaviour */
    uint32_t ffa_version; /* that it was written for: decides the layout of its descriptors */
    /* Its RX and TX buffers in secure memory; 0 pages: none. A borrower needs them. */
    uint64_t rx_pa;
    uint64_t tx_pa;
    uint32_t rxtx_pages;
    bool barrier;            /* borrower: DSB SY after it has written, before it answers */
    bool maps_non_cacheable; /* borrower: its stage 1 maps Normal memory Non-cacheable, whatever was agreed */
    uint16_t forward_to;     /* forwarder: an endpoint */
    uint32_t slices;         /* preempted: 0..PARTITION_SLICES_MAX */
    uint32_t rule_count;     /* scripted */
    struct partition_rule rules[PARTITION_RULES_MAX];
};

enum partition_need {
    PARTITION_DONE,    /* it is done for now: `frame` goes to the framework */
    PARTITION_ACCESS,  /* do `access` on `bytes`; then partition_continue() */
    PARTITION_ABORTED, /* it has died; it is never run again */
};

/*
 * `access` is complete but for its extent: it names a range that may cross lines, and the provider does it
 * line by line. A barrier has no extent and no bytes.
 */
struct partition_step {
    enum partition_need need;
    struct access access;
    uint8_t *bytes;
    struct smc_frame frame;
};

/* Private to the core from here on. */

struct partition_range {
    uint64_t pa;
    uint64_t size;
};

/* Memory that a borrower has retrieved and mapped. */
struct partition_loan {
    bool mapped;
    uint64_t handle;
    uint8_t memory_type;  /* enum memory_type */
    uint8_t shareability; /* enum shareability */
    uint8_t pa_space;     /* enum pa_space */
    uint8_t permissions;
    uint16_t attributes;
    uint32_t range_count;
    struct partition_range ranges[PARTITION_RANGES_MAX];
};

/* Where a borrower is in its command. */
enum partition_stage {
    PARTITION_IDLE,
    PARTITION_WRITING_TX, /* the descriptor of the call that comes next */
    PARTITION_RETRIEVING,
    PARTITION_READING_RX,
    PARTITION_RELEASING_RX,
    PARTITION_RELINQUISHING,
    PARTITION_TOUCHING, /* memory of the loan, or what it was told to touch */
    PARTITION_DRAINING, /* what it has written there is to be seen by others before it answers */
    PARTITION_CALLING,  /* any other behaviour: its call is under way */
};

struct partition {
    struct partition_config config;
    struct event_log *log;
    uint8_t stage;  /* enum partition_stage */
    bool answering; /* `request` waits for its response */
    uint32_t calls; /* made since the last message */
    uint32_t slices_left;
    struct smc_frame request;
    uint32_t rules_used[PARTITION_RULES_MAX];
    struct partition_loan loans[PARTITION_LOANS_MAX];
    uint32_t loan;  /* the one that the command is about */
    int32_t status; /* why it gives back what it has just retrieved; 0: it keeps it */
    uint64_t word;  /* read or to be written */
    uint8_t transfer[PARTITION_TRANSFER_MAX];
};

void partition_init(struct partition *partition, const struct partition_config *config,
                    struct event_log *log);

/* The framework runs the partition. One run at a time. */
struct partition_step partition_call(struct partition *partition, const struct smc_frame *frame);

/* `provided`: every piece of the access succeeded. */
struct partition_step partition_continue(struct partition *partition, bool provided);

#ifdef __cplusplus
}
#endif

#endif
