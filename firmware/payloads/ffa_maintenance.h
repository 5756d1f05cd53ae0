/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a payload does to its caches around the MM buffer: ffa_range.c as it ought to be, ffa_set_way.c as
 * U-Boot does it today (lib/efi_loader/efi_variable_tee.c of 2026.10-rc2). RX and TX buffers need nothing:
 * the SPMC maps them write-back and shareable, as the normal world does (DEN0077, "RX/TX buffers").
 */
#ifndef FIRMWARE_PAYLOADS_FFA_MAINTENANCE_H
#define FIRMWARE_PAYLOADS_FFA_MAINTENANCE_H

#include <stdint.h>

/* Around the SMC that hands over the MM buffer. */
void ffa_maintain_before(uint64_t start, uint64_t size);
void ffa_maintain_after(uint64_t start, uint64_t size);

#endif
