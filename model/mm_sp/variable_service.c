/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * UEFI variable services, statuses and their order as Trusted Services 0d55b4c7 (smm_variable provider, UEFI
 * variable store) built without UEFI_AUTH_VAR: EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS is then an
 * attribute like any other and nothing is authenticated.
 *
 * Two differences are meant: a refused SetVariable leaves nothing behind (there, a volatile variable that was
 * too large stays in the index), and a GetNextVariableName whose NameSize exceeds the message is refused
 * (there, it reads on).
 */
#include "model/mm_sp/variable_service.h"

#include <assert.h>
#include <string.h>

#include "model/abi/efi.h"
#include "model/abi/mm.h"

#define CHARACTER_SIZE 2U   /* UTF-16 */
#define NAME_SIZE_MAX  128U /* bytes, NUL included: 64 characters */

#define ACCESS_ATTRIBUTES (EFI_VARIABLE_BOOTSERVICE_ACCESS | EFI_VARIABLE_RUNTIME_ACCESS)
#define KNOWN_ATTRIBUTES                                                                                     \
    (EFI_VARIABLE_NON_VOLATILE | ACCESS_ATTRIBUTES | EFI_VARIABLE_HARDWARE_ERROR_RECORD |                    \
     EFI_VARIABLE_AUTHENTICATED_WRITE_ACCESS | EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS |          \
     EFI_VARIABLE_APPEND_WRITE)

void variable_service_init(struct variable_service *service, const struct variable_limits *limits)
{
    assert(limits->data_size_max <= VARIABLE_STORE_DATA_MAX);
    service->limits = *limits;
    service->at_runtime = false;
    variable_store_init(&service->store);
}

void variable_service_destroy(struct variable_service *service)
{
    variable_store_close(&service->store);
}

/* Names */

/* The last whole character is NUL. An odd byte at the end is not looked at. */
static bool name_terminated(const uint8_t *name, uint64_t name_size)
{
    if (name_size < CHARACTER_SIZE) {
        return false;
    }
    const uint8_t *last = &name[(name_size / CHARACTER_SIZE - 1) * CHARACTER_SIZE];
    return last[0] == 0 && last[1] == 0;
}

static uint64_t status_from_store(enum variable_store_status status)
{
    static const uint64_t statuses[] = {
        [VARIABLE_STORE_OK] = EFI_SUCCESS,
        [VARIABLE_STORE_NOT_FOUND] = EFI_NOT_FOUND,
        [VARIABLE_STORE_FAILED] = EFI_DEVICE_ERROR,
    };
    return statuses[status];
}

/* A name too long for the store is in none of its rows. */
static uint64_t entry_find(struct variable_service *service, const struct efi_guid *guid, const uint8_t *name,
                           uint64_t name_size, struct variable_entry *entry)
{
    if (name_size > NAME_SIZE_MAX) {
        return EFI_NOT_FOUND;
    }
    return status_from_store(variable_store_find(&service->store, guid, name, (uint32_t)name_size, entry));
}

static uint64_t entry_add(struct variable_service *service, const struct efi_guid *guid, const uint8_t *name,
                          uint64_t name_size, struct variable_entry *entry)
{
    uint32_t rows = 0;
    uint64_t bytes = 0;
    if (name_size > NAME_SIZE_MAX) {
        return EFI_OUT_OF_RESOURCES;
    }
    if (variable_store_usage(&service->store, 0, 0, &rows, &bytes) != VARIABLE_STORE_OK) {
        return EFI_DEVICE_ERROR;
    }
    if (rows >= service->limits.count_max) {
        return EFI_OUT_OF_RESOURCES;
    }
    return status_from_store(variable_store_add(&service->store, guid, name, (uint32_t)name_size, entry));
}

/* Boot services see what has BOOTSERVICE_ACCESS, the runtime what has RUNTIME_ACCESS, and both what has
 * neither. */
static bool entry_accessible(const struct variable_service *service, const struct variable_entry *entry)
{
    const uint32_t access = entry->attributes & ACCESS_ATTRIBUTES;
    const uint32_t needed =
        service->at_runtime ? EFI_VARIABLE_RUNTIME_ACCESS : EFI_VARIABLE_BOOTSERVICE_ACCESS;
    return access == 0 || (access & needed) != 0;
}

/* GetVariable and SetVariable: the message */

struct access_message {
    struct mm_variable_access header;
    const uint8_t *name;
    uint64_t data_offset; /* in the payload */
};

