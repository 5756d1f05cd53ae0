/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The steps of a scenario: from words to the operands of model/abi/script.h. UEFI specification, "Variable
 * Services", for what the operands mean.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "cosim/scenario.h"
#include "cosim/scenario_operands.h"
#include "model/abi/efi.h"
#include "model/abi/script.h"
#include "model/mm_sp/mm_sp.h"

#define STEP_NAME_MAX         512  /* characters of a variable name */
#define STEP_DATA_SIZE_MAX    8192 /* bytes of a variable */
#define STEP_RESULT_DEFAULT   1024 /* bytes that GetVariable and GetNextVariableName have room for */
#define STEP_INTERRUPTS_MAX   1000
#define STEP_FUNCTION_UNKNOWN 0x7777 /* no enum mm_variable_function */

static const char global_variable_guid[] = "8be4df61-93ca-11d2-aa0d-00e098032b8c";

struct step_word {
    const char *word;
    uint32_t code;
    bool operands_required;
    const char *keys[12]; /* NULL-terminated, modifiers left out */
};

#define SEND_KEYS                                                                                            \
    {                                                                                                        \
        "to", "pages", "ranges", "name", "flags", "attributes", "tag", "fragment", NULL                      \
    }

static const struct step_word step_words[] = {
    {"boot", SCRIPT_STEP_BOOT, false, {NULL}},
    {"exit_boot_services", SCRIPT_STEP_EXIT_BOOT_SERVICES, false, {NULL}},
    {"set_virtual_address_map", SCRIPT_STEP_SET_VIRTUAL_ADDRESS_MAP, false, {NULL}},
    {"get_variable", SCRIPT_STEP_GET_VARIABLE, true, {"name", "guid", "size_max", "expect", NULL}},
    {"set_variable", SCRIPT_STEP_SET_VARIABLE, true, {"name", "guid", "attributes", "data", NULL}},
    {"get_next_variable_name",
     SCRIPT_STEP_GET_NEXT_VARIABLE_NAME,
     true,
     {"name", "guid", "size_max", "expect", NULL}},
    {"query_variable_info", SCRIPT_STEP_QUERY_VARIABLE_INFO, true, {"attributes", NULL}},
    {"os_dirty", SCRIPT_STEP_OS_DIRTY, true, {"lines", "seed", NULL}},
    {"os_check", SCRIPT_STEP_OS_CHECK, false, {NULL}},
    {"smc", SCRIPT_STEP_SMC, true, {"function", "expect", NULL}},
    {"direct_request", SCRIPT_STEP_DIRECT_REQUEST, true, {"to", "form", "payload", "runs", "expect", NULL}},
    {"tx_write", SCRIPT_STEP_TX_WRITE, true, {"offset", "bytes", "text", "u8", "u16", "u32", "u64", NULL}},
    {"rx_read", SCRIPT_STEP_RX_READ, true, {"offset", "expect", NULL}},
    {"mem_share", SCRIPT_STEP_MEM_SEND, true, SEND_KEYS},
    {"mem_lend", SCRIPT_STEP_MEM_SEND, true, SEND_KEYS},
    {"mem_donate", SCRIPT_STEP_MEM_SEND, true, SEND_KEYS},
    {"mem_reclaim", SCRIPT_STEP_MEM_RECLAIM, true, {"handle", "flags", NULL}},
    {"mem_write", SCRIPT_STEP_MEM_WRITE, true, {"region", "offset", "value", NULL}},
    {"mem_read", SCRIPT_STEP_MEM_READ, true, {"region", "offset", "expect", NULL}},
    {"litmus", SCRIPT_STEP_LITMUS, true, {"program", "region", "to", "expect", NULL}},
};
#define STEP_WORDS (sizeof(step_words) / sizeof(step_words[0]))

static const char *const later_words[] = {"os_run", "reset", NULL};
static const char *const modifier_keys[] = {"expect_status", "interrupts", "sp_fault", "profiles", NULL};

/* Operands. */

void operands_append(struct scenario_step *step, const void *bytes, size_t size)
{
    /* Every item is padded with zeros to a multiple of 8. */
    const size_t padded = (size + 7U) & ~(size_t)7U;
    uint8_t *grown = (uint8_t *)realloc(step->operands, step->operands_size + padded + 1);
    assert(grown != NULL);
    step->operands = grown;
    memset(grown + step->operands_size, 0, padded);
    if (size > 0) {
        memcpy(grown + step->operands_size, bytes, size);
    }
    step->operands_size += (uint32_t)padded;
}

