/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Steps of a scenario: taking one from the device, answering it, and the variable steps, which the boot phase
 * and the OS stub do alike, each through the runtime services table that it was given. Compiled once into
 * either.
 */
#ifndef FIRMWARE_COMMON_STEP_H
#define FIRMWARE_COMMON_STEP_H

#include <stdbool.h>
#include <stdint.h>

#include "firmware/efi_tables.h"

#define STEP_BYTES_MAX 0x2000 /* operands, and likewise results, that this firmware has room for */

struct step {
    uint64_t operands[STEP_BYTES_MAX / sizeof(uint64_t)];
    uint32_t code;   /* enum script_step_code */
    uint32_t length; /* bytes of operands, as far as there was room */
    bool truncated;
};

/* Waits for nothing: the device always has a next step, SCRIPT_STEP_END in the end. */
void step_take(struct step *step);

/* Answers the step that was taken last. */
void step_finish(uint64_t status);
void step_finish_with(uint64_t status, const uint64_t *results, uint64_t length);

/* True if the code is one of the four variable services. */
bool step_is_variable(const struct step *step);

/* Does such a step and answers it. */
void step_do_variable(const struct efi_runtime_services *services, const struct step *step);

/* Powers the machine off; SCRIPT_STEP_END. */
void step_end(void);

#endif
