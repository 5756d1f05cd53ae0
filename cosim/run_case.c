/* SPDX-License-Identifier: BSD-3-Clause */
#include "cosim/run_case.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "cosim/locate.h"
#include "model/mm_sp/variable_store_file.h"
#include "model/platform/platform_file.h"
#include "model/platform/platform_partitions.h"

/* A guest that never ends a scenario is stopped here; a `stop` key or an option says otherwise. */
#define CASE_INSTRUCTIONS_MAX 200000000ULL

void run_case_append(struct run_case *run_case, const char *format, ...)
{
    const size_t used = strlen(run_case->text);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(run_case->text + used, sizeof(run_case->text) - used, format, arguments);
    va_end(arguments);
}

bool run_case_mistake(struct run_case *run_case, const char *text)
{
    run_case->status = EXIT_USER_MISTAKE;
    run_case->stage = CASE_DONE;
    run_case_append(run_case, "%s\n", text);
    return false;
}

/* A setting of the scenario's is told with its place there. */
static bool setting_mistake(struct run_case *run_case, const char *error)
{
    static const char option[] = "--set ";
    const struct scenario *scenario = &run_case->scenario;
    char text[YAML_ERROR_MAX + LOCATE_PATH_MAX];
    for (uint32_t i = 0; i < scenario->setting_count; i++) {
        const struct yaml_node *node = scenario->settings[i];
        const size_t size = strlen(node->text);
        const bool is_option = strncmp(error, option, strlen(option)) == 0;
        const bool expanded = strncmp(node->text, "profile=", strlen("profile=")) == 0; /* platform_file.c */
        const char *told = error + (is_option ? strlen(option) : 0) + (expanded ? strlen("secure.") : 0);
        if (is_option && strncmp(told, node->text, size) == 0 && told[size] == ':') {
            (void)snprintf(text, sizeof(text), "%s:%u:%u: %s", node->source, node->line, node->column, told);
            return run_case_mistake(run_case, text);
        }
    }
    return run_case_mistake(run_case, error);
}

/* The scenario's settings, then those of the command line, which win. */
static bool platform_open(struct run_case *run_case, const char *name)
{
    char path[LOCATE_PATH_MAX];
    char error[YAML_ERROR_MAX];
    const struct case_options *options = run_case->options;
    const struct scenario *scenario = &run_case->scenario;
    const char *settings[SCENARIO_SETTINGS_MAX + CASE_SETTINGS_MAX];
    uint32_t count = 0;
    for (uint32_t i = 0; i < scenario->setting_count; i++) {
        settings[count++] = scenario->settings[i]->text;
    }
    for (uint32_t i = 0; i < options->setting_count; i++) {
        settings[count++] = options->settings[i];
    }
    return (locate_file(LOCATE_PLATFORM, name, path, error) &&
            platform_file_read(path, settings, count, &run_case->platform, error)) ||
           setting_mistake(run_case, error);
}

/* Those of the scenario join the platform's. */
static bool partitions_open(struct run_case *run_case)
{
    struct scenario *scenario = &run_case->scenario;
    return scenario->partitions == NULL ||
           platform_partitions_read(&scenario->document, scenario->partitions, &run_case->platform) ||
           run_case_mistake(run_case, scenario->document.error);
}

static bool setting_names_store(const char *text)
{
    static const char key[] = "secure.store=";
    return strncmp(text, key, strlen(key)) == 0;
}

/* What the scenario names is beside it, as its other files are; what the user names is where the user is. */
static const char *store_beside(const struct run_case *run_case)
{
    const struct scenario *scenario = &run_case->scenario;
    const char *beside = NULL;
    for (uint32_t i = 0; i < scenario->setting_count; i++) {
        beside = setting_names_store(scenario->settings[i]->text) ? scenario->settings[i]->source : beside;
    }
    for (uint32_t i = 0; i < run_case->options->setting_count; i++) {
        beside = setting_names_store(run_case->options->settings[i]) ? NULL : beside;
    }
    return beside;
}

static bool store_locate(struct run_case *run_case, char path[LOCATE_PATH_MAX])
{
    const char *name = run_case->platform.store;
    const char *beside = name[0] != '/' ? store_beside(run_case) : NULL;
    const char *slash = beside != NULL ? strrchr(beside, '/') : NULL;
    const int folder_size = slash != NULL ? (int)(slash - beside) + 1 : 0;
    return snprintf(path, LOCATE_PATH_MAX, "%.*s%s", folder_size, folder_size > 0 ? beside : "", name) <
               LOCATE_PATH_MAX ||
           run_case_mistake(run_case, "secure.store: the path is too long");
}

/*
 * A run has several passes and replays: none of them may see what another one wrote. So each begins with a
 * copy of what the file held; where the file is to keep what happens, the first pass has the file itself.
 */
