/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Page tables of the OS stub, made from the firmware's memory map as an OS does it. After every change the
 * tables are cleaned to the point of coherency, since a core that starts later walks them before its caches
 * are on.
 */
#include "firmware/os/os_memory.h"

#include "firmware/board.h"
#include "firmware/common/arch.h"
#include "firmware/common/cache.h"
#include "firmware/common/translation.h"

#define OS_TABLES_MAX 16

static struct translation_table os_tables[OS_TABLES_MAX] __attribute__((section(".noinit.os_tables")));
static struct translation translation;

static void tables_publish(void)
{
    const uint64_t start = (uint64_t)(uintptr_t)translation.tables;

    clean_dcache_range(start, start + translation.tables_used * sizeof(struct translation_table));
}

static bool is_code(const struct efi_memory_descriptor *descriptor)
{
    return descriptor->type == EFI_LOADER_CODE || descriptor->type == EFI_RUNTIME_SERVICES_CODE;
}

/* The best cacheability that the firmware allows, as an OS does it. */
static enum translation_kind descriptor_kind(const struct efi_memory_descriptor *descriptor)
{
    if (!(descriptor->attribute & EFI_MEMORY_WB)) {
        return descriptor->attribute & EFI_MEMORY_WC ? TRANSLATION_NON_CACHEABLE : TRANSLATION_DEVICE;
    }
    return is_code(descriptor) ? TRANSLATION_CODE : TRANSLATION_DATA;
}

static bool descriptor_map(const struct efi_memory_descriptor *descriptor, uint64_t va)
{
    return translation_map(&translation, va, descriptor->physical_start, descriptor->pages * EFI_PAGE_SIZE,
                           descriptor_kind(descriptor));
}

static bool script_page_map(uint64_t va)
{
    return translation_map(&translation, va, BOARD_SCRIPT_PAGE, BOARD_PAGE_SIZE, TRANSLATION_DEVICE);
}

bool os_memory_start(const struct os_handover *handover)
{
    translation_init(&translation, os_tables, OS_TABLES_MAX, arch_is_el2());
    bool mapped = script_page_map(BOARD_SCRIPT_PAGE);

    for (uint32_t index = 0; index < handover->descriptor_count && mapped; index++) {
        const struct efi_memory_descriptor *descriptor = &handover->descriptors[index];
        mapped = descriptor_map(descriptor, descriptor->physical_start);
    }
    if (mapped) {
        tables_publish();
        regime_install(translation.tables);
    }
    return mapped;
}

bool os_memory_map_virtual(const struct efi_memory_descriptor *descriptors, uint32_t count)
{
    bool mapped = script_page_map(BOARD_SCRIPT_PAGE + OS_VIRTUAL_OFFSET);

    for (uint32_t index = 0; index < count && mapped; index++) {
        mapped = descriptor_map(&descriptors[index], descriptors[index].virtual_start);
    }
    tables_publish();
    arch_isb();
    return mapped;
}

void os_memory_drop_identity(const struct efi_memory_descriptor *descriptors, uint32_t count)
{
    arch_tpidr_write(BOARD_SCRIPT_PAGE + OS_VIRTUAL_OFFSET);
    arch_isb();
    translation_unmap(&translation, BOARD_SCRIPT_PAGE, BOARD_PAGE_SIZE);
    for (uint32_t index = 0; index < count; index++) {
        translation_unmap(&translation, descriptors[index].physical_start,
                          descriptors[index].pages * EFI_PAGE_SIZE);
    }
    tables_publish();
    arch_tlbi_all();
}
