/* SPDX-License-Identifier: BSD-3-Clause */
/* Cached mode: grants of a line of 64 bytes; one-shot: each handler returns to a loop. The reference for the
 * threaded form. See ops.inc. */
#include "model/cpu_nsel1/cpu_state.h"

#define OPS_TABLE    cpu_ops_cached_one_shot
#define OPS_SHIFT    LINE_SHIFT_COMPILED
#define OPS_SLOTS    GRANTS_CACHED
#define OPS_MARKS    0
#define OPS_THREADED 0

#include "model/cpu_nsel1/ops.inc"
