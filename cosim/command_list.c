/* SPDX-License-Identifier: BSD-3-Clause */
/* `ffa-cosim list` and `platforms`: what there is. */
#include <stdio.h>
#include <string.h>

#include "cosim/command.h"
#include "cosim/locate.h"
#include "model/platform/platform_file.h"

static void findings_print(const struct scenario_findings *findings)
{
    if (findings->count == 0) {
        (void)fputs("no findings", stdout);
    }
    for (uint32_t i = 0; i < findings->count; i++) {
        const struct scenario_finding *entry = &findings->entries[i];
        (void)printf("%s%s", i == 0 ? "" : ", ", entry->rule != NULL ? entry->rule : "any");
        if (entry->owner != NULL) {
            (void)printf(" %s", entry->owner);
        }
        if (entry->by != NULL) {
            (void)printf(" by %s", entry->by);
        }
    }
}

static void scenario_print(const struct scenario *scenario)
{
    (void)printf("%s\n    %s\n    expects: ", scenario->path, scenario->about);
    findings_print(&scenario->findings);
    if (scenario->replay_findings.given) {
        (void)fputs("; of the platform's own caches: ", stdout);
        findings_print(&scenario->replay_findings);
    }
    (void)printf("; end %s\n", scenario_end_text(scenario->end));
}

int command_list(int argc, char *argv[])
{
    char folders[LOCATE_FOLDERS_MAX][LOCATE_PATH_MAX];
    char error[LOCATE_ERROR_MAX];
    struct locate_list list = {0};
    if (argc > 1 && strcmp(argv[1], "--help") == 0) {
        (void)fputs(help_text("list"), stdout);
        return 0;
    }
    if (argc > 2) {
        return command_mistake("list: %s: one argument too many, expected [DIR]", argv[2]);
    }
    const bool given = argc == 2;
    if (!given && locate_folders(LOCATE_SCENARIO, folders) == 0) {
        return command_mistake("list: no folder of scenarios is known, expected DIR");
    }
    if (!locate_scenarios(given ? argv[1] : folders[0], &list, error)) {
        return command_mistake("%s", error);
    }
    int status = 0;
    for (uint32_t i = 0; i < list.count; i++) {
        static struct scenario scenario; /* large */
        if (scenario_read(list.paths[i], &scenario)) {
            scenario_print(&scenario);
        } else {
            (void)fprintf(stderr, "%s\n", scenario.document.error);
            status = EXIT_USER_MISTAKE;
        }
        scenario_free(&scenario);
    }
    locate_list_free(&list);
    return status;
}

static bool seen_before(const struct locate_list *list, uint32_t index)
{
    const char *name = strrchr(list->paths[index], '/');
    for (uint32_t i = 0; i < index; i++) {
        if (strcmp(strrchr(list->paths[i], '/'), name) == 0) {
            return true; /* an earlier folder hides it */
        }
    }
    return false;
}

int command_platforms(int argc, char *argv[])
{
    char folders[LOCATE_FOLDERS_MAX][LOCATE_PATH_MAX];
    struct locate_list list = {0};
    if (argc > 1) {
        if (strcmp(argv[1], "--help") == 0) {
            (void)fputs(help_text("platforms"), stdout);
            return 0;
        }
        return command_mistake("platforms: %s: unknown argument, expected none", argv[1]);
    }
    const uint32_t count = locate_folders(LOCATE_PLATFORM, folders);
    for (uint32_t i = 0; i < count; i++) {
        locate_folder_files(folders[i], &list);
    }
    int status = 0;
    for (uint32_t i = 0; i < list.count; i++) {
        struct platform_config platform;
        char error[YAML_ERROR_MAX];
        if (seen_before(&list, i)) {
            continue;
        }
        if (platform_file_read(list.paths[i], NULL, 0, &platform, error)) {
            (void)printf("%-24s %s\n", platform.name, platform.about);
        } else {
            (void)fprintf(stderr, "%s\n", error);
            status = EXIT_USER_MISTAKE;
        }
    }
    locate_list_free(&list);
    return status;
}