void operands_append_u64(struct scenario_step *step, uint64_t value)
{
    uint8_t bytes[8];
    for (uint32_t i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)(value >> (8 * i));
    }
    operands_append(step, bytes, sizeof(bytes));
}

/* UTF-8, checked by the reader, to UTF-16LE with the final NUL. Returns the size in bytes. */
static size_t name_encode(const char *text, uint8_t *bytes)
{
    size_t size = 0;
    const unsigned char *at = (const unsigned char *)text;
    for (;;) {
        uint32_t point = *at++;
        const uint32_t more = point >= 0xF0 ? 3 : point >= 0xE0 ? 2 : point >= 0xC0 ? 1 : 0;
        point = more == 0 ? point : point & (0x3FU >> more);
        for (uint32_t i = 0; i < more; i++) {
            point = point << 6 | (*at++ & 0x3FU);
        }
        uint16_t units[2] = {(uint16_t)point, 0};
        if (point >= 0x10000) {
            units[0] = (uint16_t)(0xD800 + ((point - 0x10000) >> 10));
            units[1] = (uint16_t)(0xDC00 + ((point - 0x10000) & 0x3FF));
        }
        for (uint32_t i = 0; i < (point >= 0x10000 ? 2U : 1U); i++) {
            bytes[size++] = (uint8_t)units[i];
            bytes[size++] = (uint8_t)(units[i] >> 8);
        }
        if (point == 0) {
            return size;
        }
    }
}

/* Keys that several steps share. */

static bool guid_read(struct yaml_document *document, const struct yaml_node *operands, uint8_t guid[16])
{
    const struct yaml_node *node = yaml_get(operands, "guid");
    const char *text = global_variable_guid;
    if (node != NULL && !yaml_text(document, node, STEP_NAME_MAX, &text)) {
        return false;
    }
    if (!efi_guid_parse(text, guid)) {
        return yaml_fail(document, node, "'%.64s' is no GUID, expected one like %s", text,
                         global_variable_guid);
    }
    return true;
}

static bool name_read(struct yaml_document *document, const struct yaml_node *operands,
                      uint8_t name[2 * STEP_NAME_MAX], size_t *size)
{
    const struct yaml_node *node = yaml_require(document, operands, "name");
    const char *text = NULL;
    if (node == NULL || !yaml_text(document, node, STEP_NAME_MAX, &text)) {
        return false;
    }
    *size = name_encode(text, name);
    return true;
}

static bool attributes_read(struct yaml_document *document, const struct yaml_node *operands,
                            uint32_t *attributes)
{
    const struct yaml_node *list = yaml_require(document, operands, "attributes");
    if (list == NULL) {
        return false;
    }
    if (list->kind != YAML_SEQUENCE) {
        return yaml_fail(document, list, "expected a list of NV, BS, RT, HR, AW, AT, AP or EA");
    }
    *attributes = 0;
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next) {
        const char *text = NULL;
        uint32_t attribute = 0;
        if (!yaml_text(document, node, STEP_NAME_MAX, &text)) {
            return false;
        }
        if (!efi_attribute_parse(text, &attribute)) {
            return yaml_fail(document, node,
                             "'%.64s' is no attribute, expected NV, BS, RT, HR, AW, AT, AP or EA", text);
        }
        *attributes |= attribute;
    }
    return true;
}

bool optional_number(struct yaml_document *document, const struct yaml_node *operands, const char *key,
                     uint64_t min, uint64_t max, uint64_t *value)
{
    const struct yaml_node *node = yaml_get(operands, key);
    return node == NULL || yaml_u64(document, node, min, max, value);
}

static bool expect_read(struct yaml_document *document, const struct yaml_node *operands,
                        struct scenario_step *step)
{
    const struct yaml_node *node = yaml_get(operands, "expect");
    return node == NULL || yaml_text(document, node, STEP_DATA_SIZE_MAX, &step->expect);
}

/* One function per kind of step. */

/* get_variable and get_next_variable_name: guid, room for the result, name. */
static bool get_read(struct yaml_document *document, const struct yaml_node *operands,
                     struct scenario_step *step)
{
    uint8_t guid[16];
    uint8_t name[2 * STEP_NAME_MAX];
    size_t name_size = 0;
    uint64_t size_max = STEP_RESULT_DEFAULT;
    if (!guid_read(document, operands, guid) || !name_read(document, operands, name, &name_size) ||
        !optional_number(document, operands, "size_max", 0, STEP_DATA_SIZE_MAX, &size_max) ||
        !expect_read(document, operands, step)) {
        return false;
    }
    operands_append(step, guid, sizeof(guid));
    operands_append_u64(step, size_max);
    operands_append_u64(step, name_size);
    operands_append(step, name, name_size);
    return true;
}

