/* SPDX-License-Identifier: BSD-3-Clause */
/* Findings: a read that differs from the newest bytes, and what is lost when the run ends. */
#include "model/cache/cache_state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "model/cache/golden_copies.h"

#define PAGE_MASK (~(uint64_t)0xFFF)

static void finding_copy_add(struct golden_finding *finding, enum golden_place place, uint32_t pe,
                             uint64_t space, bool dirty, const uint8_t *bytes)
{
    if (finding->copies_count == GOLDEN_COPIES_MAX) {
        return; /* more copies than a report shows; the nearest ones come first */
    }
    finding->copies[finding->copies_count++] = (struct golden_copy){
        .place = (uint8_t)place,
        .pe = (uint8_t)pe,
        .space = (uint8_t)space,
        .dirty = dirty,
        .fresh = memcmp(bytes, finding->golden, finding->size) == 0,
    };
}

/* Where every copy of the finding's bytes stands. */
static void finding_copies(const struct cache *cache, struct golden_finding *finding)
{
    const uint64_t line_pa = finding->pa & ~(uint64_t)(cache->config.line - 1);
    const uint64_t offset = finding->pa - line_pa;
    for (uint64_t space = PA_SPACE_NON_SECURE; space <= PA_SPACE_SECURE; space++) {
        struct golden_held held[GOLDEN_HELD_MAX];
        const uint32_t count = golden_space_copies(cache, line_pa | space, held);
        for (uint32_t i = 0; i < count; i++) {
            finding_copy_add(finding, (enum golden_place)held[i].place, held[i].pe, space, held[i].dirty,
                             held[i].bytes + offset);
        }
    }
    for (uint32_t pe = 0; pe < cache->config.pe_count; pe++) {
        const struct cache_way *way = cache_array_find(&cache->l1i[pe], line_pa);
        if (way != NULL) {
            finding_copy_add(finding, GOLDEN_PLACE_L1I, pe, PA_SPACE_NON_SECURE, false,
                             cache_array_data(&cache->l1i[pe], way) + offset);
        }
    }
    finding_copy_add(finding, GOLDEN_PLACE_DRAM, 0, PA_SPACE_NON_SECURE, false,
                     cache_dram(cache, line_pa) + offset);
}

/* The newest remembered write of the byte at `offset` with this value, older than `before` writes. */
static bool history_find(const struct cache *cache, const struct golden_history *history, uint32_t offset,
                         const uint8_t *value, uint64_t *before, struct golden_writer *writer)
{
    while (*before > 0 && history->count - *before < GOLDEN_HISTORY_MAX) {
        const uint64_t place = --*before % GOLDEN_HISTORY_MAX;
        const struct golden_write *write = &history->ring[place];
        const uint8_t *bytes = history->bytes + place * cache->config.line;
        const bool covers = offset - write->offset < write->size;
        if (covers && (value == NULL || bytes[offset] == *value)) {
            *writer = write->writer;
            return true;
        }
    }
    return false;
}

/* Who wrote the two values of the finding's first byte, as far as the line is tracked. */
static void finding_writers(const struct cache *cache, const struct golden_entry *entry,
                            struct golden_finding *finding)
{
    const struct golden_history *history = entry != NULL ? entry->history : NULL;
    if (history == NULL) {
        return;
    }
    const uint32_t offset = (uint32_t)(finding->pa & (cache->config.line - 1));
    const bool complete = history->count <= GOLDEN_HISTORY_MAX;
    uint64_t before = history->count;
    if (!history_find(cache, history, offset, NULL, &before, &finding->golden_writer)) {
        finding->golden_writer.loaded = complete;
    }
    if (!history_find(cache, history, offset, &finding->observed[0], &before, &finding->observed_writer)) {
        finding->observed_writer.loaded = complete;
    }
}

static bool findings_merge(const struct golden_finding *a, const struct golden_finding *b)
{
    return a->rule == b->rule && a->agent == b->agent && a->pe == b->pe && a->pc == b->pc &&
           a->at_end == b->at_end && (a->pa & PAGE_MASK) == (b->pa & PAGE_MASK) &&
           a->by.known == b->by.known && a->by.pc == b->by.pc && a->by.op == b->by.op;
}

/* Merges the finding into an older one, or makes room for it: NULL if it was merged or dropped. */
static struct golden_finding *finding_place(struct golden *golden, const struct golden_finding *finding)
{
    for (uint32_t i = 0; i < golden->finding_count; i++) {
        if (findings_merge(&golden->findings[i], finding)) {
            golden->findings[i].count++;
            return NULL;
        }
    }
    if (golden->finding_count == GOLDEN_FINDINGS_MAX) {
        golden->findings_dropped++;
        return NULL;
    }
    return &golden->findings[golden->finding_count++];
}

static void finding_record(struct cache *cache, const struct golden_entry *entry,
                           struct golden_finding *finding)
{
    struct golden_finding *place = finding_place(&cache->golden, finding);
    if (place != NULL) {
        *place = *finding;
        finding_copies(cache, place);
        finding_writers(cache, entry, place);
    }
}

