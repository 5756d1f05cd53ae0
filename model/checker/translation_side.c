/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Old translations of one address against the one that the tables give now. What is old is kept by
 * fillable*.c; here it is only looked up: records of removed leaves, and the tables that nothing leads to any
 * more. Arm ARM, as the header says.
 */
#include "model/checker/translation_side.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "model/checker/fillable_state.h"

#define SCTLR_I   (1ULL << 12)
#define SCTLR_WXN (1ULL << 19)

struct translation_side {
    struct fillable *tables;
    bool alive;
};

/* Where an address is looked up: a regime as it is now. */
struct context {
    const struct translation_regime *regime;
    struct fillable_place place; /* va: of the access; asid: the current one */
    bool el0;
    uint8_t use; /* enum translation_side_use */
};

/* What an entry makes of the address. */
struct outcome {
    uint64_t pa;
    uint64_t attributes;
};

/* ---- who may use what is old ---- */

static uint16_t asid_now(const struct fillable_regime *regime, uint32_t half)
{
    return translation_half_of(&regime->now, half == 1).asid;
}

/* An entry of this place is looked at in the current context. */
static bool place_current(const struct fillable *tables, const struct fillable_place *place, bool global)
{
    const struct fillable_regime *regime = &tables->regimes[place->regime];
    return regime->walking && (global || place->asid == asid_now(regime, place->half));
}

/* The walker may still know a way to this table, or have known one: no descriptor leads to it. */
static bool node_old(const struct fillable *tables, const struct fillable_node *node)
{
    for (uint32_t i = 0; i < TRANSLATION_LEVELS && node->parent != NODE_NONE; i++) {
        node = tables->nodes[node->parent];
    }
    return node->detached;
}

static bool alive_find(const struct fillable *tables)
{
    for (uint32_t i = 0; i < tables->stale_count; i++) {
        const struct fillable_place *place = &tables->stale[i].place;
        if (place_current(tables, place, place->global)) {
            return true;
        }
    }
    for (uint32_t i = 0; tables->detached_count > 0 && i < tables->node_slots; i++) {
        const struct fillable_node *node = tables->nodes[i];
        if (node->used && place_current(tables, &node->place, node->held_global) && node_old(tables, node)) {
            return true;
        }
    }
    return false;
}

static void alive_update(struct translation_side *side)
{
    side->alive = !side->tables->exhausted && alive_find(side->tables);
}

/* ---- what is told ---- */

void translation_side_regime(struct translation_side *side, const struct translation_regime *regime)
{
    fillable_regime(side->tables, regime);
    alive_update(side);
}

void translation_side_table_write(struct translation_side *side, uint64_t pa, uint64_t size)
{
    fillable_table_write(side->tables, pa, size);
    if (!side->alive) {
        alive_update(side);
    }
}

void translation_side_tlbi(struct translation_side *side, uint32_t encoding, uint64_t operand)
{
    if (side->tables->tlbi_count == FILLABLE_TLBIS_MAX) {
        translation_side_dsb(side); /* too many to remember: they are taken to be complete */
    }
    fillable_tlbi(side->tables, encoding, operand);
}

void translation_side_dsb(struct translation_side *side)
{
    if (side->tables->tlbi_count > 0) {
        fillable_dsb(side->tables);
        alive_update(side);
    }
}

bool translation_side_alive(const struct translation_side *side)
{
    return side->alive;
}

/* ---- what the tables say now ---- */

enum walk_result { WALK_LEAF, WALK_FAULT, WALK_UNKNOWN };

