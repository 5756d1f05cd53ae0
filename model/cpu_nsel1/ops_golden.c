/* SPDX-License-Identifier: BSD-3-Clause */
/* Golden mode: grants of a page, stores mark lines; threaded. See ops.inc. */
#include "model/cpu_nsel1/cpu_state.h"

#define OPS_TABLE    cpu_ops_golden
#define OPS_SHIFT    CPU_PAGE_SHIFT
#define OPS_SLOTS    GRANTS_GOLDEN
#define OPS_MARKS    1
#define OPS_THREADED CPU_THREADED

#include "model/cpu_nsel1/ops.inc"
