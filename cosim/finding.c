/* SPDX-License-Identifier: BSD-3-Clause */
#include "cosim/finding.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "model/bus/access.h"
#include "model/platform/platform_file.h"

const char *finding_severity_text(enum finding_severity severity)
{
    static const char *const texts[] = {"note", "warning", "error"};
    assert((unsigned)severity <= FINDING_ERROR);
    return texts[severity];
}

void finding_copy_name(const struct golden_copy *copy, char *text, size_t size)
{
    static const char *const places[] = {
        [GOLDEN_PLACE_L1D] = "l1d",   [GOLDEN_PLACE_L1I] = "l1i",
        [GOLDEN_PLACE_L2] = "l2",     [GOLDEN_PLACE_SYSTEM_CACHE] = "system",
        [GOLDEN_PLACE_DRAM] = "dram",
    };
    assert(copy->place < sizeof(places) / sizeof(places[0]));
    const bool is_private = copy->place == GOLDEN_PLACE_L1D || copy->place == GOLDEN_PLACE_L1I;
    const char *suffix = copy->space == PA_SPACE_SECURE && copy->place != GOLDEN_PLACE_DRAM ? "-secure" : "";
    if (is_private) {
        (void)snprintf(text, size, "%s%u%s", places[copy->place], (unsigned)copy->pe, suffix);
    } else {
        (void)snprintf(text, size, "%s%s", places[copy->place], suffix);
    }
}

const char *finding_copy_state(const struct golden_copy *copy)
{
    if (copy->place == GOLDEN_PLACE_DRAM) {
        return copy->fresh ? "fresh" : "stale";
    }
    if (copy->dirty) {
        return copy->fresh ? "dirty fresh" : "dirty stale";
    }
    return copy->fresh ? "clean fresh" : "clean stale";
}

/* Merging. */

bool finding_rule_is_data(enum prove_rule rule)
{
    return rule == PROVE_STALE_READ || rule == PROVE_LOST_WRITE || rule == PROVE_CLOBBER ||
           rule == PROVE_MISSING_BARRIER;
}

bool finding_is_data(const struct finding *finding)
{
    return finding_rule_is_data(finding->rule);
}

bool finding_site_equal(const struct symbol_code *a, uint64_t pc_a, const struct symbol_code *b,
                        uint64_t pc_b)
{
    if (a->function[0] != '\0' && b->function[0] != '\0') {
        return strcmp(a->function, b->function) == 0 && strcmp(a->file, b->file) == 0;
    }
    return pc_a == pc_b;
}

static bool finding_same(const struct finding *a, const struct finding *b)
{
    if (a->rule != b->rule || a->severity != b->severity || a->owner != b->owner ||
        a->by.known != b->by.known) {
        return false;
    }
    if (a->by.known) {
        return a->by.op == b->by.op && finding_site_equal(&a->by.code, a->by.pc, &b->by.code, b->by.pc);
    }
    return a->at_end == b->at_end && strcmp(a->agent, b->agent) == 0 &&
           finding_site_equal(&a->code, a->pc, &b->code, b->pc);
}

void finding_add(struct findings *findings, const struct finding *finding)
{
    for (uint32_t i = 0; i < findings->count; i++) {
        if (finding_same(&findings->entries[i], finding)) {
            findings->entries[i].count += finding->count;
            findings->entries[i].lines_lost += finding->lines_lost;
            return;
        }
    }
    if (findings->count == FINDINGS_MAX) {
        findings->dropped++;
        return;
    }
    findings->entries[findings->count++] = *finding;
}

/* From here on the program may have gone another way: it has read bytes that it should not have. */
static bool finding_diverts(const struct finding *finding)
{
    return finding_is_data(finding) && !finding->at_end && !finding->equal_value;
}

