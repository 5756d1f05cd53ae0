/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One table in SQLite. A value is present where `data` is not NULL, a property where `property` is not NULL:
 * it is kept as one blob, because nothing ever searches in it. An id is larger than every other there is when
 * its row is added, so that they keep the order of insertion.
 */
#include "model/mm_sp/variable_store.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include <sqlite3.h>

#include "model/mm_sp/variable_store_internal.h"

#define ENTRY_COLUMNS "id, guid, name, attributes, length(data), property, timestamp, fingerprint"

enum statement {
    STATEMENT_FIND,
    STATEMENT_NEXT,
    STATEMENT_ADD,
    STATEMENT_MOVE_LAST,
    STATEMENT_REMOVE_UNUSED,
    STATEMENT_READ,
    STATEMENT_WRITE,
    STATEMENT_DELETE_VALUE,
    STATEMENT_SET_PROPERTY,
    STATEMENT_USAGE,
    STATEMENT_BEGIN,
    STATEMENT_COMMIT,
    STATEMENT_ROLLBACK,
    STATEMENT_COUNT
};
static_assert((int)STATEMENT_COUNT <= VARIABLE_STORE_STATEMENTS_MAX,
              "the store has a place for each statement");

static const char *const texts[STATEMENT_COUNT] = {
    [STATEMENT_FIND] = "SELECT " ENTRY_COLUMNS " FROM variable WHERE guid = ?1 AND name = ?2",
    [STATEMENT_NEXT] =
        "SELECT " ENTRY_COLUMNS " FROM variable WHERE id > ?1 AND data IS NOT NULL ORDER BY id LIMIT 1",
    [STATEMENT_ADD] = "INSERT INTO variable (guid, name) VALUES (?1, ?2)",
    [STATEMENT_MOVE_LAST] = "UPDATE variable SET id = (SELECT max(id) FROM variable) + 1 WHERE id = ?1",
    [STATEMENT_REMOVE_UNUSED] = "DELETE FROM variable WHERE id = ?1 AND data IS NULL AND property IS NULL",
    [STATEMENT_READ] = "SELECT data FROM variable WHERE id = ?1 AND data IS NOT NULL",
    [STATEMENT_WRITE] = "UPDATE variable SET attributes = ?2, data = ?3, timestamp = ?4, fingerprint = ?5"
                        " WHERE id = ?1",
    [STATEMENT_DELETE_VALUE] = "UPDATE variable SET attributes = 0, data = NULL, timestamp = NULL,"
                               " fingerprint = NULL WHERE id = ?1",
    [STATEMENT_SET_PROPERTY] = "UPDATE variable SET property = ?2 WHERE id = ?1",
    [STATEMENT_USAGE] =
        "SELECT count(*), coalesce(sum(CASE WHEN attributes & ?1 = ?2 THEN length(data) END), 0)"
        " FROM variable",
    [STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
    [STATEMENT_COMMIT] = "COMMIT",
    [STATEMENT_ROLLBACK] = "ROLLBACK",
};

void variable_store_init(struct variable_store *store)
{
    memset(store, 0, sizeof(*store));
}

void variable_store_configure(struct variable_store *store, const struct variable_store_config *config)
{
    assert(store->database == NULL);
    store->config = *config;
}

void variable_store_close(struct variable_store *store)
{
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        sqlite3_finalize(store->statements[i]);
        store->statements[i] = NULL;
    }
    sqlite3_close(store->database);
    store->database = NULL;
}

static bool store_open(struct variable_store *store)
{
    if (store->database != NULL) {
        return true;
    }
    char error[VARIABLE_STORE_ERROR_MAX]; /* the edge has told it, or the file has changed since */
    store->database = store->config.path != NULL
                          ? variable_store_open_file(store->config.path, true, VARIABLE_STORE_WRITTEN, error)
                          : variable_store_open_memory(store->config.image, store->config.image_size);
    bool opened = store->database != NULL;
    for (int i = 0; opened && i < STATEMENT_COUNT; i++) {
        opened = sqlite3_prepare_v3(store->database, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                                    &store->statements[i], NULL) == SQLITE_OK;
    }
    if (!opened) {
        variable_store_close(store);
    }
    return opened;
}

