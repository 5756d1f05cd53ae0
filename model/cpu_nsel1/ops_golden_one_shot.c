/* SPDX-License-Identifier: BSD-3-Clause */
/* Golden mode: grants of a page, stores mark lines; one-shot: each handler returns to a loop. The reference
 * for the threaded form. See ops.inc. */
#include "model/cpu_nsel1/cpu_state.h"

#define OPS_TABLE    cpu_ops_golden_one_shot
#define OPS_SHIFT    CPU_PAGE_SHIFT
#define OPS_SLOTS    GRANTS_GOLDEN
#define OPS_MARKS    1
#define OPS_THREADED 0

#include "model/cpu_nsel1/ops.inc"
