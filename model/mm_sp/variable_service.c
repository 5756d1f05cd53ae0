/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * UEFI, "Variable Services": which functions a server has, and what all of them need: messages, names, rows
 * and the tally. The functions are in variable_service_{get,set,set_edk2,property}.c, the table that tells
 * the servers apart in variable_service_rules.c.
 *
 * Differences from the originals that are meant. smm-gateway: a refused SetVariable leaves nothing behind
 * (there, a volatile variable that was too large stays in the index); a GetNextVariableName whose NameSize
 * exceeds the message is refused (there, it reads on); without authentication,
 * EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS is an attribute like any other. EDK2: messages of
 * function 8 and 9 that are not whole are ignored as those of other functions are (there, they are not looked
 * at); end of DXE is ReadyToBoot, or else ExitBootServices.
 */
#include "model/mm_sp/variable_service.h"

#include <assert.h>
#include <string.h>

#include "model/mm_sp/variable_service_internal.h"

#define SMM_GATEWAY_NAME_SIZE_MAX 128U /* bytes, NUL included: 64 characters */

/* EDK2's store: sizes of its structures. */
#define RECORD_HEADER_SIZE               32U /* VARIABLE_HEADER */
#define RECORD_HEADER_SIZE_AUTHENTICATED 60U /* AUTHENTICATED_VARIABLE_HEADER */
#define RECORD_ALIGNMENT                 4U
#define STORE_HEADER_SIZE                28U /* VARIABLE_STORE_HEADER */
#define VOLUME_HEADER_SIZE               72U /* of the firmware volume that the non-volatile store is in */

void variable_limits_init(struct variable_limits *limits)
{
    *limits = (struct variable_limits){
        .count_max = VARIABLE_COUNT_DEFAULT,
        .data_size_max = VARIABLE_DATA_SIZE_DEFAULT,
        .store_size = VARIABLE_STORE_SIZE_DEFAULT,
    };
}

/* A limit that nobody has set. */
static uint32_t variable_size_max(const struct variable_config *config)
{
    if (config->limits.variable_size_max != 0) {
        return config->limits.variable_size_max;
    }
    return config->authentication ? VARIABLE_SIZE_SECURE_BOOT : VARIABLE_SIZE_DEFAULT;
}

void variable_service_init(struct variable_service *service, const struct variable_config *config)
{
    const struct variable_limits *limits = &service->config.limits;
    memset(service, 0, sizeof(*service));
    service->config = *config;
    service->config.limits.variable_size_max = variable_size_max(config);
    assert(config->dialect < VARIABLE_DIALECT_COUNT);
    assert(limits->data_size_max <= VARIABLE_STORE_DATA_MAX);
    assert(limits->variable_size_max <= VARIABLE_STORE_DATA_MAX);
    assert(limits->variable_size_max > RECORD_HEADER_SIZE_AUTHENTICATED);
    assert(limits->store_size <= VARIABLE_STORE_SIZE_MAX);
    assert(limits->store_size >= STORE_HEADER_SIZE + VOLUME_HEADER_SIZE + limits->variable_size_max);
    variable_store_init(&service->store);
    variable_store_configure(&service->store, &config->store);
}

void variable_service_destroy(struct variable_service *service)
{
    variable_store_close(&service->store);
}

bool variable_service_power_cycle(struct variable_service *service)
{
    service->tally.known = false;
    service->at_runtime = false;
    service->locked = false;
    service->reclaimed = false;
    service->system_made = false;
    return variable_store_power_cycle(&service->store) == VARIABLE_STORE_OK;
}

/* Names */

bool variable_name_terminated(const uint8_t *name, uint64_t name_size)
{
    if (name_size < VARIABLE_CHARACTER_SIZE) {
        return false;
    }
    const uint8_t *last = &name[(name_size / VARIABLE_CHARACTER_SIZE - 1) * VARIABLE_CHARACTER_SIZE];
    return last[0] == 0 && last[1] == 0;
}

uint64_t variable_name_size_used(const uint8_t *name, uint64_t room)
{
    for (uint64_t i = 0; i + VARIABLE_CHARACTER_SIZE <= room; i += VARIABLE_CHARACTER_SIZE) {
        if (name[i] == 0 && name[i + 1] == 0) {
            return i + VARIABLE_CHARACTER_SIZE;
        }
    }
    return room;
}

struct variable_name variable_name_of(const struct variable_service *service, const uint8_t *name,
                                      uint64_t name_size)
{
    const bool cut = variable_rules_of(service)->names_end_at_nul;
    return (struct variable_name){
        .bytes = name,
        .size = cut ? variable_name_size_used(name, name_size) : name_size,
    };
}

