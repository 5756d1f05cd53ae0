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

static uint64_t value_overwrite(struct variable_service *service, const struct mm_variable_access *set,
                                const uint8_t *data, const struct variable_entry *entry)
{
    if (set->data_size > service->config.limits.data_size_max) {
        return EFI_INVALID_PARAMETER;
    }
    return variable_write(service, entry, set->attributes, data, (uint32_t)set->data_size);
}

/* The store cannot append either: read, extend, write back. A value that is not there cannot be read. */
static uint64_t value_append(struct variable_service *service, const struct mm_variable_access *set,
                             const uint8_t *data, const struct variable_entry *entry)
{
    const uint32_t limit = service->config.limits.data_size_max;
    uint8_t value[VARIABLE_STORE_DATA_MAX];
    if (set->data_size == 0) {
        return EFI_SUCCESS;
    }
    if (!entry->has_value) {
        return EFI_NOT_FOUND;
    }
    if (set->data_size > limit || entry->data_size > limit - set->data_size) {
        return EFI_INVALID_PARAMETER;
    }
    const enum variable_store_status status =
        variable_store_read(&service->store, entry->id, value, entry->data_size);
    if (status != VARIABLE_STORE_OK) {
        return variable_status_from_store(status);
    }
    memcpy(&value[entry->data_size], data, set->data_size);
    return variable_write(service, entry, entry->attributes, value,
                          entry->data_size + (uint32_t)set->data_size);
}

static uint64_t value_write(struct variable_service *service, const struct mm_variable_access *set,
                            const uint8_t *data, const struct variable_entry *entry)
{
    const bool append = (set->attributes & EFI_VARIABLE_APPEND_WRITE) != 0;
    return append ? value_append(service, set, data, entry) : value_overwrite(service, set, data, entry);
}

static uint64_t value_delete(struct variable_service *service, const struct variable_entry *entry)
{
    const uint64_t status = variable_delete_value(service, entry);
    const bool unused = status == EFI_SUCCESS && !entry->has_property;
    return unused ? variable_remove_unused(service, entry) : status;
}

/* The row exists, with a value, a property, or neither yet. */
static uint64_t value_set(struct variable_service *service, const struct mm_variable_access *set,
                          const uint8_t *data, const struct variable_entry *entry)
{
    if (!variable_visible(service, entry)) {
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
        return value_delete(service, entry);
    }
    if ((set->attributes & ~EFI_VARIABLE_APPEND_WRITE) != entry->attributes) {
        return EFI_INVALID_PARAMETER;
    }
    return value_write(service, set, data, entry);
}

static uint64_t value_create(struct variable_service *service, const struct variable_access *access,
                             const uint8_t *data)
{
    const struct mm_variable_access *set = &access->header;
    struct variable_entry entry;
    if (set->data_size == 0) {
        return EFI_NOT_FOUND;
    }
    const uint64_t status = variable_add(service, &set->guid, &access->name, &entry);
    return status == EFI_SUCCESS ? value_set(service, set, data, &entry) : status;
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
    const uint8_t *data = &call->payload[access.data_offset];
    status = variable_rules_ask(service, variable_rules_of(service)->set, set->attributes);
    if (status != EFI_SUCCESS) {
        return status;
    }
    status = variable_find(service, &set->guid, &access.name, &entry);
    if (status == EFI_NOT_FOUND) {
        return value_create(service, &access, data);
    }
    return status == EFI_SUCCESS ? value_set(service, set, data, &entry) : status;
}
