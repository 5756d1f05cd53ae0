/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/platform/yaml_reader.h"

#include <assert.h>
#include <errno.h>
#include <libfyaml.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Memory: blocks that live until yaml_free(). */

#define YAML_BLOCK_SIZE 16384

struct yaml_block {
    struct yaml_block *next;
    size_t used;
    size_t size;
    unsigned char bytes[];
};

static void *block_allocate(struct yaml_document *document, size_t size)
{
    const size_t rounded = (size + 15U) & ~(size_t)15U;
    struct yaml_block *block = document->blocks;
    if (block == NULL || block->size - block->used < rounded) {
        const size_t payload = rounded > YAML_BLOCK_SIZE ? rounded : YAML_BLOCK_SIZE;
        block = (struct yaml_block *)calloc(1, sizeof(struct yaml_block) + payload);
        assert(block != NULL);
        block->size = payload;
        block->next = document->blocks;
        document->blocks = block;
    }
    void *memory = block->bytes + block->used;
    block->used += rounded;
    return memory;
}

static const char *text_copy(struct yaml_document *document, const char *text, size_t size)
{
    char *copy = (char *)block_allocate(document, size + 1);
    memcpy(copy, text, size);
    copy[size] = '\0';
    return copy;
}

void yaml_free(struct yaml_document *document)
{
    struct yaml_block *block = document->blocks;
    while (block != NULL) {
        struct yaml_block *next = block->next;
        free(block);
        block = next;
    }
    document->blocks = NULL;
    document->root = NULL;
}

/* Mistakes. */

static bool error_at(struct yaml_document *document, const char *source, uint32_t line, uint32_t column,
                     const char *format, va_list arguments)
{
    if (document->error[0] != '\0') {
        return false;
    }
    int length = 0;
    if (line == 0) {
        length = snprintf(document->error, sizeof(document->error), "%s: ", source);
    } else {
        length = snprintf(document->error, sizeof(document->error), "%s:%u:%u: ", source, line, column);
    }
    if (length > 0 && (size_t)length < sizeof(document->error)) {
        (void)vsnprintf(document->error + length, sizeof(document->error) - (size_t)length, format,
                        arguments);
    }
    for (char *at = document->error; *at != '\0'; at++) {
        if (*at == '\n' || *at == '\r') {
            *at = ' ';
        }
    }
    return false;
}

__attribute__((format(printf, 4, 5))) static bool position_fail(struct yaml_document *document, uint32_t line,
                                                                uint32_t column, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)error_at(document, document->source, line, column, format, arguments);
    va_end(arguments);
    return false;
}

bool yaml_fail(struct yaml_document *document, const struct yaml_node *node, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (node == NULL) {
        (void)error_at(document, document->source, 1, 1, format, arguments);
    } else {
        (void)error_at(document, node->source, node->line, node->column, format, arguments);
    }
    va_end(arguments);
    return false;
}

void yaml_names_join(const char *const *names, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; names[i] != NULL && used + 1 < size; i++) {
        const char *separator = i == 0 ? "" : names[i + 1] == NULL ? " or " : ", ";
        const int length = snprintf(text + used, size - used, "%s%s", separator, names[i]);
        used += length > 0 ? (size_t)length : 0;
    }
}

/* The tree, built from the scanner's events. */

struct tree_builder {
    struct yaml_document *document;
    struct yaml_node *parents[YAML_DEPTH_MAX];
    struct yaml_node *keys[YAML_DEPTH_MAX]; /* the key that waits for its value */
    uint32_t depth;
};

static struct yaml_node *node_new(struct yaml_document *document, enum yaml_kind kind, struct fy_token *token)
{
    if (document->node_count == YAML_NODES_MAX) {
        (void)position_fail(document, 1, 1, "the file has too many nodes, expected at most %u",
                            YAML_NODES_MAX);
        return NULL;
    }
    document->node_count++;
    struct yaml_node *node = (struct yaml_node *)block_allocate(document, sizeof(struct yaml_node));
    *node = (struct yaml_node){.kind = kind, .source = document->source};
    const struct fy_mark *mark = token != NULL ? fy_token_start_mark(token) : NULL;
    if (mark != NULL) {
        node->line = (uint32_t)mark->line + 1;
        node->column = (uint32_t)mark->column + 1;
    }
    return node;
}

