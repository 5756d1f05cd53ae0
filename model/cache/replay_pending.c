/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is pending on a named line: Arm ARM, "Barriers" and "Ordering of cache maintenance operations". What a
 * barrier or an access waits for takes effect in the order of the queue, sweeps after it, so that a token
 * need not tell it. The adversary takes another order by moves of its own, before.
 */
#include "model/cache/replay.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#define BARRIER_TYPES  3U /* CRm[1:0]: loads, stores, both */
#define BARRIER_LOADS  1U
#define BARRIER_STORES 2U

uint32_t replay_observer(const struct access *access)
{
    return access->agent == AGENT_DEVICE ? CACHE_OBSERVER_DEVICE : access->pe;
}

static uint32_t item_find(const struct replay_queue *queue, enum replay_item_kind kind)
{
    uint32_t place = 0;
    while (place < queue->count && queue->items[place].kind != kind) {
        place++;
    }
    return place;
}

static bool queue_has(const struct replay_queue *queue, enum replay_item_kind kind)
{
    return item_find(queue, kind) != queue->count;
}

static bool item_is_operation(const struct replay_item *item, enum pa_space space)
{
    return item->kind == REPLAY_ITEM_OPERATION && item->by.space == space;
}

static bool queue_has_operation(const struct replay_queue *queue, enum pa_space space)
{
    for (uint32_t i = 0; i < queue->count; i++) {
        if (item_is_operation(&queue->items[i], space)) {
            return true;
        }
    }
    return false;
}

static void item_remove(struct replay_queue *queue, uint32_t place)
{
    assert(place < queue->count);
    queue->count--;
    memmove(&queue->items[place], &queue->items[place + 1], (queue->count - place) * sizeof(queue->items[0]));
}

/* Marks order something only between items: none leads, none follows another. */
static void queue_tidy(struct replay_queue *queue)
{
    for (uint32_t i = queue->count; i-- > 0;) {
        const bool follows = i > 0 && queue->items[i - 1].kind == REPLAY_ITEM_MARK;
        if (queue->items[i].kind == REPLAY_ITEM_MARK && (i == 0 || follows)) {
            item_remove(queue, i);
        }
    }
}

static void store_drain(struct cache *cache, struct replay_line *line, struct replay_store *store)
{
    uint8_t golden[LINE_SIZE_MAX];
    golden_line(cache, line->pa, golden);
    uint8_t *dram = cache_dram(cache, line->pa);
    for (uint32_t i = 0; i < cache->config.line; i++) {
        dram[i] = store->held[i] != 0 ? store->bytes[i] : dram[i];
    }
    memset(store->held, 0, cache->config.line);
    store->used = false;
    golden_settle(cache, line->pa, golden, NULL);
}

/* The item at this place takes effect. */
static void item_effect(struct cache *cache, struct replay_line *line, struct replay_queue *queue,
                        uint32_t place)
{
    const struct replay_item item = queue->items[place];
    assert(item.kind != REPLAY_ITEM_MARK);
    item_remove(queue, place);
    queue_tidy(queue);
    if (item.kind == REPLAY_ITEM_STORE) {
        store_drain(cache, line, &queue->stores[item.store]);
    } else {
        replay_copy_maintain(cache, line, (enum replay_effect)item.effect, &item.by);
    }
}

static struct replay_item *item_append(struct cache *cache, struct replay_line *line,
                                       struct replay_queue *queue, enum replay_item_kind kind,
                                       enum replay_effect effect, const struct access *by)
{
    while (queue->count == REPLAY_QUEUE_MAX) {
        item_effect(cache, line, queue, 0);
    }
    queue->items[queue->count] =
        (struct replay_item){.kind = (uint8_t)kind, .effect = (uint8_t)effect, .by = *by};
    return &queue->items[queue->count++];
}

/* The last operation of the space behind the last mark; queue->count if there is none. */
static uint32_t stretch_last(const struct replay_queue *queue, enum pa_space space)
{
    for (uint32_t i = queue->count; i-- > 0 && queue->items[i].kind != REPLAY_ITEM_MARK;) {
        if (item_is_operation(&queue->items[i], space)) {
            return i;
        }
    }
    return queue->count;
}

