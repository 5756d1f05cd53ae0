/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The step `litmus`: a few events on one line of memory that a partition has retrieved, done by real
 * instructions and nothing between them that a cache could notice. Arm ARM, "Caches and memory hierarchy";
 * FF-A (DEN0077), "FFA_MSG_SEND_DIRECT_REQ", for the partition's events. The boot phase alone does it, before
 * it has discovered anything: an invalidate by set/way drops what others have left dirty.
 */
#ifndef FIRMWARE_COMMON_LITMUS_H
#define FIRMWARE_COMMON_LITMUS_H

#include <stdint.h>

#include "firmware/common/ffa_step.h"
#include "firmware/common/step.h"

/*
 * Does the step and answers it. `alias` is where the workspace's pool is mapped Normal Non-cacheable, beside
 * the mapping that everybody uses; [image_start, image_end) is all memory that this firmware writes.
 */
void step_do_litmus(const struct ffa_workspace *workspace, uint64_t alias, uint64_t image_start,
                    uint64_t image_end, const struct step *step);

#endif
