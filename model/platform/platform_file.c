/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/platform/platform_file.h"

#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "model/abi/ffa.h"
#include "model/abi/mm.h"
#include "model/mm_sp/mm_sp.h"
#include "model/platform/platform_check.h"
#include "model/platform/platform_partitions.h"

#define PLATFORM_PATH_MAX    64
#define PLATFORM_CCSIDR_WAYS 1024U
#define PLATFORM_SETTING_MAX 128

/*
 * The schema: one row per key. A key is required when its mapping is there. Choices that this version does
 * not build are known words: they are refused with a message of their own.
 */
enum schema_kind {
    SCHEMA_TEXT,
    SCHEMA_NUMBER,
    SCHEMA_SIZE,
    SCHEMA_BOOL,
    SCHEMA_CHOICE,
    SCHEMA_LIST, /* read by a function of its own */
};

struct schema_choice {
    const char *text; /* NULL: end of the list */
    uint64_t value;
    bool later; /* a known word that this version does not build */
};

struct schema_row {
    const char *path;
    enum schema_kind kind;
    uint32_t offset; /* in struct platform_config */
    uint32_t width;  /* bytes of the member; 0: the value is checked and not kept */
    bool optional;
    uint64_t min, max;
    const struct schema_choice *choices;
};

static const struct schema_choice mapping_choices[] = {
    {"normal-nc", SECURE_MAPPING_NORMAL_NC, false},
    {"device", SECURE_MAPPING_DEVICE, false},
    {"normal-wb", SECURE_MAPPING_NORMAL_WB, false},
    {"wb-secure-alias", SECURE_MAPPING_WB_SECURE_ALIAS, false},
    {NULL, 0, false},
};
static const struct schema_choice invalidate_choices[] = {
    {"drops", 0, false}, {"cleans", 1, false}, {NULL, 0, false}};
static const struct schema_choice barrier_choices[] = {
    {"none", 0, false}, {"dsb", 1, false}, {NULL, 0, false}};
static const struct schema_choice replacement_choices[] = {{"round-robin", 0, false}, {NULL, 0, false}};
static const struct schema_choice ccsidr_choices[] = {
    {"short", 0, false}, {"ccidx", 1, false}, {NULL, 0, false}};
static const struct schema_choice shared_choices[] = {{"all", 0, false}, {"none", 0, true}, {NULL, 0, false}};
static const struct schema_choice entry_choices[] = {
    {"empty", 0, false}, {"clean", 0, true}, {"unknown", 0, true}, {NULL, 0, false}};
static const struct schema_choice profile_choices[] = {
    {"hafnium", SPMC_PROFILE_HAFNIUM, false},
    {"el3-spmc", SPMC_PROFILE_EL3_SPMC, false},
    {"op-tee", SPMC_PROFILE_OP_TEE, false},
    {NULL, 0, false},
};
static const struct schema_choice dialect_choices[] = {{"smm-gateway", PLATFORM_MM_SMM_GATEWAY, false},
                                                       {"standalone-mm", PLATFORM_MM_STANDALONE_MM, false},
                                                       {NULL, 0, false}};
static const struct schema_choice version_choices[] = {{"1.0", FFA_VERSION_1_0, false},
                                                       {"1.1", FFA_VERSION_1_1, false},
                                                       {"1.2", FFA_VERSION_1_2, false},
                                                       {NULL, 0, false}};
static const struct schema_choice uart_choices[] = {{"pl011", 0, false}, {NULL, 0, false}};
static const struct schema_choice rtc_choices[] = {{"pl031", 0, false}, {NULL, 0, false}};

#define MEMBER(member) offsetof(struct platform_config, member), sizeof(((struct platform_config *)0)->member)
#define CHECKED_ONLY   0, 0

