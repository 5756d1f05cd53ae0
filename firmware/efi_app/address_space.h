/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The application's own translation regime, as an operating system makes one from the firmware's memory map.
 * At first everything is where it is physically. With the virtual address map, the runtime regions move to
 * the upper half and leave the identity map, so that a service which still uses a physical address faults.
 */
#ifndef FIRMWARE_EFI_APP_ADDRESS_SPACE_H
#define FIRMWARE_EFI_APP_ADDRESS_SPACE_H

#include "firmware/efi_app/app.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Builds the identity map and makes the CPU use it, with vectors of our own. */
uint64_t address_space_start(const struct app *app);

/*
 * Maps the runtime regions a second time, tells the firmware (SetVirtualAddressMap), and drops their identity
 * map. From then on app->runtime is a virtual address.
 */
uint64_t address_space_virtual(struct app *app);

/*
 * Takes away what boot services lived in, code and data, as an operating system does that uses this memory
 * itself: a runtime service that still needs it faults. To be called after address_space_virtual(), for
 * firmware may do SetVirtualAddressMap there, as U-Boot does.
 */
uint64_t address_space_forget_boot(const struct app *app);

#ifdef __cplusplus
}
#endif

#endif