static void child_append(struct yaml_node *parent, struct yaml_node *child)
{
    if (parent->last == NULL) {
        parent->first = child;
    } else {
        parent->last->next = child;
    }
    parent->last = child;
    parent->count++;
}

static bool key_accept(struct tree_builder *builder, struct yaml_node *parent, struct yaml_node *key)
{
    if (key->kind != YAML_SCALAR) {
        return yaml_fail(builder->document, key, "a key is a list or a mapping, expected a word");
    }
    const struct yaml_node *twin = yaml_get(parent, key->text);
    if (twin != NULL) {
        return yaml_fail(builder->document, key, "key '%.64s' stands twice, expected once (first in line %u)",
                         key->text, twin->key->line);
    }
    builder->keys[builder->depth - 1] = key;
    return true;
}

/* Puts a finished scalar or a new collection where it belongs. */
static bool node_place(struct tree_builder *builder, struct yaml_node *node)
{
    struct yaml_document *document = builder->document;
    if (builder->depth == 0) {
        document->root = node;
        return true;
    }
    struct yaml_node *parent = builder->parents[builder->depth - 1];
    if (parent->kind == YAML_MAPPING && builder->keys[builder->depth - 1] == NULL) {
        return key_accept(builder, parent, node);
    }
    node->key = builder->keys[builder->depth - 1];
    builder->keys[builder->depth - 1] = NULL;
    child_append(parent, node);
    return true;
}

static bool collection_open(struct tree_builder *builder, enum yaml_kind kind, struct fy_token *token)
{
    struct yaml_node *node = node_new(builder->document, kind, token);
    if (node == NULL || !node_place(builder, node)) {
        return false;
    }
    if (builder->depth == YAML_DEPTH_MAX) {
        return yaml_fail(builder->document, node, "nested too deep, expected at most %u levels",
                         YAML_DEPTH_MAX);
    }
    builder->parents[builder->depth] = node;
    builder->keys[builder->depth] = NULL;
    builder->depth++;
    return true;
}

static bool scalar_add(struct tree_builder *builder, struct fy_token *token)
{
    struct yaml_document *document = builder->document;
    struct yaml_node *node = node_new(document, YAML_SCALAR, token);
    if (node == NULL) {
        return false;
    }
    size_t size = 0;
    const char *text = token != NULL ? fy_token_get_text(token, &size) : NULL;
    node->text = text_copy(document, text != NULL ? text : "", text != NULL ? size : 0);
    node->quoted = token != NULL && fy_token_scalar_style(token) != FYSS_PLAIN;
    if (strlen(node->text) != (text != NULL ? size : 0)) {
        return yaml_fail(document, node, "the text holds a NUL character, expected none");
    }
    return node_place(builder, node);
}

static bool marks_refuse(struct tree_builder *builder, struct fy_token *anchor, struct fy_token *tag)
{
    struct fy_token *token = anchor != NULL ? anchor : tag;
    if (token == NULL) {
        return true;
    }
    const struct fy_mark *mark = fy_token_start_mark(token);
    return position_fail(builder->document, mark != NULL ? (uint32_t)mark->line + 1 : 1,
                         mark != NULL ? (uint32_t)mark->column + 1 : 1,
                         "anchors, aliases and tags are not used here, expected a plain value");
}