/* Joins the stretch, in its normal form. */
static void operation_join(struct cache *cache, struct replay_line *line, struct replay_queue *queue,
                           enum replay_effect effect, const struct access *by)
{
    const uint32_t last = stretch_last(queue, (enum pa_space)by->space);
    if (last == queue->count) {
        item_append(cache, line, queue, REPLAY_ITEM_OPERATION, effect, by);
        return;
    }
    const struct replay_item before = queue->items[last];
    if (before.effect == REPLAY_INVALIDATE || before.effect == effect || effect == REPLAY_CLEAN) {
        return; /* satisfied when the one before is */
    }
    item_remove(queue, last);
    if (effect == REPLAY_INVALIDATE) {
        /* Clean, then invalidate: the first may be weaker, the second is what counts. */
        item_append(cache, line, queue, REPLAY_ITEM_OPERATION, REPLAY_CLEAN, &before.by);
    }
    item_append(cache, line, queue, REPLAY_ITEM_OPERATION, effect, by);
}

void replay_operation_issue(struct cache *cache, struct replay_line *line, const struct access *access,
                            enum replay_effect effect, bool hold)
{
    struct replay_queue *queue = &line->queues[replay_observer(access)];
    const bool behind =
        queue_has(queue, REPLAY_ITEM_MARK) || queue_has_operation(queue, (enum pa_space)access->space);
    if (hold || behind) {
        operation_join(cache, line, queue, effect, access);
    } else {
        replay_copy_maintain(cache, line, effect, access);
    }
}

static bool store_holds(const struct replay_store *store, uint32_t offset, uint32_t size)
{
    return memchr(store->held + offset, 1, size) != NULL;
}

/* Of these bytes there is a newer store: older ones no longer hold them. When they drain would not matter,
 * because DRAM is old until the newer store drains. */
static bool stores_supersede(struct cache *cache, struct replay_queue *queue, uint32_t offset, uint32_t size)
{
    bool any = false;
    for (uint32_t i = queue->count; i-- > 0;) {
        struct replay_store *store = &queue->stores[queue->items[i].store];
        if (queue->items[i].kind != REPLAY_ITEM_STORE || !store_holds(store, offset, size)) {
            continue;
        }
        any = true;
        memset(store->held + offset, 0, size);
        if (!store_holds(store, 0, cache->config.line)) {
            store->used = false;
            item_remove(queue, i);
        }
    }
    queue_tidy(queue);
    return any;
}

static struct replay_store *store_take(struct cache *cache, struct replay_line *line,
                                       struct replay_queue *queue, uint8_t *place)
{
    for (;;) {
        for (uint32_t i = 0; i < REPLAY_STORES_MAX; i++) {
            if (!queue->stores[i].used) {
                queue->stores[i].used = true;
                *place = (uint8_t)i;
                return &queue->stores[i];
            }
        }
        item_effect(cache, line, queue, 0);
    }
}

bool replay_store_issue(struct cache *cache, struct replay_line *line, const struct access *access,
                        const uint8_t *data, bool hold)
{
    struct replay_queue *queue = &line->queues[replay_observer(access)];
    const uint32_t offset = (uint32_t)(access->pa - line->pa);
    const bool marked = queue_has(queue, REPLAY_ITEM_MARK);
    uint8_t golden[LINE_SIZE_MAX];
    golden_line(cache, line->pa, golden);
    memcpy(golden + offset, data, access->size);
    if (!stores_supersede(cache, queue, offset, access->size) && !marked && !hold) {
        return false;
    }
    uint8_t place = 0;
    struct replay_store *store = store_take(cache, line, queue, &place);
    memcpy(store->bytes + offset, data, access->size);
    memset(store->held + offset, 1, access->size);
    item_append(cache, line, queue, REPLAY_ITEM_STORE, REPLAY_CLEAN, access)->store = place;
    golden_settle(cache, line->pa, golden, NULL);
    return true;
}