static bool access_message_parse(const struct variable_call *call, struct access_message *message)
{
    if (call->size < MM_VARIABLE_ACCESS_NAME) {
        return false;
    }
    memset(&message->header, 0, sizeof(message->header));
    memcpy(&message->header, call->payload, MM_VARIABLE_ACCESS_NAME);
    if (message->header.name_size > call->size - MM_VARIABLE_ACCESS_NAME) {
        return false;
    }
    message->name = &call->payload[MM_VARIABLE_ACCESS_NAME];
    message->data_offset = MM_VARIABLE_ACCESS_NAME + message->header.name_size;
    return true;
}

/* GetVariable */

static uint64_t value_read(struct variable_service *service, struct variable_call *call,
                           const struct access_message *message, const struct variable_entry *entry)
{
    struct mm_variable_access reply = message->header;
    const uint64_t room = call->capacity - message->data_offset;
    const bool fits = entry->data_size <= message->header.data_size && entry->data_size <= room;
    reply.data_size = entry->data_size;
    reply.attributes = entry->attributes;
    memcpy(call->payload, &reply, MM_VARIABLE_ACCESS_NAME);
    call->reply_size = (uint32_t)message->data_offset;
    if (!fits) {
        return EFI_BUFFER_TOO_SMALL;
    }
    const enum variable_store_status status = variable_store_read(
        &service->store, entry->id, &call->payload[message->data_offset], entry->data_size);
    call->reply_size += status == VARIABLE_STORE_OK ? entry->data_size : 0;
    return status_from_store(status);
}

static uint64_t get_variable(struct variable_service *service, struct variable_call *call)
{
    struct access_message message;
    struct variable_entry entry;
    if (!access_message_parse(call, &message)) {
        return EFI_INVALID_PARAMETER;
    }
    if (!name_terminated(message.name, message.header.name_size)) {
        return EFI_INVALID_PARAMETER;
    }
    const uint64_t status =
        entry_find(service, &message.header.guid, message.name, message.header.name_size, &entry);
    if (status != EFI_SUCCESS) {
        return status;
    }
    if (!entry.has_value || !entry_accessible(service, &entry)) {
        return EFI_NOT_FOUND;
    }
    return value_read(service, call, &message, &entry);
}

/* SetVariable */

/* In the order of the original: several wrong bits are told apart by it. */
static uint64_t attributes_check(uint32_t attributes)
{
    const uint32_t both_authentications =
        EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS | EFI_VARIABLE_ENHANCED_AUTHENTICATED_ACCESS;
    if ((attributes & ACCESS_ATTRIBUTES) == EFI_VARIABLE_RUNTIME_ACCESS) {
        return EFI_INVALID_PARAMETER;
    }
    if ((attributes & EFI_VARIABLE_AUTHENTICATED_WRITE_ACCESS) != 0) {
        return EFI_UNSUPPORTED;
    }
    if ((attributes & both_authentications) == both_authentications) {
        return EFI_INVALID_PARAMETER;
    }
    if ((attributes & (EFI_VARIABLE_HARDWARE_ERROR_RECORD | ~KNOWN_ATTRIBUTES)) != 0) {
        return EFI_UNSUPPORTED;
    }
    return EFI_SUCCESS;
}

static uint64_t property_check(const struct variable_property *property, uint64_t data_size)
{
    if ((property->property & MM_VARIABLE_PROPERTY_READ_ONLY) != 0) {
        return EFI_WRITE_PROTECTED;
    }
    const bool allowed = data_size >= property->size_min && data_size <= property->size_max;
    return allowed ? EFI_SUCCESS : EFI_INVALID_PARAMETER;
}

static bool set_deletes(const struct mm_variable_access *set)
{
    const uint32_t keeps = EFI_VARIABLE_APPEND_WRITE | EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS;
    return (set->attributes & ACCESS_ATTRIBUTES) == 0 ||
           ((set->attributes & keeps) == 0 && set->data_size == 0);
}

static uint64_t value_overwrite(struct variable_service *service, const struct mm_variable_access *set,
                                const uint8_t *data, const struct variable_entry *entry)
{
    if (set->data_size > service->limits.data_size_max) {
        return EFI_INVALID_PARAMETER;
    }
    return status_from_store(
        variable_store_write(&service->store, entry->id, set->attributes, data, (uint32_t)set->data_size));
}