static const struct schema_row schema[] = {
    {"about", SCHEMA_TEXT, MEMBER(about), false, 0, 0, NULL},
    {"cores", SCHEMA_NUMBER, MEMBER(cores), false, 1, CACHE_PE_MAX, NULL},
    {"entry-el", SCHEMA_NUMBER, MEMBER(entry_el), false, 1, 2, NULL},
    {"memory", SCHEMA_LIST, CHECKED_ONLY, false, 0, 0, NULL},
    {"uart.model", SCHEMA_CHOICE, CHECKED_ONLY, false, 0, 0, uart_choices},
    {"uart.pa", SCHEMA_NUMBER, MEMBER(uart_pa), false, 0, PLATFORM_PA_MAX - PLATFORM_PAGE, NULL},
    {"script", SCHEMA_NUMBER, MEMBER(script_pa), true, 0, PLATFORM_PA_MAX - PLATFORM_PAGE, NULL},
    {"rtc.model", SCHEMA_CHOICE, CHECKED_ONLY, false, 0, 0, rtc_choices},
    {"rtc.pa", SCHEMA_NUMBER, MEMBER(rtc_pa), false, 0, PLATFORM_PA_MAX - PLATFORM_PAGE, NULL},
    {"rtc.start", SCHEMA_NUMBER, MEMBER(rtc_start), false, 0, UINT32_MAX, NULL},
    {"flash", SCHEMA_LIST, CHECKED_ONLY, true, 0, 0, NULL},
    {"fw-cfg", SCHEMA_NUMBER, MEMBER(fw_cfg_pa), true, 0, PLATFORM_PA_MAX - PLATFORM_PAGE, NULL},
    {"virtio.pa", SCHEMA_NUMBER, MEMBER(virtio_pa), false, 0, PLATFORM_PA_MAX - PLATFORM_PAGE, NULL},
    {"virtio.count", SCHEMA_NUMBER, MEMBER(virtio_count), false, 1, PLATFORM_VIRTIO_MAX, NULL},
    {"virtio.disk", SCHEMA_NUMBER, MEMBER(virtio_disk), false, 0, PLATFORM_VIRTIO_MAX - 1, NULL},
    {"virtio.legacy", SCHEMA_BOOL, MEMBER(virtio_legacy), false, 0, 0, NULL},
    {"empty-bus", SCHEMA_LIST, CHECKED_ONLY, true, 0, 0, NULL},
    {"device-tree", SCHEMA_NUMBER, MEMBER(device_tree_pa), true, 0, PLATFORM_PA_MAX - PLATFORM_PAGE, NULL},
    {"cpu.midr", SCHEMA_NUMBER, MEMBER(midr_el1), false, 0, UINT32_MAX, NULL},
    {"cpu.lse", SCHEMA_BOOL, MEMBER(lse), true, 0, 0, NULL},
    {"cpu.counter-hz", SCHEMA_NUMBER, MEMBER(counter_hz), false, 1, 1000000000U, NULL},
    {"cpu.ns-per-instruction", SCHEMA_NUMBER, MEMBER(ns_per_instruction), false, 1, 1000000U, NULL},
    {"cpu.hcr-el2", SCHEMA_LIST, CHECKED_ONLY, true, 0, 0, NULL},
    {"cache.line", SCHEMA_NUMBER, MEMBER(cache.line), false, 16, LINE_SIZE_MAX, NULL},
    {"cache.l1d.size", SCHEMA_SIZE, MEMBER(cache.l1d.size), false, 256, 1U << 26, NULL},
    {"cache.l1d.ways", SCHEMA_NUMBER, MEMBER(cache.l1d.ways), false, 1, PLATFORM_CCSIDR_WAYS, NULL},
    {"cache.l1d.set-way", SCHEMA_BOOL, MEMBER(cache.l1d.set_way), false, 0, 0, NULL},
    {"cache.l1i.size", SCHEMA_SIZE, MEMBER(cache.l1i.size), false, 256, 1U << 26, NULL},
    {"cache.l1i.ways", SCHEMA_NUMBER, MEMBER(cache.l1i.ways), false, 1, PLATFORM_CCSIDR_WAYS, NULL},
    {"cache.l2.size", SCHEMA_SIZE, MEMBER(cache.l2.size), false, 256, 1U << 28, NULL},
    {"cache.l2.ways", SCHEMA_NUMBER, MEMBER(cache.l2.ways), false, 1, PLATFORM_CCSIDR_WAYS, NULL},
    {"cache.l2.set-way", SCHEMA_BOOL, MEMBER(cache.l2.set_way), false, 0, 0, NULL},
    {"cache.l2.shared-by", SCHEMA_CHOICE, CHECKED_ONLY, false, 0, 0, shared_choices},
    {"cache.system.size", SCHEMA_SIZE, MEMBER(cache.system_cache.size), false, 256, 1U << 28, NULL},
    {"cache.system.ways", SCHEMA_NUMBER, MEMBER(cache.system_cache.ways), false, 1, PLATFORM_CCSIDR_WAYS,
     NULL},
    {"cache.replacement", SCHEMA_CHOICE, CHECKED_ONLY, false, 0, 0, replacement_choices},
    {"cache.invalidate", SCHEMA_CHOICE, MEMBER(cache.invalidate_cleans), false, 0, 0, invalidate_choices},
    {"cache.idc", SCHEMA_BOOL, MEMBER(cache.idc), false, 0, 0, NULL},
    {"cache.dic", SCHEMA_BOOL, MEMBER(cache.dic), false, 0, 0, NULL},
    {"cache.ccsidr", SCHEMA_CHOICE, MEMBER(ccidx), false, 0, 0, ccsidr_choices},
    {"entry-caches", SCHEMA_CHOICE, CHECKED_ONLY, false, 0, 0, entry_choices},
    {"dma-coherent", SCHEMA_BOOL, MEMBER(dma_coherent), true, 0, 0, NULL},
    {"secure.profile", SCHEMA_CHOICE, MEMBER(profile), false, 0, 0, profile_choices},
    {"secure.ffa-version", SCHEMA_CHOICE, MEMBER(ffa_version), false, 0, 0, version_choices},
    {"secure.per-vcpu-notifications", SCHEMA_BOOL, MEMBER(per_vcpu_notifications), true, 0, 0, NULL},
    {"secure.interrupt-stays-pending", SCHEMA_BOOL, MEMBER(interrupt_stays_pending), true, 0, 0, NULL},
    {"secure.aborted-is-busy", SCHEMA_BOOL, MEMBER(aborted_is_busy), true, 0, 0, NULL},
    {"secure.memory", SCHEMA_LIST, CHECKED_ONLY, true, 0, 0, NULL},
    {"secure.mm-dialect", SCHEMA_CHOICE, MEMBER(mm_dialect), false, 0, 0, dialect_choices},
    {"secure.store", SCHEMA_TEXT, MEMBER(store), true, 0, 0, NULL},
    {"secure.mm.piece-size", SCHEMA_NUMBER, MEMBER(mm_piece_size), true, 0, MM_SP_BUFFER_SIZE_MAX, NULL},
    {"secure.mm.maintenance-per-piece", SCHEMA_BOOL, MEMBER(mm_maintenance_per_piece), true, 0, 0, NULL},
    {"secure.mm.preemptible", SCHEMA_LIST, CHECKED_ONLY, true, 0, 0, NULL},
    {"secure.mm.authentication", SCHEMA_BOOL, MEMBER(mm_authentication), true, 0, 0, NULL},
    {"secure.mm.self-signed-pk", SCHEMA_BOOL, MEMBER(mm_self_signed_pk), true, 0, 0, NULL},
    {"secure.mapping", SCHEMA_CHOICE, MEMBER(secure_mapping), false, 0, 0, mapping_choices},
    {"secure.maintenance", SCHEMA_BOOL, MEMBER(secure_maintenance), false, 0, 0, NULL},
    {"secure.secure-barrier", SCHEMA_CHOICE, MEMBER(secure_barrier), false, 0, 0, barrier_choices},
    {"secure.buffer.pa", SCHEMA_NUMBER, MEMBER(buffer.pa), false, 0, PLATFORM_PA_MAX, NULL},
    {"secure.buffer.size", SCHEMA_SIZE, MEMBER(buffer.size), false, MM_SP_BUFFER_SIZE_MIN,
     MM_SP_BUFFER_SIZE_MAX, NULL},
    {"secure.buffer.offset", SCHEMA_NUMBER, MEMBER(buffer_offset), false, 0, MM_SP_BUFFER_SIZE_MAX, NULL},
    {"partitions", SCHEMA_LIST, CHECKED_ONLY, true, 0, 0, NULL},
    {"owners", SCHEMA_LIST, CHECKED_ONLY, true, 0, 0, NULL},
};
#define SCHEMA_ROWS (sizeof(schema) / sizeof(schema[0]))

