/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What reads variables: UEFI, "GetVariable()", "GetNextVariableName()", "QueryVariableInfo()", as Trusted
 * Services 0d55b4c7 and EDK2 c5aa7e7d answer them. It changes no variable.
 */
#include <string.h>

#include "model/mm_sp/variable_service_internal.h"

/* GetVariable */

static uint64_t value_read(struct variable_service *service, struct variable_call *call,
                           const struct variable_access *access, const struct variable_entry *entry)
{
    struct mm_variable_access reply = access->header;
    const uint64_t room = call->capacity - access->data_offset;
    const bool fits = entry->data_size <= access->header.data_size && entry->data_size <= room;
    reply.data_size = entry->data_size;
    reply.attributes = entry->attributes;
    memcpy(call->payload, &reply, MM_VARIABLE_ACCESS_NAME);
    call->reply_size = (uint32_t)access->data_offset;
    if (!fits) {
        return EFI_BUFFER_TOO_SMALL;
    }
    const enum variable_store_status status = variable_store_read(
        &service->store, entry->id, &call->payload[access->data_offset], entry->data_size);
    call->reply_size += status == VARIABLE_STORE_OK ? entry->data_size : 0;
    return variable_status_from_store(status);
}

uint64_t variable_get(struct variable_service *service, struct variable_call *call)
{
    struct variable_access access;
    struct variable_entry entry;
    uint64_t status = variable_access_parse(service, call, false, &access);
    if (status != EFI_SUCCESS) {
        return status;
    }
    status = variable_find(service, &access.header.guid, &access.name, &entry);
    if (status != EFI_SUCCESS) {
        return status;
    }
    if (!entry.has_value || !variable_visible(service, &entry)) {
        return EFI_NOT_FOUND;
    }
    return value_read(service, call, &access, &entry);
}

/* GetNextVariableName */

struct next_message {
    struct efi_guid guid;
    uint64_t room; /* bytes of name that the caller can take */
    uint8_t *area;
    struct variable_name name;
};

/* The name must end within the room; smm-gateway looks for its end there, EDK2 first at the message's. */
static uint64_t next_parse(const struct variable_service *service, const struct variable_call *call,
                           struct next_message *message)
{
    const struct variable_rules *rules = variable_rules_of(service);
    const uint64_t area = call->size - MM_VARIABLE_GET_NEXT_NAME;
    struct mm_variable_get_next header;
    memcpy(&header, call->payload, sizeof(header));
    if (header.name_size > area) {
        return rules->beyond_message;
    }
    message->guid = header.guid;
    message->room = header.name_size;
    message->area = &call->payload[MM_VARIABLE_GET_NEXT_NAME];
    if (rules->areas_within_message && !variable_name_terminated(message->area, area)) {
        return rules->name_malformed;
    }
    const uint64_t used = variable_name_size_used(message->area, message->room);
    message->name = (struct variable_name){.bytes = message->area, .size = used};
    return variable_name_terminated(message->area, used) ? EFI_SUCCESS : EFI_INVALID_PARAMETER;
}

/* Where an enumeration is: after row `id`, among the variables of one kind or all of them. */
struct walk {
    int64_t id;
    uint32_t mask; /* of attributes; 0: all */
    uint32_t value;
};

/* Goes on after the given name, or starts when it is empty. */
static uint64_t walk_start(struct variable_service *service, const struct next_message *message,
                           struct walk *walk)
{
    struct variable_entry entry;
    const bool ordered = variable_rules_of(service)->ordered_by_write;
    *walk = (struct walk){.mask = ordered ? EFI_VARIABLE_NON_VOLATILE : 0};
    if (variable_name_is_empty(&message->name)) {
        return EFI_SUCCESS;
    }
    const uint64_t status = variable_find(service, &message->guid, &message->name, &entry);
    if (status != EFI_SUCCESS) {
        return status == EFI_NOT_FOUND ? EFI_INVALID_PARAMETER : status;
    }
    if (ordered && (!entry.has_value || !variable_visible(service, &entry))) {
        return EFI_INVALID_PARAMETER;
    }
    walk->id = entry.id;
    walk->value = entry.attributes & walk->mask;
    return EFI_SUCCESS;
}

/*
 * The next row of the walk that the caller may see. In smm-gateway one whose name the caller could not take
 * ends the walk even if it is hidden.
 */
