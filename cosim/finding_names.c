/* SPDX-License-Identifier: BSD-3-Clause */
/* Whose bytes they are, what they are called, and how bad it is that nobody can read them any more. */
#include <stdio.h>
#include <string.h>

#include "cosim/finding.h"

static bool region_holds(const struct platform_region *region, uint64_t pa)
{
    return pa >= region->pa && pa - region->pa < region->size;
}

enum byte_owner finding_owner(const struct finding_names *names, uint64_t pa, uint8_t space)
{
    const struct platform_config *platform = names->platform;
    for (uint32_t i = 0; i < platform->owner_count; i++) {
        if (region_holds(&platform->owners[i].region, pa)) {
            return (enum byte_owner)platform->owners[i].owner;
        }
    }
    if (platform->has_secure && region_holds(&platform->buffer, pa)) {
        return OWNER_BUFFER;
    }
    if (space == PA_SPACE_SECURE) {
        return OWNER_SECURE;
    }
    return names->own_firmware ? symbol_table_owner(names->symbols, pa) : OWNER_UNKNOWN;
}

/* At the end of a run the loss of bytes that somebody keeps is an error. */
enum finding_severity finding_severity_at_end(const struct finding_names *names, enum byte_owner owner,
                                              uint64_t pa)
{
    static const char resident[] = ".efi_runtime";
    if (owner == OWNER_OS || owner == OWNER_BUFFER) {
        return FINDING_ERROR;
    }
    const char *section = owner == OWNER_FIRMWARE ? symbol_table_section(names->symbols, pa) : NULL;
    return section != NULL && strncmp(section, resident, sizeof(resident) - 1) == 0 ? FINDING_ERROR
                                                                                    : FINDING_NOTE;
}

void finding_place_name(const struct finding_names *names, struct finding *finding)
{
    const struct platform_region *buffer = &names->platform->buffer;
    char symbol[SYMBOL_NAME_MAX];
    uint64_t offset = 0;
    if (names->platform->has_secure && region_holds(buffer, finding->pa)) {
        (void)snprintf(finding->place, sizeof(finding->place), "the shared buffer+0x%llx",
                       (unsigned long long)(finding->pa - buffer->pa));
    } else if (symbol_table_data(names->symbols, finding->pa, symbol, &offset)) {
        (void)snprintf(finding->place, sizeof(finding->place), "%s+0x%llx", symbol,
                       (unsigned long long)offset);
    } else {
        const char *section = symbol_table_section(names->symbols, finding->pa);
        (void)snprintf(finding->place, sizeof(finding->place), "%s%s",
                       section == NULL ? "memory" : "section ", section == NULL ? "" : section);
    }
}
