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

#define INITIAL_EPOCHS 16
#define EPOCHS_MAX     (1U << 21)

static struct checker_epoch *epoch_now(struct checker *checker)
{
    return &checker->epochs[checker->epoch_count - 1];
}

bool checker_epochs_init(struct checker *checker)
{
    checker->epochs = calloc(INITIAL_EPOCHS, sizeof(*checker->epochs));
    checker->epoch_capacity = INITIAL_EPOCHS;
    checker->epoch_count = 1;
    return checker->epochs != NULL;
}

static struct checker_time time_now(struct checker *checker, uint64_t position)
{
    checker->global = ++checker->sequence;
    return (struct checker_time){.sequence = checker->sequence, .position = position};
}

/* Writes a barrier into the log, unless it only repeats the one before. */
static void barrier_log(struct checker *checker, enum reach_event event, uint32_t pe, struct checker_time now)
{
    struct checker_barrier_log *log = &checker->barrier_log;
    if (log->count != 0 && log->sequence + 1 == now.sequence) {
        const struct checker_past *before = checker_barrier_logged(checker, log->count - 1);
        if (before->event == event && before->operand == pe) {
            log->sequence = now.sequence;
            return;
        }
    }
    log->entries[log->count++ % CHECKER_BARRIERS_MAX] = (struct checker_past){
        .position = now.position,
        .event = (uint8_t)event,
        .operand = (uint8_t)pe,
        .last = (uint16_t)(checker->config.line - 1),
    };
    log->sequence = now.sequence;
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

void checker_barrier(struct checker *checker, enum checker_event_kind kind, uint32_t pe, uint64_t position)
{
    struct checker_barriers *barriers = &epoch_now(checker)->barriers[pe];
    const struct checker_time now = time_now(checker, position);
    barrier_log(checker, barrier_event(kind), pe, now);
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

void checker_dmb_wait(struct checker *checker, uint32_t pe, bool store, uint64_t position)
{
    struct checker_barriers *barriers = &epoch_now(checker)->barriers[pe];
    if (checker->dmb_armed[pe]) {
        barriers->complete = time_now(checker, position);
        barrier_log(checker, REACH_DMB_COMPLETE, pe, barriers->complete);
        barriers->complete_dmb = barriers->dmb;
        checker->dmb_armed[pe] = false;
    }
    if (store && checker->dmb_st_armed[pe]) {
        barriers->st_complete = time_now(checker, position);
        barrier_log(checker, REACH_DMB_ST_COMPLETE, pe, barriers->st_complete);
        barriers->st_complete_dmb = barriers->st_dmb;
        checker->dmb_st_armed[pe] = false;
    }
}

static bool happened(struct checker_time time, uint64_t since)
{
    return time.sequence > since;
}

/* The same barriers took place, as far as a line can tell that was touched in neither stretch. */
static bool epochs_alike(const struct checker_epoch *a, const struct checker_epoch *b)
{
    for (uint32_t pe = 0; pe < CHECKER_PES_MAX; pe++) {
        const struct checker_time *left = (const struct checker_time *)&a->barriers[pe];
        const struct checker_time *right = (const struct checker_time *)&b->barriers[pe];
        for (size_t i = 0; i < sizeof(struct checker_barriers) / sizeof(*left); i++) {
            if (happened(left[i], a->begin.sequence) != happened(right[i], b->begin.sequence)) {
                return false;
            }
        }
        /* What a DMB of an earlier stretch ordered and what this one's ordered is not the same. */
        if (happened(a->barriers[pe].complete_dmb, a->begin.sequence) !=
            happened(b->barriers[pe].complete_dmb, b->begin.sequence)) {
            return false;
        }
    }
    return a->event == b->event && a->operand == b->operand && a->first_pa == b->first_pa &&
           a->last_pa == b->last_pa;
}

static bool epochs_grow(struct checker *checker)
{
    if (checker->epoch_count < checker->epoch_capacity) {
        return true;
    }
    struct checker_epoch *grown =
        checker->epoch_capacity >= EPOCHS_MAX
            ? NULL
            : realloc(checker->epochs, 2ULL * checker->epoch_capacity * sizeof(*grown));
    if (grown == NULL) {
        checker->overflowed = true;
        return false;
    }
    checker->epochs = grown;
    checker->epoch_capacity *= 2;
    return true;
}

/* The current epoch ends with this event, the next one begins. */
static void epoch_end(struct checker *checker, enum reach_event event, uint32_t operand, uint64_t first_pa,
                      uint64_t last_pa, uint64_t position)
{
    if (!epochs_grow(checker)) {
        return;
    }
    const uint32_t number = checker->epoch_count - 1;
    struct checker_epoch *epoch = &checker->epochs[number];
    epoch->end = time_now(checker, position);
    epoch->event = (uint8_t)event;
    epoch->operand = (uint8_t)operand;
    epoch->first_pa = first_pa;
    epoch->last_pa = last_pa;
    epoch->run = number;
    epoch->run_last = number;
    if (number > 0 && epochs_alike(&checker->epochs[number - 1], epoch)) {
        epoch->run = checker->epochs[number - 1].run;
        checker->epochs[epoch->run].run_last = number;
    }
    checker->epochs[checker->epoch_count] = (struct checker_epoch){.begin = epoch->end};
    memcpy(checker->epochs[checker->epoch_count].barriers, epoch->barriers, sizeof(epoch->barriers));
    checker->epoch_count++;
}

void checker_sweep(struct checker *checker, enum reach_event sweep, uint32_t pair, uint64_t position)
{
    epoch_end(checker, sweep, pair, 0, UINT64_MAX, position);
}

void checker_map_lines(struct checker *checker, enum reach_event event, uint32_t domain, uint64_t first_pa,
                       uint64_t last_pa, uint64_t position)
{
    epoch_end(checker, event, domain, first_pa, last_pa, position);
}

static void whole_line(struct checker *checker, struct checker_line *line, enum reach_event event,
                       uint32_t operand, uint64_t position)
{
    const struct checker_past past = {
        .position = position,
        .event = (uint8_t)event,
        .operand = (uint8_t)operand,
        .first = 0,
        .last = (uint16_t)(checker->config.line - 1),
    };
    checker_line_apply(checker, line, &past);
}

static void pe_barriers_apply(struct checker *checker, struct checker_line *line,
                              const struct checker_barriers *barriers, uint32_t pe, uint64_t since)
{
    if (happened(barriers->dsb, since)) {
        whole_line(checker, line, REACH_DSB, pe, barriers->dsb.position);
        return; /* nothing of this PE is pending on the line any more */
    }
    if (happened(barriers->drain, since)) {
        whole_line(checker, line, REACH_DRAIN, pe, barriers->drain.position);
    }
    if (happened(barriers->complete, since)) {
        if (happened(barriers->complete_dmb, since)) {
            whole_line(checker, line, REACH_DMB, pe, barriers->complete_dmb.position);
        }
        whole_line(checker, line, REACH_DMB_COMPLETE, pe, barriers->complete.position);
    }
    if (happened(barriers->dmb, since) && barriers->dmb.sequence > barriers->complete.sequence) {
        whole_line(checker, line, REACH_DMB, pe, barriers->dmb.position);
    }
    if (happened(barriers->st_complete, since)) {
        if (happened(barriers->st_complete_dmb, since)) {
            whole_line(checker, line, REACH_DMB_ST, pe, barriers->st_complete_dmb.position);
        }
        whole_line(checker, line, REACH_DMB_ST_COMPLETE, pe, barriers->st_complete.position);
    }
    if (happened(barriers->st_dmb, since) && barriers->st_dmb.sequence > barriers->st_complete.sequence) {
        whole_line(checker, line, REACH_DMB_ST, pe, barriers->st_dmb.position);
    }
}

/*
 * How the end of an epoch meets the line; REACH_EVENT_COUNT: not at all. A sweep is certain to meet it only
 * if nothing can have moved it, and if its PE did not touch it since its last DSB.
 */
static enum reach_event end_as_met(const struct checker *checker, const struct checker_line *line,
                                   const struct checker_epoch *epoch)
{
    const enum reach_event event = (enum reach_event)epoch->event;
    if (event == REACH_MAP || event == REACH_UNMAP) {
        return line->pa >= epoch->first_pa && line->pa <= epoch->last_pa ? event : REACH_EVENT_COUNT;
    }
    const struct reach_pair pair = checker->sets[CHECKER_MACHINE_REAL].rules.pairs[epoch->operand];
    const uint64_t touched = line->touched_by[pair.pe];
    const bool untouched = touched == 0 || touched < epoch->barriers[pair.pe].dsb.sequence;
    if (checker->sweep_may_be_certain[pair.domain] && untouched) {
        return event;
    }
    return (enum reach_event)(REACH_CSW_MAY_MISS + (event - REACH_CSW));
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

void checker_line_catch_up(struct checker *checker, struct checker_line *line)
{
    if (line->touched >= checker->global) {
        return;
    }
    uint64_t since = line->touched;
    uint64_t fingerprint = 0;
    uint32_t idle = 0;
    sets_changed(line, &fingerprint);
    for (uint32_t i = line->epoch; i < checker->epoch_count; i++) {
        const struct checker_epoch *epoch = &checker->epochs[i];
        since = since > epoch->begin.sequence ? since : epoch->begin.sequence;
        for (uint32_t pe = 0; pe < checker->sets[CHECKER_MACHINE_REAL].rules.pe_count; pe++) {
            pe_barriers_apply(checker, line, &epoch->barriers[pe], pe, since);
        }
        if (i + 1 == checker->epoch_count) {
            break;
        }
        const bool of_some_lines = epoch->first_pa != 0 || epoch->last_pa != UINT64_MAX;
        if (of_some_lines && line == &checker->untouched) {
            /* What follows depends on the address: each new line goes on from here by itself. */
            line->epoch = i;
            line->touched = epoch->end.sequence - 1;
            return;
        }
        const enum reach_event end = end_as_met(checker, line, epoch);
        if (end != REACH_EVENT_COUNT) {
            whole_line(checker, line, end, epoch->operand, epoch->end.position);
        }
        /*
         * A whole stretch that changed nothing: the stretches of its run that follow change nothing either. A
         * witness may have to let the line escape each of their sweeps: as many are remembered as it can
         * tell.
         */
        idle = sets_changed(line, &fingerprint) || since != epoch->begin.sequence ? 0 : idle + 1;
        if (idle > CHECKER_MOVES_MAX) {
            i = checker->epochs[epoch->run].run_last > i ? checker->epochs[epoch->run].run_last : i;
            idle = 0;
        }
    }
    line->epoch = checker->epoch_count - 1;
    line->touched = checker->sequence;
}