/* The access flag does not matter: an old entry had it set. */
static enum walk_result tables_walk(const struct fillable *tables, const struct context *context,
                                    struct outcome *now)
{
    struct translation_half half = translation_half_of(context->regime, context->place.half == 1);
    struct translation_root root;
    if (!translation_root_of(&half, &root)) {
        return WALK_FAULT;
    }
    uint64_t va = context->place.va;
    uint64_t table = root.table;
    uint64_t index = (va & ((1ULL << root.input_bits) - 1)) >> translation_shift(root.level);
    for (uint32_t level = root.level; level < TRANSLATION_LEVELS; level++) {
        uint64_t descriptor = 0;
        const uint8_t *host = fillable_window_host(tables, table + 8 * index, sizeof(descriptor));
        if (host == NULL) {
            return WALK_UNKNOWN;
        }
        memcpy(&descriptor, host, sizeof(descriptor));
        enum translation_entry entry = translation_entry_of(descriptor, level);
        uint64_t inside = va & ((1ULL << translation_shift(level)) - 1);
        table = descriptor & DESCRIPTOR_ADDRESS;
        if (entry == TRANSLATION_INVALID || table >> half.output_bits != 0) {
            return WALK_FAULT;
        }
        if (entry == TRANSLATION_LEAF) {
            now->pa = translation_leaf_pa(descriptor, level) | inside;
            now->attributes = fillable_leaf_attributes(context->regime->mair, descriptor);
            return WALK_LEAF;
        }
        index = va >> translation_shift(level + 1) & (TRANSLATION_ENTRIES - 1);
    }
    return WALK_FAULT;
}

/* ---- differences ---- */

static bool denied(const struct context *context, uint64_t attributes)
{
    bool el0_may = (attributes & LEAF_EL0) != 0;
    bool read_only = (attributes & LEAF_READ_ONLY) != 0;
    bool writable = !read_only && (!context->el0 || el0_may);
    switch ((enum translation_side_use)context->use) {
    case TRANSLATION_SIDE_READ:
        return context->el0 && !el0_may;
    case TRANSLATION_SIDE_WRITE:
        return !writable;
    case TRANSLATION_SIDE_EXECUTE:
        break;
    }
    if (writable && (context->regime->sctlr & SCTLR_WXN) != 0) {
        return true;
    }
    if (context->el0 || context->regime->el == 2) {
        return (attributes & LEAF_XN) != 0;
    }
    return (attributes & LEAF_PXN) != 0 || (el0_may && !read_only);
}

/* Normal memory is Non-cacheable while the cache of this access is off. */
static enum memory_type type_of(const struct context *context, uint64_t attributes)
{
    enum memory_type type = (enum memory_type)(attributes >> LEAF_TYPE_SHIFT & 7);
    uint64_t enable = context->use == TRANSLATION_SIDE_EXECUTE ? SCTLR_I : TRANSLATION_SCTLR_C;
    bool off = (context->regime->sctlr & enable) == 0;
    return off && memory_type_cacheable(type) ? MEMORY_NORMAL_NC : type;
}

static bool attributes_differ(const struct context *context, uint64_t a, uint64_t b)
{
    enum memory_type type = type_of(context, a);
    if (type != type_of(context, b)) {
        return true;
    }
    return memory_type_cacheable(type) && (a & LEAF_SH) != (b & LEAF_SH);
}

static enum translation_side_difference difference_of(const struct context *context,
                                                      const struct outcome *now, const struct outcome *old)
{
    if (old->pa != now->pa) {
        return TRANSLATION_SIDE_ADDRESS;
    }
    if (attributes_differ(context, old->attributes, now->attributes)) {
        return TRANSLATION_SIDE_ATTRIBUTES;
    }
    bool denies = denied(context, old->attributes) && !denied(context, now->attributes);
    return denies ? TRANSLATION_SIDE_PERMISSION : TRANSLATION_SIDE_SAME;
}

/* Takes `old` into the answer if it is a worse one. `now` NULL: the tables translate no more. */
static void answer_take(const struct context *context, const struct outcome *now, const struct outcome *old,
                        struct translation_side_old *answer)
{
    enum translation_side_difference difference =
        now == NULL ? TRANSLATION_SIDE_REMOVED : difference_of(context, now, old);
    bool worse = answer->difference == TRANSLATION_SIDE_SAME || difference < answer->difference;
    if (difference != TRANSLATION_SIDE_SAME && worse) {
        *answer = (struct translation_side_old){
            .pa = old->pa,
            .difference = (uint8_t)difference,
            .type = (uint8_t)type_of(context, old->attributes),
        };
    }
}

/* ---- what is old of one address ---- */

static bool place_holds(const struct context *context, const struct fillable_place *place, uint64_t size,
                        bool global)
{
    return place->regime == context->place.regime && place->half == context->place.half &&
           (global || place->asid == context->place.asid) && context->place.va - place->va < size;
}

