/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The tables that a walker may be in: reads descriptors as a walk does, and keeps what they said to tell what
 * a write has changed. Arm ARM, "VMSAv8-64 translation table format descriptors".
 */
#include "model/checker/fillable_state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- descriptors ---- */

const uint8_t *fillable_window_host(const struct fillable *fillable, uint64_t pa, uint64_t size)
{
    for (uint32_t i = 0; i < fillable->window_count; i++) {
        const struct fillable_window *window = &fillable->windows[i];
        uint64_t offset = pa - window->pa;
        if (pa >= window->pa && offset < window->size && size <= window->size - offset) {
            return window->host + offset;
        }
    }
    return NULL;
}

/* Software bits, hints and the cache policies of one type do not matter to who is translated. */
uint64_t fillable_leaf_attributes(uint64_t mair, uint64_t descriptor)
{
    enum memory_type type = translation_memory_type(translation_attribute(mair, descriptor));
    uint64_t shareability = (descriptor & LEAF_SH) >> 8;
    if (!memory_type_cacheable(type)) {
        shareability = SHAREABILITY_OUTER;
    } else if (shareability == 1) {
        shareability = SHAREABILITY_NON;
    }
    return (descriptor & (LEAF_EL0 | LEAF_READ_ONLY | LEAF_PXN | LEAF_XN)) | shareability << 8 |
           (uint64_t)type << LEAF_TYPE_SHIFT;
}

/* Some exception level of the regime may execute from the leaf: what EL0 may write, EL1 may not. */
static bool leaf_executable(const struct fillable_node *node, uint64_t descriptor)
{
    bool xn = (descriptor & LEAF_XN) != 0;
    if (node->place.regime == 1) {
        return !xn;
    }
    bool el0_writes = (descriptor & (LEAF_EL0 | LEAF_READ_ONLY)) == LEAF_EL0;
    return !xn || ((descriptor & LEAF_PXN) == 0 && !el0_writes);
}

static bool leaf_counts(const struct fillable *fillable, const struct fillable_node *node, uint64_t mair,
                        uint64_t descriptor)
{
    switch (fillable->kind) {
    case FILLABLE_DATA:
        return memory_type_cacheable(translation_memory_type(translation_attribute(mair, descriptor)));
    case FILLABLE_CODE:
        return leaf_executable(node, descriptor);
    case FILLABLE_TRANSLATION:
        return true;
    }
    return false;
}

struct fillable_entry fillable_entry_of(const struct fillable *fillable, const struct fillable_node *node,
                                        const struct fillable_reading *reading, uint64_t descriptor)
{
    struct fillable_entry entry = {0};
    switch (translation_entry_of(descriptor, node->level)) {
    case TRANSLATION_INVALID:
        break;
    case TRANSLATION_TABLE:
        entry.pa = descriptor & DESCRIPTOR_ADDRESS;
        entry.table =
            entry.pa >> reading->output_bits == 0 &&
            fillable_window_host(fillable, entry.pa, TRANSLATION_ENTRIES * sizeof(uint64_t)) != NULL;
        break;
    case TRANSLATION_LEAF:
        entry.pa = translation_leaf_pa(descriptor, node->level);
        entry.global = node->place.regime == 1 || (descriptor & DESCRIPTOR_NG) == 0;
        entry.leaf = entry.pa >> reading->output_bits == 0 && (descriptor & DESCRIPTOR_AF) != 0 &&
                     leaf_counts(fillable, node, reading->mair, descriptor);
        if (fillable->kind == FILLABLE_TRANSLATION) {
            entry.attributes = fillable_leaf_attributes(reading->mair, descriptor);
        }
        break;
    }
    return entry;
}

static bool leaf_same(const struct fillable_entry *a, const struct fillable_entry *b)
{
    return a->leaf && b->leaf && a->pa == b->pa && a->global == b->global && a->attributes == b->attributes;
}

