/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is loaded into the machine: an AArch64 ELF file (System V ABI, "Object Files") or a raw image. Refuses
 * what cannot run, in one line that names the file and what was expected. Must not touch the machine: the
 * result is data.
 */
#ifndef COSIM_IMAGE_H
#define COSIM_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cosim/media.h"
#include "model/platform/machine.h"
#include "model/platform/platform_config.h"

#ifdef __cplusplus
extern "C" {
#endif

#define IMAGE_SEGMENTS_MAX 64
#define IMAGE_SIZE_MAX     (1ULL << 30)
#define IMAGE_ERROR_MAX    MEDIA_ERROR_MAX

struct image {
    uint8_t *bytes; /* the whole file; the segments point into it */
    size_t size;
    struct machine_segment segments[IMAGE_SEGMENTS_MAX];
    uint32_t segment_count;
    uint64_t entry; /* physical */
    bool is_elf;
};

/* True if the file starts like an ELF file; false also when it cannot be read. */
bool image_file_is_elf(const char *path);

/* Both read the whole file. False: error says why, and nothing has to be freed. */
bool image_read_elf(const char *path, const struct platform_config *platform, struct image *image,
                    char error[IMAGE_ERROR_MAX]);
bool image_read_raw(const char *path, uint64_t load, const struct platform_config *platform,
                    struct image *image, char error[IMAGE_ERROR_MAX]);
void image_free(struct image *image);

/* All of it is in one region of memory. */
bool image_memory_holds(const struct platform_config *platform, uint64_t pa, uint64_t size);
/* Some of it is in a segment. */
bool image_covers(const struct image *image, uint64_t pa, uint64_t size);

#ifdef __cplusplus
}
#endif

#endif
