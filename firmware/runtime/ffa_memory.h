/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory transaction descriptors as a lender builds them. FF-A (DEN0077), "Memory transaction descriptor" and
 * "Composite memory region descriptor", of version 1.0 and of versions 1.1 and 1.2. It writes to the buffer
 * it is given and to nothing else; which values make sense is the framework's business, so that a scenario
 * may ask for wrong ones.
 */
#ifndef FIRMWARE_RUNTIME_FFA_MEMORY_H
#define FIRMWARE_RUNTIME_FFA_MEMORY_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FFA_MEMORY_SEND_BORROWERS_MAX 8
#define FFA_MEMORY_SEND_RANGES_MAX    16

struct ffa_memory_borrower {
    uint16_t endpoint_id;
    uint8_t permissions;
    uint8_t flags;
};

struct ffa_memory_range {
    uint64_t address;
    uint32_t pages;
};

struct ffa_memory_send {
    uint32_t version; /* of the caller: FF-A 1.0 has a descriptor of its own */
    uint16_t sender_id;
    uint16_t attributes;
    uint32_t flags;
    uint64_t tag;
    uint32_t borrower_count;
    uint32_t range_count;
    struct ffa_memory_borrower borrowers[FFA_MEMORY_SEND_BORROWERS_MAX];
    struct ffa_memory_range ranges[FFA_MEMORY_SEND_RANGES_MAX];
};

/* More bytes than any such descriptor has. */
#define FFA_MEMORY_SEND_SIZE_MAX 1024

/* The descriptor's size in bytes. */
uint32_t ffa_memory_send_build(const struct ffa_memory_send *send, uint8_t *descriptor);

#ifdef __cplusplus
}
#endif

#endif
