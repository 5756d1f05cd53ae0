/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The MM communicate buffer and the UEFI variable messages in it, exactly as EDK2 and Trusted Services lay
 * them out (EDK2 c5aa7e7d, MdeModulePkg variable SMM communication; Trusted Services 0d55b4c7, smm_variable).
 * Little endian, all offsets in bytes. Freestanding C, used by the firmware too.
 */
#ifndef MODEL_ABI_MM_H
#define MODEL_ABI_MM_H

#include <stddef.h>
#include <stdint.h>

#include "model/abi/efi.h"
#include "model/abi/static_assert.h"

/* EFI_MM_COMMUNICATE_HEADER: message_length counts the bytes after this header. */
struct mm_communicate_header {
    struct efi_guid header_guid;
    uint64_t message_length;
};
#define MM_COMMUNICATE_HEADER_SIZE 24
static_assert(sizeof(struct mm_communicate_header) == MM_COMMUNICATE_HEADER_SIZE,
              "EFI_MM_COMMUNICATE_HEADER");

/* gEfiSmmVariableProtocolGuid, ed32d533-99e6-4209-9cc0-2d72cdd998a7, as stored. */
#define MM_VARIABLE_GUID_BYTES                                                                               \
    {                                                                                                        \
        0x33, 0xd5, 0x32, 0xed, 0xe6, 0x99, 0x09, 0x42, 0x9c, 0xc0, 0x2d, 0x72, 0xcd, 0xd9, 0x98, 0xa7       \
    }

/*
 * Headers that the servers of this model do not know: gVarCheckPolicyLibMmiHandlerGuid (variable policy),
 * da1b0d11-d1a7-46c4-9dc9-f3714875c6eb, and gEfiMmCommunicateHeaderV3Guid,
 * 68e8c853-2ba9-4dd7-9ac0-91e16155c935, whose header is longer (EDK2 since 2025). As stored.
 */
#define MM_VARIABLE_POLICY_GUID_BYTES                                                                        \
    {                                                                                                        \
        0x11, 0x0d, 0x1b, 0xda, 0xa7, 0xd1, 0xc4, 0x46, 0x9d, 0xc9, 0xf3, 0x71, 0x48, 0x75, 0xc6, 0xeb       \
    }
#define MM_COMMUNICATE_HEADER_V3_GUID_BYTES                                                                  \
    {                                                                                                        \
        0x53, 0xc8, 0xe8, 0x68, 0xa9, 0x2b, 0xd7, 0x4d, 0x9a, 0xc0, 0x91, 0xe1, 0x61, 0x55, 0xc9, 0x35       \
    }

/* SMM_VARIABLE_COMMUNICATE_HEADER. */
struct mm_variable_header {
    uint64_t function; /* enum mm_variable_function */
    uint64_t return_status;
};
#define MM_VARIABLE_HEADER_SIZE 16
static_assert(sizeof(struct mm_variable_header) == MM_VARIABLE_HEADER_SIZE,
              "SMM_VARIABLE_COMMUNICATE_HEADER");

#define MM_PAYLOAD_OFFSET (MM_COMMUNICATE_HEADER_SIZE + MM_VARIABLE_HEADER_SIZE)

enum mm_variable_function {
    MM_FUNCTION_GET_VARIABLE = 1,
    MM_FUNCTION_GET_NEXT_VARIABLE_NAME = 2,
    MM_FUNCTION_SET_VARIABLE = 3,
    MM_FUNCTION_QUERY_VARIABLE_INFO = 4,
    MM_FUNCTION_READY_TO_BOOT = 5,
    MM_FUNCTION_EXIT_BOOT_SERVICES = 6,
    MM_FUNCTION_GET_STATISTICS = 7,
    MM_FUNCTION_LOCK_VARIABLE = 8,
    MM_FUNCTION_VAR_CHECK_PROPERTY_SET = 9,
    MM_FUNCTION_VAR_CHECK_PROPERTY_GET = 10,
    MM_FUNCTION_GET_PAYLOAD_SIZE = 11,
};

