/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Authenticated variables between the service and authenticated_variable.h: what that must be told of the
 * store, and the variables that EDK2's AuthVariableLib makes by itself (UEFI, "Globally Defined Variables":
 * SetupMode, SecureBoot and their like). It judges no signature.
 */
#include <string.h>

#include "model/mm_sp/variable_service_internal.h"

#define VALUE_PK       0
#define VALUE_KEK      1
#define VALUE_EXISTING 2

#define SYSTEM_VENDOR_KEYS_NV 5U /* in the order of authenticated_variable_system_at() */

static bool server_is_edk2(const struct variable_service *service)
{
    return service->config.dialect == VARIABLE_DIALECT_EDK2;
}

/* The value of a row in service->values[place]; a name that is missing has no bytes. */
static uint64_t value_read(struct variable_service *service, const struct variable_entry *entry, int place,
                           struct authenticated_variable_bytes *value)
{
    value->bytes = service->values[place];
    value->size = entry->data_size;
    return variable_status_from_store(
        variable_store_read(&service->store, entry->id, service->values[place], entry->data_size));
}

static uint64_t database_read(struct variable_service *service,
                              enum authenticated_variable_key_database database, int place,
                              struct authenticated_variable_bytes *value)
{
    struct authenticated_variable_name name;
    struct variable_entry entry;
    authenticated_variable_name_of(database, &name);
    const struct variable_name found = {.bytes = name.name, .size = name.name_size};
    const uint64_t status = variable_find(service, &name.guid, &found, &entry);
    *value = (struct authenticated_variable_bytes){.size = 0};
    if (status == EFI_NOT_FOUND || (status == EFI_SUCCESS && !entry.has_value)) {
        return EFI_SUCCESS;
    }
    return status == EFI_SUCCESS ? value_read(service, &entry, place, value) : status;
}

/* Only key databases are judged by the values of variables. */
static uint64_t values_read(struct variable_service *service, const struct variable_question *question,
                            struct authenticated_variable_request *request)
{
    if (!authenticated_variable_is_key_database(request->name, request->name_size)) {
        return EFI_SUCCESS;
    }
    uint64_t status = database_read(service, KEY_DATABASE_PK, VALUE_PK, &request->pk);
    if (status == EFI_SUCCESS) {
        status = database_read(service, KEY_DATABASE_KEK, VALUE_KEK, &request->kek);
    }
    if (status == EFI_SUCCESS && request->exists) {
        status = value_read(service, question->entry, VALUE_EXISTING, &request->existing_value);
    }
    return status;
}

uint64_t variable_authenticate(struct variable_service *service, const struct variable_question *question,
                               struct authenticated_variable_answer *answer)
{
    const struct variable_entry *entry = question->entry;
    struct authenticated_variable_request request = {
        .rules =
            server_is_edk2(service) ? AUTHENTICATED_VARIABLE_EDK2 : AUTHENTICATED_VARIABLE_TRUSTED_SERVICES,
        .self_signed_pk = service->config.self_signed_pk,
        .guid = *question->guid,
        .name = question->name->bytes,
        .name_size = (uint32_t)question->name->size,
        .attributes = question->attributes,
        .data = question->data,
        .data_size = question->size,
        .exists = entry != NULL && entry->has_value,
    };
    if (request.exists) {
        request.existing_attributes = entry->attributes;
        request.existing_record = entry->record;
    }
    const uint64_t status = values_read(service, question, &request);
    if (status != EFI_SUCCESS) {
        return status;
    }
    authenticated_variable_check(&request, answer);
    return answer->status;
}

/* The variables that EDK2 makes by itself */

static uint64_t system_write(struct variable_service *service,
                             const struct authenticated_variable_system *system,
                             const struct variable_entry *entry)
{
    uint8_t *old = service->values[VALUE_EXISTING];
    const struct variable_value value = {
        .attributes = system->attributes, .data = system->value, .size = system->value_size};
    if (entry->has_value && entry->data_size == system->value_size &&
        variable_store_read(&service->store, entry->id, old, entry->data_size) == VARIABLE_STORE_OK &&
        memcmp(old, system->value, system->value_size) == 0) {
        return EFI_SUCCESS;
    }
    return variable_write(service, entry, &value);
}

