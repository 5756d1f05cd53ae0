/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Finds the places to which an image has copied itself (U-Boot moves to the end of memory): the instructions
 * around a program counter are looked up in the image as it was loaded, and what stands around them must be
 * the image for the most part; pointers and data may have changed. Compares bytes and nothing else; must not
 * guess: instructions that stand in the image more than once tell nothing.
 */
#ifndef MODEL_PLATFORM_IMAGE_COPY_H
#define MODEL_PLATFORM_IMAGE_COPY_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define IMAGE_COPIES_MAX       4
#define IMAGE_COPY_CODE_SIZE   32U /* bytes of instructions that are looked up */
#define IMAGE_COPY_LOOKUPS_MAX 256 /* program counters of one run that are looked up */

/* What was loaded at `from` stands also at `to`. */
struct image_copy {
    uint64_t from;
    uint64_t to;
    uint64_t size;
};

/* Where `code` stands in the image, once and no more. */
bool image_copy_offset(const uint8_t *image, uint64_t image_size, const uint8_t code[IMAGE_COPY_CODE_SIZE],
                       uint64_t *offset);

/* More than half of the words that are not zero are the same. */
bool image_copy_is(const uint8_t *image, const uint8_t *memory, uint64_t size);

#ifdef __cplusplus
}
#endif

#endif
