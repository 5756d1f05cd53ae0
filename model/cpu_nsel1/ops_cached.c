/* SPDX-License-Identifier: BSD-3-Clause */
/* Cached mode: grants of a line of 64 bytes; threaded. See ops.inc. */
#include "model/cpu_nsel1/cpu_state.h"

#define OPS_TABLE    cpu_ops_cached
#define OPS_SHIFT    LINE_SHIFT_COMPILED
#define OPS_SLOTS    GRANTS_CACHED
#define OPS_MARKS    0
#define OPS_THREADED CPU_THREADED

#include "model/cpu_nsel1/ops.inc"
