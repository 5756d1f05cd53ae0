/* SPDX-License-Identifier: BSD-3-Clause */
#include "cosim/matrix.h"

#include <assert.h>
#include <jansson.h>
#include <string.h>

#include "cosim/report.h"

/* Cells */

static const struct finding *error_first(const struct findings *findings)
{
    for (uint32_t i = 0; findings != NULL && i < findings->count; i++) {
        if (findings->entries[i].severity == FINDING_ERROR) {
            return &findings->entries[i];
        }
    }
    return NULL;
}

static uint32_t severity_count(const struct findings *findings, enum finding_severity severity)
{
    uint32_t count = 0;
    for (uint32_t i = 0; findings != NULL && i < findings->count; i++) {
        count += findings->entries[i].severity == severity ? 1 : 0;
    }
    return count;
}

/* Of a case without any error-level finding. */
static const char *verdict_without(const struct run_case *run_case)
{
    switch (run_case->status) {
    case EXIT_USER_MISTAKE:
        return "mistake";
    case EXIT_INTERNAL:
        return "internal";
    case EXIT_LIMIT:
        return "limit";
    case EXIT_INTERRUPTED:
        return "interrupted";
    case EXIT_NOT_AS_EXPECTED:
        return "failed";
    case EXIT_AS_EXPECTED:
        break;
    }
    return run_case->result != NULL && run_case->result->end == MACHINE_END_FAULT ? "fault" : "ok";
}

void matrix_cell_fill(struct matrix_cell *cell, const struct run_case *run_case)
{
    const struct finding *first = error_first(run_case->findings);
    *cell = (struct matrix_cell){
        .status = run_case->status,
        .errors = severity_count(run_case->findings, FINDING_ERROR),
        .warnings = severity_count(run_case->findings, FINDING_WARNING),
        .end = run_case_end_text(run_case),
    };
    if (first == NULL || run_case->status == EXIT_INTERNAL) {
        (void)snprintf(cell->verdict, sizeof(cell->verdict), "%s", verdict_without(run_case));
        return;
    }
    finding_label(first, cell->label, sizeof(cell->label));
    (void)snprintf(cell->token, sizeof(cell->token), "%s", first->token);
    if (cell->errors == 1) {
        (void)snprintf(cell->verdict, sizeof(cell->verdict), "%s", prove_rule_text(first->rule));
    } else {
        (void)snprintf(cell->verdict, sizeof(cell->verdict), "%s +%u", prove_rule_text(first->rule),
                       cell->errors - 1);
    }
}

static const struct matrix_cell *cell_at(const struct matrix *matrix, uint32_t firmware, uint32_t platform)
{
    return &matrix->cells[(size_t)firmware * matrix->platform_count + platform];
}

/* As text */

static int width_max(int width, const char *text)
{
    const int size = (int)strlen(text);
    return size > width ? size : width;
}

static const char *colour_of(const struct matrix_cell *cell)
{
    return cell->errors > 0 ? "\033[31m" : strcmp(cell->verdict, "ok") == 0 ? "\033[32m" : "\033[33m";
}

static void cell_print(FILE *file, const struct matrix_cell *cell, int width, bool last, bool colours)
{
    const int padding = last ? 0 : width - (int)strlen(cell->verdict);
    (void)fprintf(file, "  %s%s%s%*s", colours ? colour_of(cell) : "", cell->verdict,
                  colours ? "\033[0m" : "", padding, "");
}