/* The statement, opened and with nothing bound; NULL when there is no database. */
static struct sqlite3_stmt *statement_use(struct variable_store *store, enum statement which)
{
    return store_open(store) ? store->statements[which] : NULL;
}

/* Ends a statement: `result` is what its last step said. */
static enum variable_store_status statement_end(struct sqlite3_stmt *statement, int result)
{
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    if (result == SQLITE_ROW) {
        return VARIABLE_STORE_OK;
    }
    return result == SQLITE_DONE ? VARIABLE_STORE_NOT_FOUND : VARIABLE_STORE_FAILED;
}

/* A statement that changes the table has no row to give. */
static enum variable_store_status statement_execute(struct sqlite3_stmt *statement)
{
    const enum variable_store_status status = statement_end(statement, sqlite3_step(statement));
    return status == VARIABLE_STORE_NOT_FOUND ? VARIABLE_STORE_OK : VARIABLE_STORE_FAILED;
}

static bool bind_name(struct sqlite3_stmt *statement, const struct efi_guid *guid, const uint8_t *name,
                      uint32_t name_size)
{
    return sqlite3_bind_blob(statement, 1, guid->bytes, sizeof(guid->bytes), SQLITE_STATIC) == SQLITE_OK &&
           sqlite3_bind_blob(statement, 2, name, (int)name_size, SQLITE_STATIC) == SQLITE_OK;
}

/* A blob column of `size` bytes at most. False: the table holds what nobody here has written. */
static bool column_copy(struct sqlite3_stmt *statement, int column, void *bytes, uint32_t size_max,
                        uint32_t *size)
{
    *size = (uint32_t)sqlite3_column_bytes(statement, column);
    if (*size > size_max) {
        return false;
    }
    const void *blob = sqlite3_column_blob(statement, column);
    if (*size != 0 && blob == NULL) { /* no memory */
        return false;
    }
    if (*size != 0) {
        memcpy(bytes, blob, *size);
    }
    return true;
}

static bool entry_load(struct sqlite3_stmt *statement, struct variable_entry *entry)
{
    uint32_t size = 0;
    memset(entry, 0, sizeof(*entry));
    entry->id = sqlite3_column_int64(statement, 0);
    entry->attributes = (uint32_t)sqlite3_column_int64(statement, 3);
    entry->has_value = sqlite3_column_type(statement, 4) != SQLITE_NULL;
    entry->data_size = (uint32_t)sqlite3_column_int64(statement, 4);
    entry->has_property = sqlite3_column_type(statement, 5) != SQLITE_NULL;
    entry->record.has_fingerprint = sqlite3_column_type(statement, 7) != SQLITE_NULL;
    return column_copy(statement, 1, entry->guid.bytes, sizeof(entry->guid.bytes), &size) &&
           column_copy(statement, 2, entry->name, sizeof(entry->name), &entry->name_size) &&
           column_copy(statement, 5, &entry->property, sizeof(entry->property), &size) &&
           column_copy(statement, 6, entry->record.timestamp, sizeof(entry->record.timestamp), &size) &&
           column_copy(statement, 7, entry->record.fingerprint, sizeof(entry->record.fingerprint), &size);
}

static enum variable_store_status entry_select(struct sqlite3_stmt *statement, struct variable_entry *entry)
{
    const int result = sqlite3_step(statement);
    const bool loaded = result != SQLITE_ROW || entry_load(statement, entry);
    const enum variable_store_status status = statement_end(statement, result);
    return loaded ? status : VARIABLE_STORE_FAILED;
}

/* Transactions */

