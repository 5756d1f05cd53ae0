/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `ffa-cosim vars`: the variables of a store file. What reads works on a copy in memory and leaves the file
 * as it is; what writes does so in one transaction.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cosim/command.h"
#include "cosim/media.h"
#include "cosim/report.h"
#include "cosim/scenario.h"
#include "cosim/vars.h"
#include "model/mm_sp/authenticated_variable.h"
#include "model/mm_sp/signature_list.h"
#include "model/mm_sp/variable_store_file.h"

#define EXIT_STORE_FAILED 3 /* the store passed its checks and failed all the same */

enum vars_action {
    VARS_LIST,
    VARS_PRINT,
    VARS_EXPORT,
    VARS_IMPORT,
    VARS_EXPORT_ESL,
    VARS_IMPORT_ESL,
    VARS_DELETE,
};

/* `operands`: how many follow the option. */
static const struct {
    const char *option;
    int operands;
    const char *expected;
    bool writes;
    bool creates;
} actions[] = {
    [VARS_LIST] = {"", 0, "", false, false},
    [VARS_PRINT] = {"--print", 1, "the name of a variable", false, false},
    [VARS_EXPORT] = {"--export", 1, "a file for JSON, or -", false, false},
    [VARS_IMPORT] = {"--import", 1, "a file with JSON, or -", true, true},
    [VARS_EXPORT_ESL] = {"--export-esl", 2, "PK, KEK, db, dbx or dbt, and a file", false, false},
    [VARS_IMPORT_ESL] = {"--import-esl", 2, "PK, KEK, db, dbx or dbt, and a file", true, true},
    [VARS_DELETE] = {"--delete", 1, "the name of a variable", true, false},
};
#define ACTION_COUNT ((int)(sizeof(actions) / sizeof(actions[0])))

struct vars_command {
    const char *path;
    enum vars_action action;
    const char *operands[2];
    bool has_guid;
    struct efi_guid guid;
    uint8_t *image; /* of a file that is only read */
    struct variable_store store;
};

/* Arguments */

static int action_find(const char *option)
{
    int action = VARS_LIST + 1;
    while (action < ACTION_COUNT && strcmp(option, actions[action].option) != 0) {
        action++;
    }
    return action;
}

/* Returns how many arguments were taken; 0: a mistake was told. */
static int action_take(struct vars_command *command, int action, int left, char *argv[])
{
    if (command->action != VARS_LIST) {
        (void)command_mistake("vars: %s after %s, expected one thing to do", argv[0],
                              actions[command->action].option);
        return 0;
    }
    if (left < actions[action].operands) {
        (void)command_mistake("vars: %s: expected %s", argv[0], actions[action].expected);
        return 0;
    }
    command->action = (enum vars_action)action;
    for (int i = 0; i < actions[action].operands; i++) {
        command->operands[i] = argv[i + 1];
    }
    return actions[action].operands + 1;
}

static int guid_take(struct vars_command *command, int left, char *argv[])
{
    if (left < 1 || !efi_guid_parse(argv[1], command->guid.bytes)) {
        (void)command_mistake("vars: --guid %s: expected one as 8be4df61-93ca-11d2-aa0d-00e098032b8c",
                              left < 1 ? "" : argv[1]);
        return 0;
    }
    command->has_guid = true;
    return 2;
}

static int argument_take(struct vars_command *command, int left, char *argv[])
{
    const int action = action_find(argv[0]);
    if (action < ACTION_COUNT) {
        return action_take(command, action, left, argv);
    }
    if (strcmp(argv[0], "--guid") == 0) {
        return guid_take(command, left, argv);
    }
    if (argv[0][0] == '-' && argv[0][1] != '\0') {
        (void)command_mistake("vars: %s: unknown option (see `ffa-cosim vars --help`)", argv[0]);
        return 0;
    }
    if (command->path != NULL) {
        (void)command_mistake("vars: %s: one file too many, expected one variable store", argv[0]);
        return 0;
    }
    command->path = argv[0];
    return 1;
}

static bool arguments_take(struct vars_command *command, int argc, char *argv[])
{
    for (int i = 1; i < argc;) {
        const int taken = argument_take(command, argc - i - 1, argv + i);
        if (taken == 0) {
            return false;
        }
        i += taken;
    }
    if (command->path == NULL) {
        (void)command_mistake("vars: no file, expected a variable store (see `ffa-cosim vars --help`)");
        return false;
    }
    if (command->has_guid && command->action != VARS_PRINT && command->action != VARS_DELETE) {
        (void)command_mistake("vars: --guid: expected with --print or --delete");
        return false;
    }
    return true;
}

/* The file */