struct fillable_place fillable_entry_place(const struct fillable_node *node, uint32_t index, bool global)
{
    struct fillable_place place = node->place;
    place.va += (uint64_t)index << translation_shift(node->level);
    place.global = global;
    return place;
}

/* ---- nodes ---- */

uint16_t *fillable_bucket_of(struct fillable *fillable, uint64_t pa)
{
    return &fillable->buckets[(pa >> TRANSLATION_PAGE_SHIFT) & (BUCKETS - 1)];
}

/* The first node of a chain whose table begins in the page of `pa`. */
uint16_t fillable_node_in_page(const struct fillable *fillable, uint16_t number, uint64_t pa)
{
    while (number != NODE_NONE && (fillable->nodes[number]->table ^ pa) >> TRANSLATION_PAGE_SHIFT != 0) {
        number = fillable->nodes[number]->next;
    }
    return number;
}

static uint16_t node_allocate(struct fillable *fillable)
{
    uint32_t number = 0;
    if (fillable->node_count == fillable->node_slots) {
        number = fillable->node_slots;
        fillable->nodes[number] = malloc(sizeof(struct fillable_node));
        if (fillable->nodes[number] == NULL) {
            return NODE_NONE;
        }
        fillable->node_slots++;
    } else {
        while (fillable->nodes[number]->used) {
            number++;
        }
    }
    fillable->node_count++;
    return (uint16_t)number;
}

/* Makes a node, to be read when the queue is. `model` says all but the descriptors. */
static uint16_t node_make(struct fillable *fillable, const struct fillable_node *model)
{
    if (fillable->exhausted) {
        return NODE_NONE;
    }
    uint16_t number = node_allocate(fillable);
    if (number == NODE_NONE) {
        fillable_exhaust(fillable);
        return NODE_NONE;
    }
    struct fillable_node *node = fillable->nodes[number];
    uint16_t *bucket = fillable_bucket_of(fillable, model->table);
    bool known = fillable_node_in_page(fillable, *bucket, model->table) != NODE_NONE;
    *node = *model;
    node->used = true;
    node->told = known;
    node->reading = fillable->regimes[model->place.regime].reading;
    node->next = *bucket;
    *bucket = number;
    fillable->untold_count += !known;
    memset(node->child, 0xFF, sizeof(node->child));
    fillable->queue[fillable->queue_count++] = number;
    return number;
}

void fillable_node_free(struct fillable *fillable, uint16_t number)
{
    struct fillable_node *node = fillable->nodes[number];
    uint16_t *link = fillable_bucket_of(fillable, node->table);
    while (*link != number) {
        link = &fillable->nodes[*link]->next;
    }
    *link = node->next;
    fillable->untold_count -= !node->told;
    fillable->detached_count -= node->detached;
    fillable->node_count--;
    node->used = false;
}

bool fillable_node_alike(const struct fillable_node *node, const struct fillable_node *model)
{
    return node->place.va == model->place.va && fillable_place_tags_equal(&node->place, &model->place) &&
           node->table == model->table && node->level == model->level && node->entries == model->entries;
}

/* When what is removed from this node was last current: now, unless the node itself is known only by a
 * walker.
 */
static uint64_t node_current_at(const struct fillable *fillable, const struct fillable_node *node)
{
    for (uint32_t i = 0; i < TRANSLATION_LEVELS && node->parent != NODE_NONE; i++) {
        node = fillable->nodes[node->parent];
    }
    return node->detached ? node->detached_at : fillable->sequence;
}

/* The table is (again) walked to from `model->parent`: the node of it that a walker may still know, or a new
 * one; also if the parent is known for less long than the node, which would be forgotten with it. */
