/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What must hold between the keys of a platform file, once each of them has been read: ranges apart, caches
 * that an Arm core can have, a buffer in memory. Private to the reader of platform files.
 */
#ifndef MODEL_PLATFORM_PLATFORM_CHECK_H
#define MODEL_PLATFORM_PLATFORM_CHECK_H

#include <stdbool.h>

#include "model/platform/platform_config.h"
#include "model/platform/yaml_reader.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PLATFORM_PA_MAX         (1ULL << 40) /* ID_AA64MMFR0_EL1.PARange promises no more */
#define PLATFORM_PAGE           4096U
#define PLATFORM_FLASH_SECTOR   0x40000U /* 256 KiB, as QEMU's virt machine has it */
#define PLATFORM_FLASH_SIZE_MAX 0x10000000U

/* Fills in what follows from other keys, too: which devices there are. False: the document tells why not. */
bool platform_check(struct yaml_document *document, struct platform_config *platform);

#ifdef __cplusplus
}
#endif

#endif
