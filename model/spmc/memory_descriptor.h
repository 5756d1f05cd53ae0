/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The bytes of the descriptors of DEN0077, "Memory transaction descriptor", "Endpoint memory access
 * descriptor", "Composite memory region descriptor" and "Memory relinquish descriptor", in the layouts of 1.0
 * and of 1.1 and 1.2, to structs and back. Pure functions on a private copy: no offset and no count of the
 * guest's is used before it has been compared, in 64 bits, with the size of the copy. Whether the values are
 * allowed is for the caller to say.
 */
#ifndef MODEL_SPMC_MEMORY_DESCRIPTOR_H
#define MODEL_SPMC_MEMORY_DESCRIPTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "model/abi/ffa_memory.h"

#ifdef __cplusplus
extern "C" {
#endif

struct memory_descriptor_header {
    uint16_t sender_id;
    uint16_t attributes;
    uint32_t flags;
    uint64_t handle;
    uint64_t tag;
    uint32_t access_size;
    uint32_t access_count;
    uint32_t access_offset;
    bool reserved_zero; /* all reserved fields */
};

struct memory_descriptor_access {
    uint16_t endpoint_id;
    uint8_t permissions;
    uint8_t flags;
    uint32_t composite_offset;
    uint64_t implementation_defined[2]; /* 0 in the 16-byte form */
    uint64_t reserved;
};

uint32_t memory_descriptor_header_size(uint32_t version);

/* False: the header is not all inside. For 1.0 the access size and offset are those of its layout. */
bool memory_descriptor_header_read(const uint8_t *bytes, uint64_t size, uint32_t version,
                                   struct memory_descriptor_header *header);
void memory_descriptor_header_write(const struct memory_descriptor_header *header, uint32_t version,
                                    uint8_t *bytes);

/* The first byte behind the access descriptors, however large their number is. */
uint64_t memory_descriptor_accesses_end(const struct memory_descriptor_header *header);

/* False: descriptor `index` is not all inside. An access size of at least 32 is the form of 1.2. */
bool memory_descriptor_access_read(const uint8_t *bytes, uint64_t size,
                                   const struct memory_descriptor_header *header, uint32_t index,
                                   struct memory_descriptor_access *access);
/* access_size: 16 or 32. */
void memory_descriptor_access_write(const struct memory_descriptor_access *access, uint32_t access_size,
                                    uint8_t *bytes);

bool memory_descriptor_composite_read(const uint8_t *bytes, uint64_t size, uint64_t offset,
                                      struct ffa_memory_composite *composite);
bool memory_descriptor_constituent_read(const uint8_t *bytes, uint64_t size, uint64_t offset,
                                        struct ffa_memory_constituent *constituent);

/* False: the fixed part is not all inside. */
bool memory_descriptor_relinquish_read(const uint8_t *bytes, uint64_t size,
                                       struct ffa_memory_relinquish *relinquish);
/* False: endpoint `index` is not inside. */
bool memory_descriptor_relinquish_endpoint(const uint8_t *bytes, uint64_t size, uint32_t index,
                                           uint16_t *endpoint_id);

#ifdef __cplusplus
}
#endif

#endif