/*
 * GetVariable and SetVariable. The C struct is padded to 40 bytes but the name starts at 36, and the data
 * follows the name: use MM_VARIABLE_ACCESS_NAME, not sizeof.
 */
struct mm_variable_access {
    struct efi_guid guid;
    uint64_t data_size;
    uint64_t name_size; /* bytes, NUL included */
    uint32_t attributes;
    uint16_t name[2]; /* name starts here, at 36; also the padding of the C struct */
};
#define MM_VARIABLE_ACCESS_NAME 36
static_assert(offsetof(struct mm_variable_access, name) == MM_VARIABLE_ACCESS_NAME,
              "name follows attributes");
static_assert(sizeof(struct mm_variable_access) == 40, "SMM_VARIABLE_COMMUNICATE_ACCESS_VARIABLE");

struct mm_variable_get_next {
    struct efi_guid guid;
    uint64_t name_size; /* in: size of the buffer; out: size of the name */
};
#define MM_VARIABLE_GET_NEXT_NAME 24
static_assert(sizeof(struct mm_variable_get_next) == MM_VARIABLE_GET_NEXT_NAME, "name follows name_size");

struct mm_variable_query {
    uint64_t maximum_storage;
    uint64_t remaining_storage;
    uint64_t maximum_size;
    uint32_t attributes;
    uint32_t padding;
};
static_assert(sizeof(struct mm_variable_query) == 32, "SMM_VARIABLE_COMMUNICATE_QUERY_VARIABLE_INFO");

struct mm_variable_payload_size {
    uint64_t size;
};

struct mm_variable_property {
    struct efi_guid guid;
    uint64_t name_size;
    uint16_t revision; /* 1 */
    uint16_t property; /* bit 0: read only */
    uint32_t attributes;
    uint64_t size_min;
    uint64_t size_max;
};
#define MM_VARIABLE_PROPERTY_NAME      48
#define MM_VARIABLE_PROPERTY_REVISION  1
#define MM_VARIABLE_PROPERTY_READ_ONLY 1
static_assert(sizeof(struct mm_variable_property) == MM_VARIABLE_PROPERTY_NAME, "name follows the property");

/* MM statuses in x3 of the response, smm-gateway dialect (Trusted Services 0d55b4c7). */
#define MM_STATUS_SUCCESS           0
#define MM_STATUS_NOT_SUPPORTED     (-1)
#define MM_STATUS_INVALID_PARAMETER (-2)
#define MM_STATUS_DENIED            (-3)
#define MM_STATUS_NO_MEMORY         (-5)

/* UUID of the smm-gateway partition: the four words of FFA_PARTITION_INFO_GET, w1..w4. */
#define MM_PARTITION_UUID_WORD0 0x33d532edU
#define MM_PARTITION_UUID_WORD1 0x0942e699U
#define MM_PARTITION_UUID_WORD2 0x722dc09cU
#define MM_PARTITION_UUID_WORD3 0xa798d9cdU

/*
 * UUID of a StandaloneMM partition, gEfiMmCommunication2ProtocolGuid 378daedc-f06b-4446-8314-40ab933c87a3:
 * the words of FFA_PARTITION_INFO_GET, and x2 and x3 of FFA_MSG_SEND_DIRECT_REQ2.
 */
#define MM_STANDALONE_UUID_WORD0 0xdcae8d37U
#define MM_STANDALONE_UUID_WORD1 0x46446bf0U
#define MM_STANDALONE_UUID_WORD2 0xab401483U
#define MM_STANDALONE_UUID_WORD3 0xa3873c93U
#define MM_STANDALONE_UUID_LOW   0x46446bf0dcae8d37ULL
#define MM_STANDALONE_UUID_HIGH  0xa3873c93ab401483ULL

/* x3 of a StandaloneMM partition's FFA_MSG_SEND_DIRECT_RESP: ARM_FID_SPM_MM_SP_EVENT_COMPLETE. */
#define MM_STANDALONE_EVENT_COMPLETE 0xC4000061ULL

#endif
