/* SPDX-License-Identifier: BSD-3-Clause */
#include "cosim/scenario.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define SCENARIO_TEXT_MAX 4096

static const char *const end_names[] = {"clean", "fault", "limit", "any", NULL};

const char *scenario_end_text(enum scenario_end end)
{
    assert((unsigned)end <= SCENARIO_END_ANY);
    return end_names[end];
}

/* Expected findings. */

static const char *const rule_names[] = {"stale-read",
                                         "lost-write",
                                         "clobber",
                                         "missing-barrier",
                                         "dirty-at-handoff",
                                         "foreign-maintenance",
                                         "edge",
                                         "mismatched-attributes",
                                         "set-way-at-runtime",
                                         "redundant-maintenance",
                                         "non-resident",
                                         "undefined-value",
                                         "double-fetch",
                                         "layout",
                                         "resource",
                                         "protocol",
                                         NULL};
static const char *const severity_names[] = {"note", "warning", "error", NULL};
static const char *const owner_names[] = {"buffer", "firmware", "os", "secure", "unknown", NULL};

static bool word_of(struct yaml_document *document, const struct yaml_node *mapping, const char *key,
                    const char *const *names, const char **value)
{
    const struct yaml_node *node = yaml_get(mapping, key);
    uint32_t index = 0;
    if (node == NULL) {
        return true;
    }
    if (names == NULL) {
        return yaml_text(document, node, SCENARIO_TEXT_MAX, value);
    }
    if (!yaml_choice(document, node, names, &index)) {
        return false;
    }
    *value = names[index];
    return true;
}

static bool finding_read(struct yaml_document *document, const struct yaml_node *node,
                         struct scenario_finding *finding)
{
    static const char *const keys[] = {"rule", "severity", "owner", "agent", "by", "function", "file", NULL};
    finding->node = node;
    if (!yaml_keys_check(document, node, keys)) {
        return false;
    }
    if (node->count == 0) {
        return yaml_fail(document, node, "an empty finding matches anything, expected at least one key");
    }
    return word_of(document, node, "rule", rule_names, &finding->rule) &&
           word_of(document, node, "severity", severity_names, &finding->severity) &&
           word_of(document, node, "owner", owner_names, &finding->owner) &&
           word_of(document, node, "agent", NULL, &finding->agent) &&
           word_of(document, node, "by", NULL, &finding->by) &&
           word_of(document, node, "function", NULL, &finding->function) &&
           word_of(document, node, "file", NULL, &finding->file);
}

static bool findings_read(struct yaml_document *document, const struct yaml_node *list,
                          struct scenario_findings *findings)
{
    if (list == NULL) {
        return true;
    }
    if (list->kind != YAML_SEQUENCE || list->count > SCENARIO_FINDINGS_MAX) {
        return yaml_fail(document, list, "expected a list of at most %u findings", SCENARIO_FINDINGS_MAX);
    }
    findings->given = true;
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next) {
        if (!finding_read(document, node, &findings->entries[findings->count++])) {
            return false;
        }
    }
    return true;
}

/* One end for all profiles, or a map from their names; `default` for those that it does not name. */
static bool ends_read(struct yaml_document *document, const struct yaml_node *node, struct scenario *scenario)
{
    static const char *const keys[] = {"hafnium", "el3-spmc", "op-tee", "default", NULL};
    const bool map = node != NULL && node->kind == YAML_MAPPING;
    if (map && !yaml_keys_check(document, node, keys)) {
        return false;
    }
    for (uint32_t i = 0; i < SPMC_PROFILE_COUNT; i++) {
        const struct yaml_node *own = map ? yaml_get(node, keys[i]) : node;
        const struct yaml_node *value = own != NULL || !map ? own : yaml_get(node, "default");
        uint32_t end = SCENARIO_END_CLEAN;
        if (value != NULL && !yaml_choice(document, value, end_names, &end)) {
            return false;
        }
        scenario->ends[i] = (enum scenario_end)end;
    }
    scenario->end = scenario->ends[SPMC_PROFILE_HAFNIUM];
    return true;
}

static bool expect_read(struct scenario *scenario)
{
    static const char *const keys[] = {"findings", "replay_findings", "end", NULL};
    struct yaml_document *document = &scenario->document;
    const struct yaml_node *expect = yaml_require(document, document->root, "expect");
    if (expect == NULL || !yaml_keys_check(document, expect, keys) ||
        yaml_require(document, expect, "findings") == NULL ||
        !findings_read(document, yaml_get(expect, "findings"), &scenario->findings) ||
        !findings_read(document, yaml_get(expect, "replay_findings"), &scenario->replay_findings)) {
        return false;
    }
    return ends_read(document, yaml_get(expect, "end"), scenario);
}

/* Foreign payloads. */

static bool console_line_read(struct yaml_document *document, const struct yaml_node *node,
                              struct machine_console_line *line)
{
    static const char *const keys[] = {"expect", "send", "within_instructions", NULL};
    if (!yaml_keys_check(document, node, keys)) {
        return false;
    }
    const struct yaml_node *within = yaml_get(node, "within_instructions");
    if (!word_of(document, node, "expect", NULL, &line->expect) ||
        !word_of(document, node, "send", NULL, &line->send) ||
        (within != NULL && !yaml_u64(document, within, 1, UINT64_MAX, &line->within_instructions))) {
        return false;
    }
    if (line->expect == NULL || line->expect[0] == '\0') {
        return yaml_fail(document, node, "a console line without a text to wait for, expected expect: TEXT");
    }
    return true;
}

