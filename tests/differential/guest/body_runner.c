/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The QEMU side of the random bodies: a static Linux program without a C library, run by qemu-aarch64. It
 * reads a batch from standard input (body_layout.h), runs each body on fresh data, and writes all states,
 * then all data, to standard output.
 *
 * Touches nothing but its own mapping; any error ends it with a status that the host reports.
 */
#include "tests/differential/guest/body_layout.h"

#define SYS_READ  63
#define SYS_WRITE 64
#define SYS_EXIT  93
#define SYS_MMAP  222

#define PROT_READ_WRITE_EXEC   7
#define MAP_PRIVATE_FIXED_ANON 0x32
#define RESULT_DATA_BASE       0x50000000U

void runner_main(void);
void body_enter(struct body_state *state, uint64_t slot);
extern const char body_exit[];
long system_call(long a, long b, long c, long d, long e, long f, long unused, long number);

static _Noreturn void leave(long status)
{
    for (;;) {
        system_call(status, 0, 0, 0, 0, 0, 0, SYS_EXIT);
    }
}

static void map(uint64_t address, uint64_t size)
{
    const long got = system_call((long)address, (long)size, PROT_READ_WRITE_EXEC, MAP_PRIVATE_FIXED_ANON, -1,
                                 0, 0, SYS_MMAP);
    if ((uint64_t)got != address) {
        leave(10);
    }
}

static void read_exactly(uint64_t address, uint64_t size)
{
    while (size > 0) {
        const long got = system_call(0, (long)address, (long)size, 0, 0, 0, 0, SYS_READ);
        if (got <= 0) {
            leave(11);
        }
        address += (uint64_t)got;
        size -= (uint64_t)got;
    }
}

static void write_exactly(uint64_t address, uint64_t size)
{
    while (size > 0) {
        const long got = system_call(1, (long)address, (long)size, 0, 0, 0, 0, SYS_WRITE);
        if (got <= 0) {
            leave(12);
        }
        address += (uint64_t)got;
        size -= (uint64_t)got;
    }
}

static void data_copy(uint64_t *to, const uint64_t *from)
{
    for (uint32_t i = 0; i < BODY_DATA_SIZE / sizeof(*to); i++) {
        to[i] = from[i];
    }
}

void runner_main(void)
{
    struct body_batch_header header;
    map(BODY_RAM_BASE, BODY_RAM_SIZE);
    map(RESULT_DATA_BASE, (uint64_t)BODIES_PER_BATCH_MAX * BODY_DATA_SIZE);
    read_exactly((uint64_t)&header, sizeof(header));
    if (header.count > BODIES_PER_BATCH_MAX) {
        leave(13);
    }
    read_exactly(BODY_CODE_BASE, header.count * BODY_SLOT_SIZE);
    read_exactly(BODY_STATE_BASE, header.count * sizeof(struct body_state));
    struct body_state *states = (struct body_state *)(uint64_t)BODY_STATE_BASE;
    uint64_t *data = (uint64_t *)(uint64_t)BODY_DATA_BASE;
    for (uint64_t i = 0; i < header.count; i++) {
        body_data_fill(data, states[i].data_seed);
        states[i].exit_pc = (uint64_t)body_exit;
        body_enter(&states[i], BODY_CODE_BASE + i * BODY_SLOT_SIZE);
        data_copy((uint64_t *)(RESULT_DATA_BASE + i * BODY_DATA_SIZE), data);
    }
    write_exactly(BODY_STATE_BASE, header.count * sizeof(struct body_state));
    write_exactly(RESULT_DATA_BASE, header.count * BODY_DATA_SIZE);
    leave(0);
}
