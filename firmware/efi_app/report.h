/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One line per step: `efi-app: <step>: ok`, `... unsupported` or `... FAILED 0x<status>`. The lines go to the
 * firmware's console as long as there is one, then straight to the PL011 ("PrimeCell UART (PL011) Technical
 * Reference Manual", flag and data register; polled).
 */
#ifndef FIRMWARE_EFI_APP_REPORT_H
#define FIRMWARE_EFI_APP_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "firmware/efi_tables.h"

#ifdef __cplusplus
extern "C" {
#endif

/* NULL: the firmware's console is gone. */
void report_console(struct efi_simple_text_output *console);

/* Says how a step ended and counts those that failed. True when it went well. */
bool report_step(const char *step, uint64_t status);

/* As above, for a service that firmware may leave out: EFI_UNSUPPORTED is no failure. */
bool report_optional_step(const char *step, uint64_t status);

/*
 * As above, for a runtime service of which the firmware has said whether it offers it: one that it does must
 * work, one that it does not must answer EFI_UNSUPPORTED and nothing else ("EFI_RT_PROPERTIES_TABLE").
 */
bool report_promised_step(const char *step, uint64_t status, bool promised);

/* `efi-app: <step>: <value>`, in hexadecimal; for what an exception has to say. */
void report_value(const char *step, uint64_t value);

uint64_t report_failures(void);

#ifdef __cplusplus
}
#endif

#endif
