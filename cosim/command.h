/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The commands of ffa-cosim. Each takes its own arguments (argv[0] is the command's word) and returns the
 * exit status of the program. Messages of mistakes go to standard error, results to standard output.
 */
#ifndef COSIM_COMMAND_H
#define COSIM_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "cosim/run_case.h"

#ifdef __cplusplus
extern "C" {
#endif

#define FFA_COSIM_VERSION "0.1.0"

int command_run(int argc, char *argv[]);
int command_list(int argc, char *argv[]);
int command_matrix(int argc, char *argv[]);
int command_platforms(int argc, char *argv[]);
int command_boot(int argc, char *argv[]);
int command_promote(int argc, char *argv[]);
int command_check_trace(int argc, char *argv[]);
int command_replay(int argc, char *argv[]);
int command_vars(int argc, char *argv[]);

/* command_boot.c: the run of a token that was made of a boot run. argv[0] and on: boot's own options. */
struct token;
int command_boot_replay(const struct token *token, const struct case_options *options, int argc,
                        char *argv[]);

/* main() without its name, so that tests may call it. */
int command_main(int argc, char *argv[]);

/* help.c: the text of one command, or of the program for NULL. */
const char *help_text(const char *command);

/* One line on standard error; returns exit status 2. */
int command_mistake(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Options that several commands share: the values of getopt_long() for them, and their lines in its table. A
 * command takes its own ones and hands all others to command_option_take(). */
enum command_option {
    COMMAND_OPTION_PLATFORM = 256,
    COMMAND_OPTION_FIRMWARE,
    COMMAND_OPTION_SET,
    COMMAND_OPTION_HELP
};
#define COMMAND_OPTION_LINES                                                                                 \
    {"platform", required_argument, NULL, COMMAND_OPTION_PLATFORM},                                          \
        {"set", required_argument, NULL, COMMAND_OPTION_SET},                                                \
    {                                                                                                        \
        "help", no_argument, NULL, COMMAND_OPTION_HELP                                                       \
    }
#define COMMAND_OPTION_LINE_FIRMWARE                                                                         \
    {                                                                                                        \
        "firmware", required_argument, NULL, COMMAND_OPTION_FIRMWARE                                         \
    }

/* `command`: its word. False: the program ends with *status, after what there was to say. */
bool command_option_take(const char *command, int option, char *argument, struct case_options *options,
                         int *status);
bool command_mode_parse(const char *text, bool golden_allowed, enum machine_mode *mode);
bool command_number_parse(const char *option, const char *text, uint64_t min, uint64_t max, uint64_t *value);
bool command_setting_add(struct case_options *options, const char *setting);

/* The worst of two exit statuses: 130 before 3, 2, 4, 1, 0. */
int command_worst(int a, int b);

#ifdef __cplusplus
}
#endif

#endif
