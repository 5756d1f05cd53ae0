/* SPDX-License-Identifier: BSD-3-Clause */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cosim/vars.h"

#define DUMP_COLUMNS 16U

/* Where the digits of a GUID stand, byte by byte as EFI stores them. */
static const uint8_t guid_places[16] = {6, 4, 2, 0, 11, 9, 16, 14, 19, 21, 24, 26, 28, 30, 32, 34};

static const struct {
    const char *word;
    uint32_t attribute;
} attribute_words[] = {
    {"NV", EFI_VARIABLE_NON_VOLATILE},
    {"BS", EFI_VARIABLE_BOOTSERVICE_ACCESS},
    {"RT", EFI_VARIABLE_RUNTIME_ACCESS},
    {"HR", EFI_VARIABLE_HARDWARE_ERROR_RECORD},
    {"AW", EFI_VARIABLE_AUTHENTICATED_WRITE_ACCESS},
    {"AT", EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS},
};
#define ATTRIBUTE_WORDS (sizeof(attribute_words) / sizeof(attribute_words[0]))

void vars_guid_text(const struct efi_guid *guid, char text[VARS_GUID_TEXT_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    memset(text, '-', VARS_GUID_TEXT_SIZE - 1);
    text[VARS_GUID_TEXT_SIZE - 1] = '\0';
    for (uint32_t i = 0; i < sizeof(guid_places); i++) {
        text[guid_places[i]] = digits[guid->bytes[i] >> 4];
        text[guid_places[i] + 1] = digits[guid->bytes[i] & 15];
    }
}

void vars_attributes_text(uint32_t attributes, char text[VARS_ATTRIBUTES_TEXT_SIZE])
{
    size_t length = 0;
    text[0] = '\0';
    for (size_t i = 0; i < ATTRIBUTE_WORDS; i++) {
        if ((attributes & attribute_words[i].attribute) != 0) {
            length += (size_t)snprintf(text + length, VARS_ATTRIBUTES_TEXT_SIZE - length, "%s%s",
                                       length == 0 ? "" : " ", attribute_words[i].word);
            attributes &= ~attribute_words[i].attribute;
        }
    }
    if (attributes != 0) {
        (void)snprintf(text + length, VARS_ATTRIBUTES_TEXT_SIZE - length, "%s0x%" PRIx32,
                       length == 0 ? "" : " ", attributes);
    }
}

bool vars_attribute_parse(const char *word, uint32_t *attribute)
{
    char *end = NULL;
    for (size_t i = 0; i < ATTRIBUTE_WORDS; i++) {
        if (strcmp(word, attribute_words[i].word) == 0) {
            *attribute = attribute_words[i].attribute;
            return true;
        }
    }
    if (strncmp(word, "0x", 2) != 0 || isxdigit((unsigned char)word[2]) == 0) {
        return false;
    }
    const unsigned long long value = strtoull(word, &end, 16);
    *attribute = (uint32_t)value;
    return *end == '\0' && value <= UINT32_MAX;
}

/* Names */

static uint32_t unit_at(const uint8_t *name, uint32_t index)
{
    return (uint32_t)name[2 * index] | (uint32_t)name[2 * index + 1] << 8;
}

static size_t utf8_put(uint32_t character, char *text)
{
    if (character < 0x80) {
        text[0] = (char)character;
        return 1;
    }
    const size_t size = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    static const uint8_t starts[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = size - 1; i > 0; i--) {
        text[i] = (char)(0x80 | (character & 0x3f));
        character >>= 6;
    }
    text[0] = (char)(starts[size] | character);
    return size;
}

static bool character_is_shown(uint32_t character)
{
    return character >= 0x20 && character != '\\' && (character < 0x7f || character >= 0xa0) &&
           (character < 0xd800 || character > 0xdfff) && character != 0xfffe && character != 0xffff;
}

/*
 * An escape takes six bytes for two, a surrogate pair four for four, an odd byte at the end four for one:
 * three times the size is enough.
 */
bool vars_name_text(const uint8_t *name, uint32_t name_size, char text[VARS_NAME_TEXT_SIZE])
{
    uint32_t units = name_size / 2;
    const bool terminated = units > 0 && unit_at(name, units - 1) == 0;
    bool plain = terminated && name_size % 2 == 0 && units > 1;
    size_t length = 0;
    units -= terminated ? 1 : 0;
    for (uint32_t i = 0; i < units; i++) {
        uint32_t character = unit_at(name, i);
        const uint32_t next = i + 1 < units ? unit_at(name, i + 1) : 0;
        if ((character & 0xfc00) == 0xd800 && (next & 0xfc00) == 0xdc00) {
            character = 0x10000 + ((character & 0x3ff) << 10) + (next & 0x3ff);
            i++;
        }
        if (character_is_shown(character)) {
            length += utf8_put(character, text + length);
        } else {
            length +=
                (size_t)snprintf(text + length, VARS_NAME_TEXT_SIZE - length, "\\u%04" PRIx32, character);
            plain = false;
        }
    }
    if (name_size % 2 != 0) {
        length +=
            (size_t)snprintf(text + length, VARS_NAME_TEXT_SIZE - length, "\\x%02x", name[name_size - 1]);
    }
    text[length] = '\0';
    return plain;
}

/* The character at the text, which moves on; UINT32_MAX: no UTF-8. */
static uint32_t utf8_take(const unsigned char **text)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    const unsigned char first = *(*text)++;
    const uint32_t more = first < 0x80 ? 0 : first < 0xc0 ? 4 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    if (more == 0) {
        return first;
    }
    if (more == 4 || first > 0xf4) {
        return UINT32_MAX;
    }
    uint32_t character = first & (0x3fU >> more);
    for (uint32_t i = 0; i < more; i++) {
        if ((**text & 0xc0) != 0x80) {
            return UINT32_MAX;
        }
        character = character << 6 | (*(*text)++ & 0x3fU);
    }
    return character >= least[more] && character <= 0x10ffff ? character : UINT32_MAX;
}

