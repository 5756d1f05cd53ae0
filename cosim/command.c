/* SPDX-License-Identifier: BSD-3-Clause */
#include "cosim/command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int command_mistake(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)fputs("ffa-cosim: ", stderr);
    (void)vfprintf(stderr, format, arguments);
    (void)fputc('\n', stderr);
    va_end(arguments);
    return EXIT_USER_MISTAKE;
}

bool command_mode_parse(const char *text, bool golden_allowed, enum machine_mode *mode)
{
    if (strcmp(text, "prove") == 0) {
        *mode = MACHINE_MODE_PROVE;
        return true;
    }
    if (strcmp(text, "replay") == 0) {
        *mode = MACHINE_MODE_CACHED;
        return true;
    }
    if (golden_allowed && strcmp(text, "golden") == 0) {
        *mode = MACHINE_MODE_GOLDEN;
        return true;
    }
    (void)command_mistake("--mode %s: unknown mode, expected %sprove or replay", text,
                          golden_allowed ? "golden, " : "");
    return false;
}

bool command_number_parse(const char *option, const char *text, uint64_t min, uint64_t max, uint64_t *value)
{
    char *end = NULL;
    const bool hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    errno = 0;
    *value = strtoull(text, &end, hexadecimal ? 16 : 10);
    if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && *value >= min && *value <= max) {
        return true;
    }
    (void)command_mistake("%s %s: expected a number from %llu to %llu", option, text, (unsigned long long)min,
                          (unsigned long long)max);
    return false;
}

bool command_setting_add(struct case_options *options, const char *setting)
{
    if (options->setting_count == CASE_SETTINGS_MAX) {
        (void)command_mistake("--set %s: too many settings, expected at most %u", setting, CASE_SETTINGS_MAX);
        return false;
    }
    options->settings[options->setting_count++] = setting;
    return true;
}

bool command_option_take(const char *command, int option, char *argument, struct case_options *options,
                         int *status)
{
    *status = EXIT_USER_MISTAKE;
    switch (option) {
    case COMMAND_OPTION_PLATFORM:
        options->platform = argument;
        return true;
    case COMMAND_OPTION_FIRMWARE:
        options->firmware = argument;
        return true;
    case COMMAND_OPTION_SET:
        return command_setting_add(options, argument);
    case COMMAND_OPTION_HELP:
        (void)fputs(help_text(command), stdout);
        *status = 0;
        return false;
    default: /* getopt_long() has said what is wrong */
        (void)fprintf(stderr, "ffa-cosim %s --help tells the options\n", command);
        return false;
    }
}

int command_worst(int a, int b)
{
    static const int order[] = {EXIT_INTERRUPTED, EXIT_INTERNAL,        EXIT_USER_MISTAKE,
                                EXIT_LIMIT,       EXIT_NOT_AS_EXPECTED, EXIT_AS_EXPECTED};
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        if (a == order[i] || b == order[i]) {
            return order[i];
        }
    }
    return a;
}

int command_main(int argc, char *argv[])
{
    static const struct {
        const char *word;
        int (*run)(int argc, char *argv[]);
    } commands[] = {
        {"run", command_run},
        {"list", command_list},
        {"matrix", command_matrix},
        {"boot", command_boot},
        {"platforms", command_platforms},
        {"promote", command_promote},
        {"replay", command_replay},
        {"check-trace", command_check_trace},
        {"vars", command_vars},
    };
    if (argc < 2) {
        (void)fputs(help_text(NULL), stderr);
        return EXIT_USER_MISTAKE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        (void)fputs(help_text(NULL), stdout);
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        (void)puts("ffa-cosim " FFA_COSIM_VERSION);
        return 0;
    }
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(argv[1], commands[i].word) == 0) {
            return commands[i].run(argc - 1, argv + 1);
        }
    }
    return command_mistake("%s: unknown command, expected run, list, matrix, replay, check-trace, vars, "
                           "boot, promote or platforms (ffa-cosim --help)",
                           argv[1]);
}