const char *secure_mapping_text(enum secure_mapping mapping)
{
    assert((size_t)mapping + 1 < sizeof(mapping_choices) / sizeof(mapping_choices[0]));
    return mapping_choices[mapping].text;
}

static const char *const owner_names[] = {
    [OWNER_UNKNOWN] = "unknown", [OWNER_BUFFER] = "buffer", [OWNER_FIRMWARE] = "firmware",
    [OWNER_OS] = "os",           [OWNER_SECURE] = "secure", [OWNER_SECURE + 1] = NULL,
};

const char *byte_owner_text(enum byte_owner owner)
{
    assert(owner <= OWNER_SECURE);
    return owner_names[owner];
}

/* Walking the schema. */

/* The node at a dotted path, or NULL; *parent is the mapping that should hold it (NULL: that one is absent
 * too). */
static struct yaml_node *path_find(struct yaml_node *root, const char *path, struct yaml_node **parent)
{
    struct yaml_node *node = root;
    for (;;) {
        *parent = node;
        if (node == NULL) {
            return NULL;
        }
        char key[PLATFORM_PATH_MAX];
        const size_t size = strcspn(path, ".");
        assert(size < sizeof(key));
        memcpy(key, path, size);
        key[size] = '\0';
        node = yaml_get(node, key);
        if (path[size] == '\0') {
            return node;
        }
        path += size + 1;
    }
}

