/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/platform/platform_check.h"

#include <assert.h>
#include <stddef.h>

#include "model/abi/mm.h"

#define PLATFORM_LINE        64U
#define PLATFORM_CCSIDR_SETS 32768U

static bool ranges_overlap(uint64_t pa1, uint64_t size1, uint64_t pa2, uint64_t size2)
{
    return pa1 < pa2 + size2 && pa2 < pa1 + size1;
}

/* What stands at an address. */
struct claim {
    const struct yaml_node *node; /* to name in a complaint */
    struct platform_region region;
};

#define CLAIMS_MAX (2 * PLATFORM_REGIONS_MAX + PLATFORM_FLASHES_MAX + PLATFORM_EMPTIES_MAX + 5)

struct claims {
    uint32_t count;
    struct claim list[CLAIMS_MAX];
};

/* Claims a range for what `node` names (NULL: it does not exist). */
static bool claim_make(struct yaml_document *document, struct claims *claims, const struct yaml_node *node,
                       uint64_t pa, uint64_t size)
{
    if (node == NULL) {
        return true;
    }
    if (pa % PLATFORM_PAGE != 0) {
        return yaml_fail(document, node, "0x%llx is not aligned, expected a multiple of %u",
                         (unsigned long long)pa, PLATFORM_PAGE);
    }
    for (uint32_t i = 0; i < claims->count; i++) {
        const struct claim *other = &claims->list[i];
        if (ranges_overlap(pa, size, other->region.pa, other->region.size)) {
            return yaml_fail(document, node,
                             "0x%llx to 0x%llx lies in %s at 0x%llx, expected ranges that do not overlap",
                             (unsigned long long)pa, (unsigned long long)(pa + size - 1),
                             other->node->key != NULL ? other->node->key->text : "another range",
                             (unsigned long long)other->region.pa);
        }
    }
    assert(claims->count < CLAIMS_MAX);
    claims->list[claims->count++] = (struct claim){.node = node, .region = {.pa = pa, .size = size}};
    return true;
}

static bool claim_list(struct yaml_document *document, struct claims *claims, const struct yaml_node *list,
                       const struct platform_region *regions, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!claim_make(document, claims, list, regions[i].pa, regions[i].size)) {
            return false;
        }
    }
    return true;
}

static bool devices_check(struct yaml_document *document, struct claims *claims,
                          struct platform_config *platform)
{
    const struct yaml_node *root = document->root;
    const struct yaml_node *uart = yaml_get(root, "uart");
    const struct yaml_node *rtc = yaml_get(root, "rtc");
    const struct yaml_node *virtio = yaml_get(root, "virtio");
    const struct yaml_node *fw_cfg = yaml_get(root, "fw-cfg");
    const struct yaml_node *script = yaml_get(root, "script");
    platform->has_uart = uart != NULL;
    platform->has_rtc = rtc != NULL;
    platform->has_fw_cfg = fw_cfg != NULL;
    platform->has_script = script != NULL;
    if (virtio != NULL && platform->virtio_disk >= platform->virtio_count) {
        return yaml_fail(document, yaml_get(virtio, "disk"), "there are %u slots, expected a number below",
                         platform->virtio_count);
    }
    const uint64_t slots = (uint64_t)platform->virtio_count * PLATFORM_VIRTIO_SIZE;
    return claim_make(document, claims, uart, platform->uart_pa, PLATFORM_PAGE) &&
           claim_make(document, claims, rtc, platform->rtc_pa, PLATFORM_PAGE) &&
           claim_make(document, claims, fw_cfg, platform->fw_cfg_pa, PLATFORM_PAGE) &&
           claim_make(document, claims, virtio, platform->virtio_pa, slots) &&
           claim_make(document, claims, script, platform->script_pa, PLATFORM_PAGE);
}

/* Nothing stands where something else does. */
static bool map_check(struct yaml_document *document, struct platform_config *platform)
{
    const struct yaml_node *secure = yaml_get(document->root, "secure");
    struct claims claims = {.count = 0};
    return claim_list(document, &claims, yaml_get(document->root, "memory"), platform->ram,
                      platform->ram_count) &&
           claim_list(document, &claims, yaml_get(document->root, "flash"), platform->flash,
                      platform->flash_count) &&
           devices_check(document, &claims, platform) &&
           claim_list(document, &claims, yaml_get(document->root, "empty-bus"), platform->empty,
                      platform->empty_count) &&
           claim_list(document, &claims, yaml_get(secure, "memory"), platform->secure_ram,
                      platform->secure_ram_count);
}

