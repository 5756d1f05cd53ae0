/* SPDX-License-Identifier: BSD-3-Clause */
#include <gtest/gtest.h>

#include "firmware/runtime/ffa_status.h"
#include "model/abi/efi.h"
#include "model/abi/ffa.h"
#include "model/abi/mm.h"

namespace {

TEST(ffa_status, every_error_has_its_errno)
{
    EXPECT_EQ(-FIRMWARE_EOPNOTSUPP, ffa_status_to_errno(FFA_NOT_SUPPORTED));
    EXPECT_EQ(-FIRMWARE_EINVAL, ffa_status_to_errno(FFA_INVALID_PARAMETERS));
    EXPECT_EQ(-FIRMWARE_ENOMEM, ffa_status_to_errno(FFA_NO_MEMORY));
    EXPECT_EQ(-FIRMWARE_EBUSY, ffa_status_to_errno(FFA_BUSY));
    EXPECT_EQ(-FIRMWARE_EINTR, ffa_status_to_errno(FFA_INTERRUPTED));
    EXPECT_EQ(-FIRMWARE_EACCES, ffa_status_to_errno(FFA_DENIED));
    EXPECT_EQ(-FIRMWARE_EAGAIN, ffa_status_to_errno(FFA_RETRY));
    EXPECT_EQ(-FIRMWARE_ECANCELED, ffa_status_to_errno(FFA_ABORTED));
}

TEST(ffa_status, what_is_no_known_error_is_invalid)
{
    for (const int32_t status : {0, 1, FFA_NO_DATA, FFA_NOT_READY, -11, INT32_MIN, INT32_MAX}) {
        EXPECT_EQ(-FIRMWARE_EINVAL, ffa_status_to_errno(status)) << status;
    }
}

TEST(mm_status, follows_the_way_of_the_field)
{
    const struct {
        int64_t mm_status;
        int32_t error;
        uint64_t efi_status;
    } rows[] = {
        {MM_STATUS_SUCCESS, 0, EFI_SUCCESS},
        {MM_STATUS_NOT_SUPPORTED, -FIRMWARE_EINVAL, EFI_DEVICE_ERROR},
        {MM_STATUS_INVALID_PARAMETER, -FIRMWARE_EPERM, EFI_INVALID_PARAMETER},
        {MM_STATUS_DENIED, -FIRMWARE_EACCES, EFI_ACCESS_DENIED},
        {-4, -FIRMWARE_EACCES, EFI_ACCESS_DENIED},
        {MM_STATUS_NO_MEMORY, -FIRMWARE_EBUSY, EFI_OUT_OF_RESOURCES},
        {-6, -FIRMWARE_EACCES, EFI_ACCESS_DENIED},
        {1, -FIRMWARE_EACCES, EFI_ACCESS_DENIED},
    };
    for (const auto &row : rows) {
        EXPECT_EQ(row.error, mm_status_to_errno(row.mm_status)) << row.mm_status;
        EXPECT_EQ(row.efi_status, mm_errno_to_efi_status(row.error)) << row.mm_status;
    }
}

TEST(mm_status, is_judged_in_all_64_bits)
{
    EXPECT_NE(0, mm_status_to_errno(INT64_C(0x100000000)));
    EXPECT_EQ(-FIRMWARE_EACCES,
              mm_status_to_errno(INT64_C(0xFFFFFFFB))); // -5 of 32 bits is no status of an SMC64
}

TEST(transport, does_not_look_like_the_partition)
{
    EXPECT_EQ(EFI_DEVICE_ERROR, ffa_errno_to_efi_status(-FIRMWARE_EINVAL));
    EXPECT_EQ(EFI_NOT_READY, ffa_errno_to_efi_status(-FIRMWARE_EBUSY));
    EXPECT_EQ(EFI_NOT_READY, ffa_errno_to_efi_status(-FIRMWARE_EAGAIN));
    EXPECT_EQ(EFI_OUT_OF_RESOURCES, ffa_errno_to_efi_status(-FIRMWARE_ENOMEM));
    EXPECT_EQ(EFI_ACCESS_DENIED, ffa_errno_to_efi_status(-FIRMWARE_EACCES));
    EXPECT_EQ(EFI_UNSUPPORTED, ffa_errno_to_efi_status(-FIRMWARE_EOPNOTSUPP));
    EXPECT_EQ(EFI_UNSUPPORTED, ffa_errno_to_efi_status(-FIRMWARE_EPERM));
    EXPECT_EQ(EFI_UNSUPPORTED, ffa_errno_to_efi_status(-FIRMWARE_ENOSYS));
    EXPECT_EQ(EFI_DEVICE_ERROR, ffa_errno_to_efi_status(-FIRMWARE_EPROTO));
    EXPECT_EQ(EFI_DEVICE_ERROR, ffa_errno_to_efi_status(-FIRMWARE_ETIMEDOUT));
    EXPECT_EQ(EFI_SUCCESS, ffa_errno_to_efi_status(0));
}

} // namespace
