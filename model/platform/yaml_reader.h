/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * YAML files as trees whose every node knows where it stands, so that each mistake of a user is told as one
 * line: `file:line:column: what is wrong, what was expected`.
 *
 * Takes of YAML 1.2 what configuration needs: mappings with scalar keys, sequences, scalars. One document per
 * file; no anchors, aliases or tags. The scanner is libfyaml; nothing of it shows here. This file must not
 * know what the keys mean: platform_file.c and the scenario reader do.
 */
#ifndef MODEL_PLATFORM_YAML_READER_H
#define MODEL_PLATFORM_YAML_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define YAML_FILE_SIZE_MAX (1U << 20)
#define YAML_NODES_MAX     65536
#define YAML_DEPTH_MAX     16
#define YAML_ERROR_MAX     1024

enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

struct yaml_node {
    enum yaml_kind kind;
    bool quoted;             /* a scalar in quotes or a block scalar: always text */
    uint32_t line;           /* from 1; 0: the node came from the command line */
    uint32_t column;         /* from 1 */
    uint32_t count;          /* children */
    const char *source;      /* file name, or the option that set the node */
    const char *text;        /* of a scalar, NUL-terminated */
    struct yaml_node *key;   /* of a child of a mapping */
    struct yaml_node *first; /* children, in the order of the file */
    struct yaml_node *last;
    struct yaml_node *next;
};

struct yaml_block;

struct yaml_document {
    struct yaml_node *root;
    const char *source;
    uint32_t node_count;
    struct yaml_block *blocks;  /* the memory of all nodes and texts */
    char error[YAML_ERROR_MAX]; /* the first mistake, without newline; empty: none */
};

/* Reads a file or a text. False: document->error says why. Call yaml_free() in either case. */
bool yaml_read_file(struct yaml_document *document, const char *path);
bool yaml_read_text(struct yaml_document *document, const char *source, const char *text, size_t size);
void yaml_free(struct yaml_document *document);

/* Records a mistake at a node (the first one stays) and returns false. */
bool yaml_fail(struct yaml_document *document, const struct yaml_node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The value of a key of a mapping; NULL when the key is absent or the node is no mapping. */
struct yaml_node *yaml_get(const struct yaml_node *mapping, const char *key);

/* A mapping, all of whose keys are in the list; NULL-terminated. */
bool yaml_keys_check(struct yaml_document *document, const struct yaml_node *node, const char *const *keys);

/* Values. The node must not be NULL. Numbers are decimal or 0x hexadecimal; sizes may end in KiB, MiB or GiB.
 */
bool yaml_u64(struct yaml_document *document, const struct yaml_node *node, uint64_t min, uint64_t max,
              uint64_t *value);
bool yaml_i64(struct yaml_document *document, const struct yaml_node *node, int64_t min, int64_t max,
              int64_t *value);
bool yaml_size(struct yaml_document *document, const struct yaml_node *node, uint64_t min, uint64_t max,
               uint64_t *value);
bool yaml_bool(struct yaml_document *document, const struct yaml_node *node, bool *value);
/* Text of at most size_max - 1 bytes. The pointer lives as long as the document. */
bool yaml_text(struct yaml_document *document, const struct yaml_node *node, size_t size_max,
               const char **value);
/* One of `names` (NULL-terminated): its index. */
bool yaml_choice(struct yaml_document *document, const struct yaml_node *node, const char *const *names,
                 uint32_t *index);

/* The mapping must have the key: its value, or NULL and a mistake that names it. */
struct yaml_node *yaml_require(struct yaml_document *document, const struct yaml_node *mapping,
                               const char *key);

/* Sets the value at a dotted path of keys, `cache.invalidate=cleans`; mappings on the way are made where
 * absent. */
bool yaml_set(struct yaml_document *document, const char *option, const char *assignment);

/* "a, b or c" of a NULL-terminated list, cut to size. */
void yaml_names_join(const char *const *names, char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif
