/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Barriers and sweeps concern every line of memory. They are written down once; a line catches up at its next
 * touch.
 *
 * A line that nobody touches between two sweeps has nothing new pending there, so of each PE's barriers of
 * one kind only the last counts, and barriers of different PEs commute: each only rules out the states in
 * which something of its own PE is pending.
 */
#include "model/checker/checker_state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define INITIAL_EPOCHS     16
#define EPOCHS_MAX         (1U << 21)
#define EPOCH_BARRIERS_MAX (1U << 23)
#define PE_BARRIERS_MAX    8 /* of one PE in one epoch */

bool checker_epochs_init(struct checker *checker)
{
    checker->epochs = calloc(INITIAL_EPOCHS, sizeof(*checker->epochs));
    checker->epoch_barriers = calloc(INITIAL_EPOCHS, sizeof(*checker->epoch_barriers));
    checker->epoch_capacity = checker->epoch_barrier_capacity = INITIAL_EPOCHS;
    checker->epoch_count = 1;
    return checker->epochs != NULL && checker->epoch_barriers != NULL;
}

void checker_epochs_release(struct checker *checker)
{
    free(checker->epochs);
    free(checker->epoch_barriers);
}

static struct checker_time time_now(struct checker *checker, const struct checker_event *event)
{
    checker->global = ++checker->sequence;
    return (struct checker_time){
        .sequence = checker->sequence, .position = event->position, .mark = event->mark};
}

/* Writes a barrier into the log, unless it only repeats the one before. */
static void barrier_log(struct checker *checker, enum reach_event event, uint32_t pe,
                        const struct checker_time *now)
{
    struct checker_barrier_log *log = &checker->barrier_log;
    if (log->count != 0 && log->sequence + 1 == now->sequence) {
        const struct checker_past *before = checker_barrier_logged(checker, log->count - 1);
        if (before->event == event && before->operand == pe) {
            log->sequence = now->sequence;
            return;
        }
    }
    log->entries[log->count++ % CHECKER_BARRIERS_MAX] = (struct checker_past){
        .position = now->position,
        .mark = now->mark,
        .event = (uint8_t)event,
        .operand = (uint8_t)pe,
        .last = (uint16_t)(checker->config.line - 1),
    };
    log->sequence = now->sequence;
}

const struct checker_past *checker_barrier_logged(const struct checker *checker, uint64_t number)
{
    return &checker->barrier_log.entries[number % CHECKER_BARRIERS_MAX];
}

uint64_t checker_barriers_since(const struct checker *checker, uint64_t position)
{
    const uint64_t count = checker->barrier_log.count;
    const uint64_t oldest = count > CHECKER_BARRIERS_MAX ? count - CHECKER_BARRIERS_MAX : 0;
    uint64_t first = count;
    while (first > oldest && checker_barrier_logged(checker, first - 1)->position > position) {
        first--;
    }
    return first;
}

static enum reach_event barrier_event(enum checker_event_kind kind)
{
    switch (kind) {
    case CHECKER_DSB:
        return REACH_DSB;
    case CHECKER_DMB:
        return REACH_DMB;
    case CHECKER_DMB_ST:
        return REACH_DMB_ST;
    default:
        assert(kind == CHECKER_DSB_ST || kind == CHECKER_RELEASE);
        return REACH_DRAIN;
    }
}

void checker_barrier(struct checker *checker, const struct checker_event *event, uint32_t pe)
{
    const enum checker_event_kind kind = (enum checker_event_kind)event->kind;
    struct checker_barriers *barriers = &checker->barriers[pe];
    const struct checker_time now = time_now(checker, event);
    barrier_log(checker, barrier_event(kind), pe, &now);
    switch (kind) {
    case CHECKER_DSB:
        barriers->dsb = now;
        checker->dmb_armed[pe] = false;
        checker->dmb_st_armed[pe] = false;
        return;
    case CHECKER_DSB_ST:
    case CHECKER_RELEASE:
        barriers->drain = now;
        return;
    case CHECKER_DMB:
        barriers->dmb = now;
        checker->dmb_armed[pe] = true;
        return;
    default:
        assert(kind == CHECKER_DMB_ST);
        barriers->st_dmb = now;
        checker->dmb_st_armed[pe] = true;
        return;
    }
}

