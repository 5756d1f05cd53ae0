/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/platform/platform_partitions.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "model/abi/ffa.h"
#include "model/abi/ffa_memory.h"
#include "model/abi/mm.h"
#include "model/platform/platform_check.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const char *const partition_keys[] = {"id",
                                             "behaviour",
                                             "uuid",
                                             "properties",
                                             "execution-contexts",
                                             "ffa-version",
                                             "ns-interrupts-action",
                                             "exception-level",
                                             "initialised",
                                             "memory-regions",
                                             "rx-tx",
                                             "mapping",
                                             "forward-to",
                                             "yields",
                                             "rules",
                                             NULL};

/* Names and their values; NULL ends a list. */
struct word {
    const char *text;
    uint32_t value;
};

/* "Partition information descriptor", properties. */
static const struct word properties[] = {
    {"receives-direct-requests", FFA_PARTITION_RECEIVES_DIRECT_REQUESTS},
    {"sends-direct-requests", FFA_PARTITION_SENDS_DIRECT_REQUESTS},
    {"indirect-messages", FFA_PARTITION_INDIRECT_MESSAGES},
    {"receives-notifications", 1U << 3},
    {"vm-created-messages", FFA_PARTITION_VM_CREATED_MESSAGES},
    {"vm-destroyed-messages", FFA_PARTITION_VM_DESTROYED_MESSAGES},
    {"aarch64", FFA_PARTITION_AARCH64},
    {"receives-direct-requests2", 1U << 9},
    {"sends-direct-requests2", FFA_PARTITION_SENDS_DIRECT_REQUESTS2},
    {NULL, 0},
};
#define PROPERTIES_DEFAULT                                                                                   \
    (FFA_PARTITION_RECEIVES_DIRECT_REQUESTS | FFA_PARTITION_SENDS_DIRECT_REQUESTS | FFA_PARTITION_AARCH64)

static const struct word versions[] = {
    {"1.0", FFA_VERSION_1_0}, {"1.1", FFA_VERSION_1_1}, {"1.2", FFA_VERSION_1_2}, {NULL, 0}};

static const struct word actions[] = {{"queued", SPMC_NS_INTERRUPTS_QUEUED},
                                      {"managed-exit", SPMC_NS_INTERRUPTS_MANAGED_EXIT},
                                      {"signaled", SPMC_NS_INTERRUPTS_SIGNALED},
                                      {NULL, 0}};

/* "Memory region attributes" and permissions of a region of the manifest. */
static const struct word region_types[] = {
    {"normal", FFA_MEMORY_NORMAL_WB_INNER},
    {"non-cacheable", FFA_MEMORY_TYPE_NORMAL | FFA_MEMORY_NON_CACHEABLE | FFA_MEMORY_INNER_SHAREABLE},
    {"device", FFA_MEMORY_TYPE_DEVICE},
    {NULL, 0}};
static const struct word region_accesses[] = {
    {"read-only", FFA_MEMORY_DATA_READ_ONLY}, {"read-write", FFA_MEMORY_DATA_READ_WRITE}, {NULL, 0}};

static bool word_read(struct yaml_document *document, const struct yaml_node *node, const struct word *words,
                      uint32_t *value)
{
    const char *names[16] = {NULL};
    for (size_t i = 0; words[i].text != NULL; i++) {
        assert(i + 1 < COUNT_OF(names));
        names[i] = words[i].text;
    }
    uint32_t index = 0;
    if (!yaml_choice(document, node, names, &index)) {
        return false;
    }
    *value = words[index].value;
    return true;
}

static bool optional_word(struct yaml_document *document, const struct yaml_node *mapping, const char *key,
                          const struct word *words, uint32_t *value)
{
    const struct yaml_node *node = yaml_get(mapping, key);
    return node == NULL || word_read(document, node, words, value);
}

static bool optional_u64(struct yaml_document *document, const struct yaml_node *mapping, const char *key,
                         uint64_t min, uint64_t max, uint64_t *value)
{
    const struct yaml_node *node = yaml_get(mapping, key);
    return node == NULL || yaml_u64(document, node, min, max, value);
}

/* UUIDs: four words, each of four bytes of the text, the first byte least significant. */

