/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tables are written through the caches and walked through them, so a DSB makes them visible; entries only
 * ever go from invalid to valid, and from valid to invalid with a TLBI behind (Arm ARM, "TLB maintenance
 * requirements"). The change of regime happens with the MMU off (regime.S): its code is cleaned to the point
 * of coherency before, since the firmware that loaded it owed us coherency of instructions alone.
 */
#include "firmware/efi_app/address_space.h"

#include "firmware/common/arch.h"
#include "firmware/common/cache.h"
#include "firmware/common/memory.h"
#include "firmware/common/translation.h"
#include "firmware/efi_app/config.h"
#include "firmware/efi_app/lines.h"
#include "firmware/efi_app/regime.h"

static struct translation translation;

static bool descriptor_is_runtime(const struct efi_memory_descriptor *descriptor)
{
    return (descriptor->attribute & EFI_MEMORY_RUNTIME) != 0;
}

static bool descriptor_is_mapped(const struct efi_memory_descriptor *descriptor)
{
    const bool is_memory = descriptor->type != EFI_RESERVED_MEMORY_TYPE &&
                           descriptor->type != EFI_UNUSABLE_MEMORY &&
                           descriptor->type <= EFI_ACPI_MEMORY_NVS && (descriptor->attribute & EFI_MEMORY_WB);

    return is_memory || descriptor_is_runtime(descriptor);
}

static bool descriptor_is_boot(const struct efi_memory_descriptor *descriptor)
{
    return descriptor->type == EFI_BOOT_SERVICES_CODE || descriptor->type == EFI_BOOT_SERVICES_DATA;
}

static bool descriptor_is_code(const struct efi_memory_descriptor *descriptor)
{
    return descriptor->type == EFI_LOADER_CODE || descriptor->type == EFI_BOOT_SERVICES_CODE ||
           descriptor->type == EFI_RUNTIME_SERVICES_CODE;
}

/* Regions of code hold data too: our image is one region, U-Boot's runtime part is, and so is all its rest.
 */
static enum translation_kind descriptor_kind(const struct efi_memory_descriptor *descriptor)
{
    if (!(descriptor->attribute & EFI_MEMORY_WB)) {
        return descriptor->attribute & EFI_MEMORY_WC ? TRANSLATION_NON_CACHEABLE : TRANSLATION_DEVICE;
    }
    return descriptor_is_code(descriptor) ? TRANSLATION_IMAGE : TRANSLATION_DATA;
}

static uint64_t descriptor_size(const struct efi_memory_descriptor *descriptor)
{
    return descriptor->pages * EFI_PAGE_SIZE;
}

static bool descriptor_map(const struct efi_memory_descriptor *descriptor, uint64_t va)
{
    return translation_map(&translation, va, descriptor->physical_start, descriptor_size(descriptor),
                           descriptor_kind(descriptor));
}

static bool identity_map(const struct app_map *map)
{
    bool mapped = translation_map(&translation, CONFIG_UART_PL011, CONFIG_UART_PL011, CONFIG_UART_PL011_SIZE,
                                  TRANSLATION_DEVICE);

    for (uint64_t index = 0; index < app_map_count(map) && mapped; index++) {
        const struct efi_memory_descriptor *descriptor = app_map_descriptor(map, index);
        if (descriptor_is_mapped(descriptor)) {
            mapped = descriptor->physical_start + descriptor_size(descriptor) <= CONFIG_IDENTITY_END &&
                     descriptor_map(descriptor, descriptor->physical_start);
        }
    }
    return mapped;
}

uint64_t address_space_start(const struct app *app)
{
    translation_init(&translation, (struct translation_table *)(uintptr_t)app->tables, CONFIG_TABLES_MAX,
                     arch_is_el2());
    if (!regime_is_supported()) {
        return EFI_UNSUPPORTED;
    }
    if (!identity_map(&app->map)) {
        return EFI_OUT_OF_RESOURCES;
    }
    regime_use(translation.tables);
    return EFI_SUCCESS;
}

/* The runtime descriptors alone, each with its new address; how many bytes they take. */
static uint64_t virtual_map_build(const struct app *app)
{
    uint64_t next = CONFIG_VIRTUAL_START;
    uint64_t size = 0;

    for (uint64_t index = 0; index < app_map_count(&app->map); index++) {
        const struct efi_memory_descriptor *descriptor = app_map_descriptor(&app->map, index);
        if (!descriptor_is_runtime(descriptor)) {
            continue;
        }
        struct efi_memory_descriptor *moved = (void *)(app->virtual_map + size);
        memcpy(moved, descriptor, app->map.descriptor_size);
        moved->virtual_start = next + descriptor->physical_start % CONFIG_VIRTUAL_ALIGN;
        next = (moved->virtual_start + descriptor_size(moved) + 2 * CONFIG_VIRTUAL_ALIGN - 1) &
               ~(CONFIG_VIRTUAL_ALIGN - 1);
        size += app->map.descriptor_size;
    }
    return size;
}

static struct efi_memory_descriptor *virtual_descriptor(const struct app *app, uint64_t offset)
{
    return (struct efi_memory_descriptor *)(void *)(app->virtual_map + offset);
}

static bool virtual_map_add(const struct app *app, uint64_t size)
{
    bool mapped = true;

    for (uint64_t offset = 0; offset < size && mapped; offset += app->map.descriptor_size) {
        const struct efi_memory_descriptor *moved = virtual_descriptor(app, offset);
        mapped = descriptor_map(moved, moved->virtual_start);
    }
    arch_dsb_sy();
    arch_isb();
    return mapped;
}

static void identity_map_drop(const struct app *app, uint64_t size)
{
    for (uint64_t offset = 0; offset < size; offset += app->map.descriptor_size) {
        const struct efi_memory_descriptor *moved = virtual_descriptor(app, offset);
        translation_unmap(&translation, moved->physical_start, descriptor_size(moved));
    }
    arch_dsb_sy();
    arch_tlbi_all();
}

/* Where `pa` is in the virtual map; itself when no runtime region holds it. */
static uint64_t virtual_address(const struct app *app, uint64_t size, uint64_t pa)
{
    for (uint64_t offset = 0; offset < size; offset += app->map.descriptor_size) {
        const struct efi_memory_descriptor *moved = virtual_descriptor(app, offset);
        if (pa >= moved->physical_start && pa - moved->physical_start < descriptor_size(moved)) {
            return moved->virtual_start + (pa - moved->physical_start);
        }
    }
    return pa;
}

uint64_t address_space_virtual(struct app *app)
{
    const uint64_t size = virtual_map_build(app);

    if (!virtual_map_add(app, size)) {
        return EFI_OUT_OF_RESOURCES;
    }
    const uint64_t status = app->runtime->set_virtual_address_map(
        size, app->map.descriptor_size, app->map.descriptor_version, virtual_descriptor(app, 0));
    if (status != EFI_SUCCESS) {
        return status;
    }
    const uint64_t runtime = virtual_address(app, size, (uintptr_t)app->runtime);
    app->runtime = (struct efi_runtime_services *)(uintptr_t)runtime;
    lines_runtime_move(virtual_address(app, size, lines_runtime_address()));
    identity_map_drop(app, size);
    return EFI_SUCCESS;
}

uint64_t address_space_forget_boot(const struct app *app)
{
    for (uint64_t index = 0; index < app_map_count(&app->map); index++) {
        const struct efi_memory_descriptor *descriptor = app_map_descriptor(&app->map, index);
        if (descriptor_is_boot(descriptor) && descriptor_is_mapped(descriptor)) {
            translation_unmap(&translation, descriptor->physical_start, descriptor_size(descriptor));
        }
    }
    arch_dsb_sy();
    arch_tlbi_all();
    const bool mapped = translation_map(&translation, lines_boot_address(), lines_boot_address(),
                                        CONFIG_LINES_PAGES * EFI_PAGE_SIZE, TRANSLATION_DATA);
    arch_dsb_sy();
    arch_isb();
    return mapped ? EFI_SUCCESS : EFI_OUT_OF_RESOURCES;
}
