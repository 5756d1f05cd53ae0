/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A foreign payload with its machine: the files that a user named become the request of a run. An image is
 * entered as a boot loader does it, with the device tree in x0 (Documentation/arch/arm64/booting of Linux,
 * "Call the kernel image"); what is in flash is entered as after reset, with x0 zero.
 */
#include "cosim/run_case.h"

#include <stdio.h>
#include <string.h>

#include "cosim/locate.h"
#include "model/platform/device_tree.h"

/* With the position in the scenario file, if the name stands in one. */
static bool payload_mistake(struct run_case *run_case, const struct yaml_node *node, const char *text)
{
    struct yaml_document *document = &run_case->scenario.document;
    if (node == NULL) {
        return run_case_mistake(run_case, text);
    }
    (void)yaml_fail(document, node, "%s", text);
    return run_case_mistake(run_case, document->error);
}

static bool file_find(struct run_case *run_case, const struct scenario_file *file, char path[LOCATE_PATH_MAX])
{
    char error[LOCATE_ERROR_MAX];
    const char *beside = file->node != NULL ? run_case->scenario.path : NULL;
    return locate_payload(beside, file->name, path, error) || payload_mistake(run_case, file->node, error);
}

static bool image_open(struct run_case *run_case, const char *path)
{
    const struct scenario_payload *payload = &run_case->scenario.payload;
    const struct platform_config *platform = &run_case->platform;
    char error[IMAGE_ERROR_MAX];
    if (!image_file_is_elf(path)) {
        const uint64_t load = payload->load_given ? payload->load : platform->ram[0].pa;
        return image_read_raw(path, load, platform, &run_case->image, error) ||
               payload_mistake(run_case, payload->image.node, error);
    }
    if (payload->load_given) {
        (void)snprintf(error, sizeof(error), "%.512s: load address for an ELF file, expected a raw image",
                       path);
        return payload_mistake(run_case, payload->image.node, error);
    }
    return image_read_elf(path, platform, &run_case->image, error) ||
           payload_mistake(run_case, payload->image.node, error);
}

/* A raw image begins with the first byte that its ELF file loads; an ELF file is where it was linked for. */
static void symbols_place(struct run_case *run_case)
{
    const struct image *image = &run_case->image;
    uint64_t *address = &run_case->symbols_address;
    if (run_case->symbols == NULL ||
        !symbol_table_extent(run_case->symbols, address, &run_case->symbols_size)) {
        return;
    }
    run_case->symbols_placed = true;
    run_case->symbols_pa = *address;
    if (image->segment_count == 0) {
        run_case->symbols_pa = run_case->platform.flash[0].pa;
    } else if (!image->is_elf) {
        run_case->symbols_pa = image->segments[0].pa;
    }
    symbol_table_place(run_case->symbols, *address, run_case->symbols_size, run_case->symbols_pa);
}

void payload_copies_take(struct run_case *run_case, const struct machine_result *result)
{
    for (uint32_t i = 0; run_case->symbols_placed && i < result->copy_count; i++) {
        const struct image_copy *copy = &result->copies[i];
        symbol_table_place(run_case->symbols, run_case->symbols_address, run_case->symbols_size,
                           run_case->symbols_pa + (copy->to - copy->from));
    }
}

static bool symbols_open(struct run_case *run_case, const char *image_path)
{
    const struct scenario_file *symbols = &run_case->scenario.payload.symbols;
    char path[LOCATE_PATH_MAX];
    if (symbols->name == NULL) {
        run_case->symbols = symbol_table_open(image_path);
        symbols_place(run_case);
        return true;
    }
    if (!file_find(run_case, symbols, path)) {
        return false;
    }
    run_case->symbols = media_is_file(path) ? symbol_table_open(path) : NULL;
    if (run_case->symbols == NULL) {
        char error[IMAGE_ERROR_MAX];
        (void)snprintf(error, sizeof(error), "%.512s: cannot be read, expected an ELF file with symbols",
                       path);
        return payload_mistake(run_case, symbols->node, error);
    }
    symbols_place(run_case);
    return true;
}

static bool flashes_open(struct run_case *run_case)
{
    for (uint32_t i = 0; i < MACHINE_FLASHES_MAX; i++) {
        const struct scenario_file *file = &run_case->scenario.payload.flashes[i];
        char path[LOCATE_PATH_MAX];
        char error[MEDIA_ERROR_MAX];
        if (file->name == NULL) {
            continue;
        }
        if (!file_find(run_case, file, path)) {
            return false;
        }
        if (!media_read_flash(path, &run_case->platform, i, &run_case->flashes[i], error)) {
            return payload_mistake(run_case, file->node, error);
        }
    }
    return true;
}

