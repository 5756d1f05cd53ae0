/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the firmware hands to an operating system, as the UEFI specification lays it out: the runtime services
 * table
 * ("EFI Runtime Services Table"), memory descriptors ("EFI_BOOT_SERVICES.GetMemoryMap()") and the runtime
 * properties table ("EFI_RT_PROPERTIES_TABLE"). Nothing here crosses to the secure world: that is model/abi.
 */
#ifndef FIRMWARE_EFI_TABLES_H
#define FIRMWARE_EFI_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/abi/efi.h"
#include "model/abi/static_assert.h"

#ifdef __cplusplus
extern "C" {
#endif

#define EFI_PAGE_SIZE 0x1000ULL

enum efi_memory_type {
    EFI_RESERVED_MEMORY_TYPE,
    EFI_LOADER_CODE,
    EFI_LOADER_DATA,
    EFI_BOOT_SERVICES_CODE,
    EFI_BOOT_SERVICES_DATA,
    EFI_RUNTIME_SERVICES_CODE,
    EFI_RUNTIME_SERVICES_DATA,
    EFI_CONVENTIONAL_MEMORY,
};

#define EFI_MEMORY_WC      0x2ULL
#define EFI_MEMORY_WB      0x8ULL
#define EFI_MEMORY_RUNTIME 0x8000000000000000ULL

#define EFI_MEMORY_DESCRIPTOR_VERSION 1

struct efi_memory_descriptor {
    uint32_t type; /* enum efi_memory_type */
    uint32_t padding;
    uint64_t physical_start;
    uint64_t virtual_start;
    uint64_t pages;
    uint64_t attribute;
};
static_assert(sizeof(struct efi_memory_descriptor) == 40, "EFI_MEMORY_DESCRIPTOR");

struct efi_table_header {
    uint64_t signature;
    uint32_t revision;
    uint32_t header_size;
    uint32_t crc32;
    uint32_t reserved;
};

#define EFI_RUNTIME_SERVICES_SIGNATURE 0x56524553544E5552ULL /* "RUNTSERV" */
#define EFI_RUNTIME_SERVICES_REVISION  ((2U << 16) | 80U)

enum efi_reset_type { EFI_RESET_COLD, EFI_RESET_WARM, EFI_RESET_SHUTDOWN };

struct efi_runtime_services {
    struct efi_table_header header;
    uint64_t (*get_time)(void);
    uint64_t (*set_time)(void);
    uint64_t (*get_wakeup_time)(void);
    uint64_t (*set_wakeup_time)(void);
    uint64_t (*set_virtual_address_map)(uint64_t map_size, uint64_t descriptor_size, uint32_t version,
                                        struct efi_memory_descriptor *map);
    uint64_t (*convert_pointer)(uint64_t disposition, void **address);
    uint64_t (*get_variable)(const uint16_t *name, const struct efi_guid *vendor, uint32_t *attributes,
                             uint64_t *data_size, void *data);
    uint64_t (*get_next_variable_name)(uint64_t *name_size, uint16_t *name, struct efi_guid *vendor);
    uint64_t (*set_variable)(const uint16_t *name, const struct efi_guid *vendor, uint32_t attributes,
                             uint64_t data_size, const void *data);
    uint64_t (*get_next_high_monotonic_count)(void);
    void (*reset_system)(enum efi_reset_type type, uint64_t status, uint64_t data_size, const void *data);
    uint64_t (*update_capsule)(void);
    uint64_t (*query_capsule_capabilities)(void);
    uint64_t (*query_variable_info)(uint32_t attributes, uint64_t *maximum_storage,
                                    uint64_t *remaining_storage, uint64_t *maximum_size);
};
static_assert(sizeof(struct efi_runtime_services) == 136, "EFI_RUNTIME_SERVICES");

#define EFI_OPTIONAL_POINTER 1ULL /* disposition of ConvertPointer: NULL stays NULL */

#define EFI_RT_SUPPORTED_GET_VARIABLE            0x0010U
#define EFI_RT_SUPPORTED_GET_NEXT_VARIABLE_NAME  0x0020U
#define EFI_RT_SUPPORTED_SET_VARIABLE            0x0040U
#define EFI_RT_SUPPORTED_SET_VIRTUAL_ADDRESS_MAP 0x0080U
#define EFI_RT_SUPPORTED_CONVERT_POINTER         0x0100U
#define EFI_RT_SUPPORTED_RESET_SYSTEM            0x0400U
#define EFI_RT_SUPPORTED_QUERY_VARIABLE_INFO     0x2000U

struct efi_rt_properties_table {
    uint16_t version;
    uint16_t length;
    uint32_t runtime_services_supported;
};
static_assert(sizeof(struct efi_rt_properties_table) == 8, "EFI_RT_PROPERTIES_TABLE");

#ifdef __cplusplus
}
#endif

#endif