void checker_dmb_wait(struct checker *checker, const struct checker_event *event, uint32_t pe, bool store)
{
    struct checker_barriers *barriers = &checker->barriers[pe];
    if (checker->dmb_armed[pe]) {
        barriers->complete = time_now(checker, event);
        barrier_log(checker, REACH_DMB_COMPLETE, pe, &barriers->complete);
        barriers->complete_dmb = barriers->dmb;
        checker->dmb_armed[pe] = false;
    }
    if (store && checker->dmb_st_armed[pe]) {
        barriers->st_complete = time_now(checker, event);
        barrier_log(checker, REACH_DMB_ST_COMPLETE, pe, &barriers->st_complete);
        barriers->st_complete_dmb = barriers->st_dmb;
        checker->dmb_st_armed[pe] = false;
    }
}

/* A list of barriers in the order in which a line meets them. */
struct barrier_list {
    struct checker_barrier barriers[PE_BARRIERS_MAX * CHECKER_PES_MAX];
    uint32_t count;
};

static void list_add(struct barrier_list *list, const struct checker_time *time, enum reach_event event,
                     uint32_t pe, uint64_t since)
{
    if (time->sequence > since) {
        list->barriers[list->count++] =
            (struct checker_barrier){.time = *time, .event = (uint8_t)event, .pe = (uint8_t)pe};
    }
}

/* The PE's barriers after `since` that count. What came before its last DSB does not. */
static void list_add_pe(struct barrier_list *list, const struct checker_barriers *barriers, uint32_t pe,
                        uint64_t since)
{
    list_add(list, &barriers->dsb, REACH_DSB, pe, since);
    since = barriers->dsb.sequence > since ? barriers->dsb.sequence : since;
    list_add(list, &barriers->drain, REACH_DRAIN, pe, since);
    if (barriers->complete.sequence > since) {
        list_add(list, &barriers->complete_dmb, REACH_DMB, pe, since);
        list_add(list, &barriers->complete, REACH_DMB_COMPLETE, pe, since);
    }
    if (barriers->dmb.sequence > barriers->complete.sequence) {
        list_add(list, &barriers->dmb, REACH_DMB, pe, since);
    }
    if (barriers->st_complete.sequence > since) {
        list_add(list, &barriers->st_complete_dmb, REACH_DMB_ST, pe, since);
        list_add(list, &barriers->st_complete, REACH_DMB_ST_COMPLETE, pe, since);
    }
    if (barriers->st_dmb.sequence > barriers->st_complete.sequence) {
        list_add(list, &barriers->st_dmb, REACH_DMB_ST, pe, since);
    }
}

static void list_make(const struct checker *checker, struct barrier_list *list, uint64_t since)
{
    list->count = 0;
    for (uint32_t pe = 0; pe < checker->sets[CHECKER_MACHINE_REAL].rules.pe_count; pe++) {
        list_add_pe(list, &checker->barriers[pe], pe, since);
    }
}

/* The same happened in both, as far as a line can tell that was touched in neither. */
static bool epochs_alike(const struct checker *checker, const struct checker_epoch *a,
                         const struct checker_epoch *b)
{
    if (a->barrier_count != b->barrier_count) {
        return false;
    }
    for (uint32_t i = 0; i < a->barrier_count; i++) {
        const struct checker_barrier *left = &checker->epoch_barriers[a->barrier + i];
        const struct checker_barrier *right = &checker->epoch_barriers[b->barrier + i];
        if (left->event != right->event || left->pe != right->pe) {
            return false;
        }
    }
    return a->event == b->event && a->operand == b->operand && a->reach == b->reach &&
           a->first_pa == b->first_pa && a->last_pa == b->last_pa;
}