static const char *path_last(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot == NULL ? path : dot + 1;
}

static void member_set(struct platform_config *platform, const struct schema_row *row, uint64_t value)
{
    unsigned char *member = (unsigned char *)platform + row->offset;
    if (row->width == sizeof(uint64_t)) {
        memcpy(member, &value, sizeof(value));
    } else if (row->width == sizeof(uint32_t)) {
        const uint32_t word = (uint32_t)value;
        memcpy(member, &word, sizeof(word));
    } else if (row->width == 1) {
        *member = (unsigned char)value;
    } else {
        assert(row->width == 0);
    }
}

static bool choice_read(struct yaml_document *document, const struct yaml_node *node,
                        const struct schema_choice *choices, uint64_t *value)
{
    const char *names[8] = {NULL};
    for (size_t i = 0; choices[i].text != NULL; i++) {
        assert(i + 1 < sizeof(names) / sizeof(names[0]));
        names[i] = choices[i].text;
    }
    uint32_t index = 0;
    if (!yaml_choice(document, node, names, &index)) {
        return false;
    }
    if (choices[index].later) {
        return yaml_fail(document, node, "'%s' is not in this version, expected %s", node->text,
                         choices[0].text);
    }
    *value = choices[index].value;
    return true;
}

static bool row_read(struct yaml_document *document, const struct schema_row *row,
                     const struct yaml_node *node, struct platform_config *platform)
{
    uint64_t value = 0;
    bool truth = false;
    const char *text = NULL;
    switch (row->kind) {
    case SCHEMA_TEXT:
        if (!yaml_text(document, node, row->width, &text)) {
            return false;
        }
        (void)snprintf((char *)platform + row->offset, row->width, "%s", text);
        return true;
    case SCHEMA_NUMBER:
        if (!yaml_u64(document, node, row->min, row->max, &value)) {
            return false;
        }
        break;
    case SCHEMA_SIZE:
        if (!yaml_size(document, node, row->min, row->max, &value)) {
            return false;
        }
        break;
    case SCHEMA_BOOL:
        if (!yaml_bool(document, node, &truth)) {
            return false;
        }
        value = truth;
        break;
    case SCHEMA_CHOICE:
        if (!choice_read(document, node, row->choices, &value)) {
            return false;
        }
        break;
    case SCHEMA_LIST:
        return true;
    }
    member_set(platform, row, value);
    return true;
}

