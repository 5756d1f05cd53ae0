/* SPDX-License-Identifier: BSD-3-Clause */
/* `ffa-cosim matrix`: one scenario with every firmware on every platform. */
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
#include "cosim/matrix.h"
#include "model/platform/platform_file.h"

#define MATRIX_SCENARIO_DEFAULT "variables-nc.per-range" /* boot and runtime calls, lines of the OS */
#define MATRIX_NAME_SIZE        128

struct matrix_command {
    struct case_options common;
    struct matrix matrix;
    const char *csv;
    const char *json;
    uint64_t jobs;
    char path[LOCATE_PATH_MAX];      /* of the scenario */
    char (*names)[MATRIX_NAME_SIZE]; /* found, not given: MATRIX_NAMES_MAX of firmware, then of platforms */
    struct case_options *options;    /* one a cell */
    int status;
};

/* Options */

enum { OPTION_MODE = 1, OPTION_CSV, OPTION_JSON, OPTION_JOBS };

static const struct option matrix_options[] = {
    {"mode", required_argument, NULL, OPTION_MODE},
    {"csv", required_argument, NULL, OPTION_CSV},
    {"json", required_argument, NULL, OPTION_JSON},
    {"jobs", required_argument, NULL, OPTION_JOBS},
    COMMAND_OPTION_LINES,
    COMMAND_OPTION_LINE_FIRMWARE,
    {NULL, 0, NULL, 0},
};

static bool name_add(const char *option, const char **names, uint32_t *count, const char *name)
{
    if (*count == MATRIX_NAMES_MAX) {
        (void)command_mistake("%s %s: too many, expected at most %u", option, name, MATRIX_NAMES_MAX);
        return false;
    }
    names[(*count)++] = name;
    return true;
}

/* False: the program ends with command->status. */
static bool option_take(struct matrix_command *command, int option)
{
    struct matrix *matrix = &command->matrix;
    command->status = EXIT_USER_MISTAKE;
    switch (option) {
    case OPTION_MODE:
        return command_mode_parse(optarg, false, &command->common.mode);
    case COMMAND_OPTION_PLATFORM: /* more than one */
        return name_add("--platform", matrix->platforms, &matrix->platform_count, optarg);
    case COMMAND_OPTION_FIRMWARE:
        return name_add("--firmware", matrix->firmware, &matrix->firmware_count, optarg);
    case OPTION_CSV:
        command->csv = optarg;
        return true;
    case OPTION_JSON:
        command->json = optarg;
        return true;
    case OPTION_JOBS:
        return command_number_parse("--jobs", optarg, 1, 256, &command->jobs);
    default:
        return command_option_take("matrix", option, optarg, &command->common, &command->status);
    }
}

static bool options_parse(struct matrix_command *command, int argc, char *argv[])
{
    optind = 0;
    for (;;) {
        const int option = getopt_long(argc, argv, "", matrix_options, NULL);
        if (option == -1) {
            break;
        }
        if (!option_take(command, option)) {
            return false;
        }
    }
    if (argc - optind > 1) {
        command->status =
            command_mistake("matrix: %s: one argument too many, expected [SCENARIO]", argv[optind + 1]);
        return false;
    }
    char error[LOCATE_ERROR_MAX];
    if (!locate_file(LOCATE_SCENARIO, optind < argc ? argv[optind] : MATRIX_SCENARIO_DEFAULT, command->path,
                     error)) {
        command->status = command_mistake("%s", error);
        return false;
    }
    command->status = 0;
    return true;
}

/* What there is, where nothing was named. */

