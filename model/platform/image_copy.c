/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/platform/image_copy.h"

#include <string.h>

#define INSTRUCTION_SIZE 4U

bool image_copy_offset(const uint8_t *image, uint64_t image_size, const uint8_t code[IMAGE_COPY_CODE_SIZE],
                       uint64_t *offset)
{
    uint32_t found = 0;
    for (uint64_t at = 0; at + IMAGE_COPY_CODE_SIZE <= image_size && found < 2; at += INSTRUCTION_SIZE) {
        if (memcmp(image + at, code, INSTRUCTION_SIZE) == 0 &&
            memcmp(image + at, code, IMAGE_COPY_CODE_SIZE) == 0) {
            *offset = at;
            found++;
        }
    }
    return found == 1;
}

bool image_copy_is(const uint8_t *image, const uint8_t *memory, uint64_t size)
{
    uint64_t words = 0;
    uint64_t same = 0;
    for (uint64_t at = 0; at + sizeof(uint64_t) <= size; at += sizeof(uint64_t)) {
        uint64_t loaded = 0;
        uint64_t found = 0;
        memcpy(&loaded, image + at, sizeof(loaded));
        memcpy(&found, memory + at, sizeof(found));
        words += loaded != 0;
        same += loaded != 0 && loaded == found;
    }
    return 2 * same > words;
}
