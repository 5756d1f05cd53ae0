/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Properties of variables, which the MM variable protocol has and UEFI does not: VAR_CHECK_VARIABLE_PROPERTY
 * as the UEFI variable store of Trusted Services 0d55b4c7 and VarCheckLib of EDK2 c5aa7e7d keep it. When a
 * property is in force is SetVariable's business.
 */
#include <string.h>

#include "model/mm_sp/variable_service_internal.h"

/* The header; the name follows it. */
static uint64_t property_parse(const struct variable_service *service, const struct variable_call *call,
                               struct mm_variable_property *message, struct variable_name *name)
{
    const struct variable_rules *rules = variable_rules_of(service);
    memcpy(message, call->payload, sizeof(*message));
    if (message->name_size > call->size - MM_VARIABLE_PROPERTY_NAME) {
        return rules->beyond_message;
    }
    const uint8_t *bytes = &call->payload[MM_VARIABLE_PROPERTY_NAME];
    if (!variable_name_terminated(bytes, message->name_size)) {
        return rules->name_malformed;
    }
    *name = variable_name_of(service, bytes, message->name_size);
    return variable_name_is_empty(name) ? rules->name_empty : EFI_SUCCESS;
}

static uint64_t property_check(const struct variable_service *service,
                               const struct variable_property *property)
{
    const bool bounds = variable_rules_of(service)->property_bounds;
    const bool good = property->revision == MM_VARIABLE_PROPERTY_REVISION &&
                      (!bounds || property->size_min <= property->size_max);
    return good ? EFI_SUCCESS : EFI_INVALID_PARAMETER;
}

/* Of a variable that need not exist: a name with only a property is a row too. */
static uint64_t property_store(struct variable_service *service, const struct efi_guid *guid,
                               const struct variable_name *name, const struct variable_property *property)
{
    struct variable_entry entry;
    uint64_t status = variable_find(service, guid, name, &entry);
    if (status == EFI_NOT_FOUND) {
        status = variable_add(service, guid, name, &entry);
    }
    if (status != EFI_SUCCESS) {
        return status;
    }
    status = property_check(service, property);
    if (status != EFI_SUCCESS) {
        return status;
    }
    return variable_status_from_store(variable_store_set_property(&service->store, entry.id, property));
}

uint64_t variable_property_set(struct variable_service *service, struct variable_call *call)
{
    struct mm_variable_property message;
    struct variable_name name;
    if (variable_rules_of(service)->properties_until_lock && service->locked) {
        return EFI_ACCESS_DENIED;
    }
    const uint64_t status = property_parse(service, call, &message, &name);
    if (status != EFI_SUCCESS) {
        return status;
    }
    const struct variable_property property = {
        .revision = message.revision,
        .property = message.property,
        .attributes = message.attributes,
        .size_min = message.size_min,
        .size_max = message.size_max,
    };
    return property_store(service, &message.guid, &name, &property);
}

/* In smm-gateway the reply repeats the message whatever comes out. */
uint64_t variable_property_get(struct variable_service *service, struct variable_call *call)
{
    struct mm_variable_property message;
    struct variable_name name;
    struct variable_entry entry;
    uint64_t status = property_parse(service, call, &message, &name);
    if (message.name_size <= call->size - MM_VARIABLE_PROPERTY_NAME) {
        call->reply_size = (uint32_t)(MM_VARIABLE_PROPERTY_NAME + message.name_size);
    }
    if (status != EFI_SUCCESS) {
        return status;
    }
    status = variable_find(service, &message.guid, &name, &entry);
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

/* EDK2's VariableLock: the property of the variable becomes read-only, whatever else it says. */
uint64_t variable_lock(struct variable_service *service, struct variable_call *call)
{
    struct mm_variable_get_next message; /* the same layout: GUID, size of the name, name */
    struct variable_entry entry;
    if (service->locked) {
        return EFI_ACCESS_DENIED;
    }
    memcpy(&message, call->payload, sizeof(message));
    const uint8_t *bytes = &call->payload[MM_VARIABLE_GET_NEXT_NAME];
    if (message.name_size > call->size - MM_VARIABLE_GET_NEXT_NAME ||
        !variable_name_terminated(bytes, message.name_size)) {
        return EFI_ACCESS_DENIED;
    }
    const struct variable_name name = variable_name_of(service, bytes, message.name_size);
    if (variable_name_is_empty(&name)) {
        return EFI_INVALID_PARAMETER;
    }
    struct variable_property property = {
        .revision = MM_VARIABLE_PROPERTY_REVISION,
        .size_min = 1,
        .size_max = UINT64_MAX,
    };
    const uint64_t status = variable_find(service, &message.guid, &name, &entry);
    if (status == EFI_SUCCESS && entry.has_property) {
        property = entry.property;
    }
    property.property |= MM_VARIABLE_PROPERTY_READ_ONLY;
    return property_store(service, &message.guid, &name, &property);
}
