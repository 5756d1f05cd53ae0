/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The verdict of one run: findings, the end, and what the steps returned, each against what the scenario
 * expects.
 *
 * Where the caches are expected to go wrong, a wrong status or lost data is the damage, not another cause:
 * then what steps return is not compared. A prove run reads golden memory, where nothing of the sort can
 * happen: its steps are always compared.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cosim/replay_judge.h"
#include "cosim/run_case.h"
#include "model/abi/script.h"

static uint64_t result_u64(const struct machine_step_result *result, uint32_t index)
{
    uint64_t value = 0;
    for (uint32_t i = 0; i < 8; i++) {
        value |= (uint64_t)result->data[8 * index + i] << (8 * i);
    }
    return value;
}

static void step_differs(struct run_case *run_case, uint32_t index, const char *found, const char *expected)
{
    const struct scenario_step *step = &run_case->scenario.steps[index];
    run_case_append(run_case, "%s:%u: step %u, %s: %s, expected %s\n", run_case->scenario.path, step->line,
                    index + 1, step->word, found, expected);
}

/* Results of get_variable: attributes:u64 data_size:u64 data. */
static bool data_check(struct run_case *run_case, uint32_t index, const struct machine_step_result *result)
{
    const char *expected = run_case->scenario.steps[index].expect;
    const uint64_t size = result->size >= 16 ? result_u64(result, 1) : 0;
    const uint64_t size_max = result->size >= 16 ? MACHINE_RESULT_DATA_MAX - 16 : 0;
    char found[256];
    if (size <= size_max && size == strlen(expected) && memcmp(result->data + 16, expected, size) == 0) {
        return true;
    }
    (void)snprintf(found, sizeof(found), "%" PRIu64 " bytes of data that differ", size);
    char wanted[256];
    (void)snprintf(wanted, sizeof(wanted), "%zu bytes: '%.128s'", strlen(expected), expected);
    step_differs(run_case, index, found, wanted);
    return false;
}

/* Results of get_next_variable_name: guid[16] name_size:u64 name, in UTF-16; compared where it is ASCII. */
static bool name_check(struct run_case *run_case, uint32_t index, const struct machine_step_result *result)
{
    const char *expected = run_case->scenario.steps[index].expect;
    const uint64_t size = result->size >= 24 ? result_u64(result, 2) : 0;
    char name[128] = "";
    for (uint64_t i = 0; 2 * i + 1 < size && i + 1 < sizeof(name) && 24 + 2 * i + 1 < MACHINE_RESULT_DATA_MAX;
         i++) {
        const uint8_t high = result->data[24 + 2 * i + 1];
        const uint8_t low = result->data[24 + 2 * i];
        name[i] = high == 0 && low < 0x80 ? (char)low : '?';
    }
    if (strcmp(name, expected) == 0) {
        return true;
    }
    char found[256];
    (void)snprintf(found, sizeof(found), "name '%s'", name);
    step_differs(run_case, index, found, expected);
    return false;
}

static bool lines_check(struct run_case *run_case, uint32_t index, const struct machine_step_result *result)
{
    const uint64_t lines = result->size >= 16 ? result_u64(result, 0) : 0;
    const uint64_t bad = result->size >= 16 ? result_u64(result, 1) : 0;
    if (result->size >= 16 && bad == 0) {
        return true;
    }
    char found[128];
    (void)snprintf(found, sizeof(found), "%" PRIu64 " of the OS's %" PRIu64 " lines have changed", bad,
                   lines);
    step_differs(run_case, index, found, "none");
    return false;
}

static bool step_check(struct run_case *run_case, uint32_t index)
{
    const struct scenario_step *step = &run_case->scenario.steps[index];
    const struct machine_step_result *result = &run_case->result->steps[index];
    if (!result->finished) {
        const bool started = index < run_case->result->step_started;
        step_differs(run_case, index, started ? "did not finish" : "was not reached", "it to finish");
        return false;
    }
    if (result->status != step->status) {
        char found[64];
        char expected[64];
        efi_status_name(result->status, found, sizeof(found));
        efi_status_name(step->status, expected, sizeof(expected));
        step_differs(run_case, index, found, expected);
        return false;
    }
    if (result->status != 0) {
        return true;
    }
    if (step->expect_count > 0) {
        char found[FINDING_TEXT_MAX];
        char expected[FINDING_TEXT_MAX];
        const bool differs = verdict_ffa_differs(run_case, index, found, expected, FINDING_TEXT_MAX);
        if (differs) {
            step_differs(run_case, index, found, expected);
        }
        return !differs;
    }
    if (step->code == SCRIPT_STEP_OS_CHECK) {
        return lines_check(run_case, index, result);
    }
    if (step->expect == NULL) {
        return true;
    }
    return step->code == SCRIPT_STEP_GET_VARIABLE ? data_check(run_case, index, result)
                                                  : name_check(run_case, index, result);
}

