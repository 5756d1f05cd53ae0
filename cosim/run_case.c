/* SPDX-License-Identifier: BSD-3-Clause */
#include "cosim/run_case.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "cosim/locate.h"
#include "model/platform/platform_file.h"

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

static bool mistake(struct run_case *run_case, const char *text)
{
    run_case->status = EXIT_USER_MISTAKE;
    run_case->stage = CASE_DONE;
    run_case_append(run_case, "%s\n", text);
    return false;
}

static bool platform_open(struct run_case *run_case, const char *name)
{
    char path[LOCATE_PATH_MAX];
    char error[YAML_ERROR_MAX];
    const struct case_options *options = run_case->options;
    if (!locate_file(LOCATE_PLATFORM, name, path, error) ||
        !platform_file_read(path, options->settings, options->setting_count, &run_case->platform, error)) {
        return mistake(run_case, error);
    }
    return true;
}

/* A payload is looked up beside the scenario file, unless its path is absolute. */
static void beside_scenario(const struct scenario *scenario, const char *name, char path[LOCATE_PATH_MAX])
{
    const char *slash = strrchr(scenario->path, '/');
    if (name[0] == '/' || slash == NULL) {
        (void)snprintf(path, LOCATE_PATH_MAX, "%s", name);
    } else {
        (void)snprintf(path, LOCATE_PATH_MAX, "%.*s/%s", (int)(slash - scenario->path), scenario->path, name);
    }
}

static bool payload_open(struct run_case *run_case, const char *path)
{
    const struct scenario_payload *payload = &run_case->scenario.payload;
    char error[IMAGE_ERROR_MAX];
    if (image_file_is_elf(path)) {
        if (payload->load_given) {
            (void)snprintf(error, sizeof(error), "%.512s: load address for an ELF file, expected a raw image",
                           path);
            return mistake(run_case, error);
        }
        if (!image_read_elf(path, &run_case->platform, &run_case->image, error)) {
            return mistake(run_case, error);
        }
        if (payload->entry_given) {
            run_case->image.entry = payload->entry;
        }
    } else {
        const uint64_t load = payload->load_given ? payload->load : run_case->platform.ram[0].pa;
        const uint64_t entry = payload->entry_given ? payload->entry : load;
        if (!image_read_raw(path, load, entry, &run_case->platform, &run_case->image, error)) {
            return mistake(run_case, error);
        }
    }
    if (payload->el != 0) {
        run_case->platform.entry_el = payload->el;
    }
    run_case->symbols = symbol_table_open(payload->symbols != NULL ? payload->symbols : path);
    if (payload->symbols != NULL && run_case->symbols == NULL) {
        (void)snprintf(error, sizeof(error), "%.512s: cannot be read, expected an ELF file with symbols",
                       payload->symbols);
        return mistake(run_case, error);
    }
    return true;
}

static bool firmware_open(struct run_case *run_case, const char *name)
{
    char path[LOCATE_PATH_MAX];
    char error[IMAGE_ERROR_MAX];
    if (!locate_file(LOCATE_FIRMWARE, name, path, error) ||
        !image_read_elf(path, &run_case->platform, &run_case->image, error)) {
        return mistake(run_case, error);
    }
    if (!run_case->platform.has_script) {
        (void)snprintf(error, sizeof(error),
                       "platform %s: no script page, expected one for a scenario with steps",
                       run_case->platform.name);
        return mistake(run_case, error);
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
            .fault_kind = scenario->steps[i].fault_kind,
            .fault_value = scenario->steps[i].fault_value,
        };
    }
}