static bool uuid_read(struct yaml_document *document, const struct yaml_node *node,
                      uint32_t words[SPMC_UUID_WORDS])
{
    static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    const char *text = NULL;
    if (!yaml_text(document, node, YAML_ERROR_MAX, &text)) {
        return false;
    }
    bool right = strlen(text) == sizeof(shape) - 1;
    uint32_t digits = 0;
    memset(words, 0, SPMC_UUID_WORDS * sizeof(words[0]));
    for (size_t i = 0; right && i < sizeof(shape) - 1; i++) {
        const bool digit = strchr("0123456789abcdefABCDEF", text[i]) != NULL;
        right = shape[i] == '-' ? text[i] == '-' : digit;
        if (right && digit) {
            const char one[2] = {text[i], '\0'};
            const uint32_t byte = digits / 2;
            const uint32_t value = (uint32_t)strtoul(one, NULL, 16) << (digits % 2 == 0 ? 4 : 0);
            words[byte / 4] |= value << (8 * (byte % 4));
            digits++;
        }
    }
    return right || yaml_fail(document, node, "'%.64s' is no UUID, expected one like %s", text,
                              "ed32d533-99e6-4209-9cc0-2d72cdd998a7");
}

static bool uuids_read(struct yaml_document *document, const struct yaml_node *node,
                       struct spmc_partition_config *partition)
{
    if (node->kind == YAML_SCALAR) {
        partition->uuid_count = 1;
        return uuid_read(document, node, partition->uuids[0]);
    }
    if (node->kind != YAML_SEQUENCE || node->count == 0 || node->count > SPMC_UUIDS_MAX) {
        return yaml_fail(document, node, "expected a UUID, or a list of 1 to %u of them", SPMC_UUIDS_MAX);
    }
    partition->uuid_count = 0;
    for (const struct yaml_node *uuid = node->first; uuid != NULL; uuid = uuid->next) {
        if (!uuid_read(document, uuid, partition->uuids[partition->uuid_count++])) {
            return false;
        }
    }
    return true;
}

static bool properties_read(struct yaml_document *document, const struct yaml_node *list, uint32_t *value)
{
    if (list == NULL) {
        return true;
    }
    if (list->kind != YAML_SEQUENCE) {
        return yaml_fail(document, list, "expected a list of properties");
    }
    *value = 0;
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next) {
        uint32_t property = 0;
        if (!word_read(document, node, properties, &property)) {
            return false;
        }
        *value |= property;
    }
    return true;
}

/* Memory. */

static bool regions_hold(const struct platform_region *regions, uint32_t count, uint64_t pa, uint64_t size)
{
    for (uint32_t i = 0; i < count; i++) {
        if (pa >= regions[i].pa && size <= regions[i].size && pa - regions[i].pa <= regions[i].size - size) {
            return true;
        }
    }
    return false;
}

static bool pages_check(struct yaml_document *document, const struct yaml_node *node, uint64_t pa,
                        uint64_t size)
{
    if (pa % PLATFORM_PAGE != 0 || size % PLATFORM_PAGE != 0) {
        return yaml_fail(document, node, "the range is not made of pages, expected multiples of %u",
                         PLATFORM_PAGE);
    }
    return pa <= PLATFORM_PA_MAX - size ||
           yaml_fail(document, node, "the range ends above 0x%llx", (unsigned long long)PLATFORM_PA_MAX);
}

static bool region_read(struct yaml_document *document, const struct yaml_node *node,
                        const struct platform_config *platform, struct spmc_memory_region *region)
{
    static const char *const keys[] = {"pa", "size", "space", "type", "access", NULL};
    static const struct word spaces[] = {{"secure", false}, {"non-secure", true}, {NULL, 0}};
    uint32_t ns = false;
    uint32_t attributes = FFA_MEMORY_NORMAL_WB_INNER;
    uint32_t permissions = FFA_MEMORY_DATA_READ_WRITE;
    if (!yaml_keys_check(document, node, keys)) {
        return false;
    }
    const struct yaml_node *pa = yaml_require(document, node, "pa");
    const struct yaml_node *size = yaml_require(document, node, "size");
    if (pa == NULL || size == NULL || !yaml_u64(document, pa, 0, PLATFORM_PA_MAX, &region->pa) ||
        !yaml_size(document, size, 1, PLATFORM_PA_MAX, &region->size) ||
        !pages_check(document, node, region->pa, region->size) ||
        !optional_word(document, node, "space", spaces, &ns) ||
        !optional_word(document, node, "type", region_types, &attributes) ||
        !optional_word(document, node, "access", region_accesses, &permissions)) {
        return false;
    }
    region->ns = ns != 0;
    region->attributes = (uint8_t)attributes;
    region->permissions = (uint8_t)(permissions | FFA_MEMORY_NOT_EXECUTABLE);
    const bool there =
        region->ns ? regions_hold(platform->ram, platform->ram_count, region->pa, region->size)
                   : regions_hold(platform->secure_ram, platform->secure_ram_count, region->pa, region->size);
    return there || attributes == FFA_MEMORY_TYPE_DEVICE ||
           yaml_fail(document, node, "the range lies outside %s, expected it inside one range of it",
                     region->ns ? "memory" : "secure.memory");
}

