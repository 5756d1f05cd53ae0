/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Status words on their way up. A direct message can fail in two places, and the two are never mixed: the
 * transport (FF-A statuses in w2 of FFA_ERROR) and the MM partition (its status in x3 of the response). Each
 * has its own way to an errno and from there to an EFI_STATUS.
 *
 * Pure functions; the errno numbers are those of Linux and U-Boot.
 */
#ifndef FIRMWARE_RUNTIME_FFA_STATUS_H
#define FIRMWARE_RUNTIME_FFA_STATUS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FIRMWARE_EPERM      1
#define FIRMWARE_EINTR      4
#define FIRMWARE_EAGAIN     11
#define FIRMWARE_ENOMEM     12
#define FIRMWARE_EACCES     13
#define FIRMWARE_EBUSY      16
#define FIRMWARE_EINVAL     22
#define FIRMWARE_ENOSYS     38
#define FIRMWARE_EPROTO     71
#define FIRMWARE_EOPNOTSUPP 95
#define FIRMWARE_ETIMEDOUT  110
#define FIRMWARE_ECANCELED  125

/* FF-A status to negative errno. A status that the table does not know, or that is no error, is -EINVAL. */
int32_t ffa_status_to_errno(int32_t ffa_status);

/* MM partition status (smm-gateway dialect, all 64 bits of x3) to negative errno, 0 for success. */
int32_t mm_status_to_errno(int64_t mm_status);

/* What a caller of a variable service is told of either. */
uint64_t ffa_errno_to_efi_status(int32_t error);
uint64_t mm_errno_to_efi_status(int32_t error);

#ifdef __cplusplus
}
#endif

#endif
