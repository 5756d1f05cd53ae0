/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Where variables live: an ordered table of names, each with a value, a property, or both, and what was
 * remembered of the last signature. SQLite holds it: in memory, empty or beginning with a copy of a file
 * (variable_store_file.h), or in a file itself, where each transaction is on the disk when it returns. A
 * power cut at any moment leaves a file with all of a transaction or none of it. It knows nothing of UEFI's
 * rules: variable_service.h has those; only NON_VOLATILE says what the power cut takes away.
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

/* What the last signed write of an authenticated variable left behind. All zero: there was none. */
struct variable_record {
    uint8_t timestamp[16]; /* EFI_TIME as it stood in the descriptor */
    bool has_fingerprint;
    uint8_t fingerprint[32]; /* SHA-256 that ties a private variable to its signer */
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
    struct variable_record record;
};

enum variable_store_status {
    VARIABLE_STORE_OK,
    VARIABLE_STORE_NOT_FOUND,
    VARIABLE_STORE_FAILED, /* the database refused; the table is as it was before the call */
};

struct sqlite3;
struct sqlite3_stmt;

/* Where the table is. The strings and bytes stay the caller's and must outlive the store. */
struct variable_store_config {
    const char *path;     /* of the file that holds it; NULL: in memory */
    const uint8_t *image; /* NULL: empty; else with what a file held (variable_store_image_read()) */
    uint64_t image_size;
};

struct variable_store {
    struct variable_store_config config;
    struct sqlite3 *database; /* NULL until first use */
    struct sqlite3_stmt *statements[VARIABLE_STORE_STATEMENTS_MAX];
};

/* In memory and empty. */
void variable_store_init(struct variable_store *store);

/* Before the first use. A file is expected to have passed variable_store_file_check(). */
void variable_store_configure(struct variable_store *store, const struct variable_store_config *config);

/* Gives everything back; what a transaction had not committed is lost. The configuration stays. */
void variable_store_close(struct variable_store *store);

/*
 * A power cut, and power again: an open transaction never was, volatile values and properties are gone. A
 * file is opened again, as the next process would.
 */
enum variable_store_status variable_store_power_cycle(struct variable_store *store);

/*
 * Changes between begin and commit happen together or not at all. Not nested. Rollback is also what a commit
 * that fails does. Outside of a transaction each call is one.
 */
enum variable_store_status variable_store_begin(struct variable_store *store);
enum variable_store_status variable_store_commit(struct variable_store *store);
void variable_store_rollback(struct variable_store *store);

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

/* The same for a signed write: value and record change together. The other write clears the record. */
enum variable_store_status variable_store_write_signed(struct variable_store *store, int64_t id,
                                                       uint32_t attributes, const uint8_t *data,
                                                       uint32_t size, const struct variable_record *record);

/* With its record. */
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
