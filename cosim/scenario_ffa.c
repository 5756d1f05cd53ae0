/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The FF-A steps of a scenario: from words to the operands of model/abi/script.h, and what their results are
 * compared with. FF-A (DEN0077) for what the words mean. Any expected value may be a map by profile. It must
 * not judge whether a call makes sense: a scenario may ask for wrong ones.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "cosim/scenario.h"
#include "cosim/scenario_operands.h"
#include "model/abi/ffa.h"
#include "model/abi/ffa_memory.h"
#include "model/abi/script.h"

#define POOL_PAGE_SIZE   4096U
#define BYTES_MAX        4096U
#define VALUE_KIND_BITS  3U
#define RUNS_DEFAULT     4096U
#define BORROWERS_MAX    8U
#define RANGES_MAX       16U
#define REQUEST_PAYLOAD  5U /* registers */
#define REQUEST2_PAYLOAD 14U

static const char *const profile_names[] = {"hafnium", "el3-spmc", "op-tee", NULL};

/* Expectations */

static struct scenario_expect *expect_add(struct scenario_step *step, enum scenario_expect_kind kind,
                                          const char *name, uint32_t index, uint64_t mask)
{
    struct scenario_expect *grown = (struct scenario_expect *)realloc(
        step->expects, (step->expect_count + 1) * sizeof(struct scenario_expect));
    assert(grown != NULL);
    step->expects = grown;
    struct scenario_expect *expect = &grown[step->expect_count++];
    *expect = (struct scenario_expect){.kind = kind, .name = name, .index = index, .mask = mask};
    return expect;
}

static bool expected_value(struct yaml_document *document, const struct yaml_node *node, bool wide,
                           bool is_status, uint64_t *value)
{
    int64_t status = 0;
    uint32_t function = 0;
    if (!is_status) {
        return ffa_value_read(document, node, wide, value);
    }
    if (node->kind == YAML_SCALAR && ffa_status_parse(node->text, &status)) {
        *value = (uint64_t)status;
        return true;
    }
    if (node->kind == YAML_SCALAR && ffa_function_parse(node->text, &function) &&
        function == FFA_SUCCESS_32) {
        *value = 0;
        return true;
    }
    return yaml_fail(document, node, "expected FFA_SUCCESS, or a status like FFA_DENIED");
}

/* A value for all profiles, or a map from their names; `default` for those that it does not name. */
static bool values_read(struct yaml_document *document, const struct yaml_node *node, bool wide,
                        bool is_status, struct scenario_expect *expect)
{
    static const char *const keys[] = {"hafnium", "el3-spmc", "op-tee", "default", NULL};
    const struct yaml_node *other = node->kind == YAML_MAPPING ? yaml_get(node, "default") : node;
    if (node->kind == YAML_MAPPING && !yaml_keys_check(document, node, keys)) {
        return false;
    }
    for (uint32_t i = 0; i < SPMC_PROFILE_COUNT; i++) {
        const struct yaml_node *own = node->kind == YAML_MAPPING ? yaml_get(node, profile_names[i]) : NULL;
        const struct yaml_node *value = own != NULL ? own : other;
        expect->given[i] = value != NULL;
        if (value != NULL && !expected_value(document, value, wide, is_status, &expect->values[i])) {
            return false;
        }
    }
    return true;
}

static bool status_expect(struct yaml_document *document, const struct yaml_node *node,
                          struct scenario_step *step)
{
    return values_read(document, node, true, true, expect_add(step, EXPECT_STATUS, "status", 0, 0));
}

bool scenario_number_expect(struct yaml_document *document, const struct yaml_node *node, const char *name,
                            uint32_t index, struct scenario_step *step)
{
    return node == NULL ||
           values_read(document, node, true, false, expect_add(step, EXPECT_WORD, name, index, UINT64_MAX));
}

