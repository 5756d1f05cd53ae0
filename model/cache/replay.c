/* SPDX-License-Identifier: BSD-3-Clause */
/* Accesses to token-driven caches, and the moves of the token; replay.h tells the rules. */
#include "model/cache/replay.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static int lines_compare(const void *a, const void *b)
{
    const struct replay_line *left = a, *right = b;
    return (left->pa > right->pa) - (left->pa < right->pa);
}

/* Copies and store buffers of a line: their bytes stand one after the other in replay->memory. */
static uint8_t *line_place(struct replay_line *line, uint8_t *memory, uint32_t line_size)
{
    for (uint32_t space = 0; space < REPLAY_SPACES; space++) {
        line->copies[space].bytes = memory;
        memory += line_size;
    }
    for (uint32_t i = 0; i < REPLAY_OBSERVERS * REPLAY_STORES_MAX; i++) {
        struct replay_queue *queue = &line->queues[i / REPLAY_STORES_MAX];
        queue->stores[i % REPLAY_STORES_MAX] =
            (struct replay_store){.bytes = memory, .held = memory + line_size};
        memory += 2 * (size_t)line_size;
    }
    return memory;
}

bool replay_init(struct cache *cache, const uint64_t *lines, uint32_t count)
{
    struct replay *replay = calloc(1, sizeof(*replay));
    cache->replay = replay;
    if (replay == NULL) {
        return false;
    }
    replay->lines = calloc(count + 1ULL, sizeof(*replay->lines));
    replay->memory = calloc(count + 1ULL, (size_t)(REPLAY_SPACES + 2 * REPLAY_OBSERVERS * REPLAY_STORES_MAX) *
                                              cache->config.line);
    if (replay->lines == NULL || replay->memory == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        replay->lines[i].pa = lines[i] & ~(uint64_t)(cache->config.line - 1);
    }
    qsort(replay->lines, count, sizeof(*replay->lines), lines_compare);
    uint8_t *memory = replay->memory;
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0 && replay->lines[i].pa == replay->lines[i - 1].pa) {
            continue; /* named twice */
        }
        const uint32_t place = replay->line_count++;
        replay->lines[place] = (struct replay_line){.pa = replay->lines[i].pa};
        memory = line_place(&replay->lines[place], memory, cache->config.line);
    }
    return true;
}

void replay_release(struct cache *cache)
{
    if (cache->replay != NULL) {
        free(cache->replay->lines);
        free(cache->replay->memory);
        free(cache->replay);
        cache->replay = NULL;
    }
}

struct replay_line *replay_find(const struct cache *cache, uint64_t line_pa)
{
    for (uint32_t i = 0; i < cache->replay->line_count; i++) {
        if (cache->replay->lines[i].pa == line_pa) {
            return &cache->replay->lines[i];
        }
    }
    return NULL;
}

bool replay_buffers(const struct cache *cache, uint64_t line_pa, uint32_t offset, uint8_t value)
{
    const struct replay_line *line = replay_find(cache, line_pa);
    for (uint32_t i = 0; line != NULL && i < REPLAY_OBSERVERS * REPLAY_STORES_MAX; i++) {
        const struct replay_store *store = &line->queues[i / REPLAY_STORES_MAX].stores[i % REPLAY_STORES_MAX];
        if (store->held[offset] != 0 && store->bytes[offset] == value) {
            return true;
        }
    }
    return false;
}

static uint64_t line_of(const struct cache *cache, uint64_t pa)
{
    return pa & ~(uint64_t)(cache->config.line - 1);
}

static bool cacheable(const struct access *access)
{
    return memory_type_cacheable((enum memory_type)access->type);
}

/* Takes the `hold` or `miss` that was set for an operation on this line. */
static bool armed_take(struct replay *replay, const struct replay_line *line, enum replay_armed what)
{
    const bool armed = replay->armed == what && replay->armed_line == line->pa;
    if (armed) {
        replay->armed = REPLAY_ARMED_NONE;
    }
    return armed;
}

/* An explicit access or operation of this line: what a sweep does to it afterwards is another sweep's. */
static void line_touched(struct replay_line *line)
{
    for (uint32_t i = 0; i < REPLAY_OBSERVERS; i++) {
        line->queues[i].sweep_seen = 0;
    }
}

