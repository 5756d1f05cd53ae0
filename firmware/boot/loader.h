/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The OS loader: brings the OS stub's image to its memory and tells the stub what it needs to know.
 */
#ifndef FIRMWARE_BOOT_LOADER_H
#define FIRMWARE_BOOT_LOADER_H

#include "firmware/boot/memory_map.h"

/* Copies the image, as from a disk. Its lines are then dirty in the caches, and they are the OS's. */
void loader_load(void);

/* Fills the handover and enters the OS. Does not return. */
void loader_enter(const struct memory_map *map);

#endif
