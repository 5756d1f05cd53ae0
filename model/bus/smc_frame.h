/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The registers of an SMC or of an FF-A message between the SPMC and a partition: x0-x17 of SMCCC 1.2.
 * On a TLM socket a frame is the data of a transaction at address 0 with TLM_WRITE_COMMAND; the target
 * replaces the registers in place.
 */
#ifndef MODEL_BUS_SMC_FRAME_H
#define MODEL_BUS_SMC_FRAME_H

#include <stdint.h>

#define SMC_FRAME_REGISTERS 18

struct smc_frame {
    uint64_t x[SMC_FRAME_REGISTERS];
};

#endif
