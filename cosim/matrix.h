/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The picture of "which maintenance is right where": one scenario, every firmware variant on every platform,
 * and what came of each in a word. matrix.c keeps the cells and prints them, command_matrix.c runs them.
 */
#ifndef COSIM_MATRIX_H
#define COSIM_MATRIX_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cosim/run_case.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MATRIX_NAMES_MAX   64 /* firmware variants, and platforms */
#define MATRIX_VERDICT_MAX 40

struct matrix_cell {
    /* "ok"; the rule of the first error, and how many more there are: "clobber +2"; "limit", "fault",
     * "failed" (a step returned something else than it must), "mistake", "internal", "interrupted". */
    char verdict[MATRIX_VERDICT_MAX];
    enum exit_status status;
    uint32_t errors;
    uint32_t warnings;
    const char *end;              /* NULL: it did not run */
    char label[FINDING_TEXT_MAX]; /* of the first error: rule, owner, culprit; empty: none */
    char token[FINDING_TOKEN_MAX];
};

struct matrix {
    const char *scenario; /* its name */
    enum machine_mode mode;
    uint32_t firmware_count;
    uint32_t platform_count;
    const char *firmware[MATRIX_NAMES_MAX];
    const char *platforms[MATRIX_NAMES_MAX];
    struct matrix_cell *cells; /* firmware by firmware; platform_count each */
};

/* The verdict of a case that is over. */
void matrix_cell_fill(struct matrix_cell *cell, const struct run_case *run_case);

void matrix_print(FILE *file, const struct matrix *matrix, bool colours);
/* False: the file cannot be written. `-` is standard output. */
bool matrix_csv(const char *path, const struct matrix *matrix);
bool matrix_json(const char *path, const struct matrix *matrix);

#ifdef __cplusplus
}
#endif

#endif