static uint64_t value_for_event(const uint8_t *bytes, uint32_t size)
{
    uint64_t value = 0;
    memcpy(&value, bytes, size < sizeof(value) ? size : sizeof(value));
    return value;
}

/* The first byte of [0, size) that differs and was lost to an operation; NULL if none. */
static const struct golden_culprit *culprit_of(const struct cache *cache, const struct golden_entry *entry,
                                               uint32_t offset, uint32_t size, const uint8_t *golden,
                                               const uint8_t *observed)
{
    for (uint32_t i = 0; entry != NULL && i < size; i++) {
        if (golden[i] != observed[i] && entry->lost_by[offset + i] != 0) {
            return &cache->golden.culprits[entry->lost_by[offset + i] - 1];
        }
    }
    return NULL;
}

void golden_compare(struct cache *cache, const struct access *access, const uint8_t *observed)
{
    const uint64_t line_pa = access->pa & ~(uint64_t)(cache->config.line - 1);
    uint8_t line[LINE_SIZE_MAX];
    golden_line(cache, line_pa, line);
    const uint8_t *golden = line + (access->pa - line_pa);
    uint32_t first = 0;
    while (first < access->size && golden[first] == observed[first]) {
        first++;
    }
    if (first == access->size) {
        return;
    }
    const uint32_t left = access->size - first;
    const struct golden_entry *entry = golden_table_find(&cache->golden, line_pa);
    const struct golden_culprit *by = culprit_of(cache, entry, (uint32_t)(access->pa - line_pa) + first, left,
                                                 golden + first, observed + first);
    struct golden_finding finding = {
        .pa = access->pa + first,
        .va = access->va + first,
        .pc = access->pc,
        .position = access->position,
        .count = 1,
        .size = left < GOLDEN_VALUE_MAX ? left : GOLDEN_VALUE_MAX,
        .rule = by != NULL ? GOLDEN_RULE_LOST_WRITE : GOLDEN_RULE_STALE_READ,
        .agent = access->agent,
        .pe = access->pe,
        .space = access->space,
    };
    memcpy(finding.golden, golden + first, finding.size);
    memcpy(finding.observed, observed + first, finding.size);
    if (by != NULL) {
        finding.by = *by;
    }
    event_log_append(cache->log, EVENT_GOLDEN_STALE_READ, (enum agent_kind)access->agent, access->pe,
                     finding.pa, left, value_for_event(finding.golden, finding.size),
                     value_for_event(finding.observed, finding.size));
    finding_record(cache, entry, &finding);
}

/* The bytes of one suspect line that are gone for good become one finding. */
static void line_audit(struct cache *cache, const struct golden_entry *entry)
{
    const uint32_t line = cache->config.line;
    uint32_t first = 0;
    while (first < line && !golden_byte_is_gone(cache, entry->line_pa, first, entry->bytes[first])) {
        first++;
    }
    if (first == line) {
        return;
    }
    const uint32_t left = line - first;
    struct golden_finding finding = {
        .pa = entry->line_pa + first,
        .va = entry->line_pa + first,
        .count = 1,
        .size = left < GOLDEN_VALUE_MAX ? left : GOLDEN_VALUE_MAX,
        .rule = GOLDEN_RULE_LOST_WRITE,
        .agent = AGENT_PE,
        .at_end = true,
    };
    memcpy(finding.golden, entry->bytes + first, finding.size);
    memcpy(finding.observed, cache_dram(cache, entry->line_pa) + first, finding.size);
    if (entry->lost_by[first] != 0) {
        finding.by = cache->golden.culprits[entry->lost_by[first] - 1];
    }
    finding_record(cache, entry, &finding);
}

static int entries_compare(const void *a, const void *b)
{
    const struct golden_entry *const *left = a, *const *right = b;
    return ((*left)->line_pa > (*right)->line_pa) - ((*left)->line_pa < (*right)->line_pa);
}

void cache_audit(struct cache *cache)
{
    struct golden *golden = &cache->golden;
    const struct golden_entry **sorted = calloc(golden->count + 1, sizeof(*sorted));
    if (sorted == NULL) {
        golden->overflowed = true;
        return;
    }
    uint32_t count = 0;
    for (uint32_t i = 0; i < golden->capacity; i++) {
        if (golden->entries[i].used && golden->entries[i].suspect) {
            sorted[count++] = &golden->entries[i];
        }
    }
    qsort(sorted, count, sizeof(*sorted), entries_compare);
    for (uint32_t i = 0; i < count; i++) {
        line_audit(cache, sorted[i]);
    }
    free(sorted);
}

uint32_t cache_findings(const struct cache *cache, const struct golden_finding **findings, uint64_t *dropped)
{
    *findings = cache->golden.findings;
    *dropped = cache->golden.findings_dropped;
    return cache->golden.finding_count;
}