uint16_t fillable_node_attach(struct fillable *fillable, const struct fillable_node *model)
{
    if (fillable->node_count == FILLABLE_NODES_MAX) {
        fillable_regime_overflow(fillable, &fillable->regimes[model->place.regime], fillable->sequence);
        return NODE_NONE;
    }
    uint64_t current_at = model->parent == NODE_NONE
                              ? fillable->sequence
                              : node_current_at(fillable, fillable->nodes[model->parent]);
    for (uint32_t i = 0; fillable->detached_count > 0 && i < fillable->node_slots; i++) {
        struct fillable_node *node = fillable->nodes[i];
        if (node->used && node->detached && node->detached_at <= current_at &&
            fillable_node_alike(node, model)) {
            node->detached = false;
            node->parent = model->parent;
            fillable->detached_count--;
            return (uint16_t)i;
        }
    }
    return node_make(fillable, model);
}

void fillable_node_detach(struct fillable *fillable, uint16_t number, uint64_t at)
{
    struct fillable_node *node = fillable->nodes[number];
    assert(!node->detached);
    node->detached = true;
    node->detached_at = at;
    node->parent = NODE_NONE;
    fillable->detached_count++;
}

void fillable_child_attach(struct fillable *fillable, uint16_t number, uint32_t index, uint64_t table)
{
    const struct fillable_node *parent = fillable->nodes[number];
    struct fillable_node model = {
        .place = fillable_entry_place(parent, index, false),
        .table = table,
        .entries = TRANSLATION_ENTRIES,
        .parent = number,
        .level = (uint8_t)(parent->level + 1),
    };
    fillable->nodes[number]->child[index] = fillable_node_attach(fillable, &model);
}

static void entry_change(struct fillable *fillable, uint16_t number, uint32_t index, uint64_t descriptor,
                         struct fillable_run *run)
{
    struct fillable_node *node = fillable->nodes[number];
    const struct fillable_reading *reading = &fillable->regimes[node->place.regime].reading;
    struct fillable_entry old = fillable_entry_of(fillable, node, &node->reading, node->shadow[index]);
    struct fillable_entry new = fillable_entry_of(fillable, node, reading, descriptor);
    uint16_t child = node->child[index];
    node->shadow[index] = descriptor;
    if (!leaf_same(&old, &new)) {
        if (new.leaf) {
            node->held_global |= new.global;
            fillable_run_extend(fillable, node->place.regime, run, new.pa,
                                1ULL << translation_shift(node->level), true);
        }
        if (old.leaf) {
            struct fillable_stale stale =
                fillable_stale_of(node, index, &old, node_current_at(fillable, node));
            fillable_stale_add(fillable, &stale);
        }
    }
    if (child != NODE_NONE && (!new.table || fillable->nodes[child]->table != new.pa)) {
        fillable_node_detach(fillable, child, node_current_at(fillable, node));
        node->child[index] = NODE_NONE;
    }
    if (new.table && node->child[index] == NODE_NONE) {
        fillable_child_attach(fillable, number, index, new.pa);
    }
}

/* Entries [first, last] as memory has them now; all of them if they are to be read in another way. */
void fillable_node_read(struct fillable *fillable, uint16_t number, uint32_t first, uint32_t last)
{
    struct fillable_node *node = fillable->nodes[number];
    const struct fillable_reading *reading = &fillable->regimes[node->place.regime].reading;
    bool again = node->reading.mair != reading->mair || node->reading.output_bits != reading->output_bits;
    const uint8_t *host = fillable_window_host(fillable, node->table, node->entries * sizeof(uint64_t));
    struct fillable_run run = {0};
    assert(host != NULL);
    assert(!again || (first == 0 && last == node->entries - 1U));
    for (uint32_t index = first; index <= last; index++) {
        uint64_t descriptor = 0;
        memcpy(&descriptor, host + index * sizeof(descriptor), sizeof(descriptor));
        if (again || descriptor != node->shadow[index]) {
            entry_change(fillable, number, index, descriptor, &run);
        }
    }
    fillable_run_flush(fillable, node->place.regime, &run, true);
    node->reading = *reading;
}

void fillable_queue_read(struct fillable *fillable)
{
    while (fillable->queue_count > 0) {
        uint16_t number = fillable->queue[--fillable->queue_count];
        fillable_node_read(fillable, number, 0, fillable->nodes[number]->entries - 1U);
    }
}
