/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which run of the machine a case needs next, and what each tells. Why there is more than one: values,
 * writers and moves are known only of lines that a run was told to track, and which these are the first pass
 * finds out; what prove found is shown by a replay of its token; what the platform's own caches make of the
 * same program is a run of theirs.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cosim/case_token.h"
#include "cosim/replay_judge.h"
#include "cosim/run_case.h"

/* A replay may take another way through the program than the run that it is of. */
#define REPLAY_INSTRUCTIONS_FACTOR 4
#define REPLAY_INSTRUCTIONS_MORE   1000000

struct machine_result *run_case_pass_result(const struct run_case *run_case)
{
    const bool other = run_case->stage == CASE_REPLAY || run_case->stage == CASE_OWN_CACHES;
    return other ? run_case->other : run_case->result;
}

static struct finding_names names_of(const struct run_case *run_case)
{
    return (struct finding_names){.platform = &run_case->platform,
                                  .symbols = run_case->symbols,
                                  .own_firmware = run_case->own_firmware};
}

static bool is_prove(const struct run_case *run_case)
{
    return run_case->options->mode == MACHINE_MODE_PROVE;
}

/* The second pass. */

static bool proofs_need_values(const struct run_case *run_case)
{
    const struct machine_result *result = run_case->result;
    const struct finding_names names = names_of(run_case);
    for (uint32_t i = 0; i < result->proof_count; i++) {
        const struct prove_finding *proof = &result->proofs[i];
        if (finding_rule_is_data((enum prove_rule)proof->rule) &&
            finding_proof_severity(&names, proof) != FINDING_NOTE) {
            return true;
        }
    }
    return false;
}

static void track(struct run_case *run_case, uint64_t pa)
{
    const uint64_t line = pa & ~(uint64_t)(run_case->platform.cache.line - 1);
    uint32_t *count = &run_case->request.tracked_count;
    for (uint32_t i = 0; i < *count; i++) {
        if (run_case->tracked[i] == line) {
            return;
        }
    }
    if (*count < MACHINE_TRACKED_MAX) {
        run_case->tracked[(*count)++] = line;
    }
}

/* Only the first pass leaves anything in its media: each of the others begins with what it began with. */
static void media_forget(struct run_case *run_case)
{
    for (uint32_t i = 0; i < MACHINE_FLASHES_MAX; i++) {
        run_case->request.flashes[i].after = NULL;
    }
    run_case->request.disk.after = NULL;
    run_case->request.store_path = NULL;
}

/* True if a second pass with tracked lines is due; sets the request up for it. */
static bool second_pass_prepare(struct run_case *run_case)
{
    const struct machine_result *result = run_case->result;
    const bool found = is_prove(run_case) ? proofs_need_values(run_case) : result->finding_count > 0;
    if (!found || result->end == MACHINE_END_INTERRUPTED || run_case->request.keyboard_fd >= 0) {
        return false; /* what a person typed cannot be repeated */
    }
    run_case->tracked = (uint64_t *)calloc(MACHINE_TRACKED_MAX, sizeof(uint64_t));
    assert(run_case->tracked != NULL);
    for (uint32_t i = 0; is_prove(run_case) && i < result->proof_line_count; i++) {
        track(run_case, result->proof_lines[i]);
    }
    for (uint32_t i = 0; !is_prove(run_case) && i < result->finding_count; i++) {
        track(run_case, result->findings[i].pa);
    }
    run_case->request.tracked_lines = run_case->tracked;
    run_case->first = run_case->result;
    run_case->result = run_case_result_allocate();
    run_case->request.console_out = NULL; /* it has been printed */
    return true;
}

static bool record_equal(const struct golden_finding *a, const struct golden_finding *b)
{
    return a->pa == b->pa && a->va == b->va && a->pc == b->pc && a->position == b->position &&
           a->count == b->count && a->size == b->size && a->rule == b->rule && a->agent == b->agent &&
           a->at_end == b->at_end && a->by.known == b->by.known && a->by.pc == b->by.pc &&
           a->by.position == b->by.position && memcmp(a->golden, b->golden, sizeof(a->golden)) == 0 &&
           memcmp(a->observed, b->observed, sizeof(a->observed)) == 0;
}

