/* SPDX-License-Identifier: BSD-3-Clause */
#include "cosim/write_back.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MODE_BITS      07777U
#define MODE_ANY_WRITE (S_IWUSR | S_IWGRP | S_IWOTH)

/* The new file is made in the folder of the old one. */
static bool folder_writable(const char *path)
{
    char copy[PATH_MAX];
    (void)snprintf(copy, sizeof(copy), "%s", path);
    return faccessat(AT_FDCWD, dirname(copy), W_OK | X_OK, AT_EACCESS) == 0;
}

/* A file that nobody may write is meant to stay as it is, also where root is asked. */
static bool file_check(const struct write_back *file, const char *path, char error[MEDIA_ERROR_MAX])
{
    if ((file->found.st_mode & MODE_ANY_WRITE) == 0) {
        return media_fail(path, error, "the file is read-only, expected one that may be written back");
    }
    if (faccessat(AT_FDCWD, file->path, W_OK, AT_EACCESS) != 0) {
        return media_fail(path, error, "cannot be written (%s), expected a file that may be written back",
                          strerror(errno));
    }
    if (!folder_writable(file->path)) {
        return media_fail(path, error, "its folder cannot be written (%s), expected room for a new file",
                          strerror(errno));
    }
    return true;
}

bool write_back_open(struct write_back *file, const char *path, const struct media_bytes *media,
                     char error[MEDIA_ERROR_MAX])
{
    *file = (struct write_back){.media = media, .path = realpath(path, NULL)};
    if (file->path == NULL || stat(file->path, &file->found) != 0 ||
        (uint64_t)file->found.st_size != media->size) {
        write_back_close(file);
        return media_fail(path, error, "the file has changed since it was read, expected it to stay");
    }
    if (!file_check(file, path, error)) {
        write_back_close(file);
        return false;
    }
    void *after = mmap(NULL, media->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (after == MAP_FAILED) {
        write_back_close(file);
        return media_fail(path, error, "%zu bytes more, expected as many as there is memory for",
                          media->size);
    }
    file->after = (uint8_t *)after;
    return true;
}

void write_back_close(struct write_back *file)
{
    if (file->after != NULL) {
        (void)munmap(file->after, file->media->size);
    }
    free(file->path);
    *file = (struct write_back){0};
}

bool write_back_same(const struct write_back *a, const struct write_back *b)
{
    return a->found.st_dev == b->found.st_dev && a->found.st_ino == b->found.st_ino;
}

static bool file_as_found(const struct write_back *file)
{
    const struct stat *found = &file->found;
    struct stat now;
    return stat(file->path, &now) == 0 && now.st_dev == found->st_dev && now.st_ino == found->st_ino &&
           now.st_size == found->st_size && now.st_mtim.tv_sec == found->st_mtim.tv_sec &&
           now.st_mtim.tv_nsec == found->st_mtim.tv_nsec;
}

static bool bytes_write(int descriptor, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        const ssize_t written = write(descriptor, bytes, size);
        if (written < 0 && errno != EINTR) {
            return false;
        }
        if (written > 0) {
            bytes += written;
            size -= (size_t)written;
        }
    }
    return true;
}

/* The owner first: a change of it takes bits of the mode away. Only root may give a file to others, and a
 * file of somebody else's that this user may write becomes the user's. */
static bool contents_put(const struct write_back *file, int descriptor)
{
    const struct stat *found = &file->found;
    const bool owned = fchown(descriptor, found->st_uid, found->st_gid) == 0 || errno == EPERM;
    return owned && fchmod(descriptor, found->st_mode & MODE_BITS) == 0 &&
           bytes_write(descriptor, file->after, file->media->size) && fsync(descriptor) == 0;
}

/* All of the new file is on the disk before it takes the name. */
static bool file_replace(const struct write_back *file)
{
    char temporary[PATH_MAX];
    const int length = snprintf(temporary, sizeof(temporary), "%s.XXXXXX", file->path);
    if (length >= (int)sizeof(temporary)) {
        errno = ENAMETOOLONG;
        return false;
    }
    const int descriptor = mkostemp(temporary, O_CLOEXEC);
    if (descriptor < 0) {
        return false;
    }
    const bool put = contents_put(file, descriptor);
    int number = put ? 0 : errno;
    if (close(descriptor) != 0 && number == 0) {
        number = errno;
    }
    if (number == 0 && rename(temporary, file->path) == 0) {
        return true;
    }
    number = number != 0 ? number : errno;
    (void)unlink(temporary);
    errno = number;
    return false;
}

bool write_back_finish(const struct write_back *file, char error[MEDIA_ERROR_MAX])
{
    if (memcmp(file->media->bytes, file->after, file->media->size) == 0) {
        return true;
    }
    if (!file_as_found(file)) {
        return media_fail(file->path, error,
                          "the file was changed by somebody else during the run, expected it to stay; what "
                          "the guest wrote is lost");
    }
    if (!file_replace(file)) {
        return media_fail(file->path, error,
                          "cannot be written (%s), expected room for it; what the guest wrote is lost",
                          strerror(errno));
    }
    return true;
}
