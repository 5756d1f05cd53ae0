/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The OS stub as its loader sees it: an image, the memory that the image is loaded to, what the loader hands
 * over, and an entry point. All of its code and data stand in sections that begin with .os: in reports these
 * bytes belong to the OS.
 *
 * The stub owns the CPU from os_entry() on: its own stack, vectors and translation tables. Of the firmware it
 * knows the runtime services table and the memory map, nothing else.
 */
#ifndef FIRMWARE_OS_OS_H
#define FIRMWARE_OS_OS_H

#include <stdint.h>

#include "firmware/efi_tables.h"

#define OS_LINE_SIZE 64
#define OS_LINES_MAX 256

/* What the loader copies: constants that the stub works with, so that losing one of their lines is noticed.
 */
#define OS_IMAGE_MAGIC   0x4547414D49534F00ULL /* "\0OSIMAGE" */
#define OS_PATTERN_WORDS 512

struct os_image {
    uint64_t magic;
    uint64_t pattern[OS_PATTERN_WORDS];
};

#define OS_MEMORY_DESCRIPTORS_MAX 16

struct os_handover {
    struct efi_runtime_services *services;
    uint32_t services_supported; /* of EFI_RT_PROPERTIES_TABLE */
    uint32_t descriptor_count;
    struct efi_memory_descriptor descriptors[OS_MEMORY_DESCRIPTORS_MAX];
};

/* The memory that the image is loaded to, and the handover: the loader writes them, the OS owns them. */
extern struct os_image os_image;
extern struct os_handover os_handover;

/* entry.S. MMU on, identity mapped, boot services gone. Does not return. */
void os_entry(void);

#endif
