/* SPDX-License-Identifier: BSD-3-Clause */
#include "cosim/locate.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCATE_FILES_MAX 65536
#define LOCATE_DEPTH_MAX 16

/* FFA_COSIM_SOURCE_DIR and FFA_COSIM_BINARY_DIR come from the build. */

static const struct {
    const char *what;
    const char *folder;
    const char *extension;
    const char *in_tree; /* the folder above `folder` */
} kinds[] = {
    [LOCATE_PLATFORM] = {"platform", "platforms", ".yaml", FFA_COSIM_SOURCE_DIR},
    [LOCATE_SCENARIO] = {"scenario", "scenarios", ".yaml", FFA_COSIM_SOURCE_DIR},
    [LOCATE_FIRMWARE] = {"firmware", "firmware", ".elf", FFA_COSIM_BINARY_DIR},
};

static bool is_directory(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool exists(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0;
}

/* <prefix>/bin/ffa-cosim -> <prefix>/share/ffa-cosim */
static bool installed_data(char path[LOCATE_PATH_MAX])
{
    char program[LOCATE_PATH_MAX];
    const ssize_t size = readlink("/proc/self/exe", program, sizeof(program) - 1);
    if (size <= 0) {
        return false;
    }
    program[size] = '\0';
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(program, '/');
        if (slash == NULL) {
            return false;
        }
        *slash = '\0';
    }
    return (size_t)snprintf(path, LOCATE_PATH_MAX, "%s/share/ffa-cosim", program) < LOCATE_PATH_MAX;
}

uint32_t locate_folders(enum locate_kind kind, char folders[LOCATE_FOLDERS_MAX][LOCATE_PATH_MAX])
{
    char installed[LOCATE_PATH_MAX];
    const char *roots[LOCATE_FOLDERS_MAX] = {
        getenv("FFA_COSIM_DATA"),
        kinds[kind].in_tree,
        installed_data(installed) ? installed : NULL,
    };
    uint32_t count = 0;
    for (size_t i = 0; i < LOCATE_FOLDERS_MAX; i++) {
        if (roots[i] == NULL || roots[i][0] == '\0') {
            continue;
        }
        const int length = snprintf(folders[count], LOCATE_PATH_MAX, "%s/%s", roots[i], kinds[kind].folder);
        if (length < LOCATE_PATH_MAX && is_directory(folders[count])) {
            count++;
        }
    }
    return count;
}

static bool has_extension(const char *name, const char *extension)
{
    const size_t size = strlen(name);
    const size_t extension_size = strlen(extension);
    return size > extension_size && strcmp(name + size - extension_size, extension) == 0;
}

static bool name_is_path(enum locate_kind kind, const char *name)
{
    return strchr(name, '/') != NULL || has_extension(name, kinds[kind].extension) ||
           (strchr(name, '.') != NULL && exists(name));
}

bool locate_file(enum locate_kind kind, const char *name, char path[LOCATE_PATH_MAX],
                 char error[LOCATE_ERROR_MAX])
{
    char folders[LOCATE_FOLDERS_MAX][LOCATE_PATH_MAX];
    if (name_is_path(kind, name)) {
        if ((size_t)snprintf(path, LOCATE_PATH_MAX, "%s", name) < LOCATE_PATH_MAX && exists(path)) {
            return true;
        }
        (void)snprintf(error, LOCATE_ERROR_MAX, "%.512s: no such file, expected a %s file", name,
                       kinds[kind].what);
        return false;
    }
    const uint32_t count = locate_folders(kind, folders);
    for (uint32_t i = 0; i < count; i++) {
        const int length =
            snprintf(path, LOCATE_PATH_MAX, "%s/%s%s", folders[i], name, kinds[kind].extension);
        if (length < LOCATE_PATH_MAX && exists(path)) {
            return true;
        }
    }
    (void)snprintf(error, LOCATE_ERROR_MAX, "%.256s: unknown %s, expected a file or a name from %.512s", name,
                   kinds[kind].what, count > 0 ? folders[0] : kinds[kind].in_tree);
    return false;
}

/* Payloads. */

/* Debian's firmware: where it is and which package has it. */
static const struct {
    const char *prefix;
    const char *package;
} packaged[] = {
    {"/usr/lib/u-boot/qemu", "u-boot-qemu"},
    {"/usr/share/AAVMF/", "qemu-efi-aarch64"},
    {"/usr/share/qemu-efi-aarch64/", "qemu-efi-aarch64"},
};