/* `expect` of a call: registers, `status`, and of a direct request how often it was interrupted. */
static bool registers_expect(struct yaml_document *document, const struct yaml_node *operands,
                             struct scenario_step *step)
{
    const struct yaml_node *map = yaml_get(operands, "expect");
    if (map == NULL) {
        return true;
    }
    if (map->kind != YAML_MAPPING) {
        return yaml_fail(document, map, "expected a mapping of registers and status");
    }
    for (const struct yaml_node *node = map->first; node != NULL; node = node->next) {
        const char *name = node->key->text;
        const bool request = step->code == SCRIPT_STEP_DIRECT_REQUEST;
        uint32_t index = 0;
        bool wide = false;
        bool read = false;
        if (strcmp(name, "status") == 0) {
            read = status_expect(document, node, step);
        } else if (request && strcmp(name, "interrupts") == 0) {
            read = scenario_number_expect(document, node, name, SCRIPT_REGISTERS, step);
        } else if (request && strcmp(name, "yields") == 0) {
            read = scenario_number_expect(document, node, name, SCRIPT_REGISTERS + 1, step);
        } else if (ffa_register_parse(name, &index, &wide)) {
            read = values_read(document, node, wide, false,
                               expect_add(step, EXPECT_WORD, name, index, wide ? UINT64_MAX : UINT32_MAX));
        } else {
            return yaml_fail(document, node->key,
                             "'%.64s' is wrong, expected x0 to x17, w0 to w17 or status%s", name,
                             request ? ", interrupts or yields" : "");
        }
        if (!read) {
            return false;
        }
    }
    return true;
}

/* Values of calls */

static bool slot_find(const struct scenario *scenario, const char *name, uint32_t *slot)
{
    for (uint32_t i = 0; i < scenario->region_count; i++) {
        if (strcmp(scenario->regions[i].name, name) == 0) {
            *slot = i;
            return true;
        }
    }
    return false;
}

bool scenario_region_find(struct scenario *scenario, const struct yaml_node *node, uint32_t *slot)
{
    const char *name = NULL;
    if (!yaml_text(&scenario->document, node, BYTES_MAX, &name)) {
        return false;
    }
    return slot_find(scenario, name, slot) ||
           yaml_fail(&scenario->document, node,
                     "'%.64s' names no memory sent before, expected the name of one", name);
}

/* {handle: NAME}, {handle_low: NAME}, {handle_high: NAME}, {page: N} */
static bool reference_read(struct scenario *scenario, const struct yaml_node *node, uint64_t *kind,
                           uint64_t *value)
{
    static const char *const keys[] = {"handle", "handle_low", "handle_high", "page", NULL};
    struct yaml_document *document = &scenario->document;
    uint32_t slot = 0;
    if (!yaml_keys_check(document, node, keys)) {
        return false;
    }
    if (node->count != 1) {
        return yaml_fail(document, node, "expected one of handle, handle_low, handle_high or page");
    }
    if (strcmp(node->first->key->text, "page") == 0) {
        *kind = SCRIPT_VALUE_PAGE;
        return yaml_u64(document, node->first, 0, SCRIPT_POOL_PAGES - 1, value);
    }
    for (uint64_t i = 0; i < 3; i++) {
        *kind = strcmp(node->first->key->text, keys[i]) == 0 ? SCRIPT_VALUE_HANDLE + i : *kind;
    }
    if (!scenario_region_find(scenario, node->first, &slot)) {
        return false;
    }
    *value = slot;
    return true;
}

static bool call_value(struct scenario *scenario, const struct yaml_node *node, bool wide, uint64_t *kind,
                       uint64_t *value)
{
    *kind = SCRIPT_VALUE_NUMBER;
    if (node->kind == YAML_MAPPING) {
        return reference_read(scenario, node, kind, value);
    }
    if (node->kind == YAML_SCALAR && (strcmp(node->text, "tx") == 0 || strcmp(node->text, "rx") == 0)) {
        *kind = node->text[0] == 't' ? SCRIPT_VALUE_TX : SCRIPT_VALUE_RX;
        *value = 0;
        return true;
    }
    return ffa_value_read(&scenario->document, node, wide, value);
}

static void call_append(struct scenario_step *step, const uint64_t kinds[SCRIPT_REGISTERS],
                        const uint64_t values[SCRIPT_REGISTERS])
{
    uint64_t packed = 0;
    for (uint32_t i = 0; i < SCRIPT_REGISTERS; i++) {
        packed |= kinds[i] << (VALUE_KIND_BITS * i);
    }
    operands_append_u64(step, packed);
    for (uint32_t i = 0; i < SCRIPT_REGISTERS; i++) {
        operands_append_u64(step, values[i]);
    }
}

