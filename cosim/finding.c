/* SPDX-License-Identifier: BSD-3-Clause */
#include "cosim/finding.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "model/bus/access.h"
#include "model/event/event_text.h"
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

/* Owner and severity. */

static bool region_holds(const struct platform_region *region, uint64_t pa)
{
    return pa >= region->pa && pa - region->pa < region->size;
}

static enum byte_owner owner_of(const struct finding_names *names, const struct golden_finding *record)
{
    const struct platform_config *platform = names->platform;
    for (uint32_t i = 0; i < platform->owner_count; i++) {
        if (region_holds(&platform->owners[i].region, record->pa)) {
            return (enum byte_owner)platform->owners[i].owner;
        }
    }
    if (platform->has_secure && region_holds(&platform->buffer, record->pa)) {
        return OWNER_BUFFER;
    }
    if (record->space == PA_SPACE_SECURE) {
        return OWNER_SECURE;
    }
    return names->own_firmware ? symbol_table_owner(names->symbols, record->pa) : OWNER_UNKNOWN;
}

/* A read that returned other bytes is an error. At the end of a run, so is the loss of bytes that somebody
 * keeps. */
static enum finding_severity severity_of(const struct finding_names *names,
                                         const struct golden_finding *record, enum byte_owner owner)
{
    static const char resident[] = ".efi_runtime";
    if (!record->at_end || owner == OWNER_OS || owner == OWNER_BUFFER) {
        return FINDING_ERROR;
    }
    const char *section = owner == OWNER_FIRMWARE ? symbol_table_section(names->symbols, record->pa) : NULL;
    return section != NULL && strncmp(section, resident, sizeof(resident) - 1) == 0 ? FINDING_ERROR
                                                                                    : FINDING_NOTE;
}

/* Names. */

static void place_name(const struct finding_names *names, struct finding *finding)
{
    const struct platform_region *buffer = &names->platform->buffer;
    char symbol[SYMBOL_NAME_MAX];
    uint64_t offset = 0;
    if (names->platform->has_secure && region_holds(buffer, finding->pa)) {
        (void)snprintf(finding->place, sizeof(finding->place), "the shared buffer+0x%llx",
                       (unsigned long long)(finding->pa - buffer->pa));
    } else if (symbol_table_data(names->symbols, finding->pa, symbol, &offset)) {
        (void)snprintf(finding->place, sizeof(finding->place), "%s+0x%llx", symbol,
                       (unsigned long long)offset);
    } else {
        const char *section = symbol_table_section(names->symbols, finding->pa);
        (void)snprintf(finding->place, sizeof(finding->place), "%s%s",
                       section == NULL ? "memory" : "section ", section == NULL ? "" : section);
    }
}

static struct finding_writer writer_of(const struct finding_names *names, const struct golden_writer *record)
{
    struct finding_writer writer = {
        .known = record->known, .loaded = record->loaded, .pc = record->pc, .position = record->position};
    if (record->known) {
        agent_text((enum agent_kind)record->agent, 0, writer.agent, sizeof(writer.agent));
        (void)symbol_table_code(names->symbols, record->pc, &writer.code);
    }
    return writer;
}

static struct finding_culprit culprit_of(const struct finding_names *names,
                                         const struct golden_culprit *record)
{
    struct finding_culprit culprit = {.known = record->known};
    if (record->known) {
        culprit.op = access_op_text((enum access_op)record->op);
        culprit.pc = record->pc;
        culprit.position = record->position;
        agent_text((enum agent_kind)record->agent, 0, culprit.agent, sizeof(culprit.agent));
        (void)symbol_table_code(names->symbols, record->pc, &culprit.code);
    }
    return culprit;
}