static uint32_t unit_put(uint8_t *name, uint32_t size, uint32_t unit)
{
    name[size] = (uint8_t)unit;
    name[size + 1] = (uint8_t)(unit >> 8);
    return size + 2;
}

bool vars_name_parse(const char *text, uint8_t name[VARIABLE_STORE_NAME_MAX], uint32_t *name_size)
{
    const unsigned char *at = (const unsigned char *)text;
    uint32_t size = 0;
    while (*at != '\0') {
        const uint32_t character = utf8_take(&at);
        if (!character_is_shown(character) || character > 0x10ffff || size + 6 > VARIABLE_STORE_NAME_MAX) {
            return false; /* room is kept for a pair and the NUL */
        }
        if (character >= 0x10000) {
            size = unit_put(name, size, 0xd800 + ((character - 0x10000) >> 10));
            size = unit_put(name, size, 0xdc00 + ((character - 0x10000) & 0x3ff));
        } else {
            size = unit_put(name, size, character);
        }
    }
    *name_size = unit_put(name, size, 0);
    return size != 0;
}

/* Lists */

bool vars_list(struct variable_store *store, FILE *out)
{
    struct variable_entry entry = {0};
    for (;;) {
        char guid[VARS_GUID_TEXT_SIZE];
        char attributes[VARS_ATTRIBUTES_TEXT_SIZE];
        char name[VARS_NAME_TEXT_SIZE];
        const enum variable_store_status status = variable_store_next(store, entry.id, &entry);
        if (status != VARIABLE_STORE_OK) {
            return status == VARIABLE_STORE_NOT_FOUND;
        }
        vars_guid_text(&entry.guid, guid);
        vars_attributes_text(entry.attributes, attributes);
        (void)vars_name_text(entry.name, entry.name_size, name);
        (void)fprintf(out, "%s  %-11s  %5" PRIu32 "  %s\n", guid, attributes, entry.data_size, name);
    }
}

static void dump_line(const uint8_t *bytes, uint32_t offset, uint32_t count, FILE *out)
{
    (void)fprintf(out, "%08" PRIx32 " ", offset);
    for (uint32_t i = 0; i < DUMP_COLUMNS; i++) {
        if (i < count) {
            (void)fprintf(out, " %02x", bytes[offset + i]);
        } else {
            (void)fputs("   ", out);
        }
    }
    (void)fputs("  |", out);
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t byte = bytes[offset + i];
        (void)fputc(byte >= 0x20 && byte < 0x7f ? byte : '.', out);
    }
    (void)fputs("|\n", out);
}

static void record_print(const struct variable_record *record, FILE *out)
{
    const uint8_t *time = record->timestamp;
    (void)fprintf(out, "signed: %04u-%02u-%02u %02u:%02u:%02u GMT\n", time[0] | (unsigned)time[1] << 8,
                  time[2], time[3], time[4], time[5], time[6]);
    if (record->has_fingerprint) {
        (void)fputs("signer: ", out);
        for (uint32_t i = 0; i < sizeof(record->fingerprint); i++) {
            (void)fprintf(out, "%02x", record->fingerprint[i]);
        }
        (void)fputc('\n', out);
    }
}

bool vars_print(struct variable_store *store, const struct variable_entry *entry, FILE *out)
{
    char guid[VARS_GUID_TEXT_SIZE];
    char attributes[VARS_ATTRIBUTES_TEXT_SIZE];
    char name[VARS_NAME_TEXT_SIZE];
    uint8_t data[VARIABLE_STORE_DATA_MAX];
    if (variable_store_read(store, entry->id, data, entry->data_size) != VARIABLE_STORE_OK) {
        return false;
    }
    vars_guid_text(&entry->guid, guid);
    vars_attributes_text(entry->attributes, attributes);
    (void)vars_name_text(entry->name, entry->name_size, name);
    (void)fprintf(out, "name: %s\nguid: %s\nattributes: %s\n", name, guid, attributes);
    if ((entry->attributes & EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS) != 0) {
        record_print(&entry->record, out);
    }
    (void)fprintf(out, "size: %" PRIu32 "\n", entry->data_size);
    for (uint32_t offset = 0; offset < entry->data_size; offset += DUMP_COLUMNS) {
        const uint32_t left = entry->data_size - offset;
        dump_line(data, offset, left < DUMP_COLUMNS ? left : DUMP_COLUMNS, out);
    }
    return true;
}

bool vars_set(struct variable_store *store, const struct vars_value *value)
{
    struct variable_entry entry;
    enum variable_store_status status =
        variable_store_find(store, &value->guid, value->name, value->name_size, &entry);
    if (status == VARIABLE_STORE_NOT_FOUND) {
        status = variable_store_add(store, &value->guid, value->name, value->name_size, &entry);
    }
    return status == VARIABLE_STORE_OK &&
           variable_store_write_signed(store, entry.id, value->attributes, value->data, value->data_size,
                                       value->is_signed ? &value->record : NULL) == VARIABLE_STORE_OK;
}
