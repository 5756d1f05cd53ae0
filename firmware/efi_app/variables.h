/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Variable services and the clock, in both phases. UEFI specification, "Variable Services", "Time Services".
 */
#ifndef FIRMWARE_EFI_APP_VARIABLES_H
#define FIRMWARE_EFI_APP_VARIABLES_H

#include "firmware/efi_app/app.h"

#ifdef __cplusplus
extern "C" {
#endif

/* While boot services exist: writes the variables that the runtime steps look for. */
void variables_boot_steps(const struct app *app);

/* After ExitBootServices: what is expected is what the firmware has promised. */
void variables_runtime_steps(const struct app *app);

#ifdef __cplusplus
}
#endif

#endif
