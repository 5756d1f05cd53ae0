/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The copies of a named line: filled, dropped, written back and maintained, each time beside the golden
 * bytes, which only a write changes.
 */
#include "model/cache/replay.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

static void copy_event(struct cache *cache, enum event_kind kind, uint64_t level, uint64_t line_pa,
                       uint64_t argument)
{
    event_log_append(cache->log, kind, (enum agent_kind)cache->access->agent, cache->access->pe, level,
                     line_pa, argument, 0);
}

void replay_copy_fill(struct cache *cache, struct replay_line *line, enum pa_space space)
{
    struct replay_copy *copy = &line->copies[space];
    assert(!copy->present);
    uint8_t golden[LINE_SIZE_MAX];
    golden_line(cache, line->pa, golden);
    memcpy(copy->bytes, cache_dram(cache, line->pa), cache->config.line);
    copy->present = true;
    copy->dirty = false;
    copy_event(cache, EVENT_CACHE_FILL, 1, line->pa, 0);
    golden_settle(cache, line->pa, golden, NULL);
}

void replay_copy_drop(struct cache *cache, struct replay_line *line, enum pa_space space)
{
    struct replay_copy *copy = &line->copies[space];
    assert(copy->present);
    assert(!copy->dirty);
    uint8_t golden[LINE_SIZE_MAX];
    golden_line(cache, line->pa, golden);
    copy->present = false;
    copy_event(cache, EVENT_CACHE_EVICT, 1, line->pa, 0);
    golden_settle(cache, line->pa, golden, NULL);
}

void replay_copy_clean(struct cache *cache, struct replay_line *line, enum pa_space space)
{
    struct replay_copy *copy = &line->copies[space];
    if (!copy->present || !copy->dirty) {
        return;
    }
    uint8_t golden[LINE_SIZE_MAX];
    golden_line(cache, line->pa, golden);
    memcpy(cache_dram(cache, line->pa), copy->bytes, cache->config.line);
    copy->dirty = false;
    copy_event(cache, EVENT_CACHE_WRITEBACK, 0, line->pa, 0);
    golden_settle(cache, line->pa, golden, NULL);
}

void replay_copy_maintain(struct cache *cache, struct replay_line *line, enum replay_effect effect,
                          const struct access *by)
{
    const enum pa_space space = (enum pa_space)by->space;
    if (effect != REPLAY_INVALIDATE) {
        replay_copy_clean(cache, line, space);
    }
    struct replay_copy *copy = &line->copies[space];
    if (effect == REPLAY_CLEAN || !copy->present) {
        return;
    }
    uint8_t golden[LINE_SIZE_MAX];
    golden_line(cache, line->pa, golden);
    copy_event(cache, EVENT_CACHE_INVALIDATE, 1, line->pa, copy->dirty);
    copy->present = false;
    copy->dirty = false;
    golden_settle(cache, line->pa, golden, effect == REPLAY_INVALIDATE ? by : NULL);
}
