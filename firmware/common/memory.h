/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The four memory functions that a C compiler may call on its own. Compiled once into each part (boot,
 * runtime, OS), because none of them may call into another: a runtime service that copied a struct with the
 * boot phase's memcpy would jump to memory that the OS has long reused.
 */
#ifndef FIRMWARE_COMMON_MEMORY_H
#define FIRMWARE_COMMON_MEMORY_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

void *memcpy(void *to, const void *from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);
int memcmp(const void *left, const void *right, size_t size);

#ifdef __cplusplus
}
#endif

#endif