static bool regions_read(struct yaml_document *document, const struct yaml_node *list,
                         const struct platform_config *platform, struct spmc_partition_config *partition)
{
    if (list == NULL) {
        return true;
    }
    if (list->kind != YAML_SEQUENCE || list->count > SPMC_REGIONS_MAX) {
        return yaml_fail(document, list, "expected a list of at most %u ranges", SPMC_REGIONS_MAX);
    }
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next) {
        if (!region_read(document, node, platform,
                         &partition->memory_regions[partition->memory_region_count++])) {
            return false;
        }
    }
    return true;
}

static bool buffers_read(struct yaml_document *document, const struct yaml_node *node,
                         const struct platform_config *platform, struct spmc_partition_config *partition)
{
    static const char *const keys[] = {"rx", "tx", "pages", NULL};
    uint64_t pages = 1;
    if (node == NULL) {
        return true;
    }
    if (!yaml_keys_check(document, node, keys)) {
        return false;
    }
    const struct yaml_node *rx = yaml_require(document, node, "rx");
    const struct yaml_node *tx = yaml_require(document, node, "tx");
    if (rx == NULL || tx == NULL || !yaml_u64(document, rx, 0, PLATFORM_PA_MAX, &partition->rx_pa) ||
        !yaml_u64(document, tx, 0, PLATFORM_PA_MAX, &partition->tx_pa) ||
        !optional_u64(document, node, "pages", 1, SPMC_RX_PAGES_MAX, &pages)) {
        return false;
    }
    const uint64_t size = pages * PLATFORM_PAGE;
    partition->rxtx_pages = (uint32_t)pages;
    if (!pages_check(document, rx, partition->rx_pa, size) ||
        !pages_check(document, tx, partition->tx_pa, size)) {
        return false;
    }
    if (partition->rx_pa < partition->tx_pa + size && partition->tx_pa < partition->rx_pa + size) {
        return yaml_fail(document, node, "RX and TX overlap, expected buffers apart");
    }
    const bool inside =
        regions_hold(platform->secure_ram, platform->secure_ram_count, partition->rx_pa, size) &&
        regions_hold(platform->secure_ram, platform->secure_ram_count, partition->tx_pa, size);
    return inside ||
           yaml_fail(document, node, "the buffers lie outside secure.memory, expected them inside it");
}

/* One partition. */

static bool id_read(struct yaml_document *document, const struct yaml_node *node,
                    struct platform_partition *partition)
{
    const struct yaml_node *id = yaml_require(document, node, "id");
    uint64_t value = 0;
    /* DEN0077: bit 15 tells secure IDs. Those at the end belong to EL3. */
    if (id == NULL || !yaml_u64(document, id, SPMC_ID_DEFAULT + 1, 0xFFBF, &value)) {
        return false;
    }
    partition->framework.id = (uint16_t)value;
    partition->behaviour.id = (uint16_t)value;
    return true;
}

