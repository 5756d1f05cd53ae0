/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SMC Calling Convention (DEN0028) and Power State Coordination Interface (DEN0022): identifiers and results
 * used here. Freestanding C, used by the firmware too.
 */
#ifndef MODEL_ABI_SMCCC_H
#define MODEL_ABI_SMCCC_H

#define SMCCC_VERSION       0x80000000U
#define SMCCC_ARCH_FEATURES 0x80000001U
#define SMCCC_NOT_SUPPORTED (-1)
#define SMCCC_VERSION_1_2   0x00010002U

#define PSCI_VERSION            0x84000000U
#define PSCI_CPU_SUSPEND_32     0x84000001U
#define PSCI_CPU_OFF            0x84000002U
#define PSCI_CPU_ON_32          0x84000003U
#define PSCI_CPU_ON_64          0xC4000003U
#define PSCI_AFFINITY_INFO_32   0x84000004U
#define PSCI_AFFINITY_INFO_64   0xC4000004U
#define PSCI_SYSTEM_OFF         0x84000008U
#define PSCI_SYSTEM_RESET       0x84000009U
#define PSCI_FEATURES           0x8400000AU
#define PSCI_DEFAULT_SUSPEND_32 0x8400000CU
#define PSCI_SYSTEM_SUSPEND_32  0x8400000EU
#define PSCI_SYSTEM_RESET2_32   0x84000012U
#define PSCI_SYSTEM_RESET2_64   0xC4000012U
#define PSCI_SYSTEM_WARM_RESET  0U /* reset_type of SYSTEM_RESET2 */
#define PSCI_VERSION_1_1        0x00010001U
#define PSCI_SUCCESS            0
#define PSCI_NOT_SUPPORTED      (-1)
#define PSCI_INVALID_PARAMETERS (-2)
#define PSCI_DENIED             (-3)
#define PSCI_ALREADY_ON         (-4)
#define PSCI_AFFINITY_ON        0 /* AFFINITY_INFO */

#define SMCCC_SVE_HINT 0x00010000U /* bit 16 of a function identifier: no part of the function's name */

#endif