static bool set_read(struct yaml_document *document, const struct yaml_node *operands,
                     struct scenario_step *step)
{
    uint8_t guid[16];
    uint8_t name[2 * STEP_NAME_MAX];
    size_t name_size = 0;
    uint32_t attributes = 0;
    const char *data = NULL;
    const struct yaml_node *node = yaml_require(document, operands, "data");
    if (node == NULL || !guid_read(document, operands, guid) ||
        !name_read(document, operands, name, &name_size) ||
        !attributes_read(document, operands, &attributes) ||
        !yaml_text(document, node, STEP_DATA_SIZE_MAX, &data)) {
        return false;
    }
    operands_append(step, guid, sizeof(guid));
    operands_append_u64(step, attributes);
    operands_append_u64(step, strlen(data));
    operands_append_u64(step, name_size);
    operands_append(step, name, name_size);
    operands_append(step, data, strlen(data));
    return true;
}

static bool query_read(struct yaml_document *document, const struct yaml_node *operands,
                       struct scenario_step *step)
{
    uint32_t attributes = 0;
    if (!attributes_read(document, operands, &attributes)) {
        return false;
    }
    operands_append_u64(step, attributes);
    return true;
}

static bool dirty_read(struct yaml_document *document, const struct yaml_node *operands,
                       struct scenario_step *step)
{
    const struct yaml_node *node = yaml_require(document, operands, "lines");
    uint64_t seed = 1;
    if (node == NULL || !yaml_u64(document, node, 1, 256, &step->lines) ||
        !optional_number(document, operands, "seed", 0, UINT64_MAX, &seed)) {
        return false;
    }
    operands_append_u64(step, step->lines);
    operands_append_u64(step, seed);
    return true;
}

static bool is_ffa_step(uint32_t code)
{
    return code >= SCRIPT_STEP_SMC && code <= SCRIPT_STEP_MEM_READ;
}

static bool operands_read(struct scenario *scenario, const struct yaml_node *operands,
                          struct scenario_step *step)
{
    struct yaml_document *document = &scenario->document;
    if (is_ffa_step(step->code)) {
        return scenario_ffa_read(scenario, operands, step);
    }
    switch ((enum script_step_code)step->code) {
    case SCRIPT_STEP_GET_VARIABLE:
    case SCRIPT_STEP_GET_NEXT_VARIABLE_NAME:
        return get_read(document, operands, step);
    case SCRIPT_STEP_SET_VARIABLE:
        return set_read(document, operands, step);
    case SCRIPT_STEP_QUERY_VARIABLE_INFO:
        return query_read(document, operands, step);
    case SCRIPT_STEP_OS_DIRTY:
        return dirty_read(document, operands, step);
    case SCRIPT_STEP_LITMUS:
        return scenario_litmus_read(scenario, operands, step);
    case SCRIPT_STEP_END:
    case SCRIPT_STEP_BOOT:
    case SCRIPT_STEP_EXIT_BOOT_SERVICES:
    case SCRIPT_STEP_SET_VIRTUAL_ADDRESS_MAP:
    case SCRIPT_STEP_OS_CHECK:
    case SCRIPT_STEP_SMC: /* and the other FF-A steps: above */
    case SCRIPT_STEP_DIRECT_REQUEST:
    case SCRIPT_STEP_TX_WRITE:
    case SCRIPT_STEP_RX_READ:
    case SCRIPT_STEP_MEM_SEND:
    case SCRIPT_STEP_MEM_RECLAIM:
    case SCRIPT_STEP_MEM_WRITE:
    case SCRIPT_STEP_MEM_READ:
        return true;
    }
    return true;
}

/* Modifiers. */

static bool malformed_read(struct yaml_document *document, const struct yaml_node *node,
                           struct scenario_step *step)
{
    static const char *const names[] = {"message_length", "guid", "function", NULL};
    static const uint32_t kinds[] = {MM_SP_FAULT_MESSAGE_LENGTH, MM_SP_FAULT_GUID, MM_SP_FAULT_FUNCTION};
    uint32_t index = 0;
    if (!yaml_choice(document, node, names, &index)) {
        return false;
    }
    step->fault_kind = kinds[index];
    step->fault_value = step->fault_kind == MM_SP_FAULT_FUNCTION ? STEP_FUNCTION_UNKNOWN : 0;
    return true;
}