/* The next record of a rule about bytes (or, not `data`, of a contract), from `index` on; NULL: none. */
static const struct prove_finding *proof_next(const struct machine_result *result, bool data, uint32_t *index)
{
    while (*index < result->proof_count) {
        const struct prove_finding *proof = &result->proofs[(*index)++];
        if (finding_rule_is_data((enum prove_rule)proof->rule) == data) {
            return proof;
        }
    }
    return NULL;
}

static bool line_found(const struct machine_result *result, uint64_t pa, uint64_t line_size)
{
    for (uint32_t i = 0; i < result->proof_line_count; i++) {
        if (result->proof_lines[i] == (pa & ~(line_size - 1))) {
            return true;
        }
    }
    return result->proof_line_count == PROVE_LINES_MAX;
}

/*
 * The first pass may hold more possible than is, because it does not know which bytes of a line were written;
 * but what the second one finds is in a line that the first one named.
 */
static bool proofs_agree(struct run_case *run_case)
{
    uint32_t index = 0;
    for (;;) {
        const struct prove_finding *proof = proof_next(run_case->result, true, &index);
        if (proof == NULL) {
            return true;
        }
        if (proof->copy == PROVE_COPY_DATA &&
            !line_found(run_case->first, proof->pa, run_case->platform.cache.line)) {
            run_case_append(run_case,
                            "the second pass found %s pa 0x%" PRIx64
                            ", in a line that the first did not name\n",
                            prove_rule_text((enum prove_rule)proof->rule), proof->pa);
            return false;
        }
    }
}

/* Where in the run a record stands; what is told at its end comes last. */
static uint64_t proof_place(const struct prove_finding *proof)
{
    return proof == NULL || proof->at_end ? UINT64_MAX : proof->site.position;
}

/* Stable: records of one place stay in the order in which they were found. */
static void proofs_sort(struct prove_finding *proofs, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        const struct prove_finding proof = proofs[i];
        uint32_t place = i;
        for (; place > 0 && proof_place(&proofs[place - 1]) > proof_place(&proof); place--) {
            proofs[place] = proofs[place - 1];
        }
        proofs[place] = proof;
    }
}

/*
 * What was found of bytes is as the second pass knows it. Contracts are reported as the first pass has them:
 * some of their breaches are seen only where accesses are told, and it sees what any run sees. A record tells
 * of the event of its kind that shows most, which need not be the first: so they are put in order anew.
 */
static void proofs_merge(struct run_case *run_case)
{
    const struct machine_result *first = run_case->first;
    struct machine_result *second = run_case->result;
    struct prove_finding *merged = (struct prove_finding *)calloc(PROVE_FINDINGS_MAX, sizeof(*merged));
    assert(merged != NULL);
    uint32_t count = 0;
    for (uint32_t data = 0; data < 2; data++) {
        const struct machine_result *result = data == 0 ? first : second;
        uint32_t index = 0;
        const struct prove_finding *proof = proof_next(result, data != 0, &index);
        for (; proof != NULL && count < PROVE_FINDINGS_MAX; proof = proof_next(result, data != 0, &index)) {
            merged[count++] = *proof;
        }
    }
    proofs_sort(merged, count);
    memcpy(second->proofs, merged, count * sizeof(*merged));
    second->proof_count = count;
    free(merged);
    run_case->values_known = true;
}

static bool passes_agree(struct run_case *run_case)
{
    const struct machine_result *first = run_case->first;
    const struct machine_result *second = run_case->result;
    if (first->finding_count != second->finding_count || first->instructions != second->instructions ||
        first->end != second->end || first->pc != second->pc) {
        return false;
    }
    for (uint32_t i = 0; i < first->finding_count; i++) {
        if (!record_equal(&first->findings[i], &second->findings[i])) {
            return false;
        }
    }
    return proofs_agree(run_case);
}

/* Takes the first pass for the result: the second was interrupted. It knows all but the values. */
static void second_pass_discard(struct run_case *run_case)
{
    struct machine_result *second = run_case->result;
    run_case->result = run_case->first;
    run_case->first = second;
}

