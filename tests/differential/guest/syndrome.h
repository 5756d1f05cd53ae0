/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One instruction or two with a virtual address in x0, run at the guest's level or at EL0, and what became of
 * them: a line of ESR, FAR, ELR, SPSR and x0..x3, or of x0..x3 alone. Arm ARM, "ESR_ELx, Exception Syndrome
 * Register".
 */
#ifndef TESTS_DIFFERENTIAL_GUEST_SYNDROME_H
#define TESTS_DIFFERENTIAL_GUEST_SYNDROME_H

#include "tests/differential/guest/guest.h"

#define SYNDROME_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Pages of the test region: the code that runs, as the guest's level and as EL0 see it, and its target. */
#define SYNDROME_CODE_PAGE   100
#define SYNDROME_USER_PAGE   101
#define SYNDROME_TARGET_PAGE 40
#define SYNDROME_CODE_VA     (MMU_TEST_BASE + SYNDROME_CODE_PAGE * 4096UL)
#define SYNDROME_USER_VA     (MMU_TEST_BASE + SYNDROME_USER_PAGE * 4096UL)
#define SYNDROME_TARGET_PA   (MMU_TEST_BASE + SYNDROME_TARGET_PAGE * 4096UL)

/* PSTATE of the guest, and of EL0; DAIF masked. */
#define SYNDROME_SPSR_HERE (GUEST_EL == 2 ? 0x3c9UL : 0x3c5UL)
#define SYNDROME_SPSR_USER 0x3c0UL

struct syndrome_code {
    const char *name;
    uint32_t words[2];
};

/* Every line begins with this. */
void syndrome_section(const char *name);

/* Runs the words, then RET (SVC at EL0), with `va` in x0; prints the line. `variant` follows the name. */
void syndrome_run(const struct syndrome_code *code, const char *variant, uint64_t va);
void syndrome_run_user(const struct syndrome_code *code, const char *variant, uint64_t va);

/* ERET to `va` with that SPSR; whatever comes of it ends in the line. */
void syndrome_return(const char *name, const char *variant, uint64_t va, uint64_t spsr);

#endif