/* The first difference is told; what follows it is often its consequence. */
static bool steps_check(struct run_case *run_case)
{
    uint32_t differing = 0;
    for (uint32_t i = 0; i < run_case->scenario.step_count; i++) {
        const size_t told = strlen(run_case->text);
        if (!run_case->result->steps[i].finished && run_case->scenario.end != SCENARIO_END_CLEAN) {
            break; /* the end that is expected came first */
        }
        if (!step_check(run_case, i)) {
            differing++;
            run_case->text[differing > 1 ? told : strlen(run_case->text)] = '\0';
        }
        if (!run_case->result->steps[i].finished) {
            break; /* the rest was not reached either */
        }
    }
    if (differing > 1) {
        run_case_append(run_case, "and %u more steps after it\n", differing - 1);
    }
    return differing == 0;
}

static bool console_check(struct run_case *run_case)
{
    const struct machine_request *request = &run_case->request;
    const uint32_t wanted = request->console_count + (request->stop_text != NULL ? 1 : 0);
    const uint32_t matched = run_case->result->console_matched;
    if (matched >= wanted) {
        return true;
    }
    run_case_append(run_case, "console: the guest ended before it printed '%.128s', expected that text\n",
                    matched < request->console_count ? request->console[matched].expect : request->stop_text);
    return false;
}

/* Ends. */

static void place_text(const struct run_case *run_case, uint64_t pc, char *text, size_t size)
{
    struct symbol_code code;
    (void)symbol_table_code(run_case->symbols, pc, &code);
    if (code.function[0] == '\0') {
        (void)snprintf(text, size, "0x%" PRIx64, pc);
    } else if (code.line == 0) {
        (void)snprintf(text, size, "0x%" PRIx64 " in %s", pc, code.function);
    } else {
        (void)snprintf(text, size, "0x%" PRIx64 " in %s (%s:%u)", pc, code.function, code.file, code.line);
    }
}

static void limit_tell(struct run_case *run_case)
{
    const struct machine_result *result = run_case->result;
    char place[FINDING_TEXT_MAX];
    place_text(run_case, result->pc, place, sizeof(place));
    switch (result->limit) {
    case MACHINE_LIMIT_UNMODELLED:
        run_case_append(run_case, "unmodelled: %s at 0x%" PRIx64 "\n", result->stop.name, result->stop.pc);
        break;
    case MACHINE_LIMIT_FAULT_REPEATS:
        run_case_append(run_case,
                        "limit: the same exception over and over, ESR 0x%" PRIx64 " FAR 0x%" PRIx64 "\n",
                        result->stop.esr, result->stop.far);
        break;
    case MACHINE_LIMIT_WAITS_FOR_EVER:
        run_case_append(run_case, "limit: the guest waits for an event that cannot come\n");
        break;
    case MACHINE_LIMIT_CONSOLE:
        run_case_append(run_case, "limit: the expected text did not come: '%.128s'\n",
                        result->console_matched < run_case->request.console_count
                            ? run_case->request.console[result->console_matched].expect
                            : "");
        break;
    case MACHINE_LIMIT_MEMORY:
        run_case_append(run_case,
                        "limit: more lines in disagreement than the golden copy or the checker keeps\n");
        break;
    case MACHINE_LIMIT_INSTRUCTIONS:
    case MACHINE_LIMIT_NONE:
        run_case_append(run_case, "limit: %" PRIu64 " instructions\n", result->instructions);
        break;
    }
    run_case_append(run_case, "the guest was at %s, EL%u, after %" PRIu64 " instructions\n", place,
                    result->el, result->instructions);
}

static void end_tell(struct run_case *run_case)
{
    const struct machine_result *result = run_case->result;
    char place[FINDING_TEXT_MAX];
    if (result->end == MACHINE_END_LIMIT) {
        limit_tell(run_case);
    } else if (result->end == MACHINE_END_FAULT) {
        place_text(run_case, result->fault_elr, place, sizeof(place));
        run_case_append(run_case, "fault: ESR 0x%" PRIx64 " FAR 0x%" PRIx64 " at %s\n", result->fault_esr,
                        result->fault_far, place);
    } else if (result->end == MACHINE_END_INTERRUPTED) {
        run_case_append(run_case, "interrupted after %" PRIu64 " instructions\n", result->instructions);
    }
}