void matrix_print(FILE *file, const struct matrix *matrix, bool colours)
{
    int first = width_max(0, "firmware");
    int widths[MATRIX_NAMES_MAX];
    for (uint32_t i = 0; i < matrix->firmware_count; i++) {
        first = width_max(first, matrix->firmware[i]);
    }
    (void)fprintf(file, "%s, %s\n", matrix->scenario,
                  matrix->mode == MACHINE_MODE_PROVE ? "every legal cache" : "the platform's own caches");
    (void)fprintf(file, "%-*s", first, "firmware");
    for (uint32_t p = 0; p < matrix->platform_count; p++) {
        widths[p] = width_max(0, matrix->platforms[p]);
        for (uint32_t f = 0; f < matrix->firmware_count; f++) {
            widths[p] = width_max(widths[p], cell_at(matrix, f, p)->verdict);
        }
        (void)fprintf(file, "  %-*s", p + 1 < matrix->platform_count ? widths[p] : 0, matrix->platforms[p]);
    }
    (void)fputc('\n', file);
    for (uint32_t f = 0; f < matrix->firmware_count; f++) {
        (void)fprintf(file, "%-*s", first, matrix->firmware[f]);
        for (uint32_t p = 0; p < matrix->platform_count; p++) {
            cell_print(file, cell_at(matrix, f, p), widths[p], p + 1 == matrix->platform_count, colours);
        }
        (void)fputc('\n', file);
    }
}

/* As CSV (RFC 4180): names of files may hold anything. */

static void field_write(FILE *file, const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        (void)fputs(text, file);
        return;
    }
    (void)fputc('"', file);
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '"') {
            (void)fputc('"', file);
        }
        (void)fputc(*at, file);
    }
    (void)fputc('"', file);
}

bool matrix_csv(const char *path, const struct matrix *matrix)
{
    FILE *file = report_open(path);
    if (file == NULL) {
        return false;
    }
    field_write(file, "firmware");
    for (uint32_t p = 0; p < matrix->platform_count; p++) {
        (void)fputc(',', file);
        field_write(file, matrix->platforms[p]);
    }
    (void)fputc('\n', file);
    for (uint32_t f = 0; f < matrix->firmware_count; f++) {
        field_write(file, matrix->firmware[f]);
        for (uint32_t p = 0; p < matrix->platform_count; p++) {
            (void)fputc(',', file);
            field_write(file, cell_at(matrix, f, p)->verdict);
        }
        (void)fputc('\n', file);
    }
    return report_close(file);
}

/* As JSON: keys in this order, and only ever added to. */

static void put(json_t *object, const char *key, json_t *value)
{
    assert(value != NULL);
    const int status = json_object_set_new(object, key, value);
    assert(status == 0);
}

static json_t *text_or_null(const char *text)
{
    json_t *value = text == NULL || text[0] == '\0' ? NULL : json_string(text);
    return value != NULL ? value : json_null();
}

static json_t *cell_json(const struct matrix *matrix, uint32_t firmware, uint32_t platform)
{
    const struct matrix_cell *cell = cell_at(matrix, firmware, platform);
    json_t *object = json_object();
    put(object, "firmware", text_or_null(matrix->firmware[firmware]));
    put(object, "platform", text_or_null(matrix->platforms[platform]));
    put(object, "verdict", json_string(cell->verdict));
    put(object, "status", json_integer(cell->status));
    put(object, "end", text_or_null(cell->end));
    put(object, "errors", json_integer(cell->errors));
    put(object, "warnings", json_integer(cell->warnings));
    put(object, "first", text_or_null(cell->label));
    put(object, "token", text_or_null(cell->token));
    return object;
}

bool matrix_json(const char *path, const struct matrix *matrix)
{
    FILE *file = report_open(path);
    if (file == NULL) {
        return false;
    }
    json_t *root = json_object();
    json_t *cells = json_array();
    put(root, "scenario", text_or_null(matrix->scenario));
    put(root, "mode", json_string(matrix->mode == MACHINE_MODE_PROVE ? "prove" : "replay"));
    for (uint32_t f = 0; f < matrix->firmware_count; f++) {
        for (uint32_t p = 0; p < matrix->platform_count; p++) {
            const int status = json_array_append_new(cells, cell_json(matrix, f, p));
            assert(status == 0);
        }
    }
    put(root, "cells", cells);
    const bool written = json_dumpf(root, file, JSON_INDENT(2)) == 0;
    (void)fputc('\n', file);
    json_decref(root);
    return report_close(file) && written;
}