/* smc: {function, xN or wN: VALUE, expect} */
static bool smc_read(struct scenario *scenario, const struct yaml_node *operands, struct scenario_step *step)
{
    struct yaml_document *document = &scenario->document;
    uint64_t kinds[SCRIPT_REGISTERS] = {0};
    uint64_t values[SCRIPT_REGISTERS] = {0};
    const struct yaml_node *function = yaml_require(document, operands, "function");
    if (function == NULL || !ffa_value_read(document, function, true, &values[0])) {
        return false;
    }
    for (const struct yaml_node *node = operands->first; node != NULL; node = node->next) {
        uint32_t index = 0;
        bool wide = false;
        if (!ffa_register_parse(node->key->text, &index, &wide)) {
            continue; /* the other keys have been checked */
        }
        if (index == 0) {
            return yaml_fail(document, node->key, "'%s' beside function, expected one of them",
                             node->key->text);
        }
        if (!call_value(scenario, node, wide, &kinds[index], &values[index])) {
            return false;
        }
    }
    call_append(step, kinds, values);
    return registers_expect(document, operands, step);
}

/* direct_request: {to, form, uuid registers, payload, runs, expect} */
static bool request_read(struct scenario *scenario, const struct yaml_node *operands,
                         struct scenario_step *step)
{
    static const char *const forms[] = {"32", "64", "req2", NULL};
    static const uint32_t functions[] = {FFA_MSG_SEND_DIRECT_REQ_32, FFA_MSG_SEND_DIRECT_REQ_64,
                                         FFA_MSG_SEND_DIRECT_REQ2};
    struct yaml_document *document = &scenario->document;
    uint64_t kinds[SCRIPT_REGISTERS] = {0};
    uint64_t values[SCRIPT_REGISTERS] = {0};
    uint64_t receiver = 0;
    uint64_t runs = RUNS_DEFAULT;
    uint32_t form = 1;
    const struct yaml_node *to = yaml_require(document, operands, "to");
    const struct yaml_node *how = yaml_get(operands, "form");
    const struct yaml_node *payload = yaml_get(operands, "payload");
    if (to == NULL || !yaml_u64(document, to, 0, UINT16_MAX, &receiver) ||
        (how != NULL && !yaml_choice(document, how, forms, &form)) ||
        !optional_number(document, operands, "runs", 0, RUNS_DEFAULT, &runs)) {
        return false;
    }
    const uint32_t first = form == 2 ? SCRIPT_REGISTERS - REQUEST2_PAYLOAD : 3;
    const uint32_t room = form == 2 ? REQUEST2_PAYLOAD : REQUEST_PAYLOAD;
    if (payload != NULL && (payload->kind != YAML_SEQUENCE || payload->count > room)) {
        return yaml_fail(document, payload, "expected a list of at most %u values", room);
    }
    values[0] = functions[form];
    values[1] = receiver;
    uint32_t index = first;
    for (const struct yaml_node *node = payload != NULL ? payload->first : NULL; node != NULL;
         node = node->next) {
        if (!call_value(scenario, node, form != 0, &kinds[index], &values[index])) {
            return false;
        }
        index++;
    }
    call_append(step, kinds, values);
    operands_append_u64(step, runs);
    return registers_expect(document, operands, step);
}

/* Buffers */

static int hex_value(char digit)
{
    static const char digits[] = "0123456789abcdef";
    const char *found =
        digit == '\0' ? NULL : strchr(digits, digit >= 'A' && digit <= 'F' ? digit + 32 : digit);
    return found == NULL ? -1 : (int)(found - digits);
}

static bool hex_read(struct yaml_document *document, const struct yaml_node *node, uint8_t *bytes,
                     size_t *size)
{
    const char *text = NULL;
    if (!yaml_text(document, node, 3 * BYTES_MAX, &text)) {
        return false;
    }
    for (; *text != '\0'; text++) {
        if (*text == ' ' || *text == '\n') {
            continue;
        }
        const int high = hex_value(text[0]);
        const int low = high < 0 ? -1 : hex_value(text[1]);
        if (low < 0 || *size == BYTES_MAX) {
            return yaml_fail(document, node, "expected at most %u bytes as pairs of hexadecimal digits",
                             BYTES_MAX);
        }
        bytes[(*size)++] = (uint8_t)(high << 4 | low);
        text++;
    }
    return true;
}

