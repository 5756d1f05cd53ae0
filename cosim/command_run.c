/* SPDX-License-Identifier: BSD-3-Clause */
/* `ffa-cosim run` and `promote`: many cases, results in the order of their paths. */
#include <assert.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cosim/batch.h"
#include "cosim/command.h"
#include "cosim/engine.h"
#include "cosim/locate.h"
#include "cosim/report.h"

struct run_command {
    struct case_options options;
    const char *json;
    const char *junit;
    const char *events_path;
    FILE *events;
    uint64_t jobs;
    struct locate_list paths;
    struct run_case *cases;
    uint32_t opened;
    int status;
    struct report_style style;
};

/* Options. */

enum { OPTION_MODE = 1, OPTION_JSON, OPTION_JUNIT, OPTION_EVENTS, OPTION_JOBS };

static const struct option run_options[] = {
    {"mode", required_argument, NULL, OPTION_MODE},
    {"json", required_argument, NULL, OPTION_JSON},
    {"junit", required_argument, NULL, OPTION_JUNIT},
    {"events", required_argument, NULL, OPTION_EVENTS},
    {"jobs", required_argument, NULL, OPTION_JOBS},
    COMMAND_OPTION_LINES,
    COMMAND_OPTION_LINE_FIRMWARE,
    {NULL, 0, NULL, 0},
};

/* False: the program ends with *status. */
static bool option_take(struct run_command *command, int option, int *status)
{
    *status = EXIT_USER_MISTAKE;
    switch (option) {
    case OPTION_MODE:
        return command_mode_parse(optarg, false, &command->options.mode);
    case OPTION_JSON:
        command->json = optarg;
        return true;
    case OPTION_JUNIT:
        command->junit = optarg;
        return true;
    case OPTION_EVENTS:
        command->events_path = optarg;
        return true;
    case OPTION_JOBS:
        return command_number_parse("--jobs", optarg, 1, 256, &command->jobs);
    default:
        return command_option_take("run", option, optarg, &command->options, status);
    }
}

static bool options_parse(struct run_command *command, int argc, char *argv[], int *status)
{
    optind = 0;
    for (;;) {
        const int option = getopt_long(argc, argv, "", run_options, NULL);
        if (option == -1) {
            break;
        }
        if (!option_take(command, option, status)) {
            return false;
        }
    }
    if (optind == argc) {
        *status = command_mistake("run: no scenario, expected SCENARIO or DIR (ffa-cosim run --help)");
        return false;
    }
    return true;
}

static int path_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool paths_find(struct run_command *command, int count, char *names[], int *status)
{
    char error[LOCATE_ERROR_MAX];
    for (int i = 0; i < count; i++) {
        if (!locate_scenarios(names[i], &command->paths, error)) {
            *status = command_mistake("%s", error);
            return false;
        }
    }
    qsort(command->paths.paths, command->paths.count, sizeof(char *), path_compare);
    return true;
}

/* Running. */

static void case_report(struct run_command *command, struct run_case *run_case)
{
    const bool stdout_taken = command->json != NULL && strcmp(command->json, "-") == 0;
    FILE *file = stdout_taken ? stderr : stdout;
    if (run_case->status == EXIT_USER_MISTAKE && run_case->result == NULL) {
        (void)fputs(run_case->text, stderr);
    } else if (!command->options.promoting || !run_case->passed) {
        report_text(file, run_case, &command->style);
        (void)fflush(file);
    }
    if (command->events != NULL && !report_events(command->events, run_case)) {
        command->status =
            command_worst(command->status, command_mistake("%s: cannot be written", command->events_path));
    }
    if (command->options.promoting && run_case->passed && !expected_promote(run_case, stdout)) {
        command->status =
            command_worst(command->status, command_mistake("%s: the expected file cannot be written",
                                                           run_case->scenario.path));
    }
    command->status = command_worst(command->status, run_case->status);
    run_case_release(run_case);
}

static bool case_open(void *context, struct run_case *run_case, uint32_t index)
{
    struct run_command *command = (struct run_command *)context;
    return run_case_open(run_case, command->paths.paths[index], &command->options);
}

static void case_done(void *context, struct run_case *run_case, uint32_t index)
{
    (void)index;
    case_report((struct run_command *)context, run_case);
}

static void cases_run(struct run_command *command)
{
    struct batch batch = {.count = command->paths.count,
                          .jobs = (uint32_t)command->jobs,
                          .cases = command->cases,
                          .context = command,
                          .open = case_open,
                          .done = case_done};
    const bool all = batch_run(&batch);
    command->opened = batch.opened;
    if (!all) {
        command->status = EXIT_INTERRUPTED;
        (void)fprintf(stderr, "interrupted: %u of %u scenarios were not run\n",
                      command->paths.count - command->opened, command->paths.count);
    }
}

static void reports_write(struct run_command *command)
{
    if (command->paths.count > 1 && !command->options.promoting) {
        const bool stdout_taken = command->json != NULL && strcmp(command->json, "-") == 0;
        report_text_summary(stdout_taken ? stderr : stdout, command->cases, command->opened, &command->style);
    }
    if (command->json != NULL && !report_json(command->json, command->cases, command->opened)) {
        command->status =
            command_worst(command->status, command_mistake("%s: cannot be written", command->json));
    }
    if (command->junit != NULL && !report_junit(command->junit, command->cases, command->opened)) {
        command->status =
            command_worst(command->status, command_mistake("%s: cannot be written", command->junit));
    }
    if (command->events != NULL && !report_close(command->events)) {
        command->status =
            command_worst(command->status, command_mistake("%s: cannot be written", command->events_path));
    }
}

static int run_all(struct run_command *command)
{
    if (command->events_path != NULL) {
        command->events = report_open(command->events_path);
        if (command->events == NULL) {
            return command_mistake("%s: cannot be opened, expected a writable file", command->events_path);
        }
        command->options.events_wanted = true;
    }
    command->cases = (struct run_case *)calloc(command->paths.count, sizeof(struct run_case));
    assert(command->cases != NULL);
    command->style =
        (struct report_style){.colours = isatty(STDOUT_FILENO) == 1, .detailed = command->paths.count == 1};
    command->options.detailed = command->style.detailed && !command->options.promoting;
    cases_run(command);
    reports_write(command);
    for (uint32_t i = 0; i < command->opened; i++) {
        run_case_close(&command->cases[i]);
    }
    free(command->cases);
    return command->status;
}

int command_run(int argc, char *argv[])
{
    struct run_command command = {.options = {.mode = MACHINE_MODE_PROVE}, .jobs = engine_jobs_default()};
    int status = 0;
    if (options_parse(&command, argc, argv, &status) &&
        paths_find(&command, argc - optind, argv + optind, &status)) {
        status = run_all(&command);
    }
    locate_list_free(&command.paths);
    return status;
}

int command_promote(int argc, char *argv[])
{
    struct run_command command = {
        .options = {.mode = MACHINE_MODE_PROVE, .events_wanted = true, .promoting = true},
        .jobs = engine_jobs_default()};
    int status = 0;
    if (argc > 1 && strcmp(argv[1], "--help") == 0) {
        (void)fputs(help_text("promote"), stdout);
        return 0;
    }
    if (argc < 2) {
        return command_mistake("promote: no scenario, expected SCENARIO... (ffa-cosim promote --help)");
    }
    if (paths_find(&command, argc - 1, argv + 1, &status)) {
        status = run_all(&command);
    }
    locate_list_free(&command.paths);
    return status;
}
