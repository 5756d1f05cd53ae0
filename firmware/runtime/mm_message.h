/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MM communicate messages: building a request, and the limits of both directions. Pure functions over bytes;
 * layouts are those of model/abi/mm.h. Cache maintenance and the doorbell are mm_communicate.h's.
 */
#ifndef FIRMWARE_RUNTIME_MM_MESSAGE_H
#define FIRMWARE_RUNTIME_MM_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of a message with that much payload. */
uint64_t mm_message_size(uint64_t payload_size);

/* Writes both headers and zeros for the payload; returns where the payload stands. `message` is 8-byte
 * aligned. */
uint8_t *mm_message_begin(uint8_t *message, uint64_t function, uint64_t payload_size);

/*
 * The payload limit that this firmware works with, from the one that the partition reports: no more than fits
 * the buffer, and two bytes less, because variable services in the field refuse a payload of exactly the
 * limit. False if nothing useful fits.
 */
bool mm_payload_limit(uint64_t partition_limit, uint64_t buffer_size, uint64_t *payload_max);

/* Bytes of a UTF-16 name, NUL included; 0 if there is no NUL in the first `size_max` bytes. */
uint64_t mm_name_size(const uint16_t *name, uint64_t size_max);

#ifdef __cplusplus
}
#endif

#endif
