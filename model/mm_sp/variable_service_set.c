/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * UEFI, "SetVariable()", statuses and their order as the UEFI variable store of Trusted Services 0d55b4c7
 * gives them. What EDK2 does is in variable_service_set_edk2.c.
 */
#include <string.h>

#include "model/mm_sp/variable_service_internal.h"

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
    return (set->attributes & VARIABLE_ACCESS_ATTRIBUTES) == 0 ||
           ((set->attributes & keeps) == 0 && set->data_size == 0);
}

static uint64_t value_overwrite(struct variable_service *service, const struct variable_value *value,
                                const struct variable_entry *entry)
{
    const bool fits = value->size <= service->config.limits.data_size_max;
    return fits ? variable_write(service, entry, value) : EFI_INVALID_PARAMETER;
}

/* The store cannot append either: read, extend, write back. A value that is not there cannot be read. */
static uint64_t value_append(struct variable_service *service, const struct variable_value *value,
                             const struct variable_entry *entry)
{
    const uint32_t limit = service->config.limits.data_size_max;
    uint8_t *whole = service->values[0];
    if (value->size == 0) {
        return EFI_SUCCESS;
    }
    if (!entry->has_value) {
        return EFI_NOT_FOUND;
    }
    if (value->size > limit || entry->data_size > limit - value->size) {
        return EFI_INVALID_PARAMETER;
    }
    const enum variable_store_status status =
        variable_store_read(&service->store, entry->id, whole, entry->data_size);
    if (status != VARIABLE_STORE_OK) {
        return variable_status_from_store(status);
    }
    memcpy(&whole[entry->data_size], value->data, value->size);
    const struct variable_value appended = {
        .attributes = entry->attributes,
        .data = whole,
        .size = entry->data_size + value->size,
        .record = value->record,
    };
    return variable_write(service, entry, &appended);
}

static uint64_t value_write(struct variable_service *service, const struct variable_value *value,
                            const struct variable_entry *entry)
{
    const bool append = (value->attributes & EFI_VARIABLE_APPEND_WRITE) != 0;
    return append ? value_append(service, value, entry) : value_overwrite(service, value, entry);
}

static uint64_t value_delete(struct variable_service *service, const struct variable_entry *entry)
{
    const uint64_t status = variable_delete_value(service, entry);
    const bool unused = status == EFI_SUCCESS && !entry->has_property;
    return unused ? variable_remove_unused(service, entry) : status;
}

/* An authenticated message holds the value behind its descriptor, and says by itself when it deletes. */
static uint64_t value_authenticate(struct variable_service *service, const struct variable_question *question,
                                   struct variable_value *value, bool *deletes,
                                   struct authenticated_variable_answer *answer)
{
    const uint64_t status = variable_authenticate(service, question, answer);
    if (status == EFI_SUCCESS && answer->authenticated) {
        value->data = &question->data[answer->content_offset];
        value->size = answer->content_size;
        value->record = &answer->record;
        *deletes = answer->deletes;
    }
    return status;
}

static uint64_t value_update(struct variable_service *service, const struct variable_value *value,
                             bool deletes, const struct variable_entry *entry)
{
    if (!entry->has_value) {
        return value->size != 0 ? value_write(service, value, entry) : EFI_NOT_FOUND;
    }
    if (deletes) {
        return value_delete(service, entry);
    }
    const uint32_t attributes = value->attributes & ~EFI_VARIABLE_APPEND_WRITE;
    return attributes == entry->attributes ? value_write(service, value, entry) : EFI_INVALID_PARAMETER;
}

/* The row exists, with a value, a property, or neither yet. */
static uint64_t value_set(struct variable_service *service, const struct variable_access *access,
                          uint8_t *data, const struct variable_entry *entry)
{
    const struct mm_variable_access *set = &access->header;
    struct authenticated_variable_answer answer;
    struct variable_value value = {.attributes = set->attributes, .data = data, .size = set->data_size};
    bool deletes = set_deletes(set);
    if (!variable_visible(service, entry)) {
        return EFI_NOT_FOUND;
    }
    uint64_t status = entry->has_property ? property_check(&entry->property, set->data_size) : EFI_SUCCESS;
    if (status == EFI_SUCCESS && service->config.authentication) {
        const struct variable_question question = {.guid = &set->guid,
                                                   .name = &access->name,
                                                   .attributes = set->attributes,
                                                   .data = data,
                                                   .size = (uint32_t)set->data_size,
                                                   .entry = entry};
        status = value_authenticate(service, &question, &value, &deletes, &answer);
    }
    return status == EFI_SUCCESS ? value_update(service, &value, deletes, entry) : status;
}

static uint64_t value_create(struct variable_service *service, const struct variable_access *access,
                             uint8_t *data)
{
    const struct mm_variable_access *set = &access->header;
    struct variable_entry entry;
    if (set->data_size == 0) {
        return EFI_NOT_FOUND;
    }
    const uint64_t status = variable_add(service, &set->guid, &access->name, &entry);
    return status == EFI_SUCCESS ? value_set(service, access, data, &entry) : status;
}

uint64_t variable_set_smm_gateway(struct variable_service *service, struct variable_call *call)
{
    struct variable_access access;
    struct variable_entry entry;
    uint64_t status = variable_access_parse(service, call, true, &access);
    if (status != EFI_SUCCESS) {
        return status;
    }
    const struct mm_variable_access *set = &access.header;
    uint8_t *data = &call->payload[access.data_offset];
    status = variable_rules_ask(service, variable_rules_of(service)->set, set->attributes);
    if (status != EFI_SUCCESS) {
        return status;
    }
    status = variable_find(service, &set->guid, &access.name, &entry);
    if (status == EFI_NOT_FOUND) {
        return value_create(service, &access, data);
    }
    return status == EFI_SUCCESS ? value_set(service, &access, data, &entry) : status;
}
