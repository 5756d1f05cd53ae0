/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variable services over MM messages. At runtime the response stands in memory that the partition may write:
 * every field of it is copied once, judged as copied, and not looked at again. Names, sizes and limits as
 * EDK2 c5aa7e7d has them (the name follows the attributes at offset 36, whatever sizeof says).
 */
#include "firmware/runtime/variable.h"

#include <stdbool.h>

#include "firmware/common/memory.h"
#include "firmware/runtime/context.h"
#include "firmware/runtime/mm_communicate.h"
#include "firmware/runtime/mm_message.h"
#include "model/abi/mm.h"

static uint64_t smaller_of(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* Sends the message begun with `payload_size`; both layers' failures as one status. */
static uint64_t message_exchange(uint8_t *payload, uint64_t payload_size, struct mm_reply *reply)
{
    uint8_t *message = payload - MM_PAYLOAD_OFFSET;
    const uint64_t status = mm_communicate(message, mm_message_size(payload_size), reply);

    return status == EFI_SUCCESS ? reply->return_status : status;
}

/* The bytes of a name that can stand in an access message; 0 if none can. */
static uint64_t access_name_size(const uint16_t *name)
{
    const uint64_t payload_max = efi_runtime_context.payload_max;

    return payload_max > MM_VARIABLE_ACCESS_NAME ? mm_name_size(name, payload_max - MM_VARIABLE_ACCESS_NAME)
                                                 : 0;
}

/* Reads the answer of GetVariable: `capacity` is what the request had room for. */
static uint64_t get_variable_answer(const uint8_t *payload, uint64_t name_size, uint64_t capacity,
                                    uint64_t status, const struct mm_reply *reply, uint32_t *attributes,
                                    uint64_t *data_size, void *data)
{
    struct mm_variable_access access;

    if (status != EFI_SUCCESS && status != EFI_BUFFER_TOO_SMALL) {
        return status;
    }
    if (reply->payload_size < MM_VARIABLE_ACCESS_NAME) {
        return EFI_DEVICE_ERROR;
    }
    memcpy(&access, payload, MM_VARIABLE_ACCESS_NAME);
    /* The partition hides boot-time variables as well; but it may have missed ExitBootServices. */
    if (efi_runtime_context.phase == EFI_PHASE_RUNTIME &&
        !(access.attributes & EFI_VARIABLE_RUNTIME_ACCESS)) {
        return EFI_NOT_FOUND;
    }
    if (status == EFI_SUCCESS) {
        if (access.data_size > capacity ||
            access.data_size + name_size + MM_VARIABLE_ACCESS_NAME > reply->payload_size) {
            return EFI_DEVICE_ERROR;
        }
        memcpy(data, payload + MM_VARIABLE_ACCESS_NAME + name_size, access.data_size);
    }
    if (attributes) {
        *attributes = access.attributes;
    }
    *data_size = access.data_size;
    return status;
}

uint64_t efi_get_variable(const uint16_t *name, const struct efi_guid *vendor, uint32_t *attributes,
                          uint64_t *data_size, void *data)
{
    struct mm_reply reply = {.return_status = 0, .payload_size = 0};
    struct mm_variable_access access;

    if (!name || !vendor || !data_size || (!data && *data_size != 0)) {
        return EFI_INVALID_PARAMETER;
    }
    if (name[0] == 0) {
        return EFI_NOT_FOUND;
    }
    const uint64_t name_size = access_name_size(name);
    if (name_size == 0) {
        return EFI_INVALID_PARAMETER;
    }
    const uint64_t room = efi_runtime_context.payload_max - MM_VARIABLE_ACCESS_NAME - name_size;
    const uint64_t capacity = smaller_of(*data_size, room);
    const uint64_t payload_size = MM_VARIABLE_ACCESS_NAME + name_size + capacity;
    uint8_t *payload = mm_message_begin(mm_message_memory(), MM_FUNCTION_GET_VARIABLE, payload_size);

    access.guid = *vendor;
    access.data_size = capacity;
    access.name_size = name_size;
    access.attributes = 0;
    memcpy(payload, &access, MM_VARIABLE_ACCESS_NAME);
    memcpy(payload + MM_VARIABLE_ACCESS_NAME, name, name_size);

    const uint64_t status = message_exchange(payload, payload_size, &reply);
    return get_variable_answer(payload, name_size, capacity, status, &reply, attributes, data_size, data);
}

uint64_t efi_set_variable(const uint16_t *name, const struct efi_guid *vendor, uint32_t attributes,
                          uint64_t data_size, const void *data)
{
    struct mm_reply reply = {.return_status = 0, .payload_size = 0};
    struct mm_variable_access access;

    if (!name || !vendor || name[0] == 0 || (!data && data_size != 0)) {
        return EFI_INVALID_PARAMETER;
    }
    const uint64_t name_size = access_name_size(name);
    if (name_size == 0 || data_size > efi_runtime_context.payload_max - MM_VARIABLE_ACCESS_NAME - name_size) {
        return EFI_INVALID_PARAMETER;
    }
    const uint64_t payload_size = MM_VARIABLE_ACCESS_NAME + name_size + data_size;
    uint8_t *payload = mm_message_begin(mm_message_memory(), MM_FUNCTION_SET_VARIABLE, payload_size);

    access.guid = *vendor;
    access.data_size = data_size;
    access.name_size = name_size;
    access.attributes = attributes;
    memcpy(payload, &access, MM_VARIABLE_ACCESS_NAME);
    memcpy(payload + MM_VARIABLE_ACCESS_NAME, name, name_size);
    memcpy(payload + MM_VARIABLE_ACCESS_NAME + name_size, data, data_size);
    return message_exchange(payload, payload_size, &reply);
}

/* Reads the answer of GetNextVariableName: `capacity` is what the request had room for. */
static uint64_t get_next_answer(const uint8_t *payload, uint64_t capacity, uint64_t status,
                                const struct mm_reply *reply, uint64_t *name_size, uint16_t *name,
                                struct efi_guid *vendor)
{
    struct mm_variable_get_next next;

    if (status != EFI_SUCCESS && status != EFI_BUFFER_TOO_SMALL) {
        return status;
    }
    if (reply->payload_size < sizeof(next)) {
        return EFI_DEVICE_ERROR;
    }
    memcpy(&next, payload, sizeof(next));
    if (status == EFI_SUCCESS) {
        if (next.name_size > capacity || next.name_size + sizeof(next) > reply->payload_size) {
            return EFI_DEVICE_ERROR;
        }
        memcpy(name, payload + MM_VARIABLE_GET_NEXT_NAME, next.name_size);
        *vendor = next.guid;
    }
    *name_size = next.name_size;
    return status;
}

uint64_t efi_get_next_variable_name(uint64_t *name_size, uint16_t *name, struct efi_guid *vendor)
{
    struct mm_reply reply = {.return_status = 0, .payload_size = 0};
    struct mm_variable_get_next next;

    if (!name_size || !name || !vendor) {
        return EFI_INVALID_PARAMETER;
    }
    const uint64_t payload_max = efi_runtime_context.payload_max;
    if (payload_max < MM_VARIABLE_GET_NEXT_NAME) {
        return EFI_INVALID_PARAMETER;
    }
    const uint64_t capacity = smaller_of(*name_size, payload_max - MM_VARIABLE_GET_NEXT_NAME);
    const uint64_t previous_size = mm_name_size(name, capacity);
    if (previous_size == 0) {
        return EFI_INVALID_PARAMETER;
    }
    const uint64_t payload_size = MM_VARIABLE_GET_NEXT_NAME + capacity;
    uint8_t *payload =
        mm_message_begin(mm_message_memory(), MM_FUNCTION_GET_NEXT_VARIABLE_NAME, payload_size);

    next.guid = *vendor;
    next.name_size = capacity;
    memcpy(payload, &next, sizeof(next));
    memcpy(payload + MM_VARIABLE_GET_NEXT_NAME, name, previous_size);

    const uint64_t status = message_exchange(payload, payload_size, &reply);
    return get_next_answer(payload, capacity, status, &reply, name_size, name, vendor);
}

uint64_t efi_query_variable_info(uint32_t attributes, uint64_t *maximum_storage, uint64_t *remaining_storage,
                                 uint64_t *maximum_size)
{
    struct mm_reply reply = {.return_status = 0, .payload_size = 0};
    struct mm_variable_query query = {.attributes = attributes};

    if (!maximum_storage || !remaining_storage || !maximum_size || attributes == 0) {
        return EFI_INVALID_PARAMETER;
    }
    if (efi_runtime_context.payload_max < sizeof(query)) {
        return EFI_INVALID_PARAMETER;
    }
    uint8_t *payload = mm_message_begin(mm_message_memory(), MM_FUNCTION_QUERY_VARIABLE_INFO, sizeof(query));
    memcpy(payload, &query, sizeof(query));

    const uint64_t status = message_exchange(payload, sizeof(query), &reply);
    if (status != EFI_SUCCESS) {
        return status;
    }
    if (reply.payload_size < sizeof(query)) {
        return EFI_DEVICE_ERROR;
    }
    memcpy(&query, payload, sizeof(query));
    *maximum_storage = query.maximum_storage;
    *remaining_storage = query.remaining_storage;
    *maximum_size = query.maximum_size;
    return EFI_SUCCESS;
}
