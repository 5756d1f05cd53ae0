/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The resident state. It starts as zeros: boot phase, nothing ready.
 */
#include "firmware/runtime/context.h"

struct efi_runtime_context efi_runtime_context;