static bool rows_read(struct yaml_document *document, struct platform_config *platform)
{
    for (size_t i = 0; i < SCHEMA_ROWS; i++) {
        struct yaml_node *parent = NULL;
        const struct yaml_node *node = path_find(document->root, schema[i].path, &parent);
        if (node != NULL) {
            if (!row_read(document, &schema[i], node, platform)) {
                return false;
            }
        } else if (parent != NULL && !schema[i].optional) {
            return yaml_fail(document, parent, "key '%s' is missing, expected it here",
                             path_last(schema[i].path));
        }
    }
    return true;
}

/* The keys that the schema allows in the mapping at `prefix` ("" for the root), NULL-terminated. */
static void keys_allowed(const char *prefix, char storage[][PLATFORM_PATH_MAX], const char **names,
                         size_t names_max)
{
    size_t count = 0;
    const size_t prefix_size = strlen(prefix);
    for (size_t i = 0; i < SCHEMA_ROWS; i++) {
        const char *rest = schema[i].path + prefix_size;
        if (strncmp(schema[i].path, prefix, prefix_size) != 0 || (prefix_size > 0 && *rest++ != '.')) {
            continue;
        }
        char key[PLATFORM_PATH_MAX];
        (void)snprintf(key, sizeof(key), "%.*s", (int)strcspn(rest, "."), rest);
        if (count > 0 && strcmp(names[count - 1], key) == 0) {
            continue; /* rows of one mapping stand together */
        }
        assert(count + 1 < names_max);
        memcpy(storage[count], key, sizeof(key));
        names[count] = storage[count];
        count++;
    }
    names[count] = NULL;
}

static bool mapping_check(struct yaml_document *document, const char *path)
{
    struct yaml_node *parent = NULL;
    const struct yaml_node *node =
        path[0] == '\0' ? document->root : path_find(document->root, path, &parent);
    if (node == NULL) {
        return true;
    }
    char storage[SCHEMA_ROWS][PLATFORM_PATH_MAX];
    const char *names[SCHEMA_ROWS + 1];
    keys_allowed(path, storage, names, SCHEMA_ROWS + 1);
    return yaml_keys_check(document, node, names);
}

static bool mappings_check(struct yaml_document *document)
{
    static const char *const paths[] = {"",       "uart",          "rtc",       "virtio",   "cpu",
                                        "cache",  "cache.l1d",     "cache.l1i", "cache.l2", "cache.system",
                                        "secure", "secure.buffer", "secure.mm"};
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        if (!mapping_check(document, paths[i])) {
            return false;
        }
    }
    return true;
}

/* A mapping that must be there as a whole. */
static bool mappings_require(struct yaml_document *document)
{
    static const char *const paths[] = {"cpu", "cache", "cache.l1d", "cache.l1i"};
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        struct yaml_node *parent = NULL;
        if (path_find(document->root, paths[i], &parent) == NULL) {
            return yaml_fail(document, parent, "key '%s' is missing, expected it here", path_last(paths[i]));
        }
    }
    struct yaml_node *secure = yaml_get(document->root, "secure");
    return secure == NULL || yaml_require(document, secure, "buffer") != NULL;
}

/* Lists. */

static bool region_read(struct yaml_document *document, const struct yaml_node *node,
                        struct platform_region *region)
{
    const struct yaml_node *pa = yaml_require(document, node, "pa");
    const struct yaml_node *size = yaml_require(document, node, "size");
    if (pa == NULL || size == NULL || !yaml_u64(document, pa, 0, PLATFORM_PA_MAX, &region->pa) ||
        !yaml_size(document, size, 1, PLATFORM_PA_MAX, &region->size)) {
        return false;
    }
    if (region->pa > PLATFORM_PA_MAX - region->size) {
        return yaml_fail(document, node, "the range ends above 0x%llx, expected addresses below it",
                         (unsigned long long)PLATFORM_PA_MAX);
    }
    return true;
}

static bool list_check(struct yaml_document *document, const struct yaml_node *node, uint32_t count_max)
{
    if (node->kind != YAML_SEQUENCE) {
        return yaml_fail(document, node, "expected a list");
    }
    if (node->count > count_max) {
        return yaml_fail(document, node, "%u entries, expected at most %u", node->count, count_max);
    }
    return true;
}