static bool numbers_read(struct yaml_document *document, const struct yaml_node *list, uint32_t width,
                         uint8_t *bytes, size_t *size)
{
    if (list->kind != YAML_SEQUENCE || list->count > BYTES_MAX / width) {
        return yaml_fail(document, list, "expected a list of at most %u numbers", BYTES_MAX / width);
    }
    const uint64_t max = width == 8 ? UINT64_MAX : (1ULL << (8 * width)) - 1;
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next) {
        uint64_t value = 0;
        if (!yaml_u64(document, node, 0, max, &value)) {
            return false;
        }
        for (uint32_t i = 0; i < width; i++) {
            bytes[(*size)++] = (uint8_t)(value >> (8 * i));
        }
    }
    return true;
}

/* One of bytes, text, u8, u16, u32 or u64 of a mapping. */
static bool bytes_read(struct yaml_document *document, const struct yaml_node *mapping, uint8_t *bytes,
                       size_t *size)
{
    static const char *const widths[] = {"u8", "u16", "u32", "u64"};
    const struct yaml_node *hex = yaml_get(mapping, "bytes");
    const struct yaml_node *text = yaml_get(mapping, "text");
    const char *characters = NULL;
    *size = 0;
    if (hex != NULL) {
        return hex_read(document, hex, bytes, size);
    }
    if (text != NULL) {
        if (!yaml_text(document, text, BYTES_MAX, &characters)) {
            return false;
        }
        *size = strlen(characters);
        memcpy(bytes, characters, *size);
        return true;
    }
    for (uint32_t i = 0; i < 4; i++) {
        const struct yaml_node *numbers = yaml_get(mapping, widths[i]);
        if (numbers != NULL) {
            return numbers_read(document, numbers, 1U << i, bytes, size);
        }
    }
    return yaml_fail(document, mapping, "no contents, expected bytes, text, u8, u16, u32 or u64");
}

static bool tx_write_read(struct scenario *scenario, const struct yaml_node *operands,
                          struct scenario_step *step)
{
    struct yaml_document *document = &scenario->document;
    static uint8_t bytes[BYTES_MAX];
    size_t size = 0;
    uint64_t offset = 0;
    if (!optional_number(document, operands, "offset", 0, POOL_PAGE_SIZE - 1, &offset) ||
        !bytes_read(document, operands, bytes, &size)) {
        return false;
    }
    if (size > POOL_PAGE_SIZE - offset) {
        return yaml_fail(document, operands, "%zu bytes do not fit behind 0x%llx, expected them in one page",
                         size, (unsigned long long)offset);
    }
    operands_append_u64(step, offset);
    operands_append_u64(step, size);
    operands_append(step, bytes, size);
    return true;
}

static bool rx_read_read(struct scenario *scenario, const struct yaml_node *operands,
                         struct scenario_step *step)
{
    static const char *const keys[] = {"bytes", "text", "u8", "u16", "u32", "u64", NULL};
    struct yaml_document *document = &scenario->document;
    static uint8_t bytes[BYTES_MAX];
    const struct yaml_node *contents = yaml_require(document, operands, "expect");
    size_t size = 0;
    uint64_t offset = 0;
    if (contents == NULL || !optional_number(document, operands, "offset", 0, POOL_PAGE_SIZE - 1, &offset) ||
        !yaml_keys_check(document, contents, keys) || !bytes_read(document, contents, bytes, &size)) {
        return false;
    }
    if (size > POOL_PAGE_SIZE - offset) {
        return yaml_fail(document, operands, "%zu bytes do not fit behind 0x%llx, expected them in one page",
                         size, (unsigned long long)offset);
    }
    operands_append_u64(step, offset);
    operands_append_u64(step, size);
    struct scenario_expect *expect = expect_add(step, EXPECT_BYTES, "bytes", 0, 0);
    expect->bytes = (uint8_t *)malloc(size + 1);
    assert(expect->bytes != NULL);
    memcpy(expect->bytes, bytes, size);
    expect->size = size;
    return true;
}

/* Memory that is sent */

struct borrowers {
    uint32_t count;
    uint64_t words[BORROWERS_MAX];
};