void replay_sweep_issue(struct cache *cache, struct replay_line *line, const struct access *access,
                        enum replay_effect effect, bool hold)
{
    struct replay_queue *queue = &line->queues[replay_observer(access)];
    if (!hold) {
        replay_copy_maintain(cache, line, effect, access);
        return;
    }
    queue->sweeps[access->space] |= (uint8_t)(1U << effect);
    queue->swept_by[access->space][effect] = *access;
}

/* Of the sweeps that are pending in a space a clean takes effect first, then an invalidate. */
static bool sweep_complete(struct cache *cache, struct replay_line *line, struct replay_queue *queue,
                           enum pa_space space)
{
    static const enum replay_effect order[] = {REPLAY_CLEAN, REPLAY_INVALIDATE, REPLAY_CLEAN_INVALIDATE};
    for (uint32_t i = 0; i < REPLAY_EFFECTS; i++) {
        const uint8_t bit = (uint8_t)(1U << order[i]);
        if ((queue->sweeps[space] & bit) != 0) {
            queue->sweeps[space] &= (uint8_t)~bit;
            replay_copy_maintain(cache, line, order[i], &queue->swept_by[space][order[i]]);
            return true;
        }
    }
    return false;
}

void replay_wait_operations(struct cache *cache, struct replay_line *line, uint32_t observer,
                            enum pa_space space)
{
    struct replay_queue *queue = &line->queues[observer];
    while (queue_has_operation(queue, space)) {
        uint32_t place = 0; /* what stands before a mark takes effect first */
        while (!queue_has(queue, REPLAY_ITEM_MARK) && !item_is_operation(&queue->items[place], space)) {
            place++;
        }
        item_effect(cache, line, queue, place);
    }
}

void replay_wait_stores(struct cache *cache, struct replay_line *line, uint32_t observer)
{
    struct replay_queue *queue = &line->queues[observer];
    while (queue_has(queue, REPLAY_ITEM_STORE)) {
        const bool marked = queue_has(queue, REPLAY_ITEM_MARK);
        item_effect(cache, line, queue, marked ? 0 : item_find(queue, REPLAY_ITEM_STORE));
    }
}

void replay_wait_bytes(struct cache *cache, struct replay_line *line, const struct access *access)
{
    struct replay_queue *queue = &line->queues[replay_observer(access)];
    const uint32_t offset = (uint32_t)(access->pa - line->pa);
    const bool marked = queue_has(queue, REPLAY_ITEM_MARK);
    if (stores_supersede(cache, queue, offset, access->size) && marked) {
        while (queue_has(queue, REPLAY_ITEM_MARK)) {
            item_effect(cache, line, queue, 0);
        }
    }
}

/* The stores before a DMB ST drain. */
static void stores_ordered_drain(struct cache *cache, struct replay_line *line, struct replay_queue *queue)
{
    for (uint32_t i = 0; i < queue->count;) {
        if (queue->items[i].kind == REPLAY_ITEM_STORE && queue->items[i].store_ordered) {
            item_effect(cache, line, queue, queue_has(queue, REPLAY_ITEM_MARK) ? 0 : i);
            i = 0;
        } else {
            i++;
        }
    }
}

static bool stores_ordered(const struct replay_queue *queue)
{
    bool ordered = false;
    for (uint32_t i = 0; i < queue->count; i++) {
        ordered = ordered || queue->items[i].store_ordered;
    }
    return ordered;
}

void replay_wait_ordered(struct cache *cache, uint32_t observer, bool store)
{
    struct replay *replay = cache->replay;
    if (!replay->waits[observer]) {
        return;
    }
    replay->waits[observer] = false;
    for (uint32_t i = 0; i < replay->line_count; i++) {
        struct replay_line *line = &replay->lines[i];
        struct replay_queue *queue = &line->queues[observer];
        while (queue_has(queue, REPLAY_ITEM_MARK)) {
            item_effect(cache, line, queue, 0);
        }
        if (store) {
            stores_ordered_drain(cache, line, queue);
        }
        replay->waits[observer] = replay->waits[observer] || stores_ordered(queue);
    }
}