/* Room for one epoch more and its barriers. */
static bool epochs_grow(struct checker *checker, uint32_t barriers)
{
    if (checker->epoch_count == checker->epoch_capacity) {
        struct checker_epoch *grown =
            checker->epoch_capacity >= EPOCHS_MAX
                ? NULL
                : realloc(checker->epochs, 2ULL * checker->epoch_capacity * sizeof(*grown));
        if (grown == NULL) {
            return false;
        }
        checker->epochs = grown;
        checker->epoch_capacity *= 2;
    }
    while (checker->epoch_barrier_count + barriers > checker->epoch_barrier_capacity) {
        struct checker_barrier *grown =
            checker->epoch_barrier_capacity >= EPOCH_BARRIERS_MAX
                ? NULL
                : realloc(checker->epoch_barriers, 2ULL * checker->epoch_barrier_capacity * sizeof(*grown));
        if (grown == NULL) {
            return false;
        }
        checker->epoch_barriers = grown;
        checker->epoch_barrier_capacity *= 2;
    }
    return true;
}

void checker_epoch_end(struct checker *checker, const struct checker_event *event, enum reach_event what,
                       uint32_t operand, uint64_t first_pa, uint64_t last_pa)
{
    const struct reach_rules *rules = &checker->sets[CHECKER_MACHINE_REAL].rules;
    const bool sweep = what >= REACH_CSW && what <= REACH_CISW;
    const uint32_t number = checker->epoch_count - 1;
    struct barrier_list list;
    list_make(checker, &list, checker->epochs[number].begin);
    if (!epochs_grow(checker, list.count)) {
        checker->overflowed = true;
        return;
    }
    struct checker_epoch *epoch = &checker->epochs[number];
    epoch->end = time_now(checker, event);
    epoch->dsb = sweep ? checker->barriers[rules->pairs[operand].pe].dsb.sequence : 0;
    epoch->first_pa = first_pa;
    epoch->last_pa = last_pa;
    epoch->barrier = checker->epoch_barrier_count;
    epoch->barrier_count = (uint8_t)list.count;
    epoch->event = (uint8_t)what;
    epoch->operand = (uint8_t)operand;
    epoch->reach = sweep ? event->reach : 0;
    epoch->run = epoch->run_last = number;
    memcpy(&checker->epoch_barriers[epoch->barrier], list.barriers, list.count * sizeof(list.barriers[0]));
    checker->epoch_barrier_count += list.count;
    if (number > 0 && epochs_alike(checker, epoch - 1, epoch)) {
        epoch->run = (epoch - 1)->run;
        checker->epochs[epoch->run].run_last = number;
    }
    checker->epochs[checker->epoch_count++] = (struct checker_epoch){.begin = epoch->end.sequence};
}

static void whole_line(struct checker *checker, struct checker_line *line, enum reach_event event,
                       uint32_t operand, const struct checker_time *time)
{
    const bool sweep = event >= REACH_CSW && event <= REACH_CISW_MAY_MISS;
    const struct checker_past past = {
        .position = time->position,
        .mark = time->mark,
        .event = (uint8_t)event,
        .operand = (uint8_t)operand,
        .kind = (uint8_t)(sweep ? CHECKER_CSW + (event - REACH_CSW) % (REACH_CSW_MAY_MISS - REACH_CSW) : 0),
        .first = 0,
        .last = (uint16_t)(checker->config.line - 1),
    };
    checker_line_apply(checker, line, &past);
}

/* Of a PE's barriers only the last DSB counts, if the line has not been touched since. */
static void barriers_apply(struct checker *checker, struct checker_line *line,
                           const struct checker_barrier *barriers, uint32_t count, uint64_t since)
{
    uint32_t settled = 0; /* bit: nothing of the PE is pending on the line */
    for (uint32_t i = 0; i < count; i++) {
        const struct checker_barrier *barrier = &barriers[i];
        if (barrier->time.sequence <= since || (settled >> barrier->pe & 1) != 0) {
            continue;
        }
        settled |= barrier->event == REACH_DSB ? 1U << barrier->pe : 0;
        whole_line(checker, line, (enum reach_event)barrier->event, barrier->pe, &barrier->time);
    }
}

/* A sweep is certain to meet a line only if nothing can have moved it. `dsb`: its PE's last one. */
static enum reach_event sweep_as_met(const struct checker *checker, const struct checker_line *line,
                                     enum reach_event sweep, uint32_t pair, enum checker_reach reach,
                                     uint64_t dsb)
{
    const struct reach_pair who = checker->sets[CHECKER_MACHINE_REAL].rules.pairs[pair];
    const uint64_t touched = line->touched_by[who.pe];
    const bool still =
        reach == CHECKER_REACH_ALL || (reach == CHECKER_REACH_UNTOUCHED && (touched == 0 || touched < dsb));
    if (checker->sweep_may_be_certain[who.domain] && still) {
        return sweep;
    }
    return (enum reach_event)(REACH_CSW_MAY_MISS + (sweep - REACH_CSW));
}

