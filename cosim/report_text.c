/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <string.h>

#include "cosim/report.h"

#define FULL_FINDINGS_MAX                                                                                    \
    2 /* told in full; the others in two lines each, so that a report fits one screen                        \
       */

#define NOTES_MAX 4 /* notes that are told: a report is to be read */

static const char *paint(const struct report_style *style, const char *code)
{
    return style->colours ? code : "";
}

#define RED    "\033[1;31m"
#define GREEN  "\033[32m"
#define YELLOW "\033[33m"
#define PLAIN  "\033[0m"

static void bytes_write(FILE *file, const uint8_t *bytes, uint32_t size)
{
    for (uint32_t i = 0; i < size && i < GOLDEN_VALUE_MAX; i++) {
        (void)fprintf(file, "%s%02x", i == 0 ? "" : " ", bytes[i]);
    }
}

static void writer_write(FILE *file, const struct finding_writer *writer)
{
    char place[FINDING_TEXT_MAX];
    if (writer->known) {
        finding_code_text(&writer->code, writer->pc, place, sizeof(place));
        (void)fprintf(file, "   written by %s at instruction %" PRIu64 ", %s\n", writer->agent,
                      writer->position, place);
    } else {
        (void)fprintf(file, "%s\n", writer->loaded ? "   as loaded" : "");
    }
}

static void value_write(FILE *file, const char *name, const uint8_t *bytes, uint32_t size,
                        const struct finding_writer *writer)
{
    (void)fprintf(file, "      %-9s ", name);
    bytes_write(file, bytes, size);
    writer_write(file, writer);
}

static void moves_write(FILE *file, const struct finding *finding)
{
    for (uint32_t i = 0; i < finding->move_count; i++) {
        char words[FINDING_TEXT_MAX];
        finding_move_words(finding, i, words, sizeof(words));
        (void)fprintf(file, "      %-9s %s\n", i == 0 ? "moves" : "", words);
    }
}

static void copies_write(FILE *file, const struct finding *finding)
{
    if (finding->copies_count == 0) {
        return;
    }
    (void)fprintf(file, "      copies   ");
    for (uint32_t i = 0; i < finding->copies_count; i++) {
        char name[32];
        finding_copy_name(&finding->copies[i], name, sizeof(name));
        (void)fprintf(file, "%s %s %s", i == 0 ? "" : ",", name, finding_copy_state(&finding->copies[i]));
    }
    (void)fputc('\n', file);
}

/* Who read, or who acted against a contract. */
static void actor_write(FILE *file, const struct finding *finding)
{
    char place[FINDING_TEXT_MAX];
    if (finding->at_end) {
        return;
    }
    finding_code_text(&finding->code, finding->pc, place, sizeof(place));
    (void)fprintf(file, "      %-9s %s at instruction %" PRIu64 ", va 0x%" PRIx64 ", %s\n",
                  finding_is_data(finding) ? "reader" : "by", finding->agent, finding->position, finding->va,
                  place);
}

static void culprit_write(FILE *file, const struct finding *finding)
{
    char place[FINDING_TEXT_MAX];
    if (finding->by.known && finding_is_data(finding)) {
        finding_code_text(&finding->by.code, finding->by.pc, place, sizeof(place));
        const char *op = finding->by.op_kind == ACCESS_WRITE ? "store" : finding->by.op;
        const char *unit = finding->by.agent_kind == AGENT_PE ? "instruction" : "its access";
        (void)fprintf(file, "      culprit   %s by %s at %s %" PRIu64 ", %s\n", op, finding->by.agent, unit,
                      finding->by.position, place);
    }
}

static void finding_full(FILE *file, const struct finding *finding, bool contract_told)
{
    (void)fprintf(file, "      what      %s\n", finding->message);
    if (finding->pa != 0) {
        (void)fprintf(file, "      where     pa 0x%" PRIx64 ", %s\n", finding->pa, finding->place);
    }
    actor_write(file, finding);
    if (finding->value_size > 0) {
        value_write(file, "golden", finding->golden, finding->value_size, &finding->golden_writer);
    }
    if (finding->value_size > 0 && finding->observed_known) {
        value_write(file, "observed", finding->observed, finding->value_size, &finding->observed_writer);
    }
    culprit_write(file, finding);
    moves_write(file, finding);
    copies_write(file, finding);
    if (!contract_told) {
        (void)fprintf(file, "      contract  %s\n", finding->contract);
    }
    (void)fprintf(file, "      repair    %s\n", finding->repair);
}

static void replay_write(FILE *file, const struct run_case *run_case, const struct finding *finding)
{
    if (finding->replay[0] != '\0') {
        (void)fprintf(file, "      replay    %s\n", finding->replay);
    }
    if (finding->token[0] != '\0') {
        char line[CASE_LINE_MAX];
        run_case_line(run_case, finding->token, line);
        (void)fprintf(file, "      token     %s\n", line);
    }
}

static void counts_write(FILE *file, const struct finding *finding)
{
    const char *what = finding_is_data(finding) ? "read" : "time";
    if (finding->count > 0) {
        (void)fprintf(file, ", %" PRIu64 " %s%s", finding->count, what, finding->count == 1 ? "" : "s");
    }
    if (finding->lines_lost > 0) {
        (void)fprintf(file, ", %" PRIu64 " line%s that nobody read", finding->lines_lost,
                      finding->lines_lost == 1 ? "" : "s");
    }
}

