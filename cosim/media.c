/* SPDX-License-Identifier: BSD-3-Clause */
#include "cosim/media.h"

#include <errno.h>
#include <libfdt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DISK_SECTOR_SIZE 512U
#define MEDIA_CHUNK_SIZE 16384U

bool media_fail(const char *path, char error[MEDIA_ERROR_MAX], const char *format, ...)
{
    const int length = snprintf(error, MEDIA_ERROR_MAX, "%.512s: ", path);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(error + length, MEDIA_ERROR_MAX - (size_t)length, format, arguments);
    va_end(arguments);
    return false;
}

bool media_is_file(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

void media_free(struct media_bytes *media)
{
    free(media->bytes);
    *media = (struct media_bytes){0};
}

static bool bytes_are_zeros(const uint8_t *bytes, size_t size)
{
    return size == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0);
}

/* Holes and zeros are not written to memory that holds zeros anyway: they cost the host none. */
static size_t stream_take(FILE *file, struct media_bytes *media)
{
    uint8_t chunk[MEDIA_CHUNK_SIZE];
    size_t taken = 0;
    while (taken < media->size) {
        const size_t wanted = media->size - taken < sizeof(chunk) ? media->size - taken : sizeof(chunk);
        const size_t got = fread(chunk, 1, wanted, file);
        if (!bytes_are_zeros(chunk, got)) {
            memcpy(media->bytes + taken, chunk, got);
        }
        taken += got;
        if (got != wanted) {
            break;
        }
    }
    return taken;
}

/* A file may be shorter than it was when it was asked. */
static bool stream_read(FILE *file, const char *path, uint64_t size, struct media_bytes *media,
                        char error[MEDIA_ERROR_MAX])
{
    media->size = (size_t)size;
    media->bytes = (uint8_t *)calloc(media->size, 1);
    if (media->bytes == NULL) {
        return media_fail(path, error, "%zu bytes, expected as many as there is memory for", media->size);
    }
    const size_t got = stream_take(file, media);
    if (got != media->size) {
        media_free(media);
        return media_fail(path, error, "only %zu bytes can be read, expected %llu", got,
                          (unsigned long long)size);
    }
    return true;
}

bool media_read(const char *path, const char *what, uint64_t size_max, struct media_bytes *media,
                char error[MEDIA_ERROR_MAX])
{
    struct stat status;
    *media = (struct media_bytes){0};
    if (stat(path, &status) != 0) {
        return media_fail(path, error, "cannot be opened (%s), expected a readable file", strerror(errno));
    }
    if (!S_ISREG(status.st_mode)) {
        return media_fail(path, error, "not a regular file, expected %s", what);
    }
    if (status.st_size == 0) {
        return media_fail(path, error, "the file is empty, expected %s", what);
    }
    if ((uint64_t)status.st_size > size_max) {
        return media_fail(path, error, "%llu bytes, expected %s of at most %llu",
                          (unsigned long long)status.st_size, what, (unsigned long long)size_max);
    }
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return media_fail(path, error, "cannot be opened (%s), expected a readable file", strerror(errno));
    }
    const bool read = stream_read(file, path, (uint64_t)status.st_size, media, error);
    (void)fclose(file);
    return read;
}

bool media_read_flash(const char *path, const struct platform_config *platform, uint32_t bank,
                      struct media_bytes *media, char error[MEDIA_ERROR_MAX])
{
    if (bank >= platform->flash_count) {
        return media_fail(path, error, "platform %s has %u flash banks, expected one for flash %u",
                          platform->name, platform->flash_count, bank);
    }
    return media_read(path, "an image for a flash bank", platform->flash[bank].size, media, error);
}

bool media_read_disk(const char *path, const struct platform_config *platform, struct media_bytes *media,
                     char error[MEDIA_ERROR_MAX])
{
    if (platform->virtio_count == 0) {
        return media_fail(path, error, "platform %s has no slot for a disk, expected one with virtio",
                          platform->name);
    }
    if (!media_read(path, "the image of a disk", MEDIA_DISK_SIZE_MAX, media, error)) {
        return false;
    }
    if (media->size % DISK_SECTOR_SIZE != 0) {
        const size_t size = media->size;
        media_free(media);
        return media_fail(path, error, "%zu bytes, expected a disk of whole sectors of %u bytes", size,
                          DISK_SECTOR_SIZE);
    }
    return true;
}

bool media_read_device_tree(const char *path, const struct platform_config *platform,
                            struct media_bytes *media, char error[MEDIA_ERROR_MAX])
{
    if (!platform->has_device_tree) {
        return media_fail(path, error, "platform %s has no place for a device tree, expected one with it",
                          platform->name);
    }
    if (!media_read(path, "a device tree blob", MEDIA_TREE_SIZE_MAX, media, error)) {
        return false;
    }
    /* All of it: what fdt_check_header() says of the header is no use when the size in it is not true. */
    const int told = fdt_check_full(media->bytes, media->size);
    if (told != 0) {
        media_free(media);
        return media_fail(path, error, "no device tree blob (%s), expected one as dtc makes it",
                          fdt_strerror(told));
    }
    media->size = fdt_totalsize(media->bytes);
    return true;
}