static bool event_take(struct tree_builder *builder, struct fy_event *event)
{
    switch (event->type) {
    case FYET_MAPPING_START:
        return marks_refuse(builder, event->mapping_start.anchor, event->mapping_start.tag) &&
               collection_open(builder, YAML_MAPPING, event->mapping_start.mapping_start);
    case FYET_SEQUENCE_START:
        return marks_refuse(builder, event->sequence_start.anchor, event->sequence_start.tag) &&
               collection_open(builder, YAML_SEQUENCE, event->sequence_start.sequence_start);
    case FYET_MAPPING_END:
    case FYET_SEQUENCE_END:
        assert(builder->depth > 0);
        builder->depth--;
        return true;
    case FYET_SCALAR:
        return marks_refuse(builder, event->scalar.anchor, event->scalar.tag) &&
               scalar_add(builder, event->scalar.value);
    case FYET_ALIAS:
        return marks_refuse(builder, event->alias.anchor, NULL);
    case FYET_DOCUMENT_START:
        if (builder->document->root != NULL) {
            return position_fail(builder->document, 1, 1, "the file holds several documents, expected one");
        }
        return true;
    case FYET_NONE:
    case FYET_STREAM_START:
    case FYET_STREAM_END:
    case FYET_DOCUMENT_END:
        return true;
    }
    return true;
}

static bool scanner_failed(struct yaml_document *document, struct fy_diag *diag)
{
    void *previous = NULL;
    const struct fy_diag_error *error = fy_diag_errors_iterate(diag, &previous);
    if (error == NULL) {
        return position_fail(document, 1, 1, "not YAML, expected a mapping of keys");
    }
    return position_fail(document, error->line > 0 ? (uint32_t)error->line : 1,
                         error->column > 0 ? (uint32_t)error->column : 1,
                         "not YAML: %s, expected a mapping of keys",
                         error->msg != NULL ? error->msg : "syntax error");
}

static bool events_read(struct yaml_document *document, struct fy_parser *parser, struct fy_diag *diag)
{
    struct tree_builder builder = {.document = document};
    for (;;) {
        struct fy_event *event = fy_parser_parse(parser);
        if (event == NULL) {
            return scanner_failed(document, diag);
        }
        const bool at_end = event->type == FYET_STREAM_END;
        const bool taken = event_take(&builder, event);
        fy_parser_event_free(parser, event);
        if (!taken || at_end) {
            return taken;
        }
    }
}

/* Invalid text is refused before the scanner sees it, with the position of the first bad byte. */

