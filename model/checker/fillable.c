/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The events of a translation: registers, writes to tables; and the answers. The parts are in
 * fillable_cover.c (what is mapped), fillable_tables.c (who maps it) and fillable_stale.c (who mapped it).
 * Arm ARM, as the header says.
 */
#include "model/checker/fillable_state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- registers ---- */

/* The root that the registers name for a half. False: there is none. */
bool fillable_root_model(const struct fillable *fillable, uint32_t number, uint32_t half,
                         struct fillable_node *model)
{
    const struct fillable_regime *regime = &fillable->regimes[number];
    struct translation_half part = translation_half_of(&regime->now, half == 1);
    struct translation_root root;
    if (!regime->walking || (half == 1 && regime->now.el == 2) || !translation_root_of(&part, &root) ||
        root.table >> part.output_bits != 0 ||
        fillable_window_host(fillable, root.table, root.entries * sizeof(uint64_t)) == NULL) {
        return false;
    }
    *model = (struct fillable_node){
        .place = {.va = half == 1 ? VA_MASK & ~((1ULL << root.input_bits) - 1) : 0,
                  .asid = part.asid,
                  .regime = (uint8_t)number,
                  .half = (uint8_t)half},
        .table = root.table,
        .entries = (uint16_t)root.entries,
        .parent = NODE_NONE,
        .level = (uint8_t)root.level,
    };
    return true;
}

/* Roots that are no longer named go; the nodes that stay are read in the way of the new registers, and anew
 * if nobody walked them before; then the new roots come. */
static void roots_update(struct fillable *fillable, uint32_t number, bool walked)
{
    struct fillable_regime *regime = &fillable->regimes[number];
    struct fillable_node models[HALVES];
    bool named[HALVES];
    for (uint32_t half = 0; half < HALVES; half++) {
        uint16_t root = regime->root[half];
        named[half] = fillable_root_model(fillable, number, half, &models[half]);
        if (root != NODE_NONE &&
            (!named[half] || !fillable_node_alike(fillable->nodes[root], &models[half]))) {
            fillable_node_detach(fillable, root, fillable->sequence);
            regime->root[half] = NODE_NONE;
        }
    }
    if (!regime->walking) {
        return;
    }
    struct fillable_reading reading = {.mair = regime->now.mair,
                                       .output_bits = translation_half_of(&regime->now, false).output_bits};
    bool again =
        !walked || reading.mair != regime->reading.mair || reading.output_bits != regime->reading.output_bits;
    regime->reading = reading;
    for (uint32_t i = 0; again && i < fillable->node_slots; i++) {
        const struct fillable_node *node = fillable->nodes[i];
        if (node->used && node->place.regime == number) {
            fillable_node_read(fillable, (uint16_t)i, 0, node->entries - 1U);
        }
    }
    for (uint32_t half = 0; half < HALVES; half++) {
        if (named[half] && regime->root[half] == NODE_NONE) {
            regime->root[half] = fillable_node_attach(fillable, &models[half]);
        }
    }
    fillable_queue_read(fillable);
}

void fillable_regime(struct fillable *fillable, const struct translation_regime *now)
{
    assert(now->el == 1 || now->el == 2);
    uint32_t number = now->el - 1U;
    struct fillable_regime *regime = &fillable->regimes[number];
    bool filled = fillable_regime_fills(regime);
    bool flat = translation_flat_cacheable(&regime->now);
    bool walked = regime->walking;
    fillable->sequence++;
    regime->now = *now;
    regime->walking = translation_walks(now);
    if (walked && !regime->walking) {
        regime->stopped_at = fillable->sequence;
    }
    if (fillable_regime_fills(regime) != filled || translation_flat_cacheable(now) != flat) {
        fillable_change_all(fillable);
    }
    roots_update(fillable, number, walked);
}

/* ---- writes to tables ---- */

static void page_written(struct fillable *fillable, uint64_t first, uint64_t last)
{
    uint16_t number = fillable_node_in_page(fillable, *fillable_bucket_of(fillable, first), first);
    while (number != NODE_NONE) {
        const struct fillable_node *node = fillable->nodes[number];
        uint64_t end = node->table + node->entries * sizeof(uint64_t);
        if (fillable->regimes[node->place.regime].walking && last >= node->table && first < end) {
            uint64_t from = first < node->table ? node->table : first;
            uint64_t to = last < end ? last : end - 1;
            fillable_node_read(fillable, number, (uint32_t)((from - node->table) / sizeof(uint64_t)),
                               (uint32_t)((to - node->table) / sizeof(uint64_t)));
        }
        number = fillable_node_in_page(fillable, node->next, first);
    }
}