/* {id, access, executable, flags} */
static bool borrower_read(struct yaml_document *document, const struct yaml_node *node,
                          uint32_t access_default, uint64_t *word)
{
    static const char *const keys[] = {"id", "access", "flags", NULL};
    static const char *const names[] = {"none", "read-only", "read-write", NULL};
    const struct yaml_node *access = yaml_get(node, "access");
    uint64_t id = 0;
    uint64_t flags = 0;
    uint64_t permissions = access_default;
    uint32_t index = 0;
    if (!yaml_keys_check(document, node, keys)) {
        return false;
    }
    const struct yaml_node *who = yaml_require(document, node, "id");
    if (who == NULL || !yaml_u64(document, who, 0, UINT16_MAX, &id) ||
        !optional_number(document, node, "flags", 0, UINT8_MAX, &flags)) {
        return false;
    }
    const bool number = access != NULL && access->kind == YAML_SCALAR && access->text[0] == '0';
    if (number && !yaml_u64(document, access, 0, UINT8_MAX, &permissions)) {
        return false;
    }
    if (access != NULL && !number) {
        if (!yaml_choice(document, access, names, &index)) {
            return false;
        }
        permissions = index;
    }
    *word = id | permissions << 16 | flags << 24;
    return true;
}

static bool borrowers_read(struct yaml_document *document, const struct yaml_node *operands,
                           uint32_t access_default, struct borrowers *borrowers)
{
    const struct yaml_node *list = yaml_require(document, operands, "to");
    if (list == NULL) {
        return false;
    }
    if (list->kind != YAML_SEQUENCE || list->count > BORROWERS_MAX) {
        return yaml_fail(document, list, "expected a list of at most %u borrowers", BORROWERS_MAX);
    }
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next) {
        if (!borrower_read(document, node, access_default, &borrowers->words[borrowers->count++])) {
            return false;
        }
    }
    return true;
}

/* {page, count} of the pool, or {pa, count}. */
static bool range_read(struct yaml_document *document, const struct yaml_node *node,
                       struct scenario_range *range)
{
    static const char *const keys[] = {"page", "pa", "count", NULL};
    uint64_t count = 1;
    if (!yaml_keys_check(document, node, keys)) {
        return false;
    }
    const struct yaml_node *page = yaml_get(node, "page");
    const struct yaml_node *pa = yaml_get(node, "pa");
    if ((page == NULL) == (pa == NULL)) {
        return yaml_fail(document, node, "expected a page of the pool or a pa");
    }
    range->pool = page != NULL;
    if (!optional_number(document, node, "count", 0, UINT32_MAX, &count) ||
        !yaml_u64(document, range->pool ? page : pa, 0, range->pool ? SCRIPT_POOL_PAGES - 1 : UINT64_MAX,
                  &range->start)) {
        return false;
    }
    range->pages = (uint32_t)count;
    return !range->pool || range->start + count <= SCRIPT_POOL_PAGES ||
           yaml_fail(document, node, "the pool has %u pages, expected a range inside it", SCRIPT_POOL_PAGES);
}

static bool ranges_read(struct scenario *scenario, const struct yaml_node *operands,
                        struct scenario_region *region)
{
    struct yaml_document *document = &scenario->document;
    const struct yaml_node *pages = yaml_get(operands, "pages");
    const struct yaml_node *list = yaml_get(operands, "ranges");
    uint64_t count = 1;
    if (pages != NULL && list != NULL) {
        return yaml_fail(document, list->key, "ranges beside pages, expected one of them");
    }
    if (list == NULL) {
        if (pages != NULL && !yaml_u64(document, pages, 1, SCRIPT_POOL_PAGES, &count)) {
            return false;
        }
        region->range_count = 1;
        region->ranges[0] = (struct scenario_range){true, scenario->pool_used, (uint32_t)count};
        scenario->pool_used += (uint32_t)count;
        return scenario->pool_used <= SCRIPT_POOL_PAGES ||
               yaml_fail(document, operands, "the pool has %u pages and they are used up, expected ranges",
                         SCRIPT_POOL_PAGES);
    }
    if (list->kind != YAML_SEQUENCE || list->count > RANGES_MAX) {
        return yaml_fail(document, list, "expected a list of at most %u ranges", RANGES_MAX);
    }
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next) {
        if (!range_read(document, node, &region->ranges[region->range_count++])) {
            return false;
        }
    }
    return true;
}