static void findings_make(struct run_case *run_case)
{
    const struct finding_names names = names_of(run_case);
    const struct machine_result *result = run_case->result;
    payload_copies_take(run_case, result);
    if (is_prove(run_case)) {
        findings_collect_proofs(&names, result->proofs, result->proof_count, run_case->findings);
        if (result->end != MACHINE_END_INTERRUPTED) {
            case_tokens_make(run_case);
        }
    } else {
        findings_collect(&names, result->findings, result->finding_count, run_case->findings);
    }
}

/* A run beside the one that is reported. */
static void other_prepare(struct run_case *run_case, enum case_stage stage, enum machine_mode mode)
{
    const uint64_t instructions = run_case->result->instructions;
    run_case_result_free(run_case->other);
    run_case->other = run_case_result_allocate();
    run_case->stage = stage;
    run_case->request.mode = mode;
    run_case->request.events = NULL;
    run_case->request.console_out = NULL;
    run_case->request.tracked_lines = NULL;
    run_case->request.tracked_count = 0;
    run_case->request.instructions_max = REPLAY_INSTRUCTIONS_FACTOR * instructions + REPLAY_INSTRUCTIONS_MORE;
}

/* Replays. */

static bool replay_prepare(struct run_case *run_case)
{
    struct findings *findings = run_case->findings;
    uint32_t next = 0;
    while (next < findings->count && !findings->entries[next].replay_wanted) {
        next++;
    }
    if (next == findings->count) {
        return false;
    }
    struct token token;
    struct token_error token_error;
    char error[FINDING_TEXT_MAX];
    const bool read = token_parse(findings->entries[next].token, &token, &token_error);
    assert(read);
    other_prepare(run_case, CASE_REPLAY, MACHINE_MODE_TOKEN);
    const bool taken = case_token_take(run_case, &token, error, sizeof(error));
    assert(taken);
    run_case->replayed = next;
    findings->entries[next].replay_wanted = false;
    return true;
}

/* A finding that does not reproduce is a mistake of this program. */
static void replay_fail(struct run_case *run_case, struct finding *finding)
{
    char label[FINDING_TEXT_MAX];
    char line[CASE_LINE_MAX];
    finding_label(finding, label, sizeof(label));
    if (run_case->other->move_failure != MACHINE_MOVE_OK) {
        replay_move_failure(run_case->other, run_case->request.move_count, finding->replay,
                            sizeof(finding->replay));
    } else {
        (void)snprintf(finding->replay, sizeof(finding->replay), "its moves were made and nothing was stale");
    }
    run_case_line(run_case, finding->token, line);
    run_case_append(run_case,
                    "internal error: the replay of '%s' does not show it: %s; it is repeated by: %s\n", label,
                    finding->replay, line);
    run_case->failed = true;
}

static void replay_take(struct run_case *run_case)
{
    struct finding *finding = &run_case->findings->entries[run_case->replayed];
    const struct finding_names names = names_of(run_case);
    if (run_case->other->end == MACHINE_END_INTERRUPTED) {
        (void)snprintf(finding->replay, sizeof(finding->replay), "not replayed: interrupted");
        return;
    }
    const struct prove_finding *proof = &run_case->result->proofs[finding->record];
    const struct replay_evidence shown =
        replay_shown(proof, finding->after[0] != '\0', run_case->platform.cache.line, run_case->other);
    if (shown.record == NULL && proof->shows != PROVE_SHOWS_SURELY &&
        run_case->other->move_failure == MACHINE_MOVE_OK) {
        /* The witness is the shortest way to an older version, and it may meet one with the same bytes. */
        (void)snprintf(finding->replay, sizeof(finding->replay),
                       "the moves were made and the bytes are the same: only other old versions differ");
        return;
    }
    if (shown.record == NULL) {
        replay_fail(run_case, finding);
        return;
    }
    if (shown.itself) {
        finding_show(&names, shown.record, finding);
    }
    char consequence[FINDING_TEXT_MAX];
    replay_consequence(run_case, run_case->result, run_case->other, consequence, sizeof(consequence));
    (void)snprintf(finding->replay, sizeof(finding->replay), "%s%s",
                   shown.itself ? "" : "an earlier stale read came first: ", consequence);
}

/* The platform's own caches. */

