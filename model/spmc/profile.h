/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whose behaviour the secure side shows where implementations of DEN0077 differ: the order of their checks,
 * their statuses, and what they leave out. It names them and holds nothing else.
 */
#ifndef MODEL_SPMC_PROFILE_H
#define MODEL_SPMC_PROFILE_H

enum spmc_profile {
    SPMC_PROFILE_HAFNIUM,  /* Hafnium 21bfbdc1 at S-EL2 behind TF-A's SPMD */
    SPMC_PROFILE_EL3_SPMC, /* TF-A 6a164dda, the SPMC at EL3 */
    SPMC_PROFILE_OP_TEE,   /* OP-TEE d5001fe0 at S-EL1 behind TF-A's SPMD */
};
#define SPMC_PROFILE_COUNT 3

#endif