/* The name of what is sent: a new one, or one that is sent again. */
static bool region_begin(struct scenario *scenario, const struct yaml_node *operands, uint32_t *slot)
{
    struct yaml_document *document = &scenario->document;
    const struct yaml_node *node = yaml_require(document, operands, "name");
    const char *name = NULL;
    if (node == NULL || !yaml_text(document, node, BYTES_MAX, &name)) {
        return false;
    }
    if (slot_find(scenario, name, slot)) {
        return true;
    }
    if (scenario->region_count == SCRIPT_SLOTS_MAX) {
        return yaml_fail(document, node, "more than %u names, expected fewer", SCRIPT_SLOTS_MAX);
    }
    *slot = scenario->region_count++;
    scenario->regions[*slot] = (struct scenario_region){.name = name};
    return true;
}

struct send_numbers {
    uint64_t flags;
    uint64_t attributes;
    uint64_t tag;
    uint64_t fragment;
};

static bool send_numbers_read(struct yaml_document *document, const struct yaml_node *operands,
                              uint64_t attributes, struct send_numbers *numbers)
{
    *numbers = (struct send_numbers){.attributes = attributes};
    return optional_number(document, operands, "flags", 0, UINT32_MAX, &numbers->flags) &&
           optional_number(document, operands, "attributes", 0, UINT16_MAX, &numbers->attributes) &&
           optional_number(document, operands, "tag", 0, UINT64_MAX, &numbers->tag) &&
           optional_number(document, operands, "fragment", 1, POOL_PAGE_SIZE, &numbers->fragment);
}

/* FFA_SUCCESS where the scenario says nothing else. */
static bool send_expect(struct yaml_document *document, const struct yaml_node *operands,
                        struct scenario_step *step)
{
    const struct yaml_node *status = yaml_get(operands, "expect_status");
    if (status != NULL) {
        return status_expect(document, status, step);
    }
    struct scenario_expect *expect = expect_add(step, EXPECT_STATUS, "status", 0, 0);
    for (uint32_t i = 0; i < SPMC_PROFILE_COUNT; i++) {
        expect->given[i] = true;
    }
    return true;
}

/* mem_share, mem_lend, mem_donate: {to, pages or ranges, name, flags, attributes, tag, fragment,
 * expect_status} */
static bool send_read(struct scenario *scenario, const struct yaml_node *operands, struct scenario_step *step)
{
    static const struct {
        const char *word;
        uint32_t function_id;
        uint16_t attributes; /* what a lender that knows the rules says */
        uint8_t access;
    } kinds[] = {
        {"mem_share", FFA_MEM_SHARE_32, FFA_MEMORY_NORMAL_WB_INNER, FFA_MEMORY_DATA_READ_WRITE},
        {"mem_lend", FFA_MEM_LEND_32, 0, FFA_MEMORY_DATA_READ_WRITE},
        {"mem_donate", FFA_MEM_DONATE_32, 0, 0},
    };
    struct yaml_document *document = &scenario->document;
    struct borrowers borrowers = {0};
    struct send_numbers numbers;
    struct scenario_region region = {0};
    uint32_t slot = 0;
    uint32_t kind = 0;
    while (strcmp(step->word, kinds[kind].word) != 0) {
        kind++;
    }
    if (!region_begin(scenario, operands, &slot) || !ranges_read(scenario, operands, &region) ||
        !borrowers_read(document, operands, kinds[kind].access, &borrowers) ||
        !send_numbers_read(document, operands,
                           borrowers.count > 1 ? FFA_MEMORY_NORMAL_WB_INNER : kinds[kind].attributes,
                           &numbers)) {
        return false;
    }
    region.name = scenario->regions[slot].name;
    scenario->regions[slot] = region;
    const uint64_t header[] = {kinds[kind].function_id,
                               slot,
                               numbers.flags,
                               numbers.attributes,
                               numbers.tag,
                               numbers.fragment,
                               borrowers.count,
                               region.range_count};
    for (uint32_t i = 0; i < sizeof(header) / sizeof(header[0]); i++) {
        operands_append_u64(step, header[i]);
    }
    for (uint32_t i = 0; i < borrowers.count; i++) {
        operands_append_u64(step, borrowers.words[i]);
    }
    for (uint32_t i = 0; i < region.range_count; i++) {
        operands_append_u64(step, region.ranges[i].start);
        operands_append_u64(step, region.ranges[i].pages | (region.ranges[i].pool ? SCRIPT_RANGE_POOL : 0));
    }
    return send_expect(document, operands, step);
}