/* Everything that the observer has pending on the line completes. */
static void line_synchronize(struct cache *cache, struct replay_line *line, uint32_t observer)
{
    struct replay_queue *queue = &line->queues[observer];
    while (queue->count != 0) {
        item_effect(cache, line, queue, 0);
    }
    for (uint32_t space = 0; space < REPLAY_SPACES; space++) {
        while (sweep_complete(cache, line, queue, (enum pa_space)space)) {
        }
    }
}

/* DMB: what is pending stands before what comes. DMB ST: so do the stores, for stores. */
static void line_order(struct cache *cache, struct replay_line *line, const struct access *access)
{
    struct replay *replay = cache->replay;
    const uint32_t observer = replay_observer(access);
    struct replay_queue *queue = &line->queues[observer];
    if ((access->operand & BARRIER_TYPES) == BARRIER_STORES) {
        for (uint32_t i = 0; i < queue->count; i++) {
            queue->items[i].store_ordered = queue->items[i].kind == REPLAY_ITEM_STORE;
        }
        replay->waits[observer] = replay->waits[observer] || stores_ordered(queue);
    } else if (queue->count != 0) {
        item_append(cache, line, queue, REPLAY_ITEM_MARK, REPLAY_CLEAN, access);
        queue_tidy(queue);
        replay->waits[observer] = true;
    }
}

void replay_barrier(struct cache *cache, const struct access *access)
{
    struct replay *replay = cache->replay;
    const uint32_t observer = replay_observer(access);
    const uint32_t types = (uint32_t)access->operand & BARRIER_TYPES;
    if (types == BARRIER_LOADS) {
        return; /* loads order nothing that can be pending here */
    }
    for (uint32_t i = 0; i < replay->line_count; i++) {
        struct replay_line *line = &replay->lines[i];
        if (access->op == ACCESS_DMB) {
            line_order(cache, line, access);
        } else if (types == BARRIER_STORES) {
            replay_wait_stores(cache, line, observer);
        } else {
            line_synchronize(cache, line, observer);
        }
    }
    if (access->op == ACCESS_DSB && types != BARRIER_STORES) {
        replay->sweeps[observer].number = 0;
        replay->waits[observer] = false;
    }
    /* The next access must be seen: a grant would hide it. */
    if (replay->waits[observer] && observer < CACHE_PE_MAX && cache->grants[observer] != NULL) {
        grant_clear_all(cache->grants[observer]);
    }
}

void replay_forward(const struct cache *cache, const struct replay_line *line, uint32_t observer,
                    uint8_t *bytes)
{
    const struct replay_queue *queue = &line->queues[observer];
    for (uint32_t i = 0; i < REPLAY_STORES_MAX * cache->config.line; i++) {
        const struct replay_store *store = &queue->stores[i / cache->config.line];
        const uint32_t offset = i % cache->config.line;
        bytes[offset] = store->held[offset] != 0 ? store->bytes[offset] : bytes[offset];
    }
}

bool replay_complete(struct cache *cache, struct replay_line *line, uint32_t observer, enum pa_space space)
{
    struct replay_queue *queue = &line->queues[observer];
    for (uint32_t i = 0; i < queue->count && queue->items[i].kind != REPLAY_ITEM_MARK; i++) {
        if (item_is_operation(&queue->items[i], space)) {
            item_effect(cache, line, queue, i);
            return true;
        }
    }
    return !queue_has_operation(queue, space) && sweep_complete(cache, line, queue, space);
}

bool replay_drain(struct cache *cache, struct replay_line *line, uint32_t observer, uint64_t pa)
{
    struct replay_queue *queue = &line->queues[observer];
    for (uint32_t i = 0; i < queue->count && queue->items[i].kind != REPLAY_ITEM_MARK; i++) {
        const struct replay_store *store = &queue->stores[queue->items[i].store];
        if (queue->items[i].kind == REPLAY_ITEM_STORE && store_holds(store, (uint32_t)(pa - line->pa), 1)) {
            item_effect(cache, line, queue, i);
            return true;
        }
    }
    return false;
}
