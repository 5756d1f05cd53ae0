/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the firmware hands to an operating system or to an application, as the UEFI specification lays it out:
 * the tables ("EFI System Table", "EFI Boot Services Table", "EFI Runtime Services Table"), the few protocols
 * that an application of ours calls, memory descriptors ("EFI_BOOT_SERVICES.GetMemoryMap()") and the runtime
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
    EFI_UNUSABLE_MEMORY,
    EFI_ACPI_RECLAIM_MEMORY,
    EFI_ACPI_MEMORY_NVS,
    EFI_MEMORY_MAPPED_IO,
    EFI_MEMORY_MAPPED_IO_PORT_SPACE,
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

/* Of the application's own making: bytes are not what was written. */
#define EFI_COMPROMISED_DATA (EFI_ERROR_BIT | 33)

struct efi_table_header {
    uint64_t signature;
    uint32_t revision;
    uint32_t header_size;
    uint32_t crc32;
    uint32_t reserved;
};

struct efi_time {
    uint16_t year;
    uint8_t month;
    uint8_t day;
    uint8_t hour;
    uint8_t minute;
    uint8_t second;
    uint8_t padding;
    uint32_t nanosecond;
    int16_t time_zone;
    uint8_t daylight;
    uint8_t padding_end;
};
static_assert(sizeof(struct efi_time) == 16, "EFI_TIME");

/* What GetTime() is; the table below names it without its parameters, since our own firmware offers none. */
typedef uint64_t efi_get_time_function(struct efi_time *time, void *capabilities);

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

/* GUIDs as they lie in memory; aligned, since firmware may compare them by words. */
#define EFI_RT_PROPERTIES_TABLE_GUID                                                                         \
    {                                                                                                        \
        {                                                                                                    \
            0x8A, 0x91, 0x66, 0xEB, 0xEF, 0x7E, 0x2A, 0x40, 0x84, 0x2E, 0x93, 0x1D, 0x21, 0xC3, 0x8A, 0xE9   \
        }                                                                                                    \
    }

#define EFI_RT_SUPPORTED_GET_TIME                0x0001U
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

enum efi_allocate_type { EFI_ALLOCATE_ANY_PAGES, EFI_ALLOCATE_MAX_ADDRESS, EFI_ALLOCATE_ADDRESS };

#define EFI_BOOT_SERVICES_SIGNATURE 0x56524553544F4F42ULL /* "BOOTSERV" */

/* In the order of the specification. What nothing of ours calls keeps its place as an address. */
struct efi_boot_services {
    struct efi_table_header header;
    void *raise_tpl;
    void *restore_tpl;
    uint64_t (*allocate_pages)(enum efi_allocate_type type, enum efi_memory_type memory_type, uint64_t pages,
                               uint64_t *memory);
    uint64_t (*free_pages)(uint64_t memory, uint64_t pages);
    uint64_t (*get_memory_map)(uint64_t *map_size, struct efi_memory_descriptor *map, uint64_t *map_key,
                               uint64_t *descriptor_size, uint32_t *descriptor_version);
    void *allocate_pool;
    void *free_pool;
    void *create_event;
    void *set_timer;
    void *wait_for_event;
    void *signal_event;
    void *close_event;
    void *check_event;
    void *install_protocol_interface;
    void *reinstall_protocol_interface;
    void *uninstall_protocol_interface;
    uint64_t (*handle_protocol)(void *handle, const struct efi_guid *protocol, void **interface);
    void *reserved;
    void *register_protocol_notify;
    void *locate_handle;
    void *locate_device_path;
    void *install_configuration_table;
    void *load_image;
    void *start_image;
    void *exit;
    void *unload_image;
    uint64_t (*exit_boot_services)(void *image, uint64_t map_key);
    void *get_next_monotonic_count;
    void *stall;
    void *set_watchdog_timer;
    void *connect_controller;
    void *disconnect_controller;
    void *open_protocol;
    void *close_protocol;
    void *open_protocol_information;
    void *protocols_per_handle;
    void *locate_handle_buffer;
    uint64_t (*locate_protocol)(const struct efi_guid *protocol, void *registration, void **interface);
    void *install_multiple_protocol_interfaces;
    void *uninstall_multiple_protocol_interfaces;
    void *calculate_crc32;
    void *copy_mem;
    void *set_mem;
    void *create_event_ex;
};
static_assert(sizeof(struct efi_boot_services) == 376, "EFI_BOOT_SERVICES");

struct efi_simple_text_output {
    void *reset;
    uint64_t (*output_string)(struct efi_simple_text_output *self, const uint16_t *text);
};

struct efi_configuration_table {
    struct efi_guid guid;
    void *table;
};
static_assert(sizeof(struct efi_configuration_table) == 24, "EFI_CONFIGURATION_TABLE");

#define EFI_SYSTEM_TABLE_SIGNATURE 0x5453595320494249ULL /* "IBI SYST" */

struct efi_system_table {
    struct efi_table_header header;
    const uint16_t *firmware_vendor;
    uint32_t firmware_revision;
    uint32_t padding;
    void *console_in_handle;
    void *console_in;
    void *console_out_handle;
    struct efi_simple_text_output *console_out;
    void *standard_error_handle;
    struct efi_simple_text_output *standard_error;
    struct efi_runtime_services *runtime_services;
    struct efi_boot_services *boot_services;
    uint64_t configuration_table_count;
    struct efi_configuration_table *configuration_tables;
};
static_assert(sizeof(struct efi_system_table) == 120, "EFI_SYSTEM_TABLE");

#define EFI_LOADED_IMAGE_PROTOCOL_GUID                                                                       \
    {                                                                                                        \
        {                                                                                                    \
            0xA1, 0x31, 0x1B, 0x5B, 0x62, 0x95, 0xD2, 0x11, 0x8E, 0x3F, 0x00, 0xA0, 0xC9, 0x69, 0x72, 0x3B   \
        }                                                                                                    \
    }
#define EFI_DEVICE_PATH_UTILITIES_PROTOCOL_GUID                                                              \
    {                                                                                                        \
        {                                                                                                    \
            0x4E, 0xBE, 0x79, 0x03, 0x06, 0xD7, 0x7D, 0x43, 0xB0, 0x37, 0xED, 0xB8, 0x2F, 0xB7, 0x72, 0xA4   \
        }                                                                                                    \
    }

struct efi_loaded_image {
    uint32_t revision;
    uint32_t padding;
    void *parent_handle;
    struct efi_system_table *system_table;
    void *device_handle;
    void *file_path;
    void *reserved;
    uint32_t load_options_size;
    uint32_t padding_options;
    void *load_options;
    uint64_t image_base;
    uint64_t image_size;
    uint32_t image_code_type; /* enum efi_memory_type */
    uint32_t image_data_type;
    void *unload;
};
static_assert(sizeof(struct efi_loaded_image) == 96, "EFI_LOADED_IMAGE_PROTOCOL");

#ifdef __cplusplus
}
#endif

#endif
