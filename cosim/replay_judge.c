/* SPDX-License-Identifier: BSD-3-Clause */
#include "cosim/replay_judge.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "model/abi/script.h"

#define DATA_SHOWN_MAX  20 /* bytes of data in a sentence */
#define DATA_BEFORE_MAX 8  /* of them, those before the first that differs */

/* Shown or not. */

static bool same_line(uint64_t a, uint64_t b, uint32_t line)
{
    return (a & ~(uint64_t)(line - 1)) == (b & ~(uint64_t)(line - 1));
}

static bool record_is_read(const struct prove_finding *proof, uint32_t line,
                           const struct golden_finding *record)
{
    return !record->at_end && same_line(record->pa, proof->pa, line) &&
           record->agent == proof->site.where.agent && record->position == proof->site.position;
}

/* A stale read changes the way of the program: what was proved behind it may not come about any more. */
static const struct golden_finding *shown_earlier(const struct prove_finding *proof,
                                                  const struct machine_result *replay)
{
    for (uint32_t i = 0; i < replay->finding_count; i++) {
        const struct golden_finding *record = &replay->findings[i];
        if (!record->at_end && (proof->at_end || record->position <= proof->site.position)) {
            return record;
        }
    }
    return NULL;
}

/*
 * A proof tells of one event of those that its record merges, which need not be the first: the replay may go
 * stale at one before it, in the same page and by the same instruction.
 */
static const struct golden_finding *shown_by_sibling(const struct prove_finding *proof,
                                                     const struct machine_result *replay)
{
    for (uint32_t i = 0; i < replay->finding_count; i++) {
        const struct golden_finding *record = &replay->findings[i];
        if (!record->at_end && !proof->at_end && same_line(record->pa, proof->pa, PROVE_PAGE_SIZE) &&
            record->agent == proof->site.where.agent && record->pc == proof->site.pc &&
            record->position < proof->site.position) {
            return record;
        }
    }
    return NULL;
}

struct replay_evidence replay_shown(const struct prove_finding *proof, bool consequence, uint32_t line,
                                    const struct machine_result *replay)
{
    const bool made = replay->move_failure == MACHINE_MOVE_OK;
    for (uint32_t i = 0; made && i < replay->finding_count; i++) {
        const struct golden_finding *record = &replay->findings[i];
        if (proof->at_end ? same_line(record->pa, proof->pa, line) : record_is_read(proof, line, record)) {
            return (struct replay_evidence){.record = record, .itself = true};
        }
    }
    const struct golden_finding *sibling = made ? shown_by_sibling(proof, replay) : NULL;
    return (struct replay_evidence){.record = sibling != NULL ? sibling
                                              : consequence   ? shown_earlier(proof, replay)
                                                              : NULL};
}

void replay_move_failure(const struct machine_result *replay, uint32_t move_count, char *text, size_t size)
{
    static const char *const reasons[] = {
        [MACHINE_MOVE_OK] = "it was made",
        [MACHINE_MOVE_NOT_COME] = "the run has no access there that such a move belongs to",
        [MACHINE_MOVE_IMPOSSIBLE] = "the caches were in no state that allows it",
    };
    (void)snprintf(text, size, "move %u of %u was not made: %s", replay->moves_made + 1, move_count,
                   reasons[replay->move_failure]);
}

/* Consequences. */

static uint64_t result_u64(const struct machine_step_result *result, uint32_t index)
{
    uint64_t value = 0;
    for (uint32_t i = 0; i < 8; i++) {
        value |= (uint64_t)result->data[8 * index + i] << (8 * i);
    }
    return value;
}

/* The data of GetVariable behind attributes and size; of other steps all of it. */
static uint32_t data_begin(uint32_t code)
{
    return code == SCRIPT_STEP_GET_VARIABLE ? 16 : 0;
}

static uint32_t data_size(const struct machine_step_result *result)
{
    return result->size < MACHINE_RESULT_DATA_MAX ? result->size : MACHINE_RESULT_DATA_MAX;
}

static bool byte_is_text(uint8_t byte)
{
    return byte >= ' ' && byte <= '~';
}

/* Returns the length. */
static size_t byte_text(uint8_t byte, bool as_text, char *text, size_t size)
{
    if (!as_text) {
        return (size_t)snprintf(text, size, "%02x", byte);
    }
    if (byte == 0) {
        return (size_t)snprintf(text, size, "\\0");
    }
    return (size_t)snprintf(text, size, byte_is_text(byte) ? "%c" : "\\x%02x", byte);
}

static bool data_is_text(uint32_t code, const struct machine_step_result *result)
{
    for (uint32_t i = data_begin(code); i < data_size(result); i++) {
        if (!byte_is_text(result->data[i])) {
            return false;
        }
    }
    return true;
}

/* Where the data of two results part. */
static uint32_t data_parts(uint32_t code, const struct machine_step_result *a,
                           const struct machine_step_result *b)
{
    uint32_t offset = data_begin(code);
    while (offset < data_size(a) && offset < data_size(b) && a->data[offset] == b->data[offset]) {
        offset++;
    }
    return offset;
}