static bool store_begin(struct vars_command *command)
{
    char error[VARIABLE_STORE_ERROR_MAX];
    struct variable_store_config config = {0};
    variable_store_init(&command->store);
    if (actions[command->action].writes) {
        if (!variable_store_file_check(command->path, actions[command->action].creates, error)) {
            (void)command_mistake("%s: %s", command->path, error);
            return false;
        }
        config.path = command->path;
    } else {
        if (!variable_store_image_read(command->path, &command->image, &config.image_size, error)) {
            (void)command_mistake("%s: %s", command->path, error);
            return false;
        }
        config.image = command->image;
    }
    variable_store_configure(&command->store, &config);
    return true;
}

static int store_failed(const struct vars_command *command)
{
    (void)fprintf(stderr, "ffa-cosim: %s: the variable store failed\n", command->path);
    return EXIT_STORE_FAILED;
}

/* One variable */

static bool entry_matches(const struct vars_command *command, const struct variable_entry *entry)
{
    char name[VARS_NAME_TEXT_SIZE];
    (void)vars_name_text(entry->name, entry->name_size, name);
    return strcmp(name, command->operands[0]) == 0 &&
           (!command->has_guid ||
            memcmp(entry->guid.bytes, command->guid.bytes, sizeof(entry->guid.bytes)) == 0);
}

/* The only one of that name. */
static int entry_find(struct vars_command *command, struct variable_entry *found)
{
    struct variable_entry entry = {0};
    uint32_t count = 0;
    enum variable_store_status status = VARIABLE_STORE_OK;
    while ((status = variable_store_next(&command->store, entry.id, &entry)) == VARIABLE_STORE_OK) {
        if (entry_matches(command, &entry)) {
            *found = entry;
            count++;
        }
    }
    if (status != VARIABLE_STORE_NOT_FOUND) {
        return store_failed(command);
    }
    if (count == 0) {
        return command_mistake("%s: no variable %s%s, expected one that is listed", command->path,
                               command->operands[0], command->has_guid ? " in this namespace" : "");
    }
    return count == 1 ? 0
                      : command_mistake("%s: %s is the name of %u variables, expected --guid", command->path,
                                        command->operands[0], count);
}

static int print_run(struct vars_command *command)
{
    struct variable_entry entry;
    const int status = entry_find(command, &entry);
    if (status != 0) {
        return status;
    }
    return vars_print(&command->store, &entry, stdout) ? 0 : store_failed(command);
}

static int delete_run(struct vars_command *command)
{
    struct variable_entry entry;
    const int status = entry_find(command, &entry);
    if (status != 0) {
        return status;
    }
    const bool done = variable_store_begin(&command->store) == VARIABLE_STORE_OK &&
                      variable_store_delete_value(&command->store, entry.id) == VARIABLE_STORE_OK &&
                      variable_store_remove_unused(&command->store, entry.id) == VARIABLE_STORE_OK &&
                      variable_store_commit(&command->store) == VARIABLE_STORE_OK;
    return done ? 0 : store_failed(command);
}

/* True where a mistake was told: what is exported would take the place of the store that it comes from. */
static bool export_hits_store(const struct vars_command *command, const char *path)
{
    struct stat store;
    struct stat target;
    if (strcmp(path, "-") == 0 || stat(command->path, &store) != 0 || stat(path, &target) != 0 ||
        store.st_dev != target.st_dev || store.st_ino != target.st_ino) {
        return false;
    }
    (void)command_mistake("vars: %s %s: the variable store itself, expected another file",
                          actions[command->action].option, path);
    return true;
}

/* JSON */

static int export_run(struct vars_command *command)
{
    if (export_hits_store(command, command->operands[0])) {
        return EXIT_USER_MISTAKE;
    }
    FILE *file = report_open(command->operands[0]);
    if (file == NULL) {
        return command_mistake("--export %s: %s, expected a file to write", command->operands[0],
                               strerror(errno));
    }
    const bool done = vars_export(&command->store, file);
    if (!report_close(file)) {
        return command_mistake("--export %s: cannot be written, expected a file to write",
                               command->operands[0]);
    }
    return done ? 0 : store_failed(command);
}

static int import_run(struct vars_command *command)
{
    char error[VARS_ERROR_MAX];
    return vars_import(&command->store, command->operands[0], error) ? 0 : command_mistake("%s", error);
}

/* Signature lists */

static bool database_find(const struct vars_command *command, struct authenticated_variable_name *name)
{
    for (int i = 0; i < KEY_DATABASE_COUNT; i++) {
        authenticated_variable_name_of((enum authenticated_variable_key_database)i, name);
        if (strcmp(name->text, command->operands[0]) == 0) {
            return true;
        }
    }
    (void)command_mistake("vars: %s %s: expected PK, KEK, db, dbx or dbt", actions[command->action].option,
                          command->operands[0]);
    return false;
}

static int esl_write(const struct vars_command *command, const uint8_t *data, uint32_t size)
{
    const char *path = command->operands[1];
    FILE *file = report_open(path);
    if (file == NULL) {
        return command_mistake("--export-esl %s: %s, expected a file to write", path, strerror(errno));
    }
    const bool written = fwrite(data, 1, size, file) == size;
    return report_close(file) && written
               ? 0
               : command_mistake("--export-esl %s: cannot be written, expected a file to write", path);
}