static uint64_t system_protect(struct variable_service *service,
                               const struct authenticated_variable_system *system,
                               const struct variable_entry *entry)
{
    const struct variable_property property = {
        .revision = MM_VARIABLE_PROPERTY_REVISION,
        .property = MM_VARIABLE_PROPERTY_READ_ONLY,
        .size_max = UINT64_MAX,
    };
    if (!system->read_only || entry->has_property) {
        return EFI_SUCCESS;
    }
    return variable_status_from_store(variable_store_set_property(&service->store, entry->id, &property));
}

static uint64_t system_make(struct variable_service *service, uint32_t index)
{
    struct authenticated_variable_system system;
    struct variable_entry entry;
    authenticated_variable_system_at(index, &service->state, &system);
    const struct variable_name name = {.bytes = system.name, .size = system.name_size};
    uint64_t status = variable_find(service, &system.guid, &name, &entry);
    if (!system.present) {
        const bool there = status == EFI_SUCCESS && entry.has_value;
        return there ? variable_delete_value(service, &entry) : EFI_SUCCESS;
    }
    if (status == EFI_NOT_FOUND) {
        status = variable_add(service, &system.guid, &name, &entry);
    }
    if (status == EFI_SUCCESS) {
        status = system_write(service, &system, &entry);
    }
    return status == EFI_SUCCESS ? system_protect(service, &system, &entry) : status;
}

static uint64_t systems_make(struct variable_service *service)
{
    for (uint32_t i = 0; i < AUTHENTICATED_VARIABLE_SYSTEM_COUNT; i++) {
        const uint64_t status = system_make(service, i);
        if (status != EFI_SUCCESS) {
            return status;
        }
    }
    return EFI_SUCCESS;
}

/* At runtime SecureBoot keeps what it said when boot services ended. */
uint64_t variable_system_follow(struct variable_service *service,
                                const struct authenticated_variable_answer *answer)
{
    struct authenticated_variable_state *state = &service->state;
    if (answer->mode == AUTHENTICATED_VARIABLE_MODE_KEPT && !answer->vendor_keys_modified) {
        return EFI_SUCCESS;
    }
    if (answer->mode != AUTHENTICATED_VARIABLE_MODE_KEPT) {
        state->user_mode = answer->mode == AUTHENTICATED_VARIABLE_MODE_USER;
        state->secure_boot = service->at_runtime ? state->secure_boot : state->user_mode;
    }
    state->vendor_keys_kept = state->vendor_keys_kept && !answer->vendor_keys_modified;
    return systems_make(service);
}

/* VendorKeysNv outlives the power. */
static uint64_t state_find(struct variable_service *service)
{
    struct authenticated_variable_state *state = &service->state;
    const struct authenticated_variable_state fresh = {.vendor_keys_kept = true};
    struct authenticated_variable_bytes value;
    struct authenticated_variable_system system;
    struct variable_entry entry;
    uint64_t status = database_read(service, KEY_DATABASE_PK, VALUE_PK, &value);
    if (status != EFI_SUCCESS) {
        return status;
    }
    *state = fresh;
    state->user_mode = value.size != 0;
    state->secure_boot = state->user_mode;
    authenticated_variable_system_at(SYSTEM_VENDOR_KEYS_NV, &fresh, &system);
    const struct variable_name name = {.bytes = system.name, .size = system.name_size};
    status = variable_find(service, &system.guid, &name, &entry);
    if (status != EFI_SUCCESS || !entry.has_value) {
        return status == EFI_NOT_FOUND ? EFI_SUCCESS : status;
    }
    status = value_read(service, &entry, VALUE_EXISTING, &value);
    state->vendor_keys_kept = status == EFI_SUCCESS && value.size == 1 && value.bytes[0] == 1;
    return status;
}

static uint64_t system_start(struct variable_service *service)
{
    if (variable_tally_count(service) != EFI_SUCCESS ||
        variable_store_begin(&service->store) != VARIABLE_STORE_OK) {
        return EFI_DEVICE_ERROR;
    }
    uint64_t status = state_find(service);
    if (status == EFI_SUCCESS) {
        status = systems_make(service);
    }
    if (status != EFI_SUCCESS) {
        variable_store_rollback(&service->store);
        service->tally.known = false;
        return status;
    }
    service->system_made = variable_store_commit(&service->store) == VARIABLE_STORE_OK;
    service->tally.known = service->tally.known && service->system_made;
    return service->system_made ? EFI_SUCCESS : EFI_DEVICE_ERROR;
}

uint64_t variable_system_start(struct variable_service *service)
{
    const bool wanted = server_is_edk2(service) && service->config.authentication;
    return wanted && !service->system_made ? system_start(service) : EFI_SUCCESS;
}
