/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One table in SQLite. A value is present where `data` is not NULL, a property where `property` is not NULL:
 * it is kept as one blob, because nothing ever searches in it. AUTOINCREMENT keeps the order of insertion: an
 * id is never used twice.
 */
#include "model/mm_sp/variable_store.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include <sqlite3.h>

#define ENTRY_COLUMNS "id, guid, name, attributes, length(data), property"

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
    STATEMENT_COUNT
};
static_assert((int)STATEMENT_COUNT <= VARIABLE_STORE_STATEMENTS_MAX,
              "the store has a place for each statement");

static const char schema[] = "PRAGMA journal_mode = MEMORY;"
                             "CREATE TABLE IF NOT EXISTS variable ("
                             " id INTEGER PRIMARY KEY, guid BLOB NOT NULL, name BLOB NOT NULL,"
                             " attributes INTEGER NOT NULL DEFAULT 0, data BLOB, property BLOB,"
                             " UNIQUE (guid, name))";

static const char *const texts[STATEMENT_COUNT] = {
    [STATEMENT_FIND] = "SELECT " ENTRY_COLUMNS " FROM variable WHERE guid = ?1 AND name = ?2",
    [STATEMENT_NEXT] =
        "SELECT " ENTRY_COLUMNS " FROM variable WHERE id > ?1 AND data IS NOT NULL ORDER BY id LIMIT 1",
    [STATEMENT_ADD] = "INSERT INTO variable (guid, name) VALUES (?1, ?2)",
    [STATEMENT_MOVE_LAST] = "UPDATE variable SET id = (SELECT max(id) FROM variable) + 1 WHERE id = ?1",
    [STATEMENT_REMOVE_UNUSED] = "DELETE FROM variable WHERE id = ?1 AND data IS NULL AND property IS NULL",
    [STATEMENT_READ] = "SELECT data FROM variable WHERE id = ?1 AND data IS NOT NULL",
    [STATEMENT_WRITE] = "UPDATE variable SET attributes = ?2, data = ?3 WHERE id = ?1",
    [STATEMENT_DELETE_VALUE] = "UPDATE variable SET attributes = 0, data = NULL WHERE id = ?1",
    [STATEMENT_SET_PROPERTY] = "UPDATE variable SET property = ?2 WHERE id = ?1",
    [STATEMENT_USAGE] =
        "SELECT count(*), coalesce(sum(CASE WHEN attributes & ?1 = ?2 THEN length(data) END), 0)"
        " FROM variable",
};

void variable_store_init(struct variable_store *store)
{
    memset(store, 0, sizeof(*store));
}

void variable_store_close(struct variable_store *store)
{
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        sqlite3_finalize(store->statements[i]);
    }
    sqlite3_close(store->database);
    variable_store_init(store);
}

static bool store_open(struct variable_store *store)
{
    if (store->database != NULL) {
        return true;
    }
    bool opened = sqlite3_open(":memory:", &store->database) == SQLITE_OK &&
                  sqlite3_exec(store->database, schema, NULL, NULL, NULL) == SQLITE_OK;
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

/* A blob column that our own statements wrote; its size is known or bounded. */
static uint32_t column_copy(struct sqlite3_stmt *statement, int column, void *bytes, uint32_t size_max)
{
    const uint32_t size = (uint32_t)sqlite3_column_bytes(statement, column);
    assert(size <= size_max);
    if (size != 0) {
        memcpy(bytes, sqlite3_column_blob(statement, column), size);
    }
    return size;
}

static void entry_load(struct sqlite3_stmt *statement, struct variable_entry *entry)
{
    memset(entry, 0, sizeof(*entry));
    entry->id = sqlite3_column_int64(statement, 0);
    column_copy(statement, 1, entry->guid.bytes, sizeof(entry->guid.bytes));
    entry->name_size = column_copy(statement, 2, entry->name, sizeof(entry->name));
    entry->attributes = (uint32_t)sqlite3_column_int64(statement, 3);
    entry->has_value = sqlite3_column_type(statement, 4) != SQLITE_NULL;
    entry->data_size = (uint32_t)sqlite3_column_int64(statement, 4);
    entry->has_property = sqlite3_column_type(statement, 5) != SQLITE_NULL;
    column_copy(statement, 5, &entry->property, sizeof(entry->property));
}

static enum variable_store_status entry_select(struct sqlite3_stmt *statement, struct variable_entry *entry)
{
    const int result = sqlite3_step(statement);
    if (result == SQLITE_ROW) {
        entry_load(statement, entry);
    }
    return statement_end(statement, result);
}

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
    const int result = sqlite3_step(statement);
    if (result == SQLITE_ROW) {
        column_copy(statement, 0, data, size);
    }
    return statement_end(statement, result);
}

enum variable_store_status variable_store_write(struct variable_store *store, int64_t id, uint32_t attributes,
                                                const uint8_t *data, uint32_t size)
{
    assert(size <= VARIABLE_STORE_DATA_MAX);
    struct sqlite3_stmt *statement = statement_use(store, STATEMENT_WRITE);
    if (statement == NULL || sqlite3_bind_int64(statement, 1, id) != SQLITE_OK ||
        sqlite3_bind_int64(statement, 2, attributes) != SQLITE_OK ||
        sqlite3_bind_blob(statement, 3, data, (int)size, SQLITE_STATIC) != SQLITE_OK) {
        return VARIABLE_STORE_FAILED;
    }
    return statement_execute(statement);
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