static void line_read(struct cache *cache, struct replay_line *line, const struct access *access,
                      uint8_t *data)
{
    const enum pa_space space = (enum pa_space)access->space;
    const uint32_t observer = replay_observer(access);
    const uint64_t offset = access->pa - line->pa;
    uint8_t bytes[LINE_SIZE_MAX];
    line_touched(line);
    if (cacheable(access)) {
        replay_wait_operations(cache, line, observer, space);
        if (!line->copies[space].present) {
            replay_copy_fill(cache, line, space);
        }
        memcpy(bytes, line->copies[space].bytes, cache->config.line);
    } else {
        memcpy(bytes, cache_dram(cache, line->pa), cache->config.line);
        replay_forward(cache, line, observer, bytes);
    }
    memcpy(data, bytes + offset, access->size);
    golden_compare(cache, access, data);
}

/* Write-back leaves a dirty copy. Write-through allocates none, and what it writes is in DRAM too. */
static void line_write_cacheable(struct cache *cache, struct replay_line *line, const struct access *access,
                                 const uint8_t *data)
{
    const enum pa_space space = (enum pa_space)access->space;
    struct replay_copy *copy = &line->copies[space];
    const uint64_t offset = access->pa - line->pa;
    const bool through = access->type == MEMORY_NORMAL_WT;
    replay_wait_operations(cache, line, replay_observer(access), space);
    if (!copy->present && !through) {
        replay_copy_fill(cache, line, space);
    }
    uint8_t golden[LINE_SIZE_MAX];
    golden_line(cache, line->pa, golden);
    memcpy(golden + offset, data, access->size);
    if (copy->present) {
        memcpy(copy->bytes + offset, data, access->size);
        copy->dirty = copy->dirty || !through;
    }
    if (through) {
        memcpy(cache_dram(cache, line->pa) + offset, data, access->size);
    }
    golden_settle(cache, line->pa, golden, NULL);
}

static bool store_is_buffered(const struct access *access)
{
    return !cacheable(access) && access->type != MEMORY_DEVICE_NGNRNE;
}

static void line_write_uncached(struct cache *cache, struct replay_line *line, const struct access *access,
                                const uint8_t *data)
{
    if (store_is_buffered(access)) {
        const bool hold = armed_take(cache->replay, line, REPLAY_ARMED_HOLD);
        if (replay_store_issue(cache, line, access, data, hold)) {
            return;
        }
    } else {
        replay_wait_bytes(cache, line, access);
    }
    const uint64_t offset = access->pa - line->pa;
    uint8_t golden[LINE_SIZE_MAX];
    golden_line(cache, line->pa, golden);
    memcpy(golden + offset, data, access->size);
    memcpy(cache_dram(cache, line->pa) + offset, data, access->size);
    golden_settle(cache, line->pa, golden, NULL);
}

void replay_read(struct cache *cache, const struct access *access, uint8_t *data)
{
    const uint64_t line_pa = line_of(cache, access->pa);
    struct replay_line *line = replay_find(cache, line_pa);
    replay_wait_ordered(cache, replay_observer(access), false);
    if (line != NULL) {
        line_read(cache, line, access, data);
    } else {
        memcpy(data, cache_dram(cache, line_pa) + (access->pa - line_pa), access->size);
    }
}

/* STLR: what the observer has buffered anywhere is complete before it. */
static void release(struct cache *cache, uint32_t observer)
{
    for (uint32_t i = 0; i < cache->replay->line_count; i++) {
        replay_wait_stores(cache, &cache->replay->lines[i], observer);
    }
}

void replay_write(struct cache *cache, const struct access *access, const uint8_t *data)
{
    const uint64_t line_pa = line_of(cache, access->pa);
    struct replay_line *line = replay_find(cache, line_pa);
    if (access->ordered) {
        release(cache, replay_observer(access));
    }
    if (!store_is_buffered(access)) {
        replay_wait_ordered(cache, replay_observer(access), true);
    }
    if (line == NULL) {
        memcpy(cache_dram(cache, line_pa) + (access->pa - line_pa), data, access->size);
    } else {
        line_touched(line);
        if (cacheable(access)) {
            line_write_cacheable(cache, line, access, data);
        } else {
            line_write_uncached(cache, line, access, data);
        }
    }
    golden_written(cache, access, data);
}

/* No PE may write this line by a grant any more: it is decoded from. */
static void write_grants_clear(struct cache *cache, const uint8_t *host)
{
    for (uint32_t pe = 0; pe < cache->config.pe_count; pe++) {
        struct grant_table *table = cache->grants[pe];
        for (uint32_t slot = 0; table != NULL && slot < table->count; slot++) {
            if (table->write[slot].host == host) {
                grant_clear_write(table, slot);
            }
        }
    }
}