/* Only the first stale read of a run is sure to be there for its own sake. */
void findings_label(struct findings *findings)
{
    uint32_t first = 0;
    while (first < findings->count && !finding_diverts(&findings->entries[first])) {
        first++;
    }
    for (uint32_t i = first + 1; i < findings->count; i++) {
        finding_label(&findings->entries[first], findings->entries[i].after,
                      sizeof(findings->entries[i].after));
    }
}

uint32_t findings_errors(const struct findings *findings)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < findings->count; i++) {
        count += findings->entries[i].severity == FINDING_ERROR ? 1 : 0;
    }
    return count;
}

/* Who is to blame, or who read. */
void finding_label(const struct finding *finding, char *text, size_t size)
{
    const char *rule = prove_rule_text(finding->rule);
    const char *owner = byte_owner_text(finding->owner);
    if (finding->by.known && finding->by.code.function[0] != '\0') {
        (void)snprintf(text, size, "%s %s by %s", rule, owner, finding->by.code.function);
    } else if (finding->by.known) {
        (void)snprintf(text, size, "%s %s by %s at 0x%llx", rule, owner, finding->by.op,
                       (unsigned long long)finding->by.pc);
    } else if (finding->at_end) {
        (void)snprintf(text, size, "%s %s at the end", rule, owner);
    } else if (finding->code.function[0] != '\0') {
        (void)snprintf(text, size, "%s %s read by %s in %s", rule, owner, finding->agent,
                       finding->code.function);
    } else {
        (void)snprintf(text, size, "%s %s read by %s at 0x%llx", rule, owner, finding->agent,
                       (unsigned long long)finding->pc);
    }
}

/* Matching. */

static bool key_matches(const char *expected, const char *found)
{
    return expected == NULL || strcmp(expected, found) == 0;
}

static bool culprit_matches(const char *expected, const struct finding_culprit *by)
{
    return expected == NULL ||
           (by->known && (strcmp(expected, by->op) == 0 || strcmp(expected, by->code.function) == 0 ||
                          strcmp(expected, by->code.inlined) == 0));
}

static bool entry_matches(const struct scenario_finding *entry, const struct finding *finding)
{
    const bool function_matches =
        key_matches(entry->function, finding->code.function) ||
        (entry->function != NULL && strcmp(entry->function, finding->code.inlined) == 0);
    return key_matches(entry->rule, prove_rule_text(finding->rule)) &&
           key_matches(entry->severity, finding_severity_text(finding->severity)) &&
           key_matches(entry->owner, byte_owner_text(finding->owner)) &&
           key_matches(entry->agent, finding->at_end ? "" : finding->agent) &&
           culprit_matches(entry->by, &finding->by) && function_matches &&
           key_matches(entry->file, finding->code.file);
}

static void line_append(char *text, size_t size, const char *format, const char *detail, uint32_t line)
{
    const size_t used = strlen(text);
    if (used < size) {
        (void)snprintf(text + used, size - used, format, detail, line);
    }
}

bool findings_match(const struct findings *findings, const struct scenario_findings *expected, char *text,
                    size_t size)
{
    bool used[SCENARIO_FINDINGS_MAX] = {false};
    bool equal = true;
    for (uint32_t i = 0; i < findings->count; i++) {
        bool matched = findings->entries[i].severity != FINDING_ERROR;
        for (uint32_t j = 0; j < expected->count; j++) {
            if (entry_matches(&expected->entries[j], &findings->entries[i])) {
                used[j] = true;
                matched = true;
            }
        }
        if (!matched) {
            char label[FINDING_TEXT_MAX];
            finding_label(&findings->entries[i], label, sizeof(label));
            line_append(text, size, "not expected: %s\n", label, 0);
            equal = false;
        }
    }
    for (uint32_t j = 0; j < expected->count; j++) {
        if (!used[j]) {
            line_append(text, size, "expected and not found: %s (line %u of the scenario)\n",
                        expected->entries[j].rule == NULL ? "a finding" : expected->entries[j].rule,
                        expected->entries[j].node->line);
            equal = false;
        }
    }
    return equal;
}
