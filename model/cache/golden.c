/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The golden copy: which lines are suspect, what their newest bytes are, and what a read that differs means.
 *
 * Invariant: in a line that is not suspect, every copy that a read could return holds the newest bytes.
 * Within a PA space a read returns the topmost copy; what lies below the first dirty copy is superseded and
 * may be old. With copies in both PA spaces nothing is superseded.
 */
#include "model/cache/cache_state.h"

#include <assert.h>
#include <string.h>

#include "model/cache/golden_copies.h"

static const uint8_t *newest_of_coherent(const struct cache *cache, uint64_t line_pa)
{
    for (uint64_t space = PA_SPACE_NON_SECURE; space <= PA_SPACE_SECURE; space++) {
        struct golden_held copies[GOLDEN_HELD_MAX];
        const uint32_t count = golden_space_copies(cache, line_pa | space, copies);
        for (uint32_t i = 0; i < count; i++) {
            if (copies[i].dirty) {
                return copies[i].bytes;
            }
        }
    }
    return cache_dram(cache, line_pa);
}

bool golden_suspect(const struct cache *cache, uint64_t line_pa)
{
    return golden_table_find(&cache->golden, line_pa) != NULL;
}

void golden_line(struct cache *cache, uint64_t line_pa, uint8_t *bytes)
{
    const struct golden_entry *entry = golden_table_find(&cache->golden, line_pa);
    const uint8_t *newest =
        entry != NULL && entry->suspect ? entry->bytes : newest_of_coherent(cache, line_pa);
    assert(newest != NULL);
    memcpy(bytes, newest, cache->config.line);
}

bool cache_golden_line(struct cache *cache, uint64_t line_pa, uint8_t *bytes)
{
    if (cache_dram(cache, line_pa) == NULL) {
        return false;
    }
    golden_line(cache, line_pa, bytes);
    return true;
}

/* Every copy of this PA space down to the first dirty one holds the newest bytes. */
static bool space_agrees(const struct cache *cache, uint64_t tag, const uint8_t *golden, bool *holds,
                         bool *dirty)
{
    struct golden_held copies[GOLDEN_HELD_MAX];
    const uint32_t count = golden_space_copies(cache, tag, copies);
    *holds = count != 0;
    *dirty = false;
    for (uint32_t i = 0; i < count && !*dirty; i++) {
        if (memcmp(copies[i].bytes, golden, cache->config.line) != 0) {
            return false;
        }
        *dirty = copies[i].dirty;
    }
    return true;
}

bool golden_copies_agree(const struct cache *cache, uint64_t line_pa, const uint8_t *golden)
{
    bool holds[2], dirty[2];
    for (uint64_t space = PA_SPACE_NON_SECURE; space <= PA_SPACE_SECURE; space++) {
        if (!space_agrees(cache, line_pa | space, golden, &holds[space], &dirty[space])) {
            return false;
        }
    }
    const bool one_owner = (dirty[0] && !holds[1]) || (dirty[1] && !holds[0]);
    return one_owner || memcmp(cache_dram(cache, line_pa), golden, cache->config.line) == 0;
}

/* No cache and no memory holds this byte's newest value. */
bool golden_byte_is_gone(const struct cache *cache, uint64_t line_pa, uint32_t offset, uint8_t golden)
{
    if (cache_dram(cache, line_pa)[offset] == golden) {
        return false;
    }
    for (uint64_t space = PA_SPACE_NON_SECURE; space <= PA_SPACE_SECURE; space++) {
        struct golden_held copies[GOLDEN_HELD_MAX];
        const uint32_t count = golden_space_copies(cache, line_pa | space, copies);
        for (uint32_t i = 0; i < count; i++) {
            if (copies[i].bytes[offset] == golden) {
                return false;
            }
        }
    }
    return cache->replay == NULL || !replay_buffers(cache, line_pa, offset, golden);
}

static void bytes_lost(struct cache *cache, struct golden_entry *entry, const struct access *by)
{
    uint32_t lost = 0, first = 0;
    for (uint32_t i = 0; i < cache->config.line; i++) {
        if (entry->lost_by[i] != 0 || !golden_byte_is_gone(cache, entry->line_pa, i, entry->bytes[i])) {
            continue;
        }
        const struct golden_culprit culprit = {
            .pc = by->pc, .position = by->position, .op = by->op, .agent = by->agent, .known = true};
        entry->lost_by[i] = golden_table_culprit(&cache->golden, &culprit);
        first = lost == 0 ? i : first;
        lost++;
    }
    if (lost != 0) {
        event_log_append(cache->log, EVENT_GOLDEN_LOST, (enum agent_kind)by->agent, by->pe,
                         entry->line_pa + first, lost, by->op, 0);
    }
}

static void entry_agreed(struct cache *cache, struct golden_entry *entry)
{
    if (entry->suspect) {
        event_log_append(cache->log, EVENT_GOLDEN_AGREED, (enum agent_kind)cache->access->agent,
                         cache->access->pe, entry->line_pa, 0, 0, 0);
    }
    entry->suspect = false;
    memset(entry->lost_by, 0, cache->config.line * sizeof(entry->lost_by[0]));
    if (entry->history == NULL) {
        golden_table_remove(&cache->golden, entry);
    }
}

void golden_settle(struct cache *cache, uint64_t line_pa, const uint8_t *bytes, const struct access *lost_by)
{
    struct golden_entry *entry = golden_table_find(&cache->golden, line_pa);
    if (golden_copies_agree(cache, line_pa, bytes)) {
        if (entry != NULL) {
            entry_agreed(cache, entry);
        }
        return;
    }
    entry = golden_table_add(&cache->golden, line_pa);
    if (entry == NULL) {
        return; /* told by cache_overflowed() */
    }
    memcpy(entry->bytes, bytes, cache->config.line);
    if (!entry->suspect) {
        entry->suspect = true;
        event_log_append(cache->log, EVENT_GOLDEN_SUSPECT, (enum agent_kind)cache->access->agent,
                         cache->access->pe, line_pa, 0, 0, 0);
    }
    cache_line_grants_clear(cache, line_pa);
    if (lost_by != NULL) {
        bytes_lost(cache, entry, lost_by);
    }
}

void golden_settle_moved(struct cache *cache)
{
    for (uint32_t i = 0; i < cache->moved_count; i++) {
        const struct golden_entry *entry = golden_table_find(&cache->golden, cache->moved[i]);
        if (entry != NULL && entry->suspect) {
            uint8_t bytes[LINE_SIZE_MAX];
            memcpy(bytes, entry->bytes, cache->config.line);
            golden_settle(cache, cache->moved[i], bytes, NULL);
        }
    }
    cache->moved_count = 0;
}

void golden_written(struct cache *cache, const struct access *access, const uint8_t *data)
{
    struct golden_entry *entry =
        golden_table_find(&cache->golden, access->pa & ~(uint64_t)(cache->config.line - 1));
    if (entry == NULL) {
        return;
    }
    const uint32_t offset = (uint32_t)(access->pa & (cache->config.line - 1));
    memset(entry->lost_by + offset, 0, access->size * sizeof(entry->lost_by[0]));
    struct golden_history *history = entry->history;
    if (history == NULL) {
        return;
    }
    const uint64_t place = history->count++ % GOLDEN_HISTORY_MAX;
    history->ring[place] = (struct golden_write){
        .writer = {.pc = access->pc, .position = access->position, .agent = access->agent, .known = true},
        .offset = offset,
        .size = access->size,
    };
    memcpy(history->bytes + place * cache->config.line + offset, data, access->size);
}
