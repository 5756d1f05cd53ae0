/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The runtime services table. Its function pointers are the only absolute addresses among the runtime
 * services; the code reaches everything else relative to itself, so that SetVirtualAddressMap has no other
 * relocation to apply.
 */
#include "firmware/runtime/services.h"

#include "firmware/common/crc32.h"
#include "firmware/common/memory.h"
#include "firmware/common/smc.h"
#include "firmware/runtime/context.h"
#include "firmware/runtime/variable.h"
#include "model/abi/smccc.h"

static uint64_t efi_unsupported(void)
{
    return EFI_UNSUPPORTED;
}

static uint64_t efi_set_virtual_address_map(uint64_t map_size, uint64_t descriptor_size, uint32_t version,
                                            struct efi_memory_descriptor *map);
static uint64_t efi_convert_pointer(uint64_t disposition, void **address);
static void efi_reset_system(enum efi_reset_type type, uint64_t status, uint64_t data_size, const void *data);

struct efi_runtime_services efi_runtime_services = {
    .header = {.signature = EFI_RUNTIME_SERVICES_SIGNATURE,
               .revision = EFI_RUNTIME_SERVICES_REVISION,
               .header_size = sizeof(struct efi_runtime_services)},
    .get_time = efi_unsupported,
    .set_time = efi_unsupported,
    .get_wakeup_time = efi_unsupported,
    .set_wakeup_time = efi_unsupported,
    .set_virtual_address_map = efi_set_virtual_address_map,
    .convert_pointer = efi_convert_pointer,
    .get_variable = efi_get_variable,
    .get_next_variable_name = efi_get_next_variable_name,
    .set_variable = efi_set_variable,
    .get_next_high_monotonic_count = efi_unsupported,
    .reset_system = efi_reset_system,
    .update_capsule = efi_unsupported,
    .query_capsule_capabilities = efi_unsupported,
    .query_variable_info = efi_query_variable_info,
};

/* The map of the SetVirtualAddressMap call that is under way; ConvertPointer works during it and never else.
 */
static struct {
    const uint8_t *descriptors;
    uint64_t descriptor_size;
    uint64_t count;
} virtual_map;

void efi_runtime_services_seal(void)
{
    efi_runtime_services.header.crc32 = 0;
    efi_runtime_services.header.crc32 = crc32_bytes(&efi_runtime_services, sizeof(efi_runtime_services));
}

static uint64_t efi_convert_pointer(uint64_t disposition, void **address)
{
    if (!address) {
        return EFI_INVALID_PARAMETER;
    }
    if (virtual_map.count == 0) {
        return EFI_UNSUPPORTED;
    }
    const uint64_t physical = (uint64_t)(uintptr_t)*address;
    if (physical == 0) {
        return disposition & EFI_OPTIONAL_POINTER ? EFI_SUCCESS : EFI_INVALID_PARAMETER;
    }
    for (uint64_t index = 0; index < virtual_map.count; index++) {
        const struct efi_memory_descriptor *descriptor =
            (const void *)(virtual_map.descriptors + index * virtual_map.descriptor_size);
        const uint64_t offset = physical - descriptor->physical_start;

        if ((descriptor->attribute & EFI_MEMORY_RUNTIME) && physical >= descriptor->physical_start &&
            offset < descriptor->pages * EFI_PAGE_SIZE) {
            *address = (void *)(uintptr_t)(descriptor->virtual_start + offset);
            return EFI_SUCCESS;
        }
    }
    return EFI_NOT_FOUND;
}

/* EVT_SIGNAL_VIRTUAL_ADDRESS_CHANGE of the FF-A transport: the shared buffer is reached where the OS will map
 * it. */
static uint64_t shared_buffer_convert(void)
{
    void *shared = efi_runtime_context.shared_message;
    const uint64_t status = efi_convert_pointer(EFI_OPTIONAL_POINTER, &shared);

    if (status == EFI_SUCCESS) {
        efi_runtime_context.shared_message = shared;
    }
    return status;
}

/* All entries point into the code region, which has been found convertible before. */
static void services_convert(void)
{
    uint8_t *table = (uint8_t *)&efi_runtime_services;

    for (uint64_t at = sizeof(struct efi_table_header); at < sizeof(efi_runtime_services);
         at += sizeof(void *)) {
        void *service;
        memcpy(&service, table + at, sizeof(service));
        efi_convert_pointer(0, &service);
        memcpy(table + at, &service, sizeof(service));
    }
    efi_runtime_services_seal();
}

static uint64_t efi_set_virtual_address_map(uint64_t map_size, uint64_t descriptor_size, uint32_t version,
                                            struct efi_memory_descriptor *map)
{
    if (efi_runtime_context.phase != EFI_PHASE_RUNTIME || efi_runtime_context.virtual_map_set) {
        return EFI_UNSUPPORTED;
    }
    if (!map || version != EFI_MEMORY_DESCRIPTOR_VERSION || descriptor_size < sizeof(*map) ||
        descriptor_size % sizeof(uint64_t) != 0 || map_size < descriptor_size ||
        map_size % descriptor_size != 0) {
        return EFI_INVALID_PARAMETER;
    }
    virtual_map.descriptors = (const uint8_t *)map;
    virtual_map.descriptor_size = descriptor_size;
    virtual_map.count = map_size / descriptor_size;

    void *code = (void *)(uintptr_t)efi_runtime_services.get_variable;
    void *data = &efi_runtime_services;
    uint64_t status = efi_convert_pointer(0, &code);
    if (status == EFI_SUCCESS) {
        status = efi_convert_pointer(0, &data);
    }
    if (status == EFI_SUCCESS) {
        status = shared_buffer_convert();
    }
    if (status == EFI_SUCCESS) {
        services_convert();
        efi_runtime_context.virtual_map_set = true;
    }
    virtual_map.count = 0;
    virtual_map.descriptors = 0;
    return status;
}

static void efi_reset_system(enum efi_reset_type type, uint64_t status, uint64_t data_size, const void *data)
{
    (void)status;
    (void)data_size;
    (void)data;
    smc_call(type == EFI_RESET_SHUTDOWN ? PSCI_SYSTEM_OFF : PSCI_SYSTEM_RESET, 0, 0, 0, 0, 0);
}