static void payload_missing(const char *name, const char *path, char error[LOCATE_ERROR_MAX])
{
    for (size_t i = 0; i < sizeof(packaged) / sizeof(packaged[0]); i++) {
        if (strncmp(name, packaged[i].prefix, strlen(packaged[i].prefix)) == 0) {
            (void)snprintf(error, LOCATE_ERROR_MAX,
                           "%.512s: no such file, expected it from the package %s (apt-get install %s)", name,
                           packaged[i].package, packaged[i].package);
            return;
        }
    }
    (void)snprintf(error, LOCATE_ERROR_MAX, "%.512s: no such file, expected one to give to the machine",
                   path);
}

bool locate_payload(const char *beside, const char *name, char path[LOCATE_PATH_MAX],
                    char error[LOCATE_ERROR_MAX])
{
    const char *slash = beside != NULL && name[0] != '/' ? strrchr(beside, '/') : NULL;
    const int folder_size = slash != NULL ? (int)(slash - beside) + 1 : 0;
    const int length =
        snprintf(path, LOCATE_PATH_MAX, "%.*s%s", folder_size, folder_size > 0 ? beside : "", name);
    if (length < LOCATE_PATH_MAX && exists(path)) {
        return true;
    }
    char given[LOCATE_PATH_MAX];
    memcpy(given, path, sizeof(given));
    char folders[LOCATE_FOLDERS_MAX][LOCATE_PATH_MAX];
    const uint32_t count = strchr(name, '/') == NULL ? locate_folders(LOCATE_FIRMWARE, folders) : 0;
    for (uint32_t i = 0; i < count; i++) {
        if (snprintf(path, LOCATE_PATH_MAX, "%s/%s", folders[i], name) < LOCATE_PATH_MAX && exists(path)) {
            return true;
        }
    }
    payload_missing(name, given, error);
    return false;
}

/* Lists. */

static void list_append(struct locate_list *list, const char *path)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity == 0 ? 64 : 2 * list->capacity;
        list->paths = (char **)realloc(list->paths, list->capacity * sizeof(char *));
        assert(list->paths != NULL);
    }
    list->paths[list->count] = strdup(path);
    assert(list->paths[list->count] != NULL);
    list->count++;
}

void locate_list_free(struct locate_list *list)
{
    for (uint32_t i = 0; i < list->count; i++) {
        free(list->paths[i]);
    }
    free(list->paths);
    *list = (struct locate_list){0};
}

static int path_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list_sort(struct locate_list *list, uint32_t first)
{
    if (list->count > first) {
        qsort(list->paths + first, list->count - first, sizeof(char *), path_compare);
    }
}

/* The entries of one folder: files to `files`, folders to `folders`. Links to folders are not followed. */
static void folder_scan(const char *folder, struct locate_list *files, struct locate_list *folders)
{
    DIR *directory = opendir(folder);
    if (directory == NULL) {
        return;
    }
    for (const struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        char path[LOCATE_PATH_MAX];
        struct stat status;
        if (entry->d_name[0] == '.' ||
            (size_t)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name) >= sizeof(path) ||
            lstat(path, &status) != 0) {
            continue;
        }
        if (S_ISDIR(status.st_mode)) {
            if (folders != NULL) {
                list_append(folders, path);
            }
        } else if (has_extension(path, ".yaml") && files->count < LOCATE_FILES_MAX) {
            list_append(files, path);
        }
    }
    (void)closedir(directory);
}

void locate_folder_files(const char *folder, struct locate_list *list)
{
    const uint32_t first = list->count;
    folder_scan(folder, list, NULL);
    list_sort(list, first);
}

static void tree_scan(const char *root, struct locate_list *list)
{
    struct locate_list level = {0};
    const uint32_t first = list->count;
    list_append(&level, root);
    for (uint32_t depth = 0; depth < LOCATE_DEPTH_MAX && level.count > 0; depth++) {
        struct locate_list next = {0};
        for (uint32_t i = 0; i < level.count; i++) {
            folder_scan(level.paths[i], list, &next);
        }
        locate_list_free(&level);
        level = next;
    }
    locate_list_free(&level);
    list_sort(list, first);
}

bool locate_scenarios(const char *name, struct locate_list *list, char error[LOCATE_ERROR_MAX])
{
    if (is_directory(name)) {
        char root[LOCATE_PATH_MAX];
        (void)snprintf(root, sizeof(root), "%s", name);
        for (size_t size = strlen(root); size > 1 && root[size - 1] == '/'; size--) {
            root[size - 1] = '\0';
        }
        const uint32_t before = list->count;
        tree_scan(root, list);
        if (list->count == before) {
            (void)snprintf(error, LOCATE_ERROR_MAX,
                           "%.512s: no scenario below this folder, expected .yaml files", name);
            return false;
        }
        return true;
    }
    char path[LOCATE_PATH_MAX];
    if (!locate_file(LOCATE_SCENARIO, name, path, error)) {
        return false;
    }
    list_append(list, path);
    return true;
}