static bool name_known(const char *const *names, uint32_t count, const char *name)
{
    for (uint32_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* The build lists its variants, one a line. */
static bool firmware_find(struct matrix_command *command)
{
    char folders[LOCATE_FOLDERS_MAX][LOCATE_PATH_MAX];
    char path[LOCATE_PATH_MAX + 16];
    const uint32_t folder_count = locate_folders(LOCATE_FIRMWARE, folders);
    FILE *file = NULL;
    for (uint32_t i = 0; i < folder_count && file == NULL; i++) {
        (void)snprintf(path, sizeof(path), "%s/variants.txt", folders[i]);
        file = fopen(path, "r");
    }
    if (file == NULL) {
        command->status =
            command_mistake("matrix: no list of firmware variants was found, expected --firmware");
        return false;
    }
    struct matrix *matrix = &command->matrix;
    while (matrix->firmware_count < MATRIX_NAMES_MAX) {
        char *name = command->names[matrix->firmware_count];
        if (fscanf(file, "%127s", name) != 1) {
            break;
        }
        matrix->firmware[matrix->firmware_count++] = name;
    }
    (void)fclose(file);
    return true;
}

/* The platforms that our firmware can run on: those with a script page. */
static bool platforms_find(struct matrix_command *command)
{
    char folders[LOCATE_FOLDERS_MAX][LOCATE_PATH_MAX];
    struct locate_list list = {0};
    struct matrix *matrix = &command->matrix;
    const uint32_t folder_count = locate_folders(LOCATE_PLATFORM, folders);
    for (uint32_t i = 0; i < folder_count; i++) {
        locate_folder_files(folders[i], &list);
    }
    for (uint32_t i = 0; i < list.count && matrix->platform_count < MATRIX_NAMES_MAX; i++) {
        static struct platform_config platform; /* large */
        char error[YAML_ERROR_MAX];
        if (!platform_file_read(list.paths[i], NULL, 0, &platform, error)) {
            command->status = EXIT_USER_MISTAKE;
            (void)fprintf(stderr, "%s\n", error);
        } else if (platform.has_script &&
                   !name_known(matrix->platforms, matrix->platform_count, platform.name)) {
            char *name = command->names[MATRIX_NAMES_MAX + matrix->platform_count];
            (void)snprintf(name, MATRIX_NAME_SIZE, "%s", platform.name);
            matrix->platforms[matrix->platform_count++] = name;
        }
    }
    locate_list_free(&list);
    if (matrix->platform_count == 0 && command->status == 0) {
        command->status = command_mistake("matrix: no platform was found, expected --platform");
    }
    return command->status == 0;
}

/* Running */

static bool cell_open(void *context, struct run_case *run_case, uint32_t index)
{
    struct matrix_command *command = (struct matrix_command *)context;
    struct case_options *options = &command->options[index];
    *options = command->common;
    options->firmware = command->matrix.firmware[index / command->matrix.platform_count];
    options->platform = command->matrix.platforms[index % command->matrix.platform_count];
    return run_case_open(run_case, command->path, options);
}

/* Why a cell has no verdict is told where it cannot be in the table. */
static void cell_done(void *context, struct run_case *run_case, uint32_t index)
{
    struct matrix_command *command = (struct matrix_command *)context;
    struct matrix_cell *cell = &command->matrix.cells[index];
    matrix_cell_fill(cell, run_case);
    const bool judged = run_case->status == EXIT_NOT_AS_EXPECTED; /* a finding is what a table is for */
    if (run_case->status != EXIT_AS_EXPECTED && (!judged || cell->errors == 0)) {
        (void)fprintf(stderr, "%s on %s: %s\n%s", run_case->options->firmware, run_case->options->platform,
                      cell->verdict, run_case->text);
    }
    command->status = command_worst(command->status, judged ? EXIT_AS_EXPECTED : (int)run_case->status);
    run_case_release(run_case);
}

static void reports_write(struct matrix_command *command)
{
    const bool json_out = command->json != NULL && strcmp(command->json, "-") == 0;
    const bool csv_out = command->csv != NULL && strcmp(command->csv, "-") == 0;
    if (!json_out && !csv_out) {
        matrix_print(stdout, &command->matrix, isatty(STDOUT_FILENO) == 1);
    }
    if (command->csv != NULL && !matrix_csv(command->csv, &command->matrix)) {
        command->status =
            command_worst(command->status, command_mistake("%s: cannot be written", command->csv));
    }
    if (command->json != NULL && !matrix_json(command->json, &command->matrix)) {
        command->status =
            command_worst(command->status, command_mistake("%s: cannot be written", command->json));
    }
}

static const char *scenario_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static void cells_run(struct matrix_command *command)
{
    const uint32_t count = command->matrix.firmware_count * command->matrix.platform_count;
    struct run_case *cases = (struct run_case *)calloc(count, sizeof(struct run_case));
    command->options = (struct case_options *)calloc(count, sizeof(struct case_options));
    command->matrix.cells = (struct matrix_cell *)calloc(count, sizeof(struct matrix_cell));
    assert(cases != NULL);
    assert(command->options != NULL);
    assert(command->matrix.cells != NULL);
    struct batch batch = {.count = count,
                          .jobs = (uint32_t)command->jobs,
                          .cases = cases,
                          .context = command,
                          .open = cell_open,
                          .done = cell_done};
    command->matrix.scenario = scenario_name(command->path);
    command->matrix.mode = command->common.mode;
    if (batch_run(&batch)) {
        reports_write(command);
    } else {
        command->status = EXIT_INTERRUPTED;
        (void)fprintf(stderr, "interrupted: %u of %u runs were not made\n", count - batch.reported, count);
    }
    for (uint32_t i = 0; i < batch.opened; i++) {
        run_case_close(&cases[i]);
    }
    free(cases);
    free(command->options);
    free(command->matrix.cells);
}

int command_matrix(int argc, char *argv[])
{
    struct matrix_command command = {.common = {.mode = MACHINE_MODE_PROVE}, .jobs = engine_jobs_default()};
    command.names = (char(*)[MATRIX_NAME_SIZE])calloc((size_t)2 * MATRIX_NAMES_MAX, MATRIX_NAME_SIZE);
    assert(command.names != NULL);
    if (options_parse(&command, argc, argv) &&
        (command.matrix.firmware_count > 0 || firmware_find(&command)) &&
        (command.matrix.platform_count > 0 || platforms_find(&command))) {
        cells_run(&command);
    }
    free(command.names);
    return command.status;
}
