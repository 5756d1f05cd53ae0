/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/cache/golden_table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define CAPACITY_INITIAL 1024

static uint32_t slot_of(const struct golden *golden, uint64_t line_pa)
{
    const uint64_t mixed = (line_pa / golden->line) * 0x9E3779B97F4A7C15ULL;
    return (uint32_t)(mixed >> 32) & (golden->capacity - 1);
}

bool golden_table_init(struct golden *golden, uint32_t line)
{
    *golden = (struct golden){.line = line, .capacity = CAPACITY_INITIAL};
    golden->entries = calloc(CAPACITY_INITIAL, sizeof(*golden->entries));
    return golden->entries != NULL;
}

static void entry_release(struct golden_entry *entry)
{
    free(entry->bytes);
    free(entry->lost_by);
    if (entry->history != NULL) {
        free(entry->history->bytes);
        free(entry->history);
    }
    *entry = (struct golden_entry){0};
}

void golden_table_release(struct golden *golden)
{
    for (uint32_t i = 0; golden->entries != NULL && i < golden->capacity; i++) {
        entry_release(&golden->entries[i]);
    }
    free(golden->entries);
    golden->entries = NULL;
    golden->count = 0;
}

struct golden_entry *golden_table_search(const struct golden *golden, uint64_t line_pa)
{
    for (uint32_t slot = slot_of(golden, line_pa);; slot = (slot + 1) & (golden->capacity - 1)) {
        struct golden_entry *entry = &golden->entries[slot];
        if (!entry->used) {
            return NULL;
        }
        if (entry->line_pa == line_pa) {
            return entry;
        }
    }
}

static struct golden_entry *free_entry(struct golden *golden, uint64_t line_pa)
{
    uint32_t slot = slot_of(golden, line_pa);
    while (golden->entries[slot].used) {
        slot = (slot + 1) & (golden->capacity - 1);
    }
    return &golden->entries[slot];
}

static bool table_grow(struct golden *golden)
{
    struct golden_entry *old = golden->entries;
    const uint32_t old_capacity = golden->capacity;
    struct golden_entry *entries = calloc((size_t)old_capacity * 2, sizeof(*entries));
    if (entries == NULL) {
        return false;
    }
    golden->entries = entries;
    golden->capacity = old_capacity * 2;
    for (uint32_t i = 0; i < old_capacity; i++) {
        if (old[i].used) {
            *free_entry(golden, old[i].line_pa) = old[i];
        }
    }
    free(old);
    return true;
}

struct golden_entry *golden_table_add(struct golden *golden, uint64_t line_pa)
{
    struct golden_entry *found = golden_table_find(golden, line_pa);
    if (found != NULL) {
        return found;
    }
    const bool crowded = golden->count >= golden->capacity / 2;
    if (golden->count >= GOLDEN_LINES_MAX || (crowded && !table_grow(golden))) {
        golden->overflowed = true;
        return NULL;
    }
    struct golden_entry *entry = free_entry(golden, line_pa);
    *entry = (struct golden_entry){
        .line_pa = line_pa,
        .bytes = calloc(golden->line, sizeof(*entry->bytes)),
        .lost_by = calloc(golden->line, sizeof(*entry->lost_by)),
        .used = true,
    };
    if (entry->bytes == NULL || entry->lost_by == NULL) {
        entry_release(entry);
        golden->overflowed = true;
        return NULL;
    }
    golden->count++;
    return entry;
}

void golden_table_remove(struct golden *golden, struct golden_entry *entry)
{
    assert(entry->used);
    entry_release(entry);
    golden->count--;
    /* Linear probing: entries that were pushed past this slot move back, so that no search stops short. */
    uint32_t hole = (uint32_t)(entry - golden->entries);
    for (uint32_t slot = (hole + 1) & (golden->capacity - 1); golden->entries[slot].used;
         slot = (slot + 1) & (golden->capacity - 1)) {
        const uint32_t home = slot_of(golden, golden->entries[slot].line_pa);
        const uint32_t distance = (slot - home) & (golden->capacity - 1);
        if (distance >= ((slot - hole) & (golden->capacity - 1))) {
            golden->entries[hole] = golden->entries[slot];
            golden->entries[slot] = (struct golden_entry){0};
            hole = slot;
        }
    }
}

bool golden_table_track(struct golden *golden, struct golden_entry *entry)
{
    if (entry->history != NULL) {
        return true;
    }
    struct golden_history *history = calloc(1, sizeof(*history));
    uint8_t *bytes = calloc(GOLDEN_HISTORY_MAX, golden->line);
    if (history == NULL || bytes == NULL) {
        free(history);
        free(bytes);
        golden->overflowed = true;
        return false;
    }
    history->bytes = bytes;
    entry->history = history;
    return true;
}

uint16_t golden_table_culprit(struct golden *golden, const struct golden_culprit *culprit)
{
    for (uint32_t i = 0; i < golden->culprit_count; i++) {
        struct golden_culprit *known = &golden->culprits[i];
        if (known->pc == culprit->pc && known->op == culprit->op && known->agent == culprit->agent) {
            known->position = culprit->position;
            return (uint16_t)(i + 1);
        }
    }
    if (golden->culprit_count < GOLDEN_CULPRITS_MAX) {
        golden->culprits[golden->culprit_count++] = *culprit;
    }
    return (uint16_t)golden->culprit_count;
}
