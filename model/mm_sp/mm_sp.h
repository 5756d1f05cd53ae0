/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The MM partition: UEFI variables behind the MM communicate buffer, in the smm-gateway dialect of Trusted
 * Services 0d55b4c7 (mm_communicate endpoint, smm_variable service), built without UEFI_AUTH_VAR. The FF-A
 * side follows DEN0077, "Direct messages": x3 of the request is the byte offset of the message in the fixed
 * buffer, x3 of the response the MM status, sign-extended.
 *
 * A message is read once (its header, then as many bytes as the header says, after that was checked),
 * validated and answered on the copy, and the answer is written back. The core touches no guest memory: every
 * access, cache maintenance and barrier goes out as a need with the attributes of the partition's own
 * mapping. It must not know who the other side is, nor what it maps.
 *
 *     struct mm_sp_step step = mm_sp_call(mm_sp, &request);
 *     while (step.need == MM_SP_ACCESS) {
 *         step = mm_sp_continue(mm_sp, provide(&step));
 *     }
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

/* What the partition can be told to do with the next direct request. */
enum mm_sp_fault {
    MM_SP_FAULT_NONE,
    MM_SP_FAULT_MM_STATUS,      /* answers with MM status `value`; the buffer is not touched */
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
    uint64_t buffer_pa;
    uint32_t buffer_size; /* MM_SP_BUFFER_SIZE_MIN..MM_SP_BUFFER_SIZE_MAX */
    /* The partition's mapping of the buffer. */
    uint8_t memory_type;  /* enum memory_type */
    uint8_t shareability; /* enum shareability */
    uint8_t pa_space;     /* enum pa_space */
    bool own_maintenance; /* DC IVAC and DSB before it reads, DC CVAC after it has written */
    bool secure_barrier;  /* DSB SY before it gives up the PE */
    struct variable_limits limits;
};

enum mm_sp_need {
    MM_SP_DONE,   /* the partition gives up the PE with `frame` */
    MM_SP_ACCESS, /* do `access` on `bytes`; then mm_sp_continue() */
};

/*
 * `access` is complete but for its extent: it names a range that may cross lines, and the provider does it
 * line by line. A read fills `bytes`, a write carries it; maintenance and barriers have none.
 */
struct mm_sp_step {
    enum mm_sp_need need;
    struct access access;
    uint8_t *bytes;
    struct smc_frame frame;
};

/* Private to the core from here on. */

enum mm_sp_stage {
    MM_SP_IDLE,
    MM_SP_INVALIDATED_HEADER,
    MM_SP_READING_HEADER,
    MM_SP_READ_HEADER,
    MM_SP_INVALIDATED_MESSAGE,
    MM_SP_READING_MESSAGE,
    MM_SP_READ_MESSAGE,
    MM_SP_WRITTEN_REPLY,
    MM_SP_CLEANED_REPLY,
    MM_SP_SYNCHRONISED,
};

struct mm_sp {
    struct mm_sp_config config;
    struct event_log *log;
    struct variable_service service;
    uint8_t fault_armed; /* enum mm_sp_fault, for the next direct request */
    uint8_t fault;       /* of the request in progress */
    int64_t fault_value_armed;
    int64_t fault_value;
    uint8_t stage; /* enum mm_sp_stage: what has been provided last */
    struct smc_frame request;
    uint64_t offset; /* of the message in the buffer */
    uint32_t message_length;
    uint64_t function;
    uint64_t return_status; /* EFI_STATUS of the reply */
    uint32_t reply_size;    /* bytes of `copy` that go back, header included */
    int32_t mm_status;
    uint8_t copy[MM_SP_BUFFER_SIZE_MAX]; /* the message, then its reply */
};

/* The defaults: coherent (Normal write-back, inner shareable, non-secure), no own maintenance, DSB before
 * return. */
void mm_sp_config_init(struct mm_sp_config *config, uint64_t buffer_pa, uint32_t buffer_size);

void mm_sp_init(struct mm_sp *mm_sp, const struct mm_sp_config *config, struct event_log *log);

/* Frees the variables. */
void mm_sp_destroy(struct mm_sp *mm_sp);

/* The SPMC runs the partition with this message. One at a time. */
struct mm_sp_step mm_sp_call(struct mm_sp *mm_sp, const struct smc_frame *request);

/* `provided`: every piece of the access succeeded. */
struct mm_sp_step mm_sp_continue(struct mm_sp *mm_sp, bool provided);

/* Applies to the next direct request that arrives, whatever it holds. Replaces what was armed before. */
void mm_sp_arm_fault(struct mm_sp *mm_sp, enum mm_sp_fault kind, int64_t value);

#ifdef __cplusplus
}
#endif

#endif