static uint32_t utf8_length(const unsigned char *at, size_t left)
{
    if (at[0] < 0x80) {
        return (at[0] >= 0x20 && at[0] != 0x7F) || at[0] == '\n' || at[0] == '\r' || at[0] == '\t' ? 1 : 0;
    }
    const uint32_t length = at[0] >= 0xF0 ? 4 : at[0] >= 0xE0 ? 3 : 2;
    if (at[0] < 0xC2 || at[0] > 0xF4 || left < length) {
        return 0;
    }
    for (uint32_t i = 1; i < length; i++) {
        if ((at[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    const bool overlong = (at[0] == 0xE0 && at[1] < 0xA0) || (at[0] == 0xF0 && at[1] < 0x90);
    const bool surrogate_or_above = (at[0] == 0xED && at[1] > 0x9F) || (at[0] == 0xF4 && at[1] > 0x8F);
    return overlong || surrogate_or_above ? 0 : length;
}

static bool text_check(struct yaml_document *document, const char *text, size_t size)
{
    uint32_t line = 1;
    uint32_t column = 1;
    for (size_t at = 0; at < size;) {
        const uint32_t length = utf8_length((const unsigned char *)text + at, size - at);
        if (length == 0) {
            return position_fail(document, line, column, "byte 0x%02x is no text, expected UTF-8",
                                 (unsigned char)text[at]);
        }
        column = text[at] == '\n' ? 1 : column + 1;
        line += text[at] == '\n' ? 1 : 0;
        at += length;
    }
    return true;
}

static bool text_parse(struct yaml_document *document, const char *text, size_t size)
{
    if (size > YAML_FILE_SIZE_MAX) {
        return position_fail(document, 1, 1, "the file is too large, expected at most %u bytes",
                             YAML_FILE_SIZE_MAX);
    }
    if (!text_check(document, text, size)) {
        return false;
    }
    struct fy_diag_cfg diag_config;
    fy_diag_cfg_default(&diag_config);
    diag_config.fp = NULL;
    struct fy_diag *diag = fy_diag_create(&diag_config);
    assert(diag != NULL);
    fy_diag_set_collect_errors(diag, true);
    const struct fy_parse_cfg config = {.flags = (enum fy_parse_cfg_flags)(FYPCF_QUIET | FYPCF_COLLECT_DIAG),
                                        .diag = diag};
    struct fy_parser *parser = fy_parser_create(&config);
    assert(parser != NULL);
    const bool read = fy_parser_set_string(parser, text, size) == 0 && events_read(document, parser, diag);
    fy_parser_destroy(parser);
    fy_diag_destroy(diag);
    if (read && document->root == NULL) {
        return position_fail(document, 1, 1, "the file is empty, expected a mapping of keys");
    }
    return read;
}

bool yaml_read_text(struct yaml_document *document, const char *source, const char *text, size_t size)
{
    *document = (struct yaml_document){0};
    document->source = text_copy(document, source, strlen(source));
    return text_parse(document, text, size);
}

bool yaml_read_file(struct yaml_document *document, const char *path)
{
    *document = (struct yaml_document){0};
    document->source = text_copy(document, path, strlen(path));
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return position_fail(document, 0, 0, "cannot be opened (%s), expected a readable file",
                             strerror(errno));
    }
    char *text = (char *)block_allocate(document, YAML_FILE_SIZE_MAX + 1U);
    const size_t size = fread(text, 1, YAML_FILE_SIZE_MAX + 1U, file);
    const bool failed = ferror(file) != 0;
    (void)fclose(file);
    if (failed) {
        return position_fail(document, 0, 0, "cannot be read, expected a regular file");
    }
    return text_parse(document, text, size);
}

/* Looking up and converting. */

struct yaml_node *yaml_get(const struct yaml_node *mapping, const char *key)
{
    if (mapping == NULL || mapping->kind != YAML_MAPPING) {
        return NULL;
    }
    for (struct yaml_node *child = mapping->first; child != NULL; child = child->next) {
        if (strcmp(child->key->text, key) == 0) {
            return child;
        }
    }
    return NULL;
}

struct yaml_node *yaml_require(struct yaml_document *document, const struct yaml_node *mapping,
                               const char *key)
{
    struct yaml_node *node = yaml_get(mapping, key);
    if (node == NULL) {
        (void)yaml_fail(document, mapping, "key '%s' is missing, expected it here", key);
    }
    return node;
}

static bool name_in(const char *name, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (strcmp(name, *names) == 0) {
            return true;
        }
    }
    return false;
}

bool yaml_keys_check(struct yaml_document *document, const struct yaml_node *node, const char *const *keys)
{
    if (node->kind != YAML_MAPPING) {
        return yaml_fail(document, node, "expected a mapping of keys");
    }
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next) {
        if (!name_in(child->key->text, keys)) {
            char expected[512];
            yaml_names_join(keys, expected, sizeof(expected));
            return yaml_fail(document, child->key, "unknown key '%.64s', expected %s", child->key->text,
                             expected);
        }
    }
    return true;
}

static bool scalar_check(struct yaml_document *document, const struct yaml_node *node, const char *expected)
{
    if (node->kind == YAML_SCALAR) {
        return true;
    }
    return yaml_fail(document, node, "found a %s, expected %s",
                     node->kind == YAML_MAPPING ? "mapping" : "list", expected);
}

/* Decimal or 0x hexadecimal; `rest` points behind the digits. */
static bool digits_parse(const char *text, uint64_t *value, const char **rest)
{
    const bool hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const char *digits = hexadecimal ? text + 2 : text;
    if (hexadecimal ? strspn(digits, "0123456789abcdefABCDEF") == 0 : strspn(digits, "0123456789") == 0) {
        return false;
    }
    char *end = NULL;
    errno = 0;
    *value = strtoull(digits, &end, hexadecimal ? 16 : 10);
    *rest = end;
    return errno == 0;
}

static bool u64_fail(struct yaml_document *document, const struct yaml_node *node, const char *what,
                     uint64_t min, uint64_t max)
{
    if (max > 0xFFFF) {
        return yaml_fail(document, node, "'%.64s' is wrong, expected %s from 0x%llx to 0x%llx", node->text,
                         what, (unsigned long long)min, (unsigned long long)max);
    }
    return yaml_fail(document, node, "'%.64s' is wrong, expected %s from %llu to %llu", node->text, what,
                     (unsigned long long)min, (unsigned long long)max);
}

bool yaml_u64(struct yaml_document *document, const struct yaml_node *node, uint64_t min, uint64_t max,
              uint64_t *value)
{
    if (!scalar_check(document, node, "a number")) {
        return false;
    }
    const char *rest = NULL;
    if (node->quoted || !digits_parse(node->text, value, &rest) || *rest != '\0' || *value < min ||
        *value > max) {
        return u64_fail(document, node, "a number", min, max);
    }
    return true;
}

bool yaml_i64(struct yaml_document *document, const struct yaml_node *node, int64_t min, int64_t max,
              int64_t *value)
{
    if (!scalar_check(document, node, "a number")) {
        return false;
    }
    const bool negative = node->text[0] == '-';
    const char *rest = NULL;
    uint64_t magnitude = 0;
    if (!node->quoted && digits_parse(node->text + (negative ? 1 : 0), &magnitude, &rest) && *rest == '\0' &&
        magnitude <= INT64_MAX) {
        *value = negative ? -(int64_t)magnitude : (int64_t)magnitude;
        if (*value >= min && *value <= max) {
            return true;
        }
    }
    return yaml_fail(document, node, "'%.64s' is wrong, expected a number from %lld to %lld", node->text,
                     (long long)min, (long long)max);
}

bool yaml_size(struct yaml_document *document, const struct yaml_node *node, uint64_t min, uint64_t max,
               uint64_t *value)
{
    static const struct {
        const char *text;
        uint32_t shift;
    } units[] = {{"", 0}, {"KiB", 10}, {"MiB", 20}, {"GiB", 30}};
    if (!scalar_check(document, node, "a size")) {
        return false;
    }
    const char *rest = NULL;
    if (!node->quoted && digits_parse(node->text, value, &rest)) {
        rest += strspn(rest, " ");
        for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
            if (strcmp(rest, units[i].text) == 0 && *value <= (UINT64_MAX >> units[i].shift)) {
                *value <<= units[i].shift;
                if (*value >= min && *value <= max) {
                    return true;
                }
            }
        }
    }
    return u64_fail(document, node, "bytes (or KiB, MiB, GiB)", min, max);
}