static bool efi_fault_read(struct yaml_document *document, const struct yaml_node *node,
                           struct scenario_step *step)
{
    const char *text = NULL;
    uint64_t status = 0;
    if (!yaml_text(document, node, STEP_NAME_MAX, &text)) {
        return false;
    }
    if (!efi_status_parse(text, &status)) {
        return yaml_fail(document, node, "'%.64s' is wrong, expected a status like EFI_NOT_FOUND", text);
    }
    step->fault_kind = MM_SP_FAULT_EFI_STATUS;
    step->fault_value = (int64_t)status;
    return true;
}

static bool ffa_fault_read(struct yaml_document *document, const struct yaml_node *node,
                           struct scenario_step *step)
{
    const char *text = NULL;
    if (!yaml_text(document, node, STEP_NAME_MAX, &text)) {
        return false;
    }
    if (!ffa_status_parse(text, &step->fault_value)) {
        return yaml_fail(document, node, "'%.64s' is wrong, expected a status like FFA_DENIED", text);
    }
    step->fault_kind = MM_SP_FAULT_FFA_ERROR;
    return true;
}

static bool fault_read(struct yaml_document *document, const struct yaml_node *node,
                       struct scenario_step *step)
{
    static const char *const keys[] = {"mm_status", "efi_status", "ffa_error", "malformed", NULL};
    if (node->kind == YAML_SCALAR && strcmp(node->text, "silent") == 0) {
        step->fault_kind = MM_SP_FAULT_SILENT;
        return true;
    }
    if (node->kind != YAML_MAPPING || node->count != 1) {
        return yaml_fail(document, node,
                         "expected silent, or one of mm_status, efi_status, ffa_error or malformed");
    }
    if (!yaml_keys_check(document, node, keys)) {
        return false;
    }
    const struct yaml_node *value = node->first;
    if (strcmp(value->key->text, "mm_status") == 0) {
        step->fault_kind = MM_SP_FAULT_MM_STATUS;
        return yaml_i64(document, value, INT32_MIN, INT32_MAX, &step->fault_value);
    }
    if (strcmp(value->key->text, "efi_status") == 0) {
        return efi_fault_read(document, value, step);
    }
    if (strcmp(value->key->text, "ffa_error") == 0) {
        return ffa_fault_read(document, value, step);
    }
    return malformed_read(document, value, step);
}

static bool status_read(struct yaml_document *document, const struct yaml_node *node,
                        struct scenario_step *step)
{
    const char *names[32];
    const char *text = NULL;
    if (!yaml_text(document, node, STEP_NAME_MAX, &text)) {
        return false;
    }
    step->status_given = true;
    if (efi_status_parse(text, &step->status)) {
        return true;
    }
    char expected[512];
    efi_status_names(names, sizeof(names) / sizeof(names[0]));
    yaml_names_join(names, expected, sizeof(expected));
    return yaml_fail(document, node, "'%.64s' is wrong, expected %s", text, expected);
}

/* Whose expect_status is the framework's: scenario_ffa.c has read it. */
static bool is_sent(uint32_t code)
{
    return code == SCRIPT_STEP_MEM_SEND || code == SCRIPT_STEP_MEM_RECLAIM;
}

/* interrupts: N, or of a partition further down: {partition: ID, count: N} */
static bool interrupts_read(struct yaml_document *document, const struct yaml_node *node,
                            struct scenario_step *step)
{
    static const char *const keys[] = {"partition", "count", NULL};
    uint64_t interrupts = 0;
    uint64_t partition = 0;
    if (node == NULL) {
        return true;
    }
    const struct yaml_node *count = node;
    if (node->kind == YAML_MAPPING) {
        const struct yaml_node *who = yaml_require(document, node, "partition");
        count = yaml_require(document, node, "count");
        if (!yaml_keys_check(document, node, keys) || who == NULL || count == NULL ||
            !yaml_u64(document, who, 1, UINT16_MAX, &partition)) {
            return false;
        }
    }
    if (!yaml_u64(document, count, 0, STEP_INTERRUPTS_MAX, &interrupts)) {
        return false;
    }
    step->interrupts = (uint32_t)interrupts;
    step->interrupts_for = (uint16_t)partition;
    return true;
}

