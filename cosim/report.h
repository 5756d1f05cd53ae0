/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What came of cases, for people (text), scripts (JSON) and CI (JUnit XML). The JSON keys and their order are
 * a contract; only additions are allowed. Reads cases, changes nothing.
 */
#ifndef COSIM_REPORT_H
#define COSIM_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cosim/run_case.h"

#ifdef __cplusplus
extern "C" {
#endif

struct report_style {
    bool colours;
    bool detailed; /* findings in full even where they were expected */
};

/* One case: the verdict line, and below it what a person needs to act. */
void report_text(FILE *file, const struct run_case *run_case, const struct report_style *style);
/* "12 scenarios: 10 passed, 2 failed". */
void report_text_summary(FILE *file, const struct run_case *cases, uint32_t count,
                         const struct report_style *style);

/* False: the file cannot be written. `-` is standard output. */
bool report_json(const char *path, const struct run_case *cases, uint32_t count);
bool report_junit(const char *path, const struct run_case *cases, uint32_t count);
/* Appends the event text of one case behind a line `# NAME`. */
bool report_events(FILE *file, const struct run_case *run_case);

/* Opens a path for writing, `-` being standard output; report_close() tells whether all was written. */
FILE *report_open(const char *path);
bool report_close(FILE *file);

#ifdef __cplusplus
}
#endif

#endif
