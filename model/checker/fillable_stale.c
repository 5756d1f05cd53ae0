/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is no longer in the tables and may still be in a TLB, and the TLBIs that end it. Arm ARM, "TLB
 * maintenance instructions".
 */
#include "model/checker/fillable_state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- removed leaves ---- */

bool fillable_place_tags_equal(const struct fillable_place *a, const struct fillable_place *b)
{
    return a->regime == b->regime && a->half == b->half && a->asid == b->asid && a->global == b->global;
}

/* Removed leaves of one kind between which no TLBI can tell. */
static bool stale_same_kind(const struct fillable *fillable, const struct fillable_stale *record,
                            const struct fillable_stale *leaf)
{
    bool same_time =
        record->at == leaf->at || (record->at > fillable->last_tlbi_at && leaf->at > fillable->last_tlbi_at);
    return same_time && record->shift == leaf->shift && record->attributes == leaf->attributes &&
           fillable_place_tags_equal(&record->place, &leaf->place) &&
           record->place.va - record->pa == leaf->place.va - leaf->pa;
}

/* The record says already what one of the leaf would say, or would if it were as young. */
static bool stale_holds(const struct fillable *fillable, const struct fillable_stale *record,
                        const struct fillable_stale *leaf)
{
    if (record->shift == leaf->shift && record->pa == leaf->pa && record->size == leaf->size &&
        record->attributes == leaf->attributes && record->place.va == leaf->place.va &&
        fillable_place_tags_equal(&record->place, &leaf->place)) {
        return true;
    }
    return stale_same_kind(fillable, record, leaf) && leaf->pa - record->pa < record->size;
}

/* The count of a leaf that is no longer there becomes the record's. Once a limit has been reached, all is
 * fillable until everything is invalidated: nothing need be remembered until then. */
void fillable_stale_add(struct fillable *fillable, const struct fillable_stale *leaf)
{
    struct fillable_regime *regime = &fillable->regimes[leaf->place.regime];
    if (regime->everything || fillable->stale_count == FILLABLE_STALE_MAX) {
        fillable_regime_overflow(fillable, regime, leaf->at);
        fillable_cover_add(fillable, leaf->place.regime, leaf->pa, leaf->pa + leaf->size, false);
        return;
    }
    for (uint32_t i = 0; i < fillable->stale_count; i++) {
        struct fillable_stale *record = &fillable->stale[i];
        if (stale_holds(fillable, record, leaf)) {
            record->at = leaf->at > record->at ? leaf->at : record->at;
            fillable_cover_add(fillable, leaf->place.regime, leaf->pa, leaf->pa + leaf->size, false);
            return;
        }
    }
    if (fillable->stale_count > 0) {
        struct fillable_stale *last = &fillable->stale[fillable->stale_count - 1];
        if (last->pa + last->size == leaf->pa && stale_same_kind(fillable, last, leaf)) {
            last->size += leaf->size;
            last->at = leaf->at > last->at ? leaf->at : last->at;
            return;
        }
    }
    fillable->stale[fillable->stale_count++] = *leaf;
}

struct fillable_stale fillable_stale_of(const struct fillable_node *node, uint32_t index,
                                        const struct fillable_entry *entry, uint64_t at)
{
    uint32_t shift = translation_shift(node->level);
    return (struct fillable_stale){
        .place = fillable_entry_place(node, index, entry->global),
        .attributes = entry->attributes,
        .pa = entry->pa,
        .size = 1ULL << shift,
        .at = at,
        .shift = shift,
    };
}

/* ---- maintenance ---- */

void fillable_tlbi(struct fillable *fillable, uint32_t encoding, uint64_t operand)
{
    struct translation_tlbi what;
    fillable->sequence++;
    if (!translation_tlbi_of(encoding, &what) || what.kind == TLBI_STAGE2 ||
        fillable->tlbi_count == FILLABLE_TLBIS_MAX) {
        return; /* what is not invalidated stays fillable */
    }
    uint64_t va = translation_tlbi_va(operand);
    fillable->last_tlbi_at = fillable->sequence;
    fillable->tlbis[fillable->tlbi_count++] = (struct fillable_tlbi){
        .what = what,
        .va = va & VA_MASK,
        .half = (va & VA_HALF) != 0,
        .asid = translation_asid(fillable->regimes[0].now.tcr, operand),
        .at = fillable->sequence,
    };
}

