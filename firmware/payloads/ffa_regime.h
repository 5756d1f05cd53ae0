/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * U-Boot's translation on QEMU's virt machine: one flat map of 1 GiB blocks, devices below 0x40000000 and
 * Normal write-back, inner shareable memory in the first GiB above, executable and writable; then the caches.
 */
#ifndef FIRMWARE_PAYLOADS_FFA_REGIME_H
#define FIRMWARE_PAYLOADS_FFA_REGIME_H

void ffa_regime_start(void);

#endif