/* The store cannot append either: read, extend, write back. A value that is not there cannot be read. */
static uint64_t value_append(struct variable_service *service, const struct mm_variable_access *set,
                             const uint8_t *data, const struct variable_entry *entry)
{
    uint8_t value[VARIABLE_STORE_DATA_MAX];
    if (set->data_size == 0) {
        return EFI_SUCCESS;
    }
    if (!entry->has_value) {
        return EFI_NOT_FOUND;
    }
    if (set->data_size > service->limits.data_size_max ||
        entry->data_size > service->limits.data_size_max - set->data_size) {
        return EFI_INVALID_PARAMETER;
    }
    const enum variable_store_status status =
        variable_store_read(&service->store, entry->id, value, entry->data_size);
    if (status != VARIABLE_STORE_OK) {
        return status_from_store(status);
    }
    memcpy(&value[entry->data_size], data, set->data_size);
    return status_from_store(variable_store_write(&service->store, entry->id, entry->attributes, value,
                                                  entry->data_size + (uint32_t)set->data_size));
}

static uint64_t value_write(struct variable_service *service, const struct mm_variable_access *set,
                            const uint8_t *data, const struct variable_entry *entry)
{
    const bool append = (set->attributes & EFI_VARIABLE_APPEND_WRITE) != 0;
    return append ? value_append(service, set, data, entry) : value_overwrite(service, set, data, entry);
}

/* The row exists, with a value, a property, or neither yet. */
static uint64_t value_set(struct variable_service *service, const struct mm_variable_access *set,
                          const uint8_t *data, const struct variable_entry *entry)
{
    if (!entry_accessible(service, entry)) {
        return EFI_NOT_FOUND;
    }
    if (entry->has_property) {
        const uint64_t status = property_check(&entry->property, set->data_size);
        if (status != EFI_SUCCESS) {
            return status;
        }
    }
    if (!entry->has_value) {
        return set->data_size != 0 ? value_write(service, set, data, entry) : EFI_NOT_FOUND;
    }
    if (set_deletes(set)) {
        return status_from_store(variable_store_delete_value(&service->store, entry->id));
    }
    if ((set->attributes & ~EFI_VARIABLE_APPEND_WRITE) != entry->attributes) {
        return EFI_INVALID_PARAMETER;
    }
    return value_write(service, set, data, entry);
}

static uint64_t set_variable(struct variable_service *service, struct variable_call *call)
{
    struct access_message message;
    struct variable_entry entry;
    if (!access_message_parse(call, &message)) {
        return EFI_INVALID_PARAMETER;
    }
    const struct mm_variable_access *set = &message.header;
    if (set->data_size > call->size - message.data_offset) {
        return EFI_INVALID_PARAMETER;
    }
    if (!name_terminated(message.name, set->name_size)) {
        return EFI_INVALID_PARAMETER;
    }
    uint64_t status = attributes_check(set->attributes);
    if (status != EFI_SUCCESS) {
        return status;
    }
    status = entry_find(service, &set->guid, message.name, set->name_size, &entry);
    if (status == EFI_NOT_FOUND && set->data_size != 0) {
        status = entry_add(service, &set->guid, message.name, set->name_size, &entry);
    }
    if (status != EFI_SUCCESS) {
        return status;
    }
    status = value_set(service, set, &call->payload[message.data_offset], &entry);
    /* A refusal, like a delete, can leave a row that says nothing. */
    const enum variable_store_status cleaned = variable_store_remove_unused(&service->store, entry.id);
    return status == EFI_SUCCESS ? status_from_store(cleaned) : status;
}

/* GetNextVariableName */

struct next_message {
    struct efi_guid guid;
    uint64_t room; /* bytes of name that the caller can take */
    uint64_t name_size;
    uint8_t *name;
};

/* The caller's name_size is the size of its buffer; the name ends where its NUL is. */
static uint64_t name_size_used(const uint8_t *name, uint64_t room)
{
    for (uint64_t i = 0; i + CHARACTER_SIZE <= room; i += CHARACTER_SIZE) {
        if (name[i] == 0 && name[i + 1] == 0) {
            return i + CHARACTER_SIZE;
        }
    }
    return room;
}

