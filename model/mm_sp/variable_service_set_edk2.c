/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * UEFI, "SetVariable()", statuses and their order as the variable driver of EDK2 c5aa7e7d and its VarCheckLib
 * give them. Its stores are logs: a value that is replaced takes room until the next reclaim, which happens
 * before the runtime only. The old language variables (PcdUefiVariableDefaultLangDeprecate) and the checks
 * of names in the global variable GUID (VarCheckUefiLib) are left out.
 */

#include <string.h>

#include "model/mm_sp/variable_service_internal.h"

/* What is set, once the message has been found whole. */
struct setting {
    const struct efi_guid *guid;
    struct variable_name name;
    uint32_t attributes;
    const uint8_t *data;
    uint64_t size;
};

static bool setting_has(const struct setting *setting, uint32_t attribute)
{
    return (setting->attributes & attribute) != 0;
}

/* No data without APPEND_WRITE, or no access. */
static bool setting_deletes(const struct setting *setting)
{
    return (!setting_has(setting, EFI_VARIABLE_APPEND_WRITE) && setting->size == 0) ||
           !setting_has(setting, VARIABLE_ACCESS_ATTRIBUTES);
}

/* Name and data of one variable. */
static uint64_t size_check(const struct variable_service *service, const struct setting *setting)
{
    const uint64_t max = service->config.limits.variable_size_max - variable_record_header_size(service);
    const bool fits = setting->size <= max && setting->name.size <= max - setting->size;
    return fits ? EFI_SUCCESS : EFI_INVALID_PARAMETER;
}

/* VarCheckLib: properties count from the end of DXE on. */
static uint64_t property_check(const struct variable_service *service, const struct setting *setting,
                               const struct variable_property *property)
{
    if (!service->locked) {
        return EFI_SUCCESS;
    }
    if ((property->property & MM_VARIABLE_PROPERTY_READ_ONLY) != 0) {
        return EFI_WRITE_PROTECTED;
    }
    if ((!setting_has(setting, EFI_VARIABLE_APPEND_WRITE) && setting->size == 0) ||
        setting->attributes == 0) {
        return EFI_SUCCESS; /* a delete */
    }
    if (property->attributes != 0 &&
        (setting->attributes & ~EFI_VARIABLE_APPEND_WRITE) != property->attributes) {
        return EFI_INVALID_PARAMETER;
    }
    const bool sized =
        setting->size == 0 || (setting->size >= property->size_min && setting->size <= property->size_max);
    return sized ? EFI_SUCCESS : EFI_INVALID_PARAMETER;
}

/* A variable that exists is rewritten with its own attributes, or deleted with none at all. */
static uint64_t existing_check(const struct variable_service *service, const struct setting *setting,
                               const struct variable_entry *entry)
{
    if (service->at_runtime && (entry->attributes & EFI_VARIABLE_RUNTIME_ACCESS) == 0) {
        return EFI_WRITE_PROTECTED;
    }
    const uint32_t attributes = setting->attributes & ~EFI_VARIABLE_APPEND_WRITE;
    return setting->attributes == 0 || attributes == entry->attributes ? EFI_SUCCESS : EFI_INVALID_PARAMETER;
}

/* The log must have room for the new record while the old one is still there, or after a reclaim. */
static uint64_t room_make(struct variable_service *service, const struct variable_entry *entry,
                          uint32_t attributes, uint64_t size)
{
    const uint64_t counted = variable_tally_count(service);
    if (counted != EFI_SUCCESS) {
        return counted;
    }
    const bool non_volatile = (attributes & EFI_VARIABLE_NON_VOLATILE) != 0;
    const uint64_t space = variable_store_space(service, non_volatile);
    const uint64_t record = variable_record_size(service, entry->name_size, size);
    if (service->tally.used_bytes[non_volatile] + record <= space) {
        return EFI_SUCCESS;
    }
    if (service->at_runtime && non_volatile) {
        return EFI_OUT_OF_RESOURCES;
    }
    const uint64_t old =
        entry->has_value ? variable_record_size(service, entry->name_size, entry->data_size) : 0;
    if (service->tally.live_bytes[non_volatile] - old + record > space) {
        return EFI_OUT_OF_RESOURCES;
    }
    variable_reclaim(service, non_volatile);
    return EFI_SUCCESS;
}

/* The new record is the last of the log. */
static uint64_t record_write(struct variable_service *service, const struct variable_entry *entry,
                             uint32_t attributes, const uint8_t *data, uint64_t size)
{
    uint64_t status = room_make(service, entry, attributes, size);
    if (status != EFI_SUCCESS) {
        return status;
    }
    status = variable_write(service, entry, attributes, data, (uint32_t)size);
    if (status != EFI_SUCCESS || !entry->has_value) {
        return status;
    }
    return variable_status_from_store(variable_store_move_last(&service->store, entry->id));
}

static uint64_t record_delete(struct variable_service *service, const struct variable_entry *entry)
{
    const uint64_t status = variable_delete_value(service, entry);
    const bool unused = status == EFI_SUCCESS && !entry->has_property;
    return unused ? variable_remove_unused(service, entry) : status;
}