/* Whether the operation names something in [place.va, place.va + size). */
static bool tlbi_covers(const struct fillable_tlbi *tlbi, const struct fillable_place *place, uint64_t size)
{
    if (tlbi->what.el != place->regime + 1U) {
        return false;
    }
    bool holds = tlbi->half == place->half && tlbi->va - place->va < size;
    switch ((enum translation_tlbi_kind)tlbi->what.kind) {
    case TLBI_ALL:
        return true;
    case TLBI_ASID:
        return !place->global && place->asid == tlbi->asid;
    case TLBI_VA:
        return holds && (place->global || place->asid == tlbi->asid);
    case TLBI_VA_ALL_ASIDS:
        return holds;
    case TLBI_STAGE2:
        break;
    }
    return false;
}

static bool tlbi_covers_node(const struct fillable_tlbi *tlbi, const struct fillable_node *node)
{
    uint64_t size = (uint64_t)node->entries << translation_shift(node->level);
    return node->used && node->detached && node->detached_at < tlbi->at && !tlbi->what.last_level &&
           tlbi_covers(tlbi, &node->place, size);
}

/* No walker knows the table any more; what it led to may be known by itself. */
static void node_forget(struct fillable *fillable, uint16_t number, const struct fillable_tlbi *tlbi)
{
    struct fillable_node *node = fillable->nodes[number];
    struct fillable_run run = {0};
    for (uint32_t index = 0; index < node->entries; index++) {
        if (node->child[index] != NODE_NONE) {
            fillable_node_detach(fillable, node->child[index], node->detached_at);
            fillable->queue[fillable->queue_count++] = node->child[index];
        }
        struct fillable_entry entry = fillable_entry_of(fillable, node, &node->reading, node->shadow[index]);
        if (!entry.leaf) {
            continue;
        }
        struct fillable_stale stale = fillable_stale_of(node, index, &entry, node->detached_at);
        if (tlbi_covers(tlbi, &stale.place, stale.size)) {
            fillable_run_extend(fillable, node->place.regime, &run, stale.pa, stale.size, false);
        } else {
            fillable_stale_add(fillable, &stale);
        }
    }
    fillable_run_flush(fillable, node->place.regime, &run, false);
    fillable_node_free(fillable, number);
}

static void nodes_invalidate(struct fillable *fillable, const struct fillable_tlbi *tlbi)
{
    assert(fillable->queue_count == 0);
    for (uint32_t i = 0; fillable->detached_count > 0 && i < fillable->node_slots; i++) {
        if (tlbi_covers_node(tlbi, fillable->nodes[i])) {
            fillable->queue[fillable->queue_count++] = (uint16_t)i;
        }
    }
    while (fillable->queue_count > 0) {
        uint16_t number = fillable->queue[--fillable->queue_count];
        if (tlbi_covers_node(tlbi, fillable->nodes[number])) {
            node_forget(fillable, number, tlbi);
        }
    }
}

static void stale_drop(struct fillable *fillable, uint32_t index)
{
    const struct fillable_stale *record = &fillable->stale[index];
    fillable_cover_add(fillable, record->place.regime, record->pa, record->pa + record->size, false);
    fillable->stale[index] = fillable->stale[--fillable->stale_count];
}

/* A record of several leaves loses the one that is named and may become two. */
static void stale_split(struct fillable *fillable, uint32_t index, uint64_t va)
{
    struct fillable_stale record = fillable->stale[index];
    uint64_t leaf_size = 1ULL << record.shift;
    uint64_t before = (va - record.place.va) & ~(leaf_size - 1);
    uint64_t after = record.size - before - leaf_size;
    struct fillable_stale rest = record;
    rest.place.va += before + leaf_size;
    rest.pa += before + leaf_size;
    rest.size = after;
    if (before > 0 && after > 0 && fillable->stale_count == FILLABLE_STALE_MAX) {
        if (fillable->kind == FILLABLE_TRANSLATION) {
            stale_drop(fillable, index); /* nothing may be old that need not be */
        }
        return; /* the leaf stays: more is fillable than has to be */
    }
    fillable_cover_add(fillable, record.place.regime, record.pa + before, record.pa + before + leaf_size,
                       false);
    fillable->stale[index].size = before;
    if (before == 0 && after == 0) {
        fillable->stale[index] = fillable->stale[--fillable->stale_count];
    } else if (before == 0) {
        fillable->stale[index] = rest;
    } else if (after > 0) {
        fillable->stale[fillable->stale_count++] = rest;
    }
}

