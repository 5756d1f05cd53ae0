/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * DC ZVA, exclusives with and without a lost reservation, acquire and release, accesses of every size across
 * lines and pages, and code that is rewritten with the maintenance that makes it visible. Arm ARM, part B2
 * and chapter C6.
 */
#include "tests/differential/guest/probe.h"

#define BUFFER       ((volatile uint64_t *)(MMU_TEST_BASE + 0x20000))
#define BUFFER_WORDS 1024
#define CODE         (MMU_TEST_BASE + 0x30000)

static uint64_t buffer_sum(void)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < BUFFER_WORDS; i++) {
        sum = (sum << 7 | sum >> 57) ^ BUFFER[i];
    }
    return sum;
}

static void buffer_fill(void)
{
    uint64_t value = 0x0123456789abcdefUL;
    for (uint32_t i = 0; i < BUFFER_WORDS; i++) {
        value = value * 6364136223846793005UL + 1442695040888963407UL;
        BUFFER[i] = value;
    }
}

static void blocks_zero(void)
{
    for (uint64_t offset = 3; offset < 8192; offset += 777) {
        __asm__ volatile("dc zva, %0" ::"r"((uint64_t)BUFFER + offset) : "memory");
    }
    probe_show("zva", buffer_sum());
}

static void exclusives(void)
{
    uint64_t value, status, second;
    uint64_t va = (uint64_t)BUFFER;
    __asm__ volatile("1: ldxr %0, [%3]\n\tadd %0, %0, #1\n\tstxr %w1, %0, [%3]\n\tcbnz %w1, 1b\n\t"
                     "ldaxr %w0, [%3]\n\tstlxr %w1, %w0, [%3]\n\t"
                     "ldxp %0, %2, [%3]\n\tstxp %w1, %2, %0, [%3]"
                     : "=&r"(value), "=&r"(status), "=&r"(second)
                     : "r"(va)
                     : "memory");
    probe_show("exclusive", value + second + status);
    /* Without a reservation, and with one that CLREX or an exception took. */
    __asm__ volatile("clrex\n\tstxr %w0, %1, [%2]" : "=&r"(status) : "r"(7UL), "r"(va) : "memory");
    probe_show("none", status);
    __asm__ volatile("ldxr %1, [%2]\n\tclrex\n\tstxr %w0, %1, [%2]"
                     : "=&r"(status), "=&r"(value)
                     : "r"(va)
                     : "memory");
    probe_show("clrex", status);
    __asm__ volatile("ldxr %1, [%2]\n\tsvc #1\n\tstxr %w0, %1, [%2]"
                     : "=&r"(status), "=&r"(value)
                     : "r"(va)
                     : "memory");
    probe_show("exception", status);
    __asm__ volatile("ldxrb %w1, [%2]\n\tstxrb %w0, %w1, [%2]\n\tstxrb %w1, wzr, [%2]"
                     : "=&r"(status), "=&r"(value)
                     : "r"(va)
                     : "memory");
    probe_show("second store", value * 2 + status);
    __asm__ volatile("ldarh %w0, [%1]\n\tstlrb %w0, [%1]\n\tldar %0, [%1]"
                     : "=&r"(value)
                     : "r"(va)
                     : "memory");
    probe_show("ordered", value);
}

static void sizes_and_offsets(void)
{
    for (uint64_t offset = 4096 - 20; offset < 4096 + 4; offset++) {
        uint64_t a, b, c;
        uint64_t va = (uint64_t)BUFFER + offset;
        __asm__ volatile(
            "ldr %0, [%3]\n\tldrsw %1, [%3, #1]\n\tldp %w1, %w2, [%3, #4]\n\tstp %0, %1, [%3]\n\t"
            "ldrsh %2, [%3]\n\tstrh %w2, [%3, #7]\n\tldp %1, %2, [%3]\n\t"
            : "=&r"(a), "=&r"(b), "=&r"(c)
            : "r"(va)
            : "memory");
        probe_show("mixed", a + b * 3 + c * 5);
    }
    probe_show("buffer", buffer_sum());
}

static void code_write(uint64_t at, uint32_t word)
{
    *(volatile uint32_t *)at = word;
    __asm__ volatile("dc cvau, %0\n\tdsb ish\n\tic ivau, %0\n\tdsb ish\n\tisb" ::"r"(at) : "memory");
}

/* MOVZ w0, #n; RET: rewritten and called, at two places in one line and one in another page. */
static void code_rewritten(void)
{
    static const uint64_t places[] = {CODE, CODE + 16, CODE + 4096 - 8, CODE + 8192};
    uint64_t sum = 0;
    for (uint32_t i = 0; i < 4; i++) {
        code_write(places[i] + 4, 0xd65f03c0);
    }
    for (uint32_t round = 0; round < 50; round++) {
        const uint64_t place = places[round % 4];
        code_write(place, 0x52800000 | (round * 77) << 5);
        sum = sum * 3 + ((uint64_t(*)(void))place)();
    }
    __asm__ volatile("dsb ish\n\tic iallu\n\tdsb ish\n\tisb" ::: "memory");
    for (uint32_t i = 0; i < 4; i++) {
        sum = sum * 3 + ((uint64_t(*)(void))places[i])();
    }
    probe_show("rewritten", sum);
}

/* Data beside code in one page: stores there must not disturb what is executed. */
static void data_beside_code(void)
{
    code_write(CODE, 0x52800000 | 99 << 5);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < 20; i++) {
        *(volatile uint64_t *)(CODE + 0x800 + 8 * i) = i;
        sum += ((uint64_t(*)(void))CODE)() + *(volatile uint64_t *)(CODE + 0x800);
    }
    probe_show("beside", sum);
}

void guest_main(void)
{
    buffer_fill();
    probe_show("filled", buffer_sum());
    blocks_zero();
    exclusives();
    sizes_and_offsets();
    code_rewritten();
    data_beside_code();
    probe_show("traps", probe_traps);
}