/* Ranges of whole pages. An absent list is an empty one. */
static bool regions_read(struct yaml_document *document, const struct yaml_node *list, uint32_t count_max,
                         struct platform_region *regions, uint32_t *count)
{
    static const char *const keys[] = {"pa", "size", NULL};
    if (list == NULL) {
        return true;
    }
    if (!list_check(document, list, count_max)) {
        return false;
    }
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next) {
        struct platform_region *region = &regions[*count];
        if (!yaml_keys_check(document, node, keys) || !region_read(document, node, region)) {
            return false;
        }
        if (region->pa % PLATFORM_PAGE != 0 || region->size % PLATFORM_PAGE != 0) {
            return yaml_fail(document, node, "the range is not made of pages, expected multiples of %u",
                             PLATFORM_PAGE);
        }
        (*count)++;
    }
    return true;
}

static bool memory_read(struct yaml_document *document, struct platform_config *platform)
{
    return regions_read(document, yaml_get(document->root, "memory"), PLATFORM_REGIONS_MAX, platform->ram,
                        &platform->ram_count) &&
           (platform->ram_count > 0 || yaml_fail(document, yaml_get(document->root, "memory"),
                                                 "the list is empty, expected at least one range"));
}

static bool flashes_read(struct yaml_document *document, struct platform_config *platform)
{
    if (!regions_read(document, yaml_get(document->root, "flash"), PLATFORM_FLASHES_MAX, platform->flash,
                      &platform->flash_count)) {
        return false;
    }
    for (uint32_t i = 0; i < platform->flash_count; i++) {
        if (platform->flash[i].size % PLATFORM_FLASH_SECTOR != 0 ||
            platform->flash[i].size > PLATFORM_FLASH_SIZE_MAX) {
            return yaml_fail(document, yaml_get(document->root, "flash"),
                             "0x%llx bytes are no flash bank, expected whole sectors of 0x%x, at most 0x%x",
                             (unsigned long long)platform->flash[i].size, PLATFORM_FLASH_SECTOR,
                             PLATFORM_FLASH_SIZE_MAX);
        }
    }
    return true;
}

static bool owners_read(struct yaml_document *document, struct platform_config *platform)
{
    static const char *const keys[] = {"pa", "size", "owner", NULL};
    const struct yaml_node *list = yaml_get(document->root, "owners");
    if (list == NULL) {
        return true;
    }
    if (!list_check(document, list, PLATFORM_OWNERS_MAX)) {
        return false;
    }
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next) {
        struct platform_owner *owner = &platform->owners[platform->owner_count];
        uint32_t index = 0;
        if (!yaml_keys_check(document, node, keys) || !region_read(document, node, &owner->region)) {
            return false;
        }
        const struct yaml_node *name = yaml_require(document, node, "owner");
        if (name == NULL || !yaml_choice(document, name, owner_names, &index)) {
            return false;
        }
        owner->owner = (uint8_t)index;
        platform->owner_count++;
    }
    return true;
}

static bool hcr_read(struct yaml_document *document, struct platform_config *platform)
{
    /* Arm ARM, HCR_EL2: the bits that upgrade DC IVAC and DC ISW at EL1. */
    static const struct {
        const char *name;
        uint32_t bit;
    } bits[] = {{"vm", 0}, {"swio", 1}, {"dc", 12}};
    static const char *const keys[] = {"vm", "swio", "dc", NULL};
    const struct yaml_node *cpu = yaml_get(document->root, "cpu");
    const struct yaml_node *node = yaml_get(cpu, "hcr-el2");
    if (node == NULL) {
        return true;
    }
    if (!yaml_keys_check(document, node, keys)) {
        return false;
    }
    for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
        const struct yaml_node *value = yaml_get(node, bits[i].name);
        bool set = false;
        if (value != NULL && !yaml_bool(document, value, &set)) {
            return false;
        }
        platform->hcr_el2 |= (uint64_t)set << bits[i].bit;
    }
    return true;
}