/* Old and new data together, in `value`; the old data is there already. */
static uint64_t record_append(struct variable_service *service, const struct setting *setting,
                              const struct variable_entry *entry, uint8_t *value)
{
    const uint64_t max =
        service->config.limits.variable_size_max - variable_record_header_size(service) - entry->name_size;
    const uint64_t size = entry->data_size + setting->size;
    if (size > max) {
        return EFI_INVALID_PARAMETER;
    }
    memcpy(&value[entry->data_size], setting->data, setting->size);
    return record_write(service, entry, entry->attributes, value, size);
}

static uint64_t record_replace(struct variable_service *service, const struct setting *setting,
                               const struct variable_entry *entry)
{
    uint8_t value[VARIABLE_STORE_DATA_MAX + VARIABLE_STORE_NAME_MAX]; /* the old value, then the new one */
    const enum variable_store_status status =
        variable_store_read(&service->store, entry->id, value, entry->data_size);
    if (status != VARIABLE_STORE_OK) {
        return variable_status_from_store(status);
    }
    if (setting_has(setting, EFI_VARIABLE_APPEND_WRITE)) {
        return record_append(service, setting, entry, value);
    }
    if (setting->size == entry->data_size && memcmp(value, setting->data, setting->size) == 0) {
        return EFI_SUCCESS; /* nothing to write */
    }
    return record_write(service, entry, setting->attributes, setting->data, setting->size);
}

static uint64_t existing_update(struct variable_service *service, const struct setting *setting,
                                const struct variable_entry *entry)
{
    if (service->at_runtime && (entry->attributes & EFI_VARIABLE_NON_VOLATILE) == 0) {
        return EFI_WRITE_PROTECTED;
    }
    return setting_deletes(setting) ? record_delete(service, entry) : record_replace(service, setting, entry);
}

/* EFI_SUCCESS: a new variable may be made of it. */
static uint64_t creation_check(const struct variable_service *service, const struct setting *setting)
{
    const uint32_t lasting = EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_RUNTIME_ACCESS;
    if (setting->size == 0 || !setting_has(setting, VARIABLE_ACCESS_ATTRIBUTES)) {
        return EFI_NOT_FOUND;
    }
    const bool allowed = !service->at_runtime || (setting->attributes & lasting) == lasting;
    return allowed ? EFI_SUCCESS : EFI_INVALID_PARAMETER;
}

/* `row_exists`: with a property; then `entry` is that row. */
static uint64_t variable_create(struct variable_service *service, const struct setting *setting,
                                bool row_exists, struct variable_entry *entry)
{
    if (setting->size == 0 && setting_has(setting, EFI_VARIABLE_APPEND_WRITE)) {
        return EFI_SUCCESS;
    }
    uint64_t status = creation_check(service, setting);
    if (status == EFI_SUCCESS && !row_exists) {
        status = variable_add(service, setting->guid, &setting->name, entry);
    }
    if (status != EFI_SUCCESS) {
        return status;
    }
    status = record_write(service, entry, setting->attributes & ~EFI_VARIABLE_APPEND_WRITE, setting->data,
                          setting->size);
    if (status != EFI_SUCCESS || !row_exists) {
        return status;
    }
    /* Its place in the log is where its value was written. */
    return variable_status_from_store(variable_store_move_last(&service->store, entry->id));
}

static uint64_t setting_apply(struct variable_service *service, const struct setting *setting)
{
    struct variable_entry entry = {.id = 0};
    uint64_t status = variable_find(service, setting->guid, &setting->name, &entry);
    const bool row_exists = status == EFI_SUCCESS;
    if (!row_exists && status != EFI_NOT_FOUND) {
        return status;
    }
    if (row_exists && entry.has_property) {
        status = property_check(service, setting, &entry.property);
        if (status != EFI_SUCCESS) {
            return status;
        }
    }
    if (!row_exists || !entry.has_value) {
        return variable_create(service, setting, row_exists, &entry);
    }
    status = existing_check(service, setting, &entry);
    return status == EFI_SUCCESS ? existing_update(service, setting, &entry) : status;
}

uint64_t variable_set_edk2(struct variable_service *service, struct variable_call *call)
{
    struct variable_access access;
    uint64_t status = variable_access_parse(service, call, true, &access);
    if (status != EFI_SUCCESS) {
        return status;
    }
    const struct setting setting = {
        .guid = &access.header.guid,
        .name = access.name,
        .attributes = access.header.attributes,
        .data = &call->payload[access.data_offset],
        .size = access.header.data_size,
    };
    if (variable_name_is_empty(&setting.name)) {
        return variable_rules_of(service)->name_empty;
    }
    status = variable_rules_ask(service, variable_rules_of(service)->set, setting.attributes);
    if (status == EFI_SUCCESS) {
        status = size_check(service, &setting);
    }
    return status == EFI_SUCCESS ? setting_apply(service, &setting) : status;
}
