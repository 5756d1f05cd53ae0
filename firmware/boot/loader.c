/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The OS image stands in read-only memory of the firmware, as it would on a disk. The code of the stub needs
 * no loading: the ELF's loader has put it in its place.
 */
#include "firmware/boot/loader.h"

#include "firmware/common/memory.h"
#include "firmware/os/os.h"
#include "firmware/runtime/services.h"

static_assert(MEMORY_MAP_DESCRIPTORS_MAX <= OS_MEMORY_DESCRIPTORS_MAX, "the handover holds the whole map");

/* 512 words, all different, by an odd multiplier. */
#define WORD(i) ((i) + 1ULL) * 0xD1B54A32D192ED03ULL
#define WORDS8(i)                                                                                            \
    WORD(i), WORD(i + 1), WORD(i + 2), WORD(i + 3), WORD(i + 4), WORD(i + 5), WORD(i + 6), WORD(i + 7)
#define WORDS64(i)                                                                                           \
    WORDS8(i), WORDS8(i + 8), WORDS8(i + 16), WORDS8(i + 24), WORDS8(i + 32), WORDS8(i + 40),                \
        WORDS8(i + 48), WORDS8(i + 56)

static const struct os_image os_image_file = {
    .magic = OS_IMAGE_MAGIC,
    .pattern = {WORDS64(0), WORDS64(64), WORDS64(128), WORDS64(192), WORDS64(256), WORDS64(320), WORDS64(384),
                WORDS64(448)},
};

static const struct efi_rt_properties_table rt_properties = {
    .version = 1,
    .length = sizeof(struct efi_rt_properties_table),
    .runtime_services_supported = EFI_RT_SERVICES_SUPPORTED,
};

void loader_load(void)
{
    memcpy(&os_image, &os_image_file, sizeof(os_image));
}

void loader_enter(const struct memory_map *map)
{
    os_handover.services = &efi_runtime_services;
    os_handover.services_supported = rt_properties.runtime_services_supported;
    os_handover.descriptor_count = map->count;
    memcpy(os_handover.descriptors, map->descriptors, map->count * sizeof(map->descriptors[0]));
    os_entry();
}