enum reach_event checker_sweep_as_met(const struct checker *checker, const struct checker_line *line,
                                      const struct checker_event *event, enum reach_event sweep,
                                      uint32_t pair)
{
    const uint32_t pe = checker->sets[CHECKER_MACHINE_REAL].rules.pairs[pair].pe;
    return sweep_as_met(checker, line, sweep, pair, (enum checker_reach)event->reach,
                        checker->barriers[pe].dsb.sequence);
}

/* How the end of an epoch meets the line; REACH_EVENT_COUNT: not at all. */
static enum reach_event end_as_met(const struct checker *checker, const struct checker_line *line,
                                   const struct checker_epoch *epoch)
{
    const enum reach_event event = (enum reach_event)epoch->event;
    if (line->pa < epoch->first_pa || line->pa > epoch->last_pa) {
        return REACH_EVENT_COUNT;
    }
    if (event == REACH_MAP || event == REACH_UNMAP) {
        return event;
    }
    return sweep_as_met(checker, line, event, epoch->operand, (enum checker_reach)epoch->reach, epoch->dsb);
}

static bool sets_changed(struct checker_line *line, uint64_t *fingerprint)
{
    uint64_t hash = line->granule_count;
    const struct checker_granule *granules = checker_granules(line);
    for (uint32_t i = 0; i < line->granule_count; i++) {
        for (uint32_t machine = 0; machine < CHECKER_MACHINES; machine++) {
            hash = (hash ^ granules[i].set[machine]) * 0x100000001B3ULL;
        }
    }
    const bool changed = hash != *fingerprint;
    *fingerprint = hash;
    return changed;
}

/* The untouched line stands for many: where only some are concerned, each new line goes on by itself. */
static bool untouched_stops(const struct checker *checker, const struct checker_line *line,
                            const struct checker_epoch *epoch)
{
    return line == &checker->untouched && (epoch->first_pa != 0 || epoch->last_pa != UINT64_MAX);
}

static void barriers_since(struct checker *checker, struct checker_line *line, uint64_t since)
{
    struct barrier_list list;
    list_make(checker, &list, since);
    barriers_apply(checker, line, list.barriers, list.count, since);
}

void checker_line_catch_up(struct checker *checker, struct checker_line *line)
{
    if (line->touched >= checker->global) {
        return;
    }
    uint64_t fingerprint = 0;
    uint32_t idle = 0;
    uint32_t number = line->epoch;
    sets_changed(line, &fingerprint);
    for (; number + 1 < checker->epoch_count; number++) {
        const struct checker_epoch *epoch = &checker->epochs[number];
        const uint64_t since = line->touched > epoch->begin ? line->touched : epoch->begin;
        barriers_apply(checker, line, &checker->epoch_barriers[epoch->barrier], epoch->barrier_count, since);
        if (untouched_stops(checker, line, epoch)) {
            line->epoch = number;
            line->touched = epoch->end.sequence - 1;
            return;
        }
        const enum reach_event end = end_as_met(checker, line, epoch);
        if (end != REACH_EVENT_COUNT) {
            whole_line(checker, line, end, epoch->operand, &epoch->end);
        }
        /*
         * A whole stretch that changed nothing: the stretches of its run that follow change nothing either. A
         * witness may have to let the line escape each of their sweeps: as many are remembered as it can
         * tell.
         */
        idle = sets_changed(line, &fingerprint) || since != epoch->begin ? 0 : idle + 1;
        if (idle > CHECKER_MOVES_MAX) {
            const uint32_t run_last = checker->epochs[epoch->run].run_last;
            number = run_last > number ? run_last : number;
            idle = 0;
        }
    }
    const uint64_t begin = checker->epochs[number].begin;
    barriers_since(checker, line, line->touched > begin ? line->touched : begin);
    line->epoch = number;
    line->touched = checker->sequence;
}
