/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The console of the boot phase: a PL011 (PrimeCell UART, DDI 0183), polled. Boot only: a runtime service
 * that wrote here would use a device that belongs to the OS.
 */
#ifndef FIRMWARE_BOOT_CONSOLE_H
#define FIRMWARE_BOOT_CONSOLE_H

#include <stdint.h>

void console_start(void);
void console_write(const char *text);
void console_write_hex(uint64_t value);

#endif
