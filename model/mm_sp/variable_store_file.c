/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Opening databases. A file of a user is not trusted: it must be ours by its header, have exactly our table,
 * pass SQLite's own integrity check, and hold rows that our code could have written. Triggers and views could
 * make our statements do what we did not write; they are switched off and refused.
 *
 * Durability (sqlite.org, "Atomic Commit In SQLite"; "PRAGMA synchronous"): a rollback journal that commit
 * clears and close deletes, with every write and the directory synchronised (EXTRA). Unlike a write-ahead log
 * that leaves one file, which can be copied and moved. The file is locked while it is open: two machines
 * never share one. Those who only copy it wait for nobody but a writer: any number of them may do so at once.
 */
#include "model/mm_sp/variable_store_file.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <sqlite3.h>

#include "model/mm_sp/variable_store.h"
#include "model/mm_sp/variable_store_internal.h"

#define STRINGIZE(x) #x
#define NUMBER(x)    STRINGIZE(x)

#define APPLICATION_ID_TEXT NUMBER(VARIABLE_STORE_APPLICATION_ID)
#define SCHEMA_VERSION_TEXT NUMBER(VARIABLE_STORE_SCHEMA_VERSION)
#define NAME_MAX_TEXT       NUMBER(VARIABLE_STORE_NAME_MAX)
#define DATA_MAX_TEXT       NUMBER(VARIABLE_STORE_DATA_MAX)

#define BLOB_MAX 1048576 /* bytes: what is larger than any of our values is not read into memory */

#define TABLE                                                                                                \
    "CREATE TABLE variable ("                                                                                \
    " id INTEGER PRIMARY KEY, guid BLOB NOT NULL, name BLOB NOT NULL,"                                       \
    " attributes INTEGER NOT NULL DEFAULT 0, data BLOB, property BLOB,"                                      \
    " timestamp BLOB, fingerprint BLOB,"                                                                     \
    " UNIQUE (guid, name))"

static const char create_table[] = TABLE;
static const char mark_file[] =
    "PRAGMA application_id = " APPLICATION_ID_TEXT "; PRAGMA user_version = " SCHEMA_VERSION_TEXT;

/* The id stays far below SQLite's largest, after which it would draw lots for the next. */
static const char rows_that_are_not_ours[] =
    "SELECT count(*) FROM variable WHERE NOT (id BETWEEN 1 AND 1000000000000000"
    " AND typeof(guid) = 'blob' AND length(guid) = 16"
    " AND typeof(name) = 'blob' AND length(name) BETWEEN 2 AND " NAME_MAX_TEXT ""
    " AND typeof(attributes) = 'integer' AND attributes BETWEEN 0 AND 4294967295"
    " AND (data IS NULL OR typeof(data) = 'blob' AND length(data) <= " DATA_MAX_TEXT ")"
    " AND (property IS NULL OR typeof(property) = 'blob' AND length(property) = 24)"
    " AND (timestamp IS NULL OR typeof(timestamp) = 'blob' AND length(timestamp) = 16)"
    " AND (fingerprint IS NULL OR typeof(fingerprint) = 'blob' AND length(fingerprint) = 32))";
static_assert(sizeof(struct variable_property) == 24, "the property of a row");

/* A file of no bytes, or one in which SQLite has not put anything yet. */
static const char file_is_empty[] =
    "SELECT (SELECT count(*) FROM sqlite_schema) = 0 AND application_id = 0 AND user_version = 0"
    " FROM pragma_application_id, pragma_user_version";

static const char objects_that_are_not_ours[] =
    "SELECT count(*) FROM sqlite_schema WHERE NOT ((type = 'table' AND name = 'variable' AND sql = '" TABLE
    "') OR (type = 'index' AND tbl_name = 'variable' AND sql IS NULL))";

static const char volatile_remains[] =
    "SELECT count(*) FROM variable WHERE property IS NOT NULL OR data IS NULL OR attributes & 1 = 0";

static const char forget_volatile[] = "UPDATE variable SET property = NULL WHERE property IS NOT NULL;"
                                      "DELETE FROM variable WHERE data IS NULL OR attributes & 1 = 0";

/* Statements */

static bool execute(struct sqlite3 *database, const char *text)
{
    return sqlite3_exec(database, text, NULL, NULL, NULL) == SQLITE_OK;
}

