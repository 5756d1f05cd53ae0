/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Arm Firmware Framework for Arm A-profile (DEN0077): function identifiers, statuses and structures that
 * cross worlds. Values as implemented by Hafnium 21bfbdc1, TF-A 6a164dda, OP-TEE d5001fe0 and U-Boot
 * 6073c36b, which agree on them. Freestanding C, used by the firmware too.
 */
#ifndef MODEL_ABI_FFA_H
#define MODEL_ABI_FFA_H

#include <stdint.h>

#include "model/abi/static_assert.h"

#define FFA_FUNCTION_64BIT 0x40000000U /* set in the SMC64 form of a function identifier */

#define FFA_ERROR                   0x84000060U
#define FFA_SUCCESS_32              0x84000061U
#define FFA_SUCCESS_64              0xC4000061U
#define FFA_INTERRUPT               0x84000062U
#define FFA_VERSION                 0x84000063U
#define FFA_FEATURES                0x84000064U
#define FFA_RX_RELEASE              0x84000065U
#define FFA_RXTX_MAP_32             0x84000066U
#define FFA_RXTX_MAP_64             0xC4000066U
#define FFA_RXTX_UNMAP              0x84000067U
#define FFA_PARTITION_INFO_GET      0x84000068U
#define FFA_ID_GET                  0x84000069U
#define FFA_MSG_WAIT                0x8400006BU
#define FFA_YIELD                   0x8400006CU
#define FFA_RUN                     0x8400006DU
#define FFA_MSG_SEND_DIRECT_REQ_32  0x8400006FU
#define FFA_MSG_SEND_DIRECT_REQ_64  0xC400006FU
#define FFA_MSG_SEND_DIRECT_RESP_32 0x84000070U
#define FFA_MSG_SEND_DIRECT_RESP_64 0xC4000070U
#define FFA_NORMAL_WORLD_RESUME     0x8400007CU
#define FFA_SPM_ID_GET              0x84000085U

/* Statuses: int32 in w2 of FFA_ERROR (FFA_VERSION: in w0). */
#define FFA_NOT_SUPPORTED      (-1)
#define FFA_INVALID_PARAMETERS (-2)
#define FFA_NO_MEMORY          (-3)
#define FFA_BUSY               (-4)
#define FFA_INTERRUPTED        (-5)
#define FFA_DENIED             (-6)
#define FFA_RETRY              (-7)
#define FFA_ABORTED            (-8)
#define FFA_NO_DATA            (-9)
#define FFA_NOT_READY          (-10)

#define FFA_VERSION_1_0            0x00010000U
#define FFA_VERSION_1_1            0x00010001U
#define FFA_VERSION_1_2            0x00010002U
#define FFA_VERSION_MBZ            0x80000000U
#define FFA_VERSION_MAJOR(version) (((version) >> 16) & 0x7FFFU)
#define FFA_VERSION_MINOR(version) ((version)&0xFFFFU)

/* FFA_FEATURES(FFA_RXTX_MAP) w2[1:0]: minimum size and alignment of the buffers. */
#define FFA_RXTX_MAP_4K  0U
#define FFA_RXTX_MAP_64K 1U
#define FFA_RXTX_MAP_16K 2U

/* FFA_FEATURES: bit 31 of w1 tells a function identifier from a feature identifier. */
#define FFA_FEATURES_FUNCTION 0x80000000U
#define FFA_FEATURE_SRI       2U /* schedule receiver interrupt */

#define FFA_PARTITION_INFO_COUNT_ONLY 1U /* w5 of FFA_PARTITION_INFO_GET */

/* Partition properties, "Partition information descriptor". */
#define FFA_PARTITION_RECEIVES_DIRECT_REQUESTS 0x001U
#define FFA_PARTITION_SENDS_DIRECT_REQUESTS    0x002U
#define FFA_PARTITION_INDIRECT_MESSAGES        0x004U
#define FFA_PARTITION_VM_CREATED_MESSAGES      0x040U
#define FFA_PARTITION_VM_DESTROYED_MESSAGES    0x080U
#define FFA_PARTITION_AARCH64                  0x100U
#define FFA_PARTITION_SENDS_DIRECT_REQUESTS2   0x400U

#define FFA_DIRECT_MESSAGE_FRAMEWORK 0x80000000U /* w2 of a direct message */
#define FFA_FRAMEWORK_VM_CREATED     4U          /* w2[7:0] of a framework message */
#define FFA_FRAMEWORK_VM_DESTROYED   6U

/* "Partition information descriptor": 8 bytes for a 1.0 caller, 24 for 1.1 and 1.2. Little endian. */
struct ffa_partition_info_v1_0 {
    uint16_t partition_id;
    uint16_t execution_context_count;
    uint32_t properties;
};
static_assert(sizeof(struct ffa_partition_info_v1_0) == 8, "partition information descriptor, FF-A 1.0");

struct ffa_partition_info_v1_1 {
    uint16_t partition_id;
    uint16_t execution_context_count;
    uint32_t properties;
    uint32_t uuid[4];
};
static_assert(sizeof(struct ffa_partition_info_v1_1) == 24, "partition information descriptor, FF-A 1.1");

#endif
