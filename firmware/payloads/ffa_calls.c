/* SPDX-License-Identifier: BSD-3-Clause */
/* DEN0077, "Direct messages" and "CPU cycle management"; DEN0028, "Register use". */
#include "firmware/payloads/ffa_calls.h"

#include "model/abi/ffa.h"

#define OLD_ARGUMENTS 8

/* ffa_start.S */
void ffa_smc_zeroed(const uint64_t in[FFA_REGISTERS], uint64_t out[FFA_REGISTERS]);
void ffa_smc_dirty(const uint64_t in[OLD_ARGUMENTS], uint64_t out[FFA_REGISTERS]);

void ffa_call_old(uint32_t function, uint64_t argument, struct ffa_registers *out)
{
    const uint64_t in[OLD_ARGUMENTS] = {function, argument};

    ffa_smc_dirty(in, out->x);
}

void ffa_call(uint32_t function, const uint64_t arguments[4], struct ffa_registers *out)
{
    const uint64_t in[FFA_REGISTERS] = {function, arguments[0], arguments[1], arguments[2], arguments[3]};

    ffa_smc_zeroed(in, out->x);
}

bool ffa_garbage_kept(const struct ffa_registers *out)
{
    for (uint64_t n = OLD_ARGUMENTS; n < FFA_REGISTERS; n++) {
        if (out->x[n] != (0xBADC000000000000U | (0xDEA0 + n))) {
            return false;
        }
    }
    return true;
}

void ffa_direct_request(uint16_t own, uint16_t partition, const uint64_t data[5], struct ffa_registers *out)
{
    const uint64_t in[FFA_REGISTERS] = {FFA_MSG_SEND_DIRECT_REQ_64,
                                        (uint64_t)own << 16 | partition,
                                        0,
                                        data[0],
                                        data[1],
                                        data[2],
                                        data[3],
                                        data[4]};

    ffa_smc_zeroed(in, out->x);
    while (out->x[0] == FFA_INTERRUPT) {
        const uint64_t resume[4] = {out->x[1]};

        ffa_call(FFA_RUN, resume, out);
    }
}