static bool console_read(struct scenario *scenario)
{
    struct yaml_document *document = &scenario->document;
    const struct yaml_node *list = yaml_get(document->root, "console");
    if (list == NULL) {
        return true;
    }
    if (list->kind != YAML_SEQUENCE || list->count > SCENARIO_CONSOLE_MAX) {
        return yaml_fail(document, list, "expected a list of at most %u console lines", SCENARIO_CONSOLE_MAX);
    }
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next) {
        if (!console_line_read(document, node, &scenario->console[scenario->console_count++])) {
            return false;
        }
    }
    return true;
}

static bool stop_read(struct scenario *scenario)
{
    static const char *const keys[] = {"after", "instructions", NULL};
    struct yaml_document *document = &scenario->document;
    const struct yaml_node *stop = yaml_get(document->root, "stop");
    if (stop == NULL) {
        return true;
    }
    if (!yaml_keys_check(document, stop, keys) ||
        !word_of(document, stop, "after", NULL, &scenario->stop_text)) {
        return false;
    }
    const struct yaml_node *instructions = yaml_get(stop, "instructions");
    return instructions == NULL ||
           yaml_u64(document, instructions, 1, UINT64_MAX, &scenario->instructions_max);
}

/* The whole. */

/* set: what the scenario changes in its platform, as --set does. */
static bool settings_read(struct scenario *scenario, const struct yaml_node *list)
{
    struct yaml_document *document = &scenario->document;
    const char *text = NULL;
    if (list == NULL) {
        return true;
    }
    if (list->kind != YAML_SEQUENCE || list->count > SCENARIO_SETTINGS_MAX) {
        return yaml_fail(document, list, "expected a list of at most %u settings", SCENARIO_SETTINGS_MAX);
    }
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next) {
        if (!yaml_text(document, node, SCENARIO_TEXT_MAX, &text)) {
            return false;
        }
        scenario->settings[scenario->setting_count++] = node;
    }
    return true;
}

static bool content_read(struct scenario *scenario)
{
    static const char *const keys[] = {"about", "platform", "firmware",   "steps", "payload", "console",
                                       "stop",  "expect",   "partitions", "set",   NULL};
    struct yaml_document *document = &scenario->document;
    const struct yaml_node *root = document->root;
    if (!yaml_keys_check(document, root, keys)) {
        return false;
    }
    scenario->partitions = yaml_get(root, "partitions");
    if (!settings_read(scenario, yaml_get(root, "set"))) {
        return false;
    }
    const struct yaml_node *payload = yaml_get(root, "payload");
    const struct yaml_node *steps = yaml_get(root, "steps");
    const struct yaml_node *firmware = yaml_get(root, "firmware");
    if (yaml_require(document, root, "about") == NULL || yaml_require(document, root, "platform") == NULL ||
        !word_of(document, root, "about", NULL, &scenario->about) ||
        !word_of(document, root, "platform", NULL, &scenario->platform) ||
        !word_of(document, root, "firmware", NULL, &scenario->firmware)) {
        return false;
    }
    if (payload != NULL) {
        if (steps != NULL || firmware != NULL) {
            return yaml_fail(document, payload->key,
                             "payload beside firmware or steps, expected one or the other");
        }
        return scenario_payload_read(scenario, payload) && console_read(scenario) && stop_read(scenario) &&
               expect_read(scenario);
    }
    if (firmware == NULL || steps == NULL) {
        return yaml_fail(document, root, "key '%s' is missing, expected firmware and steps, or payload",
                         firmware == NULL ? "firmware" : "steps");
    }
    return scenario_steps_read(scenario, steps) && console_read(scenario) && stop_read(scenario) &&
           expect_read(scenario);
}

static char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *name = strdup(slash == NULL ? path : slash + 1);
    assert(name != NULL);
    const size_t size = strlen(name);
    if (size > 5 && strcmp(name + size - 5, ".yaml") == 0) {
        name[size - 5] = '\0';
    }
    return name;
}

bool scenario_read(const char *path, struct scenario *scenario)
{
    memset(scenario, 0, sizeof(*scenario));
    scenario->path = strdup(path);
    assert(scenario->path != NULL);
    scenario->name = name_of(path);
    return yaml_read_file(&scenario->document, path) && content_read(scenario);
}

static void step_free(struct scenario_step *step)
{
    for (uint32_t i = 0; i < step->expect_count; i++) {
        free(step->expects[i].bytes);
    }
    free(step->expects);
    free(step->operands);
}

void scenario_profile_apply(struct scenario *scenario, uint8_t profile)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < scenario->step_count; i++) {
        if ((scenario->steps[i].profiles >> profile & 1) != 0) {
            scenario->steps[kept++] = scenario->steps[i];
        } else {
            step_free(&scenario->steps[i]);
        }
    }
    scenario->step_count = kept;
    scenario->end = scenario->ends[profile];
}

void scenario_free(struct scenario *scenario)
{
    for (uint32_t i = 0; i < scenario->step_count; i++) {
        step_free(&scenario->steps[i]);
    }
    free(scenario->steps);
    free(scenario->path);
    free(scenario->name);
    yaml_free(&scenario->document);
    memset(scenario, 0, sizeof(*scenario));
}