static bool reclaim_read(struct scenario *scenario, const struct yaml_node *operands,
                         struct scenario_step *step)
{
    struct yaml_document *document = &scenario->document;
    const struct yaml_node *handle = yaml_require(document, operands, "handle");
    uint32_t slot = 0;
    uint64_t flags = 0;
    if (handle == NULL || !scenario_region_find(scenario, handle, &slot) ||
        !optional_number(document, operands, "flags", 0, UINT32_MAX, &flags)) {
        return false;
    }
    operands_append_u64(step, slot);
    operands_append_u64(step, flags);
    return send_expect(document, operands, step);
}

/* Where in the pool the offset of a region is. */
bool scenario_region_offset(struct scenario *scenario, const struct yaml_node *node, uint32_t slot,
                            uint64_t offset, uint64_t *pool)
{
    const struct scenario_region *region = &scenario->regions[slot];
    for (uint32_t i = 0; i < region->range_count; i++) {
        const uint64_t size = (uint64_t)region->ranges[i].pages * POOL_PAGE_SIZE;
        if (offset < size) {
            *pool = region->ranges[i].start * POOL_PAGE_SIZE + offset;
            return region->ranges[i].pool ||
                   yaml_fail(&scenario->document, node, "the range is not of the pool, expected one that is");
        }
        offset -= size;
    }
    return yaml_fail(&scenario->document, node, "the offset lies behind the memory that was sent");
}

/* mem_write, mem_read: {region, offset, value} */
static bool touch_read(struct scenario *scenario, const struct yaml_node *operands,
                       struct scenario_step *step)
{
    struct yaml_document *document = &scenario->document;
    const struct yaml_node *region = yaml_require(document, operands, "region");
    const bool write = step->code == SCRIPT_STEP_MEM_WRITE;
    const struct yaml_node *value = write ? yaml_require(document, operands, "value") : NULL;
    uint32_t slot = 0;
    uint64_t offset = 0;
    uint64_t number = 0;
    uint64_t pool = 0;
    if (region == NULL || (write && value == NULL) || !scenario_region_find(scenario, region, &slot) ||
        !optional_number(document, operands, "offset", 0, SCRIPT_POOL_PAGES * POOL_PAGE_SIZE, &offset) ||
        !scenario_region_offset(scenario, operands, slot, offset, &pool) ||
        (write && !yaml_u64(document, value, 0, UINT64_MAX, &number))) {
        return false;
    }
    if (offset % sizeof(uint64_t) != 0) {
        return yaml_fail(document, yaml_get(operands, "offset"),
                         "the offset is not aligned, expected a multiple of 8");
    }
    operands_append_u64(step, pool);
    if (write) {
        operands_append_u64(step, number);
        return true;
    }
    return scenario_number_expect(document, yaml_get(operands, "expect"), "value", 0, step);
}

bool scenario_ffa_read(struct scenario *scenario, const struct yaml_node *operands,
                       struct scenario_step *step)
{
    switch ((enum script_step_code)step->code) {
    case SCRIPT_STEP_SMC:
        return smc_read(scenario, operands, step);
    case SCRIPT_STEP_DIRECT_REQUEST:
        return request_read(scenario, operands, step);
    case SCRIPT_STEP_TX_WRITE:
        return tx_write_read(scenario, operands, step);
    case SCRIPT_STEP_RX_READ:
        return rx_read_read(scenario, operands, step);
    case SCRIPT_STEP_MEM_SEND:
        return send_read(scenario, operands, step);
    case SCRIPT_STEP_MEM_RECLAIM:
        return reclaim_read(scenario, operands, step);
    case SCRIPT_STEP_MEM_WRITE:
    case SCRIPT_STEP_MEM_READ:
        return touch_read(scenario, operands, step);
    default:
        assert(false);
        return false;
    }
}

/* profiles: the step is left out on others. */
bool scenario_profiles_read(struct yaml_document *document, const struct yaml_node *list, uint32_t *profiles)
{
    if (list == NULL) {
        return true;
    }
    if (list->kind != YAML_SEQUENCE || list->count == 0) {
        return yaml_fail(document, list, "expected a list of hafnium, el3-spmc or op-tee");
    }
    *profiles = 0;
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next) {
        uint32_t index = 0;
        if (!yaml_choice(document, node, profile_names, &index)) {
            return false;
        }
        *profiles |= 1U << index;
    }
    return true;
}
