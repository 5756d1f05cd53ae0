/* SPDX-License-Identifier: BSD-3-Clause */
#include <inttypes.h>
#include <string.h>

#include "cosim/report.h"

#define FULL_FINDINGS_MAX                                                                                    \
    2 /* told in full; the others in two lines each, so that a report fits one screen                        \
       */

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

static void finding_full(FILE *file, const struct finding *finding, bool contract_told)
{
    char place[FINDING_TEXT_MAX];
    (void)fprintf(file, "      what      %s\n", finding->message);
    (void)fprintf(file, "      where     pa 0x%" PRIx64 ", %s\n", finding->pa, finding->place);
    if (!finding->at_end) {
        finding_code_text(&finding->code, finding->pc, place, sizeof(place));
        (void)fprintf(file, "      reader    %s at instruction %" PRIu64 ", va 0x%" PRIx64 ", %s\n",
                      finding->agent, finding->position, finding->va, place);
    }
    (void)fprintf(file, "      golden    ");
    bytes_write(file, finding->golden, finding->size);
    writer_write(file, &finding->golden_writer);
    (void)fprintf(file, "      observed  ");
    bytes_write(file, finding->observed, finding->size);
    writer_write(file, &finding->observed_writer);
    if (finding->by.known) {
        finding_code_text(&finding->by.code, finding->by.pc, place, sizeof(place));
        (void)fprintf(file, "      culprit   %s by %s at instruction %" PRIu64 ", %s\n", finding->by.op,
                      finding->by.agent, finding->by.position, place);
    }
    (void)fprintf(file, "      copies   ");
    for (uint32_t i = 0; i < finding->copies_count; i++) {
        char name[32];
        finding_copy_name(&finding->copies[i], name, sizeof(name));
        (void)fprintf(file, "%s %s %s", i == 0 ? "" : ",", name, finding_copy_state(&finding->copies[i]));
    }
    (void)fputc('\n', file);
    if (!contract_told) {
        (void)fprintf(file, "      contract  %s\n      repair    %s\n", finding->contract, finding->repair);
    }
}

/* `told` is the finding above that was told in full, or NULL: the same contract is not told twice. */
static void finding_write(FILE *file, const struct finding *finding, bool full, const struct finding *told,
                          const struct report_style *style)
{
    char label[FINDING_TEXT_MAX];
    finding_label(finding, label, sizeof(label));
    (void)fprintf(file, "    %s%s%s: %s", paint(style, finding->severity == FINDING_ERROR ? RED : YELLOW),
                  finding_severity_text(finding->severity), paint(style, PLAIN), label);
    if (finding->count > 0) {
        (void)fprintf(file, ", %" PRIu64 " read%s", finding->count, finding->count == 1 ? "" : "s");
    }
    if (finding->lines_lost > 0) {
        (void)fprintf(file, ", %" PRIu64 " line%s that nobody read", finding->lines_lost,
                      finding->lines_lost == 1 ? "" : "s");
    }
    (void)fputc('\n', file);
    if (full) {
        finding_full(file, finding, told != NULL && told->contract == finding->contract);
    } else {
        (void)fprintf(file, "      what      %s\n", finding->message);
    }
}

static void findings_write(FILE *file, const struct run_case *run_case, const struct report_style *style)
{
    const struct findings *findings = run_case->findings;
    const struct finding *told = NULL;
    uint32_t full = 0;
    for (uint32_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->entries[i];
        const bool in_full = finding->severity == FINDING_ERROR && full < FULL_FINDINGS_MAX;
        full += in_full ? 1 : 0;
        finding_write(file, finding, in_full, told, style);
        told = in_full ? finding : told;
    }
    const uint64_t dropped = findings->dropped + run_case->result->findings_dropped;
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
            (void)fprintf(file, "        %s: %s\n", finding->rule, finding->message);
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
    const char *word = !run_case->passed ? "FAIL" : remarks ? "done" : "pass";
    (void)fprintf(file, "%s%s%s  %s", paint(style, run_case->passed ? GREEN : RED), word, paint(style, PLAIN),
                  name);
    if (run_case->findings == NULL || run_case->status == EXIT_INTERNAL || run_case->result == NULL) {
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