static bool memory_holds(const struct platform_config *platform, uint64_t pa, uint64_t size)
{
    for (uint32_t i = 0; i < platform->ram_count; i++) {
        const struct platform_region *ram = &platform->ram[i];
        if (pa >= ram->pa && size <= ram->size && pa - ram->pa <= ram->size - size) {
            return true;
        }
    }
    return false;
}

static bool device_tree_check(struct yaml_document *document, struct platform_config *platform)
{
    const struct yaml_node *node = yaml_get(document->root, "device-tree");
    platform->has_device_tree = node != NULL;
    if (node == NULL) {
        return true;
    }
    if (platform->device_tree_pa % 8 != 0) {
        return yaml_fail(document, node, "a device tree is not aligned there, expected a multiple of 8");
    }
    return memory_holds(platform, platform->device_tree_pa, PLATFORM_PAGE) ||
           yaml_fail(document, node, "a device tree lies outside memory there, expected an address inside");
}

static bool geometry_check(struct yaml_document *document, const char *name,
                           const struct platform_config *platform, const struct cache_geometry *geometry)
{
    const struct yaml_node *node = yaml_get(yaml_get(document->root, "cache"), name);
    if (node == NULL) {
        return true;
    }
    const uint32_t way_size = geometry->ways * platform->cache.line;
    const uint32_t sets = geometry->size / way_size;
    if (geometry->size % way_size != 0 || sets == 0 || (sets & (sets - 1)) != 0 ||
        sets > PLATFORM_CCSIDR_SETS) {
        return yaml_fail(
            document, node,
            "%u bytes in %u ways of %u-byte lines, expected a number of sets that is a power of two and "
            "at most %u",
            geometry->size, geometry->ways, platform->cache.line, PLATFORM_CCSIDR_SETS);
    }
    return true;
}

static bool caches_check(struct yaml_document *document, struct platform_config *platform)
{
    struct cache_config *cache = &platform->cache;
    const struct yaml_node *node = yaml_get(document->root, "cache");
    cache->pe_count = platform->cores;
    cache->l1i.set_way = false; /* no set/way operation exists for instruction caches */
    cache->system_cache.set_way = false;
    if ((cache->line & (cache->line - 1)) != 0) {
        return yaml_fail(document, yaml_get(node, "line"), "%u is wrong, expected a power of two",
                         cache->line);
    }
    /* The A64 core's line grants and decoded lines are built for this size. */
    if (cache->line != PLATFORM_LINE) {
        return yaml_fail(document, yaml_get(node, "line"),
                         "lines of %u bytes are not in this version, expected %u", cache->line,
                         PLATFORM_LINE);
    }
    return geometry_check(document, "l1d", platform, &cache->l1d) &&
           geometry_check(document, "l1i", platform, &cache->l1i) &&
           geometry_check(document, "l2", platform, &cache->l2) &&
           geometry_check(document, "system", platform, &cache->system_cache);
}

static bool secure_check(struct yaml_document *document, struct platform_config *platform)
{
    const struct yaml_node *secure = yaml_get(document->root, "secure");
    platform->has_secure = secure != NULL;
    if (secure == NULL) {
        return true;
    }
    const struct yaml_node *node = yaml_get(secure, "buffer");
    if (platform->buffer_offset > platform->buffer.size - MM_PAYLOAD_OFFSET) {
        return yaml_fail(document, yaml_get(node, "offset"),
                         "a message header does not fit behind 0x%llx, expected "
                         "at most 0x%llx",
                         (unsigned long long)platform->buffer_offset,
                         (unsigned long long)(platform->buffer.size - MM_PAYLOAD_OFFSET));
    }
    return memory_holds(platform, platform->buffer.pa, platform->buffer.size) ||
           yaml_fail(document, node, "the buffer lies outside memory, expected it inside one range of it");
}

static bool cores_check(struct yaml_document *document, const struct platform_config *platform)
{
    if (platform->cores == 1) {
        return true;
    }
    return yaml_fail(document, yaml_get(document->root, "cores"),
                     "%u cores are not in this version, expected 1", platform->cores);
}

bool platform_check(struct yaml_document *document, struct platform_config *platform)
{
    return cores_check(document, platform) && map_check(document, platform) &&
           device_tree_check(document, platform) && caches_check(document, platform) &&
           secure_check(document, platform);
}