static void defaults_set(const struct platform_config *platform, struct platform_partition *partition)
{
    struct spmc_partition_config *framework = &partition->framework;
    framework->execution_context_count = 1;
    framework->properties = PROPERTIES_DEFAULT;
    framework->ffa_version = platform->ffa_version;
    framework->ns_interrupts_action = SPMC_NS_INTERRUPTS_SIGNALED;
    framework->exception_level = platform->profile == SPMC_PROFILE_HAFNIUM ? 1 : 0;
    if (partition->is_mm) {
        static const uint32_t uuids[][SPMC_UUID_WORDS] = {
            [PLATFORM_MM_SMM_GATEWAY] = {MM_PARTITION_UUID_WORD0, MM_PARTITION_UUID_WORD1,
                                         MM_PARTITION_UUID_WORD2, MM_PARTITION_UUID_WORD3},
            [PLATFORM_MM_STANDALONE_MM] = {MM_STANDALONE_UUID_WORD0, MM_STANDALONE_UUID_WORD1,
                                           MM_STANDALONE_UUID_WORD2, MM_STANDALONE_UUID_WORD3},
        };
        memcpy(framework->uuids[0], uuids[platform->mm_dialect], sizeof(uuids[0]));
        framework->uuid_count = 1;
        framework->ffa_version = FFA_VERSION_1_1;
    }
}

static bool manifest_read(struct yaml_document *document, const struct yaml_node *node,
                          const struct platform_config *platform, struct platform_partition *partition)
{
    struct spmc_partition_config *framework = &partition->framework;
    uint64_t contexts = framework->execution_context_count;
    uint64_t level = framework->exception_level;
    uint32_t action = framework->ns_interrupts_action;
    bool initialised = true;
    const struct yaml_node *uuid = yaml_get(node, "uuid");
    const struct yaml_node *ready = yaml_get(node, "initialised");
    if ((uuid == NULL && framework->uuid_count == 0 && yaml_require(document, node, "uuid") == NULL) ||
        (uuid != NULL && !uuids_read(document, uuid, framework)) ||
        !properties_read(document, yaml_get(node, "properties"), &framework->properties) ||
        !optional_u64(document, node, "execution-contexts", 1, SPMC_VCPUS_MAX, &contexts) ||
        !optional_word(document, node, "ffa-version", versions, &framework->ffa_version) ||
        !optional_word(document, node, "ns-interrupts-action", actions, &action) ||
        !optional_u64(document, node, "exception-level", 0, 1, &level) ||
        (ready != NULL && !yaml_bool(document, ready, &initialised))) {
        return false;
    }
    framework->execution_context_count = (uint16_t)contexts;
    framework->ns_interrupts_action = (uint8_t)action;
    framework->exception_level = (uint8_t)level;
    framework->not_initialised = !initialised;
    return regions_read(document, yaml_get(node, "memory-regions"), platform, framework) &&
           buffers_read(document, yaml_get(node, "rx-tx"), platform, framework);
}

static void behaviour_complete(const struct platform_config *platform, struct platform_partition *partition)
{
    partition->behaviour.barrier = platform->secure_barrier;
    partition->behaviour.ffa_version = partition->framework.ffa_version;
    partition->behaviour.rx_pa = partition->framework.rx_pa;
    partition->behaviour.tx_pa = partition->framework.tx_pa;
    partition->behaviour.rxtx_pages = partition->framework.rxtx_pages;
}

/* Where the partition goes: the place of the one with its ID, or a new one. */
static uint32_t place_find(const struct platform_config *platform, uint16_t id)
{
    uint32_t index = 0;
    while (index < platform->partition_count && platform->partitions[index].framework.id != id) {
        index++;
    }
    return index;
}

static bool partition_read(struct yaml_document *document, const struct yaml_node *node,
                           struct platform_config *platform)
{
    struct platform_partition partition;
    memset(&partition, 0, sizeof(partition)); /* padding too: the configuration is compared and hashed */
    if (!yaml_keys_check(document, node, partition_keys) || !id_read(document, node, &partition) ||
        !platform_behaviour_read(document, node, &partition)) {
        return false;
    }
    defaults_set(platform, &partition);
    if (!manifest_read(document, node, platform, &partition)) {
        return false;
    }
    behaviour_complete(platform, &partition);
    const uint32_t place = place_find(platform, partition.framework.id);
    if (place == PLATFORM_PARTITIONS_MAX) {
        return yaml_fail(document, node, "one partition too many, expected at most %u",
                         PLATFORM_PARTITIONS_MAX);
    }
    memcpy(&platform->partitions[place], &partition, sizeof(partition));
    platform->partition_count += place == platform->partition_count ? 1 : 0;
    return true;
}

