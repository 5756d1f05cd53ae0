/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where variables live: an ordered table of names, each with a value, a property, or both. SQLite holds it,
 * in memory; a path given at open is all that a store on disk will need. It knows nothing of UEFI's rules:
 * variable_service.h has those.
 *
 * The database opens when it is first used, so that a machine whose firmware never calls the partition does
 * not pay. It is the one place below the platform that uses the heap after init, through SQLite.
 */
#ifndef MODEL_MM_SP_VARIABLE_STORE_H
#define MODEL_MM_SP_VARIABLE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/abi/efi.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VARIABLE_STORE_NAME_MAX       1024 /* bytes, NUL included, of one name that any configuration may allow */
#define VARIABLE_STORE_DATA_MAX       65536 /* bytes of one value that any configuration may allow */
#define VARIABLE_STORE_STATEMENTS_MAX 16

/* VAR_CHECK_VARIABLE_PROPERTY without its place in a message. */
struct variable_property {
    uint16_t revision;
    uint16_t property;
    uint32_t attributes;
    uint64_t size_min;
    uint64_t size_max;
};

/* A row without its data. */
struct variable_entry {
    int64_t id; /* ascending in the order of insertion */
    struct efi_guid guid;
    uint32_t name_size; /* bytes, NUL included */
    uint8_t name[VARIABLE_STORE_NAME_MAX];
    bool has_value;
    uint32_t attributes;
    uint32_t data_size;
    bool has_property;
    struct variable_property property;
};

enum variable_store_status {
    VARIABLE_STORE_OK,
    VARIABLE_STORE_NOT_FOUND,
    VARIABLE_STORE_FAILED, /* the database refused; the table is as it was before the call */
};

struct sqlite3;
struct sqlite3_stmt;

struct variable_store {
    struct sqlite3 *database; /* NULL until first use */
    struct sqlite3_stmt *statements[VARIABLE_STORE_STATEMENTS_MAX];
};

void variable_store_init(struct variable_store *store);
void variable_store_close(struct variable_store *store);

/* The row of this name; name_size is at most VARIABLE_STORE_NAME_MAX. */
enum variable_store_status variable_store_find(struct variable_store *store, const struct efi_guid *guid,
                                               const uint8_t *name, uint32_t name_size,
                                               struct variable_entry *entry);

/* The first row after `id` that has a value; id 0 starts. */
enum variable_store_status variable_store_next(struct variable_store *store, int64_t id,
                                               struct variable_entry *entry);

/* Appends a row that has neither value nor property. */
enum variable_store_status variable_store_add(struct variable_store *store, const struct efi_guid *guid,
                                              const uint8_t *name, uint32_t name_size,
                                              struct variable_entry *entry);

/* Gives a row the highest id: an enumeration meets it last. */
enum variable_store_status variable_store_move_last(struct variable_store *store, int64_t id);

/* Removes a row that has neither. */
enum variable_store_status variable_store_remove_unused(struct variable_store *store, int64_t id);

/* Copies the value of a row; `size` is its data_size. */
enum variable_store_status variable_store_read(struct variable_store *store, int64_t id, uint8_t *data,
                                               uint32_t size);

enum variable_store_status variable_store_write(struct variable_store *store, int64_t id, uint32_t attributes,
                                                const uint8_t *data, uint32_t size);

enum variable_store_status variable_store_delete_value(struct variable_store *store, int64_t id);

enum variable_store_status variable_store_set_property(struct variable_store *store, int64_t id,
                                                       const struct variable_property *property);

/* How many rows there are, and how many bytes the values with (attributes & mask) == match hold. */
enum variable_store_status variable_store_usage(struct variable_store *store, uint32_t mask, uint32_t match,
                                                uint32_t *rows, uint64_t *bytes);

#ifdef __cplusplus
}
#endif

#endif
