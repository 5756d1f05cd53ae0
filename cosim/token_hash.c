/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The hash of a run: FNV-1a of 64 bits over its parts, each preceded by its size so that no two lists of
 * parts read the same. It tells runs apart that differ by mistake; it is no signature.
 */
#include "cosim/token.h"

#include <string.h>

#define FNV_OFFSET 0xCBF29CE484222325ULL
#define FNV_PRIME  0x100000001B3ULL

enum { MEDIUM_DISK = 1, MEDIUM_DEVICE_TREE, MEDIUM_STORE, MEDIUM_FLASH };

static void hash_bytes(uint64_t *hash, const void *bytes, uint64_t size)
{
    const uint8_t *byte = bytes;
    uint64_t value = *hash;
    for (uint64_t i = 0; i < size; i++) {
        value = (value ^ byte[i]) * FNV_PRIME;
    }
    *hash = value;
}

/* Least significant byte first, whatever the host. */
static void hash_number(uint64_t *hash, uint64_t number)
{
    for (uint32_t i = 0; i < 8; i++) {
        const uint8_t byte = (uint8_t)(number >> (8 * i));
        hash_bytes(hash, &byte, 1);
    }
}

static void hash_part(uint64_t *hash, const void *bytes, uint64_t size)
{
    hash_number(hash, size);
    hash_bytes(hash, bytes, size);
}

static void hash_text(uint64_t *hash, const char *text)
{
    hash_number(hash, text != NULL);
    hash_part(hash, text, text != NULL ? strlen(text) : 0);
}

static void hash_image(uint64_t *hash, const struct machine_request *request)
{
    hash_number(hash, request->entry);
    hash_number(hash, request->entry_x0);
    hash_number(hash, request->segment_count);
    for (uint32_t i = 0; i < request->segment_count; i++) {
        const struct machine_segment *segment = &request->segments[i];
        hash_number(hash, segment->pa);
        hash_number(hash, segment->size_memory);
        hash_part(hash, segment->bytes, segment->size_file);
    }
}

/* Everything but the texts for people. */
static void hash_platform(uint64_t *hash, const struct platform_config *platform)
{
    struct platform_config config;
    memcpy(&config, platform, sizeof(config)); /* an assignment need not copy the padding, which is zero */
    memset(config.name, 0, sizeof(config.name));
    memset(config.about, 0, sizeof(config.about));
    hash_part(hash, &config, sizeof(config));
}

static void hash_steps(uint64_t *hash, const struct machine_request *request)
{
    hash_number(hash, request->step_count);
    for (uint32_t i = 0; i < request->step_count; i++) {
        const struct machine_step *step = &request->steps[i];
        hash_number(hash, step->code);
        hash_part(hash, step->operands, step->operands_size);
        hash_number(hash, step->interrupts);
        if (step->interrupts_for != 0) {
            hash_number(hash, step->interrupts_for);
        }
        hash_number(hash, step->fault_kind);
        hash_number(hash, (uint64_t)step->fault_value);
    }
}

static void hash_console(uint64_t *hash, const struct machine_request *request)
{
    hash_number(hash, request->console_count);
    for (uint32_t i = 0; i < request->console_count; i++) {
        hash_text(hash, request->console[i].expect);
        hash_text(hash, request->console[i].send);
    }
    hash_text(hash, request->stop_text);
}

/* What is not there leaves no trace: the hash of a run without media is that of the parts above. */
static void hash_media(uint64_t *hash, const struct machine_request *request)
{
    for (uint32_t i = 0; i < MACHINE_FLASHES_MAX; i++) {
        if (request->flashes[i].bytes != NULL) {
            hash_number(hash, MEDIUM_FLASH + i);
            hash_part(hash, request->flashes[i].bytes, request->flashes[i].size);
        }
    }
    if (request->disk.bytes != NULL) {
        hash_number(hash, MEDIUM_DISK);
        hash_number(hash, request->disk.read_only);
        hash_part(hash, request->disk.bytes, request->disk.size);
    }
    if (request->store_image != NULL) {
        hash_number(hash, MEDIUM_STORE);
        hash_part(hash, request->store_image, request->store_image_size);
    }
    if (request->device_tree != NULL) {
        hash_number(hash, MEDIUM_DEVICE_TREE);
        hash_number(hash, request->device_tree_pa);
        hash_part(hash, request->device_tree, request->device_tree_size);
    }
}

uint64_t token_run_hash(const struct machine_request *request)
{
    uint64_t hash = FNV_OFFSET;
    hash_image(&hash, request);
    hash_platform(&hash, request->platform);
    hash_steps(&hash, request);
    hash_console(&hash, request);
    hash_media(&hash, request);
    return hash;
}
