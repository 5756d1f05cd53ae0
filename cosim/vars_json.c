/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * {"variables": [{"name", "guid", "attributes": [], "data", "timestamp", "fingerprint"}]}: keys in this
 * order, bytes as lower-case hexadecimal, what was never signed without the last two. "name-utf16" gives the
 * bytes of a name that text cannot. What is exported is imported to the same store.
 */
#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cosim/scenario.h"
#include "cosim/vars.h"

/* Export */

static json_t *hexadecimal(const uint8_t *bytes, size_t size)
{
    static const char digits[] = "0123456789abcdef";
    char *text = malloc(2 * size + 1);
    if (text == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    json_t *value = json_stringn(text, 2 * size);
    free(text);
    return value;
}

static json_t *attributes_array(uint32_t attributes)
{
    char text[VARS_ATTRIBUTES_TEXT_SIZE];
    json_t *array = json_array();
    vars_attributes_text(attributes, text);
    char *rest = text;
    for (char *word = strtok_r(text, " ", &rest); array != NULL && word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        (void)json_array_append_new(array, json_string(word));
    }
    return array;
}

static bool is_zero(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return true;
}

/* Setting NULL, which is what no memory gives, fails. */
static json_t *variable_object(const struct variable_entry *entry, const uint8_t *data)
{
    char guid[VARS_GUID_TEXT_SIZE];
    char name[VARS_NAME_TEXT_SIZE];
    const struct variable_record *record = &entry->record;
    json_t *object = json_object();
    vars_guid_text(&entry->guid, guid);
    const bool plain = vars_name_text(entry->name, entry->name_size, name);
    bool good = json_object_set_new(object, "name", json_string(name)) == 0;
    if (!plain) {
        good = good &&
               json_object_set_new(object, "name-utf16", hexadecimal(entry->name, entry->name_size)) == 0;
    }
    good = good && json_object_set_new(object, "guid", json_string(guid)) == 0 &&
           json_object_set_new(object, "attributes", attributes_array(entry->attributes)) == 0 &&
           json_object_set_new(object, "data", hexadecimal(data, entry->data_size)) == 0;
    if (record->has_fingerprint || !is_zero(record->timestamp, sizeof(record->timestamp))) {
        good = good && json_object_set_new(object, "timestamp",
                                           hexadecimal(record->timestamp, sizeof(record->timestamp))) == 0;
    }
    if (record->has_fingerprint) {
        good =
            good && json_object_set_new(object, "fingerprint",
                                        hexadecimal(record->fingerprint, sizeof(record->fingerprint))) == 0;
    }
    if (!good) {
        json_decref(object);
        return NULL;
    }
    return object;
}

bool vars_export(struct variable_store *store, FILE *out)
{
    uint8_t data[VARIABLE_STORE_DATA_MAX];
    struct variable_entry entry = {0};
    json_t *root = json_object();
    json_t *variables = json_array();
    bool good = json_object_set_new(root, "variables", variables) == 0;
    enum variable_store_status status = VARIABLE_STORE_OK;
    while (good && (status = variable_store_next(store, entry.id, &entry)) == VARIABLE_STORE_OK) {
        good = variable_store_read(store, entry.id, data, entry.data_size) == VARIABLE_STORE_OK &&
               json_array_append_new(variables, variable_object(&entry, data)) == 0;
    }
    good = good && status == VARIABLE_STORE_NOT_FOUND && json_dumpf(root, out, JSON_INDENT(2)) == 0 &&
           fputc('\n', out) != EOF;
    json_decref(root);
    return good;
}

/* Import */

struct import {
    const char *path;
    size_t index; /* of the variable under way */
    char *error;
    json_t *taken; /* mapping: a variable, to its index */
};

static bool refuse(const struct import *import, const char *key, const char *format, ...)
{
    int length = snprintf(import->error, VARS_ERROR_MAX, "%.512s: variables[%zu]%s%s: ", import->path,
                          import->index, key[0] != '\0' ? "." : "", key);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(import->error + length, VARS_ERROR_MAX - (size_t)length, format, arguments);
    va_end(arguments);
    return false;
}

static int digit_of(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* From size_min to size_max bytes. */
static bool bytes_take(const struct import *import, const json_t *object, const char *key, uint8_t *bytes,
                       uint32_t size_min, uint32_t size_max, uint32_t *size)
{
    const json_t *value = json_object_get(object, key);
    const char *text = json_string_value(value);
    if (text == NULL) {
        return refuse(import, key, "%s, expected text of hexadecimal digits",
                      value == NULL ? "missing" : "no text");
    }
    const size_t length = json_string_length(value);
    if (length % 2 != 0 || length / 2 < size_min || length / 2 > size_max) {
        return refuse(import, key, "%zu digits, expected two for each of %u to %u bytes", length, size_min,
                      size_max);
    }
    for (size_t i = 0; i < length / 2; i++) {
        const int high = digit_of(text[2 * i]);
        const int low = digit_of(text[2 * i + 1]);
        if (high < 0 || low < 0) {
            return refuse(import, key, "`%c%c`, expected hexadecimal digits (0-9, a-f)", text[2 * i],
                          text[2 * i + 1]);
        }
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    *size = (uint32_t)(length / 2);
    return true;
}

static bool name_take(const struct import *import, const json_t *object, struct vars_value *value)
{
    const char *text = json_string_value(json_object_get(object, "name"));
    if (json_object_get(object, "name-utf16") != NULL) {
        return bytes_take(import, object, "name-utf16", value->name, 2, VARIABLE_STORE_NAME_MAX,
                          &value->name_size);
    }
    if (text == NULL || !vars_name_parse(text, value->name, &value->name_size)) {
        return refuse(import, "name", "%s, expected text of 1 to %u characters that can be shown",
                      text == NULL ? "missing or no text" : "not a name", VARIABLE_STORE_NAME_MAX / 2 - 3);
    }
    return true;
}

static bool attributes_take(const struct import *import, const json_t *object, struct vars_value *value)
{
    const json_t *array = json_object_get(object, "attributes");
    if (!json_is_array(array)) {
        return refuse(import, "attributes", "%s, expected a list of NV, BS, RT, HR, AW, AT",
                      array == NULL ? "missing" : "no list");
    }
    value->attributes = 0;
    for (size_t i = 0; i < json_array_size(array); i++) {
        uint32_t attribute = 0;
        const char *word = json_string_value(json_array_get(array, i));
        if (word == NULL || !vars_attribute_parse(word, &attribute)) {
            return refuse(import, "attributes",
                          "%s, expected NV, BS, RT, HR, AW, AT or a number in quotes (0x...)",
                          word != NULL ? word : "no text");
        }
        value->attributes |= attribute;
    }
    if ((value->attributes & EFI_VARIABLE_NON_VOLATILE) == 0) {
        return refuse(import, "attributes", "no NV, expected it: a volatile variable is in no file");
    }
    return true;
}

static bool guid_take(const struct import *import, const json_t *object, struct vars_value *value)
{
    const char *text = json_string_value(json_object_get(object, "guid"));
    if (text == NULL || !efi_guid_parse(text, value->guid.bytes)) {
        return refuse(import, "guid", "%s, expected one as 8be4df61-93ca-11d2-aa0d-00e098032b8c",
                      text != NULL ? text : "missing or no text");
    }
    return true;
}

static bool record_take(const struct import *import, const json_t *object, struct vars_value *value)
{
    uint32_t size = 0;
    memset(&value->record, 0, sizeof(value->record));
    value->record.has_fingerprint = json_object_get(object, "fingerprint") != NULL;
    value->is_signed = value->record.has_fingerprint || json_object_get(object, "timestamp") != NULL;
    if (value->is_signed &&
        !bytes_take(import, object, "timestamp", value->record.timestamp, 16, 16, &size)) {
        return false;
    }
    return !value->record.has_fingerprint ||
           bytes_take(import, object, "fingerprint", value->record.fingerprint, 32, 32, &size);
}

static bool keys_known(const struct import *import, const json_t *object)
{
    static const char *const known[] = {"name", "name-utf16", "guid",       "attributes",
                                        "data", "timestamp",  "fingerprint"};
    void *at = json_object_iter((json_t *)(uintptr_t)object);
    for (; at != NULL; at = json_object_iter_next((json_t *)(uintptr_t)object, at)) {
        const char *key = json_object_iter_key(at);
        bool found = false;
        for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
            found = found || strcmp(key, known[i]) == 0;
        }
        if (!found) {
            return refuse(
                import, "",
                "unknown key `%.64s`, expected name, guid, attributes, data, timestamp, fingerprint", key);
        }
    }
    return true;
}

/* Each once, however its name and namespace are spelt. `taken` has the places of the ones before. */
static bool twice_refuse(const struct import *import, const json_t *object, const struct vars_value *value)
{
    char key[VARS_GUID_TEXT_SIZE + 2 * VARIABLE_STORE_NAME_MAX];
    const char *spelt = json_object_get(object, "name-utf16") != NULL ? "name-utf16" : "name";
    vars_guid_text(&value->guid, key);
    size_t length = strlen(key);
    for (uint32_t i = 0; i < value->name_size; i++) {
        (void)snprintf(key + length, sizeof(key) - length, "%02x", value->name[i]);
        length += 2;
    }
    const json_t *before = json_object_get(import->taken, key);
    if (before != NULL) {
        return refuse(import, spelt,
                      "the same as that of variables[%" JSON_INTEGER_FORMAT "], expected each once",
                      json_integer_value(before));
    }
    return json_object_set_new(import->taken, key, json_integer((json_int_t)import->index)) == 0 ||
           refuse(import, "", "no memory for it");
}

static bool variable_take(const struct import *import, const json_t *object, struct variable_store *store)
{
    static uint8_t data[VARIABLE_STORE_DATA_MAX]; /* large */
    struct vars_value value = {.data = data};
    struct variable_entry entry;
    if (!json_is_object(object)) {
        return refuse(import, "", "no mapping, expected {\"name\", \"guid\", \"attributes\", \"data\"}");
    }
    if (!keys_known(import, object) || !name_take(import, object, &value) ||
        !guid_take(import, object, &value) || !attributes_take(import, object, &value) ||
        !bytes_take(import, object, "data", data, 0, VARIABLE_STORE_DATA_MAX, &value.data_size) ||
        !record_take(import, object, &value) || !twice_refuse(import, object, &value)) {
        return false;
    }
    if (!vars_set(store, &value) ||
        variable_store_find(store, &value.guid, value.name, value.name_size, &entry) != VARIABLE_STORE_OK) {
        return refuse(import, "", "the variable store cannot be written");
    }
    return true;
}

static bool variables_take(struct import *import, const json_t *variables, struct variable_store *store)
{
    if (variable_store_begin(store) != VARIABLE_STORE_OK) {
        return refuse(import, "", "the variable store cannot be written");
    }
    for (import->index = 0; import->index < json_array_size(variables); import->index++) {
        if (!variable_take(import, json_array_get(variables, import->index), store)) {
            variable_store_rollback(store);
            return false;
        }
    }
    return variable_store_commit(store) == VARIABLE_STORE_OK ||
           refuse(import, "", "the variable store cannot be written");
}

bool vars_import(struct variable_store *store, const char *path, char error[VARS_ERROR_MAX])
{
    struct import import = {.path = path, .error = error};
    json_error_t wrong;
    json_t *root = strcmp(path, "-") == 0 ? json_loadf(stdin, JSON_REJECT_DUPLICATES, &wrong)
                                          : json_load_file(path, JSON_REJECT_DUPLICATES, &wrong);
    if (root == NULL) {
        if (wrong.line > 0) {
            (void)snprintf(error, VARS_ERROR_MAX, "%.512s:%d:%d: %s, expected JSON", path, wrong.line,
                           wrong.column, wrong.text);
        } else {
            (void)snprintf(error, VARS_ERROR_MAX, "%s", wrong.text);
        }
        return false;
    }
    const json_t *variables = json_object_get(root, "variables");
    bool good = false;
    if (!json_is_array(variables) || json_object_size(root) != 1) {
        (void)snprintf(error, VARS_ERROR_MAX,
                       "%.512s: no list of variables, expected {\"variables\": [...]} alone", path);
    } else {
        import.taken = json_object();
        good = variables_take(&import, variables, store);
        json_decref(import.taken);
    }
    json_decref(root);
    return good;
}