/* The number that a query gives; -1 when it gives none. */
static int64_t number_of(struct sqlite3 *database, const char *text)
{
    struct sqlite3_stmt *statement = NULL;
    int64_t value = -1;
    if (sqlite3_prepare_v2(database, text, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
        value = sqlite3_column_int64(statement, 0);
    }
    sqlite3_finalize(statement);
    return value;
}

static bool is_sound(struct sqlite3 *database)
{
    struct sqlite3_stmt *statement = NULL;
    bool sound = false;
    if (sqlite3_prepare_v2(database, "PRAGMA integrity_check(1)", -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
        const unsigned char *text = sqlite3_column_text(statement, 0);
        sound = text != NULL && strcmp((const char *)text, "ok") == 0;
    }
    sqlite3_finalize(statement);
    return sound;
}

/* SQLite takes bytes behind the end of a file for zeros, which a value may consist of. */
static bool is_whole(struct sqlite3 *database)
{
    struct sqlite3_file *file = NULL;
    sqlite3_int64 size = -1;
    return sqlite3_file_control(database, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK &&
           file->pMethods != NULL && file->pMethods->xFileSize(file, &size) == SQLITE_OK &&
           size == number_of(database, "PRAGMA page_count") * number_of(database, "PRAGMA page_size");
}

bool variable_store_forget_volatile(struct sqlite3 *database)
{
    const int64_t remains = number_of(database, volatile_remains);
    if (remains == 0) {
        return true; /* nothing is written to a file that has nothing to forget */
    }
    if (remains < 0 || !execute(database, "BEGIN IMMEDIATE")) {
        return false;
    }
    if (execute(database, forget_volatile) && execute(database, "COMMIT")) {
        return true;
    }
    (void)execute(database, "ROLLBACK");
    return false;
}

/* In memory */

static void database_configure(struct sqlite3 *database)
{
    sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    sqlite3_limit(database, SQLITE_LIMIT_LENGTH, BLOB_MAX);
}

/* SQLite takes the copy, and frees it, even where it refuses it. */
static bool image_load(struct sqlite3 *database, const uint8_t *image, uint64_t image_size)
{
    uint8_t *copy = sqlite3_malloc64(image_size);
    if (copy == NULL) {
        return false;
    }
    memcpy(copy, image, image_size);
    return sqlite3_deserialize(database, "main", copy, (sqlite3_int64)image_size, (sqlite3_int64)image_size,
                               SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE) == SQLITE_OK &&
           variable_store_forget_volatile(database);
}

struct sqlite3 *variable_store_open_memory(const uint8_t *image, uint64_t image_size)
{
    struct sqlite3 *database = NULL;
    bool opened = sqlite3_open(":memory:", &database) == SQLITE_OK;
    if (opened) {
        database_configure(database);
        opened =
            (image != NULL ? image_load(database, image, image_size) : execute(database, create_table)) &&
            execute(database, "PRAGMA journal_mode = MEMORY");
    }
    if (!opened) {
        sqlite3_close(database);
        return NULL;
    }
    return database;
}

/* Files */

static bool fail(char error[VARIABLE_STORE_ERROR_MAX], const char *text)
{
    (void)snprintf(error, VARIABLE_STORE_ERROR_MAX, "%s", text);
    return false;
}

/* What SQLite has just refused, in the words of somebody who expected a store. */
static bool fail_sqlite(struct sqlite3 *database, char error[VARIABLE_STORE_ERROR_MAX])
{
    switch (database != NULL ? sqlite3_errcode(database) & 0xff : SQLITE_NOMEM) {
    case SQLITE_NOTADB:
        return fail(error, "not a variable store, expected a file that ffa-cosim has made");
    case SQLITE_CORRUPT:
        return fail(error, "the variable store is damaged, expected one that SQLite can read");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return fail(error, "the variable store is in use, expected that no other process has it open");
    case SQLITE_READONLY:
        return fail(error, "the variable store cannot be written, expected a file and a folder that can");
    case SQLITE_CANTOPEN:
        return fail(error, "cannot be opened, expected a regular file in a folder that can be written");
    case SQLITE_FULL:
        return fail(error, "no room is left on the disk of the variable store");
    default:
        (void)snprintf(error, VARIABLE_STORE_ERROR_MAX, "SQLite refuses the variable store: %s",
                       database != NULL ? sqlite3_errmsg(database) : "out of memory");
        return false;
    }
}

/* Shared, of those who only read it. */
static bool file_lock_shared(struct sqlite3 *database)
{
    return execute(database, "BEGIN") && number_of(database, "PRAGMA schema_version") >= 0;
}

/* The lock stays until the database is closed. The first access finds out whether this is a database at all.
 */
static bool file_lock(struct sqlite3 *database, enum variable_store_use use,
                      char error[VARIABLE_STORE_ERROR_MAX])
{
    if (!execute(database,
                 "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA locking_mode = EXCLUSIVE;"
                 "PRAGMA synchronous = EXTRA; PRAGMA temp_store = MEMORY")) {
        return fail_sqlite(database, error);
    }
    if (use == VARIABLE_STORE_COPIED) {
        return file_lock_shared(database) || fail_sqlite(database, error);
    }
    if (execute(database, "BEGIN EXCLUSIVE")) {
        return true;
    }
    /* A file that is write-protected can still be read. */
    const bool is_protected = (sqlite3_errcode(database) & 0xff) == SQLITE_READONLY;
    return (is_protected && file_lock_shared(database)) || fail_sqlite(database, error);
}

static bool file_create(struct sqlite3 *database, char error[VARIABLE_STORE_ERROR_MAX])
{
    return (execute(database, mark_file) && execute(database, create_table)) || fail_sqlite(database, error);
}

static bool file_is_store(struct sqlite3 *database, char error[VARIABLE_STORE_ERROR_MAX])
{
    if (number_of(database, "PRAGMA application_id") != VARIABLE_STORE_APPLICATION_ID) {
        return fail(error, "not a variable store, but a database of another program, expected a file that "
                           "ffa-cosim has made");
    }
    const int64_t version = number_of(database, "PRAGMA user_version");
    if (version != VARIABLE_STORE_SCHEMA_VERSION) {
        (void)snprintf(error, VARIABLE_STORE_ERROR_MAX,
                       "a variable store of version %lld, expected version %d", (long long)version,
                       VARIABLE_STORE_SCHEMA_VERSION);
        return false;
    }
    const int64_t strangers = number_of(database, objects_that_are_not_ours);
    if (strangers != 0 || number_of(database, "SELECT count(*) FROM sqlite_schema") != 2) {
        return strangers < 0 ? fail_sqlite(database, error)
                             : fail(error, "the variable store has other tables than expected");
    }
    if (!is_whole(database)) {
        return fail(error, "the variable store is cut off, expected as many bytes as its header says");
    }
    if (!is_sound(database)) {
        return fail(error,
                    "the variable store is damaged, expected one that passes SQLite's integrity check");
    }
    const int64_t rows = number_of(database, rows_that_are_not_ours);
    if (rows != 0) {
        return rows < 0
                   ? fail_sqlite(database, error)
                   : fail(error, "the variable store has rows that are no variables: names, sizes or types "
                                 "are out of range");
    }
    return true;
}

static bool file_begin(struct sqlite3 *database, bool create, enum variable_store_use use,
                       char error[VARIABLE_STORE_ERROR_MAX])
{
    if (!file_lock(database, use, error)) {
        return false;
    }
    const int64_t empty = number_of(database, file_is_empty);
    if (empty < 0) {
        return fail_sqlite(database, error);
    }
    if (empty != 0 && create) {
        return file_create(database, error);
    }
    if (empty != 0) {
        return fail(error, "the file is empty, expected a variable store");
    }
    return file_is_store(database, error);
}

static bool file_prepare(struct sqlite3 *database, bool create, enum variable_store_use use,
                         char error[VARIABLE_STORE_ERROR_MAX])
{
    const bool write = use == VARIABLE_STORE_WRITTEN;
    if (!file_begin(database, create, use, error)) {
        return false;
    }
    if (!execute(database, "COMMIT")) {
        return fail_sqlite(database, error);
    }
    if (write && sqlite3_db_readonly(database, "main") != 0) {
        return fail(error, "the variable store cannot be written, expected a file and a folder that can");
    }
    if (write &&
        (!execute(database, "PRAGMA journal_mode = DELETE") || !variable_store_forget_volatile(database))) {
        return fail_sqlite(database, error);
    }
    return true;
}

/* A name that SQLite would not take for a file is one all the same. */
static bool path_is_special(const char *path)
{
    return path[0] == '\0' || path[0] == ':';
}

struct sqlite3 *variable_store_open_file(const char *path, bool create, enum variable_store_use use,
                                         char error[VARIABLE_STORE_ERROR_MAX])
{
    struct sqlite3 *database = NULL;
    const int flags = SQLITE_OPEN_READWRITE | (create ? SQLITE_OPEN_CREATE : 0);
    if (path_is_special(path)) {
        (void)fail(error, "not the name of a file, expected one (\"./\" before a name that begins with `:`)");
        return NULL;
    }
    if (sqlite3_open_v2(path, &database, flags, NULL) != SQLITE_OK) {
        (void)fail_sqlite(database, error);
        sqlite3_close(database);
        return NULL;
    }
    database_configure(database);
    if (!file_prepare(database, create, use, error)) {
        sqlite3_close(database);
        return NULL;
    }
    return database;
}

bool variable_store_file_check(const char *path, bool create, char error[VARIABLE_STORE_ERROR_MAX])
{
    struct sqlite3 *database = variable_store_open_file(path, create, VARIABLE_STORE_CHECKED, error);
    bool good = database != NULL;
    if (good && sqlite3_db_readonly(database, "main") != 0) {
        good = fail(error, "the variable store cannot be written, expected a file and a folder that can");
    }
    sqlite3_close(database);
    return good;
}

bool variable_store_image_read(const char *path, uint8_t **image, uint64_t *image_size,
                               char error[VARIABLE_STORE_ERROR_MAX])
{
    sqlite3_int64 size = 0;
    struct sqlite3 *database = variable_store_open_file(path, false, VARIABLE_STORE_COPIED, error);
    if (database == NULL) {
        return false;
    }
    *image = sqlite3_serialize(database, "main", &size, 0);
    *image_size = (uint64_t)size;
    if (*image == NULL) {
        (void)fail(error, "out of memory for a copy of the variable store");
    }
    sqlite3_close(database);
    return *image != NULL;
}

void variable_store_image_free(uint8_t *image)
{
    sqlite3_free(image);
}