static bool disk_open(struct run_case *run_case)
{
    const struct scenario_file *file = &run_case->scenario.payload.disk;
    char path[LOCATE_PATH_MAX];
    char error[MEDIA_ERROR_MAX];
    if (file->name == NULL) {
        return true;
    }
    return file_find(run_case, file, path) &&
           (media_read_disk(path, &run_case->platform, &run_case->disk, error) ||
            payload_mistake(run_case, file->node, error));
}

static bool device_tree_open(struct run_case *run_case)
{
    const struct scenario_file *file = &run_case->scenario.payload.device_tree;
    const uint64_t pa = run_case->platform.device_tree_pa;
    struct media_bytes *tree = &run_case->device_tree;
    char path[LOCATE_PATH_MAX];
    char error[MEDIA_ERROR_MAX];
    if (run_case->scenario.payload.device_tree_none) {
        run_case->platform.has_device_tree = false;
    }
    if (file->name == NULL) {
        return true;
    }
    if (!file_find(run_case, file, path)) {
        return false;
    }
    if (!media_read_device_tree(path, &run_case->platform, tree, error)) {
        return payload_mistake(run_case, file->node, error);
    }
    const bool covered = image_covers(&run_case->image, pa, tree->size);
    if (covered || !image_memory_holds(&run_case->platform, pa, tree->size)) {
        (void)snprintf(
            error, sizeof(error), "%.512s: %zu bytes at 0x%llx %s, expected them in memory of their own",
            path, tree->size, (unsigned long long)pa, covered ? "overlap the image" : "are outside memory");
        return payload_mistake(run_case, file->node, error);
    }
    return true;
}

/* What a boot loader hands over in x0: where the tree is, if there is one. */
static uint64_t device_tree_pa(const struct run_case *run_case)
{
    const struct platform_config *platform = &run_case->platform;
    uint8_t made[DEVICE_TREE_SIZE_MAX];
    if (!platform->has_device_tree) {
        return 0;
    }
    if (run_case->device_tree.bytes != NULL) {
        return platform->device_tree_pa;
    }
    const uint32_t size = device_tree_make(platform, made);
    return image_covers(&run_case->image, platform->device_tree_pa, size) ? 0 : platform->device_tree_pa;
}

static bool flash_covers(const struct run_case *run_case, uint64_t pa)
{
    for (uint32_t i = 0; i < run_case->platform.flash_count; i++) {
        const uint64_t start = run_case->platform.flash[i].pa;
        if (pa >= start && pa - start < run_case->flashes[i].size) {
            return true;
        }
    }
    return false;
}

static bool entry_set(struct run_case *run_case)
{
    const struct scenario_payload *payload = &run_case->scenario.payload;
    struct image *image = &run_case->image;
    if (payload->image.name == NULL) {
        image->entry = run_case->platform.flash[0].pa;
    } else {
        run_case->entry_x0 = device_tree_pa(run_case);
    }
    if (payload->entry_given) {
        image->entry = payload->entry;
    }
    if (image->entry % 4 == 0 &&
        (image_covers(image, image->entry, 4) || flash_covers(run_case, image->entry))) {
        return true;
    }
    char error[IMAGE_ERROR_MAX];
    (void)snprintf(error, sizeof(error), "entry 0x%llx, expected an aligned address inside %s",
                   (unsigned long long)image->entry,
                   payload->image.name != NULL ? "the image or an image in flash" : "an image in flash");
    return payload_mistake(run_case, payload->entry_node, error);
}

bool payload_open(struct run_case *run_case)
{
    const struct scenario_payload *payload = &run_case->scenario.payload;
    char path[LOCATE_PATH_MAX] = "";
    if (payload->image.name != NULL &&
        (!file_find(run_case, &payload->image, path) || !image_open(run_case, path))) {
        return false;
    }
    if (!flashes_open(run_case) || !disk_open(run_case) || !device_tree_open(run_case) ||
        !entry_set(run_case)) {
        return false;
    }
    if (payload->el != 0) {
        run_case->platform.entry_el = payload->el;
    }
    return symbols_open(run_case, path);
}
