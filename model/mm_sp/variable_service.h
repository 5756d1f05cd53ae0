/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * UEFI variable services on one message (UEFI, "Variable Services"; statuses as the smm_variable provider and
 * the UEFI variable store of Trusted Services 0d55b4c7 give them). It works on bytes that belong to it alone:
 * the caller has copied the message. It must not know where the message came from.
 */
#ifndef MODEL_MM_SP_VARIABLE_SERVICE_H
#define MODEL_MM_SP_VARIABLE_SERVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/mm_sp/variable_store.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VARIABLE_COUNT_DEFAULT     40
#define VARIABLE_DATA_SIZE_DEFAULT 4096

struct variable_limits {
    uint32_t count_max;     /* variables, and names with only a property */
    uint32_t data_size_max; /* bytes of one variable, at most VARIABLE_STORE_DATA_MAX */
};

struct variable_service {
    struct variable_store store;
    struct variable_limits limits;
    bool at_runtime; /* after ExitBootServices: one way */
};

/* One call. `payload` holds the request, size bytes of capacity; the reply replaces it. */
struct variable_call {
    uint32_t function; /* enum mm_variable_function */
    uint32_t size;     /* of the request's payload */
    uint32_t capacity; /* bytes at `payload` that the reply may use; at least `size` */
    uint8_t *payload;
    uint32_t reply_size;
    uint64_t return_status; /* EFI_STATUS */
};

void variable_service_init(struct variable_service *service, const struct variable_limits *limits);
void variable_service_destroy(struct variable_service *service);

/* Returns false, with an empty reply, when the service has no such function. */
bool variable_service_invoke(struct variable_service *service, struct variable_call *call);

#ifdef __cplusplus
}
#endif

#endif