static bool preemptible_read(struct yaml_document *document, struct platform_config *platform)
{
    /* In the order of the bits of enum mm_sp_point. */
    static const char *const names[] = {"before-reading",
                                        "while-reading",
                                        "before-serving",
                                        "before-replying",
                                        "while-replying",
                                        "after-replying",
                                        NULL};
    const struct yaml_node *secure = yaml_get(document->root, "secure");
    const struct yaml_node *list = yaml_get(yaml_get(secure, "mm"), "preemptible");
    if (list == NULL) {
        return true;
    }
    if (!list_check(document, list, 6)) {
        return false;
    }
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next) {
        uint32_t index = 0;
        if (!yaml_choice(document, node, names, &index)) {
            return false;
        }
        platform->mm_preemptible |= 1U << index;
    }
    return true;
}

static void name_set(struct platform_config *platform, const char *source)
{
    const char *slash = strrchr(source, '/');
    const char *name = slash == NULL ? source : slash + 1;
    const char *dot = strrchr(name, '.');
    const int length = dot == NULL || dot == name ? (int)strlen(name) : (int)(dot - name);
    (void)snprintf(platform->name, sizeof(platform->name), "%.*s", length, name);
}

/* profile=NAME is short for secure.profile=NAME. */
static const char *setting_expand(const char *setting, char assignment[PLATFORM_SETTING_MAX])
{
    if (strncmp(setting, "profile=", strlen("profile=")) != 0) {
        return setting;
    }
    (void)snprintf(assignment, PLATFORM_SETTING_MAX, "secure.%s", setting);
    return assignment;
}

static bool secure_memory_read(struct yaml_document *document, struct platform_config *platform)
{
    const struct yaml_node *secure = yaml_get(document->root, "secure");
    return regions_read(document, yaml_get(secure, "memory"), PLATFORM_REGIONS_MAX, platform->secure_ram,
                        &platform->secure_ram_count);
}

static bool document_read(struct yaml_document *document, const char *const *settings, uint32_t setting_count,
                          struct platform_config *platform)
{
    if (document->root->kind != YAML_MAPPING) {
        return yaml_fail(document, document->root, "expected a mapping of keys");
    }
    for (uint32_t i = 0; i < setting_count; i++) {
        char assignment[PLATFORM_SETTING_MAX];
        if (!yaml_set(document, "--set", setting_expand(settings[i], assignment))) {
            return false;
        }
    }
    return mappings_check(document) && mappings_require(document) && rows_read(document, platform) &&
           memory_read(document, platform) && flashes_read(document, platform) &&
           regions_read(document, yaml_get(document->root, "empty-bus"), PLATFORM_EMPTIES_MAX,
                        platform->empty, &platform->empty_count) &&
           secure_memory_read(document, platform) && owners_read(document, platform) &&
           hcr_read(document, platform) && preemptible_read(document, platform) &&
           platform_check(document, platform) &&
           platform_partitions_read(document, yaml_get(document->root, "partitions"), platform);
}

static bool document_finish(struct yaml_document *document, bool read, const char *const *settings,
                            uint32_t setting_count, struct platform_config *platform,
                            char error[YAML_ERROR_MAX])
{
    memset(platform, 0, sizeof(*platform)); /* padding too: the configuration is compared and hashed */
    const bool accepted = read && document_read(document, settings, setting_count, platform);
    if (accepted) {
        name_set(platform, document->source);
    }
    memcpy(error, document->error, YAML_ERROR_MAX);
    yaml_free(document);
    return accepted;
}

bool platform_file_read(const char *path, const char *const *settings, uint32_t setting_count,
                        struct platform_config *platform, char error[YAML_ERROR_MAX])
{
    struct yaml_document document;
    const bool read = yaml_read_file(&document, path);
    return document_finish(&document, read, settings, setting_count, platform, error);
}

bool platform_text_read(const char *source, const char *text, const char *const *settings,
                        uint32_t setting_count, struct platform_config *platform, char error[YAML_ERROR_MAX])
{
    struct yaml_document document;
    const bool read = yaml_read_text(&document, source, text, strlen(text));
    return document_finish(&document, read, settings, setting_count, platform, error);
}
