/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The MM partition: UEFI variables behind the MM communicate buffer, in one of two dialects: smm-gateway of
 * Trusted Services 0d55b4c7 (mm_communicate endpoint), where x3 of a direct request is the byte offset of the
 * message in the fixed buffer and x3 of the response an MM status; and StandaloneMM of EDK2 c5aa7e7d, where
 * the request has the message's address and a refusal is FFA_ERROR. The FF-A side follows DEN0077, "Direct
 * messages".
 *
 * A message is read once (its header, then as many bytes as the header says, after that was checked),
 * validated and answered on the copy, and the answer is written back. The core touches no guest memory: every
 * access, cache maintenance and barrier goes out as a need with the attributes of the partition's own
 * mapping. It must not know who the other side is, nor what it maps.
 *
 *     struct mm_sp_step step = mm_sp_call(mm_sp, &request);
 *     while (step.need != MM_SP_DONE) {
 *         step = mm_sp_continue(mm_sp, step.need == MM_SP_PREEMPTIBLE || provide(&step));
 *     }
 *
 * Where it can be preempted, and an interrupt of the normal world is armed, it gives up the PE with
 * FFA_INTERRUPT, and goes on from there at the next mm_sp_call().
 */
#ifndef MODEL_MM_SP_MM_SP_H
#define MODEL_MM_SP_MM_SP_H

#include <stdbool.h>
#include <stdint.h>

#include "model/bus/access.h"
#include "model/bus/smc_frame.h"
#include "model/event/event.h"
#include "model/mm_sp/variable_service.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MM_SP_BUFFER_SIZE_MAX 65536 /* bytes; deployments use one page to eight */
#define MM_SP_BUFFER_SIZE_MIN 40    /* the MM and the variable header */

enum mm_sp_dialect { MM_SP_SMM_GATEWAY, MM_SP_STANDALONE_MM };
#define MM_SP_DIALECT_COUNT 2

/* Where an interrupt of the normal world may take the PE from the partition: bits of `preemptible`. */
enum mm_sp_point {
    MM_SP_BEFORE_READING = 1 << 0,  /* nothing of the message has been read */
    MM_SP_WHILE_READING = 1 << 1,   /* between the header and the rest, and between pieces of the rest */
    MM_SP_BEFORE_SERVING = 1 << 2,  /* all of the message is in the copy */
    MM_SP_BEFORE_REPLYING = 1 << 3, /* it has been served; nothing is written */
    MM_SP_WHILE_REPLYING = 1 << 4,  /* between pieces of the reply */
    MM_SP_AFTER_REPLYING = 1 << 5,  /* all is written, and cleaned where the partition does that */
};
#define MM_SP_POINTS_ALL 0x3F

/* What the partition can be told to do with the next direct request. */
enum mm_sp_fault {
    MM_SP_FAULT_NONE,
    MM_SP_FAULT_MM_STATUS,      /* answers with `value` in x3; the buffer is not touched */
    MM_SP_FAULT_EFI_STATUS,     /* reads the message, does nothing, writes `value` as its return status */
    MM_SP_FAULT_SILENT,         /* reads the message, does nothing, writes nothing, answers success */
    MM_SP_FAULT_FFA_ERROR,      /* returns FFA_ERROR with FF-A status `value`; the buffer is not touched */
    MM_SP_FAULT_MESSAGE_LENGTH, /* serves, but writes `value` as message length; 0: one byte beyond the buffer
                                 */
    MM_SP_FAULT_GUID,           /* serves, but writes a header GUID that nobody knows */
    MM_SP_FAULT_FUNCTION,       /* serves, but writes `value` as the function */
};
#define MM_SP_FAULT_COUNT 8

struct mm_sp_config {
    uint8_t dialect; /* enum mm_sp_dialect */
    uint64_t buffer_pa;
    uint32_t buffer_size; /* MM_SP_BUFFER_SIZE_MIN..MM_SP_BUFFER_SIZE_MAX */
    /* The partition's mapping of the buffer. */
    uint8_t memory_type;  /* enum memory_type */
    uint8_t shareability; /* enum shareability */
    uint8_t pa_space;     /* enum pa_space */
    bool own_maintenance; /* DC IVAC and DSB before it reads, DC CVAC after it has written */
    bool secure_barrier;  /* DSB SY before it gives up the PE */
    /* In which steps it goes through the buffer. */
    uint32_t piece_size;        /* bytes that are read or written at a time; 0: all of a message at once */
    bool maintenance_per_piece; /* own_maintenance of a piece just before or after it, not of all together */
    uint32_t preemptible;       /* enum mm_sp_point */
    bool authentication;        /* authenticated variables */
    bool self_signed_pk;        /* StandaloneMM: PK must be signed with itself */
    struct variable_limits limits;
    struct variable_store_config store;
};

