/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Files that hold variables: what makes a file one, and what is wrong with one that is not. For the edge,
 * where a user's file is refused before a machine is built: a file that passed here is opened by
 * variable_store.c without surprises. An SQLite 3 database (sqlite.org, "Database File Format") with our
 * application ID, schema version and one table, in rollback journal mode.
 */
#ifndef MODEL_MM_SP_VARIABLE_STORE_FILE_H
#define MODEL_MM_SP_VARIABLE_STORE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define VARIABLE_STORE_APPLICATION_ID 0x46464156 /* "FFAV" */
#define VARIABLE_STORE_SCHEMA_VERSION 1
#define VARIABLE_STORE_ERROR_MAX      512

/*
 * Whether the file holds variables and can be written; one that is not there is made where `create` says so.
 * Rolls back what a killed process left half done. False: `error` says what is wrong and what was expected,
 * without the path.
 */
bool variable_store_file_check(const char *path, bool create, char error[VARIABLE_STORE_ERROR_MAX]);

/*
 * What a file holds, as bytes for variable_store_config.image: a run that must not change the file works on
 * them. The file is not created; `*image` is to be freed with variable_store_image_free().
 */
bool variable_store_image_read(const char *path, uint8_t **image, uint64_t *image_size,
                               char error[VARIABLE_STORE_ERROR_MAX]);
void variable_store_image_free(uint8_t *image);

#ifdef __cplusplus
}
#endif

#endif
