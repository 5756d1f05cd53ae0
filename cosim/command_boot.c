/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `ffa-cosim boot`: any AArch64 ELF or raw image, its console on standard output, a terminal as its keyboard.
 * A token that was made of such a run is replayed with the same options.
 */
#include <assert.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cosim/case_token.h"
#include "cosim/command.h"
#include "cosim/engine.h"
#include "cosim/locate.h"
#include "cosim/report.h"
#include "cosim/write_back.h"

#define BOOT_INSTRUCTIONS_MAX 10000000000ULL

/* Media that a guest may write. */
enum { MEDIUM_FLASH0, MEDIUM_FLASH1, MEDIUM_DISK, MEDIUM_COUNT };
static const char *const medium_names[MEDIUM_COUNT] = {"flash0", "flash1", "disk"};

struct boot_command {
    struct case_options options;
    const char *json;
    const char *events_path;
    uint64_t instructions_max;
    bool instructions_given;
    bool write_back_asked[MEDIUM_COUNT];
    struct write_back write_backs[MEDIUM_COUNT];
    const struct token *token; /* to be replayed; NULL: none */
    char line[CASE_LINE_MAX];  /* the options that make the run what it is, for a shell */
    struct run_case run_case;
};

enum {
    OPTION_PAYLOAD = 1,
    OPTION_LOAD,
    OPTION_ENTRY,
    OPTION_EL,
    OPTION_FLASH0,
    OPTION_FLASH1,
    OPTION_DISK,
    OPTION_WRITE_BACK,
    OPTION_DTB,
    OPTION_SYMBOLS,
    OPTION_EXPECT,
    OPTION_SEND,
    OPTION_UNTIL,
    OPTION_MAX_INSTRUCTIONS,
    OPTION_MODE,
    OPTION_JSON,
    OPTION_EVENTS,
};

static const struct option boot_options[] = {
    {"payload", required_argument, NULL, OPTION_PAYLOAD},
    {"load", required_argument, NULL, OPTION_LOAD},
    {"entry", required_argument, NULL, OPTION_ENTRY},
    {"el", required_argument, NULL, OPTION_EL},
    {"flash0", required_argument, NULL, OPTION_FLASH0},
    {"flash1", required_argument, NULL, OPTION_FLASH1},
    {"disk", required_argument, NULL, OPTION_DISK},
    {"write-back", required_argument, NULL, OPTION_WRITE_BACK},
    {"dtb", required_argument, NULL, OPTION_DTB},
    {"symbols", required_argument, NULL, OPTION_SYMBOLS},
    {"expect", required_argument, NULL, OPTION_EXPECT},
    {"send", required_argument, NULL, OPTION_SEND},
    {"until", required_argument, NULL, OPTION_UNTIL},
    {"max-instructions", required_argument, NULL, OPTION_MAX_INSTRUCTIONS},
    {"mode", required_argument, NULL, OPTION_MODE},
    {"json", required_argument, NULL, OPTION_JSON},
    {"events", required_argument, NULL, OPTION_EVENTS},
    COMMAND_OPTION_LINES,
    {NULL, 0, NULL, 0},
};

