/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Arm Firmware Framework for Arm A-profile (DEN0077), "Memory management interfaces": function identifiers
 * and the descriptors that cross worlds in RX/TX buffers, of version 1.0 and of versions 1.1 and 1.2. Values
 * as implemented by Hafnium 21bfbdc1, TF-A 6a164dda, OP-TEE d5001fe0 and U-Boot 6073c36b. Freestanding C,
 * used by the firmware too. Fields are little endian.
 */
#ifndef MODEL_ABI_FFA_MEMORY_H
#define MODEL_ABI_FFA_MEMORY_H

#include <stdint.h>

#include "model/abi/static_assert.h"

#define FFA_MEM_DONATE_32       0x84000071U
#define FFA_MEM_DONATE_64       0xC4000071U
#define FFA_MEM_LEND_32         0x84000072U
#define FFA_MEM_LEND_64         0xC4000072U
#define FFA_MEM_SHARE_32        0x84000073U
#define FFA_MEM_SHARE_64        0xC4000073U
#define FFA_MEM_RETRIEVE_REQ_32 0x84000074U
#define FFA_MEM_RETRIEVE_REQ_64 0xC4000074U
#define FFA_MEM_RETRIEVE_RESP   0x84000075U
#define FFA_MEM_RELINQUISH      0x84000076U
#define FFA_MEM_RECLAIM         0x84000077U
#define FFA_MEM_FRAG_RX         0x8400007AU
#define FFA_MEM_FRAG_TX         0x8400007BU
#define FFA_MEM_PERM_GET_32     0x84000088U
#define FFA_MEM_PERM_GET_64     0xC4000088U
#define FFA_MEM_PERM_SET_32     0x84000089U
#define FFA_MEM_PERM_SET_64     0xC4000089U

/* "Memory region attributes": bits [1:0] shareability, [3:2] cacheability or Device type, [5:4] type, [6] NS.
 */
#define FFA_MEMORY_SHAREABILITY       0x03U
#define FFA_MEMORY_INNER_SHAREABLE    0x03U
#define FFA_MEMORY_OUTER_SHAREABLE    0x02U
#define FFA_MEMORY_CACHEABILITY       0x0CU /* of Normal memory */
#define FFA_MEMORY_NON_CACHEABLE      0x04U
#define FFA_MEMORY_WRITE_BACK         0x0CU
#define FFA_MEMORY_DEVICE_TYPE        0x0CU /* of Device memory, the same bits; 0 is nGnRnE */
#define FFA_MEMORY_TYPE               0x30U
#define FFA_MEMORY_TYPE_DEVICE        0x10U
#define FFA_MEMORY_TYPE_NORMAL        0x20U
#define FFA_MEMORY_NON_SECURE         0x40U /* in responses alone */
#define FFA_MEMORY_NORMAL_WB_INNER    0x2FU
#define FFA_MEMORY_ATTRIBUTES_DEFINED 0x7FU

/* "Memory access permissions descriptor", permissions: data [1:0], instruction [3:2]. */
#define FFA_MEMORY_DATA_ACCESS        0x03U
#define FFA_MEMORY_DATA_READ_ONLY     0x01U
#define FFA_MEMORY_DATA_READ_WRITE    0x02U
#define FFA_MEMORY_INSTRUCTION_ACCESS 0x0CU
#define FFA_MEMORY_NOT_EXECUTABLE     0x04U
#define FFA_MEMORY_EXECUTABLE         0x08U
#define FFA_MEMORY_PERMISSIONS_MBZ    0xF0U

/* "Flags" of a memory transaction descriptor. */
#define FFA_MEMORY_FLAG_ZERO                  0x001U
#define FFA_MEMORY_FLAG_TIME_SLICE            0x002U
#define FFA_MEMORY_FLAG_ZERO_AFTER_RELINQUISH 0x004U /* of a retrieve request */
#define FFA_MEMORY_FLAG_TYPE                  0x018U /* of a retrieve request and its response */
#define FFA_MEMORY_FLAG_TYPE_SHARE            0x008U
#define FFA_MEMORY_FLAG_TYPE_LEND             0x010U
#define FFA_MEMORY_FLAG_TYPE_DONATE           0x018U
#define FFA_MEMORY_FLAG_ALIGNMENT             0x1E0U /* of a retrieve request: a hint, and whether it is valid */
#define FFA_MEMORY_FLAG_ALIGNMENT_VALID       0x200U
#define FFA_MEMORY_FLAG_BYPASS_BORROWERS      0x400U /* of a retrieve request */

