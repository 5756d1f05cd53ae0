/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One case: a scenario (or a boot run) with everything it needs, from the files that a user named to the
 * verdict. The machine itself runs in child processes (engine.h): SystemC elaborates once per process.
 */
#ifndef COSIM_RUN_CASE_H
#define COSIM_RUN_CASE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "cosim/finding.h"
#include "cosim/image.h"
#include "cosim/scenario.h"
#include "model/platform/machine.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CASE_TEXT_MAX     8192
#define CASE_SETTINGS_MAX 64

/* Exit statuses, interface of the program. */
enum exit_status {
    EXIT_AS_EXPECTED = 0,
    EXIT_NOT_AS_EXPECTED = 1,
    EXIT_USER_MISTAKE = 2,
    EXIT_INTERNAL = 3,
    EXIT_LIMIT = 4,
    EXIT_INTERRUPTED = 130,
};

/* What overrides a scenario; then nothing is compared with its expectations. */
struct case_options {
    const char *platform; /* NULL: the scenario's */
    const char *firmware; /* NULL: the scenario's */
    const char *settings[CASE_SETTINGS_MAX];
    uint32_t setting_count;
    enum machine_mode mode;
    bool events_wanted;
    bool promoting; /* the expected event text is not compared but about to be replaced */
};

enum case_stage { CASE_WAITING, CASE_FIRST_PASS, CASE_SECOND_PASS, CASE_DONE };

struct run_case {
    struct scenario scenario;
    struct platform_config platform;
    struct image image;
    struct symbol_table *symbols;
    struct machine_step *steps;
    struct machine_request request;
    bool compared;     /* with the scenario's expectations */
    bool own_firmware; /* the image is ours: its sections tell owners */
    const struct case_options *options;

    enum case_stage stage;
    pid_t child;
    struct machine_result *result; /* shared with the children; NULL: not run */
    struct machine_result *first;  /* of the first pass, when there is a second */
    uint64_t *tracked;
    FILE *events; /* text of the last pass; NULL: not wanted */

    struct findings *findings;
    enum exit_status status;
    bool passed;
    bool interrupted;
    char text[CASE_TEXT_MAX]; /* why it did not pass, one line each */
};

/* Reads scenario, platform and image. False: case->text is the user's mistake, in one line, and status
 * says 2. */
bool run_case_open(struct run_case *run_case, const char *path, const struct case_options *options);
/* The same for an image without a scenario; `scenario` of the case is filled by the caller before. */
bool run_case_open_image(struct run_case *run_case, const char *platform, const struct case_options *options);
void run_case_close(struct run_case *run_case);

/* Frees what reports do not need: image, symbols, event text. */
void run_case_release(struct run_case *run_case);

/* Makes findings, compares, sets status and text. After the last pass. */
void run_case_judge(struct run_case *run_case);

/* True if a second pass with tracked lines is due; sets the request up for it. */
bool run_case_track(struct run_case *run_case);
/* Both passes must have found the same. */
bool run_case_passes_agree(const struct run_case *run_case);
/* Takes the first pass for the result: the second was interrupted. */
void run_case_pass_discard(struct run_case *run_case);

void run_case_append(struct run_case *run_case, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* "clean", "fault", "limit", "interrupted"; NULL when nothing has run. */
const char *run_case_end_text(const struct run_case *run_case);
/* The command line that repeats the case. */
void run_case_replay_line(const struct run_case *run_case, char *text, size_t size);

/* verdict.c */
void verdict_make(struct run_case *run_case);

/* expected.c: the event text in the file `.expected` beside a scenario. */
bool expected_exists(const char *scenario_path);
/* Compares; a difference makes the case fail and is told in its text. */
void expected_compare(struct run_case *run_case);
/* Shows the difference on `file` and rewrites the file. False: it cannot be written. */
bool expected_promote(struct run_case *run_case, FILE *file);

#ifdef __cplusplus
}
#endif

#endif