/* The escapes of the text to send, in place. */
static void escapes_resolve(char *text)
{
    static const char letters[] = "nrte\\";
    static const char values[] = "\n\r\t\033\\";
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        const char *letter = *from == '\\' && from[1] != '\0' ? strchr(letters, from[1]) : NULL;
        if (letter != NULL) {
            *to++ = values[letter - letters];
            from++;
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
}

static bool expect_add(struct scenario *scenario, const char *text)
{
    if (scenario->console_count == SCENARIO_CONSOLE_MAX || text[0] == '\0') {
        (void)command_mistake("--expect '%s': expected at most %u texts, none of them empty", text,
                              SCENARIO_CONSOLE_MAX);
        return false;
    }
    scenario->console[scenario->console_count++].expect = text;
    return true;
}

static bool send_add(struct scenario *scenario, char *text)
{
    if (scenario->console_count == 0 || scenario->console[scenario->console_count - 1].send != NULL) {
        (void)command_mistake("--send %s: expected it after an --expect of its own", text);
        return false;
    }
    escapes_resolve(text);
    scenario->console[scenario->console_count - 1].send = text;
    return true;
}

static bool payload_option(struct scenario_payload *payload, int option)
{
    uint64_t value = 0;
    switch (option) {
    case OPTION_PAYLOAD:
        payload->image.name = optarg;
        return true;
    case OPTION_FLASH0:
    case OPTION_FLASH1:
        payload->flashes[option - OPTION_FLASH0].name = optarg;
        return true;
    case OPTION_DISK:
        payload->disk.name = optarg;
        return true;
    case OPTION_DTB:
        payload->device_tree.name = optarg;
        return true;
    case OPTION_LOAD:
        payload->load_given = true;
        return command_number_parse("--load", optarg, 0, UINT64_MAX, &payload->load);
    case OPTION_ENTRY:
        payload->entry_given = true;
        return command_number_parse("--entry", optarg, 0, UINT64_MAX, &payload->entry);
    case OPTION_EL:
        if (!command_number_parse("--el", optarg, 1, 2, &value)) {
            return false;
        }
        payload->el = (uint32_t)value;
        return true;
    default:
        payload->symbols.name = optarg;
        return true;
    }
}

static bool write_back_add(struct boot_command *command, const char *name)
{
    for (uint32_t i = 0; i < MEDIUM_COUNT; i++) {
        if (strcmp(name, medium_names[i]) == 0) {
            command->write_back_asked[i] = true;
            return true;
        }
    }
    if (strcmp(name, "store") == 0) {
        command->options.store_written = true;
        return true;
    }
    (void)command_mistake("--write-back %s: no medium, expected flash0, flash1, disk or store", name);
    return false;
}

/* What only watches a run, or keeps what comes of it, is no part of it. */
static bool option_is_of_run(int option)
{
    return option != OPTION_MODE && option != OPTION_JSON && option != OPTION_EVENTS &&
           option != OPTION_WRITE_BACK && option != COMMAND_OPTION_HELP;
}

static void line_add(struct boot_command *command, const char *name)
{
    char option[64];
    (void)snprintf(option, sizeof(option), "--%s", name);
    run_case_line_add(command->line, option);
    run_case_line_add(command->line, optarg);
}

/* False: the program ends with *status. */
static bool option_take(struct boot_command *command, int option, int *status)
{
    struct scenario *scenario = &command->run_case.scenario;
    *status = EXIT_USER_MISTAKE;
    switch (option) {
    case OPTION_PAYLOAD:
    case OPTION_LOAD:
    case OPTION_ENTRY:
    case OPTION_EL:
    case OPTION_FLASH0:
    case OPTION_FLASH1:
    case OPTION_DISK:
    case OPTION_DTB:
    case OPTION_SYMBOLS:
        return payload_option(&scenario->payload, option);
    case OPTION_WRITE_BACK:
        return write_back_add(command, optarg);
    case OPTION_EXPECT:
        return expect_add(scenario, optarg);
    case OPTION_SEND:
        return send_add(scenario, optarg);
    case OPTION_UNTIL:
        scenario->stop_text = optarg;
        return true;
    case OPTION_MAX_INSTRUCTIONS:
        command->instructions_given = true;
        return command_number_parse("--max-instructions", optarg, 1, UINT64_MAX, &command->instructions_max);
    case OPTION_MODE:
        return command_mode_parse(optarg, true, &command->options.mode);
    case OPTION_JSON:
        command->json = optarg;
        return true;
    case OPTION_EVENTS:
        command->events_path = optarg;
        command->options.events_wanted = true;
        return true;
    default:
        return command_option_take("boot", option, optarg, &command->options, status);
    }
}

static bool options_parse(struct boot_command *command, int argc, char *argv[], int *status)
{
    struct scenario_payload *payload = &command->run_case.scenario.payload;
    optind = 0;
    for (;;) {
        int index = 0;
        const int option = getopt_long(argc, argv, "", boot_options, &index);
        if (option == -1) {
            break;
        }
        const bool known = option != '?';
        if (known && command->token != NULL && !option_is_of_run(option)) {
            *status = command_mistake("replay: --%s: expected those options of boot that make the run",
                                      boot_options[index].name);
            return false;
        }
        if (known && option_is_of_run(option)) {
            line_add(command, boot_options[index].name);
        }
        if (!option_take(command, option, status)) {
            return false;
        }
    }
    if (optind < argc && payload->image.name == NULL) {
        run_case_line_add(command->line, argv[optind]);
        payload->image.name = argv[optind++];
    }
    const char *word = command->token != NULL ? "replay: the options of the boot run: " : "boot: ";
    if (optind < argc) {
        *status = command_mistake("%s%s: one argument too many, expected one payload", word, argv[optind]);
    } else if (command->options.platform == NULL) {
        *status = command_mistake("%sno platform, expected --platform P (ffa-cosim platforms)", word);
    } else if (payload->image.name == NULL && payload->flashes[0].name == NULL) {
        *status = command_mistake("%snothing to run, expected --payload FILE or --flash0 FILE", word);
    } else if (payload->image.name == NULL && payload->load_given) {
        *status = command_mistake("%s--load without an image, expected --payload FILE beside it", word);
    } else {
        return true;
    }
    return false;
}

/* The terminal gives single keys and does not echo; Ctrl-C still ends the run. */
static bool terminal_raw(struct termios *before)
{
    if (isatty(STDIN_FILENO) != 1 || tcgetattr(STDIN_FILENO, before) != 0) {
        return false;
    }
    struct termios raw = *before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_iflag &= ~(tcflag_t)ICRNL;
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    return tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

static void case_run(struct boot_command *command)
{
    struct run_case *run_case = &command->run_case;
    struct termios before;
    const bool terminal = command->token == NULL && terminal_raw(&before);
    if (terminal) {
        (void)setvbuf(stdout, NULL, _IONBF, 0); /* a prompt has no end of line, and somebody waits for it */
    }
    run_case->console_out = stdout;
    run_case->request.console_out = command->token == NULL ? stdout : NULL;
    run_case->request.keyboard_fd = terminal ? STDIN_FILENO : -1;
    if (command->instructions_given || !terminal) {
        run_case->request.instructions_max =
            command->instructions_given ? command->instructions_max : BOOT_INSTRUCTIONS_MAX;
    }
    struct engine *engine = engine_create(1, 1);
    engine_start(engine, run_case);
    while (engine_wait(engine)) {
    }
    engine_destroy(engine);
    if (terminal) {
        (void)tcsetattr(STDIN_FILENO, TCSANOW, &before);
    }
}

/* The guest's console is the result; what there is to say about it goes to standard error. */
static int case_tell(struct boot_command *command)
{
    struct run_case *run_case = &command->run_case;
    const struct report_style style = {.colours = isatty(STDERR_FILENO) == 1, .detailed = true};
    int status = (int)run_case->status;
    if (status == EXIT_AS_EXPECTED && command->token == NULL && run_case->result->end == MACHINE_END_FAULT) {
        status = EXIT_LIMIT;
    }
    if (run_case->result == NULL) {
        (void)fputs(run_case->text, stderr);
    } else if (status != EXIT_AS_EXPECTED || run_case->findings->count > 0 || command->token != NULL) {
        report_text(stderr, run_case, &style);
    }
    if (command->json != NULL && !report_json(command->json, run_case, 1)) {
        status = command_worst(status, command_mistake("%s: cannot be written", command->json));
    }
    if (command->events_path != NULL) {
        FILE *events = report_open(command->events_path);
        if (events == NULL || !report_events(events, run_case) || !report_close(events)) {
            status = command_worst(status, command_mistake("%s: cannot be written", command->events_path));
        }
    }
    return status;
}

static bool token_check(const struct boot_command *command, struct run_case *run_case)
{
    char error[FINDING_TEXT_MAX];
    if (command->token != NULL && (!case_token_fits(run_case, command->token, error, sizeof(error)) ||
                                   !case_token_take(run_case, command->token, error, sizeof(error)))) {
        (void)command_mistake("replay: %s", error);
        return false;
    }
    run_case->token = command->token;
    return true;
}

/* What goes back to files. */

static const struct scenario_file *medium_file(const struct boot_command *command, uint32_t medium)
{
    const struct scenario_payload *payload = &command->run_case.scenario.payload;
    return medium == MEDIUM_DISK ? &payload->disk : &payload->flashes[medium];
}

/* A bank is written back whole, as it is to QEMU's pflash drives: nothing programmed may be left over. */
static bool bank_whole(const struct run_case *run_case, uint32_t bank, const char *path,
                       char error[MEDIA_ERROR_MAX])
{
    const uint64_t size = run_case->platform.flash[bank].size;
    return run_case->flashes[bank].size == size ||
           media_fail(path, error, "%zu bytes, expected all %llu of the bank, for it is to be written back",
                      run_case->flashes[bank].size, (unsigned long long)size);
}

static bool medium_open(struct boot_command *command, uint32_t medium, char error[MEDIA_ERROR_MAX])
{
    struct run_case *run_case = &command->run_case;
    struct write_back *file = &command->write_backs[medium];
    const char *name = medium_file(command, medium)->name;
    char path[LOCATE_PATH_MAX];
    char no_file[LOCATE_ERROR_MAX];
    if (name == NULL) {
        return media_fail("--write-back", error, "no %s, expected --%s FILE beside it", medium_names[medium],
                          medium_names[medium]);
    }
    if (!locate_payload(NULL, name, path, no_file)) {
        return media_fail(name, error, "no longer there, expected the file that was read");
    }
    if (medium == MEDIUM_DISK) {
        if (!write_back_open(file, path, &run_case->disk, error)) {
            return false;
        }
        run_case->request.disk.after = file->after;
        return true;
    }
    if (!bank_whole(run_case, medium, path, error) ||
        !write_back_open(file, path, &run_case->flashes[medium], error)) {
        return false;
    }
    run_case->request.flashes[medium].after = file->after;
    return true;
}

/* Unlike a medium, which is written back when the run is over, the store has each variable when it is set. */
static bool store_begin(struct boot_command *command)
{
    struct run_case *run_case = &command->run_case;
    if (!command->options.store_written) {
        return true;
    }
    if (run_case->platform.store[0] == '\0') {
        (void)command_mistake("--write-back store: no file, expected --set secure.store=FILE beside it");
        return false;
    }
    run_case->request.store_path = run_case->platform.store;
    return true;
}

static bool write_backs_open(struct boot_command *command)
{
    char error[MEDIA_ERROR_MAX];
    for (uint32_t medium = 0; medium < MEDIUM_COUNT; medium++) {
        if (!command->write_back_asked[medium]) {
            continue;
        }
        if (!medium_open(command, medium, error)) {
            (void)command_mistake("%s", error);
            return false;
        }
        for (uint32_t i = 0; i < medium; i++) {
            if (command->write_back_asked[i] &&
                write_back_same(&command->write_backs[i], &command->write_backs[medium])) {
                (void)command_mistake("--write-back: %s and %s are one file, expected two", medium_names[i],
                                      medium_names[medium]);
                return false;
            }
        }
    }
    return true;
}

/* Only of a run that came to an end of its own, whatever that was; Ctrl-C is one. */
static int write_backs_finish(const struct boot_command *command, int status)
{
    char error[MEDIA_ERROR_MAX];
    for (uint32_t medium = 0; medium < MEDIUM_COUNT && command->run_case.first_pass_over; medium++) {
        if (command->write_back_asked[medium] && !write_back_finish(&command->write_backs[medium], error)) {
            status = command_worst(status, command_mistake("%s", error));
        }
    }
    return status;
}

static void write_backs_close(struct boot_command *command)
{
    for (uint32_t medium = 0; medium < MEDIUM_COUNT; medium++) {
        write_back_close(&command->write_backs[medium]);
    }
}

static int boot_run(struct boot_command *command)
{
    struct run_case *run_case = &command->run_case;
    run_case->scenario.path = strdup("boot");
    run_case->scenario.name = strdup("boot");
    assert(run_case->scenario.path != NULL);
    assert(run_case->scenario.name != NULL);
    run_case->scenario.payload.given = true;
    command->options.boot_line = command->line;
    if (!run_case_open_image(run_case, command->options.platform, &command->options)) {
        (void)fputs(run_case->text, stderr);
        return EXIT_USER_MISTAKE;
    }
    if (!token_check(command, run_case) || !write_backs_open(command) || !store_begin(command)) {
        return EXIT_USER_MISTAKE;
    }
    case_run(command);
    return write_backs_finish(command, case_tell(command));
}

static int boot_command_run(const struct token *token, const struct case_options *options, int argc,
                            char *argv[])
{
    struct boot_command *command = (struct boot_command *)calloc(1, sizeof(*command));
    assert(command != NULL);
    command->options = *options;
    command->token = token;
    int status = 0;
    if (options_parse(command, argc, argv, &status)) {
        status = boot_run(command);
    }
    write_backs_close(command);
    run_case_close(&command->run_case);
    free(command);
    return status;
}

int command_boot_replay(const struct token *token, const struct case_options *options, int argc, char *argv[])
{
    return boot_command_run(token, options, argc, argv);
}

int command_boot(int argc, char *argv[])
{
    const struct case_options options = {.mode = MACHINE_MODE_PROVE};
    return boot_command_run(NULL, &options, argc, argv);
}
