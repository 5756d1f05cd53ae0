/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SMC with the register habits of U-Boot: PSCI and SMCCC queries leave garbage in x8 to x17, FF-A calls zero
 * all that they do not use. And the FF-A calls that U-Boot makes, in the words of its driver.
 */
#ifndef FIRMWARE_PAYLOADS_FFA_CALLS_H
#define FIRMWARE_PAYLOADS_FFA_CALLS_H

#include <stdbool.h>
#include <stdint.h>

#define FFA_REGISTERS 18

struct ffa_registers {
    uint64_t x[FFA_REGISTERS];
};

/* PSCI, SMCCC: one argument is all that is needed. */
void ffa_call_old(uint32_t function, uint64_t argument, struct ffa_registers *out);
/* Up to four arguments. */
void ffa_call(uint32_t function, const uint64_t arguments[4], struct ffa_registers *out);

/* After an old call the garbage must have come back as it was (SMCCC 1.1: x4 to x17 are kept). */
bool ffa_garbage_kept(const struct ffa_registers *out);

/* The message goes to `partition`; an interrupted one is run on, without bound. */
void ffa_direct_request(uint16_t own, uint16_t partition, const uint64_t data[5], struct ffa_registers *out);

#endif