/* 'text' from a little before `part` on, or hexadecimal bytes where most are none. */
static void data_text(uint32_t code, const struct machine_step_result *result, uint32_t part, bool as_text,
                      char *text, size_t size)
{
    const uint32_t first = data_begin(code);
    const uint32_t begin = part > first + DATA_BEFORE_MAX ? part - DATA_BEFORE_MAX : first;
    const uint32_t count = data_size(result) > begin ? data_size(result) - begin : 0;
    const uint32_t shown = count < DATA_SHOWN_MAX ? count : DATA_SHOWN_MAX;
    const char *quote = as_text ? "'" : "";
    if (count == 0) {
        (void)snprintf(text, size, "nothing");
        return;
    }
    size_t used = (size_t)snprintf(text, size, "%s%s", quote, begin > first ? "..." : "");
    for (uint32_t i = 0; i < shown; i++) {
        used += byte_text(result->data[begin + i], as_text, text + used, size - used);
    }
    (void)snprintf(text + used, size - used, "%s%s", shown < count ? "..." : "", quote);
}

static void lines_text(const struct machine_step_result *result, char *text, size_t size)
{
    (void)snprintf(text, size, "found %" PRIu64 " of the OS's %" PRIu64 " lines changed",
                   result_u64(result, 1), result_u64(result, 0));
}

/* False: the step came to the same. */
static bool step_differs(const struct run_case *run_case, uint32_t index,
                         const struct machine_step_result *golden, const struct machine_step_result *replay,
                         char *text, size_t size)
{
    const struct scenario_step *step = &run_case->scenario.steps[index];
    char what[2][128];
    if (golden->status != replay->status) {
        efi_status_name(replay->status, what[0], sizeof(what[0]));
        efi_status_name(golden->status, what[1], sizeof(what[1]));
        (void)snprintf(text, size, "step %u, %s, returned %s instead of %s", index + 1, step->word, what[0],
                       what[1]);
        return true;
    }
    if (golden->size == replay->size && memcmp(golden->data, replay->data, data_size(golden)) == 0) {
        return false;
    }
    if (step->code == SCRIPT_STEP_OS_CHECK && replay->size >= 16) {
        lines_text(replay, what[0], sizeof(what[0]));
        (void)snprintf(text, size, "step %u, %s, %s", index + 1, step->word, what[0]);
        return true;
    }
    const uint32_t part = data_parts(step->code, golden, replay);
    const bool as_text = data_is_text(step->code, golden);
    data_text(step->code, replay, part, as_text, what[0], sizeof(what[0]));
    data_text(step->code, golden, part, as_text, what[1], sizeof(what[1]));
    (void)snprintf(text, size, "step %u, %s, returned %s instead of %s", index + 1, step->word, what[0],
                   what[1]);
    return true;
}

static void code_text(const struct run_case *run_case, uint64_t pc, char *text, size_t size)
{
    struct symbol_code code;
    (void)symbol_table_code(run_case->symbols, pc, &code);
    finding_code_text(&code, pc, text, size);
}

/* False: the runs ended alike. */
static bool end_differs(const struct run_case *run_case, const struct machine_result *golden,
                        const struct machine_result *replay, char *text, size_t size)
{
    char place[FINDING_TEXT_MAX];
    if (golden->end == replay->end && golden->limit == replay->limit) {
        return false;
    }
    switch (replay->end) {
    case MACHINE_END_FAULT:
        code_text(run_case, replay->fault_elr, place, sizeof(place));
        (void)snprintf(text, size,
                       "the program ended with an exception in %s, ESR 0x%" PRIx64 " FAR 0x%" PRIx64, place,
                       replay->fault_esr, replay->fault_far);
        return true;
    case MACHINE_END_LIMIT:
        code_text(run_case, replay->pc, place, sizeof(place));
        (void)snprintf(text, size, "the program did not end: after %" PRIu64 " instructions it was in %s",
                       replay->instructions, place);
        return true;
    case MACHINE_END_INTERRUPTED:
        (void)snprintf(text, size, "the replay was interrupted");
        return true;
    case MACHINE_END_CLEAN:
        (void)snprintf(text, size, "the program ended by itself, which it did not do without it");
        return true;
    }
    return false;
}

void replay_consequence(const struct run_case *run_case, const struct machine_result *golden,
                        const struct machine_result *replay, char *text, size_t size)
{
    uint32_t unfinished = 0;
    for (uint32_t i = 0; i < run_case->scenario.step_count && golden->steps[i].finished; i++) {
        if (!replay->steps[i].finished) {
            unfinished = i + 1;
            break;
        }
        if (step_differs(run_case, i, &golden->steps[i], &replay->steps[i], text, size)) {
            return;
        }
    }
    if (end_differs(run_case, golden, replay, text, size)) {
        return;
    }
    if (unfinished != 0) {
        (void)snprintf(text, size, "step %u, %s, did not finish", unfinished,
                       run_case->scenario.steps[unfinished - 1].word);
        return;
    }
    if (golden->console_matched != replay->console_matched) {
        (void)snprintf(text, size, "the console did not come to say the same");
        return;
    }
    (void)snprintf(text, size, REPLAY_UNNOTICED);
}
