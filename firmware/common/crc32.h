/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The CRC-32 of UEFI tables (polynomial 0x04C11DB7, reflected). With FEAT_CRC32 it is one instruction per
 * byte, and the build selects that feature as the field's firmware does; the host's tests take the bitwise
 * form.
 */
#ifndef FIRMWARE_COMMON_CRC32_H
#define FIRMWARE_COMMON_CRC32_H

#include <stddef.h>
#include <stdint.h>

static inline uint32_t crc32_byte(uint32_t crc, uint8_t byte)
{
#if defined(__ARM_FEATURE_CRC32)
    uint32_t result;

    __asm__("crc32b %w0, %w1, %w2" : "=r"(result) : "r"(crc), "r"((uint32_t)byte));
    return result;
#else
    crc ^= byte;
    for (int bit = 0; bit < 8; bit++) {
        crc = (crc >> 1) ^ (0xEDB88320U & (0U - (crc & 1U)));
    }
    return crc;
#endif
}

static inline uint32_t crc32_bytes(const void *bytes, size_t size)
{
    const uint8_t *byte = (const uint8_t *)bytes;
    uint32_t crc = 0xFFFFFFFFU;

    for (; size > 0; size--) {
        crc = crc32_byte(crc, *byte++);
    }
    return ~crc;
}

#endif
