/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Direct messages. The answer is judged as FF-A says: a response of the same width, from whom we asked, to
 * us; an error with its status; anything else, FFA_SUCCESS included, breaks the protocol.
 */
#include "firmware/runtime/ffa_bus.h"

#include <stdbool.h>

#include "firmware/common/smc.h"
#include "firmware/runtime/context.h"
#include "firmware/runtime/ffa_status.h"
#include "model/abi/ffa.h"

int64_t ffa_route_to_mm_partition(void)
{
    const struct efi_runtime_context *context = &efi_runtime_context;
    const bool ready = context->phase == EFI_PHASE_RUNTIME ? context->ffa_runtime_ready : context->ffa_ready;

    if (!ready) {
        return -FIRMWARE_EPERM;
    }
    if (context->partition_id == 0) {
        return -FIRMWARE_ENOSYS;
    }
    return (int64_t)((uint32_t)context->own_id << 16 | context->partition_id);
}

static uint32_t endpoints_swapped(uint32_t endpoints)
{
    return endpoints << 16 | endpoints >> 16;
}

static bool is_interrupt(uint64_t x0)
{
    return ((uint32_t)x0 & ~FFA_FUNCTION_64BIT) == FFA_INTERRUPT;
}

static struct ffa_response response_read(const struct smc_result *result, uint32_t endpoints)
{
    const uint32_t function = (uint32_t)result->x[0];

    if (function == FFA_ERROR) {
        return (struct ffa_response){.error = ffa_status_to_errno((int32_t)result->x[2]), .x3 = 0};
    }
    if (is_interrupt(function)) {
        return (struct ffa_response){.error = -FIRMWARE_ETIMEDOUT, .x3 = 0};
    }
    if (function != FFA_MSG_SEND_DIRECT_RESP_64 || (uint32_t)result->x[1] != endpoints_swapped(endpoints) ||
        (uint32_t)result->x[2] != 0) {
        return (struct ffa_response){.error = -FIRMWARE_EPROTO, .x3 = 0};
    }
    return (struct ffa_response){.error = 0, .x3 = result->x[3]};
}

struct ffa_response ffa_direct_message(uint32_t endpoints, uint64_t x3)
{
    struct smc_result result = smc_call(FFA_MSG_SEND_DIRECT_REQ_64, endpoints, 0, x3, 0, 0);

    /* FFA_RUN is SMC32 whatever the request was: no partition manager before FF-A 1.3 knows another form. */
    for (uint32_t runs = 0; is_interrupt(result.x[0]) && runs < FFA_RUNS_MAX; runs++) {
        result = smc_call(FFA_RUN, (uint32_t)result.x[1], 0, 0, 0, 0);
    }
    return response_read(&result, endpoints);
}
