/* SPDX-License-Identifier: BSD-3-Clause */
/* `ffa-cosim replay`: the run that a token names, with its moves and no others, and the damage that they do.
 */
#include <assert.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cosim/case_token.h"
#include "cosim/command.h"
#include "cosim/engine.h"
#include "cosim/locate.h"
#include "cosim/report.h"

#define BOOT_NAME "boot" /* the scenario of tokens of boot runs */

struct replay_command {
    struct case_options options;
    const char *scenario; /* a file instead of the name in the token; NULL: not given */
    struct token token;
    struct run_case run_case;
};

enum { OPTION_SCENARIO = 1 };

static const struct option replay_options[] = {
    {"scenario", required_argument, NULL, OPTION_SCENARIO},
    COMMAND_OPTION_LINES,
    COMMAND_OPTION_LINE_FIRMWARE,
    {NULL, 0, NULL, 0},
};

/* False: the program ends with *status. */
static bool option_take(struct replay_command *command, int option, int *status)
{
    if (option == OPTION_SCENARIO) {
        command->scenario = optarg;
        return true;
    }
    return command_option_take("replay", option, optarg, &command->options, status);
}

static bool options_parse(struct replay_command *command, int argc, char *argv[], int *status)
{
    optind = 0;
    for (;;) {
        const int option = getopt_long(argc, argv, "", replay_options, NULL);
        if (option == -1) {
            break;
        }
        if (!option_take(command, option, status)) {
            return false;
        }
    }
    if (optind == argc) {
        *status = command_mistake("replay: no token, expected TOKEN (ffa-cosim replay --help)");
        return false;
    }
    struct token_error error;
    if (!token_parse(argv[optind], &command->token, &error)) {
        *status = command_mistake("replay: token:%zu: %s", error.offset + 1, error.text);
        return false;
    }
    return true;
}

static bool scenario_find(struct replay_command *command, char path[LOCATE_PATH_MAX])
{
    char error[LOCATE_ERROR_MAX];
    const char *name = command->scenario != NULL ? command->scenario : command->token.scenario;
    if (locate_file(LOCATE_SCENARIO, name, path, error)) {
        return true;
    }
    (void)command_mistake("%s%s", error, command->scenario != NULL ? "" : " (or --scenario FILE)");
    return false;
}

static int case_run(struct replay_command *command)
{
    struct run_case *run_case = &command->run_case;
    const struct report_style style = {.colours = isatty(STDOUT_FILENO) == 1, .detailed = true};
    struct engine *engine = engine_create(1, 1);
    engine_start(engine, run_case);
    while (engine_wait(engine)) {
    }
    engine_destroy(engine);
    report_text(run_case->status == EXIT_USER_MISTAKE ? stderr : stdout, run_case, &style);
    return (int)run_case->status;
}

static int scenario_replay(struct replay_command *command)
{
    struct run_case *run_case = &command->run_case;
    char path[LOCATE_PATH_MAX];
    char error[FINDING_TEXT_MAX];
    if (!scenario_find(command, path)) {
        return EXIT_USER_MISTAKE;
    }
    if (!run_case_open(run_case, path, &command->options)) {
        (void)fputs(run_case->text, stderr);
        return EXIT_USER_MISTAKE;
    }
    if (strcmp(command->token.scenario, run_case->scenario.name) != 0) {
        return command_mistake("replay: the token was made of scenario %s, expected it instead of %s",
                               command->token.scenario, run_case->scenario.name);
    }
    if (!case_token_fits(run_case, &command->token, error, sizeof(error)) ||
        !case_token_take(run_case, &command->token, error, sizeof(error))) {
        return command_mistake("replay: %s", error);
    }
    run_case->token = &command->token;
    return case_run(command);
}

/* `argv[0]` is the token; behind it stand the options of the boot run. */
static int boot_replay(struct replay_command *command, int argc, char *argv[])
{
    if (command->options.firmware != NULL || command->scenario != NULL) {
        return command_mistake("replay: --%s: the token was made of a boot run, expected the options of boot "
                               "after --",
                               command->scenario != NULL ? "scenario" : "firmware");
    }
    if (argc == 1) {
        return command_mistake("replay: the token was made of a boot run, expected its options once more: "
                               "ffa-cosim replay TOKEN -- --platform P --payload FILE ...");
    }
    return command_boot_replay(&command->token, &command->options, argc, argv);
}

int command_replay(int argc, char *argv[])
{
    struct replay_command *command = (struct replay_command *)calloc(1, sizeof(*command));
    assert(command != NULL);
    command->options.mode = MACHINE_MODE_TOKEN;
    int status = 0;
    if (options_parse(command, argc, argv, &status)) {
        if (strcmp(command->token.scenario, BOOT_NAME) == 0) {
            status = boot_replay(command, argc - optind, argv + optind);
        } else if (argc - optind > 1) {
            status = command_mistake("replay: %s: one argument too many, expected one TOKEN, quoted for the "
                                     "shell",
                                     argv[optind + 1]);
        } else {
            status = scenario_replay(command);
        }
    }
    run_case_close(&command->run_case);
    free(command);
    return status;
}