/* With the MMU off nothing is walked: a leaf that is invalidated by itself is known to nobody, though its
 * table may be. */
static void leaves_forget(struct fillable *fillable, const struct fillable_tlbi *tlbi)
{
    const struct fillable_regime *regime = &fillable->regimes[tlbi->what.el - 1];
    if (regime->walking || regime->stopped_at >= tlbi->at) {
        return;
    }
    for (uint32_t i = 0; i < fillable->node_slots; i++) {
        struct fillable_node *node = fillable->nodes[i];
        for (uint32_t index = 0; node->used && index < node->entries; index++) {
            struct fillable_entry entry =
                fillable_entry_of(fillable, node, &node->reading, node->shadow[index]);
            struct fillable_stale leaf = fillable_stale_of(node, index, &entry, tlbi->at);
            if (entry.leaf && tlbi_covers(tlbi, &leaf.place, leaf.size)) {
                fillable_cover_add(fillable, node->place.regime, leaf.pa, leaf.pa + leaf.size, false);
                node->shadow[index] = 0;
            }
        }
    }
}

static void stale_invalidate(struct fillable *fillable, const struct fillable_tlbi *tlbi)
{
    bool by_va = tlbi->what.kind == TLBI_VA || tlbi->what.kind == TLBI_VA_ALL_ASIDS;
    for (uint32_t i = fillable->stale_count; i-- > 0;) {
        const struct fillable_stale *record = &fillable->stale[i];
        if (record->at >= tlbi->at || !tlbi_covers(tlbi, &record->place, record->size)) {
            continue;
        }
        if (by_va) {
            stale_split(fillable, i, tlbi->va);
            continue;
        }
        stale_drop(fillable, i);
    }
}

/* All that made us give up is gone: the tables that had no room have another chance. */
static void regime_recover(struct fillable *fillable, uint32_t number)
{
    struct fillable_regime *regime = &fillable->regimes[number];
    regime->everything = false;
    fillable_change_all(fillable);
    for (uint32_t i = 0; i < fillable->node_slots && !regime->everything; i++) {
        struct fillable_node *node = fillable->nodes[i];
        for (uint32_t index = 0; node->used && node->place.regime == number && index < node->entries;
             index++) {
            struct fillable_entry entry =
                fillable_entry_of(fillable, node, &node->reading, node->shadow[index]);
            if (entry.table && node->child[index] == NODE_NONE) {
                fillable_child_attach(fillable, (uint16_t)i, index, entry.pa);
            }
        }
    }
    for (uint32_t half = 0; half < HALVES; half++) {
        struct fillable_node model;
        if (regime->root[half] == NODE_NONE && fillable_root_model(fillable, number, half, &model)) {
            regime->root[half] = fillable_node_attach(fillable, &model);
        }
    }
    fillable_queue_read(fillable);
}

void fillable_dsb(struct fillable *fillable)
{
    bool recover[REGIMES] = {false};
    for (uint32_t i = 0; i < fillable->tlbi_count && !fillable->exhausted; i++) {
        const struct fillable_tlbi *tlbi = &fillable->tlbis[i];
        const struct fillable_regime *regime = &fillable->regimes[tlbi->what.el - 1];
        nodes_invalidate(fillable, tlbi);
        stale_invalidate(fillable, tlbi);
        leaves_forget(fillable, tlbi);
        if (tlbi->what.kind == TLBI_ALL && regime->everything && regime->everything_at < tlbi->at) {
            recover[tlbi->what.el - 1] = true;
        }
    }
    fillable->tlbi_count = 0;
    for (uint32_t number = 0; number < REGIMES; number++) {
        if (recover[number]) {
            regime_recover(fillable, number);
        }
    }
}