enum mm_sp_need {
    MM_SP_DONE,        /* the partition gives up the PE with `frame` */
    MM_SP_ACCESS,      /* do `access` on `bytes`; then mm_sp_continue() */
    MM_SP_PREEMPTIBLE, /* it has come to `point`, and no interrupt was armed; then mm_sp_continue(.., true) */
};

/*
 * `access` is complete but for its extent: it names a range that may cross lines, and the provider does it
 * line by line. A read fills `bytes`, a write carries it; maintenance and barriers have none.
 */
struct mm_sp_step {
    enum mm_sp_need need;
    struct access access;
    uint8_t *bytes;
    uint32_t point; /* enum mm_sp_point */
    struct smc_frame frame;
};

/* Private to the core from here on. */

/* What comes next. */
enum mm_sp_stage {
    MM_SP_IDLE,
    MM_SP_START,
    MM_SP_HEADER_INVALIDATE,
    MM_SP_HEADER_BARRIER,
    MM_SP_HEADER_READ,
    MM_SP_HEADER_CHECK,
    MM_SP_MESSAGE_START,
    MM_SP_MESSAGE_INVALIDATE,
    MM_SP_MESSAGE_BARRIER,
    MM_SP_MESSAGE_READ,
    MM_SP_MESSAGE_PIECE_READ,
    MM_SP_MESSAGE_NEXT,
    MM_SP_MESSAGE_COMPLETE,
    MM_SP_SERVE_START,
    MM_SP_SERVE,
    MM_SP_REPLY_START,
    MM_SP_REPLY_WRITE,
    MM_SP_REPLY_CLEAN,
    MM_SP_REPLY_PIECE_WRITTEN,
    MM_SP_REPLY_NEXT,
    MM_SP_REPLY_COMPLETE,
    MM_SP_LAST_BARRIER,
    MM_SP_RESPOND,
};
#define MM_SP_STAGE_COUNT 23

struct mm_sp {
    struct mm_sp_config config;
    struct event_log *log;
    struct variable_service service;
    uint8_t fault_armed; /* enum mm_sp_fault, for the next direct request */
    uint8_t fault;       /* of the request in progress */
    int64_t fault_value_armed;
    uint32_t interrupts_armed; /* for the next direct request */
    uint32_t interrupts;       /* of the request in progress, still to come */
    int64_t fault_value;
    uint8_t stage; /* enum mm_sp_stage */
    uint32_t done; /* bytes of the message read, or of the reply written */
    struct smc_frame request;
    uint64_t offset; /* of the message in the buffer */
    uint32_t message_length;
    uint64_t function;
    uint64_t return_status; /* EFI_STATUS of the reply */
    uint32_t reply_size;    /* bytes of `copy` that go back, header included */
    int32_t status;         /* smm-gateway: MM status; StandaloneMM: FF-A status, 0 for success */
    uint8_t copy[MM_SP_BUFFER_SIZE_MAX]; /* the message, then its reply */
};

/* The defaults: coherent (Normal write-back, inner shareable, non-secure), no own maintenance, DSB before
 * return. */
void mm_sp_config_init(struct mm_sp_config *config, uint64_t buffer_pa, uint32_t buffer_size);

void mm_sp_init(struct mm_sp *mm_sp, const struct mm_sp_config *config, struct event_log *log);

/* Frees the variables. */
void mm_sp_destroy(struct mm_sp *mm_sp);

/* The power is cut and comes back: whatever was under way never was. False: the store cannot be opened. */
bool mm_sp_power_cycle(struct mm_sp *mm_sp);

/* A message has been taken up and not answered. */
bool mm_sp_busy(const struct mm_sp *mm_sp);

/*
 * The SPMC runs the partition with this message. One at a time: a partition that was preempted is given
 * cycles, FFA_RUN, or told to respond soon, FFA_INTERRUPT, after which it lets nothing in any more.
 */
struct mm_sp_step mm_sp_call(struct mm_sp *mm_sp, const struct smc_frame *request);

/* `provided`: all of the access succeeded. */
struct mm_sp_step mm_sp_continue(struct mm_sp *mm_sp, bool provided);

/* Applies to the next direct request that arrives, whatever it holds. Replaces what was armed before. */
void mm_sp_arm_fault(struct mm_sp *mm_sp, enum mm_sp_fault kind, int64_t value);

/* The next direct request is preempted at the first `count` points that it comes to. Replaces what was armed.
 */
void mm_sp_arm_interrupts(struct mm_sp *mm_sp, uint32_t count);

#ifdef __cplusplus
}
#endif

#endif