static bool ids_check(struct yaml_document *document, const struct yaml_node *list)
{
    uint64_t ids[PLATFORM_PARTITIONS_MAX] = {0};
    uint32_t count = 0;
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next) {
        const struct yaml_node *id = yaml_get(node, "id");
        uint64_t value = 0;
        if (!yaml_u64(document, id, 0, UINT16_MAX, &value)) {
            return false;
        }
        for (uint32_t i = 0; i < count; i++) {
            if (ids[i] == value) {
                return yaml_fail(document, id,
                                 "0x%llx is the ID of another partition, expected one of its own",
                                 (unsigned long long)value);
            }
        }
        ids[count++] = value;
    }
    return true;
}

static bool ranges_overlap(uint64_t pa1, uint64_t size1, uint64_t pa2, uint64_t size2)
{
    return pa1 < pa2 + size2 && pa2 < pa1 + size1;
}

/* Whether one of two partitions has a buffer where the other one has any. */
static bool buffers_overlap(const struct spmc_partition_config *left,
                            const struct spmc_partition_config *right)
{
    const uint64_t left_size = (uint64_t)left->rxtx_pages * PLATFORM_PAGE;
    const uint64_t right_size = (uint64_t)right->rxtx_pages * PLATFORM_PAGE;
    if (left_size == 0 || right_size == 0) {
        return false;
    }
    return ranges_overlap(left->rx_pa, left_size, right->rx_pa, right_size) ||
           ranges_overlap(left->rx_pa, left_size, right->tx_pa, right_size) ||
           ranges_overlap(left->tx_pa, left_size, right->rx_pa, right_size) ||
           ranges_overlap(left->tx_pa, left_size, right->tx_pa, right_size);
}

static bool buffers_check(struct yaml_document *document, const struct yaml_node *node,
                          const struct platform_config *platform, const struct platform_partition *partition)
{
    for (uint32_t i = 0; i < platform->partition_count; i++) {
        const struct platform_partition *other = &platform->partitions[i];
        if (other != partition && buffers_overlap(&partition->framework, &other->framework)) {
            return yaml_fail(document, yaml_get(node, "rx-tx"),
                             "partition 0x%x has buffers there, expected them apart", other->framework.id);
        }
    }
    return true;
}

/* What must hold between partitions, once all of them have been read. */
static bool partitions_check(struct yaml_document *document, const struct yaml_node *list,
                             const struct platform_config *platform)
{
    uint32_t mm_count = 0;
    for (uint32_t i = 0; i < platform->partition_count; i++) {
        mm_count += platform->partitions[i].is_mm ? 1 : 0;
    }
    if (mm_count > 1) {
        return yaml_fail(document, list, "%u partitions with behaviour mm, expected at most one", mm_count);
    }
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next) {
        uint64_t id = 0;
        if (!yaml_u64(document, yaml_get(node, "id"), 0, UINT16_MAX, &id)) {
            return false;
        }
        const struct platform_partition *partition =
            &platform->partitions[place_find(platform, (uint16_t)id)];
        if (!buffers_check(document, node, platform, partition) ||
            !platform_behaviour_check(document, node, platform, partition)) {
            return false;
        }
    }
    return true;
}

static void mm_add(struct platform_config *platform)
{
    struct platform_partition *partition = &platform->partitions[platform->partition_count++];
    partition->is_mm = true;
    partition->framework.id = PLATFORM_MM_ID;
    partition->behaviour.id = PLATFORM_MM_ID;
    defaults_set(platform, partition);
    behaviour_complete(platform, partition);
}

bool platform_partitions_read(struct yaml_document *document, const struct yaml_node *list,
                              struct platform_config *platform)
{
    if (list == NULL) {
        if (platform->has_secure && platform->partition_count == 0) {
            mm_add(platform);
        }
        return true;
    }
    if (!platform->has_secure) {
        return yaml_fail(document, list,
                         "partitions without a secure side, expected a platform with the key secure");
    }
    if (list->kind != YAML_SEQUENCE || list->count > PLATFORM_PARTITIONS_MAX) {
        return yaml_fail(document, list, "expected a list of at most %u partitions", PLATFORM_PARTITIONS_MAX);
    }
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next) {
        if (!partition_read(document, node, platform)) {
            return false;
        }
    }
    return ids_check(document, list) && partitions_check(document, list, platform);
}