void replay_fetch(struct cache *cache, struct access *access, uint8_t *data)
{
    const uint64_t line_pa = line_of(cache, access->pa);
    assert(access->pa == line_pa && access->size == cache->config.line);
    const struct replay_line *line = replay_find(cache, line_pa);
    uint8_t *dram = cache_dram(cache, line_pa);
    if (line == NULL) {
        memcpy(data, dram, access->size);
        access->granted = 1;
        cache_decoded_put(cache, line_pa);
        write_grants_clear(cache, dram);
        return;
    }
    const struct replay_copy *copy = &line->copies[access->space];
    memcpy(data, cacheable(access) && copy->present ? copy->bytes : dram, access->size);
    struct access word = *access;
    const uint64_t offset = access->pc & (cache->config.line - 4);
    word.pa = line_pa + offset;
    word.va = access->pc;
    word.size = 4;
    golden_compare(cache, &word, data + offset);
}

/* Pointers into DRAM itself: all there is of a prompt line. */
bool replay_grant(struct cache *cache, const struct access *access, bool write)
{
    struct grant_table *table = access->pe < cache->config.pe_count ? cache->grants[access->pe] : NULL;
    const uint64_t line_pa = line_of(cache, access->pa);
    const uint64_t line_va = line_of(cache, access->va);
    if (table == NULL || access->type != MEMORY_NORMAL_WB || golden_suspect(cache, line_pa) ||
        replay_find(cache, line_pa) != NULL || cache->replay->waits[access->pe]) {
        return false;
    }
    if (write && cache_is_code(cache, line_pa)) {
        return false;
    }
    const uint32_t slot = access->grant_slot;
    assert(slot == grant_slot(table, access->va));
    const struct grant given = {.tag = line_va, .host = cache_dram(cache, line_pa)};
    if (write) {
        table->write[slot] = given;
    } else if (table->write[slot].tag != line_va) {
        grant_clear_write(table, slot);
    }
    table->read[slot] = given;
    return true;
}

void replay_maintain_va(struct cache *cache, const struct access *access)
{
    struct replay_line *line = replay_find(cache, line_of(cache, access->pa));
    if (line == NULL || access->op == ACCESS_DC_CVAU) {
        return; /* the instruction side is prompt */
    }
    line_touched(line);
    const enum access_op op = (enum access_op)access->op;
    const enum replay_effect effect = op == ACCESS_DC_IVAC    ? REPLAY_INVALIDATE
                                      : op == ACCESS_DC_CIVAC ? REPLAY_CLEAN_INVALIDATE
                                                              : REPLAY_CLEAN;
    const bool hold = armed_take(cache->replay, line, REPLAY_ARMED_HOLD);
    replay_operation_issue(cache, line, access, effect, hold);
}

/* The sweep that a set/way operation belongs to. */
static const struct replay_sweep *sweep_of(struct replay *replay, const struct access *access)
{
    struct replay_sweep *sweep = &replay->sweeps[replay_observer(access)];
    if (sweep->number == 0 || sweep->op != access->op || sweep->space != access->space ||
        sweep->first_operand == access->operand) {
        *sweep = (struct replay_sweep){.number = ++replay->sweep_count,
                                       .first_operand = access->operand,
                                       .op = access->op,
                                       .space = access->space};
    }
    return sweep;
}

/* One sweep hits a named line once, at its first operation: what a line's set and way would be nobody knows.
 */
void replay_maintain_set_way(struct cache *cache, const struct access *access)
{
    struct replay *replay = cache->replay;
    const uint32_t level = ((uint32_t)access->operand >> 1 & 7) + 1;
    if (level > replay->sweep_levels) {
        return;
    }
    const struct replay_sweep *sweep = sweep_of(replay, access);
    const enum replay_effect effect = access->op == ACCESS_DC_CSW   ? REPLAY_CLEAN
                                      : access->op == ACCESS_DC_ISW ? REPLAY_INVALIDATE
                                                                    : REPLAY_CLEAN_INVALIDATE;
    for (uint32_t i = 0; i < replay->line_count; i++) {
        struct replay_line *line = &replay->lines[i];
        uint64_t *seen = &line->queues[replay_observer(access)].sweep_seen;
        const bool hold = armed_take(replay, line, REPLAY_ARMED_HOLD);
        const bool miss = armed_take(replay, line, REPLAY_ARMED_MISS);
        if (*seen == sweep->number && !hold && !miss) {
            continue;
        }
        *seen = sweep->number;
        if (!miss) {
            replay_sweep_issue(cache, line, access, effect, hold);
        }
    }
}