/* GetVariable and SetVariable: the message */

uint64_t variable_access_parse(const struct variable_service *service, const struct variable_call *call,
                               bool brings_data, struct variable_access *access)
{
    const struct variable_rules *rules = variable_rules_of(service);
    memset(&access->header, 0, sizeof(access->header));
    memcpy(&access->header, call->payload, MM_VARIABLE_ACCESS_NAME);
    const uint64_t room = call->size - MM_VARIABLE_ACCESS_NAME;
    const uint64_t name_size = access->header.name_size;
    if (name_size > room) {
        return rules->beyond_message;
    }
    if ((brings_data || rules->areas_within_message) && access->header.data_size > room - name_size) {
        return rules->beyond_message;
    }
    const uint8_t *name = &call->payload[MM_VARIABLE_ACCESS_NAME];
    if (!variable_name_terminated(name, name_size)) {
        return rules->name_malformed;
    }
    access->name = variable_name_of(service, name, name_size);
    access->data_offset = MM_VARIABLE_ACCESS_NAME + name_size;
    return EFI_SUCCESS;
}

/* The tally */

uint32_t variable_record_header_size(const struct variable_service *service)
{
    return service->config.authentication ? RECORD_HEADER_SIZE_AUTHENTICATED : RECORD_HEADER_SIZE;
}

uint64_t variable_record_size(const struct variable_service *service, uint64_t name_size, uint64_t data_size)
{
    const uint64_t size = variable_record_header_size(service) + name_size + data_size;
    return (size + RECORD_ALIGNMENT - 1) / RECORD_ALIGNMENT * RECORD_ALIGNMENT;
}

/* EDK2: the buffer that it copies payloads into. */
static uint64_t variable_payload_max(const struct variable_service *service)
{
    return service->config.limits.variable_size_max + MM_VARIABLE_PROPERTY_NAME -
           variable_record_header_size(service);
}

uint64_t variable_store_space(const struct variable_service *service, bool non_volatile)
{
    const uint32_t headers = STORE_HEADER_SIZE + (non_volatile ? VOLUME_HEADER_SIZE : 0);
    return service->config.limits.store_size - headers;
}

void variable_reclaim(struct variable_service *service, bool non_volatile)
{
    struct variable_tally *tally = &service->tally;
    tally->used_bytes[non_volatile] = tally->live_bytes[non_volatile];
}

static bool attributes_non_volatile(uint32_t attributes)
{
    return (attributes & EFI_VARIABLE_NON_VOLATILE) != 0;
}

static void tally_add(struct variable_service *service, const struct variable_entry *entry,
                      uint32_t attributes, uint64_t data_size)
{
    struct variable_tally *tally = &service->tally;
    const bool non_volatile = attributes_non_volatile(attributes);
    const uint64_t record = variable_record_size(service, entry->name_size, data_size);
    tally->data_bytes[non_volatile] += data_size;
    tally->live_bytes[non_volatile] += record;
    tally->used_bytes[non_volatile] += record;
}

/* The value that the entry has is replaced or deleted; the log keeps it. */
static void tally_drop(struct variable_service *service, const struct variable_entry *entry)
{
    struct variable_tally *tally = &service->tally;
    const bool non_volatile = attributes_non_volatile(entry->attributes);
    if (entry->has_value) {
        tally->data_bytes[non_volatile] -= entry->data_size;
        tally->live_bytes[non_volatile] -= variable_record_size(service, entry->name_size, entry->data_size);
    }
}

/* Counts once; what the service does to the store is tallied from then on. */
uint64_t variable_tally_count(struct variable_service *service)
{
    struct variable_entry entry = {.id = 0};
    enum variable_store_status status = VARIABLE_STORE_OK;
    uint64_t bytes = 0;
    if (service->tally.known) {
        return EFI_SUCCESS;
    }
    memset(&service->tally, 0, sizeof(service->tally));
    if (variable_store_usage(&service->store, 0, 0, &service->tally.rows, &bytes) != VARIABLE_STORE_OK) {
        return EFI_DEVICE_ERROR;
    }
    while (status == VARIABLE_STORE_OK) {
        status = variable_store_next(&service->store, entry.id, &entry);
        if (status == VARIABLE_STORE_OK) {
            tally_add(service, &entry, entry.attributes, entry.data_size);
        }
    }
    service->tally.known = status == VARIABLE_STORE_NOT_FOUND;
    return service->tally.known ? EFI_SUCCESS : EFI_DEVICE_ERROR;
}

