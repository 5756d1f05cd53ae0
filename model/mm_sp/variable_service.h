/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * UEFI variable services on one message (UEFI, "Variable Services"), in the manner of one of two servers: the
 * smm_variable provider and UEFI variable store of Trusted Services 0d55b4c7, and the variable driver of EDK2
 * c5aa7e7d behind its MM handler. It works on bytes that belong to it alone: the caller has copied the
 * message. It must not know where the message came from.
 */
#ifndef MODEL_MM_SP_VARIABLE_SERVICE_H
#define MODEL_MM_SP_VARIABLE_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/mm_sp/authenticated_variable.h"
#include "model/mm_sp/variable_store.h"

#ifdef __cplusplus
extern "C" {
#endif

enum variable_dialect {
    VARIABLE_DIALECT_SMM_GATEWAY, /* Trusted Services */
    VARIABLE_DIALECT_EDK2,
};
#define VARIABLE_DIALECT_COUNT 2

#define VARIABLE_COUNT_DEFAULT      40
#define VARIABLE_DATA_SIZE_DEFAULT  4096
#define VARIABLE_SIZE_DEFAULT       0x400   /* PcdMaxVariableSize */
#define VARIABLE_SIZE_SECURE_BOOT   0x2000  /* the same where certificates are kept in variables */
#define VARIABLE_STORE_SIZE_DEFAULT 0x10000 /* PcdFlashNvStorageVariableSize and PcdVariableStoreSize */
#define VARIABLE_STORE_SIZE_MAX     0x1000000

struct variable_limits {
    /* smm-gateway */
    uint32_t count_max;     /* variables, and names with only a property */
    uint32_t data_size_max; /* bytes of one variable, at most VARIABLE_STORE_DATA_MAX */
    /* EDK2 */
    /* Header, name and data of one variable, at most VARIABLE_STORE_DATA_MAX. 0: VARIABLE_SIZE_DEFAULT, or
     * with authentication VARIABLE_SIZE_SECURE_BOOT. */
    uint32_t variable_size_max;
    uint32_t store_size; /* of the non-volatile and of the volatile store, headers included */
};

struct variable_config {
    uint8_t dialect;     /* enum variable_dialect */
    bool authentication; /* time-based authenticated variables; false: a build without them */
    bool self_signed_pk; /* EDK2: PcdRequireSelfSignedPk */
    struct variable_limits limits;
    struct variable_store_config store;
};

/*
 * What the store holds, so that no call has to count it. Of EDK2's two stores [0] is the volatile one, [1]
 * the non-volatile one; both are logs, in which a value that was replaced takes room until the next reclaim.
 */
struct variable_tally {
    bool known;
    uint32_t rows;
    uint64_t data_bytes[2]; /* of values */
    uint64_t live_bytes[2]; /* of values with header and name */
    uint64_t used_bytes[2]; /* of the log: live and replaced ones */
};

#define VARIABLE_VALUES_MAX 3

struct variable_service {
    struct variable_store store;
    struct variable_config config;
    struct variable_tally tally;
    bool at_runtime; /* after ExitBootServices: one way */
    bool locked;     /* EDK2: after the end of DXE, one way: properties are fixed, and in force */
    bool reclaimed;  /* EDK2: ReadyToBoot has looked at the room once */
    /* EDK2 with authentication */
    bool system_made; /* the variables that the server makes by itself are there */
    struct authenticated_variable_state state;
    uint8_t values[VARIABLE_VALUES_MAX][VARIABLE_STORE_DATA_MAX]; /* of variables, during a call */
};

/* One call. `payload` holds the request, size bytes of capacity; the reply replaces it. */
struct variable_call {
    uint64_t function; /* enum mm_variable_function */
    uint32_t size;     /* of the request's payload */
    uint32_t capacity; /* bytes at `payload` that the reply may use; at least `size` */
    uint8_t *payload;
    uint32_t reply_size;
    uint64_t return_status; /* EFI_STATUS */
};

enum variable_outcome {
    VARIABLE_SERVED,
    VARIABLE_UNKNOWN_FUNCTION, /* smm-gateway: the service has no such function; the reply is empty */
    VARIABLE_IGNORED, /* EDK2: the message is not whole; nothing of it has changed, no status is told */
};

/* Limits as the servers are built when nobody asks for others. */
void variable_limits_init(struct variable_limits *limits);

void variable_service_init(struct variable_service *service, const struct variable_config *config);
void variable_service_destroy(struct variable_service *service);

/* The power is cut and comes back: volatile variables and properties are gone, boot services are there again.
 * False: the store cannot be opened any more. */
bool variable_service_power_cycle(struct variable_service *service);

enum variable_outcome variable_service_invoke(struct variable_service *service, struct variable_call *call);

#ifdef __cplusplus
}
#endif

#endif