static void finding_fill(const struct finding_names *names, const struct golden_finding *record,
                         struct finding *finding)
{
    memset(finding, 0, sizeof(*finding));
    finding->rule = record->rule == GOLDEN_RULE_LOST_WRITE ? "lost-write" : "stale-read";
    finding->owner = owner_of(names, record);
    finding->severity = severity_of(names, record, finding->owner);
    finding->at_end = record->at_end;
    finding->agent_kind = (enum agent_kind)record->agent;
    agent_text(finding->agent_kind, record->pe, finding->agent, sizeof(finding->agent));
    finding->pa = record->pa;
    finding->va = record->va;
    finding->pc = record->pc;
    finding->position = record->position;
    finding->count = record->at_end ? 0 : record->count;
    finding->lines_lost = record->at_end ? record->count : 0;
    finding->size = record->size;
    memcpy(finding->golden, record->golden, sizeof(finding->golden));
    memcpy(finding->observed, record->observed, sizeof(finding->observed));
    finding->golden_writer = writer_of(names, &record->golden_writer);
    finding->observed_writer = writer_of(names, &record->observed_writer);
    finding->by = culprit_of(names, &record->by);
    finding->copies_count = record->copies_count;
    memcpy(finding->copies, record->copies, sizeof(finding->copies));
    if (!record->at_end) {
        (void)symbol_table_code(names->symbols, record->pc, &finding->code);
    }
    place_name(names, finding);
}

/* Merging. */

static bool site_equal(const struct symbol_code *a, uint64_t pc_a, const struct symbol_code *b, uint64_t pc_b)
{
    if (a->function[0] != '\0' && b->function[0] != '\0') {
        return strcmp(a->function, b->function) == 0 && strcmp(a->file, b->file) == 0;
    }
    return pc_a == pc_b;
}

static bool finding_same(const struct finding *a, const struct finding *b)
{
    if (strcmp(a->rule, b->rule) != 0 || a->severity != b->severity || a->owner != b->owner ||
        a->by.known != b->by.known) {
        return false;
    }
    if (a->by.known) {
        return a->by.op == b->by.op && site_equal(&a->by.code, a->by.pc, &b->by.code, b->by.pc);
    }
    return a->at_end == b->at_end && strcmp(a->agent, b->agent) == 0 &&
           site_equal(&a->code, a->pc, &b->code, b->pc);
}

static void finding_add(struct findings *findings, const struct finding *finding)
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

/* Only the first finding of a run is sure to be there for its own sake. */
static void consequences_label(struct findings *findings)
{
    for (uint32_t i = 1; i < findings->count; i++) {
        finding_label(&findings->entries[0], findings->entries[i].after, sizeof(findings->entries[i].after));
    }
}

void findings_collect(const struct finding_names *names, const struct golden_finding *records,
                      uint32_t record_count, struct findings *findings)
{
    findings->count = 0;
    findings->dropped = 0;
    for (uint32_t i = 0; i < record_count; i++) {
        struct finding finding;
        finding_fill(names, &records[i], &finding);
        finding_explain(&finding);
        finding_add(findings, &finding);
    }
    consequences_label(findings);
}

uint32_t findings_errors(const struct findings *findings)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < findings->count; i++) {
        count += findings->entries[i].severity == FINDING_ERROR ? 1 : 0;
    }
    return count;
}

void finding_label(const struct finding *finding, char *text, size_t size)
{
    const char *owner = byte_owner_text(finding->owner);
    if (finding->by.known && finding->by.code.function[0] != '\0') {
        (void)snprintf(text, size, "%s %s by %s", finding->rule, owner, finding->by.code.function);
    } else if (finding->by.known) {
        (void)snprintf(text, size, "%s %s by %s at 0x%llx", finding->rule, owner, finding->by.op,
                       (unsigned long long)finding->by.pc);
    } else if (finding->code.function[0] != '\0') {
        (void)snprintf(text, size, "%s %s read by %s in %s", finding->rule, owner, finding->agent,
                       finding->code.function);
    } else {
        (void)snprintf(text, size, "%s %s read by %s at 0x%llx", finding->rule, owner, finding->agent,
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
    return key_matches(entry->rule, finding->rule) &&
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