static int export_esl_run(struct vars_command *command)
{
    static uint8_t data[VARIABLE_STORE_DATA_MAX]; /* large */
    struct authenticated_variable_name name;
    struct variable_entry entry;
    if (!database_find(command, &name) || export_hits_store(command, command->operands[1])) {
        return EXIT_USER_MISTAKE;
    }
    const enum variable_store_status status =
        variable_store_find(&command->store, &name.guid, name.name, name.name_size, &entry);
    if (status == VARIABLE_STORE_NOT_FOUND) {
        return command_mistake("%s: no variable %s, expected one that is listed", command->path, name.text);
    }
    if (status != VARIABLE_STORE_OK ||
        variable_store_read(&command->store, entry.id, data, entry.data_size) != VARIABLE_STORE_OK) {
        return store_failed(command);
    }
    const enum signature_list_status list = signature_list_check_sizes(data, entry.data_size);
    if (list != SIGNATURE_LIST_OK) {
        return command_mistake("%s: %s: %s, expected signature lists (--print shows it)", command->path,
                               name.text, signature_list_status_text(list));
    }
    return esl_write(command, data, entry.data_size);
}

/* What a file for SetVariable begins with is taken for what it is. */
static int esl_refuse(const struct vars_command *command, const struct media_bytes *media,
                      enum signature_list_status status)
{
    uint32_t content = 0;
    const char *path = command->operands[1];
    if (authenticated_variable_content(media->bytes, (uint32_t)media->size, &content) &&
        signature_list_check_sizes(media->bytes + content, (uint32_t)media->size - content) ==
            SIGNATURE_LIST_OK) {
        return command_mistake(
            "%s: signed for SetVariable (.auth), expected the signature lists alone (.esl)", path);
    }
    return command_mistake("%s: %s, expected signature lists (.esl)", path,
                           signature_list_status_text(status));
}

/* As if the owner had enrolled it in setup mode, at no time: any later signature is a later one. */
static int import_esl_run(struct vars_command *command)
{
    char error[MEDIA_ERROR_MAX];
    struct authenticated_variable_name name;
    struct media_bytes media;
    if (!database_find(command, &name)) {
        return EXIT_USER_MISTAKE;
    }
    if (!media_read(command->operands[1], "signature lists", VARIABLE_STORE_DATA_MAX, &media, error)) {
        return command_mistake("%s", error);
    }
    const bool is_pk = strcmp(name.text, "PK") == 0;
    const enum signature_list_status list = signature_list_check(media.bytes, (uint32_t)media.size, is_pk);
    int status = 0;
    if (list != SIGNATURE_LIST_OK) {
        status = esl_refuse(command, &media, list);
    } else {
        struct vars_value value = {
            .guid = name.guid,
            .name_size = name.name_size,
            .attributes = EFI_VARIABLE_NON_VOLATILE | EFI_VARIABLE_BOOTSERVICE_ACCESS |
                          EFI_VARIABLE_RUNTIME_ACCESS | EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS,
            .data = media.bytes,
            .data_size = (uint32_t)media.size,
            .is_signed = true,
        };
        memcpy(value.name, name.name, name.name_size);
        const bool done = variable_store_begin(&command->store) == VARIABLE_STORE_OK &&
                          vars_set(&command->store, &value) &&
                          variable_store_commit(&command->store) == VARIABLE_STORE_OK;
        status = done ? 0 : store_failed(command);
    }
    media_free(&media);
    return status;
}

static int action_run(struct vars_command *command)
{
    switch (command->action) {
    case VARS_LIST:
        return vars_list(&command->store, stdout) ? 0 : store_failed(command);
    case VARS_PRINT:
        return print_run(command);
    case VARS_EXPORT:
        return export_run(command);
    case VARS_IMPORT:
        return import_run(command);
    case VARS_EXPORT_ESL:
        return export_esl_run(command);
    case VARS_IMPORT_ESL:
        return import_esl_run(command);
    case VARS_DELETE:
        return delete_run(command);
    }
    return EXIT_STORE_FAILED;
}

int command_vars(int argc, char *argv[])
{
    struct vars_command command = {0};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            (void)fputs(help_text("vars"), stdout);
            return 0;
        }
    }
    if (!arguments_take(&command, argc, argv)) {
        return EXIT_USER_MISTAKE;
    }
    const bool created = actions[command.action].creates && access(command.path, F_OK) != 0;
    if (!store_begin(&command)) {
        return EXIT_USER_MISTAKE;
    }
    int status = action_run(&command);
    if (fflush(stdout) != 0 && status == 0) {
        status = command_mistake("vars: standard output cannot be written, expected that it can");
    }
    variable_store_close(&command.store);
    variable_store_image_free(command.image);
    if (status != 0 && created) {
        (void)unlink(command.path); /* nothing was imported: the file is as it was, not there */
    }
    return status;
}
