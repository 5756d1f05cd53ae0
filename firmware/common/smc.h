/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The SMC instruction with the registers of SMC Calling Convention 1.2 (DEN0028): x0-x7 carry values, x8-x17
 * go out as zero, so that nothing of ours leaks to the other side, and come back unknown.
 *
 * Everything stays in registers from the call of smc_call() to the instruction: after a maintenance operation
 * that dropped dirty lines, memory is not to be trusted. firmware/tools/check_firmware.py looks at the
 * result.
 *
 * Built for the host, the function is left to the unit test that links this code.
 */
#ifndef FIRMWARE_COMMON_SMC_H
#define FIRMWARE_COMMON_SMC_H

#include <stdint.h>

#define SMC_RESULTS 8

struct smc_result {
    uint64_t x[SMC_RESULTS];
};

#if defined(__aarch64__)

__attribute__((always_inline)) static inline struct smc_result
smc_call(uint64_t function, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5)
{
    register uint64_t x0 __asm__("x0") = function;
    register uint64_t x1 __asm__("x1") = a1;
    register uint64_t x2 __asm__("x2") = a2;
    register uint64_t x3 __asm__("x3") = a3;
    register uint64_t x4 __asm__("x4") = a4;
    register uint64_t x5 __asm__("x5") = a5;
    register uint64_t x6 __asm__("x6") = 0;
    register uint64_t x7 __asm__("x7") = 0;

    __asm__ volatile("mov x8, xzr\n\t"
                     "mov x9, xzr\n\t"
                     "mov x10, xzr\n\t"
                     "mov x11, xzr\n\t"
                     "mov x12, xzr\n\t"
                     "mov x13, xzr\n\t"
                     "mov x14, xzr\n\t"
                     "mov x15, xzr\n\t"
                     "mov x16, xzr\n\t"
                     "mov x17, xzr\n\t"
                     "smc #0"
                     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4), "+r"(x5), "+r"(x6), "+r"(x7)
                     :
                     : "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "memory", "cc");
    return (struct smc_result){.x = {x0, x1, x2, x3, x4, x5, x6, x7}};
}

#else

#ifdef __cplusplus
extern "C"
#endif
    struct smc_result
    smc_call(uint64_t function, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4, uint64_t a5);

#endif

#endif
