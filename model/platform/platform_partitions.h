/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Partitions as data: the list `partitions` of a platform file, or of a scenario that adds to it. FF-A
 * (DEN0077), "Partition manifest", for what the framework is told of a partition; model/partition for what it
 * does. Keys: platforms/README.md.
 */
#ifndef MODEL_PLATFORM_PLATFORM_PARTITIONS_H
#define MODEL_PLATFORM_PLATFORM_PARTITIONS_H

#include <stdbool.h>

#include "model/platform/platform_config.h"
#include "model/platform/yaml_reader.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Each entry of the list (NULL: there is none) becomes a partition of the platform, in place of one with its
 * ID. A secure side for which nothing says otherwise has the MM partition. False: the document tells what is
 * wrong with the list.
 */
bool platform_partitions_read(struct yaml_document *document, const struct yaml_node *list,
                              struct platform_config *platform);

/* platform_behaviour.c: the behaviour of one of them, and the keys that it has of its own. */
bool platform_behaviour_read(struct yaml_document *document, const struct yaml_node *node,
                             struct platform_partition *partition);
bool platform_behaviour_check(struct yaml_document *document, const struct yaml_node *node,
                              const struct platform_config *platform,
                              const struct platform_partition *partition);

#ifdef __cplusplus
}
#endif

#endif
