/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The steps in their order. Until ExitBootServices a step that others need returns to the firmware when it
 * fails; afterwards there is nobody to return to, and the machine is switched off. UEFI specification, "Boot
 * Services", "Runtime Services".
 */
#include "firmware/efi_app/address_space.h"
#include "firmware/efi_app/app.h"
#include "firmware/efi_app/config.h"
#include "firmware/efi_app/lines.h"
#include "firmware/efi_app/regime.h"
#include "firmware/efi_app/report.h"
#include "firmware/efi_app/variables.h"

#include "firmware/common/memory.h"

uint64_t efi_main(void *image, struct efi_system_table *system);

static struct app app;
_Alignas(16) static uint8_t stack[CONFIG_STACK_SIZE];

static uint64_t tables_verify(void)
{
    return app.system->header.signature == EFI_SYSTEM_TABLE_SIGNATURE &&
                   app.boot->header.signature == EFI_BOOT_SERVICES_SIGNATURE &&
                   app.runtime->header.signature == EFI_RUNTIME_SERVICES_SIGNATURE
               ? EFI_SUCCESS
               : EFI_COMPROMISED_DATA;
}

/* The protocol of our own handle tells where we are: this function must be inside. */
static uint64_t loaded_image_find(void)
{
    _Alignas(8) static const struct efi_guid guid = EFI_LOADED_IMAGE_PROTOCOL_GUID;
    void *interface = 0;
    const uint64_t status = app.boot->handle_protocol(app.image, &guid, &interface);

    if (status != EFI_SUCCESS || !interface) {
        return status == EFI_SUCCESS ? EFI_COMPROMISED_DATA : status;
    }
    const struct efi_loaded_image *loaded = interface;
    const uint64_t here = (uintptr_t)efi_main;
    const bool inside = here >= loaded->image_base && here - loaded->image_base < loaded->image_size;
    return inside && loaded->system_table == app.system ? EFI_SUCCESS : EFI_COMPROMISED_DATA;
}

static uint64_t protocol_locate(void)
{
    _Alignas(8) static const struct efi_guid guid = EFI_DEVICE_PATH_UTILITIES_PROTOCOL_GUID;
    void *interface = 0;
    const uint64_t status = app.boot->locate_protocol(&guid, 0, &interface);

    return status == EFI_SUCCESS && !interface ? EFI_COMPROMISED_DATA : status;
}

/* Firmware without the table offers all services. */
static uint64_t promises_read(void)
{
    static const struct efi_guid guid = EFI_RT_PROPERTIES_TABLE_GUID;

    app.runtime_supported = UINT32_MAX;
    for (uint64_t index = 0; index < app.system->configuration_table_count; index++) {
        const struct efi_configuration_table *entry = &app.system->configuration_tables[index];
        if (memcmp(&entry->guid, &guid, sizeof(guid)) == 0) {
            const struct efi_rt_properties_table *table = entry->table;
            if (table->version != 1 || table->length < sizeof(*table)) {
                return EFI_COMPROMISED_DATA;
            }
            app.runtime_supported = table->runtime_services_supported;
            return EFI_SUCCESS;
        }
    }
    return EFI_UNSUPPORTED;
}

static uint64_t pages_allocate(uint64_t pages, uint64_t *address)
{
    return app.boot->allocate_pages(EFI_ALLOCATE_ANY_PAGES, EFI_LOADER_DATA, pages, address);
}

static uint64_t memory_allocate(void)
{
    uint64_t map = 0;
    uint64_t virtual_map = 0;
    uint64_t status = pages_allocate(CONFIG_MAP_PAGES, &map);

    if (status == EFI_SUCCESS) {
        status = pages_allocate(CONFIG_MAP_PAGES, &virtual_map);
    }
    if (status == EFI_SUCCESS) {
        status = pages_allocate(CONFIG_TABLES_MAX, &app.tables);
    }
    if (status == EFI_SUCCESS) {
        status = lines_allocate(app.boot);
    }
    app.map.descriptors = (uint8_t *)(uintptr_t)map;
    app.map.capacity = CONFIG_MAP_PAGES * EFI_PAGE_SIZE;
    app.virtual_map = (uint8_t *)(uintptr_t)virtual_map;
    return status;
}