static bool store_open(struct run_case *run_case)
{
    char path[LOCATE_PATH_MAX];
    char error[VARIABLE_STORE_ERROR_MAX];
    char text[VARIABLE_STORE_ERROR_MAX + LOCATE_PATH_MAX + 2];
    if (run_case->platform.store[0] == '\0') {
        return true;
    }
    if (!store_locate(run_case, path)) {
        return false;
    }
    if ((!run_case->options->store_written || variable_store_file_check(path, true, error)) &&
        variable_store_image_read(path, &run_case->store, &run_case->store_size, error)) {
        return true;
    }
    (void)snprintf(text, sizeof(text), "%s: %s", path, error);
    return run_case_mistake(run_case, text);
}

static bool firmware_open(struct run_case *run_case, const char *name)
{
    char path[LOCATE_PATH_MAX];
    char error[IMAGE_ERROR_MAX];
    if (!locate_file(LOCATE_FIRMWARE, name, path, error) ||
        !image_read_elf(path, &run_case->platform, &run_case->image, error)) {
        return run_case_mistake(run_case, error);
    }
    if (!run_case->platform.has_script) {
        (void)snprintf(error, sizeof(error),
                       "platform %s: no script page, expected one for a scenario with steps",
                       run_case->platform.name);
        return run_case_mistake(run_case, error);
    }
    run_case->own_firmware = true;
    run_case->symbols = symbol_table_open(path);
    return true;
}

static void steps_prepare(struct run_case *run_case)
{
    const struct scenario *scenario = &run_case->scenario;
    if (scenario->step_count == 0) {
        return;
    }
    run_case->steps = (struct machine_step *)calloc(scenario->step_count, sizeof(struct machine_step));
    assert(run_case->steps != NULL);
    for (uint32_t i = 0; i < scenario->step_count; i++) {
        run_case->steps[i] = (struct machine_step){
            .code = scenario->steps[i].code,
            .operands_size = scenario->steps[i].operands_size,
            .operands = scenario->steps[i].operands,
            .interrupts = scenario->steps[i].interrupts,
            .interrupts_for = scenario->steps[i].interrupts_for,
            .fault_kind = scenario->steps[i].fault_kind,
            .fault_value = scenario->steps[i].fault_value,
        };
    }
}

