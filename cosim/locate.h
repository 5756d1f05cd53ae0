/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Finds what a user names. A name with a '/' or an extension is a file as given; a bare name is looked up in
 * $FFA_COSIM_DATA, in the tree that this program was built from, and in share/ffa-cosim of its installation.
 */
#ifndef COSIM_LOCATE_H
#define COSIM_LOCATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LOCATE_PATH_MAX  4096
#define LOCATE_ERROR_MAX 1024

enum locate_kind { LOCATE_PLATFORM, LOCATE_SCENARIO, LOCATE_FIRMWARE };

/* False: `error` is one line that says where it was looked for. */
bool locate_file(enum locate_kind kind, const char *name, char path[LOCATE_PATH_MAX],
                 char error[LOCATE_ERROR_MAX]);

/* Folders that hold files of a kind, in the order of lookup; only those that exist. */
#define LOCATE_FOLDERS_MAX 3
uint32_t locate_folders(enum locate_kind kind, char folders[LOCATE_FOLDERS_MAX][LOCATE_PATH_MAX]);

/* A file that a machine is given: absolute, beside `beside` (a scenario file; NULL: where the user is), or,
 * by its bare name, where firmware is. False: `error` names the package that such a file comes from, if any.
 */
bool locate_payload(const char *beside, const char *name, char path[LOCATE_PATH_MAX],
                    char error[LOCATE_ERROR_MAX]);

/* A sorted list of paths; owns its strings. */
struct locate_list {
    char **paths;
    uint32_t count;
    uint32_t capacity;
};

/* Appends a file, or every scenario (.yaml) below a directory, sorted. False: not there; `error` says so. */
bool locate_scenarios(const char *name, struct locate_list *list, char error[LOCATE_ERROR_MAX]);
/* Appends every .yaml file of one folder, sorted. */
void locate_folder_files(const char *folder, struct locate_list *list);
void locate_list_free(struct locate_list *list);

#ifdef __cplusplus
}
#endif

#endif