static uint64_t walk_step(struct variable_service *service, const struct walk *walk, uint64_t room,
                          struct variable_entry *entry)
{
    const bool hidden_count = !variable_rules_of(service)->boot_sees_all;
    entry->id = walk->id;
    for (;;) { /* IDs ascend: it ends */
        const enum variable_store_status status = variable_store_next(&service->store, entry->id, entry);
        if (status != VARIABLE_STORE_OK) {
            return variable_status_from_store(status);
        }
        if ((entry->attributes & walk->mask) != walk->value) {
            continue;
        }
        const bool visible = variable_visible(service, entry);
        if (entry->name_size > room && (visible || hidden_count)) {
            return EFI_BUFFER_TOO_SMALL;
        }
        if (visible) {
            return EFI_SUCCESS;
        }
    }
}

static uint64_t walk_next(struct variable_service *service, const struct next_message *message,
                          struct variable_entry *entry)
{
    struct walk walk;
    uint64_t status = walk_start(service, message, &walk);
    if (status != EFI_SUCCESS) {
        return status;
    }
    status = walk_step(service, &walk, message->room, entry);
    if (status == EFI_NOT_FOUND && walk.mask != walk.value) { /* behind the volatile variables */
        walk = (struct walk){.mask = walk.mask, .value = walk.mask};
        status = walk_step(service, &walk, message->room, entry);
    }
    return status;
}

/* smm-gateway tells nothing of a walk that failed but the size. EDK2 leaves everything else as it was. */
static void next_reply(const struct variable_service *service, struct variable_call *call,
                       const struct next_message *message, const struct variable_entry *entry,
                       uint64_t status)
{
    const bool sized = status == EFI_SUCCESS || status == EFI_BUFFER_TOO_SMALL;
    const bool zeroes = variable_rules_of(service)->zeroes_failed_walks;
    struct mm_variable_get_next reply = {.guid = message->guid, .name_size = message->room};
    if (status == EFI_SUCCESS) {
        reply.guid = entry->guid;
        memcpy(message->area, entry->name, entry->name_size);
    } else if (zeroes) {
        memset(&reply, 0, sizeof(reply));
        memset(message->area, 0, message->room);
    }
    reply.name_size = sized ? entry->name_size : reply.name_size;
    memcpy(call->payload, &reply, sizeof(reply));
    call->reply_size = MM_VARIABLE_GET_NEXT_NAME + (status == EFI_SUCCESS ? entry->name_size : 0);
}

uint64_t variable_get_next_name(struct variable_service *service, struct variable_call *call)
{
    struct next_message message;
    struct variable_entry entry = {.id = 0};
    uint64_t status = next_parse(service, call, &message);
    if (status != EFI_SUCCESS) {
        return status;
    }
    status = walk_next(service, &message, &entry);
    next_reply(service, call, &message, &entry, status);
    return status;
}

/* QueryVariableInfo: volatile and non-volatile variables have a store each. */

static void query_smm_gateway(const struct variable_service *service, struct mm_variable_query *query)
{
    const struct variable_limits *limits = &service->config.limits;
    const bool non_volatile = (query->attributes & EFI_VARIABLE_NON_VOLATILE) != 0;
    const uint64_t used = service->tally.data_bytes[non_volatile];
    query->maximum_storage = (uint64_t)limits->count_max * limits->data_size_max;
    query->remaining_storage = used < query->maximum_storage ? query->maximum_storage - used : 0;
    query->maximum_size = limits->data_size_max;
}

/* At runtime what has been replaced takes room too: nothing is reclaimed any more. */
static void query_edk2(const struct variable_service *service, struct mm_variable_query *query)
{
    const struct variable_tally *tally = &service->tally;
    const uint64_t header = variable_record_header_size(service);
    const bool non_volatile = (query->attributes & EFI_VARIABLE_NON_VOLATILE) != 0;
    const uint64_t used =
        service->at_runtime ? tally->used_bytes[non_volatile] : tally->live_bytes[non_volatile];
    const uint64_t space = variable_store_space(service, non_volatile);
    const uint64_t remaining = used < space ? space - used : 0;
    const uint64_t largest = service->config.limits.variable_size_max - header;
    const uint64_t room = remaining < header ? 0 : remaining - header;
    query->maximum_storage = space;
    query->remaining_storage = remaining;
    query->maximum_size = room < largest ? room : largest;
}

uint64_t variable_query_info(struct variable_service *service, struct variable_call *call)
{
    struct mm_variable_query query;
    memcpy(&query, call->payload, sizeof(query));
    uint64_t status = variable_rules_ask(service, variable_rules_of(service)->query, query.attributes);
    if (status != EFI_SUCCESS) {
        return status;
    }
    status = variable_tally_count(service);
    if (status != EFI_SUCCESS) {
        return status;
    }
    if (service->config.dialect == VARIABLE_DIALECT_EDK2) {
        query_edk2(service, &query);
    } else {
        query_smm_gateway(service, &query);
    }
    memcpy(call->payload, &query, sizeof(query));
    call->reply_size = sizeof(query);
    return EFI_SUCCESS;
}
