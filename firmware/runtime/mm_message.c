/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Builds MM communicate messages, EDK2 c5aa7e7d, MdeModulePkg variable SMM communication.
 */
#include "firmware/runtime/mm_message.h"

#include "firmware/common/memory.h"
#include "model/abi/mm.h"

#define PAYLOAD_LIMIT_MIN 72U /* a GetVariable of a short name; U-Boot 6073c36b refuses less as well */
#define PAYLOAD_LIMIT_OFF 2U

uint64_t mm_message_size(uint64_t payload_size)
{
    return MM_PAYLOAD_OFFSET + payload_size;
}

uint8_t *mm_message_begin(uint8_t *message, uint64_t function, uint64_t payload_size)
{
    static const struct efi_guid guid = {.bytes = MM_VARIABLE_GUID_BYTES};
    const struct mm_communicate_header header = {
        .header_guid = guid,
        .message_length = MM_VARIABLE_HEADER_SIZE + payload_size,
    };
    /* Until the partition says otherwise: a partition that writes nothing must not pass for one that succeeded. */
    const struct mm_variable_header variable_header = {.function = function, .return_status = EFI_DEVICE_ERROR};

    memcpy(message, &header, sizeof(header));
    memcpy(message + MM_COMMUNICATE_HEADER_SIZE, &variable_header, sizeof(variable_header));
    memset(message + MM_PAYLOAD_OFFSET, 0, payload_size);
    return message + MM_PAYLOAD_OFFSET;
}

bool mm_payload_limit(uint64_t partition_limit, uint64_t buffer_size, uint64_t *payload_max)
{
    if (buffer_size < MM_PAYLOAD_OFFSET + PAYLOAD_LIMIT_MIN + PAYLOAD_LIMIT_OFF) {
        return false;
    }
    const uint64_t fits = buffer_size - MM_PAYLOAD_OFFSET;
    const uint64_t limit = partition_limit < fits ? partition_limit : fits;

    if (limit < PAYLOAD_LIMIT_MIN + PAYLOAD_LIMIT_OFF) {
        return false;
    }
    *payload_max = limit - PAYLOAD_LIMIT_OFF;
    return true;
}

uint64_t mm_name_size(const uint16_t *name, uint64_t size_max)
{
    for (uint64_t index = 0; (index + 1) * sizeof(*name) <= size_max; index++) {
        if (name[index] == 0) {
            return (index + 1) * sizeof(*name);
        }
    }
    return 0;
}
