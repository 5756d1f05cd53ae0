/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A file that is to hold what a guest has made of its medium. The run works on copies; when it is over the
 * new contents become a file beside the old one, which then takes its name (POSIX, rename()): whoever opens
 * the name finds all of the old or all of the new, also when this program is killed. Must not touch a file
 * whose contents would stay the same, nor one that somebody else has changed meanwhile.
 */
#ifndef COSIM_WRITE_BACK_H
#define COSIM_WRITE_BACK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "cosim/media.h"

#ifdef __cplusplus
extern "C" {
#endif

struct write_back {
    char *path;                      /* of the file itself, where the name given is a link; NULL: not asked */
    struct stat found;               /* as it was when it was read */
    const struct media_bytes *media; /* what was read */
    uint8_t *after; /* shared with the processes that run the machine: as many bytes as there are in media */
};

/* Refuses what could not be written in the end. The contents of `path` stand in `media`, which must stay. */
bool write_back_open(struct write_back *file, const char *path, const struct media_bytes *media,
                     char error[MEDIA_ERROR_MAX]);
/* `after` is what the file is to hold. False: it holds what it did, and `error` says why. */
bool write_back_finish(const struct write_back *file, char error[MEDIA_ERROR_MAX]);
void write_back_close(struct write_back *file);

/* Both would be written to one file. */
bool write_back_same(const struct write_back *a, const struct write_back *b);

#ifdef __cplusplus
}
#endif

#endif
