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

/* FFA_MEM_* are in model/abi/ffa_memory.h. */
#define FFA_ERROR                       0x84000060U
#define FFA_SUCCESS_32                  0x84000061U
#define FFA_SUCCESS_64                  0xC4000061U
#define FFA_INTERRUPT                   0x84000062U
#define FFA_VERSION                     0x84000063U
#define FFA_FEATURES                    0x84000064U
#define FFA_RX_RELEASE                  0x84000065U
#define FFA_RXTX_MAP_32                 0x84000066U
#define FFA_RXTX_MAP_64                 0xC4000066U
#define FFA_RXTX_UNMAP                  0x84000067U
#define FFA_PARTITION_INFO_GET          0x84000068U
#define FFA_ID_GET                      0x84000069U
#define FFA_MSG_POLL                    0x8400006AU
#define FFA_MSG_WAIT                    0x8400006BU
#define FFA_YIELD                       0x8400006CU
#define FFA_RUN                         0x8400006DU
#define FFA_MSG_SEND                    0x8400006EU
#define FFA_MSG_SEND_DIRECT_REQ_32      0x8400006FU
#define FFA_MSG_SEND_DIRECT_REQ_64      0xC400006FU
#define FFA_MSG_SEND_DIRECT_RESP_32     0x84000070U
#define FFA_MSG_SEND_DIRECT_RESP_64     0xC4000070U
#define FFA_NORMAL_WORLD_RESUME         0x8400007CU
#define FFA_NOTIFICATION_BITMAP_CREATE  0x8400007DU
#define FFA_NOTIFICATION_BITMAP_DESTROY 0x8400007EU
#define FFA_NOTIFICATION_BIND           0x8400007FU
#define FFA_NOTIFICATION_UNBIND         0x84000080U
#define FFA_NOTIFICATION_SET            0x84000081U
#define FFA_NOTIFICATION_GET            0x84000082U
#define FFA_NOTIFICATION_INFO_GET_32    0x84000083U
#define FFA_NOTIFICATION_INFO_GET_64    0xC4000083U
#define FFA_RX_ACQUIRE                  0x84000084U
#define FFA_SPM_ID_GET                  0x84000085U
#define FFA_MSG_SEND2                   0x84000086U
#define FFA_SECONDARY_EP_REGISTER       0xC4000087U
#define FFA_CONSOLE_LOG_32              0x8400008AU
#define FFA_CONSOLE_LOG_64              0xC400008AU
#define FFA_PARTITION_INFO_GET_REGS     0xC400008BU
#define FFA_EL3_INTR_HANDLE             0x8400008CU
#define FFA_MSG_SEND_DIRECT_REQ2        0xC400008DU
#define FFA_MSG_SEND_DIRECT_RESP2       0xC400008EU

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
#define FFA_FEATURE_NPI       1U /* notification pending interrupt */
#define FFA_FEATURE_SRI       2U /* schedule receiver interrupt */
#define FFA_FEATURE_MEI       3U /* managed exit interrupt */

/* Input and output properties of FFA_FEATURES(FFA_MEM_*). */
#define FFA_FEATURES_MEM_BUFFER          1U /* FFA_MEM_SHARE and its like: a buffer of the caller's own */
#define FFA_FEATURES_MEM_NS_BIT          2U /* FFA_MEM_RETRIEVE_REQ: the NS bit of attributes */
#define FFA_FEATURES_MEM_HYPERVISOR_FORM 4U /* FFA_MEM_RETRIEVE_REQ: of the hypervisor */

#define FFA_PARTITION_INFO_COUNT_ONLY 1U /* w5 of FFA_PARTITION_INFO_GET */

/* Partition properties, "Partition information descriptor". */
#define FFA_PARTITION_RECEIVES_DIRECT_REQUESTS  0x001U
#define FFA_PARTITION_SENDS_DIRECT_REQUESTS     0x002U
#define FFA_PARTITION_INDIRECT_MESSAGES         0x004U
#define FFA_PARTITION_NOTIFICATIONS             0x008U
#define FFA_PARTITION_VM_CREATED_MESSAGES       0x040U
#define FFA_PARTITION_VM_DESTROYED_MESSAGES     0x080U
#define FFA_PARTITION_AARCH64                   0x100U
#define FFA_PARTITION_RECEIVES_DIRECT_REQUESTS2 0x200U
#define FFA_PARTITION_SENDS_DIRECT_REQUESTS2    0x400U

#define FFA_DIRECT_MESSAGE_FRAMEWORK 0x80000000U /* w2 of a direct message */
#define FFA_FRAMEWORK_VM_CREATED     4U          /* w2[7:0] of a framework message */
#define FFA_FRAMEWORK_VM_DESTROYED   6U

#define FFA_MSG_WAIT_RETAIN_RX 1U /* w2 of FFA_MSG_WAIT */

/* Flags of FFA_NOTIFICATION_BIND and _SET (w2), of _GET (w2). */
#define FFA_NOTIFICATION_PER_VCPU            0x1U
#define FFA_NOTIFICATION_DELAY_SRI           0x2U
#define FFA_NOTIFICATION_GET_FROM_SP         0x1U
#define FFA_NOTIFICATION_GET_FROM_VM         0x2U
#define FFA_NOTIFICATION_GET_FROM_SPM        0x4U
#define FFA_NOTIFICATION_GET_FROM_HYPERVISOR 0x8U
#define FFA_NOTIFICATION_GET_FLAGS           0xFU
#define FFA_NOTIFICATION_SPM_RX_FULL         0x1U /* bit 0 of the framework's bitmap */
#define FFA_NOTIFICATION_INFO_MORE           0x1U /* x2 of the result of FFA_NOTIFICATION_INFO_GET */
#define FFA_NOTIFICATION_INFO_COUNT_SHIFT    7
#define FFA_NOTIFICATION_INFO_SIZES_SHIFT    12

#define FFA_MSG_SEND2_DELAY_SRI 2U /* w2 of FFA_MSG_SEND2 */

/* "Partition message header" of FFA_MSG_SEND2: 20 bytes for a 1.1 sender, 40 from 1.2 on. Little endian. */
struct ffa_partition_message_v1_1 {
    uint32_t flags;
    uint32_t reserved;
    uint32_t offset; /* of the payload, from the start of the header */
    uint16_t receiver;
    uint16_t sender;
    uint32_t size; /* of the payload */
};
static_assert(sizeof(struct ffa_partition_message_v1_1) == 20, "partition message header, FF-A 1.1");

struct ffa_partition_message_v1_2 {
    struct ffa_partition_message_v1_1 head;
    uint32_t reserved;
    uint32_t uuid[4];
};
static_assert(sizeof(struct ffa_partition_message_v1_2) == 40, "partition message header, FF-A 1.2");

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