/* Rows */

uint64_t variable_status_from_store(enum variable_store_status status)
{
    static const uint64_t statuses[] = {
        [VARIABLE_STORE_OK] = EFI_SUCCESS,
        [VARIABLE_STORE_NOT_FOUND] = EFI_NOT_FOUND,
        [VARIABLE_STORE_FAILED] = EFI_DEVICE_ERROR,
    };
    return statuses[status];
}

static uint32_t name_size_max(const struct variable_service *service)
{
    const bool edk2 = service->config.dialect == VARIABLE_DIALECT_EDK2;
    return edk2 ? VARIABLE_STORE_NAME_MAX : SMM_GATEWAY_NAME_SIZE_MAX;
}

uint64_t variable_find(struct variable_service *service, const struct efi_guid *guid,
                       const struct variable_name *name, struct variable_entry *entry)
{
    if (name->size > name_size_max(service)) {
        return EFI_NOT_FOUND;
    }
    return variable_status_from_store(
        variable_store_find(&service->store, guid, name->bytes, (uint32_t)name->size, entry));
}

uint64_t variable_add(struct variable_service *service, const struct efi_guid *guid,
                      const struct variable_name *name, struct variable_entry *entry)
{
    const uint64_t counted = variable_tally_count(service);
    if (name->size > name_size_max(service)) {
        return EFI_OUT_OF_RESOURCES;
    }
    if (counted != EFI_SUCCESS) {
        return counted;
    }
    if (service->config.dialect == VARIABLE_DIALECT_SMM_GATEWAY &&
        service->tally.rows >= service->config.limits.count_max) {
        return EFI_OUT_OF_RESOURCES;
    }
    const enum variable_store_status status =
        variable_store_add(&service->store, guid, name->bytes, (uint32_t)name->size, entry);
    service->tally.rows += status == VARIABLE_STORE_OK ? 1 : 0;
    return variable_status_from_store(status);
}

uint64_t variable_remove_unused(struct variable_service *service, const struct variable_entry *entry)
{
    const enum variable_store_status status = variable_store_remove_unused(&service->store, entry->id);
    service->tally.known = service->tally.known && status == VARIABLE_STORE_OK;
    service->tally.rows -= service->tally.known ? 1 : 0;
    return variable_status_from_store(status);
}

uint64_t variable_write(struct variable_service *service, const struct variable_entry *entry,
                        const struct variable_value *value)
{
    const uint32_t size = (uint32_t)value->size;
    const uint64_t counted = variable_tally_count(service);
    if (counted != EFI_SUCCESS) {
        return counted;
    }
    const enum variable_store_status status =
        value->record != NULL
            ? variable_store_write_signed(&service->store, entry->id, value->attributes, value->data, size,
                                          value->record)
            : variable_store_write(&service->store, entry->id, value->attributes, value->data, size);
    if (status == VARIABLE_STORE_OK) {
        tally_drop(service, entry);
        tally_add(service, entry, value->attributes, size);
    }
    return variable_status_from_store(status);
}

uint64_t variable_delete_value(struct variable_service *service, const struct variable_entry *entry)
{
    const uint64_t counted = variable_tally_count(service);
    if (counted != EFI_SUCCESS) {
        return counted;
    }
    const enum variable_store_status status = variable_store_delete_value(&service->store, entry->id);
    if (status == VARIABLE_STORE_OK) {
        tally_drop(service, entry);
    }
    return variable_status_from_store(status);
}

/*
 * The runtime sees what has RUNTIME_ACCESS. Boot services see everything, or what has BOOTSERVICE_ACCESS;
 * then both see what has neither.
 */
bool variable_visible(const struct variable_service *service, const struct variable_entry *entry)
{
    const uint32_t access = entry->attributes & VARIABLE_ACCESS_ATTRIBUTES;
    if (variable_rules_of(service)->boot_sees_all) {
        return !service->at_runtime || (access & EFI_VARIABLE_RUNTIME_ACCESS) != 0;
    }
    const uint32_t needed =
        service->at_runtime ? EFI_VARIABLE_RUNTIME_ACCESS : EFI_VARIABLE_BOOTSERVICE_ACCESS;
    return access == 0 || (access & needed) != 0;
}

/* Functions that only move the state of the service */

static uint64_t exit_boot_services(struct variable_service *service)
{
    service->at_runtime = true;
    service->locked = true;
    return EFI_SUCCESS;
}

