/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reads a platform file (platforms/README.md tells its keys) into struct platform_config, or says in one line
 * what is wrong with it. This file knows names and limits of keys; it must not know what the machine does
 * with them.
 */
#ifndef MODEL_PLATFORM_PLATFORM_FILE_H
#define MODEL_PLATFORM_PLATFORM_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/platform/platform_config.h"
#include "model/platform/yaml_reader.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Reads the file at `path`; its name without folder and extension becomes the platform's name. `settings` are
 * KEY=VALUE overrides of keys by dotted path. False: `error` holds one line.
 */
bool platform_file_read(const char *path, const char *const *settings, uint32_t setting_count,
                        struct platform_config *platform, char error[YAML_ERROR_MAX]);

/* The same from a text; `source` stands for the file name. */
bool platform_text_read(const char *source, const char *text, const char *const *settings,
                        uint32_t setting_count, struct platform_config *platform, char error[YAML_ERROR_MAX]);

/* Names as platform files spell them. */
const char *secure_mapping_text(enum secure_mapping mapping);
const char *byte_owner_text(enum byte_owner owner);

#ifdef __cplusplus
}
#endif

#endif