/* From a table that no descriptor leads to, down to the leaf of the address, if there is one. */
static bool node_outcome(const struct fillable *tables, const struct context *context, uint16_t number,
                         struct outcome *old)
{
    for (uint32_t level = 0; level < TRANSLATION_LEVELS && number != NODE_NONE; level++) {
        const struct fillable_node *node = tables->nodes[number];
        uint64_t offset = context->place.va - node->place.va;
        uint64_t index = offset >> translation_shift(node->level);
        struct fillable_entry entry = fillable_entry_of(tables, node, &node->reading, node->shadow[index]);
        if (entry.leaf) {
            old->pa = entry.pa | (offset & ((1ULL << translation_shift(node->level)) - 1));
            old->attributes = entry.attributes;
            return entry.global || node->place.asid == context->place.asid;
        }
        number = node->child[index];
    }
    return false;
}

static void olds_take(const struct fillable *tables, const struct context *context, const struct outcome *now,
                      struct translation_side_old *answer)
{
    for (uint32_t i = 0; i < tables->stale_count; i++) {
        const struct fillable_stale *record = &tables->stale[i];
        if (place_holds(context, &record->place, record->size, record->place.global)) {
            struct outcome old = {.pa = record->pa + (context->place.va - record->place.va),
                                  .attributes = record->attributes};
            answer_take(context, now, &old, answer);
        }
    }
    for (uint32_t i = 0; tables->detached_count > 0 && i < tables->node_slots; i++) {
        const struct fillable_node *node = tables->nodes[i];
        struct outcome old;
        if (node->used && node->detached &&
            place_holds(context, &node->place, (uint64_t)node->entries << translation_shift(node->level),
                        true) &&
            node_outcome(tables, context, (uint16_t)i, &old)) {
            answer_take(context, now, &old, answer);
        }
    }
}

bool translation_side_differs(const struct translation_side *side,
                              const struct translation_side_request *request,
                              struct translation_side_old *answer)
{
    assert(request->el == 1 || request->el == 2);
    const struct fillable *tables = side->tables;
    const struct fillable_regime *regime = &tables->regimes[request->el - 1];
    bool upper = request->el == 1 && (request->va & VA_HALF) != 0;
    *answer = (struct translation_side_old){.difference = TRANSLATION_SIDE_SAME};
    if (!side->alive || !regime->walking) {
        return false;
    }
    struct context context = {
        .regime = &regime->now,
        .place = {.va = request->va & VA_MASK,
                  .asid = asid_now(regime, upper),
                  .regime = (uint8_t)(request->el - 1),
                  .half = upper},
        .el0 = request->unprivileged && request->el == 1,
        .use = request->use,
    };
    struct outcome now;
    enum walk_result walked = tables_walk(tables, &context, &now);
    if (walked != WALK_UNKNOWN) {
        olds_take(tables, &context, walked == WALK_FAULT ? NULL : &now, answer);
    }
    return answer->difference != TRANSLATION_SIDE_SAME;
}

/* ---- the rest ---- */

const char *translation_side_difference_text(enum translation_side_difference difference)
{
    switch (difference) {
    case TRANSLATION_SIDE_SAME:
        return "the same translation";
    case TRANSLATION_SIDE_ADDRESS:
        return "another physical address";
    case TRANSLATION_SIDE_ATTRIBUTES:
        return "another memory type or shareability";
    case TRANSLATION_SIDE_PERMISSION:
        return "a permission fault";
    case TRANSLATION_SIDE_REMOVED:
        return "a translation that is no longer in the tables";
    }
    return NULL;
}

bool translation_side_overflowed(const struct translation_side *side)
{
    return fillable_overflowed(side->tables);
}

struct translation_side *translation_side_create(const struct fillable_window *windows, uint32_t window_count)
{
    struct translation_side *side = calloc(1, sizeof(*side));
    if (side == NULL) {
        return NULL;
    }
    side->tables = fillable_create_of(FILLABLE_TRANSLATION, windows, window_count);
    if (side->tables == NULL) {
        free(side);
        return NULL;
    }
    return side;
}

void translation_side_destroy(struct translation_side *side)
{
    if (side != NULL) {
        fillable_destroy(side->tables);
        free(side);
    }
}