static enum variable_store_status transaction_execute(struct variable_store *store, enum statement which)
{
    struct sqlite3_stmt *statement = statement_use(store, which);
    return statement != NULL ? statement_execute(statement) : VARIABLE_STORE_FAILED;
}

enum variable_store_status variable_store_begin(struct variable_store *store)
{
    assert(store->database == NULL || sqlite3_get_autocommit(store->database) != 0);
    return transaction_execute(store, STATEMENT_BEGIN);
}

/* Some failures have rolled back already. */
void variable_store_rollback(struct variable_store *store)
{
    if (store->database != NULL && sqlite3_get_autocommit(store->database) == 0) {
        (void)transaction_execute(store, STATEMENT_ROLLBACK);
    }
}

enum variable_store_status variable_store_commit(struct variable_store *store)
{
    const enum variable_store_status status = transaction_execute(store, STATEMENT_COMMIT);
    if (status != VARIABLE_STORE_OK) {
        variable_store_rollback(store);
    }
    return status;
}

enum variable_store_status variable_store_power_cycle(struct variable_store *store)
{
    if (store->config.path != NULL) {
        variable_store_close(store);
        return store_open(store) ? VARIABLE_STORE_OK : VARIABLE_STORE_FAILED;
    }
    variable_store_rollback(store);
    const bool empty = store->database == NULL; /* nothing has happened yet */
    return empty || variable_store_forget_volatile(store->database) ? VARIABLE_STORE_OK
                                                                    : VARIABLE_STORE_FAILED;
}

/* Rows */

enum variable_store_status variable_store_find(struct variable_store *store, const struct efi_guid *guid,
                                               const uint8_t *name, uint32_t name_size,
                                               struct variable_entry *entry)
{
    assert(name_size <= VARIABLE_STORE_NAME_MAX);
    struct sqlite3_stmt *statement = statement_use(store, STATEMENT_FIND);
    if (statement == NULL || !bind_name(statement, guid, name, name_size)) {
        return VARIABLE_STORE_FAILED;
    }
    return entry_select(statement, entry);
}

enum variable_store_status variable_store_next(struct variable_store *store, int64_t id,
                                               struct variable_entry *entry)
{
    struct sqlite3_stmt *statement = statement_use(store, STATEMENT_NEXT);
    if (statement == NULL || sqlite3_bind_int64(statement, 1, id) != SQLITE_OK) {
        return VARIABLE_STORE_FAILED;
    }
    return entry_select(statement, entry);
}

enum variable_store_status variable_store_add(struct variable_store *store, const struct efi_guid *guid,
                                              const uint8_t *name, uint32_t name_size,
                                              struct variable_entry *entry)
{
    assert(name_size <= VARIABLE_STORE_NAME_MAX);
    struct sqlite3_stmt *statement = statement_use(store, STATEMENT_ADD);
    if (statement == NULL || !bind_name(statement, guid, name, name_size)) {
        return VARIABLE_STORE_FAILED;
    }
    memset(entry, 0, sizeof(*entry));
    entry->guid = *guid;
    entry->name_size = name_size;
    memcpy(entry->name, name, name_size);
    const enum variable_store_status status = statement_execute(statement);
    entry->id = sqlite3_last_insert_rowid(store->database);
    return status;
}

/* Executes a statement whose only parameter is the row. */
static enum variable_store_status row_execute(struct variable_store *store, enum statement which, int64_t id)
{
    struct sqlite3_stmt *statement = statement_use(store, which);
    if (statement == NULL || sqlite3_bind_int64(statement, 1, id) != SQLITE_OK) {
        return VARIABLE_STORE_FAILED;
    }
    return statement_execute(statement);
}

enum variable_store_status variable_store_move_last(struct variable_store *store, int64_t id)
{
    return row_execute(store, STATEMENT_MOVE_LAST, id);
}

enum variable_store_status variable_store_remove_unused(struct variable_store *store, int64_t id)
{
    return row_execute(store, STATEMENT_REMOVE_UNUSED, id);
}

