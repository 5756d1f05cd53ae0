/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One exchange with the MM partition through the shared buffer: length checks, copy at boot (in place at
 * runtime), maintenance, doorbell, maintenance, checked response. The one implementation for boot and
 * runtime.
 */
#ifndef FIRMWARE_RUNTIME_MM_COMMUNICATE_H
#define FIRMWARE_RUNTIME_MM_COMMUNICATE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct mm_reply {
    uint64_t return_status; /* EFI_STATUS that the variable service wrote */
    uint64_t payload_size;  /* bytes that follow the two headers, never more than the request had */
};

/* Where a message is built in this phase. */
uint8_t *mm_message_memory(void);

/*
 * Sends the `size` bytes at `message`, which is mm_message_memory(); the response replaces them. The result
 * is about the exchange; what the variable service answered is in `reply`.
 */
uint64_t mm_communicate(uint8_t *message, uint64_t size, struct mm_reply *reply);

#ifdef __cplusplus
}
#endif

#endif