/* EDK2: the end of DXE. What is full is reclaimed once, as the runtime cannot. */
static uint64_t ready_to_boot(struct variable_service *service)
{
    if (service->at_runtime) {
        return EFI_UNSUPPORTED;
    }
    const uint64_t counted = variable_tally_count(service);
    service->locked = true;
    if (counted != EFI_SUCCESS || service->reclaimed) {
        return counted;
    }
    const uint64_t space = variable_store_space(service, true);
    const uint64_t used = service->tally.used_bytes[true];
    service->reclaimed = true;
    if (used > space || space - used < service->config.limits.variable_size_max) {
        variable_reclaim(service, true);
    }
    return EFI_SUCCESS;
}

/* smm-gateway: the largest name and data together that a GetVariable or SetVariable of this buffer can carry.
 * EDK2: the largest payload that it looks at, made for a variable of the largest size. */
static uint64_t get_payload_size(const struct variable_service *service, struct variable_call *call)
{
    const bool edk2 = service->config.dialect == VARIABLE_DIALECT_EDK2;
    const bool any = call->capacity > MM_VARIABLE_ACCESS_NAME;
    const struct mm_variable_payload_size reply = {
        .size = edk2  ? variable_payload_max(service)
                : any ? call->capacity - MM_VARIABLE_ACCESS_NAME
                      : 0,
    };
    if (call->capacity < sizeof(reply)) {
        return EFI_BAD_BUFFER_SIZE;
    }
    memcpy(call->payload, &reply, sizeof(reply));
    call->reply_size = sizeof(reply);
    return EFI_SUCCESS;
}

/* The functions of a server: how long their messages are at least. 0: it has no such function. */

#define FUNCTION_COUNT 12U
#define NO_PAYLOAD     1U /* one byte more than the function needs */

static const uint32_t sizes_min[VARIABLE_DIALECT_COUNT][FUNCTION_COUNT] = {
    [VARIABLE_DIALECT_SMM_GATEWAY] =
        {
            [MM_FUNCTION_GET_VARIABLE] = NO_PAYLOAD + MM_VARIABLE_ACCESS_NAME,
            [MM_FUNCTION_GET_NEXT_VARIABLE_NAME] = NO_PAYLOAD + MM_VARIABLE_GET_NEXT_NAME,
            [MM_FUNCTION_SET_VARIABLE] = NO_PAYLOAD + MM_VARIABLE_ACCESS_NAME,
            [MM_FUNCTION_QUERY_VARIABLE_INFO] = NO_PAYLOAD + sizeof(struct mm_variable_query),
            [MM_FUNCTION_EXIT_BOOT_SERVICES] = NO_PAYLOAD,
            [MM_FUNCTION_VAR_CHECK_PROPERTY_SET] = NO_PAYLOAD + MM_VARIABLE_PROPERTY_NAME,
            [MM_FUNCTION_VAR_CHECK_PROPERTY_GET] = NO_PAYLOAD + MM_VARIABLE_PROPERTY_NAME,
            [MM_FUNCTION_GET_PAYLOAD_SIZE] = NO_PAYLOAD,
        },
    [VARIABLE_DIALECT_EDK2] =
        {
            [MM_FUNCTION_GET_VARIABLE] = NO_PAYLOAD + MM_VARIABLE_ACCESS_NAME,
            [MM_FUNCTION_GET_NEXT_VARIABLE_NAME] = NO_PAYLOAD + MM_VARIABLE_GET_NEXT_NAME,
            [MM_FUNCTION_SET_VARIABLE] = NO_PAYLOAD + MM_VARIABLE_ACCESS_NAME,
            [MM_FUNCTION_QUERY_VARIABLE_INFO] = NO_PAYLOAD + sizeof(struct mm_variable_query),
            [MM_FUNCTION_READY_TO_BOOT] = NO_PAYLOAD,
            [MM_FUNCTION_EXIT_BOOT_SERVICES] = NO_PAYLOAD,
            [MM_FUNCTION_LOCK_VARIABLE] = NO_PAYLOAD + MM_VARIABLE_GET_NEXT_NAME,
            [MM_FUNCTION_VAR_CHECK_PROPERTY_SET] = NO_PAYLOAD + MM_VARIABLE_PROPERTY_NAME,
            [MM_FUNCTION_VAR_CHECK_PROPERTY_GET] = NO_PAYLOAD + MM_VARIABLE_PROPERTY_NAME,
            [MM_FUNCTION_GET_PAYLOAD_SIZE] = NO_PAYLOAD + sizeof(struct mm_variable_payload_size),
        },
};

