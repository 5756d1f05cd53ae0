// SPDX-License-Identifier: BSD-3-Clause
//
// The layouts that cross worlds, offset by offset against what was read from the implementations (EDK2
// c5aa7e7d, Trusted Services 0d55b4c7, Hafnium 21bfbdc1), not against our own structs.
#include <cstddef>
#include <cstring>
#include <string>

#include <gtest/gtest.h>

#include "model/abi/efi.h"
#include "model/abi/ffa.h"
#include "model/abi/mm.h"
#include "model/abi/smccc.h"

TEST(abi_layout, mm_communicate_header)
{
    EXPECT_EQ(offsetof(struct mm_communicate_header, header_guid), 0U);
    EXPECT_EQ(offsetof(struct mm_communicate_header, message_length), 16U);
    EXPECT_EQ(sizeof(struct mm_communicate_header), 24U);
}

TEST(abi_layout, variable_header)
{
    EXPECT_EQ(MM_COMMUNICATE_HEADER_SIZE + offsetof(struct mm_variable_header, function), 24U);
    EXPECT_EQ(MM_COMMUNICATE_HEADER_SIZE + offsetof(struct mm_variable_header, return_status), 32U);
    EXPECT_EQ(MM_PAYLOAD_OFFSET, 40);
}

TEST(abi_layout, variable_access_has_its_name_in_the_padding_of_the_struct)
{
    EXPECT_EQ(offsetof(struct mm_variable_access, guid), 0U);
    EXPECT_EQ(offsetof(struct mm_variable_access, data_size), 16U);
    EXPECT_EQ(offsetof(struct mm_variable_access, name_size), 24U);
    EXPECT_EQ(offsetof(struct mm_variable_access, attributes), 32U);
    EXPECT_EQ(offsetof(struct mm_variable_access, name), 36U);
    EXPECT_EQ(sizeof(struct mm_variable_access), 40U);
}

TEST(abi_layout, get_next_query_and_payload_size)
{
    EXPECT_EQ(offsetof(struct mm_variable_get_next, name_size), 16U);
    EXPECT_EQ(sizeof(struct mm_variable_get_next), 24U);
    EXPECT_EQ(offsetof(struct mm_variable_query, maximum_storage), 0U);
    EXPECT_EQ(offsetof(struct mm_variable_query, remaining_storage), 8U);
    EXPECT_EQ(offsetof(struct mm_variable_query, maximum_size), 16U);
    EXPECT_EQ(offsetof(struct mm_variable_query, attributes), 24U);
    EXPECT_EQ(sizeof(struct mm_variable_query), 32U);
    EXPECT_EQ(sizeof(struct mm_variable_payload_size), 8U);
}

TEST(abi_layout, variable_property)
{
    EXPECT_EQ(offsetof(struct mm_variable_property, name_size), 16U);
    EXPECT_EQ(offsetof(struct mm_variable_property, revision), 24U);
    EXPECT_EQ(offsetof(struct mm_variable_property, property), 26U);
    EXPECT_EQ(offsetof(struct mm_variable_property, attributes), 28U);
    EXPECT_EQ(offsetof(struct mm_variable_property, size_min), 32U);
    EXPECT_EQ(offsetof(struct mm_variable_property, size_max), 40U);
    EXPECT_EQ(sizeof(struct mm_variable_property), 48U);
}

TEST(abi_layout, partition_information_descriptors)
{
    EXPECT_EQ(offsetof(struct ffa_partition_info_v1_1, partition_id), 0U);
    EXPECT_EQ(offsetof(struct ffa_partition_info_v1_1, execution_context_count), 2U);
    EXPECT_EQ(offsetof(struct ffa_partition_info_v1_1, properties), 4U);
    EXPECT_EQ(offsetof(struct ffa_partition_info_v1_1, uuid), 8U);
    EXPECT_EQ(sizeof(struct ffa_partition_info_v1_1), 24U);
    EXPECT_EQ(offsetof(struct ffa_partition_info_v1_0, properties), 4U);
    EXPECT_EQ(sizeof(struct ffa_partition_info_v1_0), 8U);
}

// "ed32d533-99e6-4209-9cc0-2d72cdd998a7": an EFI GUID on the one side, an RFC 4122 UUID on the other.
TEST(abi_layout, the_guid_of_the_service_and_the_uuid_of_the_partition_are_one_text)
{
    const uint8_t guid[16] = MM_VARIABLE_GUID_BYTES;
    const uint32_t words[4] = {MM_PARTITION_UUID_WORD0, MM_PARTITION_UUID_WORD1, MM_PARTITION_UUID_WORD2,
                               MM_PARTITION_UUID_WORD3};
    uint8_t uuid[16];
    memcpy(uuid, words, sizeof(uuid));
    const int swapped[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    for (int i = 0; i < 16; i++) {
        EXPECT_EQ(guid[i], uuid[swapped[i]]) << i;
    }
    const std::string text = "ed32d53399e642099cc02d72cdd998a7";
    for (size_t i = 0; i < 16; i++) {
        EXPECT_EQ(uuid[i], std::stoul(text.substr(i * 2, 2), nullptr, 16)) << i;
    }
}

TEST(abi_values, efi_statuses_have_bit_63)
{
    EXPECT_EQ(EFI_INVALID_PARAMETER, 0x8000000000000002U);
    EXPECT_EQ(EFI_UNSUPPORTED, 0x8000000000000003U);
    EXPECT_EQ(EFI_BUFFER_TOO_SMALL, 0x8000000000000005U);
    EXPECT_EQ(EFI_DEVICE_ERROR, 0x8000000000000007U);
    EXPECT_EQ(EFI_WRITE_PROTECTED, 0x8000000000000008U);
    EXPECT_EQ(EFI_OUT_OF_RESOURCES, 0x8000000000000009U);
    EXPECT_EQ(EFI_NOT_FOUND, 0x800000000000000EU);
    EXPECT_EQ(EFI_ACCESS_DENIED, 0x800000000000000FU);
}

TEST(abi_values, version_encoding)
{
    EXPECT_EQ(FFA_VERSION_MAJOR(0x7FFF1234U), 0x7FFFU);
    EXPECT_EQ(FFA_VERSION_MAJOR(0x80010002U), 1U);
    EXPECT_EQ(FFA_VERSION_MINOR(0x00010002U), 2U);
}

TEST(abi_values, a_64_bit_identifier_differs_in_one_bit)
{
    EXPECT_EQ(FFA_MSG_SEND_DIRECT_REQ_32 | FFA_FUNCTION_64BIT, FFA_MSG_SEND_DIRECT_REQ_64);
    EXPECT_EQ(FFA_MSG_SEND_DIRECT_RESP_32 | FFA_FUNCTION_64BIT, FFA_MSG_SEND_DIRECT_RESP_64);
    EXPECT_EQ(FFA_RXTX_MAP_32 | FFA_FUNCTION_64BIT, FFA_RXTX_MAP_64);
    EXPECT_EQ(FFA_SUCCESS_32 | FFA_FUNCTION_64BIT, FFA_SUCCESS_64);
}
