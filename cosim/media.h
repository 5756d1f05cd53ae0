/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Files that become parts of a machine as they are: what flash banks hold, a disk, a device tree (Devicetree
 * Specification, "Flattened Devicetree (DTB) Format"). Reads and refuses, in one line that names the file and
 * what was expected; nothing is read that has no place on the platform. Files are not written here: each run
 * has a copy of its own (write_back.h: where it was asked for).
 */
#ifndef COSIM_MEDIA_H
#define COSIM_MEDIA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/platform/platform_config.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MEDIA_ERROR_MAX     1024
#define MEDIA_DISK_SIZE_MAX (256ULL << 20)
#define MEDIA_TREE_SIZE_MAX (2ULL << 20) /* as the boot protocol of Linux for arm64 has it */

struct media_bytes {
    uint8_t *bytes; /* NULL: there is none */
    size_t size;
};

/* False: error says why, and nothing has to be freed. */
bool media_read(const char *path, const char *what, uint64_t size_max, struct media_bytes *media,
                char error[MEDIA_ERROR_MAX]);
bool media_read_flash(const char *path, const struct platform_config *platform, uint32_t bank,
                      struct media_bytes *media, char error[MEDIA_ERROR_MAX]);
bool media_read_disk(const char *path, const struct platform_config *platform, struct media_bytes *media,
                     char error[MEDIA_ERROR_MAX]);
bool media_read_device_tree(const char *path, const struct platform_config *platform,
                            struct media_bytes *media, char error[MEDIA_ERROR_MAX]);
void media_free(struct media_bytes *media);

/* "PATH: what is wrong, what was expected". Returns false. */
bool media_fail(const char *path, char error[MEDIA_ERROR_MAX], const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A regular file: opening it waits for nobody. */
bool media_is_file(const char *path);

#ifdef __cplusplus
}
#endif

#endif