/* A function that the server has, with a message that has its header. */
static uint64_t function_call(struct variable_service *service, struct variable_call *call)
{
    switch ((enum mm_variable_function)call->function) {
    case MM_FUNCTION_GET_VARIABLE:
        return variable_get(service, call);
    case MM_FUNCTION_GET_NEXT_VARIABLE_NAME:
        return variable_get_next_name(service, call);
    case MM_FUNCTION_SET_VARIABLE:
        return service->config.dialect == VARIABLE_DIALECT_EDK2 ? variable_set_edk2(service, call)
                                                                : variable_set_smm_gateway(service, call);
    case MM_FUNCTION_QUERY_VARIABLE_INFO:
        return variable_query_info(service, call);
    case MM_FUNCTION_READY_TO_BOOT:
        return ready_to_boot(service);
    case MM_FUNCTION_EXIT_BOOT_SERVICES:
        return exit_boot_services(service);
    case MM_FUNCTION_LOCK_VARIABLE:
        return variable_lock(service, call);
    case MM_FUNCTION_VAR_CHECK_PROPERTY_SET:
        return variable_property_set(service, call);
    case MM_FUNCTION_VAR_CHECK_PROPERTY_GET:
        return variable_property_get(service, call);
    case MM_FUNCTION_GET_PAYLOAD_SIZE:
        return get_payload_size(service, call);
    case MM_FUNCTION_GET_STATISTICS:
        break;
    }
    assert(false);
    return EFI_UNSUPPORTED;
}

static bool function_changes(uint64_t function)
{
    return function == MM_FUNCTION_SET_VARIABLE || function == MM_FUNCTION_VAR_CHECK_PROPERTY_SET ||
           function == MM_FUNCTION_LOCK_VARIABLE;
}

/* All of a change happens or nothing of it, whatever refuses it and wherever the power is cut. */
static uint64_t function_transact(struct variable_service *service, struct variable_call *call)
{
    if (variable_tally_count(service) != EFI_SUCCESS ||
        variable_store_begin(&service->store) != VARIABLE_STORE_OK) {
        return EFI_DEVICE_ERROR;
    }
    const struct variable_tally before = service->tally;
    const struct authenticated_variable_state state = service->state;
    const uint64_t status = function_call(service, call);
    if (status == EFI_SUCCESS && variable_store_commit(&service->store) == VARIABLE_STORE_OK) {
        return EFI_SUCCESS;
    }
    if (status != EFI_SUCCESS) {
        variable_store_rollback(&service->store);
    }
    service->tally = before;
    service->state = state;
    return status != EFI_SUCCESS ? status : EFI_DEVICE_ERROR;
}

static uint64_t function_serve(struct variable_service *service, struct variable_call *call)
{
    const uint64_t started = variable_system_start(service);
    if (started != EFI_SUCCESS) {
        return started;
    }
    return function_changes(call->function) ? function_transact(service, call) : function_call(service, call);
}

static uint32_t size_min_of(const struct variable_service *service, uint64_t function)
{
    return function < FUNCTION_COUNT ? sizes_min[service->config.dialect][function] : 0;
}

/* The RPC layer's opcode has 32 bits. A message without its header is an invalid parameter. */
static enum variable_outcome invoke_smm_gateway(struct variable_service *service, struct variable_call *call)
{
    call->function = (uint32_t)call->function;
    const uint32_t size_min = size_min_of(service, call->function);
    if (size_min == 0) {
        return VARIABLE_UNKNOWN_FUNCTION;
    }
    const bool whole = call->size >= size_min - NO_PAYLOAD;
    call->return_status = whole ? function_serve(service, call) : EFI_INVALID_PARAMETER;
    return VARIABLE_SERVED;
}

/* Statistics are not collected (PcdVariableCollectStatistics), the runtime cache is not there. */
static enum variable_outcome invoke_edk2(struct variable_service *service, struct variable_call *call)
{
    const uint32_t size_min = size_min_of(service, call->function);
    call->reply_size = call->size;
    if (call->size > variable_payload_max(service) || (size_min != 0 && call->size < size_min - NO_PAYLOAD)) {
        return VARIABLE_IGNORED;
    }
    call->return_status = size_min != 0 ? function_serve(service, call) : EFI_UNSUPPORTED;
    call->reply_size = call->size;
    return VARIABLE_SERVED;
}

enum variable_outcome variable_service_invoke(struct variable_service *service, struct variable_call *call)
{
    assert(call->size <= call->capacity);
    call->reply_size = 0;
    call->return_status = EFI_SUCCESS;
    return service->config.dialect == VARIABLE_DIALECT_EDK2 ? invoke_edk2(service, call)
                                                            : invoke_smm_gateway(service, call);
}