static bool modifiers_read(struct yaml_document *document, const struct yaml_node *operands,
                           struct scenario_step *step)
{
    const struct yaml_node *status = yaml_get(operands, "expect_status");
    const struct yaml_node *fault = yaml_get(operands, "sp_fault");
    if (!interrupts_read(document, yaml_get(operands, "interrupts"), step) ||
        !scenario_profiles_read(document, yaml_get(operands, "profiles"), &step->profiles)) {
        return false;
    }
    return (status == NULL || is_sent(step->code) || status_read(document, status, step)) &&
           (fault == NULL || fault_read(document, fault, step));
}

/* A step: `word`, or `word: {operands and modifiers}`. */

static void words_expected(char *text, size_t size)
{
    const char *names[STEP_WORDS + 1];
    for (size_t i = 0; i < STEP_WORDS; i++) {
        names[i] = step_words[i].word;
    }
    names[STEP_WORDS] = NULL;
    yaml_names_join(names, text, size);
}

static const struct step_word *word_find(struct yaml_document *document, const struct yaml_node *node,
                                         const char *word)
{
    for (size_t i = 0; i < STEP_WORDS; i++) {
        if (strcmp(word, step_words[i].word) == 0) {
            return &step_words[i];
        }
    }
    char expected[512];
    words_expected(expected, sizeof(expected));
    for (size_t i = 0; later_words[i] != NULL; i++) {
        if (strcmp(word, later_words[i]) == 0) {
            (void)yaml_fail(document, node, "step '%s' is not in this version, expected %s", word, expected);
            return NULL;
        }
    }
    (void)yaml_fail(document, node, "unknown step '%.64s', expected %s", word, expected);
    return NULL;
}

static bool step_operands_check(struct yaml_document *document, const struct yaml_node *operands,
                                const struct step_word *word)
{
    static const char *const registers[] = {"x0", "x1",  "x2",  "x3",  "x4",  "x5",  "x6",  "x7",  "x8",
                                            "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17",
                                            "w0", "w1",  "w2",  "w3",  "w4",  "w5",  "w6",  "w7",  "w8",
                                            "w9", "w10", "w11", "w12", "w13", "w14", "w15", "w16", "w17"};
    const char *keys[64];
    size_t count = 0;
    for (size_t i = 0; word->code == SCRIPT_STEP_SMC && i < sizeof(registers) / sizeof(registers[0]); i++) {
        keys[count++] = registers[i];
    }
    for (size_t i = 0; word->keys[i] != NULL; i++) {
        keys[count++] = word->keys[i];
    }
    for (size_t i = 0; modifier_keys[i] != NULL; i++) {
        keys[count++] = modifier_keys[i];
    }
    keys[count] = NULL;
    return yaml_keys_check(document, operands, keys);
}

static bool step_read(struct scenario *scenario, const struct yaml_node *node, struct scenario_step *step)
{
    struct yaml_document *document = &scenario->document;
    const bool is_word = node->kind == YAML_SCALAR;
    if (!is_word && (node->kind != YAML_MAPPING || node->count != 1)) {
        return yaml_fail(document, node, "expected a step: a word, or one word with its operands");
    }
    const struct yaml_node *key = is_word ? node : node->first->key;
    const struct step_word *word = word_find(document, key, key->text);
    if (word == NULL) {
        return false;
    }
    step->word = word->word;
    step->code = word->code;
    step->line = key->line;
    step->profiles = UINT32_MAX;
    if (is_word) {
        if (word->operands_required) {
            return yaml_fail(document, node, "step '%s' has no operands, expected them as a mapping",
                             word->word);
        }
        return true;
    }
    const struct yaml_node *operands = node->first;
    return step_operands_check(document, operands, word) && operands_read(scenario, operands, step) &&
           modifiers_read(document, operands, step);
}

bool scenario_steps_read(struct scenario *scenario, const struct yaml_node *list)
{
    struct yaml_document *document = &scenario->document;
    if (list->kind != YAML_SEQUENCE || list->count == 0) {
        return yaml_fail(document, list, "expected a list of steps");
    }
    if (list->count > MACHINE_STEPS_MAX) {
        return yaml_fail(document, list, "%u steps, expected at most %u", list->count, MACHINE_STEPS_MAX);
    }
    scenario->steps = (struct scenario_step *)calloc(list->count, sizeof(struct scenario_step));
    assert(scenario->steps != NULL);
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next) {
        struct scenario_step *step = &scenario->steps[scenario->step_count++];
        if (!step_read(scenario, node, step)) {
            return false;
        }
        if (step->operands_size > SCRIPT_OPERANDS_MAX) {
            return yaml_fail(document, node, "%u bytes of operands, expected at most %u", step->operands_size,
                             SCRIPT_OPERANDS_MAX);
        }
    }
    return true;
}
