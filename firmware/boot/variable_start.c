/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two MM messages of the boot phase.
 */
#include "firmware/boot/variable_start.h"

#include "firmware/common/memory.h"
#include "firmware/runtime/context.h"
#include "firmware/runtime/mm_communicate.h"
#include "firmware/runtime/mm_message.h"
#include "model/abi/mm.h"

uint64_t variable_payload_limit_discover(void)
{
    struct mm_variable_payload_size answer;
    struct mm_reply reply;
    uint8_t *message = mm_message_memory();
    uint8_t *payload = mm_message_begin(message, MM_FUNCTION_GET_PAYLOAD_SIZE, sizeof(answer));
    const uint64_t status = mm_communicate(message, mm_message_size(sizeof(answer)), &reply);

    if (status != EFI_SUCCESS) {
        return status;
    }
    if (reply.return_status != EFI_SUCCESS) {
        return reply.return_status;
    }
    if (reply.payload_size < sizeof(answer)) {
        return EFI_DEVICE_ERROR;
    }
    memcpy(&answer, payload, sizeof(answer));
    if (!mm_payload_limit(answer.size, efi_runtime_context.shared_size, &efi_runtime_context.payload_max)) {
        return EFI_DEVICE_ERROR;
    }
    return EFI_SUCCESS;
}

uint64_t variable_exit_boot_services_notify(void)
{
    struct mm_reply reply;
    uint8_t *message = mm_message_memory();

    mm_message_begin(message, MM_FUNCTION_EXIT_BOOT_SERVICES, 0);
    const uint64_t status = mm_communicate(message, mm_message_size(0), &reply);
    return status == EFI_SUCCESS ? reply.return_status : status;
}
