/* SPDX-License-Identifier: BSD-3-Clause */
/* The key `payload` of a scenario file: images of other people and what their machine is given. */
#include <string.h>

#include "cosim/scenario.h"

#define PAYLOAD_NAME_MAX 4096

static bool is_word(const struct yaml_node *node, const char *word)
{
    return node->kind == YAML_SCALAR && !node->quoted && strcmp(node->text, word) == 0;
}

/* A file name; `none` is no file. */
static bool file_take(struct yaml_document *document, const struct yaml_node *node,
                      struct scenario_file *file)
{
    if (node == NULL || is_word(node, "none")) {
        return true;
    }
    if (!yaml_text(document, node, PAYLOAD_NAME_MAX, &file->name)) {
        return false;
    }
    if (file->name[0] == '\0') {
        return yaml_fail(document, node, "an empty file name, expected a file or none");
    }
    file->node = node;
    return true;
}

static bool flashes_read(struct yaml_document *document, const struct yaml_node *list,
                         struct scenario_payload *payload)
{
    if (list == NULL) {
        return true;
    }
    if (list->kind != YAML_SEQUENCE || list->count > MACHINE_FLASHES_MAX) {
        return yaml_fail(document, list, "expected a list of at most %u files for the flash banks",
                         MACHINE_FLASHES_MAX);
    }
    uint32_t bank = 0;
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next) {
        if (!file_take(document, node, &payload->flashes[bank++])) {
            return false;
        }
    }
    return true;
}

static bool device_tree_read(struct yaml_document *document, const struct yaml_node *node,
                             struct scenario_payload *payload)
{
    if (node == NULL || is_word(node, "generated")) {
        return true;
    }
    payload->device_tree_none = is_word(node, "none");
    return file_take(document, node, &payload->device_tree);
}

static bool numbers_read(struct yaml_document *document, const struct yaml_node *mapping,
                         struct scenario_payload *payload)
{
    const struct yaml_node *load = yaml_get(mapping, "load");
    const struct yaml_node *entry = yaml_get(mapping, "entry");
    const struct yaml_node *el = yaml_get(mapping, "el");
    uint64_t level = 0;
    payload->load_given = load != NULL;
    payload->entry_given = entry != NULL;
    payload->entry_node = entry;
    if (load != NULL && payload->image.name == NULL) {
        return yaml_fail(document, load, "a load address without an image, expected image beside it");
    }
    if ((load != NULL && !yaml_u64(document, load, 0, UINT64_MAX, &payload->load)) ||
        (entry != NULL && !yaml_u64(document, entry, 0, UINT64_MAX, &payload->entry)) ||
        (el != NULL && !yaml_u64(document, el, 1, 2, &level))) {
        return false;
    }
    payload->el = (uint32_t)level;
    return true;
}

bool scenario_payload_read(struct scenario *scenario, const struct yaml_node *node)
{
    static const char *const keys[] = {"image", "load", "entry",   "el", "dtb",
                                       "flash", "disk", "symbols", NULL};
    struct yaml_document *document = &scenario->document;
    struct scenario_payload *payload = &scenario->payload;
    payload->given = true;
    if (!yaml_keys_check(document, node, keys) ||
        !file_take(document, yaml_get(node, "image"), &payload->image) ||
        !flashes_read(document, yaml_get(node, "flash"), payload) ||
        !file_take(document, yaml_get(node, "disk"), &payload->disk) ||
        !device_tree_read(document, yaml_get(node, "dtb"), payload) ||
        !file_take(document, yaml_get(node, "symbols"), &payload->symbols) ||
        !numbers_read(document, node, payload)) {
        return false;
    }
    if (payload->image.name == NULL && payload->flashes[0].name == NULL) {
        return yaml_fail(document, node, "key 'image' is missing, expected it or a first file in flash");
    }
    return true;
}
