/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Identity map of the boot phase: code read-only, everything else in DRAM Normal write-back inner shareable
 * and never executed, the shared buffer included, as U-Boot maps it; the two devices Device-nGnRnE.
 */
#include "firmware/boot/boot_memory.h"

#include "firmware/board.h"
#include "firmware/boot/layout.h"
#include "firmware/common/arch.h"

#define BOOT_TABLES_MAX 9 /* six for what is always mapped, three for the alias */

static struct translation_table boot_tables[BOOT_TABLES_MAX] __attribute__((section(".noinit.tables")));
static struct translation boot_translation;
static bool alias_mapped;

const struct translation_table *boot_translation_build(void)
{
    const uint64_t code_start = layout_address(__boot_code_start);
    const uint64_t code_end =
        layout_address(__os_code_end); /* boot, runtime and OS code follow one another */
    struct translation *translation = &boot_translation;

    translation_init(translation, boot_tables, BOOT_TABLES_MAX, arch_is_el2());
    const bool mapped =
        translation_map(translation, code_start, code_start, code_end - code_start, TRANSLATION_CODE) &&
        translation_map(translation, code_end, code_end, BOARD_DRAM_END - code_end, TRANSLATION_DATA) &&
        translation_map(translation, BOARD_UART_PL011, BOARD_UART_PL011, BOARD_PAGE_SIZE,
                        TRANSLATION_DEVICE) &&
        translation_map(translation, BOARD_SCRIPT_PAGE, BOARD_SCRIPT_PAGE, BOARD_PAGE_SIZE,
                        TRANSLATION_DEVICE);
    if (!mapped) {
        arch_wait_for_ever();
    }
    return translation->tables;
}

/* Entries that were invalid become valid: the walker must see them, and nothing is in the TLB. */
bool boot_alias_map(uint64_t start, uint64_t size)
{
    if (!alias_mapped) {
        alias_mapped = translation_map(&boot_translation, start + BOARD_ALIAS_OFFSET, start, size,
                                       TRANSLATION_NON_CACHEABLE);
        arch_dsb_sy();
        arch_isb();
    }
    return alias_mapped;
}

bool boot_memory_map_build(struct memory_map *map)
{
    const struct {
        enum efi_memory_type type;
        uint64_t start;
        uint64_t end;
    } regions[] = {
        {EFI_BOOT_SERVICES_CODE, layout_address(__boot_code_start), layout_address(__boot_code_end)},
        {EFI_RUNTIME_SERVICES_CODE, layout_address(__efi_runtime_code_start),
         layout_address(__efi_runtime_code_end)},
        {EFI_LOADER_CODE, layout_address(__os_code_start), layout_address(__os_code_end)},
        {EFI_RUNTIME_SERVICES_DATA, layout_address(__efi_runtime_data_start),
         layout_address(__efi_runtime_data_end)},
        {EFI_LOADER_DATA, layout_address(__os_data_start), layout_address(__os_data_end)},
        {EFI_BOOT_SERVICES_DATA, layout_address(__boot_data_start), layout_address(__boot_data_end)},
        {EFI_CONVENTIONAL_MEMORY, layout_address(__boot_data_end), BOARD_DRAM_END},
    };

    memory_map_init(map);
    for (uint32_t index = 0; index < sizeof(regions) / sizeof(regions[0]); index++) {
        if (!memory_map_append(map, regions[index].type, regions[index].start, regions[index].end)) {
            return false;
        }
    }
    return true;
}
