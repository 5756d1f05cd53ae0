/* SPDX-License-Identifier: BSD-3-Clause */
/* JUnit XML, as CI servers read it, and the event texts of several cases in one file. */
#include <inttypes.h>
#include <string.h>

#include "cosim/report.h"

static void text_escape(FILE *file, const char *text)
{
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        switch (*at) {
        case '<':
            (void)fputs("&lt;", file);
            break;
        case '>':
            (void)fputs("&gt;", file);
            break;
        case '&':
            (void)fputs("&amp;", file);
            break;
        case '"':
            (void)fputs("&quot;", file);
            break;
        default:
            (void)fputc(*at < 0x20 && *at != '\n' && *at != '\t' ? '?' : *at, file);
        }
    }
}

static bool is_error(const struct run_case *run_case)
{
    return run_case->status == EXIT_USER_MISTAKE || run_case->status == EXIT_INTERNAL;
}

static void failure_write(FILE *file, const struct run_case *run_case)
{
    const char *element = is_error(run_case) ? "error" : "failure";
    (void)fprintf(file, "    <%s message=\"", element);
    char first[512];
    (void)snprintf(first, sizeof(first), "%.*s", (int)strcspn(run_case->text, "\n"), run_case->text);
    text_escape(file, first);
    (void)fputs("\">", file);
    text_escape(file, run_case->text);
    for (uint32_t i = 0; run_case->findings != NULL && i < run_case->findings->count; i++) {
        const struct finding *finding = &run_case->findings->entries[i];
        (void)fprintf(file, "%s: ", prove_rule_text(finding->rule));
        text_escape(file, finding->message);
        (void)fputc('\n', file);
        if (finding->replay[0] != '\0') {
            (void)fputs("    replay: ", file);
            text_escape(file, finding->replay);
            (void)fputc('\n', file);
        }
        if (finding->token[0] != '\0') {
            (void)fputs("    token: ", file);
            text_escape(file, finding->token);
            (void)fputc('\n', file);
        }
    }
    (void)fprintf(file, "</%s>\n", element);
}

bool report_junit(const char *path, const struct run_case *cases, uint32_t count)
{
    FILE *file = report_open(path);
    if (file == NULL) {
        return false;
    }
    uint32_t failures = 0;
    uint32_t errors = 0;
    for (uint32_t i = 0; i < count; i++) {
        errors += is_error(&cases[i]) ? 1 : 0;
        failures += !cases[i].passed && !is_error(&cases[i]) ? 1 : 0;
    }
    (void)fprintf(file,
                  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
                  "  <testsuite name=\"ffa-cosim\" tests=\"%u\" failures=\"%u\" errors=\"%u\">\n",
                  count, failures, errors);
    for (uint32_t i = 0; i < count; i++) {
        (void)fputs("    <testcase classname=\"ffa-cosim\" name=\"", file);
        text_escape(file, cases[i].scenario.path);
        (void)fputs(cases[i].passed ? "\"/>\n" : "\">\n", file);
        if (!cases[i].passed) {
            failure_write(file, &cases[i]);
            (void)fputs("    </testcase>\n", file);
        }
    }
    (void)fputs("  </testsuite>\n</testsuites>\n", file);
    return report_close(file);
}

static bool stream_copy(FILE *from, FILE *to)
{
    char buffer[65536];
    rewind(from);
    for (;;) {
        const size_t size = fread(buffer, 1, sizeof(buffer), from);
        if (size == 0) {
            return ferror(from) == 0;
        }
        if (fwrite(buffer, 1, size, to) != size) {
            return false;
        }
    }
}

bool report_events(FILE *file, const struct run_case *run_case)
{
    if (run_case->events == NULL) {
        return true;
    }
    (void)fprintf(file, "# %s\n", run_case->scenario.name);
    return stream_copy(run_case->events, file);
}
