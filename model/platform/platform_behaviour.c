/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a partition does, from the words of a platform file or a scenario: the behaviours of model/partition,
 * and the rules of a scripted one. It must not look at the manifest's side of the entry.
 */
#include <assert.h>
#include <string.h>

#include "model/platform/ffa_words.h"
#include "model/platform/platform_partitions.h"

/* The first is the MM partition, the others in the order of enum partition_behaviour. */
static const char *const behaviour_names[] = {"mm",     "echo",      "borrower", "forwarder",
                                              "silent", "preempted", "scripted", NULL};

static const char *const mapping_names[] = {"as-agreed", "normal-nc", NULL};

/* Keys that belong to one behaviour. */
static const struct {
    const char *key;
    uint8_t behaviour; /* enum partition_behaviour */
    bool required;
} own_keys[] = {
    {"mapping", PARTITION_BORROWER, false},
    {"forward-to", PARTITION_FORWARDER, true},
    {"yields", PARTITION_PREEMPTED, true},
    {"rules", PARTITION_SCRIPTED, true},
};

static bool own_keys_check(struct yaml_document *document, const struct yaml_node *node,
                           const struct platform_partition *partition)
{
    for (size_t i = 0; i < sizeof(own_keys) / sizeof(own_keys[0]); i++) {
        const struct yaml_node *value = yaml_get(node, own_keys[i].key);
        const bool own = !partition->is_mm && partition->behaviour.behaviour == own_keys[i].behaviour;
        if (value != NULL && !own) {
            return yaml_fail(document, value->key, "key '%s' belongs to behaviour %s, expected it there",
                             own_keys[i].key, behaviour_names[1 + own_keys[i].behaviour]);
        }
        if (own && own_keys[i].required && yaml_require(document, node, own_keys[i].key) == NULL) {
            return false;
        }
    }
    return true;
}

/* Rules. */

static bool register_read(struct yaml_document *document, const struct yaml_node *key, uint32_t *index,
                          bool *wide)
{
    return ffa_register_parse(key->text, index, wide) ||
           yaml_fail(document, key, "'%.64s' is no register, expected x0 to x17 or w0 to w17", key->text);
}

static bool condition_read(struct yaml_document *document, const struct yaml_node *node,
                           struct partition_condition *condition)
{
    static const char *const keys[] = {"mask", "value", NULL};
    uint32_t index = 0;
    bool wide = false;
    if (!register_read(document, node->key, &index, &wide)) {
        return false;
    }
    condition->register_index = (uint8_t)index;
    condition->mask = wide ? UINT64_MAX : UINT32_MAX;
    const struct yaml_node *value = node;
    if (node->kind == YAML_MAPPING) {
        const struct yaml_node *mask = yaml_require(document, node, "mask");
        value = yaml_require(document, node, "value");
        if (!yaml_keys_check(document, node, keys) || mask == NULL || value == NULL ||
            !ffa_value_read(document, mask, wide, &condition->mask)) {
            return false;
        }
    }
    if (!ffa_value_read(document, value, wide, &condition->value)) {
        return false;
    }
    return (condition->value & ~condition->mask) == 0 ||
           yaml_fail(document, value, "the value has bits outside its mask, expected none");
}

static bool conditions_read(struct yaml_document *document, const struct yaml_node *when,
                            struct partition_rule *rule)
{
    if (when == NULL) {
        return true;
    }
    if (when->kind != YAML_MAPPING || when->count > PARTITION_CONDITIONS_MAX) {
        return yaml_fail(document, when, "expected a mapping of at most %u registers",
                         PARTITION_CONDITIONS_MAX);
    }
    for (const struct yaml_node *node = when->first; node != NULL; node = node->next) {
        if (!condition_read(document, node, &rule->conditions[rule->condition_count++])) {
            return false;
        }
    }
    return true;
}

/* Registers by name, and `function` for the first of them. */
static bool registers_read(struct yaml_document *document, const struct yaml_node *mapping,
                           struct partition_rule *rule)
{
    if (mapping->kind != YAML_MAPPING) {
        return yaml_fail(document, mapping, "expected a mapping of registers");
    }
    for (const struct yaml_node *node = mapping->first; node != NULL; node = node->next) {
        uint32_t index = 0;
        bool wide = false;
        const bool function = strcmp(node->key->text, "function") == 0;
        if ((!function && !register_read(document, node->key, &index, &wide)) ||
            !ffa_value_read(document, node, wide, &rule->values[index])) {
            return false;
        }
        if ((rule->given >> index & 1) != 0) {
            return yaml_fail(document, node->key, "a register is given twice, expected it once");
        }
        rule->given |= 1U << index;
    }
    return true;
}

static bool error_read(struct yaml_document *document, const struct yaml_node *node,
                       struct partition_rule *rule)
{
    int64_t status = 0;
    uint32_t function = 0;
    const bool known = node->kind == YAML_SCALAR && ffa_status_parse(node->text, &status);
    if (!known) {
        return yaml_fail(document, node, "expected a status like FFA_DENIED");
    }
    const bool found = ffa_function_parse("FFA_ERROR", &function);
    assert(found);
    rule->action = PARTITION_SEND;
    rule->given = 1U << 0 | 1U << 2;
    rule->values[0] = function;
    rule->values[2] = (uint32_t)status;
    return true;
}

