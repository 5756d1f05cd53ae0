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
#include "cosim/media.h"
#include "cosim/scenario.h"
#include "cosim/token.h"
#include "model/platform/machine.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CASE_TEXT_MAX     32768
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
    bool promoting;        /* the expected event text is not compared but about to be replaced */
    bool store_written;    /* the first pass writes into the platform's store file, not into a copy */
    bool detailed;         /* prove: the platform's own caches are asked too */
    const char *boot_line; /* of boot runs: the arguments, quoted for a shell; NULL: a scenario is run */
};

/*
 * Which run of the machine is under way. A prove run has a second pass when it found something: then values
 * and moves are known. Each error is replayed, one after the other; last come the platform's own caches. A
 * token is run first on golden memory and then by its moves.
 */
enum case_stage {
    CASE_WAITING,
    CASE_FIRST_PASS,
    CASE_SECOND_PASS,
    CASE_REPLAY,
    CASE_OWN_CACHES,
    CASE_DONE,
};

/* What a deterministic run of the platform's own caches shows of what prove found. */
enum case_own_caches { CASE_OWN_CACHES_UNKNOWN, CASE_OWN_CACHES_HIDE, CASE_OWN_CACHES_SHOW };

struct run_case {
    struct scenario scenario;
    struct platform_config platform;
    struct image image;
    struct media_bytes flashes[MACHINE_FLASHES_MAX];
    struct media_bytes disk; /* each run writes to a copy: it is a process of its own */
    struct media_bytes device_tree;
    uint8_t
        *store; /* what the platform's file of variables holds; runs work on it and leave the file alone */
    uint64_t store_size;
    uint64_t entry_x0;
    bool symbols_placed; /* of an image that is not ours; */
    uint64_t symbols_pa; /* what was linked for `symbols_address` has been loaded there */
    uint64_t symbols_address;
    uint64_t symbols_size;
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
    struct machine_result *other;  /* of a replay, or of the platform's own caches, while it is under way */
    uint64_t *tracked;
    const struct token *token;                  /* to be run; NULL: none */
    struct prove_move moves[MACHINE_MOVES_MAX]; /* of the token under way */
    uint32_t replayed;                          /* the finding that is under way in CASE_REPLAY */
    FILE *console_out;                          /* where the run of a token prints */
    bool first_pass_over;                       /* what it leaves in flash and on the disk is there */
    bool values_known;                          /* a second pass has told values and moves */
    bool failed;                                /* a replay did not show what was found */
    bool own_caches_asked;
    enum case_own_caches own_caches;
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
/* payload.c: the files of scenario->payload become those of the case. */
bool payload_open(struct run_case *run_case);
/* The image has names also where it has copied itself in the run that `result` is of. */
void payload_copies_take(struct run_case *run_case, const struct machine_result *result);
/* The case is over before it began; returns false. */
bool run_case_mistake(struct run_case *run_case, const char *text);

/* Frees what reports do not need: image and media, symbols, event text. */
void run_case_release(struct run_case *run_case);

/* What the machine fills in now. */
struct machine_result *run_case_pass_result(const struct run_case *run_case);

/* case_pass.c: a pass has ended. After CASE_NEXT_DONE findings, status and text are there. */
enum case_next {
    CASE_NEXT_PASS, /* the request is set up for another one */
    CASE_NEXT_DONE,
    CASE_NEXT_DISAGREES, /* both passes must have found the same, and have not */
};
enum case_next run_case_next(struct run_case *run_case, bool interrupted);

struct machine_result *run_case_result_allocate(void);
void run_case_result_free(struct machine_result *result);

void run_case_append(struct run_case *run_case, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* "clean", "fault", "limit", "interrupted"; NULL when nothing has run. */
const char *run_case_end_text(const struct run_case *run_case);
/* The command line that repeats the case; with a token, that replays it. */
#define CASE_LINE_MAX 8192
void run_case_line(const struct run_case *run_case, const char *token, char text[CASE_LINE_MAX]);
/* Appends a space and a word, quoted for a shell where it must be. */
void run_case_line_add(char text[CASE_LINE_MAX], const char *word);

/* verdict.c */
void verdict_make(struct run_case *run_case);
/* A token's: `result` against `first`, the run on golden memory. */
void verdict_token(struct run_case *run_case);

/* verdict_ffa.c: what an FF-A step returned, against what its step expects; the first difference is told. */
bool verdict_ffa_differs(const struct run_case *run_case, uint32_t index, char *found, char *expected,
                         size_t size);

/* expected.c: the event text in the file `.expected` beside a scenario. */
bool expected_exists(const char *scenario_path);
/* It is that of a prove run: other modes have other events. */
bool expected_due(const struct run_case *run_case);
/* Compares; a difference makes the case fail and is told in its text. */
void expected_compare(struct run_case *run_case);
/* Shows the difference on `file` and rewrites the file. False: it cannot be written. */
bool expected_promote(struct run_case *run_case, FILE *file);

#ifdef __cplusplus
}
#endif

#endif