struct machine_result *run_case_result_allocate(void)
{
    /* Shared with the child that fills it. */
    void *memory =
        mmap(NULL, sizeof(struct machine_result), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert(memory != MAP_FAILED);
    return (struct machine_result *)memory;
}

void run_case_result_free(struct machine_result *result)
{
    if (result != NULL) {
        (void)munmap(result, sizeof(*result));
    }
}

static void request_prepare(struct run_case *run_case)
{
    const struct scenario *scenario = &run_case->scenario;
    const struct case_options *options = run_case->options;
    steps_prepare(run_case);
    run_case->request = (struct machine_request){
        .platform = &run_case->platform,
        /* A token is first run without its moves, to compare with. */
        .mode = options->mode == MACHINE_MODE_TOKEN ? MACHINE_MODE_GOLDEN : options->mode,
        .segments = run_case->image.segments,
        .segment_count = run_case->image.segment_count,
        .entry = run_case->image.entry,
        .entry_x0 = run_case->entry_x0,
        .disk = {.bytes = run_case->disk.bytes, .size = run_case->disk.size},
        .store_image = run_case->store,
        .store_image_size = run_case->store_size,
        .device_tree = run_case->device_tree.bytes,
        .device_tree_size = run_case->device_tree.size,
        .steps = run_case->steps,
        .step_count = scenario->step_count,
        .console = scenario->console,
        .console_count = scenario->console_count,
        .stop_text = scenario->stop_text,
        .instructions_max = scenario->instructions_max,
        .keyboard_fd = -1,
        .copies_wanted = run_case->symbols_placed,
    };
    for (uint32_t i = 0; i < MACHINE_FLASHES_MAX; i++) {
        run_case->request.flashes[i] =
            (struct machine_flash){.bytes = run_case->flashes[i].bytes, .size = run_case->flashes[i].size};
    }
    run_case->result = run_case_result_allocate();
    if (options->events_wanted || (run_case->compared && expected_due(run_case))) {
        run_case->events = tmpfile();
        assert(run_case->events != NULL);
        run_case->request.events = run_case->events;
    }
    run_case->findings = (struct findings *)calloc(1, sizeof(struct findings));
    assert(run_case->findings != NULL);
}

bool run_case_open(struct run_case *run_case, const char *path, const struct case_options *options)
{
    memset(run_case, 0, sizeof(*run_case));
    run_case->options = options;
    struct scenario *scenario = &run_case->scenario;
    if (!scenario_read(path, scenario)) {
        return run_case_mistake(run_case, scenario->document.error);
    }
    run_case->compared = options->platform == NULL && options->firmware == NULL &&
                         options->setting_count == 0 && options->mode != MACHINE_MODE_TOKEN;
    if (!platform_open(run_case, options->platform != NULL ? options->platform : scenario->platform)) {
        return false;
    }
    if (!partitions_open(run_case) || !store_open(run_case)) {
        return false;
    }
    scenario_profile_apply(scenario, run_case->platform.profile);
    if (scenario->payload.given && options->firmware == NULL) {
        if (!payload_open(run_case)) {
            return false;
        }
    } else if (!firmware_open(run_case, options->firmware != NULL ? options->firmware : scenario->firmware)) {
        return false;
    }
    if (scenario->instructions_max == 0) {
        scenario->instructions_max = CASE_INSTRUCTIONS_MAX;
    }
    request_prepare(run_case);
    return true;
}

bool run_case_open_image(struct run_case *run_case, const char *platform, const struct case_options *options)
{
    run_case->options = options;
    if (!platform_open(run_case, platform) || !payload_open(run_case) || !store_open(run_case)) {
        return false;
    }
    request_prepare(run_case);
    return true;
}

void run_case_release(struct run_case *run_case)
{
    run_case_result_free(run_case->first);
    run_case->first = NULL;
    run_case_result_free(run_case->other);
    run_case->other = NULL;
    if (run_case->events != NULL) {
        (void)fclose(run_case->events);
        run_case->events = NULL;
    }
    symbol_table_close(run_case->symbols);
    run_case->symbols = NULL;
    image_free(&run_case->image);
    for (uint32_t i = 0; i < MACHINE_FLASHES_MAX; i++) {
        media_free(&run_case->flashes[i]);
    }
    media_free(&run_case->disk);
    media_free(&run_case->device_tree);
    variable_store_image_free(run_case->store);
    run_case->store = NULL;
}

void run_case_close(struct run_case *run_case)
{
    run_case_release(run_case);
    run_case_result_free(run_case->result);
    free(run_case->steps);
    free(run_case->tracked);
    free(run_case->findings);
    scenario_free(&run_case->scenario);
    memset(run_case, 0, sizeof(*run_case));
}

const char *run_case_end_text(const struct run_case *run_case)
{
    static const char *const texts[] = {
        [MACHINE_END_CLEAN] = "clean",
        [MACHINE_END_FAULT] = "fault",
        [MACHINE_END_LIMIT] = "limit",
        [MACHINE_END_INTERRUPTED] = "interrupted",
    };
    const bool known = run_case->status != EXIT_INTERNAL || run_case->failed;
    const bool ran = run_case->result != NULL && known && run_case->stage == CASE_DONE;
    return ran ? texts[run_case->result->end] : NULL;
}

void run_case_line_add(char text[CASE_LINE_MAX], const char *word)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./=:,+@%";
    size_t used = strlen(text);
    if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
        (void)snprintf(text + used, CASE_LINE_MAX - used, " %s", word);
        return;
    }
    used += (size_t)snprintf(text + used, CASE_LINE_MAX - used, " '");
    for (; *word != '\0' && used + 8 < CASE_LINE_MAX; word++) {
        used += (size_t)snprintf(text + used, CASE_LINE_MAX - used, *word == '\'' ? "'\\''" : "%c", *word);
    }
    (void)snprintf(text + used, CASE_LINE_MAX - used, "'");
}

/* A bare name would find another file, or none. */
static bool name_finds_scenario(const struct scenario *scenario)
{
    char path[LOCATE_PATH_MAX];
    char error[LOCATE_ERROR_MAX];
    struct stat found;
    struct stat own;
    return locate_file(LOCATE_SCENARIO, scenario->name, path, error) && stat(path, &found) == 0 &&
           stat(scenario->path, &own) == 0 && found.st_dev == own.st_dev && found.st_ino == own.st_ino;
}

static void option_add(char text[CASE_LINE_MAX], const char *option, const char *value)
{
    if (value != NULL) {
        run_case_line_add(text, option);
        run_case_line_add(text, value);
    }
}

static void line_end(char text[CASE_LINE_MAX], const char *words)
{
    const size_t used = strlen(text);
    (void)snprintf(text + used, CASE_LINE_MAX - used, "%s", words);
}

void run_case_line(const struct run_case *run_case, const char *token, char text[CASE_LINE_MAX])
{
    const struct case_options *options = run_case->options;
    const bool boot = options->boot_line != NULL;
    (void)snprintf(text, CASE_LINE_MAX, "ffa-cosim %s", token != NULL ? "replay" : boot ? "boot" : "run");
    if (boot) {
        if (token != NULL) {
            run_case_line_add(text, token);
            run_case_line_add(text, "--");
        }
        line_end(text, options->boot_line);
        return;
    }
    option_add(text, "--mode", options->mode == MACHINE_MODE_CACHED ? "replay" : NULL);
    option_add(text, "--platform", options->platform);
    option_add(text, "--firmware", options->firmware);
    for (uint32_t i = 0; i < options->setting_count; i++) {
        option_add(text, "--set", options->settings[i]);
    }
    if (token == NULL) {
        run_case_line_add(text, run_case->scenario.path);
    } else {
        option_add(text, "--scenario",
                   name_finds_scenario(&run_case->scenario) ? NULL : run_case->scenario.path);
        run_case_line_add(text, token);
    }
}
