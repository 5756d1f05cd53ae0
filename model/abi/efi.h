/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What of UEFI crosses between the firmware and the MM partition. UEFI specification, "Status Codes" and
 * "Variable Services"; freestanding C, used by the firmware too.
 */
#ifndef MODEL_ABI_EFI_H
#define MODEL_ABI_EFI_H

#include <stdint.h>

struct efi_guid {
    uint8_t bytes[16]; /* as EFI stores them: the first three fields little endian */
};

/* EFI_STATUS on a 64-bit machine: errors have bit 63 set. */
#define EFI_ERROR_BIT          0x8000000000000000ULL
#define EFI_SUCCESS            0ULL
#define EFI_LOAD_ERROR         (EFI_ERROR_BIT | 1)
#define EFI_INVALID_PARAMETER  (EFI_ERROR_BIT | 2)
#define EFI_UNSUPPORTED        (EFI_ERROR_BIT | 3)
#define EFI_BAD_BUFFER_SIZE    (EFI_ERROR_BIT | 4)
#define EFI_BUFFER_TOO_SMALL   (EFI_ERROR_BIT | 5)
#define EFI_NOT_READY          (EFI_ERROR_BIT | 6)
#define EFI_DEVICE_ERROR       (EFI_ERROR_BIT | 7)
#define EFI_WRITE_PROTECTED    (EFI_ERROR_BIT | 8)
#define EFI_OUT_OF_RESOURCES   (EFI_ERROR_BIT | 9)
#define EFI_NOT_FOUND          (EFI_ERROR_BIT | 14)
#define EFI_ACCESS_DENIED      (EFI_ERROR_BIT | 15)
#define EFI_SECURITY_VIOLATION (EFI_ERROR_BIT | 26)

/* Variable attributes. */
#define EFI_VARIABLE_NON_VOLATILE                          0x01U
#define EFI_VARIABLE_BOOTSERVICE_ACCESS                    0x02U
#define EFI_VARIABLE_RUNTIME_ACCESS                        0x04U
#define EFI_VARIABLE_HARDWARE_ERROR_RECORD                 0x08U
#define EFI_VARIABLE_AUTHENTICATED_WRITE_ACCESS            0x10U
#define EFI_VARIABLE_TIME_BASED_AUTHENTICATED_WRITE_ACCESS 0x20U
#define EFI_VARIABLE_APPEND_WRITE                          0x40U
#define EFI_VARIABLE_ENHANCED_AUTHENTICATED_ACCESS         0x80U

#endif
