/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What variable_store.c and variable_store_file.c share: how a database is opened and what is in it. Nobody
 * else includes it.
 */
#ifndef MODEL_MM_SP_VARIABLE_STORE_INTERNAL_H
#define MODEL_MM_SP_VARIABLE_STORE_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "model/mm_sp/variable_store_file.h"

#ifdef __cplusplus
extern "C" {
#endif

struct sqlite3;

/* A database with an empty table, or with the contents of an image. NULL: SQLite refused. */
struct sqlite3 *variable_store_open_memory(const uint8_t *image, uint64_t image_size);

/* What a file is opened for. */
enum variable_store_use {
    VARIABLE_STORE_COPIED,  /* others may copy it meanwhile */
    VARIABLE_STORE_CHECKED, /* whether it could be written: it is ours alone, and nothing changes in it */
    VARIABLE_STORE_WRITTEN, /* ours alone; volatile values that a killed process left are forgotten first */
};

/* The database of a file, after all checks. NULL: `error` says why. */
struct sqlite3 *variable_store_open_file(const char *path, bool create, enum variable_store_use use,
                                         char error[VARIABLE_STORE_ERROR_MAX]);

/* What a power cut takes away: volatile values, properties, and rows that have nothing left. */
bool variable_store_forget_volatile(struct sqlite3 *database);

#ifdef __cplusplus
}
#endif

#endif