bool yaml_bool(struct yaml_document *document, const struct yaml_node *node, bool *value)
{
    if (!scalar_check(document, node, "true or false")) {
        return false;
    }
    *value = strcmp(node->text, "true") == 0;
    if (!node->quoted && (*value || strcmp(node->text, "false") == 0)) {
        return true;
    }
    return yaml_fail(document, node, "'%.64s' is wrong, expected true or false", node->text);
}

bool yaml_text(struct yaml_document *document, const struct yaml_node *node, size_t size_max,
               const char **value)
{
    if (!scalar_check(document, node, "text")) {
        return false;
    }
    if (strlen(node->text) >= size_max) {
        return yaml_fail(document, node, "the text is too long, expected at most %zu bytes", size_max - 1);
    }
    *value = node->text;
    return true;
}

bool yaml_choice(struct yaml_document *document, const struct yaml_node *node, const char *const *names,
                 uint32_t *index)
{
    char expected[512];
    yaml_names_join(names, expected, sizeof(expected));
    if (!scalar_check(document, node, expected)) {
        return false;
    }
    for (uint32_t i = 0; names[i] != NULL; i++) {
        if (strcmp(node->text, names[i]) == 0) {
            *index = i;
            return true;
        }
    }
    return yaml_fail(document, node, "'%.64s' is wrong, expected %s", node->text, expected);
}