void fillable_table_write(struct fillable *fillable, uint64_t pa, uint64_t size)
{
    fillable->sequence++;
    for (uint64_t offset = 0; offset < size;) {
        uint64_t first = pa + offset;
        uint64_t in_page = PAGE_SIZE - (first & PAGE_MASK);
        uint64_t part = size - offset < in_page ? size - offset : in_page;
        page_written(fillable, first, first + part - 1);
        offset += part;
    }
    fillable_queue_read(fillable);
}

bool fillable_is_table(const struct fillable *fillable, uint64_t pa)
{
    uint16_t bucket = fillable->buckets[(pa >> TRANSLATION_PAGE_SHIFT) & (BUCKETS - 1)];
    return fillable_node_in_page(fillable, bucket, pa) != NODE_NONE;
}

bool fillable_new_table(struct fillable *fillable, uint64_t *pa)
{
    for (uint32_t i = 0; fillable->untold_count > 0 && i < fillable->node_slots; i++) {
        struct fillable_node *node = fillable->nodes[i];
        if (node->used && !node->told) {
            node->told = true;
            fillable->untold_count--;
            *pa = node->table & ~PAGE_MASK;
            return true;
        }
    }
    return false;
}

/* ---- answers ---- */

bool fillable_range(const struct fillable *fillable, uint64_t pa, uint64_t *end)
{
    bool yes = false;
    uint64_t yes_end = 0;
    *end = UINT64_MAX;
    for (uint32_t number = 0; number < REGIMES; number++) {
        const struct fillable_regime *regime = &fillable->regimes[number];
        if (!fillable_regime_fills(regime)) {
            continue;
        }
        if (translation_flat_cacheable(&regime->now) || regime->everything || fillable->exhausted) {
            *end = UINT64_MAX;
            return true;
        }
        const struct fillable_cover *cover = &regime->cover;
        uint32_t index = fillable_cover_find(cover, pa);
        uint64_t next = index + 1 < cover->count ? cover->boundaries[index + 1].start : UINT64_MAX;
        if (cover->boundaries[index].count > 0) {
            yes = true;
            yes_end = next > yes_end ? next : yes_end;
        }
        *end = next < *end ? next : *end;
    }
    if (yes) {
        *end = yes_end;
    }
    return yes;
}

bool fillable_line(const struct fillable *fillable, uint64_t pa)
{
    uint64_t end = 0;
    return fillable_range(fillable, pa, &end);
}

uint64_t fillable_generation(const struct fillable *fillable)
{
    return fillable->generation;
}

uint32_t fillable_changes(struct fillable *fillable, struct fillable_change changes[FILLABLE_CHANGES_MAX],
                          bool *all)
{
    uint32_t count = fillable->change_count;
    memcpy(changes, fillable->changes, count * sizeof(changes[0]));
    *all = fillable->changed_all;
    fillable->change_count = 0;
    fillable->changed_all = false;
    return count;
}

bool fillable_overflowed(const struct fillable *fillable)
{
    return fillable->exhausted || fillable->regimes[0].everything || fillable->regimes[1].everything;
}

/* ---- creation ---- */

struct fillable *fillable_create(const struct fillable_window *windows, uint32_t window_count)
{
    return fillable_create_of(FILLABLE_DATA, windows, window_count);
}

struct fillable *fillable_create_of(enum fillable_kind kind, const struct fillable_window *windows,
                                    uint32_t window_count)
{
    assert(window_count <= FILLABLE_WINDOWS_MAX);
    struct fillable *fillable = calloc(1, sizeof(*fillable));
    if (fillable == NULL) {
        return NULL;
    }
    fillable->kind = kind;
    fillable->window_count = window_count;
    memcpy(fillable->windows, windows, window_count * sizeof(windows[0]));
    memset(fillable->buckets, 0xFF, sizeof(fillable->buckets));
    for (uint32_t number = 0; number < REGIMES; number++) {
        struct fillable_regime *regime = &fillable->regimes[number];
        regime->now.el = (uint8_t)(number + 1);
        regime->kind = (uint8_t)kind;
        regime->root[0] = NODE_NONE;
        regime->root[1] = NODE_NONE;
        if (!fillable_cover_room(&regime->cover)) {
            fillable_destroy(fillable);
            return NULL;
        }
        regime->cover.boundaries[0] = (struct fillable_boundary){0};
        regime->cover.count = 1;
    }
    return fillable;
}

void fillable_destroy(struct fillable *fillable)
{
    if (fillable == NULL) {
        return;
    }
    for (uint32_t i = 0; i < fillable->node_slots; i++) {
        free(fillable->nodes[i]);
    }
    for (uint32_t number = 0; number < REGIMES; number++) {
        free(fillable->regimes[number].cover.boundaries);
    }
    free(fillable);
}
