/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs a kernel as often as the parameter says, checks every checksum, prints one line.
 */
#include "bench/guest/bench.h"
#include "tests/differential/guest/guest.h"

static uint32_t iterations_wanted(void)
{
    const uint64_t parameter = *(volatile uint64_t *)GUEST_PARAMETER_ADDRESS;
    return parameter >> 32 == BENCH_PARAMETER_TAG ? (uint32_t)parameter : bench_iterations;
}

void guest_main(void)
{
    const uint32_t iterations = iterations_wanted();
    uint32_t wrong = 0;
    uint64_t checksum = bench_checksum;
    if (iterations > 0) {
        bench_prepare();
    }
    const uint64_t start = sysreg_read("CNTVCT_EL0");
    for (uint32_t i = 0; i < iterations; i++) {
        checksum = bench_iteration();
        wrong += checksum != bench_checksum;
    }
    const uint64_t ticks = sysreg_read("CNTVCT_EL0") - start;
    console_text(bench_name);
    console_text(wrong == 0 ? " ok" : " WRONG");
    console_text(" checksum ");
    console_hex(checksum);
    console_text(" iterations ");
    console_decimal(iterations);
    console_text(" ticks ");
    console_decimal(ticks);
    console_text("\n");
}