static bool next_message_parse(const struct variable_call *call, struct next_message *message)
{
    struct mm_variable_get_next header;
    if (call->size < sizeof(header)) {
        return false;
    }
    memcpy(&header, call->payload, sizeof(header));
    if (header.name_size > call->size - MM_VARIABLE_GET_NEXT_NAME) {
        return false;
    }
    message->guid = header.guid;
    message->room = header.name_size;
    message->name = &call->payload[MM_VARIABLE_GET_NEXT_NAME];
    message->name_size = name_size_used(message->name, message->room);
    return name_terminated(message->name, message->name_size);
}

/* Finds where the walk goes on: after the row of the given name, or at the start for an empty name. */
static uint64_t walk_start(struct variable_service *service, const struct next_message *message, int64_t *id)
{
    struct variable_entry entry;
    *id = 0;
    if (message->name[0] == 0 && message->name[1] == 0) {
        return EFI_SUCCESS;
    }
    const uint64_t status = entry_find(service, &message->guid, message->name, message->name_size, &entry);
    *id = status == EFI_SUCCESS ? entry.id : 0;
    return status == EFI_NOT_FOUND ? EFI_INVALID_PARAMETER : status;
}

/* The next row that the caller may see. One that it could not take ends the walk even if it is hidden. */
static uint64_t walk(struct variable_service *service, int64_t id, uint64_t room,
                     struct variable_entry *entry)
{
    for (uint32_t steps = 0; steps < service->limits.count_max; steps++) {
        const enum variable_store_status status = variable_store_next(&service->store, id, entry);
        if (status != VARIABLE_STORE_OK) {
            return status_from_store(status);
        }
        if (entry->name_size > room) {
            return EFI_BUFFER_TOO_SMALL;
        }
        if (entry_accessible(service, entry)) {
            return EFI_SUCCESS;
        }
        id = entry->id;
    }
    return EFI_NOT_FOUND;
}

static uint64_t get_next_variable_name(struct variable_service *service, struct variable_call *call)
{
    struct next_message message;
    struct variable_entry entry;
    int64_t id = 0;
    if (!next_message_parse(call, &message)) {
        return EFI_INVALID_PARAMETER;
    }
    uint64_t status = walk_start(service, &message, &id);
    if (status == EFI_SUCCESS) {
        status = walk(service, id, message.room, &entry);
    }
    struct mm_variable_get_next reply = {0};
    if (status == EFI_SUCCESS) {
        reply.guid = entry.guid;
        memcpy(message.name, entry.name, entry.name_size);
    } else {
        memset(message.name, 0, message.room);
    }
    const bool sized = status == EFI_SUCCESS || status == EFI_BUFFER_TOO_SMALL;
    reply.name_size = sized ? entry.name_size : 0;
    memcpy(call->payload, &reply, sizeof(reply));
    call->reply_size = MM_VARIABLE_GET_NEXT_NAME + (status == EFI_SUCCESS ? entry.name_size : 0);
    return status;
}

/* QueryVariableInfo: volatile and non-volatile variables have a store each; no attribute is refused. */
static uint64_t query_variable_info(struct variable_service *service, struct variable_call *call)
{
    struct mm_variable_query query;
    uint32_t rows = 0;
    uint64_t used = 0;
    if (call->size < sizeof(query)) {
        return EFI_INVALID_PARAMETER;
    }
    memcpy(&query, call->payload, sizeof(query));
    const uint32_t match = query.attributes & EFI_VARIABLE_NON_VOLATILE;
    if (variable_store_usage(&service->store, EFI_VARIABLE_NON_VOLATILE, match, &rows, &used) !=
        VARIABLE_STORE_OK) {
        return EFI_DEVICE_ERROR;
    }
    query.maximum_storage = (uint64_t)service->limits.count_max * service->limits.data_size_max;
    query.remaining_storage = used < query.maximum_storage ? query.maximum_storage - used : 0;
    query.maximum_size = service->limits.data_size_max;
    memcpy(call->payload, &query, sizeof(query));
    call->reply_size = sizeof(query);
    return EFI_SUCCESS;
}

static uint64_t exit_boot_services(struct variable_service *service)
{
    service->at_runtime = true;
    return EFI_SUCCESS;
}

/* The largest name and data together that a GetVariable or SetVariable of this buffer can carry. */
static uint64_t get_payload_size(struct variable_call *call)
{
    const bool any = call->capacity > MM_VARIABLE_ACCESS_NAME;
    const struct mm_variable_payload_size reply = {
        .size = any ? call->capacity - MM_VARIABLE_ACCESS_NAME : 0,
    };
    if (call->capacity < sizeof(reply)) {
        return EFI_BAD_BUFFER_SIZE;
    }
    memcpy(call->payload, &reply, sizeof(reply));
    call->reply_size = sizeof(reply);
    return EFI_SUCCESS;
}

