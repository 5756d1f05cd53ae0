/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The runtime services table and what stands behind it besides variables: SetVirtualAddressMap,
 * ConvertPointer, ResetSystem. UEFI specification, "Services - Runtime Services".
 */
#ifndef FIRMWARE_RUNTIME_SERVICES_H
#define FIRMWARE_RUNTIME_SERVICES_H

#include "firmware/efi_tables.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What EFI_RT_PROPERTIES_TABLE promises to the OS. */
#define EFI_RT_SERVICES_SUPPORTED                                                                            \
    (EFI_RT_SUPPORTED_GET_VARIABLE | EFI_RT_SUPPORTED_GET_NEXT_VARIABLE_NAME |                               \
     EFI_RT_SUPPORTED_SET_VARIABLE | EFI_RT_SUPPORTED_SET_VIRTUAL_ADDRESS_MAP |                              \
     EFI_RT_SUPPORTED_CONVERT_POINTER | EFI_RT_SUPPORTED_RESET_SYSTEM |                                      \
     EFI_RT_SUPPORTED_QUERY_VARIABLE_INFO)

extern struct efi_runtime_services efi_runtime_services;

/* The CRC of the table's header over its present contents. */
void efi_runtime_services_seal(void);

#ifdef __cplusplus
}
#endif

#endif