static enum cache_move_result fill_do(struct cache *cache, struct replay_line *line, enum pa_space space)
{
    const struct replay_copy *copy = &line->copies[space];
    if (copy->present) {
        const uint8_t *dram = cache_dram(cache, line->pa);
        const bool same = !copy->dirty && memcmp(copy->bytes, dram, cache->config.line) == 0;
        return same ? CACHE_MOVE_ALREADY : CACHE_MOVE_PRESENT;
    }
    replay_copy_fill(cache, line, space);
    return CACHE_MOVE_DONE;
}

static enum cache_move_result move_do(struct cache *cache, enum cache_move move, struct replay_line *line,
                                      uint32_t observer, enum pa_space space, uint64_t pa)
{
    const struct replay_copy *copy = &line->copies[space];
    switch (move) {
    case CACHE_MOVE_FILL:
        return fill_do(cache, line, space);
    case CACHE_MOVE_DROP:
        if (!copy->present || copy->dirty) {
            return copy->present ? CACHE_MOVE_DIRTY : CACHE_MOVE_ALREADY;
        }
        replay_copy_drop(cache, line, space);
        return CACHE_MOVE_DONE;
    case CACHE_MOVE_WRITEBACK:
        if (!copy->present || !copy->dirty) {
            return copy->present ? CACHE_MOVE_CLEAN : CACHE_MOVE_ABSENT;
        }
        replay_copy_clean(cache, line, space);
        return CACHE_MOVE_DONE;
    case CACHE_MOVE_COMPLETE:
        return replay_complete(cache, line, observer, space) ? CACHE_MOVE_DONE : CACHE_MOVE_NOTHING_PENDING;
    case CACHE_MOVE_DRAIN:
        return replay_drain(cache, line, observer, pa) ? CACHE_MOVE_DONE : CACHE_MOVE_NOTHING_PENDING;
    }
    assert(!"a move");
    return CACHE_MOVE_NOT_NAMED;
}

enum cache_move_result cache_move(struct cache *cache, enum cache_move move, uint32_t observer,
                                  enum pa_space space, uint64_t pa)
{
    assert(cache->replay != NULL);
    assert(observer < REPLAY_OBSERVERS);
    struct replay_line *line = replay_find(cache, line_of(cache, pa));
    if (line == NULL || cache_dram(cache, line->pa) == NULL) {
        return CACHE_MOVE_NOT_NAMED;
    }
    /* The facts that follow from the move are told as the observer's. */
    const bool device = observer == CACHE_OBSERVER_DEVICE;
    const struct access by = {
        .pa = pa,
        .va = pa,
        .pc = cache->log->pc,
        .position = cache->log->position,
        .agent = device ? AGENT_DEVICE : AGENT_PE,
        .pe = device ? 0 : (uint8_t)observer,
        .space = (uint8_t)space,
        .type = MEMORY_NORMAL_WB,
    };
    cache->access = &by;
    const enum cache_move_result result = move_do(cache, move, line, observer, space, pa);
    cache->access = NULL;
    return result;
}

const char *cache_move_result_text(enum cache_move_result result)
{
    static const char *const texts[] = {
        [CACHE_MOVE_DONE] = "done",
        [CACHE_MOVE_ALREADY] = "the line is as the move would make it",
        [CACHE_MOVE_NOT_NAMED] = "the line is not one that the token names",
        [CACHE_MOVE_PRESENT] = "the line has a copy that differs from DRAM or is dirty",
        [CACHE_MOVE_ABSENT] = "the line has no copy",
        [CACHE_MOVE_DIRTY] = "the copy is dirty",
        [CACHE_MOVE_CLEAN] = "the copy is clean",
        [CACHE_MOVE_NOTHING_PENDING] = "nothing is pending that may take effect",
    };
    return texts[result];
}

static bool arm(struct cache *cache, enum replay_armed what, uint64_t pa)
{
    struct replay *replay = cache->replay;
    assert(replay != NULL);
    if (replay->armed != REPLAY_ARMED_NONE || replay_find(cache, line_of(cache, pa)) == NULL) {
        return false;
    }
    replay->armed = what;
    replay->armed_line = line_of(cache, pa);
    return true;
}

bool cache_hold(struct cache *cache, uint64_t pa)
{
    return arm(cache, REPLAY_ARMED_HOLD, pa);
}

bool cache_miss(struct cache *cache, uint64_t pa)
{
    return arm(cache, REPLAY_ARMED_MISS, pa);
}

bool cache_armed(const struct cache *cache)
{
    return cache->replay != NULL && cache->replay->armed != REPLAY_ARMED_NONE;
}

void cache_disarm(struct cache *cache)
{
    assert(cache->replay != NULL);
    cache->replay->armed = REPLAY_ARMED_NONE;
}