static bool abort_read(struct yaml_document *document, const struct yaml_node *node,
                       struct partition_rule *rule)
{
    bool abort = false;
    rule->action = PARTITION_DIE;
    return yaml_bool(document, node, &abort) &&
           (abort || yaml_fail(document, node, "abort: false says nothing, expected true"));
}

static bool action_read(struct yaml_document *document, const struct yaml_node *node,
                        struct partition_rule *rule)
{
    static const char *const actions[] = {"reply", "call", "ffa_error", "abort"};
    const struct yaml_node *action = NULL;
    uint32_t chosen = 0;
    for (uint32_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        const struct yaml_node *found = yaml_get(node, actions[i]);
        if (found != NULL && action != NULL) {
            return yaml_fail(document, found->key, "'%s' beside '%s', expected one of them", actions[i],
                             actions[chosen]);
        }
        chosen = found != NULL ? i : chosen;
        action = found != NULL ? found : action;
    }
    if (action == NULL) {
        return yaml_fail(document, node,
                         "a rule that does nothing, expected reply, call, ffa_error or abort");
    }
    switch (chosen) {
    case 0:
        rule->action = PARTITION_REPLY;
        return registers_read(document, action, rule);
    case 1:
        rule->action = PARTITION_SEND;
        return registers_read(document, action, rule) &&
               ((rule->given & 1) != 0 ||
                yaml_fail(document, action, "a call without a function, expected function: FFA_..."));
    case 2:
        return error_read(document, action, rule);
    default:
        return abort_read(document, action, rule);
    }
}

static bool rule_read(struct yaml_document *document, const struct yaml_node *node,
                      struct partition_rule *rule)
{
    static const char *const keys[] = {"when", "times", "reply", "call", "ffa_error", "abort", NULL};
    const struct yaml_node *times = yaml_get(node, "times");
    uint64_t count = 0;
    if (!yaml_keys_check(document, node, keys) || !conditions_read(document, yaml_get(node, "when"), rule) ||
        (times != NULL && !yaml_u64(document, times, 1, UINT32_MAX, &count))) {
        return false;
    }
    rule->times = (uint32_t)count;
    return action_read(document, node, rule);
}

static bool rules_read(struct yaml_document *document, const struct yaml_node *list,
                       struct partition_config *partition)
{
    if (list == NULL) {
        return true;
    }
    if (list->kind != YAML_SEQUENCE || list->count > PARTITION_RULES_MAX) {
        return yaml_fail(document, list, "expected a list of at most %u rules", PARTITION_RULES_MAX);
    }
    for (const struct yaml_node *node = list->first; node != NULL; node = node->next) {
        if (!rule_read(document, node, &partition->rules[partition->rule_count++])) {
            return false;
        }
    }
    return true;
}

/* The whole. */

bool platform_behaviour_read(struct yaml_document *document, const struct yaml_node *node,
                             struct platform_partition *partition)
{
    const struct yaml_node *name = yaml_require(document, node, "behaviour");
    uint32_t index = 0;
    if (name == NULL || !yaml_choice(document, name, behaviour_names, &index)) {
        return false;
    }
    partition->is_mm = index == 0;
    partition->behaviour.behaviour = (uint8_t)(index == 0 ? PARTITION_ECHO : index - 1);
    const struct yaml_node *target = yaml_get(node, "forward-to");
    const struct yaml_node *yields = yaml_get(node, "yields");
    const struct yaml_node *mapping = yaml_get(node, "mapping");
    uint32_t mapped = 0;
    uint64_t forward_to = 0;
    uint64_t slices = 0;
    if (!own_keys_check(document, node, partition) ||
        (mapping != NULL && !yaml_choice(document, mapping, mapping_names, &mapped)) ||
        (target != NULL && !yaml_u64(document, target, 0, UINT16_MAX, &forward_to)) ||
        (yields != NULL && !yaml_u64(document, yields, 0, PARTITION_SLICES_MAX, &slices))) {
        return false;
    }
    partition->behaviour.maps_non_cacheable = mapped == 1;
    partition->behaviour.forward_to = (uint16_t)forward_to;
    partition->behaviour.slices = (uint32_t)slices;
    return rules_read(document, yaml_get(node, "rules"), &partition->behaviour);
}

bool platform_behaviour_check(struct yaml_document *document, const struct yaml_node *node,
                              const struct platform_config *platform,
                              const struct platform_partition *partition)
{
    if (partition->is_mm) {
        return true;
    }
    if (partition->behaviour.behaviour == PARTITION_BORROWER && partition->framework.rxtx_pages == 0) {
        return yaml_fail(document, node, "a borrower without buffers, expected rx-tx: {rx, tx}");
    }
    if (partition->behaviour.behaviour != PARTITION_FORWARDER) {
        return true;
    }
    for (uint32_t i = 0; i < platform->partition_count; i++) {
        if (platform->partitions[i].framework.id == partition->behaviour.forward_to) {
            return true;
        }
    }
    return yaml_fail(document, yaml_get(node, "forward-to"), "0x%x is no partition, expected the ID of one",
                     partition->behaviour.forward_to);
}