static struct machine_result *result_allocate(void)
{
    /* Shared with the child that fills it. */
    void *memory =
        mmap(NULL, sizeof(struct machine_result), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert(memory != MAP_FAILED);
    return (struct machine_result *)memory;
}

static void request_prepare(struct run_case *run_case)
{
    const struct scenario *scenario = &run_case->scenario;
    const struct case_options *options = run_case->options;
    steps_prepare(run_case);
    run_case->request = (struct machine_request){
        .platform = &run_case->platform,
        .mode = options->mode,
        .segments = run_case->image.segments,
        .segment_count = run_case->image.segment_count,
        .entry = run_case->image.entry,
        .steps = run_case->steps,
        .step_count = scenario->step_count,
        .console = scenario->console,
        .console_count = scenario->console_count,
        .stop_text = scenario->stop_text,
        .instructions_max = scenario->instructions_max,
        .keyboard_fd = -1,
    };
    run_case->result = result_allocate();
    if (options->events_wanted || (run_case->compared && expected_exists(scenario->path))) {
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
        return mistake(run_case, scenario->document.error);
    }
    run_case->compared =
        options->platform == NULL && options->firmware == NULL && options->setting_count == 0;
    if (!platform_open(run_case, options->platform != NULL ? options->platform : scenario->platform)) {
        return false;
    }
    if (scenario->payload.image != NULL && options->firmware == NULL) {
        char image[LOCATE_PATH_MAX];
        beside_scenario(scenario, scenario->payload.image, image);
        if (!payload_open(run_case, image)) {
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
    if (!platform_open(run_case, platform) || !payload_open(run_case, run_case->scenario.payload.image)) {
        return false;
    }
    request_prepare(run_case);
    return true;
}

void run_case_release(struct run_case *run_case)
{
    if (run_case->first != NULL) {
        (void)munmap(run_case->first, sizeof(struct machine_result));
        run_case->first = NULL;
    }
    if (run_case->events != NULL) {
        (void)fclose(run_case->events);
        run_case->events = NULL;
    }
    symbol_table_close(run_case->symbols);
    run_case->symbols = NULL;
    image_free(&run_case->image);
}

void run_case_close(struct run_case *run_case)
{
    run_case_release(run_case);
    if (run_case->result != NULL) {
        (void)munmap(run_case->result, sizeof(struct machine_result));
    }
    free(run_case->steps);
    free(run_case->tracked);
    free(run_case->findings);
    scenario_free(&run_case->scenario);
    memset(run_case, 0, sizeof(*run_case));
}

/* The second pass: the lines of the findings are tracked, so that writers are known. */

bool run_case_track(struct run_case *run_case)
{
    const struct machine_result *result = run_case->result;
    if (result->finding_count == 0 || result->end == MACHINE_END_INTERRUPTED ||
        run_case->request.keyboard_fd >= 0) {
        return false; /* what a person typed cannot be repeated */
    }
    run_case->tracked = (uint64_t *)calloc(MACHINE_TRACKED_MAX, sizeof(uint64_t));
    assert(run_case->tracked != NULL);
    uint32_t count = 0;
    for (uint32_t i = 0; i < result->finding_count && count < MACHINE_TRACKED_MAX; i++) {
        const uint64_t line = result->findings[i].pa & ~(uint64_t)(run_case->platform.cache.line - 1);
        bool known = false;
        for (uint32_t j = 0; j < count && !known; j++) {
            known = run_case->tracked[j] == line;
        }
        if (!known) {
            run_case->tracked[count++] = line;
        }
    }
    run_case->request.tracked_lines = run_case->tracked;
    run_case->request.tracked_count = count;
    run_case->first = run_case->result;
    run_case->result = result_allocate();
    run_case->request.console_out = NULL; /* it has been printed */
    return true;
}

static bool finding_equal(const struct golden_finding *a, const struct golden_finding *b)
{
    return a->pa == b->pa && a->va == b->va && a->pc == b->pc && a->position == b->position &&
           a->count == b->count && a->size == b->size && a->rule == b->rule && a->agent == b->agent &&
           a->at_end == b->at_end && a->by.known == b->by.known && a->by.pc == b->by.pc &&
           a->by.position == b->by.position && memcmp(a->golden, b->golden, sizeof(a->golden)) == 0 &&
           memcmp(a->observed, b->observed, sizeof(a->observed)) == 0;
}

bool run_case_passes_agree(const struct run_case *run_case)
{
    const struct machine_result *first = run_case->first;
    const struct machine_result *second = run_case->result;
    if (first->finding_count != second->finding_count || first->instructions != second->instructions ||
        first->end != second->end || first->pc != second->pc) {
        return false;
    }
    for (uint32_t i = 0; i < first->finding_count; i++) {
        if (!finding_equal(&first->findings[i], &second->findings[i])) {
            return false;
        }
    }
    return true;
}

void run_case_pass_discard(struct run_case *run_case)
{
    struct machine_result *second = run_case->result;
    run_case->result = run_case->first;
    run_case->first = second;
}

void run_case_judge(struct run_case *run_case)
{
    const struct finding_names names = {.platform = &run_case->platform,
                                        .symbols = run_case->symbols,
                                        .own_firmware = run_case->own_firmware};
    findings_collect(&names, run_case->result->findings, run_case->result->finding_count, run_case->findings);
    verdict_make(run_case);
    if (run_case->compared && !run_case->interrupted && !run_case->options->promoting &&
        expected_exists(run_case->scenario.path)) {
        expected_compare(run_case);
    }
}

const char *run_case_end_text(const struct run_case *run_case)
{
    static const char *const texts[] = {
        [MACHINE_END_CLEAN] = "clean",
        [MACHINE_END_FAULT] = "fault",
        [MACHINE_END_LIMIT] = "limit",
        [MACHINE_END_INTERRUPTED] = "interrupted",
    };
    const bool ran =
        run_case->result != NULL && run_case->status != EXIT_INTERNAL && run_case->stage == CASE_DONE;
    return ran ? texts[run_case->result->end] : NULL;
}

void run_case_replay_line(const struct run_case *run_case, char *text, size_t size)
{
    const struct case_options *options = run_case->options;
    int used = snprintf(text, size, "ffa-cosim run");
    if (options->platform != NULL) {
        used += snprintf(text + used, size - (size_t)used, " --platform %.256s", options->platform);
    }
    if (options->firmware != NULL) {
        used += snprintf(text + used, size - (size_t)used, " --firmware %.256s", options->firmware);
    }
    for (uint32_t i = 0; i < options->setting_count && (size_t)used + 600 < size; i++) {
        used += snprintf(text + used, size - (size_t)used, " --set '%.128s'", options->settings[i]);
    }
    (void)snprintf(text + used, size - (size_t)used, " %.512s", run_case->scenario.path);
}