enum variable_store_status variable_store_delete_value(struct variable_store *store, int64_t id)
{
    return row_execute(store, STATEMENT_DELETE_VALUE, id);
}

enum variable_store_status variable_store_read(struct variable_store *store, int64_t id, uint8_t *data,
                                               uint32_t size)
{
    struct sqlite3_stmt *statement = statement_use(store, STATEMENT_READ);
    if (statement == NULL || sqlite3_bind_int64(statement, 1, id) != SQLITE_OK) {
        return VARIABLE_STORE_FAILED;
    }
    uint32_t copied = 0;
    const int result = sqlite3_step(statement);
    const bool whole =
        result != SQLITE_ROW || (column_copy(statement, 0, data, size, &copied) && copied == size);
    const enum variable_store_status status = statement_end(statement, result);
    return whole ? status : VARIABLE_STORE_FAILED;
}

/* NULL where nothing was remembered. */
static bool bind_record(struct sqlite3_stmt *statement, const struct variable_record *record)
{
    if (record == NULL) {
        return true; /* nothing bound is NULL */
    }
    return sqlite3_bind_blob(statement, 4, record->timestamp, sizeof(record->timestamp), SQLITE_STATIC) ==
               SQLITE_OK &&
           (!record->has_fingerprint ||
            sqlite3_bind_blob(statement, 5, record->fingerprint, sizeof(record->fingerprint),
                              SQLITE_STATIC) == SQLITE_OK);
}

enum variable_store_status variable_store_write_signed(struct variable_store *store, int64_t id,
                                                       uint32_t attributes, const uint8_t *data,
                                                       uint32_t size, const struct variable_record *record)
{
    assert(size <= VARIABLE_STORE_DATA_MAX);
    struct sqlite3_stmt *statement = statement_use(store, STATEMENT_WRITE);
    /* No bytes are a value too: SQLite would take NULL for none. */
    const uint8_t *bytes = size != 0 ? data : (const uint8_t *)"";
    if (statement == NULL || sqlite3_bind_int64(statement, 1, id) != SQLITE_OK ||
        sqlite3_bind_int64(statement, 2, attributes) != SQLITE_OK ||
        sqlite3_bind_blob(statement, 3, bytes, (int)size, SQLITE_STATIC) != SQLITE_OK ||
        !bind_record(statement, record)) {
        return VARIABLE_STORE_FAILED;
    }
    return statement_execute(statement);
}

enum variable_store_status variable_store_write(struct variable_store *store, int64_t id, uint32_t attributes,
                                                const uint8_t *data, uint32_t size)
{
    return variable_store_write_signed(store, id, attributes, data, size, NULL);
}

enum variable_store_status variable_store_set_property(struct variable_store *store, int64_t id,
                                                       const struct variable_property *property)
{
    struct sqlite3_stmt *statement = statement_use(store, STATEMENT_SET_PROPERTY);
    if (statement == NULL || sqlite3_bind_int64(statement, 1, id) != SQLITE_OK ||
        sqlite3_bind_blob(statement, 2, property, sizeof(*property), SQLITE_STATIC) != SQLITE_OK) {
        return VARIABLE_STORE_FAILED;
    }
    return statement_execute(statement);
}

enum variable_store_status variable_store_usage(struct variable_store *store, uint32_t mask, uint32_t match,
                                                uint32_t *rows, uint64_t *bytes)
{
    struct sqlite3_stmt *statement = statement_use(store, STATEMENT_USAGE);
    if (statement == NULL || sqlite3_bind_int64(statement, 1, mask) != SQLITE_OK ||
        sqlite3_bind_int64(statement, 2, match) != SQLITE_OK) {
        return VARIABLE_STORE_FAILED;
    }
    const int result = sqlite3_step(statement);
    if (result == SQLITE_ROW) {
        *rows = (uint32_t)sqlite3_column_int64(statement, 0);
        *bytes = (uint64_t)sqlite3_column_int64(statement, 1);
    }
    return statement_end(statement, result);
}