static uint64_t map_get(void)
{
    app.map.size = app.map.capacity;
    return app.boot->get_memory_map(&app.map.size, app_map_descriptor(&app.map, 0), &app.map.key,
                                    &app.map.descriptor_size, &app.map.descriptor_version);
}

/* First without room, which must tell how much is needed. */
static uint64_t map_verify(void)
{
    uint64_t size = 0;
    uint64_t status = app.boot->get_memory_map(&size, 0, &app.map.key, &app.map.descriptor_size,
                                               &app.map.descriptor_version);

    if (status != EFI_BUFFER_TOO_SMALL || size == 0) {
        return status == EFI_SUCCESS ? EFI_COMPROMISED_DATA : status;
    }
    status = map_get();
    if (status != EFI_SUCCESS) {
        return status;
    }
    const bool is_known = app.map.descriptor_version == EFI_MEMORY_DESCRIPTOR_VERSION &&
                          app.map.descriptor_size >= sizeof(struct efi_memory_descriptor);
    return is_known && lines_in_map(&app.map) ? EFI_SUCCESS : EFI_COMPROMISED_DATA;
}

/* The map may change between the two calls, and the first try itself may change it: then once more. */
static uint64_t boot_services_exit(void)
{
    uint64_t status = EFI_INVALID_PARAMETER;

    for (uint32_t tries = 0; tries < 2 && status == EFI_INVALID_PARAMETER; tries++) {
        status = map_get();
        if (status == EFI_SUCCESS) {
            status = app.boot->exit_boot_services(app.image, app.map.key);
        }
    }
    return status;
}

/* True when the boot phase may be left. */
static bool boot_steps(void)
{
    report_step("console out", tables_verify());
    report_step("loaded image", loaded_image_find());
    report_step("locate protocol", protocol_locate());
    report_optional_step("runtime properties", promises_read());
    if (!report_step("allocate pages", memory_allocate()) || !report_step("get memory map", map_verify())) {
        return false;
    }
    lines_dirty();
    variables_boot_steps(&app);
    report_step("check lines", lines_check());
    lines_dirty();
    return true;
}

static void runtime_steps(void)
{
    report_step("check lines after exit", lines_check());
    if (!report_step("own address space", address_space_start(&app))) {
        return;
    }
    report_step("check lines in own address space", lines_check());
    lines_dirty();
    report_promised_step("set virtual address map", address_space_virtual(&app),
                         app_promises(&app, EFI_RT_SUPPORTED_SET_VIRTUAL_ADDRESS_MAP));
    report_step("forget boot services", address_space_forget_boot(&app));
    variables_runtime_steps(&app);
    report_step("runtime check lines", lines_check());
}

/* Where the firmware does not switch off, PSCI does. */
static void power_off(void)
{
    if (app_promises(&app, EFI_RT_SUPPORTED_RESET_SYSTEM)) {
        app.runtime->reset_system(EFI_RESET_SHUTDOWN, EFI_SUCCESS, 0, 0);
        report_step("reset system", EFI_DEVICE_ERROR);
    } else {
        report_optional_step("reset system", EFI_UNSUPPORTED);
    }
    regime_power_off();
}

/* The stack that we were started on lies in what is forgotten below, so this runs on our own. */
static void runtime_main(void)
{
    runtime_steps();
    report_step("done", report_failures() == 0 ? EFI_SUCCESS : EFI_DEVICE_ERROR);
    power_off();
}

uint64_t efi_main(void *image, struct efi_system_table *system)
{
    app.image = image;
    app.system = system;
    app.boot = system->boot_services;
    app.runtime = system->runtime_services;
    report_console(system->console_out);
    if (!boot_steps()) {
        return EFI_LOAD_ERROR;
    }
    const uint64_t status = boot_services_exit();
    if (status != EFI_SUCCESS) {
        report_step("exit boot services", status);
        return status;
    }
    report_console(0);
    report_step("exit boot services", EFI_SUCCESS);
    regime_run(runtime_main, (uintptr_t)stack + sizeof(stack));
    return EFI_DEVICE_ERROR;
}