/* Variable properties */

static bool property_message_parse(const struct variable_call *call, struct mm_variable_property *message)
{
    if (call->size < sizeof(*message)) {
        return false;
    }
    memcpy(message, call->payload, sizeof(*message));
    return message->name_size <= call->size - MM_VARIABLE_PROPERTY_NAME;
}

static uint64_t property_store(struct variable_service *service, const struct mm_variable_property *message,
                               const struct variable_entry *entry)
{
    const struct variable_property property = {
        .revision = message->revision,
        .property = message->property,
        .attributes = message->attributes,
        .size_min = message->size_min,
        .size_max = message->size_max,
    };
    if (property.revision != MM_VARIABLE_PROPERTY_REVISION || property.size_min > property.size_max) {
        return EFI_INVALID_PARAMETER;
    }
    return status_from_store(variable_store_set_property(&service->store, entry->id, &property));
}

static uint64_t property_set(struct variable_service *service, struct variable_call *call)
{
    struct mm_variable_property message;
    struct variable_entry entry;
    const uint8_t *name = &call->payload[MM_VARIABLE_PROPERTY_NAME];
    if (!property_message_parse(call, &message) || !name_terminated(name, message.name_size)) {
        return EFI_INVALID_PARAMETER;
    }
    uint64_t status = entry_find(service, &message.guid, name, message.name_size, &entry);
    if (status == EFI_NOT_FOUND) {
        status = entry_add(service, &message.guid, name, message.name_size, &entry);
    }
    if (status != EFI_SUCCESS) {
        return status;
    }
    status = property_store(service, &message, &entry);
    const enum variable_store_status cleaned = variable_store_remove_unused(&service->store, entry.id);
    return status == EFI_SUCCESS ? status_from_store(cleaned) : status;
}

/* The reply repeats the message whatever comes out, as the original does. */
static uint64_t property_get(struct variable_service *service, struct variable_call *call)
{
    struct mm_variable_property message;
    struct variable_entry entry;
    const uint8_t *name = &call->payload[MM_VARIABLE_PROPERTY_NAME];
    if (!property_message_parse(call, &message)) {
        return EFI_INVALID_PARAMETER;
    }
    call->reply_size = (uint32_t)(MM_VARIABLE_PROPERTY_NAME + message.name_size);
    if (!name_terminated(name, message.name_size)) {
        return EFI_INVALID_PARAMETER;
    }
    const uint64_t status = entry_find(service, &message.guid, name, message.name_size, &entry);
    if (status != EFI_SUCCESS) {
        return status;
    }
    if (!entry.has_property) {
        return EFI_NOT_FOUND;
    }
    message.revision = entry.property.revision;
    message.property = entry.property.property;
    message.attributes = entry.property.attributes;
    message.size_min = entry.property.size_min;
    message.size_max = entry.property.size_max;
    memcpy(call->payload, &message, sizeof(message));
    return EFI_SUCCESS;
}

bool variable_service_invoke(struct variable_service *service, struct variable_call *call)
{
    assert(call->size <= call->capacity);
    call->reply_size = 0;
    switch (call->function) {
    case MM_FUNCTION_GET_VARIABLE:
        call->return_status = get_variable(service, call);
        return true;
    case MM_FUNCTION_GET_NEXT_VARIABLE_NAME:
        call->return_status = get_next_variable_name(service, call);
        return true;
    case MM_FUNCTION_SET_VARIABLE:
        call->return_status = set_variable(service, call);
        return true;
    case MM_FUNCTION_QUERY_VARIABLE_INFO:
        call->return_status = query_variable_info(service, call);
        return true;
    case MM_FUNCTION_EXIT_BOOT_SERVICES:
        call->return_status = exit_boot_services(service);
        return true;
    case MM_FUNCTION_VAR_CHECK_PROPERTY_SET:
        call->return_status = property_set(service, call);
        return true;
    case MM_FUNCTION_VAR_CHECK_PROPERTY_GET:
        call->return_status = property_get(service, call);
        return true;
    case MM_FUNCTION_GET_PAYLOAD_SIZE:
        call->return_status = get_payload_size(call);
        return true;
    default: /* a number from the guest, not one of ours */
        call->return_status = EFI_SUCCESS;
        return false;
    }
}