static bool end_matches(enum scenario_end expected, enum machine_end end)
{
    switch (expected) {
    case SCENARIO_END_CLEAN:
        return end == MACHINE_END_CLEAN;
    case SCENARIO_END_FAULT:
        return end == MACHINE_END_FAULT;
    case SCENARIO_END_LIMIT:
        return end == MACHINE_END_LIMIT;
    case SCENARIO_END_ANY:
        return true;
    }
    return false;
}

/* The whole. */

/* What the framework answers does not depend on caches: it is compared in every run. */
static bool has_ffa_steps(const struct scenario *scenario)
{
    for (uint32_t i = 0; i < scenario->step_count; i++) {
        if (scenario->steps[i].expect_count > 0) {
            return true;
        }
    }
    return false;
}

static void verdict_compared(struct run_case *run_case)
{
    const struct scenario *scenario = &run_case->scenario;
    const bool prove = run_case->options->mode == MACHINE_MODE_PROVE;
    const struct scenario_findings *expected =
        !prove && scenario->replay_findings.given ? &scenario->replay_findings : &scenario->findings;
    bool right = findings_match(run_case->findings, expected, run_case->text, sizeof(run_case->text));
    const bool end_right = end_matches(scenario->end, run_case->result->end);
    const bool damage_expected = !prove && expected->count > 0;
    if (!end_right) {
        run_case_append(run_case, "end: %s, expected %s\n", run_case_end_text(run_case),
                        scenario_end_text(scenario->end));
    }
    if (!end_right || run_case->result->end != MACHINE_END_CLEAN) {
        end_tell(run_case);
    }
    if (!damage_expected && (scenario->end == SCENARIO_END_CLEAN || has_ffa_steps(scenario))) {
        const bool steps_right = steps_check(run_case);
        right = (scenario->end != SCENARIO_END_CLEAN || console_check(run_case)) && steps_right && right;
    }
    run_case->passed = right && end_right;
    run_case->status = run_case->passed ? EXIT_AS_EXPECTED : EXIT_NOT_AS_EXPECTED;
    if (!end_right && run_case->result->end == MACHINE_END_LIMIT) {
        run_case->status = EXIT_LIMIT;
    }
}

static void verdict_alone(struct run_case *run_case)
{
    const uint32_t errors = findings_errors(run_case->findings);
    const bool limit = run_case->result->end == MACHINE_END_LIMIT;
    bool steps_right = true;
    end_tell(run_case);
    if (!limit && run_case->scenario.step_count > 0) {
        steps_right = steps_check(run_case) || !has_ffa_steps(&run_case->scenario);
    }
    run_case->passed = errors == 0 && steps_right && !limit;
    run_case->status = limit ? EXIT_LIMIT : run_case->passed ? EXIT_AS_EXPECTED : EXIT_NOT_AS_EXPECTED;
}

void verdict_make(struct run_case *run_case)
{
    run_case->stage = CASE_DONE;
    if (run_case->compared) {
        verdict_compared(run_case);
    } else {
        verdict_alone(run_case);
    }
    if (run_case->result->end == MACHINE_END_INTERRUPTED) {
        run_case->interrupted = true;
        run_case->passed = false;
        run_case->status = EXIT_INTERRUPTED;
    }
}

/* A token's run. */

static void token_judge(struct run_case *run_case)
{
    const struct machine_result *result = run_case->result;
    const uint32_t moves = run_case->request.move_count;
    char text[FINDING_TEXT_MAX];
    run_case->status = EXIT_INTERNAL;
    if (result->move_failure != MACHINE_MOVE_OK) {
        replay_move_failure(result, moves, text, sizeof(text));
        run_case_append(run_case, "%s\n", text);
        return;
    }
    replay_consequence(run_case, run_case->first, result, text, sizeof(text));
    if (run_case->findings->count > 0) {
        run_case_append(run_case, "%u of %u moves were made, and %s\n", result->moves_made, moves, text);
        run_case->status = EXIT_NOT_AS_EXPECTED;
    } else if (moves > 0) {
        run_case_append(run_case, "all %u moves were made and nothing was stale, expected the damage; %s\n",
                        moves, text);
    } else if (strcmp(text, REPLAY_UNNOTICED) != 0) {
        run_case_append(run_case, "without moves a run is as on golden memory, but %s\n", text);
    } else {
        run_case_append(run_case, "no moves: the run is as on golden memory\n");
        run_case->status = EXIT_AS_EXPECTED;
        run_case->passed = true;
    }
}

void verdict_token(struct run_case *run_case)
{
    run_case->stage = CASE_DONE;
    if (run_case->result->end == MACHINE_END_INTERRUPTED) {
        end_tell(run_case);
        run_case->interrupted = true;
        run_case->status = EXIT_INTERRUPTED;
        return;
    }
    token_judge(run_case);
}