/* `told` is the finding above that was told in full, or NULL: the same contract is not told twice. */
static void finding_write(FILE *file, const struct run_case *run_case, const struct finding *finding,
                          bool full, const struct finding *told, const struct report_style *style)
{
    char label[FINDING_TEXT_MAX];
    finding_label(finding, label, sizeof(label));
    (void)fprintf(file, "    %s%s%s: %s", paint(style, finding->severity == FINDING_ERROR ? RED : YELLOW),
                  finding_severity_text(finding->severity), paint(style, PLAIN), label);
    counts_write(file, finding);
    if (finding->after[0] != '\0') {
        (void)fprintf(file, "; after %s", finding->after);
    }
    (void)fputc('\n', file);
    if (full) {
        finding_full(file, finding, told != NULL && told->contract == finding->contract);
    } else if (finding->severity != FINDING_NOTE) {
        (void)fprintf(file, "      what      %s\n", finding->message);
    }
    replay_write(file, run_case, finding);
}

static void own_caches_write(FILE *file, const struct run_case *run_case)
{
    switch (run_case->own_caches) {
    case CASE_OWN_CACHES_UNKNOWN:
        return;
    case CASE_OWN_CACHES_HIDE:
        (void)fprintf(file, "    a deterministic cache hides this: run --mode replay finds no error\n");
        return;
    case CASE_OWN_CACHES_SHOW:
        (void)fprintf(file, "    a deterministic cache shows an error too (run --mode replay)\n");
        return;
    }
}

static void severity_write(FILE *file, const struct run_case *run_case, enum finding_severity severity,
                           const struct report_style *style)
{
    const struct findings *findings = run_case->findings;
    const struct finding *told = NULL;
    uint32_t full = 0, shown = 0;
    for (uint32_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->entries[i];
        if (finding->severity != severity) {
            continue;
        }
        if (severity == FINDING_NOTE && shown++ >= NOTES_MAX) {
            continue;
        }
        const bool in_full = severity == FINDING_ERROR && full < FULL_FINDINGS_MAX;
        full += in_full ? 1 : 0;
        finding_write(file, run_case, finding, in_full, told, style);
        told = in_full ? finding : told;
    }
    if (shown > NOTES_MAX) {
        (void)fprintf(file, "    and %u notes more: --json tells them\n", shown - NOTES_MAX);
    }
}

/* What must be repaired stands first: one screen of a report is read. */
static void findings_write(FILE *file, const struct run_case *run_case, const struct report_style *style)
{
    severity_write(file, run_case, FINDING_ERROR, style);
    own_caches_write(file, run_case);
    severity_write(file, run_case, FINDING_WARNING, style);
    severity_write(file, run_case, FINDING_NOTE, style);
    const struct machine_result *result = run_case->result;
    if (result->set_way_unjudged) {
        (void)fprintf(file, "    set-way-at-runtime is silent: nobody told of ExitBootServices\n");
    }
    const uint64_t dropped = run_case->findings->dropped + result->findings_dropped + result->proofs_dropped;
    if (dropped > 0) {
        (void)fprintf(file, "    and %" PRIu64 " more that are not told\n", dropped);
    }
}

/* The first sentence that a reviewer needs: who is convicted, and of what. */
static void convictions_write(FILE *file, const struct run_case *run_case)
{
    for (uint32_t i = 0; i < run_case->findings->count; i++) {
        const struct finding *finding = &run_case->findings->entries[i];
        if (finding->severity == FINDING_ERROR) {
            (void)fprintf(file, "        %s: %s\n", prove_rule_text(finding->rule), finding->message);
        }
    }
}

static void lines_indent(FILE *file, const char *text)
{
    while (*text != '\0') {
        const size_t size = strcspn(text, "\n");
        (void)fprintf(file, "    %.*s\n", (int)size, text);
        text += size + (text[size] == '\n' ? 1 : 0);
    }
}

void report_text(FILE *file, const struct run_case *run_case, const struct report_style *style)
{
    const char *name = run_case->scenario.name != NULL ? run_case->scenario.name : "?";
    const bool remarks = !run_case->compared && run_case->text[0] != '\0';
    const bool shown = run_case->token != NULL && run_case->status == EXIT_NOT_AS_EXPECTED;
    const char *word = shown ? "shown" : !run_case->passed ? "FAIL" : remarks ? "done" : "pass";
    (void)fprintf(file, "%s%s%s  %s", paint(style, run_case->passed ? GREEN : RED), word, paint(style, PLAIN),
                  name);
    if (run_case_end_text(run_case) == NULL) {
        (void)fputc('\n', file);
        lines_indent(file, run_case->text);
        return;
    }
    const uint32_t errors = findings_errors(run_case->findings);
    (void)fprintf(file, "  (%s, end %s, %" PRIu64 " instructions", run_case->platform.name,
                  run_case_end_text(run_case), run_case->result->instructions);
    if (errors > 0) {
        (void)fprintf(file, ", %u finding%s%s", errors, errors == 1 ? "" : "s",
                      run_case->compared && run_case->passed ? " as expected" : "");
    }
    (void)fputs(")\n", file);
    lines_indent(file, run_case->text);
    if (style->detailed || !run_case->passed) {
        findings_write(file, run_case, style);
    } else {
        convictions_write(file, run_case);
    }
}

void report_text_summary(FILE *file, const struct run_case *cases, uint32_t count,
                         const struct report_style *style)
{
    uint32_t passed = 0;
    for (uint32_t i = 0; i < count; i++) {
        passed += cases[i].passed ? 1 : 0;
    }
    (void)fprintf(file, "%s%u scenario%s: %u passed, %u failed%s\n",
                  paint(style, passed == count ? GREEN : RED), count, count == 1 ? "" : "s", passed,
                  count - passed, paint(style, PLAIN));
}