#define FFA_MEMORY_HANDLE_HYPERVISOR (1ULL << 63) /* allocated by the hypervisor, not by the SPMC */
#define FFA_MEMORY_HANDLE_INVALID    UINT64_MAX

#define FFA_MEMORY_ALIGNMENT 16U /* of offsets and of the access descriptor size */

/* "Memory transaction descriptor". */
struct ffa_memory_transaction_v1_0 {
    uint16_t sender_id;
    uint8_t attributes;
    uint8_t reserved0;
    uint32_t flags;
    uint64_t handle; /* 0 when memory is sent */
    uint64_t tag;
    uint32_t reserved1;
    uint32_t access_count; /* the access descriptors follow */
};
static_assert(sizeof(struct ffa_memory_transaction_v1_0) == 32, "memory transaction descriptor, FF-A 1.0");

struct ffa_memory_transaction_v1_1 {
    uint16_t sender_id;
    uint16_t attributes;
    uint32_t flags;
    uint64_t handle;
    uint64_t tag;
    uint32_t access_size; /* 16, or 32 from version 1.2 on */
    uint32_t access_count;
    uint32_t access_offset; /* of the array, from the start of this descriptor */
    uint32_t reserved[3];
};
static_assert(sizeof(struct ffa_memory_transaction_v1_1) == 48, "memory transaction descriptor, FF-A 1.1");

/* "Endpoint memory access descriptor". */
struct ffa_memory_access_v1_0 {
    uint16_t endpoint_id;
    uint8_t permissions;
    uint8_t flags;             /* bit 0: this borrower does not retrieve */
    uint32_t composite_offset; /* from the start of the transaction descriptor; 0 in a retrieve request */
    uint64_t reserved;
};
static_assert(sizeof(struct ffa_memory_access_v1_0) == 16, "endpoint memory access descriptor, FF-A 1.0");

struct ffa_memory_access_v1_2 {
    uint16_t endpoint_id;
    uint8_t permissions;
    uint8_t flags;
    uint32_t composite_offset;
    uint64_t implementation_defined[2];
    uint64_t reserved;
};
static_assert(sizeof(struct ffa_memory_access_v1_2) == 32, "endpoint memory access descriptor, FF-A 1.2");

/* "Composite memory region descriptor"; the constituents follow. */
struct ffa_memory_composite {
    uint32_t page_count; /* of 4 KiB, of all constituents */
    uint32_t constituent_count;
    uint64_t reserved;
};
static_assert(sizeof(struct ffa_memory_composite) == 16, "composite memory region descriptor");

struct ffa_memory_constituent {
    uint64_t address; /* of a page */
    uint32_t page_count;
    uint32_t reserved;
};
static_assert(sizeof(struct ffa_memory_constituent) == 16, "constituent memory region descriptor");

/* FFA_MEM_RELINQUISH; 16-bit endpoint IDs follow. */
struct ffa_memory_relinquish {
    uint64_t handle;
    uint32_t flags;
    uint32_t endpoint_count;
};
static_assert(sizeof(struct ffa_memory_relinquish) == 16, "memory relinquish descriptor");

/* FFA_MEM_PERM_GET and FFA_MEM_PERM_SET. */
#define FFA_MEM_PERM_DATA           0x3U
#define FFA_MEM_PERM_READ_WRITE     0x1U
#define FFA_MEM_PERM_READ_ONLY      0x3U
#define FFA_MEM_PERM_NOT_EXECUTABLE 0x4U
#define FFA_MEM_PERM_MBZ            0xFFFFFFF8U

#endif
