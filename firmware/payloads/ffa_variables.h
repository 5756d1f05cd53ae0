/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * UEFI variables of the MM partition as U-Boot asks for them (EDK2 c5aa7e7d, MdeModulePkg variable SMM
 * communication; sizes as U-Boot's struct has them: 40 bytes before the data, though the name starts at 36).
 */
#ifndef FIRMWARE_PAYLOADS_FFA_VARIABLES_H
#define FIRMWARE_PAYLOADS_FFA_VARIABLES_H

#include <stdint.h>

/* Everything between the first `printenv -e` and ExitBootServices; each step is told. */
void ffa_variables_exercise(uint16_t own, uint16_t partition);

#endif
