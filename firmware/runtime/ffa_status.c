/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The four mappings of ffa_status.h. The first two and the last are what U-Boot 6073c36b answers, so that
 * what is learnt here holds there; U-Boot sends transport errors through the last as well, which this
 * firmware does not: a partition manager that is busy must not look like a partition without memory.
 */
#include "firmware/runtime/ffa_status.h"

#include "model/abi/efi.h"
#include "model/abi/ffa.h"
#include "model/abi/mm.h"

int32_t ffa_status_to_errno(int32_t ffa_status)
{
    switch (ffa_status) {
    case FFA_NOT_SUPPORTED:
        return -FIRMWARE_EOPNOTSUPP;
    case FFA_INVALID_PARAMETERS:
        return -FIRMWARE_EINVAL;
    case FFA_NO_MEMORY:
        return -FIRMWARE_ENOMEM;
    case FFA_BUSY:
        return -FIRMWARE_EBUSY;
    case FFA_INTERRUPTED:
        return -FIRMWARE_EINTR;
    case FFA_DENIED:
        return -FIRMWARE_EACCES;
    case FFA_RETRY:
        return -FIRMWARE_EAGAIN;
    case FFA_ABORTED:
        return -FIRMWARE_ECANCELED;
    default:
        return -FIRMWARE_EINVAL;
    }
}

int32_t mm_status_to_errno(int64_t mm_status)
{
    switch (mm_status) {
    case MM_STATUS_SUCCESS:
        return 0;
    case MM_STATUS_NOT_SUPPORTED:
        return -FIRMWARE_EINVAL;
    case MM_STATUS_INVALID_PARAMETER:
        return -FIRMWARE_EPERM;
    case MM_STATUS_DENIED:
        return -FIRMWARE_EACCES;
    case MM_STATUS_NO_MEMORY:
        return -FIRMWARE_EBUSY;
    default:
        return -FIRMWARE_EACCES;
    }
}

uint64_t ffa_errno_to_efi_status(int32_t error)
{
    switch (-error) {
    case 0:
        return EFI_SUCCESS;
    case FIRMWARE_EPERM: /* asked before the bus was prepared for this phase */
    case FIRMWARE_ENOSYS:
    case FIRMWARE_EOPNOTSUPP:
        return EFI_UNSUPPORTED;
    case FIRMWARE_ENOMEM:
        return EFI_OUT_OF_RESOURCES;
    case FIRMWARE_EBUSY:
    case FIRMWARE_EAGAIN:
        return EFI_NOT_READY;
    case FIRMWARE_EACCES:
        return EFI_ACCESS_DENIED;
    default:
        return EFI_DEVICE_ERROR;
    }
}

uint64_t mm_errno_to_efi_status(int32_t error)
{
    switch (-error) {
    case 0:
        return EFI_SUCCESS;
    case FIRMWARE_EINVAL:
        return EFI_DEVICE_ERROR;
    case FIRMWARE_EPERM:
        return EFI_INVALID_PARAMETER;
    case FIRMWARE_EBUSY:
        return EFI_OUT_OF_RESOURCES;
    default:
        return EFI_ACCESS_DENIED;
    }
}
