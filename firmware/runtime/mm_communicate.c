/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The exchange. What is said of whom may read what when: between the first maintenance call and the SMC
 * nothing here reads memory (the arguments wait in registers), so that even a firmware whose maintenance
 * drops the stack reaches the partition; firmware/tools/check_firmware.py holds the compiler to it.
 */
#include "firmware/runtime/mm_communicate.h"

#include <stdbool.h>

#include "firmware/common/memory.h"
#include "firmware/maintenance/maintenance.h"
#include "firmware/runtime/context.h"
#include "firmware/runtime/ffa_bus.h"
#include "firmware/runtime/ffa_status.h"
#include "model/abi/efi.h"
#include "model/abi/mm.h"

uint8_t *mm_message_memory(void)
{
    const struct efi_runtime_context *context = &efi_runtime_context;

    return context->phase == EFI_PHASE_BOOT ? context->private_message : context->shared_message;
}

/* `function` receives what the message asks for: the response must be to the same. */
static uint64_t request_check(const uint8_t *message, uint64_t size, uint64_t *function)
{
    struct mm_communicate_header header;
    struct mm_variable_header variable_header;

    if (!message || size < MM_PAYLOAD_OFFSET || size > efi_runtime_context.shared_size) {
        return EFI_INVALID_PARAMETER;
    }
    memcpy(&header, message, sizeof(header));
    if (header.message_length != size - MM_COMMUNICATE_HEADER_SIZE) {
        return EFI_INVALID_PARAMETER;
    }
    memcpy(&variable_header, message + MM_COMMUNICATE_HEADER_SIZE, sizeof(variable_header));
    *function = variable_header.function;
    return EFI_SUCCESS;
}

static bool is_variable_message(const struct mm_communicate_header *header)
{
    static const struct efi_guid guid = {.bytes = MM_VARIABLE_GUID_BYTES};

    return memcmp(&header->header_guid, &guid, sizeof(guid)) == 0;
}

/*
 * The headers in the buffer are the other world's word: they are read once, and only the copies are looked at
 * afterwards. A response longer than the request does not fit the caller's memory.
 */
static uint64_t response_read(uint8_t *message, const uint8_t *shared, uint64_t size, uint64_t function,
                              struct mm_reply *reply)
{
    struct mm_communicate_header header;
    struct mm_variable_header variable_header;

    memcpy(&header, shared, sizeof(header));
    if (!is_variable_message(&header) || header.message_length < MM_VARIABLE_HEADER_SIZE) {
        return EFI_DEVICE_ERROR;
    }
    if (header.message_length > size - MM_COMMUNICATE_HEADER_SIZE) {
        return EFI_OUT_OF_RESOURCES;
    }
    if (message != shared) {
        memcpy(message, shared, MM_COMMUNICATE_HEADER_SIZE + header.message_length);
    }
    memcpy(&variable_header, message + MM_COMMUNICATE_HEADER_SIZE, sizeof(variable_header));
    if (variable_header.function != function) {
        return EFI_DEVICE_ERROR;
    }
    reply->return_status = variable_header.return_status;
    reply->payload_size = header.message_length - MM_VARIABLE_HEADER_SIZE;
    return EFI_SUCCESS;
}

uint64_t mm_communicate(uint8_t *message, uint64_t size, struct mm_reply *reply)
{
    uint8_t *const shared = efi_runtime_context.shared_message;
    const uint64_t shared_start = (uint64_t)(uintptr_t)shared;
    const uint64_t shared_end = shared_start + efi_runtime_context.shared_size;
    const uint64_t shared_offset = efi_runtime_context.shared_offset;
    const enum efi_phase phase = (enum efi_phase)efi_runtime_context.phase;
    const int64_t endpoints = ffa_route_to_mm_partition();

    if (endpoints < 0) {
        return ffa_errno_to_efi_status((int32_t)endpoints);
    }
    uint64_t function = 0;
    const uint64_t refusal = request_check(message, size, &function);
    if (refusal != EFI_SUCCESS) {
        return refusal;
    }
    if (message != shared) {
        memcpy(shared, message, size);
    }

    maintenance_before_smc(shared_start, shared_start + size, phase);
    const struct ffa_response response = ffa_direct_message((uint32_t)endpoints, shared_offset);
    maintenance_after_smc(shared_start, shared_end, phase);

    if (response.error) {
        return ffa_errno_to_efi_status((int32_t)response.error);
    }
    const int32_t mm_error = mm_status_to_errno((int64_t)response.x3);
    if (mm_error) {
        return mm_errno_to_efi_status(mm_error);
    }
    return response_read(message, shared, size, function, reply);
}