/* Overrides from the command line. */

static void source_set(struct yaml_node *root, const char *source)
{
    /* Depth first without recursion: the path to the current node is at most YAML_DEPTH_MAX long. */
    struct yaml_node *path[YAML_DEPTH_MAX + 1];
    uint32_t depth = 0;
    path[0] = root;
    for (;;) {
        struct yaml_node *node = path[depth];
        node->source = source;
        node->line = 0;
        if (node->key != NULL) {
            node->key->source = source;
            node->key->line = 0;
        }
        if (node->first != NULL) {
            path[++depth] = node->first;
            continue;
        }
        while (depth > 0 && path[depth]->next == NULL) {
            depth--;
        }
        if (depth == 0) {
            return;
        }
        path[depth] = path[depth]->next;
    }
}

static struct yaml_node *child_replace(struct yaml_document *document, struct yaml_node *mapping,
                                       const char *key, size_t key_size, struct yaml_node *value)
{
    struct yaml_node *key_node = (struct yaml_node *)block_allocate(document, sizeof(struct yaml_node));
    *key_node = (struct yaml_node){.kind = YAML_SCALAR, .source = value->source};
    key_node->text = text_copy(document, key, key_size);
    value->key = key_node;
    struct yaml_node *present = yaml_get(mapping, key_node->text);
    if (present == NULL) {
        child_append(mapping, value);
        return value;
    }
    struct yaml_node *next = present->next;
    *present = *value;
    present->next = next;
    return present;
}

static bool value_parse(struct yaml_document *document, const char *source, const char *text,
                        struct yaml_node **value)
{
    struct yaml_document inner = {.source = source, .blocks = document->blocks};
    const bool parsed = text_parse(&inner, text, strlen(text));
    document->blocks = inner.blocks;
    if (!parsed) {
        struct yaml_node where = {.source = source};
        return yaml_fail(document, &where, "'%.64s' is no value, expected KEY=VALUE", text);
    }
    *value = inner.root;
    source_set(*value, source);
    return true;
}

bool yaml_set(struct yaml_document *document, const char *option, const char *assignment)
{
    char name[256];
    (void)snprintf(name, sizeof(name), "%s %s", option, assignment);
    const char *source = text_copy(document, name, strlen(name));
    const struct yaml_node where = {.source = source};
    const char *equals = strchr(assignment, '=');
    if (equals == NULL || equals == assignment || equals[1] == '\0') {
        return yaml_fail(document, &where, "expected KEY=VALUE, as in cache.invalidate=cleans");
    }
    struct yaml_node *value = NULL;
    if (!value_parse(document, source, equals + 1, &value)) {
        return false;
    }
    struct yaml_node *mapping = document->root;
    const char *key = assignment;
    for (uint32_t depth = 0; depth < YAML_DEPTH_MAX; depth++) {
        const size_t key_size = strcspn(key, ".=");
        if (mapping == NULL || mapping->kind != YAML_MAPPING || key_size == 0) {
            break;
        }
        if (key[key_size] == '=') {
            (void)child_replace(document, mapping, key, key_size, value);
            return true;
        }
        const char *word = text_copy(document, key, key_size);
        struct yaml_node *next = yaml_get(mapping, word);
        if (next == NULL) {
            struct yaml_node *made = (struct yaml_node *)block_allocate(document, sizeof(struct yaml_node));
            *made = (struct yaml_node){.kind = YAML_MAPPING, .source = source};
            next = child_replace(document, mapping, key, key_size, made);
        }
        mapping = next;
        key += key_size + 1;
    }
    return yaml_fail(document, &where, "no such key, expected a path of keys as in cache.invalidate=cleans");
}
