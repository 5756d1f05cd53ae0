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
    const uint8_t *data; /* of the variable, without a descriptor */
    uint64_t size;
    uint8_t *message; /* data with its descriptor */
    uint32_t message_size;
    const struct variable_record *record; /* NULL: not signed */
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

/* Name and data of one variable. The store has a limit of its own for names. */
static uint64_t size_check(const struct variable_service *service, const struct setting *setting)
{
    const uint64_t max = service->config.limits.variable_size_max - variable_record_header_size(service);
    const bool fits = setting->size <= max && setting->name.size <= max - setting->size &&
                      setting->name.size <= VARIABLE_STORE_NAME_MAX;
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
                             const struct variable_value *value)
{
    uint64_t status = room_make(service, entry, value->attributes, value->size);
    if (status != EFI_SUCCESS) {
        return status;
    }
    status = variable_write(service, entry, value);
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

/* Old and new data together, in `whole`; the old data is there already. */
static uint64_t record_append(struct variable_service *service, const struct setting *setting,
                              const struct variable_entry *entry, uint8_t *whole)
{
    const uint64_t max =
        service->config.limits.variable_size_max - variable_record_header_size(service) - entry->name_size;
    const uint64_t size = entry->data_size + setting->size;
    if (size > max) {
        return EFI_INVALID_PARAMETER;
    }
    memcpy(&whole[entry->data_size], setting->data, setting->size);
    const struct variable_value value = {
        .attributes = entry->attributes, .data = whole, .size = size, .record = setting->record};
    return record_write(service, entry, &value);
}

static struct variable_value setting_value(const struct setting *setting)
{
    return (struct variable_value){
        .attributes = setting->attributes & ~EFI_VARIABLE_APPEND_WRITE,
        .data = setting->data,
        .size = setting->size,
        .record = setting->record,
    };
}

static uint64_t record_replace(struct variable_service *service, const struct setting *setting,
                               const struct variable_entry *entry)
{
    uint8_t *old = service->values[0];
    const enum variable_store_status status =
        variable_store_read(&service->store, entry->id, old, entry->data_size);
    if (status != VARIABLE_STORE_OK) {
        return variable_status_from_store(status);
    }
    if (setting_has(setting, EFI_VARIABLE_APPEND_WRITE)) {
        return record_append(service, setting, entry, old);
    }
    if (setting->record == NULL && setting->size == entry->data_size &&
        memcmp(old, setting->data, setting->size) == 0) {
        return EFI_SUCCESS; /* nothing to write */
    }
    const struct variable_value value = setting_value(setting);
    return record_write(service, entry, &value);
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
    const struct variable_value value = setting_value(setting);
    status = record_write(service, entry, &value);
    if (status != EFI_SUCCESS || !row_exists) {
        return status;
    }
    /* Its place in the log is where its value was written. */
    return variable_status_from_store(variable_store_move_last(&service->store, entry->id));
}

/* Properties and the variable as it is come before signatures. */
static uint64_t setting_check(const struct variable_service *service, const struct setting *setting,
                              const struct variable_entry *entry)
{
    const uint64_t status =
        entry->has_property ? property_check(service, setting, &entry->property) : EFI_SUCCESS;
    return status == EFI_SUCCESS && entry->has_value ? existing_check(service, setting, entry) : status;
}

static uint64_t setting_write(struct variable_service *service, const struct setting *setting,
                              bool row_exists, struct variable_entry *entry)
{
    return entry->has_value ? existing_update(service, setting, entry)
                            : variable_create(service, setting, row_exists, entry);
}

/* AuthVariableLib looks at every write. The data is what it leaves of the message. */
static uint64_t setting_authenticate(struct variable_service *service, struct setting *setting,
                                     bool row_exists, struct variable_entry *entry)
{
    struct authenticated_variable_answer answer;
    const struct variable_question question = {.guid = setting->guid,
                                               .name = &setting->name,
                                               .attributes = setting->attributes,
                                               .data = setting->message,
                                               .size = setting->message_size,
                                               .entry = row_exists ? entry : NULL};
    uint64_t status = variable_authenticate(service, &question, &answer);
    if (status != EFI_SUCCESS) {
        return status;
    }
    if (answer.authenticated) {
        setting->data = &setting->message[answer.content_offset];
        setting->size = answer.content_size;
        setting->record = &answer.record;
    }
    status = setting_write(service, setting, row_exists, entry);
    return status == EFI_SUCCESS ? variable_system_follow(service, &answer) : status;
}

static uint64_t setting_apply(struct variable_service *service, struct setting *setting)
{
    struct variable_entry entry;
    memset(&entry, 0, sizeof(entry));
    uint64_t status = variable_find(service, setting->guid, &setting->name, &entry);
    const bool row_exists = status == EFI_SUCCESS;
    if (!row_exists && status != EFI_NOT_FOUND) {
        return status;
    }
    status = row_exists ? setting_check(service, setting, &entry) : EFI_SUCCESS;
    if (status != EFI_SUCCESS) {
        return status;
    }
    if (service->config.authentication) {
        return setting_authenticate(service, setting, row_exists, &entry);
    }
    return setting_write(service, setting, row_exists, &entry);
}

/* The size that counts is that of the data behind the descriptor. */
static uint64_t descriptor_skip(struct setting *setting)
{
    uint32_t offset = 0;
    if (!setting_has(setting, EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS)) {
        return EFI_SUCCESS;
    }
    if (!authenticated_variable_content(setting->message, setting->message_size, &offset)) {
        return EFI_SECURITY_VIOLATION;
    }
    setting->data = &setting->message[offset];
    setting->size = setting->message_size - offset;
    return EFI_SUCCESS;
}

uint64_t variable_set_edk2(struct variable_service *service, struct variable_call *call)
{
    struct variable_access access;
    uint64_t status = variable_access_parse(service, call, true, &access);
    if (status != EFI_SUCCESS) {
        return status;
    }
    struct setting setting = {
        .guid = &access.header.guid,
        .name = access.name,
        .attributes = access.header.attributes,
        .data = &call->payload[access.data_offset],
        .size = access.header.data_size,
        .message = &call->payload[access.data_offset],
        .message_size = (uint32_t)access.header.data_size,
    };
    if (variable_name_is_empty(&setting.name)) {
        return variable_rules_of(service)->name_empty;
    }
    status = variable_rules_ask(service, variable_rules_of(service)->set, setting.attributes);
    if (status == EFI_SUCCESS) {
        status = descriptor_skip(&setting);
    }
    if (status == EFI_SUCCESS) {
        status = size_check(service, &setting);
    }
    return status == EFI_SUCCESS ? setting_apply(service, &setting) : status;
}