static bool own_caches_prepare(struct run_case *run_case)
{
    if (!is_prove(run_case) || !run_case->options->detailed || run_case->own_caches_asked ||
        run_case->request.keyboard_fd >= 0 || findings_errors(run_case->findings) == 0) {
        return false;
    }
    run_case->own_caches_asked = true;
    other_prepare(run_case, CASE_OWN_CACHES, MACHINE_MODE_CACHED);
    return true;
}

static void own_caches_take(struct run_case *run_case)
{
    const struct finding_names names = names_of(run_case);
    if (run_case->other->end == MACHINE_END_INTERRUPTED) {
        return;
    }
    struct findings *findings = (struct findings *)calloc(1, sizeof(*findings));
    assert(findings != NULL);
    findings_collect(&names, run_case->other->findings, run_case->other->finding_count, findings);
    run_case->own_caches = findings_errors(findings) == 0 ? CASE_OWN_CACHES_HIDE : CASE_OWN_CACHES_SHOW;
    free(findings);
}

/* A token: first the run on golden memory, to compare with. */

static void token_prepare(struct run_case *run_case)
{
    char error[FINDING_TEXT_MAX];
    const uint64_t instructions = run_case->result->instructions;
    const bool taken = case_token_take(run_case, run_case->token, error, sizeof(error));
    assert(taken);
    run_case->first = run_case->result;
    run_case->result = run_case_result_allocate();
    run_case->request.mode = MACHINE_MODE_TOKEN;
    run_case->request.instructions_max = REPLAY_INSTRUCTIONS_FACTOR * instructions + REPLAY_INSTRUCTIONS_MORE;
    run_case->request.console_out = run_case->console_out;
    run_case->stage = CASE_SECOND_PASS;
}

static enum case_next token_next(struct run_case *run_case)
{
    if (run_case->stage == CASE_FIRST_PASS && run_case->result->end != MACHINE_END_INTERRUPTED) {
        token_prepare(run_case);
        return CASE_NEXT_PASS;
    }
    findings_make(run_case);
    if (run_case->findings->count > 0) {
        const struct finding_names names = names_of(run_case);
        finding_moves_set(&names, run_case->moves, run_case->request.move_count,
                          &run_case->findings->entries[0]);
    }
    verdict_token(run_case);
    return CASE_NEXT_DONE;
}

/* The whole. */

static void case_judge(struct run_case *run_case)
{
    for (uint32_t i = 0; i < run_case->findings->count; i++) {
        struct finding *finding = &run_case->findings->entries[i];
        if (finding->replay_wanted) {
            (void)snprintf(finding->replay, sizeof(finding->replay), "not replayed: interrupted");
        }
    }
    verdict_make(run_case);
    if (!run_case->interrupted && expected_due(run_case)) {
        expected_compare(run_case);
    }
    if (run_case->failed) {
        run_case->passed = false;
        run_case->status = EXIT_INTERNAL;
    }
}

static enum case_next follow_up(struct run_case *run_case, bool interrupted)
{
    if (!interrupted && (replay_prepare(run_case) || own_caches_prepare(run_case))) {
        return CASE_NEXT_PASS;
    }
    case_judge(run_case);
    return CASE_NEXT_DONE;
}

enum case_next run_case_next(struct run_case *run_case, bool interrupted)
{
    if (run_case->token != NULL) {
        return token_next(run_case);
    }
    run_case->first_pass_over = true;
    media_forget(run_case);
    switch (run_case->stage) {
    case CASE_FIRST_PASS:
        if (!interrupted && second_pass_prepare(run_case)) {
            run_case->stage = CASE_SECOND_PASS;
            return CASE_NEXT_PASS;
        }
        break;
    case CASE_SECOND_PASS:
        if (run_case->result->end == MACHINE_END_INTERRUPTED) {
            second_pass_discard(run_case);
        } else if (!passes_agree(run_case)) {
            return CASE_NEXT_DISAGREES;
        } else {
            proofs_merge(run_case);
        }
        break;
    case CASE_REPLAY:
        replay_take(run_case);
        return follow_up(run_case, interrupted);
    case CASE_OWN_CACHES:
        own_caches_take(run_case);
        return follow_up(run_case, interrupted);
    case CASE_WAITING:
    case CASE_DONE:
        assert(false);
    }
    findings_make(run_case);
    return follow_up(run_case, interrupted);
}
